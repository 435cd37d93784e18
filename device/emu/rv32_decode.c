/* SPDX-License-Identifier: MIT */
/* RV32IM decoder: a page of words to ops, and which loops look like polls. */
#include "device/emu/rv32_insns.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "device/emu/rv32.h"

enum format { FMT_R, FMT_I, FMT_SHIFT, FMT_S, FMT_B, FMT_OTHER };

struct insn {
    uint32_t match, mask;
    uint8_t kind, format;
};

/* Shift immediates have funct7 too: RV32I, "Integer Computational". */
#define MATCH3(op, f3)                 ((uint32_t)(f3) << 12 | (op))
#define MATCH7(op, f3, f7)             ((uint32_t)(f7) << 25 | MATCH3(op, f3))
#define ROW(name, match, mask, format) {match, mask, TT_RV32_##name, format},
#define ROW_REG(name, f3, f7, e)                                               \
    ROW(name, MATCH7(0x33, f3, f7), 0xFE00707F, FMT_R)
#define ROW_IMM(name, f3, e) ROW(name, MATCH3(0x13, f3), 0x707F, FMT_I)
#define ROW_SHIFT(name, f3, f7, e)                                             \
    ROW(name, MATCH7(0x13, f3, f7), 0xFE00707F, FMT_SHIFT)
#define ROW_LOAD(name, f3, size, e)  ROW(name, MATCH3(0x03, f3), 0x707F, FMT_I)
#define ROW_STORE(name, f3, size)    ROW(name, MATCH3(0x23, f3), 0x707F, FMT_S)
#define ROW_BRANCH(name, f3, e)      ROW(name, MATCH3(0x63, f3), 0x707F, FMT_B)
#define ROW_OTHER(name, match, mask) ROW(name, match, mask, FMT_OTHER)

static const struct insn insns[] = {TT_RV32_INSNS(
    ROW_REG, ROW_IMM, ROW_SHIFT, ROW_LOAD, ROW_STORE, ROW_BRANCH, ROW_OTHER)};

struct page {
    struct tt_op *ops;
    unsigned n_ops;
};

static bool is_alu(const struct tt_op *op)
{
    return op->kind <= TT_RV32_SRAI || op->kind == TT_RV32_LUI ||
           op->kind == TT_RV32_AUIPC || op->kind == TT_RV32_NOP;
}

static bool is_load(const struct tt_op *op)
{
    return op->kind >= TT_RV32_LB && op->kind <= TT_RV32_LHU;
}

static bool is_store(const struct tt_op *op)
{
    return op->kind >= TT_RV32_SB && op->kind <= TT_RV32_SW;
}

static bool is_branch(const struct tt_op *op)
{
    return op->kind >= TT_RV32_BEQ && op->kind <= TT_RV32_BGEU;
}

/* Bits hi..lo of a word, moved to position `to`. */
static uint32_t field(uint32_t word, unsigned hi, unsigned lo, unsigned to)
{
    return (word >> lo & (0xFFFFFFFFu >> (31 - (hi - lo)))) << to;
}

static int32_t imm_b(uint32_t word)
{
    return (int32_t)((uint32_t)((int32_t)word >> 31) << 12 |
                     field(word, 7, 7, 11) | field(word, 30, 25, 5) |
                     field(word, 11, 8, 1));
}

static int32_t imm_j(uint32_t word)
{
    return (int32_t)((uint32_t)((int32_t)word >> 31) << 20 |
                     field(word, 19, 12, 12) | field(word, 20, 20, 11) |
                     field(word, 30, 21, 1));
}

static int32_t imm_other(uint32_t word, unsigned kind)
{
    switch (kind) {
    case TT_RV32_LUI:
    case TT_RV32_AUIPC:
        return (int32_t)(word & 0xFFFFF000u);
    case TT_RV32_JAL:
        return imm_j(word);
    default:
        return (int32_t)word >> 20;
    }
}

static int32_t immediate(uint32_t word, const struct insn *insn)
{
    switch (insn->format) {
    case FMT_R:
        return 0;
    case FMT_I:
        return (int32_t)word >> 20;
    case FMT_SHIFT:
        return (int32_t)field(word, 24, 20, 0);
    case FMT_S:
        return (int32_t)((uint32_t)((int32_t)word >> 25) << 5 |
                         field(word, 11, 7, 0));
    case FMT_B:
        return imm_b(word);
    default:
        return imm_other(word, insn->kind);
    }
}

static struct tt_op decode_word(uint32_t word)
{
    struct tt_op op = {.kind = TT_RV32_ILLEGAL, .imm = (int32_t)word};

    /* .ttinsn keeps the Tensix instruction rotated left by two, so that its
     * low bits are never 11 (PushTensixInstruction.md). */
    if ((word & 3u) != 3u) {
        op.kind = TT_RV32_TTINSN;
        op.imm = (int32_t)(word >> 2 | word << 30);
        return op;
    }
    for (size_t i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
        if ((word & insns[i].mask) != insns[i].match)
            continue;
        op.kind = insns[i].kind;
        op.rd = (uint8_t)field(word, 11, 7, 0);
        op.rs1 = (uint8_t)field(word, 19, 15, 0);
        op.rs2 = (uint8_t)field(word, 24, 20, 0);
        op.imm = immediate(word, &insns[i]);
        break;
    }
    if (is_alu(&op) && op.rd == 0)
        op.kind = TT_RV32_NOP;
    return op;
}

/*
 * Whether the ops [first, last) may be the body of a loop that only polls:
 * nothing but ALU, loads and forward branches, and no register that counts.
 * A wrong "yes" costs time only (tt_rv32_run() proves before it parks).
 */
static bool may_poll(const struct tt_op *ops, unsigned first, unsigned last)
{
    unsigned n_writes[32] = {0};
    unsigned always = first; /* ops before it may be branched over */

    for (unsigned i = first; i < last; i++) {
        bool branch = is_branch(&ops[i]);

        if (branch ? ops[i].imm <= 0 : !is_alu(&ops[i]) && !is_load(&ops[i]))
            return false;
        if (!branch && ops[i].kind != TT_RV32_NOP)
            n_writes[ops[i].rd]++;
    }
    for (unsigned i = first; i < last; i++) {
        const struct tt_op *op = &ops[i];

        if (is_branch(op)) {
            unsigned to = i + (unsigned)op->imm / 4u;

            always = to <= last && to > always ? to : always;
        } else if (i >= always && op->kind == TT_RV32_ADDI &&
                   op->rd == op->rs1 && op->imm != 0 && n_writes[op->rd] == 1) {
            return false;
        }
    }
    return true;
}

/* Make a direct jump's immediate a distance in ops, through a trampoline when
 * it leaves the page or may close a poll loop. */
static void link_jump(struct page *page, unsigned index, bool poll)
{
    struct tt_op *op = &page->ops[index];
    int32_t target = (int32_t)index * 4 + op->imm;
    /* A target between two words faults when it is jumped to. */
    bool near =
        target >= 0 && target < (int32_t)TT_CODE_PAGE_SIZE && target % 4 == 0;

    if (near && !poll) {
        op->imm /= 4;
        return;
    }
    page->ops[page->n_ops] =
        (struct tt_op){.kind = poll ? TT_RV32_POLL : TT_RV32_FAR,
                       .rs1 = (uint8_t)(index & 0xFFu),
                       .rs2 = (uint8_t)(index >> 8),
                       .imm = target};
    op->imm = (int32_t)(page->n_ops++ - index);
}

/* The run that a kind and the instruction after it make; 0: none. */
#define JOIN_2(fa, a, fb, b) [TT_RV32_##a][TT_RV32_##b] = TT_RV32_##a##_##b,
#define JOIN_3(fa, a, fb, b, fc, c)                                            \
    [TT_RV32_##a##_##b][TT_RV32_##c] = TT_RV32_##a##_##b##_##c,
static const uint8_t joined[TT_RV32_N_KINDS][TT_RV32_N_PLAIN] = {
    TT_RV32_RUNS(JOIN_2, JOIN_3)};

/* Make an op the longest run that begins with it; those after it have not been
 * joined yet. */
static void join(struct tt_op *op)
{
    const struct tt_op *next = op;
    unsigned kind;

    while ((kind = joined[op->kind][(++next)->kind]) != 0)
        op->kind = (uint8_t)kind;
}

#define FIRST(name, ...)             [TT_RV32_##name] = TT_RV32_##name,
#define FIRST_2(fa, a, fb, b)        [TT_RV32_##a##_##b] = TT_RV32_##a,
#define FIRST_3(fa, a, fb, b, fc, c) [TT_RV32_##a##_##b##_##c] = TT_RV32_##a,

enum tt_rv32_kind tt_rv32_first(uint8_t kind)
{
    static const uint8_t first[TT_RV32_N_KINDS] = {
        TT_RV32_INSNS(FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST)
            FIRST(NOP, 0) FIRST(TTINSN, 0) FIRST(ILLEGAL, 0)
                FIRST(CHECKED_LOAD, 0) FIRST(CHECKED_STORE, 0) FIRST(FAR, 0)
                    FIRST(POLL, 0) TT_RV32_RUNS(FIRST_2, FIRST_3)};

    return first[kind];
}

/* Whether a direct jump may close a poll loop. A loop that begins in the page
 * before is taken for one: its body is not at hand here. */
static bool closes_poll(const struct tt_op *ops, unsigned index)
{
    const struct tt_op *op = &ops[index];
    int32_t length = -op->imm / 4;

    if (op->imm > 0 || op->imm % 4 != 0 || length > (int32_t)TT_RV32_POLL_OPS ||
        (op->kind == TT_RV32_JAL && op->rd != 0))
        return false;
    return length > (int32_t)index ||
           may_poll(ops, index - (unsigned)length, index);
}

/* Loads and stores of a chip that checks. */
static void watch_memory(struct tt_op *op)
{
    if (is_load(op))
        op->kind = TT_RV32_CHECKED_LOAD;
    else if (is_store(op))
        op->kind = TT_RV32_CHECKED_STORE;
}

/* Loads and jumps write x0 elsewhere; of ALU instructions only NOPs do. */
static void divert_x0(struct tt_op *op)
{
    if (op->rd == 0)
        op->rd = TT_RV32_SINK;
}

static bool is_direct_jump(const struct tt_op *op)
{
    return is_branch(op) || op->kind == TT_RV32_JAL;
}

unsigned tt_rv32_decode(const uint8_t *bytes, bool watch, struct tt_op *ops)
{
    struct page page = {.ops = ops, .n_ops = TT_CODE_WORDS + 1};
    bool poll[TT_CODE_WORDS];

    for (unsigned i = 0; i < TT_CODE_WORDS; i++) {
        uint32_t word;

        memcpy(&word, bytes + 4 * i, sizeof(word));
        ops[i] = decode_word(word);
    }
    ops[TT_CODE_WORDS] =
        (struct tt_op){.kind = TT_RV32_FAR, .imm = TT_CODE_PAGE_SIZE};

    for (unsigned i = 0; i < TT_CODE_WORDS; i++)
        poll[i] = is_direct_jump(&ops[i]) && closes_poll(ops, i);
    for (unsigned i = 0; i < TT_CODE_WORDS; i++) {
        if (is_direct_jump(&ops[i]))
            link_jump(&page, i, poll[i]);
        if (watch)
            watch_memory(&ops[i]);
        divert_x0(&ops[i]);
    }
    for (unsigned i = 0; i < TT_CODE_WORDS; i++)
        join(&ops[i]);
    return page.n_ops;
}
