// SPDX-License-Identifier: MIT
// expect NCRISC: writes 4 bytes to L1 0x100 of another core, where the firmware is
#if defined(READER_KERNEL)
void kernel_main()
{
    noc_inline_dw_write(get_noc_addr(19, 18, 0x100), 0); // HERE
    noc_async_write_barrier();
}
#else
void kernel_main() {}
#endif
