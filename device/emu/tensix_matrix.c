/* SPDX-License-Identifier: MIT */
/* Matrix unit arithmetic: ELWADD, ELWSUB, ELWMUL, MVMUL, GAPOOL, GMPOOL. */
#include "device/emu/tensix_int8.h"
#include "device/emu/check.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_units.h"

#include <string.h>

/* What an arithmetic instruction finds in Config, ThreadConfig and RWCs. */
struct mode {
    const char *name;
    unsigned fmt_a, fmt_b;
    bool int8, pairs, exp8;
    bool keep_denormals; /* of SrcB; SrcA is always flushed */
    bool accumulate, subtract, multiply;
    unsigned broadcast; /* of SrcB: bit 0 column 0, bit 1 row 0 */
    unsigned phase;
    enum tt_acc acc;
    uint32_t mask_a, mask_b; /* bits of a datum that its format has */
    uint32_t row_a, row_b, dst_row;
};

static uint32_t format_mask(unsigned fmt)
{
    if (fmt == TT_FMT_FP16 || fmt == TT_FMT_FP8)
        return 0x8FFFE000u;
    return fmt == TT_FMT_TF32 ? 0xFFFFFFFFu : 0xFFFF0000u;
}

static struct mode mode_of(const struct tt_tensix *t, unsigned thread,
                           uint32_t insn, const char *name)
{
    const struct tt_thread *th = &t->thread[thread];
    unsigned bank = tt_cfg_bank(t, thread);
    struct mode m = {
        .name = name,
        .fmt_a = tt_cfg_get(t, bank, TT_CF_SRCA_FMT),
        .fmt_b = tt_cfg_get(t, bank, TT_CF_SRCB_FMT),
        .int8 = tt_cfg_get(t, bank, TT_CF_INT8),
        .pairs = tt_cfg_get(t, bank, TT_CF_FP32),
        .keep_denormals = tt_cfg_get(t, bank, TT_CF_KEEP_DENORMAL),
        .phase = (th->rwc.fidelity + th->cfg[TT_TC_FIDELITY_BASE]) & 3u,
        .row_a = th->rwc.src_a,
        .row_b = th->rwc.src_b,
        .dst_row = tt_math_dst_sum(t, thread, TT_BITS(insn, 9, 0)),
    };

    m.pairs |= m.int8;
    m.exp8 = m.fmt_a != TT_FMT_FP16 && m.fmt_a != TT_FMT_FP8 && !m.int8;
    m.acc = m.pairs ? TT_ACC_FP32 : m.exp8 ? TT_ACC_BF16 : TT_ACC_FP16;
    m.mask_a = format_mask(m.fmt_a);
    m.mask_b = format_mask(m.fmt_b);
    return m;
}

/* Formats that may be combined; the sets are those of the float and of the
 * int8 instructions. */
static bool formats_fit(const struct mode *m, uint32_t floats_a,
                        uint32_t floats_b, uint32_t int8_b)
{
    if (m->int8)
        return m->fmt_a == TT_FMT_INT8 && (int8_b & TT_FMT_BIT(m->fmt_b));
    if (!m->exp8)
        return m->fmt_a == m->fmt_b;
    return (floats_a & TT_FMT_BIT(m->fmt_a)) &&
           (floats_b & TT_FMT_BIT(m->fmt_b));
}

static enum tt_step bad_formats(struct tt_tensix *t, unsigned thread,
                                const struct mode *m)
{
    return tt_tensix_refuse(t, thread,
                            "%s: SrcA format %u, SrcB format %u, int8 %d",
                            m->name, m->fmt_a, m->fmt_b, m->int8);
}

static enum tt_step bad_rows(struct tt_tensix *t, unsigned thread,
                             const struct mode *m)
{
    return tt_tensix_refuse(t, thread, "%s: SrcA row %u, SrcB row %u, Dst %u",
                            m->name, (unsigned)m->row_a, (unsigned)m->row_b,
                            (unsigned)m->dst_row);
}

/* Datums with 5 exponent bits must not use the upper three. */
static bool fits_5_bits(const uint32_t *v, unsigned n)
{
    uint32_t all = 0;

    for (unsigned i = 0; i < n; i++)
        all |= v[i];
    return !(all & 0x70000000u);
}

static bool eight_valid(const uint8_t *valid)
{
    static const uint8_t all[8] = {1, 1, 1, 1, 1, 1, 1, 1};

    return !memcmp(valid, all, sizeof(all));
}

/* The Dst rows of an instruction, marked valid; rows that read as zero are
 * made to hold @empty first if @read says that the old value counts. */
static struct tt_cells take_cells(struct tt_tensix *t, const struct mode *m,
                                  unsigned n_rows, bool read, int empty)
{
    uint32_t row = m->pairs ? tt_dst_row32(m->dst_row) : m->dst_row;
    struct tt_cells c = {t->dst[row], t->dst[row], n_rows * TT_ROW};

    if (t->check)
        tt_check_dst_math(t, t->insn_thread, m->dst_row);
    if (m->pairs)
        c.lo = t->dst[row + TT_DST_LO_ROWS];
    if (n_rows == 8 && eight_valid(&t->dst_valid[row]))
        return c;
    for (unsigned r = 0; r < n_rows; r++) {
        if (read && !t->dst_valid[row + r]) {
            memset(&c.hi[r * TT_ROW], empty, sizeof(t->dst[0]));
            if (m->pairs)
                memset(&c.lo[r * TT_ROW], empty, sizeof(t->dst[0]));
        }
        t->dst_valid[row + r] = 1;
    }
    return c;
}

static struct tt_int8 int8_of(const struct mode *m, const uint32_t *a,
                              const uint32_t *b, struct tt_cells c)
{
    return (struct tt_int8){
        .a = a,
        .b = b,
        .hi = c.hi,
        .lo = c.lo,
        .n = c.n,
        .phase = m->phase,
        .multiply = m->multiply,
        .subtract = m->subtract,
        .accumulate = m->accumulate,
        .keep_denormals = m->keep_denormals,
    };
}

static bool both_valid(const struct tt_tensix *t)
{
    return tt_math_valid(&t->src_a) && tt_math_valid(&t->src_b);
}

static void spread_b(const uint32_t (*b)[TT_ROW], unsigned broadcast,
                     uint32_t *out)
{
    for (unsigned r = 0; r < 8; r++)
        for (unsigned j = 0; j < TT_ROW; j++)
            out[r * TT_ROW + j] =
                b[broadcast & 2u ? 0 : r][broadcast & 1u ? 0 : j];
}

static enum tt_step elw_run(struct tt_tensix *t, unsigned thread,
                            const struct mode *m)
{
    const uint32_t *a = tt_math_bank(&t->src_a)[m->row_a];
    const uint32_t *b = tt_math_bank(&t->src_b)[m->row_b];
    uint32_t spread[TT_BLOCK];
    struct tt_cells c;

    if (m->broadcast) {
        spread_b((const uint32_t(*)[TT_ROW]) &
                     tt_math_bank(&t->src_b)[m->row_b],
                 m->broadcast, spread);
        b = spread;
    }
    if (!m->exp8 && !(fits_5_bits(a, TT_BLOCK) && fits_5_bits(b, TT_BLOCK)))
        return tt_tensix_refuse(t, thread, "%s: datum with high exponent bits",
                                m->name);

    c = take_cells(t, m, 8, m->accumulate, 0);
    if (m->int8) {
        struct tt_int8 x = int8_of(m, a, b, c);

        tt_int8_elw(&x);
    } else {
        struct tt_elw x = {
            .a = a,
            .b = b,
            .mask_a = m->mask_a,
            .mask_b = m->mask_b,
            .exp8 = m->exp8,
            .keep_denormals = m->keep_denormals,
            .accumulate = m->accumulate,
            .subtract = m->subtract,
            .multiply = m->multiply,
            .phase = m->phase,
            .acc = m->acc,
            .cells = c,
        };

        tt_elw_float(&x);
    }
    return TT_STEP_DONE;
}

static enum tt_step elw(struct tt_tensix *t, unsigned thread, uint32_t insn,
                        struct mode m)
{
    const uint32_t floats = TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_BFP2);
    const uint32_t ints = TT_FMT_BIT(TT_FMT_INT32) | TT_FMT_BIT(TT_FMT_INT16);

    m.broadcast = TT_BITS(insn, 20, 19);
    m.accumulate = TT_BITS(insn, 21, 21);
    if ((insn & 7u) || (m.multiply && m.accumulate))
        return tt_tensix_refuse(t, thread, "%s: Dst %u, accumulate %d", m.name,
                                (unsigned)TT_BITS(insn, 9, 0), m.accumulate);
    m.accumulate |= m.multiply;
    if (!both_valid(t))
        return TT_STEP_WAIT;
    if (tt_cfg_get(t, tt_cfg_bank(t, thread), TT_CF_SRCA_OVERRIDE) ||
        !formats_fit(&m, floats, floats | ints,
                     TT_FMT_BIT(TT_FMT_INT8) | TT_FMT_BIT(TT_FMT_BFP2)))
        return bad_formats(t, thread, &m);
    if (((m.row_a | m.row_b | m.dst_row) & 7u) || m.row_a >= TT_SRC_ROWS ||
        m.row_b >= TT_SRC_ROWS || m.dst_row >= TT_DST_ROWS)
        return bad_rows(t, thread, &m);
    if (!m.multiply && m.phase)
        return tt_tensix_refuse(t, thread, "%s: fidelity phase %u", m.name,
                                m.phase);

    if (elw_run(t, thread, &m) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return tt_math_finish(t, thread, TT_BITS(insn, 16, 15),
                          TT_BITS(insn, 23, 22));
}

enum tt_step tt_op_elwadd(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return elw(t, thread, insn, mode_of(t, thread, insn, "ELWADD"));
}

enum tt_step tt_op_elwsub(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "ELWSUB");

    m.subtract = true;
    return elw(t, thread, insn, m);
}

enum tt_step tt_op_elwmul(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "ELWMUL");

    m.multiply = true;
    return elw(t, thread, insn, m);
}

static enum tt_step matmul(struct tt_tensix *t, unsigned thread, uint32_t insn,
                           const struct mode *m, unsigned n_rows)
{
    const uint32_t(*a)[TT_ROW] =
        (const uint32_t(*)[TT_ROW])(tt_math_bank(&t->src_a) + m->row_a);
    const uint32_t(*b)[TT_ROW] =
        (const uint32_t(*)[TT_ROW])(tt_math_bank(&t->src_b) + m->row_b);
    struct tt_cells c;

    if (!m->exp8 && !(fits_5_bits(a[0], TT_ROW * TT_ROW) &&
                      fits_5_bits(b[0], n_rows * TT_ROW)))
        return tt_tensix_refuse(t, thread, "%s: datum with high exponent bits",
                                m->name);

    c = take_cells(t, m, n_rows, true, 0);
    if (m->int8) {
        struct tt_int8 x = int8_of(m, a[0], b[0], c);

        tt_int8_mvmul(&x);
    } else {
        struct tt_mvmul x = {
            .cache = &t->mvmul,
            .block_a = m->row_a / 16,
            .block_b = m->row_b / 8,
            .source_a = t->src_a.serial[t->src_a.matrix_bank & 1],
            .source_b = t->src_b.serial[t->src_b.matrix_bank & 1],
            .a = a,
            .b = b,
            .mask_a = m->mask_a,
            .mask_b = m->mask_b,
            .exp8 = m->exp8,
            .phase = m->phase,
            .acc = m->acc,
            .cells = c,
        };

        tt_mvmul(&x);
    }
    return tt_math_finish(t, thread, TT_BITS(insn, 16, 15),
                          TT_BITS(insn, 23, 22));
}

static enum tt_step matmul_check(struct tt_tensix *t, unsigned thread,
                                 uint32_t insn, struct mode *m, unsigned n_rows)
{
    m->dst_row &= TT_DST_ROWS - 1;
    if (!both_valid(t))
        return TT_STEP_WAIT;
    if (tt_cfg_get(t, tt_cfg_bank(t, thread), TT_CF_SRCA_OVERRIDE) ||
        !formats_fit(m, TT_FMT_FLOATS, TT_FMT_FLOATS | TT_FMT_BIT(TT_FMT_INT16),
                     TT_FMT_BIT(TT_FMT_INT8)))
        return bad_formats(t, thread, m);
    if (m->keep_denormals)
        return tt_tensix_refuse(t, thread, "%s: SrcB denormals kept", m->name);
    if ((m->row_a & 15u) || m->row_a >= TT_SRC_ROWS || (m->row_b & 7u) ||
        m->row_b >= TT_SRC_ROWS || (m->dst_row & (n_rows - 1)))
        return bad_rows(t, thread, m);
    return matmul(t, thread, insn, m, n_rows);
}

enum tt_step tt_op_mvmul(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "MVMUL");

    if (TT_BITS(insn, 19, 19) || (insn & 7u))
        return tt_tensix_refuse(t, thread, "MVMUL: broadcast %u, Dst %u",
                                (unsigned)TT_BITS(insn, 19, 19),
                                (unsigned)TT_BITS(insn, 9, 0));
    return matmul_check(t, thread, insn, &m, 8);
}

/* DOTPV.md: MVMUL without its broadcast bit. ttsim refuses it. */
enum tt_step tt_op_dotpv(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "DOTPV");

    if (insn & 7u)
        return tt_tensix_refuse(t, thread, "DOTPV: Dst %u",
                                (unsigned)TT_BITS(insn, 9, 0));
    return matmul_check(t, thread, insn, &m, 8);
}

enum tt_step tt_op_gapool(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "GAPOOL");

    if (TT_BITS(insn, 14, 14) || !TT_BITS(insn, 19, 19) || (insn & 3u))
        return tt_tensix_refuse(t, thread, "GAPOOL: index %u, mode %u, Dst %u",
                                (unsigned)TT_BITS(insn, 14, 14),
                                (unsigned)TT_BITS(insn, 19, 19),
                                (unsigned)TT_BITS(insn, 9, 0));
    return matmul_check(t, thread, insn, &m, 4);
}

/* GMPOOL: maximum of each column of 16 rows of SrcA, and of Dst       */

/* Orders sign-magnitude patterns as signed integers; its own inverse. */
static inline int32_t total_order(uint32_t v)
{
    return (int32_t)(v & 0x80000000u ? v ^ 0x7FFFFFFFu : v);
}

/* The largest of each column of @a and of Dst, all in one order; denormals
 * count as 0. */
TT_SIMD static void pool_columns(const uint32_t (*a)[TT_ROW], uint32_t mask,
                                 int32_t *restrict max)
{
    for (unsigned r = 0; r < TT_ROW; r++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            uint32_t v = a[r][c] & mask;
            int32_t order = v & 0x7F800000u ? total_order(v) : 0;

            max[c] = order > max[c] ? order : max[c];
        }
}

static void pool_rows(const uint32_t (*a)[TT_ROW], const struct mode *m,
                      struct tt_cells c)
{
    int32_t max[TT_ROW];

    for (unsigned i = 0; i < TT_ROW; i++) {
        uint32_t v = (uint32_t)tt_dst_to_bf16(c.hi[i]) << 16;

        /* with 32-bit Dst the old value counts as TF32 */
        max[i] = total_order(m->pairs ? v | (c.lo[i] & 0xE000u) : v);
    }
    pool_columns(a, m->mask_a, max);
    for (unsigned i = 0; i < TT_ROW; i++) {
        uint32_t v = (uint32_t)total_order((uint32_t)max[i]);

        c.hi[i] = tt_dst_from_bf16((uint16_t)(v >> 16));
        if (m->pairs)
            c.lo[i] = (uint16_t)v;
    }
}

static void pool(struct tt_tensix *t, const struct mode *m)
{
    const uint32_t(*a)[TT_ROW] =
        (const uint32_t(*)[TT_ROW])(tt_math_bank(&t->src_a) + m->row_a);
    struct tt_cells c = take_cells(t, m, 1, true, 0xFF);
    struct mode below = *m;

    pool_rows(a, m, c);

    /* the three rows below are cleared */
    for (below.dst_row = m->dst_row + 1; below.dst_row < m->dst_row + 4;
         below.dst_row++) {
        struct tt_cells z = take_cells(t, &below, 1, false, 0);

        memset(z.hi, 0, sizeof(t->dst[0]));
        if (m->pairs)
            memset(z.lo, 0, sizeof(t->dst[0]));
    }
}

enum tt_step tt_op_gmpool(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct mode m = mode_of(t, thread, insn, "GMPOOL");
    const uint32_t *ones;

    if (TT_BITS(insn, 14, 14) || !TT_BITS(insn, 19, 19) || (insn & 3u))
        return tt_tensix_refuse(t, thread, "GMPOOL: index %u, mode %u, Dst %u",
                                (unsigned)TT_BITS(insn, 14, 14),
                                (unsigned)TT_BITS(insn, 19, 19),
                                (unsigned)TT_BITS(insn, 9, 0));
    if (!both_valid(t))
        return TT_STEP_WAIT;
    if (tt_cfg_get(t, tt_cfg_bank(t, thread), TT_CF_SRCA_OVERRIDE) || m.int8 ||
        !m.exp8 || !formats_fit(&m, TT_FMT_FLOATS, TT_FMT_FLOATS, 0))
        return bad_formats(t, thread, &m);
    if ((m.row_a & 15u) || m.row_a >= TT_SRC_ROWS || (m.row_b & 7u) ||
        m.row_b >= TT_SRC_ROWS || (m.dst_row & 3u) || m.dst_row >= TT_DST_ROWS)
        return bad_rows(t, thread, &m);
    ones = tt_math_bank(&t->src_b)[m.row_b];
    for (unsigned i = 0; i < TT_ROW; i++)
        if (ones[i] != 0x3F800000u)
            return tt_tensix_refuse(t, thread, "GMPOOL: SrcB 0x%x is not 1.0",
                                    (unsigned)ones[i]);

    pool(t, &m);
    return tt_math_finish(t, thread, TT_BITS(insn, 16, 15),
                          TT_BITS(insn, 23, 22));
}
