/* SPDX-License-Identifier: MIT */
/* Parts of scripts: set-up, unpacking, packing, dumps, random data. */
#include "tests/diff/tensix.h"

#include <string.h>

#define INSTRN_BUF 0xFFE40000u
#define CONFIG     0xFFEF0000u
#define TTSYNC     0xFFE80004u

void tx_insn(struct script *s, unsigned thread, uint32_t insn)
{
    if (s->core == 0)
        script_store(s, INSTRN_BUF + 0x10000u * thread, insn);
    else if (s->core == thread + 1)
        script_store(s, INSTRN_BUF, insn);
    else
        s->failed = true;
}

void tx_config(struct script *s, unsigned word, uint32_t value)
{
    script_store(s, CONFIG + 4 * word, value);
}

void tx_sync(struct script *s)
{
    script_store(s, TTSYNC, 0);
    script_load(s, TTSYNC);
}

/* First Config word of each packer. */
static const unsigned packer_word[4] = {56, 84, 96, 124};

static unsigned bits_of(unsigned format)
{
    switch (format) {
    case F_FP32:
    case F_INT32:
    case F_TF32:
        return 32;
    case F_FP16:
    case F_BF16:
    case F_INT16:
        return 16;
    case F_BFP4:
        return 4;
    case F_BFP2:
        return 2;
    default:
        return 8;
    }
}

static bool is_bfp(unsigned format)
{
    return format == F_BFP8A || format == F_BFP8 || format == F_BFP4 ||
           format == F_BFP2;
}

void tx_setup_packers(struct script *s, const struct tx_formats *f)
{
    uint32_t x = bits_of(f->acc) == 32 ? 4 : bits_of(f->acc) == 8 ? 1 : 2;

    tx_config(s, 8, x | 16 * x << 12);
    tx_config(s, 9, (256 * x & 0xFFF) | 1024 * x << 12);
    tx_config(s, 14, f->dst32);
    tx_config(s, 16, 0);
    tx_config(s, 17, 0);
    for (unsigned i = 0; i < 4; i++) {
        tx_config(s, 20 + i, 0xFFFF);
        tx_config(s, 24 + i, 16u << 8);
        tx_config(s, 152 + i, 16 * i);
        tx_config(s, packer_word[i] + 2, 1u | f->out << 4 | f->acc << 8);
        tx_config(s, packer_word[i] + 3, 0);
    }
}

void tx_setup_pack(struct script *s, const struct tx_formats *f)
{
    tx_setup_packers(s, f);
    tx_insn(s, T2, SETADCXX(4, 0, 255));
    tx_insn(s, T2, OP(0x51, 4u << 21 | 0xAu));
    tx_insn(s, T2, OP(0x54, 4u << 21 | 0xFu));
}

/* Exponents of BFP data come first: 64 bytes for all four faces. Face i is
 * @face bytes long. */
void tx_pack_to(struct script *s, const struct tx_formats *f, uint32_t addr)
{
    uint32_t face = 256 * bits_of(f->out) / 8;

    for (unsigned i = 0; i < 4; i++) {
        uint32_t exponents = 0, at = i * face / 16;

        if (is_bfp(f->out)) {
            at = i;
            exponents = 4 - i + i * face / 16;
        }
        tx_config(s, packer_word[i], exponents << 16);
        tx_config(s, packer_word[i] + 1,
                  i ? at - 1 : (addr / 16 - 1) | 0x80000000u);
    }
}

void tx_setup_unpackers(struct script *s, const struct tx_formats *f)
{
    for (unsigned unp = 0; unp < 2; unp++) {
        unsigned w = unp ? 92 : 52;

        tx_config(s, w, f->in | 1u << 4 | 256u << 16);
        tx_config(s, w + 1, 1u | 4u << 16);
        tx_config(s, w + 8, f->src | 2u << 4);
        tx_config(s, w + 9, 0xFu | (!unp && f->to_dst ? 0x10u : 0));
        tx_config(s, w + 12, 0);
    }
    tx_config(s, 41, 0);
    tx_config(s, 44, 0);
    tx_config(s, 45, 0);
    tx_config(s, 47, 0);
    tx_config(s, 72, 64u | 64u << 16);
    tx_config(s, 74, 256u | 256u << 16);
    tx_config(s, 80, 0);
    tx_config(s, 81, 0);
}

static void setup_unpack(struct script *s, const struct tx_formats *f)
{
    tx_setup_unpackers(s, f);
    tx_insn(s, T0, SETC16(3, f->to_dst ? 0 : 4));
    tx_insn(s, T0, SETADCXX(3, 0, 1023));
    tx_insn(s, T0, OP(0x51, 3u << 21 | 0xAu));
    tx_insn(s, T0, OP(0x54, 3u << 21 | 0xFu));
}

void tx_addr_mod(struct script *s, unsigned mode, unsigned a, unsigned b,
                 unsigned dst)
{
    tx_insn(s, T1, SETC16(7 + 2 * mode, a | b << 8));
    tx_insn(s, T1, SETC16(23 + mode, dst));
}

void tx_setup_math(struct script *s, const struct tx_formats *f)
{
    tx_config(s, 0, 0);
    tx_config(s, 1,
              f->src << 17 | f->src << 21 | f->acc << 25 |
                  (uint32_t)f->dst32 << 29 | (uint32_t)f->dst32 << 30);
    tx_config(s, 2, 0);
}

void tx_setup(struct script *s, const struct tx_formats *f)
{
    tx_setup_math(s, f);
    setup_unpack(s, f);
    tx_setup_pack(s, f);
    for (unsigned i = 0; i < 4; i++)
        tx_addr_mod(s, i, 0, 0, 0);
    tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
}

void tx_unpack_from(struct script *s, unsigned unp, uint32_t addr)
{
    tx_config(s, unp ? 104 : 64, addr / 16 - 1);
}

void tx_dump_dst(struct script *s, uint32_t at)
{
    /* The packers hand 16-bit integers through as they are. */
    const struct tx_formats raw = {
        .acc = F_INT16, .out = F_INT16, .src = F_BF16};

    tx_config(s, 1, (uint32_t)F_INT16 << 25);
    tx_config(s, 2, 0);
    tx_insn(s, T2, SETC16(0, 0));
    tx_insn(s, T2, SETC16(31, 0));
    tx_setup_pack(s, &raw);
    for (unsigned tile = 0; tile < 16; tile++) {
        for (unsigned i = 0; i < 4; i++)
            tx_config(s, 152 + i, 64 * tile + 16 * i);
        tx_pack_to(s, &raw, SCRIPT_DATA + at + 2048 * tile);
        tx_insn(s, T2, PACR(15, 0, 1));
    }
}

/* ---- random data ---- */

/* A float with an 8-bit exponent near that of 1, sometimes a special one. */
static uint32_t random_fp32(struct script *s)
{
    uint32_t bits = script_random(s);
    uint32_t kind = script_below(s, 32);

    if (kind == 0)
        return bits & 0x80000000u;
    if (kind == 1)
        return bits & 0x807FFFFFu;
    if (kind == 2)
        return bits | 0x7F800000u;
    if (kind == 3)
        return (bits & 0x80000000u) | 0x7F800000u;
    if (kind < 8)
        return bits;
    if (kind < 12) /* halfway between two shorter mantissas */
        bits = kind & 1 ? (bits & ~0xFFFFu) | 0x8000u
                        : (bits & ~0x1FFFu) | 0x1000u;
    return (bits & 0x807FFFFFu) | (119 + (bits >> 23 & 15)) << 23;
}

static uint16_t random_fp16(struct script *s)
{
    uint32_t bits = script_random(s);
    uint32_t kind = script_below(s, 16);

    if (kind == 0)
        return (uint16_t)(bits & 0x8000u);
    if (kind < 4)
        return (uint16_t)bits;
    return (uint16_t)((bits & 0x83FFu) | (11 + (bits >> 16 & 7)) << 10);
}

static uint32_t random_word(struct script *s, unsigned format)
{
    uint32_t low;

    switch (format) {
    case F_FP32:
    case F_TF32:
        return random_fp32(s);
    case F_BF16:
        low = random_fp32(s) >> 16;
        return low | (random_fp32(s) & 0xFFFF0000u);
    case F_FP16:
        low = random_fp16(s);
        return low | (uint32_t)random_fp16(s) << 16;
    default:
        return script_random(s);
    }
}

void tx_fill(struct script *s, unsigned format, uint32_t offset, uint32_t len)
{
    for (uint32_t i = 0; s->input && i < len; i += 4) {
        uint32_t word = random_word(s, format);

        memcpy(s->input + offset + i, &word, 4);
    }
    /* Exponents of blocks: near 127 instead of anything. */
    for (uint32_t i = 0; s->input && is_bfp(format) && i < 64; i++)
        if (script_chance(s, 80))
            s->input[offset + i] = (uint8_t)(120 + script_below(s, 16));
}
