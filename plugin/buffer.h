/* SPDX-License-Identifier: MIT */
/* Buffers: host arrays in pages of DRAM or of the worker cores' L1. */
#ifndef TT_BUFFER_H
#define TT_BUFFER_H

#include "device/transfer.h"
#include "plugin/failure.h"
#include "plugin/runtime.h"

/**
 * struct tt_buffer - one buffer
 * @npu: where it lives
 * @shape: as the host gave it; data_type without flags
 * @layout: how it lies on the host and on the device
 * @addr: offset in every DRAM bank, or address in L1; what kernels get
 * @owns_memory: whether @addr goes back to the device's allocator
 * @owner: pinned buffer whose memory this one shares, NULL for its own
 * @lock: guards @mirror and @failure
 * @mirror: host copy that NP_Value handed out, NULL if never asked
 * @failure: of a run that may have left it half written, or NULL
 */
struct tt_buffer {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_buffer_layout shape;
    struct tt_layout layout;
    uint64_t addr;
    bool owns_memory;
    struct tt_buffer *owner;
    pthread_mutex_t lock;
    void *mirror;
    struct tt_failure *failure;
};

/** tt_buffer_get - pin a buffer; NULL (not logged) if @id is not live */
struct tt_buffer *tt_buffer_get(nxs_int id);

/** tt_buffer_put - drop the pin; NULL is ignored */
void tt_buffer_put(struct tt_buffer *buffer);

/** tt_buffer_page_stride - bytes from one page to the bank's next: the aligned
 *  page size that tensor accessors are told */
uint32_t tt_buffer_page_stride(const struct tt_buffer *buffer);

/** tt_buffer_extent - the memory it takes */
struct tt_extent tt_buffer_extent(const struct tt_buffer *buffer);

/** tt_buffer_set_failure - a run that was to write it, perhaps, has failed; who
 *  copies it next to the host is told */
void tt_buffer_set_failure(struct tt_buffer *buffer,
                           struct tt_failure *failure);

/** tt_buffer_forget_failure - a run that used it, here its ticket, has ended
 *  well: a failure that was known when it was submitted is history */
void tt_buffer_forget_failure(struct tt_buffer *buffer, uint64_t ticket);

/** tt_buffer_fini - destroy; for the pool */
void tt_buffer_fini(struct tt_object *object);

#endif
