/* SPDX-License-Identifier: MIT */
/* What the files of the vector unit (SFPU) share. */
#ifndef TT_EMU_TENSIX_SFPU_H
#define TT_EMU_TENSIX_SFPU_H

#include "device/emu/tensix.h"

/** struct tt_sfp - fields of a vector instruction whose destination is in bits
 *  7:4, and the lanes that it works on */
struct tt_sfp {
    uint32_t mod;  /* bits 3:0 */
    uint32_t dest; /* bits 7:4 */
    uint32_t c;    /* bits 11:8 */
    uint32_t b;    /* bits 15:12 */
    uint32_t a;    /* bits 19:16 */
    uint32_t imm;  /* bits 23:12 */
    uint32_t lanes;
    enum tt_step step; /* what to return when the instruction is over */
};

/** Data modes of SFPLOAD and SFPSTORE (SFPLOAD.md) that have fast forms */
enum { TT_SFP_BF16 = 2, TT_SFP_FP32 = 3, TT_SFP_INT32 = 4 };

/** tt_sfp_lanes - lanes that instructions work on (VectorUnit.md) */
static inline uint32_t tt_sfp_lanes(const struct tt_sfpu *s)
{
    return s->cc_en ? s->cc : 0xFFFFFFFFu;
}

/** tt_sfp_odd_begin - the rest of tt_sfp_begin(), for destinations 4 to 7 and
 *  12 to 15
 *  Return: whether to go on; if not, @out_step is the result. */
bool tt_sfp_odd_begin(struct tt_tensix *t, unsigned thread, uint32_t insn,
                      const char *name, enum tt_step *out_step);

/**
 * tt_sfp_begin - decode a vector instruction and do what all of them begin with
 * @name: mnemonic, for reports
 * @out: fields
 *
 * An instruction with destination 12 to 15 is not executed but kept as a
 * template of SFPLOADMACRO. Refuses a destination that ENABLE_DEST_INDEX
 * corrupts (erratum TEN-2932).
 *
 * Return: whether to go on; if not, @out->step is the result.
 */
static inline bool tt_sfp_begin(struct tt_tensix *t, unsigned thread,
                                uint32_t insn, const char *name,
                                struct tt_sfp *out)
{
    *out = (struct tt_sfp){.mod = TT_BITS(insn, 3, 0),
                           .dest = TT_BITS(insn, 7, 4),
                           .c = TT_BITS(insn, 11, 8),
                           .b = TT_BITS(insn, 15, 12),
                           .a = TT_BITS(insn, 19, 16),
                           .imm = TT_BITS(insn, 23, 12),
                           .lanes = tt_sfp_lanes(&t->sfpu),
                           .step = TT_STEP_DONE};

    /* Not a pointer to @out, whose fields then stay in registers. */
    if (out->dest & 4u) {
        enum tt_step step = TT_STEP_DONE;
        bool go_on = tt_sfp_odd_begin(t, thread, insn, name, &step);

        out->step = step;
        return go_on;
    }
    return true;
}

/**
 * tt_sfp_refuse - refuse an instruction because of its fields
 * @name: mnemonic
 *
 * Return: TT_STEP_FAULT.
 */
enum tt_step tt_sfp_refuse(struct tt_tensix *t, unsigned thread,
                           const char *name, uint32_t insn);

/**
 * tt_sfp_put - write a result to a register, in the lanes that are on
 * @reg: LReg 0 to 7
 * @lanes: bit per lane
 * @value: 32 lanes
 *
 * Return: TT_STEP_DONE.
 */
enum tt_step tt_sfp_put(struct tt_sfpu *s, uint32_t reg, uint32_t lanes,
                        const uint32_t *value);

/** tt_sfp_set_cc - set the flags of @lanes to those of @flags */
void tt_sfp_set_cc(struct tt_sfpu *s, uint32_t lanes, uint32_t flags);

/** tt_sfp_sign_bits - bit per lane: whether the lane's top bit is set */
uint32_t tt_sfp_sign_bits(const uint32_t *value);

/** tt_sfp_zero_bits - bit per lane: whether the lane is zero */
uint32_t tt_sfp_zero_bits(const uint32_t *value);

/** tt_sfp_random - advance the random number generators of @lanes */
void tt_sfp_random(struct tt_sfpu *s, uint32_t lanes);

/**
 * tt_sfp_fma - x * y + z in 32 lanes as the vector unit of Wormhole computes it
 * @x: factor
 * @y: factor
 * @z: addend
 * @out: result; must not overlap an operand
 *
 * Only partly fused: the product is cut to 28 bits with a sticky bit first.
 * Denormals count as zero, results below the normal range become +0.
 */
void tt_sfp_fma(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                uint32_t *out);

/** tt_sfp_fma_some - tt_sfp_fma() in the first @n lanes; @out may be an operand
 */
void tt_sfp_fma_some(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t *out, unsigned n);

/**
 * tt_avx2_sfp_mad - x * y + z, as tt_sfp_fma() computes it
 * @lanes: bit per lane: where @out is written
 * @out: result; may be an operand, but not overlap one in part
 *
 * Return: false, with nothing written, where the host has no AVX2 and FMA, or
 * this thread does not round to nearest even.
 */
bool tt_avx2_sfp_mad(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t lanes, uint32_t *out);

/** tt_avx2_sfp_add - x * 1 + y, likewise */
bool tt_avx2_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out);

/** tt_avx2_sfp_mul - x * y + 0, likewise */
bool tt_avx2_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out);

/**
 * tt_avx2_sfp_load - SFPLOAD of BF16 cells, or of 32-bit datums
 * @hi: four rows of Dst: BF16, or the upper halves
 * @lo: the lower halves, or NULL
 * @odd: odd columns
 * @lanes: bit per lane: where @reg is written
 * @reg: register
 *
 * Return: false, with nothing written, where the host has no AVX2.
 */
bool tt_avx2_sfp_load(const uint16_t *hi, const uint16_t *lo, bool odd,
                      uint32_t lanes, uint32_t *reg);

/** tt_avx2_sfp_less - bit per lane: whether the float, or sign and magnitude,
 * of
 *  @x is below that of @y; false where the host has no AVX2 */
bool tt_avx2_sfp_less(const uint32_t *x, const uint32_t *y, uint32_t *out);

/** tt_avx2_sfp_store - SFPSTORE likewise
 *  @number: denormals lose all but their sign */
bool tt_avx2_sfp_store(const uint32_t *reg, bool number, bool odd,
                       uint32_t lanes, uint16_t *hi, uint16_t *lo);

/**
 * tt_avx2_sfp_run - execute vector instructions that follow each other
 * @insn: instructions of @thread, of any kind
 * @n: how many
 *
 * For a thread that nothing stops, while no other thread can go on.
 *
 * Return: how many were executed, as the frontend would have executed them; the
 * next one, if any, is for the frontend.
 */
unsigned tt_avx2_sfp_run(struct tt_tensix *t, unsigned thread,
                         const uint32_t *insn, unsigned n);

/**
 * tt_avx512_sfp_add - x * 1 + y in 32 lanes, as tt_sfp_fma() computes it
 * @out: result; must not overlap an operand
 *
 * Return: false, with @out undefined, where the host has no AVX-512 or an
 * operand is infinite or not a number.
 */
bool tt_avx512_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t *out);

/** tt_avx512_sfp_mul - x * y + 0, likewise; false also where a result is next
 *  to the end of the normal range */
bool tt_avx512_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t *out);

#endif
