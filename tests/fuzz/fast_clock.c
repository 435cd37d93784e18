/* SPDX-License-Identifier: MIT */
/* A clock that runs ahead. */
#include "tests/fuzz/fast_clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#define SPEED 200

/** __wrap_clock_gettime - the monotonic clock, SPEED times as fast */
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
/** __real_clock_gettime - the real one */
int __real_clock_gettime(clockid_t clock, struct timespec *out);
/** __wrap_pthread_cond_timedwait - until a time of the fast clock, of which
 *  all conditions of the plugin are */
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until);
/** __real_pthread_cond_timedwait - the real one */
int __real_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until);

/* Where both clocks showed the same, in ns; 0: not started. */
static _Atomic int64_t start;

static int64_t in_ns(const struct timespec *t)
{
    return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static struct timespec from_ns(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / 1000000000,
                             .tv_nsec = ns % 1000000000};
}

void fast_clock_start(void)
{
    struct timespec now;

    (void)__real_clock_gettime(CLOCK_MONOTONIC, &now);
    start = in_ns(&now);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    int error = __real_clock_gettime(clock, out);
    int64_t from = start;

    if (error || clock != CLOCK_MONOTONIC || !from)
        return error;
    *out = from_ns(from + (in_ns(out) - from) * SPEED);
    return 0;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    int64_t from = start;
    struct timespec when = from_ns(from + (in_ns(until) - from) / SPEED);

    if (!from)
        when = *until;
    return __real_pthread_cond_timedwait(cond, mutex, &when);
}
