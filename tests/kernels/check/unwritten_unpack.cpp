// SPDX-License-Identifier: MIT
// expect TRISC0: reads 2048 bytes from L1 0x28000, but 0x28000 was not written in this launch
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    copy_tile_init(0);
    tile_regs_acquire();
    copy_tile(0, 0, 0); // HERE
    tile_regs_commit();
    tile_regs_wait();
    tile_regs_release();
}
#else
void kernel_main() {}
#endif
