/* SPDX-License-Identifier: MIT */
/*
 * Tile control, debug and status registers: reset, clock, debug daisychain,
 * debug reads of Config and Dst. Source: TileControlDebugStatus.md,
 * DebugDaisychain.md, DebugTimestamper.md, SoftReset.md; what ttsim v1.10.0
 * refuses is refused here.
 */
#include "device/emu/debug.h"

#include "device/emu/chip.h"

#define DBG_BUS_CNTL      0x054u
#define CFGREG_RD_CNTL    0x058u
#define DBG_RD_DATA       0x05Cu
#define DBG_ARRAY_RD_EN   0x060u
#define DBG_ARRAY_RD_CMD  0x064u
#define FEATURE_DISABLE   0x068u
#define DBG_ARRAY_RD_DATA 0x06Cu
#define CFGREG_RDDATA     0x078u
#define SOFT_RESET_0      0x1B0u
#define WALL_CLOCK_0      0x1F0u
#define WALL_CLOCK_1      0x1F4u
#define WALL_CLOCK_1_AT   0x1F8u

/* DBG_BUS_CNTL_REG (DebugDaisychain.md) */
#define BUS_RESERVED 0xD9000000u
#define BUS_ENABLED  0x20000000u

/* The only DBG_ARRAY_RD_CMD that ttsim has: array 2, which is Dst. */
#define ARRAY_DST 2u

/* Names of the registers that are not modelled, for reports. */
static const struct {
    uint16_t first, last;
    const char *name;
} not_modelled[] = {
    {0x000, 0x044, "performance counter control (RISCV_DEBUG_REG_PERF_CNT)"},
    {0x048, 0x050, "DBG_L1_MEM_REG0 to 2"},
    {0x070, 0x074, "CG_CTRL_HYST"},
    {0x07C, 0x07C, "CG_CTRL_HYST2"},
    {0x080, 0x08C, "RISC_DBG_CNTL and RISC_DBG_STATUS"},
    {0x090, 0x090, "TRISC_PC_BUF_OVERRIDE"},
    {0x094, 0x094, "DBG_INVALID_INSTRN"},
    {0x0A0, 0x0A8, "INSTRN_BUF_CTRL and INSTRN_BUF_STATUS"},
    {0x0AC, 0x0B4, "STOCH_RND_MASK and FPU_STICKY_BITS"},
    {0x0F0, 0x124, "performance counters (RISCV_DEBUG_REG_PERF_CNT)"},
    {0x1D0, 0x1E8, "ECC and watchdog"},
    {0x1FC, 0x214, "TIMESTAMP_DUMP"},
};

static enum tt_step refuse(struct tt_tile *tile, unsigned risc,
                           const char *verb, uint32_t offset)
{
    const char *name = "no register";

    for (size_t i = 0; i < sizeof(not_modelled) / sizeof(not_modelled[0]); i++)
        if (offset >= not_modelled[i].first && offset <= not_modelled[i].last)
            name = not_modelled[i].name;
    return tt_tile_refuse(tile, risc, "%s at 0x%08x: %s, is not modelled", verb,
                          0xFFB12000u + offset, name);
}

/* ---- the debug daisychain: 128 bits of state, of which 32 are seen ---- */

struct chain {
    uint32_t word[4];
};

/* Bits of @value beyond the end are lost. */
static void chain_put(struct chain *c, unsigned bit, uint32_t value)
{
    uint64_t wide = (uint64_t)value << bit % 32;

    c->word[bit / 32] |= (uint32_t)wide;
    if (bit / 32 < 3)
        c->word[bit / 32 + 1] |= (uint32_t)(wide >> 32);
}

/* Address counters: those of the packers of thread 2, else of thread 0. */
static void chain_adc(const struct tt_tensix *t, unsigned adc, unsigned channel,
                      struct chain *c)
{
    const struct tt_thread *th = &t->thread[adc == TT_ADC_PACK ? 2 : 0];
    const struct tt_adc_channel *ch = &th->adc[adc].ch[channel];

    chain_put(c, 0, ch->x);
    chain_put(c, 18, ch->x_cr);
    chain_put(c, 64, ch->y);
    chain_put(c, 80, ch->y_cr);
    chain_put(c, 96, ch->z);
    chain_put(c, 104, ch->z_cr);
    chain_put(c, 112, ch->w);
    chain_put(c, 120, ch->w_cr);
}

/* Who has which bank of SrcA or SrcB, from @bit on. */
static void chain_src(const struct tt_src *src, unsigned bit, struct chain *c)
{
    chain_put(c, bit, !src->valid[src->unpack_bank]);
    chain_put(c, bit + 1, src->valid[src->matrix_bank]);
    chain_put(c, bit + 6, src->valid[1]);
    chain_put(c, bit + 7, src->valid[0]);
    chain_put(c, bit + 8, src->matrix_bank);
    chain_put(c, bit + 9, src->matrix_bank);
    chain_put(c, bit + 10, src->unpack_bank);
}

/* RWCs of SrcA, SrcB, and of Dst for thread 0. */
static void chain_rwc(const struct tt_tensix *t, struct chain *c)
{
    for (unsigned i = 0; i < TT_N_THREADS; i++) {
        const struct tt_rwc *rwc = &t->thread[i].rwc;

        chain_put(c, 16 * i, rwc->src_a);
        chain_put(c, 16 * i + 8, rwc->src_a_cr);
        chain_put(c, 16 * i + 48, rwc->src_b);
        chain_put(c, 16 * i + 56, rwc->src_b_cr);
    }
    chain_put(c, 96, t->thread[0].rwc.dst);
    chain_put(c, 112, t->thread[0].rwc.dst_cr);
}

static void chain_rwc_dst(const struct tt_tensix *t, struct chain *c)
{
    for (unsigned i = 1; i < TT_N_THREADS; i++) {
        chain_put(c, 32 * (i - 1), t->thread[i].rwc.dst);
        chain_put(c, 32 * (i - 1) + 16, t->thread[i].rwc.dst_cr);
    }
}

/* What @daisy and @signal select; false: not modelled. */
static bool chain_select(const struct tt_tensix *t, uint32_t daisy,
                         uint32_t signal, struct chain *c)
{
    if (daisy == 6 && signal <= 5) {
        chain_adc(t, signal / 2, signal % 2, c);
    } else if (daisy == 6 && signal == 9) {
        chain_src(&t->src_a, 84, c);
        chain_src(&t->src_b, 100, c);
    } else if (daisy == 3 && signal == 2) {
        chain_rwc(t, c);
    } else if (daisy == 3 && signal == 3) {
        chain_rwc_dst(t, c);
    } else if (daisy == 3 && signal == 4) {
        for (unsigned i = 0; i < TT_N_THREADS; i++)
            chain_put(c, 62 + 2 * i, t->thread[i].rwc.fidelity);
    } else {
        return false;
    }
    return true;
}

static enum tt_step load_bus(struct tt_tile *tile, unsigned risc, uint32_t *out)
{
    uint32_t bus = tile->debug.bus;
    uint32_t daisy = TT_BITS(bus, 23, 16), signal = TT_BITS(bus, 15, 0);
    struct chain c = {{0}};

    if (!(bus & BUS_ENABLED))
        return tt_tile_refuse(tile, risc,
                              "DBG_RD_DATA: the daisychain is not enabled");
    if (!chain_select(&tile->tensix, daisy, signal, &c))
        return tt_tile_refuse(tile, risc,
                              "DBG_RD_DATA: DaisySel %u, SignalSel %u are not "
                              "modelled",
                              (unsigned)daisy, (unsigned)signal);
    *out = c.word[TT_BITS(bus, 26, 25)];
    return TT_STEP_DONE;
}

/* ---- debug reads of Dst and of Config ---- */

/* Two cells of a row, as the hardware keeps them. */
static enum tt_step load_array(struct tt_tile *tile, unsigned risc,
                               uint32_t *out)
{
    uint32_t cmd = tile->debug.array;
    uint32_t row = TT_BITS(cmd, 11, 0), pair = TT_BITS(cmd, 15, 12);
    const uint16_t *cell;

    if (!tile->debug.array_enabled)
        return tt_tile_refuse(tile, risc,
                              "DBG_ARRAY_RD_DATA: DBG_ARRAY_RD_EN is 0");
    if (row >= TT_DST_ROWS || 2 * pair >= TT_ROW || cmd >> 16 != ARRAY_DST)
        return tt_tile_refuse(tile, risc,
                              "DBG_ARRAY_RD_CMD 0x%x: only Dst, array 2, is "
                              "modelled, with row and pair of cells that exist",
                              (unsigned)cmd);
    cell = &tile->tensix.dst[row][2 * pair];
    *out = tile->tensix.dst_valid[row] ? cell[0] | (uint32_t)cell[1] << 16 : 0;
    return TT_STEP_DONE;
}

static enum tt_step store_array(struct tt_tile *tile, unsigned risc,
                                uint32_t value)
{
    if (!tile->debug.array_enabled)
        return tt_tile_refuse(tile, risc,
                              "DBG_ARRAY_RD_CMD: DBG_ARRAY_RD_EN is 0");
    tile->debug.array = value;
    return TT_STEP_DONE;
}

static enum tt_step read_config(struct tt_tile *tile, unsigned risc,
                                uint32_t word)
{
    if (!tt_cfg_can_read(word))
        return tt_tile_refuse(tile, risc,
                              "CFGREG_RD_CNTL: Config word %u cannot be read",
                              (unsigned)word);
    return tt_cfg_read(&tile->tensix, 0, word, &tile->debug.config);
}

/* ---- registers ---- */

static uint64_t wall_clock(const struct tt_tile *tile)
{
    uint64_t now = tile->chip->now;

    return (tile->clock > now ? tile->clock : now) + tile->ahead;
}

enum tt_step tt_debug_load(struct tt_tile *tile, unsigned risc, uint32_t offset,
                           uint32_t *out)
{
    switch (offset) {
    case DBG_RD_DATA:
        return load_bus(tile, risc, out);
    case DBG_ARRAY_RD_DATA:
        return load_array(tile, risc, out);
    case CFGREG_RDDATA:
        *out = tile->debug.config;
        return TT_STEP_DONE;
    case FEATURE_DISABLE:
        *out = 0;
        return TT_STEP_DONE;
    case SOFT_RESET_0:
        *out = tile->soft_reset;
        return TT_STEP_DONE;
    case WALL_CLOCK_0: /* keeps the upper half for WALL_CLOCK_1_AT */
        *out = (uint32_t)wall_clock(tile);
        tile->debug.clock_high = (uint32_t)(wall_clock(tile) >> 32);
        return TT_STEP_DONE;
    case WALL_CLOCK_1:
        *out = (uint32_t)(wall_clock(tile) >> 32);
        return TT_STEP_DONE;
    case WALL_CLOCK_1_AT:
        *out = tile->debug.clock_high;
        return TT_STEP_DONE;
    default:
        return refuse(tile, risc, "load", offset);
    }
}

enum tt_step tt_debug_store(struct tt_tile *tile, unsigned risc,
                            uint32_t offset, uint32_t value)
{
    switch (offset) {
    case DBG_BUS_CNTL:
        if (value & BUS_RESERVED)
            break;
        tile->debug.bus = value;
        return TT_STEP_DONE;
    case CFGREG_RD_CNTL:
        return read_config(tile, risc, value);
    case DBG_ARRAY_RD_EN:
        if (value > 1)
            break;
        tile->debug.array_enabled = value;
        return TT_STEP_DONE;
    case DBG_ARRAY_RD_CMD:
        return store_array(tile, risc, value);
    case FEATURE_DISABLE:
        if (value)
            break;
        return TT_STEP_DONE;
    case SOFT_RESET_0:
        return tt_tile_set_reset(tile, risc, value);
    default:
        return refuse(tile, risc, "store", offset);
    }
    return tt_tile_refuse(tile, risc,
                          "store of 0x%x to 0x%08x: not a value that is "
                          "modelled",
                          (unsigned)value, 0xFFB12000u + offset);
}
