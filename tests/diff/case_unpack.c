/* SPDX-License-Identifier: MIT */
/* Unpackers: formats, address counters, destinations. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

/* Pairs of formats: in L1 and in SrcA or SrcB. */
static const struct tx_formats to_src[] = {
    {.in = F_FP32, .src = F_TF32},   {.in = F_FP32, .src = F_BF16},
    {.in = F_FP32, .src = F_FP16},   {.in = F_FP16, .src = F_FP16},
    {.in = F_BF16, .src = F_BF16},   {.in = F_BFP8, .src = F_BFP8},
    {.in = F_BFP4, .src = F_BFP4},   {.in = F_BFP2, .src = F_BFP2},
    {.in = F_INT16, .src = F_INT16}, {.in = F_FP8, .src = F_FP8},
    {.in = F_INT8, .src = F_INT8},
};

/* Pairs that unpacker 0 can write to Dst. */
static const struct tx_formats to_dst[] = {
    {.in = F_FP32, .src = F_FP32, .to_dst = true},
    {.in = F_FP32, .src = F_TF32, .to_dst = true},
    {.in = F_INT32, .src = F_INT32, .to_dst = true},
};

/* Move the counters of channel 0 about; they stay small. */
static void random_counters(struct script *s)
{
    for (unsigned i = script_below(s, 4); i > 0; i--) {
        uint32_t sets = 1 + script_below(s, 3), low = script_below(s, 64);

        switch (script_below(s, 6)) {
        case 5: /* past the end of z */
            tx_insn(s, T0, SETADC(sets, 0, 2, 255));
            tx_insn(s, T0, OP(0x55, sets << 21 | (1 + (low & 3)) << 6));
            break;
        case 0:
            tx_insn(s, T0, OP(0x51, sets << 21 | (low & 7) << 9 | 2));
            break;
        case 1:
            tx_insn(s, T0, OP(0x52, sets << 21 | (low & 3) << 9));
            break;
        case 2:
            tx_insn(s, T0, OP(0x53, sets << 21 | (low & 3) << 9 | 2));
            break;
        case 3:
            tx_insn(s, T0, OP(0x55, sets << 21 | (low & 1) << 6));
            break;
        default:
            tx_insn(s, T0, SETADC(sets, 0, 1 + script_below(s, 2), low & 3));
        }
    }
}

static unsigned bytes_of(unsigned format)
{
    switch (format) {
    case F_FP32:
    case F_TF32:
    case F_INT32:
        return 4;
    case F_FP16:
    case F_BF16:
    case F_INT16:
        return 2;
    default:
        return 1;
    }
}

/* Tile descriptors of other shapes: strides of channel 0. */
static void random_shape(struct script *s, const struct tx_formats *f)
{
    uint32_t x = 16u << script_below(s, 5), z;

    for (unsigned w = 52; w <= 92; w += 40) {
        tx_config(s, w, f->in | 1u << 4 | x << 16);
        z = 1 + script_below(s, 4);
        tx_config(s, w + 1, z | script_below(s, 4) << 16);
    }
    tx_config(s, 74, x | (16u << script_below(s, 5)) << 16);
}

/* Which datums, and the first row that they go to: for unpacker 0 through the
 * address of its context, counted or not, for unpacker 1 through z. */
static void random_extent(struct script *s, const struct tx_formats *f,
                          unsigned unp)
{
    unsigned rows = f->to_dst ? 256 : 64;
    unsigned first = 8 * script_below(s, rows / 8);
    unsigned count = 16 * (1 + script_below(s, rows - first));
    bool counted = !unp && script_chance(s, 40);

    if (count > 1024)
        count = 1024;
    if (script_chance(s, 20))
        count -= script_below(s, 16);
    tx_insn(s, T0, SETADCXX(1u << unp, 0, count - 1));
    tx_insn(s, T0, SETADC(1u << unp, 1, 1, counted ? first : 0));
    tx_insn(s, T0, SETADC(1u << unp, 1, 2, unp ? first / 8 : 0));
    if (unp) {
        tx_config(s, 47, 128 * bytes_of(f->src));
        return;
    }
    tx_config(s, 41, counted ? 0x100 : 0);
    tx_config(s, 44, 16 * bytes_of(f->src) << 12);
    tx_config(s, 72, counted ? 64 : 64 + 16 * first);
}

/* All 19 bits of SrcA and SrcB to 32-bit rows of Dst from @row on. */
static void dump_src(struct script *s, unsigned row)
{
    tx_config(s, 1, F_TF32 << 17 | F_TF32 << 21);
    tx_config(s, 2, 1);
    for (unsigned i = 0; i < 64; i += 8)
        tx_insn(s, T1, OP(0x12, i << 17 | 2u << 12 | (row + i)));
    for (unsigned i = 0; i < 64; i += 4)
        tx_insn(s, T1, OP(0x13, i << 17 | 4u << 12 | (row + 64 + i)));
    tx_insn(s, T1, SETRWC(3, 0, 0, 0, 0, 0));
}

static void unpack_to_src(struct script *s, const struct tx_formats *f)
{
    static const uint32_t nop[] = {1, 1, 5};
    bool transpose = script_chance(s, 20);

    for (unsigned unp = 0; unp < 2; unp++) {
        /* Clear a bank first, so that nothing of it is left over. */
        tx_insn(s, T0,
                OP(0x43, unp << 23 | (unp ? 1 : nop[script_below(s, 3)])));
        tx_unpack_from(s, unp, SCRIPT_INPUT + 16 * script_below(s, 256));
        random_extent(s, f, unp);
        random_counters(s);
        if (!unp && transpose)
            tx_config(s, 60, f->src | 2u << 4 | 1u << 8);
        tx_insn(s, T0, UNPACR(unp, script_below(s, 256), 1));
        tx_config(s, 60, f->src | 2u << 4);
    }
}

/* The second context, an offset, other rates, tiles that are laid out in rows
 * or whose exponent is forced. */
static void rare_unpack(struct script *s, const struct tx_formats *f)
{
    unsigned unp = script_below(s, f->to_dst ? 1 : 2), w = unp ? 40 : 0;
    uint32_t ctx = script_below(s, 2), block = script_below(s, 256);
    uint32_t row = f->to_dst || !unp ? 16 * script_below(s, 2) : 0;
    bool in_rows = !unp && script_chance(s, 40) && bytes_of(f->in) > 0;
    uint32_t rate = 2u << 4, forced = script_chance(s, 30) ? 0x100 : 0;

    if (f->in == F_BFP4 || f->in == F_BFP2)
        in_rows = false;
    if (in_rows)
        rate |= 1u << 9 | (1 + script_below(s, 16)) << 16;
    else
        rate = script_below(s, 3) << 4;
    tx_insn(s, T0, SETC16(39, ctx << 8 * unp));
    tx_config(s, 64 + w + ctx, (SCRIPT_INPUT + 64 * block) / 16 - 1);
    tx_config(s, 60 + w, f->src | rate);
    tx_config(s, 61 + w, 0xFu | forced | (f->to_dst ? 0x30u : 0));
    tx_config(s, 41, script_below(s, 256));
    tx_config(s, 72, (64 + 16 * row) << 16 * ctx);
    tx_config(s, 74, 256u | 256u << 16);
    if (!unp)
        tx_config(s, 80 + ctx, 4 * script_below(s, 64));
    tx_insn(s, T0, SETADCXX(3, 0, 16 * (1 + script_below(s, 32)) - 1));
    tx_insn(s, T0, OP(0x51, 3u << 21 | 0xAu));
    tx_insn(s, T0, OP(0x54, 3u << 21 | 0xFu));
    tx_insn(s, T0, UNPACR(unp, 0, !f->to_dst));
    if (!f->to_dst)
        tx_insn(s, T0, OP(0x43, (1u - unp) << 23 | 7u));
    tx_insn(s, T0, SETC16(39, 0));
}

void case_unpack(struct script *s)
{
    bool dst = script_chance(s, 25);
    struct tx_formats f =
        dst ? to_dst[script_below(s, 3)]
            : to_src[script_below(s, sizeof(to_src) / sizeof(to_src[0]))];

    f.acc = f.out = F_BF16;
    tx_fill(s, f.in, 0, 0x10000);
    tx_setup(s, &f);
    if (script_chance(s, 20))
        tx_config(s, 1, 3u << 15); /* unsigned 8-bit integers */
    for (unsigned i = 0; i < 4; i++) {
        tx_setup_unpackers(s, &f);
        if (script_chance(s, 25)) {
            rare_unpack(s, &f);
            if (!dst)
                dump_src(s, 128 * i);
            continue;
        }
        if (script_chance(s, 60))
            random_shape(s, &f);
        if (dst) {
            tx_unpack_from(s, 0, SCRIPT_INPUT + 16 * script_below(s, 256));
            random_extent(s, &f, 0);
            random_counters(s);
            tx_insn(s, T0, UNPACR(0, script_below(s, 256), 0));
        } else {
            uint32_t formats = script_chance(s, 20) ? 3u << 15 : 0;

            tx_config(s, 1, formats);
            unpack_to_src(s, &f);
            dump_src(s, 128 * i);
        }
    }
    tx_dump_scalars(s);
    tx_dump_dst(s, PROBE_DST);
    tx_probe_unpackers(s, T0);
    tx_dump_dst(s, PROBE_OTHER);
    tx_dump_src(s);
    tx_dump_dst(s, PROBE_SRC);
}
