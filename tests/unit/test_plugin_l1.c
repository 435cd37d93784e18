/* SPDX-License-Identifier: MIT */
/* Buffers in L1 through the API: round trips, wraps, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/l1_map.h"
#include "nexus-api.h"

#define FREE_L1 (TT_L1_SIZE - TT_L1_DATA)

static const nxs_uint all_kinds[] = {
    TT_BUFFER_L1,
    TT_BUFFER_L1_HEIGHT,
    TT_BUFFER_L1_WIDTH,
    TT_BUFFER_L1_BLOCK,
    TT_BUFFER_L1_HEIGHT | TT_BUFFER_CORES(2, 3, 3, 1),
    TT_BUFFER_L1_WIDTH | TT_BUFFER_CORES(7, 8, 1, 1),
    TT_BUFFER_L1_BLOCK | TT_BUFFER_CORES(1, 0, 2, 4),
};
#define N_KINDS (sizeof all_kinds / sizeof all_kinds[0])

static const nxs_uint all_types[] = {NXS_DataType_Undefined, NXS_DataType_F32,
                                     NXS_DataType_BF16,      NXS_DataType_U16,
                                     NXS_DataType_I8,        NXS_DataType_F64,
                                     NXS_DataType_Bool};

static size_t text_of(nxs_int buffer, nxs_uint property, char text[256])
{
    size_t size = 256;

    assert_int_equal(nxsGetBufferProperty(buffer, property, text, &size),
                     NXS_Success);
    return size;
}

static unsigned long l1_address(nxs_int buffer)
{
    char text[256];

    text_of(buffer, NP_Location, text);
    assert_int_equal(strncmp(text, "l1", 2), 0);
    return strtoul(strchr(text, ':') + 1, NULL, 16);
}

static int64_t size_of(nxs_int buffer)
{
    int64_t value = -1;
    size_t size = sizeof value;

    assert_int_equal(nxsGetBufferProperty(buffer, NP_Size, &value, &size), 0);
    return value;
}

static nxs_int create(nxs_buffer_layout layout, nxs_uint settings)
{
    nxs_int id = nxsCreateBuffer(0, layout, NULL, settings);

    assert_true(id >= 0);
    return id;
}

/* @bytes of every core. */
static nxs_int create_bytes(uint64_t bytes)
{
    nxs_buffer_layout layout = {NXS_DataType_U8, 1, {bytes}, {0}};

    return nxsCreateBuffer(0, layout, NULL,
                           TT_BUFFER_L1_HEIGHT | TT_BUFFER_CORES(0, 0, 1, 1));
}

static void round_trip(nxs_buffer_layout layout, nxs_uint settings)
{
    nxs_int id = create(layout, settings);
    size_t size = (size_t)size_of(id);
    unsigned char *in = malloc(size), *out = calloc(1, size);
    nxs_int copy;

    assert_true(in && out);
    for (size_t i = 0; i < size; i++)
        in[i] = (unsigned char)(i * 7 + i / 251);
    assert_int_equal(nxsCopyBuffer(id, in, NXS_BufferHostToDevice), 0);
    assert_int_equal(nxsCopyBuffer(id, out, NXS_BufferDeviceToHost), 0);
    assert_memory_equal(in, out, size);
    assert_int_equal(nxsFillBuffer(id, "abc", 3), NXS_Success);
    copy = nxsCreateBuffer(0, layout, in, settings);
    assert_int_equal(nxsCopyBuffer(copy, out, NXS_BufferDeviceToHost), 0);
    assert_memory_equal(in, out, size);
    assert_int_equal(nxsCopyBuffer(id, out, NXS_BufferDeviceToHost), 0);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(out[i], "abc"[i % 3]);
    nxsReleaseBuffer(id);
    nxsReleaseBuffer(copy);
    free(in);
    free(out);
}

static void every_kind_and_type_survives_a_round_trip(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t t = 0; t < sizeof all_types / sizeof all_types[0]; t++) {
            nxs_uint type = all_types[t];

            round_trip((nxs_buffer_layout){type, 1, {9000}, {0}}, all_kinds[k]);
            round_trip((nxs_buffer_layout){type, 2, {130, 70}, {0}},
                       all_kinds[k]);
            round_trip((nxs_buffer_layout){type, 3, {3, 40, 200}, {0}},
                       all_kinds[k]);
        }
}

static void location_and_description_say_where(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {130, 70}, {0}};
    nxs_int id = create(layout, all_kinds[4]);
    char text[256], want[256];

    (void)state;
    snprintf(want, sizeof want, "l1 sharded height 3x1+2+3:%#x",
             TT_L1_SIZE - 2 * 3 * 4096);
    text_of(id, NP_Location, text);
    assert_string_equal(text, want);
    text_of(id, NP_Description, text);
    assert_non_null(strstr(text, "15 pages of 4096 bytes in shards of 2 x 3 "));
    assert_non_null(strstr(text, " of 3 cores"));
    nxsReleaseBuffer(id);
    id = create(layout, TT_BUFFER_L1);
    snprintf(want, sizeof want, "l1:%#x", TT_L1_SIZE - 4096);
    text_of(id, NP_Location, text);
    assert_string_equal(text, want);
    nxsReleaseBuffer(id);
}

static void all_of_l1_can_be_taken_and_no_more(void **state)
{
    char text[512];
    size_t size = sizeof text;
    nxs_int id = create_bytes(FREE_L1 / 4096 * 4096);

    (void)state;
    assert_true(id >= 0);
    assert_int_equal(create_bytes(4096), NXS_OutOfResources);
    assert_int_equal(nxsGetRuntimeProperty(NP_Description, text, &size), 0);
    assert_non_null(strstr(text, "the L1 of every core"));
    assert_non_null(strstr(text, "the largest range"));
    nxsReleaseBuffer(id);
    id = create_bytes(FREE_L1 / 4096 * 4096);
    assert_true(id >= 0);
    nxsReleaseBuffer(id);
}

static void interleaved_buffers_use_the_l1_of_all_cores(void **state)
{
    /* 16 KiB are left to each of the 72 cores */
    nxs_buffer_layout layout = {NXS_DataType_U8, 1, {72 * 16384u}, {0}};
    nxs_int most = create_bytes(FREE_L1 / 4096 * 4096 - 16384);
    nxs_int id = create(layout, TT_BUFFER_L1);

    (void)state;
    nxsReleaseBuffer(id);
    layout.dim[0]++;
    assert_int_equal(nxsCreateBuffer(0, layout, NULL, TT_BUFFER_L1),
                     NXS_OutOfResources);
    nxsReleaseBuffer(most);
}

static void senseless_settings_are_refused(void **state)
{
    static const nxs_uint bad[] = {
        0x500u,
        0x700u,
        TT_BUFFER_L1 | TT_BUFFER_CORES(0, 0, 1, 1),
        TT_BUFFER_CORES(0, 0, 1, 1),
        TT_BUFFER_L1_BLOCK | TT_BUFFER_CORES(8, 0, 0, 0),
        TT_BUFFER_L1_BLOCK | TT_BUFFER_CORES(0, 0, 8, 10)};
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {32, 32}, {0}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(nxsCreateBuffer(0, layout, NULL, bad[i]),
                         NXS_InvalidValue);
}

static void part_of_a_live_buffer_can_be_wrapped(void **state)
{
    nxs_buffer_layout whole = {NXS_DataType_U32, 2, {96, 32}, {0}};
    nxs_buffer_layout part = {NXS_DataType_U32, 2, {32, 32}, {0}};
    nxs_uint one = TT_BUFFER_L1_HEIGHT | TT_BUFFER_CORES(4, 4, 1, 1);
    nxs_int id = create(whole, one), view;
    uint32_t in[96 * 32], out[32 * 32];
    char *at = (char *)(uintptr_t)l1_address(id);

    (void)state;
    for (uint32_t i = 0; i < 96 * 32; i++)
        in[i] = i;
    nxsCopyBuffer(id, in, NXS_BufferHostToDevice);
    view =
        nxsCreateBuffer(0, part, at + 4096, one | NXS_BufferSettings_OnDevice);
    assert_true(view >= 0);
    /* the view keeps the memory */
    assert_int_equal(nxsReleaseBuffer(id), NXS_Success);
    id = create(whole, one);
    assert_true(l1_address(id) != (unsigned long)(uintptr_t)at);
    nxsCopyBuffer(view, out, NXS_BufferDeviceToHost);
    assert_memory_equal(out, in + 32 * 32, sizeof out);
    nxsReleaseBuffer(id);
    nxsReleaseBuffer(view);
}

static void foreign_l1_is_not_wrapped(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_U32, 2, {64, 32}, {0}};
    nxs_uint settings = TT_BUFFER_L1_WIDTH | TT_BUFFER_CORES(0, 0, 1, 1);
    nxs_int id = create(layout, settings);
    uintptr_t at = l1_address(id);
    const uintptr_t bad[] = {at + 4096, at + 8,  at - 16, TT_L1_DATA,
                             0x6000,    at + 16, 1,       UINTPTR_MAX - 15};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            nxsCreateBuffer(0, layout, (void *)bad[i],
                            settings | NXS_BufferSettings_OnDevice),
            NXS_InvalidHostPtr);
    nxsReleaseBuffer(id);
}

static void value_of_an_l1_buffer_can_be_wrapped(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {70, 40}, {0}};
    nxs_int id = create(layout, all_kinds[4]), view;
    char here[256], there[256];
    float in[70 * 40], out[70 * 40];
    size_t size = sizeof(int64_t);
    int64_t value;

    (void)state;
    for (int i = 0; i < 70 * 40; i++)
        in[i] = (float)i;
    nxsCopyBuffer(id, in, NXS_BufferHostToDevice);
    assert_int_equal(nxsGetBufferProperty(id, NP_Value, &value, &size), 0);
    view = nxsCreateBuffer(0, layout, (void *)(intptr_t)value,
                           NXS_BufferSettings_OnDevice);
    assert_true(view >= 0);
    text_of(id, NP_Location, here);
    text_of(view, NP_Location, there);
    assert_string_equal(here, there);
    nxsReleaseBuffer(id);
    nxsCopyBuffer(view, out, NXS_BufferDeviceToHost);
    assert_memory_equal(in, out, sizeof in);
    nxsReleaseBuffer(view);
}

static void buffer_of_the_other_memory_is_not_wrapped(void **state)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {32, 32}, {0}};
    nxs_int id = create(layout, 0);
    size_t size = sizeof(int64_t);
    int64_t value;

    (void)state;
    assert_int_equal(nxsGetBufferProperty(id, NP_Value, &value, &size), 0);
    assert_int_equal(
        nxsCreateBuffer(0, layout, (void *)(intptr_t)value,
                        TT_BUFFER_L1 | NXS_BufferSettings_OnDevice),
        NXS_InvalidHostPtr);
    nxsReleaseBuffer(id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_and_type_survives_a_round_trip),
        cmocka_unit_test(location_and_description_say_where),
        cmocka_unit_test(all_of_l1_can_be_taken_and_no_more),
        cmocka_unit_test(interleaved_buffers_use_the_l1_of_all_cores),
        cmocka_unit_test(senseless_settings_are_refused),
        cmocka_unit_test(part_of_a_live_buffer_can_be_wrapped),
        cmocka_unit_test(foreign_l1_is_not_wrapped),
        cmocka_unit_test(value_of_an_l1_buffer_can_be_wrapped),
        cmocka_unit_test(buffer_of_the_other_memory_is_not_wrapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
