// SPDX-License-Identifier: MIT
// expect TRISC2: Dst: the packer waits for a half, but has one that it has not released
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_wait();
    tile_regs_wait(); // HERE
}
#else
void kernel_main() {}
#endif
