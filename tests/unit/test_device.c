/* SPDX-License-Identifier: MIT */
/* Opening chips, and what is peculiar to the embedded one; the contract of
 * the seam is tested in tests/seam. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/arch.h"
#include "device/pci.h"
#include "device/tt_device.h"

static int set_up(void **state)
{
    struct tt_device *dev = NULL;

    if (tt_emu_open(&dev) < 0)
        return -1;
    *state = dev;
    return 0;
}

static int tear_down(void **state)
{
    tt_device_close(*state);
    return 0;
}

static int clear_environment(void **state)
{
    (void)state;
    unsetenv("TT_DEVICE");
    unsetenv("TT_EMU_DEVICES");
    unsetenv("TT_EMU_ARCH");
    return 0;
}

static struct tt_noc_addr worker(unsigned x, unsigned y, uint64_t addr)
{
    return tt_arch_worker(&tt_arch_wormhole, x, y, addr);
}

static struct tt_noc_addr dram(unsigned bank, uint64_t offset)
{
    return tt_arch_dram(&tt_arch_wormhole, bank, offset);
}

static size_t resident_pages(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long size, resident;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%lu %lu", &size, &resident), 2);
    fclose(f);
    return resident;
}

/* ---- opening ---- */

/* Real ones are no business of these tests. */
static bool machine_has_cards(void)
{
    struct tt_cards cards;

    tt_pci_scan(NULL, &cards);
    return cards.n;
}

static void default_is_one_embedded_chip(void **state)
{
    struct tt_device *dev[2];
    size_t n = 0;

    (void)state;
    if (machine_has_cards())
        skip();
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_Success);
    assert_int_equal(n, 1);
    assert_string_equal(dev[0]->ops->name, "emu");
    assert_string_equal(dev[0]->info.name, "emulated Wormhole n150");
    assert_int_equal(dev[0]->info.grid_x * dev[0]->info.grid_y, 72);
    tt_device_close(dev[0]);
}

static void many_chips_are_independent(void **state)
{
    struct tt_device *dev[3];
    uint32_t one = 1, v = 9;
    size_t n = 0;

    (void)state;
    setenv("TT_DEVICE", "emu", 1);
    setenv("TT_EMU_DEVICES", "3", 1);
    assert_int_equal(tt_device_open_all(dev, 3, &n), NXS_Success);
    assert_int_equal(n, 3);
    assert_int_equal(tt_device_write(dev[0], dram(0, 0), &one, 4), 0);
    assert_int_equal(tt_device_read(dev[1], dram(0, 0), &v, 4), 0);
    assert_int_equal(v, 0);
    for (size_t i = 0; i < n; i++)
        tt_device_close(dev[i]);
}

static void settings_that_are_not_understood_are_the_default(void **state)
{
    static const char *const variable[] = {"TT_EMU_DEVICES", "TT_EMU_THREADS",
                                           "TT_EMU_QUANTUM", "TT_EMU_CHECK",
                                           "TT_EMU_DELAY",   "TT_EMU_ARCH"};
    struct tt_device *dev[2];

    (void)state;
    setenv("TT_DEVICE", "emu", 1);
    for (size_t i = 0; i < sizeof(variable) / sizeof(variable[0]); i++) {
        size_t n = 0;

        setenv(variable[i], "1x", 1);
        assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_Success);
        assert_int_equal(n, 1);
        tt_device_close(dev[0]);
        unsetenv(variable[i]);
    }
}

static void wrong_settings_are_refused(void **state)
{
    struct tt_device *dev[2];
    size_t n = 77;

    (void)state;
    setenv("TT_DEVICE", "emu", 1);
    setenv("TT_EMU_DEVICES", "3", 1);
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
    unsetenv("TT_EMU_DEVICES");
    setenv("TT_EMU_CHECK", "1", 1);
    setenv("TT_EMU_DELAY", "0", 1);
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
    unsetenv("TT_EMU_CHECK");
    unsetenv("TT_EMU_DELAY");
    setenv("TT_DEVICE", "abacus", 1);
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
    assert_int_equal(tt_device_open_all(NULL, 2, &n), NXS_InvalidValue);
    assert_int_equal(n, 77);
}

static void absent_backends_are_not_available(void **state)
{
    struct tt_device *dev[1];
    char *lib = getenv("TTSIM_LIB");
    char *saved = lib ? strdup(lib) : NULL;
    size_t n = 77;

    (void)state;
    setenv("TT_DEVICE", "kmd", 1);
    if (!machine_has_cards())
        assert_int_equal(tt_device_open_all(dev, 1, &n), NXS_DeviceNotFound);
    setenv("TT_DEVICE", "ttsim", 1);
    unsetenv("TTSIM_LIB");
    assert_int_equal(tt_device_open_all(dev, 1, &n), NXS_DeviceNotAvailable);
    setenv("TTSIM_LIB", "/nonexistent.so", 1);
    assert_int_equal(tt_device_open_all(dev, 1, &n), NXS_DeviceNotAvailable);
    setenv("TTSIM_LIB", "libm.so.6", 1);
    assert_int_equal(tt_device_open_all(dev, 1, &n), NXS_DeviceNotAvailable);
    assert_int_equal(n, 77);
    unsetenv("TTSIM_LIB");
    if (saved)
        setenv("TTSIM_LIB", saved, 1);
    free(saved);
}

static void idle_chip_costs_little_memory(void **state)
{
    size_t before = resident_pages();
    struct tt_device *dev;

    (void)state;
    assert_int_equal(tt_emu_open(&dev), NXS_Success);
    assert_true(resident_pages() - before < 256);
    tt_device_close(dev);
}

/* ---- what only this chip tells ---- */

static void harvested_rows_and_refused_registers(void **state)
{
    struct tt_device *dev = *state;
    uint32_t v = 0;

    /* The harvested row is there, as on the simulator. */
    assert_int_equal(tt_device_read(dev, worker(7, 9, 0), &v, 1), 0);
    assert_int_equal(tt_device_read(dev, worker(3, 4, 0xFFE80020), &v, 4),
                     NXS_InvalidValue);
}

static void a_core_that_is_blocked_says_where(void **state)
{
    /* TRISC0 reads the mailbox from BRISC. */
    static const uint32_t loop = 0x6F;
    static const uint32_t mailbox[] = {0xFFEC02B7, 0x0002A303};
    struct tt_device *dev = *state;
    struct tt_core_state core;
    enum tt_progress p = TT_PROGRESS_RUNNING;

    assert_int_equal(tt_device_write(dev, worker(0, 1, 0), &loop, 4), 0);
    assert_int_equal(
        tt_device_write(dev, worker(0, 1, 0x6000), mailbox, sizeof(mailbox)),
        0);
    assert_int_equal(tt_device_reset(dev, worker(0, 1, 0), 0x46000), 0);
    while (p == TT_PROGRESS_RUNNING)
        assert_int_equal(tt_device_progress(dev, &p), 0);
    assert_int_equal(p, TT_PROGRESS_IDLE);
    assert_int_equal(tt_device_core_state(dev, worker(0, 1, 0), 1, &core), 0);
    assert_string_equal(core.what, "blocked at register 0xffec0000");
    assert_int_equal(core.pc, 0x6004);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define OPEN(f)                                                                \
    cmocka_unit_test_setup_teardown(f, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN(default_is_one_embedded_chip),
        OPEN(many_chips_are_independent),
        OPEN(settings_that_are_not_understood_are_the_default),
        OPEN(wrong_settings_are_refused),
        OPEN(absent_backends_are_not_available),
        OPEN(idle_chip_costs_little_memory),
        TEST(harvested_rows_and_refused_registers),
        TEST(a_core_that_is_blocked_says_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
