/* SPDX-License-Identifier: MIT */
/* Scalar unit: instructions that ttsim refuses, so that nothing but the pages
 * of the ISA documentation says what they do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"

#define T1       1u
#define CONSTANT (1u << 23)
#define L1_16    (TT_L1_SIZE / 16u) /* first address beyond L1, in 16 bytes */

static int set_up(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    if (!chip)
        return -1;
    *state = tt_chip_tile(chip, 0);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    tt_chip_free(((struct tt_tile *)*state)->chip);
    return 0;
}

static uint32_t *gprs(struct tt_tile *tile)
{
    return tile->tensix.thread[T1].gpr;
}

static void push(struct tt_tile *tile, uint32_t opcode, uint32_t operands)
{
    assert_int_equal(
        tt_tensix_push(&tile->tensix, T1, opcode << 24 | operands, true),
        TT_STEP_DONE);
    assert_false(tile->chip->faulted);
}

static void refused(struct tt_tile *tile, uint32_t opcode, uint32_t operands,
                    const char *why)
{
    assert_int_equal(
        tt_tensix_push(&tile->tensix, T1, opcode << 24 | operands, true),
        TT_STEP_FAULT);
    assert_non_null(strstr(tile->chip->fault, why));
    tile->chip->faulted = false;
    tile->tensix.thread[T1].slow = 0;
}

/* gpr 3 = gpr 1 op gpr 2 */
static uint32_t result(struct tt_tile *tile, uint32_t opcode, uint32_t mode,
                       uint32_t left, uint32_t right)
{
    gprs(tile)[1] = left;
    gprs(tile)[2] = right;
    push(tile, opcode, mode << 18 | 3u << 12 | 2u << 6 | 1u);
    return gprs(tile)[3];
}

/* gpr 3 = gpr 1 op constant */
static uint32_t with_constant(struct tt_tile *tile, uint32_t opcode,
                              uint32_t mode, uint32_t left, uint32_t right)
{
    gprs(tile)[1] = left;
    push(tile, opcode, CONSTANT | mode << 18 | 3u << 12 | right << 6 | 1u);
    return gprs(tile)[3];
}

static void arithmetic_wraps_and_takes_constants(void **state)
{
    assert_int_equal(result(*state, 0x59, 0, 3, 5), 0xFFFFFFFEu);
    assert_int_equal(with_constant(*state, 0x59, 0, 1, 63), 0xFFFFFFC2u);
    assert_int_equal(with_constant(*state, 0x58, 0, 0xFFFFFFFFu, 63), 62);
    assert_int_equal(with_constant(*state, 0x5A, 0, 0x10003, 63), 189);
}

static void bits_shifts_and_comparisons_have_modes(void **state)
{
    const uint32_t a = 0xF0F0F0F0u, b = 0xFF00FF00u;

    assert_int_equal(result(*state, 0x5B, 0, a, b), a & b);
    assert_int_equal(result(*state, 0x5B, 1, a, b), a | b);
    assert_int_equal(result(*state, 0x5B, 2, a, b), a ^ b);
    assert_int_equal(with_constant(*state, 0x5B, 2, a, 0x3F), a ^ 0x3F);
    refused(*state, 0x5B, 3u << 18, "BITWOPDMAREG: mode 3");

    assert_int_equal(result(*state, 0x5C, 0, a, 36), a << 4);
    assert_int_equal(result(*state, 0x5C, 1, a, 4), a >> 4);
    assert_int_equal(with_constant(*state, 0x5C, 1, a, 31), 1);
    refused(*state, 0x5C, 2u << 18, "SHIFTDMAREG: mode 2");
    refused(*state, 0x5C, CONSTANT | 32u << 6, "SHIFTDMAREG: constant 32");

    assert_int_equal(result(*state, 0x5D, 0, b, a), 1);
    assert_int_equal(result(*state, 0x5D, 1, b, a), 0);
    assert_int_equal(result(*state, 0x5D, 0, b, b), 0);
    assert_int_equal(result(*state, 0x5D, 1, b, b), 0);
    assert_int_equal(result(*state, 0x5D, 2, b, b), 1);
    assert_int_equal(with_constant(*state, 0x5D, 1, 5, 6), 1);
    refused(*state, 0x5D, 3u << 18, "CMPDMAREG: mode 3");
}

/* LOADIND and STOREIND: address gpr 1, offset the upper half of gpr 2. */
static uint32_t indirect(uint32_t size_at, uint32_t size, uint32_t step,
                         uint32_t data)
{
    return size << size_at | 5u << 14 | step << 12 | data << 6 | 1u;
}

static void loadind_reads_and_advances_the_offset(void **state)
{
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile);

    for (unsigned i = 0; i < 64; i++)
        tile->l1[0x1230 + i] = (uint8_t)(0x80 + i);
    gpr[1] = 0x123;
    gpr[2] = 0x0013BEEF; /* offset 0x13 */
    gpr[8] = gpr[9] = gpr[10] = gpr[11] = 0x11111111;

    push(tile, 0x49, indirect(22, 3, 0, 8)); /* a byte */
    assert_int_equal(gpr[8], 0x11111193);
    push(tile, 0x49, indirect(22, 2, 1, 9)); /* two, aligned; offset += 2 */
    assert_int_equal(gpr[9], 0x11119392);
    assert_int_equal(gpr[2], 0x0015BEEF);
    push(tile, 0x49, indirect(22, 1, 2, 10)); /* four; += 4 */
    assert_int_equal(gpr[10], 0x97969594);
    push(tile, 0x49, indirect(22, 0, 3, 11)); /* sixteen, to gpr 8..11 */
    assert_int_equal(gpr[8], 0x93929190);
    assert_int_equal(gpr[11], 0x9F9E9D9C);
    assert_int_equal(gpr[2], 0x0029BEEF);
}

static void storeind_writes_l1_and_wakes(void **state)
{
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile);
    const uint32_t four[4] = {0xA0A1A2A3, 0xB0B1B2B3, 0xC0C1C2C3, 0xD0D1D2D3};
    const uint8_t bytes[8] = {0, 0, 0xC3, 0xC2, 0, 0xB3, 0, 0};

    memcpy(&gpr[8], four, sizeof(four));
    gpr[1] = 0x400;
    gpr[2] = 0x0005FFFF;
    push(tile, 0x66, CONSTANT | indirect(21, 3, 0, 9)); /* a byte at 0x4005 */
    gpr[2] = 0x0003FFFF;
    push(tile, 0x66, CONSTANT | indirect(21, 2, 0, 10)); /* two at 0x4002 */
    assert_memory_equal(tile->l1 + 0x4000, bytes, sizeof(bytes));

    tile->page_flags[4] |= TT_PAGE_CODE;
    push(tile, 0x66, CONSTANT | indirect(21, 0, 3, 11));
    assert_memory_equal(tile->l1 + 0x4000, four, sizeof(four));
    assert_int_equal(gpr[2], 0x0013FFFF);
    assert_false(tile->page_flags[4] & TT_PAGE_CODE);
}

static void accesses_beyond_l1_are_refused_and_change_nothing(void **state)
{
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile);

    gpr[1] = L1_16 - 1;
    gpr[2] = 0x000F0000;
    push(tile, 0x49, indirect(22, 3, 0, 8)); /* the last byte */
    gpr[2] = 0x00100000;
    refused(tile, 0x49, indirect(22, 3, 1, 8), "LOADIND: address 0x16e000");
    refused(tile, 0x66, CONSTANT | indirect(21, 3, 1, 8),
            "STOREIND: address 0x16e000");
    assert_int_equal(gpr[2], 0x00100000);
    gpr[1] = L1_16;
    refused(tile, 0x61, 1, "ATINCGET: address");
    refused(tile, 0x63, 1, "ATSWAP: address");
    refused(tile, 0x66, 1, "STOREIND to SrcA or SrcB");
}

static void atincget_counts_within_its_width(void **state)
{
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile), v = 0x123400FE;

    memcpy(tile->l1 + 0x508, &v, 4);
    gpr[1] = 0x50;
    gpr[2] = 3;
    push(tile, 0x61, 7u << 14 | 2u << 12 | 2u << 6 | 1u); /* 8 bits */
    memcpy(&v, tile->l1 + 0x508, 4);
    assert_int_equal(v, 0x12340001);
    assert_int_equal(gpr[2], 0x123400FE);
    push(tile, 0x61, 31u << 14 | 2u << 12 | 2u << 6 | 1u); /* 32 bits */
    memcpy(&v, tile->l1 + 0x508, 4);
    assert_int_equal(v, 0x246800FF);
}

static void atswap_writes_the_selected_halves(void **state)
{
    static const uint16_t four[8] = {0xEEEE, 0xA0A1, 0xEEEE, 0xEEEE,
                                     0xEEEE, 0xEEEE, 0xEEEE, 0xD0D1};
    static const uint16_t one[8] = {0, 0, 0xB2B3, 0xB0B1, 0, 0, 0, 0};
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile);

    gpr[8] = 0xA0A1A2A3;
    gpr[9] = 0xB0B1B2B3;
    gpr[11] = 0xD0D1D2D3;
    gpr[1] = 0x60;
    memset(tile->l1 + 0x600, 0xEE, 16);
    push(tile, 0x63, 0x82u << 14 | 10u << 6 | 1u); /* of gpr 8..11 */
    assert_memory_equal(tile->l1 + 0x600, four, sizeof(four));
    push(tile, 0x63, 1u << 22 | 0xFFu << 14 | 9u << 6 | 1u); /* gpr 9 alone */
    assert_memory_equal(tile->l1 + 0x600, one, sizeof(one));
}

static void registers_are_loaded_and_the_overlay_stored(void **state)
{
    struct tt_tile *tile = *state;
    uint32_t *gpr = gprs(tile);
    /* stream 3, REMOTE_SRC */
    const uint32_t at = 0x43000;

    gpr[5] = 0x123456;
    gpr[1] = at - 0x10;
    gpr[2] = 0x01000000; /* offset 0x10 in sixteenths */
    push(tile, 0x66, 1u << 22 | indirect(21, 0, 1, 5));
    assert_int_equal(tile->overlay[3][0], 0x123456);
    assert_int_equal(gpr[2], 0x01020000);
    push(tile, 0x68, 7u << 18 | at / 4);
    assert_int_equal(gpr[7], 0x123456);

    refused(tile, 0x68, 0x10FFC / 4, "LOADREG: address 0xFFB10FFC");
    refused(tile, 0x68, 0x12000 / 4, "LOADREG: load at 0xffb12000");
    gpr[1] = 0x121B0 - 0x10;
    refused(tile, 0x66, 1u << 22 | indirect(21, 0, 0, 5),
            "STOREIND: address 0xFFB121B0");
    refused(tile, 0x66, 3u << 21 | indirect(21, 0, 0, 5), "unused bit 21");
}

static void flushdma_goes_on(void **state)
{
    push(*state, 0x46, 0xF);
    refused(*state, 0x46, 0x10, "FLUSHDMA: unused bits");
}

/* REG2FLOP: size, override, shift, thread, channel, adc, cr, xyzw, gpr. */
#define TO_ADC(size, over, shift, thread, ch, adc, cr, dim)                    \
    ((uint32_t)(size) << 22 | 1u << 21 | (uint32_t)(over) << 20 |              \
     (uint32_t)(shift) << 18 | (uint32_t)(thread) << 16 |                      \
     (uint32_t)(ch) << 11 | (uint32_t)(adc) << 9 | (uint32_t)(cr) << 8 |       \
     (uint32_t)(dim) << 6 | 1u)

static void reg2flop_sets_one_address_counter(void **state)
{
    struct tt_tile *tile = *state;
    struct tt_thread *th = tile->tensix.thread;

    gprs(tile)[1] = 0x87654321;
    push(tile, 0x48, TO_ADC(1, 0, 0, 0, 1, TT_ADC_PACK, 0, 0));
    assert_int_equal(th[T1].adc[TT_ADC_PACK].ch[1].x, 0x14321); /* 18 bits */
    assert_int_equal(th[T1].adc[TT_ADC_PACK].ch[1].x_cr, 0);
    push(tile, 0x48, TO_ADC(2, 1, 2, 2, 0, TT_ADC_UNPACK1, 1, 1));
    assert_int_equal(th[2].adc[TT_ADC_UNPACK1].ch[0].y_cr, 0x0765);
    assert_int_equal(th[2].adc[TT_ADC_UNPACK1].ch[0].y, 0);
    push(tile, 0x48, TO_ADC(3, 0, 3, 0, 0, TT_ADC_UNPACK0, 0, 2));
    assert_int_equal(th[T1].adc[TT_ADC_UNPACK0].ch[0].z, 0x87);
    push(tile, 0x48, TO_ADC(1, 0, 1, 0, 0, TT_ADC_UNPACK0, 0, 2));
    assert_int_equal(th[T1].adc[TT_ADC_UNPACK0].ch[0].z, 0);
    push(tile, 0x48, TO_ADC(2, 0, 1, 0, 1, TT_ADC_PACK, 0, 0));
    assert_int_equal(th[T1].adc[TT_ADC_PACK].ch[1].x, 0);

    /* There is no thread 3 and no fourth set: no effect. */
    push(tile, 0x48, TO_ADC(1, 1, 0, 3, 0, 0, 0, 0));
    push(tile, 0x48, TO_ADC(1, 0, 0, 0, 0, 3, 0, 0));
    refused(tile, 0x48, TO_ADC(0, 0, 0, 0, 0, 0, 0, 0), "size_sel 0");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arithmetic_wraps_and_takes_constants),
        TEST(bits_shifts_and_comparisons_have_modes),
        TEST(loadind_reads_and_advances_the_offset),
        TEST(storeind_writes_l1_and_wakes),
        TEST(accesses_beyond_l1_are_refused_and_change_nothing),
        TEST(atincget_counts_within_its_width),
        TEST(atswap_writes_the_selected_halves),
        TEST(registers_are_loaded_and_the_overlay_stored),
        TEST(flushdma_goes_on),
        TEST(reg2flop_sets_one_address_counter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
