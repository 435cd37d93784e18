/* SPDX-License-Identifier: MIT */
/* Vector unit: random programs over registers that hold random data. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

static unsigned lreg(struct script *s)
{
    return script_below(s, 8);
}

/* A source register: constants too. */
static unsigned source(struct script *s)
{
    return script_chance(s, 80) ? lreg(s) : script_below(s, 16);
}

/* The common form: mod in the low bits, destination, source C, immediate. */
static uint32_t sfp(struct script *s, unsigned opcode, unsigned mod,
                    unsigned imm12)
{
    uint32_t c = source(s);

    return OP(opcode, imm12 << 12 | c << 8 | lreg(s) << 4 | mod);
}

static uint32_t random_mad(struct script *s)
{
    uint32_t a = source(s), b = source(s), c = source(s), d = lreg(s);

    switch (script_below(s, 3)) {
    case 0:
        return OP(0x84, a << 16 | b << 12 | c << 8 | d << 4);
    case 1:
        if (script_chance(s, 30))
            return OP(0x85, a << 16 | 10u << 12 | c << 8 | d << 4);
        return OP(0x85, 10u << 16 | b << 12 | c << 8 | d << 4);
    default:
        return OP(0x86, a << 16 | b << 12 | 9u << 8 | d << 4);
    }
}

static uint32_t random_float_op(struct script *s)
{
    uint32_t value = script_below(s, 0x10000), mod = script_below(s, 2);
    uint32_t imm = value << 8 | lreg(s) << 4;

    switch (script_below(s, 9)) {
    case 0:
        return OP(0x74, imm);
    case 1:
        return OP(0x75, imm);
    case 2:
        value &= 0xFFu; /* small, of both signs */
        return sfp(s, 0x76, mod, value < 128 ? value : 0xF00 + value);
    case 3:
        return OP(0x73, lreg(s) << 20 | 4u << 16);
    case 4:
        return OP(0x95, lreg(s) << 4 | 2);
    case 5:
        return sfp(s, 0x90, 0, 0);
    case 6:
        return sfp(s, 0x7D, mod, 0);
    default:
        return random_mad(s);
    }
}

static uint32_t random_field_op(struct script *s)
{
    static const unsigned rnd[] = {1, 2, 3, 6, 7};
    uint32_t bit = script_below(s, 2);

    switch (script_below(s, 8)) {
    case 0:
        return sfp(s, 0x78, bit, 0);
    case 1:
        return bit ? sfp(s, 0x82, 1, script_below(s, 256))
                   : sfp(s, 0x82, 2 * script_below(s, 2), 0);
    case 2:
        return sfp(s, 0x83, bit, 0);
    case 3:
        return bit ? sfp(s, 0x89, 1, script_below(s, 2)) : sfp(s, 0x89, 0, 0);
    case 4:
        return sfp(s, 0x8E, rnd[script_below(s, 5)], 0);
    case 5:
        return sfp(s, 0x77, 1, 0);
    case 6:
        return sfp(s, 0x7C, script_below(s, 3), 0);
    default:
        return bit ? sfp(s, 0x77, 0, 0) : OP(0x7C, 9u << 8 | lreg(s) << 4 | 8);
    }
}

static uint32_t random_integer_op(struct script *s)
{
    static const unsigned add[] = {4, 5, 6};
    uint32_t c = source(s), imm = script_below(s, 0x1000);

    switch (script_below(s, 9)) {
    case 0:
        return sfp(s, 0x7E, 0, 0);
    case 1:
        return sfp(s, 0x7F, 0, 0);
    case 2:
        return OP(0x80, c << 8 | lreg(s) << 4);
    case 3:
        return OP(0x8D, c << 8 | lreg(s) << 4);
    case 4:
        return sfp(s, 0x7A, 1, imm);
    case 5:
        return sfp(s, 0x7A, 0, 0);
    case 6:
        return sfp(s, 0x81, 4 * script_below(s, 2), 0);
    case 7:
        return imm & 16u ? sfp(s, 0x94, 5, imm & 15u) : sfp(s, 0x94, 3, 0);
    default:
        return sfp(s, 0x79, add[script_below(s, 3)], imm);
    }
}

static uint32_t random_shuffle(struct script *s)
{
    static const unsigned swap[] = {0, 1, 2, 3, 9};

    if (script_chance(s, 10))
        return OP(0x8F, 0);
    if (script_chance(s, 30))
        return OP(0x8C, 0);
    return sfp(s, 0x92, swap[script_below(s, 5)], 0);
}

/* Instructions on the lane flags; @depth is that of the stack. */
static uint32_t random_flag_op(struct script *s, unsigned *depth)
{
    static const unsigned flags[] = {0, 2, 4, 6};
    static const unsigned add[] = {0, 1, 2, 8, 9, 10};
    uint32_t c = source(s), imm = script_below(s, 0x1000);

    switch (script_below(s, 8)) {
    case 0:
    case 1:
        return OP(0x7B, c << 8 | flags[script_below(s, 4)]);
    case 2:
        return sfp(s, 0x77, script_chance(s, 50) ? 2 : 10, 0);
    case 3:
        return sfp(s, 0x79, add[script_below(s, 6)], imm);
    case 4:
        /* All lanes or none, flags on; never off: others need them. */
        if (script_chance(s, 30))
            return OP(0x8A, ((imm & 2u) | 1u) << 12 | 10);
        return sfp(s, 0x81, 2, 0);
    case 5:
        if (*depth >= 6)
            return OP(0x8B, 0);
        ++*depth;
        return OP(0x87, 0);
    case 6:
        if (!*depth)
            return OP(0x8A, 0);
        --*depth;
        return OP(0x88, 0);
    default:
        return OP(0x8B, 0);
    }
}

static uint32_t random_immediate(struct script *s)
{
    static const unsigned mod[] = {0, 1, 2, 4, 8, 10};

    uint32_t to = lreg(s), value = script_below(s, 0x10000);

    return SFPLOADI(to, mod[script_below(s, 6)], value);
}

/* Modes that convert between Dst and registers. */
static uint32_t random_transfer(struct script *s)
{
    static const unsigned load[] = {0, 2, 3, 4, 6, 12, 14, 15};
    static const unsigned store[] = {0, 2, 3, 4, 6, 7, 9, 12, 14, 15};
    uint32_t at = 2 * script_below(s, 256), mode = script_below(s, 4);

    uint32_t reg = script_below(s, 12);

    if (script_chance(s, 50))
        return SFPLOAD(reg & 7u, load[script_below(s, 8)], mode, at);
    return SFPSTORE(reg, store[script_below(s, 10)], mode, at);
}

static uint32_t random_sfpu(struct script *s, unsigned *depth)
{
    switch (script_below(s, 12)) {
    case 0:
    case 1:
    case 2:
        return random_float_op(s);
    case 3:
    case 4:
        return random_field_op(s);
    case 5:
    case 6:
        return random_integer_op(s);
    case 7:
        return random_shuffle(s);
    case 8:
        return random_flag_op(s, depth);
    case 9:
        return random_immediate(s);
    default:
        return random_transfer(s);
    }
}

/* With indices that travel along (ENABLE_DEST_INDEX), where only LReg 0..3 take
 * part, and with operands exchanged or not. */
static void random_swaps(struct script *s)
{
    static const unsigned swap[] = {0, 1, 2, 3, 9};
    uint32_t exchange = script_below(s, 2);

    tx_insn(s, T1, OP(0x91, (exchange << 8 | 4u) << 8 | 15u << 4 | 1));
    for (unsigned i = 0; i < 4; i++) {
        uint32_t pair = script_random(s) & 0x330u;

        tx_insn(s, T1, OP(0x92, pair | swap[script_below(s, 5)]));
    }
    tx_insn(s, T1, OP(0x91, exchange << 16 | 15u << 4 | 1));
}

/* LReg 11..14 and the lane configuration, from LReg 0 of all lanes. */
static void random_sfpconfig(struct script *s)
{
    tx_insn(s, T1, OP(0x8A, 3u << 12 | 10)); /* all lanes */
    tx_insn(s, T1, SFPLOADI(0, 8, script_below(s, 0x10000)));
    tx_insn(s, T1, SFPLOADI(0, 10, script_below(s, 0x10000)));
    tx_insn(s, T1, OP(0x91, (11 + script_below(s, 4)) << 4));
    /* Macros have registers too, which nothing shows. */
    tx_insn(s, T1, OP(0x91, script_below(s, 8) << 4));
    if (script_chance(s, 20))
        tx_insn(s, T1, OP(0x91, script_below(s, 0x1000) << 8 | 8u << 4 | 1));
    if (script_chance(s, 20))
        tx_insn(s, T1, OP(0x91, 11u << 4 | 1)); /* the default, -1.0 */
    if (script_chance(s, 20))
        random_swaps(s);
    if (script_chance(s, 30))
        tx_insn(s, T1, OP(0x91, script_below(s, 2) << 16 | 15u << 4 | 1));
}

static void dump_lregs(struct script *s)
{
    /* Flags first: which lanes a store reaches. */
    tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
    tx_insn(s, T1, SETC16(1, 0));
    tx_insn(s, T1, SFPSTORE(0, 4, 0, 256));
    tx_insn(s, T1, OP(0x8A, 3u << 12 | 10));
    for (unsigned i = 0; i < 12; i++)
        tx_insn(s, T1, SFPSTORE(i, 4, 0, 260 + 4 * i));
    for (unsigned i = 12; i < 16; i++) {
        tx_insn(s, T1, OP(0x7C, i << 8 | 2)); /* by way of LReg 0 */
        tx_insn(s, T1, SFPSTORE(0, 4, 0, 260 + 4 * i));
    }
}

/* What is left on the stack of lane flags, as lanes that a store reaches; and
 * the next random numbers of all lanes. */
static void dump_flags(struct script *s, unsigned depth)
{
    tx_insn(s, T1, OP(0x8A, 3u << 12 | 10)); /* all lanes */
    tx_insn(s, T1, OP(0x7C, 9u << 8 | 1u << 4 | 8));
    tx_insn(s, T1, SFPSTORE(1, 4, 0, 0));
    tx_insn(s, T1, SFPLOADI(0, 2, 0x1234));
    for (unsigned i = 0; i < depth; i++) {
        tx_insn(s, T1, OP(0x88, 0));
        tx_insn(s, T1, SFPSTORE(0, 4, 0, 4 + 4 * i));
    }
}

static void seed_registers(struct script *s)
{
    for (unsigned i = 0; i < 8; i++)
        tx_insn(s, T1, SFPLOAD(i, script_chance(s, 85) ? 3u : 4u, 0, 4 * i));
}

void case_sfpu(struct script *s)
{
    static const unsigned formats[] = {F_BF16, F_FP16, F_FP32, F_INT16};
    struct tx_formats f = {.in = F_FP32,
                           .src = F_FP32,
                           .acc = F_FP32,
                           .dst32 = true,
                           .to_dst = true};
    unsigned depth = 0;

    tx_fill(s, F_FP32, 0, 0x4000);
    tx_setup(s, &f);
    tx_unpack_from(s, 0, SCRIPT_INPUT);
    tx_insn(s, T0, UNPACR(0, 0, 0));
    tx_config(s, 72, 64 + 1024);
    tx_unpack_from(s, 0, SCRIPT_INPUT + 4096);
    tx_insn(s, T0, UNPACR(0, 0, 0));
    tx_config(s, 164, script_random(s));
    tx_insn(s, T1, OP(0x8A, 3u << 12 | 10));
    for (unsigned i = 0; i < 4; i++)
        tx_addr_mod(s, i, 0, 0, 2 * script_below(s, 8));
    if (script_chance(s, 30)) /* what transfer mode 0 means */
        tx_config(s, 1, formats[script_below(s, 4)] << 21);
    seed_registers(s);
    for (unsigned i = 0; i < 150; i++) {
        if (script_chance(s, 5)) {
            random_sfpconfig(s);
            seed_registers(s);
        }
        tx_insn(s, T1, random_sfpu(s, &depth));
    }
    tx_dump_scalars(s);
    dump_lregs(s);
    tx_dump_dst(s, PROBE_DST);
    dump_flags(s, depth);
    tx_dump_dst(s, PROBE_OTHER);
}
