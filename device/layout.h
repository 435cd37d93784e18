/* SPDX-License-Identifier: MIT */
/* How a host array lies in device pages: tiles, faces, number formats. */
#ifndef TT_LAYOUT_H
#define TT_LAYOUT_H

#include "device/spread.h"
#include "device/tt_device.h"

#define TT_TILE_DIM   32u /* a tile is 32 x 32 datums ... */
#define TT_FACE_DIM   16u /* ... stored as four 16 x 16 faces, row major */
#define TT_TILE_ELEMS 1024u
#define TT_BFP8_TILE  1088u /* 64 shared exponents, then 1024 datums */

/** enum tt_elem - how one element is stored on the host and on the device */
enum tt_elem {
    TT_ELEM_8,    /* 1 byte, copied */
    TT_ELEM_16,   /* 2 bytes, copied */
    TT_ELEM_32,   /* 4 bytes, copied */
    TT_ELEM_E4M3, /* host OCP E4M3, device Bfp8 (5-bit shared exponents) */
    TT_ELEM_E5M2, /* host OCP E5M2, device Bfp8_b (8-bit shared exponents) */
    TT_ELEM_RAW   /* bytes, always linear */
};

/**
 * struct tt_layout - the shape of one buffer, host and device side
 * @tiled: 32 x 32 tiles (two or more dimensions), else linear
 * @planes, @rows, @cols: host array, cols innermost; outer dimensions stacked
 * @tile_rows, @tile_cols: tiles of one plane; a linear layout is one strip:
 *                         1 x n_pages
 * @n_pages, @page_size: device pages (one tile, or 1024 linear elements)
 * @host_size: bytes of the host array
 * @spread: where the pages are; DRAM unless tt_spread_set() said otherwise
 */
struct tt_layout {
    enum tt_elem elem;
    bool tiled;
    unsigned elem_size; /* of the host array */
    uint64_t planes, rows, cols;
    uint64_t tile_rows, tile_cols;
    uint64_t n_pages;
    uint32_t page_size;
    uint64_t host_size;
    struct tt_spread spread;
};

/**
 * tt_layout_init - lay out an array
 * @l: storage
 * @elem: element kind; with TT_ELEM_RAW the product of @dim is in bytes
 * @rank: 0..8; 0 is one element
 * @dim: extents, slowest first; each at least 1
 *
 * Rank 0 and 1 and TT_ELEM_RAW are linear, in pages of 1024 elements (RAW:
 * 4096 bytes); block floats of any rank are tiled (rank 0 and 1 as one row).
 * Rank 2 and more: both innermost dimensions padded to 32, outer ones stacked.
 *
 * Return: NXS_Success; NXS_InvalidBufferSize if an extent is 0 or the padded
 * size does not fit 63 bits.
 */
nxs_status tt_layout_init(struct tt_layout *l, enum tt_elem elem, unsigned rank,
                          const uint64_t *dim);

/**
 * tt_layout_store - host array to pages
 * @l: layout
 * @view: which of its pages, and where they are; each @l->page_size bytes
 * @host: the whole host array
 *
 * Padding becomes zero. Keeps to the rules of @view->stream. Any thread;
 * touches only its own pages.
 */
void tt_layout_store(const struct tt_layout *l, const struct tt_view *view,
                     const void *host);

/** tt_layout_load - pages to the host array; padding is dropped; mirrors
 *  tt_layout_store() */
void tt_layout_load(const struct tt_layout *l, const struct tt_view *view,
                    void *host);

#endif
