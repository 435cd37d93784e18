/* SPDX-License-Identifier: MIT */
/* Boot and launch: how work gets onto worker cores, common to all chips. */
#ifndef TT_LAUNCH_H
#define TT_LAUNCH_H

#include <stdbool.h>

#include "device/l1_map.h"
#include "device/tt_device.h"

/** struct tt_blob - bytes borrowed from their owner for the call */
struct tt_blob {
    const void *data;
    uint32_t size;
};

/** enum tt_line - what a tt_line_fn has found */
enum tt_line {
    TT_LINE_NONE,
    TT_LINE_LIBRARY, /* a line of what kernels are built on */
    TT_LINE_USER     /* a line of the kernel */
};

/**
 * tt_line_fn - the source line of an instruction, for reports
 * @images: of the work item, as its owner knows them
 * @risc, @pc: the instruction
 * @out, @size: text "file:line"; untouched for TT_LINE_NONE
 */
typedef enum tt_line (*tt_line_fn)(const void *images, unsigned risc,
                                   uint32_t pc, char *out, size_t size);

/** struct tt_launch_core - one worker core of a work item
 *  @x, @y: logical coordinates on the device
 *  @args: per-core argument words of each role; borrowed */
struct tt_launch_core {
    uint8_t x, y;
    const uint32_t *args[TT_N_ROLES];
    uint16_t n_args[TT_N_ROLES];
};

/** struct tt_core_time - when one worker core worked, in cycles of its clock
 *  @begin, @end: before and after the kernel, per RISC index; 0 where there is
 *                no image
 *  @zones: TT_N_RISC logs, filled if the work has any; NULL if nobody asks */
struct tt_core_time {
    uint64_t begin[TT_N_RISC], end[TT_N_RISC];
    struct tt_zone_log *zones;
};

/** struct tt_work - one kernel program on a set of cores
 *  @image: per RISC index, code linked at its slot of l1_map.h; size 0 = none
 *  @entry: per RISC index, address to call; ignored where there is no image
 *  @cb: circular buffers; size 0 = absent
 *  @semaphores: initial values of the first @n_semaphores ids
 *  @own_end: end of the L1 that the work has for itself, from TT_L1_DATA on;
 *            0 = all
 *  @find_line: names source lines; NULL = there are none
 *  @images: for @find_line
 *  @code_id: names the set of images for as long as the process lives, so that
 *            a core that has them already is not written again; 0 = unnamed
 *  @print, @zones: L1 addresses of what the images need for printing and zones
 *                  (struct tt_launch_block), 0 = nothing
 *  @time: one for each core, written when it has finished; NULL if nobody asks
 */
struct tt_work {
    uint64_t code_id;
    struct tt_blob image[TT_N_RISC];
    uint32_t entry[TT_N_RISC];
    struct tt_cb_config cb[TT_N_CB];
    uint32_t own_end;
    const uint32_t *common_args;
    uint32_t n_common_args;
    const uint32_t *semaphores;
    uint32_t n_semaphores;
    const struct tt_launch_core *cores;
    uint32_t n_cores;
    const char *name; /* kernel name, for reports */
    tt_line_fn find_line;
    const void *images;
    uint32_t print, zones;
    struct tt_core_time *time;
};

struct tt_launcher;
struct tt_unfinished;
struct tt_printer;

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
 * struct tt_flight - one launch on its way
 * @work: what runs; the caller's, until the flight is over
 * @deadline_ns: tt_clock_ns() at which to give up; 0 = never
 * @over: nothing of it runs any more, and the launcher has forgotten it
 * @status: once @over: as tt_launch_start()
 * @error: the log line of a failure, NULL if none; tt_flight_fini() frees it
 * @start_ns, @end_ns: host time of the first doorbell, and when the last
 *                     completion was seen
 * @number, @waiting, @n_waiting, @printer, @next: private: of the launch, cores
 *                     not known to have finished, what they print, the next of
 *                     the launcher's flights
 */
struct tt_flight {
    const struct tt_work *work;
    uint64_t deadline_ns;
    bool over;
    nxs_status status;
    char *error;
    uint64_t start_ns, end_ns;
    uint32_t number;
    struct tt_unfinished *waiting;
    uint32_t n_waiting;
    struct tt_printer *printer;
    struct tt_flight *next;
};

/**
 * tt_launch_start - load work onto its cores and ring their doorbells
 * @launcher: of the device to run on
 * @flight: storage of the caller, which stays until it is over; all is set here
 * @work: its cores are in no other flight
 * @deadline_ns: see struct tt_flight
 *
 * Blocks while a core boots. Functions on one launcher are called by one
 * thread at a time. A flight that could not start is over, and its cores are
 * booted afresh when used again.
 *
 * Return: NXS_Success; NXS_InvalidKernelArgs if arguments or semaphores do not
 * fit; NXS_InvalidWorkItemSize for a core outside the grid;
 * NXS_OutOfHostMemory; NXS_InvalidProgramExecutable if an image does not fit
 * its slot, or if guest code faulted meanwhile; NXS_DeviceNotAvailable if a
 * core does not boot, or from the seam.
 */
nxs_status tt_launch_start(struct tt_launcher *launcher,
                           struct tt_flight *flight, const struct tt_work *work,
                           uint64_t deadline_ns);

/**
 * tt_launch_poll - let the chip run for a slice and see which flights are over
 * @launcher: of the device
 *
 * A flight is over when all its cores have reported completion, or with
 * NXS_InvalidProgramExecutable if one of its cores faulted, asserted, missed
 * the deadline or waits for what can never come (one line is logged: a report
 * of its unfinished cores, or one for each fault, the first one last), or with
 * a status of the seam. The cores of one that
 * failed, and all that are idle (it may have written to them), are put into
 * reset and booted afresh when used again; other flights go on.
 *
 * Return: how many flights ended.
 */
unsigned tt_launch_poll(struct tt_launcher *launcher);

/**
 * tt_launch_cancel - stop a flight, putting its cores into reset
 * @launcher: of the device
 * @flight: if it is not over yet, it is now, with @status
 */
void tt_launch_cancel(struct tt_launcher *launcher, struct tt_flight *flight,
                      nxs_status status);

/** tt_flight_fini - free what a flight that is over still holds */
void tt_flight_fini(struct tt_flight *flight);

#endif
