/* SPDX-License-Identifier: MIT */
/* NOC coordinates and requests of the embedded chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "device/emu/chip.h"

#define RISC   TT_RISC_B
#define READ   0x10u
#define WRITE  0x12u
#define POSTED 0x02u
#define INLINE 0x1Au
#define ATOMIC 0x11u
#define MCAST  0x132u /* not posted, path reserve */
#define INCR   0x107Cu

#define RD_RESP 0x208u
#define WR_ACK  0x204u

static int set_up(void **state)
{
    *state = tt_chip_new(1);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    tt_chip_free(*state);
    return 0;
}

static struct tt_tile *tile(struct tt_chip *chip, unsigned col, unsigned row)
{
    struct tt_tile *t = tt_chip_tile_at(chip, 0, 18 + col, 18 + row);

    assert_non_null(t);
    return t;
}

/* MID register: coordinate and address bits 32-35. */
static uint32_t mid(unsigned x, unsigned y)
{
    return x << 4 | y << 10;
}

static uint32_t mid_of(const struct tt_tile *t)
{
    return mid(18u + t->index % 8u, 18u + t->index / 8u);
}

struct cmd {
    uint32_t ctrl, len, data;
    uint32_t targ, targ_mid, ret, ret_mid, tag;
};

static enum tt_step request_by(struct tt_tile *t, unsigned risc, unsigned noc,
                               struct cmd c)
{
    const uint32_t word[][2] = {
        {0x00, c.targ}, {0x04, c.targ_mid}, {0x0C, c.ret}, {0x10, c.ret_mid},
        {0x18, c.tag},  {0x1C, c.ctrl},     {0x20, c.len}, {0x24, c.data},
    };

    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        assert_int_equal(
            tt_noc_store(t, risc, noc, 0x400 + word[i][0], word[i][1]),
            TT_STEP_DONE);
    return tt_noc_store(t, risc, noc, 0x400 + 0x28, 1);
}

static enum tt_step request(struct tt_tile *t, unsigned noc, struct cmd c)
{
    return request_by(t, RISC, noc, c);
}

static void assert_refused(struct tt_tile *t, unsigned noc, struct cmd c,
                           const char *why)
{
    assert_int_equal(request(t, noc, c), TT_STEP_FAULT);
    assert_true(t->chip->faulted);
    assert_non_null(strstr(t->chip->fault, why));
    t->chip->faulted = false;
}

static uint32_t reg(struct tt_tile *t, unsigned noc, uint32_t offset)
{
    uint32_t v = 0xDEADBEEFu;

    assert_int_equal(tt_noc_load(t, RISC, noc, offset, &v), TT_STEP_DONE);
    return v;
}

static uint32_t word_at(const uint8_t *mem)
{
    uint32_t v;

    memcpy(&v, mem, 4);
    return v;
}

/* ---- coordinates ---- */

static void translated_coordinates_are_the_same_on_both_nocs(void **state)
{
    struct tt_chip *chip = *state;

    for (unsigned y = 18; y < 28; y++)
        for (unsigned x = 18; x < 26; x++) {
            struct tt_tile *t = tt_chip_tile_at(chip, 0, x, y);

            assert_int_equal(t->index, (y - 18) * 8 + x - 18);
            assert_ptr_equal(tt_chip_tile_at(chip, 1, x, y), t);
            assert_int_equal(reg(t, 1, 0x138), x | y << 6);
        }
}

static void raw_coordinates_run_the_other_way_on_noc_1(void **state)
{
    struct tt_chip *chip = *state;

    for (unsigned i = 0; i < TT_CHIP_TILES; i++) {
        struct tt_tile *t = tt_chip_tile(chip, i);
        uint32_t id = reg(t, 1, 0x2C);

        assert_ptr_equal(tt_chip_tile_at(chip, 0, t->noc_x, t->noc_y), t);
        assert_int_equal(reg(t, 0, 0x2C) & 0xFFF, t->noc_x | t->noc_y << 6);
        assert_int_equal(id & 0x3F, 9 - t->noc_x);
        assert_int_equal(id >> 6 & 0x3F, 11 - t->noc_y);
        assert_ptr_equal(tt_chip_tile_at(chip, 1, id & 0x3F, id >> 6 & 0x3F),
                         t);
    }
    assert_int_equal(tt_chip_place(0, 18, 27).y, 11);
}

static void ports_of_a_dram_tile_reach_the_same_memory(void **state)
{
    static const uint8_t port[6][3][2] = {
        {{0, 0}, {0, 1}, {0, 11}}, {{0, 5}, {0, 6}, {0, 7}},
        {{5, 0}, {5, 1}, {5, 11}}, {{5, 2}, {5, 9}, {5, 10}},
        {{5, 3}, {5, 4}, {5, 8}},  {{5, 5}, {5, 6}, {5, 7}},
    };

    (void)state;
    for (unsigned d = 0; d < 6; d++)
        for (unsigned p = 0; p < 3; p++) {
            unsigned x = port[d][p][0], y = port[d][p][1];

            assert_int_equal(tt_chip_place(0, x, y).kind, TT_PLACE_DRAM);
            assert_int_equal(tt_chip_place(0, x, y).index, d);
            assert_int_equal(tt_chip_place(1, 9 - x, 11 - y).index, d);
        }
}

static void niu_of_a_dram_tile_tells_where_it_is(void **state)
{
    const uint64_t niu = 0x100080000u;
    struct tt_chip *chip = *state;
    uint32_t id = 0;

    /* D2 has the ports (5,0), (5,1) and (5,11) of NOC 0. */
    assert_int_equal(tt_chip_access(chip, 0, 5, 1, niu + 0x2C, &id, 4, false),
                     TT_STEP_DONE);
    assert_int_equal(id, 5 | 1 << 6 | 10 << 12 | 12 << 19 | 1 << 28);
    assert_int_equal(
        tt_chip_access(chip, 0, 5, 11, niu + 0x1802C, &id, 4, false),
        TT_STEP_DONE);
    assert_int_equal(id, 4 | 0 << 6 | 10 << 12 | 12 << 19);

    assert_int_equal(tt_chip_access(chip, 0, 5, 1, niu + 0x2C, &id, 4, true),
                     TT_STEP_FAULT);
    assert_int_equal(tt_chip_access(chip, 0, 5, 1, niu + 0x28, &id, 4, false),
                     TT_STEP_FAULT);
    assert_int_equal(
        tt_chip_access(chip, 0, 5, 1, niu + 0x3002C, &id, 4, false),
        TT_STEP_FAULT);
}

static void nothing_lies_beyond_the_grid(void **state)
{
    struct tt_chip *chip = *state;
    unsigned n_tensix = 0, n_dram = 0;

    for (unsigned y = 0; y < 70; y++)
        for (unsigned x = 0; x < 70; x++) {
            enum tt_place_kind kind = tt_chip_place(0, x, y).kind;

            n_tensix += kind == TT_PLACE_TENSIX;
            n_dram += kind == TT_PLACE_DRAM;
        }
    /* Each tile by raw and translated coordinates, also mixed; the columns
     * of DRAM have no translated x. */
    assert_int_equal(n_tensix, 4 * 80);
    assert_int_equal(n_dram, 2 * 18);
    assert_null(tt_chip_tile_at(chip, 0, 0, 0));
    assert_null(tt_chip_tile_at(chip, 0, 26, 18));
    assert_null(tt_chip_tile_at(chip, 0, 16, 18));
    assert_int_equal(tt_chip_place(0, 0, 3).kind, TT_PLACE_OTHER);
}

static void tiles_are_made_when_touched(void **state)
{
    struct tt_chip *chip = *state;
    uint32_t v = 5;

    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        assert_null(chip->tile[i]);
    assert_false(tt_chip_run(chip));
    assert_int_equal(tt_chip_access(chip, 0, 19, 18, 0, &v, 4, false),
                     TT_STEP_DONE);
    assert_int_equal(v, 0);
    assert_non_null(chip->tile[1]);
    assert_null(chip->tile[0]);
}

/* ---- reads and writes ---- */

static void read_copies_dram_to_l1_and_counts(void **state)
{
    struct tt_chip *chip = *state;
    struct tt_tile *t = tile(chip, 3, 2);

    memset(chip->dram[4] + 0x40000020, 0x5A, 8192);
    for (unsigned noc = 0; noc < 2; noc++) {
        uint32_t port = noc ? mid(9 - 5, 11 - 3) : mid(5, 3);
        uint32_t to = 0x30020 + noc * 0x4000;

        assert_int_equal(request(t, noc,
                                 (struct cmd){.ctrl = READ,
                                              .len = 8192,
                                              .targ = 0x40000020,
                                              .targ_mid = port,
                                              .ret = to,
                                              .ret_mid = mid_of(t)}),
                         TT_STEP_DONE);
        assert_int_equal(t->l1[to - 1], 0);
        assert_int_equal(t->l1[to], 0x5A);
        assert_int_equal(t->l1[to + 8191], 0x5A);
        assert_int_equal(t->l1[to + 8192], 0);
        assert_int_equal(reg(t, noc, RD_RESP), 1);
        assert_int_equal(reg(t, noc, 0x428), 0);
    }
}

static void write_reaches_another_l1_and_counts(void **state)
{
    struct tt_tile *from = tile(*state, 0, 0), *to = tile(*state, 7, 9);
    struct cmd c = {.ctrl = WRITE,
                    .len = 33,
                    .targ = 0x1001,
                    .targ_mid = mid_of(from),
                    .ret = 0x2001,
                    .ret_mid = mid_of(to)};

    memset(from->l1 + 0x1001, 7, 33);
    assert_int_equal(request(from, 1, c), TT_STEP_DONE);
    assert_memory_equal(to->l1 + 0x2001, from->l1 + 0x1001, 33);
    assert_int_equal(to->l1[0x2001 + 33], 0);
    assert_int_equal(reg(from, 1, WR_ACK), 1);
    assert_int_equal(reg(from, 1, 0x228), 1);
    c.ctrl = POSTED;
    assert_int_equal(request(from, 1, c), TT_STEP_DONE);
    assert_int_equal(reg(from, 1, WR_ACK), 1);
    assert_int_equal(reg(from, 1, 0x22C), 1);
}

static void overlapping_copy_in_one_tile_is_whole(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0);

    for (unsigned i = 0; i < 64; i++)
        t->l1[0x1000 + i] = (uint8_t)i;
    assert_int_equal(request(t, 0,
                             (struct cmd){.ctrl = READ,
                                          .len = 64,
                                          .targ = 0x1000,
                                          .targ_mid = mid_of(t),
                                          .ret = 0x1010,
                                          .ret_mid = mid_of(t)}),
                     TT_STEP_DONE);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(t->l1[0x1010 + i], i);
}

static void read_refuses_what_the_simulator_refuses(void **state)
{
    struct tt_tile *t = tile(*state, 1, 1), *other = tile(*state, 2, 1);
    const struct cmd good = {.ctrl = READ,
                             .len = 64,
                             .targ = 0x100,
                             .targ_mid = mid(0, 0),
                             .ret = 0x1000,
                             .ret_mid = mid_of(t)};
    struct cmd c;

    assert_int_equal(request(t, 0, good), TT_STEP_DONE);
    c = good, c.ret = 0x1010;
    assert_refused(t, 0, c, "modulo 32");
    c = good, c.len = 0;
    assert_refused(t, 0, c, "length 0");
    c = good, c.len = 8193;
    assert_refused(t, 0, c, "length 8193");
    c = good, c.ret_mid = mid_of(other);
    assert_refused(t, 0, c, "own tile");
    c = good, c.ret = TT_L1_SIZE - 32;
    assert_refused(t, 0, c, "leave L1");
    c = good, c.ret_mid |= 1;
    assert_refused(t, 0, c, "leave L1");
    c = good, c.targ = 0x7FFFFFE0;
    assert_refused(t, 0, c, "beyond the DRAM tile");
    c = good, c.targ_mid = mid(0, 3);
    assert_refused(t, 0, c, "no Tensix or DRAM tile");
    c = good, c.targ_mid = mid(26, 18);
    assert_refused(t, 0, c, "no Tensix or DRAM tile");
    c = good, c.ctrl = 0;
    assert_refused(t, 0, c, "CTRL 0x0");
    c = good, c.ctrl = READ | 0x4;
    assert_refused(t, 0, c, "not modelled");
    c = good, c.targ_mid = mid_of(other), c.targ = 0x108;
    assert_refused(t, 0, c, "modulo 16");
    c = good, c.targ_mid = mid_of(other), c.targ = TT_L1_SIZE - 32;
    assert_refused(t, 0, c, "leaves L1");
    c = good, c.targ_mid |= 1u << 16;
    assert_refused(t, 0, c, "too wide");
    assert_int_equal(reg(t, 0, RD_RESP), 1);
}

static void write_refuses_what_the_simulator_refuses(void **state)
{
    struct tt_tile *t = tile(*state, 1, 1), *other = tile(*state, 2, 1);
    const struct cmd good = {.ctrl = WRITE,
                             .len = 64,
                             .targ = 0x100,
                             .targ_mid = mid_of(t),
                             .ret = 0x1010,
                             .ret_mid = mid(0, 0)};
    struct cmd c;

    assert_int_equal(request(t, 0, good), TT_STEP_DONE);
    c = good, c.ret = 0x1018;
    assert_refused(t, 0, c, "modulo 16");
    c = good, c.targ_mid = mid_of(other);
    assert_refused(t, 0, c, "own tile");
    c = good, c.ret = 0x80000000;
    assert_refused(t, 0, c, "beyond the DRAM tile");
    c = good, c.ctrl |= 1u << 8;
    assert_refused(t, 0, c, "CTRL 0x112");
    c = good, c.ret_mid = mid_of(other), c.ret = 0xFFB121B0;
    assert_refused(t, 0, c, "4-byte register");
    assert_int_equal(reg(t, 0, WR_ACK), 1);
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x18, 1), TT_STEP_FAULT);
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x08, 1), TT_STEP_FAULT);
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x28, 2), TT_STEP_FAULT);
}

static void fault_names_core_pc_and_numbers(void **state)
{
    struct tt_tile *t = tile(*state, 2, 3);

    t->rv[TT_RISC_NC].pc = 0x12344;
    assert_int_equal(
        request_by(
            t, TT_RISC_NC, 1,
            (struct cmd){.ctrl = READ, .len = 9000, .ret_mid = mid_of(t)}),
        TT_STEP_FAULT);
    assert_string_equal(t->chip->fault,
                        "NOC 1: length 9000; a packet has 1 to 8192 bytes");
    assert_int_equal(t->chip->fault_at.x, 2);
    assert_int_equal(t->chip->fault_at.y, 3);
    assert_int_equal(t->chip->fault_at.risc, TT_RISC_NC);
    assert_int_equal(t->chip->fault_at.pc, 0x12344);
}

static void first_fault_is_kept(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0);

    tt_chip_fault(t, TT_N_RISC, "one");
    tt_chip_fault(t, TT_N_RISC, "two");
    assert_string_equal(t->chip->fault, "one");
    assert_int_equal(t->chip->fault_at.risc, TT_N_RISC);
}

/* ---- inline writes and atomics ---- */

static void inline_write_sets_one_word(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0), *other = tile(*state, 5, 5);
    struct cmd c = {.ctrl = INLINE,
                    .len = 0xF0,
                    .data = 0xCAFEF00D,
                    .targ = 0x2004,
                    .targ_mid = mid_of(other),
                    .ret_mid = mid_of(t)};

    assert_int_equal(request(t, 0, c), TT_STEP_DONE);
    assert_int_equal(word_at(other->l1 + 0x2004), 0xCAFEF00D);
    assert_int_equal(word_at(other->l1 + 0x2008), 0);
    assert_int_equal(reg(t, 0, WR_ACK), 1);
    c.len = 0xF;
    assert_refused(t, 0, c, "byte mask");
    c.len = 0xFF0;
    assert_refused(t, 0, c, "byte mask");
    c.len = 0;
    assert_refused(t, 0, c, "byte mask");
    c.len = 0xF0, c.targ_mid = mid(0, 0);
    assert_refused(t, 0, c, "need a Tensix tile");
}

static void inline_write_reaches_registers(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0), *other = tile(*state, 5, 5);
    struct cmd c = {.ctrl = INLINE & ~0x10u,
                    .data = 0x47000,
                    .targ = 0xFFB121B0,
                    .targ_mid = mid_of(other),
                    .ret_mid = mid_of(t)};

    assert_int_equal(request(t, 0, c), TT_STEP_DONE);
    assert_int_equal(other->soft_reset, 0x47000);
    assert_int_equal(other->rv[TT_RISC_B].state, TT_RV32_RUN);
    assert_int_equal(reg(t, 0, 0x22C), 1);
    c.data = 1;
    assert_refused(t, 0, c, "SOFT_RESET_0 = 0x1");
    c.targ = 0xFFE80020;
    assert_refused(t, 0, c, "no register there that host may use");
}

static void atomic_adds_and_returns_the_old_value(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0), *other = tile(*state, 5, 5);
    struct cmd c = {.ctrl = ATOMIC,
                    .len = INCR,
                    .data = 0xFFFFFFFFu,
                    .targ = 0x3700,
                    .targ_mid = mid_of(other),
                    .ret = 0x104,
                    .ret_mid = mid_of(t)};

    other->l1[0x3700] = 9;
    assert_int_equal(request(t, 1, c), TT_STEP_DONE);
    assert_int_equal(word_at(other->l1 + 0x3700), 8);
    assert_int_equal(word_at(t->l1 + 0x104), 9);
    assert_int_equal(reg(t, 1, 0x200), 1);
    c.ctrl = ATOMIC & ~0x10u;
    assert_int_equal(request(t, 1, c), TT_STEP_DONE);
    assert_int_equal(word_at(other->l1 + 0x3700), 7);
    assert_int_equal(reg(t, 1, 0x21C), 1);
    c.len = 0x1080;
    assert_refused(t, 1, c, "atomic 0x1080");
    c.len = INCR, c.targ = 0x3704;
    assert_refused(t, 1, c, "16 and 4 byte aligned");
    c.targ = 0x3700, c.targ_mid = mid(4, 8);
    assert_refused(t, 1, c, "need a Tensix tile");
    assert_int_equal(word_at(other->l1 + 0x3700), 7);
}

static void a_request_cannot_start_requests(void **state)
{
    struct tt_tile *a = tile(*state, 0, 0), *b = tile(*state, 1, 0);
    struct cmd c = {.ctrl = INLINE,
                    .data = 1,
                    .targ = 0xFFB20428,
                    .targ_mid = mid_of(a),
                    .ret_mid = mid_of(b)};

    /* b's request starts a's, which would start b's, and so on. */
    assert_int_equal(tt_noc_store(b, RISC, 0, 0x400, 0xFFB20428), TT_STEP_DONE);
    assert_int_equal(request(b, 0, c), TT_STEP_FAULT);
    assert_non_null(strstr(a->chip->fault, "may not start another"));
    assert_int_equal(a->chip->noc_depth, 0);
}

/* ---- multicast ---- */

/* RET_MID of a multicast between two corners. */
static uint32_t rectangle(unsigned x1, unsigned y1, unsigned x2, unsigned y2)
{
    return x2 << 4 | y2 << 10 | x1 << 16 | y1 << 22;
}

static unsigned count_marked(struct tt_chip *chip, uint32_t addr)
{
    unsigned n = 0;

    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        n += chip->tile[i] && chip->tile[i]->l1[addr];
    return n;
}

static void multicast_reaches_the_rectangle_but_not_the_sender(void **state)
{
    struct tt_tile *t = tile(*state, 3, 4);
    struct cmd c = {.ctrl = MCAST,
                    .len = 16,
                    .targ = 0x1000,
                    .targ_mid = mid_of(t),
                    .ret = 0x2000,
                    .ret_mid = rectangle(20, 20, 23, 24),
                    .tag = 3u << 10};

    t->l1[0x1000] = 1;
    assert_int_equal(request(t, 0, c), TT_STEP_DONE);
    assert_int_equal(count_marked(*state, 0x2000), 4 * 5 - 1);
    assert_int_equal(t->l1[0x2000], 0);
    assert_int_equal(tile(*state, 2, 2)->l1[0x2000], 1);
    assert_int_equal(tile(*state, 5, 6)->l1[0x2000], 1);
    assert_int_equal(tile(*state, 6, 6)->l1[0x2000], 0);
    assert_int_equal(reg(t, 0, WR_ACK), 19);
    assert_int_equal(reg(t, 0, 0x228), 1);
    assert_int_equal(reg(t, 0, 0x240 + 4 * 3), (uint8_t)(1 - 19));
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x50, 0xFFFF), TT_STEP_DONE);
    assert_int_equal(reg(t, 0, 0x240 + 4 * 3), 0);
    c.ctrl |= 1u << 17;
    assert_int_equal(request(t, 0, c), TT_STEP_DONE);
    assert_int_equal(t->l1[0x2000], 1);
}

static void multicast_on_noc_1_flows_backwards(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0);
    struct cmd c = {.ctrl = MCAST,
                    .len = 16,
                    .targ = 0x1000,
                    .targ_mid = mid_of(t),
                    .ret = 0x2000,
                    .ret_mid = rectangle(25, 27, 18, 18)};

    t->l1[0x1000] = 1;
    assert_int_equal(request(t, 1, c), TT_STEP_DONE);
    assert_int_equal(count_marked(*state, 0x2000), 79);
    c.ret_mid = rectangle(18, 18, 25, 27);
    assert_refused(t, 1, c, "direction of flow");
    c.ret_mid = rectangle(25, 27, 18, 18);
    assert_refused(t, 0, c, "direction of flow");
}

static void multicast_refuses_what_the_simulator_refuses(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0);
    const struct cmd good = {.ctrl = MCAST,
                             .len = 16,
                             .targ = 0x1000,
                             .targ_mid = mid_of(t),
                             .ret = 0x2000,
                             .ret_mid = rectangle(18, 18, 19, 19)};
    struct cmd c;

    assert_int_equal(request(t, 0, good), TT_STEP_DONE);
    c = good, c.ctrl = MCAST & ~0x100u;
    assert_refused(t, 0, c, "CTRL 0x32");
    c = good, c.ctrl = (MCAST & ~0x2u);
    assert_refused(t, 0, c, "CTRL 0x130");
    c = good, c.ctrl = MCAST | 0x8;
    assert_refused(t, 0, c, "CTRL 0x13a");
    c = good, c.ret = 0x2008;
    assert_refused(t, 0, c, "modulo 16");
    c = good, c.ret = TT_L1_SIZE;
    assert_refused(t, 0, c, "4-byte register");
    c = good, c.ret = TT_L1_SIZE, c.ret_mid = rectangle(18, 18, 18, 18);
    assert_refused(t, 0, c, "4-byte register");
    c = good, c.ret_mid = rectangle(18, 18, 26, 19);
    assert_refused(t, 0, c, "direction of flow");
}

static void router_config_excludes_rows_from_multicast(void **state)
{
    struct tt_tile *t = tile(*state, 0, 0);
    struct cmd c = {.ctrl = MCAST,
                    .len = 16,
                    .targ = 0x1000,
                    .targ_mid = mid_of(t),
                    .ret = 0x2000,
                    .ret_mid = rectangle(18, 18, 19, 20)};

    t->l1[0x1000] = 1;
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x110, 0x41 | 1u << 2),
                     TT_STEP_DONE);
    assert_int_equal(tt_noc_store(t, RISC, 0, 0x110, 1u << 2), TT_STEP_FAULT);
    assert_int_equal(request(t, 0, c), TT_STEP_DONE);
    assert_int_equal(count_marked(*state, 0x2000), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(translated_coordinates_are_the_same_on_both_nocs),
        TEST(raw_coordinates_run_the_other_way_on_noc_1),
        TEST(ports_of_a_dram_tile_reach_the_same_memory),
        TEST(niu_of_a_dram_tile_tells_where_it_is),
        TEST(nothing_lies_beyond_the_grid),
        TEST(tiles_are_made_when_touched),
        TEST(read_copies_dram_to_l1_and_counts),
        TEST(write_reaches_another_l1_and_counts),
        TEST(overlapping_copy_in_one_tile_is_whole),
        TEST(read_refuses_what_the_simulator_refuses),
        TEST(write_refuses_what_the_simulator_refuses),
        TEST(fault_names_core_pc_and_numbers),
        TEST(first_fault_is_kept),
        TEST(inline_write_sets_one_word),
        TEST(inline_write_reaches_registers),
        TEST(atomic_adds_and_returns_the_old_value),
        TEST(a_request_cannot_start_requests),
        TEST(multicast_reaches_the_rectangle_but_not_the_sender),
        TEST(multicast_on_noc_1_flows_backwards),
        TEST(multicast_refuses_what_the_simulator_refuses),
        TEST(router_config_excludes_rows_from_multicast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
