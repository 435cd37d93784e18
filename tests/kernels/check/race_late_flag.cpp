// SPDX-License-Identifier: MIT
// expect BRISC: race: writes L1 0x28010, and nothing orders that with the write by core (18,18) logical (0,0) NCRISC
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);

    page[0] = 1;
    cb_push_back(1, 1);
    page[4] = 1; // OTHER
}
#elif defined(WRITER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);

    cb_wait_front(1, 1);
    page[0] = 2;
    page[4] = 2; // HERE
}
#else
void kernel_main() {}
#endif
