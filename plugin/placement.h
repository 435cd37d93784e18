/* SPDX-License-Identifier: MIT */
/* Which worker cores a command gets, and which part of the grid each does. */
#ifndef TT_PLACEMENT_H
#define TT_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#define TT_PLACEMENT_ROWS 32u

/** struct tt_cores - a rectangle of logical worker cores */
struct tt_cores {
    unsigned x, y, width, height;
};

/** struct tt_placement - the device's cores during one wave
 *  @used: how many cores of each row are taken, from the left */
struct tt_placement {
    unsigned width, height;
    unsigned used[TT_PLACEMENT_ROWS];
};

/**
 * tt_placement_init - all cores free
 * @p: storage of the caller
 * @width, @height: the device's grid, at least 1 x 1; rows beyond
 *                  TT_PLACEMENT_ROWS are not used
 */
void tt_placement_init(struct tt_placement *p, unsigned width, unsigned height);

/**
 * tt_placement_take - find cores for a command
 * @p: wave
 * @n: grid points of the command, at least 1
 * @out: the rectangle; written only on success
 *
 * What fits in a row goes into the first row with enough cores left, be it a
 * gap in an earlier row. More takes as many free whole rows as it needs. More
 * than the device takes all of it.
 *
 * Return: false if this wave has no room for it (an empty one always has).
 */
bool tt_placement_take(struct tt_placement *p, uint64_t n,
                       struct tt_cores *out);

/**
 * tt_placement_take_even - find cores that all get as many grid points
 * @p: wave
 * @n: grid points of the command, at least 1
 * @out: the rectangle; written only on success
 *
 * For kernels that multicast: each core of the rectangle answers each of the
 * first core's messages, so none may have fewer points than another. Takes the
 * largest rectangle whose size divides @n.
 *
 * Return: false if this wave has no room for it (an empty one always has).
 */
bool tt_placement_take_even(struct tt_placement *p, uint32_t n,
                            struct tt_cores *out);

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
