/* SPDX-License-Identifier: MIT */
/* What may be refused: one thing out of the ordinary in an ordinary state. Both
 * chips must agree on whether it is refused, and on the outcome if it is not.
 */
#include "device/emu/tensix_ops.h"
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

#define CONFIG   0xFFEF0000u
#define N_OF(a)  (sizeof(a) / sizeof((a)[0]))
#define ALL_BITS 0xFFFFFFu

#define NO_ENTRY(opcode, mnemonic)
#define UNUSED_BITS(opcode, mnemonic, name, unused) [opcode] = (unused),

/* Operand bits that no executed instruction may set, by opcode. */
static const uint32_t unused_bits[256] = {
    TT_TENSIX_OPS(NO_ENTRY, UNUSED_BITS, NO_ENTRY)};

#define OPCODE_SET(opcode, mnemonic) [opcode] = true,

static const bool documented[256] = {TT_TENSIX_DOCUMENTED(OPCODE_SET)};

/* Modelled by the documentation alone (docs/instructions.md): only ttsim
 * refuses it. */
static bool is_documented(uint32_t insn)
{
    uint32_t opcode = insn >> 24;

    if (opcode == 0x58 || opcode == 0x5A) /* with a constant */
        return insn >> 23 & 1u;
    if (opcode == 0x48) /* REG2FLOP to an address counter */
        return insn >> 21 & 1u;
    return documented[opcode];
}

/* Threads 1 and 2 have counters of unpackers that the chip does not look at
 * (docs/instructions.md). */
static bool is_foreign(unsigned thread, uint32_t insn)
{
    return insn >> 24 == 0x42 && thread != T0;
}

/* A tile that some packers begin, and the dump would go on with all of them
 * (docs/emulator.md). */
static bool is_partial(uint32_t insn)
{
    return insn >> 24 == 0x41 && !(insn & 3u) && (insn >> 8 & 15u) != 15;
}

static void push(struct script *s, unsigned thread, uint32_t insn)
{
    bool skip =
        is_documented(insn) || is_foreign(thread, insn) || is_partial(insn);

    tx_insn(s, thread, skip ? OP(0x02, 0) : insn);
}

/* ---- debug registers ---- */

#define DEBUG(offset) (0xFFB12000u + (offset))

static const struct {
    uint8_t daisy, first, last;
} chains[] = {{6, 0, 5}, {6, 9, 9}, {3, 2, 4}};

/* 32 bits of what the daisychain shows of counters and banks. */
static void read_chain(struct script *s)
{
    unsigned i = script_below(s, N_OF(chains)), word = script_below(s, 4);
    uint32_t n = chains[i].last - chains[i].first + 1u;
    uint32_t signal = chains[i].first + script_below(s, n);

    script_store(s, DEBUG(0x54),
                 1u << 29 | word << 25 | (uint32_t)chains[i].daisy << 16 |
                     signal);
    script_load(s, DEBUG(0x5C));
}

static void read_array(struct script *s)
{
    uint32_t pair = script_below(s, 8), row = script_below(s, 1024);

    script_store(s, DEBUG(0x60), 1);
    script_store(s, DEBUG(0x64), 2u << 16 | pair << 12 | row);
    script_load(s, DEBUG(0x6C));
}

static void read_config(struct script *s)
{
    script_store(s, DEBUG(0x58), 56 + script_below(s, 6));
    script_load(s, DEBUG(0x78));
}

/* State that packed data do not show. */
static void read_debug(struct script *s)
{
    for (unsigned i = 0; i < 12; i++)
        read_chain(s);
    for (unsigned i = 0; i < 2; i++)
        script_load(s, 0xFFB40000u + 0x1000u * i + 0x100u);
    for (unsigned i = 0; i < 4; i++)
        read_array(s);
    read_config(s);
}

static void any_debug(struct script *s)
{
    static const uint8_t offset[] = {0x54, 0x58, 0x5C, 0x60,
                                     0x64, 0x68, 0x6C, 0x78};
    uint32_t at = offset[script_below(s, N_OF(offset))];
    uint32_t value = script_random(s);

    if (script_chance(s, 20))
        at = 4 * script_below(s, 0x88);
    /* Not the register that resets the cores, nor the clock. */
    if (at >= 0x1B0 && at < 0x1FC)
        return;
    if (script_chance(s, 50))
        script_store(s, DEBUG(at), value & script_random(s));
    else
        script_load(s, DEBUG(at));
}

/* ---- any instruction, any register ---- */

static void any_insn(struct script *s)
{
    uint32_t opcode = 1 + script_below(s, 0xB7);
    uint32_t operands = script_random(s);

    /* Few bits set: otherwise nearly everything is refused. */
    for (unsigned i = script_below(s, 4); i > 0; i--)
        operands &= script_random(s);
    if (script_chance(s, 90))
        operands &= ~unused_bits[opcode];
    push(s, script_below(s, 3), OP(opcode, operands & ALL_BITS));
}

static void any_word(struct script *s)
{
    unsigned word = script_below(s, 170);

    tx_config(s, word, script_random(s) >> 16);
}

static void any(struct script *s)
{
    if (script_chance(s, 10))
        any_word(s);
    else if (script_chance(s, 10))
        script_load(s, CONFIG + 4 * script_below(s, 170));
    else if (script_chance(s, 10))
        any_debug(s);
    else
        any_insn(s);
}

/* ---- one unit in a state that differs in a few bits ---- */

/* A word of Config or, above 0xFF, of a thread's ThreadConfig. */
#define THREAD(reg) (0x100u | (reg))

struct unit {
    unsigned thread;
    const struct tx_formats *ways;
    unsigned n_ways;
    const uint16_t *words; /* that the unit reads */
    unsigned n_words;
    uint32_t (*insn)(struct script *s);
    bool to_dst;
    unsigned most; /* instructions */
};

/* A value from a few bits: one bit, or a small field somewhere. */
static uint32_t sparse(struct script *s)
{
    unsigned shift = script_below(s, 32);

    return script_chance(s, 50) ? 1u << shift
                                : (1 + script_below(s, 15)) << shift;
}

/* Instruction @insn with some operand bits inverted. */
static uint32_t distort(struct script *s, uint32_t insn)
{
    uint32_t allowed = script_chance(s, 90) ? ~unused_bits[insn >> 24] : ~0u;
    uint32_t change = sparse(s);

    return script_chance(s, 60) ? insn : insn ^ (change & allowed & ALL_BITS);
}

static const struct tx_formats math_ways[] = {
    {.in = F_BF16, .src = F_BF16, .acc = F_BF16},
    {.in = F_FP16, .src = F_FP16, .acc = F_FP16},
    {.in = F_FP32, .src = F_TF32, .acc = F_FP32, .dst32 = true},
    {.in = F_BFP8, .src = F_BFP8, .acc = F_BF16},
    {.in = F_FP8, .src = F_FP8, .acc = F_FP16},
    {.in = F_INT16, .src = F_INT16, .acc = F_INT16},
};

static const uint16_t math_words[] = {
    0,          1,          1,          1,          2,          THREAD(1),
    THREAD(2),  THREAD(5),  THREAD(6),  THREAD(7),  THREAD(9),  THREAD(11),
    THREAD(13), THREAD(23), THREAD(24), THREAD(25), THREAD(26), THREAD(48),
    THREAD(49), THREAD(50), THREAD(51),
};

static uint32_t math_insn(struct script *s)
{
    static const uint32_t ordinary[] = {
        OP(0x08, 2u << 12), OP(0x0A, 2u << 12), OP(0x0B, 2u << 12),
        OP(0x10, 1u << 19), OP(0x11, 8u | 3u),  OP(0x12, 2u << 12),
        OP(0x13, 4u << 12), OP(0x16, 0),        OP(0x26, 0),
        OP(0x27, 0),        OP(0x28, 0),        OP(0x30, 0),
        OP(0x33, 1u << 19), OP(0x34, 1u << 19), OP(0x36, 3u << 22),
        OP(0x37, 0xFu),     OP(0x38, 0),        OP(0x26, 3u << 22),
        OP(0x28, 3u << 22), OP(0x35, 0),
    };

    return ordinary[script_below(s, N_OF(ordinary))];
}

static const struct tx_formats sfpu_ways[] = {
    {.in = F_BF16, .src = F_BF16, .acc = F_BF16},
    {.in = F_FP32, .src = F_TF32, .acc = F_FP32, .dst32 = true},
    {.in = F_FP16, .src = F_FP16, .acc = F_FP16},
};

static const uint16_t sfpu_words[] = {1, 1, THREAD(1), THREAD(2), THREAD(23)};

static uint32_t sfpu_insn(struct script *s)
{
    static const uint32_t lut[] = {OP(0x73, 4u << 16), OP(0x95, 2)};
    uint32_t opcode = 0x70 + script_below(s, 0x26);

    if (opcode == 0x73 || opcode == 0x95)
        return lut[opcode == 0x95];
    if (opcode == 0x8F)
        return OP(opcode, 0);
    if (opcode == 0x84 || opcode == 0x85 || opcode == 0x86)
        return OP(opcode, 10u << 16 | 10u << 12 | 9u << 8);
    return OP(opcode, script_below(s, 16) << (opcode < 0x74 ? 16 : 0));
}

static const struct tx_formats unpack_ways[] = {
    {.in = F_FP32, .src = F_TF32},   {.in = F_FP32, .src = F_BF16},
    {.in = F_FP32, .src = F_FP16},   {.in = F_FP16, .src = F_FP16},
    {.in = F_BF16, .src = F_BF16},   {.in = F_BFP8, .src = F_BFP8},
    {.in = F_BFP4, .src = F_BFP4},   {.in = F_BFP2, .src = F_BFP2},
    {.in = F_INT16, .src = F_INT16}, {.in = F_FP8, .src = F_FP8},
    {.in = F_INT8, .src = F_INT8},   {.in = F_INT32, .src = F_INT32},
    {.in = F_BFP8A, .src = F_BFP8A}, {.in = F_TF32, .src = F_TF32},
};

static const struct tx_formats to_dst_ways[] = {
    {.in = F_FP32, .src = F_FP32},
    {.in = F_FP32, .src = F_TF32},
    {.in = F_INT32, .src = F_INT32},
    {.in = F_BF16, .src = F_BF16},
};

static const uint16_t unpack_words[] = {
    1,  41, 44, 45, 47, 52, 53, 60,  60,  61,  61,  64,        72,
    74, 80, 81, 92, 93, 60, 74, 100, 101, 104, 105, THREAD(3), THREAD(39),
};

static uint32_t unpack_insn(struct script *s)
{
    static const uint32_t ordinary[] = {
        UNPACR(0, 0, 1),        UNPACR(1, 0, 1), UNPACR(0, 0, 0),
        UNPACR(1, 0, 0),        OP(0x43, 1),     OP(0x43, 7),
        OP(0x43, 1u << 23 | 7), OP(0x57, 3),
    };

    return ordinary[script_below(s, N_OF(ordinary))];
}

static const struct tx_formats pack_ways[] = {
    {.acc = F_FP16, .out = F_FP16},
    {.acc = F_BF16, .out = F_BF16},
    {.acc = F_BF16, .out = F_BFP8},
    {.acc = F_BF16, .out = F_BFP2},
    {.acc = F_INT16, .out = F_INT16},
    {.acc = F_FP32, .out = F_FP32, .dst32 = true},
    {.acc = F_FP32, .out = F_BFP4, .dst32 = true},
    {.acc = F_INT32, .out = F_INT32, .dst32 = true},
    {.acc = F_INT8, .out = F_INT8, .dst32 = true},
    {.acc = F_FP8, .out = F_FP8},
};

static const uint16_t pack_words[] = {
    1,  2,  8,   9,   14,  14,  16,  17,  20,  20,         21,
    24, 25, 56,  57,  58,  58,  59,  84,  86,  87,         96,
    98, 99, 124, 125, 126, 127, 152, 153, 155, THREAD(31), THREAD(32),
};

static uint32_t pack_insn(struct script *s)
{
    static const unsigned sel[] = {1, 3, 15};
    unsigned packers = sel[script_below(s, N_OF(sel))];
    unsigned addr_mode = script_below(s, 2);

    return PACR(packers, addr_mode, script_below(s, 2));
}

static const uint16_t scalar_words[] = {1, THREAD(0)};

/* A value for a GPR, or what uses it: registers of an overlay stream. */
static uint32_t store_overlay(struct script *s)
{
    static const uint16_t reg[] = {0, 0xC, 0x10, 0x88, 0x100};
    uint32_t at = 0x40000 + 0x1000 * script_below(s, 2);
    uint32_t value = script_random(s);

    if (script_chance(s, 50))
        return SETGPR_LO(5, value & 0xFFC0u);
    at += reg[script_below(s, N_OF(reg))];
    return OP(0x67, 5u << 18 | at / 4);
}

static uint32_t scalar_insn(struct script *s)
{
    static const uint8_t opcode[] = {0x45, 0x48, 0x58, 0x5A, 0x60, 0x67, 0xA0,
                                     0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xB0,
                                     0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6};
    uint32_t insn = OP(opcode[script_below(s, N_OF(opcode))], 0);
    uint32_t operands = script_random(s) & ALL_BITS;

    if (script_chance(s, 40))
        return store_overlay(s);
    if (insn == OP(0x60, 0))
        return insn;
    return insn | (operands & script_random(s));
}

static uint32_t counter_insn(struct script *s)
{
    static const uint8_t opcode[] = {0x50, 0x51, 0x52, 0x53,
                                     0x54, 0x55, 0x56, 0x5E};
    unsigned i = script_below(s, N_OF(opcode));
    uint32_t operands = script_random(s) & ALL_BITS & ~unused_bits[opcode[i]];

    if (!i) /* SETADC: 16 bits of value */
        operands &= ~0x30000u;
    return OP(opcode[i], operands);
}

#define WAYS(name)  name##_ways, N_OF(name##_ways)
#define WORDS(name) name##_words, N_OF(name##_words)

static const struct unit units[] = {
    {T1, WAYS(math), WORDS(math), math_insn, false, 2},
    {T1, WAYS(sfpu), WORDS(sfpu), sfpu_insn, false, 2},
    {T0, WAYS(unpack), WORDS(unpack), unpack_insn, false, 2},
    {T0, WAYS(to_dst), WORDS(unpack), unpack_insn, true, 2},
    {T2, WAYS(pack), WORDS(pack), pack_insn, false, 1},
    {T1, math_ways, 1, WORDS(scalar), scalar_insn, false, 5},
    {T0, unpack_ways, 1, WORDS(scalar), counter_insn, false, 5},
};

/* Compression is refused by the embedded chip alone (docs/emulator.md). */
static bool may_compress(unsigned word, uint32_t change)
{
    bool formats = word == 58 || word == 86 || word == 98 || word == 126;

    return formats && (change & 1u || (word == 58 && change & 1u << 21));
}

/* Words that cannot be read: tx_setup() leaves zeros there, or little more. */
static bool is_write_only(unsigned word)
{
    return word == 16 || word == 17 || word == 41 || word == 80 || word == 81 ||
           word >= 152;
}

/* Give the bits of @change in a word other values; others stay as they are. */
static void distort_word(struct script *s, const struct unit *u, unsigned word,
                         uint32_t change)
{
    uint32_t value = script_random(s);

    if (is_write_only(word)) {
        tx_config(s, word, change);
        return;
    }
    for (unsigned byte = 0; byte < 4; byte++) {
        uint32_t mask = change >> 8 * byte & 0xFFu;
        uint32_t data = value >> 8 * byte & 0xFFu;

        if (mask)
            tx_insn(s, u->thread,
                    OP(0xB3 + byte, mask << 16 | data << 8 | word));
    }
}

static void distort_state(struct script *s, const struct unit *u)
{
    unsigned word = u->words[script_below(s, u->n_words)];
    uint32_t change = sparse(s);

    if (may_compress(word, change))
        return;
    /* Rounding modes are refused when they are written: not every time. */
    if (word == 1 && script_chance(s, 90))
        change &= ~0x7FFFu;
    if (word < 0x100)
        distort_word(s, u, word, change);
    else
        tx_insn(s, u->thread, SETC16(word & 0xFFu, change & 0xFFFFu));
}

static void distort_rwcs(struct script *s)
{
    unsigned d = script_below(s, 16), b = script_below(s, 16);
    unsigned a = script_below(s, 16);

    tx_insn(s, T1, SETRWC(0, 0, d, b, a, script_below(s, 16)));
}

static void distort_counters(struct script *s, const struct unit *u)
{
    unsigned unpackers = 1 + script_below(s, 3);
    unsigned channel = script_below(s, 2), dimension = script_below(s, 4);
    uint32_t value = 1u << script_below(s, 12);

    if (u->thread == T1)
        distort_rwcs(s);
    else
        tx_insn(
            s, u->thread,
            SETADC(u->thread == T2 ? 4 : unpackers, channel, dimension, value));
}

/* Full banks, and Dst with SrcA in it. */
static void load_operands(struct script *s)
{
    tx_insn(s, T0, UNPACR(0, 0, 1));
    tx_insn(s, T0, UNPACR(1, 0, 1));
    for (unsigned row = 0; row < 64; row += 8)
        tx_insn(s, T1, OP(0x12, row << 17 | 2u << 12 | row));
}

/* All bits of what was unpacked, to Dst; waits for ever if nothing was. */
static void show_sources(struct script *s)
{
    tx_config(s, 1, F_TF32 << 17 | F_TF32 << 21);
    tx_config(s, 2, 1);
    for (unsigned i = 0; i < 64; i += 8)
        tx_insn(s, T1, OP(0x12, i << 17 | 2u << 12 | i));
    for (unsigned i = 0; i < 64; i += 4)
        tx_insn(s, T1, OP(0x13, i << 17 | 4u << 12 | (64 + i)));
}

static void one_unit(struct script *s)
{
    const struct unit *u = &units[script_below(s, N_OF(units))];
    struct tx_formats f = u->ways[script_below(s, u->n_ways)];

    f.to_dst = u->to_dst;
    if (u->thread == T2) /* the packers read what came as bf16 */
        f.in = f.src = F_BF16;
    tx_fill(s, f.in, 0, 0x4000);
    tx_setup(s, &f);
    tx_unpack_from(s, 0, SCRIPT_INPUT);
    tx_unpack_from(s, 1, SCRIPT_INPUT + 4096);
    tx_pack_to(s, &f, SCRIPT_DATA + 0x10000);
    if (u->thread != T0)
        load_operands(s);
    for (unsigned i = script_below(s, 3); i > 0; i--)
        distort_state(s, u);
    if (script_chance(s, 25))
        distort_counters(s, u);
    for (unsigned i = 1 + script_below(s, u->most); i > 0; i--)
        push(s, u->thread, distort(s, u->insn(s)));
    if (u->insn == unpack_insn && !u->to_dst)
        show_sources(s);
}

void case_refuse(struct script *s)
{
    static const struct tx_formats bf16 = {
        .in = F_BF16, .src = F_BF16, .acc = F_BF16, .out = F_BF16};

    if (script_chance(s, 70)) {
        one_unit(s);
    } else {
        tx_setup(s, &bf16);
        tx_unpack_from(s, 0, SCRIPT_INPUT);
        tx_unpack_from(s, 1, SCRIPT_INPUT + 2048);
        tx_pack_to(s, &bf16, SCRIPT_DATA + 0x10000);
        tx_insn(s, T0, UNPACR(0, 0, 1));
        tx_insn(s, T0, UNPACR(1, 0, 1));
        any(s);
    }
    read_debug(s);
    tx_dump_dst(s, 0);
    tx_dump_gprs(s);
}
