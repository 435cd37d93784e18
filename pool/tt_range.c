/* SPDX-License-Identifier: MIT */
/* Address ranges: a treap of blocks that knows each subtree's largest gap. */
#include "pool/tt_range.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool/tt_log.h"
#include "pool/tt_math.h"

/* Blocks tile the whole range without holes: two neighbours are never both
 * free, so a free call only ever removes blocks. The tree is ordered by address
 * and, from parents to children, by priority; calls change it in place, so that
 * most of them write to a block or two. */
struct tt_range_block {
    struct tt_range_block *parent, *left, *right;
    struct tt_range_block *prev, *next; /* neighbours in address */
    uint64_t start, size;
    uint64_t largest; /* free block in this subtree */
    uint32_t priority;
    bool used;
};

static uint64_t largest_of(const struct tt_range_block *b)
{
    return b ? b->largest : 0;
}

static uint64_t find_largest(const struct tt_range_block *b)
{
    uint64_t own = b->used ? 0 : b->size;
    uint64_t left = largest_of(b->left), right = largest_of(b->right);

    if (left < right)
        left = right;
    return own < left ? left : own;
}

/* Something changed in @b: set it and those above right. */
static void refresh(struct tt_range_block *b)
{
    for (; b; b = b->parent) {
        uint64_t largest = find_largest(b);

        if (b->largest == largest)
            return;
        b->largest = largest;
    }
}

/* Put @b, or nothing, in the place of its parent's child @old. */
static void replace(struct tt_range *range, struct tt_range_block *parent,
                    const struct tt_range_block *old, struct tt_range_block *b)
{
    if (!parent)
        range->root = b;
    else if (parent->left == old)
        parent->left = b;
    else
        parent->right = b;
    if (b)
        b->parent = parent;
}

/* Turn @b and its parent round, which keeps the order of addresses. */
static void rotate_up(struct tt_range *range, struct tt_range_block *b)
{
    struct tt_range_block *p = b->parent, *middle;

    replace(range, p->parent, p, b);
    if (p->left == b) {
        middle = p->left = b->right;
        b->right = p;
    } else {
        middle = p->right = b->left;
        b->left = p;
    }
    if (middle)
        middle->parent = p;
    p->parent = b;
    p->largest = find_largest(p);
    b->largest = find_largest(b);
}

/* Hang @b, a block in use, right before or after its neighbour @at. */
static void insert(struct tt_range *range, struct tt_range_block *b,
                   struct tt_range_block *at, bool after)
{
    struct tt_range_block *leaf = after ? at->next : at->prev;

    b->prev = after ? at : leaf;
    b->next = after ? leaf : at;
    if (b->prev)
        b->prev->next = b;
    else
        range->first = b;
    if (b->next)
        b->next->prev = b;
    assert(leaf || (after ? !at->right : !at->left));
    /* of two neighbours one is below the other, where it has a free side */
    if (after && !at->right)
        at->right = b;
    else if (after)
        leaf->left = b;
    else if (!at->left)
        at->left = b;
    else
        leaf->right = b;
    b->parent = (after ? at->right == b : at->left == b) ? at : leaf;
    while (b->parent && b->parent->priority < b->priority)
        rotate_up(range, b);
}

/* @b is not free, so that no subtree's largest block goes with it. */
static void remove_block(struct tt_range *range, struct tt_range_block *b)
{
    while (b->left && b->right)
        rotate_up(range,
                  b->left->priority > b->right->priority ? b->left : b->right);
    replace(range, b->parent, b, b->left ? b->left : b->right);
    if (b->prev)
        b->prev->next = b->next;
    else
        range->first = b->next;
    if (b->next)
        b->next->prev = b->prev;
    free(range->spare);
    range->spare = b;
}

static struct tt_range_block *new_block(struct tt_range *range, uint64_t start,
                                        uint64_t size)
{
    struct tt_range_block *b = range->spare;

    if (!b)
        b = malloc(sizeof *b);
    if (!b)
        return NULL;
    range->spare = NULL;
    /* xorshift: balance needs spread, not secrecy */
    range->seed ^= range->seed << 13;
    range->seed ^= range->seed >> 17;
    range->seed ^= range->seed << 5;
    *b = (struct tt_range_block){
        .priority = range->seed, .start = start, .size = size};
    return b;
}

nxs_status tt_range_init(struct tt_range *range, const char *what,
                         uint64_t base, uint64_t size, uint64_t granule)
{
    uint64_t end;

    if (!granule || !tt_math_add(base, size, &end))
        return TT_FAIL(NXS_InvalidValue,
                       "%s: range %#" PRIx64 " + %#" PRIx64
                       ", granule %" PRIu64,
                       what, base, size, granule);
    size -= size % granule;
    *range = (struct tt_range){.what = what,
                               .end = base + size,
                               .size = size,
                               .free_size = size,
                               .granule = granule,
                               .seed = 0x9E3779B9u};
    if (size) {
        range->root = new_block(range, base, size);
        if (!range->root)
            return TT_FAIL(NXS_OutOfHostMemory, "no memory for a range");
        range->first = range->root;
        refresh(range->root);
    }
    pthread_mutex_init(&range->lock, NULL);
    return NXS_Success;
}

void tt_range_fini(struct tt_range *range)
{
    struct tt_range_block *b = range->first;

    while (b) {
        struct tt_range_block *next = b->next;

        free(b);
        b = next;
    }
    free(range->spare);
    range->root = range->first = range->spare = range->recent = NULL;
    pthread_mutex_destroy(&range->lock);
}

/* Of the free blocks of at least @size bytes the lowest, or the highest. One
 * exists in @b. */
static struct tt_range_block *find_fit(struct tt_range_block *b, uint64_t size,
                                       bool highest)
{
    for (;;) {
        struct tt_range_block *first = highest ? b->right : b->left;

        if (first && first->largest >= size)
            b = first;
        else if (!b->used && b->size >= size)
            return b;
        else
            b = highest ? b->left : b->right;
    }
}

/* Take the low or the high end of the free block @b, which is larger. */
static struct tt_range_block *
cut(struct tt_range *range, struct tt_range_block *b, uint64_t size, bool high)
{
    uint64_t start = high ? b->start + b->size - size : b->start;
    struct tt_range_block *taken = new_block(range, start, size);

    if (!taken)
        return NULL;
    taken->used = true;
    if (!high)
        b->start += size;
    b->size -= size;
    refresh(b);
    insert(range, taken, b, high);
    return taken;
}

static nxs_status alloc_locked(struct tt_range *range, uint64_t size,
                               bool highest, uint64_t *out_addr)
{
    struct tt_range_block *b;

    if (largest_of(range->root) < size)
        return TT_FAIL(NXS_OutOfResources,
                       "%s: %" PRIu64 " bytes do not fit: %" PRIu64
                       " of %" PRIu64 " free, the largest range %" PRIu64,
                       range->what, size, range->free_size, range->size,
                       largest_of(range->root));
    b = find_fit(range->root, size, highest);
    if (b->size > size) {
        b = cut(range, b, size, highest);
        if (!b)
            return TT_FAIL(NXS_OutOfHostMemory, "no memory for a block");
    } else {
        b->used = true;
        refresh(b);
    }
    range->recent = b;
    range->free_size -= size;
    range->n_used++;
    *out_addr = b->start;
    return NXS_Success;
}

static nxs_status alloc(struct tt_range *range, uint64_t size, bool highest,
                        uint64_t *out_addr)
{
    nxs_status status;
    uint64_t rounded;

    if (!size)
        return TT_FAIL(NXS_InvalidValue, "%s: allocation of 0 bytes",
                       range->what);
    if (!tt_math_round_up(size, range->granule, &rounded))
        return TT_FAIL(NXS_OutOfResources, "%s: %" PRIu64 " bytes", range->what,
                       size);
    pthread_mutex_lock(&range->lock);
    status = alloc_locked(range, rounded, highest, out_addr);
    pthread_mutex_unlock(&range->lock);
    return status;
}

nxs_status tt_range_alloc(struct tt_range *range, uint64_t size,
                          uint64_t *out_addr)
{
    return alloc(range, size, false, out_addr);
}

nxs_status tt_range_alloc_top(struct tt_range *range, uint64_t size,
                              uint64_t *out_addr)
{
    return alloc(range, size, true, out_addr);
}

/* What is freed was often allocated last, or lies beside what was. */
static struct tt_range_block *find(const struct tt_range *range, uint64_t addr)
{
    struct tt_range_block *b = range->recent;

    if (b && b->start != addr)
        b = addr < b->start ? b->prev : b->next;
    if (b && b->start == addr)
        return b;
    b = range->root;
    while (b && b->start != addr)
        b = addr < b->start ? b->left : b->right;
    return b;
}

static bool is_free(const struct tt_range_block *b)
{
    return b && !b->used;
}

/* Its neighbour @b, which is not free, becomes a part of the free block @to. */
static void absorb(struct tt_range *range, struct tt_range_block *to,
                   struct tt_range_block *b)
{
    uint64_t start = b->start, size = b->size;

    remove_block(range, b);
    if (start < to->start)
        to->start = start;
    to->size += size;
    refresh(to);
}

static struct tt_range_block *release(struct tt_range *range,
                                      struct tt_range_block *b)
{
    struct tt_range_block *prev = b->prev, *next = b->next;
    bool low = is_free(prev), high = is_free(next);

    if (!low && !high) {
        b->used = false;
        refresh(b);
        return b;
    }
    if (low && high) {
        next->used = true;
        refresh(next);
    }
    absorb(range, low ? prev : next, b);
    if (low && high)
        absorb(range, prev, next);
    return low ? prev : next;
}

nxs_status tt_range_free(struct tt_range *range, uint64_t addr)
{
    struct tt_range_block *b;

    pthread_mutex_lock(&range->lock);
    b = find(range, addr);
    if (!b || !b->used) {
        pthread_mutex_unlock(&range->lock);
        return TT_FAIL(NXS_InvalidValue,
                       "%s: no allocation starts at %#" PRIx64, range->what,
                       addr);
    }
    range->free_size += b->size;
    range->n_used--;
    range->recent = release(range, b);
    pthread_mutex_unlock(&range->lock);
    return NXS_Success;
}

static uint64_t lowest_used(struct tt_range *range)
{
    const struct tt_range_block *first = range->first;

    if (!first)
        return range->end;
    return first->used ? first->start : first->start + first->size;
}

void tt_range_get_stats(struct tt_range *range, struct tt_range_stats *out)
{
    pthread_mutex_lock(&range->lock);
    *out = (struct tt_range_stats){.total = range->size,
                                   .free = range->free_size,
                                   .largest = largest_of(range->root),
                                   .lowest = lowest_used(range),
                                   .n_allocated = range->n_used};
    pthread_mutex_unlock(&range->lock);
}
