/* SPDX-License-Identifier: MIT */
/* Runs the cross compiler: no shell, bounded time, memory and output. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* prlimit(), closefrom and chdir in posix_spawn() */
#endif
#include "jit/toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define MAX_JOBS        8u
#define MEMORY_LIMIT    (2ull << 30)
#define FILE_LIMIT      (64ull << 20)
#define KILLED_DRAIN_NS 5000000000u
#define LIMITER         "prlimit"
#define DEFAULT_PATH    "/usr/local/bin:/usr/bin:/bin"

/** struct running - a started job */
struct running {
    pid_t pid;  /* -1 when collected or never started */
    int output; /* read end of its output, -1 at end of file */
    size_t kept;
};

static bool is_program(const char *path, struct tt_tool *out)
{
    struct stat st;

    if (stat(path, &st) || !S_ISREG(st.st_mode) || access(path, X_OK))
        return false;
    out->size = (uint64_t)st.st_size;
    out->mtime_ns =
        (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    return true;
}

/* Relative entries of PATH are passed over: jobs run in other directories. */
bool tt_tool_look(const char *name, struct tt_tool *out)
{
    const char *path = getenv("PATH");

    for (path = path ? path : DEFAULT_PATH; *path;) {
        size_t len = strcspn(path, ":");
        int n = snprintf(out->path, sizeof(out->path), "%.*s/%s", (int)len,
                         path, name);

        if (len > 0 && path[0] == '/' && n > 0 &&
            (size_t)n < sizeof(out->path) && is_program(out->path, out))
            return true;
        path += len;
        path += *path == ':';
    }
    return false;
}

nxs_status tt_tool_find(struct tt_tool *out)
{
    if (tt_tool_look(TT_TOOL_COMPILER, out))
        return NXS_Success;
    return TT_FAIL(NXS_CompilerNotAvailable,
                   "%s is not in PATH: install the Debian package %s",
                   TT_TOOL_COMPILER, TT_TOOL_PACKAGE);
}

/* Files and signals of the child: nothing of the host's passes on. */
static int set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
                  const char *dir, int output)
{
    sigset_t all;
    sigset_t none;

    sigfillset(&all);
    sigemptyset(&none);
    return posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
                                            0) ||
           posix_spawn_file_actions_adddup2(files, output, 1) ||
           posix_spawn_file_actions_adddup2(files, output, 2) ||
           posix_spawn_file_actions_addclosefrom_np(files, 3) ||
           posix_spawn_file_actions_addchdir_np(files, dir) ||
           posix_spawnattr_setsigdefault(attr, &all) ||
           posix_spawnattr_setsigmask(attr, &none) ||
           posix_spawnattr_setpgroup(attr, 0) ||
           posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETPGROUP);
}

/* ---- limits ---- */

static const struct {
    __rlimit_resource_t resource;
    const char *name; /* of the limiter's option */
    rlim_t most;      /* 0: the time limit in seconds, and a little */
} limits[] = {
    {RLIMIT_AS, "as", MEMORY_LIMIT},
    {RLIMIT_FSIZE, "fsize", FILE_LIMIT},
    {RLIMIT_CORE, "core", 0},
    {RLIMIT_CPU, "cpu", 0},
};
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

/* What this process may not have, its children cannot be given. */
static rlim_t get_limit(size_t i, unsigned timeout_ms)
{
    rlim_t most = limits[i].most;
    struct rlimit own;

    if (limits[i].resource == RLIMIT_CPU)
        most = timeout_ms / 1000 + 1;
    if (!getrlimit(limits[i].resource, &own) && own.rlim_max < most)
        most = own.rlim_max;
    return most;
}

/** struct command - a command line behind the limiter's */
struct command {
    const char *argv[N_LIMITS + 3 + TT_TOOL_MAX_ARGV];
    char word[N_LIMITS][48];
};

/* POSIX has no spawn attribute for limits, and a compiler that has started may
 * have children already: prlimit(1) of util-linux sets them and becomes the
 * command. Returns whether it all fits. */
static bool limit(const struct tt_tool *limiter, const char *const *argv,
                  unsigned timeout_ms, struct command *out)
{
    size_t n = 0;

    out->argv[n++] = limiter->path;
    for (size_t i = 0; i < N_LIMITS; i++) {
        (void)snprintf(out->word[i], sizeof(out->word[i]), "--%s=%llu",
                       limits[i].name,
                       (unsigned long long)get_limit(i, timeout_ms));
        out->argv[n++] = out->word[i];
    }
    out->argv[n++] = "--";
    for (size_t i = 0; argv[i]; i++) {
        if (i == TT_TOOL_MAX_ARGV)
            return false;
        out->argv[n++] = argv[i];
    }
    out->argv[n] = NULL;
    return true;
}

/* Where there is no limiter: the child is still loading, most often, when it
 * gets them, and everything that it starts from then on inherits them. */
static void set_limits(pid_t pid, unsigned timeout_ms)
{
    for (size_t i = 0; i < N_LIMITS; i++) {
        const rlim_t most = get_limit(i, timeout_ms);
        const struct rlimit both = {most, most};

        if (prlimit(pid, limits[i].resource, &both, NULL))
            tt_log(TT_LOG_DEBUG, "limit %s of compiler process %d: %s",
                   limits[i].name, (int)pid, strerror(errno));
    }
}

static int spawn_with(const char *const *argv, const struct tt_tool_job *job,
                      int output, pid_t *pid)
{
    char path[PATH_MAX + 8];
    char tmpdir[PATH_MAX + 8];
    char locale[] = "LC_ALL=C";
    char *env[] = {path, locale, tmpdir, NULL};
    const char *search = getenv("PATH");
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int err;

    if (snprintf(path, sizeof(path), "PATH=%s",
                 search ? search : DEFAULT_PATH) >= (int)sizeof(path))
        return E2BIG;
    if (snprintf(tmpdir, sizeof(tmpdir), "TMPDIR=%s", job->dir) >=
        (int)sizeof(tmpdir))
        return ENAMETOOLONG;
    if (posix_spawn_file_actions_init(&files))
        return ENOMEM;
    if (posix_spawnattr_init(&attr)) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    err = set_up(&files, &attr, job->dir, output) ? ENOMEM : 0;
    if (!err)
        /* argv is not const in POSIX, though nothing writes to it. */
        err = posix_spawn(pid, argv[0], &files, &attr,
                          (char *const *)(uintptr_t)argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return err;
}

/* @limiter: NULL if there is none. */
static nxs_status start(const struct tt_tool *limiter, struct tt_tool_job *job,
                        struct running *run, unsigned timeout_ms)
{
    struct command command;
    int ends[2];
    int err;

    if (limiter && !limit(limiter, job->argv, timeout_ms, &command))
        return TT_FAIL(NXS_OutOfResources, "start %s: more than %u words",
                       job->argv[0], TT_TOOL_MAX_ARGV);
    if (pipe2(ends, O_CLOEXEC))
        return TT_FAIL(NXS_OutOfResources, "pipe: %s", strerror(errno));
    err =
        spawn_with(limiter ? command.argv : job->argv, job, ends[1], &run->pid);
    close(ends[1]);
    if (err) {
        run->pid = -1;
        close(ends[0]);
        return TT_FAIL(NXS_OutOfResources, "start %s: %s", job->argv[0],
                       strerror(err));
    }
    if (!limiter)
        set_limits(run->pid, timeout_ms);
    run->output = ends[0];
    return NXS_Success;
}

/* Keeps the beginning of the output and drops the rest. */
static void take_output(struct tt_tool_job *job, struct running *run)
{
    char buf[4096];
    ssize_t n = read(run->output, buf, sizeof(buf));
    size_t room = sizeof(job->log) - 1 - run->kept;

    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close(run->output);
        run->output = -1;
        return;
    }
    if ((size_t)n < room)
        room = (size_t)n;
    memcpy(job->log + run->kept, buf, room);
    run->kept += room;
    job->log[run->kept] = '\0';
}

/* Reads what any job writes until all have closed their output; returns false
 * when the time is over before. */
static bool drain(struct tt_tool_job *jobs, struct running *runs, size_t n_jobs,
                  uint64_t end_ns)
{
    for (;;) {
        struct pollfd fds[MAX_JOBS];
        uint64_t now = tt_clock_ns();
        bool open = false;

        for (size_t i = 0; i < n_jobs; i++) {
            fds[i] = (struct pollfd){.fd = runs[i].output, .events = POLLIN};
            open = open || runs[i].output >= 0;
        }
        if (!open)
            return true;
        if (now >= end_ns)
            return false;
        if (poll(fds, n_jobs, (int)((end_ns - now) / 1000000) + 1) < 0)
            continue;
        for (size_t i = 0; i < n_jobs; i++) {
            if (fds[i].fd >= 0 && fds[i].revents)
                take_output(&jobs[i], &runs[i]);
        }
    }
}

static void kill_all(struct tt_tool_job *jobs, struct running *runs,
                     size_t n_jobs, const char *reason)
{
    for (size_t i = 0; i < n_jobs; i++) {
        siginfo_t ended = {.si_pid = 0};

        if (runs[i].pid <= 0)
            continue;
        /* One that has ended, and only waits to be collected, says how
         * itself. */
        if (runs[i].output >= 0 ||
            waitid(P_PID, (id_t)runs[i].pid, &ended,
                   WEXITED | WNOHANG | WNOWAIT) ||
            !ended.si_pid)
            jobs[i].reason = reason;
        kill(-runs[i].pid, SIGKILL);
    }
}

/* A job that closed its output early may still run: wait until end_ns, then
 * for its end by force. */
static pid_t wait_until(struct tt_tool_job *job, pid_t pid, int *state,
                        uint64_t end_ns)
{
    const struct timespec nap = {.tv_nsec = 100000};
    pid_t got;

    for (;;) {
        got = waitpid(pid, state, *job->reason ? 0 : WNOHANG);
        if (got > 0 || (got < 0 && errno != EINTR))
            return got;
        if (got == 0 && tt_clock_ns() > end_ns) {
            kill(-pid, SIGKILL);
            job->reason = "time limit exceeded";
        } else if (got == 0) {
            nanosleep(&nap, NULL);
        }
    }
}

static void collect(struct tt_tool_job *job, struct running *run,
                    uint64_t end_ns)
{
    int state = 0;
    pid_t got;

    if (run->output >= 0)
        close(run->output);
    if (run->pid <= 0)
        return;
    got = wait_until(job, run->pid, &state, end_ns);
    /* ECHILD: the host collected it; the result file has to tell. */
    job->ok = !*job->reason &&
              (got < 0 || (WIFEXITED(state) && WEXITSTATUS(state) == 0));
    if (got > 0 && WIFSIGNALED(state) && !*job->reason)
        job->reason = strsignal(WTERMSIG(state));
    if (got > 0 && WIFEXITED(state) && !job->ok && !*job->log)
        (void)snprintf(job->log, sizeof(job->log),
                       "exit status %d, without a word", WEXITSTATUS(state));
}

nxs_status tt_tool_run(struct tt_tool_job *jobs, size_t n_jobs,
                       unsigned timeout_ms)
{
    uint64_t end_ns = tt_clock_ns() + (uint64_t)timeout_ms * 1000000;
    struct running runs[MAX_JOBS];
    nxs_status status = NXS_Success;
    struct tt_tool limiter;
    bool limited = tt_tool_look(LIMITER, &limiter);

    if (n_jobs > MAX_JOBS)
        return TT_FAIL(NXS_InvalidValue, "%zu jobs at once", n_jobs);
    for (size_t i = 0; i < n_jobs; i++) {
        runs[i] = (struct running){.pid = -1, .output = -1};
        jobs[i].log[0] = '\0';
        jobs[i].ok = false;
        jobs[i].reason = "";
    }
    for (size_t i = 0; i < n_jobs && !status; i++)
        status =
            start(limited ? &limiter : NULL, &jobs[i], &runs[i], timeout_ms);
    if (status)
        kill_all(jobs, runs, n_jobs, "stopped");
    if (!drain(jobs, runs, n_jobs, end_ns)) {
        kill_all(jobs, runs, n_jobs, "time limit exceeded");
        drain(jobs, runs, n_jobs, tt_clock_ns() + KILLED_DRAIN_NS);
    }
    for (size_t i = 0; i < n_jobs; i++)
        collect(&jobs[i], &runs[i], end_ns);
    return status;
}
