/* SPDX-License-Identifier: MIT */
/*
 * A program of its own, carried inside the library: loads libttsim and serves
 * the requests of device/ttsim_process.c until it is told to quit.
 *
 *   argv[1]  path of libttsim.so
 *   argv[2]  process id of the host application
 */
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
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

#include "device/ttsim_proto.h"

#define PCI_BAR0 0x10u

/* What the host had open and did not mark as its own ends here. */
#define FIRST_UNUSED_FD 5

/* TLB window 0 is the first MiB of BAR0, its configuration one 64-bit word
 * (tt-isa-documentation, WormholeB0/PCIExpressTile/TLBs.md). */
#define WINDOW_SIZE   0x100000u
#define WINDOW_CONFIG 0x1FC00000u
#define WINDOW_X      16u
#define WINDOW_Y      22u
#define NO_WINDOW     UINT64_MAX

struct symbols {
    void (*init)(void);
    void (*exit)(void);
    uint32_t (*config_rd32)(uint32_t bus_device_function, uint32_t offset);
    void (*rd_bytes)(uint64_t addr, void *p, uint32_t size);
    void (*wr_bytes)(uint64_t addr, const void *p, uint32_t size);
    void (*clock)(uint32_t n_clocks);
};

struct simulator {
    const char *path;
    struct tt_ttsim_slot *slot; /* TT_TTSIM_SLOTS of them, shared */
    struct symbols sym;
    bool started;
    uint64_t bar0;
    uint64_t window; /* last configuration, or NO_WINDOW */
};

/* ---- starting ---- */

static bool refuse(struct simulator *sim, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(struct simulator *sim, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf((char *)sim->slot[0].data, TT_TTSIM_REASON_SIZE, fmt, args);
    va_end(args);
    return false;
}

/* A function found by name; memcpy because ISO C has no conversion from
 * object to function pointers. */
static bool find(struct simulator *sim, void *lib, const char *name,
                 void *out_function)
{
    void *symbol = dlsym(lib, name);

    memcpy(out_function, &symbol, sizeof(symbol));
    return symbol ||
           refuse(sim, "%s is no libttsim: it lacks %s", sim->path, name);
}

static bool load(struct simulator *sim)
{
    struct symbols *sym = &sim->sym;
    void *lib = dlopen(sim->path, RTLD_NOW | RTLD_LOCAL);

    if (!lib)
        return refuse(sim, "%s", dlerror());
    return find(sim, lib, "libttsim_init", &sym->init) &&
           find(sim, lib, "libttsim_exit", &sym->exit) &&
           find(sim, lib, "libttsim_pci_config_rd32", &sym->config_rd32) &&
           find(sim, lib, "libttsim_pci_mem_rd_bytes", &sym->rd_bytes) &&
           find(sim, lib, "libttsim_pci_mem_wr_bytes", &sym->wr_bytes) &&
           find(sim, lib, "libttsim_clock", &sym->clock);
}

static bool start(struct simulator *sim, uint32_t *out_pci_id)
{
    if (sim->started)
        return refuse(sim, "started twice");
    if (!load(sim))
        return false;
    sim->sym.init();
    sim->started = true;
    *out_pci_id = sim->sym.config_rd32(0, 0);
    sim->bar0 = (uint64_t)sim->sym.config_rd32(0, PCI_BAR0 + 4) << 32 |
                (sim->sym.config_rd32(0, PCI_BAR0) & ~15u);
    sim->window = NO_WINDOW;
    return true;
}

/* ---- serving ---- */

/* Where the byte at @addr of a piece's tile is seen in BAR0; *out_len is how
 * far the window goes from there. */
static uint64_t aim(struct simulator *sim, const struct tt_ttsim_piece *p,
                    uint64_t addr, uint32_t *out_len)
{
    uint32_t offset = (uint32_t)(addr % WINDOW_SIZE);
    uint64_t config = addr / WINDOW_SIZE | (uint64_t)p->x << WINDOW_X |
                      (uint64_t)p->y << WINDOW_Y;

    if (config != sim->window) {
        sim->sym.wr_bytes(sim->bar0 + WINDOW_CONFIG, &config, sizeof(config));
        sim->window = config;
    }
    *out_len = WINDOW_SIZE - offset;
    return sim->bar0 + offset;
}

static void transfer(struct simulator *sim, uint32_t op,
                     const struct tt_ttsim_piece *p, uint8_t *data)
{
    uint32_t n;

    for (uint32_t done = 0; done < p->len; done += n) {
        uint64_t at = aim(sim, p, p->addr + done, &n);

        if (n > p->len - done)
            n = p->len - done;
        if (op == TT_TTSIM_READ)
            sim->sym.rd_bytes(at, data + done, n);
        else
            sim->sym.wr_bytes(at, data + done, n);
    }
}

static bool transfer_all(struct simulator *sim,
                         const struct tt_ttsim_request *r)
{
    struct tt_ttsim_slot *slot;
    uint32_t done = 0;

    if (r->slot >= TT_TTSIM_SLOTS || r->n > TT_TTSIM_PIECES)
        return false;
    slot = &sim->slot[r->slot];
    for (uint32_t i = 0; i < r->n; i++) {
        if (slot->piece[i].len > TT_TTSIM_SLOT_SIZE - done)
            return false;
        transfer(sim, r->op, &slot->piece[i], slot->data + done);
        done += slot->piece[i].len;
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
        return transfer_all(sim, r);
    case TT_TTSIM_CLOCK:
        sim->sym.clock(r->n);
        return true;
    default: /* TT_TTSIM_QUIT */
        sim->sym.exit();
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
