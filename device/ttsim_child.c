/* SPDX-License-Identifier: MIT */
/*
 * A program of its own, carried inside the library: serves libttsim's chip
 * at the requests of device/ttsim_process.c until it is told to quit.
 *
 *   argv[1]  path of libttsim.so
 *   argv[2]  process id of the host application
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device/ttsim_lib.h"
#include "device/ttsim_proto.h"

/* What the host had open and did not mark as its own ends here. */
#define FIRST_UNUSED_FD 5

struct simulator {
    const char *path;
    struct tt_ttsim_slot *slot; /* TT_TTSIM_SLOTS of them, shared */
    struct tt_ttsim_lib lib;
    bool started;
};

static bool start(struct simulator *sim, uint32_t *out_pci_id)
{
    char *reason = (char *)sim->slot[0].data;

    if (sim->started) {
        (void)snprintf(reason, TT_TTSIM_REASON_SIZE, "started twice");
        return false;
    }
    sim->started =
        tt_ttsim_lib_start(&sim->lib, sim->path, reason, TT_TTSIM_REASON_SIZE);
    *out_pci_id = sim->lib.pci_id;
    return sim->started;
}

/* ---- serving ---- */

static bool transfer_all(struct simulator *sim,
                         const struct tt_ttsim_request *r)
{
    struct tt_ttsim_slot *slot;
    uint32_t done = 0;

    if (r->slot >= TT_TTSIM_SLOTS || r->n > TT_TTSIM_PIECES)
        return false;
    slot = &sim->slot[r->slot];
    for (uint32_t i = 0; i < r->n; i++) {
        const struct tt_ttsim_piece *p = &slot->piece[i];
        uint8_t *data = slot->data + done;

        if (p->len > TT_TTSIM_SLOT_SIZE - done)
            return false;
        if (r->op == TT_TTSIM_READ)
            tt_ttsim_lib_read(&sim->lib, p->x, p->y, p->addr, data, p->len);
        else if (r->op == TT_TTSIM_MULTICAST)
            tt_ttsim_lib_multicast(&sim->lib, p->x, p->y, p->x_end, p->y_end,
                                   p->addr, data, p->len);
        else
            tt_ttsim_lib_write(&sim->lib, p->x, p->y, p->addr, data, p->len);
        done += p->len;
    }
    return true;
}

static bool serve(struct simulator *sim, const struct tt_ttsim_request *r,
                  struct tt_ttsim_reply *reply)
{
    *reply = (struct tt_ttsim_reply){.op = r->op};
    if (r->op != TT_TTSIM_START && !sim->started)
        return false;
    switch (r->op) {
    case TT_TTSIM_START:
        reply->failed = !start(sim, &reply->pci_id);
        return true;
    case TT_TTSIM_READ:
    case TT_TTSIM_WRITE:
    case TT_TTSIM_MULTICAST:
        return transfer_all(sim, r);
    case TT_TTSIM_CLOCK:
        sim->lib.clock(r->n);
        return true;
    default: /* TT_TTSIM_QUIT */
        sim->lib.exit();
        return false;
    }
}

static void serve_all(struct simulator *sim)
{
    struct tt_ttsim_request request;
    struct tt_ttsim_reply reply;

    while (recv(TT_TTSIM_FD_SOCKET, &request, sizeof(request), 0) ==
           (ssize_t)sizeof(request))
        if (!serve(sim, &request, &reply) ||
            send(TT_TTSIM_FD_SOCKET, &reply, sizeof(reply), MSG_NOSIGNAL) < 0)
            return;
}

/* ---- the process ---- */

/* Ends the process with its host, whatever the simulator is doing. Not by
 * PR_SET_PDEATHSIG: that comes when the *thread* ends that opened the device.
 * The end of file on the socket would not do either: a process that the host
 * has forked may hold it open, and a simulator that hangs does not read. */
static void *watch_host(void *host)
{
    struct pollfd fd = {.fd = (int)(intptr_t)host, .events = POLLIN};

    while (poll(&fd, 1, -1) <= 0)
        continue;
    _exit(EXIT_SUCCESS);
}

static bool start_watch(pid_t host)
{
    pthread_t thread;
    int fd = (int)syscall(SYS_pidfd_open, host, 0);

    /* Asked after the descriptor is open: then it is the host's for sure. */
    return getppid() == host && fd >= 0 &&
           !pthread_create(&thread, NULL, watch_host, (void *)(intptr_t)fd);
}

int main(int argc, char **argv)
{
    const struct rlimit no_core = {0, 0};
    struct simulator sim = {.path = argc > 1 ? argv[1] : ""};
    void *shared = mmap(NULL, TT_TTSIM_SHARED_SIZE, PROT_READ | PROT_WRITE,
                        MAP_SHARED, TT_TTSIM_FD_SHARED, 0);

    if (argc != 3 || shared == MAP_FAILED) {
        (void)fprintf(stderr, "started by hand\n");
        return 2;
    }
    closefrom(FIRST_UNUSED_FD);
    if (!start_watch((pid_t)strtol(argv[2], NULL, 10))) {
        (void)fprintf(stderr, "the host application cannot be watched\n");
        return 2;
    }
    sim.slot = shared;
    (void)prctl(PR_SET_NAME, "ttsim");
    (void)setrlimit(RLIMIT_CORE, &no_core);
    /* What was said before a crash shall be heard. */
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    serve_all(&sim);
    return EXIT_SUCCESS;
}
