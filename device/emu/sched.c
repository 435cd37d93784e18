/* SPDX-License-Identifier: MIT */
/* Who runs when: slices of cores, turns of tiles; deterministic. */
#include "device/emu/chip.h"

/* Instructions of one core before its neighbours run, and of one tile before
 * the next tile does. A tile's chain (reader, unpack, math, pack, writer)
 * flows inside one turn, which takes milliseconds at most even where each
 * instruction starts a matrix product. */
#define CORE_SLICE 1000u
#define TILE_TURN  4000u

/* Charged for each slice, so that a core that only retries a blocked access
 * uses up its tile's turn. */
#define SLICE_COST 16u

/* In the direction in which data flows through a tile. */
static const uint8_t core_order[] = {TT_RISC_NC, TT_RISC_T0, TT_RISC_T1,
                                     TT_RISC_T2, TT_RISC_B};

static uint32_t run_core(struct tt_tile *tile, unsigned risc)
{
    struct tt_rv32 *core = &tile->rv[risc];
    uint32_t n;

    tile->blocked[risc] = 0;
    n = tt_rv32_run(core, CORE_SLICE);
    /* A core that wakes another one does so while it runs; its own bit says
     * only whether it can go on itself. */
    if (core->state == TT_RV32_RUN)
        tile->active |= 1u << risc;
    else
        tile->active &= ~(1u << risc);
    return n;
}

static void run_tile(struct tt_tile *tile)
{
    uint32_t left = TILE_TURN;

    if (tile->clock < tile->chip->now)
        tile->clock = tile->chip->now;
    while (tile->active && left && !tile->chip->faulted) {
        for (unsigned i = 0; i < sizeof(core_order); i++) {
            uint32_t n;

            if (!(tile->active >> core_order[i] & 1u))
                continue;
            n = run_core(tile, core_order[i]);
            tile->clock += n;
            left -= n + SLICE_COST < left ? n + SLICE_COST : left;
            if (tile->chip->faulted)
                break;
        }
    }
}

/* The first tile from the cursor on that has something to run, or NULL. */
static struct tt_tile *next_tile(struct tt_chip *chip)
{
    while (chip->cursor < TT_CHIP_TILES) {
        unsigned word = chip->cursor / 64u;
        uint64_t todo = chip->active[word] & ~0ull << chip->cursor % 64u;
        unsigned bit;

        if (!todo) {
            chip->cursor = (word + 1) * 64u;
            continue;
        }
        bit = (unsigned)__builtin_ctzll(todo);
        chip->cursor = word * 64u + bit + 1;
        if (chip->tile[word * 64u + bit]->active)
            return chip->tile[word * 64u + bit];
        chip->active[word] &= ~(1ull << bit);
    }
    return NULL;
}

bool tt_chip_run(struct tt_chip *chip)
{
    struct tt_tile *tile = next_tile(chip);

    if (!tile) {
        chip->cursor = 0;
        chip->now = chip->latest;
        tile = next_tile(chip);
    }
    if (!tile)
        return false;
    run_tile(tile);
    if (tile->clock > chip->latest)
        chip->latest = tile->clock;
    return true;
}
