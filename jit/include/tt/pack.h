/* SPDX-License-Identifier: MIT */
/* T2: tiles from Dst to L1.
 *
 * Four packers take a face each. Their addresses go into the instruction
 * stream; every PACR is followed by a STALLWAIT that holds back configuration
 * and semaphore instructions until the packers are idle, since they may read
 * configuration while they work (PACR.md). */
#ifndef TT_PACK_H
#define TT_PACK_H

#include "tt/cb.h"
#include "tt/tensix.h"

namespace ttk
{

/* GPRs set by the firmware: Dst rows of the four packers, for each half. */
constexpr uint32_t gpr_rows_low = 16;
constexpr uint32_t gpr_rows_high = 20;

/** struct pack_state - what the hardware is programmed for
 *  @format: buffer format (cb_format), 0xFF = none yet
 *  @high: bits 16..23 of the address
 *  @rows: WRCFG that points the packers at the current half of Dst
 *  @busy: packs were issued since the last drain
 *  @add: packed tiles are added to what L1 holds
 *  @relu: ReLU mode << 2 | threshold << 6, as in word alu_flags
 *  @n_rows: how many pack_rows packs */
struct pack_state {
    uint32_t format;
    uint32_t high;
    insn_t rows;
    bool busy;
    bool add;
    uint32_t relu;
    uint32_t n_rows;
};

inline pack_state packer = {
    0xFF, 0xFF, op::wrcfg128(gpr_rows_low, word::pack_dst_row), false, false,
    0,    64};

/** pack_drain - until every pack so far has written its tile */
TT_INLINE void pack_drain()
{
    if (!packer.busy)
        return;
    packer.busy = false;
    emit<op::dmanop>();
    drain();
}

/* Bytes of a datum as the packer reads it from Dst; block floats are bytes. */
constexpr uint32_t pack_stride(uint32_t hw)
{
    return hw == hw_fp32 || hw == hw_int32    ? 4
           : hw == hw_int8 || block_float(hw) ? 1
                                              : 2;
}

constexpr uint32_t face_size(uint32_t hw) /* in L1, 16-byte units */
{
    return hw == hw_fp32 || hw == hw_int32 ? 64
           : hw == hw_int8 || hw == 10     ? 16
                                           : 32;
}

/* The packers read these while they work; every pack ends with a STALLWAIT
 * that holds instructions like RMWCIB back until they are idle. T1 owns the
 * lowest bit of the word. */
TT_COLD inline void pack_write_relu()
{
    push(op::rmwcib(0, word::alu_flags, 0xFC, packer.relu));
    push(op::rmwcib(1, word::alu_flags, 0xFF, packer.relu >> 8));
    push(op::rmwcib(2, word::alu_flags, 0x3F, packer.relu >> 16));
}

TT_COLD inline void pack_write_add()
{
    for (uint32_t i = 0; i < 4; i++)
        push(op::rmwcib(2, word::packer(i) + 3, 0x20, packer.add ? 0x20 : 0));
}

/** pack_set_format - program the packers for another buffer; everything packed
 *  so far is finished first, so plain stores do */
TT_COLD inline void pack_set_format(uint32_t format, uint32_t in)
{
    uint32_t out = format & 15;
    /* 16 exponents per face come before the data of all four faces; packer i
     * has its data behind 64 exponents and i faces, its own exponents at +i */
    uint32_t bits = out == 2 || out == hw_bfp8 ? 8
                    : out == 3 || out == 7     ? 4
                                               : 2;
    uint32_t step = pack_stride(in);
    bool wide = in == hw_int8 || (wide_dst && in != hw_int16);
    bool plain = format == static_cast<uint32_t>(DataFormat::UInt8);

    emit<op::dmanop>();
    drain();
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t at = word::packer(i);
        bool block = block_float(out);

        config(at) = block ? (4 - i + i * 2 * bits) << 16 : 0;
        config(at + 1) = (block ? i : i * face_size(out)) - 1;
        config(at + 2) = 1u | out << 4 | in << 8;
        config(at + 3) = packer.add ? 1u << 21 : 0;
    }
    /* packer 0: bit 31 makes the others relative to it */
    config(word::packer(0) + 1) = 0x80000000u;
    packer.high = 0;
    config(word::pack_stride_xy) = step | 16 * step << 12;
    config(word::pack_stride_zw) = (256 * step & 0xFFF) | 1024 * step << 12;
    config(word::pack_read_mode) = (wide ? 1 : 0) | (plain ? 2 : 0);
    (void)settled(tensix_config + 4 * word::pack_read_mode);
    /* Dstacc must equal the packers' input format; T1 owns the other bits */
    push(op::rmwcib(3, word::alu_format, 0x1E, in << 1));
    pack_write_relu();
}

TT_INLINE void pack_format(uint32_t cb)
{
    if (packer.format == cb_format(cb))
        return;
    packer.format = cb_format(cb);
    pack_set_format(cb_format(cb), pack_source(cb));
}

/* Dst half by half. */

TT_INLINE void pack_wait()
{
    emit<op::semwait(op::block_tdma | op::block_sync | op::block_pack, sem_dst,
                     op::while_zero)>();
    push(packer.rows);
}

TT_INLINE void pack_release()
{
    emit<op::semget(sem_dst)>();
    packer.rows ^= (gpr_rows_low ^ gpr_rows_high) << 16;
}

/** pack_to - tile @dst of the current half to L1 */
TT_INLINE void pack_to(uint32_t dst, uint32_t cb, uint32_t addr)
{
    constexpr uint32_t at = word::packer(0) + 1;
    uint32_t value = (addr >> 4) - 1;

    pack_format(cb);
    issue(op::setadc_w(op::adc_pack, dst));
    issue(op::rmwcib(0, at, 0xFF, value));
    issue(op::rmwcib(1, at, 0xFF, value >> 8));
    if (packer.high != value >> 16) {
        packer.high = value >> 16;
        issue(op::rmwcib(2, at, 0xFF, value >> 16));
    }
    emit<op::pacr(15, 0)>();
    emit<op::stallwait(op::block_tdma | op::block_sync | op::block_cfg,
                       op::busy_pack)>();
    packer.busy = true;
}

} /* namespace ttk */

#endif
