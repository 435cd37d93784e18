// SPDX-License-Identifier: MIT
// expect TRISC0: which is in none of the 1 full pages of circular buffer 0
#if defined(READER_KERNEL)
void kernel_main()
{
    const InterleavedAddrGenFast<true> from = {
        .bank_base_address = 0x200000, .page_size = 2048,
        .data_format = DataFormat::Float16_b};

    cb_reserve_back(0, 2);
    noc_async_read_tile(0, from, get_write_ptr(0));
    noc_async_read_tile(0, from, get_write_ptr(0) + 2048);
    noc_async_read_barrier();
    cb_push_back(0, 1);
}
#elif defined(COMPUTE_KERNEL)
void kernel_main()
{
    binary_op_init_common(0, 0, 1);
    copy_tile_init(0);
    tile_regs_acquire();
    cb_wait_front(0, 1);
    copy_tile(0, 0, 0);
    copy_tile(0, 1, 0); // HERE
    tile_regs_commit();
    tile_regs_wait();
    pack_tile(0, 1);
    tile_regs_release();
}
#else
void kernel_main() {}
#endif
