/* SPDX-License-Identifier: MIT */
/* Handle tables: slots with generations, oldest free slot first. Lookups and
 * pins are one atomic operation each and take no lock. */
#include "pool/tt_pool.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool/tt_log.h"

#define SLOT_BITS       18u
#define GENERATION_BITS 10u
#define SLOT_MASK       ((1u << SLOT_BITS) - 1u)
#define GENERATION_MASK ((1u << GENERATION_BITS) - 1u)
#define NO_SLOT         UINT32_MAX
#define MIN_FREE        64u /* free slots to keep before one is used again */

/* The state of a slot: the id of its object, or the next one; whether that is
 * live; and how many hold it: the id, while live, and each pin. */
#define ID_SHIFT  33u
#define LIVE      (1ull << 32)
#define REFS_MASK (LIVE - 1u)

static_assert(TT_POOL_MAX_OBJECTS == SLOT_MASK + 1u, "slot bits of an id");
static_assert(TT_POOL_CHUNKS * TT_POOL_CHUNK == TT_POOL_MAX_OBJECTS,
              "chunks for all slots");

static nxs_int id_of(uint64_t state)
{
    return (nxs_int)(state >> ID_SHIFT);
}

static uint64_t state_of(const struct tt_pool *pool, uint32_t slot,
                         uint32_t generation)
{
    uint32_t id = pool->kind << (GENERATION_BITS + SLOT_BITS) |
                  generation << SLOT_BITS | slot;

    return (uint64_t)id << ID_SHIFT;
}

/* With the next generation; 0 is none. */
static uint64_t next_state(const struct tt_pool *pool, uint64_t state)
{
    uint32_t id = (uint32_t)id_of(state);
    uint32_t generation = ((id >> SLOT_BITS) + 1u) & GENERATION_MASK;

    return state_of(pool, id & SLOT_MASK, generation ? generation : 1);
}

static uint32_t slot_of(nxs_int id)
{
    return (uint32_t)id & SLOT_MASK;
}

/* Any number of a slot; NULL if it was never in use. */
static struct tt_slot *slot_at(struct tt_pool *pool, uint32_t slot)
{
    struct tt_slot *chunk = atomic_load_explicit(
        &pool->chunk[slot / TT_POOL_CHUNK], memory_order_acquire);

    return chunk ? &chunk[slot % TT_POOL_CHUNK] : NULL;
}

/* Of an object that the caller has pinned: there is one. */
static struct tt_slot *slot_with(struct tt_pool *pool,
                                 const struct tt_object *object)
{
    uint32_t i = slot_of(object->id);
    struct tt_slot *chunk = atomic_load_explicit(
        &pool->chunk[i / TT_POOL_CHUNK], memory_order_relaxed);

    return &chunk[i % TT_POOL_CHUNK];
}

void tt_pool_init(struct tt_pool *pool, unsigned kind,
                  void (*fini)(struct tt_object *object))
{
    assert(kind >= 1 && kind <= 7);
    *pool = (struct tt_pool){
        .kind = kind, .fini = fini, .free_head = NO_SLOT, .free_tail = NO_SLOT};
    pthread_mutex_init(&pool->lock, NULL);
}

static nxs_status grow_locked(struct tt_pool *pool)
{
    uint32_t i = pool->n_slots / TT_POOL_CHUNK;
    struct tt_slot *chunk;

    if (pool->n_slots % TT_POOL_CHUNK)
        return NXS_Success;
    chunk = calloc(TT_POOL_CHUNK, sizeof *chunk);
    if (!chunk)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %u more handles",
                       TT_POOL_CHUNK);
    /* whoever finds the chunk finds it zeroed */
    atomic_store_explicit(&pool->chunk[i], chunk, memory_order_release);
    return NXS_Success;
}

static uint32_t pop_free_locked(struct tt_pool *pool)
{
    uint32_t slot = pool->free_head;

    pool->free_head = slot_at(pool, slot)->next_free;
    if (pool->free_head == NO_SLOT)
        pool->free_tail = NO_SLOT;
    pool->n_free--;
    return slot;
}

static void push_free_locked(struct tt_pool *pool, uint32_t slot)
{
    slot_at(pool, slot)->next_free = NO_SLOT;
    if (pool->free_tail == NO_SLOT)
        pool->free_head = slot;
    else
        slot_at(pool, pool->free_tail)->next_free = slot;
    pool->free_tail = slot;
    pool->n_free++;
}

static nxs_status take_slot_locked(struct tt_pool *pool, uint32_t *out)
{
    bool full = pool->n_slots == TT_POOL_MAX_OBJECTS;
    nxs_status status;

    if (full && !pool->n_free)
        return TT_FAIL(NXS_OutOfResources,
                       "%u objects of kind %u are live or in use",
                       TT_POOL_MAX_OBJECTS, pool->kind);
    if (full || pool->n_free >= MIN_FREE) {
        *out = pop_free_locked(pool);
        return NXS_Success;
    }
    status = grow_locked(pool);
    if (status < 0)
        return status;
    *out = pool->n_slots++;
    atomic_init(&slot_at(pool, *out)->state, state_of(pool, *out, 1));
    return NXS_Success;
}

/* Nobody else looks at a slot that is neither live nor free. */
nxs_int tt_pool_publish(struct tt_pool *pool, struct tt_object *object)
{
    struct tt_slot *slot;
    uint64_t state;
    nxs_status status;
    uint32_t i = 0;

    pthread_mutex_lock(&pool->lock);
    status = take_slot_locked(pool, &i);
    pool->n_live += status >= 0;
    pthread_mutex_unlock(&pool->lock);
    if (status < 0)
        return status;
    slot = slot_at(pool, i);
    state = atomic_load_explicit(&slot->state, memory_order_relaxed);
    slot->object = object;
    object->id = id_of(state);
    /* whoever finds the id finds the object complete */
    atomic_store_explicit(&slot->state, state | LIVE | 1u,
                          memory_order_release);
    return id_of(state);
}

/* Change the state of a slot from one in which @id is live, by adding; false if
 * it is not. */
static bool change_live(struct tt_slot *slot, nxs_int id, uint64_t add,
                        uint64_t *out_new)
{
    uint64_t old = atomic_load_explicit(&slot->state, memory_order_relaxed);

    do {
        if (!(old & LIVE) || id_of(old) != id)
            return false;
        *out_new = old + add;
    } while (!atomic_compare_exchange_weak_explicit(
        &slot->state, &old, *out_new, memory_order_acq_rel,
        memory_order_relaxed));
    return true;
}

struct tt_object *tt_pool_get(struct tt_pool *pool, nxs_int id)
{
    struct tt_slot *slot = slot_at(pool, slot_of(id));
    uint64_t state;

    if (!slot || id < 0 || !change_live(slot, id, 1, &state))
        return NULL;
    return slot->object;
}

void tt_pool_pin(struct tt_pool *pool, struct tt_object *object)
{
    struct tt_slot *slot = slot_with(pool, object);

    atomic_fetch_add_explicit(&slot->state, 1, memory_order_relaxed);
}

/* Nobody holds the object of @slot any more. */
static void recycle_locked(struct tt_pool *pool, struct tt_slot *slot)
{
    uint64_t old = atomic_load_explicit(&slot->state, memory_order_relaxed);

    atomic_store_explicit(&slot->state, next_state(pool, old),
                          memory_order_relaxed);
    push_free_locked(pool, slot_of(id_of(old)));
}

/* What those did who let go before is visible to the last. */
void tt_pool_put(struct tt_pool *pool, struct tt_object *object)
{
    struct tt_slot *slot;
    uint64_t old;

    if (!object)
        return;
    slot = slot_with(pool, object);
    old = atomic_fetch_sub_explicit(&slot->state, 1, memory_order_acq_rel);
    if ((old & REFS_MASK) != 1)
        return;
    pthread_mutex_lock(&pool->lock);
    recycle_locked(pool, slot);
    pthread_mutex_unlock(&pool->lock);
    pool->fini(object);
}

nxs_status tt_pool_release(struct tt_pool *pool, nxs_int id)
{
    struct tt_slot *slot = slot_at(pool, slot_of(id));
    struct tt_object *object = NULL;
    uint64_t state = 0;

    if (!slot || id < 0)
        return NXS_InvalidObject;
    pthread_mutex_lock(&pool->lock);
    if (!change_live(slot, id, -(LIVE + 1u), &state)) {
        pthread_mutex_unlock(&pool->lock);
        return NXS_InvalidObject;
    }
    pool->n_live--;
    if (!(state & REFS_MASK)) {
        object = slot->object;
        recycle_locked(pool, slot);
    }
    pthread_mutex_unlock(&pool->lock);
    if (object)
        pool->fini(object);
    return NXS_Success;
}

size_t tt_pool_count(struct tt_pool *pool)
{
    size_t count;

    pthread_mutex_lock(&pool->lock);
    count = pool->n_live;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

/* Slots that were never in use are zero: not live. */
nxs_int tt_pool_next(struct tt_pool *pool, nxs_int after)
{
    uint32_t i = after < 0 ? 0 : slot_of(after) + 1u;

    for (; i < TT_POOL_MAX_OBJECTS; i++) {
        struct tt_slot *slot = slot_at(pool, i);
        uint64_t state;

        if (!slot)
            return NXS_InvalidObject;
        state = atomic_load_explicit(&slot->state, memory_order_relaxed);
        if (state & LIVE)
            return id_of(state);
    }
    return NXS_InvalidObject;
}

void tt_pool_clear(struct tt_pool *pool)
{
    nxs_int id = -1;

    while ((id = tt_pool_next(pool, id)) >= 0)
        tt_pool_release(pool, id);
}

void tt_pool_fini(struct tt_pool *pool)
{
    tt_pool_clear(pool);
    for (unsigned i = 0; i < TT_POOL_CHUNKS; i++) {
        free(atomic_load(&pool->chunk[i]));
        atomic_store(&pool->chunk[i], NULL);
    }
    pthread_mutex_destroy(&pool->lock);
}
