/* SPDX-License-Identifier: MIT */
/* The embedded chip: tiles, memories, NOC, scheduler. No globals. */
#ifndef TT_EMU_CHIP_H
#define TT_EMU_CHIP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/emu/debug.h"
#include "device/emu/rv32.h"
#include "device/emu/tensix.h"
#include "device/tt_device.h"

#define TT_CHIP_TILES      80u /* 8 columns x 10 rows of Tensix */
#define TT_CHIP_DRAM_TILES 6u
#define TT_DRAM_TILE_SIZE  0x80000000ull

/* Instructions of a tile before its turn is over: usual, and the most. Results
 * do not depend on it (sched.c). */
#define TT_QUANTUM     16000u
#define TT_QUANTUM_MAX 1000000u

/* Why somebody wants to know of writes into an L1 page. */
#define TT_PAGE_CODE    1u /* some core has decoded code of this page */
#define TT_PAGE_WATCHED 2u /* a parked core polls a word of it */

/** struct tt_niu - registers of one NOC interface (NoC/MemoryMap.md) */
struct tt_niu {
    uint32_t reg[4][16]; /* per initiator: command registers by offset / 4 */
    uint32_t cfg[8];     /* NIU_CFG_0, ROUTER_CFG_0.. */
    uint32_t rd_resp, wr_ack, atomic_resp;
    uint32_t nonposted_wr_sent, posted_wr_sent, posted_atomic_sent;
    uint8_t outstanding[16]; /* by transaction id */
    uint8_t outgoing[16];    /* writes that have not left; only with a delay */
};

/** struct tt_tile - one Tensix tile */
struct tt_tile {
    struct tt_tensix tensix; /* first: tiles begin at a page */
    struct tt_chip *chip;
    struct tt_delay *delay; /* what happens late (delay.h), or NULL */
    uint8_t index;          /* row * 8 + column */
    uint8_t noc_x, noc_y;   /* physical NOC 0 coordinate */
    uint8_t *l1;            /* TT_L1_SIZE bytes, reserved, not committed */
    struct tt_check *check; /* NULL: nothing is checked (check.h) */
    uint8_t page_flags[TT_RV32_L1_PAGES]; /* TT_PAGE_* */
    struct tt_rv32 rv[TT_N_RISC];
    struct tt_niu niu[2];
    uint32_t soft_reset;
    uint32_t reset_pc[TT_N_RISC]; /* override values */
    uint32_t reset_pc_enable;     /* bit per RISC index */
    uint8_t nc_iram[TT_NC_IRAM_SIZE];
    uint32_t xmov_src, xmov_size;
    struct tt_debug debug;
    uint32_t overlay[64][4]; /* stream scratch registers */
    bool mailbox_full[4][4]; /* [from][to] */
    uint32_t mailbox[4][4];
    uint32_t active;             /* bit per RISC: RUN or STALLED-retry */
    uint32_t blocked[TT_N_RISC]; /* register a STALLED core waits at */
    uint64_t clock;   /* wall clock as this tile sees it, >= chip->now */
    uint32_t ahead;   /* of @clock, while a core runs, when it loads */
    bool in_round;    /* other tiles may be running: keep out of them */
    bool faulted;     /* a core has faulted in this turn */
    uint32_t put_off; /* bit per RISC: stalled at a request to other tiles */
};

/** enum tt_place_kind - what a NOC coordinate leads to */
enum tt_place_kind {
    TT_PLACE_NONE,  /* off the grid, or no translation */
    TT_PLACE_OTHER, /* Ethernet, PCIe, ARC: not modelled */
    TT_PLACE_TENSIX,
    TT_PLACE_DRAM
};

/** struct tt_place - a tile by its place in the chip
 *  @kind: enum tt_place_kind
 *  @index: Tensix tile (row * 8 + column) or DRAM tile
 *  @x, @y: physical NOC 0 coordinate */
struct tt_place {
    uint8_t kind, index;
    uint8_t x, y;
};

struct tt_code_cache; /* decoded pages by content, shared by all tiles */
struct tt_crew;       /* host threads */
struct tt_delay;      /* what a tile does late */
struct tt_check;      /* what the sanitizer knows of a tile */
struct tt_checker;    /* and of the chip */

/** struct tt_chip - one chip */
struct tt_chip {
    struct tt_device dev; /* first: recovered from the seam's pointer */
    struct tt_tile *tile[TT_CHIP_TILES];
    uint8_t *dram[TT_CHIP_DRAM_TILES]; /* 2 GiB each, reserved only */
    struct tt_code_cache *code;
    struct tt_crew *crew;
    struct tt_checker *checker; /* NULL: nothing is checked */
    unsigned rows;              /* worker rows that are not harvested: 9 */
    bool faulted;               /* fault[] holds a report not yet handed up */
    bool starved;               /* it is about the host's memory */
    uint8_t fault_tile;         /* whose it is */
    pthread_mutex_t fault_lock;
    struct tt_fault_place fault_at;
    char fault[400];     /* what; fault_at says who */
    char refusal[192];   /* why the last access from outside a core failed */
    uint64_t now;        /* wall clock at the start of the round */
    uint64_t latest;     /* the most that a tile's clock shows */
    uint32_t quantum;    /* instructions of a tile's turn, at most */
    uint32_t turn_work;  /* those of this round */
    uint64_t active[2];  /* bit per tile: tile->active may be nonzero */
    unsigned noc_depth;  /* NOC requests being performed */
    bool delayed;        /* tiles do everything late (delay.h) ... */
    uint64_t delay_seed; /* ... in an order drawn from this */
    /* The seam's operations take turn, then lock, then release turn: a thread
     * that runs the chip slice after slice cannot starve another one. */
    pthread_mutex_t turn, lock;
};

/** tt_tile_activate - make a core runnable for the scheduler */
static inline void tt_tile_activate(struct tt_tile *tile, unsigned risc)
{
    uint64_t *word = &tile->chip->active[tile->index / 64];
    uint64_t bit = 1ull << tile->index % 64;

    tile->active |= 1u << risc;
    /* During a round the bit is set and stays so: threads only read it. */
    if (!(*word & bit))
        *word |= bit;
}

/* ---- tile.c: what a RISC-V core or the NOC sees of a tile ---- */

/**
 * tt_tile_new - a tile at power-on: all cores in reset, L1 zero
 * @chip: chip it belongs to
 * @index: row * 8 + column
 *
 * Return: the tile, or NULL when out of memory.
 */
struct tt_tile *tt_tile_new(struct tt_chip *chip, unsigned index);
/** tt_tile_free - free a tile; NULL is ignored */
void tt_tile_free(struct tt_tile *tile);

/**
 * tt_tile_refuse - refuse a register access or a NOC request
 * @tile: tile that refuses
 * @risc: core that asked: its fault is recorded (tt_chip_fault()); with
 *        TT_N_RISC the text goes to chip->refusal, for the one who asked
 *
 * Return: TT_STEP_FAULT.
 */
enum tt_step tt_tile_refuse(struct tt_tile *tile, unsigned risc,
                            const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * tt_tile_load - load from anything but L1 and local memory
 * @tile: tile
 * @risc: who loads; TT_N_RISC for the NOC or the host
 * @addr: address, not yet checked
 * @size: 1, 2 or 4 (registers take only 4)
 * @out: the value, zero-extended
 *
 * Return: TT_STEP_DONE; TT_STEP_WAIT (retry later, nothing changed); or
 * TT_STEP_FAULT (recorded).
 */
enum tt_step tt_tile_load(struct tt_tile *tile, unsigned risc, uint32_t addr,
                          unsigned size, uint32_t *out);
/** tt_tile_store - the store of tt_tile_load() */
enum tt_step tt_tile_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                           unsigned size, uint32_t value);

/** tt_tile_load_is_pure - whether a load of this register has no effect and
 *  its value changes only when tt_tile_changed() is called (so that a core
 *  that polls it may be parked) */
bool tt_tile_load_is_pure(const struct tt_tile *tile, unsigned risc,
                          uint32_t addr);

/** tt_tile_load_is_repeatable - whether a load of this register has no effect,
 *  though changes of its value are not announced (so that a core that polls it
 *  may leave the rest of its slice to others) */
bool tt_tile_load_is_repeatable(const struct tt_tile *tile, uint32_t addr);

/**
 * tt_tile_l1_written - somebody wrote L1: drop decoded code, wake pollers
 * @tile: tile
 * @addr: first byte; inside L1
 * @len: bytes; the range ends inside L1
 *
 * RISC-V stores call it only for pages with TT_PAGE_WATCHED (their own code
 * changes are seen after an i-cache drop only); packers, NOC and host for all.
 */
void tt_tile_l1_written(struct tt_tile *tile, uint32_t addr, uint32_t len);

/** tt_tile_changed - a register that cores may wait for has changed: wakes
 *  STALLED cores and those parked with watch_mmio */
void tt_tile_changed(struct tt_tile *tile);

/** tt_tile_set_reset - write SOFT_RESET_0: starts and holds cores */
enum tt_step tt_tile_set_reset(struct tt_tile *tile, unsigned risc,
                               uint32_t value);

/* ---- chip.c ---- */

/** tt_chip_new - a chip with all cores in reset; tiles are made when first
 *  touched; NULL when out of memory
 *  @n_threads: host threads that may run it, 1 .. TT_CREW_MAX */
struct tt_chip *tt_chip_new(unsigned n_threads);
/** tt_chip_free - free a chip; NULL is ignored */
void tt_chip_free(struct tt_chip *chip);

/** tt_chip_tile - Tensix tile @index, made if need be; NULL: out of memory */
struct tt_tile *tt_chip_tile(struct tt_chip *chip, unsigned index);

/** tt_chip_place - what lies at a coordinate of NOC @noc (raw or translated);
 *  any numbers */
struct tt_place tt_chip_place(unsigned noc, unsigned x, unsigned y);

/** tt_chip_fault - record the first fault of a run, with tile, RISC and pc
 *  (risc == TT_N_RISC: no core); later ones are dropped */
void tt_chip_fault(struct tt_tile *tile, unsigned risc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** tt_chip_starve - the same, but the host has no memory for @what */
void tt_chip_starve(struct tt_tile *tile, unsigned risc, const char *what);

/**
 * tt_chip_access - a transfer to any tile, by coordinate of NOC @noc
 * @noc: 0 or 1: whose coordinates @x, @y are (translated or raw)
 * @write: direction
 *
 * Memory takes any size, registers 4 aligned bytes.
 *
 * Return: TT_STEP_DONE or TT_STEP_FAULT (no fault recorded: the caller knows
 * who asked; the reason is in chip->refusal).
 */
enum tt_step tt_chip_access(struct tt_chip *chip, unsigned noc, unsigned x,
                            unsigned y, uint64_t addr, void *buf, size_t len,
                            bool write);

/** tt_chip_transfer - tt_chip_access() to a place already looked up */
enum tt_step tt_chip_transfer(struct tt_chip *chip, struct tt_place at,
                              uint64_t addr, void *buf, size_t len, bool write);

/** tt_tile_place - where a core of a tile is now, for a report */
struct tt_fault_place tt_tile_place(const struct tt_tile *tile, unsigned risc);

/** tt_chip_tile_at - the Tensix tile at a coordinate, or NULL */
struct tt_tile *tt_chip_tile_at(struct tt_chip *chip, unsigned noc, unsigned x,
                                unsigned y);

/* ---- noc.c ---- */

/** tt_noc_init - power-on state of both interfaces of a tile */
void tt_noc_init(struct tt_tile *tile);

/** tt_noc_node_id - NOC_NODE_ID of the tile at a physical coordinate of NOC 0:
 *  coordinate on @noc, size of the grid, direction of flow */
uint32_t tt_noc_node_id(unsigned noc, unsigned x, unsigned y);
/** tt_noc_load - register load of an NIU at offset 0..0xFFFF */
enum tt_step tt_noc_load(struct tt_tile *tile, unsigned risc, unsigned noc,
                         uint32_t offset, uint32_t *out);
/** tt_noc_store - register store; a store to CMD_CTRL performs the request */
enum tt_step tt_noc_store(struct tt_tile *tile, unsigned risc, unsigned noc,
                          uint32_t offset, uint32_t value);

/* ---- sched.c ---- */

/**
 * tt_chip_run - one round: a turn of every tile that has something to run
 * @chip: chip
 *
 * The result does not depend on the number of host threads.
 *
 * Return: true if anything ran; false if every core is held, parked or
 * stalled, so that nothing changes until the host acts.
 */
bool tt_chip_run(struct tt_chip *chip);

/* ---- code.c (rv32): decoded pages ---- */

/** tt_code_cache_new - empty cache; NULL when out of memory */
struct tt_code_cache *tt_code_cache_new(void);
/** tt_code_cache_watch - loads and stores of all pages decoded from now on are
 *  to be watched (TT_RV32_CHECKED_LOAD) */
void tt_code_cache_watch(struct tt_code_cache *cache);
/** tt_code_cache_free - free it; all cores must have dropped their pages */
void tt_code_cache_free(struct tt_code_cache *cache);

#endif
