/* SPDX-License-Identifier: MIT */
/* Events: values that threads and schedules signal and wait for. */
#ifndef TT_EVENT_H
#define TT_EVENT_H

#include "plugin/runtime.h"

/** TT_EVENT_GRACE_MS - how long a wait goes on when no run in flight will
 *  signal the event: only another host thread still could */
#define TT_EVENT_GRACE_MS 1000u

/**
 * struct tt_event - one event
 * @type: Shared: a wait for v passes once the value is >= v. Signal: a wait
 *        passes once the event was signaled, whatever the values. Fence: a
 *        wait passes once the runs in flight on the device are over.
 * @lock: guards what follows; @changed: with it
 * @value: last value signaled, 0 at first
 * @signaled: whether it ever was
 * @n_expected: signal commands of runs in flight that are still to come
 */
struct tt_event {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_event_type type;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    nxs_int value;
    bool signaled;
    unsigned n_expected;
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

/** tt_event_signal - set the value and wake the waiters; never blocks */
void tt_event_signal(struct tt_event *event, nxs_int value);

/**
 * tt_event_wait - wait until a value is reached
 * @event: pinned
 * @value: for Shared events
 * @timeout_ms: limit while a run in flight may still signal; 0 = none.
 *              Otherwise TT_EVENT_GRACE_MS limits the wait
 *
 * Blocks, holding no lock that a run needs.
 *
 * Return: NXS_Success; NXS_ExecStatusErrorForEventsInWaitList if the value
 * was not reached.
 */
nxs_status tt_event_wait(struct tt_event *event, nxs_int value,
                         uint32_t timeout_ms);

#endif
