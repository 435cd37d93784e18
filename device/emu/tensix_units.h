/* SPDX-License-Identifier: MIT */
/* Declarations of the functions that execute instructions, one per opcode. */
#ifndef TT_EMU_TENSIX_UNITS_H
#define TT_EMU_TENSIX_UNITS_H

#include "device/emu/tensix.h"
#include "device/emu/tensix_ops.h"

#define TT_DECLARE_NOTHING(opcode, mnemonic)
#define TT_DECLARE_OP(opcode, mnemonic, name, unused)                          \
    enum tt_step tt_op_##name(struct tt_tensix *t, unsigned thread,            \
                              uint32_t insn);

/* tt_op_<mnemonic> - each a tt_op_fn: executes one instruction of @thread
 * wholly or, when it returns TT_STEP_WAIT or TT_STEP_FAULT, not at all. The
 * frontend has checked the unused bits. */
TT_TENSIX_OPS(TT_DECLARE_NOTHING, TT_DECLARE_OP, TT_DECLARE_NOTHING)

/** tt_adc_from_gpr - the form of REG2FLOP that writes an address counter */
enum tt_step tt_adc_from_gpr(struct tt_tensix *t, unsigned thread,
                             uint32_t insn);

#undef TT_DECLARE_NOTHING
#undef TT_DECLARE_OP

#endif
