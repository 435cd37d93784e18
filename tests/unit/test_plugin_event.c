/* SPDX-License-Identifier: MIT */
/* Events, signal and wait commands, streams: alone and between threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nexus-api.h"

#define NOT_REACHED NXS_ExecStatusErrorForEventsInWaitList

static int64_t value_of(nxs_int event)
{
    int64_t value = -1;
    size_t size = sizeof value;

    assert_int_equal(nxsGetEventProperty(event, NP_Value, &value, &size), 0);
    return value;
}

static void shared_event_passes_at_or_above_the_value(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Shared, 0);

    (void)state;
    assert_int_equal(nxsWaitEvent(e, 0), NXS_Success);
    assert_int_equal(nxsSignalEvent(e, 5), NXS_Success);
    assert_int_equal(value_of(e), 5);
    assert_int_equal(nxsWaitEvent(e, 4), NXS_Success);
    assert_int_equal(nxsWaitEvent(e, 5), NXS_Success);
    assert_int_equal(nxsWaitEvent(e, 6), NOT_REACHED);
    nxsReleaseEvent(e);
}

static void signal_event_passes_once_signaled(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Signal, 0);

    (void)state;
    assert_int_equal(nxsWaitEvent(e, 0), NOT_REACHED);
    assert_int_equal(nxsSignalEvent(e, 1), NXS_Success);
    assert_int_equal(nxsWaitEvent(e, 100), NXS_Success);
    nxsReleaseEvent(e);
}

static void fence_passes_when_nothing_runs(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Fence, 0);

    (void)state;
    assert_int_equal(nxsWaitEvent(e, 1), NXS_Success);
    nxsReleaseEvent(e);
}

static void unknown_event_type_is_refused(void **state)
{
    (void)state;
    assert_int_equal(nxsCreateEvent(0, (nxs_event_type)3, 0), NXS_InvalidValue);
}

static void *signal_soon(void *arg)
{
    usleep(50000);
    nxsSignalEvent(*(nxs_int *)arg, 3);
    return NULL;
}

static void waiting_thread_is_woken_by_another(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    pthread_t thread;

    (void)state;
    pthread_create(&thread, NULL, signal_soon, &e);
    assert_int_equal(nxsWaitEvent(e, 3), NXS_Success);
    pthread_join(thread, NULL);
    nxsReleaseEvent(e);
}

static void schedule_signals_and_waits_in_order(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int s = nxsCreateSchedule(0, 0);

    (void)state;
    nxsCreateSignalCommand(s, e, 1, 0);
    nxsCreateWaitCommand(s, e, 1, 0);
    nxsCreateSignalCommand(s, e, 2, 0);
    assert_int_equal(nxsRunSchedule(s, -80, 0), NXS_Success);
    assert_int_equal(value_of(e), 2);
    nxsReleaseEvent(e);
    assert_int_equal(nxsRunSchedule(s, -80, 0), NXS_Success);
    nxsReleaseSchedule(s);
}

static void run_does_not_wait_for_its_own_later_signal(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int s = nxsCreateSchedule(0, 0);
    time_t start = time(NULL);

    (void)state;
    nxsCreateWaitCommand(s, e, 1, 0);
    nxsCreateSignalCommand(s, e, 1, 0);
    assert_int_equal(nxsRunSchedule(s, -80, 0), NOT_REACHED);
    assert_in_range(time(NULL) - start, 0, 20); /* not TT_TIMEOUT_MS */
    assert_int_equal(value_of(e), 0);
    nxsReleaseSchedule(s);
    nxsReleaseEvent(e);
}

static void *run_schedule(void *arg)
{
    nxs_int *args = arg;

    args[2] =
        nxsRunSchedule(args[0], args[1], NXS_ExecutionSettings_NonBlocking);
    return NULL;
}

static void schedules_on_two_streams_meet_through_events(void **state)
{
    nxs_int e0 = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int e1 = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int a[3] = {nxsCreateSchedule(0, 0), nxsCreateStream(0, 0), -1};
    nxs_int b[3] = {nxsCreateSchedule(0, 0), nxsCreateStream(0, 0), -1};
    pthread_t threads[2];

    (void)state;
    nxsCreateSignalCommand(a[0], e0, 1, 0);
    nxsCreateWaitCommand(a[0], e1, 1, 0);
    nxsCreateWaitCommand(b[0], e0, 1, 0);
    nxsCreateSignalCommand(b[0], e1, 1, 0);
    pthread_create(&threads[0], NULL, run_schedule, b);
    pthread_create(&threads[1], NULL, run_schedule, a);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert_int_equal(a[2], NXS_Success);
    assert_int_equal(b[2], NXS_Success);
    nxsReleaseSchedule(a[0]);
    nxsReleaseSchedule(b[0]);
    nxsReleaseStream(a[1]);
    nxsReleaseStream(b[1]);
    nxsReleaseEvent(e0);
    nxsReleaseEvent(e1);
}

static void negative_streams_are_the_default_stream(void **state)
{
    nxs_int s = nxsCreateSchedule(0, 0);

    (void)state;
    assert_int_equal(nxsRunSchedule(s, -80, 0), NXS_Success);
    assert_int_equal(nxsRunSchedule(s, -1, 0), NXS_Success);
    assert_int_equal(nxsRunSchedule(s, 0, 0), NXS_InvalidStream);
    nxsReleaseSchedule(s);
}

static void stream_counts_its_runs(void **state)
{
    nxs_int s = nxsCreateSchedule(0, 0), stream = nxsCreateStream(0, 0);
    int64_t count = -1;
    size_t size = sizeof count;

    (void)state;
    nxsRunSchedule(s, stream, 0);
    nxsRunSchedule(s, stream, 0);
    assert_int_equal(nxsGetStreamProperty(stream, NP_Count, &count, &size), 0);
    assert_int_equal(count, 2);
    nxsReleaseStream(stream);
    assert_int_equal(nxsRunSchedule(s, stream, 0), NXS_InvalidStream);
    nxsReleaseSchedule(s);
}

static void elapsed_time_is_there_after_a_run(void **state)
{
    nxs_int s = nxsCreateSchedule(0, 0);
    double ms = -1;
    size_t size = sizeof ms;

    (void)state;
    assert_int_equal(nxsGetScheduleProperty(s, NP_ElapsedTime, &ms, &size),
                     NXS_ProfilingInfoNotAvailable);
    nxsRunSchedule(s, -80, NXS_ExecutionSettings_Timing);
    assert_int_equal(nxsGetScheduleProperty(s, NP_ElapsedTime, &ms, &size), 0);
    assert_true(ms == 0);
    nxsReleaseSchedule(s);
}

static void signal_commands_take_no_arguments(void **state)
{
    nxs_int e = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    nxs_int s = nxsCreateSchedule(0, 0);
    nxs_int c = nxsCreateSignalCommand(s, e, 1, 0);
    nxs_dim3 one = {1, 1, 1};
    char type[256];
    size_t size = sizeof type;
    int value = 1;

    (void)state;
    assert_int_equal(nxsSetCommandScalar(c, 0, &value, "", 0),
                     NXS_InvalidOperation);
    assert_int_equal(nxsSetCommandArgument(c, 0, 0, "", 0),
                     NXS_InvalidOperation);
    assert_int_equal(nxsFinalizeCommand(c, one, one, 0), NXS_InvalidOperation);
    assert_int_equal(nxsGetCommandProperty(c, NP_Type, type, &size), 0);
    assert_string_equal(type, "signal");
    nxsReleaseSchedule(s);
    nxsReleaseEvent(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_event_passes_at_or_above_the_value),
        cmocka_unit_test(signal_event_passes_once_signaled),
        cmocka_unit_test(fence_passes_when_nothing_runs),
        cmocka_unit_test(unknown_event_type_is_refused),
        cmocka_unit_test(waiting_thread_is_woken_by_another),
        cmocka_unit_test(schedule_signals_and_waits_in_order),
        cmocka_unit_test(run_does_not_wait_for_its_own_later_signal),
        cmocka_unit_test(schedules_on_two_streams_meet_through_events),
        cmocka_unit_test(negative_streams_are_the_default_stream),
        cmocka_unit_test(stream_counts_its_runs),
        cmocka_unit_test(elapsed_time_is_there_after_a_run),
        cmocka_unit_test(signal_commands_take_no_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
