/* SPDX-License-Identifier: MIT */
/* Cache of decoded code pages: found by content, counted, kept while idle. */
#include "device/emu/code.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device/emu/chip.h"
#include "device/emu/rv32_insns.h"

#define N_BUCKETS 1024u
/* Idle pages kept: more than the images of one launch, about 3 MiB. */
#define MAX_IDLE 256u

struct tt_code_cache {
    pthread_mutex_t lock;
    unsigned n_idle;
    bool watch;
    struct tt_code_page *bucket[N_BUCKETS];
};

struct tt_code_cache *tt_code_cache_new(void)
{
    struct tt_code_cache *cache = calloc(1, sizeof(*cache));

    if (cache && pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return NULL;
    }
    return cache;
}

void tt_code_cache_watch(struct tt_code_cache *cache)
{
    cache->watch = true;
}

/* Free the pages without references. */
static void sweep(struct tt_code_cache *cache)
{
    for (unsigned i = 0; i < N_BUCKETS; i++) {
        struct tt_code_page **link = &cache->bucket[i];

        while (*link) {
            struct tt_code_page *page = *link;

            if (page->refs > 0) {
                link = &page->next;
                continue;
            }
            *link = page->next;
            free(page);
        }
    }
    cache->n_idle = 0;
}

void tt_code_cache_free(struct tt_code_cache *cache)
{
    if (!cache)
        return;
    sweep(cache);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

#define HASH_LANES 8u /* independent of each other, so that they overlap */

static uint64_t hash_page(const uint8_t *bytes)
{
    uint64_t lane[HASH_LANES] = {0}, hash = 0;

    for (unsigned i = 0; i < TT_CODE_PAGE_SIZE; i += sizeof(lane)) {
        uint64_t word[HASH_LANES];

        memcpy(word, bytes + i, sizeof(word));
        for (unsigned k = 0; k < HASH_LANES; k++) {
            lane[k] = (lane[k] ^ word[k]) * 0x9E3779B97F4A7C15ull;
            lane[k] ^= lane[k] >> 29;
        }
    }
    for (unsigned k = 0; k < HASH_LANES; k++)
        hash = (hash ^ lane[k]) * 0x9E3779B97F4A7C15ull;
    return hash ^ hash >> 29;
}

static struct tt_code_page *new_page(const struct tt_code_cache *cache,
                                     const uint8_t *bytes, uint64_t hash)
{
    struct tt_code_page *page, *fit;
    unsigned n_ops;

    page = malloc(sizeof(*page) + TT_CODE_MAX_OPS * sizeof(page->op[0]));
    if (!page)
        return NULL;
    page->hash = hash;
    page->refs = 1;
    /* Decode the copy: another host thread may be writing the original. */
    memcpy(page->bytes, bytes, sizeof(page->bytes));
    n_ops = tt_rv32_decode(page->bytes, cache->watch, page->op);
    fit = realloc(page, sizeof(*page) + n_ops * sizeof(page->op[0]));
    return fit ? fit : page;
}

/* The page of this content with a reference added, or NULL; lock held. */
static struct tt_code_page *find_locked(struct tt_code_cache *cache,
                                        const uint8_t *bytes, uint64_t hash)
{
    struct tt_code_page *page = cache->bucket[hash % N_BUCKETS];

    while (page && (page->hash != hash ||
                    memcmp(page->bytes, bytes, TT_CODE_PAGE_SIZE) != 0))
        page = page->next;
    if (page && page->refs++ == 0)
        cache->n_idle--;
    return page;
}

struct tt_code_page *tt_code_page_get(struct tt_code_cache *cache,
                                      const uint8_t *bytes)
{
    uint64_t hash = hash_page(bytes);
    struct tt_code_page *page;

    pthread_mutex_lock(&cache->lock);
    page = find_locked(cache, bytes, hash);
    if (!page) {
        page = new_page(cache, bytes, hash);
        if (page) {
            page->next = cache->bucket[hash % N_BUCKETS];
            cache->bucket[hash % N_BUCKETS] = page;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return page;
}

void tt_code_page_put(struct tt_code_cache *cache, struct tt_code_page *page)
{
    if (!page)
        return;
    pthread_mutex_lock(&cache->lock);
    if (--page->refs == 0 && ++cache->n_idle > MAX_IDLE)
        sweep(cache);
    pthread_mutex_unlock(&cache->lock);
}
