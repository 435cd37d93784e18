/* SPDX-License-Identifier: MIT */
/* T1: element-wise operations with a second operand that is spread over
 * the tile.
 *
 * ELWADD, ELWSUB and ELWMUL take 8 rows of SrcA and 8 rows of SrcB, of which
 * they can spread column 0, the first row, or both (ELWADD.md). What remains
 * is to lead SrcB's counter through the faces. */
#ifndef TT_MATH_BROADCAST_H
#define TT_MATH_BROADCAST_H

#include "tt/kinds.h"
#include "tt/math_modifier.h"
#include "tt/tensix_moves.h"

namespace ttk
{

using ckernel::BroadcastType;
using ckernel::EltwiseBinaryType;

/** opcode_of - instruction of an element-wise operation */
constexpr uint32_t opcode_of(EltwiseBinaryType what)
{
    return what == ckernel::ELWMUL   ? op::elwmul
           : what == ckernel::ELWSUB ? op::elwsub
                                     : op::elwadd;
}

/* Instruction bits 19 and 20: spread column 0, spread row 0 of SrcB. */
constexpr insn_t spread_of(BroadcastType dim)
{
    return dim == BroadcastType::COL      ? 1u << 19
           : dim == BroadcastType::ROW    ? 2u << 19
           : dim == BroadcastType::SCALAR ? 3u << 19
                                          : 0;
}

/* Rows 0 and 16 of SrcB for the left and the right faces. */
template <insn_t own, insn_t last> TT_INLINE void broadcast_rows()
{
    emit<own>();
    emit<own>();
    emit<op::src_b_to(8)>();
    emit<op::src_b_on(8)>();
    emit<own>();
    emit<own>();
    emit<op::src_b_to(0)>();
    emit<own>();
    emit<own>();
    emit<op::src_b_to(8)>();
    emit<op::src_b_on(8)>();
    emit<own>();
    emit<last>();
}

/* Rows 0..15 of SrcB for both upper faces, 32..47 for both lower ones: am_own
 * goes from the former to the latter. */
template <insn_t rows, insn_t own, insn_t last>
TT_INLINE void broadcast_columns()
{
    emit<rows>();
    emit<rows>();
    emit<op::src_b_on(0)>();
    emit<rows>();
    emit<own>();
    emit<rows>();
    emit<rows>();
    emit<op::src_b_on(0)>();
    emit<rows>();
    emit<last>();
}

template <insn_t own, insn_t last> TT_INLINE void broadcast_scalar()
{
    emit<own>();
    emit<own>();
    emit<own>();
    emit<own>();
    emit<own>();
    emit<own>();
    emit<own>();
    emit<last>();
}

/** math_broadcast_phase - all of a tile, from fidelity phase @phase on */
template <uint32_t opcode, BroadcastType dim, uint32_t phase>
TT_INLINE void math_broadcast_phase()
{
    constexpr uint32_t n = opcode == op::elwmul ? phases : 1;
    constexpr bool end = phase + 1 == n;
    constexpr insn_t spread = spread_of(dim);
    constexpr insn_t rows = op::fpu(opcode, 0, am_rows, 0) | spread;
    constexpr insn_t own = op::fpu(opcode, 0, am_own, 0) | spread;
    constexpr insn_t last =
        op::fpu(opcode, end ? op::clear_ab : 0, am_home, 0) | spread;

    if constexpr (n > 1)
        emit<op::setc16(thread_word::fidelity_phase, phase)>();
    if constexpr (dim == BroadcastType::ROW)
        broadcast_rows<own, last>();
    else if constexpr (dim == BroadcastType::COL)
        broadcast_columns<rows, own, last>();
    else
        broadcast_scalar<own, last>();
    if constexpr (!end)
        math_broadcast_phase<opcode, dim, phase + 1>();
    else if constexpr (n > 1)
        emit<op::setc16(thread_word::fidelity_phase, 0)>();
}

template <uint32_t opcode, BroadcastType dim>
TT_COLD inline void math_broadcast_tile()
{
    math_broadcast_phase<opcode, dim, 0>();
}

/** math_broadcast - Dst tile @dst = SrcA op SrcB spread (a product is added) */
template <EltwiseBinaryType what, BroadcastType dim>
TT_INLINE void math_broadcast(uint32_t cb, uint32_t dst)
{
    constexpr bool columns = dim == BroadcastType::COL;
    constexpr math_op who =
        columns ? math_op::broadcast_columns : math_op::broadcast;

    math_format(cb);
    if (math.mode != static_cast<uint32_t>(who))
        math_take_modifier(who, columns ? 8 | (0x40 | 32) << 8 : 8, 8);
    math_point_at(dst);
    math_broadcast_tile<opcode_of(what), dim>();
}

/* ---- one operand ---- */

template <BroadcastType dim, uint32_t row> TT_INLINE void math_spread_from()
{
    if constexpr (dim == BroadcastType::COL) {
        constexpr uint32_t mode = op::four_rows | op::one_column;

        emit<op::movb2d(mode, am_stay, (row & 32) | (row & 15), row)>();
        emit<op::movb2d(mode, am_stay, (row & 32) | (row & 15) | 4, row + 4)>();
    } else {
        constexpr bool scalar = dim == BroadcastType::SCALAR;

        emit<op::movb2d(op::one_row | (scalar ? op::one_column : 0), am_stay,
                        scalar ? 0 : row & 16, row)>();
    }
    if constexpr (row + 8 < 64)
        math_spread_from<dim, row + 8>();
}

/** math_spread - Dst tile @dst = SrcB spread */
template <BroadcastType dim>
TT_COLD inline void math_spread(uint32_t cb, uint32_t dst)
{
    math_format(cb);
    math_select_set(false);
    math_point_at(dst);
    math_spread_from<dim, 0>();
    emit<op::setrwc(op::clear_b, 0xF)>();
}

} /* namespace ttk */

#endif
