// SPDX-License-Identifier: MIT
// expect BRISC: reads 1 bytes from L1 0x28002, but 0x28002 was not written in this launch
#if defined(WRITER_KERNEL)
void kernel_main()
{
    volatile uint8_t *page = (volatile uint8_t *)get_write_ptr(0);

    page[0] = 1;
    page[1] = page[0];
    page[3] = page[1];
    page[3] = page[2]; // HERE
}
#else
void kernel_main() {}
#endif
