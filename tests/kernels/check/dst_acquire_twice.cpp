// SPDX-License-Identifier: MIT
// expect TRISC1: Dst: math acquires a half, but has one that it has not committed
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_acquire(); // HERE
}
#else
void kernel_main() {}
#endif
