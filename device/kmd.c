/* SPDX-License-Identifier: MIT */
/* Backend "kmd": the seam's operations over a card behind tt-kmd. */
#include "device/kmd_impl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

/* Up to here, aligned words go one by one through an ordered window: a
 * doorbell or a flag, not a transfer. */
#define MAX_WORDS 64u

/* Bytes moved before another thread gets a turn. */
#define MAX_PIECE 0x100000u

/* How long a card is believed to be there. When somebody resets it the driver
 * takes the windows away, and touching one ends the process with SIGBUS: a
 * library may not install handlers, so it asks often instead. */
#define CHECK_NS 1000000u

#define PAUSE_US 10u

/* ---- what goes wrong ---- */

nxs_status tt_kmd_report(struct tt_kmd *kmd, nxs_status status, const char *fmt,
                         ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(kmd->why, sizeof(kmd->why), fmt, args);
    va_end(args);
    if (kmd->ready)
        return TT_FAIL(status, "%s: %s", kmd->node, kmd->why);
    return status;
}

nxs_status tt_kmd_lose(struct tt_kmd *kmd, const char *why)
{
    kmd->lost = true;
    return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                         "the chip no longer answers: %s", why);
}

nxs_status tt_kmd_fail(struct tt_kmd *kmd, const char *what)
{
    int error = errno;

    if (error == ENODEV) {
        kmd->lost = true;
        return tt_kmd_report(kmd, NXS_DeviceNotAvailable,
                             "%s: the card was reset or is gone", what);
    }
    return tt_kmd_report(
        kmd, error == ENOMEM ? NXS_OutOfResources : NXS_DeviceNotAvailable,
        "%s: %s", what, strerror(error));
}

nxs_status tt_kmd_check(struct tt_kmd *kmd)
{
    struct tt_kmd_driver_info info = {.output_size = 12};
    uint64_t now = tt_clock_ns();

    if (kmd->lost)
        return TT_FAIL(NXS_DeviceNotAvailable, "%s is lost: %s", kmd->node,
                       kmd->why);
    if (now - kmd->checked_ns < CHECK_NS)
        return NXS_Success;
    if (kmd->sys->ioctl(kmd->sys->ctx, kmd->fd, TT_KMD_GET_DRIVER_INFO, &info))
        return tt_kmd_fail(kmd, "asking whether it is still there");
    kmd->checked_ns = now;
    return NXS_Success;
}

/* ---- transfers ---- */

/** struct piece - a part of a transfer that is moved at one go
 *  @words: one by one, through an ordered window
 *  @partial: some bytes of one word; the windows take whole words only */
struct piece {
    size_t len;
    bool words, partial;
};

static struct piece next_piece(const struct tt_kmd *kmd, struct tt_noc_addr at,
                               size_t len)
{
    size_t head = 4 - at.addr % 4;

    if (at.addr % 4 || len < 4)
        return (struct piece){head < len ? head : len, false, true};
    len &= ~(size_t)3;
    if (len <= MAX_WORDS &&
        tt_arch_space(kmd->dev.info.arch, at, 4) != TT_SPACE_DRAM)
        return (struct piece){len, true, false};
    return (struct piece){len < MAX_PIECE ? len : MAX_PIECE, false, false};
}

static enum tt_kmd_class class_of(const struct tt_kmd *kmd,
                                  struct tt_noc_addr at)
{
    return tt_arch_space(kmd->dev.info.arch, at, 4) == TT_SPACE_DRAM
               ? TT_KMD_DRAM
               : TT_KMD_L1;
}

nxs_status tt_kmd_check_word(struct tt_kmd *kmd, uint32_t word)
{
    if (word == UINT32_MAX && !tt_kmd_answers(kmd))
        return tt_kmd_lose(kmd, "reads return all ones");
    return NXS_Success;
}

nxs_status tt_kmd_read_bulk(struct tt_kmd *kmd, struct tt_noc_addr at,
                            unsigned char *to, size_t len)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    uint32_t last = 0;

    /* A fence in any case: streaming loads may be served from what an earlier
     * one has fetched. */
    sys->fence(sys->ctx);
    kmd->unfenced = false;
    while (len) {
        size_t room;
        void *ptr;
        nxs_status status = tt_kmd_aim(kmd, class_of(kmd, at), at, &ptr, &room);

        if (status < 0)
            return status;
        if (room > len)
            room = len;
        sys->copy_from(sys->ctx, to, ptr, room);
        memcpy(&last, to + room - 4, sizeof(last));
        at.addr += room;
        to += room;
        len -= room;
    }
    return tt_kmd_check_word(kmd, last);
}

nxs_status tt_kmd_write_bulk(struct tt_kmd *kmd, struct tt_noc_addr at,
                             const unsigned char *from, size_t len)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    nxs_status status = tt_kmd_before_write(kmd, at, len, true);

    while (len && status >= 0) {
        size_t room;
        void *ptr;

        status = tt_kmd_aim(kmd, class_of(kmd, at), at, &ptr, &room);
        if (status < 0)
            break;
        if (room > len)
            room = len;
        kmd->unfenced = true;
        tt_kmd_copy_to(ptr, from, room);
        sys->stored(sys->ctx, ptr, room);
        at.addr += room;
        from += room;
        len -= room;
    }
    return status;
}

static nxs_status read_partial(struct tt_kmd *kmd, struct tt_noc_addr at,
                               unsigned char *to, size_t len)
{
    size_t skip = at.addr % 4;
    unsigned char word[4];
    nxs_status status;

    at.addr -= skip;
    tt_kmd_flush(kmd);
    status = tt_kmd_read_words(kmd, at, word, sizeof(word));
    if (status >= 0)
        memcpy(to, word + skip, len);
    return status;
}

static nxs_status write_partial(struct tt_kmd *kmd, struct tt_noc_addr at,
                                const unsigned char *from, size_t len)
{
    size_t skip = at.addr % 4;
    unsigned char word[4];
    nxs_status status;

    at.addr -= skip;
    tt_kmd_flush(kmd);
    status = tt_kmd_read_words(kmd, at, word, sizeof(word));
    if (status < 0)
        return status;
    memcpy(word + skip, from, len);
    return tt_kmd_write_words(kmd, at, word, sizeof(word));
}

static nxs_status read_piece(struct tt_kmd *kmd, struct tt_noc_addr at,
                             unsigned char *to, struct piece p)
{
    nxs_status status = tt_kmd_check(kmd);

    if (status < 0)
        return status;
    if (p.partial)
        return read_partial(kmd, at, to, p.len);
    if (!p.words)
        return tt_kmd_read_bulk(kmd, at, to, p.len);
    tt_kmd_flush(kmd);
    return tt_kmd_read_words(kmd, at, to, p.len);
}

static nxs_status write_piece(struct tt_kmd *kmd, struct tt_noc_addr at,
                              const unsigned char *from, struct piece p)
{
    nxs_status status = tt_kmd_check(kmd);

    if (status < 0)
        return status;
    if (p.partial)
        return write_partial(kmd, at, from, p.len);
    if (p.words)
        return tt_kmd_write_words(kmd, at, from, p.len);
    return tt_kmd_write_bulk(kmd, at, from, p.len);
}

static nxs_status kmd_read(struct tt_device *dev, struct tt_noc_addr src,
                           void *dst, size_t len)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    nxs_status status = NXS_Success;
    unsigned char *to = dst;

    while (len && status >= 0) {
        struct piece p = next_piece(kmd, src, len);

        pthread_mutex_lock(&kmd->lock);
        status = read_piece(kmd, src, to, p);
        pthread_mutex_unlock(&kmd->lock);
        src.addr += p.len;
        to += p.len;
        len -= p.len;
    }
    return status;
}

/* Writes of one thread land in order as far as anybody can tell: single words
 * after everything before them, bulk after whatever it overwrites. */
static nxs_status kmd_write(struct tt_device *dev, struct tt_noc_addr dst,
                            const void *src, size_t len)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    nxs_status status = NXS_Success;
    const unsigned char *from = src;

    while (len && status >= 0) {
        struct piece p = next_piece(kmd, dst, len);

        pthread_mutex_lock(&kmd->lock);
        status = write_piece(kmd, dst, from, p);
        pthread_mutex_unlock(&kmd->lock);
        dst.addr += p.len;
        from += p.len;
        len -= p.len;
    }
    return status;
}

/* ---- cores ---- */

/* The driver does one write per descriptor when that is closed, so a core
 * that may run needs one of its own. O_APPEND: this one asks for no power. */
static nxs_status guard_locked(struct tt_kmd *kmd, struct tt_noc_addr core)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    struct tt_noc_addr first = tt_arch_worker(kmd->dev.info.arch, 0, 0, 0);
    int *guard = &kmd->guard[core.y - first.y][core.x - first.x];
    struct tt_kmd_noc_cleanup arg = {
        .size = sizeof(arg),
        .enabled = 1,
        .x = core.x,
        .y = core.y,
        .addr = TT_KMD_SOFT_RESET,
        .data = kmd->dev.info.arch->soft_reset_all,
    };
    int error;

    if (*guard >= 0 || kmd->unguarded)
        return NXS_Success;
    *guard = sys->open(sys->ctx, kmd->node, TT_KMD_OPEN_FLAGS | O_APPEND);
    if (*guard >= 0 &&
        !sys->ioctl(sys->ctx, *guard, TT_KMD_SET_NOC_CLEANUP, &arg))
        return NXS_Success;
    error = errno;
    if (*guard >= 0)
        (void)sys->close(sys->ctx, *guard);
    *guard = -1;
    errno = error;
    if (error == ENODEV)
        return tt_kmd_fail(kmd, "guarding a core");
    tt_log(TT_LOG_WARN,
           "%s: cores from (%u,%u) on keep running if this process dies: %s",
           kmd->node, core.x, core.y, strerror(error));
    kmd->unguarded = true;
    return NXS_Success;
}

/* Read back: the cores have really stopped or started, and a chip that no
 * longer answers is noticed. */
static nxs_status reset_locked(struct tt_kmd *kmd, struct tt_noc_addr core,
                               uint32_t soft_reset)
{
    nxs_status status = tt_kmd_check(kmd);

    if (status >= 0 && soft_reset != kmd->dev.info.arch->soft_reset_all)
        status = guard_locked(kmd, core);
    if (status < 0)
        return status;
    core.addr = TT_KMD_SOFT_RESET;
    status = tt_kmd_write_words(kmd, core, &soft_reset, sizeof(soft_reset));
    return status < 0 ? status : tt_kmd_settle(kmd);
}

static nxs_status kmd_reset(struct tt_device *dev, struct tt_noc_addr core,
                            uint32_t soft_reset)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    nxs_status status;

    pthread_mutex_lock(&kmd->lock);
    status = reset_locked(kmd, core, soft_reset);
    pthread_mutex_unlock(&kmd->lock);
    return status;
}

/* Silicon needs nothing but time, and does not say whether it can move. */
static nxs_status kmd_progress(struct tt_device *dev, enum tt_progress *out)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    nxs_status status;

    pthread_mutex_lock(&kmd->lock);
    status = tt_kmd_check(kmd);
    pthread_mutex_unlock(&kmd->lock);
    if (status < 0)
        return status;
    kmd->sys->pause(kmd->sys->ctx, PAUSE_US);
    *out = TT_PROGRESS_RUNNING;
    return NXS_Success;
}

static nxs_status kmd_core_state(struct tt_device *dev, struct tt_noc_addr core,
                                 unsigned risc, struct tt_core_state *out)
{
    /* TensixTile/SoftReset.md, by index of l1_map.h */
    static const uint8_t bit[TT_N_RISC] = {11, 12, 13, 14, 18};
    struct tt_kmd *kmd = tt_kmd_of(dev);
    uint32_t held = 0;
    nxs_status status;

    core.addr = TT_KMD_SOFT_RESET;
    *out = (struct tt_core_state){.pc = 0};
    status = kmd_read(&kmd->dev, core, &held, sizeof(held));
    if (status >= 0 && held >> bit[risc] & 1)
        snprintf(out->what, sizeof(out->what), "in reset");
    return status;
}

static void kmd_close(struct tt_device *dev)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    const struct tt_kmd_sys *sys = kmd->sys;

    if (kmd->ready && !kmd->lost)
        (void)tt_arc_send(kmd, TT_ARC_GO_LONG_IDLE, UINT32_MAX, NULL);
    for (unsigned y = 0; y < TT_KMD_ROWS; y++)
        for (unsigned x = 0; x < TT_KMD_COLUMNS; x++)
            if (kmd->guard[y][x] >= 0)
                (void)sys->close(sys->ctx, kmd->guard[y][x]);
    tt_kmd_flush(kmd);
    tt_kmd_windows_fini(kmd);
    tt_kmd_unmap_arc(kmd);
    if (kmd->fd >= 0)
        (void)sys->close(sys->ctx, kmd->fd);
    pthread_mutex_destroy(&kmd->lock);
    free(kmd);
}

const struct tt_device_ops tt_kmd_ops = {
    .name = "kmd",
    .close = kmd_close,
    .read = kmd_read,
    .write = kmd_write,
    .multicast = tt_kmd_multicast,
    .pages = tt_kmd_pages,
    .reset = kmd_reset,
    .progress = kmd_progress,
    .fault = tt_device_no_fault,
    .core_state = kmd_core_state,
};
