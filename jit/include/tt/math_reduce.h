/* SPDX-License-Identifier: MIT */
/* T1: sums and maxima of rows, of columns and of a whole tile.
 *
 * A sum over a row is a product with a matrix whose column 0 holds the scaler,
 * a sum over a column one with a matrix whose row 0 does; T0 unpacks the
 * scaler tile that way (unpack_first_rows). MVMUL adds to Dst, so sums go on
 * over many tiles. GMPOOL gives the maxima of the columns of 16 rows and of
 * Dst; for rows, T0 transposes the faces and the result is transposed back. */
#ifndef TT_MATH_REDUCE_H
#define TT_MATH_REDUCE_H

#include "tt/kinds.h"
#include "tt/math_modifier.h"
#include "tt/tensix_moves.h"

namespace ttk
{

namespace op
{

constexpr insn_t gmpool(uint32_t addr_mod, uint32_t dst)
{
    return make(0x33, 1u << 19 | addr_mod << 15 | dst);
}

} /* namespace op */

/* The increments of am_own: next face of both operands, or of SrcA only. */
constexpr uint32_t next_faces = 16 | 16 << 8, next_face_a = 16;

template <uint32_t dst> TT_INLINE void reduce_product()
{
    emit<op::fpu(op::mvmul, 0, am_own, dst)>();
}

/* Four faces with their scalers; where each result goes. */
template <uint32_t a, uint32_t b, uint32_t c, uint32_t d>
TT_INLINE void reduce_products()
{
    reduce_product<a>();
    reduce_product<b>();
    reduce_product<c>();
    reduce_product<d>();
}

/* Column sums of the upper and lower faces: row 0 of Dst. */
struct sum_columns {
    static TT_INLINE void phase()
    {
        reduce_products<0, 16, 0, 16>();
    }
};

/* Row sums of the left and right faces: column 0 of Dst. */
struct sum_rows {
    static TT_INLINE void phase()
    {
        reduce_products<0, 0, 32, 32>();
        emit<op::src_b_to(8)>();
        reduce_products<8, 8, 40, 40>();
        emit<op::src_b_to(0)>();
    }
};

/* Column sums of all faces: row 8 of Dst. */
struct sum_all_columns {
    static TT_INLINE void phase()
    {
        reduce_products<8, 8, 8, 8>();
    }
};

/* SrcB's row 0 times SrcA's column 0: element 0 of Dst. */
struct sum_one_row {
    static TT_INLINE void phase()
    {
        emit<op::fpu(op::mvmul, 0, am_stay, 0)>();
    }
};

template <typename work, uint32_t phase = 0> TT_INLINE void reduce_phases()
{
    if constexpr (phases > 1)
        emit<op::setc16(thread_word::fidelity_phase, phase)>();
    work::phase();
    if constexpr (phase + 1 < phases)
        reduce_phases<work, phase + 1>();
    else if constexpr (phases > 1)
        emit<op::setc16(thread_word::fidelity_phase, 0)>();
}

TT_INLINE void reduce_done()
{
    emit<op::setrwc(op::clear_ab, 0xF)>();
}

TT_COLD inline void reduce_sum_columns()
{
    reduce_phases<sum_columns>();
    reduce_done();
}

TT_COLD inline void reduce_sum_rows()
{
    reduce_phases<sum_rows>();
    reduce_done();
}

/* Rows 8..11 of the tile are scratch; SrcA of the second unpack has the scaler
 * in column 0. */
TT_COLD inline void reduce_sum_all()
{
    emit<op::zeroacc_row(am_stay, 8)>();
    emit<op::zeroacc_row(am_stay, 9)>();
    emit<op::zeroacc_row(am_stay, 10)>();
    emit<op::zeroacc_row(am_stay, 11)>();
    reduce_phases<sum_all_columns>();
    reduce_done();
    emit<op::stallwait(op::block_math, op::valid_b)>();
    emit<op::movd2b(am_stay, 0, 8)>();
    emit<op::zeroacc_row(am_stay, 8)>();
    reduce_phases<sum_one_row>();
    reduce_done();
}

TT_COLD inline void reduce_max_columns()
{
    emit<op::gmpool(am_own, 0)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 0)>();
    emit<op::gmpool(am_own, 16)>();
    reduce_done();
}

/* Element 0 stays the maximum of what was reduced before: GMPOOL takes rows
 * that nothing was written to for -inf. */
TT_COLD inline void reduce_max_all()
{
    emit<op::zeroacc_row(am_stay, 16)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::movd2b(am_stay, 16, 16)>();
    emit<op::zeroacc_row(am_stay, 16)>();
    emit<op::trnspsrcb>();
    emit<op::movb2a(am_stay, 0, 16)>();
    emit<op::movb2a(am_stay, 4, 20)>();
    emit<op::movb2a(am_stay, 8, 24)>();
    emit<op::movb2a(am_stay, 12, 28)>();
    emit<op::gmpool(am_stay, 0)>();
    reduce_done();
}

/* Row maxima. GMPOOL works in rows 16 and 48 of the tile, whose columns 1.. no
 * result of this kind uses; they end as zeros. */
template <uint32_t top> TT_INLINE void reduce_old_maxima()
{
    emit<op::movd2b(am_stay, 16, top)>();
    emit<op::movd2b(am_stay, 20, top + 4)>();
    emit<op::movd2b(am_stay, 24, top + 8)>();
    emit<op::movd2b(am_stay, 28, top + 12)>();
    emit<op::trnspsrcb>();
    emit<op::movb2d(op::four_rows, am_stay, 16, top + 16)>();
}

template <uint32_t top> TT_INLINE void reduce_maxima_to_column()
{
    emit<op::zerosrc_b>();
    emit<op::movd2b(am_stay, 16, top + 16)>();
    emit<op::trnspsrcb>();
    emit<op::movb2d(op::four_rows, am_stay, 16, top)>();
    emit<op::movb2d(op::four_rows, am_stay, 20, top + 4)>();
    emit<op::movb2d(op::four_rows, am_stay, 24, top + 8)>();
    emit<op::movb2d(op::four_rows, am_stay, 28, top + 12)>();
    emit<op::zeroacc_row(am_stay, top + 16)>();
}

/* @again: column 0 of the tile holds the maxima of earlier tiles */
TT_COLD inline void reduce_max_rows(bool again)
{
    if (again) {
        emit<op::stallwait(op::block_math, op::valid_b)>();
        reduce_old_maxima<0>();
        reduce_old_maxima<32>();
    } else {
        emit<op::zeroacc_row(am_stay, 16)>();
        emit<op::zeroacc_row(am_stay, 48)>();
    }
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 16)>();
    emit<op::gmpool(am_own, 48)>();
    emit<op::gmpool(am_own, 48)>();
    reduce_maxima_to_column<0>();
    reduce_maxima_to_column<32>();
    reduce_done();
}

/** math_reduce - reduce the tile in the source registers onto tile @dst */
template <ckernel::PoolType type, ckernel::ReduceDim dim>
TT_INLINE void math_reduce(uint32_t cb, uint32_t dst)
{
    constexpr bool max = type == ckernel::PoolType::MAX;
    constexpr bool row_max = max && dim == ckernel::REDUCE_ROW;
    constexpr math_op who = max ? math_op::pool_max : math_op::pool_sum;

    math_format(cb);
    if (math.mode != static_cast<uint32_t>(who))
        math_take_modifier(who, max ? next_face_a : next_faces, 0);
    math_point_at(dst);
    if constexpr (row_max) {
        bool again = math.row_maxima >> dst & 1;

        math.row_maxima |= 1u << dst;
        reduce_max_rows(again);
    } else if constexpr (dim == ckernel::REDUCE_ROW) {
        reduce_sum_rows();
    } else if constexpr (dim == ckernel::REDUCE_COL) {
        max ? reduce_max_columns() : reduce_sum_columns();
    } else {
        max ? reduce_max_all() : reduce_sum_all();
    }
}

} /* namespace ttk */

#endif
