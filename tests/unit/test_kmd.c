/* SPDX-License-Identifier: MIT */
/* Backend "kmd" over a test double of the driver: what it needs of a card and
 * of the driver, order, and faults; the rest is tested in tests/seam. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "tests/double/double.h"
#include "tests/double/sysfs.h"

#define MIB 0x100000u

struct fixture {
    struct tt_double *d;
    struct tt_card card;
    struct tt_device *dev;
};

static struct tt_card card_of(unsigned index)
{
    struct tt_card card = {.vendor = TT_PCI_VENDOR,
                           .id = TT_PCI_WORMHOLE,
                           .chip = "Wormhole",
                           .device = -1};

    card.bus = (uint8_t)(index + 1);
    snprintf(card.address, sizeof(card.address), "0000:%02x:00.0", card.bus);
    snprintf(card.node, sizeof(card.node), "/dev/tenstorrent/%u", index);
    snprintf(card.board, sizeof(card.board), "n150");
    return card;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    f->d = tt_double_new();
    f->card = card_of(0);
    *state = f;
    return f->d ? 0 : -1;
}

static nxs_status open_card(struct fixture *f)
{
    return tt_kmd_open(tt_double_sys(f->d), &f->card, &f->dev);
}

static int set_up_open(void **state)
{
    if (set_up(state))
        return -1;
    return open_card(*state) < 0 ? -1 : 0;
}

/* Nothing may be left open or mapped, and nothing done that silicon would not
 * have forgiven. */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    int bad;

    tt_device_close(f->dev);
    bad = tt_double_open_fds(f->d) || tt_double_maps(f->d) ||
          tt_double_violation(f->d);
    if (bad)
        print_error("%u open, %u mapped, %s\n", tt_double_open_fds(f->d),
                    tt_double_maps(f->d),
                    tt_double_violation(f->d) ? tt_double_violation(f->d) : "");
    tt_double_free(f->d);
    free(f);
    return bad;
}

static struct tt_noc_addr worker(unsigned x, unsigned y, uint64_t addr)
{
    return tt_arch_worker(&tt_arch_wormhole, x, y, addr);
}

static struct tt_noc_addr dram(unsigned bank, uint64_t offset)
{
    return tt_arch_dram(&tt_arch_wormhole, bank, offset);
}

static struct tt_double_card *card0(struct fixture *f)
{
    return tt_double_card(f->d, 0);
}

static unsigned sent(struct fixture *f, unsigned message)
{
    return card0(f)->messages[message / 64] >> message % 64 & 1;
}

/* ---- opening ---- */

static void a_card_is_opened_in_the_order_that_silicon_needs(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(open_card(f), NXS_Success);
    assert_string_equal(f->dev->ops->name, "kmd");
    assert_string_equal(f->dev->info.name, "Wormhole n150 at 0000:01:00.0");
    assert_int_equal(f->dev->info.core_clock_mhz, 1000);
    assert_string_equal(f->card.driver, "2.6.1");
    assert_true(sent(f, TT_ARC_GET_HARVESTING));
    assert_true(sent(f, TT_ARC_DEASSERT_RISCV_RESET));
    assert_true(sent(f, TT_ARC_GO_BUSY));
    assert_int_equal(card0(f)->power_flags & 1, 1);
    tt_device_close(f->dev);
    f->dev = NULL;
    assert_true(sent(f, TT_ARC_GO_LONG_IDLE));
}

static void the_grid_is_what_the_chip_says(void **state)
{
    static const struct {
        uint32_t mask;
        unsigned rows;
    } cases[] = {{0, 10}, {1u << 9, 9}, {1u << 3 | 1u << 6, 8}};
    struct fixture *f = *state;

    for (size_t i = 0; i < 3; i++) {
        card0(f)->harvested = cases[i].mask;
        assert_int_equal(open_card(f), NXS_Success);
        assert_int_equal(f->dev->info.grid_x, 8);
        assert_int_equal(f->dev->info.grid_y, cases[i].rows);
        tt_device_close(f->dev);
        f->dev = NULL;
    }
}

/* The card is refused, with a reason and a remedy, and nothing stays open. */
static void assert_refused(struct fixture *f, const char *reason,
                           const char *remedy)
{
    f->card = card_of(0);
    assert_int_equal(open_card(f), NXS_DeviceNotAvailable);
    assert_null(f->dev);
    if (!strstr(f->card.reason, reason) || !strstr(f->card.remedy, remedy))
        fail_msg("\"%s\" (%s) has no \"%s\" or \"%s\"", f->card.reason,
                 f->card.remedy, reason, remedy);
    assert_int_equal(tt_double_open_fds(f->d), 0);
    assert_int_equal(tt_double_maps(f->d), 0);
}

static void a_node_that_cannot_be_opened_says_why(void **state)
{
    struct fixture *f = *state;

    card0(f)->open_errno = EACCES;
    assert_refused(f, "Permission denied", "udev");
    card0(f)->open_errno = EPERM;
    assert_refused(f, "not permitted", "chmod");
    card0(f)->open_errno = EBUSY;
    assert_refused(f, "busy", "end the process");
    card0(f)->open_errno = ENODEV;
    assert_refused(f, "No such device", "tt-kmd");
    card0(f)->open_errno = 0;
    card0(f)->exclusive = true;
    assert_refused(f, "for itself", "end the process");
}

static void a_driver_too_old_is_refused(void **state)
{
    struct fixture *f = *state;

    card0(f)->major = 1;
    card0(f)->minor = 34;
    assert_refused(f, "1.34.1", "2.0.0");
    card0(f)->major = 2;
    card0(f)->api = 3;
    assert_refused(f, "interface 3", "2.0.0");
}

static void a_node_of_another_card_is_refused(void **state)
{
    struct fixture *f = *state;

    card0(f)->bus = 9;
    assert_refused(f, "belongs to", "tt-kmd");
}

static void a_card_is_opened_by_one_process_at_a_time(void **state)
{
    struct fixture *f = *state;
    struct tt_device *second = NULL;
    struct tt_card card = card_of(0);

    card0(f)->locked = true;
    assert_refused(f, "locked", "end the process");
    card0(f)->locked = false;
    assert_int_equal(open_card(f), NXS_Success);
    assert_int_equal(tt_kmd_open(tt_double_sys(f->d), &card, &second),
                     NXS_DeviceNotAvailable);
    assert_non_null(strstr(card.reason, "locked"));
}

static void a_chip_that_is_not_well_is_refused(void **state)
{
    struct fixture *f = *state;

    card0(f)->dead = true;
    assert_refused(f, "all ones", "reset the card");
    card0(f)->dead = false;
    card0(f)->stopped = true;
    assert_refused(f, "firmware does not run", "reset the card");
    card0(f)->stopped = false;
    card0(f)->untranslated = true;
    assert_refused(f, "translate", "tt-flash");
    card0(f)->untranslated = false;
    card0(f)->harvested = 7;
    assert_refused(f, "0x7", "reset the card");
    card0(f)->harvested = 0x400;
    assert_refused(f, "0x400", "reset the card");
}

/* Cores are not touched any further before it is sure which they are. */
static void cores_that_are_not_where_they_should_be_are_left_alone(void **state)
{
    struct fixture *f = *state;
    uint32_t gates = 0;

    card0(f)->misplaced = true;
    assert_refused(f, "core (18,18) says it is (19,18)", "reset the card");
    assert_int_equal(
        tt_device_read(card0(f)->chip, worker(0, 0, 0xFFB20104), &gates, 4), 0);
    assert_int_equal(gates, 0);
}

static void clocks_of_idle_units_are_gated(void **state)
{
    static const uint32_t reg[] = {0xFFB20100, 0xFFB20104, 0xFFB30100,
                                   0xFFB30104};
    struct fixture *f = *state;
    uint32_t before, after;

    for (unsigned i = 0; i < 4; i++) {
        struct tt_noc_addr at = worker(7, 8, reg[i]);

        before = after = 0;
        assert_int_equal(
            tt_device_read(tt_double_card(f->d, 1)->chip, at, &before, 4), 0);
        assert_int_equal(tt_device_read(card0(f)->chip, at, &after, 4), 0);
        assert_int_equal(after, before | 1);
    }
}

static void registers_are_found_in_either_bar(void **state)
{
    struct fixture *f = *state;

    card0(f)->no_bar0 = true;
    assert_int_equal(open_card(f), NXS_Success);
    tt_device_close(f->dev);
    f->dev = NULL;
    card0(f)->no_bar4 = true;
    assert_refused(f, "neither BAR 0 nor BAR 4", "reset the card");
}

static void a_firmware_that_answers_badly_is_refused(void **state)
{
    struct fixture *f = *state;

    card0(f)->bad_message = TT_ARC_GET_HARVESTING;
    card0(f)->bad_answer = UINT32_MAX;
    assert_refused(f, "does not know message 0x57", "reset the card");
    card0(f)->bad_answer = 5u << 16 | TT_ARC_GET_HARVESTING;
    assert_refused(f, "message 0x57 to the firmware failed: 5", "reset");
    card0(f)->bad_message = TT_ARC_DEASSERT_RISCV_RESET;
    card0(f)->bad_answer = 0;
    assert_refused(f, "does not answer message 0xba", "reset the card");
}

/* Whatever was read last. */
static void a_chip_that_dies_while_it_is_opened_is_refused(void **state)
{
    struct fixture *f = *state;

    for (unsigned after = 1; after < 300; after += after < 20 ? 1 : 37) {
        card0(f)->dies_after = after;
        assert_refused(f, "", "reset the card");
        assert_int_equal(card0(f)->dies_after, 0);
        card0(f)->dead = false;
    }
}

/* Every request and mapping that opening makes, failing once. */
static void every_failing_call_of_opening_is_undone(void **state)
{
    static const uint32_t call[] = {
        TT_KMD_GET_DRIVER_INFO, TT_KMD_GET_DEVICE_INFO, TT_KMD_LOCK_CTL,
        TT_KMD_QUERY_MAPPINGS,  TT_KMD_ALLOCATE_TLB,    TT_KMD_CONFIGURE_TLB,
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(call) / sizeof(call[0]); i++)
        for (unsigned after = 0; after < (i < 4 ? 1 : 70); after += 23) {
            card0(f)->fail_ioctl = call[i];
            card0(f)->fail_errno = EPERM;
            card0(f)->fail_after = after;
            assert_refused(f, "not permitted", "");
        }
    for (unsigned after = 0; after < 4; after++) { /* mmap */
        card0(f)->fail_ioctl = TT_DOUBLE_MMAP;
        card0(f)->fail_after = after;
        assert_refused(f, "not permitted", "");
    }
}

/* That is the host's want, which may pass, not the card's. */
static void a_host_that_lacks_something_is_told_from_a_bad_card(void **state)
{
    static const struct {
        uint32_t call;
        int error;
    } cases[] = {{TT_KMD_GET_DRIVER_INFO, ENOMEM},
                 {TT_KMD_LOCK_CTL, ENOMEM},
                 {TT_KMD_QUERY_MAPPINGS, ENOMEM},
                 {TT_DOUBLE_MMAP, ENOMEM},
                 {TT_KMD_CONFIGURE_TLB, ENOMEM},
                 {0, EMFILE},
                 {0, ENFILE},
                 {0, ENOMEM}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        card0(f)->fail_ioctl = cases[i].call;
        card0(f)->fail_errno = cases[i].call ? cases[i].error : 0;
        card0(f)->open_errno = cases[i].call ? 0 : cases[i].error;
        f->card = card_of(0);
        assert_int_equal(open_card(f), NXS_OutOfResources);
        assert_true(strlen(f->card.reason) && strlen(f->card.remedy));
        assert_int_equal(tt_double_open_fds(f->d), 0);
        assert_int_equal(tt_double_maps(f->d), 0);
    }
}

static void a_firmware_without_power_requests_is_no_obstacle(void **state)
{
    struct fixture *f = *state;

    card0(f)->fail_ioctl = TT_KMD_SET_POWER_STATE;
    card0(f)->fail_errno = EINVAL;
    assert_int_equal(open_card(f), NXS_Success);
    assert_int_equal(f->dev->info.core_clock_mhz, 1000);
}

/* The firmware is not asked any more: its registers are gone, too. */
static void a_card_that_goes_while_its_clock_is_raised_is_refused(void **state)
{
    struct fixture *f = *state;

    card0(f)->fail_ioctl = TT_KMD_SET_POWER_STATE;
    card0(f)->fail_errno = ENODEV;
    assert_refused(f, "was reset or is gone", "reset the card");
    assert_false(sent(f, TT_ARC_GO_BUSY));
}

static void a_chip_that_stays_slow_is_a_chip(void **state)
{
    struct fixture *f = *state;

    card0(f)->slow = true;
    assert_int_equal(open_card(f), NXS_Success);
    assert_int_equal(f->dev->info.core_clock_mhz, 500);
}

static void one_bad_card_does_not_hide_the_other(void **state)
{
    struct fixture *f = *state;
    struct tt_device *dev[4];
    struct tt_cards cards;
    struct fake_bus bus;
    size_t n = 0;

    assert_int_equal(fake_bus_init(&bus), 0);
    fake_bus_add(&bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 0);
    fake_bus_add(&bus, "0000:02:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 1);
    fake_bus_add(&bus, "0000:03:00.0", TT_PCI_VENDOR, TT_PCI_GRAYSKULL, -1);
    tt_double_sys(f->d)->sysfs = bus.root;
    card0(f)->open_errno = EACCES;
    assert_int_equal(tt_kmd_open_all(tt_double_sys(f->d), &cards, dev, 4, &n),
                     0);
    fake_bus_fini(&bus);
    assert_int_equal(n, 1);
    f->dev = dev[0];
    assert_string_equal(f->dev->info.name, "Wormhole n150 at 0000:02:00.0");
    assert_int_equal(cards.n, 3);
    assert_int_equal(cards.card[0].device, -1);
    assert_non_null(strstr(cards.card[0].reason, "Permission denied"));
    assert_int_equal(cards.card[1].device, 0);
    assert_string_equal(cards.card[1].reason, "");
    assert_non_null(strstr(cards.card[2].reason, "not supported"));
}

/* Without a device because the host lacks something; not if there is one. */
static void a_want_of_descriptors_is_no_lack_of_cards(void **state)
{
    struct fixture *f = *state;
    struct tt_device *dev[4];
    struct tt_cards cards;
    struct fake_bus bus;
    size_t n = 7;

    assert_int_equal(fake_bus_init(&bus), 0);
    fake_bus_add(&bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 0);
    fake_bus_add(&bus, "0000:02:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 1);
    tt_double_sys(f->d)->sysfs = bus.root;
    card0(f)->open_errno = EMFILE;
    tt_double_card(f->d, 1)->open_errno = EACCES;
    assert_int_equal(tt_kmd_open_all(tt_double_sys(f->d), &cards, dev, 4, &n),
                     NXS_OutOfResources);
    assert_int_equal(n, 0);
    assert_non_null(strstr(cards.card[0].reason, "Too many open files"));
    assert_non_null(strstr(cards.card[0].remedy, "ulimit -n"));
    tt_double_card(f->d, 1)->open_errno = 0;
    assert_int_equal(tt_kmd_open_all(tt_double_sys(f->d), &cards, dev, 4, &n),
                     NXS_Success);
    fake_bus_fini(&bus);
    assert_int_equal(n, 1);
    f->dev = dev[0];
}

static void more_cards_than_devices_is_a_reason(void **state)
{
    struct fixture *f = *state;
    struct tt_device *dev[1];
    struct tt_cards cards;
    struct fake_bus bus;
    size_t n = 0;

    assert_int_equal(fake_bus_init(&bus), 0);
    fake_bus_add(&bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 0);
    fake_bus_add(&bus, "0000:02:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 1);
    tt_double_sys(f->d)->sysfs = bus.root;
    assert_int_equal(tt_kmd_open_all(tt_double_sys(f->d), &cards, dev, 1, &n),
                     0);
    fake_bus_fini(&bus);
    assert_int_equal(n, 1);
    f->dev = dev[0];
    assert_non_null(strstr(cards.card[1].reason, "no room"));
}

/* ---- transfers ---- */

static void fill(unsigned char *buf, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        buf[i] = (unsigned char)(i * 7 + i / 251 + seed);
}

/** struct array - pages as nxsCopyBuffer has them */
struct array {
    bool write;
    unsigned char byte[500][2048];
};

static void visit(void *ctx, const struct tt_view *view)
{
    struct array *a = ctx;

    for (unsigned i = 0; i < view->n; i++)
        if (view->fetch)
            view->fetch(view->ctx, a->byte[view->first + i], view->page[i],
                        2048);
        else if (view->stream)
            tt_kmd_copy_to(view->page[i], a->byte[view->first + i], 2048);
        else if (a->write)
            memcpy(view->page[i], a->byte[view->first + i], 2048);
        else
            memcpy(a->byte[view->first + i], view->page[i], 2048);
}

static nxs_status move_array(struct fixture *f, struct array *a, bool write)
{
    const struct tt_pages pages = {.base = 16 * MIB - 3 * 2080,
                                   .stride = 2080,
                                   .size = 2048,
                                   .n = 500,
                                   .write = write,
                                   .visit = visit,
                                   .ctx = a};

    a->write = write;
    return tt_device_pages(f->dev, &pages);
}

static void check_array(struct fixture *f)
{
    struct array *src = calloc(2, sizeof(*src)), *got = src + 1;

    assert_non_null(src);
    fill(src->byte[0], sizeof(src->byte), 1);
    assert_int_equal(move_array(f, src, true), NXS_Success);
    assert_int_equal(move_array(f, got, false), NXS_Success);
    assert_memory_equal(src->byte, got->byte, sizeof(src->byte));
    free(src);
}

/* What the launcher relies on: the mailbox is rung after all else is there. */
static void a_word_comes_after_all_bulk_before_it(void **state)
{
    struct fixture *f = *state;
    struct tt_device *chip = card0(f)->chip;
    unsigned char src[4096], got[4096];
    uint32_t bell = 1;

    fill(src, sizeof(src), 5);
    assert_int_equal(
        tt_device_write(f->dev, worker(0, 0, 0x8000), src, sizeof(src)), 0);
    assert_int_equal(
        tt_device_write(f->dev, dram(4, 0x40000), src, sizeof(src)), 0);
    assert_int_equal(tt_device_write(f->dev, worker(1, 1, 0x3000), &bell, 4),
                     0);
    /* looked at from behind, so that the look pushes nothing */
    assert_int_equal(
        tt_device_read(chip, worker(0, 0, 0x8000), got, sizeof(got)), 0);
    assert_memory_equal(src, got, sizeof(src));
    assert_int_equal(tt_device_read(chip, dram(4, 0x40000), got, sizeof(got)),
                     0);
    assert_memory_equal(src, got, sizeof(src));
}

static void a_word_comes_after_all_pages_before_it(void **state)
{
    struct fixture *f = *state;
    struct array *a = calloc(1, sizeof(*a));
    struct tt_noc_addr at = dram(7, 16 * MIB - 3 * 2080 + 10 * 2080);
    unsigned char got[2048];
    uint32_t bell = 1;

    assert_non_null(a);
    fill(a->byte[0], sizeof(a->byte), 3);
    assert_int_equal(move_array(f, a, true), NXS_Success);
    assert_int_equal(tt_device_write(f->dev, worker(1, 1, 0x3000), &bell, 4),
                     0);
    assert_int_equal(tt_device_read(card0(f)->chip, at, got, sizeof(got)), 0);
    assert_memory_equal(got, a->byte[10 * 12 + 7], sizeof(got));
    free(a);
}

static void a_reset_comes_after_all_bulk_before_it(void **state)
{
    struct fixture *f = *state;
    struct tt_device *chip = card0(f)->chip;
    unsigned char src[1024], got[1024];

    fill(src, sizeof(src), 6);
    assert_int_equal(tt_device_write(f->dev, worker(3, 3, 0), src, 1024), 0);
    assert_int_equal(tt_device_reset(f->dev, worker(3, 3, 0),
                                     tt_arch_wormhole.soft_reset_all),
                     0);
    assert_int_equal(tt_device_read(chip, worker(3, 3, 0), got, 1024), 0);
    assert_memory_equal(src, got, sizeof(src));
}

/* More tiles than there are windows, twice, so that all are aimed afresh. */
static void windows_are_reused_without_losing_what_was_written(void **state)
{
    struct fixture *f = *state;
    unsigned char src[512], got[512];

    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < 72; i++) {
            fill(src, sizeof(src), i + pass);
            assert_int_equal(tt_device_write(f->dev,
                                             worker(i % 8, i / 8, 0x9000), src,
                                             sizeof(src)),
                             0);
        }
    for (unsigned i = 0; i < 72; i++) {
        fill(src, sizeof(src), i + 1);
        assert_int_equal(tt_device_read(f->dev, worker(i % 8, i / 8, 0x9000),
                                        got, sizeof(got)),
                         0);
        assert_memory_equal(src, got, sizeof(src));
    }
}

static void a_window_that_looks_there_already_is_not_aimed_again(void **state)
{
    struct fixture *f = *state;
    uint32_t word = 1;
    unsigned before;

    for (unsigned i = 0; i < 72; i++)
        assert_int_equal(
            tt_device_write(f->dev, worker(i % 8, i / 8, 0x3000), &word, 4), 0);
    before = card0(f)->n_configured;
    for (unsigned i = 0; i < 720; i++)
        assert_int_equal(
            tt_device_read(f->dev, worker(i % 8, i / 8 % 9, 0x3000), &word, 4),
            0);
    assert_int_equal(card0(f)->n_configured, before);
}

static void pages_in_all_banks_need_no_waiting(void **state)
{
    struct fixture *f = *state;
    unsigned char page[2048];
    unsigned before;

    fill(page, sizeof(page), 0);
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(
            tt_device_write(f->dev, dram(i, 0x100000), page, sizeof(page)), 0);
    before = card0(f)->n_configured;
    for (unsigned i = 12; i < 1200; i++)
        assert_int_equal(tt_device_write(f->dev,
                                         dram(i % 12, 0x100000 + i / 12 * 2048),
                                         page, sizeof(page)),
                         0);
    assert_int_equal(card0(f)->n_configured, before);
}

/* ---- faults while it is in use ---- */

static void a_window_that_cannot_be_mapped_is_given_back(void **state)
{
    struct fixture *f = *state;
    unsigned char page[2048] = {0};
    unsigned owned = 0;

    card0(f)->fail_ioctl = TT_DOUBLE_MMAP;
    card0(f)->fail_errno = EPERM;
    assert_int_equal(tt_device_write(f->dev, dram(0, 0), page, sizeof(page)),
                     NXS_DeviceNotAvailable);
    for (unsigned i = 0; i < TT_DOUBLE_WINDOWS; i++)
        owned += card0(f)->window[i].owner >= 0;
    assert_int_equal(owned, tt_double_maps(f->d) - 2); /* two pages of BAR 0 */
    card0(f)->fail_errno = 0;
    assert_int_equal(tt_device_write(f->dev, dram(0, 0), page, sizeof(page)),
                     NXS_Success);
}

static void few_windows_are_enough(void **state)
{
    static const unsigned spare[][3] = {{2, 0, 1}, {3, 0, 0}, {2, 1, 0},
                                        {1, 0, 3}, {0, 0, 3}, {1, 7, 0},
                                        {40, 0, 5}};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 7; i++) {
        unsigned char src[4096], got[4096];

        memcpy(card0(f)->spare, spare[i], sizeof(spare[i]));
        assert_int_equal(open_card(f), NXS_Success);
        fill(src, sizeof(src), i);
        for (unsigned k = 0; k < 24; k++) {
            struct tt_noc_addr at =
                k % 2 ? worker(k % 8, k % 9, 0xFF800) : dram(k / 2, 0xFFF800);

            assert_int_equal(tt_device_write(f->dev, at, src, sizeof(src)), 0);
            assert_int_equal(tt_device_read(f->dev, at, got, sizeof(got)), 0);
            assert_memory_equal(src, got, sizeof(src));
        }
        check_array(f);
        tt_device_close(f->dev);
        f->dev = NULL;
    }
}

static void pages_without_a_window_are_an_error(void **state)
{
    struct fixture *f = *state;
    struct array *a = calloc(1, sizeof(*a));
    unsigned char page[2048];

    assert_non_null(a);
    card0(f)->fail_ioctl = TT_KMD_CONFIGURE_TLB;
    card0(f)->fail_errno = EPERM;
    for (unsigned after = 0; after < 12; after += 5) {
        card0(f)->fail_after = after;
        assert_int_equal(move_array(f, a, true), NXS_DeviceNotAvailable);
    }
    assert_int_equal(tt_device_read(f->dev, worker(0, 0, 0x9000), page, 2048),
                     NXS_DeviceNotAvailable);
    card0(f)->fail_errno = 0;
    check_array(f);
    free(a);
}

static void a_card_that_goes_between_pages_is_left_alone(void **state)
{
    struct fixture *f = *state;
    struct array *a = calloc(1, sizeof(*a));

    assert_non_null(a);
    card0(f)->fail_ioctl = TT_KMD_CONFIGURE_TLB;
    card0(f)->fail_errno = ENODEV;
    card0(f)->fail_after = 15;
    assert_int_equal(move_array(f, a, true), NXS_DeviceNotAvailable);
    assert_int_equal(move_array(f, a, false), NXS_DeviceNotAvailable);
    free(a);
}

static void pages_of_all_ones_are_a_lost_chip(void **state)
{
    struct fixture *f = *state;
    struct array *a = calloc(1, sizeof(*a));

    assert_non_null(a);
    card0(f)->dead = true;
    assert_int_equal(move_array(f, a, false), NXS_DeviceNotAvailable);
    free(a);
}

static void no_window_at_all_is_out_of_resources(void **state)
{
    struct fixture *f = *state;
    unsigned char page[2048] = {0};

    memcpy(card0(f)->spare, (unsigned[3]){1, 0, 0}, sizeof(unsigned[3]));
    assert_int_equal(open_card(f), NXS_Success); /* takes the only one */
    assert_int_equal(tt_device_write(f->dev, dram(0, 0), page, sizeof(page)),
                     NXS_OutOfResources);
    assert_int_equal(
        tt_device_read(f->dev, worker(0, 0, 0x3000), page, sizeof(uint32_t)),
        NXS_Success);
}

static void
a_card_that_goes_in_the_middle_of_a_transfer_is_left_alone(void **state)
{
    struct fixture *f = *state;
    size_t len = 40 * MIB;
    unsigned char *buf = calloc(1, len);
    uint32_t word;

    assert_non_null(buf);
    card0(f)->fail_ioctl = TT_KMD_CONFIGURE_TLB;
    card0(f)->fail_errno = ENODEV;
    card0(f)->fail_after = 1;
    assert_int_equal(tt_device_write(f->dev, dram(0, 0), buf, len),
                     NXS_DeviceNotAvailable);
    assert_int_equal(tt_device_read(f->dev, worker(0, 0, 0x3000), &word, 4),
                     NXS_DeviceNotAvailable);
    assert_int_equal(tt_device_reset(f->dev, worker(0, 0, 0),
                                     tt_arch_wormhole.soft_reset_all),
                     NXS_DeviceNotAvailable);
    free(buf);
}

static void a_card_that_goes_while_a_run_is_awaited_is_noticed(void **state)
{
    struct fixture *f = *state;
    enum tt_progress progress;
    nxs_status status = NXS_Success;

    card0(f)->fail_ioctl = TT_KMD_GET_DRIVER_INFO;
    card0(f)->fail_errno = ENODEV;
    for (unsigned i = 0; i < 100000 && status >= 0; i++)
        status = tt_device_progress(f->dev, &progress);
    assert_int_equal(status, NXS_DeviceNotAvailable);
}

static void all_ones_are_a_lost_chip(void **state)
{
    struct fixture *f = *state;
    unsigned char page[2048];
    uint32_t word;

    card0(f)->dead = true;
    assert_int_equal(tt_device_read(f->dev, dram(0, 0), page, sizeof(page)),
                     NXS_DeviceNotAvailable);
    card0(f)->dead = false; /* too late: what it holds is not known any more */
    assert_int_equal(tt_device_read(f->dev, worker(0, 0, 0x3000), &word, 4),
                     NXS_DeviceNotAvailable);
}

static void a_register_of_all_ones_notices_a_lost_chip(void **state)
{
    struct fixture *f = *state;
    struct tt_core_state core;

    card0(f)->dead = true;
    assert_int_equal(tt_device_core_state(f->dev, worker(0, 0, 0), 0, &core),
                     NXS_DeviceNotAvailable);
}

/* ---- cores ---- */

static uint32_t soft_reset(struct fixture *f, unsigned x, unsigned y)
{
    uint32_t value = 0;

    assert_int_equal(tt_device_read(card0(f)->chip,
                                    worker(x, y, TT_KMD_SOFT_RESET), &value, 4),
                     0);
    return value;
}

static void a_process_that_dies_leaves_all_cores_in_reset(void **state)
{
    struct fixture *f = *state;
    uint32_t loop = 0x6F; /* j . */

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(tt_device_write(f->dev, worker(i, i, 0), &loop, 4), 0);
        assert_int_equal(tt_device_reset(f->dev, worker(i, i, 0),
                                         tt_arch_wormhole.soft_reset_subs),
                         0);
        assert_int_equal(soft_reset(f, i, i), tt_arch_wormhole.soft_reset_subs);
    }
    tt_double_kill(f->d);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(soft_reset(f, i, i), tt_arch_wormhole.soft_reset_all);
    assert_int_equal(card0(f)->n_cleanups, 3);
}

static void a_card_that_goes_while_a_core_is_guarded_is_left_alone(void **state)
{
    struct fixture *f = *state;

    card0(f)->fail_ioctl = TT_KMD_SET_NOC_CLEANUP;
    card0(f)->fail_errno = ENODEV;
    assert_int_equal(tt_device_reset(f->dev, worker(1, 2, 0), 0),
                     NXS_DeviceNotAvailable);
    assert_int_equal(tt_double_open_fds(f->d), 1);
}

static void without_guards_cores_run_all_the_same(void **state)
{
    struct fixture *f = *state;
    uint32_t loop = 0x6F;

    card0(f)->fail_ioctl = TT_KMD_SET_NOC_CLEANUP;
    card0(f)->fail_errno = EOPNOTSUPP;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(tt_device_write(f->dev, worker(i, 0, 0), &loop, 4), 0);
        assert_int_equal(tt_device_reset(f->dev, worker(i, 0, 0),
                                         tt_arch_wormhole.soft_reset_subs),
                         0);
    }
    assert_int_equal(tt_double_open_fds(f->d), 1);
}

#define CLOSED(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define OPEN(f)   cmocka_unit_test_setup_teardown(f, set_up_open, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLOSED(a_card_is_opened_in_the_order_that_silicon_needs),
        CLOSED(the_grid_is_what_the_chip_says),
        CLOSED(a_node_that_cannot_be_opened_says_why),
        CLOSED(a_driver_too_old_is_refused),
        CLOSED(a_node_of_another_card_is_refused),
        CLOSED(a_card_is_opened_by_one_process_at_a_time),
        CLOSED(a_chip_that_is_not_well_is_refused),
        CLOSED(cores_that_are_not_where_they_should_be_are_left_alone),
        OPEN(clocks_of_idle_units_are_gated),
        CLOSED(registers_are_found_in_either_bar),
        CLOSED(a_firmware_that_answers_badly_is_refused),
        CLOSED(a_chip_that_dies_while_it_is_opened_is_refused),
        CLOSED(every_failing_call_of_opening_is_undone),
        CLOSED(a_host_that_lacks_something_is_told_from_a_bad_card),
        CLOSED(a_firmware_without_power_requests_is_no_obstacle),
        CLOSED(a_card_that_goes_while_its_clock_is_raised_is_refused),
        CLOSED(a_chip_that_stays_slow_is_a_chip),
        CLOSED(one_bad_card_does_not_hide_the_other),
        CLOSED(a_want_of_descriptors_is_no_lack_of_cards),
        CLOSED(more_cards_than_devices_is_a_reason),
        OPEN(a_word_comes_after_all_bulk_before_it),
        OPEN(a_word_comes_after_all_pages_before_it),
        OPEN(a_reset_comes_after_all_bulk_before_it),
        OPEN(windows_are_reused_without_losing_what_was_written),
        OPEN(a_window_that_looks_there_already_is_not_aimed_again),
        OPEN(pages_in_all_banks_need_no_waiting),
        CLOSED(few_windows_are_enough),
        OPEN(pages_without_a_window_are_an_error),
        OPEN(a_card_that_goes_between_pages_is_left_alone),
        OPEN(pages_of_all_ones_are_a_lost_chip),
        CLOSED(no_window_at_all_is_out_of_resources),
        OPEN(a_window_that_cannot_be_mapped_is_given_back),
        OPEN(a_card_that_goes_in_the_middle_of_a_transfer_is_left_alone),
        OPEN(a_card_that_goes_while_a_run_is_awaited_is_noticed),
        OPEN(all_ones_are_a_lost_chip),
        OPEN(a_register_of_all_ones_notices_a_lost_chip),
        OPEN(a_process_that_dies_leaves_all_cores_in_reset),
        OPEN(a_card_that_goes_while_a_core_is_guarded_is_left_alone),
        OPEN(without_guards_cores_run_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
