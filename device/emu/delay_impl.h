/* SPDX-License-Identifier: MIT */
/* What the files of TT_EMU_DELAY share: queues of a tile, chance. */
#ifndef TT_EMU_DELAY_IMPL_H
#define TT_EMU_DELAY_IMPL_H

#include "device/emu/delay.h"

#define TT_LATE_REQUESTS 32u   /* NOC requests of a tile under way */
#define TT_LATE_PACKET   8192u /* bytes of one, noc_max_packet */
#define TT_LATE_RAW      32u   /* instructions before the expanders */
#define TT_LATE_UNIT     64u   /* instructions in a unit */
#define TT_LATE_STORES   16u   /* RISC-V stores under way, per core */

/** enum tt_late_stage - what a request does next */
enum tt_late_stage {
    TT_LATE_FREE,    /* the entry is unused */
    TT_LATE_SEND,    /* leave the interface: the source is read */
    TT_LATE_DELIVER, /* act at the far end, or ends */
    TT_LATE_RETURN,  /* bytes of a response land in L1 */
    TT_LATE_COUNT    /* the response is counted */
};

/** struct tt_late_request - a NOC request under way
 *  @due: tick of the tile from which on the next step may happen
 *  @order: requests of a tile and NOC in the order in which they were made
 *  @chained: no other request comes between this one and the one made next on
 *      this NOC (NOC_CMD_VC_LINKED)
 *  @split: where data is cut that moves in two parts (Ordering.md, single
 *      packet); @rest: 0 no part has moved, 1 the lower one, 2 the upper one
 *  @n_at, @at: destinations not yet reached; @n_ack: acks not yet received */
struct tt_late_request {
    struct tt_noc_request r;
    uint64_t due, order;
    uint8_t stage; /* enum tt_late_stage */
    bool chained;
    uint8_t rest;
    uint8_t n_at, n_ack;
    uint32_t split;
    struct tt_place at[TT_CHIP_TILES];
};

/** struct tt_late_insn - an instruction that a unit has accepted
 *  @number: how many of its thread passed the Wait Gate before */
struct tt_late_insn {
    uint32_t insn, number;
    uint8_t thread;
};

/* Units whose instructions take effect late. The matrix and the vector unit
 * are one queue, since they take their counters (RWCs) in the order of issue.
 */
enum {
    TT_LATE_UNPACK0,
    TT_LATE_UNPACK1,
    TT_LATE_MATH,
    TT_LATE_PACK,
    TT_LATE_N_UNITS
};

/** struct tt_late_unit - a unit: first in, first out
 *  @flips: queued instructions that hand over a bank of SrcA or SrcB
 *  @hold: looks at the unit until it goes on */
struct tt_late_unit {
    struct tt_late_insn queue[TT_LATE_UNIT];
    uint32_t head, n;
    uint32_t flips;
    uint32_t hold;
};

/** struct tt_late_front - one instruction stream
 *  @raw, @expand: pushed and not yet expanded; whether the MOP expander sees it
 *  @mops: MOPs among them
 *  @hold: as in struct tt_late_unit
 *  @number: instructions that have passed the Wait Gate
 *  @latched: STALLWAIT or SEMWAIT at the Wait Gate, 0 = none
 *  @held: WRCFG in its second cycle, 0 = none */
struct tt_late_front {
    uint32_t raw[TT_LATE_RAW];
    bool expand[TT_LATE_RAW];
    uint32_t head, n, mops;
    uint32_t hold;
    uint32_t number;
    uint32_t latched;
    uint32_t held;
};

/** struct tt_late_stores - stores of one core to Config and GPRs under way */
struct tt_late_stores {
    uint32_t addr[TT_LATE_STORES], value[TT_LATE_STORES];
    uint32_t head, n;
    uint32_t hold;
};

/* Kinds of things that are late, each as much as it likes. */
enum {
    TT_LATE_KIND_FRONT, /* + thread */
    TT_LATE_KIND_UNIT = TT_LATE_KIND_FRONT + TT_N_THREADS,
    TT_LATE_KIND_STORE = TT_LATE_KIND_UNIT + TT_LATE_N_UNITS,
    TT_LATE_KIND_READ, /* + NOC, these three */
    TT_LATE_KIND_WRITE = TT_LATE_KIND_READ + 2,
    TT_LATE_KIND_ATOMIC = TT_LATE_KIND_WRITE + 2,
    TT_LATE_KIND_TICKS = TT_LATE_KIND_ATOMIC + 2, /* of a tile that is idle */
    TT_LATE_N_KINDS
};

/* All that can be late in a turn: streams, units, stores; behind them the NOC
 * requests, which can only after it. */
#define TT_LATE_NOC     (TT_N_THREADS + TT_LATE_N_UNITS + TT_N_RISC)
#define TT_LATE_N_RANKS (TT_LATE_NOC + 1)

/** struct tt_late_mood - how late a kind of things is at present
 *  @lazy: of 16, how many take longer than anything else
 *  @left: until it changes */
struct tt_late_mood {
    uint8_t lazy, left;
};

/** struct tt_late_results - what the next vector instructions may see as it was
 *  @lreg, @lreg_mask: registers before the last instruction with two cycles of
 *      latency, and which of them it wrote; @lreg_number, @lreg_thread: whose
 *  @dst, @dst_valid: Dst before a matrix instruction, number dst_number of
 *      dst_thread; @has_dst */
struct tt_late_results {
    uint32_t lreg[8][TT_LANES];
    uint32_t lreg_mask, lreg_number;
    uint32_t dst_number;
    uint8_t lreg_thread, dst_thread;
    bool has_dst;
    uint16_t dst[TT_DST_ROWS][TT_ROW];
    uint8_t dst_valid[TT_DST_ROWS];
};

/** struct tt_delay - all that is late in a tile
 *  @chance: state of the generator
 *  @ticks: how often requests were looked at, and jumps where nothing ran
 *  @rank: who goes on first where nothing else does; @rank_left: how often
 *      before it changes
 *  @landing: a store lands, tt_delay_store() lets it through
 *  @moved: anything happened in the last turn */
struct tt_delay {
    struct tt_tile *tile;
    uint64_t chance;
    uint64_t ticks;
    struct tt_late_mood mood[TT_LATE_N_KINDS];
    uint8_t rank[TT_LATE_N_RANKS];
    uint32_t rank_left;
    uint64_t next_order[2]; /* per NOC */
    unsigned n_requests;
    bool landing, moved;
    struct tt_late_front front[TT_N_THREADS];
    struct tt_late_unit unit[TT_LATE_N_UNITS];
    struct tt_late_stores stores[TT_N_RISC];
    struct tt_late_results results;
    struct tt_late_request request[TT_LATE_REQUESTS];
    uint8_t data[TT_LATE_REQUESTS][TT_LATE_PACKET]; /* what they carry */
};

/** tt_late_chance - 32 random bits */
uint32_t tt_late_chance(struct tt_delay *d);

/** tt_late_below - a number below @n, not 0 */
static inline uint32_t tt_late_below(struct tt_delay *d, uint32_t n)
{
    return (uint32_t)((uint64_t)tt_late_chance(d) * n >> 32);
}

/** tt_late_coin - true as often as not */
static inline bool tt_late_coin(struct tt_delay *d)
{
    return tt_late_chance(d) >> 31;
}

/** tt_late_wait - how long the next of a kind takes: often no time at all */
uint32_t tt_late_wait(struct tt_delay *d, unsigned kind);

/** tt_late_noc_tick - requests of a tile whose time has come take a step; not
 *  in a round
 *  @jump: to the time of the next one, if none has come
 *  Return: whether one did. */
bool tt_late_noc_tick(struct tt_delay *d, bool jump);

/** tt_late_tensix_pending - whether anything waits in streams, units and
 *  stores */
bool tt_late_tensix_pending(const struct tt_delay *d);

/** tt_late_tensix_step - look once at each stream, unit and core's stores
 *  Return: whether anything moved on. */
bool tt_late_tensix_step(struct tt_delay *d);

/** tt_late_tensix_force - one of TT_LATE_NOC things goes on now
 *  Return: whether it could. */
bool tt_late_tensix_force(struct tt_delay *d, unsigned which);

/** tt_late_stores_step - let some of a core's stores land
 *  Return: whether one has. */
bool tt_late_stores_step(struct tt_delay *d, unsigned risc);

/** tt_late_execute - one instruction of the matrix or vector unit, which may
 *  see results of those before it as they were (delay_results.c) */
enum tt_step tt_late_execute(struct tt_delay *d, const struct tt_late_insn *i);

#endif
