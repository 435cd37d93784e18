/* SPDX-License-Identifier: MIT */
/* The rest of the matrix half of the kernel API: transposition, reloading of
 * partial results, packer modes, and changes of data format. The latter do
 * nothing: each operation sees to the formats of its own buffers. */
#ifndef TT_RECONFIG_H
#define TT_RECONFIG_H

#include "tt/compute.h"
#if COMPILE_FOR_TRISC == 2
#include "tt/pack_rows.h"
#endif

namespace ckernel
{

/* ---- transposition ---- */

ALWI void transpose_wh_tile(uint32_t cb, uint32_t tile, uint32_t dst)
{
    transpose_tile(cb, tile, dst);
}
ALWI void transpose_init(uint32_t = 0)
{
}
ALWI void transpose_wh_init(uint32_t = 0, uint32_t = 16)
{
}
ALWI void transpose_wh_init_short(uint32_t = 0)
{
}
ALWI void transpose_wh_uninit(uint32_t = 0, uint32_t = 16)
{
}

/** copy_block_matmul_partials - @n tiles from page @tile of @cb to Dst */
ALWI void copy_block_matmul_partials(uint32_t cb, uint32_t tile, uint32_t dst,
                                     uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        copy_tile(cb, tile + i, dst + i);
}

/* ---- packer modes; they hold until changed ---- */

/** pack_reconfig_l1_acc - from now on packed tiles are added to what L1 holds,
 *  or replace it */
ALWI void pack_reconfig_l1_acc(uint32_t add)
{
#if COMPILE_FOR_TRISC == 2
    if (ttk::packer.add == (add != 0))
        return;
    ttk::packer.add = add != 0;
    ttk::pack_write_add();
#endif
    (void)add;
}

/** pack_relu_config - what the packer does to small values: ReluType in the
 *  low half, threshold (the top half of a float) in the high half */
ALWI void pack_relu_config(uint32_t config)
{
    PACK(ttk::packer.relu = (config & 3) << 2 | config >> 16 << 6;
         ttk::pack_write_relu();)
    (void)config;
}

/** pack_rows_init - how many rows of 16 datums pack_rows packs, 1 to 64 */
ALWI void pack_rows_init(uint32_t rows)
{
    PACK(ttk::packer.n_rows = rows;)
    (void)rows;
}
/** pack_rows - the first rows of Dst tile @dst to page @page of the reserved
 *  region, one after the other; no block floats */
ALWI void pack_rows(uint32_t dst, uint32_t cb, uint32_t page = 0)
{
    PACK(ttk::pack_first_rows(dst, cb,
                              ttk::cb_writer[ttk::cb_index(cb)].ptr +
                                  page * ttk::tile_bytes(cb),
                              ttk::packer.n_rows);)
    (void)dst, (void)cb, (void)page;
}
ALWI void pack_rows_uninit()
{
}

/* ---- formats ---- */

template <auto... more> ALWI void reconfig_data_format(uint32_t, uint32_t)
{
}
template <auto... more>
ALWI void reconfig_data_format(uint32_t, uint32_t, uint32_t, uint32_t)
{
}
template <auto... more> ALWI void reconfig_data_format_srca(uint32_t)
{
}
template <auto... more> ALWI void reconfig_data_format_srca(uint32_t, uint32_t)
{
}
template <auto... more> ALWI void reconfig_data_format_srcb(uint32_t)
{
}
template <auto... more> ALWI void reconfig_data_format_srcb(uint32_t, uint32_t)
{
}
template <auto... more> ALWI void pack_reconfig_data_format(uint32_t)
{
}
template <auto... more> ALWI void pack_reconfig_data_format(uint32_t, uint32_t)
{
}
template <auto... more>
ALWI void unpack_reconfig_data_format(uint32_t, uint32_t)
{
}
template <auto... more> ALWI void pack_init(uint32_t = 16)
{
}

} /* namespace ckernel */

#endif
