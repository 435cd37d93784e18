/* SPDX-License-Identifier: MIT */
/* How often each instruction was part of a script that both chips agree on. */
#ifndef TT_DIFF_COVERAGE_H
#define TT_DIFF_COVERAGE_H

#include <stdatomic.h>
#include <stdio.h>

#include "tests/diff/script.h"

#define COVERAGE_RV32 64u /* at least the number of RV32IM instructions */

/** struct coverage - counts; may lie in memory that processes share */
struct coverage {
    _Atomic uint64_t tensix[256]; /* by opcode */
    _Atomic uint64_t rv32[COVERAGE_RV32];
};

/** coverage_add - count the instructions of a script: those that its cores
 *  push, and those of the code that it calls */
void coverage_add(struct coverage *c, const struct script *s);

/**
 * coverage_print - table of all instructions that ttsim models
 * @c: counts
 * @to: where to
 *
 * Return: how many were never counted.
 */
unsigned coverage_print(const struct coverage *c, FILE *to);

#endif
