/* SPDX-License-Identifier: MIT */
/* A clock that runs ahead. */
#ifndef TT_FUZZ_FAST_CLOCK_H
#define TT_FUZZ_FAST_CLOCK_H

/**
 * fast_clock_start - from now on the monotonic clock is 200 times as fast
 *
 * So time limits and waits for nobody cost little. Needs -Wl,--wrap of
 * clock_gettime() and pthread_cond_timedwait(). Call it while no other thread
 * looks at the time.
 */
void fast_clock_start(void);

#endif
