/* SPDX-License-Identifier: MIT */
/* Address counters (ADCs.md): the instructions that set and advance them. */
#include "device/emu/tensix.h"
#include "device/emu/tensix_units.h"

/* Widths of the counters. */
#define X_MASK 0x3FFFFu
#define Y_MASK 0x1FFFu
#define Z_MASK 0xFFu
#define W_MASK 0xFFu

/* A pair of counters that one instruction names together: x and y, or z and
 * w. */
enum pair { PAIR_XY, PAIR_ZW };

struct counter {
    uint32_t *value, *cr;
    uint32_t mask;
};

static struct counter counter_of(struct tt_adc_channel *ch, unsigned dimension)
{
    switch (dimension) {
    case 0:
        return (struct counter){&ch->x, &ch->x_cr, X_MASK};
    case 1:
        return (struct counter){&ch->y, &ch->y_cr, Y_MASK};
    case 2:
        return (struct counter){&ch->z, &ch->z_cr, Z_MASK};
    default:
        return (struct counter){&ch->w, &ch->w_cr, W_MASK};
    }
}

/* How an instruction changes one counter. */
static void do_set(struct counter c, uint32_t value)
{
    *c.value = *c.cr = value & c.mask;
}

static void do_inc(struct counter c, uint32_t value)
{
    *c.value = (*c.value + value) & c.mask;
}

static void do_inc_cr(struct counter c, uint32_t value)
{
    *c.value = *c.cr = (*c.cr + value) & c.mask;
}

/* Bits 23:21 select sets of counters: unpacker 0, unpacker 1, packers. */
static bool adc_mask(struct tt_tensix *t, unsigned thread, uint32_t insn,
                     const char *mnemonic, uint32_t *out)
{
    *out = TT_BITS(insn, 23, 21);
    if (*out)
        return true;
    tt_tensix_refuse(t, thread, "%s: cnt_set_mask is 0", mnemonic);
    return false;
}

/* The common form: four 3-bit operands from bit 6 on, for both counters of the
 * pair in channel 0, then in channel 1; bit i of @enable admits operand i. */
static void change_pairs(struct tt_thread *th, uint32_t insn, uint32_t sets,
                         enum pair pair, uint32_t enable,
                         void (*change)(struct counter, uint32_t))
{
    for (unsigned adc = 0; adc < TT_N_ADC; adc++) {
        if (!(sets & 1u << adc))
            continue;
        for (unsigned i = 0; i < 4; i++) {
            unsigned dimension = (pair == PAIR_ZW ? 2u : 0u) + (i & 1u);

            if (enable & 1u << i)
                change(counter_of(&th->adc[adc].ch[i >> 1], dimension),
                       insn >> (6 + 3 * i) & 7u);
        }
    }
}

static enum tt_step masked(struct tt_tensix *t, unsigned thread, uint32_t insn,
                           enum pair pair,
                           void (*change)(struct counter, uint32_t),
                           const char *mnemonic)
{
    uint32_t sets, enable = TT_BITS(insn, 3, 0);

    if (!adc_mask(t, thread, insn, mnemonic, &sets))
        return TT_STEP_FAULT;
    if (!enable)
        return tt_tensix_refuse(t, thread, "%s: bit_mask is 0", mnemonic);
    change_pairs(&t->thread[thread], insn, sets, pair, enable, change);
    return TT_STEP_DONE;
}

static enum tt_step unmasked(struct tt_tensix *t, unsigned thread,
                             uint32_t insn, enum pair pair,
                             const char *mnemonic)
{
    uint32_t sets;

    if (!adc_mask(t, thread, insn, mnemonic, &sets))
        return TT_STEP_FAULT;
    change_pairs(&t->thread[thread], insn, sets, pair, 0xF, do_inc);
    return TT_STEP_DONE;
}

enum tt_step tt_op_setadcxy(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return masked(t, thread, insn, PAIR_XY, do_set, "SETADCXY");
}

enum tt_step tt_op_setadczw(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return masked(t, thread, insn, PAIR_ZW, do_set, "SETADCZW");
}

enum tt_step tt_op_addrcrxy(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return masked(t, thread, insn, PAIR_XY, do_inc_cr, "ADDRCRXY");
}

enum tt_step tt_op_addrcrzw(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return masked(t, thread, insn, PAIR_ZW, do_inc_cr, "ADDRCRZW");
}

enum tt_step tt_op_incadcxy(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return unmasked(t, thread, insn, PAIR_XY, "INCADCXY");
}

enum tt_step tt_op_incadczw(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    return unmasked(t, thread, insn, PAIR_ZW, "INCADCZW");
}

enum tt_step tt_op_setadc(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t sets, value = TT_BITS(insn, 17, 0);

    if (!adc_mask(t, thread, insn, "SETADC", &sets))
        return TT_STEP_FAULT;
    if (value > 0xFFFFu)
        return tt_tensix_refuse(t, thread,
                                "SETADC: value is 0x%X (thread override)",
                                (unsigned)value);
    for (unsigned adc = 0; adc < TT_N_ADC; adc++)
        if (sets & 1u << adc)
            do_set(counter_of(
                       &t->thread[thread].adc[adc].ch[TT_BITS(insn, 20, 20)],
                       TT_BITS(insn, 19, 18)),
                   value);
    return TT_STEP_DONE;
}

/* First and last datum at once: x of channel 0 and of channel 1. */
enum tt_step tt_op_setadcxx(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t sets;

    if (!adc_mask(t, thread, insn, "SETADCXX", &sets))
        return TT_STEP_FAULT;
    for (unsigned adc = 0; adc < TT_N_ADC; adc++) {
        struct tt_adc_channel *ch = t->thread[thread].adc[adc].ch;

        if (!(sets & 1u << adc))
            continue;
        do_set(counter_of(&ch[0], 0), TT_BITS(insn, 9, 0));
        do_set(counter_of(&ch[1], 0), TT_BITS(insn, 19, 10));
    }
    return TT_STEP_DONE;
}

/* REG2FLOP_ADC.md: 32, 16 or 8 bits of a GPR; shifts that leave nothing of it
 * give zero. ttsim refuses this form. */
static uint32_t part_of_gpr(uint32_t value, unsigned size, unsigned shift8)
{
    switch (size) {
    case 1:
        return shift8 ? 0 : value;
    case 2:
        return shift8 & 1u ? 0 : value >> 8 * shift8 & 0xFFFFu;
    default:
        return value >> 8 * shift8 & 0xFFu;
    }
}

enum tt_step tt_adc_from_gpr(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    unsigned size = TT_BITS(insn, 23, 22), adc = TT_BITS(insn, 10, 9);
    unsigned owner = TT_BITS(insn, 20, 20) ? TT_BITS(insn, 17, 16) : thread;
    uint32_t value = part_of_gpr(t->thread[thread].gpr[TT_BITS(insn, 5, 0)],
                                 size, TT_BITS(insn, 19, 18));
    struct counter c;

    if (!size || TT_BITS(insn, 12, 12))
        return tt_tensix_refuse(t, thread, "REG2FLOP: size_sel %u, bit 12 %u",
                                size, TT_BITS(insn, 12, 12));
    if (owner >= TT_N_THREADS || adc >= TT_N_ADC)
        return TT_STEP_DONE; /* there is no such counter: no effect */
    c = counter_of(&t->thread[owner].adc[adc].ch[TT_BITS(insn, 11, 11)],
                   TT_BITS(insn, 7, 6));
    *(TT_BITS(insn, 8, 8) ? c.cr : c.value) = value & c.mask;
    return TT_STEP_DONE;
}
