/* SPDX-License-Identifier: MIT */
/*
 * State of one Tensix coprocessor and the contract between its units.
 * Source: tt-isa-documentation, WormholeB0/TensixTile/TensixCoprocessor; where
 * it leaves room, ttsim v1.10.0 decides.
 */
#ifndef TT_EMU_TENSIX_H
#define TT_EMU_TENSIX_H

#include <stdbool.h>
#include <stdint.h>

#include "device/simd.h"

struct tt_check;
struct tt_tile;

#define TT_N_THREADS 3u
#define TT_FIFO_SIZE 512u /* as ttsim: at most 511 queued */
/* Instructions that MOP and REPLAY may stand for in a slice of a core, before
 * it has to wait for the next: one of each can stand for 131,072. */
#define TT_MAX_EXPANDED 16384u
#define TT_REPLAY_SIZE  32u
#define TT_SRC_ROWS     64u
#define TT_DST_ROWS     1024u
#define TT_ROW          16u
#define TT_LANES        32u
#define TT_N_CFG        188u /* words per bank; from 152 on not banked */
#define TT_CFG_GLOBAL   152u
#define TT_N_THREAD_CFG 57u
#define TT_N_GPR        64u

/** enum tt_step - what an instruction or a register access did */
enum tt_step {
    TT_STEP_DONE, /* executed */
    TT_STEP_WAIT, /* nothing changed; try again when the tile has changed */
    TT_STEP_FAULT /* refused; tt_tensix_refuse() has recorded why */
};

/** struct tt_adc - address counters of one unpacker or of the packers, for one
 *  thread (ADCs.md): channels 0 (L1 / Dst read side) and 1 */
struct tt_adc_channel {
    uint32_t x, y, z, w;
    uint32_t x_cr, y_cr, z_cr, w_cr;
};
struct tt_adc {
    struct tt_adc_channel ch[2];
};
enum { TT_ADC_UNPACK0, TT_ADC_UNPACK1, TT_ADC_PACK, TT_N_ADC };

/** struct tt_rwc - matrix and vector unit counters of one thread (RWCs.md) */
struct tt_rwc {
    uint32_t src_a, src_a_cr;
    uint32_t src_b, src_b_cr;
    uint32_t dst, dst_cr;
    uint32_t fidelity;
    uint32_t bias;
};

/* What keeps a stream from executing instructions as they are pushed. */
#define TT_FRONT_STOPPED 1u /* one was refused; nothing more is executed */
#define TT_FRONT_LATE    2u /* they wait for delay_tensix.c */

/** struct tt_thread - frontend of one of the three instruction streams */
struct tt_thread {
    uint32_t fifo[TT_FIFO_SIZE]; /* expanded instructions that wait */
    uint32_t fifo_head, fifo_len;
    uint32_t mop_cfg[9];
    uint32_t mop_zmask_hi;
    uint32_t replay[TT_REPLAY_SIZE];
    uint32_t replay_index, replay_left;
    bool replay_exec;
    uint8_t slow; /* TT_FRONT_*: why instructions are not executed at once */
    uint16_t cfg[TT_N_THREAD_CFG]; /* ThreadConfig, written by SETC16 */
    uint32_t gpr[TT_N_GPR];
    struct tt_adc adc[TT_N_ADC];
    struct tt_rwc rwc;
};

/** struct tt_src - SrcA or SrcB: two banks of 64 x 16 datums of 19 bits, kept
 *  left-aligned in 32 (low 13 bits zero), as FP32-like patterns */
struct tt_src {
    uint32_t datum[2][TT_SRC_ROWS][TT_ROW];
    bool valid[2];
    uint8_t unpack_bank; /* bank the unpacker writes next */
    uint8_t matrix_bank; /* bank the matrix unit reads */
    uint64_t serial[2];  /* of each bank's contents; see tt_src_changed() */
    uint64_t n_serials;
    uint8_t fill[32]; /* so that what follows begins a cache line */
};

/** tt_src_changed - whoever writes datums of a bank says so: what was derived
 *  from the old ones (struct tt_mvmul_cache) counts no longer */
static inline void tt_src_changed(struct tt_src *src, unsigned bank)
{
    src->serial[bank & 1u] = ++src->n_serials;
}

/** struct tt_mvmul_key - what an entry of struct tt_mvmul_cache was made from
 *  @source: serial of the Src bank
 *  @mask: bits of a datum that count; 0 in an empty entry
 *  @far: an exponent is out of the range of the vector forms
 *  @serial: number of the entry; a new one for new contents */
struct tt_mvmul_key {
    uint64_t source, serial;
    uint32_t mask;
    bool far;
};

/** struct tt_mvmul_cache - operands of MVMUL as its vector forms want them:
 *  each is used in several products of each fidelity phase. No state: an entry
 *  counts for the contents of a bank that it was made from. First the four SrcA
 *  blocks of 16 rows, then the eight SrcB blocks of 8. */
struct tt_mvmul_cache {
    float a_part[4][2][16][TT_ROW], b_part[8][2][8][TT_ROW];
    uint8_t a_below[4][4][4 * TT_ROW], b_below[8][8][TT_ROW];
    uint8_t below[4][8][8][2][TT_ROW]; /* of pairs of blocks: row, group */
    int32_t most[4][8];                /* the largest of them */
    struct tt_mvmul_key a_key[4], b_key[8];
    uint64_t serial_a[4][8], serial_b[4][8]; /* that @below is of */
    uint64_t serial;
    uint8_t fill[24]; /* as in struct tt_src */
};

/** struct tt_packer_carry - L1 position that PACRs of one tile share */
struct tt_packer_carry {
    uint32_t tpg_x, tpg_y, tpg_z;
    uint32_t data_addr, exp_addr;
};

/** struct tt_sfpu - vector unit: 32 lanes (VectorUnit.md, LReg.md) */
struct tt_sfpu {
    uint32_t lreg[16][TT_LANES]; /* 8 is 0.8373, 9 is 0, 10 is 1.0, 15 lane*2 */
    uint32_t cc;                 /* lane flags, bit per lane */
    bool cc_en;
    uint32_t cc_stack[8];
    bool cc_en_stack[8];
    uint32_t cc_sp;
    uint32_t lane_config;
    uint32_t prng[TT_LANES];
    uint32_t macro_template[4];
    uint32_t macro_sequence[4];
    uint32_t macro_misc;
};

/** struct tt_tensix - one coprocessor; no pointers but to its tile. What vector
 *  instructions of the host work on comes first, each on cache lines of its
 *  own: accesses that straddle two are slow, above all behind a store. */
struct tt_tensix {
    /* Dst as the hardware keeps it: 16-bit cells with the exponent in the low
     * bits (Dst.md); a 32-bit datum is two cells, 8 rows apart. */
    uint16_t dst[TT_DST_ROWS][TT_ROW];
    struct tt_src src_a, src_b;
    struct tt_mvmul_cache mvmul; /* 29 KiB */
    struct tt_sfpu sfpu;

    struct tt_tile *tile;
    struct tt_check *check; /* the tile's; NULL: nothing is checked */
    uint32_t insn;          /* being executed; kept for reports */
    uint8_t insn_thread;    /* its thread; TT_N_THREADS: none is executed */
    uint8_t waiting;        /* bit per thread: instructions are queued */
    uint32_t expanded;      /* by MOP and REPLAY, in this slice of a core */
    bool running; /* inside tt_tensix_run(), or delay_tensix.c runs all */
    struct tt_thread thread[TT_N_THREADS];
    uint32_t cfg[2][TT_N_CFG];
    uint8_t sem[8], sem_max[8];
    uint8_t mutex[8]; /* 0 free, else thread + 1 */

    uint8_t dst_valid[TT_DST_ROWS]; /* 0: the row reads as zero (ZEROACC) */

    bool packer_valid; /* carry[] continues an unfinished tile */
    struct tt_packer_carry carry[4];
};

/** TT_BITS - bits hi..lo of a word */
#define TT_BITS(word, hi, lo)                                                  \
    (((uint32_t)(word) >> (lo)) & (0xFFFFFFFFu >> (31u - ((hi) - (lo)))))

/** TT_CF - a field of a configuration register: word, lowest bit, width;
 *  read with tt_cfg_get() or tt_thread_cfg_get() */
#define TT_CF(word, shift, width)                                              \
    ((uint32_t)(word) << 16 | (uint32_t)(shift) << 8 | (uint32_t)(width))

/** tt_cfg_bank - Config bank a thread has selected (CFG_STATE_ID) */
static inline unsigned tt_cfg_bank(const struct tt_tensix *t, unsigned thread)
{
    return t->thread[thread].cfg[0] & 1u;
}

/** tt_cfg_word - a whole Config word of a bank; words from 152 on are shared */
static inline uint32_t tt_cfg_word(const struct tt_tensix *t, unsigned bank,
                                   unsigned word)
{
    return t->cfg[word >= TT_CFG_GLOBAL ? 0 : bank][word];
}

/** tt_cfg_get - one field (TT_CF) of Config */
static inline uint32_t tt_cfg_get(const struct tt_tensix *t, unsigned bank,
                                  uint32_t field)
{
    uint32_t word = tt_cfg_word(t, bank, field >> 16);
    uint32_t width = field & 0xFFu;

    return (word >> (field >> 8 & 0xFFu)) & (0xFFFFFFFFu >> (32u - width));
}

/** tt_thread_cfg_get - one field (TT_CF) of a thread's ThreadConfig */
static inline uint32_t tt_thread_cfg_get(const struct tt_tensix *t,
                                         unsigned thread, uint32_t field)
{
    uint32_t word = t->thread[thread].cfg[field >> 16];
    uint32_t width = field & 0xFFu;

    return (word >> (field >> 8 & 0xFFu)) & (0xFFFFFFFFu >> (32u - width));
}

/** tt_op_fn - executes one instruction of a thread, wholly or not at all */
typedef enum tt_step (*tt_op_fn)(struct tt_tensix *t, unsigned thread,
                                 uint32_t insn);

/**
 * tt_tensix_refuse - record that an instruction (or a register access) is not
 * modelled or not legal, and stop the run
 * @t: coprocessor
 * @thread: instruction stream; TT_N_THREADS for a register access from outside
 * @fmt: what is wrong: the mnemonic first, then the field and its value
 *
 * The report adds core, thread and instruction word.
 *
 * Return: TT_STEP_FAULT.
 */
enum tt_step tt_tensix_refuse(struct tt_tensix *t, unsigned thread,
                              const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__
/* It looks at one file at a time and cannot know what the function returns. */
#define tt_tensix_refuse(...)                                                  \
    ((void)(tt_tensix_refuse)(__VA_ARGS__), TT_STEP_FAULT)
#endif

/* ---- tensix_front.c: FIFOs, MOP, REPLAY, dispatch ---- */

/** tt_tensix_init - power-on state (as ttsim: SFPU constants, all rows valid)
 */
void tt_tensix_init(struct tt_tensix *t, struct tt_tile *tile);

/**
 * tt_tensix_push - one instruction from a RISC-V core
 * @t: coprocessor
 * @thread: stream it belongs to
 * @insn: instruction word
 * @expand: pass the MOP expander (T cores do, BRISC does not)
 *
 * Executes at once when nothing of the stream waits, else queues. Runs other
 * streams on that this unblocks, and wakes RISC-V cores that wait for it.
 *
 * Return: TT_STEP_DONE; TT_STEP_WAIT (nothing taken) when fewer than the room
 * a MOP needs is free, or after TT_MAX_EXPANDED; TT_STEP_FAULT when this stream
 * is (or was) refused. A refusal in another stream stops that one and does not
 * show here.
 */
enum tt_step tt_tensix_push(struct tt_tensix *t, unsigned thread, uint32_t insn,
                            bool expand);

/** tt_tensix_run - let waiting streams go on as far as they can; for callers
 *  that changed a semaphore or a register from outside */
enum tt_step tt_tensix_run(struct tt_tensix *t);

/** tt_tensix_restart - drop what is queued and every refusal, so that the
 *  streams start afresh; the rest of the state stays (for a tile whose cores
 *  all enter reset) */
void tt_tensix_restart(struct tt_tensix *t);

/** tt_tensix_execute - execute one instruction of a thread now, with the checks
 *  and consequences that all have; for delay_tensix.c */
enum tt_step tt_tensix_execute(struct tt_tensix *t, unsigned thread,
                               uint32_t insn);

/** tt_tensix_expand - pass an instruction through the expanders into the queue
 *  of its thread, which is TT_FRONT_LATE; NOPs are kept
 *  Return: TT_STEP_WAIT when the queue has no room for all of it. */
enum tt_step tt_tensix_expand(struct tt_tensix *t, unsigned thread,
                              uint32_t insn, bool expand);

/** tt_tensix_idle - whether a thread has nothing queued, or under way late
 *  (TTSync) */
bool tt_tensix_idle(const struct tt_tensix *t, unsigned thread);

/** tt_tensix_describe - what a blocked thread waits for, for reports
 *  @buf: at least 96 bytes */
void tt_tensix_describe(const struct tt_tensix *t, unsigned thread, char *buf);

/* ---- tensix_config.c: Config and ThreadConfig ---- */

/**
 * tt_cfg_write - store to a Config word, from a RISC-V core or WRCFG & co
 * @word: word index
 *
 * Words 157..164 act on the tile (i-cache, reset PCs, PRNG seed).
 *
 * Return: TT_STEP_DONE, or TT_STEP_FAULT for words that do not exist or values
 * that the model refuses.
 */
enum tt_step tt_cfg_write(struct tt_tensix *t, unsigned bank, unsigned word,
                          uint32_t value);
/** tt_cfg_can_read - whether tt_cfg_read() takes a word; any number */
bool tt_cfg_can_read(uint32_t word);
/** tt_cfg_read - load of a Config word by a RISC-V core or RDCFG */
enum tt_step tt_cfg_read(struct tt_tensix *t, unsigned bank, unsigned word,
                         uint32_t *out);

/* ---- helpers shared by the units ---- */

/** tt_rwc_update - apply ADDR_MOD @mod after a matrix or vector instruction
 *  @fidelity: whether the fidelity phase takes part (not for SFPLOAD/STORE) */
enum tt_step tt_rwc_update(struct tt_tensix *t, unsigned thread, unsigned mod,
                           bool fidelity);

/** tt_dst_row32 - first of the two cells of row @row in the 32-bit view; the
 *  low half is 8 rows further (Dst.md) */
static inline uint32_t tt_dst_row32(uint32_t row)
{
    return ((row & 0x1F8u) << 1) | (row & 0x207u);
}
#define TT_DST_LO_ROWS 8u

/* Dst cells keep sign, mantissa, exponent (exponent lowest); these convert
 * between that and the memory formats. */
static inline uint16_t tt_dst_from_bf16(uint16_t v)
{
    return (uint16_t)((v & 0x8000u) | (v & 0x7Fu) << 8 | (v >> 7 & 0xFFu));
}
static inline uint16_t tt_dst_to_bf16(uint16_t v)
{
    return (uint16_t)((v & 0x8000u) | (v & 0xFFu) << 7 | (v >> 8 & 0x7Fu));
}
static inline uint16_t tt_dst_from_fp16(uint16_t v)
{
    return (uint16_t)((v & 0x8000u) | (v & 0x3FFu) << 5 | (v >> 10 & 0x1Fu));
}
static inline uint16_t tt_dst_to_fp16(uint16_t v)
{
    return (uint16_t)((v & 0x8000u) | (v & 0x1Fu) << 10 | (v >> 5 & 0x3FFu));
}
static inline uint32_t tt_dst_from_fp32(uint32_t v)
{
    return (uint32_t)tt_dst_from_bf16((uint16_t)(v >> 16)) << 16 |
           (v & 0xFFFFu);
}
static inline uint32_t tt_dst_to_fp32(uint32_t v)
{
    return (uint32_t)tt_dst_to_bf16((uint16_t)(v >> 16)) << 16 | (v & 0xFFFFu);
}

#endif
