// SPDX-License-Identifier: MIT
// expect BRISC: reads 64 bytes from L1 0x28000, but 0x28004 was not written in this launch
#if defined(WRITER_KERNEL)
void kernel_main()
{
    uint32_t page = get_write_ptr(0);

    *(volatile uint32_t *)page = 7;
    noc_async_write(page, get_noc_addr(19, 18, page), 4);
    noc_async_write(page, get_noc_addr(19, 18, page), 64); // HERE
    noc_async_write_barrier();
}
#else
void kernel_main() {}
#endif
