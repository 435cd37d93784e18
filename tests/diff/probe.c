/* SPDX-License-Identifier: MIT */
/* Making the state of a tile visible; see probe.h. */
#include "tests/diff/probe.h"

#define CONFIG         0xFFEF0000u
#define GPRS           0xFFE00000u
#define SEMAPHORE_REGS 0xFFE80020u
#define STREAMS        0xFFB40000u

#define SET_DVALID(unp) OP(0x43, (uint32_t)(unp) << 23 | 7u)

/* Sets of address counters, as instructions name them. */
#define ADC_UNPACKERS 3u
#define ADC_PACKERS   4u

/* ---- what has an address ---- */

/* Config words that can be read back; gaps between them cannot. */
static const uint8_t readable[] = {
    0,  1,  2,  3,  8,  9,  10, 11, 14,  20,  21,  22,  23,  24,  25,  26,  27,
    44, 45, 47, 52, 53, 56, 57, 58, 59,  60,  61,  64,  65,  72,  74,  84,  85,
    86, 87, 92, 93, 96, 97, 98, 99, 100, 101, 104, 105, 124, 125, 126, 127,
};
#define N_READABLE (sizeof(readable) / sizeof(readable[0]))

void tx_dump_gprs(struct script *s)
{
    for (unsigned thread = 0; thread < 3; thread++) {
        script_on(s, thread + 1);
        for (unsigned i = 0; i < 64; i++)
            script_load(s, GPRS + 4 * i);
    }
}

void tx_dump_scalars(struct script *s)
{
    tx_dump_gprs(s);
    for (unsigned i = 0; i < 8; i++)
        script_load(s, SEMAPHORE_REGS + 4 * i);
    script_on(s, 0);
    for (unsigned i = 0; i < N_READABLE; i++)
        script_load(s, CONFIG + 4u * readable[i]);
    for (uint32_t at = STREAMS; at < STREAMS + 0x8000u; at += 0x1000) {
        script_load(s, at);
        script_load(s, at + 0x0C);
        script_load(s, at + 0x10);
        script_load(s, at + 0x100);
    }
    /* Bank 1 has no address: through the GPRs of a thread. */
    tx_insn(s, T2, SETC16(0, 1));
    for (unsigned i = 0; i < N_READABLE; i++)
        tx_insn(s, T2, OP(0xB1, i << 16 | readable[i]));
    script_on(s, T2 + 1);
    for (unsigned i = 0; i < N_READABLE; i++)
        script_load(s, GPRS + 4 * i);
    script_on(s, 0);
    for (unsigned thread = 0; thread < 3; thread++)
        tx_insn(s, thread, SETC16(0, 0));
}

/* ---- SrcA and SrcB ---- */

/* All 19 bits of the banks that the matrix unit has, to 32-bit rows. */
static void copy_banks(struct script *s, unsigned row)
{
    for (unsigned i = 0; i < 64; i += 8)
        tx_insn(s, T1, OP(0x12, i << 17 | 2u << 12 | (row + i)));
    for (unsigned i = 0; i < 64; i += 4)
        tx_insn(s, T1, OP(0x13, i << 17 | 4u << 12 | (row + 64 + i)));
}

void tx_dump_src(struct script *s)
{
    const struct tx_formats tf32 = {.src = F_TF32};

    tx_setup_math(s, &tf32);
    tx_config(s, 2, 1); /* keep denormals */
    tx_insn(s, T0, SETC16(3, 4));
    tx_insn(s, T1, SETC16(1, 0));
    tx_insn(s, T1, SETC16(5, 0));
    for (unsigned i = 0; i < 8; i++)
        tx_addr_mod(s, i, 0, 0, 0);
    tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
    for (unsigned bank = 0; bank < 2; bank++) {
        /* A bank changes hands as it is. */
        tx_insn(s, T0, SET_DVALID(0));
        tx_insn(s, T0, SET_DVALID(1));
        copy_banks(s, 128 * bank);
        tx_insn(s, T1, SETRWC(3, 0, 0, 0, 0, 0));
    }
}

/* ---- address counters of the unpackers ---- */

/** struct shape - strides, so chosen that sums of counters show
 *  @x, @y, @z: dimensions of a tile in L1
 *  @out_y, @out_z: rows per step of the output counters */
struct shape {
    unsigned x, y, z, out_y, out_z;
};

/* X; X + Y; X + Y + Z + W; X + Y + Z + 2 W. */
static const struct shape in_shapes[] = {
    {0, 0, 1, 0, 0}, {1, 0, 1, 0, 0}, {1, 1, 1, 0, 0}, {1, 1, 2, 0, 0}};
static const struct shape out_shapes[] = {{0, 0, 1, 1, 0}, {0, 0, 1, 0, 1}};

static void set_shape(struct script *s, const struct tx_formats *f,
                      const struct shape *shape)
{
    unsigned bytes = 4 * 16;

    for (unsigned w = 52; w <= 92; w += 40) {
        tx_config(s, w, f->in | 1u << 4 | shape->x << 16);
        tx_config(s, w + 1, shape->y | shape->z << 16);
    }
    tx_config(s, 74, shape->x);
    tx_config(s, 44, bytes * shape->out_y << 12);
    tx_config(s, 45, bytes * shape->out_z);
    tx_config(s, 47, bytes * shape->out_z);
}

static void probe_unpacker0(struct script *s, unsigned thread,
                            const struct shape *shape, unsigned row)
{
    const struct tx_formats f = {
        .in = F_INT32, .src = F_INT32, .dst32 = true, .to_dst = true};

    tx_setup_unpackers(s, &f);
    set_shape(s, &f, shape);
    tx_unpack_from(s, 0, SCRIPT_INPUT);
    tx_config(s, 72, 64 + 16 * row);
    tx_insn(s, thread, UNPACR(0, 0, 0));
}

/* Only SrcB is within reach of unpacker 1. */
static void probe_unpacker1(struct script *s, unsigned thread,
                            const struct shape *shape, unsigned row)
{
    const struct tx_formats f = {.in = F_FP32, .src = F_TF32};

    tx_setup_math(s, &f);
    tx_config(s, 2, 1);
    tx_setup_unpackers(s, &f);
    set_shape(s, &f, shape);
    tx_unpack_from(s, 1, SCRIPT_INPUT);
    /* Both banks begin empty, so that rows that were not written show. */
    tx_insn(s, thread, OP(0x43, 1u << 23 | 1u));
    tx_insn(s, thread, UNPACR(1, 0, 1));
    for (unsigned i = 0; i < 64; i += 4)
        tx_insn(s, T1, OP(0x13, i << 17 | 4u << 12 | ((row + i) & 511)));
    tx_insn(s, T1, SETRWC(2, 0, 0, 0, 0, 0));
}

static unsigned probe_shapes(struct script *s, unsigned thread,
                             const struct shape *shape, unsigned n,
                             unsigned row)
{
    for (unsigned i = 0; i < n; i++) {
        tx_insn(s, thread, SETC16(3, 0));
        probe_unpacker0(s, thread, &shape[i], row);
        tx_insn(s, thread, SETC16(3, 4));
        probe_unpacker1(s, thread, &shape[i], row + 16);
        row += 32;
    }
    return row;
}

void tx_probe_unpackers(struct script *s, unsigned thread)
{
    unsigned row = 0;

    tx_insn(s, thread, SETC16(39, 0));
    tx_insn(s, T1, SETC16(1, 0));
    tx_insn(s, T1, SETC16(5, 0));
    for (unsigned i = 0; i < 8; i++)
        tx_addr_mod(s, i, 0, 0, 0);
    tx_insn(s, T1, SETRWC(0, 0, 0, 0, 0, 15));
    row = probe_shapes(s, thread, in_shapes, 4, row);
    tx_insn(s, thread, SETADCXX(ADC_UNPACKERS, 0, 15));
    row = probe_shapes(s, thread, out_shapes, 2, row);
    tx_insn(s, thread, OP(0x53, ADC_UNPACKERS << 21 | 15u));
    tx_insn(s, thread, OP(0x56, ADC_UNPACKERS << 21 | 15u));
    row = probe_shapes(s, thread, in_shapes + 1, 3, row);
    (void)probe_shapes(s, thread, out_shapes, 2, row);
}

/* ---- address counters of the packers ---- */

void tx_probe_packers(struct script *s, unsigned thread)
{
    const struct tx_formats raw = {
        .acc = F_INT16, .out = F_INT16, .src = F_BF16};
    const uint32_t row = 16 * 2; /* bytes */
    uint32_t at = SCRIPT_DATA + PROBE_PACK + 0x1000u * thread;

    tx_setup_math(s, &raw);
    tx_insn(s, thread, SETC16(31, 0));
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < 3; i++) {
            tx_setup_packers(s, &raw);
            tx_config(s, 8, 2 | (i == 0 ? row : 0) << 12);
            tx_config(s, 9, (i == 1 ? row : 0) | (i == 2 ? row : 0) << 12);
            tx_pack_to(s, &raw, at);
            tx_insn(s, thread, PACR(1, 0, 1));
            at += 512;
        }
        tx_insn(s, thread, OP(0x53, ADC_PACKERS << 21 | 15u));
        tx_insn(s, thread, OP(0x56, ADC_PACKERS << 21 | 15u));
    }
}

/* ---- counters of the matrix unit ---- */

void tx_probe_math(struct script *s, bool product)
{
    const struct tx_formats f = {
        .in = F_FP32, .src = F_TF32, .acc = F_FP32, .dst32 = true};

    tx_setup_math(s, &f);
    tx_setup_unpackers(s, &f);
    tx_insn(s, T0, SETC16(3, 4));
    tx_insn(s, T0, SETADCXX(ADC_UNPACKERS, 0, 1023));
    tx_insn(s, T0, OP(0x51, ADC_UNPACKERS << 21 | 0xAu));
    tx_insn(s, T0, OP(0x54, ADC_UNPACKERS << 21 | 0xFu));
    for (unsigned unp = 0; unp < 2; unp++) {
        tx_unpack_from(s, unp, SCRIPT_INPUT + 4096 * unp);
        tx_insn(s, T0, UNPACR(unp, 0, 1));
    }
    tx_insn(s, T1, SETC16(5, 0));
    for (unsigned i = 0; i < 2; i++) {
        tx_insn(s, T1, OP(0x12, (uint32_t)i << 15 | 2u << 12));
        tx_insn(s, T1, OP(0x13, (uint32_t)(2 + i) << 15 | 2u << 12));
        if (product)
            tx_insn(s, T1, OP(0x27, (uint32_t)i << 15 | 256u));
    }
    /* The saved values of the counters. */
    tx_insn(s, T1, SETRWC(0, 7, 0, 0, 0, 7));
    tx_insn(s, T1, OP(0x12, 2u << 12 | 128));
    tx_insn(s, T1, OP(0x13, 2u << 12 | 136));
    tx_insn(s, T1, SETRWC(3, 0, 0, 0, 0, 15));
}
