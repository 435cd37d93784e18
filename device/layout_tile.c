/* SPDX-License-Identifier: MIT */
/*
 * Tilize and untilize: copies of face rows (16, 32 or 64 bytes). Large arrays
 * are written with streaming stores of whole cache lines, since nobody reads
 * them soon, and read ahead of their use: no hardware looks ahead from tile to
 * tile, neither across rows of the host array nor across pages.
 */
#include <stdint.h>
#include <string.h>

#include "device/layout_impl.h"

#define INLINE static inline __attribute__((always_inline))

/* Tiles by which large arrays are read ahead. All pages of a bank begin at the
 * same sets of the first-level cache: eight and those in use are as many as it
 * holds. Of a host array, whose rows may be as unlucky, two. */
#define PAGES_AHEAD 8u
#define TILES_AHEAD 2u

/* Tiles whose rows are written to the host array in one go: enough that few
 * lines are left open, few enough to stay in the cache until the last row. */
#define GROUP 4u

_Static_assert(GROUP *TT_TILE_DIM >= TT_LAYOUT_LINE,
               "each group of a row fills the line that the last left open");

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

/* One row of a tile whose columns do all exist. */
INLINE void load_row(uint8_t *dst, const uint8_t *src, size_t esz)
{
    memcpy(dst, src, TT_FACE_DIM * esz);
    memcpy(dst + TT_FACE_DIM * esz, src + right_face(esz), TT_FACE_DIM * esz);
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

    load_row(row, src, esz);
    memcpy(dst, row, len);
}

/* Rows of a face that make one cache line. */
INLINE unsigned line_rows(size_t esz)
{
    return (unsigned)(TT_LAYOUT_LINE / (TT_FACE_DIM * esz));
}

/* @n rows of a tile of the host array. */
INLINE void prefetch_rows(const uint8_t *src, size_t pitch, unsigned n,
                          size_t esz)
{
    for (unsigned k = 0; k < n; k++)
        for (size_t i = 0; i < TT_TILE_DIM * esz; i += TT_LAYOUT_LINE)
            __builtin_prefetch(src + k * pitch + i);
}

/*
 * One whole tile, a cache line of one face at a time: with streaming stores
 * every line leaves the core complete, and the chip's memory is not read first.
 * Meanwhile another tile of the same rows is fetched, @ahead bytes from @src.
 */
INLINE void store_tile(const uint8_t *src, size_t pitch, size_t ahead,
                       uint8_t *dst, const size_t esz, bool stream)
{
    const unsigned step = line_rows(esz);

    for (unsigned r = 0; r < TT_TILE_DIM; r += step) {
        if (ahead)
            prefetch_rows(src + r * pitch + ahead, pitch, step, esz);
        for (unsigned half = 0; half < 2; half++)
            for (unsigned k = 0; k < step; k++)
                tt_layout_copy(dst + face_row(r + k, esz) +
                                   half * right_face(esz),
                               src + (r + k) * pitch + half * TT_FACE_DIM * esz,
                               TT_FACE_DIM * esz, stream);
    }
}

/* The tiles that exist whole, then what hangs over the right or lower edge. */
INLINE void store_strip(const struct tt_strip *s, const uint8_t *host,
                        void *const *page, const size_t esz)
{
    size_t full = s->cols / TT_TILE_DIM;
    size_t rest = s->cols % TT_TILE_DIM * esz;
    size_t whole = s->rows == TT_TILE_DIM ? full : 0;

    for (size_t i = 0; i < whole; i++) {
        bool look = s->stream && i + TILES_AHEAD < whole;

        store_tile(host + i * TT_TILE_DIM * esz, s->pitch,
                   look ? TILES_AHEAD * TT_TILE_DIM * esz : 0, page[i], esz,
                   s->stream);
    }
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

/* ---- to the host ---- */

/** struct piece - a group's part of one row
 *  @first, @n: tiles of the strip
 *  @len: bytes of the host array; a line at least, if @goes_on
 *  @follows: the piece before it in memory has left its last line in @line
 *  @goes_on: the piece behind it in memory will complete its own
 *  @line: where that is */
struct piece {
    const struct tt_strip *s;
    void *const *page;
    size_t first, n;
    unsigned row;
    size_t len;
    bool follows, goes_on;
    uint8_t *line;
};

/* A bit of a tile ahead of tile @i: all of it, when the rows are done. */
INLINE void prefetch_page(const struct piece *p, size_t i, const size_t esz)
{
    const uint8_t *page;

    if (i + PAGES_AHEAD >= p->s->n_tiles + p->s->n_ahead)
        return;
    page = p->page[i + PAGES_AHEAD];
    prefetch_rows(page + p->row * TT_TILE_DIM * esz, 0, 1, esz);
}

INLINE void store_piece(const struct piece *p, uint8_t *dst, const size_t esz)
{
    size_t at = face_row(p->row, esz), left = p->len;

    for (size_t i = p->first; i < p->first + p->n; i++) {
        size_t len = left < TT_TILE_DIM * esz ? left : TT_TILE_DIM * esz;

        prefetch_page(p, i, esz);
        if (len == TT_TILE_DIM * esz)
            load_row(dst, (const uint8_t *)p->page[i] + at, esz);
        else
            load_partial(dst, (const uint8_t *)p->page[i] + at, len, esz);
        dst += len;
        left -= len;
    }
}

/* Columns that do not exist come along. */
INLINE void gather(const struct piece *p, uint8_t *dst, const size_t esz)
{
    size_t at = face_row(p->row, esz);

    for (size_t i = p->first; i < p->first + p->n; i++) {
        prefetch_page(p, i, esz);
        load_row(dst, (const uint8_t *)p->page[i] + at, esz);
        dst += TT_TILE_DIM * esz;
    }
}

/*
 * Host arrays seldom begin on a cache line, so tiles do not end on one, and
 * lines that leave the core in parts cost twice the time. So what a piece has
 * of its last line waits for the next piece. The ends of a row share their
 * lines with others and are stored plainly.
 */
INLINE void stream_piece(const struct piece *p, uint8_t *dst, const size_t esz)
{
    _Alignas(TT_LAYOUT_LINE)
        uint8_t bytes[2 * TT_LAYOUT_LINE + GROUP * TT_TILE_DIM * 4];
    size_t head = (uintptr_t)dst % TT_LAYOUT_LINE, i = 0;
    size_t end = head + p->len;
    uint8_t *to = dst - head;

    gather(p, bytes + head, esz);
    if (p->follows) {
        memcpy(bytes, p->line, head);
    } else if (head) {
        i = end < TT_LAYOUT_LINE ? end : TT_LAYOUT_LINE;
        memcpy(dst, bytes + head, i - head);
    }
    for (; i + TT_LAYOUT_LINE <= end; i += TT_LAYOUT_LINE)
        tt_layout_copy(to + i, bytes + i, TT_LAYOUT_LINE, true);
    if (p->goes_on)
        memcpy(p->line, bytes + i, TT_LAYOUT_LINE);
    else
        memcpy(to + i, bytes + i, end - i);
}

/* A group of tiles, row by row. If these are @joined, each follows the last. */
INLINE void load_group(struct piece *p, uint8_t *host, bool joined,
                       uint8_t (*line)[TT_LAYOUT_LINE], const size_t esz)
{
    const struct tt_strip *s = p->s;
    bool at_end = p->first + p->n == s->n_tiles;

    for (unsigned r = 0; r < s->rows; r++) {
        uint8_t *dst = host + r * s->pitch + p->first * TT_TILE_DIM * esz;

        p->row = r;
        p->line = line[joined ? 0 : r];
        p->follows = joined ? r > 0 : p->first > 0;
        p->goes_on = joined ? r + 1 < s->rows : !at_end;
        if (s->stream)
            stream_piece(p, dst, esz);
        else
            store_piece(p, dst, esz);
    }
}

INLINE void load_strip(const struct tt_strip *s, uint8_t *host,
                       void *const *page, const size_t esz)
{
    _Alignas(TT_LAYOUT_LINE) uint8_t line[TT_TILE_DIM][TT_LAYOUT_LINE];
    bool joined = s->n_tiles <= GROUP && s->cols * esz == s->pitch &&
                  s->pitch >= TT_LAYOUT_LINE;
    struct piece p = {.s = s, .page = page, .n = GROUP};

    for (; p.first < s->n_tiles; p.first += GROUP) {
        size_t cols = s->cols - p.first * TT_TILE_DIM;

        if (s->n_tiles - p.first < GROUP)
            p.n = s->n_tiles - p.first;
        if (cols > GROUP * TT_TILE_DIM)
            cols = GROUP * TT_TILE_DIM;
        p.len = cols * esz;
        load_group(&p, host, joined, line, esz);
    }
    tt_layout_end_copy(s->stream);
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
