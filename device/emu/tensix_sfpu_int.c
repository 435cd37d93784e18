/* SPDX-License-Identifier: MIT */
/* Vector unit: moves, integer, bit and field instructions. */
#include "device/emu/tensix_sfpu.h"
#include "device/emu/tensix_units.h"

#include <string.h>

#define SIGN 0x80000000u

#define INLINE static inline __attribute__((always_inline))

/* One lane of an instruction: old destination, VC and the immediate. */
typedef uint32_t lane_fn(uint32_t d, uint32_t c, uint32_t imm);

/* Runs @fn over all lanes of a register pair; inlined with a constant @fn, so
 * that the loop vectorises. */
INLINE void each_lane(const struct tt_sfpu *s, const struct tt_sfp *x,
                      uint32_t imm, lane_fn *fn, uint32_t *restrict out)
{
    const uint32_t *d = s->lreg[x->dest], *c = s->lreg[x->c];

    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = fn(d[i], c[i], imm);
}

/* ------------------------------------------------------------------ */
/* Logic and moves                                                     */

INLINE uint32_t lane_and(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return d & c;
}

INLINE uint32_t lane_or(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return d | c;
}

INLINE uint32_t lane_xor(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return c ^ imm;
}

INLINE uint32_t lane_xor_d(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return d ^ c;
}

TT_SIMD static void and_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                              uint32_t *out)
{
    each_lane(s, x, 0, lane_and, out);
}

TT_SIMD static void or_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                             uint32_t *out)
{
    each_lane(s, x, 0, lane_or, out);
}

TT_SIMD static void xor_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                              uint32_t *out)
{
    each_lane(s, x, 0, lane_xor_d, out);
}

/* VC with the bits of @imm flipped. */
TT_SIMD static void flip_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                               uint32_t imm, uint32_t *out)
{
    each_lane(s, x, imm, lane_xor, out);
}

static enum tt_step put(struct tt_tensix *t, const struct tt_sfp *x,
                        const uint32_t *out)
{
    return tt_sfp_put(&t->sfpu, x->dest, x->lanes, out);
}

enum tt_step tt_op_sfpand(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPAND", &x))
        return x.step;
    if (x.mod || x.imm || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPAND", insn);
    and_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

enum tt_step tt_op_sfpor(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPOR", &x))
        return x.step;
    if (x.mod || x.imm || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPOR", insn);
    or_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

enum tt_step tt_op_sfpxor(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPXOR", &x))
        return x.step;
    if (x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPXOR", insn);
    xor_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

enum tt_step tt_op_sfpnot(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPNOT", &x))
        return x.step;
    if (x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPNOT", insn);
    flip_lanes(&t->sfpu, &x, 0xFFFFFFFFu, out);
    return put(t, &x, out);
}

/* The generator of each lane: a shift register with taps 0, 1, 21 and 31. */
INLINE uint32_t prng_step(uint32_t state)
{
    uint32_t taps = state ^ state >> 1 ^ state >> 21 ^ state >> 31;

    return ~taps << 31 | state >> 1;
}

TT_SIMD static void random_lanes(uint32_t *restrict state, uint32_t lanes)
{
    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t new = prng_step(state[i]);

        state[i] = lanes >> i & 1u ? new : state[i];
    }
}

void tt_sfp_random(struct tt_sfpu *s, uint32_t lanes)
{
    random_lanes(s->prng, lanes);
}

enum tt_step tt_op_sfpmov(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPMOV", &x))
        return x.step;
    if ((x.mod > 2 && (x.mod != 8 || x.c != 9)) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPMOV", insn);

    if (x.mod == 8) { /* random numbers */
        memcpy(out, t->sfpu.prng, sizeof(out));
        tt_sfp_random(&t->sfpu, x.lanes);
    } else { /* mode 1 negates, mode 2 ignores the flags */
        flip_lanes(&t->sfpu, &x, x.mod == 1 ? SIGN : 0, out);
        x.lanes = x.mod == 2 ? 0xFFFFFFFFu : x.lanes;
    }
    return put(t, &x, out);
}

/* ------------------------------------------------------------------ */
/* Integer arithmetic                                                  */

INLINE uint32_t lane_abs_float(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    (void)imm;
    return c <= 0xFF800000u ? c & ~SIGN : c; /* negative NaNs stay */
}

INLINE uint32_t lane_abs_int(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    (void)imm;
    return c & SIGN ? 0u - c : c;
}

TT_SIMD static void abs_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                              uint32_t *out)
{
    if (x->mod)
        each_lane(s, x, 0, lane_abs_float, out);
    else
        each_lane(s, x, 0, lane_abs_int, out);
}

enum tt_step tt_op_sfpabs(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPABS", &x))
        return x.step;
    if (x.mod > 1 || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPABS", insn);
    abs_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

INLINE uint32_t lane_add_imm(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return c + imm;
}

INLINE uint32_t lane_add(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return c + d;
}

INLINE uint32_t lane_sub(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return c - d;
}

TT_SIMD static void iadd_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                               uint32_t imm, uint32_t *out)
{
    if (x->mod & 1u)
        each_lane(s, x, imm, lane_add_imm, out);
    else if (x->mod & 2u)
        each_lane(s, x, 0, lane_sub, out);
    else
        each_lane(s, x, 0, lane_add, out);
}

static uint32_t sign_extend_12(uint32_t v)
{
    return (v ^ 0x800u) - 0x800u;
}

enum tt_step tt_op_sfpiadd(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPIADD", &x))
        return x.step;
    if (x.mod > 10 || (x.mod & 3u) > 2 || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPIADD", insn);

    iadd_lanes(&t->sfpu, &x, sign_extend_12(x.imm), out);
    /* bit 3: flag = not negative; else bit 2 clear: flag = negative */
    if (x.mod & 8u)
        tt_sfp_set_cc(&t->sfpu, x.lanes, ~tt_sfp_sign_bits(out));
    else if (!(x.mod & 4u))
        tt_sfp_set_cc(&t->sfpu, x.lanes, tt_sfp_sign_bits(out));
    return put(t, &x, out);
}

INLINE uint32_t shift_by(uint32_t v, uint32_t by)
{
    uint32_t left = v << (by & 31u), right = v >> ((0u - by) & 31u);

    return by & SIGN ? right : left;
}

INLINE uint32_t lane_shift_imm(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)c;
    return shift_by(d, imm);
}

INLINE uint32_t lane_shift(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return shift_by(d, c);
}

TT_SIMD static void shift_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                                uint32_t imm, uint32_t *out)
{
    if (x->mod)
        each_lane(s, x, imm, lane_shift_imm, out);
    else
        each_lane(s, x, 0, lane_shift, out);
}

enum tt_step tt_op_sfpshft(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPSHFT", &x))
        return x.step;
    if (x.mod > 1 || (!x.mod && x.imm) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPSHFT", insn);
    shift_lanes(&t->sfpu, &x, sign_extend_12(x.imm), out);
    return put(t, &x, out);
}

/* Each lane from its left neighbour; eight lanes form a ring. */
static void rotate_lanes(const uint32_t *c, uint32_t *out)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = c[(i & ~7u) | ((i - 1) & 7u)];
}

enum tt_step tt_op_sfpshft2(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPSHFT2", &x))
        return x.step;
    /* mode 4 has a hardware bug on Wormhole (SFPSHFT2.md) */
    if (!((x.mod == 3 && x.imm == 0) || (x.mod == 5 && x.imm < 16)) ||
        x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPSHFT2", insn);

    if (x.mod == 3) {
        rotate_lanes(t->sfpu.lreg[x.c], out);
    } else { /* VB is shifted by VC */
        struct tt_sfp shift = {.dest = x.imm, .c = x.c};

        shift_lanes(&t->sfpu, &shift, 0, out);
    }
    return put(t, &x, out);
}

INLINE uint32_t leading_zeros(uint32_t v)
{
    float f = (float)(v & ~(v >> 1) & ~SIGN);
    uint32_t u;

    memcpy(&u, &f, sizeof(u));
    u = v & ~SIGN ? 158 - (u >> 23) : 32;
    return v & SIGN ? 0 : u;
}

static void lz_lanes(const uint32_t *c, uint32_t mask, uint32_t *restrict out)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = leading_zeros(c[i] & mask);
}

enum tt_step tt_op_sfplz(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES], zero[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPLZ", &x))
        return x.step;
    if ((x.mod & 1u) || x.mod > 4 || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPLZ", insn);

    lz_lanes(t->sfpu.lreg[x.c], x.mod & 4u ? ~SIGN : 0xFFFFFFFFu, out);
    if (x.mod & 2u) { /* flag = not zero, which is 32 leading zeros */
        for (unsigned i = 0; i < TT_LANES; i++)
            zero[i] = out[i] ^ 32u;
        tt_sfp_set_cc(&t->sfpu, x.lanes, ~tt_sfp_zero_bits(zero));
    }
    return put(t, &x, out);
}

/* ------------------------------------------------------------------ */
/* Fields of floating-point numbers                                    */

INLINE uint32_t lane_exp_add(uint32_t d, uint32_t c, uint32_t imm)
{
    uint32_t exp = c >> 23 & 255u, sum = (exp + imm) & 255u;

    (void)d;
    return (c & 0x807FFFFFu) | (exp == 255 ? 255u : sum) << 23;
}

INLINE uint32_t lane_exp_imm(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return (c & 0x807FFFFFu) | imm << 23;
}

INLINE uint32_t lane_exp_of_d(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return (c & 0x807FFFFFu) | (d & 0x7F800000u);
}

INLINE uint32_t lane_exp_low_d(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return (c & 0x807FFFFFu) | (d & 255u) << 23;
}

TT_SIMD static void divp2_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                                uint32_t imm, uint32_t *out)
{
    if (x->mod)
        each_lane(s, x, imm, lane_exp_add, out);
    else
        each_lane(s, x, imm, lane_exp_imm, out);
}

enum tt_step tt_op_sfpdivp2(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPDIVP2", &x))
        return x.step;
    if (x.mod > 1 || x.dest >= 8 || (x.imm > 0x7F && x.imm < 0xF80))
        return tt_sfp_refuse(t, thread, "SFPDIVP2", insn);
    divp2_lanes(&t->sfpu, &x, x.imm & 255u, out);
    return put(t, &x, out);
}

TT_SIMD static void setexp_lanes(const struct tt_sfpu *s,
                                 const struct tt_sfp *x, uint32_t *out)
{
    if (x->mod == 1)
        each_lane(s, x, x->imm, lane_exp_imm, out);
    else if (x->mod == 2)
        each_lane(s, x, 0, lane_exp_of_d, out);
    else
        each_lane(s, x, 0, lane_exp_low_d, out);
}

enum tt_step tt_op_sfpsetexp(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPSETEXP", &x))
        return x.step;
    x.imm &= 255u;
    if (x.mod > 2 || (x.mod != 1 && x.imm) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPSETEXP", insn);
    setexp_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

INLINE uint32_t lane_exponent(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return (c >> 23 & 255u) - imm;
}

TT_SIMD static void exexp_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                                uint32_t bias, uint32_t *out)
{
    each_lane(s, x, bias, lane_exponent, out);
}

enum tt_step tt_op_sfpexexp(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPEXEXP", &x))
        return x.step;
    if ((x.mod > 2 && x.mod != 10) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPEXEXP", insn);

    exexp_lanes(&t->sfpu, &x, x.mod & 1u ? 0 : 127, out);
    if (x.mod == 2)
        tt_sfp_set_cc(&t->sfpu, x.lanes, tt_sfp_sign_bits(out));
    else if (x.mod == 10)
        tt_sfp_set_cc(&t->sfpu, x.lanes, ~tt_sfp_sign_bits(out));
    return put(t, &x, out);
}

INLINE uint32_t lane_mantissa(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return (c & 0x7FFFFFu) | imm;
}

INLINE uint32_t lane_man_of_d(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return (c & 0xFF800000u) | (d & 0x7FFFFFu);
}

INLINE uint32_t lane_man_imm(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return (c & 0xFF800000u) | imm;
}

TT_SIMD static void exman_lanes(const struct tt_sfpu *s, const struct tt_sfp *x,
                                uint32_t *out)
{
    each_lane(s, x, x->mod ? 0 : 0x800000u, lane_mantissa, out);
}

enum tt_step tt_op_sfpexman(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPEXMAN", &x))
        return x.step;
    if (x.mod > 1 || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPEXMAN", insn);
    exman_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

TT_SIMD static void setman_lanes(const struct tt_sfpu *s,
                                 const struct tt_sfp *x, uint32_t *out)
{
    if (x->mod)
        each_lane(s, x, 0, lane_man_imm, out);
    else
        each_lane(s, x, 0, lane_man_of_d, out);
}

enum tt_step tt_op_sfpsetman(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPSETMAN", &x))
        return x.step;
    if (x.mod > 1 || x.imm || x.dest >= 8) /* as ttsim: immediate 0 only */
        return tt_sfp_refuse(t, thread, "SFPSETMAN", insn);
    setman_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}

INLINE uint32_t lane_sign_of_d(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)imm;
    return (c & ~SIGN) | (d & SIGN);
}

INLINE uint32_t lane_sign_imm(uint32_t d, uint32_t c, uint32_t imm)
{
    (void)d;
    return (c & ~SIGN) | imm;
}

TT_SIMD static void setsgn_lanes(const struct tt_sfpu *s,
                                 const struct tt_sfp *x, uint32_t *out)
{
    if (x->mod)
        each_lane(s, x, x->imm << 31, lane_sign_imm, out);
    else
        each_lane(s, x, 0, lane_sign_of_d, out);
}

enum tt_step tt_op_sfpsetsgn(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t out[TT_LANES];
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPSETSGN", &x))
        return x.step;
    if (x.mod > 1 || (!x.mod && x.imm) || x.dest >= 8)
        return tt_sfp_refuse(t, thread, "SFPSETSGN", insn);
    setsgn_lanes(&t->sfpu, &x, out);
    return put(t, &x, out);
}
