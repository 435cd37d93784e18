/* SPDX-License-Identifier: MIT */
/* Address counters of all threads and units, by all instructions on them. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

enum { SET_UNPACK0 = 1, SET_UNPACK1 = 2, SET_PACK = 4 };
enum { DIM_X, DIM_Y, DIM_Z, DIM_W };

/* Values that SETADC takes for a counter of each channel: those of the output
 * choose rows, of which there are few. */
static uint32_t random_value(struct script *s, unsigned channel, unsigned dim)
{
    if (channel)
        return script_below(s, dim == DIM_X ? 0x400 : 6);
    return script_below(s, dim == DIM_X   ? 0x200
                           : dim == DIM_Y ? 0x4000
                                          : 0x200);
}

static void random_set(struct script *s, unsigned thread, uint32_t sets)
{
    unsigned channel = script_below(s, 2), dim = script_below(s, 4);

    tx_insn(s, thread,
            SETADC(sets, channel, dim, random_value(s, channel, dim)));
}

/* First and last datum, in this order. */
static void random_range(struct script *s, unsigned thread, uint32_t sets)
{
    uint32_t first = script_below(s, 0x200);
    uint32_t last = first + script_below(s, 0x400 - first);

    tx_insn(s, thread, SETADCXX(sets, first, last));
}

/* SETADCXY, SETADCZW, ADDRCRXY, ADDRCRZW: four values and which count; and
 * INCADCXY and INCADCZW, where all do. */
static void random_four(struct script *s, unsigned thread, uint32_t sets)
{
    static const uint8_t opcode[] = {0x51, 0x52, 0x53, 0x54, 0x55, 0x56};
    uint32_t which = opcode[script_below(s, 6)];
    uint32_t values = script_random(s) & 0x9FFu; /* output ones small */
    uint32_t enable = 1 + script_below(s, 15);

    if (which == 0x52 || which == 0x55)
        enable = 0;
    tx_insn(s, thread, OP(which, sets << 21 | values << 6 | enable));
}

/* What instructions that use the counters accept. */
static void make_legal(struct script *s, unsigned thread)
{
    tx_insn(s, thread, SETADC(SET_UNPACK0 | SET_UNPACK1, 1, DIM_W, 0));
    tx_insn(s, thread, SETADC(SET_UNPACK0 | SET_UNPACK1, 1, DIM_X, 0x3FF));
    tx_insn(s, thread, SETADC(SET_PACK, 0, DIM_X, 0));
    tx_insn(s, thread,
            SETADC(SET_PACK, 1, DIM_X, script_chance(s, 50) ? 15 : 63));
    for (unsigned dim = DIM_Y; dim <= DIM_W; dim++)
        tx_insn(s, thread, SETADC(SET_PACK, 1, dim, 0));
}

void case_adc(struct script *s)
{
    const struct tx_formats bf16 = {
        .in = F_BF16, .src = F_BF16, .acc = F_BF16, .out = F_BF16};

    tx_setup(s, &bf16);
    for (unsigned i = 0; i < 120; i++) {
        unsigned thread = script_below(s, 3);
        uint32_t sets = 1 + script_below(s, 7);

        switch (script_below(s, 6)) {
        case 0:
            random_set(s, thread, sets);
            break;
        case 1:
            random_range(s, thread, sets);
            break;
        default:
            random_four(s, thread, sets);
        }
    }
    for (unsigned thread = 0; thread < 3; thread++)
        make_legal(s, thread);
    tx_dump_scalars(s);
    /* Of the unpackers, the chip takes X and Y of thread 0, whoever asks. */
    tx_probe_packers(s, T2);
    tx_probe_packers(s, T1);
    tx_probe_packers(s, T0);
    tx_probe_unpackers(s, T0);
    tx_dump_dst(s, PROBE_DST);
}
