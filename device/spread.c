/* SPDX-License-Identifier: MIT */
/* Which memory holds a buffer, and which bank of it which page. */
#include "device/spread.h"

#include <assert.h>

#include <stdbool.h>

#include "device/arch.h"
#include "device/layout.h"
#include "pool/tt_log.h"

const char *tt_spread_name(const struct tt_spread *s)
{
    static const char *const names[TT_N_SPREADS] = {
        [TT_SPREAD_DRAM] = "dram",
        [TT_SPREAD_L1] = "l1",
        [TT_SPREAD_HEIGHT] = "l1 sharded height",
        [TT_SPREAD_WIDTH] = "l1 sharded width",
        [TT_SPREAD_BLOCK] = "l1 sharded block",
    };

    return names[s->kind];
}

static uint32_t div_up(uint32_t a, uint32_t b)
{
    return a / b + (a % b != 0);
}

/* Resolve "up to the end", and see that the rectangle is inside the grid. */
static nxs_status fit_cores(const struct tt_device_info *info,
                            const struct tt_cores *asked, struct tt_cores *out)
{
    struct tt_cores r = *asked;

    if (r.x < info->grid_x && !r.width)
        r.width = info->grid_x - r.x;
    if (r.y < info->grid_y && !r.height)
        r.height = info->grid_y - r.y;
    if (r.x >= info->grid_x || r.width > info->grid_x - r.x ||
        r.y >= info->grid_y || r.height > info->grid_y - r.y)
        return TT_FAIL(NXS_InvalidValue,
                       "%u x %u cores at (%u, %u): the grid has %u x %u",
                       r.width, r.height, r.x, r.y, info->grid_x, info->grid_y);
    *out = r;
    return NXS_Success;
}

static void set_pages(struct tt_spread *s, const struct tt_layout *l)
{
    uint32_t n_pages = (uint32_t)l->n_pages;
    bool column = !l->tiled && s->kind == TT_SPREAD_HEIGHT;

    s->cols = column ? 1 : (uint32_t)l->tile_cols;
    s->rows = n_pages / s->cols;
}

/* How many cores share the rows and how many the columns; then no core has
 * more than the first, and cores that would get nothing are no banks. */
static void set_shards(struct tt_spread *s)
{
    uint32_t all = s->cores.width * s->cores.height;
    uint32_t down = s->kind == TT_SPREAD_BLOCK ? s->cores.height : all;
    uint32_t across = s->kind == TT_SPREAD_BLOCK ? s->cores.width : all;
    uint32_t grid_cols;

    s->shard_rows =
        s->kind == TT_SPREAD_WIDTH ? s->rows : div_up(s->rows, down);
    s->shard_cols =
        s->kind == TT_SPREAD_HEIGHT ? s->cols : div_up(s->cols, across);
    assert(s->shard_rows && s->shard_cols);
    grid_cols = div_up(s->cols, s->shard_cols);
    s->n_banks = div_up(s->rows, s->shard_rows) * grid_cols;
    s->bank_cols = s->kind == TT_SPREAD_BLOCK ? grid_cols : s->cores.width;
}

nxs_status tt_spread_set(struct tt_layout *l, const struct tt_device_info *info,
                         uint32_t kind, const struct tt_cores *cores)
{
    struct tt_spread s = {.kind = kind};
    bool any = cores->x || cores->y || cores->width || cores->height;
    nxs_status status;

    if (kind >= TT_N_SPREADS || (any && !tt_spread_is_sharded(&s)))
        return TT_FAIL(NXS_InvalidValue, "buffer kind %u%s", kind,
                       any ? " with cores" : "");
    if (!tt_spread_is_l1(&s)) {
        l->spread = s;
        return NXS_Success;
    }
    if (l->n_pages > UINT32_MAX)
        return TT_FAIL(NXS_OutOfResources, "%llu pages in L1",
                       (unsigned long long)l->n_pages);
    status = fit_cores(info, cores, &s.cores);
    if (status < 0)
        return status;
    set_pages(&s, l);
    if (tt_spread_is_sharded(&s)) {
        set_shards(&s);
    } else {
        s.n_banks = s.cores.width * s.cores.height;
        s.bank_cols = s.cores.width;
    }
    l->spread = s;
    return NXS_Success;
}

struct tt_cores tt_spread_used(const struct tt_spread *s)
{
    uint32_t width = s->n_banks < s->bank_cols ? s->n_banks : s->bank_cols;

    return (struct tt_cores){s->cores.x, s->cores.y, width,
                             div_up(s->n_banks, s->bank_cols)};
}

uint32_t tt_spread_align(const struct tt_spread *s, const struct tt_arch *arch)
{
    return tt_spread_is_l1(s) ? arch->l1_align : arch->dram_align;
}

static uint32_t interleaved_banks(const struct tt_spread *s,
                                  const struct tt_arch *arch)
{
    return tt_spread_is_l1(s) ? s->n_banks : arch->n_dram_banks;
}

uint64_t tt_spread_bank_pages(const struct tt_layout *l,
                              const struct tt_arch *arch)
{
    const struct tt_spread *s = &l->spread;
    uint32_t n;

    if (tt_spread_is_sharded(s))
        return (uint64_t)s->shard_rows * s->shard_cols;
    n = interleaved_banks(s, arch);
    return l->n_pages / n + (l->n_pages % n != 0);
}

struct tt_noc_addr tt_spread_core(const struct tt_spread *s,
                                  const struct tt_arch *arch, uint32_t bank,
                                  uint64_t addr)
{
    return tt_arch_worker(arch, s->cores.x + bank % s->bank_cols,
                          s->cores.y + bank / s->bank_cols, addr);
}

/* Bank and place inside it: shards are numbered in row order, and so are the
 * pages inside each (tt-metal's distribution of a tensor over banks, with one
 * shard for each). */
static void find_in_shard(const struct tt_spread *s, uint64_t page,
                          uint32_t *out_bank, uint64_t *out_slot)
{
    uint32_t row = (uint32_t)(page / s->cols);
    uint32_t col = (uint32_t)(page % s->cols);

    *out_bank = row / s->shard_rows * div_up(s->cols, s->shard_cols) +
                col / s->shard_cols;
    *out_slot =
        (uint64_t)(row % s->shard_rows) * s->shard_cols + col % s->shard_cols;
}

struct tt_noc_addr tt_spread_page(const struct tt_layout *l,
                                  const struct tt_arch *arch, uint64_t base,
                                  uint32_t stride, uint64_t page)
{
    const struct tt_spread *s = &l->spread;
    uint64_t slot;
    uint32_t bank;

    if (tt_spread_is_sharded(s)) {
        find_in_shard(s, page, &bank, &slot);
    } else {
        bank = (uint32_t)(page % interleaved_banks(s, arch));
        slot = page / interleaved_banks(s, arch);
    }
    if (tt_spread_is_l1(s))
        return tt_spread_core(s, arch, bank, base + slot * stride);
    return tt_arch_dram(arch, bank, base + slot * stride);
}
