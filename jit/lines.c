/* SPDX-License-Identifier: MIT */
/* Source lines of linked images: addr2line of the compiler's binutils. */
#include "jit/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit/toolchain.h"
#include "pool/tt_log.h"

#define TIME_LIMIT_MS 5000u

static const char *without(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : text;
}

/* "./name:12 (discriminator 3)" to "name:12"; NULL if nothing is known. */
static const char *tidy(char *line)
{
    char *end = strchr(line, ' ');
    const char *number = strrchr(line, ':');

    if (end)
        *end = '\0';
    if (!number || number[1] < '1' || number[1] > '9')
        return NULL;
    for (;;) {
        const char *shorter = without(line, "./");

        if (shorter == line)
            return line;
        line += 2;
    }
}

/* A line number of the file that is compiled means nothing to anybody: its
 * text has lines of its own (tt_source_text). */
static enum tt_jit_line whose(const char **line)
{
    const char *in_tree = without(*line, TT_COMPILE_TREE "/");

    if (without(*line, TT_COMPILE_SOURCE ":") != *line)
        return TT_JIT_LINE_NONE;
    if (in_tree == *line) {
        *line = without(*line, TT_COMPILE_USER "/");
        return TT_JIT_LINE_USER;
    }
    *line = without(in_tree, "include/");
    return TT_JIT_LINE_LIBRARY;
}

enum tt_jit_line tt_lines_choose(char *text, char *out, size_t size)
{
    enum tt_jit_line found = TT_JIT_LINE_NONE;
    char *rest = text;

    while (found != TT_JIT_LINE_USER && rest) {
        const char *line = tidy(strsep(&rest, "\n"));
        enum tt_jit_line kind = line ? whose(&line) : TT_JIT_LINE_NONE;

        if (kind <= found)
            continue;
        found = kind;
        snprintf(out, size, "%s", line);
    }
    return found;
}

static bool run(const struct tt_tool *tool, const char *dir, uint32_t pc,
                struct tt_tool_job *job)
{
    char address[16];
    const char *const argv[] = {tool->path,  "-i",    "-e",
                                "image.elf", address, NULL};

    snprintf(address, sizeof(address), "0x%x", pc);
    job->argv = argv;
    job->dir = dir;
    return !tt_tool_run(job, 1, TIME_LIMIT_MS) && job->ok;
}

enum tt_jit_line tt_lines_find(const struct tt_cache *cache,
                               const struct tt_elf_file *elf, uint32_t pc,
                               char *out, size_t size)
{
    enum tt_jit_line found = TT_JIT_LINE_NONE;
    struct tt_tool_job job;
    char dir[PATH_MAX], path[PATH_MAX + 16];
    struct tt_tool tool;

    if (!elf->size || !tt_tool_look(TT_TOOL_LINES, &tool) ||
        tt_cache_make_temp(cache, dir))
        return found;
    snprintf(path, sizeof(path), "%s/image.elf", dir);
    if (!tt_cache_write_file(path, elf->data, elf->size) &&
        run(&tool, dir, pc, &job))
        found = tt_lines_choose(job.log, out, size);
    tt_cache_remove_tree(dir);
    return found;
}
