/* SPDX-License-Identifier: MIT */
/* Sums of products of the matrix unit: two groups of 8 per result, each
 * aligned to the largest exponent of its group. */
#include "device/emu/tensix_math.h"

#define GROUP    4       /* pairs of products in a group */
#define ZERO_EXP (-8192) /* keeps a product with zero out of the maximum */

/* What multiplication needs of a datum, each in 16 bits. */
struct factor {
    uint32_t exp, man, sign;
};

static inline __attribute__((always_inline)) struct factor
factor_of(uint32_t v, uint32_t man, int32_t exp_adjust)
{
    bool zero = !(v & 0x7F800000u);
    int32_t exp = zero ? ZERO_EXP : tt_exp_of(v) + exp_adjust;

    return (struct factor){(uint32_t)exp & 0xFFFFu, zero ? 0 : man,
                           (uint32_t)((int32_t)v >> 31) & 0xFFFFu};
}

TT_SIMD void tt_mvmul_split_a(const uint32_t (*a)[TT_ROW], uint32_t mask,
                              const struct tt_fidelity *f,
                              struct tt_products *restrict p)
{
    const unsigned shift = f->shift_a;
    const uint32_t bits = f->mask_a;

    for (unsigned k = 0; k < 8; k++) {
        const uint32_t *even = a[2 * k], *odd = a[2 * k + 1];

        for (unsigned j = 0; j < TT_ROW; j++) {
            uint32_t v = even[j] & mask, w = odd[j] & mask;
            struct factor x = factor_of(v, tt_man_of(v) >> shift & bits, 0);
            struct factor y = factor_of(w, tt_man_of(w) >> shift & bits, 0);

            p->a_exp[k][j] = x.exp | y.exp << 16;
            p->a_man[k][j] = x.man | y.man << 16;
            p->a_sign[k][j] = x.sign | y.sign << 16;
        }
    }
}

TT_SIMD void tt_mvmul_split_b(const uint32_t *b, uint32_t mask,
                              const struct tt_fidelity *f,
                              struct tt_products *restrict p)
{
    const unsigned shift = f->shift_b;
    const uint32_t bits = f->mask_b;
    const int32_t adjust = f->exp_adjust;
    uint32_t *exp = p->b_exp[0], *man = p->b_man[0], *sign = p->b_sign[0];

    for (unsigned i = 0; i < TT_BLOCK / 2; i++) {
        uint32_t v = b[2 * i] & mask, w = b[2 * i + 1] & mask;
        uint32_t man_v = ((tt_man_of(v) << 3) >> shift & bits) << 1;
        uint32_t man_w = ((tt_man_of(w) << 3) >> shift & bits) << 1;
        struct factor x = factor_of(v, man_v, adjust);
        struct factor y = factor_of(w, man_w, adjust);

        exp[i] = x.exp | y.exp << 16;
        man[i] = x.man | y.man << 16;
        sign[i] = x.sign | y.sign << 16;
    }
    p->zero_exp = adjust > 0 ? adjust : 0;
}

/* One half of a word as a number. */
static inline int32_t half(uint32_t word, unsigned which)
{
    return (int16_t)(word >> (16 * which));
}

/* One group of one result row. */
TT_SIMD static void group_plain(const struct tt_products *p, unsigned row,
                                unsigned group, struct tt_sums *out)
{
    const unsigned first = group * GROUP;
    int32_t *max = &out->exp[group][row * TT_ROW];
    int32_t *sum = &out->man[group][row * TT_ROW];

    for (unsigned c = 0; c < TT_ROW; c++) {
        max[c] = p->zero_exp;
        sum[c] = 0;
    }
    for (unsigned i = 0; i < 2 * GROUP; i++) {
        const uint32_t *ea = p->a_exp[first + i / 2];
        int32_t eb = half(p->b_exp[row][first + i / 2], i & 1u);

        for (unsigned c = 0; c < TT_ROW; c++) {
            int32_t e = half(ea[c], i & 1u) + eb;

            max[c] = max[c] > e ? max[c] : e;
        }
    }
    for (unsigned i = 0; i < 2 * GROUP; i++) {
        const unsigned k = first + i / 2;
        int32_t eb = half(p->b_exp[row][k], i & 1u);
        int32_t mb = half(p->b_man[row][k], i & 1u);
        int32_t sb = half(p->b_sign[row][k], i & 1u);

        for (unsigned c = 0; c < TT_ROW; c++) {
            int32_t d = max[c] - (half(p->a_exp[k][c], i & 1u) + eb);
            int32_t man = half(p->a_man[k][c], i & 1u) * mb;
            int32_t s = half(p->a_sign[k][c], i & 1u) ^ sb;

            d = d > 15 ? 15 : d;
            man = ((man >> d) + 1) >> 1; /* half up in magnitude */
            sum[c] += (man ^ s) - s;
        }
    }
    for (unsigned c = 0; c < TT_ROW; c++)
        sum[c] = max[c] > 0 ? sum[c] * 0x2000 : 0;
}

void tt_mvmul_sums_plain(const struct tt_products *p, unsigned rows,
                         struct tt_sums *out)
{
    for (unsigned row = 0; row < rows; row++) {
        group_plain(p, row, 0, out);
        group_plain(p, row, 1, out);
    }
}

void tt_mvmul_sums(const struct tt_products *p, unsigned rows,
                   struct tt_sums *out)
{
    if (!tt_avx512_mvmul_sums(p, rows, out))
        tt_mvmul_sums_plain(p, rows, out);
}
