/* SPDX-License-Identifier: MIT */
/*
 * Runs of vector instructions in one go, for processors with AVX2 and FMA: the
 * forms that kernels consist of, with all checks of an instruction but one
 * dispatch. Whatever is out of the ordinary, or illegal, is left to tt_op_*().
 */
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_sfpu.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

#include "device/emu/sfpu_avx2.h"

#define SIGN 0x80000000u

/* Fields of most instructions; bits of @mask must be zero. */
#define VD(insn)         TT_BITS(insn, 7, 4)
#define VC(insn)         TT_BITS(insn, 11, 8)
#define VB(insn)         TT_BITS(insn, 15, 12)
#define VA(insn)         TT_BITS(insn, 19, 16)
#define MODE(insn)       TT_BITS(insn, 3, 0)
#define CLEAR(insn, bit) (!((insn) & (bit)))

/* struct run - what the instructions of a run share */
struct run {
    struct tt_tensix *t;
    struct tt_sfpu *s;
    unsigned thread;
    uint32_t lanes; /* that are on */
};

/* All lanes of VD = @expr of c, VC, and d, VD before. */
#define EACH_GROUP(expr)                                                       \
    for (unsigned i = 0; i < TT_LANES; i += N) {                               \
        __m256i c = load(&r->s->lreg[VC(insn)][i]);                            \
        __m256i d = load(&r->s->lreg[VD(insn)][i]);                            \
                                                                               \
        (void)c, (void)d;                                                      \
        put(r->s->lreg[VD(insn)], (expr), r->lanes, i);                        \
    }

/* ---- Dst ---- */

/* Address modifiers that at most add to the Dst counter. */
GROUP bool moves_only_dst(const struct tt_thread *th, uint32_t insn,
                          uint32_t *out)
{
    unsigned i = TT_BITS(insn, 15, 14) +
                 (th->rwc.bias || (th->cfg[TT_TC_ADDR_MOD_SET] & 1u) ? 4u : 0u);
    uint32_t dst = th->cfg[TT_TC_ADDR_MOD_DST + i];

    *out = TT_BITS(dst, 9, 0);
    return !(th->cfg[TT_TC_ADDR_MOD_AB + 2 * i] |
             th->cfg[TT_TC_ADDR_MOD_BIAS + i] | TT_BITS(dst, 12, 10));
}

/* 0: not one of the modes for floats and words of Dst. */
GROUP uint32_t dst_mode(const struct run *r, uint32_t insn)
{
    const uint32_t bf16 = TT_FMT_BIT(TT_FMT_FP32) | TT_FMT_BIT(TT_FMT_BF16) |
                          TT_FMT_BIT(TT_FMT_BFP8) | TT_FMT_BIT(TT_FMT_BFP4) |
                          TT_FMT_BIT(TT_FMT_INT16);
    uint32_t mode = TT_BITS(insn, 19, 16);
    unsigned bank;

    if (mode)
        return mode >= TT_SFP_BF16 && mode <= TT_SFP_INT32 ? mode : 0;
    bank = tt_cfg_bank(r->t, r->thread);
    if (tt_cfg_get(r->t, bank, TT_CF_SFPU_FP32))
        return TT_SFP_FP32;
    return bf16 & TT_FMT_BIT(tt_cfg_get(r->t, bank, TT_CF_SRCB_FMT))
               ? TT_SFP_BF16
               : 0;
}

/* Where a load or store goes: LReg 0 to 7, four rows of Dst. */
struct place {
    uint32_t mode, row, step;
    bool odd;
};

GROUP bool find_place(const struct run *r, uint32_t insn, struct place *out)
{
    uint32_t row = tt_math_dst_row(r->t, r->thread, TT_BITS(insn, 9, 0));

    out->mode = dst_mode(r, insn);
    out->odd = row >> 1 & 1u;
    out->row = out->mode == TT_SFP_BF16 ? row & ~3u : tt_dst_row32(row & ~3u);
    return CLEAR(insn, 0x803C01u) && !(row & 1u) && out->mode &&
           moves_only_dst(&r->t->thread[r->thread], insn, &out->step);
}

GROUP void move_dst(const struct run *r, uint32_t step)
{
    struct tt_rwc *rwc = &r->t->thread[r->thread].rwc;

    rwc->dst = (rwc->dst + step) & (TT_DST_ROWS - 1);
}

/* The lower halves of the datums whose upper ones are in @row; BF16 has none.
 */
GROUP uint16_t *low_cells(const struct run *r, const struct place *at)
{
    return at->mode == TT_SFP_BF16 ? NULL : r->t->dst[at->row + TT_DST_LO_ROWS];
}

GROUP bool run_load(const struct run *r, uint32_t insn)
{
    uint32_t valid, *reg = r->s->lreg[TT_BITS(insn, 22, 20)];
    const uint16_t *hi, *lo;
    struct place at;

    if (!find_place(r, insn, &at))
        return false;
    memcpy(&valid, &r->t->dst_valid[at.row], sizeof(valid));
    if (valid != 0x01010101u)
        return false;
    hi = r->t->dst[at.row];
    lo = low_cells(r, &at);
    if (r->lanes != ALL_ON)
        load_rows(hi, lo, at.odd, r->lanes, reg);
    else if (!lo)
        load_rows(hi, NULL, at.odd, ALL_ON, reg);
    else
        load_rows(hi, lo, at.odd, ALL_ON, reg);
    move_dst(r, at.step);
    return true;
}

GROUP bool run_store(const struct run *r, uint32_t insn)
{
    const uint32_t *reg = r->s->lreg[TT_BITS(insn, 22, 20)];
    uint16_t *hi, *lo;
    struct place at;

    if (!find_place(r, insn, &at) || r->lanes != ALL_ON)
        return false;
    hi = r->t->dst[at.row];
    lo = low_cells(r, &at);
    if (!lo)
        store_rows(reg, true, at.odd, ALL_ON, hi, NULL);
    else
        store_rows(reg, at.mode == TT_SFP_FP32, at.odd, ALL_ON, hi, lo);
    memset(&r->t->dst_valid[at.row], 1, 4);
    move_dst(r, at.step);
    return true;
}

/* ---- constants and moves ---- */

GROUP bool run_loadi(const struct run *r, uint32_t insn)
{
    uint32_t imm = TT_BITS(insn, 15, 0), value, keep = 0;
    uint32_t *reg = r->s->lreg[TT_BITS(insn, 22, 20)];

    switch (TT_BITS(insn, 19, 16)) {
    case 0:
        value = imm << 16;
        break;
    case 2:
        value = imm;
        break;
    case 4:
        value = imm | (imm & 0x8000u ? 0xFFFF0000u : 0);
        break;
    case 8:
        value = imm << 16;
        keep = 0xFFFFu;
        break;
    case 10:
        value = imm;
        keep = 0xFFFF0000u;
        break;
    default:
        return false;
    }
    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i old = _mm256_and_si256(load(&reg[i]), word(keep));

        put(reg, _mm256_or_si256(old, word(value)), r->lanes, i);
    }
    return true;
}

GROUP bool run_move(const struct run *r, uint32_t insn)
{
    uint32_t flip = MODE(insn) == 1 ? SIGN : 0;

    if (!CLEAR(insn, 0xFFF080u) || MODE(insn) > 1)
        return false;
    EACH_GROUP(_mm256_xor_si256(c, word(flip)))
    return true;
}

/* ---- floating point ---- */

GROUP bool run_mad(const struct run *r, uint32_t insn)
{
    const uint32_t *a = r->s->lreg[VA(insn)], *b = r->s->lreg[VB(insn)];
    const uint32_t *c = r->s->lreg[VC(insn)];
    uint32_t *out = r->s->lreg[VD(insn)];

    if (VA(insn) == 10 || VB(insn) == 10) {
        a = VA(insn) == 10 ? b : a;
        for (unsigned i = 0; i < TT_LANES; i += N)
            put(out, add_group(load(&a[i]), load(&c[i])), r->lanes, i);
    } else if (VC(insn) == 9) {
        for (unsigned i = 0; i < TT_LANES; i += N)
            put(out, mul_group(load(&a[i]), load(&b[i])), r->lanes, i);
    } else {
        for (unsigned i = 0; i < TT_LANES; i += N)
            put(out, mad_group(load(&a[i]), load(&b[i]), load(&c[i])), r->lanes,
                i);
    }
    return true;
}

GROUP bool is_mad(uint32_t insn)
{
    bool one = VA(insn) == 10 || VB(insn) == 10, zero = VC(insn) == 9;
    uint32_t opcode = insn >> 24;

    return CLEAR(insn, 0xF0008Fu) && (opcode != 0x85 || one) &&
           (opcode != 0x86 || zero);
}

GROUP bool run_mad_imm(const struct run *r, uint32_t insn, bool multiply)
{
    const __m256i imm = word(TT_BITS(insn, 23, 8) << 16);
    uint32_t *out = r->s->lreg[VD(insn)];

    if (!CLEAR(insn, 0x8Fu))
        return false;
    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i d = load(&out[i]);

        put(out, multiply ? mul_group(imm, d) : add_group(imm, d), r->lanes, i);
    }
    return true;
}

/* To BF16: half up in magnitude; NaN becomes infinity, denormals +0. */
GROUP __m256i round_bf16(__m256i v)
{
    const __m256i inf = word(0x7F800000);
    __m256i exp = _mm256_and_si256(v, inf);
    __m256i up = _mm256_slli_epi32(_mm256_and_si256(v, word(0x8000)), 1);
    __m256i out = _mm256_add_epi32(_mm256_and_si256(v, word(0xFFFF0000u)), up);

    out = _mm256_blendv_epi8(out, _mm256_and_si256(v, word(0xFF800000u)),
                             _mm256_cmpeq_epi32(exp, inf));
    return _mm256_andnot_si256(is_zero(exp), out);
}

GROUP bool run_round(const struct run *r, uint32_t insn)
{
    if (!CLEAR(insn, 0xFF0080u) || MODE(insn) != 1)
        return false;
    tt_sfp_random(r->s, r->lanes);
    EACH_GROUP(round_bf16(c))
    return true;
}

/* VC and VD in the order that puts the smaller one into VD; 0: any order. */
GROUP bool run_swap(const struct run *r, uint32_t insn)
{
    uint32_t *c = r->s->lreg[VC(insn)], *d = r->s->lreg[VD(insn)];

    if (!CLEAR(insn, 0xFFF88Eu))
        return false;
    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i a = load(&c[i]), b = load(&d[i]), swap = word(ALL_ON);

        if (MODE(insn) == 1)
            swap = _mm256_cmpgt_epi32(total_order(b), total_order(a));
        if (r->lanes != ALL_ON)
            swap = _mm256_and_si256(swap, lane_mask(r->lanes >> i));
        _mm256_storeu_si256((void *)&c[i], _mm256_blendv_epi8(a, b, swap));
        _mm256_storeu_si256((void *)&d[i], _mm256_blendv_epi8(b, a, swap));
    }
    return true;
}

/* ---- integers and fields ---- */

GROUP uint32_t sign_bits(const uint32_t *v)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < TT_LANES; i += N)
        bits |= (uint32_t)_mm256_movemask_ps(as_float(load(&v[i]))) << i;
    return bits;
}

GROUP uint32_t zero_bits(const uint32_t *v)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < TT_LANES; i += N)
        bits |= (uint32_t)_mm256_movemask_ps(as_float(is_zero(load(&v[i]))))
                << i;
    return bits;
}

GROUP __m256i sign_extend_12(uint32_t insn)
{
    return word((TT_BITS(insn, 23, 12) ^ 0x800u) - 0x800u);
}

/* Flags of lanes that are on follow the result, which those lanes have. */
GROUP bool run_iadd(struct run *r, uint32_t insn)
{
    uint32_t mode = MODE(insn), flags = 0;

    if (!CLEAR(insn, 0x80u) || mode > 10 || (mode & 3u) == 3)
        return false;
    if (mode & 1u) {
        EACH_GROUP(_mm256_add_epi32(c, sign_extend_12(insn)))
    } else if (mode & 2u) {
        EACH_GROUP(_mm256_sub_epi32(c, d))
    } else {
        EACH_GROUP(_mm256_add_epi32(c, d))
    }
    if (mode & 4u)
        return true;
    flags = sign_bits(r->s->lreg[VD(insn)]);
    tt_sfp_set_cc(r->s, r->lanes, mode & 8u ? ~flags : flags);
    r->lanes = tt_sfp_lanes(r->s);
    return true;
}

GROUP __m256i shift_by(__m256i v, __m256i by)
{
    const __m256i low = word(31);
    __m256i back = _mm256_sub_epi32(_mm256_setzero_si256(), by);
    __m256i left = _mm256_sllv_epi32(v, _mm256_and_si256(by, low));
    __m256i right = _mm256_srlv_epi32(v, _mm256_and_si256(back, low));

    return as_words(
        _mm256_blendv_ps(as_float(left), as_float(right), as_float(by)));
}

GROUP bool run_shift(const struct run *r, uint32_t insn)
{
    if (!CLEAR(insn, 0x8Eu) || (!MODE(insn) && TT_BITS(insn, 23, 12)))
        return false;
    EACH_GROUP(shift_by(d, MODE(insn) ? sign_extend_12(insn) : c))
    return true;
}

GROUP bool run_logic(const struct run *r, uint32_t insn)
{
    if (!CLEAR(insn, 0x8Fu) || TT_BITS(insn, 23, 12))
        return false;
    switch (insn >> 24) {
    case 0x7E:
        EACH_GROUP(_mm256_and_si256(c, d))
        return true;
    case 0x7F:
        EACH_GROUP(_mm256_or_si256(c, d))
        return true;
    case 0x80:
        EACH_GROUP(_mm256_xor_si256(c, word(ALL_ON)))
        return true;
    default: /* 0x8D */
        EACH_GROUP(_mm256_xor_si256(c, d))
        return true;
    }
}

GROUP bool run_set_sign(const struct run *r, uint32_t insn)
{
    const __m256i sign = word(SIGN), imm = word(TT_BITS(insn, 12, 12) << 31);

    if (!CLEAR(insn, 0xFFE08Eu) || (!MODE(insn) && TT_BITS(insn, 12, 12)))
        return false;
    EACH_GROUP(_mm256_or_si256(_mm256_andnot_si256(sign, c),
                               MODE(insn) ? imm : _mm256_and_si256(d, sign)))
    return true;
}

/* The exponent, biased or not, without flags. */
GROUP bool run_get_exponent(const struct run *r, uint32_t insn)
{
    const __m256i bias = word(MODE(insn) ? 0 : 127);

    if (!CLEAR(insn, 0xFFF08Eu))
        return false;
    EACH_GROUP(_mm256_sub_epi32(exponent(c), bias))
    return true;
}

/* ---- lane flags ---- */

GROUP bool run_set_flags(struct run *r, uint32_t insn)
{
    const uint32_t *c = r->s->lreg[VC(insn)];
    uint32_t mode = MODE(insn), flags;

    if (!CLEAR(insn, 0xFFF0F1u) || mode > 6 || !r->s->cc_en)
        return false;
    flags = mode & 2u ? ~zero_bits(c) : sign_bits(c);
    tt_sfp_set_cc(r->s, r->lanes, mode & 4u ? ~flags : flags);
    r->lanes = tt_sfp_lanes(r->s);
    return true;
}

/* Only the form that turns all lanes on and lets flags count. */
GROUP bool run_enable(struct run *r, uint32_t insn)
{
    if (!CLEAR(insn, 0xFFCFF0u) || MODE(insn) != 10 ||
        TT_BITS(insn, 13, 12) != 3)
        return false;
    r->s->cc = ALL_ON;
    r->s->cc_en = true;
    r->lanes = ALL_ON;
    return true;
}

/* ---- dispatch ---- */

/* One instruction. Return: false, with nothing changed, where it is left to
 * tt_op_*(). */
GROUP bool run_one(struct run *r, uint32_t insn)
{
    switch (insn >> 24) {
    case 0x70:
        return run_load(r, insn);
    case 0x71:
        return CLEAR(insn, 0x800000u) && run_loadi(r, insn);
    case 0x72:
        return run_store(r, insn);
    case 0x74:
        return run_mad_imm(r, insn, true);
    case 0x75:
        return run_mad_imm(r, insn, false);
    case 0x77:
        return run_get_exponent(r, insn);
    case 0x79:
        return run_iadd(r, insn);
    case 0x7A:
        return run_shift(r, insn);
    case 0x7B:
        return run_set_flags(r, insn);
    case 0x7C:
        return run_move(r, insn);
    case 0x7E:
    case 0x7F:
    case 0x80:
    case 0x8D:
        return run_logic(r, insn);
    case 0x84:
    case 0x85:
    case 0x86:
        return is_mad(insn) && run_mad(r, insn);
    case 0x89:
        return run_set_sign(r, insn);
    case 0x8A:
        return run_enable(r, insn);
    case 0x8E:
        return run_round(r, insn);
    case 0x8F:
        return insn == 0x8F000000u;
    case 0x92:
        return run_swap(r, insn);
    default:
        return false;
    }
}

AVX2 static unsigned run_all(struct run *r, const uint32_t *insn, unsigned n)
{
    unsigned i = 0;

    while (i < n && run_one(r, insn[i]))
        i++;
    return i;
}

unsigned tt_avx2_sfp_run(struct tt_tensix *t, unsigned thread,
                         const uint32_t *insn, unsigned n)
{
    struct run r = {t, &t->sfpu, thread, tt_sfp_lanes(&t->sfpu)};

    if (t->check || t->sfpu.lane_config || !has_float())
        return 0;
    return run_all(&r, insn, n);
}

#else

unsigned tt_avx2_sfp_run(struct tt_tensix *t, unsigned thread,
                         const uint32_t *insn, unsigned n)
{
    (void)t, (void)thread, (void)insn, (void)n;
    return 0;
}

#endif
