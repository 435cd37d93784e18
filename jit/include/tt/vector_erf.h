/* SPDX-License-Identifier: MIT */
/* Vector unit: error functions and GELU. */
#ifndef TT_VECTOR_ERF_H
#define TT_VECTOR_ERF_H

#include "tt/vector_exp.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_erfc_part - LReg 3 = erfc of LReg 7 >= 0, or, if @gaussian, of it
 *  divided by the square root of two; all others are overwritten
 *
 * erfc(u / sqrt 2) = e^(-u^2 / 2) t P(t), t = 1 / (1 + 0.3 u). The square is
 * taken of the upper twelve bits, exactly; the rest goes to the exponential
 * separately, since an error there would count many times. */
constexpr void vector_erfc_part(vector_code &c, bool gaussian)
{
    c.at_most(7, 1, gaussian ? 14.0f : 10.0f);
    c.immf(1, gaussian ? 0.3f : 0.424264073f);
    c.mad(0, 7, 1, r_one);
    vector_recip(c, 3, 0, 1, 2);
    c.polynomial(6, 3, 4,
                 {-0.0412597656f, 0.224943295f, -0.456602961f, 0.383812845f,
                  -0.159058481f, 0.192432389f, 0.156736255f, 0.220480561f,
                  0.239142403f, 0.23937346f});
    c.mul(6, 6, 3);
    c.mov(1, 7);
    c.imm(2, 0xFFFFF000);
    c.bit_and(1, 2);
    c.sub(2, 7, 1);
    c.add(4, 7, 1);
    c.mul(7, 2, 4);
    c.muli(7, gaussian ? -0.5f : -1.0f);
    c.mul(0, 1, 1);
    c.muli(0, gaussian ? -0.5f : -1.0f);
    c.at_least(0, 1, -87.5f);
    vector_exp_split(c, 7);
    c.add(3, 3, r_one);
    c.shift(1, 23);
    c.iadd(3, 1);
    c.mul(3, 3, 6);
}

/** vector_reflect - LReg 3 = 2 - LReg 3 where LReg 0 is not below zero, or,
 *  with @negative, where it is; LReg 4 is free */
constexpr void vector_reflect(vector_code &c, bool negative)
{
    c.immf(4, 2.0f);
    if (negative)
        c.if_negative(0);
    else
        c.if_not_negative(0);
    c.sub(3, 4, 3);
    c.always();
}

struct erf_base : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
};

/** vector_erf_near - LReg 3 = erf of LReg 0 in [-1, 1]; 2 and 4 are free */
constexpr void vector_erf_near(vector_code &c)
{
    c.mul(2, 0, 0);
    c.polynomial(3, 2, 4,
                 {7.86781311e-05f, -0.000801086426f, 0.00518798828f,
                  -0.0268534515f, 0.112835757f, -0.37612626f, 1.12837923f});
    c.mul(3, 3, 0);
}

struct erfc_program : erf_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(7, 0, 0);
        vector_erfc_part(c, false);
        c.load(0);
        vector_reflect(c, true);
        c.exponent(1, 0);
        c.if_sum_negative(1, 1, 1); /* below a half */
        vector_erf_near(c);
        c.sub(3, r_one, 3);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

struct erf_program : erf_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(7, 0, 0);
        vector_erfc_part(c, false);
        c.sub(3, r_one, 3);
        c.load(0);
        c.mov(1, 0);
        c.sign_onto(1, 3);
        c.mov(3, 1);
        c.exponent(1, 0);
        c.if_negative(1); /* below one */
        vector_erf_near(c);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

/* x / 2 times erfc(-x / sqrt 2); below one, x (1/2 + x P(x^2)) */
struct gelu_program : erf_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(7, 0, 0);
        vector_erfc_part(c, true);
        c.load(0);
        vector_reflect(c, false);
        c.at_least(0, 1, -1e30f); /* -inf * 0 */
        c.muli(3, 0.5f);
        c.mul(3, 3, 0);
        c.exponent(1, 0);
        c.if_negative(1);
        c.mul(2, 0, 0);
        c.polynomial(3, 2, 4,
                     {-7.4505806e-06f, 0.000113010406f, -0.0011859698f,
                      0.00997324195f, -0.0664903671f, 0.398942292f});
        c.mul(3, 3, 0);
        c.addi(3, 0.5f);
        c.mul(3, 3, 0);
        c.always();
        vector_end_nan(c, 3, 0, 1, 2);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

template <auto...> ALWI void erf_tile_init()
{
}
template <auto...> ALWI void erf_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::erf_program>(dst);)
}
template <auto...> ALWI void erfc_tile_init()
{
}
template <auto...> ALWI void erfc_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::erfc_program>(dst);)
}
template <auto...> ALWI void gelu_tile_init()
{
}
template <auto...> ALWI void gelu_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::gelu_program>(dst);)
}

} /* namespace ckernel */

#endif
