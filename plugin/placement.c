/* SPDX-License-Identifier: MIT */
/* Which worker cores a command gets, and which part of the grid each does. */
#include "plugin/placement.h"

#define MAX_COLUMNS 32u

void tt_placement_init(struct tt_placement *p, unsigned width, unsigned height)
{
    if (height > TT_PLACEMENT_ROWS)
        height = TT_PLACEMENT_ROWS;
    if (width > MAX_COLUMNS)
        width = MAX_COLUMNS;
    *p = (struct tt_placement){.width = width, .height = height};
}

static uint32_t columns_of(const struct tt_cores *cores)
{
    return (UINT32_MAX >> (MAX_COLUMNS - cores->width)) << cores->x;
}

static bool is_free(const struct tt_placement *p, const struct tt_cores *cores)
{
    for (unsigned row = 0; row < cores->height; row++)
        if (p->used[cores->y + row] & columns_of(cores))
            return false;
    return true;
}

bool tt_placement_take_at(struct tt_placement *p, const struct tt_cores *cores)
{
    if (!is_free(p, cores))
        return false;
    for (unsigned row = 0; row < cores->height; row++)
        p->used[cores->y + row] |= columns_of(cores);
    return true;
}

/* The first free rectangle of a shape, in row order. */
static bool take(struct tt_placement *p, unsigned width, unsigned height,
                 struct tt_cores *out)
{
    struct tt_cores c = {.width = width, .height = height};

    for (c.y = 0; c.y + height <= p->height; c.y++)
        for (c.x = 0; c.x + width <= p->width; c.x++) {
            if (!tt_placement_take_at(p, &c))
                continue;
            *out = c;
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
        return take(p, (unsigned)n, 1, out);
    return take(p, p->width, (unsigned)((n + p->width - 1) / p->width), out);
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
    return take(p, width, height, out);
}

void tt_placement_release(struct tt_placement *p, const struct tt_cores *cores)
{
    for (unsigned row = 0; row < cores->height; row++)
        p->used[cores->y + row] &= ~columns_of(cores);
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
