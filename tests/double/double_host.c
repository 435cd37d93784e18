/* SPDX-License-Identifier: MIT */
/*
 * Takes the place of device/kmd_host.c in a library for tests: two cards of
 * the test double are what the process finds.
 *     TT_DOUBLE_BUS     root of a PCI bus made of files
 *     TT_DOUBLE_DENIED  number of the card whose node may not be opened
 *     TT_DOUBLE_LOST    number of the card that goes away a little later
 */
#include <errno.h>
#include <stdlib.h>

#include "tests/double/double.h"

static struct tt_kmd_sys *the_system;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The backend asks the driver once when it opens a card, and then every now
 * and then whether it is still there. */
static void lose(struct tt_double_card *card)
{
    card->fail_ioctl = TT_KMD_GET_DRIVER_INFO;
    card->fail_errno = ENODEV;
    card->fail_after = 10;
}

static void start(void)
{
    const char *denied = getenv("TT_DOUBLE_DENIED");
    const char *lost = getenv("TT_DOUBLE_LOST");
    struct tt_double *d = tt_double_new();

    if (!d)
        abort();
    tt_double_be_fatal(d);
    the_system = tt_double_sys(d);
    the_system->sysfs = getenv("TT_DOUBLE_BUS");
    if (!the_system->sysfs)
        the_system->sysfs = "/nonexistent";
    if (denied)
        tt_double_card(d, (unsigned)atoi(denied) % TT_DOUBLE_CARDS)
            ->open_errno = EACCES;
    if (lost)
        lose(tt_double_card(d, (unsigned)atoi(lost) % TT_DOUBLE_CARDS));
}

const struct tt_kmd_sys *tt_kmd_host(void)
{
    (void)pthread_once(&once, start);
    return the_system;
}
