/* SPDX-License-Identifier: MIT */
/* Signals of failing writes; see tt_signal.h. */
#include "pool/tt_signal.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* What is pending already is the host's, and stays. */
void tt_signal_hold(struct tt_signal_hold *hold)
{
    static const int of_writes[] = {SIGXFSZ, SIGPIPE};
    sigset_t pending;

    sigemptyset(&pending);
    (void)sigpending(&pending);
    sigemptyset(&hold->held);
    for (unsigned i = 0; i < sizeof of_writes / sizeof of_writes[0]; i++)
        if (sigismember(&pending, of_writes[i]) != 1)
            sigaddset(&hold->held, of_writes[i]);
    (void)pthread_sigmask(SIG_BLOCK, &hold->held, &hold->mask);
}

/* They are sent to the thread that writes. */
void tt_signal_release(const struct tt_signal_hold *hold)
{
    const struct timespec at_once = {0};
    int error = errno;

    while (sigtimedwait(&hold->held, NULL, &at_once) > 0)
        ;
    (void)pthread_sigmask(SIG_SETMASK, &hold->mask, NULL);
    errno = error;
}
