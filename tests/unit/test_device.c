/* SPDX-License-Identifier: MIT */
/* The seam: opening chips, argument checks, the embedded chip behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "device/tt_device.h"

#define SELF_LOOP 0x0000006Fu /* j . */

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

static void default_is_one_embedded_chip(void **state)
{
    struct tt_device *dev[2];
    size_t n = 0;

    (void)state;
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
    setenv("TT_EMU_DEVICES", "3", 1);
    assert_int_equal(tt_device_open_all(dev, 3, &n), NXS_Success);
    assert_int_equal(n, 3);
    assert_int_equal(tt_device_write(dev[0], dram(0, 0), &one, 4), 0);
    assert_int_equal(tt_device_read(dev[1], dram(0, 0), &v, 4), 0);
    assert_int_equal(v, 0);
    for (size_t i = 0; i < n; i++)
        tt_device_close(dev[i]);
}

static void wrong_settings_are_refused(void **state)
{
    static const char *const count[] = {"0", "17", "-1", "2x", "x"};
    struct tt_device *dev[2];
    size_t n = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++) {
        setenv("TT_EMU_DEVICES", count[i], 1);
        assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
    }
    setenv("TT_EMU_DEVICES", "3", 1);
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
    unsetenv("TT_EMU_DEVICES");
    setenv("TT_EMU_ARCH", "grayskull", 1);
    assert_int_equal(tt_device_open_all(dev, 2, &n), NXS_InvalidValue);
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

/* ---- transfers ---- */

static void banks_of_dram_do_not_overlap(void **state)
{
    struct tt_device *dev = *state;

    for (uint32_t bank = 0; bank < 12; bank++) {
        assert_int_equal(tt_device_write(dev, dram(bank, 0), &bank, 4), 0);
        assert_int_equal(tt_device_write(dev, dram(bank, 0x3FFFFFFC), &bank, 4),
                         0);
    }
    for (uint32_t bank = 0; bank < 12; bank++) {
        uint32_t v = 99;

        assert_int_equal(tt_device_read(dev, dram(bank, 0), &v, 4), 0);
        assert_int_equal(v, bank);
        assert_int_equal(tt_device_read(dev, dram(bank, 0x3FFFFFFC), &v, 4), 0);
        assert_int_equal(v, bank);
    }
}

static void memory_takes_any_size_and_alignment(void **state)
{
    struct tt_device *dev = *state;
    char out[8] = "";

    assert_int_equal(tt_device_write(dev, worker(7, 8, 0x1003), "Tensix", 7),
                     0);
    assert_int_equal(tt_device_read(dev, worker(7, 8, 0x1003), out, 7), 0);
    assert_string_equal(out, "Tensix");
    assert_int_equal(tt_device_read(dev, worker(7, 8, TT_L1_SIZE - 1), out, 1),
                     0);
    assert_int_equal(tt_device_read(dev, worker(0, 0, 0), NULL, 0), 0);
    /* The harvested row is there, as on the simulator. */
    assert_int_equal(tt_device_read(dev, worker(7, 9, 0), out, 1), 0);
}

static void ranges_that_leave_a_tile_are_refused(void **state)
{
    const struct {
        struct tt_noc_addr at;
        size_t len;
    } bad[] = {
        {worker(0, 0, TT_L1_SIZE - 3), 4},
        {worker(0, 0, TT_L1_SIZE), 4},
        {worker(0, 0, 0), SIZE_MAX},
        {worker(0, 0, UINT64_MAX), 4},
        {worker(0, 0, 0xFFB121B0), 8},
        {worker(0, 0, 0xFFB121B2), 4},
        {worker(0, 0, 0xFFB121B1), 1},
        {worker(0, 0, 0xFFB00000), 4},
        {worker(0, 0, 0x1FFB121B0), 4},
        {worker(8, 0, 0), 4},
        {worker(0, 10, 0), 4},
        {dram(0, 0x80000000), 4},
        {dram(6, 0x3FFFFFFF), 2},
        {dram(0, UINT64_MAX), 2},
        {dram(0, 1), SIZE_MAX},
        {{0, 3, 0}, 4},
        {{1, 1, 0}, 4},
        {{255, 255, 0}, 4},
    };
    struct tt_device *dev = *state;
    uint8_t buf[8] = {0};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(tt_device_read(dev, bad[i].at, buf, bad[i].len),
                         NXS_InvalidValue);
        assert_int_equal(tt_device_write(dev, bad[i].at, buf, bad[i].len),
                         NXS_InvalidValue);
    }
    assert_int_equal(tt_device_read(dev, worker(0, 0, 0), NULL, 4),
                     NXS_InvalidHostPtr);
    assert_int_equal(tt_device_read(NULL, worker(0, 0, 0), buf, 4),
                     NXS_InvalidDevice);
}

static void registers_are_read_and_written(void **state)
{
    struct tt_device *dev = *state;
    uint32_t v = 0;

    assert_int_equal(tt_device_read(dev, worker(3, 4, 0xFFB20138), &v, 4), 0);
    assert_int_equal(v, 21 | 22 << 6);
    assert_int_equal(tt_device_read(dev, worker(3, 4, 0xFFE80020), &v, 4),
                     NXS_InvalidValue);
    v = 0x1234;
    assert_int_equal(tt_device_write(dev, worker(3, 4, 0xFFB40000), &v, 4), 0);
    v = 0;
    assert_int_equal(tt_device_read(dev, worker(3, 4, 0xFFB40000), &v, 4), 0);
    assert_int_equal(v, 0x1234);
}

static void window_shows_dram(void **state)
{
    struct tt_device *dev = *state;
    uint32_t v = 0x600D;
    void *ptr = NULL;
    size_t len = 0;

    assert_int_equal(tt_device_write(dev, dram(7, 0x40), &v, 4), 0);
    assert_int_equal(tt_device_window(dev, dram(7, 0x40), 64, &ptr, &len), 0);
    assert_true(len >= 1);
    assert_memory_equal(ptr, &v, 4);
    assert_int_equal(
        tt_device_window(dev, dram(11, 0x40000000 - 64), 64, &ptr, &len), 0);
    assert_int_equal(
        tt_device_window(dev, dram(11, 0x40000000 - 64), 65, &ptr, &len),
        NXS_InvalidValue);
    assert_int_equal(tt_device_window(dev, dram(0, 0), 0, &ptr, &len),
                     NXS_InvalidValue);
    assert_int_equal(tt_device_window(dev, worker(0, 0, 0), 64, &ptr, &len),
                     NXS_MapFailure);
}

/* ---- running ---- */

static void put_code(struct tt_device *dev, struct tt_noc_addr at,
                     const uint32_t *code, size_t n)
{
    assert_int_equal(tt_device_write(dev, at, code, n * 4), NXS_Success);
}

static enum tt_progress progress(struct tt_device *dev)
{
    enum tt_progress p = TT_PROGRESS_RUNNING;

    assert_int_equal(tt_device_progress(dev, &p), NXS_Success);
    return p;
}

static void chip_without_work_is_idle(void **state)
{
    assert_int_equal(progress(*state), TT_PROGRESS_IDLE);
}

static void released_core_runs_to_idle(void **state)
{
    /* x5 = 42; store it at 0x600; stop */
    static const uint32_t code[] = {0x02A00293, 0x60502023, SELF_LOOP};
    struct tt_device *dev = *state;
    uint32_t v = 0;

    put_code(dev, worker(2, 2, 0), code, 3);
    assert_int_equal(tt_device_reset(dev, worker(2, 2, 0), 0x47000), 0);
    for (int i = 0; i < 100 && progress(dev) != TT_PROGRESS_IDLE; i++)
        ;
    assert_int_equal(progress(dev), TT_PROGRESS_IDLE);
    assert_int_equal(tt_device_read(dev, worker(2, 2, 0x600), &v, 4), 0);
    assert_int_equal(v, 42);
}

static void reset_takes_only_cores_of_tensix_tiles(void **state)
{
    struct tt_device *dev = *state;

    assert_int_equal(tt_device_reset(dev, worker(0, 0, 0), 0x47801),
                     NXS_InvalidValue);
    assert_int_equal(tt_device_reset(dev, dram(0, 0), 0x47800),
                     NXS_InvalidValue);
    assert_int_equal(tt_device_reset(dev, worker(0, 0, 0x123), 0x47800), 0);
}

static void fault_is_reported_once_and_stops_the_core(void **state)
{
    static const uint32_t code[] = {0xFFE802B7, 0x0202A303}; /* lui, lw */
    struct tt_device *dev = *state;
    struct tt_core_state core;
    enum tt_progress p;

    put_code(dev, worker(1, 0, 0), code, 2);
    assert_int_equal(tt_device_reset(dev, worker(1, 0, 0), 0x47000), 0);
    assert_int_equal(tt_device_progress(dev, &p), NXS_InvalidProgramExecutable);
    assert_int_equal(progress(dev), TT_PROGRESS_IDLE);
    assert_int_equal(tt_device_core_state(dev, worker(1, 0, 0), 0, &core), 0);
    assert_int_equal(core.pc, 4);
    assert_string_equal(core.what, "stopped by a fault");
}

static void core_state_says_what_a_core_waits_for(void **state)
{
    /* BRISC polls L1 0x600; TRISC0 reads the mailbox from BRISC. */
    static const uint32_t poll[] = {0x60002283, 0xFE028EE3};
    static const uint32_t mailbox[] = {0xFFEC02B7, 0x0002A303};
    struct tt_device *dev = *state;
    struct tt_core_state core;

    put_code(dev, worker(0, 1, 0), poll, 2);
    put_code(dev, worker(0, 1, 0x6000), mailbox, 2);
    assert_int_equal(tt_device_core_state(dev, worker(0, 1, 0), 0, &core), 0);
    assert_string_equal(core.what, "in reset");
    assert_int_equal(tt_device_reset(dev, worker(0, 1, 0), 0x46000), 0);
    while (progress(dev) != TT_PROGRESS_IDLE)
        ;
    assert_int_equal(tt_device_core_state(dev, worker(0, 1, 0), 0, &core), 0);
    assert_string_equal(core.what, "polls L1 0x600");
    assert_true(core.pc < 8);
    assert_int_equal(tt_device_core_state(dev, worker(0, 1, 0), 1, &core), 0);
    assert_string_equal(core.what, "blocked at register 0xffec0000");
    assert_int_equal(core.pc, 0x6004);
    assert_int_equal(tt_device_core_state(dev, worker(0, 1, 0), 5, &core),
                     NXS_InvalidValue);
}

/* ---- two threads ---- */

struct runner {
    struct tt_device *dev;
    bool stop;
};

static void *run(void *arg)
{
    struct runner *r = arg;
    enum tt_progress p;

    while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED))
        if (tt_device_progress(r->dev, &p) < 0)
            return NULL;
    return arg;
}

static void other_threads_get_at_a_running_chip(void **state)
{
    /* count at 0x600 */
    static const uint32_t code[] = {0x60002283, 0x00128293, 0x60502023,
                                    0xFF5FF06F};
    struct runner r = {.dev = *state};
    uint32_t last = 0, v;
    pthread_t thread;
    void *result;

    put_code(r.dev, worker(0, 0, 0), code, 4);
    assert_int_equal(tt_device_reset(r.dev, worker(0, 0, 0), 0x47000), 0);
    assert_int_equal(pthread_create(&thread, NULL, run, &r), 0);
    for (int grown = 0; grown < 20;) {
        assert_int_equal(tt_device_read(r.dev, worker(0, 0, 0x600), &v, 4), 0);
        grown += v != last;
        last = v;
    }
    __atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &r);
}

/* ---- the official simulator, where TTSIM_LIB names one ---- */

/* A tile's own registers and a NOC copy, as the host sees them. */
static void exercise(struct tt_device *dev, uint32_t out[16])
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
    size_t n = 0;
    uint64_t data = 0x1122334455667788;

    for (; n < sizeof(reg) / sizeof(reg[0]); n++)
        assert_int_equal(tt_device_read(dev, worker(2, 7, reg[n]), &out[n], 4),
                         0);
    /* NOC 1 (9, 6) is NOC 0 (0, 5): bank 1. */
    assert_int_equal(tt_device_write(dev, dram(1, 0x40), &data, 8), 0);
    for (size_t i = 0; i < sizeof(copy) / sizeof(copy[0]); i++)
        assert_int_equal(
            tt_device_write(dev, worker(2, 7, copy[i][0]), &copy[i][1], 4), 0);
    assert_int_equal(tt_device_read(dev, worker(2, 7, 0x2000), &out[n++], 4),
                     0);
    assert_int_equal(
        tt_device_read(dev, worker(2, 7, 0xFFB30208), &out[n++], 4), 0);
    /* Across the simulator's windows. */
    assert_int_equal(tt_device_write(dev, worker(2, 7, 0xFFFFC), &data, 8), 0);
    assert_int_equal(tt_device_read(dev, worker(2, 7, 0x100000), &out[n++], 4),
                     0);
}

static void simulator_agrees(void **state)
{
    struct tt_device *dev, *second;
    uint32_t emu[16] = {0}, sim[16] = {0};

    (void)state;
    if (!getenv("TTSIM_LIB"))
        skip();
    assert_int_equal(tt_emu_open(&dev), 0);
    exercise(dev, emu);
    tt_device_close(dev);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(tt_ttsim_open(&dev), 0);
        assert_int_equal(tt_ttsim_open(&second), 0);
        exercise(dev, sim);
        tt_device_close(dev);
        assert_memory_equal(emu, sim, sizeof(emu));
        exercise(second, sim);
        tt_device_close(second);
        assert_memory_equal(emu, sim, sizeof(emu));
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define OPEN(f)                                                                \
    cmocka_unit_test_setup_teardown(f, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN(default_is_one_embedded_chip),
        OPEN(many_chips_are_independent),
        OPEN(wrong_settings_are_refused),
        OPEN(absent_backends_are_not_available),
        OPEN(idle_chip_costs_little_memory),
        TEST(banks_of_dram_do_not_overlap),
        TEST(memory_takes_any_size_and_alignment),
        TEST(ranges_that_leave_a_tile_are_refused),
        TEST(registers_are_read_and_written),
        TEST(window_shows_dram),
        TEST(chip_without_work_is_idle),
        TEST(released_core_runs_to_idle),
        TEST(reset_takes_only_cores_of_tensix_tiles),
        TEST(fault_is_reported_once_and_stops_the_core),
        TEST(core_state_says_what_a_core_waits_for),
        TEST(other_threads_get_at_a_running_chip),
        OPEN(simulator_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
