/* SPDX-License-Identifier: MIT */
/* Backend "ttsim": the official simulator, in a process of its own because it
 * ends the process that does something it refuses. */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/tt_device.h"
#include "device/ttsim_process.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#define VENDOR    0x1E52u
#define WORMHOLE  0x401Eu
#define BLACKHOLE 0xB140u

#define SOFT_RESET_0     0xFFB121B0u
#define SLICE_CLOCKS     1000u
#define WORKER_ROWS      9u /* as an n150, so that every chip looks alike */
#define DEFAULT_LIMIT_MS 60000u

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

/* A transfer under way: up to TT_TTSIM_SLOTS pieces are asked for and not yet
 * answered, so that copying here overlaps with copying there. */
struct transfer {
    struct tt_noc_addr at;
    uint8_t *to;         /* of a read, else NULL */
    const uint8_t *from; /* of a write, else NULL */
    size_t len, asked, done;
    unsigned n_asked, n_done;
};

static uint32_t piece(size_t left)
{
    return left < TT_TTSIM_SLOT_SIZE ? (uint32_t)left : TT_TTSIM_SLOT_SIZE;
}

static uint8_t *slot_ptr(struct ttsim *sim, unsigned slot)
{
    return sim->process.shared + (size_t)slot * TT_TTSIM_SLOT_SIZE;
}

static nxs_status ask(struct ttsim *sim, struct transfer *t)
{
    struct tt_ttsim_request request = {
        .op = t->to ? TT_TTSIM_READ : TT_TTSIM_WRITE,
        .len = piece(t->len - t->asked),
        .slot = t->n_asked % TT_TTSIM_SLOTS,
        .x = t->at.x,
        .y = t->at.y,
        .addr = t->at.addr + t->asked,
    };

    if (t->from)
        memcpy(slot_ptr(sim, request.slot), t->from + t->asked, request.len);
    t->asked += request.len;
    t->n_asked++;
    return tt_ttsim_process_send(&sim->process, &request);
}

static nxs_status collect(struct ttsim *sim, struct transfer *t)
{
    uint32_t n = piece(t->len - t->done);
    nxs_status status = tt_ttsim_process_wait(
        &sim->process, t->to ? TT_TTSIM_READ : TT_TTSIM_WRITE, NULL);

    if (status >= 0 && t->to)
        memcpy(t->to + t->done, slot_ptr(sim, t->n_done % TT_TTSIM_SLOTS), n);
    t->done += n;
    t->n_done++;
    return status;
}

static nxs_status run_transfer(struct ttsim *sim, struct transfer *t)
{
    nxs_status status = NXS_Success;

    pthread_mutex_lock(&sim->lock);
    while (status >= 0 && t->done < t->len)
        if (t->asked < t->len && t->n_asked - t->n_done < TT_TTSIM_SLOTS)
            status = ask(sim, t);
        else
            status = collect(sim, t);
    pthread_mutex_unlock(&sim->lock);
    return status;
}

static nxs_status ttsim_read(struct tt_device *dev, struct tt_noc_addr src,
                             void *dst, size_t len)
{
    struct transfer t = {.at = src, .to = dst, .len = len};

    return run_transfer(ttsim_of(dev), &t);
}

static nxs_status ttsim_write(struct tt_device *dev, struct tt_noc_addr dst,
                              const void *src, size_t len)
{
    struct transfer t = {.at = dst, .from = src, .len = len};

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
                                             .len = SLICE_CLOCKS};
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
    .window = tt_device_no_window,
    .reset = ttsim_reset,
    .progress = ttsim_progress,
    .core_state = ttsim_core_state,
};

/* ---- opening ---- */

static nxs_status get_limit_ms(unsigned *out)
{
    const char *text = getenv("TT_TTSIM_TIMEOUT_MS");
    unsigned long value;
    char *end;

    *out = DEFAULT_LIMIT_MS;
    if (!text || !*text)
        return NXS_Success;
    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || *text < '0' || *text > '9' || value > INT32_MAX)
        return TT_FAIL(NXS_InvalidValue,
                       "TT_TTSIM_TIMEOUT_MS=%s: milliseconds, 0 = never", text);
    *out = (unsigned)value;
    return NXS_Success;
}

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
                       (int)TT_TTSIM_REASON_SIZE, (char *)sim->process.shared);
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
    struct ttsim *sim;
    unsigned limit_ms;
    nxs_status status;

    if (!path || !*path)
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "TT_DEVICE=ttsim needs TTSIM_LIB=<libttsim.so>");
    status = get_limit_ms(&limit_ms);
    if (status < 0)
        return status;
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
