/* SPDX-License-Identifier: MIT */
/* Packers: formats, addresses, counters, ReLU, accumulation in L1. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

/* From Dst to L1. */
static const struct tx_formats ways[] = {
    {.acc = F_FP16, .out = F_FP32},
    {.acc = F_FP16, .out = F_FP16},
    {.acc = F_FP16, .out = F_BF16},
    {.acc = F_BFP8A, .out = F_BFP8},
    {.acc = F_BF16, .out = F_FP32},
    {.acc = F_BF16, .out = F_BF16},
    {.acc = F_BF16, .out = F_BFP8},
    {.acc = F_BF16, .out = F_BFP4},
    {.acc = F_BF16, .out = F_BFP2},
    {.acc = F_BFP8, .out = F_FP32},
    {.acc = F_BFP8, .out = F_BF16},
    {.acc = F_BFP8, .out = F_BFP8},
    {.acc = F_BFP8, .out = F_BFP4},
    {.acc = F_INT16, .out = F_INT16},
    {.acc = F_FP32, .out = F_FP32, .dst32 = true},
    {.acc = F_FP32, .out = F_FP16, .dst32 = true},
    {.acc = F_FP32, .out = F_BFP8, .dst32 = true},
    {.acc = F_FP32, .out = F_BFP4, .dst32 = true},
    {.acc = F_FP32, .out = F_BFP2, .dst32 = true},
    {.acc = F_BF16, .out = F_BF16, .dst32 = true},
    {.acc = F_BFP8, .out = F_BFP8, .dst32 = true},
    {.acc = F_BFP8, .out = F_BFP4, .dst32 = true},
    {.acc = F_INT32, .out = F_INT32, .dst32 = true},
    {.acc = F_INT16, .out = F_INT16, .dst32 = true},
    {.acc = F_INT8, .out = F_INT8, .dst32 = true},
};
#define N_WAYS (sizeof(ways) / sizeof(ways[0]))

/* Fill all of Dst through unpacker 0, 32 bits at a time. */
static void fill_dst(struct script *s)
{
    const struct tx_formats f = {.in = F_INT32,
                                 .src = F_INT32,
                                 .acc = F_INT32,
                                 .out = F_INT32,
                                 .dst32 = true,
                                 .to_dst = true};

    tx_setup(s, &f);
    for (unsigned i = 0; i < 8; i++) {
        tx_config(s, 72, 64 + 1024 * i);
        tx_unpack_from(s, 0, SCRIPT_INPUT + 4096 * i);
        tx_insn(s, T0, UNPACR(0, 0, 0));
    }
    /* Some rows that read as zero. */
    for (unsigned i = 0; i < 4; i++)
        tx_insn(s, T1, OP(0x10, 1u << 19 | script_below(s, 64)));
}

static void random_relu(struct script *s, const struct tx_formats *f)
{
    uint32_t relu = 1 + script_below(s, 3);
    uint32_t threshold = script_chance(s, 50) ? script_below(s, 0x8000)
                                              : 0x3F00 + script_below(s, 0x100);

    if (f->acc == F_INT16 || f->acc == F_INT8)
        return;
    if (f->acc == F_INT32)
        relu = 1;
    tx_config(s, 2, relu << 2 | threshold << 6);
}

/* Rows that come from the second mask, and masks of columns. */
static void random_edges(struct script *s)
{
    static const uint32_t mask[] = {0, 1, 0xFFFF};

    for (unsigned i = 0; i < 2; i++) {
        tx_config(s, 20 + i, mask[script_below(s, 3)]);
        tx_config(s, 16 + i, script_random(s) & 0x55555555u);
    }
    if (script_chance(s, 50))
        tx_config(s, 20, (script_random(s) & 0x55) << 17 | 0xFFFF);
}

static void random_addr_mod(struct script *s)
{
    for (unsigned i = 0; i < 4; i++) {
        /* Y: clear, from its saved value; Z: one further, clear */
        uint32_t mod = script_chance(s, 10) ? 0x20 : 0;

        mod |= script_chance(s, 15) ? 0x10 : 0;
        mod |= script_chance(s, 15) ? 0x1000 : 0;
        mod |= script_chance(s, 10) ? 0x2000 : 0;

        tx_insn(s, T2, SETC16(31 + i, mod | script_below(s, 8)));
    }
}

static void accumulate(struct script *s, bool on)
{
    static const unsigned word[] = {59, 87, 99, 127};

    for (unsigned i = 0; i < 4; i++)
        tx_config(s, word[i], on ? 1u << 21 : 0);
}

/* A tile in one PACR of all packers, or in several with carried addresses. */
static void random_packs(struct script *s, const struct tx_formats *f,
                         uint32_t at)
{
    static const unsigned sel[] = {1, 3, 15, 15};
    unsigned packers = sel[script_below(s, 4)];
    unsigned parts = script_chance(s, 50) ? 1 : 1 + script_below(s, 4);
    unsigned datums = 16u << script_below(s, 5);
    bool flush;

    /* Back to the start of the tile. */
    tx_insn(s, T2, OP(0x51, 4u << 21 | 0xAu));
    tx_insn(s, T2, OP(0x54, 4u << 21 | 0xFu));
    tx_pack_to(s, f, SCRIPT_DATA + at);
    for (unsigned i = 0; i < 4; i++)
        tx_config(s, 152 + i, 16 * script_below(s, 44));
    for (unsigned i = 1; i <= parts; i++) {
        tx_insn(s, T2, SETADCXX(4, 0, datums - 1));
        if (script_chance(s, 40))
            tx_insn(s, T2, SETADC(4, 0, 1, script_below(s, 16)));
        if (script_chance(s, 20))
            tx_insn(s, T2, SETADC(4, 0, 2, script_below(s, 4)));
        flush = i == parts && script_chance(s, 15);
        tx_insn(s, T2, PACR(packers, script_below(s, 4), i == parts && !flush));
        if (flush) /* ends the tile without another datum */
            tx_insn(s, T2, PACR(packers, 0, 2));
    }
}

void case_pack(struct script *s)
{
    struct tx_formats f = ways[script_below(s, N_WAYS)];
    static const unsigned kinds[] = {F_FP32, F_BF16, F_FP16, F_INT32};
    bool acc = script_chance(s, 25) &&
               (f.out == F_FP32 || f.out == F_FP16 || f.out == F_BF16);

    f.src = F_BF16;
    tx_fill(
        s, f.dst32 && script_chance(s, 60) ? F_FP32 : kinds[script_below(s, 4)],
        0, 0x8000);
    fill_dst(s);
    tx_config(s, 1, F_BF16 << 17 | F_BF16 << 21 | f.acc << 25);
    tx_setup_pack(s, &f);
    random_addr_mod(s);
    if (script_chance(s, 30))
        random_relu(s, &f);
    if (script_chance(s, 20))
        random_edges(s);
    if (f.acc == F_INT8)
        tx_config(s, 14, 1u | script_below(s, 2) << 1);
    else if (f.dst32 &&
             (f.acc == F_INT32 || f.acc == F_INT16 || f.acc == F_FP32))
        tx_config(s, 14, 1u | script_below(s, 2) << 2);
    for (unsigned i = 0; i < 6; i++) {
        accumulate(s, acc && i >= 3);
        random_packs(s, &f, 0x10000 + 0x1000 * (i % 3));
    }
    accumulate(s, false);
    tx_dump_scalars(s);
    tx_probe_packers(s, T2);
    tx_dump_dst(s, PROBE_DST);
}
