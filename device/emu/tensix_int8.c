/* SPDX-License-Identifier: MIT */
/* Matrix unit, integer "8": sign and 10-bit magnitude in Src, sign and 31-bit
 * magnitude in Dst (ELWADD.md, ELWMUL.md, MVMUL.md). */
#include "device/emu/tensix_int8.h"

#include "device/emu/tensix.h"

/* Bits of the magnitude that a phase multiplies, sign included. */
static uint32_t mask_of_a(const struct tt_int8 *x)
{
    return x->phase & 1u ? 0x8003E000u : 0x801C0000u;
}

static uint32_t mask_of_b(const struct tt_int8 *x)
{
    return x->phase & 2u ? 0x8001E000u : 0x807E0000u;
}

static inline int32_t value(uint32_t v, uint32_t mask, bool keep_denormals)
{
    bool zero = !keep_denormals && !(v & 0x7F800000u);
    int32_t mag = (int32_t)((v & mask) >> 13 & 0x3FFu);

    mag = (int32_t)v < 0 ? -mag : mag;
    return zero ? 0 : mag;
}

static int32_t saturate(int64_t v)
{
    return (int32_t)(v > INT32_MAX    ? INT32_MAX
                     : v < -INT32_MAX ? -INT32_MAX
                                      : v);
}

static void add_to_dst(const struct tt_int8 *x, unsigned i, int32_t v,
                       bool accumulate)
{
    uint32_t old = tt_dst_to_fp32((uint32_t)x->hi[i] << 16 | x->lo[i]);
    int64_t mag = old & 0x7FFFFFFFu;
    int64_t sum = v + (!accumulate ? 0 : old >> 31 ? -mag : mag);
    int32_t r = saturate(sum);
    uint32_t cell =
        tt_dst_from_fp32(r < 0 ? 0x80000000u | (uint32_t)-r : (uint32_t)r);

    x->hi[i] = (uint16_t)(cell >> 16);
    x->lo[i] = (uint16_t)cell;
}

void tt_int8_elw(const struct tt_int8 *x)
{
    uint32_t mask_a = x->multiply ? mask_of_a(x) : 0xFFFFFFFFu;
    uint32_t mask_b = x->multiply ? mask_of_b(x) : 0xFFFFFFFFu;
    uint32_t flip = x->subtract ? 0x80000000u : 0;

    for (unsigned i = 0; i < x->n; i++) {
        int32_t a = value(x->a[i], mask_a, false);
        int32_t b = value(x->b[i] ^ flip, mask_b, x->keep_denormals);

        add_to_dst(x, i, x->multiply ? a * b : a + b, x->accumulate);
    }
}

void tt_int8_mvmul(const struct tt_int8 *x)
{
    uint32_t mask_a = mask_of_a(x), mask_b = mask_of_b(x);
    int32_t va[TT_ROW][TT_ROW];

    for (unsigned i = 0; i < TT_ROW; i++)
        for (unsigned j = 0; j < TT_ROW; j++)
            va[i][j] = value(x->a[i * TT_ROW + j], mask_a, false);

    for (unsigned r = 0; r * TT_ROW < x->n; r++) {
        int32_t sum[TT_ROW] = {0};

        for (unsigned i = 0; i < TT_ROW; i++) {
            int32_t vb = value(x->b[r * TT_ROW + i], mask_b, false);

            for (unsigned j = 0; j < TT_ROW; j++)
                sum[j] += va[i][j] * vb;
        }
        for (unsigned j = 0; j < TT_ROW; j++)
            add_to_dst(x, r * TT_ROW + j, sum[j], true);
    }
}
