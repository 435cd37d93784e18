/* SPDX-License-Identifier: MIT */
/* What is thrown away: old entries of a full cache, leftovers of the killed. */
#ifndef TT_TIDY_H
#define TT_TIDY_H

#include <stddef.h>

#include "jit/cache.h"

/** Folder names that end in six characters of mkdtemp(3). */
#define TT_TIDY_TEMP "tt_plugin-"

/**
 * tt_tidy - throw away what is too much and what nobody needs
 * @cache: opened
 *
 * Looks at most once an hour, which all processes share through the time of a
 * file in the cache directory; without a directory, each time. Goes: entries
 * and folders of embedded files beyond TT_CACHE_MIB mebibytes (default 512) or
 * 10,000 in number, least recently used first, but no folder that was used in
 * the last day; files and folders that a killed process was working in, here,
 * in $TMPDIR and in /tmp. Any thread, any process.
 */
void tt_tidy(const struct tt_cache *cache);

/**
 * tt_tidy_hold - keep a folder of tt_cache_make_temp() from being a leftover
 * @path: its absolute name
 *
 * Return: a descriptor that holds it until it is closed or the process ends;
 * -1 if there can be none, then it is one after an hour.
 */
int tt_tidy_hold(const char *path);

#endif
