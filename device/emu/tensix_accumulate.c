/* SPDX-License-Identifier: MIT */
/* Accumulation: sums of products plus Dst, normalised and rounded. */
#include "device/emu/tensix_accumulate.h"

/* Shift right and round half towards plus infinity. */
TT_INLINE int32_t align(int32_t man, int32_t by)
{
    by = by > 30 ? 30 : by;
    return (int32_t)((uint32_t)man + ((1u << by) >> 1)) >> by;
}

/* Sum of @x, @y and a Dst datum @hi, @lo. */
TT_INLINE struct tt_packed add_to_dst(struct tt_term x, struct tt_term y,
                                      uint32_t hi, uint32_t lo, enum tt_acc acc)
{
    struct tt_term d = tt_dst_term(hi, lo, acc);
    int32_t exp = tt_max32(tt_max32(x.exp, y.exp), d.exp);

    x.man = align(x.man, exp - x.exp);
    y.man = align(y.man, exp - y.exp);
    d.man = align(d.man, exp - d.exp);
    if (acc != TT_ACC_FP32) { /* 13 bits less in a 16-bit accumulator */
        x.man = (int32_t)((uint32_t)x.man + 0x1000u) & ~0x1FFF;
        y.man = (int32_t)((uint32_t)y.man + 0x1000u) & ~0x1FFF;
        d.man = (d.man + 0x1000) & ~0x1FFF;
    }
    d.man = hi & 0x8000u ? -d.man : d.man;
    return tt_normalise(
        (int32_t)((uint32_t)x.man + (uint32_t)y.man + (uint32_t)d.man), exp,
        acc);
}

TT_INLINE void accumulate(const struct tt_sums *restrict s, struct tt_cells c,
                          enum tt_acc acc, bool two)
{
    for (unsigned i = 0; i < c.n; i++) {
        struct tt_term x = {s->man[0][i], s->exp[0][i]};
        struct tt_term y = {two ? s->man[1][i] : 0, two ? s->exp[1][i] : 0};
        struct tt_packed r =
            add_to_dst(x, y, c.hi[i], acc == TT_ACC_FP32 ? c.lo[i] : 0, acc);

        c.hi[i] = (uint16_t)tt_pack_hi(r, acc);
        if (acc == TT_ACC_FP32)
            c.lo[i] = (uint16_t)r.man;
    }
}

TT_SIMD static void accumulate_bf16(const struct tt_sums *s, struct tt_cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_BF16, true);
    else
        accumulate(s, c, TT_ACC_BF16, false);
}

TT_SIMD static void accumulate_fp16(const struct tt_sums *s, struct tt_cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_FP16, true);
    else
        accumulate(s, c, TT_ACC_FP16, false);
}

TT_SIMD static void accumulate_fp32(const struct tt_sums *s, struct tt_cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_FP32, true);
    else
        accumulate(s, c, TT_ACC_FP32, false);
}

void tt_accumulate(const struct tt_sums *s, struct tt_cells c, enum tt_acc acc,
                   bool two)
{
    switch (acc) {
    case TT_ACC_BF16:
        accumulate_bf16(s, c, two);
        break;
    case TT_ACC_FP16:
        accumulate_fp16(s, c, two);
        break;
    case TT_ACC_FP32:
        accumulate_fp32(s, c, two);
        break;
    }
}
