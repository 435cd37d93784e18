/* SPDX-License-Identifier: MIT */
/* A check in a process of its own, so that it may crash, hang or exit. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the child ---- */

/* What the plugin prints goes to the runner, never into its report. */
static void redirect(int output)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
}

static _Noreturn void be_child(const struct conform_options *options,
                               const struct conform_check *check,
                               struct conform_result *result, int output)
{
    struct conform c = {
        .options = options, .result = result, .arg = check->arg};
    int running = CONFORM_RUNNING;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    redirect(output);
    if (!(check->needs & OPENS_ITSELF))
        conform_open(&c);
    if (check->needs & NEEDS_TWO_DEVICES && world_n_devices(&c) < 2)
        conform_skip(&c, "there is only one device");
    check->run(&c);
    atomic_compare_exchange_strong(&result->outcome, &running, CONFORM_PASSED);
    _exit(0);
}

/* ---- the parent ---- */

/* Keeps the end of what there is to read. Whether there may be more. */
static bool keep_output(int fd, struct conform_result *result)
{
    char chunk[CONFORM_OUTPUT / 2];
    size_t have = strlen(result->output), drop;
    ssize_t n = read(fd, chunk, sizeof chunk);

    if (n <= 0)
        return n < 0 && errno == EINTR;
    for (ssize_t i = 0; i < n; i++)
        chunk[i] = chunk[i] ? chunk[i] : ' ';
    drop = have + (size_t)n < CONFORM_OUTPUT
               ? 0
               : have + (size_t)n - CONFORM_OUTPUT + 1;
    memmove(result->output, result->output + drop, have - drop);
    memcpy(result->output + have - drop, chunk, (size_t)n);
    result->output[have - drop + (size_t)n] = '\0';
    return true;
}

/* Wait for the process to end, or for the time limit. Whether it ended. What
 * it leaves behind may hold the pipe open: that is not waited for. */
static bool watch(int process, int output, double deadline,
                  struct conform_result *result)
{
    struct pollfd fds[2] = {{process, POLLIN, 0}, {output, POLLIN, 0}};

    for (;;) {
        double left = deadline - now();
        int n = left > 0 ? poll(fds, 2, (int)(left * 1e3) + 1) : 0;

        if (n == 0)
            return false;
        if (n < 0)
            continue;
        if (fds[1].revents && !keep_output(output, result))
            fds[1].fd = -1;
        if (fds[0].revents)
            return true;
    }
}

static void drain(int output, struct conform_result *result)
{
    fcntl(output, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 64 && keep_output(output, result); i++)
        ;
}

static void set_failed(struct conform_result *result, const char *what,
                       const char *seen)
{
    result->outcome = CONFORM_FAILED;
    snprintf(result->what, sizeof result->what, "%s", what);
    snprintf(result->expected, sizeof result->expected,
             "the check comes to its end");
    snprintf(result->seen, sizeof result->seen, "%s", seen);
}

/* What the end of the process says, where the check could not say it. */
static void judge_end(struct conform_result *result, bool ended, int status,
                      double timeout)
{
    char seen[96];

    if (!ended) {
        snprintf(seen, sizeof seen, "no end after %g s", timeout);
        set_failed(result, "time limit", seen);
    } else if (WIFSIGNALED(status)) {
        snprintf(seen, sizeof seen, "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
        set_failed(result, "crash", seen);
    } else if (WEXITSTATUS(status) || result->outcome == CONFORM_RUNNING) {
        snprintf(seen, sizeof seen, "the process exited with status %d",
                 WEXITSTATUS(status));
        set_failed(result, "exit", seen);
    }
}

void conform_clean(char *text, size_t size)
{
    char out[CONFORM_OUTPUT];
    size_t n = 0;

    text[size - 1] = '\0';
    for (const char *p = text; *p && n + 5 < size; p++) {
        unsigned char byte = (unsigned char)*p;

        if (byte == '\n' || byte == '\t')
            out[n++] = byte == '\n' && p[1] ? '|' : ' ';
        else if (byte >= ' ' && byte < 127)
            out[n++] = *p;
        else
            n += (size_t)snprintf(out + n, 5, "\\x%02x", byte);
    }
    out[n] = '\0';
    memcpy(text, out, n + 1);
}

static void watch_child(pid_t child, int output, double timeout,
                        struct conform_result *result)
{
    int process = pidfd_open(child, 0), status = 0;
    double start = now();
    bool ended = watch(process, output, start + timeout, result);

    kill(child, SIGKILL);  /* before it has a group of its own */
    kill(-child, SIGKILL); /* and what it has started */
    waitpid(child, &status, 0);
    drain(output, result);
    close(process);
    judge_end(result, ended, status, timeout);
    result->seconds = now() - start;
}

static int start(const struct conform_options *options,
                 const struct conform_check *check,
                 struct conform_result *result)
{
    int fds[2];
    pid_t child;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -1;
    fflush(NULL);
    child = fork();
    if (child == 0)
        be_child(options, check, result, fds[1]);
    close(fds[1]);
    if (child > 0)
        watch_child(child, fds[0], options->timeout, result);
    close(fds[0]);
    return child < 0 ? -1 : 0;
}

int conform_run(const struct conform_options *options,
                const struct conform_check *check, struct conform_result *out)
{
    struct conform_result *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int error = -1;

    if (shared == MAP_FAILED)
        return -1;
    if (check->needs & NEEDS_KERNEL && !options->kernel_file) {
        shared->outcome = CONFORM_SKIPPED;
        snprintf(shared->what, sizeof shared->what, "no --kernel");
        error = 0;
    } else {
        error = start(options, check, shared);
    }
    conform_clean(shared->what, sizeof shared->what);
    conform_clean(shared->expected, sizeof shared->expected);
    conform_clean(shared->seen, sizeof shared->seen);
    conform_clean(shared->output, sizeof shared->output);
    memcpy(out, shared, sizeof *out);
    munmap(shared, sizeof *shared);
    return error;
}
