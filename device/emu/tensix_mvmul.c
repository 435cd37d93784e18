/* SPDX-License-Identifier: MIT */
/* Matrix product: two groups of 8 products per result, each aligned to the
 * largest exponent of its group. */
#include "device/emu/tensix_accumulate.h"

#define GROUP    8       /* products in a group */
#define ZERO_EXP (-8192) /* keeps a product with zero out of the maximum */

/* Src datums taken apart: signed parts of the mantissas as floats, which hold
 * them and their products exactly whatever the host's rounding is. */
struct operands {
    int32_t a_exp[TT_ROW][TT_ROW], b_exp[8][TT_ROW];
    float a_man[TT_ROW][TT_ROW], b_man[8][TT_ROW];
    int32_t zero_exp; /* exponent that a product with zero counts with */
};

TT_INLINE int32_t factor_exp(uint32_t v, int32_t adjust)
{
    return v & 0x7F800000u ? tt_exp_of(v) + adjust : ZERO_EXP;
}

TT_INLINE float factor_man(uint32_t v, uint32_t man)
{
    int32_t some = v & 0x7F800000u ? (int32_t)man : 0;
    int32_t sign = (int32_t)v >> 31;

    return (float)((some ^ sign) - sign);
}

TT_SIMD static void split_a(const struct tt_mvmul *m,
                            const struct tt_fidelity *f,
                            struct operands *restrict out)
{
    const uint32_t mask = m->mask_a, bits = f->mask_a;
    const unsigned shift = f->shift_a;

    for (unsigned r = 0; r < TT_ROW; r++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            uint32_t v = m->a[r][c] & mask;

            out->a_exp[r][c] = factor_exp(v, 0);
            out->a_man[r][c] = factor_man(v, tt_man_of(v) >> shift & bits);
        }
}

TT_SIMD static void split_b(const struct tt_mvmul *m,
                            const struct tt_fidelity *f,
                            struct operands *restrict out)
{
    const uint32_t mask = m->mask_b, bits = f->mask_b;
    const unsigned shift = f->shift_b;
    const int32_t adjust = f->exp_adjust;

    for (unsigned r = 0; r < m->cells.n / TT_ROW; r++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            uint32_t v = m->b[r][c] & mask;

            out->b_exp[r][c] = factor_exp(v, adjust);
            out->b_man[r][c] =
                factor_man(v, (tt_man_of(v) << 3) >> shift & bits);
        }
    out->zero_exp = adjust > 0 ? adjust : 0;
}

TT_INLINE float float_of(uint32_t bits)
{
    float f;

    memcpy(&f, &bits, sizeof(f));
    return f;
}

/* A product of less than 13 bits x 2^-@by, rounded half up in magnitude: no
 * step but the conversion drops bits. */
TT_INLINE int32_t shift_product(float p, int32_t by)
{
    uint32_t sign;

    by = by > 15 ? 15 : by;
    memcpy(&sign, &p, sizeof(sign));
    sign &= 0x80000000u;
    p *= float_of((uint32_t)(127 - by) << 23);
    return (int32_t)(p + float_of(0x3F000000u | sign)); /* one half */
}

/* One group of one result row. */
TT_SIMD static void sum_group(const struct operands *restrict p, unsigned row,
                              unsigned group, struct tt_sums *restrict out)
{
    const unsigned first = group * GROUP;
    const int32_t(*ea)[TT_ROW] = &p->a_exp[first], *eb = &p->b_exp[row][first];
    const float(*ma)[TT_ROW] = &p->a_man[first], *mb = &p->b_man[row][first];
    int32_t max[TT_ROW], sum[TT_ROW] = {0};

    for (unsigned c = 0; c < TT_ROW; c++)
        max[c] = p->zero_exp;
    for (unsigned i = 0; i < GROUP; i++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            int32_t e = ea[i][c] + eb[i];

            max[c] = max[c] > e ? max[c] : e;
        }
    for (unsigned i = 0; i < GROUP; i++)
        for (unsigned c = 0; c < TT_ROW; c++)
            sum[c] +=
                shift_product(ma[i][c] * mb[i], max[c] - ea[i][c] - eb[i]);
    for (unsigned c = 0; c < TT_ROW; c++) {
        out->exp[group][row * TT_ROW + c] = max[c];
        out->man[group][row * TT_ROW + c] = max[c] > 0 ? sum[c] * 0x2000 : 0;
    }
}

void tt_mvmul_plain(const struct tt_mvmul *m)
{
    const struct tt_fidelity f = tt_fidelity(m->phase, m->exp8, m->acc);
    struct operands p;
    struct tt_sums sums;

    split_a(m, &f, &p);
    split_b(m, &f, &p);
    for (unsigned row = 0; row < m->cells.n / TT_ROW; row++) {
        sum_group(&p, row, 0, &sums);
        sum_group(&p, row, 1, &sums);
    }
    tt_accumulate(&sums, m->cells, m->acc, true);
}

const struct tt_mvmul_form *const tt_mvmul_forms[TT_N_MVMUL_FORMS] = {
    &tt_mvmul_avx512, &tt_mvmul_avx2};

void tt_mvmul(const struct tt_mvmul *m)
{
    for (unsigned i = 0; i < TT_N_MVMUL_FORMS; i++)
        if (tt_mvmul_forms[i]->usable()) {
            if (tt_mvmul_forms[i]->run(m))
                return;
            break;
        }
    tt_mvmul_plain(m);
}
