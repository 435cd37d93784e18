/* SPDX-License-Identifier: MIT */
/* The nxs*Event calls. */
#include "plugin/event.h"

#include <stdlib.h>
#include <time.h>

#include "plugin/property.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

struct tt_event *tt_event_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->events, id);

    return object ? TT_CONTAINER_OF(object, struct tt_event, object) : NULL;
}

void tt_event_put(struct tt_event *event)
{
    if (event)
        tt_pool_put(&tt_runtime_get()->events, &event->object);
}

void tt_event_fini(struct tt_object *object)
{
    struct tt_event *event = TT_CONTAINER_OF(object, struct tt_event, object);

    tt_failure_put(event->failure);
    pthread_cond_destroy(&event->changed);
    pthread_mutex_destroy(&event->lock);
    free(event);
}

/* Runs of any device may wait for it. */
static void wake_runs(void)
{
    struct tt_runtime *rt = tt_runtime_get();

    for (size_t i = 0; i < rt->n_npus; i++)
        tt_dispatch_poke(&rt->npus[i].dispatch);
}

void tt_event_expect(struct tt_event *event, int n)
{
    pthread_mutex_lock(&event->lock);
    event->n_expected += (unsigned)n;
    if (n > 0)
        tt_failure_set(&event->failure, NULL);
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
}

void tt_event_signal(struct tt_event *event, nxs_int value)
{
    pthread_mutex_lock(&event->lock);
    event->value = value;
    event->signaled = true;
    event->time_ns = tt_clock_ns();
    tt_failure_set(&event->failure, NULL);
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
    wake_runs();
}

void tt_event_fail(struct tt_event *event, struct tt_failure *failure)
{
    pthread_mutex_lock(&event->lock);
    event->n_expected--;
    tt_failure_set(&event->failure, failure);
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
    wake_runs();
}

static enum tt_event_state look_locked(const struct tt_event *event,
                                       nxs_int value)
{
    bool reached = event->type == NXS_EventType_Shared ? event->value >= value
                                                       : event->signaled;

    if (reached)
        return TT_EVENT_REACHED;
    if (event->n_expected)
        return TT_EVENT_EXPECTED;
    return event->failure || event->released ? TT_EVENT_FAILED
                                             : TT_EVENT_SILENT;
}

enum tt_event_state tt_event_look(struct tt_event *event, nxs_int value)
{
    enum tt_event_state state;

    pthread_mutex_lock(&event->lock);
    state = look_locked(event, value);
    pthread_mutex_unlock(&event->lock);
    return state;
}

static uint64_t in_ms(uint64_t start, uint32_t ms)
{
    return ms ? start + ms * UINT64_C(1000000) : UINT64_MAX;
}

static void sleep_until_locked(struct tt_event *event, uint64_t until)
{
    struct timespec when;

    if (until == UINT64_MAX) {
        pthread_cond_wait(&event->changed, &event->lock);
        return;
    }
    when.tv_sec = (time_t)(until / 1000000000u);
    when.tv_nsec = (long)(until % 1000000000u);
    pthread_cond_timedwait(&event->changed, &event->lock, &when);
}

/* Wait until it is reached, cannot be any more, or it has taken too long.
 * *out_failure: a reference to the failure that is to blame, or NULL. */
static enum tt_event_state wait_long(struct tt_event *event, nxs_int value,
                                     struct tt_failure **out_failure)
{
    uint32_t timeout_ms = tt_runtime_timeout_ms();
    uint64_t start = tt_clock_ns();
    enum tt_event_state state;

    pthread_mutex_lock(&event->lock);
    for (;;) {
        uint64_t deadline;

        state = look_locked(event, value);
        if (state == TT_EVENT_REACHED || state == TT_EVENT_FAILED)
            break;
        deadline = in_ms(start, state == TT_EVENT_EXPECTED ? timeout_ms
                                                           : TT_EVENT_GRACE_MS);
        if (tt_clock_ns() >= deadline)
            break;
        sleep_until_locked(event, deadline);
    }
    tt_failure_set(out_failure, event->failure);
    pthread_mutex_unlock(&event->lock);
    return state;
}

/* The line of the failed run explains more than one of ours. */
static nxs_status told(struct tt_failure *failure)
{
    (void)tt_failure_tell(failure);
    tt_failure_put(failure);
    return NXS_ExecStatusErrorForEventsInWaitList;
}

static nxs_status wait_for_value(struct tt_event *event, nxs_int value)
{
    struct tt_failure *failure = NULL;
    enum tt_event_state state = wait_long(event, value, &failure);
    const char *why = "what was to signal it failed, or it was released";

    if (state == TT_EVENT_FAILED && failure)
        return told(failure);
    tt_failure_put(failure);
    if (state == TT_EVENT_REACHED)
        return NXS_Success;
    if (state == TT_EVENT_EXPECTED)
        why = "TT_TIMEOUT_MS is over";
    else if (state == TT_EVENT_SILENT)
        why = "no run in flight will signal it, nor did a thread of the host "
              "within a second";
    return TT_FAIL(NXS_ExecStatusErrorForEventsInWaitList,
                   "event %d did not reach %d: %s", event->object.id, value,
                   why);
}

static nxs_status wait_for_fence(struct tt_event *event)
{
    uint64_t deadline = in_ms(tt_clock_ns(), tt_runtime_timeout_ms());

    if (tt_event_look(event, 0) == TT_EVENT_REACHED ||
        tt_dispatch_wait_all(&event->npu->dispatch, deadline))
        return NXS_Success;
    return TT_FAIL(
        NXS_ExecStatusErrorForEventsInWaitList,
        "fence %d: TT_TIMEOUT_MS is over, the runs before it are not",
        event->object.id);
}

static nxs_status init_condition(struct tt_event *event)
{
    pthread_condattr_t attr;
    int error = pthread_condattr_init(&attr);

    if (!error) {
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        error = pthread_cond_init(&event->changed, &attr);
        pthread_condattr_destroy(&attr);
    }
    return error ? TT_FAIL(NXS_OutOfHostMemory, "no condition variable")
                 : NXS_Success;
}

nxs_int nxsCreateEvent(nxs_int device, nxs_event_type type, nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    struct tt_event *event;
    nxs_int id;

    (void)settings;
    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    if ((nxs_uint)type > NXS_EventType_Fence)
        return TT_FAIL(NXS_InvalidValue, "there is no event type %u",
                       (nxs_uint)type);
    event = calloc(1, sizeof *event);
    if (!event)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for an event");
    if (init_condition(event) < 0) {
        free(event);
        return NXS_OutOfHostMemory;
    }
    event->npu = npu;
    event->type = type;
    pthread_mutex_init(&event->lock, NULL);
    id = tt_pool_publish(&tt_runtime_get()->events, &event->object);
    if (id < 0)
        tt_event_fini(&event->object);
    return id;
}

nxs_status nxsSignalEvent(nxs_int event_id, nxs_int value)
{
    struct tt_event *event = tt_event_get(event_id);

    if (!event)
        return TT_FAIL(NXS_InvalidEvent, "event %d is not live", event_id);
    tt_event_signal(event, value);
    tt_event_put(event);
    return NXS_Success;
}

nxs_status nxsWaitEvent(nxs_int event_id, nxs_int value)
{
    struct tt_event *event = tt_event_get(event_id);
    nxs_status status;

    if (!event)
        return TT_FAIL(NXS_InvalidEvent, "event %d is not live", event_id);
    tt_runtime_enter();
    status = event->type == NXS_EventType_Fence ? wait_for_fence(event)
                                                : wait_for_value(event, value);
    tt_runtime_leave();
    tt_event_put(event);
    return status;
}

/* Whoever waits for it learns that the host cannot signal it any more. */
static void note_release(struct tt_event *event)
{
    pthread_mutex_lock(&event->lock);
    event->released = true;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
    wake_runs();
}

nxs_status nxsReleaseEvent(nxs_int event_id)
{
    struct tt_event *event = tt_event_get(event_id);
    nxs_status status = NXS_InvalidEvent;

    if (event)
        status = tt_pool_release(&tt_runtime_get()->events, event_id);
    if (status >= 0)
        note_release(event);
    tt_event_put(event);
    if (status < 0)
        return TT_FAIL(NXS_InvalidEvent, "event %d is not live", event_id);
    return NXS_Success;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_event *)object)->object.id;
}

static void get_type(void *object, struct tt_property *out)
{
    static const char *const names[] = {"shared", "signal", "fence"};

    tt_property_text(out, "%s", names[((struct tt_event *)object)->type]);
}

static void get_value(void *object, struct tt_property *out)
{
    struct tt_event *event = object;

    pthread_mutex_lock(&event->lock);
    out->number = event->value;
    pthread_mutex_unlock(&event->lock);
}

static nxs_event_status status_of(struct tt_event *event)
{
    nxs_event_status status = NXS_EventStatus_Submitted;

    pthread_mutex_lock(&event->lock);
    if (event->failure)
        status = event->failure->status == NXS_InvalidOperation
                     ? NXS_EventStatus_Canceled
                     : NXS_EventStatus_Error;
    else if (event->n_expected)
        status = NXS_EventStatus_Running;
    else if (event->signaled)
        status = NXS_EventStatus_Complete;
    pthread_mutex_unlock(&event->lock);
    return status;
}

static void get_status(void *object, struct tt_property *out)
{
    out->number = status_of(object);
}

static void get_description(void *object, struct tt_property *out)
{
    static const char *const names[] = {"submitted", "running", "complete",
                                        "error", "canceled"};

    tt_property_text(out, "%s", names[status_of(object)]);
}

static void get_time(void *object, struct tt_property *out)
{
    struct tt_event *event = object;

    pthread_mutex_lock(&event->lock);
    out->number = (int64_t)event->time_ns;
    pthread_mutex_unlock(&event->lock);
}

static const struct tt_property_entry event_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "event"},
    [NP_Type] = {.get = get_type},
    [NP_Value] = {.get = get_value},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Count] = {.get = get_status},
    [NP_TimeStamp] = {.get = get_time},
};

nxs_status nxsGetEventProperty(nxs_int event_id, nxs_uint property_id,
                               void *value, size_t *value_size)
{
    struct tt_event *event = tt_event_get(event_id);
    nxs_status status;

    if (!event)
        return TT_FAIL(NXS_InvalidEvent, "event %d is not live", event_id);
    status = tt_property_get(event_properties, event, property_id, value,
                             value_size);
    tt_event_put(event);
    return status;
}
