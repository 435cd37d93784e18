/* SPDX-License-Identifier: MIT */
/*
 * Tilize and untilize: copies of face rows (16, 32 or 64 bytes). Large arrays
 * go to the chip with streaming stores, since nobody reads them soon.
 */
#include <stdint.h>
#include <string.h>

#include "device/layout_impl.h"

#define INLINE static inline __attribute__((always_inline))

/* Byte offset of row @r of the left face pair inside a tile. */
INLINE size_t face_row(unsigned r, size_t esz)
{
    return ((r / TT_FACE_DIM) * 2 * TT_FACE_DIM + r % TT_FACE_DIM) *
           TT_FACE_DIM * esz;
}

/* The right face lies one face (256 elements) after the left one. */
INLINE size_t right_face(size_t esz)
{
    return (size_t)TT_FACE_DIM * TT_FACE_DIM * esz;
}

/* One row of a tile whose columns do not all exist. */
INLINE void store_partial(uint8_t *dst, const uint8_t *src, size_t len,
                          size_t esz, bool stream)
{
    uint8_t row[TT_TILE_DIM * 4] = {0};

    memcpy(row, src, len);
    tt_layout_copy(dst, row, TT_FACE_DIM * esz, stream);
    tt_layout_copy(dst + right_face(esz), row + TT_FACE_DIM * esz,
                   TT_FACE_DIM * esz, stream);
}

INLINE void load_partial(uint8_t *dst, const uint8_t *src, size_t len,
                         size_t esz)
{
    uint8_t row[TT_TILE_DIM * 4];

    memcpy(row, src, TT_FACE_DIM * esz);
    memcpy(row + TT_FACE_DIM * esz, src + right_face(esz), TT_FACE_DIM * esz);
    memcpy(dst, row, len);
}

/* Rows of a face that make one 64-byte cache line. */
INLINE unsigned line_rows(size_t esz)
{
    return (unsigned)(64 / (TT_FACE_DIM * esz));
}

/*
 * One whole tile, a cache line of one face at a time: with streaming stores
 * every line leaves the core complete, and the chip's memory is not read first.
 */
INLINE void store_tile(const uint8_t *src, size_t pitch, uint8_t *dst,
                       const size_t esz, bool stream)
{
    const unsigned step = line_rows(esz);

    for (unsigned r = 0; r < TT_TILE_DIM; r += step)
        for (unsigned half = 0; half < 2; half++)
            for (unsigned k = 0; k < step; k++)
                tt_layout_copy(dst + face_row(r + k, esz) +
                                   half * right_face(esz),
                               src + (r + k) * pitch + half * TT_FACE_DIM * esz,
                               TT_FACE_DIM * esz, stream);
}

/* The tiles that exist whole, then what hangs over the right or lower edge. */
INLINE void store_strip(const struct tt_strip *s, const uint8_t *host,
                        void *const *page, const size_t esz)
{
    size_t full = s->cols / TT_TILE_DIM;
    size_t rest = s->cols % TT_TILE_DIM * esz;
    size_t whole = s->rows == TT_TILE_DIM ? full : 0;

    for (size_t i = 0; i < whole; i++)
        store_tile(host + i * TT_TILE_DIM * esz, s->pitch, page[i], esz,
                   s->stream);
    for (unsigned r = 0; r < s->rows; r++) {
        const uint8_t *src = host + r * s->pitch;
        size_t at = face_row(r, esz);

        for (size_t i = whole; i < full; i++)
            store_partial((uint8_t *)page[i] + at, src + i * TT_TILE_DIM * esz,
                          TT_TILE_DIM * esz, esz, s->stream);
        if (rest)
            store_partial((uint8_t *)page[full] + at,
                          src + full * TT_TILE_DIM * esz, rest, esz, s->stream);
    }
}

/* Rows outermost: the host array is written in order, whatever its width. Not
 * with streaming stores: host arrays seldom begin on a cache line, and lines
 * that leave the core in parts cost twice the time. */
INLINE void load_strip(const struct tt_strip *s, uint8_t *host,
                       void *const *page, const size_t esz)
{
    size_t full = s->cols / TT_TILE_DIM;
    size_t rest = s->cols % TT_TILE_DIM * esz;

    for (unsigned r = 0; r < s->rows; r++) {
        uint8_t *dst = host + r * s->pitch;
        size_t at = face_row(r, esz);

        for (size_t i = 0; i < full; i++, dst += TT_TILE_DIM * esz) {
            const uint8_t *src = (const uint8_t *)page[i] + at;

            memcpy(dst, src, TT_FACE_DIM * esz);
            memcpy(dst + TT_FACE_DIM * esz, src + right_face(esz),
                   TT_FACE_DIM * esz);
        }
        if (rest)
            load_partial(dst, (const uint8_t *)page[full] + at, rest, esz);
    }
}

static size_t tile_elem_size(enum tt_elem elem)
{
    return elem == TT_ELEM_8 ? 1 : elem == TT_ELEM_16 ? 2 : 4;
}

/* Rows of padding below the array become zero. */
static void clear_rows(const struct tt_strip *s, void *const *page)
{
    static const uint8_t zero[TT_FACE_DIM * 4];
    size_t esz = tile_elem_size(s->elem);

    for (unsigned r = s->rows; r < TT_TILE_DIM; r++)
        for (size_t i = 0; i < s->n_tiles; i++) {
            uint8_t *dst = (uint8_t *)page[i] + face_row(r, esz);

            tt_layout_copy(dst, zero, TT_FACE_DIM * esz, s->stream);
            tt_layout_copy(dst + right_face(esz), zero, TT_FACE_DIM * esz,
                           s->stream);
        }
}

void tt_layout_store_tiles(const struct tt_strip *s, const uint8_t *host,
                           void *const *page)
{
    if (s->elem == TT_ELEM_8)
        store_strip(s, host, page, 1);
    else if (s->elem == TT_ELEM_16)
        store_strip(s, host, page, 2);
    else
        store_strip(s, host, page, 4);
    if (s->rows < TT_TILE_DIM)
        clear_rows(s, page);
    tt_layout_end_copy(s->stream);
}

void tt_layout_load_tiles(const struct tt_strip *s, uint8_t *host,
                          void *const *page)
{
    if (s->elem == TT_ELEM_8)
        load_strip(s, host, page, 1);
    else if (s->elem == TT_ELEM_16)
        load_strip(s, host, page, 2);
    else
        load_strip(s, host, page, 4);
}
