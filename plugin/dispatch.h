/* SPDX-License-Identifier: MIT */
/* Work in flight on one device: in which order, on which cores, who waits. */
#ifndef TT_DISPATCH_H
#define TT_DISPATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "nexus-api.h"
#include "plugin/placement.h"

struct tt_npu;
struct tt_run;
struct tt_stream;

/** struct tt_extent - memory that something uses
 *  @space: 0 for DRAM (offsets in every bank), 1 for L1 (addresses in every
 *          worker core)
 *  @begin, @end: half-open, bytes */
struct tt_extent {
    unsigned space;
    uint64_t begin, end;
};

/** tt_extent_overlap - whether two extents share memory */
static inline bool tt_extent_overlap(const struct tt_extent *a,
                                     const struct tt_extent *b)
{
    return a->space == b->space && a->begin < b->end && b->begin < a->end;
}

/** struct tt_claim - memory that a job on the chip, or a host thread that
 *  copies, uses now
 *  @extent, @n: borrowed while it is claimed
 *  @by_host: a copy; jobs may have claims that overlap, since events order them
 *  @writes: of a copy: it changes the memory */
struct tt_claim {
    const struct tt_extent *extent;
    size_t n;
    bool by_host, writes;
    struct tt_claim *next;
};

/**
 * struct tt_dispatch - the runs of one device
 *
 * One thread at a time drives the device: it starts what can be started, lets
 * the chip run and notices what is over. That is a host thread that waits for
 * something, or else the dispatcher's own thread, which exists only once a run
 * was submitted that nobody waits for.
 *
 * @lock: guards everything down to @quit
 * @changed: a run is over, or whoever drives has to look again
 * @work: for the dispatcher's own thread: there is something to drive
 * @fresh: streams that have got their first run and that the driver has not
 *         seen yet
 * @active: streams with runs; only the driver changes the list, under the lock
 * @claims: of jobs on the chip and of host threads
 * @n_unfinished: runs that are not over
 * @n_waiters: threads that sleep until @changed
 * @pokes: counts what may unblock a run
 * @asleep: the driver sleeps until @changed
 * @pausing: the process is about to fork: nobody drives
 * @next_ticket: of the next run
 * @placement: cores that are taken; the driver's
 * @n_flying: launches on the chip; the driver's
 * @in_line: counts streams that had to queue for cores; the driver's
 */
struct tt_dispatch {
    struct tt_npu *npu;
    pthread_mutex_t lock;
    pthread_cond_t changed, work;
    struct tt_stream *fresh, *active;
    struct tt_claim *claims;
    size_t n_unfinished;
    unsigned n_waiters;
    unsigned pokes;
    bool driving, asleep, pausing;
    bool has_thread, quit;
    pthread_t thread;
    pid_t pid;
    atomic_uint_fast64_t next_ticket;
    struct tt_placement placement;
    unsigned n_flying;
    uint64_t in_line;
};

/** tt_dispatch_init - no runs; @npu: device, which has been opened */
nxs_status tt_dispatch_init(struct tt_dispatch *d, struct tt_npu *npu);

/** tt_dispatch_fini - cancel what runs and what is queued, end the thread;
 *  nobody else uses @d */
void tt_dispatch_fini(struct tt_dispatch *d);

/**
 * tt_dispatch_pause - nobody drives any more, and the lock is held; for fork()
 * @d: dispatcher
 *
 * Waits for the end of a slice. tt_dispatch_resume() ends it.
 */
void tt_dispatch_pause(struct tt_dispatch *d);

/** tt_dispatch_resume - go on after tt_dispatch_pause(); @in_child: in a
 * process that has only this thread */
void tt_dispatch_resume(struct tt_dispatch *d, bool in_child);

/** tt_dispatch_ticket - the ticket that the next run will get, > 0 */
uint64_t tt_dispatch_ticket(struct tt_dispatch *d);

/** tt_dispatch_has_thread - whether there is a thread for runs that nobody
 *  waits for; makes one */
bool tt_dispatch_has_thread(struct tt_dispatch *d);

/**
 * tt_dispatch_submit - put a run at the end of its stream
 * @d: dispatcher of its device
 * @run: keeps one reference until it is over
 * @blocking: the caller will wait for it
 *
 * If nobody waits, tt_dispatch_has_thread() must have been true.
 */
void tt_dispatch_submit(struct tt_dispatch *d, struct tt_run *run,
                        bool blocking);

/**
 * tt_dispatch_wait - wait until something is so
 * @d: dispatcher
 * @is_over: called with the dispatcher's lock held
 * @arg: for @is_over
 * @deadline_ns: tt_clock_ns() at which to give up; UINT64_MAX = never
 *
 * Drives the device meanwhile if nobody else does.
 *
 * Return: what @is_over said last.
 */
bool tt_dispatch_wait(struct tt_dispatch *d,
                      bool (*is_over)(struct tt_dispatch *d, void *arg),
                      void *arg, uint64_t deadline_ns);

/** tt_dispatch_wait_run - wait until a run is over; the caller holds a
 *  reference */
void tt_dispatch_wait_run(struct tt_dispatch *d, struct tt_run *run);

/** tt_dispatch_drain - wait until nothing is left in a pinned stream */
void tt_dispatch_drain(struct tt_dispatch *d, struct tt_stream *stream);

/**
 * tt_dispatch_wait_all - wait until every run submitted so far is over
 * @d: dispatcher
 * @deadline_ns: as for tt_dispatch_wait()
 *
 * Return: false if the time is over.
 */
bool tt_dispatch_wait_all(struct tt_dispatch *d, uint64_t deadline_ns);

/** tt_dispatch_is_past - whether every run with a smaller ticket is over */
bool tt_dispatch_is_past(struct tt_dispatch *d, uint64_t ticket);

/**
 * tt_dispatch_begin_access - a host thread is going to copy
 * @d: dispatcher
 * @claim: what it copies; storage of the caller until tt_dispatch_end_claim()
 *
 * Waits for the runs submitted so far that use this memory, for copies that do
 * and one of which writes, and for jobs that are on the chip by then. Runs
 * submitted later that use it wait for the end of the access.
 */
void tt_dispatch_begin_access(struct tt_dispatch *d, struct tt_claim *claim);

/** tt_dispatch_begin_job - a job is going to be started; false: a host thread
 *  copies some of its memory, there will be a poke when it does no more */
bool tt_dispatch_begin_job(struct tt_dispatch *d, struct tt_claim *claim);

/** tt_dispatch_end_claim - the copy or the job is over */
void tt_dispatch_end_claim(struct tt_dispatch *d, struct tt_claim *claim);

/** tt_dispatch_poke - something may have unblocked a run; any thread */
void tt_dispatch_poke(struct tt_dispatch *d);

/** tt_dispatch_is_next - whether no other stream has queued longer for cores
 *  than one that began to at @in_line; for the driver */
bool tt_dispatch_is_next(const struct tt_dispatch *d, uint64_t in_line);

#endif
