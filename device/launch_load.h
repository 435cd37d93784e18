/* SPDX-License-Identifier: MIT */
/* What worker cores hold, and how they get what the next launch needs. */
#ifndef TT_LAUNCH_LOAD_H
#define TT_LAUNCH_LOAD_H

#include "device/launch.h"
#include "device/spread.h"

#define TT_MAX_GRID 32u /* cores in one direction, for tables */

struct tt_tables;

/** struct tt_held - what the host knows one worker core to hold
 *  @code_id: its images; 0 = unknown
 *  @tables: its launch block, shared with the other cores of its last launch;
 *           counted, NULL = unknown */
struct tt_held {
    uint64_t code_id;
    struct tt_tables *tables;
};

/** struct tt_group - worker cores as few rectangles
 *  @n: of @cores */
struct tt_group {
    unsigned n;
    struct tt_cores cores[TT_MAX_GRID * TT_MAX_GRID];
};

/** struct tt_loader - keeps the cores of a chip up to date
 *  @held: by row and column
 *  @n_unnamed: images without a name that were loaded */
struct tt_loader {
    struct tt_device *dev;
    struct tt_held held[TT_MAX_GRID][TT_MAX_GRID]; /* [y][x] */
    uint32_t n_unnamed;
};

/**
 * tt_group_of - the rectangles that cover some cores
 * @core: worker cores, in any order; few rectangles if in row order
 * @n: at most TT_MAX_GRID^2
 * @wanted: chooses among them; NULL: all
 * @arg: for @wanted
 * @out: filled in
 */
void tt_group_of(const struct tt_launch_core *core, uint32_t n,
                 bool (*wanted)(void *arg, const struct tt_launch_core *core),
                 void *arg, struct tt_group *out);

/**
 * tt_group_write - the same bytes to the same L1 address of a group
 * @dev: open device
 * @group: which cores
 * @addr, @src, @len: as for tt_device_multicast(), but of any length: zeros
 *                    follow up to the end of the last word
 *
 * Return: NXS_Success, or a status of the seam.
 */
nxs_status tt_group_write(struct tt_device *dev, const struct tt_group *group,
                          uint32_t addr, const void *src, uint32_t len);

/**
 * tt_load - bring all cores of a work item up to date
 * @loader: what they hold
 * @work: checked; its cores have booted and are idle
 * @group: its cores
 *
 * Writes images, tables and arguments where they have changed, and what a
 * launch may change each time. After a failure the cores hold nothing that
 * would be relied on.
 *
 * Return: NXS_Success; NXS_OutOfHostMemory; or a status of the seam.
 */
nxs_status tt_load(struct tt_loader *loader, const struct tt_work *work,
                   const struct tt_group *group);

/** tt_load_forget - rely no more on what a core holds */
void tt_load_forget(struct tt_held *held);

#endif
