/* SPDX-License-Identifier: MIT */
/* What differs between chips, as tables: grids, coordinates, sizes. */
#ifndef TT_ARCH_H
#define TT_ARCH_H

#include "device/tt_device.h"

/** struct tt_arch - one chip generation; see arch_wormhole.c for sources */
struct tt_arch {
    const char *name; /* "wormhole": NP_Architecture */
    unsigned max_grid_x, max_grid_y;
    unsigned n_dram_banks;   /* 12: two 1 GiB channels per DRAM tile */
    uint64_t dram_bank_size; /* usable bytes of one bank */
    unsigned dram_align;     /* NOC read alignment from DRAM: 32 */
    unsigned l1_align;       /* NOC alignment in L1: 16 */
    uint32_t l1_size;
    uint32_t soft_reset_all;  /* SOFT_RESET_0 with all five cores held */
    uint32_t soft_reset_subs; /* the same with only BRISC released */
    unsigned noc_max_packet;
    unsigned n_dram_tiles;
    uint64_t dram_tile_size;
    /* Rows of the NOC 0 grid, y = 0 first, one character per x: T a Tensix
     * tile, a digit a port of that DRAM tile, E Ethernet, P PCIe, A ARC. */
    const char *const *floor_plan;
    unsigned noc_size_x, noc_size_y;
};

extern const struct tt_arch tt_arch_wormhole;

/**
 * tt_arch_worker - where a logical worker core is reached
 * @arch: chip generation
 * @x, @y: logical coordinates, inside the device's grid
 * @addr: byte address inside the core
 *
 * Return: the NOC address, in translated coordinates.
 */
struct tt_noc_addr tt_arch_worker(const struct tt_arch *arch, unsigned x,
                                  unsigned y, uint64_t addr);

/**
 * tt_arch_dram - where a byte of a DRAM bank is reached
 * @arch: chip generation
 * @bank: 0 .. n_dram_banks - 1
 * @offset: byte offset in the bank
 *
 * Return: the NOC 0 address of the bank's preferred port.
 */
struct tt_noc_addr tt_arch_dram(const struct tt_arch *arch, unsigned bank,
                                uint64_t offset);

/** enum tt_space - what a range of addresses on the chip is */
enum tt_space {
    TT_SPACE_NONE,    /* no such tile, or the range leaves the tile */
    TT_SPACE_L1,      /* L1 of a Tensix tile */
    TT_SPACE_DRAM,    /* memory of a DRAM tile */
    TT_SPACE_REGISTER /* one register of a Tensix tile, 4 aligned bytes */
};

/**
 * tt_arch_space - judge a range before a backend is asked for it
 * @arch: chip generation
 * @at: first byte; Tensix tiles translated, DRAM ports raw, as everywhere
 * @len: bytes, at least 1
 *
 * Return: the space that holds the whole range, else TT_SPACE_NONE.
 */
enum tt_space tt_arch_space(const struct tt_arch *arch, struct tt_noc_addr at,
                            uint64_t len);

#endif
