/* SPDX-License-Identifier: MIT */
/* Events alone, and the commands that signal and wait. */
#include <pthread.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define NOT_REACHED NXS_ExecStatusErrorForEventsInWaitList

static nxs_int make(struct conform *c, nxs_event_type type)
{
    int id = (int)NXS(c, CreateEvent)(0, type, 0);

    if (id == NXS_InvalidValue && type != NXS_EventType_Shared)
        conform_skip(c, "the plugin has no events of type %d", (int)type);
    return conform_expect_success(c, id, "nxsCreateEvent");
}

static void shared_event_begins_at_zero(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);

    OK(c, WaitEvent, e, 0);
    OK(c, WaitEvent, e, -1);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 1);
}

static void shared_event_passes_at_or_above_the_value(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);

    OK(c, SignalEvent, e, 5);
    OK(c, WaitEvent, e, 4);
    OK(c, WaitEvent, e, 5);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 6);
    OK(c, SignalEvent, e, INT32_MAX);
    OK(c, WaitEvent, e, INT32_MAX);
}

static void value_of_an_event_may_go_down(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);

    OK(c, SignalEvent, e, 5);
    OK(c, SignalEvent, e, -3);
    OK(c, WaitEvent, e, -3);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 0);
}

static void signal_event_passes_once_signaled(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Signal);

    REFUSED(c, NOT_REACHED, WaitEvent, e, 0);
    OK(c, SignalEvent, e, 1);
    OK(c, WaitEvent, e, 1);
    OK(c, WaitEvent, e, 100);
}

static void fence_passes_when_nothing_runs(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Fence);

    OK(c, WaitEvent, e, 1);
    OK(c, WaitEvent, e, 1);
}

static void other_types_are_refused(struct conform *c)
{
    REFUSED(c, NXS_InvalidValue, CreateEvent, 0, (nxs_event_type)3, 0);
    REFUSED(c, NXS_InvalidValue, CreateEvent, 0, (nxs_event_type)0x7FFFFFFF, 0);
}

static void vain_wait_ends_by_itself(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    double start = world_now(), took;

    REFUSED(c, NOT_REACHED, WaitEvent, e, 1);
    took = world_now() - start;
    TRUE(c, took > 0.5 && took < 10,
         "about a second, in which another thread could have signaled");
}

static void value_is_the_last_one_signaled(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);

    EQUAL(c, 0, world_number(c, NXS(c, GetEventProperty), e, NP_Value));
    OK(c, SignalEvent, e, 7);
    OK(c, SignalEvent, e, -2);
    EQUAL(c, -2, world_number(c, NXS(c, GetEventProperty), e, NP_Value));
}

struct helper {
    struct conform *c;
    nxs_int event;
    bool release;
    double helped; /* world_now() just before it did */
};

static void *help_soon(void *arg)
{
    struct helper *h = arg;

    world_sleep(0.2);
    h->helped = world_now();
    if (h->release)
        NXS(h->c, ReleaseEvent)(h->event);
    else
        NXS(h->c, SignalEvent)(h->event, 3);
    return NULL;
}

static void waiting_thread_is_woken_by_a_signal(struct conform *c)
{
    struct helper h = {c, make(c, NXS_EventType_Shared), false, 0};
    pthread_t thread;
    double woken;

    pthread_create(&thread, NULL, help_soon, &h);
    OK(c, WaitEvent, h.event, 3);
    woken = world_now();
    pthread_join(thread, NULL);
    TRUE(c, woken - h.helped < 0.6, "the wait ends with the signal");
}

static void waiting_thread_is_woken_by_the_release(struct conform *c)
{
    struct helper h = {c, make(c, NXS_EventType_Shared), true, 0};
    pthread_t thread;
    double woken;
    int status;

    pthread_create(&thread, NULL, help_soon, &h);
    status = (int)NXS(c, WaitEvent)(h.event, 3);
    woken = world_now();
    pthread_join(thread, NULL);
    conform_expect_status(c, NOT_REACHED, status, "nxsWaitEvent");
    TRUE(c, woken - h.helped < 0.6, "the wait ends with the event");
}

/* ---- commands ---- */

static void schedule_signals_in_order(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, s, e, 1, 0);
    OK(c, CreateWaitCommand, s, e, 1, 0);
    OK(c, CreateSignalCommand, s, e, 2, 0);
    world_run(c, s);
    OK(c, WaitEvent, e, 2);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 3);
}

static void last_signal_of_a_schedule_counts(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, s, e, 9, 0);
    OK(c, CreateSignalCommand, s, e, 4, 0);
    world_run(c, s);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 5);
    OK(c, WaitEvent, e, 4);
}

static void signal_happens_at_each_run(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, s, e, 1, 0);
    REFUSED(c, NOT_REACHED, WaitEvent, e, 1);
    world_run(c, s);
    OK(c, SignalEvent, e, 0);
    world_run(c, s);
    OK(c, WaitEvent, e, 1);
}

static void run_does_not_wait_for_its_own_later_signal(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);
    double start = world_now();

    OK(c, CreateWaitCommand, s, e, 1, 0);
    OK(c, CreateSignalCommand, s, e, 1, 0);
    REFUSED(c, NOT_REACHED, RunSchedule, s, WORLD_DEFAULT_STREAM, 0);
    TRUE(c, world_now() - start < 20, "an end");
}

static void commands_after_a_failed_wait_do_not_run(struct conform *c)
{
    nxs_int never = make(c, NXS_EventType_Shared);
    nxs_int before = make(c, NXS_EventType_Shared);
    nxs_int after = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, s, before, 1, 0);
    OK(c, CreateWaitCommand, s, never, 1, 0);
    OK(c, CreateSignalCommand, s, after, 1, 0);
    REFUSED(c, NOT_REACHED, RunSchedule, s, WORLD_DEFAULT_STREAM, 0);
    OK(c, WaitEvent, before, 1);
    REFUSED(c, NOT_REACHED, WaitEvent, after, 1);
}

static void waiting_run_is_woken_by_the_host(struct conform *c)
{
    struct helper h = {c, make(c, NXS_EventType_Shared), false, 0};
    nxs_int s = OK(c, CreateSchedule, 0, 0);
    pthread_t thread;

    OK(c, CreateWaitCommand, s, h.event, 3, 0);
    pthread_create(&thread, NULL, help_soon, &h);
    world_run(c, s);
    pthread_join(thread, NULL);
}

static void signals_take_no_arguments_and_no_geometry(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);
    nxs_int commands[2] = {OK(c, CreateSignalCommand, s, e, 1, 0),
                           OK(c, CreateWaitCommand, s, e, 1, 0)};
    nxs_int buffer = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);
    int value = 1;

    for (int i = 0; i < 2; i++) {
        conform_detail(c, i ? "a wait" : "a signal");
        REFUSED(c, NXS_InvalidOperation, SetCommandArgument, commands[i], 0,
                buffer, "", 0);
        REFUSED(c, NXS_InvalidOperation, FinalizeCommand, commands[i],
                world_one, world_one, 0);
        REFUSED(c, NXS_InvalidOperation, SetCommandScalar, commands[i], 0,
                &value, "", 0);
    }
}

static void commands_keep_a_released_event(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, s, e, 1, 0);
    OK(c, CreateWaitCommand, s, e, 1, 0);
    OK(c, ReleaseEvent, e);
    world_run(c, s);
    world_run(c, s);
}

static void event_of_another_device_can_be_signaled(struct conform *c)
{
    nxs_int e = make(c, NXS_EventType_Shared);
    nxs_int s = OK(c, CreateSchedule, 1, 0);

    OK(c, CreateSignalCommand, s, e, 1, 0);
    world_run(c, s);
    OK(c, WaitEvent, e, 1);
}

static const struct conform_check checks[] = {
    CHECK(shared_event_begins_at_zero, 0, "waits for 0 pass, for 1 do not"),
    CHECK(shared_event_passes_at_or_above_the_value, 0,
          "a wait passes if the value is >= the one it waits for"),
    CHECK(value_of_an_event_may_go_down, 0, "the last signal counts"),
    CHECK(signal_event_passes_once_signaled, 0, "whatever the values"),
    CHECK(fence_passes_when_nothing_runs, 0, "a wait passes at once"),
    CHECK(other_types_are_refused, 0, "NXS_InvalidValue"),
    CHECK(vain_wait_ends_by_itself, 0,
          "NXS_ExecStatusErrorForEventsInWaitList after a second"),
    CHECK(value_is_the_last_one_signaled, 0, "NP_Value"),
    CHECK(waiting_thread_is_woken_by_a_signal, 0, "success"),
    CHECK(waiting_thread_is_woken_by_the_release, 0,
          "NXS_ExecStatusErrorForEventsInWaitList at once"),
    CHECK(schedule_signals_in_order, 0, "signal 1, wait 1, signal 2"),
    CHECK(last_signal_of_a_schedule_counts, 0, "signal 9, signal 4: it is 4"),
    CHECK(signal_happens_at_each_run, 0, "at each, and not before"),
    CHECK(run_does_not_wait_for_its_own_later_signal, 0,
          "NXS_ExecStatusErrorForEventsInWaitList"),
    CHECK(commands_after_a_failed_wait_do_not_run, 0,
          "those before it have run"),
    CHECK(waiting_run_is_woken_by_the_host, 0, "success"),
    CHECK(signals_take_no_arguments_and_no_geometry, 0, "NXS_InvalidOperation"),
    CHECK(commands_keep_a_released_event, 0, "they go on working"),
    CHECK(event_of_another_device_can_be_signaled, NEEDS_TWO_DEVICES,
          "events order devices"),
};

AREA(event);
