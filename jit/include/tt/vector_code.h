/* SPDX-License-Identifier: MIT */
/* T1: programs for the vector unit: integers, bits and conditions, on top of
 * tt/vector_words.h. */
#ifndef TT_VECTOR_CODE_H
#define TT_VECTOR_CODE_H

#include "tt/vector_words.h"

namespace ttk
{

/** struct vector_code - all that a program is made of */
struct vector_code : vector_words {
    /* Integers and bits. */
    constexpr void iadd(uint32_t d, uint32_t c)
    {
        simple(0x79, d, c, 4);
    }
    constexpr void isub(uint32_t d, uint32_t c) /* d = c - d */
    {
        simple(0x79, d, c, 6);
    }
    constexpr void iaddi(uint32_t d, uint32_t c, int32_t value)
    {
        simple(0x79, d, c, 5, static_cast<uint32_t>(value));
    }
    constexpr void shift(uint32_t d, int32_t left)
    {
        simple(0x7A, d, 0, 1, static_cast<uint32_t>(left));
    }
    constexpr void shift_by(uint32_t d, uint32_t c)
    {
        simple(0x7A, d, c, 0);
    }
    constexpr void bit_and(uint32_t d, uint32_t c)
    {
        simple(0x7E, d, c, 0);
    }
    constexpr void bit_or(uint32_t d, uint32_t c)
    {
        simple(0x7F, d, c, 0);
    }
    constexpr void bit_xor(uint32_t d, uint32_t c)
    {
        simple(0x8D, d, c, 0);
    }
    constexpr void bit_not(uint32_t d, uint32_t c)
    {
        simple(0x80, d, c, 0);
    }
    constexpr void leading_zeros(uint32_t d, uint32_t c)
    {
        simple(0x81, d, c, 0);
    }
    constexpr void abs_int(uint32_t d, uint32_t c)
    {
        simple(0x7D, d, c, 0);
    }
    /* @low gets the smaller and @high the larger, as floats or as sign and
     * magnitude; NaNs are outside the infinities */
    constexpr void order(uint32_t low, uint32_t high)
    {
        simple(0x92, low, high, 1);
    }

    /* keep d between constants, by way of @t; NaN goes to a border */
    constexpr void at_most(uint32_t d, uint32_t t, float limit)
    {
        immf(t, limit);
        order(d, t);
    }
    constexpr void at_least(uint32_t d, uint32_t t, float limit)
    {
        immf(t, limit);
        order(t, d);
    }

    /* Conditions narrow the set of lanes that are on, until always(). */
    constexpr void if_negative(uint32_t c)
    {
        simple(0x7B, 0, c, 0);
    }
    constexpr void if_not_zero(uint32_t c)
    {
        simple(0x7B, 0, c, 2);
    }
    constexpr void if_not_negative(uint32_t c)
    {
        simple(0x7B, 0, c, 4);
    }
    constexpr void if_zero(uint32_t c)
    {
        simple(0x7B, 0, c, 6);
    }
    /* d = c + value; if negative / not negative */
    constexpr void if_sum_negative(uint32_t d, uint32_t c, int32_t value)
    {
        simple(0x79, d, c, 1, static_cast<uint32_t>(value));
    }
    constexpr void if_sum_not_negative(uint32_t d, uint32_t c, int32_t value)
    {
        simple(0x79, d, c, 9, static_cast<uint32_t>(value));
    }
    /* d = c + d; if negative */
    constexpr void if_added_negative(uint32_t d, uint32_t c)
    {
        simple(0x79, d, c, 0);
    }
    /* d = c - d; if negative / not negative */
    constexpr void if_less(uint32_t d, uint32_t c)
    {
        simple(0x79, d, c, 2);
    }
    constexpr void if_not_less(uint32_t d, uint32_t c)
    {
        simple(0x79, d, c, 10);
    }
    constexpr void otherwise()
    {
        put(op::make(0x8B, 0));
    }
    constexpr void always()
    {
        put(op::sfpencc(3, 10));
    }
};

} /* namespace ttk */

#endif
