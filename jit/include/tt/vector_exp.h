/* SPDX-License-Identifier: MIT */
/* Vector unit: exponential functions. */
#ifndef TT_VECTOR_EXP_H
#define TT_VECTOR_EXP_H

#include "tt/exp_options.h"
#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* Adding 1.5 * 2^23 rounds to an integer, which is then in the low bits. */
constexpr float vector_magic = 12582912.0f;

/* Constants of exp_blocks: log2 e, -ln 2 in two parts, the magic number. Few
 * enough bits in the first part make its products exact. */
constexpr void vector_exp_setup(vector_code &c)
{
    c.fixf(k0, 1.44269504f);
    c.fix(k1, 0xBF317200);
    c.fix(k2, 0xB5BFBE8E);
    c.immf(5, vector_magic);
}

/* e^r - 1 - r = r^2 times a polynomial, for |r| up to ln 2 / 2 */
constexpr float vector_exp_tail[] = {0.0013885498f, 0.0083681792f,
                                     0.0416670479f, 0.166665286f, 0.5f};

/** vector_exp_split - LReg 0 = x becomes the remainder r, LReg 1 keeps k =
 *  round(x / ln 2) in its low bits, LReg 3 = e^r - 1, for |x| < 160; LReg 2 and
 *  4 are overwritten
 *  @low: none, or a register with something small that x includes; overwritten
 */
constexpr void vector_exp_split(vector_code &c, uint32_t low = r_zero)
{
    c.mad(1, 0, k0, 5);
    c.sub(2, 1, 5);
    c.mad(0, 2, k1, 0);
    if (low == r_zero) {
        c.mad(0, 2, k2, 0);
    } else {
        c.mad(low, 2, k2, low);
        c.add(0, 0, low);
    }
    c.polynomial(3, 0, 4, vector_exp_tail);
    c.mad(3, 3, 0, r_one);
    c.mul(3, 3, 0);
}

/** vector_times_power - LReg 3 in [1/2, 2] times 2 to what the low bits of LReg
 *  1 say, infinity from 2^128 on; below 2^-126 comes a denormal, that is zero.
 *  LReg 4 is free */
constexpr void vector_times_power(vector_code &c)
{
    c.shift(1, 23);
    c.iadd(3, 1);
    c.imm(4, infinity_bits); /* an exponent of 255 with a fraction is NaN */
    c.order(3, 4);
}

/** vector_exp - LReg 3 = e^x of LReg 0, infinite or zero where it must; NaN is
 *  not kept; LReg 0, 1, 2 and 4 are overwritten */
constexpr void vector_exp(vector_code &c)
{
    c.at_most(0, 1, 89.0f);
    c.at_least(0, 1, -87.5f);
    vector_exp_split(c);
    c.add(3, 3, r_one);
    vector_times_power(c);
}

/** struct exp_program - @scaled: of the product with a value */
template <bool scaled> struct exp_program {
    static constexpr uint32_t values = scaled;

    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        if (scaled)
            c.mul(0, 0, 7);
        vector_exp(c);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** struct exp_fast_program - to 2^-13: one multiplication to powers of two, a
 *  cubic in between */
template <bool scaled> struct exp_fast_program {
    static constexpr uint32_t values = scaled;

    static constexpr void setup(vector_code &c)
    {
        c.fixf(k0, 1.44269504f);
        c.immf(5, vector_magic);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        if (scaled)
            c.mul(0, 0, 7);
        c.mul(0, 0, k0);
        c.at_most(0, 1, 128.5f);
        c.at_least(0, 1, -126.5f);
        c.add(1, 0, 5);
        c.sub(2, 1, 5);
        c.sub(0, 0, 2);
        c.polynomial(3, 0, 4, {0.0551757812f, 0.2421875f, 0.69323647f, 1.0f});
        vector_times_power(c);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** vector_exp2 - LReg 3 = 2^x of LReg 0, infinite or zero where it must; NaN is
 *  not kept; LReg 0, 1, 2, 4 and 6 are overwritten */
constexpr void vector_exp2(vector_code &c)
{
    c.immf(6, vector_magic);
    c.at_most(0, 1, 128.5f);
    c.at_least(0, 1, -126.5f);
    c.add(1, 0, 6);
    c.sub(2, 1, 6);
    c.sub(0, 0, 2);
    c.polynomial(3, 0, 4,
                 {0.000153541565f, 0.00133989472f, 0.00961843506f,
                  0.0555033237f, 0.240226477f, 0.693147182f});
    c.mad(3, 3, 0, r_one);
    vector_times_power(c);
}

struct exp2_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_exp2(c);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** vector_expm1 - LReg 3 = e^x - 1 of LReg 0 in [-87, 88]: with x = k ln 2 + r,
 *  2^k (e^r - 1 - r) + (2^k r + 2^k - 1). What r lost in rounding is added to
 *  the small part. LReg 0, 1, 2 and 4 are overwritten. */
constexpr void vector_expm1(vector_code &c)
{
    c.mad(1, 0, k0, 5);
    c.sub(2, 1, 5);
    c.mad(0, 2, k1, 0);
    c.mad(4, 2, k2, 0);
    c.sub(0, 0, 4);
    c.mad(0, 2, k2, 0);
    c.mov(2, 4);
    c.polynomial(3, 2, 4, vector_exp_tail);
    c.mul(3, 3, 2);
    c.mad(3, 3, 2, 0);
    c.shift(1, 23);
    c.mov(0, r_one);
    c.iadd(1, 0);
    c.add(0, 1, r_minus_one);
    c.mad(0, 2, 1, 0);
    c.mad(3, 3, 1, 0);
}

struct expm1_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.at_most(0, 1, 88.0f);
        c.at_least(0, 1, -87.0f);
        vector_expm1(c);
        /* above 88 it is e^x: e^88 times e^(x - 88), both in reach */
        c.load(0);
        c.addi(0, -88.0f);
        c.if_not_negative(0);
        c.at_most(0, 1, 2.0f);
        vector_exp_split(c);
        c.add(3, 3, r_one);
        c.shift(1, 23);
        c.iadd(3, 1);
        c.imm(4, float_bits(1.65163625e38f));
        c.mul(3, 3, 4);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

template <auto... options> ALWI void exp_tile_init()
{
    MATH(ttk::exp_scale = ttk::exp_scale_in(options...);)
}
/** exp_tile - options: approximate; scaled, see exp_takes_scale
 *  @scale: with that, a BF16 factor of the argument */
template <auto approx = false, auto... more>
ALWI void exp_tile(uint32_t dst, int = VectorMode::RC, uint32_t scale = 0x3F80)
{
#if COMPILE_FOR_TRISC == 1
    constexpr bool scaled = ttk::exp_takes_scale(more...);
    uint32_t by = scale == 0x3F80 ? ttk::exp_scale : scale << 16;

    if constexpr (static_cast<bool>(approx))
        ttk::vector_unary<ttk::exp_fast_program<scaled>>(dst, by);
    else
        ttk::vector_unary<ttk::exp_program<scaled>>(dst, by);
#endif
}

TT_UNARY(exp2, exp2_program)

template <auto...> ALWI void expm1_tile_init()
{
}
template <auto...> ALWI void expm1_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::expm1_program>(dst);)
}

} /* namespace ckernel */

#endif
