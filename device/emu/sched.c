/* SPDX-License-Identifier: MIT */
/*
 * Who runs when: rounds of tiles, turns of a tile, slices of its cores.
 *
 * In a round every tile that has something to run gets one turn, on any host
 * thread. A turn sees nothing of other tiles: a NOC request that would is put
 * off (tt_noc_is_private), and such requests are carried out after the round,
 * in the order of the tiles. So the outcome does not depend on how many threads
 * there are, nor on their timing. Only DRAM is shared during a round.
 */
#include "device/emu/sched.h"

#include "device/emu/check.h"
#include "device/emu/crew.h"
#include "device/emu/delay.h"

/* Instructions of one core before its neighbours run. A tile's chain (reader,
 * unpack, math, pack, writer) flows inside one turn (TT_QUANTUM), which takes
 * milliseconds at most even where each instruction starts a matrix product. */
#define CORE_SLICE 1000u

/* Turns of full length in a round: between rounds the host starts and notices
 * things, which should not have to wait for long. */
#define ROUND_TURNS 8u

/* Instructions of a core that has put off a request, between rounds: enough for
 * a burst of requests. */
#define SHARED_SLICE 200u

/* Charged for each slice, so that a core that only retries a blocked access
 * uses up its tile's turn. */
#define SLICE_COST 16u

/* In the direction in which data flows through a tile. */
static const uint8_t core_order[] = {TT_RISC_NC, TT_RISC_T0, TT_RISC_T1,
                                     TT_RISC_T2, TT_RISC_B};
#define N_CORES sizeof(core_order)

uint32_t tt_sched_core(struct tt_tile *tile, unsigned risc, uint32_t slice)
{
    struct tt_rv32 *core = &tile->rv[risc];
    uint32_t n, bit = 1u << risc;

    tile->blocked[risc] = 0;
    tile->tensix.expanded = 0;
    n = tt_rv32_run(core, slice);
    /* A core that wakes another one does so while it runs; its own bit says
     * only whether it can go on itself. */
    if (core->state == TT_RV32_RUN)
        tile->active |= bit;
    else
        tile->active &= ~bit;
    tile->clock += n;
    if (tile->tensix.expanded < TT_MAX_EXPANDED)
        return n;
    /* It may wait for nothing but its next slice. */
    if (core->state == TT_RV32_STALLED)
        tile->active |= bit;
    return n + tile->chip->quantum;
}

/* One turn; tt_crew_fn. */
static void run_tile(void *item)
{
    struct tt_tile *tile = item;
    uint32_t left = tile->chip->turn_work;
    uint32_t slice = left < CORE_SLICE ? left : CORE_SLICE;

    tile->faulted = false;
    if (tile->clock < tile->chip->now)
        tile->clock = tile->chip->now;
    while (tile->active && left && !tile->faulted) {
        for (unsigned i = 0; i < N_CORES && !tile->faulted; i++) {
            uint32_t n;

            if (!(tile->active >> core_order[i] & 1u))
                continue;
            n = tt_sched_core(tile, core_order[i], slice) + SLICE_COST;
            left -= n < left ? n : left;
        }
    }
}

/* Requests that concern other tiles, after the round. */
static void run_shared(struct tt_tile *tile)
{
    tile->in_round = false;
    for (unsigned i = 0; i < N_CORES && tile->put_off; i++) {
        uint32_t bit = 1u << core_order[i];

        if (!(tile->put_off & bit))
            continue;
        tile->put_off &= ~bit;
        if (tile->rv[core_order[i]].state == TT_RV32_STALLED)
            tt_sched_core(tile, core_order[i], SHARED_SLICE);
    }
}

/* Tiles with something to run, in order; tiles that have not are forgotten. */
static unsigned list_active(struct tt_chip *chip, void **out)
{
    unsigned n = 0;

    for (unsigned word = 0; word < 2; word++) {
        uint64_t todo = chip->active[word];

        for (; todo; todo &= todo - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(todo);
            struct tt_tile *tile = chip->tile[word * 64u + bit];

            if (tile->active)
                out[n++] = tile;
            else
                chip->active[word] &= ~(1ull << bit);
        }
    }
    return n;
}

bool tt_chip_run(struct tt_chip *chip)
{
    void *list[TT_CHIP_TILES];
    unsigned n;

    if (chip->delayed)
        return tt_delay_round(chip);
    n = list_active(chip, list);
    chip->now = chip->latest;
    chip->turn_work = chip->quantum;
    if (n > ROUND_TURNS)
        chip->turn_work = chip->quantum * ROUND_TURNS / n;
    chip->turn_work += chip->turn_work == 0;
    for (unsigned i = 0; i < n; i++)
        ((struct tt_tile *)list[i])->in_round = n > 1;
    tt_crew_run(chip->crew, run_tile, list, n);
    for (unsigned i = 0; i < n; i++)
        run_shared(list[i]);
    for (unsigned i = 0; i < n; i++) {
        const struct tt_tile *tile = list[i];

        if (tile->clock > chip->latest)
            chip->latest = tile->clock;
    }
    if (chip->checker)
        tt_check_collect(chip);
    return n > 0;
}
