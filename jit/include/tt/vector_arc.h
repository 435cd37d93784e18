/* SPDX-License-Identifier: MIT */
/* Vector unit: inverse trigonometric functions. */
#ifndef TT_VECTOR_ARC_H
#define TT_VECTOR_ARC_H

#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_pi_minus - LReg 3 = pi (or half of it) - @x; LReg 4 is free */
constexpr void vector_pi_minus(vector_code &c, uint32_t x, bool half)
{
    c.immf(4, half ? 1.57079637f : 3.14159274f);
    c.sub(3, 4, x);
    c.immf(4, half ? -4.37113883e-08f : -8.74227766e-08f);
    c.add(3, 3, 4);
}

/** vector_sqrt_from - @s = sqrt(@x), given 1 / sqrt(@x) in @y; @y and @t are
 *  overwritten */
constexpr void vector_sqrt_from(vector_code &c, uint32_t s, uint32_t x,
                                uint32_t y, uint32_t t)
{
    c.mul(s, x, y);
    c.scale(y, y, -1);
    c.neg(t, s);
    c.mad(t, t, s, x);
    c.mad(s, t, y, s);
}

/** vector_asin_part - LReg 3 = asin of |LReg 0|; where that is above a half,
 *  LReg 5 is negative and LReg 3 = asin(sqrt((1 - |x|) / 2)), half of acos |x|;
 *  all are overwritten */
constexpr void vector_asin_part(vector_code &c)
{
    c.sign(0, 0, 0);
    c.mul(1, 0, 0);
    c.mov(5, 0);
    c.immf(2, 0.5f);
    c.if_less(5, 2);
    c.sub(1, r_one, 0);
    c.muli(1, 0.5f);
    vector_rsqrt(c, 2, 1, 3, 4, 6);
    vector_sqrt_from(c, 0, 1, 2, 4);
    c.always();
    c.polynomial(3, 1, 4,
                 {0.0337996557f, 0.017081691f, 0.0311153121f, 0.04459811f,
                  0.0750009865f, 0.166666657f});
    c.mul(3, 3, 1);
    c.mad(3, 3, 0, 0);
}

/** vector_end_unit - round and store LReg 3; NaN outside [-1, 1] */
constexpr void vector_end_unit(vector_code &c)
{
    c.round(3);
    c.load(0);
    c.sign(0, 0, 0);
    c.mov(1, r_one);
    c.if_less(0, 1);
    c.imm(3, nan_bits);
    c.always();
    c.end(3);
}

struct asin_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_asin_part(c);
        c.if_negative(5);
        c.add(3, 3, 3);
        vector_pi_minus(c, 3, true);
        c.always();
        c.load(0);
        c.sign_onto(0, 3);
        c.mov(3, 0);
        vector_end_unit(c);
    }
};

struct acos_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_asin_part(c);
        c.load(0);
        c.if_negative(5);
        c.add(3, 3, 3);
        c.if_negative(0);
        vector_pi_minus(c, 3, false);
        c.always();
        c.if_not_negative(5);
        c.sign_onto(0, 3);
        vector_pi_minus(c, 0, true);
        c.always();
        vector_end_unit(c);
    }
};

/* above one, atan x = pi / 2 - atan 1 / x */
struct atan_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(1, 0, 0);
        c.mov(5, 1);
        c.mov(2, r_one);
        c.if_less(5, 2);
        c.mov(6, 1);
        vector_recip(c, 1, 6, 3, 4);
        c.always();
        c.mul(2, 1, 1);
        c.polynomial(3, 2, 4,
                     {0.00151221466f, -0.00925170258f, 0.0265084095f,
                      -0.0491693169f, 0.0704443753f, -0.0893625319f,
                      0.110891439f, -0.142840922f, 0.199999526f,
                      -0.333333343f});
        c.mul(3, 3, 2);
        c.mad(3, 3, 1, 1);
        c.if_negative(5);
        vector_pi_minus(c, 3, true);
        c.always();
        c.sign_onto(0, 3);
        c.mov(3, 0);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(asin, asin_program)
TT_UNARY(acos, acos_program)
TT_UNARY(atan, atan_program)

} /* namespace ckernel */

#endif
