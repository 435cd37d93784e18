/* SPDX-License-Identifier: MIT */
/* Registers, reset, waking and scheduling of one Tensix tile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "device/emu/chip.h"

#define SOFT_RESET 0xFFB121B0u
#define SEMAPHORE  0xFFE80020u
#define MAILBOX(i) (0xFFEC0000u + 0x1000u * (i))
#define HOST       TT_N_RISC

static int set_up(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    if (!chip)
        return -1;
    *state = tt_chip_tile(chip, 10);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    tt_chip_free(((struct tt_tile *)*state)->chip);
    return 0;
}

static enum tt_step store(struct tt_tile *t, unsigned risc, uint32_t addr,
                          uint32_t value)
{
    return tt_tile_store(t, risc, addr, 4, value);
}

static uint32_t load(struct tt_tile *t, unsigned risc, uint32_t addr)
{
    uint32_t v = 0xDEADBEEFu;

    assert_int_equal(tt_tile_load(t, risc, addr, 4, &v), TT_STEP_DONE);
    return v;
}

/* A core that may use the register stores; the others are refused. */
static void assert_only(struct tt_tile *t, unsigned allowed, uint32_t addr)
{
    for (unsigned risc = 0; risc <= TT_N_RISC; risc++) {
        enum tt_step step = store(t, risc, addr, 0);

        assert_int_equal(step,
                         allowed >> risc & 1u ? TT_STEP_DONE : TT_STEP_FAULT);
        t->chip->faulted = false;
    }
}

#define B  (1u << TT_RISC_B)
#define T0 (1u << TT_RISC_T0)
#define T  (7u << TT_RISC_T0)
#define NC (1u << TT_RISC_NC)
#define H  (1u << TT_N_RISC)

/* ---- registers ---- */

static void each_register_serves_only_its_cores(void **state)
{
    struct tt_tile *t = *state;

    assert_only(t, B | T | NC | H, 0xFFB11024); /* TDMA clock gate */
    assert_only(t, B | T | NC | H, 0xFFB20000);
    assert_only(t, B | T | NC | H, 0xFFB30000);
    assert_only(t, B | T | NC | H, 0xFFB40000);
    assert_only(t, T, 0xFFB80000);
    assert_only(t, T, 0xFFE00000);
    assert_only(t, B | T, 0xFFEF0000);
    assert_only(t, T, SEMAPHORE);
    assert_only(t, T, 0xFFE80004);
    assert_only(t, 0, 0xFFB00000); /* local memory is no register */
    assert_only(t, 0, 0xFFC00000); /* IRAM: fetch only */
    assert_only(t, 0, TT_L1_SIZE);
    assert_only(t, 0, 0xFFFFFFFCu);
}

static void registers_take_four_aligned_bytes(void **state)
{
    struct tt_tile *t = *state;
    uint32_t v;

    assert_int_equal(tt_tile_store(t, TT_RISC_B, 0xFFB20000, 2, 0),
                     TT_STEP_FAULT);
    assert_int_equal(tt_tile_store(t, TT_RISC_B, 0xFFB20002, 4, 0),
                     TT_STEP_FAULT);
    assert_int_equal(tt_tile_load(t, TT_RISC_B, 0xFFB20000, 1, &v),
                     TT_STEP_FAULT);
    assert_non_null(strstr(t->chip->fault, "4 aligned bytes"));
}

static void refusal_from_outside_is_no_fault_of_a_core(void **state)
{
    struct tt_tile *t = *state;

    assert_int_equal(store(t, HOST, 0xFFE80020, 0), TT_STEP_FAULT);
    assert_false(t->chip->faulted);
    assert_non_null(strstr(t->chip->refusal, "0xffe80020"));
}

static void gprs_and_mop_words_belong_to_the_own_thread(void **state)
{
    struct tt_tile *t = *state;

    assert_int_equal(store(t, TT_RISC_T2, 0xFFE000FC, 77), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T2, 0xFFE000FC), 77);
    assert_int_equal(load(t, TT_RISC_T1, 0xFFE000FC), 0);
    assert_int_equal(store(t, TT_RISC_T2, 0xFFE00100, 1), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_T1, 0xFFB80020, 5), TT_STEP_DONE);
    assert_int_equal(t->tensix.thread[1].mop_cfg[8], 5);
    assert_int_equal(store(t, TT_RISC_T1, 0xFFB80024, 5), TT_STEP_FAULT);
}

static void semaphores_post_and_get_within_bounds(void **state)
{
    struct tt_tile *t = *state;
    uint32_t addr = SEMAPHORE + 4 * 3;

    assert_int_equal(store(t, TT_RISC_T0, addr, 1), TT_STEP_FAULT);
    for (unsigned i = 0; i < 15; i++)
        assert_int_equal(store(t, TT_RISC_T0, addr, 0), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T2, addr), 15);
    assert_int_equal(store(t, TT_RISC_T0, addr, 0), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_T1, addr, 1), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T2, addr), 14);
    assert_int_equal(store(t, TT_RISC_T1, addr, 2), TT_STEP_FAULT);
    assert_int_equal(load(t, TT_RISC_T1, SEMAPHORE), 0);
}

static void stream_registers_keep_scratch(void **state)
{
    struct tt_tile *t = *state;
    uint32_t s = 0xFFB40000u + 63 * 0x1000;

    assert_int_equal(store(t, TT_RISC_NC, s, 0xFFFFFF), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_NC, s, 0x1000000), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_NC, s + 0xC, 0x2345678), TT_STEP_DONE);
    assert_int_equal(store(t, HOST, s + 0x10, 0x1FFFF), TT_STEP_DONE);
    assert_int_equal(store(t, HOST, s + 0x88, 2u << 6), TT_STEP_DONE);
    assert_int_equal(load(t, HOST, s), 0xFFFFFF);
    assert_int_equal(load(t, TT_RISC_B, s + 0xC), 0x2345678 & 0x1FFFF);
    assert_int_equal(load(t, TT_RISC_B, s + 0x10), 0x1FFFF);
    assert_int_equal(load(t, TT_RISC_B, s + 0x100), 1);
    assert_int_equal(store(t, TT_RISC_B, s + 0x88, 1), TT_STEP_FAULT);
}

static void mover_fills_iram_from_l1_only(void **state)
{
    struct tt_tile *t = *state;

    memset(t->l1 + 0x8000, 0xA5, 0x40);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11000, 0x800), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11004, 0x4000), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11008, 4), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB1100C, 1), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11010, 0x40), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_B, 0xFFB11014) & 9, 8);
    assert_int_equal(t->nc_iram[0x3F], 0xA5);
    assert_int_equal(t->nc_iram[0x40], 0);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11004, 0), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11008, 0x401), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11010, 0x40), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11008, 0xFFFFFFFF), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11010, 0x40), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11008, 4), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11000, TT_L1_SIZE / 16 - 3),
                     TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, 0xFFB11010, 0x40), TT_STEP_FAULT);
}

/* ---- mailboxes ---- */

#define DEBUG(offset)     (0xFFB12000u + (offset))
#define CHAIN(daisy, sig) (1u << 29 | (uint32_t)(daisy) << 16 | (sig))

/* A word of what the debug daisychain shows. */
static uint32_t chain(struct tt_tile *t, uint32_t select, unsigned word)
{
    assert_int_equal(
        store(t, TT_RISC_NC, DEBUG(0x54), select | (uint32_t)word << 25),
        TT_STEP_DONE);
    return load(t, HOST, DEBUG(0x5C));
}

static void daisychain_shows_counters_and_banks(void **state)
{
    struct tt_tile *t = *state;
    struct tt_thread *th = t->tensix.thread;

    th[0].adc[TT_ADC_UNPACK1].ch[1].x = 0x3FFFF;
    th[0].adc[TT_ADC_UNPACK1].ch[1].x_cr = 0x2ABCD;
    th[2].adc[TT_ADC_PACK].ch[0].w_cr = 0x77;
    assert_int_equal(chain(t, CHAIN(6, 3), 0), 0x3FFFFu | 0x2ABCDu << 18);
    assert_int_equal(chain(t, CHAIN(6, 3), 1), 0x2ABCDu >> 14);
    assert_int_equal(chain(t, CHAIN(6, 4), 3), 0x77u << 24);

    th[1].rwc.src_b_cr = 0x2A;
    th[2].rwc.dst = 0x3FF;
    th[2].rwc.fidelity = 3;
    assert_int_equal(chain(t, CHAIN(3, 2), 2), 0x2Au << 8);
    assert_int_equal(chain(t, CHAIN(3, 3), 1), 0x3FF);
    assert_int_equal(chain(t, CHAIN(3, 4), 2), 3u << 2);

    t->tensix.src_a.valid[0] = true;
    t->tensix.src_b.unpack_bank = 1;
    /* SrcA: bank 0 is valid, so not free; SrcB: free, to be written next. */
    assert_int_equal(chain(t, CHAIN(6, 9), 2), 1u << 21 | 1u << 27);
    assert_int_equal(chain(t, CHAIN(6, 9), 3), 1u << 4 | 1u << 14);
}

static void daisychain_refuses_what_the_simulator_refuses(void **state)
{
    struct tt_tile *t = *state;
    uint32_t v;

    assert_int_equal(tt_tile_load(t, HOST, DEBUG(0x5C), 4, &v), TT_STEP_FAULT);
    assert_non_null(strstr(t->chip->refusal, "not enabled"));
    assert_int_equal(store(t, HOST, DEBUG(0x54), CHAIN(7, 28)), TT_STEP_DONE);
    assert_int_equal(tt_tile_load(t, HOST, DEBUG(0x5C), 4, &v), TT_STEP_FAULT);
    assert_non_null(strstr(t->chip->refusal, "DaisySel 7, SignalSel 28"));
    assert_int_equal(store(t, HOST, DEBUG(0x54), 1u << 24), TT_STEP_FAULT);
    assert_int_equal(store(t, HOST, DEBUG(0x80), 0), TT_STEP_FAULT);
    assert_non_null(strstr(t->chip->refusal, "RISC_DBG_CNTL"));
}

static void debug_array_shows_cells_of_dst(void **state)
{
    struct tt_tile *t = *state;
    uint32_t v;

    t->tensix.dst[1023][14] = 0x1234;
    t->tensix.dst[1023][15] = 0x5678;
    assert_int_equal(store(t, HOST, DEBUG(0x64), 0x273FF), TT_STEP_FAULT);
    assert_int_equal(store(t, HOST, DEBUG(0x60), 1), TT_STEP_DONE);
    assert_int_equal(store(t, HOST, DEBUG(0x64), 0x273FF), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_NC, DEBUG(0x6C)), 0x56781234);
    t->tensix.dst_valid[1023] = 0;
    assert_int_equal(load(t, HOST, DEBUG(0x6C)), 0);

    assert_int_equal(store(t, HOST, DEBUG(0x64), 0x28000), TT_STEP_DONE);
    assert_int_equal(tt_tile_load(t, HOST, DEBUG(0x6C), 4, &v), TT_STEP_FAULT);
    assert_int_equal(store(t, HOST, DEBUG(0x64), 0x10000), TT_STEP_DONE);
    assert_int_equal(tt_tile_load(t, HOST, DEBUG(0x6C), 4, &v), TT_STEP_FAULT);
}

static void config_can_be_read_from_outside(void **state)
{
    struct tt_tile *t = *state;

    assert_int_equal(store(t, TT_RISC_B, 0xFFEF0000u + 4 * 57, 0xABCD1234),
                     TT_STEP_DONE);
    assert_int_equal(store(t, HOST, DEBUG(0x58), 57), TT_STEP_DONE);
    assert_int_equal(load(t, HOST, DEBUG(0x78)), 0xABCD1234);
    assert_int_equal(store(t, HOST, DEBUG(0x58), 152), TT_STEP_FAULT);
    assert_int_equal(store(t, HOST, DEBUG(0x58), 0x80000000u), TT_STEP_FAULT);
    assert_false(t->chip->faulted);
}

static void mailbox_holds_one_value_per_pair(void **state)
{
    struct tt_tile *t = *state;
    uint32_t v = 0;

    assert_int_equal(tt_tile_load(t, TT_RISC_T0, MAILBOX(0), 4, &v),
                     TT_STEP_WAIT);
    assert_int_equal(t->blocked[TT_RISC_T0], MAILBOX(0));
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(TT_RISC_T0), 11),
                     TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(TT_RISC_T0), 12),
                     TT_STEP_WAIT);
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(TT_RISC_T1), 13),
                     TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T0, MAILBOX(0)), 11);
    assert_int_equal(tt_tile_load(t, TT_RISC_T0, MAILBOX(0), 4, &v),
                     TT_STEP_WAIT);
    assert_int_equal(load(t, TT_RISC_T1, MAILBOX(0)), 13);
    assert_int_equal(store(t, TT_RISC_NC, MAILBOX(0), 1), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(4), 1), TT_STEP_FAULT);
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(1) + 4, 1), TT_STEP_FAULT);
}

/* ---- programs ---- */

/* RV32I words; registers by number. */
static uint32_t lui(unsigned rd, uint32_t value)
{
    return (value & 0xFFFFF000u) | rd << 7 | 0x37;
}

static uint32_t addi(unsigned rd, unsigned rs, int imm)
{
    return (uint32_t)imm << 20 | rs << 15 | rd << 7 | 0x13;
}

static uint32_t lw(unsigned rd, unsigned rs, int imm)
{
    return (uint32_t)imm << 20 | rs << 15 | 2 << 12 | rd << 7 | 0x03;
}

static uint32_t sw(unsigned rs, unsigned base, int imm)
{
    return ((uint32_t)imm >> 5 & 0x7F) << 25 | rs << 20 | base << 15 | 2 << 12 |
           ((uint32_t)imm & 0x1F) << 7 | 0x23;
}

/* beq rs, x0, -4: back to the instruction before. */
static uint32_t beqz_back(unsigned rs)
{
    return 0xFE000EE3u | rs << 15;
}

#define SELF_LOOP 0x0000006Fu /* j . */

static void put(struct tt_tile *t, uint32_t addr, const uint32_t *code,
                size_t n)
{
    memcpy(t->l1 + addr, code, n * 4);
    tt_tile_l1_written(t, addr, (uint32_t)(n * 4));
}
#define PUT(t, addr, ...)                                                      \
    put(t, addr, (const uint32_t[]){__VA_ARGS__},                              \
        sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static void run_until_idle(struct tt_chip *chip)
{
    unsigned rounds = 0;

    while (tt_chip_run(chip))
        assert_true(rounds++ < 1000);
}

static uint32_t word(const struct tt_tile *t, uint32_t addr)
{
    uint32_t v;

    memcpy(&v, t->l1 + addr, 4);
    return v;
}

/* Store the wanted register's address low bits as a mark, then stop. */
static void put_mark(struct tt_tile *t, uint32_t at, int mark)
{
    PUT(t, at, addi(5, 0, mark), sw(5, 0, 0x400 + 4 * mark), SELF_LOOP);
}

static void cores_boot_where_silicon_starts_them(void **state)
{
    static const uint32_t pc[TT_N_RISC] = {0, 0x6000, 0xA000, 0xE000, 0x12000};
    struct tt_tile *t = *state;

    assert_int_equal(load(t, HOST, SOFT_RESET), 0x47800);
    for (unsigned i = 0; i < TT_N_RISC; i++)
        put_mark(t, pc[i], (int)i + 1);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x404), 1);
    assert_int_equal(word(t, 0x408), 0);
    assert_int_equal(store(t, TT_RISC_B, SOFT_RESET, 0), TT_STEP_DONE);
    run_until_idle(t->chip);
    for (unsigned i = 0; i < TT_N_RISC; i++)
        assert_int_equal(word(t, 0x404 + 4 * i), i + 1);
}

static void overrides_move_the_start(void **state)
{
    struct tt_tile *t = *state;

    put_mark(t, 0x20000, 1);
    put_mark(t, 0x21000, 2);
    put_mark(t, 0x6000, 3);
    t->reset_pc[TT_RISC_NC] = 0x20000;
    t->reset_pc[TT_RISC_T1] = 0x21000;
    t->reset_pc[TT_RISC_T0] = 0x30000; /* not enabled */
    t->reset_pc_enable = NC | 1u << TT_RISC_T1;
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x04800), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x404), 1);
    assert_int_equal(word(t, 0x408), 2);
    assert_int_equal(word(t, 0x40C), 3);
}

static void reset_register_refuses_other_blocks(void **state)
{
    struct tt_tile *t = *state;

    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47801), TT_STEP_FAULT);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x80047800u), TT_STEP_DONE);
    assert_int_equal(load(t, HOST, SOFT_RESET), 0x47800);
}

static void hold_stops_a_core_and_release_restarts_it(void **state)
{
    struct tt_tile *t = *state;

    /* count at 0x500 up for ever */
    PUT(t, 0, lw(5, 0, 0x500), addi(5, 5, 1), sw(5, 0, 0x500),
        0xFF5FF06Fu /* j -12 */);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    assert_true(tt_chip_run(t->chip));
    assert_true(word(t, 0x500) > 10);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47800), TT_STEP_DONE);
    memset(t->l1 + 0x500, 0, 4);
    assert_false(tt_chip_run(t->chip));
    assert_int_equal(word(t, 0x500), 0);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    assert_true(tt_chip_run(t->chip));
    assert_true(word(t, 0x500) > 10);
}

static void holding_all_cores_clears_the_coprocessor(void **state)
{
    struct tt_tile *t = *state;

    assert_int_equal(store(t, HOST, SOFT_RESET, 0x46800), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_T0, SEMAPHORE, 0), TT_STEP_DONE);
    assert_int_equal(store(t, TT_RISC_T0, MAILBOX(1), 0), TT_STEP_DONE);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T0, SEMAPHORE), 1);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47800), TT_STEP_DONE);
    assert_int_equal(load(t, TT_RISC_T0, SEMAPHORE), 0);
    assert_int_equal(store(t, TT_RISC_T0, MAILBOX(1), 0), TT_STEP_DONE);
}

static void poller_parks_until_its_word_is_written(void **state)
{
    struct tt_tile *t = *state;
    uint32_t v = 1;

    PUT(t, 0, lw(5, 0, 0x600), beqz_back(5), sw(5, 0, 0x604), SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(t->rv[TT_RISC_B].state, TT_RV32_PARKED);
    assert_int_equal(tt_chip_access(t->chip, 0, 20, 19, 0x700, &v, 4, true),
                     TT_STEP_DONE);
    assert_false(tt_chip_run(t->chip));
    assert_int_equal(tt_chip_access(t->chip, 0, 20, 19, 0x600, &v, 4, true),
                     TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x604), 1);
    assert_int_equal(t->page_flags[0] & TT_PAGE_WATCHED, 0);
}

static void store_of_another_core_wakes_a_poller(void **state)
{
    struct tt_tile *t = *state;

    PUT(t, 0, lui(6, 0x4000), lw(5, 6, 0), beqz_back(5), sw(5, 0, 0x604),
        SELF_LOOP);
    PUT(t, 0x12000, lui(6, 0x4000), addi(5, 0, 9), sw(5, 6, 0), SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x604), 0);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x07000), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x604), 9);
}

static void poller_of_a_semaphore_is_woken_by_a_post(void **state)
{
    struct tt_tile *t = *state;

    PUT(t, 0x6000, lui(6, 0xFFE80000u), lw(5, 6, 0x20), beqz_back(5),
        sw(5, 0, 0x604), SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x46800), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(t->rv[TT_RISC_T0].state, TT_RV32_PARKED);
    assert_int_equal(store(t, TT_RISC_T1, SEMAPHORE, 0), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x604), 1);
}

static void empty_mailbox_stalls_until_a_value_comes(void **state)
{
    struct tt_tile *t = *state;

    PUT(t, 0xA000, lui(6, MAILBOX(0)), lw(5, 6, 0), sw(5, 0, 0x604), SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x45800), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(t->rv[TT_RISC_T1].state, TT_RV32_STALLED);
    assert_int_equal(t->blocked[TT_RISC_T1], MAILBOX(0));
    assert_int_equal(store(t, TT_RISC_B, MAILBOX(2), 321), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_int_equal(word(t, 0x604), 321);
}

static void write_from_outside_drops_decoded_code(void **state)
{
    struct tt_tile *t = *state;

    PUT(t, 0, SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    run_until_idle(t->chip);
    assert_true(t->page_flags[0] & TT_PAGE_CODE);
    assert_non_null(t->rv[TT_RISC_B].page[0]);
    PUT(t, 0xFF8, 1, 2, 3, 4); /* across the page's end */
    assert_false(t->page_flags[0] & TT_PAGE_CODE);
    assert_null(t->rv[TT_RISC_B].page[0]);
}

static void fault_stops_the_core_until_reset(void **state)
{
    struct tt_tile *t = *state;

    PUT(t, 0, lui(6, 0xFFE80000u), sw(0, 6, 0x20), SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    assert_true(tt_chip_run(t->chip));
    assert_true(t->chip->faulted);
    assert_int_equal(t->chip->fault_at.x, 2);
    assert_int_equal(t->chip->fault_at.y, 1);
    assert_int_equal(t->chip->fault_at.risc, TT_RISC_B);
    assert_int_equal(t->chip->fault_at.pc, 4);
    t->chip->faulted = false;
    assert_false(tt_chip_run(t->chip));
    assert_int_equal(t->rv[TT_RISC_B].state, TT_RV32_FAULT);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47800), TT_STEP_DONE);
    PUT(t, 0, SELF_LOOP);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    assert_true(tt_chip_run(t->chip));
    assert_false(t->chip->faulted);
}

static void tiles_take_turns(void **state)
{
    struct tt_tile *t = *state;
    struct tt_tile *tile[] = {t, tt_chip_tile(t->chip, 0),
                              tt_chip_tile(t->chip, 79)};

    for (unsigned i = 0; i < 3; i++) {
        PUT(tile[i], 0, lw(5, 0, 0x500), addi(5, 5, 1), sw(5, 0, 0x500),
            0xFF5FF06Fu);
        assert_int_equal(store(tile[i], HOST, SOFT_RESET, 0x47000),
                         TT_STEP_DONE);
    }
    for (unsigned i = 0; i < 9; i++)
        assert_true(tt_chip_run(t->chip));
    assert_true(word(tile[0], 0x500) > 1000);
    assert_int_equal(word(tile[1], 0x500), word(tile[0], 0x500));
    assert_int_equal(word(tile[2], 0x500), word(tile[0], 0x500));
}

static void wall_clock_grows_with_work_and_never_falls(void **state)
{
    struct tt_tile *t = *state;
    struct tt_tile *idle = tt_chip_tile(t->chip, 79);
    uint32_t last = load(t, HOST, 0xFFB121F0);

    PUT(t, 0, lw(5, 0, 0x500), addi(5, 5, 1), sw(5, 0, 0x500), 0xFF5FF06Fu);
    assert_int_equal(store(t, HOST, SOFT_RESET, 0x47000), TT_STEP_DONE);
    for (unsigned i = 0; i < 5; i++) {
        uint32_t now;

        assert_true(tt_chip_run(t->chip));
        now = load(t, TT_RISC_B, 0xFFB121F0);
        assert_true(now > last);
        assert_true(load(idle, TT_RISC_B, 0xFFB121F0) >= last);
        last = now;
    }
    t->chip->now = 0x100000002ull;
    assert_int_equal(load(t, TT_RISC_B, 0xFFB121F4), 1);
    /* This one keeps what it was when the lower half was read. */
    assert_int_equal(load(t, TT_RISC_B, 0xFFB121F8), 0);
    assert_int_equal(load(t, TT_RISC_B, 0xFFB121F0), 2);
    t->chip->now = 0x200000000ull;
    assert_int_equal(load(t, TT_RISC_B, 0xFFB121F8), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_register_serves_only_its_cores),
        TEST(registers_take_four_aligned_bytes),
        TEST(refusal_from_outside_is_no_fault_of_a_core),
        TEST(gprs_and_mop_words_belong_to_the_own_thread),
        TEST(semaphores_post_and_get_within_bounds),
        TEST(stream_registers_keep_scratch),
        TEST(mover_fills_iram_from_l1_only),
        TEST(daisychain_shows_counters_and_banks),
        TEST(daisychain_refuses_what_the_simulator_refuses),
        TEST(debug_array_shows_cells_of_dst),
        TEST(config_can_be_read_from_outside),
        TEST(mailbox_holds_one_value_per_pair),
        TEST(cores_boot_where_silicon_starts_them),
        TEST(overrides_move_the_start),
        TEST(reset_register_refuses_other_blocks),
        TEST(hold_stops_a_core_and_release_restarts_it),
        TEST(holding_all_cores_clears_the_coprocessor),
        TEST(poller_parks_until_its_word_is_written),
        TEST(store_of_another_core_wakes_a_poller),
        TEST(poller_of_a_semaphore_is_woken_by_a_post),
        TEST(empty_mailbox_stalls_until_a_value_comes),
        TEST(write_from_outside_drops_decoded_code),
        TEST(fault_stops_the_core_until_reset),
        TEST(tiles_take_turns),
        TEST(wall_clock_grows_with_work_and_never_falls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
