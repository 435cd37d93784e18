/* SPDX-License-Identifier: MIT */
/* Instructions that move between SrcA, SrcB and Dst. */
#ifndef TT_TENSIX_MOVES_H
#define TT_TENSIX_MOVES_H

#include "tt/tensix.h"

namespace ttk::op
{

/* STALLWAIT: until the matrix unit has been given SrcA, SrcB. The moves from
 * Dst alone do not wait for that (MOVD2A.md, MOVD2B.md). */
constexpr uint32_t valid_a = 1u << 10, valid_b = 1u << 11;

constexpr insn_t movd2a(uint32_t addr_mod, uint32_t src, uint32_t dst)
{
    return make(0x08, src << 17 | addr_mod << 15 | 2u << 12 | dst);
}
constexpr insn_t movd2b(uint32_t addr_mod, uint32_t src, uint32_t dst)
{
    return make(0x0A, src << 17 | addr_mod << 15 | 2u << 12 | dst);
}
constexpr insn_t movb2a(uint32_t addr_mod, uint32_t to, uint32_t from)
{
    return make(0x0B, to << 17 | addr_mod << 15 | 2u << 12 | from);
}
/* MOVB2D: 4 rows, or one row to 8; either with column 0 spread */
enum : uint32_t { four_rows = 4, one_row = 2, one_column = 1 };
constexpr insn_t movb2d(uint32_t mode, uint32_t addr_mod, uint32_t src,
                        uint32_t dst)
{
    return make(0x13, src << 17 | addr_mod << 15 | mode << 12 | dst);
}
constexpr insn_t trnspsrcb = make(0x16, 0);       /* rows 16 to 31 */
constexpr insn_t zerosrc_b = make(0x11, 8u | 2u); /* the bank in use */
constexpr insn_t zeroacc_row(uint32_t addr_mod, uint32_t row)
{
    return make(0x10, addr_mod << 15 | row);
}
constexpr insn_t zeroacc_16(uint32_t addr_mod, uint32_t block)
{
    return make(0x10, 1u << 19 | addr_mod << 15 | block);
}
/* SETRWC of SrcB's counter alone: to a row, or so many on from the last */
constexpr insn_t src_b_to(uint32_t row)
{
    return make(0x37, row << 10 | 2u);
}
constexpr insn_t src_b_on(uint32_t rows)
{
    return make(0x37, 2u << 18 | rows << 10 | 2u);
}

} /* namespace ttk::op */

#endif
