/* SPDX-License-Identifier: MIT */
/* A RISC-V core's view of its tile: registers, launch block, mailbox, waits. */
#ifndef TT_CORE_H
#define TT_CORE_H

#include "device/l1_map.h"

#if defined(COMPILE_FOR_BRISC)
#define TT_THIS_RISC TT_RISC_B
#elif defined(COMPILE_FOR_NCRISC)
#define TT_THIS_RISC TT_RISC_NC
#elif defined(COMPILE_FOR_TRISC)
#define TT_THIS_RISC  (TT_RISC_T0 + COMPILE_FOR_TRISC)
#define TT_IS_COMPUTE 1
#else
#error "define COMPILE_FOR_BRISC, COMPILE_FOR_NCRISC or COMPILE_FOR_TRISC"
#endif

#define TT_INLINE inline __attribute__((always_inline))
#define TT_COLD   __attribute__((noinline, cold))

namespace ttk
{

/* Addresses of WormholeB0/TensixTile/README.md; tensix.md section 3. */
constexpr uint32_t debug_soft_reset = 0xFFB121B0u;
constexpr uint32_t wall_clock = 0xFFB121F0u; /* low word; high: + 4 */
constexpr uint32_t instruction_buffer = 0xFFE40000u;
constexpr uint32_t pc_buffer_sync = 0xFFE80004u;
constexpr uint32_t pc_buffer_mop_sync = 0xFFE80008u;
constexpr uint32_t mop_config = 0xFFB80000u;
constexpr uint32_t tensix_config = 0xFFEF0000u;

/** reg - a 32-bit register or L1 word, accessed exactly as written */
TT_INLINE volatile uint32_t &reg(uint32_t addr)
{
    return *reinterpret_cast<volatile uint32_t *>(addr);
}

/** config - a word of the coprocessor's Config (B and T cores only) */
TT_INLINE volatile uint32_t &config(uint32_t word)
{
    return reg(tensix_config + 4 * word);
}

/** settled - load a word and wait for the value: everything stored before to
 *  the same memory region has arrived (MemoryOrdering.md) */
TT_INLINE uint32_t settled(uint32_t addr)
{
    uint32_t value = reg(addr);

    __asm__ volatile("addi x0, %0, 0" : : "r"(value) : "memory");
    return value;
}

/** memory_fence - what was stored before is in memory, what is loaded later is
 *  loaded later: for the compiler, which may move plain accesses across
 *  volatile ones; the cores themselves have no data caches */
TT_INLINE void memory_fence()
{
    __asm__ volatile("" ::: "memory");
}

TT_INLINE volatile tt_mailbox &mailbox()
{
    return *reinterpret_cast<volatile tt_mailbox *>(TT_L1_MAILBOX);
}

TT_INLINE const volatile tt_launch_block &launch()
{
    return *reinterpret_cast<const volatile tt_launch_block *>(TT_L1_LAUNCH);
}

/* Where in the kernel a function that is not inlined was called. */
#define TT_CALLER                                                              \
    reinterpret_cast<__UINTPTR_TYPE__>(__builtin_return_address(0))

/** waiting - tell the host what this core is about to wait for (TT_WAIT_*)
 *  @where: TT_CALLER, or 0 in what is inlined */
TT_INLINE void waiting(uint32_t kind, uint32_t detail, uint32_t where)
{
    mailbox().where[TT_THIS_RISC] = where;
    mailbox().wait[TT_THIS_RISC] = kind << 24 | detail;
}

/** waited - the wait is over */
TT_INLINE void waited()
{
    mailbox().wait[TT_THIS_RISC] = TT_WAIT_NONE;
}

/** fail_at - report an error (TT_ERROR_*) of the code at @where and stay here
 *  until the host resets */
[[noreturn]] TT_COLD inline void fail_at(uint32_t kind, uint32_t detail,
                                         uint32_t where)
{
    mailbox().where[TT_THIS_RISC] = where;
    mailbox().error[TT_THIS_RISC] = kind << 24 | detail;
    for (;;)
        while (mailbox().error[TT_THIS_RISC])
            ;
}

/** fail - fail_at() of the caller */
[[noreturn]] TT_COLD inline void fail(uint32_t kind, uint32_t detail)
{
    fail_at(kind, detail, TT_CALLER);
}

} /* namespace ttk */

#endif
