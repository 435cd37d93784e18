// SPDX-License-Identifier: MIT
// expect NCRISC: writes 4 bytes to L1 0x3100, where the launch block is
#if defined(READER_KERNEL)
void kernel_main()
{
    *(volatile uint32_t *)0x3100 = 0; // HERE
}
#else
void kernel_main() {}
#endif
