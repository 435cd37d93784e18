/* SPDX-License-Identifier: MIT */
/* Operations that take one operand from Dst. */
#ifndef TT_DEST_REUSE_H
#define TT_DEST_REUSE_H

#include "tt/compute.h"

#if COMPILE_FOR_TRISC == 1
#include "tt/tensix_moves.h"

namespace ttk
{

template <bool to_b, uint32_t row> TT_INLINE void math_fetch_from()
{
    if constexpr (to_b)
        emit<op::movd2b(am_stay, row, row)>();
    else
        emit<op::movd2a(am_stay, row, row)>();
    if constexpr (row + 4 < 64)
        math_fetch_from<to_b, row + 4>();
}

/** math_clear_tile - make a tile of Dst read as zero */
TT_INLINE void math_clear_tile(uint32_t dst)
{
    /* Blocks of 16 rows of the 16-bit view: a row of the 32-bit view is two
     * rows there (Dst.md). */
    constexpr uint32_t blocks = wide_dst ? 8 : 4;
    uint32_t first = (math.at >> 9 & 1) * 32 + dst * blocks;

    for (uint32_t i = 0; i < blocks; i++)
        push(op::zeroacc_16(am_stay, first + i));
}

/** math_reuse - Dst tile @dst = it op the other source register, or the other
 *  way round; @to_b: it goes to SrcB, else to SrcA */
template <ckernel::EltwiseBinaryType what, bool to_b>
TT_COLD inline void math_reuse(uint32_t cb, uint32_t dst)
{
    math_format(cb);
    math_take(what == ckernel::ELWMUL   ? math_op::mul
              : what == ckernel::ELWSUB ? math_op::sub
                                        : math_op::add);
    math_point_at(dst);
    /* These moves alone do not wait for the register to be theirs. */
    emit<op::stallwait(op::block_math, to_b ? op::valid_b : op::valid_a)>();
    math_fetch_from<to_b, 0>();
    if constexpr (what == ckernel::ELWMUL)
        math_clear_tile(dst);
    emit<op::mop>();
}

} /* namespace ttk */
#endif

namespace ckernel
{

/** binary_dest_reuse_tiles - tile @dst and a tile of @cb to @dst; DEST_TO_SRCA
 *  makes Dst the first operand, DEST_TO_SRCB the second. A 32-bit Dst goes in
 *  as TF32. */
template <EltwiseBinaryType what,
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE>
ALWI void binary_dest_reuse_tiles(uint32_t cb, uint32_t tile, uint32_t dst)
{
    constexpr bool to_b = reuse == EltwiseBinaryReuseDestType::DEST_TO_SRCB;

    static_assert(reuse != EltwiseBinaryReuseDestType::NONE,
                  "which operand does Dst hold?");
#if COMPILE_FOR_TRISC == 0
    if constexpr (to_b) {
        ttk::unpack_a(cb, tile, true);
    } else {
        ttk::unpack_nothing<0>();
        ttk::unpack_b(cb, tile);
    }
#endif
    MATH((ttk::math_reuse<what, to_b>(cb, dst));)
    (void)to_b;
}
template <EltwiseBinaryType what = ELWADD,
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE>
ALWI void binary_dest_reuse_tiles_init(uint32_t = 0)
{
}

} /* namespace ckernel */

#endif
