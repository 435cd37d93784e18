/* SPDX-License-Identifier: MIT */
/* Vector unit: integers, bits, conversions, fills and copies.
 *
 * 32-bit integers lie in a 32-bit Dst as they lie in memory, in two's
 * complement. A 16-bit Dst holds unsigned 16-bit integers. */
#ifndef TT_VECTOR_INT_H
#define TT_VECTOR_INT_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** dst_bits - format of SFPLOAD and SFPSTORE for integers as they are */
constexpr uint32_t dst_bits = wide_dst ? dst_int32 : dst_uint16;

/** vector_format - ... for datums of a format */
constexpr uint32_t vector_format(DataFormat format)
{
    switch (format) {
    case DataFormat::Int32:
    case DataFormat::UInt32:
        return dst_int32;
    case DataFormat::UInt16:
        return dst_uint16;
    default:
        return dst_float;
    }
}

struct bitwise_not_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, dst_bits);
        c.bit_not(0, 0);
        c.end(0, 1, dst_bits);
    }
};

/** struct fill_program - a value into every datum */
template <uint32_t format> struct fill_program : vector_plain {
    static constexpr uint32_t values = 1;

    static constexpr void step(vector_code &c)
    {
        c.end(7, 1, format);
    }
};

struct copy_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, wide_dst ? dst_int32 : dst_uint16);
        c.end(0, 3, wide_dst ? dst_int32 : dst_uint16);
    }
};

/* Conversions. */

/** vector_to_integer - LReg 1 = LReg 0 towards zero; magnitudes from 2^@bits
 *  are @most; LReg 2 is free */
constexpr void vector_to_integer(vector_code &c, int32_t bits, uint32_t most)
{
    c.mantissa(1, 0);
    c.exponent(2, 0);
    c.iaddi(2, 2, -23);
    c.shift_by(1, 2);
    c.if_sum_negative(2, 2, 23);
    c.imm(1, 0);
    c.always();
    c.if_sum_not_negative(2, 2, -bits);
    c.imm(1, most);
    c.always();
}

/** vector_to_float - LReg 1 = LReg 0 as a number; LReg 2 is free */
constexpr void vector_to_float(vector_code &c, DataFormat from)
{
    switch (from) {
    case DataFormat::Int32: /* to sign and magnitude; -2^31 has none */
        c.abs_int(2, 0);
        c.mov(1, 0);
        c.sign_onto(1, 2);
        c.to_float(1, 1);
        c.if_negative(2);
        c.immf(1, -2147483648.0f);
        c.always();
        break;
    case DataFormat::UInt32: /* half of it, then twice the float */
        c.mov(1, 0);
        c.if_negative(0);
        c.shift(1, -1);
        c.imm(2, 1);
        c.bit_and(2, 0);
        c.bit_or(1, 2); /* keeps rounding right */
        c.always();
        c.to_float(1, 1);
        c.if_negative(0);
        c.scale(1, 1, 1);
        c.always();
        break;
    default:
        c.to_float(1, 0);
    }
}

constexpr bool vector_is_integer(DataFormat format)
{
    return vector_format(format) != dst_float;
}

/** struct typecast_program - numbers of one format to another, in place */
template <DataFormat from, DataFormat to>
struct typecast_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, vector_format(from));
        if (vector_is_integer(from))
            from_integer(c);
        else if (vector_is_integer(to))
            to_integer(c);
        else
            to_bf16(c);
        c.end(1, 1, vector_format(to));
    }
    static constexpr void from_integer(vector_code &c)
    {
        if (!vector_is_integer(to)) {
            vector_to_float(c, from);
            c.round(1);
            return;
        }
        c.mov(1, 0);
    }
    static constexpr void to_integer(vector_code &c)
    {
        if (to == DataFormat::Int32) {
            vector_to_integer(c, 31, 0x7FFFFFFF);
            c.if_negative(0);
            c.isub(1, r_zero);
            c.imm(2, 0x80000001);
            c.bit_xor(2, 1);
            c.if_zero(2);
            c.imm(1, 0x80000000);
            c.always();
            return;
        }
        if (to == DataFormat::UInt16)
            vector_to_integer(c, 16, 0xFFFF);
        else
            vector_to_integer(c, 32, 0xFFFFFFFF);
        c.if_negative(0);
        c.imm(1, 0);
        c.always();
    }
    static constexpr void to_bf16(vector_code &c)
    {
        c.mov(1, 0);
        if (to == DataFormat::Float16_b && from == DataFormat::Float32) {
            c.round_bf16(1, 1);
            vector_nan_stays(c, 1, 0, 2, 3);
        }
    }
};

/* Two operands. */

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

TT_API fill_tile_init()
{
}
TT_API fill_tile(uint32_t dst, float value)
{
    MATH(ttk::vector_unary<ttk::fill_program<ttk::dst_float>>(
             dst, ttk::float_bits(value));)
}
TT_API fill_tile_bitcast(uint32_t dst, uint32_t bits)
{
    MATH(ttk::vector_unary<ttk::fill_program<ttk::dst_float>>(dst, bits);)
}
template <DataFormat format = DataFormat::Int32>
ALWI void fill_tile_int(uint32_t dst, uint32_t value)
{
    MATH(ttk::vector_unary<ttk::fill_program<ttk::vector_format(format)>>(
             dst, value);)
}

TT_API copy_dest_values_init()
{
}
/** copy_dest_values - Dst tile @from to Dst tile @to */
template <DataFormat format = DataFormat::Float32>
ALWI void copy_dest_values(uint32_t from, uint32_t to)
{
    MATH(ttk::vector_between<ttk::copy_program>(from, to, 0);)
}

template <uint32_t from, uint32_t to> ALWI void typecast_tile_init()
{
}
TT_API typecast_tile_init()
{
}
template <uint32_t from, uint32_t to> ALWI void typecast_tile(uint32_t dst)
{
    MATH(ttk::vector_unary<ttk::typecast_program<
             static_cast<DataFormat>(from), static_cast<DataFormat>(to)>>(dst);)
}

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
