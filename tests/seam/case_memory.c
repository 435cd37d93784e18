/* SPDX-License-Identifier: MIT */
/* Reading and writing memory and registers. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device/l1_map.h"
#include "tests/seam/seam.h"

static void put(struct seam *s, struct tt_noc_addr at, const void *data,
                size_t len)
{
    OK(s, tt_device_write(s->dev, at, data, len));
}

static void get(struct seam *s, struct tt_noc_addr at, void *data, size_t len)
{
    OK(s, tt_device_read(s->dev, at, data, len));
}

/* ---- memory ---- */

static void check_bytes(struct seam *s, struct tt_noc_addr at, size_t len)
{
    unsigned char src[4099], dst[4099], around[2] = {0};
    struct tt_noc_addr before = at, after = at;

    before.addr--;
    after.addr += len;
    seam_pattern(src, len, (unsigned)at.addr);
    put(s, before, "\xAB", 1);
    put(s, after, "\xCD", 1);
    put(s, at, src, len);
    get(s, at, dst, len);
    CHECK(s, !memcmp(src, dst, len));
    get(s, before, around, 1);
    get(s, after, around + 1, 1);
    EQUAL(s, around[0], 0xAB);
    EQUAL(s, around[1], 0xCD);
}

/* What lies around it is left alone. */
static void any_alignment_and_length_arrives(struct seam *s)
{
    static const size_t len[] = {1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 67, 4099};

    for (unsigned skip = 0; skip < 5; skip++)
        for (size_t i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
            check_bytes(s, seam_dram(3, 0x1000 + skip), len[i]);
            check_bytes(s, seam_worker(2, 1, 0x8000 + skip), len[i]);
        }
}

static void nothing_to_copy_is_success(struct seam *s)
{
    OK(s, tt_device_read(s->dev, seam_worker(0, 0, 0), NULL, 0));
    OK(s, tt_device_write(s->dev, seam_dram(0, 0), NULL, 0));
}

static void the_ends_of_memory_can_be_reached(struct seam *s)
{
    const struct tt_noc_addr end[] = {seam_worker(7, 8, TT_L1_SIZE - 300),
                                      seam_dram(0, 0x40000000u - 300),
                                      seam_dram(11, 0x40000000u - 300)};
    unsigned char src[300], dst[300];

    for (unsigned i = 0; i < 3; i++) {
        seam_pattern(src, sizeof(src), i);
        put(s, end[i], src, sizeof(src));
        get(s, end[i], dst, sizeof(dst));
        CHECK(s, !memcmp(src, dst, sizeof(src)));
    }
}

static void banks_and_tiles_have_memories_of_their_own(struct seam *s)
{
    uint32_t v;

    for (uint32_t i = 0; i < 72; i++) {
        put(s, seam_worker(i % 8, i / 8, 0x9000), &i, 4);
        put(s, seam_dram(i % 12, i / 12 * 0x100u), &i, 4);
        put(s, seam_dram(i % 12, 0x3FFFFF00u + i / 12 * 4), &i, 4);
    }
    for (uint32_t i = 0; i < 72; i++) {
        get(s, seam_worker(i % 8, i / 8, 0x9000), &v, 4);
        EQUAL(s, v, i);
        get(s, seam_dram(i % 12, i / 12 * 0x100u), &v, 4);
        EQUAL(s, v, i);
        get(s, seam_dram(i % 12, 0x3FFFFF00u + i / 12 * 4), &v, 4);
        EQUAL(s, v, i);
    }
}

static void a_long_transfer_arrives_whole(struct seam *s)
{
    const size_t len = 18 * MIB + 4321;
    const struct tt_noc_addr at = seam_dram(7, 15 * MIB - 77);
    unsigned char *src = malloc(len), *dst = calloc(1, len);
    bool good = src && dst;

    if (good) {
        seam_pattern(src, len, 1);
        good = tt_device_write(s->dev, at, src, len) >= 0 &&
               tt_device_read(s->dev, at, dst, len) >= 0 &&
               !memcmp(src, dst, len);
    }
    /* Each byte is where it belongs, not only where reads look for it. */
    for (size_t i = 0; good && i < len; i += 499979)
        good = tt_device_read(s->dev, seam_dram(7, 15 * MIB - 77 + i), dst,
                              1) >= 0 &&
               dst[0] == src[i];
    free(src);
    free(dst);
    CHECK(s, good);
}

static void overlapping_writes_land_in_order(struct seam *s)
{
    unsigned char a[256], b[256], got[256];

    memset(a, 0x11, sizeof(a));
    memset(b, 0x22, sizeof(b));
    put(s, seam_dram(0, 0x1000), a, 256);
    put(s, seam_dram(0, 0x1080), b, 256);
    put(s, seam_dram(0, 0x1000), b, 128);
    put(s, seam_dram(0, 0x1010), a, 4);
    get(s, seam_dram(0, 0x1000), got, 256);
    CHECK(s, !memcmp(got, b, 16));
    CHECK(s, !memcmp(got + 16, a, 4));
    CHECK(s, !memcmp(got + 20, b, 236));
}

static void bytes_of_all_ones_are_only_bytes(struct seam *s)
{
    unsigned char ones[2048], got[2048];

    memset(ones, 0xFF, sizeof(ones));
    put(s, seam_dram(0, 0), ones, sizeof(ones));
    get(s, seam_dram(0, 0), got, sizeof(got));
    CHECK(s, !memcmp(ones, got, sizeof(ones)));
    put(s, seam_worker(0, 0, 0x9000), ones, 4);
    get(s, seam_worker(0, 0, 0x9000), got, 4);
    CHECK(s, !memcmp(ones, got, 4));
}

/* ---- registers ---- */

static void a_tile_knows_its_own_place(struct seam *s)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < 9; i++) {
        get(s, seam_worker(i % 8, i, 0xFFB20138), &v, 4);
        EQUAL(s, v, (18 + i % 8) | (18 + i) << 6);
    }
}

/* What a tile's registers and a copy over the NOC look like from outside. */
static void exercise(struct seam *s, struct tt_device *dev, uint32_t out[16])
{
    static const uint32_t reg[] = {
        0xFFB2002C, 0xFFB3002C, 0xFFB20138, 0xFFB30138, 0xFFB20120, 0xFFB3012C,
        0xFFB20108, 0xFFB30110, 0xFFB11014, 0xFFB121B0, 0xFFB12068};
    static const uint32_t copy[][2] = {
        {0xFFB30800, 0x40},   {0xFFB30804, 9 << 4 | 6 << 10},
        {0xFFB3080C, 0x2000}, {0xFFB30810, 20 << 4 | 25 << 10},
        {0xFFB3081C, 0x10},   {0xFFB30820, 64},
        {0xFFB30828, 1},
    };
    uint64_t data = 0x1122334455667788;
    size_t n = 0;

    for (; n < sizeof(reg) / sizeof(reg[0]); n++)
        OK(s, tt_device_read(dev, seam_worker(2, 7, reg[n]), &out[n], 4));
    /* NOC 1 (9, 6) is NOC 0 (0, 5): bank 1. */
    OK(s, tt_device_write(dev, seam_dram(1, 0x40), &data, 8));
    for (size_t i = 0; i < sizeof(copy) / sizeof(copy[0]); i++)
        OK(s,
           tt_device_write(dev, seam_worker(2, 7, copy[i][0]), &copy[i][1], 4));
    OK(s, tt_device_read(dev, seam_worker(2, 7, 0x2000), &out[n++], 4));
    OK(s, tt_device_read(dev, seam_worker(2, 7, 0xFFB30208), &out[n++], 4));
}

/* Cores of a card have been held, and their clocks gated, by opening it: its
 * soft reset reads otherwise only where another value was written. */
static void registers_are_those_of_the_embedded_chip(struct seam *s)
{
    uint32_t want[16] = {0}, got[16] = {0};
    struct tt_device *emu = NULL;

    exercise(s, s->dev, got);
    OK(s, tt_emu_open(&emu));
    exercise(s, emu, want);
    tt_device_close(emu);
    for (unsigned i = 0; i < 16; i++)
        EQUAL(s, got[i], want[i]);
}

static void a_register_keeps_what_is_written(struct seam *s)
{
    const uint32_t reg[] = {0xFFB20C00, 0xFFB30C0C};

    for (uint32_t i = 0; i < 2; i++) {
        uint32_t v = 0x1000 + i, got = 0;

        put(s, seam_worker(3, 4, reg[i]), &v, 4);
        get(s, seam_worker(3, 4, reg[i]), &got, 4);
        EQUAL(s, got, v);
    }
}

/* ---- what is refused ---- */

/* Words and longer texts, also across the border of a window of 1 MiB; the
 * neighbours keep what they have. */
static void a_multicast_reaches_its_rectangle_and_no_other(struct seam *s)
{
    static const struct {
        uint64_t addr;
        unsigned len;
    } part[] = {{0x30000, 4}, {0x40010, 1796}, {MIB - 2048, 4096}};
    unsigned char want[4096], got[4096], old[4096] = {0};

    for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
        unsigned len = part[i].len;

        seam_pattern(want, len, i);
        for (unsigned k = 0; k < 72; k++)
            put(s, seam_worker(k % 8, k / 8, part[i].addr), old, len);
        OK(s, tt_device_multicast(s->dev, seam_worker(1, 2, part[i].addr), 6, 5,
                                  want, len));
        for (unsigned k = 0; k < 72; k++) {
            unsigned x = k % 8, y = k / 8;
            bool inside = x >= 1 && x < 7 && y >= 2 && y < 7;

            get(s, seam_worker(x, y, part[i].addr), got, len);
            CHECK(s, !memcmp(got, inside ? want : old, len));
        }
    }
}

/* Whatever of a write of one core, all at once, and one core again came first
 * must not come last: on the core where a rectangle begins as where it ends. */
static void a_multicast_is_ordered_with_other_writes(struct seam *s)
{
    unsigned char before[512], all[512], after[512], got[512];

    memset(before, 1, sizeof(before));
    memset(all, 2, sizeof(all));
    memset(after, 3, sizeof(after));
    for (unsigned i = 0; i < 20; i++) {
        struct tt_noc_addr at = seam_worker(2 + i % 2, 3, 0x50000);
        unsigned len = 80 + 16 * i;

        put(s, at, before, sizeof(before));
        OK(s, tt_device_multicast(s->dev, seam_worker(2, 3, 0x50000), 2, 1, all,
                                  sizeof(all)));
        put(s, at, after, len);
        get(s, at, got, sizeof(got));
        CHECK(s, !memcmp(got, after, len));
        CHECK(s, !memcmp(got + len, all, sizeof(got) - len));
    }
}

/* Rectangles with a corner in common, by turns. */
static void multicasts_to_several_rectangles_do_not_mix(struct seam *s)
{
    for (uint32_t i = 1; i <= 6; i++) {
        uint32_t got[2];

        OK(s, tt_device_multicast(s->dev, seam_worker(i % 2, 0, 0x60000),
                                  4 - i % 2, 2, &i, 4));
        get(s, seam_worker(0, 1, 0x60000), &got[0], 4);
        get(s, seam_worker(3, 1, 0x60000), &got[1], 4);
        EQUAL(s, got[0], i - i % 2);
        EQUAL(s, got[1], i);
    }
}

static void a_multicast_to_other_than_cores_is_refused(struct seam *s)
{
    static const unsigned char word[8] = {0};
    struct tt_noc_addr at = seam_worker(0, 0, 0x30000);

    EQUAL(s, tt_device_multicast(s->dev, at, 9, 1, word, 4), NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, at, 1, 11, word, 4), NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, at, 0, 1, word, 4), NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, at, 257, 1, word, 4),
          NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, at, 2, 2, word, 6), NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, at, 2, 2, NULL, 4),
          NXS_InvalidHostPtr);
    OK(s, tt_device_multicast(s->dev, at, 2, 2, word, 0));
    at.addr = TT_L1_SIZE - 4;
    EQUAL(s, tt_device_multicast(s->dev, at, 2, 2, word, 8), NXS_InvalidValue);
    EQUAL(s, tt_device_multicast(s->dev, seam_dram(0, 0), 2, 2, word, 4),
          NXS_InvalidValue);
}

static void ranges_that_leave_a_tile_are_refused(struct seam *s)
{
    const struct {
        struct tt_noc_addr at;
        size_t len;
    } bad[] = {
        {seam_worker(0, 0, TT_L1_SIZE - 3), 4},
        {seam_worker(0, 0, TT_L1_SIZE), 4},
        {seam_worker(0, 0, 0), SIZE_MAX},
        {seam_worker(0, 0, UINT64_MAX), 4},
        {seam_worker(0, 0, 0xFFB121B0), 8},
        {seam_worker(0, 0, 0xFFB121B2), 4},
        {seam_worker(0, 0, 0xFFB121B1), 1},
        {seam_worker(0, 0, 0xFFB00000), 4},
        {seam_worker(0, 0, 0x1FFB121B0), 4},
        {seam_worker(8, 0, 0), 4},
        {seam_worker(0, 10, 0), 4},
        {seam_dram(0, 0x80000000), 4},
        {seam_dram(6, 0x3FFFFFFF), 2},
        {seam_dram(0, UINT64_MAX), 2},
        {seam_dram(0, 1), SIZE_MAX},
        {{0, 3, 0}, 4},
        {{1, 1, 0}, 4},
        {{255, 255, 0}, 4},
    };
    uint8_t buf[8] = {0};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EQUAL(s, tt_device_read(s->dev, bad[i].at, buf, bad[i].len),
              NXS_InvalidValue);
        EQUAL(s, tt_device_write(s->dev, bad[i].at, buf, bad[i].len),
              NXS_InvalidValue);
    }
    EQUAL(s, tt_device_read(s->dev, seam_worker(0, 0, 0), NULL, 4),
          NXS_InvalidHostPtr);
    EQUAL(s, tt_device_write(s->dev, seam_worker(0, 0, 0), NULL, 4),
          NXS_InvalidHostPtr);
    EQUAL(s, tt_device_read(NULL, seam_worker(0, 0, 0), buf, 4),
          NXS_InvalidDevice);
    get(s, seam_worker(0, 0, 0x9000), buf, 8);
}

/* ---- threads ---- */

struct copier {
    struct tt_device *dev;
    unsigned index;
    bool good;
};

static void *copy_back_and_forth(void *arg)
{
    struct copier *t = arg;
    unsigned char src[3000], got[3000];

    t->good = true;
    for (unsigned i = 0; i < 100; i++) {
        struct tt_noc_addr at =
            i % 2 ? seam_worker(t->index, i % 9, 0x9000)
                  : seam_dram((t->index * 3 + i) % 12, t->index * 0x10000);
        size_t len = i % 3 ? sizeof(src) : 4;

        seam_pattern(src, len, i + t->index);
        t->good = t->good && tt_device_write(t->dev, at, src, len) >= 0 &&
                  tt_device_read(t->dev, at, got, len) >= 0 &&
                  !memcmp(src, got, len);
    }
    return NULL;
}

static void threads_do_not_get_into_each_others_way(struct seam *s)
{
    struct copier t[4];
    pthread_t id[4];
    bool good = true;

    for (unsigned i = 0; i < 4; i++) {
        t[i] = (struct copier){.dev = s->dev, .index = i};
        EQUAL(s, pthread_create(&id[i], NULL, copy_back_and_forth, &t[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(id[i], NULL);
        good &= t[i].good;
    }
    CHECK(s, good);
}

const struct seam_case seam_memory[] = {
    SEAM_CASE(any_alignment_and_length_arrives),
    SEAM_CASE(nothing_to_copy_is_success),
    SEAM_CASE(the_ends_of_memory_can_be_reached),
    SEAM_CASE(banks_and_tiles_have_memories_of_their_own),
    SEAM_CASE(a_long_transfer_arrives_whole),
    SEAM_CASE(overlapping_writes_land_in_order),
    SEAM_CASE(bytes_of_all_ones_are_only_bytes),
    SEAM_CASE(a_tile_knows_its_own_place),
    SEAM_CASE(registers_are_those_of_the_embedded_chip),
    SEAM_CASE(a_register_keeps_what_is_written),
    SEAM_CASE(a_multicast_reaches_its_rectangle_and_no_other),
    SEAM_CASE(a_multicast_is_ordered_with_other_writes),
    SEAM_CASE(multicasts_to_several_rectangles_do_not_mix),
    SEAM_CASE(a_multicast_to_other_than_cores_is_refused),
    SEAM_CASE(ranges_that_leave_a_tile_are_refused),
    SEAM_CASE(threads_do_not_get_into_each_others_way),
    {NULL, NULL},
};
