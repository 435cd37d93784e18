/* SPDX-License-Identifier: MIT */
/* Events: values that threads and schedules signal and wait for. */
#ifndef TT_EVENT_H
#define TT_EVENT_H

#include "plugin/failure.h"
#include "plugin/runtime.h"

/** TT_EVENT_GRACE_MS - how long a blocking wait goes on when no run in flight
 *  will signal the event: only another host thread still could */
#define TT_EVENT_GRACE_MS 1000u

/**
 * struct tt_event - one event
 * @type: Shared: a wait for v passes once the value is >= v. Signal: a wait
 *        passes once the event was signaled, whatever the values. Fence: a
 *        wait passes once the runs submitted before it on the event's device
 *        are over.
 * @lock: guards what follows; @changed: with it
 * @value: last value signaled, 0 at first
 * @signaled: whether it ever was
 * @released: the host cannot signal it any more
 * @n_expected: signal commands of runs in flight that are still to come
 * @time_ns: when it was signaled last
 * @failure: of a run that was to signal it, until another will or does
 */
struct tt_event {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_event_type type;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    nxs_int value;
    bool signaled;
    bool released;
    unsigned n_expected;
    uint64_t time_ns;
    struct tt_failure *failure;
};

/** enum tt_event_state - what a wait can count on */
enum tt_event_state {
    TT_EVENT_REACHED,
    TT_EVENT_EXPECTED, /* a run in flight is to signal it */
    TT_EVENT_SILENT,   /* only the host can */
    TT_EVENT_FAILED    /* nobody will */
};

/** tt_event_get - pin an event; NULL (not logged) if @id is not live */
struct tt_event *tt_event_get(nxs_int id);

/** tt_event_put - drop the pin; NULL is ignored */
void tt_event_put(struct tt_event *event);

/** tt_event_fini - destroy; for the pool */
void tt_event_fini(struct tt_object *object);

/**
 * tt_event_expect - a run announces or takes back signals to come
 * @event: pinned
 * @n: more (or, negative, fewer) signals to come; waiters look again
 */
void tt_event_expect(struct tt_event *event, int n);

/** tt_event_signal - set the value, wake waiting threads and runs; never blocks
 */
void tt_event_signal(struct tt_event *event, nxs_int value);

/**
 * tt_event_fail - a signal that was announced will not come
 * @event: pinned
 * @failure: of the run that was to signal it; may be NULL
 */
void tt_event_fail(struct tt_event *event, struct tt_failure *failure);

/** tt_event_look - what a wait for @value (Shared events) can count on now; of
 *  a fence, only whether the host has signaled it */
enum tt_event_state tt_event_look(struct tt_event *event, nxs_int value);

#endif
