/* SPDX-License-Identifier: MIT */
/* Tile control, debug and status registers, 0xFFB12000 to 0xFFB12FFF. */
#ifndef TT_EMU_DEBUG_H
#define TT_EMU_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "device/emu/tensix.h"

/** struct tt_debug - what these registers keep
 *  @bus: DBG_BUS_CNTL_REG: what DBG_RD_DATA shows
 *  @config: CFGREG_RDDATA
 *  @array_enabled: DBG_ARRAY_RD_EN
 *  @array: DBG_ARRAY_RD_CMD: what DBG_ARRAY_RD_DATA shows
 *  @clock_high: of the clock when its lower half was read last */
struct tt_debug {
    uint32_t bus;
    uint32_t config;
    bool array_enabled;
    uint32_t array;
    uint32_t clock_high;
};

/**
 * tt_debug_load - load one of these registers
 * @tile: tile
 * @risc: who loads; TT_N_RISC for the NOC or the host
 * @offset: from 0xFFB12000, below 0x1000, a multiple of 4
 * @out: the value
 *
 * Return: TT_STEP_DONE, or TT_STEP_FAULT for a register that is not modelled
 * (recorded, with its name).
 */
enum tt_step tt_debug_load(struct tt_tile *tile, unsigned risc, uint32_t offset,
                           uint32_t *out);
/** tt_debug_store - the store of tt_debug_load() */
enum tt_step tt_debug_store(struct tt_tile *tile, unsigned risc,
                            uint32_t offset, uint32_t value);

#endif
