/* SPDX-License-Identifier: MIT */
/* Backend "kmd": silicon, reached through the windows of tt-kmd. */
#ifndef TT_KMD_H
#define TT_KMD_H

#include <stddef.h>
#include <stdint.h>

#include "device/pci.h"
#include "device/tt_device.h"

/**
 * struct tt_kmd_sys - everything that this backend asks of the system
 * @ctx: handed to every call
 * @sysfs: root of the PCI bus for tt_pci_scan(), NULL for the machine's own
 *
 * The first five are the system calls of those names, with -1 and errno, or
 * MAP_FAILED. mmap maps shared, for reading and writing. The others are how
 * mapped windows are touched: read32, write32 single aligned words, in program
 * order; copy_from whole aligned words; stored() is told what the caller has
 * just stored itself into a write-combined window, in whole aligned words and
 * any order; fence() returns when all that this thread stored has left the
 * processor. pause() gives the chip time. No slot is NULL.
 */
struct tt_kmd_sys {
    void *ctx;
    const char *sysfs;
    int (*open)(void *ctx, const char *path, int flags);
    int (*close)(void *ctx, int fd);
    int (*ioctl)(void *ctx, int fd, uint32_t request, void *arg);
    void *(*mmap)(void *ctx, size_t len, int fd, uint64_t offset);
    int (*munmap)(void *ctx, void *ptr, size_t len);
    uint32_t (*read32)(void *ctx, const volatile uint32_t *at);
    void (*write32)(void *ctx, volatile uint32_t *at, uint32_t value);
    void (*stored)(void *ctx, void *window, size_t len);
    void (*copy_from)(void *ctx, void *dst, const void *window, size_t len);
    void (*fence)(void *ctx);
    void (*pause)(void *ctx, uint32_t us);
};

/** tt_kmd_host - the real system; static storage */
const struct tt_kmd_sys *tt_kmd_host(void);

/**
 * tt_kmd_copy_to - copy into a write-combined window
 * @window: 4-byte aligned
 * @src: any alignment
 * @len: bytes, a multiple of 4
 *
 * Stores of 16 aligned bytes where possible, never less than 4.
 */
void tt_kmd_copy_to(void *window, const void *src, size_t len);

/** tt_kmd_copy_from - copy from a write-combined window, with streaming loads
 *  where the processor has them; mirrors tt_kmd_copy_to() */
void tt_kmd_copy_from(void *dst, const void *window, size_t len);

/**
 * tt_kmd_open - open one card and make it ready for launches
 * @sys: system, borrowed for the device's life
 * @card: what the scan found; on failure its @reason and @remedy are filled
 *        in, on success what the driver says of itself
 * @out: the device; close it with tt_device_close()
 *
 * Holds the driver's advisory lock, puts all worker cores into reset and asks
 * for the full clock. A failure is a warning in the log, not an error.
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable; NXS_OutOfHostMemory or
 * NXS_OutOfResources if it was the host that lacked memory or descriptors, or
 * the driver windows: what may be there at another time.
 */
nxs_status tt_kmd_open(const struct tt_kmd_sys *sys, struct tt_card *card,
                       struct tt_device **out);

/**
 * tt_kmd_open_all - find all cards and open those that can be used
 * @sys: system, borrowed for the devices' life
 * @cards: all cards found, with what became of them
 * @out, @max: array of devices, filled from 0, and its capacity
 * @out_n: how many were opened; 0 is no failure
 *
 * Cards that cannot be opened are records with a reason.
 *
 * Return: NXS_Success; NXS_OutOfHostMemory or NXS_OutOfResources if there is no
 * device only because the host lacked something: worth another attempt.
 */
nxs_status tt_kmd_open_all(const struct tt_kmd_sys *sys, struct tt_cards *cards,
                           struct tt_device **out, size_t max, size_t *out_n);

#endif
