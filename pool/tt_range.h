/* SPDX-License-Identifier: MIT */
/* Address ranges: which parts of a memory are taken. */
#ifndef TT_RANGE_H
#define TT_RANGE_H

#include <pthread.h>
#include <stdint.h>

#include "nexus-api.h"

struct tt_range_block;

/**
 * struct tt_range - allocator of one address range
 *
 * Knows only addresses, never touches the memory they name. First fit from
 * either end; freed neighbours join. Every call is O(log n) in the number
 * of blocks and takes the range's own mutex. All fields are private.
 */
struct tt_range {
    pthread_mutex_t lock;
    struct tt_range_block *root;
    struct tt_range_block *first;  /* at the lowest address */
    struct tt_range_block *recent; /* allocated or freed last, or NULL */
    struct tt_range_block *spare;  /* for the next call that needs one */
    const char *what;
    uint64_t end;
    uint64_t size;
    uint64_t free_size;
    uint64_t n_used;
    uint64_t granule;
    uint32_t seed;
};

/** struct tt_range_stats - a look at a range, all in bytes
 *  @total: size of the range; @free: not allocated; @largest: biggest single
 *  allocation that would succeed; @lowest: lowest allocated address, the end
 *  of the range if there is none; @n_allocated: live allocations */
struct tt_range_stats {
    uint64_t total;
    uint64_t free;
    uint64_t largest;
    uint64_t lowest;
    uint64_t n_allocated;
};

/**
 * tt_range_init - everything is free
 * @range: storage of the caller
 * @what: names the memory in messages, "each DRAM bank"; static storage
 * @base: first address
 * @size: bytes; base + size fits 64 bits
 * @granule: not 0; sizes are rounded up to it, so every address handed out is
 *           @base plus a multiple of it
 *
 * Return: NXS_Success; NXS_InvalidValue if the arguments break these rules;
 * NXS_OutOfHostMemory.
 */
nxs_status tt_range_init(struct tt_range *range, const char *what,
                         uint64_t base, uint64_t size, uint64_t granule);

/** tt_range_fini - forget everything; nobody else may be using @range */
void tt_range_fini(struct tt_range *range);

/**
 * tt_range_alloc - take bytes
 * @range: range
 * @size: bytes, at least 1
 * @out_addr: lowest address where they fit; written only on success
 *
 * Return: NXS_Success; NXS_InvalidValue for size 0; NXS_OutOfResources (logged
 * with the numbers) if no gap is large enough; NXS_OutOfHostMemory.
 */
nxs_status tt_range_alloc(struct tt_range *range, uint64_t size,
                          uint64_t *out_addr);

/** tt_range_alloc_top - the same at the highest address where they fit */
nxs_status tt_range_alloc_top(struct tt_range *range, uint64_t size,
                              uint64_t *out_addr);

/**
 * tt_range_free - give an allocation back
 * @range: range
 * @addr: exactly what tt_range_alloc() gave
 *
 * Never needs memory, so it cannot fail for an address that is allocated.
 *
 * Return: NXS_Success; NXS_InvalidValue if no allocation starts at @addr.
 */
nxs_status tt_range_free(struct tt_range *range, uint64_t addr);

/** tt_range_total - its size: bytes, the same for ever */
static inline uint64_t tt_range_total(const struct tt_range *range)
{
    return range->size;
}

/** tt_range_get_stats - sizes at this moment */
void tt_range_get_stats(struct tt_range *range, struct tt_range_stats *out);

#endif
