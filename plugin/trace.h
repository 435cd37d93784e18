/* SPDX-License-Identifier: MIT */
/* TT_TRACE: what ran when, for ui.perfetto.dev and chrome://tracing. */
#ifndef TT_TRACE_H
#define TT_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct tt_active;
struct tt_run;
struct tt_trace;

/**
 * tt_trace_open - begin a trace
 * @path: file, replaced; NULL or "" for none
 *
 * Events are written as they come, in the array form of the Chrome trace event
 * format, whose end may be missing: a process that is killed leaves a file that
 * can be read.
 *
 * Return: the trace; NULL if there is none, or (logged) it cannot be written.
 */
struct tt_trace *tt_trace_open(const char *path);

/** tt_trace_close - end the file; NULL is ignored */
void tt_trace_close(struct tt_trace *trace);

/** tt_trace_flush - everything noted so far is in the file; NULL is ignored */
void tt_trace_flush(struct tt_trace *trace);

/** tt_trace_is_on - whether there is a trace */
static inline bool tt_trace_is_on(const struct tt_trace *trace)
{
    return trace;
}

/**
 * tt_trace_job - note a launch that ended well: the command in its stream, and
 * each RISC-V core's kernel with its zones
 * @trace: NULL is ignored
 * @run, @active: whose launch it was; the times of its cores are known
 *
 * Cycles of the device are spread over the host time from the doorbell to the
 * completion. Any thread.
 */
void tt_trace_job(struct tt_trace *trace, const struct tt_run *run,
                  const struct tt_active *active);

/** tt_trace_run - note a run that is over, in its stream
 *  @start_ns, @end_ns: host time */
void tt_trace_run(struct tt_trace *trace, const struct tt_run *run,
                  uint64_t start_ns, uint64_t end_ns);

#endif
