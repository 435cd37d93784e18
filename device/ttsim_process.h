/* SPDX-License-Identifier: MIT */
/* The process that the simulator runs in: start, requests, output, end. */
#ifndef TT_TTSIM_PROCESS_H
#define TT_TTSIM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "device/ttsim_proto.h"
#include "nexus-api.h"

#define TT_TTSIM_LINE_SIZE 256u
#define TT_TTSIM_LINES     3u

/**
 * struct tt_ttsim_process - one process with one simulator
 * @slot: TT_TTSIM_SLOTS of them, which both sides see
 *
 * The rest is private. Calls must not overlap; the owner has a lock.
 */
struct tt_ttsim_process {
    struct tt_ttsim_slot *slot;
    pid_t owner; /* who started it; a fork of that process may not use it */
    pid_t pid;   /* only for messages: it may long be someone else's */
    int handle;  /* pidfd, or -1 once the process has been waited for */
    int socket;  /* requests and replies */
    int output;  /* what it prints, read without blocking */
    unsigned limit_ms;             /* for one request; 0 = none */
    char line[TT_TTSIM_LINE_SIZE]; /* being printed */
    size_t line_len;
    char last[TT_TTSIM_LINES][TT_TTSIM_LINE_SIZE]; /* printed last, a ring */
    unsigned n_lines;
    char reason[1024]; /* why it is of no more use, "" if it is */
};

/**
 * tt_ttsim_process_start - start the process; the simulator is not loaded yet
 * @process: filled in; end it with tt_ttsim_process_stop()
 * @library: path of libttsim.so, for TT_TTSIM_START
 * @limit_ms: how long a request may take, 0 for ever
 *
 * The program is carried inside the library and run from memory. It gets the
 * host's environment, but no descriptors, signal mask or terminal signals,
 * and it ends when the host does.
 *
 * Return: NXS_Success; as tt_device_status(), with the system's reason.
 */
nxs_status tt_ttsim_process_start(struct tt_ttsim_process *process,
                                  const char *library, unsigned limit_ms);

/**
 * tt_ttsim_process_send - send a request, without waiting for its reply
 * @process: started
 * @request: copied; at most TT_TTSIM_SLOTS may be unanswered
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable if the process has ended, now
 * or earlier, with what it printed last.
 */
nxs_status tt_ttsim_process_send(struct tt_ttsim_process *process,
                                 const struct tt_ttsim_request *request);

/**
 * tt_ttsim_process_wait - wait for the reply to the oldest unanswered request
 * @process: started
 * @op: of that request
 * @out: the reply, or NULL
 *
 * Blocks up to the time limit; then the process is killed.
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable as above.
 */
nxs_status tt_ttsim_process_wait(struct tt_ttsim_process *process, uint32_t op,
                                 struct tt_ttsim_reply *out);

/** tt_ttsim_process_stop - end the process, kindly for a few seconds, and wait
 *  for it; gives everything back */
void tt_ttsim_process_stop(struct tt_ttsim_process *process);

#endif
