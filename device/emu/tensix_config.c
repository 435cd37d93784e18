/* SPDX-License-Identifier: MIT */
/* Config words: which exist, which bits they have, and those that act on the
 * tile; and the instructions that write them. */
#include "device/emu/chip.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_units.h"

/* What can be done with a word. ttsim cannot read back all it writes, and
 * reads some as zero that it refuses to write. */
#define CAN_READ  1u
#define CAN_WRITE 2u
#define RW        (CAN_READ | CAN_WRITE)

struct cfg_word {
    uint32_t mask;   /* bits that exist */
    uint32_t refuse; /* bits that must stay zero */
    unsigned access;
};

/* Masks: BackendConfiguration.md and the field list of ttsim. Refused in word
 * 0: format overrides of SrcB and Dst; in word 1: stochastic rounding and the
 * unnamed rounding modes. */
static const struct cfg_word cfg_words[TT_N_CFG] = {
    [0] = {0x00007FFF, 0x4200, RW},
    [1] = {0xFFFFFFFF, 0x7FFF, RW},
    [2] = {0xFFFFFFFF, 0, RW},
    [3] = {0x00003FFF, 0, RW},
    [8] = {0x00FFFFFF, 0, RW},
    [9] = {0x0FFFFFFF, 0, RW},
    [10] = {0, 0, CAN_READ},
    [11] = {0, 0, CAN_READ},
    [14] = {0x0000000F, 0, RW},
    [16] = {0xFFFFFFFF, 0, CAN_WRITE},
    [17] = {0xFFFFFFFF, 0, CAN_WRITE},
    [20] = {0x01FFFFFF, 0, RW},
    [21] = {0x0000FFFF, 0, RW},
    [22] = {0x0000FFFF, 0, RW},
    [23] = {0x0000FFFF, 0, RW},
    [24] = {0xFFFFFFFF, 0, RW},
    [25] = {0xFFFFFFFF, 0, RW},
    [26] = {0xFFFFFFFF, 0, RW},
    [27] = {0xFFFFFFFF, 0, RW},
    [41] = {0x000001FF, 0, CAN_WRITE},
    [44] = {0x00FFFFFF, 0, RW},
    [45] = {0x0FFFFFFF, 0, RW},
    [47] = {0x0FFFFFFF, 0, RW},
    [52] = {0xFFFFFFFF, 0, RW},
    [53] = {0xFFFFFFFF, 0, RW},
    [54] = {0, 0, CAN_READ},
    [55] = {0, 0, CAN_READ},
    [56] = {0xFFFFFFFF, 0, RW},
    [57] = {0xFFFFFFFF, 0, RW},
    [58] = {0xFF7FFFFF, 0, RW},
    [59] = {0xFF7FFFFF, 0, RW},
    [60] = {0xFFFFFFFF, 0, RW},
    [61] = {0x00FF01FF, 0, RW},
    [62] = {0, 0, CAN_READ},
    [63] = {0, 0, CAN_READ},
    [64] = {0xFFFFFFFF, 0, RW},
    [65] = {0xFFFFFFFF, 0, RW},
    [72] = {0xFFFFFFFF, 0, RW},
    [74] = {0xFFFFFFFF, 0, RW},
    [80] = {0xFFFFFFFF, 0, CAN_WRITE},
    [81] = {0xFFFFFFFF, 0, CAN_WRITE},
    [84] = {0xFFFFFFFF, 0, RW},
    [85] = {0xFFFFFFFF, 0, RW},
    [86] = {0xFF03FFFF, 0, RW},
    [87] = {0xFF7FFFFF, 0, RW},
    [92] = {0xFFFFFFFF, 0, RW},
    [93] = {0xFFFFFFFF, 0, RW},
    [94] = {0, 0, CAN_READ},
    [95] = {0, 0, CAN_READ},
    [96] = {0xFFFFFFFF, 0, RW},
    [97] = {0xFFFFFFFF, 0, RW},
    [98] = {0xFF7FFFFF, 0, RW},
    [99] = {0xFF7FFFFF, 0, RW},
    [100] = {0xFFFFFFFF, 0, RW},
    [101] = {0x00FF01FF, 0, RW},
    [102] = {0, 0, CAN_READ},
    [103] = {0, 0, CAN_READ},
    [104] = {0xFFFFFFFF, 0, RW},
    [105] = {0xFFFFFFFF, 0, RW},
    [124] = {0xFFFFFFFF, 0, RW},
    [125] = {0xFFFFFFFF, 0, RW},
    [126] = {0xFF03FFFF, 0, RW},
    [127] = {0xFF7FFFFF, 0, RW},
    [152] = {0x0003FFFF, 0, CAN_WRITE},
    [153] = {0x0003FFFF, 0, CAN_WRITE},
    [154] = {0x0003FFFF, 0, CAN_WRITE},
    [155] = {0x0003FFFF, 0, CAN_WRITE},
};

/* Words that act on the tile. */
#define WORD_IC_INVALIDATE    157u
#define WORD_TRISC_RESET_PC   158u /* and the two after it */
#define WORD_TRISC_PC_ENABLE  161u
#define WORD_NCRISC_RESET_PC  162u
#define WORD_NCRISC_PC_ENABLE 163u
#define WORD_PRNG_SEED        164u

/* One step of the generator of a vector lane (VectorUnit.md, PRNG): the bit
 * shifted in is the inverted parity of four taps. */
static uint32_t prng_next(uint32_t state)
{
    uint32_t odd = (uint32_t)__builtin_popcount(state & 0x80200003u) & 1u;

    return (odd ^ 1u) << 31 | state >> 1;
}

/* The seed runs in for 32 steps, then passes the lanes from 31 down to 0, two
 * steps each. */
static void prng_seed(struct tt_tensix *t, uint32_t seed)
{
    for (unsigned i = 0; i < 32; i++)
        seed = prng_next(seed);
    for (unsigned lane = TT_LANES; lane-- > 0;) {
        seed = prng_next(prng_next(seed));
        t->sfpu.prng[lane] = seed;
    }
}

static enum tt_step drop_icaches(struct tt_tensix *t, uint32_t mask)
{
    if (!mask || mask >= 1u << TT_N_RISC)
        return tt_tensix_refuse(t, t->insn_thread,
                                "Config word %u (i-cache invalidate): mask is "
                                "0x%X",
                                WORD_IC_INVALIDATE, (unsigned)mask);
    for (unsigned risc = 0; risc < TT_N_RISC; risc++)
        if (mask & 1u << risc)
            tt_rv32_drop_icache(&t->tile->rv[risc]);
    return TT_STEP_DONE;
}

static enum tt_step write_tile_word(struct tt_tensix *t, unsigned word,
                                    uint32_t value)
{
    struct tt_tile *tile = t->tile;
    const uint32_t trisc = 7u << TT_RISC_T0, ncrisc = 1u << TT_RISC_NC;

    switch (word) {
    case WORD_IC_INVALIDATE:
        return drop_icaches(t, value);
    case WORD_TRISC_PC_ENABLE:
        tile->reset_pc_enable &= ~trisc;
        tile->reset_pc_enable |= (value & 7u) << TT_RISC_T0;
        break;
    case WORD_NCRISC_RESET_PC:
        tile->reset_pc[TT_RISC_NC] = value;
        break;
    case WORD_NCRISC_PC_ENABLE:
        tile->reset_pc_enable &= ~ncrisc;
        tile->reset_pc_enable |= (value & 1u) << TT_RISC_NC;
        break;
    case WORD_PRNG_SEED:
        prng_seed(t, value);
        break;
    default:
        tile->reset_pc[TT_RISC_T0 + word - WORD_TRISC_RESET_PC] = value;
    }
    return TT_STEP_DONE;
}

enum tt_step tt_cfg_write(struct tt_tensix *t, unsigned bank, unsigned word,
                          uint32_t value)
{
    const struct cfg_word *w;

    if (word >= WORD_IC_INVALIDATE && word <= WORD_PRNG_SEED)
        return write_tile_word(t, word, value);
    w = word < TT_N_CFG ? &cfg_words[word] : NULL;
    if (!w || !(w->access & CAN_WRITE))
        return tt_tensix_refuse(t, t->insn_thread,
                                "Config word %u cannot be written", word);
    if (value & w->refuse)
        return tt_tensix_refuse(t, t->insn_thread,
                                "Config word %u: bits 0x%X are not modelled",
                                word, (unsigned)(value & w->refuse));
    t->cfg[word >= TT_CFG_GLOBAL ? 0 : bank][word] = value & w->mask;
    return TT_STEP_DONE;
}

bool tt_cfg_can_read(uint32_t word)
{
    return word < TT_N_CFG && cfg_words[word].access & CAN_READ;
}

enum tt_step tt_cfg_read(struct tt_tensix *t, unsigned bank, unsigned word,
                         uint32_t *out)
{
    if (!tt_cfg_can_read(word))
        return tt_tensix_refuse(t, t->insn_thread,
                                "Config word %u cannot be read", word);
    *out = tt_cfg_word(t, bank, word);
    return TT_STEP_DONE;
}

/* ---- WRCFG, RDCFG, RMWCIB, SETC16 ---- */

enum tt_step tt_op_wrcfg(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const uint32_t *gpr = t->thread[thread].gpr;
    unsigned word = TT_BITS(insn, 10, 0), from = TT_BITS(insn, 21, 16);
    unsigned n = TT_BITS(insn, 15, 15) ? 4 : 1;

    if (word >= TT_N_CFG)
        return tt_tensix_refuse(t, thread, "WRCFG: cfg_reg is %u", word);
    if ((word | from) & (n - 1))
        return tt_tensix_refuse(
            t, thread, "WRCFG: 128 bits from GPR %u to word %u", from, word);
    for (unsigned i = 0; i < n; i++)
        if (tt_cfg_write(t, tt_cfg_bank(t, thread), word + i, gpr[from + i]) ==
            TT_STEP_FAULT)
            return TT_STEP_FAULT;
    return TT_STEP_DONE;
}

enum tt_step tt_op_rdcfg(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return tt_cfg_read(t, tt_cfg_bank(t, thread), TT_BITS(insn, 10, 0),
                       &t->thread[thread].gpr[TT_BITS(insn, 21, 16)]);
}

/* Byte @byte of a word: bits of the mask are replaced. */
static enum tt_step rmwcib(struct tt_tensix *t, unsigned thread, uint32_t insn,
                           unsigned byte)
{
    unsigned word = TT_BITS(insn, 7, 0), bank = tt_cfg_bank(t, thread);
    uint32_t data = TT_BITS(insn, 15, 8) << 8 * byte;
    uint32_t mask = TT_BITS(insn, 23, 16) << 8 * byte, value = 0;

    if (tt_cfg_read(t, bank, word, &value) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return tt_cfg_write(t, bank, word, (value & ~mask) | (data & mask));
}

enum tt_step tt_op_rmwcib0(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return rmwcib(t, thread, insn, 0);
}

enum tt_step tt_op_rmwcib1(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return rmwcib(t, thread, insn, 1);
}

enum tt_step tt_op_rmwcib2(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return rmwcib(t, thread, insn, 2);
}

enum tt_step tt_op_rmwcib3(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return rmwcib(t, thread, insn, 3);
}

/* ThreadConfig registers that the model has, a bit per index: 0..3, 5..7, 9,
 * 11, .. 21, 23..34, 39, 48..55. The others belong to functions that are
 * refused elsewhere (zero padding, packer 4.., unused address modes). */
#define THREAD_CFG_PRESENT 0x00FF0087FFAAAAEFull

enum tt_step tt_op_setc16(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned reg = TT_BITS(insn, 23, 16);

    if (reg >= TT_N_THREAD_CFG || !(THREAD_CFG_PRESENT >> reg & 1u))
        return tt_tensix_refuse(t, thread, "SETC16: register %u", reg);
    t->thread[thread].cfg[reg] = (uint16_t)insn;
    return TT_STEP_DONE;
}
