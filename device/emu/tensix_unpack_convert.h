/* SPDX-License-Identifier: MIT */
/* Unpackers, data path: runs of datums in L1 format to SrcA/SrcB patterns. */
#ifndef TT_EMU_TENSIX_UNPACK_CONVERT_H
#define TT_EMU_TENSIX_UNPACK_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#include "device/emu/tensix.h"

/** TT_UNPACK_CHUNK - most datums that one call converts: a whole Src bank */
#define TT_UNPACK_CHUNK 1024u

/** enum tt_unpack_conv - conversions to SrcA/SrcB (UNPACR_Regular.md) */
enum tt_unpack_conv {
    TT_UNPACK_FP32_TF32, /* drop 13 mantissa bits */
    TT_UNPACK_FP32_BF16, /* drop 16 mantissa bits, denormals to zero */
    TT_UNPACK_FP32_FP16, /* saturate the exponent, drop mantissa bits */
    TT_UNPACK_FP16,
    TT_UNPACK_BF16,
    TT_UNPACK_FP8, /* e5m2 */
    TT_UNPACK_INT16,
    TT_UNPACK_INT8, /* sign and magnitude */
    TT_UNPACK_UINT8,
    TT_UNPACK_BFP, /* tt_unpack_bfp() */
    TT_UNPACK_RAW  /* 32 bits; only to Dst, tt_unpack_dst32() */
};

/**
 * tt_unpack_convert - a run of datums of whole bytes
 * @conv: any but TT_UNPACK_BFP and TT_UNPACK_RAW
 * @src: @n datums of the L1 format, no alignment needed
 * @out: @n patterns as SrcA and SrcB keep them (struct tt_src)
 * @n: datums
 */
void tt_unpack_convert(enum tt_unpack_conv conv, const uint8_t *src,
                       uint32_t *out, size_t n);

/** struct tt_bfp_run - a run of block float datums */
struct tt_bfp_run {
    const uint8_t *data; /* byte that holds the first datum */
    unsigned first_bit;  /* position of the first datum in it */
    unsigned bits;       /* per datum: 8, 4 or 2 */
    const uint8_t *exps; /* exponent of the first datum */
    unsigned phase;      /* datums of that exponent that lie before the run */
    int forced_exp;      /* one exponent for all, or -1 */
};

/**
 * tt_unpack_bfp - a run of BFP8, BFP4 or BFP2 datums
 * @run: where; 16 datums share an exponent
 * @out: @n patterns
 * @n: datums, at most TT_UNPACK_CHUNK
 */
void tt_unpack_bfp(const struct tt_bfp_run *run, uint32_t *out, size_t n);

/**
 * tt_unpack_dst32 - 32-bit datums to rows of Dst, which become valid
 * @t: coprocessor
 * @row: first row of the 32-bit view
 * @src: datums in L1
 * @n: datums; their rows lie in Dst
 */
void tt_unpack_dst32(struct tt_tensix *t, uint32_t row, const uint8_t *src,
                     uint32_t n);

#endif
