/* SPDX-License-Identifier: MIT */
/* The nxs*Buffer calls. */
#include "plugin/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/buffer_layout.h"
#include "plugin/datatype.h"
#include "plugin/property.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

struct tt_buffer *tt_buffer_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->buffers, id);

    return object ? TT_CONTAINER_OF(object, struct tt_buffer, object) : NULL;
}

void tt_buffer_put(struct tt_buffer *buffer)
{
    if (buffer)
        tt_pool_put(&tt_runtime_get()->buffers, &buffer->object);
}

static bool is_l1(const struct tt_buffer *buffer)
{
    return tt_spread_is_l1(&buffer->layout.spread);
}

void tt_buffer_fini(struct tt_object *object)
{
    struct tt_buffer *buffer =
        TT_CONTAINER_OF(object, struct tt_buffer, object);

    if (buffer->owns_memory && is_l1(buffer))
        tt_l1_free(&buffer->npu->l1, buffer->addr);
    else if (buffer->owns_memory)
        tt_range_free(&buffer->npu->dram, buffer->addr);
    tt_buffer_put(buffer->owner);
    tt_failure_put(buffer->failure);
    pthread_mutex_destroy(&buffer->lock);
    free(buffer->mirror);
    free(buffer);
}

uint32_t tt_buffer_page_stride(const struct tt_buffer *buffer)
{
    return tt_transfer_page_stride(buffer->npu->dev, &buffer->layout);
}

static uint64_t bank_size(const struct tt_buffer *buffer)
{
    return tt_transfer_bank_size(buffer->npu->dev, &buffer->layout);
}

struct tt_extent tt_buffer_extent(const struct tt_buffer *buffer)
{
    return (struct tt_extent){is_l1(buffer), buffer->addr,
                              buffer->addr + bank_size(buffer)};
}

/* Whoever owns the memory keeps what befell it: it may be copied through the
 * buffer or through any that wraps it. */
static struct tt_buffer *owner_of(struct tt_buffer *buffer)
{
    while (buffer->owner)
        buffer = buffer->owner;
    return buffer;
}

void tt_buffer_set_failure(struct tt_buffer *buffer, struct tt_failure *failure)
{
    buffer = owner_of(buffer);
    pthread_mutex_lock(&buffer->lock);
    tt_failure_set(&buffer->failure, failure);
    pthread_mutex_unlock(&buffer->lock);
}

void tt_buffer_forget_failure(struct tt_buffer *buffer, uint64_t ticket)
{
    buffer = owner_of(buffer);
    pthread_mutex_lock(&buffer->lock);
    if (!tt_failure_binds(buffer->failure, ticket))
        tt_failure_set(&buffer->failure, NULL);
    pthread_mutex_unlock(&buffer->lock);
}

/* What a failed run may have left behind, or one behind it has not written, is
 * no result, whoever else has been told. */
static nxs_status check_failure(struct tt_buffer *buffer)
{
    nxs_status status = NXS_Success;

    buffer = owner_of(buffer);
    pthread_mutex_lock(&buffer->lock);
    if (buffer->failure)
        status = tt_failure_tell(buffer->failure);
    tt_failure_set(&buffer->failure, NULL);
    pthread_mutex_unlock(&buffer->lock);
    return status;
}

static bool covers_owner(struct tt_buffer *buffer)
{
    struct tt_buffer *owner = owner_of(buffer);

    return buffer->addr == owner->addr && bank_size(buffer) == bank_size(owner);
}

/* The whole buffer to or from the host, in order with the runs that use it.
 * @alone: no other copy of it meanwhile, as it changes the buffer or a copy
 * that threads share. */
static nxs_status transfer(struct tt_buffer *buffer, void *host, bool to_host,
                           bool alone)
{
    struct tt_dispatch *d = &buffer->npu->dispatch;
    struct tt_extent extent = tt_buffer_extent(buffer);
    struct tt_claim claim = {.extent = &extent, .n = 1, .writes = alone};
    nxs_status status;

    tt_dispatch_begin_access(d, &claim);
    status = to_host ? check_failure(buffer) : NXS_Success;
    if (status >= 0 && to_host)
        status = tt_transfer_download(buffer->npu->dev, &buffer->layout,
                                      buffer->addr, host);
    else if (status >= 0)
        status = tt_transfer_upload(buffer->npu->dev, &buffer->layout,
                                    buffer->addr, host);
    tt_dispatch_end_claim(d, &claim);
    if (!to_host && status >= 0 && covers_owner(buffer))
        tt_buffer_set_failure(buffer, NULL);
    return status;
}

/* The settings' fields: TT_BUFFER_L1.., TT_BUFFER_CORES(). */
static nxs_status set_spread(struct tt_buffer *buffer, nxs_uint settings)
{
    struct tt_cores cores = {settings >> 11 & 31u, settings >> 16 & 31u,
                             settings >> 21 & 31u, settings >> 26 & 31u};

    return tt_spread_set(&buffer->layout, &buffer->npu->dev->info,
                         TT_BUFFER_KIND(settings), &cores);
}

/* What a host may call a buffer when it asks to wrap it. */
struct address {
    const struct tt_buffer *wrapper;
    const void *ptr;
};

/* Whether @at is what NP_Value said of @buffer. */
static bool is_mirror(struct tt_buffer *buffer, const struct address *at)
{
    bool found;

    pthread_mutex_lock(&buffer->lock);
    found = buffer->mirror == at->ptr;
    pthread_mutex_unlock(&buffer->lock);
    return found;
}

/* Whether @buffer owns L1 that holds all of the wrapper at @at. */
static bool is_in_l1(struct tt_buffer *buffer, const struct address *at)
{
    uint64_t addr = (uintptr_t)at->ptr, size = bank_size(buffer);

    return buffer->npu == at->wrapper->npu && buffer->owns_memory &&
           is_l1(buffer) && addr >= buffer->addr &&
           addr - buffer->addr <= size &&
           bank_size(at->wrapper) <= size - (addr - buffer->addr);
}

/* The first live buffer that @match says yes to, pinned; or NULL. */
static struct tt_buffer *find(bool (*match)(struct tt_buffer *,
                                            const struct address *),
                              const struct address *at)
{
    struct tt_pool *pool = &tt_runtime_get()->buffers;
    struct tt_buffer *buffer;
    nxs_int id = -1;

    while ((id = tt_pool_next(pool, id)) >= 0) {
        buffer = tt_buffer_get(id);
        if (buffer && match(buffer, at))
            return buffer;
        tt_buffer_put(buffer);
    }
    return NULL;
}

/* A host that knows no settings of ours asks for DRAM: it means wherever the
 * owner is, and spread alike. */
static nxs_status spread_like(struct tt_buffer *buffer,
                              const struct tt_buffer *owner)
{
    const struct tt_spread *spread = &owner->layout.spread;
    struct tt_cores cores = spread->cores;

    if (is_l1(buffer) || !is_l1(owner))
        return NXS_Success;
    if (!tt_spread_is_sharded(spread))
        cores = (struct tt_cores){0};
    return tt_spread_set(&buffer->layout, &buffer->npu->dev->info, spread->kind,
                         &cores);
}

/* Takes the pin of @owner over. */
static nxs_status share(struct tt_buffer *buffer, struct tt_buffer *owner)
{
    nxs_status status = NXS_Success;

    if (owner->npu == buffer->npu)
        status = spread_like(buffer, owner);
    if (status >= 0 &&
        (owner->npu != buffer->npu || is_l1(owner) != is_l1(buffer) ||
         bank_size(owner) < bank_size(buffer)))
        status =
            TT_FAIL(NXS_InvalidHostPtr,
                    "buffer %d is on another device, in another memory or too "
                    "small to wrap",
                    owner->object.id);
    if (status < 0) {
        tt_buffer_put(owner);
        return status;
    }
    buffer->owner = owner;
    buffer->addr = owner->addr;
    return NXS_Success;
}

/* L1 belongs to buffers or to running kernels: wrapping it keeps its owner. */
static nxs_status wrap_l1(struct tt_buffer *buffer, const struct address *at)
{
    uint64_t addr = (uintptr_t)at->ptr;

    if (addr % buffer->npu->dev->info.arch->l1_align == 0)
        buffer->owner = find(is_in_l1, at);
    if (!buffer->owner)
        return TT_FAIL(NXS_InvalidHostPtr,
                       "%#" PRIx64 " + %#" PRIx64
                       " is no aligned range of a live L1 buffer",
                       addr, bank_size(buffer));
    buffer->addr = addr;
    return NXS_Success;
}

/* OnDevice: @address is what NP_Value said of a live buffer, or an address in
 * L1, or an offset in the DRAM banks. */
static nxs_status wrap(struct tt_buffer *buffer, void *address)
{
    const struct tt_arch *arch = buffer->npu->dev->info.arch;
    struct address at = {buffer, address};
    struct tt_buffer *owner = find(is_mirror, &at);
    uint64_t addr = (uintptr_t)address;

    if (owner)
        return share(buffer, owner);
    if (is_l1(buffer))
        return wrap_l1(buffer, &at);
    if (addr % arch->dram_align || addr > arch->dram_bank_size ||
        bank_size(buffer) > arch->dram_bank_size - addr)
        return TT_FAIL(NXS_InvalidHostPtr,
                       "%#" PRIx64 " + %#" PRIx64
                       " is no aligned range of a DRAM bank",
                       addr, bank_size(buffer));
    buffer->addr = addr;
    return NXS_Success;
}

static nxs_status allocate(struct tt_buffer *buffer)
{
    struct tt_npu *npu = buffer->npu;
    nxs_status status;

    if (is_l1(buffer))
        status = tt_l1_alloc(&npu->l1, bank_size(buffer), &buffer->addr);
    else
        status = tt_range_alloc(&npu->dram, bank_size(buffer), &buffer->addr);
    buffer->owns_memory = status >= 0;
    return status;
}

static nxs_status place(struct tt_buffer *buffer, void *host_ptr,
                        nxs_uint settings)
{
    nxs_uint where =
        settings & (NXS_BufferSettings_OnHost | NXS_BufferSettings_OnDevice);
    nxs_status status = set_spread(buffer, settings);

    if (status < 0)
        return status;
    if (host_ptr && where == NXS_BufferSettings_OnDevice)
        return wrap(buffer, host_ptr);
    status = allocate(buffer);
    if (status < 0 || !host_ptr)
        return status;
    return tt_transfer_upload(buffer->npu->dev, &buffer->layout, buffer->addr,
                              host_ptr);
}

nxs_int nxsCreateBuffer(nxs_int device, nxs_buffer_layout layout,
                        void *host_ptr, nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    struct tt_buffer *buffer;
    struct tt_layout shape;
    nxs_int id;

    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    layout.data_type &= ~(nxs_uint)NXS_DataType_Flags_Mask;
    id = tt_buffer_layout(&layout, &shape);
    if (id < 0)
        return id;
    buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a buffer");
    buffer->npu = npu;
    buffer->shape = layout;
    buffer->layout = shape;
    pthread_mutex_init(&buffer->lock, NULL);
    id = place(buffer, host_ptr, settings);
    if (id >= 0)
        id = tt_pool_publish(&tt_runtime_get()->buffers, &buffer->object);
    if (id < 0)
        tt_buffer_fini(&buffer->object);
    return id;
}

nxs_status nxsCopyBuffer(nxs_int buffer_id, void *host_ptr, nxs_uint direction)
{
    struct tt_buffer *buffer;
    nxs_status status;

    if (!host_ptr)
        return TT_FAIL(NXS_InvalidHostPtr,
                       "buffer %d: the host pointer is NULL", buffer_id);
    buffer = tt_buffer_get(buffer_id);
    if (!buffer)
        return TT_FAIL(NXS_InvalidBuffer, "buffer %d is not live", buffer_id);
    tt_runtime_enter();
    if (direction > NXS_BufferHostToDevice)
        status =
            TT_FAIL(NXS_InvalidValue, "buffer %d: there is no direction %u",
                    buffer_id, direction);
    else
        status = transfer(buffer, host_ptr, direction == NXS_BufferDeviceToHost,
                          direction == NXS_BufferHostToDevice);
    tt_runtime_leave();
    tt_buffer_put(buffer);
    return status;
}

/* Repeat the first @n bytes up to @size by doubling what is there. */
static void repeat(char *data, size_t n, size_t size)
{
    while (n < size) {
        size_t step = n <= size - n ? n : size - n;

        memcpy(data + n, data, step);
        n += step;
    }
}

static nxs_status fill(struct tt_buffer *buffer, const void *value, size_t n)
{
    size_t size = buffer->layout.host_size;
    nxs_status status;
    char *data;

    if (n > size)
        return TT_FAIL(NXS_InvalidValue,
                       "buffer %d: pattern of %zu bytes, buffer of %zu",
                       buffer->object.id, n, size);
    data = malloc(size);
    if (!data)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %zu bytes", size);
    memcpy(data, value, n);
    repeat(data, n, size);
    status = transfer(buffer, data, false, true);
    free(data);
    return status;
}

nxs_status nxsFillBuffer(nxs_int buffer_id, void *value, nxs_uint value_bytes)
{
    struct tt_buffer *buffer;
    nxs_status status;

    if (!value || !value_bytes)
        return TT_FAIL(NXS_InvalidValue,
                       "buffer %d: the pattern is NULL or empty (%u bytes)",
                       buffer_id, value_bytes);
    buffer = tt_buffer_get(buffer_id);
    if (!buffer)
        return TT_FAIL(NXS_InvalidBuffer, "buffer %d is not live", buffer_id);
    tt_runtime_enter();
    status = fill(buffer, value, value_bytes);
    tt_runtime_leave();
    tt_buffer_put(buffer);
    return status;
}

nxs_status nxsReleaseBuffer(nxs_int buffer_id)
{
    if (tt_pool_release(&tt_runtime_get()->buffers, buffer_id) < 0)
        return TT_FAIL(NXS_InvalidBuffer, "buffer %d is not live", buffer_id);
    return NXS_Success;
}

/* The host copy, made when first asked for; it stays where it is. */
static nxs_status get_mirror(struct tt_buffer *buffer, void **out)
{
    pthread_mutex_lock(&buffer->lock);
    if (!buffer->mirror)
        buffer->mirror = malloc(buffer->layout.host_size);
    *out = buffer->mirror;
    pthread_mutex_unlock(&buffer->lock);
    if (!*out)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %" PRIu64 " bytes",
                       buffer->layout.host_size);
    return NXS_Success;
}

/* Hosts hand this value to any plugin's nxsCreateBuffer as a host pointer: it
 * has to be readable, and to hold the data. */
static void get_value(void *object, struct tt_property *out)
{
    struct tt_buffer *buffer = object;
    void *mirror;

    tt_runtime_enter();
    out->status = get_mirror(buffer, &mirror);
    if (out->status >= 0)
        out->status = transfer(buffer, mirror, true, true);
    tt_runtime_leave();
    out->number = (int64_t)(intptr_t)mirror;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_buffer *)object)->object.id;
}

static void get_description(void *object, struct tt_property *out)
{
    const struct tt_buffer *buffer = object;

    const struct tt_spread *s = &buffer->layout.spread;
    char where[64] = "", shards[64] = "";

    if (is_l1(buffer))
        snprintf(where, sizeof where, " of %u cores", s->n_banks);
    if (tt_spread_is_sharded(s))
        snprintf(shards, sizeof shards, " in shards of %u x %u", s->shard_rows,
                 s->shard_cols);
    tt_property_text(out,
                     "%s, %" PRIu64 " pages of %u bytes%s at %s:%#" PRIx64 "%s",
                     tt_datatype_name(buffer->shape.data_type),
                     buffer->layout.n_pages, buffer->layout.page_size, shards,
                     tt_spread_name(s), buffer->addr, where);
}

static void get_count(void *object, struct tt_property *out)
{
    const struct tt_layout *l = &((const struct tt_buffer *)object)->layout;

    out->number = (int64_t)(l->planes * l->rows * l->cols);
}

static void get_size(void *object, struct tt_property *out)
{
    out->number = (int64_t)((const struct tt_buffer *)object)->layout.host_size;
}

static void get_rank(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_buffer *)object)->shape.rank;
}

static void get_shape(void *object, struct tt_property *out)
{
    const nxs_buffer_layout *shape = &((const struct tt_buffer *)object)->shape;

    out->n_vector = shape->rank;
    for (unsigned i = 0; i < shape->rank; i++)
        out->vector[i] = (int64_t)shape->dim[i];
}

static void get_location(void *object, struct tt_property *out)
{
    const struct tt_buffer *buffer = object;

    const struct tt_spread *s = &buffer->layout.spread;
    char cores[64] = "";

    if (tt_spread_is_sharded(s))
        snprintf(cores, sizeof cores, " %ux%u+%u+%u", s->cores.width,
                 s->cores.height, s->cores.x, s->cores.y);
    tt_property_text(out, "%s%s:%#" PRIx64, tt_spread_name(s), cores,
                     buffer->addr);
}

static const struct tt_property_entry buffer_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.text = "buffer"},
    [NP_Type] = {.text = "buffer"},
    [NP_Value] = {.get = get_value},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Count] = {.get = get_count},
    [NP_Size] = {.get = get_size},
    [NP_Rank] = {.get = get_rank},
    [NP_Shape] = {.get = get_shape},
    [NP_Location] = {.get = get_location},
};

nxs_status nxsGetBufferProperty(nxs_int buffer_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    struct tt_pool *pool = &tt_runtime_get()->buffers;
    struct tt_object *object = tt_pool_get(pool, buffer_id);
    nxs_status status;

    if (!object)
        return TT_FAIL(NXS_InvalidBuffer, "buffer %d is not live", buffer_id);
    status = tt_property_get(buffer_properties,
                             TT_CONTAINER_OF(object, struct tt_buffer, object),
                             property_id, value, value_size);
    tt_pool_put(pool, object);
    return status;
}
