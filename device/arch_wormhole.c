/* SPDX-License-Identifier: MIT */
/* Wormhole B0: grids, coordinates and sizes. */
#include "device/arch.h"

#include <stdbool.h>

#include "device/l1_map.h"

/* First translated coordinate of a Tensix tile, in both axes
 * (tt-isa-documentation, WormholeB0/NoC/Coordinates.md). */
#define TRANSLATED 18u

/* First register of a Tensix tile that is reached from outside: TDMA-RISC
 * (WormholeB0/TensixTile/README.md, memory map). */
#define REGISTERS 0xFFB11000u

/* WormholeB0/README.md and NoC/Coordinates.md: three ports per DRAM tile. */
static const char *const floor_plan[] = {
    "0EEEE2EEEE", /* y = 0 */
    "0TTTT2TTTT", /* 1 */
    ".TTTT3TTTT", /* 2 */
    "PTTTT4TTTT", /* 3 */
    ".TTTT4TTTT", /* 4 */
    "1TTTT5TTTT", /* 5 */
    "1EEEE5EEEE", /* 6 */
    "1TTTT5TTTT", /* 7 */
    ".TTTT4TTTT", /* 8 */
    ".TTTT3TTTT", /* 9 */
    "ATTTT3TTTT", /* 10 */
    "0TTTT2TTTT", /* 11 */
};

/* The port used for each DRAM tile, NOC 0. */
static const uint8_t dram_port[6][2] = {{0, 0}, {0, 5}, {5, 0},
                                        {5, 2}, {5, 3}, {5, 5}};

const struct tt_arch tt_arch_wormhole = {
    .name = "wormhole",
    .max_grid_x = 8,
    .max_grid_y = 10,
    /* DRAMTile/README.md: a tile is two GDDR6 channels of 1 GiB; bank i is
     * channel i / 6 of tile i % 6. */
    .n_dram_banks = 12,
    .dram_bank_size = 0x40000000u,
    .dram_align = 32,
    .l1_align = 16,
    .l1_size = TT_L1_SIZE,
    /* TensixTile/SoftReset.md: 11 BRISC, 12-14 TRISC0-2, 18 NCRISC. */
    .soft_reset_all = 0x47800u,
    .soft_reset_subs = 0x47000u,
    .noc_max_packet = 8192, /* NoC/MemoryMap.md, NOC_AT_LEN_BE */
    .n_dram_tiles = 6,
    .dram_tile_size = 0x80000000u,
    .floor_plan = floor_plan,
    .noc_size_x = 10,
    .noc_size_y = 12,
};

struct tt_noc_addr tt_arch_worker(const struct tt_arch *arch, unsigned x,
                                  unsigned y, uint64_t addr)
{
    (void)arch;
    return (struct tt_noc_addr){.x = (uint8_t)(TRANSLATED + x),
                                .y = (uint8_t)(TRANSLATED + y),
                                .addr = addr};
}

struct tt_noc_addr tt_arch_dram(const struct tt_arch *arch, unsigned bank,
                                uint64_t offset)
{
    unsigned tile = bank % arch->n_dram_tiles;

    return (struct tt_noc_addr){
        .x = dram_port[tile][0],
        .y = dram_port[tile][1],
        .addr = bank / arch->n_dram_tiles * arch->dram_bank_size + offset};
}

static bool fits(uint64_t addr, uint64_t len, uint64_t size)
{
    return len <= size && addr <= size - len;
}

enum tt_space tt_arch_space(const struct tt_arch *arch, struct tt_noc_addr at,
                            uint64_t len)
{
    char tile;

    if (at.x >= TRANSLATED && at.x < TRANSLATED + arch->max_grid_x &&
        at.y >= TRANSLATED && at.y < TRANSLATED + arch->max_grid_y) {
        if (fits(at.addr, len, arch->l1_size))
            return TT_SPACE_L1;
        if (at.addr >= REGISTERS && fits(at.addr, len, 1ull << 32) &&
            len == 4 && at.addr % 4 == 0)
            return TT_SPACE_REGISTER;
        return TT_SPACE_NONE;
    }
    if (at.x >= arch->noc_size_x || at.y >= arch->noc_size_y)
        return TT_SPACE_NONE;
    tile = arch->floor_plan[at.y][at.x];
    if (tile < '0' || tile > '9' || !fits(at.addr, len, arch->dram_tile_size))
        return TT_SPACE_NONE;
    return TT_SPACE_DRAM;
}
