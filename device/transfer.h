/* SPDX-License-Identifier: MIT */
/* Buffers between the host and device pages. */
#ifndef TT_TRANSFER_H
#define TT_TRANSFER_H

#include "device/layout.h"
#include "device/tt_device.h"

/**
 * tt_transfer_page_stride - distance of two pages of one bank
 * @dev: open device
 * @l: layout
 *
 * Return: page_size rounded up to the NOC's alignment in that memory, bytes.
 */
uint32_t tt_transfer_page_stride(const struct tt_device *dev,
                                 const struct tt_layout *l);

/**
 * tt_transfer_bank_size - bytes a buffer takes in every bank
 *
 * The same in all banks, of which some may have room that no page uses.
 */
uint64_t tt_transfer_bank_size(const struct tt_device *dev,
                               const struct tt_layout *l);

/**
 * tt_transfer_upload - host array to device pages
 * @dev: open device
 * @l: layout
 * @base: address of the buffer in every bank, aligned as its pages
 * @host: l->host_size bytes
 *
 * Blocks. Converts straight into the chip's memory where it is mapped. Any
 * thread; two transfers on the same buffer are not ordered.
 *
 * Return: NXS_Success, or a status of tt_device_pages().
 */
nxs_status tt_transfer_upload(struct tt_device *dev, const struct tt_layout *l,
                              uint64_t base, const void *host);

/** tt_transfer_download - device pages to host array; mirrors
 * tt_transfer_upload() */
nxs_status tt_transfer_download(struct tt_device *dev,
                                const struct tt_layout *l, uint64_t base,
                                void *host);

#endif
