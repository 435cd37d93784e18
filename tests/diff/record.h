/* SPDX-License-Identifier: MIT */
/* Outcomes of ttsim kept in a file, for machines that do not have it. */
#ifndef TT_DIFF_RECORD_H
#define TT_DIFF_RECORD_H

#include "tests/diff/campaign.h"

/** record_write - write what a campaign has found, a hash for each script that
 *  compared equal; returns false with a line on stderr */
bool record_write(const struct campaign *c, const char *path);

/**
 * record_check - run recorded scripts on the embedded chip alone
 * @path: file of record_write()
 * @cases: all cases, the last one without a name
 * @n_workers: processes
 *
 * Names the case and seed of each script whose outcome is another.
 *
 * Return: true if there were some and all agree.
 */
bool record_check(const char *path, const struct diff_case *cases,
                  unsigned n_workers);

#endif
