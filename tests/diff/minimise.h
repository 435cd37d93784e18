/* SPDX-License-Identifier: MIT */
/* Making a script that shows a difference as small as it can be. */
#ifndef TT_DIFF_MINIMISE_H
#define TT_DIFF_MINIMISE_H

#include "tests/diff/pair.h"

/**
 * minimise - drop what the difference does not need
 * @pair: chips
 * @s: script whose verdict is neither equal nor refused by both; becomes
 *     smaller, its verdict stays
 * @limit_ms: time after which it stays as it is by then
 * @r: afterwards the report of what is left
 * @output: what the chips print then
 *
 * First entries go, in ever smaller groups, then random input becomes zero.
 *
 * Return: how many scripts were run.
 */
unsigned minimise(const struct pair *pair, struct script *s, unsigned limit_ms,
                  struct pair_report *r, FILE *output);

#endif
