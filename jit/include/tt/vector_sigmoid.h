/* SPDX-License-Identifier: MIT */
/* Vector unit: logistic and hyperbolic functions. */
#ifndef TT_VECTOR_SIGMOID_H
#define TT_VECTOR_SIGMOID_H

#include "tt/vector_exp.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* 1 / (1 + e^-x) */
struct sigmoid_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.neg(0, 0);
        vector_exp(c);
        c.add(0, 3, r_one);
        vector_recip(c, 3, 0, 1, 2);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** struct silu_program - x / (1 + E) with E = e^-|x|, below zero times E. There
 *  E alone may be too small for a float, so it is kept times 2^64. */
struct silu_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 1);
        c.at_least(0, 1, -100.0f);
        vector_exp_split(c);
        c.add(6, 3, r_one);
        c.iaddi(1, 1, 64);
        c.shift(1, 23);
        c.iadd(6, 1);
        c.immf(0, 0x1p-64f);
        c.mad(0, 6, 0, r_one);
        vector_recip(c, 3, 0, 1, 2);
        c.load(0);
        c.at_least(0, 1, -200.0f); /* -inf * 0 */
        c.if_negative(0);
        c.mul(3, 3, 6);
        c.always();
        c.mul(3, 3, 0);
        c.if_negative(0);
        c.muli(3, 0x1p-64f);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** struct tanh_program - E / (E + 2) with E = e^2|x| - 1; from 9.25 on that is
 * 1
 */
struct tanh_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 0);
        c.at_most(0, 1, 9.25f);
        c.muli(0, 2.0f);
        vector_expm1(c);
        c.mov(6, 3);
        c.immf(0, 2.0f);
        c.add(0, 3, 0);
        vector_recip(c, 3, 0, 1, 2);
        c.mul(3, 3, 6);
        c.load(0);
        c.sign_onto(0, 3);
        c.mov(3, 0);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(silu, silu_program)
template <auto...> ALWI void tanh_tile_init()
{
}
template <auto...> ALWI void tanh_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::tanh_program>(dst);)
}
template <auto...> ALWI void sigmoid_tile_init()
{
}
template <auto...> ALWI void sigmoid_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::sigmoid_program>(dst);)
}

} /* namespace ckernel */

#endif
