/* SPDX-License-Identifier: MIT */
/*
 * The scenarios with a call of the C library failing: the first, the second,
 * and so on until none is left to fail; then all from the n-th on.
 *
 *   sweep [-s SCENARIO] [-c] [-o CALL]... [-b FIRST] [-e EVERY] [-j JOBS]
 *         [-v]
 *   TT_DEVICE=ttsim TTSIM_LIB=... sweep -s device ...
 *                  the same with a simulator in a process of its own
 *   sweep_kmd ...  the same over cards behind the kernel driver, whose calls
 *                  fail too; see kmd.c
 *
 * Each time in a process of its own, which must report the failure with a
 * status and a line that fit or end with the right results; after it a second
 * pass without failures must work. When the process ends, calls fail again, on
 * from where the first pass came to, and nothing may be left: no object, no
 * memory, no mapping, no descriptor, no thread, no process.
 * -c: with an empty cache every time, otherwise with what there is by then;
 * -o: only this call or group, or all of such names ("card_*");
 * -b, -e: the first so many of each, 8 if it does not say, and of the others
 * only every so manieth;
 * -j: so many at once, as many as there are processors if it does not say.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jit/cache.h"
#include "tests/fault/backend.h"
#include "tests/fault/compiler.h"
#include "tests/fault/inject.h"
#include "tests/fault/scenario.h"

#define LIMIT_S   120u
#define MAX_JOBS  64u
#define MAX_NAMES 256u
#define MAX_ONLY  8u

/** struct trial - one process
 *  @name: number of @what */
struct trial {
    const char *what;
    size_t name;
    unsigned nth;
    bool lasting;
};

/** struct answer - of a process to its parent, in memory that both see
 *  @n_failed: calls that failed; 1 until the process has come to its end */
struct answer {
    unsigned n_failed;
    struct scenario_result first;
};

/** struct worker - a place where one trial at a time runs
 *  @folder: its own, for cache, temporary files, trace and log
 *  @pid: 0 if there is none now */
struct worker {
    char folder[64];
    pid_t pid;
    struct trial trial;
    struct answer *answer;
};

/** struct progress - how far the trials of one name are
 *  @next: to let fail
 *  @n_running: trials under way
 *  @n_failed: trials in which anything failed
 *  @known: a trial has come back
 *  @ended: there is nothing left to fail */
struct progress {
    unsigned next, n_running, n_failed;
    bool known, ended;
};

/** struct sweep - what was asked for, and what came of it */
struct sweep {
    const char *scenario, *only[MAX_ONLY];
    unsigned n_only;
    unsigned begin, every, n_workers;
    bool cold, verbose;
    char folder[48];
    struct worker worker[MAX_JOBS];
    struct progress progress[MAX_NAMES];
    size_t n_reported;
    unsigned n_failed, n_wrong, n_runs;
};

/* ---- in the process ---- */

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

static struct {
    unsigned fds, threads;
    struct answer *answer;
    bool lost;     /* no device, so perhaps less is left */
    long kept;     /* blocks of memory that are left on purpose */
    FILE *counted; /* where to write how many they are; NULL: compare */
} at_start;

/* Last of all destructors: the library's has run by now. */
__attribute__((destructor(101))) static void look_for_leaks(void)
{
    const char *chip;
    bool bad = false;

    if (!at_start.fds)
        return;
    at_start.answer->n_failed = tt_fault_disarm();
    chip = backend_left();
    if (at_start.counted)
        fprintf(at_start.counted, "%ld", tt_fault_blocks());
    else if (tt_fault_blocks() > at_start.kept ||
             (tt_fault_blocks() < at_start.kept && !at_start.lost))
        bad = printf("%ld blocks of memory are left instead of %ld\n",
                     tt_fault_blocks(), at_start.kept) > 0;
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
static void set_up(const struct worker *w)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/log", w->folder);
    if (!freopen(path, "w", stderr) || dup2(2, 1) < 0)
        _exit(2);
    (void)setvbuf(stderr, NULL, _IOLBF, 0); /* for one that is aborted */
    snprintf(path, sizeof(path), "%s/tmp", w->folder);
    setenv("TMPDIR", path, 1);
    snprintf(path, sizeof(path), "%s/cache", w->folder);
    setenv("TT_CACHE_DIR", path, 1);
    snprintf(path, sizeof(path), "%s/trace.json", w->folder);
    setenv("TT_TRACE", path, 1);
    alarm(LIMIT_S);
    run_a_thread();
    at_start.answer = w->answer;
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

static int try_once(const struct sweep *s, const struct worker *w)
{
    const struct trial *t = &w->trial;
    struct scenario_result *first = &w->answer->first, second;
    bool good;

    tt_fault_arm(t->what, t->nth, t->lasting);
    if (!scenario_run(s->scenario, first))
        return 2;
    (void)tt_fault_disarm();
    scenario_run(s->scenario, &second);
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

/* ---- in the parent ---- */

static bool is_among(nxs_status status, const nxs_status *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == status)
            return true;
    return false;
}

/* What a call may say when the machine does not give it what it needs: that;
 * that what it has been waiting for failed; and that a file cannot be read. */
static bool fits(const struct trial *t, nxs_status status)
{
    static const nxs_status list[] = {NXS_Success,
                                      NXS_OutOfHostMemory,
                                      NXS_OutOfResources,
                                      NXS_DeviceNotFound,
                                      NXS_CompilerNotAvailable,
                                      NXS_InvalidBinary,
                                      NXS_DeviceNotAvailable,
                                      NXS_ExecStatusErrorForEventsInWaitList};

    if (status == NXS_InvalidProgram)
        return !strcmp(t->what, "read") || !strcmp(t->what, "fstat") ||
               !strcmp(t->what, "READING");
    /* Whether there is an image is all that can be known without waitpid(). */
    if (status == NXS_CompileProgramFailure)
        return !strcmp(t->what, "access") || !strcmp(t->what, "READING");
    return is_among(status, list, sizeof(list) / sizeof(list[0]));
}

static void show_log(const char *path)
{
    char text[4096];
    FILE *file = fopen(path, "r");

    while (file && fgets(text, sizeof(text), file))
        printf("    %s", text);
    if (file)
        fclose(file);
}

static bool judge(const struct sweep *s, const struct worker *w, int state)
{
    const struct scenario_result *first = &w->answer->first;
    const struct trial *t = &w->trial;
    bool good =
        WIFEXITED(state) && WEXITSTATUS(state) == 0 && fits(t, first->status);
    char log[96];

    if (good && !s->verbose)
        return true;
    printf("%s %s %u%s: %s %d, status %d of %s\n", good ? "ok" : "FAILED",
           t->what, t->nth, t->lasting ? " and all after it" : "",
           WIFEXITED(state) ? "exit" : "signal",
           WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state),
           first->status, first->call ? first->call : "");
    snprintf(log, sizeof(log), "%s/log", w->folder);
    show_log(log);
    return good;
}

static void empty_folder(const struct sweep *s, const struct worker *w)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/cache", w->folder);
    if (s->cold)
        tt_cache_remove_tree(path);
    snprintf(path, sizeof(path), "%s/tmp", w->folder);
    tt_cache_remove_tree(path);
    if (mkdir(path, 0700))
        abort();
}

static void start_trial(const struct sweep *s, struct worker *w,
                        const struct trial *t)
{
    w->trial = *t;
    *w->answer = (struct answer){.n_failed = 1};
    empty_folder(s, w);
    fflush(stdout);
    w->pid = fork();
    if (w->pid < 0)
        abort();
    if (w->pid)
        return;
    set_up(w);
    exit(try_once(s, w));
}

/* Waits for any trial; returns where it ran. What its answer points at is here
 * too: the process is a copy. */
static struct worker *end_trial(struct sweep *s)
{
    struct worker *w = s->worker;
    int state = 0;
    pid_t pid;

    while ((pid = waitpid(-1, &state, 0)) < 0 && errno == EINTR)
        ;
    while (pid > 0 && w->pid != pid)
        w++;
    if (pid <= 0)
        abort();
    w->pid = 0;
    if (!judge(s, w, state))
        s->n_wrong++;
    s->n_runs++;
    return w;
}

/* ---- which trial is next ---- */

static bool is_asked_for(const struct sweep *s, size_t name)
{
    for (unsigned i = 0; i < s->n_only; i++)
        if (!fnmatch(s->only[i], tt_fault_name(name), 0))
            return true;
    return !s->n_only;
}

/* The first that has something left to fail. Whether it has anything at all is
 * told by its first trial: until then others do not wait for it. */
static bool next_trial(struct sweep *s, struct trial *out)
{
    for (size_t i = 0; tt_fault_name(i); i++) {
        struct progress *p = &s->progress[i];

        if (!is_asked_for(s, i) || p->ended || (p->n_running && !p->known))
            continue;
        *out =
            (struct trial){tt_fault_name(i), i, p->next, tt_fault_is_group(i)};
        /* The beginning of everything, where objects are made, is not
         * skipped. */
        p->next += p->next < s->begin ? 1 : s->every;
        p->n_running++;
        return true;
    }
    return false;
}

static void report(struct sweep *s)
{
    for (; tt_fault_name(s->n_reported); s->n_reported++) {
        const struct progress *p = &s->progress[s->n_reported];

        if (is_asked_for(s, s->n_reported) && (!p->ended || p->n_running))
            break;
        if (p->n_failed)
            printf("%-34s %5u%s\n", tt_fault_name(s->n_reported), p->n_failed,
                   tt_fault_is_group(s->n_reported) ? " times for good" : "");
    }
    fflush(stdout);
}

static void note(struct sweep *s, const struct worker *w)
{
    struct progress *p = &s->progress[w->trial.name];
    unsigned n_failed = w->answer->n_failed;

    p->n_running--;
    p->known = true;
    p->ended = p->ended || !n_failed;
    p->n_failed += n_failed != 0;
    s->n_failed += n_failed;
    report(s);
}

static struct worker *idle_worker(struct sweep *s)
{
    for (unsigned i = 0; i < s->n_workers; i++)
        if (!s->worker[i].pid)
            return &s->worker[i];
    return NULL;
}

static void sweep_all(struct sweep *s)
{
    unsigned n_running = 0;
    struct trial t;

    for (;;) {
        if (n_running < s->n_workers && next_trial(s, &t)) {
            start_trial(s, idle_worker(s), &t);
            n_running++;
        } else if (n_running) {
            note(s, end_trial(s));
            n_running--;
        } else {
            break;
        }
    }
    report(s);
}

/* ---- beginning and end ---- */

/* Tables of handles stay as they are, for threads that do not end. */
static bool count_kept(struct sweep *s)
{
    const struct trial none = {"malloc", 0, UINT_MAX, false};
    char path[96];
    FILE *file;
    bool ok;

    snprintf(path, sizeof(path), "%s/kept", s->folder);
    at_start.counted = fopen(path, "we");
    if (!at_start.counted)
        return false;
    start_trial(s, &s->worker[0], &none);
    (void)end_trial(s);
    fclose(at_start.counted);
    at_start.counted = NULL;
    file = fopen(path, "re");
    ok = file && fscanf(file, "%ld", &at_start.kept) == 1;
    if (file)
        fclose(file);
    /* Who comes first to the other places finds something in their caches. */
    for (unsigned i = 1; i < s->n_workers && ok; i++)
        start_trial(s, &s->worker[i], &none);
    for (unsigned i = 1; i < s->n_workers && ok; i++)
        (void)end_trial(s);
    return ok && !s->n_wrong;
}

static bool make_workers(struct sweep *s)
{
    const size_t size = s->n_workers * sizeof(struct answer);
    struct answer *answers = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    snprintf(s->folder, sizeof(s->folder), "/tmp/tt_fault-XXXXXX");
    if (answers == MAP_FAILED || !mkdtemp(s->folder))
        return false;
    for (unsigned i = 0; i < s->n_workers; i++) {
        struct worker *w = &s->worker[i];

        w->answer = &answers[i];
        snprintf(w->folder, sizeof(w->folder), "%s/%u", s->folder, i);
        if (mkdir(w->folder, 0700))
            return false;
    }
    return true;
}

static bool read_options(struct sweep *s, int argc, char **argv)
{
    long n_processors = sysconf(_SC_NPROCESSORS_ONLN);
    int option;

    s->n_workers = n_processors > 0 ? (unsigned)n_processors : 1;
    while ((option = getopt(argc, argv, "s:o:b:e:j:cv")) >= 0) {
        if (option == 's')
            s->scenario = optarg;
        else if (option == 'o' && s->n_only < MAX_ONLY)
            s->only[s->n_only++] = optarg;
        else if (option == 'b')
            s->begin = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'e')
            s->every = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'j')
            s->n_workers = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'c')
            s->cold = true;
        else if (option == 'v')
            s->verbose = true;
        else
            return false;
    }
    if (s->n_workers > MAX_JOBS)
        s->n_workers = MAX_JOBS;
    for (size_t i = 0; i < MAX_NAMES; i++)
        s->progress[i].next = 1;
    return s->every && s->n_workers;
}

int main(int argc, char **argv)
{
    static struct sweep s = {.scenario = "whole", .begin = 8, .every = 1};

    if (!read_options(&s, argc, argv))
        return 2;
    if (!backend_start())
        return 2;
    choose_compiler(argv[0]);
    if (!make_workers(&s))
        return 2;
    if (count_kept(&s))
        sweep_all(&s);
    tt_cache_remove_tree(s.folder);
    backend_stop();
    printf("%u processes, %u calls failed, %u processes went wrong\n", s.n_runs,
           s.n_failed, s.n_wrong);
    return s.n_wrong || !s.n_failed;
}
