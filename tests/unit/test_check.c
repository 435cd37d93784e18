/* SPDX-License-Identifier: MIT */
/* The kernel sanitizer's records, fed by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "device/emu/check.h"

#define DATA TT_L1_DATA
#define GO   (TT_L1_MAILBOX + offsetof(struct tt_mailbox, go))
#define B    TT_RISC_B
#define NC   TT_RISC_NC
#define T0   TT_RISC_T0
#define T1   TT_RISC_T1
#define T2   TT_RISC_T2

static int set_up(void **state)
{
    struct tt_chip *chip = tt_chip_new(1);

    if (!chip || !tt_check_enable(chip))
        return -1;
    *state = chip;
    return 0;
}

static int tear_down(void **state)
{
    tt_chip_free(*state);
    return 0;
}

static struct tt_tile *tile(void **state, unsigned index)
{
    struct tt_tile *found = tt_chip_tile(*state, index);

    assert_non_null(found);
    return found;
}

/* The only report there is; "" if there is none. */
static const char *report(void **state, struct tt_fault *out)
{
    struct tt_fault other;

    tt_check_collect(*state);
    if (!tt_check_take(*state, out))
        return "";
    assert_false(tt_check_take(*state, &other));
    return out->text;
}

static void assert_clean(void **state)
{
    struct tt_fault fault;

    assert_string_equal(report(state, &fault), "");
}

static void assert_report(void **state, unsigned risc, const char *part)
{
    struct tt_fault fault;
    const char *text = report(state, &fault);

    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    assert_int_equal(fault.at.risc, risc);
}

static void host_writes(struct tt_tile *t, uint32_t addr, uint32_t len)
{
    tt_check_host_wrote(t, addr, len);
}

static void launch(struct tt_tile *t)
{
    host_writes(t, GO, 4);
}

static void put(struct tt_tile *t, uint32_t addr, uint32_t word)
{
    memcpy(t->l1 + addr, &word, 4);
}

/* ---- what was written ---- */

static void bytes_count_one_by_one(void **state)
{
    struct tt_tile *t = tile(state, 0);

    launch(t);
    tt_check_write(t, NC, t, DATA + 1, 6);
    tt_check_read(t, NC, t, DATA + 1, 6, true);
    assert_clean(state);
    tt_check_read(t, NC, t, DATA + 5, 3, true);
    assert_report(state, NC, "3 bytes from L1 0x28005, but 0x28007");
    tt_check_read(t, NC, t, DATA, 1, false);
    assert_report(state, NC, "but 0x28000 was not written");
}

static void a_launch_makes_data_and_arguments_stale(void **state)
{
    struct tt_tile *t = tile(state, 0);

    launch(t);
    tt_check_write(t, NC, t, DATA, 4);
    host_writes(t, TT_L1_ARGS, 8); /* for the launch after this one */
    launch(t);
    tt_check_read(t, NC, t, TT_L1_ARGS, 8, true);
    assert_clean(state);
    tt_check_read(t, NC, t, DATA, 4, true);
    assert_report(state, NC, "but 0x28000 was not written in this launch");
    launch(t);
    tt_check_read(t, NC, t, TT_L1_ARGS + 4, 4, true);
    assert_report(state, NC, "but 0x4004 was not written in this launch");
}

static void kernels_and_tables_outlive_a_launch(void **state)
{
    struct tt_tile *t = tile(state, 0);

    host_writes(t, TT_L1_KERNEL_B, 64);
    launch(t);
    launch(t);
    tt_check_read(t, B, t, TT_L1_KERNEL_B + 60, 4, true);
    assert_clean(state);
    tt_check_read(t, B, t, TT_L1_KERNEL_B + 64, 4, true);
    assert_report(state, B, "but 0x6040");
}

static void
buffers_outlive_a_launch_and_what_is_beside_them_does_not(void **state)
{
    struct tt_tile *t = tile(state, 0);
    const struct tt_launch_block block = {.own_end = DATA + 4096};

    memcpy(t->l1 + TT_L1_LAUNCH, &block, sizeof(block));
    host_writes(t, DATA + 4096, 2);
    launch(t);
    tt_check_write(t, NC, t, DATA + 4092, 4);
    launch(t);
    tt_check_read(t, NC, t, DATA + 4096, 4, false);
    assert_clean(state);
    tt_check_read(t, NC, t, DATA + 4092, 4, false);
    assert_report(state, NC, "but 0x28ffc was not written in this launch");
}

/* ---- order ---- */

static void unordered_writes_to_the_same_bytes_race(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_write(t, NC, t, DATA, 2);
    tt_check_write(t, B, t, DATA + 2, 2); /* neighbours do not */
    assert_clean(state);
    t->rv[B].pc = 0x6000;
    tt_check_write(t, B, t, DATA + 8, 4);
    t->rv[NC].pc = 0xE000;
    tt_check_write(t, NC, t, DATA + 8, 1);
    assert_report(state, NC, "race: writes L1 0x28008");
    tt_check_write(t, NC, t, DATA + 8, 1);
    assert_clean(state);
}

static void a_race_names_the_other_core(void **state)
{
    struct tt_tile *t = tile(state, 9), *r = tile(state, 0);
    struct tt_fault fault;

    t->rv[B].pc = 0x6010;
    tt_check_write(t, B, r, DATA, 4);
    tt_check_write(r, NC, r, DATA, 4);
    assert_non_null(strstr(report(state, &fault), "write by"));
    assert_true(fault.has_other);
    assert_int_equal(fault.other.x, 1);
    assert_int_equal(fault.other.y, 1);
    assert_int_equal(fault.other.risc, B);
    assert_int_equal(fault.other.pc, 0x6010);
}

/* NC writes data, then a flag; B sees the flag. */
static void a_flag_orders_what_came_before_it_only(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_write(t, NC, t, DATA, 4);
    tt_check_write(t, NC, t, DATA + 64, 4);
    tt_check_write(t, NC, t, DATA + 4, 4);
    tt_check_read(t, B, t, DATA + 64, 4, true);
    tt_check_write(t, B, t, DATA, 4);
    assert_clean(state);
    tt_check_write(t, B, t, DATA + 4, 4);
    assert_report(state, B, "race: writes L1 0x28004");
}

static void order_is_handed_on(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_write(t, NC, t, DATA, 4);
    tt_check_write(t, NC, t, DATA + 64, 4);
    tt_check_read(t, T0, t, DATA + 64, 4, true);
    tt_check_write(t, T0, t, DATA + 68, 4);
    tt_check_read(t, B, t, DATA + 68, 4, true);
    tt_check_write(t, B, t, DATA, 4);
    assert_clean(state);
}

static void data_is_read_in_order_only(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_write(t, NC, t, DATA, 64);
    tt_check_read(t, T0, t, DATA, 64, false);
    assert_report(state, T0, "race: reads L1 0x28000");
    tt_check_write(t, NC, t, DATA + 64, 4);
    tt_check_read(t, T0, t, DATA + 64, 4, true);
    tt_check_read(t, T0, t, DATA, 64, false);
    assert_clean(state);
}

static void a_semaphore_orders_threads(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_write(t, T1, t, DATA, 4);
    tt_check_join(t, T1, TT_SYNC_SEM + 3);
    tt_check_learn(t, T2, TT_SYNC_SEM + 4);
    tt_check_learn(t, T0, TT_SYNC_SEM + 3);
    tt_check_write(t, T0, t, DATA, 4);
    assert_clean(state);
    tt_check_write(t, T2, t, DATA, 4);
    assert_report(state, T2, "race");
}

/* Two tiles count up a word in a third one, which waits for both. */
static void an_atomic_word_orders_all_that_changed_it(void **state)
{
    struct tt_tile *r = tile(state, 0), *a = tile(state, 1),
                   *b = tile(state, 2);
    const uint32_t word = TT_L1_SEMAPHORES;

    host_writes(r, word, 4);
    tt_check_write(a, NC, r, DATA, 4);
    tt_check_write(b, NC, r, DATA + 4, 4);
    tt_check_atomic(a, NC, r, word);
    tt_check_atomic(b, NC, r, word);
    assert_clean(state);
    tt_check_read(r, B, r, word, 4, true);
    tt_check_write(r, B, r, DATA, 8);
    assert_clean(state);
    tt_check_write(r, NC, r, DATA, 8);
    assert_report(state, NC, "race");
}

static void other_tiles_hand_on_what_they_have_seen(void **state)
{
    struct tt_tile *a = tile(state, 0), *b = tile(state, 1),
                   *c = tile(state, 2);

    tt_check_write(a, NC, c, DATA, 4);
    tt_check_write(a, NC, b, DATA, 4);
    tt_check_read(b, NC, b, DATA, 4, true);
    tt_check_write(b, NC, c, DATA + 4, 4);
    tt_check_read(c, B, c, DATA + 4, 4, true);
    tt_check_write(c, B, c, DATA, 4);
    assert_clean(state);
}

static void a_launch_orders_everything(void **state)
{
    struct tt_tile *t = tile(state, 0), *other = tile(state, 5);

    tt_check_write(other, NC, t, DATA, 4);
    launch(t);
    tt_check_write(t, B, t, DATA, 4);
    assert_clean(state);
}

/* ---- circular buffers ---- */

static void open_buffer(struct tt_tile *t, unsigned cb, uint32_t n_pages)
{
    struct tt_launch_block block = {.cb_mask = 1u << cb};

    block.cb[cb] = (struct tt_cb_config){DATA, n_pages * 2048, 2048, n_pages};
    memcpy(t->l1 + TT_L1_LAUNCH, &block, sizeof(block));
    launch(t);
}

static void credit(struct tt_tile *t, unsigned risc, unsigned cb, bool acked,
                   uint32_t value)
{
    uint32_t addr = TT_L1_CREDITS + 32 * cb + (acked ? 16u : 0u);

    put(t, addr, value);
    tt_check_credits(t, risc, t, addr, 4);
}

static void pushes_need_room_and_pops_need_pages(void **state)
{
    struct tt_tile *t = tile(state, 0);

    open_buffer(t, 3, 4);
    credit(t, NC, 3, false, 4);
    credit(t, B, 3, true, 3);
    credit(t, NC, 3, false, 7);
    assert_clean(state);
    credit(t, NC, 3, false, 8);
    assert_report(state, NC,
                  "pushes 1 pages to circular buffer 3, which has "
                  "room for 0 of its 4");
    credit(t, B, 3, true, 8);
    assert_clean(state);
    credit(t, B, 3, true, 10);
    assert_report(state, B, "pops 2 pages of circular buffer 3, which holds 0");
}

static void counters_wrap_at_16_bits(void **state)
{
    struct tt_tile *t = tile(state, 0);

    open_buffer(t, 0, 2);
    for (uint32_t n = 1; n <= 0xFFFF; n++) {
        credit(t, NC, 0, false, n);
        credit(t, B, 0, true, n);
    }
    assert_clean(state);
    credit(t, NC, 0, false, 2);
    assert_report(state, NC, "pushes 3 pages");
}

static void a_buffer_without_producer_may_be_popped(void **state)
{
    struct tt_tile *t = tile(state, 0);

    open_buffer(t, 0, 2);
    t->rv[B].pc = 0x6004;
    credit(t, B, 0, true, 5);
    assert_clean(state);
    credit(t, NC, 0, false, 1);
    assert_report(state, B, "pops 5 pages of circular buffer 0 before any");
}

static void packers_and_unpackers_keep_to_their_pages(void **state)
{
    struct tt_tile *t = tile(state, 0);

    open_buffer(t, 0, 3);
    credit(t, T2, 0, false, 2); /* pages 0 and 1 full */
    tt_check_write(t, T2, t, DATA, 3 * 2048 + 64);
    tt_check_join(t, T2, TT_SYNC_SEM);
    tt_check_learn(t, T0, TT_SYNC_SEM);
    tt_check_unpack(&t->tensix, 0, DATA, 4096);
    tt_check_pack(&t->tensix, 2, DATA + 4096, 2048);
    assert_clean(state);
    tt_check_unpack(&t->tensix, 0, DATA + 4096 - 16, 16);
    assert_clean(state);
    tt_check_pack(&t->tensix, 2, DATA + 2048, 32);
    assert_report(state, T2, "none of the 1 free pages of circular buffer 0");
    tt_check_pack(&t->tensix, 2, DATA + 3 * 2048 - 32, 64);
    assert_report(state, T2, "beyond the end of circular buffer 0 at 0x29800");
    credit(t, T0, 0, true, 1);
    tt_check_unpack(&t->tensix, 0, DATA + 32, 32);
    assert_report(state, T0, "none of the 1 full pages of circular buffer 0");
}

/* ---- Dst ---- */

#define SEM(opcode, condition)                                                 \
    ((uint32_t)(opcode) << 24 | 4u << TT_SEM_DST | (condition))
#define ACQUIRE SEM(0xA6, 2)
#define COMMIT  SEM(0xA4, 0)
#define WAIT    SEM(0xA6, 1)
#define RELEASE SEM(0xA5, 0)

static void sem(struct tt_tile *t, unsigned thread, uint32_t insn)
{
    tt_check_sem(&t->tensix, thread, TT_SEM_DST, insn);
}

static void halves_take_turns(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_kernel_begins(t->check);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t half = i % 2 * 512;

        sem(t, 1, ACQUIRE);
        tt_check_dst_math(&t->tensix, 1, half);
        tt_check_dst_math(&t->tensix, 1, half + 511);
        sem(t, 1, COMMIT);
        sem(t, 2, WAIT);
        tt_check_dst_pack(&t->tensix, 2, half + 511);
        sem(t, 2, RELEASE);
    }
    assert_clean(state);
    sem(t, 1, ACQUIRE);
    tt_check_dst_math(&t->tensix, 1, 512);
    assert_report(state, T1, "math uses the half that it has not acquired");
    sem(t, 1, COMMIT);
    sem(t, 2, WAIT);
    tt_check_dst_pack(&t->tensix, 2, 512);
    assert_report(state, T2, "the packer reads the half that it has not");
}

static void other_programs_use_dst_as_they_like(void **state)
{
    struct tt_tile *t = tile(state, 0);

    tt_check_dst_math(&t->tensix, 1, 3);
    tt_check_dst_pack(&t->tensix, 2, 700);
    sem(t, 2, RELEASE);
    assert_clean(state);
}

/* ---- reports ---- */

static void one_report_for_a_kind_and_place(void **state)
{
    struct tt_tile *a = tile(state, 3), *b = tile(state, 1);
    struct tt_fault fault;

    a->rv[NC].pc = b->rv[NC].pc = 0xE010;
    tt_check_report(a, TT_CHECK_CB, NC, NULL, "of the higher tile");
    tt_check_report(b, TT_CHECK_CB, NC, NULL, "of the lower tile");
    tt_check_report(b, TT_CHECK_CB, NC, NULL, "again");
    assert_string_equal(report(state, &fault), "of the lower tile");
    tt_check_report(b, TT_CHECK_CB, NC, NULL, "in another run");
    assert_string_equal(report(state, &fault), "in another run");
}

static void reports_are_bounded(void **state)
{
    struct tt_tile *t = tile(state, 0);
    struct tt_fault fault;
    unsigned n = 0;

    for (unsigned i = 0; i < 100; i++) {
        t->rv[B].pc = 0x6000 + 4 * i;
        tt_check_report(t, TT_CHECK_RACE, B, NULL, "%u", i);
    }
    tt_check_collect(*state);
    while (tt_check_take(*state, &fault))
        n++;
    assert_int_equal(n, TT_CHECK_REPORTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_count_one_by_one),
        TEST(a_launch_makes_data_and_arguments_stale),
        TEST(kernels_and_tables_outlive_a_launch),
        TEST(buffers_outlive_a_launch_and_what_is_beside_them_does_not),
        TEST(unordered_writes_to_the_same_bytes_race),
        TEST(a_race_names_the_other_core),
        TEST(a_flag_orders_what_came_before_it_only),
        TEST(order_is_handed_on),
        TEST(data_is_read_in_order_only),
        TEST(a_semaphore_orders_threads),
        TEST(an_atomic_word_orders_all_that_changed_it),
        TEST(other_tiles_hand_on_what_they_have_seen),
        TEST(a_launch_orders_everything),
        TEST(pushes_need_room_and_pops_need_pages),
        TEST(counters_wrap_at_16_bits),
        TEST(a_buffer_without_producer_may_be_popped),
        TEST(packers_and_unpackers_keep_to_their_pages),
        TEST(halves_take_turns),
        TEST(other_programs_use_dst_as_they_like),
        TEST(one_report_for_a_kind_and_place),
        TEST(reports_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
