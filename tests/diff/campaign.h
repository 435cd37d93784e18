/* SPDX-License-Identifier: MIT */
/* Many scripts, in several worker processes. */
#ifndef TT_DIFF_CAMPAIGN_H
#define TT_DIFF_CAMPAIGN_H

#include "tests/diff/cases.h"
#include "tests/diff/coverage.h"
#include "tests/diff/pair.h"

/** struct campaign_result - of one script */
struct campaign_result {
    uint64_t hash;   /* zero if it was refused */
    uint8_t verdict; /* enum pair_verdict */
    bool done;
};

/**
 * struct campaign - what to do
 * @pair: chips
 * @cases, @n_cases: kinds of scripts
 * @n_each: scripts of each case, with the seeds from @first_seed on
 * @n_workers: processes
 * @n_minimised: differences to cut down; more are only named
 * @folder: where reproducers of differences go
 * @result: one for each script, by case and then by seed; in shared memory,
 *          from campaign_run()
 * @coverage: in shared memory, from campaign_run()
 */
struct campaign {
    const struct pair *pair;
    const struct diff_case *cases;
    unsigned n_cases, n_each, n_workers, n_minimised;
    uint64_t first_seed;
    const char *folder;
    struct campaign_result *result;
    struct coverage *coverage;
};

/**
 * campaign_run - run all scripts, minimise and print every difference, print
 * a line for each case
 * @c: what to do
 *
 * Return: the number of differences, of scripts that nobody ran, too.
 */
unsigned campaign_run(struct campaign *c);

/** campaign_build - build the script of a case and seed; to be freed with
 *  script_fini() */
void campaign_build(struct script *s, const struct diff_case *which,
                    uint64_t seed);

#endif
