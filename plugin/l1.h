/* SPDX-License-Identifier: MIT */
/* The worker cores' L1 between buffers, which grow down from its end, and what
 * runs keep there, which grows up. */
#ifndef TT_L1_H
#define TT_L1_H

#include "pool/tt_range.h"

/** What everything placed in L1 is aligned to: NOC reads from DRAM want both
 *  addresses equal modulo 32 (ISA documentation, NoC alignment); 64 serves the
 *  next chip too. */
#define TT_L1_ALIGN 64u

struct tt_l1;

/** struct tt_l1_hold - the part of L1 below @top is in use by a run; private.
 *  All zeros is no hold */
struct tt_l1_hold {
    struct tt_l1 *l1;
    uint64_t top;
    struct tt_l1_hold *next;
};

/**
 * struct tt_l1 - one device's L1: all its worker cores share addresses
 *
 * An address is taken in every core or in none. All calls but init and fini
 * may be made by any thread; they take @lock. All fields are private.
 */
struct tt_l1 {
    pthread_mutex_t lock;
    struct tt_range range;
    struct tt_l1_hold *holds;
};

/**
 * tt_l1_init - everything is free
 * @l1: storage of the caller
 * @end: bytes of L1
 *
 * Return: NXS_Success; NXS_InvalidValue; NXS_OutOfHostMemory.
 */
nxs_status tt_l1_init(struct tt_l1 *l1, uint64_t end);

/** tt_l1_fini - forget everything; nobody else may be using @l1 */
void tt_l1_fini(struct tt_l1 *l1);

/**
 * tt_l1_alloc - take bytes at the highest address where they fit
 * @l1: L1
 * @size: bytes of every core, at least 1
 * @out_addr: where; written only on success
 *
 * Return: NXS_Success; NXS_InvalidValue for size 0; NXS_OutOfResources (logged
 * with the numbers) if no gap is large enough, or none that no run holds;
 * NXS_OutOfHostMemory.
 */
nxs_status tt_l1_alloc(struct tt_l1 *l1, uint64_t size, uint64_t *out_addr);

/** tt_l1_free - give back what tt_l1_alloc() gave */
void tt_l1_free(struct tt_l1 *l1, uint64_t addr);

/**
 * tt_l1_hold - keep buffers out of a part of L1
 * @l1: L1
 * @top: end of what a run keeps there
 * @what: names the run in the message
 * @hold: storage of the caller, borrowed until tt_l1_release(); untouched on
 *        failure
 *
 * Return: NXS_Success; NXS_OutOfResources (logged with both addresses) if a
 * buffer lies below @top.
 */
nxs_status tt_l1_hold(struct tt_l1 *l1, uint64_t top, const char *what,
                      struct tt_l1_hold *hold);

/** tt_l1_release - the run is over; no hold is ignored, and what is left */
void tt_l1_release(struct tt_l1_hold *hold);

/** tt_l1_get_stats - sizes at this moment, in bytes of every core */
void tt_l1_get_stats(struct tt_l1 *l1, struct tt_range_stats *out);

#endif
