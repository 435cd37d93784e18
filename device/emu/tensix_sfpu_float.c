/* SPDX-License-Identifier: MIT */
/* Vector unit: floating-point arithmetic, conversions, tables, and the
 * instructions that exchange lanes or registers. */
#include "device/emu/tensix_sfpu.h"
#include "device/emu/tensix_units.h"

#include <string.h>

#define ONE  0x3F800000u
#define SIGN 0x80000000u

#define INLINE static inline __attribute__((always_inline))

/* ------------------------------------------------------------------ */
/* Multiply-add                                                        */

/* VD = a + b, and VD = a * b: in the best form that the host has. */
static enum tt_step sum(struct tt_sfpu *s, const struct tt_sfp *x,
                        const uint32_t *a, const uint32_t *b)
{
    const uint32_t *one = s->lreg[10];
    uint32_t out[TT_LANES];

    if (!tt_avx512_sfp_add(a, b, out)) {
        if (tt_avx2_sfp_add(a, b, x->lanes, s->lreg[x->dest]))
            return TT_STEP_DONE;
        tt_sfp_fma(a, one, b, out);
    }
    return tt_sfp_put(s, x->dest, x->lanes, out);
}

static enum tt_step product(struct tt_sfpu *s, const struct tt_sfp *x,
                            const uint32_t *a, const uint32_t *b)
{
    const uint32_t *zero = s->lreg[9];
    uint32_t out[TT_LANES];

    if (!tt_avx512_sfp_mul(a, b, out)) {
        if (tt_avx2_sfp_mul(a, b, x->lanes, s->lreg[x->dest]))
            return TT_STEP_DONE;
        tt_sfp_fma(a, b, zero, out);
    }
    return tt_sfp_put(s, x->dest, x->lanes, out);
}

/* LReg 9 is 0.0 and LReg 10 is 1.0: most are sums or products. */
static enum tt_step mad(struct tt_tensix *t, const struct tt_sfp *x)
{
    struct tt_sfpu *s = &t->sfpu;
    const uint32_t *a = s->lreg[x->a], *b = s->lreg[x->b], *c = s->lreg[x->c];
    uint32_t out[TT_LANES];

    if (x->a == 10 || x->b == 10)
        return sum(s, x, x->a == 10 ? b : a, c);
    if (x->c == 9)
        return product(s, x, a, b);
    if (tt_avx2_sfp_mad(a, b, c, x->lanes, s->lreg[x->dest]))
        return TT_STEP_DONE;
    tt_sfp_fma(a, b, c, out);
    return tt_sfp_put(s, x->dest, x->lanes, out);
}

enum tt_step tt_op_sfpmad(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPMAD", &x))
        return x.step;
    if (x.mod || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPMAD", insn);
    return mad(t, &x);
}

enum tt_step tt_op_sfpadd(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPADD", &x))
        return x.step;
    if (x.mod || x.dest >= 8 || (x.a != 10 && x.b != 10)) /* LReg 10 is 1.0 */
        return tt_sfp_refuse(t, thread, "SFPADD", insn);
    return mad(t, &x);
}

enum tt_step tt_op_sfpmul(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPMUL", &x))
        return x.step;
    if (x.mod || x.dest >= 8 || x.c != 9) /* LReg 9 is 0.0 */
        return tt_sfp_refuse(t, thread, "SFPMUL", insn);
    return mad(t, &x);
}

static void fill(uint32_t *out, uint32_t value)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = value;
}

/* VD = immediate * @factor + @addend, either of which may be VD. */
static enum tt_step mad_imm(struct tt_tensix *t, const struct tt_sfp *x,
                            uint32_t insn, bool multiply)
{
    const uint32_t *d = t->sfpu.lreg[x->dest];
    uint32_t imm[TT_LANES];

    fill(imm, TT_BITS(insn, 23, 8) << 16);
    return multiply ? product(&t->sfpu, x, imm, d) : sum(&t->sfpu, x, imm, d);
}

enum tt_step tt_op_sfpmuli(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPMULI", &x))
        return x.step;
    if (x.mod || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPMULI", insn);
    return mad_imm(t, &x, insn, true);
}

enum tt_step tt_op_sfpaddi(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPADDI", &x))
        return x.step;
    if (x.mod || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPADDI", insn);
    return mad_imm(t, &x, insn, false);
}

/* ------------------------------------------------------------------ */
/* Piecewise linear functions of |LReg 3|                              */

/* 8-bit coefficient: sign, 3 bits of negated exponent, 4 of mantissa; all ones
 * is 0 (SFPLUT.md). */
INLINE uint32_t lut8(uint32_t v)
{
    uint32_t f =
        (v & 0x80u) << 24 | (127u - (v >> 4 & 7u)) << 23 | (v & 15u) << 19;

    return v == 0xFFu ? 0 : f;
}

/* 16-bit coefficient: fp16 whose largest exponent stands for 0. */
INLINE uint32_t lut16(uint32_t v)
{
    uint32_t exp = v >> 10 & 31u;

    return (v & 0x8000u) << 16 | (exp == 31u ? 0 : exp + 112) << 23 |
           (v & 0x3FFu) << 13;
}

static void copy_sign(uint32_t *v, const uint32_t *from)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        v[i] = (v[i] & ~SIGN) | (from[i] & SIGN);
}

enum tt_step tt_op_sfplut(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const struct tt_sfpu *s = &t->sfpu;
    uint32_t mode = TT_BITS(insn, 19, 16), reg = TT_BITS(insn, 23, 20);
    uint32_t slope[TT_LANES], x[TT_LANES], offset[TT_LANES], out[TT_LANES];

    /* erratum TEN-2932: ENABLE_DEST_INDEX spoils LReg 4 to 7 */
    if (mode != 4 || reg >= 8 || ((s->lane_config & 4u) && reg >= 4))
        return tt_tensix_refuse(t, thread, "SFPLUT: mode %u, LReg %u",
                                (unsigned)mode, (unsigned)reg);

    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t k;

        x[i] = s->lreg[3][i] & ~SIGN;
        k = s->lreg[x[i] < ONE ? 0 : x[i] < 0x40000000u ? 1 : 2][i];
        slope[i] = lut8(k >> 8 & 0xFFu);
        offset[i] = lut8(k & 0xFFu);
    }
    tt_sfp_fma(slope, x, offset, out);
    copy_sign(out, s->lreg[3]);
    return tt_sfp_put(&t->sfpu, reg, tt_sfp_lanes(s), out);
}

enum tt_step tt_op_sfplutfp32(struct tt_tensix *t, unsigned thread,
                              uint32_t insn)
{
    const struct tt_sfpu *s = &t->sfpu;
    uint32_t slope[TT_LANES], v[TT_LANES], offset[TT_LANES], out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPLUTFP32", &x))
        return x.step;
    if (x.mod != 2 || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPLUTFP32", insn);

    /* six pieces with borders at 0.5, 1, 1.5, 2 and 3 */
    for (unsigned i = 0; i < TT_LANES; i++) {
        unsigned reg, high;

        v[i] = s->lreg[3][i] & ~SIGN;
        reg = v[i] < ONE ? 0 : v[i] < 0x40000000u ? 1 : 2;
        high = (v[i] >= 0x3F000000u && v[i] < ONE) ||
                       (v[i] >= 0x3FC00000u && v[i] < 0x40000000u) ||
                       v[i] >= 0x40400000u
                   ? 16
                   : 0;
        slope[i] = lut16(s->lreg[reg][i] >> high & 0xFFFFu);
        offset[i] = lut16(s->lreg[4 + reg][i] >> high & 0xFFFFu);
    }
    tt_sfp_fma(slope, v, offset, out);
    return tt_sfp_put(&t->sfpu, x.dest, x.lanes, out);
}

/* ------------------------------------------------------------------ */
/* Conversions                                                         */

/* Sign and magnitude to fp32, to nearest even. */
INLINE uint32_t cast_lane(uint32_t v)
{
    uint32_t sign = v & SIGN, r;
    int lz;

    v &= ~SIGN;
    if (!v)
        return sign;
    lz = __builtin_clz(v);
    v <<= lz;
    r = (157u - (uint32_t)lz) << 23;
    r += v >> 8; /* the hidden bit adds one to the exponent */
    r += (v & 0x80u) && (v & 0x17Fu) ? 1u : 0;
    return sign | r;
}

enum tt_step tt_op_sfpcast(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPCAST", &x))
        return x.step;
    if (x.mod || x.dest >= 8) /* mode 1 rounds stochastically */
        return tt_sfp_refuse(t, thread, "SFPCAST", insn);
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = cast_lane(t->sfpu.lreg[x.c][i]);
    return tt_sfp_put(&t->sfpu, x.dest, x.lanes, out);
}

/* fp32 to bf16, half up in magnitude; NaN becomes infinity, denormals +0. */
INLINE uint32_t round_bf16(uint32_t v)
{
    uint32_t exp = v >> 23 & 255u;
    uint32_t r = (v & 0xFFFF0000u) + ((v & 0x8000u) << 1);

    r = exp == 255u ? v & 0xFF800000u : r;
    return exp ? r : 0;
}

/* fp32 to a sign and magnitude of at most @max, half up in magnitude. */
INLINE uint32_t round_int(uint32_t v, uint32_t max, uint32_t keep_sign)
{
    int32_t exp = (int32_t)(v >> 23 & 255u) - 127;
    uint32_t sign = v & keep_sign;
    int32_t by = 22 - exp; /* leaves one bit after the point */
    uint32_t man = (v & 0x7FFFFFu) | 0x800000u;
    uint32_t mag;

    by = by < 0 ? 0 : by > 31 ? 31 : by;
    mag = ((man >> by) + 1) >> 1;
    mag = mag > max || exp >= 16 ? max : mag;
    mag = exp < -1 ? 0 : mag;
    return mag ? sign | mag : 0;
}

/* Modes of SFP_STOCH_RND that ttsim implements, all to nearest. */
enum {
    RND_BF16 = 1,
    RND_UINT8 = 2,
    RND_INT8 = 3,
    RND_UINT16 = 6,
    RND_INT16 = 7
};

static uint32_t round_limit(uint32_t mode)
{
    switch (mode) {
    case RND_UINT8:
        return 255;
    case RND_INT8:
        return 127;
    case RND_UINT16:
        return 65535;
    default:
        return 32767;
    }
}

TT_SIMD static void round_lanes(const uint32_t *c, uint32_t mode, uint32_t max,
                                uint32_t *restrict out)
{
    const uint32_t keep_sign = mode & 1u ? SIGN : 0;

    if (mode == RND_BF16)
        for (unsigned i = 0; i < TT_LANES; i++)
            out[i] = round_bf16(c[i]);
    else
        for (unsigned i = 0; i < TT_LANES; i++)
            out[i] = round_int(c[i], max, keep_sign);
}

enum tt_step tt_op_sfp_stoch_rnd(struct tt_tensix *t, unsigned thread,
                                 uint32_t insn)
{
    const uint32_t modes = 1u << RND_BF16 | 1u << RND_UINT8 | 1u << RND_INT8 |
                           1u << RND_UINT16 | 1u << RND_INT16;
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFP_STOCH_RND", &x))
        return x.step;
    if (!(modes >> x.mod & 1u) || TT_BITS(insn, 21, 16) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFP_STOCH_RND", insn);

    tt_sfp_random(&t->sfpu, x.lanes); /* steps even when it is not used */
    round_lanes(t->sfpu.lreg[x.c], x.mod, round_limit(x.mod), out);
    return tt_sfp_put(&t->sfpu, x.dest, x.lanes, out);
}

/* ------------------------------------------------------------------ */
/* Exchange                                                            */

/* Orders sign-magnitude patterns as signed integers. */
INLINE int32_t total_order(uint32_t v)
{
    return (int32_t)(v & SIGN ? v ^ 0x7FFFFFFFu : v);
}

TT_SIMD static uint32_t less_plain(const uint32_t *c, const uint32_t *d)
{
    uint32_t less = 0;

    for (unsigned i = 0; i < TT_LANES; i++)
        less |= (total_order(c[i]) < total_order(d[i]) ? 1u : 0) << i;
    return less;
}

/* Bit per lane: whether @c and @d change places so that, in the lanes of
 * @min_lanes, VD gets the smaller and elsewhere the larger. */
static uint32_t swap_lanes(const uint32_t *c, const uint32_t *d,
                           uint32_t min_lanes)
{
    uint32_t less;

    if (!tt_avx2_sfp_less(c, d, &less))
        less = less_plain(c, d);
    return (less & min_lanes) | (~less & ~min_lanes);
}

static void exchange(struct tt_sfpu *s, uint32_t r, uint32_t q, uint32_t lanes)
{
    uint32_t old[TT_LANES];

    memcpy(old, s->lreg[r], sizeof(old));
    if (r < 8)
        tt_sfp_put(s, r, lanes, s->lreg[q]);
    if (q < 8)
        tt_sfp_put(s, q, lanes, old);
}

enum tt_step tt_op_sfpswap(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfpu *s = &t->sfpu;
    struct tt_sfp x;
    uint32_t swap;

    if (!tt_sfp_begin(t, thread, insn, "SFPSWAP", &x))
        return x.step;

    switch (x.mod) {
    case 0: /* always */
        swap = 0xFFFFFFFFu;
        break;
    case 1: /* VD gets the minimum */
        swap = swap_lanes(s->lreg[x.c], s->lreg[x.dest], 0xFFFFFFFFu);
        break;
    case 2: /* in the upper two rows, the maximum in the others */
        swap = swap_lanes(s->lreg[x.c], s->lreg[x.dest], 0x0000FFFFu);
        break;
    case 3: /* in every second row */
        swap = swap_lanes(s->lreg[x.c], s->lreg[x.dest], 0x00FF00FFu);
        break;
    case 9: /* nowhere */
        swap = swap_lanes(s->lreg[x.c], s->lreg[x.dest], 0);
        break;
    default:
        return tt_sfp_refuse(t, thread, "SFPSWAP", insn);
    }
    if ((s->lane_config & 4u) && (x.c >= 4 || x.dest >= 4))
        return tt_sfp_refuse(t, thread, "SFPSWAP", insn);

    if (x.mod && (s->lane_config & 0x100u)) /* EXCHANGE_SRCB_SRCC */
        swap = ~swap;
    exchange(s, x.c, x.dest, x.lanes & swap);
    if (s->lane_config & 4u) /* indices travel with their values */
        exchange(s, x.c + 4, x.dest + 4, x.lanes & swap);
    return TT_STEP_DONE;
}

/* Four registers as a 4x4 matrix of groups of eight lanes. */
static void transpose(uint32_t (*reg)[TT_LANES], uint32_t lanes)
{
    uint32_t old[4][TT_LANES];

    memcpy(old, reg, sizeof(old));
    for (unsigned r = 0; r < 4; r++)
        for (unsigned i = 0; i < TT_LANES; i++)
            if (lanes >> i & 1u)
                reg[r][i] = old[i >> 3][8 * r + (i & 7u)];
}

enum tt_step tt_op_sfptransp(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPTRANSP", &x))
        return x.step;
    if (x.dest)
        return tt_sfp_refuse(t, thread, "SFPTRANSP", insn);

    transpose(&t->sfpu.lreg[0], x.lanes);
    transpose(&t->sfpu.lreg[4], x.lanes);
    return TT_STEP_DONE;
}
