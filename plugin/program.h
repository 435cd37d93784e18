/* SPDX-License-Identifier: MIT */
/* From a command's arguments to compiled images. */
#ifndef TT_PROGRAM_H
#define TT_PROGRAM_H

#include "plugin/command.h"

/** struct tt_program - the images of a command; immutable, counted
 *  @n_semaphores: semaphore ids its kernels were given, 2 or more */
struct tt_program {
    atomic_uint refs;
    const struct tt_jit_program *images;
    unsigned n_semaphores;
};

/**
 * tt_program_build - compile a command, if it is not
 * @cmd: locked dispatch; its program and its log are replaced
 *
 * Blocks while compiling.
 *
 * Return: NXS_Success; NXS_OutOfResources if the circular buffers do not fit
 * L1; NXS_InvalidArgValue for one of a type without a device format; or a
 * status of tt_jit_build().
 */
nxs_status tt_program_build(struct tt_command *cmd);

/** tt_program_pin - one more reference */
struct tt_program *tt_program_pin(struct tt_program *program);

/** tt_program_put - drop a reference; NULL is ignored */
void tt_program_put(struct tt_program *program);

/**
 * tt_program_cbs - circular buffers of a command, in L1 from TT_L1_DATA on
 * @cmd: locked
 * @out: TT_N_CB entries for the launch; size 0 where there is none
 * @out_types: TT_N_CB data types, or NULL
 *
 * Return: NXS_Success; NXS_OutOfResources (with the numbers) if they do not
 * fit; NXS_InvalidArgValue for a type without a device format.
 */
nxs_status tt_program_cbs(const struct tt_command *cmd,
                          struct tt_cb_config *out, nxs_uint *out_types);

#endif
