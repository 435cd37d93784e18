// SPDX-License-Identifier: MIT
// expect NCRISC: NOC: 128 bytes to L1 0x28fc0 run over the end of circular buffer 0 at 0x29000
#if defined(READER_KERNEL)
void kernel_main()
{
    const InterleavedAddrGenFast<true> from = {
        .bank_base_address = 0x200000, .page_size = 2048,
        .data_format = DataFormat::Float16_b};

    noc_async_read(get_noc_addr(0, from), get_write_ptr(0) + 4096 - 64, 128); // HERE
    noc_async_read_barrier();
}
#else
void kernel_main() {}
#endif
