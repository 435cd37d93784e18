/* SPDX-License-Identifier: MIT */
/* Register window counters of the matrix and vector unit (RWCs.md), and the
 * hand-over of SrcA and SrcB banks. */
#include "device/emu/check.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_units.h"

/* An increment with its flags, as ADDR_MOD_AB and ADDR_MOD_DST hold them. */
struct step {
    uint32_t incr;
    bool carriage, clear, to_carriage;
};

static void counter_step(uint32_t *value, uint32_t *cr, struct step s,
                         uint32_t size)
{
    if (s.to_carriage) {
        *value = (*value + s.incr) & (size - 1);
        *cr = *value;
    } else if (s.clear) {
        *value = *cr = 0;
    } else if (s.carriage) {
        *value = *cr = (*cr + s.incr) & (size - 1);
    } else {
        *value = (*value + s.incr) & (size - 1);
    }
}

static struct step step_of_src(uint32_t half)
{
    return (struct step){TT_BITS(half, 5, 0), TT_BITS(half, 6, 6),
                         TT_BITS(half, 7, 7), false};
}

enum tt_step tt_rwc_update(struct tt_tensix *t, unsigned thread, unsigned mod,
                           bool fidelity)
{
    struct tt_thread *th = &t->thread[thread];
    struct tt_rwc *rwc = &th->rwc;
    unsigned i = (mod & 3u) |
                 (rwc->bias || (th->cfg[TT_TC_ADDR_MOD_SET] & 1u) ? 4u : 0u);
    uint32_t ab = th->cfg[TT_TC_ADDR_MOD_AB + 2 * i];
    uint32_t dst = th->cfg[TT_TC_ADDR_MOD_DST + i];
    uint32_t bias = th->cfg[TT_TC_ADDR_MOD_BIAS + i];
    struct step d = {TT_BITS(dst, 9, 0), TT_BITS(dst, 10, 10),
                     TT_BITS(dst, 11, 11), TT_BITS(dst, 12, 12)};

    if (!(ab | dst | bias)) /* nothing moves */
        return TT_STEP_DONE;
    if (d.to_carriage && (d.clear || d.carriage))
        return tt_tensix_refuse(t, thread,
                                "ADDR_MOD: DestCToCR with clear or CR");
    if (TT_BITS(bias, 4, 4) || TT_BITS(bias, 3, 0) > 1)
        return tt_tensix_refuse(t, thread, "ADDR_MOD: bias 0x%x",
                                (unsigned)bias);

    counter_step(&rwc->src_a, &rwc->src_a_cr, step_of_src(ab), TT_SRC_ROWS);
    counter_step(&rwc->src_b, &rwc->src_b_cr, step_of_src(ab >> 8),
                 TT_SRC_ROWS);
    counter_step(&rwc->dst, &rwc->dst_cr, d, TT_DST_ROWS);
    if (fidelity)
        rwc->fidelity = TT_BITS(dst, 15, 15)
                            ? 0
                            : (rwc->fidelity + TT_BITS(dst, 14, 13)) & 3u;
    rwc->bias ^= bias & 1u;
    return TT_STEP_DONE;
}

static enum tt_step release(struct tt_tensix *t, unsigned thread,
                            struct tt_src *src, bool keep_valid)
{
    unsigned bank = src->matrix_bank & 1u;

    if (!keep_valid) {
        if (!src->valid[bank])
            return tt_tensix_refuse(t, thread,
                                    "clearing dvalid of a bank of %s that is "
                                    "not valid",
                                    src == &t->src_a ? "SrcA" : "SrcB");
        src->valid[bank] = false;
    }
    src->matrix_bank = (uint8_t)(bank ^ 1u);
    if (t->check)
        tt_check_join(t->tile, TT_RISC_T0 + thread, TT_SYNC_SRC);
    return TT_STEP_DONE;
}

enum tt_step tt_math_release(struct tt_tensix *t, unsigned thread,
                             uint32_t which)
{
    uint32_t keep = t->thread[thread].cfg[TT_TC_CLR_DVALID];

    if ((which & 1u) &&
        release(t, thread, &t->src_a, keep & 1u) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if ((which & 2u) &&
        release(t, thread, &t->src_b, keep & 2u) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return TT_STEP_DONE;
}

enum tt_step tt_math_finish(struct tt_tensix *t, unsigned thread, unsigned mod,
                            uint32_t which)
{
    if (tt_rwc_update(t, thread, mod, true) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return which ? tt_math_release(t, thread, which) : TT_STEP_DONE;
}

/* SETRWC for one counter of a Src register. */
static void set_src(uint32_t *value, uint32_t *cr, uint32_t to, bool from_cr)
{
    *value = *cr = (to + (from_cr ? *cr : 0)) & (TT_SRC_ROWS - 1);
}

enum tt_step tt_op_setrwc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_rwc *rwc = &t->thread[thread].rwc;
    uint32_t mask = TT_BITS(insn, 3, 0), cr = TT_BITS(insn, 21, 18);
    uint32_t d = TT_BITS(insn, 17, 14);

    if (cr > 7 || (cr & 3u & ~mask))
        return tt_tensix_refuse(t, thread, "SETRWC: rwc_cr %u with mask %u",
                                (unsigned)cr, (unsigned)mask);

    if (mask & 1u)
        set_src(&rwc->src_a, &rwc->src_a_cr, TT_BITS(insn, 9, 6), cr & 1u);
    if (mask & 2u)
        set_src(&rwc->src_b, &rwc->src_b_cr, TT_BITS(insn, 13, 10), cr & 2u);
    if (mask & 4u)
        rwc->dst = rwc->dst_cr =
            (d + (cr & 4u ? rwc->dst_cr : 0)) & (TT_DST_ROWS - 1);
    if (mask & 8u)
        rwc->fidelity = 0;
    return tt_math_release(t, thread, TT_BITS(insn, 23, 22));
}

enum tt_step tt_op_incrwc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_rwc *rwc = &t->thread[thread].rwc;
    uint32_t cr = TT_BITS(insn, 20, 18), d = TT_BITS(insn, 17, 14);

    if (cr != 0 && cr != 4)
        return tt_tensix_refuse(t, thread, "INCRWC: rwc_cr %u", (unsigned)cr);

    rwc->src_a = (rwc->src_a + TT_BITS(insn, 9, 6)) & (TT_SRC_ROWS - 1);
    rwc->src_b = (rwc->src_b + TT_BITS(insn, 13, 10)) & (TT_SRC_ROWS - 1);
    if (cr)
        rwc->dst = rwc->dst_cr = (rwc->dst_cr + d) & (TT_DST_ROWS - 1);
    else
        rwc->dst = (rwc->dst + d) & (TT_DST_ROWS - 1);
    return TT_STEP_DONE;
}

enum tt_step tt_op_cleardvalid(struct tt_tensix *t, unsigned thread,
                               uint32_t insn)
{
    uint32_t reset = TT_BITS(insn, 1, 0), which = TT_BITS(insn, 23, 22);

    if (reset || !which)
        return tt_tensix_refuse(t, thread, "CLEARDVALID: reset %u, banks %u",
                                (unsigned)reset, (unsigned)which);

    /* unlike SETRWC this does not heed CLR_DVALID (CLEARDVALID.md) */
    if ((which & 1u) && release(t, thread, &t->src_a, false) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if ((which & 2u) && release(t, thread, &t->src_b, false) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return TT_STEP_DONE;
}

/* Resets a latch that only matters for power; nothing to model. */
enum tt_step tt_op_gatesrcrst(struct tt_tensix *t, unsigned thread,
                              uint32_t insn)
{
    (void)t;
    (void)thread;
    (void)insn;
    return TT_STEP_DONE;
}
