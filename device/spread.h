/* SPDX-License-Identifier: MIT */
/* Which memory holds a buffer, and which bank of it which page. */
#ifndef TT_SPREAD_H
#define TT_SPREAD_H

#include "device/tt_device.h"

struct tt_layout;

/** enum tt_spread_kind - how pages are shared out; the values are those of
 *  TT_BUFFER_KIND in nexus-api.h */
enum tt_spread_kind {
    TT_SPREAD_DRAM,   /* page p in DRAM bank p mod n */
    TT_SPREAD_L1,     /* page p in worker core p mod n, cores in row order */
    TT_SPREAD_HEIGHT, /* as many whole rows of pages to each core */
    TT_SPREAD_WIDTH,  /* as many whole columns of pages to each core */
    TT_SPREAD_BLOCK,  /* a rectangle of pages to each core */
    TT_N_SPREADS
};

/** struct tt_cores - a rectangle of logical worker cores */
struct tt_cores {
    unsigned x, y, width, height;
};

/**
 * struct tt_spread - where the pages of a layout are; all zeros is DRAM
 * @cores: worker cores it was asked to use; of TT_SPREAD_L1 all
 * @rows, @cols: the array in pages, page = row * cols + col
 * @shard_rows, @shard_cols: pages of one shard, which lie in row order in its
 *                           core; the last shards may lack pages, not room
 * @n_banks: cores that hold pages; shard s is in bank s
 * @bank_cols: bank b is core (b mod bank_cols, b div bank_cols) of @cores
 *
 * Only the kind counts for DRAM, only that and the banks for TT_SPREAD_L1.
 * Without padding, so that two are equal if their bytes are.
 */
struct tt_spread {
    uint32_t kind;
    struct tt_cores cores;
    uint32_t rows, cols;
    uint32_t shard_rows, shard_cols;
    uint32_t n_banks;
    uint32_t bank_cols;
};

/** tt_spread_is_l1 - in the worker cores' L1, at one address in all of them */
static inline int tt_spread_is_l1(const struct tt_spread *s)
{
    return s->kind != TT_SPREAD_DRAM;
}

/** tt_spread_is_sharded - in contiguous shards, one for each bank */
static inline int tt_spread_is_sharded(const struct tt_spread *s)
{
    return s->kind > TT_SPREAD_L1;
}

/** tt_spread_name - "dram", "l1", "l1 sharded height" ...; for messages */
const char *tt_spread_name(const struct tt_spread *s);

/**
 * tt_spread_set - share out the pages of a layout
 * @l: layout; its spread is replaced, on success only
 * @info: the device that will hold it
 * @kind: enum tt_spread_kind
 * @cores: of the sharded kinds; width or height 0 is up to the grid's end.
 *         All zeros for the others
 *
 * Rows are rows of tiles of all planes, columns are columns of tiles. A linear
 * layout is one column of pages for TT_SPREAD_HEIGHT, else one row.
 *
 * Return: NXS_Success; NXS_InvalidValue for an unknown kind, or cores that
 * leave the grid or go with a kind that takes none; NXS_OutOfResources for
 * more pages than any L1 holds.
 */
nxs_status tt_spread_set(struct tt_layout *l, const struct tt_device_info *info,
                         uint32_t kind, const struct tt_cores *cores);

/** tt_spread_used - the cores that hold pages; of a sharded spread, core i in
 * row order is bank i, and the last row may be longer than there are banks */
struct tt_cores tt_spread_used(const struct tt_spread *s);

/** tt_spread_align - what pages and buffers are aligned to in that memory */
uint32_t tt_spread_align(const struct tt_spread *s, const struct tt_arch *arch);

/** tt_spread_bank_pages - pages that every bank must have room for */
uint64_t tt_spread_bank_pages(const struct tt_layout *l,
                              const struct tt_arch *arch);

/** tt_spread_core - the NOC address of @addr in the core of a bank; not for
 *  DRAM */
struct tt_noc_addr tt_spread_core(const struct tt_spread *s,
                                  const struct tt_arch *arch, uint32_t bank,
                                  uint64_t addr);

/**
 * tt_spread_page - where a page is
 * @l: layout
 * @arch: of the device
 * @base: address of the buffer in every bank
 * @stride: distance of two pages of one bank
 * @page: 0 .. n_pages - 1
 *
 * Return: the NOC address of its first byte.
 */
struct tt_noc_addr tt_spread_page(const struct tt_layout *l,
                                  const struct tt_arch *arch, uint64_t base,
                                  uint32_t stride, uint64_t page);

#endif
