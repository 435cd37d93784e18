/* SPDX-License-Identifier: MIT */
/* Vector unit: programs for integers and bits. */
#ifndef TT_VECTOR_INT_H
#define TT_VECTOR_INT_H

#include "tt/vector_cast.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_integer - format of SFPLOAD and SFPSTORE for integers */
constexpr uint32_t vector_integer(DataFormat format)
{
    return format == DataFormat::UInt16 ? dst_uint16 : dst_bits;
}

template <uint32_t format> struct bitwise_not_program : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0, 1, format);
        c.bit_not(0, 0);
        c.end(0, 1, format);
    }
};

enum class int_op { add, sub, rsub, bit_and, bit_or, bit_xor };

/** struct int_program - of two tiles, or of one and LReg 7 if @scalar */
template <int_op what, uint32_t format, bool scalar = false>
struct int_program {
    static constexpr uint32_t values = scalar;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, scalar ? 1 : 2, format);
        if (scalar)
            c.mov(1, 7);
        else
            c.load(1, 3, format);
        operate(c);
        c.end(1, scalar ? 1 : 4, format);
    }
    static constexpr void operate(vector_code &c)
    {
        switch (what) {
        case int_op::add:
            c.iadd(1, 0);
            break;
        case int_op::sub:
            c.isub(1, 0);
            break;
        case int_op::rsub:
            c.isub(0, 1);
            c.mov(1, 0);
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
    }
};

/** struct int_mul_program - the low 32 bits of a product: in thirds of 11, 11
 *  and 10 bits, whose products and sums of products stay below 2^23; added to
 *  2^23 they are exact, in the fraction */
template <uint32_t format> struct int_mul_program : vector_plain {
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
        c.load(0, 2, format);
        c.load(3, 3, format);
        multiply(c);
        c.end(6, 4, format);
    }
    /* LReg 6 = LReg 0 times LReg 3; all up to 6 are overwritten */
    static constexpr void multiply(vector_code &c)
    {
        split(c, 0);
        split(c, 3);
        c.mad(6, 0, 5, k0);
        c.mad(6, 1, 4, 6);
        c.mad(6, 2, 3, 6);
        c.fraction(6, 6);
        c.shift(6, 22);
        c.mad(2, 0, 4, k0);
        c.mad(2, 1, 3, 2);
        c.fraction(2, 2);
        c.shift(2, 11);
        c.iadd(6, 2);
        c.mad(2, 0, 3, k0);
        c.fraction(2, 2);
        c.iadd(6, 2);
    }
};

enum class shift_op { left, right, logical_right };

/** struct shift_program - amounts outside 0 .. 31 shift everything out, copies
 *  of the sign too; @scalar: the amount is LReg 7 */
template <shift_op what, uint32_t format, bool scalar = false>
struct shift_program {
    static constexpr uint32_t values = scalar;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, scalar ? 1 : 2, format);
        if (scalar)
            c.mov(1, 7);
        else
            c.load(1, 3, format);
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
        c.end(3, scalar ? 1 : 4, format);
    }
};

} /* namespace ttk */
#endif

#endif
