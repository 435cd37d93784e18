/* SPDX-License-Identifier: MIT */
/* Boot and launch against a chip that answers as firmware would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/launch.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#define MAILBOX(field) (TT_L1_MAILBOX + offsetof(struct tt_mailbox, field))

/** struct chip - one core's L1 stands for that of all
 *  @finishes: whether kernels end
 *  @n_images, @n_resets: writes to kernel slots, and resets of all cores
 *  @n_reads, @n_writes, @n_bytes: operations of the seam, and what was written
 *  @faults: what guest code did wrong, @n_faults of them */
struct chip {
    struct tt_device dev;
    uint8_t l1[TT_L1_DATA];
    bool finishes;
    unsigned n_images, n_resets;
    unsigned n_reads, n_writes, n_bytes;
    const struct tt_fault *faults;
    unsigned n_faults;
};

static struct chip *chip_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct chip, dev);
}

static nxs_status chip_read(struct tt_device *dev, struct tt_noc_addr src,
                            void *dst, size_t len)
{
    chip_of(dev)->n_reads++;
    memcpy(dst, chip_of(dev)->l1 + src.addr, len);
    return NXS_Success;
}

static nxs_status chip_write(struct tt_device *dev, struct tt_noc_addr dst,
                             const void *src, size_t len)
{
    struct chip *chip = chip_of(dev);

    chip->n_images += dst.addr >= TT_L1_KERNEL_B;
    chip->n_writes++;
    chip->n_bytes += (unsigned)len;
    memcpy(chip->l1 + dst.addr, src, len);
    if (dst.addr == MAILBOX(go) && chip->finishes)
        memcpy(chip->l1 + MAILBOX(done), src, len);
    return NXS_Success;
}

static nxs_status chip_multicast(struct tt_device *dev,
                                 struct tt_noc_addr first, unsigned width,
                                 unsigned height, const void *src, size_t len)
{
    assert_true(width * height > 1);
    return chip_write(dev, first, src, len);
}

static nxs_status chip_reset(struct tt_device *dev, struct tt_noc_addr core,
                             uint32_t soft_reset)
{
    static const uint32_t ready = TT_BOOT_READY;
    struct chip *chip = chip_of(dev);

    (void)core;
    if (soft_reset == dev->info.arch->soft_reset_all)
        chip->n_resets++;
    else
        memcpy(chip->l1 + MAILBOX(boot), &ready, sizeof ready);
    return NXS_Success;
}

static nxs_status chip_progress(struct tt_device *dev, enum tt_progress *out)
{
    const struct chip *chip = chip_of(dev);

    *out = chip->n_faults   ? TT_PROGRESS_FAULT
           : chip->finishes ? TT_PROGRESS_RUNNING
                            : TT_PROGRESS_IDLE;
    return NXS_Success;
}

static bool chip_fault(struct tt_device *dev, struct tt_fault *out)
{
    struct chip *chip = chip_of(dev);

    if (!chip->n_faults)
        return false;
    *out = *chip->faults++;
    chip->n_faults--;
    return true;
}

static nxs_status chip_core_state(struct tt_device *dev,
                                  struct tt_noc_addr core, unsigned risc,
                                  struct tt_core_state *out)
{
    (void)dev;
    (void)core;
    (void)risc;
    *out = (struct tt_core_state){.pc = 0x6100, .caller = {0x6204}};
    return NXS_Success;
}

/* Launches do not touch DRAM. */
static nxs_status chip_pages(struct tt_device *dev,
                             const struct tt_pages *pages)
{
    (void)dev;
    (void)pages;
    return NXS_MapFailure;
}

static const struct tt_device_ops chip_ops = {.name = "fake",
                                              .read = chip_read,
                                              .write = chip_write,
                                              .multicast = chip_multicast,
                                              .pages = chip_pages,
                                              .reset = chip_reset,
                                              .progress = chip_progress,
                                              .fault = chip_fault,
                                              .core_state = chip_core_state};

#define N_CORES 72u

struct fixture {
    struct chip chip;
    struct tt_launcher *launcher;
    struct tt_launch_core core[N_CORES];
    struct tt_work work;
    uint32_t semaphore[1], common[2], own[N_CORES][2];
};

static int set_up(void **state)
{
    static const struct tt_blob firmware[TT_N_RISC] = {{"code", 4}};
    struct fixture *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    f->chip.dev.ops = &chip_ops;
    f->chip.dev.info = (struct tt_device_info){
        .arch = &tt_arch_wormhole, .grid_x = 8, .grid_y = 9};
    f->chip.finishes = true;
    f->work = (struct tt_work){.code_id = 7,
                               .image[TT_RISC_B] = {"kernel\0", 8},
                               .cores = f->core,
                               .n_cores = 1,
                               .name = "k",
                               .semaphores = f->semaphore};
    *state = f;
    return tt_launcher_new(&f->chip.dev, firmware, &f->launcher);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    tt_launcher_free(f->launcher);
    free(f);
    return 0;
}

static nxs_status launch(struct fixture *f)
{
    struct tt_flight flight;
    nxs_status status = tt_launch_start(f->launcher, &flight, &f->work,
                                        tt_clock_ns() + 1000000000u);

    while (!flight.over)
        tt_launch_poll(f->launcher);
    tt_flight_fini(&flight);
    return status < 0 ? status : flight.status;
}

static void images_that_a_core_holds_are_not_written_again(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_images, 1);
    f->work.code_id = 8;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_images, 2);
    f->work.code_id = 0;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_images, 4);
}

/* The seam takes whole words only. */
static void an_image_of_any_length_arrives(void **state)
{
    struct fixture *f = *state;

    memset(f->chip.l1 + TT_L1_KERNEL_B, 0xAA, 12);
    f->work.image[TT_RISC_B] = (struct tt_blob){"abcdefg", 7};
    assert_int_equal(launch(f), NXS_Success);
    assert_memory_equal(f->chip.l1 + TT_L1_KERNEL_B, "abcdefg\0\xAA", 9);
    f->work.code_id++;
    f->work.image[TT_RISC_B] = (struct tt_blob){"xy", 2};
    assert_int_equal(launch(f), NXS_Success);
    assert_memory_equal(f->chip.l1 + TT_L1_KERNEL_B, "xy\0\0efg", 8);
}

static void core_boots_once_and_again_after_a_failure(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_resets, 1);
    f->chip.finishes = false;
    assert_int_equal(launch(f), NXS_InvalidProgramExecutable);
    assert_non_null(strstr(tt_log_last_error(), "kernel k"));
    f->chip.finishes = true;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_resets, 3);
    assert_int_equal(f->chip.n_images, 2);
}

static void work_that_does_not_fit_is_refused_before_it_is_read(void **state)
{
    struct fixture *f = *state;

    f->work.n_semaphores = UINT32_MAX;
    assert_int_equal(launch(f), NXS_InvalidKernelArgs);
    f->work.n_semaphores = 0;
    f->work.n_common_args = TT_MAX_COMMON + 1;
    assert_int_equal(launch(f), NXS_InvalidKernelArgs);
    f->work.n_common_args = 0;
    f->core[0].n_args[TT_ROLE_READER] = TT_MAX_ARGS + 1;
    assert_int_equal(launch(f), NXS_InvalidKernelArgs);
    f->core[0].n_args[TT_ROLE_READER] = 0;
    f->core[0].x = 8;
    assert_int_equal(launch(f), NXS_InvalidWorkItemSize);
    f->core[0].x = 0;
    f->work.image[TT_RISC_B].size = TT_L1_KERNEL_DM_SIZE + 1;
    assert_int_equal(launch(f), NXS_InvalidProgramExecutable);
    assert_int_equal(f->chip.n_resets, 0);
}

/* ---- what a launch costs ---- */

/* Work on @n cores, with words that all share and words of each. */
static void spread(struct fixture *f, unsigned n)
{
    f->work.n_cores = n;
    f->work.common_args = f->common;
    f->work.n_common_args = 2;
    for (unsigned i = 0; i < n; i++) {
        f->own[i][0] = i;
        f->core[i].x = i % 8;
        f->core[i].y = (uint8_t)(i / 8);
        for (unsigned role = 0; role < TT_N_ROLES; role++) {
            f->core[i].args[role] = f->own[i];
            f->core[i].n_args[role] = 2;
        }
    }
}

/* Launch, and count from then on. */
static void launch_and_count(struct fixture *f)
{
    assert_int_equal(launch(f), NXS_Success);
    f->chip.n_reads = f->chip.n_writes = f->chip.n_bytes = 0;
}

#define RECORDS (TT_L1_ZEROS + TT_L1_ZEROS_SIZE - TT_L1_SEMAPHORES)

/* And the arguments: the kernel may have written over them. */
static void a_launch_like_the_last_writes_records_and_doorbells(void **state)
{
    static const unsigned n_cores[] = {1, 8, 72};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 3; i++) {
        spread(f, n_cores[i]);
        launch_and_count(f);
        assert_int_equal(launch(f), NXS_Success);
        if (i == 0) {
            assert_int_equal(f->chip.n_writes, 3);
            assert_int_equal(f->chip.n_bytes, RECORDS + 4 + 16);
        } else {
            assert_int_equal(f->chip.n_writes, 3 + n_cores[i]);
            assert_int_equal(f->chip.n_bytes, RECORDS + 4 + 8 + n_cores[i] * 8);
        }
        assert_int_equal(f->chip.n_reads, n_cores[i]);
    }
}

static void arguments_that_a_kernel_wrote_over_are_restored(void **state)
{
    struct fixture *f = *state;
    uint32_t word[4];

    spread(f, 2);
    f->common[1] = 5;
    launch_and_count(f);
    memset(f->chip.l1 + TT_L1_ARGS, 0xEE, 64);
    assert_int_equal(launch(f), NXS_Success);
    memcpy(word, f->chip.l1 + TT_L1_ARGS, sizeof(word));
    assert_int_equal(word[1], 5);
    assert_int_equal(word[2], 1); /* of the second core: one L1 for all */
    assert_int_equal(word[3], 0);
}

static void words_that_all_share_are_one_write(void **state)
{
    static uint32_t role[] = {1, 2, 3};
    struct fixture *f = *state;

    spread(f, 72);
    for (unsigned i = 0; i < 72; i++)
        for (unsigned r = 0; r < TT_N_ROLES; r++) {
            f->core[i].args[r] = role;
            f->core[i].n_args[r] = 3;
        }
    launch_and_count(f);
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_writes, 3);
    assert_int_equal(f->chip.n_bytes, RECORDS + 4 + 8 + 12);
}

/* As many words of each core, but elsewhere. */
static void words_that_move_are_written_again(void **state)
{
    struct fixture *f = *state;
    struct tt_launch_block block;

    spread(f, 72);
    launch_and_count(f);
    f->work.n_common_args = 1;
    assert_int_equal(launch(f), NXS_Success);
    memcpy(&block, f->chip.l1 + TT_L1_LAUNCH, sizeof(block));
    assert_int_equal(block.core_args[TT_ROLE_READER], TT_L1_ARGS + 4);
    assert_int_equal(block.args_end, TT_L1_ARGS + 4 + 8);
    assert_int_equal(f->chip.n_writes, 4 + 72); /* the block as well */
}

/* A core that has run something else meanwhile holds other tables. */
static void cores_that_differ_are_brought_up_to_date(void **state)
{
    struct fixture *f = *state;

    spread(f, 72);
    launch_and_count(f);
    f->work.code_id = 8;
    f->work.n_cores = 8;
    assert_int_equal(launch(f), NXS_Success);
    f->work.code_id = 7;
    f->work.n_cores = 72;
    launch_and_count(f);
    assert_int_equal(f->chip.n_images, 3);
    f->work.n_cores = 8;
    f->common[1] = 5;
    launch_and_count(f);
    f->work.n_cores = 72;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_writes, 3 + 72);
}

/* The other cores of the chip are not written to, not even at boot. */
static void cores_that_take_no_part_cost_nothing(void **state)
{
    struct fixture *f = *state;

    spread(f, 72);
    f->work.n_cores = 1;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_resets, 1);
    launch_and_count(f);
    f->work.n_cores = 2;
    assert_int_equal(launch(f), NXS_Success);
    assert_int_equal(f->chip.n_resets, 2);
}

static void more_cores_than_there_are_are_refused(void **state)
{
    struct fixture *f = *state;

    spread(f, 72);
    f->work.n_cores = 73;
    assert_int_equal(launch(f), NXS_InvalidWorkItemSize);
    f->work.n_cores = 0;
    assert_int_equal(launch(f), NXS_InvalidWorkItemSize);
}

/* ---- reports ---- */

/* The kernel is at 0x6200 and above, the library below. */
static enum tt_line find_line(const void *images, unsigned risc, uint32_t pc,
                              char *out, size_t size)
{
    assert_string_equal(images, "images");
    snprintf(out, size, "%s:%u", pc >= 0x6200 ? "kernel.cpp" : "lib.h", pc);
    return risc >= TT_N_RISC ? TT_LINE_NONE
           : pc >= 0x6200    ? TT_LINE_USER
                             : TT_LINE_LIBRARY;
}

static void fail_with(struct fixture *f, const struct tt_fault *faults,
                      unsigned n)
{
    f->work.find_line = find_line;
    f->work.images = "images";
    f->chip.faults = faults;
    f->chip.n_faults = n;
    assert_int_equal(launch(f), NXS_InvalidProgramExecutable);
}

static void the_first_fault_is_the_last_error_and_has_a_line(void **state)
{
    static const struct tt_fault faults[] = {
        {.at = {.risc = TT_RISC_B, .pc = 0x6200}, .text = "one"},
        {.at = {.risc = TT_RISC_B, .pc = 0x6300}, .text = "two"}};
    struct fixture *f = *state;

    assert_int_equal(launch(f), NXS_Success); /* boots */
    fail_with(f, faults, 2);
    assert_string_equal(tt_log_last_error(),
                        "core (18,18) logical (0,0) BRISC pc 0x00006200 at "
                        "kernel.cpp:25088: one");
    assert_int_equal(f->chip.n_faults, 0);
    assert_int_equal(launch(f), NXS_Success);
}

static void a_line_of_the_library_gives_way_to_its_caller(void **state)
{
    static const struct tt_fault fault = {
        .at = {.risc = TT_RISC_B, .pc = 0x6100, .caller = {0x6104, 0x6304}},
        .other = {.risc = TT_RISC_NC, .pc = 0x6100},
        .has_other = true,
        .text = "a race with"};
    struct fixture *f = *state;

    assert_int_equal(launch(f), NXS_Success); /* boots */
    fail_with(f, &fault, 1);
    assert_string_equal(tt_log_last_error(),
                        "core (18,18) logical (0,0) BRISC pc 0x00006100 at "
                        "kernel.cpp:25344: a race with core (18,18) logical "
                        "(0,0) NCRISC pc 0x00006100 at lib.h:24832");
}

static void a_core_that_hangs_is_shown_where_it_called_the_wait(void **state)
{
    struct fixture *f = *state;
    const uint32_t wait = TT_WAIT_NOC_READ << 24, where = 0x6404;

    assert_int_equal(launch(f), NXS_Success);
    f->work.find_line = find_line;
    f->work.images = "images";
    f->chip.finishes = false;
    assert_int_equal(launch(f), NXS_InvalidProgramExecutable);
    assert_non_null(strstr(tt_log_last_error(), "0x6100 at kernel.cpp:25088"));
    f->chip.finishes = true;
    assert_int_equal(launch(f), NXS_Success);
    f->chip.finishes = false;
    memcpy(f->chip.l1 + MAILBOX(wait[TT_RISC_B]), &wait, 4);
    memcpy(f->chip.l1 + MAILBOX(where[TT_RISC_B]), &where, 4);
    assert_int_equal(launch(f), NXS_InvalidProgramExecutable);
    assert_non_null(strstr(tt_log_last_error(),
                           "0x6100 at kernel.cpp:25600 waits for NOC reads"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(images_that_a_core_holds_are_not_written_again),
        TEST(an_image_of_any_length_arrives),
        TEST(core_boots_once_and_again_after_a_failure),
        TEST(work_that_does_not_fit_is_refused_before_it_is_read),
        TEST(a_launch_like_the_last_writes_records_and_doorbells),
        TEST(arguments_that_a_kernel_wrote_over_are_restored),
        TEST(words_that_all_share_are_one_write),
        TEST(words_that_move_are_written_again),
        TEST(cores_that_differ_are_brought_up_to_date),
        TEST(cores_that_take_no_part_cost_nothing),
        TEST(more_cores_than_there_are_are_refused),
        TEST(the_first_fault_is_the_last_error_and_has_a_line),
        TEST(a_line_of_the_library_gives_way_to_its_caller),
        TEST(a_core_that_hangs_is_shown_where_it_called_the_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
