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

/** vector_binary - tile @out = tile @a op tile @b, in 32-bit arithmetic; a
 *  16-bit BF16 Dst gets the rounded result (SFPSTORE alone truncates) */
template <vector_op what>
TT_INLINE void vector_binary(uint32_t a, uint32_t b, uint32_t out)
{
    constexpr uint32_t steps = wide_dst || dst_is_fp16 ? 5 : 6;
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
        if constexpr (steps == 6)
            emit<op::sfp_round_bf16(2, 2)>();
        issue(op::sfpstore(2, dst_float, am_own, out * 64));
    }
    vector_run();
}

} /* namespace ttk */

#endif
