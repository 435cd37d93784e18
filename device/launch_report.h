/* SPDX-License-Identifier: MIT */
/* The report of a run that did not end. */
#ifndef TT_LAUNCH_REPORT_H
#define TT_LAUNCH_REPORT_H

#include "device/tt_device.h"

/** struct tt_unfinished - a core that has not reported completion
 *  @x, @y: logical coordinates
 *  @name: kernel it runs, borrowed */
struct tt_unfinished {
    uint8_t x, y;
    const char *name;
};

/**
 * tt_launch_report - log one line that says what every unfinished core does
 * @dev: open device
 * @why: "timeout", "deadlock" or "stopped"
 * @core, @n: the unfinished cores; the first few are described in full
 *
 * Names core, kernel, RISC, pc and what it waits for, from the mailbox of
 * l1_map.h and from tt_device_core_state().
 *
 * Return: NXS_InvalidProgramExecutable, or a status of the seam.
 */
nxs_status tt_launch_report(struct tt_device *dev, const char *why,
                            const struct tt_unfinished *core, uint32_t n);

#endif
