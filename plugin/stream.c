/* SPDX-License-Identifier: MIT */
/* The nxs*Stream calls. */
#include "plugin/stream.h"

#include <stdlib.h>

#include "plugin/failure.h"
#include "plugin/property.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

struct tt_stream *tt_stream_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->streams, id);

    return object ? TT_CONTAINER_OF(object, struct tt_stream, object) : NULL;
}

static bool is_default(const struct tt_stream *stream)
{
    return stream->object.id == 0;
}

void tt_stream_pin(struct tt_stream *stream)
{
    if (!is_default(stream))
        tt_pool_pin(&tt_runtime_get()->streams, &stream->object);
}

void tt_stream_put(struct tt_stream *stream)
{
    if (stream && !is_default(stream))
        tt_pool_put(&tt_runtime_get()->streams, &stream->object);
}

void tt_stream_fini(struct tt_object *object)
{
    struct tt_stream *stream =
        TT_CONTAINER_OF(object, struct tt_stream, object);

    tt_failure_put(stream->failure);
    free(stream);
}

struct tt_stream *tt_stream_new(struct tt_npu *npu, nxs_uint settings)
{
    struct tt_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return NULL;
    stream->npu = npu;
    stream->settings = settings;
    return stream;
}

nxs_int nxsCreateStream(nxs_int device, nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    struct tt_stream *stream;
    nxs_int id;

    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    stream = tt_stream_new(npu, settings);
    if (!stream)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a stream");
    id = tt_pool_publish(&tt_runtime_get()->streams, &stream->object);
    if (id < 0)
        tt_stream_fini(&stream->object);
    return id;
}

/* No new runs come in once the id is stale, but for those of threads that are
 * inside nxsRunSchedule() at this moment: they end by themselves. */
nxs_status nxsReleaseStream(nxs_int stream_id)
{
    struct tt_stream *stream = tt_stream_get(stream_id);
    nxs_status status = NXS_InvalidStream;

    if (stream)
        status = tt_pool_release(&tt_runtime_get()->streams, stream_id);
    if (status >= 0) {
        tt_runtime_enter();
        tt_dispatch_drain(&stream->npu->dispatch, stream);
        tt_runtime_leave();
    }
    tt_stream_put(stream);
    if (status < 0)
        return TT_FAIL(NXS_InvalidStream, "stream %d is not live", stream_id);
    return NXS_Success;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_stream *)object)->object.id;
}

static void get_value(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_stream *)object)->settings;
}

static void get_size(void *object, struct tt_property *out)
{
    struct tt_stream *stream = object;

    pthread_mutex_lock(&stream->npu->dispatch.lock);
    out->number = (int64_t)stream->n_pending;
    pthread_mutex_unlock(&stream->npu->dispatch.lock);
}

static void get_count(void *object, struct tt_property *out)
{
    struct tt_stream *stream = object;

    out->number = (int64_t)atomic_load(&stream->n_runs);
}

static void get_elapsed(void *object, struct tt_property *out)
{
    struct tt_stream *stream = object;

    out->real = (double)atomic_load(&stream->elapsed_ns) / 1e6;
}

static const struct tt_property_entry stream_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "stream"},     [NP_Type] = {.text = "stream"},
    [NP_Value] = {.get = get_value},    [NP_ID] = {.get = get_id},
    [NP_Size] = {.get = get_size},      [NP_Count] = {.get = get_count},
    [NP_SubUnitType] = {.text = "run"}, [NP_ElapsedTime] = {.get = get_elapsed},
};

nxs_status nxsGetStreamProperty(nxs_int stream_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    struct tt_stream *stream = tt_stream_get(stream_id);
    nxs_status status;

    if (!stream)
        return TT_FAIL(NXS_InvalidStream, "stream %d is not live", stream_id);
    status = tt_property_get(stream_properties, stream, property_id, value,
                             value_size);
    tt_stream_put(stream);
    return status;
}
