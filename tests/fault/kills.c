/* SPDX-License-Identifier: MIT */
/*
 * Processes that use one cache and are killed at any moment:
 *
 *     kills [KILLS [SEED]]
 *
 * What they leave must work for the next one, whichever part of the cache is
 * there; rivals that fill an empty cache at once must not disturb each other;
 * and an hour later nothing of the killed is left.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jit/cache.h"
#include "tests/fault/compiler.h"
#include "tests/fault/scenario.h"

#define CHECK_EVERY 10u
#define RIVALS      3u
#define LONGEST_US  250000u

/** struct place - where they work */
struct place {
    char root[64], cache[80], tmp[80];
    uint64_t rng;
};

static uint32_t draw(struct place *p, uint32_t n)
{
    p->rng = p->rng * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(p->rng >> 33) % n;
}

static pid_t start(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        struct scenario_result result;

        alarm(120);
        scenario_run("kernel", &result);
        if (result.status < 0 || result.wrong[0])
            printf("%s: %d: %s%s\n", result.call, result.status, result.error,
                   result.wrong);
        fflush(stdout);
        _exit(result.status < 0 || result.wrong[0]);
    }
    return pid;
}

static bool ends_well(pid_t pid)
{
    int state = 0;

    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static void kill_one(struct place *p)
{
    struct timespec nap = {.tv_nsec = 1000 * (long)draw(p, LONGEST_US)};
    pid_t pid = start();

    nanosleep(&nap, NULL);
    kill(pid, SIGKILL);
    (void)ends_well(pid);
}

/* One thing of the cache, so that the next process has something to do. */
static void remove_something(struct place *p)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *dir = opendir(p->cache);
    unsigned nth = draw(p, 5);

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || nth--)
            continue;
        snprintf(path, sizeof(path), "%s/%s", p->cache, entry->d_name);
        tt_cache_remove_tree(path);
        break;
    }
    if (dir)
        closedir(dir);
}

static bool kill_many(struct place *p, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (draw(p, 20) == 0)
            tt_cache_remove_tree(p->cache);
        else
            remove_something(p);
        kill_one(p);
        if ((i + 1) % CHECK_EVERY == 0 && !ends_well(start())) {
            printf("after kill %u\n", i + 1);
            return false;
        }
    }
    return true;
}

static bool let_compete(struct place *p)
{
    pid_t pid[RIVALS];
    bool ok = true;

    tt_cache_remove_tree(p->cache);
    for (unsigned i = 0; i < RIVALS; i++)
        pid[i] = start();
    for (unsigned i = 0; i < RIVALS; i++)
        ok = ends_well(pid[i]) && ok;
    return ok;
}

/* ---- an hour later ---- */

static bool is_leftover(const char *name)
{
    return !strncmp(name, "tt_plugin-", 10) || !strncmp(name, "t-", 2);
}

/* Makes everything older; returns how many leftovers there are. */
static unsigned look(const char *folder, bool age)
{
    const struct timespec then = {.tv_sec = time(NULL) - 7200};
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    unsigned n = 0;

    while (dir && (entry = readdir(dir))) {
        n += is_leftover(entry->d_name);
        if (age && entry->d_name[0] != '.')
            (void)utimensat(dirfd(dir), entry->d_name,
                            (struct timespec[2]){then, then},
                            AT_SYMLINK_NOFOLLOW);
    }
    if (dir)
        closedir(dir);
    return n;
}

static bool is_tidied(struct place *p)
{
    unsigned before = look(p->cache, true) + look(p->tmp, true), after;

    /* An entry must be missing: only who compiles tidies. */
    remove_something(p);
    remove_something(p);
    remove_something(p);
    if (!ends_well(start()))
        return false;
    after = look(p->cache, false) + look(p->tmp, false);
    printf("%u leftovers, %u an hour later\n", before, after);
    return before && !after;
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100;
    struct place p = {.rng = argc > 2 ? strtoull(argv[2], NULL, 10) : 1};
    bool ok;

    strcpy(p.root, "/tmp/tt_kills-XXXXXX");
    if (!mkdtemp(p.root))
        return EXIT_FAILURE;
    snprintf(p.cache, sizeof(p.cache), "%s/cache", p.root);
    snprintf(p.tmp, sizeof(p.tmp), "%s/tmp", p.root);
    if (mkdir(p.tmp, 0700))
        return EXIT_FAILURE;
    setenv("TT_CACHE_DIR", p.cache, 1);
    setenv("TMPDIR", p.tmp, 1);
    setenv("TT_DEVICE", "emu", 0);
    choose_compiler(argv[0]);
    ok =
        let_compete(&p) && kill_many(&p, n) && let_compete(&p) && is_tidied(&p);
    tt_cache_remove_tree(p.root);
    printf("%u kills\n", n);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
