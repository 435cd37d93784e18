/* SPDX-License-Identifier: MIT */
/* The compiler's directories: sealed entries by key, and places to work in. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH-free *at() calls and nftw() in strict modes */
#endif
#include "jit/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool/tt_log.h"
#include "pool/tt_signal.h"

#define ENTRY_MAGIC   "TTJITENT"
#define ENTRY_VERSION 2u

/** struct seal - the first bytes of an entry file, in host byte order (the
 *  cache is local to a machine, a foreign order is simply a wrong version) */
struct seal {
    char magic[8];
    uint32_t version;
    uint32_t head_size;
    uint64_t len;
    uint8_t key[TT_SHA256_SIZE];
    uint8_t hash[TT_SHA256_SIZE];
};

/* Names are "e-", 40 hexadecimal digits: 160 bits of the key. */
#define NAME_SIZE 48u

static void entry_name(const uint8_t key[TT_SHA256_SIZE], char *out)
{
    out[0] = 'e';
    out[1] = '-';
    tt_sha256_hex(key, out + 2, 20);
}

static void hash_of(const void *data, size_t len, uint8_t *out)
{
    struct tt_sha256 ctx;

    tt_sha256_init(&ctx);
    tt_sha256_add(&ctx, data, len);
    tt_sha256_end(&ctx, out);
}

/* ---- the directory ---- */

static bool join(char *out, const char *a, const char *b)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", a, b);

    return n > 0 && n < PATH_MAX;
}

static bool choose_path(char *out)
{
    const char *set = getenv("TT_CACHE_DIR");
    const char *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char cwd[PATH_MAX];

    if (set && set[0] == '/')
        return snprintf(out, PATH_MAX, "%s", set) < PATH_MAX;
    /* Made absolute at once: the host may change its directory later. */
    if (set && *set)
        return getcwd(cwd, sizeof(cwd)) && join(out, cwd, set);
    /* The XDG specification tells to ignore relative names. */
    if (xdg && xdg[0] == '/')
        return join(out, xdg, "tt_plugin");
    if (home && home[0] == '/')
        return join(out, home, ".cache/tt_plugin");
    return false;
}

/* The folders above a path. Returns zero or, if one is not there, the first
 * errno: what comes after only says that. */
static int make_parents(char *path)
{
    int first = 0, cause;

    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        cause = mkdir(path, 0700) && errno != EEXIST ? errno : 0;
        if (cause && !first && access(path, F_OK))
            first = cause;
        *p = '/';
    }
    return first;
}

/* Makes and opens the directory; -1 with an errno that says what is wrong. */
static int make_and_open(char *path)
{
    int cause = make_parents(path), dir;

    if (mkdir(path, 0700) && errno != EEXIST && !cause)
        cause = errno;
    dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 && errno == ENOENT && cause)
        errno = cause;
    return dir;
}

static const char *why_not_open(const char *path)
{
    int cause = errno;
    struct stat st;

    /* O_NOFOLLOW and O_DIRECTORY together say of a link: not a directory. */
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return "it is a symbolic link, and links are refused";
    return strerror(cause);
}

static const char *objection(int dir)
{
    struct stat st;

    if (fstat(dir, &st))
        return strerror(errno);
    if (st.st_uid != geteuid())
        return "it belongs to another user";
    if (st.st_mode & 077)
        return "others may enter it (its mode must be 0700)";
    return NULL;
}

void tt_cache_open(struct tt_cache *cache)
{
    const char *why;
    size_t len;

    cache->dir = -1;
    cache->path[0] = '\0';
    if (!choose_path(cache->path)) {
        tt_log(TT_LOG_WARN, "no cache directory: TT_CACHE_DIR, XDG_CACHE_HOME "
                            "and HOME name none that can be used");
        cache->path[0] = '\0';
        return;
    }
    /* A trailing slash would make O_NOFOLLOW follow a link. */
    for (len = strlen(cache->path); len > 1 && cache->path[len - 1] == '/';)
        cache->path[--len] = '\0';
    cache->dir = make_and_open(cache->path);
    why = cache->dir < 0 ? why_not_open(cache->path) : objection(cache->dir);
    if (why) {
        tt_log(TT_LOG_WARN, "cache directory %s is not used: %s", cache->path,
               why);
        tt_cache_close(cache);
        return;
    }
    if (faccessat(cache->dir, ".", W_OK, AT_EACCESS))
        tt_log(TT_LOG_WARN, "cache directory %s is only read: %s", cache->path,
               strerror(errno));
}

void tt_cache_close(struct tt_cache *cache)
{
    if (cache->dir >= 0)
        close(cache->dir);
    cache->dir = -1;
    cache->path[0] = '\0';
}

/* ---- files ---- */

static bool read_all(int fd, uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* A file that grows too large (RLIMIT_FSIZE) is an error like a full disk. */
static bool write_all(int fd, const void *from, size_t len)
{
    const uint8_t *data = from;
    struct tt_signal_hold hold;

    tt_signal_hold(&hold);
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        data += n;
        len -= (size_t)n;
    }
    tt_signal_release(&hold);
    return len == 0;
}

static bool read_fd(int fd, size_t max, void **out_data, size_t *out_len)
{
    struct stat st;
    uint8_t *data;
    size_t len;

    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0 ||
        (uint64_t)st.st_size > max)
        return false;
    len = (size_t)st.st_size;
    data = malloc(len + 1);
    if (!data)
        return false;
    if (!read_all(fd, data, len)) {
        free(data);
        return false;
    }
    data[len] = '\0';
    *out_data = data;
    *out_len = len;
    return true;
}

bool tt_cache_read_file(int dir, const char *path, size_t max, void **out_data,
                        size_t *out_len)
{
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. In a directory of
     * ours there are no links. */
    int fd = openat(dir, path,
                    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                        (dir == AT_FDCWD ? 0 : O_NOFOLLOW));
    bool ok;

    if (fd < 0)
        return false;
    ok = read_fd(fd, max, out_data, out_len);
    close(fd);
    return ok;
}

/* errno, 0 if all went well. */
static int write_new(const char *path, const void *data, size_t len)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int error = 0;

    if (fd < 0)
        return errno;
    if (!write_all(fd, data, len))
        error = errno;
    if (close(fd) && !error)
        error = errno;
    return error;
}

nxs_status tt_cache_write_file(const char *path, const void *data, size_t len)
{
    int error = write_new(path, data, len);

    if (!error)
        return NXS_Success;
    return TT_FAIL(NXS_OutOfResources, "write %zu bytes to %s: %s", len, path,
                   strerror(error));
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    (void)remove(path);
    return 0;
}

void tt_cache_remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static bool make_temp_in(const char *parent, char *out)
{
    return parent && parent[0] == '/' &&
           join(out, parent, "tt_plugin-XXXXXX") && mkdtemp(out);
}

nxs_status tt_cache_make_temp(const struct tt_cache *cache, char *out)
{
    if (make_temp_in(getenv("TMPDIR"), out) || make_temp_in("/tmp", out) ||
        make_temp_in(cache->path, out))
        return NXS_Success;
    return TT_FAIL(NXS_OutOfResources,
                   "no directory to compile in: neither TMPDIR nor /tmp nor "
                   "the cache directory can be written (%s)",
                   strerror(errno));
}

/* ---- entries ---- */

static bool seal_fits(const struct seal *seal, const uint8_t *key,
                      const uint8_t *data, size_t len)
{
    uint8_t hash[TT_SHA256_SIZE];

    if (memcmp(seal->magic, ENTRY_MAGIC, sizeof(seal->magic)) != 0 ||
        seal->version != ENTRY_VERSION || seal->head_size != sizeof(*seal) ||
        seal->len != len || memcmp(seal->key, key, TT_SHA256_SIZE) != 0)
        return false;
    hash_of(data, len, hash);
    return memcmp(seal->hash, hash, sizeof(hash)) == 0;
}

bool tt_cache_load(const struct tt_cache *cache,
                   const uint8_t key[TT_SHA256_SIZE], void **out_data,
                   size_t *out_len)
{
    char name[NAME_SIZE];
    struct seal seal;
    void *file;
    size_t len;

    entry_name(key, name);
    if (cache->dir < 0 ||
        !tt_cache_read_file(cache->dir, name, sizeof(seal) + TT_CACHE_MAX_ENTRY,
                            &file, &len))
        return false;
    if (len >= sizeof(seal)) {
        memcpy(&seal, file, sizeof(seal));
        len -= sizeof(seal);
        if (seal_fits(&seal, key, (uint8_t *)file + sizeof(seal), len)) {
            memmove(file, (uint8_t *)file + sizeof(seal), len);
            /* For tt_tidy(): used. */
            (void)utimensat(cache->dir, name, NULL, AT_SYMLINK_NOFOLLOW);
            *out_data = file;
            *out_len = len;
            return true;
        }
    }
    tt_log(TT_LOG_DEBUG, "cache entry %s is damaged: built again", name);
    free(file);
    return false;
}

/* A name that no other thread or process uses at the same time. */
static int open_temp(const struct tt_cache *cache, char *name, size_t size)
{
    for (unsigned i = 0; i < 64; i++) {
        int fd;

        (void)snprintf(name, size, "t-%ld-%p-%u", (long)getpid(), (void *)&name,
                       i);
        fd = openat(cache->dir, name,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

bool tt_cache_store(const struct tt_cache *cache,
                    const uint8_t key[TT_SHA256_SIZE], const void *data,
                    size_t len)
{
    struct seal seal = {.magic = ENTRY_MAGIC,
                        .version = ENTRY_VERSION,
                        .head_size = sizeof(seal),
                        .len = len};
    char temp[64];
    char name[NAME_SIZE];
    bool ok;
    int fd;

    if (cache->dir < 0 || len > TT_CACHE_MAX_ENTRY)
        return false;
    fd = open_temp(cache, temp, sizeof(temp));
    if (fd < 0) {
        tt_log(TT_LOG_DEBUG, "cache %s: %s", cache->path, strerror(errno));
        return false;
    }
    memcpy(seal.key, key, sizeof(seal.key));
    hash_of(data, len, seal.hash);
    entry_name(key, name);
    ok = write_all(fd, &seal, sizeof(seal)) && write_all(fd, data, len);
    ok = close(fd) == 0 && ok &&
         renameat(cache->dir, temp, cache->dir, name) == 0;
    if (!ok) {
        tt_log(TT_LOG_DEBUG, "cache entry %s: %s", name, strerror(errno));
        (void)unlinkat(cache->dir, temp, 0);
    }
    return ok;
}

/* ---- embedded files ---- */

static bool file_is(const char *path, const struct tt_embed_file *file)
{
    void *data;
    size_t len;
    bool same;

    if (!tt_cache_read_file(AT_FDCWD, path, file->size, &data, &len))
        return false;
    same = len == file->size && memcmp(data, file->data, len) == 0;
    free(data);
    return same;
}

static bool tree_is(const char *dir, const struct tt_embed_file *files,
                    size_t n_files)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < n_files; i++) {
        if (!join(path, dir, files[i].name) || !file_is(path, &files[i]))
            return false;
    }
    return true;
}

/* errno, 0 if all went well; @path: of the file that could not be made. */
static int write_tree(const char *dir, const struct tt_embed_file *files,
                      size_t n_files, char path[PATH_MAX])
{
    int error = 0;

    for (size_t i = 0; i < n_files && !error; i++) {
        if (!join(path, dir, files[i].name))
            return ENAMETOOLONG;
        error = make_parents(path);
        if (!error)
            error = write_new(path, files[i].data, files[i].size);
    }
    return error;
}

/* Writes beside the final name and moves it there, so that a folder of that
 * name is whole. Returns false when the disk does not let it. */
static bool unpack_in_cache(const struct tt_cache *cache,
                            const struct tt_embed_file *files, size_t n_files,
                            const char *final)
{
    char temp[PATH_MAX], path[PATH_MAX];
    int error;

    if (!make_temp_in(cache->path, temp))
        return false;
    error = write_tree(temp, files, n_files, path);
    if (error) {
        tt_log(TT_LOG_WARN, "cache directory %s is not used for headers: %s",
               cache->path, strerror(error));
    } else {
        if (rename(temp, final) == 0)
            return true;
        /* Another process was quicker, or what is there is damaged. */
        if (!tree_is(final, files, n_files)) {
            tt_cache_remove_tree(final);
            if (rename(temp, final) == 0)
                return true;
        }
    }
    tt_cache_remove_tree(temp);
    return tree_is(final, files, n_files);
}

nxs_status tt_cache_unpack(const struct tt_cache *cache,
                           const struct tt_embed_file *files, size_t n_files,
                           const char *name, char *out, bool *out_private)
{
    char path[PATH_MAX];
    nxs_status status;
    int error;

    *out_private = false;
    if (cache->dir >= 0 && join(out, cache->path, name) &&
        (tree_is(out, files, n_files) ||
         unpack_in_cache(cache, files, n_files, out))) {
        /* For tt_tidy(): used. */
        (void)utimensat(cache->dir, name, NULL, AT_SYMLINK_NOFOLLOW);
        return NXS_Success;
    }

    status = tt_cache_make_temp(cache, out);
    if (status)
        return status;
    error = write_tree(out, files, n_files, path);
    if (error) {
        tt_cache_remove_tree(out);
        return TT_FAIL(NXS_OutOfResources, "write %s: %s", path,
                       strerror(error));
    }
    *out_private = true;
    return NXS_Success;
}
