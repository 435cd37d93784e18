/* SPDX-License-Identifier: MIT */
/* Placement: rows, gaps, waves, shares. The grid is an n150's, 8 x 9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plugin/placement.h"

static void expect(struct tt_placement *p, uint64_t n, struct tt_cores want)
{
    struct tt_cores got = {99, 99, 99, 99};

    assert_true(tt_placement_take(p, n, &got));
    assert_int_equal(got.x, want.x);
    assert_int_equal(got.y, want.y);
    assert_int_equal(got.width, want.width);
    assert_int_equal(got.height, want.height);
}

static void small_commands_share_a_row(void **state)
{
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 3, (struct tt_cores){0, 0, 3, 1});
    expect(&p, 5, (struct tt_cores){3, 0, 5, 1});
    expect(&p, 1, (struct tt_cores){0, 1, 1, 1});
}

static void full_row_is_one_row(void **state)
{
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 8, (struct tt_cores){0, 0, 8, 1});
}

static void large_commands_get_whole_rows(void **state)
{
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 9, (struct tt_cores){0, 0, 8, 2});
    expect(&p, 40, (struct tt_cores){0, 2, 8, 5});
}

static void gap_in_an_earlier_row_is_filled(void **state)
{
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 5, (struct tt_cores){0, 0, 5, 1});
    expect(&p, 16, (struct tt_cores){0, 1, 8, 2});
    expect(&p, 6, (struct tt_cores){0, 3, 6, 1});
    expect(&p, 3, (struct tt_cores){5, 0, 3, 1});
    expect(&p, 2, (struct tt_cores){6, 3, 2, 1});
}

static void what_does_not_fit_is_refused_and_changes_nothing(void **state)
{
    struct tt_cores untouched = {7, 7, 7, 7};
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 64, (struct tt_cores){0, 0, 8, 8});
    expect(&p, 4, (struct tt_cores){0, 8, 4, 1});
    assert_false(tt_placement_take(&p, 5, &untouched));
    assert_false(tt_placement_take(&p, 9, &untouched));
    assert_int_equal(untouched.x, 7);
    expect(&p, 4, (struct tt_cores){4, 8, 4, 1});
    assert_false(tt_placement_take(&p, 1, &untouched));
}

static void oversized_command_gets_every_core(void **state)
{
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 72, (struct tt_cores){0, 0, 8, 9});
    tt_placement_init(&p, 8, 9);
    expect(&p, UINT64_MAX, (struct tt_cores){0, 0, 8, 9});
    tt_placement_init(&p, 1, 1);
    expect(&p, 1000, (struct tt_cores){0, 0, 1, 1});
}

static void even_cores_divide_the_points(void **state)
{
    static const struct {
        uint32_t n;
        struct tt_cores want;
    } cases[] = {{1, {0, 0, 1, 1}},         {8, {0, 0, 8, 1}},
                 {9, {0, 0, 3, 3}},         {11, {0, 0, 1, 1}},
                 {26, {0, 0, 2, 1}},        {80, {0, 0, 8, 5}},
                 {INT32_MAX, {0, 0, 1, 1}}, {144, {0, 0, 8, 9}}};
    struct tt_placement p;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tt_cores got = {99, 99, 99, 99};

        tt_placement_init(&p, 8, 9);
        assert_true(tt_placement_take_even(&p, cases[i].n, &got));
        assert_memory_equal(&got, &cases[i].want, sizeof got);
    }
}

static void even_cores_leave_the_rest_of_their_rows(void **state)
{
    struct tt_cores got = {99, 99, 99, 99};
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    expect(&p, 56, (struct tt_cores){0, 0, 8, 7});
    assert_false(tt_placement_take_even(&p, 9, &got));
    assert_int_equal(got.x, 99);
    assert_true(tt_placement_take_even(&p, 10, &got));
    assert_int_equal(got.y, 7);
    assert_int_equal(got.width, 5);
    expect(&p, 3, (struct tt_cores){5, 7, 3, 1});
    expect(&p, 3, (struct tt_cores){5, 8, 3, 1});
}

static void cores_asked_for_are_taken_if_all_are_free(void **state)
{
    const struct tt_cores a = {2, 1, 3, 2}, b = {4, 2, 2, 1}, c = {5, 1, 3, 2};
    struct tt_placement p;

    (void)state;
    tt_placement_init(&p, 8, 9);
    assert_true(tt_placement_take_at(&p, &a));
    assert_false(tt_placement_take_at(&p, &b));
    assert_true(tt_placement_take_at(&p, &c));
    expect(&p, 8, (struct tt_cores){0, 0, 8, 1});
    tt_placement_release(&p, &a);
    assert_false(tt_placement_take_at(&p, &b));
    tt_placement_release(&p, &c);
    assert_true(tt_placement_take_at(&p, &b));
}

static void shares_cover_the_grid_without_overlap(void **state)
{
    static const uint32_t cases[][2] = {{1, 1},   {1, 72},        {72, 72},
                                        {73, 72}, {100, 8},       {7, 8},
                                        {20, 24}, {INT32_MAX, 72}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t total = cases[i][0], n = cases[i][1], next = 0;

        for (uint32_t core = 0; core < n; core++) {
            uint32_t start, end;

            tt_placement_share(total, n, core, &start, &end);
            assert_true(start <= end);
            assert_int_equal(start, next);
            next = end;
        }
        assert_int_equal(next, total);
    }
}

static void share_is_the_rounded_up_stride(void **state)
{
    uint32_t start, end;

    (void)state;
    tt_placement_share(100, 72, 49, &start, &end);
    assert_int_equal(start, 98);
    assert_int_equal(end, 100);
    tt_placement_share(100, 72, 50, &start, &end);
    assert_int_equal(start, 100);
    assert_int_equal(end, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_commands_share_a_row),
        cmocka_unit_test(full_row_is_one_row),
        cmocka_unit_test(large_commands_get_whole_rows),
        cmocka_unit_test(gap_in_an_earlier_row_is_filled),
        cmocka_unit_test(what_does_not_fit_is_refused_and_changes_nothing),
        cmocka_unit_test(oversized_command_gets_every_core),
        cmocka_unit_test(even_cores_divide_the_points),
        cmocka_unit_test(even_cores_leave_the_rest_of_their_rows),
        cmocka_unit_test(cores_asked_for_are_taken_if_all_are_free),
        cmocka_unit_test(shares_cover_the_grid_without_overlap),
        cmocka_unit_test(share_is_the_rounded_up_stride),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
