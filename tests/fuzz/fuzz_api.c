/* SPDX-License-Identifier: MIT */
/*
 * Hostile hosts: bytes become calls of the interface, with ids that are live,
 * stale, of another kind or made up, with any numbers and names, and memory of
 * exactly the size that the call is entitled to. Programs are compiled before
 * (fake_jit.h); schedules run on two embedded chips. Whatever was done, there
 * is no object and no memory taken once all is released.
 */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "nexus-api.h"
#include "tests/fuzz/fake_jit.h"
#include "tests/fuzz/fast_clock.h"
#include "tests/fuzz/fuzz.h"

#define N_SLOTS   6u
#define MAX_CALLS 60u
#define MAX_RUNS  16u          /* each may take all its time */
#define MAX_BYTES (256u << 10) /* of an array whose data are looked at */
#define MAX_TEXT  40u
#define N_DEVICES 2

enum kind {
    BUFFER,
    LIBRARY,
    KERNEL,
    EVENT,
    STREAM,
    SCHEDULE,
    COMMAND,
    N_KINDS
};

/** struct host - what an input has made, and what it has not consumed */
struct host {
    struct fuzz_input in;
    nxs_int slot[N_KINDS][N_SLOTS];
    char text[MAX_TEXT + 1];
    unsigned n_runs;
};

/* ---- arguments ---- */

static nxs_int take_id(struct host *h, enum kind kind)
{
    uint8_t which = fuzz_u8(&h->in);

    if (which == 0xFF)
        return (nxs_int)fuzz_u32(&h->in);
    if (which >= 0xF0)
        kind = (enum kind)(which % N_KINDS);
    /* The slot, or the next one in which anything ever was. */
    for (unsigned i = 0; i < N_SLOTS; i++)
        if (h->slot[kind][(which + i) % N_SLOTS] >= 0)
            return h->slot[kind][(which + i) % N_SLOTS];
    return -1;
}

static nxs_int take_device(struct host *h)
{
    uint8_t which = fuzz_u8(&h->in);

    return which >= 0xF8 ? (nxs_int)(int8_t)fuzz_u8(&h->in) : which % N_DEVICES;
}

static const char *take_name(struct host *h)
{
    static const char *const name[] = {
        NULL,
        "",
        "CB",
        "CTA",
        "READER_CTA",
        "WRITER_CTA",
        "COMPUTE_CTA",
        "ARG",
        "WRITER_ARG",
        "READER_ARG",
        "WRITER_L1",
        "L1",
        "DEFINE:A",
        "DEFINE:B=2",
        "WRITER_DEFINE:C",
        "FP32_DEST_ACC",
        "MATH_FIDELITY",
        "x",
    };
    const unsigned n = sizeof(name) / sizeof(name[0]);
    uint8_t which = fuzz_u8(&h->in);
    const uint8_t *from;
    size_t len;

    if (which < 0xE0)
        return name[which % n];
    len = fuzz_u8(&h->in) % (MAX_TEXT + 1);
    from = fuzz_bytes(&h->in, len);
    memset(h->text, 0, sizeof(h->text));
    if (from)
        memcpy(h->text, from, len);
    return h->text;
}

/* Mostly small, sometimes anything. */
static uint32_t take_number(struct host *h)
{
    uint8_t small = fuzz_u8(&h->in);

    return small < 0xF0 ? small % 40u : fuzz_u32(&h->in);
}

static nxs_dim3 take_dim(struct host *h)
{
    nxs_dim3 dim;

    dim.x = take_number(h);
    dim.y = 1 + take_number(h) % 4u * (fuzz_u8(&h->in) & 1u);
    dim.z = fuzz_u8(&h->in) < 0xF0 ? 1 : take_number(h);
    return dim;
}

/* A block of its own, whose ends AddressSanitizer watches. */
static uint8_t *take_block(struct host *h, size_t size)
{
    uint8_t *block = malloc(size ? size : 1);
    const uint8_t *from = fuzz_bytes(&h->in, size < 16 ? size : 16);

    FUZZ_CHECK(block);
    memset(block, 0x5A, size);
    if (from)
        memcpy(block, from, size < 16 ? size : 16);
    return block;
}

static void expect(nxs_status status)
{
    FUZZ_CHECK((int)status >= NXS_InvalidSystem);
}

static nxs_status release(enum kind kind, nxs_int id)
{
    switch (kind) {
    case BUFFER:
        return nxsReleaseBuffer(id);
    case LIBRARY:
        return nxsReleaseLibrary(id);
    case EVENT:
        return nxsReleaseEvent(id);
    case STREAM:
        return nxsReleaseStream(id);
    case SCHEDULE:
        return nxsReleaseSchedule(id);
    default:
        return NXS_Success; /* goes with its library or schedule */
    }
}

/* Put a new object where another was, which goes. */
static void keep(struct host *h, enum kind kind, nxs_int id)
{
    nxs_int *slot = &h->slot[kind][fuzz_u8(&h->in) % N_SLOTS];

    FUZZ_CHECK(id >= NXS_InvalidSystem);
    if (id < 0)
        return;
    if (*slot >= 0)
        expect(release(kind, *slot));
    *slot = id;
}

/* ---- buffers ---- */

static unsigned bits_of(nxs_uint type)
{
    static const uint8_t bits[NXS_DataType_Mask + 1] = {
        8, 32, 16, 16, 8, 8, 4, 4, 32, 32, 16, 16, 8, 8, 4, 4, 64, 64, 64, 8};

    return bits[type & NXS_DataType_Mask];
}

/* Bytes of the host's array, SIZE_MAX for more than is good. */
static size_t size_of(const nxs_buffer_layout *layout)
{
    uint64_t n = 1;

    for (nxs_uint i = 0; i < layout->rank && i < NXS_MAX_DIMS; i++) {
        if (layout->dim[i] > MAX_BYTES)
            return SIZE_MAX;
        n *= layout->dim[i];
        if (n > MAX_BYTES)
            return SIZE_MAX;
    }
    return (size_t)(n * bits_of(layout->data_type) + 7) / 8;
}

static nxs_buffer_layout take_layout(struct host *h)
{
    nxs_buffer_layout layout = {.data_type = fuzz_u8(&h->in)};
    uint8_t shape = fuzz_u8(&h->in);

    layout.rank = shape & 15u;
    for (unsigned i = 0; i < layout.rank && i < NXS_MAX_DIMS; i++) {
        layout.dim[i] = take_number(h);
        if (layout.dim[i] > 0xFFFFFF00u)
            layout.dim[i] = fuzz_u64(&h->in);
    }
    for (unsigned i = 0; shape & 16u && i < layout.rank && i < NXS_MAX_DIMS;
         i++)
        layout.stride[i] = take_number(h);
    /* The fastest dimension first. */
    if (shape & 32u && layout.rank <= NXS_MAX_DIMS) {
        uint64_t stride = 1;

        for (unsigned i = 0; i < layout.rank; i++) {
            layout.stride[i] = stride;
            stride *= layout.dim[i];
        }
    }
    return layout;
}

static nxs_uint take_settings(struct host *h)
{
    uint8_t kind = fuzz_u8(&h->in);

    if (kind >= 0xF0)
        return fuzz_u32(&h->in);
    return (kind % 5u) << 8 | (kind & 0x80u ? fuzz_u16(&h->in) : 0u) << 11;
}

static void create_buffer(struct host *h)
{
    nxs_int device = take_device(h);
    nxs_buffer_layout layout = take_layout(h);
    nxs_uint settings = take_settings(h);
    size_t size = size_of(&layout);
    uint8_t *data = NULL;
    nxs_int id;

    if (settings & NXS_BufferSettings_OnDevice) {
        /* Memory to wrap, which nobody looks at here. */
        uint64_t address = fuzz_u8(&h->in) * 0x8000ull;

        if (address == 0x7F8000)
            address = fuzz_u64(&h->in);
        settings &= ~(nxs_uint)NXS_BufferSettings_OnHost;
        keep(h, BUFFER,
             nxsCreateBuffer(device, layout, (void *)(uintptr_t)address,
                             settings));
        return;
    }
    if (size != SIZE_MAX && fuzz_u8(&h->in) & 1u)
        data = take_block(h, size);
    id = nxsCreateBuffer(device, layout, data, settings);
    free(data);
    keep(h, BUFFER, id);
}

/* Bytes of a live buffer's array, or 0 if it is none or a large one. */
static size_t small_size(nxs_int buffer)
{
    int64_t bytes = 0;
    size_t size = sizeof(bytes);

    if (nxsGetBufferProperty(buffer, NP_Size, &bytes, &size) < 0 || bytes < 0 ||
        bytes > (int64_t)MAX_BYTES)
        return 0;
    return (size_t)bytes;
}

static void copy_buffer(struct host *h)
{
    nxs_int id = take_id(h, BUFFER);
    uint8_t how = fuzz_u8(&h->in);
    size_t size = small_size(id);
    uint8_t *data;

    if (!size || how >= 0xF0) {
        expect(nxsCopyBuffer(id, NULL, how));
        return;
    }
    data = take_block(h, size);
    expect(nxsCopyBuffer(id, data, how & 1u));
    free(data);
}

static void fill_buffer(struct host *h)
{
    nxs_int id = take_id(h, BUFFER);
    size_t len = take_number(h);
    uint8_t *pattern;

    if (!small_size(id) || len > MAX_BYTES) {
        expect(nxsFillBuffer(id, NULL, (nxs_uint)len));
        return;
    }
    pattern = take_block(h, len);
    expect(nxsFillBuffer(id, pattern, (nxs_uint)len));
    free(pattern);
}

/* ---- libraries, kernels, events, streams ---- */

static void create_library(struct host *h)
{
    static const char *const path[] = {NULL,        "",
                                       "/",         "/dev/null",
                                       "/dev/zero", "/nonexistent",
                                       "Makefile",  "/proc/self/maps"};
    nxs_int device = take_device(h);
    uint8_t how = fuzz_u8(&h->in);
    size_t size = how < 0xC0 ? 1 : fuzz_u8(&h->in) % 64u;
    uint8_t *text;

    if (how >= 0xF0) {
        keep(h, LIBRARY,
             nxsCreateLibraryFromFile(
                 device, path[how % (sizeof(path) / sizeof(path[0]))], 0));
        return;
    }
    text = take_block(h, size);
    keep(h, LIBRARY, nxsCreateLibrary(device, text, (nxs_uint)size, how));
    free(text);
}

static void create(struct host *h)
{
    switch (fuzz_u8(&h->in) % 6u) {
    case 0:
        create_library(h);
        break;
    case 1: {
        nxs_int library = take_id(h, LIBRARY);

        keep(h, KERNEL, nxsGetKernel(library, take_name(h)));
        break;
    }
    case 2: {
        nxs_int device = take_device(h);
        uint8_t type = fuzz_u8(&h->in);

        keep(h, EVENT,
             nxsCreateEvent(device, (nxs_event_type)(type % 4u), type));
        break;
    }
    case 3: {
        nxs_int device = take_device(h);

        keep(h, STREAM, nxsCreateStream(device, fuzz_u8(&h->in)));
        break;
    }
    case 4: {
        nxs_int device = take_device(h);

        keep(h, SCHEDULE, nxsCreateSchedule(device, fuzz_u8(&h->in)));
        break;
    }
    default:
        create_buffer(h);
    }
}

static void signal_event(struct host *h)
{
    nxs_int id = take_id(h, EVENT);

    expect(nxsSignalEvent(id, (nxs_int)take_number(h)));
}

static void wait_event(struct host *h)
{
    nxs_int id = take_id(h, EVENT);

    expect(nxsWaitEvent(id, (nxs_int)take_number(h)));
}

/* ---- commands ---- */

static void create_command(struct host *h)
{
    nxs_int schedule = take_id(h, SCHEDULE);
    uint8_t kind = fuzz_u8(&h->in);
    nxs_int value = kind & 7, id;

    if (kind >= 0x80) {
        nxs_int event = take_id(h, EVENT);

        id = kind & 8 ? nxsCreateSignalCommand(schedule, event, value, 0)
                      : nxsCreateWaitCommand(schedule, event, value, 0);
    } else {
        id = nxsCreateCommand(schedule, take_id(h, KERNEL), kind);
    }
    keep(h, COMMAND, id);
}

static void set_argument(struct host *h)
{
    nxs_int command = take_id(h, COMMAND);
    nxs_int index = (nxs_int)take_number(h) % 70;
    nxs_int buffer = take_id(h, BUFFER);

    expect(nxsSetCommandArgument(command, index, buffer, take_name(h),
                                 fuzz_u8(&h->in)));
}

/* What nxsSetCommandScalar() may read. */
static size_t scalar_size(nxs_uint settings, const char *name)
{
    nxs_uint type = settings & NXS_DataType_Mask;

    if (name && strcmp(name, "CB") == 0)
        return 4;
    if (!(settings & TT_SETTINGS_EXACT) || type == NXS_DataType_Undefined ||
        type > NXS_DataType_Bool)
        return type == NXS_DataType_Bool ? 1 : 4;
    return (bits_of(type) + 7) / 8;
}

static void set_scalar(struct host *h)
{
    nxs_int command = take_id(h, COMMAND);
    nxs_int index = (nxs_int)take_number(h) % 70;
    const char *name = take_name(h);
    nxs_uint settings = fuzz_u8(&h->in);
    uint8_t *value;

    if (fuzz_u8(&h->in) & 1u)
        settings |= TT_SETTINGS_EXACT;
    if (fuzz_u8(&h->in) & 1u)
        settings |= TT_SETTINGS_CONSTANT;
    value = take_block(h, scalar_size(settings, name));
    expect(nxsSetCommandScalar(command, index, value, name, settings));
    free(value);
}

static void finalize(struct host *h)
{
    nxs_int command = take_id(h, COMMAND);
    nxs_dim3 grid = take_dim(h), group = {1, 1, 1};

    if (fuzz_u8(&h->in) >= 0xF0)
        group = take_dim(h);
    expect(nxsFinalizeCommand(command, grid, group, take_number(h)));
}

static void run(struct host *h)
{
    nxs_int schedule = take_id(h, SCHEDULE);
    uint8_t how = fuzz_u8(&h->in);
    nxs_int stream = how & 0x80u ? take_id(h, STREAM) : -1;

    if (++h->n_runs > MAX_RUNS)
        return;
    expect(nxsRunSchedule(schedule, stream, how & 0xFu));
}

/* A kernel with what it needs to run, in one step. */
static void make_command(struct host *h)
{
    nxs_int device = take_device(h);
    uint8_t *text = take_block(h, 1);
    nxs_int library = nxsCreateLibrary(device, text, 1, 0);
    nxs_int kernel = nxsGetKernel(library, "k");
    nxs_int schedule = nxsCreateSchedule(device, 0);
    nxs_int command = nxsCreateCommand(schedule, kernel, 0);
    const nxs_buffer_layout page = {NXS_DataType_U32, 1, {1024}, {0}};
    nxs_int buffer = nxsCreateBuffer(device, page, NULL, take_settings(h));
    int tiles = (int)(1u + take_number(h)), value = (int)take_number(h);

    free(text);
    keep(h, LIBRARY, library);
    keep(h, KERNEL, kernel);
    keep(h, SCHEDULE, schedule);
    keep(h, COMMAND, command);
    keep(h, BUFFER, buffer);
    expect(nxsSetCommandScalar(command, 0, &tiles, "CB", NXS_DataType_U32));
    expect(nxsSetCommandArgument(command, 0, buffer, "", 0));
    expect(nxsSetCommandScalar(command, 1, &value, "", NXS_DataType_I32));
    expect(nxsFinalizeCommand(command, take_dim(h), (nxs_dim3){1, 1, 1}, 0));
}

/* ---- properties ---- */

static nxs_status get(struct host *h, uint8_t of, nxs_uint property,
                      void *value, size_t *size)
{
    nxs_int id;

    switch (of % 9u) {
    case 0:
        return nxsGetRuntimeProperty(property, value, size);
    case 1:
        return nxsGetDeviceProperty(take_device(h), property, value, size);
    case 2:
        id = take_id(h, BUFFER);
        if (property == NP_Value && !small_size(id))
            return NXS_Success;
        return nxsGetBufferProperty(id, property, value, size);
    case 3:
        return nxsGetLibraryProperty(take_id(h, LIBRARY), property, value,
                                     size);
    case 4:
        return nxsGetKernelProperty(take_id(h, KERNEL), property, value, size);
    case 5:
        return nxsGetEventProperty(take_id(h, EVENT), property, value, size);
    case 6:
        return nxsGetStreamProperty(take_id(h, STREAM), property, value, size);
    case 7:
        return nxsGetScheduleProperty(take_id(h, SCHEDULE), property, value,
                                      size);
    default:
        return nxsGetCommandProperty(take_id(h, COMMAND), property, value,
                                     size);
    }
}

static void ask(struct host *h)
{
    uint8_t of = fuzz_u8(&h->in), property = fuzz_u8(&h->in);
    size_t room = fuzz_u8(&h->in), size = room;
    uint8_t *value = room ? malloc(room) : NULL;
    nxs_status status;

    status = get(h, of, property < 0xF0 ? property % 50u : fuzz_u32(&h->in),
                 value, room == 0xFF ? NULL : &size);
    expect(status);
    FUZZ_CHECK(status < 0 || !value || size <= room);
    free(value);
}

/* All that there is to know of an object. */
static void ask_all(struct host *h)
{
    struct fuzz_input start = h->in;
    uint8_t of = fuzz_u8(&h->in), value[4096];

    for (nxs_uint property = 0; property <= NP_MemoryUtilization; property++) {
        size_t size = sizeof(value);

        h->in = start;
        (void)fuzz_u8(&h->in);
        expect(get(h, of, property, value, &size));
    }
}

/* An event that a run signals, and one that waits for it. */
static void make_event(struct host *h)
{
    uint8_t how = fuzz_u8(&h->in);
    nxs_int device = take_device(h), schedule = take_id(h, SCHEDULE);
    nxs_int event = nxsCreateEvent(device, (nxs_event_type)(how % 3u), 0);

    keep(h, EVENT, event);
    if (how & 0x80u)
        keep(h, COMMAND, nxsCreateSignalCommand(schedule, event, 1, 0));
    if (how & 0x40u)
        keep(h, COMMAND,
             nxsCreateWaitCommand(take_id(h, SCHEDULE), event, 1, 0));
}

/* ---- an input ---- */

static void call(struct host *h)
{
    switch (fuzz_u8(&h->in) % 18u) {
    case 16:
        ask_all(h);
        break;
    case 17:
        make_event(h);
        break;
    case 0:
    case 1:
        create(h);
        break;
    case 2:
        create_buffer(h);
        break;
    case 3: {
        enum kind kind = (enum kind)(fuzz_u8(&h->in) % N_KINDS);

        expect(release(kind, take_id(h, kind)));
        break;
    }
    case 4:
        make_command(h);
        break;
    case 5:
        create_command(h);
        break;
    case 6:
        set_argument(h);
        break;
    case 7:
        set_scalar(h);
        break;
    case 8:
        finalize(h);
        break;
    case 9:
    case 10:
        run(h);
        break;
    case 11:
        copy_buffer(h);
        break;
    case 12:
        fill_buffer(h);
        break;
    case 13:
        signal_event(h);
        break;
    case 14:
        wait_event(h);
        break;
    default:
        ask(h);
    }
}

static void release_all(const struct host *h)
{
    for (unsigned kind = 0; kind < N_KINDS; kind++)
        for (unsigned i = 0; i < N_SLOTS; i++)
            if (h->slot[kind][i] >= 0)
                expect(release((enum kind)kind, h->slot[kind][i]));
}

static int64_t count_objects(void)
{
    int64_t n = -1;
    size_t size = sizeof(n);

    expect(nxsGetRuntimeProperty(NP_Count, &n, &size));
    return n;
}

/* Runs in the default streams may still be under way. */
static void drain(void)
{
    for (nxs_int device = 0; device < N_DEVICES; device++) {
        nxs_int schedule = nxsCreateSchedule(device, 0);

        expect(nxsRunSchedule(schedule, -1, 0));
        expect(nxsReleaseSchedule(schedule));
    }
}

/* What is free of each memory of each device, in JSON. */
static void describe_memory(char out[N_DEVICES][512])
{
    for (nxs_int device = 0; device < N_DEVICES; device++) {
        size_t size = sizeof(out[device]);
        json_t *json;

        FUZZ_CHECK(nxsGetDeviceProperty(device, NP_MemorySubsystem, out[device],
                                        &size) >= 0);
        json = json_loads(out[device], 0, NULL);
        FUZZ_CHECK(json);
        json_decref(json);
    }
}

static char all_free[N_DEVICES][512];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host h = {.in = {data, size}};
    char left[N_DEVICES][512] = {{0}};

    memset(h.slot, 0xFF, sizeof(h.slot));
    for (unsigned i = 0; i < MAX_CALLS && h.in.left; i++)
        call(&h);
    release_all(&h);
    drain();
    FUZZ_CHECK(count_objects() == 0);
    describe_memory(left);
    FUZZ_CHECK(memcmp(left, all_free, sizeof(left)) == 0);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setenv("TT_DEVICE", "emu", 1);
    setenv("TT_EMU_DEVICES", "2", 1);
    setenv("TT_EMU_THREADS", "1", 1);
    /* A core that spins has a turn of this many instructions before anybody
     * looks at the time. */
    setenv("TT_EMU_QUANTUM", "2000", 1);
    setenv("TT_TIMEOUT_MS", "10000", 1);
    if (!fake_jit_start()) {
        puts("there is no cross compiler");
        exit(77);
    }
    fast_clock_start();
    describe_memory(all_free);
    return 0;
}
