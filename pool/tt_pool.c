/* SPDX-License-Identifier: MIT */
/* Handle tables: slots with generations, oldest free slot first. */
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

static_assert(TT_POOL_MAX_OBJECTS == SLOT_MASK + 1u, "slot bits of an id");

static nxs_int make_id(const struct tt_pool *pool, uint32_t slot)
{
    uint32_t id = pool->kind << (GENERATION_BITS + SLOT_BITS) |
                  pool->slots[slot].generation << SLOT_BITS | slot;

    return (nxs_int)id;
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
    uint32_t cap = pool->cap_slots ? pool->cap_slots * 2u : 64u;
    struct tt_slot *slots;

    if (pool->n_slots < pool->cap_slots)
        return NXS_Success;
    slots = realloc(pool->slots, cap * sizeof *slots);
    if (!slots)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %u handles", cap);
    pool->slots = slots;
    pool->cap_slots = cap;
    return NXS_Success;
}

static uint32_t pop_free_locked(struct tt_pool *pool)
{
    uint32_t slot = pool->free_head;

    pool->free_head = pool->slots[slot].next_free;
    if (pool->free_head == NO_SLOT)
        pool->free_tail = NO_SLOT;
    pool->n_free--;
    return slot;
}

static void push_free_locked(struct tt_pool *pool, uint32_t slot)
{
    pool->slots[slot].next_free = NO_SLOT;
    if (pool->free_tail == NO_SLOT)
        pool->free_head = slot;
    else
        pool->slots[pool->free_tail].next_free = slot;
    pool->free_tail = slot;
    pool->n_free++;
}

static nxs_status take_slot_locked(struct tt_pool *pool, uint32_t *out)
{
    bool full = pool->n_slots == TT_POOL_MAX_OBJECTS;
    nxs_status status;

    if (full && !pool->n_free)
        return TT_FAIL(NXS_OutOfResources, "%u objects of kind %u are live",
                       TT_POOL_MAX_OBJECTS, pool->kind);
    if (full || pool->n_free >= MIN_FREE) {
        *out = pop_free_locked(pool);
        return NXS_Success;
    }
    status = grow_locked(pool);
    if (status < 0)
        return status;
    *out = pool->n_slots++;
    pool->slots[*out] = (struct tt_slot){.generation = 1};
    return NXS_Success;
}

nxs_int tt_pool_publish(struct tt_pool *pool, struct tt_object *object)
{
    nxs_status status;
    uint32_t slot = 0;
    nxs_int id;

    pthread_mutex_lock(&pool->lock);
    status = take_slot_locked(pool, &slot);
    if (status < 0) {
        pthread_mutex_unlock(&pool->lock);
        return status;
    }
    id = make_id(pool, slot);
    object->id = id;
    object->refs = 1;
    pool->slots[slot].object = object;
    pthread_mutex_unlock(&pool->lock);
    return id;
}

static struct tt_slot *find_locked(struct tt_pool *pool, nxs_int id)
{
    uint32_t slot = (uint32_t)id & SLOT_MASK;

    if (id < 0 || slot >= pool->n_slots || !pool->slots[slot].object ||
        make_id(pool, slot) != id)
        return NULL;
    return &pool->slots[slot];
}

struct tt_object *tt_pool_get(struct tt_pool *pool, nxs_int id)
{
    struct tt_object *object = NULL;
    struct tt_slot *slot;

    pthread_mutex_lock(&pool->lock);
    slot = find_locked(pool, id);
    if (slot) {
        object = slot->object;
        object->refs++;
    }
    pthread_mutex_unlock(&pool->lock);
    return object;
}

void tt_pool_pin(struct tt_pool *pool, struct tt_object *object)
{
    pthread_mutex_lock(&pool->lock);
    object->refs++;
    pthread_mutex_unlock(&pool->lock);
}

void tt_pool_put(struct tt_pool *pool, struct tt_object *object)
{
    bool last;

    if (!object)
        return;
    pthread_mutex_lock(&pool->lock);
    last = --object->refs == 0;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        pool->fini(object);
}

static struct tt_object *retire_locked(struct tt_pool *pool,
                                       struct tt_slot *slot)
{
    struct tt_object *object = slot->object;

    slot->object = NULL;
    slot->generation = (slot->generation + 1u) & GENERATION_MASK;
    if (!slot->generation)
        slot->generation = 1;
    push_free_locked(pool, (uint32_t)(slot - pool->slots));
    return object;
}

nxs_status tt_pool_release(struct tt_pool *pool, nxs_int id)
{
    struct tt_object *object = NULL;
    struct tt_slot *slot;
    bool last = false;

    pthread_mutex_lock(&pool->lock);
    slot = find_locked(pool, id);
    if (slot) {
        object = retire_locked(pool, slot);
        last = --object->refs == 0;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!object)
        return NXS_InvalidObject;
    if (last)
        pool->fini(object);
    return NXS_Success;
}

size_t tt_pool_count(struct tt_pool *pool)
{
    size_t count;

    pthread_mutex_lock(&pool->lock);
    count = pool->n_slots - pool->n_free;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

nxs_int tt_pool_next(struct tt_pool *pool, nxs_int after)
{
    uint32_t slot = after < 0 ? 0 : ((uint32_t)after & SLOT_MASK) + 1u;
    nxs_int id = NXS_InvalidObject;

    pthread_mutex_lock(&pool->lock);
    for (; slot < pool->n_slots && id < 0; slot++)
        if (pool->slots[slot].object)
            id = make_id(pool, slot);
    pthread_mutex_unlock(&pool->lock);
    return id;
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
    free(pool->slots);
    pool->slots = NULL;
    pthread_mutex_destroy(&pool->lock);
}
