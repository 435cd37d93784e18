/* SPDX-License-Identifier: MIT */
/*
 * Times launches and streams:
 *
 *   dispatch PLUGIN.so ROW
 *
 * ROW: empty, one_core, all_cores (us of a run), chain (us of each of 1,000
 * runs that nobody waits for), buffers (us of create and release with 10,000
 * live), device_property, buffer_property (us of a property's look-up), share
 * (two streams on halves of 64 cores against one stream on all: throughput, and
 * the halves' shares), held_up (us that a short run is held up by a long one in
 * another stream).
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nexus-api.h"

#define SAMPLES 21
#define CHAIN   1000

/* A kernel without work, and one that spins for as many rounds as its first
 * argument says and then marks its page. */
static const char source[] =
    "#ifdef WRITER_KERNEL\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "void kernel_main() {\n"
    "  volatile uint32_t n = get_common_arg_val<uint32_t>(0);\n"
    "  while (n) n = n - 1;\n"
    "}\n"
    "#endif\n";

static struct {
    void *lib;
    nxs_int (*create_library)(nxs_int, void *, nxs_uint, nxs_uint);
    nxs_int (*get_kernel)(nxs_int, const char *);
    nxs_int (*create_schedule)(nxs_int, nxs_uint);
    nxs_int (*create_command)(nxs_int, nxs_int, nxs_uint);
    nxs_int (*create_stream)(nxs_int, nxs_uint);
    nxs_int (*create_event)(nxs_int, nxs_event_type, nxs_uint);
    nxs_int (*create_signal)(nxs_int, nxs_int, nxs_int, nxs_uint);
    nxs_status (*set_scalar)(nxs_int, nxs_int, void *, const char *, nxs_uint);
    nxs_status (*finalize)(nxs_int, nxs_dim3, nxs_dim3, nxs_uint);
    nxs_status (*run)(nxs_int, nxs_int, nxs_uint);
    nxs_status (*wait)(nxs_int, nxs_int);
    nxs_status (*release_stream)(nxs_int);
    nxs_int (*create_buffer)(nxs_int, nxs_buffer_layout, void *, nxs_uint);
    nxs_status (*release_buffer)(nxs_int);
    nxs_status (*device_property)(nxs_int, nxs_uint, void *, size_t *);
    nxs_status (*buffer_property)(nxs_int, nxs_uint, void *, size_t *);
} api;

static void look_up(void *out, const char *name)
{
    *(void **)out = dlsym(api.lib, name);
    if (!*(void **)out)
        exit(EXIT_FAILURE);
}

static void load(const char *path)
{
    api.lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!api.lib)
        exit(EXIT_FAILURE);
    look_up(&api.create_library, "nxsCreateLibrary");
    look_up(&api.get_kernel, "nxsGetKernel");
    look_up(&api.create_schedule, "nxsCreateSchedule");
    look_up(&api.create_command, "nxsCreateCommand");
    look_up(&api.create_stream, "nxsCreateStream");
    look_up(&api.create_event, "nxsCreateEvent");
    look_up(&api.create_signal, "nxsCreateSignalCommand");
    look_up(&api.set_scalar, "nxsSetCommandScalar");
    look_up(&api.finalize, "nxsFinalizeCommand");
    look_up(&api.run, "nxsRunSchedule");
    look_up(&api.wait, "nxsWaitEvent");
    look_up(&api.release_stream, "nxsReleaseStream");
    look_up(&api.create_buffer, "nxsCreateBuffer");
    look_up(&api.release_buffer, "nxsReleaseBuffer");
    look_up(&api.device_property, "nxsGetDeviceProperty");
    look_up(&api.buffer_property, "nxsGetBufferProperty");
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void check(nxs_status status)
{
    if (status < 0)
        exit(EXIT_FAILURE);
}

/* A schedule of one command on @cores cores that spins @rounds times. */
static nxs_int make(unsigned cores, int rounds)
{
    static nxs_int kernel = -1;
    nxs_int schedule = api.create_schedule(0, 0), command;

    if (kernel < 0)
        kernel = api.get_kernel(
            api.create_library(0, (void *)(uintptr_t)source, sizeof source, 0),
            "spin");
    command = api.create_command(schedule, kernel, 0);
    check(api.set_scalar(command, 0, &rounds, "",
                         TT_SETTINGS_EXACT | NXS_DataType_I32));
    check(
        api.finalize(command, (nxs_dim3){cores, 1, 1}, (nxs_dim3){1, 1, 1}, 0));
    return schedule;
}

static void print(const double *sample, unsigned n)
{
    printf("samples [");
    for (unsigned i = 0; i < n; i++)
        printf("%s%.4f", i ? ", " : "", sample[i]);
    printf("]\n");
}

static void time_runs(nxs_int schedule, unsigned repeats)
{
    double sample[SAMPLES];

    for (int i = 0; i < 10; i++)
        check(api.run(schedule, -80, 0));
    for (unsigned i = 0; i < SAMPLES; i++) {
        double start = now_us();

        for (unsigned k = 0; k < repeats; k++)
            check(api.run(schedule, -80, 0));
        sample[i] = (now_us() - start) / repeats;
    }
    print(sample, SAMPLES);
}

static void time_chain(void)
{
    nxs_int stream = api.create_stream(0, 0), one = make(1, 0);
    nxs_int event = api.create_event(0, NXS_EventType_Shared, 0);
    double sample[SAMPLES];

    check(api.run(one, stream, 0));
    for (int i = 0; i < SAMPLES; i++) {
        nxs_int last = api.create_schedule(0, 0);
        double start;

        check(api.create_signal(last, event, i + 1, 0));
        start = now_us();
        for (int k = 0; k < CHAIN; k++)
            check(api.run(one, stream, NXS_ExecutionSettings_NonBlocking));
        check(api.run(last, stream, NXS_ExecutionSettings_NonBlocking));
        check(api.wait(event, i + 1));
        sample[i] = (now_us() - start) / CHAIN;
    }
    print(sample, SAMPLES);
}

static void time_buffers(void)
{
    nxs_buffer_layout page = {NXS_DataType_F32, 1, {1024}, {0}};
    double sample[SAMPLES];

    for (int i = 0; i < 10000; i++)
        check(api.create_buffer(0, page, NULL, 0));
    for (int i = 0; i < SAMPLES; i++) {
        double start = now_us();

        for (int k = 0; k < 1000; k++)
            check(api.release_buffer(api.create_buffer(0, page, NULL, 0)));
        sample[i] = (now_us() - start) / 1000;
    }
    print(sample, SAMPLES);
}

/* In turns: numbers, a text, a vector. */
static void time_property(nxs_status (*get)(nxs_int, nxs_uint, void *,
                                            size_t *),
                          nxs_int object)
{
    static const nxs_uint asked[] = {NP_Size, NP_ID, NP_Name, NP_Shape};
    enum { ASKED = sizeof asked / sizeof asked[0], TURNS = 5000 };
    double sample[SAMPLES];
    char value[256];

    for (int i = 0; i < SAMPLES; i++) {
        double start = now_us();

        for (int k = 0; k < TURNS; k++)
            for (int p = 0; p < ASKED; p++) {
                size_t size = sizeof value;

                check(get(object, asked[p], value, &size));
            }
        sample[i] = (now_us() - start) / (TURNS * ASKED);
    }
    print(sample, SAMPLES);
}

static void time_buffer_property(void)
{
    nxs_buffer_layout page = {NXS_DataType_F32, 1, {1024}, {0}};

    time_property(api.buffer_property, api.create_buffer(0, page, NULL, 0));
}

/* Runs per ms of @n streams that each repeat a schedule for a while. */
static void throughput(unsigned n, const nxs_int *schedule, double *out)
{
    nxs_int stream[2], event[2], marker[2];
    double start, end[2];
    int runs = 60;

    for (unsigned i = 0; i < n; i++) {
        stream[i] = api.create_stream(0, 0);
        event[i] = api.create_event(0, NXS_EventType_Shared, 0);
        marker[i] = api.create_schedule(0, 0);
        check(api.create_signal(marker[i], event[i], 1, 0));
    }
    start = now_us();
    for (int k = 0; k < runs; k++)
        for (unsigned i = 0; i < n; i++)
            check(api.run(schedule[i], stream[i],
                          NXS_ExecutionSettings_NonBlocking));
    for (unsigned i = 0; i < n; i++)
        check(api.run(marker[i], stream[i], NXS_ExecutionSettings_NonBlocking));
    for (unsigned i = 0; i < n; i++) {
        check(api.wait(event[i], 1));
        end[i] = now_us();
        out[i] = runs / (end[i] - start) * 1e3;
        api.release_stream(stream[i]);
    }
}

/* Pairs: throughput of two halves in runs on all cores, share of the first. */
static void time_share(void)
{
    nxs_int all = make(64, 3000), half[2] = {make(32, 3000), make(32, 3000)};
    double sample[2 * SAMPLES];

    for (int i = 0; i < SAMPLES; i++) {
        double whole[1], part[2];

        throughput(1, &all, whole);
        throughput(2, half, part);
        sample[2 * i] = (part[0] + part[1]) / 2 / whole[0];
        sample[2 * i + 1] = part[0] / (part[0] + part[1]);
    }
    print(sample, 2 * SAMPLES);
}

/* Pairs: us of a short run alone, and beside a long run in another stream. */
static void time_held_up(void)
{
    nxs_int stream[2] = {api.create_stream(0, 0), api.create_stream(0, 0)};
    nxs_int lengthy = make(32, 3000000), brief = make(32, 10);
    nxs_int event = api.create_event(0, NXS_EventType_Shared, 0);
    nxs_int marker = api.create_schedule(0, 0);
    double sample[2 * SAMPLES], start;

    check(api.create_signal(marker, event, 1, 0));
    for (int i = 0; i < SAMPLES; i++) {
        check(api.run(brief, stream[0], 0));
        start = now_us();
        check(api.run(brief, stream[0], 0));
        sample[2 * i] = now_us() - start;
    }
    check(api.run(lengthy, stream[1], NXS_ExecutionSettings_NonBlocking));
    check(api.run(marker, stream[1], NXS_ExecutionSettings_NonBlocking));
    for (int i = 0; i < SAMPLES; i++) {
        start = now_us();
        check(api.run(brief, stream[0], 0));
        sample[2 * i + 1] = now_us() - start;
    }
    check(api.wait(event, 1));
    print(sample, 2 * SAMPLES);
}

int main(int argc, char **argv)
{
    const char *row = argc > 2 ? argv[2] : "";

    if (argc > 2)
        load(argv[1]);
    if (!strcmp(row, "empty"))
        time_runs(api.create_schedule(0, 0), 10000);
    else if (!strcmp(row, "one_core"))
        time_runs(make(1, 0), 100);
    else if (!strcmp(row, "all_cores"))
        time_runs(make(72, 0), 20);
    else if (!strcmp(row, "chain"))
        time_chain();
    else if (!strcmp(row, "buffers"))
        time_buffers();
    else if (!strcmp(row, "device_property"))
        time_property(api.device_property, 0);
    else if (!strcmp(row, "buffer_property"))
        time_buffer_property();
    else if (!strcmp(row, "share"))
        time_share();
    else if (!strcmp(row, "held_up"))
        time_held_up();
    else
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
