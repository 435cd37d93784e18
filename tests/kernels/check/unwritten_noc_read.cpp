// SPDX-License-Identifier: MIT
// expect NCRISC: reads 32 bytes from L1 0x29000 of another core, but 0x29000 was not written in this launch
#if defined(READER_KERNEL)
void kernel_main()
{
    noc_async_read(get_noc_addr(19, 18, get_write_ptr(0) + 4096), // HERE
                   get_write_ptr(0), 32);
    noc_async_read_barrier();
}
#else
void kernel_main() {}
#endif
