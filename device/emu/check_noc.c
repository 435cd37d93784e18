/* SPDX-License-Identifier: MIT */
/* The kernel sanitizer on stores and NOC requests: where they may go. */
#include "device/emu/check.h"
#include "device/emu/noc.h"

#include <stddef.h>

/* Reads of up to this many bytes may poll another core. */
#define MAX_POLL 16u

/** struct area - what only the host may write */
struct area {
    uint32_t addr, end;
    const char *name;
};

static const struct area areas[] = {
    {0, TT_L1_MAILBOX, "the firmware is"},
    {TT_L1_LAUNCH, TT_L1_SEMAPHORES, "the launch block is"},
    {TT_L1_ZEROS, TT_L1_ZEROS + TT_L1_ZEROS_SIZE, "the zeros are"},
    {TT_L1_COORDS, TT_L1_ATOMIC_OLD, "tables of coordinates are"},
    {TT_L1_KERNEL_B, TT_L1_DATA, "kernels are"},
};

void tt_check_protected(struct tt_tile *tile, unsigned risc,
                        const struct tt_tile *at, uint32_t addr, uint32_t len)
{
    for (unsigned i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
        if (addr < areas[i].end && areas[i].addr < addr + len)
            tt_check_report(tile, TT_CHECK_RANGE, risc, NULL,
                            "writes %u bytes to L1 0x%x%s, where %s", len, addr,
                            tile == at ? "" : " of another core",
                            areas[i].name);
}

/* Words by which cores tell the firmware, and so this file, how far they
 * are. */
static void note_mailbox(struct tt_tile *tile, unsigned risc, uint32_t addr)
{
    const uint32_t at = addr - TT_L1_MAILBOX;

    if (risc == TT_RISC_T1 && at == offsetof(struct tt_mailbox, tensix_go))
        tt_check_kernel_begins(tile->check);
}

void tt_check_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                    unsigned size)
{
    tt_check_write(tile, risc, tile, addr, size);
    if (addr >= TT_L1_DATA)
        return;
    tt_check_protected(tile, risc, tile, addr, size);
    tt_check_credits(tile, risc, tile, addr, size);
    note_mailbox(tile, risc, addr);
}

static void note_read(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                      uint32_t addr, uint32_t len)
{
    tt_check_read(tile, risc, at, addr, len, len <= MAX_POLL);
}

static void note_write(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                       uint32_t addr, uint32_t len)
{
    uint32_t end;
    unsigned cb;

    tt_check_write(tile, risc, at, addr, len);
    tt_check_protected(tile, risc, at, addr, len);
    tt_check_credits(tile, risc, at, addr, len);
    if (tt_check_cb_end(at->check, addr, &cb, &end) && addr + len > end)
        tt_check_report(tile, TT_CHECK_RANGE, risc, NULL,
                        "NOC: %u bytes to L1 0x%x%s run over the end of "
                        "circular buffer %u at 0x%x",
                        len, addr, tile == at ? "" : " of another core", cb,
                        end);
}

/* One end of a request; only L1 is watched. */
static void note_end(const struct tt_noc_request *r, struct tt_place place,
                     uint64_t addr, bool write)
{
    uint32_t len = r->ctrl & TT_NOC_INLINE ? 4 : r->len;
    struct tt_tile *at;

    if (place.kind != TT_PLACE_TENSIX || addr >= TT_L1_SIZE)
        return;
    at = tt_chip_tile(r->tile->chip, place.index);
    if (!at)
        return;
    if (r->ctrl & TT_NOC_ATOMIC)
        tt_check_atomic(r->tile, r->risc, at, (uint32_t)addr);
    else if (write)
        note_write(r->tile, r->risc, at, (uint32_t)addr, len);
    else
        note_read(r->tile, r->risc, at, (uint32_t)addr, len);
}

static void note_multicast(const struct tt_noc_request *r)
{
    struct tt_place at[TT_CHIP_TILES];
    unsigned n = tt_noc_destinations(r, at);

    for (unsigned i = 0; i < n; i++)
        note_end(r, at[i], r->ret_addr, true);
}

void tt_check_request(const struct tt_noc_request *r)
{
    if (r->ctrl & TT_NOC_ATOMIC) {
        note_end(r, r->targ, r->targ_addr, true);
        tt_check_store(r->tile, r->risc, (uint32_t)r->ret_addr, 4);
        return;
    }
    if (r->ctrl & TT_NOC_INLINE) {
        note_end(r, r->targ, r->targ_addr, true);
        return;
    }
    note_end(r, r->targ, r->targ_addr, false);
    if (r->ctrl & TT_NOC_MULTICAST)
        note_multicast(r);
    else
        note_end(r, r->ret, r->ret_addr, true);
}
