/* SPDX-License-Identifier: MIT */
/* Tensix instructions: encoders and the two ways to issue them.
 * Source: tt-isa-documentation WormholeB0/TensixTile/TensixCoprocessor, one
 * page per instruction; names follow its mnemonics. */
#ifndef TT_TENSIX_H
#define TT_TENSIX_H

#include "tt/core.h"

namespace ttk
{

using insn_t = uint32_t;

namespace op
{

/* STALLWAIT and SEMWAIT: what is held back ... */
enum : uint32_t {
    block_tdma = 1,
    block_sync = 2,
    block_pack = 4,
    block_unpack = 8,
    block_math = 64,
    block_cfg = 128,
    block_sfpu = 256
};
/* ... and until what has ended. */
enum : uint32_t {
    busy_unpack0 = 2,
    busy_unpack1 = 4,
    busy_pack = 0x78,
    busy_math = 0x80,
    busy_sfpu = 0x4000
};
enum : uint32_t { while_zero = 1, while_max = 2 };
enum : uint32_t { adc_unpack0 = 1, adc_unpack1 = 2, adc_pack = 4 };

constexpr insn_t make(uint32_t opcode, uint32_t fields)
{
    return opcode << 24 | fields;
}

constexpr insn_t nop = make(0x02, 0);
constexpr insn_t dmanop = make(0x60, 0);
constexpr insn_t sfpnop = make(0x8F, 0);
constexpr insn_t mop = make(0x01, 1u << 23);

constexpr insn_t replay(uint32_t start, uint32_t len)
{
    return make(0x04, start << 14 | len << 4);
}
constexpr insn_t record(uint32_t start, uint32_t len)
{
    return make(0x04, start << 14 | len << 4 | 1);
}
constexpr insn_t setc16(uint32_t index, uint32_t value)
{
    return make(0xB2, index << 16 | (value & 0xFFFF));
}

/* Synchronisation */
constexpr insn_t stallwait(uint32_t block, uint32_t busy)
{
    return make(0xA2, block << 15 | busy);
}
constexpr insn_t seminit(uint32_t sem, uint32_t max, uint32_t value)
{
    return make(0xA3, max << 20 | value << 16 | 4u << sem);
}
constexpr insn_t sempost(uint32_t sem)
{
    return make(0xA4, 4u << sem);
}
constexpr insn_t semget(uint32_t sem)
{
    return make(0xA5, 4u << sem);
}
constexpr insn_t semwait(uint32_t block, uint32_t sem, uint32_t condition)
{
    return make(0xA6, block << 15 | 4u << sem | condition);
}

/* Configuration: one byte of a word, under a mask */
constexpr insn_t rmwcib(uint32_t byte, uint32_t word, uint32_t mask,
                        uint32_t value)
{
    return make(0xB3 + byte, mask << 16 | (value & 0xFF) << 8 | word);
}
constexpr insn_t wrcfg128(uint32_t gpr, uint32_t word)
{
    return make(0xB0, gpr << 16 | 1u << 15 | word);
}
constexpr insn_t setdmareg(uint32_t half_register, uint32_t value)
{
    return make(0x45, (value & 0xFFFF) << 8 | half_register);
}

/* Address counters */
constexpr insn_t setadcxx(uint32_t which, uint32_t end, uint32_t start)
{
    return make(0x5E, which << 21 | end << 10 | start);
}
constexpr insn_t setadcxy_clear(uint32_t which)
{
    return make(0x51, which << 21 | 0xBu);
}
constexpr insn_t setadczw_clear(uint32_t which)
{
    return make(0x54, which << 21 | 0xFu);
}
constexpr insn_t setadc_w(uint32_t which, uint32_t w) /* channel 0 */
{
    return make(0x54, which << 21 | w << 9 | 2u);
}

/* Movement between L1 and registers */
constexpr insn_t unpacr(uint32_t unpacker, uint32_t give_bank)
{
    return make(0x42, unpacker << 23 | 1u << 7 | give_bank << 6 | 1u);
}
constexpr insn_t unpacr_zero(uint32_t unpacker) /* clear the bank */
{
    return make(0x43, unpacker << 23 | 1u);
}
constexpr insn_t unpacr_give(uint32_t unpacker) /* hand the bank over */
{
    return make(0x43, unpacker << 23 | 7u);
}
constexpr insn_t pacr(uint32_t packers, uint32_t addr_mod)
{
    return make(0x41, addr_mod << 15 | packers << 8 | 1u);
}

/* Matrix unit */
constexpr uint32_t clear_a = 1, clear_b = 2, clear_ab = 3;
constexpr insn_t mova2d(uint32_t addr_mod, uint32_t src, uint32_t dst)
{
    return make(0x12, src << 17 | addr_mod << 15 | 2u << 12 | dst);
}
constexpr insn_t fpu(uint32_t opcode, uint32_t clear, uint32_t addr_mod,
                     uint32_t dst)
{
    return make(opcode, clear << 22 | addr_mod << 15 | dst);
}
constexpr uint32_t elwadd = 0x28, elwsub = 0x30, elwmul = 0x27, mvmul = 0x26;
constexpr insn_t accumulate = 1u << 21; /* ELWADD, ELWSUB: onto Dst */
constexpr insn_t zeroacc_half(uint32_t half, bool wide)
{
    return make(0x10, (wide ? 6u : 2u) << 19 | half);
}
constexpr insn_t zeroacc_all(bool wide)
{
    return make(0x10, (wide ? 7u : 3u) << 19);
}
constexpr insn_t setrwc(uint32_t clear, uint32_t which) /* counters := 0 */
{
    return make(0x37, clear << 22 | which);
}

/* Vector unit */
constexpr insn_t sfpload(uint32_t lreg, uint32_t format, uint32_t addr_mod,
                         uint32_t row)
{
    return make(0x70, lreg << 20 | format << 16 | addr_mod << 14 | row);
}
constexpr insn_t sfpstore(uint32_t lreg, uint32_t format, uint32_t addr_mod,
                          uint32_t row)
{
    return make(0x72, lreg << 20 | format << 16 | addr_mod << 14 | row);
}
constexpr insn_t sfploadi(uint32_t lreg, uint32_t mode, uint32_t value)
{
    return make(0x71, lreg << 20 | mode << 16 | (value & 0xFFFF));
}
constexpr insn_t sfpmad(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return make(0x84, a << 16 | b << 12 | c << 8 | d << 4);
}
constexpr insn_t sfpadd(uint32_t b, uint32_t c, uint32_t d) /* 1.0 * b + c */
{
    return make(0x85, 10u << 16 | b << 12 | c << 8 | d << 4);
}
constexpr insn_t sfpmul(uint32_t a, uint32_t b, uint32_t d) /* a * b + 0 */
{
    return make(0x86, a << 16 | b << 12 | 9u << 8 | d << 4);
}
/* the fields that most other instructions have */
constexpr insn_t sfp_simple(uint32_t opcode, uint32_t d, uint32_t c,
                            uint32_t mode, uint32_t imm = 0)
{
    return make(opcode, (imm & 0xFFF) << 12 | c << 8 | d << 4 | mode);
}
constexpr insn_t sfp_round_bf16(uint32_t c, uint32_t d)
{
    return sfp_simple(0x8E, d, c, 1);
}
constexpr insn_t sfpconfig(uint32_t dest)
{
    return make(0x91, dest << 4);
}
constexpr insn_t sfpencc(uint32_t imm, uint32_t mode)
{
    return make(0x8A, imm << 12 | mode);
}

} /* namespace op */

/* ThreadConfig indexes for setc16 (BackendConfiguration.md) */
namespace thread_word
{
constexpr uint32_t state_id = 0, math_offset = 1, addr_mod_base = 2;
constexpr uint32_t src_a_set = 3, keep_valid = 5, fidelity_phase = 6;
constexpr uint32_t unpack_context = 39;
constexpr uint32_t addr_mod_ab(uint32_t i)
{
    return 7 + 2 * i;
}
constexpr uint32_t addr_mod_dst(uint32_t i)
{
    return 23 + i;
}
constexpr uint32_t addr_mod_pack(uint32_t i)
{
    return 31 + i;
}
constexpr uint32_t addr_mod_bias(uint32_t i)
{
    return 48 + i;
}
} /* namespace thread_word */

/* Config word indexes (tensix.md section 7) */
namespace word
{
constexpr uint32_t alu_format = 1, alu_flags = 2, ecc_scrubber = 3;
constexpr uint32_t pack_stride_xy = 8, pack_stride_zw = 9;
constexpr uint32_t pack_read_mode = 14, row_set_mapping = 16, edge_mask = 20;
constexpr uint32_t pack_counters = 24, unpack_dest_counter = 41;
constexpr uint32_t unpack0_stride = 44;
constexpr uint32_t unpack0 = 52, unpack1 = 92;
/* offsets inside the blocks of the two unpackers */
constexpr uint32_t descriptor = 0, out_format = 8, context_flags = 9;
constexpr uint32_t base = 12, base_context1 = 13, dest = 20, x_dim = 22;
constexpr uint32_t offset = 28;
constexpr uint32_t pack_dst_row = 152, icache_drop = 157;
constexpr uint32_t trisc_pc = 158, trisc_pc_enable = 161;
constexpr uint32_t ncrisc_pc = 162, ncrisc_pc_enable = 163;
constexpr uint32_t prng_seed = 164;
/* first word of packer i's block: exponent section, L1 address, formats,
 * L1 accumulation */
constexpr uint32_t packer(uint32_t i)
{
    return i == 0 ? 56 : i == 1 ? 84 : i == 2 ? 96 : 124;
}
} /* namespace word */

/** config_settled - wait until all stores to Config have arrived, also to words
 *  that cannot be read back: one that can is stored as it is and loaded. Only a
 *  load from where the last store went is behind it (MemoryOrdering.md). */
TT_INLINE void config_settled()
{
    config(word::pack_counters) = 16u << 8;
    (void)settled(tensix_config + 4 * word::pack_counters);
}

/** emit - issue an instruction known at compile time: one word in the code
 *  (the ".ttinsn" form: the instruction rotated left by two) */
template <insn_t insn> TT_INLINE void emit()
{
    __asm__ volatile(".word %0" : : "i"(insn << 2 | insn >> 30));
}

/** push - issue an instruction computed at run time. On ttsim this way has no
 *  back-pressure, so every operation also issues at least one with emit(). */
TT_INLINE void push(insn_t insn)
{
    reg(instruction_buffer) = insn;
}

/** issue - the better of the two */
TT_INLINE void issue(insn_t insn)
{
    if (__builtin_constant_p(insn))
        __asm__ volatile(".word %0" : : "i"(insn << 2 | insn >> 30));
    else
        push(insn);
}

/** drain - wait until this thread's instructions have all been executed; to
 *  wait for a unit's pipeline precede it with STALLWAIT and DMANOP */
TT_INLINE void drain()
{
    reg(pc_buffer_sync) = 0;
    (void)settled(pc_buffer_sync);
}

/** struct mop_loop - configuration of the MOP expander, template 1
 *  @outer, @inner: loop counts
 *  @body: repeated instruction
 *  @last: replaces the last @body of the last outer round
 *  @next: replaces the last @body of the other outer rounds
 *  @end: after each outer round; op::nop = none */
struct mop_loop {
    uint32_t outer, inner;
    insn_t body, last, next, end;
};

/** set_mop - program this thread's expander; waits for it to be idle, since
 *  the hardware reads its configuration while it expands (MOPExpander.md) */
TT_INLINE void set_mop(const mop_loop &loop)
{
    reg(pc_buffer_mop_sync) = 0;
    (void)settled(pc_buffer_mop_sync);
    reg(mop_config + 0) = loop.outer;
    reg(mop_config + 4) = loop.inner;
    reg(mop_config + 8) = op::nop;
    reg(mop_config + 12) = loop.end;
    reg(mop_config + 16) = op::nop;
    reg(mop_config + 20) = loop.body;
    reg(mop_config + 24) = op::nop;
    reg(mop_config + 28) = loop.last;
    reg(mop_config + 32) = loop.next;
    /* These words cannot be read back, and stores to different regions may
     * overtake each other (MemoryOrdering.md): another round trip gives them
     * the time to arrive before a MOP does. */
    reg(pc_buffer_mop_sync) = 0;
    (void)settled(pc_buffer_mop_sync);
}

/* Coprocessor semaphores */
constexpr uint32_t sem_dst = TT_SEM_DST; /* halves ready to pack, max 2 */
constexpr uint32_t sem_dst_lent = 1; /* math lets the unpacker write Dst */
constexpr uint32_t sem_dst_done = 2; /* the unpacker has written Dst */

} /* namespace ttk */

#endif
