/* SPDX-License-Identifier: MIT */
/* Tests of the RV32IM engine: semantics, faults, i-cache, stalls, parking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"
#include "device/emu/code.h"
#include "device/emu/rv32_insns.h"

#define DATA 0x40000u

/* ---- encoders (RISC-V unprivileged specification, chapter 2.2) ---- */

static uint32_t enc_r(unsigned f7, unsigned f3, unsigned rd, unsigned rs1,
                      unsigned rs2)
{
    return f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | 0x33u;
}

static uint32_t enc_i(unsigned op, unsigned f3, unsigned rd, unsigned rs1,
                      int imm)
{
    return (uint32_t)imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}

static uint32_t enc_s(unsigned f3, unsigned rs1, unsigned rs2, int imm)
{
    uint32_t u = (uint32_t)imm;

    return (u >> 5 & 0x7Fu) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 |
           (u & 0x1Fu) << 7 | 0x23u;
}

static uint32_t enc_b(unsigned f3, unsigned rs1, unsigned rs2, int imm)
{
    uint32_t u = (uint32_t)imm;

    return (u >> 12 & 1u) << 31 | (u >> 5 & 0x3Fu) << 25 | rs2 << 20 |
           rs1 << 15 | f3 << 12 | (u >> 1 & 0xFu) << 8 | (u >> 11 & 1u) << 7 |
           0x63u;
}

static uint32_t enc_jal(unsigned rd, int imm)
{
    uint32_t u = (uint32_t)imm;

    return (u >> 20 & 1u) << 31 | (u >> 1 & 0x3FFu) << 21 |
           (u >> 11 & 1u) << 20 | (u >> 12 & 0xFFu) << 12 | rd << 7 | 0x6Fu;
}

#define ADDI(rd, rs1, imm) enc_i(0x13, 0, rd, rs1, imm)
#define ADD(rd, rs1, rs2)  enc_r(0, 0, rd, rs1, rs2)
#define LUI(rd, hi)        ((uint32_t)(hi) << 12 | (rd) << 7 | 0x37u)
#define AUIPC(rd, hi)      ((uint32_t)(hi) << 12 | (rd) << 7 | 0x17u)
#define LW(rd, rs1, imm)   enc_i(0x03, 2, rd, rs1, imm)
#define SW(rs2, rs1, imm)  enc_s(2, rs1, rs2, imm)
#define BEQ(rs1, rs2, imm) enc_b(0, rs1, rs2, imm)
#define BNE(rs1, rs2, imm) enc_b(1, rs1, rs2, imm)
#define JALR(rd, rs1, imm) enc_i(0x67, 0, rd, rs1, imm)
#define HALT               enc_jal(0, 0) /* jump to itself: parks for good */

/* ---- fixture ---- */

static int setup(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    if (!chip || !tt_chip_tile(chip, 0) || !tt_chip_tile(chip, 1))
        return -1;
    *state = chip;
    return 0;
}

static int teardown(void **state)
{
    tt_chip_free(*state);
    return 0;
}

static struct tt_rv32 *core_of(void **state, unsigned risc)
{
    struct tt_chip *chip = *state;

    return &chip->tile[0]->rv[risc];
}

static void poke(struct tt_rv32 *core, uint32_t addr, uint32_t word)
{
    memcpy(core->tile->l1 + addr, &word, sizeof(word));
}

static uint32_t peek(struct tt_rv32 *core, uint32_t addr)
{
    uint32_t word;

    memcpy(&word, core->tile->l1 + addr, sizeof(word));
    return word;
}

static void load_at(struct tt_rv32 *core, uint32_t addr, const uint32_t *words,
                    size_t n)
{
    for (size_t i = 0; i < n; i++)
        poke(core, addr + 4 * (uint32_t)i, words[i]);
    tt_rv32_start(core, addr);
}

#define LOAD_AT(core, addr, ...)                                               \
    load_at(core, addr, (const uint32_t[]){__VA_ARGS__},                       \
            sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Operands: every pair of edge values first, then random ones. */
static void operands(unsigned i, uint32_t *seed, uint32_t *a, uint32_t *b)
{
    static const uint32_t edge[] = {
        0,          1,          2,          31,         32,
        0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF};
    const unsigned n = sizeof(edge) / sizeof(edge[0]);

    *a = i < n * n ? edge[i / n] : next_random(seed);
    *b = i < n * n ? edge[i % n] : next_random(seed);
    if (i >= n * n && i % 7 == 6)
        *b = *a;
}
#define N_OPERANDS 400u

/* ---- arithmetic ---- */

/* clang-format off */
/* What funct7:funct3 of opcode 0x33 means, in arithmetic of 64 bits. */
static uint32_t reference(unsigned f7, unsigned f3, uint32_t ua, uint32_t ub)
{
    int64_t a = (int32_t)ua, b = (int32_t)ub;

    switch (f7 << 3 | f3) {
    case 0x00 << 3 | 0: return (uint32_t)(a + b);
    case 0x20 << 3 | 0: return (uint32_t)(a - b);
    case 0x00 << 3 | 1: return (uint32_t)((uint64_t)ua << ub % 32);
    case 0x00 << 3 | 2: return a < b;
    case 0x00 << 3 | 3: return ua < ub;
    case 0x00 << 3 | 4: return (ua | ub) & ~(ua & ub);
    case 0x00 << 3 | 5: return (uint32_t)((uint64_t)ua >> ub % 32);
    case 0x20 << 3 | 5: return (uint32_t)(a >> ub % 32);
    case 0x00 << 3 | 6: return ~(~ua & ~ub);
    case 0x00 << 3 | 7: return ~(~ua | ~ub);
    case 0x01 << 3 | 0: return (uint32_t)(a * b);
    case 0x01 << 3 | 1: return (uint32_t)((uint64_t)(a * b) >> 32);
    case 0x01 << 3 | 2: return (uint32_t)((uint64_t)(a * (int64_t)ub) >> 32);
    case 0x01 << 3 | 3: return (uint32_t)((uint64_t)ua * ub >> 32);
    case 0x01 << 3 | 4: return b == 0 ? 0xFFFFFFFFu : (uint32_t)(a / b);
    case 0x01 << 3 | 5: return ub == 0 ? 0xFFFFFFFFu : ua / ub;
    case 0x01 << 3 | 6: return b == 0 ? ua : (uint32_t)(a % b);
    default: return ub == 0 ? ua : ua % ub;
    }
}
/* clang-format on */

static void register_arithmetic_matches_reference(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);
    static const unsigned f7s[] = {0x00, 0x20, 0x01};
    uint32_t seed = 1, a, b;

    for (unsigned op = 0; op < 24; op++) {
        unsigned f7 = f7s[op / 8], f3 = op % 8;

        if (f7 == 0x20 && f3 != 0 && f3 != 5)
            continue;
        for (unsigned i = 0; i < N_OPERANDS; i++) {
            operands(i, &seed, &a, &b);
            LOAD_AT(core, 0, enc_r(f7, f3, 7, 5, 6), HALT);
            core->x[5] = a;
            core->x[6] = b;
            tt_rv32_run(core, 10);
            assert_int_equal(core->state, TT_RV32_PARKED);
            assert_int_equal(core->x[7], reference(f7, f3, a, b));
        }
    }
}

static void immediate_arithmetic_matches_reference(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_NC);
    uint32_t seed = 2, a, b;

    for (unsigned f3 = 0; f3 < 8; f3++) {
        for (unsigned i = 0; i < N_OPERANDS; i++) {
            bool shift = f3 == 1 || f3 == 5;
            unsigned f7 = f3 == 5 && i % 2 ? 0x20u : 0;
            int imm;

            operands(i, &seed, &a, &b);
            imm = shift ? (int)(b % 32 | f7 << 5) : (int)(b % 4096) - 2048;
            LOAD_AT(core, 0x1000, enc_i(0x13, f3, 7, 5, imm), HALT);
            core->x[5] = a;
            tt_rv32_run(core, 10);
            assert_int_equal(
                core->x[7],
                reference(f7, f3, a, shift ? b % 32 : (uint32_t)imm));
        }
    }
}

static void branches_match_reference(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T1);
    static const unsigned f3s[] = {0, 1, 4, 5, 6, 7};
    uint32_t seed = 3, a, b;

    for (unsigned k = 0; k < 6; k++) {
        for (unsigned i = 0; i < N_OPERANDS; i++) {
            bool less, taken;

            operands(i, &seed, &a, &b);
            less = k < 4 ? (int32_t)a < (int32_t)b : a < b;
            taken = (k < 2 ? a == b : less) != (k % 2 == 1);
            LOAD_AT(core, 0x2000, enc_b(f3s[k], 5, 6, 12), ADDI(7, 0, 1), HALT,
                    ADDI(7, 0, 2), HALT);
            core->x[5] = a;
            core->x[6] = b;
            tt_rv32_run(core, 10);
            assert_int_equal(core->x[7], taken ? 2 : 1);
        }
    }
}

static void x0_stays_zero(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, ADDI(0, 0, 5), LUI(0, 1), LUI(1, DATA >> 12), LW(0, 1, 0),
            ADD(2, 0, 0), enc_jal(0, 4), ADD(3, 0, 0), AUIPC(0, 1),
            JALR(0, 0, 36), ADD(4, 0, 0), HALT);
    poke(core, DATA, 77);
    core->x[2] = core->x[3] = core->x[4] = 9;
    tt_rv32_run(core, 100);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->x[0] | core->x[2] | core->x[3] | core->x[4], 0);
}

/* ---- control flow ---- */

static void upper_immediates_and_links_know_their_pc(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0x5100, LUI(1, 0xFFFFF), AUIPC(2, 0x80000), enc_jal(3, 8),
            HALT, JALR(4, 3, 9), HALT);
    tt_rv32_run(core, 5);
    assert_int_equal(core->x[1], 0xFFFFF000);
    assert_int_equal(core->x[2], 0x80005104);
    assert_int_equal(core->x[3], 0x510C);
    assert_int_equal(core->x[4], 0x5114);
    assert_int_equal(core->pc, 0x5114);
}

static void jumps_and_straight_code_cross_pages(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T0);

    LOAD_AT(core, 0x7000, ADDI(6, 6, 2), enc_jal(0, -0x4004 + 0x800));
    LOAD_AT(core, 0x3800, BEQ(0, 0, 0x800 - 4), HALT);
    LOAD_AT(core, 0x3FFC, ADDI(5, 5, 1), ADDI(5, 5, 1), LUI(7, 7),
            JALR(0, 7, 0));
    core->x[5] = 10;
    tt_rv32_run(core, 3); /* and on to the jump */
    assert_int_equal(core->x[5], 12);
    assert_int_equal(core->pc, 0x7000);
    tt_rv32_run(core, 2);
    assert_int_equal(core->x[6], 2);
    assert_int_equal(core->pc, 0x3800);
    tt_rv32_run(core, 1);
    assert_int_equal(core->pc, 0x3FFC);
}

static void instructions_are_counted_exactly(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);
    uint32_t n = 0;

    /* 2 + 1000 * 3 instructions up to the halt, which is in the next page. */
    LOAD_AT(core, 0x0FF0, ADDI(5, 0, 1000), ADDI(6, 0, 0), ADDI(6, 6, 3),
            ADDI(5, 5, -1), BNE(5, 0, -8), HALT);
    while (core->state == TT_RV32_RUN) {
        uint32_t done = tt_rv32_run(core, 100);

        assert_in_range(done, 1, 110);
        n += done;
    }
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->x[6], 3000);
    assert_int_equal(n, 3004); /* the second pass of the halt parks */
    assert_int_equal(core->instret, n);
}

static void budget_bounds_endless_loops(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, ADDI(5, 5, 1), enc_jal(0, -4));
    assert_in_range(tt_rv32_run(core, 5000), 5000, 5001);
    assert_int_equal(core->state, TT_RV32_RUN);
    assert_int_equal(core->x[5], 2500);
    assert_int_equal(tt_rv32_run(core, 0), 0);
}

/* ---- runs (rv32_runs.h) ---- */

#define BASE   9u  /* register that memory is addressed with, at first */
#define TARGET 16u /* word that branches aim at */

struct shape {
    char format; /* R, I: shifts too, L, S, B, U */
    uint32_t bits;
};

static const struct shape shapes[TT_RV32_N_KINDS] = {
#define SHAPE_R(n, f3, f7, e)                                                  \
    [TT_RV32_##n] = {'R', (uint32_t)(f7) << 25 | (f3) << 12 | 0x33u},
#define SHAPE_I(n, f3, e) [TT_RV32_##n] = {'I', (f3) << 12 | 0x13u},
#define SHAPE_F(n, f3, f7, e)                                                  \
    [TT_RV32_##n] = {'F', (f7) << 25 | (f3) << 12 | 0x13u},
#define SHAPE_L(n, f3, s, e)    [TT_RV32_##n] = {'L', (f3) << 12 | 0x03u},
#define SHAPE_S(n, f3, s)       [TT_RV32_##n] = {'S', (f3) << 12 | 0x23u},
#define SHAPE_B(n, f3, e)       [TT_RV32_##n] = {'B', (f3) << 12 | 0x63u},
#define SHAPE_U(n, match, mask) [TT_RV32_##n] = {'U', (match)},
    TT_RV32_INSNS(SHAPE_R, SHAPE_I, SHAPE_F, SHAPE_L, SHAPE_S, SHAPE_B,
                  SHAPE_U)};

/* An instruction of a kind with random operands, as word `at` of its code. */
static uint32_t any_insn(unsigned kind, uint32_t *seed, unsigned at)
{
    static const uint8_t to[] = {0, 5, 6, 7}, from[] = {0, 5, 6, 7, 8, BASE};
    uint32_t bits = shapes[kind].bits, random = next_random(seed);
    unsigned rd = to[random % 4], rs1 = from[random / 4 % 6],
             rs2 = from[random / 32 % 6];
    int imm = (int)(random / 1024 % 64);

    switch (shapes[kind].format) {
    case 'R':
        return bits | rs2 << 20 | rs1 << 15 | rd << 7;
    case 'I':
    case 'F':
        return bits | (uint32_t)(imm % 32) << 20 | rs1 << 15 | rd << 7;
    case 'L':
        return bits | (uint32_t)(imm / 4 * 4) << 20 |
               (random % 5 ? BASE : rs1) << 15 | rd << 7;
    case 'S':
        return enc_s(bits >> 12 & 7u, random % 5 ? BASE : rs1, rs2,
                     imm / 4 * 4);
    case 'B':
        return enc_b(bits >> 12 & 7u, rs1, rs2, (int)(TARGET - at) * 4);
    default:
        return bits | random << 12 | rd << 7;
    }
}

/* What a core leaves that has executed n instructions, spread out over every
 * `apart`-th word with jumps in between. */
static void run_spread(struct tt_rv32 *core, const unsigned *kind, unsigned n,
                       uint32_t seed, unsigned apart)
{
    static const uint32_t base[] = {DATA, TT_LOCAL_BASE + 64, TT_L1_SIZE - 8,
                                    0xFFB40000u};
    uint32_t code[TARGET + 2];

    for (unsigned i = 0; i < TARGET; i++)
        code[i] = i < n * apart ? enc_jal(0, 4) : HALT;
    for (unsigned i = 0; i < n; i++)
        code[i * apart] = any_insn(kind[i], &seed, i * apart);
    code[TARGET] = ADDI(10, 10, 1);
    code[TARGET + 1] = HALT;
    load_at(core, 0x1000, code, TARGET + 2);
    memset(core->local, 0x55, sizeof(core->local));
    memset(core->tile->l1 + DATA, 0xAA, 256);
    core->tile->chip->faulted = false;
    core->x[BASE] = base[next_random(&seed) % 4];
    for (unsigned i = 5; i < 9; i++)
        core->x[i] = next_random(&seed) % 2 ? i : next_random(&seed);
    tt_rv32_run(core, 100);
    if (core->state == TT_RV32_FAULT)
        core->pc = 0x1000 + (core->pc - 0x1000) / apart;
    else
        core->pc = core->x[10];
}

/* At once and one by one, on two tiles. */
static void same_at_once(void **state, const unsigned *kind, unsigned n)
{
    struct tt_chip *chip = *state;
    struct tt_rv32 *once = &chip->tile[0]->rv[TT_RISC_B];
    struct tt_rv32 *single = &chip->tile[1]->rv[TT_RISC_B];
    unsigned n_joined = 0;

    for (uint32_t seed = 1; seed <= 40; seed++) {
        run_spread(once, kind, n, seed * 0x9E3779B9u, 1);
        /* Not where a random register is x0. */
        n_joined += once->page[1]->op[0].kind >= TT_RV32_N_PLAIN;
        run_spread(single, kind, n, seed * 0x9E3779B9u, 2);
        assert_int_equal(once->state, single->state);
        assert_int_equal(once->pc, single->pc);
        assert_memory_equal(once->x, single->x, 32 * sizeof(once->x[0]));
        assert_memory_equal(once->local, single->local, sizeof(once->local));
        assert_memory_equal(once->tile->l1 + DATA, single->tile->l1 + DATA,
                            256);
        assert_memory_equal(once->tile->l1 + TT_L1_SIZE - 64,
                            single->tile->l1 + TT_L1_SIZE - 64, 64);
    }
    assert_in_range(n_joined, 5, 40);
}

static void runs_do_what_their_instructions_do(void **state)
{
#define ROW_2(fa, a, fb, b)        {2, {TT_RV32_##a, TT_RV32_##b}},
#define ROW_3(fa, a, fb, b, fc, c) {3, {TT_RV32_##a, TT_RV32_##b, TT_RV32_##c}},
    static const struct {
        unsigned n, kind[3];
    } runs[] = {TT_RV32_RUNS(ROW_2, ROW_3)};

    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        same_at_once(state, runs[i].kind, runs[i].n);
}

static void a_run_may_be_entered_in_its_middle(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    /* SLLI, ADD, LW is a run; the loop comes back to its ADD, then its LW. */
    LOAD_AT(core, 0, LUI(1, DATA >> 12), enc_i(0x13, 1, 2, 2, 1), ADD(1, 1, 2),
            LW(3, 1, 0), ADD(4, 4, 3), ADDI(5, 5, -1), enc_b(1, 5, 0, 8), HALT,
            enc_b(4, 0, 5, -24), enc_jal(0, -24));
    core->x[2] = 2;
    core->x[5] = 3;
    poke(core, DATA + 4, 100);
    poke(core, DATA + 8, 7);
    tt_rv32_run(core, 1000);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->x[1], DATA + 12);
    assert_int_equal(core->x[4], 107);
}

static void a_run_is_left_at_a_load_that_blocks(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    /* ADDI, LW is a run; the mailbox from T0 is empty. */
    LOAD_AT(core, 0, LUI(1, 0xFFEC1), ADDI(2, 2, 1), LW(3, 1, 0), HALT);
    tt_rv32_run(core, 100);
    assert_int_equal(core->state, TT_RV32_STALLED);
    assert_int_equal(core->pc, 8);
    assert_int_equal(core->x[2], 1);
    tt_tile_store(core->tile, TT_RISC_T0, 0xFFEC0000, 4, 77);
    tt_rv32_run(core, 100);
    assert_int_equal(core->x[2], 1);
    assert_int_equal(core->x[3], 77);
}

/* ---- memory ---- */

static void loads_extend_and_stores_truncate(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);
    static const uint32_t base[] = {DATA, TT_LOCAL_BASE, TT_L1_SIZE - 16,
                                    TT_LOCAL_BASE + TT_LOCAL_DM_SIZE - 16};

    for (unsigned i = 0; i < 4; i++) {
        LOAD_AT(core, 0, SW(5, 1, 0), enc_s(1, 1, 5, 6), enc_s(0, 1, 5, 9),
                enc_i(3, 0, 10, 1, 1), enc_i(3, 1, 11, 1, 2),
                enc_i(3, 4, 12, 1, 1), enc_i(3, 5, 13, 1, 2), LW(14, 1, 4),
                LW(15, 1, 8), LW(16, 1, 0), HALT);
        core->x[1] = base[i];
        core->x[5] = 0x8765F4A1;
        tt_rv32_run(core, 100);
        assert_int_equal(core->state, TT_RV32_PARKED);
        assert_int_equal(core->x[10], 0xFFFFFFF4);
        assert_int_equal(core->x[11], 0xFFFF8765);
        assert_int_equal(core->x[12], 0xF4);
        assert_int_equal(core->x[13], 0x8765);
        assert_int_equal(core->x[14], 0xF4A10000);
        assert_int_equal(core->x[15], 0xA100);
        assert_int_equal(core->x[16], 0x8765F4A1);
    }
    assert_int_equal(peek(core, DATA), 0x8765F4A1);
}

static void local_memory_is_private(void **state)
{
    struct tt_rv32 *b = core_of(state, TT_RISC_B);
    struct tt_rv32 *nc = core_of(state, TT_RISC_NC);

    LOAD_AT(b, 0, LUI(1, 0xFFB00), ADDI(2, 0, 42), SW(2, 1, 8), HALT);
    LOAD_AT(nc, 0x1000, LUI(1, 0xFFB00), LW(2, 1, 8), HALT);
    tt_rv32_run(b, 100);
    tt_rv32_run(nc, 100);
    assert_int_equal(nc->x[2], 0);
    assert_int_equal(b->local[8], 42);
}

static void expect_fault(struct tt_rv32 *core, uint32_t insn, uint32_t x1)
{
    struct tt_chip *chip = core->tile->chip;

    chip->faulted = false;
    LOAD_AT(core, 0x100, ADDI(3, 0, 1), insn, ADDI(3, 0, 2), HALT);
    core->x[1] = x1;
    tt_rv32_run(core, 100);
    assert_int_equal(core->state, TT_RV32_FAULT);
    assert_true(chip->faulted);
    assert_int_equal(core->x[3], 1);
    assert_int_equal(core->pc, 0x104);
    assert_int_equal(core->tile->active & 1u << core->risc, 0);
}

static void bad_accesses_fault(void **state)
{
    static const unsigned sizes[] = {2, 4}, f3s[] = {1, 2};

    for (unsigned i = 0; i < 2; i++) {
        for (unsigned off = 1; off < sizes[i]; off += i + 1) {
            struct tt_rv32 *core = core_of(state, TT_RISC_B);
            int at = (int)off;

            expect_fault(core, enc_i(3, f3s[i], 2, 1, at), DATA);
            expect_fault(core, enc_s(f3s[i], 1, 2, at), DATA);
            expect_fault(core, enc_i(3, f3s[i], 2, 1, at), TT_LOCAL_BASE);
            expect_fault(core, enc_s(f3s[i], 1, 2, at), TT_LOCAL_BASE);
        }
    }
    expect_fault(core_of(state, TT_RISC_B), LW(2, 1, 0), TT_L1_SIZE);
    expect_fault(core_of(state, TT_RISC_B), SW(2, 1, 0), TT_L1_SIZE);
    expect_fault(core_of(state, TT_RISC_B), SW(2, 1, -4), 0);
    expect_fault(core_of(state, TT_RISC_B), LW(2, 1, 0), 0x80000000);
    expect_fault(core_of(state, TT_RISC_B), LW(2, 1, 0), TT_LOCAL_BASE - 4);
}

static void trisc_local_memory_is_2_kib(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T2);

    expect_fault(core, LW(2, 1, 0), TT_LOCAL_BASE + TT_LOCAL_T_SIZE);
    expect_fault(core, enc_s(0, 1, 2, 0), TT_LOCAL_BASE + TT_LOCAL_T_SIZE);
    expect_fault(core_of(state, TT_RISC_NC), LW(2, 1, 0),
                 TT_LOCAL_BASE + TT_LOCAL_DM_SIZE);
}

static void refused_instructions_fault(void **state)
{
    static const uint32_t words[] = {
        0x0000000F,             /* fence */
        0x0000100F,             /* fence.i */
        0x00000073,             /* ecall */
        0x00100073,             /* ebreak */
        0xC0002573,             /* rdcycle */
        0xFFFFFFFF, 0x0000302F, /* no such opcode, amo */
        0x00003003, 0x00003023, /* ld, sd */
        0x00002063, 0x00001067, /* no such branch, no such jalr */
        0x40001013, 0x40002033, /* funct7 of slli and slt */
        0x02005013, 0x04000033, /* 6-bit shift, funct7 2 */
        0x00000053,             /* fadd.s */
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        expect_fault(core_of(state, TT_RISC_T1), words[i], 0);
}

static void fault_names_the_missing_extension(void **state)
{
    static const struct {
        uint32_t word;
        const char *text;
    } insns[] = {
        {0x0000000F, "fence"},       {0x00000073, "ecall or ebreak"},
        {0xC0002573, "no CSRs"},     {0x0000302F, "no atomic"},
        {0x00000053, "no floating"}, {0x00002007, "no floating"},
        {0x02000057, "no vector"},   {0xFFFFFFFF, "illegal instruction"},
    };

    for (size_t i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
        struct tt_rv32 *core = core_of(state, TT_RISC_T1);

        expect_fault(core, insns[i].word, 0);
        assert_non_null(strstr(core->tile->chip->fault, insns[i].text));
        core->tile->chip->faulted = false;
    }
}

static void expect_stop(struct tt_rv32 *core, uint32_t pc)
{
    tt_rv32_run(core, 10);
    assert_int_equal(core->state, TT_RV32_FAULT);
    assert_int_equal(core->pc, pc);
}

static void bad_jumps_fault_at_their_target(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);
    static const uint32_t bad[] = {2,          0x102,      TT_L1_SIZE,
                                   0xFFB00000, 0xFFFFFFFC, TT_NC_IRAM_BASE};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        LOAD_AT(core, 0x100, JALR(0, 1, 0));
        core->x[1] = bad[i];
        expect_stop(core, bad[i]);
    }
    LOAD_AT(core, 0x100, enc_jal(0, 6));
    expect_stop(core, 0x106);
    LOAD_AT(core, TT_L1_SIZE - 4, ADDI(1, 0, 1));
    expect_stop(core, TT_L1_SIZE);
    LOAD_AT(core, 0, BEQ(0, 0, -4));
    expect_stop(core, 0xFFFFFFFC);
}

static void only_ncrisc_runs_from_iram(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_NC);
    const uint32_t code[] = {AUIPC(5, 0), HALT};

    memcpy(core->tile->nc_iram + 0x3FF8, code, sizeof(code));
    tt_rv32_start(core, TT_NC_IRAM_BASE + 0x3FF8);
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 0xFFC03FF8);
}

/* ---- coprocessor and stalls ---- */

#define SETC16(reg, value) (0xB2000000u | (reg) << 16 | (value))
#define ROTL2(word)        ((word) << 2 | (word) >> 30)

static void ttinsn_reaches_the_core_s_own_thread(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T1);

    LOAD_AT(core, 0, ROTL2(SETC16(1, 0x123u)), HALT);
    tt_rv32_run(core, 10);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->tile->tensix.thread[1].cfg[1], 0x123);
    assert_int_equal(core->tile->tensix.thread[0].cfg[1], 0);
}

static void store_to_instruction_buffer_is_the_same(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T2);

    LOAD_AT(core, 0, LUI(1, 0xFFE40), SW(2, 1, 0), HALT);
    core->x[2] = SETC16(1, 0x321u);
    tt_rv32_run(core, 10);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->tile->tensix.thread[2].cfg[1], 0x321);
}

static void ttinsn_of_brisc_reaches_thread_0(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, ROTL2(SETC16(1, 0x77u)), HALT);
    tt_rv32_run(core, 10);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->tile->tensix.thread[0].cfg[1], 0x77);
}

static void ttinsn_faults_on_ncrisc(void **state)
{
    expect_fault(core_of(state, TT_RISC_NC), ROTL2(SETC16(1, 1u)), 0);
    expect_fault(core_of(state, TT_RISC_NC), 0, 0);
}

static void empty_mailbox_stalls_and_load_is_retried(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, 0xFFEC1), LW(2, 1, 0), ADDI(3, 2, 1), HALT);
    assert_int_equal(tt_rv32_run(core, 100), 1);
    assert_int_equal(core->state, TT_RV32_STALLED);
    assert_int_equal(core->pc, 4);
    assert_int_equal(core->tile->active & 1u, 0);
    assert_int_equal(tt_rv32_run(core, 100), 0);
    assert_int_equal(core->state, TT_RV32_STALLED);
    assert_int_equal(tt_tile_store(core->tile, TT_RISC_T0, 0xFFEC0000, 4, 99),
                     TT_STEP_DONE);
    assert_int_equal(core->tile->active & 1u, 1);
    tt_rv32_run(core, 100);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->x[3], 100);
}

/* ---- decoded pages ---- */

static void equal_pages_are_decoded_once(void **state)
{
    struct tt_chip *chip = *state;
    struct tt_rv32 *a = &chip->tile[0]->rv[TT_RISC_B];
    struct tt_rv32 *b = &chip->tile[1]->rv[TT_RISC_NC];

    LOAD_AT(a, 0x8000, AUIPC(5, 0), HALT);
    LOAD_AT(b, 0x9000, AUIPC(5, 0), HALT);
    tt_rv32_run(a, 10);
    tt_rv32_run(b, 10);
    assert_non_null(a->page[8]);
    assert_ptr_equal(a->page[8], b->page[9]);
    assert_int_equal(a->page[8]->refs, 2);
    assert_int_equal(a->x[5], 0x8000);
    assert_int_equal(b->x[5], 0x9000);
    assert_true(chip->tile[0]->page_flags[8] & TT_PAGE_CODE);
    tt_rv32_drop_icache(a);
    assert_null(a->page[8]);
    assert_int_equal(b->page[9]->refs, 1);
}

static void stored_code_is_seen_after_the_icache_is_dropped(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, SW(2, 0, 4), ADDI(5, 5, 1), HALT);
    core->x[2] = ADDI(5, 5, 100);
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 1);
    core->pc = 0;
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 2);
    tt_rv32_drop_icache(core);
    core->pc = 0;
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 102);
}

static void host_writes_drop_decoded_code(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0x3000, ADDI(5, 5, 1), HALT);
    tt_rv32_run(core, 10);
    poke(core, 0x3000, ADDI(5, 5, 100));
    tt_tile_l1_written(core->tile, 0x3000, 4);
    core->pc = 0x3000;
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 101);
}

/* What ADDI x5, x5, 1 at 0x3000 becomes when the core comes there again. */
static uint32_t second_time(struct tt_rv32 *core)
{
    core->pc = 0x3000;
    core->state = TT_RV32_RUN;
    core->x[5] = 0;
    tt_rv32_run(core, 10);
    return core->x[5];
}

static void noc_writes_drop_decoded_code(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T0);
    struct tt_chip *chip = *state;
    uint32_t page[TT_RV32_PAGE / 4] = {ADDI(5, 5, 100), HALT};

    LOAD_AT(core, 0x3000, ADDI(5, 5, 1), HALT);
    tt_rv32_run(core, 10);
    /* Beside it, then a range that ends with it. */
    assert_int_equal(
        tt_chip_access(chip, 1, 18, 18, 0x4000, page, sizeof(page), true),
        TT_STEP_DONE);
    assert_int_equal(second_time(core), 1);
    assert_non_null(core->page[3]);
    assert_int_equal(tt_chip_access(chip, 1, 18, 18, 0x3000, page, 4, true),
                     TT_STEP_DONE);
    assert_null(core->page[3]);
    assert_int_equal(second_time(core), 100);
}

static void a_write_over_several_pages_drops_them_all(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);
    struct tt_chip *chip = *state;
    static uint8_t zeros[3 * TT_RV32_PAGE];

    LOAD_AT(core, 0x2FFC, ADDI(5, 5, 1), ADDI(5, 5, 1));
    load_at(core, 0x3004, (const uint32_t[]){enc_jal(0, 0x2000 - 4)}, 1);
    LOAD_AT(core, 0x5000, ADDI(5, 5, 1), HALT);
    core->pc = 0x2FFC;
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 3);
    assert_true(core->page[2] && core->page[3] && core->page[5]);
    assert_int_equal(
        tt_chip_access(chip, 0, 18, 18, 0x2FFF, zeros, 0x2002, true),
        TT_STEP_DONE);
    assert_false(core->page[2] || core->page[3] || core->page[5]);
}

static void stores_of_others_are_seen_after_reset_only(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T1);
    struct tt_rv32 *other = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0x3000, ADDI(5, 5, 1), HALT);
    tt_rv32_run(core, 10);
    LOAD_AT(other, 0x6000, LUI(1, 3), SW(2, 1, 0), HALT);
    other->x[2] = ADDI(5, 5, 100);
    tt_rv32_run(other, 10);
    assert_int_equal(peek(core, 0x3000), ADDI(5, 5, 100));
    assert_int_equal(second_time(core), 1);
    tt_rv32_hold(core);
    tt_rv32_start(core, 0x3000);
    tt_rv32_run(core, 10);
    assert_int_equal(core->x[5], 100);
}

static void code_that_changes_is_no_longer_shared(void **state)
{
    struct tt_chip *chip = *state;
    struct tt_rv32 *a = &chip->tile[0]->rv[TT_RISC_B];
    struct tt_rv32 *b = &chip->tile[1]->rv[TT_RISC_B];
    uint32_t insn = ADDI(5, 5, 100);

    LOAD_AT(a, 0x3000, ADDI(5, 5, 1), HALT);
    LOAD_AT(b, 0x3000, ADDI(5, 5, 1), HALT);
    tt_rv32_run(a, 10);
    tt_rv32_run(b, 10);
    assert_ptr_equal(a->page[3], b->page[3]);
    assert_int_equal(tt_chip_access(chip, 0, 18, 18, 0x3000, &insn, 4, true),
                     TT_STEP_DONE);
    assert_int_equal(second_time(a), 100);
    assert_int_equal(second_time(b), 1);
}

static void the_mover_drops_decoded_iram(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_NC);
    struct tt_tile *tile = core->tile;
    static const uint32_t go[][2] = {
        {0x00, 0x300}, {0x04, 0x4000}, {0x08, 1}, {0x0C, 1}, {0x10, 0x40}};

    for (uint32_t i = 1; i <= 2; i++) {
        poke(core, 0x3000, ADDI(5, 5, (int)i));
        poke(core, 0x3004, HALT);
        for (unsigned k = 0; k < 5; k++)
            assert_int_equal(tt_tile_store(tile, TT_RISC_B,
                                           0xFFB11000 + go[k][0], 4, go[k][1]),
                             TT_STEP_DONE);
        if (i == 1)
            tt_rv32_start(core, TT_NC_IRAM_BASE);
        core->pc = TT_NC_IRAM_BASE;
        tt_rv32_run(core, 10);
    }
    assert_int_equal(core->x[5], 3);
}

static void core_may_drop_its_own_icache(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    /* Config word 157 bit 0: RISCV_IC_INVALIDATE of B. */
    LOAD_AT(core, 0, SW(2, 0, 16), LUI(1, 0xFFEF0), ADDI(3, 0, 1),
            SW(3, 1, 157 * 4), ADDI(5, 5, 1), HALT);
    core->x[2] = ADDI(5, 5, 100);
    tt_rv32_run(core, 10);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->x[5], 100);
}

static void core_may_hold_itself(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    /* SOFT_RESET_0 bit 11 holds B. */
    LOAD_AT(core, 0, LUI(1, 0xFFB12), SW(2, 1, 0x1B0), ADDI(5, 5, 1), HALT);
    core->x[2] = 1u << 11;
    assert_int_equal(tt_rv32_run(core, 10), 2);
    assert_int_equal(core->state, TT_RV32_RESET);
    assert_int_equal(core->x[5], 0);
}

static void start_zeroes_registers_and_hold_stops(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T0);

    LOAD_AT(core, 0, ADDI(5, 5, 1), HALT);
    tt_rv32_run(core, 10);
    tt_rv32_start(core, 0);
    assert_int_equal(core->x[5], 0);
    assert_int_equal(core->tile->active >> TT_RISC_T0 & 1u, 1);
    tt_rv32_hold(core);
    assert_int_equal(core->state, TT_RV32_RESET);
    assert_int_equal(core->tile->active >> TT_RISC_T0 & 1u, 0);
}

/* ---- parking ---- */

static void poll_loop_parks_until_its_word_is_written(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_NC);

    LOAD_AT(core, 0, LUI(1, DATA >> 12), LW(2, 1, 8), BEQ(2, 0, -4),
            ADDI(3, 2, 1), HALT);
    assert_in_range(tt_rv32_run(core, 100000), 3, 20);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->n_watch, 1);
    assert_false(core->watch_mmio);
    assert_true(tt_rv32_watches(core, DATA + 11, 1));
    assert_true(tt_rv32_watches(core, DATA, 64));
    assert_false(tt_rv32_watches(core, DATA + 12, 64));
    assert_false(tt_rv32_watches(core, DATA, 8));
    poke(core, DATA + 12, 1);
    tt_tile_l1_written(core->tile, DATA + 12, 4);
    assert_int_equal(core->state, TT_RV32_PARKED);
    poke(core, DATA + 8, 5);
    tt_tile_l1_written(core->tile, DATA + 8, 4);
    assert_int_equal(core->state, TT_RV32_RUN);
    tt_rv32_run(core, 100);
    assert_int_equal(core->x[3], 6);
}

static void woken_poll_parks_again_soon(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, DATA >> 12), ADDI(4, 0, 9), LW(2, 1, 0),
            BNE(2, 4, -4), HALT);
    tt_rv32_run(core, 100000);
    for (uint32_t i = 1; i < 9; i++) {
        poke(core, DATA, i);
        tt_tile_l1_written(core->tile, DATA, 4);
        assert_in_range(tt_rv32_run(core, 100000), 2, 10);
        assert_int_equal(core->state, TT_RV32_PARKED);
        assert_int_equal(core->x[2], i);
    }
}

static void store_of_another_core_wakes_a_poll(void **state)
{
    struct tt_rv32 *nc = core_of(state, TT_RISC_NC);
    struct tt_rv32 *b = core_of(state, TT_RISC_B);

    LOAD_AT(nc, 0, LUI(1, DATA >> 12), enc_i(3, 5, 2, 1, 6), BEQ(2, 0, -4),
            HALT);
    LOAD_AT(b, 0x1000, LUI(1, DATA >> 12), ADDI(2, 0, 7), SW(2, 1, 0),
            SW(2, 1, 8), enc_s(0, 1, 2, 7), HALT);
    tt_rv32_run(nc, 100000);
    assert_int_equal(nc->state, TT_RV32_PARKED);
    tt_rv32_run(b, 4);
    assert_int_equal(nc->state, TT_RV32_RUN);
    tt_rv32_run(nc, 100000);
    assert_int_equal(nc->x[2], 0x700);
}

static void poll_with_exit_in_its_middle_parks(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, DATA >> 12), LW(2, 1, 0), BNE(2, 0, 20),
            BEQ(3, 0, 8), ADDI(2, 0, 1), enc_i(0x13, 7, 4, 2, 15),
            enc_jal(0, -20), HALT);
    tt_rv32_run(core, 100000);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->pc, 4);
    poke(core, DATA, 1);
    tt_tile_l1_written(core->tile, DATA, 4);
    tt_rv32_run(core, 100000);
    assert_int_equal(core->pc, 28);
    assert_int_equal(core->n_watch, 0);
}

static void poll_across_a_page_boundary_parks(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0x4FF8, LUI(1, DATA >> 12), LW(2, 1, 0), BEQ(2, 0, -4), HALT);
    assert_in_range(tt_rv32_run(core, 100000), 3, 20);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->pc, 0x4FFC);
}

static void poll_of_five_words_does_not_park(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, DATA >> 12), LW(2, 1, 0), LW(3, 1, 4), LW(4, 1, 8),
            LW(5, 1, 12), LW(6, 1, 16), BEQ(2, 0, -20), HALT);
    tt_rv32_run(core, 10000);
    assert_int_equal(core->state, TT_RV32_RUN);
}

static void poll_of_the_clock_does_not_park(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, 0xFFB12), LW(2, 1, 0x1F0), BNE(1, 0, -4), HALT);
    assert_in_range(tt_rv32_run(core, 10000), 10000, 10010);
    assert_int_equal(core->state, TT_RV32_RUN);
}

static void loop_that_stores_does_not_park(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    LOAD_AT(core, 0, LUI(1, DATA >> 12), LW(2, 1, 0), SW(2, 1, 4),
            BEQ(2, 0, -8), HALT);
    tt_rv32_run(core, 10000);
    assert_int_equal(core->state, TT_RV32_RUN);
}

static void loops_that_progress_run_to_their_end(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_T0);

    /* A countdown; then a checksum of 256 zero words; then a shift register
     * whose period has no counter that the decoder could see. */
    LOAD_AT(core, 0, LUI(1, 0x10), ADDI(1, 1, -1), BNE(1, 0, -4),
            LUI(2, DATA >> 12), ADDI(3, 2, 1024), LW(4, 2, 0), ADD(5, 5, 4),
            ADDI(2, 2, 4), BNE(2, 3, -12), ADDI(6, 0, 1), ADDI(8, 0, 1),
            enc_i(0x13, 1, 7, 6, 13), enc_r(0, 4, 6, 6, 7),
            enc_i(0x13, 5, 7, 6, 17), enc_r(0, 4, 6, 6, 7),
            enc_i(0x13, 1, 7, 6, 5), enc_r(0, 4, 6, 6, 7),
            enc_i(0x13, 5, 9, 6, 20), BNE(9, 0, -28), HALT);
    for (int i = 0; i < 100000 && core->state == TT_RV32_RUN; i++)
        tt_rv32_run(core, 1000);
    assert_int_equal(core->state, TT_RV32_PARKED);
    assert_int_equal(core->pc, 76);
    assert_int_equal(core->x[2], DATA + 1024);
    assert_int_equal(core->x[9], 0);
}

static void loop_of_period_three_does_not_park(void **state)
{
    struct tt_rv32 *core = core_of(state, TT_RISC_B);

    /* Looks are 9, 17, 33, 65 passes apart: registers are equal then. */
    LOAD_AT(core, 0, ADDI(5, 2, 0), ADDI(2, 3, 0), ADDI(3, 4, 0), ADDI(4, 5, 0),
            BEQ(0, 0, -16));
    core->x[2] = 1;
    assert_int_equal(tt_rv32_run(core, 10000), 10000);
    assert_int_equal(core->state, TT_RV32_RUN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(register_arithmetic_matches_reference),
        TEST(immediate_arithmetic_matches_reference),
        TEST(branches_match_reference),
        TEST(x0_stays_zero),
        TEST(upper_immediates_and_links_know_their_pc),
        TEST(jumps_and_straight_code_cross_pages),
        TEST(instructions_are_counted_exactly),
        TEST(budget_bounds_endless_loops),
        TEST(runs_do_what_their_instructions_do),
        TEST(a_run_may_be_entered_in_its_middle),
        TEST(a_run_is_left_at_a_load_that_blocks),
        TEST(loads_extend_and_stores_truncate),
        TEST(local_memory_is_private),
        TEST(bad_accesses_fault),
        TEST(trisc_local_memory_is_2_kib),
        TEST(refused_instructions_fault),
        TEST(fault_names_the_missing_extension),
        TEST(bad_jumps_fault_at_their_target),
        TEST(only_ncrisc_runs_from_iram),
        TEST(ttinsn_reaches_the_core_s_own_thread),
        TEST(store_to_instruction_buffer_is_the_same),
        TEST(ttinsn_of_brisc_reaches_thread_0),
        TEST(ttinsn_faults_on_ncrisc),
        TEST(empty_mailbox_stalls_and_load_is_retried),
        TEST(equal_pages_are_decoded_once),
        TEST(stored_code_is_seen_after_the_icache_is_dropped),
        TEST(host_writes_drop_decoded_code),
        TEST(noc_writes_drop_decoded_code),
        TEST(a_write_over_several_pages_drops_them_all),
        TEST(stores_of_others_are_seen_after_reset_only),
        TEST(code_that_changes_is_no_longer_shared),
        TEST(the_mover_drops_decoded_iram),
        TEST(core_may_drop_its_own_icache),
        TEST(core_may_hold_itself),
        TEST(start_zeroes_registers_and_hold_stops),
        TEST(poll_loop_parks_until_its_word_is_written),
        TEST(woken_poll_parks_again_soon),
        TEST(store_of_another_core_wakes_a_poll),
        TEST(poll_with_exit_in_its_middle_parks),
        TEST(poll_across_a_page_boundary_parks),
        TEST(poll_of_five_words_does_not_park),
        TEST(poll_of_the_clock_does_not_park),
        TEST(loop_that_stores_does_not_park),
        TEST(loops_that_progress_run_to_their_end),
        TEST(loop_of_period_three_does_not_park),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
