/* SPDX-License-Identifier: MIT */
/* Work in flight on one device: who drives, who waits, what is over. */
#include "plugin/dispatch.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "plugin/run.h"
#include "plugin/stream.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

/* Whoever sleeps looks again after this long: deadlines, and waits that have
 * become hopeless, wake nobody. */
#define NAP_NS UINT64_C(50000000)

static nxs_status init_condition(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    int error = pthread_condattr_init(&attr);

    if (!error) {
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        error = pthread_cond_init(cond, &attr);
        pthread_condattr_destroy(&attr);
    }
    return error ? TT_FAIL(NXS_OutOfHostMemory, "no condition variable")
                 : NXS_Success;
}

nxs_status tt_dispatch_init(struct tt_dispatch *d, struct tt_npu *npu)
{
    const struct tt_device_info *info = &npu->dev->info;

    *d = (struct tt_dispatch){.npu = npu};
    if (init_condition(&d->changed) < 0)
        return NXS_OutOfHostMemory;
    if (init_condition(&d->work) < 0) {
        pthread_cond_destroy(&d->changed);
        return NXS_OutOfHostMemory;
    }
    pthread_mutex_init(&d->lock, NULL);
    atomic_init(&d->next_ticket, 1);
    tt_placement_init(&d->placement, info->grid_x, info->grid_y);
    return NXS_Success;
}

uint64_t tt_dispatch_ticket(struct tt_dispatch *d)
{
    return atomic_load(&d->next_ticket);
}

/* ---- queues; the lock is held ---- */

static void wake_locked(struct tt_dispatch *d)
{
    d->pokes++;
    if (d->asleep || d->n_waiters)
        pthread_cond_broadcast(&d->changed);
}

static void append_stream(struct tt_stream **list, struct tt_stream *stream)
{
    while (*list)
        list = &(*list)->next;
    stream->next = NULL;
    *list = stream;
}

static void enqueue_locked(struct tt_dispatch *d, struct tt_run *run)
{
    struct tt_stream *stream = run->stream;

    run->ticket = atomic_fetch_add(&d->next_ticket, 1);
    run->next = NULL;
    if (stream->first)
        stream->last->next = run;
    else
        stream->first = run;
    stream->last = run;
    stream->n_pending++;
    d->n_unfinished++;
    if (!stream->is_listed)
        append_stream(&d->fresh, stream);
    stream->is_listed = true;
    wake_locked(d);
}

/* Streams that have got work since the driver looked last. */
static void list_fresh_locked(struct tt_dispatch *d)
{
    while (d->fresh) {
        struct tt_stream *stream = d->fresh;

        d->fresh = stream->next;
        append_stream(&d->active, stream);
    }
}

/* ---- the driver ---- */

/* The head of a stream is over: drop it. Its waiter looks at it next. */
static void finish(struct tt_dispatch *d, struct tt_run *run)
{
    struct tt_stream *stream = run->stream;

    pthread_mutex_lock(&d->lock);
    stream->first = run->next;
    stream->n_pending--;
    d->n_unfinished--;
    run->over = true;
    wake_locked(d);
    pthread_mutex_unlock(&d->lock);
    tt_run_put(run);
}

/* Why a run behind a failed one is not started; NULL if it may be. */
static struct tt_failure *reason_to_cancel(struct tt_run *run)
{
    struct tt_failure *failure = run->stream->failure;

    if (tt_failure_binds(failure, run->ticket))
        return failure;
    tt_failure_set(&run->stream->failure, NULL);
    return NULL;
}

static enum tt_run_state advance(struct tt_run *run)
{
    struct tt_failure *failure = reason_to_cancel(run);

    if (!failure)
        return tt_run_advance(run);
    tt_run_cancel(run,
                  run->blocking ? tt_failure_tell(failure)
                                : NXS_ExecStatusErrorForEventsInWaitList,
                  failure);
    return TT_RUN_OVER;
}

/* Runs of a stream, one after the other; true if one has come to rest. */
static bool advance_stream(struct tt_dispatch *d, struct tt_stream *stream)
{
    struct tt_run *run;
    bool some;

    do {
        pthread_mutex_lock(&d->lock);
        run = stream->first;
        pthread_mutex_unlock(&d->lock);
        some = run && advance(run) == TT_RUN_OVER;
        if (some)
            finish(d, run);
    } while (some);
    return run;
}

/* The stream may have got a run since it was found empty. */
static bool unlist(struct tt_dispatch *d, struct tt_stream **link)
{
    struct tt_stream *stream = *link;
    bool empty;

    pthread_mutex_lock(&d->lock);
    empty = !stream->first;
    if (empty) {
        *link = stream->next;
        stream->is_listed = false;
    }
    pthread_mutex_unlock(&d->lock);
    return empty;
}

static void advance_all(struct tt_dispatch *d)
{
    struct tt_stream **link = &d->active;

    while (*link) {
        struct tt_stream *stream = *link;

        tt_stream_pin(stream);
        if (advance_stream(d, stream) || !unlist(d, link))
            link = &stream->next;
        tt_stream_put(stream);
    }
}

static void sleep_locked(struct tt_dispatch *d, uint64_t until)
{
    uint64_t nap = tt_clock_ns() + NAP_NS;
    struct timespec when;

    until = until < nap ? until : nap;
    when.tv_sec = (time_t)(until / 1000000000u);
    when.tv_nsec = (long)(until % 1000000000u);
    pthread_cond_timedwait(&d->changed, &d->lock, &when);
}

/* One round of driving; the lock is given up meanwhile. */
static void drive_locked(struct tt_dispatch *d, uint64_t until)
{
    unsigned pokes = d->pokes;

    list_fresh_locked(d);
    pthread_mutex_unlock(&d->lock);
    advance_all(d);
    if (d->n_flying)
        tt_launch_poll(d->npu->launcher);
    pthread_mutex_lock(&d->lock);
    if (d->n_flying || d->pokes != pokes)
        return;
    d->asleep = true;
    sleep_locked(d, until);
    d->asleep = false;
}

/* Another waiter goes on, or else the thread. */
static void stop_driving_locked(struct tt_dispatch *d)
{
    d->driving = false;
    if (d->n_waiters)
        pthread_cond_broadcast(&d->changed);
    if (d->n_unfinished && d->has_thread)
        pthread_cond_signal(&d->work);
}

bool tt_dispatch_wait(struct tt_dispatch *d,
                      bool (*is_over)(struct tt_dispatch *d, void *arg),
                      void *arg, uint64_t deadline_ns)
{
    bool mine = false, over;

    pthread_mutex_lock(&d->lock);
    while (!(over = is_over(d, arg)) &&
           (deadline_ns == UINT64_MAX || tt_clock_ns() < deadline_ns)) {
        if (!d->driving && !d->pausing)
            mine = d->driving = true;
        if (mine && !d->pausing) {
            drive_locked(d, deadline_ns);
            continue;
        }
        if (mine)
            stop_driving_locked(d);
        mine = false;
        d->n_waiters++;
        sleep_locked(d, deadline_ns);
        d->n_waiters--;
    }
    if (mine)
        stop_driving_locked(d);
    pthread_mutex_unlock(&d->lock);
    return over;
}

static void *serve(void *arg)
{
    struct tt_dispatch *d = arg;

    pthread_mutex_lock(&d->lock);
    while (!d->quit) {
        if (d->driving || d->pausing || !d->n_unfinished) {
            pthread_cond_wait(&d->work, &d->lock);
            continue;
        }
        d->driving = true;
        while (d->n_unfinished && !d->quit && !d->pausing)
            drive_locked(d, UINT64_MAX);
        stop_driving_locked(d);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* Signals are for the threads of the host. */
static void create_thread_locked(struct tt_dispatch *d)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    d->has_thread = pthread_create(&d->thread, NULL, serve, d) == 0;
    d->pid = getpid();
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool tt_dispatch_has_thread(struct tt_dispatch *d)
{
    bool has_thread;

    pthread_mutex_lock(&d->lock);
    if (!d->has_thread || d->pid != getpid())
        create_thread_locked(d);
    has_thread = d->has_thread;
    pthread_mutex_unlock(&d->lock);
    return has_thread;
}

void tt_dispatch_submit(struct tt_dispatch *d, struct tt_run *run,
                        bool blocking)
{
    tt_run_pin(run);
    pthread_mutex_lock(&d->lock);
    enqueue_locked(d, run);
    if (!blocking && !d->driving)
        pthread_cond_signal(&d->work);
    pthread_mutex_unlock(&d->lock);
}

/* ---- waits ---- */

static bool run_is_over(struct tt_dispatch *d, void *arg)
{
    (void)d;
    return ((struct tt_run *)arg)->over;
}

void tt_dispatch_wait_run(struct tt_dispatch *d, struct tt_run *run)
{
    tt_dispatch_wait(d, run_is_over, run, UINT64_MAX);
}

static bool stream_is_empty(struct tt_dispatch *d, void *arg)
{
    (void)d;
    return !((struct tt_stream *)arg)->n_pending;
}

void tt_dispatch_drain(struct tt_dispatch *d, struct tt_stream *stream)
{
    tt_dispatch_wait(d, stream_is_empty, stream, UINT64_MAX);
}

static bool is_past_locked(struct tt_dispatch *d, void *arg)
{
    struct tt_stream *lists[] = {d->fresh, d->active};

    for (unsigned i = 0; i < 2; i++)
        for (struct tt_stream *s = lists[i]; s; s = s->next)
            if (s->first && s->first->ticket < *(uint64_t *)arg)
                return false;
    return true;
}

bool tt_dispatch_wait_all(struct tt_dispatch *d, uint64_t deadline_ns)
{
    uint64_t ticket = tt_dispatch_ticket(d);

    return tt_dispatch_wait(d, is_past_locked, &ticket, deadline_ns);
}

bool tt_dispatch_is_past(struct tt_dispatch *d, uint64_t ticket)
{
    bool past;

    pthread_mutex_lock(&d->lock);
    past = is_past_locked(d, &ticket);
    pthread_mutex_unlock(&d->lock);
    return past;
}

void tt_dispatch_poke(struct tt_dispatch *d)
{
    pthread_mutex_lock(&d->lock);
    wake_locked(d);
    pthread_mutex_unlock(&d->lock);
}

bool tt_dispatch_is_next(const struct tt_dispatch *d, uint64_t in_line)
{
    for (const struct tt_stream *s = d->active; s; s = s->next)
        if (s->in_line && s->in_line < in_line)
            return false;
    return true;
}

/* ---- host threads and buffers ---- */

static bool overlap(const struct tt_extent *a, size_t n_a,
                    const struct tt_claim *b)
{
    for (size_t i = 0; i < n_a; i++)
        for (size_t k = 0; k < b->n; k++)
            if (tt_extent_overlap(&a[i], &b->extent[k]))
                return true;
    return false;
}

/* A run submitted before @ticket that uses the memory, pinned, or NULL. */
static struct tt_run *find_user(struct tt_dispatch *d,
                                const struct tt_claim *claim, uint64_t ticket)
{
    struct tt_run *found = NULL;

    pthread_mutex_lock(&d->lock);
    for (unsigned i = 0; i < 2 && !found; i++)
        for (struct tt_stream *s = i ? d->active : d->fresh; s && !found;
             s = s->next)
            for (struct tt_run *r = s->first; r && r->ticket < ticket;
                 r = r->next)
                found = overlap(r->extents, r->n_extents, claim) ? r : found;
    if (found)
        tt_run_pin(found);
    pthread_mutex_unlock(&d->lock);
    return found;
}

/* A claim of the wanted kind that overlaps. */
static bool has_rival(const struct tt_dispatch *d, const struct tt_claim *claim,
                      bool by_host)
{
    for (const struct tt_claim *c = d->claims; c; c = c->next)
        if (c != claim && c->by_host == by_host &&
            (!by_host || !claim->by_host || c->writes || claim->writes) &&
            overlap(c->extent, c->n, claim))
            return true;
    return false;
}

static void link_claim(struct tt_dispatch *d, struct tt_claim *claim)
{
    claim->next = d->claims;
    d->claims = claim;
}

static bool link_access(struct tt_dispatch *d, void *arg)
{
    struct tt_claim *claim = arg;

    if (has_rival(d, claim, true))
        return false;
    link_claim(d, claim);
    return true;
}

static bool no_job_is_left(struct tt_dispatch *d, void *arg)
{
    return !has_rival(d, arg, false);
}

/* Runs come first: once the claim is there their jobs cannot be started any
 * more. Those that are on the chip then need nobody's help to end. */
void tt_dispatch_begin_access(struct tt_dispatch *d, struct tt_claim *claim)
{
    uint64_t ticket = tt_dispatch_ticket(d);
    struct tt_run *run;

    claim->by_host = true;
    while ((run = find_user(d, claim, ticket))) {
        tt_dispatch_wait_run(d, run);
        tt_run_put(run);
    }
    tt_dispatch_wait(d, link_access, claim, UINT64_MAX);
    tt_dispatch_wait(d, no_job_is_left, claim, UINT64_MAX);
}

bool tt_dispatch_begin_job(struct tt_dispatch *d, struct tt_claim *claim)
{
    bool free;

    claim->by_host = false;
    pthread_mutex_lock(&d->lock);
    free = !has_rival(d, claim, true);
    if (free)
        link_claim(d, claim);
    pthread_mutex_unlock(&d->lock);
    return free;
}

void tt_dispatch_end_claim(struct tt_dispatch *d, struct tt_claim *claim)
{
    struct tt_claim **link = &d->claims;

    pthread_mutex_lock(&d->lock);
    while (*link != claim)
        link = &(*link)->next;
    *link = claim->next;
    wake_locked(d);
    pthread_mutex_unlock(&d->lock);
}

/* ---- fork ---- */

void tt_dispatch_pause(struct tt_dispatch *d)
{
    pthread_mutex_lock(&d->lock);
    d->pausing = true;
    wake_locked(d);
    d->n_waiters++;
    while (d->driving)
        sleep_locked(d, UINT64_MAX);
    d->n_waiters--;
}

/* In a child the other threads are gone, and with them those that wait. */
void tt_dispatch_resume(struct tt_dispatch *d, bool in_child)
{
    d->pausing = false;
    if (in_child) {
        d->n_waiters = 0;
        d->has_thread = d->asleep = false;
        (void)init_condition(&d->changed);
        (void)init_condition(&d->work);
    }
    wake_locked(d);
    if (d->n_unfinished && d->has_thread)
        pthread_cond_signal(&d->work);
    pthread_mutex_unlock(&d->lock);
}

/* ---- end ---- */

static void cancel_all(struct tt_dispatch *d)
{
    pthread_mutex_lock(&d->lock);
    list_fresh_locked(d);
    pthread_mutex_unlock(&d->lock);
    for (struct tt_stream *s = d->active; s; s = s->next)
        while (s->first) {
            struct tt_run *run = s->first;

            tt_run_cancel(run, NXS_InvalidOperation, NULL);
            finish(d, run);
        }
}

void tt_dispatch_fini(struct tt_dispatch *d)
{
    if (d->has_thread && d->pid == getpid()) {
        pthread_mutex_lock(&d->lock);
        d->quit = true;
        pthread_cond_signal(&d->work);
        pthread_cond_broadcast(&d->changed);
        pthread_mutex_unlock(&d->lock);
        pthread_join(d->thread, NULL);
    }
    cancel_all(d);
    pthread_cond_destroy(&d->work);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
}
