/* SPDX-License-Identifier: MIT */
/*
 * Scripts: lists of register stores and loads that a few RISC-V instructions
 * in L1 carry out, so that any chip behind the seam can run them.
 *
 * A script is one sequence over four cores (BRISC and the three TRISCs); where
 * it passes from one core to another the second waits for the first. What a
 * script leaves in the result area of L1 is its outcome.
 */
#ifndef TT_DIFF_SCRIPT_H
#define TT_DIFF_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/tt_device.h"

#define SCRIPT_CORES 4u /* 0 BRISC, 1..3 TRISC0..2: TT_RISC_* */

/* L1 of a run. Loads of registers leave their values from RESULT on; packers
 * may write anywhere in DATA; INPUT holds the script's random bytes. */
#define SCRIPT_FLAGS       0x03000u
#define SCRIPT_RESULT      0x70000u
#define SCRIPT_DATA        0x80000u
#define SCRIPT_INPUT       0xC0000u
#define SCRIPT_INPUT_SIZE  0x40000u
#define SCRIPT_OUTCOME_LEN (SCRIPT_INPUT - SCRIPT_RESULT)

/** struct script_list - what one core does */
struct script_list {
    uint32_t *word;
    size_t len, cap; /* in words */
};

/** struct script - built by a case, then run on each chip */
struct script {
    struct script_list list[SCRIPT_CORES];
    unsigned core;    /* the one that goes on */
    uint32_t turn;    /* how often the cores have changed */
    uint32_t n_loads; /* results taken */
    uint8_t *input;   /* SCRIPT_INPUT_SIZE bytes */
    uint64_t rng;
    bool failed; /* out of memory, or a list is full */
};

/** script_init - an empty script whose random numbers start from @seed */
void script_init(struct script *s, uint64_t seed);
/** script_fini - free it */
void script_fini(struct script *s);

/** script_random - 32 random bits */
uint32_t script_random(struct script *s);
/** script_below - a random number from 0 to n - 1 */
uint32_t script_below(struct script *s, uint32_t n);
/** script_chance - true in @percent of 100 calls */
bool script_chance(struct script *s, unsigned percent);

/** script_on - the core that carries out what follows */
void script_on(struct script *s, unsigned core);
/** script_store - store @value to @addr */
void script_store(struct script *s, uint32_t addr, uint32_t value);
/** script_load - load @addr and keep the value in the result area */
void script_load(struct script *s, uint32_t addr);

/**
 * script_run - run a script on a chip whose cores are all in reset
 * @s: script
 * @dev: chip
 * @outcome: SCRIPT_OUTCOME_LEN bytes
 *
 * Return: NXS_Success, the status of a failed transfer or of a fault, or
 * NXS_InvalidProgram when the script is too long or does not end.
 */
nxs_status script_run(const struct script *s, struct tt_device *dev,
                      uint8_t *outcome);

#endif
