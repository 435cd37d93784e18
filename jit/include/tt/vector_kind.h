/* SPDX-License-Identifier: MIT */
/* Vector unit: kinds of numbers, and functions made of straight pieces. */
#ifndef TT_VECTOR_KIND_H
#define TT_VECTOR_KIND_H

#include "tt/vector_compare.h"
#include "tt/vector_sign.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

enum class kind { inf, posinf, neginf, nan, finite };

/** struct kind_program - 1.0 or 0.0 */
template <kind what> struct kind_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.imm(1, 0);
        if (what != kind::posinf && what != kind::neginf)
            c.sign(0, 0, 0);
        c.imm(2, infinity_bits | (what == kind::neginf ? 1u << 31 : 0));
        if (what == kind::nan) {
            c.if_less(0, 2);
        } else if (what == kind::finite) {
            c.isub(2, 0);
            c.if_negative(2);
        } else {
            c.isub(2, 0);
            c.if_zero(2);
        }
        c.mov(1, r_one);
        c.always();
        c.end(1);
    }
};

/** vector_if_above - narrow to lanes where @x > @limit, both not below zero;
 *  NaNs are above everything; @t is free */
constexpr void vector_if_above(vector_code &c, uint32_t x, uint32_t limit,
                               uint32_t t)
{
    c.mov(t, x);
    c.if_less(t, limit);
}

/** struct threshold_program - x where it is above LReg 7, else LReg 6 */
struct threshold_program {
    static constexpr uint32_t values = 2;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, 7);
        vector_difference(c, number::real);
        c.mov(5, 6);
        c.if_not_negative(3);
        c.if_not_zero(3);
        c.mov(5, 0);
        c.always();
        c.round(5);
        vector_nan_stays(c, 5, 0, 2, 3);
        c.end(5);
    }
};

/* x where its magnitude is above LReg 7, else 0 */
struct hardshrink_program {
    static constexpr uint32_t values = 1;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.imm(1, 0);
        c.sign(2, 0, 0);
        vector_if_above(c, 2, 7, 3);
        c.mov(1, 0);
        c.always();
        c.end(1);
    }
};

/* x without what of it lies between minus and plus LReg 7 */
struct softshrink_program {
    static constexpr uint32_t values = 1;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, 0);
        c.mov(2, 7);
        c.order(1, 2);
        c.neg(2, 7);
        c.order(2, 1);
        c.sub(1, 0, 1);
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/** struct ramp_program - (x + @shift) / @width kept in [0, 1]; @times_x: times
 *  x. The constants are floats as bits. */
template <uint32_t shift, uint32_t width, bool times_x>
struct ramp_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.imm(1, shift);
        c.add(1, 0, 1);
        c.immf(2, 1 / __builtin_bit_cast(float, width));
        c.mul(1, 1, 2);
        c.at_least(1, 2, 0.0f);
        c.at_most(1, 2, 1.0f);
        if (times_x)
            c.mul(1, 1, 0);
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(isinf, kind_program<ttk::kind::inf>)
TT_UNARY(isposinf, kind_program<ttk::kind::posinf>)
TT_UNARY(isneginf, kind_program<ttk::kind::neginf>)
TT_UNARY(isnan, kind_program<ttk::kind::nan>)
TT_UNARY(isfinite, kind_program<ttk::kind::finite>)

TT_UNARY_WITH_2(hardtanh, clamp_program)
TT_UNARY_WITH_2(threshold, threshold_program)
TT_UNARY_WITH(prelu, leaky_relu_program)
TT_UNARY_WITH(hardshrink, hardshrink_program)
TT_UNARY_WITH(softshrink, softshrink_program)
TT_UNARY(hardsigmoid, ramp_program<0x40400000, 0x40C00000, false>)
TT_UNARY(hardswish, ramp_program<0x40400000, 0x40C00000, true>)
TT_UNARY(hardmish, ramp_program<0x40333333, 0x40A00000, true>)

} /* namespace ckernel */

#endif
