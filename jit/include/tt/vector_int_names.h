/* SPDX-License-Identifier: MIT */
/* Vector unit: integers and bits of two tiles, or of one and a number. */
#ifndef TT_VECTOR_INT_NAMES_H
#define TT_VECTOR_INT_NAMES_H

#include "tt/vector_int.h"

namespace ttk
{
constexpr DataFormat integer_int32 = DataFormat::Int32;
constexpr DataFormat integer_uint32 = DataFormat::UInt32;
constexpr DataFormat integer_uint16 = DataFormat::UInt16;
} /* namespace ttk */

namespace ckernel
{

#define TT_DST ttk::vector_integer(format)

/* A tile operation of integers of a format; UInt16 lie in 16-bit cells, all
 * others are as wide as Dst. */
#define TT_INTEGER_TILES(name, ...)                                            \
    template <DataFormat format = DataFormat::Int32, auto...>                  \
    ALWI void name##_tile(uint32_t a, uint32_t b, uint32_t out)                \
    {                                                                          \
        MATH((ttk::vector_between<ttk::__VA_ARGS__>(a, b, out));)              \
    }
/* ... with an init call of its name, which takes the format too */
#define TT_INTEGERS(name, ...)                                                 \
    TT_INTEGER_TILES(name, __VA_ARGS__)                                        \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }

TT_API binary_bitwise_tile_init()
{
}
TT_API binary_shift_tile_init()
{
}
TT_INTEGERS(bitwise_and_binary, int_program<ttk::int_op::bit_and, TT_DST>)
TT_INTEGERS(bitwise_or_binary, int_program<ttk::int_op::bit_or, TT_DST>)
TT_INTEGERS(bitwise_xor_binary, int_program<ttk::int_op::bit_xor, TT_DST>)
TT_INTEGERS(binary_left_shift, shift_program<ttk::shift_op::left, TT_DST>)
TT_INTEGERS(binary_right_shift, shift_program<ttk::shift_op::right, TT_DST>)
TT_INTEGERS(binary_logical_right_shift,
            shift_program<ttk::shift_op::logical_right, TT_DST>)
TT_INTEGERS(add_int, int_program<ttk::int_op::add, TT_DST>)
TT_INTEGERS(sub_int, int_program<ttk::int_op::sub, TT_DST>)
TT_INTEGERS(rsub_int, int_program<ttk::int_op::rsub, TT_DST>)
TT_INTEGERS(mul_int, int_mul_program<TT_DST>)

/* The names that kernels used before formats were template arguments. */
#define TT_INTEGER_NAMES(name, format)                                         \
    TT_API name##_##format##_tile_init()                                       \
    {                                                                          \
    }                                                                          \
    TT_API name##_##format##_tile(uint32_t a, uint32_t b, uint32_t out)        \
    {                                                                          \
        name##_int_tile<ttk::integer_##format>(a, b, out);                     \
    }
TT_INTEGER_NAMES(add, int32)
TT_INTEGER_NAMES(add, uint32)
TT_INTEGER_NAMES(add, uint16)
TT_INTEGER_NAMES(sub, int32)
TT_INTEGER_NAMES(sub, uint32)
TT_INTEGER_NAMES(sub, uint16)
TT_INTEGER_NAMES(rsub, int32)
TT_INTEGER_NAMES(rsub, uint32)
TT_INTEGER_NAMES(rsub, uint16)
TT_INTEGER_NAMES(mul, int32)
TT_INTEGER_NAMES(mul, uint32)
TT_INTEGER_NAMES(mul, uint16)
#undef TT_INTEGER_NAMES

/* A function of one tile and a number. */
#define TT_INTEGER_SCALAR(name, ...)                                           \
    TT_API name##_init()                                                       \
    {                                                                          \
    }                                                                          \
    template <DataFormat format = DataFormat::Int32, auto...>                  \
    ALWI void name(uint32_t tile, uint32_t value)                              \
    {                                                                          \
        MATH((ttk::vector_unary<ttk::__VA_ARGS__>(tile, value));)              \
    }
TT_INTEGER_SCALAR(add_unary_tile_int32,
                  int_program<ttk::int_op::add, TT_DST, true>)
TT_INTEGER_SCALAR(sub_unary_tile_int32,
                  int_program<ttk::int_op::sub, TT_DST, true>)
TT_INTEGER_SCALAR(rsub_unary_int32_tile,
                  int_program<ttk::int_op::rsub, TT_DST, true>)
TT_INTEGER_SCALAR(bitwise_and_tile,
                  int_program<ttk::int_op::bit_and, TT_DST, true>)
TT_INTEGER_SCALAR(bitwise_or_tile,
                  int_program<ttk::int_op::bit_or, TT_DST, true>)
TT_INTEGER_SCALAR(bitwise_xor_tile,
                  int_program<ttk::int_op::bit_xor, TT_DST, true>)
TT_INTEGER_SCALAR(left_shift_tile,
                  shift_program<ttk::shift_op::left, TT_DST, true>)
TT_INTEGER_SCALAR(logical_right_shift_tile,
                  shift_program<ttk::shift_op::logical_right, TT_DST, true>)

TT_API right_shift_tile_init()
{
}
/** right_shift_tile - keeps the sign; unlike a shift by a tile, one by 32 or
 * more gives copies of it */
template <DataFormat format = DataFormat::Int32, auto...>
ALWI void right_shift_tile(uint32_t tile, uint32_t bits)
{
    MATH((ttk::vector_unary<ttk::shift_program<
              ttk::shift_op::right, ttk::vector_integer(format), true>>(
        tile, bits > 31 ? 31 : bits));)
}

TT_API bitwise_not_tile_init()
{
}
template <DataFormat format = DataFormat::Int32, auto...>
ALWI void bitwise_not_tile(uint32_t tile)
{
    MATH((ttk::vector_unary<
          ttk::bitwise_not_program<ttk::vector_integer(format)>>(tile));)
}

#undef TT_INTEGER_SCALAR
#undef TT_DST

} /* namespace ckernel */

#endif
