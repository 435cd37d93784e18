/* SPDX-License-Identifier: MIT */
/* TT_EMU_DELAY: chance, turns and rounds. */
#include "device/emu/crew.h"
#include "device/emu/delay_impl.h"
#include "device/emu/sched.h"

#include <string.h>
#include <sys/mman.h>

/* ---- chance ---- */

/* A 64-bit counter stepped by an odd constant and mixed: every tile walks its
 * own way through the same cycle. */
#define CHANCE_STEP 0x9E3779B97F4A7C15ull

static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 31) * 0xD6E8FEB86659FD93ull;
    v = (v ^ v >> 29) * 0xD6E8FEB86659FD93ull;
    return v ^ v >> 32;
}

uint32_t tt_late_chance(struct tt_delay *d)
{
    d->chance += CHANCE_STEP;
    return (uint32_t)(mix(d->chance) >> 32);
}

/* Longer than anything goes on beside; not for ever, as a core may spin without
 * ever being parked. */
#define UNTIL_IDLE 1000u
#define MOOD_LASTS 64u

static bool is_lazy(struct tt_delay *d, unsigned kind)
{
    static const uint8_t lazy[] = {0, 4, 8, 15};
    struct tt_late_mood *mood = &d->mood[kind];

    if (!mood->left) {
        mood->left = (uint8_t)(1 + tt_late_below(d, MOOD_LASTS));
        mood->lazy = lazy[tt_late_below(d, sizeof(lazy))];
    }
    mood->left--;
    return tt_late_below(d, 16) < mood->lazy;
}

uint32_t tt_late_wait(struct tt_delay *d, unsigned kind)
{
    uint32_t r = tt_late_below(d, 8);

    if (is_lazy(d, kind))
        return UNTIL_IDLE;
    return r < 4 ? 0 : r < 7 ? 1 + tt_late_below(d, 4) : tt_late_below(d, 40);
}

/* ---- life ---- */

/* Streams do not execute at once any more (tt_tensix_init() lets them). */
static void make_late(struct tt_tile *tile)
{
    for (unsigned i = 0; i < TT_N_THREADS; i++)
        tile->tensix.thread[i].slow = TT_FRONT_LATE;
    tile->tensix.running = true;
}

bool tt_delay_attach(struct tt_tile *tile)
{
    struct tt_delay *d =
        mmap(NULL, sizeof(*d), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (d == MAP_FAILED)
        return false;
    d->tile = tile;
    d->chance = mix(tile->chip->delay_seed + 1) + mix(tile->index + 1u);
    tile->delay = d;
    make_late(tile);
    return true;
}

void tt_delay_detach(struct tt_tile *tile)
{
    if (tile->delay)
        munmap(tile->delay, sizeof(*tile->delay));
    tile->delay = NULL;
}

static void settle_tile(struct tt_delay *d)
{
    while (d->n_requests && !d->tile->chip->faulted)
        (void)tt_late_noc_tick(d, true);
}

void tt_delay_settle(struct tt_chip *chip)
{
    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        if (chip->tile[i] && chip->tile[i]->delay)
            settle_tile(chip->tile[i]->delay);
}

/* A fault of a program that is being stopped is no news. */
static void settle_stopped(struct tt_delay *d)
{
    struct tt_chip *chip = d->tile->chip;
    bool faulted = chip->faulted;

    chip->faulted = false;
    while (d->n_requests) {
        settle_tile(d);
        chip->faulted = false;
    }
    chip->faulted = faulted;
}

void tt_delay_reset(struct tt_tile *tile)
{
    struct tt_delay *d = tile->delay;

    /* A core, or a request that is being delivered, may be who resets. */
    if (!tile->in_round && !tile->chip->noc_depth)
        settle_stopped(d);
    memset(d->front, 0, sizeof(d->front));
    memset(d->unit, 0, sizeof(d->unit));
    memset(d->stores, 0, sizeof(d->stores));
    d->results.lreg_mask = 0;
    d->results.has_dst = false;
    make_late(tile);
}

/* ---- turns ---- */

#define MAX_SLICE 9u /* log 2 of the instructions a core executes at once */
#define MIN_TURN  7u /* log 2 of those of a tile in a round */
#define MAX_TURN  13u
#define STEP_COST 4u /* of a look at the units, in instructions */

/* Any core that can run, for any time.
 * Return: instructions executed. */
static uint32_t run_any_core(struct tt_delay *d)
{
    struct tt_tile *tile = d->tile;
    uint32_t active = tile->active;
    uint32_t skip =
        tt_late_below(d, (uint32_t)__builtin_popcount(tile->active));

    while (skip--)
        active &= active - 1;
    return tt_sched_core(tile, (unsigned)__builtin_ctz(active),
                         1u << tt_late_below(d, MAX_SLICE + 1));
}

#define RANK_LASTS 128u

static void draw_ranks(struct tt_delay *d)
{
    for (unsigned i = 0; i < TT_LATE_N_RANKS; i++) {
        unsigned at = tt_late_below(d, i + 1);

        d->rank[i] = d->rank[at];
        d->rank[at] = (uint8_t)i;
    }
    d->rank_left = 1 + tt_late_below(d, RANK_LASTS);
}

/* Nothing of the tile runs: the first by rank of what is late and can go on
 * does so. The last stays behind everything else for a while, as few mistakes
 * need more than one that does.
 * Return: whether the turn goes on; NOC requests go on after it. */
static bool idle(struct tt_delay *d)
{
    if (!d->rank_left)
        draw_ranks(d);
    d->rank_left--;
    for (unsigned i = 0; i < TT_LATE_N_RANKS; i++) {
        if (d->rank[i] == TT_LATE_NOC && d->n_requests)
            return false;
        if (d->rank[i] != TT_LATE_NOC && tt_late_tensix_force(d, d->rank[i]))
            return true;
    }
    return false;
}

/* tt_crew_fn */
static void turn(void *item)
{
    struct tt_tile *tile = item;
    struct tt_delay *d = tile->delay;
    uint32_t left = 1u << (MIN_TURN + tt_late_below(d, MAX_TURN - MIN_TURN));
    uint32_t expanded = 0;

    tile->faulted = false;
    if (tile->clock < tile->chip->now)
        tile->clock = tile->chip->now;
    while (left && !tile->faulted && expanded < TT_MAX_EXPANDED) {
        uint32_t ran = tile->active ? run_any_core(d) + 1u : 0;
        bool moved;

        tile->tensix.expanded = 0;
        moved = tt_late_tensix_step(d) || ran;
        expanded += tile->tensix.expanded;

        if (!moved && !idle(d))
            break;
        d->moved = true;
        ran += STEP_COST;
        left -= ran < left ? ran : left;
    }
}

/* ---- rounds ---- */

static unsigned list_running(struct tt_chip *chip, void **out)
{
    unsigned n = 0;

    for (unsigned i = 0; i < TT_CHIP_TILES; i++) {
        struct tt_tile *tile = chip->tile[i];

        if (tile)
            tile->delay->moved = false;
        if (tile && (tile->active || tt_late_tensix_pending(tile->delay)))
            out[n++] = tile;
    }
    return n;
}

/* Requests, tile by tile. Where nothing ran, time jumps to the next of them;
 * in a tile that is idle beside others it does so sooner or later.
 * Return: whether a request took a step. */
static bool tick(struct tt_chip *chip, bool ran)
{
    bool moved = false;

    for (unsigned i = 0; i < TT_CHIP_TILES && !chip->faulted; i++) {
        struct tt_delay *d = chip->tile[i] ? chip->tile[i]->delay : NULL;

        if (!d || !d->n_requests)
            continue;
        moved |= tt_late_noc_tick(
            d, !ran || (!d->moved && !is_lazy(d, TT_LATE_KIND_TICKS)));
    }
    return moved;
}

bool tt_delay_round(struct tt_chip *chip)
{
    void *list[TT_CHIP_TILES];
    unsigned n = list_running(chip, list);
    bool ran = false, moved;

    chip->now = chip->latest;
    for (unsigned i = 0; i < n; i++)
        ((struct tt_tile *)list[i])->in_round = true;
    tt_crew_run(chip->crew, turn, list, n);
    for (unsigned i = 0; i < n; i++) {
        struct tt_tile *tile = list[i];

        tile->in_round = false;
        ran |= tile->delay->moved;
        if (tile->clock > chip->latest)
            chip->latest = tile->clock;
    }
    moved = tick(chip, ran);
    return ran || moved;
}
