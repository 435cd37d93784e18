/* SPDX-License-Identifier: MIT */
/* Vector unit: rounding to integral values. */
#ifndef TT_VECTOR_ROUND_H
#define TT_VECTOR_ROUND_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

enum class rounding { nearest, down, up, to_zero };

/** vector_integral - LReg 1 = LReg 0 rounded; 2, 3 and 4 are free
 *
 * Adding 2^23 to a magnitude rounds it to nearest even; then a step back where
 * that went the wrong way. From 2^23 on everything is integral. */
template <rounding how> constexpr void vector_integral(vector_code &c)
{
    c.sign(2, 0, 0);
    c.immf(3, 8388608.0f);
    c.add(1, 2, 3);
    c.sub(1, 1, 3);
    if (how == rounding::to_zero) {
        c.sub(3, 2, 1);
        c.if_negative(3);
        c.add(1, 1, r_minus_one);
        c.always();
    } else if (how != rounding::nearest) {
        c.mov(4, 0);
        c.sign_onto(4, 1);
        if (how == rounding::down)
            c.sub(3, 0, 4);
        else
            c.sub(3, 4, 0);
        c.mov(1, 4);
        c.if_negative(3);
        c.add(1, 4, how == rounding::down ? r_minus_one : r_one);
        c.always();
    }
    c.mov(3, 0);
    c.sign_onto(3, 1);
    c.mov(1, 3);
    c.exponent(3, 0);
    c.if_sum_not_negative(3, 3, -23);
    c.mov(1, 0);
    c.always();
}

/** struct round_program - an integral number; @fraction: what it leaves */
template <rounding how, bool fraction = false>
struct round_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_integral<how>(c);
        if (fraction)
            c.sub(1, 0, 1);
        c.end(1);
    }
};

/** struct round_scaled_program - times LReg 7, to nearest, times LReg 6; from
 *  2^23 on there is nothing to round */
struct round_scaled_program : vector_plain {
    static constexpr uint32_t values = 2;

    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mul(0, 0, 7);
        vector_integral<rounding::nearest>(c);
        c.mul(1, 1, 6);
        c.load(0);
        c.exponent(2, 0);
        c.if_sum_not_negative(2, 2, -23);
        c.mov(1, 0);
        c.always();
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/** vector_power_of_ten - 10^n, within the range of a float */
TT_INLINE constexpr float vector_power_of_ten(int32_t n)
{
    float power = 1;

    for (; n > 0; n--)
        power *= 10;
    for (; n < 0; n++)
        power /= 10;
    return power;
}

} /* namespace ttk */
#endif

namespace ckernel
{

TT_API rounding_op_tile_init()
{
}
TT_UNARY(floor, round_program<ttk::rounding::down>)
TT_UNARY(ceil, round_program<ttk::rounding::up>)
TT_UNARY(trunc, round_program<ttk::rounding::to_zero>)
TT_UNARY(frac, round_program<ttk::rounding::to_zero, true>)

TT_API round_tile_init()
{
}
/** round_tile - to nearest even, at @decimals digits behind the point */
TT_API round_tile(uint32_t dst, int32_t decimals = 0)
{
#if COMPILE_FOR_TRISC == 1
    if (decimals)
        ttk::vector_unary<ttk::round_scaled_program>(
            dst, ttk::float_bits(ttk::vector_power_of_ten(decimals)),
            ttk::float_bits(ttk::vector_power_of_ten(-decimals)));
    else
        ttk::vector_unary<ttk::round_program<ttk::rounding::nearest>>(dst);
#endif
}

/* The names of older kernels, which told the two widths of Dst apart. */
TT_API floor_tile_float32(uint32_t dst)
{
    floor_tile(dst);
}
TT_API ceil_tile_float32(uint32_t dst)
{
    ceil_tile(dst);
}
TT_API trunc_tile_float32(uint32_t dst)
{
    trunc_tile(dst);
}

} /* namespace ckernel */

#endif
