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

/* One group of eight products per column, or a row of Dst. */
struct term {
    vec man2;  /* twice the mantissa, signed */
    vec below; /* by how much its exponent is below struct scale's @base */
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
    const int32_t small = acc == TT_ACC_FP16 ? REBIAS : 0;

    return (struct scale){2 * (int32_t)EXP_MAX + f.exp_adjust -
                              (m->exp8 ? 0 : 2 * REBIAS),
                          (uint32_t)(13 + small) << 23 | 0x400000u,
                          f.exp_adjust > 0 ? f.exp_adjust : 0};
}

/* Sums of one group: eight rows of SrcA times as many datums of SrcB.
 * @all: no group of the blocks is without a sum that counts. */
INLINE struct term group(const float (*a)[TT_ROW], const float *b,
                         const uint8_t *least, struct scale s, bool all)
{
    const uint32_t top = ((uint32_t)s.base << 23) + s.start;
    vec below = v_load_bytes(least), man2;
    vec start = v_sub(v_set(top), v_shl(below, 23));
    /* some product is not zero (255 is more than any base), and the exponent is
     * above 0 */
    lanes keep = l_greater(v_set((uint32_t)s.base), below);
    vecf sum = v_as_floats(all ? start : v_keep(keep, start)), other;

    other = sum; /* a second sum to halve the wait for the first */
    for (unsigned k = 0; k < 8; k += 2) {
        sum = v_multiply_add(a[k], b[k], sum);
        other = v_multiply_add(a[k + 1], b[k + 1], other);
    }
    /* of @start no bit stays */
    man2 = v_shl(v_add(v_as_ints(sum), v_as_ints(other)), 14);
    if (all)
        return (struct term){man2, below};
    return (struct term){v_keep(keep, man2),
                         v_min(below, v_set((uint32_t)(s.base - s.zero_exp)))};
}

/* A Dst datum (sign, exponent, 23 bits of mantissa) without its sign. */
INLINE struct term dst_term(vec v, struct scale s)
{
    vec twice = v_add(v, v), exp = v_shr(twice, 24);
    vec man2 = v_or_and(v_set(1u << 24), twice, 0xFFFFFF);

    return (struct term){v_keep(l_greater(exp, v_set(0)), man2),
                         v_sub(v_set((uint32_t)s.base), exp)};
}

INLINE vec halve_up(vec v)
{
    return v_sar(v_add(v, v_set(1)), 1);
}

/* Aligned to the exponent @below; a 16-bit accumulator has 13 bits less. */
INLINE vec align(struct term t, vec below, enum tt_acc acc)
{
    vec v = halve_up(v_sar_by(t.man2, v_sub(t.below, below)));

    return acc == TT_ACC_FP32
               ? v
               : v_and(v_add(v, v_set(0x1000)), v_set(0xFFFFE000u));
}

/* Twice a sum below 2^30 as the bits of a float, rounded half up in magnitude
 * to what Dst keeps. In a 16-bit accumulator it has 17 bits: exact before. */
INLINE vec to_float(vec sum, enum tt_acc acc)
{
    vec mag = v_abs(sum), f;

    if (acc == TT_ACC_FP32) { /* as tt_normalise() */
        mag = v_set_in(l_equal(sum, 0xFFFFFFFFu), mag, 1u << 27);
        /* leave ties upwards */
        mag = v_add_one_in(l_greater(mag, v_set((1u << 24) - 1)),
                           v_add(mag, mag));
        return v_as_ints(v_to_floats(mag));
    }
    f = v_as_ints(v_to_floats(v_add(mag, mag)));
    return v_add(f, v_set(acc == TT_ACC_FP16 ? 0x1000 : 0x8000));
}

/* Add two groups to one row of Dst. */
INLINE void accumulate(struct term x, struct term y, struct scale s,
                       uint16_t *hi, uint16_t *lo, enum tt_acc acc)
{
    /* infinity; the largest number of 5 exponent bits */
    const uint32_t limit = acc == TT_ACC_FP16 ? 0x0FFFFFFF : 0x7F800000;
    vec old = v_load_dst(hi, lo, acc), below, sum, f, less;
    struct term d = dst_term(old, s);
    lanes keep;

    below = v_min(v_min(x.below, y.below), d.below);
    sum = v_add(align(x, below, acc), align(y, below, acc));
    sum = v_add_signed(sum, align(d, below, acc), old);

    f = to_float(sum, acc);
    /* by how much its exponent is too large */
    less = v_add(below, v_set((uint32_t)(151 - s.base)));
    /* neither 0 nor of an exponent below 1; at exponent 0 all terms are 0 */
    keep = l_greater(v_shr(f, 23), v_max(less, v_set(0)));
    f = v_min_unsigned(v_sub(f, v_shl(less, 23)), v_set(limit));
    v_store_dst(v_keep(keep, v_or_and(f, sum, 0x80000000u)), hi, lo, acc);
}

INLINE void run_rows(const struct tt_mvmul *m, enum tt_acc acc, bool all)
{
    const unsigned low_a = m->phase & 1u, low_b = m->phase >> 1 & 1u;
    const struct tt_mvmul_cache *c = m->cache;
    const float(*a)[TT_ROW] = c->a_part[m->block_a][low_a];
    const float(*b)[TT_ROW] = c->b_part[m->block_b][low_b];
    const uint8_t(*least)[2][TT_ROW] = c->below[m->block_a][m->block_b];
    const struct scale s = scale_of(m, acc);
    const unsigned n_rows = m->cells.n / TT_ROW;
    struct term sum[8][2];

    /* all sums first: they do not wait for each other */
    for (unsigned r = 0; r < n_rows; r++) {
        sum[r][0] = group(a, b[r], least[r][0], s, all);
        sum[r][1] = group(a + 8, b[r] + 8, least[r][1], s, all);
    }
    for (unsigned r = 0; r < n_rows; r++)
        accumulate(sum[r][0], sum[r][1], s, &m->cells.hi[r * TT_ROW],
                   &m->cells.lo[r * TT_ROW], acc);
}

INLINE bool run(const struct tt_mvmul *m, enum tt_acc acc)
{
    if (!prepare(m))
        return false;
    if (scale_of(m, acc).base > m->cache->most[m->block_a][m->block_b])
        run_rows(m, acc, true);
    else
        run_rows(m, acc, false);
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
