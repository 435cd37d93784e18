/* SPDX-License-Identifier: MIT */
/* Which worker cores a command gets, and which part of the grid each does. */
#include "plugin/placement.h"

void tt_placement_init(struct tt_placement *p, unsigned width, unsigned height)
{
    if (height > TT_PLACEMENT_ROWS)
        height = TT_PLACEMENT_ROWS;
    *p = (struct tt_placement){.width = width, .height = height};
}

static bool take_in_row(struct tt_placement *p, unsigned n,
                        struct tt_cores *out)
{
    for (unsigned y = 0; y < p->height; y++) {
        if (p->width - p->used[y] < n)
            continue;
        *out = (struct tt_cores){p->used[y], y, n, 1};
        p->used[y] += n;
        return true;
    }
    return false;
}

static bool take_rows(struct tt_placement *p, unsigned width, unsigned n_rows,
                      struct tt_cores *out)
{
    unsigned free_rows = 0;

    for (unsigned y = 0; y < p->height; y++) {
        free_rows = p->used[y] ? 0 : free_rows + 1;
        if (free_rows < n_rows)
            continue;
        *out = (struct tt_cores){0, y + 1 - n_rows, width, n_rows};
        for (unsigned row = out->y; row <= y; row++)
            p->used[row] = width;
        return true;
    }
    return false;
}

bool tt_placement_take(struct tt_placement *p, uint64_t n, struct tt_cores *out)
{
    uint64_t all = (uint64_t)p->width * p->height;

    if (n > all)
        n = all;
    if (n <= p->width)
        return take_in_row(p, (unsigned)n, out);
    return take_rows(p, p->width, (unsigned)((n + p->width - 1) / p->width),
                     out);
}

bool tt_placement_take_even(struct tt_placement *p, uint32_t n,
                            struct tt_cores *out)
{
    unsigned width = 1, height = 1;

    for (unsigned h = 1; h <= p->height; h++)
        for (unsigned w = 1; w <= p->width; w++)
            if (n % (w * h) == 0 && w * h > width * height) {
                width = w;
                height = h;
            }
    if (height == 1)
        return take_in_row(p, width, out);
    return take_rows(p, width, height, out);
}

void tt_placement_share(uint32_t total, uint32_t n_cores, uint32_t core,
                        uint32_t *out_start, uint32_t *out_end)
{
    uint64_t stride = ((uint64_t)total + n_cores - 1) / n_cores;
    uint64_t start = stride * core;
    uint64_t end = start + stride;

    *out_start = (uint32_t)(start < total ? start : total);
    *out_end = (uint32_t)(end < total ? end : total);
}
