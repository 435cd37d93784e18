/* SPDX-License-Identifier: MIT */
/* Config and GPR instructions. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

#define CONFIG 0xFFEF0000u

/* Words that can be read back, and so compared. */
static const uint8_t readable[] = {
    0,  1,  2,  3,  8,  9,  14, 20, 21,  22,  23,  24,  25,  26,  27,  44,
    45, 47, 52, 53, 56, 57, 58, 59, 60,  61,  64,  65,  72,  74,  84,  85,
    86, 87, 92, 93, 96, 97, 98, 99, 100, 101, 104, 105, 124, 125, 126, 127,
};
#define N_READABLE (sizeof(readable) / sizeof(readable[0]))

static unsigned random_word(struct script *s)
{
    return readable[script_below(s, N_READABLE)];
}

/* Bits of words 0 and 1 that are refused stay zero. */
static uint32_t legal_value(unsigned word, uint32_t value)
{
    return word == 0 ? value & ~0x4200u : word == 1 ? value & ~0x7FFFu : value;
}

static void set_gpr(struct script *s, unsigned thread, unsigned gpr,
                    uint32_t value)
{
    tx_insn(s, thread, SETGPR_LO(gpr, value & 0xFFFFu));
    tx_insn(s, thread, SETGPR_HI(gpr, value >> 16));
}

static void write_config(struct script *s, unsigned thread)
{
    unsigned word = random_word(s), gpr = script_below(s, 64);

    set_gpr(s, thread, gpr, legal_value(word, script_random(s)));
    if (word >= 52 && script_chance(s, 40))
        tx_insn(s, thread, OP(0x48, 1u << 22 | (word - 52) << 6 | gpr));
    else
        tx_insn(s, thread, WRCFG(gpr, word));
}

static void write_four(struct script *s, unsigned thread)
{
    static const unsigned first[] = {20, 24, 56, 84, 96, 124, 152};
    unsigned gpr = 4 * script_below(s, 16);

    for (unsigned i = 0; i < 4; i++)
        set_gpr(s, thread, gpr + i, script_random(s));
    tx_insn(s, thread,
            OP(0xB0, gpr << 16 | 0x8000u | first[script_below(s, 7)]));
}

static void change_byte(struct script *s, unsigned thread)
{
    unsigned word = random_word(s), byte = script_below(s, 4);
    uint32_t mask_and_value = script_below(s, 0x10000);

    if (word > 1)
        tx_insn(s, thread, OP(0xB3 + byte, mask_and_value << 8 | word));
}

static void arithmetic(struct script *s, unsigned thread)
{
    uint32_t gprs = script_below(s, 1u << 18); /* three of them */

    tx_insn(s, thread, OP(script_chance(s, 50) ? 0x58 : 0x5A, gprs));
}

/* To registers of overlay streams 0 to 7; see tx_dump_scalars(). */
static void store_register(struct script *s, unsigned thread)
{
    static const uint32_t offset[] = {0x00, 0x0C, 0x10};
    uint32_t stream = script_below(s, 8), gpr = script_below(s, 64);
    uint32_t addr = 0x40000u + 0x1000u * stream + offset[script_below(s, 3)];

    set_gpr(s, thread, gpr, script_random(s) & 0xFFFFFFu);
    tx_insn(s, thread, OP(0x67, gpr << 18 | addr >> 2));
    tx_insn(s, thread, OP(0x60, 0));
}

static void config_step(struct script *s)
{
    unsigned thread = script_below(s, 3), word;

    switch (script_below(s, 9)) {
    case 8:
        store_register(s, thread);
        break;
    case 0:
        write_four(s, thread);
        break;
    case 1:
        tx_insn(s, thread, SETC16(0, script_below(s, 0x10000)));
        break;
    case 2:
        word = random_word(s);
        tx_insn(s, thread, OP(0xB1, script_below(s, 64) << 16 | word));
        break;
    case 3:
        change_byte(s, thread);
        break;
    case 4:
        arithmetic(s, thread);
        break;
    case 5:
        word = random_word(s);
        tx_config(s, word, legal_value(word, script_random(s)));
        break;
    default:
        write_config(s, thread);
    }
}

void case_config(struct script *s)
{
    for (unsigned i = 0; i < 200; i++)
        config_step(s);
    tx_dump_scalars(s);
}
