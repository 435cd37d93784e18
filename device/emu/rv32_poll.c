/* SPDX-License-Identifier: MIT */
/* Parking: which loops only poll, and what a core in one waits for. */
#include "device/emu/rv32_impl.h"

#define BACKOFF_MIN 8u
#define BACKOFF_MAX 64u
#define N_X         32u

/* One pass of a loop on copied registers, with what it loads. */
struct replay {
    struct tt_rv32 *core;
    uint32_t x[33];
    uint32_t watch[TT_RV32_WATCH];
    uint8_t n_watch;
    bool watch_mmio;
    bool unannounced; /* loads what may change without notice */
};

static bool replay_watch(struct replay *r, uint32_t word)
{
    for (unsigned i = 0; i < r->n_watch; i++) {
        if (r->watch[i] == word)
            return true;
    }
    if (r->n_watch == TT_RV32_WATCH)
        return false;
    r->watch[r->n_watch++] = word;
    return true;
}

/* Load if that has no effect. */
static bool replay_load(struct replay *r, uint32_t addr, unsigned size,
                        uint32_t *out)
{
    struct tt_rv32 *core = r->core;

    if (tt_rv32_inside(addr, TT_L1_SIZE, size)) {
        *out = tt_rv32_ram_load(core->tile->l1 + addr, size);
        return replay_watch(r, addr & ~3u);
    }
    if (tt_rv32_inside(addr - TT_LOCAL_BASE, core->local_size, size)) {
        *out = tt_rv32_ram_load(core->local + (addr - TT_LOCAL_BASE), size);
        return true;
    }
    if (size != 4 || (addr & 3u))
        return false;
    if (tt_tile_load_is_pure(core->tile, core->risc, addr))
        r->watch_mmio = true;
    else if (tt_tile_load_is_repeatable(core->tile, addr))
        r->unannounced = true;
    else
        return false;
    return tt_tile_load(core->tile, core->risc, addr, size, out) ==
           TT_STEP_DONE;
}

static uint32_t jump_target(const struct tt_code_page *page, uint32_t pc)
{
    uint32_t start = pc & ~(TT_RV32_PAGE - 1);
    const struct tt_op *op = &page->op[(pc - start) / 4];
    const struct tt_op *to = op + op->imm;

    if (to->kind == TT_RV32_FAR || to->kind == TT_RV32_POLL)
        return start + (uint32_t)to->imm;
    return pc + (uint32_t)op->imm * 4;
}

#define REPLAY_REG(name, f3, f7, expr)                                         \
    case TT_RV32_##name:                                                       \
        b = r->x[op->rs2];                                                     \
        r->x[op->rd] = (uint32_t)(expr);                                       \
        break;
#define REPLAY_IMM(name, f3, expr)                                             \
    case TT_RV32_##name:                                                       \
        r->x[op->rd] = (uint32_t)(expr);                                       \
        break;
#define REPLAY_SHIFT(name, f3, f7, expr) REPLAY_IMM(name, f3, expr)
#define REPLAY_LOAD(name, f3, size, expr)                                      \
    case TT_RV32_##name:                                                       \
        if (!replay_load(r, a + b, size, &v))                                  \
            return false;                                                      \
        r->x[op->rd] = (uint32_t)(expr);                                       \
        break;
#define REPLAY_BRANCH(name, f3, expr)                                          \
    case TT_RV32_##name:                                                       \
        b = r->x[op->rs2];                                                     \
        if (expr)                                                              \
            *next = jump_target(page, pc);                                     \
        break;
#define REPLAY_NONE(...)

/* Execute the instruction at pc; false for what no poll loop contains. */
static bool replay_step(struct replay *r, uint32_t pc, uint32_t *next)
{
    const struct tt_code_page *page = tt_rv32_page_at(r->core, pc);
    const struct tt_op *op;
    uint32_t a, b, v;

    if (!page)
        return false;
    op = &page->op[pc % TT_RV32_PAGE / 4];
    a = r->x[op->rs1];
    b = (uint32_t)op->imm;
    *next = pc + 4;
    switch (tt_rv32_first(op->kind)) {
        TT_RV32_INSNS(REPLAY_REG, REPLAY_IMM, REPLAY_SHIFT, REPLAY_LOAD,
                      REPLAY_NONE, REPLAY_BRANCH, REPLAY_NONE)
    case TT_RV32_CHECKED_LOAD:
        if (!replay_load(r, a + b, 1u << (tt_rv32_width(page, op) & 3u), &v))
            return false;
        r->x[op->rd] = tt_rv32_extend(v, tt_rv32_width(page, op));
        break;
    case TT_RV32_LUI:
        r->x[op->rd] = b;
        break;
    case TT_RV32_AUIPC:
        r->x[op->rd] = pc + b;
        break;
    case TT_RV32_JAL:
        *next = jump_target(page, pc);
        return op->rd == TT_RV32_SINK;
    case TT_RV32_NOP:
        break;
    default:
        return false;
    }
    return true;
}

/*
 * Whether the loop [target .. branch] is at a fixed point: a pass from the
 * present registers ends with the branch taken and the same registers, and
 * only others can change what it loads.
 */
static bool at_fixed_point(struct replay *r, uint32_t target, uint32_t branch)
{
    uint32_t pc = target, next;

    memcpy(r->x, r->core->x, sizeof(r->x));
    while (pc != branch) {
        if (!replay_step(r, pc, &next) || next <= pc || next > branch)
            return false;
        pc = next;
    }
    return replay_step(r, branch, &next) && next == target &&
           memcmp(r->x, r->core->x, N_X * sizeof(r->x[0])) == 0;
}

static void park(struct tt_rv32 *core, const struct replay *r)
{
    for (unsigned i = 0; i < r->n_watch; i++) {
        core->watch[i] = r->watch[i];
        core->tile->page_flags[r->watch[i] / TT_RV32_PAGE] |= TT_PAGE_WATCHED;
    }
    core->n_watch = r->n_watch;
    core->watch_mmio = r->watch_mmio;
    core->poll_pc = TT_RV32_NO_POLL; /* look at once when woken */
    tt_rv32_set_state(core, TT_RV32_PARKED);
}

bool tt_rv32_try_park(struct tt_rv32 *core, uint32_t target, uint32_t branch)
{
    struct replay r = {.core = core};

    if (core->poll_pc != branch) {
        core->poll_pc = branch;
        core->poll_backoff = BACKOFF_MIN;
        core->poll_skip = 0;
    } else if (memcmp(core->poll_x, core->x, sizeof(core->poll_x)) == 0 &&
               at_fixed_point(&r, target, branch)) {
        if (r.unannounced)
            core->poll_pc = TT_RV32_NO_POLL; /* look at once next time */
        else
            park(core, &r);
        return true;
    } else {
        core->poll_skip = core->poll_backoff;
        if (core->poll_backoff < BACKOFF_MAX)
            core->poll_backoff *= 2;
    }
    memcpy(core->poll_x, core->x, sizeof(core->poll_x));
    return false;
}
