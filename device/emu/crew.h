/* SPDX-License-Identifier: MIT */
/* Host threads that share out the items of a round. */
#ifndef TT_EMU_CREW_H
#define TT_EMU_CREW_H

#define TT_CREW_MAX 64u

struct tt_crew;

/** tt_crew_fn - work on one item; runs on any thread of the crew */
typedef void (*tt_crew_fn)(void *item);

/**
 * tt_crew_new - a crew of @n_threads, the caller included
 * @n_threads: 1 .. TT_CREW_MAX
 *
 * Threads are created by the first round that can use them; signals of the
 * host are never delivered to them.
 *
 * Return: the crew, or NULL when out of memory.
 */
struct tt_crew *tt_crew_new(unsigned n_threads);

/** tt_crew_free - end the threads and free; no round may be under way; NULL is
 *  ignored */
void tt_crew_free(struct tt_crew *crew);

/**
 * tt_crew_run - one round: @fn once for each item
 * @crew: crew; one round at a time
 * @fn: work
 * @item: @n items, in the order in which they are taken
 *
 * Returns when all are done; what the items wrote is visible to the caller. A
 * process that has forked since works alone, since threads do not fork.
 */
void tt_crew_run(struct tt_crew *crew, tt_crew_fn fn, void *const *item,
                 unsigned n);

#endif
