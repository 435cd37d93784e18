/* SPDX-License-Identifier: MIT */
/* Life and properties of commands: nxsCreate*Command, nxsFinalizeCommand,
 * nxsGetCommandProperty. */
#include "plugin/command.h"

#include <stdlib.h>

#include "plugin/program.h"
#include "plugin/property.h"
#include "plugin/schedule.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#define FIDELITY_HIFI4 4u

struct tt_command *tt_command_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->commands, id);

    return object ? TT_CONTAINER_OF(object, struct tt_command, object) : NULL;
}

void tt_command_put(struct tt_command *cmd)
{
    if (cmd)
        tt_pool_put(&tt_runtime_get()->commands, &cmd->object);
}

void tt_command_fini(struct tt_object *object)
{
    struct tt_command *cmd = TT_CONTAINER_OF(object, struct tt_command, object);

    tt_program_put(cmd->program);
    tt_kernel_put(cmd->kernel);
    tt_event_put(cmd->event);
    for (size_t i = 0; i < cmd->n_texts; i++) {
        free(cmd->texts[i].name);
        free(cmd->texts[i].value);
    }
    pthread_mutex_destroy(&cmd->lock);
    free(cmd->items);
    free(cmd->times);
    free(cmd->log);
    free(cmd);
}

/* First begin and last end of a core's kernels, in cycles. */
static void core_span(const struct tt_work *work, uint32_t core,
                      uint64_t *out_begin, uint64_t *out_end)
{
    const struct tt_core_time *t = &work->time[core];

    *out_begin = UINT64_MAX;
    *out_end = 0;
    for (unsigned r = 0; r < TT_N_RISC; r++) {
        if (!work->image[r].size)
            continue;
        *out_begin = t->begin[r] < *out_begin ? t->begin[r] : *out_begin;
        *out_end = t->end[r] > *out_end ? t->end[r] : *out_end;
    }
}

static void fill_times(const struct tt_work *work,
                       const struct tt_flight *flight, int64_t *out)
{
    uint64_t begin, end;

    for (uint32_t i = 0; i < work->n_cores; i++) {
        core_span(work, i, &begin, &end);
        *out++ = work->cores[i].x;
        *out++ = work->cores[i].y;
        *out++ = (int64_t)begin;
        *out++ = (int64_t)end;
        *out++ = (int64_t)flight->start_ns;
        *out++ = (int64_t)flight->end_ns;
    }
}

void tt_command_note_times(struct tt_command *cmd, const struct tt_work *work,
                           const struct tt_flight *flight)
{
    size_t n = work->n_cores * (size_t)TT_COMMAND_TIME_WORDS;
    int64_t *times = n <= TT_PROPERTY_VECTOR ? malloc(n * sizeof *times) : NULL;

    if (!times || !work->time) {
        free(times);
        return;
    }
    fill_times(work, flight, times);
    pthread_mutex_lock(&cmd->lock);
    free(cmd->times);
    cmd->times = times;
    cmd->n_times = n;
    pthread_mutex_unlock(&cmd->lock);
}

const struct tt_arg *tt_command_cb_buffer(const struct tt_command *cmd,
                                          unsigned index)
{
    for (size_t i = 0; i < cmd->n_items; i++)
        if (cmd->items[i].kind == TT_ARGNAME_CB &&
            cmd->items[i].index == (nxs_int)index)
            return &cmd->items[i].arg;
    return NULL;
}

bool tt_command_has_cb(const struct tt_command *cmd, unsigned index)
{
    return cmd->cbs[index].n_tiles || tt_command_cb_buffer(cmd, index);
}

static struct tt_command *new_command(nxs_command_type type)
{
    struct tt_command *cmd = calloc(1, sizeof *cmd);

    if (!cmd)
        return NULL;
    cmd->type = type;
    cmd->dst_fp32 = -1;
    cmd->fidelity = FIDELITY_HIFI4;
    pthread_mutex_init(&cmd->lock, NULL);
    return cmd;
}

/* Takes the pins over. */
static nxs_int add_dispatch(struct tt_schedule *schedule,
                            struct tt_kernel *kernel)
{
    struct tt_command *cmd;

    if (kernel->library->npu != schedule->npu) {
        tt_kernel_put(kernel);
        return TT_FAIL(NXS_InvalidKernel,
                       "the kernel is of device %d, the schedule of %d",
                       kernel->library->npu->index, schedule->npu->index);
    }
    cmd = new_command(NXS_CommandType_Dispatch);
    if (!cmd) {
        tt_kernel_put(kernel);
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a command");
    }
    cmd->npu = schedule->npu;
    cmd->kernel = kernel;
    return tt_schedule_add(schedule, cmd);
}

nxs_int nxsCreateCommand(nxs_int schedule_id, nxs_int kernel_id,
                         nxs_uint settings)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    struct tt_kernel *kernel;
    nxs_int id;

    (void)settings;
    if (!schedule)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    kernel = tt_kernel_get(kernel_id);
    if (kernel)
        id = add_dispatch(schedule, kernel);
    else
        id = TT_FAIL(NXS_InvalidKernel, "kernel %d is not live", kernel_id);
    tt_schedule_put(schedule);
    return id;
}

static nxs_int add_event_command(nxs_int schedule_id, nxs_int event_id,
                                 nxs_int value, nxs_command_type type)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    struct tt_event *event;
    struct tt_command *cmd;
    nxs_int id;

    if (!schedule)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    event = tt_event_get(event_id);
    cmd = event ? new_command(type) : NULL;
    if (!event) {
        id = TT_FAIL(NXS_InvalidEvent, "event %d is not live", event_id);
    } else if (!cmd) {
        tt_event_put(event);
        id = TT_FAIL(NXS_OutOfHostMemory, "no memory for a command");
    } else {
        cmd->npu = schedule->npu;
        cmd->event = event;
        cmd->event_value = value;
        id = tt_schedule_add(schedule, cmd);
    }
    tt_schedule_put(schedule);
    return id;
}

nxs_int nxsCreateSignalCommand(nxs_int schedule_id, nxs_int event_id,
                               nxs_int value, nxs_uint settings)
{
    (void)settings;
    return add_event_command(schedule_id, event_id, value,
                             NXS_CommandType_Signal);
}

nxs_int nxsCreateWaitCommand(nxs_int schedule_id, nxs_int event_id,
                             nxs_int value, nxs_uint settings)
{
    (void)settings;
    return add_event_command(schedule_id, event_id, value,
                             NXS_CommandType_Wait);
}

/* Kernels count grid points in signed 32-bit words. */
static nxs_status check_geometry(const struct tt_command *cmd, nxs_dim3 grid,
                                 nxs_dim3 group, nxs_uint shared)
{
    uint32_t l1_size = cmd->npu->dev->info.arch->l1_size;
    uint64_t points;

    if (!grid.x || !grid.y || !grid.z ||
        !tt_math_mul((uint64_t)grid.x * grid.y, grid.z, &points) ||
        points > INT32_MAX)
        return TT_FAIL(NXS_InvalidGlobalWorkSize,
                       "command %d: grid %u x %u x %u has no points or over "
                       "2^31 - 1",
                       cmd->object.id, grid.x, grid.y, grid.z);
    if (!group.x || !group.y || !group.z)
        return TT_FAIL(NXS_InvalidWorkGroupSize,
                       "command %d: group %u x %u x %u has no threads",
                       cmd->object.id, group.x, group.y, group.z);
    if (shared > l1_size - TT_L1_DATA)
        return TT_FAIL(NXS_OutOfResources,
                       "command %d: %u bytes of shared memory, a core has %u",
                       cmd->object.id, shared, l1_size - TT_L1_DATA);
    return NXS_Success;
}

static nxs_status finalize(struct tt_command *cmd, nxs_dim3 grid,
                           nxs_dim3 group, nxs_uint shared)
{
    nxs_status status;

    if (cmd->type != NXS_CommandType_Dispatch)
        return TT_FAIL(NXS_InvalidOperation,
                       "command %d is a signal or a wait: nothing to finalize",
                       cmd->object.id);
    status = check_geometry(cmd, grid, group, shared);
    if (status < 0)
        return status;
    pthread_mutex_lock(&cmd->lock);
    cmd->finalized = false;
    status = tt_program_build(cmd);
    if (status >= 0) {
        cmd->grid = grid;
        cmd->finalized = true;
    }
    pthread_mutex_unlock(&cmd->lock);
    return status;
}

nxs_status nxsFinalizeCommand(nxs_int command_id, nxs_dim3 grid, nxs_dim3 group,
                              nxs_uint shared_memory_size)
{
    struct tt_command *cmd = tt_command_get(command_id);
    nxs_status status;

    if (!cmd)
        return TT_FAIL(NXS_InvalidCommand, "command %d is not live",
                       command_id);
    tt_runtime_enter();
    status = finalize(cmd, grid, group, shared_memory_size);
    tt_runtime_leave();
    tt_command_put(cmd);
    return status;
}

static void get_name(void *object, struct tt_property *out)
{
    const struct tt_command *cmd = object;

    if (cmd->kernel)
        tt_property_text(out, "%s", cmd->kernel->name);
    else
        tt_property_text(out, cmd->type == NXS_CommandType_Signal ? "signal"
                                                                  : "wait");
}

static void get_type(void *object, struct tt_property *out)
{
    static const char *const names[] = {"dispatch", "signal", "wait"};

    tt_property_text(out, "%s", names[((struct tt_command *)object)->type]);
}

static void get_value(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_command *)object)->event_value;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_command *)object)->object.id;
}

static void get_description(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;

    pthread_mutex_lock(&cmd->lock);
    tt_property_text(out, "%s", cmd->log ? cmd->log : "");
    pthread_mutex_unlock(&cmd->lock);
}

static void get_count(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;

    pthread_mutex_lock(&cmd->lock);
    out->number = cmd->n_args;
    pthread_mutex_unlock(&cmd->lock);
}

static void get_shape(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;

    pthread_mutex_lock(&cmd->lock);
    out->vector[0] = cmd->grid.x;
    out->vector[1] = cmd->grid.y;
    out->vector[2] = cmd->grid.z;
    out->n_vector = 3;
    pthread_mutex_unlock(&cmd->lock);
}

static void get_elapsed(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;

    pthread_mutex_lock(&cmd->lock);
    out->real = (double)cmd->elapsed_ns / 1e6;
    if (!cmd->has_run)
        out->status = TT_FAIL(NXS_ProfilingInfoNotAvailable,
                              "command %d has not run", cmd->object.id);
    pthread_mutex_unlock(&cmd->lock);
}

static void get_location(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;
    const struct tt_cores *at = &cmd->cores;

    pthread_mutex_lock(&cmd->lock);
    if (cmd->has_run)
        tt_property_text(out, "cores (%u,%u)-(%u,%u)", at->x, at->y,
                         at->x + at->width - 1, at->y + at->height - 1);
    pthread_mutex_unlock(&cmd->lock);
}

static void get_times(void *object, struct tt_property *out)
{
    struct tt_command *cmd = object;

    pthread_mutex_lock(&cmd->lock);
    out->n_vector = cmd->n_times;
    for (size_t i = 0; i < cmd->n_times; i++)
        out->vector[i] = cmd->times[i];
    if (!cmd->n_times)
        out->status =
            TT_FAIL(NXS_ProfilingInfoNotAvailable,
                    "command %d has not run with Profiling", cmd->object.id);
    pthread_mutex_unlock(&cmd->lock);
}

static const struct tt_property_entry command_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.get = get_name},
    [NP_Type] = {.get = get_type},
    [NP_Value] = {.get = get_value},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Count] = {.get = get_count},
    [NP_Shape] = {.get = get_shape},
    [NP_ElapsedTime] = {.get = get_elapsed},
    [NP_Location] = {.get = get_location},
    [NP_SubUnits] = {.get = get_times},
    [NP_SubUnitType] = {.text = "core"},
};

nxs_status nxsGetCommandProperty(nxs_int command_id, nxs_uint property_id,
                                 void *value, size_t *value_size)
{
    struct tt_command *cmd = tt_command_get(command_id);
    nxs_status status;

    if (!cmd)
        return TT_FAIL(NXS_InvalidCommand, "command %d is not live",
                       command_id);
    status = tt_property_get(command_properties, cmd, property_id, value,
                             value_size);
    tt_command_put(cmd);
    return status;
}
