/* SPDX-License-Identifier: MIT */
/* T0: tiles from rows: the first row of each face, or faces gathered from
 * rows that are longer than a tile. */
#ifndef TT_UNPACK_ROWS_H
#define TT_UNPACK_ROWS_H

#include "tt/unpack_faces.h"

namespace ttk
{

namespace op
{

constexpr insn_t setadc_y_in(uint32_t which, uint32_t y)
{
    return make(0x50, which << 21 | 1u << 18 | y);
}

} /* namespace op */

/** unpack_first_rows - row 0 of each face, zeros elsewhere; in SrcA (@which 0)
 *  as column 0 of each face */
template <uint32_t which>
TT_COLD inline void unpack_first_rows(uint32_t cb, uint32_t tile)
{
    unpack_check_src(cb);
    unpack_target(false);
    unpack_format(which, cb);
    unpack_address(which, unpack_tile_addr(cb, tile));
    faces_start(which, cb);
    if (!which)
        faces_transposed<true>();
    emit<op::setadcxx(1u << which, 15, 0)>();
    emit<op::unpacr_zero(which)>();
    emit<op::unpacr_step(which, 0, 1, 1)>();
    emit<op::unpacr_step(which, 0, 1, 1)>();
    emit<op::unpacr_step(which, 0, 1, 1)>();
    emit<op::unpacr_step(which, 1, 0, 0)>();
    faces_end<which>();
    unpack_end();
    if (!which)
        faces_transposed<false>();
}

/* "Tileize": rows of 16 datums lie apart in L1. @pitch 0 switches it off. */
TT_INLINE void rows_apart(uint32_t pitch)
{
    constexpr uint32_t at = word::unpack0 + word::out_format;

    issue(op::rmwcib(1, at, 2, pitch ? 2 : 0));
    issue(op::rmwcib(2, at, 0xFF, pitch >> 4));
    issue(op::rmwcib(3, at, 0x0F, pitch >> 12));
}

/* The four faces of tile @tile of a strip of @width tiles that holds rows. */
TT_INLINE void unpack_strip_faces(uint32_t width, bool give)
{
    constexpr uint32_t unp0 = op::adc_unpack0;

    /* Input counter X begins at column 0 or 16, Y counts 256 datums: half a
     * row of a tile, 16 of which lie above the lower faces. */
    emit<op::setadcxx(unp0, 255, 0)>();
    emit<op::unpacr_step(0, 0, 0, 1)>();
    emit<op::setadcxx(unp0, 255 + 16, 16)>();
    emit<op::unpacr_step(0, 0, 0, 1)>();
    push(op::setadc_y_in(unp0, 2 * width));
    emit<op::setadcxx(unp0, 255, 0)>();
    emit<op::unpacr_step(0, 0, 0, 1)>();
    emit<op::setadcxx(unp0, 255 + 16, 16)>();
    if (give)
        emit<op::unpacr_step(0, 1, 0, 0)>();
    else
        emit<op::unpacr_step(0, 0, 0, 0)>();
    emit<op::setadcxy_clear(unp0)>();
    faces_end<0>();
}

/** unpack_strip - tile @tile of @width tiles whose rows lie in L1 as one strip
 *  of 32 long rows: to SrcA, or to tile 0 of Dst (32-bit formats) */
TT_COLD inline void unpack_strip(uint32_t cb, uint32_t tile, uint32_t width,
                                 bool zero_b)
{
    uint32_t row = tile_bytes(cb) / 32;
    uint32_t addr = cb_reader[cb_index(cb)].ptr + tile * row;
    bool dst = to_dst(cb);

    if (block_float(hw_format(cb)) || width * row > 0xFFFF)
        fail(TT_ERROR_ASSERT, __LINE__);
    if (dst) {
        unpack_borrow_dst(0);
    } else {
        unpack_check_src(cb);
        unpack_target(false);
    }
    unpack_format(0, cb);
    faces_start(0, cb);
    unpack_address(dst ? 2 : 0, addr);
    rows_apart(width * row);
    unpack_strip_faces(width, !dst);
    if (zero_b)
        unpack_nothing<1>();
    unpack_end();
    rows_apart(0);
    if (dst)
        emit<op::sempost(sem_dst_done)>();
}

} /* namespace ttk */

#endif
