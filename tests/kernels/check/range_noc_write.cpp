// SPDX-License-Identifier: MIT
// expect BRISC: writes 4 bytes to L1 0xe000 of another core, where kernels are
#if defined(WRITER_KERNEL)
void kernel_main()
{
    uint32_t page = get_write_ptr(0);

    *(volatile uint32_t *)page = 7;
    noc_async_write(page, get_noc_addr(19, 18, 0xE000), 4); // HERE
    noc_async_write_barrier();
}
#else
void kernel_main() {}
#endif
