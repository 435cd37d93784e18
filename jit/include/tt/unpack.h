/* SPDX-License-Identifier: MIT */
/* T0: tiles from L1 to SrcA, SrcB or Dst.
 *
 * Addresses and formats go into the instruction stream (RMWCIB), so that the
 * RISC-V core runs ahead of the unpackers. Every unpack ends with a STALLWAIT
 * that holds back configuration changes until both unpackers are idle, since
 * they read their configuration while they work (UNPACR_Regular.md). */
#ifndef TT_UNPACK_H
#define TT_UNPACK_H

#include "tt/cb.h"
#include "tt/tensix.h"

namespace ttk
{

/** struct unpack_state - what the hardware is programmed for
 *  @format: per unpacker, the buffer formats (cb_format), 0xFF = none yet
 *  @high: per unpacker and for context 1, bits 16.. of the address
 *  @to_dst: context 1 of unpacker 0, which writes Dst, is selected
 *  @half: row of the half of Dst that math works on
 *  @busy: unpacks were issued since the last drain */
struct unpack_state {
    uint32_t format[2];
    uint32_t high[3];
    bool to_dst;
    bool busy;
    uint32_t half;
};

inline unpack_state unpacker = {
    {0xFF, 0xFF}, {0xFF, 0xFF, 0xFF}, false, false, 0};

TT_INLINE constexpr uint32_t unpack_word(uint32_t which, uint32_t word)
{
    return (which ? word::unpack1 : word::unpack0) + word;
}

/** unpack_address - address of the next tile; @slot 2 is context 1 */
TT_INLINE void unpack_address(uint32_t slot, uint32_t addr)
{
    uint32_t at = slot == 2   ? unpack_word(0, word::base_context1)
                  : slot == 1 ? unpack_word(1, word::base)
                              : unpack_word(0, word::base);
    uint32_t value = (addr >> 4) - 1;

    issue(op::rmwcib(0, at, 0xFF, value));
    issue(op::rmwcib(1, at, 0xFF, value >> 8));
    if (unpacker.high[slot] != value >> 16) {
        unpacker.high[slot] = value >> 16;
        issue(op::rmwcib(2, at, 0xFF, value >> 16));
    }
}

TT_INLINE void unpack_format(uint32_t which, uint32_t cb)
{
    if (unpacker.format[which] == cb_format(cb))
        return;
    unpacker.format[which] = cb_format(cb);
    issue(op::rmwcib(0, unpack_word(which, word::descriptor), 0x0F,
                     hw_format(cb)));
    issue(op::rmwcib(0, unpack_word(which, word::out_format), 0x0F,
                     src_format(cb)));
    if (has_int8) { /* of both sources: bits 15 and 16 of word 1 */
        bool plain = cb_format(cb) == static_cast<uint32_t>(DataFormat::UInt8);

        issue(op::rmwcib(1, word::alu_format, 0x80, plain ? 0x80 : 0));
        issue(op::rmwcib(2, word::alu_format, 0x01, plain));
    }
}

/** unpack_target - let unpacker 0 write SrcA or Dst */
TT_INLINE void unpack_target(bool dst)
{
    if (!wide_dst || !has_32bit || unpacker.to_dst == dst)
        return;
    unpacker.to_dst = dst;
    issue(op::setc16(thread_word::unpack_context, dst ? 1 : 0));
    issue(op::setc16(thread_word::src_a_set, dst ? 0 : 4));
}

TT_INLINE uint32_t unpack_tile_addr(uint32_t cb, uint32_t tile)
{
    return cb_reader[cb_index(cb)].ptr + tile * tile_bytes(cb);
}

TT_INLINE void unpack_end()
{
    emit<op::stallwait(op::block_tdma | op::block_sync | op::block_cfg,
                       op::busy_unpack0 | op::busy_unpack1)>();
    unpacker.busy = true;
}

[[gnu::error("32-bit integers do not fit SrcA and SrcB: copy_tile them to a "
             "32-bit Dst (FP32_DEST_ACC) and use the vector unit")]] void
int32_unsupported();

/** unpack_check_src - stop instead of computing something else */
TT_INLINE void unpack_check_src(uint32_t cb)
{
    bool integer = hw_format(cb) == hw_int32;

    if (__builtin_constant_p(integer) && integer)
        int32_unsupported();
    if (integer)
        fail(TT_ERROR_ASSERT, __LINE__);
}

/** unpack_a - one tile to SrcA; @zero_b: and a SrcB of zeros */
TT_INLINE void unpack_a(uint32_t cb, uint32_t tile, bool zero_b)
{
    unpack_check_src(cb);
    unpack_target(false);
    unpack_format(0, cb);
    unpack_address(0, unpack_tile_addr(cb, tile));
    emit<op::unpacr(0, 1)>();
    if (zero_b) {
        emit<op::unpacr_zero(1)>();
        emit<op::unpacr_give(1)>();
    }
    unpack_end();
}

/** unpack_ab - one tile to SrcA and one to SrcB */
TT_INLINE void unpack_ab(uint32_t cb_a, uint32_t tile_a, uint32_t cb_b,
                         uint32_t tile_b)
{
    unpack_check_src(cb_a);
    unpack_check_src(cb_b);
    unpack_target(false);
    unpack_format(0, cb_a);
    unpack_address(0, unpack_tile_addr(cb_a, tile_a));
    emit<op::unpacr(0, 1)>();
    unpack_format(1, cb_b);
    unpack_address(1, unpack_tile_addr(cb_b, tile_b));
    emit<op::unpacr(1, 1)>();
    unpack_end();
}

/** unpack_borrow_dst - point context 1 at a tile of Dst, when math lends it;
 *  math has then been granted this half by the packer, so it is free */
TT_INLINE void unpack_borrow_dst(uint32_t dst)
{
    /* Dest_cntx1 counts datums from 4 rows before row 0: its low byte stays
     * 64 and a tile of 64 rows is 4 in its high byte. */
    uint32_t rows = unpacker.half + dst * 64;

    emit<op::semwait(op::block_tdma | op::block_sync | op::block_cfg,
                     sem_dst_lent, op::while_zero)>();
    emit<op::semget(sem_dst_lent)>();
    unpack_target(true);
    issue(op::rmwcib(3, unpack_word(0, word::dest), 0xFF, rows >> 4));
}

/** unpack_dst - one 32-bit tile straight to a tile of Dst */
TT_INLINE void unpack_dst(uint32_t cb, uint32_t tile, uint32_t dst)
{
    unpack_borrow_dst(dst);
    unpack_format(0, cb);
    unpack_address(2, unpack_tile_addr(cb, tile));
    emit<op::unpacr(0, 0)>();
    unpack_end();
    emit<op::sempost(sem_dst_done)>();
}

/** unpack_drain - until every unpack so far has read its tile */
TT_INLINE void unpack_drain()
{
    if (!unpacker.busy)
        return;
    unpacker.busy = false;
    emit<op::dmanop>();
    drain();
}

TT_INLINE void unpack_next_half()
{
    if (wide_dst && has_32bit)
        unpacker.half ^= 512;
}

} /* namespace ttk */

#endif
