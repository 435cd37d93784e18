// SPDX-License-Identifier: MIT
// target = source, handed from the reader to the writer of each core through a
// page of L1 that two semaphores guard: "full" is raised by a local store,
// "empty" by an atomic increment through the NOC. Arguments: buffers source,
// target. Constant: CB 0, used as memory only. One work item is one page.

#if defined(COMPUTE_KERNEL)

void kernel_main() {}

#else

#include "api/dataflow/dataflow_api.h"

constexpr auto source_args = TensorAccessorArgs<1>();
constexpr auto target_args =
    TensorAccessorArgs<source_args.next_compile_time_args_offset()>();
constexpr uint32_t first_semaphore =
    target_args.next_compile_time_args_offset();

void kernel_main()
{
    const uint32_t page = get_write_ptr(get_compile_time_arg_val(0));
    const uint32_t full_addr =
        get_semaphore(get_compile_time_arg_val(first_semaphore));
    const uint32_t empty_addr =
        get_semaphore(get_compile_time_arg_val(first_semaphore + 1));
    volatile tt_l1_ptr uint32_t *full =
        reinterpret_cast<volatile tt_l1_ptr uint32_t *>(full_addr);
    volatile tt_l1_ptr uint32_t *empty =
        reinterpret_cast<volatile tt_l1_ptr uint32_t *>(empty_addr);
    const int32_t start = get_arg_val<int32_t>(0);
    const int32_t end = get_arg_val<int32_t>(1);

#if defined(READER_KERNEL)
    const auto source =
        TensorAccessor(source_args, get_common_arg_val<uint32_t>(0));

    for (int32_t i = start; i < end; i++) {
        noc_semaphore_wait_min(empty, (uint32_t)(i - start));
        noc_async_read_page(i, source, page);
        noc_async_read_barrier();
        noc_semaphore_set(full, VALID);
    }
    (void)empty_addr;
#else
    const auto target =
        TensorAccessor(target_args, get_common_arg_val<uint32_t>(1));
    const uint64_t empty_here = get_noc_addr(empty_addr);

    for (int32_t i = start; i < end; i++) {
        noc_semaphore_wait(full, VALID);
        noc_async_write_page(i, target, page);
        noc_async_write_barrier();
        noc_semaphore_set(full, INVALID);
        noc_semaphore_inc(empty_here, 1);
        noc_async_atomic_barrier();
    }
    (void)empty;
#endif
}

#endif
