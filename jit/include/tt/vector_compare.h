/* SPDX-License-Identifier: MIT */
/* Vector unit: comparisons. They give 1.0 or 0.0 (1 or 0 for integers); with a
 * NaN only "not equal" holds. */
#ifndef TT_VECTOR_COMPARE_H
#define TT_VECTOR_COMPARE_H

#include "tt/vector_cast.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

enum class relation { eq, ne, lt, gt, le, ge };

/** vector_ordered - @d = the number @c (float) as an integer in the same order,
 *  with both zeros and denormals 0; @t is free */
constexpr void vector_ordered(vector_code &c, uint32_t d, uint32_t source,
                              uint32_t t)
{
    c.sign(d, source, 0);
    c.if_negative(source);
    c.isub(d, r_zero);
    c.always();
    c.biased_exponent(t, source);
    c.if_zero(t);
    c.imm(d, 0);
    c.always();
}

/** number - what is compared: floats, two's complement, or unsigned */
enum class number { real, int32, uint32, uint16 };

constexpr uint32_t vector_number_format(number type)
{
    switch (type) {
    case number::real:
        return dst_float;
    case number::uint16:
        return dst_uint16;
    default:
        return dst_bits;
    }
}

constexpr number vector_number(DataFormat format)
{
    switch (format) {
    case DataFormat::Int32:
        return number::int32;
    case DataFormat::UInt32:
        return number::uint32;
    case DataFormat::UInt16:
        return number::uint16;
    default:
        return number::real;
    }
}

/** vector_difference - LReg 3 = 0 where LReg 0 = LReg 1, negative where it is
 *  less, positive where it is greater; 2 and 4 are free */
constexpr void vector_difference(vector_code &c, number type)
{
    if (type == number::real) {
        vector_ordered(c, 2, 0, 3);
        vector_ordered(c, 4, 1, 3);
    } else {
        c.mov(2, 0);
        c.mov(4, 1);
    }
    if (type == number::uint32) { /* in the order of two's complement */
        c.imm(3, 1u << 31);
        c.bit_xor(2, 3);
        c.bit_xor(4, 3);
    }
    c.mov(3, 2);
    c.bit_xor(3, 4);
    c.if_not_negative(3); /* the same sign: no overflow */
    c.mov(3, 4);
    c.isub(3, 2);
    c.otherwise();
    c.mov(3, r_one); /* different: the first's sign decides */
    c.if_negative(2);
    c.mov(3, r_minus_one);
    c.always();
}

/** vector_relation - LReg 1 = @yes where the difference in LReg 3 is as @what
 *  wants it, else 0 */
constexpr void vector_relation(vector_code &c, relation what, uint32_t yes)
{
    bool inverted =
        what == relation::ne || what == relation::ge || what == relation::le;

    c.imm(1, inverted ? yes : 0);
    switch (what) {
    case relation::eq:
    case relation::ne:
        c.if_zero(3);
        break;
    case relation::lt:
    case relation::ge:
        c.if_negative(3);
        break;
    default:
        c.if_not_negative(3);
        c.if_not_zero(3);
    }
    c.imm(1, inverted ? 0 : yes);
    c.always();
}

/** vector_unordered - LReg 1 = @value where @x is a NaN; 3 and 4 are free */
constexpr void vector_unordered(vector_code &c, uint32_t x, uint32_t value)
{
    c.sign(3, x, 0);
    c.imm(4, infinity_bits);
    c.if_less(3, 4);
    c.imm(1, value);
    c.always();
}

constexpr uint32_t vector_truth(bool floats)
{
    return floats ? float_bits(1.0f) : 1;
}

/* The operands: a tile and LReg 7, or zero, or a second tile. */
enum class against { zero, value, tile };

template <relation what, against other, number type> struct compare_program {
    static constexpr uint32_t values = other == against::value;
    static constexpr uint32_t format = vector_number_format(type);
    static constexpr bool floats = type == number::real;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        if (other == against::tile) {
            c.load(0, 2, format);
            c.load(1, 3, format);
            c.mov(5, 1);
        } else {
            c.load(0, 1, format);
            c.mov(1, other == against::value ? 7 : r_zero);
        }
        vector_difference(c, type);
        vector_relation(c, what, vector_truth(floats));
        if (floats) {
            uint32_t nan = what == relation::ne ? vector_truth(true) : 0;

            vector_unordered(c, 0, nan);
            if (other == against::tile)
                vector_unordered(c, 5, nan);
            if (other == against::value)
                vector_unordered(c, 7, nan);
        }
        c.end(1, other == against::tile ? 4 : 1, format);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

/* For each relation R: Rz_tile, unary_R_tile and R_binary_tile, and the same
 * for integers. */
#define TT_COMPARE(name, other, type)                                          \
    compare_program<ttk::relation::name, ttk::against::other, ttk::number::type>
#define TT_RELATION(name)                                                      \
    TT_UNARY(name##z, TT_COMPARE(name, zero, real))                            \
    TT_UNARY_WITH(unary_##name, TT_COMPARE(name, value, real))                 \
    TT_BINARY(name##_binary, TT_COMPARE(name, tile, real))                     \
    TT_BINARY(name##_int32, TT_COMPARE(name, tile, int32))                     \
    TT_BINARY(name##_uint32, TT_COMPARE(name, tile, uint32))                   \
    TT_BINARY(name##_uint16, TT_COMPARE(name, tile, uint16))                   \
    TT_API name##_int_tile_init()                                              \
    {                                                                          \
    }                                                                          \
    template <DataFormat format = DataFormat::Int32>                           \
    ALWI void name##_int_tile(uint32_t a, uint32_t b, uint32_t out)            \
    {                                                                          \
        MATH((ttk::vector_between<                                             \
              ttk::compare_program<ttk::relation::name, ttk::against::tile,    \
                                   ttk::vector_number(format)>>(a, b, out));)  \
    }                                                                          \
    TT_API name##z_tile_int32(uint32_t dst)                                    \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::TT_COMPARE(name, zero, int32)>(dst);)      \
    }                                                                          \
    TT_API name##z_tile_uint32(uint32_t dst)                                   \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::TT_COMPARE(name, zero, uint32)>(dst);)     \
    }                                                                          \
    TT_API name##z_tile_uint16(uint32_t dst)                                   \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::TT_COMPARE(name, zero, uint16)>(dst);)     \
    }                                                                          \
    TT_API unary_##name##_tile_int32(uint32_t dst, uint32_t value)             \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::TT_COMPARE(name, value, int32)>(dst,       \
                                                                    value);)   \
    }

TT_RELATION(eq)
TT_RELATION(ne)
TT_RELATION(lt)
TT_RELATION(gt)
TT_RELATION(le)
TT_RELATION(ge)

#undef TT_RELATION

TT_API logical_not_tile_init()
{
}
template <DataFormat format = DataFormat::Float32, auto...>
ALWI void logical_not_tile(uint32_t dst)
{
    MATH((ttk::vector_unary<
          ttk::compare_program<ttk::relation::eq, ttk::against::zero,
                               ttk::vector_number(format)>>(dst));)
}
TT_API logical_not_tile_int32(uint32_t dst)
{
    logical_not_tile<DataFormat::Int32>(dst);
}
TT_API logical_not_tile_uint16(uint32_t dst)
{
    logical_not_tile<DataFormat::UInt16>(dst);
}
TT_UNARY(logical_not_unary, TT_COMPARE(eq, zero, real))
TT_API logical_not_unary_tile_int32(uint32_t dst)
{
    logical_not_tile<DataFormat::Int32>(dst);
}
TT_API logical_not_unary_tile_uint16(uint32_t dst)
{
    logical_not_tile<DataFormat::UInt16>(dst);
}

#undef TT_COMPARE

} /* namespace ckernel */

#endif
