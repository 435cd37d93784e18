/* SPDX-License-Identifier: MIT */
/*
 * Cards behind the kernel driver; see backend.h. The double of the driver, over
 * chips of its own that no fault reaches, stands below the driver's calls, and
 * these fail as calls.h says:
 *   card_open, card_close, card_mmap
 *   card_ioctl  any request, with EIO
 *   card_full   any request, with ENOMEM
 *   card_gone   any request or mapping, with ENODEV, and so for good: from then
 *               on no window may be touched
 *   card_dies   a word or block read, and so for good: all ones are read
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/double/double.h"
#include "tests/double/sysfs.h"
#include "tests/fault/backend.h"
#include "tests/fault/inject.h"

/** tt_double_host - the tt_kmd_host() of the double (see the Makefile) */
const struct tt_kmd_sys *tt_double_host(void);

static struct {
    struct fake_bus bus;
    struct tt_kmd_sys sys; /* with what fails; @below: without */
    const struct tt_kmd_sys *below;
    struct tt_double *d;
    size_t open, close, ioctl, full, mmap, gone, dies; /* tt_fault_find() */
} card;

static int fail(int error)
{
    errno = error;
    return -1;
}

static bool is_gone(void)
{
    struct tt_double_card *c = tt_double_card(card.d, 0);

    if (tt_fault_fails(card.gone)) {
        c->gone = true;
        c->open_errno = ENODEV;
    }
    return c->gone;
}

static int card_open(void *ctx, const char *path, int flags)
{
    if (tt_fault_fails(card.open))
        return fail(EMFILE);
    return card.below->open(ctx, path, flags);
}

static int card_close(void *ctx, int fd)
{
    int result = card.below->close(ctx, fd);

    return tt_fault_fails(card.close) ? fail(EIO) : result;
}

static int card_ioctl(void *ctx, int fd, uint32_t request, void *arg)
{
    if (is_gone())
        return fail(ENODEV);
    if (tt_fault_fails(card.ioctl))
        return fail(EIO);
    if (tt_fault_fails(card.full))
        return fail(ENOMEM);
    return card.below->ioctl(ctx, fd, request, arg);
}

static void *card_mmap(void *ctx, size_t len, int fd, uint64_t offset)
{
    errno = is_gone() ? ENODEV : ENOMEM;
    if (errno == ENODEV || tt_fault_fails(card.mmap))
        return MAP_FAILED;
    return card.below->mmap(ctx, len, fd, offset);
}

static void look_alive(void)
{
    if (tt_fault_fails(card.dies))
        tt_double_card(card.d, 0)->dead = true;
}

static uint32_t card_read32(void *ctx, const volatile uint32_t *at)
{
    look_alive();
    return card.below->read32(ctx, at);
}

static void card_copy_from(void *ctx, void *dst, const void *window, size_t len)
{
    look_alive();
    card.below->copy_from(ctx, dst, window, len);
}

const struct tt_kmd_sys *tt_kmd_host(void)
{
    return &card.sys;
}

/* ---- backend.h ---- */

static void find_calls(void)
{
    card.open = tt_fault_find("card_open");
    card.close = tt_fault_find("card_close");
    card.ioctl = tt_fault_find("card_ioctl");
    card.full = tt_fault_find("card_full");
    card.mmap = tt_fault_find("card_mmap");
    card.gone = tt_fault_find("card_gone");
    card.dies = tt_fault_find("card_dies");
}

/* One card: a second would be there in place of one that fails. */
bool backend_start(void)
{
    setenv("TT_DEVICE", "kmd", 1);
    if (fake_bus_init(&card.bus))
        return false;
    fake_bus_add(&card.bus, "0000:00:1f.3", 0x8086, 0x1234, -1);
    fake_bus_add(&card.bus, "0000:01:00.0", TT_PCI_VENDOR, TT_PCI_WORMHOLE, 0);
    setenv("TT_DOUBLE_BUS", card.bus.root, 1);
    find_calls();
    card.below = tt_double_host();
    card.d = card.below->ctx;
    card.sys = *card.below;
    card.sys.open = card_open;
    card.sys.close = card_close;
    card.sys.ioctl = card_ioctl;
    card.sys.mmap = card_mmap;
    card.sys.read32 = card_read32;
    card.sys.copy_from = card_copy_from;
    return true;
}

void backend_stop(void)
{
    fake_bus_fini(&card.bus);
}

/* One that was refused stays so. */
bool backend_is_lost(nxs_status status)
{
    const struct tt_double_card *c = tt_double_card(card.d, 0);

    return c->dead || c->gone || status == NXS_DeviceNotFound;
}

/* The chips end too, and with them threads that are not the library's. */
const char *backend_left(void)
{
    static char text[96];
    unsigned n_fds = tt_double_open_fds(card.d);
    unsigned n_maps = tt_double_maps(card.d);

    tt_double_free(card.d);
    if (!n_fds && !n_maps)
        return NULL;
    snprintf(text, sizeof(text), "%u descriptors and %u windows of a card",
             n_fds, n_maps);
    return text;
}
