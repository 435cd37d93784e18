/* SPDX-License-Identifier: MIT */
/* Buffers between the host and device pages. */
#include "device/transfer.h"

#include <stdlib.h>

#include "device/arch.h"
#include "pool/tt_log.h"

/* Pages of L1 that are converted at once. */
#define CHUNK 16u

/** struct transfer - the array on the host's side
 *  @src: of an upload, else NULL
 *  @dst: of a download, else NULL */
struct transfer {
    const struct tt_layout *l;
    const void *src;
    void *dst;
};

uint32_t tt_transfer_page_stride(const struct tt_device *dev,
                                 const struct tt_layout *l)
{
    uint32_t align = tt_spread_align(&l->spread, dev->info.arch);

    return (l->page_size + align - 1) / align * align;
}

uint64_t tt_transfer_bank_size(const struct tt_device *dev,
                               const struct tt_layout *l)
{
    return tt_spread_bank_pages(l, dev->info.arch) *
           tt_transfer_page_stride(dev, l);
}

static void visit(void *ctx, const struct tt_view *view)
{
    const struct transfer *t = ctx;

    if (t->src)
        tt_layout_store(t->l, view, t->src);
    else
        tt_layout_load(t->l, view, t->dst);
}

static nxs_status run_dram(struct tt_device *dev, uint64_t base,
                           struct transfer *t)
{
    const struct tt_pages pages = {
        .base = base,
        .stride = tt_transfer_page_stride(dev, t->l),
        .size = t->l->page_size,
        .n = t->l->n_pages,
        .write = t->src,
        .visit = visit,
        .ctx = t,
    };

    return tt_device_pages(dev, &pages);
}

/* ---- L1: small, and nowhere mapped for longer than a copy ---- */

/** struct bounce - some pages on their way */
struct bounce {
    struct tt_view view;
    void *page[CHUNK];
    uint8_t bytes[CHUNK][TT_PAGE_MAX] __attribute__((aligned(64)));
};

/* Move the pages in @b to or from the chip. */
static nxs_status move(struct tt_device *dev, uint64_t base,
                       const struct transfer *t, const struct bounce *b)
{
    uint32_t stride = tt_transfer_page_stride(dev, t->l);
    nxs_status status = NXS_Success;

    for (unsigned i = 0; i < b->view.n && status >= 0; i++) {
        struct tt_noc_addr at = tt_spread_page(t->l, dev->info.arch, base,
                                               stride, b->view.first + i);

        if (t->src)
            status = tt_device_write(dev, at, b->page[i], t->l->page_size);
        else
            status = tt_device_read(dev, at, b->page[i], t->l->page_size);
    }
    return status;
}

static nxs_status run_l1(struct tt_device *dev, uint64_t base,
                         struct transfer *t)
{
    struct bounce *b = aligned_alloc(64, sizeof *b);
    uint64_t n = t->l->n_pages;
    nxs_status status = NXS_Success;

    if (!b)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a transfer");
    for (unsigned i = 0; i < CHUNK; i++)
        b->page[i] = b->bytes[i];
    b->view = (struct tt_view){.page = b->page};
    for (uint64_t i = 0; i < n && status >= 0; i += CHUNK) {
        b->view.first = i;
        b->view.n = n - i < CHUNK ? (unsigned)(n - i) : CHUNK;
        if (t->src)
            visit(t, &b->view);
        status = move(dev, base, t, b);
        if (t->dst && status >= 0)
            visit(t, &b->view);
    }
    free(b);
    return status;
}

static nxs_status run(struct tt_device *dev, uint64_t base, struct transfer *t)
{
    return tt_spread_is_l1(&t->l->spread) ? run_l1(dev, base, t)
                                          : run_dram(dev, base, t);
}

nxs_status tt_transfer_upload(struct tt_device *dev, const struct tt_layout *l,
                              uint64_t base, const void *host)
{
    struct transfer t = {.l = l, .src = host};

    return run(dev, base, &t);
}

nxs_status tt_transfer_download(struct tt_device *dev,
                                const struct tt_layout *l, uint64_t base,
                                void *host)
{
    struct transfer t = {.l = l, .dst = host};

    return run(dev, base, &t);
}
