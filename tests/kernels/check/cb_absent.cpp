// SPDX-License-Identifier: MIT
// expect NCRISC: circular buffer 2 does not exist
#if defined(READER_KERNEL)
void kernel_main()
{
    cb_push_back(2, 1); // HERE
}
#else
void kernel_main() {}
#endif
