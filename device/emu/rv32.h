/* SPDX-License-Identifier: MIT */
/* RV32IM cores of a Tensix tile ("baby RISC-V"): state and engine. */
#ifndef TT_EMU_RV32_H
#define TT_EMU_RV32_H

#include <stdbool.h>
#include <stdint.h>

#include "device/l1_map.h"

struct tt_tile;
struct tt_code_page;

#define TT_RV32_PAGE     4096u
#define TT_RV32_L1_PAGES ((TT_L1_SIZE + TT_RV32_PAGE - 1) / TT_RV32_PAGE)
#define TT_NC_IRAM_BASE  0xFFC00000u
#define TT_NC_IRAM_SIZE  0x4000u
#define TT_RV32_SINK     32u /* takes what is written to x0 */
#define TT_RV32_WATCH    4u  /* L1 words a parked core may wait for */
#define TT_RV32_POLL_OPS 16u /* longest loop that is looked at for parking */

/** enum tt_rv32_state - what the scheduler may do with a core */
enum tt_rv32_state {
    TT_RV32_RESET,   /* held in reset */
    TT_RV32_RUN,     /* runnable */
    TT_RV32_PARKED,  /* polls: its loop cannot leave until the tile changes */
    TT_RV32_STALLED, /* a load or store blocks (TTSync, mailbox, full FIFO) */
    TT_RV32_FAULT    /* stopped for good; needs reset */
};

/** struct tt_rv32 - one core */
struct tt_rv32 {
    uint32_t x[33]; /* x[0] stays 0; x[TT_RV32_SINK] is nobody's */
    uint32_t pc;
    uint8_t risc;  /* TT_RISC_* */
    uint8_t state; /* enum tt_rv32_state */
    struct tt_tile *tile;
    uint64_t instret;
    uint8_t local[TT_LOCAL_DM_SIZE];
    uint32_t local_size;

    /* Decoded code by L1 page; NULL = look up on next fetch (i-cache). Pages
     * that are not NULL are in @held, so that few need to be looked at. */
    struct tt_code_page *page[TT_RV32_L1_PAGES];
    uint64_t held[(TT_RV32_L1_PAGES + 63) / 64];
    struct tt_code_page *iram_page[TT_NC_IRAM_SIZE / TT_RV32_PAGE];
    struct tt_code_page *current; /* page tt_rv32_run() is in; borrowed */
    struct tt_code_page *orphan;  /* current, dropped meanwhile; owned */

    /* Poll detection: registers at the last look at a candidate branch, passes
     * until the next look, and the L1 words that the loop loads. */
    uint32_t poll_pc;
    uint32_t poll_x[32];
    uint32_t poll_skip, poll_backoff;
    uint32_t watch[TT_RV32_WATCH];
    uint8_t n_watch;
    bool watch_mmio; /* the loop also loads a register of the tile */
};

/**
 * tt_rv32_init - a core in reset
 * @core: storage
 * @tile: tile it belongs to
 * @risc: TT_RISC_*
 */
void tt_rv32_init(struct tt_rv32 *core, struct tt_tile *tile, unsigned risc);

/** tt_rv32_fini - release the references to decoded pages; before the chip's
 *  code cache is freed */
void tt_rv32_fini(struct tt_rv32 *core);

/** tt_rv32_start - leave reset at @pc: i-cache dropped, registers zeroed, the
 *  core's bit in tile->active set */
void tt_rv32_start(struct tt_rv32 *core, uint32_t pc);

/** tt_rv32_hold - enter reset; the core's bit in tile->active is cleared */
void tt_rv32_hold(struct tt_rv32 *core);

/** tt_rv32_drop_icache - forget decoded code of all pages, IRAM included. The
 *  core itself may ask for it in the middle of tt_rv32_run(). */
void tt_rv32_drop_icache(struct tt_rv32 *core);

/** tt_rv32_drop_page - forget decoded code of one L1 page (host or NOC wrote
 *  into it) */
void tt_rv32_drop_page(struct tt_rv32 *core, unsigned page);

/**
 * tt_rv32_watches - whether a write may wake a parked core
 * @core: a core in state PARKED
 * @addr: first byte written, in L1
 * @len: bytes; the range ends inside L1
 *
 * Return: true if a word that its loop polls lies in the range.
 */
bool tt_rv32_watches(const struct tt_rv32 *core, uint32_t addr, uint32_t len);

/**
 * tt_rv32_callers - whom the function that a core is in may have been called by
 * @core: any core
 * @out: TT_MAX_CALLERS return addresses, innermost first, then zeros
 *
 * There are no frame pointers: the return address register, and what looks like
 * one in the lower part of the stack. Some may be left from earlier calls.
 */
void tt_rv32_callers(const struct tt_rv32 *core, uint32_t *out);

/**
 * tt_rv32_run - execute instructions
 * @core: a core in state RUN or STALLED (the blocked access is tried again)
 * @max: instructions to execute; looked at on taken jumps and at page ends
 *       only, so that up to 1023 more may be executed
 *
 * Returns earlier when the core parks, stalls or faults; core->state says
 * which, and its bit in tile->active has been cleared (whoever wakes it sets
 * the bit again). Guest accesses go to L1, local memory or
 * tt_tile_load()/store(); core->pc is that of the instruction while these run.
 *
 * Faults are what ttsim v1.10.0 refuses: unaligned accesses and jumps, fetches
 * from anything but L1 and (NC) IRAM, fence and fence.i, csr*, ebreak, and
 * also ecall (its semihosting is not modelled). A .ttinsn word is a fault on
 * NC; on B it goes to thread 0, behind the MOP expander.
 *
 * Return: instructions executed.
 */
uint32_t tt_rv32_run(struct tt_rv32 *core, uint32_t max);

#endif
