/* SPDX-License-Identifier: MIT */
/* Vector unit: what remains of divisions. */
#ifndef TT_VECTOR_MODULO_H
#define TT_VECTOR_MODULO_H

#include "tt/vector_exp.h"
#include "tt/vector_root.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** struct modulo_program - what remains of x after division by y, with the sign
 *  of x, or, if @floor, of y: exact for |x / y| < 2^30 and 2^-100 < |y| <
 * 2^126; zero for larger quotients. @scalar: y is LReg 7.
 *
 * Three rounds take multiples n 2^k y off x, n having ten bits. y comes in two
 * parts of twelve bits, so that all products, and with n to nearest all
 * differences, are exact. */
template <bool floor, bool scalar> struct modulo_program {
    static constexpr uint32_t values = scalar;
    static constexpr uint32_t in = scalar ? 1 : 2, out = scalar ? 1 : 4;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void load_y(vector_code &c, uint32_t d)
    {
        if (scalar)
            c.mov(d, 7);
        else
            c.load(d, 3);
    }
    static constexpr void step(vector_code &c)
    {
        load_y(c, 1);
        c.mov(0, 1);
        vector_recip(c, 2, 0, 3, 4);
        c.load(0, in);
        c.biased_exponent(4, 0);
        c.biased_exponent(5, 1);
        c.isub(5, 4);
        c.if_sum_not_negative(5, 5, -30);
        c.imm(0, 0);
        c.always();
        c.imm(3, 0xFFFFF000);
        c.bit_and(3, 1);
        c.sub(6, 1, 3);
        take(c, 0x1p-20f, 0x1p20f);
        take(c, 0x1p-10f, 0x1p10f);
        take(c, 1.0f, 1.0f);
        c.load(4, in);
        sign(c);
        c.round(0);
        special(c);
        c.end(0, out);
    }
    /* LReg 0 -= a multiple of y / @down; 4 and 5 are free */
    static constexpr void take(vector_code &c, float down, float up)
    {
        c.mul(4, 0, 2);
        c.muli(4, down);
        c.immf(5, vector_magic);
        c.add(4, 4, 5);
        c.sub(4, 5, 4);
        c.muli(4, up);
        c.mad(0, 4, 3, 0);
        c.mad(0, 4, 6, 0);
    }
    /* LReg 4 is x; the rest, at most y / 2, gets its sign or that of y */
    static constexpr void sign(vector_code &c)
    {
        uint32_t wanted = floor ? 1 : 4;

        c.mov(5, 0);
        c.bit_xor(5, wanted);
        c.mov(6, wanted);
        c.sign_onto(6, 1);
        c.if_negative(5);
        c.if_not_zero(0);
        c.add(0, 0, 6);
        c.always();
        c.mov(6, wanted);
        c.sign_onto(6, 0);
        c.mov(0, 6);
    }
    static constexpr void special(vector_code &c)
    {
        c.biased_exponent(2, 1);
        c.mov(3, 2);
        c.if_sum_not_negative(3, 3, -255); /* of infinity, x remains */
        c.mov(0, 4);
        if (floor) {
            c.biased_exponent(5, 4);
            c.mov(6, 4);
            c.bit_xor(6, 1);
            c.if_negative(6);
            c.if_not_zero(5);
            c.mov(0, 1);
        }
        c.always();
        c.if_zero(2);
        c.imm(0, nan_bits);
        c.always();
        c.biased_exponent(2, 4);
        c.if_sum_not_negative(2, 2, -255);
        c.imm(0, nan_bits);
        c.always();
        vector_nan_stays(c, 0, 1, 2, 3);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_BINARY(fmod_binary, modulo_program<false, false>)
TT_BINARY(remainder_binary, modulo_program<true, false>)

/* by a number, whose reciprocal comes along and is not used */
TT_API fmod_tile_init(uint32_t = 0, uint32_t = 0)
{
}
TT_API fmod_tile(uint32_t dst, uint32_t divisor, uint32_t = 0)
{
    MATH((ttk::vector_unary<ttk::modulo_program<false, true>>(dst, divisor));)
}
TT_API remainder_tile_init(uint32_t = 0, uint32_t = 0)
{
}
TT_API remainder_tile(uint32_t dst, uint32_t divisor, uint32_t = 0)
{
    MATH((ttk::vector_unary<ttk::modulo_program<true, true>>(dst, divisor));)
}

} /* namespace ckernel */

#endif
