/* SPDX-License-Identifier: MIT */
/* RV32IM: random code on any core, from L1 and from NCRISC's instruction RAM.
 */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

#define MAX_CODE   1500u
#define BLOCK      0x2000u /* of CODE for each core */
#define LOCAL      0xFFB00000u
#define IRAM       0xFFC00000u
#define TDMA       0xFFB11000u
#define NCRISC     4u
#define WINDOW     0x800u /* bytes that loads and stores reach */
#define MAX_NESTED 3u

/* Registers with a purpose; the others hold random values. */
enum { RETURN = 1, DATA_BASE, LOCAL_BASE, COUNT, FIRST_FREE };

/** struct code - of one call, before it is poked into the script */
struct code {
    struct script *s;
    uint32_t word[MAX_CODE];
    unsigned n, nested;
};

static void put(struct code *c, uint32_t word)
{
    if (c->n == MAX_CODE)
        c->s->failed = true;
    else
        c->word[c->n++] = word;
}

/* ---- formats (RISC-V unprivileged specification, chapter 2) ---- */

static uint32_t i_type(uint32_t opcode, uint32_t f3, uint32_t rd, uint32_t rs1,
                       uint32_t imm)
{
    return imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | opcode;
}

static uint32_t s_type(uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return (imm >> 5 & 0x7Fu) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 |
           (imm & 0x1Fu) << 7 | 0x23u;
}

static uint32_t b_type(uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return (imm >> 12 & 1u) << 31 | (imm >> 5 & 0x3Fu) << 25 | rs2 << 20 |
           rs1 << 15 | f3 << 12 | (imm >> 1 & 0xFu) << 8 |
           (imm >> 11 & 1u) << 7 | 0x63u;
}

static uint32_t jal(uint32_t rd, uint32_t imm)
{
    return (imm >> 20 & 1u) << 31 | (imm >> 1 & 0x3FFu) << 21 |
           (imm >> 11 & 1u) << 20 | (imm >> 12 & 0xFFu) << 12 | rd << 7 | 0x6Fu;
}

static void set_register(struct code *c, uint32_t rd, uint32_t value)
{
    put(c, ((value + 0x800u) & 0xFFFFF000u) | rd << 7 | 0x37u);
    put(c, i_type(0x13, 0, rd, rd, value & 0xFFFu));
}

/* ---- random operands ---- */

static uint32_t destination(struct script *s)
{
    uint32_t r = script_below(s, 33 - FIRST_FREE);

    return r ? r + FIRST_FREE - 1 : 0;
}

static uint32_t source(struct script *s)
{
    return script_below(s, 32);
}

/* Where arithmetic has its corners. */
static uint32_t random_value(struct script *s)
{
    static const uint32_t corner[] = {
        0,          1,          2,          0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF,
        0x80000000, 0x80000001, 0x0000FFFF, 0x00010000, 0xFFFF0000, 0xFFFF8000};
    uint32_t kind = script_below(s, 10);

    if (kind < 4)
        return corner[script_below(s, 12)];
    if (kind < 6)
        return script_below(s, 64);
    return script_random(s);
}

/* ---- instructions that go straight on ---- */

static void random_register_op(struct code *c)
{
    static const uint8_t funct7[] = {0, 0, 0, 0, 0, 0, 0, 0,    1,
                                     1, 1, 1, 1, 1, 1, 1, 0x20, 0x20};
    static const uint8_t funct3[] = {0, 1, 2, 3, 4, 5, 6, 7, 0,
                                     1, 2, 3, 4, 5, 6, 7, 0, 5};
    uint32_t i = script_below(c->s, 18), rd = destination(c->s);
    uint32_t rs1 = source(c->s), rs2 = source(c->s);

    if (script_chance(c->s, 5))
        rs2 = rs1;
    put(c, (uint32_t)funct7[i] << 25 | rs2 << 20 | rs1 << 15 |
               (uint32_t)funct3[i] << 12 | rd << 7 | 0x33u);
}

static void random_immediate_op(struct code *c)
{
    static const uint8_t funct3[] = {0, 2, 3, 4, 6, 7, 1, 5, 5};
    uint32_t i = script_below(c->s, 9), imm = script_below(c->s, 0x1000);
    uint32_t rd = destination(c->s), rs1 = source(c->s);

    if (i >= 6) /* shifts */
        imm = (imm & 31u) | (i == 8 ? 0x400u : 0);
    put(c, i_type(0x13, funct3[i], rd, rs1, imm));
}

static void random_upper(struct code *c)
{
    uint32_t opcode = script_chance(c->s, 50) ? 0x37u : 0x17u;
    uint32_t value = script_random(c->s) & 0xFFFFF000u;
    uint32_t rd = destination(c->s);

    put(c, value | rd << 7 | opcode);
}

/* An aligned offset from a base register, -0x400 to 0x3FF. */
static uint32_t random_offset(struct script *s, unsigned size)
{
    return script_below(s, WINDOW / size) * size - WINDOW / 2;
}

static void random_access(struct code *c)
{
    static const uint8_t funct3[] = {0, 1, 2, 4, 5};
    bool store = script_chance(c->s, 40);
    uint32_t f3 = funct3[script_below(c->s, store ? 3 : 5)];
    uint32_t base = script_chance(c->s, 50) ? DATA_BASE : LOCAL_BASE;
    uint32_t offset = random_offset(c->s, 1u << (f3 & 3u));
    uint32_t reg = store ? source(c->s) : destination(c->s);

    put(c, store ? s_type(f3, base, reg, offset & 0xFFFu)
                 : i_type(0x03, f3, reg, base, offset & 0xFFFu));
}

/* A Tensix instruction among the others: arithmetic on GPRs. */
static void random_tensix(struct code *c)
{
    uint32_t operands = script_below(c->s, 0x40000);
    uint32_t half = script_below(c->s, 128); /* of a GPR */
    uint32_t insn = script_chance(c->s, 50)
                        ? OP(0x58, operands)
                        : OP(0x45, (operands & 0xFFFFu) << 8 | half);

    put(c, insn << 2 | insn >> 30);
}

/* ---- instructions that do not ---- */

static void random_unit(struct code *c);

static void random_units(struct code *c, unsigned n)
{
    c->nested++;
    for (unsigned i = 0; i < n; i++)
        random_unit(c);
    c->nested--;
}

/* Over a few others, perhaps. */
static void random_branch(struct code *c)
{
    static const uint8_t funct3[] = {0, 1, 4, 5, 6, 7};
    uint32_t f3 = funct3[script_below(c->s, 6)];
    uint32_t rs1 = source(c->s), rs2 = source(c->s);
    unsigned at = c->n;

    put(c, 0);
    random_units(c, script_below(c->s, 4));
    if (!c->s->failed)
        c->word[at] = b_type(f3, rs1, rs2, 4 * (c->n - at));
}

static void random_jump(struct code *c)
{
    bool indirect = script_chance(c->s, 50);
    uint32_t rd = destination(c->s), link = destination(c->s);
    unsigned at;

    if (indirect && !rd)
        rd = FIRST_FREE;
    if (indirect)
        put(c, rd << 7 | 0x17u); /* auipc rd, 0 */
    at = c->n;
    put(c, 0);
    random_units(c, script_below(c->s, 3));
    if (c->s->failed)
        return;
    c->word[at] = indirect ? i_type(0x67, 0, link, rd, 4 * (c->n - at) + 4)
                           : jal(link, 4 * (c->n - at));
}

static void random_loop(struct code *c)
{
    uint32_t times = 1 + script_below(c->s, 6);
    unsigned top;

    put(c, i_type(0x13, 0, COUNT, 0, times));
    top = c->n;
    /* One counter: what is inside has no loop of its own. */
    c->nested += MAX_NESTED;
    random_units(c, 1 + script_below(c->s, 5));
    c->nested -= MAX_NESTED;
    put(c, i_type(0x13, 0, COUNT, COUNT, 0xFFFu));
    put(c, b_type(1, COUNT, 0, 4 * (top - c->n)));
}

static void random_unit(struct code *c)
{
    switch (script_below(c->s, c->nested < MAX_NESTED ? 20 : 15)) {
    case 0:
    case 1:
    case 2:
    case 3:
        random_immediate_op(c);
        break;
    case 4:
        random_upper(c);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        random_access(c);
        break;
    case 9:
        if (c->s->core != NCRISC)
            random_tensix(c);
        break;
    case 15:
    case 16:
    case 17:
        random_branch(c);
        break;
    case 18:
        random_jump(c);
        break;
    case 19:
        random_loop(c);
        break;
    default:
        random_register_op(c);
    }
}

/* What the cores do not have, or must not do. */
static void random_refusal(struct code *c)
{
    static const uint8_t opcode[] = {0x0F, 0x73, 0x2F, 0x07, 0x27,
                                     0x53, 0x57, 0x0B, 0x33, 0x13};
    uint32_t fields = script_random(c->s) & 0xFFFFFF80u;
    uint32_t odd = 1 + 2 * script_below(c->s, 8);

    switch (script_below(c->s, 4)) {
    case 0: /* unaligned */
        put(c,
            i_type(0x03, 1 + (fields >> 7 & 1u), FIRST_FREE, DATA_BASE, odd));
        break;
    case 1:
        put(c, s_type(1 + (fields >> 7 & 1u), LOCAL_BASE, FIRST_FREE, odd));
        break;
    default:
        put(c, fields | opcode[script_below(c->s, 10)]);
    }
}

/* ---- a call ---- */

static void poke_code(struct script *s, const struct code *c, uint32_t at)
{
    for (unsigned i = 0; i < c->n; i++)
        script_poke(s, at + 4 * i, c->word[i]);
    script_return(s, at + 4 * c->n);
}

static void make_code(struct code *c, uint32_t at, unsigned n_units)
{
    struct script *s = c->s;
    uint32_t local = LOCAL + WINDOW / 2;

    if ((s->core == 0 || s->core == NCRISC) && script_chance(s, 50))
        local += WINDOW; /* these have 4 KiB */
    for (uint32_t r = FIRST_FREE; r < 32; r++)
        set_register(c, r, random_value(s));
    set_register(c, DATA_BASE, SCRIPT_DATA + s->core * WINDOW + WINDOW / 2);
    set_register(c, LOCAL_BASE, local);
    for (unsigned i = 0; i < n_units; i++)
        random_unit(c);
    if (script_chance(s, 4))
        random_refusal(c);
    for (uint32_t r = 1; r < 32; r++)
        put(c, s_type(2, 0, r, SCRIPT_SCRATCH + 128 * s->core + 4 * r));
    poke_code(s, c, at);
}

/* The mover copies NCRISC's code into its instruction RAM. */
static void move_to_iram(struct script *s, uint32_t at, unsigned len)
{
    script_on(s, 0);
    script_store(s, TDMA, at / 16);
    script_store(s, TDMA + 0x04, 0x4000);
    script_store(s, TDMA + 0x08, (len + 15) / 16);
    script_store(s, TDMA + 0x0C, 1);
    script_store(s, TDMA + 0x10, 0x40);
    script_load(s, TDMA + 0x14);
    script_on(s, NCRISC);
}

static void run_core(struct script *s, unsigned core)
{
    struct code c = {.s = s};
    uint32_t at = SCRIPT_CODE + core * BLOCK;

    script_on(s, core);
    make_code(&c, at, 40 + script_below(s, 80));
    if (core == NCRISC && script_chance(s, 50)) {
        move_to_iram(s, at, 4 * (c.n + 2));
        at = IRAM;
    }
    script_call(s, at);
    for (uint32_t i = 0; i < WINDOW; i += 4)
        script_load(s, LOCAL + i);
    for (uint32_t i = WINDOW; i < 2 * WINDOW; i += 4)
        if (core == 0 || core == NCRISC)
            script_load(s, LOCAL + i);
}

void case_rv32(struct script *s)
{
    unsigned core = script_below(s, SCRIPT_CORES);

    run_core(s, core);
    if (script_chance(s, 30))
        run_core(s, (core + 1 + script_below(s, 4)) % SCRIPT_CORES);
    tx_dump_gprs(s);
}
