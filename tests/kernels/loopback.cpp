// SPDX-License-Identifier: MIT
// target = source by one data-movement core alone: DRAM to L1 to DRAM, page by
// page. Arguments of the writer: WRITER_L1 0, the memory in between, one page;
// WRITER_ARG 1 .. 3: source, target, pages. WRITER_CTA: source, target.

#if defined(WRITER_KERNEL)

#include <cstdint>

void kernel_main()
{
    constexpr auto source_args = TensorAccessorArgs<0>();
    constexpr auto target_args =
        TensorAccessorArgs<source_args.next_compile_time_args_offset()>();
    const auto source =
        TensorAccessor(source_args, get_arg_val<uint32_t>(1));
    const auto target =
        TensorAccessor(target_args, get_arg_val<uint32_t>(2));
    const uint32_t pages = get_arg_val<uint32_t>(3);
    const uint32_t between = get_arg_val<uint32_t>(0);
    const uint32_t bytes = source.get_aligned_page_size();

    for (uint32_t page = 0; page < pages; page++) {
        noc_async_read(get_noc_addr(page, source), between, bytes);
        noc_async_read_barrier();
        noc_async_write(between, get_noc_addr(page, target), bytes);
        noc_async_write_barrier();
    }
}

#else

void kernel_main() {}

#endif
