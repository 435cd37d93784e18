/* SPDX-License-Identifier: MIT */
/* Unpackers, data path: runs of datums in L1 format to SrcA/SrcB patterns. */
#include "device/emu/tensix_unpack_convert.h"

#include <string.h>

#include "device/emu/tensix.h"

#define SIGN32 0x80000000u

static inline uint32_t load8(const uint8_t *p, size_t i)
{
    return p[i];
}

static inline uint32_t load16(const uint8_t *p, size_t i)
{
    uint16_t v;

    memcpy(&v, p + 2 * i, sizeof(v));
    return v;
}

static inline uint32_t load32(const uint8_t *p, size_t i)
{
    uint32_t v;

    memcpy(&v, p + 4 * i, sizeof(v));
    return v;
}

static inline uint32_t fp32_to_tf32(uint32_t v)
{
    return v & 0xFFFFE000u;
}

static inline uint32_t fp32_to_bf16(uint32_t v)
{
    uint32_t keep = (v & 0x7F800000u) ? 0xFFFF0000u : SIGN32;

    return v & keep;
}

/* FP16 in Src: sign, three zero bits, 5-bit exponent, 10-bit mantissa
 * (SrcASrcB.md). No infinity: large values saturate. */
static inline uint32_t fp32_to_fp16(uint32_t v)
{
    int32_t exp = (int32_t)(v >> 23 & 0xFFu) - 112;
    uint32_t body = (uint32_t)exp << 23 | (v & 0x007FE000u);

    body = exp > 31 ? 0x0FFFE000u : body;
    body = exp < 0 ? 0u : body;
    return (v & SIGN32) | body;
}

static inline uint32_t fp16_to_src(uint32_t v)
{
    return (v & 0x8000u) << 16 | (v & 0x7FFFu) << 13;
}

static inline uint32_t int16_to_src(uint32_t v)
{
    return (uint32_t)tt_dst_to_bf16((uint16_t)v) << 16;
}

/* Integers in Src are FP16 patterns with exponent 16 (SrcASrcB.md). */
static inline uint32_t int8_to_src(uint32_t v, uint32_t sign_bit)
{
    uint32_t magnitude = v & ~sign_bit;
    uint32_t body = magnitude ? magnitude | 16u << 10 : 0u;

    return (v & sign_bit) << 24 | body << 13;
}

/* Rows of constant length, which compilers vectorise at -O2, then the rest. */
#define CONVERT(load, expr)                                                    \
    for (size_t r = 0; r < rows; r++)                                          \
        for (size_t i = 0; i < TT_ROW; i++) {                                  \
            uint32_t v = load(src, TT_ROW * r + i);                            \
            out[TT_ROW * r + i] = (expr);                                      \
        }                                                                      \
    for (size_t i = TT_ROW * rows; i < n; i++) {                               \
        uint32_t v = load(src, i);                                             \
        out[i] = (expr);                                                       \
    }                                                                          \
    break

TT_SIMD void tt_unpack_convert(enum tt_unpack_conv conv,
                               const uint8_t *restrict src,
                               uint32_t *restrict out, size_t n)
{
    size_t rows = n / TT_ROW;

    switch (conv) {
    case TT_UNPACK_FP32_TF32:
        CONVERT(load32, fp32_to_tf32(v));
    case TT_UNPACK_FP32_BF16:
        CONVERT(load32, fp32_to_bf16(v));
    case TT_UNPACK_FP32_FP16:
        CONVERT(load32, fp32_to_fp16(v));
    case TT_UNPACK_FP16:
        CONVERT(load16, fp16_to_src(v));
    case TT_UNPACK_BF16:
        CONVERT(load16, v << 16);
    case TT_UNPACK_FP8:
        CONVERT(load8, fp16_to_src(v << 8));
    case TT_UNPACK_INT16:
        CONVERT(load16, int16_to_src(v));
    case TT_UNPACK_INT8:
        CONVERT(load8, int8_to_src(v, 0x80u));
    case TT_UNPACK_UINT8:
        CONVERT(load8, int8_to_src(v, 0u));
    case TT_UNPACK_BFP:
    case TT_UNPACK_RAW:
        break;
    }
}

/*
 * One BFP8 datum (sign, 7 bits of magnitude) with its exponent. The magnitude
 * is normalised by converting it to a host float, which is exact. Exponents
 * wrap; magnitude zero stands for +0 or -inf (FloatBitPatterns.md, BFP).
 */
static inline uint32_t bfp8_to_src(uint32_t v, uint32_t exp)
{
    uint32_t magnitude = v & 0x7Fu;
    uint32_t sign = (v & 0x80u) << 24;
    float normal = (float)(int32_t)magnitude;
    uint32_t pattern, zero;

    memcpy(&pattern, &normal, sizeof(pattern));
    pattern += (exp - 133u) << 23; /* 64.0 has exponent 133 */
    pattern = (pattern & 0x7FFFFFFFu) | sign;
    zero = magnitude ? 0u : 0xFFFFFFFFu;
    return (pattern & ~zero) | (-(sign >> 31) & 0xFF800000u & zero);
}

/* Rows of 4-bit datums, the first in the low half of a byte. */
static TT_SIMD void bfp4_widen(const uint8_t *restrict data,
                               uint8_t *restrict out, size_t rows)
{
    for (size_t r = 0; r < rows; r++, data += 8, out += TT_ROW)
        for (size_t i = 0; i < 8; i++) {
            out[2 * i] = (uint8_t)(data[i] << 4);
            out[2 * i + 1] = data[i] & 0xF0u;
        }
}

/* Rows of 2-bit datums. */
static TT_SIMD void bfp2_widen(const uint8_t *restrict data,
                               uint8_t *restrict out, size_t rows)
{
    for (size_t r = 0; r < rows; r++, data += 4, out += TT_ROW)
        for (size_t i = 0; i < 4; i++) {
            out[4 * i] = (uint8_t)(data[i] << 6);
            out[4 * i + 1] = (uint8_t)((unsigned)data[i] << 4 & 0xC0u);
            out[4 * i + 2] = (uint8_t)((unsigned)data[i] << 2 & 0xC0u);
            out[4 * i + 3] = data[i] & 0xC0u;
        }
}

/* Datums of 8, 4 or 2 bits to BFP8, whose high bits they are. */
static void bfp_widen(const struct tt_bfp_run *run, uint8_t *out, size_t n)
{
    unsigned mask = (1u << run->bits) - 1u;
    size_t done = 0;

    if (run->bits == 8) {
        memcpy(out, run->data, n);
        return;
    }
    if (run->first_bit == 0) {
        done = n / TT_ROW * TT_ROW;
        if (run->bits == 4)
            bfp4_widen(run->data, out, n / TT_ROW);
        else
            bfp2_widen(run->data, out, n / TT_ROW);
    }
    for (size_t i = done; i < n; i++) {
        size_t bit = run->first_bit + i * run->bits;
        unsigned v = (unsigned)run->data[bit / 8] >> (bit % 8) & mask;

        out[i] = (uint8_t)(v << (8 - run->bits));
    }
}

static TT_SIMD void bfp_groups(const uint8_t *restrict bytes,
                               const uint8_t *restrict exps,
                               uint32_t *restrict out, size_t groups)
{
    for (size_t g = 0; g < groups; g++) {
        uint32_t exp = exps[g];

        for (size_t i = 0; i < 16; i++)
            out[16 * g + i] = bfp8_to_src(bytes[16 * g + i], exp);
    }
}

void tt_unpack_bfp(const struct tt_bfp_run *run, uint32_t *out, size_t n)
{
    uint8_t bytes[TT_UNPACK_CHUNK];
    size_t done = 0;

    bfp_widen(run, bytes, n);
    if (run->forced_exp < 0 && run->phase == 0) {
        bfp_groups(bytes, run->exps, out, n / 16);
        done = n / 16 * 16;
    }
    for (size_t i = done; i < n; i++) {
        uint32_t exp = run->forced_exp >= 0 ? (uint32_t)run->forced_exp
                                            : run->exps[(run->phase + i) / 16];

        out[i] = bfp8_to_src(bytes[i], exp);
    }
}

/* The upper half of a 32-bit datum as a cell: exponent lowest (Dst.md). */
static inline uint16_t high_cell(uint32_t v)
{
    return (uint16_t)((v >> 16 & 0x8000u) | (v >> 8 & 0x7F00u) |
                      (v >> 23 & 0xFFu));
}

static TT_SIMD void dst32_rows(struct tt_tensix *restrict t, uint32_t row,
                               const uint8_t *restrict src, uint32_t rows)
{
    for (uint32_t r = row; r < row + rows; r++, src += 4 * TT_ROW) {
        uint32_t cells = tt_dst_row32(r);

        for (size_t i = 0; i < TT_ROW; i++)
            t->dst[cells][i] = high_cell(load32(src, i));
        for (size_t i = 0; i < TT_ROW; i++)
            t->dst[cells + TT_DST_LO_ROWS][i] = (uint16_t)load32(src, i);
        t->dst_valid[cells] = 1;
    }
}

void tt_unpack_dst32(struct tt_tensix *t, uint32_t row, const uint8_t *src,
                     uint32_t n)
{
    uint32_t rows = n / TT_ROW;
    uint32_t cells = tt_dst_row32(row + rows);

    dst32_rows(t, row, src, rows);
    for (uint32_t i = 0; i < n % TT_ROW; i++) {
        uint32_t v = load32(src, TT_ROW * rows + i);

        t->dst[cells][i] = high_cell(v);
        t->dst[cells + TT_DST_LO_ROWS][i] = (uint16_t)v;
        t->dst_valid[cells] = 1;
    }
}
