/* SPDX-License-Identifier: MIT */
/*
 * Where the fields that steer unpackers and packers lie in Config and
 * ThreadConfig (tt-isa-documentation, WormholeB0/.../BackendConfiguration.md,
 * UNPACR_Regular.md and Packers).
 */
#ifndef TT_EMU_TENSIX_THCON_FIELDS_H
#define TT_EMU_TENSIX_THCON_FIELDS_H

#include "device/emu/tensix.h"

/** enum tt_format - data formats of unpackers and packers, in L1 and as the
 *  intermediate format (FloatBitPatterns.md) */
enum tt_format {
    TT_FMT_FP32 = 0,
    TT_FMT_FP16 = 1,
    TT_FMT_BFP8A = 2,
    TT_FMT_BFP4A = 3,
    TT_FMT_TF32 = 4,
    TT_FMT_BF16 = 5,
    TT_FMT_BFP8 = 6,
    TT_FMT_BFP4 = 7,
    TT_FMT_INT32 = 8,
    TT_FMT_INT16 = 9,
    TT_FMT_FP8 = 10,
    TT_FMT_BFP2A = 11,
    TT_FMT_INT8 = 14,
    TT_FMT_BFP2 = 15
};

/** tt_format_bits - bits of one datum in L1; 0 for codes without a meaning */
static inline unsigned tt_format_bits(unsigned format)
{
    static const uint8_t bits[16] = {32, 16, 8, 4, 32, 16, 8, 4,
                                     32, 16, 8, 2, 0,  0,  8, 2};

    return bits[format & 15u];
}

/** tt_format_align - what strides count in: whole bytes, at least one */
static inline unsigned tt_format_align(unsigned format)
{
    return (tt_format_bits(format) + 7u) / 8u;
}

/** TT_CF_AT - the field of another instance of a block of registers */
#define TT_CF_AT(field, words) ((field) + ((uint32_t)(words) << 16))

/* ---- ThreadConfig ---- */
#define TT_TF_SRCA_SET_BASE     TT_CF(3, 0, 2)
#define TT_TF_SRCA_OVRD_ADDR    TT_CF(3, 2, 1)
#define TT_TF_PACK_ADDR_MOD     31u /* word of ADDR_MOD_PACK_SEC0 */
#define TT_TF_UNPACK_CONTEXT(u) TT_CF(39, 8u * (u), 4)

/* ---- Config: matrix unit fields that unpackers and packers read ---- */
#define TT_CF_SRC_UNSIGNED(u) TT_CF(1, 15u + (u), 1)
#define TT_CF_DSTACC          TT_CF(1, 25, 4)
#define TT_CF_RELU_MODE       TT_CF(2, 2, 4)
#define TT_CF_RELU_THRESHOLD  TT_CF(2, 6, 16)

/* ---- Config: unpacker 0; TT_CF_AT(.., u * TT_UNP_WORDS) for unpacker u ----
 */
#define TT_UNP_WORDS             40u
#define TT_CF_UNP_FORMAT         TT_CF(52, 0, 4)
#define TT_CF_UNP_NO_EXP_SECTION TT_CF(52, 5, 1)
#define TT_CF_UNP_X_DIM          TT_CF(52, 16, 16)
#define TT_CF_UNP_Y_DIM          TT_CF(53, 0, 8)
#define TT_CF_UNP_Z_DIM          TT_CF(53, 16, 8)
#define TT_CF_UNP_OUT_FORMAT     TT_CF(60, 0, 4)
#define TT_CF_UNP_THROTTLE       TT_CF(60, 4, 2)
#define TT_CF_UNP_HALOIZE        TT_CF(60, 8, 1)
#define TT_CF_UNP_TILEIZE        TT_CF(60, 9, 1)
#define TT_CF_UNP_SET_UPD        TT_CF(60, 10, 1)
#define TT_CF_UNP_UPSAMPLE       TT_CF(60, 12, 2)
#define TT_CF_UNP_OVRD_FORMAT    TT_CF(60, 14, 1)
#define TT_CF_UNP_INTERLEAVE     TT_CF(60, 15, 1)
#define TT_CF_UNP_SHIFT(ctx)     TT_CF(60, 16u + 4u * (ctx), 4)
#define TT_CF_UNP_ROW_STRIDE     TT_CF(60, 16, 12)   /* Tileize: in 16 bytes */
#define TT_CF_UNP_PLAIN(ctx)     TT_CF(61, (ctx), 1) /* not compressed */
#define TT_CF_UNP_TO_DST(ctx)    TT_CF(61, 4u + (ctx), 1)
#define TT_CF_UNP_FORCE_EXP      TT_CF(61, 8, 1)
#define TT_CF_UNP_BASE(ctx)      TT_CF(64u + (ctx), 0, 32)
#define TT_CF_UNP_OFFSET(ctx)    TT_CF(80u + (ctx), 0, 16)
/* of unpacker 0 only */
#define TT_CF_UNP0_DEST(ctx)  TT_CF(72, 16u * (ctx), 16)
#define TT_CF_UNP0_X_DIM(ctx) TT_CF(74, 16u * (ctx), 16)
#define TT_CF_UNP0_ADD_DEST   TT_CF(41, 8, 1)
/* another spacing */
#define TT_CF_UNP_FORCED_EXP(u) TT_CF(41u + 8u * (u), 0, 8)
#define TT_CF_UNP_CH1_Y(u)      TT_CF(44u + 2u * (u), 12, 12)
#define TT_CF_UNP_CH1_Z(u)      TT_CF(45u + 2u * (u), 0, 12)
#define TT_CF_UNP_CH1_W(u)      TT_CF(45u + 2u * (u), 12, 16)

/* ---- Config: packers ---- */
#define TT_CF_PACK_Y_STRIDE          TT_CF(8, 12, 12)
#define TT_CF_PACK_X_STRIDE          TT_CF(8, 0, 12)
#define TT_CF_PACK_Z_STRIDE          TT_CF(9, 0, 12)
#define TT_CF_PACK_W_STRIDE          TT_CF(9, 12, 16)
#define TT_CF_PACK_READ_32           TT_CF(14, 0, 1)
#define TT_CF_PACK_READ_UNSIGNED     TT_CF(14, 1, 1)
#define TT_CF_PACK_READ_RAW          TT_CF(14, 2, 1)
#define TT_CF_PACK_ROUND_10          TT_CF(14, 3, 1)
#define TT_CFG_ROW_SET_MAPPING       16u /* words: set 0, set 1; 2 bits per row */
#define TT_CF_EDGE_MASK(n)           TT_CF(20u + (n), 0, 16)
#define TT_CF_EDGE_MODE              TT_CF(20, 16, 1)
#define TT_CF_EDGE_SET(packer)       TT_CF(20, 17u + 2u * (packer), 2)
#define TT_CFG_PACK_COUNTERS         24u /* word per packer: reads in 8..15 */
#define TT_PACK_COUNTERS_READS(word) TT_BITS(word, 15, 8)
#define TT_PACK_COUNTERS_YZ_SWAP     0x00800000u
#define TT_CFG_PACK_DST_OFFSET       152u /* word per packer: row, Z offset */

/* The four words of each packer: exponent section, address, formats, modes. */
#define TT_PACK_EXP_SECTION(word) TT_BITS(word, 31, 16)
#define TT_PACK_FORMATS(word)     TT_BITS(word, 11, 4) /* in << 4 | out */
#define TT_PACK_PLAIN             0x00000001u          /* not compressed */
#define TT_PACK_ALL_PLAIN_OVRD    0x00200000u /* packer 0: bits 17-20 for all */
#define TT_PACK_ALL_PLAIN(word)   TT_BITS(word, 20, 17)
#define TT_PACK_L1_ACC(word)      TT_BITS(word, 21, 21)
#define TT_PACK_EXP_WORD_REFUSED  0x0000FFFFu /* row start section */
#define TT_PACK_FORMAT_WORD_REFUSED                                            \
    0x0001F00Eu                               /* contexts, FIFO, L1 source     \
                                               */
#define TT_PACK_MODE_WORD_REFUSED 0x001FFFFFu /* downsampling, thresholds */

/** tt_pack_word - Config word n (0..3) of a packer */
static inline unsigned tt_pack_word(unsigned packer, unsigned n)
{
    static const uint8_t first[4] = {56, 84, 96, 124};

    return first[packer & 3u] + n;
}

#endif
