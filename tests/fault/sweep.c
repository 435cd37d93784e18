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
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
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
#include "tests/fault/trial.h"

#define MAX_JOBS  64u
#define MAX_NAMES 256u
#define MAX_ONLY  8u

/** struct worker - a place where one trial at a time runs
 *  @folder: its own
 *  @pid: 0 if there is none now
 *  @name: number of what fails */
struct worker {
    char folder[64];
    pid_t pid;
    size_t name;
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
    long kept; /* blocks of memory that are left on purpose */
};

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

/* @counted: see struct trial. */
static void start_trial(const struct sweep *s, struct worker *w, size_t name,
                        unsigned nth, FILE *counted)
{
    w->name = name;
    w->trial = (struct trial){.scenario = s->scenario,
                              .what = tt_fault_name(name),
                              .nth = nth,
                              .lasting = tt_fault_is_group(name),
                              .folder = w->folder,
                              .answer = w->answer,
                              .kept = s->kept,
                              .counted = counted};
    *w->answer = (struct answer){.n_failed = 1};
    empty_folder(s, w);
    fflush(stdout);
    w->pid = fork();
    if (w->pid < 0)
        abort();
    if (!w->pid)
        trial_run(&w->trial);
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
static bool start_next(struct sweep *s, struct worker *w)
{
    for (size_t i = 0; tt_fault_name(i); i++) {
        struct progress *p = &s->progress[i];

        if (!is_asked_for(s, i) || p->ended || (p->n_running && !p->known))
            continue;
        start_trial(s, w, i, p->next, NULL);
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
    struct progress *p = &s->progress[w->name];
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

    for (;;) {
        if (n_running < s->n_workers && start_next(s, idle_worker(s))) {
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
    char path[96];
    FILE *file;
    bool ok;

    snprintf(path, sizeof(path), "%s/kept", s->folder);
    file = fopen(path, "w+e");
    if (!file)
        return false;
    start_trial(s, &s->worker[0], 0, UINT_MAX, file);
    (void)end_trial(s);
    rewind(file);
    ok = fscanf(file, "%ld", &s->kept) == 1;
    fclose(file);
    /* Who comes first to the other places finds something in their caches. */
    for (unsigned i = 1; i < s->n_workers && ok; i++)
        start_trial(s, &s->worker[i], 0, UINT_MAX, NULL);
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
