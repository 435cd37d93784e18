/* SPDX-License-Identifier: MIT */
/*
 * The kernel sanitizer (TT_EMU_CHECK=1): what the chip only objects to. See
 * docs/emulator.md for what is checked and what is not.
 *
 * A tile of a chip that checks has a struct tt_check, others have none: every
 * hook stands behind a test of that pointer, or of the chip's. Loads and stores
 * of RISC-V cores are instructions of their own in a chip that checks
 * (TT_RV32_CHECKED_LOAD), so that in others they cost nothing.
 *
 * Threads: a hook may touch what belongs to the tile whose turn it is; what
 * concerns another tile happens between rounds (sched.c).
 */
#ifndef TT_EMU_CHECK_H
#define TT_EMU_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "device/emu/chip.h"

struct tt_noc_request;

#define TT_CHECK_ACTORS  (TT_CHIP_TILES * TT_N_RISC)
#define TT_CHECK_NOBODY  UINT16_MAX /* the host, or nobody yet */
#define TT_CHECK_REPORTS 16u
#define TT_CHECK_SYNC    256u /* words with atomics, 0 = none */

/** enum tt_check_kind - what is wrong; one report per kind and place */
enum tt_check_kind {
    TT_CHECK_UNWRITTEN,
    TT_CHECK_CB,
    TT_CHECK_RANGE,
    TT_CHECK_RACE,
    TT_CHECK_DST
};

/** enum tt_check_sync - what orders the cores of a tile besides words of L1 */
enum tt_check_sync {
    TT_SYNC_SEM, /* Tensix semaphores */
    TT_SYNC_MUTEX = TT_SYNC_SEM + 8,
    TT_SYNC_SRC,       /* banks of SrcA and SrcB */
    TT_SYNC_REGISTERS, /* scratch registers of the tile */
    TT_SYNC_MAILBOX,   /* [from * 4 + to] */
    TT_N_SYNC = TT_SYNC_MAILBOX + 16
};

/** struct tt_check_clock - a vector clock: what has been seen of each core */
struct tt_check_clock {
    uint32_t of[TT_CHECK_ACTORS];
};

/** struct tt_check_cell - what is known of a word of L1
 *  @clock, @pc, @actor: of the last write
 *  @written: launch << 4 | bytes written in it, or ever in a buffer
 *  @bytes: of the last write
 *  @sync: index of its clock in struct tt_check, 0 = none */
struct tt_check_cell {
    uint32_t clock;
    uint32_t pc;
    uint32_t written;
    uint16_t actor;
    uint8_t bytes;
    uint8_t sync;
};

/** struct tt_check_report - an objection, not handed up yet */
struct tt_check_report {
    enum tt_check_kind kind;
    struct tt_fault fault;
};

/** struct tt_check_cb - a circular buffer as its credits tell
 *  @received, @acked: the credit words as last seen
 *  @fed: somebody has pushed pages
 *  @early: pages were popped before any was pushed, by @popper */
struct tt_check_cb {
    uint32_t received, acked;
    bool fed, early;
    uint32_t n_early;
    struct tt_fault_place popper;
};

/** struct tt_check_dst - whose turn it is at Dst (jit/include/tt/math.h)
 *  @armed: a kernel of the plugin's own library runs
 *  @math, @pack: whether math has acquired, the packer waited for its half
 *  @math_half, @pack_half: which one that is */
struct tt_check_dst {
    bool armed, math, pack;
    uint8_t math_half, pack_half;
};

/** struct tt_check - what is known of one tile */
struct tt_check {
    struct tt_tile *tile;
    struct tt_check_cell *cell; /* one for each word of L1 */
    uint32_t launch;            /* number of the present one */
    uint32_t own_end, args_end; /* struct tt_launch_block */
    uint32_t cb_mask;
    struct tt_cb_config cb_config[TT_N_CB];
    struct tt_check_cb cb[TT_N_CB];
    struct tt_check_dst dst;
    struct tt_check_clock core[TT_N_RISC];
    struct tt_check_clock sync[TT_N_SYNC];
    struct tt_check_clock *known[TT_CHIP_TILES]; /* who wrote here from there */
    struct tt_check_clock *word[TT_CHECK_SYNC];  /* of words with atomics */
    unsigned n_words;
    /* Where the instructions that wait in the coprocessor were pushed, and
     * where the one was that is executed now; 0 = it did not wait. */
    uint32_t fifo_pc[TT_N_THREADS][TT_FIFO_SIZE];
    uint32_t queued_pc[TT_N_THREADS];
    struct tt_check_report report[TT_CHECK_REPORTS];
    unsigned n_reports;
};

/** struct tt_checker - what a chip that checks keeps
 *  @n_taken: of its reports, how many were handed up */
struct tt_checker {
    struct tt_check_report report[TT_CHECK_REPORTS];
    unsigned n_reports, n_taken;
};

/* ---- check.c: life, reports, launches ---- */

/** tt_check_enable - make a new chip, without tiles, check; false when out of
 *  memory */
bool tt_check_enable(struct tt_chip *chip);

/** tt_check_new - what a tile needs; NULL when out of memory */
struct tt_check *tt_check_new(struct tt_tile *tile);
/** tt_check_free - free it; NULL is ignored */
void tt_check_free(struct tt_check *check);

/**
 * tt_check_report - object to what a core does now
 * @tile: of the core; one that checks
 * @risc: TT_RISC_*
 * @other: who else took part, or NULL
 * @fmt: what is wrong; ends with a preposition if there is an @other
 *
 * The first of a kind and place counts, others are dropped.
 */
void tt_check_report(struct tt_tile *tile, enum tt_check_kind kind,
                     unsigned risc, const struct tt_fault_place *other,
                     const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** tt_check_report_at - tt_check_report() of an earlier instruction */
void tt_check_report_at(struct tt_tile *tile, enum tt_check_kind kind,
                        const struct tt_fault_place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** tt_check_pc - the pc of tt_check_place() */
uint32_t tt_check_pc(const struct tt_tile *tile, unsigned risc);

/** tt_check_place - where a core is now, or where the coprocessor's
 *  instruction that is executed now was pushed */
struct tt_fault_place tt_check_place(const struct tt_tile *tile, unsigned risc);

/** tt_check_queue - an instruction is put at place @behind of a thread's queue
 *  (0 = its head) by the core that runs now */
void tt_check_queue(struct tt_tensix *t, unsigned thread, uint32_t behind);
/** tt_check_dequeue - the head of a thread's queue begins (@on) or has ended */
void tt_check_dequeue(struct tt_tensix *t, unsigned thread, bool on);

/** tt_check_collect - after a round: reports of its tiles, in their order, to
 *  the chip */
void tt_check_collect(struct tt_chip *chip);

/** tt_check_take - hand up the oldest report; false if there is none */
bool tt_check_take(struct tt_chip *chip, struct tt_fault *out);

/** tt_check_host_wrote - the host has written L1; notices when it launches */
void tt_check_host_wrote(struct tt_tile *tile, uint32_t addr, uint32_t len);

/* ---- check_l1.c: who has written what ---- */

/** tt_check_host_write - note bytes that the host has written */
void tt_check_host_write(struct tt_check *check, uint32_t addr, uint32_t len);

/** tt_check_read - a core (or its coprocessor thread) reads L1
 *  @tile, @risc: who
 *  @at: whose L1
 *  @polls: it may be a flag, so that the value orders the two cores; else the
 *          writers must have been ordered before */
void tt_check_read(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                   uint32_t addr, uint32_t len, bool polls);

/** tt_check_write - a core (or its coprocessor thread) has written L1 */
void tt_check_write(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                    uint32_t addr, uint32_t len);

/** tt_check_atomic - a core has changed an aligned word as a whole */
void tt_check_atomic(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                     uint32_t addr);

/** tt_check_learn - a core takes what others have given to an object
 *  @sync: enum tt_check_sync */
void tt_check_learn(struct tt_tile *tile, unsigned risc, unsigned sync);
/** tt_check_join - tt_check_learn(), and the core gives what it has seen */
void tt_check_join(struct tt_tile *tile, unsigned risc, unsigned sync);

/** tt_check_order - all that has happened is before what cores of a tile do
 *  from now on */
void tt_check_order(struct tt_tile *tile);
/** tt_check_order_all - tt_check_order() of all tiles; between rounds */
void tt_check_order_all(struct tt_chip *chip);

/* ---- check_noc.c, check_cb.c, check_dst.c: rules ---- */

/** tt_check_protected - object to writes where only the host may write */
void tt_check_protected(struct tt_tile *tile, unsigned risc,
                        const struct tt_tile *at, uint32_t addr, uint32_t len);

/** tt_check_store - a RISC-V core has stored to the L1 of its tile */
void tt_check_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                    unsigned size);

/** tt_check_request - a NOC request of a core has been performed */
void tt_check_request(const struct tt_noc_request *request);

/** tt_check_cb_launch - the circular buffers of a launch that begins */
void tt_check_cb_launch(struct tt_check *check);
/** tt_check_credits - a core has written some of the credit words of @at */
void tt_check_credits(struct tt_tile *tile, unsigned risc, struct tt_tile *at,
                      uint32_t addr, uint32_t len);
/** tt_check_cb_end - name of the circular buffer that @addr lies in and where
 *  it ends; false if it lies in none */
bool tt_check_cb_end(const struct tt_check *check, uint32_t addr,
                     unsigned *out_cb, uint32_t *out_end);

/** tt_check_unpack - the unpackers are about to read L1 */
void tt_check_unpack(struct tt_tensix *t, unsigned thread, uint32_t addr,
                     uint32_t len);
/** tt_check_pack - the packers have written L1 */
void tt_check_pack(struct tt_tensix *t, unsigned thread, uint32_t addr,
                   uint32_t len);

/** tt_check_sem - a thread's SEMINIT, SEMPOST, SEMGET or SEMWAIT went through;
 *  @opcode as in tensix_ops.h */
void tt_check_sem(struct tt_tensix *t, unsigned thread, unsigned sem,
                  uint32_t insn);
/** tt_check_dst_math - an instruction of the matrix or vector unit, or an
 *  unpacker, uses a row of Dst */
void tt_check_dst_math(struct tt_tensix *t, unsigned thread, uint32_t row);
/** tt_check_dst_pack - a packer reads a row of Dst */
void tt_check_dst_pack(struct tt_tensix *t, unsigned thread, uint32_t row);
/** tt_check_kernel_begins - T1 has prepared the coprocessor for a kernel */
void tt_check_kernel_begins(struct tt_check *check);

#endif
