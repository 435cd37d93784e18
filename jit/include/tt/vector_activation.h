/* SPDX-License-Identifier: MIT */
/* Vector unit: activation functions with exponentials. */
#ifndef TT_VECTOR_ACTIVATION_H
#define TT_VECTOR_ACTIVATION_H

#include "tt/vector_exp.h"
#include "tt/vector_kind.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

enum class elu_kind { elu, selu, celu };

/** struct elu_program - x, or below zero a (e^x - 1): a is LReg 7, and
 *  selu: LReg 6, and everything times LReg 7;
 *  celu: LReg 7, and x is times LReg 6 in the exponent */
template <elu_kind what> struct elu_program {
    static constexpr uint32_t values = what == elu_kind::elu ? 1 : 2;

    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        if (what == elu_kind::celu)
            c.mul(0, 0, 6);
        c.at_most(0, 1, 0.0f);
        c.at_least(0, 1, -87.0f);
        vector_expm1(c);
        c.mul(3, 3, what == elu_kind::selu ? 6 : 7);
        c.load(0);
        c.if_not_negative(0);
        c.mov(3, 0);
        c.always();
        if (what == elu_kind::celu) { /* its x / a may vanish before x does */
            c.biased_exponent(1, 0);
            c.if_sum_negative(1, 1, -60);
            c.mov(3, 0);
            c.always();
        }
        if (what == elu_kind::selu)
            c.mul(3, 3, 7);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** struct softplus_program - ln(1 + e^y) / b of y = b x with b in LReg 7, or x
 *  where y is above LReg 6
 *
 * It is max(y, 0) + ln(1 + t) with t = e^-|y|, and ln(1 + t) is 2 artanh of
 * t / (2 + t), which lies in [0, 1/3]. */
struct softplus_program {
    static constexpr uint32_t values = 2;

    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mul(0, 0, 7);
        c.sign(0, 0, 1);
        vector_exp(c);
        c.immf(0, 2.0f);
        c.add(0, 3, 0);
        vector_recip(c, 1, 0, 2, 4);
        c.muli(1, 2.0f);
        c.mul(3, 3, 1);
        c.mul(2, 3, 3);
        c.muli(2, 0.25f);
        c.polynomial(1, 2, 4,
                     {0.116167784f, 0.108522668f, 0.1429625f, 0.199998513f,
                      0.333333343f});
        c.mul(1, 1, 2);
        c.mad(1, 1, 3, 3);
        c.load(0);
        c.mul(0, 0, 7);
        c.if_not_negative(0);
        c.add(1, 1, 0);
        c.always();
        c.mov(0, 7);
        vector_recip(c, 2, 0, 3, 4);
        c.mul(1, 1, 2);
        linear(c);
        vector_end_nan(c, 1, 0, 2, 3);
    }
    static constexpr void linear(vector_code &c)
    {
        c.load(0);
        c.mul(2, 0, 7);
        c.if_not_negative(2);
        vector_if_above(c, 2, 6, 3);
        c.mov(1, 0);
        c.always();
    }
};

/** struct mish_program - x tanh(ln(1 + e^x)) = x n / (n + 2) with n = e^x (e^x
 *  + 2); from 20 on it is x */
struct mish_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.at_most(0, 1, 20.0f);
        vector_exp(c);
        c.immf(0, 2.0f);
        c.add(1, 3, 0);
        c.mul(3, 3, 1);
        c.add(0, 3, 0);
        vector_recip(c, 1, 0, 2, 4);
        c.mul(3, 3, 1);
        c.load(0);
        c.at_least(0, 1, -1e30f); /* -inf * 0 */
        c.mul(3, 3, 0);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/* x / (1 + |x|), from 2^26 on 1 with the sign of x */
struct softsign_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(1, 0, 0);
        c.add(1, 1, r_one);
        vector_recip(c, 3, 1, 2, 4);
        c.mul(3, 3, 0);
        c.exponent(1, 0);
        c.if_sum_not_negative(1, 1, -26);
        c.mov(3, 0);
        c.sign_onto(3, r_one);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY_WITH(elu, elu_program<ttk::elu_kind::elu>)
/* scale, alpha */
TT_UNARY_WITH_2(selu, elu_program<ttk::elu_kind::selu>)
/* alpha, its reciprocal */
TT_UNARY_WITH_2(celu, elu_program<ttk::elu_kind::celu>)
TT_UNARY(mish, mish_program)
TT_UNARY(softsign, softsign_program)

TT_API softplus_tile_init()
{
}
/** softplus_tile - the reciprocal of beta is not used: it is at hand */
TT_API softplus_tile(uint32_t dst, uint32_t beta, uint32_t, uint32_t threshold)
{
    MATH(ttk::vector_unary<ttk::softplus_program>(dst, beta, threshold);)
}

} /* namespace ckernel */

#endif
