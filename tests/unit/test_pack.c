/* SPDX-License-Identifier: MIT */
/* Packers: PACR against independent references, fast forms against general. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"
#include "device/emu/tensix_pack_convert.h"
#include "device/emu/tensix_units.h"
#include "device/l1_map.h"

#define OUTPUT 0x40000u
#define TILE   1024u

/* Formats, as FloatBitPatterns.md numbers them. */
enum { FP32, FP16, BFP8A, BF16 = 5, BFP8, BFP4, INT32, INT16, INT8 = 14, BFP2 };

#define ALL   0xF00u /* all four packers */
#define ONE   0x100u
#define LAST  1u
#define FLUSH 2u

struct fixture {
    struct tt_chip chip;
    struct tt_tile tile;
};

static const unsigned section[4] = {56, 84, 96, 124};

static struct tt_tensix *tensix(struct fixture *f)
{
    return &f->tile.tensix;
}

static uint32_t *cfg(struct fixture *f)
{
    return f->tile.tensix.cfg[0];
}

static struct tt_adc *adc(struct fixture *f)
{
    return &f->tile.tensix.thread[2].adc[TT_ADC_PACK];
}

static enum tt_step pacr(struct fixture *f, uint32_t bits)
{
    return tt_op_pacr(tensix(f), 2, 0x41000000u | bits);
}

/* Four packers, one face each, from Dst row 0 to OUTPUT without gaps. */
static void configure(struct fixture *f, unsigned in, unsigned out, bool wide)
{
    unsigned face = (out & 3) == 0 ? 64 : (out & 3) == 1 ? 32 : 16;
    bool bfp = out == BFP8 || out == BFP4 || out == BFP2;
    uint32_t *c = cfg(f);

    c[1] = in << 25;
    c[8] = 4u | 64u << 12;
    c[14] = wide;
    for (unsigned p = 0; p < 4; p++) {
        c[20 + p] = 0xFFFF;
        c[24 + p] = 16u << 8;
        /* exponents one after the other, the datums behind all of them */
        c[section[p]] = bfp ? (4 + 7 * p) << 16 : 0;
        c[section[p] + 1] = bfp ? p - 1 : p * face - 1;
        c[section[p] + 2] = 1u | out << 4 | in << 8;
        c[152 + p] = 16 * p;
    }
    if (out == BFP8)
        for (unsigned p = 0; p < 4; p++)
            c[section[p]] = (4 + 15 * p) << 16;
    c[section[0] + 1] = (OUTPUT / 16 - 1) | 0x80000000u;
    adc(f)->ch[1].x = 255;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    f->tile.chip = &f->chip;
    f->tile.l1 = calloc(1, TT_L1_SIZE);
    f->tile.tensix.tile = &f->tile;
    memset(f->tile.tensix.dst_valid, 1, TT_DST_ROWS);
    *state = f;
    return f->tile.l1 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    free(f->tile.l1);
    free(f);
    return 0;
}

/* Datum i of Dst, given in memory format. */
static void put16(struct fixture *f, unsigned i, unsigned bf16)
{
    tensix(f)->dst[i / 16][i % 16] =
        (uint16_t)((bf16 & 0x8000) | (bf16 & 0x7F) << 8 | (bf16 >> 7 & 0xFF));
}

static void put32(struct fixture *f, unsigned i, uint32_t v)
{
    uint32_t row = tt_dst_row32(i / 16), hi = v >> 16;

    tensix(f)->dst[row][i % 16] =
        (uint16_t)((hi & 0x8000) | (hi & 0x7F) << 8 | (hi >> 7 & 0xFF));
    tensix(f)->dst[row + 8][i % 16] = (uint16_t)v;
}

static uint32_t out16(struct fixture *f, unsigned i)
{
    const uint8_t *p = f->tile.l1 + OUTPUT + 2 * i;

    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t out32(struct fixture *f, unsigned i)
{
    return out16(f, 2 * i) | out16(f, 2 * i + 1) << 16;
}

/* Random patterns mixed with the edges of every class of FP32. */
static uint32_t pattern(unsigned i)
{
    static const uint32_t edge[] = {
        0,          0x80000000, 1,          0x807FFFFF, 0x00800000,
        0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFFFFFFF,
        0x7F7F8000, 0x007F8000, 0x007F7FFF, 0x3F808000, 0xBF807FFF};
    uint32_t x = i * 2654435761u;

    if (i % 3 == 0)
        return edge[i / 3 % (sizeof(edge) / sizeof(*edge))];
    return x ^ x >> 15;
}

static float as_float(uint32_t v)
{
    float out;

    memcpy(&out, &v, sizeof(out));
    return out;
}

static uint32_t as_bits(float v)
{
    uint32_t out;

    memcpy(&out, &v, sizeof(out));
    return out;
}

/* The nearest BF16, ties away from zero, by arithmetic. */
static uint32_t nearest_bf16(uint32_t v)
{
    float x = as_float(v);
    int exp;
    float rounded;

    if (isnan(x))
        return v >> 31 ? 0xFF80 : 0x7F80;
    if (isinf(x))
        return v >> 16;
    frexpf(x, &exp);
    exp = exp < -125 ? -133 : exp - 8; /* of the last bit */
    rounded = ldexpf(roundf(ldexpf(x, -exp)), exp);
    return fabsf(rounded) < 0x1p-126f ? 0 : as_bits(rounded) >> 16;
}

static void all_bf16_patterns_pack_without_nan_and_denormals(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    for (unsigned base = 0; base < 65536; base += TILE) {
        for (unsigned i = 0; i < TILE; i++)
            put16(f, i, base + i);
        assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
        for (unsigned i = 0; i < TILE; i++)
            assert_int_equal(out16(f, i), nearest_bf16((base + i) << 16));
    }
}

static void fp32_rounds_to_bf16_half_away_from_zero(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, true);
    for (unsigned base = 0; base < 64; base++) {
        for (unsigned i = 0; i < TILE; i++)
            put32(f, i, pattern(base * TILE + i));
        assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
        for (unsigned i = 0; i < TILE; i++)
            assert_int_equal(out16(f, i),
                             nearest_bf16(pattern(base * TILE + i)));
    }
}

static void fp32_and_int32_pack_unchanged(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, pattern(i));
    configure(f, FP32, FP32, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(out32(f, i), pattern(i));
    memset(f->tile.l1 + OUTPUT, 0, 4 * TILE);
    configure(f, INT32, INT32, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(out32(f, i), pattern(i));
}

static void compare_forms(struct fixture *f, unsigned in, unsigned out,
                          bool wide)
{
    struct tt_pack_format format = {.in = in, .out = out, .read_32 = wide};
    uint8_t fast[TT_PACK_MAX * 4] = {0}, general[TT_PACK_MAX * 4] = {0};
    uint32_t values[TT_PACK_MAX];

    for (uint32_t row = 0; row < 512; row += 16) {
        assert_true(tt_pack_direct(tensix(f), &format, row, 16, fast));
        tt_pack_values(tensix(f), &format, row, values, 16);
        if (out == BF16)
            tt_pack_store16(values, general, TT_PACK_MAX);
        else
            memcpy(general, values, sizeof(general));
        assert_memory_equal(fast, general, sizeof(fast));
    }
}

static void fast_forms_equal_the_general_form(void **state)
{
    struct fixture *f = *state;

    for (unsigned round = 0; round < 8; round++) {
        for (unsigned i = 0; i < 512 * 16; i++)
            put16(f, i, round * 512 * 16 + i); /* all 65,536 in 8 rounds */
        compare_forms(f, BF16, BF16, false);
        for (unsigned i = 0; i < 512 * 16; i++)
            put32(f, i, pattern(round * 512 * 16 + i));
        compare_forms(f, BF16, BF16, true);
        compare_forms(f, FP32, FP32, true);
        compare_forms(f, INT32, INT32, true);
    }
}

static void rows_that_are_not_valid_pack_as_zero(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, 0x3F80);
    tensix(f)->dst_valid[17] = 0;
    configure(f, BF16, BF16, false);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(out16(f, i), i / 16 == 17 ? 0 : 0x3F80);
    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, 0x3F800001);
    tensix(f)->dst_valid[17] = 1;
    tensix(f)->dst_valid[tt_dst_row32(9)] = 0;
    tensix(f)->dst_valid[tt_dst_row32(30) + 8] = 0; /* of no importance */
    configure(f, FP32, FP32, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(out32(f, i), i / 16 == 9 ? 0 : 0x3F800001);
}

/* Where configure() puts the exponents and datums of a packer. */
static const uint8_t *face_data(struct fixture *f, unsigned p, unsigned out)
{
    unsigned exp_16 = out == BFP8 ? 4 + 15 * p : 4 + 7 * p;

    return f->tile.l1 + OUTPUT + 16 * (p + exp_16);
}

static void check_block(struct fixture *f, unsigned block, unsigned out)
{
    unsigned bits = out == BFP8 ? 8 : out == BFP4 ? 4 : 2;
    const uint8_t *data = face_data(f, block / 16, out) + block % 16 * 2 * bits;
    int exp = f->tile.l1[OUTPUT + block];
    int largest = 0;

    for (unsigned i = 0; i < 16; i++) {
        float x = as_float(nearest_bf16(pattern(block * 16 + i)) << 16);
        int e = isinf(x) ? 255 : x == 0 ? 0 : ilogbf(x) + 127;
        /* exponent 255 counts as a number */
        double v = isinf(x) ? copysign(ldexp(1, 128), x) : (double)x;
        double scaled = floor(ldexp(fabs(v), 127 + 6 - exp) + 0.5);
        unsigned m = (unsigned)(scaled > 127 ? 127 : scaled) >> (8 - bits);
        unsigned datum = (unsigned)data[i * bits / 8] >> (i * bits % 8);

        m |= m && v < 0 ? 1u << (bits - 1) : 0;
        assert_int_equal(datum & ((1u << bits) - 1), m);
        largest = e > largest ? e : largest;
    }
    assert_int_equal(exp, largest);
}

static void block_float_shares_the_largest_exponent(void **state)
{
    static const unsigned formats[] = {BFP8, BFP4, BFP2};
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, nearest_bf16(pattern(i)));
    for (unsigned k = 0; k < 3; k++) {
        configure(f, BF16, formats[k], false);
        assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
        for (unsigned block = 0; block < 64; block++)
            check_block(f, block, formats[k]);
    }
}

static void fp16_widens_late(void **state)
{
    struct fixture *f = *state;

    /* -1.5 as FP16, in the order of a Dst cell */
    tensix(f)->dst[0][0] = 0x8000 | 0x200 << 5 | 15;
    tensix(f)->dst[0][1] = 0x155 << 5; /* denormal */
    configure(f, FP16, FP16, false);
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);
    assert_int_equal(out16(f, 0), 0xBE00);
    assert_int_equal(out16(f, 1), 0);
    configure(f, FP16, BF16, false);
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);
    assert_int_equal(out16(f, 0), 0xBFC0);
    configure(f, FP16, FP32, false);
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);
    assert_int_equal(out32(f, 0), 0xBFC00000);
    assert_int_equal(out32(f, 1), 0);
}

static void fp32_to_fp16_truncates_and_saturates(void **state)
{
    static const uint32_t cases[][2] = {
        {0x3F801FFF, 0x3C00}, {0xBF802000, 0xBC01}, {0x47FFFFFF, 0x7FFF},
        {0x48000000, 0x7FFF}, {0xFF800000, 0xFFFF}, {0x37FFFFFF, 0x0000},
        {0xB7FFFFFF, 0x8000}, {0x38002000, 0x0001}};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 8; i++)
        put32(f, i, cases[i][0]);
    configure(f, FP32, FP16, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(out16(f, i), cases[i][1]);
}

static void int32_saturates_to_8_bits(void **state)
{
    /* sign and magnitude */
    static const uint32_t cases[][3] = {
        {5, 5, 5},         {0x80000005, 0x85, 0}, {200, 127, 200},
        {70000, 127, 255}, {0x80010000, 0xFF, 0}, {0, 0, 0}};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 6; i++)
        put32(f, i, cases[i][0]);
    configure(f, INT8, INT8, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(f->tile.l1[OUTPUT + i], cases[i][1]);
    cfg(f)[14] |= 2; /* Read_unsigned */
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(f->tile.l1[OUTPUT + i], cases[i][2]);
}

static float relu(float x, unsigned mode, float threshold)
{
    x = x > 0 ? x : 0;
    if (mode == 2)
        return x > threshold ? x : 0;
    return mode == 3 && x > threshold ? threshold : x;
}

static void relu_clamps(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, as_bits((float)(int)(i - 512) * 0.015625f));
    for (unsigned mode = 1; mode <= 3; mode++) {
        cfg(f)[2] = mode << 2 | 0x4000u << 6; /* threshold 2.0 */
        configure(f, FP32, FP32, true);
        assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
        for (unsigned i = 0; i < TILE; i++)
            assert_int_equal(
                out32(f, i),
                as_bits(relu((float)(int)(i - 512) * 0.015625f, mode, 2)));
        configure(f, BF16, BF16, true);
        assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
        for (unsigned i = 512; i < 768; i++)
            assert_int_equal(
                out16(f, i),
                as_bits(relu((float)(i - 512) * 0.015625f, mode, 2)) >> 16);
    }
}

static void accumulate(struct fixture *f)
{
    for (unsigned p = 0; p < 4; p++)
        cfg(f)[section[p] + 3] = 1u << 21;
}

static void l1_accumulation_adds(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, as_bits((float)i * 1.25f));
    configure(f, FP32, FP32, true);
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    accumulate(f);
    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, as_bits(i == 7 ? NAN : 0.1f));
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(out32(f, i), i == 7
                                          ? 0x7FC00000
                                          : as_bits((float)i * 1.25f + 0.1f));
}

static void l1_accumulation_rounds_16_bit_sums(void **state)
{
    /* in L1, added, sum: ties to even, cancellation, infinities, NaN */
    static const uint16_t bf16[][3] = {
        {0x3F80, 0x3B80, 0x3F80}, {0x3F81, 0x3B80, 0x3F82},
        {0x3F80, 0xBF80, 0x0000}, {0x7F80, 0x3F80, 0x7F80},
        {0x7F7F, 0x7F7F, 0x7F80}, {0x7F80, 0xFF80, 0x7FC0},
        {0x7FC1, 0x3F80, 0x7F80}, {0x0001, 0x3F80, 0x3F80}};
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    accumulate(f);
    for (unsigned i = 0; i < 8; i++) {
        memcpy(f->tile.l1 + OUTPUT + 2 * i, &bf16[i][0], 2);
        put16(f, i, bf16[i][1]);
    }
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(out16(f, i), bf16[i][2]);
    configure(f, FP16, FP16, false);
    memcpy(f->tile.l1 + OUTPUT, &(uint16_t){0x7BFF}, 2);
    tensix(f)->dst[0][0] = 0x3FF << 5 | 30; /* 0x7BFF + 0x7BFF */
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    assert_int_equal(out16(f, 0), 0x7FFF);
}

static void edge_masks_zero_columns_and_rows(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, 0x3F80);
    configure(f, BF16, BF16, false);
    cfg(f)[21] = 1;            /* mask 1 keeps column 0 */
    cfg(f)[17] = 0x55550000;   /* set 1: rows 8..15 use mask 1 */
    cfg(f)[20] |= 0x10u << 17; /* packer 2 uses set 1 */
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++) {
        bool gone = i / 256 == 2 && i / 16 % 16 >= 8 && i % 16 != 0;

        assert_int_equal(out16(f, i), gone ? 0 : 0x3F80);
    }
}

static void tile_goes_on_until_last(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, 0x3F80 + i);
    configure(f, BF16, BF16, false);
    adc(f)->ch[1].x = 15;
    tensix(f)->thread[2].cfg[31] = 1; /* Y += 1: one row of 64 bytes */
    cfg(f)[8] = 2u | 32u << 12;
    for (unsigned row = 0; row < 3; row++)
        assert_int_equal(pacr(f, ONE), TT_STEP_DONE);
    assert_true(tensix(f)->packer_valid);
    assert_int_equal(tensix(f)->carry[0].tpg_y, 3);
    adc(f)->ch[1].x = 3;
    memset(f->tile.l1 + OUTPUT, 0xEE, 256);
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);
    assert_false(tensix(f)->packer_valid);
    assert_int_equal(out16(f, 47), 0xEEEE);
    for (unsigned i = 48; i < 52; i++)
        assert_int_equal(out16(f, i), 0x3F80 + i);
    assert_int_equal(out16(f, 52), 0); /* zeros up to 16 bytes */
    assert_int_equal(out16(f, 55), 0);
    assert_int_equal(out16(f, 56), 0xEEEE);
}

static void exponents_go_on_with_the_tile(void **state)
{
    struct fixture *f = *state;
    const uint8_t *out = f->tile.l1 + OUTPUT;

    for (unsigned i = 0; i < 32; i++)
        put16(f, i, i < 16 ? 0x3F80 : 0xC000); /* 1.0, -2.0 */
    configure(f, BF16, BFP8, false);
    memset(f->tile.l1 + OUTPUT, 0xEE, 256);
    adc(f)->ch[1].x = 15;
    tensix(f)->thread[2].cfg[31] = 1; /* Y += 1 */
    cfg(f)[8] = 2u | 32u << 12;
    assert_int_equal(pacr(f, ONE), TT_STEP_DONE);
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);
    assert_int_equal(out[0], 127);
    assert_int_equal(out[1], 128);
    assert_int_equal(out[2], 0); /* zeros up to 16 bytes */
    assert_int_equal(out[15], 0);
    assert_int_equal(out[16], 0xEE);
    assert_int_equal(out[64 + 15], 0x40);
    assert_int_equal(out[64 + 16], 0xC0);
}

static void flush_ends_the_tile_without_datums(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    adc(f)->ch[1].x = 1;
    memset(f->tile.l1 + OUTPUT, 0xEE, 256);
    assert_int_equal(pacr(f, ONE), TT_STEP_DONE);
    assert_int_equal(out16(f, 2), 0xEEEE);
    assert_int_equal(pacr(f, ONE | FLUSH), TT_STEP_DONE);
    assert_false(tensix(f)->packer_valid);
    assert_int_equal(out16(f, 2), 0);
    assert_int_equal(out16(f, 8), 0xEEEE);
}

static void counters_follow_the_address_modifier(void **state)
{
    struct fixture *f = *state;
    struct tt_adc_channel *in = &adc(f)->ch[0], *out = &adc(f)->ch[1];

    configure(f, BF16, BF16, false);
    cfg(f)[8] = 2u;
    tensix(f)->thread[2].cfg[31] = 3 | 2 << 6 | 1 << 12;
    tensix(f)->thread[2].cfg[32] = 4 | 1 << 4 | 1 << 11;
    tensix(f)->thread[2].cfg[33] = 1 << 5 | 1 << 13;
    in->y = 0x1FFF;
    in->y_cr = 10;
    assert_int_equal(pacr(f, ONE), TT_STEP_DONE);
    assert_int_equal(in->y, 2);
    assert_int_equal(in->z, 1);
    assert_int_equal(out->y, 2);
    assert_int_equal(pacr(f, ONE | 1u << 15), TT_STEP_DONE);
    assert_int_equal(in->y, 14);
    assert_int_equal(in->y_cr, 14);
    assert_int_equal(out->y, 0);
    assert_int_equal(pacr(f, ONE | LAST | 2u << 15), TT_STEP_DONE);
    assert_int_equal(in->y, 0);
    assert_int_equal(in->z, 0);
}

static void refuse(struct fixture *f, uint32_t bits, const char *why)
{
    f->chip.faulted = false;
    assert_int_equal(pacr(f, bits), TT_STEP_FAULT);
    assert_true(f->chip.faulted);
    assert_non_null(strstr(f->chip.fault, why));
}

static void what_is_not_modelled_is_refused(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    refuse(f, 0x500 | LAST, "packer mask 5");
    refuse(f, ALL | LAST | 0x1000, "ZeroWrite 1");
    cfg(f)[section[2] + 2] ^= 0x10;
    refuse(f, ALL | LAST, "packers 0 and 2 differ");
    configure(f, BF16, FP16, false);
    refuse(f, ALL | LAST, "in format 5 to out format 1");
    configure(f, BF16, BF16, false);
    cfg(f)[1] = 0;
    refuse(f, ALL | LAST, "Dstacc");
    configure(f, BF16, BF16, false);
    adc(f)->ch[1].x = 2;
    refuse(f, ALL | LAST, "3 datums");
    configure(f, BF16, BF16, false);
    cfg(f)[20] = 0x00FF;
    refuse(f, ALL | LAST, "edge mask");
    configure(f, BF16, BF16, false);
    tensix(f)->thread[2].cfg[31] = 1 << 10;
    refuse(f, ALL | LAST, "YdstCR");
}

/* Bits of word 2 of packer 0: 21 makes 17 to 20 stand for the four packers'
 * own bit 0. */
static void compression_is_refused(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    cfg(f)[section[1] + 2] ^= 1u;
    refuse(f, ALL | LAST, "compression (Disable_zero_compress 0) of packer 1");
    assert_int_equal(pacr(f, ONE | LAST), TT_STEP_DONE);

    cfg(f)[section[0] + 2] |= 1u << 21 | 0xFu << 17;
    assert_int_equal(pacr(f, ALL | LAST), TT_STEP_DONE);
    cfg(f)[section[0] + 2] ^= 4u << 17;
    refuse(f, ALL | LAST, "of packer 2");
}

static void writes_outside_l1_are_refused_and_change_nothing(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16, false);
    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, 0x3F80);
    cfg(f)[section[0] + 1] = ((TT_L1_SIZE - 2032) / 16 - 1) | 0x80000000u;
    refuse(f, ALL | LAST, "leave L1");
    assert_int_equal(f->tile.l1[TT_L1_SIZE - 2031], 0);
    cfg(f)[section[0] + 1] = 0x7FFFFFFE;
    refuse(f, ONE | LAST, "leave L1");
    configure(f, BF16, BFP8, false);
    cfg(f)[section[0] + 1] = 0x01FFFFFF; /* exponents at 0x20000000 */
    refuse(f, ONE | LAST, "leave L1");
    configure(f, BF16, BF16, false);
    cfg(f)[152] = 1020;
    refuse(f, ONE | LAST, "leave Dst");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_bf16_patterns_pack_without_nan_and_denormals),
        TEST(fp32_rounds_to_bf16_half_away_from_zero),
        TEST(fp32_and_int32_pack_unchanged),
        TEST(fast_forms_equal_the_general_form),
        TEST(rows_that_are_not_valid_pack_as_zero),
        TEST(block_float_shares_the_largest_exponent),
        TEST(fp16_widens_late),
        TEST(fp32_to_fp16_truncates_and_saturates),
        TEST(int32_saturates_to_8_bits),
        TEST(relu_clamps),
        TEST(l1_accumulation_adds),
        TEST(l1_accumulation_rounds_16_bit_sums),
        TEST(edge_masks_zero_columns_and_rows),
        TEST(tile_goes_on_until_last),
        TEST(exponents_go_on_with_the_tile),
        TEST(flush_ends_the_tile_without_datums),
        TEST(counters_follow_the_address_modifier),
        TEST(what_is_not_modelled_is_refused),
        TEST(compression_is_refused),
        TEST(writes_outside_l1_are_refused_and_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
