/* SPDX-License-Identifier: MIT */
/* Matrix unit against a reference that is written one datum at a time. */
#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"
#include "device/emu/tensix_math.h"
#include "device/emu/tensix_units.h"

#define T1 1u /* the thread that computes */

enum { MVMUL = 0x26, ELWMUL, ELWADD, DOTPV, ELWSUB = 0x30 };

struct fixture {
    struct tt_chip chip;
    struct tt_tile tile;
    struct tt_tensix *t;
    uint32_t seed;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    f->tile.chip = &f->chip;
    f->t = &f->tile.tensix;
    tt_tensix_init(f->t, &f->tile);
    f->t->src_a.valid[0] = f->t->src_b.valid[0] = true;
    f->seed = 1;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void set_formats(struct fixture *f, unsigned fmt_a, unsigned fmt_b,
                        bool pairs)
{
    f->t->cfg[0][1] = fmt_a << 17 | fmt_b << 21 | (uint32_t)pairs << 29;
}

static uint32_t next(struct fixture *f)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 17;
    f->seed ^= f->seed << 5;
    return f->seed;
}

/* A Src datum: mostly near 1.0, sometimes special or anything at all. */
static uint32_t random_datum(struct fixture *f, bool exp8)
{
    static const uint32_t special[] = {
        0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000,
        0x7FC00000, 0x00010000, 0x807F0000, 0x00800000, 0x7F7F0000, 0xFF7FE000};
    uint32_t v = next(f), kind = next(f) % 8;

    if (kind == 0)
        v = special[v % 12];
    else if (kind < 6)
        v = (v & 0x807FFFFFu) | (uint32_t)((exp8 ? 120 : 10) + v % 12) << 23;
    return v & (exp8 ? 0xFFFFE000u : 0x8FFFE000u);
}

static void random_sources(struct fixture *f, bool exp8)
{
    for (unsigned r = 0; r < TT_SRC_ROWS; r++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            f->t->src_a.datum[0][r][c] = random_datum(f, exp8);
            f->t->src_b.datum[0][r][c] = random_datum(f, exp8);
        }
    tt_src_changed(&f->t->src_a, 0);
    tt_src_changed(&f->t->src_b, 0);
}

static void random_dst(struct fixture *f, bool exp8)
{
    for (unsigned r = 0; r < TT_DST_ROWS; r++) {
        f->t->dst_valid[r] = next(f) % 4 != 0;
        for (unsigned c = 0; c < TT_ROW; c++) {
            uint16_t v = (uint16_t)(random_datum(f, true) >> 16);

            f->t->dst[r][c] = exp8 ? tt_dst_from_bf16(v)
                                   : tt_dst_from_fp16((uint16_t)next(f));
        }
    }
}

/* ------------------------------------------------------------------ */
/* Reference                                                           */

struct ref_mode {
    unsigned fmt;
    bool pairs;
    unsigned phase;
};

struct ref_sop {
    int64_t man; /* signed, in units of 2^-23 of 2^exp */
    int exp;
};

static bool is_fp16(unsigned fmt)
{
    return fmt == TT_FMT_FP16 || fmt == TT_FMT_FP8;
}

static uint32_t ref_trim(uint32_t v, unsigned fmt)
{
    if (is_fp16(fmt))
        return v & 0x8FFFE000u;
    return fmt == TT_FMT_TF32 ? v : v & 0xFFFF0000u;
}

static int64_t ref_floor_shift(int64_t v, int by)
{
    for (; by > 0; by--)
        v = (v - (v & 1)) / 2;
    return v;
}

/* Round half towards plus infinity. */
static int64_t ref_align(int64_t v, int by)
{
    if (by <= 0)
        return v;
    if (by > 40)
        by = 40;
    return ref_floor_shift(v + ((int64_t)1 << (by - 1)), by);
}

static int ref_max(int a, int b)
{
    return a > b ? a : b;
}

/* The value of a Dst datum as an fp32-like pattern, read and written. */
static uint32_t ref_dst_read(const struct tt_tensix *t, uint32_t row,
                             unsigned col, const struct ref_mode *m)
{
    uint32_t hi = m->pairs ? tt_dst_row32(row) : row, v;

    if (!t->dst_valid[hi])
        return 0;
    if (m->pairs)
        return tt_dst_to_fp32((uint32_t)t->dst[hi][col] << 16 |
                              t->dst[hi + 8][col]);
    if (!is_fp16(m->fmt))
        return (uint32_t)tt_dst_to_bf16(t->dst[hi][col]) << 16;
    v = tt_dst_to_fp16(t->dst[hi][col]);
    return (v & 0x8000u) << 16 | (v & 0x7FFFu) << 13;
}

static uint32_t ref_encode(bool negative, int64_t mag, int exp,
                           const struct ref_mode *m)
{
    int keep = m->pairs ? 24 : is_fp16(m->fmt) ? 11 : 8, bits = 24;
    bool small = !m->pairs && is_fp16(m->fmt);

    /* as ttsim: the leading-bit count of -1 is wrong by 27 */
    if (negative && mag == 1)
        exp += 27;
    while (mag >= (int64_t)1 << bits)
        bits++;
    while (mag < (int64_t)1 << (bits - 1))
        bits--;
    exp += bits - 24;
    if (bits > keep)
        mag = ref_align(mag, bits - keep);
    else
        mag *= (int64_t)1 << (keep - bits);
    if (mag >> keep) {
        mag = 1 << (keep - 1);
        exp++;
    }
    if (exp <= 0)
        return 0;
    if (small && exp >= 32)
        return (uint32_t)negative << 31 | 31u << 23 | 0x3FFu << 13;
    if (!small && exp >= 255)
        return (uint32_t)negative << 31 | 255u << 23;
    return (uint32_t)negative << 31 | (uint32_t)exp << 23 |
           ((uint32_t)(mag << (24 - keep)) & 0x7FFFFFu);
}

static uint32_t ref_accumulate(struct ref_sop x, struct ref_sop y, uint32_t dst,
                               const struct ref_mode *m)
{
    int exp_d = (int)(dst >> 23 & 255u);
    int64_t man_d = exp_d ? (dst & 0x7FFFFFu) | 0x800000u : 0;
    int exp = ref_max(ref_max(x.exp, y.exp), exp_d);
    int64_t sum;

    x.man = ref_align(x.man, exp - x.exp);
    y.man = ref_align(y.man, exp - y.exp);
    man_d = ref_align(man_d, exp - exp_d);
    if (!m->pairs) {
        x.man = ref_align(x.man, 13) * 8192;
        y.man = ref_align(y.man, 13) * 8192;
        man_d = ref_align(man_d, 13) * 8192;
    }
    sum = x.man + y.man + (dst >> 31 ? -man_d : man_d);
    if (exp <= 0 || sum == 0)
        return 0;
    return ref_encode(sum < 0, sum < 0 ? -sum : sum, exp, m);
}

/* 11-bit mantissa, 0 for what counts as zero. */
static int64_t ref_man(uint32_t v)
{
    return v & 0x7F800000u ? (int64_t)((v >> 13 & 0x3FFu) | 0x400u) : 0;
}

static struct ref_sop ref_add(uint32_t a, uint32_t b, const struct ref_mode *m)
{
    int ea = (int)(a >> 23 & 255u), eb = (int)(b >> 23 & 255u);
    int exp = ref_max(ea, eb);
    int64_t sa = ref_align(ref_man(a), exp - ea);
    int64_t sb = ref_align(ref_man(b), exp - eb);

    if (is_fp16(m->fmt) && m->pairs)
        exp = exp ? exp + 112 : 97;
    return (struct ref_sop){
        ((a >> 31 ? -sa : sa) + (b >> 31 ? -sb : sb)) * 8192, exp};
}

/* One product; @zero_exp is what a product with zero counts with. */
static struct ref_sop ref_mul(uint32_t a, uint32_t b, const struct ref_mode *m,
                              int *zero_exp)
{
    int adjust = !is_fp16(m->fmt) ? -127 : m->pairs ? 97 : -15;
    int64_t ma = ref_man(a), mb = ref_man(b), p;
    int exp = (int)(a >> 23 & 255u) + (int)(b >> 23 & 255u);

    adjust -= (m->phase & 1u ? 5 : 0) + (m->phase & 2u ? 7 : 0);
    *zero_exp = ref_max(adjust, 0);
    if (!ma || !mb)
        return (struct ref_sop){0, *zero_exp};
    p = (m->phase & 1u ? ma / 2 % 32 : ma / 64) *
        (m->phase & 2u ? mb % 16 * 8 : mb / 16);
    return (struct ref_sop){(a ^ b) >> 31 ? -p : p, exp + adjust};
}

static struct ref_sop ref_group(const uint32_t *a, const uint32_t *b,
                                const struct ref_mode *m)
{
    struct ref_sop p[8], sum = {0, 0};
    int zero_exp;

    for (unsigned i = 0; i < 8; i++) {
        p[i] = ref_mul(a[i], b[i], m, &zero_exp);
        sum.exp = i ? ref_max(sum.exp, p[i].exp) : p[i].exp;
    }
    if (sum.exp <= 0)
        return (struct ref_sop){0, 0};
    for (unsigned i = 0; i < 8; i++) {
        int64_t mag = p[i].man < 0 ? -p[i].man : p[i].man;

        mag = ref_align(mag, sum.exp - p[i].exp);
        sum.man += (p[i].man < 0 ? -mag : mag) * 8192;
    }
    return sum;
}

/* ------------------------------------------------------------------ */
/* Comparison                                                          */

static void run(struct fixture *f, uint32_t insn)
{
    static const struct {
        unsigned opcode;
        tt_op_fn fn;
    } op[] = {{MVMUL, tt_op_mvmul},
              {DOTPV, tt_op_dotpv},
              {ELWMUL, tt_op_elwmul},
              {ELWADD, tt_op_elwadd},
              {ELWSUB, tt_op_elwsub}};

    for (unsigned i = 0; i < sizeof(op) / sizeof(op[0]); i++)
        if (op[i].opcode == insn >> 24)
            assert_int_equal(op[i].fn(f->t, T1, insn), TT_STEP_DONE);
}

static uint32_t expect_elw(const struct tt_tensix *t, uint32_t insn,
                           unsigned row, unsigned col, const struct ref_mode *m)
{
    unsigned bcast = insn >> 19 & 3u, opcode = insn >> 24;
    uint32_t a = t->src_a.datum[0][row][col];
    uint32_t b = t->src_b.datum[0][bcast & 2u ? 0 : row][bcast & 1u ? 0 : col];
    uint32_t dst = ref_dst_read(t, (insn & 0x3FFu) + row, col, m);
    const struct ref_sop none = {0, 0};
    struct ref_sop x;
    int zero_exp;

    b ^= opcode == ELWSUB ? 0x80000000u : 0;
    a = ref_trim(a, m->fmt);
    b = ref_trim(b, m->fmt);
    if (opcode == ELWMUL) {
        x = ref_mul(a, b, m, &zero_exp);
        x = x.exp <= 0 ? (struct ref_sop){0, zero_exp} : x;
        x.man *= 8192;
        return ref_accumulate(x, none, dst, m);
    }
    return ref_accumulate(ref_add(a, b, m), none, insn >> 21 & 1u ? dst : 0, m);
}

static void check_elw(struct fixture *f, uint32_t insn,
                      const struct ref_mode *m)
{
    uint32_t want[8][TT_ROW];

    for (unsigned r = 0; r < 8; r++)
        for (unsigned c = 0; c < TT_ROW; c++)
            want[r][c] = expect_elw(f->t, insn, r, c, m);
    run(f, insn);
    for (unsigned r = 0; r < 8; r++)
        for (unsigned c = 0; c < TT_ROW; c++)
            assert_int_equal(ref_dst_read(f->t, (insn & 0x3FFu) + r, c, m),
                             want[r][c]);
}

static void check_mvmul(struct fixture *f, uint32_t insn,
                        const struct ref_mode *m)
{
    uint32_t want[8][TT_ROW], a[TT_ROW], b[TT_ROW];

    for (unsigned r = 0; r < 8; r++)
        for (unsigned c = 0; c < TT_ROW; c++) {
            for (unsigned i = 0; i < TT_ROW; i++) {
                a[i] = ref_trim(f->t->src_a.datum[0][i][c], m->fmt);
                b[i] = ref_trim(f->t->src_b.datum[0][r][i], m->fmt);
            }
            want[r][c] = ref_accumulate(
                ref_group(a, b, m), ref_group(a + 8, b + 8, m),
                ref_dst_read(f->t, (insn & 0x3FFu) + r, c, m), m);
        }
    run(f, insn);
    for (unsigned r = 0; r < 8; r++)
        for (unsigned c = 0; c < TT_ROW; c++)
            assert_int_equal(ref_dst_read(f->t, (insn & 0x3FFu) + r, c, m),
                             want[r][c]);
}

static const unsigned formats[] = {TT_FMT_BF16, TT_FMT_TF32, TT_FMT_FP16};

/* Every format, Dst width and fidelity phase, on random data. */
static void for_each_mode(struct fixture *f, uint32_t insn, unsigned rounds,
                          void (*check)(struct fixture *, uint32_t,
                                        const struct ref_mode *))
{
    unsigned n_phases = insn >> 24 == ELWADD || insn >> 24 == ELWSUB ? 1 : 4;

    for (unsigned i = 0; i < 3 * 2 * n_phases; i++) {
        struct ref_mode m = {formats[i % 3], i / 3 % 2, i / 6};

        set_formats(f, m.fmt, m.fmt, m.pairs);
        f->t->thread[T1].cfg[TT_TC_FIDELITY_BASE] = (uint16_t)m.phase;
        for (unsigned k = 0; k < rounds; k++) {
            random_sources(f, !is_fp16(m.fmt));
            random_dst(f, !is_fp16(m.fmt));
            check(f, insn | (next(f) & 0x1F8u), &m);
        }
    }
}

/* ------------------------------------------------------------------ */

static void addition_of_all_bf16_is_exact(void **state)
{
    static const uint16_t other[] = {0x0000, 0x8000, 0x3F80, 0xBF80, 0x3F81,
                                     0x4049, 0xC2FF, 0x0080, 0x8081, 0x7F7F,
                                     0xFF80, 0x7FC1, 0x0001, 0x1234, 0x5555};
    struct fixture *f = *state;

    for (unsigned pairs = 0; pairs < 2; pairs++) {
        struct ref_mode m = {TT_FMT_BF16, pairs, 0};

        set_formats(f, TT_FMT_BF16, TT_FMT_BF16, pairs);
        for (unsigned v = 0; v < 0x10000; v += 128)
            for (unsigned k = 0; k < 15; k++) {
                for (unsigned i = 0; i < 128; i++) {
                    f->t->src_a.datum[0][i / 16][i % 16] = (v + i) << 16;
                    f->t->src_b.datum[0][i / 16][i % 16] = (uint32_t)other[k]
                                                           << 16;
                }
                check_elw(f, k & 1u ? ELWSUB << 24 : ELWADD << 24, &m);
            }
    }
}

static void addition_matches_in_every_mode(void **state)
{
    for_each_mode(*state, ELWADD << 24, 200, check_elw);
    for_each_mode(*state, (uint32_t)ELWSUB << 24, 200, check_elw);
}

/* Exponents at one end of the range, mantissas at the ends of theirs. */
static uint32_t datum_at_an_end(struct fixture *f, bool low)
{
    static const uint32_t man[] = {0, 0x2000, 0x6000, 0x7F0000, 0x7FE000};
    uint32_t v = next(f), exp = low ? v % 16 : 255 - v % 20;

    return (v & 0x80000000u) | exp << 23 |
           (v & 0x700000u ? man[next(f) % 5] : next(f) & 0x7FE000u);
}

static void addition_matches_at_the_ends_of_the_range(void **state)
{
    struct fixture *f = *state;

    for (unsigned k = 0; k < 4000; k++) {
        struct ref_mode m = {k & 1u ? TT_FMT_TF32 : TT_FMT_BF16, k >> 1 & 1u,
                             0};

        set_formats(f, m.fmt, m.fmt, m.pairs);
        for (unsigned i = 0; i < 128; i++) {
            f->t->src_a.datum[0][i / 16][i % 16] = datum_at_an_end(f, k & 4u);
            f->t->src_b.datum[0][i / 16][i % 16] = datum_at_an_end(f, k & 4u);
        }
        check_elw(f, k & 8u ? (uint32_t)ELWSUB << 24 : ELWADD << 24, &m);
    }
}

static void accumulating_addition_matches_in_every_mode(void **state)
{
    for_each_mode(*state, ELWADD << 24 | 1u << 21, 200, check_elw);
    for_each_mode(*state, (uint32_t)ELWSUB << 24 | 1u << 21, 200, check_elw);
}

static void multiplication_matches_in_every_mode(void **state)
{
    for_each_mode(*state, ELWMUL << 24, 100, check_elw);
}

static void matrix_product_matches_in_every_mode(void **state)
{
    for_each_mode(*state, MVMUL << 24, 40, check_mvmul);
    for_each_mode(*state, DOTPV << 24, 2, check_mvmul);
}

static void broadcasts_repeat_the_column_or_the_row(void **state)
{
    for (uint32_t bcast = 1; bcast < 4; bcast++)
        for_each_mode(*state, ELWADD << 24 | bcast << 19, 20, check_elw);
}

/* ------------------------------------------------------------------ */
/* Vector forms of the matrix product against the plain one            */

/* How the datums of a product are distributed. */
enum spread {
    NEAR,    /* exponents within a few of 1.0 */
    WIDE,    /* exponents of all that a vector form takes */
    ANYTHING /* any bits: with Inf, NaN, denormals */
};

struct product {
    struct tt_mvmul_cache cache;
    uint32_t a[TT_ROW][TT_ROW], b[8][TT_ROW];
    uint16_t hi[TT_BLOCK], lo[TT_BLOCK];
    struct tt_mvmul m;
};

static uint32_t spread_datum(struct fixture *f, enum spread spread, bool exp8)
{
    uint32_t v = next(f), kind = next(f) % 16;
    uint32_t exp = next(f);

    if (spread == ANYTHING)
        return exp8 ? v : v & ~0x70000000u;
    if (kind == 0)
        return v & 0x807FFFFFu; /* denormal */
    if (kind == 1)
        return v & 0x80000000u;
    if (kind == 2)
        v |= 0x7FFFFFu;
    if (!exp8)
        exp = spread == NEAR ? 12 + exp % 6 : exp % 32;
    else
        exp = spread == NEAR ? 120 + exp % 12 : 12 + exp % 173;
    return (v & 0x807FFFFFu) | exp << 23;
}

/* New datums for some of the operands; of SrcB sometimes a group of zeros. */
static void random_product(struct fixture *f, struct product *p,
                           enum spread spread, unsigned which)
{
    p->m.source_a += which & 1u;
    p->m.source_b += which >> 1;
    for (unsigned i = 0; which & 1u && i < TT_ROW * TT_ROW; i++)
        p->a[i / 16][i % 16] = spread_datum(f, spread, p->m.exp8);
    for (unsigned i = 0; which & 2u && i < TT_BLOCK; i++)
        p->b[i / 16][i % 16] = spread_datum(f, spread, p->m.exp8);
    if (which & 2u)
        memset(&p->b[next(f) % 8][next(f) % 2 * 8], 0, next(f) % 3 * 32);
}

/* Cells that cancel sums, that are small against them, or anything. */
static void random_cells(struct fixture *f, struct product *p,
                         const uint16_t *sums)
{
    for (unsigned i = 0; i < TT_BLOCK; i++) {
        uint32_t kind = next(f) % 8;

        p->hi[i] = (uint16_t)next(f);
        p->lo[i] = (uint16_t)next(f);
        if (kind < 4)
            p->hi[i] = (uint16_t)((sums[i] + (kind & 1u) * 0x100u) ^ 0x8000u);
        if (kind == 4)
            p->hi[i] = p->lo[i] = 0;
    }
}

static void run_copy(const struct product *p, const struct tt_mvmul_form *form,
                     struct product *out, bool *out_ran)
{
    memcpy(out->hi, p->hi, sizeof(p->hi));
    memcpy(out->lo, p->lo, sizeof(p->lo));
    out->m = p->m;
    out->m.cells.hi = out->hi;
    out->m.cells.lo = out->lo;
    *out_ran = true;
    if (form)
        *out_ran = form->run(&out->m);
    else
        tt_mvmul_plain(&out->m);
}

/* One product: four phases, eight times each on new cells. True if the form
 * took it. */
static bool forms_agree(struct fixture *f, struct product *p,
                        const struct tt_mvmul_form *form)
{
    static struct product plain, vector;
    bool ran = true, ignored;

    for (unsigned k = 0; ran && k < 32; k++) {
        p->m.phase = k % 4;
        memset(p->hi, 0, sizeof(p->hi));
        memset(p->lo, 0, sizeof(p->lo));
        run_copy(p, NULL, &plain, &ignored);
        random_cells(f, p, plain.hi);
        run_copy(p, NULL, &plain, &ignored);
        run_copy(p, form, &vector, &ran);
        if (!ran)
            break;
        assert_memory_equal(vector.hi, plain.hi, sizeof(plain.hi));
        if (p->m.acc == TT_ACC_FP32)
            assert_memory_equal(vector.lo, plain.lo, sizeof(plain.lo));
    }
    return ran;
}

struct product_mode {
    uint32_t mask;
    bool exp8;
    enum tt_acc acc;
};

static const struct product_mode product_modes[] = {
    {0xFFFF0000u, true, TT_ACC_BF16},  {0xFFFF0000u, true, TT_ACC_FP32},
    {0xFFFFFFFFu, true, TT_ACC_BF16},  {0xFFFFFFFFu, true, TT_ACC_FP32},
    {0x8FFFE000u, false, TT_ACC_FP16}, {0x8FFFE000u, false, TT_ACC_FP32}};

/* A product that has one or both operands in common with the last, or both and
 * is of another format: with the same cache all must be told apart. */
static void check_form(struct fixture *f, struct product *p,
                       const struct tt_mvmul_form *form)
{
    enum spread last = NEAR, spread = NEAR;

    for (unsigned k = 0; k < 3000; k++) {
        const struct product_mode *mode = &product_modes[next(f) % 6];
        bool other = mode->exp8 != p->m.exp8 || spread != last;

        p->m.exp8 = mode->exp8;
        p->m.mask_a = p->m.mask_b = mode->mask;
        p->m.acc = mode->acc;
        p->m.cells.n = k % 8 ? TT_BLOCK : TT_BLOCK / 2;
        p->m.block_a = next(f) % 4;
        p->m.block_b = next(f) % 2 * 7;
        random_product(f, p, spread, other || !k ? 3 : next(f) % 4);
        fesetround(k & 4u ? FE_UPWARD : FE_TONEAREST); /* the host program's */
        if (!forms_agree(f, p, form)) /* left to the plain form */
            assert_true(mode->exp8 && spread == ANYTHING);
        fesetround(FE_TONEAREST);
        last = spread;
        spread = k % 8 == 7 ? next(f) % 3 : spread;
    }
}

static void check_forms(struct fixture *f, unsigned which)
{
    const struct tt_mvmul_form *form = tt_mvmul_forms[which];
    struct product *p;

    if (!form->usable()) {
        print_message("skipped: this processor has no %s\n", form->name);
        skip();
    }
    p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->m.cache = &p->cache;
    p->m.a = (const uint32_t(*)[TT_ROW])p->a;
    p->m.b = (const uint32_t(*)[TT_ROW])p->b;
    check_form(f, p, form);
    free(p);
}

static void first_vector_form_has_the_bits_of_the_plain_one(void **state)
{
    check_forms(*state, 0);
}

static void second_vector_form_has_the_bits_of_the_plain_one(void **state)
{
    check_forms(*state, 1);
}

static void integer_product_sums_magnitudes(void **state)
{
    struct fixture *f = *state;
    int64_t want = 0;

    /* "8"-bit integers: magnitude above an exponent of 16 (SrcASrcB.md) */
    f->t->cfg[0][1] = TT_FMT_INT8 << 17 | TT_FMT_INT8 << 21 | 1u << 31;
    for (unsigned i = 0; i < TT_ROW; i++) {
        int a = (int)(i * 17) - 100, b = 90 - (int)(i * 11);

        f->t->src_a.datum[0][i][3] =
            (a < 0 ? 0x80000000u : 0) | 16u << 23 | (uint32_t)abs(a) << 13;
        f->t->src_b.datum[0][2][i] =
            (b < 0 ? 0x80000000u : 0) | 16u << 23 | (uint32_t)abs(b) << 13;
        want += a * b;
    }
    memset(f->t->dst_valid, 0, sizeof(f->t->dst_valid));
    for (uint16_t phase = 0; phase < 4; phase++) {
        f->t->thread[T1].cfg[TT_TC_FIDELITY_BASE] = phase;
        run(f, MVMUL << 24);
    }
    assert_true(want < 0);
    assert_int_equal(
        tt_dst_to_fp32((uint32_t)f->t->dst[2][3] << 16 | f->t->dst[10][3]),
        0x80000000u | (uint32_t)-want);
}

static void column_maximum_ignores_denormals(void **state)
{
    struct fixture *f = *state;

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, false);
    memset(f->t->dst_valid, 0, sizeof(f->t->dst_valid));
    for (unsigned c = 0; c < TT_ROW; c++) {
        f->t->src_b.datum[0][0][c] = 0x3F800000;
        for (unsigned r = 0; r < TT_ROW; r++)
            f->t->src_a.datum[0][r][c] = 0xBF800000 + (r << 16);
    }
    f->t->src_a.datum[0][9][4] = 0x00010000;
    f->t->src_a.datum[0][7][5] = 0x40490000;
    assert_int_equal(tt_op_gmpool(f->t, T1, 0x33080000), TT_STEP_DONE);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[0][0]), 0xBF80);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[0][4]), 0x0000);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[0][5]), 0x4049);
    assert_int_equal(f->t->dst[3][5], 0);
    assert_true(f->t->dst_valid[3]);
}

static void waits_for_both_sources(void **state)
{
    struct fixture *f = *state;
    struct tt_tensix *before = malloc(sizeof(*before));

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, false);
    f->t->src_b.valid[0] = false;
    assert_non_null(before);
    *before = *f->t;
    assert_int_equal(tt_op_elwadd(f->t, T1, 0x28C00000), TT_STEP_WAIT);
    assert_int_equal(tt_op_mvmul(f->t, T1, 0x26C00000), TT_STEP_WAIT);
    assert_int_equal(tt_op_movb2d(f->t, T1, 0x13002000), TT_STEP_WAIT);
    assert_memory_equal(before, f->t, sizeof(*before));
    free(before);
}

static void clear_bits_hand_banks_back(void **state)
{
    struct fixture *f = *state;

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, false);
    run(f, ELWADD << 24 | 3u << 22);
    assert_false(f->t->src_a.valid[0]);
    assert_false(f->t->src_b.valid[0]);
    assert_int_equal(f->t->src_a.matrix_bank, 1);
    assert_int_equal(f->t->src_b.matrix_bank, 1);
    assert_int_equal(tt_op_setrwc(f->t, T1, 0x37400000), TT_STEP_FAULT);
    assert_non_null(strstr(f->chip.fault, "SrcA"));
}

static void address_modifiers_step_wrap_and_return(void **state)
{
    struct fixture *f = *state;
    struct tt_rwc *rwc = &f->t->thread[T1].rwc;
    uint16_t *cfg = f->t->thread[T1].cfg;

    cfg[TT_TC_ADDR_MOD_AB] = 16 | 40 << 8;
    cfg[TT_TC_ADDR_MOD_DST] = 8 | 1 << 13;
    for (unsigned i = 0; i < 5; i++)
        tt_rwc_update(f->t, T1, 0, true);
    assert_int_equal(rwc->src_a, 16);
    assert_int_equal(rwc->src_b, 8);
    assert_int_equal(rwc->dst, 40);
    assert_int_equal(rwc->fidelity, 1);

    cfg[TT_TC_ADDR_MOD_AB] = 1 << 6 | 4 | 1u << 15; /* A: CR + 4, B: clear */
    tt_rwc_update(f->t, T1, 0, false);
    assert_int_equal(rwc->src_a, 4);
    assert_int_equal(rwc->src_b, 0);
    assert_int_equal(rwc->fidelity, 1);
}

static void moves_carry_rows_between_registers(void **state)
{
    struct fixture *f = *state;

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, false);
    random_sources(f, true);
    f->t->src_a.datum[0][8][1] = 0x00550000; /* flushed on the way */
    f->t->src_a.datum[0][9][1] = 0xC0490000;
    assert_int_equal(tt_op_mova2d(f->t, T1, 0x12002010 | 8u << 17),
                     TT_STEP_DONE);
    assert_int_equal(f->t->dst[16][1], 0);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[17][1]), 0xC049);
    assert_int_equal(tt_op_movd2b(f->t, T1, 0x0A002010 | 4u << 17),
                     TT_STEP_DONE);
    assert_int_equal(f->t->src_b.datum[0][5][1], 0xC0490000);
    assert_int_equal(tt_op_movb2a(f->t, T1, 0x0B002004 | 12u << 17),
                     TT_STEP_DONE);
    assert_int_equal(f->t->src_a.datum[0][13][1], 0xC0490000);
}

static void debug_move_does_not_wait(void **state)
{
    struct fixture *f = *state;

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, false);
    random_sources(f, true);
    f->t->src_a.datum[0][8][1] = 0xC0490000;
    f->t->src_a.valid[0] = false;
    assert_int_equal(tt_op_mova2d(f->t, T1, 0x12002010 | 8u << 17),
                     TT_STEP_WAIT);
    assert_int_equal(tt_op_movdbga2d(f->t, T1, 0x09002010 | 8u << 17),
                     TT_STEP_DONE);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[16][1]), 0xC049);
    assert_int_equal(tt_op_movdbga2d(f->t, T1, 0x09000010), TT_STEP_FAULT);
    assert_non_null(strstr(f->chip.fault, "MOVDBGA2D: mode 0"));
}

static void cleared_rows_read_as_zero_until_written(void **state)
{
    struct fixture *f = *state;
    struct ref_mode m = {TT_FMT_BF16, true, 0};

    set_formats(f, TT_FMT_BF16, TT_FMT_BF16, true);
    memset(f->t->dst, 0x11, sizeof(f->t->dst));
    assert_int_equal(tt_op_zeroacc(f->t, T1, 0x10180000), TT_STEP_DONE);
    random_sources(f, true);
    check_elw(f, ELWMUL << 24 | 64, &m);
    assert_int_equal(f->t->dst[0][0], 0x1111);
    assert_int_equal(ref_dst_read(f->t, 0, 0, &m), 0);
}

static void only_small_clears_step_the_counters(void **state)
{
    struct fixture *f = *state;

    f->t->thread[T1].cfg[TT_TC_ADDR_MOD_DST] = 4;
    tt_op_zeroacc(f->t, T1, 0x10180000); /* everything */
    assert_int_equal(f->t->thread[T1].rwc.dst, 0);
    memset(f->t->dst_valid, 1, sizeof(f->t->dst_valid));
    tt_op_zeroacc(f->t, T1, 0x10080002); /* rows 32 to 47 */
    assert_int_equal(f->t->thread[T1].rwc.dst, 4);
    assert_true(f->t->dst_valid[31] && f->t->dst_valid[48]);
    assert_false(f->t->dst_valid[32] || f->t->dst_valid[47]);
    tt_op_zeroacc(f->t, T1, 0x10000001); /* one row, counted from RWC */
    assert_false(f->t->dst_valid[5]);
}

static void source_transpose_swaps_rows_16_to_31(void **state)
{
    struct fixture *f = *state;
    uint32_t v;

    random_sources(f, true);
    v = f->t->src_b.datum[0][18][11];
    assert_int_equal(tt_op_trnspsrcb(f->t, T1, 0x16000000), TT_STEP_DONE);
    assert_int_equal(f->t->src_b.datum[0][27][2], v);
}

static void unmodelled_formats_are_refused(void **state)
{
    struct fixture *f = *state;

    set_formats(f, TT_FMT_FP16, TT_FMT_BF16, false);
    assert_int_equal(tt_op_elwadd(f->t, T1, 0x28000000), TT_STEP_FAULT);
    assert_non_null(strstr(f->chip.fault, "ELWADD: SrcA format 1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(addition_of_all_bf16_is_exact),
        TEST(addition_matches_in_every_mode),
        TEST(addition_matches_at_the_ends_of_the_range),
        TEST(accumulating_addition_matches_in_every_mode),
        TEST(multiplication_matches_in_every_mode),
        TEST(matrix_product_matches_in_every_mode),
        TEST(broadcasts_repeat_the_column_or_the_row),
        TEST(first_vector_form_has_the_bits_of_the_plain_one),
        TEST(second_vector_form_has_the_bits_of_the_plain_one),
        TEST(integer_product_sums_magnitudes),
        TEST(column_maximum_ignores_denormals),
        TEST(waits_for_both_sources),
        TEST(clear_bits_hand_banks_back),
        TEST(address_modifiers_step_wrap_and_return),
        TEST(moves_carry_rows_between_registers),
        TEST(debug_move_does_not_wait),
        TEST(cleared_rows_read_as_zero_until_written),
        TEST(only_small_clears_step_the_counters),
        TEST(source_transpose_swaps_rows_16_to_31),
        TEST(unmodelled_formats_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
