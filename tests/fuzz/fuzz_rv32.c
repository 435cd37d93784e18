/* SPDX-License-Identifier: MIT */
/*
 * Hostile RISC-V code: programs for the cores of two tiles, with everything
 * that a core can reach. An input is a list of steps, most of which become
 * valid instructions; some become the dozen that store to a register or send a
 * NOC request, which chance would not find.
 */
#include <string.h>

#include "device/emu/rv32_insns.h"
#include "device/emu/sched.h"
#include "tests/fuzz/chip.h"

/* Instructions: of a core before the next one's turn, and turns. */
#define SLICE   100u
#define TURNS   12u
#define ROUNDS  2u  /* of the chip's own scheduler */
#define DELAYED 40u /* rounds of a chip with delays */
#define MAX_OPS 600u
#define CODE    0x8000u
#define CODE_SIZE                                                              \
    0x330u /* all of a tile is in one page: decoding takes time                \
            */
#define HALT         0x0000006Fu
#define LUI_X30      0x00000F37u
#define LUI_X31      0x00000FB7u
#define ADDI_X30     0x000F0F13u
#define ADDI_X31     0x000F8F93u
#define SW_X31_X30   0x01FF2023u
#define LW_X29_X30   0x000F2E83u
#define BEQ_X29_BACK 0xFE0E8EE3u /* to the word before */
#define BNE_X29_BACK 0xFE0E9EE3u

/** struct writer - where the next word of code goes */
struct writer {
    struct tt_chip *chip;
    unsigned n_tiles, tile, risc;
    uint32_t at, end;
};

static uint32_t code_of(unsigned risc)
{
    return CODE + risc * CODE_SIZE;
}

static void put(struct writer *w, uint32_t word)
{
    if (w->at + 4 > w->end)
        return;
    memcpy(w->chip->tile[w->tile]->l1 + w->at, &word, sizeof(word));
    w->at += 4;
}

/* Go on with the code of another core; what was written ends. */
static void turn_to(struct writer *w, unsigned which)
{
    put(w, HALT);
    w->tile = which / TT_N_RISC % w->n_tiles;
    w->risc = which % TT_N_RISC;
    w->at = code_of(w->risc);
    /* The last word of its code stays a halt. */
    w->end = w->at + CODE_SIZE - 4;
}

/* x30 or x31 = value */
static void put_value(struct writer *w, uint32_t lui, uint32_t addi,
                      uint32_t value)
{
    put(w, lui | ((value + 0x800u) & 0xFFFFF000u));
    put(w, addi | value << 20);
}

static void put_store(struct writer *w, uint32_t addr, uint32_t value)
{
    put_value(w, LUI_X30, ADDI_X30, addr);
    put_value(w, LUI_X31, ADDI_X31, value);
    put(w, SW_X31_X30);
}

/* An instruction of the list, with the operands' bits where they may be. */
#define ROW_REG(name, f3, f7, e)                                               \
    {(uint32_t)(f7) << 25 | (uint32_t)(f3) << 12 | 0x33u, 0x01FF8F80u},
#define ROW_IMM(name, f3, e) {(uint32_t)(f3) << 12 | 0x13u, 0xFFFF8F80u},
#define ROW_SHIFT(name, f3, f7, e)                                             \
    {(uint32_t)(f7) << 25 | (uint32_t)(f3) << 12 | 0x13u, 0x01FF8F80u},
#define ROW_LOAD(name, f3, size, e)  {(uint32_t)(f3) << 12 | 0x03u, 0xFFFF8F80u},
#define ROW_STORE(name, f3, size)    {(uint32_t)(f3) << 12 | 0x23u, 0xFFFF8F80u},
#define ROW_BRANCH(name, f3, e)      {(uint32_t)(f3) << 12 | 0x63u, 0x81FF8F80u},
#define ROW_OTHER(name, match, mask) {match, ~(uint32_t)(mask)},

static uint32_t listed(unsigned which, uint32_t operands)
{
    static const struct {
        uint32_t match, operands;
    } insn[] = {TT_RV32_INSNS(ROW_REG, ROW_IMM, ROW_SHIFT, ROW_LOAD, ROW_STORE,
                              ROW_BRANCH, ROW_OTHER)};
    unsigned n = sizeof(insn) / sizeof(insn[0]);

    return insn[which % n].match | (operands & insn[which % n].operands);
}

/* A tile as in TARG_MID and RET_MID: worker cores by both of their names, DRAM,
 * and what is neither; sometimes any bits. */
static uint32_t take_place(struct fuzz_input *in)
{
    static const struct {
        uint8_t x, y;
    } place[] = {{18, 18}, {19, 18}, {0, 11}, {5, 0},   {1, 1},   {8, 10},
                 {20, 19}, {25, 26}, {9, 6},  {25, 27}, {16, 16}, {0, 3}};
    uint8_t which = fuzz_u8(in);
    unsigned i = which % (sizeof(place) / sizeof(place[0]));

    if (which >= 0xF0)
        return fuzz_u32(in);
    return (uint32_t)place[i].x << 4 | (uint32_t)place[i].y << 10;
}

/* An address for a request, congruent to the other end's: L1, its end, DRAM, a
 * register; sometimes anything. */
static uint32_t take_end(struct fuzz_input *in, uint32_t low)
{
    static const uint32_t base[] = {0x20000,    0x8000,     TT_L1_SIZE - 64,
                                    0x7FFFFFC0, 0xFFB20000, 0x40000000,
                                    0xFFB12180, TT_L1_SIZE};
    uint8_t which = fuzz_u8(in);

    if (which >= 0xF0)
        return fuzz_u32(in);
    return base[which % (sizeof(base) / sizeof(base[0]))] + (which >> 4) * 64u +
           low;
}

/** struct request - what a NOC request's registers get */
struct request {
    uint32_t targ, targ_mid, ret, ret_mid, ctrl, len;
};

/* A request that is legal: a read, a write, a multicast, an inline write or an
 * atomic increment. */
static struct request take_legal(struct fuzz_input *in, uint32_t own)
{
    uint32_t far = take_place(in), low = fuzz_u8(in) % 2u * 32u;
    uint8_t kind = fuzz_u8(in);
    uint32_t near = kind & 0x10u ? TT_L1_SIZE - 64 : 0x21000;
    struct request r = {.targ = near + low, .ret = near + low};

    r.targ_mid = r.ret_mid = own;
    r.ctrl = kind & 0x80u ? 0x10 : 0;
    r.len = 4u + 4u * fuzz_u8(in) * (kind & 0x40u ? 1u : 32u);
    switch (kind % 5u) {
    case 0:
        r.ctrl = 0x10;
        r.targ_mid = far;
        r.targ = take_end(in, low);
        break;
    case 1:
        r.ctrl |= 0x2;
        r.ret_mid = far;
        r.ret = take_end(in, low);
        break;
    case 2: /* from (1, 1), or to it on NOC 1, as RET_MID has it */
        r.ctrl |= 0x122u | (kind & 0x20u ? 0x20000u : 0);
        r.ret_mid = far | 0x410000u;
        r.ret = take_end(in, low);
        break;
    case 3:
        r.ctrl |= 0xA;
        r.targ_mid = far;
        r.targ = take_end(in, low);
        r.len = 15;
        break;
    default:
        r.ctrl |= 0x1;
        r.targ_mid = far;
        r.targ = take_end(in, low);
        r.len = 0x107C;
    }
    return r;
}

/* One request in two has a field that is not legal. */
static void put_request(struct writer *w, struct fuzz_input *in)
{
    uint8_t which = fuzz_u8(in), wrong = fuzz_u8(in);
    uint32_t own = (18u + w->tile) << 4 | 18u << 10;
    uint32_t base =
        0xFFB20000u + (which & 1u) * 0x10000u + (which >> 1 & 3u) * 0x400u;
    struct request r = take_legal(in, own);
    uint32_t *field[] = {&r.targ,    &r.targ_mid, &r.ret,
                         &r.ret_mid, &r.ctrl,     &r.len};

    if (wrong < 0x80)
        *field[wrong % 6u] ^= fuzz_u32(in);
    put_store(w, base + 0x00, r.targ);
    put_store(w, base + 0x04, r.targ_mid);
    put_store(w, base + 0x0C, r.ret);
    put_store(w, base + 0x10, r.ret_mid);
    put_store(w, base + 0x18, (uint32_t)(which >> 4) << 10);
    put_store(w, base + 0x1C, r.ctrl);
    put_store(w, base + 0x20, r.len);
    put_store(w, base + 0x24, which);
    put_store(w, base + 0x28, 1);
}

/* L1 to instruction RAM, by the mover. */
static void put_move(struct writer *w, struct fuzz_input *in)
{
    put_store(w, 0xFFB11000u, fuzz_u8(in) * 0x180u);
    put_store(w, 0xFFB11008u, fuzz_u8(in) * 0x10u);
    put_store(w, 0xFFB11010u, 0x40);
}

/* Hold and start cores of the own tile, also all of them. */
static void put_reset(struct writer *w, struct fuzz_input *in)
{
    static const uint32_t core[TT_N_RISC] = {1u << 11, 1u << 12, 1u << 13,
                                             1u << 14, 1u << 18};
    unsigned held = fuzz_u8(in);
    uint32_t value = 0;

    for (unsigned i = 0; i < TT_N_RISC; i++)
        value |= held >> i & 1u ? core[i] : 0;
    put_store(w, 0xFFB121B0u, value);
}

/* A loop until a word is, or is not, zero. */
static void put_poll(struct writer *w, struct fuzz_input *in)
{
    uint8_t how = fuzz_u8(in);

    put_value(w, LUI_X30, ADDI_X30, fuzz_address(in));
    put(w, LW_X29_X30);
    put(w, how & 1u ? BEQ_X29_BACK : BNE_X29_BACK);
}

static void put_special(struct writer *w, struct fuzz_input *in)
{
    switch (fuzz_u8(in) % 4u) {
    case 0:
        put_move(w, in);
        break;
    case 1:
        put_reset(w, in);
        break;
    default:
        put_poll(w, in);
    }
}

static void poke(struct writer *w, struct fuzz_input *in)
{
    uint32_t addr = fuzz_u32(in) % (TT_L1_SIZE - 4), word = fuzz_u32(in);

    memcpy(w->chip->tile[w->tile]->l1 + addr, &word, sizeof(word));
}

static void take_step(struct writer *w, struct fuzz_input *in)
{
    uint8_t kind = fuzz_u8(in);

    switch (kind >> 3) {
    case 31:
        turn_to(w, fuzz_u8(in));
        break;
    case 30:
        put(w, fuzz_u32(in));
        break;
    case 29:
        poke(w, in);
        break;
    case 28:
    case 27:
        put_request(w, in);
        break;
    case 26:
        put_special(w, in);
        break;
    case 25:
    case 24:
        put_store(w, fuzz_address(in), fuzz_u32(in));
        break;
    case 23:
        put_store(w, fuzz_address(in), fuzz_address(in));
        break;
    case 22:
    case 21:
        put_value(w, LUI_X30, ADDI_X30, fuzz_address(in));
        put(w, LW_X29_X30);
        break;
    case 20:
    case 19: { /* a Tensix instruction, as .ttinsn has it */
        uint32_t insn = fuzz_tensix_insn(in);

        put(w, insn << 2 | insn >> 30);
        break;
    }
    case 18: /* x1 .. x28 = a useful address */
        put(w, listed(TT_RV32_ADDI, 0xF0000u | (1 + fuzz_u8(in) % 28u) << 7));
        break;
    default:
        put(w, listed(kind, fuzz_u32(in)));
    }
}

static void write_code(struct tt_chip *chip, unsigned n_tiles,
                       struct fuzz_input *in)
{
    struct writer w = {.chip = chip, .n_tiles = n_tiles};

    for (unsigned i = 0; i < n_tiles * TT_N_RISC; i++)
        turn_to(&w, i);
    turn_to(&w, 0);
    for (unsigned i = 0; i < MAX_OPS && in->left; i++)
        take_step(&w, in);
    put(&w, HALT);
}

/* The registers point at memory and devices, so that code finds some. */
static void start(struct tt_chip *chip, unsigned n_tiles, uint32_t cores)
{
    for (unsigned i = 0; i < n_tiles * TT_N_RISC; i++) {
        struct tt_rv32 *core = &chip->tile[i / TT_N_RISC]->rv[i % TT_N_RISC];
        static const uint32_t useful[] = {
            0xFFB00000, 0xFFB00FF0, 0xFFEF0000, 0xFFE00000, 0xFFE40000,
            0xFFE80000, 0xFFEC0000, 0xFFB20000, 0xFFB30000, 0xFFB40000,
            0xFFB80000, 0xFFB12000, 0x16DFF0,   0x8000,     0x20000};

        if (!(cores >> i & 1u))
            continue;
        tt_rv32_start(core, code_of(i % TT_N_RISC));
        for (unsigned k = 0; k < sizeof(useful) / sizeof(useful[0]); k++)
            core->x[1 + k] = useful[k];
    }
}

/* Turns shorter than the scheduler's, so that executions are many. */
static void run_in_turn(struct tt_chip *chip, unsigned n_tiles)
{
    for (unsigned turn = 0; turn < TURNS; turn++)
        for (unsigned i = 0; i < n_tiles * TT_N_RISC; i++) {
            struct tt_tile *tile = chip->tile[i / TT_N_RISC];

            if (tile->active >> i % TT_N_RISC & 1u)
                tt_sched_core(tile, i % TT_N_RISC, SLICE);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t how = fuzz_u8(&in);
    enum fuzz_mode mode = (enum fuzz_mode)(how % FUZZ_N_MODES);
    bool scheduled = how >= 0xE0 || mode == FUZZ_DELAYED;
    unsigned rounds = mode == FUZZ_DELAYED ? DELAYED : ROUNDS;
    uint16_t cores = fuzz_u16(&in);
    unsigned n_tiles = cores >> TT_N_RISC & 0x1Fu ? 2 : 1;
    struct tt_chip *chip = fuzz_chip_new(mode, how, n_tiles);

    write_code(chip, n_tiles, &in);
    start(chip, n_tiles, cores ? cores : 1);
    if (!scheduled)
        run_in_turn(chip, n_tiles);
    for (unsigned i = 0; scheduled && i < rounds && tt_chip_run(chip); i++) {
    }
    fuzz_chip_free(chip);
    return 0;
}
