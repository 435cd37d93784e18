/* SPDX-License-Identifier: MIT */
/* The RV32IM instruction list: decoder, executor and poll replay expand it. */
#ifndef TT_EMU_RV32_INSNS_H
#define TT_EMU_RV32_INSNS_H

#include <stdbool.h>
#include <stdint.h>

#include "device/emu/code.h"
#include "device/emu/rv32_runs.h"

/*
 * One line per instruction (RISC-V unprivileged specification, RV32I and M):
 *   REG(name, funct3, funct7, expr)     opcode 0x33, a = x[rs1], b = x[rs2]
 *   IMM(name, funct3, expr)             opcode 0x13, b = immediate
 *   SHIFT(name, funct3, funct7, expr)   opcode 0x13, b = shift amount
 *   LOAD(name, funct3, size, expr)      opcode 0x03, v = the zero-extended data
 *   STORE(name, funct3, size)           opcode 0x23
 *   BRANCH(name, funct3, expr)          opcode 0x63
 *   OTHER(name, match, mask)            everything with a handler of its own
 */
/* clang-format off */
#define TT_RV32_INSNS(REG, IMM, SHIFT, LOAD, STORE, BRANCH, OTHER)             \
    REG(ADD, 0, 0x00, a + b)                                                   \
    REG(SUB, 0, 0x20, a - b)                                                   \
    REG(SLL, 1, 0x00, a << (b & 31u))                                          \
    REG(SLT, 2, 0x00, (int32_t)a < (int32_t)b)                                 \
    REG(SLTU, 3, 0x00, a < b)                                                  \
    REG(XOR, 4, 0x00, a ^ b)                                                   \
    REG(SRL, 5, 0x00, a >> (b & 31u))                                          \
    REG(SRA, 5, 0x20, (uint32_t)((int32_t)a >> (b & 31u)))                     \
    REG(OR, 6, 0x00, a | b)                                                    \
    REG(AND, 7, 0x00, a & b)                                                    \
    REG(MUL, 0, 0x01, a * b)                                                    \
    REG(MULH, 1, 0x01, tt_rv32_mulh(a, b))                                     \
    REG(MULHSU, 2, 0x01, tt_rv32_mulhsu(a, b))                                 \
    REG(MULHU, 3, 0x01, (uint32_t)((uint64_t)a * b >> 32))                     \
    REG(DIV, 4, 0x01, tt_rv32_div(a, b))                                       \
    REG(DIVU, 5, 0x01, b ? a / b : UINT32_MAX)                                 \
    REG(REM, 6, 0x01, tt_rv32_rem(a, b))                                       \
    REG(REMU, 7, 0x01, b ? a % b : a)                                          \
    IMM(ADDI, 0, a + b)                                                        \
    IMM(SLTI, 2, (int32_t)a < (int32_t)b)                                      \
    IMM(SLTIU, 3, a < b)                                                       \
    IMM(XORI, 4, a ^ b)                                                        \
    IMM(ORI, 6, a | b)                                                         \
    IMM(ANDI, 7, a & b)                                                         \
    SHIFT(SLLI, 1, 0x00, a << b)                                               \
    SHIFT(SRLI, 5, 0x00, a >> b)                                               \
    SHIFT(SRAI, 5, 0x20, (uint32_t)((int32_t)a >> b))                          \
    LOAD(LB, 0, 1, (uint32_t)(int8_t)v)                                        \
    LOAD(LH, 1, 2, (uint32_t)(int16_t)v)                                       \
    LOAD(LW, 2, 4, v)                                                          \
    LOAD(LBU, 4, 1, v)                                                         \
    LOAD(LHU, 5, 2, v)                                                         \
    STORE(SB, 0, 1)                                                            \
    STORE(SH, 1, 2)                                                            \
    STORE(SW, 2, 4)                                                            \
    BRANCH(BEQ, 0, a == b)                                                     \
    BRANCH(BNE, 1, a != b)                                                     \
    BRANCH(BLT, 4, (int32_t)a < (int32_t)b)                                    \
    BRANCH(BGE, 5, (int32_t)a >= (int32_t)b)                                   \
    BRANCH(BLTU, 6, a < b)                                                     \
    BRANCH(BGEU, 7, a >= b)                                                    \
    OTHER(LUI, 0x37, 0x7F)                                                     \
    OTHER(AUIPC, 0x17, 0x7F)                                                   \
    OTHER(JAL, 0x6F, 0x7F)                                                     \
    OTHER(JALR, 0x67, 0x707F)
/* clang-format on */

#define TT_RV32_KIND(name, ...)             TT_RV32_##name,
#define TT_RV32_KIND_2(fa, a, fb, b)        TT_RV32_##a##_##b,
#define TT_RV32_KIND_3(fa, a, fb, b, fc, c) TT_RV32_##a##_##b##_##c,
#define TT_RV32_LISTED                                                         \
    TT_RV32_INSNS(TT_RV32_KIND, TT_RV32_KIND, TT_RV32_KIND, TT_RV32_KIND,      \
                  TT_RV32_KIND, TT_RV32_KIND, TT_RV32_KIND)

/** enum tt_rv32_kind - what a decoded op does: an instruction of the list, one
 *  of the decoder's own, or a run of instructions */
/* clang-format off */
enum tt_rv32_kind {
    TT_RV32_LISTED
    TT_RV32_NOP,    /* an ALU instruction that writes x0 */
    TT_RV32_TTINSN, /* imm: the Tensix instruction */
    TT_RV32_ILLEGAL, /* imm: the word */
    TT_RV32_CHECKED_LOAD,  /* of a chip that checks; page->bytes tells which */
    TT_RV32_CHECKED_STORE,
    /* not instructions: they cost no budget */
    TT_RV32_FAR,  /* go on in another page */
    TT_RV32_POLL, /* target of a backward jump that may close a poll loop */
    TT_RV32_N_PLAIN,
    TT_RV32_BEFORE_RUNS = TT_RV32_N_PLAIN - 1,
    TT_RV32_RUNS(TT_RV32_KIND_2, TT_RV32_KIND_3)
    TT_RV32_N_KINDS
};
/* clang-format on */
#undef TT_RV32_LISTED
#undef TT_RV32_KIND_3
#undef TT_RV32_KIND_2
#undef TT_RV32_KIND

static inline uint32_t tt_rv32_mulh(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int32_t)b) >> 32);
}

static inline uint32_t tt_rv32_mulhsu(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int64_t)b) >> 32);
}

static inline uint32_t tt_rv32_div(uint32_t a, uint32_t b)
{
    if (b == 0)
        return UINT32_MAX;
    if (b == UINT32_MAX) /* also the overflow INT32_MIN / -1 */
        return 0u - a;
    return (uint32_t)((int32_t)a / (int32_t)b);
}

static inline uint32_t tt_rv32_rem(uint32_t a, uint32_t b)
{
    if (b == 0)
        return a;
    if (b == UINT32_MAX)
        return 0;
    return (uint32_t)((int32_t)a % (int32_t)b);
}

/**
 * tt_rv32_decode - decode one page of code
 * @bytes: TT_CODE_PAGE_SIZE bytes
 * @watch: make loads and stores TT_RV32_CHECKED_LOAD and _STORE
 * @ops: room for TT_CODE_MAX_OPS; op i < TT_CODE_WORDS is the word at 4 * i,
 *       then comes a TT_RV32_FAR to the following page, then the
 *       trampolines that jumps aim at
 *
 * Relative to the page throughout, so that the result fits any address.
 * Branch and JAL ops hold the distance to their target in ops; trampolines
 * hold the target's byte offset from the page's start (which may lie outside)
 * and in rs1 | rs2 << 8 the index of the op that uses them. A run differs from
 * its first instruction in the kind only.
 *
 * Return: number of ops.
 */
unsigned tt_rv32_decode(const uint8_t *bytes, bool watch, struct tt_op *ops);

/** tt_rv32_first - the first instruction of a run; any other kind is its own
 *  first */
enum tt_rv32_kind tt_rv32_first(uint8_t kind);

#endif
