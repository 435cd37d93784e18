/* SPDX-License-Identifier: MIT */
/* Life and properties of schedules: nxsCreateSchedule, nxsReleaseSchedule,
 * nxsGetScheduleProperty; nxsRunSchedule. */
#include "plugin/schedule.h"

#include <stdlib.h>

#include "plugin/property.h"
#include "plugin/run.h"
#include "plugin/stream.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

struct tt_schedule *tt_schedule_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->schedules, id);

    return object ? TT_CONTAINER_OF(object, struct tt_schedule, object) : NULL;
}

void tt_schedule_put(struct tt_schedule *schedule)
{
    if (schedule)
        tt_pool_put(&tt_runtime_get()->schedules, &schedule->object);
}

/* Commands go with their schedule: their ids when it is released, they
 * themselves when nothing runs them any more. */
static void release_commands(struct tt_schedule *schedule)
{
    struct tt_pool *pool = &tt_runtime_get()->commands;

    pthread_mutex_lock(&schedule->lock);
    for (size_t i = 0; i < schedule->n_commands && !schedule->released; i++)
        tt_pool_release(pool, schedule->commands[i]->object.id);
    schedule->released = true;
    pthread_mutex_unlock(&schedule->lock);
}

void tt_schedule_fini(struct tt_object *object)
{
    struct tt_schedule *schedule =
        TT_CONTAINER_OF(object, struct tt_schedule, object);

    release_commands(schedule);
    for (size_t i = 0; i < schedule->n_commands; i++)
        tt_command_put(schedule->commands[i]);
    pthread_mutex_destroy(&schedule->lock);
    free(schedule->commands);
    free(schedule);
}

static nxs_int add_locked(struct tt_schedule *schedule, struct tt_command *cmd)
{
    size_t size = (schedule->n_commands + 1) * sizeof(struct tt_command *);
    struct tt_command **commands;
    nxs_int id;

    if (schedule->released)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d was released",
                       schedule->object.id);
    commands = realloc(schedule->commands, size);
    if (!commands)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a command");
    schedule->commands = commands;
    id = tt_pool_publish(&tt_runtime_get()->commands, &cmd->object);
    if (id < 0)
        return id;
    tt_pool_pin(&tt_runtime_get()->commands, &cmd->object);
    commands[schedule->n_commands++] = cmd;
    return id;
}

nxs_int tt_schedule_add(struct tt_schedule *schedule, struct tt_command *cmd)
{
    nxs_int id;

    pthread_mutex_lock(&schedule->lock);
    id = add_locked(schedule, cmd);
    pthread_mutex_unlock(&schedule->lock);
    if (id < 0)
        tt_command_fini(&cmd->object);
    return id;
}

nxs_int nxsCreateSchedule(nxs_int device, nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    struct tt_schedule *schedule;
    nxs_int id;

    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    schedule = calloc(1, sizeof *schedule);
    if (!schedule)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a schedule");
    schedule->npu = npu;
    schedule->settings = settings;
    pthread_mutex_init(&schedule->lock, NULL);
    id = tt_pool_publish(&tt_runtime_get()->schedules, &schedule->object);
    if (id < 0)
        tt_schedule_fini(&schedule->object);
    return id;
}

nxs_status nxsReleaseSchedule(nxs_int schedule_id)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    nxs_status status = NXS_InvalidSchedule;

    if (schedule)
        status = tt_pool_release(&tt_runtime_get()->schedules, schedule_id);
    if (status < 0) {
        tt_schedule_put(schedule);
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    }
    release_commands(schedule);
    tt_schedule_put(schedule);
    return NXS_Success;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_schedule *)object)->object.id;
}

static void get_value(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_schedule *)object)->settings;
}

static void get_count(void *object, struct tt_property *out)
{
    struct tt_schedule *schedule = object;

    pthread_mutex_lock(&schedule->lock);
    out->number = (int64_t)schedule->n_commands;
    pthread_mutex_unlock(&schedule->lock);
}

static void get_elapsed(void *object, struct tt_property *out)
{
    struct tt_schedule *schedule = object;

    pthread_mutex_lock(&schedule->lock);
    out->real = (double)schedule->elapsed_ns / 1e6;
    if (!schedule->has_run)
        out->status = TT_FAIL(NXS_ProfilingInfoNotAvailable,
                              "schedule %d has not run", schedule->object.id);
    pthread_mutex_unlock(&schedule->lock);
}

static void get_description(void *object, struct tt_property *out)
{
    struct tt_schedule *schedule = object;

    pthread_mutex_lock(&schedule->lock);
    tt_property_text(out, "%zu commands, run %llu times", schedule->n_commands,
                     (unsigned long long)schedule->n_runs);
    pthread_mutex_unlock(&schedule->lock);
}

static const struct tt_property_entry schedule_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "schedule"},
    [NP_Type] = {.text = "schedule"},
    [NP_Value] = {.get = get_value},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Count] = {.get = get_count},
    [NP_Size] = {.get = get_count},
    [NP_SubUnitType] = {.text = "command"},
    [NP_ElapsedTime] = {.get = get_elapsed},
};

nxs_status nxsGetScheduleProperty(nxs_int schedule_id, nxs_uint property_id,
                                  void *value, size_t *value_size)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    nxs_status status;

    if (!schedule)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    status = tt_property_get(schedule_properties, schedule, property_id, value,
                             value_size);
    tt_schedule_put(schedule);
    return status;
}

/* Nothing to do, and nothing to wait for. */
static bool run_empty(struct tt_schedule *schedule, struct tt_stream *stream)
{
    struct tt_dispatch *d = &schedule->npu->dispatch;
    bool idle;

    pthread_mutex_lock(&d->lock);
    idle = stream->n_pending == 0 && tt_failure_is_told(stream->failure);
    pthread_mutex_unlock(&d->lock);
    if (!idle)
        return false;
    pthread_mutex_lock(&schedule->lock);
    idle = schedule->n_commands == 0;
    if (idle) {
        schedule->has_run = true;
        schedule->n_runs++;
        schedule->elapsed_ns = 0;
    }
    pthread_mutex_unlock(&schedule->lock);
    if (idle)
        atomic_fetch_add(&stream->n_runs, 1);
    return idle;
}

static nxs_status run_now(struct tt_schedule *schedule,
                          struct tt_stream *stream, nxs_uint settings)
{
    bool blocking = !(settings & NXS_ExecutionSettings_NonBlocking);
    struct tt_run *run;
    nxs_status status;

    if (run_empty(schedule, stream))
        return NXS_Success;
    if (!blocking && !tt_dispatch_has_thread(&schedule->npu->dispatch))
        return TT_FAIL(NXS_OutOfResources,
                       "there can be no thread for a run without waiting");
    status = tt_run_new(schedule, stream, settings, &run);
    if (status < 0)
        return status;
    tt_dispatch_submit(&schedule->npu->dispatch, run, blocking);
    if (blocking) {
        tt_dispatch_wait_run(&schedule->npu->dispatch, run);
        status = run->status;
    }
    if (status < 0)
        tt_log_adopt_error(run->failure ? run->failure->text : "");
    tt_run_put(run);
    return status;
}

nxs_status nxsRunSchedule(nxs_int schedule_id, nxs_int stream_id,
                          nxs_uint run_settings)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    struct tt_stream *stream;
    nxs_status status;

    if (!schedule)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    stream = stream_id < 0 ? schedule->npu->stream : tt_stream_get(stream_id);
    if (!stream || stream->npu != schedule->npu) {
        status =
            TT_FAIL(NXS_InvalidStream, "stream %d is not live on device %d",
                    stream_id, schedule->npu->index);
    } else {
        tt_runtime_enter();
        status = run_now(schedule, stream, run_settings);
        tt_runtime_leave();
    }
    tt_stream_put(stream);
    tt_schedule_put(schedule);
    return status;
}
