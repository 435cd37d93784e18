/* SPDX-License-Identifier: MIT */
/*
 * The two NOC interfaces of a Tensix tile: registers and requests.
 *
 * tt-isa-documentation, WormholeB0/NoC: MemoryMap.md, Counters.md, Atomics.md.
 * A request is performed inside the store to CMD_CTRL, or late (delay.h). What
 * ttsim v1.10.0
 * refuses (alignment, lengths, forms of requests) is refused here.
 */
#include "device/emu/noc.h"

#include "device/emu/check.h"

#include <string.h>

#include "device/arch.h"
#include "device/emu/delay.h"

/* Offsets of one initiator; initiators are 0x400 apart. */
#define TARG_LO    0x00u
#define TARG_MID   0x04u
#define RET_LO     0x0Cu
#define RET_MID    0x10u
#define PACKET_TAG 0x18u
#define CTRL       0x1Cu
#define LEN_BE     0x20u
#define DATA       0x24u
#define CMD_CTRL   0x28u
#define INITIATORS 0x1000u

#define NODE_ID           0x2Cu
#define CLEAR_OUTSTANDING 0x50u
#define NIU_CFG_0         0x100u /* ROUTER_CFG_0..3 follow */
#define N_CFG             5u
#define TRANSLATE         0x118u /* X tables 0..3, Y tables 0..3 */
#define ID_LOGICAL        0x138u

/* NOC_CTRL bits that are modelled. */
#define CTRL_MODELLED 0x0002E1FBu

/* The only atomic ttsim accepts: increment, 32-bit wrap, word 0. */
#define AT_INCREMENT 0x107Cu

/* Columns and rows without Tensix tiles, for ROUTER_CFG_1 and _3. */
#define CFG_COLS        2u
#define CFG_ROWS        4u
#define NON_TENSIX_COLS 0x21u
#define NON_TENSIX_ROWS 0x41u

#define REGISTERS 0xFFB00000u /* addresses from here on are not memory */

/* ---- registers ---- */

void tt_noc_init(struct tt_tile *tile)
{
    memset(tile->niu, 0, sizeof(tile->niu));
    for (unsigned noc = 0; noc < 2; noc++) {
        tile->niu[noc].cfg[CFG_COLS] = NON_TENSIX_COLS;
        tile->niu[noc].cfg[CFG_ROWS] = NON_TENSIX_ROWS;
    }
}

/* Whether an initiator has a register at this offset; bit per word. */
static bool is_command(uint32_t offset)
{
    return offset <= CMD_CTRL && (0x7DBu >> offset / 4 & 1u);
}

uint32_t tt_noc_node_id(unsigned noc, unsigned x, unsigned y)
{
    x = noc ? 9u - x : x;
    y = noc ? 11u - y : y;
    return x | y << 6 | 10u << 12 | 12u << 19 | (noc ? 0u : 1u << 28);
}

/* Four bits per translated coordinate (Coordinates.md). */
static uint32_t translate_table(unsigned noc, unsigned index)
{
    static const uint32_t table[2][8] = {
        {0x76543210u, 0xFEDCBA98u, 0x76432150u, 0x00000098u, 0x76543210u,
         0xFEDCBA98u, 0x75432160u, 0x0000BA98u},
        {0x76543210u, 0xFEDCBA98u, 0x23567849u, 0x00000001u, 0x76543210u,
         0xFEDCBA98u, 0x46789A5Bu, 0x00000123u},
    };

    return table[noc][index];
}

static bool load_counter(const struct tt_niu *niu, uint32_t offset,
                         uint32_t *out)
{
    /* Counters.md: array of words from 0x200 on; those that ttsim has. */
    switch (offset) {
    case 0x200:
        *out = niu->atomic_resp;
        return true;
    case 0x204:
        *out = niu->wr_ack;
        return true;
    case 0x208:
        *out = niu->rd_resp;
        return true;
    case 0x21C:
        *out = niu->posted_atomic_sent;
        return true;
    case 0x228:
        *out = niu->nonposted_wr_sent;
        return true;
    case 0x22C:
        *out = niu->posted_wr_sent;
        return true;
    default:
        break;
    }
    if (offset >= 0x240 && offset < 0x280) {
        *out = niu->outstanding[(offset - 0x240) / 4];
        return true;
    }
    if (offset >= 0x280 && offset < 0x2C0) {
        *out = niu->outgoing[(offset - 0x280) / 4];
        return true;
    }
    return false;
}

enum tt_step tt_noc_load(struct tt_tile *tile, unsigned risc, unsigned noc,
                         uint32_t offset, uint32_t *out)
{
    const struct tt_niu *niu = &tile->niu[noc];

    if (offset < INITIATORS && is_command(offset % 0x400)) {
        *out = niu->reg[offset / 0x400][offset % 0x400 / 4];
        return TT_STEP_DONE;
    }
    if (offset == NODE_ID) {
        *out = tt_noc_node_id(noc, tile->noc_x, tile->noc_y);
        return TT_STEP_DONE;
    }
    if (offset >= NIU_CFG_0 && offset < NIU_CFG_0 + 4 * N_CFG) {
        *out = niu->cfg[(offset - NIU_CFG_0) / 4];
        return TT_STEP_DONE;
    }
    if (offset >= TRANSLATE && offset < TRANSLATE + 32) {
        *out = translate_table(noc, (offset - TRANSLATE) / 4);
        return TT_STEP_DONE;
    }
    if (offset == ID_LOGICAL) {
        *out = (18u + tile->index % 8u) | (18u + tile->index / 8u) << 6;
        return TT_STEP_DONE;
    }
    if (load_counter(niu, offset, out))
        return TT_STEP_DONE;
    return tt_tile_refuse(tile, risc, "NOC %u: no register to load at +0x%x",
                          noc, offset);
}

/* ---- requests ---- */

#define REFUSE(r, ...) tt_tile_refuse((r)->tile, (r)->risc, __VA_ARGS__)

#define MID_X(mid)  ((mid) >> 4 & 0x3Fu)
#define MID_Y(mid)  ((mid) >> 10 & 0x3Fu)
#define MID_X2(mid) ((mid) >> 16 & 0x3Fu)
#define MID_Y2(mid) ((mid) >> 22 & 0x3Fu)

static bool is_own(const struct tt_noc_request *r, struct tt_place at)
{
    return at.kind == TT_PLACE_TENSIX && at.index == r->tile->index;
}

static enum tt_step check_ctrl(const struct tt_noc_request *r)
{
    uint32_t c = r->ctrl;
    bool ok;

    if (c & ~CTRL_MODELLED)
        return REFUSE(r, "NOC %u CTRL 0x%x: bits 0x%x are not modelled", r->noc,
                      c, c & ~CTRL_MODELLED);
    if (c & TT_NOC_MULTICAST)
        ok = (c & (TT_NOC_ATOMIC | TT_NOC_WRITE | TT_NOC_INLINE |
                   TT_NOC_PATH)) == (TT_NOC_WRITE | TT_NOC_PATH);
    else if (c & (TT_NOC_PATH | TT_NOC_SRC_INCLUDE))
        ok = false;
    else if (c & TT_NOC_ATOMIC)
        ok = !(c & TT_NOC_WRITE);
    else
        ok = c & TT_NOC_WRITE ||
             (c & (TT_NOC_INLINE | TT_NOC_RESP)) == TT_NOC_RESP;
    if (ok)
        return TT_STEP_DONE;
    return REFUSE(r,
                  "NOC %u CTRL 0x%x: no legal read (0x10), write (0x2), "
                  "inline write (0xA), atomic (0x1) or multicast (0x122)",
                  r->noc, c);
}

static enum tt_step check_len(const struct tt_noc_request *r)
{
    if (r->len >= 1 && r->len <= tt_arch_wormhole.noc_max_packet)
        return TT_STEP_DONE;
    return REFUSE(r, "NOC %u: length %u; a packet has 1 to %u bytes", r->noc,
                  r->len, tt_arch_wormhole.noc_max_packet);
}

/* The end in the own tile must be L1, wholly. */
static enum tt_step check_local(const struct tt_noc_request *r,
                                struct tt_place at, uint64_t addr, uint32_t len,
                                const char *end)
{
    if (!is_own(r, at))
        return REFUSE(r,
                      "NOC %u: the %s end (TARG_MID 0x%x, RET_MID 0x%x) must "
                      "be the own tile",
                      r->noc, end, r->targ_mid, r->ret_mid);
    if (len <= TT_L1_SIZE && addr <= TT_L1_SIZE - len)
        return TT_STEP_DONE;
    return REFUSE(r, "NOC %u: %u bytes at the %s end 0x%llx leave L1", r->noc,
                  len, end, (unsigned long long)addr);
}

static enum tt_step misaligned(const struct tt_noc_request *r, unsigned align)
{
    return REFUSE(r, "NOC %u: target 0x%llx and return 0x%llx differ modulo %u",
                  r->noc, (unsigned long long)r->targ_addr,
                  (unsigned long long)r->ret_addr, align);
}

enum tt_step tt_noc_remote(const struct tt_noc_request *r, struct tt_place at,
                           uint64_t addr, void *buf, uint32_t len, bool write)
{
    struct tt_chip *chip = r->tile->chip;
    enum tt_step step = tt_chip_transfer(chip, at, addr, buf, len, write);

    if (step == TT_STEP_DONE || r->risc >= TT_N_RISC)
        return step == TT_STEP_DONE ? step : TT_STEP_FAULT;
    return REFUSE(r, "NOC %u %s, TARG_MID 0x%x, RET_MID 0x%x: %s", r->noc,
                  write ? "write" : "read", r->targ_mid, r->ret_mid,
                  step == TT_STEP_WAIT ? "the register blocks" : chip->refusal);
}

static void count_write(const struct tt_noc_request *r)
{
    if (r->ctrl & TT_NOC_RESP) {
        r->niu->wr_ack++;
        r->niu->nonposted_wr_sent++;
    } else {
        r->niu->posted_wr_sent++;
    }
}

static enum tt_step check_read(const struct tt_noc_request *r)
{
    /* DRAM needs 32-byte congruence, L1 16, registers 4 (NoC/README.md). */
    unsigned align = r->targ.kind == TT_PLACE_DRAM ? 32
                     : r->targ_addr >= REGISTERS   ? 4
                                                   : 16;

    if (check_len(r) != TT_STEP_DONE ||
        check_local(r, r->ret, r->ret_addr, r->len, "return") != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if (r->targ_addr % align != r->ret_addr % align)
        return misaligned(r, align);
    return TT_STEP_DONE;
}

static enum tt_step do_read(const struct tt_noc_request *r)
{
    if (tt_noc_remote(r, r->targ, r->targ_addr, r->tile->l1 + r->ret_addr,
                      r->len, false) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    tt_tile_l1_written(r->tile, (uint32_t)r->ret_addr, r->len);
    r->niu->rd_resp++;
    return TT_STEP_DONE;
}

static enum tt_step check_write(const struct tt_noc_request *r)
{
    if (check_len(r) != TT_STEP_DONE ||
        check_local(r, r->targ, r->targ_addr, r->len, "target") != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if (r->targ_addr % 16 != r->ret_addr % 16)
        return misaligned(r, 16);
    return TT_STEP_DONE;
}

static enum tt_step do_write(const struct tt_noc_request *r)
{
    if (tt_noc_remote(r, r->ret, r->ret_addr, r->tile->l1 + r->targ_addr,
                      r->len, true) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    count_write(r);
    return TT_STEP_DONE;
}

/* Inline writes and atomics go to the target; RET names the own tile. */
static enum tt_step check_ends(const struct tt_noc_request *r)
{
    if (r->targ.kind != TT_PLACE_TENSIX)
        return REFUSE(r,
                      "NOC %u: inline writes and atomics need a Tensix tile, "
                      "not TARG_MID 0x%x",
                      r->noc, r->targ_mid);
    if (is_own(r, r->ret))
        return TT_STEP_DONE;
    return REFUSE(r, "NOC %u: RET_MID 0x%x must be the own tile", r->noc,
                  r->ret_mid);
}

static enum tt_step check_inline(const struct tt_noc_request *r)
{
    unsigned shift = r->len ? (unsigned)__builtin_ctz(r->len) : 0;

    if (check_ends(r) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    /* To memory LEN is a byte mask; only whole aligned words. Registers
     * ignore it. */
    if (r->targ_addr < REGISTERS &&
        (r->len >> shift != 15 || shift % 4 || r->targ_addr % 16 != shift % 16))
        return REFUSE(r,
                      "NOC %u: inline write to 0x%llx with byte mask 0x%x; "
                      "only one aligned word",
                      r->noc, (unsigned long long)r->targ_addr, r->len);
    return TT_STEP_DONE;
}

static enum tt_step do_inline_write(const struct tt_noc_request *r)
{
    uint32_t word = r->data;

    if (tt_noc_remote(r, r->targ, r->targ_addr, &word, 4, true) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    count_write(r);
    return TT_STEP_DONE;
}

static enum tt_step check_atomic(const struct tt_noc_request *r)
{
    if (r->len != AT_INCREMENT)
        return REFUSE(r, "NOC %u: atomic 0x%x; only increment, 0x%x", r->noc,
                      r->len, AT_INCREMENT);
    if (r->targ_addr % 16 || r->ret_addr % 4)
        return REFUSE(r,
                      "NOC %u: atomic at 0x%llx, result to 0x%llx: must be "
                      "16 and 4 byte aligned",
                      r->noc, (unsigned long long)r->targ_addr,
                      (unsigned long long)r->ret_addr);
    if (check_ends(r) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    return check_local(r, r->ret, r->ret_addr, 4, "return");
}

static enum tt_step do_atomic(const struct tt_noc_request *r)
{
    uint32_t old, sum;

    if (tt_noc_remote(r, r->targ, r->targ_addr, &old, 4, false) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    sum = old + r->data;
    if (tt_noc_remote(r, r->targ, r->targ_addr, &sum, 4, true) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    memcpy(r->tile->l1 + r->ret_addr, &old, 4);
    tt_tile_l1_written(r->tile, (uint32_t)r->ret_addr, 4);
    if (r->ctrl & TT_NOC_RESP)
        r->niu->atomic_resp++;
    else
        r->niu->posted_atomic_sent++;
    return TT_STEP_DONE;
}

/* ---- multicast ---- */

/* RET_MID has the rectangle: its end in the usual fields, its start above.
 * Data flows right and down on NOC 0, left and up on NOC 1. */
static void corners(const struct tt_noc_request *r, struct tt_place *lo,
                    struct tt_place *hi)
{
    struct tt_place start =
        tt_chip_place(r->noc, MID_X2(r->ret_mid), MID_Y2(r->ret_mid));

    *lo = r->noc ? r->ret : start;
    *hi = r->noc ? start : r->ret;
}

static enum tt_step check_multicast(const struct tt_noc_request *r)
{
    struct tt_place lo, hi;

    if (check_write(r) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    /* Also where the rectangle holds no tile but the sender. */
    if (r->ret_addr >= TT_L1_SIZE ? r->len != 4 || r->ret_addr % 4
                                  : r->len > TT_L1_SIZE - r->ret_addr)
        return REFUSE(r,
                      "NOC %u: multicast of %u bytes to 0x%llx: neither L1 "
                      "nor one 4-byte register",
                      r->noc, r->len, (unsigned long long)r->ret_addr);
    corners(r, &lo, &hi);
    if (lo.kind == TT_PLACE_NONE || hi.kind == TT_PLACE_NONE || lo.x > hi.x ||
        lo.y > hi.y)
        return REFUSE(r,
                      "NOC %u: multicast from (%u,%u) to (%u,%u): not "
                      "a rectangle in the direction of flow",
                      r->noc, MID_X2(r->ret_mid), MID_Y2(r->ret_mid),
                      MID_X(r->ret_mid), MID_Y(r->ret_mid));
    return TT_STEP_DONE;
}

unsigned tt_noc_destinations(const struct tt_noc_request *r,
                             struct tt_place *out)
{
    uint32_t cols = r->niu->cfg[CFG_COLS], rows = r->niu->cfg[CFG_ROWS];
    struct tt_place lo, hi, at;
    unsigned n = 0;

    corners(r, &lo, &hi);
    for (unsigned y = lo.y; y <= hi.y; y++)
        for (unsigned x = lo.x; x <= hi.x; x++) {
            at = tt_chip_place(0, x, y);
            if (!(cols >> x & 1u) && !(rows >> y & 1u) &&
                (!is_own(r, at) || r->ctrl & TT_NOC_SRC_INCLUDE))
                out[n++] = at;
        }
    return n;
}

static enum tt_step do_multicast(const struct tt_noc_request *r)
{
    struct tt_place at[TT_CHIP_TILES];
    unsigned n = tt_noc_destinations(r, at);

    for (unsigned i = 0; i < n; i++)
        if (tt_noc_remote(r, at[i], r->ret_addr, r->tile->l1 + r->targ_addr,
                          r->len, true) != TT_STEP_DONE)
            return TT_STEP_FAULT;
    if (r->ctrl & TT_NOC_RESP) {
        /* As in ttsim: one request, one response per destination. */
        r->niu->nonposted_wr_sent++;
        r->niu->wr_ack += n;
        r->niu->outstanding[r->txn] += (uint8_t)(1u - n);
    } else {
        r->niu->posted_wr_sent++;
    }
    return TT_STEP_DONE;
}

/* ---- commands ---- */

static struct tt_noc_request decode(struct tt_tile *tile, unsigned risc,
                                    unsigned noc, unsigned initiator)
{
    const uint32_t *reg = tile->niu[noc].reg[initiator];
    struct tt_noc_request r = {
        .tile = tile,
        .niu = &tile->niu[noc],
        .risc = risc,
        .noc = noc,
        .ctrl = reg[CTRL / 4],
        .len = reg[LEN_BE / 4],
        .data = reg[DATA / 4],
        .txn = reg[PACKET_TAG / 4] >> 10 & 0xFu,
        .targ_mid = reg[TARG_MID / 4],
        .ret_mid = reg[RET_MID / 4],
    };

    r.targ = tt_chip_place(noc, MID_X(r.targ_mid), MID_Y(r.targ_mid));
    r.ret = tt_chip_place(noc, MID_X(r.ret_mid), MID_Y(r.ret_mid));
    r.targ_addr = reg[TARG_LO / 4] | (uint64_t)(r.targ_mid & 0xFu) << 32;
    r.ret_addr = reg[RET_LO / 4] | (uint64_t)(r.ret_mid & 0xFu) << 32;
    return r;
}

/** struct form - how a form of request is checked and performed; both return
 *  TT_STEP_DONE or TT_STEP_FAULT (recorded) */
struct form {
    enum tt_step (*check)(const struct tt_noc_request *r);
    enum tt_step (*perform)(const struct tt_noc_request *r);
};

static const struct form *form_of(const struct tt_noc_request *r)
{
    static const struct form read = {check_read, do_read};
    static const struct form write = {check_write, do_write};
    static const struct form inline_write = {check_inline, do_inline_write};
    static const struct form atomic = {check_atomic, do_atomic};
    static const struct form multicast = {check_multicast, do_multicast};

    if (r->ctrl & TT_NOC_MULTICAST)
        return &multicast;
    if (r->ctrl & TT_NOC_ATOMIC)
        return &atomic;
    if (r->ctrl & TT_NOC_INLINE)
        return &inline_write;
    return r->ctrl & TT_NOC_WRITE ? &write : &read;
}

static enum tt_step check(const struct tt_noc_request *r)
{
    uint32_t ret_high = r->ctrl & TT_NOC_MULTICAST ? 0xF0000000u : 0xFFFF0000u;

    if (check_ctrl(r) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if (r->targ_mid & 0xFFFF0000u || r->ret_mid & ret_high)
        return REFUSE(r, "NOC %u: TARG_MID 0x%x or RET_MID 0x%x too wide",
                      r->noc, r->targ_mid, r->ret_mid);
    return form_of(r)->check(r);
}

static enum tt_step perform(const struct tt_noc_request *r)
{
    if (check(r) != TT_STEP_DONE || form_of(r)->perform(r) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    if (r->tile->check && r->risc < TT_N_RISC)
        tt_check_request(r);
    return TT_STEP_DONE;
}

static bool is_own_l1(const struct tt_noc_request *r, struct tt_place at,
                      uint64_t addr)
{
    return is_own(r, at) && addr < TT_L1_SIZE && r->len <= TT_L1_SIZE - addr;
}

static bool is_private_end(const struct tt_noc_request *r, struct tt_place at,
                           uint64_t addr)
{
    if (at.kind == TT_PLACE_DRAM)
        return addr < TT_DRAM_TILE_SIZE && r->len <= TT_DRAM_TILE_SIZE - addr;
    return is_own_l1(r, at, addr);
}

/* Whether a request is a read or write between the own L1 and memory that is
 * the own tile's or DRAM: others may run meanwhile (sched.c). What is odd in
 * any way is not. */
static bool is_private(const struct tt_noc_request *r)
{
    return !(r->ctrl & (TT_NOC_MULTICAST | TT_NOC_ATOMIC | TT_NOC_INLINE)) &&
           is_private_end(r, r->targ, r->targ_addr) &&
           is_private_end(r, r->ret, r->ret_addr);
}

static enum tt_step command(struct tt_tile *tile, unsigned risc, unsigned noc,
                            unsigned initiator, uint32_t value)
{
    struct tt_chip *chip = tile->chip;
    struct tt_noc_request r;
    enum tt_step step;

    if (value != 1)
        return tt_tile_refuse(tile, risc, "NOC %u: CMD_CTRL = 0x%x; only 1",
                              noc, value);
    /* A request may write the command register of another tile, which may do
     * the same: one level from the host, none from a request. */
    r = decode(tile, risc, noc, initiator);
    if (tile->delay && risc < TT_N_RISC)
        return check(&r) == TT_STEP_DONE ? tt_delay_request(&r) : TT_STEP_FAULT;
    if (tile->in_round) {
        if (!is_private(&r)) {
            tile->put_off |= 1u << risc;
            return TT_STEP_WAIT;
        }
        step = perform(&r);
        tt_tile_changed(tile); /* counters */
        return step;
    }
    if (chip->noc_depth)
        return tt_tile_refuse(
            tile, risc, "NOC %u: a request may not start another one", noc);
    chip->noc_depth++;
    step = perform(&r);
    chip->noc_depth--;
    tt_tile_changed(tile); /* counters */
    return step;
}

static enum tt_step store_command(struct tt_tile *tile, unsigned risc,
                                  unsigned noc, uint32_t offset, uint32_t value)
{
    uint32_t reg = offset % 0x400;

    if (reg == CMD_CTRL)
        return command(tile, risc, noc, offset / 0x400, value);
    if (reg == PACKET_TAG && value & ~(0xFu << 10))
        return tt_tile_refuse(tile, risc,
                              "NOC %u: PACKET_TAG 0x%x; only a transaction "
                              "id in bits 10-13",
                              noc, value);
    tile->niu[noc].reg[offset / 0x400][reg / 4] = value;
    return TT_STEP_DONE;
}

static enum tt_step store_config(struct tt_tile *tile, unsigned risc,
                                 unsigned noc, unsigned index, uint32_t value)
{
    uint32_t must = index == CFG_COLS   ? NON_TENSIX_COLS
                    : index == CFG_ROWS ? NON_TENSIX_ROWS
                                        : 0;

    if ((value & must) != must)
        return tt_tile_refuse(tile, risc,
                              "NOC %u: ROUTER_CFG_%u = 0x%x must exclude "
                              "what is not Tensix, 0x%x",
                              noc, index - 1, value, must);
    tile->niu[noc].cfg[index] = value;
    return TT_STEP_DONE;
}

enum tt_step tt_noc_store(struct tt_tile *tile, unsigned risc, unsigned noc,
                          uint32_t offset, uint32_t value)
{
    if (offset < INITIATORS && is_command(offset % 0x400))
        return store_command(tile, risc, noc, offset, value);
    if (offset >= NIU_CFG_0 && offset < NIU_CFG_0 + 4 * N_CFG)
        return store_config(tile, risc, noc, (offset - NIU_CFG_0) / 4, value);
    if (offset == CLEAR_OUTSTANDING && value == 0xFFFFu) {
        memset(tile->niu[noc].outstanding, 0,
               sizeof(tile->niu[noc].outstanding));
        tt_tile_changed(tile);
        return TT_STEP_DONE;
    }
    return tt_tile_refuse(tile, risc,
                          "NOC %u: cannot store 0x%x to register +0x%x", noc,
                          value, offset);
}
