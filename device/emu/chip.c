/* SPDX-License-Identifier: MIT */
/* The embedded chip as a whole: memories, coordinates, faults. */
#include "device/emu/check.h"
#include "device/emu/crew.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "device/arch.h"

#define WORKER_ROWS 9u /* n150: one of ten rows is harvested */

/* Translated coordinates 16.. to physical ones of NOC 0 (tt-isa-documentation,
 * WormholeB0/NoC/Coordinates.md, without harvesting; x 16 and 17 are not
 * modelled, as in ttsim). */
#define UNTRANSLATED 0xFFu
static const uint8_t physical_x[] = {
    UNTRANSLATED, UNTRANSLATED, 1, 2, 3, 4, 6, 7, 8, 9};
static const uint8_t physical_y[] = {0, 6, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11};

#define FIRST_TRANSLATED 16u
#define FIRST_TENSIX     18u

/* ---- life ---- */

/* From one DRAM tile to the next. Interleaved pages lie at the same place of
 * each bank, and caches find a line by some low bits of its address: at a
 * distance of 2 GiB one page drives out the next, and a copy to the host takes
 * half as long again (measured on Zen 3). */
#define DRAM_STRIDE (TT_DRAM_TILE_SIZE + 17 * 4096u)
#define DRAM_SIZE   (TT_CHIP_DRAM_TILES * DRAM_STRIDE)

/* Streams touch a page or two in each bank per tile: with small pages every one
 * of them is a TLB miss. Without support for huge ones: as before. */
static bool map_dram(struct tt_chip *chip)
{
    uint8_t *map = mmap(NULL, DRAM_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (map == MAP_FAILED)
        return false;
    madvise(map, DRAM_SIZE, MADV_HUGEPAGE);
    for (unsigned i = 0; i < TT_CHIP_DRAM_TILES; i++)
        chip->dram[i] = map + i * DRAM_STRIDE;
    return true;
}

struct tt_chip *tt_chip_new(unsigned n_threads)
{
    struct tt_chip *chip = calloc(1, sizeof(*chip));

    if (!chip)
        return NULL;
    pthread_mutex_init(&chip->turn, NULL);
    pthread_mutex_init(&chip->lock, NULL);
    pthread_mutex_init(&chip->fault_lock, NULL);
    chip->rows = WORKER_ROWS;
    chip->quantum = TT_QUANTUM;
    chip->code = tt_code_cache_new();
    chip->crew = tt_crew_new(n_threads);
    if (!chip->code || !chip->crew) {
        tt_chip_free(chip);
        return NULL;
    }
    if (!map_dram(chip)) {
        tt_chip_free(chip);
        return NULL;
    }
    return chip;
}

void tt_chip_free(struct tt_chip *chip)
{
    if (!chip)
        return;
    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        tt_tile_free(chip->tile[i]);
    if (chip->dram[0])
        munmap(chip->dram[0], DRAM_SIZE);
    if (chip->code)
        tt_code_cache_free(chip->code);
    tt_crew_free(chip->crew);
    free(chip->checker);
    pthread_mutex_destroy(&chip->fault_lock);
    pthread_mutex_destroy(&chip->lock);
    pthread_mutex_destroy(&chip->turn);
    free(chip);
}

struct tt_tile *tt_chip_tile(struct tt_chip *chip, unsigned index)
{
    if (!chip->tile[index])
        chip->tile[index] = tt_tile_new(chip, index);
    return chip->tile[index];
}

/* ---- coordinates ---- */

/* Physical NOC 0 coordinate of one axis, or UNTRANSLATED. Raw coordinates of
 * NOC 1 run the other way. */
static unsigned physical(unsigned noc, unsigned v, unsigned size,
                         const uint8_t *table, unsigned n)
{
    if (v < size)
        return noc ? size - 1 - v : v;
    if (v >= FIRST_TRANSLATED && v - FIRST_TRANSLATED < n)
        return table[v - FIRST_TRANSLATED];
    return UNTRANSLATED;
}

/* Physical Tensix columns skip 0 and 5, rows skip 0 and 6. */
static uint8_t tile_index(unsigned x, unsigned y)
{
    unsigned col = x < 5 ? x - 1 : x - 2;
    unsigned row = y < 6 ? y - 1 : y - 2;

    return (uint8_t)(row * 8 + col);
}

struct tt_place tt_chip_place(unsigned noc, unsigned x, unsigned y)
{
    const struct tt_arch *arch = &tt_arch_wormhole;
    struct tt_place at = {.kind = TT_PLACE_NONE};
    unsigned px =
        physical(noc, x, arch->noc_size_x, physical_x, sizeof(physical_x));
    unsigned py =
        physical(noc, y, arch->noc_size_y, physical_y, sizeof(physical_y));
    char tile;

    if (px == UNTRANSLATED || py == UNTRANSLATED)
        return at;
    at.kind = TT_PLACE_OTHER;
    at.x = (uint8_t)px;
    at.y = (uint8_t)py;
    tile = arch->floor_plan[py][px];
    if (tile == 'T') {
        at.kind = TT_PLACE_TENSIX;
        at.index = tile_index(at.x, at.y);
    } else if (tile >= '0' && tile <= '9') {
        at.kind = TT_PLACE_DRAM;
        at.index = (uint8_t)(tile - '0');
    }
    return at;
}

struct tt_tile *tt_chip_tile_at(struct tt_chip *chip, unsigned noc, unsigned x,
                                unsigned y)
{
    struct tt_place at = tt_chip_place(noc, x, y);

    return at.kind == TT_PLACE_TENSIX ? tt_chip_tile(chip, at.index) : NULL;
}

/* ---- transfers ---- */

static enum tt_step refuse(struct tt_chip *chip, const char *what,
                           uint64_t addr, size_t len)
{
    snprintf(chip->refusal, sizeof(chip->refusal), "%s: %zu bytes at 0x%llx",
             what, len, (unsigned long long)addr);
    return TT_STEP_FAULT;
}

static bool fits(uint64_t addr, size_t len, uint64_t size)
{
    return len <= size && addr <= size - len;
}

static void copy(void *mem, void *buf, size_t len, bool write)
{
    if (write)
        memmove(mem, buf, len);
    else
        memmove(buf, mem, len);
}

static enum tt_step transfer_register(struct tt_tile *tile, uint64_t addr,
                                      void *buf, size_t len, bool write)
{
    uint32_t word;
    enum tt_step step;

    if (len != 4 || addr % 4 || addr > UINT32_MAX)
        return refuse(tile->chip,
                      "beyond L1, and not one aligned 4-byte register", addr,
                      len);
    if (write) {
        memcpy(&word, buf, 4);
        return tt_tile_store(tile, TT_N_RISC, (uint32_t)addr, 4, word);
    }
    step = tt_tile_load(tile, TT_N_RISC, (uint32_t)addr, 4, &word);
    if (step == TT_STEP_DONE)
        memcpy(buf, &word, 4);
    return step;
}

/* DRAM tiles have three NIUs for each NOC, 32 KiB each, NOC 0 first (DRAMTile/
 * README.md, APB peripherals); as in ttsim they only tell where they are. */
#define DRAM_NIU      0x100080000ull
#define DRAM_NIU_SIZE 0x30000u
#define DRAM_NODE_ID  0x2Cu

static enum tt_step transfer_dram(struct tt_chip *chip, struct tt_place at,
                                  uint64_t addr, void *buf, size_t len,
                                  bool write)
{
    uint64_t niu = addr - DRAM_NIU;
    uint32_t id;

    if (fits(addr, len, TT_DRAM_TILE_SIZE)) {
        copy(chip->dram[at.index] + addr, buf, len, write);
        return TT_STEP_DONE;
    }
    if (write || niu >= DRAM_NIU_SIZE)
        return refuse(chip, "beyond the DRAM tile", addr, len);
    if (len != 4 || niu % 0x8000u != DRAM_NODE_ID)
        return refuse(chip, "of a DRAM tile's NIU only NOC_NODE_ID is modelled",
                      addr, len);
    id = tt_noc_node_id(niu / 0x8000u % 2, at.x, at.y);
    memcpy(buf, &id, sizeof(id));
    return TT_STEP_DONE;
}

enum tt_step tt_chip_transfer(struct tt_chip *chip, struct tt_place at,
                              uint64_t addr, void *buf, size_t len, bool write)
{
    struct tt_tile *tile;

    if (at.kind == TT_PLACE_NONE || at.kind == TT_PLACE_OTHER)
        return refuse(chip, "no Tensix or DRAM tile there", addr, len);
    if (at.kind == TT_PLACE_DRAM)
        return transfer_dram(chip, at, addr, buf, len, write);

    tile = tt_chip_tile(chip, at.index);
    if (!tile)
        return refuse(chip, "no host memory for the tile", addr, len);
    if (addr >= TT_L1_SIZE)
        return transfer_register(tile, addr, buf, len, write);
    if (!fits(addr, len, TT_L1_SIZE))
        return refuse(chip, "leaves L1", addr, len);
    copy(tile->l1 + addr, buf, len, write);
    if (write && len)
        tt_tile_l1_written(tile, (uint32_t)addr, (uint32_t)len);
    return TT_STEP_DONE;
}

enum tt_step tt_chip_access(struct tt_chip *chip, unsigned noc, unsigned x,
                            unsigned y, uint64_t addr, void *buf, size_t len,
                            bool write)
{
    return tt_chip_transfer(chip, tt_chip_place(noc, x, y), addr, buf, len,
                            write);
}

/* ---- faults ---- */

/* The first fault counts; of those of one round, which has no order, that of
 * the lowest tile. */
static bool is_news(const struct tt_tile *tile)
{
    const struct tt_chip *chip = tile->chip;

    return !chip->faulted || (tile->in_round && tile->index < chip->fault_tile);
}

struct tt_fault_place tt_tile_place(const struct tt_tile *tile, unsigned risc)
{
    struct tt_fault_place at = {
        .x = tile->index % 8u, .y = tile->index / 8u, .risc = (uint8_t)risc};

    if (risc < TT_N_RISC) {
        at.pc = tile->rv[risc].pc;
        tt_rv32_callers(&tile->rv[risc], at.caller);
    }
    return at;
}

static const char no_memory[] = "no host memory for %s";

void tt_chip_fault(struct tt_tile *tile, unsigned risc, const char *fmt, ...)
{
    struct tt_chip *chip = tile->chip;
    va_list args;

    tile->faulted = true;
    pthread_mutex_lock(&chip->fault_lock);
    if (is_news(tile)) {
        chip->fault_at = tile->check ? tt_check_place(tile, risc)
                                     : tt_tile_place(tile, risc);
        va_start(args, fmt);
        vsnprintf(chip->fault, sizeof(chip->fault), fmt, args);
        va_end(args);
        chip->starved = fmt == no_memory;
        chip->fault_tile = tile->index;
        chip->faulted = true;
    }
    pthread_mutex_unlock(&chip->fault_lock);
}

void tt_chip_starve(struct tt_tile *tile, unsigned risc, const char *what)
{
    tt_chip_fault(tile, risc, no_memory, what);
}
