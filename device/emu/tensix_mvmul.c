/* SPDX-License-Identifier: MIT */
/* Sums of products of the matrix unit: two groups of 8 per result, each
 * aligned to the largest exponent of its group. */
#include "device/emu/tensix_math.h"

#define GROUP 4 /* pairs of products in a group */

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
