/* SPDX-License-Identifier: MIT */
/* One run of a schedule: its commands in order, side by side where that is
 * safe. */
#include "plugin/run.h"

#include <stdlib.h>
#include <string.h>

#include "plugin/event.h"
#include "plugin/stream.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define MS UINT64_C(1000000)

/* ---- making one ---- */

static nxs_status copy_step(const struct tt_run *run, struct tt_step *step,
                            struct tt_command *cmd)
{
    bool is_timed = run->profiling || tt_trace_is_on(tt_runtime_get()->trace);

    *step = (struct tt_step){.type = cmd->type, .cmd = cmd};
    if (cmd->type == NXS_CommandType_Dispatch)
        return tt_job_new(cmd, is_timed, &step->job);
    step->event = cmd->event;
    step->value = cmd->event_value;
    return NXS_Success;
}

/* Commands added meanwhile belong to the next run. */
static nxs_status copy_commands(struct tt_run *run)
{
    struct tt_schedule *schedule = run->schedule;
    nxs_status status = NXS_Success;
    struct tt_command **commands;
    size_t n;

    pthread_mutex_lock(&schedule->lock);
    n = schedule->n_commands;
    commands = malloc((n + 1) * sizeof(struct tt_command *));
    if (commands && n)
        memcpy(commands, schedule->commands, n * sizeof(struct tt_command *));
    pthread_mutex_unlock(&schedule->lock);
    run->steps = calloc(n + 1, sizeof *run->steps);
    if (!commands || !run->steps)
        status = TT_FAIL(NXS_OutOfHostMemory, "no memory for %zu steps", n);
    for (size_t i = 0; i < n && status >= 0; i++) {
        status = copy_step(run, &run->steps[i], commands[i]);
        run->n_steps += status >= 0;
    }
    free(commands);
    return status;
}

static nxs_status list_extents(struct tt_run *run)
{
    size_t n = 0;

    for (size_t i = 0; i < run->n_steps; i++)
        if (run->steps[i].job)
            n += run->steps[i].job->n_buffers;
    run->extents = calloc(n + 1, sizeof *run->extents);
    if (!run->extents)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %zu extents", n);
    for (size_t i = 0; i < run->n_steps; i++) {
        const struct tt_job *job = run->steps[i].job;

        for (size_t k = 0; job && k < job->n_buffers; k++)
            run->extents[run->n_extents++] = job->extents[k];
    }
    return NXS_Success;
}

nxs_status tt_run_new(struct tt_schedule *schedule, struct tt_stream *stream,
                      nxs_uint settings, struct tt_run **out)
{
    struct tt_run *run = calloc(1, sizeof *run);
    nxs_status status;

    if (!run)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a run");
    atomic_init(&run->refs, 1);
    run->npu = schedule->npu;
    run->blocking = !(settings & NXS_ExecutionSettings_NonBlocking);
    run->profiling = settings & NXS_ExecutionSettings_Profiling ||
                     stream->settings & NXS_StreamSettings_Profiling;
    run->timeout_ms = tt_runtime_timeout_ms();
    run->schedule = schedule;
    tt_pool_pin(&tt_runtime_get()->schedules, &schedule->object);
    run->stream = stream;
    tt_stream_pin(stream);
    run->failure = tt_failure_new(&run->npu->dispatch);
    status = run->failure ? copy_commands(run)
                          : TT_FAIL(NXS_OutOfHostMemory, "no memory for a run");
    if (status >= 0)
        status = list_extents(run);
    if (status < 0) {
        tt_run_put(run);
        return status;
    }
    for (size_t i = 0; i < run->n_steps; i++)
        if (run->steps[i].type == NXS_CommandType_Signal)
            tt_event_expect(run->steps[i].event, 1);
    *out = run;
    return NXS_Success;
}

struct tt_run *tt_run_pin(struct tt_run *run)
{
    atomic_fetch_add(&run->refs, 1);
    return run;
}

void tt_run_put(struct tt_run *run)
{
    if (!run || atomic_fetch_sub(&run->refs, 1) != 1)
        return;
    for (size_t i = 0; i < run->n_steps; i++)
        tt_job_free(run->steps[i].job);
    tt_schedule_put(run->schedule);
    tt_stream_put(run->stream);
    free(run->steps);
    free(run->extents);
    tt_failure_put(run->failure);
    free(run);
}

/* ---- jobs on the chip ---- */

static void start_clock(struct tt_run *run)
{
    if (run->timeout_ms && !run->deadline_ns)
        run->deadline_ns = tt_clock_ns() + run->timeout_ms * MS;
}

static void release_cores(struct tt_run *run, const struct tt_cores *cores)
{
    tt_placement_release(&run->npu->dispatch.placement, cores);
    atomic_fetch_sub(&run->npu->n_busy_cores, cores->width * cores->height);
}

static nxs_status start_flight(struct tt_run *run, struct tt_active *active)
{
    struct tt_launcher *launcher;
    nxs_status status = tt_runtime_launcher(run->npu, &launcher);

    active->flight = (struct tt_flight){.over = true};
    if (status < 0)
        return status;
    start_clock(run);
    status = tt_launch_start(launcher, &active->flight, &active->piece.work,
                             run->deadline_ns);
    if (status < 0)
        return status;
    active->is_flying = true;
    run->npu->dispatch.n_flying++;
    return NXS_Success;
}

/* A job that is going to have cores, with its memory claimed; NULL: not now,
 * or (*out_status) not at all. */
static struct tt_active *claim_memory(struct tt_run *run, struct tt_job *job,
                                      nxs_status *out_status)
{
    struct tt_active *active = calloc(1, sizeof *active);

    if (!active) {
        *out_status = TT_FAIL(NXS_OutOfHostMemory, "no memory for a launch");
        return NULL;
    }
    active->job = job;
    active->flight.over = true;
    active->claim =
        (struct tt_claim){.extent = job->extents, .n = job->n_buffers};
    if (tt_dispatch_begin_job(&run->npu->dispatch, &active->claim))
        return active;
    free(active);
    *out_status = 1;
    return NULL;
}

/* On failure it stays on @run->active all the same. */
static nxs_status start_job(struct tt_run *run, struct tt_active *active)
{
    nxs_status status;

    active->next = run->active;
    run->active = active;
    status = tt_piece_init(&active->piece, active->job, &active->cores, 0);
    if (status >= 0)
        status = start_flight(run, active);
    active->next_point = active->piece.work.n_cores;
    if (!active->next)
        run->busy_ns = active->flight.start_ns;
    return status;
}

/* A kernel that does one grid point at a time, with points left over. */
static bool has_more_points(const struct tt_active *active)
{
    return active->job->mode == TT_JOB_POINTS &&
           active->next_point < active->job->n_points;
}

static nxs_status start_next_points(struct tt_run *run,
                                    struct tt_active *active)
{
    nxs_status status;

    tt_piece_fini(&active->piece);
    status = tt_piece_init(&active->piece, active->job, &active->cores,
                           active->next_point);
    if (status >= 0)
        status = start_flight(run, active);
    active->next_point += active->piece.work.n_cores;
    return status;
}

static void note_job(const struct tt_run *run, const struct tt_active *active)
{
    struct tt_command *cmd = active->job->cmd;

    pthread_mutex_lock(&cmd->lock);
    cmd->elapsed_ns = active->job->elapsed_ns;
    cmd->cores = active->cores;
    cmd->has_run = true;
    pthread_mutex_unlock(&cmd->lock);
    for (size_t i = 0; i < active->job->n_buffers; i++)
        tt_buffer_forget_failure(active->job->buffers[i], run->ticket);
}

static void drop_active(struct tt_run *run, struct tt_active **link)
{
    struct tt_active *active = *link;

    *link = active->next;
    release_cores(run, &active->cores);
    tt_dispatch_end_claim(&run->npu->dispatch, &active->claim);
    tt_flight_fini(&active->flight);
    tt_piece_fini(&active->piece);
    tt_job_free(active->job);
    free(active);
}

/* A launch that ended. The job goes on, or is over, or failed. */
static nxs_status land(struct tt_run *run, struct tt_active *active,
                       bool *out_over)
{
    nxs_status status = active->flight.status;
    uint64_t end = active->flight.end_ns;

    active->is_flying = false;
    run->npu->dispatch.n_flying--;
    if (status < 0) {
        tt_log_adopt_error(active->flight.error);
        return status;
    }
    active->job->elapsed_ns += end - active->flight.start_ns;
    tt_trace_job(tt_runtime_get()->trace, run, active);
    if (run->profiling)
        tt_command_note_times(active->job->cmd, &active->piece.work,
                              &active->flight);
    if (has_more_points(active))
        return start_next_points(run, active);
    note_job(run, active);
    if (run->active == active && !active->next)
        run->elapsed_ns += end - run->busy_ns;
    *out_over = true;
    return NXS_Success;
}

static nxs_status land_all(struct tt_run *run)
{
    struct tt_active **link = &run->active;
    nxs_status status = NXS_Success;

    while (*link && status >= 0) {
        struct tt_active *active = *link;
        bool over = false;

        if (active->is_flying && active->flight.over)
            status = land(run, active, &over);
        if (over)
            drop_active(run, link);
        else
            link = &active->next;
    }
    return status;
}

/* ---- steps ---- */

static bool must_wait(const struct tt_run *run, const struct tt_job *job)
{
    for (const struct tt_active *a = run->active; a; a = a->next)
        if (tt_job_conflicts(a->job, job))
            return true;
    return false;
}

static bool take_fixed(struct tt_dispatch *d, const struct tt_job *job,
                       struct tt_cores *out)
{
    *out = job->l1.cores;
    return tt_placement_take_at(&d->placement, out);
}

/* Streams get cores in the order in which they began to want them. */
static bool take_cores(struct tt_run *run, const struct tt_job *job,
                       struct tt_cores *out)
{
    struct tt_dispatch *d = &run->npu->dispatch;
    struct tt_stream *stream = run->stream;
    bool taken;

    if (!stream->in_line)
        stream->in_line = ++d->in_line;
    if (!tt_dispatch_is_next(d, stream->in_line))
        return false;
    if (job->l1.fixed)
        taken = take_fixed(d, job, out);
    else if (job->mode == TT_JOB_RANGES && job->program->multicasts)
        taken = tt_placement_take_even(&d->placement, job->n_points, out);
    else
        taken = tt_placement_take(&d->placement, job->n_points, out);
    if (!taken)
        return false;
    stream->in_line = 0;
    atomic_fetch_add(&run->npu->n_busy_cores, out->width * out->height);
    return true;
}

/* Return: 1 if it has to wait; NXS_Success; or why it failed. */
static nxs_status do_dispatch(struct tt_run *run, struct tt_step *step)
{
    struct tt_job *job = step->job;
    struct tt_active *active;
    nxs_status status = 1;

    if (must_wait(run, job))
        return 1;
    active = claim_memory(run, job, &status);
    if (!active)
        return status;
    if (!take_cores(run, job, &active->cores)) {
        tt_dispatch_end_claim(&run->npu->dispatch, &active->claim);
        free(active);
        return 1;
    }
    step->job = NULL;
    return start_job(run, active);
}

static nxs_status do_signal(const struct tt_step *step)
{
    tt_event_signal(step->event, step->value);
    tt_event_expect(step->event, -1);
    return NXS_Success;
}

static nxs_status out_of_time(const struct tt_step *step, const char *why)
{
    return TT_FAIL(NXS_ExecStatusErrorForEventsInWaitList,
                   "event %d did not reach %d: %s", step->event->object.id,
                   step->value, why);
}

static nxs_status keep_waiting(struct tt_run *run, const struct tt_step *step,
                               enum tt_event_state state)
{
    uint64_t now = tt_clock_ns();

    start_clock(run);
    if (!run->blocked_ns)
        run->blocked_ns = now;
    if (run->deadline_ns && now >= run->deadline_ns)
        return out_of_time(step, "TT_TIMEOUT_MS is over");
    if (now - run->blocked_ns < TT_EVENT_GRACE_MS * MS)
        return 1;
    if (state == TT_EVENT_EXPECTED && tt_run_is_hopeless(run))
        return out_of_time(step, "the runs that are to signal it wait "
                                 "for each other");
    if (state == TT_EVENT_SILENT && run->blocking)
        return out_of_time(step, "nothing in flight will signal it");
    return 1;
}

/* What was submitted before, on the fence's device, is over. */
static nxs_status do_fence(struct tt_run *run, const struct tt_step *step)
{
    struct tt_dispatch *d = &step->event->npu->dispatch;

    if (!run->fence)
        run->fence =
            d == &run->npu->dispatch ? run->ticket : tt_dispatch_ticket(d);
    if (!tt_dispatch_is_past(d, run->fence) &&
        tt_event_look(step->event, 0) != TT_EVENT_REACHED)
        return keep_waiting(run, step, TT_EVENT_EXPECTED);
    run->fence = 0;
    run->blocked_ns = 0;
    return NXS_Success;
}

/* Return: as do_dispatch(). */
static nxs_status do_wait(struct tt_run *run, const struct tt_step *step)
{
    enum tt_event_state state;

    if (step->event->type == NXS_EventType_Fence)
        return do_fence(run, step);
    state = tt_event_look(step->event, step->value);
    if (state == TT_EVENT_FAILED)
        return out_of_time(step, "what was to signal it failed, or it "
                                 "was released");
    if (state != TT_EVENT_REACHED)
        return keep_waiting(run, step, state);
    run->blocked_ns = 0;
    return NXS_Success;
}

/* Return: as do_dispatch(). */
static nxs_status do_step(struct tt_run *run, struct tt_step *step)
{
    if (step->type == NXS_CommandType_Dispatch)
        return do_dispatch(run, step);
    if (run->active)
        return 1;
    return step->type == NXS_CommandType_Signal ? do_signal(step)
                                                : do_wait(run, step);
}

/* ---- the end ---- */

static void tell_buffers(const struct tt_job *job, struct tt_failure *failure)
{
    for (size_t i = 0; job && i < job->n_buffers; i++)
        tt_buffer_set_failure(job->buffers[i], failure);
}

/* Everybody who counted on the run, and nobody else has been told. */
static void tell_others(struct tt_run *run, struct tt_failure *failure)
{
    for (struct tt_active *a = run->active; a && !run->blocking; a = a->next)
        tell_buffers(a->job, failure);
    for (size_t i = run->at; i < run->n_steps; i++) {
        struct tt_step *step = &run->steps[i];

        if (step->type == NXS_CommandType_Signal)
            tt_event_fail(step->event, failure);
        else if (!run->blocking)
            tell_buffers(step->job, failure);
    }
}

/* Nothing of it stays on the chip. */
static void drop_all(struct tt_run *run, nxs_status status)
{
    for (struct tt_active *a = run->active; a; a = a->next) {
        if (!a->is_flying)
            continue;
        tt_launch_cancel(run->npu->launcher, &a->flight, status);
        run->npu->dispatch.n_flying--;
    }
    while (run->active)
        drop_active(run, &run->active);
    for (size_t i = 0; i < run->n_steps; i++) {
        tt_job_free(run->steps[i].job);
        run->steps[i].job = NULL;
    }
    run->stream->in_line = 0;
}

void tt_run_cancel(struct tt_run *run, nxs_status status,
                   struct tt_failure *failure)
{
    run->status = status;
    tt_failure_set(&run->failure, failure);
    tell_others(run, failure);
    drop_all(run, status);
}

/* The thread's last error says why. */
static void fail(struct tt_run *run, nxs_status status)
{
    tt_failure_note(run->failure, status, tt_log_last_error());
    run->status = status;
    if (!run->blocking)
        tt_failure_set(&run->stream->failure, run->failure);
    tell_others(run, run->failure);
    drop_all(run, status);
}

static void succeed(struct tt_run *run)
{
    struct tt_schedule *schedule = run->schedule;

    atomic_fetch_add(&run->npu->busy_ns, run->elapsed_ns);
    pthread_mutex_lock(&schedule->lock);
    schedule->has_run = true;
    schedule->n_runs++;
    schedule->elapsed_ns = run->elapsed_ns;
    pthread_mutex_unlock(&schedule->lock);
    atomic_fetch_add(&run->stream->n_runs, 1);
    atomic_fetch_add(&run->stream->elapsed_ns, run->elapsed_ns);
}

static void trace_end(const struct tt_run *run)
{
    tt_trace_run(tt_runtime_get()->trace, run, run->start_ns, tt_clock_ns());
}

enum tt_run_state tt_run_advance(struct tt_run *run)
{
    nxs_status status = land_all(run);

    if (!run->start_ns)
        run->start_ns = tt_clock_ns();
    while (status == NXS_Success && run->at < run->n_steps) {
        status = do_step(run, &run->steps[run->at]);
        if (status == NXS_Success)
            run->at++;
    }
    if (status < 0)
        fail(run, status);
    else if (run->active)
        return TT_RUN_FLYING;
    else if (status > 0)
        return TT_RUN_BLOCKED;
    else
        succeed(run);
    trace_end(run);
    return TT_RUN_OVER;
}
