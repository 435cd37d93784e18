/* SPDX-License-Identifier: MIT */
/* What the vector_*.h headers share: how a program becomes an API function, and
 * the ends that programs have in common. */
#ifndef TT_VECTOR_API_H
#define TT_VECTOR_API_H

#include "tt/compute.h"

#if COMPILE_FOR_TRISC == 1
#include "tt/vector_run.h"
#endif

/* Functions are templates so that only those that are called are compiled, and
 * because kernels of all ages pass options: accuracy, rounding, width of Dst.
 */
#define TT_API template <auto...> ALWI void

/* X_tile_init() and X_tile(dst) of a program without values */
#define TT_UNARY(name, ...)                                                    \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }                                                                          \
    TT_API name##_tile(uint32_t dst)                                           \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::__VA_ARGS__>(dst);)                        \
    }

/* ... with a value that is given as 32 bits */
#define TT_UNARY_WITH(name, ...)                                               \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }                                                                          \
    TT_API name##_tile(uint32_t dst, uint32_t value)                           \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::__VA_ARGS__>(dst, value);)                 \
    }

/* ... with two values */
#define TT_UNARY_WITH_2(name, ...)                                             \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }                                                                          \
    TT_API name##_tile(uint32_t dst, uint32_t value0, uint32_t value1)         \
    {                                                                          \
        MATH(ttk::vector_unary<ttk::__VA_ARGS__>(dst, value0, value1);)        \
    }

/* X_tile_init() and X_tile(a, b, out); a vector mode changes nothing */
#define TT_BINARY(name, ...)                                                   \
    TT_API name##_tile_init()                                                  \
    {                                                                          \
    }                                                                          \
    TT_API name##_tile(uint32_t a, uint32_t b, uint32_t out, int = 0)          \
    {                                                                          \
        MATH(ttk::vector_between<ttk::__VA_ARGS__>(a, b, out);)                \
    }

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_nan_stays - where @x is a NaN, @y becomes it; @t and @u are free.
 *  After rounding: that, and truncation of a NaN, would give an infinity. */
constexpr void vector_nan_stays(vector_code &c, uint32_t y, uint32_t x,
                                uint32_t t, uint32_t u)
{
    c.sign(t, x, 0);
    c.imm(u, infinity_bits);
    c.if_less(t, u);
    c.mov(y, x);
    c.always();
}

/** vector_end_nan - round and store @y, NaN where the tile had one */
constexpr void vector_end_nan(vector_code &c, uint32_t y, uint32_t x,
                              uint32_t t, uint32_t u)
{
    c.round(y);
    c.load(x);
    vector_nan_stays(c, y, x, t, u);
    c.end(y);
}

/** vector_end_domain - round and store @y of a function that is undefined
 *  below zero
 *  @x: what the tile had, overwritten; @t is free
 *  @at_zero: value there; infinity gets the sign of the zero
 *  @at_infinity: value there */
constexpr void vector_end_domain(vector_code &c, uint32_t y, uint32_t x,
                                 uint32_t t, uint32_t at_zero,
                                 uint32_t at_infinity)
{
    c.round(y);
    c.biased_exponent(t, x);
    c.if_not_zero(t);
    c.if_negative(x);
    c.imm(y, nan_bits);
    c.always();
    c.if_zero(t);
    c.imm(y, at_zero);
    if (at_zero == infinity_bits) {
        c.sign_onto(x, y);
        c.mov(y, x);
    }
    c.always();
    c.if_sum_not_negative(t, t, -255);
    c.if_not_negative(x);
    c.imm(y, at_infinity);
    c.clear_fraction(t, x);
    c.isub(t, x);
    c.if_not_zero(t);
    c.mov(y, x); /* a NaN */
    c.always();
    c.end(y);
}

} /* namespace ttk */
#endif

#endif
