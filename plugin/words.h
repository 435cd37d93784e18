/* SPDX-License-Identifier: MIT */
/* The compile-time argument words of a command's kernels. */
#ifndef TT_WORDS_H
#define TT_WORDS_H

#include "plugin/command.h"

/** struct tt_words - a list that grows; begin with {0}, end with free(word)
 *  @failed: memory ran out; what was added since is lost */
struct tt_words {
    uint32_t *word;
    size_t n, room;
    bool failed;
};

/**
 * tt_words_fill - the words of one role
 * @cmd: locked dispatch
 * @role: TT_ROLE_*
 * @first_semaphores: how many semaphore ids come before the accessors, 0 for
 *                    the usual order
 * @out: replaced
 *
 * docs/design.md, "Arguments of kernels": what "..CTA" gave the role, else
 * circular buffers, accessors, two semaphores.
 *
 * Return: NXS_Success or NXS_OutOfHostMemory.
 */
nxs_status tt_words_fill(const struct tt_command *cmd, unsigned role,
                         unsigned first_semaphores, struct tt_words *out);

/** tt_words_has_ctas - whether "..CTA" gave any of these roles words */
bool tt_words_has_ctas(const struct tt_command *cmd, unsigned roles);

#endif
