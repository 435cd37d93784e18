/* SPDX-License-Identifier: MIT */
/*
 * TT_EMU_DELAY: NOC requests and coprocessor instructions complete late, in an
 * order that the documentation allows and a seed decides, so that a kernel
 * that lacks a wait computes something else. docs/emulator.md says what is
 * late and which pages say so.
 *
 * All state is a tile's own (tile->delay, NULL where the mode is off). In a
 * round each tile moves on in a turn that touches nothing but the tile; NOC
 * requests move on after the round, in the order of the tiles. So the outcome
 * depends on the seed and not on host threads.
 */
#ifndef TT_EMU_DELAY_H
#define TT_EMU_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "device/emu/noc.h"

/**
 * tt_delay_attach - make a new tile late
 * @tile: tile without cores that run; its chip says the seed
 *
 * Return: false when out of memory.
 */
bool tt_delay_attach(struct tt_tile *tile);
/** tt_delay_detach - free what tt_delay_attach() has made; none is ignored */
void tt_delay_detach(struct tt_tile *tile);

/** tt_delay_reset - all cores of the tile enter reset: instructions are dropped
 *  and NOC requests complete, at once if the host asks; after
 *  tt_tensix_init() */
void tt_delay_reset(struct tt_tile *tile);

/**
 * tt_delay_round - tt_chip_run() of a chip with delays
 *
 * Return: true if anything ran or is still to complete.
 */
bool tt_delay_round(struct tt_chip *chip);

/** tt_delay_settle - complete all NOC requests of the chip, outside a round:
 *  before the host looks */
void tt_delay_settle(struct tt_chip *chip);

/* ---- delay_noc.c ---- */

/**
 * tt_delay_request - take over a NOC request that has been checked
 * @r: request of a core; copied
 *
 * Return: TT_STEP_DONE, or TT_STEP_WAIT when too many are on their way (the
 * core tries again when one has completed).
 */
enum tt_step tt_delay_request(const struct tt_noc_request *r);

/* ---- delay_tensix.c ---- */

/** tt_delay_push - an instruction from a core, before the expanders;
 *  TT_STEP_WAIT when there is no room, TT_STEP_FAULT when the stream has been
 *  refused */
enum tt_step tt_delay_push(struct tt_tensix *t, unsigned thread, uint32_t insn,
                           bool expand);

/** tt_delay_make_room - let instructions of a full queue go on, in the midst
 *  of an expansion */
void tt_delay_make_room(struct tt_tensix *t, unsigned thread);

/** tt_delay_idle - whether no instruction of a thread is under way (TTSync.md,
 *  CoprocessorDoneCheck); what waits in its queue is the caller's to look at */
bool tt_delay_idle(const struct tt_tensix *t, unsigned thread);

/** tt_delay_mop_idle - whether no MOP of a thread waits to be expanded
 *  (TTSync.md, MOPExpanderDoneCheck) */
bool tt_delay_mop_idle(const struct tt_tensix *t, unsigned thread);

/** tt_delay_blocker - what holds the oldest instruction @insn of a queue: the
 *  wait that its thread has latched, or itself */
uint32_t tt_delay_blocker(const struct tt_tensix *t, unsigned thread,
                          uint32_t insn);

/* ---- delay_store.c: RISC-V stores to Config and GPRs ---- */

/**
 * tt_delay_store - whether a store is taken over, to land later
 * @tile: tile with a delay
 * @risc: core that stores
 * @addr, @value: a register of Config or a GPR
 *
 * Return: true if it is; false if the caller is to perform it.
 */
bool tt_delay_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                    uint32_t value);

/** tt_delay_land - let all stores of a core land, since it loads from where
 *  they go (BabyRISCV/MemoryOrdering.md, same region) */
void tt_delay_land(struct tt_tile *tile, unsigned risc);

#endif
