/* SPDX-License-Identifier: MIT */
/* Handle tables: ids for objects that several threads create and release. */
#ifndef TT_POOL_H
#define TT_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

/** TT_POOL_FIRST_ID - no pool ever hands out a smaller id, so device numbers
 *  and the small ids that some hosts make up never name an object */
#define TT_POOL_FIRST_ID 0x10000

/** TT_POOL_MAX_OBJECTS - objects of one pool that are live or pinned */
#define TT_POOL_MAX_OBJECTS (1u << 18)

/** struct tt_object - embedded in everything that has an id
 *  @id: valid once published */
struct tt_object {
    nxs_int id;
};

/** struct tt_slot - private to the pool */
struct tt_slot {
    atomic_uint_fast64_t state;
    struct tt_object *object;
    uint32_t next_free;
};

/** TT_POOL_CHUNK, TT_POOL_CHUNKS - private: slots that are allocated at once,
 *  and stay where they are; how often */
#define TT_POOL_CHUNK  512u
#define TT_POOL_CHUNKS (TT_POOL_MAX_OBJECTS / TT_POOL_CHUNK)

/**
 * struct tt_pool - the objects of one kind
 *
 * An id is kind | generation | slot (3, 10 and 18 bits below the sign). A slot
 * is used again only after its object is gone and 64 others were freed (fewer
 * in a full table), oldest first, and with the next generation: a stale id is
 * missed only if its holder keeps it through a multiple of 1,023 reuses of its
 * slot, normally at least 65,472 releases.
 *
 * Lookups, pins and the walk take no lock; publishing and releasing take one
 * mutex per pool, never held over a callback. All fields are private.
 */
struct tt_pool {
    pthread_mutex_t lock;
    unsigned kind;
    void (*fini)(struct tt_object *object);
    _Atomic(struct tt_slot *) chunk[TT_POOL_CHUNKS];
    uint32_t n_slots, n_live;
    uint32_t free_head, free_tail, n_free;
};

/**
 * tt_pool_init - make an empty pool
 * @pool: storage of the caller
 * @kind: 1..7, part of every id: an id of one kind is never valid in another
 * @fini: destroys an object when it was released and its last pin is gone;
 *        called without any lock, by whichever thread dropped it last
 */
void tt_pool_init(struct tt_pool *pool, unsigned kind,
                  void (*fini)(struct tt_object *object));

/**
 * tt_pool_clear - release every live object
 * @pool: pool
 *
 * Objects that something else pins are destroyed when it lets go.
 */
void tt_pool_clear(struct tt_pool *pool);

/**
 * tt_pool_fini - clear the pool and free its table
 * @pool: initialised; nobody else uses it, and nothing pins its objects any
 *        more (clear the pools of the pinning objects first)
 */
void tt_pool_fini(struct tt_pool *pool);

/**
 * tt_pool_publish - give a filled object its id
 * @pool: pool
 * @object: complete: another thread may use it before this returns; owned by
 *          the pool from now on (only if this succeeds)
 *
 * Return: the id (>= TT_POOL_FIRST_ID); NXS_OutOfHostMemory, or
 * NXS_OutOfResources when TT_POOL_MAX_OBJECTS are live or pinned.
 */
nxs_int tt_pool_publish(struct tt_pool *pool, struct tt_object *object);

/**
 * tt_pool_get - look an id up and pin the object
 * @pool: pool
 * @id: any value; negative, foreign, stale and made-up ids are refused
 *
 * Any thread. Silent: the caller knows what to say about a miss.
 *
 * Return: the object, which stays until tt_pool_put(); NULL if not live.
 */
struct tt_object *tt_pool_get(struct tt_pool *pool, nxs_int id);

/** tt_pool_pin - one more pin on an object that the caller has pinned */
void tt_pool_pin(struct tt_pool *pool, struct tt_object *object);

/** tt_pool_put - drop a pin; NULL is ignored; may destroy the object */
void tt_pool_put(struct tt_pool *pool, struct tt_object *object);

/**
 * tt_pool_release - make an id stale
 * @pool: pool
 * @id: any value
 *
 * The object itself goes when its last pin goes. Of several threads that
 * release one id exactly one succeeds.
 *
 * Return: NXS_Success, or NXS_InvalidObject (not logged) if not live.
 */
nxs_status tt_pool_release(struct tt_pool *pool, nxs_int id);

/** tt_pool_count - how many ids are live */
size_t tt_pool_count(struct tt_pool *pool);

/**
 * tt_pool_next - walk the live ids
 * @pool: pool
 * @after: an id, or a negative value to begin
 *
 * Objects created or released meanwhile may or may not be seen.
 *
 * Return: the next live id in slot order, NXS_InvalidObject after the last.
 */
nxs_int tt_pool_next(struct tt_pool *pool, nxs_int after);

#endif
