/* SPDX-License-Identifier: MIT */
/*
 * Packers: PACR, from Dst to L1. Source: PACR.md and the pages in Packers of
 * the ISA documentation; limits are those of ttsim v1.10.0.
 */
#include <string.h>

#include "device/emu/check.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_pack_convert.h"
#include "device/emu/tensix_thcon_fields.h"
#include "device/emu/tensix_units.h"
#include "device/l1_map.h"

#define N_PACKERS  4u
#define ADC_Y_MASK 0x1FFFu
#define ADC_Z_MASK 0xFFu
#define ADDR_RELATIVE                                                          \
    0x80000000u /* packers 1..3 add the address of packer 0                    \
                 */
#define ADDR_SPACE                                                             \
    0x1FFFFFFFu /* bytes: datums are addressed in 32-bit bits                  \
                 */
#define MASK_ALL 0xFFFFu

/* Instruction fields (PACR.md, Encoding). */
#define PACR_LAST(insn)       TT_BITS(insn, 0, 0)
#define PACR_FLUSH(insn)      TT_BITS(insn, 1, 1)
#define PACR_CTX_FIELD(insn)  TT_BITS(insn, 7, 7)
#define PACR_PACKERS(insn)    TT_BITS(insn, 11, 8)
#define PACR_ZERO_WRITE(insn) TT_BITS(insn, 12, 12)
#define PACR_ADDR_MOD(insn)   TT_BITS(insn, 16, 15)

/* struct packer_run - what one packer does */
struct packer_run {
    uint32_t row;                 /* first Dst row */
    struct tt_packer_carry carry; /* addresses before, position after it */
    uint16_t mask[TT_ROW];        /* per row of 16 datums: those not zeroed */
    bool masked;                  /* any datum is zeroed */
};

/* struct pack_plan - one PACR with its configuration decoded */
struct pack_plan {
    unsigned thread, cfg; /* cfg: Config bank */
    unsigned n_packers;
    uint32_t count; /* datums per packer */
    struct tt_pack_format format;
    unsigned out_bits;
    bool l1_acc, block_float, finish;
    bool uses_datums;         /* any datum of Dst gets past the edge masks */
    uint32_t reads_per_plane; /* rows of 16 after which a face ends */
    uint32_t src_row;         /* Dst row before the packer's own offset */
    struct packer_run run[N_PACKERS];
};

static enum tt_step check_insn(struct tt_tensix *t, unsigned thread,
                               uint32_t insn)
{
    uint32_t packers = PACR_PACKERS(insn);

    if (PACR_CTX_FIELD(insn) || PACR_ZERO_WRITE(insn))
        return tt_tensix_refuse(t, thread,
                                "PACR: OvrdThreadId %u, ZeroWrite %u are not "
                                "modelled",
                                PACR_CTX_FIELD(insn), PACR_ZERO_WRITE(insn));
    if (packers != 1 && packers != 3 && packers != 15)
        return tt_tensix_refuse(
            t, thread, "PACR: packer mask %u is not modelled", packers);
    return TT_STEP_DONE;
}

/* Features of the packers that no value but the idle one is modelled of. */
static enum tt_step check_packer(struct tt_tensix *t, const struct pack_plan *p,
                                 unsigned packer)
{
    const uint32_t *word = &t->cfg[p->cfg][tt_pack_word(packer, 0)];
    const uint32_t *first = &t->cfg[p->cfg][tt_pack_word(0, 0)];
    uint32_t counters = t->cfg[p->cfg][TT_CFG_PACK_COUNTERS + packer];
    uint32_t offset = t->cfg[0][TT_CFG_PACK_DST_OFFSET + packer];

    if ((word[0] & TT_PACK_EXP_WORD_REFUSED) ||
        (word[2] & TT_PACK_FORMAT_WORD_REFUSED) ||
        (word[3] & TT_PACK_MODE_WORD_REFUSED))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: packer %u: a feature of words %08x, "
                                "%08x, %08x is not modelled",
                                packer, word[0], word[2], word[3]);
    if (TT_PACK_FORMATS(word[2]) != TT_PACK_FORMATS(first[2]) ||
        TT_PACK_L1_ACC(word[3]) != TT_PACK_L1_ACC(first[3]))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: formats or L1 accumulation of packers 0 "
                                "and %u differ",
                                packer);
    if ((counters & TT_PACK_COUNTERS_YZ_SWAP) ||
        TT_PACK_COUNTERS_READS(counters) != p->reads_per_plane)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: counters %08x of packer %u are not "
                                "modelled",
                                counters, packer);
    if (offset >> 12)
        return tt_tensix_refuse(t, p->thread, "PACR: Dst Z offset of packer %u",
                                packer);
    return TT_STEP_DONE;
}

static enum tt_step check_features(struct tt_tensix *t,
                                   const struct pack_plan *p)
{
    enum tt_step step = TT_STEP_DONE;

    for (unsigned i = 0; i < N_PACKERS && step == TT_STEP_DONE; i++)
        step = check_packer(t, p, i);
    if (step != TT_STEP_DONE)
        return step;
    if (p->reads_per_plane < 1 || p->reads_per_plane > TT_ROW)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: pack_reads_per_xy_plane %u",
                                p->reads_per_plane);
    if (tt_cfg_get(t, p->cfg, TT_CF_PACK_ROUND_10))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: Round_10b_mant is not modelled");
    return TT_STEP_DONE;
}

static enum tt_step plan_formats(struct tt_tensix *t, struct pack_plan *p)
{
    uint32_t formats = t->cfg[p->cfg][tt_pack_word(0, 2)];
    uint32_t modes = t->cfg[p->cfg][tt_pack_word(0, 3)];
    struct tt_pack_format *f = &p->format;

    f->in = TT_PACK_FORMATS(formats) >> 4;
    f->out = TT_PACK_FORMATS(formats) & 15u;
    f->read_32 = tt_cfg_get(t, p->cfg, TT_CF_PACK_READ_32);
    f->read_unsigned = tt_cfg_get(t, p->cfg, TT_CF_PACK_READ_UNSIGNED);
    f->relu = tt_cfg_get(t, p->cfg, TT_CF_RELU_MODE);
    f->threshold = tt_cfg_get(t, p->cfg, TT_CF_RELU_THRESHOLD);
    if (tt_cfg_get(t, p->cfg, TT_CF_DSTACC) != f->in)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: Dstacc format %u is not the in format "
                                "%u",
                                tt_cfg_get(t, p->cfg, TT_CF_DSTACC), f->in);
    if (!tt_pack_supported(f))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: in format %u to out format %u from "
                                "%u-bit Dst is not modelled",
                                f->in, f->out, f->read_32 ? 32u : 16u);
    p->out_bits = tt_format_bits(f->out);
    p->block_float = p->out_bits <= 8 && f->out != TT_FMT_INT8;
    p->l1_acc = TT_PACK_L1_ACC(modes);
    if (p->l1_acc && f->out != TT_FMT_FP32 && f->out != TT_FMT_FP16 &&
        f->out != TT_FMT_BF16)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: L1 accumulation in format %u", f->out);
    return TT_STEP_DONE;
}

/* What is refused only if a datum of Dst is used at all. */
static enum tt_step check_datums(struct tt_tensix *t, const struct pack_plan *p)
{
    const struct tt_pack_format *f = &p->format;
    bool integer =
        f->in == TT_FMT_INT32 || f->in == TT_FMT_INT16 || f->in == TT_FMT_INT8;

    if (tt_cfg_get(t, p->cfg, TT_CF_PACK_READ_RAW) &&
        (!integer || f->in == TT_FMT_INT8) && f->in != TT_FMT_FP32)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: Read_int8 with in format %u", f->in);
    if (!f->relu)
        return TT_STEP_DONE;
    if (f->relu > 3 || f->threshold & 0x8000u ||
        (integer && (f->in != TT_FMT_INT32 || f->relu != 1)))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: ReLU mode %u, threshold 0x%x with in "
                                "format %u is not modelled",
                                f->relu, f->threshold, f->in);
    return TT_STEP_DONE;
}

/* Input address generator: the Dst row that Y, Z and W point at. */
static enum tt_step plan_source(struct tt_tensix *t, struct pack_plan *p)
{
    const struct tt_adc *adc = &t->thread[p->thread].adc[TT_ADC_PACK];
    const struct tt_adc_channel *c = &adc->ch[0];
    uint32_t align = tt_format_align(p->format.in);
    uint32_t x = tt_cfg_get(t, p->cfg, TT_CF_PACK_X_STRIDE);
    uint32_t y = tt_cfg_get(t, p->cfg, TT_CF_PACK_Y_STRIDE);
    uint32_t z = tt_cfg_get(t, p->cfg, TT_CF_PACK_Z_STRIDE);
    uint32_t w = tt_cfg_get(t, p->cfg, TT_CF_PACK_W_STRIDE);
    uint32_t datum = (c->y * y + c->z * z + c->w * w) / align;

    if ((x | y | z | w) % align || datum % TT_ROW || c->x)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: Dst address %u with strides %u, %u, %u, "
                                "%u, X %u is not a row",
                                datum, x, y, z, w, c->x);
    p->src_row = datum / TT_ROW;
    if (p->count)
        p->count = adc->ch[1].x + 1u;
    if (p->count > TT_PACK_MAX || p->count & (p->count - 1u))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: %u datums are not a power of two up to "
                                "256",
                                p->count);
    if (p->out_bits <= 8 && p->count % TT_ROW)
        return tt_tensix_refuse(t, p->thread, "PACR: %u datums in format %u",
                                p->count, p->format.out);
    return TT_STEP_DONE;
}

/* Output address generator: where a new tile begins. */
static enum tt_step start_tile(struct tt_tensix *t, const struct pack_plan *p,
                               unsigned packer, struct tt_packer_carry *carry)
{
    const struct tt_adc_channel *c =
        &t->thread[p->thread].adc[TT_ADC_PACK].ch[1];
    const uint32_t *cfg = t->cfg[p->cfg];
    uint32_t first = cfg[tt_pack_word(0, 1)] + 1u;
    uint32_t addr = cfg[tt_pack_word(packer, 1)] + 1u;

    if (c->y || c->z || c->w)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: output Y %u, Z %u, W %u are not "
                                "modelled",
                                c->y, c->z, c->w);
    if (packer && (first & ADDR_RELATIVE))
        addr += first;
    *carry = (struct tt_packer_carry){.exp_addr = addr << 4};
    if (p->out_bits <= 8)
        addr += TT_PACK_EXP_SECTION(cfg[tt_pack_word(packer, 0)]);
    carry->data_addr = addr << 4;
    return TT_STEP_DONE;
}

/* Edge mask of a row of the tile (Packers/EdgeMasking.md); negative if it is
 * none of those that are modelled. */
static int32_t edge_mask(const struct tt_tensix *t, const struct pack_plan *p,
                         unsigned set, uint32_t tile_row)
{
    uint32_t mapping = t->cfg[p->cfg][TT_CFG_ROW_SET_MAPPING + set];
    uint32_t which = mapping >> (2u * (tile_row & 15u)) & 3u;
    uint32_t mask;

    if (which > 1 || tt_cfg_get(t, p->cfg, TT_CF_EDGE_MODE))
        return -1;
    mask = tt_cfg_get(t, p->cfg, TT_CF_EDGE_MASK(which));
    return mask == 0 || mask == 1 || mask == MASK_ALL ? (int32_t)mask : -1;
}

/* One step of the position in the tile: by datums of the same row. */
static void advance(const struct pack_plan *p, struct tt_packer_carry *carry,
                    uint32_t datums)
{
    carry->tpg_x += datums;
    if (carry->tpg_x < TT_ROW)
        return;
    carry->tpg_x = 0;
    carry->tpg_y++;
    if (carry->tpg_y == p->reads_per_plane) {
        carry->tpg_y = 0;
        carry->tpg_z++;
    }
}

/* Position after whole rows, none of which is masked. */
static void skip_rows(const struct pack_plan *p, struct tt_packer_carry *carry,
                      uint32_t rows)
{
    if (carry->tpg_y < p->reads_per_plane) {
        carry->tpg_y += rows;
        carry->tpg_z += carry->tpg_y / p->reads_per_plane;
        carry->tpg_y %= p->reads_per_plane;
        return;
    }
    while (rows--)
        advance(p, carry, TT_ROW);
}

/* The mask of one Dst row of n datums. A tile row may begin inside it. */
static int32_t row_mask(const struct tt_tensix *t, const struct pack_plan *p,
                        unsigned set, struct tt_packer_carry *carry, uint32_t n)
{
    uint32_t out = 0;

    for (uint32_t done = 0; done < n;) {
        uint32_t room = TT_ROW - carry->tpg_x;
        uint32_t part = n - done < room ? n - done : room;
        int32_t mask = edge_mask(t, p, set, carry->tpg_y);

        if (mask < 0)
            return mask;
        out |= (uint32_t)mask & ((1u << part) - 1u) << done;
        advance(p, carry, part);
        done += part;
    }
    return (int32_t)out;
}

/* The edge masks of all datums, and the position in the tile after them. */
static enum tt_step plan_masks(struct tt_tensix *t, struct pack_plan *p,
                               unsigned packer)
{
    struct packer_run *run = &p->run[packer];
    unsigned set = tt_cfg_get(t, p->cfg, TT_CF_EDGE_SET(packer));

    if (set > 1)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: row set select %u is not modelled", set);
    if (p->count % TT_ROW == 0 && run->carry.tpg_x == 0 &&
        t->cfg[p->cfg][TT_CFG_ROW_SET_MAPPING + set] == 0 &&
        edge_mask(t, p, set, 0) == MASK_ALL) {
        p->uses_datums |= p->count > 0;
        skip_rows(p, &run->carry, p->count / TT_ROW);
        return TT_STEP_DONE;
    }
    run->masked = true;
    for (uint32_t done = 0; done < p->count; done += TT_ROW) {
        uint32_t n = p->count - done < TT_ROW ? p->count - done : TT_ROW;
        int32_t mask = row_mask(t, p, set, &run->carry, n);

        if (mask < 0)
            return tt_tensix_refuse(t, p->thread,
                                    "PACR: edge mask of packer %u is not "
                                    "modelled",
                                    packer);
        run->mask[done / TT_ROW] = (uint16_t)mask;
        p->uses_datums |= mask != 0;
    }
    return TT_STEP_DONE;
}

static uint32_t data_bytes(const struct pack_plan *p)
{
    return p->count * p->out_bits / 8u;
}

static uint32_t round_up_16(uint32_t addr)
{
    return (addr + 15u) & ~15u;
}

/* All L1 addresses of a packer lie in L1, with the zeros that end a tile. */
static enum tt_step check_l1(struct tt_tensix *t, const struct pack_plan *p,
                             const struct tt_packer_carry *carry)
{
    uint32_t data = carry->data_addr & ADDR_SPACE;
    uint32_t data_end = carry->data_addr + data_bytes(p);
    uint32_t exp_end = carry->exp_addr + p->count / TT_ROW;
    bool bad = false;

    if (p->count) {
        bad |= (uint64_t)data + data_bytes(p) > TT_L1_SIZE;
        bad |= p->block_float &&
               (uint64_t)carry->exp_addr + p->count / TT_ROW > TT_L1_SIZE;
    }
    if (p->finish) {
        bad |= data_end % 16u && round_up_16(data_end) > TT_L1_SIZE;
        bad |= p->block_float && exp_end % 16u &&
               round_up_16(exp_end) > TT_L1_SIZE;
    }
    if (bad)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: %u datums to 0x%x, exponents to 0x%x "
                                "leave L1",
                                p->count, carry->data_addr, carry->exp_addr);
    return TT_STEP_DONE;
}

/* Whether a packer would compress zeros away (Packers/OutputAddressGenerator.
 * md). ttsim packs as if not: this is stricter. */
static bool compresses(const struct tt_tensix *t, const struct pack_plan *p,
                       unsigned packer)
{
    uint32_t first = t->cfg[p->cfg][tt_pack_word(0, 2)];

    if (first & TT_PACK_ALL_PLAIN_OVRD)
        return !(TT_PACK_ALL_PLAIN(first) >> packer & 1u);
    return !(t->cfg[p->cfg][tt_pack_word(packer, 2)] & TT_PACK_PLAIN);
}

static enum tt_step plan_packer(struct tt_tensix *t, struct pack_plan *p,
                                unsigned packer)
{
    struct packer_run *run = &p->run[packer];
    uint32_t offset = t->cfg[0][TT_CFG_PACK_DST_OFFSET + packer];
    uint32_t rows = (p->count + TT_ROW - 1u) / TT_ROW;
    enum tt_step step = TT_STEP_DONE;

    if (compresses(t, p, packer))
        return tt_tensix_refuse(t, p->thread,
                                "PACR: compression (Disable_zero_compress 0) "
                                "of packer %u is not modelled",
                                packer);
    run->masked = false;
    run->row = (p->src_row + offset) & (TT_DST_ROWS - 1u);
    if (run->row + rows > TT_DST_ROWS)
        return tt_tensix_refuse(t, p->thread,
                                "PACR: %u rows from Dst row %u leave Dst", rows,
                                run->row);
    if (t->packer_valid)
        run->carry = t->carry[packer];
    else
        step = start_tile(t, p, packer, &run->carry);
    if (step == TT_STEP_DONE)
        step = check_l1(t, p, &run->carry);
    if (step == TT_STEP_DONE)
        step = plan_masks(t, p, packer);
    return step;
}

static enum tt_step make_plan(struct tt_tensix *t, struct pack_plan *p)
{
    enum tt_step step;

    p->cfg = tt_cfg_bank(t, p->thread);
    p->reads_per_plane =
        TT_PACK_COUNTERS_READS(t->cfg[p->cfg][TT_CFG_PACK_COUNTERS]);
    step = check_features(t, p);
    if (step == TT_STEP_DONE)
        step = plan_formats(t, p);
    if (step == TT_STEP_DONE)
        step = plan_source(t, p);
    for (unsigned i = 0; i < p->n_packers && step == TT_STEP_DONE; i++)
        step = plan_packer(t, p, i);
    if (step == TT_STEP_DONE && p->uses_datums)
        step = check_datums(t, p);
    return step;
}

static void apply_mask(const struct pack_plan *p, const struct packer_run *run,
                       uint32_t *values)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (!((uint32_t)run->mask[i / TT_ROW] >> (i % TT_ROW) & 1u))
            values[i] = 0;
}

static void accumulate(const struct pack_plan *p, const uint8_t *l1,
                       uint32_t *values)
{
    switch (p->format.out) {
    case TT_FMT_FP32:
        tt_pack_acc_fp32(values, l1, p->count);
        break;
    case TT_FMT_BF16:
        tt_pack_acc_bf16(values, l1, p->count);
        break;
    default: /* FP16 */
        tt_pack_acc_fp16(values, l1, p->count);
        break;
    }
}

static void store_datums(struct tt_tensix *t, const struct pack_plan *p,
                         const struct packer_run *run)
{
    uint8_t *data = t->tile->l1 + (run->carry.data_addr & ADDR_SPACE);
    uint32_t values[TT_PACK_MAX];

    if (!run->masked && !p->l1_acc &&
        tt_pack_direct(t, &p->format, run->row, p->count / TT_ROW, data))
        return;
    tt_pack_values(t, &p->format, run->row, values,
                   (p->count + TT_ROW - 1u) / TT_ROW);
    if (run->masked)
        apply_mask(p, run, values);
    if (p->l1_acc)
        accumulate(p, data, values);
    if (p->block_float)
        tt_pack_bfp(values, p->out_bits, data,
                    t->tile->l1 + run->carry.exp_addr, p->count / TT_ROW);
    else if (p->out_bits == 32)
        memcpy(data, values, (size_t)p->count * 4u);
    else if (p->out_bits == 16)
        tt_pack_store16(values, data, p->count);
    else
        tt_pack_store8(values, data, p->count / TT_ROW);
}

/* Zeros up to the next 16 bytes; returns their number. */
static uint32_t pad_section(struct tt_tensix *t, uint32_t end)
{
    uint32_t n = -end & 15u;

    if (!n || end >= TT_L1_SIZE)
        return 0;
    memset(t->tile->l1 + end, 0, n);
    return n;
}

/* Tell the sanitizer what will be read. */
static void note_source(struct tt_tensix *t, const struct pack_plan *p,
                        unsigned packer)
{
    const struct packer_run *run = &p->run[packer];

    for (uint32_t i = 0; i < (p->count + TT_ROW - 1u) / TT_ROW; i++)
        tt_check_dst_pack(t, p->thread, run->row + i);
    if (p->l1_acc)
        tt_check_read(t->tile, TT_RISC_T0 + p->thread, t->tile,
                      run->carry.data_addr & ADDR_SPACE, data_bytes(p), false);
}

static void run_packer(struct tt_tensix *t, const struct pack_plan *p,
                       unsigned packer)
{
    struct tt_packer_carry carry = p->run[packer].carry;
    uint32_t data = carry.data_addr & ADDR_SPACE, exps = carry.exp_addr;
    uint32_t data_len = data_bytes(p);
    uint32_t exps_len = p->block_float ? p->count / TT_ROW : 0;

    if (t->check && p->count)
        note_source(t, p, packer);
    if (p->count)
        store_datums(t, p, &p->run[packer]);
    carry.data_addr += data_len;
    carry.exp_addr += p->count / TT_ROW;
    t->carry[packer] = carry;
    if (p->finish) {
        data_len += pad_section(t, carry.data_addr);
        if (p->block_float)
            exps_len += pad_section(t, carry.exp_addr);
    }
    if (data_len)
        tt_tile_l1_written(t->tile, data, data_len);
    if (exps_len)
        tt_tile_l1_written(t->tile, exps, exps_len);
    if (t->check && data_len)
        tt_check_pack(t, p->thread, data, data_len);
    if (t->check && exps_len)
        tt_check_pack(t, p->thread, exps, exps_len);
}

/* ADDR_MOD_PACK (PACR.md): Y and Z of both channels. */
static void step_counters(struct tt_adc *adc, uint32_t mod)
{
    struct tt_adc_channel *in = &adc->ch[0], *out = &adc->ch[1];
    uint32_t y_incr = TT_BITS(mod, 3, 0);

    if (TT_BITS(mod, 5, 5)) {
        in->y = in->y_cr = 0;
    } else if (TT_BITS(mod, 4, 4)) {
        in->y_cr = (in->y_cr + y_incr) & ADC_Y_MASK;
        in->y = in->y_cr;
    } else {
        in->y = (in->y + y_incr) & ADC_Y_MASK;
    }
    if (TT_BITS(mod, 11, 11))
        out->y = out->y_cr = 0;
    else
        out->y = (out->y + TT_BITS(mod, 9, 6)) & ADC_Y_MASK;
    if (TT_BITS(mod, 13, 13))
        in->z = in->z_cr = 0;
    else
        in->z = (in->z + TT_BITS(mod, 12, 12)) & ADC_Z_MASK;
    if (TT_BITS(mod, 15, 15))
        out->z = out->z_cr = 0;
    else
        out->z = (out->z + TT_BITS(mod, 14, 14)) & ADC_Z_MASK;
}

enum tt_step tt_op_pacr(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct tt_thread *th = &t->thread[thread];
    uint32_t mod = th->cfg[TT_TF_PACK_ADDR_MOD + PACR_ADDR_MOD(insn)];
    struct pack_plan plan;
    enum tt_step step = check_insn(t, thread, insn);

    if (step != TT_STEP_DONE)
        return step;
    if (TT_BITS(mod, 10, 10))
        return tt_tensix_refuse(t, thread, "PACR: YdstCR is not modelled");
    plan.thread = thread;
    plan.n_packers = (unsigned)__builtin_popcount(PACR_PACKERS(insn));
    plan.count = !PACR_FLUSH(insn);
    plan.finish = PACR_LAST(insn) || PACR_FLUSH(insn);
    plan.uses_datums = false;
    step = make_plan(t, &plan);
    if (step != TT_STEP_DONE)
        return step;
    for (unsigned i = 0; i < plan.n_packers; i++)
        run_packer(t, &plan, i);
    t->packer_valid = !plan.finish;
    step_counters(&th->adc[TT_ADC_PACK], mod);
    return TT_STEP_DONE;
}
