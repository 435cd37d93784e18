/* SPDX-License-Identifier: MIT */
/* Vector unit: powers. */
#ifndef TT_VECTOR_POWER_H
#define TT_VECTOR_POWER_H

#include "tt/vector_exp.h"
#include "tt/vector_log.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/* LReg 1 = LReg 0 to a whole power, by squaring. Its exponent is only known at
 * run time, so the step is put together then. */
struct power_begin : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.load(0);
        c.mov(1, r_one);
    }
};
struct power_multiply : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.mul(1, 1, 0);
        c.put(op::sfpnop);
    }
};
struct power_square : vector_plain {
    static constexpr void step(vector_code &c)
    {
        c.mul(0, 0, 0);
        c.put(op::sfpnop);
    }
};
struct power_end : vector_plain {
    static constexpr void step(vector_code &c)
    {
        vector_end_nan(c, 1, 0, 2, 3);
    }
};

template <int = 0>
[[gnu::noinline]] void vector_power(uint32_t dst, uint32_t exponent)
{
    constexpr vector_rows rows = {};

    vector_long();
    emit<op::stallwait(op::block_sfpu | op::block_cfg, op::busy_math)>();
    math_point_at(dst);
    for (uint32_t i = 0; i < 32; i++) {
        vector_issue_all<vector_step<power_begin>>(rows);
        for (uint32_t bits = exponent; bits; bits >>= 1) {
            if (bits & 1)
                vector_issue_all<vector_step<power_multiply>>(rows);
            if (bits > 1)
                vector_issue_all<vector_step<power_square>>(rows);
        }
        vector_issue_all<vector_step<power_end>>(rows);
    }
    emit<op::setrwc(0, 4)>();
    emit<op::stallwait(op::block_math | op::block_cfg, op::busy_sfpu)>();
}

/** vector_split - LReg @high = the upper twelve bits of LReg @low's fraction,
 *  @low = the rest; a product of two such halves is exact. LReg 4 is free */
constexpr void vector_split(vector_code &c, uint32_t high, uint32_t low)
{
    c.imm(4, 0xFFFFF000);
    c.mov(high, low);
    c.bit_and(high, 4);
    c.sub(low, low, high);
}

/** vector_sum - LReg @sum = LReg @a + LReg @b, @a = what rounding lost, if
 *  |a| >= |b| or a = 0 */
constexpr void vector_sum(vector_code &c, uint32_t sum, uint32_t a, uint32_t b)
{
    c.add(sum, a, b);
    c.sub(a, a, sum);
    c.add(a, a, b);
}

/** vector_log_twice - LReg 1 + LReg 3 = ln of LReg 0, a positive normal number,
 *  to twice the digits; all but 0 and 7 are overwritten
 *
 * With x = 2^e (1 + f): e ln 2 + f - f^2 / 2 + f^3 P(f), where f and the upper
 * half's square are exact and the rest is small. */
constexpr void vector_log_twice(vector_code &c)
{
    c.imm(5, 0x004AFB0D);
    c.mov(1, 0);
    c.iadd(1, 5);
    c.biased_exponent(6, 1);
    c.fraction(1, 1);
    c.imm(4, 0x3F3504F3);
    c.iadd(1, 4);
    c.add(1, 1, r_minus_one);
    c.to_float(6, 6);
    c.addi(6, -127.0f);
    vector_log1p_tail(c, vector_log_long_tail);
    c.scale(4, 2, 1);
    c.mul(3, 3, 4);
    /* f = LReg 2 + LReg 5; f^2 = (LReg 2)^2 + LReg 5 (f + LReg 2) */
    c.mov(5, 1);
    vector_split(c, 2, 5);
    c.add(4, 1, 2);
    c.mul(4, 4, 5);
    c.muli(4, -0.5f);
    c.add(3, 3, 4);
    c.mul(2, 2, 2);
    c.muli(2, -0.5f);
    vector_sum(c, 4, 1, 2);
    c.add(3, 3, 1);
    /* e ln 2, whose upper part is exact */
    c.imm(5, 0x35BFBE8E);
    c.mad(3, 6, 5, 3);
    c.imm(5, 0x3F317200);
    c.mul(6, 6, 5);
    vector_sum(c, 1, 6, 4);
    c.add(3, 3, 6);
}

/* a to the power b = e^(b ln |a|), with a sign if b is odd; a negative a to a
 * power that is no integer is a NaN. Up to the exponential, numbers are sums of
 * two: an error there would count up to 89 times. */
struct power_binary_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_exp_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2);
        c.sign(0, 0, 0);
        vector_log_twice(c);
        c.biased_exponent(4, 0);
        c.if_zero(4);
        c.immf(1, -0x1p30f);
        c.imm(3, 0);
        c.always();
        c.if_sum_not_negative(4, 4, -255);
        c.immf(1, 0x1p30f);
        c.imm(3, 0);
        c.always();
        times_exponent(c);
        c.at_most(0, 1, 89.0f);
        c.at_least(0, 1, -87.5f);
        c.at_most(6, 1, 0x1p-12f);
        c.at_least(6, 1, -0x1p-12f);
        c.immf(5, vector_magic);
        vector_exp_split(c, 6);
        c.add(3, 3, r_one);
        vector_times_power(c);
        sign_of(c);
        c.round(3);
        invalid(c);
        c.end(3, 4);
    }
    /* LReg 0 + LReg 6 = b (LReg 1 + LReg 3); where LReg 1 stands for an
     * infinite logarithm, infinite unless b is zero */
    static constexpr void times_exponent(vector_code &c)
    {
        c.load(0, 3);
        c.at_most(0, 4, 0x1p90f); /* infinity * 0 */
        c.at_least(0, 4, -0x1p90f);
        vector_split(c, 2, 1);
        c.mov(6, 0);
        vector_split(c, 5, 6);
        c.mul(4, 2, 6);
        c.mad(4, 1, 0, 4);
        c.mad(4, 3, 0, 4);
        c.mul(6, 2, 5);
        vector_sum(c, 0, 6, 4);
        c.exponent(4, 2);
        c.if_sum_not_negative(4, 4, -20);
        c.muli(0, 0x1p127f);
        c.imm(6, 0);
        c.always();
    }
    /* d = 0 where x is whole; adding 2^23 rounds, and from there on all is */
    static constexpr void not_whole(vector_code &c, uint32_t d, uint32_t x)
    {
        c.immf(4, 8388608.0f);
        c.at_most(x, 7, 8388608.0f);
        c.add(7, x, 4);
        c.sub(7, 7, 4);
        c.sub(d, 7, x);
    }
    /* odd powers of negative numbers are negative; LReg 2 = 0 if b is whole */
    static constexpr void sign_of(vector_code &c)
    {
        c.load(0, 2);
        c.load(1, 3);
        c.sign(1, 1, 0);
        c.mov(6, 1);
        c.muli(6, 0.5f);
        not_whole(c, 2, 1);
        not_whole(c, 6, 6);
        c.if_negative(0);
        c.if_zero(2);
        c.if_not_zero(6);
        c.neg(3, 3);
        c.always();
    }
    static constexpr void invalid(vector_code &c)
    {
        c.biased_exponent(1, 0);
        c.if_negative(0);
        c.if_not_zero(1);
        c.if_sum_negative(1, 1, -255);
        c.if_not_zero(2);
        c.imm(3, nan_bits);
        c.always();
        vector_nan_stays(c, 3, 0, 4, 6);
        c.load(1, 3);
        vector_nan_stays(c, 3, 1, 4, 6);
    }
};

} /* namespace ttk */
#endif

namespace ckernel
{

TT_API power_iterative_tile_init()
{
}
/** power_iterative_tile - to a whole power */
TT_API power_iterative_tile(uint32_t dst, uint32_t exponent)
{
    MATH(ttk::vector_power(dst, exponent);)
}
TT_BINARY(power_binary, power_binary_program)

} /* namespace ckernel */

#endif
