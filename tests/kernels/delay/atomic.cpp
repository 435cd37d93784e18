// SPDX-License-Identifier: MIT
// The first word of page i of target is i + 1: how often the writer of one core
// has incremented a semaphore of its own through the NOC. Without
// WITHOUT_ATOMIC_BARRIER it waits before it looks. Argument: buffer target.
// Constant: CB 0, used as memory only.

#if defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

constexpr auto target_args = TensorAccessorArgs<1>();

void kernel_main()
{
    const auto target =
        TensorAccessor(target_args, get_common_arg_val<uint32_t>(0));
    const uint32_t semaphore = get_semaphore(
        get_compile_time_arg_val(target_args.next_compile_time_args_offset()));
    volatile uint32_t *count = reinterpret_cast<volatile uint32_t *>(semaphore);
    volatile uint32_t *page =
        reinterpret_cast<volatile uint32_t *>(get_write_ptr(0));

    for (int32_t i = 0; i < PAGES; i++) {
        noc_semaphore_inc(get_noc_addr(semaphore), 1);
#ifndef WITHOUT_ATOMIC_BARRIER
        noc_async_atomic_barrier();
#endif
        *page = *count;
        noc_async_write_page(i, target, get_write_ptr(0));
        noc_async_write_barrier();
    }
    noc_async_atomic_barrier();
}

#else

void kernel_main() {}

#endif
