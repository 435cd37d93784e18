/* SPDX-License-Identifier: MIT */
/*
 * Scripts: lists of register stores and loads and of calls of RISC-V code, as
 * one sequence over the cores of a few tiles. run.c carries them out on any
 * chip behind the seam.
 *
 * What a script leaves in its tiles' L1 and in its areas is its outcome.
 */
#ifndef TT_DIFF_SCRIPT_H
#define TT_DIFF_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_CORES 5u /* of a tile; TT_RISC_*: BRISC, TRISC0..2, NCRISC */
#define SCRIPT_TILES 4u
#define SCRIPT_AREAS 96u

/* L1 of each tile in a run. The first 2 KiB but for two words belong to called
 * code, which reaches them without a base register. Loads leave their values
 * from RESULT on; packers may write anywhere in DATA; INPUT of the first tile
 * holds the script's random bytes; called code lies in CODE. */
#define SCRIPT_RETURN     0x00040u /* return address of each core's call */
#define SCRIPT_SCRATCH    0x00100u /* to 0x800 */
#define SCRIPT_FLAGS      0x03000u
#define SCRIPT_PROGRAM    0x14000u /* what run.c makes of the script */
#define SCRIPT_RESULT     0x70000u
#define SCRIPT_DATA       0x80000u
#define SCRIPT_INPUT      0xC0000u
#define SCRIPT_INPUT_SIZE 0x40000u
#define SCRIPT_CODE       0x100000u
#define SCRIPT_CODE_SIZE  0x10000u
#define SCRIPT_NOP        0x00000013u /* fills CODE: addi x0, x0, 0 */

/** enum script_op - what an entry does */
enum script_op {
    SCRIPT_STORE, /* a word to an address, by a core */
    SCRIPT_LOAD,  /* a word from an address to the next place of RESULT */
    SCRIPT_CALL,  /* code at an address, which ends with script_return() */
    SCRIPT_POKE,  /* a word of L1, by the host before anything runs */
    SCRIPT_N_OPS
};

/** struct script_entry - one step; @tile, @core: who does it */
struct script_entry {
    uint32_t addr, value;
    uint8_t op, tile, core;
};

/** struct script_area - memory outside the script's tiles that is compared
 *  @x, @y: as in struct tt_noc_addr
 *  @fill: seed of what it holds before the run; 0: not written */
struct script_area {
    uint8_t x, y;
    uint64_t addr;
    uint32_t len, fill;
};

/** struct script - built by a case, then run on each chip */
struct script {
    struct script_entry *entry;
    size_t len, cap;
    unsigned tile, core; /* who goes on */
    struct {
        uint8_t x, y; /* logical worker coordinates */
    } at[SCRIPT_TILES];
    unsigned n_tiles;
    struct script_area area[SCRIPT_AREAS];
    unsigned n_areas;
    uint8_t *input; /* SCRIPT_INPUT_SIZE bytes */
    uint64_t rng;
    bool failed; /* out of memory */
};

/** script_init - an empty script of one tile, whose random numbers start from
 *  @seed */
void script_init(struct script *s, uint64_t seed);
/** script_fini - free it */
void script_fini(struct script *s);
/** script_copy - initialise @s as a copy of @from; may fail as script_init() */
void script_copy(struct script *s, const struct script *from);

/** script_random - 32 random bits. One full expression must not ask for more
 *  than one random number: scripts shall not depend on the compiler. */
uint32_t script_random(struct script *s);
/** script_below - a random number from 0 to n - 1 */
uint32_t script_below(struct script *s, uint32_t n);
/** script_chance - true in @percent of 100 calls */
bool script_chance(struct script *s, unsigned percent);

/** script_add_tile - one more tile, at a logical worker coordinate; returns
 *  its index */
unsigned script_add_tile(struct script *s, unsigned x, unsigned y);
/** script_add_area - compare this memory too */
void script_add_area(struct script *s, struct script_area area);

/** script_on - the core of the present tile that carries out what follows */
void script_on(struct script *s, unsigned core);
/** script_on_tile - the same, on another tile */
void script_on_tile(struct script *s, unsigned tile, unsigned core);
/** script_store - store @value to @addr */
void script_store(struct script *s, uint32_t addr, uint32_t value);
/** script_load - load @addr and keep the value in the result area */
void script_load(struct script *s, uint32_t addr);
/** script_call - run code at @addr of L1 or of a core's instruction RAM */
void script_call(struct script *s, uint32_t addr);
/** script_poke - a word of the present tile's L1 before the run */
void script_poke(struct script *s, uint32_t addr, uint32_t value);
/** script_return - poke at @addr the two instructions that end a call; they
 *  change x1 */
void script_return(struct script *s, uint32_t addr);

#endif
