/* SPDX-License-Identifier: MIT */
/* Runs the cross compiler: no shell, bounded time, memory and output. */
#ifndef TT_TOOLCHAIN_H
#define TT_TOOLCHAIN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nexus-api.h"

#define TT_TOOL_COMPILER "riscv64-unknown-elf-g++"
#define TT_TOOL_PACKAGE  "gcc-riscv64-unknown-elf"
/* Of the binutils that the compiler comes with. */
#define TT_TOOL_LINES    "riscv64-unknown-elf-addr2line"
#define TT_TOOL_LOG_SIZE 4096u

/** struct tt_tool - a program found in PATH, and what tells one version of it
 *  from another without running it */
struct tt_tool {
    char path[PATH_MAX];
    uint64_t size;
    int64_t mtime_ns;
};

/** TT_TOOL_MAX_ARGV - words of a command line, at most */
#define TT_TOOL_MAX_ARGV 64u

/** struct tt_tool_job - one run of a program
 *  @argv: NULL-terminated, argv[0] the path; borrowed for the run
 *  @dir: directory to run in
 *  @log: out: the first bytes that it wrote to stdout and stderr, terminated
 *  @ok: out: it exited with 0
 *  @reason: out: why it was ended, "" if it ended by itself */
struct tt_tool_job {
    const char *const *argv;
    const char *dir;
    char log[TT_TOOL_LOG_SIZE];
    bool ok;
    const char *reason;
};

/**
 * tt_tool_look - look for a program in PATH, without a word
 * @name: of the file
 * @out: where it is; anything if it is not there
 *
 * Return: whether it is there.
 */
bool tt_tool_look(const char *name, struct tt_tool *out);

/**
 * tt_tool_find - look for the compiler in PATH
 * @out: where it is
 *
 * Return: NXS_Success; NXS_CompilerNotAvailable, with the package to install
 * in the log.
 */
nxs_status tt_tool_find(struct tt_tool *out);

/**
 * tt_tool_run - run programs side by side and wait for all of them
 * @jobs: what to run; their results are written in every case
 * @n_jobs: how many, at most 8
 * @timeout_ms: after this long they are killed
 *
 * Blocks. Any thread. Each gets an empty standard input, an environment of
 * PATH, LC_ALL and TMPDIR, no other open files, its own process group and
 * limits on memory, processor time and size of files. Works in a host that
 * ignores SIGCHLD or collects all children itself; then @ok cannot be known and
 * says only that nothing was seen to go wrong, so look for the result.
 *
 * Return: NXS_Success if all ran, whatever they answered;
 * NXS_OutOfResources if one could not be started.
 */
nxs_status tt_tool_run(struct tt_tool_job *jobs, size_t n_jobs,
                       unsigned timeout_ms);

#endif
