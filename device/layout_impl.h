/* SPDX-License-Identifier: MIT */
/* Between layout.c and the two conversions; nobody else includes it but their
 * test. */
#ifndef TT_LAYOUT_IMPL_H
#define TT_LAYOUT_IMPL_H

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "device/layout.h"

/** TT_LAYOUT_LINE - bytes of a cache line */
#define TT_LAYOUT_LINE 64u

/** struct tt_strip - part of one row of tiles
 *  @pitch: bytes from one host row to the next
 *  @offset: of the first element in the host array
 *  @rows, @cols: elements that exist on the host; the rest of the @n_tiles
 *                tiles is padding
 *  @n_ahead: pages that are listed, and will be read, behind those of the
 *            strip; for loads
 *  @stream: as in struct tt_view; for loads, the host array is too large for
 *           the caches, and its pages are plain memory */
struct tt_strip {
    size_t pitch;
    size_t offset;
    unsigned rows;
    size_t cols;
    size_t n_tiles;
    size_t n_ahead;
    enum tt_elem elem;
    bool stream;
};

#ifdef __SSE2__
/* Four loads before four stores: a load waits for an earlier store to an
 * address that differs from its own in multiples of 4 KiB only. */
static inline void tt_layout_stream_line(uint8_t *to, const uint8_t *from)
{
    __m128i block[4];

    for (unsigned i = 0; i < 4; i++)
        block[i] = _mm_loadu_si128((const void *)(from + 16 * i));
    for (unsigned i = 0; i < 4; i++)
        _mm_stream_si128((__m128i *)(void *)(to + 16 * i), block[i]);
}
#endif

/**
 * tt_layout_copy - one page, or a part of it
 * @page: 16-byte aligned if @stream
 * @len: a multiple of 16
 * @stream: with streaming stores; close them with tt_layout_end_copy()
 */
static inline void tt_layout_copy(void *page, const void *src, size_t len,
                                  bool stream)
{
#ifdef __SSE2__
    const uint8_t *from = src;
    uint8_t *to = page;
    size_t i = 0;

    for (; stream && i + TT_LAYOUT_LINE <= len; i += TT_LAYOUT_LINE)
        tt_layout_stream_line(to + i, from + i);
    for (; stream && i < len; i += 16)
        _mm_stream_si128((__m128i *)(void *)(to + i),
                         _mm_loadu_si128((const void *)(from + i)));
    if (stream)
        return;
#else
    (void)stream;
#endif
    memcpy(page, src, len);
}

/** tt_layout_end_copy - streaming stores are weakly ordered: whoever comes
 *  next must see them */
static inline void tt_layout_end_copy(bool stream)
{
#ifdef __SSE2__
    if (stream)
        _mm_sfence();
#else
    (void)stream;
#endif
}

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
