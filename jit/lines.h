/* SPDX-License-Identifier: MIT */
/* Source lines of linked images, for reports. */
#ifndef TT_LINES_H
#define TT_LINES_H

#include "jit/cache.h"
#include "jit/compile.h"
#include "jit/tt_jit.h"

/**
 * tt_lines_find - the source line of an instruction
 * @cache: for a place to work in
 * @elf: image with lines; size 0 = there are none
 * @pc: address of the instruction
 * @out, @size: as for tt_jit_line()
 *
 * Without the tool, or without room on the disk: no line. Any thread.
 *
 * Return: as tt_jit_line().
 */
enum tt_jit_line tt_lines_find(const struct tt_cache *cache,
                               const struct tt_elf_file *elf, uint32_t pc,
                               char *out, size_t size);

/**
 * tt_lines_choose - the line to show, of what addr2line -i has written
 * @text: one "file:line" per inlined call, innermost first; modified
 * @out, @size: as for tt_jit_line()
 *
 * Return: as tt_jit_line().
 */
enum tt_jit_line tt_lines_choose(char *text, char *out, size_t size);

#endif
