/* SPDX-License-Identifier: MIT */
/* One process of the fault sweep; see trial.h. */
#include "tests/fault/trial.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/backend.h"
#include "tests/fault/inject.h"

#define LIMIT_S 120u

static unsigned count(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    if (!dir)
        return 0;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* What there was before the library was used. */
static struct {
    const struct trial *trial;
    unsigned fds, threads;
    bool lost; /* no device, so perhaps less is left */
} at_start;

/* Last of all destructors: the library's has run by now. */
__attribute__((destructor(101))) static void look_for_leaks(void)
{
    const struct trial *t = at_start.trial;
    const char *chip;
    bool bad = false;

    if (!t)
        return;
    t->answer->n_failed = tt_fault_disarm();
    chip = backend_left();
    if (t->counted)
        fprintf(t->counted, "%ld", tt_fault_blocks());
    else if (tt_fault_blocks() > t->kept ||
             (tt_fault_blocks() < t->kept && !at_start.lost))
        bad = printf("%ld blocks of memory are left instead of %ld\n",
                     tt_fault_blocks(), t->kept) > 0;
    if (chip)
        bad = printf("%s are left\n", chip) > 0;
    if (tt_fault_maps())
        bad = printf("%ld mappings are left\n", tt_fault_maps()) > 0;
    if (count("/proc/self/fd") != at_start.fds)
        bad = printf("%u descriptors instead of %u\n", count("/proc/self/fd"),
                     at_start.fds) > 0;
    /* One that has been joined is still there for a moment. */
    for (unsigned i = 0;
         i < 1000 && count("/proc/self/task") != at_start.threads; i++)
        usleep(1000);
    if (count("/proc/self/task") != at_start.threads)
        bad = printf("%u threads instead of %u\n", count("/proc/self/task"),
                     at_start.threads) > 0;
    /* The same for a process that has been killed. */
    for (unsigned i = 0; i < 1000 && waitpid(-1, NULL, WNOHANG) == 0; i++)
        usleep(1000);
    if (waitpid(-1, NULL, WNOHANG) == 0)
        bad = printf("a process is left\n") > 0;
    fflush(stdout);
    if (bad)
        _exit(3);
}

static void *do_nothing(void *arg)
{
    return arg;
}

/* So that a thread of ThreadSanitizer's own, which comes with the first, is
 * there by now. */
static void run_a_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, do_nothing, NULL) ||
        pthread_join(thread, NULL))
        _exit(2);
}

/* Descriptors of the sanitizers and of the C library appear with the first
 * use; what is compared with is the state before the library was used. */
static void set_up(const struct trial *t)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/log", t->folder);
    if (!freopen(path, "w", stderr) || dup2(2, 1) < 0)
        _exit(2);
    (void)setvbuf(stderr, NULL, _IOLBF, 0); /* for one that is aborted */
    snprintf(path, sizeof(path), "%s/tmp", t->folder);
    setenv("TMPDIR", path, 1);
    snprintf(path, sizeof(path), "%s/cache", t->folder);
    setenv("TT_CACHE_DIR", path, 1);
    snprintf(path, sizeof(path), "%s/trace.json", t->folder);
    setenv("TT_TRACE", path, 1);
    alarm(LIMIT_S);
    run_a_thread();
    at_start.trial = t;
    at_start.fds = count("/proc/self/fd");
    at_start.threads = count("/proc/self/task");
}

/* What the host lacks at one moment may be there at the next. */
static bool may_pass(const char *what)
{
    static const char *const want[] = {
        "malloc",    "calloc",    "aligned_alloc", "realloc",     "strdup",
        "strndup",   "realpath",  "mmap",          "MEMORY",      "open",
        "openat",    "fopen",     "opendir",       "FILES",       "card_open",
        "card_full", "card_mmap", "memfd_create",  "pipe2",       "socketpair",
        "fcntl",     "ftruncate", "write",         "posix_spawn",
    };

    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
        if (!strcmp(what, want[i]))
            return true;
    return false;
}

/* A device that is lost for good may say that, and nothing else. */
static bool is_loss(const struct trial *t, nxs_status first, nxs_status second)
{
    return (second == NXS_DeviceNotAvailable || second == NXS_DeviceNotFound) &&
           !may_pass(t->what) && backend_is_lost(first);
}

static int try_once(const struct trial *t)
{
    struct scenario_result *first = &t->answer->first, second;
    bool good;

    tt_fault_arm(t->what, t->nth, t->lasting);
    if (!scenario_run(t->scenario, first))
        return 2;
    (void)tt_fault_disarm();
    scenario_run(t->scenario, &second);
    if (first->status < 0)
        printf("first pass: %s: %d: %s\n", first->call, first->status,
               first->error);
    if (first->wrong[0])
        printf("first pass: %s\n", first->wrong);
    if (second.status < 0)
        printf("second pass: %s: %d: %s\n", second.call, second.status,
               second.error);
    if (second.wrong[0])
        printf("second pass: %s\n", second.wrong);
    fflush(stdout);
    at_start.lost = is_loss(t, first->status, second.status);
    good = !first->wrong[0] && !second.wrong[0] &&
           (second.status >= 0 || at_start.lost);
    tt_fault_resume();
    return good ? 0 : 1;
}

_Noreturn void trial_run(const struct trial *trial)
{
    set_up(trial);
    exit(try_once(trial));
}
