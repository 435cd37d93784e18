/* SPDX-License-Identifier: MIT */
/* Vector unit: error functions and GELU. */
#ifndef TT_VECTOR_ERF_H
#define TT_VECTOR_ERF_H

#include "tt/vector_exp.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_gauss - LReg 3 = 2^64 e^(-x^2 @scale) of LReg 7 = x, times 1 + LReg
 *  3, which is small, times LReg 6; all others are overwritten
 *
 * The square is taken of the upper twelve bits, exactly; the rest goes to the
 * exponential separately, since an error there would count many times. The
 * factor lets callers multiply before a result gets too small. */
constexpr void vector_gauss(vector_code &c, float scale)
{
    c.mov(1, 7);
    c.imm(2, 0xFFFFF000);
    c.bit_and(1, 2);
    c.sub(2, 7, 1);
    c.add(4, 7, 1);
    c.mul(7, 2, 4);
    c.muli(7, -scale);
    c.add(7, 7, 3);
    c.mul(0, 1, 1);
    c.muli(0, -scale);
    c.immf(5, vector_magic);
    vector_exp_split(c, 7);
    c.mad(3, 3, 6, 6);
    c.iaddi(1, 1, 64);
    c.shift(1, 23);
    c.iadd(3, 1);
}

/** vector_ratio - LReg 3 = t = 1 / (1 + a x) of LReg 7 = x, LReg 1 = 1 - t,
 *  LReg 2 = how much larger t should be, relatively; 0, 4 and 5 are overwritten
 */
constexpr void vector_ratio(vector_code &c, float a)
{
    c.immf(1, -a);
    c.mul(5, 7, 1);
    c.sub(0, r_one, 5);
    vector_recip(c, 3, 0, 1, 2);
    c.sub(1, r_one, 3);
    c.mad(2, 3, 5, 1);
}

/** vector_erfc - LReg 3 = erfc of LReg 7 >= 1/2; all others are overwritten
 *
 * e^(-x^2) t P(t), t = 1 / (1 + 0.55 x); a relative error of t counts 1 + 1.27
 * t times. */
constexpr void vector_erfc(vector_code &c)
{
    c.at_most(7, 1, 10.0f);
    vector_ratio(c, 0.55f);
    c.polynomial(6, 3, 4,
                 {-0.0932617188f, 0.341796875f, -0.40625f, 0.0821053013f,
                  0.0188205428f, 0.172671691f, 0.263487607f, 0.310249567f,
                  0.310307711f});
    c.mul(6, 6, 3);
    c.immf(1, 1.2734375f);
    c.mad(1, 3, 1, r_one);
    c.mul(3, 1, 2);
    vector_gauss(c, 1.0f);
    c.muli(3, 0x1p-64f);
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
        vector_erfc(c);
        c.load(0);
        c.immf(4, 2.0f);
        c.if_negative(0);
        c.sub(3, 4, 3);
        c.always();
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
        vector_erfc(c);
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

/** struct gelu_program - the larger of x and 0, less |x| / 2 erfc(|x| / sqrt
 * 2); below one, x (1/2 + x P(x^2))
 *
 * The second part is e^(-x^2 / 2) (1 - t) P(t), t = 1 / (1 + 0.3 |x|); P
 * depends on t's relative error about 1.44 t times. */
struct gelu_program : erf_base {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(7, 0, 0);
        c.at_most(7, 1, 14.0f);
        vector_ratio(c, 0.3f);
        c.polynomial(6, 3, 4,
                     {0.0805664062f, -0.213867188f, 0.0607730374f, 0.11862383f,
                      0.155692458f, 0.307230383f, 0.359458417f, 0.399360597f,
                      0.398922116f});
        c.mul(3, 3, 2);
        c.sub(1, 1, 3);
        c.mul(6, 6, 1);
        c.muli(3, 1.4375f);
        vector_gauss(c, 0.5f);
        c.muli(3, 0x1p-64f);
        c.load(0);
        c.mov(1, 0);
        c.if_negative(1);
        c.imm(1, 0);
        c.always();
        c.sub(3, 1, 3);
        near_zero(c);
        vector_end_nan(c, 3, 0, 1, 2);
    }
    static constexpr void near_zero(vector_code &c)
    {
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
