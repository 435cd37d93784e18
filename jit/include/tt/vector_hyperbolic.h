/* SPDX-License-Identifier: MIT */
/* Vector unit: hyperbolic functions and their inverses. */
#ifndef TT_VECTOR_HYPERBOLIC_H
#define TT_VECTOR_HYPERBOLIC_H

#include "tt/vector_arc.h"
#include "tt/vector_exp.h"
#include "tt/vector_log.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_half_powers - LReg 3 = e^x / 2 and LReg 2 = e^-x / 2 of x = |LReg 0|;
 *  LReg 0, 1 and 4 are overwritten */
constexpr void vector_half_powers(vector_code &c)
{
    c.sign(0, 0, 0);
    c.at_most(0, 1, 89.5f);
    vector_exp_split(c);
    c.add(3, 3, r_one);
    c.iaddi(1, 1, -1);
    vector_times_power(c);
    c.mov(0, 3);
    vector_recip(c, 2, 0, 1, 4);
    c.muli(2, 0.25f);
}

/** vector_half_cosh - LReg 3 = cosh(x) / 2 of LReg 0 = x, the sum of LReg 6 and
 *  the smaller LReg 2; 1 and 4 are overwritten
 *
 * With H = 2^k / 4 and r: H + (H (e^r - 1) + e^-x / 4), which rounds once where
 * it counts. */
constexpr void vector_half_cosh(vector_code &c)
{
    c.sign(0, 0, 0);
    c.at_most(0, 1, 89.5f);
    vector_exp_split(c);
    c.iaddi(1, 1, -2);
    c.shift(1, 23);
    c.mov(6, r_one);
    c.iadd(6, 1);
    c.mad(0, 3, 6, 6);
    vector_recip(c, 2, 0, 1, 4);
    c.muli(2, 0.0625f);
    c.mad(2, 3, 6, 2);
    c.add(3, 6, 2);
}

/** vector_odd - LReg 3 = x + x^3 P(x^2) of LReg 0 = x; 2 and 4 are free */
template <uint32_t count>
constexpr void vector_odd(vector_code &c, const float (&highest_first)[count])
{
    c.mul(2, 0, 0);
    c.polynomial(3, 2, 4, highest_first);
    c.mul(3, 3, 2);
    c.mad(3, 3, 0, 0);
}

/** vector_reload_sign - LReg 0 = x again, LReg 3 with the sign of x */
constexpr void vector_reload_sign(vector_code &c)
{
    c.load(0);
    c.mov(1, 0);
    c.sign_onto(1, 3);
    c.mov(3, 1);
}

/** vector_end_infinite - round and store LReg 3; infinities and NaNs stay */
constexpr void vector_end_infinite(vector_code &c)
{
    c.round(3);
    c.load(0);
    c.biased_exponent(1, 0);
    c.if_sum_not_negative(1, 1, -255);
    c.mov(3, 0);
    c.always();
}

struct cosh_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_half_cosh(c);
        c.muli(3, 2.0f);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

struct sinh_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        vector_half_powers(c);
        c.sub(3, 3, 2);
        vector_reload_sign(c);
        c.exponent(1, 0);
        c.if_negative(1); /* below one */
        vector_odd(c, {2.80614177e-06f, 0.000198381225f, 0.00833333936f,
                       0.166666672f});
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/** struct tanh_derivative_program - 1 - tanh^2 x = 1 / cosh^2 x: with y close to
 *  2 / cosh and e what half the cosh, as a sum of two, leaves of 1 / y, it is
 *  (y^2 + 2 e y^2) / 4 */
struct tanh_derivative_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.at_most(0, 1, 60.0f);
        c.at_least(0, 1, -60.0f);
        vector_half_cosh(c);
        c.sub(1, 3, 6);
        c.sub(2, 1, 2);
        c.neg(6, 3);
        c.mov(0, 3);
        vector_recip(c, 3, 0, 1, 4);
        c.mad(1, 6, 3, r_one);
        c.mad(1, 2, 3, 1);
        c.muli(1, 2.0f);
        c.mul(3, 3, 3);
        c.mad(3, 3, 1, 3);
        c.muli(3, 0.25f);
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

struct log_base : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_log_setup(c);
    }
};

/** vector_log_double - LReg 3 = ln(2 v), where v is LReg 1, but LReg 0 if that
 *  is 2^20 or more; what vector_log overwrites is, and LReg 0 */
constexpr void vector_log_double(vector_code &c)
{
    c.exponent(2, 0);
    c.if_sum_not_negative(2, 2, -20);
    c.mov(1, 0);
    c.always();
    c.mov(0, 1);
    vector_log(c);
    c.immf(4, 0.693147182f);
    c.add(3, 3, 4);
}

/** struct asinh_program - ln(|x| + sqrt(x^2 + 1)) with a sign */
struct asinh_program : log_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 0);
        c.mad(1, 0, 0, r_one);
        vector_rsqrt(c, 2, 1, 3, 4, 6);
        vector_sqrt_from(c, 3, 1, 2, 4);
        c.add(1, 3, 0);
        c.muli(1, 0.5f);
        vector_log_double(c);
        vector_reload_sign(c);
        c.sign(1, 0, 0);
        c.immf(2, 0.5625f);
        c.if_less(2, 1);
        vector_odd(c, {0.00769042969f, -0.0188404024f, 0.0296872985f,
                       -0.0445712991f, 0.0749965608f, -0.166666612f});
        c.always();
        vector_end_infinite(c);
        c.end(3);
    }
};

/** struct acosh_program - ln(x + s) with s = sqrt(t (t + 2)), t = x - 1; near
 *  one, s times a polynomial in t */
struct acosh_program : log_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.add(7, 0, r_minus_one);
        c.immf(1, 2.0f);
        c.add(1, 7, 1);
        c.mul(1, 1, 7);
        vector_rsqrt(c, 2, 1, 3, 4, 6);
        vector_sqrt_from(c, 3, 1, 2, 4);
        c.mov(7, 3);
        c.add(1, 3, 0);
        c.muli(1, 0.5f);
        vector_log_double(c);
        c.load(0);
        c.add(1, 0, r_minus_one);
        c.mov(2, 1);
        c.immf(4, 0.25f);
        c.if_less(4, 2);
        c.polynomial(3, 1, 4,
                     {-0.00829165149f, 0.0245452672f, -0.0570362583f,
                      0.133327216f, -0.333333194f, 1.0f});
        c.mul(3, 3, 7);
        c.always();
        vector_end_infinite(c);
        c.add(0, 0, r_minus_one);
        c.if_negative(0);
        c.imm(3, nan_bits);
        c.always();
        c.end(3);
    }
};

/** struct atanh_program - half of ln((1 + |x|) / (1 - |x|)) with a sign */
struct atanh_program : log_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 0);
        c.sub(1, r_one, 0);
        vector_recip(c, 3, 1, 4, 6);
        c.add(0, 0, r_one);
        c.mul(0, 0, 3);
        vector_log(c);
        c.muli(3, 0.5f);
        vector_reload_sign(c);
        c.exponent(1, 0);
        c.if_sum_negative(1, 1, 1); /* below a half */
        vector_odd(c, {0.156728908f, 0.0405905023f, 0.097610265f, 0.110496648f,
                       0.142883539f, 0.199999586f, 0.333333343f});
        c.always();
        c.round(3);
        edge(c);
        c.end(3);
    }
    /* infinite at one, NaN beyond */
    static constexpr void edge(vector_code &c)
    {
        c.load(0);
        c.sign(1, 0, 0);
        c.mov(2, r_one);
        c.isub(2, 1);
        c.imm(4, infinity_bits);
        c.sign_onto(0, 4);
        c.if_zero(2);
        c.mov(3, 0);
        c.always();
        c.if_not_negative(2);
        c.if_not_zero(2);
        c.imm(3, nan_bits);
        c.always();
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(sinh, sinh_program)
TT_UNARY(cosh, cosh_program)
TT_UNARY(tanh_derivative, tanh_derivative_program)
TT_UNARY(asinh, asinh_program)
TT_UNARY(acosh, acosh_program)
TT_UNARY(atanh, atanh_program)

} /* namespace ckernel */

#endif
