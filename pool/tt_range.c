/* SPDX-License-Identifier: MIT */
/* Address ranges: a treap of blocks that knows each subtree's largest gap. */
#include "pool/tt_range.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool/tt_log.h"
#include "pool/tt_math.h"

/* Blocks tile the whole range without holes: two neighbours are never both
 * free, so a free call only ever removes blocks. */
struct tt_range_block {
    struct tt_range_block *left, *right;
    uint64_t start, size;
    uint64_t largest; /* free block in this subtree */
    uint64_t n_used;  /* used blocks in this subtree */
    uint32_t priority;
    bool used;
};

static void refresh(struct tt_range_block *b)
{
    b->largest = b->used ? 0 : b->size;
    b->n_used = b->used;
    for (int side = 0; side < 2; side++) {
        const struct tt_range_block *child = side ? b->right : b->left;

        if (!child)
            continue;
        b->n_used += child->n_used;
        if (child->largest > b->largest)
            b->largest = child->largest;
    }
}

/* Cut @b in two: blocks that start below @start, and the others. */
static void split(struct tt_range_block *b, uint64_t start,
                  struct tt_range_block **out_low,
                  struct tt_range_block **out_high)
{
    if (!b) {
        *out_low = *out_high = NULL;
        return;
    }
    if (b->start < start) {
        split(b->right, start, &b->right, out_high);
        *out_low = b;
    } else {
        split(b->left, start, out_low, &b->left);
        *out_high = b;
    }
    refresh(b);
}

static struct tt_range_block *join(struct tt_range_block *low,
                                   struct tt_range_block *high)
{
    if (!low)
        return high;
    if (!high)
        return low;
    if (low->priority > high->priority) {
        low->right = join(low->right, high);
        refresh(low);
        return low;
    }
    high->left = join(low, high->left);
    refresh(high);
    return high;
}

static struct tt_range_block *new_block(struct tt_range *range, uint64_t start,
                                        uint64_t size)
{
    struct tt_range_block *b = calloc(1, sizeof *b);

    if (!b)
        return NULL;
    /* xorshift: balance needs spread, not secrecy */
    range->seed ^= range->seed << 13;
    range->seed ^= range->seed >> 17;
    range->seed ^= range->seed << 5;
    b->priority = range->seed;
    b->start = start;
    b->size = size;
    refresh(b);
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
    }
    pthread_mutex_init(&range->lock, NULL);
    return NXS_Success;
}

void tt_range_fini(struct tt_range *range)
{
    struct tt_range_block *b = range->root;

    /* Rotate left children up until there are none: no recursion, no stack. */
    while (b) {
        struct tt_range_block *next = b->left;

        if (next) {
            b->left = next->right;
            next->right = b;
        } else {
            next = b->right;
            free(b);
        }
        b = next;
    }
    range->root = NULL;
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

static void set_place(struct tt_range_block *b, uint64_t start, uint64_t size)
{
    b->start = start;
    b->size = size;
    refresh(b);
}

static nxs_status alloc_locked(struct tt_range *range, uint64_t size,
                               bool highest, uint64_t *out_addr)
{
    struct tt_range_block *low, *high, *b, *rest = NULL;

    if (!range->root || range->root->largest < size)
        return TT_FAIL(NXS_OutOfResources,
                       "%s: %" PRIu64 " bytes do not fit: %" PRIu64
                       " of %" PRIu64 " free, the largest range %" PRIu64,
                       range->what, size, range->free_size, range->size,
                       range->root ? range->root->largest : 0);
    b = find_fit(range->root, size, highest);
    if (b->size > size) {
        rest = new_block(range, b->start, b->size - size);
        if (!rest)
            return TT_FAIL(NXS_OutOfHostMemory, "no memory for a block");
    }
    split(range->root, b->start, &low, &high);
    split(high, b->start + 1, &b, &high);
    b->used = true;
    if (rest && highest) {
        set_place(b, rest->start + rest->size, size);
        low = join(low, rest);
    } else if (rest) {
        set_place(rest, b->start + size, rest->size);
        high = join(rest, high);
    }
    set_place(b, b->start, size);
    range->root = join(join(low, b), high);
    range->free_size -= size;
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

static const struct tt_range_block *find(const struct tt_range_block *b,
                                         uint64_t addr)
{
    while (b && b->start != addr)
        b = addr < b->start ? b->left : b->right;
    return b;
}

static struct tt_range_block *edge(struct tt_range_block *b, bool last)
{
    while (b && (last ? b->right : b->left))
        b = last ? b->right : b->left;
    return b;
}

/* Let @b swallow its free neighbours, which leave @low and @high. */
static void coalesce(struct tt_range_block **low, struct tt_range_block *b,
                     struct tt_range_block **high)
{
    struct tt_range_block *prev = edge(*low, true);
    struct tt_range_block *next = edge(*high, false);

    if (prev && !prev->used) {
        split(*low, prev->start, low, &prev);
        b->start = prev->start;
        b->size += prev->size;
        free(prev);
    }
    if (next && !next->used) {
        split(*high, next->start + 1, &next, high);
        b->size += next->size;
        free(next);
    }
}

nxs_status tt_range_free(struct tt_range *range, uint64_t addr)
{
    struct tt_range_block *low, *high, *b;
    const struct tt_range_block *found;

    pthread_mutex_lock(&range->lock);
    found = find(range->root, addr);
    if (!found || !found->used) {
        pthread_mutex_unlock(&range->lock);
        return TT_FAIL(NXS_InvalidValue,
                       "%s: no allocation starts at %#" PRIx64, range->what,
                       addr);
    }
    split(range->root, addr, &low, &high);
    split(high, addr + 1, &b, &high);
    b->used = false;
    range->free_size += b->size;
    coalesce(&low, b, &high);
    refresh(b);
    range->root = join(join(low, b), high);
    pthread_mutex_unlock(&range->lock);
    return NXS_Success;
}

static uint64_t lowest_used(struct tt_range *range)
{
    const struct tt_range_block *first = edge(range->root, false);

    if (!first)
        return range->end;
    return first->used ? first->start : first->start + first->size;
}

void tt_range_get_stats(struct tt_range *range, struct tt_range_stats *out)
{
    pthread_mutex_lock(&range->lock);
    *out = (struct tt_range_stats){
        .total = range->size,
        .free = range->free_size,
        .largest = range->root ? range->root->largest : 0,
        .lowest = lowest_used(range),
        .n_allocated = range->root ? range->root->n_used : 0};
    pthread_mutex_unlock(&range->lock);
}
