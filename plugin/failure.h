/* SPDX-License-Identifier: MIT */
/* A failed run, remembered until somebody who waits has been told. */
#ifndef TT_FAILURE_H
#define TT_FAILURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "nexus-api.h"

struct tt_dispatch;

/**
 * struct tt_failure - why a run that nobody waited for failed; counted
 *
 * The stream of the run, the events it would have signaled and the buffers it
 * was given all keep it. The first who waits for one of them is told; until
 * then the runs behind the failed one are not started.
 *
 * @dispatch: of the device of the run
 * @status: 0 as long as the run has not failed
 * @resume: 0 until told; then runs with a smaller ticket are not started
 * @text: the log line; NULL: there was no memory for it
 */
struct tt_failure {
    atomic_uint refs;
    nxs_status status;
    struct tt_dispatch *dispatch;
    atomic_uint_fast64_t resume;
    char *text;
};

/**
 * tt_failure_new - a failure to come, so that it can be told of whatever lacks
 * when it comes
 * @dispatch: of the device of the run
 *
 * Return: one with one reference; NULL without memory.
 */
struct tt_failure *tt_failure_new(struct tt_dispatch *dispatch);

/**
 * tt_failure_note - the run has failed
 * @failure: new, nobody else knows it yet
 * @status: negative
 * @text: the log line, copied if there is memory
 */
void tt_failure_note(struct tt_failure *failure, nxs_status status,
                     const char *text);

/** tt_failure_put - drop a reference; NULL is ignored */
void tt_failure_put(struct tt_failure *failure);

/** tt_failure_set - let a slot keep a failure, or (NULL) none; the caller
 *  guards the slot */
void tt_failure_set(struct tt_failure **slot, struct tt_failure *failure);

/** tt_failure_is_told - whether somebody has been told; NULL: nothing to tell
 */
bool tt_failure_is_told(const struct tt_failure *failure);

/** tt_failure_binds - whether a run, here its ticket, was submitted before
 *  anybody was told, and so cannot know; NULL binds none */
bool tt_failure_binds(const struct tt_failure *failure, uint64_t ticket);

/**
 * tt_failure_tell - tell the calling thread
 * @failure: not NULL
 *
 * Its line becomes the thread's last error, without being logged again. Runs
 * submitted from now on are started.
 *
 * Return: the status of the failed run.
 */
nxs_status tt_failure_tell(struct tt_failure *failure);

#endif
