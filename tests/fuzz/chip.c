/* SPDX-License-Identifier: MIT */
/* A chip for hostile guest code, and what must hold whatever that does. */
#include "tests/fuzz/chip.h"

#include <string.h>

#include "device/arch.h"
#include "device/emu/tensix_ops.h"

struct tt_chip *fuzz_chip_new(enum fuzz_mode mode, uint64_t seed,
                              unsigned n_tiles)
{
    struct tt_device *dev = NULL;
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
    setenv("TT_EMU_THREADS", "1", 1);
    setenv("TT_EMU_CHECK", mode == FUZZ_CHECKED ? "1" : "0", 1);
    setenv("TT_EMU_DELAY", mode == FUZZ_DELAYED ? text : "", 1);
    FUZZ_CHECK(tt_emu_open(&dev) >= 0);
    for (unsigned i = 0; i < n_tiles; i++)
        FUZZ_CHECK(tt_chip_tile((struct tt_chip *)dev, i));
    return (struct tt_chip *)dev;
}

static void check_core(const struct tt_tile *tile, unsigned risc)
{
    const struct tt_rv32 *core = &tile->rv[risc];
    bool is_t = risc >= TT_RISC_T0 && risc <= TT_RISC_T2;

    FUZZ_CHECK(core->tile == tile && core->risc == risc);
    FUZZ_CHECK(core->local_size == (is_t ? TT_LOCAL_T_SIZE : TT_LOCAL_DM_SIZE));
    FUZZ_CHECK(core->x[0] == 0 && core->state <= TT_RV32_FAULT);
    FUZZ_CHECK(!core->current && !core->orphan);
    FUZZ_CHECK(core->n_watch <= TT_RV32_WATCH);
}

static void check_thread(const struct tt_thread *th)
{
    FUZZ_CHECK(th->fifo_head < TT_FIFO_SIZE && th->fifo_len < TT_FIFO_SIZE);
    FUZZ_CHECK(th->replay_index < TT_REPLAY_SIZE);
    FUZZ_CHECK(th->replay_left <= TT_REPLAY_SIZE);
}

/* What no instruction has access to. */
static void check_tile(const struct tt_chip *chip, unsigned index)
{
    const struct tt_tile *tile = chip->tile[index];
    const struct tt_tensix *t = &tile->tensix;

    FUZZ_CHECK(tile->chip == chip && tile->index == index && tile->l1);
    FUZZ_CHECK(t->tile == tile && t->check == tile->check);
    FUZZ_CHECK(!tile->check == !chip->checker);
    FUZZ_CHECK(!tile->delay == !chip->delayed);
    FUZZ_CHECK(t->insn_thread == TT_N_THREADS);
    FUZZ_CHECK(t->src_a.unpack_bank < 2 && t->src_a.matrix_bank < 2);
    FUZZ_CHECK(t->src_b.unpack_bank < 2 && t->src_b.matrix_bank < 2);
    for (unsigned i = 0; i < TT_N_RISC; i++)
        check_core(tile, i);
    for (unsigned i = 0; i < TT_N_THREADS; i++)
        check_thread(&t->thread[i]);
}

/* What a launcher asks for after a fault or a deadlock. */
static void describe(struct tt_device *dev, unsigned index)
{
    struct tt_noc_addr at =
        tt_arch_worker(dev->info.arch, index % 8u, index / 8u, 0);
    struct tt_core_state state;
    struct tt_fault fault;

    while (tt_device_fault(dev, &fault))
        FUZZ_CHECK(memchr(fault.text, 0, sizeof(fault.text)));
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        FUZZ_CHECK(tt_device_core_state(dev, at, risc, &state) >= 0);
        FUZZ_CHECK(memchr(state.what, 0, sizeof(state.what)));
    }
}

void fuzz_chip_free(struct tt_chip *chip)
{
    for (unsigned i = 0; i < TT_CHIP_TILES; i++) {
        if (!chip->tile[i])
            continue;
        check_tile(chip, i);
        describe(&chip->dev, i);
    }
    tt_device_close(&chip->dev);
}

uint32_t fuzz_address(struct fuzz_input *in)
{
    static const uint32_t base[] = {
        0x00000000, 0x00010000, TT_L1_SIZE - 64,    0xFFB00000,
        0xFFB00800, 0xFFB01000, TT_NC_IRAM_BASE,    0xFFB11000,
        0xFFB12000, 0xFFB12180, 0xFFB20000,         0xFFB20200,
        0xFFB30000, 0xFFB30200, 0xFFB40000,         0xFFB7F000,
        0xFFB80000, 0xFFE00000, 0xFFE40000,         0xFFE50000,
        0xFFE60000, 0xFFE80000, 0xFFE80020,         0xFFEC0000,
        0xFFEF0000, 0xFFEF0000, 0xFFEF0000 + 0x180, 0xFFEF0000 + 0x260,
        TT_L1_SIZE, 0xFFFFFFC0, 0x00003000,         0xFFEC1000,
    };
    uint8_t region = fuzz_u8(in);
    uint32_t offset = fuzz_u8(in) * 4u;

    /* One in eight is not aligned. */
    if (region >= 0xE0)
        offset += region & 3u;
    return base[region % (sizeof(base) / sizeof(base[0]))] + offset;
}

#define ROW_FRONT(opcode, mnemonic)            {opcode, 0},
#define ROW_OP(opcode, mnemonic, name, unused) {opcode, unused},
#define ROW_NONE(opcode, mnemonic)

uint32_t fuzz_tensix_insn(struct fuzz_input *in)
{
    static const struct {
        uint8_t opcode;
        uint32_t unused;
    } ops[] = {TT_TENSIX_OPS(ROW_FRONT, ROW_OP, ROW_NONE)};
    const unsigned n = sizeof(ops) / sizeof(ops[0]);
    uint8_t which = fuzz_u8(in);
    uint32_t operands = fuzz_u32(in), dirty = operands >> 24;

    if (which >= 2 * n)
        return operands << 8 | which;
    operands &= 0xFFFFFFu;
    if (dirty != 0xFF)
        operands &= ~ops[which % n].unused;
    return (uint32_t)ops[which % n].opcode << 24 | operands;
}
