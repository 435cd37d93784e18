/* SPDX-License-Identifier: MIT */
/*
 * The ends of scripts: everything that can be seen of a tile's state goes to
 * memory. What has no address is made to act: counters choose what an unpacker
 * or packer moves, and where to.
 *
 * All of it runs on BRISC, but for what only a TRISC can load, and expects
 * that no instruction stream is blocked.
 */
#ifndef TT_DIFF_PROBE_H
#define TT_DIFF_PROBE_H

#include "tests/diff/tensix.h"

/* Places in the data area for tx_dump_dst(); scripts have what is between. */
#define PROBE_DST   0x00000u
#define PROBE_OTHER 0x20000u
#define PROBE_SRC   0x28000u
#define PROBE_PACK  0x30000u /* tx_probe_packers(): 4 KiB per thread */

/** tx_dump_gprs - load all GPRs of all threads */
void tx_dump_gprs(struct script *s);

/** tx_dump_scalars - load all GPRs, semaphores, overlay registers and both
 *  banks of Config; selects bank 0, changes GPRs of thread 2 */
void tx_dump_scalars(struct script *s);

/** tx_dump_src - copy both banks of SrcA and SrcB to 32-bit rows of Dst from 0
 *  on; both chips hand over banks on the way */
void tx_dump_src(struct script *s);

/** tx_probe_unpackers - make a thread's address counters of both unpackers
 *  show in Dst: each one, and after it its saved value. Output counters must
 *  be small, the W one 0. */
void tx_probe_unpackers(struct script *s, unsigned thread);

/** tx_probe_packers - make a thread's address counters of the packers show in
 *  memory, by which rows of Dst they choose: Y, Z and W, and after them their
 *  saved values; X, which is the length; the output counters must be 0 */
void tx_probe_packers(struct script *s, unsigned thread);

/** tx_probe_math - make the counters of the matrix unit show in Dst, by what
 *  moves go where, and, with @product, the fidelity phase; twice, so that
 *  address modes show too. Counters must be multiples of 8, with @product of
 *  16 for SrcA. */
void tx_probe_math(struct script *s, bool product);

#endif
