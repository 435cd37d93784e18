/* SPDX-License-Identifier: MIT */
/* The executor: threaded code over decoded pages. */
#include "device/emu/rv32_impl.h"

/* Each instruction needs a dispatch of its own, by which the processor predicts
 * the next one; gcc merges such tails. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-crossjumping", "no-gcse")
#endif

#include "device/emu/check.h"

#define LIKELY(cond)   __builtin_expect(!!(cond), 1)
#define UNLIKELY(cond) __builtin_expect(!!(cond), 0)

#define INSTRN_BUF 0xFFE40000u /* PushTensixInstruction.md */

/* ---- memory ---- */

static inline void ram_store(uint8_t *ptr, unsigned size, uint32_t value)
{
    memcpy(ptr, &value, size);
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
    if (addr == INSTRN_BUF && size == 4 && tt_rv32_is_trisc(core))
        return tt_tensix_push(&core->tile->tensix, core->risc - TT_RISC_T0,
                              value, true);
    return tt_tile_store(core->tile, core->risc, addr, size, value);
}

/* ---- memory of a chip that checks (check.h) ---- */

static __attribute__((noinline)) enum tt_step
checked_load(struct tt_rv32 *core, uint32_t addr, unsigned width, uint32_t *out)
{
    unsigned size = 1u << (width & 3u);
    enum tt_step step = TT_STEP_DONE;

    if (tt_rv32_inside(addr, TT_L1_SIZE, size)) {
        tt_check_read(core->tile, core->risc, core->tile, addr, size, true);
        *out = tt_rv32_ram_load(core->tile->l1 + addr, size);
    } else if (tt_rv32_inside(addr - TT_LOCAL_BASE, core->local_size, size)) {
        *out = tt_rv32_ram_load(core->local + (addr - TT_LOCAL_BASE), size);
    } else {
        step = slow_load(core, addr, size, out);
    }
    if (step == TT_STEP_DONE)
        *out = tt_rv32_extend(*out, width);
    return step;
}

static __attribute__((noinline)) enum tt_step
checked_store(struct tt_rv32 *core, uint32_t addr, unsigned width,
              uint32_t value)
{
    unsigned size = 1u << width;

    if (tt_rv32_inside(addr, TT_L1_SIZE, size)) {
        ram_store(core->tile->l1 + addr, size, value);
        tt_check_store(core->tile, core->risc, addr, size);
        if (core->tile->page_flags[addr / TT_RV32_PAGE] & TT_PAGE_WATCHED)
            tt_tile_l1_written(core->tile, addr, size);
        return TT_STEP_DONE;
    }
    if (!tt_rv32_inside(addr - TT_LOCAL_BASE, core->local_size, size))
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

/* The page to go on in; NULL after recording a fault. */
static struct tt_code_page *enter_page(struct tt_rv32 *core, uint32_t pc)
{
    tt_rv32_leave_page(core);
    core->pc = pc;
    core->current = tt_rv32_page_at(core, pc);
    if (core->current)
        return core->current;
    if (tt_rv32_holds_code(core, pc))
        tt_chip_starve(core->tile, core->risc, "decoded code");
    else
        tt_chip_fault(core->tile, core->risc, "cannot fetch code from 0x%x",
                      pc);
    return NULL;
}

/* ---- executor ---- */

/* Labels as values are a GNU extension that both compilers have; they are
 * worth a factor of three over decoding each instruction. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

#define LABEL(name, ...)             [TT_RV32_##name] = &&do_##name,
#define LABEL_2(fa, a, fb, b)        LABEL(a##_##b)
#define LABEL_3(fa, a, fb, b, fc, c) LABEL(a##_##b##_##c)
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a statement */
#define DISPATCH() goto *label[op->kind]
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
                                                                               \
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

/*
 * STEP_shape(name) executes one instruction. Where there is more to an access
 * than memory, it goes on with the code of that instruction alone, at far_name
 * or watched_name, and from there to the op behind it: a run may be left in its
 * middle.
 */
#define EVAL_2(name, f3, f7, expr)                                             \
    static inline uint32_t eval_##name(uint32_t a, uint32_t b)                 \
    {                                                                          \
        return (uint32_t)(expr);                                               \
    }
#define EVAL_1(name, f3, expr) EVAL_2(name, f3, 0, expr)
#define EVAL_LOAD(name, f3, size, expr)                                        \
    enum { size_##name = (size) };                                             \
    static inline uint32_t eval_##name(uint32_t v)                             \
    {                                                                          \
        return expr;                                                           \
    }
#define EVAL_STORE(name, f3, size) enum { size_##name = (size) };
#define EVAL_OTHER(...)
TT_RV32_INSNS(EVAL_2, EVAL_1, EVAL_2, EVAL_LOAD, EVAL_STORE, EVAL_1, EVAL_OTHER)

#define STEP_R(name) x[op->rd] = eval_##name(x[op->rs1], x[op->rs2])
#define STEP_I(name) x[op->rd] = eval_##name(x[op->rs1], (uint32_t)op->imm)
#define STEP_U(name) x[op->rd] = (uint32_t)op->imm
#define STEP_L(name)                                                           \
    do {                                                                       \
        a = x[op->rs1] + (uint32_t)op->imm;                                    \
        if (LIKELY(tt_rv32_inside(a, TT_L1_SIZE, size_##name)))                \
            v = tt_rv32_ram_load(l1 + a, size_##name);                         \
        else if (tt_rv32_inside(a - TT_LOCAL_BASE, local_size, size_##name))   \
            v = tt_rv32_ram_load(core->local + (a - TT_LOCAL_BASE),            \
                                 size_##name);                                 \
        else                                                                   \
            goto far_##name;                                                   \
        x[op->rd] = eval_##name(v);                                            \
    } while (0)
#define STEP_S(name)                                                           \
    do {                                                                       \
        a = x[op->rs1] + (uint32_t)op->imm;                                    \
        v = x[op->rs2];                                                        \
        if (LIKELY(tt_rv32_inside(a, TT_L1_SIZE, size_##name))) {              \
            ram_store(l1 + a, size_##name, v);                                 \
            if (UNLIKELY(flags[a / TT_RV32_PAGE] & TT_PAGE_WATCHED))           \
                goto watched_##name;                                           \
        } else if (tt_rv32_inside(a - TT_LOCAL_BASE, local_size,               \
                                  size_##name)) {                              \
            ram_store(core->local + (a - TT_LOCAL_BASE), size_##name, v);      \
        } else {                                                               \
            goto far_##name;                                                   \
        }                                                                      \
    } while (0)
#define STEP_B(name)                                                           \
    do {                                                                       \
        if (eval_##name(x[op->rs1], x[op->rs2]))                               \
            JUMP(op + op->imm);                                                \
    } while (0)

#define DO_1(shape, name)                                                      \
    do_##name : STEP_##shape(name);                                            \
    NEXT();
#define THEN(shape, name)                                                      \
    op++;                                                                      \
    STEP_##shape(name);
#define DO_2(fa, a, fb, b)                                                     \
    do_##a##_##b : STEP_##fa(a);                                               \
    THEN(fb, b)                                                                \
    NEXT();
#define DO_3(fa, a, fb, b, fc, c)                                              \
    do_##a##_##b##_##c : STEP_##fa(a);                                         \
    THEN(fb, b)                                                                \
    THEN(fc, c)                                                                \
    NEXT();

#define DO_REG(name, ...)    DO_1(R, name)
#define DO_IMM(name, ...)    DO_1(I, name)
#define DO_BRANCH(name, ...) DO_1(B, name)
#define DO_LOAD(name, ...)                                                     \
    DO_1(L, name)                                                              \
    far_##name : core->pc = PC();                                              \
    core->tile->ahead = max - (uint32_t)LEFT();                                \
    step = slow_load(core, a, size_##name, &loaded);                           \
    if (step != TT_STEP_DONE)                                                  \
        goto stopped;                                                          \
    x[op->rd] = eval_##name(loaded);                                           \
    NEXT();
#define DO_STORE(name, ...)                                                    \
    DO_1(S, name)                                                              \
    watched_##name : tt_tile_l1_written(core->tile, a, size_##name);           \
    NEXT();                                                                    \
    far_##name : core->pc = PC();                                              \
    step = slow_store(core, a, size_##name, v);                                \
    goto acted;
#define DO_NONE(...)

/* Longer than other functions: one label per kind of op. */
/* UBSan's checks between all of the jumps take clang minutes to compile; what
 * instructions compute, in eval_..., stays under them. */
__attribute__((no_sanitize("undefined"))) uint32_t
tt_rv32_run(struct tt_rv32 *core, uint32_t max)
{
    static const void *const label[TT_RV32_N_KINDS] = {
        TT_RV32_INSNS(LABEL, LABEL, LABEL, LABEL, LABEL, LABEL, LABEL)
            LABEL(NOP) LABEL(TTINSN) LABEL(ILLEGAL) LABEL(CHECKED_LOAD)
                LABEL(CHECKED_STORE) LABEL(FAR) LABEL(POLL)
                    TT_RV32_RUNS(LABEL_2, LABEL_3)};
    uint32_t *const x = core->x;
    uint8_t *const l1 = core->tile->l1;
    const uint8_t *const flags = core->tile->page_flags;
    const uint32_t local_size = core->local_size;
    const struct tt_code_page *page;
    const struct tt_op *op;
    uintptr_t end;
    int64_t left = max;
    uint32_t pc = core->pc, page_pc = 0, a, v, loaded;
    enum tt_step step;

    tt_rv32_set_state(core, TT_RV32_RUN);
enter:
    if (left <= 0) {
        core->pc = pc;
        goto out;
    }
    page = enter_page(core, pc);
    if (!page) {
        tt_rv32_set_state(core, TT_RV32_FAULT);
        goto out;
    }
    page_pc = pc & ~(TT_RV32_PAGE - 1);
    op = &page->op[(pc - page_pc) / 4];
    end = (uintptr_t)op + (uintptr_t)left * sizeof(*op);
    DISPATCH();

    TT_RV32_INSNS(DO_REG, DO_IMM, DO_IMM, DO_LOAD, DO_STORE, DO_BRANCH, DO_NONE)
    DO_1(U, LUI)
    TT_RV32_RUNS(DO_2, DO_3)
do_AUIPC:
    x[op->rd] = PC() + (uint32_t)op->imm;
    NEXT();
do_JAL:
    x[op->rd] = PC() + 4;
    JUMP(op + op->imm);
do_JALR:
    pc = (x[op->rs1] + (uint32_t)op->imm) & ~1u;
    x[op->rd] = PC() + 4;
    if (tt_rv32_inside(pc - page_pc, TT_RV32_PAGE, 4))
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
                        tt_rv32_width(page, op), &loaded);
    if (step != TT_STEP_DONE)
        goto stopped;
    x[op->rd] = loaded;
    NEXT();
do_CHECKED_STORE:
    core->pc = PC();
    step = checked_store(core, x[op->rs1] + (uint32_t)op->imm,
                         tt_rv32_width(page, op), x[op->rs2]);
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
    } else if (tt_rv32_try_park(core, pc, a)) {
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
    tt_rv32_set_state(core,
                      step == TT_STEP_WAIT ? TT_RV32_STALLED : TT_RV32_FAULT);
    goto out;
spent:
    core->pc = op->kind == TT_RV32_FAR || op->kind == TT_RV32_POLL
                   ? page_pc + (uint32_t)op->imm
                   : PC();
    left = LEFT();
out:
    tt_rv32_leave_page(core);
    core->tile->ahead = 0;
    core->instret += (uint64_t)((int64_t)max - left);
    return (uint32_t)((int64_t)max - left);
}
#pragma GCC diagnostic pop
