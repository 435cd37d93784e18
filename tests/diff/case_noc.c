/* SPDX-License-Identifier: MIT */
/* NOC: reads, writes, inline writes, multicasts and atomics between tiles,
 * DRAM and registers, on both NOCs. */
#include "tests/diff/cases.h"

#include "device/arch.h"

#define COLS      8u
#define ROWS      10u
#define N_TILES   3u
#define N_DRAM    2u
#define WINDOW    0x4000u /* bytes of memory that requests touch */
#define L1_AT     SCRIPT_DATA
#define CAST_AT   0x98000u /* where multicasts go, in every tile */
#define CAST_SIZE 0x800u
#define STREAM    0xFFB40000u

/* Registers of an initiator (tt-isa-documentation, WormholeB0/NoC/
 * MemoryMap.md), NOCs 0x10000 and initiators 0x400 apart. */
#define NOC_REGS   0xFFB20000u
#define TARG_LO    0x00u
#define TARG_MID   0x04u
#define RET_LO     0x0Cu
#define RET_MID    0x10u
#define PACKET_TAG 0x18u
#define CTRL       0x1Cu
#define LEN_BE     0x20u
#define AT_DATA    0x24u
#define CMD_CTRL   0x28u

#define CTRL_ATOMIC      (1u << 0)
#define CTRL_WRITE       (1u << 1)
#define CTRL_INLINE      (1u << 3)
#define CTRL_RESP        (1u << 4)
#define CTRL_MULTICAST   (1u << 5)
#define CTRL_PATH        (1u << 8)
#define CTRL_SRC_INCLUDE (1u << 17)
#define AT_INCREMENT     0x107Cu

/** struct place - an end of a request, at its physical NOC 0 coordinate */
struct place {
    unsigned x, y;
    uint64_t base; /* of the window */
    bool dram;
};

/** struct world - what a script plays with */
struct world {
    struct script *s;
    struct place tile[N_TILES], dram[N_DRAM];
    unsigned noc, initiator;
};

/** struct request - before it is written to the registers */
struct request {
    uint64_t targ_addr, ret_addr;
    uint32_t targ, ret; /* coordinates: x | y << 6, rectangles wider */
    uint32_t ctrl, len, data;
};

/* ---- places ---- */

static unsigned column(unsigned i)
{
    return i < 4 ? i + 1 : i + 2;
}

static unsigned row(unsigned i)
{
    return i < 5 ? i + 1 : i + 2;
}

/* Distinct tiles, each with random bytes. */
static void choose_tiles(struct world *w)
{
    unsigned first = script_below(w->s, COLS * ROWS);
    unsigned step = 1 + script_below(w->s, COLS * ROWS / N_TILES - 1);

    for (unsigned i = 0; i < N_TILES; i++) {
        unsigned index = (first + i * step) % (COLS * ROWS);
        unsigned x = index % COLS, y = index / COLS;
        uint32_t fill = script_random(w->s) | 1u;
        struct tt_noc_addr at = tt_arch_worker(&tt_arch_wormhole, x, y, L1_AT);

        if (i == 0) {
            w->s->at[0].x = (uint8_t)x;
            w->s->at[0].y = (uint8_t)y;
        } else {
            (void)script_add_tile(w->s, x, y);
        }
        script_add_area(
            w->s, (struct script_area){at.x, at.y, at.addr, 2 * WINDOW, fill});
        w->tile[i] = (struct place){column(x), row(y), L1_AT, false};
    }
}

/* A port of a DRAM tile, raw on NOC 0. */
static void choose_dram(struct world *w, unsigned i)
{
    const struct tt_arch *arch = &tt_arch_wormhole;
    uint32_t fill = script_random(w->s) | 1u;
    uint64_t base =
        (uint64_t)script_below(w->s, 0x80000000u / WINDOW - 1) * WINDOW;
    unsigned x, y;

    do {
        x = script_below(w->s, arch->noc_size_x);
        y = script_below(w->s, arch->noc_size_y);
    } while (arch->floor_plan[y][x] < '0' || arch->floor_plan[y][x] > '9');
    script_add_area(
        w->s, (struct script_area){(uint8_t)x, (uint8_t)y, base, WINDOW, fill});
    w->dram[i] = (struct place){x, y, base, true};
}

/* Every way to name an axis: raw, which NOC 1 counts from the other side, or
 * translated, where there is one. */
static unsigned name_axis(struct world *w, unsigned v, unsigned size,
                          const uint8_t *translated)
{
    if (translated && script_chance(w->s, 50))
        for (unsigned i = 0; i < size; i++)
            if (translated[i] == v)
                return 16 + i;
    return w->noc ? size - 1 - v : v;
}

static uint32_t name_place(struct world *w, unsigned x, unsigned y)
{
    /* WormholeB0/NoC/Coordinates.md, without harvesting. */
    static const uint8_t xs[10] = {255, 255, 1, 2, 3, 4, 6, 7, 8, 9};
    static const uint8_t ys[12] = {0, 6, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11};
    unsigned named_x = name_axis(w, x, 10, xs);

    return named_x | name_axis(w, y, 12, ys) << 6;
}

static uint32_t name(struct world *w, const struct place *at)
{
    return name_place(w, at->x, at->y);
}

/* ---- requests ---- */

static uint32_t initiator_reg(const struct world *w, uint32_t reg)
{
    return NOC_REGS + 0x10000u * w->noc + 0x400u * w->initiator + reg;
}

static void issue(struct world *w, const struct request *r)
{
    struct script *s = w->s;

    script_store(s, initiator_reg(w, TARG_LO), (uint32_t)r->targ_addr);
    script_store(s, initiator_reg(w, TARG_MID),
                 (uint32_t)(r->targ_addr >> 32) | r->targ << 4);
    script_store(s, initiator_reg(w, RET_LO), (uint32_t)r->ret_addr);
    script_store(s, initiator_reg(w, RET_MID),
                 (uint32_t)(r->ret_addr >> 32) | r->ret << 4);
    script_store(s, initiator_reg(w, CTRL), r->ctrl);
    script_store(s, initiator_reg(w, LEN_BE), r->len);
    script_store(s, initiator_reg(w, AT_DATA), r->data);
    if (script_chance(s, 30)) {
        uint32_t id = script_below(s, 16);

        script_store(s, initiator_reg(w, PACKET_TAG), id << 10);
    }
    script_store(s, initiator_reg(w, CMD_CTRL), 1);
}

static uint32_t random_len(struct script *s)
{
    switch (script_below(s, 4)) {
    case 0:
        return 1 + script_below(s, 64);
    case 1:
        return 16u << script_below(s, 10);
    case 2:
        return 1 + script_below(s, 1024);
    default:
        return 1 + script_below(s, 8192);
    }
}

/* An address in the window with the low bits of another one. */
static uint64_t like(struct script *s, uint64_t base, uint64_t other,
                     uint32_t align, uint32_t len)
{
    uint32_t n = (WINDOW - len) / align;

    return base + (n ? script_below(s, n) : 0) * (uint64_t)align +
           other % align;
}

/* Hints that change nothing here: linked, static virtual channels. */
static uint32_t random_hints(struct script *s)
{
    return script_random(s) & 0xE0C0u;
}

static const struct place *random_end(struct world *w, unsigned percent_dram)
{
    if (script_chance(w->s, percent_dram))
        return &w->dram[script_below(w->s, N_DRAM)];
    return &w->tile[script_below(w->s, N_TILES)];
}

/* Between the own L1 and memory. */
static void random_copy(struct world *w, const struct place *own)
{
    struct script *s = w->s;
    bool write = script_chance(s, 50);
    const struct place *far = random_end(w, 40);
    uint32_t len = random_len(s), align = far->dram && !write ? 32 : 16;
    uint64_t low = script_below(s, len < WINDOW - 32 ? 32 : 1);
    uint64_t here, there;
    struct request r = {.len = len};

    here =
        own->base + script_below(s, (WINDOW - len - 32) / 32 + 1) * 32u + low;
    there = like(s, far->base, here, align, len);
    r.ctrl = random_hints(s) | (write ? CTRL_WRITE : CTRL_RESP);
    if (write && script_chance(s, 60))
        r.ctrl |= CTRL_RESP;
    r.targ_addr = write ? here : there;
    r.ret_addr = write ? there : here;
    r.targ = name(w, write ? own : far);
    r.ret = name(w, write ? far : own);
    issue(w, &r);
}

/* A register that holds what was stored: of an overlay stream. */
static uint32_t random_scratch(struct script *s)
{
    static const uint32_t offset[] = {0x00, 0x0C, 0x10};
    uint32_t stream = script_below(s, 64);

    return STREAM + 0x1000u * stream + offset[script_below(s, 3)];
}

static void random_inline(struct world *w, const struct place *own)
{
    struct script *s = w->s;
    const struct place *far = random_end(w, 0);
    uint32_t shift = 4 * script_below(s, 8);
    struct request r = {.ctrl = CTRL_WRITE | CTRL_INLINE | random_hints(s)};

    if (script_chance(s, 60))
        r.ctrl |= CTRL_RESP;
    r.data = script_random(s);
    if (script_chance(s, 30)) {
        r.targ_addr = random_scratch(s);
        r.data &= 0xFFFFFFu;
        r.len = script_random(s);
    } else {
        r.targ_addr = like(s, far->base, shift % 16, 16, 4);
        r.len = 15u << shift;
    }
    r.targ = name(w, far);
    r.ret = name(w, own);
    r.ret_addr = script_random(s);
    issue(w, &r);
}

static void random_atomic(struct world *w, const struct place *own)
{
    struct script *s = w->s;
    const struct place *far = random_end(w, 0);
    struct request r = {.ctrl = CTRL_ATOMIC | random_hints(s)};

    if (script_chance(s, 60))
        r.ctrl |= CTRL_RESP;
    r.len = AT_INCREMENT;
    r.data = script_random(s);
    r.targ_addr = far->base + 16 * script_below(s, WINDOW / 16);
    r.ret_addr = own->base + 4 * script_below(s, WINDOW / 4);
    r.targ = name(w, far);
    r.ret = name(w, own);
    issue(w, &r);
}

/* Registers by way of read and write requests. */
static void random_register(struct world *w, const struct place *own)
{
    static const uint32_t readable[] = {0xFFB2002Cu, 0xFFB3002Cu, 0xFFB20138u,
                                        0xFFB20100u, 0xFFB20208u, 0xFFB30200u,
                                        0xFFB121B0u, 0xFFB20118u};
    struct script *s = w->s;
    const struct place *far = random_end(w, 0);
    bool write = script_chance(s, 50);
    uint32_t from = readable[script_below(s, 8)];
    struct request r = {.len = 4, .ctrl = CTRL_RESP};

    r.ret_addr = own->base + 4 * script_below(s, WINDOW / 4);
    r.targ_addr = from;
    r.targ = name(w, far);
    r.ret = name(w, own);
    if (write) {
        uint32_t target = random_scratch(s);

        r.ctrl |= CTRL_WRITE;
        r.ret_addr = target;
        r.targ_addr = like(s, own->base, target, 16, 4);
        /* The value must be legal for the register. */
        script_store(s, (uint32_t)r.targ_addr, script_random(s) & 0xFFFFFFu);
        r.targ = name(w, own);
        r.ret = name(w, far);
    }
    issue(w, &r);
}

static void random_multicast(struct world *w, const struct place *own)
{
    struct script *s = w->s;
    unsigned x0 = script_below(s, COLS), y0 = script_below(s, ROWS);
    unsigned x1 = x0 + script_below(s, COLS - x0);
    unsigned y1 = y0 + script_below(s, ROWS - y0);
    uint32_t first, last, len = 1 + script_below(s, CAST_SIZE / 2);
    struct request r = {.len = len};

    r.ctrl = CTRL_MULTICAST | CTRL_WRITE | CTRL_PATH | random_hints(s);
    if (script_chance(s, 60))
        r.ctrl |= CTRL_RESP;
    if (script_chance(s, 50))
        r.ctrl |= CTRL_SRC_INCLUDE;
    r.targ_addr = own->base + script_below(s, WINDOW - len);
    r.ret_addr =
        CAST_AT + script_below(s, CAST_SIZE / 32) * 16 + r.targ_addr % 16;
    if (script_chance(s, 15)) { /* to a register of each */
        r.len = 4;
        r.ret_addr = random_scratch(s);
        r.targ_addr = like(s, own->base, r.ret_addr, 16, 4);
        script_store(s, (uint32_t)r.targ_addr, script_random(s) & 0xFFFFFFu);
    }
    first = name_place(w, column(x0), row(y0));
    last = name_place(w, column(x1), row(y1));
    r.targ = name(w, own);
    /* On NOC 1 data flow the other way. */
    r.ret = w->noc ? first | last << 12 : last | first << 12;
    issue(w, &r);
}

/* Something wrong in a request. */
static void random_mistake(struct world *w, const struct place *own)
{
    struct script *s = w->s;
    struct request r = {.ctrl = CTRL_RESP, .len = 64};
    uint32_t bit = 1u << script_below(s, 32);

    if (script_chance(s, 50))
        r.ctrl |= CTRL_WRITE;
    r.targ = name(w, own);
    r.ret = name(w, own);
    r.targ_addr = own->base;
    r.ret_addr = own->base + 0x1000;
    switch (script_below(s, 6)) {
    case 0:
        r.ctrl ^= bit;
        break;
    case 1:
        r.len = script_chance(s, 50) ? 0 : 8193 + script_below(s, 4);
        break;
    case 2:
        r.targ_addr ^= bit;
        break;
    case 3:
        r.ret_addr ^= bit;
        break;
    case 4:
        r.targ ^= bit & 0xFFFFFFu;
        break;
    default:
        r.ret ^= bit & 0xFFFFFFu;
    }
    issue(w, &r);
}

/* Columns and rows that multicasts leave out. */
static void random_exclusion(struct world *w)
{
    uint32_t base = NOC_REGS + 0x10000u * w->noc;
    uint32_t cols = 1u << script_below(w->s, 10);
    uint32_t rows = 1u << script_below(w->s, 12);

    script_store(w->s, base + 0x108, 0x21u | cols);
    script_store(w->s, base + 0x110, 0x41u | rows);
}

/* ---- the state of both interfaces ---- */

static void dump_interfaces(struct script *s)
{
    static const uint16_t reg[] = {0x02C, 0x100, 0x104, 0x108, 0x10C,
                                   0x110, 0x138, 0x200, 0x204, 0x208,
                                   0x21C, 0x228, 0x22C};

    for (uint32_t noc = NOC_REGS; noc <= NOC_REGS + 0x10000u; noc += 0x10000u) {
        for (unsigned i = 0; i < sizeof(reg) / sizeof(reg[0]); i++)
            script_load(s, noc + reg[i]);
        for (uint32_t i = 0x118; i < 0x138; i += 4)
            script_load(s, noc + i);
        for (uint32_t i = 0x240; i < 0x2C0; i += 4)
            script_load(s, noc + i);
        for (uint32_t i = 0; i < 4; i++)
            for (uint32_t at = 0; at <= CMD_CTRL; at += 4)
                if (at != 0x08 && at != 0x14)
                    script_load(s, noc + 0x400 * i + at);
    }
    for (uint32_t i = 0; i < 64; i++) {
        script_load(s, STREAM + 0x1000 * i);
        script_load(s, STREAM + 0x1000 * i + 0x0C);
        script_load(s, STREAM + 0x1000 * i + 0x10);
        script_load(s, STREAM + 0x1000 * i + 0x100);
    }
}

/* ---- the script ---- */

static void random_request(struct world *w, bool multicasts,
                           const struct place *own)
{
    w->noc = script_below(w->s, 2);
    w->initiator = script_below(w->s, 4);
    switch (script_below(w->s, multicasts ? 16 : 12)) {
    case 0:
    case 1:
        random_inline(w, own);
        break;
    case 2:
    case 3:
        random_atomic(w, own);
        break;
    case 4:
        random_register(w, own);
        break;
    case 5: {
        uint32_t amount = script_below(w->s, 0x4000) << 6;
        uint32_t stream = script_below(w->s, 64);

        script_store(w->s, STREAM + 0x1000 * stream + 0x88, amount);
        break;
    }
    case 12:
    case 13:
    case 14:
        random_multicast(w, own);
        break;
    case 15:
        random_exclusion(w);
        break;
    default:
        random_copy(w, own);
    }
    if (script_chance(w->s, 3))
        script_store(w->s, NOC_REGS + 0x10000u * w->noc + 0x50, 0xFFFF);
}

static void watch_all_tiles(struct script *s)
{
    for (unsigned y = 0; y < ROWS; y++)
        for (unsigned x = 0; x < COLS; x++) {
            struct tt_noc_addr at =
                tt_arch_worker(&tt_arch_wormhole, x, y, CAST_AT);

            script_add_area(
                s, (struct script_area){at.x, at.y, at.addr, CAST_SIZE, 0});
        }
}

void case_noc(struct script *s)
{
    struct world w = {.s = s};
    bool multicasts = script_chance(s, 40);
    unsigned turns = 1 + script_below(s, 4);

    choose_tiles(&w);
    for (unsigned i = 0; i < N_DRAM; i++)
        choose_dram(&w, i);
    if (multicasts)
        watch_all_tiles(s);
    for (unsigned i = 0; i < turns; i++) {
        unsigned tile = script_below(s, N_TILES);

        script_on_tile(s, tile, script_below(s, SCRIPT_CORES));
        for (unsigned n = 2 + script_below(s, 10); n > 0; n--)
            random_request(&w, multicasts, &w.tile[tile]);
    }
    if (script_chance(s, 10))
        random_mistake(&w, &w.tile[s->tile]);
    for (unsigned i = 0; i < N_TILES; i++) {
        script_on_tile(s, i, 0);
        dump_interfaces(s);
    }
}
