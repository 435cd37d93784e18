/* SPDX-License-Identifier: MIT */
/* One run of a schedule: its commands as they were when it was submitted. */
#ifndef TT_RUN_H
#define TT_RUN_H

#include <stdatomic.h>

#include "plugin/dispatch.h"
#include "plugin/failure.h"
#include "plugin/job.h"
#include "plugin/schedule.h"

struct tt_stream;

/** struct tt_step - one command
 *  @job: of a dispatch, until it is started
 *  @event, @value: of a signal or a wait; the event is pinned by @cmd */
struct tt_step {
    nxs_command_type type;
    struct tt_command *cmd;
    struct tt_job *job;
    struct tt_event *event;
    nxs_int value;
};

/** struct tt_active - a job on its cores
 *  @is_flying: counted in tt_dispatch.n_flying
 *  @next_point: TT_JOB_POINTS: of the launch after this one */
struct tt_active {
    struct tt_job *job;
    bool is_flying;
    struct tt_cores cores;
    struct tt_claim claim;
    struct tt_piece piece;
    struct tt_flight flight;
    uint32_t next_point;
    struct tt_active *next;
};

/**
 * struct tt_run - one run; counted
 *
 * Constant once submitted: @npu to @ticket.
 *
 * @schedule, @stream: pinned; the stream is the device's own for the default
 * @extents: all memory that its jobs use
 * @timeout_ms: 0 = none
 * @next: behind it in its stream; the dispatcher's
 * @at: the step it has come to
 * @active: jobs on the chip; the driver's, as is all down to @fence
 * @start_ns: when it first had something to do, 0: not yet
 * @deadline_ns: 0 until it has started
 * @blocked_ns: since when it waits for an event, 0: it does not
 * @busy_ns, @elapsed_ns: since when it has jobs on the chip; time with jobs
 * @fence: ticket that a fence waits for, 0: not looked at yet
 * @over: guarded by the dispatcher's lock; @status and @failure are set before
 * @failure: what there is to tell if it fails, its own or that of the run it
 *           is dropped for
 */
struct tt_run {
    atomic_uint refs;
    struct tt_npu *npu;
    struct tt_schedule *schedule;
    struct tt_stream *stream;
    bool blocking, profiling;
    struct tt_step *steps;
    size_t n_steps;
    struct tt_extent *extents;
    size_t n_extents;
    uint32_t timeout_ms;
    uint64_t ticket;
    struct tt_run *next;
    atomic_size_t at;
    struct tt_active *active;
    uint64_t start_ns;
    uint64_t deadline_ns;
    uint64_t blocked_ns;
    uint64_t busy_ns;
    uint64_t elapsed_ns;
    uint64_t fence;
    bool over;
    nxs_status status;
    struct tt_failure *failure;
};

/** enum tt_run_state - how far tt_run_advance() came */
enum tt_run_state {
    TT_RUN_FLYING,  /* it has launches on the chip */
    TT_RUN_BLOCKED, /* it waits for an event, for cores, or for a copy */
    TT_RUN_OVER
};

/**
 * tt_run_new - a schedule's commands with the arguments they have now
 * @schedule: pinned; gets one more pin
 * @stream: pinned; gets one more pin
 * @settings: enum nxs_execution_settings; without NonBlocking somebody will
 * wait for it; with Profiling its commands keep the times of their cores
 * @out: the run, with one reference
 *
 * Compiles what is not compiled. Announces the run's signals to their events.
 *
 * Return: NXS_Success; NXS_OutOfHostMemory; or a status of tt_job_new().
 */
nxs_status tt_run_new(struct tt_schedule *schedule, struct tt_stream *stream,
                      nxs_uint settings, struct tt_run **out);

/** tt_run_pin - one more reference */
struct tt_run *tt_run_pin(struct tt_run *run);

/** tt_run_put - drop a reference; NULL is ignored */
void tt_run_put(struct tt_run *run);

/**
 * tt_run_advance - start what can be started, notice what is over
 * @run: head of its stream
 *
 * By the thread that drives the device.
 *
 * Return: TT_RUN_OVER once nothing is left to do or something failed: then
 * @run->status and @run->failure are set, nothing of it is on the chip, all its
 * pins but those of schedule and stream are dropped, and whoever counted on it
 * (events, buffers, the stream) has been told.
 */
enum tt_run_state tt_run_advance(struct tt_run *run);

/**
 * tt_run_cancel - end a run that is not over; as TT_RUN_OVER
 * @run: head of its stream
 * @status: what its waiter gets
 * @failure: of the run that is to blame; NULL: nobody is told
 *
 * Logs nothing.
 */
void tt_run_cancel(struct tt_run *run, nxs_status status,
                   struct tt_failure *failure);

/** tt_run_is_hopeless - whether no run in flight on any device can bring about
 *  what @run waits for: only other threads of the host still could. By the
 *  thread that drives @run's device */
bool tt_run_is_hopeless(const struct tt_run *run);

#endif
