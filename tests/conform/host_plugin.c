/* SPDX-License-Identifier: MIT */
/* Objects and their ids, devices, the lock. */
#include "tests/conform/host_plugin.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

#define N_BUCKETS 1024u

/* All that the plugin has between calls. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* anything; on the monotonic clock */
    struct host_object *buckets[N_BUCKETS];
    nxs_int next_id;
    nxs_int spare_id; /* for a mutant */
    int64_t n_live;
    unsigned n_sleeping;
    bool closing;
    struct host_stream *streams[HOST_N_DEVICES]; /* the default ones */
} host = {.lock = PTHREAD_MUTEX_INITIALIZER, .next_id = HOST_FIRST_ID};

/* ---- the lock ---- */

__attribute__((constructor)) static void begin(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&host.changed, &attr);
    pthread_condattr_destroy(&attr);
    if (MUTANT(error_left_pending))
        dlsym(RTLD_DEFAULT, "nothing_of_this_name");
}

void host_lock(void)
{
    pthread_mutex_lock(&host.lock);
}

void host_unlock(void)
{
    pthread_mutex_unlock(&host.lock);
}

void host_sleep_locked(uint64_t until_ns)
{
    struct timespec when = {(time_t)(until_ns / 1000000000u),
                            (long)(until_ns % 1000000000u)};

    host.n_sleeping++;
    pthread_cond_timedwait(&host.changed, &host.lock, &when);
    host.n_sleeping--;
}

void host_changed_locked(void)
{
    pthread_cond_broadcast(&host.changed);
}

bool host_is_closing_locked(void)
{
    return host.closing;
}

uint64_t host_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- objects ---- */

static struct host_object **bucket_of(nxs_int id)
{
    return &host.buckets[(nxs_uint)id % N_BUCKETS];
}

/* Ids are not used again: a stale one can never name a new object. */
static nxs_int take_id_locked(void)
{
    if (MUTANT(id_reused) && host.spare_id) {
        nxs_int id = host.spare_id;

        host.spare_id = 0;
        return id;
    }
    if (host.next_id == INT32_MAX)
        return NXS_OutOfResources;
    return host.next_id++;
}

nxs_int host_publish_locked(struct host_object *object, enum host_kind kind,
                            nxs_int device)
{
    nxs_int id = take_id_locked();
    struct host_object **bucket;

    if (id < 0) {
        object->destroy(object);
        return id;
    }
    object->id = id;
    object->kind = kind;
    object->device = device;
    object->n_users = 1;
    bucket = bucket_of(id);
    object->next = *bucket;
    *bucket = object;
    host.n_live++;
    return id;
}

void *host_find_locked(nxs_int id, enum host_kind kind)
{
    for (struct host_object *o = *bucket_of(id); o; o = o->next)
        if (o->id == id && (o->kind == kind || MUTANT(kind_unchecked)))
            return o;
    return NULL;
}

void host_pin_locked(struct host_object *object)
{
    object->n_users++;
}

void host_unpin_locked(struct host_object *object)
{
    if (object && --object->n_users == 0)
        object->destroy(object);
}

void host_retire_locked(struct host_object *object)
{
    struct host_object **link = bucket_of(object->id);

    if (MUTANT(release_without_effect) && object->kind != HOST_KERNEL)
        return;
    while (*link != object)
        link = &(*link)->next;
    *link = object->next;
    object->released = true;
    host.spare_id = object->id;
    if (!MUTANT(count_only_rises))
        host.n_live--;
    host_unpin_locked(object);
}

nxs_status host_release(nxs_int id, enum host_kind kind, nxs_status refusal)
{
    struct host_object *object;

    host_lock();
    object = host_find_locked(id, kind);
    if (object)
        host_retire_locked(object);
    if (!MUTANT(release_wakes_nobody))
        host_changed_locked();
    host_unlock();
    return object ? NXS_Success : refusal;
}

struct host_object *host_next_locked(struct host_object *object)
{
    nxs_uint bucket = object ? (nxs_uint)object->id % N_BUCKETS : 0;

    if (object && object->next)
        return object->next;
    for (bucket += object != NULL; bucket < N_BUCKETS; bucket++)
        if (host.buckets[bucket])
            return host.buckets[bucket];
    return NULL;
}

/* ---- the end ---- */

static void stop_streams_locked(void)
{
    struct host_object *o;

    for (o = host_next_locked(NULL); o; o = host_next_locked(o))
        if (o->kind == HOST_STREAM)
            host_stream_stop_locked((struct host_stream *)o);
    for (nxs_int device = 0; device < HOST_N_DEVICES; device++)
        if (host.streams[device])
            host_stream_stop_locked(host.streams[device]);
}

/* Hosts need not release anything. Threads of theirs may be inside a call when
 * the process exits: they are sent away, and find no objects any more. */
__attribute__((destructor)) static void end(void)
{
    struct host_object *o;

    host_lock();
    if (MUTANT(crash_if_unused) && host.next_id == HOST_FIRST_ID)
        abort();
    if (MUTANT(crash_at_unload) && host.n_live)
        abort();
    while (MUTANT(end_waits_for_waiters) && host.n_sleeping)
        host_sleep_locked(host_now_ns() + 1000000000u);
    host.closing = true;
    host_cancel_all_locked();
    host_changed_locked();
    stop_streams_locked();
    while ((o = host_next_locked(NULL)))
        host_retire_locked(o);
    for (nxs_int device = 0; device < HOST_N_DEVICES; device++) {
        if (host.streams[device])
            host_unpin_locked(&host.streams[device]->object);
        host.streams[device] = NULL;
    }
    host_unlock();
}

/* ---- devices ---- */

bool host_is_device(nxs_int device)
{
    return device >= 0 && device < HOST_N_DEVICES;
}

struct host_stream *host_device_stream_locked(nxs_int device)
{
    if (!host.streams[device] && !host.closing) {
        host.streams[device] = host_stream_new(device, 0);
        if (host.streams[device])
            host.streams[device]->object.n_users = 1;
    }
    return host.streams[device];
}

nxs_status nxsGetRuntimeProperty(nxs_uint property_id, void *value,
                                 size_t *value_size)
{
    nxs_status status;

    host_lock();
    const struct host_property all[] = {
        HOST_P_TEXT(NP_Name, MUTANT(name_empty) ? "" : "host-memory"),
        HOST_P_TEXT(NP_Type, "cpu"),
        HOST_P_NUMBER(NP_Count, host.n_live),
        HOST_P_NUMBER(NP_Size, MUTANT(no_devices) ? 0 : HOST_N_DEVICES),
        HOST_P_TEXT(NP_Version, "1.0"),
        HOST_P_NUMBER(NP_MajorVersion, 1),
        HOST_P_NUMBER(NP_MinorVersion, 0)};
    status = host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    host_unlock();
    return status;
}

nxs_status nxsGetDeviceProperty(nxs_int device, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    const int64_t shape[] = {1};
    nxs_status status;

    if (MUTANT(device_wraps_around))
        device &= HOST_N_DEVICES - 1;
    if (!host_is_device(device))
        return NXS_InvalidDevice;
    host_lock();
    const struct host_property all[] = {
        HOST_P_TEXT(NP_Name, "host memory"),
        HOST_P_TEXT(NP_Type, "cpu"),
        HOST_P_NUMBER(NP_ID, device),
        HOST_P_NUMBER(NP_Size, 1),
        {.id = NP_Shape, .type = HOST_VECTOR, .vector = shape, .n_vector = 1},
        HOST_P_TEXT(NP_Vendor, "example"),
        HOST_P_TEXT(NP_Architecture, "host"),
        HOST_P_NUMBER(NP_GlobalMemorySize, HOST_MEMORY),
        HOST_P_NUMBER(NP_TimeStamp, host_now_ns()),
        HOST_P_NUMBER(NP_UnifiedMemory, 1),
        HOST_P_NUMBER(NP_MemoryUtilization,
                      host_memory_in_use_locked(device) * 100 / HOST_MEMORY)};
    status = host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    host_unlock();
    return status;
}
