/* SPDX-License-Identifier: MIT */
/* What the cases share: instruction words and ready-made parts of scripts. */
#ifndef TT_DIFF_TENSIX_H
#define TT_DIFF_TENSIX_H

#include "tests/diff/script.h"

/* Data formats (facts, section 7). */
enum {
    F_FP32 = 0,
    F_FP16 = 1,
    F_BFP8A = 2,
    F_TF32 = 4,
    F_BF16 = 5,
    F_BFP8 = 6,
    F_BFP4 = 7,
    F_INT32 = 8,
    F_INT16 = 9,
    F_FP8 = 10,
    F_INT8 = 14,
    F_BFP2 = 15
};

enum { T0, T1, T2 };

/** OP - an instruction word from its opcode and operand bits */
#define OP(opcode, operands) ((uint32_t)(opcode) << 24 | (uint32_t)(operands))

/* Operands that appear often. */
#define SETC16(reg, value) OP(0xB2, (uint32_t)(reg) << 16 | (value))
#define SETGPR_LO(gpr, v)  OP(0x45, (uint32_t)(v) << 8 | (gpr) << 1)
#define SETGPR_HI(gpr, v)  OP(0x45, (uint32_t)(v) << 8 | (gpr) << 1 | 1u)
#define WRCFG(gpr, word)   OP(0xB0, (uint32_t)(gpr) << 16 | (word))
#define SETADC(sets, ch, dim, v)                                               \
    OP(0x50, (uint32_t)(sets) << 21 | (ch) << 20 | (dim) << 18 | (v))
#define SETADCXX(sets, first, last)                                            \
    OP(0x5E, (uint32_t)(sets) << 21 | (uint32_t)(last) << 10 | (first))
#define UNPACR(unp, addr_mode, dvalid)                                         \
    OP(0x42, (uint32_t)(unp) << 23 | (uint32_t)(addr_mode) << 15 | 0x81u |     \
                 (uint32_t)(dvalid) << 6)
#define PACR(packers, addr_mode, last)                                         \
    OP(0x41, (uint32_t)(addr_mode) << 15 | (uint32_t)(packers) << 8 | (last))
/* Set counters: bits 1 SrcA, 2 SrcB, 4 Dst, 8 fidelity. */
#define SETRWC(clear, cr, d, b, a, mask)                                       \
    OP(0x37, (uint32_t)(clear) << 22 | (uint32_t)(cr) << 18 |                  \
                 (uint32_t)(d) << 14 | (uint32_t)(b) << 10 | (a) << 6 |        \
                 (mask))
#define SFPLOAD(lreg, mod, mode, addr)                                         \
    OP(0x70, (uint32_t)(lreg) << 20 | (mod) << 16 | (mode) << 14 | (addr))
#define SFPSTORE(lreg, mod, mode, addr)                                        \
    OP(0x72, (uint32_t)(lreg) << 20 | (mod) << 16 | (mode) << 14 | (addr))
#define SFPLOADI(lreg, mod, imm)                                               \
    OP(0x71, (uint32_t)(lreg) << 20 | (mod) << 16 | (imm))

/** tx_insn - push an instruction into a thread; on a TRISC only its own */
void tx_insn(struct script *s, unsigned thread, uint32_t insn);
/** tx_config - store to a Config word of bank 0 */
void tx_config(struct script *s, unsigned word, uint32_t value);
/** tx_sync - on a TRISC: wait until its stream has drained */
void tx_sync(struct script *s);

/** struct tx_formats - how data pass through the coprocessor
 *  @in: in L1, for both unpackers
 *  @src: in SrcA and SrcB, or in Dst with @to_dst
 *  @acc: in Dst: format that the packers read
 *  @out: in L1, from the packers
 *  @dst32: Dst has 32-bit datums
 *  @to_dst: unpacker 0 writes to Dst */
struct tx_formats {
    unsigned in, src, acc, out;
    bool dst32, to_dst;
};

/** tx_setup - program Config, ThreadConfig and counters for whole tiles of
 *  four faces; clears no data */
void tx_setup(struct script *s, const struct tx_formats *f);
/** tx_setup_pack - the packers' part of tx_setup() */
void tx_setup_pack(struct script *s, const struct tx_formats *f);
/** tx_setup_packers, tx_setup_unpackers, tx_setup_math - parts of tx_setup()
 *  that are Config alone: counters and ThreadConfig stay */
void tx_setup_packers(struct script *s, const struct tx_formats *f);
void tx_setup_unpackers(struct script *s, const struct tx_formats *f);
void tx_setup_math(struct script *s, const struct tx_formats *f);

/** tx_unpack_from - next UNPACR of unpacker @unp reads from L1 @addr */
void tx_unpack_from(struct script *s, unsigned unp, uint32_t addr);
/** tx_pack_to - next PACR writes to L1 @addr; 16-byte aligned */
void tx_pack_to(struct script *s, const struct tx_formats *f, uint32_t addr);
/** tx_dump_dst - copy all of Dst, as the hardware keeps it, to the result
 *  data at offset @at (32 KiB); reprograms the packers */
void tx_dump_dst(struct script *s, uint32_t at);
/** tx_addr_mod - an address mode of the math thread
 *  @a, @b, @dst: increments of SrcA, SrcB, Dst rows */
void tx_addr_mod(struct script *s, unsigned mode, unsigned a, unsigned b,
                 unsigned dst);

/** tx_fill - random data in a format for the input area
 *  @offset, @len: bytes of the input area
 *
 * Mixes ordinary numbers of similar size with zeros, denormals, infinities,
 * NaNs and plain random bits. */
void tx_fill(struct script *s, unsigned format, uint32_t offset, uint32_t len);

#endif
