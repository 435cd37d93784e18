/* SPDX-License-Identifier: MIT */
/*
 * What worker cores hold, and how they get what the next launch needs: images
 * and launch blocks are written once for each change, argument words for each
 * launch, since a kernel may have written there; to all cores at once what is
 * the same in all of them.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/launch_load.h"
#include "pool/tt_log.h"

/* Codes of images without a name; programs are numbered from 1. */
#define UNNAMED 0x80000000u

/** struct tt_tables - the launch block of some cores
 *  @refs: cores that hold it */
struct tt_tables {
    unsigned refs;
    struct tt_launch_block block;
};

/** struct words - common arguments, then those of roles that are the same on
 *  all cores of a launch */
struct words {
    uint32_t n;
    uint32_t word[TT_L1_ARGS_SIZE / 4];
};

/** struct records - what a launch may have changed; addresses must match
 *  l1_map.h (checked below) */
struct records {
    uint32_t semaphore[TT_N_SEMAPHORES][4];
    struct tt_cb_credits credits[TT_N_CB];
    uint8_t zeros[TT_L1_ZEROS_SIZE]; /* a kernel may have written there */
};
_Static_assert(offsetof(struct records, credits) ==
                   TT_L1_CREDITS - TT_L1_SEMAPHORES,
               "credits");
_Static_assert(offsetof(struct records, zeros) ==
                   TT_L1_ZEROS - TT_L1_SEMAPHORES,
               "zeros");
_Static_assert(sizeof(struct tt_launch_block) <=
                   TT_L1_SEMAPHORES - TT_L1_LAUNCH,
               "launch block");
_Static_assert((TT_MAX_COMMON + TT_N_ROLES * TT_MAX_ARGS) * 4 <=
                   TT_L1_ARGS_SIZE,
               "the argument area holds the largest argument lists");

static const uint32_t kernel_addr[TT_N_RISC] = {
    TT_L1_KERNEL_B, TT_L1_KERNEL_T0, TT_L1_KERNEL_T1, TT_L1_KERNEL_T2,
    TT_L1_KERNEL_NC};

/** struct roles - where the argument words of each role are
 *  @shared: in the tables
 *  @same_as: a role with the very same words, or the role itself */
struct roles {
    bool shared[TT_N_ROLES];
    unsigned same_as[TT_N_ROLES];
};

/* ---- groups ---- */

static bool extends_row(const struct tt_cores *c,
                        const struct tt_launch_core *core)
{
    return c->height == 1 && core->y == c->y && core->x == c->x + c->width;
}

static bool extends_down(const struct tt_cores *c, const struct tt_cores *row)
{
    return row->x == c->x && row->width == c->width &&
           row->y == c->y + c->height;
}

/* The last row, which is complete now, joins the rectangle above. */
static void close_row(struct tt_group *g)
{
    if (g->n < 2 || g->cores[g->n - 1].height != 1 ||
        !extends_down(&g->cores[g->n - 2], &g->cores[g->n - 1]))
        return;
    g->cores[g->n - 2].height++;
    g->n--;
}

void tt_group_of(const struct tt_launch_core *core, uint32_t n,
                 bool (*wanted)(void *arg, const struct tt_launch_core *core),
                 void *arg, struct tt_group *out)
{
    bool open = false; /* the last rectangle is a row that may grow */

    out->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (wanted && !wanted(arg, &core[i]))
            continue;
        if (open && extends_row(&out->cores[out->n - 1], &core[i])) {
            out->cores[out->n - 1].width++;
            continue;
        }
        close_row(out);
        out->cores[out->n++] = (struct tt_cores){core[i].x, core[i].y, 1, 1};
        open = true;
    }
    close_row(out);
}

static nxs_status write_words(struct tt_device *dev,
                              const struct tt_group *group, uint32_t addr,
                              const void *src, uint32_t len)
{
    nxs_status status = NXS_Success;

    for (unsigned i = 0; i < group->n && status >= 0; i++) {
        const struct tt_cores *c = &group->cores[i];

        status = tt_device_multicast(
            dev, tt_arch_worker(dev->info.arch, c->x, c->y, addr), c->width,
            c->height, src, len);
    }
    return status;
}

nxs_status tt_group_write(struct tt_device *dev, const struct tt_group *group,
                          uint32_t addr, const void *src, uint32_t len)
{
    uint32_t whole = len & ~3u, last = 0;
    nxs_status status = write_words(dev, group, addr, src, whole);

    if (status < 0 || whole == len)
        return status;
    memcpy(&last, (const uint8_t *)src + whole, len - whole);
    return write_words(dev, group, addr + whole, &last, sizeof(last));
}

/* ---- tables ---- */

static void put_tables(struct tt_tables *tables)
{
    if (tables && --tables->refs == 0)
        free(tables);
}

void tt_load_forget(struct tt_held *held)
{
    put_tables(held->tables);
    *held = (struct tt_held){.code_id = 0};
}

static bool same_words(const struct tt_launch_core *a, unsigned role_a,
                       const struct tt_launch_core *b, unsigned role_b)
{
    return a->args[role_a] == b->args[role_b] &&
           a->n_args[role_a] == b->n_args[role_b];
}

/* On all cores role @other has the words of role @role. */
static bool are_same(const struct tt_work *w, unsigned role, unsigned other)
{
    for (uint32_t i = 0; i < w->n_cores; i++)
        if (!same_words(&w->cores[i], role, &w->cores[i], other))
            return false;
    return true;
}

static bool is_shared(const struct tt_work *w, unsigned role)
{
    for (uint32_t i = 1; i < w->n_cores; i++)
        if (!same_words(&w->cores[0], role, &w->cores[i], role))
            return false;
    return true;
}

static void find_roles(const struct tt_work *w, struct roles *out)
{
    for (unsigned r = 0; r < TT_N_ROLES; r++) {
        out->shared[r] = is_shared(w, r);
        out->same_as[r] = 0;
        while (!are_same(w, r, out->same_as[r]))
            out->same_as[r]++;
    }
}

static uint32_t most_args(const struct tt_work *w, unsigned role)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_cores; i++)
        if (w->cores[i].n_args[role] > n)
            n = w->cores[i].n_args[role];
    return n;
}

static void fill_block(struct tt_launch_block *block, const struct tt_work *w,
                       uint32_t code)
{
    memset(block, 0, sizeof(*block));
    block->code = code;
    for (unsigned r = 0; r < TT_N_RISC; r++)
        block->entry[r] = w->image[r].size ? w->entry[r] : 0;
    for (unsigned i = 0; i < TT_N_CB; i++) {
        block->cb[i] = w->cb[i];
        block->cb_mask |= (w->cb[i].size ? 1u : 0u) << i;
    }
    block->origin_x = w->cores[0].x;
    block->origin_y = w->cores[0].y;
    block->own_end = w->own_end;
    block->print = w->print;
    block->zones = w->zones;
    block->timed = w->time != NULL;
}

static void add_words(struct words *shared, const uint32_t *words, uint32_t n)
{
    if (n)
        memcpy(shared->word + shared->n, words, n * sizeof(*words));
    shared->n += n;
}

/* Shared words first, then room for those of each core. */
static void place_words(struct tt_launch_block *block, struct words *shared,
                        const struct tt_work *w, const struct roles *roles)
{
    uint32_t end;

    shared->n = 0;
    block->common_args = TT_L1_ARGS;
    add_words(shared, w->common_args, w->n_common_args);
    for (unsigned r = 0; r < TT_N_ROLES; r++) {
        block->core_args[r] = TT_L1_ARGS + shared->n * 4;
        if (roles->shared[r] && roles->same_as[r] == r)
            add_words(shared, w->cores[0].args[r], w->cores[0].n_args[r]);
    }
    end = TT_L1_ARGS + shared->n * 4;
    for (unsigned r = 0; r < TT_N_ROLES; r++) {
        if (roles->same_as[r] != r) {
            block->core_args[r] = block->core_args[roles->same_as[r]];
        } else if (!roles->shared[r]) {
            block->core_args[r] = end;
            end += most_args(w, r) * 4;
        }
    }
    block->args_end = end;
}

/* The tables that all cores hold, NULL if they do not hold the same. */
static struct tt_tables *held_by_all(const struct tt_loader *l,
                                     const struct tt_work *w)
{
    struct tt_tables *t = l->held[w->cores[0].y][w->cores[0].x].tables;

    for (uint32_t i = 1; i < w->n_cores && t; i++)
        if (l->held[w->cores[i].y][w->cores[i].x].tables != t)
            t = NULL;
    return t;
}

/* Write a block from the first to the last word that differs from @old; NULL:
 * all. */
static nxs_status write_block(struct tt_loader *l, const struct tt_group *g,
                              const struct tt_tables *old,
                              const struct tt_launch_block *block)
{
    const uint32_t *before = old ? (const uint32_t *)&old->block : NULL;
    const uint32_t *words = (const uint32_t *)block;
    uint32_t first = 0, n = sizeof(*block) / 4;

    while (before && first < n && before[first] == words[first])
        first++;
    while (before && n > first && before[n - 1] == words[n - 1])
        n--;
    return tt_group_write(l->dev, g, TT_L1_LAUNCH + first * 4, words + first,
                          (n - first) * 4);
}

static void hold_tables(struct tt_loader *l, const struct tt_work *w,
                        struct tt_tables *t)
{
    for (uint32_t i = 0; i < w->n_cores; i++) {
        struct tt_held *held = &l->held[w->cores[i].y][w->cores[i].x];

        put_tables(held->tables);
        held->tables = t;
        t->refs++;
    }
}

static nxs_status load_block(struct tt_loader *l, const struct tt_work *w,
                             const struct tt_group *g,
                             const struct tt_launch_block *block)
{
    struct tt_tables *old = held_by_all(l, w), *copy;
    nxs_status status;

    if (old && !memcmp(&old->block, block, sizeof(*block)))
        return NXS_Success;
    copy = malloc(sizeof(*copy));
    if (!copy)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for the tables of %s",
                       w->name);
    copy->refs = 1;
    copy->block = *block;
    status = write_block(l, g, old, block);
    hold_tables(l, w, copy);
    put_tables(copy);
    return status;
}

/* ---- arguments ---- */

/* The words at @addr, and their number, which is the same for all cores. */
static uint32_t collect_words(const struct tt_launch_core *core,
                              const struct tt_launch_block *block,
                              const struct roles *roles, uint32_t addr,
                              uint32_t *out)
{
    uint32_t n = (block->args_end - addr) / 4;

    memset(out, 0, n * sizeof(*out));
    for (unsigned r = 0; r < TT_N_ROLES; r++)
        if (!roles->shared[r] && roles->same_as[r] == r && core->n_args[r])
            memcpy(out + (block->core_args[r] - addr) / 4, core->args[r],
                   core->n_args[r] * sizeof(*out));
    return n;
}

static nxs_status load_words(struct tt_loader *l, const struct tt_work *w,
                             const struct tt_group *g,
                             const struct tt_launch_block *block,
                             const struct roles *roles,
                             const struct words *shared)
{
    uint32_t addr = TT_L1_ARGS + shared->n * 4;
    uint32_t words[TT_N_ROLES * TT_MAX_ARGS];
    nxs_status status =
        tt_group_write(l->dev, g, TT_L1_ARGS, shared->word, shared->n * 4);

    if (block->args_end == addr)
        return status;
    for (uint32_t i = 0; i < w->n_cores && status >= 0; i++) {
        const struct tt_launch_core *core = &w->cores[i];
        uint32_t n = collect_words(core, block, roles, addr, words);

        status = tt_device_write(
            l->dev, tt_arch_worker(l->dev->info.arch, core->x, core->y, addr),
            words, n * sizeof(*words));
    }
    return status;
}

/* ---- images ---- */

/** struct lacking - chooses the cores that lack the images of @work */
struct lacking {
    struct tt_loader *loader;
    const struct tt_work *work;
};

static bool lacks_images(void *arg, const struct tt_launch_core *core)
{
    const struct lacking *l = arg;
    const struct tt_held *held = &l->loader->held[core->y][core->x];

    return l->work->code_id == 0 || held->code_id != l->work->code_id;
}

static void set_code(struct tt_loader *l, const struct tt_work *w, uint64_t id)
{
    for (uint32_t i = 0; i < w->n_cores; i++)
        l->held[w->cores[i].y][w->cores[i].x].code_id = id;
}

static nxs_status load_images(struct tt_loader *l, const struct tt_work *w)
{
    struct lacking lacking = {l, w};
    nxs_status status = NXS_Success;
    struct tt_group group;

    tt_group_of(w->cores, w->n_cores, lacks_images, &lacking, &group);
    if (!group.n)
        return NXS_Success;
    set_code(l, w, 0);
    for (unsigned r = 0; r < TT_N_RISC && status >= 0; r++)
        if (w->image[r].size)
            status = tt_group_write(l->dev, &group, kernel_addr[r],
                                    w->image[r].data, w->image[r].size);
    if (status >= 0)
        set_code(l, w, w->code_id);
    return status;
}

/* Differs from that of the images before, wherever these are written. */
static uint32_t code_of(struct tt_loader *l, const struct tt_work *w)
{
    if (w->code_id)
        return (uint32_t)w->code_id % UNNAMED;
    return UNNAMED | l->n_unnamed++ % UNNAMED;
}

/* ---- what a launch changes ---- */

static nxs_status clear_records(struct tt_loader *l, const struct tt_work *w,
                                const struct tt_group *g)
{
    struct records records;

    memset(&records, 0, sizeof(records));
    for (uint32_t i = 0; i < w->n_semaphores; i++)
        records.semaphore[i][0] = w->semaphores[i];
    return tt_group_write(l->dev, g, TT_L1_SEMAPHORES, &records,
                          sizeof(records));
}

/* Rings and logs begin empty. */
static nxs_status clear_logs(struct tt_loader *l, const struct tt_work *w,
                             const struct tt_group *g)
{
    static const uint32_t zero[8];
    nxs_status status = NXS_Success;

    for (unsigned r = 0; r < TT_N_RISC && status >= 0; r++) {
        if (w->print)
            status = tt_group_write(
                l->dev, g,
                w->print + r * (uint32_t)sizeof(struct tt_print_ring), zero,
                offsetof(struct tt_print_ring, word));
        if (w->zones && status >= 0)
            status = tt_group_write(
                l->dev, g, w->zones + r * (uint32_t)sizeof(struct tt_zone_log),
                zero, offsetof(struct tt_zone_log, zone));
    }
    return status;
}

nxs_status tt_load(struct tt_loader *loader, const struct tt_work *work,
                   const struct tt_group *group)
{
    uint32_t code = code_of(loader, work);
    nxs_status status = load_images(loader, work);
    struct tt_launch_block block;
    struct words shared;
    struct roles roles;

    find_roles(work, &roles);
    fill_block(&block, work, code);
    place_words(&block, &shared, work, &roles);
    if (status >= 0)
        status = load_block(loader, work, group, &block);
    if (status >= 0)
        status = load_words(loader, work, group, &block, &roles, &shared);
    if (status >= 0)
        status = clear_logs(loader, work, group);
    if (status >= 0)
        status = clear_records(loader, work, group);
    if (status >= 0)
        return status;
    for (uint32_t i = 0; i < work->n_cores; i++)
        tt_load_forget(&loader->held[work->cores[i].y][work->cores[i].x]);
    return status;
}
