/* SPDX-License-Identifier: MIT */
/*
 * Unpackers: UNPACR, UNPACR_NOP and SETDVALID, from L1 to SrcA, SrcB and Dst.
 * Source: UNPACR_Regular.md; limits are those of ttsim v1.10.0.
 */
#include <string.h>

#include "device/emu/check.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_thcon_fields.h"
#include "device/emu/tensix_units.h"
#include "device/emu/tensix_unpack_convert.h"
#include "device/l1_map.h"

#define ADC_Y_MASK 0x1FFFu
#define ADC_Z_MASK 0xFFu
#define L1_BITS    ((uint64_t)TT_L1_SIZE * 8u)

/* Instruction fields (UNPACR_Regular.md, Encoding). */
#define UNPACR_LAST(insn)         TT_BITS(insn, 0, 0)
#define UNPACR_FLUSH_SEARCH(insn) TT_BITS(insn, 2, 1)
#define UNPACR_AUTO_INC(insn)     TT_BITS(insn, 3, 3)
#define UNPACR_ZERO_WRITE(insn)   TT_BITS(insn, 4, 4)
#define UNPACR_RAREB(insn)        TT_BITS(insn, 5, 5)
#define UNPACR_SET_VALID(insn)    TT_BITS(insn, 6, 6)
#define UNPACR_MULTI_CTX(insn)    TT_BITS(insn, 7, 7)
#define UNPACR_CTX_FIELDS(insn)   TT_BITS(insn, 13, 8)
#define UNPACR_ADC_STEP(insn)     TT_BITS(insn, 22, 15)
#define UNPACR_UNPACKER(insn)     TT_BITS(insn, 23, 23)

/* Values of UNPACR_NOP that are modelled (UNPACR_NOP is documented with its
 * uses; the numbers are those of tt-llk). */
#define NOP_CLEAR      1u /* Src := 0 */
#define NOP_CLEAR_NINF 5u /* SrcA := -inf, as the matrix unit sees it */
#define NOP_SET_VALID  7u
#define SRC_NEG_INF    0xFFFFE000u

/* struct unpack_plan - one UNPACR with its configuration decoded */
struct unpack_plan {
    unsigned thread, unp, ctx, cfg; /* cfg: Config bank */
    bool set_valid, to_dst, haloize, tileize;
    unsigned in_fmt, out_fmt, in_bits;
    enum tt_unpack_conv conv;
    uint32_t count;      /* datums */
    uint32_t src_bit;    /* L1 address of the first datum, in bits */
    uint32_t row_stride; /* Tileize: bytes between rows of 16 datums */
    uint32_t exp_pos;    /* address of its exponent, in 1/16 bytes */
    int forced_exp;      /* or -1 */
    uint32_t first;      /* first datum in Src or Dst */
};

static uint32_t field(const struct tt_tensix *t, const struct unpack_plan *p,
                      uint32_t f)
{
    return tt_cfg_get(t, p->cfg, TT_CF_AT(f, p->unp * TT_UNP_WORDS));
}

static struct tt_src *src_of(struct tt_tensix *t, unsigned unp)
{
    return unp ? &t->src_b : &t->src_a;
}

static enum tt_step check_set_valid(struct tt_tensix *t, unsigned thread,
                                    unsigned unp, const char *op)
{
    const struct tt_src *src = src_of(t, unp);

    if (src->valid[src->unpack_bank])
        return tt_tensix_refuse(t, thread, "%s: Src%c bank %u is valid already",
                                op, unp ? 'B' : 'A', src->unpack_bank);
    if (!unp && tt_thread_cfg_get(t, thread, TT_TF_SRCA_SET_BASE))
        return tt_tensix_refuse(t, thread, "%s: SRCA_SET_Base is not modelled",
                                op);
    return TT_STEP_DONE;
}

/* Hand the bank that was unpacked to the matrix unit (SrcASrcB.md). */
static void set_valid(struct tt_src *src)
{
    src->valid[src->unpack_bank] = true;
    src->unpack_bank ^= 1u;
}

static enum tt_step check_insn(struct tt_tensix *t, unsigned thread,
                               uint32_t insn)
{
    if (!UNPACR_LAST(insn) || !UNPACR_MULTI_CTX(insn))
        return tt_tensix_refuse(t, thread,
                                "UNPACR: Last %u, MultiContextMode %u are not "
                                "modelled",
                                UNPACR_LAST(insn), UNPACR_MULTI_CTX(insn));
    if (UNPACR_FLUSH_SEARCH(insn) || UNPACR_AUTO_INC(insn) ||
        UNPACR_RAREB(insn) || UNPACR_CTX_FIELDS(insn))
        return tt_tensix_refuse(t, thread,
                                "UNPACR: flush, search, context counters and "
                                "RAREB are not modelled");
    return TT_STEP_DONE;
}

/* Features of the unpackers that no value but the idle one is modelled of. */
static enum tt_step check_features(struct tt_tensix *t,
                                   const struct unpack_plan *p)
{
    if (!field(t, p, TT_CF_UNP_PLAIN(p->ctx)))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: compressed tiles are not modelled");
    if (field(t, p, TT_CF_UNP_OVRD_FORMAT))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: Ovrd_data_format is not modelled");
    if (field(t, p, TT_CF_UNP_UPSAMPLE) || field(t, p, TT_CF_UNP_INTERLEAVE))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: upsampling is not modelled");
    if (p->unp && (p->haloize || p->tileize))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: unpacker 1 has no transpose, and its "
                                "tilize is not modelled");
    if (p->to_dst && p->haloize)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: transpose on the way to Dst");
    if (!p->unp && !p->tileize && field(t, p, TT_CF_UNP_SHIFT(p->ctx)))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: column shift is not modelled");
    if (field(t, p, TT_CF_UNP_THROTTLE) > 2)
        return tt_tensix_refuse(t, p->thread, "UNPACR: throttle mode 3");
    if (tt_thread_cfg_get(t, p->thread, TT_TF_SRCA_OVRD_ADDR) == p->to_dst)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: SRCA_SET_SetOvrdWithAddr %u while "
                                "unpacking to %s",
                                p->to_dst, p->to_dst ? "Dst" : "Src");
    return TT_STEP_DONE;
}

static int conv_from_fp32(const struct unpack_plan *p)
{
    switch (p->out_fmt) {
    case TT_FMT_FP32:
        return p->to_dst ? TT_UNPACK_RAW : -1;
    case TT_FMT_TF32:
        return p->to_dst ? TT_UNPACK_RAW : TT_UNPACK_FP32_TF32;
    case TT_FMT_FP16:
        return p->to_dst ? -1 : TT_UNPACK_FP32_FP16;
    case TT_FMT_BF16:
        return p->to_dst ? -1 : TT_UNPACK_FP32_BF16;
    default:
        return -1;
    }
}

/* The conversion from in_fmt to out_fmt, or -1. */
static int find_conv(const struct tt_tensix *t, const struct unpack_plan *p)
{
    if (p->in_fmt == TT_FMT_FP32)
        return conv_from_fp32(p);
    if (p->in_fmt != p->out_fmt)
        return -1;
    if (p->in_fmt == TT_FMT_INT32)
        return p->to_dst ? TT_UNPACK_RAW : -1;
    if (p->to_dst)
        return -1;
    switch (p->in_fmt) {
    case TT_FMT_FP16:
        return TT_UNPACK_FP16;
    case TT_FMT_BF16:
        return TT_UNPACK_BF16;
    case TT_FMT_FP8:
        return TT_UNPACK_FP8;
    case TT_FMT_INT16:
        return TT_UNPACK_INT16;
    case TT_FMT_INT8:
        return tt_cfg_get(t, p->cfg, TT_CF_SRC_UNSIGNED(p->unp))
                   ? TT_UNPACK_UINT8
                   : TT_UNPACK_INT8;
    case TT_FMT_BFP8:
    case TT_FMT_BFP4:
    case TT_FMT_BFP2:
        return TT_UNPACK_BFP;
    default:
        return -1;
    }
}

static enum tt_step plan_formats(struct tt_tensix *t, struct unpack_plan *p)
{
    int conv;

    p->in_fmt = field(t, p, TT_CF_UNP_FORMAT);
    p->out_fmt = field(t, p, TT_CF_UNP_OUT_FORMAT);
    p->in_bits = tt_format_bits(p->in_fmt);
    conv = find_conv(t, p);
    if (conv < 0)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: in format %u to out format %u (%s) "
                                "is not modelled",
                                p->in_fmt, p->out_fmt,
                                p->to_dst ? "Dst" : "Src");
    p->conv = (enum tt_unpack_conv)conv;
    if (p->tileize && p->in_bits < 8)
        return tt_tensix_refuse(t, p->thread, "UNPACR: tilize of format %u",
                                p->in_fmt);
    return TT_STEP_DONE;
}

/* Input address generator: where datums and exponents begin. */
static enum tt_step plan_source(struct tt_tensix *t, struct unpack_plan *p,
                                const struct tt_adc *adc)
{
    const struct tt_adc_channel *c = &adc->ch[0];
    uint32_t x_dim = field(t, p, TT_CF_UNP_X_DIM);
    uint32_t y_dim = field(t, p, TT_CF_UNP_Y_DIM);
    uint32_t z_dim = field(t, p, TT_CF_UNP_Z_DIM);
    uint32_t base, first;

    if (!p->unp)
        x_dim = tt_cfg_get(t, p->cfg, TT_CF_UNP0_X_DIM(p->ctx));
    if (!z_dim)
        z_dim = 1;
    base = (field(t, p, TT_CF_UNP_BASE(p->ctx)) +
            field(t, p, TT_CF_UNP_OFFSET(p->ctx)) + 1u)
           << 4;
    first = c->x + x_dim * (c->y + y_dim * (c->z + z_dim * c->w));
    p->exp_pos = (base << 4) + first;
    p->forced_exp = -1;
    if (p->conv == TT_UNPACK_BFP && field(t, p, TT_CF_UNP_FORCE_EXP)) {
        p->forced_exp =
            (int)tt_cfg_get(t, p->cfg, TT_CF_UNP_FORCED_EXP(p->unp));
    } else if (p->conv == TT_UNPACK_BFP) {
        if (field(t, p, TT_CF_UNP_NO_EXP_SECTION))
            return tt_tensix_refuse(t, p->thread,
                                    "UNPACR: tiles without an "
                                    "exponent section");
        /* one byte per 16 datums of the tile, rounded up to 16 bytes */
        base += ((x_dim * y_dim * z_dim + 15u) / 16u + 15u) & ~15u;
    }
    p->src_bit = (base << 3) + first * p->in_bits;
    if ((p->haloize || p->tileize) && p->src_bit % 128u)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: transpose or tilize from bit address "
                                "0x%x, which is not 16-byte aligned",
                                p->src_bit);
    p->row_stride = p->tileize ? field(t, p, TT_CF_UNP_ROW_STRIDE) << 4
                               : p->in_bits * TT_ROW / 8u;
    return TT_STEP_DONE;
}

/* SrcA writes of several rows at once must not straddle a set of 16 rows
 * (ttsim: it refuses what silicon may drop). */
static enum tt_step check_burst(struct tt_tensix *t,
                                const struct unpack_plan *p)
{
    uint32_t throttle = field(t, p, TT_CF_UNP_THROTTLE);
    uint32_t rows;

    if (p->to_dst || p->unp || p->count <= TT_ROW)
        return TT_STEP_DONE;
    if (p->in_bits == 2)
        throttle = 0;
    else if (p->tileize)
        throttle = 2;
    rows = (16u << throttle) / (2u * p->in_bits);
    rows = rows < 1 ? 1 : rows > 8 ? 8 : rows;
    if (p->first / TT_ROW % rows)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: SrcA row %u, but %u rows are written "
                                "at a time",
                                p->first / TT_ROW, rows);
    return TT_STEP_DONE;
}

/* Output address generator: the first datum in Src or Dst. */
static enum tt_step plan_target(struct tt_tensix *t, struct unpack_plan *p,
                                const struct tt_adc *adc)
{
    const struct tt_adc_channel *c = &adc->ch[1];
    uint32_t align = tt_format_align(p->out_fmt);
    uint32_t y = tt_cfg_get(t, p->cfg, TT_CF_UNP_CH1_Y(p->unp));
    uint32_t z = tt_cfg_get(t, p->cfg, TT_CF_UNP_CH1_Z(p->unp));
    uint32_t w = tt_cfg_get(t, p->cfg, TT_CF_UNP_CH1_W(p->unp));
    uint32_t first = (c->y * y + c->z * z) / align;
    uint32_t rows = p->to_dst ? TT_DST_ROWS : TT_SRC_ROWS;

    if (c->w || (y | z | w) % align)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: output W %u, strides %u, %u, %u for "
                                "datums of %u bytes",
                                c->w, y, z, w, align);
    if (!p->unp) {
        bool add = p->to_dst || tt_cfg_get(t, p->cfg, TT_CF_UNP0_ADD_DEST);
        uint32_t dest = tt_cfg_get(t, p->cfg, TT_CF_UNP0_DEST(p->ctx));

        first = add ? first + dest : dest;
        /* the first four rows of unpacker 0 do not exist */
        if (first < 4 * TT_ROW)
            return tt_tensix_refuse(
                t, p->thread, "UNPACR: output address %u is below 64", first);
        first -= 4 * TT_ROW;
    }
    if (first % TT_ROW)
        return tt_tensix_refuse(
            t, p->thread, "UNPACR: output address %u is not a row", first);
    if ((uint64_t)first + p->count > (uint64_t)rows * TT_ROW)
        return tt_tensix_refuse(
            t, p->thread, "UNPACR: %u datums from row %u leave %s", p->count,
            first / TT_ROW, p->to_dst ? "Dst" : "Src");
    p->first = first;
    return check_burst(t, p);
}

/* All L1 addresses of the instruction lie in L1. */
static enum tt_step check_l1(struct tt_tensix *t, const struct unpack_plan *p)
{
    uint64_t rows = (p->count + TT_ROW - 1u) / TT_ROW;
    uint64_t stride = (uint64_t)p->row_stride * 8u;
    uint64_t last = p->count - (rows - 1) * TT_ROW;
    uint64_t end = p->src_bit + (rows - 1) * stride + last * p->in_bits;

    if (rows > 1) {
        uint64_t before =
            p->src_bit + (rows - 2) * stride + (uint64_t)TT_ROW * p->in_bits;

        end = before > end ? before : end;
    }
    if (end > L1_BITS)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: %u datums from 0x%x leave L1",
                                p->count, p->src_bit >> 3);
    if (p->conv == TT_UNPACK_BFP && p->forced_exp < 0 &&
        ((uint64_t)p->exp_pos + p->count - 1u) / 16u >= TT_L1_SIZE)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: exponents from 0x%x leave L1",
                                p->exp_pos / 16u);
    return TT_STEP_DONE;
}

static enum tt_step check_hand_over(struct tt_tensix *t,
                                    const struct unpack_plan *p)
{
    if (p->set_valid)
        return check_set_valid(t, p->thread, p->unp, "UNPACR");
    if (tt_cfg_get(t, p->cfg, TT_CF_UNP_SET_UPD) ||
        tt_cfg_get(t, p->cfg, TT_CF_AT(TT_CF_UNP_SET_UPD, TT_UNP_WORDS)))
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: "
                                "Unpack_Src_Reg_Set_Upd is not "
                                "modelled");
    return TT_STEP_DONE;
}

static enum tt_step make_plan(struct tt_tensix *t, struct unpack_plan *p)
{
    const struct tt_adc *adc = &t->thread[p->thread].adc[p->unp];
    enum tt_step step;

    p->ctx = tt_thread_cfg_get(t, p->thread, TT_TF_UNPACK_CONTEXT(p->unp));
    if (p->ctx > 1)
        return tt_tensix_refuse(t, p->thread,
                                "UNPACR: context %u is not modelled", p->ctx);
    p->cfg = tt_cfg_bank(t, p->thread);
    p->to_dst = !p->unp && field(t, p, TT_CF_UNP_TO_DST(p->ctx));
    p->haloize = field(t, p, TT_CF_UNP_HALOIZE);
    p->tileize = field(t, p, TT_CF_UNP_TILEIZE);
    if (adc->ch[0].x > adc->ch[1].x)
        return tt_tensix_refuse(t, p->thread, "UNPACR: X counters %u > %u",
                                adc->ch[0].x, adc->ch[1].x);
    p->count = adc->ch[1].x - adc->ch[0].x + 1u;
    step = check_features(t, p);
    if (step == TT_STEP_DONE)
        step = plan_formats(t, p);
    if (step == TT_STEP_DONE)
        step = plan_source(t, p, adc);
    if (step == TT_STEP_DONE)
        step = plan_target(t, p, adc);
    if (step == TT_STEP_DONE)
        step = check_l1(t, p);
    if (step == TT_STEP_DONE)
        step = check_hand_over(t, p);
    return step;
}

/* Rows of 16 datums that lie apart in L1, brought together. */
static void gather_rows(const struct unpack_plan *p, const uint8_t *from,
                        uint8_t *out, uint32_t n)
{
    uint32_t datum = p->in_bits / 8u;

    for (uint32_t done = 0; done < n; done += TT_ROW) {
        uint32_t c = n - done < TT_ROW ? n - done : TT_ROW;

        memcpy(out + done * datum, from, (size_t)c * datum);
        from += p->row_stride;
    }
}

/* The tile to Dst, in pieces that fit the buffer. */
static void unpack_to_dst(struct tt_tensix *t, const struct unpack_plan *p)
{
    const uint8_t *from = t->tile->l1 + p->src_bit / 8u;
    uint8_t rows[TT_UNPACK_CHUNK * 4u];

    if (!p->tileize) {
        tt_unpack_dst32(t, p->first / TT_ROW, from, p->count);
        return;
    }
    for (uint32_t done = 0; done < p->count; done += TT_UNPACK_CHUNK) {
        uint32_t n = p->count - done;

        n = n < TT_UNPACK_CHUNK ? n : TT_UNPACK_CHUNK;
        gather_rows(p, from + (size_t)(done / TT_ROW) * p->row_stride, rows, n);
        tt_unpack_dst32(t, (p->first + done) / TT_ROW, rows, n);
    }
}

static void convert(const struct tt_tensix *t, const struct unpack_plan *p,
                    const uint8_t *from, uint32_t *out)
{
    if (p->conv == TT_UNPACK_BFP) {
        const struct tt_bfp_run run = {
            .data = from,
            .first_bit = p->src_bit % 8u,
            .bits = p->in_bits,
            .exps = p->forced_exp < 0 ? t->tile->l1 + p->exp_pos / 16u : NULL,
            .phase = p->exp_pos % 16u,
            .forced_exp = p->forced_exp,
        };

        tt_unpack_bfp(&run, out, p->count);
        return;
    }
    tt_unpack_convert(p->conv, from, out, p->count);
}

/* Each 16x16 block transposed. */
static void scatter_transposed(const struct unpack_plan *p,
                               const uint32_t *values,
                               uint32_t out[TT_SRC_ROWS][TT_ROW])
{
    uint32_t at = p->first, end = p->first + p->count;

    for (; at < end; at += TT_ROW, values += TT_ROW) {
        uint32_t block = at / TT_ROW & ~15u, col = at / TT_ROW & 15u;
        uint32_t n = end - at < TT_ROW ? end - at : TT_ROW;

        for (uint32_t i = 0; i < n; i++)
            out[block + i][col] = values[i];
    }
}

static void unpack_to_src(struct tt_tensix *t, const struct unpack_plan *p)
{
    struct tt_src *src = src_of(t, p->unp);
    uint32_t(*bank)[TT_ROW] = src->datum[src->unpack_bank];
    const uint8_t *from = t->tile->l1 + p->src_bit / 8u;
    uint8_t rows[TT_UNPACK_CHUNK * 4u];
    uint32_t values[TT_UNPACK_CHUNK];

    if (p->tileize) {
        gather_rows(p, from, rows, p->count);
        from = rows;
    }
    if (p->haloize) {
        convert(t, p, from, values);
        scatter_transposed(p, values, bank);
    } else {
        convert(t, p, from, &bank[0][0] + p->first);
    }
    tt_src_changed(src, src->unpack_bank);
}

/* Tell the sanitizer what will be read. */
static void note_source(struct tt_tensix *t, const struct unpack_plan *p)
{
    uint32_t step = p->tileize ? TT_ROW : p->count;

    tt_check_join(t->tile, TT_RISC_T0 + p->thread, TT_SYNC_SRC);
    if (p->to_dst)
        for (uint32_t row = 0; row < p->count / TT_ROW; row++)
            tt_check_dst_math(t, p->thread, p->first / TT_ROW + row);
    if (p->conv == TT_UNPACK_BFP && p->forced_exp < 0)
        tt_check_unpack(t, p->thread, p->exp_pos / 16u,
                        (p->exp_pos + p->count - 1u) / 16u - p->exp_pos / 16u +
                            1u);
    for (uint32_t done = 0; done < p->count; done += step) {
        uint32_t n = p->count - done < step ? p->count - done : step;
        uint32_t bit = p->src_bit + done / TT_ROW * p->row_stride * 8u;

        tt_check_unpack(t, p->thread, bit / 8u,
                        (bit % 8u + n * p->in_bits + 7u) / 8u);
    }
}

static void step_counters(struct tt_adc *adc, uint32_t step)
{
    struct tt_adc_channel *in = &adc->ch[0], *out = &adc->ch[1];

    in->z = (in->z + TT_BITS(step, 1, 0)) & ADC_Z_MASK;
    in->y = (in->y + TT_BITS(step, 3, 2)) & ADC_Y_MASK;
    out->z = (out->z + TT_BITS(step, 5, 4)) & ADC_Z_MASK;
    out->y = (out->y + TT_BITS(step, 7, 6)) & ADC_Y_MASK;
}

enum tt_step tt_op_unpacr(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct unpack_plan plan = {.thread = thread,
                               .unp = UNPACR_UNPACKER(insn),
                               .set_valid = UNPACR_SET_VALID(insn)};
    struct tt_src *src = src_of(t, plan.unp);
    enum tt_step step = check_insn(t, thread, insn);

    if (step != TT_STEP_DONE)
        return step;
    if (src->valid[src->unpack_bank])
        return TT_STEP_WAIT;
    if (UNPACR_ZERO_WRITE(insn))
        return tt_tensix_refuse(t, thread,
                                "UNPACR: AllDatumsAreZero is not modelled");
    step = make_plan(t, &plan);
    if (step != TT_STEP_DONE)
        return step;
    if (t->check)
        note_source(t, &plan);
    if (plan.to_dst)
        unpack_to_dst(t, &plan);
    else
        unpack_to_src(t, &plan);
    step_counters(&t->thread[thread].adc[plan.unp], UNPACR_ADC_STEP(insn));
    if (plan.set_valid)
        set_valid(src);
    return TT_STEP_DONE;
}

static void clear_bank(uint32_t bank[TT_SRC_ROWS][TT_ROW], uint32_t value)
{
    for (unsigned row = 0; row < TT_SRC_ROWS; row++)
        for (unsigned col = 0; col < TT_ROW; col++)
            bank[row][col] = value;
}

enum tt_step tt_op_unpacr_nop(struct tt_tensix *t, unsigned thread,
                              uint32_t insn)
{
    unsigned unp = UNPACR_UNPACKER(insn);
    uint32_t what = TT_BITS(insn, 4, 0);
    struct tt_src *src = src_of(t, unp);

    switch (what) {
    case NOP_SET_VALID:
        if (check_set_valid(t, thread, unp, "UNPACR_NOP") != TT_STEP_DONE)
            return TT_STEP_FAULT;
        set_valid(src);
        return TT_STEP_DONE;
    case NOP_CLEAR:
    case NOP_CLEAR_NINF:
        /* waits for the bank that the matrix unit reads, yet clears the one
         * that the unpacker writes */
        if (src->valid[src->matrix_bank])
            return TT_STEP_WAIT;
        if (unp && what == NOP_CLEAR_NINF)
            return tt_tensix_refuse(t, thread,
                                    "UNPACR_NOP: -inf for SrcB is not "
                                    "modelled");
        clear_bank(src->datum[src->unpack_bank],
                   what == NOP_CLEAR ? 0u : SRC_NEG_INF);
        tt_src_changed(src, src->unpack_bank);
        return TT_STEP_DONE;
    default:
        return tt_tensix_refuse(
            t, thread, "UNPACR_NOP: operation %u is not modelled", what);
    }
}

enum tt_step tt_op_setdvalid(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    uint32_t which = TT_BITS(insn, 1, 0);
    enum tt_step step = TT_STEP_DONE;

    if (which < 2)
        return tt_tensix_refuse(t, thread, "SETDVALID: mask %u is not modelled",
                                which);
    if (which & 1u)
        step = check_set_valid(t, thread, 0, "SETDVALID");
    if (step == TT_STEP_DONE)
        step = check_set_valid(t, thread, 1, "SETDVALID");
    if (step != TT_STEP_DONE)
        return step;
    if (which & 1u)
        set_valid(&t->src_a);
    set_valid(&t->src_b);
    return TT_STEP_DONE;
}
