/* SPDX-License-Identifier: MIT */
/*
 * Threads that create, use and release objects of every kind at random, also
 * each other's, on TT_EMU_DEVICES devices (2 if unset); each thread checks work
 * of its own all the while:
 *
 *   stress SECONDS [THREADS [SEED]]
 *
 * Fails on a wrong result, on a status that nothing explains, on a crash, and
 * on objects that are left. Every ten seconds it says how much memory,
 * descriptors, threads and objects there are; what has grown after the first
 * third, if that is 20 seconds or more, by more than GROWTH_... allow is a
 * failure too. Meant for ThreadSanitizer too. Exit status 77: no cross
 * compiler.
 */
#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nexus-api.h"

#define MAX_THREADS 64u
#define N_SLOTS     24u /* of each kind, shared by all threads */
#define MAX_DEVICES 16
#define SAMPLE_S    10
#define WARM_UP_S   20
#define WORDS       1024u
#define BLOCKING    0u
#define SKIP        77

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

static const char source[] =
    "#ifdef WRITER_KERNEL\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "void kernel_main() {\n"
    "  constexpr auto args = TensorAccessorArgs<1>();\n"
    "  const auto b = TensorAccessor(args, get_common_arg_val<uint32_t>(0),"
    " 4096);\n"
    "  volatile uint32_t *p = (volatile uint32_t *)get_write_ptr(0);\n"
    "  noc_async_read(get_noc_addr(0, b), get_write_ptr(0), 64);\n"
    "  noc_async_read_barrier();\n"
    "  uint32_t value = get_common_arg_val<uint32_t>(1);\n"
    "  if (value == 0) return;\n"
    "  p[0] = p[0] + value;\n"
    "  noc_async_write(get_write_ptr(0), get_noc_addr(0, b), 64);\n"
    "  noc_async_write_barrier();\n"
    "}\n"
    "#endif\n";

static const nxs_dim3 one = {1, 1, 1};
static const nxs_buffer_layout page = {NXS_DataType_U32, 1, {WORDS}, {0}};

/* From what there was at most between a third and a half of the time to the
 * least of the last samples: allocators keep a little of what threads free, and
 * shared objects come and go. */
#define GROWTH_KIB   4096
#define GROWTH_FDS   4
#define LAST_SAMPLES 3u

/** struct sample - what the process has */
struct sample {
    int64_t kib, fds, threads, objects;
};

/** struct stress - what the threads share; ids may be stale at any moment */
struct stress {
    unsigned n_devices;
    _Atomic nxs_int slot[N_KINDS][N_SLOTS];
    atomic_bool stop;
    atomic_uint n_failed;
    atomic_ullong n_calls;
};

/** struct worker - one thread */
struct worker {
    struct stress *stress;
    uint64_t rng;
    pthread_t thread;
};

static uint32_t draw(struct worker *w, uint32_t n)
{
    w->rng = w->rng * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->rng >> 33) % n;
}

static void complain(struct worker *w, const char *what, int64_t seen)
{
    atomic_fetch_add(&w->stress->n_failed, 1);
    printf("%s: %lld\n", what, (long long)seen);
}

/* What a call on an object that others use and release may answer. */
static nxs_status expect(struct worker *w, const char *what, nxs_status status)
{
    switch ((int)status) {
    case NXS_InvalidBuffer:
    case NXS_InvalidLibrary:
    case NXS_InvalidKernel:
    case NXS_InvalidEvent:
    case NXS_InvalidStream:
    case NXS_InvalidSchedule:
    case NXS_InvalidCommand:
    case NXS_InvalidKernelArgs:
    case NXS_InvalidOperation:
    case NXS_InvalidProgramExecutable: /* a deadlock made of shared events */
    case NXS_ProfilingInfoNotAvailable:
    case NXS_CompileProgramFailure: /* a kernel without its buffer */
    case NXS_ExecStatusErrorForEventsInWaitList:
        break;
    default:
        if ((int)status < 0)
            complain(w, what, status);
    }
    atomic_fetch_add(&w->stress->n_calls, 1);
    return status;
}

/* ---- shared objects ---- */

static nxs_int peek(struct worker *w, enum kind kind)
{
    return atomic_load(&w->stress->slot[kind][draw(w, N_SLOTS)]);
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
static void keep(struct worker *w, enum kind kind, nxs_int id)
{
    nxs_int old;

    if (expect(w, "create", (nxs_status)id) < 0)
        return;
    old = atomic_exchange(&w->stress->slot[kind][draw(w, N_SLOTS)], id);
    if (old >= 0)
        expect(w, "release", release(kind, old));
}

static void create(struct worker *w, unsigned kind)
{
    nxs_int device = (nxs_int)draw(w, w->stress->n_devices);
    uint32_t words[WORDS] = {0};

    switch (kind) {
    case BUFFER:
        keep(w, BUFFER, nxsCreateBuffer(device, page, words, 0));
        break;
    case LIBRARY:
        keep(w, LIBRARY,
             nxsCreateLibrary(device, (void *)(uintptr_t)source,
                              sizeof source - 1, 0));
        break;
    case KERNEL:
        keep(w, KERNEL, nxsGetKernel(peek(w, LIBRARY), "k"));
        break;
    case EVENT:
        keep(w, EVENT, nxsCreateEvent(device, (nxs_event_type)draw(w, 3), 0));
        break;
    case STREAM:
        keep(w, STREAM, nxsCreateStream(device, draw(w, 4)));
        break;
    default:
        keep(w, SCHEDULE, nxsCreateSchedule(device, 0));
    }
}

/* Kernels on shared buffers only read: nothing orders those of different
 * streams. */
static void fill_command(struct worker *w, nxs_int command)
{
    int tiles = 1, value = 0;

    expect(w, "CB",
           nxsSetCommandScalar(command, 0, &tiles, "CB", NXS_DataType_U32));
    expect(w, "argument",
           nxsSetCommandArgument(command, 0, peek(w, BUFFER), "", 0));
    expect(w, "scalar",
           nxsSetCommandScalar(command, 1, &value, "", NXS_DataType_I32));
    expect(
        w, "finalize",
        nxsFinalizeCommand(command, (nxs_dim3){1 + draw(w, 12), 1, 1}, one, 0));
}

static void add_command(struct worker *w)
{
    nxs_int schedule = peek(w, SCHEDULE), event = peek(w, EVENT);
    nxs_int command;

    switch (draw(w, 16)) {
    case 0:
        command = nxsCreateWaitCommand(schedule, event, 1, 0);
        break;
    case 1:
    case 2:
    case 3:
        command = nxsCreateSignalCommand(schedule, event, 1, 0);
        break;
    default:
        command = nxsCreateCommand(schedule, peek(w, KERNEL), 0);
        if (command >= 0)
            fill_command(w, command);
    }
    keep(w, COMMAND, command);
}

static void ask(struct worker *w)
{
    char value[8192];
    size_t size = sizeof value;

    switch (draw(w, 6)) {
    case 0:
        expect(w, "event",
               nxsGetEventProperty(peek(w, EVENT), NP_Count, value, &size));
        break;
    case 1:
        expect(w, "stream",
               nxsGetStreamProperty(peek(w, STREAM), NP_Size, value, &size));
        break;
    case 2:
        expect(
            w, "command",
            nxsGetCommandProperty(peek(w, COMMAND), NP_Location, value, &size));
        break;
    case 3:
        expect(w, "schedule",
               nxsGetScheduleProperty(peek(w, SCHEDULE), NP_ElapsedTime, value,
                                      &size));
        break;
    case 4:
        expect(w, "buffer",
               nxsGetBufferProperty(peek(w, BUFFER), NP_Value, value, &size));
        break;
    default:
        expect(w, "device",
               nxsGetDeviceProperty((nxs_int)draw(w, w->stress->n_devices),
                                    NP_CoreUtilization, value, &size));
    }
}

static void use(struct worker *w)
{
    uint32_t words[WORDS], value = draw(w, 100);
    nxs_uint settings = draw(w, 2) ? NXS_ExecutionSettings_NonBlocking
                                   : NXS_ExecutionSettings_Profiling;
    nxs_int stream = draw(w, 3) ? peek(w, STREAM) : -80;

    switch (draw(w, 8)) {
    case 0:
        expect(w, "copy", nxsCopyBuffer(peek(w, BUFFER), words, draw(w, 2)));
        break;
    case 1:
        expect(w, "fill", nxsFillBuffer(peek(w, BUFFER), &value, 4));
        break;
    case 2:
    case 3:
        expect(w, "signal", nxsSignalEvent(peek(w, EVENT), 1));
        break;
    case 4:
        if (draw(w, 256) == 0) /* may take a second */
            expect(w, "wait", nxsWaitEvent(peek(w, EVENT), 1));
        break;
    default:
        expect(w, "run", nxsRunSchedule(peek(w, SCHEDULE), stream, settings));
    }
}

/* ---- a thread's own work ---- */

/** struct own - objects that nobody else knows */
struct own {
    nxs_int buffer, library, schedule, command, stream;
    uint32_t sum;
};

static bool init_own(struct worker *w, struct own *o)
{
    nxs_int device = (nxs_int)draw(w, w->stress->n_devices);
    uint32_t words[WORDS] = {0};
    int tiles = 1;

    o->sum = 0;
    o->buffer = nxsCreateBuffer(device, page, words, 0);
    o->library = nxsCreateLibrary(device, (void *)(uintptr_t)source,
                                  sizeof source - 1, 0);
    o->schedule = nxsCreateSchedule(device, 0);
    o->stream = nxsCreateStream(device, 0);
    o->command =
        nxsCreateCommand(o->schedule, nxsGetKernel(o->library, "own"), 0);
    nxsSetCommandScalar(o->command, 0, &tiles, "CB", NXS_DataType_U32);
    nxsSetCommandArgument(o->command, 0, o->buffer, "", 0);
    nxsSetCommandScalar(o->command, 1, &tiles, "", NXS_DataType_I32);
    return nxsFinalizeCommand(o->command, one, one, 0) >= 0;
}

static void check_own(struct worker *w, const struct own *o)
{
    uint32_t words[WORDS];

    if (nxsCopyBuffer(o->buffer, words, NXS_BufferDeviceToHost) < 0 ||
        words[0] != o->sum)
        complain(w, "own sum", (int64_t)words[0] - o->sum);
}

static void run_own(struct worker *w, struct own *o)
{
    int value = 1 + (int)draw(w, 1000);
    nxs_uint settings =
        draw(w, 4) ? NXS_ExecutionSettings_NonBlocking : BLOCKING;

    nxsSetCommandScalar(o->command, 1, &value, "", NXS_DataType_I32);
    if (nxsRunSchedule(o->schedule, o->stream, settings) < 0)
        complain(w, "own run", value);
    o->sum += (uint32_t)value;
    if (!draw(w, 8))
        check_own(w, o);
}

static void fini_own(const struct own *o)
{
    nxsReleaseBuffer(o->buffer);
    nxsReleaseSchedule(o->schedule);
    nxsReleaseLibrary(o->library);
    nxsReleaseStream(o->stream);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct own own;

    if (!init_own(w, &own))
        complain(w, "own finalize", 0);
    for (unsigned i = 0; i < N_SLOTS * N_KINDS; i++)
        create(w, i / N_SLOTS);
    while (!atomic_load(&w->stress->stop)) {
        switch (draw(w, 8)) {
        case 0:
            create(w, draw(w, N_KINDS));
            break;
        case 1:
            add_command(w);
            break;
        case 2:
            ask(w);
            break;
        case 3:
        case 4:
            run_own(w, &own);
            break;
        default:
            use(w);
        }
    }
    check_own(w, &own);
    fini_own(&own);
    return NULL;
}

/* ---- the whole ---- */

static void sleep_seconds(double seconds)
{
    struct timespec t = {(time_t)seconds, 0};

    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}

static unsigned count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n < 2 ? 0 : n - 2;
}

static struct sample take_sample(void)
{
    struct sample now = {.fds = count_entries("/proc/self/fd"),
                         .threads = count_entries("/proc/self/task")};
    FILE *file = fopen("/proc/self/statm", "re");
    size_t size = sizeof now.objects;

    if (!file || fscanf(file, "%*d %" SCNd64, &now.kib) != 1)
        now.kib = 0;
    if (file)
        fclose(file);
    now.kib *= sysconf(_SC_PAGESIZE) / 1024;
    nxsGetRuntimeProperty(NP_Count, &now.objects, &size);
    return now;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void judge(struct stress *s, const char *what, int64_t from, int64_t to,
                  int64_t allowed)
{
    if (to - from <= allowed)
        return;
    printf("%s grew from %" PRId64 " to %" PRId64 "\n", what, from, to);
    atomic_fetch_add(&s->n_failed, 1);
}

/** struct trend - what there was at most between a third and a half of the
 *  time, and the last samples of the last third */
struct trend {
    struct sample from, last[LAST_SAMPLES];
    unsigned n;
};

static void add_sample(struct trend *trend, const struct sample *now,
                       double share)
{
    struct sample *from = &trend->from;

    if (share > 2. / 3) {
        trend->last[trend->n++ % LAST_SAMPLES] = *now;
    } else if (share >= 1. / 3 && share <= 1. / 2) {
        from->kib = most(from->kib, now->kib);
        from->fds = most(from->fds, now->fds);
        from->threads = most(from->threads, now->threads);
    }
}

static void judge_trend(struct stress *s, const struct trend *trend)
{
    struct sample to = trend->last[0];

    for (unsigned i = 1; i < LAST_SAMPLES && i < trend->n; i++) {
        to.kib = least(to.kib, trend->last[i].kib);
        to.fds = least(to.fds, trend->last[i].fds);
        to.threads = least(to.threads, trend->last[i].threads);
    }
    judge(s, "memory in KiB", trend->from.kib, to.kib, GROWTH_KIB);
    judge(s, "descriptors", trend->from.fds, to.fds, GROWTH_FDS);
    judge(s, "threads", trend->from.threads, to.threads, 0);
}

/* Lets the time pass, and looks every ten seconds. */
static void watch(struct stress *s, double seconds)
{
    struct trend trend = {.n = 0};
    double at = SAMPLE_S;

    for (; at <= seconds; at += SAMPLE_S) {
        struct sample now;

        sleep_seconds(SAMPLE_S);
        now = take_sample();
        printf("%5.0f s: %7" PRId64 " KiB, %3" PRId64 " descriptors, %3" PRId64
               " threads, %5" PRId64 " objects, %llu calls, %u failed\n",
               at, now.kib, now.fds, now.threads, now.objects,
               atomic_load(&s->n_calls), atomic_load(&s->n_failed));
        fflush(stdout);
        add_sample(&trend, &now, at / seconds);
    }
    sleep_seconds(seconds - (at - SAMPLE_S));
    if (seconds / 3 >= WARM_UP_S)
        judge_trend(s, &trend);
}

static bool run_threads(struct stress *s, double seconds, unsigned n,
                        uint64_t seed)
{
    static struct worker worker[MAX_THREADS];
    unsigned started = 0;

    for (; started < n; started++) {
        worker[started] = (struct worker){.stress = s, .rng = seed + started};
        if (pthread_create(&worker[started].thread, NULL, work,
                           &worker[started]))
            break;
    }
    watch(s, seconds);
    atomic_store(&s->stop, true);
    for (unsigned i = 0; i < started; i++)
        pthread_join(worker[i].thread, NULL);
    return started == n;
}

static int64_t count_left(struct stress *s)
{
    int64_t left = -1;
    size_t size = sizeof left;

    for (unsigned kind = 0; kind < N_KINDS; kind++)
        for (unsigned i = 0; i < N_SLOTS; i++)
            if (atomic_load(&s->slot[kind][i]) >= 0)
                release((enum kind)kind, atomic_load(&s->slot[kind][i]));
    nxsGetRuntimeProperty(NP_Count, &left, &size);
    return left;
}

static bool has_compiler(struct stress *s)
{
    struct worker w = {.stress = s, .rng = 1};
    struct own own;
    bool yes = init_own(&w, &own);

    fini_own(&own);
    return yes;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 5;
    unsigned n = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 8;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
    static struct stress s;
    const char *devices;
    int64_t left;
    bool all;

    setenv("TT_EMU_DEVICES", "2", 0);
    devices = getenv("TT_EMU_DEVICES");
    s.n_devices = devices ? (unsigned)strtoul(devices, NULL, 10) : 0;
    setenv("TT_TIMEOUT_MS", "300", 1);
    if (n < 1 || n > MAX_THREADS || s.n_devices < 1 ||
        s.n_devices > MAX_DEVICES)
        return EXIT_FAILURE;
    for (unsigned i = 0; i < N_KINDS * N_SLOTS; i++)
        atomic_init(&s.slot[i / N_SLOTS][i % N_SLOTS], -1);
    if (!has_compiler(&s)) {
        puts("there is no cross compiler");
        return SKIP;
    }
    all = run_threads(&s, seconds, n, seed);
    left = count_left(&s);
    printf(
        "%llu calls on shared objects by %u threads, %u failed, %lld objects "
        "left\n",
        atomic_load(&s.n_calls), n, atomic_load(&s.n_failed), (long long)left);
    return !all || atomic_load(&s.n_failed) || left ? EXIT_FAILURE
                                                    : EXIT_SUCCESS;
}
