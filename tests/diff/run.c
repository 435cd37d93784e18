/* SPDX-License-Identifier: MIT */
/*
 * Carrying out scripts: each core of a script gets RISC-V code of its own,
 * straight on, which loads the values to store from a table. Where the script
 * passes from one core to another, the second waits for a flag; between tiles
 * the host hands it on, so that no NOC register is touched.
 */
#include "tests/diff/run.h"

#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "pool/tt_log.h"

#define HOST_FLAG (SCRIPT_FLAGS + 0x40u) /* this turn is over */
#define RESULTS   ((SCRIPT_DATA - SCRIPT_RESULT) / 4)

/* Where cores start, and their bits of SOFT_RESET_0 (tt-isa-documentation,
 * WormholeB0/TensixTile: BabyRISCV/README.md, SoftReset.md). */
static const uint32_t reset_pc[SCRIPT_CORES] = {0, 0x6000, 0xA000, 0xE000,
                                                0x12000};
static const uint32_t reset_bit[SCRIPT_CORES] = {1u << 11, 1u << 12, 1u << 13,
                                                 1u << 14, 1u << 18};

/* Registers of the code. */
enum { RA = 1, TABLE = 5, BASE = 6, VALUE = 7, TO = 8, SEEN = 9 };

#define NO_BASE UINT32_MAX

/* Code of one core: first its table, which is @n_table words long in the end,
 * then instructions. */
struct program {
    uint32_t *word;
    size_t cap, n_table, used, n_code;
    uint32_t at;      /* in L1 */
    uint32_t table;   /* what register TABLE holds */
    uint32_t base;    /* upper 20 bits in register BASE, or NO_BASE */
    uint32_t to_base; /* the same of register TO */
};

struct tile_code {
    struct program program[SCRIPT_CORES];
    uint32_t n_results;
    uint32_t cores; /* bit per core that does anything */
};

/** struct turn - entries in a row that one core carries out */
struct turn {
    size_t first, end;
    uint8_t tile, core;
};

struct run {
    const struct script *s;
    struct tt_device *dev;
    struct tile_code tile[SCRIPT_TILES];
    struct turn *turn;
    size_t n_turns;
    bool failed;
};

/* ---- instructions (RISC-V unprivileged specification, chapter 2) ---- */

static void emit(struct run *r, struct program *p, uint32_t insn)
{
    if (!p->word || p->n_table + p->n_code == p->cap)
        r->failed = true;
    else
        p->word[p->n_table + p->n_code++] = insn;
}

static uint32_t upper(uint32_t addr)
{
    return (addr + 0x800u) & 0xFFFFF000u;
}

static uint32_t lower(uint32_t addr)
{
    return addr & 0xFFFu;
}

static uint32_t lui(unsigned rd, uint32_t value)
{
    return upper(value) | rd << 7 | 0x37u;
}

static uint32_t addi(unsigned rd, uint32_t imm)
{
    return lower(imm) << 20 | rd << 15 | rd << 7 | 0x13u;
}

static uint32_t lw(unsigned rd, unsigned rs1, uint32_t offset)
{
    return lower(offset) << 20 | rs1 << 15 | 0x2000u | rd << 7 | 0x03u;
}

static uint32_t sw(unsigned rs2, unsigned rs1, uint32_t offset)
{
    return lower(offset) >> 5 << 25 | rs2 << 20 | rs1 << 15 | 0x2000u |
           (offset & 0x1Fu) << 7 | 0x23u;
}

/* ---- the code of a core ---- */

static void set_base(struct run *r, struct program *p, unsigned reg,
                     uint32_t *base, uint32_t addr)
{
    if (*base == upper(addr))
        return;
    emit(r, p, lui(reg, addr));
    *base = upper(addr);
}

static void reload(struct run *r, struct program *p)
{
    p->table = p->at + 4 * (uint32_t)p->used;
    p->base = p->to_base = NO_BASE;
    emit(r, p, lui(TABLE, p->table));
    emit(r, p, addi(TABLE, p->table));
}

/* Register VALUE becomes @value. */
static void take(struct run *r, struct program *p, uint32_t value)
{
    uint32_t addr = p->at + 4 * (uint32_t)p->used;

    if (!p->word || p->used == p->n_table) {
        r->failed = true;
        return;
    }
    if (addr - p->table >= 0x800u) {
        emit(r, p, addi(TABLE, 0x7FCu));
        p->table += 0x7FCu;
    }
    p->word[p->used++] = value;
    emit(r, p, lw(VALUE, TABLE, addr - p->table));
}

static void do_store(struct run *r, struct program *p, uint32_t addr,
                     uint32_t value)
{
    take(r, p, value);
    set_base(r, p, BASE, &p->base, addr);
    emit(r, p, sw(VALUE, BASE, addr));
}

static void do_load(struct run *r, struct tile_code *tile, struct program *p,
                    uint32_t addr)
{
    uint32_t to = SCRIPT_RESULT + 4 * (tile->n_results++ % RESULTS);

    set_base(r, p, BASE, &p->base, addr);
    emit(r, p, lw(SEEN, BASE, addr));
    set_base(r, p, TO, &p->to_base, to);
    emit(r, p, sw(SEEN, TO, to));
}

static void do_wait(struct run *r, struct program *p, uint32_t addr,
                    uint32_t value)
{
    take(r, p, value);
    set_base(r, p, BASE, &p->base, addr);
    emit(r, p, lw(SEEN, BASE, addr));
    emit(r, p, 0xFE749EE3u); /* bne SEEN, VALUE, back to the load */
}

static void do_call(struct run *r, struct program *p, unsigned core,
                    uint32_t addr)
{
    uint32_t back = p->at + 4 * (uint32_t)(p->n_table + p->n_code + 5);

    emit(r, p, lui(RA, back));
    emit(r, p, addi(RA, back));
    emit(r, p, sw(RA, 0, SCRIPT_RETURN + 4 * core));
    emit(r, p, lui(BASE, addr));
    emit(r, p, lower(addr) << 20 | BASE << 15 | 0x67u); /* jalr x0 */
    reload(r, p);
}

static void do_entry(struct run *r, const struct script_entry *e)
{
    struct tile_code *tile = &r->tile[e->tile];
    struct program *p = &tile->program[e->core];

    switch (e->op) {
    case SCRIPT_STORE:
        do_store(r, p, e->addr, e->value);
        break;
    case SCRIPT_LOAD:
        do_load(r, tile, p, e->addr);
        break;
    case SCRIPT_CALL:
        do_call(r, p, e->core, e->addr);
        break;
    default: /* done by the host */
        break;
    }
}

static uint32_t flag_of(const struct turn *turn)
{
    return SCRIPT_FLAGS + 4u * turn->core;
}

static void do_turn(struct run *r, size_t i)
{
    const struct turn *turn = &r->turn[i], *next = turn + 1;
    struct program *p = &r->tile[turn->tile].program[turn->core];
    bool last = i + 1 == r->n_turns;

    if (i > 0)
        do_wait(r, p, flag_of(turn), (uint32_t)i);
    for (size_t k = turn->first; k < turn->end; k++)
        do_entry(r, &r->s->entry[k]);
    do_store(r, p,
             !last && next->tile == turn->tile ? flag_of(next) : HOST_FLAG,
             (uint32_t)i + 1);
}

/* ---- the whole script ---- */

/* An empty script has one empty turn. */
static bool find_turns(struct run *r)
{
    const struct script *s = r->s;

    r->turn = calloc(s->len + 1, sizeof(*r->turn));
    if (!r->turn)
        return false;
    r->n_turns = 1;
    for (size_t i = 0; i < s->len; i++) {
        const struct script_entry *e = &s->entry[i];
        struct turn *turn = &r->turn[r->n_turns - 1];

        if (e->op == SCRIPT_POKE)
            continue;
        if (turn->end == 0)
            turn->first = i;
        else if (turn->tile != e->tile || turn->core != e->core) {
            turn = &r->turn[r->n_turns++];
            turn->first = i;
        }
        turn->tile = e->tile;
        turn->core = e->core;
        turn->end = i + 1;
    }
    return true;
}

/* How long each core's table becomes: a word per store and per wait. */
static void measure(struct run *r)
{
    for (size_t i = 0; i < r->n_turns; i++) {
        const struct turn *turn = &r->turn[i];
        struct tile_code *tile = &r->tile[turn->tile];
        struct program *p = &tile->program[turn->core];

        tile->cores |= 1u << turn->core;
        p->n_table += i > 0 ? 2 : 1;
        for (size_t k = turn->first; k < turn->end; k++) {
            p->n_table += r->s->entry[k].op == SCRIPT_STORE;
            p->cap += r->s->entry[k].op == SCRIPT_CALL ? 8 : 6;
        }
        p->cap += 16;
    }
}

/* Room for a core's program at @at; what it uses. */
static size_t reserve(struct run *r, struct program *p, uint32_t at)
{
    size_t left = (SCRIPT_RESULT - at) / 4;

    p->cap += p->n_table;
    if (p->cap > left)
        p->cap = left;
    p->at = at;
    p->word = malloc(p->cap * sizeof(*p->word) + 1);
    if (!p->word || p->n_table > p->cap) {
        r->failed = true;
        return 0;
    }
    reload(r, p);
    return p->cap;
}

static void make_programs(struct run *r)
{
    measure(r);
    for (unsigned t = 0; t < r->s->n_tiles; t++) {
        uint32_t at = SCRIPT_PROGRAM;

        for (unsigned c = 0; c < SCRIPT_CORES && !r->failed; c++)
            if (r->tile[t].cores & 1u << c)
                at += 4 * (uint32_t)reserve(r, &r->tile[t].program[c], at);
    }
    for (size_t i = 0; i < r->n_turns && !r->failed; i++)
        do_turn(r, i);
    for (unsigned t = 0; t < r->s->n_tiles; t++)
        for (unsigned c = 0; c < SCRIPT_CORES; c++)
            if (r->tile[t].cores & 1u << c && !r->failed)
                emit(r, &r->tile[t].program[c], 0x0000006Fu); /* jal x0, 0 */
}

/* ---- loading ---- */

static struct tt_noc_addr on_tile(const struct run *r, unsigned tile,
                                  uint32_t addr)
{
    return tt_arch_worker(r->dev->info.arch, r->s->at[tile].x, r->s->at[tile].y,
                          addr);
}

static nxs_status put(struct run *r, unsigned tile, uint32_t addr,
                      const void *src, size_t len)
{
    return tt_device_write(r->dev, on_tile(r, tile, addr), src, len);
}

static nxs_status put_core(struct run *r, unsigned tile, unsigned core)
{
    const struct program *p = &r->tile[tile].program[core];
    uint32_t entry = p->at + 4 * (uint32_t)p->n_table;
    const uint32_t jump[2] = {
        lui(BASE, entry), lower(entry) << 20 | BASE << 15 | 0x67u /* jalr */};
    nxs_status status;

    if (!(r->tile[tile].cores & 1u << core))
        return NXS_Success;
    status = put(r, tile, reset_pc[core], jump, sizeof(jump));
    if (status < 0)
        return status;
    return put(r, tile, p->at, p->word, 4 * (p->n_table + p->n_code));
}

static bool has_pokes(const struct script *s, unsigned tile)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->entry[i].op == SCRIPT_POKE && s->entry[i].tile == tile)
            return true;
    return false;
}

/* What a script pokes into the code area lies on no-operations. */
static nxs_status put_pokes(struct run *r, unsigned tile)
{
    static uint32_t code[SCRIPT_CODE_SIZE / 4]; /* a process, a thread */
    const struct script *s = r->s;
    nxs_status status;

    if (!has_pokes(s, tile))
        return NXS_Success;
    for (size_t i = 0; i < SCRIPT_CODE_SIZE / 4; i++)
        code[i] = SCRIPT_NOP;
    status = put(r, tile, SCRIPT_CODE, code, sizeof(code));
    for (size_t i = 0; i < s->len && status >= 0; i++)
        if (s->entry[i].op == SCRIPT_POKE && s->entry[i].tile == tile)
            status = put(r, tile, s->entry[i].addr, &s->entry[i].value, 4);
    return status;
}

static nxs_status fill_area(struct run *r, const struct script_area *area)
{
    struct script random = {.rng = area->fill};
    uint32_t buf[1024];
    nxs_status status = NXS_Success;

    for (uint32_t at = 0; at < area->len && status >= 0; at += sizeof(buf)) {
        uint32_t left = area->len - at;

        for (size_t i = 0; i < sizeof(buf) / 4; i++)
            buf[i] = script_random(&random);
        status = tt_device_write(
            r->dev, (struct tt_noc_addr){area->x, area->y, area->addr + at},
            buf, left < sizeof(buf) ? left : sizeof(buf));
    }
    return status;
}

static nxs_status load(struct run *r)
{
    const struct script *s = r->s;
    nxs_status status = put(r, 0, SCRIPT_INPUT, s->input, SCRIPT_INPUT_SIZE);

    for (unsigned i = 0; i < s->n_areas && status >= 0; i++)
        if (s->area[i].fill)
            status = fill_area(r, &s->area[i]);
    for (unsigned t = 0; t < s->n_tiles && status >= 0; t++) {
        status = put_pokes(r, t);
        for (unsigned c = 0; c < SCRIPT_CORES && status >= 0; c++)
            status = put_core(r, t, c);
    }
    return status;
}

/* ---- running ---- */

static nxs_status set_reset(struct run *r, bool go)
{
    uint32_t all = r->dev->info.arch->soft_reset_all;
    nxs_status status = NXS_Success;

    for (unsigned t = 0; t < r->s->n_tiles && status >= 0; t++) {
        uint32_t value = all;

        for (unsigned c = 0; c < SCRIPT_CORES && go; c++)
            if (r->tile[t].cores & 1u << c)
                value &= ~reset_bit[c];
        status = tt_device_reset(r->dev, on_tile(r, t, 0), value);
    }
    return status;
}

/* Slices of the chip's time in which a turn must be over. */
#define MAX_SLICES 2000u

/* One slice; a fault of guest code is a failure. */
static nxs_status advance(struct tt_device *dev, enum tt_progress *out)
{
    nxs_status status = tt_device_progress(dev, out);
    struct tt_fault fault;

    if (status >= 0 && *out == TT_PROGRESS_FAULT &&
        tt_device_fault(dev, &fault))
        status = TT_FAIL(NXS_InvalidProgramExecutable, "%s", fault.text);
    return status;
}

static nxs_status wait_for(struct run *r, unsigned tile, uint32_t value)
{
    enum tt_progress progress = TT_PROGRESS_RUNNING;

    for (unsigned i = 0; i < MAX_SLICES; i++) {
        uint32_t flag = 0;
        nxs_status status = tt_device_read(r->dev, on_tile(r, tile, HOST_FLAG),
                                           &flag, sizeof(flag));

        if (status < 0 || flag == value)
            return status < 0 ? status : NXS_Success;
        if (progress == TT_PROGRESS_IDLE)
            return TT_FAIL(NXS_InvalidProgram, "the script does not end");
        status = advance(r->dev, &progress);
        if (status < 0)
            return status;
    }
    return TT_FAIL(NXS_InvalidProgram, "the script takes too long");
}

/* Hands the script on between tiles until it is over. */
static nxs_status conduct(struct run *r)
{
    nxs_status status = NXS_Success;

    for (size_t i = 0; i < r->n_turns && status >= 0; i++) {
        const struct turn *turn = &r->turn[i], *next = turn + 1;
        uint32_t value = (uint32_t)i + 1;
        bool last = i + 1 == r->n_turns;

        if (!last && next->tile == turn->tile)
            continue;
        status = wait_for(r, turn->tile, value);
        if (status >= 0 && !last)
            status = put(r, next->tile, flag_of(next), &value, 4);
    }
    return status;
}

static nxs_status run_loaded(struct run *r)
{
    enum tt_progress progress;
    nxs_status status = set_reset(r, false);

    if (status >= 0)
        status = load(r);
    if (status >= 0)
        status = set_reset(r, true);
    if (status >= 0)
        status = conduct(r);
    /* Another slice: a fault of the last instruction shows now. */
    if (status >= 0)
        status = advance(r->dev, &progress);
    return status;
}

nxs_status script_run(const struct script *s, struct tt_device *dev)
{
    struct run r = {.s = s, .dev = dev};
    nxs_status status;

    if (s->failed || !find_turns(&r))
        return TT_FAIL(NXS_OutOfHostMemory, "the script could not be built");
    make_programs(&r);
    if (r.failed)
        status = TT_FAIL(NXS_InvalidProgram, "the script is too long");
    else
        status = run_loaded(&r);
    for (unsigned t = 0; t < s->n_tiles; t++)
        for (unsigned c = 0; c < SCRIPT_CORES; c++)
            free(r.tile[t].program[c].word);
    free(r.turn);
    return status;
}

/* ---- the outcome ---- */

static bool piece_of(struct tt_noc_addr whole, uint32_t len, unsigned *n,
                     struct tt_noc_addr *out_at, uint32_t *out_len)
{
    unsigned pieces = (len + SCRIPT_PIECE - 1) / SCRIPT_PIECE;
    uint32_t first = *n * SCRIPT_PIECE;

    if (*n >= pieces) {
        *n -= pieces;
        return false;
    }
    *out_at = whole;
    out_at->addr += first;
    *out_len = len - first < SCRIPT_PIECE ? len - first : SCRIPT_PIECE;
    return true;
}

bool script_piece(const struct script *s, unsigned n,
                  struct tt_noc_addr *out_at, uint32_t *out_len)
{
    for (unsigned t = 0; t < s->n_tiles; t++)
        if (piece_of(
                tt_arch_worker(&tt_arch_wormhole, s->at[t].x, s->at[t].y, 0),
                TT_L1_SIZE, &n, out_at, out_len))
            return true;
    for (unsigned i = 0; i < s->n_areas; i++) {
        const struct script_area *a = &s->area[i];

        if (piece_of((struct tt_noc_addr){a->x, a->y, a->addr}, a->len, &n,
                     out_at, out_len))
            return true;
    }
    return false;
}

/* Multiplications that do not wait for each other, a word each. */
#define STRIDE (8u * SCRIPT_HASH_LANES)

void script_hash_add(struct script_hash *hash, const void *data, size_t len)
{
    const uint8_t *from = data;
    uint64_t word[SCRIPT_HASH_LANES];

    for (size_t i = 0; i < len; i += STRIDE) {
        size_t n = len - i < STRIDE ? len - i : STRIDE;

        if (n < STRIDE)
            memset(word, 0, sizeof(word));
        memcpy(word, from + i, n);
        for (unsigned k = 0; k < SCRIPT_HASH_LANES; k++) {
            hash->lane[k] = (hash->lane[k] ^ word[k]) * 0x9FB21C651E98DF25u;
            hash->lane[k] ^= hash->lane[k] >> 32;
        }
    }
}

uint64_t script_hash_fold(const struct script_hash *hash)
{
    uint64_t all = SCRIPT_HASH_LANES;

    for (unsigned k = 0; k < SCRIPT_HASH_LANES; k++) {
        all = (all ^ hash->lane[k]) * 0xD6E8FEB86659FD93u;
        all ^= all >> 29;
    }
    return all;
}

nxs_status script_outcome_hash(const struct script *s, struct tt_device *dev,
                               uint64_t *out)
{
    static uint8_t buf[SCRIPT_PIECE]; /* a process, a thread */
    struct script_hash hash = {{0}};
    struct tt_noc_addr at;
    uint32_t len;

    for (unsigned n = 0; script_piece(s, n, &at, &len); n++) {
        nxs_status status = tt_device_read(dev, at, buf, len);

        if (status < 0)
            return status;
        script_hash_add(&hash, buf, len);
    }
    *out = script_hash_fold(&hash);
    return NXS_Success;
}
