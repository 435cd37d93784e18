/* SPDX-License-Identifier: MIT */
/* Memory, buffers, copies. */
#include <stdlib.h>
#include <string.h>

#include "tests/conform/host_plugin.h"

/* Indexed by type; 0: there is no such type. */
static const unsigned char bits_of[] = {8,  32, 16, 16, 8, 8, 4,  4,  32, 32,
                                        16, 16, 8,  8,  4, 4, 64, 64, 64, 8};

/* ---- memory ---- */

uint64_t host_memory_in_use_locked(nxs_int device)
{
    uint64_t total = 0;

    for (struct host_object *o = host_next_locked(NULL); o;
         o = host_next_locked(o))
        if (o->kind == HOST_BUFFER && o->device == device)
            total += ((struct host_buffer *)o)->size;
    return total;
}

static struct host_memory *new_memory(nxs_int device, size_t size)
{
    struct host_memory *memory = calloc(1, sizeof *memory);

    if (!memory)
        return NULL;
    memory->bytes = calloc(1, size);
    if (!memory->bytes) {
        free(memory);
        return NULL;
    }
    memory->n_users = 1;
    memory->device = device;
    memory->size = size;
    return memory;
}

void host_memory_pin_locked(struct host_memory *memory)
{
    memory->n_users++;
}

void host_memory_unpin_locked(struct host_memory *memory)
{
    if (!memory || --memory->n_users)
        return;
    host_failure_set_locked(&memory->failure, NULL);
    free(memory->bytes);
    free(memory);
}

static bool run_uses(const struct host_run *run,
                     const struct host_memory *memory)
{
    for (size_t i = 0; i < run->n_steps; i++)
        for (int k = 0; k < NXS_KERNEL_MAX_ARGS; k++)
            if (run->steps[i].memory[k] == memory)
                return true;
    return false;
}

/* Copies are in order with the runs that were submitted before. */
static void wait_for_runs_locked(const struct host_memory *memory)
{
    uint64_t before = host_next_serial_locked();
    const struct host_run *run = host_pending_locked(NULL);

    while (run && run->serial < before && !MUTANT(copy_does_not_wait)) {
        if (run_uses(run, memory)) {
            host_sleep_locked(host_now_ns() + 1000000000u);
            run = host_pending_locked(NULL);
        } else {
            run = host_pending_locked(run);
        }
    }
}

/* ---- the layout ---- */

static bool multiply(uint64_t a, uint64_t b, uint64_t *out)
{
    if (MUTANT(size_overflows)) {
        *out = a * b;
        return true;
    }
    return !__builtin_mul_overflow(a, b, out) && *out <= INT64_MAX;
}

/* Whether the strides are those of a dense array whose dimension 0 is the
 * fastest, or the slowest. The stride of an extent of 1 is never used. */
static bool is_dense(const nxs_buffer_layout *l, bool dim0_fastest)
{
    uint64_t expected = 1;

    for (nxs_uint i = 0; i < l->rank; i++) {
        nxs_uint d = dim0_fastest ? i : l->rank - 1 - i;

        if (l->dim[d] != 1 && l->stride[d] != expected &&
            (l->stride[d] || !MUTANT(one_stride_absent)))
            return false;
        expected *= l->dim[d];
    }
    return true;
}

/* From dimension @first on. */
static bool has_strides(const nxs_buffer_layout *l, nxs_uint first)
{
    for (nxs_uint i = first; i < l->rank; i++)
        if (l->stride[i])
            return true;
    return false;
}

/* All strides, none, or only that of dimension 0, which is the fastest then. */
static bool has_gaps(const nxs_buffer_layout *l)
{
    if (!has_strides(l, l->stride[0] == 1))
        return false;
    return !is_dense(l, true) && !is_dense(l, false);
}

static nxs_status check_layout(const nxs_buffer_layout *l, uint64_t *out_size)
{
    uint64_t n = 1, bits;
    nxs_uint rank = MUTANT(dims_beyond_rank) ? NXS_MAX_DIMS : l->rank;

    if (l->data_type >= HOST_COUNT(bits_of) && !MUTANT(type_unknown))
        return NXS_InvalidValue;
    if (l->rank > NXS_MAX_DIMS - MUTANT(rank_below_eight))
        return NXS_InvalidValue;
    for (nxs_uint i = 0; i < rank && i < NXS_MAX_DIMS; i++)
        if (!multiply(n, l->dim[i], &n))
            return NXS_InvalidBufferSize;
    bits = l->data_type < HOST_COUNT(bits_of) ? bits_of[l->data_type] : 8;
    if (bits < 8 && MUTANT(half_bytes_are_bytes))
        bits = 8;
    if (!multiply(n, bits, out_size))
        return NXS_InvalidBufferSize;
    *out_size /= 8;
    if (!*out_size && !MUTANT(empty_extent))
        return NXS_InvalidBufferSize;
    if (has_gaps(l) && !MUTANT(gaps_ignored))
        return NXS_InvalidValue;
    return NXS_Success;
}

/* ---- life ---- */

static void destroy(struct host_object *object)
{
    struct host_buffer *buffer = (struct host_buffer *)object;

    host_memory_unpin_locked(buffer->memory);
    free(buffer);
}

/* NP_Value of a buffer is the address of its memory. */
static struct host_memory *find_memory_locked(const void *address)
{
    struct host_object *o;

    for (o = host_next_locked(NULL); o; o = host_next_locked(o)) {
        struct host_buffer *buffer = (struct host_buffer *)o;

        if (o->kind == HOST_BUFFER && buffer->memory->bytes == address)
            return buffer->memory;
    }
    return NULL;
}

static nxs_status wrap_locked(struct host_buffer *buffer, nxs_int device,
                              const void *address)
{
    struct host_memory *memory = find_memory_locked(address);

    if (!memory || memory->device != device ||
        (memory->size < buffer->size && !MUTANT(large_wrap)))
        return NXS_InvalidHostPtr;
    host_memory_pin_locked(memory);
    buffer->memory = memory;
    return NXS_Success;
}

static nxs_status allocate_locked(struct host_buffer *buffer, nxs_int device,
                                  void *host_ptr)
{
    static uint64_t leaked; /* of a mutant */
    uint64_t used = host_memory_in_use_locked(device);

    if (MUTANT(memory_leaks))
        used = leaked;
    if ((used > HOST_MEMORY || buffer->size > HOST_MEMORY - used) &&
        !MUTANT(memory_without_end))
        return NXS_OutOfResources;
    leaked += buffer->size;
    buffer->memory = new_memory(device, buffer->size);
    if (!buffer->memory)
        return NXS_OutOfHostMemory;
    if (host_ptr && MUTANT(host_data_kept))
        buffer->memory->bytes = host_ptr;
    else if (host_ptr)
        memcpy(buffer->memory->bytes, host_ptr, buffer->size);
    return NXS_Success;
}

static nxs_status place_locked(struct host_buffer *buffer, nxs_int device,
                               void *host_ptr, nxs_uint settings)
{
    nxs_uint where =
        settings & (NXS_BufferSettings_OnHost | NXS_BufferSettings_OnDevice);

    if (where == NXS_BufferSettings_OnDevice && !MUTANT(wrap_is_a_copy) &&
        (host_ptr || MUTANT(null_is_wrapped)))
        return wrap_locked(buffer, device, host_ptr);
    return allocate_locked(buffer, device, host_ptr);
}

nxs_int nxsCreateBuffer(nxs_int device, nxs_buffer_layout layout,
                        void *host_ptr, nxs_uint settings)
{
    struct host_buffer *buffer;
    uint64_t size;
    nxs_int id;

    if (!host_is_device(device))
        return NXS_InvalidDevice;
    if (!MUTANT(type_flags_count))
        layout.data_type &= ~(nxs_uint)NXS_DataType_Flags_Mask;
    if (MUTANT(rank_nine) && layout.rank == NXS_MAX_DIMS + 1)
        layout.rank = NXS_MAX_DIMS;
    id = (nxs_int)check_layout(&layout, &size);
    if (id < 0)
        return id;
    buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return NXS_OutOfHostMemory;
    buffer->object.destroy = destroy;
    buffer->layout = layout;
    buffer->size = size;
    host_lock();
    id = (nxs_int)place_locked(buffer, device, host_ptr, settings);
    if (id < 0)
        destroy(&buffer->object);
    else
        id = host_publish_locked(&buffer->object, HOST_BUFFER, device);
    host_unlock();
    return id;
}

nxs_status nxsReleaseBuffer(nxs_int buffer)
{
    return host_release(buffer, HOST_BUFFER, NXS_InvalidBuffer);
}

/* ---- properties ---- */

static nxs_status answer_locked(const struct host_buffer *b, nxs_uint property,
                                void *value, size_t *value_size)
{
    int64_t shape[NXS_MAX_DIMS];

    for (nxs_uint i = 0; i < b->layout.rank && i < NXS_MAX_DIMS; i++)
        shape[MUTANT(shape_reversed) ? b->layout.rank - 1 - i : i] =
            (int64_t)b->layout.dim[i];
    if (property == NP_Value)
        wait_for_runs_locked(b->memory);
    const struct host_property all[] = {
        HOST_P_TEXT(NP_Name, "buffer"),
        HOST_P_NUMBER(NP_Value, (intptr_t)b->memory->bytes),
        HOST_P_NUMBER(NP_ID, b->object.id + MUTANT(id_is_another)),
        HOST_P_NUMBER(NP_Size, b->size),
        HOST_P_NUMBER(NP_Rank, b->layout.rank),
        {.id = NP_Shape,
         .type = HOST_VECTOR,
         .vector = shape,
         .n_vector = b->layout.rank}};
    return host_answer(all, HOST_COUNT(all), property, value, value_size);
}

nxs_status nxsGetBufferProperty(nxs_int buffer_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    nxs_status status = NXS_InvalidBuffer;
    struct host_buffer *buffer;

    host_lock();
    buffer = host_find_locked(buffer_id, HOST_BUFFER);
    if (buffer) {
        host_pin_locked(&buffer->object);
        status = answer_locked(buffer, property_id, value, value_size);
        host_unpin_locked(&buffer->object);
    }
    host_unlock();
    return status;
}

/* ---- copies ---- */

static size_t size_to_copy(const struct host_buffer *buffer)
{
    if (MUTANT(copy_rounds_up))
        return (buffer->size + 3) & ~(size_t)3;
    if (MUTANT(copy_drops_odd_byte))
        return buffer->size & ~(size_t)1;
    return buffer->size;
}

static nxs_status download_locked(const struct host_buffer *buffer, void *to)
{
    struct host_memory *memory = buffer->memory;
    nxs_status status;

    if (memory->failure && !MUTANT(failed_result_copied)) {
        status = host_failure_tell_locked(memory->failure);
        host_failure_set_locked(&memory->failure, NULL);
        return status;
    }
    memcpy(to, memory->bytes, size_to_copy(buffer));
    return NXS_Success;
}

static void upload_locked(const struct host_buffer *buffer, const void *from)
{
    memcpy(buffer->memory->bytes, from, size_to_copy(buffer));
    if (buffer->size == buffer->memory->size)
        host_failure_set_locked(&buffer->memory->failure, NULL);
}

static nxs_status copy_locked(const struct host_buffer *buffer, void *host_ptr,
                              nxs_uint direction)
{
    nxs_status status = NXS_Success;

    wait_for_runs_locked(buffer->memory);
    if (MUTANT(copy_without_lock))
        host_unlock();
    if (direction == NXS_BufferDeviceToHost)
        status = download_locked(buffer, host_ptr);
    else
        upload_locked(buffer, host_ptr);
    if (MUTANT(copy_without_lock))
        host_lock();
    return status;
}

nxs_status nxsCopyBuffer(nxs_int buffer_id, void *host_ptr, nxs_uint direction)
{
    nxs_status status =
        MUTANT(unknown_buffer_is_copied) ? NXS_Success : NXS_InvalidBuffer;
    struct host_buffer *buffer;

    host_lock();
    buffer = host_find_locked(buffer_id, HOST_BUFFER);
    if (buffer && !host_ptr && !MUTANT(copy_to_null)) {
        status = NXS_InvalidHostPtr;
    } else if (buffer && direction > NXS_BufferHostToDevice &&
               !MUTANT(other_direction)) {
        status = NXS_InvalidValue;
    } else if (buffer) {
        host_pin_locked(&buffer->object);
        status = copy_locked(buffer, host_ptr, direction);
        host_unpin_locked(&buffer->object);
    }
    host_unlock();
    return status;
}

static void fill_locked(const struct host_buffer *buffer,
                        const unsigned char *value, size_t length)
{
    unsigned char *bytes = buffer->memory->bytes;
    size_t size = buffer->size;

    wait_for_runs_locked(buffer->memory);
    if (MUTANT(fill_without_tail))
        size -= size % length;
    for (size_t i = 0; i < size; i++)
        bytes[i] = value[i % length];
    if (size == buffer->memory->size)
        host_failure_set_locked(&buffer->memory->failure, NULL);
}

nxs_status nxsFillBuffer(nxs_int buffer_id, void *value, nxs_uint value_bytes)
{
    nxs_status status =
        MUTANT(unknown_buffer_is_filled) ? NXS_Success : NXS_InvalidBuffer;
    struct host_buffer *buffer;

    host_lock();
    buffer = host_find_locked(buffer_id, HOST_BUFFER);
    if (buffer && (!value || !value_bytes)) {
        status = MUTANT(fill_from_null) ? NXS_Success : NXS_InvalidValue;
    } else if (buffer && value_bytes > buffer->size &&
               !MUTANT(fill_with_more)) {
        status = NXS_InvalidValue;
    } else if (buffer) {
        host_pin_locked(&buffer->object);
        fill_locked(buffer, value, value_bytes);
        host_unpin_locked(&buffer->object);
        status = NXS_Success;
    }
    host_unlock();
    return status;
}
