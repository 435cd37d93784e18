/* SPDX-License-Identifier: MIT */
/* Matrix unit arithmetic: ELWADD, ELWSUB, ELWMUL, MVMUL, GAPOOL, GMPOOL. */
#include "device/emu/tensix_int8.h"
#include "device/emu/check.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_units.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

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

/* The cells of Dst that an instruction works on: consecutive rows. */
struct cells {
    uint16_t *hi, *lo;
    unsigned n; /* datums */
};

/* Accumulation: sums of products plus Dst, normalised and rounded     */

/* Signed value x 2^exp, in the scale of a 24-bit mantissa. */
struct term {
    int32_t man, exp;
};

/* Shift right and round half towards plus infinity. */
INLINE int32_t align(int32_t man, int32_t by)
{
    by = by > 30 ? 30 : by;
    return (int32_t)((uint32_t)man + ((1u << by) >> 1)) >> by;
}

INLINE uint32_t float_bits(float f)
{
    uint32_t u;

    memcpy(&u, &f, sizeof(u));
    return u;
}

/* Position of the highest bit set; -127 for 0. Clearing every bit below a set
 * one keeps the conversion from rounding up to the next power of two. */
INLINE int32_t top_bit(uint32_t v)
{
    return (int32_t)(float_bits((float)(int32_t)(v & ~(v >> 1))) >> 23) - 127;
}

/* A normalised magnitude: exponent field and 23 mantissa bits. */
struct packed {
    uint32_t sign, exp, man;
};

INLINE struct packed normalise(int32_t sum, int32_t exp, enum tt_acc acc)
{
    const int drop = acc == TT_ACC_FP32 ? 8 : acc == TT_ACC_FP16 ? 21 : 24;
    const int32_t limit = acc == TT_ACC_FP16 ? 32 : 255;
    uint32_t sign = (uint32_t)(sum >> 31) & 1u;
    uint32_t mag = sign ? 0u - (uint32_t)sum : (uint32_t)sum;
    int32_t top = top_bit(mag);
    uint32_t left = mag << ((31 - top) & 31);
    /* rounded half up in magnitude to the bits that Dst keeps */
    uint32_t man = (((left >> (drop - 1)) + 1) >> 1) << (drop - 8);
    int32_t e = exp + top - 23 + (int32_t)(man >> 24);
    uint32_t keep, over;

    if (acc == TT_ACC_FP32 && sum == -1)
        e += 27; /* as ttsim: -1 is all sign bits to the leading-bit count */
    keep = sum != 0 && exp > 0 && e > 0 ? 0xFFFFFFFFu : 0;
    over = e >= limit ? 0xFFFFFFFFu : 0;
    man = (man & 0x7FFFFFu & ~over) |
          (acc == TT_ACC_FP16 ? 0x3FFu << 13 & over : 0);
    e = e >= limit ? (acc == TT_ACC_FP16 ? 31 : 255) : e;
    return (struct packed){sign & keep, (uint32_t)e & keep, man & keep};
}

/* A Dst datum as a term; its sign is applied after alignment. */
INLINE struct term dst_term(uint32_t hi, uint32_t lo, enum tt_acc acc)
{
    uint32_t man, exp;

    if (acc == TT_ACC_FP16) {
        exp = hi & 31u;
        man = (hi >> 5 & 0x3FFu) << 13;
    } else {
        exp = hi & 255u;
        man = (hi >> 8 & 0x7Fu) << 16 | (acc == TT_ACC_FP32 ? lo : 0);
    }
    man = exp ? man | 0x800000u : 0;
    return (struct term){(int32_t)man, (int32_t)exp};
}

INLINE uint32_t pack_hi(struct packed r, enum tt_acc acc)
{
    if (acc == TT_ACC_FP16)
        return r.sign << 15 | (r.man >> 13) << 5 | r.exp;
    return r.sign << 15 | (r.man >> 16) << 8 | r.exp;
}

INLINE int32_t max32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* Sum of @x, @y and a Dst datum @hi, @lo. */
INLINE struct packed add_to_dst(struct term x, struct term y, uint32_t hi,
                                uint32_t lo, enum tt_acc acc)
{
    struct term d = dst_term(hi, lo, acc);
    int32_t exp = max32(max32(x.exp, y.exp), d.exp);

    x.man = align(x.man, exp - x.exp);
    y.man = align(y.man, exp - y.exp);
    d.man = align(d.man, exp - d.exp);
    if (acc != TT_ACC_FP32) { /* 13 bits less in a 16-bit accumulator */
        x.man = (int32_t)((uint32_t)x.man + 0x1000u) & ~0x1FFF;
        y.man = (int32_t)((uint32_t)y.man + 0x1000u) & ~0x1FFF;
        d.man = (d.man + 0x1000) & ~0x1FFF;
    }
    d.man = hi & 0x8000u ? -d.man : d.man;
    return normalise(
        (int32_t)((uint32_t)x.man + (uint32_t)y.man + (uint32_t)d.man), exp,
        acc);
}

INLINE void accumulate(const struct tt_sums *restrict s, struct cells c,
                       enum tt_acc acc, bool two)
{
    for (unsigned i = 0; i < c.n; i++) {
        struct term x = {s->man[0][i], s->exp[0][i]};
        struct term y = {two ? s->man[1][i] : 0, two ? s->exp[1][i] : 0};
        struct packed r =
            add_to_dst(x, y, c.hi[i], acc == TT_ACC_FP32 ? c.lo[i] : 0, acc);

        c.hi[i] = (uint16_t)pack_hi(r, acc);
        if (acc == TT_ACC_FP32)
            c.lo[i] = (uint16_t)r.man;
    }
}

TT_SIMD static void accumulate_bf16(const struct tt_sums *s, struct cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_BF16, true);
    else
        accumulate(s, c, TT_ACC_BF16, false);
}

TT_SIMD static void accumulate_fp16(const struct tt_sums *s, struct cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_FP16, true);
    else
        accumulate(s, c, TT_ACC_FP16, false);
}

TT_SIMD static void accumulate_fp32(const struct tt_sums *s, struct cells c,
                                    bool two)
{
    if (two)
        accumulate(s, c, TT_ACC_FP32, true);
    else
        accumulate(s, c, TT_ACC_FP32, false);
}

/* @two: both groups of @s count, else only the first. */
static void accumulate_sums(const struct tt_sums *s, struct cells c,
                            enum tt_acc acc, bool two)
{
    switch (acc) {
    case TT_ACC_BF16:
        accumulate_bf16(s, c, two);
        break;
    case TT_ACC_FP16:
        accumulate_fp16(s, c, two);
        break;
    case TT_ACC_FP32:
        accumulate_fp32(s, c, two);
        break;
    }
}

/* Element-wise instructions                                           */

/* Twice the mantissa of an addend, 0 if the datum counts as zero. */
INLINE uint32_t addend(uint32_t v, bool keep_denormals)
{
    uint32_t some = keep_denormals ? v >> 13 : v & 0x7F800000u;

    return some ? tt_man_of(v) << 1 : 0;
}

/* Aligned to 11 bits, half up, with the sign of @v. */
INLINE int32_t align_addend(uint32_t v, uint32_t twice_man, int32_t by)
{
    int32_t sign = (int32_t)v >> 31;
    int32_t man;

    by = by > 15 ? 15 : by;
    man = (int32_t)(((twice_man >> by) + 1) >> 1);
    return (man ^ sign) - sign;
}

/* ELWADD aligns the smaller operand before it adds. */
INLINE struct term add_term(uint32_t a, uint32_t b, bool keep_denormals)
{
    int32_t ea = tt_exp_of(a), eb = tt_exp_of(b), exp = max32(ea, eb);
    int32_t man = align_addend(a, addend(a, false), exp - ea) +
                  align_addend(b, addend(b, keep_denormals), exp - eb);

    return (struct term){man * 0x2000, exp};
}

INLINE struct term mul_term(uint32_t a, uint32_t b, struct tt_fidelity f,
                            bool keep_denormals)
{
    uint32_t ma = tt_man_of(a) >> f.shift_a & f.mask_a;
    uint32_t mb = (tt_man_of(b) << 3) >> f.shift_b & f.mask_b;
    uint32_t some_b = keep_denormals ? 1u : b & 0x7F800000u;
    int32_t exp = tt_exp_of(a) + tt_exp_of(b) + f.exp_adjust;
    int32_t sign = (int32_t)(a ^ b) >> 31;
    int32_t man = (int32_t)(ma * mb) * 0x2000;
    bool some = ((a & 0x7F800000u) != 0) & (some_b != 0) & (exp > 0);

    man = (man ^ sign) - sign;
    return (struct term){some ? man : 0, some ? exp : max32(f.exp_adjust, 0)};
}

/* Operands of an element-wise instruction: 8 rows each. */
struct operands {
    const uint32_t *a, *b;
};

INLINE void add_terms(struct operands in, const struct mode *m,
                      bool keep_denormals, struct tt_sums *restrict out)
{
    const uint32_t flip = m->subtract ? 0x80000000u : 0;
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;
    /* 5-bit exponents in the scale of 8-bit ones */
    const bool rebias = !m->exp8 && m->acc == TT_ACC_FP32;
    const int32_t bias = rebias ? 112 : 0, zero_exp = rebias ? 97 : 0;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct term x = add_term(in.a[i] & mask_a, (in.b[i] ^ flip) & mask_b,
                                 keep_denormals);

        out->man[0][i] = x.man;
        out->exp[0][i] = x.exp ? x.exp + bias : zero_exp;
    }
}

TT_SIMD static void elw_add_terms(struct operands in, const struct mode *m,
                                  struct tt_sums *out)
{
    add_terms(in, m, false, out);
}

INLINE void mul_terms(struct operands in, const struct mode *m,
                      bool keep_denormals, struct tt_sums *restrict out)
{
    const struct tt_fidelity f = tt_fidelity(m->phase, m->exp8, m->acc);
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct term x =
            mul_term(in.a[i] & mask_a, in.b[i] & mask_b, f, keep_denormals);

        out->man[0][i] = x.man;
        out->exp[0][i] = x.exp;
    }
}

TT_SIMD static void elw_mul_terms(struct operands in, const struct mode *m,
                                  struct tt_sums *out)
{
    if (m->keep_denormals)
        mul_terms(in, m, true, out);
    else
        mul_terms(in, m, false, out);
}

/* ELWADD and ELWSUB that keep denormals of SrcB: rare. As in ttsim, 0 plus -0
 * is a negative magnitude without a sign: it is aligned as an unsigned
 * number. */
static void elw_add_denormals(struct operands in, const struct mode *m,
                              struct tt_sums *sums, struct cells c)
{
    add_terms(in, m, true, sums);
    for (unsigned i = 0; i < TT_BLOCK; i++) {
        uint32_t a = in.a[i] & m->mask_a, b = in.b[i] & m->mask_b;
        struct term d = dst_term(c.hi[i], 0, m->acc);
        int32_t by = d.exp - sums->exp[0][i];
        bool zero_a = !(a & 0x7F800000u);
        bool zero_b = b == (m->subtract ? 0 : 0x80000000u);

        if (!zero_a || !zero_b || by <= 0)
            continue;
        by = by > 30 ? 30 : by;
        sums->man[0][i] =
            (int32_t)(((uint32_t)sums->man[0][i] + ((1u << by) >> 1)) >> by);
        sums->exp[0][i] = d.exp;
    }
}

/* A sum without Dst: ELWADD and ELWSUB of the common kind. */
INLINE void elw_plain(struct operands in, const struct mode *m, struct cells c,
                      enum tt_acc acc)
{
    const uint32_t flip = m->subtract ? 0x80000000u : 0;
    const uint32_t mask_a = m->mask_a, mask_b = m->mask_b;

    for (unsigned i = 0; i < TT_BLOCK; i++) {
        struct term x =
            add_term(in.a[i] & mask_a, (in.b[i] ^ flip) & mask_b, false);
        struct packed r = normalise(x.man, x.exp, acc);

        c.hi[i] = (uint16_t)pack_hi(r, acc);
        if (acc == TT_ACC_FP32)
            c.lo[i] = (uint16_t)r.man;
    }
}

TT_SIMD static void elw_plain_bf16(struct operands in, const struct mode *m,
                                   struct cells c)
{
    elw_plain(in, m, c, TT_ACC_BF16);
}

TT_SIMD static void elw_plain_fp32(struct operands in, const struct mode *m,
                                   struct cells c)
{
    elw_plain(in, m, c, TT_ACC_FP32);
}

static void elw_float(struct operands in, const struct mode *m, struct cells c)
{
    struct tt_sums sums;

    if (!m->multiply && !m->accumulate && !m->keep_denormals && m->exp8) {
        if (m->acc == TT_ACC_FP32)
            elw_plain_fp32(in, m, c);
        else if (m->fmt_a == TT_FMT_TF32 || m->fmt_b == TT_FMT_TF32 ||
                 !tt_avx512_add_bf16(in.a, in.b, m->subtract ? 0x80000000u : 0,
                                     c.hi))
            elw_plain_bf16(in, m, c);
        return;
    }

    if (!m->accumulate) {
        memset(c.hi, 0, c.n * sizeof(*c.hi));
        if (m->acc == TT_ACC_FP32)
            memset(c.lo, 0, c.n * sizeof(*c.lo));
    }
    if (m->multiply)
        elw_mul_terms(in, m, &sums);
    else if (m->keep_denormals)
        elw_add_denormals(in, m, &sums, c);
    else
        elw_add_terms(in, m, &sums);
    accumulate_sums(&sums, c, m->acc, false);
}

/* Matrix product                                                      */

/* The usual case: 8 exponent bits, datums neither huge nor tiny. */
static bool mvmul_fast(struct tt_mvmul_cache *cache,
                       const uint32_t (*a)[TT_ROW], const uint32_t (*b)[TT_ROW],
                       const struct mode *m, struct cells c)
{
    struct tt_mvmul fast = {
        .cache = cache,
        .block_a = m->row_a / 16,
        .block_b = m->row_b / 8,
        .a = a,
        .b = b,
        .mask_a = m->mask_a,
        .mask_b = m->mask_b,
        .rows = c.n / TT_ROW,
        .phase = m->phase,
        .hi = c.hi,
        .lo = c.lo,
    };

    return m->exp8 && tt_avx512_mvmul(&fast, m->acc == TT_ACC_FP32);
}

static void mvmul_float(const uint32_t (*a)[TT_ROW],
                        const uint32_t (*b)[TT_ROW], const struct mode *m,
                        struct cells c)
{
    struct tt_fidelity f = tt_fidelity(m->phase, m->exp8, m->acc);
    struct tt_products p;
    struct tt_sums sums;

    tt_mvmul_split_a(a, m->mask_a, &f, &p);
    tt_mvmul_split_b(b[0], m->mask_b, &f, &p);
    tt_mvmul_sums(&p, c.n / TT_ROW, &sums);
    accumulate_sums(&sums, c, m->acc, true);
}

/* Instructions                                                        */

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

/* The Dst rows of an instruction, marked valid; rows that read as zero are
 * made to hold @empty first if @read says that the old value counts. */
static struct cells take_cells(struct tt_tensix *t, const struct mode *m,
                               unsigned n_rows, bool read, int empty)
{
    uint32_t row = m->pairs ? tt_dst_row32(m->dst_row) : m->dst_row;
    struct cells c = {t->dst[row], t->dst[row], n_rows * TT_ROW};

    if (t->check)
        tt_check_dst_math(t, t->insn_thread, m->dst_row);
    if (m->pairs)
        c.lo = t->dst[row + TT_DST_LO_ROWS];
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
                              const uint32_t *b, struct cells c)
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
    struct operands in = {tt_math_bank(&t->src_a)[m->row_a],
                          tt_math_bank(&t->src_b)[m->row_b]};
    uint32_t spread[TT_BLOCK];
    struct cells c;

    if (m->broadcast) {
        spread_b((const uint32_t(*)[TT_ROW]) &
                     tt_math_bank(&t->src_b)[m->row_b],
                 m->broadcast, spread);
        in.b = spread;
    }
    if (!m->exp8 &&
        !(fits_5_bits(in.a, TT_BLOCK) && fits_5_bits(in.b, TT_BLOCK)))
        return tt_tensix_refuse(t, thread, "%s: datum with high exponent bits",
                                m->name);

    c = take_cells(t, m, 8, m->accumulate, 0);
    if (m->int8) {
        struct tt_int8 x = int8_of(m, in.a, in.b, c);

        tt_int8_elw(&x);
    } else {
        elw_float(in, m, c);
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
    struct cells c;

    if (!m->exp8 && !(fits_5_bits(a[0], TT_ROW * TT_ROW) &&
                      fits_5_bits(b[0], n_rows * TT_ROW)))
        return tt_tensix_refuse(t, thread, "%s: datum with high exponent bits",
                                m->name);

    c = take_cells(t, m, n_rows, true, 0);
    if (m->int8) {
        struct tt_int8 x = int8_of(m, a[0], b[0], c);

        tt_int8_mvmul(&x);
    } else if (!mvmul_fast(&t->mvmul, a, b, m, c)) {
        mvmul_float(a, b, m, c);
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

/* Orders sign-magnitude patterns as signed integers. */
INLINE int32_t total_order(uint32_t v)
{
    return (int32_t)(v & 0x80000000u ? v ^ 0x7FFFFFFFu : v);
}

static void pool_column(const uint32_t (*a)[TT_ROW], unsigned col,
                        const struct mode *m, struct cells c)
{
    /* with 32-bit Dst the old value counts as TF32 */
    uint32_t hi = (uint32_t)tt_dst_to_bf16(c.hi[col]) << 16;
    uint32_t max = m->pairs ? hi | (c.lo[col] & 0xE000u) : hi;

    for (unsigned i = 0; i < TT_ROW; i++) {
        uint32_t v = a[i][col] & m->mask_a;

        v = v & 0x7F800000u ? v : 0;
        max = total_order(v) > total_order(max) ? v : max;
    }
    c.hi[col] = tt_dst_from_bf16((uint16_t)(max >> 16));
    if (m->pairs)
        c.lo[col] = (uint16_t)max;
}

static void pool(struct tt_tensix *t, const struct mode *m)
{
    const uint32_t(*a)[TT_ROW] =
        (const uint32_t(*)[TT_ROW])(tt_math_bank(&t->src_a) + m->row_a);
    struct cells c = take_cells(t, m, 1, true, 0xFF);
    struct mode below = *m;

    for (unsigned col = 0; col < TT_ROW; col++)
        pool_column(a, col, m, c);

    /* the three rows below are cleared */
    for (below.dst_row = m->dst_row + 1; below.dst_row < m->dst_row + 4;
         below.dst_row++) {
        struct cells z = take_cells(t, &below, 1, false, 0);

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
