/* SPDX-License-Identifier: MIT */
/* What checks of several areas need. */
#include "tests/conform/world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

const nxs_dim3 world_one = {1, 1, 1};

static const nxs_buffer_layout vector = {
    NXS_DataType_F32, 1, {WORLD_ELEMENTS}, {0}};

int world_n_devices(struct conform *c)
{
    int64_t n = 0;
    size_t size = sizeof n;

    OK(c, GetRuntimeProperty, NP_Size, &n, &size);
    return (int)n;
}

nxs_buffer_layout world_bytes(uint64_t size)
{
    nxs_buffer_layout layout = {NXS_DataType_U8, 1, {size}, {0}};

    return layout;
}

void *world_alloc(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory)
        abort();
    return memory;
}

unsigned char *world_pattern(unsigned seed, size_t size)
{
    unsigned char *bytes = world_alloc(size);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(seed * 41 + i * 7 + i / 251);
    return bytes;
}

void *world_lent(const void *from, size_t size)
{
    void *lent = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (lent == MAP_FAILED)
        abort();
    memcpy(lent, from, size);
    return lent;
}

void world_take_back(void *lent, size_t size)
{
    /* mapped without access: nobody else gets the address */
    mprotect(lent, size, PROT_NONE);
}

static float element(unsigned n, unsigned seeds, size_t i)
{
    return (float)(n * (i % 97) + seeds);
}

nxs_int world_vector(struct conform *c, nxs_int device, unsigned seed)
{
    float *values = world_alloc(WORLD_ELEMENTS * sizeof *values);
    nxs_int id;

    for (size_t i = 0; seed && i < WORLD_ELEMENTS; i++)
        values[i] = element(1, seed, i);
    id = OK(c, CreateBuffer, device, vector, values, 0);
    free(values);
    return id;
}

void world_expect_sum(struct conform *c, nxs_int buffer, unsigned n,
                      unsigned seeds)
{
    float *want = world_alloc(WORLD_ELEMENTS * sizeof *want);
    float *sum = world_alloc(WORLD_ELEMENTS * sizeof *sum);

    for (size_t i = 0; i < WORLD_ELEMENTS; i++)
        want[i] = element(n, seeds, i);
    OK(c, CopyBuffer, buffer, sum, NXS_BufferDeviceToHost);
    SAME_BYTES(c, want, sum, WORLD_ELEMENTS * sizeof *sum);
    free(want);
    free(sum);
}

nxs_int world_library(struct conform *c, nxs_int device)
{
    return OK(c, CreateLibraryFromFile, device, c->options->kernel_file, 0);
}

nxs_int world_kernel(struct conform *c, nxs_int library)
{
    return OK(c, GetKernel, library, c->options->kernel_name);
}

nxs_int world_command(struct conform *c, nxs_int schedule, nxs_int kernel)
{
    nxs_int command = OK(c, CreateCommand, schedule, kernel, 0);

    for (size_t i = 0; i < c->options->n_consts; i++) {
        struct conform_const k = c->options->consts[i];

        OK(c, SetCommandScalar, command, k.index, &k.value, k.name, k.settings);
    }
    return command;
}

void world_set_buffers(struct conform *c, nxs_int command, nxs_int a, nxs_int b,
                       nxs_int sum)
{
    OK(c, SetCommandArgument, command, 0, a, "", 0);
    OK(c, SetCommandArgument, command, 1, b, "", 0);
    OK(c, SetCommandArgument, command, 2, sum, "", 0);
}

void world_finalize(struct conform *c, nxs_int command)
{
    const nxs_dim3 grid = {WORLD_POINTS, 1, 1};

    OK(c, FinalizeCommand, command, grid, world_one, 0);
}

struct world_adder world_adder(struct conform *c, nxs_int device)
{
    struct world_adder w;

    w.library = world_library(c, device);
    w.kernel = world_kernel(c, w.library);
    w.schedule = OK(c, CreateSchedule, device, 0);
    w.command = world_command(c, w.schedule, w.kernel);
    w.a = world_vector(c, device, 1);
    w.b = world_vector(c, device, 2);
    w.sum = world_vector(c, device, 0);
    world_set_buffers(c, w.command, w.a, w.b, w.sum);
    world_finalize(c, w.command);
    return w;
}

void world_run(struct conform *c, nxs_int schedule)
{
    OK(c, RunSchedule, schedule, WORLD_DEFAULT_STREAM, 0);
}

int64_t world_number(struct conform *c, world_getter get, nxs_int id,
                     nxs_uint property)
{
    int64_t value = -1;
    size_t size = sizeof value;
    nxs_status status = get(id, property, &value, &size);

    if (status == NXS_InvalidProperty)
        conform_skip(c, "the object has no property %u", property);
    conform_expect_success(c, (int)status, "Get...Property");
    return value;
}

struct signaler {
    struct conform *c;
    nxs_int event;
};

static void *signal_soon(void *arg)
{
    struct signaler s = *(struct signaler *)arg;

    free(arg);
    world_sleep(0.2);
    OK(s.c, SignalEvent, s.event, 1);
    return NULL;
}

pthread_t world_signal_soon(struct conform *c, nxs_int event)
{
    struct signaler *s = world_alloc(sizeof *s);
    pthread_t thread;

    *s = (struct signaler){c, event};
    if (pthread_create(&thread, NULL, signal_soon, s))
        conform_skip(c, "no threads");
    return thread;
}

double world_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void world_sleep(double seconds)
{
    struct timespec t = {(time_t)seconds,
                         (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&t, NULL);
}
