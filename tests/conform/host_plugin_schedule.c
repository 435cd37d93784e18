/* SPDX-License-Identifier: MIT */
/* Schedules and commands. */
#include <stdlib.h>
#include <string.h>

#include "tests/conform/host_plugin.h"

/* ---- schedules ---- */

static void destroy_schedule(struct host_object *object)
{
    struct host_schedule *schedule = (struct host_schedule *)object;
    struct host_command *next;

    for (struct host_command *c = schedule->first; c; c = next) {
        next = c->next;
        if (!c->object.released && !MUTANT(command_outlives_schedule))
            host_retire_locked(&c->object);
        host_unpin_locked(&c->object);
    }
    free(schedule);
}

nxs_int nxsCreateSchedule(nxs_int device, nxs_uint settings)
{
    struct host_schedule *schedule;
    nxs_int id;

    if (!host_is_device(device))
        return NXS_InvalidDevice;
    schedule = calloc(1, sizeof *schedule);
    if (!schedule)
        return NXS_OutOfHostMemory;
    schedule->object.destroy = destroy_schedule;
    schedule->settings = settings;
    schedule->end = &schedule->first;
    host_lock();
    id = host_publish_locked(&schedule->object, HOST_SCHEDULE, device);
    host_unlock();
    return id;
}

nxs_status nxsReleaseSchedule(nxs_int schedule_id)
{
    struct host_schedule *schedule;

    host_lock();
    schedule = host_find_locked(schedule_id, HOST_SCHEDULE);
    if (MUTANT(release_in_two_steps)) /* gives the lock up meanwhile */
        host_sleep_locked(host_now_ns() + 100000);
    if (schedule) {
        /* a run may keep the schedule: its commands go now */
        for (struct host_command *c = schedule->first; c; c = c->next)
            if (!MUTANT(command_outlives_schedule))
                host_retire_locked(&c->object);
        host_retire_locked(&schedule->object);
    }
    host_unlock();
    return schedule ? NXS_Success : NXS_InvalidSchedule;
}

nxs_status nxsGetScheduleProperty(nxs_int schedule_id, nxs_uint property_id,
                                  void *value, size_t *value_size)
{
    nxs_status status = NXS_InvalidSchedule;
    const struct host_schedule *s;

    host_lock();
    s = host_find_locked(schedule_id, HOST_SCHEDULE);
    if (s) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, "schedule"),
            HOST_P_NUMBER(NP_Value, s->settings),
            HOST_P_NUMBER(NP_ID, schedule_id),
            {.id = NP_ElapsedTime,
             .type = HOST_REAL,
             .real = (double)s->elapsed_ns / (MUTANT(time_in_ns) ? 1 : 1e6),
             .status =
                 s->has_run ? NXS_Success : NXS_ProfilingInfoNotAvailable}};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}

/* ---- commands ---- */

static void destroy_command(struct host_object *object)
{
    struct host_command *command = (struct host_command *)object;

    if (command->kernel)
        host_unpin_locked(&command->kernel->object);
    if (command->event)
        host_unpin_locked(&command->event->object);
    free(command);
}

/* Pins kernel and event. */
static nxs_int add_locked(struct host_schedule *schedule,
                          const struct host_command *like)
{
    struct host_command *command = malloc(sizeof *command);
    nxs_int id;

    if (!command)
        return NXS_OutOfHostMemory;
    *command = *like;
    command->object.destroy = destroy_command;
    if (command->kernel)
        host_pin_locked(&command->kernel->object);
    if (command->event)
        host_pin_locked(&command->event->object);
    id = host_publish_locked(&command->object, HOST_COMMAND,
                             schedule->object.device);
    if (id >= 0) {
        host_pin_locked(&command->object);
        *schedule->end = command;
        schedule->end = &command->next;
    }
    return id;
}

nxs_int nxsCreateCommand(nxs_int schedule_id, nxs_int kernel_id,
                         nxs_uint settings)
{
    struct host_command like = {.type = NXS_CommandType_Dispatch};
    struct host_schedule *schedule;
    nxs_int id = NXS_InvalidKernel;

    (void)settings;
    host_lock();
    schedule = host_find_locked(schedule_id, HOST_SCHEDULE);
    like.kernel = host_find_locked(kernel_id, HOST_KERNEL);
    if (!schedule)
        id = NXS_InvalidSchedule;
    else if (like.kernel &&
             (like.kernel->object.device == schedule->object.device ||
              MUTANT(foreign_kernel_taken)))
        id = add_locked(schedule, &like);
    host_unlock();
    return id;
}

static nxs_int add_event_command(nxs_int schedule_id, nxs_int event_id,
                                 nxs_int value, nxs_command_type type)
{
    struct host_command like = {
        .type = type, .value = value, .finalized = true};
    struct host_schedule *schedule;
    nxs_int id = NXS_InvalidEvent;

    host_lock();
    schedule = host_find_locked(schedule_id, HOST_SCHEDULE);
    like.event = host_find_locked(event_id, HOST_EVENT);
    if (!schedule && !(MUTANT(event_checked_first) && !like.event))
        id = NXS_InvalidSchedule;
    else if (like.event)
        id = add_locked(schedule, &like);
    if (id >= 0 && type == NXS_CommandType_Signal && MUTANT(signal_at_creation))
        host_signal_event_locked(like.event, value);
    host_unlock();
    return id;
}

nxs_int nxsCreateSignalCommand(nxs_int schedule, nxs_int event, nxs_int value,
                               nxs_uint settings)
{
    (void)settings;
    return add_event_command(schedule, event, value, NXS_CommandType_Signal);
}

nxs_int nxsCreateWaitCommand(nxs_int schedule, nxs_int event, nxs_int value,
                             nxs_uint settings)
{
    (void)settings;
    return add_event_command(schedule, event, value, NXS_CommandType_Wait);
}

nxs_status nxsGetCommandProperty(nxs_int command_id, nxs_uint property_id,
                                 void *value, size_t *value_size)
{
    static const char *const types[] = {"dispatch", "signal", "wait"};
    nxs_status status = NXS_InvalidCommand;
    const struct host_command *command;

    host_lock();
    command = host_find_locked(command_id, HOST_COMMAND);
    if (command) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, "command"),
            HOST_P_TEXT(NP_Type, types[command->type]),
            HOST_P_NUMBER(NP_ID, command_id)};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}

/* ---- arguments ---- */

/* A command whose argument can be set; else *out_status says why not. */
static struct host_command *find_command_locked(nxs_int id, nxs_int index,
                                                nxs_status *out_status)
{
    struct host_command *command = host_find_locked(id, HOST_COMMAND);

    *out_status = NXS_Success;
    if (!command)
        *out_status =
            MUTANT(unknown_command_is_set) ? NXS_Success : NXS_InvalidCommand;
    else if (command->type != NXS_CommandType_Dispatch)
        *out_status =
            MUTANT(signal_takes_arguments) ? NXS_Success : NXS_InvalidOperation;
    else if (index < 0 ||
             index >= NXS_KERNEL_MAX_ARGS + (MUTANT(index_64) ? 1 : 0))
        *out_status = NXS_InvalidArgIndex;
    return *out_status < 0 ? NULL : command;
}

nxs_status nxsSetCommandArgument(nxs_int command_id, nxs_int index,
                                 nxs_int buffer_id, const char *name,
                                 nxs_uint settings)
{
    struct host_command *command;
    const struct host_buffer *buffer;
    nxs_status status;

    (void)name;
    host_lock();
    command = find_command_locked(command_id, index, &status);
    buffer = host_find_locked(buffer_id, HOST_BUFFER);
    if (command &&
        (!buffer || (buffer->object.device != command->object.device &&
                     !MUTANT(foreign_buffer_taken))))
        status = NXS_InvalidBuffer;
    else if (command && settings & NXS_CommandArgType_Constant &&
             MUTANT(buffer_settings_count))
        status = NXS_InvalidArgValue;
    else if (command && !(MUTANT(arguments_frozen) && command->finalized))
        command->args[index] =
            (struct host_arg){.kind = HOST_ARG_BUFFER, .buffer = buffer_id};
    host_unlock();
    return status;
}

/* Hosts store 32 bits whatever the type, but for Bool, which is a byte. What a
 * named constant means is up to the plugin: to this one nothing. */
static struct host_arg scalar_of(const void *value, nxs_uint settings)
{
    struct host_arg arg = {.kind = HOST_ARG_SCALAR, .storage = value};
    int32_t word;

    if ((settings & NXS_DataType_Mask) == NXS_DataType_Bool) {
        arg.scalar = *(const unsigned char *)value != 0;
    } else {
        memcpy(&word, value, sizeof word);
        arg.scalar = word;
    }
    return arg;
}

nxs_status nxsSetCommandScalar(nxs_int command_id, nxs_int index, void *value,
                               const char *name, nxs_uint settings)
{
    bool constant = settings & NXS_CommandArgType_Constant && name && *name;
    struct host_command *command;
    nxs_status status;

    host_lock();
    command = find_command_locked(command_id, index, &status);
    if (command && !value)
        status = MUTANT(null_scalar) ? NXS_Success : NXS_InvalidArgValue;
    else if (command && (!constant || MUTANT(constant_is_argument)))
        command->args[index] = scalar_of(value, settings);
    host_unlock();
    return status;
}

static bool is_empty(nxs_dim3 d)
{
    return !d.x || !d.y || !d.z;
}

/* Neither product can overflow: a plane is looked at by itself first. */
static bool is_too_large(nxs_dim3 d)
{
    uint64_t plane = (uint64_t)d.x * d.y;

    if (MUTANT(grid_overflows))
        return (nxs_int)(d.x * d.y * d.z) < 0;
    return plane > INT32_MAX || plane * d.z > INT32_MAX;
}

nxs_status nxsFinalizeCommand(nxs_int command_id, nxs_dim3 grid, nxs_dim3 group,
                              nxs_uint shared_memory_size)
{
    struct host_command *command;
    nxs_status status;

    (void)shared_memory_size;
    host_lock();
    command = find_command_locked(command_id, 0, &status);
    if (command &&
        ((is_empty(grid) && !MUTANT(grid_zero)) || is_too_large(grid)))
        status = NXS_InvalidGlobalWorkSize;
    else if (command && is_empty(group) && !MUTANT(group_zero))
        status = NXS_InvalidWorkGroupSize;
    if (command && status >= 0) {
        command->grid = grid;
        command->finalized = true;
    }
    host_unlock();
    return status;
}

/* ---- runs ---- */

static nxs_status bind_locked(struct host_step *step,
                              const struct host_command *command)
{
    const struct host_builtin *builtin = command->kernel->builtin;

    for (int i = 0; i < NXS_KERNEL_MAX_ARGS; i++) {
        const struct host_arg *arg = &command->args[i];
        const struct host_buffer *buffer;

        step->scalar[i] = arg->scalar;
        if (arg->kind == HOST_ARG_SCALAR && MUTANT(scalar_by_pointer))
            step->scalar[i] = *(const volatile int *)arg->storage;
        buffer = arg->kind == HOST_ARG_BUFFER
                     ? host_find_locked(arg->buffer, HOST_BUFFER)
                     : NULL;
        if (!buffer && (arg->kind == HOST_ARG_BUFFER ||
                        (unsigned)i < builtin->n_buffers)) {
            if (MUTANT(released_buffer_runs))
                continue;
            return NXS_InvalidKernelArgs;
        }
        if (!buffer)
            continue;
        host_memory_pin_locked(buffer->memory);
        step->memory[i] = buffer->memory;
    }
    return NXS_Success;
}

static nxs_status add_step_locked(struct host_run *run,
                                  const struct host_command *command)
{
    struct host_step *step = &run->steps[run->n_steps];

    if (!command->finalized)
        return MUTANT(unfinished_is_skipped) ? NXS_Success : NXS_InvalidCommand;
    if (command->kernel &&
        !host_find_locked(command->kernel->object.id, HOST_KERNEL) &&
        MUTANT(command_needs_library))
        return NXS_InvalidKernel;
    if (command->event && command->event->object.released &&
        MUTANT(released_event_is_lost))
        return NXS_InvalidEvent;
    run->n_steps++;
    step->type = command->type;
    step->kernel = command->kernel;
    step->event = command->event;
    step->value = command->value;
    step->grid = command->grid;
    step->command = command;
    if (step->kernel)
        host_pin_locked(&step->kernel->object);
    if (step->event)
        host_pin_locked(&step->event->object);
    return step->kernel ? bind_locked(step, command) : NXS_Success;
}

static size_t count(const struct host_schedule *schedule)
{
    size_t n = 0;

    for (const struct host_command *c = schedule->first; c; c = c->next)
        n++;
    return n;
}

void host_run_unpin_locked(struct host_run *run)
{
    if (--run->n_users)
        return;
    for (size_t i = 0; i < run->n_steps; i++) {
        struct host_step *step = &run->steps[i];

        for (int k = 0; k < NXS_KERNEL_MAX_ARGS; k++)
            host_memory_unpin_locked(step->memory[k]);
        if (step->kernel)
            host_unpin_locked(&step->kernel->object);
        if (step->event)
            host_unpin_locked(&step->event->object);
    }
    host_unpin_locked(&run->schedule->object);
    host_unpin_locked(&run->stream->object);
    free(run->steps);
    free(run);
}

nxs_status host_run_new_locked(struct host_schedule *schedule,
                               struct host_stream *stream,
                               struct host_run **out_run)
{
    struct host_run *run = calloc(1, sizeof *run);
    nxs_status status = NXS_Success;

    if (!run)
        return NXS_OutOfHostMemory;
    run->steps = calloc(count(schedule) + 1, sizeof *run->steps);
    if (!run->steps) {
        free(run);
        return NXS_OutOfHostMemory;
    }
    run->n_users = 1;
    run->schedule = schedule;
    run->stream = stream;
    host_pin_locked(&schedule->object);
    host_pin_locked(&stream->object);
    for (const struct host_command *c = schedule->first; c && status >= 0;
         c = c->next)
        status = add_step_locked(run, c);
    if (status < 0)
        host_run_unpin_locked(run);
    else
        *out_run = run;
    return status;
}
