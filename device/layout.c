/* SPDX-License-Identifier: MIT */
/* Shapes of buffers, and the choice of the conversion for a strip. */
#include <string.h>

#include "device/layout.h"
#include "device/layout_impl.h"
#include "pool/tt_log.h"

#define RAW_PAGE 4096u

/* Arrays from this size on are written past the caches. */
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

uint64_t tt_layout_strips(const struct tt_layout *l)
{
    return l->tile_rows * l->planes;
}

/* Bytes of linear page @p that belong to the array. */
static size_t linear_len(const struct tt_layout *l, uint64_t p)
{
    uint64_t at = p * l->page_size;

    if (l->host_size - at < l->page_size)
        return (size_t)(l->host_size - at);
    return l->page_size;
}

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
        .stream = l->host_size >= STREAM_SIZE,
    };

    return s;
}

void tt_layout_store(const struct tt_layout *l, uint64_t strip, uint64_t first,
                     uint64_t n, const void *host, void *const *page)
{
    struct tt_strip s;

    if (!l->tiled) {
        for (uint64_t i = 0; i < n; i++) {
            size_t len = linear_len(l, first + i);
            const char *src = (const char *)host + (first + i) * l->page_size;

            memcpy(page[i], src, len);
            memset((char *)page[i] + len, 0, l->page_size - len);
        }
        return;
    }
    s = strip_of(l, strip, first, n);
    if (is_bfp(l->elem))
        tt_layout_store_bfp(&s, (const uint8_t *)host + s.offset, page);
    else
        tt_layout_store_tiles(&s, (const uint8_t *)host + s.offset, page);
}

void tt_layout_load(const struct tt_layout *l, uint64_t strip, uint64_t first,
                    uint64_t n, void *host, void *const *page)
{
    struct tt_strip s;

    if (!l->tiled) {
        for (uint64_t i = 0; i < n; i++)
            memcpy((char *)host + (first + i) * l->page_size, page[i],
                   linear_len(l, first + i));
        return;
    }
    s = strip_of(l, strip, first, n);
    if (is_bfp(l->elem))
        tt_layout_load_bfp(&s, (uint8_t *)host + s.offset, page);
    else
        tt_layout_load_tiles(&s, (uint8_t *)host + s.offset, page);
}
