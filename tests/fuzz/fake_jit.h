/* SPDX-License-Identifier: MIT */
/* Programs for schedules without a compiler run for each. */
#ifndef TT_FUZZ_FAKE_JIT_H
#define TT_FUZZ_FAKE_JIT_H

#include <stdbool.h>

/**
 * fake_jit_start - from now on the plugin compiles nothing
 *
 * Compiles a few kernels first (or finds them in the cache), which stand for
 * all libraries: the first byte of a source says which of them it is, or how
 * it fails to compile. Every device has run something then.
 *
 * Return: false if there is no cross compiler.
 */
bool fake_jit_start(void);

#endif
