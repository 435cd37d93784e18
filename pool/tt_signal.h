/* SPDX-License-Identifier: MIT */
/* Signals that come with a failing write, and that a library must not hand to
 * its host: by default they end the process. */
#ifndef TT_SIGNAL_H
#define TT_SIGNAL_H

#include <signal.h>

/** struct tt_signal_hold - between a hold and its end, of one thread */
struct tt_signal_hold {
    sigset_t mask, held;
};

/**
 * tt_signal_hold - from now on a write that fails is only an error
 * @hold: to be handed to tt_signal_release() by the same thread
 *
 * SIGXFSZ (a file beyond RLIMIT_FSIZE) and SIGPIPE (nobody reads) are blocked;
 * write() and its like say EFBIG and EPIPE then. Never fails.
 */
void tt_signal_hold(struct tt_signal_hold *hold);

/** tt_signal_release - takes those that came meanwhile away; the mask is what
 *  it was, and so is errno */
void tt_signal_release(const struct tt_signal_hold *hold);

#endif
