/* SPDX-License-Identifier: MIT */
/*
 * TT_EMU_DELAY: stores of RISC-V cores to Config and GPRs.
 *
 * Stores to different memory regions are not ordered against each other, and
 * pushing an instruction is a store to another region
 * (BabyRISCV/MemoryOrdering.md; BackendConfiguration.md, danger one). A load
 * from where they go, or STALLWAIT with condition C13, waits for them.
 */
#include "device/emu/delay_impl.h"

static void land_one(struct tt_delay *d, unsigned risc)
{
    struct tt_late_stores *s = &d->stores[risc];
    unsigned i = s->head;

    s->head = (s->head + 1) % TT_LATE_STORES;
    s->n--;
    d->landing = true;
    (void)tt_tile_store(d->tile, risc, s->addr[i], 4, s->value[i]);
    d->landing = false;
}

bool tt_delay_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                    uint32_t value)
{
    struct tt_delay *d = tile->delay;
    struct tt_late_stores *s = &d->stores[risc];
    unsigned i;

    if (d->landing)
        return false;
    if (s->n == TT_LATE_STORES)
        land_one(d, risc);
    if (!s->n)
        s->hold = tt_late_wait(d, TT_LATE_KIND_STORE);
    i = (s->head + s->n++) % TT_LATE_STORES;
    s->addr[i] = addr;
    s->value[i] = value;
    return true;
}

void tt_delay_land(struct tt_tile *tile, unsigned risc)
{
    struct tt_delay *d = tile->delay;

    while (d->stores[risc].n)
        land_one(d, risc);
}

bool tt_late_stores_step(struct tt_delay *d, unsigned risc)
{
    struct tt_late_stores *s = &d->stores[risc];
    uint32_t some;

    if (!s->n)
        return false;
    if (s->hold) {
        s->hold--;
        return false;
    }
    for (some = 1 + tt_late_below(d, s->n); some; some--)
        land_one(d, risc);
    s->hold = tt_late_wait(d, TT_LATE_KIND_STORE);
    return true;
}
