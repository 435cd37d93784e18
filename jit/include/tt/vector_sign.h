/* SPDX-License-Identifier: MIT */
/* Vector unit: signs, limits, and arithmetic with a scalar. */
#ifndef TT_VECTOR_SIGN_H
#define TT_VECTOR_SIGN_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

struct abs_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 0);
        c.end(0);
    }
};

struct negative_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.neg(0, 0);
        c.end(0);
    }
};

struct square_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mul(1, 0, 0);
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/* -1, 0 or 1; NaN stays */
struct sign_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, 0);
        c.sign_onto(1, r_one);
        c.biased_exponent(2, 0);
        c.if_zero(2);
        c.imm(1, 0);
        c.always();
        vector_nan_stays(c, 1, 0, 2, 3);
        c.end(1);
    }
};

/* 1 where the sign bit is set */
struct signbit_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.imm(1, 0);
        c.if_negative(0);
        c.mov(1, r_one);
        c.always();
        c.end(1);
    }
};

/** vector_if_below_zero - narrow to lanes where @x < 0, -0 included but not
 *  NaN; @t is free. Negative numbers end at -infinity, 0xFF800000. */
constexpr void vector_if_below_zero(vector_code &c, uint32_t x, uint32_t t)
{
    c.imm(t, 0x007FFFFF);
    c.if_negative(x);
    c.if_added_negative(t, x);
}

struct relu_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_if_below_zero(c, 0, 1);
        c.imm(0, 0);
        c.always();
        c.end(0);
    }
};

struct leaky_relu_program : vector_plain {
    static constexpr uint32_t values = 1;

    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, 0);
        c.if_negative(0);
        c.mul(1, 0, 7);
        c.always();
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/** struct limit_program - the smaller or the larger of x and a value, by the
 *  order of floats; @relu: and not below zero. NaN stays. */
template <bool larger, bool relu> struct limit_program : vector_plain {
    static constexpr uint32_t values = 1;

    static constexpr void step(vector_code &c)
    {
        c.load(1);
        c.mov(2, 7);
        if (larger)
            c.order(2, 1);
        else
            c.order(1, 2);
        if (relu) {
            c.if_negative(1);
            c.imm(1, 0);
            c.always();
        }
        c.load(0);
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/* between LReg 7 and LReg 6 */
struct clamp_program : vector_plain {
    static constexpr uint32_t values = 2;

    static constexpr void step(vector_code &c)
    {
        c.load(1);
        c.mov(2, 7);
        c.order(2, 1);
        c.mov(2, 6);
        c.order(1, 2);
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

struct rsub_binary_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2);
        c.load(1, 3);
        c.sub(2, 1, 0);
        c.round(2);
        vector_nan_stays(c, 2, 0, 3, 4);
        vector_nan_stays(c, 2, 1, 3, 4);
        c.end(2, 4);
    }
};

enum class scalar_op { add, sub, mul, rsub };

template <scalar_op what> struct scalar_program : vector_plain {
    static constexpr uint32_t values = 1;

    static constexpr void step(vector_code &c)
    {
        c.load(0);
        switch (what) {
        case scalar_op::add:
            c.add(1, 0, 7);
            break;
        case scalar_op::sub:
            c.sub(1, 0, 7);
            break;
        case scalar_op::mul:
            c.mul(1, 0, 7);
            break;
        case scalar_op::rsub:
            c.sub(1, 7, 0);
            break;
        }
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(abs, abs_program)
TT_UNARY(negative, negative_program)
TT_UNARY(square, square_program)
TT_UNARY(sign, sign_program)
TT_UNARY(signbit, signbit_program)
TT_UNARY(relu, relu_program)
TT_UNARY_WITH(leaky_relu, leaky_relu_program)
TT_UNARY_WITH(unary_max, limit_program<true, false>)
TT_UNARY_WITH(unary_min, limit_program<false, false>)
TT_UNARY_WITH(relu_max, limit_program<false, true>)
TT_UNARY_WITH(relu_min, limit_program<true, false>)

TT_API clamp_tile_init()
{
}
TT_API clamp_tile(uint32_t dst, uint32_t low, uint32_t high)
{
    MATH(ttk::vector_unary<ttk::clamp_program>(dst, low, high);)
}

TT_API identity_tile_init()
{
}
TT_API identity_tile(uint32_t)
{
}

TT_API binop_with_scalar_tile_init()
{
}
TT_UNARY_WITH(add_unary, scalar_program<ttk::scalar_op::add>)
TT_UNARY_WITH(sub_unary, scalar_program<ttk::scalar_op::sub>)
TT_UNARY_WITH(mul_unary, scalar_program<ttk::scalar_op::mul>)
/* its callers pass the reciprocal of the divisor */
TT_UNARY_WITH(div_unary, scalar_program<ttk::scalar_op::mul>)
TT_UNARY_WITH(rsub_unary, scalar_program<ttk::scalar_op::rsub>)
TT_BINARY(rsub_binary, rsub_binary_program)
TT_UNARY_WITH(rsub, scalar_program<ttk::scalar_op::rsub>)

} /* namespace ckernel */

#endif
