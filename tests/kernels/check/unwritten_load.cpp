// SPDX-License-Identifier: MIT
// expect NCRISC: reads 4 bytes from L1 0x28040, but 0x28040 was not written in this launch
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);

    for (uint32_t i = 0; i < 16; i++)
        page[i] = i;
    page[0] = page[15];
    page[0] = page[16]; // HERE
}
#else
void kernel_main() {}
#endif
