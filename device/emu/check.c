/* SPDX-License-Identifier: MIT */
/* The kernel sanitizer: life of its records, reports, launches. */
#include "device/emu/check.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CELLS_SIZE (TT_L1_SIZE / 4 * sizeof(struct tt_check_cell))

/* ---- life ---- */

bool tt_check_enable(struct tt_chip *chip)
{
    chip->checker = calloc(1, sizeof(*chip->checker));
    if (chip->checker)
        tt_code_cache_watch(chip->code);
    return chip->checker != NULL;
}

struct tt_check *tt_check_new(struct tt_tile *tile)
{
    struct tt_check *check = calloc(1, sizeof(*check));
    void *cell;

    if (!check)
        return NULL;
    /* Zeroed pages, committed where L1 is used. */
    cell = mmap(NULL, CELLS_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (cell == MAP_FAILED) {
        free(check);
        return NULL;
    }
    check->tile = tile;
    check->cell = cell;
    check->launch = 1;
    check->own_end = TT_L1_SIZE;
    check->n_words = 1;
    return check;
}

void tt_check_free(struct tt_check *check)
{
    if (!check)
        return;
    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        free(check->known[i]);
    for (unsigned i = 0; i < TT_CHECK_SYNC; i++)
        free(check->word[i]);
    munmap(check->cell, CELLS_SIZE);
    free(check);
}

/* ---- reports ---- */

uint32_t tt_check_pc(const struct tt_tile *tile, unsigned risc)
{
    uint32_t queued = 0;

    if (risc >= TT_RISC_T0 && risc <= TT_RISC_T2)
        queued = tile->check->queued_pc[risc - TT_RISC_T0];
    return queued ? queued : tile->rv[risc].pc;
}

struct tt_fault_place tt_check_place(const struct tt_tile *tile, unsigned risc)
{
    struct tt_fault_place at = tt_tile_place(tile, risc);
    uint32_t pc = risc < TT_N_RISC ? tt_check_pc(tile, risc) : 0;

    /* Nobody knows who was there when it was pushed. */
    if (pc != at.pc)
        memset(at.caller, 0, sizeof(at.caller));
    at.pc = pc;
    return at;
}

void tt_check_queue(struct tt_tensix *t, unsigned thread, uint32_t behind)
{
    uint32_t at = t->thread[thread].fifo_head + behind;

    t->check->fifo_pc[thread][at % TT_FIFO_SIZE] =
        t->tile->rv[TT_RISC_T0 + thread].pc;
}

void tt_check_dequeue(struct tt_tensix *t, unsigned thread, bool on)
{
    uint32_t head = t->thread[thread].fifo_head;

    t->check->queued_pc[thread] = on ? t->check->fifo_pc[thread][head] : 0;
}

/* Whether there is a report of this kind and place, whichever tile's. */
static bool is_known(const struct tt_check_report *list, unsigned n,
                     enum tt_check_kind kind, const struct tt_fault_place *at)
{
    for (unsigned i = 0; i < n; i++)
        if (list[i].kind == kind && list[i].fault.at.risc == at->risc &&
            list[i].fault.at.pc == at->pc)
            return true;
    return false;
}

/* Room for a new report, or NULL if it is none or there are too many. */
static struct tt_fault *new_report(struct tt_check *check,
                                   enum tt_check_kind kind,
                                   const struct tt_fault_place *at)
{
    struct tt_check_report *report = &check->report[check->n_reports];

    if (check->n_reports == TT_CHECK_REPORTS ||
        is_known(check->report, check->n_reports, kind, at))
        return NULL;
    check->n_reports++;
    *report = (struct tt_check_report){.kind = kind, .fault.at = *at};
    return &report->fault;
}

void tt_check_report(struct tt_tile *tile, enum tt_check_kind kind,
                     unsigned risc, const struct tt_fault_place *other,
                     const char *fmt, ...)
{
    struct tt_fault_place at = tt_check_place(tile, risc);
    struct tt_fault *fault = new_report(tile->check, kind, &at);
    va_list args;

    if (!fault)
        return;
    va_start(args, fmt);
    vsnprintf(fault->text, sizeof(fault->text), fmt, args);
    va_end(args);
    if (other) {
        fault->other = *other;
        fault->has_other = true;
    }
}

void tt_check_report_at(struct tt_tile *tile, enum tt_check_kind kind,
                        const struct tt_fault_place *at, const char *fmt, ...)
{
    struct tt_fault *fault = new_report(tile->check, kind, at);
    va_list args;

    if (!fault)
        return;
    va_start(args, fmt);
    vsnprintf(fault->text, sizeof(fault->text), fmt, args);
    va_end(args);
}

static void collect_from(struct tt_checker *all, struct tt_check *check)
{
    for (unsigned i = 0; i < check->n_reports; i++) {
        const struct tt_check_report *report = &check->report[i];

        if (all->n_reports < TT_CHECK_REPORTS &&
            !is_known(all->report, all->n_reports, report->kind,
                      &report->fault.at))
            all->report[all->n_reports++] = *report;
    }
    check->n_reports = 0;
}

void tt_check_collect(struct tt_chip *chip)
{
    for (unsigned i = 0; i < TT_CHIP_TILES; i++)
        if (chip->tile[i] && chip->tile[i]->check->n_reports)
            collect_from(chip->checker, chip->tile[i]->check);
}

bool tt_check_take(struct tt_chip *chip, struct tt_fault *out)
{
    struct tt_checker *all = chip->checker;

    if (all->n_taken == all->n_reports) {
        all->n_taken = all->n_reports = 0;
        return false;
    }
    *out = all->report[all->n_taken++].fault;
    return true;
}

/* ---- launches ---- */

/* The host has waited for the launch before, and has prepared this one. */
static void begin_launch(struct tt_tile *tile)
{
    tt_check_order(tile);
    /* When numbers run out, stale contents are no longer noticed. */
    if (tile->check->launch < UINT32_MAX >> 5)
        tile->check->launch++;
    tile->check->dst = (struct tt_check_dst){.armed = false};
    tt_check_cb_launch(tile->check);
}

void tt_check_host_wrote(struct tt_tile *tile, uint32_t addr, uint32_t len)
{
    const uint32_t go = TT_L1_MAILBOX + offsetof(struct tt_mailbox, go);

    tt_check_host_write(tile->check, addr, len);
    /* At boot the whole mailbox is zeroed. */
    if (addr == go && len == 4)
        begin_launch(tile);
}
