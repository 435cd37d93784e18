/* SPDX-License-Identifier: MIT */
/* Vector unit: sine, cosine, tangent. */
#ifndef TT_VECTOR_TRIG_H
#define TT_VECTOR_TRIG_H

#include "tt/vector_api.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* Multiples of pi are taken off in four parts, of which the first three have
 * nine bits or less, so that their products with up to 18 bits are exact (the
 * unit keeps 27): arguments up to 400000 lose nothing. Beyond, sine and cosine
 * are numbers between -1 and 1 and nothing more. */
constexpr void vector_trig_setup(vector_code &c)
{
    c.fix(k0, 0xBA7D8000);
    c.fix(k1, 0xB5288000);
    c.fix(k2, 0xAF05A309);
    c.immf(5, 12582912.0f);
    c.immf(6, 0.318309886f);
    c.immf(7, -3.140625f);
}

/** vector_trig_reduce - LReg 0 += LReg 2 * -pi, a whole or half number of at
 *  most 18 bits */
constexpr void vector_trig_reduce(vector_code &c)
{
    c.mad(0, 2, 7, 0);
    c.mad(0, 2, k0, 0);
    c.mad(0, 2, k1, 0);
    c.mad(0, 2, k2, 0);
}

/** vector_sine - LReg 3 = sine of LReg 0 in [-1.6, 1.6], and between -1 and 1
 *  in any case; 2 and 4 are free */
constexpr void vector_sine(vector_code &c)
{
    c.mul(2, 0, 0);
    c.polynomial(3, 2, 4,
                 {-2.54351864e-08f, 2.76244941e-06f, -0.000198430702f,
                  0.00833335053f, -0.166666672f});
    c.mul(3, 3, 2);
    c.mad(3, 3, 0, 0);
    c.at_most(3, 4, 1.0f);
    c.at_least(3, 4, -1.0f);
}

/** vector_end_trig - round and store LReg 3; NaN for infinities and NaN */
constexpr void vector_end_trig(vector_code &c)
{
    c.round(3);
    c.load(0);
    c.biased_exponent(4, 0);
    c.if_sum_not_negative(4, 4, -255);
    c.imm(3, nan_bits);
    c.always();
    c.end(3);
}

/* sin x = (-1)^k sin(x - k pi); cos x with k + 1/2 instead of k */
template <bool cosine> struct sine_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_trig_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        if (cosine) {
            c.mul(1, 0, 6);
            c.addi(1, 0.5f);
            c.add(1, 1, 5);
        } else {
            c.mad(1, 0, 6, 5);
        }
        c.sub(2, 1, 5);
        if (cosine)
            c.addi(2, -0.5f);
        vector_trig_reduce(c);
        c.shift(1, 31);
        vector_sine(c);
        c.bit_xor(3, 1);
        vector_end_trig(c);
    }
};

/* With k = round(2 x / pi) and r the rest: tan r or -1 / tan r. */
struct tan_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_trig_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.scale(1, 6, 1);
        c.mad(1, 0, 1, 5);
        c.sub(2, 1, 5);
        c.muli(2, 0.5f);
        vector_trig_reduce(c);
        c.mul(2, 0, 0);
        c.polynomial(3, 2, 4,
                     {0.00436401367f, 0.000117778778f, 0.0108032227f,
                      0.0213040393f, 0.0540520251f, 0.133327961f,
                      0.333333433f});
        c.mul(3, 3, 2);
        c.mad(3, 3, 0, 0);
        c.shift(1, 31);
        c.if_negative(1);
        c.neg(0, 3);
        vector_recip(c, 3, 0, 2, 4);
        c.always();
        vector_end_trig(c);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(sin, sine_program<false>)
TT_UNARY(cos, sine_program<true>)
TT_UNARY(tan, tan_program)

} /* namespace ckernel */

#endif
