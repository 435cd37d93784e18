// SPDX-License-Identifier: MIT
// expect BRISC: writes 32 bytes to L1 0x3c00 of another core, where the zeros are
#if defined(WRITER_KERNEL)
void kernel_main()
{
    uint32_t page = get_write_ptr(0);

    for (uint32_t i = 0; i < 8; i++)
        ((volatile uint32_t *)page)[i] = i;
    noc_async_write_multicast(page, // HERE
                              get_noc_multicast_addr(19, 18, 20, 18, 0x3C00),
                              32, 2);
    noc_async_write_barrier();
}
#else
void kernel_main() {}
#endif
