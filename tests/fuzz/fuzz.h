/* SPDX-License-Identifier: MIT */
/* What the fuzzing targets share: reading an input, and giving up. */
#ifndef TT_FUZZ_H
#define TT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** struct fuzz_input - bytes that a target has not consumed; an empty one gives
 *  zeros, so that every input means something */
struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

/**
 * LLVMFuzzerTestOneInput - one execution of a target, the same for equal inputs
 * @data, @size: any bytes
 *
 * Return: 0. What must not happen ends the process.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * LLVMFuzzerInitialize - once, before all executions
 * @argc, @argv: of the process
 *
 * Return: 0; a target that cannot work here ends the process with status 77.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/** FUZZ_CHECK - end the process if something is not as it must be, which the
 *  fuzzer and replay.c take for a finding */
#define FUZZ_CHECK(cond)                                                       \
    ((cond) ? (void)0 : fuzz_give_up(__FILE__, __LINE__, #cond))

/** fuzz_give_up - see FUZZ_CHECK() */
static inline _Noreturn void fuzz_give_up(const char *file, int line,
                                          const char *what)
{
    (void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}

/** fuzz_bytes - the next @len bytes, or NULL (and nothing is taken) if there
 *  are fewer */
static inline const uint8_t *fuzz_bytes(struct fuzz_input *in, size_t len)
{
    const uint8_t *at = in->at;

    if (len > in->left)
        return NULL;
    in->at += len;
    in->left -= len;
    return at;
}

/** fuzz_u8 - the next byte */
static inline uint8_t fuzz_u8(struct fuzz_input *in)
{
    const uint8_t *at = fuzz_bytes(in, 1);

    return at ? *at : 0;
}

/** fuzz_u16 - the next two bytes */
static inline uint16_t fuzz_u16(struct fuzz_input *in)
{
    uint8_t low = fuzz_u8(in);

    return (uint16_t)(low | fuzz_u8(in) << 8);
}

/** fuzz_u32 - the next four bytes */
static inline uint32_t fuzz_u32(struct fuzz_input *in)
{
    uint32_t low = fuzz_u16(in);

    return low | (uint32_t)fuzz_u16(in) << 16;
}

/** fuzz_u64 - the next eight bytes */
static inline uint64_t fuzz_u64(struct fuzz_input *in)
{
    uint64_t low = fuzz_u32(in);

    return low | (uint64_t)fuzz_u32(in) << 32;
}

#endif
