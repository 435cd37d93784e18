/* SPDX-License-Identifier: MIT */
/* Matrix unit: moves, clears, counters and arithmetic. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

/* A way for data through SrcA, SrcB and Dst. */
static const struct tx_formats ways[] = {
    {.in = F_FP32, .src = F_TF32, .acc = F_FP32, .dst32 = true},
    {.in = F_BF16, .src = F_BF16, .acc = F_FP32, .dst32 = true},
    {.in = F_BF16, .src = F_BF16, .acc = F_BF16},
    {.in = F_FP16, .src = F_FP16, .acc = F_FP16},
    {.in = F_BFP8, .src = F_BFP8, .acc = F_BF16},
    {.in = F_BFP4, .src = F_BFP4, .acc = F_BF16},
    {.in = F_FP32, .src = F_BF16, .acc = F_BF16},
    /* The rest only for arithmetic. */
    {.in = F_FP16, .src = F_FP16, .acc = F_FP32, .dst32 = true},
    {.in = F_INT8, .src = F_INT8, .acc = F_INT32, .dst32 = true},
};
#define N_WAYS  (sizeof(ways) / sizeof(ways[0]))
#define N_MOVES (N_WAYS - 2)

static bool is_int8(const struct tx_formats *f)
{
    return f->src == F_INT8;
}

/* Full banks of random data in SrcA and SrcB. */
static void load_sources(struct script *s)
{
    tx_unpack_from(s, 0, SCRIPT_INPUT + 16 * script_below(s, 512));
    tx_unpack_from(s, 1, SCRIPT_INPUT + 16 * script_below(s, 512));
    tx_insn(s, T0, UNPACR(0, 0, 1));
    tx_insn(s, T0, UNPACR(1, 0, 1));
}

static void random_addr_mods(struct script *s)
{
    static const unsigned step[] = {0, 8, 16, 24, 32, 48};

    for (unsigned i = 0; i < 8; i++) {
        uint32_t ab = step[script_below(s, 6)];
        uint32_t dst = 8 * script_below(s, 8);

        ab |= step[script_below(s, 6)] << 8;

        /* Carriage return and clear bits of each counter. */
        for (unsigned bit = 6; bit < 16; bit += bit == 7 ? 7 : 1)
            ab |= script_chance(s, 12) ? 1u << bit : 0;

        if (script_chance(s, 15))
            dst |= 1u << (10 + script_below(s, 3));
        tx_insn(s, T1, SETC16(7 + 2 * i, ab));
        tx_insn(s, T1, SETC16(23 + i, dst));
        tx_insn(s, T1, SETC16(48 + i, script_chance(s, 10) ? 1 : 0));
    }
    tx_insn(s, T1, SETC16(2, script_below(s, 2)));
    tx_insn(s, T1, SETC16(1, 8 * script_below(s, 32)));
}

static void random_counters(struct script *s)
{
    uint32_t mask = 12 | script_below(s, 4);

    uint32_t d = 8 * script_below(s, 2), a = 8 * script_below(s, 2);

    if (script_chance(s, 70))
        tx_insn(s, T1, SETRWC(0, 0, d, a, a, mask));
    else
        tx_insn(s, T1,
                OP(0x38, (script_chance(s, 50) ? 4u : 0) << 18 | d << 14 |
                             (a & 8) << 10 | (a & 8) << 6));
}

static uint32_t random_mode(struct script *s)
{
    return script_below(s, 4) << 15;
}

static void dump_all(struct script *s, bool product)
{
    tx_dump_scalars(s);
    tx_dump_dst(s, PROBE_DST);
    tx_probe_math(s, product);
    tx_dump_dst(s, PROBE_OTHER);
    tx_dump_src(s);
    tx_dump_dst(s, PROBE_SRC);
}

/* ---- moves and clears ---- */

/* @src: first row of the source, on top of its counter. */
static uint32_t random_move(struct script *s, uint32_t src)
{
    uint32_t dst = 8 * script_below(s, 64), mode = random_mode(s);
    bool bit = script_chance(s, 50);

    switch (script_below(s, 9)) {
    case 0:
    case 1:
        return OP(0x12, src << 17 | mode | 2u << 12 | dst);
    case 2:
    case 3:
        return OP(0x13,
                  src << 17 | mode | (2 + script_below(s, 4)) << 12 | dst);
    case 4:
        return OP(0x08, src << 17 | mode | 2u << 12 | dst);
    case 5:
        return OP(0x0A, src << 17 | mode | (bit ? 2u << 12 : 0) | dst);
    case 6:
        return OP(0x0B, src << 17 | mode | 2u << 12 | (3 * src & 56));
    case 7:
        return OP(0x16, 0);
    default:
        return bit ? OP(0x10, mode | script_below(s, 256))
                   : OP(0x10, 1u << 19 | mode | script_below(s, 64));
    }
}

static struct tx_formats random_way(struct script *s, unsigned n)
{
    struct tx_formats f = ways[script_below(s, n)];

    f.out = f.acc;
    return f;
}

void case_move(struct script *s)
{
    struct tx_formats f = random_way(s, N_MOVES);

    tx_fill(s, f.in, 0, 0x8000);
    tx_setup(s, &f);
    random_addr_mods(s);
    if (script_chance(s, 20))
        tx_config(s, 2, script_below(s, 2));
    for (unsigned round = 0; round < 3; round++) {
        load_sources(s);
        for (unsigned i = 0; i < 20; i++) {
            bool aligned = script_chance(s, 40);

            /* Rows must not pass the end of a bank: either the counter counts,
             * or the operand. */
            if (aligned)
                tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
            else if (script_chance(s, 15))
                random_counters(s);
            tx_insn(s, T1,
                    random_move(s, aligned ? 8 * script_below(s, 8) : 0));
        }
        if (script_chance(s, 20))
            tx_insn(s, T1, OP(0x11, script_chance(s, 50) ? 8u | 3u : 4u | 3u));
        tx_insn(s, T1,
                script_chance(s, 50) ? SETRWC(3, 0, 0, 0, 0, 15)
                                     : OP(0x36, 3u << 22));
    }
    dump_all(s, false);
}

/* ---- arithmetic ---- */

static uint32_t random_elementwise(struct script *s)
{
    static const unsigned opcode[] = {0x27, 0x28, 0x30};
    unsigned i = script_below(s, 3);
    /* A product is always accumulated. */
    uint32_t accumulate = i ? script_below(s, 2) : 0;

    uint32_t broadcast = script_below(s, 4) << 19, mode = random_mode(s);

    return OP(opcode[i],
              accumulate << 21 | broadcast | mode | 8 * script_below(s, 64));
}

static uint32_t random_product(struct script *s)
{
    uint32_t mode = random_mode(s);

    if (script_chance(s, 75))
        return OP(0x26, mode | 8 * script_below(s, 64));
    return OP(0x34, 1u << 19 | mode | 4 * script_below(s, 128));
}

/* Counters where every instruction accepts them. */
static void align_counters(struct script *s)
{
    tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
}

/* Address modes that go on to another fidelity phase, or back to the first. */
static void random_phases(struct script *s, bool on)
{
    for (unsigned i = 0; i < 8; i++) {
        uint32_t phase = on ? script_below(s, 5) : 0;

        tx_insn(s, T1, SETC16(23 + i, phase << 13 | 8 * script_below(s, 8)));
    }
}

/* Fidelity phases are for multiplications only. */
static void random_arithmetic(struct script *s, bool products)
{
    tx_insn(s, T1, SETC16(6, products ? script_below(s, 4) : 0));
    random_phases(s, products);
    for (unsigned i = 0; i < 6; i++) {
        if (script_chance(s, 30))
            align_counters(s);
        tx_insn(s, T1, products ? random_product(s) : random_elementwise(s));
    }
    align_counters(s);
}

/* Something in Dst to add to: zeros, or the sources. */
static void prepare_dst(struct script *s, const struct tx_formats *f)
{
    if (is_int8(f) || script_chance(s, 50)) {
        tx_insn(s, T1, OP(0x10, 3u << 19));
        return;
    }
    for (unsigned row = 0; row < 512; row += 8)
        tx_insn(s, T1, OP(0x12, (row & 63) << 17 | 2u << 12 | row));
}

/* GMPOOL takes ones in SrcB. */
static void column_max(struct script *s, const struct tx_formats *f)
{
    const uint32_t one = f->in == F_FP32 ? 0x3F800000u : 0x3F803F80u;
    const uint32_t at = SCRIPT_INPUT_SIZE - 4096;

    for (uint32_t i = 0; s->input && i < 4096; i++)
        s->input[at + i] = (uint8_t)(one >> 8 * (i & 3));
    tx_unpack_from(s, 0, SCRIPT_INPUT + 16 * script_below(s, 512));
    tx_unpack_from(s, 1, SCRIPT_INPUT + at);
    tx_insn(s, T0, UNPACR(0, 0, 1));
    tx_insn(s, T0, UNPACR(1, 0, 1));
    for (unsigned i = 0; i < 8; i++) {
        tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
        tx_insn(s, T1, OP(0x33, 1u << 19 | 4 * script_below(s, 32)));
    }
    tx_insn(s, T1, SETRWC(3, 0, 0, 0, 0, 15));
}

void case_matrix(struct script *s)
{
    struct tx_formats f = random_way(s, N_WAYS);

    tx_fill(s, f.in, 0, 0x8000);
    tx_setup(s, &f);
    if (is_int8(&f))
        tx_config(s, 1, F_INT8 << 17 | F_INT8 << 21 | F_INT32 << 25 | 1u << 31);
    load_sources(s);
    prepare_dst(s, &f);
    random_addr_mods(s);
    tx_insn(s, T1, SETC16(2, 0));
    for (unsigned i = 0; i < 8; i++) {
        /* SrcA in steps of 16, no bias: what all operations accept. */
        uint32_t a = 16 * script_below(s, 4);

        tx_insn(s, T1, SETC16(7 + 2 * i, a | 8 * script_below(s, 8) << 8));
        tx_insn(s, T1, SETC16(48 + i, 0));
    }
    for (unsigned round = 0; round < 4; round++)
        random_arithmetic(s, script_chance(s, 50));
    tx_insn(s, T1, SETC16(6, 0));
    if (script_chance(s, 50))
        tx_insn(s, T1, OP(0x27, 3u << 22));
    else
        tx_insn(s, T1, SETRWC(3, 0, 0, 0, 0, 15));
    if (f.src == F_BF16 || f.src == F_TF32)
        column_max(s, &f);
    dump_all(s, true);
}
