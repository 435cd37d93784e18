/* SPDX-License-Identifier: MIT */
/* A command made ready to run, and its pieces on worker cores. */
#ifndef TT_JOB_H
#define TT_JOB_H

#include "plugin/buffer.h"
#include "plugin/command.h"
#include "plugin/placement.h"
#include "plugin/program.h"

/** Most words of a role: "..ARG" and "..L1", for all roles and for this one. */
#define TT_ROLE_WORDS (4u * NXS_KERNEL_MAX_ARGS)

/** enum tt_job_args - what the kernels find in their per-core arguments */
enum tt_job_args {
    TT_JOB_RANGES, /* start, end, total, first core, last core */
    TT_JOB_POINTS, /* the command's arguments, then x, y, z of one point */
    TT_JOB_ROLES   /* what "..ARG" names gave; ranges for the other roles */
};

/**
 * struct tt_job - what a run needs of a command, copied while it was locked
 * @cmd: borrowed from the schedule, which pins it
 * @program: pinned
 * @buffers: @n_buffers pinned buffers
 * @extents: their memory, in the same order
 * @common: the command's arguments as words
 * @role: words of each role, where @has_role
 * @n_points: grid points
 * @hold: keeps buffers out of what @l1 says
 * @print, @zones: for struct tt_work
 * @is_timed: what each core does when is to be known
 * @elapsed_ns: in launches so far
 */
struct tt_job {
    struct tt_command *cmd;
    struct tt_program *program;
    struct tt_buffer **buffers;
    struct tt_extent *extents;
    size_t n_buffers;
    enum tt_job_args mode;
    nxs_dim3 grid;
    uint32_t n_points;
    uint32_t common[NXS_KERNEL_MAX_ARGS];
    uint32_t n_common;
    uint32_t role[TT_N_ROLES][TT_ROLE_WORDS];
    uint16_t n_role[TT_N_ROLES];
    bool has_role[TT_N_ROLES];
    struct tt_program_l1 l1;
    struct tt_l1_hold hold;
    uint32_t semaphores[TT_N_SEMAPHORES];
    uint32_t print, zones;
    bool is_timed;
    uint64_t elapsed_ns;
};

/** struct tt_piece - a job, or a part of its points, on a rectangle of cores
 *  @work: for tt_launch_start(); points into the job and @cores, @words, @time
 *  @time, @logs: of each core, if the job is timed; @logs only if it has zones
 */
struct tt_piece {
    struct tt_job *job;
    struct tt_work work;
    struct tt_launch_core *cores;
    uint32_t *words;
    struct tt_core_time *time;
    struct tt_zone_log *logs;
};

/**
 * tt_job_new - make a command ready
 * @cmd: dispatch; locked for the time of the call, compiled if needed
 * @is_timed: whether the times of its cores are wanted
 * @out: the job
 *
 * Return: NXS_Success; NXS_InvalidCommand if it was never finalized;
 * NXS_InvalidKernelArgs if a buffer was released since it was set;
 * NXS_OutOfResources if what it keeps in L1 would reach into a buffer; or a
 * status of tt_program_build().
 */
nxs_status tt_job_new(struct tt_command *cmd, bool is_timed,
                      struct tt_job **out);

/** tt_job_free - drop all pins; NULL is ignored */
void tt_job_free(struct tt_job *job);

/** tt_job_conflicts - whether two jobs share memory, so that the second has
 *  to wait for the first (nobody knows who writes what) */
bool tt_job_conflicts(const struct tt_job *a, const struct tt_job *b);

/**
 * tt_piece_init - put points of a job on cores
 * @piece: storage of the caller
 * @job: must outlive the piece
 * @cores: where
 * @first_point: TT_JOB_POINTS: point of the first core; else 0
 *
 * Return: NXS_Success or NXS_OutOfHostMemory.
 */
nxs_status tt_piece_init(struct tt_piece *piece, struct tt_job *job,
                         const struct tt_cores *cores, uint32_t first_point);

/** tt_piece_fini - free what tt_piece_init() made; may be called again */
void tt_piece_fini(struct tt_piece *piece);

#endif
