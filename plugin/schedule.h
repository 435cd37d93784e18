/* SPDX-License-Identifier: MIT */
/* Schedules: lists of commands. */
#ifndef TT_SCHEDULE_H
#define TT_SCHEDULE_H

#include "plugin/command.h"
#include "plugin/runtime.h"

/**
 * struct tt_schedule - a list of commands
 * @lock: guards all that follows
 * @commands: in order of creation, each pinned
 * @released: takes no more commands
 * @has_run, @elapsed_ns: of the last run that ended well
 */
struct tt_schedule {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_uint settings;
    pthread_mutex_t lock;
    struct tt_command **commands;
    size_t n_commands;
    bool released;
    bool has_run;
    uint64_t n_runs;
    uint64_t elapsed_ns;
};

/** tt_schedule_get - pin a schedule; NULL (not logged) if @id is not live */
struct tt_schedule *tt_schedule_get(nxs_int id);

/** tt_schedule_put - drop the pin; NULL is ignored */
void tt_schedule_put(struct tt_schedule *schedule);

/**
 * tt_schedule_add - publish a command as the last of a schedule
 * @schedule: pinned
 * @cmd: complete but for its id; destroyed on failure
 *
 * Return: the command's id; NXS_InvalidSchedule if the schedule was released
 * meanwhile; NXS_OutOfHostMemory, NXS_OutOfResources.
 */
nxs_int tt_schedule_add(struct tt_schedule *schedule, struct tt_command *cmd);

/** tt_schedule_fini - destroy; for the pool */
void tt_schedule_fini(struct tt_object *object);

#endif
