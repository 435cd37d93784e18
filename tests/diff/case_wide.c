/* SPDX-License-Identifier: MIT */
/* Matrix unit: the forms of instructions that programs rarely use. Each is
 * drawn from what both chips accept in the formats of the script. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

#define BIT(format) (1u << (format))

/* Formats with 8 exponent bits. */
#define FLOATS                                                                 \
    (BIT(F_FP32) | BIT(F_TF32) | BIT(F_BF16) | BIT(F_BFP8) | BIT(F_BFP4))

/** struct forms - what the unit is set to
 *  @a, @b: formats of SrcA and SrcB
 *  @pairs: Dst holds 32-bit datums */
struct forms {
    unsigned a, b;
    bool pairs;
};

static bool is_in(unsigned format, uint32_t set)
{
    return set & BIT(format);
}

/* ---- moves: four rows at a time, either half of a pair ---- */

static uint32_t low_half(struct script *s, bool legal)
{
    return script_chance(s, 30) && legal ? 1u << 23 : 0;
}

static void to_dst(struct script *s, const struct forms *f)
{
    bool from_a = script_chance(s, 50);
    uint32_t fp16 = BIT(F_FP16) | (from_a ? BIT(F_FP8) : 0);
    uint32_t low = low_half(s, f->a != F_TF32 && !is_in(f->a, fp16));
    uint32_t mode = from_a ? 2 : 2 + script_below(s, 4);
    uint32_t align = mode & 2u ? 8 : 4;
    uint32_t src = align * script_below(s, 64 / align);
    uint32_t dst = align * script_below(s, 1024 / align);

    if (!from_a && (f->a == F_BFP2 || f->a == F_FP8))
        return;
    tx_insn(s, T1,
            OP(from_a ? 0x12 : 0x13, low | src << 17 | mode << 12 | dst));
}

static void from_dst(struct script *s, const struct forms *f)
{
    bool to_a = script_chance(s, 50);
    uint32_t legal = FLOATS | BIT(F_FP16) | (to_a ? 0 : BIT(F_INT32));
    uint32_t low = low_half(s, !to_a && f->pairs && f->a != F_TF32);
    uint32_t mode = to_a ? 2 : 2 * script_below(s, 2);
    uint32_t src = 4 * script_below(s, 16), dst = 4 * script_below(s, 256);

    if (!is_in(f->a, legal) || f->a == (f->pairs ? F_FP16 : F_TF32))
        return;
    tx_insn(s, T1, OP(to_a ? 0x08 : 0x0A, low | src << 17 | mode << 12 | dst));
}

static void from_b_to_a(struct script *s)
{
    uint32_t a = 4 * script_below(s, 16), b = 4 * script_below(s, 16);

    tx_insn(s, T1, OP(0x0B, a << 17 | 2u << 12 | b));
}

/* ---- clears ---- */

static void clear_dst(struct script *s)
{
    static const uint8_t modes[] = {0, 1, 2, 3, 6, 7};
    static const uint16_t places[] = {512, 64, 2, 1, 2, 1};
    uint32_t i =
        script_chance(s, 80) ? script_below(s, 2) : 2 + script_below(s, 4);

    tx_insn(s, T1,
            OP(0x10, (uint32_t)modes[i] << 19 | script_below(s, places[i])));
}

static void clear_src(struct script *s)
{
    uint32_t which = 1 + script_below(s, 4);

    /* one bank of some registers, or both of all */
    tx_insn(s, T1, OP(0x11, which == 4 ? 4u | 3u : 8u | which));
}

/* ---- banks: all ways to hand them over ---- */

static void give_banks(struct script *s)
{
    uint32_t how = script_below(s, 4);

    /* Streams that wait for banks to be given, or to be free. */
    if (script_chance(s, 30)) {
        uint32_t wait = (1 + script_below(s, 3)) << 10;

        tx_insn(s, T1, OP(0xA2, 0x1FFu << 15 | wait));
        tx_insn(s, T2, OP(0xA2, 0x1FFu << 15 | wait));
        tx_insn(s, T2, SETGPR_LO(how, wait));
    }
    if (script_chance(s, 30))
        tx_insn(s, T0, OP(0xA2, 0x1FFu << 15 | 0x300u));
    for (unsigned unp = 0; unp < 2; unp++) {
        uint32_t block = script_below(s, 512);

        tx_unpack_from(s, unp, SCRIPT_INPUT + 16 * block);
        tx_insn(s, T0, UNPACR(unp, 0, how == 0 || (how == 3 && !unp)));
    }
    if (how == 1)
        tx_insn(s, T0, OP(0x57, 3)); /* SETDVALID */
    if (how == 3)
        tx_insn(s, T0, OP(0x57, 2)); /* of SrcB alone */
    for (uint32_t unp = 0; unp < 2 && how == 2; unp++)
        tx_insn(s, T0, OP(0x43, unp << 23 | 7u)); /* UNPACR_NOP */
}

/* With some banks kept valid by CLR_DVALID, which CLEARDVALID does not heed. */
static void take_banks(struct script *s, const struct forms *f)
{
    uint32_t keep = 1 + script_below(s, 3);

    switch (script_below(s, 4)) {
    case 0:
        tx_insn(s, T1, SETC16(5, keep));
        tx_insn(s, T1, SETRWC(keep, 0, 0, 0, 0, 15));
        tx_insn(s, T1, SETRWC(keep, 0, 0, 0, 0, 15)); /* the same again */
        tx_insn(s, T1, SETC16(5, 0));
        break;
    case 1:
        tx_insn(s, T1, OP(0x35, script_below(s, 4))); /* GATESRCRST */
        break;
    case 2:
        if (is_in(f->a, FLOATS) && is_in(f->b, FLOATS)) {
            uint32_t which = script_chance(s, 50) ? 0x28 : 0x30;

            tx_insn(s, T1, OP(which, 3u << 22 | 8 * script_below(s, 64)));
            return;
        }
        break;
    default:
        break;
    }
    tx_insn(s, T1, OP(0x36, 3u << 22));
}

/* ---- arithmetic in mixed formats ---- */

static void arithmetic(struct script *s, const struct forms *f)
{
    static const uint8_t opcode[] = {0x26, 0x27, 0x28, 0x30, 0x34};
    uint32_t which = opcode[script_below(s, 5)];
    uint32_t bits = script_below(s, 8) << 19; /* broadcast, accumulation */
    uint32_t dst = 8 * script_below(s, 64);
    bool product = which != 0x28 && which != 0x30;

    if (f->a == F_FP16 ? f->b != F_FP16
                       : !is_in(f->a, FLOATS) || !is_in(f->b, FLOATS))
        return;
    if (which == 0x26 || which == 0x34)
        bits = which == 0x34 ? 1u << 19 : 0;
    else if (which == 0x27)
        bits &= 3u << 19;
    tx_insn(s, T1, SETC16(6, product ? script_below(s, 4) : 0));
    tx_insn(s, T1, OP(which, bits | dst));
    tx_insn(s, T1, SETC16(6, 0));
}

/* ---- the script ---- */

/* Data that fit both exponent widths. */
static const struct tx_formats *random_way(struct script *s, struct forms *f)
{
    static const struct tx_formats ways[] = {
        {.in = F_FP32, .src = F_TF32, .acc = F_BF16, .out = F_BF16},
        {.in = F_FP16, .src = F_FP16, .acc = F_FP16, .out = F_FP16},
    };
    static const uint8_t a[] = {F_FP32, F_TF32, F_BF16,  F_BFP8, F_BFP4,
                                F_BF16, F_BFP2, F_INT32, F_INT16};
    bool half = script_chance(s, 20);

    f->a = half ? F_FP16 : a[script_below(s, 9)];
    f->b = half ? F_FP16 : a[script_below(s, 6)];
    f->pairs = script_chance(s, 50);
    return &ways[half];
}

static void random_step(struct script *s, const struct forms *f)
{
    switch (script_below(s, 10)) {
    case 0:
    case 1:
        from_dst(s, f);
        break;
    case 2:
        from_b_to_a(s);
        break;
    case 3:
        clear_dst(s);
        break;
    case 4:
        if (script_chance(s, 20))
            clear_src(s);
        else
            tx_insn(s, T1, OP(0x16, 0));
        break;
    case 5:
    case 6:
        arithmetic(s, f);
        break;
    default:
        to_dst(s, f);
    }
}

/* Formats, in the bank of Config that the math thread uses from now on. */
static void set_formats(struct script *s, const struct forms *f, unsigned acc)
{
    uint32_t value =
        f->a << 17 | f->b << 21 | acc << 25 | (uint32_t)f->pairs << 29;

    tx_config(s, 2, 0);
    tx_config(s, 1, value);
    if (script_chance(s, 70))
        return;
    /* Bank 1 has no address: by way of GPRs. Bank 0 gets something else. */
    tx_config(s, 1, F_INT8 << 17 | F_INT8 << 21);
    tx_insn(s, T1, SETC16(0, 1));
    tx_insn(s, T1, SETGPR_LO(0, value & 0xFFFFu));
    tx_insn(s, T1, SETGPR_HI(0, value >> 16));
    tx_insn(s, T1, SETGPR_LO(1, 0));
    tx_insn(s, T1, SETGPR_HI(1, 0));
    tx_insn(s, T1, WRCFG(0, 1));
    tx_insn(s, T1, WRCFG(1, 0));
    tx_insn(s, T1, WRCFG(1, 2));
}

void case_wide(struct script *s)
{
    struct forms f;
    const struct tx_formats *way = random_way(s, &f);

    tx_fill(s, way->in, 0, 0x8000);
    tx_setup(s, way);
    /* Another view of the same bits; a 16-bit Dst format for half floats. */
    set_formats(s, &f, way->acc);
    for (unsigned round = 0; round < 4; round++) {
        give_banks(s);
        for (unsigned i = 0; i < 12; i++)
            random_step(s, &f);
        take_banks(s, &f);
    }
    tx_dump_scalars(s);
    tx_dump_dst(s, PROBE_DST);
    tx_probe_math(s, false);
    tx_dump_dst(s, PROBE_OTHER);
    tx_dump_src(s);
    tx_dump_dst(s, PROBE_SRC);
}
