/* SPDX-License-Identifier: MIT */
/* Things that checks of several areas need: buffers with known contents,
 * commands that add, properties. All of them end the check if they fail. */
#ifndef CONFORM_WORLD_H
#define CONFORM_WORLD_H

#include <pthread.h>

#include "tests/conform/conform.h"

#define WORLD_POINTS   4u /* grid points of a command */
#define WORLD_ELEMENTS (1024u * WORLD_POINTS)

/** The default stream, as hosts pass it when run() was given none. */
#define WORLD_DEFAULT_STREAM (-80)

/** struct world_adder - a command that adds two buffers to a third */
struct world_adder {
    nxs_int library, kernel, schedule, command;
    nxs_int a, b, sum; /* of world_vector() with seeds 1 and 2; zeros */
};

/** world_one - a grid or group of one */
extern const nxs_dim3 world_one;

/**
 * world_n_devices - number of devices
 * @c: the check
 */
int world_n_devices(struct conform *c);

/**
 * world_bytes - a layout of so many bytes
 * @size: 1 or more
 */
nxs_buffer_layout world_bytes(uint64_t size);

/**
 * world_pattern - bytes that differ from their neighbours
 * @seed: another seed, other bytes
 * @size: how many
 *
 * Return: memory of the caller.
 */
unsigned char *world_pattern(unsigned seed, size_t size);

/**
 * world_alloc - zeroed memory
 * @size: bytes
 *
 * Return: memory of the caller; never NULL.
 */
void *world_alloc(size_t size);

/**
 * world_lent - memory that goes away when the caller says so
 * @from: contents
 * @size: bytes
 *
 * Return: pages of the caller; world_take_back() unmaps them.
 */
void *world_lent(const void *from, size_t size);

/**
 * world_take_back - make lent memory inaccessible
 * @lent: of world_lent()
 * @size: as there
 */
void world_take_back(void *lent, size_t size);

/**
 * world_vector - a buffer of WORLD_ELEMENTS floats
 * @c: the check
 * @device: where
 * @seed: 0: zeros; else element i is i mod 97 + seed
 *
 * Return: its id.
 */
nxs_int world_vector(struct conform *c, nxs_int device, unsigned seed);

/**
 * world_expect_sum - a buffer of WORLD_ELEMENTS floats holds a sum
 * @c: the check
 * @buffer: id
 * @n: how many vectors were added
 * @seeds: the sum of their seeds
 */
void world_expect_sum(struct conform *c, nxs_int buffer, unsigned n,
                      unsigned seeds);

/**
 * world_library - the library of --kernel
 * @c: the check
 * @device: where
 */
nxs_int world_library(struct conform *c, nxs_int device);

/**
 * world_kernel - the kernel of --kernel in a library
 * @c: the check
 * @library: of world_library()
 */
nxs_int world_kernel(struct conform *c, nxs_int library);

/**
 * world_command - add a command with the constants of --const, not finalized
 * @c: the check
 * @schedule: id
 * @kernel: id
 */
nxs_int world_command(struct conform *c, nxs_int schedule, nxs_int kernel);

/**
 * world_set_buffers - arguments 0, 1 and 2
 * @c: the check
 * @command: id
 * @a: argument 0
 * @b: argument 1
 * @sum: argument 2
 */
void world_set_buffers(struct conform *c, nxs_int command, nxs_int a, nxs_int b,
                       nxs_int sum);

/**
 * world_finalize - over WORLD_POINTS points
 * @c: the check
 * @command: id
 */
void world_finalize(struct conform *c, nxs_int command);

/**
 * world_adder - a schedule with one command, ready to run
 * @c: the check
 * @device: where
 */
struct world_adder world_adder(struct conform *c, nxs_int device);

/**
 * world_run - run a schedule in the default stream and wait for it
 * @c: the check
 * @schedule: id
 */
void world_run(struct conform *c, nxs_int schedule);

/** A Get...Property call of an object with an id. */
typedef nxs_status (*world_getter)(nxs_int, nxs_uint, void *, size_t *);

/**
 * world_number - an integer property
 * @c: the check; skipped if the object has no such property
 * @get: the call
 * @id: of the object
 * @property: enum nxs_property
 */
int64_t world_number(struct conform *c, world_getter get, nxs_int id,
                     nxs_uint property);

/**
 * world_signal_soon - set an event to 1 in a moment, while the caller waits
 * @c: the check
 * @event: id
 *
 * Return: the thread that does it, to be joined.
 */
pthread_t world_signal_soon(struct conform *c, nxs_int event);

/**
 * world_now - seconds since some time
 */
double world_now(void);

/**
 * world_sleep - let time pass
 * @seconds: how long
 */
void world_sleep(double seconds);

#endif
