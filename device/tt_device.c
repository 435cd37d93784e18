/* SPDX-License-Identifier: MIT */
/* The seam: argument checks before every backend, and how chips are found. */
#include "device/tt_device.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/kmd.h"
#include "device/l1_map.h"
#include "pool/tt_env.h"
#include "pool/tt_log.h"

nxs_status tt_device_status(int error)
{
    switch (error) {
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
        return NXS_OutOfResources;
    default:
        return NXS_DeviceNotAvailable;
    }
}

/* ---- backends and discovery ---- */

struct backend {
    const char *name; /* value of TT_DEVICE */
    nxs_status (*open)(struct tt_device **out);
};

static const struct backend backends[] = {
    {"emu", tt_emu_open},
    {"ttsim", tt_ttsim_open},
};

static const struct backend *find_backend(const char *name)
{
    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
        if (!strcmp(backends[i].name, name))
            return &backends[i];
    return NULL;
}

/* An unset or empty variable counts as absent. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static nxs_status open_backend(const char *name, struct tt_device **out,
                               size_t max, size_t *out_n)
{
    const struct backend *backend = find_backend(name);
    nxs_status status = NXS_Success;
    size_t wanted = 1, n = 0;

    if (!backend)
        return TT_FAIL(NXS_InvalidValue,
                       "TT_DEVICE=%.200s is not understood: emu, ttsim or kmd "
                       "is accepted, no device is used",
                       name);
    if (backend->open == tt_emu_open)
        wanted = (size_t)tt_env_number(TT_ENV_EMU_DEVICES);
    if (wanted > max)
        return TT_FAIL(NXS_InvalidValue, "%zu devices, room for %zu", wanted,
                       max);
    while (n < wanted) {
        status = backend->open(&out[n]);
        if (status < 0)
            goto close_opened;
        n++;
    }
    *out_n = n;
    return NXS_Success;

close_opened:
    while (n)
        tt_device_close(out[--n]);
    return status;
}

/* Cards were asked for by name and there is none: say why, for each. */
static nxs_status no_card(nxs_status status, const struct tt_cards *cards)
{
    char text[1024];
    size_t used = 0;

    (void)snprintf(text, sizeof(text), "%s", cards->none);
    for (size_t i = 0; i < cards->n && used < sizeof(text); i++) {
        const struct tt_card *card = &cards->card[i];
        int n =
            snprintf(text + used, sizeof(text) - used, "%s%s: %s (%s)",
                     i ? "; " : "", card->address, card->reason, card->remedy);

        used += n > 0 ? (size_t)n : 0;
    }
    return TT_FAIL(status, "no usable card: %s", text);
}

nxs_status tt_device_discover(struct tt_device **out, size_t max, size_t *out_n,
                              struct tt_cards *cards)
{
    const char *name = setting("TT_DEVICE");
    bool want_cards = name && !strcmp(name, "kmd");
    nxs_status status;
    size_t n = 0;

    if (!out || !out_n || !cards)
        return TT_FAIL(NXS_InvalidValue, "NULL output");
    cards->n = 0;
    cards->lacking = false;
    (void)snprintf(cards->none, sizeof(cards->none),
                   "TT_DEVICE=%.32s: nobody looked for any", name ? name : "");
    if (name && !want_cards)
        return open_backend(name, out, max, out_n);
    status = tt_kmd_open_all(tt_kmd_host(), cards, out, max, &n);
    if (status < 0)
        return no_card(status, cards);
    if (!n)
        return want_cards ? no_card(NXS_DeviceNotFound, cards)
                          : open_backend("emu", out, max, out_n);
    *out_n = n;
    return NXS_Success;
}

nxs_status tt_device_open_all(struct tt_device **out, size_t max, size_t *out_n)
{
    struct tt_cards cards;

    return tt_device_discover(out, max, out_n, &cards);
}

/* ---- wrappers ---- */

static nxs_status check_range(const struct tt_device *dev,
                              struct tt_noc_addr at, const void *ptr,
                              size_t len)
{
    if (!dev)
        return TT_FAIL(NXS_InvalidDevice, "NULL device");
    if (!ptr)
        return TT_FAIL(NXS_InvalidHostPtr, "NULL host pointer for %zu bytes",
                       len);
    if (tt_arch_space(dev->info.arch, at, len) == TT_SPACE_NONE)
        return TT_FAIL(NXS_InvalidValue,
                       "%zu bytes at 0x%llx of tile (%u,%u): no such range",
                       len, (unsigned long long)at.addr, at.x, at.y);
    return NXS_Success;
}

static nxs_status check_core(const struct tt_device *dev,
                             struct tt_noc_addr core)
{
    if (!dev)
        return TT_FAIL(NXS_InvalidDevice, "NULL device");
    core.addr = 0;
    if (tt_arch_space(dev->info.arch, core, 4) != TT_SPACE_L1)
        return TT_FAIL(NXS_InvalidValue, "(%u,%u) is no Tensix tile", core.x,
                       core.y);
    return NXS_Success;
}

const char *tt_risc_name(unsigned risc)
{
    static const char *const name[] = {"BRISC", "TRISC0", "TRISC1", "TRISC2",
                                       "NCRISC"};

    return risc < sizeof(name) / sizeof(name[0]) ? name[risc] : "host";
}

void tt_device_close(struct tt_device *dev)
{
    if (dev)
        dev->ops->close(dev);
}

nxs_status tt_device_read(struct tt_device *dev, struct tt_noc_addr src,
                          void *dst, size_t len)
{
    nxs_status status;

    if (!len)
        return NXS_Success;
    status = check_range(dev, src, dst, len);
    return status < 0 ? status : dev->ops->read(dev, src, dst, len);
}

nxs_status tt_device_write(struct tt_device *dev, struct tt_noc_addr dst,
                           const void *src, size_t len)
{
    nxs_status status;

    if (!len)
        return NXS_Success;
    status = check_range(dev, dst, src, len);
    return status < 0 ? status : dev->ops->write(dev, dst, src, len);
}

nxs_status tt_device_multicast(struct tt_device *dev, struct tt_noc_addr first,
                               unsigned width, unsigned height, const void *src,
                               size_t len)
{
    struct tt_noc_addr last = first;
    nxs_status status;

    if (!len)
        return NXS_Success;
    status = check_range(dev, first, src, len);
    if (status < 0)
        return status;
    last.x = (uint8_t)(first.x + width - 1);
    last.y = (uint8_t)(first.y + height - 1);
    if (!width || width > UINT8_MAX || !height || height > UINT8_MAX ||
        first.addr % 4 || len % 4 ||
        tt_arch_space(dev->info.arch, first, len) != TT_SPACE_L1 ||
        tt_arch_space(dev->info.arch, last, len) != TT_SPACE_L1)
        return TT_FAIL(NXS_InvalidValue,
                       "%zu bytes at 0x%llx of %u x %u tiles from (%u,%u) on: "
                       "no such range",
                       len, (unsigned long long)first.addr, width, height,
                       first.x, first.y);
    if (width == 1 && height == 1)
        return dev->ops->write(dev, first, src, len);
    return dev->ops->multicast(dev, first, width, height, src, len);
}

struct tt_noc_addr tt_pages_at(const struct tt_device *dev,
                               const struct tt_pages *pages, uint64_t i)
{
    unsigned banks = dev->info.arch->n_dram_banks;

    return tt_arch_dram(dev->info.arch, (unsigned)(i % banks),
                        pages->base + i / banks * pages->stride);
}

/* Whether the last page of a bank ends inside of it, overflow and all. */
static bool in_bank(const struct tt_arch *arch, const struct tt_pages *p)
{
    uint64_t last = (p->n - 1) / arch->n_dram_banks;

    return p->base <= arch->dram_bank_size &&
           p->size <= arch->dram_bank_size - p->base &&
           last <= (arch->dram_bank_size - p->base - p->size) / p->stride;
}

nxs_status tt_device_pages(struct tt_device *dev, const struct tt_pages *pages)
{
    const struct tt_arch *arch;

    if (!dev)
        return TT_FAIL(NXS_InvalidDevice, "NULL device");
    if (!pages || !pages->visit)
        return TT_FAIL(NXS_InvalidValue, "no pages, or nobody to show them to");
    if (!pages->n)
        return NXS_Success;
    arch = dev->info.arch;
    if (!pages->size || pages->size % 16 || pages->size > TT_PAGE_MAX ||
        pages->stride < pages->size || pages->stride % arch->dram_align ||
        pages->base % arch->dram_align || !in_bank(arch, pages))
        return TT_FAIL(NXS_InvalidValue,
                       "%llu pages of %u bytes, %u apart, at 0x%llx of the "
                       "DRAM banks: no such pages",
                       (unsigned long long)pages->n, pages->size, pages->stride,
                       (unsigned long long)pages->base);
    return dev->ops->pages(dev, pages);
}

nxs_status tt_device_reset(struct tt_device *dev, struct tt_noc_addr core,
                           uint32_t soft_reset)
{
    nxs_status status = check_core(dev, core);

    if (status < 0)
        return status;
    if (soft_reset & ~dev->info.arch->soft_reset_all)
        return TT_FAIL(NXS_InvalidValue, "soft reset 0x%x: only bits of 0x%x",
                       soft_reset, dev->info.arch->soft_reset_all);
    return dev->ops->reset(dev, core, soft_reset);
}

nxs_status tt_device_progress(struct tt_device *dev, enum tt_progress *out)
{
    if (!dev || !out)
        return TT_FAIL(NXS_InvalidValue, "NULL device or output");
    return dev->ops->progress(dev, out);
}

bool tt_device_fault(struct tt_device *dev, struct tt_fault *out)
{
    return dev && out && dev->ops->fault(dev, out);
}

bool tt_device_no_fault(struct tt_device *dev, struct tt_fault *out)
{
    (void)dev;
    (void)out;
    return false;
}

nxs_status tt_device_core_state(struct tt_device *dev, struct tt_noc_addr core,
                                unsigned risc, struct tt_core_state *out)
{
    nxs_status status = check_core(dev, core);

    if (status < 0)
        return status;
    if (risc >= TT_N_RISC || !out)
        return TT_FAIL(NXS_InvalidValue, "RISC-V core %u", risc);
    return dev->ops->core_state(dev, core, risc, out);
}
