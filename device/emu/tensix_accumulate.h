/* SPDX-License-Identifier: MIT */
/* Floats on their way into Dst: terms, their sum, normalised and rounded. */
#ifndef TT_EMU_TENSIX_ACCUMULATE_H
#define TT_EMU_TENSIX_ACCUMULATE_H

#include "device/emu/tensix_math.h"

#include <string.h>

#define TT_INLINE static inline __attribute__((always_inline))

/** struct tt_term - signed value x 2^exp, in the scale of a 24-bit mantissa */
struct tt_term {
    int32_t man, exp;
};

/** struct tt_packed - a normalised magnitude: exponent field and 23 mantissa
 *  bits */
struct tt_packed {
    uint32_t sign, exp, man;
};

/** tt_max32 - the larger number */
TT_INLINE int32_t tt_max32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/** tt_top_bit - position of the highest bit set; -127 for 0. Clearing every bit
 *  below a set one keeps the conversion from rounding up to the next power of
 *  two. */
TT_INLINE int32_t tt_top_bit(uint32_t v)
{
    float f = (float)(int32_t)(v & ~(v >> 1));
    uint32_t u;

    memcpy(&u, &f, sizeof(u));
    return (int32_t)(u >> 23) - 127;
}

/** tt_normalise - a sum as Dst keeps it
 *  @sum: 0, or not -2^31
 *  @exp: its exponent, as that of struct tt_term */
TT_INLINE struct tt_packed tt_normalise(int32_t sum, int32_t exp,
                                        enum tt_acc acc)
{
    const int drop = acc == TT_ACC_FP32 ? 8 : acc == TT_ACC_FP16 ? 21 : 24;
    const int32_t limit = acc == TT_ACC_FP16 ? 32 : 255;
    uint32_t sign = (uint32_t)(sum >> 31) & 1u;
    uint32_t mag = sign ? 0u - (uint32_t)sum : (uint32_t)sum;
    int32_t top = tt_top_bit(mag);
    uint32_t left = mag << ((31 - top) & 31);
    /* rounded half up in magnitude to the bits that Dst keeps */
    uint32_t man = (((left >> (drop - 1)) + 1) >> 1) << (drop - 8);
    int32_t e = exp + top - 23 + (int32_t)(man >> 24);
    uint32_t keep, over;

    if (acc == TT_ACC_FP32 && sum == -1)
        e += 27; /* as ttsim: -1 is all sign bits to the leading-bit count */
    keep = sum != 0 && exp > 0 && e > 0 ? 0xFFFFFFFFu : 0;
    over = e >= limit ? 0xFFFFFFFFu : 0;
    man = (man & 0x7FFFFFu & ~over) |
          (acc == TT_ACC_FP16 ? 0x3FFu << 13 & over : 0);
    e = e >= limit ? (acc == TT_ACC_FP16 ? 31 : 255) : e;
    return (struct tt_packed){sign & keep, (uint32_t)e & keep, man & keep};
}

/** tt_dst_term - a Dst datum as a term; its sign is applied after alignment
 *  @lo: the low cell of a pair */
TT_INLINE struct tt_term tt_dst_term(uint32_t hi, uint32_t lo, enum tt_acc acc)
{
    uint32_t man, exp;

    if (acc == TT_ACC_FP16) {
        exp = hi & 31u;
        man = (hi >> 5 & 0x3FFu) << 13;
    } else {
        exp = hi & 255u;
        man = (hi >> 8 & 0x7Fu) << 16 | (acc == TT_ACC_FP32 ? lo : 0);
    }
    man = exp ? man | 0x800000u : 0;
    return (struct tt_term){(int32_t)man, (int32_t)exp};
}

/** tt_pack_hi - the high cell of a pair, or the only one */
TT_INLINE uint32_t tt_pack_hi(struct tt_packed r, enum tt_acc acc)
{
    if (acc == TT_ACC_FP16)
        return r.sign << 15 | (r.man >> 13) << 5 | r.exp;
    return r.sign << 15 | (r.man >> 16) << 8 | r.exp;
}

/**
 * tt_accumulate - add sums to Dst
 * @s: sums of one or two groups per datum
 * @two: both groups of @s count, else only the first
 */
void tt_accumulate(const struct tt_sums *s, struct tt_cells c, enum tt_acc acc,
                   bool two);

#endif
