/* SPDX-License-Identifier: MIT */
/* A chip for hostile guest code, and what must hold whatever that does. */
#ifndef TT_FUZZ_CHIP_H
#define TT_FUZZ_CHIP_H

#include "device/emu/chip.h"
#include "tests/fuzz/fuzz.h"

/** enum fuzz_mode - which of the embedded chip's variants */
enum fuzz_mode { FUZZ_PLAIN, FUZZ_CHECKED, FUZZ_DELAYED, FUZZ_N_MODES };

/**
 * fuzz_chip_new - a chip at power-on, run by one host thread
 * @mode: with the kernel sanitizer, or with delays
 * @seed: of the delays
 * @n_tiles: that guest code runs on, from index 0 on; others appear when
 *           something touches them
 *
 * Return: the chip; never NULL.
 */
struct tt_chip *fuzz_chip_new(enum fuzz_mode mode, uint64_t seed,
                              unsigned n_tiles);

/**
 * fuzz_chip_free - free a chip, after a look at it
 *
 * Reports what all cores wait for and takes all faults, as a launcher would.
 * Ends the process if guest code has changed what belongs to the host.
 */
void fuzz_chip_free(struct tt_chip *chip);

/** fuzz_address - an address of a tile, mostly one where something is: from two
 *  bytes that choose the region and the offset in words */
uint32_t fuzz_address(struct fuzz_input *in);

/** fuzz_tensix_insn - a Tensix instruction that is modelled, with random
 *  operands whose unused bits are mostly zero; sometimes any word */
uint32_t fuzz_tensix_insn(struct fuzz_input *in);

#endif
