/* SPDX-License-Identifier: MIT */
/* T1: running vector-unit (SFPU) code over a tile of Dst.
 *
 * The vector unit works on 4 rows x 8 columns at a time: even columns at an
 * even Dst address, odd ones at the next (VectorUnit.md). A tile is 32 such
 * steps of two. The code of one step is recorded in the replay buffer and the
 * MOP expander repeats it; its last SFPSTORE moves Dst on by two (am_own). */
#ifndef TT_VECTOR_H
#define TT_VECTOR_H

#include "tt/math.h"

namespace ttk
{

/* SFPLOAD and SFPSTORE format 0: as Dst holds it (FP32, BF16 or FP16). */
constexpr uint32_t dst_float = 0;
constexpr uint32_t dst_int32 = 4;

TT_COLD inline void vector_take(uint32_t steps)
{
    math_select_set(false);
    math_own_modifier(0, 2);
    set_mop({1, 32, op::replay(replay_vector, steps),
             op::replay(replay_vector, steps), op::nop, op::setrwc(0, 4)});
}

/** vector_own - program the MOP expander for steps of this length */
TT_INLINE void vector_own(uint32_t steps)
{
    uint32_t mode = static_cast<uint32_t>(math_op::vector) + steps;

    if (math.mode != mode) {
        math.mode = mode;
        vector_take(steps);
    }
}

/** vector_is_recorded - whether the replay buffer holds this operation; if
 *  not, the caller records @steps instructions next
 *  @key: not 0, names the operation and its operands */
TT_INLINE bool vector_is_recorded(uint32_t key, uint32_t steps)
{
    vector_own(steps);
    if (math.vector == key)
        return true;
    math.vector = key;
    issue(op::record(replay_vector, steps));
    return false;
}

/** vector_run - the recorded step over a whole tile; rows in its instructions
 *  are relative to the current half of Dst */
TT_INLINE void vector_run()
{
    emit<op::stallwait(op::block_sfpu | op::block_cfg, op::busy_math)>();
    math_point_at(0);
    emit<op::mop>();
    emit<op::stallwait(op::block_math | op::block_cfg, op::busy_sfpu)>();
}

enum class vector_op : uint32_t { add = 1, sub, mul };

/* Instructions of vector_round_result(). */
template <vector_op what>
constexpr uint32_t vector_round_steps = wide_dst                 ? 0
                                        : dst_is_fp16            ? 2
                                        : what == vector_op::mul ? 7
                                                                 : 1;

/** vector_round_result - LReg 2 to a 16-bit Dst, where storing alone cuts off:
 *  to nearest, ties away from zero; ties of BF16 products, which are frequent,
 *  to even: back where the lower half was just a tie. LReg 3 is free, LReg 4
 *  holds 0x80000000 and LReg 5 all bits but 0x10000. */
template <vector_op what> TT_INLINE void vector_round_result()
{
    if constexpr (vector_round_steps<what> == 2) { /* see vector_words::round */
        emit<op::sfp_simple(0x79, 2, 2, 5, 0x7FF)>();
        emit<op::sfp_simple(0x79, 2, 2, 5, 0x7FF)>();
    } else if constexpr (vector_round_steps<what> == 1) {
        emit<op::sfp_round_bf16(2, 2)>();
    } else if constexpr (vector_round_steps<what> == 7) {
        emit<op::sfp_simple(0x7C, 3, 2, 0)>();     /* SFPMOV */
        emit<op::sfp_simple(0x7A, 3, 0, 1, 16)>(); /* SFPSHFT */
        emit<op::sfp_simple(0x8D, 3, 4, 0)>();     /* SFPXOR */
        emit<op::sfp_round_bf16(2, 2)>();
        emit<op::sfp_simple(0x7B, 0, 3, 6)>(); /* SFPSETCC: where zero */
        emit<op::sfp_simple(0x7E, 2, 5, 0)>(); /* SFPAND */
        emit<op::sfpencc(3, 10)>();
    }
}

/** vector_binary - tile @out = tile @a op tile @b, in 32-bit arithmetic,
 *  rounded to what Dst holds */
template <vector_op what>
TT_INLINE void vector_binary(uint32_t a, uint32_t b, uint32_t out)
{
    constexpr uint32_t steps = 5 + vector_round_steps<what>;
    constexpr uint32_t name = static_cast<uint32_t>(what);

    if (!vector_is_recorded(name << 24 | a << 16 | b << 8 | out, steps)) {
        issue(op::sfpload(0, dst_float, am_stay, a * 64));
        issue(op::sfpload(1, dst_float, am_stay, b * 64));
        if constexpr (what == vector_op::add)
            emit<op::sfpadd(0, 1, 2)>();
        else if constexpr (what == vector_op::sub)
            emit<op::sfpmad(1, 11, 0, 2)>(); /* LReg 11 is -1.0 */
        else
            emit<op::sfpmul(0, 1, 2)>();
        emit<op::sfpnop>();
        vector_round_result<what>();
        issue(op::sfpstore(2, dst_float, am_own, out * 64));
    }
    if constexpr (vector_round_steps<what> == 7) {
        emit<op::sfploadi(4, 0, 0x8000)>();
        emit<op::sfploadi(5, 0, 0xFFFE)>();
    }
    vector_run();
}

} /* namespace ttk */

#endif
