/* SPDX-License-Identifier: MIT */
/* Matrix unit, integer "8": sign and 10-bit magnitude in Src, sign and 31-bit
 * magnitude in Dst (ELWADD.md, ELWMUL.md, MVMUL.md). */
#include "device/emu/tensix_int8.h"

#include "device/emu/tensix.h"

#define EXP_MASK 0x7F800000u /* a datum without these bits counts as 0 */

/* Bits of the magnitude that a phase multiplies, sign included. */
static uint32_t mask_of_a(const struct tt_int8 *x)
{
    return x->phase & 1u ? 0x8003E000u : 0x801C0000u;
}

static uint32_t mask_of_b(const struct tt_int8 *x)
{
    return x->phase & 2u ? 0x8001E000u : 0x807E0000u;
}

/* All ones if @yes; conditional expressions in a chain become jumps. */
static inline uint32_t ones(bool yes)
{
    return 0u - (uint32_t)yes;
}

/* @some: bits of which a datum must have one, or it counts as 0. */
static inline int32_t value(uint32_t v, uint32_t mask, uint32_t some)
{
    uint32_t sign = ones(v >> 31), mag = (v & mask) >> 13 & 0x3FFu;

    return (int32_t)(((mag ^ sign) - sign) & ones((v & some) != 0));
}

/* Sum of 32 bits that ends at 31 bits of magnitude. */
static inline int32_t add_saturated(int32_t a, int32_t b)
{
    uint32_t x = (uint32_t)a, y = (uint32_t)b, sum = x + y;
    uint32_t over = ones((~(x ^ y) & (x ^ sum)) >> 31);
    uint32_t end = 0x7FFFFFFFu + (x >> 31) + (x >> 31); /* -0x7FFFFFFF */

    sum = (sum & ~over) | (end & over);
    return (int32_t)(sum + (uint32_t)(sum == 0x80000000u));
}

/* Sign and magnitude in two halves, to a number and back. */
static inline int32_t number_of(uint16_t hi, uint16_t lo)
{
    uint32_t cell = tt_dst_to_fp32((uint32_t)hi << 16 | lo);
    uint32_t sign = ones(cell >> 31);

    return (int32_t)(((cell & 0x7FFFFFFFu) ^ sign) - sign);
}

static inline uint32_t cell_of(int32_t v)
{
    uint32_t sign = ones(v < 0);

    return tt_dst_from_fp32((sign & 0x80000000u) |
                            (((uint32_t)v ^ sign) - sign));
}

/* One row: @sum, to what Dst holds if @old is all ones. */
TT_SIMD static void store_row(const int32_t *sum, uint32_t old,
                              uint16_t *restrict hi, uint16_t *restrict lo)
{
    for (unsigned i = 0; i < TT_ROW; i++) {
        int32_t was = (int32_t)((uint32_t)number_of(hi[i], lo[i]) & old);
        uint32_t cell = cell_of(add_saturated(sum[i], was));

        hi[i] = (uint16_t)(cell >> 16);
        lo[i] = (uint16_t)cell;
    }
}

TT_SIMD static void elw_row(const struct tt_int8 *x, unsigned first,
                            int32_t *restrict out)
{
    const uint32_t mask_a = x->multiply ? mask_of_a(x) : 0xFFFFFFFFu;
    const uint32_t mask_b = x->multiply ? mask_of_b(x) : 0xFFFFFFFFu;
    const uint32_t flip = x->subtract ? 0x80000000u : 0;
    const uint32_t some_b = x->keep_denormals ? 0x7FFFFFFFu : EXP_MASK;
    const uint32_t *a = x->a + first, *b = x->b + first;
    const uint32_t times = ones(x->multiply);

    for (unsigned i = 0; i < TT_ROW; i++) {
        int32_t va = value(a[i], mask_a, EXP_MASK);
        int32_t vb = value(b[i] ^ flip, mask_b, some_b);

        out[i] = (int32_t)(((uint32_t)(va * vb) & times) |
                           ((uint32_t)(va + vb) & ~times));
    }
}

void tt_int8_elw(const struct tt_int8 *x)
{
    int32_t sum[TT_ROW];

    for (unsigned i = 0; i < x->n; i += TT_ROW) {
        elw_row(x, i, sum);
        store_row(sum, ones(x->accumulate), x->hi + i, x->lo + i);
    }
}

TT_SIMD static void values_of(const uint32_t *v, unsigned n, uint32_t mask,
                              int32_t *restrict out)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = value(v[i], mask, EXP_MASK);
}

TT_SIMD static void multiply_row(const int32_t *a, const int32_t *b,
                                 int32_t *restrict sum)
{
    for (unsigned j = 0; j < TT_ROW; j++) {
        int32_t v = 0;

        for (unsigned i = 0; i < TT_ROW; i++)
            v += a[i * TT_ROW + j] * b[i];
        sum[j] = v;
    }
}

void tt_int8_mvmul(const struct tt_int8 *x)
{
    int32_t a[TT_ROW * TT_ROW], b[8 * TT_ROW], sum[TT_ROW];

    values_of(x->a, TT_ROW * TT_ROW, mask_of_a(x), a);
    values_of(x->b, x->n, mask_of_b(x), b);
    for (unsigned i = 0; i < x->n; i += TT_ROW) {
        multiply_row(a, &b[i], sum);
        store_row(sum, ones(true), x->hi + i, x->lo + i);
    }
}
