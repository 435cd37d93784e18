/* SPDX-License-Identifier: MIT */
/*
 * One Tensix tile: its registers as RISC-V cores and the NOC see them, reset,
 * and who has to be woken when something changes.
 *
 * Addresses: tt-isa-documentation, WormholeB0/TensixTile/BabyRISCV/README.md
 * (memory map). What ttsim v1.10.0 refuses is refused here.
 */
#include "device/emu/check.h"
#include "device/emu/delay.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define N_STREAMS 64u

/* TDMA-RISC (TensixTile/TDMA-RISC.md, Mover.md) */
#define TDMA_XMOV_SRC  0x00u /* 16-byte units */
#define TDMA_XMOV_DST  0x04u
#define TDMA_XMOV_SIZE 0x08u /* 16-byte units */
#define TDMA_XMOV_DIR  0x0Cu
#define TDMA_COMMAND   0x10u
#define TDMA_STATUS    0x14u
#define TDMA_CLK_GATE  0x24u
#define XMOV_TO_IRAM   0x4000u /* the mover's name for NCRISC's IRAM */
#define XMOV_L1_TO_L0  1u
#define XMOV_GO        0x40u
#define XMOV_IDLE      8u

/* NOC overlay stream registers that act as scratch (NoC/Overlay) */
#define STREAM_SRC        0x000u
#define STREAM_BUF_START  0x00Cu
#define STREAM_BUF_SIZE   0x010u
#define STREAM_SPACE_ADD  0x088u
#define STREAM_SPACE      0x100u
#define STREAM_WORDS_MASK 0x1FFFFu

/* PCBufs.md, TTSync.md */
#define PCBUF_TTSYNC     0x04u
#define PCBUF_MOP_SYNC   0x08u
#define PCBUF_SEMAPHORES 0x20u
#define SEMAPHORE_MAX    15u

/* SOFT_RESET_0: bit of each core, by RISC index. */
static const uint32_t reset_bit[TT_N_RISC] = {1u << 11, 1u << 12, 1u << 13,
                                              1u << 14, 1u << 18};
#define RESET_ALL 0x47800u

/* Where each core starts unless overridden (BabyRISCV/README.md). */
static const uint32_t default_pc[TT_N_RISC] = {0, 0x6000, 0xA000, 0xE000,
                                               0x12000};

/* ---- life ---- */

/* What vector instructions work on must not straddle cache lines. */
#define CACHE_LINE 64u
#define ON_LINE(member)                                                        \
    static_assert(offsetof(struct tt_tile, tensix.member) % CACHE_LINE == 0,   \
                  "alignment of " #member)
ON_LINE(dst);
ON_LINE(src_a.datum);
ON_LINE(src_b.datum);
ON_LINE(mvmul.a_part);
ON_LINE(sfpu.lreg);

/* Zeroed pages, not committed, or NULL. */
static void *reserve(size_t size)
{
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return map == MAP_FAILED ? NULL : map;
}

struct tt_tile *tt_tile_new(struct tt_chip *chip, unsigned index)
{
    struct tt_tile *tile = reserve(sizeof(*tile));
    unsigned col = index % 8u, row = index / 8u;
    uint8_t *l1;

    if (!tile)
        return NULL;
    l1 = reserve(TT_L1_SIZE);
    if (!l1) {
        munmap(tile, sizeof(*tile));
        return NULL;
    }
    tile->chip = chip;
    tile->l1 = l1;
    if (chip->checker && !(tile->check = tt_check_new(tile))) {
        tt_tile_free(tile);
        return NULL;
    }
    tile->index = (uint8_t)index;
    tile->noc_x = (uint8_t)(col + (col < 4 ? 1 : 2));
    tile->noc_y = (uint8_t)(row + (row < 5 ? 1 : 2));
    tile->soft_reset = RESET_ALL;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        tt_rv32_init(&tile->rv[i], tile, i);
    tt_tensix_init(&tile->tensix, tile);
    tt_noc_init(tile);
    if (chip->delayed && !tt_delay_attach(tile)) {
        tt_tile_free(tile);
        return NULL;
    }
    return tile;
}

void tt_tile_free(struct tt_tile *tile)
{
    if (!tile)
        return;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        tt_rv32_fini(&tile->rv[i]);
    tt_delay_detach(tile);
    tt_check_free(tile->check);
    munmap(tile->l1, TT_L1_SIZE);
    munmap(tile, sizeof(*tile));
}

/* ---- refusals ---- */

enum tt_step tt_tile_refuse(struct tt_tile *tile, unsigned risc,
                            const char *fmt, ...)
{
    char text[sizeof(tile->chip->refusal)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (risc < TT_N_RISC)
        tt_chip_fault(tile, risc, "%s", text);
    else
        memcpy(tile->chip->refusal, text, sizeof(text));
    return TT_STEP_FAULT;
}

static enum tt_step no_register(struct tt_tile *tile, unsigned risc,
                                const char *verb, uint32_t addr)
{
    return tt_tile_refuse(tile, risc,
                          "%s at 0x%08x: no register there that %s may use",
                          verb, addr, tt_risc_name(risc));
}

/* ---- waking ---- */

static void wake(struct tt_tile *tile, unsigned risc)
{
    tile->rv[risc].state = TT_RV32_RUN;
    tt_tile_activate(tile, risc);
}

void tt_tile_changed(struct tt_tile *tile)
{
    for (unsigned i = 0; i < TT_N_RISC; i++) {
        const struct tt_rv32 *core = &tile->rv[i];

        if (core->state == TT_RV32_STALLED)
            tt_tile_activate(tile, i);
        else if (core->state == TT_RV32_PARKED && core->watch_mmio)
            wake(tile, i);
    }
}

static bool page_is_watched(const struct tt_tile *tile, uint32_t page)
{
    for (unsigned i = 0; i < TT_N_RISC; i++)
        if (tile->rv[i].state == TT_RV32_PARKED &&
            tt_rv32_watches(&tile->rv[i], page * TT_RV32_PAGE, TT_RV32_PAGE))
            return true;
    return false;
}

static void wake_watchers(struct tt_tile *tile, uint32_t addr, uint32_t len)
{
    for (unsigned i = 0; i < TT_N_RISC; i++)
        if (tile->rv[i].state == TT_RV32_PARKED &&
            tt_rv32_watches(&tile->rv[i], addr, len))
            wake(tile, i);
}

void tt_tile_l1_written(struct tt_tile *tile, uint32_t addr, uint32_t len)
{
    uint32_t last = (addr + len - 1) / TT_RV32_PAGE;
    bool watched = false;

    for (uint32_t page = addr / TT_RV32_PAGE; page <= last; page++) {
        uint8_t flags = tile->page_flags[page];

        if (flags & TT_PAGE_CODE) {
            for (unsigned i = 0; i < TT_N_RISC; i++)
                tt_rv32_drop_page(&tile->rv[i], page);
            tile->page_flags[page] &= (uint8_t)~TT_PAGE_CODE;
        }
        watched |= flags & TT_PAGE_WATCHED;
    }
    if (!watched)
        return;
    wake_watchers(tile, addr, len);
    for (uint32_t page = addr / TT_RV32_PAGE; page <= last; page++)
        if (tile->page_flags[page] & TT_PAGE_WATCHED &&
            !page_is_watched(tile, page))
            tile->page_flags[page] &= (uint8_t)~TT_PAGE_WATCHED;
}

/* ---- reset ---- */

static void set_core_reset(struct tt_tile *tile, unsigned risc, bool held)
{
    struct tt_rv32 *core = &tile->rv[risc];
    bool override = tile->reset_pc_enable >> risc & 1u;

    if (held) {
        tt_rv32_hold(core);
        tile->active &= ~(1u << risc);
    } else if (core->state == TT_RV32_RESET) {
        tt_rv32_start(core, override ? tile->reset_pc[risc] : default_pc[risc]);
        tt_tile_activate(tile, risc);
    }
}

enum tt_step tt_tile_set_reset(struct tt_tile *tile, unsigned risc,
                               uint32_t value)
{
    /* ttsim ignores bit 31; UMD writes it. */
    value &= 0x7FFFFFFFu;
    if (value & ~RESET_ALL)
        return tt_tile_refuse(tile, risc,
                              "SOFT_RESET_0 = 0x%x: only the RISC-V bits "
                              "0x%x are modelled",
                              value, RESET_ALL);
    /* Holding all five cores also puts the coprocessor and the mailboxes
     * back to power-on state: what a hung program left queued must not reach
     * the next one. ttsim keeps it; programs set all of it up anew. */
    if (value == RESET_ALL && tile->soft_reset != RESET_ALL) {
        tt_tensix_init(&tile->tensix, tile);
        memset(tile->mailbox_full, 0, sizeof(tile->mailbox_full));
        if (tile->delay)
            tt_delay_reset(tile);
    }
    tile->soft_reset = value;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        set_core_reset(tile, i, value & reset_bit[i]);
    return TT_STEP_DONE;
}

/* ---- TDMA, tile control, overlay: also for the NOC and the host ---- */

static enum tt_step mover_go(struct tt_tile *tile, unsigned risc,
                             uint32_t value)
{
    uint64_t src = (uint64_t)tile->xmov_src * 16;
    uint64_t size = (uint64_t)tile->xmov_size * 16;

    if (value != XMOV_GO)
        return tt_tile_refuse(tile, risc, "TDMA command 0x%x: only 0x40",
                              value);
    if (size > TT_NC_IRAM_SIZE || src + size > TT_L1_SIZE)
        return tt_tile_refuse(tile, risc,
                              "TDMA mover: %llu bytes from L1 0x%llx leave "
                              "L1 or the 16 KiB of IRAM",
                              (unsigned long long)size,
                              (unsigned long long)src);
    memcpy(tile->nc_iram, tile->l1 + src, size);
    tt_rv32_drop_icache(&tile->rv[TT_RISC_NC]);
    return TT_STEP_DONE;
}

static enum tt_step store_tdma(struct tt_tile *tile, unsigned risc,
                               uint32_t addr, uint32_t value)
{
    switch (addr & 0xFFFu) {
    case TDMA_XMOV_SRC:
        tile->xmov_src = value;
        return TT_STEP_DONE;
    case TDMA_XMOV_SIZE:
        tile->xmov_size = value;
        return TT_STEP_DONE;
    case TDMA_XMOV_DST:
        if (value == XMOV_TO_IRAM)
            return TT_STEP_DONE;
        return tt_tile_refuse(tile, risc,
                              "TDMA mover destination 0x%x: only IRAM", value);
    case TDMA_XMOV_DIR:
        if (value == XMOV_L1_TO_L0)
            return TT_STEP_DONE;
        return tt_tile_refuse(
            tile, risc, "TDMA mover direction %u: only 1, L1 to IRAM", value);
    case TDMA_COMMAND:
        return mover_go(tile, risc, value);
    case TDMA_CLK_GATE:
        return TT_STEP_DONE; /* clock gating has no visible effect */
    default:
        return no_register(tile, risc, "store", addr);
    }
}

/* 0xFFB11000: TDMA; 0xFFB12000: debug.c. */
static enum tt_step load_control(struct tt_tile *tile, unsigned risc,
                                 uint32_t addr, uint32_t *out)
{
    switch (addr & 0xF000u) {
    case 0x1000u:
        if ((addr & 0xFFFu) != TDMA_STATUS)
            return no_register(tile, risc, "load", addr);
        *out = XMOV_IDLE; /* the mover is done before the store returns */
        return TT_STEP_DONE;
    case 0x2000u:
        return tt_debug_load(tile, risc, addr & 0xFFFu, out);
    default:
        return no_register(tile, risc, "load", addr);
    }
}

static enum tt_step store_control(struct tt_tile *tile, unsigned risc,
                                  uint32_t addr, uint32_t value)
{
    switch (addr & 0xF000u) {
    case 0x1000u:
        return store_tdma(tile, risc, addr, value);
    case 0x2000u:
        return tt_debug_store(tile, risc, addr & 0xFFFu, value);
    default:
        return no_register(tile, risc, "store", addr);
    }
}

/* Words of tile->overlay[stream]. */
enum { OVERLAY_SRC, OVERLAY_START, OVERLAY_SIZE, OVERLAY_SPACE };

static enum tt_step load_stream(struct tt_tile *tile, unsigned risc,
                                uint32_t addr, uint32_t *out)
{
    const uint32_t *stream = tile->overlay[addr >> 12 & (N_STREAMS - 1)];

    if (tile->check && risc < TT_N_RISC)
        tt_check_learn(tile, risc, TT_SYNC_REGISTERS);
    switch (addr & 0xFFFu) {
    case STREAM_SRC:
        *out = stream[OVERLAY_SRC];
        return TT_STEP_DONE;
    case STREAM_BUF_START:
        *out = stream[OVERLAY_START];
        return TT_STEP_DONE;
    case STREAM_BUF_SIZE:
        *out = stream[OVERLAY_SIZE];
        return TT_STEP_DONE;
    case STREAM_SPACE:
        *out = stream[OVERLAY_SPACE];
        return TT_STEP_DONE;
    default:
        return no_register(tile, risc, "load", addr);
    }
}

static enum tt_step store_stream(struct tt_tile *tile, unsigned risc,
                                 uint32_t addr, uint32_t value)
{
    uint32_t *stream = tile->overlay[addr >> 12 & (N_STREAMS - 1)];

    if (tile->check && risc < TT_N_RISC)
        tt_check_join(tile, risc, TT_SYNC_REGISTERS);
    switch (addr & 0xFFFu) {
    case STREAM_SRC:
        if (value > 0xFFFFFFu)
            return tt_tile_refuse(tile, risc,
                                  "stream REMOTE_SRC = 0x%x: 24 bits", value);
        stream[OVERLAY_SRC] = value;
        break;
    case STREAM_BUF_START:
        stream[OVERLAY_START] = value & STREAM_WORDS_MASK;
        break;
    case STREAM_BUF_SIZE:
        stream[OVERLAY_SIZE] = value & STREAM_WORDS_MASK;
        stream[OVERLAY_SPACE] = value & STREAM_WORDS_MASK;
        break;
    case STREAM_SPACE_ADD:
        if (value & 0x3Fu)
            return tt_tile_refuse(tile, risc,
                                  "stream SPACE_AVAILABLE_UPDATE = 0x%x: low "
                                  "6 bits (destination) must be 0",
                                  value);
        stream[OVERLAY_SPACE] =
            (stream[OVERLAY_SPACE] + (value >> 6)) & STREAM_WORDS_MASK;
        break;
    default:
        return no_register(tile, risc, "store", addr);
    }
    tt_tile_changed(tile);
    return TT_STEP_DONE;
}

/* ---- the coprocessor's side: cores of the tile only ---- */

static bool is_trisc(unsigned risc)
{
    return risc >= TT_RISC_T0 && risc <= TT_RISC_T2;
}

/* Semaphores, TTSync and MOP sync. BRISC has buffers of its own on silicon;
 * ttsim gives them to TRISCs only. */
static enum tt_step load_pcbuf(struct tt_tile *tile, unsigned risc,
                               uint32_t addr, uint32_t *out)
{
    uint32_t offset = addr & 0xFFFFu;

    if (!is_trisc(risc))
        return no_register(tile, risc, "load", addr);
    if (offset >= PCBUF_SEMAPHORES && offset < PCBUF_SEMAPHORES + 32) {
        *out = tile->tensix.sem[(offset - PCBUF_SEMAPHORES) / 4];
        if (tile->check)
            tt_check_learn(tile, risc,
                           TT_SYNC_SEM + (offset - PCBUF_SEMAPHORES) / 4);
        return TT_STEP_DONE;
    }
    if (offset != PCBUF_TTSYNC && offset != PCBUF_MOP_SYNC)
        return no_register(tile, risc, "load", addr);
    *out = 0;
    if (offset == PCBUF_TTSYNC &&
        !tt_tensix_idle(&tile->tensix, risc - TT_RISC_T0))
        return TT_STEP_WAIT;
    if (offset == PCBUF_MOP_SYNC && tile->delay &&
        !tt_delay_mop_idle(&tile->tensix, risc - TT_RISC_T0))
        return TT_STEP_WAIT;
    return TT_STEP_DONE;
}

/* Store 0 posts, 1 gets (PCBufs.md; ttsim refuses to saturate). */
static enum tt_step store_semaphore(struct tt_tile *tile, unsigned risc,
                                    unsigned index, uint32_t value)
{
    uint8_t *sem = &tile->tensix.sem[index];
    enum tt_step step;

    if (value > 1)
        return tt_tile_refuse(tile, risc,
                              "semaphore %u: store of 0x%x; 0 posts, 1 gets",
                              index, value);
    if (value ? *sem == 0 : *sem >= SEMAPHORE_MAX)
        return tt_tile_refuse(tile, risc, "semaphore %u: %s at %u", index,
                              value ? "get" : "post", *sem);
    *sem = (uint8_t)(value ? *sem - 1 : *sem + 1);
    if (tile->check)
        tt_check_join(tile, risc, TT_SYNC_SEM + index);
    step = tt_tensix_run(&tile->tensix);
    tt_tile_changed(tile);
    return step == TT_STEP_FAULT ? step : TT_STEP_DONE;
}

static enum tt_step store_pcbuf(struct tt_tile *tile, unsigned risc,
                                uint32_t addr, uint32_t value)
{
    uint32_t offset = addr & 0xFFFFu;

    if (!is_trisc(risc))
        return no_register(tile, risc, "store", addr);
    if (offset >= PCBUF_SEMAPHORES && offset < PCBUF_SEMAPHORES + 32)
        return store_semaphore(tile, risc, (offset - PCBUF_SEMAPHORES) / 4,
                               value);
    if (offset == PCBUF_TTSYNC || offset == PCBUF_MOP_SYNC)
        return TT_STEP_DONE;
    return no_register(tile, risc, "store", addr);
}

/* A push may change semaphores: the frontend wakes who waits for them. */
static enum tt_step push(struct tt_tile *tile, unsigned risc, uint32_t addr,
                         uint32_t insn)
{
    unsigned aperture = (addr >> 16) - 0xFFE4u;

    if (addr & 0xFFFFu)
        return no_register(tile, risc, "store", addr);
    if (risc == TT_RISC_B)
        return tt_tensix_push(&tile->tensix, aperture, insn, false);
    if (!is_trisc(risc) || aperture)
        return no_register(tile, risc, "store", addr);
    return tt_tensix_push(&tile->tensix, risc - TT_RISC_T0, insn, true);
}

/* Mailboxes.md; one value deep, as in ttsim. At 0x1000 * i a load takes what
 * core i sent here, a store sends to core i. */
static enum tt_step load_mailbox(struct tt_tile *tile, unsigned risc,
                                 uint32_t addr, uint32_t *out)
{
    unsigned from = addr >> 12 & 0xFu;

    if (risc > TT_RISC_T2 || from > TT_RISC_T2 || addr & 0xFFFu)
        return no_register(tile, risc, "load", addr);
    if (!tile->mailbox_full[from][risc])
        return TT_STEP_WAIT;
    *out = tile->mailbox[from][risc];
    if (tile->check)
        tt_check_learn(tile, risc, TT_SYNC_MAILBOX + from * 4 + risc);
    tile->mailbox_full[from][risc] = false;
    tt_tile_changed(tile);
    return TT_STEP_DONE;
}

static enum tt_step store_mailbox(struct tt_tile *tile, unsigned risc,
                                  uint32_t addr, uint32_t value)
{
    unsigned to = addr >> 12 & 0xFu;

    if (risc > TT_RISC_T2 || to > TT_RISC_T2 || addr & 0xFFFu)
        return no_register(tile, risc, "store", addr);
    if (tile->mailbox_full[risc][to])
        return TT_STEP_WAIT;
    tile->mailbox[risc][to] = value;
    if (tile->check)
        tt_check_join(tile, risc, TT_SYNC_MAILBOX + risc * 4 + to);
    tile->mailbox_full[risc][to] = true;
    tt_tile_changed(tile);
    return TT_STEP_DONE;
}

/* GPRs of the own thread; null for everybody else. */
static uint32_t *gpr(struct tt_tile *tile, unsigned risc, uint32_t addr)
{
    uint32_t index = (addr & 0xFFFFu) / 4;

    if (!is_trisc(risc) || index >= TT_N_GPR)
        return NULL;
    return &tile->tensix.thread[risc - TT_RISC_T0].gpr[index];
}

static enum tt_step load_gpr(struct tt_tile *tile, unsigned risc, uint32_t addr,
                             uint32_t *out)
{
    const uint32_t *reg = gpr(tile, risc, addr);

    if (!reg)
        return no_register(tile, risc, "load", addr);
    if (tile->delay)
        tt_delay_land(tile, risc);
    *out = *reg;
    return TT_STEP_DONE;
}

static enum tt_step store_gpr(struct tt_tile *tile, unsigned risc,
                              uint32_t addr, uint32_t value)
{
    uint32_t *reg = gpr(tile, risc, addr);

    if (!reg)
        return no_register(tile, risc, "store", addr);
    if (tile->delay && tt_delay_store(tile, risc, addr, value))
        return TT_STEP_DONE;
    *reg = value;
    return TT_STEP_DONE;
}

static enum tt_step store_mop(struct tt_tile *tile, unsigned risc,
                              uint32_t addr, uint32_t value)
{
    uint32_t index = (addr & 0xFFFFu) / 4;

    if (!is_trisc(risc) || index >= 9)
        return no_register(tile, risc, "store", addr);
    tile->tensix.thread[risc - TT_RISC_T0].mop_cfg[index] = value;
    return TT_STEP_DONE;
}

static enum tt_step load_config(struct tt_tile *tile, unsigned risc,
                                uint32_t addr, uint32_t *out)
{
    uint32_t word = (addr & 0xFFFFu) / 4;

    if (risc > TT_RISC_T2 || word >= TT_N_CFG)
        return no_register(tile, risc, "load", addr);
    if (tile->delay)
        tt_delay_land(tile, risc);
    return tt_cfg_read(&tile->tensix, 0, word, out);
}

static enum tt_step store_config(struct tt_tile *tile, unsigned risc,
                                 uint32_t addr, uint32_t value)
{
    uint32_t word = (addr & 0xFFFFu) / 4;

    if (risc > TT_RISC_T2 || word >= TT_N_CFG)
        return no_register(tile, risc, "store", addr);
    if (tile->delay && tt_delay_store(tile, risc, addr, value))
        return TT_STEP_DONE;
    return tt_cfg_write(&tile->tensix, 0, word, value);
}

/* ---- decode ---- */

static enum tt_step load(struct tt_tile *tile, unsigned risc, uint32_t addr,
                         uint32_t *out)
{
    switch (addr >> 16) {
    case 0xFFB1u:
        return load_control(tile, risc, addr, out);
    case 0xFFB2u:
    case 0xFFB3u:
        return tt_noc_load(tile, risc, addr >> 16 & 1u, addr & 0xFFFFu, out);
    case 0xFFB4u:
    case 0xFFB5u:
    case 0xFFB6u:
    case 0xFFB7u:
        return load_stream(tile, risc, addr, out);
    case 0xFFE0u:
        return load_gpr(tile, risc, addr, out);
    case 0xFFE8u:
        return load_pcbuf(tile, risc, addr, out);
    case 0xFFECu:
        return load_mailbox(tile, risc, addr, out);
    case 0xFFEFu:
        return load_config(tile, risc, addr, out);
    default:
        return no_register(tile, risc, "load", addr);
    }
}

static enum tt_step store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                          uint32_t value)
{
    switch (addr >> 16) {
    case 0xFFB1u:
        return store_control(tile, risc, addr, value);
    case 0xFFB2u:
    case 0xFFB3u:
        return tt_noc_store(tile, risc, addr >> 16 & 1u, addr & 0xFFFFu, value);
    case 0xFFB4u:
    case 0xFFB5u:
    case 0xFFB6u:
    case 0xFFB7u:
        return store_stream(tile, risc, addr, value);
    case 0xFFB8u:
        return store_mop(tile, risc, addr, value);
    case 0xFFE0u:
        return store_gpr(tile, risc, addr, value);
    case 0xFFE4u:
    case 0xFFE5u:
    case 0xFFE6u:
        return push(tile, risc, addr, value);
    case 0xFFE8u:
        return store_pcbuf(tile, risc, addr, value);
    case 0xFFECu:
        return store_mailbox(tile, risc, addr, value);
    case 0xFFEFu:
        return store_config(tile, risc, addr, value);
    default:
        return no_register(tile, risc, "store", addr);
    }
}

enum tt_step tt_tile_load(struct tt_tile *tile, unsigned risc, uint32_t addr,
                          unsigned size, uint32_t *out)
{
    enum tt_step step;

    if (size != 4 || addr % 4)
        return tt_tile_refuse(tile, risc,
                              "load of %u bytes at 0x%08x: registers take 4 "
                              "aligned bytes",
                              size, addr);
    step = load(tile, risc, addr, out);
    if (step == TT_STEP_WAIT && risc < TT_N_RISC)
        tile->blocked[risc] = addr;
    return step;
}

enum tt_step tt_tile_store(struct tt_tile *tile, unsigned risc, uint32_t addr,
                           unsigned size, uint32_t value)
{
    enum tt_step step;

    if (size != 4 || addr % 4)
        return tt_tile_refuse(tile, risc,
                              "store of %u bytes at 0x%08x: registers take 4 "
                              "aligned bytes",
                              size, addr);
    step = store(tile, risc, addr, value);
    if (step == TT_STEP_WAIT && risc < TT_N_RISC)
        tile->blocked[risc] = addr;
    return step;
}

/* NIU_MST counters, by offset (NoC/Counters.md). */
#define FIRST_COUNTER 0x200u
#define LAST_COUNTER  0x2BCu

/* GPRs, Config and the other NOC registers change without tt_tile_changed(),
 * the clock always, and a mailbox is emptied by the load. */
bool tt_tile_load_is_pure(const struct tt_tile *tile, unsigned risc,
                          uint32_t addr)
{
    uint32_t offset = addr & 0xFFFFu;

    (void)tile;
    (void)risc;
    switch (addr >> 16) {
    case 0xFFB2u:
    case 0xFFB3u:
        return offset >= FIRST_COUNTER && offset <= LAST_COUNTER;
    case 0xFFB4u:
    case 0xFFB5u:
    case 0xFFB6u:
    case 0xFFB7u:
    case 0xFFE8u:
        return true;
    case 0xFFB1u:
        return offset == (0x1000u | TDMA_STATUS);
    default:
        return false;
    }
}

/* Nothing else than the load of a mailbox, of the clock (which latches), or of
 * what blocks has an effect; delayed stores are behind a load of Config. */
bool tt_tile_load_is_repeatable(const struct tt_tile *tile, uint32_t addr)
{
    switch (addr >> 16) {
    case 0xFFB2u:
    case 0xFFB3u:
        return true;
    case 0xFFE0u:
    case 0xFFEFu:
        return !tile->delay;
    default:
        return false;
    }
}
