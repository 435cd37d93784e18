// SPDX-License-Identifier: MIT
// expect NCRISC: was not written in this launch
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t first = get_arg_val<uint32_t>(0);
    volatile uint32_t beyond = get_arg_val<uint32_t>(300); // HERE
}
#else
void kernel_main() {}
#endif
