// SPDX-License-Identifier: MIT
// expect TRISC2: beyond the end of circular buffer 1
#if defined(COMPUTE_KERNEL)
void kernel_main()
{
    tile_regs_acquire();
    tile_regs_commit();
    tile_regs_wait();
    PACK(ttk::pack_to(0, 1, ttk::cb_writer[ttk::cb_index(1)].ptr + 2048 + 1600);) // HERE
    tile_regs_release();
}
#else
void kernel_main() {}
#endif
