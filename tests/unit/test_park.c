/* SPDX-License-Identifier: MIT */
/* Cores that poll: whatever changes what they poll wakes them, and none that
 * waits keeps others from running. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"

#define DATA      0x40000u
#define CODE      0x8000u
#define HALT      0x0000006Fu /* jump to itself */
#define NIU       0xFFB20000u
#define RD_RESP   (NIU + 0x208u)
#define STREAM    0xFFB40000u
#define SEMAPHORE 0xFFE80020u
#define GPR       0xFFE00000u
#define CONFIG    0xFFEF0000u
#define SOME_CFG  (CONFIG + 4u * 84u)

static int set_up(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    if (!chip || !tt_chip_tile(chip, 0) || !tt_chip_tile(chip, 1))
        return -1;
    chip->tile[0]->tensix.sem_max[0] = 15;
    *state = chip;
    return 0;
}

static int tear_down(void **state)
{
    tt_chip_free(*state);
    return 0;
}

/* x3 = 1 as soon as the word at addr is not 0: LUI, LW, BEQ, ADDI. */
static void start_poll(struct tt_rv32 *core, uint32_t addr)
{
    uint32_t high = addr + 0x800u;
    const uint32_t code[] = {(high & 0xFFFFF000u) | 1u << 7 | 0x37u,
                             addr << 20 | 1u << 15 | 2u << 12 | 2u << 7 | 0x03u,
                             0xFE010EE3u, 0x00100193u, HALT};

    memcpy(core->tile->l1 + CODE, code, sizeof(code));
    tt_rv32_start(core, CODE);
}

static void run(struct tt_chip *chip)
{
    for (unsigned i = 0; i < 20 && tt_chip_run(chip); i++)
        ;
    assert_false(chip->faulted);
}

/* A NOC request of a tile, without a core that asks for it. */
static void request(struct tt_tile *t, uint32_t ctrl, uint32_t len,
                    uint32_t targ, uint32_t targ_at, uint32_t ret,
                    uint32_t ret_at)
{
    const uint32_t word[][2] = {{0x00, targ},   {0x04, targ_at}, {0x0C, ret},
                                {0x10, ret_at}, {0x1C, ctrl},    {0x20, len},
                                {0x24, 5}};

    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        assert_int_equal(
            tt_noc_store(t, TT_N_RISC, 0, 0x400 + word[i][0], word[i][1]),
            TT_STEP_DONE);
    assert_int_equal(tt_noc_store(t, TT_N_RISC, 0, 0x400 + 0x28, 1),
                     TT_STEP_DONE);
}

/* Tiles 0 and 1 are at (18, 18) and (19, 18). */
#define HERE  (18u << 4 | 18u << 10)
#define THERE (19u << 4 | 18u << 10)

static void host_writes(struct tt_chip *chip)
{
    uint32_t one = 1;

    assert_int_equal(tt_chip_access(chip, 0, 18, 18, DATA, &one, 4, true),
                     TT_STEP_DONE);
}

static void host_writes_a_byte_beyond(struct tt_chip *chip)
{
    uint8_t bytes[70] = {[69] = 1};

    assert_int_equal(
        tt_chip_access(chip, 0, 18, 18, DATA - 67, bytes, 70, true),
        TT_STEP_DONE);
}

static void another_tile_writes(struct tt_chip *chip)
{
    chip->tile[1]->l1[DATA] = 1;
    request(chip->tile[1], 0x12, 64, DATA, THERE, DATA, HERE);
}

static void another_tile_writes_a_word(struct tt_chip *chip)
{
    request(chip->tile[1], 0x1A, 0xF, DATA, HERE, 0, THERE);
}

static void another_tile_increments(struct tt_chip *chip)
{
    request(chip->tile[1], 0x11, 0x107C, DATA, HERE, 0, THERE);
}

static void another_tile_multicasts(struct tt_chip *chip)
{
    chip->tile[1]->l1[DATA] = 1;
    request(chip->tile[1], 0x132, 64, DATA, THERE, DATA,
            18u << 4 | 18u << 10 | 18u << 16 | 18u << 22);
}

static void the_tile_reads(struct tt_chip *chip)
{
    chip->tile[1]->l1[DATA] = 1;
    request(chip->tile[0], 0x10, 64, DATA, THERE, DATA, HERE);
}

/* The byte store of another core that runs in the same round. */
static void another_core_stores(struct tt_chip *chip)
{
    static const uint32_t code[] = {DATA | 1u << 7 | 0x37u, 0x00100113u,
                                    0x002081A3u /* SB x2, 3(x1) */, HALT};

    memcpy(chip->tile[0]->l1 + 0x9000, code, sizeof(code));
    tt_rv32_start(&chip->tile[0]->rv[TT_RISC_B], 0x9000);
}

static void push(struct tt_chip *chip, uint32_t insn)
{
    assert_int_equal(tt_tensix_push(&chip->tile[0]->tensix, 1, insn, true),
                     TT_STEP_DONE);
}

/* STOREIND of 4 bytes at 16 * GPR 1 + upper half of GPR 2. */
static void the_coprocessor_stores(struct tt_chip *chip)
{
    uint32_t *gpr = chip->tile[0]->tensix.thread[1].gpr;

    gpr[1] = DATA / 16;
    gpr[2] = 0;
    gpr[8] = 1;
    push(chip, 0x66000000u | 1u << 23 | 1u << 21 | 5u << 14 | 8u << 6 | 1u);
}

static void the_coprocessor_posts(struct tt_chip *chip)
{
    push(chip, 0xA4000000u | 4u);
}

static void store(struct tt_chip *chip, unsigned risc, uint32_t addr,
                  uint32_t value)
{
    assert_int_equal(tt_tile_store(chip->tile[0], risc, addr, 4, value),
                     TT_STEP_DONE);
}

static void a_core_posts(struct tt_chip *chip)
{
    store(chip, TT_RISC_T1, SEMAPHORE, 0);
}

static void a_stream_is_set(struct tt_chip *chip)
{
    store(chip, TT_RISC_B, STREAM + 0x10, 4);
}

static void another_tile_sets_a_stream(struct tt_chip *chip)
{
    request(chip->tile[1], 0x1A, 0xF, STREAM + 0x10, HERE, 0, THERE);
}

static void a_command_register_is_set(struct tt_chip *chip)
{
    store(chip, TT_RISC_B, NIU, 4);
}

/* SETDMAREG: the lower half of GPR 0 of thread 0. */
static void a_gpr_is_set(struct tt_chip *chip)
{
    assert_int_equal(
        tt_tensix_push(&chip->tile[0]->tensix, 0, 0x45000000u | 7u << 8, true),
        TT_STEP_DONE);
}

static void a_core_sets_config(struct tt_chip *chip)
{
    store(chip, TT_RISC_B, SOME_CFG, 1);
}

static const struct {
    const char *name;
    unsigned risc;
    uint32_t addr;
    void (*change)(struct tt_chip *chip);
    bool parks;
} cases[] = {
    {"host", TT_RISC_NC, DATA, host_writes, true},
    {"host, last byte", TT_RISC_NC, DATA, host_writes_a_byte_beyond, true},
    {"write", TT_RISC_NC, DATA, another_tile_writes, true},
    {"inline write", TT_RISC_T2, DATA, another_tile_writes_a_word, true},
    {"atomic", TT_RISC_B, DATA, another_tile_increments, true},
    {"multicast", TT_RISC_NC, DATA, another_tile_multicasts, true},
    {"read", TT_RISC_NC, DATA, the_tile_reads, true},
    {"store", TT_RISC_T0, DATA, another_core_stores, true},
    {"STOREIND", TT_RISC_NC, DATA, the_coprocessor_stores, true},
    {"SEMPOST", TT_RISC_T0, SEMAPHORE, the_coprocessor_posts, true},
    {"post", TT_RISC_T0, SEMAPHORE, a_core_posts, true},
    {"counter", TT_RISC_NC, RD_RESP, the_tile_reads, true},
    {"stream", TT_RISC_T2, STREAM + 0x100, a_stream_is_set, true},
    {"stream by NOC", TT_RISC_NC, STREAM + 0x100, another_tile_sets_a_stream,
     true},
    {"NOC register", TT_RISC_NC, NIU, a_command_register_is_set, false},
    {"GPR", TT_RISC_T0, GPR, a_gpr_is_set, false},
    {"Config", TT_RISC_T0, SOME_CFG, a_core_sets_config, false},
};

static void whatever_changes_what_is_polled_ends_the_poll(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tt_rv32 *core;

        assert_int_equal(set_up(state), 0);
        core = &((struct tt_chip *)*state)->tile[0]->rv[cases[i].risc];
        start_poll(core, cases[i].addr);
        run(*state);
        if ((core->state == TT_RV32_PARKED) != cases[i].parks || core->x[3])
            fail_msg("poll of %s: state %u before it", cases[i].name,
                     core->state);
        cases[i].change(*state);
        run(*state);
        if (core->x[3] != 1)
            fail_msg("poll of %s: not noticed", cases[i].name);
        tear_down(state);
    }
}

/* A thousand instructions, of which most would be the poller's. */
static void polls_that_cannot_park_leave_time_to_others(void **state)
{
    static const uint32_t addrs[] = {NIU, GPR, SOME_CFG};

    for (unsigned i = 0; i < 3; i++) {
        struct tt_rv32 *core;
        uint64_t before;

        assert_int_equal(set_up(state), 0);
        core = &((struct tt_chip *)*state)->tile[0]->rv[TT_RISC_T0];
        start_poll(core, addrs[i]);
        before = core->instret;
        assert_in_range(tt_rv32_run(core, 1000), 1, 20);
        assert_int_equal(core->state, TT_RV32_RUN);
        assert_in_range(tt_rv32_run(core, 1000), 1, 20);
        assert_in_range(core->instret - before, 2, 40);
        tear_down(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_changes_what_is_polled_ends_the_poll),
        cmocka_unit_test(polls_that_cannot_park_leave_time_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
