/* SPDX-License-Identifier: MIT */
/* Waits that no run in flight can end: runs that wait for each other. */
#include <stdlib.h>

#include "plugin/event.h"
#include "plugin/run.h"
#include "plugin/stream.h"

/** struct outlook - how far a run can come
 *  @reach: the first step that it cannot pass; n_steps: it can end
 *  @behind: the run before it in its stream, NULL for the first */
struct outlook {
    const struct tt_run *run;
    size_t reach;
    const struct outlook *behind;
};

/** struct outlooks - of all runs in flight on all devices */
struct outlooks {
    struct outlook *of;
    size_t n;
};

static bool passes(const struct tt_step *wait, const struct tt_step *signal)
{
    return signal->type == NXS_CommandType_Signal &&
           signal->event == wait->event &&
           (wait->event->type == NXS_EventType_Signal ||
            signal->value >= wait->value);
}

/* Whether all that a fence waits for can end. What one further on will wait for
 * is not known yet. */
static bool will_pass_fence(const struct outlooks *all,
                            const struct tt_run *run,
                            const struct tt_step *wait)
{
    for (size_t i = 0; wait == &run->steps[run->at] && i < all->n; i++) {
        const struct outlook *o = &all->of[i];

        if (o->run->npu == wait->event->npu && o->run->ticket < run->fence &&
            o->reach < o->run->n_steps)
            return false;
    }
    return true;
}

/* Whether a signal that still can come lets @wait of @run pass. */
static bool will_pass(const struct outlooks *all, const struct tt_run *run,
                      const struct tt_step *wait)
{
    if (wait->type == NXS_CommandType_Wait &&
        wait->event->type == NXS_EventType_Fence)
        return will_pass_fence(all, run, wait);
    if (wait->type != NXS_CommandType_Wait ||
        tt_event_look(wait->event, wait->value) == TT_EVENT_REACHED)
        return true;
    for (size_t i = 0; i < all->n; i++) {
        const struct outlook *o = &all->of[i];

        for (size_t step = o->run->at; step < o->reach; step++)
            if (passes(wait, &o->run->steps[step]))
                return true;
    }
    return false;
}

static bool look_further(const struct outlooks *all, struct outlook *o)
{
    size_t before = o->reach;

    if (o->behind && o->behind->reach < o->behind->run->n_steps)
        return false;
    while (o->reach < o->run->n_steps &&
           will_pass(all, o->run, &o->run->steps[o->reach]))
        o->reach++;
    return o->reach != before;
}

static void look_as_far_as_possible(struct outlooks *all)
{
    bool further;

    do {
        further = false;
        for (size_t i = 0; i < all->n; i++)
            further |= look_further(all, &all->of[i]);
    } while (further);
}

static void add_stream(struct outlooks *all, const struct tt_stream *stream)
{
    struct outlook *behind = NULL;

    for (const struct tt_run *run = stream->first; run; run = run->next) {
        all->of[all->n] = (struct outlook){run, run->at, behind};
        behind = &all->of[all->n++];
    }
}

static void add_device(struct outlooks *all, const struct tt_dispatch *d)
{
    for (const struct tt_stream *s = d->fresh; s; s = s->next)
        add_stream(all, s);
    for (const struct tt_stream *s = d->active; s; s = s->next)
        add_stream(all, s);
}

static bool judge_locked(const struct tt_run *run)
{
    struct tt_runtime *rt = tt_runtime_get();
    struct outlooks all = {NULL, 0};
    bool hopeless = false;
    size_t n = 0;

    for (size_t i = 0; i < rt->n_npus; i++)
        n += rt->npus[i].dispatch.n_unfinished;
    all.of = calloc(n + 1, sizeof *all.of);
    if (!all.of)
        return false;
    for (size_t i = 0; i < rt->n_npus; i++)
        add_device(&all, &rt->npus[i].dispatch);
    look_as_far_as_possible(&all);
    for (size_t i = 0; i < all.n; i++)
        if (all.of[i].run == run)
            hopeless = all.of[i].reach == run->at;
    free(all.of);
    return hopeless;
}

bool tt_run_is_hopeless(const struct tt_run *run)
{
    struct tt_runtime *rt = tt_runtime_get();
    bool hopeless;

    for (size_t i = 0; i < rt->n_npus; i++)
        pthread_mutex_lock(&rt->npus[i].dispatch.lock);
    hopeless = judge_locked(run);
    for (size_t i = rt->n_npus; i-- > 0;)
        pthread_mutex_unlock(&rt->npus[i].dispatch.lock);
    return hopeless;
}
