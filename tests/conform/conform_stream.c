/* SPDX-License-Identifier: MIT */
/* Streams, and what of them shows without a kernel: runs of empty schedules,
 * signals and waits. */
#include <pthread.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define NON_BLOCKING NXS_ExecutionSettings_NonBlocking
#define NOT_REACHED  NXS_ExecStatusErrorForEventsInWaitList

static nxs_int make_event(struct conform *c)
{
    return OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
}

/* A schedule that waits for one event and then signals another; -1: none. */
static nxs_int make_gate(struct conform *c, nxs_int wait, nxs_int signal)
{
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    if (wait >= 0)
        OK(c, CreateWaitCommand, s, wait, 1, 0);
    if (signal >= 0)
        OK(c, CreateSignalCommand, s, signal, 1, 0);
    return s;
}

static void empty_schedule_runs_in_a_stream(struct conform *c)
{
    nxs_int stream = OK(c, CreateStream, 0, 0);
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    for (int i = 0; i < 10; i++)
        OK(c, RunSchedule, s, stream, 0);
    OK(c, RunSchedule, s, stream, NON_BLOCKING);
    OK(c, RunSchedule, s, stream, 0);
    OK(c, ReleaseStream, stream);
}

static void negative_streams_are_the_default_stream(struct conform *c)
{
    nxs_int s = OK(c, CreateSchedule, 0, 0);

    OK(c, RunSchedule, s, -80, 0);
    OK(c, RunSchedule, s, -1, 0);
    OK(c, RunSchedule, s, INT32_MIN, 0);
}

static void settings_of_streams_are_kept(struct conform *c)
{
    for (nxs_uint settings = 0; settings < 4; settings++) {
        nxs_int stream = OK(c, CreateStream, 0, settings);
        nxs_int s = OK(c, CreateSchedule, 0, 0);

        conform_detail(c, "settings %u", settings);
        OK(c, RunSchedule, s, stream, 0);
        EQUAL(c, settings,
              world_number(c, NXS(c, GetStreamProperty), stream, NP_Value));
    }
}

static void settings_of_runs_are_accepted(struct conform *c)
{
    nxs_int s = OK(c, CreateSchedule, 0, 0);
    nxs_int stream = OK(c, CreateStream, 0, 0);

    for (nxs_uint settings = 0; settings < 16; settings++) {
        if (settings & NXS_ExecutionSettings_Capture)
            continue;
        conform_detail(c, "settings %u", settings);
        OK(c, RunSchedule, s, stream, settings);
    }
    OK(c, RunSchedule, s, stream, 0);
}

static void streams_are_many(struct conform *c)
{
    nxs_int s = OK(c, CreateSchedule, 0, 0), streams[32];

    for (int i = 0; i < 32; i++)
        streams[i] = OK(c, CreateStream, 0, 0);
    for (int i = 0; i < 32; i++)
        OK(c, RunSchedule, s, streams[i], 0);
    for (int i = 0; i < 32; i++)
        OK(c, ReleaseStream, streams[i]);
}

static void non_blocking_run_returns_before_its_end(struct conform *c)
{
    nxs_int gate = make_event(c), done = make_event(c);
    nxs_int s = make_gate(c, gate, done), stream = OK(c, CreateStream, 0, 0);

    OK(c, RunSchedule, s, stream, NON_BLOCKING);
    OK(c, SignalEvent, gate, 1);
    OK(c, WaitEvent, done, 1);
}

static void event_waits_for_the_run_that_will_signal_it(struct conform *c)
{
    nxs_int gate = make_event(c), done = make_event(c);
    nxs_int s = make_gate(c, gate, done), stream = OK(c, CreateStream, 0, 0);

    OK(c, RunSchedule, s, stream, NON_BLOCKING);
    OK(c, RunSchedule, make_gate(c, -1, gate), OK(c, CreateStream, 0, 0),
       NON_BLOCKING);
    OK(c, WaitEvent, done, 1);
}

static void runs_of_a_stream_follow_each_other(struct conform *c)
{
    nxs_int gate = make_event(c), value = make_event(c);
    nxs_int stream = OK(c, CreateStream, 0, 0);
    nxs_int last = OK(c, CreateSchedule, 0, 0);

    OK(c, CreateSignalCommand, last, value, 7, 0);
    OK(c, RunSchedule, make_gate(c, gate, value), stream, NON_BLOCKING);
    OK(c, RunSchedule, last, stream, NON_BLOCKING);
    world_sleep(0.1);
    if (conform_has(c, ENTRY_GetEventProperty))
        EQUAL(c, 0, world_number(c, NXS(c, GetEventProperty), value, NP_Value));
    OK(c, SignalEvent, gate, 1);
    OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), stream, 0);
    OK(c, WaitEvent, value, 7);
}

static void blocking_run_waits_for_those_before_it(struct conform *c)
{
    nxs_int gate = make_event(c), done = make_event(c);
    nxs_int stream = OK(c, CreateStream, 0, 0);
    pthread_t opener;

    OK(c, RunSchedule, make_gate(c, gate, done), stream, NON_BLOCKING);
    opener = world_signal_soon(c, gate);
    OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), stream, 0);
    EQUAL(c, 1, world_number(c, NXS(c, GetEventProperty), done, NP_Value));
    pthread_join(opener, NULL);
}

static void streams_do_not_hold_each_other_up(struct conform *c)
{
    nxs_int gate = make_event(c), stream = OK(c, CreateStream, 0, 0);
    double start = world_now();

    OK(c, RunSchedule, make_gate(c, gate, -1), stream, NON_BLOCKING);
    OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), OK(c, CreateStream, 0, 0),
       0);
    world_run(c, OK(c, CreateSchedule, 0, 0));
    TRUE(c, world_now() - start < 5, "another stream does not wait");
    OK(c, SignalEvent, gate, 1);
    OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), stream, 0);
}

static void streams_meet_through_events(struct conform *c)
{
    nxs_int e[2] = {make_event(c), make_event(c)};
    nxs_int s[2] = {OK(c, CreateSchedule, 0, 0), OK(c, CreateSchedule, 0, 0)};
    nxs_int stream[2] = {OK(c, CreateStream, 0, 0), OK(c, CreateStream, 0, 0)};

    for (int i = 0; i < 2; i++) {
        OK(c, CreateSignalCommand, s[i], e[i], 1, 0);
        OK(c, CreateWaitCommand, s[i], e[1 - i], 1, 0);
        OK(c, CreateSignalCommand, s[i], e[i], 2, 0);
    }
    for (int i = 0; i < 2; i++)
        OK(c, RunSchedule, s[i], stream[i], NON_BLOCKING);
    for (int i = 0; i < 2; i++) {
        OK(c, RunSchedule, OK(c, CreateSchedule, 0, 0), stream[i], 0);
        OK(c, WaitEvent, e[i], 2);
    }
}

static void runs_that_wait_for_each_other_end(struct conform *c)
{
    nxs_int e[2] = {make_event(c), make_event(c)};
    nxs_int stream[2] = {OK(c, CreateStream, 0, 0), OK(c, CreateStream, 0, 0)};
    nxs_int empty = OK(c, CreateSchedule, 0, 0);

    for (int i = 0; i < 2; i++)
        OK(c, RunSchedule, make_gate(c, e[i], e[1 - i]), stream[i],
           NON_BLOCKING);
    for (int i = 0; i < 2; i++)
        REFUSED(c, NOT_REACHED, RunSchedule, empty, stream[i], 0);
}

static void fence_waits_for_what_was_submitted(struct conform *c)
{
    int fence = (int)NXS(c, CreateEvent)(0, NXS_EventType_Fence, 0);
    nxs_int gate = make_event(c), done = make_event(c);
    pthread_t opener;

    if (fence == NXS_InvalidValue)
        conform_skip(c, "the plugin has no fences");
    OK(c, RunSchedule, make_gate(c, gate, done), OK(c, CreateStream, 0, 0),
       NON_BLOCKING);
    opener = world_signal_soon(c, gate);
    OK(c, WaitEvent, fence, 1);
    EQUAL(c, 1, world_number(c, NXS(c, GetEventProperty), done, NP_Value));
    pthread_join(opener, NULL);
}

static void released_stream_waits_for_its_runs(struct conform *c)
{
    nxs_int gate = make_event(c), done = make_event(c);
    nxs_int stream = OK(c, CreateStream, 0, 0);
    pthread_t opener;

    OK(c, RunSchedule, make_gate(c, gate, done), stream, NON_BLOCKING);
    opener = world_signal_soon(c, gate);
    OK(c, ReleaseStream, stream);
    EQUAL(c, 1, world_number(c, NXS(c, GetEventProperty), done, NP_Value));
    pthread_join(opener, NULL);
}

static void run_outlives_its_schedule(struct conform *c)
{
    nxs_int gate = make_event(c), done = make_event(c);
    nxs_int stream = OK(c, CreateStream, 0, 0), s = make_gate(c, gate, done);

    OK(c, RunSchedule, s, stream, NON_BLOCKING);
    OK(c, ReleaseSchedule, s);
    OK(c, SignalEvent, gate, 1);
    OK(c, WaitEvent, done, 1);
}

/* ---- failures that nobody waited for ---- */

/* A run in @stream that was to signal @after. It fails when its gate, which is
 * returned, is released: nobody can signal that any more. */
static nxs_int run_in_vain(struct conform *c, nxs_int stream, nxs_int after)
{
    nxs_int gate = make_event(c);

    OK(c, RunSchedule, make_gate(c, gate, after), stream, NON_BLOCKING);
    return gate;
}

static void failure_reaches_the_next_blocking_run_once(struct conform *c)
{
    nxs_int stream = OK(c, CreateStream, 0, 0);
    nxs_int empty = OK(c, CreateSchedule, 0, 0);

    OK(c, ReleaseEvent, run_in_vain(c, stream, -1));
    REFUSED(c, NOT_REACHED, RunSchedule, empty, stream, 0);
    OK(c, RunSchedule, empty, stream, 0);
}

static void failure_leaves_other_streams_alone(struct conform *c)
{
    nxs_int stream = OK(c, CreateStream, 0, 0);
    nxs_int empty = OK(c, CreateSchedule, 0, 0);

    OK(c, ReleaseEvent, run_in_vain(c, stream, -1));
    OK(c, RunSchedule, empty, OK(c, CreateStream, 0, 0), 0);
    world_run(c, empty);
    REFUSED(c, NOT_REACHED, RunSchedule, empty, stream, 0);
    world_run(c, empty);
}

static void failure_reaches_who_waits_for_its_event(struct conform *c)
{
    nxs_int after = make_event(c);
    double start = world_now();

    OK(c, ReleaseEvent, run_in_vain(c, OK(c, CreateStream, 0, 0), after));
    REFUSED(c, NOT_REACHED, WaitEvent, after, 1);
    TRUE(c, world_now() - start < 0.8, "the wait ends with the run");
}

static void runs_behind_a_failed_one_are_dropped(struct conform *c)
{
    nxs_int stream = OK(c, CreateStream, 0, 0), dropped = make_event(c);
    nxs_int empty = OK(c, CreateSchedule, 0, 0);
    nxs_int gate = run_in_vain(c, stream, -1);

    OK(c, RunSchedule, make_gate(c, -1, dropped), stream, NON_BLOCKING);
    OK(c, ReleaseEvent, gate);
    REFUSED(c, NOT_REACHED, RunSchedule, empty, stream, 0);
    if (conform_has(c, ENTRY_GetEventProperty))
        EQUAL(c, 0,
              world_number(c, NXS(c, GetEventProperty), dropped, NP_Value));
    REFUSED(c, NOT_REACHED, WaitEvent, dropped, 1);
}

static const struct conform_check checks[] = {
    CHECK(empty_schedule_runs_in_a_stream, 0, "success"),
    CHECK(negative_streams_are_the_default_stream, 0, "success"),
    CHECK(settings_of_streams_are_kept, 0, "NP_Value"),
    CHECK(settings_of_runs_are_accepted, 0, "success"),
    CHECK(streams_are_many, 0, "32 at the same time"),
    CHECK(non_blocking_run_returns_before_its_end, 0,
          "what it waits for can be signaled afterwards"),
    CHECK(event_waits_for_the_run_that_will_signal_it, 0, "success"),
    CHECK(runs_of_a_stream_follow_each_other, 0, "in the order of submission"),
    CHECK(blocking_run_waits_for_those_before_it, 0, "in its stream"),
    CHECK(streams_do_not_hold_each_other_up, 0, "side by side"),
    CHECK(streams_meet_through_events, 0, "in the middle of runs"),
    CHECK(runs_that_wait_for_each_other_end, 0,
          "NXS_ExecStatusErrorForEventsInWaitList"),
    CHECK(fence_waits_for_what_was_submitted, 0, "in all streams"),
    CHECK(released_stream_waits_for_its_runs, 0,
          "nxsReleaseStream() blocks until they are over"),
    CHECK(run_outlives_its_schedule, 0, "what a run uses lives until its end"),
    CHECK(failure_reaches_the_next_blocking_run_once, 0,
          "the status of the failed run, then success"),
    CHECK(failure_leaves_other_streams_alone, 0, "success there"),
    CHECK(failure_reaches_who_waits_for_its_event, 0,
          "NXS_ExecStatusErrorForEventsInWaitList at once"),
    CHECK(runs_behind_a_failed_one_are_dropped, 0,
          "they do not run, and what they would signal fails"),
};

AREA(stream);
