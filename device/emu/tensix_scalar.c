/* SPDX-License-Identifier: MIT */
/*
 * Scalar unit (ThCon): GPRs, and what moves between them and L1 or registers.
 * Source: ScalarUnit.md and the pages of its instructions. Each is complete
 * when the next one starts.
 */
#include <string.h>

#include "device/emu/chip.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_units.h"
#include "device/l1_map.h"

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

    if (TT_BITS(insn, 21, 21))
        return tt_adc_from_gpr(t, thread, insn);
    if (flop >= TT_CFG_GLOBAL - FLOP_FIRST_WORD)
        return tt_tensix_refuse(t, thread, "REG2FLOP: flop_index is %u", flop);
    if (TT_BITS(insn, 20, 16))
        return tt_tensix_refuse(t, thread,
                                "REG2FLOP: context or byte offset is not 0");
    if (size != 1 && size != 2)
        return tt_tensix_refuse(t, thread, "REG2FLOP: size_sel is %u", size);
    return tt_cfg_write(t, tt_cfg_bank(t, thread), FLOP_FIRST_WORD + flop,
                        t->thread[thread].gpr[TT_BITS(insn, 5, 0)]);
}

/* ---- arithmetic on GPRs ---- */

/* Bit 23 makes the right operand a constant; ttsim refuses that form. */
static uint32_t left_of(const struct tt_thread *th, uint32_t insn)
{
    return th->gpr[TT_BITS(insn, 5, 0)];
}

static uint32_t right_of(const struct tt_thread *th, uint32_t insn)
{
    return TT_BITS(insn, 23, 23) ? TT_BITS(insn, 11, 6)
                                 : th->gpr[TT_BITS(insn, 11, 6)];
}

static enum tt_step put(struct tt_thread *th, uint32_t insn, uint32_t value)
{
    th->gpr[TT_BITS(insn, 17, 12)] = value;
    return TT_STEP_DONE;
}

enum tt_step tt_op_adddmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];

    return put(th, insn, left_of(th, insn) + right_of(th, insn));
}

enum tt_step tt_op_subdmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];

    return put(th, insn, left_of(th, insn) - right_of(th, insn));
}

/* MULDMAREG.md: a 16 x 16 bit multiplier. */
enum tt_step tt_op_muldmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];

    return put(th, insn,
               (left_of(th, insn) & 0xFFFFu) * (right_of(th, insn) & 0xFFFFu));
}

static enum tt_step bad_mode(struct tt_tensix *t, unsigned thread,
                             uint32_t insn, const char *mnemonic)
{
    return tt_tensix_refuse(t, thread, "%s: mode %u", mnemonic,
                            (unsigned)TT_BITS(insn, 20, 18));
}

enum tt_step tt_op_bitwopdmareg(struct tt_tensix *t, unsigned thread,
                                uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t left = left_of(th, insn), right = right_of(th, insn);

    switch (TT_BITS(insn, 20, 18)) {
    case 0:
        return put(th, insn, left & right);
    case 1:
        return put(th, insn, left | right);
    case 2:
        return put(th, insn, left ^ right);
    default:
        return bad_mode(t, thread, insn, "BITWOPDMAREG");
    }
}

enum tt_step tt_op_shiftdmareg(struct tt_tensix *t, unsigned thread,
                               uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t left = left_of(th, insn), by = right_of(th, insn);

    if (TT_BITS(insn, 23, 23) && by > 31)
        return tt_tensix_refuse(t, thread, "SHIFTDMAREG: constant %u",
                                (unsigned)by);
    switch (TT_BITS(insn, 20, 18)) {
    case 0:
        return put(th, insn, left << (by & 31u));
    case 1:
        return put(th, insn, left >> (by & 31u));
    default:
        return bad_mode(t, thread, insn, "SHIFTDMAREG");
    }
}

enum tt_step tt_op_cmpdmareg(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t left = left_of(th, insn), right = right_of(th, insn);

    switch (TT_BITS(insn, 20, 18)) {
    case 0:
        return put(th, insn, left > right);
    case 1:
        return put(th, insn, left < right);
    case 2:
        return put(th, insn, left == right);
    default:
        return bad_mode(t, thread, insn, "CMPDMAREG");
    }
}

/* ---- L1 ---- */

/* LOADIND.md and STOREIND_L1.md: a GPR holds the address in 16 bytes, half a
 * GPR an offset in bytes, which is then advanced. */
struct indirect {
    uint32_t addr; /* rounded down to the size of the access */
    unsigned gpr;  /* first one of the data */
    unsigned bytes;
};

static uint32_t half_gpr(const struct tt_thread *th, unsigned half)
{
    return th->gpr[half / 2] >> (half % 2 ? 16 : 0) & 0xFFFFu;
}

static void advance(struct tt_thread *th, uint32_t insn)
{
    static const uint8_t by[] = {0, 2, 4, 16};
    unsigned half = TT_BITS(insn, 20, 14), shift = half % 2 ? 16 : 0;
    uint32_t value = half_gpr(th, half) + by[TT_BITS(insn, 13, 12)];
    uint32_t *gpr = &th->gpr[half / 2];

    *gpr = (*gpr & ~(0xFFFFu << shift)) | (value & 0xFFFFu) << shift;
}

static enum tt_step outside(struct tt_tensix *t, unsigned thread,
                            const char *mnemonic, uint32_t addr)
{
    return tt_tensix_refuse(t, thread, "%s: address 0x%x is not in L1",
                            mnemonic, (unsigned)addr);
}

static bool indirect(struct tt_tensix *t, unsigned thread, uint32_t insn,
                     unsigned size, const char *mnemonic, struct indirect *out)
{
    static const uint8_t bytes[] = {16, 4, 2, 1};
    struct tt_thread *th = &t->thread[thread];
    uint32_t addr = th->gpr[TT_BITS(insn, 5, 0)] * 16u +
                    half_gpr(th, TT_BITS(insn, 20, 14));

    if (addr >= TT_L1_SIZE) {
        outside(t, thread, mnemonic, addr);
        return false;
    }
    *out = (struct indirect){
        .addr = addr & ~(bytes[size] - 1u),
        .gpr = TT_BITS(insn, 11, 6) & (size ? 0x3Fu : 0x3Cu),
        .bytes = bytes[size],
    };
    advance(th, insn);
    return true;
}

enum tt_step tt_op_loadind(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct indirect x;

    if (!indirect(t, thread, insn, TT_BITS(insn, 23, 22), "LOADIND", &x))
        return TT_STEP_FAULT;
    memcpy(&t->thread[thread].gpr[x.gpr], t->tile->l1 + x.addr, x.bytes);
    return TT_STEP_DONE;
}

static enum tt_step store_l1(struct tt_tensix *t, uint32_t addr,
                             const void *from, uint32_t n)
{
    memcpy(t->tile->l1 + addr, from, n);
    tt_tile_l1_written(t->tile, addr, n);
    return TT_STEP_DONE;
}

/* ATINCGET.md: a counter of 1 to 32 bits within a word of L1. */
enum tt_step tt_op_atincget(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t mask = (2u << TT_BITS(insn, 18, 14)) - 1u;
    uint32_t *gpr = &th->gpr[TT_BITS(insn, 11, 6)];
    uint32_t addr =
        th->gpr[TT_BITS(insn, 5, 0)] * 16u + TT_BITS(insn, 13, 12) * 4u;
    uint32_t old, sum;

    if (addr >= TT_L1_SIZE)
        return outside(t, thread, "ATINCGET", addr);
    memcpy(&old, t->tile->l1 + addr, sizeof(old));
    sum = ((old + *gpr) & mask) | (old & ~mask);
    *gpr = old;
    return store_l1(t, addr, &sum, sizeof(sum));
}

/* ATSWAP.md: up to eight halfwords of 16 bytes, from four GPRs or, with bit
 * 22, from one and zeros. Nothing comes back, whatever the name says. */
enum tt_step tt_op_atswap(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const uint32_t *gpr = t->thread[thread].gpr;
    uint32_t addr = gpr[TT_BITS(insn, 5, 0)] * 16u;
    unsigned from = TT_BITS(insn, 11, 6), mask = TT_BITS(insn, 21, 14);
    uint32_t word[4] = {0};
    uint16_t now[8], new[8];

    if (addr >= TT_L1_SIZE)
        return outside(t, thread, "ATSWAP", addr);
    if (TT_BITS(insn, 22, 22))
        word[from & 3u] = gpr[from];
    else
        memcpy(word, &gpr[from & 0x3Cu], sizeof(word));
    memcpy(new, word, sizeof(new));
    memcpy(now, t->tile->l1 + addr, sizeof(now));
    for (unsigned i = 0; i < 8; i++)
        now[i] = mask >> i & 1u ? new[i] : now[i];
    return store_l1(t, addr, now, sizeof(now));
}

/* FLUSHDMA.md: waits for units that are done with each instruction; where they
 * are late, delay_tensix.c waits. */
enum tt_step tt_op_flushdma(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    (void)t, (void)thread, (void)insn;
    return TT_STEP_DONE;
}

/* ---- registers of the tile ---- */

/* The first 68 KiB of their addresses are the cores' local memories. */
#define REGISTERS 0xFFB00000u
#define FIRST_REG 0xFFB11000u

enum tt_step tt_op_loadreg(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t addr = REGISTERS + (TT_BITS(insn, 17, 0) << 2);
    uint32_t value = 0;

    if (addr < FIRST_REG)
        return tt_tensix_refuse(t, thread, "LOADREG: address 0x%08X",
                                (unsigned)addr);
    if (tt_tile_load(t->tile, TT_N_RISC, addr, 4, &value) != TT_STEP_DONE)
        return tt_tensix_refuse(t, thread, "LOADREG: %s",
                                t->tile->chip->refusal);
    t->thread[thread].gpr[TT_BITS(insn, 23, 18)] = value;
    return TT_STEP_DONE;
}

/* Only the overlay can be stored to: any other register could push
 * instructions and so come back here. */
#define OVERLAY_BASE 0xFFB40000u
#define OVERLAY_SIZE 0x40000u

static enum tt_step store_register(struct tt_tensix *t, unsigned thread,
                                   const char *mnemonic, uint32_t addr,
                                   uint32_t value)
{
    if (addr - OVERLAY_BASE >= OVERLAY_SIZE)
        return tt_tensix_refuse(t, thread, "%s: address 0x%08X", mnemonic,
                                (unsigned)addr);
    /* Stores of no core leave the report to the caller. */
    if (tt_tile_store(t->tile, TT_N_RISC, addr, 4, value) != TT_STEP_DONE)
        return tt_tensix_refuse(t, thread, "%s: %s", mnemonic,
                                t->tile->chip->refusal);
    return TT_STEP_DONE;
}

enum tt_step tt_op_storereg(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return store_register(t, thread, "STOREREG",
                          REGISTERS + (TT_BITS(insn, 17, 0) << 2),
                          t->thread[thread].gpr[TT_BITS(insn, 23, 18)]);
}

/* STOREIND_MMIO.md: here the offset counts in 1/16 bytes. */
static enum tt_step store_indirect_register(struct tt_tensix *t,
                                            unsigned thread, uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t addr = th->gpr[TT_BITS(insn, 5, 0)] +
                    (half_gpr(th, TT_BITS(insn, 20, 14)) >> 4);

    if (TT_BITS(insn, 21, 21))
        return tt_tensix_refuse(t, thread, "STOREIND: unused bit 21 is set");
    if (store_register(t, thread, "STOREIND", REGISTERS + (addr & 0xFFFFCu),
                       th->gpr[TT_BITS(insn, 11, 6)]) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    advance(th, insn);
    return TT_STEP_DONE;
}

/* Bit 23: to L1, else bit 22: to a register, else to SrcA or SrcB. */
enum tt_step tt_op_storeind(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct indirect x;

    if (!TT_BITS(insn, 23, 22))
        return tt_tensix_refuse(t, thread,
                                "STOREIND to SrcA or SrcB is not modelled");
    if (!TT_BITS(insn, 23, 23))
        return store_indirect_register(t, thread, insn);
    if (!indirect(t, thread, insn, TT_BITS(insn, 22, 21), "STOREIND", &x))
        return TT_STEP_FAULT;
    return store_l1(t, x.addr, &t->thread[thread].gpr[x.gpr], x.bytes);
}
