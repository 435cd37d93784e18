/* SPDX-License-Identifier: MIT */
/* What is thrown away: old entries of a full cache, leftovers of the killed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_DIRECTORY in strict modes */
#endif
#include "jit/tidy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pool/tt_env.h"
#include "pool/tt_log.h"

#define STAMP       "tidied"
#define MAX_ENTRIES 10000u
#define HOUR_S      3600
#define DAY_S       (24 * HOUR_S)

/** struct item - an entry, or a folder of embedded files
 *  @used: when it was used last, in ns */
struct item {
    char name[64];
    uint64_t size;
    int64_t used;
    bool is_folder;
};

/** struct list - all of them */
struct list {
    struct item *item;
    size_t n, room;
    uint64_t size;
};

static int64_t age_of(const struct stat *st)
{
    return (int64_t)time(NULL) - (int64_t)st->st_mtim.tv_sec;
}

/* ---- leftovers ---- */

int tt_tidy_hold(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        (void)flock(fd, LOCK_SH | LOCK_NB);
    return fd;
}

/* Whether a folder that was made an hour ago is not held by anybody. Whoever
 * has just made one may not hold it yet. */
static bool is_left(int dir, const char *name)
{
    struct stat st;
    bool left;
    int fd =
        openat(dir, name,
               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return false;
    left = !fstat(fd, &st) && st.st_uid == geteuid() && age_of(&st) > HOUR_S &&
           !flock(fd, LOCK_EX | LOCK_NB);
    close(fd);
    return left;
}

static void remove_in(const char *folder, const char *name)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
        tt_cache_remove_tree(path);
}

static DIR *list_of(const char *folder)
{
    return folder && folder[0] == '/' ? opendir(folder) : NULL;
}

static void remove_leftovers(const char *folder)
{
    DIR *dir = list_of(folder);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (strncmp(entry->d_name, TT_TIDY_TEMP, strlen(TT_TIDY_TEMP)) != 0 ||
            !is_left(dirfd(dir), entry->d_name))
            continue;
        tt_log(TT_LOG_DEBUG, "%s/%s is left from a process that is gone",
               folder, entry->d_name);
        remove_in(folder, entry->d_name);
    }
    closedir(dir);
}

/* ---- too much ---- */

/* In bytes. */
static uint64_t limit(void)
{
    return tt_env_number(TT_ENV_CACHE_MIB) << 20;
}

/* The files of a folder of embedded files are not looked at one by one. */
#define FOLDER_SIZE (1u << 20)

static bool add(struct list *list, const char *name, const struct stat *st)
{
    size_t room = list->room ? 2 * list->room : 64;
    struct item *more;

    if (list->n == list->room) {
        more = realloc(list->item, room * sizeof(*more));
        if (!more)
            return false;
        list->item = more;
        list->room = room;
    }
    list->item[list->n] = (struct item){
        .size = S_ISDIR(st->st_mode) ? FOLDER_SIZE : (uint64_t)st->st_size,
        .used = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
        .is_folder = S_ISDIR(st->st_mode),
    };
    (void)snprintf(list->item[list->n].name, sizeof(list->item[0].name), "%s",
                   name);
    list->size += list->item[list->n++].size;
    return true;
}

/* A file that was never finished, after an hour. */
static bool is_unfinished(const char *name, const struct stat *st)
{
    return strncmp(name, "t-", 2) == 0 && S_ISREG(st->st_mode) &&
           age_of(st) > HOUR_S;
}

static void look(const struct tt_cache *cache, const char *name,
                 struct list *list)
{
    struct stat st;

    if (strlen(name) >= sizeof(list->item[0].name) ||
        fstatat(cache->dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return;
    if (is_unfinished(name, &st))
        (void)unlinkat(cache->dir, name, 0);
    else if ((S_ISREG(st.st_mode) && strncmp(name, "e-", 2) == 0) ||
             (S_ISDIR(st.st_mode) && strncmp(name, "src-", 4) == 0))
        (void)add(list, name, &st);
}

static int oldest_first(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    return (x->used > y->used) - (x->used < y->used);
}

/* A folder may be in use for as long as the compiler runs, and longer in a
 * process that is stopped; an entry is whole for whoever has it open. */
static bool may_go(const struct item *item)
{
    return !item->is_folder ||
           (int64_t)time(NULL) - item->used / 1000000000 > DAY_S;
}

static void remove_oldest(const struct tt_cache *cache, struct list *list)
{
    size_t left = list->n, gone = 0;
    uint64_t most = limit();

    qsort(list->item, list->n, sizeof(list->item[0]), oldest_first);
    for (size_t i = 0; i < list->n; i++) {
        const struct item *item = &list->item[i];

        if (list->size <= most && left <= MAX_ENTRIES)
            break;
        if (!may_go(item))
            continue;
        if (item->is_folder)
            remove_in(cache->path, item->name);
        else
            (void)unlinkat(cache->dir, item->name, 0);
        list->size -= item->size;
        left--;
        gone++;
    }
    if (gone)
        tt_log(TT_LOG_INFO, "%zu entries of the cache are thrown away", gone);
}

static void remove_surplus(const struct tt_cache *cache)
{
    DIR *dir = list_of(cache->path);
    struct list list = {0};
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)))
        look(cache, entry->d_name, &list);
    closedir(dir);
    if (list.n)
        remove_oldest(cache, &list);
    free(list.item);
}

/* ---- when ---- */

/* Whether an hour is over, and nobody else has noticed yet. */
static bool is_due(const struct tt_cache *cache)
{
    struct stat st;
    int fd;

    if (!fstatat(cache->dir, STAMP, &st, AT_SYMLINK_NOFOLLOW) &&
        age_of(&st) >= 0 && age_of(&st) < HOUR_S)
        return false;
    fd = openat(cache->dir, STAMP,
                O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return false;
    (void)futimens(fd, NULL);
    close(fd);
    return true;
}

void tt_tidy(const struct tt_cache *cache)
{
    if (cache->dir >= 0 && !is_due(cache))
        return;
    if (cache->dir >= 0) {
        remove_surplus(cache);
        remove_leftovers(cache->path);
    }
    remove_leftovers(getenv("TMPDIR"));
    remove_leftovers("/tmp");
}
