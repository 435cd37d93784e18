// SPDX-License-Identifier: MIT
// expect TRISC2: which is in none of the 0 free pages of circular buffer 1
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 1);
    pack_tile(0, 1);
    cb_push_back(1, 2);
    pack_tile(0, 1); // HERE
    tile_regs_release();
}
#else
void kernel_main() {}
#endif
