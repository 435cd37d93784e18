/* SPDX-License-Identifier: MIT */
/*
 * Hostile instruction streams on the coprocessor: what the RISC-V cores of a
 * tile push, and what they store to its registers meanwhile. An input is a list
 * of steps; some set the units up for ordinary work, as the differential tests
 * do, so that what follows finds them in a state where they move data.
 */
#include <string.h>

#include "tests/diff/cases.h"
#include "tests/diff/tensix.h"
#include "tests/fuzz/chip.h"

#define MAX_STEPS   400u
#define MAX_MOPS    6u /* each may stand for 4,000 instructions */
#define MAX_SCRIPTS 2u
#define ROUNDS      20u /* of a chip with delays */
#define CONFIG      0xFFEF0000u
#define GPRS        0xFFE00000u
#define MOP_CFG     0xFFB80000u
#define PUSH        0xFFE40000u
#define SEMAPHORES  0xFFE80020u

/** struct feed - the tile under test and what may still be asked of it */
struct feed {
    struct tt_chip *chip;
    struct tt_tile *tile;
    unsigned n_mops, n_scripts;
};

/* Guest code ends at a refusal; here the streams go on, as if the cores had
 * been reset, so that an input can have more than one. */
static void settle(struct feed *f)
{
    if (!f->chip->faulted)
        return;
    f->chip->faulted = false;
    for (unsigned i = 0; i < TT_N_THREADS; i++)
        if (f->tile->tensix.thread[i].slow & TT_FRONT_STOPPED) {
            tt_tensix_restart(&f->tile->tensix);
            return;
        }
}

static void store(struct feed *f, unsigned risc, uint32_t addr, uint32_t value)
{
    bool is_push = addr >> 16 >= 0xFFE4 && addr >> 16 <= 0xFFE6;

    if (is_push && value >> 24 == 0x01 && ++f->n_mops > MAX_MOPS)
        return;
    f->tile->tensix.expanded = 0; /* another slice of the core */
    (void)tt_tile_store(f->tile, risc, addr, 4, value);
    settle(f);
}

static void load(struct feed *f, unsigned risc, uint32_t addr)
{
    uint32_t value;

    (void)tt_tile_load(f->tile, risc, addr, 4, &value);
    settle(f);
}

/* Delays: let what is under way go on. */
static void wait_a_while(struct feed *f, unsigned rounds)
{
    for (unsigned i = 0; f->chip->delayed && i < rounds; i++) {
        if (!tt_chip_run(f->chip))
            return;
        settle(f);
    }
}

/* ---- scripts of the differential tests ---- */

static void play(struct feed *f, const struct script *s)
{
    for (size_t i = 0; i < s->len; i++) {
        const struct script_entry *e = &s->entry[i];

        if (e->op == SCRIPT_STORE)
            store(f, e->core, e->addr, e->value);
        else if (e->op == SCRIPT_LOAD)
            load(f, e->core, e->addr);
        if (i % 64 == 63)
            wait_a_while(f, 2);
    }
}

static void set_up(struct feed *f, struct fuzz_input *in)
{
    static const uint8_t format[] = {F_FP32,  F_FP16, F_BFP8A, F_TF32,
                                     F_BF16,  F_BFP8, F_BFP4,  F_INT32,
                                     F_INT16, F_FP8,  F_INT8,  F_BFP2};
    const unsigned n = sizeof(format) / sizeof(format[0]);
    struct script s = {.n_tiles = 1};
    uint8_t flags = fuzz_u8(in);
    struct tx_formats formats = {.in = format[fuzz_u8(in) % n],
                                 .src = format[fuzz_u8(in) % n],
                                 .acc = format[fuzz_u8(in) % n],
                                 .out = format[fuzz_u8(in) % n],
                                 .dst32 = flags & 1,
                                 .to_dst = flags & 2};

    /* Some of what is read and written lies beyond the end of L1. */
    tx_setup(&s, &formats);
    tx_unpack_from(&s, 0, flags & 4 ? TT_L1_SIZE - 256 : 0x10000);
    tx_unpack_from(&s, 1, flags & 8 ? TT_L1_SIZE - 256 : 0x11000);
    tx_pack_to(&s, &formats, flags & 16 ? TT_L1_SIZE - 256 : 0x20000);
    play(f, &s);
    free(s.entry);
}

/* A whole script, cut off somewhere. */
static void run_case(struct feed *f, struct fuzz_input *in)
{
    static void (*const build[])(struct script *) = {
        case_unpack, case_pack, case_move,  case_matrix,
        case_wide,   case_sfpu, case_sync,  case_front,
        case_config, case_adc,  case_refuse};
    uint8_t which = fuzz_u8(in);
    struct script s = {.n_tiles = 1, .rng = fuzz_u16(in) * 0x9E3779B97F4A7C15u};
    uint32_t cut = fuzz_u16(in);

    if (++f->n_scripts > MAX_SCRIPTS)
        return;
    build[which % (sizeof(build) / sizeof(build[0]))](&s);
    /* Whole ones take long. */
    if (cut < 0xC000 && s.len > 16 + cut % 600u)
        s.len = 16 + cut % 600u;
    play(f, &s);
    free(s.entry);
}

/* ---- steps ---- */

/* Words in L1 that unpackers read as data, exponents or row offsets. */
static void fill(struct feed *f, struct fuzz_input *in)
{
    uint32_t at = 0x10000u + (fuzz_u8(in) & 0x1Fu) * 0x100u;
    uint32_t word = fuzz_u32(in), step = fuzz_u32(in);

    for (uint32_t i = 0; i < 0x400u; i += 4, word = word * 5 + step)
        memcpy(f->tile->l1 + at + i, &word, sizeof(word));
}

static void push(struct feed *f, struct fuzz_input *in, unsigned thread,
                 bool from_b)
{
    uint32_t insn = fuzz_tensix_insn(in);

    if (from_b)
        store(f, TT_RISC_B, PUSH + 0x10000u * thread, insn);
    else
        store(f, TT_RISC_T0 + thread, PUSH, insn);
}

/* The scalar unit where L1 ends: its addresses are in GPRs, sixteen bytes a
 * unit, so that chance alone hardly gets there. */
static void push_at_edge(struct feed *f, struct fuzz_input *in, unsigned thread)
{
    static const struct {
        uint32_t opcode, unused;
    } ops[] = {{0x49, 0x200000},  /* LOADIND */
               {0x61, 0xF80000},  /* ATINCGET */
               {0x63, 0x803000},  /* ATSWAP */
               {0x66, 0x000000}}; /* STOREIND */
    unsigned which = fuzz_u8(in) % 4u;
    uint32_t operands = fuzz_u32(in) & 0xFFFFFFu & ~ops[which].unused;
    uint32_t addr = TT_L1_SIZE / 16u - 8u + fuzz_u8(in) % 16u;

    store(f, TT_RISC_T0 + thread, GPRS + (operands & 0x3Fu) * 4u, addr);
    store(f, TT_RISC_T0 + thread, PUSH, ops[which].opcode << 24 | operands);
}

static void take_step(struct feed *f, struct fuzz_input *in)
{
    uint8_t kind = fuzz_u8(in);
    unsigned thread = (kind >> 4) % TT_N_THREADS;
    unsigned risc = TT_RISC_T0 + thread;

    switch (kind & 0xFu) {
    case 0:
        store(f, risc, CONFIG + fuzz_u8(in) % TT_N_CFG * 4u, fuzz_u32(in));
        break;
    case 1: /* one bit of Config differs */
        store(f, risc, CONFIG + fuzz_u8(in) % TT_N_CFG * 4u,
              1u << fuzz_u8(in) % 32u);
        break;
    case 2: /* anything, or an address as the scalar unit has it */
        store(f, risc, GPRS + fuzz_u8(in) % TT_N_GPR * 4u,
              kind & 0x80u ? fuzz_address(in) / 16u : fuzz_u32(in));
        break;
    case 3:
        store(f, risc, MOP_CFG + fuzz_u8(in) % 9u * 4u, fuzz_tensix_insn(in));
        break;
    case 4:
        store(f, risc, MOP_CFG + fuzz_u8(in) % 2u * 4u, fuzz_u8(in) % 70u);
        break;
    case 5:
        store(f, risc, SEMAPHORES + fuzz_u8(in) % 8u * 4u, fuzz_u8(in) & 1u);
        break;
    case 6:
        set_up(f, in);
        break;
    case 7:
        if (kind >= 0x80)
            run_case(f, in);
        else
            fill(f, in);
        break;
    case 8:
        store(f, kind >> 4 & 3u, fuzz_address(in), fuzz_u32(in));
        break;
    case 9:
        load(f, kind >> 4 & 3u, fuzz_address(in));
        break;
    case 10:
        push(f, in, thread, true);
        break;
    case 11:
        wait_a_while(f, 3);
        break;
    case 12:
        push_at_edge(f, in, thread);
        break;
    default:
        push(f, in, thread, false);
    }
}

/* The first byte chooses the chip's variant. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t how = fuzz_u8(&in);
    struct feed f = {
        .chip = fuzz_chip_new((enum fuzz_mode)(how % FUZZ_N_MODES), how, 1)};

    f.tile = f.chip->tile[0];
    for (unsigned i = 0; i < MAX_STEPS && in.left; i++)
        take_step(&f, &in);
    wait_a_while(&f, ROUNDS);
    fuzz_chip_free(f.chip);
    return 0;
}
