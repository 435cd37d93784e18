/* SPDX-License-Identifier: MIT */
/* Opening cards: is it usable, and what silicon needs before a launch. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "device/arch.h"
#include "device/kmd_impl.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define MIN_MAJOR        2u
#define POWER_VERSION    ((2u << 8) | 6u) /* SET_POWER_STATE since 2.6.0 */
#define LOCK_INDEX       63u   /* tt-kmd, ioctl.h: 0..15 have other uses */
#define MEMORY_CLOCK_MHZ 6000u /* DRAMTile/README.md: GDDR6, 12 GT/s */

#define MAX_HARVESTED 2u /* rows; tt-isa-documentation, README.md */
#define ROW_MASK      0x3FFu

/* What a tile needs once after power-on, in this order, and no simulator asks
 * for (tt-metal, brisc.cc, device_setup(); the rest of it is in the firmware):
 * units of the coprocessor whose clock stops while they are idle, then the same
 * for the interfaces and routers of both NOCs. Of those, bits that are not ours
 * stay as they are (tt-isa-documentation, NoC/MemoryMap.md, NIU_CFG_0). */
static const struct {
    uint32_t addr, set;
    bool keep;
} clock_gates[] = {
    {0xFFB11024u, 0x3Fu, false}, /* TDMA-RISC.md, RISCV_TDMA_REG_CLK_GATE_EN */
    {0xFFB20100u, 1u, true},     /* NIU_CFG_0 of NOC 0 */
    {0xFFB20104u, 1u, true},     /* ROUTER_CFG_0 */
    {0xFFB30100u, 1u, true},     /* NOC 1 */
    {0xFFB30104u, 1u, true},
};

/* NoC/MemoryMap.md: a tile's own translated coordinate. */
#define NOC_ID_LOGICAL 0xFFB20138u
/* ResetUnit.md and tt-umd: what AICLK rises to when asked to be busy. */
#define BUSY_MHZ        1000u
#define CLOCK_RISE_NS   500000000u
#define CLOCK_PAUSE_US  1000u
#define REMEDY_RESET    "reset the card (tt-smi -r) or restart the machine"
#define REMEDY_DRIVER   "install tt-kmd 2.0.0 or later and load it"
#define REMEDY_FIRMWARE "update the card's firmware (tt-flash)"
#define REMEDY_WANT                                                            \
    "free memory, allow more of it and of open files (ulimit -v, ulimit -n), " \
    "or end other processes that use it"
#define REMEDY_HOLDER                                                          \
    "end the process that uses it (see /proc/driver/tenstorrent)"

/* ---- the node ---- */

static nxs_status refuse(struct tt_kmd *kmd, struct tt_card *card,
                         const char *remedy)
{
    tt_pci_refuse(card, remedy, "%s", kmd->why);
    return NXS_DeviceNotAvailable;
}

/* The same, if it may also be that the host has too little of something. */
static nxs_status refuse_for(struct tt_kmd *kmd, struct tt_card *card,
                             nxs_status status, const char *remedy)
{
    if (status != NXS_OutOfResources)
        return refuse(kmd, card, remedy);
    (void)refuse(kmd, card, REMEDY_WANT);
    return status;
}

static nxs_status refuse_node(struct tt_kmd *kmd, struct tt_card *card)
{
    nxs_status status = NXS_DeviceNotAvailable;
    const char *remedy = REMEDY_DRIVER;

    if (errno == EACCES || errno == EPERM)
        remedy = "allow it: tt-kmd's udev rule makes the node accessible to "
                 "all, or chmod a+rw it";
    else if (errno == EAGAIN || errno == EBUSY)
        remedy = REMEDY_HOLDER;
    else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
        status = NXS_OutOfResources;
    (void)tt_kmd_report(kmd, status, "opening %s: %s", kmd->node,
                        errno == EAGAIN ? "another process has it for itself"
                                        : strerror(errno));
    return refuse_for(kmd, card, status, remedy);
}

static bool same_device(const struct tt_kmd_device_info *info,
                        const struct tt_card *card)
{
    return info->vendor == card->vendor && info->device == card->id &&
           info->domain == card->domain && info->bus_dev_fn >> 8 == card->bus &&
           (info->bus_dev_fn >> 3 & 31) == card->slot &&
           (info->bus_dev_fn & 7) == card->function;
}

/* O_NONBLOCK: an open that must wait for somebody's O_EXCL fails instead. */
static nxs_status identify(struct tt_kmd *kmd, struct tt_card *card,
                           unsigned *out_version)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    struct tt_kmd_driver_info driver = {.output_size = 12};
    struct tt_kmd_device_info device = {.output_size = 20};

    kmd->fd = sys->open(sys->ctx, kmd->node, TT_KMD_OPEN_FLAGS);
    if (kmd->fd < 0)
        return refuse_node(kmd, card);
    if (sys->ioctl(sys->ctx, kmd->fd, TT_KMD_GET_DRIVER_INFO, &driver) ||
        sys->ioctl(sys->ctx, kmd->fd, TT_KMD_GET_DEVICE_INFO, &device))
        return refuse_for(kmd, card,
                          tt_kmd_fail(kmd, "asking the driver what it is"),
                          REMEDY_DRIVER);
    snprintf(card->driver, sizeof(card->driver), "%u.%u.%u", driver.major,
             driver.minor, driver.patch);
    *out_version = (unsigned)driver.major << 8 | driver.minor;
    if (driver.api_version != TT_KMD_API_VERSION || driver.major < MIN_MAJOR) {
        (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                            "tt-kmd %s (interface %u) is not 2.x", card->driver,
                            driver.api_version);
        return refuse(kmd, card, REMEDY_DRIVER);
    }
    if (!same_device(&device, card)) {
        (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                            "%s belongs to %04x:%04x at %04x:%04x", kmd->node,
                            device.vendor, device.device, device.domain,
                            device.bus_dev_fn);
        return refuse(kmd, card, REMEDY_DRIVER);
    }
    return NXS_Success;
}

/* Released by the driver when the descriptor is closed, however that comes. */
static nxs_status take_lock(struct tt_kmd *kmd, struct tt_card *card)
{
    struct tt_kmd_lock arg = {
        .output_size = 4, .flags = TT_KMD_LOCK_ACQUIRE, .index = LOCK_INDEX};

    if (kmd->sys->ioctl(kmd->sys->ctx, kmd->fd, TT_KMD_LOCK_CTL, &arg))
        return refuse_for(kmd, card, tt_kmd_fail(kmd, "locking it"),
                          REMEDY_RESET);
    if (arg.value)
        return NXS_Success;
    (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                        "another process has locked it");
    return refuse(kmd, card, REMEDY_HOLDER);
}

/* ---- the chip ---- */

/* Nothing may go over the NOC to translated coordinates before it is known
 * that they are translated: a request to a tile that is not there hangs. */
static nxs_status examine(struct tt_kmd *kmd, struct tt_card *card)
{
    nxs_status status = tt_kmd_map_arc(kmd);

    if (status < 0)
        return refuse_for(kmd, card, status, REMEDY_RESET);
    if (!tt_kmd_answers(kmd)) {
        (void)tt_kmd_lose(kmd, "its registers are all ones");
        return refuse(kmd, card, REMEDY_RESET);
    }
    if (!tt_arc_running(kmd)) {
        (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                            "its management firmware does not run");
        return refuse(kmd, card, REMEDY_RESET);
    }
    if (tt_arc_translates(kmd))
        return NXS_Success;
    (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                        "its firmware does not translate NOC coordinates");
    return refuse(kmd, card, REMEDY_FIRMWARE);
}

/* With translation on, harvested rows are the last ones (NoC/Coordinates.md),
 * so their number is all that is needed. */
static nxs_status count_rows(struct tt_kmd *kmd, struct tt_card *card)
{
    struct tt_device_info *info = &kmd->dev.info;
    uint32_t mask = 0;
    unsigned n;

    if (tt_arc_send(kmd, TT_ARC_GET_HARVESTING, 0, &mask) < 0)
        return refuse(kmd, card, REMEDY_RESET);
    n = (unsigned)__builtin_popcount(mask);
    if (mask & ~ROW_MASK || n > MAX_HARVESTED) {
        (void)tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                            "harvested rows 0x%x cannot be", mask);
        return refuse(kmd, card, REMEDY_RESET);
    }
    info->grid_x = info->arch->max_grid_x;
    info->grid_y = info->arch->max_grid_y - n;
    return NXS_Success;
}

static nxs_status gate_clocks(struct tt_kmd *kmd, struct tt_noc_addr at)
{
    nxs_status status = NXS_Success;

    for (size_t i = 0; i < sizeof(clock_gates) / sizeof(clock_gates[0]); i++) {
        uint32_t value = 0;

        at.addr = clock_gates[i].addr;
        if (clock_gates[i].keep)
            status = tt_kmd_read_words(kmd, at, &value, sizeof(value));
        if (status < 0)
            return status;
        value |= clock_gates[i].set;
        status = tt_kmd_write_words(kmd, at, &value, sizeof(value));
        if (status < 0)
            return status;
    }
    return NXS_Success;
}

/* Hold the cores of one tile, see that it is the tile that we mean, and only
 * then change anything else of it. */
static nxs_status hold_core(struct tt_kmd *kmd, unsigned x, unsigned y)
{
    const struct tt_arch *arch = kmd->dev.info.arch;
    struct tt_noc_addr at = tt_arch_worker(arch, x, y, TT_KMD_SOFT_RESET);
    uint32_t held = arch->soft_reset_all, id = 0;
    nxs_status status = tt_kmd_write_words(kmd, at, &held, sizeof(held));

    at.addr = NOC_ID_LOGICAL;
    if (status >= 0)
        status = tt_kmd_read_words(kmd, at, &id, sizeof(id));
    if (status < 0)
        return status;
    if ((id & 63u) != at.x || (id >> 6 & 63u) != at.y)
        return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                             "core (%u,%u) says it is (%u,%u)", at.x, at.y,
                             id & 63u, id >> 6 & 63u);
    return gate_clocks(kmd, at);
}

/* tt-umd, local_chip.cpp, deassert_risc_resets(): the chip-wide reset of the
 * RISC-V cores is lifted once each core is held by its own. */
static nxs_status hold_cores(struct tt_kmd *kmd, struct tt_card *card)
{
    nxs_status status = NXS_Success;

    for (unsigned y = 0; y < kmd->dev.info.grid_y && status >= 0; y++)
        for (unsigned x = 0; x < kmd->dev.info.grid_x && status >= 0; x++)
            status = hold_core(kmd, x, y);
    if (status >= 0)
        status = tt_kmd_settle(kmd);
    if (status >= 0)
        status = tt_arc_send(kmd, TT_ARC_DEASSERT_RISCV_RESET, 0, NULL);
    return status < 0 ? refuse_for(kmd, card, status, REMEDY_RESET) : status;
}

/* Two ways to ask for the full clock: the driver's, which only newer firmware
 * knows on Wormhole, and the message that tt-umd sends. A chip that stays slow
 * is still a chip, so nothing here fails, but the chip may get lost. */
static void raise_clock(struct tt_kmd *kmd, unsigned version)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    struct tt_kmd_power_state power = {
        .size = sizeof(power),
        .validity = TT_KMD_POWER_ALL_FLAGS,
        .power_flags = TT_KMD_POWER_FLAGS,
    };
    uint64_t deadline = tt_clock_ns() + CLOCK_RISE_NS;
    uint32_t mhz = 0;

    if (version >= POWER_VERSION &&
        sys->ioctl(sys->ctx, kmd->fd, TT_KMD_SET_POWER_STATE, &power)) {
        if (errno == ENODEV) {
            (void)tt_kmd_fail(kmd, "asking for power");
            return;
        }
        tt_log(TT_LOG_DEBUG, "%s: power state: %s", kmd->node, strerror(errno));
    }
    (void)tt_arc_send(kmd, TT_ARC_GO_BUSY, UINT32_MAX, NULL);
    while (tt_arc_send(kmd, TT_ARC_GET_AICLK, UINT32_MAX, &mhz) >= 0 &&
           mhz < BUSY_MHZ && tt_clock_ns() < deadline)
        sys->pause(sys->ctx, CLOCK_PAUSE_US);
    if (mhz < BUSY_MHZ)
        tt_log(TT_LOG_WARN, "%s runs at %u MHz instead of %u", kmd->node, mhz,
               BUSY_MHZ);
    kmd->dev.info.core_clock_mhz = mhz;
    kmd->dev.info.memory_clock_mhz = MEMORY_CLOCK_MHZ;
}

/* ---- opening ---- */

static struct tt_kmd *new_kmd(const struct tt_kmd_sys *sys,
                              const struct tt_card *card)
{
    struct tt_kmd *kmd = calloc(1, sizeof(*kmd));

    if (!kmd)
        return NULL;
    kmd->sys = sys;
    kmd->fd = -1;
    kmd->reset_unit = kmd->arc_niu = MAP_FAILED;
    kmd->dev.ops = &tt_kmd_ops;
    kmd->dev.info.arch = &tt_arch_wormhole;
    snprintf(kmd->node, sizeof(kmd->node), "%s", card->node);
    snprintf(kmd->dev.info.name, sizeof(kmd->dev.info.name),
             "Wormhole %s%sat %s", card->board, card->board[0] ? " " : "",
             card->address);
    memset(kmd->guard, -1, sizeof(kmd->guard));
    pthread_mutex_init(&kmd->lock, NULL);
    tt_kmd_windows_init(kmd);
    return kmd;
}

nxs_status tt_kmd_open(const struct tt_kmd_sys *sys, struct tt_card *card,
                       struct tt_device **out)
{
    struct tt_kmd *kmd = new_kmd(sys, card);
    unsigned version = 0;
    nxs_status status;

    if (!kmd) {
        tt_pci_refuse(card, "free some memory", "no memory for it");
        return NXS_OutOfHostMemory;
    }
    status = identify(kmd, card, &version);
    if (status >= 0)
        status = take_lock(kmd, card);
    if (status >= 0)
        status = examine(kmd, card);
    if (status >= 0)
        status = count_rows(kmd, card);
    if (status >= 0)
        status = hold_cores(kmd, card);
    if (status >= 0)
        raise_clock(kmd, version);
    if (status >= 0 && kmd->lost)
        status = refuse(kmd, card, REMEDY_RESET);
    if (status < 0) {
        tt_device_close(&kmd->dev);
        return status;
    }
    kmd->ready = true;
    *out = &kmd->dev;
    return NXS_Success;
}

nxs_status tt_kmd_open_all(const struct tt_kmd_sys *sys, struct tt_cards *cards,
                           struct tt_device **out, size_t max, size_t *out_n)
{
    nxs_status status, lacking = NXS_Success;
    size_t n = 0;

    tt_pci_scan(sys->sysfs, cards);
    if (cards->lacking)
        lacking = NXS_OutOfResources;
    for (size_t i = 0; i < cards->n; i++) {
        struct tt_card *card = &cards->card[i];

        if (card->reason[0])
            continue;
        if (n == max) {
            tt_pci_refuse(card, "use fewer cards", "no room for device %zu", n);
            continue;
        }
        status = tt_kmd_open(sys, card, &out[n]);
        if (status >= 0)
            card->device = (int)n++;
        else if (status != NXS_DeviceNotAvailable)
            lacking = status;
    }
    *out_n = n;
    return n ? NXS_Success : lacking;
}
