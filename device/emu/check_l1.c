/* SPDX-License-Identifier: MIT */
/*
 * The kernel sanitizer's memory: which bytes of L1 the present launch has
 * written, and by vector clocks, which writes are ordered.
 *
 * Every core of every tile is an actor, its coprocessor thread and its NOC
 * requests with it. A core's clock ticks with each of its writes. A load by a
 * RISC-V core orders it behind the core whose value it sees: any word may be a
 * flag. So do Tensix semaphores, mutexes, mailboxes and banks. An actor takes
 * over all that the other has seen by now, which may be more than at the time
 * of the write: races may be missed, but none is made up.
 *
 * Of other tiles, a tile keeps what was known there when they last wrote here
 * (tt_check.known): it changes between rounds only, in a fixed order.
 */
#include "device/emu/check.h"

#include <stdlib.h>

#define CORE_OF(tile, risc) ((tile)->index * TT_N_RISC + (risc))

/* What a launch leaves there is nothing to the next one: circular buffers and
 * scratch, and arguments beyond those that the host keeps up to date. Firmware,
 * kernels, tables and buffers stay. */
static bool is_of_launch(const struct tt_check *check, uint32_t addr)
{
    return (addr >= TT_L1_DATA && addr < check->own_end) ||
           (addr >= TT_L1_ARGS && addr < TT_L1_COORDS &&
            addr >= check->args_end);
}

/* Bytes of the word at @word that lie in [addr, addr + len). */
static uint8_t bytes_of(uint32_t word, uint32_t addr, uint32_t len)
{
    uint32_t first = addr > word ? addr - word : 0;
    uint32_t end = addr + len < word + 4 ? addr + len - word : 4;

    return (uint8_t)((1u << end) - (1u << first));
}

static void join(struct tt_check_clock *to, const struct tt_check_clock *from)
{
    for (unsigned i = 0; i < TT_CHECK_ACTORS; i++)
        to->of[i] = to->of[i] > from->of[i] ? to->of[i] : from->of[i];
}

/* Order a core behind write number @clock of @actor, on tile @at. */
static void order_behind(struct tt_check *mine, struct tt_tile *at,
                         unsigned risc, unsigned actor, uint32_t clock)
{
    struct tt_check_clock *own = &mine->core[risc];
    uint32_t before = own->of[actor];
    unsigned tile = actor / TT_N_RISC;
    const struct tt_check_clock *seen =
        tile == at->index ? &at->check->core[actor % TT_N_RISC]
                          : at->check->known[tile];

    if (before >= clock)
        return;
    if (seen)
        join(own, seen);
    own->of[actor] = clock;
}

static void tick(struct tt_check *check, unsigned risc)
{
    uint32_t *own = &check->core[risc].of[CORE_OF(check->tile, risc)];

    if (*own < UINT32_MAX)
        (*own)++;
}

static struct tt_fault_place writer_of(const struct tt_check_cell *cell)
{
    unsigned tile = cell->actor / TT_N_RISC;

    return (struct tt_fault_place){.x = tile % 8u,
                                   .y = (uint8_t)(tile / 8u),
                                   .risc = (uint8_t)(cell->actor % TT_N_RISC),
                                   .pc = cell->pc};
}

/* Where the bytes are, in messages. */
static const char *place_name(const struct tt_tile *tile,
                              const struct tt_tile *at)
{
    return tile == at ? "" : " of another core";
}

/* ---- writes ---- */

static void note_bytes(struct tt_check *check, uint32_t word, uint8_t bytes)
{
    struct tt_check_cell *cell = &check->cell[word / 4];
    bool stale =
        is_of_launch(check, word) && cell->written >> 4 < check->launch;

    cell->written =
        check->launch << 4 | (stale ? 0 : cell->written & 15u) | bytes;
}

/* The bytes belong to the launch that is being prepared. Nobody knows yet what
 * will be its own: what is there already stays. */
void tt_check_host_write(struct tt_check *check, uint32_t addr, uint32_t len)
{
    for (uint32_t word = addr & ~3u; word < addr + len; word += 4) {
        struct tt_check_cell *cell = &check->cell[word / 4];
        bool stale = word < TT_L1_DATA && is_of_launch(check, word) &&
                     cell->written >> 4 <= check->launch;

        cell->actor = TT_CHECK_NOBODY;
        cell->clock = 0;
        cell->written = (check->launch + 1) << 4 |
                        (stale ? 0 : cell->written & 15u) |
                        bytes_of(word, addr, len);
    }
}

static void object_to_write(struct tt_tile *tile, unsigned risc,
                            const struct tt_tile *at,
                            const struct tt_check_cell *cell, uint32_t word)
{
    struct tt_fault_place other = writer_of(cell);

    tt_check_report(tile, TT_CHECK_RACE, risc, &other,
                    "race: writes L1 0x%x%s, and nothing orders that with the "
                    "write by",
                    word, place_name(tile, at));
}

/* Whether the cell's last write may come after what the core does now. */
static bool is_unordered(const struct tt_check *mine, unsigned risc,
                         const struct tt_check_cell *cell, uint8_t bytes)
{
    return cell->actor != TT_CHECK_NOBODY && cell->bytes & bytes &&
           mine->core[risc].of[cell->actor] < cell->clock;
}

/* What other tiles may learn of a core through the L1 of @at. */
static void publish(struct tt_check *mine, unsigned risc, struct tt_tile *at)
{
    struct tt_check_clock **known = &at->check->known[mine->tile->index];

    if (mine->tile == at)
        return;
    if (!*known)
        *known = calloc(1, sizeof(**known));
    if (*known)
        join(*known, &mine->core[risc]);
    else /* without memory: rather miss races than make some up */
        tt_check_order_all(at->chip);
}

static void write_cell(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                       uint32_t word, uint8_t bytes)
{
    struct tt_check *there = at->check;
    struct tt_check_cell *cell = &there->cell[word / 4];

    if (cell->actor != CORE_OF(tile, risc) &&
        is_unordered(tile->check, risc, cell, bytes))
        object_to_write(tile, risc, at, cell, word);
    note_bytes(there, word, bytes);
    cell->actor = (uint16_t)CORE_OF(tile, risc);
    cell->clock = tile->check->core[risc].of[cell->actor];
    cell->bytes = bytes;
    if (cell->sync)
        join(there->word[cell->sync], &tile->check->core[risc]);
}

void tt_check_write(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                    uint32_t addr, uint32_t len)
{
    uint32_t pc = tt_check_pc(tile, risc);

    tick(tile->check, risc);
    publish(tile->check, risc, at);
    for (uint32_t word = addr & ~3u; word < addr + len; word += 4) {
        write_cell(tile, risc, at, word, bytes_of(word, addr, len));
        at->check->cell[word / 4].pc = pc;
    }
}

/* ---- reads ---- */

/* Which of the bytes of a word that are read nobody has written. */
static unsigned missing(const struct tt_check *check, uint32_t word,
                        uint8_t bytes)
{
    const struct tt_check_cell *cell = &check->cell[word / 4];
    bool fresh =
        !is_of_launch(check, word) || cell->written >> 4 >= check->launch;

    /* The rest of a shard that is not full is nobody's. */
    if (word >= check->own_end)
        return 0;
    return bytes & ~(fresh ? cell->written : 0u);
}

static void object_to_read(struct tt_tile *tile, unsigned risc,
                           const struct tt_tile *at, uint32_t word,
                           uint32_t addr, uint32_t len)
{
    unsigned bytes = missing(at->check, word, bytes_of(word, addr, len));

    tt_check_report(tile, TT_CHECK_UNWRITTEN, risc, NULL,
                    "reads %u bytes from L1 0x%x%s, but 0x%x was not written "
                    "in this launch",
                    len, addr, place_name(tile, at),
                    word + (unsigned)__builtin_ctz(bytes));
}

static void object_to_order(struct tt_tile *tile, unsigned risc,
                            const struct tt_tile *at,
                            const struct tt_check_cell *cell, uint32_t word)
{
    struct tt_fault_place other = writer_of(cell);

    tt_check_report(tile, TT_CHECK_RACE, risc, &other,
                    "race: reads L1 0x%x%s, and nothing orders that with the "
                    "write by",
                    word, place_name(tile, at));
}

/* A word that is polled may have been changed by several; its own clock
 * has them all. */
static void order_behind_word(struct tt_tile *tile, unsigned risc,
                              struct tt_tile *at,
                              const struct tt_check_cell *cell)
{
    if (cell->actor != TT_CHECK_NOBODY)
        order_behind(tile->check, at, risc, cell->actor, cell->clock);
    if (cell->sync)
        join(&tile->check->core[risc], at->check->word[cell->sync]);
}

void tt_check_read(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                   uint32_t addr, uint32_t len, bool polls)
{
    for (uint32_t word = addr & ~3u; word < addr + len; word += 4) {
        struct tt_check_cell *cell = &at->check->cell[word / 4];
        uint8_t bytes = bytes_of(word, addr, len);

        if (missing(at->check, word, bytes)) {
            object_to_read(tile, risc, at, word, addr, len);
            return;
        }
        if (polls || cell->sync)
            order_behind_word(tile, risc, at, cell);
        else if (is_unordered(tile->check, risc, cell, bytes))
            object_to_order(tile, risc, at, cell, word);
    }
}

/* ---- what orders cores ---- */

/* The clock of a word with atomics; the last one is shared by all for which
 * there is no other. */
static struct tt_check_clock *clock_of(struct tt_check *check,
                                       struct tt_check_cell *cell)
{
    if (!cell->sync) {
        cell->sync = (uint8_t)check->n_words;
        if (check->n_words < TT_CHECK_SYNC - 1)
            check->n_words++;
    }
    if (!check->word[cell->sync])
        check->word[cell->sync] = calloc(1, sizeof(struct tt_check_clock));
    return check->word[cell->sync];
}

void tt_check_atomic(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                     uint32_t addr)
{
    struct tt_check_cell *cell = &at->check->cell[addr / 4];
    struct tt_check_clock *clock = clock_of(at->check, cell);

    if (missing(at->check, addr, 15))
        object_to_read(tile, risc, at, addr, addr, 4);
    tick(tile->check, risc);
    publish(tile->check, risc, at);
    if (clock) {
        order_behind_word(tile, risc, at, cell);
        join(clock, &tile->check->core[risc]);
    } else { /* no memory, as in publish() */
        cell->sync = 0;
        tt_check_order_all(at->chip);
    }
    note_bytes(at->check, addr, 15);
    cell->actor = TT_CHECK_NOBODY;
}

void tt_check_learn(struct tt_tile *tile, unsigned risc, unsigned sync)
{
    join(&tile->check->core[risc], &tile->check->sync[sync]);
}

void tt_check_join(struct tt_tile *tile, unsigned risc, unsigned sync)
{
    tt_check_learn(tile, risc, sync);
    join(&tile->check->sync[sync], &tile->check->core[risc]);
}

void tt_check_order(struct tt_tile *tile)
{
    struct tt_check_clock all = {{0}};

    for (unsigned i = 0; i < TT_CHECK_ACTORS; i++) {
        const struct tt_tile *of = tile->chip->tile[i / TT_N_RISC];

        all.of[i] = of ? of->check->core[i % TT_N_RISC].of[i] : 0;
    }
    for (unsigned risc = 0; risc < TT_N_RISC; risc++)
        tile->check->core[risc] = all;
}

void tt_check_order_all(struct tt_chip *chip)
{
    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        if (chip->tile[i])
            tt_check_order(chip->tile[i]);
}
