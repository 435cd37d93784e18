/* SPDX-License-Identifier: MIT */
/* Matrix unit: moves between SrcA, SrcB and Dst, and clears. */
#include "device/emu/check.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_units.h"

#include <string.h>

/* How a datum changes its form between a Src register and Dst. */
enum form {
    FORM_BF16, /* 16-bit cell, 8 exponent bits */
    FORM_FP16, /* 16-bit cell, 5 exponent bits */
    FORM_TF32, /* pair of cells */
    FORM_LOW   /* 16 bits into the low cell of a pair */
};

/* Fields that MOVA2D, MOVB2D, MOVD2A and MOVD2B have in common. */
struct move {
    const char *name;
    uint32_t mod, addr_mod, src;
    bool low;         /* dest_32b_lo */
    uint32_t src_row; /* of the instruction plus RWC */
    uint32_t dst_row;
    unsigned fmt_a, fmt_b;
    bool pairs; /* Dst holds 32-bit datums */
    uint32_t keep_denormals;
};

static struct move move_decode(const struct tt_tensix *t, unsigned thread,
                               uint32_t insn, const char *name)
{
    unsigned bank = tt_cfg_bank(t, thread);

    return (struct move){
        .name = name,
        .mod = TT_BITS(insn, 14, 12),
        .addr_mod = TT_BITS(insn, 16, 15),
        .src = TT_BITS(insn, 22, 17),
        .low = TT_BITS(insn, 23, 23),
        .dst_row = tt_math_dst_row(t, thread, TT_BITS(insn, 9, 0)),
        .fmt_a = tt_cfg_get(t, bank, TT_CF_SRCA_OVERRIDE)
                     ? tt_cfg_get(t, bank, TT_CF_SRCA_VAL)
                     : tt_cfg_get(t, bank, TT_CF_SRCA_FMT),
        .fmt_b = tt_cfg_get(t, bank, TT_CF_SRCB_FMT),
        .pairs =
            tt_cfg_get(t, bank, TT_CF_FP32) || tt_cfg_get(t, bank, TT_CF_INT8),
        .keep_denormals = tt_cfg_get(t, bank, TT_CF_KEEP_DENORMAL),
    };
}

static enum tt_step bad_rows(struct tt_tensix *t, unsigned thread,
                             const struct move *m)
{
    return tt_tensix_refuse(t, thread, "%s: mode %u, src row %u, dst row %u",
                            m->name, (unsigned)m->mod, (unsigned)m->src_row,
                            (unsigned)m->dst_row);
}

static enum tt_step bad_format(struct tt_tensix *t, unsigned thread,
                               const struct move *m)
{
    return tt_tensix_refuse(t, thread,
                            "%s: source format %u, low half %d, 32-bit %d",
                            m->name, m->fmt_a, m->low, m->pairs);
}

/* ---- Src to Dst ---- */

TT_SIMD static void write_bf16(uint16_t *restrict cell, const uint32_t *in)
{
    for (unsigned i = 0; i < TT_ROW; i++)
        cell[i] = tt_dst_from_bf16((uint16_t)(in[i] >> 16));
}

TT_SIMD static void write_fp16(uint16_t *restrict cell, const uint32_t *in)
{
    for (unsigned i = 0; i < TT_ROW; i++)
        cell[i] = tt_dst_from_fp16(
            (uint16_t)((in[i] >> 16 & 0x8000u) | (in[i] >> 13 & 0x7FFFu)));
}

TT_SIMD static void write_low(uint16_t *restrict low, const uint32_t *in)
{
    for (unsigned i = 0; i < TT_ROW; i++)
        low[i] = (uint16_t)in[i];
}

static void dst_write_row(struct tt_tensix *t, uint32_t row, enum form form,
                          const uint32_t *in)
{
    uint32_t hi =
        form == FORM_TF32 || form == FORM_LOW ? tt_dst_row32(row) : row;
    uint16_t *cell = t->dst[hi];
    uint16_t *low = t->dst[(hi + TT_DST_LO_ROWS) & (TT_DST_ROWS - 1)];

    if (t->check)
        tt_check_dst_math(t, t->insn_thread, row);
    switch (form) {
    case FORM_BF16:
        write_bf16(cell, in);
        break;
    case FORM_FP16:
        write_fp16(cell, in);
        break;
    case FORM_TF32:
        write_bf16(cell, in);
        write_low(low, in);
        break;
    case FORM_LOW:
        if (!t->dst_valid[hi])
            memset(cell, 0, TT_ROW * sizeof(*cell));
        write_bf16(low, in);
        break;
    }
    t->dst_valid[hi] = 1;
}

TT_SIMD static void flush_row(uint32_t *restrict out, const uint32_t *in,
                              bool keep_denormals, uint32_t mask)
{
    /* bits of which one makes a datum count; the low 13 are never set */
    const uint32_t some = keep_denormals ? 0xFFFFFFFFu : 0x7F800000u;

    for (unsigned i = 0; i < TT_ROW; i++)
        out[i] = in[i] & some ? in[i] & mask : 0;
}

/* Which form a Src datum takes on its way to Dst; false: not modelled. */
static bool form_to_dst(const struct move *m, uint32_t fmt16b, uint32_t fmt16a,
                        enum form *out)
{
    uint32_t fmt = TT_FMT_BIT(m->fmt_a);

    if (fmt & fmt16a) {
        *out = FORM_FP16;
        return !m->low;
    }
    if (m->fmt_a == TT_FMT_TF32) {
        *out = FORM_TF32;
        return !m->low; /* erratum TEN-4245 */
    }
    *out = m->low ? FORM_LOW : FORM_BF16;
    return fmt & fmt16b;
}

/* @wait: for SrcA to be handed over */
static enum tt_step move_a_to_dst(struct tt_tensix *t, unsigned thread,
                                  uint32_t insn, const char *name, bool wait)
{
    struct move m = move_decode(t, thread, insn, name);
    enum form form;
    uint32_t row[TT_ROW];

    m.mod &= 3u;
    if (m.mod != 2 || (insn & 7u) || (m.src & 7u))
        return bad_rows(t, thread, &m);
    if (wait && !tt_math_valid(&t->src_a))
        return TT_STEP_WAIT;
    if (!form_to_dst(&m,
                     TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_INT32) |
                         TT_FMT_BIT(TT_FMT_INT16) | TT_FMT_BIT(TT_FMT_BFP2),
                     TT_FMT_BIT(TT_FMT_FP16) | TT_FMT_BIT(TT_FMT_FP8), &form))
        return bad_format(t, thread, &m);
    m.src_row = m.src + t->thread[thread].rwc.src_a;
    if ((m.src_row & 7u) || m.src_row >= TT_SRC_ROWS || (m.dst_row & 7u))
        return bad_rows(t, thread, &m);

    for (uint32_t i = 0; i < 8; i++) {
        flush_row(row, tt_math_bank(&t->src_a)[m.src_row + i], m.keep_denormals,
                  0xFFFFFFFFu);
        dst_write_row(t, m.dst_row + i, form, row);
    }
    return tt_math_finish(t, thread, m.addr_mod, 0);
}

enum tt_step tt_op_mova2d(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return move_a_to_dst(t, thread, insn, "MOVA2D", true);
}

/* MOVDBGA2D.md: MOVA2D of a bank that nobody needs to have handed over. ttsim
 * refuses it. */
enum tt_step tt_op_movdbga2d(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    return move_a_to_dst(t, thread, insn, "MOVDBGA2D", false);
}

/* Bits of a SrcB datum that MOVB2D reads in each format. */
static uint32_t src_b_mask(unsigned fmt)
{
    if (fmt == TT_FMT_FP16)
        return 0x8FFFE000u;
    return fmt == TT_FMT_TF32 ? 0xFFFFFFFFu : 0xFFFF0000u;
}

enum tt_step tt_op_movb2d(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct move m = move_decode(t, thread, insn, "MOVB2D");
    uint32_t n_rows = m.mod & 2u ? 8 : 4;
    uint32_t row[TT_ROW];
    enum form form;

    if (m.mod < 2 || m.mod > 5 || (insn & 3u) || (m.src & 3u))
        return bad_rows(t, thread, &m);
    if (!tt_math_valid(&t->src_b))
        return TT_STEP_WAIT;
    if (!form_to_dst(&m,
                     TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_INT32) |
                         TT_FMT_BIT(TT_FMT_INT16),
                     TT_FMT_BIT(TT_FMT_FP16), &form))
        return bad_format(t, thread, &m);
    m.src_row = m.src + t->thread[thread].rwc.src_b;
    if ((m.src_row & (n_rows - 1)) || m.src_row >= TT_SRC_ROWS ||
        (m.dst_row & (n_rows - 1)))
        return bad_rows(t, thread, &m);

    for (uint32_t i = 0; i < n_rows; i++) {
        /* mode bit 1: the first row eight times; bit 0: column 0 everywhere */
        flush_row(row,
                  tt_math_bank(&t->src_b)[m.src_row + (m.mod & 2u ? 0 : i)],
                  m.keep_denormals, src_b_mask(m.fmt_b));
        for (unsigned c = 1; (m.mod & 1u) && c < TT_ROW; c++)
            row[c] = row[0];
        dst_write_row(t, m.dst_row + i, form, row);
    }
    return tt_math_finish(t, thread, m.addr_mod, 0);
}

/* ---- Dst to Src ---- */

TT_SIMD static void read_bf16(uint32_t *restrict out, const uint16_t *cell)
{
    for (unsigned i = 0; i < TT_ROW; i++)
        out[i] = (uint32_t)tt_dst_to_bf16(cell[i]) << 16;
}

TT_SIMD static void read_fp16(uint32_t *restrict out, const uint16_t *cell)
{
    for (unsigned i = 0; i < TT_ROW; i++) {
        uint32_t v = tt_dst_to_fp16(cell[i]);

        out[i] = (v & 0x8000u) << 16 | (v & 0x7FFFu) << 13;
    }
}

/* A row of Dst as Src datums of the format that the unit is set to. */
static void dst_read_row(struct tt_tensix *t, const struct move *m,
                         uint32_t row, uint32_t *out)
{
    uint32_t hi = m->pairs ? tt_dst_row32(row) : row;
    const uint16_t *cell = t->dst[hi];
    const uint16_t *low = t->dst[(hi + TT_DST_LO_ROWS) & (TT_DST_ROWS - 1)];

    if (t->check)
        tt_check_dst_math(t, t->insn_thread, row);
    if (!t->dst_valid[hi]) {
        memset(out, 0, TT_ROW * sizeof(*out));
        return;
    }
    if (!m->pairs && m->fmt_a == TT_FMT_FP16)
        read_fp16(out, cell);
    else
        read_bf16(out, m->low ? low : cell);
    for (unsigned i = 0; m->fmt_a == TT_FMT_TF32 && i < TT_ROW; i++)
        out[i] |= low[i] & 0xE000u;
}

/* Combinations of Dst width, format and half that exist. */
static bool form_from_dst(const struct move *m, uint32_t formats,
                          bool low_exists)
{
    if (!(formats & TT_FMT_BIT(m->fmt_a)))
        return false;
    if (!m->pairs)
        return !m->low && m->fmt_a != TT_FMT_TF32;
    if (m->low && (!low_exists || m->fmt_a == TT_FMT_TF32))
        return false;
    return m->fmt_a != TT_FMT_FP16;
}

enum tt_step tt_op_movd2a(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct move m = move_decode(t, thread, insn, "MOVD2A");

    m.src_row = (m.src + t->thread[thread].rwc.src_a) & (TT_SRC_ROWS - 1);
    m.mod &= 3u;
    if (m.mod != 2 || (insn & 3u) || (m.src & 3u))
        return bad_rows(t, thread, &m);
    if (tt_cfg_get(t, tt_cfg_bank(t, thread), TT_CF_SRCA_OVERRIDE) ||
        !form_from_dst(&m, TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_FP16), false))
        return bad_format(t, thread, &m);
    if ((m.src_row & 3u) || (m.dst_row & 3u))
        return bad_rows(t, thread, &m);

    for (uint32_t i = 0; i < 4; i++)
        dst_read_row(t, &m, m.dst_row + i,
                     tt_math_bank(&t->src_a)[m.src_row + i]);
    tt_src_changed(&t->src_a, t->src_a.matrix_bank);
    return tt_math_finish(t, thread, m.addr_mod, 0);
}

enum tt_step tt_op_movd2b(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct move m = move_decode(t, thread, insn, "MOVD2B");

    m.src_row = m.src + t->thread[thread].rwc.src_b;
    m.mod &= 3u;
    if ((m.mod != 0 && m.mod != 2) || (insn & 3u) || (m.src & 3u))
        return bad_rows(t, thread, &m);
    if (!form_from_dst(&m,
                       TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_FP16) |
                           TT_FMT_BIT(TT_FMT_INT32),
                       true))
        return bad_format(t, thread, &m);
    if ((m.src_row & 3u) || m.src_row >= TT_SRC_ROWS || (m.dst_row & 3u))
        return bad_rows(t, thread, &m);

    for (uint32_t i = 0; i < (m.mod ? 4u : 1u); i++)
        dst_read_row(t, &m, m.dst_row + i,
                     tt_math_bank(&t->src_b)[m.src_row + i]);
    tt_src_changed(&t->src_b, t->src_b.matrix_bank);
    return tt_math_finish(t, thread, m.addr_mod, 0);
}

/* ---- Src to Src ---- */

enum tt_step tt_op_movb2a(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const struct tt_rwc *rwc = &t->thread[thread].rwc;
    uint32_t a = TT_BITS(insn, 22, 17) + rwc->src_a;
    uint32_t b = TT_BITS(insn, 5, 0) + rwc->src_b;
    bool keep = tt_cfg_get(t, tt_cfg_bank(t, thread), TT_CF_KEEP_DENORMAL) != 0;

    if (TT_BITS(insn, 13, 12) != 2 || (insn & 3u) || (insn >> 17 & 3u))
        return tt_tensix_refuse(t, thread, "MOVB2A: mode %u",
                                (unsigned)TT_BITS(insn, 13, 12));
    if (!tt_math_valid(&t->src_b))
        return TT_STEP_WAIT;
    if (((a | b) & 3u) || a >= TT_SRC_ROWS || b >= TT_SRC_ROWS)
        return tt_tensix_refuse(t, thread, "MOVB2A: SrcA row %u, SrcB row %u",
                                (unsigned)a, (unsigned)b);

    for (uint32_t i = 0; i < 4; i++)
        flush_row(tt_math_bank(&t->src_a)[a + i],
                  tt_math_bank(&t->src_b)[b + i], keep, 0xFFFFFFFFu);
    tt_src_changed(&t->src_a, t->src_a.matrix_bank);
    return tt_math_finish(t, thread, TT_BITS(insn, 16, 15), 0);
}

enum tt_step tt_op_trnspsrcb(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    (void)thread;
    (void)insn;
    if (!tt_math_valid(&t->src_b))
        return TT_STEP_WAIT;

    /* always rows 16 to 31 (TRNSPSRCB.md) */
    uint32_t(*face)[TT_ROW] = tt_math_bank(&t->src_b) + 16;
    for (unsigned i = 0; i < TT_ROW; i++) {
        for (unsigned j = 0; j < i; j++) {
            uint32_t v = face[i][j];

            face[i][j] = face[j][i];
            face[j][i] = v;
        }
    }
    tt_src_changed(&t->src_b, t->src_b.matrix_bank);
    return TT_STEP_DONE;
}

/* ---- clears ---- */

enum tt_step tt_op_zeroacc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t imm = TT_BITS(insn, 9, 0), mode = TT_BITS(insn, 21, 19);
    unsigned bank = tt_cfg_bank(t, thread);
    uint32_t row, n_rows;
    bool legal;

    switch (mode) {
    case 0: /* one row */
        row = imm + t->thread[thread].rwc.dst +
              (t->thread[thread].cfg[TT_TC_MATH_OFFSET] & 0xFFFu);
        n_rows = 1;
        legal = row < TT_DST_ROWS && !tt_cfg_get(t, bank, TT_CF_INT8);
        if (tt_cfg_get(t, bank, TT_CF_FP32))
            row = tt_dst_row32(row);
        break;
    case 1: /* 16 rows */
        row = imm * 16;
        n_rows = 16;
        legal = imm < TT_DST_ROWS / 16;
        break;
    case 2:
    case 6: /* half, in either view */
        row = imm * (TT_DST_ROWS / 2);
        n_rows = TT_DST_ROWS / 2;
        legal = imm <= 1;
        break;
    case 3:
    case 7: /* all */
        row = 0;
        n_rows = TT_DST_ROWS;
        legal = imm == 0;
        break;
    default:
        row = n_rows = 0;
        legal = false;
    }
    if (!legal)
        return tt_tensix_refuse(t, thread, "ZEROACC: mode %u, place %u",
                                (unsigned)mode, (unsigned)imm);

    for (uint32_t r = 0; t->check && r < n_rows; r++)
        tt_check_dst_math(t, thread, row + r);
    memset(&t->dst_valid[row], 0, n_rows);
    if (mode > 1)
        return TT_STEP_DONE;
    return tt_math_finish(t, thread, TT_BITS(insn, 16, 15), 0);
}

static void zero_bank(struct tt_src *src, unsigned bank)
{
    memset(src->datum[bank & 1u], 0, sizeof(src->datum[0]));
    tt_src_changed(src, bank);
}

enum tt_step tt_op_zerosrc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t which = TT_BITS(insn, 1, 0);
    bool both_banks = TT_BITS(insn, 2, 2), write_mode = TT_BITS(insn, 3, 3);

    if (!which || TT_BITS(insn, 4, 4) || both_banks == write_mode ||
        (both_banks && which != 3))
        return tt_tensix_refuse(t, thread,
                                "ZEROSRC: registers %u, both banks %d, write "
                                "mode %d",
                                (unsigned)which, both_banks, write_mode);

    if (both_banks) {
        for (unsigned bank = 0; bank < 2; bank++) {
            zero_bank(&t->src_a, bank);
            zero_bank(&t->src_b, bank);
        }
        return TT_STEP_DONE;
    }
    if (which & 1u)
        zero_bank(&t->src_a, t->src_a.matrix_bank);
    if (which & 2u)
        zero_bank(&t->src_b, t->src_b.matrix_bank);
    return TT_STEP_DONE;
}
