/* SPDX-License-Identifier: MIT */
/* Loads libttsim and reaches its tiles through a window of BAR0. */
#include "device/ttsim_lib.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define PCI_BAR0 0x10u

/* TLB window 0 is the first MiB of BAR0, its configuration one 64-bit word
 * (tt-isa-documentation, WormholeB0/PCIExpressTile/TLBs.md). */
#define WINDOW_SIZE   0x100000u
#define WINDOW_CONFIG 0x1FC00000u
#define WINDOW_X      16u
#define WINDOW_Y      22u
#define WINDOW_FIRST                                                           \
    28u /* of a rectangle: x, then y; the others are its end                   \
         */
#define WINDOW_MCAST (1ull << 41)
#define NO_WINDOW    UINT64_MAX

/* Functions by name, and where their addresses go. */
static const struct {
    const char *name;
    size_t at;
} symbols[] = {
    {"libttsim_init", offsetof(struct tt_ttsim_lib, init)},
    {"libttsim_exit", offsetof(struct tt_ttsim_lib, exit)},
    {"libttsim_pci_config_rd32", offsetof(struct tt_ttsim_lib, config_rd32)},
    {"libttsim_pci_mem_rd_bytes", offsetof(struct tt_ttsim_lib, rd_bytes)},
    {"libttsim_pci_mem_wr_bytes", offsetof(struct tt_ttsim_lib, wr_bytes)},
    {"libttsim_clock", offsetof(struct tt_ttsim_lib, clock)},
};

static bool load(struct tt_ttsim_lib *lib, const char *path, char *reason,
                 size_t size)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        (void)snprintf(reason, size, "%s", dlerror());
        return false;
    }
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(handle, symbols[i].name);

        if (!symbol) {
            (void)snprintf(reason, size, "%s is no libttsim: it lacks %s", path,
                           symbols[i].name);
            return false;
        }
        /* ISO C has no conversion from object to function pointers. */
        memcpy((char *)lib + symbols[i].at, &symbol, sizeof(symbol));
    }
    return true;
}

bool tt_ttsim_lib_start(struct tt_ttsim_lib *lib, const char *path,
                        char *reason, size_t size)
{
    if (!load(lib, path, reason, size))
        return false;
    lib->init();
    lib->pci_id = lib->config_rd32(0, 0);
    lib->bar0 = (uint64_t)lib->config_rd32(0, PCI_BAR0 + 4) << 32 |
                (lib->config_rd32(0, PCI_BAR0) & ~15u);
    lib->window = NO_WINDOW;
    return true;
}

static uint64_t tile(unsigned x, unsigned y)
{
    return (uint64_t)x << WINDOW_X | (uint64_t)y << WINDOW_Y;
}

/* Where the byte at @addr of @tiles is seen in BAR0; *out_len is how far the
 * window goes from there. */
static uint64_t aim(struct tt_ttsim_lib *lib, uint64_t tiles, uint64_t addr,
                    uint32_t *out_len)
{
    uint32_t offset = (uint32_t)(addr % WINDOW_SIZE);
    uint64_t config = addr / WINDOW_SIZE | tiles;

    if (config != lib->window) {
        lib->wr_bytes(lib->bar0 + WINDOW_CONFIG, &config, sizeof(config));
        lib->window = config;
    }
    *out_len = WINDOW_SIZE - offset;
    return lib->bar0 + offset;
}

void tt_ttsim_lib_read(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                       uint64_t addr, void *dst, uint32_t len)
{
    uint32_t n;

    for (uint32_t done = 0; done < len; done += n) {
        uint64_t at = aim(lib, tile(x, y), addr + done, &n);

        if (n > len - done)
            n = len - done;
        lib->rd_bytes(at, (char *)dst + done, n);
    }
}

static void write_to(struct tt_ttsim_lib *lib, uint64_t tiles, uint64_t addr,
                     const void *src, uint32_t len)
{
    uint32_t n;

    for (uint32_t done = 0; done < len; done += n) {
        uint64_t at = aim(lib, tiles, addr + done, &n);

        if (n > len - done)
            n = len - done;
        lib->wr_bytes(at, (const char *)src + done, n);
    }
}

void tt_ttsim_lib_write(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                        uint64_t addr, const void *src, uint32_t len)
{
    write_to(lib, tile(x, y), addr, src, len);
}

void tt_ttsim_lib_multicast(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                            unsigned x_end, unsigned y_end, uint64_t addr,
                            const void *src, uint32_t len)
{
    uint64_t first = tile(x, y) << (WINDOW_FIRST - WINDOW_X);

    write_to(lib, WINDOW_MCAST | first | tile(x_end, y_end), addr, src, len);
}
