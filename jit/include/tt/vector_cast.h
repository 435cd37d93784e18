/* SPDX-License-Identifier: MIT */
/* Vector unit: conversions, fills and copies.
 *
 * 32-bit integers lie in a 32-bit Dst as they lie in memory, in two's
 * complement. A 16-bit Dst holds unsigned 16-bit integers. */
#ifndef TT_VECTOR_CAST_H
#define TT_VECTOR_CAST_H

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
    /* from 16-bit cells of a 32-bit Dst: see vector_widen */
    static constexpr bool widens =
        wide_dst && from == DataFormat::UInt16 && to != DataFormat::UInt16;

    static constexpr void step(vector_code &c)
    {
        c.load(0, widens ? 2 : 1, vector_format(from));
        if (vector_is_integer(from))
            from_integer(c);
        else if (vector_is_integer(to))
            to_integer(c);
        else
            to_bf16(c);
        if (widens)
            c.store(1, 3, vector_format(to));
        else
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

} /* namespace ttk */
#endif

namespace ckernel
{

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

TT_API typecast_tile_init()
{
}
template <uint32_t from, uint32_t to, auto...>
ALWI void typecast_tile(uint32_t dst)
{
#if COMPILE_FOR_TRISC == 1
    using program = ttk::typecast_program<static_cast<DataFormat>(from),
                                          static_cast<DataFormat>(to)>;

    if constexpr (program::widens)
        ttk::vector_widen<program>(dst);
    else
        ttk::vector_unary<program>(dst);
#endif
}

} /* namespace ckernel */

#endif
