/* SPDX-License-Identifier: MIT */
/* Backend "ttsim": the official simulator, in a process of its own because it
 * ends the process that does something it refuses. */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/tt_device.h"
#include "device/ttsim_process.h"
#include "pool/tt_env.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#define VENDOR    0x1E52u
#define WORMHOLE  0x401Eu
#define BLACKHOLE 0xB140u

#define SOFT_RESET_0 0xFFB121B0u
#define SLICE_CLOCKS 1000u
#define WORKER_ROWS  9u /* as an n150, so that every chip looks alike */

struct ttsim {
    struct tt_device dev;
    struct tt_ttsim_process process;
    pthread_mutex_t lock;
};

static struct ttsim *ttsim_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct ttsim, dev);
}

static void ttsim_close(struct tt_device *dev)
{
    struct ttsim *sim = ttsim_of(dev);

    tt_ttsim_process_stop(&sim->process);
    pthread_mutex_destroy(&sim->lock);
    free(sim);
}

/* ---- transfers ---- */

/* A transfer under way: up to TT_TTSIM_SLOTS parts are asked for and not yet
 * answered, so that copying here overlaps with copying there. What is moved
 * are pages, or else the bytes of one range. */
struct transfer {
    const struct tt_pages *pages;
    struct tt_noc_addr at;
    uint8_t x_end, y_end; /* of a multicast */
    uint8_t *to;          /* of a read of a range, else NULL */
    const uint8_t *from;  /* of a write of a range, else NULL */
    uint32_t op;
    uint64_t n, asked, done; /* pages, or bytes */
    unsigned n_asked, n_done;
};

/* Pages, or bytes, of the part that begins at @at. */
static uint32_t part(const struct transfer *t, uint64_t at)
{
    uint32_t most = TT_TTSIM_SLOT_SIZE;

    if (t->pages)
        most = TT_TTSIM_SLOT_SIZE / t->pages->size;
    if (t->pages && most > TT_TTSIM_PIECES)
        most = TT_TTSIM_PIECES;
    return t->n - at < most ? (uint32_t)(t->n - at) : most;
}

static struct tt_ttsim_slot *slot_of(struct ttsim *sim, unsigned i)
{
    return &sim->process.slot[i % TT_TTSIM_SLOTS];
}

/* Where page @i of a part of @n lies in its slot: those of one bank side by
 * side, because they mostly are so on the chip. */
static uint32_t place(const struct ttsim *sim, uint32_t n, uint32_t i)
{
    uint32_t banks = sim->dev.info.arch->n_dram_banks;
    uint32_t bank = i % banks, rest = n % banks;

    return bank * (n / banks) + (bank < rest ? bank : rest) + i / banks;
}

/* Pages are converted right in the slot. */
static void show(const struct ttsim *sim, const struct transfer *t,
                 struct tt_ttsim_slot *slot, uint64_t first, uint32_t n)
{
    void *page[TT_TTSIM_PIECES];
    const struct tt_view view = {.first = first, .n = n, .page = page};

    for (uint32_t i = 0; i < n; i++)
        page[i] = slot->data + place(sim, n, i) * t->pages->size;
    t->pages->visit(t->pages->ctx, &view);
}

static struct tt_ttsim_piece piece_at(struct tt_noc_addr at, uint32_t len)
{
    return (struct tt_ttsim_piece){
        .addr = at.addr, .x = at.x, .y = at.y, .len = len};
}

/* The pieces of @n pages: one for those of a bank that follow each other. */
static uint32_t list_pages(const struct ttsim *sim, const struct transfer *t,
                           struct tt_ttsim_slot *slot, uint32_t n)
{
    const struct tt_pages *p = t->pages;
    uint32_t banks = sim->dev.info.arch->n_dram_banks;
    uint32_t n_pieces = 0;

    for (uint32_t bank = 0; bank < banks; bank++)
        for (uint32_t i = bank; i < n; i += banks)
            if (i >= banks && p->stride == p->size)
                slot->piece[n_pieces - 1].len += p->size;
            else
                slot->piece[n_pieces++] =
                    piece_at(tt_pages_at(&sim->dev, p, t->asked + i), p->size);
    return n_pieces;
}

/* Say what belongs where, and fill the slot if it is to be written. */
static uint32_t prepare(struct ttsim *sim, const struct transfer *t, uint32_t n)
{
    struct tt_ttsim_slot *slot = slot_of(sim, t->n_asked);
    struct tt_noc_addr at = t->at;

    if (t->pages) {
        if (t->pages->write)
            show(sim, t, slot, t->asked, n);
        return list_pages(sim, t, slot, n);
    }
    at.addr += t->asked;
    slot->piece[0] = piece_at(at, n);
    slot->piece[0].x_end = t->x_end;
    slot->piece[0].y_end = t->y_end;
    if (t->from)
        memcpy(slot->data, t->from + t->asked, n);
    return 1;
}

static nxs_status ask(struct ttsim *sim, struct transfer *t)
{
    uint32_t n = part(t, t->asked);
    const struct tt_ttsim_request request = {
        .op = t->op,
        .n = prepare(sim, t, n),
        .slot = t->n_asked % TT_TTSIM_SLOTS,
    };

    t->asked += n;
    t->n_asked++;
    return tt_ttsim_process_send(&sim->process, &request);
}

static nxs_status collect(struct ttsim *sim, struct transfer *t)
{
    struct tt_ttsim_slot *slot = slot_of(sim, t->n_done);
    uint32_t n = part(t, t->done);
    nxs_status status = tt_ttsim_process_wait(&sim->process, t->op, NULL);

    if (status >= 0 && t->to)
        memcpy(t->to + t->done, slot->data, n);
    else if (status >= 0 && t->pages && !t->pages->write)
        show(sim, t, slot, t->done, n);
    t->done += n;
    t->n_done++;
    return status;
}

static nxs_status run_transfer(struct ttsim *sim, struct transfer *t)
{
    nxs_status status = NXS_Success;

    pthread_mutex_lock(&sim->lock);
    while (status >= 0 && t->done < t->n)
        if (t->asked < t->n && t->n_asked - t->n_done < TT_TTSIM_SLOTS)
            status = ask(sim, t);
        else
            status = collect(sim, t);
    pthread_mutex_unlock(&sim->lock);
    return status;
}

static nxs_status ttsim_read(struct tt_device *dev, struct tt_noc_addr src,
                             void *dst, size_t len)
{
    struct transfer t = {.op = TT_TTSIM_READ, .at = src, .to = dst, .n = len};

    return run_transfer(ttsim_of(dev), &t);
}

static nxs_status ttsim_write(struct tt_device *dev, struct tt_noc_addr dst,
                              const void *src, size_t len)
{
    struct transfer t = {
        .op = TT_TTSIM_WRITE, .at = dst, .from = src, .n = len};

    return run_transfer(ttsim_of(dev), &t);
}

static nxs_status ttsim_multicast(struct tt_device *dev,
                                  struct tt_noc_addr first, unsigned width,
                                  unsigned height, const void *src, size_t len)
{
    struct transfer t = {.op = TT_TTSIM_MULTICAST,
                         .at = first,
                         .x_end = (uint8_t)(first.x + width - 1),
                         .y_end = (uint8_t)(first.y + height - 1),
                         .from = src,
                         .n = len};

    return run_transfer(ttsim_of(dev), &t);
}

static nxs_status ttsim_pages(struct tt_device *dev,
                              const struct tt_pages *pages)
{
    struct transfer t = {
        .op = pages->write ? TT_TTSIM_WRITE : TT_TTSIM_READ,
        .pages = pages,
        .n = pages->n,
    };

    return run_transfer(ttsim_of(dev), &t);
}

/* ---- the other operations ---- */

static nxs_status ttsim_reset(struct tt_device *dev, struct tt_noc_addr core,
                              uint32_t soft_reset)
{
    core.addr = SOFT_RESET_0;
    return ttsim_write(dev, core, &soft_reset, sizeof(soft_reset));
}

static nxs_status call_locked(struct ttsim *sim,
                              const struct tt_ttsim_request *request,
                              struct tt_ttsim_reply *out)
{
    nxs_status status = tt_ttsim_process_send(&sim->process, request);

    if (status < 0)
        return status;
    return tt_ttsim_process_wait(&sim->process, request->op, out);
}

/* The simulator does not tell whether a core can still move. */
static nxs_status ttsim_progress(struct tt_device *dev, enum tt_progress *out)
{
    const struct tt_ttsim_request request = {.op = TT_TTSIM_CLOCK,
                                             .n = SLICE_CLOCKS};
    struct ttsim *sim = ttsim_of(dev);
    nxs_status status;

    pthread_mutex_lock(&sim->lock);
    status = call_locked(sim, &request, NULL);
    pthread_mutex_unlock(&sim->lock);
    if (status >= 0)
        *out = TT_PROGRESS_RUNNING;
    return status;
}

static nxs_status ttsim_core_state(struct tt_device *dev,
                                   struct tt_noc_addr core, unsigned risc,
                                   struct tt_core_state *out)
{
    (void)dev;
    (void)core;
    (void)risc;
    *out = (struct tt_core_state){.pc = 0};
    return NXS_Success;
}

static const struct tt_device_ops ttsim_ops = {
    .name = "ttsim",
    .close = ttsim_close,
    .read = ttsim_read,
    .write = ttsim_write,
    .multicast = ttsim_multicast,
    .pages = ttsim_pages,
    .reset = ttsim_reset,
    .progress = ttsim_progress,
    .fault = tt_device_no_fault,
    .core_state = ttsim_core_state,
};

/* ---- opening ---- */

/* Load the library and look at the chip in it. */
static nxs_status start(struct ttsim *sim, const char *path)
{
    const struct tt_ttsim_request request = {.op = TT_TTSIM_START};
    struct tt_ttsim_reply reply;
    nxs_status status = call_locked(sim, &request, &reply);
    uint32_t vendor, device;

    if (status < 0)
        return status;
    if (reply.failed)
        return TT_FAIL(NXS_DeviceNotAvailable, "TTSIM_LIB: %.*s",
                       (int)TT_TTSIM_REASON_SIZE,
                       (char *)sim->process.slot[0].data);
    vendor = reply.pci_id & 0xFFFFu;
    device = reply.pci_id >> 16;
    if (vendor != VENDOR || device != WORMHOLE)
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "TTSIM_LIB=%s has the chip %04x:%04x%s, not a Wormhole "
                       "(%04x:%04x)",
                       path, vendor, device,
                       device == BLACKHOLE ? ", a Blackhole" : "", VENDOR,
                       WORMHOLE);
    return NXS_Success;
}

static void fill_in(struct ttsim *sim)
{
    pthread_mutex_init(&sim->lock, NULL);
    sim->dev.ops = &ttsim_ops;
    sim->dev.info = (struct tt_device_info){
        .arch = &tt_arch_wormhole,
        .name = "simulated Wormhole (ttsim)",
        .grid_x = tt_arch_wormhole.max_grid_x,
        .grid_y = WORKER_ROWS,
        .core_clock_mhz = 1000,
        .memory_clock_mhz = 6000,
    };
}

nxs_status tt_ttsim_open(struct tt_device **out)
{
    const char *path = getenv("TTSIM_LIB");
    unsigned limit_ms = (unsigned)tt_env_number(TT_ENV_TTSIM_TIMEOUT_MS);
    struct ttsim *sim;
    nxs_status status;

    if (!path || !*path)
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "TT_DEVICE=ttsim needs TTSIM_LIB=<libttsim.so>");
    sim = calloc(1, sizeof(*sim));
    if (!sim)
        return TT_FAIL(NXS_OutOfHostMemory, "simulator handle");
    status = tt_ttsim_process_start(&sim->process, path, limit_ms);
    if (status < 0)
        goto free_sim;
    status = start(sim, path);
    if (status < 0)
        goto stop_process;
    fill_in(sim);
    *out = &sim->dev;
    return NXS_Success;

stop_process:
    tt_ttsim_process_stop(&sim->process);
free_sim:
    free(sim);
    return status;
}
