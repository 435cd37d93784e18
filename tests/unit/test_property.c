/* SPDX-License-Identifier: MIT */
/* The property writer: types, sizes, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "plugin/property.h"
#include "pool/tt_log.h"

static void get_shape(void *object, struct tt_property *out)
{
    (void)object;
    out->vector[0] = 8;
    out->vector[1] = 9;
    out->n_vector = 2;
}

static void get_elapsed(void *object, struct tt_property *out)
{
    out->real = *(double *)object;
}

static void get_nothing(void *object, struct tt_property *out)
{
    (void)object;
    out->status = TT_FAIL(NXS_ProfilingInfoNotAvailable, "not yet");
}

static const struct tt_property_entry table[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "seven77"},
    [NP_ID] = {.number = 0, .constant = true},
    [NP_Shape] = {.get = get_shape},
    [NP_ElapsedTime] = {.get = get_elapsed},
    [NP_MaxPower] = {.get = get_nothing},
};

static double elapsed = 1.25;

static nxs_status get(nxs_uint id, void *value, size_t *size)
{
    return tt_property_get(table, &elapsed, id, value, size);
}

static void string_comes_with_its_terminator(void **state)
{
    char text[256];
    size_t size = sizeof text;

    (void)state;
    assert_int_equal(get(NP_Name, text, &size), NXS_Success);
    assert_int_equal(size, 8);
    assert_string_equal(text, "seven77");
}

static void zero_is_a_number_like_any_other(void **state)
{
    int64_t number = -1;
    size_t size = sizeof number;

    (void)state;
    assert_int_equal(get(NP_ID, &number, &size), NXS_Success);
    assert_int_equal(number, 0);
    assert_int_equal(size, 8);
}

static void vector_size_is_in_bytes(void **state)
{
    int64_t shape[1024];
    size_t size = sizeof shape;

    (void)state;
    assert_int_equal(get(NP_Shape, shape, &size), NXS_Success);
    assert_int_equal(size, 16);
    assert_int_equal(shape[0], 8);
    assert_int_equal(shape[1], 9);
}

static void double_is_written_as_one(void **state)
{
    double value = 0;
    size_t size = sizeof value;

    (void)state;
    assert_int_equal(get(NP_ElapsedTime, &value, &size), NXS_Success);
    assert_true(value == 1.25);
    assert_int_equal(size, 8);
}

static void null_value_asks_for_the_size(void **state)
{
    static const struct {
        nxs_uint id;
        size_t size;
    } cases[] = {
        {NP_Name, 8},        {NP_ID, 8},       {NP_Shape, 16},
        {NP_ElapsedTime, 8}, {NP_MaxPower, 8}, /* whose getter has no value */
        {NP_Keys, 48}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;

        assert_int_equal(get(cases[i].id, NULL, &size), NXS_Success);
        assert_int_equal(size, cases[i].size);
    }
}

static void value_that_does_not_fit_is_not_written(void **state)
{
    unsigned char value[64];
    static const nxs_uint ids[] = {NP_Name, NP_ID, NP_Shape, NP_ElapsedTime,
                                   NP_Keys};

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        size_t size = 7;

        memset(value, 0xA5, sizeof value);
        assert_int_equal(get(ids[i], value, &size), NXS_InvalidArgSize);
        assert_int_equal(size, 7);
        for (size_t k = 0; k < sizeof value; k++)
            assert_int_equal(value[k], 0xA5);
    }
}

static void unknown_properties_are_refused(void **state)
{
    static const nxs_uint ids[] = {NP_Type, NP_SubUnits, 45, 1000, UINT32_MAX};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        size_t size = sizeof value;

        assert_int_equal(get(ids[i], &value, &size), NXS_InvalidProperty);
    }
}

static void null_size_is_refused(void **state)
{
    int64_t value;

    (void)state;
    assert_int_equal(get(NP_ID, &value, NULL), NXS_InvalidValue);
}

static void keys_list_what_the_table_has(void **state)
{
    static const int64_t want[] = {NP_Name, NP_ID,          NP_Shape,
                                   NP_Keys, NP_ElapsedTime, NP_MaxPower};
    int64_t keys[64];
    size_t size = sizeof keys;

    (void)state;
    assert_int_equal(get(NP_Keys, keys, &size), NXS_Success);
    assert_int_equal(size, sizeof want);
    assert_memory_equal(keys, want, sizeof want);
}

static void getter_without_a_value_says_why(void **state)
{
    double value = 3;
    size_t size = sizeof value;

    (void)state;
    assert_int_equal(get(NP_MaxPower, &value, &size),
                     NXS_ProfilingInfoNotAvailable);
    assert_true(value == 3);
}

/* What has no value yet: a text or a vector without contents. */
static void get_empty(void *object, struct tt_property *out)
{
    (void)object;
    (void)out;
}

/* Fill the stack with what a scratch value may not let out. */
__attribute__((noinline)) static void litter_stack(void)
{
    volatile char litter[sizeof(struct tt_property) + 1024];

    for (size_t i = 0; i < sizeof litter; i++)
        litter[i] = 'x';
}

static void value_that_a_getter_leaves_alone_is_empty(void **state)
{
    static const struct tt_property_entry empty[TT_N_PROPERTIES] = {
        [NP_Location] = {.get = get_empty}, [NP_SubUnits] = {.get = get_empty}};
    char text[TT_PROPERTY_TEXT];
    size_t size = sizeof text;

    (void)state;
    litter_stack();
    assert_int_equal(tt_property_get(empty, NULL, NP_Location, text, &size), 0);
    assert_string_equal(text, "");
    assert_int_equal(size, 1);
    litter_stack();
    size = 0;
    assert_int_equal(tt_property_get(empty, NULL, NP_SubUnits, text, &size), 0);
    assert_int_equal(size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(string_comes_with_its_terminator),
        cmocka_unit_test(zero_is_a_number_like_any_other),
        cmocka_unit_test(vector_size_is_in_bytes),
        cmocka_unit_test(double_is_written_as_one),
        cmocka_unit_test(null_value_asks_for_the_size),
        cmocka_unit_test(value_that_does_not_fit_is_not_written),
        cmocka_unit_test(unknown_properties_are_refused),
        cmocka_unit_test(null_size_is_refused),
        cmocka_unit_test(keys_list_what_the_table_has),
        cmocka_unit_test(getter_without_a_value_says_why),
        cmocka_unit_test(value_that_a_getter_leaves_alone_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
