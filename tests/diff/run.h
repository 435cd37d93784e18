/* SPDX-License-Identifier: MIT */
/* Carrying out a script on a chip, and where its outcome lies. */
#ifndef TT_DIFF_RUN_H
#define TT_DIFF_RUN_H

#include "device/tt_device.h"
#include "tests/diff/script.h"

/* The outcome is read in pieces of at most this size. */
#define SCRIPT_PIECE 0x8000u

/**
 * script_run - run a script
 * @s: script
 * @dev: chip in its power-on state
 *
 * Return: NXS_Success; the status of a failed transfer or of a fault;
 * NXS_InvalidProgram when the script is too long or does not end;
 * NXS_OutOfHostMemory.
 */
nxs_status script_run(const struct script *s, struct tt_device *dev);

/**
 * script_piece - the n-th piece of a script's outcome
 * @s: script
 * @n: counted from 0
 * @out_at: where it lies
 * @out_len: bytes, at most SCRIPT_PIECE
 *
 * Return: false when there are no more.
 */
bool script_piece(const struct script *s, unsigned n,
                  struct tt_noc_addr *out_at, uint32_t *out_len);

#define SCRIPT_HASH_LANES 4u

/** struct script_hash - what stands for an outcome while it is read; starts
 *  with zeros */
struct script_hash {
    uint64_t lane[SCRIPT_HASH_LANES];
};

/** script_hash_add - make @hash depend on @len more bytes; only the last piece
 *  of an outcome may be no multiple of 32 */
void script_hash_add(struct script_hash *hash, const void *data, size_t len);

/** script_hash_fold - 64 bits of it */
uint64_t script_hash_fold(const struct script_hash *hash);

/** script_outcome_hash - read the outcome and hash it; the status of a failed
 *  transfer */
nxs_status script_outcome_hash(const struct script *s, struct tt_device *dev,
                               uint64_t *out);

#endif
