/* SPDX-License-Identifier: MIT */
/*
 * The scenarios with a call of the C library failing: the first, the second,
 * and so on until none is left to fail; then all from the n-th on.
 *
 *   sweep [-s SCENARIO] [-c] [-o CALL] [-e EVERY] [-v]
 *
 * Each time in a process of its own, which must report the failure with a
 * status and a line that fit or end with the right results; after it a second
 * pass without failures must work, and nothing may be left: no object, no
 * memory, no mapping, no descriptor, no thread.
 * -c: with an empty cache every time, otherwise with what there is by then;
 * -o: only this call or group; -e: only every so manieth call.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jit/cache.h"
#include "tests/fault/compiler.h"
#include "tests/fault/inject.h"
#include "tests/fault/scenario.h"

#define LIMIT_S 120u
#define ALL     8u

/** struct sweep - what was asked for, and what came of it */
struct sweep {
    const char *scenario, *only;
    unsigned every;
    bool cold, verbose;
    char folder[64];
    unsigned n_failed, n_wrong, n_runs;
};

/** struct answer - of a process to its parent */
struct answer {
    unsigned n_failed;
    struct scenario_result first;
};

/** struct trial - one process */
struct trial {
    const char *what;
    unsigned nth;
    bool lasting;
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
    long kept;     /* blocks of memory that are left on purpose */
    FILE *counted; /* where to write how many they are; NULL: compare */
} at_start;

/* Last of all destructors: the library's has run by now. */
__attribute__((destructor(101))) static void look_for_leaks(void)
{
    bool bad = false;

    if (!at_start.fds)
        return;
    if (at_start.counted)
        fprintf(at_start.counted, "%ld", tt_fault_blocks());
    else if (tt_fault_blocks() != at_start.kept)
        bad = printf("%ld blocks of memory are left instead of %ld\n",
                     tt_fault_blocks(), at_start.kept) > 0;
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
    fflush(stdout);
    if (bad)
        _exit(3);
}

/* Descriptors of the sanitizers and of the C library appear with the first
 * use; what is compared with is the state before the library was used. */
static void set_up(const struct sweep *s, const char *log)
{
    char path[96];

    if (!freopen(log, "w", stderr) || dup2(2, 1) < 0)
        _exit(2);
    snprintf(path, sizeof(path), "%s/cache", s->folder);
    setenv("TT_CACHE_DIR", path, 1);
    snprintf(path, sizeof(path), "%s/trace.json", s->folder);
    setenv("TT_TRACE", path, 1);
    alarm(LIMIT_S);
    at_start.fds = count("/proc/self/fd");
    at_start.threads = count("/proc/self/task");
}

static int try_once(const struct sweep *s, const struct trial *t, int out)
{
    struct answer answer = {0};
    struct scenario_result second;
    bool good;

    tt_fault_arm(t->what, t->nth, t->lasting);
    if (!scenario_run(s->scenario, &answer.first))
        return 2;
    answer.n_failed = tt_fault_disarm();
    if (write(out, &answer, sizeof(answer)) != sizeof(answer))
        return 2;
    close(out);
    scenario_run(s->scenario, &second);
    if (answer.first.status < 0)
        printf("first pass: %s: %d: %s\n", answer.first.call,
               answer.first.status, answer.first.error);
    if (answer.first.wrong[0])
        printf("first pass: %s\n", answer.first.wrong);
    if (second.status < 0)
        printf("second pass: %s: %d: %s\n", second.call, second.status,
               second.error);
    if (second.wrong[0])
        printf("second pass: %s\n", second.wrong);
    fflush(stdout);
    good = !answer.first.wrong[0] && !second.wrong[0] && second.status >= 0;
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

static bool judge(struct sweep *s, const struct trial *t, int state,
                  const struct answer *answer, const char *log)
{
    bool good = WIFEXITED(state) && WEXITSTATUS(state) == 0;

    if (good && fits(t, answer->first.status) && !s->verbose)
        return true;
    printf("%s %s %u%s: %s %d, status %d of %s\n",
           good && fits(t, answer->first.status) ? "ok" : "FAILED", t->what,
           t->nth, t->lasting ? " and all after it" : "",
           WIFEXITED(state) ? "exit" : "signal",
           WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state),
           answer->first.status, answer->first.call ? answer->first.call : "");
    show_log(log);
    return good && fits(t, answer->first.status);
}

static void empty_folder(const struct sweep *s)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/cache", s->folder);
    if (s->cold)
        tt_cache_remove_tree(path);
    snprintf(path, sizeof(path), "%s/tmp", s->folder);
    tt_cache_remove_tree(path);
    if (mkdir(path, 0700))
        abort();
    setenv("TMPDIR", path, 1);
}

/* Returns how many calls failed. */
static unsigned run_trial(struct sweep *s, const struct trial *t)
{
    struct answer answer = {0};
    int ends[2], state = 0;
    char log[96];
    pid_t pid;

    empty_folder(s);
    snprintf(log, sizeof(log), "%s/log", s->folder);
    fflush(stdout);
    if (pipe(ends))
        abort();
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        ends[0] = fcntl(ends[1], F_DUPFD_CLOEXEC, 100);
        close(ends[1]);
        set_up(s, log);
        at_start.fds -= 1;
        exit(try_once(s, t, ends[0]));
    }
    close(ends[1]);
    if (read(ends[0], &answer, sizeof(answer)) != sizeof(answer))
        answer.n_failed = 1;
    close(ends[0]);
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        ;
    /* The pointer is as good here as there: the process is a copy. */
    if (!judge(s, t, state, &answer, log))
        s->n_wrong++;
    s->n_runs++;
    return answer.n_failed;
}

/* Tables of handles stay as they are, for threads that do not end. */
static bool count_kept(struct sweep *s)
{
    char path[96];
    FILE *file;
    bool ok;

    snprintf(path, sizeof(path), "%s/kept", s->folder);
    at_start.counted = fopen(path, "we");
    if (!at_start.counted)
        return false;
    run_trial(s, &(struct trial){"malloc", UINT_MAX, false});
    fclose(at_start.counted);
    at_start.counted = NULL;
    file = fopen(path, "re");
    ok = file && fscanf(file, "%ld", &at_start.kept) == 1;
    if (file)
        fclose(file);
    return ok && !s->n_wrong;
}

static void sweep_one(struct sweep *s, const char *what, bool lasting)
{
    unsigned n = 0, failed;

    /* The beginning of everything, where objects are made, is not skipped. */
    for (unsigned nth = 1;; nth += nth < ALL ? 1 : s->every) {
        failed = run_trial(s, &(struct trial){what, nth, lasting});
        if (!failed)
            break;
        n++;
        s->n_failed += failed;
    }
    if (n)
        printf("%-34s %5u%s\n", what, n, lasting ? " times for good" : "");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct sweep s = {.scenario = "whole", .every = 1};
    int option;

    while ((option = getopt(argc, argv, "s:o:e:cv")) >= 0) {
        if (option == 's')
            s.scenario = optarg;
        else if (option == 'o')
            s.only = optarg;
        else if (option == 'e')
            s.every = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'c')
            s.cold = true;
        else if (option == 'v')
            s.verbose = true;
        else
            return 2;
    }
    setenv("TT_DEVICE", "emu", 0);
    choose_compiler(argv[0]);
    snprintf(s.folder, sizeof(s.folder), "/tmp/tt_fault-XXXXXX");
    if (!mkdtemp(s.folder) || !s.every)
        return 2;
    if (!count_kept(&s))
        return 1;
    for (size_t i = 0; tt_fault_name(i); i++) {
        if (s.only && strcmp(s.only, tt_fault_name(i)) != 0)
            continue;
        sweep_one(&s, tt_fault_name(i), tt_fault_is_group(i));
    }
    tt_cache_remove_tree(s.folder);
    printf("%u processes, %u calls failed, %u processes went wrong\n", s.n_runs,
           s.n_failed, s.n_wrong);
    return s.n_wrong || !s.n_failed;
}
