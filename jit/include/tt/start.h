/* SPDX-License-Identifier: MIT */
/* What runs before and after a kernel, and the memory functions the compiler
 * calls. Included once, by tt/prelude.h. */
#ifndef TT_START_H
#define TT_START_H

#include "tt/cb.h"
#ifdef TT_IS_COMPUTE
#include "tt/compute.h"
#else
#include "tt/noc.h"
#endif

/* GCC must not turn these loops into calls of themselves:
 * -fno-tree-loop-distribute-patterns. */
extern "C" {

__attribute__((weak)) void *memcpy(void *dst, const void *src,
                                   __SIZE_TYPE__ size)
{
    uint8_t *to = static_cast<uint8_t *>(dst);
    const uint8_t *from = static_cast<const uint8_t *>(src);

    if (!((reinterpret_cast<__UINTPTR_TYPE__>(to) |
           reinterpret_cast<__UINTPTR_TYPE__>(from)) &
          3)) {
        for (; size >= 4; size -= 4, to += 4, from += 4)
            *reinterpret_cast<uint32_t *>(to) =
                *reinterpret_cast<const uint32_t *>(from);
    }
    while (size--)
        *to++ = *from++;
    return dst;
}

__attribute__((weak)) void *memmove(void *dst, const void *src,
                                    __SIZE_TYPE__ size)
{
    uint8_t *to = static_cast<uint8_t *>(dst);
    const uint8_t *from = static_cast<const uint8_t *>(src);

    if (to <= from || to >= from + size)
        return memcpy(dst, src, size);
    while (size--)
        to[size] = from[size];
    return dst;
}

__attribute__((weak)) void *memset(void *dst, int value, __SIZE_TYPE__ size)
{
    uint8_t *to = static_cast<uint8_t *>(dst);

    while (size--)
        *to++ = static_cast<uint8_t>(value);
    return dst;
}

__attribute__((weak)) int memcmp(const void *a, const void *b,
                                 __SIZE_TYPE__ size)
{
    const uint8_t *x = static_cast<const uint8_t *>(a);
    const uint8_t *y = static_cast<const uint8_t *>(b);

    for (; size; size--, x++, y++)
        if (*x != *y)
            return *x < *y ? -1 : 1;
    return 0;
}

/* From kernel.ld. */
extern uint32_t tt_data_image[], tt_data_start[], tt_data_end[];
extern uint32_t tt_bss_start[], tt_bss_end[];
extern void (*const tt_init_start[])(), (*const tt_init_end[])();
}

#ifdef TT_IS_COMPUTE
/* The older form: namespace NAMESPACE { void MAIN { ... } } */
#if COMPILE_FOR_TRISC == 0
#define NAMESPACE     tt_unpack_kernel
#define MAIN          unpack_main()
#define TT_MAIN_ENTRY unpack_main
#elif COMPILE_FOR_TRISC == 1
#define NAMESPACE     tt_math_kernel
#define MAIN          math_main()
#define TT_MAIN_ENTRY math_main
#else
#define NAMESPACE     tt_pack_kernel
#define MAIN          pack_main()
#define TT_MAIN_ENTRY pack_main
#endif
namespace NAMESPACE
{
__attribute__((weak)) void MAIN;
}
#endif
__attribute__((weak)) void kernel_main();

namespace ttk
{

/** compute_finish - this thread's instructions have run to their end, so that
 *  "done" means done */
TT_INLINE void compute_finish()
{
#ifdef TT_IS_COMPUTE
    waiting(TT_WAIT_TENSIX, 0, 0);
    UNPACK(emit<op::stallwait(op::block_tdma | op::block_sync,
                              op::busy_unpack0 | op::busy_unpack1)>();)
    PACK(emit<op::stallwait(op::block_tdma | op::block_sync, op::busy_pack)>();)
    MATH(emit<op::stallwait(op::block_tdma | op::block_sync,
                            op::busy_math | op::busy_sfpu)>();)
    emit<op::dmanop>();
    drain();
    waited();
#endif
}

/** call_kernel - whichever form of entry point the source defines */
TT_INLINE void call_kernel()
{
#ifdef TT_IS_COMPUTE
    if (&NAMESPACE::TT_MAIN_ENTRY != nullptr) {
        NAMESPACE::MAIN;
        return;
    }
#endif
    if (&kernel_main != nullptr)
        kernel_main();
}

} /* namespace ttk */

/* Everything between the firmware's call and its return. */
extern "C" __attribute__((used, noinline)) void tt_run_kernel()
{
    for (uint32_t *to = tt_data_start, *from = tt_data_image; to < tt_data_end;)
        *to++ = *from++;
    for (uint32_t *to = tt_bss_start; to < tt_bss_end;)
        *to++ = 0;
    for (auto init = tt_init_start; init < tt_init_end; init++)
        (*init)();
#if defined(TT_CB_CONSUMER) || defined(TT_CB_PRODUCER)
    ttk::cb_start();
#endif
#ifdef TT_IS_COMPUTE
    MATH(ttk::math_set_alu(ttk::first_alu);)
#else
    ttk::noc_start();
#endif
    ttk::call_kernel();
    ttk::compute_finish();
}

/* The first bytes of the image and its ELF entry point. The firmware calls it
 * like a C function; gp is the kernel's own. */
__asm__(".section .text.start, \"ax\", @progbits\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "    la gp, __global_pointer$\n"
        ".option pop\n"
        "    tail tt_run_kernel\n"
        ".size _start, . - _start\n"
        ".previous\n");

#endif
