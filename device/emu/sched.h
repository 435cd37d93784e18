/* SPDX-License-Identifier: MIT */
/* What the scheduler shares with delay.c, which schedules in its place. */
#ifndef TT_EMU_SCHED_H
#define TT_EMU_SCHED_H

#include "device/emu/chip.h"

/** tt_sched_core - let a core that is active run for @slice instructions or so
 *  Return: instructions executed, which pass on the tile's clock; a whole turn
 *  more if the coprocessor was given far more work than that. */
uint32_t tt_sched_core(struct tt_tile *tile, unsigned risc, uint32_t slice);

#endif
