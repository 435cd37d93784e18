/* SPDX-License-Identifier: MIT */
/* Vector unit: signs and limits of integers, remainders. */
#ifndef TT_VECTOR_INT_LIMIT_H
#define TT_VECTOR_INT_LIMIT_H

#include "tt/vector_int.h"
#include "tt/vector_root.h"
#include "tt/vector_select.h"
#include "tt/vector_typecast.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

struct int_abs_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.abs_int(0, 0);
        c.end(0, 1, dst_bits);
    }
};

struct int_negative_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.isub(0, r_zero);
        c.end(0, 1, dst_bits);
    }
};

struct int_signbit_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.shift(0, -31);
        c.end(0, 1, dst_bits);
    }
};

/** struct int_limit_program - the larger or smaller of x and LReg 7; @relu: and
 *  not below zero */
template <bool larger, number type, bool relu = false>
struct int_limit_program {
    static constexpr uint32_t values = 1;
    static constexpr uint32_t format = vector_number_format(type);

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, format);
        c.mov(1, 7);
        vector_extreme(c, larger, type);
        if (relu) {
            c.if_negative(0);
            c.imm(0, 0);
            c.always();
        }
        c.end(0, 1, format);
    }
};

/* between LReg 7 and LReg 6 */
struct int_clamp_program {
    static constexpr uint32_t values = 2;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.mov(1, 7);
        vector_extreme(c, true, number::int32);
        c.mov(1, 6);
        vector_extreme(c, false, number::int32);
        c.end(0, 1, dst_bits);
    }
};

/** struct int_modulo_program - what remains of a after division by b, with the
 *  sign of a, or, if @floor, of b; 0 for b = 0
 *
 * Twice an estimate of the quotient that is never too large, then once b: the
 * first leaves less than 2^11 b, the second less than 2 b. */
template <bool floor> struct int_modulo_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        int_mul_program<dst_bits>::setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, dst_bits);
        c.abs_int(0, 0);
        take(c);
        take(c);
        c.load(2, 3, dst_bits);
        c.abs_int(1, 2);
        c.isub(1, 0);
        c.if_not_negative(1);
        c.mov(0, 1);
        c.always();
        c.if_zero(2);
        c.imm(0, 0);
        c.always();
        sign(c);
        c.end(0, 4, dst_bits);
    }
    /* @d = @x, unsigned, as a float, by halves; @t is free */
    static constexpr void real(vector_code &c, uint32_t d, uint32_t x,
                               uint32_t t)
    {
        c.mov(d, x);
        c.shift(d, -16);
        c.to_float(d, d);
        c.imm(t, 0xFFFF);
        c.bit_and(t, x);
        c.to_float(t, t);
        c.muli(d, 65536.0f);
        c.add(d, d, t);
    }
    /* LReg 0, unsigned, less |b| times an estimate of how often that fits */
    static constexpr void take(vector_code &c)
    {
        c.mov(7, 0);
        c.load(3, 3, dst_bits);
        c.abs_int(3, 3);
        real(c, 2, 3, 1);
        vector_recip(c, 4, 2, 5, 6);
        real(c, 2, 7, 1);
        c.imm(1, 0x3F7FFFF0); /* 1 - 2^-20 */
        c.mul(4, 4, 1);
        c.mul(0, 2, 4);
        vector_to_integer(c, 31, 0x7FFFFFFF);
        c.mov(0, 1);
        int_mul_program<dst_bits>::multiply(c);
        c.mov(0, 7);
        c.isub(6, 0);
        c.mov(0, 6);
    }
    /* LReg 2 is b */
    static constexpr void sign(vector_code &c)
    {
        c.load(1, 2, dst_bits);
        if (floor) {
            c.bit_xor(1, 2);
            c.abs_int(3, 2);
            c.if_negative(1);
            c.if_not_zero(0);
            c.isub(0, 3);
            c.always();
            c.mov(1, 2);
        }
        c.if_negative(1);
        c.isub(0, r_zero);
        c.always();
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_API abs_tile_int32(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::int_abs_program>(dst);)
}
TT_API negative_tile_int32(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::int_negative_program>(dst);)
}
TT_API signbit_tile_int32_init()
{
}
TT_API signbit_tile_int32(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::int_signbit_program>(dst);)
}

#define TT_LIMIT(name, ...)                                                    \
    TT_API name(uint32_t dst, uint32_t limit)                                  \
    {                                                                          \
        MATH((ttk::vector_unary<ttk::int_limit_program<__VA_ARGS__>>(dst,      \
                                                                     limit));) \
    }
TT_LIMIT(relu_max_tile_int32, false, ttk::number::int32, true)
TT_LIMIT(relu_max_tile_uint32, false, ttk::number::uint32)
TT_LIMIT(relu_max_tile_uint16, false, ttk::number::uint16)
TT_LIMIT(relu_min_tile_int32, true, ttk::number::int32)
TT_LIMIT(relu_min_tile_uint32, true, ttk::number::uint32)
TT_LIMIT(relu_min_tile_uint16, true, ttk::number::uint16)
#undef TT_LIMIT
TT_API relu_tile_int32(uint32_t dst)
{
    relu_min_tile_int32(dst, 0);
}
TT_UNARY_WITH(unary_max_int32, int_limit_program<true, ttk::number::int32>)
TT_UNARY_WITH(unary_min_int32, int_limit_program<false, ttk::number::int32>)
TT_UNARY_WITH(unary_max_uint32, int_limit_program<true, ttk::number::uint32>)
TT_UNARY_WITH(unary_min_uint32, int_limit_program<false, ttk::number::uint32>)
TT_API clamp_tile_int32(uint32_t dst, uint32_t low, uint32_t high)
{
    MATH(ttk::vector_unary<ttk::int_clamp_program>(dst, low, high);)
}

TT_BINARY(fmod_int32, int_modulo_program<false>)
TT_BINARY(remainder_int32, int_modulo_program<true>)

} /* namespace ckernel */

#endif
