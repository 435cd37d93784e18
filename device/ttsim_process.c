/* SPDX-License-Identifier: MIT */
/* The process that the simulator runs in, seen from the host application. */
#include "device/ttsim_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device/tt_device.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u /* Linux 6.3 */
#endif
#ifndef P_PIDFD
#define P_PIDFD 3 /* Linux 5.4 */
#endif

/* Above the numbers that the process knows its descriptors by, so that moving
 * one there never covers another. */
#define FIRST_FD 10

#define END_MS       1000 /* between end of file and end of process */
#define QUIT_MS      3000u
#define MS           1000000u
#define TEXT_SIZE    512u
#define OUTPUT_CHUNK 4096u
#define NO_FD        (-1)

/* Generated from device/ttsim_child.c; see device/ttsim_embed.S. */
extern const unsigned char tt_ttsim_program[];
extern const size_t tt_ttsim_program_size;

extern char **environ;

/* ---- what the process prints ---- */

static void end_line(struct tt_ttsim_process *p)
{
    if (!p->line_len)
        return;
    p->line[p->line_len] = '\0';
    tt_log(TT_LOG_DEBUG, "ttsim: %s", p->line);
    memcpy(p->last[p->n_lines++ % TT_TTSIM_LINES], p->line, sizeof(p->line));
    p->line_len = 0;
}

static void take_text(struct tt_ttsim_process *p, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            end_line(p);
            continue;
        }
        if (p->line_len == sizeof(p->line) - 1)
            end_line(p);
        /* Not for a terminal to obey. */
        p->line[p->line_len++] =
            (unsigned char)text[i] < ' ' || text[i] == 0x7F ? '?' : text[i];
    }
}

/* One chunk; whether there may be more. A process that never stops printing
 * must not keep its reader here. */
static bool take_output(struct tt_ttsim_process *p)
{
    char text[OUTPUT_CHUNK];
    ssize_t n = read(p->output, text, sizeof(text));

    if (n > 0)
        take_text(p, text, (size_t)n);
    return n > 0 || (n < 0 && errno == EINTR);
}

/* The lines printed last, oldest first. */
static void quote(const struct tt_ttsim_process *p, char *out, size_t size)
{
    unsigned first =
        p->n_lines > TT_TTSIM_LINES ? p->n_lines - TT_TTSIM_LINES : 0;
    size_t used = 0;

    out[0] = '\0';
    for (unsigned i = first; i < p->n_lines && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i > first ? " | " : "",
                                 p->last[i % TT_TTSIM_LINES]);
}

/* ---- its end ---- */

static int wait_readable(int fd, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    int n;

    do
        n = poll(&poll_fd, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Wait for a process that ends, or kill it. The process id is never used: a
 * host that ignores SIGCHLD, or waits for any child, has freed it. */
static void reap(struct tt_ttsim_process *p, bool kill_now, char *how,
                 size_t size)
{
    siginfo_t info = {.si_code = 0};
    int result;

    if (kill_now || wait_readable(p->handle, END_MS) <= 0)
        (void)syscall(SYS_pidfd_send_signal, p->handle, SIGKILL, NULL, 0);
    do
        result = waitid((idtype_t)P_PIDFD, (id_t)p->handle, &info, WEXITED);
    while (result && errno == EINTR);
    (void)close(p->handle);
    p->handle = NO_FD;
    if (result)
        (void)snprintf(how, size, "exit status unknown");
    else if (info.si_code == CLD_EXITED)
        (void)snprintf(how, size, "exit status %d", info.si_status);
    else
        (void)snprintf(how, size, "signal %d", info.si_status);
}

static nxs_status gone(const struct tt_ttsim_process *p)
{
    return TT_FAIL(NXS_DeviceNotAvailable, "%s", p->reason);
}

/* The process is of no more use: remember why, for every later call. */
static nxs_status give_up(struct tt_ttsim_process *p, const char *why,
                          bool kill_now)
{
    char how[32], said[TEXT_SIZE];

    reap(p, kill_now, how, sizeof(how));
    /* Dead, so this ends: what is in the pipe. */
    while (take_output(p))
        continue;
    end_line(p);
    quote(p, said, sizeof(said));
    (void)snprintf(p->reason, sizeof(p->reason),
                   "the simulator's process %d %s (%s)%s%s", (int)p->pid, why,
                   how, said[0] ? ", it said: " : "", said);
    return gone(p);
}

/* ---- requests ---- */

static nxs_status check_usable(const struct tt_ttsim_process *p)
{
    if (p->reason[0])
        return gone(p);
    if (p->owner != getpid())
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "the simulator belongs to process %d, not to its fork",
                       (int)p->owner);
    return NXS_Success;
}

nxs_status tt_ttsim_process_send(struct tt_ttsim_process *p,
                                 const struct tt_ttsim_request *request)
{
    nxs_status status = check_usable(p);
    ssize_t n;

    if (status < 0)
        return status;
    do
        n = send(p->socket, request, sizeof(*request), MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(*request))
        return NXS_Success;
    if (errno == EAGAIN)
        return give_up(p, "takes no more requests", true);
    return give_up(p, "has ended", false);
}

/* What is left of the limit, for poll(). */
static int left_ms(const struct tt_ttsim_process *p, uint64_t start_ns)
{
    uint64_t passed = (tt_clock_ns() - start_ns) / MS;

    if (!p->limit_ms)
        return -1;
    if (passed >= p->limit_ms)
        return 0;
    return p->limit_ms - passed > INT32_MAX ? INT32_MAX
                                            : (int)(p->limit_ms - passed);
}

/* Until the socket can be read; false when the time is over. */
static bool await(struct tt_ttsim_process *p)
{
    uint64_t start = tt_clock_ns();
    struct pollfd fd[] = {{.fd = p->socket, .events = POLLIN},
                          {.fd = p->output, .events = POLLIN}};

    for (;;) {
        int left = left_ms(p, start);
        int n = poll(fd, 2, left);

        if (n > 0 && fd[1].revents && !take_output(p))
            fd[1].fd = NO_FD; /* it has closed its output */
        if (n > 0 && fd[0].revents)
            return true;
        if (!left || (n < 0 && errno != EINTR))
            return false;
    }
}

nxs_status tt_ttsim_process_wait(struct tt_ttsim_process *p, uint32_t op,
                                 struct tt_ttsim_reply *out)
{
    struct tt_ttsim_reply reply = {.op = op};
    nxs_status status = check_usable(p);
    ssize_t n;

    if (status < 0)
        return status;
    if (!await(p))
        return give_up(p, "does not answer", true);
    do
        n = recv(p->socket, &reply, sizeof(reply), 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return give_up(p, "has ended", false);
    if (n != (ssize_t)sizeof(reply) || reply.op != op)
        return give_up(p, "answers something else", true);
    if (out)
        *out = reply;
    return NXS_Success;
}

/* ---- starting and stopping ---- */

/* Descriptors of a start; the process gets one end of each pair. */
struct descriptors {
    int program, shared;
    int socket[2], output[2];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = NO_FD;
}

static void close_all(struct descriptors *d)
{
    close_fd(&d->program);
    close_fd(&d->shared);
    for (int i = 0; i < 2; i++) {
        close_fd(&d->socket[i]);
        close_fd(&d->output[i]);
    }
}

static bool raise_fd(int *fd)
{
    int raised = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FD);

    if (raised < 0 && errno == EINVAL)
        errno = EMFILE; /* not even so many are allowed */
    if (raised < 0)
        return false;
    (void)close(*fd);
    *fd = raised;
    return true;
}

/* Memory that can be run: since Linux 6.3 that must be asked for, before it
 * could not be. */
static bool open_program(int *out)
{
    size_t done = 0;
    int fd = memfd_create("ttsim", MFD_CLOEXEC | MFD_EXEC);

    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("ttsim", MFD_CLOEXEC);
    *out = fd;
    if (fd < 0)
        return false;
    while (done < tt_ttsim_program_size) {
        ssize_t n =
            write(fd, tt_ttsim_program + done, tt_ttsim_program_size - done);

        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Sealed: a process that shortened it could end its host with SIGBUS. */
static bool open_shared(int *out, struct tt_ttsim_slot **out_ptr)
{
    void *ptr;

    *out = memfd_create("ttsim data", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*out < 0 || ftruncate(*out, TT_TTSIM_SHARED_SIZE) ||
        fcntl(*out, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
        return false;
    ptr = mmap(NULL, TT_TTSIM_SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
               *out, 0);
    if (ptr == MAP_FAILED)
        return false;
    *out_ptr = ptr;
    return true;
}

static bool open_all(struct descriptors *d, struct tt_ttsim_slot **out_ptr)
{
    return open_program(&d->program) && open_shared(&d->shared, out_ptr) &&
           !socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, d->socket) &&
           !pipe2(d->output, O_CLOEXEC) && raise_fd(&d->program) &&
           raise_fd(&d->shared) && raise_fd(&d->socket[1]) &&
           raise_fd(&d->output[1]) && !fcntl(d->output[0], F_SETFL, O_NONBLOCK);
}

/* Files and signals of the process: nothing of the host's passes on. A group
 * of its own, so that Ctrl-C reaches the host alone. */
static int set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
                  const struct descriptors *d)
{
    sigset_t all, none;

    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    return posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
                                            0) ||
           posix_spawn_file_actions_adddup2(files, d->output[1], 1) ||
           posix_spawn_file_actions_adddup2(files, d->output[1], 2) ||
           posix_spawn_file_actions_adddup2(files, d->socket[1],
                                            TT_TTSIM_FD_SOCKET) ||
           posix_spawn_file_actions_adddup2(files, d->shared,
                                            TT_TTSIM_FD_SHARED) ||
           posix_spawnattr_setsigdefault(attr, &all) ||
           posix_spawnattr_setsigmask(attr, &none) ||
           posix_spawnattr_setpgroup(attr, 0) ||
           posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETPGROUP);
}

static int spawn_with(const struct descriptors *d, const char *library,
                      pid_t *out)
{
    char path[32], owner[16], name[] = "ttsim", lib[4096];
    char *argv[] = {name, lib, owner, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int err;

    if (snprintf(lib, sizeof(lib), "%s", library) >= (int)sizeof(lib))
        return ENAMETOOLONG;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", d->program);
    (void)snprintf(owner, sizeof(owner), "%d", (int)getpid());
    if (posix_spawn_file_actions_init(&files))
        return ENOMEM;
    if (posix_spawnattr_init(&attr)) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    err = set_up(&files, &attr, d) ? ENOMEM : 0;
    if (!err)
        err = posix_spawn(out, path, &files, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    return err;
}

static void set_send_limit(const struct tt_ttsim_process *p)
{
    struct timeval limit = {.tv_sec = p->limit_ms / 1000,
                            .tv_usec = p->limit_ms % 1000 * 1000};

    (void)setsockopt(p->socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* A process that cannot be watched is not kept. */
static int open_handle(pid_t pid, int *out)
{
    int err;

    *out = (int)syscall(SYS_pidfd_open, pid, 0);
    if (*out >= 0)
        return 0;
    err = errno;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    return err;
}

nxs_status tt_ttsim_process_start(struct tt_ttsim_process *p,
                                  const char *library, unsigned limit_ms)
{
    struct descriptors d = {NO_FD, NO_FD, {NO_FD, NO_FD}, {NO_FD, NO_FD}};
    int err = 0;

    *p = (struct tt_ttsim_process){.owner = getpid(), .limit_ms = limit_ms};
    if (!open_all(&d, &p->slot))
        err = errno;
    if (!err)
        err = spawn_with(&d, library, &p->pid);
    if (!err)
        err = open_handle(p->pid, &p->handle);
    if (err) {
        close_all(&d);
        if (p->slot)
            (void)munmap(p->slot, TT_TTSIM_SHARED_SIZE);
        return TT_FAIL(tt_device_status(err),
                       "the simulator's process cannot start: %s",
                       strerror(err));
    }
    p->socket = d.socket[0];
    p->output = d.output[0];
    d.socket[0] = d.output[0] = NO_FD;
    close_all(&d);
    set_send_limit(p);
    return NXS_Success;
}

/* Kindly: libttsim_exit() has something to say. */
static void quit(struct tt_ttsim_process *p)
{
    const struct tt_ttsim_request request = {.op = TT_TTSIM_QUIT};
    char how[32];
    bool told;

    if (!p->limit_ms || p->limit_ms > QUIT_MS)
        p->limit_ms = QUIT_MS;
    set_send_limit(p);
    told = send(p->socket, &request, sizeof(request), MSG_NOSIGNAL) > 0 &&
           await(p);
    reap(p, !told, how, sizeof(how));
    while (take_output(p))
        continue;
    end_line(p);
    tt_log(TT_LOG_DEBUG, "the simulator's process %d has quit (%s)",
           (int)p->pid, how);
}

void tt_ttsim_process_stop(struct tt_ttsim_process *p)
{
    if (p->handle >= 0 && p->owner == getpid())
        quit(p);
    close_fd(&p->handle);
    close_fd(&p->socket);
    close_fd(&p->output);
    (void)munmap(p->slot, TT_TTSIM_SHARED_SIZE);
}
