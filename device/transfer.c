/* SPDX-License-Identifier: MIT */
/* Buffers between the host and interleaved DRAM pages, a strip at a time. */
#include <stdlib.h>

#include "device/arch.h"
#include "device/transfer.h"
#include "pool/tt_log.h"

/* Pages converted at once: enough to amortise the set-up, few enough that a
 * wide strip stays in the second-level cache. */
#define CHUNK 64u

/** struct xfer - one transfer in progress */
struct xfer {
    struct tt_device *dev;
    const struct tt_layout *l;
    uint64_t base;
    uint32_t stride;
    const void *src; /* upload, or ... */
    void *dst;       /* ... download */
    uint8_t *bounce; /* CHUNK pages, for chips without a window */
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

static struct tt_noc_addr page_addr(const struct xfer *x, uint64_t page)
{
    unsigned banks = x->dev->info.arch->n_dram_banks;

    return tt_arch_dram(x->dev->info.arch, (unsigned)(page % banks),
                        x->base + page / banks * x->stride);
}

/* Host pointers to @n pages, or NXS_MapFailure where there is no window. */
static nxs_status map_pages(const struct xfer *x, uint64_t first, unsigned n,
                            void **page)
{
    for (unsigned i = 0; i < n; i++) {
        size_t got;
        nxs_status status = tt_device_window(x->dev, page_addr(x, first + i),
                                             x->l->page_size, &page[i], &got);

        if (status < 0)
            return status;
        if (got < x->l->page_size)
            return NXS_MapFailure;
    }
    return NXS_Success;
}

static nxs_status bounce_pages(struct xfer *x, void **page)
{
    if (!x->bounce)
        x->bounce = malloc((size_t)CHUNK * x->stride);
    if (!x->bounce)
        return TT_FAIL(NXS_OutOfHostMemory,
                       "no memory for %u pages of %u bytes", CHUNK, x->stride);
    for (unsigned i = 0; i < CHUNK; i++)
        page[i] = x->bounce + (size_t)i * x->stride;
    return NXS_Success;
}

/* Move @n bounced pages to or from the chip. */
static nxs_status move_pages(struct xfer *x, uint64_t first, unsigned n,
                             void **page)
{
    for (unsigned i = 0; i < n; i++) {
        struct tt_noc_addr at = page_addr(x, first + i);
        nxs_status status =
            x->src ? tt_device_write(x->dev, at, page[i], x->l->page_size)
                   : tt_device_read(x->dev, at, page[i], x->l->page_size);

        if (status < 0)
            return status;
    }
    return NXS_Success;
}

static nxs_status do_chunk(struct xfer *x, uint64_t strip, uint64_t col,
                           unsigned n)
{
    uint64_t first = strip * x->l->tile_cols + col;
    void *page[CHUNK];
    nxs_status status = map_pages(x, first, n, page);
    bool bounced = status == NXS_MapFailure;

    if (bounced)
        status = bounce_pages(x, page);
    if (status >= 0 && bounced && x->dst)
        status = move_pages(x, first, n, page);
    if (status < 0)
        return status;
    if (x->dst) {
        tt_layout_load(x->l, strip, col, n, x->dst, page);
        return NXS_Success;
    }
    tt_layout_store(x->l, strip, col, n, x->src, page);
    return bounced ? move_pages(x, first, n, page) : NXS_Success;
}

static nxs_status run(struct xfer *x)
{
    uint64_t strips = tt_layout_strips(x->l);
    nxs_status status = NXS_Success;

    x->stride = tt_transfer_page_stride(x->dev, x->l);
    for (uint64_t s = 0; s < strips && status >= 0; s++)
        for (uint64_t c = 0; c < x->l->tile_cols && status >= 0; c += CHUNK) {
            uint64_t left = x->l->tile_cols - c;

            status = do_chunk(x, s, c, left < CHUNK ? (unsigned)left : CHUNK);
        }
    free(x->bounce);
    return status;
}

nxs_status tt_transfer_upload(struct tt_device *dev, const struct tt_layout *l,
                              uint64_t base, const void *host)
{
    struct xfer x = {.dev = dev, .l = l, .base = base, .src = host};

    return run(&x);
}

nxs_status tt_transfer_download(struct tt_device *dev,
                                const struct tt_layout *l, uint64_t base,
                                void *host)
{
    struct xfer x = {.dev = dev, .l = l, .base = base, .dst = host};

    return run(&x);
}
