/* SPDX-License-Identifier: MIT */
/* Scalar unit (ThCon): GPR arithmetic, REG2FLOP and STOREREG. */
#include "device/emu/chip.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_units.h"

enum tt_step tt_op_setdmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t half = TT_BITS(insn, 6, 0);
    uint32_t value = TT_BITS(insn, 23, 22) << 14 | TT_BITS(insn, 21, 8);
    uint32_t *gpr = &t->thread[thread].gpr[half >> 1];

    if (TT_BITS(insn, 7, 7))
        return tt_tensix_refuse(t, thread, "SETDMAREG: set_signals_mode is 1");
    if (half & 1)
        *gpr = (*gpr & 0xFFFFu) | value << 16;
    else
        *gpr = (*gpr & 0xFFFF0000u) | value;
    return TT_STEP_DONE;
}

/* REG2FLOP addresses the Config words of the unpackers and packers from their
 * first one on. */
#define FLOP_FIRST_WORD 52u

enum tt_step tt_op_reg2flop(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned flop = TT_BITS(insn, 12, 6), size = TT_BITS(insn, 23, 22);

    if (flop >= TT_CFG_GLOBAL - FLOP_FIRST_WORD)
        return tt_tensix_refuse(t, thread, "REG2FLOP: flop_index is %u", flop);
    if (TT_BITS(insn, 21, 16))
        return tt_tensix_refuse(t, thread,
                                "REG2FLOP: context, byte offset or target is "
                                "not 0");
    if (size != 1 && size != 2)
        return tt_tensix_refuse(t, thread, "REG2FLOP: size_sel is %u", size);
    return tt_cfg_write(t, tt_cfg_bank(t, thread), FLOP_FIRST_WORD + flop,
                        t->thread[thread].gpr[TT_BITS(insn, 5, 0)]);
}

enum tt_step tt_op_adddmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t *gpr = t->thread[thread].gpr;

    if (TT_BITS(insn, 23, 23))
        return tt_tensix_refuse(t, thread, "ADDDMAREG: op_b_is_const is 1");
    gpr[TT_BITS(insn, 17, 12)] =
        gpr[TT_BITS(insn, 5, 0)] + gpr[TT_BITS(insn, 11, 6)];
    return TT_STEP_DONE;
}

/* MULDMAREG.md: a 16 x 16 bit multiplier. */
enum tt_step tt_op_muldmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t *gpr = t->thread[thread].gpr;

    if (TT_BITS(insn, 23, 23))
        return tt_tensix_refuse(t, thread, "MULDMAREG: op_b_is_const is 1");
    gpr[TT_BITS(insn, 17, 12)] = (gpr[TT_BITS(insn, 5, 0)] & 0xFFFFu) *
                                 (gpr[TT_BITS(insn, 11, 6)] & 0xFFFFu);
    return TT_STEP_DONE;
}

/* Only the overlay can be stored to: any other register could push
 * instructions and so come back here. */
#define OVERLAY_BASE 0xFFB40000u
#define OVERLAY_SIZE 0x40000u

enum tt_step tt_op_storereg(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t addr = 0xFFB00000u | TT_BITS(insn, 17, 0) << 2;
    uint32_t value = t->thread[thread].gpr[TT_BITS(insn, 23, 18)];

    if (addr - OVERLAY_BASE >= OVERLAY_SIZE)
        return tt_tensix_refuse(t, thread, "STOREREG: address 0x%08X",
                                (unsigned)addr);
    /* Stores of no core leave the report to the caller. */
    if (tt_tile_store(t->tile, TT_N_RISC, addr, 4, value) != TT_STEP_DONE)
        return tt_tensix_refuse(t, thread, "STOREREG: %s",
                                t->tile->chip->refusal);
    return TT_STEP_DONE;
}
