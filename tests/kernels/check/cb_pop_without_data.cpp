// SPDX-License-Identifier: MIT
// expect BRISC: pops 2 pages of circular buffer 1, which holds 1
#if defined(WRITER_KERNEL)
void kernel_main()
{
    CircularBuffer cb(1);

    cb.push_back(2);
    cb.pop_front(1);
    cb.pop_front(2); // HERE
}
#else
void kernel_main() {}
#endif
