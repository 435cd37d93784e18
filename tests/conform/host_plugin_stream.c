/* SPDX-License-Identifier: MIT */
/* Streams: a queue and a thread each. nxsRunSchedule. */
#include <signal.h>
#include <stdlib.h>

#include "tests/conform/host_plugin.h"

#define NO_LIMIT_NS UINT64_C(1000000000000000000)

/* Runs that are not over, of all streams, in the order of submission. */
static struct {
    struct host_run *first, **end;
    uint64_t next_serial;
} pending = {NULL, &pending.first, 1};

struct host_run *host_pending_locked(const struct host_run *run)
{
    return run ? run->next : pending.first;
}

uint64_t host_next_serial_locked(void)
{
    return pending.next_serial;
}

static struct host_run *first_of_locked(const struct host_stream *stream)
{
    struct host_run *run = pending.first;

    while (run && run->stream != stream)
        run = run->next;
    return run;
}

/* ---- failures ---- */

void host_failure_set_locked(struct host_failure **slot,
                             struct host_failure *failure)
{
    if (failure)
        failure->n_users++;
    if (*slot && --(*slot)->n_users == 0)
        free(*slot);
    *slot = failure;
}

nxs_status host_failure_tell_locked(struct host_failure *failure)
{
    if (!failure->told_before)
        failure->told_before = pending.next_serial;
    return failure->status;
}

/* What the run was to signal and to use fails with it, for those who learn of
 * it in no other way. */
static void spread_failure_locked(struct host_run *run,
                                  struct host_failure *failure)
{
    for (size_t i = 0; i < run->n_steps; i++) {
        struct host_step *step = &run->steps[i];

        if (step->type == NXS_CommandType_Signal && i >= run->at)
            host_failure_set_locked(&step->event->failure, failure);
        for (int k = 0; k < NXS_KERNEL_MAX_ARGS && !run->blocking; k++)
            if (step->memory[k])
                host_failure_set_locked(&step->memory[k]->failure, failure);
    }
}

static void fail_locked(struct host_run *run, nxs_status status)
{
    struct host_failure *failure = calloc(1, sizeof *failure);

    run->status = status;
    if (!failure)
        return;
    failure->n_users = 1;
    failure->status = status;
    if (run->blocking)
        host_failure_tell_locked(failure);
    spread_failure_locked(run, failure);
    if (!MUTANT(failure_unsaid))
        host_failure_set_locked(&run->stream->failure, failure);
    host_failure_set_locked(&failure, NULL);
}

/* A run behind a failed one, whose owner did not know of that. */
static bool drop_locked(struct host_run *run)
{
    struct host_failure *failure = run->stream->failure;

    if (!failure ||
        (failure->told_before && run->serial >= failure->told_before))
        return false;
    if (MUTANT(on_after_failed_run) && !run->blocking)
        return false;
    run->status = failure->told_before ? NXS_ExecStatusErrorForEventsInWaitList
                                       : failure->status;
    if (run->blocking)
        host_failure_tell_locked(failure);
    spread_failure_locked(run, failure);
    return true;
}

void host_cancel_all_locked(void)
{
    for (struct host_run *run = pending.first; run; run = run->next)
        run->status = NXS_InvalidOperation;
}

/* ---- the thread of a stream ---- */

static void do_kernel(const struct host_step *step)
{
    struct host_call call = {.n_points = 0};
    const nxs_dim3 *grid = &step->grid;

    for (int i = 0; i < NXS_KERNEL_MAX_ARGS; i++) {
        call.scalar[i] = step->scalar[i];
        if (step->memory[i]) {
            call.arg[i] = step->memory[i]->bytes;
            call.size[i] = step->memory[i]->size;
        }
    }
    call.n_points = (uint64_t)grid->x * grid->y * grid->z;
    for (; call.point < call.n_points; call.point++)
        if (call.point < grid->x || !MUTANT(only_x_counts))
            step->kernel->builtin->run(&call);
}

/* For a mutant: the arguments as they are when the run comes to them. */
static void bind_late_locked(struct host_step *step)
{
    for (int i = 0; i < NXS_KERNEL_MAX_ARGS; i++) {
        const struct host_arg *arg = &step->command->args[i];
        struct host_buffer *buffer = host_find_locked(arg->buffer, HOST_BUFFER);

        if (arg->kind != HOST_ARG_BUFFER || !buffer)
            continue;
        host_memory_pin_locked(buffer->memory);
        host_memory_unpin_locked(step->memory[i]);
        step->memory[i] = buffer->memory;
    }
}

static nxs_status do_step_locked(struct host_run *run, struct host_step *step)
{
    uint64_t start;

    switch (step->type) {
    case NXS_CommandType_Signal:
        host_signal_event_locked(step->event, step->value);
        return NXS_Success;
    case NXS_CommandType_Wait:
        return host_wait_event_locked(step->event, step->value, run);
    default:
        if (MUTANT(late_arguments))
            bind_late_locked(step);
        start = host_now_ns();
        host_unlock();
        do_kernel(step);
        host_lock();
        run->elapsed_ns += host_now_ns() - start;
        return NXS_Success;
    }
}

static void do_run_locked(struct host_run *run)
{
    nxs_status status = run->status;

    if (status < 0 || drop_locked(run))
        return;
    for (run->at = 0; run->at < run->n_steps; run->at++) {
        size_t i = MUTANT(backwards) ? run->n_steps - 1 - run->at : run->at;

        status = do_step_locked(run, &run->steps[i]);
        if (status < 0 && !MUTANT(on_after_failed_wait))
            break;
    }
    if (status < 0)
        fail_locked(run, status);
    else
        run->stream->n_done++;
}

static void finish_locked(struct host_run *run)
{
    struct host_run **link = &pending.first;

    while (*link != run)
        link = &(*link)->next;
    *link = run->next;
    if (pending.end == &run->next)
        pending.end = link;
    if (run->status >= 0) {
        run->schedule->elapsed_ns = run->elapsed_ns;
        run->schedule->has_run = true;
    }
    run->over = true;
    host_run_unpin_locked(run);
    host_changed_locked();
}

static void *serve(void *arg)
{
    struct host_stream *stream = arg;
    struct host_run *run;

    host_lock();
    for (;;) {
        run = first_of_locked(stream);
        if (run) {
            do_run_locked(run);
            finish_locked(run);
        } else if (stream->closing) {
            break;
        } else {
            host_sleep_locked(host_now_ns() + NO_LIMIT_NS);
        }
    }
    host_unlock();
    return NULL;
}

/* Signals are for the threads of the host. */
static nxs_status start_locked(struct host_stream *stream)
{
    sigset_t all, old;

    if (stream->has_thread)
        return NXS_Success;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    stream->has_thread =
        pthread_create(&stream->thread, NULL, serve, stream) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return stream->has_thread ? NXS_Success : NXS_OutOfResources;
}

void host_stream_stop_locked(struct host_stream *stream)
{
    stream->closing = true;
    host_changed_locked();
    if (!stream->has_thread)
        return;
    stream->has_thread = false;
    host_unlock();
    pthread_join(stream->thread, NULL);
    host_lock();
}

/* ---- life ---- */

static void destroy(struct host_object *object)
{
    struct host_stream *stream = (struct host_stream *)object;

    host_failure_set_locked(&stream->failure, NULL);
    free(stream);
}

struct host_stream *host_stream_new(nxs_int device, nxs_uint settings)
{
    struct host_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return NULL;
    stream->object.destroy = destroy;
    stream->object.device = device;
    stream->settings = MUTANT(settings_lost) ? 0 : settings;
    return stream;
}

nxs_int nxsCreateStream(nxs_int device, nxs_uint settings)
{
    struct host_stream *stream;
    nxs_int id;

    if (!host_is_device(device))
        return NXS_InvalidDevice;
    stream = host_stream_new(device, settings);
    if (!stream)
        return NXS_OutOfHostMemory;
    host_lock();
    id = host_publish_locked(&stream->object, HOST_STREAM, device);
    if (MUTANT(few_streams) && id >= HOST_FIRST_ID + 20)
        id = NXS_OutOfResources;
    host_unlock();
    return id;
}

/* The thread ends when the queue is empty; no run comes in any more. */
nxs_status nxsReleaseStream(nxs_int stream_id)
{
    struct host_stream *stream;

    host_lock();
    stream = host_find_locked(stream_id, HOST_STREAM);
    if (stream) {
        host_pin_locked(&stream->object);
        host_retire_locked(&stream->object);
        if (!MUTANT(release_does_not_wait))
            host_stream_stop_locked(stream);
        host_unpin_locked(&stream->object);
    }
    host_unlock();
    return stream ? NXS_Success : NXS_InvalidStream;
}

nxs_status nxsGetStreamProperty(nxs_int stream_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    nxs_status status = NXS_InvalidStream;
    const struct host_stream *stream;

    host_lock();
    stream = host_find_locked(stream_id, HOST_STREAM);
    if (stream) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, "stream"),
            HOST_P_NUMBER(NP_Value, stream->settings),
            HOST_P_NUMBER(NP_ID, stream_id),
            HOST_P_NUMBER(NP_Count, stream->n_done)};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}

/* ---- nxsRunSchedule ---- */

static nxs_status submit_locked(struct host_run *run)
{
    nxs_status status = start_locked(run->stream);

    if (status < 0)
        return status;
    /* whoever waits for its signals waits for this run now */
    for (size_t i = 0; i < run->n_steps; i++)
        if (run->steps[i].type == NXS_CommandType_Signal)
            host_failure_set_locked(&run->steps[i].event->failure, NULL);
    run->serial = pending.next_serial++;
    run->n_users++;
    *pending.end = run;
    pending.end = &run->next;
    host_changed_locked();
    while (run->blocking && !run->over)
        host_sleep_locked(host_now_ns() + NO_LIMIT_NS);
    return run->blocking ? run->status : NXS_Success;
}

static nxs_status run_locked(struct host_schedule *schedule, nxs_int stream_id,
                             nxs_uint settings)
{
    struct host_stream *stream =
        stream_id < 0 && !MUTANT(no_default_stream)
            ? host_device_stream_locked(schedule->object.device)
            : host_find_locked(stream_id, HOST_STREAM);
    struct host_run *run;
    nxs_status status;

    if (!stream && MUTANT(unknown_stream_is_default))
        stream = host_device_stream_locked(schedule->object.device);
    if (MUTANT(empty_schedule) && !schedule->first)
        return NXS_InvalidSchedule;
    if (MUTANT(run_settings) && settings & NXS_ExecutionSettings_Profiling)
        return NXS_InvalidValue;
    if (host_is_closing_locked())
        return NXS_InvalidStream;
    if (!stream || (stream->object.device != schedule->object.device &&
                    !MUTANT(foreign_stream_taken)))
        return NXS_InvalidStream;
    if (schedule->has_run && MUTANT(runs_once))
        return NXS_Success;
    status = host_run_new_locked(schedule, stream, &run);
    if (status < 0)
        return status;
    run->blocking = !(settings & NXS_ExecutionSettings_NonBlocking) ||
                    MUTANT(always_blocking);
    status = submit_locked(run);
    host_run_unpin_locked(run);
    return status;
}

nxs_status nxsRunSchedule(nxs_int schedule_id, nxs_int stream_id,
                          nxs_uint run_settings)
{
    nxs_status status =
        MUTANT(unknown_schedule_runs) ? NXS_Success : NXS_InvalidSchedule;
    struct host_schedule *schedule;

    host_lock();
    schedule = host_find_locked(schedule_id, HOST_SCHEDULE);
    if (schedule)
        status = run_locked(schedule, stream_id, run_settings);
    host_unlock();
    return status;
}
