/* SPDX-License-Identifier: MIT */
/* Shapes of buffers, and the choice of the conversion for a strip. */
#include "device/layout.h"

#include <string.h>

#include "device/layout_impl.h"
#include "pool/tt_log.h"

#define RAW_PAGE 4096u

_Static_assert(RAW_PAGE <= TT_PAGE_MAX && 4 * TT_TILE_ELEMS <= TT_PAGE_MAX,
               "the largest page of any layout");

/* Host arrays from this size on are written past the caches. */
#define STREAM_SIZE (2u << 20)

static unsigned elem_size(enum tt_elem elem)
{
    switch (elem) {
    case TT_ELEM_16:
        return 2;
    case TT_ELEM_32:
        return 4;
    default:
        return 1;
    }
}

static bool is_bfp(enum tt_elem elem)
{
    return elem == TT_ELEM_E4M3 || elem == TT_ELEM_E5M2;
}

/* a * b, or false when the product does not fit 63 bits. */
static bool mul63(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out) && *out <= INT64_MAX;
}

static bool fold_dims(struct tt_layout *l, unsigned rank, const uint64_t *dim)
{
    l->planes = l->rows = l->cols = 1;
    for (unsigned i = 0; i < rank; i++) {
        bool inner = i + 1 == rank;
        bool row = l->tiled && i + 2 == rank;
        uint64_t *extent = inner ? &l->cols : row ? &l->rows : &l->planes;

        if (dim[i] == 0)
            return false;
        /* A linear array is one row, whatever its rank. */
        if (!l->tiled)
            extent = &l->cols;
        if (!mul63(*extent, dim[i], extent))
            return false;
    }
    return true;
}

static bool size_linear(struct tt_layout *l)
{
    uint64_t bytes;

    if (!mul63(l->cols, l->elem_size, &l->host_size))
        return false;
    l->page_size =
        l->elem == TT_ELEM_RAW ? RAW_PAGE : TT_TILE_ELEMS * l->elem_size;
    l->n_pages =
        l->host_size / l->page_size + (l->host_size % l->page_size != 0);
    l->tile_rows = 1;
    l->tile_cols = l->n_pages;
    return mul63(l->n_pages, l->page_size, &bytes);
}

static bool size_tiled(struct tt_layout *l)
{
    uint64_t elems, strips, bytes;

    l->tile_rows = l->rows / TT_TILE_DIM + (l->rows % TT_TILE_DIM != 0);
    l->tile_cols = l->cols / TT_TILE_DIM + (l->cols % TT_TILE_DIM != 0);
    l->page_size =
        is_bfp(l->elem) ? TT_BFP8_TILE : TT_TILE_ELEMS * l->elem_size;
    return mul63(l->rows, l->cols, &elems) && mul63(elems, l->planes, &elems) &&
           mul63(elems, l->elem_size, &l->host_size) &&
           mul63(l->tile_rows, l->planes, &strips) &&
           mul63(strips, l->tile_cols, &l->n_pages) &&
           mul63(l->n_pages, l->page_size, &bytes);
}

nxs_status tt_layout_init(struct tt_layout *l, enum tt_elem elem, unsigned rank,
                          const uint64_t *dim)
{
    struct tt_layout new = {.elem = elem, .elem_size = elem_size(elem)};

    new.tiled = is_bfp(elem) || (elem != TT_ELEM_RAW && rank >= 2);
    if (!fold_dims(&new, rank, dim) ||
        !(new.tiled ? size_tiled(&new) : size_linear(&new)))
        return TT_FAIL(NXS_InvalidBufferSize,
                       "rank %u: an extent is 0 or the size overflows", rank);
    *l = new;
    return NXS_Success;
}

/* Bytes of linear page @p that belong to the array. */
static size_t linear_len(const struct tt_layout *l, uint64_t p)
{
    uint64_t at = p * l->page_size;

    if (l->host_size - at < l->page_size)
        return (size_t)(l->host_size - at);
    return l->page_size;
}

/* @n pages of one row of tiles, from column @first of row @strip on. */
static struct tt_strip strip_of(const struct tt_layout *l, uint64_t strip,
                                uint64_t first, uint64_t n)
{
    uint64_t plane = strip / l->tile_rows;
    uint64_t row = strip % l->tile_rows * TT_TILE_DIM;
    uint64_t col = first * TT_TILE_DIM;
    uint64_t cols = n * TT_TILE_DIM;
    uint64_t rows = l->rows - row;
    struct tt_strip s = {
        .pitch = (size_t)(l->cols * l->elem_size),
        .offset =
            (size_t)(((plane * l->rows + row) * l->cols + col) * l->elem_size),
        .rows = rows < TT_TILE_DIM ? (unsigned)rows : TT_TILE_DIM,
        .cols = (size_t)(l->cols - col < cols ? l->cols - col : cols),
        .n_tiles = (size_t)n,
        .elem = l->elem,
    };

    return s;
}

/* How many of the @left pages from page @at on lie in one row of tiles. */
static uint64_t rest_of_strip(const struct tt_layout *l, uint64_t at,
                              uint64_t left)
{
    uint64_t rest = l->tile_cols - at % l->tile_cols;

    return rest < left ? rest : left;
}

/* ---- to the device ---- */

static void store_linear(const struct tt_layout *l, const struct tt_view *view,
                         const uint8_t *host)
{
    for (unsigned i = 0; i < view->n; i++) {
        const uint8_t *src = host + (view->first + i) * l->page_size;
        size_t len = linear_len(l, view->first + i);
        _Alignas(64) uint8_t last[TT_PAGE_MAX];

        if (len < l->page_size) {
            memcpy(last, src, len);
            memset(last + len, 0, l->page_size - len);
            src = last;
        }
        tt_layout_copy(view->page[i], src, l->page_size, view->stream);
    }
    tt_layout_end_copy(view->stream);
}

void tt_layout_store(const struct tt_layout *l, const struct tt_view *view,
                     const void *host)
{
    uint64_t n;

    if (!l->tiled) {
        store_linear(l, view, host);
        return;
    }
    for (uint64_t i = 0; i < view->n; i += n) {
        uint64_t at = view->first + i;
        struct tt_strip s;

        n = rest_of_strip(l, at, view->n - i);
        s = strip_of(l, at / l->tile_cols, at % l->tile_cols, n);
        s.stream = view->stream;
        if (is_bfp(l->elem))
            tt_layout_store_bfp(&s, (const uint8_t *)host + s.offset,
                                view->page + i);
        else
            tt_layout_store_tiles(&s, (const uint8_t *)host + s.offset,
                                  view->page + i);
    }
}

/* ---- from the device ---- */

/* A page into a large host array, whatever its alignment, while the next one
 * is on its way: pages lie far from each other, and no hardware looks ahead
 * across them. memcpy() does neither, and trusts to "rep movsb", which is slow
 * where source and destination are aligned differently. */
static void stream_out(uint8_t *dst, const uint8_t *src, const uint8_t *next,
                       size_t len)
{
    size_t head = (size_t)(-(uintptr_t)dst & 15u);
    size_t i = head;

    memcpy(dst, src, head);
    for (; i + TT_LAYOUT_LINE <= len; i += TT_LAYOUT_LINE) {
        __builtin_prefetch(next + i);
        tt_layout_copy(dst + i, src + i, TT_LAYOUT_LINE, true);
    }
    memcpy(dst + i, src + i, len - i);
}

static void load_linear(const struct tt_layout *l, const struct tt_view *view,
                        uint8_t *host)
{
    bool stream = l->host_size >= STREAM_SIZE;

    for (unsigned i = 0; i < view->n; i++) {
        uint8_t *dst = host + (view->first + i) * l->page_size;
        size_t len = linear_len(l, view->first + i);

        if (!view->fetch && stream && len == l->page_size) {
            stream_out(dst, view->page[i], view->page[i + (i + 1 < view->n)],
                       len);
        } else if (!view->fetch) {
            memcpy(dst, view->page[i], len);
        } else if (len == l->page_size) {
            view->fetch(view->ctx, dst, view->page[i], len);
        } else {
            uint8_t last[TT_PAGE_MAX];

            view->fetch(view->ctx, last, view->page[i], l->page_size);
            memcpy(dst, last, len);
        }
    }
    tt_layout_end_copy(stream);
}

/* Pages @at .. of one strip. @n_ahead more are listed behind them. */
static void load_strip(const struct tt_layout *l, uint64_t at, uint64_t n,
                       uint8_t *host, void *const *page, uint64_t n_ahead,
                       bool stream)
{
    struct tt_strip s = strip_of(l, at / l->tile_cols, at % l->tile_cols, n);

    s.n_ahead = (size_t)n_ahead;
    s.stream = stream;
    if (is_bfp(l->elem))
        tt_layout_load_bfp(&s, host + s.offset, page);
    else
        tt_layout_load_tiles(&s, host + s.offset, page);
}

/* Each tile whole into the first-level cache, and converted from there. */
static void fetch_tiles(const struct tt_layout *l, const struct tt_view *view,
                        uint8_t *host)
{
    _Alignas(64) uint8_t tile[TT_PAGE_MAX];
    void *page = tile;

    for (unsigned i = 0; i < view->n; i++) {
        view->fetch(view->ctx, tile, view->page[i], l->page_size);
        load_strip(l, view->first + i, 1, host, &page, 0, false);
    }
}

void tt_layout_load(const struct tt_layout *l, const struct tt_view *view,
                    void *host)
{
    bool stream = l->host_size >= STREAM_SIZE;
    uint64_t n;

    if (!l->tiled) {
        load_linear(l, view, host);
        return;
    }
    if (view->fetch) {
        fetch_tiles(l, view, host);
        return;
    }
    for (uint64_t i = 0; i < view->n; i += n) {
        n = rest_of_strip(l, view->first + i, view->n - i);
        load_strip(l, view->first + i, n, host, view->page + i, view->n - i - n,
                   stream);
    }
}
