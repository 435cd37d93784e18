/* SPDX-License-Identifier: MIT */
/*
 * Packers, data path: storing datums to L1 - narrowing, block float and
 * accumulation (Packers/FormatConversion.md, FloatBitPatterns.md).
 */
#include <string.h>

#include "device/emu/tensix_pack_convert.h"

#define SIGN32       0x80000000u
#define CANONIC_NAN  0x7FC00000u
#define F64_BIAS     1023
#define F64_EXP_BITS 52

static TT_SIMD void store16_rows(const uint32_t *restrict values,
                                 uint8_t *restrict out, size_t rows)
{
    for (size_t r = 0; r < rows; r++, values += TT_ROW, out += 2 * TT_ROW) {
        for (size_t i = 0; i < TT_ROW; i++) {
            uint16_t half = (uint16_t)values[i];

            memcpy(out + 2 * i, &half, sizeof(half));
        }
    }
}

void tt_pack_store16(const uint32_t *values, uint8_t *out, size_t n)
{
    size_t rows = n / TT_ROW, rest = n % TT_ROW;
    uint8_t last[2 * TT_ROW];

    store16_rows(values, out, rows);
    if (rest) {
        store16_rows(values + TT_ROW * rows, last, 1);
        memcpy(out + 2 * TT_ROW * rows, last, 2 * rest);
    }
}

TT_SIMD void tt_pack_store8(const uint32_t *restrict values,
                            uint8_t *restrict out, uint32_t rows)
{
    for (uint32_t r = 0; r < rows; r++, values += TT_ROW, out += TT_ROW)
        for (size_t i = 0; i < TT_ROW; i++)
            out[i] = (uint8_t)values[i];
}

static inline uint32_t largest_exp(const uint32_t *values)
{
    uint32_t max_exp = 0;

    for (size_t i = 0; i < TT_ROW; i++) {
        uint32_t exp = values[i] >> 7 & 0xFFu;

        max_exp = exp > max_exp ? exp : max_exp;
    }
    return max_exp;
}

/*
 * Sign and magnitude of a datum for the largest exponent of its block: rounded
 * half up to 7 bits without carry into the exponent, then truncated. Negative
 * zero would mean -inf, so zeros lose their sign. Exponent 255 counts as a
 * larger normal.
 */
static inline uint32_t bfp_datum(uint32_t x, uint32_t max_exp, unsigned bits)
{
    uint32_t exp = x >> 7 & 0xFFu;
    uint32_t mant = (x & 0x7Fu) | (exp ? 0x80u : 0u);
    uint32_t shift = max_exp - exp > 8u ? 8u : max_exp - exp;
    /* with shift 8 the sum is below 512, so nothing is left */
    uint32_t m = (mant + (1u << shift)) >> (shift + 1u);
    uint32_t sign = x >> 15 & 1u;

    m = m > 127u ? 127u : m;
    m >>= 8u - bits;
    return m | (m ? sign << (bits - 1u) : 0u);
}

static inline void bfp_block(const uint32_t *restrict values, unsigned bits,
                             uint8_t *restrict out, uint32_t max_exp)
{
    for (size_t i = 0; i < TT_ROW; i++)
        out[i] = (uint8_t)bfp_datum(values[i], max_exp, bits);
}

TT_SIMD void tt_pack_bfp(const uint32_t *values, unsigned bits, uint8_t *data,
                         uint8_t *exps, uint32_t blocks)
{
    for (uint32_t b = 0; b < blocks; b++, values += TT_ROW) {
        uint32_t max_exp = largest_exp(values);
        uint8_t d[TT_ROW], packed[TT_ROW];

        exps[b] = (uint8_t)max_exp;
        bfp_block(values, bits, d, max_exp);
        if (bits == 4)
            for (size_t i = 0; i < 8; i++)
                packed[i] = (uint8_t)(d[2 * i] | d[2 * i + 1] << 4);
        else if (bits == 2)
            for (size_t i = 0; i < 4; i++)
                packed[i] = (uint8_t)(d[4 * i] | d[4 * i + 1] << 2 |
                                      d[4 * i + 2] << 4 | d[4 * i + 3] << 6);
        memcpy(data, bits == 8 ? d : packed, 2u * bits);
        data += 2u * bits;
    }
}

/* ---- L1 accumulation ---- */

static inline uint32_t flush_fp32(uint32_t x)
{
    return (x & 0x7F800000u) ? x : x & SIGN32;
}

static inline uint32_t add_fp32(uint32_t a, uint32_t b)
{
    float fa, fb, sum;
    uint32_t out;

    a = flush_fp32(a);
    b = flush_fp32(b);
    memcpy(&fa, &a, sizeof(fa));
    memcpy(&fb, &b, sizeof(fb));
    sum = fa + fb;
    memcpy(&out, &sum, sizeof(out));
    out = (out & ~SIGN32) > 0x7F800000u ? CANONIC_NAN : out;
    return flush_fp32(out);
}

static TT_SIMD void add_rows_fp32(uint32_t *restrict values,
                                  const uint8_t *restrict l1, size_t rows)
{
    for (size_t r = 0; r < rows; r++, values += TT_ROW, l1 += 4 * TT_ROW)
        for (size_t i = 0; i < TT_ROW; i++) {
            uint32_t old;

            memcpy(&old, l1 + 4 * i, sizeof(old));
            values[i] = add_fp32(old, values[i]);
        }
}

void tt_pack_acc_fp32(uint32_t *values, const uint8_t *l1, size_t n)
{
    size_t rows = n / TT_ROW, rest = n % TT_ROW;
    uint8_t last[4 * TT_ROW] = {0};

    add_rows_fp32(values, l1, rows);
    if (rest) {
        memcpy(last, l1 + 4 * TT_ROW * rows, 4 * rest);
        add_rows_fp32(values + TT_ROW * rows, last, 1);
    }
}

static double from_f64_bits(uint64_t bits)
{
    double out;

    memcpy(&out, &bits, sizeof(out));
    return out;
}

/* A BF16 pattern as a number, without denormals. NaNs count as numbers: those
 * of L1 as the largest there is, those of the packer as normals with exponent
 * 255 (observed by ttsim's authors; no document says so). */
static double bf16_number(uint16_t x, bool from_l1)
{
    uint64_t sign = (uint64_t)(x & 0x8000u) << 48;
    uint64_t exp = x >> 7 & 0xFFu;
    uint64_t mant = x & 0x7Fu;

    if (exp == 0)
        return from_f64_bits(sign);
    if (exp == 255 && mant == 0)
        return from_f64_bits(sign | 0x7FFull << F64_EXP_BITS);
    if (exp == 255 && from_l1)
        return from_f64_bits(sign | ((0x7FFull << F64_EXP_BITS) - 1));
    return from_f64_bits(sign | (exp - 127 + F64_BIAS) << F64_EXP_BITS |
                         mant << (F64_EXP_BITS - 7));
}

/* Round to nearest even; out of range becomes zero or infinity. */
static uint16_t number_to_bf16(double x)
{
    uint64_t bits, half_less_one, rounded;
    uint16_t sign;
    int exp;

    memcpy(&bits, &x, sizeof(bits));
    sign = (uint16_t)(bits >> 48 & 0x8000u);
    exp = (int)(bits >> F64_EXP_BITS & 0x7FFu) - F64_BIAS + 127;
    if (exp <= 0)
        return sign;
    if (exp >= 255)
        return sign | 0x7F80u;
    bits &= (1ull << F64_EXP_BITS) - 1;
    half_less_one = (1ull << (F64_EXP_BITS - 8)) - 1;
    rounded = (bits + half_less_one + (bits >> (F64_EXP_BITS - 7) & 1)) >>
              (F64_EXP_BITS - 7);
    return (uint16_t)(sign | (((uint64_t)exp << 7) + rounded));
}

static uint16_t add_bf16(uint16_t l1, uint16_t packed)
{
    bool both_inf = (l1 & 0x7FFFu) == 0x7F80u && (packed & 0x7FFFu) == 0x7F80u;

    if (both_inf && l1 != packed)
        return CANONIC_NAN >> 16;
    return number_to_bf16(bf16_number(l1, true) + bf16_number(packed, false));
}

void tt_pack_acc_bf16(uint32_t *values, const uint8_t *l1, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t old;

        memcpy(&old, l1 + 2 * i, sizeof(old));
        values[i] = add_bf16(old, (uint16_t)values[i]);
    }
}

/* FP16 without denormals and without infinities as FP32. */
static float fp16_number(uint16_t x)
{
    uint32_t bits = (uint32_t)(x & 0x8000u) << 16;
    float out;

    if (x & 0x7C00u)
        bits |= ((x & 0x7FFFu) << 13) + (112u << 23);
    memcpy(&out, &bits, sizeof(out));
    return out;
}

/* Round to nearest even. Overflow saturates, and so does underflow; exact
 * cancellation of values from 2^15 on saturates too (as ttsim). */
static uint16_t add_fp16(uint16_t l1, uint16_t packed)
{
    float sum = fp16_number(l1) + fp16_number(packed);
    uint32_t bits, mant, rounded;
    uint16_t sign;
    int32_t exp;

    memcpy(&bits, &sum, sizeof(bits));
    sign = (uint16_t)(bits >> 16 & 0x8000u);
    if (!(bits & ~SIGN32))
        return sign | ((l1 >> 10 & 31u) >= 30u ? 0x7FFFu : 0u);
    exp = (int32_t)(bits >> 23 & 0xFFu) - 112;
    if (exp <= 0)
        return sign | (exp < 0 ? 0x7FFFu : 0u);
    mant = bits & 0x7FFFFFu;
    rounded = (mant + 0xFFFu + (mant >> 13 & 1u)) >> 13;
    rounded += (uint32_t)exp << 10;
    return (uint16_t)(sign | (rounded > 0x7FFFu ? 0x7FFFu : rounded));
}

void tt_pack_acc_fp16(uint32_t *values, const uint8_t *l1, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t old;

        memcpy(&old, l1 + 2 * i, sizeof(old));
        values[i] = add_fp16(old, (uint16_t)values[i]);
    }
}
