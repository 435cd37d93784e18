/* SPDX-License-Identifier: MIT */
/* Opening, closing, several devices, and a device that goes away. */
#include <string.h>

#include "tests/seam/seam.h"

static void a_device_says_what_it_is(struct seam *s)
{
    const struct tt_device_info *info = &s->dev->info;

    CHECK(s, !strcmp(s->dev->ops->name, s->chip->name));
    CHECK(s, info->arch == &tt_arch_wormhole);
    CHECK(s, strstr(info->name, "Wormhole"));
    EQUAL(s, info->grid_x, 8);
    EQUAL(s, info->grid_y, 9);
    CHECK(s, info->core_clock_mhz > 0 && info->memory_clock_mhz > 0);
}

static void closing_nothing_does_nothing(struct seam *s)
{
    (void)s;
    tt_device_close(NULL);
}

/* Closed while a core counts; opened again, nothing counts any more. */
static void a_chip_that_is_opened_again_is_at_rest(struct seam *s)
{
    static const uint32_t counter[] = {0x60002283, 0x00128293, 0x60502023,
                                       0xFF5FF06F};
    enum tt_progress p;
    uint32_t a = 0, b = 0;

    OK(s, tt_device_write(s->dev, seam_worker(0, 0, 0), counter, 16));
    OK(s, tt_device_reset(s->dev, seam_worker(0, 0, 0), 0x47000));
    OK(s, tt_device_progress(s->dev, &p));
    tt_device_close(s->dev);
    s->dev = NULL;
    OK(s, s->chip->open(s, &s->dev));
    OK(s, tt_device_read(s->dev, seam_worker(0, 0, 0x600), &a, 4));
    OK(s, tt_device_progress(s->dev, &p));
    OK(s, tt_device_read(s->dev, seam_worker(0, 0, 0x600), &b, 4));
    EQUAL(s, a, b);
}

static void two_devices_are_independent(struct seam *s)
{
    uint32_t one = 1, two = 2, v = 0;

    OK(s, s->chip->open(s, &s->second));
    OK(s, tt_device_write(s->dev, seam_dram(0, 0), &one, 4));
    OK(s, tt_device_write(s->second, seam_dram(0, 0), &two, 4));
    OK(s, tt_device_read(s->dev, seam_dram(0, 0), &v, 4));
    EQUAL(s, v, 1);
    tt_device_close(s->dev);
    s->dev = NULL;
    OK(s, tt_device_read(s->second, seam_dram(0, 0), &v, 4));
    EQUAL(s, v, 2);
}

static void visit(void *ctx, const struct tt_view *view)
{
    unsigned *n = ctx;

    for (unsigned i = 0; !view->fetch && i < view->n; i++)
        memset(view->page[i], 0, 4096);
    *n += view->n;
}

static void check_lost(struct seam *s, struct tt_device *dev)
{
    unsigned char data[4096] = {0};
    const struct tt_noc_addr core = seam_worker(0, 0, 0x9000);
    unsigned n = 0;
    const struct tt_pages pages = {.stride = 4096,
                                   .size = 4096,
                                   .n = 100,
                                   .write = true,
                                   .visit = visit,
                                   .ctx = &n};
    enum tt_progress p;

    EQUAL(s, tt_device_progress(dev, &p), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_read(dev, core, data, 4), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_write(dev, core, data, 4), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_read(dev, core, data, 4096), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_write(dev, core, data, 4096), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_reset(dev, core, 0x47800), NXS_DeviceNotAvailable);
    EQUAL(s, tt_device_pages(dev, &pages), NXS_DeviceNotAvailable);
}

/* Every call says so, again and again, and closing is still possible. */
static void a_lost_device_is_a_status_and_the_other_works(struct seam *s)
{
    uint32_t one = 1, v = 0;

    OK(s, s->chip->open(s, &s->second));
    s->chip->lose(s, s->dev);
    for (int i = 0; i < 2; i++)
        check_lost(s, s->dev);
    OK(s, tt_device_write(s->second, seam_dram(0, 0), &one, 4));
    OK(s, tt_device_read(s->second, seam_dram(0, 0), &v, 4));
    EQUAL(s, v, 1);
    tt_device_close(s->dev);
    s->dev = NULL;
    OK(s, tt_device_read(s->second, seam_dram(0, 0), &v, 4));
    EQUAL(s, v, 1);
}

const struct seam_case seam_life[] = {
    SEAM_CASE(a_device_says_what_it_is),
    SEAM_CASE(closing_nothing_does_nothing),
    SEAM_CASE(a_chip_that_is_opened_again_is_at_rest),
    SEAM_CASE(two_devices_are_independent),
    SEAM_CASE(a_lost_device_is_a_status_and_the_other_works),
    {NULL, NULL},
};
