/* SPDX-License-Identifier: MIT */
/* The nxs*Event calls. */
#include "plugin/event.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "plugin/property.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

/* A fence looks again this often: ends of runs are not events of their own. */
#define FENCE_POLL_MS 1u

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

    pthread_cond_destroy(&event->changed);
    pthread_mutex_destroy(&event->lock);
    free(event);
}

void tt_event_expect(struct tt_event *event, int n)
{
    pthread_mutex_lock(&event->lock);
    event->n_expected += (unsigned)n;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
}

void tt_event_signal(struct tt_event *event, nxs_int value)
{
    pthread_mutex_lock(&event->lock);
    event->value = value;
    event->signaled = true;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
}

static bool is_reached(struct tt_event *event, nxs_int value)
{
    switch (event->type) {
    case NXS_EventType_Shared:
        return event->value >= value;
    case NXS_EventType_Fence:
        return event->signaled || !atomic_load(&event->npu->n_running);
    default:
        return event->signaled;
    }
}

/* The moment to give up, counted from @start; UINT64_MAX: never. */
static uint64_t deadline_locked(const struct tt_event *event, uint64_t start,
                                uint32_t timeout_ms)
{
    bool hope = event->n_expected || event->type == NXS_EventType_Fence;

    if (!hope)
        return start + TT_EVENT_GRACE_MS * UINT64_C(1000000);
    if (!timeout_ms)
        return UINT64_MAX;
    return start + timeout_ms * UINT64_C(1000000);
}

static void sleep_until_locked(struct tt_event *event, uint64_t until)
{
    struct timespec when;
    uint64_t next;

    if (event->type == NXS_EventType_Fence) {
        next = tt_clock_ns() + FENCE_POLL_MS * UINT64_C(1000000);
        until = next < until ? next : until;
    }
    if (until == UINT64_MAX) {
        pthread_cond_wait(&event->changed, &event->lock);
        return;
    }
    when.tv_sec = (time_t)(until / 1000000000u);
    when.tv_nsec = (long)(until % 1000000000u);
    pthread_cond_timedwait(&event->changed, &event->lock, &when);
}

nxs_status tt_event_wait(struct tt_event *event, nxs_int value,
                         uint32_t timeout_ms)
{
    uint64_t start = tt_clock_ns();
    uint64_t deadline;
    bool reached, expected;

    pthread_mutex_lock(&event->lock);
    while (!(reached = is_reached(event, value))) {
        deadline = deadline_locked(event, start, timeout_ms);
        if (tt_clock_ns() >= deadline)
            break;
        sleep_until_locked(event, deadline);
    }
    expected = event->n_expected || event->type == NXS_EventType_Fence;
    pthread_mutex_unlock(&event->lock);
    if (reached)
        return NXS_Success;
    return TT_FAIL(NXS_ExecStatusErrorForEventsInWaitList,
                   "event %d did not reach %d %s", event->object.id, value,
                   expected ? "before TT_TIMEOUT_MS ended"
                            : "within a second, and no run in flight will "
                              "signal it");
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
    status = tt_event_wait(event, value, tt_runtime_timeout_ms());
    tt_runtime_leave();
    tt_event_put(event);
    return status;
}

nxs_status nxsReleaseEvent(nxs_int event_id)
{
    if (tt_pool_release(&tt_runtime_get()->events, event_id) < 0)
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

static void get_description(void *object, struct tt_property *out)
{
    struct tt_event *event = object;

    pthread_mutex_lock(&event->lock);
    if (event->signaled)
        tt_property_text(out, "complete");
    else
        tt_property_text(out, event->n_expected ? "running" : "submitted");
    pthread_mutex_unlock(&event->lock);
}

static const struct tt_property_entry event_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "event"},
    [NP_Type] = {.get = get_type},
    [NP_Value] = {.get = get_value},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
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
