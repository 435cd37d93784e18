// SPDX-License-Identifier: MIT
// expect TRISC2: Dst: the packer reads a half before it has waited for it (tile_regs_wait)
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    pack_tile(0, 1); // HERE
    tile_regs_wait();
    tile_regs_release();
}
#else
void kernel_main() {}
#endif
