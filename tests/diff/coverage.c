/* SPDX-License-Identifier: MIT */
/* Counting instructions, by the lists that the chip is made from. */
#include "tests/diff/coverage.h"

#include <inttypes.h>

#include "device/emu/rv32_insns.h"
#include "device/emu/tensix_ops.h"

#define INSTRN_BUF 0xFFE4u /* upper half of the first of three addresses */

/* ---- RV32IM: the bits that tell an instruction ---- */

struct rv32_insn {
    const char *name;
    uint32_t match, mask;
};

#define FUNCT3(f3) ((uint32_t)(f3) << 12)
#define REG(name, f3, f7, expr)                                                \
    {#name, (uint32_t)(f7) << 25 | FUNCT3(f3) | 0x33u, 0xFE00707Fu},
#define IMM(name, f3, expr) {#name, FUNCT3(f3) | 0x13u, 0x707Fu},
#define SHIFT(name, f3, f7, expr)                                              \
    {#name, (uint32_t)(f7) << 25 | FUNCT3(f3) | 0x13u, 0xFE00707Fu},
#define LOAD(name, f3, size, expr) {#name, FUNCT3(f3) | 0x03u, 0x707Fu},
#define STORE(name, f3, size)      {#name, FUNCT3(f3) | 0x23u, 0x707Fu},
#define BRANCH(name, f3, expr)     {#name, FUNCT3(f3) | 0x63u, 0x707Fu},
#define OTHER(name, match, mask)   {#name, match, mask},

static const struct rv32_insn rv32_insns[] = {
    TT_RV32_INSNS(REG, IMM, SHIFT, LOAD, STORE, BRANCH, OTHER)};
#define N_RV32 (sizeof(rv32_insns) / sizeof(rv32_insns[0]))
_Static_assert(N_RV32 <= COVERAGE_RV32, "room for all instructions");

static void add_rv32(struct coverage *c, uint32_t word)
{
    for (size_t i = 0; i < N_RV32; i++)
        if ((word & rv32_insns[i].mask) == rv32_insns[i].match) {
            c->rv32[i]++;
            return;
        }
}

/* ---- Tensix ---- */

struct tensix_insn {
    uint8_t opcode;
    const char *name;
};

#define FRONT(opcode, mnemonic)                {opcode, #mnemonic},
#define LISTED(opcode, mnemonic, name, unused) {opcode, #mnemonic},
#define ABSENT(opcode, mnemonic)

#define OPCODE_SET(opcode, mnemonic) [opcode] = true,

/* Those that ttsim refuses: nothing to compare. */
static const bool documented[256] = {TT_TENSIX_DOCUMENTED(OPCODE_SET)};

static const struct tensix_insn tensix_insns[] = {
    TT_TENSIX_OPS(FRONT, LISTED, ABSENT)};
#define N_TENSIX (sizeof(tensix_insns) / sizeof(tensix_insns[0]))

static bool is_code(uint32_t addr)
{
    return addr - SCRIPT_CODE < SCRIPT_CODE_SIZE;
}

/* In code, words that are no RISC-V instructions are Tensix instructions,
 * rotated by two (PushTensixInstruction.md). */
static void add_word(struct coverage *c, uint32_t word)
{
    if ((word & 3u) == 3)
        add_rv32(c, word);
    else
        c->tensix[(word >> 2 | word << 30) >> 24]++;
}

void coverage_add(struct coverage *c, const struct script *s)
{
    for (size_t i = 0; i < s->len; i++) {
        const struct script_entry *e = &s->entry[i];

        if (e->op == SCRIPT_POKE && is_code(e->addr))
            add_word(c, e->value);
        else if (e->op == SCRIPT_STORE && (e->addr >> 16) - INSTRN_BUF < 3)
            c->tensix[e->value >> 24]++;
    }
}

/* ---- the table ---- */

static void print_one(const char *name, uint64_t n, unsigned *column, FILE *to)
{
    (void)fprintf(to, "%-14s%10" PRIu64 "%s", name, n,
                  ++*column % 4 ? "  " : "\n");
}

unsigned coverage_print(const struct coverage *c, FILE *to)
{
    unsigned never = 0, column = 0, n_insns = N_RV32;

    (void)fprintf(to, "instructions of scripts that compared equal:\n");
    for (size_t i = 0; i < N_TENSIX; i++) {
        uint64_t n = c->tensix[tensix_insns[i].opcode];

        if (documented[tensix_insns[i].opcode])
            continue;
        n_insns++;
        never += !n;
        print_one(tensix_insns[i].name, n, &column, to);
    }
    for (size_t i = 0; i < N_RV32; i++) {
        never += !c->rv32[i];
        print_one(rv32_insns[i].name, c->rv32[i], &column, to);
    }
    (void)fprintf(to, "%s%u instructions, %u of them never\n",
                  column % 4 ? "\n" : "", n_insns, never);
    return never;
}
