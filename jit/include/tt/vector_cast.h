/* SPDX-License-Identifier: MIT */
/* Vector unit: formats of what lies in Dst, fills and copies.
 *
 * 32-bit integers lie in a 32-bit Dst as they lie in memory, in two's
 * complement, and 8-bit ones as 32 bits of sign and magnitude. A 16-bit Dst
 * holds unsigned 16-bit integers. */
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
    case DataFormat::Int8:
    case DataFormat::UInt8:
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

} /* namespace ckernel */

#endif
