/* SPDX-License-Identifier: MIT */
/* What the files of the matrix unit and the vector unit share. */
#ifndef TT_EMU_TENSIX_MATH_H
#define TT_EMU_TENSIX_MATH_H

#include "device/emu/tensix.h"

/* Config fields of the arithmetic units (BackendConfiguration.md) */
#define TT_CF_SRCA_OVERRIDE TT_CF(0, 4, 1)
#define TT_CF_SRCA_VAL      TT_CF(0, 0, 4)
#define TT_CF_SRCA_FMT      TT_CF(1, 17, 4)
#define TT_CF_SRCB_FMT      TT_CF(1, 21, 4)
#define TT_CF_FP32          TT_CF(1, 29, 1)
#define TT_CF_SFPU_FP32     TT_CF(1, 30, 1)
#define TT_CF_INT8          TT_CF(1, 31, 1)
#define TT_CF_KEEP_DENORMAL TT_CF(2, 0, 1)

/* ThreadConfig words */
enum {
    TT_TC_MATH_OFFSET = 1,
    TT_TC_ADDR_MOD_SET = 2,
    TT_TC_CLR_DVALID = 5,
    TT_TC_FIDELITY_BASE = 6,
    TT_TC_ADDR_MOD_AB = 7, /* every second word */
    TT_TC_ADDR_MOD_DST = 23,
    TT_TC_ADDR_MOD_BIAS = 48
};

/* Data format codes of SrcA and SrcB */
enum {
    TT_FMT_FP32 = 0,
    TT_FMT_FP16 = 1,
    TT_FMT_TF32 = 4,
    TT_FMT_BF16 = 5,
    TT_FMT_BFP8 = 6,
    TT_FMT_BFP4 = 7,
    TT_FMT_INT32 = 8,
    TT_FMT_INT16 = 9,
    TT_FMT_FP8 = 10,
    TT_FMT_INT8 = 14,
    TT_FMT_BFP2 = 15
};

/** TT_FMT_BIT - a format code as a member of a set of formats */
#define TT_FMT_BIT(fmt) (1u << (fmt))
/** TT_FMT_FLOATS - formats that sit in a Src register with 8 exponent bits */
#define TT_FMT_FLOATS                                                          \
    (TT_FMT_BIT(TT_FMT_FP32) | TT_FMT_BIT(TT_FMT_TF32) |                       \
     TT_FMT_BIT(TT_FMT_BF16) | TT_FMT_BIT(TT_FMT_BFP8) |                       \
     TT_FMT_BIT(TT_FMT_BFP4))

/** TT_BLOCK - datums that one matrix instruction handles: 8 rows of 16 */
#define TT_BLOCK 128u

/** enum tt_acc - what the matrix unit accumulates into */
enum tt_acc {
    TT_ACC_BF16, /* 16-bit cells, 8 exponent bits */
    TT_ACC_FP16, /* 16-bit cells, 5 exponent bits */
    TT_ACC_FP32  /* pairs of cells */
};

/** struct tt_fidelity - which mantissa bits a fidelity phase multiplies
 *  (SrcASrcB.md), and what is added to the sum of the exponents */
struct tt_fidelity {
    unsigned shift_a, shift_b; /* of the mantissa, of the mantissa times 8 */
    uint32_t mask_a, mask_b;
    int32_t exp_adjust;
};

/** tt_fidelity - the bits of a phase
 *  @exp8: whether exponents have 8 bits, not 5 */
static inline struct tt_fidelity tt_fidelity(unsigned phase, bool exp8,
                                             enum tt_acc acc)
{
    bool low_a = phase & 1u, low_b = phase & 2u;
    int32_t bias = exp8 ? -127 : acc == TT_ACC_FP32 ? 97 : -15;

    return (struct tt_fidelity){
        .shift_a = low_a ? 1 : 6,
        .mask_a = 0x1F,
        .shift_b = low_b ? 0 : 7,
        .mask_b = low_b ? 0x78 : 0x7F,
        .exp_adjust = bias - (low_a ? 5 : 0) - (low_b ? 7 : 0),
    };
}

/** tt_exp_of - exponent field of a Src datum */
static inline int32_t tt_exp_of(uint32_t v)
{
    return (int32_t)(v >> 23 & 255u);
}

/** tt_man_of - 11 mantissa bits of a Src datum with the hidden one */
static inline uint32_t tt_man_of(uint32_t v)
{
    return (v >> 13 & 0x3FFu) | 0x400u;
}

/** struct tt_sums - sums of products: two groups per result */
struct tt_sums {
    _Alignas(64) int32_t man[2][TT_BLOCK];
    int32_t exp[2][TT_BLOCK];
};

/** tt_math_dst_sum - Dst row that an instruction addresses, before it wraps */
static inline uint32_t tt_math_dst_sum(const struct tt_tensix *t,
                                       unsigned thread, uint32_t dst)
{
    uint32_t offset = t->thread[thread].cfg[TT_TC_MATH_OFFSET] & 0xFFFu;

    return t->thread[thread].rwc.dst + dst + offset;
}

/** tt_math_dst_row - Dst row that an instruction addresses */
static inline uint32_t tt_math_dst_row(const struct tt_tensix *t,
                                       unsigned thread, uint32_t dst)
{
    return tt_math_dst_sum(t, thread, dst) & (TT_DST_ROWS - 1);
}

/** tt_math_valid - whether the bank that the matrix unit reads is its own */
static inline bool tt_math_valid(const struct tt_src *src)
{
    return src->valid[src->matrix_bank & 1];
}

/** tt_math_bank - the bank that the matrix unit works on */
static inline uint32_t (*tt_math_bank(struct tt_src *src))[TT_ROW]
{
    return src->datum[src->matrix_bank & 1];
}

/**
 * tt_math_release - hand Src banks back to the unpackers
 * @t: coprocessor
 * @thread: instruction stream, for its CLR_DVALID disables
 * @which: bit 0 SrcA, bit 1 SrcB
 *
 * Return: TT_STEP_DONE; TT_STEP_FAULT if a bank is not the matrix unit's.
 */
enum tt_step tt_math_release(struct tt_tensix *t, unsigned thread,
                             uint32_t which);

/**
 * tt_math_finish - what every matrix instruction ends with
 * @mod: ADDR_MOD to apply
 * @which: Src banks to hand back, as for tt_math_release()
 *
 * Return: TT_STEP_DONE or TT_STEP_FAULT.
 */
enum tt_step tt_math_finish(struct tt_tensix *t, unsigned thread, unsigned mod,
                            uint32_t which);

/** struct tt_cells - cells of Dst that an instruction works on: @n datums of
 *  consecutive rows; @lo counts where a datum is a pair of cells */
struct tt_cells {
    uint16_t *hi, *lo;
    unsigned n;
};

/** struct tt_elw - ELWADD, ELWSUB or ELWMUL of TT_BLOCK floats */
struct tt_elw {
    const uint32_t *a, *b;
    uint32_t mask_a, mask_b; /* bits of a datum that its format has */
    bool exp8;               /* exponents have 8 bits, not 5 */
    bool keep_denormals;     /* of SrcB; SrcA is always flushed */
    bool accumulate, subtract, multiply;
    unsigned phase;
    enum tt_acc acc;
    struct tt_cells cells;
};

/** tt_elw_float - execute an element-wise instruction */
void tt_elw_float(const struct tt_elw *m);

/** struct tt_mvmul - a matrix product: 16 x 16 datums of SrcA, rows of SrcB and
 *  of Dst, at most 8 */
struct tt_mvmul {
    struct tt_mvmul_cache *cache;
    unsigned block_a, block_b;   /* where operands lie: 16, 8 rows each */
    uint64_t source_a, source_b; /* serials of the banks that hold them */
    const uint32_t (*a)[TT_ROW];
    const uint32_t (*b)[TT_ROW];
    uint32_t mask_a, mask_b; /* bits of a datum that its format has */
    bool exp8;               /* exponents have 8 bits, not 5 */
    unsigned phase;
    enum tt_acc acc;
    struct tt_cells cells;
};

/** tt_mvmul - execute MVMUL; the best form that the processor has is chosen */
void tt_mvmul(const struct tt_mvmul *m);

/** tt_mvmul_plain - MVMUL in plain C; needs no cache */
void tt_mvmul_plain(const struct tt_mvmul *m);

/**
 * struct tt_mvmul_form - MVMUL in vector instructions
 * @name: of the instructions
 * @usable: whether the processor has them
 * @run: execute if so; false if nothing was done, because exponents have 5 bits
 *     or are far from that of 1.0
 */
struct tt_mvmul_form {
    const char *name;
    bool (*usable)(void);
    bool (*run)(const struct tt_mvmul *m);
};

extern const struct tt_mvmul_form tt_mvmul_avx512, tt_mvmul_avx2;

/** TT_N_MVMUL_FORMS - vector forms there are */
#define TT_N_MVMUL_FORMS 2u
/** tt_mvmul_forms - all of them, the best first */
extern const struct tt_mvmul_form *const tt_mvmul_forms[TT_N_MVMUL_FORMS];

/**
 * tt_avx512_add_bf16 - ELWADD of a block of bf16 datums into 16-bit Dst cells,
 * without accumulation, with AVX-512
 * @a: SrcA datums; only their upper halves count
 * @b: SrcB datums, likewise
 * @flip_b: 0x80000000 to subtract @b, else 0
 * @out: TT_BLOCK cells
 *
 * Return: false if the processor has no AVX-512 and nothing was done.
 */
bool tt_avx512_add_bf16(const uint32_t *a, const uint32_t *b, uint32_t flip_b,
                        uint16_t *out);

/**
 * tt_avx2_add - ELWADD or ELWSUB without accumulation, of datums with 8
 * exponent bits and of SrcB without denormals, with AVX2
 *
 * Return: false if the processor has no AVX2, the host program has changed the
 * rounding, or exponents are out of range; then the cells hold anything.
 */
bool tt_avx2_add(const struct tt_elw *m);

#endif
