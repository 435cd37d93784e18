/* SPDX-License-Identifier: MIT */
/* Unpackers: UNPACR, UNPACR_NOP, SETDVALID against independent references. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"
#include "device/emu/tensix_units.h"
#include "device/l1_map.h"

#define INPUT 0x20000u
#define TILE  1024u

/* Formats, as FloatBitPatterns.md numbers them. */
enum {
    FP32,
    FP16,
    TF32 = 4,
    BF16,
    BFP8,
    BFP4,
    INT32,
    INT16,
    FP8,
    INT8 = 14,
    BFP2
};

/* Bits of UNPACR besides Last and MultiContextMode. */
#define SET_VALID 0x40u
#define UNPACK1   0x800000u
#define STEP(ch0_z, ch0_y, ch1_z, ch1_y)                                       \
    ((uint32_t)(ch0_z) << 15 | (ch0_y) << 17 | (ch1_z) << 19 | (ch1_y) << 21)

struct fixture {
    struct tt_chip chip;
    struct tt_tile tile;
};

static uint32_t *cfg(struct fixture *f)
{
    return f->tile.tensix.cfg[0];
}

static struct tt_adc *adc(struct fixture *f, unsigned unp)
{
    return &f->tile.tensix.thread[0].adc[unp];
}

static enum tt_step unpacr(struct fixture *f, uint32_t bits)
{
    return tt_op_unpacr(&f->tile.tensix, 0, 0x42000081u | bits);
}

static uint32_t src_a(struct fixture *f, unsigned i)
{
    return f->tile.tensix.src_a.datum[0][i / 16][i % 16];
}

static uint32_t src_b(struct fixture *f, unsigned i)
{
    return f->tile.tensix.src_b.datum[0][i / 16][i % 16];
}

static uint32_t dst32(struct fixture *f, unsigned i)
{
    uint32_t row = tt_dst_row32(i / 16);
    uint32_t hi = f->tile.tensix.dst[row][i % 16];

    return (hi & 0x8000u) << 16 | (hi & 0xFFu) << 23 | (hi & 0x7F00u) << 8 |
           f->tile.tensix.dst[row + 8][i % 16];
}

/* Both unpackers read a 32x32 tile at INPUT; unpacker 0 to SrcA. */
static void configure(struct fixture *f, unsigned in, unsigned out)
{
    uint32_t *c = cfg(f);

    for (unsigned u = 0; u < 2; u++) {
        c[52 + 40 * u] = in | 0x10u | 256u << 16;
        c[53 + 40 * u] = 1u | 4u << 16;
        c[60 + 40 * u] = out | 2u << 4;
        c[61 + 40 * u] = 0xF;
        c[64 + 40 * u] = INPUT / 16 - 1;
        adc(f, u)->ch[1].x = TILE - 1;
    }
    c[72] = 64 | 64u << 16;
    c[74] = 256 | 256u << 16;
    f->tile.tensix.thread[0].cfg[3] = 4;
}

static void configure_to_dst(struct fixture *f, unsigned format)
{
    configure(f, format, format);
    cfg(f)[61] |= 0x10;
    f->tile.tensix.thread[0].cfg[3] = 0;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    f->tile.chip = &f->chip;
    f->tile.l1 = calloc(1, TT_L1_SIZE);
    f->tile.tensix.tile = &f->tile;
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

static void put16(struct fixture *f, unsigned i, unsigned v)
{
    f->tile.l1[INPUT + 2 * i] = (uint8_t)v;
    f->tile.l1[INPUT + 2 * i + 1] = (uint8_t)(v >> 8);
}

static void put32(struct fixture *f, unsigned i, uint32_t v)
{
    memcpy(f->tile.l1 + INPUT + 4 * i, &v, 4);
}

/* Random patterns mixed with the edges of every class of FP32. */
static uint32_t pattern(unsigned i)
{
    static const uint32_t edge[] = {
        0,          0x80000000, 1,          0x807FFFFF, 0x00800000,
        0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFFFFFFF,
        0x38000000, 0x37FFFFFF, 0x477FFFFF, 0x47800000, 0x3F801FFF};
    uint32_t x = i * 2654435761u;

    if (i % 3 == 0)
        return edge[i / 3 % (sizeof(edge) / sizeof(*edge))];
    return x ^ x >> 15;
}

static void all_bf16_patterns_arrive_in_both_sources(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    for (unsigned base = 0; base < 65536; base += TILE) {
        for (unsigned i = 0; i < TILE; i++)
            put16(f, i, base + i);
        assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
        assert_int_equal(unpacr(f, UNPACK1), TT_STEP_DONE);
        for (unsigned i = 0; i < TILE; i++) {
            assert_int_equal(src_a(f, i), (base + i) << 16);
            assert_int_equal(src_b(f, i), (base + i) << 16);
        }
    }
}

static void fp32_loses_low_bits_on_the_way_to_src(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, pattern(i));
    configure(f, FP32, TF32);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(src_a(f, i), pattern(i) / 0x2000 * 0x2000);
    configure(f, FP32, BF16);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++) {
        uint32_t x = pattern(i);
        bool tiny = (x & 0x7FFFFFFF) < 0x800000;

        assert_int_equal(src_a(f, i),
                         tiny ? x & 0x80000000 : x / 0x10000 * 0x10000);
    }
}

static void fp32_to_fp16_saturates(void **state)
{
    /* exponents 112..143 of FP32 are 0..31 of FP16; nothing is infinite */
    static const uint32_t cases[][2] = {
        {0x3F800000, 0x07800000}, {0xC0490FDB, 0x88490000},
        {0x477FE000, 0x0F7FE000}, {0x7F800000, 0x0FFFE000},
        {0xFF800000, 0x8FFFE000}, {0x37FFFFFF, 0x00000000},
        {0xB7FFFFFF, 0x80000000}, {0x38001000, 0x00000000},
        {0x38002000, 0x00002000}, {0x48000000, 0x0FFFE000}};
    struct fixture *f = *state;

    configure(f, FP32, FP16);
    for (unsigned i = 0; i < 10; i++)
        put32(f, i, cases[i][0]);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(src_a(f, i), cases[i][1]);
}

static void fp16_and_fp8_keep_sign_exponent_mantissa(void **state)
{
    struct fixture *f = *state;

    configure(f, FP16, FP16);
    put16(f, 0, 0xBC01); /* -1.0009765625 */
    put16(f, 1, 0x7FFF);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), 0x80000000u | 15u << 23 | 1u << 13);
    assert_int_equal(src_a(f, 1), 31u << 23 | 0x3FFu << 13);
    configure(f, FP8, FP8);
    f->tile.l1[INPUT] = 0xBD; /* e5m2: -1.25 */
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), 0x80000000u | 15u << 23 | 0x100u << 13);
}

static void integers_become_fp16_shaped_patterns(void **state)
{
    struct fixture *f = *state;
    uint8_t *in = f->tile.l1 + INPUT;

    configure(f, INT8, INT8);
    in[0] = 0x85; /* -5 */
    in[1] = 0x7F;
    in[2] = 0x80;
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), 0x80000000u | (0x4000u | 5u) << 13);
    assert_int_equal(src_a(f, 1), (0x4000u | 0x7Fu) << 13);
    assert_int_equal(src_a(f, 2), 0x80000000u);
    cfg(f)[1] = 1u << 15; /* SrcA unsigned */
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), (0x4000u | 0x85u) << 13);
    configure(f, INT16, INT16);
    put16(f, 0, 0x8000 | 0x34 << 8 | 0x12);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), (0x8000u | 0x12u << 7 | 0x34u) << 16);
}

/* The value of a block float datum, as a BF16 pattern in Src. */
static uint32_t bfp_value(unsigned datum, unsigned bits, unsigned exp)
{
    int frac = (int)bits - 2;
    unsigned magnitude = datum & ((1u << (bits - 1)) - 1);
    bool negative = datum >> (bits - 1) & 1;
    float value = ldexpf((float)magnitude, (int)exp - 127 - frac);
    uint32_t out;

    if (!magnitude)
        return negative ? 0xFF800000 : 0;
    value = negative ? -value : value;
    memcpy(&out, &value, sizeof(out));
    return out;
}

static void check_bfp(struct fixture *f, unsigned format, unsigned bits,
                      unsigned first)
{
    uint8_t *data = f->tile.l1 + INPUT + 64;

    configure(f, format, format);
    for (unsigned i = 0; i < 64; i++)
        f->tile.l1[INPUT + i] = (uint8_t)(8 + 3 * i); /* normal results */
    for (unsigned i = 0; i < TILE; i++)
        data[i] = (uint8_t)(pattern(i) >> 9);
    adc(f, 0)->ch[0].x = first;
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned i = first; i < TILE; i++) {
        unsigned datum = (unsigned)data[i * bits / 8] >> (i * bits % 8);

        datum &= (1u << bits) - 1;
        assert_int_equal(src_a(f, i - first),
                         bfp_value(datum, bits, 8 + 3 * (i / 16)));
    }
}

static void block_float_has_the_value_of_its_exponent(void **state)
{
    static const unsigned firsts[] = {0, 16, 5, 33};

    for (unsigned i = 0; i < 4; i++) {
        check_bfp(*state, BFP8, 8, firsts[i]);
        check_bfp(*state, BFP4, 4, firsts[i]);
        check_bfp(*state, BFP2, 2, firsts[i]);
    }
}

static void forced_exponent_replaces_the_section(void **state)
{
    struct fixture *f = *state;

    configure(f, BFP8, BFP8);
    cfg(f)[61] |= 0x100;
    cfg(f)[41] = 127;
    for (unsigned i = 0; i < TILE; i++)
        f->tile.l1[INPUT + i] = (uint8_t)i;
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned i = 0; i < TILE; i++)
        assert_int_equal(src_a(f, i), bfp_value(i & 255, 8, 127));
}

static void dst_takes_32_bits_unchanged(void **state)
{
    static const unsigned formats[] = {FP32, TF32, INT32};
    struct fixture *f = *state;

    for (unsigned i = 0; i < TILE; i++)
        put32(f, i, pattern(i));
    for (unsigned k = 0; k < 3; k++) {
        configure_to_dst(f, formats[k] == TF32 ? FP32 : formats[k]);
        cfg(f)[60] = formats[k];
        cfg(f)[72] = 64 + 16 * 512; /* the second half */
        memset(f->tile.tensix.dst, 0, sizeof(f->tile.tensix.dst));
        memset(f->tile.tensix.dst_valid, 0, TT_DST_ROWS);
        assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
        for (unsigned i = 0; i < TILE; i++) {
            assert_int_equal(dst32(f, 512 * 16 + i), pattern(i));
            assert_true(f->tile.tensix.dst_valid[tt_dst_row32(512 + i / 16)]);
        }
        assert_false(f->tile.tensix.dst_valid[tt_dst_row32(512 + 64)]);
    }
}

static void haloize_transposes_each_face(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    cfg(f)[60] |= 0x100;
    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, i);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned face = 0; face < 4; face++)
        for (unsigned r = 0; r < 16; r++)
            for (unsigned c = 0; c < 16; c++)
                assert_int_equal(src_a(f, face * 256 + r * 16 + c),
                                 (face * 256 + c * 16 + r) << 16);
}

static void tileize_reads_rows_of_a_matrix(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    cfg(f)[60] |= 0x200 | 4u << 16; /* rows are 64 bytes apart */
    cfg(f)[74] = 16;
    adc(f, 0)->ch[0].y = 1; /* right half */
    adc(f, 0)->ch[1].x = 255;
    for (unsigned i = 0; i < TILE; i++)
        put16(f, i, i);
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    for (unsigned r = 0; r < 16; r++)
        for (unsigned c = 0; c < 16; c++)
            assert_int_equal(src_a(f, r * 16 + c), (r * 32 + 16 + c) << 16);
}

static void context_selects_addresses(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    put16(f, 512, 0x1234);
    cfg(f)[65] = INPUT / 16 - 1;
    cfg(f)[81] = 1024 / 16;               /* offset of context 1 */
    cfg(f)[72] = 64 | (64u + 256u) << 16; /* SrcA row 16 */
    adc(f, 0)->ch[1].x = 15;
    f->tile.tensix.thread[0].cfg[39] = 1;
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 256), 0x12340000);
    assert_int_equal(src_a(f, 0), 0);
}

static void short_runs_leave_the_rest_alone(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    memset(f->tile.tensix.src_a.datum, 0xEE,
           sizeof(f->tile.tensix.src_a.datum));
    adc(f, 0)->ch[1].x = 20;
    assert_int_equal(unpacr(f, 0), TT_STEP_DONE);
    assert_int_equal(src_a(f, 20), 0);
    assert_int_equal(src_a(f, 21), 0xEEEEEEEE);
}

static void waits_until_the_bank_is_handed_back(void **state)
{
    struct fixture *f = *state;
    struct tt_src *a = &f->tile.tensix.src_a;

    configure(f, BF16, BF16);
    assert_int_equal(unpacr(f, SET_VALID), TT_STEP_DONE);
    assert_int_equal(unpacr(f, SET_VALID), TT_STEP_DONE);
    assert_true(a->valid[0] && a->valid[1]);
    put16(f, 0, 0x4242);
    assert_int_equal(unpacr(f, SET_VALID | STEP(1, 1, 1, 1)), TT_STEP_WAIT);
    assert_int_equal(src_a(f, 0), 0);
    assert_int_equal(adc(f, 0)->ch[0].y, 0);
    a->valid[0] = false;
    assert_int_equal(unpacr(f, SET_VALID), TT_STEP_DONE);
    assert_int_equal(src_a(f, 0), 0x42420000);
    assert_int_equal(a->unpack_bank, 1);
}

static void counters_step_and_wrap(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    adc(f, 0)->ch[1].x = 15;
    adc(f, 0)->ch[1].y = 0x1FFF;
    assert_int_equal(unpacr(f, STEP(1, 2, 3, 1)), TT_STEP_DONE);
    assert_int_equal(adc(f, 0)->ch[0].z, 1);
    assert_int_equal(adc(f, 0)->ch[0].y, 2);
    assert_int_equal(adc(f, 0)->ch[1].z, 3);
    assert_int_equal(adc(f, 0)->ch[1].y, 0);
    assert_int_equal(adc(f, 1)->ch[0].y, 0);
}

static void refuse(struct fixture *f, uint32_t bits, const char *why)
{
    f->chip.faulted = false;
    assert_int_equal(unpacr(f, bits), TT_STEP_FAULT);
    assert_true(f->chip.faulted);
    assert_non_null(strstr(f->chip.fault, why));
}

static void what_is_not_modelled_is_refused(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, FP16);
    refuse(f, 0, "in format 5 to out format 1");
    configure(f, FP32, FP32);
    refuse(f, 0, "in format 0 to out format 0");
    configure(f, 3, 3);
    refuse(f, 0, "in format 3");
    configure(f, BF16, BF16);
    cfg(f)[61] = 0;
    refuse(f, 0, "compressed");
    configure(f, BF16, BF16);
    f->tile.tensix.thread[0].cfg[39] = 2;
    refuse(f, 0, "context 2");
    f->tile.tensix.thread[0].cfg[39] = 0;
    cfg(f)[72] = 48;
    refuse(f, 0, "below 64");
    configure_to_dst(f, BF16);
    refuse(f, 0, "(Dst)");
    configure(f, BF16, BF16);
    refuse(f, 0x10, "AllDatumsAreZero");
}

static void accesses_outside_are_refused_and_change_nothing(void **state)
{
    struct fixture *f = *state;

    configure(f, BF16, BF16);
    cfg(f)[64] = (TT_L1_SIZE - 2032) / 16 - 1;
    refuse(f, SET_VALID, "leave L1");
    assert_false(f->tile.tensix.src_a.valid[0]);
    cfg(f)[64] = 0xFFFFFFFF;
    adc(f, 0)->ch[0].w = 1; /* 65535 * 255 * 255 datums further */
    cfg(f)[53] = 0xFF00FF;
    cfg(f)[74] = 0xFFFF;
    refuse(f, 0, "leave L1");
    configure(f, BF16, BF16);
    adc(f, 1)->ch[1].x = TILE;
    refuse(f, UNPACK1, "leave Src");
    adc(f, 1)->ch[1].x = 0x3FFFF;
    refuse(f, UNPACK1, "leave Src");
    configure(f, BFP8, BFP8);
    cfg(f)[64] = TT_L1_SIZE / 16;
    refuse(f, 0, "leave L1");
}

static void unpacr_nop_clears_the_unpack_bank(void **state)
{
    struct fixture *f = *state;
    struct tt_tensix *t = &f->tile.tensix;

    t->src_a.datum[0][3][4] = 7;
    t->src_a.datum[1][3][4] = 7;
    t->src_a.valid[0] = true; /* the matrix unit still reads bank 0 */
    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43000001), TT_STEP_WAIT);
    t->src_a.valid[0] = false;
    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43000001), TT_STEP_DONE);
    assert_int_equal(t->src_a.datum[0][3][4], 0);
    assert_int_equal(t->src_a.datum[1][3][4], 7);
    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43000005), TT_STEP_DONE);
    assert_int_equal(t->src_a.datum[0][63][15], 0xFFFFE000);
    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43800005), TT_STEP_FAULT);
    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43000002), TT_STEP_FAULT);
}

static void valid_bits_can_be_set_alone(void **state)
{
    struct fixture *f = *state;
    struct tt_tensix *t = &f->tile.tensix;

    assert_int_equal(tt_op_unpacr_nop(t, 0, 0x43000007), TT_STEP_DONE);
    assert_true(t->src_a.valid[0] && t->src_a.unpack_bank == 1);
    assert_int_equal(tt_op_setdvalid(t, 0, 0x57000003), TT_STEP_DONE);
    assert_true(t->src_a.valid[1] && t->src_a.unpack_bank == 0);
    assert_true(t->src_b.valid[0] && t->src_b.unpack_bank == 1);
    assert_int_equal(tt_op_setdvalid(t, 0, 0x57000003), TT_STEP_FAULT);
    assert_false(t->src_b.valid[1]);
    assert_int_equal(tt_op_setdvalid(t, 0, 0x57000001), TT_STEP_FAULT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_bf16_patterns_arrive_in_both_sources),
        TEST(fp32_loses_low_bits_on_the_way_to_src),
        TEST(fp32_to_fp16_saturates),
        TEST(fp16_and_fp8_keep_sign_exponent_mantissa),
        TEST(integers_become_fp16_shaped_patterns),
        TEST(block_float_has_the_value_of_its_exponent),
        TEST(forced_exponent_replaces_the_section),
        TEST(dst_takes_32_bits_unchanged),
        TEST(haloize_transposes_each_face),
        TEST(tileize_reads_rows_of_a_matrix),
        TEST(context_selects_addresses),
        TEST(short_runs_leave_the_rest_alone),
        TEST(waits_until_the_bank_is_handed_back),
        TEST(counters_step_and_wrap),
        TEST(what_is_not_modelled_is_refused),
        TEST(accesses_outside_are_refused_and_change_nothing),
        TEST(unpacr_nop_clears_the_unpack_bank),
        TEST(valid_bits_can_be_set_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
