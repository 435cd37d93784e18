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

/* a to the power b = 2^(b log2 |a|), with a sign if b is odd; a negative a to
 * a power that is no integer is a NaN */
struct power_binary_program : vector_plain {
    static constexpr void setup(vector_code &c)
    {
        vector_log_setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        c.load(0, 2);
        c.sign(0, 0, 0);
        vector_log(c);
        c.immf(4, 1.44269504f);
        c.mul(3, 3, 4);
        c.biased_exponent(1, 0);
        c.if_zero(1);
        c.immf(3, -1e30f);
        c.always();
        c.if_sum_not_negative(1, 1, -255);
        c.immf(3, 1e30f);
        c.always();
        c.load(1, 3);
        c.at_most(1, 4, 0x1p126f); /* infinity * 0 */
        c.at_least(1, 4, -0x1p126f);
        c.mul(0, 3, 1);
        c.exponent(4, 3); /* whatever b is, unless it is zero */
        c.if_sum_not_negative(4, 4, -20);
        c.muli(0, 1e30f);
        c.always();
        vector_exp2(c);
        sign_of(c);
        c.round(3);
        invalid(c);
        c.end(3, 4);
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
