/* SPDX-License-Identifier: MIT */
/* One process of the fault sweep: a scenario with a call failing. */
#ifndef TT_FAULT_TRIAL_H
#define TT_FAULT_TRIAL_H

#include <stdbool.h>
#include <stdio.h>

#include "tests/fault/scenario.h"

/** struct answer - of a process to its parent, in memory that both see
 *  @n_failed: calls that failed; 1 until the process has come to its end */
struct answer {
    unsigned n_failed;
    struct scenario_result first;
};

/** struct trial - what a process does
 *  @scenario: see scenario.h
 *  @what, @nth, @lasting: what fails, see inject.h
 *  @folder: for its cache, temporary files, trace and log
 *  @answer: where it says how it went
 *  @kept: blocks of memory that the library keeps on purpose
 *  @counted: where to write how many those are; NULL: compare */
struct trial {
    const char *scenario, *what;
    unsigned nth;
    bool lasting;
    const char *folder;
    struct answer *answer;
    long kept;
    FILE *counted;
};

/**
 * trial_run - the scenario with a call failing, then without, and the end of
 * the process, which is a fork of its caller's
 *
 * Exit status 0: reported or done rightly, and nothing is left; what the first
 * pass came to is in the answer. All else is in the log.
 */
_Noreturn void trial_run(const struct trial *trial);

#endif
