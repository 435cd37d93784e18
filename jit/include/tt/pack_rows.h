/* SPDX-License-Identifier: MIT */
/* T2: tiles from Dst to rows in L1 ("untilize").
 *
 * One PACR stores one row of each of the four faces; where packers 1 to 3 put
 * theirs is relative to packer 0. `packer.format` says which of the two
 * arrangements, whole tiles or rows, the packers are programmed for. */
#ifndef TT_PACK_ROWS_H
#define TT_PACK_ROWS_H

#include "tt/pack.h"

namespace ttk
{

namespace op
{

constexpr insn_t setadc_y(uint32_t which, uint32_t y) /* channel 0 */
{
    return make(0x50, which << 21 | 1u << 18 | y);
}

} /* namespace op */

/** pack_set_rows - arrange the packers for rows @pitch bytes apart */
TT_COLD inline void pack_set_rows(uint32_t cb, uint32_t pitch)
{
    uint32_t part = tile_bytes(cb) / 1024; /* 16 datums in 16-byte units */

    if (block_float(hw_format(cb)) || pitch & 15)
        fail(TT_ERROR_ASSERT, __LINE__);
    pack_set_format(cb_format(cb), pack_source(cb));
    config(word::packer(1) + 1) = part - 1;
    config(word::packer(2) + 1) = pitch - 1; /* 16 rows, 16-byte units */
    config(word::packer(3) + 1) = pitch + part - 1;
    (void)settled(tensix_config + 4 * (word::packer(3) + 1));
}

/** pack_address - where packer 0 packs to, and the others relative to it */
TT_INLINE void pack_address(uint32_t addr)
{
    constexpr uint32_t at = word::packer(0) + 1;
    uint32_t value = (addr >> 4) - 1;

    push(op::rmwcib(0, at, 0xFF, value));
    push(op::rmwcib(1, at, 0xFF, value >> 8));
    push(op::rmwcib(2, at, 0xFF, value >> 16));
    packer.high = value >> 16;
}

TT_INLINE void pack_row_done()
{
    emit<op::stallwait(op::block_tdma | op::block_sync | op::block_cfg,
                       op::busy_pack)>();
}

/** pack_rows_end - whole faces again */
TT_INLINE void pack_rows_end()
{
    emit<op::setadcxx(op::adc_pack, 255, 0)>();
    emit<op::setadc_y(op::adc_pack, 0)>();
    packer.busy = true;
}

/** pack_tile_rows - tile @dst to L1 as 32 rows @pitch bytes apart */
TT_COLD inline void pack_tile_rows(uint32_t dst, uint32_t cb, uint32_t addr,
                                   uint32_t pitch)
{
    uint32_t wanted = 0x100 | cb_format(cb) | pitch << 9;

    if (packer.format != wanted) {
        packer.format = wanted;
        pack_set_rows(cb, pitch);
    }
    emit<op::setadcxx(op::adc_pack, 15, 0)>();
    push(op::setadc_w(op::adc_pack, dst));
    for (uint32_t row = 0; row < 16; row++, addr += pitch) {
        push(op::setadc_y(op::adc_pack, row));
        pack_address(addr);
        emit<op::pacr(15, 0)>();
        pack_row_done();
    }
    pack_rows_end();
}

/** pack_first_rows - the first @rows (1 to 64) rows of 16 datums of tile @dst
 * to L1, one after the other, by packer 0 alone */
TT_COLD inline void pack_first_rows(uint32_t dst, uint32_t cb, uint32_t addr,
                                    uint32_t rows)
{
    if (block_float(hw_format(cb)) || rows == 0 || rows > 64)
        fail(TT_ERROR_ASSERT, __LINE__);
    pack_format(cb);
    emit<op::setadcxx(op::adc_pack, 15, 0)>();
    push(op::setadc_w(op::adc_pack, dst));
    for (uint32_t row = 0; row < rows; row++) {
        push(op::setadc_y(op::adc_pack, row));
        pack_address(addr + row * tile_bytes(cb) / 64);
        emit<op::pacr(1, 0)>();
        pack_row_done();
    }
    pack_rows_end();
}

} /* namespace ttk */

#endif
