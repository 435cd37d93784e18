/* SPDX-License-Identifier: MIT */
/* Vector unit: each instruction against a reference of one lane. */
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
#include "device/emu/tensix_sfpu.h"
#include "device/emu/tensix_units.h"

#define T1 1u

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
    f->seed = 7;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static uint32_t next(struct fixture *f)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 17;
    f->seed ^= f->seed << 5;
    return f->seed;
}

/* A float near 2^@exp, or something special. */
static uint32_t random_float(struct fixture *f, uint32_t exp)
{
    static const uint32_t special[] = {
        0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFF812345,
        0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x3F800000, 0xBF7FFFFF};
    uint32_t v = next(f), kind = next(f) % 10;

    if (kind == 0)
        return special[v % 12];
    if (kind == 1)
        return v;
    if (kind == 2)
        v &= 0xFFFF0000u;
    return (v & 0x807FFFFFu) | ((exp + v % 5) & 255u) << 23;
}

static void random_lregs(struct fixture *f)
{
    for (unsigned r = 0; r < 8; r++)
        for (unsigned i = 0; i < TT_LANES; i++)
            f->t->sfpu.lreg[r][i] = random_float(f, 110 + next(f) % 30);
}

/* ------------------------------------------------------------------ */
/* Reference of the multiply-add: wide integers, one step at a time     */

struct ref_float {
    uint32_t sign;
    int exp;
    uint64_t man; /* with hidden bit; denormals are 0 */
    bool inf, nan;
};

static struct ref_float ref_unpack(uint32_t v)
{
    struct ref_float r = {v & 0x80000000u, (int)(v >> 23 & 255u), 0, false,
                          false};

    if (r.exp)
        r.man = (v & 0x7FFFFFu) | 0x800000u;
    r.inf = r.exp == 255 && r.man == 0x800000u;
    r.nan = r.exp == 255 && r.man != 0x800000u;
    return r;
}

/* Bits that fall out stick to bit 0 unless nothing else is left. */
static uint64_t ref_shift(uint64_t v, int by)
{
    bool lost = false;

    for (; by > 0 && v; by--) {
        lost |= v & 1u;
        v >>= 1;
    }
    return v ? v | lost : 0;
}

/* To nearest even; what is below the normal range after that becomes +0. */
static uint32_t ref_round(uint64_t sum, int exp, uint32_t sign, uint32_t nan)
{
    uint32_t r;
    int up = 0;

    for (; sum >> up > 0x7FFFFFFu; up++)
        exp++;
    sum = up ? sum >> up | (sum & 1u) : sum;
    for (; sum < 0x4000000u; sum *= 2)
        exp--;
    if (exp >= 255)
        return nan ? nan : sign | 0x7F800000u;
    if (exp < 0)
        return nan;
    r = (uint32_t)exp << 23 | (uint32_t)(sum / 8 & 0x7FFFFFu);
    if (sum % 8 > 4 || (sum % 8 == 4 && (r & 1u)))
        r++;
    return r < 0x800000u ? nan : (nan ? nan : sign) | r;
}

/* 0, or the NaN that the operands make. */
static uint32_t ref_nan(struct ref_float x, struct ref_float y,
                        struct ref_float z, bool big_p)
{
    uint32_t sign_p = x.sign ^ y.sign;

    if (x.nan || y.nan || (x.inf && !y.man) || (y.inf && !x.man) ||
        (z.inf && big_p && z.sign != sign_p))
        return sign_p | 0x7F800001u;
    return z.nan ? z.sign | 0x7F800001u : 0;
}

static uint32_t ref_fma(uint32_t vx, uint32_t vy, uint32_t vz)
{
    struct ref_float x = ref_unpack(vx), y = ref_unpack(vy);
    struct ref_float z = ref_unpack(vz);
    int exp_p = x.exp + y.exp - 127, exp;
    uint64_t p = x.man * y.man, q = z.man * 8, sum;
    bool big_p = x.exp == 255 || y.exp == 255 || exp_p >= 255;
    uint32_t nan = ref_nan(x, y, z, big_p), sign_p = x.sign ^ y.sign, sign;

    if (!nan && z.inf)
        return vz;
    if (!nan && big_p)
        return sign_p | 0x7F800000u;
    if (!p || exp_p < 0) {
        if (!nan)
            return z.man ? vz : 0;
        p = 0;
        exp_p = 0;
    }
    exp_p = exp_p > 255 ? 255 : exp_p;
    p = p >> 20 | ((p & 0xFFFFFu) != 0);
    exp = exp_p > z.exp ? exp_p : z.exp;
    p = ref_shift(p, exp - exp_p);
    q = ref_shift(q, exp - z.exp);
    sign = p >= q ? sign_p : z.sign;
    sum = sign_p == z.sign ? p + q : p >= q ? p - q : q - p;
    return sum ? ref_round(sum, exp, sign, nan) : nan;
}

/* ------------------------------------------------------------------ */

static void multiply_add_matches_the_reference(void **state)
{
    struct fixture *f = *state;
    uint32_t x[TT_LANES], y[TT_LANES], z[TT_LANES], out[TT_LANES];

    for (unsigned k = 0; k < 20000; k++) {
        uint32_t ex = next(f) % 256, ey = next(f) % 256;

        for (unsigned i = 0; i < TT_LANES; i++) {
            x[i] = random_float(f, ex);
            y[i] = random_float(f, ey);
            z[i] = random_float(f, k % 3 ? ex + ey - 127 : next(f));
            if (i % 8 == 0) /* cancels all but the last bits */
                z[i] = (ref_fma(x[i], y[i], 0) ^ 0x80000000u) + next(f) % 3;
        }
        tt_sfp_fma(x, y, z, out);
        for (unsigned i = 0; i < TT_LANES; i++)
            assert_int_equal(out[i], ref_fma(x[i], y[i], z[i]));
    }
}

/* A factor whose product with @x is next to a power of two. */
static uint32_t reciprocal(uint32_t x, uint32_t exp)
{
    uint32_t one = (x & 0x807FFFFFu) | 0x3F800000u, r;
    float v;

    memcpy(&v, &one, sizeof(v));
    v = 1 / v;
    memcpy(&r, &v, sizeof(r));
    return r + ((exp - 127) << 23);
}

/* Factors and an addend of all relations: @z free, nearly cancelling, twice or
 * half the product and next to it, a power of two, or zero. */
static void related_floats(struct fixture *f, unsigned kind, uint32_t *x,
                           uint32_t *y, uint32_t *z)
{
    uint32_t ex = kind % 5 ? 110 + next(f) % 30 : next(f) % 256;
    uint32_t ey = kind % 5 ? 110 + next(f) % 30 : next(f) % 256;

    for (unsigned i = 0; i < TT_LANES; i++) {
        uint32_t p;

        x[i] = random_float(f, ex);
        y[i] = random_float(f, ey);
        if (kind % 7 == 1) /* factors and products of few bits */
            x[i] &= 0xFFFC0000u, y[i] &= 0xFFF80000u;
        if (kind % 7 == 2) /* next to powers of two */
            x[i] = (x[i] & 0xFF800000u) + next(f) % 5, y[i] &= 0xFF800000u;
        if (kind % 7 == 3)
            y[i] = reciprocal(x[i], ey);
        p = ref_fma(x[i], y[i], 0) ^ (next(f) & 0x80000000u);
        z[i] = random_float(f, ex + ey - 127);
        if (kind % 3 == 1)
            z[i] = p + ((next(f) % 5 - 2) << 23) + next(f) % 3 - 1;
        else if (kind % 3 == 2) /* powers of two around the product */
            z[i] = (p & 0xFF800000u) + ((next(f) % 7 - 3) << 23);
        if (next(f) % 16 == 0)
            z[i] = next(f) & 0x80000000u;
        if (kind % 7 == 4) { /* a whole product that grows by two bits */
            x[i] = 0x3FF80000u + ((ex - 127) << 23);
            y[i] = 0x3FF80000u + ((ey - 127) << 23) + (next(f) & 0x70000u);
            z[i] = 0x3F000000u + ((ex + ey - 254) << 23) + next(f) % 256;
        }
    }
}

static void host_has_avx2(void)
{
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return;
    print_message("this processor has no AVX2 and FMA\n");
    skip();
}

static void vector_arithmetic_equals_the_plain_form(void **state)
{
    struct fixture *f = *state;
    uint32_t x[TT_LANES], y[TT_LANES], z[TT_LANES], one[TT_LANES];
    uint32_t zero[TT_LANES] = {0}, plain[TT_LANES], fast[TT_LANES];

    host_has_avx2();
    for (unsigned i = 0; i < TT_LANES; i++)
        one[i] = 0x3F800000u;
    for (unsigned k = 0; k < 200000; k++) {
        related_floats(f, k, x, y, z);
        tt_sfp_fma(x, y, z, plain);
        assert_true(tt_avx2_sfp_mad(x, y, z, 0xFFFFFFFFu, fast));
        assert_memory_equal(fast, plain, sizeof(fast));
        tt_sfp_fma(x, one, z, plain);
        assert_true(tt_avx2_sfp_add(x, z, 0xFFFFFFFFu, fast));
        assert_memory_equal(fast, plain, sizeof(fast));
        tt_sfp_fma(x, y, zero, plain);
        assert_true(tt_avx2_sfp_mul(x, y, 0xFFFFFFFFu, fast));
        assert_memory_equal(fast, plain, sizeof(fast));
    }
}

/* The result may replace an operand, in some lanes. */
static void vector_arithmetic_writes_only_enabled_lanes(void **state)
{
    struct fixture *f = *state;
    uint32_t x[TT_LANES], y[TT_LANES], z[TT_LANES];
    uint32_t plain[TT_LANES], fast[TT_LANES];

    host_has_avx2();
    for (unsigned k = 0; k < 1000; k++) {
        uint32_t lanes = next(f);

        related_floats(f, k, x, y, z);
        tt_sfp_fma(x, y, z, plain);
        memcpy(fast, y, sizeof(fast));
        assert_true(tt_avx2_sfp_mad(x, fast, z, lanes, fast));
        for (unsigned i = 0; i < TT_LANES; i++)
            assert_int_equal(fast[i], lanes >> i & 1u ? plain[i] : y[i]);
    }
}

static void
vector_arithmetic_stands_aside_where_rounding_is_changed(void **state)
{
    uint32_t x[TT_LANES] = {0};

    (void)state;
    host_has_avx2();
    assert_int_equal(fesetround(FE_UPWARD), 0);
    assert_false(tt_avx2_sfp_mad(x, x, x, 0xFFFFFFFFu, x));
    assert_false(tt_avx2_sfp_add(x, x, 0xFFFFFFFFu, x));
    assert_false(tt_avx2_sfp_mul(x, x, 0xFFFFFFFFu, x));
    assert_int_equal(fesetround(FE_TONEAREST), 0);
    assert_true(tt_avx2_sfp_mad(x, x, x, 0xFFFFFFFFu, x));
}

static void multiply_add_matches_recorded_results(void **state)
{
    /* recorded from ttsim v1.10.0 */
    static const uint32_t known[][4] = {
        {0x40490FDB, 0x3EAAAAAB, 0xBF860A91, 0x34300000},
        {0x7F800000, 0x00000000, 0x3F812345, 0x7F812345},
        {0x7F800000, 0x3F800000, 0xFF800000, 0x7F800001},
        {0x3F800000, 0x3F800000, 0xFFC12345, 0xFF800001},
        {0x7F000000, 0x7F000000, 0xBF800000, 0x7F800000},
        {0x7F000000, 0x7F000000, 0xFF800000, 0x7F800001},
        {0x00400000, 0x7F000000, 0x80400000, 0x00000000},
        {0x00800000, 0x3F7FFFFF, 0x00000000, 0x00000000},
        {0x00FFFFFF, 0x3F000001, 0x00000000, 0x00800000},
        {0x3F800001, 0x3F800001, 0xBF800002, 0x32800000},
        {0x3FFFFFFF, 0x3FFFFFFF, 0xC07FFFFE, 0x33000000},
        {0x3F800001, 0x3F7FFFFF, 0xBF800000, 0x33400000},
        {0xBF800000, 0x7F7FFFFF, 0xFF7FFFFF, 0xFF800000},
        {0x7F7FFFFF, 0x3F800000, 0x73000000, 0x7F800000},
        {0x80000000, 0x3F800000, 0x80000000, 0x00000000},
        {0x3FC00000, 0x3F800001, 0x33800000, 0x3FC00002},
    };
    uint32_t x[TT_LANES] = {0}, y[TT_LANES] = {0}, z[TT_LANES] = {0};
    uint32_t out[TT_LANES];

    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        x[i] = known[i][0];
        y[i] = known[i][1];
        z[i] = known[i][2];
    }
    tt_sfp_fma(x, y, z, out);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(out[i], known[i][3]);
}

static void only_enabled_lanes_change(void **state)
{
    struct fixture *f = *state;
    uint32_t before[TT_LANES];

    random_lregs(f);
    memcpy(before, f->t->sfpu.lreg[2], sizeof(before));
    f->t->sfpu.cc = 0x0F0F00FFu;
    assert_int_equal(tt_op_sfpmad(f->t, T1, 0x84010120), TT_STEP_DONE);
    for (unsigned i = 0; i < TT_LANES; i++)
        assert_int_equal(f->t->sfpu.lreg[2][i],
                         0x0F0F00FFu >> i & 1u ? ref_fma(f->t->sfpu.lreg[1][i],
                                                         f->t->sfpu.lreg[0][i],
                                                         f->t->sfpu.lreg[1][i])
                                               : before[i]);

    f->t->sfpu.cc_en = false; /* flags off: all lanes */
    assert_int_equal(tt_op_sfploadi(f->t, T1, 0x71223456), TT_STEP_DONE);
    assert_int_equal(f->t->sfpu.lreg[2][31], 0x3456);
}

/* ------------------------------------------------------------------ */
/* One-lane references of the integer and field instructions           */

static uint32_t ref_iadd_sub(uint32_t d, uint32_t c)
{
    return c - d;
}

static uint32_t ref_shift_left_5(uint32_t d, uint32_t c)
{
    (void)c;
    return d * 32;
}

static uint32_t ref_shift_by(uint32_t d, uint32_t c)
{
    if (c >> 31)
        return d >> ((0u - c) % 32);
    return d << (c % 32);
}

static uint32_t ref_abs_float(uint32_t d, uint32_t c)
{
    (void)d;
    return c > 0xFF800000u ? c : c & 0x7FFFFFFFu;
}

static uint32_t ref_and(uint32_t d, uint32_t c)
{
    return c & d;
}

static uint32_t ref_not(uint32_t d, uint32_t c)
{
    (void)d;
    return ~c;
}

static uint32_t ref_lz(uint32_t d, uint32_t c)
{
    uint32_t n = 0;

    (void)d;
    for (; n < 32 && !(c >> (31 - n)); n++)
        continue;
    return n;
}

static uint32_t ref_divp2_add(uint32_t d, uint32_t c)
{
    uint32_t exp = c >> 23 & 255u;

    (void)d;
    exp = exp == 255 ? 255 : (exp + 3) % 256;
    return (c & 0x807FFFFFu) | exp << 23;
}

static uint32_t ref_exexp(uint32_t d, uint32_t c)
{
    (void)d;
    return (c >> 23 & 255u) - 127;
}

static uint32_t ref_setexp_low(uint32_t d, uint32_t c)
{
    return (c & 0x807FFFFFu) | (d & 255u) << 23;
}

static uint32_t ref_setman(uint32_t d, uint32_t c)
{
    return (c & 0xFF800000u) | (d & 0x007FFFFFu);
}

static uint32_t ref_setsgn(uint32_t d, uint32_t c)
{
    return (c & 0x7FFFFFFFu) | (d & 0x80000000u);
}

static uint32_t ref_cast(uint32_t d, uint32_t c)
{
    float v = (float)(c & 0x7FFFFFFFu);
    uint32_t u;

    (void)d;
    memcpy(&u, &v, sizeof(u));
    return u | (c & 0x80000000u);
}

static uint32_t ref_to_bf16(uint32_t d, uint32_t c)
{
    uint32_t exp = c & 0x7F800000u;

    (void)d;
    if (!exp)
        return 0;
    if (exp == 0x7F800000u)
        return c & 0xFF800000u;
    return (c + 0x8000u) & 0xFFFF0000u;
}

static uint32_t ref_to_int8(uint32_t d, uint32_t c)
{
    float v;
    double m;
    uint32_t r;

    (void)d;
    if ((c & 0x7F800000u) == 0x7F800000u)
        return (c & 0x80000000u) | 127;
    memcpy(&v, &c, sizeof(v));
    m = v < 0 ? -(double)v : (double)v;
    r = m >= 127 ? 127 : (uint32_t)(m + 0.5);
    return r ? (c & 0x80000000u) | r : 0;
}

/* VC is LReg 1, VD is LReg 2. */
static void lanes_match_their_reference(void **state)
{
    static const struct {
        tt_op_fn fn;
        uint32_t insn;
        uint32_t (*ref)(uint32_t d, uint32_t c);
    } op[] = {
        {tt_op_sfpiadd, 0x79000126, ref_iadd_sub},
        {tt_op_sfpshft, 0x7A005121, ref_shift_left_5},
        {tt_op_sfpshft, 0x7A000120, ref_shift_by},
        {tt_op_sfpabs, 0x7D000121, ref_abs_float},
        {tt_op_sfpand, 0x7E000120, ref_and},
        {tt_op_sfpnot, 0x80000120, ref_not},
        {tt_op_sfplz, 0x81000120, ref_lz},
        {tt_op_sfpdivp2, 0x76003121, ref_divp2_add},
        {tt_op_sfpexexp, 0x77000120, ref_exexp},
        {tt_op_sfpsetexp, 0x82000120, ref_setexp_low},
        {tt_op_sfpsetman, 0x83000120, ref_setman},
        {tt_op_sfpsetsgn, 0x89000120, ref_setsgn},
        {tt_op_sfpcast, 0x90000120, ref_cast},
        {tt_op_sfp_stoch_rnd, 0x8E000121, ref_to_bf16},
        {tt_op_sfp_stoch_rnd, 0x8E000123, ref_to_int8},
    };
    struct fixture *f = *state;
    uint32_t d[TT_LANES], c[TT_LANES];

    for (unsigned k = 0; k < sizeof(op) / sizeof(op[0]); k++)
        for (unsigned round = 0; round < 300; round++) {
            random_lregs(f);
            memcpy(d, f->t->sfpu.lreg[2], sizeof(d));
            memcpy(c, f->t->sfpu.lreg[1], sizeof(c));
            assert_int_equal(op[k].fn(f->t, T1, op[k].insn), TT_STEP_DONE);
            for (unsigned i = 0; i < TT_LANES; i++)
                assert_int_equal(f->t->sfpu.lreg[2][i], op[k].ref(d[i], c[i]));
        }
}

/* ------------------------------------------------------------------ */

static void loads_return_what_stores_wrote(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    random_lregs(f);
    for (unsigned i = 0; i < TT_LANES; i++)
        s->lreg[0][i] = 0x3F812345u + (i << 20);
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72030002), TT_STEP_DONE);
    assert_int_equal(tt_op_sfpload(f->t, T1, 0x70130002), TT_STEP_DONE);
    assert_memory_equal(s->lreg[1], s->lreg[0], sizeof(s->lreg[0]));

    /* lane 9: second row, second odd column; bf16 cuts the low half off */
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72020042), TT_STEP_DONE);
    assert_int_equal(tt_dst_to_bf16(f->t->dst[65][3]), s->lreg[0][9] >> 16);
    assert_int_equal(tt_op_sfpload(f->t, T1, 0x70220042), TT_STEP_DONE);
    assert_int_equal(s->lreg[2][9], s->lreg[0][9] & 0xFFFF0000u);
}

/* One lane of Dst as SFPLOAD and SFPSTORE of mode 3 (32 bits) or 2 (BF16) see
 * it, from the cells; the fields of Dst.md one by one. */
static uint32_t ref_cell(const struct tt_tensix *t, uint32_t row,
                         unsigned column, bool wide)
{
    uint32_t cells = wide ? tt_dst_row32(row) : row;
    uint32_t hi = t->dst[cells][column];
    uint32_t lo = wide ? t->dst[cells + TT_DST_LO_ROWS][column] : 0;

    if (!t->dst_valid[cells])
        return 0;
    return (hi >> 15) << 31 | (hi & 0xFFu) << 23 | (hi >> 8 & 0x7Fu) << 16 | lo;
}

static void random_dst(struct fixture *f, uint32_t rows)
{
    for (uint32_t row = 0; row < rows; row++) {
        f->t->dst_valid[row] = next(f) % 8 != 0;
        for (unsigned i = 0; i < TT_ROW; i++)
            f->t->dst[row][i] =
                (uint16_t)(next(f) & (next(f) % 4 ? ~0u : 0xFF00u));
    }
}

static void loads_take_every_second_column(void **state)
{
    struct fixture *f = *state;

    for (unsigned k = 0; k < 4000; k++) {
        uint32_t mode = k % 3 + 2, row = next(f) % 32 * 2;
        uint32_t lanes = k % 2 ? next(f) : 0xFFFFFFFFu, old[TT_LANES];

        random_lregs(f);
        random_dst(f, 160);
        memcpy(old, f->t->sfpu.lreg[1], sizeof(old));
        f->t->sfpu.cc = lanes;
        assert_int_equal(tt_op_sfpload(f->t, T1, 0x70100000 | mode << 16 | row),
                         TT_STEP_DONE);
        for (unsigned i = 0; i < TT_LANES; i++) {
            uint32_t want = ref_cell(f->t, (row & ~3u) + i / 8,
                                     i % 8 * 2 + (row >> 1 & 1u), mode > 2);

            assert_int_equal(f->t->sfpu.lreg[1][i],
                             lanes >> i & 1u ? want : old[i]);
        }
    }
}

/* Mode 4 stores integers, which have no denormals. */
static uint32_t ref_stored(uint32_t v, uint32_t mode)
{
    v = mode < 4 && !(v & 0x7F800000u) ? v & 0x80000000u : v;
    return mode == 2 ? v & 0xFFFF0000u : v;
}

static void stores_change_only_their_cells(void **state)
{
    struct fixture *f = *state;
    struct tt_tensix *before = malloc(sizeof(*before));

    assert_non_null(before);
    for (unsigned k = 0; k < 1000; k++) {
        uint32_t mode = k % 3 + 2, row = next(f) % 32 * 2;
        uint32_t lanes = k % 2 ? next(f) : 0xFFFFFFFFu;

        random_lregs(f);
        random_dst(f, 160);
        memset(f->t->dst_valid, 1, 160);
        memcpy(before, f->t, sizeof(*before));
        f->t->sfpu.cc = lanes;
        assert_int_equal(
            tt_op_sfpstore(f->t, T1, 0x72100000 | mode << 16 | row),
            TT_STEP_DONE);
        for (uint32_t r = 0; r < 64; r++)
            for (unsigned c = 0; c < TT_ROW; c++) {
                uint32_t lane = (r & 3u) * 8 + c / 2;
                bool here = r / 4 == row / 4 && c % 2 == (row >> 1 & 1u) &&
                            (lanes >> lane & 1u);
                uint32_t want = here
                                    ? ref_stored(f->t->sfpu.lreg[1][lane], mode)
                                    : ref_cell(before, r, c, mode > 2);

                assert_int_equal(ref_cell(f->t, r, c, mode > 2), want);
            }
    }
    free(before);
}

static void stores_leave_disabled_lanes_alone(void **state)
{
    struct fixture *f = *state;

    memset(f->t->dst, 0x22, sizeof(f->t->dst));
    memset(f->t->dst_valid, 0, sizeof(f->t->dst_valid));
    f->t->sfpu.cc = 0x00000100u;
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72060000), TT_STEP_DONE);
    assert_int_equal(f->t->dst[1][0], 0);
    assert_int_equal(f->t->dst[1][2], 0x2222);
    assert_true(f->t->dst_valid[1]);
    assert_false(f->t->dst_valid[0]);
}

static void flags_follow_signs_and_nest(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    for (unsigned i = 0; i < TT_LANES; i++)
        s->lreg[1][i] = i % 3 == 0 ? 0x80000000u | i : i % 3 - 1;
    assert_int_equal(tt_op_sfppushc(f->t, T1, 0x87000000), TT_STEP_DONE);
    assert_int_equal(tt_op_sfpsetcc(f->t, T1, 0x7B000100), TT_STEP_DONE);
    assert_int_equal(s->cc, 0x49249249u);
    assert_int_equal(tt_op_sfpcompc(f->t, T1, 0x8B000000), TT_STEP_DONE);
    assert_int_equal(s->cc, ~0x49249249u);
    assert_int_equal(tt_op_sfpsetcc(f->t, T1, 0x7B000106), TT_STEP_DONE);
    assert_int_equal(s->cc, 0x92492492u);
    assert_int_equal(tt_op_sfppopc(f->t, T1, 0x88000000), TT_STEP_DONE);
    assert_int_equal(s->cc, 0xFFFFFFFFu);
    assert_int_equal(tt_op_sfppopc(f->t, T1, 0x88000000), TT_STEP_FAULT);
}

static void swap_sorts_lanes(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    for (unsigned i = 0; i < TT_LANES; i++) {
        s->lreg[1][i] = i % 2 ? 0x3F800000u : 0xBF800000u;
        s->lreg[2][i] = 0xBF000000u;
    }
    assert_int_equal(tt_op_sfpswap(f->t, T1, 0x92000121), TT_STEP_DONE);
    assert_int_equal(s->lreg[2][0], 0xBF800000u); /* VD gets the minimum */
    assert_int_equal(s->lreg[1][0], 0xBF000000u);
    assert_int_equal(s->lreg[2][1], 0xBF000000u);
    assert_int_equal(s->lreg[1][1], 0x3F800000u);
}

static void swap_modes_choose_rows_for_the_minimum(void **state)
{
    static const uint32_t mode[][2] = {
        {1, 0xFFFFFFFF}, {2, 0x0000FFFF}, {3, 0x00FF00FF}, {9, 0}};
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    for (unsigned k = 0; k < 4; k++) {
        for (unsigned i = 0; i < TT_LANES; i++) {
            s->lreg[1][i] = i;
            s->lreg[2][i] = 16;
        }
        assert_int_equal(tt_op_sfpswap(f->t, T1, 0x92000120 | mode[k][0]),
                         TT_STEP_DONE);
        for (uint32_t i = 0; i < TT_LANES; i++) {
            bool min = mode[k][1] >> i & 1u;

            assert_int_equal(s->lreg[2][i], (i < 16) == min ? i : 16);
        }
    }
}

static void stores_flush_denormals_but_keep_the_sign(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TT_LANES; i++)
        f->t->sfpu.lreg[0][i] = 0x807FFFFFu;
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72020000), TT_STEP_DONE);
    assert_int_equal(f->t->dst[0][0], 0x8000);
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72030004), TT_STEP_DONE);
    assert_int_equal(f->t->dst[4][0], 0x8000);
    assert_int_equal(f->t->dst[12][0], 0);
    assert_int_equal(tt_op_sfpstore(f->t, T1, 0x72040004), TT_STEP_DONE);
    assert_int_equal(f->t->dst[12][0], 0xFFFF); /* integers stay */
}

static void transpose_twice_is_identity(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;
    uint32_t before[8][TT_LANES];

    random_lregs(f);
    memcpy(before, s->lreg, sizeof(before));
    assert_int_equal(tt_op_sfptransp(f->t, T1, 0x8C000000), TT_STEP_DONE);
    assert_int_equal(s->lreg[1][8 * 2 + 5], before[2][8 * 1 + 5]);
    assert_int_equal(tt_op_sfptransp(f->t, T1, 0x8C000000), TT_STEP_DONE);
    assert_memory_equal(s->lreg, before, sizeof(before));
}

static void tables_pick_a_piece_by_magnitude(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    for (unsigned i = 0; i < TT_LANES; i++) {
        s->lreg[0][i] = 0x0010; /* 1.0 x + 0.5 below 1 */
        s->lreg[1][i] = 0xFF00; /* 0 x + 1.0 below 2 */
        s->lreg[2][i] = 0x10FF; /* 0.5 x + 0 */
        s->lreg[3][i] = i % 3 == 0   ? 0xBE800000u
                        : i % 3 == 1 ? 0x3FC00000u
                                     : 0x40800000u;
    }
    assert_int_equal(tt_op_sfplut(f->t, T1, 0x73440000), TT_STEP_DONE);
    assert_int_equal(s->lreg[4][0], 0xBF400000u); /* keeps the sign */
    assert_int_equal(s->lreg[4][1], 0x3F800000u);
    assert_int_equal(s->lreg[4][2], 0x40000000u);
}

static void constants_come_from_lreg_0(void **state)
{
    struct fixture *f = *state;
    struct tt_sfpu *s = &f->t->sfpu;

    for (unsigned i = 0; i < TT_LANES; i++)
        s->lreg[0][i] = 0x40490FDBu;
    assert_int_equal(tt_op_sfpconfig(f->t, T1, 0x910000C0), TT_STEP_DONE);
    assert_int_equal(s->lreg[12][31], 0x40490FDBu);
    s->lreg[0][5]++;
    assert_int_equal(tt_op_sfpconfig(f->t, T1, 0x910000C0), TT_STEP_FAULT);
}

static void high_destinations_become_macro_templates(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(tt_op_sfpmad(f->t, T1, 0x840123D0), TT_STEP_DONE);
    assert_int_equal(f->t->sfpu.macro_template[1], 0x840123D0);
    f->t->sfpu.cc = 1;
    assert_int_equal(tt_op_sfpmad(f->t, T1, 0x840123D0), TT_STEP_FAULT);
}

static void reserved_modes_are_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(tt_op_sfpmul(f->t, T1, 0x86010120), TT_STEP_FAULT);
    assert_non_null(strstr(f->chip.fault, "SFPMUL"));
    assert_int_equal(tt_op_sfpadd(f->t, T1, 0x85010120), TT_STEP_FAULT);
    assert_int_equal(tt_op_sfpload(f->t, T1, 0x70010000), TT_STEP_FAULT);
    assert_int_equal(tt_op_sfpshft2(f->t, T1, 0x94000124), TT_STEP_FAULT);
}

/* Mostly an instruction of those that runs know, with plausible fields. */
static uint32_t random_insn(struct fixture *f)
{
    static const uint32_t form[][2] = {
        /* instruction, bits that vary */
        {0x70020000, 0x00F5C3FE}, {0x70040000, 0x0072C03E},
        {0x70000000, 0x0070003E}, {0x71000000, 0x007AFFFF},
        {0x72020000, 0x0075C03E}, {0x72040000, 0x0072C03E},
        {0x72000000, 0x0070003E}, {0x74000000, 0x00FFFF70},
        {0x75000000, 0x00FFFF70}, {0x76000000, 0x0007FF71},
        {0x77000000, 0x00000F7B}, {0x78000000, 0x00000F71},
        {0x79000000, 0x00FFFF7F}, {0x7A000000, 0x00FFFF71},
        {0x7B000000, 0x00000F06}, {0x7C000000, 0x00000F73},
        {0x7D000000, 0x00000F71}, {0x7E000000, 0x00000F70},
        {0x7F000000, 0x00000F70}, {0x80000000, 0x00000F70},
        {0x81000000, 0x00000F76}, {0x82000000, 0x00001F73},
        {0x84000000, 0x000FFF70}, {0x85A00000, 0x0000FF70},
        {0x85A00000, 0x000FFF70}, {0x86000900, 0x000FF070},
        {0x89000000, 0x00001F71}, {0x8A00300A, 0x00003000},
        {0x8A00300A, 0x00000000}, {0x8B000000, 0x00000000},
        {0x8D000000, 0x00000F70}, {0x8E000001, 0x0000FF76},
        {0x8F000000, 0x00000000}, {0x92000000, 0x00000F71},
        {0x92000000, 0x00000F7B}, {0x94000000, 0x00000F77},
    };
    uint32_t k = next(f) % (sizeof(form) / sizeof(form[0]));
    uint32_t insn = form[k][0] | (next(f) & form[k][1]);

    if ((insn & 0xFFF00000u) == 0x85A00000u) /* VA is LReg 10 */
        insn = (insn & 0xFF00FFFFu) | 0x000A0000u;
    return next(f) % 20 ? insn : insn ^ 1u << next(f) % 24;
}

static void random_state(struct fixture *f)
{
    struct tt_thread *th = &f->t->thread[T1];

    random_lregs(f);
    random_dst(f, 160);
    if (next(f) % 4)
        memset(f->t->dst_valid, 1, 160);
    for (unsigned i = 0; i < TT_LANES; i++)
        f->t->sfpu.prng[i] = next(f);
    f->t->sfpu.cc = next(f) % 2 ? next(f) : 0xFFFFFFFFu;
    f->t->sfpu.cc_en = next(f) % 4 != 0;
    f->t->sfpu.lane_config = next(f) % 16 ? 0 : 4;
    th->rwc.dst = next(f) % 32;
    th->rwc.bias = next(f) % 2;
    for (unsigned i = 0; i < 8; i++) { /* Dst increments, some odd modifiers */
        th->cfg[TT_TC_ADDR_MOD_DST + i] = (uint16_t)(next(f) % 3 * 2);
        th->cfg[TT_TC_ADDR_MOD_AB + 2 * i] = next(f) % 8 ? 0 : 1;
        th->cfg[TT_TC_ADDR_MOD_BIAS + i] = next(f) % 8 ? 0 : 1;
        if (next(f) % 8 == 0)
            th->cfg[TT_TC_ADDR_MOD_DST + i] = (uint16_t)(next(f) & 0x1FFFu);
    }
    /* SFPLOAD and SFPSTORE of mode 0: FP32, or by the format of SrcB */
    f->t->cfg[0][TT_CF_SFPU_FP32 >> 16] = next(f) & 0xFE5FFFFFu;
    f->t->cfg[0][TT_CF_SRCB_FMT >> 16] = next(f);
}

/* What a run has executed, one by one executes without a complaint. */
static void repeat(struct tt_tensix *t, const uint32_t *insn, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(tt_tensix_execute(t, T1, insn[i]), TT_STEP_DONE);
}

/* Instructions in runs, without those that runs do not take; the outcome is
 * that of one by one. Returns how many were executed. */
static unsigned run_and_repeat(struct fixture *f, struct tt_tensix *saved)
{
    uint32_t insn[24];
    unsigned executed = 0;

    random_state(f);
    memcpy(saved, f->t, sizeof(*saved));
    for (unsigned i = 0; i < 24; i++)
        insn[i] = random_insn(f);
    for (unsigned i = 0; i < 24; i++) {
        unsigned n = tt_avx2_sfp_run(f->t, T1, &insn[i], 24 - i);

        assert_true(n <= 24 - i);
        repeat(saved, &insn[i], n);
        executed += n;
        i += n;
    }
    saved->insn = f->t->insn;
    assert_memory_equal(f->t, saved, sizeof(*saved));
    return executed;
}

static void runs_do_what_their_instructions_do(void **state)
{
    struct fixture *f = *state;
    struct tt_tensix *saved = malloc(sizeof(*saved));
    unsigned executed = 0;

    assert_non_null(saved);
    host_has_avx2();
    for (unsigned k = 0; k < 20000; k++)
        executed += run_and_repeat(f, saved);
    assert_true(executed > 10 * 20000); /* the test is about something */
    free(saved);
}

/* Where a thread may not round as the vector unit does, nothing is run. */
static void runs_stand_aside_where_rounding_is_changed(void **state)
{
    const uint32_t nop = 0x8F000000u;
    struct fixture *f = *state;

    host_has_avx2();
    assert_int_equal(tt_avx2_sfp_run(f->t, T1, &nop, 1), 1);
    assert_int_equal(fesetround(FE_DOWNWARD), 0);
    assert_int_equal(tt_avx2_sfp_run(f->t, T1, &nop, 1), 0);
    assert_int_equal(fesetround(FE_TONEAREST), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(multiply_add_matches_the_reference),
        TEST(vector_arithmetic_equals_the_plain_form),
        TEST(vector_arithmetic_writes_only_enabled_lanes),
        TEST(vector_arithmetic_stands_aside_where_rounding_is_changed),
        TEST(multiply_add_matches_recorded_results),
        TEST(only_enabled_lanes_change),
        TEST(lanes_match_their_reference),
        TEST(loads_return_what_stores_wrote),
        TEST(loads_take_every_second_column),
        TEST(stores_change_only_their_cells),
        TEST(stores_leave_disabled_lanes_alone),
        TEST(flags_follow_signs_and_nest),
        TEST(swap_sorts_lanes),
        TEST(swap_modes_choose_rows_for_the_minimum),
        TEST(stores_flush_denormals_but_keep_the_sign),
        TEST(transpose_twice_is_identity),
        TEST(tables_pick_a_piece_by_magnitude),
        TEST(constants_come_from_lreg_0),
        TEST(high_destinations_become_macro_templates),
        TEST(reserved_modes_are_refused),
        TEST(runs_do_what_their_instructions_do),
        TEST(runs_stand_aside_where_rounding_is_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
