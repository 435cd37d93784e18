/* SPDX-License-Identifier: MIT */
/* Vector unit: logarithms. */
#ifndef TT_VECTOR_LOG_H
#define TT_VECTOR_LOG_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* Constants of vector_log: sqrt(1/2) and what moves the border between two
 * exponents from 1 to there; ln 2 in two parts, the first of few bits. */
constexpr void vector_log_setup(vector_code &c)
{
    c.fix(k0, 0x3F3504F3);
    c.fix(k1, 0x3F317200);
    c.fix(k2, 0x35BFBE8E);
    c.imm(5, 0x004AFB0D);
}

/* (ln(1 + r) - r + r^2 / 2) / r^3 for r in [sqrt(1/2) - 1, sqrt(2) - 1]: enough
 * for a float, and for more */
constexpr float vector_log_tail[] = {
    -0.076171875f, 0.127929688f, -0.131835938f, 0.141995028f,
    -0.166207328f, 0.200012192f, -0.250008911f, 0.333333313f};
constexpr float vector_log_long_tail[] = {
    -0.0600585938f, 0.106933594f,  -0.108398438f, 0.110351562f,  -0.124243848f,
    0.142845377f,   -0.166690633f, 0.20000118f,   -0.249999821f, 0.333333313f};

/** vector_log1p_tail - LReg 3 = (ln(1 + r) - r + r^2 / 2) / r^2 and LReg 2 =
 *  r^2 / 2 of LReg 1 = r; LReg 4 is free */
template <uint32_t count>
constexpr void vector_log1p_tail(vector_code &c, const float (&tail)[count])
{
    c.polynomial(3, 1, 4, tail);
    c.mul(2, 1, 1);
    c.muli(2, 0.5f);
    c.mul(3, 3, 1);
}

/** vector_log - LReg 3 = ln of LReg 0, a positive normal number, plus @low, a
 *  register with something small, if there is one; LReg 1, 2, 4 and 6 are
 *  overwritten */
constexpr void vector_log(vector_code &c, uint32_t low = r_zero)
{
    c.mov(1, 0);
    c.iadd(1, 5);
    c.biased_exponent(6, 1);
    c.fraction(1, 1);
    c.iadd(1, k0);
    c.add(1, 1, r_minus_one);
    c.to_float(6, 6);
    c.addi(6, -127.0f);
    vector_log1p_tail(c, vector_log_tail);
    /* e ln2_low + r^3 q - r^2 / 2, then + r, then + e ln2_high */
    c.scale(4, 2, 1);
    c.mul(3, 3, 4);
    c.sub(3, 3, 2);
    c.mad(3, 6, k2, 3);
    if (low != r_zero)
        c.add(3, 3, low);
    c.add(3, 3, 1);
    c.mad(3, 6, k1, 3);
}

/** struct log_program - @scaled: times a value */
template <bool scaled> struct log_program {
    static constexpr uint32_t values = scaled;

    static constexpr void setup(vector_code &c)
    {
        vector_log_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_log(c);
        if (scaled)
            c.mul(3, 3, 7);
        vector_end_domain(c, 3, 0, 4, infinity_bits | 1u << 31, infinity_bits);
    }
};

/** struct log1p_program - ln u of u = 1 + x, plus what u lost, x - (u - 1),
 * over u; where r = u - 1 would be taken from u alone, in [sqrt(1/2), sqrt(2)],
 * r is x itself */
struct log1p_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_log_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(7);
        c.add(0, 7, r_one);
        c.add(1, 0, r_minus_one);
        c.sub(7, 7, 1);
        c.mov(1, 0); /* 1 / u, to 12 % */
        c.at_most(1, 2, 0x1p100f);
        c.imm(2, 0x7EF311C3);
        c.isub(1, 2);
        c.mul(7, 7, 1);
        vector_log(c, 7);
        c.load(7);
        c.mov(2, 0);
        c.isub(2, k0);
        c.if_negative(2); /* u above sqrt(1/2) */
        c.mov(2, 0);
        c.imm(4, 0x3FB504F3);
        c.if_less(4, 2);
        c.mov(1, 7);
        vector_log1p_tail(c, vector_log_tail);
        c.scale(4, 2, 1);
        c.mul(3, 3, 4);
        c.sub(3, 3, 2);
        c.add(3, 3, 1);
        c.always();
        end(c);
    }
    static constexpr void end(vector_code &c)
    {
        c.round(3);
        c.add(0, 7, r_one);
        c.if_negative(0);
        c.imm(3, nan_bits);
        c.always();
        c.if_zero(0);
        c.imm(3, infinity_bits | 1u << 31);
        c.always();
        c.biased_exponent(1, 7); /* denormal: itself, that is zero */
        c.if_zero(1);
        c.imm(3, 0);
        c.always();
        c.if_sum_not_negative(1, 1, -255);
        c.if_not_negative(7);
        c.mov(3, 7);
        c.always();
        c.end(3);
    }
};

/** vector_log_scale - the factor of log_with_base: 32 bits of a float, or, as
 *  older kernels pass it, a half float; of these, the nearest to 1 / ln 2 and
 *  1 / ln 10 stand for the numbers themselves */
constexpr uint32_t vector_log_scale(uint32_t scale)
{
    if (scale > 0xFFFF)
        return scale;
    if (scale == 0x3DC5)
        return float_bits(1.44269504f);
    if (scale == 0x36F3)
        return float_bits(0.434294482f);
    return (scale & 0x8000) << 16 | ((scale & 0x7FFF) + (112u << 10)) << 13;
}

} /* namespace ttk */
#endif

namespace ckernel
{

template <auto...> ALWI void log_tile_init()
{
}
template <auto...> ALWI void log_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::log_program<false>>(dst);)
}
template <auto...> ALWI void log_with_base_tile_init()
{
}
/** log_with_base_tile - ln x times @scale, which is 1 / ln base */
template <auto...> ALWI void log_with_base_tile(uint32_t dst, uint32_t scale)
{
    MATH(ttk::vector_unary<ttk::log_program<true>>(
             dst, ttk::vector_log_scale(scale));)
}
template <auto...> ALWI void log1p_tile_init()
{
}
template <auto...> ALWI void log1p_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::log1p_program>(dst);)
}

} /* namespace ckernel */

#endif
