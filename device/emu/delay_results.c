/* SPDX-License-Identifier: MIT */
/*
 * TT_EMU_DELAY: results of the matrix and vector unit that the instructions
 * right behind may not see yet.
 *
 * The vector unit's multiply-adds take two cycles and nothing waits for them
 * (SFPMAD.md and the like, Instruction scheduling): what comes next may find
 * the old registers. SFPLOAD may find the old Dst until three instructions have
 * passed since the matrix unit wrote it (SFPLOAD.md).
 */
#include "device/emu/delay_impl.h"

#include <string.h>

#define OPCODE(insn) ((uint32_t)(insn) >> 24)
#define SFPLOAD      0x70u
#define DST_DISTANCE 3u /* instructions in between that are enough */

/* Instructions with two cycles of latency that no hardware waits for. */
static bool is_slow(uint32_t insn)
{
    uint32_t mode = insn & 0xFu;

    switch (OPCODE(insn)) {
    case 0x73: /* SFPLUT */
    case 0x74: /* SFPMULI */
    case 0x75: /* SFPADDI */
    case 0x84: /* SFPMAD */
    case 0x85: /* SFPADD */
    case 0x86: /* SFPMUL */
    case 0x95: /* SFPLUTFP32 */
        return true;
    case 0x94: /* SFPSHFT2: the modes that move between lanes */
        return mode >= 2 && mode <= 4;
    default:
        return false;
    }
}

static uint32_t reg(uint32_t insn, unsigned lowest)
{
    return 1u << (insn >> lowest & 0xFu);
}

#define VA(insn)   reg(insn, 16)
#define VB(insn)   reg(insn, 12)
#define VC(insn)   reg(insn, 8)
#define VD(insn)   reg(insn, 4)
#define HIGH(insn) reg(insn, 20) /* of loads, stores and SFPLUT */

/* Those that read VC, and VD unless bit 0 of Mod1 gives an immediate. */
static uint32_t reads_with_immediate(uint32_t insn)
{
    return VC(insn) | (insn & 1u ? 0 : VD(insn));
}

/* Registers that an instruction of the vector unit reads, as a mask. Where a
 * mode reads fewer, fewer are named. */
static uint32_t reads(uint32_t insn)
{
    switch (OPCODE(insn)) {
    case 0x72: /* SFPSTORE */
        return HIGH(insn);
    case 0x73: /* SFPLUT */
        return 0xFu;
    case 0x74: /* SFPMULI, SFPADDI */
    case 0x75:
        return VD(insn);
    case 0x7A: /* SFPSHFT */
        return VD(insn) | (insn & 1u ? 0 : VC(insn));
    case 0x79: /* SFPIADD, SFPSETEXP, SFPSETMAN, SFPSETSGN */
    case 0x82:
    case 0x83:
    case 0x89:
        return reads_with_immediate(insn);
    case 0x7E: /* SFPAND, SFPOR, SFPXOR, SFPSWAP */
    case 0x7F:
    case 0x8D:
    case 0x92:
        return VC(insn) | VD(insn);
    case 0x76: /* SFPDIVP2, SFPEXEXP, SFPEXMAN, SFPMOV, SFPABS, SFPNOT, SFPLZ,
                */
    case 0x77: /* SFPCAST, SFPSETCC, SFPSTOCHRND */
    case 0x78:
    case 0x7B:
    case 0x7C:
    case 0x7D:
    case 0x80:
    case 0x81:
    case 0x8E:
    case 0x90:
        return VC(insn);
    case 0x84: /* SFPMAD, SFPADD, SFPMUL */
    case 0x85:
    case 0x86:
        return VA(insn) | VB(insn) | VC(insn);
    case 0x8C: /* SFPTRANSP */
    case 0x95: /* SFPLUTFP32 */
        return OPCODE(insn) == 0x8Cu ? 0xFFu : 1u << 3;
    case 0x91: /* SFPCONFIG */
        return insn & 1u ? 0 : 1u;
    default:
        return 0;
    }
}

/* ---- registers ---- */

static void exchange(uint32_t a[TT_LANES], uint32_t b[TT_LANES])
{
    uint32_t keep[TT_LANES];

    memcpy(keep, a, sizeof(keep));
    memcpy(a, b, sizeof(keep));
    memcpy(b, keep, sizeof(keep));
}

/* Put the old values of some registers in the place of the new ones. */
static void put_old(struct tt_delay *d, uint32_t mask)
{
    for (; mask; mask &= mask - 1) {
        unsigned i = (unsigned)__builtin_ctz(mask);

        exchange(d->tile->tensix.sfpu.lreg[i], d->results.lreg[i]);
    }
}

/* The new values arrive, where nothing was written over the old ones. */
static void put_new(struct tt_delay *d, uint32_t mask,
                    uint32_t old[8][TT_LANES])
{
    for (; mask; mask &= mask - 1) {
        unsigned i = (unsigned)__builtin_ctz(mask);
        uint32_t *now = d->tile->tensix.sfpu.lreg[i];

        for (unsigned lane = 0; lane < TT_LANES; lane++)
            if (now[lane] == old[i][lane])
                now[lane] = d->results.lreg[i][lane];
    }
}

/* Which of the registers that this instruction reads it finds as they were. */
static uint32_t stale_registers(struct tt_delay *d,
                                const struct tt_late_insn *i)
{
    const struct tt_late_results *r = &d->results;
    uint32_t mask = r->lreg_mask;

    if (!mask || r->lreg_thread != i->thread ||
        i->number != r->lreg_number + 1 || !(reads(i->insn) & mask))
        return 0;
    return tt_late_coin(d) ? mask : 0;
}

static void remember_registers(struct tt_delay *d, const struct tt_late_insn *i,
                               uint32_t old[8][TT_LANES])
{
    struct tt_late_results *r = &d->results;

    r->lreg_mask = 0;
    for (unsigned n = 0; n < 8; n++) {
        if (!memcmp(old[n], d->tile->tensix.sfpu.lreg[n], sizeof(old[n])))
            continue;
        r->lreg_mask |= 1u << n;
        memcpy(r->lreg[n], old[n], sizeof(old[n]));
    }
    r->lreg_number = i->number;
    r->lreg_thread = i->thread;
}

/* ---- Dst ---- */

/* Matrix instructions that write Dst with latency (MatrixUnit.md). */
static bool writes_dst(uint32_t insn)
{
    switch (OPCODE(insn)) {
    case 0x12: /* MOVA2D, MOVB2D */
    case 0x13:
    case 0x26: /* MVMUL, ELWMUL, ELWADD, ELWSUB, GMPOOL, GAPOOL */
    case 0x27:
    case 0x28:
    case 0x30:
    case 0x33:
    case 0x34:
        return true;
    default:
        return false;
    }
}

/* Whether Dst as it was is still what an instruction may find. */
static bool dst_is_stale(const struct tt_delay *d, const struct tt_late_insn *i)
{
    const struct tt_late_results *r = &d->results;

    return r->has_dst && r->dst_thread == i->thread &&
           i->number - r->dst_number <= DST_DISTANCE;
}

/* Whether a load of Dst comes so soon behind that it may find it as it was; it
 * must be queued already. */
static bool load_follows(const struct tt_delay *d, const struct tt_late_insn *i)
{
    const struct tt_late_unit *u = &d->unit[TT_LATE_MATH];
    const struct tt_thread *th = &d->tile->tensix.thread[i->thread];
    const struct tt_late_front *f = &d->front[i->thread];

    for (uint32_t n = 0; n < u->n; n++) {
        const struct tt_late_insn *l = &u->queue[(u->head + n) % TT_LATE_UNIT];

        if (l->thread == i->thread && OPCODE(l->insn) == SFPLOAD &&
            l->number - i->number <= DST_DISTANCE)
            return true;
    }
    for (uint32_t n = 0; n < th->fifo_len && n < DST_DISTANCE; n++)
        if (OPCODE(th->fifo[(th->fifo_head + n) % TT_FIFO_SIZE]) == SFPLOAD)
            return true;
    for (uint32_t n = 0; n < f->n && n < DST_DISTANCE; n++)
        if (OPCODE(f->raw[(f->head + n) % TT_LATE_RAW]) == SFPLOAD)
            return true;
    return false;
}

static void remember_dst(struct tt_delay *d, const struct tt_late_insn *i)
{
    const struct tt_tensix *t = &d->tile->tensix;
    struct tt_late_results *r = &d->results;

    if (!writes_dst(i->insn) || dst_is_stale(d, i) || !load_follows(d, i))
        return;
    r->has_dst = tt_late_coin(d);
    if (!r->has_dst)
        return;
    r->dst_number = i->number;
    r->dst_thread = i->thread;
    memcpy(r->dst, t->dst, sizeof(r->dst));
    memcpy(r->dst_valid, t->dst_valid, sizeof(r->dst_valid));
}

/* SFPLOAD of Dst as it was. It does not write Dst. */
static enum tt_step load_old(struct tt_delay *d, const struct tt_late_insn *i)
{
    struct tt_tensix *t = &d->tile->tensix;
    const struct tt_late_results *r = &d->results;
    uint16_t dst[TT_DST_ROWS][TT_ROW];
    uint8_t valid[TT_DST_ROWS];
    enum tt_step step;

    memcpy(dst, t->dst, sizeof(dst));
    memcpy(valid, t->dst_valid, sizeof(valid));
    memcpy(t->dst, r->dst, sizeof(dst));
    memcpy(t->dst_valid, r->dst_valid, sizeof(valid));
    step = tt_tensix_execute(t, i->thread, i->insn);
    memcpy(t->dst, dst, sizeof(dst));
    memcpy(t->dst_valid, valid, sizeof(valid));
    return step;
}

/* ---- both ---- */

enum tt_step tt_late_execute(struct tt_delay *d, const struct tt_late_insn *i)
{
    struct tt_tensix *t = &d->tile->tensix;
    uint32_t stale = stale_registers(d, i), old[8][TT_LANES];
    enum tt_step step;

    remember_dst(d, i);
    put_old(d, stale);
    if (stale || is_slow(i->insn))
        memcpy(old, t->sfpu.lreg, sizeof(old));
    if (OPCODE(i->insn) == SFPLOAD && dst_is_stale(d, i))
        step = load_old(d, i);
    else
        step = tt_tensix_execute(t, i->thread, i->insn);
    put_new(d, stale, old);
    if (is_slow(i->insn))
        remember_registers(d, i, old);
    return step;
}
