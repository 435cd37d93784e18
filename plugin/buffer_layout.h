/* SPDX-License-Identifier: MIT */
/* From a host's description of an array to the device's layout of it. */
#ifndef TT_BUFFER_LAYOUT_H
#define TT_BUFFER_LAYOUT_H

#include "device/layout.h"
#include "nexus-api.h"

/**
 * tt_buffer_layout - lay out an array as the host describes it
 * @shape: type, rank, extents and strides
 * @out: the layout
 *
 * Strides decide the order of the dimensions: none (all 0) or row-major ones
 * mean that dim[0] is the slowest, column-major ones (stride[0] == 1) that it
 * is the fastest. A stride of 0 beside others says nothing. Types without a
 * device format become raw bytes (elements x bits / 8).
 *
 * Return: NXS_Success; NXS_InvalidValue for an unknown type, a rank above 8,
 * or strides of an array with gaps or overlaps; NXS_InvalidBufferSize for an
 * extent of 0, less than a byte, or sizes that do not fit 63 bits.
 */
nxs_status tt_buffer_layout(const nxs_buffer_layout *shape,
                            struct tt_layout *out);

#endif
