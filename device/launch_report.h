/* SPDX-License-Identifier: MIT */
/* The reports of a run that did not end as it should. */
#ifndef TT_LAUNCH_REPORT_H
#define TT_LAUNCH_REPORT_H

#include "device/launch.h"

/** struct tt_unfinished - a core that has not reported completion
 *  @x, @y: logical coordinates
 *  @work: what it runs, borrowed */
struct tt_unfinished {
    uint8_t x, y;
    const struct tt_work *work;
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

#define TT_MAX_FAULTS 32u

/** struct tt_fault_list - what guest code did wrong, oldest first; a fault that
 *  is logged has no text any more */
struct tt_fault_list {
    struct tt_fault fault[TT_MAX_FAULTS];
    unsigned n;
};

/**
 * tt_launch_faults - log the faults of a work item, each in a line, the first
 * one last
 * @dev: open device
 * @list: those that are logged lose their text
 * @work: whose; names the source lines. NULL: all that are not logged yet
 *
 * Return: NXS_InvalidProgramExecutable, or NXS_OutOfHostMemory if the first was
 * for want of the host's memory; NXS_Success if there were none.
 */
nxs_status tt_launch_faults(struct tt_device *dev, struct tt_fault_list *list,
                            const struct tt_work *work);

#endif
