/* SPDX-License-Identifier: MIT */
/* The worker cores' L1 between buffers, which grow down from its end, and what
 * runs keep there, which grows up. */
#include "plugin/l1.h"

#include <inttypes.h>

#include "device/l1_map.h"
#include "pool/tt_log.h"

nxs_status tt_l1_init(struct tt_l1 *l1, uint64_t end)
{
    nxs_status status =
        tt_range_init(&l1->range, "the L1 of every core", TT_L1_DATA,
                      end - TT_L1_DATA, TT_L1_ALIGN);

    if (status < 0)
        return status;
    l1->holds = NULL;
    pthread_mutex_init(&l1->lock, NULL);
    return NXS_Success;
}

void tt_l1_fini(struct tt_l1 *l1)
{
    tt_range_fini(&l1->range);
    pthread_mutex_destroy(&l1->lock);
}

static uint64_t held_locked(const struct tt_l1 *l1)
{
    uint64_t top = 0;

    for (const struct tt_l1_hold *h = l1->holds; h; h = h->next)
        if (h->top > top)
            top = h->top;
    return top;
}

/* The highest gap that fits is the best that can be had: one that reaches into
 * what runs hold means that there is none above. */
static nxs_status alloc_locked(struct tt_l1 *l1, uint64_t size,
                               uint64_t *out_addr)
{
    uint64_t held = held_locked(l1), addr;
    nxs_status status = tt_range_alloc_top(&l1->range, size, &addr);

    if (status < 0)
        return status;
    if (addr < held) {
        tt_range_free(&l1->range, addr);
        return TT_FAIL(NXS_OutOfResources,
                       "%" PRIu64 " bytes fit the L1 of every core only at "
                       "%#" PRIx64 ", and runs in flight use it up to "
                       "%#" PRIx64,
                       size, addr, held);
    }
    *out_addr = addr;
    return NXS_Success;
}

nxs_status tt_l1_alloc(struct tt_l1 *l1, uint64_t size, uint64_t *out_addr)
{
    nxs_status status;

    pthread_mutex_lock(&l1->lock);
    status = alloc_locked(l1, size, out_addr);
    pthread_mutex_unlock(&l1->lock);
    return status;
}

void tt_l1_free(struct tt_l1 *l1, uint64_t addr)
{
    pthread_mutex_lock(&l1->lock);
    (void)tt_range_free(&l1->range, addr);
    pthread_mutex_unlock(&l1->lock);
}

static nxs_status check_locked(struct tt_l1 *l1, uint64_t top, const char *what)
{
    struct tt_range_stats stats;

    tt_range_get_stats(&l1->range, &stats);
    if (top > stats.lowest)
        return TT_FAIL(NXS_OutOfResources,
                       "%s: circular buffers and scratch end at %#" PRIx64
                       " of L1, and buffers begin at %#" PRIx64,
                       what, top, stats.lowest);
    return NXS_Success;
}

nxs_status tt_l1_hold(struct tt_l1 *l1, uint64_t top, const char *what,
                      struct tt_l1_hold *hold)
{
    nxs_status status;

    pthread_mutex_lock(&l1->lock);
    status = check_locked(l1, top, what);
    if (status >= 0) {
        *hold = (struct tt_l1_hold){l1, top, l1->holds};
        l1->holds = hold;
    }
    pthread_mutex_unlock(&l1->lock);
    return status;
}

void tt_l1_release(struct tt_l1_hold *hold)
{
    struct tt_l1 *l1 = hold->l1;
    struct tt_l1_hold **at;

    if (!l1)
        return;
    pthread_mutex_lock(&l1->lock);
    for (at = &l1->holds; *at != hold;)
        at = &(*at)->next;
    *at = hold->next;
    pthread_mutex_unlock(&l1->lock);
    *hold = (struct tt_l1_hold){0};
}

void tt_l1_get_stats(struct tt_l1 *l1, struct tt_range_stats *out)
{
    pthread_mutex_lock(&l1->lock);
    tt_range_get_stats(&l1->range, out);
    pthread_mutex_unlock(&l1->lock);
}
