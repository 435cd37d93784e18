// SPDX-License-Identifier: MIT
// expect NCRISC: pops 1 pages of circular buffer 0 before any was pushed
#if defined(READER_KERNEL)
void kernel_main()
{
    cb_pop_front(0, 1); // HERE
    cb_push_back(0, 2);
}
#else
void kernel_main() {}
#endif
