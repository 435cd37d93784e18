/* SPDX-License-Identifier: MIT */
/*
 * Packers, data path: Dst rows to the intermediate format, ReLU and the late
 * conversion (Packers/FormatConversion.md, Packers/ReLU.md).
 */
#include "device/emu/tensix_pack_convert.h"

#include <string.h>

#include "device/emu/tensix_thcon_fields.h"

#define SIGN32    0x80000000u
#define INF32     0x7F800000u
#define INF_BF16  0x7F80u
#define MIN_BF16  0x0080u /* smallest normal */
#define MIN_FP16  0x0400u
#define BIAS_DIFF 112u /* exponent bias of 8 bits less that of 5 bits */

/* FOR_EACH - all values; rows of constant length vectorise at -O2 */
#define FOR_EACH(expr)                                                         \
    for (uint32_t *v = values; v < values_end; v += TT_ROW)                    \
        for (size_t i = 0; i < TT_ROW; i++) {                                  \
            uint32_t x = v[i];                                                 \
            v[i] = (expr);                                                     \
        }

/* ---- early conversion: Dst to the intermediate format ---- */

/* A pair of cells, the high one in the upper half, as one datum. As
 * tt_dst_to_fp32(), but in 32-bit lanes throughout. */
static inline uint32_t decode_32(uint32_t x)
{
    return (x & 0x8000FFFFu) | (x << 7 & 0x7F800000u) | (x >> 8 & 0x007F0000u);
}

/* NaN becomes infinity. */
static inline uint32_t no_nan32(uint32_t x)
{
    return (x & ~SIGN32) > INF32 ? (x & SIGN32) | INF32 : x;
}

static inline uint32_t no_nan_bf16(uint32_t x)
{
    return (x & 0x7FFFu) > INF_BF16 ? (x & 0x8000u) | INF_BF16 : x;
}

/* Denormals and zeros of both signs become +0. */
static inline uint32_t flush_bf16(uint32_t x)
{
    return (x & 0x7FFFu) < MIN_BF16 ? 0u : x;
}

static inline uint32_t flush_fp16(uint32_t x)
{
    return (x & 0x7FFFu) < MIN_FP16 ? 0u : x;
}

/* Round half away from zero. */
static inline uint32_t fp32_to_bf16(uint32_t x)
{
    return flush_bf16((no_nan32(x) + 0x8000u) >> 16);
}

/* The upper half of FP32, then one mantissa bit less. */
static inline uint32_t fp32_to_e8m6(uint32_t x)
{
    return flush_bf16(((no_nan32(x) >> 16) + 1u) & ~1u);
}

static inline uint32_t bf16_clean(uint32_t x)
{
    return flush_bf16(no_nan_bf16(x));
}

/* After the flush, so that the largest denormal does not round up. */
static inline uint32_t bf16_to_e8m6(uint32_t x)
{
    return (bf16_clean(x) + 1u) & ~1u;
}

static inline uint32_t fp16_to_e5m6(uint32_t x)
{
    x = (x & 0x7FFFu) > 0x7FF7u ? (x & 0x8000u) | 0x7FF0u : x;
    return flush_fp16((x + 8u) & ~15u);
}

static inline uint32_t int32_to_int8(uint32_t x)
{
    uint32_t magnitude = x & ~SIGN32;

    return (x & SIGN32) >> 24 | (magnitude > 127u ? 127u : magnitude);
}

static inline uint32_t int32_to_uint8(uint32_t x)
{
    return x & SIGN32 ? 0u : x > 255u ? 255u : x;
}

static TT_SIMD void early_32(const struct tt_pack_format *f, uint32_t *values,
                             uint32_t rows)
{
    uint32_t *values_end = values + TT_ROW * rows;

    switch (f->in) {
    case TT_FMT_BF16:
        FOR_EACH(fp32_to_bf16(decode_32(x)));
        break;
    case TT_FMT_BFP8:
        FOR_EACH(fp32_to_e8m6(decode_32(x)));
        break;
    case TT_FMT_INT16:
        FOR_EACH(x >> 16); /* the cells as they are */
        break;
    case TT_FMT_INT8:
        if (f->read_unsigned) {
            FOR_EACH(int32_to_uint8(decode_32(x)));
        } else {
            FOR_EACH(int32_to_int8(decode_32(x)));
        }
        break;
    default: /* FP32, INT32 */
        FOR_EACH(decode_32(x));
        break;
    }
}

static TT_SIMD void early_16(const struct tt_pack_format *f, uint32_t *values,
                             uint32_t rows)
{
    uint32_t *values_end = values + TT_ROW * rows;

    switch (f->in) {
    case TT_FMT_BF16:
        FOR_EACH(bf16_clean(tt_dst_to_bf16((uint16_t)x)));
        break;
    case TT_FMT_BFP8:
        FOR_EACH(bf16_to_e8m6(tt_dst_to_bf16((uint16_t)x)));
        break;
    case TT_FMT_FP16:
        FOR_EACH(flush_fp16(tt_dst_to_fp16((uint16_t)x)));
        break;
    case TT_FMT_BFP8A:
        FOR_EACH(fp16_to_e5m6(tt_dst_to_fp16((uint16_t)x)));
        break;
    default: /* INT16: the cells as they are */
        break;
    }
}

/* ---- ReLU ---- */

/* Negative values become 0 in every mode. In mode 3 FP32 is compared without
 * its low 13 bits. */
static TT_SIMD void relu(const struct tt_pack_format *f, uint32_t *values,
                         uint32_t rows)
{
    uint32_t *values_end = values + TT_ROW * rows;
    bool wide = f->in == TT_FMT_FP32 || f->in == TT_FMT_INT32;
    uint32_t sign = wide ? SIGN32 : 0x8000u;
    uint32_t threshold = f->threshold << (wide ? 16 : 0);
    uint32_t ignored = wide ? 13 : 0;

    FOR_EACH(x & sign ? 0u : x);
    if (f->relu == 2) {
        FOR_EACH(x <= threshold ? 0u : x);
    } else if (f->relu == 3) {
        FOR_EACH(x >> ignored > threshold >> ignored ? threshold : x);
    }
}

/* ---- late conversion: intermediate format to L1 format ---- */

/* An exponent of zero is not rebiased. */
static inline uint32_t fp16_to_fp32(uint32_t x)
{
    uint32_t bias = x & 0x7C00u ? BIAS_DIFF << 10 : 0u;

    return (x & 0x8000u) << 16 | ((x & 0x7FFFu) + bias) << 13;
}

static inline uint32_t fp16_to_bf16(uint32_t x)
{
    uint32_t body = ((x & 0x7FFFu) >> 3) + (BIAS_DIFF << 7);

    return x & 0x7C00u ? (x & 0x8000u) | body : 0u;
}

/* Out of range saturates or becomes zero; exponent zero is kept. */
static inline uint32_t fp32_to_fp16(uint32_t x)
{
    int32_t exp = (int32_t)(x >> 23 & 0xFFu) - (int32_t)BIAS_DIFF;
    uint32_t body = (uint32_t)exp << 10 | (x >> 13 & 0x3FFu);

    body = exp > 31 ? 0x7FFFu : body;
    body = exp < 0 ? 0u : body;
    return x >> 31 << 15 | body;
}

static TT_SIMD void late(const struct tt_pack_format *f, uint32_t *values,
                         uint32_t rows)
{
    uint32_t *values_end = values + TT_ROW * rows;
    bool to_bfp =
        f->out == TT_FMT_BFP8 || f->out == TT_FMT_BFP4 || f->out == TT_FMT_BFP2;

    switch (f->in) {
    case TT_FMT_FP16:
        if (f->out == TT_FMT_FP32) {
            FOR_EACH(fp16_to_fp32(x));
        } else if (f->out == TT_FMT_BF16) {
            FOR_EACH(fp16_to_bf16(x));
        }
        break;
    case TT_FMT_BFP8A: /* to BFP8 */
        FOR_EACH(fp16_to_bf16(x));
        break;
    case TT_FMT_FP32:
        if (f->out == TT_FMT_FP16) {
            FOR_EACH(fp32_to_fp16(x));
        } else if (to_bfp) {
            FOR_EACH(flush_bf16(x >> 16));
        }
        break;
    case TT_FMT_BF16:
    case TT_FMT_BFP8:
        if (f->out == TT_FMT_FP32)
            FOR_EACH(x << 16);
        break;
    default:
        break;
    }
}

/* ---- reading Dst ---- */

/* Cells of the 16-bit view; rows that are not valid read as zero (Dst.md). */
static TT_SIMD void read_16(const struct tt_tensix *t, uint32_t row,
                            uint32_t *restrict out, uint32_t rows)
{
    for (uint32_t r = row; r < row + rows; r++, out += TT_ROW) {
        uint16_t keep = t->dst_valid[r] ? 0xFFFFu : 0;

        for (size_t i = 0; i < TT_ROW; i++)
            out[i] = t->dst[r][i] & keep;
    }
}

/* Cells of the 32-bit view, the high one in the upper half. */
static TT_SIMD void read_32(const struct tt_tensix *t, uint32_t row,
                            uint32_t *restrict out, uint32_t rows)
{
    for (uint32_t r = row; r < row + rows; r++, out += TT_ROW) {
        const uint16_t *hi = t->dst[tt_dst_row32(r)];
        const uint16_t *lo = t->dst[tt_dst_row32(r) + TT_DST_LO_ROWS];
        uint32_t keep = t->dst_valid[tt_dst_row32(r)] ? 0xFFFFFFFFu : 0;

        for (size_t i = 0; i < TT_ROW; i++)
            out[i] = ((uint32_t)hi[i] << 16 | lo[i]) & keep;
    }
}

bool tt_pack_supported(const struct tt_pack_format *format)
{
    switch (format->in << 4 | format->out) {
    case TT_FMT_FP16 << 4 | TT_FMT_FP32:
    case TT_FMT_FP16 << 4 | TT_FMT_FP16:
    case TT_FMT_FP16 << 4 | TT_FMT_BF16:
    case TT_FMT_BFP8A << 4 | TT_FMT_BFP8:
    case TT_FMT_BF16 << 4 | TT_FMT_FP32:
    case TT_FMT_BF16 << 4 | TT_FMT_BFP8:
    case TT_FMT_BF16 << 4 | TT_FMT_BFP4:
    case TT_FMT_BF16 << 4 | TT_FMT_BFP2:
    case TT_FMT_BFP8 << 4 | TT_FMT_FP32:
    case TT_FMT_BFP8 << 4 | TT_FMT_BF16:
        return !format->read_32;
    case TT_FMT_BF16 << 4 | TT_FMT_BF16:
    case TT_FMT_BFP8 << 4 | TT_FMT_BFP8:
    case TT_FMT_BFP8 << 4 | TT_FMT_BFP4:
    case TT_FMT_INT16 << 4 | TT_FMT_INT16:
        return true;
    case TT_FMT_FP32 << 4 | TT_FMT_FP32:
    case TT_FMT_FP32 << 4 | TT_FMT_FP16:
    case TT_FMT_FP32 << 4 | TT_FMT_BFP8:
    case TT_FMT_FP32 << 4 | TT_FMT_BFP4:
    case TT_FMT_FP32 << 4 | TT_FMT_BFP2:
    case TT_FMT_INT32 << 4 | TT_FMT_INT32:
    case TT_FMT_INT8 << 4 | TT_FMT_INT8:
        return format->read_32;
    default:
        return false;
    }
}

void tt_pack_values(const struct tt_tensix *t,
                    const struct tt_pack_format *format, uint32_t row,
                    uint32_t *values, uint32_t rows)
{
    if (format->read_32) {
        read_32(t, row, values, rows);
        early_32(format, values, rows);
    } else {
        read_16(t, row, values, rows);
        early_16(format, values, rows);
    }
    if (format->relu)
        relu(format, values, rows);
    late(format, values, rows);
}

/* ---- one-pass forms of the common conversions ---- */

/*
 * fp32_to_bf16() of a pair of cells in 16-bit lanes, and with low cell 0
 * bf16_clean(): adding the highest dropped bit rounds half away from zero, and
 * all that reaches infinity stays there, NaN included.
 */
static inline uint16_t round_cells(uint16_t hi, uint16_t lo)
{
    uint16_t x = tt_dst_to_bf16(hi);
    uint16_t magnitude = (uint16_t)((x & 0x7FFFu) + (lo >> 15));
    uint16_t sign = x & 0x8000u;

    magnitude = magnitude > INF_BF16 ? INF_BF16 : magnitude;
    x = magnitude | sign;
    return magnitude < MIN_BF16 ? 0 : x;
}

/*
 * Blocks of 8 rows, whose cells lie in one piece: 128 of the 16-bit view, or
 * 128 high and then 128 low ones of the 32-bit view. Stores go element by
 * element: a line built aside and copied would wait for its own stores.
 */
#define BLOCK_ROWS 8u
#define BLOCK      (BLOCK_ROWS * TT_ROW)

typedef void (*block_fn)(const uint16_t *cells, uint8_t *out);

static TT_SIMD void block_bf16(const uint16_t *restrict cells,
                               uint8_t *restrict out)
{
    for (size_t i = 0; i < BLOCK; i++) {
        uint16_t v = round_cells(cells[i], 0);

        memcpy(out + 2 * i, &v, sizeof(v));
    }
}

static TT_SIMD void block_32_bf16(const uint16_t *restrict cells,
                                  uint8_t *restrict out)
{
    for (size_t i = 0; i < BLOCK; i++) {
        uint16_t v = round_cells(cells[i], cells[BLOCK + i]);

        memcpy(out + 2 * i, &v, sizeof(v));
    }
}

static TT_SIMD void block_32(const uint16_t *restrict cells,
                             uint8_t *restrict out)
{
    for (size_t i = 0; i < BLOCK; i++) {
        uint32_t v = decode_32((uint32_t)cells[i] << 16 | cells[BLOCK + i]);

        memcpy(out + 4 * i, &v, sizeof(v));
    }
}

static block_fn find_block(const struct tt_pack_format *format)
{
    if (format->relu)
        return NULL;
    if (format->in == TT_FMT_BF16 && format->out == TT_FMT_BF16)
        return format->read_32 ? block_32_bf16 : block_bf16;
    if ((format->in == TT_FMT_FP32 && format->out == TT_FMT_FP32) ||
        (format->in == TT_FMT_INT32 && format->out == TT_FMT_INT32))
        return block_32;
    return NULL;
}

bool tt_pack_direct(const struct tt_tensix *t,
                    const struct tt_pack_format *format, uint32_t row,
                    uint32_t rows, uint8_t *out)
{
    block_fn convert = find_block(format);
    size_t bytes = BLOCK * (tt_format_bits(format->out) / 8u);

    if (!convert || row % BLOCK_ROWS || rows % BLOCK_ROWS)
        return false;
    for (uint32_t r = row; r < row + rows; r += BLOCK_ROWS, out += bytes) {
        uint32_t cells = format->read_32 ? tt_dst_row32(r) : r;

        if (memchr(t->dst_valid + cells, 0, BLOCK_ROWS))
            return false;
        convert(t->dst[cells], out);
    }
    return true;
}
