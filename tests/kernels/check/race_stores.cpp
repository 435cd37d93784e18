// SPDX-License-Identifier: MIT
// expect NCRISC: race: writes L1 0x28010, and nothing orders that with the write by core (18,18) logical (0,0) BRISC
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);

    page[4] = 1; // HERE
}
#elif defined(WRITER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);

    page[4] = 2; // OTHER
}
#else
void kernel_main() {}
#endif
