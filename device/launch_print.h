/* SPDX-License-Identifier: MIT */
/* What kernels print: from the rings in L1 to lines of the log. */
#ifndef TT_LAUNCH_PRINT_H
#define TT_LAUNCH_PRINT_H

#include <stdbool.h>

#include "device/launch.h"

struct tt_printer;

/**
 * tt_printer_new - take what the cores of a work item print
 * @dev: open device, borrowed
 * @work: borrowed; its @print is the L1 address of the rings
 *
 * Return: the printer; NULL without memory.
 */
struct tt_printer *tt_printer_new(struct tt_device *dev,
                                  const struct tt_work *work);

/**
 * tt_printer_poll - take what has been printed
 * @p: printer; NULL has nothing
 *
 * Each complete line is logged at level info, after the core's coordinates and
 * the RISC-V core's name; the lines of one RISC-V core in order.
 *
 * Return: whether there was anything.
 */
bool tt_printer_poll(struct tt_printer *p);

/** tt_printer_free - log what is left of lines without an end, and free; NULL
 *  is ignored */
void tt_printer_free(struct tt_printer *p);

#endif
