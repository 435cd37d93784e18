/* SPDX-License-Identifier: MIT */
/* Vector unit: conversions between number formats. */
#ifndef TT_VECTOR_TYPECAST_H
#define TT_VECTOR_TYPECAST_H

#include "tt/vector_cast.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

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

/** vector_most - the largest number of a format of less than 32 bits, or 0 */
constexpr uint32_t vector_most(DataFormat format)
{
    switch (format) {
    case DataFormat::UInt16:
        return 0xFFFF;
    case DataFormat::UInt8:
        return 0xFF;
    case DataFormat::Int8:
        return 0x7F;
    default:
        return 0;
    }
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
        if (from == DataFormat::Int8) { /* to two's complement */
            c.sign(1, 0, 0);
            c.if_negative(0);
            c.isub(1, r_zero);
            c.always();
        }
        if (vector_most(to))
            saturate(c);
    }
    /* LReg 1 to a format of less than 32 bits */
    static constexpr void saturate(vector_code &c)
    {
        c.mov(2, 1);
        if (to == DataFormat::Int8)
            c.abs_int(2, 1);
        c.if_negative(2);
        c.imm(2, from == DataFormat::UInt32 ? vector_most(to) : 0);
        c.always();
        c.imm(3, vector_most(to) + 1);
        c.if_not_less(3, 2);
        c.imm(2, vector_most(to));
        c.always();
        if (to == DataFormat::Int8 && from != DataFormat::UInt32)
            c.sign_onto(1, 2);
        else
            c.mov(1, 2);
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
        if (vector_most(to))
            vector_to_integer(c, 32 - __builtin_clz(vector_most(to)),
                              vector_most(to));
        else
            vector_to_integer(c, 32, 0xFFFFFFFF);
        if (to == DataFormat::Int8) {
            c.if_not_zero(1); /* there is one zero */
            c.sign_onto(0, 1);
            c.mov(1, 0);
            c.always();
            return;
        }
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
