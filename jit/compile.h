/* SPDX-License-Identifier: MIT */
/* One program through the cross compiler: five sources in, five images out. */
#ifndef TT_COMPILE_H
#define TT_COMPILE_H

#include "jit/cache.h"
#include "jit/elf.h"
#include "jit/toolchain.h"
#include "jit/tt_jit.h"

/** struct tt_compiler - what a compilation needs; borrowed parts
 *  @tool: the compiler
 *  @cache: for places to work in
 *  @tree: folder with the embedded files */
struct tt_compiler {
    const struct tt_tool *tool;
    const struct tt_cache *cache;
    const char *tree;
};

/** struct tt_dep - a file of the user's that a kernel includes
 *  @path: absolute, malloc'ed
 *  @hash: of the contents that were compiled
 *  @size, @ctime_ns, @inode: of the file when its contents had that hash */
struct tt_dep {
    char *path;
    uint8_t hash[TT_SHA256_SIZE];
    uint64_t size;
    int64_t ctime_ns;
    uint64_t inode;
};

/** struct tt_elf_file - a linked image as the linker wrote it, with the lines
 *  of its code; malloc'ed */
struct tt_elf_file {
    void *data;
    uint32_t size;
};

/** struct tt_build - what came out
 *  @n_deps, @deps: files that it depends on; malloc'ed
 *  @racy: such a file changed meanwhile: do not keep the result */
struct tt_build {
    struct tt_jit_image image[TT_N_RISC];
    struct tt_elf_file elf[TT_N_RISC];
    struct tt_elf_marks marks;
    struct tt_dep *deps;
    size_t n_deps;
    bool racy;
};

/**
 * tt_compile_kernels - compile a program
 * @compiler: what to use
 * @desc: checked description
 * @log: TT_TOOL_LOG_SIZE characters for the compiler's messages, "" if none
 * @out: the images; release with tt_build_free()
 *
 * Blocks; any thread.
 *
 * Return: as tt_jit_build().
 */
nxs_status tt_compile_kernels(const struct tt_compiler *compiler,
                              const struct tt_jit_desc *desc, char *log,
                              struct tt_build *out);

/** tt_compile_firmware - the same for the resident firmware */
nxs_status tt_compile_firmware(const struct tt_compiler *compiler, char *log,
                               struct tt_build *out);

/** tt_compile_hash_options - add all compiler options to the hash of a key */
void tt_compile_hash_options(struct tt_sha256 *ctx);

/** tt_build_free - release what a build holds and empty it */
void tt_build_free(struct tt_build *build);

/**
 * tt_dep_add - note a file that a build depends on, with its present contents
 * @build: gets the dependency, unless it has it already
 * @path: absolute name
 * @since_ns: when the compilation began, CLOCK_REALTIME; a file that changed
 *            since then makes the build racy
 *
 * Return: NXS_Success (also if the file has gone: then the build is racy);
 * NXS_OutOfHostMemory.
 */
nxs_status tt_dep_add(struct tt_build *build, const char *path,
                      int64_t since_ns);

/**
 * tt_dep_scan - note all files of a rule that the compiler wrote (-MMD)
 * @build: gets the dependencies
 * @rule: text of the rule, any bytes
 * @source_dir: what the folder of the kernel stands for, or NULL
 * @since_ns: as for tt_dep_add()
 *
 * Return: as tt_dep_add().
 */
nxs_status tt_dep_scan(struct tt_build *build, const char *rule,
                       const char *source_dir, int64_t since_ns);

/**
 * tt_dep_fresh - whether a file still has the contents that were compiled
 * @dep: the dependency; its size, time and inode are brought up to date
 *
 * Reads the file only if its size, time or inode have changed. Not to be
 * called by two threads for one @dep at once.
 */
bool tt_dep_fresh(struct tt_dep *dep);

/** Folders in a compilation's directory: links to the embedded files and to
 *  the user's, so that no name of the user's is on a command line. */
#define TT_COMPILE_TREE "tt_tree"
#define TT_COMPILE_USER "tt_user"

/** The source that is compiled; its text has names and lines of its own. */
#define TT_COMPILE_SOURCE "tt_kernel.cpp"

#endif
