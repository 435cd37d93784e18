/* SPDX-License-Identifier: MIT */
/* Vector unit: selection, minimum and maximum. */
#ifndef TT_VECTOR_SELECT_H
#define TT_VECTOR_SELECT_H

#include "tt/vector_compare.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* 0 below zero, a value at zero, 1 above; NaN stays */
struct heaviside_program {
    static constexpr uint32_t values = 1;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, r_one);
        c.if_negative(0);
        c.imm(1, 0);
        c.always();
        c.biased_exponent(2, 0);
        c.if_zero(2);
        c.mov(1, 7);
        c.always();
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

/* tile arguments: condition, then, else, result */
template <uint32_t format> struct where_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, format);
        c.load(1, 3, format);
        c.load(2, 4, format);
        if (format == dst_float)
            c.biased_exponent(0, 0);
        c.if_zero(0);
        c.mov(1, 2);
        c.always();
        c.end(1, 5, format);
    }
};

/** struct mask_program - tile argument 2 where 3 is not zero, else a constant
 */
template <uint32_t format, uint32_t otherwise>
struct mask_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, format);
        c.load(1, 3, format);
        if (format == dst_float)
            c.biased_exponent(1, 1);
        c.if_zero(1);
        c.imm(0, otherwise);
        c.always();
        c.end(0, 2, format);
    }
};

/** vector_extreme - LReg 0 = the larger or smaller of LReg 0 and 1, integers;
 *  2, 3 and 4 are free */
constexpr void vector_extreme(vector_code &c, bool larger, number type)
{
    vector_difference(c, type);
    if (larger)
        c.if_negative(3);
    else
        c.if_not_negative(3);
    c.mov(0, 1);
    c.always();
}

/** struct extreme_program - the larger or smaller of two tiles; a NaN wins */
template <bool larger, number type> struct extreme_program : vector_plain {
    static constexpr uint32_t format = vector_number_format(type);

    static constexpr void step(vector_code &c)
    {
        c.load(0, 2, format);
        c.load(1, 3, format);
        if (type == number::real) {
            c.mov(5, 0);
            c.mov(6, 1);
            if (larger)
                c.order(1, 0);
            else
                c.order(0, 1);
            vector_nan_stays(c, 0, 5, 2, 3);
            vector_nan_stays(c, 0, 6, 2, 3);
        } else {
            vector_extreme(c, larger, type);
        }
        c.end(0, 4, format);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_UNARY_WITH(heaviside, heaviside_program)

TT_API where_tile_init()
{
}
/** where_tile - @out = where @condition is not zero @yes, else @no */
template <DataFormat format = DataFormat::Float32, auto...>
ALWI void where_tile(uint32_t condition, uint32_t yes, uint32_t no,
                     uint32_t out)
{
    MATH(ttk::vector_between<ttk::where_program<ttk::vector_format(format)>>(
             condition, yes, no, out);)
}
TT_API where_fp32_tile(uint32_t condition, uint32_t yes, uint32_t no,
                       uint32_t out)
{
    where_tile<DataFormat::Float32>(condition, yes, no, out);
}
TT_API where_int32_tile(uint32_t condition, uint32_t yes, uint32_t no,
                        uint32_t out)
{
    where_tile<DataFormat::Int32>(condition, yes, no, out);
}

TT_BINARY(binary_max, extreme_program<true, ttk::number::real>)
TT_BINARY(binary_min, extreme_program<false, ttk::number::real>)
TT_BINARY(binary_max_int32, extreme_program<true, ttk::number::int32>)
TT_BINARY(binary_min_int32, extreme_program<false, ttk::number::int32>)
TT_BINARY(binary_max_uint32, extreme_program<true, ttk::number::uint32>)
TT_BINARY(binary_min_uint32, extreme_program<false, ttk::number::uint32>)

/** mask_tile - @data where @mask is not zero, else 0. The format counts for
 *  zero: an argument here, the width of Dst says how the data lie */
TT_API mask_tile_init()
{
}
TT_API mask_tile(uint32_t data, uint32_t mask,
                 DataFormat format = DataFormat::Float16_b)
{
#if COMPILE_FOR_TRISC == 1
    if (format == DataFormat::Int32)
        ttk::vector_between<ttk::mask_program<ttk::dst_bits, 0>>(data, mask, 0);
    else
        ttk::vector_between<ttk::mask_program<ttk::dst_float, 0>>(data, mask,
                                                                  0);
#endif
    (void)format;
}
TT_API mask_posinf_tile(uint32_t data, uint32_t mask)
{
    MATH((ttk::vector_between<
          ttk::mask_program<ttk::dst_float, ttk::infinity_bits>>(data, mask,
                                                                 0));)
}

} /* namespace ckernel */

#endif
