/* SPDX-License-Identifier: MIT */
/* Coprocessor frontend, Config, sync unit, scalar unit, address counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "device/emu/chip.h"
#include "device/emu/tensix.h"

#define T0 0u
#define T1 1u
#define T2 2u

#define NOP 0x02000000u

/* Encodings by field. */
static uint32_t seminit(unsigned sem, unsigned value, unsigned max)
{
    return 0xA3000000u | max << 20 | value << 16 | 4u << sem;
}
static uint32_t sempost(unsigned sem)
{
    return 0xA4000000u | 4u << sem;
}
static uint32_t semget(unsigned sem)
{
    return 0xA5000000u | 4u << sem;
}
/* Condition 1: while zero; 2: while at max. */
static uint32_t semwait(unsigned sem, unsigned condition)
{
    return 0xA6000000u | 1u << 15 | 4u << sem | condition;
}
static uint32_t setgpr_lo(unsigned gpr, unsigned value)
{
    return 0x45000000u | value << 8 | gpr << 1;
}
static uint32_t setgpr_hi(unsigned gpr, unsigned value)
{
    return setgpr_lo(gpr, value) | 1u;
}
static uint32_t addgpr(unsigned to, unsigned a, unsigned b)
{
    return 0x58000000u | to << 12 | b << 6 | a;
}
static uint32_t replay(unsigned start, unsigned len, unsigned mode)
{
    return 0x04000000u | start << 14 | len << 4 | mode;
}
static uint32_t wrcfg(unsigned gpr, unsigned word, unsigned wide)
{
    return 0xB0000000u | gpr << 16 | wide << 15 | word;
}
static uint32_t rdcfg(unsigned gpr, unsigned word)
{
    return 0xB1000000u | gpr << 16 | word;
}
static uint32_t setc16(unsigned reg, unsigned value)
{
    return 0xB2000000u | reg << 16 | value;
}

static int set_up(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    *state = chip;
    return chip && tt_chip_tile(chip, 0) ? 0 : -1;
}

static int tear_down(void **state)
{
    tt_chip_free(*state);
    return 0;
}

static struct tt_tensix *tensix(void **state)
{
    struct tt_chip *chip = *state;

    return &chip->tile[0]->tensix;
}

static void push(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    assert_int_equal(tt_tensix_push(t, thread, insn, true), TT_STEP_DONE);
}

/* Push an instruction that must be refused with @text in the report. */
static void push_refused(void **state, uint32_t insn, const char *text)
{
    struct tt_chip *chip = *state;

    assert_int_equal(tt_tensix_push(tensix(state), T1, insn, true),
                     TT_STEP_FAULT);
    assert_true(chip->faulted);
    if (!strstr(chip->fault, text))
        fail_msg("\"%s\" is not in \"%s\"", text, chip->fault);
    chip->faulted = false;
    tt_tensix_restart(tensix(state));
}

/* Hold a thread, so that what is pushed stays in its queue. */
static void hold(struct tt_tensix *t, unsigned thread)
{
    push(t, thread, seminit(7, 0, 1));
    push(t, thread, semwait(7, 1));
    assert_false(tt_tensix_idle(t, thread));
}

/* Compare what was queued behind hold(). */
static void assert_queue(const struct tt_tensix *t, unsigned thread,
                         const uint32_t *want, unsigned n)
{
    const struct tt_thread *th = &t->thread[thread];

    assert_int_equal(th->fifo_len, n + 1);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(th->fifo[(th->fifo_head + 1 + i) % TT_FIFO_SIZE],
                         want[i]);
}

/* ---- queues ---- */

static void push_executes_at_once(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T2, setgpr_lo(5, 0x1234));
    push(t, T2, setgpr_hi(5, 0xABCD));
    assert_int_equal(t->thread[T2].gpr[5], 0xABCD1234);
    assert_true(tt_tensix_idle(t, T2));
}

static void nop_never_enters_the_queue(void **state)
{
    struct tt_tensix *t = tensix(state);

    hold(t, T0);
    push(t, T0, NOP);
    assert_queue(t, T0, NULL, 0);
}

static void waiting_thread_goes_on_after_post_of_another(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, seminit(1, 0, 2));
    push(t, T2, semwait(1, 1));
    push(t, T2, setgpr_lo(1, 77));
    push(t, T2, semget(1));
    assert_int_equal(t->thread[T2].gpr[1], 0);
    push(t, T1, sempost(1));
    assert_int_equal(t->thread[T2].gpr[1], 77);
    assert_int_equal(t->sem[1], 0);
    assert_true(tt_tensix_idle(t, T2));
}

static void semwait_while_max_holds(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, seminit(2, 2, 2));
    push(t, T1, semwait(2, 2));
    assert_false(tt_tensix_idle(t, T1));
    push(t, T2, semget(2));
    assert_true(tt_tensix_idle(t, T1));
}

static void change_from_outside_counts_after_run(void **state)
{
    struct tt_tensix *t = tensix(state);

    hold(t, T0);
    t->sem[7] = 1;
    assert_false(tt_tensix_idle(t, T0));
    assert_int_equal(tt_tensix_run(t), TT_STEP_DONE);
    assert_true(tt_tensix_idle(t, T0));
}

static void full_queue_takes_nothing_and_loses_nothing(void **state)
{
    struct tt_tensix *t = tensix(state);

    hold(t, T0);
    push(t, T0, setgpr_lo(1, 1));
    for (unsigned i = 2; i < TT_FIFO_SIZE - 1; i++)
        push(t, T0, addgpr(2, 2, 1));
    assert_int_equal(tt_tensix_push(t, T0, addgpr(2, 2, 1), true),
                     TT_STEP_WAIT);
    push(t, T1, sempost(7));
    assert_true(tt_tensix_idle(t, T0));
    assert_int_equal(t->thread[T0].gpr[2], TT_FIFO_SIZE - 3);
    push(t, T0, addgpr(2, 2, 1));
    assert_int_equal(t->thread[T0].gpr[2], TT_FIFO_SIZE - 2);
}

static void stream_resumes_in_order_across_three_threads(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, seminit(0, 0, 1));
    push(t, T0, seminit(1, 0, 1));
    push(t, T2, semwait(1, 1));
    push(t, T2, setgpr_lo(0, 3));
    push(t, T1, semwait(0, 1));
    push(t, T1, sempost(1));
    assert_int_equal(t->thread[T2].gpr[0], 0);
    push(t, T0, sempost(0));
    assert_int_equal(t->thread[T2].gpr[0], 3);
    assert_int_equal(t->waiting, 0);
}

/* ---- expanders ---- */

static void replay_records_and_plays(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, setgpr_lo(1, 5));
    push(t, T1, replay(30, 3, 1));
    push(t, T1, addgpr(2, 2, 1));
    push(t, T1, NOP);
    push(t, T1, addgpr(3, 2, 1));
    assert_int_equal(t->thread[T1].gpr[2], 0);
    push(t, T1, replay(30, 3, 0));
    push(t, T1, replay(30, 3, 0));
    assert_int_equal(t->thread[T1].gpr[2], 10);
    assert_int_equal(t->thread[T1].gpr[3], 15);
    /* Recorded around the end of the buffer, the NOP included. */
    assert_int_equal(t->thread[T1].replay[31], NOP);
    assert_int_equal(t->thread[T1].replay[0], addgpr(3, 2, 1));
}

static void replay_can_execute_while_it_records(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, setgpr_lo(1, 5));
    push(t, T0, replay(0, 1, 3));
    push(t, T0, addgpr(2, 2, 1));
    assert_int_equal(t->thread[T0].gpr[2], 5);
    push(t, T0, replay(0, 1, 0));
    assert_int_equal(t->thread[T0].gpr[2], 10);
}

static void mop_template1_unrolls_both_loops(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t a = addgpr(1, 0, 0), b = addgpr(2, 0, 0), start = addgpr(3, 0, 0);
    uint32_t end0 = addgpr(4, 0, 0), end1 = addgpr(5, 0, 0);
    uint32_t last0 = addgpr(6, 0, 0), last1 = addgpr(7, 0, 0);
    const uint32_t cfg[9] = {2, 2, start, end0, end1, a, b, last0, last1};
    const uint32_t want[] = {start, a, b, a, last1, end0, end1,
                             start, a, b, a, last0, end0, end1};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    hold(t, T1);
    push(t, T1, 0x01800000);
    assert_queue(t, T1, want, 14);
}

static void mop_template1_omits_nops(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t a = addgpr(1, 0, 0), last0 = addgpr(6, 0, 0);
    const uint32_t cfg[9] = {2, 1, NOP, NOP, a, a, NOP, last0, NOP};
    const uint32_t want[] = {last0};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    hold(t, T1);
    push(t, T1, 0x01800000);
    assert_queue(t, T1, want, 1);
}

static void mop_template0_follows_the_zero_mask(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t insn[9];
    const unsigned order[] = {3, 4, 5, 6, 2, 7, 8, 3, 4, 5, 6, 2};
    uint32_t want[12];

    for (unsigned i = 0; i < 9; i++)
        insn[i] = addgpr(i, 0, 0);
    insn[1] = 3;
    for (unsigned i = 0; i < 12; i++)
        want[i] = insn[order[i]];
    memcpy(t->thread[T0].mop_cfg, insn, sizeof(insn));
    hold(t, T0);
    push(t, T0, 0x01020002);
    assert_queue(t, T0, want, 12);
}

static void mop_mask_has_a_high_half(void **state)
{
    struct tt_tensix *t = tensix(state);
    const uint32_t cfg[9] = {0, 0, 0, NOP, 0, 0, 0, addgpr(1, 0, 0), 0};
    const uint32_t want[] = {addgpr(1, 0, 0)};

    memcpy(t->thread[T0].mop_cfg, cfg, sizeof(cfg));
    hold(t, T0);
    push(t, T0, 0x03000000u | 1u);
    push(t, T0, 0x01000000u | 31u << 16);
    assert_queue(t, T0, want, 1);
}

static void mop_can_replay(void **state)
{
    struct tt_tensix *t = tensix(state);
    const uint32_t cfg[9] = {4,
                             8,
                             NOP,
                             NOP,
                             NOP,
                             replay(0, 2, 0),
                             NOP,
                             replay(0, 2, 0),
                             replay(0, 2, 0)};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    push(t, T1, setgpr_lo(1, 1));
    push(t, T1, replay(0, 2, 1));
    push(t, T1, addgpr(2, 2, 1));
    push(t, T1, addgpr(3, 3, 2));
    push(t, T1, 0x01800000);
    assert_int_equal(t->thread[T1].gpr[2], 32);
    assert_int_equal(t->thread[T1].gpr[3], 32 * 33 / 2);
}

static void mop_is_taken_whole_or_not_at_all(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t add = addgpr(2, 2, 1);
    const uint32_t cfg[9] = {32, 8, NOP, NOP, NOP, add, NOP, add, add};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    push(t, T1, setgpr_lo(1, 1));
    hold(t, T1);
    push(t, T1, 0x01800000);
    assert_int_equal(t->thread[T1].fifo_len, 257);
    assert_int_equal(tt_tensix_push(t, T1, 0x01800000, true), TT_STEP_WAIT);
    assert_int_equal(t->thread[T1].fifo_len, 257);
    push(t, T0, sempost(7));
    push(t, T1, 0x01800000);
    assert_int_equal(t->thread[T1].gpr[2], 512);
}

static void mop_larger_than_the_queue_runs_when_nothing_blocks(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t add = addgpr(2, 2, 1);
    const uint32_t cfg[9] = {32, 64, NOP, NOP, NOP, add, NOP, add, add};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    push(t, T1, setgpr_lo(1, 1));
    push(t, T1, 0x01800000);
    assert_int_equal(t->thread[T1].gpr[2], 2048);
}

static void mop_larger_than_the_queue_is_refused_when_it_blocks(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t wait = semwait(3, 1);
    const uint32_t cfg[9] = {32, 64, NOP, NOP, NOP, wait, NOP, wait, wait};

    memcpy(t->thread[T1].mop_cfg, cfg, sizeof(cfg));
    push_refused(state, 0x01800000, "queue is full");
}

/* Lanes of LReg 2: doubled, or more by @value. */
static uint32_t double_lanes(void)
{
    return 0x7A001021u;
}
static uint32_t add_to_lanes(unsigned value)
{
    return 0x79000225u | value << 12;
}

/* 11 rounds of 2x + 1, and one of 3 more, as a MOP of replays. */
static void prepare_vector_mop(struct tt_tensix *t)
{
    const uint32_t twice = replay(31, 2, 0), last = replay(3, 1, 0);
    const uint32_t cfg[9] = {1, 12, NOP, NOP, NOP, twice, NOP, last, twice};
    struct tt_thread *th = &t->thread[T1];

    memcpy(th->mop_cfg, cfg, sizeof(cfg));
    th->replay[31] = double_lanes();
    th->replay[0] = add_to_lanes(1);
    th->replay[3] = add_to_lanes(3);
    memset(t->sfpu.lreg[2], 0, sizeof(t->sfpu.lreg[2]));
}

static void assert_vector_mop_has_run(const struct tt_tensix *t)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        assert_int_equal(t->sfpu.lreg[2][i], 2047 + 3);
}

static void vector_instructions_execute_as_they_are_pushed(void **state)
{
    struct tt_tensix *t = tensix(state);

    prepare_vector_mop(t);
    for (unsigned i = 1; i <= 5; i++) {
        push(t, T1, double_lanes());
        push(t, T1, add_to_lanes(1));
        assert_int_equal(t->sfpu.lreg[2][31], (1u << i) - 1);
    }
    push_refused(state, double_lanes() | 2u, "SFPSHFT");
    assert_int_equal(t->sfpu.lreg[2][31], 31);
}

static void mop_of_vector_replays_runs_at_once(void **state)
{
    struct tt_tensix *t = tensix(state);

    prepare_vector_mop(t);
    push(t, T1, 0x01800000);
    assert_vector_mop_has_run(t);
    assert_int_equal(t->thread[T1].fifo_len, 0);
}

/* Wherever the queue's ring ends. */
static void mop_of_vector_replays_runs_from_the_queue(void **state)
{
    struct tt_tensix *t = tensix(state);

    for (uint32_t head = TT_FIFO_SIZE - 30; head < TT_FIFO_SIZE; head++) {
        prepare_vector_mop(t);
        t->thread[T1].fifo_head = head;
        hold(t, T1);
        push(t, T1, 0x01800000);
        assert_int_equal(t->thread[T1].fifo_len, 1 + 23);
        assert_int_equal(t->sfpu.lreg[2][0], 0);
        push(t, T0, sempost(7));
        assert_vector_mop_has_run(t);
        assert_int_equal(t->waiting, 0);
    }
}

static void mop_of_vector_replays_is_taken_whole_or_not_at_all(void **state)
{
    struct tt_tensix *t = tensix(state);
    unsigned taken = 0;

    prepare_vector_mop(t);
    hold(t, T1);
    for (unsigned i = 0; i < 10; i++)
        push(t, T1, double_lanes());
    while (tt_tensix_push(t, T1, 0x01800000, true) == TT_STEP_DONE)
        taken++;
    assert_int_equal(taken, (511 - 11) / 23); /* and 17 are free */
    assert_int_equal(t->thread[T1].fifo_len, 11 + 23 * taken);
}

/* A vector instruction that must wait its turn behind one that waits. */
static void replay_keeps_behind_what_waits(void **state)
{
    struct tt_tensix *t = tensix(state);

    prepare_vector_mop(t);
    t->thread[T1].replay[4] = semwait(7, 1);
    t->thread[T1].replay[5] = add_to_lanes(1);
    push(t, T1, seminit(7, 0, 1));
    push(t, T1, replay(3, 3, 0));
    assert_int_equal(t->sfpu.lreg[2][0], 3);
    push(t, T1, replay(31, 2, 0));
    assert_int_equal(t->sfpu.lreg[2][0], 3);
    push(t, T0, sempost(7));
    assert_int_equal(t->sfpu.lreg[2][0], (3 + 1) * 2 + 1);
}

static void threads_take_turns_with_vector_instructions(void **state)
{
    struct tt_tensix *t = tensix(state);

    memset(t->sfpu.lreg[2], 0, sizeof(t->sfpu.lreg[2]));
    hold(t, T1);
    push(t, T2, semwait(7, 1));
    for (unsigned i = 0; i < 4; i++) {
        push(t, T1, double_lanes());
        push(t, T2, add_to_lanes(1));
    }
    push(t, T0, sempost(7));
    assert_int_equal(t->sfpu.lreg[2][0], 15);
}

static void mop_of_another_core_is_not_expanded(void **state)
{
    struct tt_tensix *t = tensix(state);
    struct tt_chip *chip = *state;

    assert_int_equal(tt_tensix_push(t, T0, 0x01800000, false), TT_STEP_FAULT);
    assert_non_null(strstr(chip->fault, "MOP"));
}

static void bad_lengths_are_refused(void **state)
{
    struct tt_tensix *t = tensix(state);

    push_refused(state, 0x01800000, "outer loop length is 0");
    t->thread[T1].mop_cfg[0] = 1;
    t->thread[T1].mop_cfg[1] = 65;
    push_refused(state, 0x01800000, "inner loop length is 65");
    push_refused(state, 0x01000000, "flags is 65");
    push_refused(state, 0x01000000u | 32u << 16, "loop_count is 32");
    push_refused(state, replay(0, 33, 0), "len is 33");
    push_refused(state, replay(0, 0, 1), "len is 0");
    push_refused(state, replay(32, 1, 0), "start_idx is 32");
    push_refused(state, replay(0, 1, 2), "execute_while_loading");
}

/* ---- refusals and reports ---- */

static void refusal_names_thread_word_and_mnemonic(void **state)
{
    push_refused(state, 0x22000000, "T1 (math)");
    push_refused(state, 0x22000000, "CONV3S1 is not modelled");
    push_refused(state, 0x22000000, "0x22000000");
    push_refused(state, 0x02000001, "NOP 0x000001 is not for the units");
    push_refused(state, 0x00000000, "no opcode 0x00");
    push_refused(state, 0xFF000000, "no opcode 0xFF");
    push_refused(state, 0x60000001, "DMANOP: unused bits 0x000001");
    push_refused(state, 0x93000000, "SFPLOADMACRO is not modelled");
}

static void refused_thread_executes_nothing_more(void **state)
{
    struct tt_tensix *t = tensix(state);
    struct tt_chip *chip = *state;

    hold(t, T1);
    push(t, T1, semget(0));
    push(t, T1, setgpr_lo(1, 1));
    push(t, T0, sempost(7));
    assert_true(chip->faulted);
    assert_int_equal(t->thread[T1].gpr[1], 0);
    assert_int_equal(tt_tensix_push(t, T1, setgpr_lo(1, 1), true),
                     TT_STEP_FAULT);
    push(t, T0, setgpr_lo(1, 9));
    assert_int_equal(t->thread[T0].gpr[1], 9);
    tt_tensix_restart(t);
    push(t, T1, setgpr_lo(1, 2));
    assert_int_equal(t->thread[T1].gpr[1], 2);
}

static void describe_says_what_a_thread_waits_for(void **state)
{
    struct tt_tensix *t = tensix(state);
    char text[96];

    tt_tensix_describe(t, T0, text);
    assert_string_equal(text, "");
    push(t, T0, seminit(1, 0, 2));
    push(t, T0, semwait(1, 1));
    tt_tensix_describe(t, T0, text);
    assert_string_equal(text, "SEMWAIT on semaphore 1 (value 0, max 2)");
    push(t, T1, 0xA2000000u | 1u << 15 | 0x400u);
    tt_tensix_describe(t, T1, text);
    assert_string_equal(text, "STALLWAIT until SrcA is valid");
    push(t, T2, 0x26000000u);
    tt_tensix_describe(t, T2, text);
    assert_string_equal(text, "MVMUL waits for valid data, SrcA has none, "
                              "SrcB has none");
}

/* ---- sync unit ---- */

static void semaphores_neither_overflow_nor_underflow(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, seminit(3, 1, 1));
    push_refused(state, sempost(3), "SEMPOST: semaphore 3 is 1, its max is 1");
    push(t, T1, semget(3));
    push_refused(state, semget(3), "SEMGET: semaphore 3 is 0");
    push_refused(state, seminit(3, 2, 1), "SEMINIT: value 2 is above max 1");
    push_refused(state, 0xA400000Cu, "does not select exactly one");
    push_refused(state, semwait(3, 3), "condition is 3");
}

static void mutex_is_held_by_one_thread(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, 0xA0000000);
    push(t, T2, 0xA0000000);
    push(t, T2, setgpr_lo(1, 1));
    assert_int_equal(t->thread[T2].gpr[1], 0);
    push(t, T0, 0xA1000000);
    assert_int_equal(t->thread[T2].gpr[1], 1);
    push_refused(state, 0xA1000000, "does not hold mutex 0");
    push_refused(state, 0xA0000001, "mutex 1");
}

static void mutex_goes_to_the_thread_behind_the_one_that_releases(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, 0xA0000000);
    push(t, T0, 0xA0000000);
    push(t, T2, 0xA0000000);
    push(t, T1, 0xA1000000);
    assert_int_equal(t->mutex[0], T2 + 1);
    assert_true(tt_tensix_idle(t, T2));
    assert_false(tt_tensix_idle(t, T0));
}

static void stallwait_waits_only_for_banks(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, 0xA2000000u | 0x1FFu << 15 | 0x60FFu);
    assert_true(tt_tensix_idle(t, T1));
    push_refused(state, 0xA2000000u | 1u << 15, "STALLWAIT: an empty mask");
    push_refused(state, 0xA2000001u, "STALLWAIT: an empty mask");
    push(t, T1, 0xA2000000u | 1u << 15 | 0x300u);
    assert_true(tt_tensix_idle(t, T1));
    push(t, T1, 0xA2000000u | 1u << 15 | 0x800u);
    assert_false(tt_tensix_idle(t, T1));
    t->src_b.valid[t->src_b.matrix_bank] = true;
    tt_tensix_run(t);
    assert_true(tt_tensix_idle(t, T1));
}

/* ---- Config ---- */

static void config_keeps_only_bits_that_exist(void **state)
{
    struct tt_tensix *t = tensix(state);
    uint32_t value;

    assert_int_equal(tt_cfg_write(t, 0, 58, 0xFFFFFFFF), TT_STEP_DONE);
    assert_int_equal(tt_cfg_read(t, 0, 58, &value), TT_STEP_DONE);
    assert_int_equal(value, 0xFF7FFFFF);
    assert_int_equal(tt_cfg_read(t, 1, 58, &value), TT_STEP_DONE);
    assert_int_equal(value, 0);
}

static void config_words_from_152_on_have_one_bank(void **state)
{
    struct tt_tensix *t = tensix(state);

    assert_int_equal(tt_cfg_write(t, 1, 153, 0xFFFFFFFF), TT_STEP_DONE);
    assert_int_equal(tt_cfg_word(t, 0, 153), 0x3FFFF);
    assert_int_equal(tt_cfg_word(t, 1, 153), 0x3FFFF);
}

static void config_refuses_what_is_not_there(void **state)
{
    static const unsigned absent[] = {4, 10, 32, 54, 128, 156, 165, 187, 188};
    struct tt_tensix *t = tensix(state);
    struct tt_chip *chip = *state;
    uint32_t value;

    for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        assert_int_equal(tt_cfg_write(t, 0, absent[i], 0), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_read(t, 0, 54, &value), TT_STEP_DONE);
    assert_int_equal(value, 0);
    assert_int_equal(tt_cfg_read(t, 0, 152, &value), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_read(t, 0, 0xFFFFFFFF, &value), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_write(t, 0, 1, 1), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_write(t, 0, 0, 0x4000), TT_STEP_FAULT);
    assert_non_null(strstr(chip->fault, "Config word 4"));
}

static void config_words_of_the_tile_act_on_it(void **state)
{
    struct tt_tensix *t = tensix(state);
    struct tt_tile *tile = t->tile;

    assert_int_equal(tt_cfg_write(t, 0, 159, 0x1800), TT_STEP_DONE);
    assert_int_equal(tt_cfg_write(t, 0, 161, 5), TT_STEP_DONE);
    assert_int_equal(tt_cfg_write(t, 0, 162, 0x2800), TT_STEP_DONE);
    assert_int_equal(tt_cfg_write(t, 0, 163, 1), TT_STEP_DONE);
    assert_int_equal(tile->reset_pc[TT_RISC_T1], 0x1800);
    assert_int_equal(tile->reset_pc[TT_RISC_NC], 0x2800);
    assert_int_equal(tile->reset_pc_enable,
                     1u << TT_RISC_T0 | 1u << TT_RISC_T2 | 1u << TT_RISC_NC);
    assert_int_equal(tt_cfg_write(t, 0, 161, 0), TT_STEP_DONE);
    assert_int_equal(tile->reset_pc_enable, 1u << TT_RISC_NC);
    assert_int_equal(tt_cfg_write(t, 0, 157, 0), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_write(t, 0, 157, 32), TT_STEP_FAULT);
    assert_int_equal(tt_cfg_write(t, 0, 157, 31), TT_STEP_DONE);
}

static void prng_seed_gives_each_lane_its_state(void **state)
{
    struct tt_tensix *t = tensix(state);

    /* 32 steps of the generator from 1, then two more per lane. */
    assert_int_equal(tt_cfg_write(t, 0, 164, 1), TT_STEP_DONE);
    assert_int_equal(t->sfpu.prng[31], 0x044666AA);
    assert_int_equal(t->sfpu.prng[0], 0x8B9E613D);
}

static void wrcfg_uses_the_bank_of_its_thread(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, setgpr_lo(4, 0x11));
    push(t, T1, setgpr_lo(5, 0x22));
    push(t, T1, setgpr_lo(7, 0x44));
    push(t, T1, setc16(0, 1));
    push(t, T1, wrcfg(4, 20, 1));
    assert_int_equal(tt_cfg_word(t, 1, 20), 0x11);
    assert_int_equal(tt_cfg_word(t, 1, 21), 0x22);
    assert_int_equal(tt_cfg_word(t, 1, 23), 0x44);
    assert_int_equal(tt_cfg_word(t, 0, 20), 0);
    push(t, T1, rdcfg(9, 23));
    assert_int_equal(t->thread[T1].gpr[9], 0x44);
    push_refused(state, wrcfg(5, 20, 1), "WRCFG: 128 bits");
    push_refused(state, wrcfg(4, 21, 1), "WRCFG: 128 bits");
    push_refused(state, wrcfg(4, 188, 0), "WRCFG: cfg_reg is 188");
    push_refused(state, wrcfg(4, 4, 0), "Config word 4");
}

static void rmwcib_changes_the_masked_bits_of_a_byte(void **state)
{
    struct tt_tensix *t = tensix(state);

    assert_int_equal(tt_cfg_write(t, 0, 53, 0x11223344), TT_STEP_DONE);
    push(t, T0, 0xB5000000u | 0x0Fu << 16 | 0xABu << 8 | 53u);
    assert_int_equal(tt_cfg_word(t, 0, 53), 0x112B3344);
    push(t, T0, 0xB6000000u | 0xF0u << 16 | 0xCDu << 8 | 53u);
    assert_int_equal(tt_cfg_word(t, 0, 53), 0xC12B3344);
    push(t, T0, 0xB3000000u | 0xFFu << 16 | 0xEFu << 8 | 53u);
    assert_int_equal(tt_cfg_word(t, 0, 53), 0xC12B33EF);
}

static void reg2flop_reaches_the_unpacker_words(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, setgpr_lo(3, 0x77));
    push(t, T0, 0x48000000u | 1u << 22 | 12u << 6 | 3u);
    assert_int_equal(tt_cfg_word(t, 0, 64), 0x77);
    push_refused(state, 0x48000000u | 1u << 22 | 100u << 6, "flop_index");
    push_refused(state, 0x48000000u | 12u << 6, "size_sel is 0");
}

static void setc16_writes_the_registers_of_one_thread(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T1, setc16(55, 0xFFFF));
    assert_int_equal(t->thread[T1].cfg[55], 0xFFFF);
    assert_int_equal(t->thread[T0].cfg[55], 0);
    push_refused(state, setc16(4, 0), "SETC16: register 4");
    push_refused(state, setc16(8, 0), "SETC16: register 8");
    push_refused(state, setc16(57, 0), "SETC16: register 57");
    push_refused(state, setc16(255, 0), "SETC16: register 255");
}

/* ---- scalar unit and address counters ---- */

static void mul_takes_the_low_halves(void **state)
{
    struct tt_tensix *t = tensix(state);

    push(t, T0, setgpr_lo(1, 0xFFFF));
    push(t, T0, setgpr_hi(1, 0x1234));
    push(t, T0, 0x5A000000u | 2u << 12 | 1u << 6 | 1u);
    assert_int_equal(t->thread[T0].gpr[2], 0xFFFE0001);
}

static void storereg_reaches_only_the_overlay(void **state)
{
    push_refused(state, 0x67000000u | (0xFFB20000u - 0xFFB00000u) >> 2,
                 "STOREREG: address 0xFFB20000");
}

static void counters_wrap_at_their_width(void **state)
{
    struct tt_tensix *t = tensix(state);
    const struct tt_adc *adc = t->thread[T0].adc;

    push(t, T0, 0x50000000u | 7u << 21 | 2u << 18 | 0xFFFFu);
    assert_int_equal(adc[TT_ADC_PACK].ch[0].z, 0xFF);
    push(t, T0, 0x55000000u | 1u << 21 | 3u << 6);
    assert_int_equal(adc[TT_ADC_UNPACK0].ch[0].z, 2);
    assert_int_equal(adc[TT_ADC_UNPACK0].ch[0].z_cr, 0xFF);
    assert_int_equal(adc[TT_ADC_UNPACK1].ch[0].z, 0xFF);
    push(t, T0, 0x56000000u | 1u << 21 | 4u << 6 | 1u);
    assert_int_equal(adc[TT_ADC_UNPACK0].ch[0].z, 3);
    assert_int_equal(adc[TT_ADC_UNPACK0].ch[0].z_cr, 3);
}

static void setadcxy_sets_only_what_its_mask_names(void **state)
{
    struct tt_tensix *t = tensix(state);
    const struct tt_adc *adc = &t->thread[T2].adc[TT_ADC_PACK];

    push(t, T2, 0x5E000000u | 4u << 21 | 1023u << 10 | 5u);
    assert_int_equal(adc->ch[0].x, 5);
    assert_int_equal(adc->ch[1].x_cr, 1023);
    push(t, T2, 0x51000000u | 4u << 21 | 7u << 15 | 6u << 12 | 3u << 9 | 0xAu);
    assert_int_equal(adc->ch[0].x, 5);
    assert_int_equal(adc->ch[0].y, 3);
    assert_int_equal(adc->ch[1].x, 1023);
    assert_int_equal(adc->ch[1].y, 7);
    push_refused(state, 0x51000000u | 4u << 21, "SETADCXY: bit_mask is 0");
    push_refused(state, 0x51000001u, "SETADCXY: cnt_set_mask is 0");
    push_refused(state, 0x50300000u | 0x10000u, "SETADC: value is 0x10000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* A round must not take minutes: the host looks at its limits in between. */
static void a_turn_of_long_mops_ends(void **state)
{
    struct tt_chip *chip = *state;
    struct tt_tile *tile = chip->tile[0];
    struct tt_rv32 *core = &tile->rv[TT_RISC_T1];
    /* lui a0, 0xFFE40; lui a1, 0x01800; sw a1, 0(a0); j -4: MOPs for ever */
    static const uint32_t code[] = {0xFFE40537, 0x018005B7, 0x00B52023,
                                    0xFFDFF06F};
    uint32_t *cfg = tile->tensix.thread[T1].mop_cfg;
    uint64_t first;

    cfg[0] = 32;
    cfg[1] = 64;
    for (unsigned i = 2; i < 9; i++)
        cfg[i] = i < 5 ? NOP : addgpr(1, 1, 2);
    tile->tensix.thread[T1].gpr[2] = 1;
    memcpy(tile->l1 + 0x8000, code, sizeof(code));
    tt_rv32_start(core, 0x8000);

    assert_true(tt_chip_run(chip));
    first = core->instret;
    assert_in_range(first, 4, 40);
    assert_true(tt_chip_run(chip));
    assert_in_range(core->instret, first + 4, first + 40);
    assert_false(chip->faulted);
    /* Each MOP was carried out whole. */
    assert_int_equal(tile->tensix.thread[T1].gpr[1] % 4096, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(push_executes_at_once),
        TEST(nop_never_enters_the_queue),
        TEST(waiting_thread_goes_on_after_post_of_another),
        TEST(semwait_while_max_holds),
        TEST(change_from_outside_counts_after_run),
        TEST(full_queue_takes_nothing_and_loses_nothing),
        TEST(stream_resumes_in_order_across_three_threads),
        TEST(replay_records_and_plays),
        TEST(replay_can_execute_while_it_records),
        TEST(mop_template1_unrolls_both_loops),
        TEST(mop_template1_omits_nops),
        TEST(mop_template0_follows_the_zero_mask),
        TEST(mop_mask_has_a_high_half),
        TEST(mop_can_replay),
        TEST(mop_is_taken_whole_or_not_at_all),
        TEST(mop_larger_than_the_queue_runs_when_nothing_blocks),
        TEST(mop_larger_than_the_queue_is_refused_when_it_blocks),
        TEST(vector_instructions_execute_as_they_are_pushed),
        TEST(mop_of_vector_replays_runs_at_once),
        TEST(mop_of_vector_replays_runs_from_the_queue),
        TEST(mop_of_vector_replays_is_taken_whole_or_not_at_all),
        TEST(replay_keeps_behind_what_waits),
        TEST(threads_take_turns_with_vector_instructions),
        TEST(mop_of_another_core_is_not_expanded),
        TEST(bad_lengths_are_refused),
        TEST(refusal_names_thread_word_and_mnemonic),
        TEST(refused_thread_executes_nothing_more),
        TEST(describe_says_what_a_thread_waits_for),
        TEST(semaphores_neither_overflow_nor_underflow),
        TEST(mutex_is_held_by_one_thread),
        TEST(mutex_goes_to_the_thread_behind_the_one_that_releases),
        TEST(stallwait_waits_only_for_banks),
        TEST(config_keeps_only_bits_that_exist),
        TEST(config_words_from_152_on_have_one_bank),
        TEST(config_refuses_what_is_not_there),
        TEST(config_words_of_the_tile_act_on_it),
        TEST(prng_seed_gives_each_lane_its_state),
        TEST(wrcfg_uses_the_bank_of_its_thread),
        TEST(rmwcib_changes_the_masked_bits_of_a_byte),
        TEST(reg2flop_reaches_the_unpacker_words),
        TEST(setc16_writes_the_registers_of_one_thread),
        TEST(mul_takes_the_low_halves),
        TEST(storereg_reaches_only_the_overlay),
        TEST(counters_wrap_at_their_width),
        TEST(setadcxy_sets_only_what_its_mask_names),
        TEST(a_turn_of_long_mops_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
