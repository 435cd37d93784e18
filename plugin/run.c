/* SPDX-License-Identifier: MIT */
/* nxsRunSchedule: commands in order, side by side where that is safe. */
#include <stdlib.h>
#include <string.h>

#include "plugin/job.h"
#include "plugin/schedule.h"
#include "plugin/stream.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

/**
 * struct run - one run of a schedule
 * @commands: the schedule's list at the start; pinned through the schedule
 * @done: commands that are over; signals before it have been given
 * @pieces, @jobs: the wave being collected
 */
struct run {
    struct tt_npu *npu;
    struct tt_command **commands;
    size_t n_commands;
    size_t done;
    struct tt_placement placement;
    struct tt_piece *pieces;
    size_t n_pieces;
    struct tt_job **jobs;
    size_t n_jobs;
    uint32_t timeout_ms; /* of the whole run, 0 = none */
    uint64_t deadline_ns;
    uint64_t elapsed_ns;
};

static void drop_wave(struct run *run)
{
    const struct tt_device_info *info = &run->npu->dev->info;

    for (size_t i = 0; i < run->n_pieces; i++)
        tt_piece_fini(&run->pieces[i]);
    for (size_t i = 0; i < run->n_jobs; i++)
        tt_job_free(run->jobs[i]);
    run->n_pieces = 0;
    run->n_jobs = 0;
    tt_placement_init(&run->placement, info->grid_x, info->grid_y);
}

static void note_time(struct run *run, uint64_t ns)
{
    run->elapsed_ns += ns;
    atomic_fetch_add(&run->npu->busy_ns, ns);
    for (size_t i = 0; i < run->n_jobs; i++) {
        struct tt_command *cmd = run->jobs[i]->cmd;

        pthread_mutex_lock(&cmd->lock);
        cmd->elapsed_ns += ns;
        cmd->has_run = true;
        pthread_mutex_unlock(&cmd->lock);
    }
}

/* What is left of the run's time, as the launcher wants it: 0 is no limit. */
static nxs_status time_left(const struct run *run, uint32_t *out_ms)
{
    uint64_t now = tt_clock_ns();

    *out_ms = 0;
    if (!run->timeout_ms)
        return NXS_Success;
    if (now >= run->deadline_ns)
        return TT_FAIL(NXS_InvalidProgramExecutable,
                       "timeout: %u ms are over and the run is not",
                       run->timeout_ms);
    *out_ms = (uint32_t)((run->deadline_ns - now) / 1000000 + 1);
    return NXS_Success;
}

static nxs_status launch_wave(struct run *run)
{
    struct tt_work *work = calloc(run->n_pieces, sizeof *work);
    struct tt_launcher *launcher;
    uint32_t left_ms = 0;
    nxs_status status;
    uint64_t ns = 0;

    if (!work)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a wave");
    for (size_t i = 0; i < run->n_pieces; i++)
        work[i] = run->pieces[i].work;
    status = tt_runtime_launcher(run->npu, &launcher);
    if (status >= 0)
        status = time_left(run, &left_ms);
    if (status >= 0)
        status = tt_launch_run(launcher, work, run->n_pieces, left_ms, &ns);
    free(work);
    if (status >= 0)
        note_time(run, ns);
    return status;
}

static nxs_status flush(struct run *run)
{
    nxs_status status = run->n_pieces ? launch_wave(run) : NXS_Success;

    drop_wave(run);
    return status;
}

static nxs_status grow(struct run *run)
{
    struct tt_piece *pieces =
        realloc(run->pieces, (run->n_pieces + 1) * sizeof *pieces);
    struct tt_job **jobs;

    if (pieces)
        run->pieces = pieces;
    jobs = realloc(run->jobs, (run->n_jobs + 1) * sizeof(struct tt_job *));
    if (jobs)
        run->jobs = jobs;
    if (!pieces || !jobs)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a wave");
    return NXS_Success;
}

static bool must_wait(const struct run *run, const struct tt_job *job)
{
    for (size_t i = 0; i < run->n_jobs; i++)
        if (tt_job_conflicts(run->jobs[i], job))
            return true;
    return false;
}

/* Make @job a part of the wave, on @cores; takes the job over. */
static nxs_status add_piece(struct run *run, struct tt_job *job,
                            const struct tt_cores *cores)
{
    nxs_status status = grow(run);

    if (status >= 0)
        status = tt_piece_init(&run->pieces[run->n_pieces], job, cores, 0);
    if (status < 0) {
        tt_job_free(job);
        return status;
    }
    run->n_pieces++;
    run->jobs[run->n_jobs++] = job;
    return NXS_Success;
}

/* The kernels do one grid point each, and there are more points than cores:
 * one launch for each device-full. The wave is this job alone. */
static nxs_status run_points(struct run *run, struct tt_job *job,
                             const struct tt_cores *cores)
{
    nxs_status status = add_piece(run, job, cores);
    uint32_t next;

    if (status < 0)
        return status;
    for (next = cores->width * cores->height;;
         next += run->pieces->work.n_cores) {
        status = launch_wave(run);
        if (status < 0 || next >= job->n_points)
            break;
        tt_piece_fini(run->pieces);
        run->n_pieces = 0;
        status = tt_piece_init(run->pieces, job, cores, next);
        if (status < 0)
            break;
        run->n_pieces = 1;
    }
    drop_wave(run);
    return status;
}

static bool take_cores(struct run *run, const struct tt_job *job,
                       struct tt_cores *out)
{
    if (job->mode == TT_JOB_RANGES && job->program->multicasts)
        return tt_placement_take_even(&run->placement, job->n_points, out);
    return tt_placement_take(&run->placement, job->n_points, out);
}

/* Put a job into this wave or, if it has to wait or has no room, the next. */
static nxs_status add_job(struct run *run, struct tt_job *job)
{
    const struct tt_device_info *info = &run->npu->dev->info;
    bool many = job->mode == TT_JOB_POINTS &&
                job->n_points > info->grid_x * info->grid_y;
    struct tt_cores cores;
    nxs_status status = NXS_Success;

    if (must_wait(run, job) || !take_cores(run, job, &cores)) {
        status = flush(run);
        if (status >= 0 && !take_cores(run, job, &cores))
            status = TT_FAIL(NXS_OutOfResources, "the device has no cores");
    }
    if (status < 0) {
        tt_job_free(job);
        return status;
    }
    return many ? run_points(run, job, &cores) : add_piece(run, job, &cores);
}

/* Signals of this run that are still to come, on one event or (NULL) on all:
 * others may count on them. */
static void expect_signals(const struct run *run, const struct tt_event *only,
                           int n)
{
    for (size_t i = run->done; i < run->n_commands; i++) {
        const struct tt_command *cmd = run->commands[i];

        if (cmd->type == NXS_CommandType_Signal &&
            (!only || cmd->event == only))
            tt_event_expect(cmd->event, n);
    }
}

/* A run cannot wait for its own later signals, so they do not count. A fence
 * is reached: what came before it in this run is over. */
static nxs_status wait_for(struct run *run, const struct tt_command *cmd)
{
    uint32_t left_ms;
    nxs_status status;

    if (cmd->event->type == NXS_EventType_Fence)
        return NXS_Success;
    expect_signals(run, cmd->event, -1);
    status = time_left(run, &left_ms);
    if (status >= 0)
        status = tt_event_wait(cmd->event, cmd->event_value, left_ms);
    expect_signals(run, cmd->event, 1);
    return status;
}

static nxs_status run_command(struct run *run, struct tt_command *cmd)
{
    struct tt_job *job;
    nxs_status status;

    if (cmd->type == NXS_CommandType_Dispatch) {
        status = tt_job_new(cmd, &job);
        return status < 0 ? status : add_job(run, job);
    }
    status = flush(run);
    if (status < 0)
        return status;
    if (cmd->type == NXS_CommandType_Wait)
        return wait_for(run, cmd);
    tt_event_signal(cmd->event, cmd->event_value);
    tt_event_expect(cmd->event, -1);
    return NXS_Success;
}

static nxs_status run_commands(struct run *run)
{
    nxs_status status = NXS_Success;

    drop_wave(run);
    expect_signals(run, NULL, 1);
    while (run->done < run->n_commands && status >= 0) {
        status = run_command(run, run->commands[run->done]);
        if (status >= 0)
            run->done++;
    }
    if (status >= 0)
        status = flush(run);
    drop_wave(run);
    expect_signals(run, NULL, -1);
    free(run->pieces);
    free(run->jobs);
    return status;
}

/* Commands added meanwhile belong to the next run. */
static nxs_status copy_commands(struct tt_schedule *schedule, struct run *run)
{
    size_t n;

    pthread_mutex_lock(&schedule->lock);
    n = schedule->n_commands;
    if (n)
        run->commands = calloc(n, sizeof(struct tt_command *));
    if (run->commands)
        memcpy(run->commands, schedule->commands,
               n * sizeof(struct tt_command *));
    pthread_mutex_unlock(&schedule->lock);
    run->n_commands = n;
    if (n && !run->commands)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a run");
    return NXS_Success;
}

static nxs_status run_copied(struct run *run)
{
    nxs_status status;

    if (!run->n_commands)
        return NXS_Success;
    run->timeout_ms = tt_runtime_timeout_ms();
    run->deadline_ns = tt_clock_ns() + run->timeout_ms * UINT64_C(1000000);
    tt_runtime_enter();
    atomic_fetch_add(&run->npu->n_running, 1);
    status = run_commands(run);
    atomic_fetch_sub(&run->npu->n_running, 1);
    tt_runtime_leave();
    free(run->commands);
    return status;
}

static void note_run(struct tt_schedule *schedule, struct tt_stream *stream,
                     const struct run *run)
{
    pthread_mutex_lock(&schedule->lock);
    schedule->has_run = true;
    schedule->n_runs++;
    schedule->elapsed_ns = run->elapsed_ns;
    pthread_mutex_unlock(&schedule->lock);
    if (!stream)
        return;
    atomic_fetch_add(&stream->n_runs, 1);
    atomic_fetch_add(&stream->elapsed_ns, run->elapsed_ns);
}

static nxs_status run_in_stream(struct tt_schedule *schedule,
                                struct tt_stream *stream)
{
    struct run run = {.npu = schedule->npu};
    nxs_status status = copy_commands(schedule, &run);

    if (status < 0)
        return status;
    if (stream)
        pthread_mutex_lock(&stream->lock);
    status = run_copied(&run);
    if (status >= 0)
        note_run(schedule, stream, &run);
    if (stream)
        pthread_mutex_unlock(&stream->lock);
    return status;
}

/* Every run is over when this returns, which is right for NonBlocking too:
 * nobody can tell early completion from completion. */
nxs_status nxsRunSchedule(nxs_int schedule_id, nxs_int stream_id,
                          nxs_uint run_settings)
{
    struct tt_schedule *schedule = tt_schedule_get(schedule_id);
    struct tt_stream *stream = NULL;
    nxs_status status;

    (void)run_settings;
    if (!schedule)
        return TT_FAIL(NXS_InvalidSchedule, "schedule %d is not live",
                       schedule_id);
    if (stream_id >= 0)
        stream = tt_stream_get(stream_id);
    if (stream_id >= 0 && (!stream || stream->npu != schedule->npu))
        status =
            TT_FAIL(NXS_InvalidStream, "stream %d is not live on device %d",
                    stream_id, schedule->npu->index);
    else
        status = run_in_stream(schedule, stream);
    tt_stream_put(stream);
    tt_schedule_put(schedule);
    return status;
}
