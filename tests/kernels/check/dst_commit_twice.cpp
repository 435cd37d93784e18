// SPDX-License-Identifier: MIT
// expect TRISC1: Dst: math commits a half that it has not acquired
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_commit(); // HERE
}
#else
void kernel_main() {}
#endif
