/* SPDX-License-Identifier: MIT */
/* Layouts against a plain element-by-element reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/layout_impl.h"

/* Where element (r, c) of a tile lies, in elements. */
static size_t tile_pos(size_t r, size_t c)
{
    return (r / 16 * 2 + c / 16) * 256 + r % 16 * 16 + c % 16;
}

struct image {
    struct tt_layout l;
    uint8_t *host;
    uint8_t *pages;
    void **page;
};

static struct image make(enum tt_elem elem, unsigned rank, const uint64_t *dim)
{
    struct image im;

    assert_int_equal(tt_layout_init(&im.l, elem, rank, dim), NXS_Success);
    im.host = malloc(im.l.host_size);
    im.pages = malloc(im.l.n_pages * im.l.page_size);
    im.page = malloc(im.l.n_pages * sizeof(void *));
    assert_true(im.host && im.pages && im.page);
    for (uint64_t i = 0; i < im.l.host_size; i++)
        im.host[i] = (uint8_t)(i * 2654435761u >> 13);
    memset(im.pages, 0xA5, im.l.n_pages * im.l.page_size);
    for (uint64_t i = 0; i < im.l.n_pages; i++)
        im.page[i] = im.pages + i * im.l.page_size;
    return im;
}

static void drop(struct image *im)
{
    free(im->host);
    free(im->pages);
    free(im->page);
}

static void store_all(struct image *im)
{
    const struct tt_view all = {.n = (unsigned)im->l.n_pages, .page = im->page};

    tt_layout_store(&im->l, &all, im->host);
}

static void load_all(struct image *im)
{
    const struct tt_view all = {.n = (unsigned)im->l.n_pages, .page = im->page};

    memset(im->host, 0, im->l.host_size);
    tt_layout_load(&im->l, &all, im->host);
}

/* Element (p, r, c) of the padded array: host bytes, or zero in padding. */
static void check_element(const struct image *im, uint64_t p, uint64_t r,
                          uint64_t c)
{
    const struct tt_layout *l = &im->l;
    uint64_t tile = (p * l->tile_rows + r / 32) * l->tile_cols + c / 32;
    const uint8_t *got = im->pages + tile * l->page_size +
                         tile_pos(r % 32, c % 32) * l->elem_size;
    static const uint8_t zero[4];
    const uint8_t *want = zero;

    if (r < l->rows && c < l->cols)
        want = im->host + ((p * l->rows + r) * l->cols + c) * l->elem_size;
    assert_memory_equal(got, want, l->elem_size);
}

static void check_tiles(enum tt_elem elem, unsigned rank, const uint64_t *dim)
{
    struct image im = make(elem, rank, dim);
    uint8_t *copy = malloc(im.l.host_size);

    assert_non_null(copy);
    memcpy(copy, im.host, im.l.host_size);
    store_all(&im);
    for (uint64_t p = 0; p < im.l.planes; p++)
        for (uint64_t r = 0; r < im.l.tile_rows * 32; r++)
            for (uint64_t c = 0; c < im.l.tile_cols * 32; c++)
                check_element(&im, p, r, c);
    load_all(&im);
    assert_memory_equal(im.host, copy, im.l.host_size);
    free(copy);
    drop(&im);
}

static void tiles_hold_four_faces_and_zero_padding(void **state)
{
    static const uint64_t shapes[][3] = {{1, 32, 32}, {1, 1, 1},   {1, 33, 65},
                                         {3, 31, 17}, {2, 64, 96}, {5, 2, 100}};

    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        check_tiles(TT_ELEM_8, 3, shapes[i]);
        check_tiles(TT_ELEM_16, 3, shapes[i]);
        check_tiles(TT_ELEM_32, 3, shapes[i]);
        check_tiles(TT_ELEM_32, 2, &shapes[i][1]);
    }
}

static void large_arrays_take_the_streaming_path_unchanged(void **state)
{
    static const uint64_t aligned[2] = {736, 1056}, odd[2] = {711, 1031};

    (void)state;
    check_tiles(TT_ELEM_32, 2, aligned);
    check_tiles(TT_ELEM_32, 2, odd);
    check_tiles(TT_ELEM_16, 2, (const uint64_t[]){1057, 1031});
    check_tiles(TT_ELEM_8, 2, (const uint64_t[]){1504, 1472});
}

/* ---- strips of all kinds, past the caches and not ---- */

#define GUARD 0xA5u

/* A fixed sequence, the same in every run. */
static unsigned below(uint32_t *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (unsigned)((uint64_t)*seed * n >> 32);
}

/** struct bench - a strip within a wider array, at any address
 *  @row: bytes that are the strip's
 *  @host: the array's first byte, @size bytes with what surrounds it at @mem */
struct bench {
    struct tt_strip s;
    size_t esz, row, size;
    uint8_t *mem, *host;
    uint8_t *pages;
    void **page;
};

static struct bench random_strip(uint32_t *seed)
{
    static const unsigned some_cols[] = {1, 5, 31, 32, 33, 64, 127, 160, 1000};
    static const enum tt_elem elem[] = {TT_ELEM_8, TT_ELEM_16, TT_ELEM_32};
    struct bench b = {.esz = 1u << below(seed, 3)};
    size_t page_size = TT_TILE_ELEMS * b.esz, n, wider = below(seed, 3);

    b.s.elem = elem[b.esz / 2];
    b.s.rows = below(seed, 2) ? TT_TILE_DIM : 1 + below(seed, TT_TILE_DIM);
    b.s.cols =
        below(seed, 2) ? some_cols[below(seed, 9)] : 1 + below(seed, 700);
    b.s.n_tiles = (b.s.cols + TT_TILE_DIM - 1) / TT_TILE_DIM;
    b.s.n_ahead = below(seed, 20);
    b.row = b.s.cols * b.esz;
    b.s.pitch = b.row + (wider ? below(seed, 300) * b.esz : 0);
    b.size = TT_TILE_DIM * b.s.pitch + 256;
    b.mem = aligned_alloc(64, (b.size + 63) / 64 * 64);
    n = b.s.n_tiles + b.s.n_ahead;
    b.pages = aligned_alloc(64, n * page_size);
    b.page = malloc(n * sizeof(void *));
    assert_true(b.mem && b.pages && b.page);
    b.host = b.mem + 64 + below(seed, 128);
    for (size_t i = 0; i < b.size; i++)
        b.mem[i] = (uint8_t)below(seed, 256);
    for (size_t i = 0; i < n; i++)
        b.page[i] = b.pages + i * page_size;
    memset(b.pages, GUARD, n * page_size);
    return b;
}

/* Every byte of the pages, one at a time: the array's, or zero. */
static void check_pages(const struct bench *b)
{
    static const uint8_t zero[4];

    for (size_t i = 0; i < b->s.n_tiles; i++)
        for (size_t r = 0; r < 32; r++)
            for (size_t c = 0; c < 32; c++) {
                const uint8_t *want = zero;

                if (r < b->s.rows && i * 32 + c < b->s.cols)
                    want = b->host + r * b->s.pitch + (i * 32 + c) * b->esz;
                assert_memory_equal((uint8_t *)b->page[i] +
                                        tile_pos(r, c) * b->esz,
                                    want, b->esz);
            }
    for (size_t i = 0; i < b->s.n_ahead * TT_TILE_ELEMS * b->esz; i++)
        assert_int_equal(((uint8_t *)b->page[b->s.n_tiles])[i], GUARD);
}

/* @was, but for the rows of the strip: those are what the pages say. */
static void check_array(const struct bench *b, const uint8_t *was)
{
    for (size_t i = 0; i < b->size; i++) {
        size_t at = (size_t)(&b->mem[i] - b->host);
        bool ours = &b->mem[i] >= b->host && at / b->s.pitch < b->s.rows &&
                    at % b->s.pitch < b->row;

        assert_int_equal(b->mem[i], ours ? was[i] : GUARD);
    }
}

static void check_strip(uint32_t *seed, bool stream)
{
    struct bench b = random_strip(seed);
    uint8_t *was = malloc(b.size);

    assert_non_null(was);
    memcpy(was, b.mem, b.size);
    b.s.stream = stream;
    tt_layout_store_tiles(&b.s, b.host, b.page);
    check_pages(&b);
    assert_memory_equal(b.mem, was, b.size);
    memset(b.mem, GUARD, b.size);
    tt_layout_load_tiles(&b.s, b.host, b.page);
    check_array(&b, was);
    free(was);
    free(b.mem);
    free(b.pages);
    free(b.page);
}

static void strips_are_copied_bit_for_bit_at_any_address(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < 600; i++)
        check_strip(&seed, i % 3 > 0);
}

/* An array at an odd address, shown in views of all lengths. */
static void check_in_views(enum tt_elem elem, unsigned rank,
                           const uint64_t *dim, uint32_t seed)
{
    struct image im = make(elem, rank, dim);
    uint8_t *mem = malloc(im.l.host_size + 256);
    uint8_t *copy = mem + 64 + below(&seed, 64);
    struct tt_view view = {0};

    assert_non_null(mem);
    memset(mem, GUARD, im.l.host_size + 256);
    for (; view.first < im.l.n_pages; view.first += view.n) {
        uint64_t left = im.l.n_pages - view.first;

        view.n = 1 + below(&seed, 90);
        if (view.n > left)
            view.n = (unsigned)left;
        view.page = im.page + view.first;
        tt_layout_store(&im.l, &view, im.host);
        tt_layout_load(&im.l, &view, copy);
    }
    for (uint64_t i = 0; i < im.l.n_pages * TT_TILE_ELEMS; i += 257) {
        uint64_t tile = i / TT_TILE_ELEMS, at = i % TT_TILE_ELEMS;
        uint64_t row = tile / im.l.tile_cols * 32 + at / 32;

        check_element(&im, row / (im.l.tile_rows * 32),
                      row % (im.l.tile_rows * 32),
                      tile % im.l.tile_cols * 32 + at % 32);
    }
    assert_memory_equal(copy, im.host, im.l.host_size);
    for (size_t i = 1; i <= 64; i++) {
        assert_int_equal(copy[-(ptrdiff_t)i], GUARD);
        assert_int_equal(copy[im.l.host_size - 1 + i], GUARD);
    }
    free(mem);
    drop(&im);
}

static void arrays_of_any_rank_may_come_in_views(void **state)
{
    static const struct {
        unsigned rank;
        uint64_t dim[8];
    } shape[] = {
        {2, {1, 1}},
        {2, {31, 33}},
        {2, {1000, 1000}},
        {2, {999, 1057}},
        {2, {70001, 15}},
        {3, {7, 331, 411}},
        {4, {2, 3, 200, 1025}},
        {5, {2, 1, 3, 65, 2049}},
        {6, {1, 2, 1, 3, 37, 4000}},
        {7, {2, 2, 2, 2, 2, 90, 700}},
        {8, {2, 1, 2, 1, 2, 1, 300, 500}},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(shape) / sizeof(shape[0]); i++) {
        check_in_views(TT_ELEM_32, shape[i].rank, shape[i].dim, i);
        check_in_views(TT_ELEM_16, shape[i].rank, shape[i].dim, i + 100);
        check_in_views(TT_ELEM_8, shape[i].rank, shape[i].dim, i + 200);
    }
}

static void part_of_a_strip_touches_only_its_pages(void **state)
{
    static const uint64_t dim[2] = {32, 160};
    struct image im = make(TT_ELEM_16, 2, dim);

    const struct tt_view some = {.first = 2, .n = 2, .page = &im.page[2]};

    (void)state;
    tt_layout_store(&im.l, &some, im.host);
    for (size_t i = 0; i < im.l.page_size; i++) {
        assert_int_equal(im.pages[1 * im.l.page_size + i], 0xA5);
        assert_int_equal(im.pages[4 * im.l.page_size + i], 0xA5);
    }
    for (uint64_t c = 64; c < 128; c++)
        check_element(&im, 0, 7, c);
    drop(&im);
}

static void fetch(void *ctx, void *dst, const void *src, size_t len)
{
    const struct image *im = ctx;
    uintptr_t page = (uintptr_t)src / TT_PAGE_MAX;

    assert_int_equal(len % 4, 0);
    memcpy(dst,
           im->pages + page * im->l.page_size + (uintptr_t)src % TT_PAGE_MAX,
           len);
}

/* Pages that only fetch() can reach: their addresses are no memory. */
static void check_fetched(enum tt_elem elem, unsigned rank, const uint64_t *dim)
{
    struct image im = make(elem, rank, dim);
    uint8_t *copy = malloc(im.l.host_size);
    const struct tt_view view = {.n = (unsigned)im.l.n_pages,
                                 .page = im.page,
                                 .fetch = fetch,
                                 .ctx = &im};

    assert_non_null(copy);
    memcpy(copy, im.host, im.l.host_size);
    store_all(&im);
    for (uintptr_t i = 0; i < im.l.n_pages; i++)
        im.page[i] = (void *)(i * TT_PAGE_MAX);
    memset(im.host, 0, im.l.host_size);
    tt_layout_load(&im.l, &view, im.host);
    assert_memory_equal(im.host, copy, im.l.host_size);
    free(copy);
    drop(&im);
}

static void pages_that_must_be_fetched_are(void **state)
{
    (void)state;
    check_fetched(TT_ELEM_32, 1, (const uint64_t[]){5000});
    check_fetched(TT_ELEM_RAW, 1, (const uint64_t[]){4099});
    check_fetched(TT_ELEM_8, 3, (const uint64_t[]){3, 33, 70});
    check_fetched(TT_ELEM_16, 2, (const uint64_t[]){65, 31});
    check_fetched(TT_ELEM_32, 2, (const uint64_t[]){711, 1031});
}

static void rank_one_is_linear_in_pages_of_1024(void **state)
{
    static const uint64_t n = 2500;
    struct image im = make(TT_ELEM_32, 1, &n);

    (void)state;
    assert_int_equal(im.l.n_pages, 3);
    assert_int_equal(im.l.page_size, 4096);
    store_all(&im);
    assert_memory_equal(im.pages, im.host, n * 4);
    for (size_t i = n * 4; i < 3 * 4096; i++)
        assert_int_equal(im.pages[i], 0);
    drop(&im);
}

static void rank_zero_is_one_element(void **state)
{
    struct image im = make(TT_ELEM_16, 0, NULL);

    (void)state;
    assert_int_equal(im.l.host_size, 2);
    assert_int_equal(im.l.n_pages, 1);
    drop(&im);
}

static void empty_and_overflowing_shapes_are_refused(void **state)
{
    static const uint64_t zero[2] = {4, 0};
    static const uint64_t huge[3] = {1ull << 31, 1ull << 31, 4};
    static const uint64_t edge[2] = {INT64_MAX, 1};
    struct tt_layout l;

    (void)state;
    assert_int_equal(tt_layout_init(&l, TT_ELEM_32, 2, zero),
                     NXS_InvalidBufferSize);
    assert_int_equal(tt_layout_init(&l, TT_ELEM_32, 3, huge),
                     NXS_InvalidBufferSize);
    assert_int_equal(tt_layout_init(&l, TT_ELEM_8, 2, edge),
                     NXS_InvalidBufferSize);
}

static void check_fp8_round_trip(enum tt_elem elem, unsigned n_finite)
{
    /* 16 equal bytes share a block, so every finite value is exact. */
    static const uint64_t dim[2] = {256, 16};
    struct image im = make(elem, 2, dim);

    for (unsigned v = 0; v < 256; v++)
        memset(im.host + v * 16, (int)v, 16);
    store_all(&im);
    load_all(&im);
    for (unsigned v = 0; v < 256; v++) {
        if ((v & 0x7Fu) >= n_finite)
            continue;
        /* Block floats have no negative zero. */
        assert_int_equal(im.host[v * 16 + 3], v == 0x80 ? 0 : v);
    }
    drop(&im);
}

static void fp8_survives_block_float(void **state)
{
    (void)state;
    check_fp8_round_trip(TT_ELEM_E4M3, 0x7F);
    check_fp8_round_trip(TT_ELEM_E5M2, 0x7C);
}

static void block_float_shares_the_largest_exponent(void **state)
{
    static const uint64_t dim[2] = {1, 16};
    struct image im = make(TT_ELEM_E5M2, 2, dim);

    (void)state;
    memset(im.host, 0, 16);
    im.host[0] = 0x40; /* 2.0 */
    im.host[5] = 0xBC; /* -1.0 */
    store_all(&im);
    assert_int_equal(im.pages[0], 128);       /* 2^1, bias 127 */
    assert_int_equal(im.pages[64 + 0], 0x40); /* 1.000000b */
    assert_int_equal(im.pages[64 + 5], 0xA0); /* -0.100000b */
    assert_int_equal(im.pages[64 + 1], 0);
    drop(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_hold_four_faces_and_zero_padding),
        cmocka_unit_test(large_arrays_take_the_streaming_path_unchanged),
        cmocka_unit_test(strips_are_copied_bit_for_bit_at_any_address),
        cmocka_unit_test(arrays_of_any_rank_may_come_in_views),
        cmocka_unit_test(part_of_a_strip_touches_only_its_pages),
        cmocka_unit_test(pages_that_must_be_fetched_are),
        cmocka_unit_test(rank_one_is_linear_in_pages_of_1024),
        cmocka_unit_test(rank_zero_is_one_element),
        cmocka_unit_test(empty_and_overflowing_shapes_are_refused),
        cmocka_unit_test(fp8_survives_block_float),
        cmocka_unit_test(block_float_shares_the_largest_exponent),
    };

    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
