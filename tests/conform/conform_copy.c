/* SPDX-License-Identifier: MIT */
/* nxsCopyBuffer and nxsFillBuffer. */
#include <stdlib.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define GUARD 64u

static void copy_both_ways(struct conform *c, size_t size)
{
    unsigned char *in = world_pattern(1, size);
    unsigned char *out = world_alloc(size + 2 * GUARD);
    unsigned char *zeros = world_alloc(GUARD);
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(size), NULL, 0);

    conform_detail(c, "%zu bytes", size);
    OK(c, CopyBuffer, id, in, NXS_BufferHostToDevice);
    OK(c, CopyBuffer, id, out + GUARD, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out + GUARD, size);
    SAME_BYTES(c, zeros, out, GUARD);
    SAME_BYTES(c, zeros, out + GUARD + size, GUARD);
    OK(c, ReleaseBuffer, id);
    free(in);
    free(out);
    free(zeros);
}

static void odd_sizes_are_copied_whole(struct conform *c)
{
    static const size_t sizes[] = {
        1,    2,    3,    7,    15,   31,   33,   63,    65,    127,    255,
        1000, 1023, 1024, 1025, 4095, 4097, 9999, 65535, 65537, 1000003};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        copy_both_ways(c, sizes[i]);
}

static void large_arrays_are_copied_whole(struct conform *c)
{
    copy_both_ways(c, (16u << 20) + 1);
}

/* Host arrays have any address. */
static void host_memory_need_not_be_aligned(struct conform *c)
{
    unsigned char *in = world_pattern(1, 5000), *out = world_alloc(5008);
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {25, 40}, {0}};
    nxs_int id = OK(c, CreateBuffer, 0, layout, NULL, 0);

    for (size_t at = 0; at < 8; at++) {
        conform_detail(c, "address %zu beyond an aligned one", at);
        OK(c, CopyBuffer, id, in + at, NXS_BufferHostToDevice);
        OK(c, CopyBuffer, id, out + 7 - at, NXS_BufferDeviceToHost);
        SAME_BYTES(c, in + at, out + 7 - at, 4000);
    }
}

/* The page behind the array cannot be touched. */
static void nothing_beyond_the_array_is_touched(struct conform *c)
{
    unsigned char *in = world_pattern(1, 3u << 14);
    unsigned char *lent = world_lent(in, 3u << 14);
    size_t size = 10001;
    unsigned char *at = lent + (2u << 14) - size;
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(size), NULL, 0);

    world_take_back(lent + (2u << 14), 1u << 14);
    OK(c, CopyBuffer, id, at, NXS_BufferHostToDevice);
    memset(at, 0, size);
    OK(c, CopyBuffer, id, at, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in + (2u << 14) - size, at, size);
}

static void null_memory_is_refused(struct conform *c)
{
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(64), NULL, 0);

    REFUSED(c, NXS_InvalidHostPtr, CopyBuffer, id, NULL,
            NXS_BufferDeviceToHost);
    REFUSED(c, NXS_InvalidHostPtr, CopyBuffer, id, NULL,
            NXS_BufferHostToDevice);
}

static void other_directions_are_refused(struct conform *c)
{
    unsigned char in[64] = {1}, out[64] = {2}, kept[64] = {2};
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(64), in, 0);

    REFUSED(c, NXS_InvalidValue, CopyBuffer, id, out, 2);
    REFUSED(c, NXS_InvalidValue, CopyBuffer, id, out, UINT32_MAX);
    SAME_BYTES(c, kept, out, sizeof kept);
    OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof in);
}

static void buffers_do_not_share_memory(struct conform *c)
{
    nxs_int ids[100];
    unsigned char *out = world_alloc(700);

    for (unsigned i = 0; i < 100; i++) {
        unsigned char *in = world_pattern(i, 700);

        ids[i] = OK(c, CreateBuffer, 0, world_bytes(100 + 6 * i), in, 0);
        free(in);
    }
    for (unsigned i = 0; i < 100; i++) {
        unsigned char *want = world_pattern(i, 700);

        conform_detail(c, "buffer %u of 100", i);
        OK(c, CopyBuffer, ids[i], out, NXS_BufferDeviceToHost);
        SAME_BYTES(c, want, out, 100 + 6 * i);
        free(want);
    }
}

/* ---- fills ---- */

static void fill(struct conform *c, nxs_int id, size_t size, size_t length)
{
    unsigned char *value = world_pattern(5, length);
    void *lent = world_lent(value, length);
    unsigned char *want = world_alloc(size), *out = world_alloc(size);

    conform_detail(c, "%zu bytes, pattern of %zu", size, length);
    for (size_t i = 0; i < size; i++)
        want[i] = value[i % length];
    OK(c, FillBuffer, id, lent, (nxs_uint)length);
    world_take_back(lent, length);
    OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, want, out, size);
    free(want);
    free(out);
    free(value);
}

static void pattern_of_any_length_repeats(struct conform *c)
{
    static const size_t lengths[] = {1, 2, 3, 4, 5, 8, 16, 100, 4095, 4096};
    nxs_buffer_layout matrix = {NXS_DataType_F32, 2, {32, 32}, {0}};
    nxs_int id = OK(c, CreateBuffer, 0, matrix, NULL, 0);

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        fill(c, id, 4096, lengths[i]);
}

static void pattern_need_not_divide_the_size(struct conform *c)
{
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(1001), NULL, 0);

    fill(c, id, 1001, 2);
    fill(c, id, 1001, 4);
    fill(c, id, 1001, 1000);
    fill(c, id, 1001, 1001);
}

static void fill_without_a_pattern_is_refused(struct conform *c)
{
    unsigned char value[16] = {1};
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(64), NULL, 0);

    REFUSED(c, NXS_InvalidValue, FillBuffer, id, NULL, 0);
    REFUSED(c, NXS_InvalidValue, FillBuffer, id, NULL, 4);
    REFUSED(c, NXS_InvalidValue, FillBuffer, id, value, 0);
}

static void pattern_beyond_the_size_is_refused(struct conform *c)
{
    unsigned char value[128] = {1}, in[64] = {2}, out[64];
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(64), in, 0);

    REFUSED(c, NXS_InvalidValue, FillBuffer, id, value, 65);
    REFUSED(c, NXS_InvalidValue, FillBuffer, id, value, UINT32_MAX);
    OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof in);
}

static void fill_leaves_neighbours_alone(struct conform *c)
{
    unsigned char *in = world_pattern(6, 1000), *out = world_alloc(1000);
    unsigned char value = 0xEE;
    nxs_int ids[3];

    for (int i = 0; i < 3; i++)
        ids[i] = OK(c, CreateBuffer, 0, world_bytes(1000), in, 0);
    OK(c, FillBuffer, ids[1], &value, 1);
    for (int i = 0; i < 3; i += 2) {
        OK(c, CopyBuffer, ids[i], out, NXS_BufferDeviceToHost);
        SAME_BYTES(c, in, out, 1000);
    }
}

static const struct conform_check checks[] = {
    CHECK(odd_sizes_are_copied_whole, 0, "1 byte to 1 MB and back"),
    CHECK(large_arrays_are_copied_whole, 0, "16 MiB and a byte and back"),
    CHECK(host_memory_need_not_be_aligned, 0, "any address will do"),
    CHECK(nothing_beyond_the_array_is_touched, 0,
          "exactly NP_Size bytes are read and written"),
    CHECK(null_memory_is_refused, 0, "NXS_InvalidHostPtr"),
    CHECK(other_directions_are_refused, 0, "NXS_InvalidValue, no copy"),
    CHECK(buffers_do_not_share_memory, 0, "100 buffers keep their contents"),
    CHECK(pattern_of_any_length_repeats, 0,
          "the pattern repeats, and is borrowed for the call"),
    CHECK(pattern_need_not_divide_the_size, 0, "the last repeat is cut off"),
    CHECK(fill_without_a_pattern_is_refused, 0, "NXS_InvalidValue"),
    CHECK(pattern_beyond_the_size_is_refused, 0, "NXS_InvalidValue, no fill"),
    CHECK(fill_leaves_neighbours_alone, 0, "other buffers stay as they are"),
};

AREA(copy);
