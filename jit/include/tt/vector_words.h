/* SPDX-License-Identifier: MIT */
/* T1: programs for the vector unit, put together by the compiler.
 *
 * A program is what happens to 32 datums: a vector_code, filled in a constant
 * expression and only when a kernel uses it. It takes care of the one hazard
 * that the hardware leaves to software: an instruction must not read a register
 * that a multiply-add wrote just before it (SFPMAD.md), so an SFPNOP goes in.
 *
 * Registers: LReg 0 to 7 are free in a program. 8 is 0.8373, 9 is 0, 10 is 1,
 * 11 is -1 (firmware), 15 the lane number times two. 12 to 14 are constants
 * that a program sets up itself; nobody may rely on them between programs.
 * Lanes: predication is always on and all flags are set between programs. */
#ifndef TT_VECTOR_WORDS_H
#define TT_VECTOR_WORDS_H

#include "tt/vector.h"

namespace ttk
{

/* Registers with a fixed value, and those a program may fix. */
constexpr uint32_t r_zero = 9, r_one = 10, r_minus_one = 11;
constexpr uint32_t k0 = 12, k1 = 13, k2 = 14;

constexpr uint32_t dst_uint16 = 6; /* format: a 16-bit cell */

constexpr uint32_t infinity_bits = 0x7F800000;
constexpr uint32_t nan_bits = 0x7FC00000;

constexpr uint32_t float_bits(float x)
{
    return __builtin_bit_cast(uint32_t, x);
}

/** struct vector_words - instructions for one step of 32 datums: memory,
 *  constants, floating point and moves; struct vector_code has the rest
 *  @word: instructions
 *  @tile: per instruction, 0, or which tile argument (1..) it accesses
 *  @n: how many
 *  @late: register the last instruction writes a cycle late, or no register
 *
 * The methods append an instruction each (imm() one or two) and name their
 * destination first. */
struct vector_words {
    static constexpr uint32_t most = 250;
    static constexpr uint32_t none = 99;

    insn_t word[most] = {};
    uint8_t tile[most] = {};
    uint32_t n = 0;
    uint32_t late = none;

    constexpr void put(insn_t insn)
    {
        word[n++] = insn;
        late = none;
    }
    /* @a, @b, @c: all registers the instruction touches */
    constexpr void put(insn_t insn, uint32_t a, uint32_t b, uint32_t c,
                       uint32_t d)
    {
        if (late != none && (late == a || late == b || late == c || late == d))
            put(op::sfpnop);
        put(insn);
    }
    constexpr void simple(uint32_t opcode, uint32_t d, uint32_t c,
                          uint32_t mode, uint32_t imm = 0)
    {
        put(op::sfp_simple(opcode, d, c, mode, imm), d, c, d, c);
    }

    /* Dst; @t: which tile argument. The last store of a program moves on. */
    constexpr void load(uint32_t d, uint32_t t = 1, uint32_t format = dst_float)
    {
        put(op::sfpload(d, format, am_stay, 0), d, d, d, d);
        tile[n - 1] = static_cast<uint8_t>(t);
    }
    constexpr void store(uint32_t d, uint32_t t = 1,
                         uint32_t format = dst_float)
    {
        put(op::sfpstore(d, format, am_stay, 0), d, d, d, d);
        tile[n - 1] = static_cast<uint8_t>(t);
    }
    /* ... the last one, with the address modifier that moves on */
    constexpr void end(uint32_t d, uint32_t t = 1, uint32_t format = dst_float)
    {
        store(d, t, format);
        word[n - 1] += (am_own - am_stay) << 14;
    }

    /* Constants. */
    constexpr void imm(uint32_t d, uint32_t bits)
    {
        uint32_t high = bits >> 16, low = bits & 0xFFFF;
        uint32_t bf16 = 0, unsigned16 = 2, upper = 8, lower = 10;

        if (!low) {
            put(op::sfploadi(d, bf16, high), d, d, d, d);
        } else if (!high) {
            put(op::sfploadi(d, unsigned16, low), d, d, d, d);
        } else {
            put(op::sfploadi(d, lower, low), d, d, d, d);
            put(op::sfploadi(d, upper, high));
        }
    }
    constexpr void immf(uint32_t d, float value)
    {
        imm(d, float_bits(value));
    }
    /* LReg 12 to 14, through LReg 0; only in a setup. */
    constexpr void fix(uint32_t d, uint32_t bits)
    {
        imm(0, bits);
        put(op::sfpconfig(d));
    }
    constexpr void fixf(uint32_t d, float value)
    {
        fix(d, float_bits(value));
    }

    /* Floating point. */
    constexpr void mad(uint32_t d, uint32_t a, uint32_t b, uint32_t c)
    {
        put(op::sfpmad(a, b, c, d), a, b, c, d);
        late = d;
    }
    constexpr void add(uint32_t d, uint32_t b, uint32_t c)
    {
        put(op::sfpadd(b, c, d), b, c, d, d);
        late = d;
    }
    constexpr void sub(uint32_t d, uint32_t b, uint32_t c) /* b - c */
    {
        mad(d, c, r_minus_one, b);
    }
    constexpr void mul(uint32_t d, uint32_t a, uint32_t b)
    {
        put(op::sfpmul(a, b, d), a, b, d, d);
        late = d;
    }
    /* by or with a constant that BF16 holds */
    constexpr void muli(uint32_t d, float value)
    {
        put(op::make(0x74, (float_bits(value) >> 16) << 8 | d << 4), d, d, d,
            d);
        late = d;
    }
    constexpr void addi(uint32_t d, float value)
    {
        put(op::make(0x75, (float_bits(value) >> 16) << 8 | d << 4), d, d, d,
            d);
        late = d;
    }
    /* acc = acc * x + constant, for Horner's rule; @t is overwritten */
    constexpr void horner(uint32_t acc, uint32_t x, uint32_t t, float constant)
    {
        immf(t, constant);
        mad(acc, acc, x, t);
    }
    template <uint32_t count>
    constexpr void polynomial(uint32_t acc, uint32_t x, uint32_t t,
                              const float (&highest_first)[count])
    {
        immf(acc, highest_first[0]);
        for (uint32_t i = 1; i < count; i++)
            horner(acc, x, t, highest_first[i]);
    }
    /* d = c to BF16, ties away from zero; NaN becomes infinity */
    constexpr void round_bf16(uint32_t d, uint32_t c)
    {
        put(op::sfp_round_bf16(c, d), c, d, c, d);
    }
    /* To what Dst holds; storing alone cuts off. With FP16 two additions put
     * all but 2^-12 of half a unit of the last place on top. */
    constexpr void round(uint32_t d)
    {
        if (wide_dst)
            return;
        if (!dst_is_fp16) {
            round_bf16(d, d);
            return;
        }
        for (int i = 0; i < 2; i++)
            simple(0x79, d, d, 5, 0x7FF);
    }
    /* float to an integer of 16 bits or less, ties away from zero, clamped */
    constexpr void to_uint16(uint32_t d, uint32_t c)
    {
        simple(0x8E, d, c, 6);
    }

    /* Moves, signs and fields. */
    constexpr void mov(uint32_t d, uint32_t c)
    {
        simple(0x7C, d, c, 0);
    }
    constexpr void neg(uint32_t d, uint32_t c)
    {
        simple(0x7C, d, c, 1);
    }
    constexpr void sign(uint32_t d, uint32_t c, uint32_t negative)
    {
        simple(0x89, d, c, 1, negative);
    }
    /* d = magnitude of c with the sign of d */
    constexpr void sign_onto(uint32_t d, uint32_t c)
    {
        simple(0x89, d, c, 0);
    }
    constexpr void exponent(uint32_t d, uint32_t c) /* minus 127 */
    {
        simple(0x77, d, c, 0);
    }
    constexpr void biased_exponent(uint32_t d, uint32_t c)
    {
        simple(0x77, d, c, 1);
    }
    constexpr void mantissa(uint32_t d, uint32_t c) /* with hidden bit */
    {
        simple(0x78, d, c, 0);
    }
    constexpr void fraction(uint32_t d, uint32_t c) /* without it */
    {
        simple(0x78, d, c, 1);
    }
    constexpr void set_exponent(uint32_t d, uint32_t c, uint32_t biased)
    {
        simple(0x82, d, c, 1, biased);
    }
    constexpr void clear_fraction(uint32_t d, uint32_t c)
    {
        simple(0x83, d, c, 1, 0);
    }
    /* add to the exponent, unless infinite or NaN; wraps around */
    constexpr void scale(uint32_t d, uint32_t c, int32_t by)
    {
        simple(0x76, d, c, 1, static_cast<uint32_t>(by));
    }
    /* sign and magnitude to float */
    constexpr void to_float(uint32_t d, uint32_t c)
    {
        simple(0x90, d, c, 0);
    }
};

} /* namespace ttk */

#endif
