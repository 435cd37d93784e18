/* SPDX-License-Identifier: MIT */
/* Kernel source to the five images of a program: toolchain, cache, ELF. */
#ifndef TT_JIT_H
#define TT_JIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/l1_map.h"
#include "nexus-api.h"

/** struct tt_jit_define - one preprocessor definition; @name an identifier,
 *  @value any text without newline (it never reaches a command line) */
struct tt_jit_define {
    const char *name;
    const char *value;
};

/** struct tt_jit_cb - what the compiler must know of a circular buffer
 *  @format: Tensix data format code (FP32 0, FP16 1, BFP8 2 (A), BF16 5, BFP8 6
 *           (B), INT32 8, UINT16 9, INT8 14, UINT32 24, UINT8 30)
 *  @tile_bytes: bytes of one 32 x 32 tile in that format
 *  @present: whether the buffer exists */
struct tt_jit_cb {
    uint8_t format;
    bool present;
    uint32_t tile_bytes;
};

/**
 * struct tt_jit_desc - everything that shapes the code of a program
 * @source, @source_len: kernel text; compiled once per role with
 *                       READER_KERNEL, WRITER_KERNEL or COMPUTE_KERNEL defined
 * @source_dir: directory for its #include "..." or NULL (source from memory)
 * @source_name: name for messages and #line
 * @cta: compile-time argument words per role
 * @defines: extra definitions per role
 * @dram_banks: over which DRAM is interleaved
 * @grid_x, @grid_y: worker cores, over whose L1 buffers are interleaved
 * @dst_fp32: 32-bit Dst
 * @fidelity: MATH_FIDELITY 0 LoFi, 2 HiFi2, 3 HiFi3, 4 HiFi4
 * @arch: "wormhole"
 */
struct tt_jit_desc {
    const char *source;
    size_t source_len;
    const char *source_dir;
    const char *source_name;
    const uint32_t *cta[TT_N_ROLES];
    size_t n_cta[TT_N_ROLES];
    const struct tt_jit_define *defines[TT_N_ROLES];
    size_t n_defines[TT_N_ROLES];
    struct tt_jit_cb cb[TT_N_CB];
    uint32_t dram_banks;
    uint32_t grid_x, grid_y;
    bool dst_fp32;
    uint8_t fidelity;
    const char *arch;
};

/** struct tt_jit_image - one linked image, loadable at its slot of l1_map.h
 *  @data: text, read-only data and the initial .data, contiguous from @addr */
struct tt_jit_image {
    void *data;
    uint32_t size;
    uint32_t addr;
    uint32_t entry;
};

/** How a kernel gets at things, from marker sections of its images. */
#define TT_JIT_USES_COMMON_ARGS 1u /* get_common_arg_val in any role */
#define TT_JIT_USES_PRINT       2u /* DPRINT and the like, where wanted */
#define TT_JIT_USES_ZONES       4u /* DeviceZoneScopedN, where wanted */
#define TT_JIT_USES_NO_ACCESSOR 8u /* an accessor whose words are none */

/** struct tt_jit_program - the five images; immutable, counted
 *  @uses: TT_JIT_USES_*
 *  @accessor_base: smallest literal TensorAccessorArgs<CTA> offset seen in any
 *                  role, UINT32_MAX if none  */
struct tt_jit_program {
    uint64_t id; /* nonzero, never given twice by one compiler */
    struct tt_jit_image image[TT_N_RISC];
    uint32_t uses;
    uint32_t accessor_base;
};

struct tt_jit;

/**
 * tt_jit_new - a compiler with its caches
 * @out: the compiler
 *
 * Touches no file until first used.
 *
 * Return: NXS_Success or NXS_OutOfHostMemory.
 */
nxs_status tt_jit_new(struct tt_jit **out);

/** tt_jit_free - free it and the memory cache; programs still referenced live
 *  on; NULL is ignored */
void tt_jit_free(struct tt_jit *jit);

/** struct tt_jit_report - how a build went
 *  @from: "compiled", "disk" or "memory"
 *  @ns: duration of the call
 *  @log: compiler output on failure ("" otherwise): file, line, message */
struct tt_jit_report {
    const char *from;
    uint64_t ns;
    char log[4096];
};

/**
 * tt_jit_build - the images for a description, compiled or from a cache
 * @jit: compiler
 * @desc: borrowed for the call
 * @report: filled in every case
 * @out: the program; put it with tt_jit_put()
 *
 * Blocks while compiling (roles in parallel). Any thread; two threads that ask
 * for the same program compile it once or twice, with the same result.
 *
 * Return: NXS_Success; NXS_CompilerNotAvailable when the toolchain is not
 * installed (the log names the package); NXS_CompileProgramFailure,
 * NXS_LinkProgramFailure with the messages in the log; NXS_InvalidBinary if
 * the output is not what the reader accepts; NXS_OutOfHostMemory.
 */
nxs_status tt_jit_build(struct tt_jit *jit, const struct tt_jit_desc *desc,
                        struct tt_jit_report *report,
                        const struct tt_jit_program **out);

/** tt_jit_put - drop a reference; NULL is ignored */
void tt_jit_put(struct tt_jit *jit, const struct tt_jit_program *program);

/** enum tt_jit_line - what tt_jit_line() has found
 *  @TT_JIT_LINE_NONE: nothing
 *  @TT_JIT_LINE_LIBRARY: a line of the kernel API or of the firmware
 *  @TT_JIT_LINE_USER: a line of the kernel's own files */
enum tt_jit_line { TT_JIT_LINE_NONE, TT_JIT_LINE_LIBRARY, TT_JIT_LINE_USER };

/**
 * tt_jit_line - the source line that an instruction comes from
 * @jit: compiler
 * @program: whose image (or the firmware's) the instruction lies in
 * @risc: RISC index
 * @pc: address of the instruction
 * @out: text "file:line", terminated; untouched if there is none
 * @size: room in @out
 *
 * Where calls were inlined: the line of the kernel from which the library was
 * entered. Runs addr2line, so it takes milliseconds. Any thread.
 *
 * Return: whose line it is.
 */
enum tt_jit_line tt_jit_line(struct tt_jit *jit,
                             const struct tt_jit_program *program,
                             unsigned risc, uint32_t pc, char *out,
                             size_t size);

/**
 * tt_jit_firmware - the resident firmware of a chip
 * @jit: compiler; owns the result
 * @arch: "wormhole"
 * @out: five images by RISC index, valid until tt_jit_free()
 *
 * Compiled on first use, cached like programs.
 *
 * Return: as tt_jit_build().
 */
nxs_status tt_jit_firmware(struct tt_jit *jit, const char *arch,
                           struct tt_jit_report *report,
                           const struct tt_jit_image **out);

#endif
