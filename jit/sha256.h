/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4): the names and seals of cache entries. */
#ifndef TT_SHA256_H
#define TT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define TT_SHA256_SIZE 32u

/** struct tt_sha256 - a hash in the making; caller's storage, no resources */
struct tt_sha256 {
    uint32_t h[8];
    uint64_t n_bytes;
    uint8_t block[64];
};

/** tt_sha256_init - begin a hash in @ctx */
void tt_sha256_init(struct tt_sha256 *ctx);

/**
 * tt_sha256_add - append bytes
 * @ctx: begun hash
 * @data: borrowed for the call; may be NULL if @len is 0
 * @len: bytes
 */
void tt_sha256_add(struct tt_sha256 *ctx, const void *data, size_t len);

/**
 * tt_sha256_end - finish
 * @ctx: the hash; begin it anew before further use
 * @out: the digest
 */
void tt_sha256_end(struct tt_sha256 *ctx, uint8_t out[TT_SHA256_SIZE]);

/**
 * tt_sha256_hex - the beginning of a digest as text
 * @digest: finished hash
 * @out: room for 2 * @n_bytes + 1 characters
 * @n_bytes: how many bytes to spell, at most TT_SHA256_SIZE
 */
void tt_sha256_hex(const uint8_t digest[TT_SHA256_SIZE], char *out,
                   size_t n_bytes);

#endif
