// SPDX-License-Identifier: MIT
// expect TRISC2: Dst: the packer releases a half that it has not waited for
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_wait();
    tile_regs_release();
    tile_regs_release(); // HERE
}
#else
void kernel_main() {}
#endif
