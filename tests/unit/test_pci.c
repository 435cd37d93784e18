/* SPDX-License-Identifier: MIT */
/* Discovery: cards on a PCI bus made of files, and what is said of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <jansson.h>

#include "device/pci.h"
#include "tests/double/sysfs.h"

struct fixture {
    struct fake_bus bus;
    struct tt_cards cards;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    *state = f;
    return f ? fake_bus_init(&f->bus) : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    fake_bus_fini(&f->bus);
    free(f);
    return 0;
}

static void scan(struct fixture *f)
{
    f->cards.n = 77;
    tt_pci_scan(f->bus.root, &f->cards);
}

static void a_machine_without_pci_has_no_cards(void **state)
{
    struct fixture *f = *state;

    f->cards.n = 77;
    tt_pci_scan("/nonexistent/bus/pci", &f->cards);
    assert_int_equal(f->cards.n, 0);
    scan(f);
    assert_int_equal(f->cards.n, 0);
}

/* Not the same as a machine without PCI. */
static void a_want_of_descriptors_is_no_lack_of_a_bus(void **state)
{
    struct fixture *f = *state;
    struct rlimit old, none;

    fake_bus_add(&f->bus, "0000:c1:03.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 5);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = (struct rlimit){0, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    scan(f);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(f->cards.n, 0);
    assert_true(f->cards.lacking);
    assert_non_null(strstr(f->cards.none, "Too many open files"));
    scan(f);
    assert_int_equal(f->cards.n, 1);
    assert_false(f->cards.lacking);
}

static void a_wormhole_is_described(void **state)
{
    struct fixture *f = *state;
    const struct tt_card *card = &f->cards.card[0];

    fake_bus_add(&f->bus, "0000:c1:03.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 5);
    scan(f);
    assert_int_equal(f->cards.n, 1);
    assert_string_equal(card->address, "0000:c1:03.0");
    assert_int_equal(card->bus, 0xC1);
    assert_int_equal(card->slot, 3);
    assert_string_equal(card->chip, "Wormhole");
    assert_string_equal(card->link_speed, "16.0 GT/s PCIe");
    assert_int_equal(card->link_width, 8);
    assert_int_equal(card->numa_node, 1);
    assert_int_equal(card->subsystem_vendor, 0x1E52);
    assert_int_equal(card->subsystem, 0x18);
    assert_string_equal(card->node, "/dev/tenstorrent/5");
    assert_string_equal(card->board, "n150");
    assert_string_equal(card->firmware, "18.7.0.0");
    assert_string_equal(card->reason, "");
    assert_int_equal(card->device, -1);
}

static void other_vendors_are_not_cards(void **state)
{
    struct fixture *f = *state;

    fake_bus_add(&f->bus, "0000:00:02.0", 0x8086, TT_PCI_WORMHOLE, -1);
    scan(f);
    assert_int_equal(f->cards.n, 0);
}

static void a_card_without_driver_says_so(void **state)
{
    struct fixture *f = *state;

    fake_bus_add(&f->bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, -1);
    scan(f);
    assert_int_equal(f->cards.n, 1);
    assert_non_null(strstr(f->cards.card[0].reason, "no driver"));
    assert_non_null(strstr(f->cards.card[0].remedy, "modprobe"));
}

static void other_chips_are_refused_by_name(void **state)
{
    struct fixture *f = *state;

    fake_bus_add(&f->bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_GRAYSKULL, 0);
    fake_bus_add(&f->bus, "0000:02:00.0", TT_PCI_VENDOR, TT_PCI_BLACKHOLE, 1);
    fake_bus_add(&f->bus, "0000:03:00.0", TT_PCI_VENDOR, 0x1234, 2);
    scan(f);
    assert_int_equal(f->cards.n, 3);
    assert_non_null(strstr(f->cards.card[0].reason, "Grayskull"));
    assert_non_null(strstr(f->cards.card[0].reason, "not supported"));
    assert_string_equal(f->cards.card[1].reason,
                        "Blackhole is not supported yet");
    assert_non_null(strstr(f->cards.card[2].reason, "1e52:1234"));
}

static void cards_come_in_the_order_of_their_addresses(void **state)
{
    static const char *const address[] = {"0000:81:00.0", "0000:01:00.0",
                                          "0000:41:00.0"};
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++)
        fake_bus_add(&f->bus, address[i], TT_PCI_VENDOR, TT_PCI_WORMHOLE, i);
    scan(f);
    assert_int_equal(f->cards.n, 3);
    assert_string_equal(f->cards.card[0].address, address[1]);
    assert_string_equal(f->cards.card[1].address, address[2]);
    assert_string_equal(f->cards.card[2].address, address[0]);
}

/* Of the leak sanitizer, if there is one. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

/* libpci ends the process by default when a device vanishes while it looks;
 * what it held then cannot be freed. */
static void a_device_that_vanishes_does_not_end_the_process(void **state)
{
    struct fixture *f = *state;

    fake_bus_write(&f->bus, "0000:01:00.0", "", NULL); /* no vendor file */
    if (__lsan_disable)
        __lsan_disable();
    scan(f);
    if (__lsan_enable)
        __lsan_enable();
    assert_int_equal(f->cards.n, 0);
}

/* What cannot be a device ends each of libpci's scans. */
static void a_name_that_is_no_address_does_not_end_the_process(void **state)
{
    struct fixture *f = *state;

    fake_bus_write(&f->bus, "nonsense", "", NULL);
    if (__lsan_disable)
        __lsan_disable();
    scan(f);
    if (__lsan_enable)
        __lsan_enable();
    assert_int_equal(f->cards.n, 0);
}

static void missing_files_are_unknown_not_errors(void **state)
{
    struct fixture *f = *state;

    fake_bus_write(&f->bus, "0000:01:00.0", "", NULL);
    fake_bus_write(&f->bus, "0000:01:00.0", "vendor", "0x1e52");
    fake_bus_write(&f->bus, "0000:01:00.0", "device", "0x401e");
    fake_bus_write(&f->bus, "0000:01:00.0", "class", "0x120000");
    fake_bus_write(&f->bus, "0000:01:00.0", "current_link_speed", NULL);
    scan(f);
    assert_int_equal(f->cards.n, 1);
    assert_string_equal(f->cards.card[0].link_speed, "");
    assert_int_equal(f->cards.card[0].link_width, 0);
    assert_int_equal(f->cards.card[0].numa_node, -1);
}

static void bytes_of_a_file_cannot_spoil_the_json(void **state)
{
    struct fixture *f = *state;
    char text[1024];
    json_t *list;

    fake_bus_add(&f->bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 0);
    fake_bus_write(&f->bus, "0000:01:00.0", "current_link_speed",
                   "\xff\x1b[31m\"fast\"");
    scan(f);
    assert_int_equal(tt_pci_json(&f->cards, text, sizeof(text)), 1);
    list = json_loads(text, 0, NULL);
    assert_non_null(list);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(list, 0), "link_speed")),
                        "??[31m\"fast\"");
    json_decref(list);
}

static void json_leaves_whole_cards_out(void **state)
{
    struct fixture *f = *state;
    char text[900];
    json_t *list;
    size_t n;

    for (int i = 0; i < 4; i++) {
        char address[32];

        snprintf(address, sizeof(address), "0000:%02x:00.0", i + 1);
        fake_bus_add(&f->bus, address, TT_PCI_VENDOR, TT_PCI_BLACKHOLE, i);
    }
    scan(f);
    n = tt_pci_json(&f->cards, text, sizeof(text));
    assert_in_range(n, 1, 3);
    list = json_loads(text, 0, NULL);
    assert_non_null(list);
    assert_int_equal(json_array_size(list), n);
    json_decref(list);
    assert_int_equal(tt_pci_json(&f->cards, text, 3), 0);
    assert_string_equal(text, "[]");
}

static void more_cards_than_there_is_room_for_are_left_out(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < TT_MAX_CARDS + 3; i++) {
        char address[32];

        snprintf(address, sizeof(address), "0000:%02x:00.0", i + 1);
        fake_bus_add(&f->bus, address, TT_PCI_VENDOR, TT_PCI_GRAYSKULL, -1);
    }
    scan(f);
    assert_int_equal(f->cards.n, TT_MAX_CARDS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_machine_without_pci_has_no_cards),
        TEST(a_want_of_descriptors_is_no_lack_of_a_bus),
        TEST(a_wormhole_is_described),
        TEST(other_vendors_are_not_cards),
        TEST(a_card_without_driver_says_so),
        TEST(other_chips_are_refused_by_name),
        TEST(cards_come_in_the_order_of_their_addresses),
        TEST(a_device_that_vanishes_does_not_end_the_process),
        TEST(a_name_that_is_no_address_does_not_end_the_process),
        TEST(missing_files_are_unknown_not_errors),
        TEST(bytes_of_a_file_cannot_spoil_the_json),
        TEST(json_leaves_whole_cards_out),
        TEST(more_cards_than_there_is_room_for_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
