/* SPDX-License-Identifier: MIT */
/* Vector unit: registers, Dst loads and stores, lane flags, configuration. */
#include "device/emu/check.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_sfpu.h"
#include "device/emu/tensix_units.h"

#include <string.h>

#define ONE  0x3F800000u
#define SIGN 0x80000000u

#define INLINE static inline __attribute__((always_inline))

enum { LANE_CONFIG_DEST_INDEX = 0x4, LANE_CONFIG_KNOWN = 0x104 };

/* ------------------------------------------------------------------ */
/* Shared by all vector instructions                                   */

enum tt_step tt_sfp_refuse(struct tt_tensix *t, unsigned thread,
                           const char *name, uint32_t insn)
{
    return tt_tensix_refuse(
        t, thread, "%s: mode %u, VD %u, VC %u, VB %u, VA %u", name,
        (unsigned)TT_BITS(insn, 3, 0), (unsigned)TT_BITS(insn, 7, 4),
        (unsigned)TT_BITS(insn, 11, 8), (unsigned)TT_BITS(insn, 15, 12),
        (unsigned)TT_BITS(insn, 19, 16));
}

bool tt_sfp_odd_begin(struct tt_tensix *t, unsigned thread, uint32_t insn,
                      const char *name, enum tt_step *out_step)
{
    uint32_t dest = TT_BITS(insn, 7, 4);

    if (dest >= 12) {
        if (tt_sfp_lanes(&t->sfpu) == 0xFFFFFFFFu)
            t->sfpu.macro_template[dest - 12] = insn;
        else
            *out_step = tt_tensix_refuse(t, thread,
                                         "%s: template with lanes off", name);
        return false;
    }
    /* SFPSWAP handles its second register file itself */
    if ((t->sfpu.lane_config & LANE_CONFIG_DEST_INDEX) && insn >> 24 != 0x92) {
        *out_step =
            tt_tensix_refuse(t, thread, "%s: LReg %u with ENABLE_DEST_INDEX",
                             name, (unsigned)dest);
        return false;
    }
    return true;
}

TT_SIMD static void blend(uint32_t *restrict reg, const uint32_t *value,
                          uint32_t lanes)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        reg[i] = lanes >> i & 1u ? value[i] : reg[i];
}

enum tt_step tt_sfp_put(struct tt_sfpu *s, uint32_t reg, uint32_t lanes,
                        const uint32_t *value)
{
    if (lanes == 0xFFFFFFFFu)
        memcpy(s->lreg[reg], value, sizeof(s->lreg[reg]));
    else
        blend(s->lreg[reg], value, lanes);
    return TT_STEP_DONE;
}

void tt_sfp_set_cc(struct tt_sfpu *s, uint32_t lanes, uint32_t flags)
{
    s->cc = (s->cc & ~lanes) | (flags & lanes);
}

TT_SIMD uint32_t tt_sfp_sign_bits(const uint32_t *value)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < TT_LANES; i++)
        bits |= value[i] >> 31 << i;
    return bits;
}

TT_SIMD uint32_t tt_sfp_zero_bits(const uint32_t *value)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < TT_LANES; i++)
        bits |= (value[i] ? 0u : 1u) << i;
    return bits;
}

/* ------------------------------------------------------------------ */
/* SFPLOAD, SFPSTORE: 4 rows of Dst, even or odd columns               */

/* Data modes of SFPLOAD and SFPSTORE (SFPLOAD.md) */
enum {
    MODE_DEFAULT = 0,
    MODE_FP16 = 1,
    MODE_BF16 = TT_SFP_BF16,
    MODE_FP32 = TT_SFP_FP32,
    MODE_INT32 = TT_SFP_INT32,
    MODE_UINT16 = 6,
    MODE_RAW32 = 7,
    MODE_SWAPPED = 9,
    MODE_SIGNED32 = 12,
    MODE_LO16 = 14,
    MODE_HI16 = 15
};

/* Where an access goes and how it converts. */
struct access {
    uint32_t mode, reg;
    uint32_t row;   /* first of four, in its view */
    uint32_t lanes; /* that are on */
    bool odd;       /* odd columns */
};

enum { MODE_BAD = 16 };

/* The data mode of an access; MODE_BAD if the instruction is not legal. */
INLINE uint32_t access_mode(const struct tt_tensix *t, unsigned thread,
                            uint32_t insn, uint32_t row, uint32_t modes,
                            uint32_t bf16_formats)
{
    uint32_t mode = TT_BITS(insn, 19, 16);
    unsigned bank, fmt;

    if (!(modes >> mode & 1u) || (row | insn) & 1u ||
        TT_BITS(insn, 23, 20) > 11)
        return MODE_BAD;
    if (mode != MODE_DEFAULT)
        return mode;
    bank = tt_cfg_bank(t, thread);
    if (tt_cfg_get(t, bank, TT_CF_SFPU_FP32))
        return MODE_FP32;
    fmt = tt_cfg_get(t, bank, TT_CF_SRCB_FMT);
    if (bf16_formats & TT_FMT_BIT(fmt))
        return MODE_BF16;
    return fmt == TT_FMT_FP16 ? MODE_FP16 : MODE_BAD;
}

INLINE bool is_pairs(uint32_t mode)
{
    const uint32_t pairs = 1u << MODE_FP32 | 1u << MODE_INT32 |
                           1u << MODE_RAW32 | 1u << MODE_SWAPPED |
                           1u << MODE_SIGNED32;

    return pairs >> mode & 1u;
}

/*
 * The cells of an access are every second one of four whole rows: so the even
 * and the odd cell of a column pair make a word, and lane i takes a half of
 * word i. The four rows stay together in the 32-bit view.
 */
INLINE struct access access_of(const struct tt_tensix *t, uint32_t insn,
                               uint32_t mode, uint32_t row)
{
    return (struct access){
        .mode = mode,
        .reg = TT_BITS(insn, 23, 20),
        .row = is_pairs(mode) ? tt_dst_row32(row & ~3u) : row & ~3u,
        .lanes = tt_sfp_lanes(&t->sfpu),
        .odd = row >> 1 & 1u,
    };
}

static enum tt_step bad_access(struct tt_tensix *t, unsigned thread,
                               uint32_t insn, const char *name)
{
    return tt_tensix_refuse(
        t, thread, "%s: mode %u, LReg %u, Dst %u", name,
        (unsigned)TT_BITS(insn, 19, 16), (unsigned)TT_BITS(insn, 23, 20),
        (unsigned)tt_math_dst_row(t, thread, TT_BITS(insn, 9, 0)));
}

INLINE uint32_t rows_valid(const struct tt_tensix *t, uint32_t row)
{
    uint32_t valid; /* of four rows; 0 or 1 each */

    memcpy(&valid, &t->dst_valid[row], sizeof(valid));
    return valid;
}

/* Cells as 32-bit words: one cell, or a pair high and low. */
INLINE void gather(const struct tt_tensix *t, const struct access *a,
                   bool pairs, uint32_t *out)
{
    const uint32_t row = a->row, shift = a->odd ? 16 : 0;
    uint32_t hi[TT_LANES], lo[TT_LANES];

    memcpy(hi, t->dst[row], sizeof(hi));
    if (pairs)
        memcpy(lo, t->dst[row + TT_DST_LO_ROWS], sizeof(lo));
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = pairs ? hi[i] >> shift << 16 | (lo[i] >> shift & 0xFFFFu)
                       : hi[i] >> shift & 0xFFFFu;
    if (rows_valid(t, row) == 0x01010101u)
        return;
    for (uint32_t r = 0; r < 4; r++)
        if (!t->dst_valid[row + r])
            memset(&out[8 * r], 0, 8 * sizeof(*out));
}

/* Replace one half of the words of four rows in the lanes that are on. */
INLINE void put_halves(uint16_t *cells, const uint32_t *value, unsigned from,
                       unsigned to, uint32_t lanes)
{
    uint32_t word[TT_LANES];

    memcpy(word, cells, sizeof(word));
    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t on = lanes >> i & 1u ? 0xFFFFu << to : 0;

        word[i] = (word[i] & ~on) | (value[i] >> from << to & on);
    }
    memcpy(cells, word, sizeof(word));
}

INLINE void validate(struct tt_tensix *t, uint32_t row, uint32_t lanes)
{
    for (uint32_t r = 0; r < 4; r++)
        if (lanes >> (8 * r) & 0xFFu)
            t->dst_valid[row + r] = 1;
}

/* A row with a lane off keeps its other cells, even if it read as zero. */
INLINE void scatter(struct tt_tensix *t, const struct access *a, bool pairs,
                    const uint32_t *in)
{
    const uint32_t row = a->row, lanes = a->lanes;
    const unsigned to = a->odd ? 16 : 0;

    put_halves(t->dst[row], in, pairs ? 16 : 0, to, lanes);
    if (pairs)
        put_halves(t->dst[row + TT_DST_LO_ROWS], in, 0, to, lanes);
    validate(t, row, lanes);
}

/* Dst's order of the upper 16 bits (sign, mantissa, exponent) to IEEE's. */
INLINE uint32_t unshuffle(uint32_t v)
{
    return (v & 0x8000FFFFu) | (v & 0x00FF0000u) << 7 | (v & 0x7F000000u) >> 8;
}

INLINE uint32_t shuffle(uint32_t v)
{
    return (v & 0x8000FFFFu) | (v & 0x7F800000u) >> 7 | (v & 0x007F0000u) << 8;
}

INLINE uint32_t fp16_cell_to_fp32(uint32_t v)
{
    uint32_t exp = v & 31u;

    return (v & 0x8000u) << 16 | (exp ? exp + 112 : 0) << 23 |
           (v >> 5 & 0x3FFu) << 13;
}

INLINE uint32_t from_dst(uint32_t mode, uint32_t old, uint32_t v)
{
    switch (mode) {
    case MODE_FP16:
        return fp16_cell_to_fp32(v);
    case MODE_BF16:
        return unshuffle(v << 16);
    case MODE_FP32:
    case MODE_INT32:
        return unshuffle(v);
    case MODE_SIGNED32:
        v = unshuffle(v);
        return v & SIGN ? 0u - (v & ~SIGN) : v;
    case MODE_LO16:
        return v | (old & 0xFFFF0000u);
    case MODE_HI16:
        return v << 16 | (old & 0xFFFFu);
    default: /* MODE_UINT16 */
        return v;
    }
}

/* One mode: the switch is decided before the loop. */
INLINE void load_mode(struct tt_tensix *t, const struct access *a,
                      uint32_t mode, bool pairs)
{
    uint32_t *reg = t->sfpu.lreg[a->reg];
    const uint32_t lanes = a->lanes;
    uint32_t v[TT_LANES];

    gather(t, a, pairs, v);
    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t new = from_dst(mode, reg[i], v[i]);

        reg[i] = lanes >> i & 1u ? new : reg[i];
    }
}

/* The modes that float kernels use, all rows valid. */
INLINE bool load_fast(struct tt_tensix *t, struct access a)
{
    const uint16_t *hi = t->dst[a.row], *lo = NULL;

    if (a.mode == MODE_FP32 || a.mode == MODE_INT32)
        lo = t->dst[a.row + TT_DST_LO_ROWS];
    else if (a.mode != MODE_BF16)
        return false;
    return rows_valid(t, a.row) == 0x01010101u &&
           tt_avx2_sfp_load(hi, lo, a.odd, a.lanes, t->sfpu.lreg[a.reg]);
}

TT_SIMD static void load_lanes(struct tt_tensix *t, const struct access *a)
{
    switch (a->mode) {
    case MODE_FP16:
        load_mode(t, a, MODE_FP16, false);
        break;
    case MODE_BF16:
        load_mode(t, a, MODE_BF16, false);
        break;
    case MODE_FP32:
    case MODE_INT32:
        load_mode(t, a, MODE_FP32, true);
        break;
    case MODE_SIGNED32:
        load_mode(t, a, MODE_SIGNED32, true);
        break;
    case MODE_LO16:
        load_mode(t, a, MODE_LO16, false);
        break;
    case MODE_HI16:
        load_mode(t, a, MODE_HI16, false);
        break;
    default:
        load_mode(t, a, MODE_UINT16, false);
        break;
    }
}

enum tt_step tt_op_sfpload(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const uint32_t modes = 1u << MODE_DEFAULT | 1u << MODE_BF16 |
                           1u << MODE_FP32 | 1u << MODE_INT32 |
                           1u << MODE_UINT16 | 1u << MODE_SIGNED32 |
                           1u << MODE_LO16 | 1u << MODE_HI16;
    const uint32_t bf16 = TT_FMT_BIT(TT_FMT_FP32) | TT_FMT_BIT(TT_FMT_BF16) |
                          TT_FMT_BIT(TT_FMT_BFP8) | TT_FMT_BIT(TT_FMT_BFP4) |
                          TT_FMT_BIT(TT_FMT_INT16);
    const uint32_t row = tt_math_dst_row(t, thread, TT_BITS(insn, 9, 0));
    uint32_t mode = access_mode(t, thread, insn, row, modes, bf16);
    struct access a = access_of(t, insn, mode, row);

    if (mode == MODE_BAD)
        return bad_access(t, thread, insn, "SFPLOAD");

    if (t->check && a.reg < 8)
        tt_check_dst_math(t, thread, row & ~3u);
    /* a load of a constant only counts */
    if (a.reg < 8 && !load_fast(t, a))
        load_lanes(t, &a);
    return tt_rwc_update(t, thread, TT_BITS(insn, 15, 14), false);
}

/* Truncated, saturated to the largest number: there are no infinities. */
INLINE uint32_t fp32_to_fp16_cell(uint32_t v)
{
    int32_t exp = (int32_t)(v >> 23 & 255u) - 112;
    uint32_t mag = (v >> 13 & 0x3FFu) << 5 | ((uint32_t)exp & 31u);

    mag = exp <= 0 ? 0 : mag;
    mag = exp > 31 ? 0x7FFFu : mag;
    return (v >> 16 & 0x8000u) | mag;
}

INLINE uint32_t flush(uint32_t v)
{
    return v & 0x7F800000u ? v : v & SIGN;
}

INLINE uint32_t to_dst(uint32_t mode, uint32_t v)
{
    switch (mode) {
    case MODE_FP16:
        return fp32_to_fp16_cell(v);
    case MODE_BF16:
        return shuffle(flush(v)) >> 16;
    case MODE_FP32:
        return shuffle(flush(v));
    case MODE_INT32:
        return shuffle(v);
    case MODE_SWAPPED:
        return v << 16 | v >> 16;
    case MODE_SIGNED32:
        return shuffle(v & SIGN ? SIGN | (0u - v) : v);
    case MODE_HI16:
        return v >> 16;
    default: /* MODE_UINT16, MODE_LO16, MODE_RAW32 */
        return v;
    }
}

INLINE void store_mode(struct tt_tensix *t, const struct access *a,
                       uint32_t mode, bool pairs)
{
    const uint32_t *reg = t->sfpu.lreg[a->reg];
    uint32_t v[TT_LANES];

    for (unsigned i = 0; i < TT_LANES; i++)
        v[i] = to_dst(mode, reg[i]);
    scatter(t, a, pairs, v);
}

INLINE bool store_fast(struct tt_tensix *t, struct access a)
{
    uint16_t *hi = t->dst[a.row], *lo = NULL;

    if (a.mode == MODE_FP32 || a.mode == MODE_INT32)
        lo = t->dst[a.row + TT_DST_LO_ROWS];
    else if (a.mode != MODE_BF16)
        return false;
    if (!tt_avx2_sfp_store(t->sfpu.lreg[a.reg], a.mode != MODE_INT32, a.odd,
                           a.lanes, hi, lo))
        return false;
    if (a.lanes == 0xFFFFFFFFu)
        memset(&t->dst_valid[a.row], 1, 4);
    else
        validate(t, a.row, a.lanes);
    return true;
}

TT_SIMD static void store_lanes(struct tt_tensix *t, const struct access *a)
{
    switch (a->mode) {
    case MODE_FP16:
        store_mode(t, a, MODE_FP16, false);
        break;
    case MODE_BF16:
        store_mode(t, a, MODE_BF16, false);
        break;
    case MODE_FP32:
        store_mode(t, a, MODE_FP32, true);
        break;
    case MODE_INT32:
        store_mode(t, a, MODE_INT32, true);
        break;
    case MODE_SWAPPED:
        store_mode(t, a, MODE_SWAPPED, true);
        break;
    case MODE_SIGNED32:
        store_mode(t, a, MODE_SIGNED32, true);
        break;
    case MODE_RAW32:
        store_mode(t, a, MODE_RAW32, true);
        break;
    case MODE_HI16:
        store_mode(t, a, MODE_HI16, false);
        break;
    default:
        store_mode(t, a, MODE_UINT16, false);
        break;
    }
}

enum tt_step tt_op_sfpstore(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const uint32_t modes = 1u << MODE_DEFAULT | 1u << MODE_BF16 |
                           1u << MODE_FP32 | 1u << MODE_INT32 |
                           1u << MODE_UINT16 | 1u << MODE_RAW32 |
                           1u << MODE_SWAPPED | 1u << MODE_SIGNED32 |
                           1u << MODE_LO16 | 1u << MODE_HI16;
    const uint32_t bf16 = TT_FMT_BIT(TT_FMT_FP32) | TT_FMT_BIT(TT_FMT_BF16) |
                          TT_FMT_BIT(TT_FMT_BFP8) | TT_FMT_BIT(TT_FMT_BFP4) |
                          TT_FMT_BIT(TT_FMT_INT16) | TT_FMT_BIT(TT_FMT_BFP2);
    const uint32_t row = tt_math_dst_row(t, thread, TT_BITS(insn, 9, 0));
    uint32_t mode = access_mode(t, thread, insn, row, modes, bf16);
    struct access a = access_of(t, insn, mode, row);

    if (mode == MODE_BAD)
        return bad_access(t, thread, insn, "SFPSTORE");

    if (t->check)
        tt_check_dst_math(t, thread, row & ~3u);
    if (!store_fast(t, a))
        store_lanes(t, &a);
    return tt_rwc_update(t, thread, TT_BITS(insn, 15, 14), false);
}

/* @value beside the bits of @keep. */
TT_SIMD static void immediate(uint32_t *reg, uint32_t lanes, uint32_t value,
                              uint32_t keep)
{
    if (lanes == 0xFFFFFFFFu && !keep) {
        for (unsigned i = 0; i < TT_LANES; i++)
            reg[i] = value;
        return;
    }
    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t new = value | (reg[i] & keep);

        reg[i] = lanes >> i & 1u ? new : reg[i];
    }
}

enum tt_step tt_op_sfploadi(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t reg = TT_BITS(insn, 23, 20), mode = TT_BITS(insn, 19, 16);
    uint32_t imm = TT_BITS(insn, 15, 0), value, keep = 0;

    switch (mode) {
    case 0: /* bf16 */
        value = imm << 16;
        break;
    case 1: /* fp16, rebiased, no infinities */
        value = (imm & 0x8000u) << 16 | ((imm & 0x7FFFu) + (112u << 10)) << 13;
        break;
    case 2: /* unsigned */
        value = imm;
        break;
    case 4: /* signed */
        value = imm | (imm & 0x8000u ? 0xFFFF0000u : 0);
        break;
    case 8: /* upper half */
        value = imm << 16;
        keep = 0xFFFFu;
        break;
    case 10: /* lower half */
        value = imm;
        keep = 0xFFFF0000u;
        break;
    default:
        reg = TT_LANES;
        value = 0;
    }
    if (reg >= 8)
        return tt_tensix_refuse(t, thread, "SFPLOADI: mode %u, LReg %u",
                                (unsigned)mode,
                                (unsigned)TT_BITS(insn, 23, 20));

    immediate(t->sfpu.lreg[reg], tt_sfp_lanes(&t->sfpu), value, keep);
    return TT_STEP_DONE;
}

/* ------------------------------------------------------------------ */
/* Lane flags                                                          */

enum tt_step tt_op_sfpsetcc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;
    const uint32_t *c;
    uint32_t flags;

    if (!tt_sfp_begin(t, thread, insn, "SFPSETCC", &x))
        return x.step;
    if ((x.mod & 1u) || x.mod > 6 || x.dest || x.imm || !t->sfpu.cc_en)
        return tt_sfp_refuse(t, thread, "SFPSETCC", insn);

    c = t->sfpu.lreg[x.c];
    /* 0: negative, 2: not zero, 4: not negative, 6: zero */
    flags = x.mod & 2u ? ~tt_sfp_zero_bits(c) : tt_sfp_sign_bits(c);
    tt_sfp_set_cc(&t->sfpu, x.lanes, x.mod & 4u ? ~flags : flags);
    return TT_STEP_DONE;
}

enum tt_step tt_op_sfpencc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPENCC", &x))
        return x.step;
    if (x.dest || !(x.mod == 10 || (x.mod == 0 && x.imm == 0)))
        return tt_sfp_refuse(t, thread, "SFPENCC", insn);

    t->sfpu.cc = x.mod == 0 || (x.imm & 2u) ? 0xFFFFFFFFu : 0;
    if (x.mod == 10)
        t->sfpu.cc_en = x.imm & 1u;
    return TT_STEP_DONE;
}

enum tt_step tt_op_sfpcompc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfpu *s = &t->sfpu;
    struct tt_sfp x;
    uint32_t outer = 0xFFFFFFFFu;

    if (!tt_sfp_begin(t, thread, insn, "SFPCOMPC", &x))
        return x.step;
    if (x.dest || !s->cc_en || (s->cc_sp && !s->cc_en_stack[s->cc_sp - 1]))
        return tt_sfp_refuse(t, thread, "SFPCOMPC", insn);

    if (s->cc_sp)
        outer = s->cc_stack[s->cc_sp - 1];
    s->cc = outer & ~s->cc;
    return TT_STEP_DONE;
}

enum tt_step tt_op_sfppushc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfpu *s = &t->sfpu;
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPPUSHC", &x))
        return x.step;
    if (x.mod || x.dest)
        return tt_sfp_refuse(t, thread, "SFPPUSHC", insn);
    if (s->cc_sp >= 8)
        return tt_tensix_refuse(t, thread, "SFPPUSHC: flag stack is full");

    s->cc_stack[s->cc_sp] = s->cc;
    s->cc_en_stack[s->cc_sp] = s->cc_en;
    s->cc_sp++;
    return TT_STEP_DONE;
}

enum tt_step tt_op_sfppopc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfpu *s = &t->sfpu;
    struct tt_sfp x;

    if (!tt_sfp_begin(t, thread, insn, "SFPPOPC", &x))
        return x.step;
    if (x.mod || x.dest)
        return tt_sfp_refuse(t, thread, "SFPPOPC", insn);
    if (!s->cc_sp)
        return tt_tensix_refuse(t, thread, "SFPPOPC: flag stack is empty");

    s->cc_sp--;
    s->cc = s->cc_stack[s->cc_sp];
    s->cc_en = s->cc_en_stack[s->cc_sp];
    return TT_STEP_DONE;
}

/* ------------------------------------------------------------------ */
/* Configuration                                                       */

enum tt_step tt_op_sfpnop(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_sfp x;

    tt_sfp_begin(t, thread, insn, "SFPNOP", &x);
    return x.step;
}

/* Whether SFPCONFIG may write @value to @dest; @immediate: not from LReg 0. */
static bool config_legal(uint32_t dest, bool immediate, uint32_t value)
{
    if (dest <= 3)
        return !immediate;
    if (dest <= 7)
        return true;
    if (dest == 8)
        return immediate && value <= 0xFFFu;
    if (dest <= 10)
        return false;
    if (dest <= 14)
        return !immediate || (dest == 11 && value == 0);
    return !(value & ~(uint32_t)LANE_CONFIG_KNOWN);
}

static void config_write(struct tt_sfpu *s, uint32_t dest, uint32_t value)
{
    if (dest <= 3) {
        s->macro_template[dest] = value;
    } else if (dest <= 7) {
        s->macro_sequence[dest - 4] = value;
    } else if (dest == 8) {
        s->macro_misc = value;
    } else if (dest == 15) {
        s->lane_config = value;
    } else {
        for (unsigned i = 0; i < TT_LANES; i++)
            s->lreg[dest][i] = value;
    }
}

enum tt_step tt_op_sfpconfig(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    struct tt_sfpu *s = &t->sfpu;
    uint32_t mod = TT_BITS(insn, 3, 0), dest = TT_BITS(insn, 7, 4);
    uint32_t imm = TT_BITS(insn, 23, 8), value = mod ? imm : s->lreg[0][0];
    bool uniform = true;

    for (unsigned i = 1; i < TT_LANES; i++)
        uniform &= s->lreg[0][i] == s->lreg[0][0];
    if (mod > 1 || (!mod && (imm || !uniform)) ||
        tt_sfp_lanes(s) != 0xFFFFFFFFu || !config_legal(dest, mod, value))
        return tt_tensix_refuse(
            t, thread, "SFPCONFIG: destination %u, mode %u, value 0x%x",
            (unsigned)dest, (unsigned)mod, (unsigned)value);

    /* the immediate form of LReg 11 restores its default */
    config_write(s, dest, mod && dest == 11 ? ONE | SIGN : value);
    return TT_STEP_DONE;
}
