/* SPDX-License-Identifier: MIT */
/* T1: arithmetic on tiles of Dst with the matrix and the vector unit.
 *
 * The firmware leaves the address modifiers as firmware.cpp describes them:
 * set 0 belongs to matmul, set 1 to everything else. One operation at a time
 * owns the MOP expander; `mode` says which, and an operation that finds another
 * one takes it over. So the init calls of kernels are hints, never needed. */
#ifndef TT_MATH_H
#define TT_MATH_H

#include "tt/format.h"
#include "tt/tensix.h"

namespace ttk
{

/* Address modifiers: SrcA, SrcB, Dst increments. */
constexpr uint32_t am_mm_right = 0; /* +16, 0, 0: next columns of the result */
constexpr uint32_t am_mm_down = 1;  /* -16, +8, 0: back, next 8 rows */
constexpr uint32_t am_mm_depth = 2; /* +16, +8, 0: next half of the sum */
constexpr uint32_t am_mm_phase = 3; /* same, next fidelity phase */
constexpr uint32_t am_rows = 0;     /* 4: +8, +8, +8 */
constexpr uint32_t am_stay = 1;     /* 5: nothing moves */
constexpr uint32_t am_own = 2;      /* 6: set by the operation */
constexpr uint32_t am_home = 3;     /* 7: everything back to zero */

/* Rounds of the replay buffer: matmul's phase, then vector operations; long
 * ones take all of it. */
constexpr uint32_t replay_matmul = 0;
constexpr uint32_t replay_vector = 16;
constexpr uint32_t replay_size = 32;

enum class math_op : uint32_t {
    none,
    copy,
    add,
    sub,
    mul,
    add_onto,
    sub_onto,
    matmul,
    broadcast,         /* these four own am_own only */
    broadcast_columns, /* (tt/math_broadcast.h, tt/math_reduce.h) */
    pool_sum,
    pool_max,
    vector /* + instructions per row pair */
};

/** struct math_state - what the hardware is programmed for
 *  @mode: owner of the MOP expander and of am_own
 *  @vector: the recorded vector operation, 0 = none
 *  @alu: programmed formats (alu_format)
 *  @at: SETC16 that points the units at the current half of Dst
 *  @clear: ZEROACC of that half
 *  @matmul_set: modifier set 0 is selected
 *  @recorded: matmul's phase is in the replay buffer
 *  @onto: add_tiles and sub_tiles add to what Dst holds
 *  @row_maxima: tiles of this half with row maxima in column 0, a bit each */
struct math_state {
    uint32_t mode;
    uint32_t vector;
    uint32_t alu;
    insn_t at;
    insn_t clear;
    bool matmul_set;
    bool recorded;
    bool onto;
    uint32_t row_maxima;
};

inline math_state math = {0, 0, 0xFF, op::setc16(thread_word::math_offset, 0),
                          op::zeroacc_half(0, wide_dst)};

constexpr uint32_t phases = MATH_FIDELITY == 0 ? 1 : MATH_FIDELITY;

/* Dst half by half. */

TT_INLINE void math_acquire()
{
    emit<op::semwait(op::block_math | op::block_sfpu | op::block_sync, sem_dst,
                     op::while_max)>();
    push(math.clear);
    math.row_maxima = 0;
}

TT_INLINE void math_commit()
{
    emit<op::stallwait(op::block_sync, op::busy_math | op::busy_sfpu)>();
    emit<op::sempost(sem_dst)>();
    math.at ^= 512;
    math.clear ^= 1;
}

TT_INLINE void math_point_at(uint32_t dst)
{
    push(math.at + dst * 64);
}

/* Formats. */

/** math_set_alu - tell the matrix unit the source formats; bits of word 1 that
 *  belong to T2 (Dstacc) are left alone */
TT_COLD inline void math_set_alu(uint32_t format)
{
    bool int8 = format == hw_int8;
    uint32_t bits = format << 17 | format << 21;

    bits |= wide_dst ? 3u << 29 : 0;
    bits |= int8 ? 1u << 31 : 0;
    emit<op::stallwait(op::block_cfg, op::busy_math | op::busy_sfpu)>();
    push(op::rmwcib(2, word::alu_format, 0xFE, bits >> 16));
    push(op::rmwcib(3, word::alu_format, 0xE1, bits >> 24));
    /* Integers are not to be taken for denormals and flushed. */
    push(op::rmwcib(0, word::alu_flags, 1, format == hw_int16));
    math.alu = format;
}

TT_INLINE void math_format(uint32_t cb)
{
    if (mixed_alu && math.alu != alu_format(cb))
        math_set_alu(alu_format(cb));
}

/* Modes. */

TT_INLINE void math_select_set(bool matmul)
{
    if (math.matmul_set == matmul)
        return;
    math.matmul_set = matmul;
    emit<op::stallwait(op::block_cfg, op::busy_math | op::busy_sfpu)>();
    issue(op::setc16(thread_word::addr_mod_base, matmul ? 0 : 1));
}

TT_INLINE void math_own_modifier(uint32_t ab, uint32_t dst)
{
    emit<op::stallwait(op::block_cfg, op::busy_math | op::busy_sfpu)>();
    issue(op::setc16(thread_word::addr_mod_ab(4 + am_own), ab));
    issue(op::setc16(thread_word::addr_mod_dst(4 + am_own), dst));
}

TT_COLD inline void math_take_copy()
{
    math_select_set(false);
    set_mop({1, 8, op::mova2d(am_rows, 0, 0), op::mova2d(am_rows, 0, 0),
             op::nop, op::setrwc(op::clear_a, 7)});
}

TT_COLD inline void math_take_elementwise(uint32_t opcode, insn_t extra)
{
    insn_t body = op::fpu(opcode, 0, am_rows, 0) | extra;
    insn_t last = op::fpu(opcode, op::clear_ab, am_home, 0) | extra;

    math_select_set(false);
    if (opcode == op::elwmul && phases > 1) /* home, next fidelity phase */
        math_own_modifier(0x8080, 1u << 11 | 1u << 13);
    set_mop({opcode == op::elwmul ? phases : 1, 8, body, last,
             op::fpu(opcode, 0, am_own, 0), op::nop});
}

/** math_record_matmul - one fidelity phase: 16 steps of 8 rows of SrcB times a
 *  16 x 16 face of SrcA. For each 8 rows of the left tile: both column halves
 *  of the result. SrcB faces 0 and 2 meet SrcA faces 0 and 1, faces 1 and 3
 *  meet 2 and 3; all counters end where they began. */
TT_COLD inline void math_record_matmul()
{
    emit<op::record(replay_matmul, 16)>();
#define TT_MM(mod, dst) emit<op::fpu(op::mvmul, 0, mod, dst)>()
    TT_MM(am_mm_right, 0);
    TT_MM(am_mm_down, 16);
    TT_MM(am_mm_right, 8);
    TT_MM(am_mm_depth, 24);
    TT_MM(am_mm_right, 0);
    TT_MM(am_mm_down, 16);
    TT_MM(am_mm_right, 8);
    TT_MM(am_mm_depth, 24);
    TT_MM(am_mm_right, 32);
    TT_MM(am_mm_down, 48);
    TT_MM(am_mm_right, 40);
    TT_MM(am_mm_depth, 56);
    TT_MM(am_mm_right, 32);
    TT_MM(am_mm_down, 48);
    TT_MM(am_mm_right, 40);
    TT_MM(am_mm_phase, 56);
#undef TT_MM
}

TT_COLD inline void math_take_matmul()
{
    constexpr insn_t phase = op::replay(replay_matmul, 16);

    math_select_set(true);
    if (!math.recorded)
        math_record_matmul();
    math.recorded = true;
    set_mop({1, phases, phase, phase, op::nop, op::setrwc(op::clear_ab, 0xF)});
}

TT_INLINE void math_take(math_op wanted)
{
    if (math.mode == static_cast<uint32_t>(wanted))
        return;
    math.mode = static_cast<uint32_t>(wanted);
    switch (wanted) {
    case math_op::copy:
        math_take_copy();
        break;
    case math_op::add:
        math_take_elementwise(op::elwadd, 0);
        break;
    case math_op::sub:
        math_take_elementwise(op::elwsub, 0);
        break;
    case math_op::mul:
        math_take_elementwise(op::elwmul, 0);
        break;
    case math_op::add_onto:
        math_take_elementwise(op::elwadd, op::accumulate);
        break;
    case math_op::sub_onto:
        math_take_elementwise(op::elwsub, op::accumulate);
        break;
    default:
        math_take_matmul();
    }
}

/** math_run - the matrix unit's part of a tile operation, onto tile @dst */
TT_INLINE void math_run(math_op what, uint32_t cb, uint32_t dst)
{
    math_format(cb);
    math_take(what);
    math_point_at(dst);
    emit<op::mop>();
}

/** math_lend_dst - let T0 unpack into Dst, and wait until it has */
TT_INLINE void math_lend_dst()
{
    emit<op::stallwait(op::block_sync, op::busy_math | op::busy_sfpu)>();
    emit<op::sempost(sem_dst_lent)>();
    emit<op::semwait(op::block_math | op::block_sfpu | op::block_sync,
                     sem_dst_done, op::while_zero)>();
    emit<op::semget(sem_dst_done)>();
}

} /* namespace ttk */

#endif
