/* SPDX-License-Identifier: MIT */
/* Address ranges: fit, alignment, joining, and a model to compare with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pool/tt_log.h"
#include "pool/tt_range.h"

#define BASE    0x100000u
#define SIZE    0x10000u
#define GRANULE 32u

static int set_up(void **state)
{
    struct tt_range *range = malloc(sizeof *range);

    if (!range || tt_range_init(range, "test", BASE, SIZE, GRANULE) < 0)
        return -1;
    *state = range;
    return 0;
}

static int tear_down(void **state)
{
    tt_range_fini(*state);
    free(*state);
    return 0;
}

static uint64_t take(struct tt_range *range, uint64_t size)
{
    uint64_t addr = 0;

    assert_int_equal(tt_range_alloc(range, size, &addr), NXS_Success);
    return addr;
}

static struct tt_range_stats stats(struct tt_range *range)
{
    struct tt_range_stats out;

    tt_range_get_stats(range, &out);
    return out;
}

static void first_allocation_is_at_the_base(void **state)
{
    assert_int_equal(take(*state, 1), BASE);
    assert_int_equal(take(*state, 1), BASE + GRANULE);
    assert_int_equal(stats(*state).free, SIZE - 2 * GRANULE);
    assert_int_equal(stats(*state).n_allocated, 2);
}

static void whole_range_can_be_taken_and_given_back(void **state)
{
    struct tt_range *range = *state;
    uint64_t addr = take(range, SIZE), other = 7;

    assert_int_equal(stats(range).free, 0);
    assert_int_equal(stats(range).largest, 0);
    assert_int_equal(tt_range_alloc(range, 1, &other), NXS_OutOfResources);
    assert_int_equal(other, 7);
    assert_int_equal(tt_range_free(range, addr), NXS_Success);
    assert_int_equal(stats(range).largest, SIZE);
}

static void freed_neighbours_join_in_every_order(void **state)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct tt_range *range = *state;

    for (int i = 0; i < 6; i++) {
        uint64_t at[3] = {take(range, 64), take(range, 64), take(range, 64)};

        for (int k = 0; k < 3; k++)
            assert_int_equal(tt_range_free(range, at[orders[i][k]]),
                             NXS_Success);
        assert_int_equal(stats(range).largest, SIZE);
    }
}

static void lowest_gap_that_fits_is_taken(void **state)
{
    struct tt_range *range = *state;
    uint64_t small = take(range, 64), keep = take(range, 64);
    uint64_t large = take(range, 256);

    take(range, 64);
    tt_range_free(range, small);
    tt_range_free(range, large);
    assert_int_equal(take(range, 128), large);
    assert_int_equal(take(range, 64), small);
    assert_int_not_equal(keep, small);
}

static uint64_t take_top(struct tt_range *range, uint64_t size)
{
    uint64_t addr = 0;

    assert_int_equal(tt_range_alloc_top(range, size, &addr), NXS_Success);
    return addr;
}

static void lowest_allocation_is_known(void **state)
{
    struct tt_range *range = *state;
    uint64_t top, low;

    assert_int_equal(stats(range).lowest, BASE + SIZE);
    top = take_top(range, 100);
    assert_int_equal(top, BASE + SIZE - 128);
    assert_int_equal(stats(range).lowest, top);
    low = take_top(range, 32);
    assert_int_equal(low, top - 32);
    assert_int_equal(stats(range).lowest, low);
    take(range, 32);
    assert_int_equal(stats(range).lowest, BASE);
    tt_range_free(range, BASE);
    tt_range_free(range, low);
    assert_int_equal(stats(range).lowest, top);
}

static void refusal_says_what_is_left(void **state)
{
    struct tt_range *range = *state;
    uint64_t addr, hole = take(range, 64);

    take(range, 64);
    tt_range_free(range, hole);
    take_top(range, SIZE / 2);
    assert_int_equal(tt_range_alloc(range, SIZE / 2, &addr),
                     NXS_OutOfResources);
    assert_non_null(strstr(tt_log_last_error(),
                           "test: 32768 bytes do not fit: 32704 of 65536 free, "
                           "the largest range 32640"));
}

static void foreign_addresses_are_not_freed(void **state)
{
    struct tt_range *range = *state;
    uint64_t addr = take(range, 128);
    const uint64_t bad[] = {0,          addr + 32,   addr - 32,
                            addr + 128, BASE + SIZE, UINT64_MAX};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tt_range_free(range, bad[i]), NXS_InvalidValue);
    assert_int_equal(tt_range_free(range, addr), NXS_Success);
    assert_int_equal(tt_range_free(range, addr), NXS_InvalidValue);
}

static void senseless_sizes_are_refused(void **state)
{
    struct tt_range range;
    uint64_t addr;

    assert_int_equal(tt_range_alloc(*state, 0, &addr), NXS_InvalidValue);
    assert_int_equal(tt_range_alloc(*state, SIZE + 1, &addr),
                     NXS_OutOfResources);
    assert_int_equal(tt_range_alloc(*state, UINT64_MAX, &addr),
                     NXS_OutOfResources);
    assert_int_equal(tt_range_init(&range, "test", 0, 64, 0), NXS_InvalidValue);
    assert_int_equal(tt_range_init(&range, "test", UINT64_MAX, 64, 1),
                     NXS_InvalidValue);
}

static void empty_range_has_room_for_nothing(void **state)
{
    struct tt_range range;
    uint64_t addr;

    (void)state;
    assert_int_equal(tt_range_init(&range, "test", 0, 31, 32), NXS_Success);
    assert_int_equal(tt_range_alloc(&range, 1, &addr), NXS_OutOfResources);
    assert_int_equal(stats(&range).total, 0);
    tt_range_fini(&range);
}

/* The model: one byte per granule. */
static uint64_t model_alloc(unsigned char *used, uint64_t n, bool top)
{
    uint64_t last = SIZE / GRANULE - n;

    for (uint64_t i = 0; i <= last; i++) {
        uint64_t at = top ? last - i : i;

        if (!memchr(used + at, 1, n)) {
            memset(used + at, 1, n);
            return BASE + at * GRANULE;
        }
    }
    return 0;
}

static void random_calls_agree_with_a_bitmap(void **state)
{
    struct tt_range *range = *state;
    unsigned char used[SIZE / GRANULE] = {0};
    uint64_t at[64] = {0}, size[64] = {0};

    srand(1);
    for (int i = 0; i < 20000; i++) {
        int k = rand() % 64;

        if (at[k]) {
            assert_int_equal(tt_range_free(range, at[k]), NXS_Success);
            memset(used + (at[k] - BASE) / GRANULE, 0, size[k]);
            at[k] = 0;
        } else {
            uint64_t got = 0;
            bool top = rand() % 2;

            size[k] = (uint64_t)(rand() % 100) + 1;
            (top ? tt_range_alloc_top
                 : tt_range_alloc)(range, size[k] * GRANULE - 5, &got);
            at[k] = model_alloc(used, size[k], top);
            assert_int_equal(got, at[k]);
        }
    }
}

static void many_blocks_stay_fast(void **state)
{
    enum { N = 200000 };
    struct tt_range range;
    uint64_t addr;

    (void)state;
    assert_int_equal(tt_range_init(&range, "test", 0, (uint64_t)N * 64, 32), 0);
    for (int i = 0; i < N; i++)
        assert_int_equal(tt_range_alloc(&range, 64, &addr), NXS_Success);
    for (uint64_t i = 0; i < N; i += 2)
        assert_int_equal(tt_range_free(&range, i * 64), NXS_Success);
    for (uint64_t i = 0; i < N; i += 2) {
        assert_int_equal(tt_range_alloc(&range, 64, &addr), NXS_Success);
        assert_int_equal(addr, i * 64);
    }
    assert_int_equal(stats(&range).free, 0);
    tt_range_fini(&range);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_allocation_is_at_the_base),
        TEST(whole_range_can_be_taken_and_given_back),
        TEST(freed_neighbours_join_in_every_order),
        TEST(lowest_gap_that_fits_is_taken),
        TEST(lowest_allocation_is_known),
        TEST(refusal_says_what_is_left),
        TEST(foreign_addresses_are_not_freed),
        TEST(senseless_sizes_are_refused),
        TEST(random_calls_agree_with_a_bitmap),
        cmocka_unit_test(empty_range_has_room_for_nothing),
        cmocka_unit_test(many_blocks_stay_fast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
