/* SPDX-License-Identifier: MIT */
/* Scripts as text: to read, to keep, to run again. */
#ifndef TT_DIFF_FILE_H
#define TT_DIFF_FILE_H

#include <stdio.h>

#include "tests/diff/script.h"

/** file_write - write a script, a line per entry with its meaning; input that
 *  is zero is left out
 *  @name: what to call it, one line */
void file_write(const struct script *s, const char *name, FILE *to);

/**
 * file_read - read what file_write() wrote
 * @s: uninitialised; to be freed with script_fini() in any case
 * @from: text
 *
 * Return: 0, or the number of the first line that makes no sense.
 */
unsigned file_read(struct script *s, FILE *from);

#endif
