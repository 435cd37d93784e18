/* SPDX-License-Identifier: MIT */
/* Kernels in flight: NonBlocking runs among copies, changes and releases. A
 * gate, an event that the run waits for first, holds them up where the order
 * must be sure. */
#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define NON_BLOCKING NXS_ExecutionSettings_NonBlocking

/** struct held - a run that begins when its gate is signaled */
struct held {
    struct world_adder w;
    nxs_int gate, stream;
};

static struct held hold(struct conform *c)
{
    struct held h;
    nxs_int command;

    h.w = world_adder(c, 0);
    h.gate = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    h.stream = OK(c, CreateStream, 0, 0);
    h.w.schedule = OK(c, CreateSchedule, 0, 0);
    OK(c, CreateWaitCommand, h.w.schedule, h.gate, 1, 0);
    command = world_command(c, h.w.schedule, h.w.kernel);
    world_set_buffers(c, command, h.w.a, h.w.b, h.w.sum);
    world_finalize(c, command);
    h.w.command = command;
    OK(c, RunSchedule, h.w.schedule, h.stream, NON_BLOCKING);
    return h;
}

static void let_go(struct conform *c, const struct held *h)
{
    OK(c, SignalEvent, h->gate, 1);
    OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), h->stream, 0);
}

static void copy_waits_for_the_run_that_writes(struct conform *c)
{
    struct held h = hold(c);
    pthread_t opener = world_signal_soon(c, h.gate);

    world_expect_sum(c, h.w.sum, 2, 3);
    pthread_join(opener, NULL);
}

static void copies_alternate_with_runs(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int stream = OK(c, CreateStream, 0, 0);
    float zero = 0;

    for (int i = 0; i < 10; i++) {
        conform_detail(c, "run %d", i + 1);
        OK(c, FillBuffer, w.sum, &zero, sizeof zero);
        OK(c, RunSchedule, w.schedule, stream, NON_BLOCKING);
        world_expect_sum(c, w.sum, 2, 3);
    }
}

static void upload_waits_for_the_run_that_reads(struct conform *c)
{
    struct held h = hold(c);
    pthread_t opener = world_signal_soon(c, h.gate);
    float value[WORLD_ELEMENTS] = {0};

    OK(c, CopyBuffer, h.w.a, value, NXS_BufferHostToDevice);
    OK(c, FillBuffer, h.w.b, value, 4);
    pthread_join(opener, NULL);
    world_expect_sum(c, h.w.sum, 2, 3);
}

static void run_keeps_the_arguments_of_its_submission(struct conform *c)
{
    struct held h = hold(c);
    nxs_int other = world_vector(c, 0, 50), result = world_vector(c, 0, 0);

    OK(c, SetCommandArgument, h.w.command, 0, other, "", 0);
    OK(c, SetCommandArgument, h.w.command, 2, result, "", 0);
    let_go(c, &h);
    world_expect_sum(c, h.w.sum, 2, 3);
    OK(c, RunSchedule, h.w.schedule, h.stream, 0);
    world_expect_sum(c, result, 2, 52);
}

static void buffers_of_a_run_live_until_its_end(struct conform *c)
{
    struct held h = hold(c);
    float zero[WORLD_ELEMENTS] = {0};
    nxs_buffer_layout layout = {NXS_DataType_F32, 1, {WORLD_ELEMENTS}, {0}};

    OK(c, ReleaseBuffer, h.w.a);
    OK(c, ReleaseBuffer, h.w.b);
    for (int i = 0; i < 8; i++) /* would get the memory, were it free */
        OK(c, CreateBuffer, 0, layout, zero, 0);
    let_go(c, &h);
    world_expect_sum(c, h.w.sum, 2, 3);
}

static void everything_of_a_run_can_be_released(struct conform *c)
{
    struct held h = hold(c);

    OK(c, ReleaseSchedule, h.w.schedule);
    OK(c, ReleaseLibrary, h.w.library);
    OK(c, ReleaseBuffer, h.w.a);
    OK(c, ReleaseBuffer, h.w.b);
    OK(c, SignalEvent, h.gate, 1);
    OK(c, ReleaseEvent, h.gate);
    OK(c, ReleaseStream, h.stream);
    world_expect_sum(c, h.w.sum, 2, 3);
}

static void runs_of_two_streams_use_one_schedule(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int stream[2] = {OK(c, CreateStream, 0, 0), OK(c, CreateStream, 0, 0)};
    nxs_int result = world_vector(c, 0, 0);

    OK(c, RunSchedule, w.schedule, stream[0], NON_BLOCKING);
    OK(c, SetCommandArgument, w.command, 2, result, "", 0);
    OK(c, RunSchedule, w.schedule, stream[1], NON_BLOCKING);
    world_expect_sum(c, w.sum, 2, 3);
    world_expect_sum(c, result, 2, 3);
}

static void chain_of_runs_keeps_its_order(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int stream = OK(c, CreateStream, 0, 0);
    unsigned n = 2;

    OK(c, RunSchedule, w.schedule, stream, NON_BLOCKING);
    world_set_buffers(c, w.command, w.sum, w.a, w.sum);
    for (int i = 0; i < 20; i++, n++)
        OK(c, RunSchedule, w.schedule, stream, NON_BLOCKING);
    world_expect_sum(c, w.sum, n, n + 1);
}

static void failure_reaches_who_copies_the_result_once(struct conform *c)
{
    struct held h = hold(c);
    float *out = world_alloc(WORLD_ELEMENTS * sizeof *out);

    OK(c, ReleaseEvent, h.gate);
    REFUSED(c, NXS_ExecStatusErrorForEventsInWaitList, CopyBuffer, h.w.sum, out,
            NXS_BufferDeviceToHost);
    OK(c, CopyBuffer, h.w.sum, out, NXS_BufferDeviceToHost);
}

static void upload_makes_up_for_a_failed_run(struct conform *c)
{
    struct held h = hold(c);
    float *data = world_alloc(WORLD_ELEMENTS * sizeof *data);

    OK(c, ReleaseEvent, h.gate);
    OK(c, CopyBuffer, h.w.sum, data, NXS_BufferHostToDevice);
    OK(c, CopyBuffer, h.w.sum, data, NXS_BufferDeviceToHost);
}

static const struct conform_check checks[] = {
    CHECK(copy_waits_for_the_run_that_writes, NEEDS_KERNEL, "the result"),
    CHECK(copies_alternate_with_runs, NEEDS_KERNEL, "10 results"),
    CHECK(upload_waits_for_the_run_that_reads, NEEDS_KERNEL,
          "the result of the old contents"),
    CHECK(run_keeps_the_arguments_of_its_submission, NEEDS_KERNEL,
          "a run uses the arguments at the time of the call"),
    CHECK(buffers_of_a_run_live_until_its_end, NEEDS_KERNEL,
          "released ones, too"),
    CHECK(everything_of_a_run_can_be_released, NEEDS_KERNEL,
          "it goes on, and ends well"),
    CHECK(runs_of_two_streams_use_one_schedule, NEEDS_KERNEL, "two results"),
    CHECK(chain_of_runs_keeps_its_order, NEEDS_KERNEL,
          "21 runs that build on each other"),
    CHECK(failure_reaches_who_copies_the_result_once, NEEDS_KERNEL,
          "the status of the failed run, then success"),
    CHECK(upload_makes_up_for_a_failed_run, NEEDS_KERNEL,
          "data copied to the whole buffer ends its failure"),
};

AREA(flight);
