/* SPDX-License-Identifier: MIT */
/* Streams: queues of runs. */
#ifndef TT_STREAM_H
#define TT_STREAM_H

#include "plugin/runtime.h"

/**
 * struct tt_stream - one stream: runs that follow each other
 *
 * The default stream of a device is one that has no id and is never destroyed.
 *
 * @first, @last: runs that are not over; guarded by the lock of the device's
 *                dispatcher, as are @n_pending, how many they are, and @next
 *                and @is_listed, its place in a list of the dispatcher
 * @in_line: when its first run began to queue for cores, 0: it does not; of the
 *           thread that drives the device, as is all that follows but counters
 * @failure: of a run that nobody waited for, or NULL
 * @n_runs, @elapsed_ns: runs that ended well, and their time in launches
 */
struct tt_stream {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_uint settings;
    struct tt_run *first, *last;
    size_t n_pending;
    struct tt_stream *next;
    bool is_listed;
    uint64_t in_line;
    struct tt_failure *failure;
    atomic_uint_fast64_t n_runs;
    atomic_uint_fast64_t elapsed_ns;
};

/** tt_stream_new - a stream without an id; NULL without memory */
struct tt_stream *tt_stream_new(struct tt_npu *npu, nxs_uint settings);

/** tt_stream_pin - one more pin on a stream that is pinned or the default */
void tt_stream_pin(struct tt_stream *stream);

/** tt_stream_get - pin a stream; NULL (not logged) if @id is not live */
struct tt_stream *tt_stream_get(nxs_int id);

/** tt_stream_put - drop the pin; NULL is ignored */
void tt_stream_put(struct tt_stream *stream);

/** tt_stream_fini - destroy; for the pool */
void tt_stream_fini(struct tt_object *object);

#endif
