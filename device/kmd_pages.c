/* SPDX-License-Identifier: MIT */
/*
 * Interleaved pages of DRAM, seen through the windows of a card: stored to
 * straight from whatever fills them, and fetched with streaming loads.
 */
#include <string.h>

#include "device/arch.h"
#include "device/kmd_impl.h"

/* Pages at once, at most: one MiB, before another thread gets a turn, and
 * enough that the windows' bookkeeping is nothing beside the bytes. */
#define BATCH 256u

/** struct batch - pages that windows show at the same time
 *  @banks: of the chip: pages k, k + @banks, k + 2 * @banks .. lie in one
 *          bank, one @pages->stride apart, and share a window
 *  @last: the last word that was fetched */
struct batch {
    struct tt_kmd *kmd;
    const struct tt_pages *pages;
    unsigned banks;
    void *page[BATCH];
    struct tt_view view;
    uint32_t last;
};

/** struct run - the pages of a batch that lie in one bank
 *  @at, @len: from the first byte of the first to the last of the last */
struct run {
    struct tt_noc_addr at;
    size_t len;
};

static struct run run_of(const struct batch *b, unsigned bank)
{
    const struct tt_pages *p = b->pages;

    return (struct run){
        .at = tt_pages_at(&b->kmd->dev, p, b->view.first + bank),
        .len =
            (size_t)((b->view.n - bank - 1) / b->banks) * p->stride + p->size,
    };
}

/* Banks that pages of the batch lie in. */
static unsigned n_runs(const struct batch *b)
{
    return b->view.n < b->banks ? b->view.n : b->banks;
}

/* What is on its way arrives first if the batch would overtake it, or if
 * there is no room to remember the batch. */
static nxs_status wait_for_others(const struct batch *b)
{
    bool wait = b->kmd->n_extents + b->banks > TT_KMD_MAX_EXTENTS;

    for (unsigned k = 0; k < n_runs(b) && !wait; k++) {
        struct run r = run_of(b, k);

        wait = tt_kmd_must_wait(b->kmd, r.at, r.len, true);
    }
    return wait ? tt_kmd_settle(b->kmd) : NXS_Success;
}

/* Aim a window at the first page of each bank. Where there are no more of
 * them, and where a page lies across the end of one, the batch ends. */
static nxs_status aim_all(struct batch *b)
{
    const struct tt_pages *p = b->pages;

    for (unsigned k = 0; k < n_runs(b); k++) {
        struct run r = run_of(b, k);
        unsigned last = b->view.n;
        size_t room = 0;
        nxs_status status =
            tt_kmd_aim(b->kmd, TT_KMD_DRAM, r.at, &b->page[k], &room);

        if (status < 0 && status != NXS_MapFailure)
            return status;
        if (status < 0 || room < p->size)
            last = k;
        else if (room < r.len)
            last = k + b->banks * (unsigned)((room - p->size) / p->stride + 1);
        if (last < b->view.n)
            b->view.n = last;
    }
    return NXS_Success;
}

/* As many pages from @first on as can be seen at once; perhaps none. */
static nxs_status gather(struct batch *b, uint64_t first)
{
    uint64_t left = b->pages->n - first;
    nxs_status status = NXS_Success;

    b->view = (struct tt_view){.first = first,
                               .n = left < BATCH ? (unsigned)left : BATCH,
                               .page = b->page};
    if (b->pages->write)
        status = wait_for_others(b);
    if (status < 0)
        return status;
    b->kmd->keep = b->kmd->stamp;
    status = aim_all(b);
    b->kmd->keep = UINT64_MAX;
    for (unsigned i = b->banks; i < b->view.n; i++)
        b->page[i] = (char *)b->page[i - b->banks] + b->pages->stride;
    return status;
}

/* The stores leave the processor that made them before anybody can aim the
 * windows elsewhere. */
static nxs_status store(struct batch *b)
{
    const struct tt_kmd_sys *sys = b->kmd->sys;
    bool gaps = b->pages->stride != b->pages->size;
    unsigned n = gaps ? b->view.n : n_runs(b);
    nxs_status status = NXS_Success;

    for (unsigned k = 0; k < n_runs(b) && status >= 0; k++) {
        struct run r = run_of(b, k);

        status = tt_kmd_before_write(b->kmd, r.at, r.len, true);
    }
    if (status < 0)
        return status;
    b->view.stream = true;
    b->pages->visit(b->pages->ctx, &b->view);
    for (unsigned i = 0; i < n; i++)
        sys->stored(sys->ctx, b->page[i],
                    gaps ? b->pages->size : run_of(b, i).len);
    sys->fence(sys->ctx);
    return NXS_Success;
}

/* Pages are read where they are: into the host's array, or a tile at a time
 * into the first-level cache. */
static void fetch(void *ctx, void *dst, const void *src, size_t len)
{
    struct batch *b = ctx;
    const struct tt_kmd_sys *sys = b->kmd->sys;

    sys->copy_from(sys->ctx, dst, src, len);
    memcpy(&b->last, (const char *)dst + len - 4, sizeof(b->last));
}

static nxs_status load(struct batch *b)
{
    const struct tt_kmd_sys *sys = b->kmd->sys;

    b->view.fetch = fetch;
    b->view.ctx = b;
    /* as in tt_kmd_read_bulk() */
    sys->fence(sys->ctx);
    b->kmd->unfenced = false;
    b->pages->visit(b->pages->ctx, &b->view);
    return tt_kmd_check_word(b->kmd, b->last);
}

/* A page that lies across the end of a window, by way of plain memory. */
static nxs_status carry(struct batch *b, uint64_t i)
{
    struct tt_noc_addr at = tt_pages_at(&b->kmd->dev, b->pages, i);
    _Alignas(16) unsigned char copy[TT_PAGE_MAX];
    void *page = copy;
    nxs_status status = NXS_Success;

    b->view = (struct tt_view){.first = i, .n = 1, .page = &page};
    if (!b->pages->write)
        status = tt_kmd_read_bulk(b->kmd, at, copy, b->pages->size);
    if (status >= 0)
        b->pages->visit(b->pages->ctx, &b->view);
    if (status >= 0 && b->pages->write)
        status = tt_kmd_write_bulk(b->kmd, at, copy, b->pages->size);
    return status;
}

static nxs_status move_locked(struct batch *b, uint64_t first)
{
    nxs_status status = tt_kmd_check(b->kmd);

    if (status >= 0)
        status = gather(b, first);
    if (status < 0)
        return status;
    if (!b->view.n)
        return carry(b, first);
    return b->pages->write ? store(b) : load(b);
}

nxs_status tt_kmd_pages(struct tt_device *dev, const struct tt_pages *pages)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    struct batch b = {
        .kmd = kmd,
        .pages = pages,
        .banks = dev->info.arch->n_dram_banks,
    };
    nxs_status status = NXS_Success;

    for (uint64_t i = 0; i < pages->n && status >= 0; i += b.view.n) {
        pthread_mutex_lock(&kmd->lock);
        status = move_locked(&b, i);
        pthread_mutex_unlock(&kmd->lock);
    }
    return status;
}
