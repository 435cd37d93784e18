// SPDX-License-Identifier: MIT
// expect NCRISC: pushes 1 pages to circular buffer 0, which has room for 0 of its 2
#if defined(READER_KERNEL)
void kernel_main()
{
    cb_push_back(0, 2);
    cb_push_back(0, 1); // HERE
}
#else
void kernel_main() {}
#endif
