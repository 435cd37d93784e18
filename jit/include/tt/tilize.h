/* SPDX-License-Identifier: MIT */
/* Between rows and tiles. A strip is 32 rows, as wide as some tiles, that lie
 * one after the other in a circular buffer; the same number of pages holds
 * them as tiles. These calls do their own tile_regs_acquire and so on. */
#ifndef TT_TILIZE_H
#define TT_TILIZE_H

#include "tt/compute.h"
#if COMPILE_FOR_TRISC == 0
#include "tt/unpack_rows.h"
#elif COMPILE_FOR_TRISC == 2
#include "tt/pack_rows.h"
#endif

namespace ttk
{

/** strip_tile_to_dst - a tile of a strip to tile 0 of Dst */
ALWI void strip_tile_to_dst(uint32_t cb, uint32_t tile, uint32_t width)
{
    bool direct = to_dst(cb), by_add = copy_by_add(cb);

    UNPACK(unpack_strip(cb, tile, width, by_add && !direct);)
    if (direct) {
        MATH(math_lend_dst();)
    } else {
        MATH(math_run(by_add ? math_op::add : math_op::copy, cb, 0);)
    }
    (void)direct, (void)by_add, (void)tile, (void)width;
}

/** pack_to_strip - tile @dst of Dst to column @tile of a strip */
ALWI void pack_to_strip(uint32_t dst, uint32_t cb, uint32_t strip,
                        uint32_t tile, uint32_t width)
{
    uint32_t row = tile_bytes(cb) / 32;

    PACK(pack_tile_rows(dst, cb, strip + tile * row, width * row);)
    (void)dst, (void)row, (void)strip, (void)tile, (void)width;
}

} /* namespace ttk */

namespace ckernel
{

/** tilize_block - the strip of @width tiles at the front of @cb, from tile
 *  @tile on, to tiles in @out from page @page on */
ALWI void tilize_block(uint32_t cb, uint32_t width, uint32_t out,
                       uint32_t tile = 0, uint32_t page = 0)
{
    for (uint32_t i = 0; i < width; i++) {
        tile_regs_acquire();
        ttk::strip_tile_to_dst(cb, tile + i, width);
        tile_regs_commit();
        tile_regs_wait();
        if (page)
            pack_tile<true>(0, out, page + i);
        else
            pack_tile(0, out);
        tile_regs_release();
    }
}
ALWI void fast_tilize_block(uint32_t cb, uint32_t width, uint32_t out,
                            uint32_t tile = 0, uint32_t page = 0)
{
    tilize_block(cb, width, out, tile, page);
}

ALWI void tilize_init(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void tilize_init_short(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void tilize_init_short_with_dt(uint32_t, uint32_t, uint32_t, uint32_t = 16)
{
}
ALWI void tilize_uninit(uint32_t = 0, uint32_t = 16)
{
}
ALWI void tilize_uninit_with_dt(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void fast_tilize_init(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void fast_tilize_init_with_dt(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void fast_tilize_uninit(uint32_t = 0, uint32_t = 16)
{
}

/** untilize_block - @width tiles from the front of @cb as a strip to @out */
template <uint32_t block = 1>
ALWI void untilize_block(uint32_t cb, uint32_t width, uint32_t out)
{
#if COMPILE_FOR_TRISC == 2
    ttk::cb_end &end = ttk::cb_writer[ttk::cb_index(out)];
    uint32_t strip = end.next;

    end.next += width * ttk::tile_bytes(out);
#else
    uint32_t strip = 0;
#endif
    for (uint32_t i = 0; i < width; i++) {
        tile_regs_acquire();
        copy_tile(cb, i, 0);
        tile_regs_commit();
        tile_regs_wait();
        ttk::pack_to_strip(0, out, strip, i, width);
        tile_regs_release();
    }
}
ALWI void untilize_init(uint32_t = 0, uint32_t = 16)
{
    ttk::set_copy_transpose(0);
}
ALWI void untilize_init_short(uint32_t = 0)
{
    ttk::set_copy_transpose(0);
}
ALWI void untilize_init_short_with_dt(uint32_t = 0, uint32_t = 1)
{
    ttk::set_copy_transpose(0);
}
ALWI void untilize_uninit(uint32_t = 0)
{
}

/** pack_untilize_dest - @rows x @block tiles of Dst, from tile @dst on, to
 *  column @column * @block of strips of @width tiles in @out's reserved pages
 */
template <uint32_t block = 8, uint32_t width = block, auto... more>
ALWI void pack_untilize_dest(uint32_t out, uint32_t rows = 1,
                             uint32_t column = 0, uint32_t = 16, uint32_t = 4,
                             uint32_t dst = 0)
{
#if COMPILE_FOR_TRISC == 2
    uint32_t strip = ttk::cb_writer[ttk::cb_index(out)].ptr;

    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = 0; i < block; i++)
            ttk::pack_to_strip(dst + row * block + i, out, strip,
                               column * block + i, width);
        strip += width * ttk::tile_bytes(out);
    }
#endif
}

/** pack_untilize_block - tiles from the front of @cb, @block per row, as
 *  pack_untilize_dest() puts them */
template <uint32_t block = 8, uint32_t width = block>
ALWI void pack_untilize_block(uint32_t cb, uint32_t rows, uint32_t out,
                              uint32_t column = 0)
{
#if COMPILE_FOR_TRISC == 2
    uint32_t strip = ttk::cb_writer[ttk::cb_index(out)].ptr;
#else
    uint32_t strip = 0;
#endif
    for (uint32_t row = 0; row < rows; row++) {
        tile_regs_acquire();
        for (uint32_t i = 0; i < block; i++)
            copy_tile(cb, row * block + i, i);
        tile_regs_commit();
        tile_regs_wait();
        for (uint32_t i = 0; i < block; i++)
            ttk::pack_to_strip(i, out, strip, column * block + i, width);
        tile_regs_release();
        strip += width * ttk::tile_bytes(out);
    }
}
template <uint32_t block = 8, uint32_t width = block, auto... more>
ALWI void pack_untilize_init(uint32_t = 0, uint32_t = 16)
{
    ttk::set_copy_transpose(0);
}
template <uint32_t block = 8, uint32_t width = block, auto... more>
ALWI void pack_untilize_dest_init(uint32_t = 16, uint32_t = 16, uint32_t = 4)
{
}
template <uint32_t block = 8, uint32_t width = block, auto... more>
ALWI void pack_untilize_dest_init_short(uint32_t = 16, uint32_t = 16,
                                        uint32_t = 4)
{
}
ALWI void pack_untilize_uninit(uint32_t = 16)
{
}

} /* namespace ckernel */

#endif
