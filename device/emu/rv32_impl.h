/* SPDX-License-Identifier: MIT */
/* What the files of the RV32IM engine share with each other. */
#ifndef TT_EMU_RV32_IMPL_H
#define TT_EMU_RV32_IMPL_H

#include <string.h>

#include "device/emu/chip.h"
#include "device/emu/code.h"
#include "device/emu/rv32_insns.h"

#define TT_RV32_NO_POLL 1u /* poll_pc of no branch: pcs are even */

/** tt_rv32_inside - whether @size (1, 2, 4) bytes at @addr are aligned and
 *  below @limit, a multiple of 4; rotating makes misaligned addresses huge */
static inline bool tt_rv32_inside(uint32_t addr, uint32_t limit, unsigned size)
{
    unsigned shift = size / 2;

    return (shift ? addr >> shift | addr << (32 - shift) : addr) < limit >>
           shift;
}

/** tt_rv32_ram_load - @size (1, 2, 4) bytes, zero-extended; hosts are
 *  little-endian, as the guest is */
static inline uint32_t tt_rv32_ram_load(const uint8_t *ptr, unsigned size)
{
    uint32_t word;
    uint16_t half;

    switch (size) {
    case 1:
        return *ptr;
    case 2:
        memcpy(&half, ptr, sizeof(half));
        return half;
    default:
        memcpy(&word, ptr, sizeof(word));
        return word;
    }
}

/** tt_rv32_width - funct3 of a load or store: its size as a power of two, and
 *  in bit 2 whether it extends zeros */
static inline unsigned tt_rv32_width(const struct tt_code_page *page,
                                     const struct tt_op *op)
{
    return page->bytes[(op - page->op) * 4 + 1] >> 4 & 7u;
}

/** tt_rv32_extend - what a load of that width makes of its data */
static inline uint32_t tt_rv32_extend(uint32_t value, unsigned width)
{
    switch (width) {
    case 0:
        return (uint32_t)(int8_t)value;
    case 1:
        return (uint32_t)(int16_t)value;
    default:
        return value;
    }
}

/** tt_rv32_is_trisc - whether a core has a coprocessor thread of its own */
static inline bool tt_rv32_is_trisc(const struct tt_rv32 *core)
{
    return core->risc >= TT_RISC_T0 && core->risc <= TT_RISC_T2;
}

/** tt_rv32_set_state - a new state, and the core's bit in tile->active */
void tt_rv32_set_state(struct tt_rv32 *core, enum tt_rv32_state state);

/** tt_rv32_holds_code - whether there can be code at a pc */
bool tt_rv32_holds_code(const struct tt_rv32 *core, uint32_t pc);

/** tt_rv32_page_at - the decoded page of a pc, from the core's i-cache
 *  Return: NULL where no code can be, or without memory. */
struct tt_code_page *tt_rv32_page_at(struct tt_rv32 *core, uint32_t pc);

/** tt_rv32_leave_page - no page is being executed any more */
void tt_rv32_leave_page(struct tt_rv32 *core);

/**
 * tt_rv32_try_park - look at a loop that may poll, when its branch was taken
 * @core: the core, with its registers up to date
 * @target: pc that the branch goes to
 * @branch: pc of the branch
 *
 * Loops that make progress are looked at ever less often.
 *
 * Return: true if others should run now: the core is parked, or polls what may
 * change without notice and stays runnable.
 */
bool tt_rv32_try_park(struct tt_rv32 *core, uint32_t target, uint32_t branch);

#endif
