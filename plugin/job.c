/* SPDX-License-Identifier: MIT */
/* A command made ready to run, and its pieces on worker cores. */
#include "plugin/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pool/tt_log.h"

#define RANGE_WORDS 5u
#define POINT_WORDS 3u

static nxs_status pin_buffer(struct tt_job *job, const struct tt_arg *arg)
{
    struct tt_buffer *buffer;

    if (arg->kind != TT_ARG_BUFFER)
        return NXS_Success;
    buffer = tt_buffer_get(arg->buffer);
    if (!buffer)
        return TT_FAIL(NXS_InvalidKernelArgs,
                       "buffer %d was released after it was set", arg->buffer);
    job->extents[job->n_buffers] = tt_buffer_extent(buffer);
    job->buffers[job->n_buffers++] = buffer;
    return NXS_Success;
}

static nxs_status pin_buffers(struct tt_job *job, const struct tt_command *cmd)
{
    nxs_status status = NXS_Success;
    size_t most = cmd->n_args + cmd->n_items;

    job->buffers = calloc(most + 1, sizeof(struct tt_buffer *));
    job->extents = calloc(most + 1, sizeof *job->extents);
    if (!job->buffers || !job->extents)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %zu pins", most);
    for (unsigned i = 0; i < cmd->n_args && status >= 0; i++)
        status = pin_buffer(job, &cmd->args[i]);
    for (size_t i = 0; i < cmd->n_items && status >= 0; i++)
        status = pin_buffer(job, &cmd->items[i].arg);
    return status;
}

static void add_role_word(struct tt_job *job, unsigned roles, uint32_t word)
{
    for (unsigned role = 0; role < TT_N_ROLES; role++) {
        if (!(roles & 1u << role))
            continue;
        assert(job->n_role[role] < TT_ROLE_WORDS);
        job->role[role][job->n_role[role]++] = word;
        job->has_role[role] = true;
    }
}

static nxs_status copy_role_arguments(struct tt_job *job,
                                      const struct tt_command *cmd)
{
    nxs_status status = NXS_Success;

    for (size_t i = 0; i < cmd->n_items && status >= 0; i++) {
        const struct tt_role_item *item = &cmd->items[i];
        uint32_t word = item->arg.word;

        if (item->kind == TT_ARGNAME_CTA || item->kind == TT_ARGNAME_CB)
            continue;
        if (item->kind == TT_ARGNAME_L1)
            status = tt_program_place_bytes(&job->l1, word, &word);
        add_role_word(job, item->roles, word);
        job->mode = TT_JOB_ROLES;
    }
    return status;
}

static nxs_status copy_arguments(struct tt_job *job,
                                 const struct tt_command *cmd)
{
    uint32_t uses = cmd->program->images->uses;

    job->n_common = cmd->n_args;
    for (unsigned i = 0; i < cmd->n_args; i++)
        job->common[i] = cmd->args[i].word;
    job->mode = uses & TT_JIT_USES_COMMON_ARGS ? TT_JOB_RANGES : TT_JOB_POINTS;
    return copy_role_arguments(job, cmd);
}

/* L1 for what the images print and note, behind everything else. */
static nxs_status place_records(struct tt_job *job, uint32_t uses)
{
    nxs_status status = NXS_Success;

    if (uses & TT_JIT_USES_PRINT)
        status = tt_program_place_bytes(
            &job->l1, TT_N_RISC * sizeof(struct tt_print_ring), &job->print);
    if (status >= 0 && (uses & TT_JIT_USES_ZONES))
        status = tt_program_place_bytes(
            &job->l1, TT_N_RISC * sizeof(struct tt_zone_log), &job->zones);
    return status;
}

static nxs_status fill_locked(struct tt_job *job, struct tt_command *cmd)
{
    nxs_status status;

    if (!cmd->finalized)
        return TT_FAIL(NXS_InvalidCommand,
                       "command %d runs only after nxsFinalizeCommand()",
                       cmd->object.id);
    status = pin_buffers(job, cmd);
    if (status >= 0)
        status = tt_program_build(cmd);
    if (status >= 0)
        status = tt_program_place(cmd, &job->l1);
    if (status < 0)
        return status;
    job->cmd = cmd;
    job->program = tt_program_pin(cmd->program);
    job->grid = cmd->grid;
    job->n_points = cmd->grid.x * cmd->grid.y * cmd->grid.z;
    status = copy_arguments(job, cmd);
    if (status >= 0)
        status = place_records(job, cmd->program->images->uses);
    if (status >= 0)
        status = tt_l1_hold(&cmd->npu->l1, job->l1.next, cmd->kernel->name,
                            &job->hold);
    return status;
}

nxs_status tt_job_new(struct tt_command *cmd, bool is_timed,
                      struct tt_job **out)
{
    struct tt_job *job = calloc(1, sizeof *job);
    nxs_status status;

    if (!job)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a run");
    job->is_timed = is_timed;
    pthread_mutex_lock(&cmd->lock);
    status = fill_locked(job, cmd);
    pthread_mutex_unlock(&cmd->lock);
    if (status < 0)
        tt_job_free(job);
    else
        *out = job;
    return status;
}

void tt_job_free(struct tt_job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->n_buffers; i++)
        tt_buffer_put(job->buffers[i]);
    tt_l1_release(&job->hold);
    tt_program_put(job->program);
    free(job->buffers);
    free(job->extents);
    free(job);
}

bool tt_job_conflicts(const struct tt_job *a, const struct tt_job *b)
{
    for (size_t i = 0; i < a->n_buffers; i++)
        for (size_t j = 0; j < b->n_buffers; j++)
            if (tt_extent_overlap(&a->extents[i], &b->extents[j]))
                return true;
    return false;
}

/* A range kernel runs on the whole rectangle, with an empty range on cores
 * that are left over; one that does not know ranges only where it has work. */
static uint32_t count_cores(const struct tt_job *job,
                            const struct tt_cores *cores, uint32_t first_point)
{
    uint32_t n = cores->width * cores->height;
    uint32_t left = job->n_points - first_point;

    return job->mode == TT_JOB_RANGES || n < left ? n : left;
}

static uint32_t range_words(const struct tt_piece *piece,
                            const struct tt_cores *cores, uint32_t core,
                            uint32_t *out)
{
    uint32_t last_x = cores->x + cores->width - 1;
    uint32_t last_y = cores->y + cores->height - 1;

    tt_placement_share(piece->job->n_points, piece->work.n_cores, core, &out[0],
                       &out[1]);
    out[2] = piece->job->n_points;
    out[3] = (uint32_t)cores->x << 16 | cores->y;
    out[4] = last_x << 16 | last_y;
    return RANGE_WORDS;
}

static uint32_t point_words(const struct tt_job *job, uint32_t point,
                            uint32_t *out)
{
    uint32_t n = job->n_common;

    memcpy(out, job->common, n * sizeof *out);
    out[n] = point % job->grid.x;
    out[n + 1] = point / job->grid.x % job->grid.y;
    out[n + 2] = point / job->grid.x / job->grid.y;
    return n + POINT_WORDS;
}

static void fill_core(struct tt_piece *piece, const struct tt_cores *cores,
                      uint32_t core, uint32_t first_point, uint32_t *words)
{
    struct tt_job *job = piece->job;
    struct tt_launch_core *out = &piece->cores[core];
    uint32_t n;

    if (job->mode == TT_JOB_POINTS)
        n = point_words(job, first_point + core, words);
    else
        n = range_words(piece, cores, core, words);
    out->x = (uint8_t)(cores->x + core % cores->width);
    out->y = (uint8_t)(cores->y + core / cores->width);
    for (unsigned role = 0; role < TT_N_ROLES; role++) {
        bool own = job->has_role[role];

        out->args[role] = own ? job->role[role] : words;
        out->n_args[role] = own ? job->n_role[role] : (uint16_t)n;
    }
}

/* tt_line_fn */
static enum tt_line find_line(const void *images, unsigned risc, uint32_t pc,
                              char *out, size_t size)
{
    switch (tt_jit_line(tt_runtime_get()->jit, images, risc, pc, out, size)) {
    case TT_JIT_LINE_USER:
        return TT_LINE_USER;
    case TT_JIT_LINE_LIBRARY:
        return TT_LINE_LIBRARY;
    default:
        return TT_LINE_NONE;
    }
}

static void fill_work(struct tt_piece *piece)
{
    struct tt_job *job = piece->job;
    const struct tt_jit_program *images = job->program->images;
    struct tt_work *work = &piece->work;

    work->code_id = images->id;
    for (unsigned i = 0; i < TT_N_RISC; i++) {
        work->image[i] =
            (struct tt_blob){images->image[i].data, images->image[i].size};
        work->entry[i] = images->image[i].entry;
    }
    memcpy(work->cb, job->l1.cb, sizeof work->cb);
    work->own_end = (uint32_t)job->l1.next;
    work->common_args = job->common;
    work->n_common_args = job->n_common;
    work->semaphores = job->semaphores;
    work->n_semaphores = job->program->n_semaphores;
    work->cores = piece->cores;
    work->name = job->cmd->kernel->name;
    work->find_line = find_line;
    work->images = images;
    work->print = job->print;
    work->zones = job->zones;
}

static nxs_status prepare_times(struct tt_piece *piece, uint32_t n)
{
    piece->time = calloc(n, sizeof *piece->time);
    if (piece->job->zones)
        piece->logs = calloc((size_t)n * TT_N_RISC, sizeof *piece->logs);
    if (!piece->time || (piece->job->zones && !piece->logs))
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for times of %u cores",
                       n);
    for (uint32_t i = 0; i < n && piece->logs; i++)
        piece->time[i].zones = piece->logs + (size_t)i * TT_N_RISC;
    piece->work.time = piece->time;
    return NXS_Success;
}

nxs_status tt_piece_init(struct tt_piece *piece, struct tt_job *job,
                         const struct tt_cores *cores, uint32_t first_point)
{
    uint32_t n = count_cores(job, cores, first_point);
    uint32_t stride =
        job->mode == TT_JOB_POINTS ? job->n_common + POINT_WORDS : RANGE_WORDS;

    *piece = (struct tt_piece){.job = job};
    piece->cores = calloc(n, sizeof *piece->cores);
    piece->words = calloc((size_t)n * stride, sizeof *piece->words);
    if (!piece->cores || !piece->words) {
        tt_piece_fini(piece);
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %u cores", n);
    }
    fill_work(piece);
    piece->work.n_cores = n;
    if (job->is_timed && prepare_times(piece, n) < 0)
        return NXS_OutOfHostMemory;
    for (uint32_t core = 0; core < n; core++)
        fill_core(piece, cores, core, first_point,
                  piece->words + (size_t)core * stride);
    return NXS_Success;
}

void tt_piece_fini(struct tt_piece *piece)
{
    free(piece->cores);
    free(piece->words);
    free(piece->time);
    free(piece->logs);
    *piece = (struct tt_piece){.job = piece->job};
}
