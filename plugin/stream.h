/* SPDX-License-Identifier: MIT */
/* Streams: orders of runs. */
#ifndef TT_STREAM_H
#define TT_STREAM_H

#include "plugin/runtime.h"

/**
 * struct tt_stream - one stream
 *
 * A run is finished when nxsRunSchedule() returns, so a stream has nothing to
 * queue; it counts and times what ran in it.
 *
 * @lock: held by a run from its first to its last command: the runs of a
 *        stream do not overlap
 * @n_runs, @elapsed_ns: runs so far, and their time in launches
 */
struct tt_stream {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_uint settings;
    pthread_mutex_t lock;
    atomic_uint_fast64_t n_runs;
    atomic_uint_fast64_t elapsed_ns;
};

/** tt_stream_get - pin a stream; NULL (not logged) if @id is not live */
struct tt_stream *tt_stream_get(nxs_int id);

/** tt_stream_put - drop the pin; NULL is ignored */
void tt_stream_put(struct tt_stream *stream);

/** tt_stream_fini - destroy; for the pool */
void tt_stream_fini(struct tt_object *object);

#endif
