/* SPDX-License-Identifier: MIT */
/* Reader of linked kernel images: ELF32 RISC-V, every offset checked. */
#ifndef TT_ELF_H
#define TT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

struct tt_jit_image;

/** struct tt_elf_marks - what marker sections and symbols of an image say
 *  @uses: TT_JIT_USES_* bits of `.tt.uses`, 0 without that section
 *  @accessor_base: smallest word of `.tt.accessor`, UINT32_MAX without it
 *  @has_kernel: a kernel's entry function is defined: kernel_main() or one of
 *               the older MAIN of compute kernels */
struct tt_elf_marks {
    uint32_t uses;
    uint32_t accessor_base;
    bool has_kernel;
};

/**
 * tt_elf_load - the bytes to load and where, out of a linked image
 * @elf: file contents, any bytes; borrowed for the call
 * @len: their size
 * @slot_addr: load address that the image must begin at
 * @slot_size: most bytes it may occupy from there
 * @image: filled in; its data is malloc'ed and becomes the caller's
 * @marks: filled in
 *
 * Takes every PT_LOAD segment that has bytes at its physical (load) address;
 * all must lie in the slot and none may overlap. Gaps are zero. Depends on
 * nothing but its arguments.
 *
 * Return: NXS_Success; NXS_InvalidBinary if anything in the file is out of
 * bounds or not as above (outputs untouched); NXS_OutOfHostMemory.
 */
nxs_status tt_elf_load(const void *elf, size_t len, uint32_t slot_addr,
                       uint32_t slot_size, struct tt_jit_image *image,
                       struct tt_elf_marks *marks);

#endif
