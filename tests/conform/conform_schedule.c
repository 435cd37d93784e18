/* SPDX-License-Identifier: MIT */
/* Schedules that run kernels, one run at a time. */
#include "tests/conform/conform.h"
#include "tests/conform/world.h"

static void schedule_runs_again_and_again(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    float zero = 0;

    for (int i = 0; i < 5; i++) {
        conform_detail(c, "run %d", i + 1);
        OK(c, FillBuffer, w.sum, &zero, sizeof zero);
        world_run(c, w.schedule);
        world_expect_sum(c, w.sum, 2, 3);
    }
}

static void run_uses_the_contents_of_its_time(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    float value[WORLD_ELEMENTS] = {0};

    world_run(c, w.schedule);
    OK(c, CopyBuffer, w.a, value, NXS_BufferHostToDevice);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 1, 2);
}

static void changed_arguments_need_no_new_schedule(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int other = world_vector(c, 0, 10), result = world_vector(c, 0, 0);

    world_run(c, w.schedule);
    OK(c, SetCommandArgument, w.command, 1, other, "", 0);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 11);
    OK(c, SetCommandArgument, w.command, 2, result, "", 0);
    OK(c, SetCommandArgument, w.command, 0, w.b, "", 0);
    world_run(c, w.schedule);
    world_expect_sum(c, result, 2, 12);
    world_expect_sum(c, w.sum, 2, 11);
}

static void command_can_be_finalized_again(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    for (int i = 0; i < 3; i++) {
        world_finalize(c, w.command);
        world_run(c, w.schedule);
    }
    world_expect_sum(c, w.sum, 2, 3);
}

static void commands_run_in_their_order(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int next = world_command(c, w.schedule, w.kernel), last;
    nxs_int twice = world_vector(c, 0, 0), result = world_vector(c, 0, 0);

    world_set_buffers(c, next, w.sum, w.b, twice);
    world_finalize(c, next);
    last = world_command(c, w.schedule, w.kernel);
    world_set_buffers(c, last, twice, w.sum, result);
    world_finalize(c, last);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
    world_expect_sum(c, twice, 3, 5);
    world_expect_sum(c, result, 5, 8);
}

static void later_command_overwrites_an_earlier_result(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int next = world_command(c, w.schedule, w.kernel);

    world_set_buffers(c, next, w.sum, w.sum, w.sum);
    world_finalize(c, next);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 4, 6);
}

static void many_commands_share_a_schedule(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int sums[20];

    for (int i = 0; i < 20; i++) {
        nxs_int command = world_command(c, w.schedule, w.kernel);

        sums[i] = world_vector(c, 0, 0);
        world_set_buffers(c, command, w.a, w.b, sums[i]);
        world_finalize(c, command);
    }
    world_run(c, w.schedule);
    for (int i = 0; i < 20; i++)
        world_expect_sum(c, sums[i], 2, 3);
}

static void kernels_and_signals_keep_their_order(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int e = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);

    OK(c, CreateSignalCommand, w.schedule, e, 1, 0);
    OK(c, RunSchedule, w.schedule, OK(c, CreateStream, 0, 0),
       NXS_ExecutionSettings_NonBlocking);
    OK(c, WaitEvent, e, 1);
    world_expect_sum(c, w.sum, 2, 3);
}

static void command_that_is_not_finalized_does_not_run(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    world_command(c, w.schedule, w.kernel);
    REFUSED(c, NXS_InvalidCommand, RunSchedule, w.schedule,
            WORLD_DEFAULT_STREAM, 0);
}

static void released_buffer_is_no_argument_any_more(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    OK(c, ReleaseBuffer, w.a);
    REFUSED(c, NXS_InvalidKernelArgs, RunSchedule, w.schedule,
            WORLD_DEFAULT_STREAM, 0);
    OK(c, SetCommandArgument, w.command, 0, w.b, "", 0);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 4);
}

static void schedules_do_not_disturb_each_other(struct conform *c)
{
    struct world_adder a = world_adder(c, 0), b = world_adder(c, 0);

    OK(c, SetCommandArgument, b.command, 0, b.b, "", 0);
    world_run(c, a.schedule);
    world_run(c, b.schedule);
    world_expect_sum(c, a.sum, 2, 3);
    world_expect_sum(c, b.sum, 2, 4);
    OK(c, ReleaseSchedule, a.schedule);
    world_run(c, b.schedule);
    world_expect_sum(c, b.sum, 2, 4);
}

static void time_is_there_after_a_run(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    double ms = -1, start, wall;
    size_t size = sizeof ms;
    int status = (int)NXS(c, GetScheduleProperty)(w.schedule, NP_ElapsedTime,
                                                  &ms, &size);

    if (status == NXS_InvalidProperty)
        conform_skip(c, "schedules have no NP_ElapsedTime");
    conform_expect_status(c, NXS_ProfilingInfoNotAvailable, status,
                          "nxsGetScheduleProperty(NP_ElapsedTime)");
    start = world_now();
    OK(c, RunSchedule, w.schedule, WORLD_DEFAULT_STREAM,
       NXS_ExecutionSettings_Timing);
    wall = (world_now() - start) * 1e3;
    OK(c, GetScheduleProperty, w.schedule, NP_ElapsedTime, &ms, &size);
    TRUE(c, ms > 0 && ms <= wall,
         "milliseconds, more than none, less than the call took");
}

static const struct conform_check checks[] = {
    CHECK(schedule_runs_again_and_again, NEEDS_KERNEL, "the same result"),
    CHECK(run_uses_the_contents_of_its_time, NEEDS_KERNEL,
          "contents may change between runs"),
    CHECK(changed_arguments_need_no_new_schedule, NEEDS_KERNEL,
          "a run uses the arguments at the time of the call"),
    CHECK(command_can_be_finalized_again, NEEDS_KERNEL, "the same result"),
    CHECK(commands_run_in_their_order, NEEDS_KERNEL,
          "as if one after the other"),
    CHECK(later_command_overwrites_an_earlier_result, NEEDS_KERNEL,
          "as if one after the other"),
    CHECK(many_commands_share_a_schedule, NEEDS_KERNEL, "21 results"),
    CHECK(kernels_and_signals_keep_their_order, NEEDS_KERNEL,
          "a signal comes after the commands before it"),
    CHECK(command_that_is_not_finalized_does_not_run, NEEDS_KERNEL,
          "NXS_InvalidCommand"),
    CHECK(released_buffer_is_no_argument_any_more, NEEDS_KERNEL,
          "NXS_InvalidKernelArgs, until it is replaced"),
    CHECK(schedules_do_not_disturb_each_other, NEEDS_KERNEL, "own results"),
    CHECK(time_is_there_after_a_run, NEEDS_KERNEL,
          "NXS_ProfilingInfoNotAvailable before, a plausible time after"),
};

AREA(schedule);
