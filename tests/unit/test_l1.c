/* SPDX-License-Identifier: MIT */
/* L1 between buffers and runs: neither reaches into the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "device/l1_map.h"
#include "plugin/l1.h"
#include "pool/tt_log.h"

#define END 0x100000u

static int set_up(void **state)
{
    struct tt_l1 *l1 = malloc(sizeof *l1);

    if (!l1 || tt_l1_init(l1, END) < 0)
        return -1;
    *state = l1;
    return 0;
}

static int tear_down(void **state)
{
    tt_l1_fini(*state);
    free(*state);
    return 0;
}

static void buffers_grow_down_from_the_end(void **state)
{
    uint64_t first, second;

    assert_int_equal(tt_l1_alloc(*state, 100, &first), NXS_Success);
    assert_int_equal(tt_l1_alloc(*state, 64, &second), NXS_Success);
    assert_int_equal(first, END - 128);
    assert_int_equal(second, first - 64);
}

static void run_that_reaches_into_a_buffer_is_refused(void **state)
{
    struct tt_l1_hold hold = {0};
    uint64_t addr;

    assert_int_equal(tt_l1_alloc(*state, 0x1000, &addr), NXS_Success);
    assert_int_equal(tt_l1_hold(*state, addr, "k", &hold), NXS_Success);
    tt_l1_release(&hold);
    assert_int_equal(tt_l1_hold(*state, addr + 16, "k", &hold),
                     NXS_OutOfResources);
    assert_non_null(strstr(tt_log_last_error(), "end at 0xff010 of L1"));
    assert_non_null(strstr(tt_log_last_error(), "buffers begin at 0xff000"));
    tt_l1_free(*state, addr);
    assert_int_equal(tt_l1_hold(*state, addr + 16, "k", &hold), NXS_Success);
    tt_l1_release(&hold);
}

static void buffer_that_reaches_into_a_run_is_refused(void **state)
{
    struct tt_l1_hold high, low;
    uint64_t addr = 7;

    assert_int_equal(tt_l1_hold(*state, END - 0x1000, "a", &high), 0);
    assert_int_equal(tt_l1_hold(*state, END - 0x2000, "b", &low), 0);
    assert_int_equal(tt_l1_alloc(*state, 0x1001, &addr), NXS_OutOfResources);
    assert_non_null(strstr(tt_log_last_error(), "use it up to 0xff000"));
    assert_int_equal(addr, 7);
    tt_l1_release(&high);
    assert_int_equal(tt_l1_alloc(*state, 0x2001, &addr), NXS_OutOfResources);
    assert_int_equal(tt_l1_alloc(*state, 0x2000, &addr), NXS_Success);
    assert_int_equal(addr, END - 0x2000);
    tt_l1_release(&low);
    assert_int_equal(tt_l1_alloc(*state, END - 0x2000 - TT_L1_DATA, &addr),
                     NXS_Success);
}

static void refused_buffer_leaves_no_trace(void **state)
{
    struct tt_range_stats before, after;
    struct tt_l1_hold hold;
    uint64_t addr;

    assert_int_equal(tt_l1_hold(*state, END - 64, "a", &hold), 0);
    tt_l1_get_stats(*state, &before);
    assert_int_equal(tt_l1_alloc(*state, 128, &addr), NXS_OutOfResources);
    tt_l1_get_stats(*state, &after);
    assert_memory_equal(&before, &after, sizeof before);
    tt_l1_release(&hold);
}

static void release_without_a_hold_is_ignored(void **state)
{
    struct tt_l1_hold hold, never = {0};
    uint64_t addr;

    assert_int_equal(tt_l1_hold(*state, END - 64, "a", &hold), 0);
    tt_l1_release(&never);
    assert_int_equal(tt_l1_alloc(*state, 128, &addr), NXS_OutOfResources);
    tt_l1_release(&hold);
    tt_l1_release(&hold);
    assert_int_equal(tt_l1_alloc(*state, 128, &addr), NXS_Success);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(buffers_grow_down_from_the_end),
        TEST(run_that_reaches_into_a_buffer_is_refused),
        TEST(buffer_that_reaches_into_a_run_is_refused),
        TEST(refused_buffer_leaves_no_trace),
        TEST(release_without_a_hold_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
