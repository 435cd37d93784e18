/* SPDX-License-Identifier: MIT */
/* The one list of Tensix opcodes: number, mnemonic, function, unused bits. */
#ifndef TT_EMU_TENSIX_OPS_H
#define TT_EMU_TENSIX_OPS_H

/*
 * TT_TENSIX_OPS - all opcodes of Wormhole (tt-llk, assembly.yaml; but for those
 * in TT_TENSIX_DOCUMENTED the split into modelled and not modelled is that of
 * ttsim v1.10.0). docs/instructions.md says more on each.
 *
 *  FRONT(opcode, MNEMONIC)  consumed by the frontend, never executed
 *  OP(opcode, MNEMONIC, name, unused)  executed by tt_op_<name>(); bits of
 *      @unused must be zero
 *  NONE(opcode, MNEMONIC)  exists, but is refused when it is executed
 */
/* clang-format off */
#define TT_TENSIX_OPS(FRONT, OP, NONE)                                         \
    /* Frontend */                                                             \
    FRONT(0x01, MOP)                                                           \
    FRONT(0x02, NOP)                                                           \
    FRONT(0x03, MOP_CFG)                                                       \
    FRONT(0x04, REPLAY)                                                        \
    /* Matrix unit: moves and clears */                                        \
    OP(0x08, MOVD2A, movd2a, 0x004C00)                                         \
    OP(0x09, MOVDBGA2D, movdbga2d, 0x005C00)                                   \
    OP(0x0A, MOVD2B, movd2b, 0x004C00)                                         \
    OP(0x0B, MOVB2A, movb2a, 0x804FC0)                                         \
    OP(0x10, ZEROACC, zeroacc, 0xC67C00)                                       \
    OP(0x11, ZEROSRC, zerosrc, 0xFFFFE0)                                       \
    OP(0x12, MOVA2D, mova2d, 0x004C00)                                         \
    OP(0x13, MOVB2D, movb2d, 0x000C00)                                         \
    NONE(0x14, TRNSPSRCA)                                                      \
    NONE(0x15, RAREB)                                                          \
    OP(0x16, TRNSPSRCB, trnspsrcb, 0xFFFFFF)                                   \
    NONE(0x17, SHIFTXA)                                                        \
    NONE(0x18, SHIFTXB)                                                        \
    NONE(0x1A, SETASHRMH0)                                                     \
    NONE(0x1B, SETASHRMH1)                                                     \
    NONE(0x1C, SETASHRMV)                                                      \
    NONE(0x1D, SETPKEDGOF)                                                     \
    NONE(0x1E, SETASHRMH)                                                      \
    /* Matrix unit: arithmetic and counters */                                 \
    NONE(0x21, CLREXPHIST)                                                     \
    NONE(0x22, CONV3S1)                                                        \
    NONE(0x23, CONV3S2)                                                        \
    NONE(0x24, MPOOL3S1)                                                       \
    NONE(0x25, APOOL3S1)                                                       \
    OP(0x26, MVMUL, mvmul, 0x367C00)                                           \
    OP(0x27, ELWMUL, elwmul, 0x067C00)                                         \
    OP(0x28, ELWADD, elwadd, 0x067C00)                                         \
    OP(0x29, DOTPV, dotpv, 0x3E7C00)                                           \
    OP(0x30, ELWSUB, elwsub, 0x067C00)                                         \
    NONE(0x31, MPOOL3S2)                                                       \
    NONE(0x32, APOOL3S2)                                                       \
    OP(0x33, GMPOOL, gmpool, 0x363C00)                                         \
    OP(0x34, GAPOOL, gapool, 0x363C00)                                         \
    OP(0x35, GATESRCRST, gatesrcrst, 0xFFFFFC)                                 \
    OP(0x36, CLEARDVALID, cleardvalid, 0x3FFFFC)                               \
    OP(0x37, SETRWC, setrwc, 0x000030)                                         \
    OP(0x38, INCRWC, incrwc, 0xE0003F)                                         \
    NONE(0x39, SETIBRWC)                                                       \
    NONE(0x3A, MFCONV3S1)                                                      \
    /* Mover, packers, unpackers, scalar unit */                               \
    NONE(0x40, XMOV)                                                           \
    OP(0x41, PACR, pacr, 0xFE606C)                                             \
    OP(0x42, UNPACR, unpacr, 0x004000)                                         \
    OP(0x43, UNPACR_NOP, unpacr_nop, 0x7FFFE0)                                 \
    NONE(0x44, RSTDMA)                                                         \
    OP(0x45, SETDMAREG, setdmareg, 0x000000)                                   \
    OP(0x46, FLUSHDMA, flushdma, 0xFFFFF0)                                     \
    OP(0x48, REG2FLOP, reg2flop, 0x00E000)                                     \
    OP(0x49, LOADIND, loadind, 0x200000)                                       \
    NONE(0x4A, PACR_SETREG)                                                    \
    NONE(0x4B, TBUFCMD)                                                        \
    /* Address counters, scalar unit */                                        \
    OP(0x50, SETADC, setadc, 0x000000)                                         \
    OP(0x51, SETADCXY, setadcxy, 0x1C0030)                                     \
    OP(0x52, INCADCXY, incadcxy, 0x1C003F)                                     \
    OP(0x53, ADDRCRXY, addrcrxy, 0x1C0030)                                     \
    OP(0x54, SETADCZW, setadczw, 0x1C0030)                                     \
    OP(0x55, INCADCZW, incadczw, 0x1C003F)                                     \
    OP(0x56, ADDRCRZW, addrcrzw, 0x1C0030)                                     \
    OP(0x57, SETDVALID, setdvalid, 0xFFFFFC)                                   \
    OP(0x58, ADDDMAREG, adddmareg, 0x7C0000)                                   \
    OP(0x59, SUBDMAREG, subdmareg, 0x7C0000)                                   \
    OP(0x5A, MULDMAREG, muldmareg, 0x7C0000)                                   \
    OP(0x5B, BITWOPDMAREG, bitwopdmareg, 0x600000)                             \
    OP(0x5C, SHIFTDMAREG, shiftdmareg, 0x600000)                               \
    OP(0x5D, CMPDMAREG, cmpdmareg, 0x600000)                                   \
    OP(0x5E, SETADCXX, setadcxx, 0x100000)                                     \
    OP(0x60, DMANOP, dmanop, 0xFFFFFF)                                         \
    OP(0x61, ATINCGET, atincget, 0xF80000)                                     \
    NONE(0x62, ATINCGETPTR)                                                    \
    OP(0x63, ATSWAP, atswap, 0x803000)                                         \
    NONE(0x64, ATCAS)                                                          \
    OP(0x66, STOREIND, storeind, 0x000000)                                     \
    OP(0x67, STOREREG, storereg, 0x000000)                                     \
    OP(0x68, LOADREG, loadreg, 0x000000)                                       \
    /* Vector unit */                                                          \
    OP(0x70, SFPLOAD, sfpload, 0x003C00)                                       \
    OP(0x71, SFPLOADI, sfploadi, 0x000000)                                     \
    OP(0x72, SFPSTORE, sfpstore, 0x003C00)                                     \
    OP(0x73, SFPLUT, sfplut, 0x00FFFF)                                         \
    OP(0x74, SFPMULI, sfpmuli, 0x000000)                                       \
    OP(0x75, SFPADDI, sfpaddi, 0x000000)                                       \
    OP(0x76, SFPDIVP2, sfpdivp2, 0x000000)                                     \
    OP(0x77, SFPEXEXP, sfpexexp, 0xFFF000)                                     \
    OP(0x78, SFPEXMAN, sfpexman, 0xFFF000)                                     \
    OP(0x79, SFPIADD, sfpiadd, 0x000000)                                       \
    OP(0x7A, SFPSHFT, sfpshft, 0x000000)                                       \
    OP(0x7B, SFPSETCC, sfpsetcc, 0xFFE000)                                     \
    OP(0x7C, SFPMOV, sfpmov, 0xFFF000)                                         \
    OP(0x7D, SFPABS, sfpabs, 0xFFF000)                                         \
    OP(0x7E, SFPAND, sfpand, 0xFF0000)                                         \
    OP(0x7F, SFPOR, sfpor, 0xFF0000)                                           \
    OP(0x80, SFPNOT, sfpnot, 0xFFF00F)                                         \
    OP(0x81, SFPLZ, sfplz, 0xFFF000)                                           \
    OP(0x82, SFPSETEXP, sfpsetexp, 0xF00000)                                   \
    OP(0x83, SFPSETMAN, sfpsetman, 0x000000)                                   \
    OP(0x84, SFPMAD, sfpmad, 0xF00000)                                         \
    OP(0x85, SFPADD, sfpadd, 0xF00000)                                         \
    OP(0x86, SFPMUL, sfpmul, 0xF00000)                                         \
    OP(0x87, SFPPUSHC, sfppushc, 0xFFFF00)                                     \
    OP(0x88, SFPPOPC, sfppopc, 0xFFFF00)                                       \
    OP(0x89, SFPSETSGN, sfpsetsgn, 0xFFE000)                                   \
    OP(0x8A, SFPENCC, sfpencc, 0xFFCF00)                                       \
    OP(0x8B, SFPCOMPC, sfpcompc, 0xFFFF0F)                                     \
    OP(0x8C, SFPTRANSP, sfptransp, 0xFFFF0F)                                   \
    OP(0x8D, SFPXOR, sfpxor, 0xFFF00F)                                         \
    OP(0x8E, SFP_STOCH_RND, sfp_stoch_rnd, 0xC00000)                           \
    OP(0x8F, SFPNOP, sfpnop, 0xFFFFFF)                                         \
    OP(0x90, SFPCAST, sfpcast, 0xFFF000)                                       \
    OP(0x91, SFPCONFIG, sfpconfig, 0x000000)                                   \
    OP(0x92, SFPSWAP, sfpswap, 0xFFF000)                                       \
    NONE(0x93, SFPLOADMACRO)                                                   \
    OP(0x94, SFPSHFT2, sfpshft2, 0x000000)                                     \
    OP(0x95, SFPLUTFP32, sfplutfp32, 0xFFFF00)                                 \
    /* Sync unit */                                                            \
    OP(0xA0, ATGETM, atgetm, 0xFF0000)                                         \
    OP(0xA1, ATRELM, atrelm, 0xFF0000)                                         \
    OP(0xA2, STALLWAIT, stallwait, 0x000000)                                   \
    OP(0xA3, SEMINIT, seminit, 0x00FC03)                                       \
    OP(0xA4, SEMPOST, sempost, 0xFFFC03)                                       \
    OP(0xA5, SEMGET, semget, 0xFFFC03)                                         \
    OP(0xA6, SEMWAIT, semwait, 0x007C00)                                       \
    /* Configuration unit */                                                   \
    OP(0xB0, WRCFG, wrcfg, 0xC07800)                                           \
    OP(0xB1, RDCFG, rdcfg, 0xC0F800)                                           \
    OP(0xB2, SETC16, setc16, 0x000000)                                         \
    OP(0xB3, RMWCIB0, rmwcib0, 0x000000)                                       \
    OP(0xB4, RMWCIB1, rmwcib1, 0x000000)                                       \
    OP(0xB5, RMWCIB2, rmwcib2, 0x000000)                                       \
    OP(0xB6, RMWCIB3, rmwcib3, 0x000000)

/*
 * TT_TENSIX_DOCUMENTED - modelled by the ISA documentation alone: ttsim refuses
 * them, so that there is nothing to compare with
 */
#define TT_TENSIX_DOCUMENTED(OP)                                               \
    OP(0x09, MOVDBGA2D)                                                        \
    OP(0x29, DOTPV)                                                            \
    OP(0x46, FLUSHDMA)                                                         \
    OP(0x49, LOADIND)                                                          \
    OP(0x59, SUBDMAREG)                                                        \
    OP(0x5B, BITWOPDMAREG)                                                     \
    OP(0x5C, SHIFTDMAREG)                                                      \
    OP(0x5D, CMPDMAREG)                                                        \
    OP(0x61, ATINCGET)                                                         \
    OP(0x63, ATSWAP)                                                           \
    OP(0x66, STOREIND)                                                         \
    OP(0x68, LOADREG)
/* clang-format on */

#endif
