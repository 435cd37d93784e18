/* SPDX-License-Identifier: MIT */
/* Backend "ttsim": the official simulator, driven like a card over PCIe. */
#include "device/arch.h"
#include "device/tt_device.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define PCI_ID   0x401E1E52u /* device 401e, vendor 1e52: Wormhole */
#define PCI_BAR0 0x10u

/* TLB window 0 is the first MiB of BAR0, its configuration one 64-bit word
 * (tt-isa-documentation, WormholeB0/PCIExpressTile/TLBs.md). */
#define WINDOW_SIZE   0x100000u
#define WINDOW_CONFIG 0x1FC00000u
#define WINDOW_X      16u
#define WINDOW_Y      22u
#define NO_WINDOW     UINT64_MAX

#define SOFT_RESET_0 0xFFB121B0u
#define SLICE_CLOCKS 1000u
#define WORKER_ROWS  9u /* as an n150, so that every chip looks alike */

struct symbols {
    void (*init)(void);
    void (*exit)(void);
    uint32_t (*config_rd32)(uint32_t bus_device_function, uint32_t offset);
    void (*rd_bytes)(uint64_t addr, void *p, uint32_t size);
    void (*wr_bytes)(uint64_t addr, const void *p, uint32_t size);
    void (*clock)(uint32_t n_clocks);
};

struct ttsim {
    struct tt_device dev;
    void *lib;
    struct symbols sym;
    uint64_t bar0;
    uint64_t window; /* last configuration, or NO_WINDOW */
    pthread_mutex_t lock;
};

static struct ttsim *ttsim_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct ttsim, dev);
}

static void ttsim_close(struct tt_device *dev)
{
    struct ttsim *sim = ttsim_of(dev);

    sim->sym.exit();
    dlclose(sim->lib);
    pthread_mutex_destroy(&sim->lock);
    free(sim);
}

/* Where @at is seen in BAR0; *out_len is how far the window goes from there. */
static uint64_t aim_locked(struct ttsim *sim, struct tt_noc_addr at,
                           size_t *out_len)
{
    uint32_t offset = (uint32_t)(at.addr % WINDOW_SIZE);
    uint64_t config = at.addr / WINDOW_SIZE | (uint64_t)at.x << WINDOW_X |
                      (uint64_t)at.y << WINDOW_Y;

    if (config != sim->window) {
        sim->sym.wr_bytes(sim->bar0 + WINDOW_CONFIG, &config, sizeof(config));
        sim->window = config;
    }
    *out_len = WINDOW_SIZE - offset;
    return sim->bar0 + offset;
}

static nxs_status ttsim_read(struct tt_device *dev, struct tt_noc_addr src,
                             void *dst, size_t len)
{
    struct ttsim *sim = ttsim_of(dev);
    uint8_t *to = dst;

    pthread_mutex_lock(&sim->lock);
    while (len) {
        size_t n;
        uint64_t addr = aim_locked(sim, src, &n);

        if (n > len)
            n = len;
        sim->sym.rd_bytes(addr, to, (uint32_t)n);
        src.addr += n;
        to += n;
        len -= n;
    }
    pthread_mutex_unlock(&sim->lock);
    return NXS_Success;
}

static nxs_status ttsim_write(struct tt_device *dev, struct tt_noc_addr dst,
                              const void *src, size_t len)
{
    struct ttsim *sim = ttsim_of(dev);
    const uint8_t *from = src;

    pthread_mutex_lock(&sim->lock);
    while (len) {
        size_t n;
        uint64_t addr = aim_locked(sim, dst, &n);

        if (n > len)
            n = len;
        sim->sym.wr_bytes(addr, from, (uint32_t)n);
        dst.addr += n;
        from += n;
        len -= n;
    }
    pthread_mutex_unlock(&sim->lock);
    return NXS_Success;
}

static nxs_status ttsim_reset(struct tt_device *dev, struct tt_noc_addr core,
                              uint32_t soft_reset)
{
    core.addr = SOFT_RESET_0;
    return ttsim_write(dev, core, &soft_reset, sizeof(soft_reset));
}

/* The simulator does not tell whether a core can still move. */
static nxs_status ttsim_progress(struct tt_device *dev, enum tt_progress *out)
{
    struct ttsim *sim = ttsim_of(dev);

    pthread_mutex_lock(&sim->lock);
    sim->sym.clock(SLICE_CLOCKS);
    pthread_mutex_unlock(&sim->lock);
    *out = TT_PROGRESS_RUNNING;
    return NXS_Success;
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

/* A function found by name; memcpy because ISO C has no conversion from
 * object to function pointers. */
static bool find(void *lib, const char *name, void *out_function)
{
    void *symbol = dlsym(lib, name);

    memcpy(out_function, &symbol, sizeof(symbol));
    return symbol;
}

static nxs_status find_all(void *lib, const char *path, struct symbols *sym)
{
    if (find(lib, "libttsim_init", &sym->init) &&
        find(lib, "libttsim_exit", &sym->exit) &&
        find(lib, "libttsim_pci_config_rd32", &sym->config_rd32) &&
        find(lib, "libttsim_pci_mem_rd_bytes", &sym->rd_bytes) &&
        find(lib, "libttsim_pci_mem_wr_bytes", &sym->wr_bytes) &&
        find(lib, "libttsim_clock", &sym->clock))
        return NXS_Success;
    return TT_FAIL(NXS_DeviceNotAvailable, "%s is no libttsim: %s", path,
                   dlerror());
}

/* libttsim keeps its chip in globals: a library that this process already has
 * loaded is in use. */
static nxs_status load(void **out_lib, const char **out_path)
{
    const char *path = getenv("TTSIM_LIB");
    void *lib;

    if (!path || !*path)
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "TT_DEVICE=ttsim needs TTSIM_LIB=<libttsim.so>");
    lib = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    (void)dlerror(); /* "not loaded" is no error to leave behind */
    if (lib) {
        dlclose(lib);
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "%s is in use: one simulator per process", path);
    }
    lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        return TT_FAIL(NXS_DeviceNotAvailable, "TTSIM_LIB: %s", dlerror());
    *out_lib = lib;
    *out_path = path;
    return NXS_Success;
}

static nxs_status start(struct ttsim *sim)
{
    uint32_t id;

    sim->sym.init();
    id = sim->sym.config_rd32(0, 0);
    if (id != PCI_ID) {
        sim->sym.exit();
        return TT_FAIL(NXS_DeviceNotAvailable,
                       "the simulated chip is %04x:%04x, not a Wormhole",
                       id & 0xFFFFu, id >> 16);
    }
    sim->bar0 = (uint64_t)sim->sym.config_rd32(0, PCI_BAR0 + 4) << 32 |
                (sim->sym.config_rd32(0, PCI_BAR0) & ~15u);
    sim->window = NO_WINDOW;
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
    struct ttsim *sim;
    const char *path = NULL;
    void *lib = NULL;
    nxs_status status = load(&lib, &path);

    if (status < 0)
        return status;
    sim = calloc(1, sizeof(*sim));
    if (!sim) {
        status = TT_FAIL(NXS_OutOfHostMemory, "simulator handle");
        goto close_lib;
    }
    sim->lib = lib;
    status = find_all(lib, path, &sim->sym);
    if (status < 0)
        goto free_sim;
    status = start(sim);
    if (status < 0)
        goto free_sim;
    fill_in(sim);
    *out = &sim->dev;
    return NXS_Success;

free_sim:
    free(sim);
close_lib:
    dlclose(lib);
    return status;
}
