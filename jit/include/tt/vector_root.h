/* SPDX-License-Identifier: MIT */
/* Vector unit: reciprocal, division, square roots. */
#ifndef TT_VECTOR_ROOT_H
#define TT_VECTOR_ROOT_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_recip_unit - @y = 1 / f where f in [2, 4) has the fraction of @x:
 *  a parabola good to 1 %, two steps of Newton's. @m becomes -f, @t is free */
constexpr void vector_recip_unit(vector_code &c, uint32_t y, uint32_t x,
                                 uint32_t m, uint32_t t)
{
    c.set_exponent(m, x, 128);
    c.sign(m, m, 1);
    c.polynomial(y, m, t, {0.0402832031f, 0.362960964f, 1.05970204f});
    for (int i = 0; i < 2; i++) {
        c.mad(t, m, y, r_one);
        c.mad(y, t, y, y);
    }
}

/** vector_recip_scale - @s = 2^128 / the power of two in @x: infinity for zero
 *  and zero for infinity, without sign of use */
constexpr void vector_recip_scale(vector_code &c, uint32_t s, uint32_t x)
{
    c.bit_not(s, x); /* exponent e becomes 255 - e */
    c.clear_fraction(s, s);
}

/** vector_recip - @y = 1 / @x; NaN is not kept; @x, @m and @t are overwritten
 */
constexpr void vector_recip(vector_code &c, uint32_t y, uint32_t x, uint32_t m,
                            uint32_t t)
{
    vector_recip_unit(c, y, x, m, t);
    vector_recip_scale(c, m, x);
    c.sign_onto(x, m);
    c.mul(y, y, x);
}

struct recip_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_recip(c, 3, 0, 1, 2);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** vector_rsqrt - @y = 1 / sqrt(@x) for a normal @x: halve the exponent, then
 *  @steps of Newton's, to 2^-17 after two and 2^-23 after three; @n becomes -x,
 *  @t and @u are free */
constexpr void vector_rsqrt(vector_code &c, uint32_t y, uint32_t x, uint32_t n,
                            uint32_t t, uint32_t u, int steps = 3)
{
    c.mov(y, x);
    c.shift(y, -1);
    c.imm(t, 0x5F3759DF);
    c.isub(y, t);
    c.neg(n, x);
    for (int i = 0; i < steps; i++) {
        c.mul(t, n, y);
        c.scale(u, y, -1);
        c.mad(t, t, y, r_one);
        c.mad(y, t, u, y);
    }
}

struct rsqrt_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_rsqrt(c, 1, 0, 2, 3, 4);
        vector_end_domain(c, 1, 0, 3, infinity_bits, 0);
    }
};

struct sqrt_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_rsqrt(c, 1, 0, 2, 3, 4, 2);
        /* s = x y, and once more s + s (1 - s y) / 2, of which no part gets
         * too small */
        c.mul(3, 0, 1);
        c.mul(4, 2, 1);
        c.mad(4, 4, 1, r_one);
        c.scale(1, 3, -1);
        c.mad(3, 4, 1, 3);
        vector_end_domain(c, 3, 0, 4, 0, infinity_bits);
    }
};

/** vector_quotient - LReg 3 = LReg 0 / LReg 1, to half a bit more than a
 *  rounding; NaN of the divisor is not kept; all but LReg 0 overwritten
 *
 * Fractions and exponents are divided apart, and the quotient is scaled in two
 * steps, so that nothing overflows or vanishes on the way. Zeros, infinities
 * and NaNs come right from a plain product with 2^128 / b, which has the same
 * zeros and infinities as 1 / b. */
constexpr void vector_quotient(vector_code &c)
{
    vector_recip_unit(c, 3, 1, 2, 4); /* LReg 2 = -f(b) */
    c.set_exponent(5, 0, 127);
    c.sign(5, 5, 0);
    c.mul(4, 5, 3);
    c.mad(6, 4, 2, 5); /* f(a) - q f(b) */
    c.mad(3, 6, 3, 4);
    /* 127 + halves of 1 + the difference of the exponents */
    c.biased_exponent(4, 0);
    c.biased_exponent(5, 1);
    c.isub(5, 4);
    c.iaddi(5, 5, 255);
    c.mov(4, 5);
    c.shift(4, -1);
    c.mov(6, 4);
    c.isub(6, 5);
    c.shift(4, 23);
    c.shift(6, 23);
    c.mul(3, 3, 4);
    c.mul(3, 3, 6);
    c.mov(4, 0); /* sign */
    c.bit_xor(4, 1);
    c.sign_onto(4, 3);
    c.mov(3, 4);
    /* specials */
    vector_recip_scale(c, 4, 1);
    c.mov(5, 1);
    c.sign_onto(5, 4);
    c.mul(5, 5, 0);
    for (uint32_t operand = 0; operand < 2; operand++) {
        c.biased_exponent(4, operand);
        c.if_zero(4);
        c.mov(3, 5);
        c.always();
        c.if_sum_not_negative(4, 4, -255);
        c.mov(3, 5);
        c.always();
    }
}

struct div_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2);
        c.load(1, 3);
        vector_quotient(c);
        c.mov(5, 3);
        c.round(3);
        vector_nan_stays(c, 5, 1, 2, 4);
        c.sign(2, 5, 0);
        c.imm(4, infinity_bits);
        c.if_less(2, 4);
        c.imm(3, nan_bits);
        c.always();
        c.end(3, 4);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

template <auto...> ALWI void recip_tile_init()
{
}
template <auto...> ALWI void recip_tile(uint32_t dst, int = 0)
{
    MATH(ttk::vector_unary<ttk::recip_program>(dst);)
}
template <auto...> ALWI void sqrt_tile_init()
{
}
template <auto...> ALWI void sqrt_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::sqrt_program>(dst);)
}
template <auto...> ALWI void rsqrt_tile_init()
{
}
template <auto...> ALWI void rsqrt_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::rsqrt_program>(dst);)
}
TT_BINARY(div_binary, div_program)

} /* namespace ckernel */

#endif
