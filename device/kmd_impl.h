/* SPDX-License-Identifier: MIT */
/* What the files of backend "kmd" share. */
#ifndef TT_KMD_IMPL_H
#define TT_KMD_IMPL_H

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>

#include "device/kmd.h"
#include "device/kmd_ioctl.h"
#include "pool/tt_math.h"

/** enum tt_kmd_class - what a window is for
 *  ORDERED: registers and mailboxes: uncached, strict, single words
 *  L1, DRAM: bulk: write combined, default ordering */
enum tt_kmd_class { TT_KMD_ORDERED, TT_KMD_L1, TT_KMD_DRAM, TT_KMD_N_CLASSES };

#define TT_KMD_MAX_WINDOWS 96u /* of one class */
#define TT_KMD_MAX_EXTENTS 64u

/* Tensix tiles of a Wormhole (tt_arch_wormhole). */
#define TT_KMD_ROWS    10u
#define TT_KMD_COLUMNS 8u

/** TT_KMD_OPEN_FLAGS - how nodes are opened: not inherited by the compiler,
 *  and without waiting for somebody who has the card for himself */
#define TT_KMD_OPEN_FLAGS (O_RDWR | O_CLOEXEC | O_NONBLOCK)

/** tt_kmd_ops - the seam's operations */
extern const struct tt_device_ops tt_kmd_ops;

/** TT_KMD_SOFT_RESET - RISCV_DEBUG_REG_SOFT_RESET_0 (tt-isa-documentation,
 *  TensixTile/SoftReset.md) */
#define TT_KMD_SOFT_RESET 0xFFB121B0u

/** struct tt_kmd_window - one TLB window that we own and have mapped
 *  @aimed: @x, @y, @base say where it looks
 *  @x_start, @y_start: the lowest coordinates of a rectangle of Tensix tiles
 *                      that ends at @x, @y; 0 for a single tile
 *  @used: stamp of the last use */
struct tt_kmd_window {
    uint32_t id;
    bool aimed;
    uint8_t x, y, x_start, y_start;
    uint64_t base, size;
    uint64_t used;
    void *ptr;
};

/** struct tt_kmd_pool - the windows of one class
 *  @limit: how many there may be; shrinks to @n when the driver has no more */
struct tt_kmd_pool {
    struct tt_kmd_window window[TT_KMD_MAX_WINDOWS];
    unsigned n, limit;
};

/** struct tt_kmd_extent - written, and perhaps still on its way */
struct tt_kmd_extent {
    uint8_t x, y;
    bool bulk;
    uint64_t start, end;
};

/** struct tt_kmd - one open card
 *  @ready: open for use: what goes wrong now is an error
 *  @why: what went wrong last
 *  @lock: guards everything below it; held while bytes are copied
 *  @lost: the chip is gone for good: nothing is touched any more
 *  @unfenced: bulk stores may still be in the processor
 *  @keep: windows used since this stamp stay where they look
 *  @extent: writes that no read has pushed to their destination yet
 *  @guard: per core, a descriptor whose closing puts the core into reset;
 *          -1 if there is none
 *  @unguarded: there will be no more of them; said once */
struct tt_kmd {
    struct tt_device dev; /* recovered from the seam's pointer */
    const struct tt_kmd_sys *sys;
    char node[64];
    int fd;
    void *reset_unit; /* one page each */
    void *arc_niu;
    bool ready;
    char why[160];
    pthread_mutex_t lock;
    bool lost;
    bool unfenced;
    uint64_t checked_ns;
    uint64_t stamp, keep;
    struct tt_kmd_pool pool[TT_KMD_N_CLASSES];
    struct tt_kmd_extent extent[TT_KMD_MAX_EXTENTS];
    unsigned n_extents, n_bulk;
    int guard[TT_KMD_ROWS][TT_KMD_COLUMNS];
    bool unguarded;
};

/** tt_kmd_of - the card behind the seam's pointer */
static inline struct tt_kmd *tt_kmd_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct tt_kmd, dev);
}

/**
 * tt_kmd_report - something went wrong with this card
 * @status: the status to return
 * @fmt: what, printf style
 *
 * An error in the log once the card is in use; before that the text becomes
 * the reason why it is not.
 *
 * Return: @status.
 */
nxs_status tt_kmd_report(struct tt_kmd *kmd, nxs_status status, const char *fmt,
                         ...) __attribute__((format(printf, 3, 4)));

/**
 * tt_kmd_fail - report errno of a system call
 * @what: the call, in words
 *
 * ENODEV marks the card as lost.
 *
 * Return: NXS_DeviceNotAvailable, or NXS_OutOfResources for ENOMEM.
 */
nxs_status tt_kmd_fail(struct tt_kmd *kmd, const char *what);

/** tt_kmd_lose - mark the card as lost and report why.
 *  Return: NXS_DeviceNotAvailable. */
nxs_status tt_kmd_lose(struct tt_kmd *kmd, const char *why);

/** tt_kmd_answers - after all ones were read: whether the chip still answers
 *  (tt-kmd, wormhole.c: is_hardware_hung()) */
bool tt_kmd_answers(struct tt_kmd *kmd);

/* ---- kmd.c, kmd_pages.c; the caller holds the lock, but for the last ---- */

/** tt_kmd_check - see that the card is still there, before touching windows.
 *  Return: NXS_Success; NXS_DeviceNotAvailable. */
nxs_status tt_kmd_check(struct tt_kmd *kmd);

/** tt_kmd_check_word - a word that was read: all ones may mean a lost chip */
nxs_status tt_kmd_check_word(struct tt_kmd *kmd, uint32_t word);

/** tt_kmd_read_bulk - through bulk windows; @at and @len multiples of 4 */
nxs_status tt_kmd_read_bulk(struct tt_kmd *kmd, struct tt_noc_addr at,
                            unsigned char *to, size_t len);

/** tt_kmd_write_bulk - mirrors tt_kmd_read_bulk(); ordered after whatever it
 *  overwrites */
nxs_status tt_kmd_write_bulk(struct tt_kmd *kmd, struct tt_noc_addr at,
                             const unsigned char *from, size_t len);

/** tt_kmd_multicast - the seam's operation */
nxs_status tt_kmd_multicast(struct tt_device *dev, struct tt_noc_addr first,
                            unsigned width, unsigned height, const void *src,
                            size_t len);

/** tt_kmd_pages - the seam's operation */
nxs_status tt_kmd_pages(struct tt_device *dev, const struct tt_pages *pages);

/* ---- kmd_window.c; the caller holds the lock ---- */

/** tt_kmd_windows_init - no windows yet */
void tt_kmd_windows_init(struct tt_kmd *kmd);

/** tt_kmd_windows_fini - unmap and free all windows */
void tt_kmd_windows_fini(struct tt_kmd *kmd);

/**
 * tt_kmd_aim - a pointer to a place on the chip
 * @cls: kind of window
 * @at: place
 * @out_ptr: pointer, valid until the next tt_kmd_aim(), or as long as @keep
 *           says
 * @out_len: bytes up to the window's end
 *
 * Return: NXS_Success; NXS_MapFailure, not reported, if all windows of this
 * class are to stay where they look; as tt_kmd_fail().
 */
nxs_status tt_kmd_aim(struct tt_kmd *kmd, enum tt_kmd_class cls,
                      struct tt_noc_addr at, void **out_ptr, size_t *out_len);

/** tt_kmd_aim_all - tt_kmd_aim() at all Tensix tiles from @first to @last, for
 *  writes only */
nxs_status tt_kmd_aim_all(struct tt_kmd *kmd, enum tt_kmd_class cls,
                          struct tt_noc_addr first, struct tt_noc_addr last,
                          void **out_ptr, size_t *out_len);

/** tt_kmd_must_wait - whether a write must wait for those before it: a single
 *  word for all bulk (it may be a doorbell), bulk for whatever it overwrites */
bool tt_kmd_must_wait(const struct tt_kmd *kmd, struct tt_noc_addr at,
                      size_t len, bool bulk);

/**
 * tt_kmd_before_write - wait until a write may follow those before it
 * @at, @len: what will be written
 * @bulk: through a bulk window
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable.
 */
nxs_status tt_kmd_before_write(struct tt_kmd *kmd, struct tt_noc_addr at,
                               size_t len, bool bulk);

/** tt_kmd_settle - wait until every write has reached its destination */
nxs_status tt_kmd_settle(struct tt_kmd *kmd);

/** tt_kmd_flush - let bulk stores leave the processor */
void tt_kmd_flush(struct tt_kmd *kmd);

/** tt_kmd_read_words - registers and mailboxes; @at and @len multiples of 4.
 *  Return: NXS_Success; NXS_DeviceNotAvailable, also if all ones were read
 *  because the chip no longer answers. */
nxs_status tt_kmd_read_words(struct tt_kmd *kmd, struct tt_noc_addr at,
                             void *dst, size_t len);

/** tt_kmd_write_words - mirrors tt_kmd_read_words(); ordered after all writes
 *  before it */
nxs_status tt_kmd_write_words(struct tt_kmd *kmd, struct tt_noc_addr at,
                              const void *src, size_t len);

/* ---- kmd_arc.c ---- */

/** enum tt_arc_message - requests to the management firmware (tt-umd,
 *  wormhole_implementation.hpp, arc_message_type) */
enum tt_arc_message {
    TT_ARC_GET_AICLK = 0x34,
    TT_ARC_GO_BUSY = 0x52,
    TT_ARC_GO_LONG_IDLE = 0x54,
    TT_ARC_GET_HARVESTING = 0x57,
    TT_ARC_DEASSERT_RISCV_RESET = 0xBA
};

/** tt_kmd_map_arc - map the pages of the ARC's registers that we use.
 *  Return: NXS_Success; as tt_kmd_fail(). */
nxs_status tt_kmd_map_arc(struct tt_kmd *kmd);

/** tt_kmd_unmap_arc - the opposite; also of a half-finished one */
void tt_kmd_unmap_arc(struct tt_kmd *kmd);

/** tt_arc_running - whether the management firmware is up */
bool tt_arc_running(struct tt_kmd *kmd);

/** tt_arc_translates - whether firmware has turned coordinate translation on
 *  (NIU_CFG_0 bit 14 of the ARC's NOC 0 interface) */
bool tt_arc_translates(struct tt_kmd *kmd);

/**
 * tt_arc_send - send a message to the management firmware and wait
 * @message: enum tt_arc_message
 * @args: both 16-bit arguments; 0xFFFFFFFF means none
 * @out: first result word, may be NULL
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable if the firmware does not answer
 * in time, does not know the message or reports an error.
 */
nxs_status tt_arc_send(struct tt_kmd *kmd, unsigned message, uint32_t args,
                       uint32_t *out);

#endif
