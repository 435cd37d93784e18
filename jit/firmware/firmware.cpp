/* SPDX-License-Identifier: MIT */
/* Resident firmware of the five cores: boot and launch loop.
 *
 * Compiled once per core. It keeps its state in registers and on the stack, as
 * the low part of local memory belongs to kernels. Protocol: device/l1_map.h.
 */
#include "tt/core.h"
#if !defined(COMPILE_FOR_NCRISC)
#include "tt/tensix.h"
#endif

using namespace ttk;

__asm__(".section .text.start, \"ax\", @progbits\n"
        ".globl _start\n"
        "_start:\n"
        "    la sp, tt_stack_top\n"
        "    j tt_firmware\n"
        ".previous\n");

/* The high word that belongs to the low one, whoever else reads the clock
 * meanwhile (DebugTimestamper.md). */
static void note_time(uint32_t which)
{
    volatile uint32_t *out = mailbox().time[TT_THIS_RISC] + which;
    uint32_t high;

    do {
        high = reg(wall_clock + 4);
        out[0] = reg(wall_clock);
        out[1] = high;
    } while (reg(wall_clock + 4) != high);
}

static void call_kernel(uint32_t entry)
{
    bool timed = launch().timed;

    if (timed)
        note_time(0);
    if (entry)
        reinterpret_cast<void (*)()>(entry)();
    if (timed)
        note_time(2);
}

#if defined(COMPILE_FOR_BRISC)

/* Config of one unpacker: a whole tile of 4 faces per UNPACR, in context 0 to
 * SrcA or SrcB, in context 1 of unpacker 0 to Dst. Formats and addresses are
 * the compute kernels' business (tt/unpack.h). */
static void configure_unpacker(uint32_t base)
{
    config(base + word::descriptor) = 1u << 4 | 256u << 16;
    config(base + word::descriptor + 1) = 1u | 4u << 16;
    config(base + word::out_format) = 2u << 4; /* fetch at full speed */
    config(base + word::context_flags) =
        0xFu | (base == word::unpack0 ? 1u << 5 : 0);
    config(base + word::base) = 0;
    config(base + word::base_context1) = 0;
}

/* The scrubber of L1 and register files against bit errors: on, at an error
 * and otherwise every 256 cycles, as tt-metal's brisc.cc sets it (bits 0, 1 and
 * 3-13; ttsim, tensix_regs.json). The simulators keep the word and do nothing.
 */
static constexpr uint32_t scrub_ecc = 1u | 1u << 1 | 0x100u << 3;

/* Everything in Config that no kernel changes. */
static void configure_tensix()
{
    config(0) = 0;
    config(word::ecc_scrubber) = scrub_ecc;
    config(word::alu_format) = 0;
    config(word::alu_flags) = 0;
    configure_unpacker(word::unpack0);
    configure_unpacker(word::unpack1);
    /* unpacker 0 counts its destination from 4 rows before row 0 */
    config(word::unpack0 + word::dest) = 64u | 64u << 16;
    config(word::unpack0 + word::x_dim) = 256u | 256u << 16;
    config(word::unpack0 + word::offset) = 0;
    config(word::unpack0 + word::offset + 1) = 0;
    config(word::unpack_dest_counter) = 0;
    config(word::unpack0_stride) = 0;
    config(word::unpack0_stride + 1) = 0;
    config(word::unpack0_stride + 3) = 0;

    config(word::row_set_mapping) = 0;
    config(word::row_set_mapping + 1) = 0;
    for (uint32_t i = 0; i < 4; i++) {
        config(word::edge_mask + i) = 0xFFFF; /* reset value packs zeros */
        config(word::pack_counters + i) = 16u << 8;
        config(word::packer(i) + 3) = 0;
    }
    (void)settled(tensix_config + 4 * word::pack_counters);
}

static void release_cores()
{
    static constexpr uint32_t trisc[] = {TT_L1_FW_T0, TT_L1_FW_T1, TT_L1_FW_T2};

    for (uint32_t i = 0; i < 3; i++)
        config(word::trisc_pc + i) = trisc[i];
    config(word::trisc_pc_enable) = 7;
    config(word::ncrisc_pc) = TT_L1_FW_NC;
    config(word::ncrisc_pc_enable) = 1;
    config_settled();
    reg(debug_soft_reset) = 0;
    (void)settled(debug_soft_reset);
}

/* Kernel code in L1 has changed under the caches. The drop takes effect after
 * some cycles (InstructionCache.md), once it has arrived: the doorbell of the
 * others, which is in L1, must not overtake it (MemoryOrdering.md). */
static void drop_instruction_caches()
{
    config(word::icache_drop) = 0x1F;
    config_settled();
    for (uint32_t i = 0; i < 10; i++)
        __asm__ volatile("nop\n nop\n");
}

static void wait_for(const volatile uint32_t &word, uint32_t value)
{
    while (word != value)
        ;
}

/* Cores without a kernel are left alone. */
static void start_others(volatile tt_mailbox &box, uint32_t n)
{
    for (uint32_t risc = TT_RISC_T0; risc <= TT_RISC_NC; risc++)
        if (launch().entry[risc])
            box.sub_go[risc] = n;
}

static void wait_others(volatile tt_mailbox &box, uint32_t n)
{
    for (uint32_t risc = TT_RISC_T0; risc <= TT_RISC_NC; risc++)
        if (launch().entry[risc])
            wait_for(box.sub_done[risc], n);
}

extern "C" [[noreturn]] void tt_firmware()
{
    volatile tt_mailbox &box = mailbox();
    uint32_t n = 0, code = 0;

    /* The order is that of tt-metal's brisc.cc, device_setup(), with what it
     * does to the TDMA and the NOC before done by the host (kmd_open.c), and
     * Dst, condition codes, LReg 11 and semaphores set up before each launch
     * (prepare() below). */
    drop_instruction_caches();
    configure_tensix();
    release_cores();
    for (uint32_t risc = TT_RISC_T0; risc <= TT_RISC_NC; risc++)
        wait_for(box.ready[risc], 1);
    box.done = 0;
    box.boot = TT_BOOT_READY;
    for (;;) {
        while (box.go == n)
            ;
        n = box.go;
        if (launch().code != code) {
            drop_instruction_caches();
            code = launch().code;
        }
        start_others(box, n);
        call_kernel(launch().entry[TT_RISC_B]);
        wait_others(box, n);
        box.done = n;
    }
}

#else /* the four others */

#if defined(COMPILE_FOR_NCRISC)
static void boot()
{
}
static void prepare(uint32_t)
{
}
#elif COMPILE_FOR_TRISC == 0

static void boot()
{
}

static void wait_tensix(uint32_t n)
{
    volatile uint32_t &go = mailbox().tensix_go;

    while (go != n)
        ;
}

static void prepare(uint32_t n)
{
    constexpr uint32_t both = op::adc_unpack0 | op::adc_unpack1;

    emit<op::setc16(thread_word::state_id, 0)>();
    emit<op::setc16(thread_word::unpack_context, 0)>();
    emit<op::setc16(thread_word::src_a_set, 4)>();
    emit<op::setadcxy_clear(both)>();
    emit<op::setadczw_clear(both)>();
    emit<op::setadcxx(both, 1023, 0)>();
    drain();
    wait_tensix(n);
}

#elif COMPILE_FOR_TRISC == 1

static void boot()
{
}

/* Increments of SrcA and SrcB (bits 7 and 15: back to zero) and of Dst (bit 11:
 * back to zero, 13: next fidelity phase, 15: first phase). Set 0 is matmul's,
 * set 1 (4..7) everybody else's: tt/math.h. */
template <uint32_t i, uint32_t ab, uint32_t dst> static void set_modifier()
{
    emit<op::setc16(thread_word::addr_mod_ab(i), ab)>();
    emit<op::setc16(thread_word::addr_mod_dst(i), dst)>();
    emit<op::setc16(thread_word::addr_mod_bias(i), 0)>();
}

static void set_modifiers()
{
    set_modifier<0, 16, 0>();
    set_modifier<1, 48 | 8 << 8, 0>();
    set_modifier<2, 16 | 8 << 8, 0>();
    set_modifier<3, 16 | 8 << 8, 1u << 13>();
    set_modifier<4, 8 | 8 << 8, 8>();
    set_modifier<5, 0, 0>();
    set_modifier<6, 0, 2>();
    set_modifier<7, 0x8080, 1u << 11 | 1u << 15>();
}

static void prepare(uint32_t n)
{
    emit<op::seminit(sem_dst, 2, 0)>();
    emit<op::seminit(sem_dst_lent, 1, 0)>();
    emit<op::seminit(sem_dst_done, 1, 0)>();
    emit<op::setc16(thread_word::state_id, 0)>();
    emit<op::setc16(thread_word::addr_mod_base, 1)>();
    emit<op::setc16(thread_word::keep_valid, 0)>();
    emit<op::setc16(thread_word::fidelity_phase, 0)>();
    set_modifiers();
    emit<op::setrwc(0, 0xF)>();
    emit<op::zeroacc_all(false)>();
    emit<op::sfpencc(3, 10)>(); /* all lanes on */
    emit<op::sfploadi(0, 10, 0x0000)>();
    emit<op::sfploadi(0, 8, 0xBF80)>();
    emit<op::sfpconfig(11)>(); /* LReg 11 is -1.0 */
    drain();
    mailbox().tensix_go = n;
}

#else

/* GPRs gpr_rows_low.. and gpr_rows_high.. of tt/pack.h: the Dst rows at which
 * the four packers start, in either half. */
template <uint32_t gpr, uint32_t value> static void set_gpr()
{
    emit<op::setdmareg(2 * gpr, value)>();
    emit<op::setdmareg(2 * gpr + 1, 0)>();
}

static void boot()
{
    set_gpr<16, 0>();
    set_gpr<17, 16>();
    set_gpr<18, 32>();
    set_gpr<19, 48>();
    set_gpr<20, 512>();
    set_gpr<21, 512 + 16>();
    set_gpr<22, 512 + 32>();
    set_gpr<23, 512 + 48>();
    drain();
}

static void wait_tensix(uint32_t n)
{
    volatile uint32_t &go = mailbox().tensix_go;

    while (go != n)
        ;
}

static void prepare(uint32_t n)
{
    emit<op::setc16(thread_word::state_id, 0)>();
    emit<op::setc16(thread_word::addr_mod_pack(0), 0)>();
    emit<op::setadcxy_clear(op::adc_pack)>();
    emit<op::setadczw_clear(op::adc_pack)>();
    emit<op::setadcxx(op::adc_pack, 255, 0)>();
    drain();
    wait_tensix(n);
}

#endif

extern "C" [[noreturn]] void tt_firmware()
{
    volatile tt_mailbox &box = mailbox();
    uint32_t n = 0;

    boot();
    box.ready[TT_THIS_RISC] = 1;
    for (;;) {
        while (box.sub_go[TT_THIS_RISC] == n)
            ;
        n = box.sub_go[TT_THIS_RISC];
        prepare(n);
        call_kernel(launch().entry[TT_THIS_RISC]);
        box.sub_done[TT_THIS_RISC] = n;
    }
}

#endif
