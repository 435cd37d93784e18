/* SPDX-License-Identifier: MIT */
/* Running one script on two chips, in a process of its own. */
#ifndef TT_DIFF_PAIR_H
#define TT_DIFF_PAIR_H

#include <stdio.h>

#include "tests/diff/run.h"

/** struct pair - the chip under test and the one that decides
 *  @open: called in the process of a script */
struct pair {
    const char *name[2];
    nxs_status (*open[2])(struct tt_device **out);
};

/** enum pair_verdict - how the two compare */
enum pair_verdict {
    PAIR_EQUAL,
    PAIR_BOTH_REFUSE,
    PAIR_DIFFER,
    PAIR_FIRST_REFUSES, /* and the second does not */
    PAIR_SECOND_REFUSES,
    PAIR_CRASH /* the first ended the process, or hung */
};

/** struct pair_report - filled by the script's process; lies in memory that is
 *  shared with it
 *  @done, @refused: of each chip; the second one may end the process
 *  @n_differ: bytes
 *  @at, @byte: of the first that differs
 *  @hash: of the outcome of the second chip
 *  @text: why the first chip refuses */
struct pair_report {
    bool done[2], refused[2];
    uint32_t n_differ;
    struct tt_noc_addr at;
    uint8_t byte[2];
    uint64_t hash;
    char text[512];
};

/** pair_no_multicast - the multicast slot of such chips */
nxs_status pair_no_multicast(struct tt_device *dev, struct tt_noc_addr first,
                             unsigned width, unsigned height, const void *src,
                             size_t len);

/** pair_no_pages - the pages slot of chips that only run scripts, which have no
 *  use for it: refuses */
nxs_status pair_no_pages(struct tt_device *dev, const struct tt_pages *pages);

/** pair_report_new - a report in shared memory, or NULL */
struct pair_report *pair_report_new(void);

/**
 * pair_run - run a script on both chips
 * @pair: chips
 * @s: script
 * @r: filled in
 * @output: emptied; then what the chips print
 *
 * Return: false if no process could be started.
 */
bool pair_run(const struct pair *pair, const struct script *s,
              struct pair_report *r, FILE *output);

/** pair_judge - what a report says */
enum pair_verdict pair_judge(const struct pair_report *r);

/** pair_explain - print a verdict and what the chips printed */
void pair_explain(const struct pair *pair, const struct pair_report *r,
                  FILE *output, FILE *to);

#endif
