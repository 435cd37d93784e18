// SPDX-License-Identifier: MIT
// target = source through the older address generators, both interleaved over
// L1, and page 0 of source once more by its bank. Arguments of the writer:
// WRITER_L1 0, one page; WRITER_ARG 1 .. 3: source, target, pages of 4096
// bytes.

#if defined(WRITER_KERNEL)

#include <cstdint>

void kernel_main()
{
    const uint32_t between = get_arg_val<uint32_t>(0);
    const InterleavedAddrGenFast<false> source = {
        .bank_base_address = get_arg_val<uint32_t>(1),
        .page_size = 4096,
        .data_format = DataFormat::Float32,
    };
    const InterleavedAddrGen<false> target = {
        .bank_base_address = get_arg_val<uint32_t>(2), .page_size = 4096};

    for (uint32_t page = 0; page < get_arg_val<uint32_t>(3); page++) {
        noc_async_read_tile(page, source, between);
        noc_async_read_barrier();
        noc_async_write_page(page, target, between);
        noc_async_write_barrier();
    }
    ASSERT(get_noc_addr_from_bank_id<false>(NUM_L1_BANKS - 1,
                                            source.bank_base_address) ==
           get_noc_addr(NUM_L1_BANKS - 1, source));
}

#else

void kernel_main() {}

#endif
