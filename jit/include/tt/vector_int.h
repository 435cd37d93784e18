/* SPDX-License-Identifier: MIT */
/* Vector unit: integers and bits of two tiles. */
#ifndef TT_VECTOR_INT_H
#define TT_VECTOR_INT_H

#include "tt/vector_cast.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

struct bitwise_not_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.bit_not(0, 0);
        c.end(0, 1, dst_bits);
    }
};

enum class int_op { add, sub, bit_and, bit_or, bit_xor };

template <int_op what> struct int_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, dst_bits);
        c.load(1, 3, dst_bits);
        switch (what) {
        case int_op::add:
            c.iadd(1, 0);
            break;
        case int_op::sub:
            c.isub(1, 0);
            break;
        case int_op::bit_and:
            c.bit_and(1, 0);
            break;
        case int_op::bit_or:
            c.bit_or(1, 0);
            break;
        case int_op::bit_xor:
            c.bit_xor(1, 0);
            break;
        }
        c.end(1, 4, dst_bits);
    }
};

/** struct int_mul_program - the low 32 bits of a product: in thirds of 11, 11
 *  and 10 bits, whose products and sums of products stay below 2^23; added to
 *  2^23 they are exact, in the fraction */
struct int_mul_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        c.fixf(k0, 8388608.0f);
        c.fix(k1, 0x7FF);
    }
    /* LReg @at to @at + 2 = the thirds of LReg @at as floats, lowest first */
    static constexpr void split(vector_code &c, uint32_t at)
    {
        c.mov(at + 1, at);
        c.shift(at + 1, -11);
        c.mov(at + 2, at + 1);
        c.shift(at + 2, -11);
        c.bit_and(at, k1);
        c.bit_and(at + 1, k1);
        for (uint32_t i = 0; i < 3; i++)
            c.to_float(at + i, at + i);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, dst_bits);
        c.load(3, 3, dst_bits);
        split(c, 0);
        split(c, 3);
        c.mad(6, 0, 3, k0);
        c.fraction(6, 6);
        c.mad(7, 0, 4, k0);
        c.mad(7, 1, 3, 7);
        c.fraction(7, 7);
        c.shift(7, 11);
        c.iadd(6, 7);
        c.mad(7, 0, 5, k0);
        c.mad(7, 1, 4, 7);
        c.mad(7, 2, 3, 7);
        c.fraction(7, 7);
        c.shift(7, 22);
        c.iadd(6, 7);
        c.end(6, 4, dst_bits);
    }
};

enum class shift_op { left, right, logical_right };

/** struct shift_program - amounts outside 0 .. 31 shift everything out */
template <shift_op what> struct shift_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, dst_bits);
        c.load(1, 3, dst_bits);
        c.mov(2, 1);
        if (what != shift_op::left)
            c.isub(2, r_zero);
        c.mov(3, 0);
        c.shift_by(3, 2);
        if (what == shift_op::right) { /* ones from above */
            c.if_negative(0);
            c.bit_not(3, 0);
            c.shift_by(3, 2);
            c.bit_not(3, 3);
            c.always();
        }
        c.if_negative(1);
        c.imm(3, 0);
        c.always();
        c.if_sum_not_negative(1, 1, -32);
        c.imm(3, 0);
        c.always();
        c.end(3, 4, dst_bits);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY(bitwise_not, bitwise_not_program)

/* X_tile<format>(a, b, out): the format says no more than Dst does */
#define TT_INTEGERS(name, init, ...)                                           \
    template <DataFormat format = DataFormat::Int32>                           \
    ALWI void name##_tile(uint32_t a, uint32_t b, uint32_t out)                \
    {                                                                          \
        MATH(ttk::vector_between<ttk::__VA_ARGS__>(a, b, out);)                \
    }                                                                          \
    TT_API init()                                                              \
    {                                                                          \
    }

TT_API binary_bitwise_tile_init()
{
}
TT_INTEGERS(bitwise_and_binary, bitwise_and_binary_tile_init,
            int_program<ttk::int_op::bit_and>)
TT_INTEGERS(bitwise_or_binary, bitwise_or_binary_tile_init,
            int_program<ttk::int_op::bit_or>)
TT_INTEGERS(bitwise_xor_binary, bitwise_xor_binary_tile_init,
            int_program<ttk::int_op::bit_xor>)
TT_API binary_shift_tile_init()
{
}
TT_INTEGERS(binary_left_shift, binary_left_shift_tile_init,
            shift_program<ttk::shift_op::left>)
TT_INTEGERS(binary_right_shift, binary_right_shift_tile_init,
            shift_program<ttk::shift_op::right>)
TT_INTEGERS(binary_logical_right_shift, binary_logical_right_shift_tile_init,
            shift_program<ttk::shift_op::logical_right>)
TT_INTEGERS(add_int, add_int_tile_init, int_program<ttk::int_op::add>)
TT_INTEGERS(sub_int, sub_int_tile_init, int_program<ttk::int_op::sub>)
TT_INTEGERS(mul_int, mul_int_tile_init, int_mul_program)
TT_INTEGERS(add_int32, add_int32_tile_init, int_program<ttk::int_op::add>)
TT_INTEGERS(sub_int32, sub_int32_tile_init, int_program<ttk::int_op::sub>)
TT_INTEGERS(mul_int32, mul_int32_tile_init, int_mul_program)

#undef TT_INTEGERS

} /* namespace ckernel */

#endif
