/* SPDX-License-Identifier: MIT */
/* A way through the whole interface; see scenario.h. */
#include "tests/fault/scenario.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OBJECTS 64u
#define SIDE        64u
#define N           (SIDE * SIDE)

static const nxs_dim3 one = {1, 1, 1};

static const char source[] =
    "#ifdef WRITER_KERNEL\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "#include \"api/debug/dprint.h\"\n"
    "void kernel_main() {\n"
    "  constexpr auto args = TensorAccessorArgs<1>();\n"
    "  const auto b = TensorAccessor(args, get_common_arg_val<uint32_t>(0),"
    " 4096);\n"
    "  DPRINT << \"hello\" << ENDL();\n"
    "  volatile uint32_t *p = (volatile uint32_t *)get_write_ptr(0);\n"
    "  noc_async_read(get_noc_addr(0, b), get_write_ptr(0), 64);\n"
    "  noc_async_read_barrier();\n"
    "  { DeviceZoneScopedN(\"add\");\n"
    "  p[0] = p[0] + get_common_arg_val<uint32_t>(1) + BIAS; }\n"
    "  noc_async_write(get_write_ptr(0), get_noc_addr(0, b), 64);\n"
    "  noc_async_write_barrier();\n"
    "}\n"
    "#endif\n";

/** struct held - an object to give back */
struct held {
    nxs_int id;
    nxs_status (*release)(nxs_int id);
};

/** struct pass - a scenario under way */
struct pass {
    struct scenario_result *result;
    struct held held[MAX_OBJECTS];
    unsigned n_held;
    bool stopped;
    nxs_int schedule, command, stream;
};

static void complain(struct pass *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(struct pass *p, const char *fmt, ...)
{
    va_list args;

    if (p->result->wrong[0])
        return;
    va_start(args, fmt);
    vsnprintf(p->result->wrong, sizeof(p->result->wrong), fmt, args);
    va_end(args);
}

/* ---- calls ---- */

static void note(struct pass *p, const char *call, nxs_int status)
{
    size_t size = sizeof(p->result->error);

    if (p->stopped || status >= 0)
        return;
    p->stopped = true;
    p->result->status = (nxs_status)status;
    p->result->call = call;
    if (nxsGetRuntimeProperty(NP_Description, p->result->error, &size) < 0)
        p->result->error[0] = '\0';
    if (!p->result->error[0])
        complain(p, "%s failed without a word", call);
}

/* A call that is only made as long as nothing has failed. */
#define TRY(call) (p->stopped ? (void)0 : note(p, #call, (nxs_int)(call)))

static nxs_int keep(struct pass *p, nxs_int id, nxs_status (*release)(nxs_int))
{
    if (id >= 0 && p->n_held < MAX_OBJECTS)
        p->held[p->n_held++] = (struct held){id, release};
    return id;
}

static void give_back(struct pass *p)
{
    int64_t left = -1;
    size_t size = sizeof(left);

    while (p->n_held) {
        struct held h = p->held[--p->n_held];

        if (h.release(h.id) < 0)
            complain(p, "object %#x could not be released", (unsigned)h.id);
    }
    if (nxsGetRuntimeProperty(NP_Count, &left, &size) < 0 || left)
        complain(p, "%lld objects are left", (long long)left);
}

/* ---- properties ---- */

typedef nxs_status get(nxs_int id, nxs_uint property, void *value,
                       size_t *size);

static nxs_status get_runtime(nxs_int id, nxs_uint property, void *value,
                              size_t *size)
{
    (void)id;
    return nxsGetRuntimeProperty(property, value, size);
}

/* Every one that the object says it has; those that are not known yet may say
 * so. */
static nxs_int ask_all(nxs_int id, get *get_one)
{
    int64_t keys[64];
    size_t size = sizeof(keys);
    nxs_status status = get_one(id, NP_Keys, keys, &size);

    if (status < 0)
        return status;
    for (size_t i = 0; i < size / sizeof(keys[0]); i++) {
        static char value[1 << 16];
        size_t room = sizeof(value);

        status = get_one(id, (nxs_uint)keys[i], value, &room);
        if (status < 0 && status != NXS_ProfilingInfoNotAvailable)
            return status;
    }
    return NXS_Success;
}

/* Devices that could not be opened for want of something are there as soon as
 * there is enough of it. */
static nxs_int find_device(void)
{
    int64_t n = 0;
    size_t size = sizeof(n);
    nxs_status status = nxsGetRuntimeProperty(NP_Size, &n, &size);

    if (status < 0)
        return status;
    return n > 0 ? NXS_Success : (nxs_int)NXS_DeviceNotFound;
}

/* ---- buffers ---- */

static nxs_int check_copy(struct pass *p, nxs_int buffer, const void *expected,
                          size_t size, const char *what)
{
    static unsigned char got[8 * N];
    nxs_status status;

    memset(got, 0x5a, sizeof(got));
    status = nxsCopyBuffer(buffer, got, NXS_BufferDeviceToHost);
    if (status >= 0 && memcmp(got, expected, size) != 0)
        complain(p, "%s: wrong contents", what);
    return status;
}

static void try_buffer(struct pass *p, nxs_buffer_layout layout, void *data,
                       size_t size, nxs_uint settings, const char *what)
{
    nxs_int buffer = -1;

    TRY(buffer = keep(p, nxsCreateBuffer(0, layout, data, settings),
                      nxsReleaseBuffer));
    TRY(check_copy(p, buffer, data, size, what));
    TRY(nxsCopyBuffer(buffer, data, NXS_BufferHostToDevice));
    TRY(ask_all(buffer, nxsGetBufferProperty));
    TRY(check_copy(p, buffer, data, size, what));
}

static void try_fill(struct pass *p)
{
    const nxs_buffer_layout tiles = {NXS_DataType_F32, 2, {SIDE, SIDE}, {0}};
    static float expected[N];
    float value = 2.5f;
    nxs_int buffer = -1;

    for (unsigned i = 0; i < N; i++)
        expected[i] = value;
    TRY(buffer = keep(p, nxsCreateBuffer(0, tiles, NULL, 0), nxsReleaseBuffer));
    TRY(nxsFillBuffer(buffer, &value, sizeof(value)));
    TRY(check_copy(p, buffer, expected, sizeof(expected), "fill"));
}

static void try_buffers(struct pass *p)
{
    const nxs_buffer_layout f32 = {NXS_DataType_F32, 2, {SIDE, SIDE}, {0}};
    const nxs_buffer_layout bf16 = {NXS_DataType_BF16, 2, {SIDE, SIDE}, {0}};
    const nxs_buffer_layout u32 = {NXS_DataType_U32, 1, {1000}, {0}};
    const nxs_buffer_layout bytes = {0, 1, {333}, {0}};
    const nxs_buffer_layout f8 = {NXS_DataType_F8, 2, {32, 32}, {0}};
    static float x[N];
    static uint16_t h[N];
    static uint32_t u[1000];
    static unsigned char zero[1024];

    for (unsigned i = 0; i < N; i++) {
        x[i] = (float)i;
        h[i] = (uint16_t)(0x3F80 + i % 100);
        u[i % 1000] = i;
    }
    try_buffer(p, f32, x, sizeof(x), 0, "f32");
    try_buffer(p, bf16, h, sizeof(h), NXS_BufferSettings_Maintain, "bf16");
    try_buffer(p, u32, u, sizeof(u), 0, "u32");
    try_buffer(p, bytes, u, 333, NXS_BufferSettings_OnHost, "bytes");
    try_buffer(p, f8, zero, 1024, 0, "f8");
    try_buffer(p, f32, x, sizeof(x), TT_BUFFER_L1, "l1");
    try_buffer(p, f32, x, sizeof(x),
               TT_BUFFER_L1_HEIGHT | TT_BUFFER_CORES(0, 0, 2, 1), "sharded");
    try_fill(p);
}

/* ---- a kernel ---- */

static nxs_int set_number(nxs_int command, nxs_int index, int value,
                          const char *name, nxs_uint settings)
{
    return nxsSetCommandScalar(command, index, &value, name, settings);
}

static nxs_int make_command(struct pass *p, nxs_int buffer)
{
    static const nxs_uint constant =
        TT_SETTINGS_EXACT | TT_SETTINGS_CONSTANT | NXS_DataType_U32;
    nxs_int library = -1, kernel = -1;

    TRY(library = keep(p,
                       nxsCreateLibrary(0, (void *)(uintptr_t)source,
                                        sizeof(source) - 1, 0),
                       nxsReleaseLibrary));
    TRY(kernel = nxsGetKernel(library, "add"));
    TRY(ask_all(library, nxsGetLibraryProperty));
    TRY(ask_all(kernel, nxsGetKernelProperty));
    TRY(p->schedule = keep(p, nxsCreateSchedule(0, 0), nxsReleaseSchedule));
    TRY(p->command = nxsCreateCommand(p->schedule, kernel, 0));
    TRY(set_number(p->command, 0, 1, "CB", constant));
    TRY(set_number(p->command, 1, 7, "DEFINE:BIAS", constant));
    TRY(nxsSetCommandArgument(p->command, 0, buffer, "b", 0));
    TRY(set_number(p->command, 1, 5, "value",
                   TT_SETTINGS_EXACT | NXS_DataType_I32));
    TRY(nxsFinalizeCommand(p->command, one, one, 0));
    return p->command;
}

static void run_and_check(struct pass *p, nxs_int buffer, uint32_t expected,
                          nxs_uint settings)
{
    TRY(nxsRunSchedule(p->schedule, p->stream, settings));
    TRY(check_copy(p, buffer, &expected, sizeof(expected), "sum"));
}

/* In a stream of its own, after a wait and before a signal. */
static void try_stream(struct pass *p, nxs_int buffer)
{
    nxs_int go = -1, done = -1, other = -1;

    TRY(p->stream = keep(p, nxsCreateStream(0, 0), nxsReleaseStream));
    TRY(go = keep(p, nxsCreateEvent(0, NXS_EventType_Shared, 0),
                  nxsReleaseEvent));
    TRY(done = keep(p, nxsCreateEvent(0, NXS_EventType_Signal, 0),
                    nxsReleaseEvent));
    TRY(other = keep(p, nxsCreateSchedule(0, 0), nxsReleaseSchedule));
    TRY(nxsCreateWaitCommand(other, go, 3, 0));
    TRY(nxsCreateSignalCommand(p->schedule, done, 1, 0));
    TRY(nxsRunSchedule(other, p->stream, NXS_ExecutionSettings_NonBlocking));
    TRY(nxsRunSchedule(p->schedule, p->stream,
                       NXS_ExecutionSettings_NonBlocking |
                           NXS_ExecutionSettings_Profiling));
    TRY(nxsSignalEvent(go, 3));
    TRY(nxsWaitEvent(done, 1));
    TRY(ask_all(p->stream, nxsGetStreamProperty));
    TRY(ask_all(done, nxsGetEventProperty));
    run_and_check(p, buffer, 48, NXS_ExecutionSettings_NonBlocking);
}

static void try_kernel(struct pass *p)
{
    const nxs_buffer_layout page = {NXS_DataType_U32, 1, {1024}, {0}};
    static uint32_t words[1024];
    nxs_int buffer = -1;

    TRY(buffer = keep(p, nxsCreateBuffer(0, page, words, 0), nxsReleaseBuffer));
    make_command(p, buffer);
    run_and_check(p, buffer, 12, 0);
    TRY(ask_all(p->command, nxsGetCommandProperty));
    TRY(ask_all(p->schedule, nxsGetScheduleProperty));
    TRY(set_number(p->command, 1, 5, "value",
                   TT_SETTINGS_EXACT | NXS_DataType_I32));
    run_and_check(p, buffer, 24, NXS_ExecutionSettings_Profiling);
    try_stream(p, buffer);
}

/* ---- from a file, on several cores, after a compile error ---- */

static void try_file(struct pass *p)
{
    const nxs_buffer_layout tiles = {NXS_DataType_F32, 2, {SIDE, SIDE}, {0}};
    static float x[N], sum[N];
    nxs_int library = -1, kernel = -1, schedule = -1, command = -1;
    nxs_int buffer[3] = {-1, -1, -1};

    for (unsigned i = 0; i < N; i++) {
        x[i] = (float)i;
        sum[i] = 2 * x[i];
    }
    TRY(library =
            keep(p, nxsCreateLibraryFromFile(0, "tests/kernels/add_f32.cpp", 0),
                 nxsReleaseLibrary));
    TRY(schedule = keep(p, nxsCreateSchedule(0, 0), nxsReleaseSchedule));
    TRY(kernel = nxsGetKernel(library, "add_f32"));
    TRY(command = nxsCreateCommand(schedule, kernel, 0));
    for (int i = 0; i < 3; i++) {
        TRY(buffer[i] = keep(p,
                             nxsCreateBuffer(0, tiles, i < 2 ? x : NULL,
                                             i < 2 ? 0 : TT_BUFFER_L1),
                             nxsReleaseBuffer));
        TRY(nxsSetCommandArgument(command, i, buffer[i], "", 0));
        TRY(set_number(command, i, 2, "CB",
                       TT_SETTINGS_EXACT | TT_SETTINGS_CONSTANT |
                           NXS_DataType_F32));
    }
    TRY(nxsFinalizeCommand(command, (nxs_dim3){4, 1, 1}, one, 0));
    TRY(nxsRunSchedule(schedule, -1, 0));
    TRY(check_copy(p, buffer[2], sum, sizeof(sum), "add_f32"));
}

static void run_device(struct pass *p)
{
    TRY(find_device());
    TRY(ask_all(0, get_runtime));
    TRY(ask_all(0, nxsGetDeviceProperty));
    try_buffers(p);
}

static void run_whole(struct pass *p)
{
    run_device(p);
    try_kernel(p);
    try_file(p);
}

static void run_kernel(struct pass *p)
{
    TRY(find_device());
    try_kernel(p);
}

bool scenario_run(const char *name, struct scenario_result *out)
{
    static const struct {
        const char *name;
        void (*run)(struct pass *p);
    } scenarios[] = {
        {"whole", run_whole}, {"kernel", run_kernel}, {"device", run_device}};

    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        struct pass p = {.result = out, .stream = -80};

        if (strcmp(name, scenarios[i].name) != 0)
            continue;
        *out = (struct scenario_result){.call = ""};
        scenarios[i].run(&p);
        give_back(&p);
        return true;
    }
    return false;
}
