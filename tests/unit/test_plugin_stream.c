/* SPDX-License-Identifier: MIT */
/* Work in flight: streams, events between them, failures that nobody waited
 * for, copies among runs. Two embedded chips. Needs the cross compiler; 77
 * without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nexus-api.h"

#define NON_BLOCKING NXS_ExecutionSettings_NonBlocking
#define NOT_REACHED  NXS_ExecStatusErrorForEventsInWaitList
#define FAULT        NXS_InvalidProgramExecutable
#define PAGE_WORDS   1024u
#define N_PAGES      4u

/* What the kernel does with the pages of its buffer: its second argument. */
enum what {
    APPEND, /* page 0 = page 0 * 10 + value, after a delay */
    MEET,   /* page value = 1, then wait until page delay is not 0 */
    TRAP,   /* store to where nothing is, after a delay */
    COUNT,  /* page 0 += 1 */
    NOTHING
};

static const char source[] =
    "#ifdef WRITER_KERNEL\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "using Pages = TensorAccessor<TensorAccessorArgs<1>>;\n"
    "volatile uint32_t *page(const Pages &b, int i) {\n"
    "  noc_async_read(get_noc_addr(i, b), get_write_ptr(0), 64);\n"
    "  noc_async_read_barrier();\n"
    "  return (volatile uint32_t *)get_write_ptr(0);\n"
    "}\n"
    "void store(const Pages &b, int i, uint32_t v) {\n"
    "  *page(b, i) = v;\n"
    "  noc_async_write(get_write_ptr(0), get_noc_addr(i, b), 64);\n"
    "  noc_async_write_barrier();\n"
    "}\n"
    "void kernel_main() {\n"
    "  const Pages b(TensorAccessorArgs<1>(), get_common_arg_val<uint32_t>(0),"
    " 4096);\n"
    "  uint32_t what = get_common_arg_val<uint32_t>(1);\n"
    "  uint32_t value = get_common_arg_val<uint32_t>(2);\n"
    "  uint32_t delay = get_common_arg_val<uint32_t>(3);\n"
    "  if (get_arg_val<uint32_t>(0) != 0) return;\n"
    "  if (what == 1) {\n"
    "    store(b, value, 1);\n"
    "    while (*page(b, delay) == 0) {}\n"
    "    return;\n"
    "  }\n"
    "  if (what == 4) return;\n"
    "  uint32_t old = *page(b, 0);\n"
    "  for (volatile uint32_t i = 0; i < delay; i = i + 1) {}\n"
    "  if (what == 2) *(volatile uint32_t *)0xF0000000 = 1;\n"
    "  store(b, 0, what == 3 ? old + 1 : old * 10 + value);\n"
    "}\n"
    "#endif\n";

static const nxs_dim3 one = {1, 1, 1};

/** struct fixture - one device's objects */
struct fixture {
    nxs_int device, library, buffer, event, stream[2];
};

static void init(struct fixture *f, nxs_int device)
{
    nxs_buffer_layout layout = {
        NXS_DataType_U32, 1, {PAGE_WORDS * N_PAGES}, {0}};
    uint32_t zero = 0;

    f->device = device;
    f->library = nxsCreateLibrary(device, (void *)(uintptr_t)source,
                                  (nxs_uint)strlen(source), 0);
    f->buffer = nxsCreateBuffer(device, layout, NULL, 0);
    f->event = nxsCreateEvent(device, NXS_EventType_Shared, 0);
    for (int i = 0; i < 2; i++)
        f->stream[i] = nxsCreateStream(device, 0);
    assert_int_equal(nxsFillBuffer(f->buffer, &zero, 4), 0);
}

static void fini(struct fixture *f)
{
    for (int i = 0; i < 2; i++)
        nxsReleaseStream(f->stream[i]);
    nxsReleaseEvent(f->event);
    nxsReleaseBuffer(f->buffer);
    nxsReleaseLibrary(f->library);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(2, sizeof *f);

    if (!f)
        return -1;
    for (nxs_int device = 0; device < 2; device++)
        init(&f[device], device);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int64_t left = -1;
    size_t size = sizeof left;

    for (int i = 0; i < 2; i++)
        fini(&f[i]);
    free(f);
    return nxsGetRuntimeProperty(NP_Count, &left, &size) < 0 || left != 0;
}

static void set(nxs_int command, int index, int value)
{
    assert_int_equal(
        nxsSetCommandScalar(command, index, &value, "", NXS_DataType_I32), 0);
}

static nxs_int add(const struct fixture *f, nxs_int schedule, enum what what,
                   int value, int delay)
{
    nxs_int command =
        nxsCreateCommand(schedule, nxsGetKernel(f->library, "k"), 0);
    int tiles = 1;

    assert_true(command >= 0);
    nxsSetCommandScalar(command, 0, &tiles, "CB", NXS_DataType_U32);
    nxsSetCommandArgument(command, 0, f->buffer, "", 0);
    set(command, 1, (int)what);
    set(command, 2, value);
    set(command, 3, delay);
    return command;
}

/* A schedule of one command on @cores cores. */
static nxs_int make(const struct fixture *f, enum what what, int value,
                    int delay, unsigned cores)
{
    nxs_int schedule = nxsCreateSchedule(f->device, 0);
    nxs_int command = add(f, schedule, what, value, delay);

    assert_int_equal(
        nxsFinalizeCommand(command, (nxs_dim3){cores, 1, 1}, one, 0), 0);
    return schedule;
}

static nxs_int make_signal(nxs_int device, nxs_int event, nxs_int value)
{
    nxs_int schedule = nxsCreateSchedule(device, 0);

    assert_true(nxsCreateSignalCommand(schedule, event, value, 0) >= 0);
    return schedule;
}

static nxs_int make_wait(nxs_int device, nxs_int event, nxs_int value)
{
    nxs_int schedule = nxsCreateSchedule(device, 0);

    assert_true(nxsCreateWaitCommand(schedule, event, value, 0) >= 0);
    return schedule;
}

static void start(nxs_int schedule, nxs_int stream)
{
    assert_int_equal(nxsRunSchedule(schedule, stream, NON_BLOCKING), 0);
}

static uint32_t word(const struct fixture *f)
{
    static uint32_t words[PAGE_WORDS * N_PAGES];

    assert_int_equal(nxsCopyBuffer(f->buffer, words, NXS_BufferDeviceToHost),
                     0);
    return words[0];
}

static int64_t pending(nxs_int stream)
{
    int64_t n = -1;
    size_t size = sizeof n;

    assert_int_equal(nxsGetStreamProperty(stream, NP_Size, &n, &size), 0);
    return n;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- order ---- */

static void run_without_blocking_is_pending_until_it_is_over(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, APPEND, 7, 3000000, 1);

    start(s, f->stream[0]);
    assert_int_equal(pending(f->stream[0]), 1);
    assert_int_equal(word(f), 7);
    assert_int_equal(pending(f->stream[0]), 0);
    nxsReleaseSchedule(s);
}

static void runs_of_a_stream_follow_each_other(void **state)
{
    struct fixture *f = *state;
    nxs_int s[3];

    for (int i = 0; i < 3; i++) {
        s[i] = make(f, APPEND, i + 1, (2 - i) * 100000, 1);
        start(s[i], -1 - 40 * i); /* the default stream, by any name */
        nxsReleaseSchedule(s[i]);
    }
    assert_int_equal(word(f), 123);
}

static void run_keeps_the_arguments_it_was_submitted_with(void **state)
{
    struct fixture *f = *state;
    nxs_int s = nxsCreateSchedule(0, 0), c = add(f, s, APPEND, 1, 200000);

    assert_int_equal(nxsFinalizeCommand(c, one, one, 0), 0);
    for (int value = 1; value <= 4; value++) {
        set(c, 2, value);
        start(s, f->stream[0]);
    }
    assert_int_equal(word(f), 1234);
    nxsReleaseSchedule(s);
}

/* Each kernel waits for what the other one writes. */
static void streams_run_side_by_side(void **state)
{
    struct fixture *f = *state;
    nxs_int a = make(f, MEET, 1, 2, 30), b = make(f, MEET, 2, 1, 30);

    start(a, f->stream[0]);
    start(b, f->stream[1]);
    (void)word(f);
    assert_int_equal(pending(f->stream[0]) + pending(f->stream[1]), 0);
    nxsReleaseSchedule(a);
    nxsReleaseSchedule(b);
}

static void runs_that_want_the_same_cores_take_turns(void **state)
{
    struct fixture *f = *state;
    nxs_int a = make(f, APPEND, 1, 100000, 72);
    nxs_int b = make(f, APPEND, 2, 0, 72);

    start(a, f->stream[0]);
    start(b, f->stream[1]);
    assert_int_equal(word(f), 12);
    nxsReleaseSchedule(a);
    nxsReleaseSchedule(b);
}

static void location_tells_where_a_command_ran(void **state)
{
    struct fixture *f = *state;
    nxs_int s = nxsCreateSchedule(0, 0), c[2];
    char text[256];

    for (int i = 0; i < 2; i++) {
        c[i] = add(f, s, APPEND, 1, 0);
        assert_int_equal(
            nxsFinalizeCommand(c[i], (nxs_dim3){i ? 16 : 3, 1, 1}, one, 0), 0);
    }
    assert_int_equal(nxsRunSchedule(s, -80, 0), 0);
    for (int i = 0; i < 2; i++) {
        size_t size = sizeof text;

        assert_int_equal(nxsGetCommandProperty(c[i], NP_Location, text, &size),
                         0);
        assert_string_equal(text,
                            i ? "cores (0,0)-(7,1)" : "cores (0,0)-(2,0)");
    }
    nxsReleaseSchedule(s);
}

static void buffer_and_library_live_until_the_run_ends(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, APPEND, 5, 1000000, 1);
    nxs_int done = make_signal(0, f->event, 1);

    start(s, f->stream[0]);
    start(done, f->stream[0]);
    nxsReleaseSchedule(s);
    nxsReleaseLibrary(f->library);
    nxsReleaseBuffer(f->buffer);
    assert_int_equal(nxsWaitEvent(f->event, 1), 0);
    assert_int_equal(nxsCopyBuffer(f->buffer, &s, 0), NXS_InvalidBuffer);
    nxsReleaseSchedule(done);
}

static void fill_is_in_order_with_runs(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, APPEND, 5, 500000, 1);
    uint32_t three = 3;

    start(s, f->stream[0]);
    assert_int_equal(nxsFillBuffer(f->buffer, &three, 4), 0);
    assert_int_equal(word(f), 3);
    start(s, f->stream[0]);
    assert_int_equal(word(f), 35);
    nxsReleaseSchedule(s);
}

static void released_stream_drains(void **state)
{
    struct fixture *f = *state;
    nxs_int stream = nxsCreateStream(0, 0), s = make(f, APPEND, 4, 500000, 1);
    nxs_int done = make_signal(0, f->event, 1);
    int64_t value = 0;
    size_t size = sizeof value;

    start(s, stream);
    start(done, stream);
    assert_int_equal(nxsReleaseStream(stream), 0);
    nxsGetEventProperty(f->event, NP_Value, &value, &size);
    assert_int_equal(value, 1);
    assert_int_equal(nxsRunSchedule(s, stream, NON_BLOCKING),
                     NXS_InvalidStream);
    nxsReleaseSchedule(s);
    nxsReleaseSchedule(done);
}

/* ---- events ---- */

static void host_lets_a_waiting_run_go_on(void **state)
{
    struct fixture *f = *state;
    nxs_int gate = make_wait(0, f->event, 3), s = make(f, APPEND, 1, 0, 1);

    start(gate, f->stream[0]);
    start(s, f->stream[0]);
    usleep(50000);
    assert_int_equal(pending(f->stream[0]), 2);
    assert_int_equal(nxsSignalEvent(f->event, 3), 0);
    assert_int_equal(word(f), 1);
    nxsReleaseSchedule(gate);
    nxsReleaseSchedule(s);
}

static void events_order_streams_of_two_devices(void **state)
{
    struct fixture *f = *state;
    nxs_int first = make(&f[0], APPEND, 1, 500000, 1);
    nxs_int second = make(&f[1], APPEND, 2, 0, 1);
    nxs_int signal = make_signal(0, f[0].event, 1);
    nxs_int wait = make_wait(1, f[0].event, 1);
    nxs_int last = make_signal(1, f[1].event, 1);

    start(wait, f[1].stream[0]);
    start(second, f[1].stream[0]);
    start(last, f[1].stream[0]);
    start(first, f[0].stream[0]);
    start(signal, f[0].stream[0]);
    assert_int_equal(nxsWaitEvent(f[1].event, 1), 0);
    assert_int_equal(word(&f[0]), 1);
    assert_int_equal(word(&f[1]), 2);
    nxsReleaseSchedule(first);
    nxsReleaseSchedule(second);
    nxsReleaseSchedule(signal);
    nxsReleaseSchedule(wait);
    nxsReleaseSchedule(last);
}

static void fence_waits_for_what_was_submitted_before(void **state)
{
    struct fixture *f = *state;
    nxs_int fence = nxsCreateEvent(0, NXS_EventType_Fence, 0);
    nxs_int s = make(f, APPEND, 1, 1000000, 1);
    nxs_int barrier = make_wait(0, fence, 0);

    start(s, f->stream[0]);
    assert_int_equal(nxsRunSchedule(barrier, f->stream[1], 0), 0);
    assert_int_equal(pending(f->stream[0]), 0);
    start(s, f->stream[0]);
    assert_int_equal(nxsWaitEvent(fence, 0), 0);
    assert_int_equal(pending(f->stream[0]), 0);
    nxsReleaseSchedule(s);
    nxsReleaseSchedule(barrier);
    nxsReleaseEvent(fence);
}

static void event_has_a_status_and_a_time(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make_signal(0, f->event, 1), gate = make_wait(0, f->event, 9);
    int64_t status = -1, time = -1, clock = -1;
    size_t size = 8;

    nxsGetEventProperty(f->event, NP_Count, &status, &size);
    assert_int_equal(status, NXS_EventStatus_Submitted);
    start(gate, f->stream[0]);
    start(s, f->stream[0]);
    nxsGetEventProperty(f->event, NP_Count, &status, &size);
    assert_int_equal(status, NXS_EventStatus_Running);
    nxsSignalEvent(f->event, 9);
    nxsReleaseStream(f->stream[0]);
    nxsGetEventProperty(f->event, NP_Count, &status, &size);
    assert_int_equal(status, NXS_EventStatus_Complete);
    nxsGetEventProperty(f->event, NP_TimeStamp, &time, &size);
    nxsGetDeviceProperty(0, NP_TimeStamp, &clock, &size);
    assert_in_range(clock - time, 0, 10000000000);
    nxsReleaseSchedule(s);
    nxsReleaseSchedule(gate);
}

static void wait_ends_when_its_event_is_released(void **state)
{
    struct fixture *f = *state;
    nxs_int event = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int gate = make_wait(0, event, 1);
    double begin = now();

    start(gate, f->stream[0]);
    assert_int_equal(nxsReleaseEvent(event), 0);
    assert_int_equal(nxsRunSchedule(gate, f->stream[0], 0), NOT_REACHED);
    assert_true(now() - begin < 0.5);
    nxsReleaseSchedule(gate);
}

/* A waits for B's signal, B for A's. */
static void cycle_of_waits_ends(void **state)
{
    struct fixture *f = *state;
    nxs_int a = make_wait(0, f[0].event, 1), b = make_wait(1, f[1].event, 1);
    double begin = now();

    nxsCreateSignalCommand(a, f[1].event, 1, 0);
    nxsCreateSignalCommand(b, f[0].event, 1, 0);
    start(a, f[0].stream[0]);
    assert_int_equal(nxsRunSchedule(b, f[1].stream[0], 0), NOT_REACHED);
    nxsReleaseStream(f[0].stream[0]);
    assert_true(now() - begin < 10);
    nxsReleaseSchedule(a);
    nxsReleaseSchedule(b);
}

/* A waits for the end of B, submitted before A got so far, and B for A's. */
static void cycle_of_fences_ends(void **state)
{
    struct fixture *f = *state;
    nxs_int fence_a = nxsCreateEvent(1, NXS_EventType_Fence, 0);
    nxs_int fence_b = nxsCreateEvent(0, NXS_EventType_Fence, 0);
    nxs_int a = make_wait(0, f->event, 1), b = make_wait(1, f->event, 1);
    nxs_status first, second;
    double begin = now();

    nxsCreateWaitCommand(a, fence_a, 0, 0);
    nxsCreateWaitCommand(b, fence_b, 0, 0);
    start(a, f[0].stream[0]);
    start(b, f[1].stream[0]);
    assert_int_equal(nxsSignalEvent(f->event, 1), 0);
    first = nxsRunSchedule(a, f[0].stream[0], 0);
    second = nxsRunSchedule(b, f[1].stream[0], 0);
    assert_true(first == NOT_REACHED || second == NOT_REACHED);
    assert_true(now() - begin < 10);
    nxsReleaseSchedule(a);
    nxsReleaseSchedule(b);
    nxsReleaseEvent(fence_a);
    nxsReleaseEvent(fence_b);
}

/* ---- failures ---- */

static void failure_reaches_the_next_who_waits_in_the_stream(void **state)
{
    struct fixture *f = *state;
    nxs_int bad = make(f, TRAP, 0, 1000, 1), good = make(f, APPEND, 5, 0, 1);

    start(bad, f->stream[0]);
    start(good, f->stream[0]);
    assert_int_equal(nxsRunSchedule(good, f->stream[0], 0), FAULT);
    assert_int_equal(nxsRunSchedule(good, f->stream[0], 0), 0);
    assert_int_equal(word(f), 5);
    nxsReleaseSchedule(bad);
    nxsReleaseSchedule(good);
}

/* Whoever was told of the failure was not told of this buffer. */
static void copy_of_what_a_dropped_run_was_to_write_fails_once(void **state)
{
    struct fixture *f = *state;
    static uint32_t words[PAGE_WORDS * N_PAGES];
    nxs_buffer_layout layout = {
        NXS_DataType_U32, 1, {PAGE_WORDS * N_PAGES}, {0}};
    struct fixture other = f[0];
    nxs_int bad, dropped;

    other.buffer = nxsCreateBuffer(0, layout, NULL, 0);
    bad = make(f, TRAP, 0, 1000, 1);
    dropped = make(&other, APPEND, 5, 0, 1);
    start(bad, f->stream[0]);
    start(dropped, f->stream[0]);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, 0), FAULT);
    assert_int_equal(nxsCopyBuffer(other.buffer, words, 0), FAULT);
    assert_int_equal(nxsCopyBuffer(other.buffer, words, 0), 0);
    nxsReleaseBuffer(other.buffer);
    nxsReleaseSchedule(bad);
    nxsReleaseSchedule(dropped);
}

/* Memory is one, whatever its names. */
static void failure_reaches_who_copies_from_the_owner_of_a_view(void **state)
{
    struct fixture *f = *state, view = f[0];
    static uint32_t words[PAGE_WORDS * N_PAGES];
    nxs_buffer_layout layout = {
        NXS_DataType_U32, 1, {PAGE_WORDS * N_PAGES}, {0}};
    void *address = NULL;
    size_t size = sizeof address;
    nxs_int bad;

    assert_int_equal(nxsGetBufferProperty(f->buffer, NP_Value, &address, &size),
                     0);
    view.buffer =
        nxsCreateBuffer(0, layout, address, NXS_BufferSettings_OnDevice);
    assert_true(view.buffer >= 0);
    bad = make(&view, TRAP, 0, 1000, 1);
    start(bad, f->stream[0]);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, 0), FAULT);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, 0), 0);
    nxsReleaseBuffer(view.buffer);
    nxsReleaseSchedule(bad);
}

/* It was submitted by somebody who did not know, and may have only read. */
static void run_from_before_the_news_does_not_hide_a_failure(void **state)
{
    struct fixture *f = *state;
    static uint32_t words[PAGE_WORDS * N_PAGES];
    nxs_int bad = make(f, TRAP, 0, 1000, 1), good = make(f, APPEND, 5, 0, 1);
    nxs_int wait = make_wait(0, f->event, 1);

    start(wait, f->stream[1]);
    start(good, f->stream[1]);
    start(bad, f->stream[0]);
    assert_int_equal(nxsRunSchedule(good, f->stream[0], 0), FAULT);
    assert_int_equal(nxsSignalEvent(f->event, 1), 0);
    assert_int_equal(nxsRunSchedule(wait, f->stream[1], 0), 0);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, 0), FAULT);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, 0), 0);
    nxsReleaseSchedule(wait);
    nxsReleaseSchedule(good);
    nxsReleaseSchedule(bad);
}

/* The dispatcher's thread does not live in the child, nor a run's end. */
static void child_of_a_fork_works_with_a_run_in_flight(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, APPEND, 7, 3000000, 1), good = make(f, APPEND, 1, 0, 1);
    int status = -1;
    pid_t pid;

    start(s, f->stream[0]);
    usleep(20000);
    pid = fork();
    if (pid == 0) {
        alarm(20);
        _exit(nxsRunSchedule(good, f->stream[0], 0) != 0 || word(f) != 71);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(word(f), 7);
    nxsReleaseSchedule(s);
    nxsReleaseSchedule(good);
}

static void failure_reaches_who_waits_for_its_event(void **state)
{
    struct fixture *f = *state;
    nxs_int bad = make(f, TRAP, 0, 1000, 1), dependent;
    double begin = now();

    nxsCreateSignalCommand(bad, f->event, 1, 0);
    dependent = make_wait(1, f->event, 1);
    start(bad, f->stream[0]);
    assert_int_equal(nxsRunSchedule(dependent, f[1].stream[0], 0), NOT_REACHED);
    assert_int_equal(nxsWaitEvent(f->event, 1), NOT_REACHED);
    assert_true(now() - begin < 5);
    nxsReleaseSchedule(bad);
    nxsReleaseSchedule(dependent);
}

static void failure_reaches_who_copies_the_result(void **state)
{
    struct fixture *f = *state;
    static uint32_t words[PAGE_WORDS * N_PAGES];
    nxs_int bad = make(f, TRAP, 0, 1000, 1);

    start(bad, f->stream[0]);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, NXS_BufferDeviceToHost),
                     FAULT);
    assert_int_equal(nxsCopyBuffer(f->buffer, words, NXS_BufferDeviceToHost),
                     0);
    nxsReleaseSchedule(bad);
}

static void failure_leaves_other_streams_alone(void **state)
{
    struct fixture *f = *state;
    nxs_buffer_layout layout = {
        NXS_DataType_U32, 1, {PAGE_WORDS * N_PAGES}, {0}};
    struct fixture other = f[0];
    nxs_int bad, good;
    uint32_t zero = 0;

    other.buffer = nxsCreateBuffer(0, layout, NULL, 0);
    nxsFillBuffer(other.buffer, &zero, 4);
    good = make(&other, APPEND, 6, 10000000, 8);
    bad = make(f, TRAP, 0, 1000, 8);
    start(good, f->stream[1]);
    assert_int_equal(nxsRunSchedule(bad, f->stream[0], 0), FAULT);
    assert_int_equal(pending(f->stream[1]), 1);
    assert_int_equal(word(&other), 6);
    nxsReleaseBuffer(other.buffer);
    nxsReleaseSchedule(bad);
    nxsReleaseSchedule(good);
}

static void failed_command_ends_its_schedule(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, TRAP, 0, 1000, 1), c = add(f, s, APPEND, 3, 0);

    assert_int_equal(nxsFinalizeCommand(c, one, one, 0), 0);
    assert_int_equal(nxsRunSchedule(s, f->stream[0], 0), FAULT);
    assert_int_equal(word(f), 0);
    nxsReleaseSchedule(s);
}

/* ---- threads ---- */

#define RUNS 50

/** struct runs - of one thread */
struct runs {
    pthread_t thread;
    nxs_int schedule, stream, status;
};

static void *run_many(void *arg)
{
    struct runs *r = arg;

    for (int i = 0; i < RUNS && r->status >= 0; i++)
        r->status =
            nxsRunSchedule(r->schedule, r->stream, i % 2 ? NON_BLOCKING : 0);
    return NULL;
}

/* Threads 0 and 2 on the first stream, 1 and 3 on the second. */
static void run_threads(const struct fixture *f, const nxs_int schedule[2])
{
    struct runs runs[4] = {0};

    for (int i = 0; i < 4; i++) {
        runs[i].schedule = schedule[i % 2];
        runs[i].stream = f->stream[i % 2];
        assert_int_equal(
            pthread_create(&runs[i].thread, NULL, run_many, &runs[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(runs[i].thread, NULL);
        assert_int_equal(runs[i].status, 0);
    }
}

static void threads_share_a_stream(void **state)
{
    struct fixture *f = *state, other = *f;
    nxs_buffer_layout layout = {NXS_DataType_U32, 1, {PAGE_WORDS}, {0}};
    uint32_t zero = 0;
    nxs_int s[2];

    other.buffer = nxsCreateBuffer(f->device, layout, NULL, 0);
    nxsFillBuffer(other.buffer, &zero, 4);
    s[0] = make(f, COUNT, 0, 0, 1);
    s[1] = make(&other, COUNT, 0, 0, 1);
    run_threads(f, s);
    assert_int_equal(word(f), 2 * RUNS);
    assert_int_equal(word(&other), 2 * RUNS);
    assert_int_equal(pending(f->stream[0]) + pending(f->stream[1]), 0);
    for (int i = 0; i < 2; i++)
        nxsReleaseSchedule(s[i]);
    nxsReleaseBuffer(other.buffer);
}

static void threads_share_a_schedule(void **state)
{
    struct fixture *f = *state;
    nxs_int s = make(f, NOTHING, 0, 0, 1);

    run_threads(f, (const nxs_int[2]){s, s});
    for (int i = 0; i < 2; i++)
        nxsReleaseStream(f->stream[i]);
    assert_int_equal(nxsReleaseSchedule(s), 0);
    for (int i = 0; i < 2; i++)
        f->stream[i] = nxsCreateStream(f->device, 0);
}

/* Finalize once to learn whether there is a compiler at all. */
static bool has_compiler(void)
{
    struct fixture f;
    nxs_int schedule, command;
    nxs_status status;

    init(&f, 0);
    schedule = nxsCreateSchedule(0, 0);
    command = add(&f, schedule, APPEND, 0, 0);
    status = nxsFinalizeCommand(command, one, one, 0);
    nxsReleaseSchedule(schedule);
    fini(&f);
    return status != NXS_CompilerNotAvailable;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(run_without_blocking_is_pending_until_it_is_over),
        TEST(runs_of_a_stream_follow_each_other),
        TEST(run_keeps_the_arguments_it_was_submitted_with),
        TEST(streams_run_side_by_side),
        TEST(runs_that_want_the_same_cores_take_turns),
        TEST(location_tells_where_a_command_ran),
        TEST(buffer_and_library_live_until_the_run_ends),
        TEST(fill_is_in_order_with_runs),
        TEST(released_stream_drains),
        TEST(host_lets_a_waiting_run_go_on),
        TEST(events_order_streams_of_two_devices),
        TEST(fence_waits_for_what_was_submitted_before),
        TEST(event_has_a_status_and_a_time),
        TEST(wait_ends_when_its_event_is_released),
        TEST(cycle_of_waits_ends),
        TEST(cycle_of_fences_ends),
        TEST(failure_reaches_the_next_who_waits_in_the_stream),
        TEST(copy_of_what_a_dropped_run_was_to_write_fails_once),
        TEST(failure_reaches_who_copies_from_the_owner_of_a_view),
        TEST(run_from_before_the_news_does_not_hide_a_failure),
        TEST(child_of_a_fork_works_with_a_run_in_flight),
        TEST(failure_reaches_who_waits_for_its_event),
        TEST(failure_reaches_who_copies_the_result),
        TEST(failure_leaves_other_streams_alone),
        TEST(failed_command_ends_its_schedule),
        TEST(threads_share_a_stream),
        TEST(threads_share_a_schedule),
    };

    setenv("TT_EMU_DEVICES", "2", 1);
    if (!has_compiler()) {
        puts("there is no cross compiler");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
