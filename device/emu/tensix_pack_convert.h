/* SPDX-License-Identifier: MIT */
/* Packers, data path: Dst rows to the intermediate format, ReLU, the late
 * conversion and the formats of L1. */
#ifndef TT_EMU_TENSIX_PACK_CONVERT_H
#define TT_EMU_TENSIX_PACK_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/emu/tensix.h"

/** TT_PACK_MAX - most datums that one packer handles per PACR */
#define TT_PACK_MAX 256u

/** struct tt_pack_format - what happens to each datum */
struct tt_pack_format {
    uint32_t in, out;   /* enum tt_format: intermediate and L1 format */
    bool read_32;       /* Dst in its 32-bit view */
    bool read_unsigned; /* INT32 to INT8 clamps to 0..255 */
    uint32_t relu;      /* 0 none, 1 below zero, 2 below, 3 above threshold */
    uint32_t threshold; /* high half of an FP32, or a 16-bit pattern */
};

/**
 * tt_pack_supported - whether a conversion is modelled
 * @format: conversion; relu is not looked at
 */
bool tt_pack_supported(const struct tt_pack_format *format);

/**
 * tt_pack_values - rows of Dst, converted to the L1 format but not stored
 * @t: coprocessor
 * @format: conversion, supported
 * @row: first Dst row
 * @values: 16 words per row; for block float a BF16 pattern
 * @rows: at most TT_PACK_MAX / 16, all of them in Dst
 */
void tt_pack_values(const struct tt_tensix *t,
                    const struct tt_pack_format *format, uint32_t row,
                    uint32_t *values, uint32_t rows);

/**
 * tt_pack_direct - common conversions of rows of Dst straight to L1
 * @t: coprocessor
 * @format: conversion, supported
 * @row: first Dst row
 * @rows: all of them in Dst
 * @out: datums in L1
 *
 * Gives what tt_pack_values() and storing would give.
 *
 * Return: false, with @out in any state, if there is no one-pass form or the
 * rows are not whole valid groups of 8.
 */
bool tt_pack_direct(const struct tt_tensix *t,
                    const struct tt_pack_format *format, uint32_t row,
                    uint32_t rows, uint8_t *out);

/** tt_pack_store16 - values to @n 16-bit datums in L1; reads whole rows */
void tt_pack_store16(const uint32_t *values, uint8_t *out, size_t n);
/** tt_pack_store8 - values to @rows rows of 8-bit datums in L1 */
void tt_pack_store8(const uint32_t *values, uint8_t *out, uint32_t rows);

/**
 * tt_pack_bfp - BF16 patterns to blocks of BFP8, BFP4 or BFP2
 * @values: 16 patterns per block
 * @bits: per datum: 8, 4 or 2
 * @data: 2 * @bits bytes of datums per block
 * @exps: the shared exponent of each block; where the sections overlap, a
 *        block's datums and the next block's exponent win
 * @blocks: number of blocks
 */
void tt_pack_bfp(const uint32_t *values, unsigned bits, uint8_t *data,
                 uint8_t *exps, uint32_t blocks);

/* L1 accumulation: the values become the sums with what L1 holds. */
/** tt_pack_acc_fp32 - add FP32 datums of L1 */
void tt_pack_acc_fp32(uint32_t *values, const uint8_t *l1, size_t n);
/** tt_pack_acc_bf16 - add BF16 datums of L1 */
void tt_pack_acc_bf16(uint32_t *values, const uint8_t *l1, size_t n);
/** tt_pack_acc_fp16 - add FP16 datums of L1 */
void tt_pack_acc_fp16(uint32_t *values, const uint8_t *l1, size_t n);

#endif
