/* SPDX-License-Identifier: MIT */
/* Messages to the management firmware of a Wormhole, through its reset unit. */
#include <stddef.h>
#include <sys/mman.h>

#include "device/kmd_impl.h"
#include "pool/tt_clock.h"

/* tt-isa-documentation, ARCTile/README.md, "APB peripherals": offsets in
 * BAR0, and in BAR4, which repeats the last 32 MiB of it. */
#define PAGE       0x1000u
#define RESET_UNIT 0x1FF30000u
#define ARC_NIU    0x1FF50000u
#define BAR4_START 0x1E000000u

/* ARCTile/ResetUnit.md; their use: tt-kmd, wormhole.c,
 * wormhole_send_arc_fw_message_with_args(). */
#define POST_CODE     0x60u /* SCRATCH[0] */
#define ARGUMENTS     0x6Cu /* SCRATCH[3]; the result, too */
#define MESSAGE       0x74u /* SCRATCH[5] */
#define ALIVE         0x78u /* SCRATCH[6]: never all ones */
#define MISC_CNTL     0x100u
#define MISC_IRQ0     (1u << 16)
#define PRESENT       0xAA00u
#define POST_MASK     0xFFFF0000u
#define POST_RUNNING  0xC0DE0000u
#define NIU_CFG_0     0x100u /* NoC/MemoryMap.md; bit 14: translation */
#define NIU_TRANSLATE (1u << 14)

#define TIMEOUT_NS 1000000000u
#define PAUSE_US   100u

static uint32_t get(struct tt_kmd *kmd, const void *page, unsigned offset)
{
    const volatile uint32_t *reg = page;

    return kmd->sys->read32(kmd->sys->ctx, reg + offset / 4);
}

static void put(struct tt_kmd *kmd, unsigned offset, uint32_t value)
{
    volatile uint32_t *reg = kmd->reset_unit;

    kmd->sys->write32(kmd->sys->ctx, reg + offset / 4, value);
}

/* ---- the mapping ---- */

/* Where BAR0 and BAR4 begin for mmap; a host may have shrunk BAR0. */
static nxs_status find_registers(struct tt_kmd *kmd, uint64_t *out)
{
    struct tt_kmd_mappings m = {.n = TT_KMD_N_MAPPINGS};

    if (kmd->sys->ioctl(kmd->sys->ctx, kmd->fd, TT_KMD_QUERY_MAPPINGS, &m))
        return tt_kmd_fail(kmd, "asking for the BARs");
    for (unsigned i = 0; i < TT_KMD_N_MAPPINGS; i++) {
        const struct tt_kmd_mapping *bar = &m.mapping[i];

        if (bar->id == TT_KMD_MAPPING_BAR0_UC && bar->size > ARC_NIU + PAGE) {
            *out = bar->base;
            return NXS_Success;
        }
        if (bar->id == TT_KMD_MAPPING_BAR4_UC &&
            bar->size > ARC_NIU + PAGE - BAR4_START) {
            *out = bar->base - BAR4_START;
            return NXS_Success;
        }
    }
    return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                         "neither BAR 0 nor BAR 4 is there in full");
}

nxs_status tt_kmd_map_arc(struct tt_kmd *kmd)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    uint64_t base = 0;
    nxs_status status = find_registers(kmd, &base);

    if (status < 0)
        return status;
    kmd->reset_unit = sys->mmap(sys->ctx, PAGE, kmd->fd, base + RESET_UNIT);
    if (kmd->reset_unit == MAP_FAILED)
        return tt_kmd_fail(kmd, "mapping the reset unit");
    kmd->arc_niu = sys->mmap(sys->ctx, PAGE, kmd->fd, base + ARC_NIU);
    if (kmd->arc_niu == MAP_FAILED)
        return tt_kmd_fail(kmd, "mapping the ARC's NOC interface");
    return NXS_Success;
}

void tt_kmd_unmap_arc(struct tt_kmd *kmd)
{
    const struct tt_kmd_sys *sys = kmd->sys;

    if (kmd->reset_unit != MAP_FAILED)
        (void)sys->munmap(sys->ctx, kmd->reset_unit, PAGE);
    if (kmd->arc_niu != MAP_FAILED)
        (void)sys->munmap(sys->ctx, kmd->arc_niu, PAGE);
    kmd->reset_unit = kmd->arc_niu = MAP_FAILED;
}

bool tt_kmd_answers(struct tt_kmd *kmd)
{
    return get(kmd, kmd->reset_unit, ALIVE) != UINT32_MAX;
}

bool tt_arc_running(struct tt_kmd *kmd)
{
    return (get(kmd, kmd->reset_unit, POST_CODE) & POST_MASK) == POST_RUNNING;
}

bool tt_arc_translates(struct tt_kmd *kmd)
{
    return get(kmd, kmd->arc_niu, NIU_CFG_0) & NIU_TRANSLATE;
}

/* ---- messages ---- */

static bool late(const struct tt_kmd *kmd, uint64_t deadline)
{
    kmd->sys->pause(kmd->sys->ctx, PAUSE_US);
    return tt_clock_ns() > deadline;
}

/* tt-umd, wormhole_arc_messenger.cpp: an interrupt that the firmware has not
 * taken yet must not be raised twice. */
static bool trigger(struct tt_kmd *kmd)
{
    uint64_t deadline = tt_clock_ns() + TIMEOUT_NS;
    uint32_t control = get(kmd, kmd->reset_unit, MISC_CNTL);

    while (control & MISC_IRQ0) {
        if (late(kmd, deadline))
            return false;
        control = get(kmd, kmd->reset_unit, MISC_CNTL);
    }
    put(kmd, MISC_CNTL, control | MISC_IRQ0);
    return true;
}

/* The firmware takes the request away and puts back the code, with its exit
 * status in the upper half. */
static nxs_status finish(struct tt_kmd *kmd, unsigned message, uint32_t *out)
{
    uint64_t deadline = tt_clock_ns() + TIMEOUT_NS;
    uint32_t word;

    for (;;) {
        word = get(kmd, kmd->reset_unit, MESSAGE);
        if ((word & 0xFFFFu) == message)
            break;
        if (word == UINT32_MAX && !tt_kmd_answers(kmd))
            return tt_kmd_lose(kmd, "the ARC's registers are all ones");
        if (word == UINT32_MAX)
            return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                                 "the firmware does not know message 0x%x",
                                 message);
        if (late(kmd, deadline))
            return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                                 "the firmware does not answer message 0x%x "
                                 "(0x%08x)",
                                 message, word);
    }
    if (word >> 16)
        return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                             "message 0x%x to the firmware failed: %u", message,
                             word >> 16);
    if (out)
        *out = get(kmd, kmd->reset_unit, ARGUMENTS);
    return NXS_Success;
}

nxs_status tt_arc_send(struct tt_kmd *kmd, unsigned message, uint32_t args,
                       uint32_t *out)
{
    put(kmd, ARGUMENTS, args);
    put(kmd, MESSAGE, PRESENT | message);
    if (!trigger(kmd))
        return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                             "the firmware takes no interrupts");
    return finish(kmd, message, out);
}
