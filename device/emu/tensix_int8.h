/* SPDX-License-Identifier: MIT */
/* Matrix unit with INT8_math_enabled: integers of sign and magnitude. */
#ifndef TT_EMU_TENSIX_INT8_H
#define TT_EMU_TENSIX_INT8_H

#include <stdbool.h>
#include <stdint.h>

/** struct tt_int8 - operands and options of one instruction
 *  @a, @b: SrcA and SrcB: sign and 10-bit magnitude. Element-wise: @n datums
 *      each. Product: 16 rows of @a, and of @b a row for each row of Dst
 *  @hi, @lo: cells of Dst, 32 bits of sign and magnitude in two halves
 *  @n: datums in Dst
 *  @phase: fidelity phase: which bits of the magnitudes are multiplied
 *  @multiply, @subtract: element-wise: product or difference, else sum
 *  @accumulate: element-wise: add to what Dst holds (products always are)
 *  @keep_denormals: SrcB is not flushed */
struct tt_int8 {
    const uint32_t *a, *b;
    uint16_t *hi, *lo;
    unsigned n, phase;
    bool multiply, subtract, accumulate, keep_denormals;
};

/** tt_int8_elw - ELWADD, ELWSUB, ELWMUL; saturates at 31 bits */
void tt_int8_elw(const struct tt_int8 *x);
/** tt_int8_mvmul - MVMUL, GAPOOL; saturates at 31 bits */
void tt_int8_mvmul(const struct tt_int8 *x);

#endif
