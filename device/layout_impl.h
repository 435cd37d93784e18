/* SPDX-License-Identifier: MIT */
/* Between layout.c and the two conversions; nobody else includes it. */
#ifndef TT_LAYOUT_IMPL_H
#define TT_LAYOUT_IMPL_H

#include "device/layout.h"

/** struct tt_strip - part of one row of tiles
 *  @pitch: bytes from one host row to the next
 *  @offset: of the first element in the host array
 *  @rows, @cols: elements that exist on the host; the rest of the @n_tiles
 *                tiles is padding
 *  @stream: too large for the caches: bypass them when writing */
struct tt_strip {
    size_t pitch;
    size_t offset;
    unsigned rows;
    size_t cols;
    size_t n_tiles;
    enum tt_elem elem;
    bool stream;
};

/** tt_layout_store_tiles - tilize: 1, 2 or 4-byte elements, copied */
void tt_layout_store_tiles(const struct tt_strip *s, const uint8_t *host,
                           void *const *page);
/** tt_layout_load_tiles - untilize */
void tt_layout_load_tiles(const struct tt_strip *s, uint8_t *host,
                          void *const *page);
/** tt_layout_store_bfp - tilize with conversion to block float */
void tt_layout_store_bfp(const struct tt_strip *s, const uint8_t *host,
                         void *const *page);
/** tt_layout_load_bfp - untilize with conversion from block float */
void tt_layout_load_bfp(const struct tt_strip *s, uint8_t *host,
                        void *const *page);

#endif
