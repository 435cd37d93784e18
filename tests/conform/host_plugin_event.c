/* SPDX-License-Identifier: MIT */
/* Events: what they count, and waiting for them. */
#include <stdlib.h>

#include "tests/conform/host_plugin.h"

#define SECOND_NS UINT64_C(1000000000)
#define LIMIT_NS  (3 * SECOND_NS) /* of a wait that a run may still end */

static void destroy(struct host_object *object)
{
    struct host_event *event = (struct host_event *)object;

    host_failure_set_locked(&event->failure, NULL);
    free(event);
}

nxs_int nxsCreateEvent(nxs_int device, nxs_event_type type, nxs_uint settings)
{
    struct host_event *event;
    nxs_int id;

    (void)settings;
    if (!host_is_device(device))
        return NXS_InvalidDevice;
    if ((nxs_uint)type > NXS_EventType_Fence && !MUTANT(any_event_type))
        return NXS_InvalidValue;
    event = calloc(1, sizeof *event);
    if (!event)
        return NXS_OutOfHostMemory;
    event->object.destroy = destroy;
    event->type = type;
    host_lock();
    id = host_publish_locked(&event->object, HOST_EVENT, device);
    host_unlock();
    return id;
}

nxs_status nxsReleaseEvent(nxs_int event)
{
    return host_release(event, HOST_EVENT, NXS_InvalidEvent);
}

void host_signal_event_locked(struct host_event *event, nxs_int value)
{
    if (value > event->value || !MUTANT(value_only_rises))
        event->value = value;
    event->signaled = true;
    host_failure_set_locked(&event->failure, NULL);
    if (!MUTANT(signal_wakes_nobody))
        host_changed_locked();
}

nxs_status nxsSignalEvent(nxs_int event_id, nxs_int value)
{
    struct host_event *event;

    host_lock();
    event = host_find_locked(event_id, HOST_EVENT);
    if (event)
        host_signal_event_locked(event, value);
    host_unlock();
    return event || MUTANT(unknown_event_is_signaled) ? NXS_Success
                                                      : NXS_InvalidEvent;
}

/* ---- waiting ---- */

/* What was submitted before on the fence's device, in all streams, is over. */
static bool fence_passes_locked(const struct host_event *event, uint64_t before)
{
    const struct host_run *r;

    if (MUTANT(fence_never_passes))
        return false;
    if (MUTANT(fence_looks_at_one_stream))
        return true;
    for (r = host_pending_locked(NULL); r; r = host_pending_locked(r))
        if (r->serial < before &&
            r->stream->object.device == event->object.device)
            return false;
    return true;
}

static bool passes_locked(const struct host_event *event, nxs_int value,
                          uint64_t before)
{
    switch (event->type) {
    case NXS_EventType_Shared:
        return MUTANT(only_equal_passes) ? event->value == value
                                         : event->value >= value;
    case NXS_EventType_Signal:
        return event->signaled;
    default:
        return fence_passes_locked(event, before);
    }
}

/* Whether a run in flight is still to signal it: not the one that waits, nor
 * one behind that in its stream. */
static bool is_expected_locked(const struct host_event *event,
                               const struct host_run *waiting)
{
    const struct host_run *r;

    for (r = host_pending_locked(NULL); r; r = host_pending_locked(r)) {
        if (waiting && r->stream == waiting->stream)
            continue;
        for (size_t i = r->at; i < r->n_steps; i++)
            if (r->steps[i].type == NXS_CommandType_Signal &&
                r->steps[i].event == event)
                return true;
    }
    return event->type == NXS_EventType_Fence;
}

/* When to give up; 0: at once. A run that nobody waits for leaves the host
 * all the time to signal. */
static uint64_t deadline_locked(const struct host_event *event,
                                const struct host_run *run, uint64_t start)
{
    if (is_expected_locked(event, run))
        return start + LIMIT_NS;
    if (host_is_closing_locked() || event->failure)
        return 0;
    if (event->object.released && !MUTANT(release_wakes_nobody))
        return 0;
    if (MUTANT(wait_without_end) || (run && !run->blocking))
        return start + 1000 * LIMIT_NS;
    return start + SECOND_NS;
}

nxs_status host_wait_event_locked(struct host_event *event, nxs_int value,
                                  const struct host_run *run)
{
    uint64_t start = host_now_ns(), until;
    uint64_t before = run ? run->serial : host_next_serial_locked();

    while (!passes_locked(event, value, before)) {
        until =
            host_is_closing_locked() ? 0 : deadline_locked(event, run, start);
        if (host_now_ns() >= until)
            return NXS_ExecStatusErrorForEventsInWaitList;
        host_sleep_locked(until);
    }
    return NXS_Success;
}

nxs_status nxsWaitEvent(nxs_int event_id, nxs_int value)
{
    nxs_status status = NXS_InvalidEvent;
    struct host_event *event;

    host_lock();
    event = host_find_locked(event_id, HOST_EVENT);
    if (event) {
        host_pin_locked(&event->object);
        status = host_wait_event_locked(event, value, NULL);
        if (status < 0 && event->failure)
            host_failure_tell_locked(event->failure);
        host_unpin_locked(&event->object);
    }
    host_unlock();
    return status;
}

nxs_status nxsGetEventProperty(nxs_int event_id, nxs_uint property_id,
                               void *value, size_t *value_size)
{
    nxs_status status = NXS_InvalidEvent;
    const struct host_event *event;

    host_lock();
    event = host_find_locked(event_id, HOST_EVENT);
    if (event) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, "event"),
            HOST_P_NUMBER(NP_Value, event->value),
            HOST_P_NUMBER(NP_ID, event_id)};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}
