/* SPDX-License-Identifier: MIT */
/* RV32IM cores: their i-cache, reset, and what reports want to know. */
#include "device/emu/rv32_impl.h"

/* ---- i-cache ---- */

/* Give a slot's reference back; the page being executed lives on. */
static void drop_slot(struct tt_rv32 *core, struct tt_code_page **slot)
{
    struct tt_code_page *page = *slot;

    if (!page)
        return;
    *slot = NULL;
    if (page == core->current && !core->orphan)
        core->orphan = page;
    else
        tt_code_page_put(core->tile->chip->code, page);
}

void tt_rv32_drop_page(struct tt_rv32 *core, unsigned page)
{
    if (page >= TT_RV32_L1_PAGES)
        return;
    drop_slot(core, &core->page[page]);
    core->held[page / 64] &= ~(1ull << page % 64);
}

void tt_rv32_drop_icache(struct tt_rv32 *core)
{
    for (unsigned i = 0; i < (TT_RV32_L1_PAGES + 63) / 64; i++)
        while (core->held[i])
            tt_rv32_drop_page(
                core, i * 64 + (unsigned)__builtin_ctzll(core->held[i]));
    for (unsigned i = 0; i < TT_NC_IRAM_SIZE / TT_RV32_PAGE; i++)
        drop_slot(core, &core->iram_page[i]);
}

void tt_rv32_leave_page(struct tt_rv32 *core)
{
    core->current = NULL;
    if (core->orphan) {
        tt_code_page_put(core->tile->chip->code, core->orphan);
        core->orphan = NULL;
    }
}

static bool in_iram(const struct tt_rv32 *core, uint32_t pc)
{
    return core->risc == TT_RISC_NC &&
           tt_rv32_inside(pc - TT_NC_IRAM_BASE, TT_NC_IRAM_SIZE, 4);
}

bool tt_rv32_holds_code(const struct tt_rv32 *core, uint32_t pc)
{
    return tt_rv32_inside(pc, TT_L1_SIZE, 4) || in_iram(core, pc);
}

struct tt_code_page *tt_rv32_page_at(struct tt_rv32 *core, uint32_t pc)
{
    struct tt_tile *tile = core->tile;
    struct tt_code_page **slot;
    const uint8_t *bytes;

    if (tt_rv32_inside(pc, TT_L1_SIZE, 4)) {
        slot = &core->page[pc / TT_RV32_PAGE];
        bytes = tile->l1 + pc / TT_RV32_PAGE * TT_RV32_PAGE;
    } else if (in_iram(core, pc)) {
        slot = &core->iram_page[(pc - TT_NC_IRAM_BASE) / TT_RV32_PAGE];
        bytes = tile->nc_iram +
                (pc - TT_NC_IRAM_BASE) / TT_RV32_PAGE * TT_RV32_PAGE;
    } else {
        return NULL;
    }
    if (!*slot) {
        *slot = tt_code_page_get(tile->chip->code, bytes);
        if (*slot && pc < TT_L1_SIZE) {
            tile->page_flags[pc / TT_RV32_PAGE] |= TT_PAGE_CODE;
            core->held[pc / TT_RV32_PAGE / 64] |= 1ull
                                                  << pc / TT_RV32_PAGE % 64;
        }
    }
    return *slot;
}

/* ---- state ---- */

void tt_rv32_set_state(struct tt_rv32 *core, enum tt_rv32_state state)
{
    core->state = (uint8_t)state;
    if (state == TT_RV32_RUN)
        tt_tile_activate(core->tile, core->risc);
    else
        core->tile->active &= ~(1u << core->risc);
}

void tt_rv32_init(struct tt_rv32 *core, struct tt_tile *tile, unsigned risc)
{
    memset(core, 0, sizeof(*core));
    core->tile = tile;
    core->risc = (uint8_t)risc;
    core->local_size =
        tt_rv32_is_trisc(core) ? TT_LOCAL_T_SIZE : TT_LOCAL_DM_SIZE;
    core->poll_pc = TT_RV32_NO_POLL;
    tt_rv32_set_state(core, TT_RV32_RESET);
}

void tt_rv32_fini(struct tt_rv32 *core)
{
    tt_rv32_drop_icache(core);
    tt_rv32_leave_page(core);
}

void tt_rv32_start(struct tt_rv32 *core, uint32_t pc)
{
    tt_rv32_drop_icache(core);
    memset(core->x, 0, sizeof(core->x));
    core->pc = pc;
    core->poll_pc = TT_RV32_NO_POLL;
    tt_rv32_set_state(core, TT_RV32_RUN);
}

void tt_rv32_hold(struct tt_rv32 *core)
{
    tt_rv32_set_state(core, TT_RV32_RESET);
}

bool tt_rv32_watches(const struct tt_rv32 *core, uint32_t addr, uint32_t len)
{
    for (unsigned i = 0; i < core->n_watch; i++) {
        uint32_t word = core->watch[i];

        if (word < addr ? addr - word < 4 && len > 0 : word - addr < len)
            return true;
    }
    return false;
}

/* ---- callers, for reports ---- */

#define STACK_WORDS 64u

/* Whether an address is behind a call: JAL or JALR that links through ra. */
static bool is_return_address(const struct tt_rv32 *core, uint32_t addr)
{
    uint32_t call;

    if (addr < 4 || !tt_rv32_inside(addr - 4, TT_L1_SIZE, 4))
        return false;
    call = tt_rv32_ram_load(core->tile->l1 + addr - 4, 4);
    return (call & 0xFFFu) == 0x0EFu || (call & 0x7FFFu) == 0x0E7u;
}

void tt_rv32_callers(const struct tt_rv32 *core, uint32_t *out)
{
    uint32_t sp = core->x[2] - TT_LOCAL_BASE;
    unsigned n = 0;

    memset(out, 0, TT_MAX_CALLERS * sizeof(*out));
    if (is_return_address(core, core->x[1]))
        out[n++] = core->x[1];
    for (unsigned i = 0; i < STACK_WORDS && n < TT_MAX_CALLERS; i++, sp += 4) {
        uint32_t word;

        if (!tt_rv32_inside(sp, core->local_size, 4))
            return;
        word = tt_rv32_ram_load(core->local + sp, 4);
        if (is_return_address(core, word))
            out[n++] = word;
    }
}
