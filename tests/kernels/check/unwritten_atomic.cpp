// SPDX-License-Identifier: MIT
// expect NCRISC: reads 4 bytes from L1 0x28010, but 0x28010 was not written in this launch
#if defined(READER_KERNEL)
void kernel_main()
{
    uint32_t page = get_write_ptr(0);

    *(volatile uint32_t *)page = 1;
    noc_semaphore_inc(get_noc_addr(page), 1);
    noc_semaphore_inc(get_noc_addr(page + 16), 1); // HERE
    noc_async_atomic_barrier();
}
#else
void kernel_main() {}
#endif
