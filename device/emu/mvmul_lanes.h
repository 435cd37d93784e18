/* SPDX-License-Identifier: MIT */
/*
 * Matrix products on the host's floating-point unit: same bits as
 * tt_mvmul_plain(). One text for all vector instructions: a file that includes
 * this defines TARGET, the types vec (16 integers of 32 bits), vecf (as many
 * floats) and lanes (a bit for each), and the v_ and l_ functions used here.
 *
 * A product of mantissa parts is an integer p < 2^12. Summed up, it is shifted
 * right by what its exponent is below the largest of its group, and rounded
 * half up in magnitude. A fused multiply-add does that when the sum starts
 * from 1.5 x 2^23 of the group's unit, so that its last bit is the unit; that
 * it rounds half to even never shows, because factors of SrcB are made larger
 * by 2^-14: too little to reach a tie (p x 2^-14 < 1/4), enough to leave one.
 */
#ifndef TT_EMU_MVMUL_LANES_H
#define TT_EMU_MVMUL_LANES_H

#include "device/emu/mvmul_operands.h"

/* One group of eight products per column. */
struct term {
    vec man2; /* twice the mantissa, signed */
    vec exp;
};

/* What a sum of products depends on besides its operands. */
struct scale {
    int32_t base;     /* exponent of a product of the largest datums */
    uint32_t start;   /* 1.5 x 2^23 of the unit that exponent 0 has */
    int32_t zero_exp; /* exponent of a sum of zeros */
};

INLINE struct scale scale_of(const struct tt_mvmul *m, enum tt_acc acc)
{
    const struct tt_fidelity f = tt_fidelity(m->phase, m->exp8, acc);
    /* what exp_adjust would be in the upper parts of 8-bit exponents */
    const int32_t small = acc == TT_ACC_FP16 ? REBIAS : 0;
    const int32_t adjust = f.exp_adjust - (m->exp8 ? 0 : 2 * REBIAS);

    return (struct scale){2 * (int32_t)EXP_MAX + adjust,
                          (uint32_t)(13 + small) << 23 | 0x400000u,
                          f.exp_adjust > 0 ? f.exp_adjust : 0};
}

/* Sums of one group: eight rows of SrcA times as many datums of SrcB. */
INLINE struct term group(const float (*a)[TT_ROW], const float *b,
                         const uint8_t *least, struct scale s)
{
    vec exp = v_sub(v_set((uint32_t)s.base), v_load_bytes(least));
    /* some product is not zero (255 is more than any base), and the exponent is
     * above 0 */
    lanes keep = l_greater(exp, v_set(0));
    vec start = v_keep(keep, v_add(v_shl(exp, 23), v_set(s.start)));
    vecf sum = v_as_floats(start);
    vec man2;

    for (unsigned k = 0; k < 8; k++)
        sum = v_multiply_add(a[k], b[k], sum);
    man2 = v_shl(v_sub(v_as_ints(sum), start), 14);
    return (struct term){v_keep(keep, man2),
                         v_max(exp, v_set((uint32_t)s.zero_exp))};
}

INLINE vec halve_up(vec v)
{
    return v_sar(v_add(v, v_set(1)), 1);
}

/* Aligned to @exp; a 16-bit accumulator has 13 bits less. */
INLINE vec align(struct term t, vec exp, enum tt_acc acc)
{
    vec v = halve_up(v_sar_by(t.man2, v_sub(exp, t.exp)));

    return acc == TT_ACC_FP32
               ? v
               : v_and(v_add(v, v_set(0x1000)), v_set(0xFFFFE000u));
}

/* A magnitude below 2^30 as a float, rounded half up to the bits that Dst
 * keeps. In a 16-bit accumulator it has 17, so that the float is exact. */
INLINE vec to_float(vec mag, enum tt_acc acc)
{
    vec twice = v_add(mag, mag);

    if (acc == TT_ACC_FP32) /* leave ties upwards */
        twice = v_or_in(l_greater(mag, v_set((1u << 24) - 1)), twice, 1);
    mag = v_as_ints(v_to_floats(twice));
    if (acc == TT_ACC_FP32)
        return mag;
    return v_add(mag, v_set(acc == TT_ACC_FP16 ? 0x1000 : 0x8000));
}

/* A row of Dst without its signs. */
INLINE struct term dst_row(vec cell, const uint16_t *lo, enum tt_acc acc)
{
    const bool small = acc == TT_ACC_FP16;
    vec exp = v_and(cell, v_set(small ? 0x1F : 0xFF));
    vec man = v_or_and(v_set(1u << 24), v_shl(cell, 9),
                       small ? 0x3FF << 14 : 0x7F << 17);

    if (acc == TT_ACC_FP32)
        man = v_or(man, v_shl(v_load_words(lo), 1));
    return (struct term){v_keep(l_greater(exp, v_set(0)), man), exp};
}

/* Sign, mantissa and exponent as a cell. */
INLINE vec cell_of(vec sum, vec f, vec e, lanes finite, enum tt_acc acc)
{
    vec cell;

    if (acc == TT_ACC_FP16) { /* what is too large has all bits set */
        cell = v_or_and(e, v_shr(f, 8), 0x7FE0);
        cell = v_pick_in(finite, cell, v_set(0x7FFF));
    } else {
        cell =
            v_or_and(v_min(e, v_set(255)), v_keep(finite, v_shr(f, 8)), 0x7F00);
    }
    return v_or_and(cell, v_shr(sum, 16), 0x8000);
}

/* Add two groups to one row of Dst. */
INLINE void accumulate(struct term x, struct term y, uint16_t *hi, uint16_t *lo,
                       enum tt_acc acc)
{
    vec cell = v_load_words(hi), exp, sum, mag, f, e;
    struct term d = dst_row(cell, lo, acc);
    lanes keep, finite;

    exp = v_max(v_max(x.exp, y.exp), d.exp);
    sum = v_add(align(x, exp, acc), align(y, exp, acc));
    sum = v_add_signed(sum, align(d, exp, acc), cell);

    mag = v_abs(sum);
    f = to_float(mag, acc);
    e = v_add(v_sub(v_shr(f, 23), v_set(151)), exp);
    if (acc == TT_ACC_FP32) /* as tt_normalise() */
        e = v_add_in(l_equal(sum, 0xFFFFFFFFu), e, 27);
    /* where exp is 0, so are all terms */
    keep = l_and(l_greater(e, v_set(0)), l_greater(mag, v_set(0)));
    finite = l_and(keep, l_greater(v_set(acc == TT_ACC_FP16 ? 32 : 255), e));

    v_store_words(keep, hi, cell_of(sum, f, e, finite, acc));
    if (acc == TT_ACC_FP32)
        v_store_words(finite, lo, f);
}

INLINE bool run(const struct tt_mvmul *m, enum tt_acc acc)
{
    const unsigned low_a = m->phase & 1u, low_b = m->phase >> 1 & 1u;
    const struct tt_mvmul_cache *c = m->cache;
    const float(*a)[TT_ROW] = c->a_part[m->block_a][low_a];
    const float(*b)[TT_ROW] = c->b_part[m->block_b][low_b];
    const uint8_t(*least)[2][TT_ROW] = c->below[m->block_a][m->block_b];
    const struct scale s = scale_of(m, acc);

    if (!prepare(m))
        return false;
    for (unsigned r = 0; r < m->cells.n / TT_ROW; r++)
        accumulate(group(a, b[r], least[r][0], s),
                   group(a + 8, b[r] + 8, least[r][1], s),
                   &m->cells.hi[r * TT_ROW], &m->cells.lo[r * TT_ROW], acc);
    return true;
}

TARGET static __attribute__((noinline)) bool run_bf16(const struct tt_mvmul *m)
{
    return run(m, TT_ACC_BF16);
}

TARGET static __attribute__((noinline)) bool run_fp16(const struct tt_mvmul *m)
{
    return run(m, TT_ACC_FP16);
}

TARGET static __attribute__((noinline)) bool run_fp32(const struct tt_mvmul *m)
{
    return run(m, TT_ACC_FP32);
}

static bool run_any(const struct tt_mvmul *m)
{
    switch (m->acc) {
    case TT_ACC_BF16:
        return run_bf16(m);
    case TT_ACC_FP16:
        return run_fp16(m);
    case TT_ACC_FP32:
        return run_fp32(m);
    }
    return false;
}

#endif
