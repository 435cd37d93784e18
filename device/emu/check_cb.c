/* SPDX-License-Identifier: MIT */
/*
 * The kernel sanitizer on circular buffers: pushes and pops as the credit words
 * tell of them, and where packers, unpackers and the NOC may work.
 *
 * A push needs room, not a call that reserved it. A pop ahead of all pushes is
 * legal on a buffer that nobody pushes to, since it may lie over data that is
 * there already: whether it was wrong shows with the first push.
 */
#include "device/emu/check.h"

#include <stddef.h>
#include <string.h>

/* Credits count modulo 2^16 (l1_map.h). */
static int32_t difference(uint32_t a, uint32_t b)
{
    return (int16_t)(uint16_t)(a - b);
}

void tt_check_cb_launch(struct tt_check *check)
{
    struct tt_launch_block block;

    memcpy(&block, check->tile->l1 + TT_L1_LAUNCH, sizeof(block));
    check->own_end = block.own_end ? block.own_end : TT_L1_SIZE;
    check->args_end = block.args_end;
    check->cb_mask = block.cb_mask;
    memcpy(check->cb_config, block.cb, sizeof(check->cb_config));
    memset(check->cb, 0, sizeof(check->cb));
}

/* ---- credits ---- */

static void pushed(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                   unsigned index, uint32_t now)
{
    struct tt_check_cb *cb = &at->check->cb[index];
    int32_t n_pages = (int32_t)at->check->cb_config[index].n_pages;
    int32_t n = difference(now, cb->received);
    int32_t room = n_pages - difference(cb->received, cb->acked);

    cb->received = now;
    cb->fed = true;
    if (cb->early)
        tt_check_report_at(at, TT_CHECK_CB, &cb->popper,
                           "pops %u pages of circular buffer %u before any "
                           "was pushed",
                           cb->n_early, index);
    else if (n > room)
        tt_check_report(tile, TT_CHECK_CB, risc, NULL,
                        "pushes %d pages to circular buffer %u, which has room "
                        "for %d of its %d",
                        n, index, room < 0 ? 0 : room, n_pages);
    cb->early = false;
}

static void popped(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                   unsigned index, uint32_t now)
{
    struct tt_check_cb *cb = &at->check->cb[index];
    int32_t n = difference(now, cb->acked);
    int32_t full = difference(cb->received, cb->acked);

    cb->acked = now;
    if (n <= full || cb->early)
        return;
    if (cb->fed) {
        tt_check_report(tile, TT_CHECK_CB, risc, NULL,
                        "pops %d pages of circular buffer %u, which holds %d",
                        n, index, full < 0 ? 0 : full);
        return;
    }
    cb->early = true;
    cb->n_early = (uint32_t)n;
    cb->popper = tt_check_place(tile, risc);
}

static uint32_t load_word(const struct tt_tile *tile, uint32_t addr)
{
    uint32_t word;

    memcpy(&word, tile->l1 + addr, sizeof(word));
    return word;
}

static void check_credits_of(struct tt_tile *tile, unsigned risc,
                             struct tt_tile *at, unsigned index)
{
    const struct tt_check_cb *cb = &at->check->cb[index];
    uint32_t base =
        TT_L1_CREDITS + index * (uint32_t)sizeof(struct tt_cb_credits);
    uint32_t received =
        load_word(at, base + offsetof(struct tt_cb_credits, received));
    uint32_t acked =
        load_word(at, base + offsetof(struct tt_cb_credits, acked));

    if (received == cb->received && acked == cb->acked)
        return;
    if (!(at->check->cb_mask >> index & 1u)) {
        tt_check_report(tile, TT_CHECK_CB, risc, NULL,
                        "circular buffer %u does not exist", index);
        return;
    }
    if (received != cb->received)
        pushed(tile, risc, at, index, received);
    if (acked != cb->acked)
        popped(tile, risc, at, index, acked);
}

void tt_check_credits(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                      uint32_t addr, uint32_t len)
{
    const uint32_t size = sizeof(struct tt_cb_credits);
    const uint32_t end = TT_L1_CREDITS + TT_N_CB * size;

    if (addr >= end || addr + len <= TT_L1_CREDITS)
        return;
    for (unsigned i = 0; i < TT_N_CB; i++) {
        uint32_t credits = TT_L1_CREDITS + i * size;

        if (addr < credits + size && credits < addr + len)
            check_credits_of(tile, risc, at, i);
    }
}

/* ---- pages ---- */

bool tt_check_cb_end(const struct tt_check *check, uint32_t addr,
                     unsigned *out_cb, uint32_t *out_end)
{
    for (uint32_t mask = check->cb_mask; mask; mask &= mask - 1) {
        unsigned i = (unsigned)__builtin_ctz(mask);
        const struct tt_cb_config *c = &check->cb_config[i];

        if (addr < c->base || addr - c->base >= c->size || !c->page_size ||
            !c->n_pages)
            continue;
        *out_cb = i;
        *out_end = c->base + c->size;
        return true;
    }
    return false;
}

/* Whether all pages of [addr, addr + len) are among @n from number @first on;
 * the range lies in the buffer. */
static bool within(const struct tt_cb_config *c, uint32_t addr, uint32_t len,
                   uint32_t first, uint32_t n)
{
    uint32_t from = (addr - c->base) / c->page_size;
    uint32_t last = (addr + len - 1 - c->base) / c->page_size;

    for (uint32_t page = from; page <= last; page++)
        if ((page + c->n_pages - first % c->n_pages) % c->n_pages >= n)
            return false;
    return true;
}

/* Whether the range stays in the buffer that it begins in. */
static bool ends_inside(struct tt_tile *tile, unsigned risc, const char *verb,
                        uint32_t addr, uint32_t len)
{
    uint32_t end;
    unsigned cb;

    if (!tt_check_cb_end(tile->check, addr, &cb, &end) || addr + len <= end)
        return true;
    tt_check_report(tile, TT_CHECK_CB, risc, NULL,
                    "%s %u bytes at L1 0x%x, beyond the end of circular buffer "
                    "%u at 0x%x",
                    verb, len, addr, cb, end);
    return false;
}

void tt_check_unpack(struct tt_tensix *t, unsigned thread, uint32_t addr,
                     uint32_t len)
{
    const struct tt_check *check = t->check;
    const struct tt_check_cb *cb;
    unsigned index, risc = TT_RISC_T0 + thread;
    int32_t full;
    uint32_t end;

    if (!len)
        return;
    tt_check_read(t->tile, risc, t->tile, addr, len, false);
    if (!ends_inside(t->tile, risc, "unpacks", addr, len) ||
        !tt_check_cb_end(check, addr, &index, &end))
        return;
    /* Without a producer the data lie there from the start. */
    cb = &check->cb[index];
    full = difference(cb->received, cb->acked);
    if (cb->fed && !within(&check->cb_config[index], addr, len, cb->acked,
                           full < 0 ? 0 : (uint32_t)full))
        tt_check_report(t->tile, TT_CHECK_CB, risc, NULL,
                        "unpacks from L1 0x%x, which is in none of the %d full "
                        "pages of circular buffer %u",
                        addr, full < 0 ? 0 : full, index);
}

void tt_check_pack(struct tt_tensix *t, unsigned thread, uint32_t addr,
                   uint32_t len)
{
    const struct tt_check *check = t->check;
    unsigned index, risc = TT_RISC_T0 + thread;
    const struct tt_check_cb *cb;
    int32_t full, n_pages;
    uint32_t end;

    tt_check_write(t->tile, risc, t->tile, addr, len);
    tt_check_protected(t->tile, risc, t->tile, addr, len);
    if (!ends_inside(t->tile, risc, "packs", addr, len) ||
        !tt_check_cb_end(check, addr, &index, &end))
        return;
    cb = &check->cb[index];
    n_pages = (int32_t)check->cb_config[index].n_pages;
    full = difference(cb->received, cb->acked);
    full = full < 0 ? 0 : full;
    if (!within(&check->cb_config[index], addr, len, cb->received,
                full > n_pages ? 0 : (uint32_t)(n_pages - full)))
        tt_check_report(t->tile, TT_CHECK_CB, risc, NULL,
                        "packs to L1 0x%x, which is in none of the %d free "
                        "pages of circular buffer %u",
                        addr, n_pages - full, index);
}
