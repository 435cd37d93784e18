/* SPDX-License-Identifier: MIT */
/* Where pages of interleaved and sharded buffers are, with ragged edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "device/arch.h"
#include "device/layout.h"

static const struct tt_device_info n150 = {
    .arch = &tt_arch_wormhole, .grid_x = 8, .grid_y = 9};
static const struct tt_cores none;

static struct tt_layout layout_of(uint64_t planes, uint64_t rows, uint64_t cols)
{
    const uint64_t dim[] = {planes, rows, cols};
    struct tt_layout l;

    assert_int_equal(tt_layout_init(&l, TT_ELEM_16, 3, dim), NXS_Success);
    return l;
}

static struct tt_noc_addr page_of(const struct tt_layout *l, uint64_t page)
{
    return tt_spread_page(l, &tt_arch_wormhole, 0x100000, 2048, page);
}

static void assert_at(const struct tt_layout *l, uint64_t page, unsigned x,
                      unsigned y, unsigned slot)
{
    struct tt_noc_addr at = page_of(l, page);
    struct tt_noc_addr want =
        tt_arch_worker(&tt_arch_wormhole, x, y, 0x100000 + slot * 2048);

    assert_int_equal(at.x, want.x);
    assert_int_equal(at.y, want.y);
    assert_int_equal(at.addr, want.addr);
}

static void interleaved_pages_go_round_all_workers(void **state)
{
    struct tt_layout l = layout_of(1, 32 * 10, 32 * 15);

    (void)state;
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_L1, &none), 0);
    assert_int_equal(l.spread.n_banks, 72);
    assert_at(&l, 0, 0, 0, 0);
    assert_at(&l, 7, 7, 0, 0);
    assert_at(&l, 8, 0, 1, 0);
    assert_at(&l, 71, 7, 8, 0);
    assert_at(&l, 149, 5, 0, 2);
    assert_int_equal(tt_spread_bank_pages(&l, &tt_arch_wormhole), 3);
}

static void height_gives_whole_rows_to_each_core(void **state)
{
    /* 2 planes of 3 rows of tiles: rows 0-1, 2-3, 4-5 to 4 cores: one idle */
    struct tt_layout l = layout_of(2, 70, 64);
    struct tt_cores cores = {3, 2, 2, 2};

    (void)state;
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_HEIGHT, &cores), 0);
    assert_int_equal(l.spread.shard_rows, 2);
    assert_int_equal(l.spread.shard_cols, 2);
    assert_int_equal(l.spread.n_banks, 3);
    assert_at(&l, 0, 3, 2, 0);
    assert_at(&l, 3, 3, 2, 3);
    assert_at(&l, 4, 4, 2, 0);
    assert_at(&l, 11, 3, 3, 3);
}

static void width_gives_whole_columns_to_each_core(void **state)
{
    /* 5 columns of tiles on 3 cores: 2, 2 and 1 */
    struct tt_layout l = layout_of(1, 60, 130);
    struct tt_cores cores = {5, 8, 0, 1};

    (void)state;
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_WIDTH, &cores), 0);
    assert_int_equal(l.spread.cores.width, 3);
    assert_int_equal(l.spread.n_banks, 3);
    assert_at(&l, 1, 5, 8, 1);
    assert_at(&l, 2, 6, 8, 0);
    assert_at(&l, 4, 7, 8, 0);
    assert_at(&l, 5, 5, 8, 2);
    /* the ragged shard keeps the full shard's rows */
    assert_at(&l, 9, 7, 8, 2);
}

static void block_gives_a_rectangle_to_each_core(void **state)
{
    /* 5 x 5 tiles on 4 x 2 cores: 3 x 2 each, so that 3 columns of cores
     * remain */
    struct tt_layout l = layout_of(1, 160, 160);
    struct tt_cores cores = {1, 1, 4, 2};

    (void)state;
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_BLOCK, &cores), 0);
    assert_int_equal(l.spread.shard_rows, 3);
    assert_int_equal(l.spread.shard_cols, 2);
    assert_int_equal(l.spread.n_banks, 6);
    assert_int_equal(l.spread.bank_cols, 3);
    assert_at(&l, 0, 1, 1, 0);
    assert_at(&l, 4, 3, 1, 0);
    assert_at(&l, 11, 1, 1, 5);
    assert_at(&l, 15, 1, 2, 0);
    assert_at(&l, 24, 3, 2, 2);
}

static void linear_arrays_are_a_column_or_a_row_of_pages(void **state)
{
    const uint64_t dim = 10 * 1024 - 5;
    struct tt_cores cores = {0, 0, 4, 1};
    struct tt_layout l;

    (void)state;
    assert_int_equal(tt_layout_init(&l, TT_ELEM_16, 1, &dim), 0);
    for (uint32_t kind = TT_SPREAD_HEIGHT; kind < TT_N_SPREADS; kind++) {
        assert_int_equal(tt_spread_set(&l, &n150, kind, &cores), 0);
        assert_int_equal(l.spread.n_banks, 4);
        assert_at(&l, 2, 0, 0, 2);
        assert_at(&l, 3, 1, 0, 0);
        assert_at(&l, 9, 3, 0, 0);
    }
}

/* No two pages share a place, and none is outside its bank's room. */
static void check_places(const struct tt_layout *l)
{
    uint64_t room = tt_spread_bank_pages(l, &tt_arch_wormhole);
    unsigned char *taken = calloc(64 * 64, room);

    assert_non_null(taken);
    for (uint64_t p = 0; p < l->n_pages; p++) {
        struct tt_noc_addr at = page_of(l, p);
        uint64_t slot = (at.addr - 0x100000) / 2048;

        assert_true(slot < room && at.x < 64 && at.y < 64);
        assert_true(at.x >= 18 && at.x < 18 + 8);
        assert_true(at.y >= 18 && at.y < 18 + 9);
        assert_false(taken[(at.y * 64u + at.x) * room + slot]++);
    }
    free(taken);
}

static void every_page_has_a_place_of_its_own(void **state)
{
    (void)state;
    srand(3);
    for (int i = 0; i < 2000; i++) {
        struct tt_layout l =
            layout_of((uint64_t)rand() % 3 + 1, (uint64_t)rand() % 900 + 1,
                      (uint64_t)rand() % 900 + 1);
        struct tt_cores r = {(uint32_t)rand() % 8, (uint32_t)rand() % 9, 0, 0};
        uint32_t kind = (uint32_t)(rand() % 4) + 1;

        r.width = (uint32_t)rand() % (9 - r.x);
        r.height = (uint32_t)rand() % (10 - r.y);
        assert_int_equal(tt_spread_set(&l, &n150, kind, kind > 1 ? &r : &none),
                         0);
        check_places(&l);
    }
}

static void senseless_spreads_are_refused(void **state)
{
    static const struct tt_cores bad[] = {{8, 0, 0, 0},
                                          {0, 9, 0, 0},
                                          {1, 0, 8, 1},
                                          {0, 1, 1, 9},
                                          {31, 31, 31, 31}};
    const uint64_t huge = 1ull << 45;
    struct tt_layout l = layout_of(1, 32, 32);
    struct tt_cores one = {0, 0, 1, 1};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_BLOCK, &bad[i]),
                         NXS_InvalidValue);
    assert_int_equal(tt_spread_set(&l, &n150, TT_N_SPREADS, &none),
                     NXS_InvalidValue);
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_L1, &one),
                     NXS_InvalidValue);
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_DRAM, &one),
                     NXS_InvalidValue);
    assert_int_equal(l.spread.kind, TT_SPREAD_DRAM);
    assert_int_equal(tt_layout_init(&l, TT_ELEM_16, 1, &huge), 0);
    assert_int_equal(tt_spread_set(&l, &n150, TT_SPREAD_L1, &none),
                     NXS_OutOfResources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interleaved_pages_go_round_all_workers),
        cmocka_unit_test(height_gives_whole_rows_to_each_core),
        cmocka_unit_test(width_gives_whole_columns_to_each_core),
        cmocka_unit_test(block_gives_a_rectangle_to_each_core),
        cmocka_unit_test(linear_arrays_are_a_column_or_a_row_of_pages),
        cmocka_unit_test(every_page_has_a_place_of_its_own),
        cmocka_unit_test(senseless_spreads_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
