/* SPDX-License-Identifier: MIT */
/* Boot and launch: how work gets onto worker cores, common to all chips. */
#ifndef TT_LAUNCH_H
#define TT_LAUNCH_H

#include "device/l1_map.h"
#include "device/tt_device.h"

/** struct tt_blob - bytes borrowed from their owner for the call */
struct tt_blob {
    const void *data;
    uint32_t size;
};

/** struct tt_launch_core - one worker core of a work item
 *  @x, @y: logical coordinates on the device
 *  @args: per-core argument words of each role; borrowed */
struct tt_launch_core {
    uint8_t x, y;
    const uint32_t *args[TT_N_ROLES];
    uint16_t n_args[TT_N_ROLES];
};

/** struct tt_work - one kernel program on a set of cores
 *  @image: per RISC index, code linked at its slot of l1_map.h; size 0 = none
 *  @entry: per RISC index, address to call; ignored where there is no image
 *  @cb: circular buffers; size 0 = absent
 *  @semaphores: initial values of the first @n_semaphores ids
 *  @code_id: names the set of images for as long as the process lives, so that
 *            a core that has them already is not written again; 0 = unnamed */
struct tt_work {
    uint64_t code_id;
    struct tt_blob image[TT_N_RISC];
    uint32_t entry[TT_N_RISC];
    struct tt_cb_config cb[TT_N_CB];
    const uint32_t *common_args;
    uint32_t n_common_args;
    const uint32_t *semaphores;
    uint32_t n_semaphores;
    const struct tt_launch_core *cores;
    uint32_t n_cores;
    const char *name; /* kernel name, for reports */
};

struct tt_launcher;

/**
 * tt_launcher_new - boot support for one device
 * @dev: open device, borrowed; must outlive the launcher
 * @firmware: five images by RISC index, borrowed for the launcher's life
 * @out: the launcher
 *
 * Cores are booted when first used, so an idle device costs nothing.
 *
 * Return: NXS_Success; NXS_InvalidBinary for an image larger than its slot;
 * NXS_InvalidDevice for a grid beyond the tables; NXS_OutOfHostMemory.
 */
nxs_status tt_launcher_new(struct tt_device *dev,
                           const struct tt_blob firmware[TT_N_RISC],
                           struct tt_launcher **out);

/** tt_launcher_free - put the used cores back into reset and free; NULL ok */
void tt_launcher_free(struct tt_launcher *launcher);

/**
 * tt_launch_run - run work items side by side and wait for all of them
 * @launcher: of the device to run on
 * @work: items on disjoint sets of cores
 * @n_work: how many; 0 succeeds at once
 * @timeout_ms: give up after this long; 0 = never
 * @out_ns: host time from the first doorbell to the last completion, may be
 *          NULL
 *
 * Blocks. One run at a time per launcher (a second caller waits). After a
 * failure all cores are put into reset and booted afresh when used again.
 *
 * Return: NXS_Success; NXS_InvalidKernelArgs if arguments or semaphores do not
 * fit; NXS_InvalidWorkItemSize for a core outside the grid;
 * NXS_OutOfHostMemory; NXS_InvalidProgramExecutable if an image does not fit
 * its slot, or if guest code faulted, asserted, hung or deadlocked (a report
 * of every unfinished core is logged, one line);
 * NXS_DeviceNotAvailable if a core does not boot, or from the seam.
 */
nxs_status tt_launch_run(struct tt_launcher *launcher,
                         const struct tt_work *work, size_t n_work,
                         uint32_t timeout_ms, uint64_t *out_ns);

#endif
