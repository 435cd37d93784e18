// SPDX-License-Identifier: MIT
// Writes an array tile by tile.

#include <cstdint>

void kernel_main()
{
    const uint32_t count = get_arg_val<uint32_t>(1);
    constexpr uint32_t cb = tt::CBIndex::c_16;
    const InterleavedAddrGenFast<true> target = {
        .bank_base_address = get_arg_val<uint32_t>(0),
        .page_size = (uint32_t)get_tile_size(cb),
        .data_format = DataFormat::Float16_b};

    for (uint32_t tile = 0; tile < count; tile++) {
        cb_wait_front(cb, 1);
        noc_async_write_tile(tile, target, get_read_ptr(cb));
        noc_async_write_barrier();
        cb_pop_front(cb, 1);
    }
}
