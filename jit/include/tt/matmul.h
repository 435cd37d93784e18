/* SPDX-License-Identifier: MIT */
/* Matrix products of tiles, in every spelling. The second operand goes to
 * SrcA. Whether it is transposed is said by the last init call, or by the tile
 * call itself: its faces are then turned on their way to SrcA. */
#ifndef TT_MATMUL_H
#define TT_MATMUL_H

#include "tt/compute.h"

namespace ttk
{

#if COMPILE_FOR_TRISC == 0
inline bool matmul_transposes = false;

TT_INLINE void unpack_matmul(uint32_t a, uint32_t b, uint32_t tile_a,
                             uint32_t tile_b, bool transpose)
{
    if (!transpose) {
        unpack_ab(b, tile_b, a, tile_a);
        return;
    }
    unpack_a_transposed(b, tile_b, false);
    unpack_b(a, tile_a);
}
#endif

ALWI void set_matmul_transpose(uint32_t transpose)
{
    UNPACK(matmul_transposes = transpose != 0;)
    (void)transpose;
}

} /* namespace ttk */

namespace ckernel
{

ALWI void mm_init(uint32_t = 0, uint32_t = 1, uint32_t = 16,
                  uint32_t transpose = 0)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_init_short(uint32_t = 0, uint32_t = 1, uint32_t transpose = 0)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_init_short_with_dt(uint32_t = 0, uint32_t = 1, uint32_t = 2,
                                uint32_t transpose = 0)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void matmul_init(uint32_t = 0, uint32_t = 1, uint32_t transpose = 0)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_block_init(uint32_t = 0, uint32_t = 1, uint32_t = 16,
                        uint32_t transpose = 0, uint32_t = 1, uint32_t = 1,
                        uint32_t = 1)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_block_init_short(uint32_t = 0, uint32_t = 1,
                              uint32_t transpose = 0, uint32_t = 1,
                              uint32_t = 1, uint32_t = 1)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_block_init_short_with_dt(uint32_t = 0, uint32_t = 1, uint32_t = 2,
                                      uint32_t transpose = 0, uint32_t = 1,
                                      uint32_t = 1, uint32_t = 1)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void mm_block_init_short_with_both_dt(uint32_t, uint32_t, uint32_t,
                                           uint32_t, uint32_t transpose = 0,
                                           uint32_t = 1, uint32_t = 1,
                                           uint32_t = 1)
{
    ttk::set_matmul_transpose(transpose);
}
ALWI void matmul_block_init(uint32_t = 0, uint32_t = 1, uint32_t transpose = 0,
                            uint32_t = 1, uint32_t = 1, uint32_t = 1)
{
    ttk::set_matmul_transpose(transpose);
}

/** matmul_tiles - Dst tile @dst += A x B */
ALWI void matmul_tiles(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                       uint32_t dst, uint32_t transpose = 0)
{
    UNPACK(ttk::unpack_matmul(a, b, tile_a, tile_b,
                              transpose || ttk::matmul_transposes);)
    MATH(ttk::math_run(ttk::math_op::matmul, b, dst);)
    (void)transpose;
}
ALWI void matmul_tile(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                      uint32_t dst, uint32_t transpose = 0)
{
    matmul_tiles(a, b, tile_a, tile_b, dst, transpose);
}

/** matmul_block - @rt x @ct tiles of Dst, row by row, += one step of the inner
 *  dimension: tiles of A lie @kt apart, those of B one after the other */
ALWI void matmul_block(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                       uint32_t dst, uint32_t transpose, uint32_t ct,
                       uint32_t rt, uint32_t kt)
{
    for (uint32_t row = 0; row < rt; row++)
        for (uint32_t col = 0; col < ct; col++)
            matmul_tiles(a, b, tile_a + row * kt, tile_b + col,
                         dst + row * ct + col, transpose);
}

} /* namespace ckernel */

#endif
