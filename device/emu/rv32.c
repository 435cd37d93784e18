/* SPDX-License-Identifier: MIT */
/* RV32IM engine: threaded interpreter over decoded pages, with poll parking. */
#include "device/emu/rv32.h"

/* Each instruction needs a dispatch of its own, by which the processor predicts
 * the next one; gcc merges such tails. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-crossjumping", "no-gcse")
#endif

#include <string.h>

#include "device/emu/check.h"
#include "device/emu/code.h"
#include "device/emu/rv32_insns.h"

#define UNLIKELY(cond) __builtin_expect(!!(cond), 0)

#define INSTRN_BUF  0xFFE40000u /* PushTensixInstruction.md */
#define NO_POLL     1u          /* poll_pc of no branch: pcs are even */
#define BACKOFF_MIN 8u
#define BACKOFF_MAX 64u

/* ---- memory ---- */

/* Whether size (1, 2, 4) bytes at addr are aligned and below limit (a multiple
 * of 4): rotating makes misaligned addresses huge. */
static inline bool inside(uint32_t addr, uint32_t limit, unsigned size)
{
    unsigned shift = size / 2;

    return (shift ? addr >> shift | addr << (32 - shift) : addr) < limit >>
           shift;
}

/* Hosts are little-endian, as the guest is. */
static inline uint32_t ram_load(const uint8_t *ptr, unsigned size)
{
    uint32_t word;
    uint16_t half;

    switch (size) {
    case 1:
        return *ptr;
    case 2:
        memcpy(&half, ptr, sizeof(half));
        return half;
    default:
        memcpy(&word, ptr, sizeof(word));
        return word;
    }
}

static inline void ram_store(uint8_t *ptr, unsigned size, uint32_t value)
{
    memcpy(ptr, &value, size);
}

static bool is_trisc(const struct tt_rv32 *core)
{
    return core->risc >= TT_RISC_T0 && core->risc <= TT_RISC_T2;
}

static __attribute__((noinline)) enum tt_step
slow_load(struct tt_rv32 *core, uint32_t addr, unsigned size, uint32_t *out)
{
    if (addr & (size - 1)) {
        tt_chip_fault(core->tile, core->risc, "unaligned %u-byte load of 0x%x",
                      size, addr);
        return TT_STEP_FAULT;
    }
    return tt_tile_load(core->tile, core->risc, addr, size, out);
}

static __attribute__((noinline)) enum tt_step
slow_store(struct tt_rv32 *core, uint32_t addr, unsigned size, uint32_t value)
{
    if (addr & (size - 1)) {
        tt_chip_fault(core->tile, core->risc, "unaligned %u-byte store to 0x%x",
                      size, addr);
        return TT_STEP_FAULT;
    }
    if (addr == INSTRN_BUF && size == 4 && is_trisc(core))
        return tt_tensix_push(&core->tile->tensix, core->risc - TT_RISC_T0,
                              value, true);
    return tt_tile_store(core->tile, core->risc, addr, size, value);
}

/* ---- memory of a chip that checks (check.h) ---- */

/* funct3 of a load or store: its size, and whether it extends zeros. */
static unsigned width_of(const struct tt_code_page *page,
                         const struct tt_op *op)
{
    return page->bytes[(op - page->op) * 4 + 1] >> 4 & 7u;
}

static uint32_t extend(uint32_t value, unsigned width)
{
    switch (width) {
    case 0:
        return (uint32_t)(int8_t)value;
    case 1:
        return (uint32_t)(int16_t)value;
    default:
        return value;
    }
}

static __attribute__((noinline)) enum tt_step
checked_load(struct tt_rv32 *core, uint32_t addr, unsigned width, uint32_t *out)
{
    unsigned size = 1u << (width & 3u);
    enum tt_step step = TT_STEP_DONE;

    if (inside(addr, TT_L1_SIZE, size)) {
        tt_check_read(core->tile, core->risc, core->tile, addr, size, true);
        *out = ram_load(core->tile->l1 + addr, size);
    } else if (inside(addr - TT_LOCAL_BASE, core->local_size, size)) {
        *out = ram_load(core->local + (addr - TT_LOCAL_BASE), size);
    } else {
        step = slow_load(core, addr, size, out);
    }
    if (step == TT_STEP_DONE)
        *out = extend(*out, width);
    return step;
}

static __attribute__((noinline)) enum tt_step
checked_store(struct tt_rv32 *core, uint32_t addr, unsigned width,
              uint32_t value)
{
    unsigned size = 1u << width;

    if (inside(addr, TT_L1_SIZE, size)) {
        ram_store(core->tile->l1 + addr, size, value);
        tt_check_store(core->tile, core->risc, addr, size);
        if (core->tile->page_flags[addr / TT_RV32_PAGE] & TT_PAGE_WATCHED)
            tt_tile_l1_written(core->tile, addr, size);
        return TT_STEP_DONE;
    }
    if (!inside(addr - TT_LOCAL_BASE, core->local_size, size))
        return slow_store(core, addr, size, value);
    ram_store(core->local + (addr - TT_LOCAL_BASE), size, value);
    return TT_STEP_DONE;
}

static __attribute__((noinline)) enum tt_step ttinsn(struct tt_rv32 *core,
                                                     uint32_t insn)
{
    if (core->risc == TT_RISC_NC) {
        tt_chip_fault(core->tile, core->risc,
                      "word 0x%08x is a Tensix instruction, not for NCRISC",
                      insn << 2 | insn >> 30);
        return TT_STEP_FAULT;
    }
    /* BRISC reaches thread 0, behind the MOP expander
     * (BabyRISCV/PushTensixInstruction.md). */
    if (core->risc == TT_RISC_B)
        return tt_tensix_push(&core->tile->tensix, 0, insn, false);
    return tt_tensix_push(&core->tile->tensix, core->risc - TT_RISC_T0, insn,
                          true);
}

/* Extensions of RISC-V that compilers may use and these cores lack, by the low
 * 7 bits of an instruction (RISC-V unprivileged specification, opcode map). */
static const char *extension(uint32_t word)
{
    switch (word & 0x7Fu) {
    case 0x07:
    case 0x27:
    case 0x43:
    case 0x47:
    case 0x4B:
    case 0x4F:
    case 0x53:
        return "the cores have no floating point";
    case 0x0F:
        return "fence does not order memory on this chip";
    case 0x2F:
        return "the cores have no atomic instructions";
    case 0x57:
        return "the cores have no vector instructions";
    case 0x73:
        return word & 0x7000u ? "the cores have no CSRs" : "ecall or ebreak";
    default:
        return "illegal instruction";
    }
}

static void illegal(struct tt_rv32 *core, uint32_t word)
{
    tt_chip_fault(core->tile, core->risc, "%s: 0x%08x", extension(word), word);
}

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

/* No page is being executed any more. */
static void leave_page(struct tt_rv32 *core)
{
    core->current = NULL;
    if (core->orphan) {
        tt_code_page_put(core->tile->chip->code, core->orphan);
        core->orphan = NULL;
    }
}

/* The decoded page of a pc, NULL where no code can be or without memory. */
static struct tt_code_page *page_at(struct tt_rv32 *core, uint32_t pc)
{
    struct tt_tile *tile = core->tile;
    struct tt_code_page **slot;
    const uint8_t *bytes;

    if (inside(pc, TT_L1_SIZE, 4)) {
        slot = &core->page[pc / TT_RV32_PAGE];
        bytes = tile->l1 + pc / TT_RV32_PAGE * TT_RV32_PAGE;
    } else if (core->risc == TT_RISC_NC &&
               inside(pc - TT_NC_IRAM_BASE, TT_NC_IRAM_SIZE, 4)) {
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

/* The page to go on in; NULL after recording a fault. */
static struct tt_code_page *enter_page(struct tt_rv32 *core, uint32_t pc)
{
    leave_page(core);
    core->pc = pc;
    core->current = page_at(core, pc);
    if (!core->current)
        tt_chip_fault(core->tile, core->risc, "cannot fetch code from 0x%x",
                      pc);
    return core->current;
}

/* ---- state ---- */

static void set_state(struct tt_rv32 *core, enum tt_rv32_state state)
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
    core->local_size = is_trisc(core) ? TT_LOCAL_T_SIZE : TT_LOCAL_DM_SIZE;
    core->poll_pc = NO_POLL;
    set_state(core, TT_RV32_RESET);
}

void tt_rv32_fini(struct tt_rv32 *core)
{
    tt_rv32_drop_icache(core);
    leave_page(core);
}

void tt_rv32_start(struct tt_rv32 *core, uint32_t pc)
{
    tt_rv32_drop_icache(core);
    memset(core->x, 0, sizeof(core->x));
    core->pc = pc;
    core->poll_pc = NO_POLL;
    set_state(core, TT_RV32_RUN);
}

void tt_rv32_hold(struct tt_rv32 *core)
{
    set_state(core, TT_RV32_RESET);
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

    if (addr < 4 || !inside(addr - 4, TT_L1_SIZE, 4))
        return false;
    call = ram_load(core->tile->l1 + addr - 4, 4);
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

        if (!inside(sp, core->local_size, 4))
            return;
        word = ram_load(core->local + sp, 4);
        if (is_return_address(core, word))
            out[n++] = word;
    }
}

/* ---- polls ---- */

/* One pass of a loop on copied registers, with what it loads. */
struct replay {
    struct tt_rv32 *core;
    uint32_t x[32];
    uint32_t watch[TT_RV32_WATCH];
    uint8_t n_watch;
    bool watch_mmio;
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

/* Load if that has no effect and a later change of the value is announced. */
static bool replay_load(struct replay *r, uint32_t addr, unsigned size,
                        uint32_t *out)
{
    struct tt_rv32 *core = r->core;

    if (inside(addr, TT_L1_SIZE, size)) {
        *out = ram_load(core->tile->l1 + addr, size);
        return replay_watch(r, addr & ~3u);
    }
    if (inside(addr - TT_LOCAL_BASE, core->local_size, size)) {
        *out = ram_load(core->local + (addr - TT_LOCAL_BASE), size);
        return true;
    }
    if (size != 4 || (addr & 3u) ||
        !tt_tile_load_is_pure(core->tile, core->risc, addr))
        return false;
    r->watch_mmio = true;
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
    const struct tt_code_page *page = page_at(r->core, pc);
    const struct tt_op *op;
    uint32_t a, b, v;

    if (!page)
        return false;
    op = &page->op[pc % TT_RV32_PAGE / 4];
    a = r->x[op->rs1];
    b = (uint32_t)op->imm;
    *next = pc + 4;
    switch (op->kind) {
        TT_RV32_INSNS(REPLAY_REG, REPLAY_IMM, REPLAY_SHIFT, REPLAY_LOAD,
                      REPLAY_NONE, REPLAY_BRANCH, REPLAY_NONE)
    case TT_RV32_CHECKED_LOAD:
        if (!replay_load(r, a + b, 1u << (width_of(page, op) & 3u), &v))
            return false;
        r->x[op->rd] = extend(v, width_of(page, op));
        break;
    case TT_RV32_LUI:
        r->x[op->rd] = b;
        break;
    case TT_RV32_AUIPC:
        r->x[op->rd] = pc + b;
        break;
    case TT_RV32_JAL:
        *next = jump_target(page, pc);
        return op->rd == 0;
    case TT_RV32_NOP:
        break;
    default:
        return false;
    }
    r->x[0] = 0;
    return true;
}

/*
 * Whether the loop [target .. branch] is at a fixed point: a pass from the
 * present registers ends with the branch taken and the same registers, and
 * nothing but an announced write can change what it loads.
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
           memcmp(r->x, r->core->x, sizeof(r->x)) == 0;
}

static void park(struct tt_rv32 *core, const struct replay *r)
{
    for (unsigned i = 0; i < r->n_watch; i++) {
        core->watch[i] = r->watch[i];
        core->tile->page_flags[r->watch[i] / TT_RV32_PAGE] |= TT_PAGE_WATCHED;
    }
    core->n_watch = r->n_watch;
    core->watch_mmio = r->watch_mmio;
    core->poll_pc = NO_POLL; /* look at once when woken */
    set_state(core, TT_RV32_PARKED);
}

/* Look at a candidate that was taken: true if the core is parked now. Loops
 * that make progress are looked at ever less often. */
static __attribute__((noinline)) bool try_park(struct tt_rv32 *core,
                                               uint32_t target, uint32_t branch)
{
    struct replay r = {.core = core};

    if (core->poll_pc != branch) {
        core->poll_pc = branch;
        core->poll_backoff = BACKOFF_MIN;
        core->poll_skip = 0;
    } else if (memcmp(core->poll_x, core->x, sizeof(core->x)) == 0 &&
               at_fixed_point(&r, target, branch)) {
        park(core, &r);
        return true;
    } else {
        core->poll_skip = core->poll_backoff;
        if (core->poll_backoff < BACKOFF_MAX)
            core->poll_backoff *= 2;
    }
    memcpy(core->poll_x, core->x, sizeof(core->x));
    return false;
}

/* ---- executor ---- */

/* Labels as values are a GNU extension that both compilers have; they are
 * worth a factor of three over decoding each instruction. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

#define LABEL(name, ...) [TT_RV32_##name] = &&do_##name,
#define DISPATCH()       goto *label[op->kind]
#define NEXT()                                                                 \
    do {                                                                       \
        op++;                                                                  \
        DISPATCH();                                                            \
    } while (0)
#define PC() (page_pc + (uint32_t)(op - page->op) * 4u)
/* `end` is where the budget would run out in straight-line code. It moves
 * along with jumps, so that only these touch it. */
#define LEFT() ((int64_t)(end - (uintptr_t)op) / (int64_t)sizeof(*op))
#define GO(to, spent_ops)                                                      \
    do {                                                                       \
        const struct tt_op *to_ = (to);                                        \
        end += (uintptr_t)to_ - (uintptr_t)op - (spent_ops) * sizeof(*op);     \
        op = to_;                                                              \
    } while (0)
#define JUMP(to)                                                               \
    do {                                                                       \
        GO(to, 1u);                                                            \
        if (UNLIKELY((uintptr_t)op >= end))                                    \
            goto spent;                                                        \
        DISPATCH();                                                            \
    } while (0)

#define DO_REG(name, f3, f7, expr)                                             \
    do_##name : a = x[op->rs1];                                                \
    b = x[op->rs2];                                                            \
    x[op->rd] = (uint32_t)(expr);                                              \
    NEXT();
#define DO_IMM(name, f3, expr)                                                 \
    do_##name : a = x[op->rs1];                                                \
    b = (uint32_t)op->imm;                                                     \
    x[op->rd] = (uint32_t)(expr);                                              \
    NEXT();
#define DO_SHIFT(name, f3, f7, expr) DO_IMM(name, f3, expr)
#define DO_LOAD(name, f3, size, expr)                                          \
    do_##name : a = x[op->rs1] + (uint32_t)op->imm;                            \
    if (inside(a, TT_L1_SIZE, size)) {                                         \
        v = ram_load(l1 + a, size);                                            \
    } else if (inside(a - TT_LOCAL_BASE, core->local_size, size)) {            \
        v = ram_load(core->local + (a - TT_LOCAL_BASE), size);                 \
    } else {                                                                   \
        core->pc = PC();                                                       \
        core->tile->ahead = max - (uint32_t)LEFT();                            \
        step = slow_load(core, a, size, &v);                                   \
        if (step != TT_STEP_DONE)                                              \
            goto stopped;                                                      \
    }                                                                          \
    x[op->rd] = (uint32_t)(expr);                                              \
    x[0] = 0;                                                                  \
    NEXT();
#define DO_STORE(name, f3, size)                                               \
    do_##name : a = x[op->rs1] + (uint32_t)op->imm;                            \
    v = x[op->rs2];                                                            \
    if (inside(a, TT_L1_SIZE, size)) {                                         \
        ram_store(l1 + a, size, v);                                            \
        if (UNLIKELY(flags[a / TT_RV32_PAGE] & TT_PAGE_WATCHED))               \
            tt_tile_l1_written(core->tile, a, size);                           \
    } else if (inside(a - TT_LOCAL_BASE, core->local_size, size)) {            \
        ram_store(core->local + (a - TT_LOCAL_BASE), size, v);                 \
    } else {                                                                   \
        core->pc = PC();                                                       \
        step = slow_store(core, a, size, v);                                   \
        goto acted;                                                            \
    }                                                                          \
    NEXT();
#define DO_BRANCH(name, f3, expr)                                              \
    do_##name : a = x[op->rs1];                                                \
    b = x[op->rs2];                                                            \
    if (expr)                                                                  \
        JUMP(op + op->imm);                                                    \
    NEXT();
#define DO_NONE(...)

/* Longer than other functions: one label per instruction. */
uint32_t tt_rv32_run(struct tt_rv32 *core, uint32_t max)
{
    static const void *const label[TT_RV32_N_KINDS] = {
        TT_RV32_INSNS(LABEL, LABEL, LABEL, LABEL, LABEL, LABEL, LABEL)
            LABEL(NOP) LABEL(TTINSN) LABEL(ILLEGAL) LABEL(CHECKED_LOAD)
                LABEL(CHECKED_STORE) LABEL(FAR) LABEL(POLL)};
    uint32_t *const x = core->x;
    uint8_t *const l1 = core->tile->l1;
    const uint8_t *const flags = core->tile->page_flags;
    const struct tt_code_page *page;
    const struct tt_op *op;
    uintptr_t end;
    int64_t left = max;
    uint32_t pc = core->pc, page_pc = 0, a, b, v;
    enum tt_step step;

    set_state(core, TT_RV32_RUN);
enter:
    if (left <= 0) {
        core->pc = pc;
        goto out;
    }
    page = enter_page(core, pc);
    if (!page) {
        set_state(core, TT_RV32_FAULT);
        goto out;
    }
    page_pc = pc & ~(TT_RV32_PAGE - 1);
    op = &page->op[(pc - page_pc) / 4];
    end = (uintptr_t)op + (uintptr_t)left * sizeof(*op);
    DISPATCH();

    TT_RV32_INSNS(DO_REG, DO_IMM, DO_SHIFT, DO_LOAD, DO_STORE, DO_BRANCH,
                  DO_NONE)
do_LUI:
    x[op->rd] = (uint32_t)op->imm;
    NEXT();
do_AUIPC:
    x[op->rd] = PC() + (uint32_t)op->imm;
    NEXT();
do_JAL:
    x[op->rd] = PC() + 4;
    x[0] = 0;
    JUMP(op + op->imm);
do_JALR:
    pc = (x[op->rs1] + (uint32_t)op->imm) & ~1u;
    x[op->rd] = PC() + 4;
    x[0] = 0;
    if (inside(pc - page_pc, TT_RV32_PAGE, 4))
        JUMP(&page->op[(pc - page_pc) / 4]);
    left = LEFT() - 1;
    goto enter;
do_NOP:
    NEXT();
do_TTINSN:
    core->pc = PC();
    step = ttinsn(core, (uint32_t)op->imm);
    goto acted;
do_ILLEGAL:
    core->pc = PC();
    illegal(core, (uint32_t)op->imm);
    step = TT_STEP_FAULT;
    goto stopped;
do_CHECKED_LOAD:
    core->pc = PC();
    step = checked_load(core, x[op->rs1] + (uint32_t)op->imm,
                        width_of(page, op), &v);
    if (step != TT_STEP_DONE)
        goto stopped;
    x[op->rd] = v;
    x[0] = 0;
    NEXT();
do_CHECKED_STORE:
    core->pc = PC();
    step = checked_store(core, x[op->rs1] + (uint32_t)op->imm,
                         width_of(page, op), x[op->rs2]);
    goto acted;
do_FAR:
    pc = page_pc + (uint32_t)op->imm;
    left = LEFT();
    goto enter;
do_POLL:
    pc = page_pc + (uint32_t)op->imm;
    a = page_pc + (op->rs1 | (uint32_t)op->rs2 << 8) * 4;
    if (core->poll_pc == a && core->poll_skip > 0) {
        core->poll_skip--;
    } else if (try_park(core, pc, a)) {
        core->pc = pc;
        left = LEFT();
        goto out;
    }
    if ((uint32_t)op->imm >= TT_RV32_PAGE)
        goto do_FAR;
    GO(&page->op[(uint32_t)op->imm / 4], 0u);
    DISPATCH();

acted: /* the tile was told: it may have reset the core or its i-cache */
    if (UNLIKELY(step != TT_STEP_DONE))
        goto stopped;
    if (UNLIKELY(core->orphan || core->state != TT_RV32_RUN)) {
        pc = core->pc + 4;
        left = LEFT() - 1;
        if (core->state != TT_RV32_RUN)
            goto out;
        goto enter;
    }
    NEXT();
stopped:
    left = LEFT();
    set_state(core, step == TT_STEP_WAIT ? TT_RV32_STALLED : TT_RV32_FAULT);
    goto out;
spent:
    core->pc = op->kind >= TT_RV32_FAR ? page_pc + (uint32_t)op->imm : PC();
    left = LEFT();
out:
    leave_page(core);
    core->tile->ahead = 0;
    core->instret += (uint64_t)((int64_t)max - left);
    return (uint32_t)((int64_t)max - left);
}
#pragma GCC diagnostic pop
