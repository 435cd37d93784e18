/* SPDX-License-Identifier: MIT */
/* Vector unit: quotients, cube roots, and functions of several tiles. */
#ifndef TT_VECTOR_QUOTIENT_H
#define TT_VECTOR_QUOTIENT_H

#include "tt/vector_log.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_round_nan - round @y; NaN, which that would make infinite, stays;
 *  @t, @u and @v are free */
constexpr void vector_round_nan(vector_code &c, uint32_t y, uint32_t t,
                                uint32_t u, uint32_t v)
{
    c.mov(t, y);
    c.round(y);
    vector_nan_stays(c, y, t, u, v);
}

/** struct rdiv_program - LReg 7 / x */
struct rdiv_program {
    static constexpr uint32_t values = 1;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(1);
        c.mov(0, 7);
        vector_quotient(c);
        c.load(1);
        vector_nan_stays(c, 3, 1, 2, 4);
        vector_round_nan(c, 3, 0, 1, 2);
        c.end(3);
    }
};

/* a / b, and 0 where b is 0 */
struct div_no_nan_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2);
        c.load(1, 3);
        vector_quotient(c);
        c.load(1, 3);
        vector_nan_stays(c, 3, 1, 2, 4);
        vector_round_nan(c, 3, 0, 2, 4);
        c.biased_exponent(2, 1);
        c.if_zero(2);
        c.imm(3, 0);
        c.always();
        c.end(3, 4);
    }
};

/** struct xlogy_program - a ln b; 0 where a is, whatever b is but NaN */
struct xlogy_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_log_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 3);
        vector_log(c);
        c.biased_exponent(1, 0);
        c.if_zero(1);
        c.imm(3, infinity_bits | 1u << 31);
        c.always();
        c.if_negative(0);
        c.if_not_zero(1);
        c.imm(3, nan_bits);
        c.always();
        c.if_sum_not_negative(1, 1, -255);
        c.if_not_negative(0);
        c.mov(3, 0);
        c.always();
        c.load(1, 2);
        c.mul(3, 3, 1);
        c.biased_exponent(2, 1);
        c.if_zero(2);
        c.imm(3, 0);
        c.always();
        vector_nan_stays(c, 3, 0, 2, 4);
        vector_round_nan(c, 3, 1, 2, 4);
        c.end(3, 4);
    }
};

enum class ternary { addcmul, addcdiv, lerp };

/** struct ternary_program - a + s b c, a + s b / c, with s in LReg 7, or
 *  a + (b - a) c */
template <ternary what> struct ternary_program {
    static constexpr uint32_t values = what != ternary::lerp;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 3);
        c.load(1, 4);
        if (what == ternary::addcdiv) {
            c.mul(0, 0, 7);
            vector_quotient(c);
            c.load(1, 4);
            vector_nan_stays(c, 3, 1, 2, 4);
            c.load(2, 2);
            c.add(3, 2, 3);
        } else if (what == ternary::addcmul) {
            c.load(2, 2);
            c.mul(0, 0, 7);
            c.mad(3, 0, 1, 2);
        } else {
            c.load(2, 2);
            c.sub(3, 0, 2);
            c.mad(3, 3, 1, 2);
        }
        vector_round_nan(c, 3, 0, 1, 2);
        c.end(3, 5);
    }
};

/** struct cbrt_program - cube root: with r = 1 / cbrt |x| from a third of the
 *  bits and Newton's steps, it is x r^2, corrected once more */
struct cbrt_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.sign(0, 0, 0);
        c.exponent(6, 0);
        c.if_sum_negative(6, 6, 60); /* nothing shall vanish */
        c.muli(0, 0x1p48f);
        c.always();
        c.mov(1, 0);
        c.shift(1, -16);
        c.to_float(1, 1);
        c.immf(5, 0.333333343f);
        c.immf(3, 21666.0f);
        c.neg(2, 5);
        c.mad(1, 1, 2, 3);
        c.to_uint16(1, 1);
        c.shift(1, 16);
        for (int i = 0; i < 3; i++) {
            c.mul(2, 0, 1);
            c.mul(2, 2, 1);
            c.mul(2, 2, 1);
            c.sub(2, r_one, 2);
            c.mul(2, 2, 5);
            c.mad(1, 2, 1, 1);
        }
        c.mul(2, 1, 1);
        c.mul(3, 0, 2);
        c.mul(4, 3, 3);
        c.neg(4, 4);
        c.mad(4, 4, 3, 0);
        c.mul(4, 4, 2);
        c.mad(3, 4, 5, 3);
        c.if_negative(6);
        c.muli(3, 0x1p-16f);
        c.always();
        c.load(0);
        c.mov(1, 0);
        c.sign_onto(1, 3);
        c.mov(3, 1);
        c.round(3);
        c.biased_exponent(1, 0);
        c.if_sum_not_negative(1, 1, -255);
        c.mov(3, 0);
        c.always();
        c.end(3);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY_WITH(rdiv, rdiv_program)
TT_BINARY(div_no_nan_binary, div_no_nan_program)
TT_BINARY(xlogy_binary, xlogy_program)
TT_UNARY(cbrt, cbrt_program)

#define TT_TERNARY(name)                                                       \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }                                                                          \
    TT_API name##_tile(uint32_t a, uint32_t b, uint32_t c, uint32_t out,       \
                       uint32_t value = 0)                                     \
    {                                                                          \
        MATH(ttk::vector_tile<ttk::ternary_program<ttk::ternary::name>>(       \
                 0, {{a * 64, b * 64, c * 64, out * 64}}, value, 0);)          \
    }
TT_TERNARY(addcmul)
TT_TERNARY(addcdiv)
TT_TERNARY(lerp)
#undef TT_TERNARY

TT_API log2_tile_init()
{
}
TT_API log2_tile(uint32_t dst)
{
    log_with_base_tile(dst, 0x3FB8AA3B);
}

} /* namespace ckernel */

#endif
