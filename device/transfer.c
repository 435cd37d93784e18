/* SPDX-License-Identifier: MIT */
/* Buffers between the host and interleaved DRAM pages. */
#include "device/transfer.h"

#include "device/arch.h"

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
    uint32_t align = dev->info.arch->dram_align;

    return (l->page_size + align - 1) / align * align;
}

uint64_t tt_transfer_bank_size(const struct tt_device *dev,
                               const struct tt_layout *l)
{
    unsigned banks = dev->info.arch->n_dram_banks;

    return (l->n_pages / banks + (l->n_pages % banks != 0)) *
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

static nxs_status run(struct tt_device *dev, uint64_t base, struct transfer *t)
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
