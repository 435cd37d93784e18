/* SPDX-License-Identifier: MIT */
/* Buffers through the API: round trips, fills, wraps, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nexus-api.h"

static const nxs_uint all_types[] = {
    NXS_DataType_Undefined, NXS_DataType_F32, NXS_DataType_F16,
    NXS_DataType_BF16,      NXS_DataType_I32, NXS_DataType_U32,
    NXS_DataType_I16,       NXS_DataType_U16, NXS_DataType_I8,
    NXS_DataType_U8,        NXS_DataType_I4,  NXS_DataType_F64,
    NXS_DataType_I64,       NXS_DataType_U64, NXS_DataType_Bool};

static int64_t number_of(nxs_int buffer, nxs_uint property)
{
    int64_t value = -1;
    size_t size = sizeof value;

    assert_int_equal(nxsGetBufferProperty(buffer, property, &value, &size),
                     NXS_Success);
    return value;
}

static unsigned char *pattern(size_t size)
{
    unsigned char *data = malloc(size);

    assert_non_null(data);
    for (size_t i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 7 + i / 251);
    return data;
}

static void round_trip(nxs_buffer_layout layout)
{
    nxs_int id = nxsCreateBuffer(0, layout, NULL, 0);
    size_t size = (size_t)number_of(id, NP_Size);
    unsigned char *out = calloc(1, size), *in = pattern(size);

    assert_non_null(out);
    assert_int_equal(nxsCopyBuffer(id, in, NXS_BufferHostToDevice), 0);
    assert_int_equal(nxsCopyBuffer(id, out, NXS_BufferDeviceToHost), 0);
    assert_memory_equal(in, out, size);
    assert_int_equal(nxsReleaseBuffer(id), NXS_Success);
    free(in);
    free(out);
}

static void every_type_and_rank_survives_a_round_trip(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof all_types / sizeof all_types[0]; t++) {
        round_trip((nxs_buffer_layout){all_types[t], 1, {1000}, {0}});
        round_trip((nxs_buffer_layout){all_types[t], 2, {33, 70}, {0}});
        round_trip((nxs_buffer_layout){all_types[t], 2, {33, 70}, {1, 33}});
        round_trip((nxs_buffer_layout){all_types[t], 3, {3, 40, 20}, {0}});
    }
}

static void creation_copies_host_data_in(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_BF16, 2, {40, 50}, {0}};
    unsigned char *in = pattern(4000), out[4000];
    nxs_int id = nxsCreateBuffer(0, layout, in, 0);

    (void)state;
    assert_true(id >= 0);
    assert_int_equal(nxsCopyBuffer(id, out, NXS_BufferDeviceToHost), 0);
    assert_memory_equal(in, out, sizeof out);
    nxsReleaseBuffer(id);
    free(in);
}

static void pattern_of_any_length_repeats(void **state)
{
    static const size_t lengths[] = {1, 2, 3, 4, 100, 4096};
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {32, 32}, {0}};
    nxs_int id = nxsCreateBuffer(0, layout, NULL, 0);
    unsigned char *p = pattern(4096), out[4096];

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t n = lengths[i];

        assert_int_equal(nxsFillBuffer(id, p, (nxs_uint)n), NXS_Success);
        nxsCopyBuffer(id, out, NXS_BufferDeviceToHost);
        for (size_t k = 0; k < sizeof out; k++)
            assert_int_equal(out[k], p[k % n]);
    }
    nxsReleaseBuffer(id);
    free(p);
}

static void senseless_calls_are_refused(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 1, {4}, {0}};
    nxs_int id = nxsCreateBuffer(0, layout, NULL, 0);
    char data[64] = {0};

    (void)state;
    assert_int_equal(nxsFillBuffer(id, NULL, 0), NXS_InvalidValue);
    assert_int_equal(nxsFillBuffer(id, data, 0), NXS_InvalidValue);
    assert_int_equal(nxsFillBuffer(id, NULL, 4), NXS_InvalidValue);
    assert_int_equal(nxsFillBuffer(id, data, 17), NXS_InvalidValue);
    assert_int_equal(nxsCopyBuffer(id, NULL, 0), NXS_InvalidHostPtr);
    assert_int_equal(nxsCopyBuffer(id, data, 2), NXS_InvalidValue);
    nxsReleaseBuffer(id);
}

static void too_large_buffers_are_refused(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 1, {1ull << 40}, {0}};

    (void)state;
    assert_int_equal(nxsCreateBuffer(0, layout, NULL, 0), NXS_OutOfResources);
    layout.dim[0] = UINT64_MAX / 2;
    assert_int_equal(nxsCreateBuffer(0, layout, NULL, 0),
                     NXS_InvalidBufferSize);
}

static void type_that_looks_like_on_device_just_allocates(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F16, 1, {16}, {0}};
    nxs_int id = nxsCreateBuffer(0, layout, NULL, NXS_BufferSettings_OnDevice);
    short in[16] = {1, 2, 3}, out[16] = {0};

    (void)state;
    assert_true(id >= 0);
    nxsCopyBuffer(id, in, NXS_BufferHostToDevice);
    nxsCopyBuffer(id, out, NXS_BufferDeviceToHost);
    assert_memory_equal(in, out, sizeof in);
    nxsReleaseBuffer(id);
}

static void device_address_can_be_wrapped(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_U32, 1, {8}, {0}};
    nxs_int id = nxsCreateBuffer(0, layout, NULL, 0), view;
    uint32_t in[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8] = {0};
    char text[64];
    size_t size = sizeof text;
    unsigned long addr = 0;

    (void)state;
    assert_int_equal(nxsGetBufferProperty(id, NP_Location, text, &size), 0);
    assert_int_equal(sscanf(text, "dram:%lx", &addr), 1);
    nxsCopyBuffer(id, in, NXS_BufferHostToDevice);
    view =
        nxsCreateBuffer(0, layout, (void *)addr, NXS_BufferSettings_OnDevice);
    assert_true(view >= 0);
    nxsCopyBuffer(view, out, NXS_BufferDeviceToHost);
    assert_memory_equal(in, out, sizeof in);
    nxsReleaseBuffer(view);
    nxsCopyBuffer(id, out, NXS_BufferDeviceToHost);
    assert_memory_equal(in, out, sizeof in);
    nxsReleaseBuffer(id);
}

static void addresses_outside_dram_are_not_wrapped(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_U32, 1, {8}, {0}};
    static const uintptr_t bad[] = {1, 33, 0x7FFFFFFFFFE0, UINTPTR_MAX - 31};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(nxsCreateBuffer(0, layout, (void *)bad[i],
                                         NXS_BufferSettings_OnDevice),
                         NXS_InvalidHostPtr);
}

static void value_is_host_memory_with_the_data(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {5, 7}, {0}};
    float in[35], out[35] = {0};
    nxs_int id, copy, view;
    void *value;

    (void)state;
    for (int i = 0; i < 35; i++)
        in[i] = (float)i;
    id = nxsCreateBuffer(0, layout, in, 0);
    value = (void *)(intptr_t)number_of(id, NP_Value);
    assert_memory_equal(value, in, sizeof in);
    copy = nxsCreateBuffer(0, layout, value, 0);
    view = nxsCreateBuffer(0, layout, value, NXS_BufferSettings_OnDevice);
    assert_true(copy >= 0 && view >= 0);
    in[0] = 99;
    nxsCopyBuffer(id, in, NXS_BufferHostToDevice);
    nxsReleaseBuffer(id);
    nxsCopyBuffer(view, out, NXS_BufferDeviceToHost);
    assert_true(out[0] == 99);
    nxsCopyBuffer(copy, out, NXS_BufferDeviceToHost);
    assert_true(out[0] == 0 && out[34] == 34);
    nxsReleaseBuffer(copy);
    nxsReleaseBuffer(view);
}

static void released_memory_can_be_used_again(void **state)
{
    /* a fifth of the 12 GiB at a time, far more than all of it together */
    nxs_buffer_layout layout = {NXS_DataType_U8, 1, {1ull << 31}, {0}};

    (void)state;
    for (int i = 0; i < 50; i++) {
        nxs_int id = nxsCreateBuffer(0, layout, NULL, 0);

        assert_true(id >= 0);
        assert_int_equal(nxsReleaseBuffer(id), NXS_Success);
    }
}

static void shape_is_what_the_host_said(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 3, {2, 3, 5}, {0}};
    nxs_int id = nxsCreateBuffer(0, layout, NULL, 0);
    int64_t shape[8];
    size_t size = sizeof shape;

    (void)state;
    assert_int_equal(nxsGetBufferProperty(id, NP_Shape, shape, &size), 0);
    assert_int_equal(size, 24);
    assert_int_equal(shape[0] * 100 + shape[1] * 10 + shape[2], 235);
    assert_int_equal(number_of(id, NP_Rank), 3);
    assert_int_equal(number_of(id, NP_Count), 30);
    assert_int_equal(number_of(id, NP_Size), 120);
    nxsReleaseBuffer(id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_and_rank_survives_a_round_trip),
        cmocka_unit_test(creation_copies_host_data_in),
        cmocka_unit_test(pattern_of_any_length_repeats),
        cmocka_unit_test(senseless_calls_are_refused),
        cmocka_unit_test(too_large_buffers_are_refused),
        cmocka_unit_test(type_that_looks_like_on_device_just_allocates),
        cmocka_unit_test(device_address_can_be_wrapped),
        cmocka_unit_test(addresses_outside_dram_are_not_wrapped),
        cmocka_unit_test(value_is_host_memory_with_the_data),
        cmocka_unit_test(released_memory_can_be_used_again),
        cmocka_unit_test(shape_is_what_the_host_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
