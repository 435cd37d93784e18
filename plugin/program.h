/* SPDX-License-Identifier: MIT */
/* From a command's arguments to compiled images. */
#ifndef TT_PROGRAM_H
#define TT_PROGRAM_H

#include "plugin/command.h"

/** struct tt_program - the images of a command; immutable, counted
 *  @n_semaphores: semaphore ids its kernels were given, 2 or more
 *  @multicasts: the kernels want semaphores before their accessors, as
 *               generated kernels do that multicast over their rectangle */
struct tt_program {
    atomic_uint refs;
    const struct tt_jit_program *images;
    unsigned n_semaphores;
    bool multicasts;
};

/**
 * tt_program_build - compile a command, if it is not
 * @cmd: locked dispatch; its program and its log are replaced
 *
 * Blocks while compiling.
 *
 * Return: NXS_Success; NXS_OutOfResources if the circular buffers do not fit
 * L1; NXS_InvalidArgValue for one of a type without a device format, or over
 * shards on other cores than another; NXS_CompileProgramFailure for an accessor
 * of something else than a buffer; NXS_OutOfHostMemory; or a status of
 * tt_jit_build().
 */
nxs_status tt_program_build(struct tt_command *cmd);

/** tt_program_pin - one more reference */
struct tt_program *tt_program_pin(struct tt_program *program);

/** tt_program_put - drop a reference; NULL is ignored */
void tt_program_put(struct tt_program *program);

/** struct tt_program_l1 - what a command keeps in the L1 of its cores
 *  @cb: for the launch; size 0 where there is none
 *  @cb_type: data type of each circular buffer
 *  @next: end of what is placed so far
 *  @fixed: circular buffers lie over shards, so that it runs on @cores only */
struct tt_program_l1 {
    struct tt_cb_config cb[TT_N_CB];
    nxs_uint cb_type[TT_N_CB];
    uint64_t next;
    bool fixed;
    struct tt_cores cores;
};

/**
 * tt_program_place - place the circular buffers in L1, from TT_L1_DATA on
 * @cmd: locked
 * @out: written in every case
 *
 * Those that lie over shards are where these are.
 *
 * Return: NXS_Success; NXS_OutOfResources (with the numbers) if they do not
 * fit; NXS_InvalidArgValue for a type without a device format, or for shards on
 * different cores.
 */
nxs_status tt_program_place(const struct tt_command *cmd,
                            struct tt_program_l1 *out);

/**
 * tt_program_place_bytes - place a "..L1" entry behind what is there
 * @l1: what is there
 * @size: bytes
 * @out_addr: L1 address; written only on success
 *
 * Return: NXS_Success; NXS_OutOfResources if it ends beyond L1.
 */
nxs_status tt_program_place_bytes(struct tt_program_l1 *l1, uint32_t size,
                                  uint32_t *out_addr);

#endif
