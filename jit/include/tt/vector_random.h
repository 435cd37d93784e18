/* SPDX-License-Identifier: MIT */
/* Vector unit: random numbers. */
#ifndef TT_VECTOR_RANDOM_H
#define TT_VECTOR_RANDOM_H

#include "tt/vector_api.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** vector_random - LReg 0 = 32 random bits; LReg 1 is free
 *
 * Each lane has a shift register that moves on by one bit, and all begin in one
 * sequence, two bits apart (VectorUnit.md, PRNG): so the lane's number, times
 * two in LReg 15, comes in, and everything is mixed. */
constexpr void vector_random(vector_code &c)
{
    constexpr int32_t mix[] = {13, -17, 5};

    c.simple(0x7C, 0, 9, 8); /* SFPMOV from the generator */
    for (int i = 0; i < 2; i++) {
        c.mov(1, 15);
        c.shift(1, i ? 15 : 26);
        c.iadd(0, 1);
        for (int32_t left : mix) {
            c.mov(1, 0);
            c.shift(1, left);
            c.bit_xor(0, 1);
        }
    }
}

/* LReg 7 + [0, 1) times LReg 6 */
struct rand_program {
    static constexpr uint32_t values = 2;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        vector_random(c);
        c.shift(0, -9);
        c.set_exponent(0, 0, 127);
        c.add(0, 0, r_minus_one);
        c.mad(0, 0, 6, 7);
        c.round(0);
        c.end(0);
    }
};

/* 0 where 31 random bits are below LReg 7, else x times LReg 6 */
struct dropout_program {
    static constexpr uint32_t values = 2;

    static constexpr void setup(vector_code &)
    {
    }
    static constexpr void step(vector_code &c)
    {
        vector_random(c);
        c.shift(0, -1);
        c.load(2);
        c.mul(3, 2, 6);
        c.round(3);
        vector_nan_stays(c, 3, 2, 1, 4);
        c.mov(1, 7);
        c.if_less(1, 0);
        c.imm(3, 0);
        c.always();
        c.end(3);
    }
};

/** vector_seed - start the generators of all lanes; the seed, which
 *  cannot be read back, needs some hundred cycles to reach the last of them */
TT_COLD inline void vector_seed(uint32_t seed)
{
    /* Small numbers are near each other in the generator's sequence. */
    for (int i = 0; i < 3; i++) {
        seed ^= seed >> 15;
        seed = seed * 0x9E3779B1 + 0x7F4A7C15;
    }
    emit<op::stallwait(op::block_sync, op::busy_sfpu)>();
    drain();
    config(word::prng_seed) = seed;
    (void)settled(tensix_config + 4 * word::pack_read_mode);
    for (int i = 0; i < 300; i++)
        __asm__ volatile("nop");
}

} /* namespace ttk */
#endif

namespace ckernel
{

TT_API rand_tile_init(uint32_t seed = 0)
{
    MATH(ttk::vector_seed(seed);)
}
/** rand_tile - numbers from @from to @from + @scale, floats as bits */
TT_API rand_tile(uint32_t dst, uint32_t from, uint32_t scale)
{
    MATH(ttk::vector_unary<ttk::rand_program>(dst, from, scale);)
}

TT_API dropout_kernel_init(uint32_t seed = 0)
{
    MATH(ttk::vector_seed(seed);)
}
/** dropout_tile - zeros with probability @probability / 2^31, the rest times
 *  @scale, a float as bits */
TT_API dropout_tile(uint32_t dst, uint32_t probability, uint32_t scale)
{
    MATH(ttk::vector_unary<ttk::dropout_program>(dst, probability, scale);)
}

} /* namespace ckernel */

#endif
