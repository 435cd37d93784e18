/* SPDX-License-Identifier: MIT */
/* Element-wise instructions of the matrix unit on floats. */
#include "device/emu/tensix_accumulate.h"

/* Twice the mantissa of an addend, 0 if the datum counts as zero. */
TT_INLINE uint32_t addend(uint32_t v, bool keep_denormals)
{
    uint32_t some = keep_denormals ? v >> 13 : v & 0x7F800000u;

    return some ? tt_man_of(v) << 1 : 0;
}

/* Aligned to 11 bits, half up, with the sign of @v. */
TT_INLINE int32_t align_addend(uint32_t v, uint32_t twice_man, int32_t by)
{
    int32_t sign = (int32_t)v >> 31;
    int32_t man;

    by = by > 15 ? 15 : by;
    man = (int32_t)(((twice_man >> by) + 1) >> 1);
    return (man ^ sign) - sign;
}

/* ELWADD aligns the smaller operand before it adds. */
TT_INLINE struct tt_term add_term(uint32_t a, uint32_t b, bool keep_denormals)
{
    int32_t ea = tt_exp_of(a), eb = tt_exp_of(b), exp = tt_max32(ea, eb);
    int32_t man = align_addend(a, addend(a, false), exp - ea) +
                  align_addend(b, addend(b, keep_denormals), exp - eb);

    return (struct tt_term){man * 0x2000, exp};
}

TT_INLINE struct tt_term mul_term(uint32_t a, uint32_t b, struct tt_fidelity f,
                                  bool keep_denormals)
{
    uint32_t ma = tt_man_of(a) >> f.shift_a & f.mask_a;
    uint32_t mb = (tt_man_of(b) << 3) >> f.shift_b & f.mask_b;
    uint32_t some_b = keep_denormals ? 1u : b & 0x7F800000u;
    int32_t exp = tt_exp_of(a) + tt_exp_of(b) + f.exp_adjust;
    int32_t sign = (int32_t)(a ^ b) >> 31;
    int32_t man = (int32_t)(ma * mb) * 0x2000;
    bool some = ((a & 0x7F800000u) != 0) & (some_b != 0) & (exp > 0);

    man = (man ^ sign) - sign;
    return (struct tt_term){some ? man : 0,
                            some ? exp : tt_max32(f.exp_adjust, 0)};
}

TT_INLINE void add_terms(const struct tt_elw *m, bool keep_denormals,
                         struct tt_sums *restrict out)
{
    const uint32_t flip = m->subtract ? 0x80000000u : 0;
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;
    /* 5-bit exponents in the scale of 8-bit ones */
    const bool rebias = !m->exp8 && m->acc == TT_ACC_FP32;
    const int32_t bias = rebias ? 112 : 0, zero_exp = rebias ? 97 : 0;

    const uint32_t *a = m->a, *b = m->b;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct tt_term x =
            add_term(a[i] & mask_a, (b[i] ^ flip) & mask_b, keep_denormals);

        out->man[0][i] = x.man;
        out->exp[0][i] = x.exp ? x.exp + bias : zero_exp;
    }
}

TT_SIMD static void elw_add_terms(const struct tt_elw *m, struct tt_sums *out)
{
    add_terms(m, false, out);
}

TT_INLINE void mul_terms(const struct tt_elw *m, bool keep_denormals,
                         struct tt_sums *restrict out)
{
    const struct tt_fidelity f = tt_fidelity(m->phase, m->exp8, m->acc);
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;
    const uint32_t *a = m->a, *b = m->b;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct tt_term x =
            mul_term(a[i] & mask_a, b[i] & mask_b, f, keep_denormals);

        out->man[0][i] = x.man;
        out->exp[0][i] = x.exp;
    }
}

TT_SIMD static void elw_mul_terms(const struct tt_elw *m, struct tt_sums *out)
{
    if (m->keep_denormals)
        mul_terms(m, true, out);
    else
        mul_terms(m, false, out);
}

/* ELWADD and ELWSUB that keep denormals of SrcB: rare. As in ttsim, 0 plus -0
 * is a negative magnitude without a sign: it is aligned as an unsigned
 * number. */
static void elw_add_denormals(const struct tt_elw *m, struct tt_sums *sums)
{
    const struct tt_cells c = m->cells;

    add_terms(m, true, sums);
    for (unsigned i = 0; i < TT_BLOCK; i++) {
        uint32_t a = m->a[i] & m->mask_a, b = m->b[i] & m->mask_b;
        struct tt_term d = tt_dst_term(c.hi[i], 0, m->acc);
        int32_t by = d.exp - sums->exp[0][i];
        bool zero_a = !(a & 0x7F800000u);
        bool zero_b = b == (m->subtract ? 0 : 0x80000000u);

        if (!zero_a || !zero_b || by <= 0)
            continue;
        by = by > 30 ? 30 : by;
        sums->man[0][i] =
            (int32_t)(((uint32_t)sums->man[0][i] + ((1u << by) >> 1)) >> by);
        sums->exp[0][i] = d.exp;
    }
}

/* A sum without Dst: ELWADD and ELWSUB of the common kind. */
TT_INLINE void elw_plain(const struct tt_elw *m, enum tt_acc acc)
{
    const uint32_t flip = m->subtract ? 0x80000000u : 0;
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;
    const uint32_t *a = m->a, *b = m->b;
    const struct tt_cells c = m->cells;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct tt_term x =
            add_term(a[i] & mask_a, (b[i] ^ flip) & mask_b, false);
        struct tt_packed r = tt_normalise(x.man, x.exp, acc);

        c.hi[i] = (uint16_t)tt_pack_hi(r, acc);
        if (acc == TT_ACC_FP32)
            c.lo[i] = (uint16_t)r.man;
    }
}

TT_SIMD static void elw_plain_bf16(const struct tt_elw *m)
{
    elw_plain(m, TT_ACC_BF16);
}

TT_SIMD static void elw_plain_fp32(const struct tt_elw *m)
{
    elw_plain(m, TT_ACC_FP32);
}

/* The common kind of ELWADD and ELWSUB. */
static void add_floats(const struct tt_elw *m)
{
    const uint32_t bf16 = 0xFFFF0000u;

    if (m->acc == TT_ACC_BF16 && m->mask_a == bf16 && m->mask_b == bf16 &&
        tt_avx512_add_bf16(m->a, m->b, m->subtract ? 0x80000000u : 0,
                           m->cells.hi))
        return;
    if (tt_avx2_add(m))
        return;
    if (m->acc == TT_ACC_FP32)
        elw_plain_fp32(m);
    else
        elw_plain_bf16(m);
}

void tt_elw_float(const struct tt_elw *m)
{
    const struct tt_cells c = m->cells;
    struct tt_sums sums;

    if (!m->multiply && !m->accumulate && !m->keep_denormals && m->exp8) {
        add_floats(m);
        return;
    }

    if (!m->accumulate) {
        memset(c.hi, 0, c.n * sizeof(*c.hi));
        if (m->acc == TT_ACC_FP32)
            memset(c.lo, 0, c.n * sizeof(*c.lo));
    }
    if (m->multiply)
        elw_mul_terms(m, &sums);
    else if (m->keep_denormals)
        elw_add_denormals(m, &sums);
    else
        elw_add_terms(m, &sums);
    tt_accumulate(&sums, c, m->acc, false);
}
