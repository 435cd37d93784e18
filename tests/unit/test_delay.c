/* SPDX-License-Identifier: MIT */
/* TT_EMU_DELAY: NOC requests, coprocessor instructions and stores that are
 * late, seed by seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "device/emu/delay_impl.h"

#define RISC     TT_RISC_B
#define READ     0x10u
#define WRITE    0x12u
#define INLINE   0x1Au
#define ATOMIC   0x11u
#define MCAST    0x132u
#define INCR     0x107Cu
#define CHANNEL1 (1u << 7 | 1u << 13)
#define LINKED   (1u << 6)

#define NOWHERE (15u << 4 | 15u << 10) /* coordinate of no tile */

#define SEEDS 40u

/* ---- a chip per seed ---- */

static struct tt_chip *chip_with(uint64_t seed)
{
    struct tt_chip *chip = tt_chip_new(1);

    assert_non_null(chip);
    chip->delayed = true;
    chip->delay_seed = seed;
    return chip;
}

/* Return: in how many of SEEDS chips a trial says yes. */
static unsigned count_seeds(bool (*trial)(struct tt_chip *chip))
{
    unsigned n = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct tt_chip *chip = chip_with(seed);

        n += trial(chip);
        tt_chip_free(chip);
    }
    return n;
}

static struct tt_tile *tile(struct tt_chip *chip, unsigned index)
{
    struct tt_tile *t = tt_chip_tile(chip, index);

    assert_non_null(t);
    return t;
}

static uint32_t mid(const struct tt_tile *t)
{
    return (18u + t->index % 8u) << 4 | (18u + t->index / 8u) << 10;
}

struct cmd {
    uint32_t ctrl, len, data;
    uint32_t targ, targ_mid, ret, ret_mid;
};

static enum tt_step request(struct tt_tile *t, struct cmd c)
{
    const uint32_t word[][2] = {
        {0x00, c.targ},   {0x04, c.targ_mid}, {0x0C, c.ret}, {0x10, c.ret_mid},
        {0x18, 5u << 10}, {0x1C, c.ctrl},     {0x20, c.len}, {0x24, c.data},
    };

    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        assert_int_equal(tt_noc_store(t, RISC, 0, word[i][0], word[i][1]),
                         TT_STEP_DONE);
    return tt_noc_store(t, RISC, 0, 0x28, 1);
}

static void must(enum tt_step step)
{
    assert_int_equal(step, TT_STEP_DONE);
}

static void write_word(struct tt_tile *from, uint32_t at,
                       const struct tt_tile *to, uint32_t addr, uint32_t ctrl)
{
    must(request(
        from, (struct cmd){WRITE | ctrl, 4, 0, at, mid(from), addr, mid(to)}));
}

static void write_inline(struct tt_tile *from, const struct tt_tile *to,
                         uint32_t value, uint32_t ctrl)
{
    must(request(from, (struct cmd){INLINE | ctrl, 15, value, 0x100, mid(to), 0,
                                    mid(from)}));
}

static void read_bytes(struct tt_tile *to, const struct tt_tile *from,
                       uint32_t src, uint32_t dst, uint32_t len)
{
    must(request(to, (struct cmd){READ, len, 0, src, mid(from), dst, mid(to)}));
}

static uint32_t word_at(const struct tt_tile *t, uint32_t addr)
{
    uint32_t v;

    memcpy(&v, t->l1 + addr, 4);
    return v;
}

static void put_word(struct tt_tile *t, uint32_t addr, uint32_t v)
{
    memcpy(t->l1 + addr, &v, 4);
}

static void run_out(struct tt_chip *chip)
{
    for (unsigned i = 0; i < 100000; i++)
        if (!tt_chip_run(chip))
            return;
    fail_msg("the chip does not come to rest");
}

/* ---- NOC ---- */

/* Whether part of the bytes was seen to land before the rest; the count may
 * never come before all of them. */
static bool lands_in_parts(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);
    bool parts = false;

    memset(b->l1 + 0x1000, 0x55, 4096);
    read_bytes(a, b, 0x1000, 0x2000, 4096);
    assert_int_equal(a->l1[0x2000], 0);
    while (!a->niu[0].rd_resp) {
        assert_true(tt_chip_run(chip));
        parts |= (a->l1[0x2000] != 0) != (a->l1[0x2FFF] != 0);
    }
    assert_memory_equal(a->l1 + 0x2000, b->l1 + 0x1000, 4096);
    return parts;
}

static void a_read_lands_in_parts_and_is_counted_last(void **state)
{
    (void)state;
    assert_in_range(count_seeds(lands_in_parts), SEEDS / 4, SEEDS);
}

/* Whether the word that was written is the one stored after the request. */
static bool source_is_read_late(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);
    const struct tt_niu *niu = &a->niu[0];
    uint32_t sent;

    put_word(a, 0x1000, 1);
    write_word(a, 0x1000, b, 0x2000, 0);
    assert_int_equal(niu->outgoing[5], 1);
    assert_int_equal(niu->outstanding[5], 1);
    while (!niu->nonposted_wr_sent)
        assert_true(tt_chip_run(chip));
    sent = word_at(a, 0x1000);
    put_word(a, 0x1000, 2); /* flushed: too late to matter */
    assert_int_equal(niu->outgoing[5], 0);
    while (!niu->wr_ack)
        assert_true(tt_chip_run(chip));
    assert_int_equal(niu->outstanding[5], 0);
    assert_int_equal(word_at(b, 0x2000), sent);
    run_out(chip);
    write_word(a, 0x1000, b, 0x2000, 0);
    put_word(a, 0x1000, 3);
    run_out(chip);
    return word_at(b, 0x2000) == 3;
}

static void a_write_reads_its_source_until_it_is_sent(void **state)
{
    (void)state;
    assert_int_equal(count_seeds(source_is_read_late), SEEDS);
}

/* Whether the second of two words is the one that stays. */
static bool second_stays(struct tt_chip *chip, uint32_t first_ctrl,
                         uint32_t second_ctrl)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);

    write_inline(a, b, 1, first_ctrl);
    write_inline(a, b, 2, second_ctrl);
    run_out(chip);
    return word_at(b, 0x100) == 2;
}

static bool second_stays_anyhow(struct tt_chip *chip)
{
    return second_stays(chip, 0, 0);
}

static bool second_stays_on_a_channel(struct tt_chip *chip)
{
    return second_stays(chip, CHANNEL1, CHANNEL1);
}

static bool second_stays_on_channels(struct tt_chip *chip)
{
    return second_stays(chip, CHANNEL1, CHANNEL1 ^ 1u << 13);
}

static bool second_stays_when_linked(struct tt_chip *chip)
{
    return second_stays(chip, LINKED, 0);
}

static void writes_keep_their_order_on_one_channel_only(void **state)
{
    (void)state;
    assert_in_range(count_seeds(second_stays_anyhow), 1, SEEDS - 1);
    assert_in_range(count_seeds(second_stays_on_channels), 1, SEEDS - 1);
    assert_int_equal(count_seeds(second_stays_on_a_channel), SEEDS);
    assert_int_equal(count_seeds(second_stays_when_linked), SEEDS);
}

/* Whether of two writes on one channel to two tiles the second came first. */
static bool other_tile_is_first(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9), *c = tile(chip, 3);

    write_inline(a, b, 1, CHANNEL1);
    write_inline(a, c, 1, CHANNEL1);
    while (!word_at(b, 0x100) && !word_at(c, 0x100))
        assert_true(tt_chip_run(chip));
    return !word_at(b, 0x100);
}

static void writes_to_two_tiles_have_no_order(void **state)
{
    (void)state;
    assert_in_range(count_seeds(other_tile_is_first), 1, SEEDS - 1);
}

static bool responses_overtake(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);

    put_word(b, 0x1000, 7);
    read_bytes(a, b, 0x1000, 0x2000, 4);
    read_bytes(a, b, 0x1000, 0x3000, 4);
    while (!word_at(a, 0x2000) && !word_at(a, 0x3000))
        assert_true(tt_chip_run(chip));
    return !word_at(a, 0x2000);
}

static void reads_overtake_each_other(void **state)
{
    (void)state;
    assert_in_range(count_seeds(responses_overtake), 1, SEEDS - 1);
}

/* Whether some destinations of a multicast had it before others. */
static bool multicast_is_uneven(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0);
    uint32_t ret_mid = mid(tile(chip, 9)) << 12 | mid(tile(chip, 18));
    bool uneven = false;
    unsigned n = 0;

    put_word(a, 0x1000, 7);
    must(
        request(a, (struct cmd){MCAST, 4, 0, 0x1000, mid(a), 0x2000, ret_mid}));
    while (a->niu[0].wr_ack < 4) {
        assert_true(tt_chip_run(chip));
        n = 0;
        for (unsigned i = 0; i < 4; i++)
            n += word_at(tile(chip, 9 + i % 2 + i / 2 * 8), 0x2000) == 7;
        uneven |= n > 0 && n < 4;
        assert_in_range(a->niu[0].wr_ack, 0, n);
    }
    assert_int_equal(n, 4);
    assert_int_equal(a->niu[0].nonposted_wr_sent, 1);
    return uneven;
}

static void a_multicast_arrives_at_different_times(void **state)
{
    (void)state;
    assert_in_range(count_seeds(multicast_is_uneven), 1, SEEDS);
}

static bool atomic_is_late(struct tt_chip *chip)
{
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);
    bool before = false;

    put_word(b, 0x1000, 40);
    must(request(
        a, (struct cmd){ATOMIC, INCR, 2, 0x1000, mid(b), 0x2000, mid(a)}));
    assert_int_equal(word_at(b, 0x1000), 40);
    while (!a->niu[0].atomic_resp) {
        assert_true(tt_chip_run(chip));
        before |= word_at(b, 0x1000) == 42 && !word_at(a, 0x2000);
    }
    assert_int_equal(word_at(b, 0x1000), 42);
    assert_int_equal(word_at(a, 0x2000), 40);
    return before;
}

static void an_atomic_acts_then_returns_then_counts(void **state)
{
    (void)state;
    assert_in_range(count_seeds(atomic_is_late), SEEDS / 4, SEEDS);
}

static void too_many_requests_make_a_core_wait(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);
    struct cmd c = {READ, 4, 0, 0x1000, mid(b), 0x2000, mid(a)};

    (void)state;
    for (unsigned i = 0; i < TT_LATE_REQUESTS; i++)
        must(request(a, c));
    assert_int_equal(request(a, c), TT_STEP_WAIT);
    run_out(chip);
    must(request(a, c));
    tt_delay_settle(chip);
    assert_int_equal(a->niu[0].rd_resp, TT_LATE_REQUESTS + 1);
    tt_chip_free(chip);
}

static void a_request_that_is_not_legal_faults_at_once(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *a = tile(chip, 0);

    (void)state;
    assert_int_equal(
        request(a, (struct cmd){READ, 9000, 0, 0, mid(a), 0, mid(a)}),
        TT_STEP_FAULT);
    assert_true(chip->faulted);
    assert_int_equal(a->delay->n_requests, 0);
    tt_chip_free(chip);
}

static void a_request_that_faults_late_is_forgotten(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *a = tile(chip, 0);

    (void)state;
    a->soft_reset = 0x47000;
    must(request(a, (struct cmd){READ, 4, 0, 0, NOWHERE, 0, mid(a)}));
    must(request(a, (struct cmd){READ, 4, 0, 0, NOWHERE, 0, mid(a)}));
    assert_false(chip->faulted);
    run_out(chip);
    assert_true(chip->faulted);
    assert_non_null(strstr(chip->fault, "NOC 0 read"));
    chip->faulted = false; /* reported */
    must(tt_tile_set_reset(a, TT_N_RISC, 0x47800));
    assert_false(chip->faulted);
    assert_int_equal(a->delay->n_requests, 0);
    tt_chip_free(chip);
}

static void a_request_may_reset_its_own_tile(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *a = tile(chip, 0);

    (void)state;
    a->soft_reset = 0x47000;
    must(request(
        a, (struct cmd){INLINE, 15, 0x47800, 0xFFB121B0u, mid(a), 0, mid(a)}));
    run_out(chip);
    assert_int_equal(a->soft_reset, 0x47800);
    assert_int_equal(a->niu[0].wr_ack, 1);
    tt_chip_free(chip);
}

/* ---- coprocessor ---- */

#define T0          0u
#define SEM         3u
#define SEMINIT     (0xA3000000u | 1u << 20 | 4u << SEM)
#define SEMPOST     (0xA4000000u | 4u << SEM)
#define SEMWAIT     (0xA6000000u | 2u << 15 | 4u << SEM | 1u)
#define CLEAR_A     0x43000001u /* UNPACR_NOP: SrcA := 0 */
#define SETGPR5     0x45000500u /* GPR 0 := 5 */
#define STALL(b, c) (0xA2000000u | (b) << 15 | (c))
#define B_SYNC      2u
#define C_UNPACK0   2u
#define C_UNPACK1   4u
#define FLUSHDMA(c) (0x46000000u | (c))
#define C_RISC      0x2000u
#define TTSYNC      0xFFE80004u
#define GPRS        0xFFE00000u
#define CONFIG      0xFFEF0000u

static void push(struct tt_tile *t, uint32_t insn)
{
    must(tt_tensix_push(&t->tensix, T0, insn, true));
}

static void step_out(struct tt_tile *t)
{
    while (tt_late_tensix_step(t->delay) || tt_late_tensix_pending(t->delay))
        ;
}

/* Whether a semaphore was posted before SrcA was cleared. */
static bool post_overtakes(struct tt_chip *chip, uint32_t between)
{
    struct tt_tile *t = tile(chip, 0);

    push(t, SEMINIT);
    step_out(t);
    t->tensix.src_a.datum[0][0][0] = 7;
    push(t, CLEAR_A);
    push(t, between);
    push(t, SEMPOST);
    while (!t->tensix.sem[SEM])
        tt_late_tensix_step(t->delay);
    return t->tensix.src_a.datum[0][0][0] != 0;
}

static bool post_overtakes_unpack(struct tt_chip *chip)
{
    return post_overtakes(chip, 0x02000000u);
}

static bool post_overtakes_stallwait(struct tt_chip *chip)
{
    return post_overtakes(chip, STALL(B_SYNC, C_UNPACK0));
}

static bool post_overtakes_wrong_stallwait(struct tt_chip *chip)
{
    return post_overtakes(chip, STALL(0x80u, C_UNPACK0));
}

static void only_a_stallwait_that_holds_it_lets_a_post_wait(void **state)
{
    (void)state;
    assert_in_range(count_seeds(post_overtakes_unpack), 1, SEEDS);
    assert_in_range(count_seeds(post_overtakes_wrong_stallwait), 1, SEEDS);
    assert_int_equal(count_seeds(post_overtakes_stallwait), 0);
}

static bool post_overtakes_flushdma(struct tt_chip *chip)
{
    return post_overtakes(chip, FLUSHDMA(C_UNPACK0));
}

static bool post_overtakes_full_flushdma(struct tt_chip *chip)
{
    return post_overtakes(chip, FLUSHDMA(0));
}

static bool post_overtakes_wrong_flushdma(struct tt_chip *chip)
{
    return post_overtakes(chip, FLUSHDMA(C_UNPACK1));
}

static void flushdma_waits_for_the_units_that_it_names(void **state)
{
    (void)state;
    assert_in_range(count_seeds(post_overtakes_wrong_flushdma), 1, SEEDS);
    assert_int_equal(count_seeds(post_overtakes_flushdma), 0);
    assert_int_equal(count_seeds(post_overtakes_full_flushdma), 0);
}

static bool sync_waits(struct tt_chip *chip)
{
    struct tt_tile *t = tile(chip, 0);
    uint32_t v;

    push(t, CLEAR_A);
    t->tensix.src_a.datum[0][0][0] = 7;
    assert_int_equal(tt_tile_load(t, TT_RISC_T0, TTSYNC, 4, &v), TT_STEP_WAIT);
    while (tt_tile_load(t, TT_RISC_T0, TTSYNC, 4, &v) == TT_STEP_WAIT)
        tt_late_tensix_step(t->delay);
    return !t->tensix.src_a.datum[0][0][0];
}

static void ttsync_waits_for_queues_and_units(void **state)
{
    (void)state;
    assert_int_equal(count_seeds(sync_waits), SEEDS);
}

static bool scalar_unit_sees_store(struct tt_chip *chip, uint32_t wait)
{
    struct tt_tile *t = tile(chip, 0);

    must(tt_tile_store(t, TT_RISC_T0, GPRS + 4, 4, 9));
    push(t, wait);
    push(t, 0x58000000u | 2u << 12 | 1u << 6 | 1u); /* 2 := 1 + 1 */
    step_out(t);
    return t->tensix.thread[T0].gpr[2] == 18;
}

static bool seen_without_wait(struct tt_chip *chip)
{
    return scalar_unit_sees_store(chip, 0x02000000u);
}

static bool seen_with_wait(struct tt_chip *chip)
{
    return scalar_unit_sees_store(chip, STALL(0x20u, C_RISC));
}

static bool seen_after_load(struct tt_chip *chip)
{
    struct tt_tile *t = tile(chip, 0);
    uint32_t v;

    must(tt_tile_store(t, TT_RISC_T0, CONFIG + 4 * 20, 4, 0x1234));
    must(tt_tile_load(t, TT_RISC_T0, CONFIG + 4 * 20, 4, &v));
    return v == 0x1234 && t->tensix.cfg[0][20] == 0x1234;
}

static void stores_to_registers_land_late(void **state)
{
    (void)state;
    assert_in_range(count_seeds(seen_without_wait), 1, SEEDS - 1);
    assert_int_equal(count_seeds(seen_with_wait), SEEDS);
    assert_int_equal(count_seeds(seen_after_load), SEEDS);
}

/* Whether a WRCFG was seen that had not written yet. */
static bool wrcfg_takes_two(struct tt_chip *chip)
{
    struct tt_tile *t = tile(chip, 0);
    const struct tt_late_front *f = &t->delay->front[T0];
    bool half = false;

    t->tensix.cfg[0][20] = 1;
    push(t, 0xB0000000u | 20u); /* WRCFG: word 20 := GPR 0 */
    while (tt_late_tensix_pending(t->delay)) {
        tt_late_tensix_step(t->delay);
        half |= f->held && t->tensix.cfg[0][20] == 1;
    }
    assert_int_equal(t->tensix.cfg[0][20], 0);
    return half;
}

static void wrcfg_may_write_a_cycle_later(void **state)
{
    (void)state;
    assert_in_range(count_seeds(wrcfg_takes_two), 1, SEEDS - 1);
}

static void a_thread_that_waits_for_good_leaves_the_chip_idle(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *t = tile(chip, 0);
    char text[96];

    (void)state;
    push(t, SEMWAIT);
    push(t, SEMPOST);
    run_out(chip);
    assert_false(tt_tensix_idle(&t->tensix, T0));
    tt_tensix_describe(&t->tensix, T0, text);
    assert_non_null(strstr(text, "SEMWAIT on semaphore 3"));
    tt_chip_free(chip);
}

static void reset_completes_requests_and_drops_instructions(void **state)
{
    struct tt_chip *chip = chip_with(1);
    struct tt_tile *a = tile(chip, 0), *b = tile(chip, 9);

    (void)state;
    must(tt_tile_set_reset(a, TT_N_RISC, 0x47000));
    put_word(b, 0x1000, 7);
    read_bytes(a, b, 0x1000, 0x2000, 4);
    push(a, SETGPR5);
    must(tt_tile_store(a, TT_RISC_T0, GPRS + 4, 4, 9));
    must(tt_tile_set_reset(a, TT_N_RISC, 0x47800));
    assert_int_equal(word_at(a, 0x2000), 7);
    assert_int_equal(a->niu[0].rd_resp, 1);
    assert_false(tt_late_tensix_pending(a->delay));
    push(a, SETGPR5);
    assert_int_equal(a->tensix.thread[T0].gpr[0], 0);
    run_out(chip);
    assert_int_equal(a->tensix.thread[T0].gpr[0], 5);
    assert_int_equal(a->tensix.thread[T0].gpr[1], 0);
    tt_chip_free(chip);
}

/* ---- chance ---- */

static void seeds_and_tiles_have_chances_of_their_own(void **state)
{
    struct tt_chip *one = chip_with(1), *same = chip_with(1),
                   *two = chip_with(2);
    uint32_t v = tt_late_chance(tile(one, 0)->delay);

    (void)state;
    assert_int_equal(v, tt_late_chance(tile(same, 0)->delay));
    assert_int_not_equal(v, tt_late_chance(tile(one, 1)->delay));
    assert_int_not_equal(v, tt_late_chance(tile(two, 0)->delay));
    tt_chip_free(one);
    tt_chip_free(same);
    tt_chip_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_lands_in_parts_and_is_counted_last),
        cmocka_unit_test(a_write_reads_its_source_until_it_is_sent),
        cmocka_unit_test(writes_keep_their_order_on_one_channel_only),
        cmocka_unit_test(writes_to_two_tiles_have_no_order),
        cmocka_unit_test(reads_overtake_each_other),
        cmocka_unit_test(a_multicast_arrives_at_different_times),
        cmocka_unit_test(an_atomic_acts_then_returns_then_counts),
        cmocka_unit_test(too_many_requests_make_a_core_wait),
        cmocka_unit_test(a_request_that_is_not_legal_faults_at_once),
        cmocka_unit_test(a_request_that_faults_late_is_forgotten),
        cmocka_unit_test(a_request_may_reset_its_own_tile),
        cmocka_unit_test(only_a_stallwait_that_holds_it_lets_a_post_wait),
        cmocka_unit_test(flushdma_waits_for_the_units_that_it_names),
        cmocka_unit_test(ttsync_waits_for_queues_and_units),
        cmocka_unit_test(stores_to_registers_land_late),
        cmocka_unit_test(wrcfg_may_write_a_cycle_later),
        cmocka_unit_test(a_thread_that_waits_for_good_leaves_the_chip_idle),
        cmocka_unit_test(reset_completes_requests_and_drops_instructions),
        cmocka_unit_test(seeds_and_tiles_have_chances_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
