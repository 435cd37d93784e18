/* SPDX-License-Identifier: MIT */
/* Start and end of the runtime, and nxsGetRuntimeProperty. */
#include "plugin/runtime.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/buffer.h"
#include "plugin/command.h"
#include "plugin/event.h"
#include "plugin/library.h"
#include "plugin/property.h"
#include "plugin/schedule.h"
#include "plugin/stream.h"
#include "pool/tt_env.h"
#include "pool/tt_log.h"

enum {
    KIND_BUFFER = 1,
    KIND_LIBRARY,
    KIND_KERNEL,
    KIND_EVENT,
    KIND_STREAM,
    KIND_SCHEDULE,
    KIND_COMMAND
};

static struct tt_runtime tt_runtime = {.once = PTHREAD_ONCE_INIT,
                                       .opening = PTHREAD_MUTEX_INITIALIZER};

static void start_pools(struct tt_runtime *rt)
{
    tt_pool_init(&rt->buffers, KIND_BUFFER, tt_buffer_fini);
    tt_pool_init(&rt->libraries, KIND_LIBRARY, tt_library_fini);
    tt_pool_init(&rt->kernels, KIND_KERNEL, tt_kernel_fini);
    tt_pool_init(&rt->events, KIND_EVENT, tt_event_fini);
    tt_pool_init(&rt->streams, KIND_STREAM, tt_stream_fini);
    tt_pool_init(&rt->schedules, KIND_SCHEDULE, tt_schedule_fini);
    tt_pool_init(&rt->commands, KIND_COMMAND, tt_command_fini);
}

static nxs_status start_memories(struct tt_npu *npu)
{
    const struct tt_arch *arch = npu->dev->info.arch;
    nxs_status status;

    status = tt_range_init(&npu->dram, "each DRAM bank", TT_DRAM_RESERVED,
                           arch->dram_bank_size - TT_DRAM_RESERVED,
                           arch->dram_align);
    if (status < 0)
        return status;
    status = tt_l1_init(&npu->l1, arch->l1_size);
    if (status < 0)
        tt_range_fini(&npu->dram);
    return status;
}

static nxs_status start_npu(struct tt_npu *npu, nxs_int index,
                            struct tt_device *dev)
{
    nxs_status status;

    npu->index = index;
    npu->dev = dev;
    npu->stream = tt_stream_new(npu, 0);
    if (!npu->stream)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for device %d", index);
    status = tt_dispatch_init(&npu->dispatch, npu);
    if (status < 0)
        goto free_stream;
    status = start_memories(npu);
    if (status < 0)
        goto stop_dispatch;
    pthread_mutex_init(&npu->lock, NULL);
    return status;

stop_dispatch:
    tt_dispatch_fini(&npu->dispatch);
free_stream:
    tt_stream_fini(&npu->stream->object);
    return status;
}

/* All of it but the dispatcher, which must have ended. */
static void stop_npu(struct tt_npu *npu)
{
    tt_stream_fini(&npu->stream->object);
    tt_launcher_free(npu->launcher);
    tt_device_close(npu->dev);
    tt_l1_fini(&npu->l1);
    tt_range_fini(&npu->dram);
    pthread_mutex_destroy(&npu->lock);
}

static nxs_status start_npus(struct tt_runtime *rt, struct tt_device **devs,
                             size_t n)
{
    nxs_status status = NXS_Success;
    size_t started = 0;

    while (started < n && status >= 0) {
        status = start_npu(&rt->npus[started], (nxs_int)started, devs[started]);
        started += status >= 0;
    }
    if (status >= 0) {
        atomic_store(&rt->n_npus, n);
        return status;
    }
    for (size_t i = started; i < n; i++)
        tt_device_close(devs[i]);
    while (started) {
        tt_dispatch_fini(&rt->npus[--started].dispatch);
        stop_npu(&rt->npus[started]);
    }
    return status;
}

/* A compiler and all devices, or nothing. */
static nxs_status open_devices(struct tt_runtime *rt)
{
    struct tt_device *devs[TT_MAX_NPUS];
    nxs_status status = NXS_Success;
    size_t n = 0;

    if (!rt->jit)
        status = tt_jit_new(&rt->jit);
    if (status >= 0)
        status = tt_device_discover(devs, TT_MAX_NPUS, &n, &rt->cards);
    if (status >= 0)
        status = start_npus(rt, devs, n);
    return status;
}

/* What the machine could not give at one moment it may give at another. */
static void open_once(struct tt_runtime *rt)
{
    nxs_status status;

    if (atomic_load(&rt->is_open))
        return;
    pthread_mutex_lock(&rt->opening);
    if (!atomic_load(&rt->is_open)) {
        status = open_devices(rt);
        if (status != NXS_OutOfHostMemory && status != NXS_OutOfResources)
            atomic_store(&rt->is_open, true);
    }
    pthread_mutex_unlock(&rt->opening);
}

/* The moment of a fork finds no device driven and no trace half written. What
 * was in flight goes on in the parent and, on an embedded chip, which is copied
 * with all memory, in the child too. */
static void before_fork(void)
{
    struct tt_runtime *rt = &tt_runtime;

    if (rt->pid != getpid() || !rt->n_npus)
        return;
    for (size_t i = 0; i < rt->n_npus; i++)
        tt_dispatch_pause(&rt->npus[i].dispatch);
    rt->paused = true;
    tt_trace_flush(rt->trace);
}

static void after_fork(bool in_child)
{
    struct tt_runtime *rt = &tt_runtime;

    if (!rt->paused)
        return;
    rt->paused = false;
    for (size_t i = rt->n_npus; i-- > 0;)
        tt_dispatch_resume(&rt->npus[i].dispatch, in_child);
}

static void after_fork_in_parent(void)
{
    after_fork(false);
}

/* The trace is the parent's. */
static void after_fork_in_child(void)
{
    tt_runtime.trace = NULL;
    after_fork(true);
}

static void start(void)
{
    struct tt_runtime *rt = &tt_runtime;

    tt_env_check();
    start_pools(rt);
    rt->pid = getpid();
    rt->started = true;
    (void)pthread_atfork(before_fork, after_fork_in_parent,
                         after_fork_in_child);
    rt->trace = tt_trace_open(getenv("TT_TRACE"));
    open_once(rt);
    atomic_store_explicit(&rt->ready, true, memory_order_release);
}

void tt_runtime_enter(void)
{
    atomic_fetch_add(&tt_runtime.n_calls, 1);
}

void tt_runtime_leave(void)
{
    atomic_fetch_sub(&tt_runtime.n_calls, 1);
}

/* The process ends (the library is linked with -z nodelete, so dlclose() does
 * not come here) with whatever it left behind: those that pin go before those
 * that are pinned, objects before the devices they live on. Threads that are
 * still inside keep what they use, and a forked child, which may have copied
 * held locks, touches nothing. */
__attribute__((destructor)) static void stop(void)
{
    struct tt_runtime *rt = &tt_runtime;

    if (!rt->started || rt->pid != getpid() || atomic_load(&rt->n_calls))
        return;
    rt->started = false;
    for (size_t i = 0; i < rt->n_npus; i++)
        tt_dispatch_fini(&rt->npus[i].dispatch);
    tt_pool_clear(&rt->schedules);
    tt_pool_clear(&rt->commands);
    tt_pool_clear(&rt->streams);
    tt_pool_clear(&rt->events);
    tt_pool_clear(&rt->libraries);
    tt_pool_clear(&rt->kernels);
    tt_pool_clear(&rt->buffers);
    for (size_t i = 0; i < rt->n_npus; i++)
        stop_npu(&rt->npus[i]);
    tt_jit_free(rt->jit);
    tt_trace_close(rt->trace);
    /* Whoever still calls, from a destructor of his own, finds nothing live. */
    atomic_store(&rt->is_open, true);
    atomic_store(&rt->n_npus, 0);
    rt->jit = NULL;
    rt->trace = NULL;
}

struct tt_runtime *tt_runtime_get(void)
{
    /* pthread_once() looks no further either, but it is a call */
    if (!atomic_load_explicit(&tt_runtime.ready, memory_order_acquire))
        pthread_once(&tt_runtime.once, start);
    return &tt_runtime;
}

struct tt_npu *tt_runtime_npu(nxs_int device)
{
    struct tt_runtime *rt = tt_runtime_get();

    open_once(rt);
    if (device < 0 || (size_t)device >= rt->n_npus)
        return NULL;
    return &rt->npus[device];
}

static nxs_status new_launcher(struct tt_npu *npu)
{
    struct tt_blob firmware[TT_N_RISC];
    const struct tt_jit_image *image;
    struct tt_jit_report report;
    nxs_status status;

    status = tt_jit_firmware(tt_runtime.jit, npu->dev->info.arch->name, &report,
                             &image);
    if (status < 0)
        return status;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        firmware[i] = (struct tt_blob){image[i].data, image[i].size};
    return tt_launcher_new(npu->dev, firmware, &npu->launcher);
}

nxs_status tt_runtime_launcher(struct tt_npu *npu, struct tt_launcher **out)
{
    nxs_status status = NXS_Success;

    pthread_mutex_lock(&npu->lock);
    if (!npu->launcher)
        status = new_launcher(npu);
    if (status >= 0)
        *out = npu->launcher;
    pthread_mutex_unlock(&npu->lock);
    return status;
}

uint32_t tt_runtime_timeout_ms(void)
{
    return (uint32_t)tt_env_number(TT_ENV_TIMEOUT_MS);
}

size_t tt_runtime_count(void)
{
    struct tt_runtime *rt = tt_runtime_get();

    return tt_pool_count(&rt->buffers) + tt_pool_count(&rt->libraries) +
           tt_pool_count(&rt->kernels) + tt_pool_count(&rt->events) +
           tt_pool_count(&rt->streams) + tt_pool_count(&rt->schedules) +
           tt_pool_count(&rt->commands);
}

static void get_size(void *object, struct tt_property *out)
{
    struct tt_runtime *rt = tt_runtime_get();

    (void)object;
    open_once(rt);
    out->number = (int64_t)rt->n_npus;
}

static void get_count(void *object, struct tt_property *out)
{
    (void)object;
    out->number = (int64_t)tt_runtime_count();
}

static void get_description(void *object, struct tt_property *out)
{
    (void)object;
    tt_property_text(out, "%s", tt_log_last_error());
}

static void get_location(void *object, struct tt_property *out)
{
    (void)object;
    (void)tt_pci_json(&tt_runtime_get()->cards, out->text, sizeof(out->text));
}

static void get_features(void *object, struct tt_property *out)
{
    (void)object;
    tt_property_text(out, "%s", tt_runtime_get()->cards.none);
}

static const struct tt_property_entry runtime_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "tt-metal"},
    [NP_Type] = {.text = "npu"},
    [NP_Vendor] = {.text = "tenstorrent"},
    [NP_Description] = {.get = get_description},
    [NP_ID] = {.number = 0, .constant = true},
    [NP_Count] = {.get = get_count},
    [NP_Size] = {.get = get_size},
    [NP_SubUnitType] = {.text = "device"},
    [NP_Location] = {.get = get_location},
    [NP_Features] = {.get = get_features},
    [NP_Version] = {.text = TT_VERSION_TEXT},
    [NP_MajorVersion] = {.number = TT_VERSION_MAJOR, .constant = true},
    [NP_MinorVersion] = {.number = TT_VERSION_MINOR, .constant = true},
};

nxs_status nxsGetRuntimeProperty(nxs_uint property_id, void *value,
                                 size_t *value_size)
{
    return tt_property_get(runtime_properties, NULL, property_id, value,
                           value_size);
}
