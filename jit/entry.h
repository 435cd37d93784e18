/* SPDX-License-Identifier: MIT */
/* A finished program in memory and as bytes of a cache entry. */
#ifndef TT_ENTRY_H
#define TT_ENTRY_H

#include <stdatomic.h>

#include "jit/compile.h"
#include "jit/text.h"
#include "jit/tt_jit.h"

/** struct tt_entry - one program, counted
 *  @program: what the caller sees; @build owns its images
 *  @key: of its description
 *  @n_refs: holders: the memory cache and callers
 *  @next: in the memory cache, guarded by its lock like build.deps */
struct tt_entry {
    struct tt_jit_program program;
    struct tt_build build;
    uint8_t key[TT_SHA256_SIZE];
    atomic_uint n_refs;
    struct tt_entry *next;
};

/**
 * tt_entry_new - a program out of a build
 * @build: taken over and left empty; untouched on failure
 * @key: of its description
 *
 * Return: the program with one reference, the caller's; NULL without memory.
 */
struct tt_entry *tt_entry_new(struct tt_build *build,
                              const uint8_t key[TT_SHA256_SIZE]);

/** tt_entry_ref - one more reference */
void tt_entry_ref(struct tt_entry *entry);

/** tt_entry_put - drop a reference; the last frees it; NULL is ignored */
void tt_entry_put(struct tt_entry *entry);

/** tt_entry_fresh - whether all files it depends on are unchanged; by one
 *  thread at a time */
bool tt_entry_fresh(struct tt_entry *entry);

/** tt_entry_pack - append a build as bytes that tt_entry_unpack() takes */
void tt_entry_pack(const struct tt_build *build, struct tt_text *out);

/**
 * tt_entry_unpack - a build from bytes
 * @data, @len: any bytes; borrowed
 * @out: the build
 *
 * Return: whether they are one, whole and with images that lie in themselves;
 * @out is empty otherwise.
 */
bool tt_entry_unpack(const void *data, size_t len, struct tt_build *out);

#endif
