/* SPDX-License-Identifier: MIT */
/* Creating buffers: types, ranks, strides, sizes, settings, properties. */
#include <stdlib.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define LAST_TYPE NXS_DataType_Bool

static const unsigned char bits_of[LAST_TYPE + 1] = {
    [NXS_DataType_Undefined] = 8, [NXS_DataType_F32] = 32,
    [NXS_DataType_F16] = 16,      [NXS_DataType_BF16] = 16,
    [NXS_DataType_F8] = 8,        [NXS_DataType_BF8] = 8,
    [NXS_DataType_F4] = 4,        [NXS_DataType_BF4] = 4,
    [NXS_DataType_I32] = 32,      [NXS_DataType_U32] = 32,
    [NXS_DataType_I16] = 16,      [NXS_DataType_U16] = 16,
    [NXS_DataType_I8] = 8,        [NXS_DataType_U8] = 8,
    [NXS_DataType_I4] = 4,        [NXS_DataType_U4] = 4,
    [NXS_DataType_F64] = 64,      [NXS_DataType_I64] = 64,
    [NXS_DataType_U64] = 64,      [NXS_DataType_Bool] = 8};

/* Bytes that every implementation of the type keeps: types of 8 bits may be
 * block floats on the device, so their values share an exponent. */
static void fill_values(nxs_uint type, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (type == NXS_DataType_F8)
            bytes[i] = (unsigned char)(0x38 + i % 8);
        else if (type == NXS_DataType_BF8)
            bytes[i] = (unsigned char)(0x3C + i % 4);
        else if (type == NXS_DataType_Bool)
            bytes[i] = i % 3 == 0;
        else
            bytes[i] = (unsigned char)(i * 7 + i / 251);
    }
}

static size_t size_of(const nxs_buffer_layout *layout)
{
    size_t n = 1;

    for (nxs_uint i = 0; i < layout->rank; i++)
        n *= (size_t)layout->dim[i];
    return n * bits_of[layout->data_type] / 8;
}

/* Upload, download, compare; guards around the array stay. */
static void round_trip(struct conform *c, nxs_buffer_layout layout)
{
    size_t size = size_of(&layout), guard = 64;
    unsigned char *in = world_alloc(size);
    unsigned char *out = world_pattern(9, size + 2 * guard);
    unsigned char *guards = world_pattern(9, size + 2 * guard);
    nxs_int id;

    conform_detail(c, "type %u, rank %u, dim %llu %llu ...", layout.data_type,
                   layout.rank, (unsigned long long)layout.dim[0],
                   (unsigned long long)layout.dim[1]);
    fill_values(layout.data_type, in, size);
    id = OK(c, CreateBuffer, 0, layout, NULL, 0);
    OK(c, CopyBuffer, id, in, NXS_BufferHostToDevice);
    OK(c, CopyBuffer, id, out + guard, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out + guard, size);
    SAME_BYTES(c, guards, out, guard);
    SAME_BYTES(c, guards + guard + size, out + guard + size, guard);
    OK(c, ReleaseBuffer, id);
    free(in);
    free(out);
    free(guards);
}

static void type_survives_a_round_trip(struct conform *c)
{
    nxs_uint type = (nxs_uint)c->arg;
    nxs_buffer_layout layout = {type, 1, {64}, {0}};
    int status = (int)NXS(c, CreateBuffer)(0, layout, NULL, 0);

    if (status == NXS_InvalidValue && type != NXS_DataType_F32)
        conform_skip(c, "the plugin has no type %u", type);
    round_trip(c, layout);
    round_trip(c, (nxs_buffer_layout){type, 1, {1000}, {0}});
    round_trip(c, (nxs_buffer_layout){type, 2, {32, 64}, {0}});
    round_trip(c, (nxs_buffer_layout){type, 2, {33, 70}, {0}});
    round_trip(c, (nxs_buffer_layout){type, 2, {2, 1}, {0}});
    round_trip(c, (nxs_buffer_layout){type, 3, {3, 40, 20}, {0}});
}

static void rank_survives_a_round_trip(struct conform *c)
{
    nxs_uint rank = (nxs_uint)c->arg;
    nxs_buffer_layout layout = {NXS_DataType_F32, rank, {0}, {0}};

    for (nxs_uint i = 0; i < rank; i++)
        layout.dim[i] = i % 3 + 1;
    round_trip(c, layout);
    for (nxs_uint i = 0; i < rank; i++)
        layout.dim[i] = 1;
    round_trip(c, layout);
    if (rank)
        layout.dim[rank - 1] = 131;
    round_trip(c, layout);
}

static void dimensions_beyond_the_rank_mean_nothing(struct conform *c)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {3, 5}, {0}};
    float in[15] = {1, 2, 3}, out[15] = {0};
    nxs_int id;

    for (int i = 2; i < 8; i++)
        layout.dim[i] = UINT64_MAX;
    id = OK(c, CreateBuffer, 0, layout, in, 0);
    OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof in);
}

static void first_dimension_may_be_the_fastest(struct conform *c)
{
    round_trip(c, (nxs_buffer_layout){NXS_DataType_F32, 2, {33, 70}, {1, 33}});
    round_trip(c,
               (nxs_buffer_layout){NXS_DataType_U16, 3, {5, 6, 7}, {1, 5, 30}});
    round_trip(c, (nxs_buffer_layout){NXS_DataType_F32, 1, {100}, {1}});
    round_trip(c, (nxs_buffer_layout){NXS_DataType_F32, 2, {33, 70}, {70, 1}});
}

static void gaps_between_elements_are_refused(struct conform *c)
{
    nxs_buffer_layout gaps = {NXS_DataType_F32, 2, {4, 4}, {1, 5}};

    REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, gaps, NULL, 0);
    gaps.stride[0] = 8;
    gaps.stride[1] = 1;
    REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, gaps, NULL, 0);
    gaps.stride[1] = UINT64_MAX;
    REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, gaps, NULL, 0);
    /* Rows that are all the same one: the host's array is shorter. */
    gaps.stride[0] = 0;
    gaps.stride[1] = 1;
    REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, gaps, NULL, 0);
}

static void ranks_above_eight_are_refused(struct conform *c)
{
    const nxs_uint ranks[] = {9, 64, 0x80000000u, UINT32_MAX};
    nxs_buffer_layout layout = {
        NXS_DataType_F32, 0, {1, 1, 1, 1, 1, 1, 1, 1}, {0}};

    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
        conform_detail(c, "rank %u", ranks[i]);
        layout.rank = ranks[i];
        REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, layout, NULL, 0);
    }
}

static void unknown_types_are_refused(struct conform *c)
{
    const nxs_uint types[] = {20, 25, 31, UINT32_MAX};
    nxs_buffer_layout layout = {0, 1, {64}, {0}};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        conform_detail(c, "type %u", types[i]);
        layout.data_type = types[i];
        REFUSED(c, NXS_InvalidValue, CreateBuffer, 0, layout, NULL, 0);
    }
}

static void flags_of_the_type_are_ignored(struct conform *c)
{
    const nxs_uint flags[] = {1u << 5, 2u << 5, 3u << 5};
    float in[64] = {1, 2, 3}, out[64];

    for (size_t i = 0; i < 3; i++) {
        nxs_buffer_layout layout = {NXS_DataType_F32 | flags[i], 1, {64}, {0}};
        nxs_int id;

        conform_detail(c, "flags 0x%x", flags[i]);
        id = OK(c, CreateBuffer, 0, layout, in, 0);
        memset(out, 0xFF, sizeof out);
        OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
        SAME_BYTES(c, in, out, sizeof in);
    }
}

static void empty_extents_are_refused(struct conform *c)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 3, {4, 4, 4}, {0}};

    for (int i = 0; i < 3; i++) {
        conform_detail(c, "extent %d is 0", i);
        layout.dim[i] = 0;
        REFUSED(c, NXS_InvalidBufferSize, CreateBuffer, 0, layout, NULL, 0);
        layout.dim[i] = 4;
    }
}

/* Products that come out small or zero if they wrap. */
static void sizes_beyond_63_bits_are_refused(struct conform *c)
{
    const nxs_buffer_layout layouts[] = {
        {NXS_DataType_F32, 1, {UINT64_MAX}, {0}},
        {NXS_DataType_F32, 1, {1ull << 62}, {0}},
        {NXS_DataType_U8, 1, {1ull << 63}, {0}},
        {NXS_DataType_U8, 2, {1ull << 32, 1ull << 32}, {0}},
        {NXS_DataType_U8, 2, {(1ull << 32) + 1, 1ull << 32}, {0}},
        {NXS_DataType_F64, 3, {1ull << 31, 1ull << 31, 1ull << 31}, {0}},
        {NXS_DataType_U8, 8, {256, 256, 256, 256, 256, 256, 256, 256}, {0}}};

    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        conform_detail(c, "rank %u, dim %llu ...", layouts[i].rank,
                       (unsigned long long)layouts[i].dim[0]);
        REFUSED(c, NXS_InvalidBufferSize, CreateBuffer, 0, layouts[i], NULL, 0);
    }
}

static uint64_t memory_of(struct conform *c)
{
    int64_t size = 0;
    size_t n = sizeof size;

    if (NXS(c, GetDeviceProperty)(0, NP_GlobalMemorySize, &size, &n) < 0 ||
        size <= 0)
        conform_skip(c, "the device does not say how much memory it has");
    return (uint64_t)size;
}

static void more_than_the_memory_is_refused(struct conform *c)
{
    uint64_t memory = memory_of(c);

    REFUSED(c, NXS_OutOfResources, CreateBuffer, 0, world_bytes(memory + 1),
            NULL, 0);
    REFUSED(c, NXS_OutOfResources, CreateBuffer, 0, world_bytes(2 * memory),
            NULL, 0);
}

static void released_memory_is_free_again(struct conform *c)
{
    uint64_t part = memory_of(c) / 3;

    for (int i = 0; i < 10; i++) {
        nxs_int id;

        conform_detail(c, "a third of the memory, time %d", i + 1);
        id = OK(c, CreateBuffer, 0, world_bytes(part), NULL, 0);
        OK(c, ReleaseBuffer, id);
    }
}

static void full_memory_is_refused_and_leaves_the_rest_alone(struct conform *c)
{
    uint64_t part = memory_of(c) / 3;
    unsigned char in[100] = {7, 8, 9}, out[100] = {0};
    nxs_int small = OK(c, CreateBuffer, 0, world_bytes(sizeof in), in, 0), id;
    int n = 0;

    while ((id = NXS(c, CreateBuffer)(0, world_bytes(part), NULL, 0)) >= 0)
        TRUE(c, ++n <= 3, "no more memory than there is");
    conform_expect_status(c, NXS_OutOfResources, id, "nxsCreateBuffer");
    OK(c, CopyBuffer, small, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof in);
}

static void host_data_is_copied_in(struct conform *c)
{
    unsigned char *in = world_pattern(1, 4000), out[4000];
    void *lent = world_lent(in, 4000);
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(4000), lent, 0);

    world_take_back(lent, 4000);
    OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof out);
}

static void settings_change_no_contents(struct conform *c)
{
    unsigned char in[256], out[256];

    for (nxs_uint settings = 0; settings < 8; settings++) {
        nxs_int id;

        conform_detail(c, "settings %u", settings);
        memset(in, (int)settings + 1, sizeof in);
        if (settings == NXS_BufferSettings_OnDevice) {
            /* without a pointer a type may have leaked into the settings */
            id = OK(c, CreateBuffer, 0, world_bytes(256), NULL, settings);
            OK(c, CopyBuffer, id, in, NXS_BufferHostToDevice);
        } else if (settings & NXS_BufferSettings_OnDevice) {
            continue;
        } else {
            id = OK(c, CreateBuffer, 0, world_bytes(256), in, settings);
        }
        OK(c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
        SAME_BYTES(c, in, out, sizeof out);
    }
}

static void *value_of(struct conform *c, nxs_int buffer)
{
    return (void *)(intptr_t)world_number(c, NXS(c, GetBufferProperty), buffer,
                                          NP_Value);
}

static void value_can_be_handed_back_as_host_memory(struct conform *c)
{
    unsigned char *in = world_pattern(3, 300), *more = world_pattern(4, 300);
    unsigned char out[300];
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(300), in, 0), copy;

    copy = OK(c, CreateBuffer, 0, world_bytes(300), value_of(c, id), 0);
    OK(c, CopyBuffer, id, more, NXS_BufferHostToDevice);
    OK(c, CopyBuffer, copy, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof out);
    copy = OK(c, CreateBuffer, 0, world_bytes(300), value_of(c, id), 0);
    OK(c, CopyBuffer, copy, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, more, out, sizeof out);
}

static void wrapped_value_shares_the_memory(struct conform *c)
{
    unsigned char *in = world_pattern(3, 300), *more = world_pattern(4, 300);
    unsigned char out[300];
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(300), in, 0), view;

    view = NXS(c, CreateBuffer)(0, world_bytes(300), value_of(c, id),
                                NXS_BufferSettings_OnDevice);
    if (view == NXS_InvalidHostPtr)
        conform_skip(c, "the plugin wraps nothing");
    conform_expect_success(c, view, "nxsCreateBuffer(OnDevice)");
    OK(c, CopyBuffer, id, more, NXS_BufferHostToDevice);
    OK(c, CopyBuffer, view, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, more, out, sizeof out);
    OK(c, CopyBuffer, view, in, NXS_BufferHostToDevice);
    OK(c, ReleaseBuffer, id);
    OK(c, CopyBuffer, view, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof out);
}

static void larger_wrap_than_the_buffer_is_refused(struct conform *c)
{
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(300), NULL, 0);

    REFUSED(c, NXS_InvalidHostPtr, CreateBuffer, 0, world_bytes(1 << 20),
            value_of(c, id), NXS_BufferSettings_OnDevice);
}

static void size_is_that_of_the_hosts_array(struct conform *c)
{
    for (nxs_uint type = 0; type <= LAST_TYPE; type++) {
        nxs_buffer_layout layout = {type, 2, {10, 14}, {0}};
        nxs_int id = NXS(c, CreateBuffer)(0, layout, NULL, 0);

        conform_detail(c, "type %u", type);
        if (id < 0)
            continue;
        EQUAL(c, 140 * bits_of[type] / 8,
              world_number(c, NXS(c, GetBufferProperty), id, NP_Size));
    }
}

static void shape_and_rank_are_what_the_host_said(struct conform *c)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 3, {2, 3, 5}, {0}};
    nxs_int id = OK(c, CreateBuffer, 0, layout, NULL, 0);
    int64_t shape[8] = {0};
    const int64_t want[3] = {2, 3, 5};
    size_t size = sizeof shape;

    EQUAL(c, 3, world_number(c, NXS(c, GetBufferProperty), id, NP_Rank));
    OK(c, GetBufferProperty, id, NP_Shape, shape, &size);
    EQUAL(c, 24, size);
    SAME_BYTES(c, want, shape, sizeof want);
}

#define TYPE(name)                                                             \
    CHECK_OF("type_" #name "_survives_a_round_trip",                           \
             type_survives_a_round_trip, 0, NXS_DataType_##name,               \
             "what is copied out is what was copied in")
#define RANK(n)                                                                \
    CHECK_OF("rank_" #n "_survives_a_round_trip", rank_survives_a_round_trip,  \
             0, n, "what is copied out is what was copied in")

static const struct conform_check checks[] = {
    TYPE(Undefined),
    TYPE(F32),
    TYPE(F16),
    TYPE(BF16),
    TYPE(F8),
    TYPE(BF8),
    TYPE(F4),
    TYPE(BF4),
    TYPE(I32),
    TYPE(U32),
    TYPE(I16),
    TYPE(U16),
    TYPE(I8),
    TYPE(U8),
    TYPE(I4),
    TYPE(U4),
    TYPE(F64),
    TYPE(I64),
    TYPE(U64),
    TYPE(Bool),
    RANK(0),
    RANK(1),
    RANK(2),
    RANK(3),
    RANK(4),
    RANK(5),
    RANK(6),
    RANK(7),
    RANK(8),
    CHECK(dimensions_beyond_the_rank_mean_nothing, 0, "dim[rank...] is unused"),
    CHECK(first_dimension_may_be_the_fastest, 0,
          "stride[0] == 1, or dense strides in Python's order"),
    CHECK(gaps_between_elements_are_refused, 0, "NXS_InvalidValue"),
    CHECK(ranks_above_eight_are_refused, 0, "NXS_InvalidValue"),
    CHECK(unknown_types_are_refused, 0, "NXS_InvalidValue"),
    CHECK(flags_of_the_type_are_ignored, 0, "block flags change nothing"),
    CHECK(empty_extents_are_refused, 0, "NXS_InvalidBufferSize"),
    CHECK(sizes_beyond_63_bits_are_refused, 0, "NXS_InvalidBufferSize"),
    CHECK(more_than_the_memory_is_refused, 0, "NXS_OutOfResources"),
    CHECK(released_memory_is_free_again, 0, "memory can be used again"),
    CHECK(full_memory_is_refused_and_leaves_the_rest_alone, 0,
          "NXS_OutOfResources"),
    CHECK(host_data_is_copied_in, 0, "host_ptr is borrowed for the call"),
    CHECK(settings_change_no_contents, 0,
          "OnHost, Maintain, OnDevice without a pointer allocate"),
    CHECK(value_can_be_handed_back_as_host_memory, 0,
          "NP_Value is host memory with the contents"),
    CHECK(wrapped_value_shares_the_memory, 0,
          "OnDevice with NP_Value shares and keeps the memory"),
    CHECK(larger_wrap_than_the_buffer_is_refused, 0, "NXS_InvalidHostPtr"),
    CHECK(size_is_that_of_the_hosts_array, 0, "NP_Size in bytes"),
    CHECK(shape_and_rank_are_what_the_host_said, 0, "NP_Shape, NP_Rank"),
};

AREA(buffer);
