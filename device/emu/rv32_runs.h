/* SPDX-License-Identifier: MIT */
/* Runs of instructions that are executed with one dispatch. */
#ifndef TT_EMU_RV32_RUNS_H
#define TT_EMU_RV32_RUNS_H

/*
 * What takes time is the jump to an instruction's code, not the code. So an op
 * whose instruction begins one of these runs does the whole run; the ops of the
 * other instructions stay as they are, for who jumps there. The lists hold what
 * most executed instructions of kernels begin: streaming adds, products and
 * integer code as GCC -O2 emits them, measured. (Runs of four were not faster.)
 * Before each name is the shape that says how to execute it: R, I, L, S, B as
 * in rv32_insns.h (I: shifts, too), U for LUI. Without its last instruction a
 * run of three is one of the pairs.
 */
/* clang-format off */
#define TT_RV32_PAIRS(F)                                                       \
    F(R, ADD, I, ADDI) F(R, ADD, B, BNE) F(R, ADD, L, LBU) F(R, ADD, L, LHU)   \
    F(R, ADD, L, LW) F(R, ADD, S, SB) F(R, ADD, I, SLLI) F(R, ADD, R, SLTU)    \
    F(R, ADD, S, SW) F(I, ADDI, R, ADD) F(I, ADDI, I, ADDI)                    \
    F(I, ADDI, I, ANDI) F(I, ADDI, B, BEQ) F(I, ADDI, B, BGE)                  \
    F(I, ADDI, B, BGEU) F(I, ADDI, B, BLT) F(I, ADDI, B, BLTU)                 \
    F(I, ADDI, B, BNE) F(I, ADDI, L, LBU) F(I, ADDI, L, LW)                    \
    F(I, ADDI, R, MUL) F(I, ADDI, S, SB) F(I, ADDI, I, SLLI)                   \
    F(I, ADDI, S, SW) F(I, ADDI, R, XOR) F(R, AND, B, BEQ) F(R, AND, B, BLT)   \
    F(R, AND, B, BLTU) F(R, AND, R, OR) F(R, AND, R, SUB) F(R, AND, S, SW)     \
    F(I, ANDI, I, ADDI) F(I, ANDI, B, BEQ) F(I, ANDI, B, BNE)                  \
    F(I, ANDI, I, SLLI) F(B, BEQ, I, ADDI) F(B, BEQ, L, LW)                    \
    F(B, BGEU, I, ADDI) F(B, BGEU, L, LW) F(B, BLTU, I, ADDI)                  \
    F(B, BLTU, U, LUI) F(B, BLTU, L, LW) F(B, BNE, L, LW) F(B, BNE, S, SW)     \
    F(L, LBU, R, ADD) F(L, LBU, I, ADDI) F(L, LBU, I, ANDI)                    \
    F(L, LBU, B, BEQ) F(L, LBU, B, BNE) F(L, LBU, S, SB) F(L, LBU, I, SRLI)    \
    F(L, LHU, I, ADDI) F(L, LHU, L, LW) F(U, LUI, I, ADDI) F(U, LUI, U, LUI)   \
    F(U, LUI, L, LW) F(U, LUI, R, OR) F(U, LUI, S, SW) F(L, LW, R, ADD)        \
    F(L, LW, I, ADDI) F(L, LW, I, ANDI) F(L, LW, B, BEQ) F(L, LW, B, BGEU)     \
    F(L, LW, B, BLTU) F(L, LW, B, BNE) F(L, LW, U, LUI) F(L, LW, L, LW)        \
    F(L, LW, R, MUL) F(L, LW, I, SLLI) F(L, LW, I, SRLI) F(L, LW, R, SUB)      \
    F(L, LW, S, SW) F(L, LW, R, XOR) F(L, LW, I, XORI) F(R, MUL, R, ADD)       \
    F(R, MUL, I, SLTIU) F(R, OR, R, AND) F(R, OR, S, SW) F(S, SB, I, ADDI)     \
    F(S, SB, B, BNE) F(I, SLLI, R, ADD) F(I, SLLI, I, ADDI)                    \
    F(I, SLLI, R, AND) F(I, SLLI, B, BGEU) F(I, SLLI, L, LW)                   \
    F(I, SLLI, R, OR) F(I, SLLI, I, SRAI) F(I, SLLI, I, SRLI)                  \
    F(I, SLLI, R, SUB) F(I, SLLI, R, XOR) F(R, SLTU, R, ADD)                   \
    F(I, SRLI, I, ADDI) F(I, SRLI, I, ANDI) F(I, SRLI, B, BEQ)                 \
    F(I, SRLI, R, OR) F(I, SRLI, R, XOR) F(R, SUB, I, ADDI)                    \
    F(R, SUB, R, AND) F(R, SUB, B, BGE) F(R, SUB, S, SW) F(S, SW, R, ADD)      \
    F(S, SW, I, ADDI) F(S, SW, B, BLT) F(S, SW, B, BLTU) F(S, SW, B, BNE)      \
    F(S, SW, U, LUI) F(S, SW, L, LW) F(S, SW, R, OR) F(S, SW, I, SLLI)         \
    F(S, SW, I, SRLI) F(S, SW, S, SW) F(R, XOR, R, ADD) F(R, XOR, I, ANDI)     \
    F(R, XOR, B, BNE) F(R, XOR, I, SRLI) F(I, XORI, I, SLLI)

#define TT_RV32_TRIPLES(F)                                                     \
    F(R, ADD, I, ADDI, B, BGEU) F(R, ADD, L, LW, R, XOR)                       \
    F(R, ADD, I, SLLI, R, ADD) F(R, ADD, I, SLLI, L, LW)                       \
    F(R, ADD, S, SW, R, ADD) F(R, ADD, S, SW, S, SW)                           \
    F(I, ADDI, R, ADD, L, LBU) F(I, ADDI, R, ADD, S, SW)                       \
    F(I, ADDI, I, ADDI, R, ADD) F(I, ADDI, I, ADDI, I, ADDI)                   \
    F(I, ADDI, I, ADDI, R, MUL) F(I, ADDI, I, ADDI, S, SW)                     \
    F(I, ADDI, B, BGEU, L, LW) F(I, ADDI, B, BLTU, I, ADDI)                    \
    F(I, ADDI, R, MUL, R, ADD) F(I, ADDI, I, SLLI, R, ADD)                     \
    F(I, ADDI, I, SLLI, I, ADDI) F(I, ADDI, S, SW, B, BNE)                     \
    F(I, ADDI, S, SW, S, SW) F(I, ADDI, R, XOR, I, ANDI)                       \
    F(R, AND, R, SUB, B, BGE) F(I, ANDI, B, BNE, S, SW)                        \
    F(I, ANDI, I, SLLI, R, ADD) F(B, BGEU, I, ADDI, I, SLLI)                   \
    F(B, BGEU, L, LW, I, ANDI) F(B, BLTU, L, LW, R, SUB)                       \
    F(B, BNE, S, SW, L, LW) F(L, LBU, R, ADD, I, ADDI)                         \
    F(L, LBU, I, SRLI, I, ADDI) F(L, LW, I, ADDI, R, ADD)                      \
    F(L, LW, I, ADDI, I, ADDI) F(L, LW, I, ANDI, B, BNE)                       \
    F(L, LW, L, LW, I, ADDI) F(L, LW, L, LW, L, LW) F(L, LW, L, LW, R, SUB)    \
    F(L, LW, R, SUB, R, AND) F(L, LW, R, SUB, S, SW) F(L, LW, S, SW, S, SW)    \
    F(L, LW, R, XOR, B, BNE) F(R, MUL, R, ADD, B, BNE)                         \
    F(I, SLLI, R, ADD, L, LW) F(I, SLLI, R, ADD, I, SLLI)                      \
    F(I, SLLI, B, BGEU, I, ADDI) F(I, SLLI, L, LW, B, BLTU)                    \
    F(I, SRLI, I, ADDI, R, XOR) F(R, SUB, R, AND, B, BEQ)                      \
    F(R, SUB, R, AND, B, BLT) F(R, SUB, R, AND, B, BLTU)                       \
    F(R, SUB, R, AND, R, SUB) F(S, SW, I, ADDI, S, SW)                         \
    F(S, SW, L, LW, L, LW) F(S, SW, L, LW, S, SW) F(S, SW, I, SLLI, B, BGEU)   \
    F(S, SW, S, SW, I, ADDI) F(S, SW, S, SW, B, BLTU) F(S, SW, S, SW, L, LW)   \
    F(S, SW, S, SW, S, SW) F(R, XOR, I, ANDI, I, SLLI)
/* clang-format on */

/** TT_RV32_RUNS - all runs: F2(shape, name, shape, name), F3(..) */
#define TT_RV32_RUNS(F2, F3) TT_RV32_PAIRS(F2) TT_RV32_TRIPLES(F3)

#endif
