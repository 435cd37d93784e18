/* SPDX-License-Identifier: MIT */
/* Host time for durations and deadlines. */
#ifndef TT_CLOCK_H
#define TT_CLOCK_H

#include <stdint.h>
#include <time.h>

/** tt_clock_ns - monotonic time in nanoseconds; any thread */
static inline uint64_t tt_clock_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
