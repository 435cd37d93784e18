/* SPDX-License-Identifier: MIT */
/* Which worker cores a command gets, and which part of the grid each does. */
#ifndef TT_PLACEMENT_H
#define TT_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "device/spread.h"

#define TT_PLACEMENT_ROWS 32u

/** struct tt_placement - which of the device's cores are taken
 *  @used: per row, a bit for each column that is */
struct tt_placement {
    unsigned width, height;
    uint32_t used[TT_PLACEMENT_ROWS];
};

/**
 * tt_placement_init - all cores free
 * @p: storage of the caller
 * @width, @height: the device's grid, at least 1 x 1; columns beyond 32 and
 *                  rows beyond TT_PLACEMENT_ROWS are not used
 */
void tt_placement_init(struct tt_placement *p, unsigned width, unsigned height);

/**
 * tt_placement_take - find cores for a command
 * @p: cores
 * @n: grid points of the command, at least 1
 * @out: the rectangle; written only on success
 *
 * What fits in a row takes the first gap of a row that is wide enough. More
 * takes as many whole rows, one after the other, as it needs. More than the
 * device takes all of it.
 *
 * Return: false if there is no room now (where nothing is taken there always
 * is).
 */
bool tt_placement_take(struct tt_placement *p, uint64_t n,
                       struct tt_cores *out);

/**
 * tt_placement_take_even - find cores that all get as many grid points
 * @p: cores
 * @n: grid points of the command, at least 1
 * @out: the rectangle; written only on success
 *
 * For kernels that multicast: each core of the rectangle answers each of the
 * first core's messages, so none may have fewer points than another. Takes the
 * largest rectangle whose size divides @n.
 *
 * Return: false if there is no room now.
 */
bool tt_placement_take_even(struct tt_placement *p, uint32_t n,
                            struct tt_cores *out);

/**
 * tt_placement_take_at - take just these cores
 * @p: cores
 * @cores: inside the grid
 *
 * For kernels that find something in their own L1.
 *
 * Return: false if one of them is taken.
 */
bool tt_placement_take_at(struct tt_placement *p, const struct tt_cores *cores);

/**
 * tt_placement_release - give cores back
 * @p: cores
 * @cores: as taken
 */
void tt_placement_release(struct tt_placement *p, const struct tt_cores *cores);

/**
 * tt_placement_share - the part of a flattened grid that one core does
 * @total: grid points
 * @n_cores: cores of the command, at least 1
 * @core: 0 .. n_cores - 1 in row order
 * @out_start, @out_end: half-open; empty for cores that are left over
 */
void tt_placement_share(uint32_t total, uint32_t n_cores, uint32_t core,
                        uint32_t *out_start, uint32_t *out_end);

#endif
