/* SPDX-License-Identifier: MIT */
/* The compiler's directories: sealed entries by key, and places to work in. */
#ifndef TT_CACHE_H
#define TT_CACHE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jit/embed.h"
#include "jit/sha256.h"
#include "nexus-api.h"

/** Largest entry that is read or written. */
#define TT_CACHE_MAX_ENTRY (16u << 20)

/** struct tt_cache - where entries live; caller's storage
 *  @dir: the directory, -1 = none could be used, and nothing is kept on disk
 *  @path: its name, "" without one */
struct tt_cache {
    int dir;
    char path[PATH_MAX];
};

/**
 * tt_cache_open - choose, make and check the cache directory
 * @cache: filled in
 *
 * The first that is set of TT_CACHE_DIR, $XDG_CACHE_HOME/tt_plugin and
 * $HOME/.cache/tt_plugin. What is absent is made with mode 0700. A directory
 * that belongs to somebody else, that others may enter or that is a symbolic
 * link is refused with a warning, and so is one that cannot be made: then
 * @cache has no directory, every load misses and every store is dropped. One
 * that cannot be written is read, with a warning.
 */
void tt_cache_open(struct tt_cache *cache);

/** tt_cache_close - release what tt_cache_open() took; keeps the files */
void tt_cache_close(struct tt_cache *cache);

/**
 * tt_cache_load - the contents of an entry
 * @cache: opened
 * @key: its name
 * @out_data: malloc'ed bytes, the caller's
 * @out_len: their number
 *
 * An entry whose seal does not fit its contents counts as absent. Any thread.
 *
 * Return: whether there is one; outputs are written only then.
 */
bool tt_cache_load(const struct tt_cache *cache,
                   const uint8_t key[TT_SHA256_SIZE], void **out_data,
                   size_t *out_len);

/**
 * tt_cache_store - keep contents under a key
 * @cache: opened
 * @key: its name
 * @data, @len: contents, borrowed
 *
 * Replaces an older entry at once; readers see the old or the new one, whole.
 * A full or read-only disk is not an error. Any thread, any process.
 *
 * Return: whether it was kept.
 */
bool tt_cache_store(const struct tt_cache *cache,
                    const uint8_t key[TT_SHA256_SIZE], const void *data,
                    size_t len);

/**
 * tt_cache_make_temp - a fresh directory that only this user may enter
 * @cache: opened; its directory is the last resort
 * @out: its absolute name, of PATH_MAX characters
 *
 * Tries $TMPDIR, /tmp and the cache directory. Any thread. The folder of a
 * process that is killed is removed by tt_tidy() of another one, later.
 *
 * Return: NXS_Success; NXS_OutOfResources if none can be written.
 */
nxs_status tt_cache_make_temp(const struct tt_cache *cache, char *out);

/** tt_cache_remove_tree - delete a directory with all it holds; follows no
 *  links; ignores what cannot be deleted */
void tt_cache_remove_tree(const char *path);

/**
 * tt_cache_write_file - make a file
 * @path: absolute name in a directory of ours; must not exist
 * @data, @len: contents
 *
 * Return: NXS_Success; NXS_OutOfResources, with the reason in the log.
 */
nxs_status tt_cache_write_file(const char *path, const void *data, size_t len);

/**
 * tt_cache_read_file - the contents of a file
 * @dir: open directory that a relative @path starts from, or AT_FDCWD
 * @path: name; must be a regular file
 * @max: more bytes than this are not read
 * @out_data: malloc'ed bytes, the caller's
 * @out_len: their number
 *
 * Return: whether it could be read; outputs are written only then.
 */
bool tt_cache_read_file(int dir, const char *path, size_t max, void **out_data,
                        size_t *out_len);

/**
 * tt_cache_unpack - embedded files as files
 * @cache: opened
 * @files, @n_files: what to unpack; names are relative, may have folders
 * @name: of the folder in the cache directory, unique to these contents
 * @out: absolute name of the folder, of PATH_MAX characters
 * @out_private: whether it is a temporary one that the caller must remove
 *
 * A complete folder that is already there is used, any other is replaced. Any
 * thread, any process.
 *
 * Return: NXS_Success; NXS_OutOfResources if nothing can be written.
 */
nxs_status tt_cache_unpack(const struct tt_cache *cache,
                           const struct tt_embed_file *files, size_t n_files,
                           const char *name, char *out, bool *out_private);

#endif
