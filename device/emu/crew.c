/* SPDX-License-Identifier: MIT */
/* Host threads that share out the items of a round. */
#include "device/emu/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* How often a helper looks for the next round before it sleeps: rounds follow
 * each other within microseconds while a program runs, and waking a thread
 * takes tens of them. */
#define SPINS 4000u

struct tt_crew {
    unsigned n_threads;
    unsigned n_helpers; /* created so far */
    bool created;
    pid_t pid; /* of the process that has the helpers */
    pthread_t helper[TT_CREW_MAX];
    pthread_mutex_t lock;
    pthread_cond_t go, done;
    atomic_uint round; /* number of the newest round */
    bool open;         /* helpers may join it */
    bool quit;
    unsigned joined; /* helpers inside */
    tt_crew_fn fn;
    void *const *item;
    unsigned n;
    atomic_uint next; /* item to be taken */
};

static void take_items(struct tt_crew *crew)
{
    for (;;) {
        unsigned i =
            atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);

        if (i >= crew->n)
            return;
        crew->fn(crew->item[i]);
    }
}

static void pause_briefly(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

/* Wait for a round after @seen and join it; false: the crew is dismissed. */
static bool join_round(struct tt_crew *crew, unsigned *seen)
{
    bool joined;

    for (unsigned i = 0; i < SPINS && atomic_load(&crew->round) == *seen; i++)
        pause_briefly();
    pthread_mutex_lock(&crew->lock);
    while (!crew->quit && (!crew->open || atomic_load(&crew->round) == *seen))
        pthread_cond_wait(&crew->go, &crew->lock);
    joined = !crew->quit;
    *seen = atomic_load(&crew->round);
    crew->joined += joined;
    pthread_mutex_unlock(&crew->lock);
    return joined;
}

static void leave_round(struct tt_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    if (--crew->joined == 0)
        pthread_cond_signal(&crew->done);
    pthread_mutex_unlock(&crew->lock);
}

static void *help(void *arg)
{
    struct tt_crew *crew = arg;
    unsigned seen = 0;

    while (join_round(crew, &seen)) {
        take_items(crew);
        leave_round(crew);
    }
    return NULL;
}

/* With fewer threads than asked for the rounds only take longer. */
static void create_helpers(struct tt_crew *crew)
{
    sigset_t all, old;

    crew->created = true;
    crew->pid = getpid();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (crew->n_helpers + 1 < crew->n_threads &&
           pthread_create(&crew->helper[crew->n_helpers], NULL, help, crew) ==
               0)
        crew->n_helpers++;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

struct tt_crew *tt_crew_new(unsigned n_threads)
{
    struct tt_crew *crew = calloc(1, sizeof(*crew));

    if (!crew)
        return NULL;
    crew->n_threads = n_threads;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->go, NULL);
    pthread_cond_init(&crew->done, NULL);
    return crew;
}

void tt_crew_free(struct tt_crew *crew)
{
    if (!crew)
        return;
    if (crew->n_helpers && crew->pid == getpid()) {
        pthread_mutex_lock(&crew->lock);
        crew->quit = true;
        pthread_cond_broadcast(&crew->go);
        pthread_mutex_unlock(&crew->lock);
        for (unsigned i = 0; i < crew->n_helpers; i++)
            pthread_join(crew->helper[i], NULL);
    }
    pthread_cond_destroy(&crew->done);
    pthread_cond_destroy(&crew->go);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

static void open_round(struct tt_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->open = true;
    atomic_fetch_add(&crew->round, 1);
    pthread_cond_broadcast(&crew->go);
    pthread_mutex_unlock(&crew->lock);
}

static void close_round(struct tt_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->open = false;
    while (crew->joined)
        pthread_cond_wait(&crew->done, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

void tt_crew_run(struct tt_crew *crew, tt_crew_fn fn, void *const *item,
                 unsigned n)
{
    bool alone = crew->n_threads == 1 || n < 2;

    if (!alone && !crew->created)
        create_helpers(crew);
    alone = alone || crew->pid != getpid();
    crew->fn = fn;
    crew->item = item;
    crew->n = n;
    atomic_store(&crew->next, 0);
    if (!alone)
        open_round(crew);
    take_items(crew);
    if (!alone)
        close_round(crew);
}
