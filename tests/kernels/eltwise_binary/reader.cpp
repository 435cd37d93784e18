// SPDX-License-Identifier: MIT
// Reads two arrays tile by tile; the address generators of the old API, and
// nothing included that declares them.

#include <cstdint>

void kernel_main()
{
    const uint32_t count = get_arg_val<uint32_t>(2);
    constexpr uint32_t cb[] = {tt::CBIndex::c_0, tt::CBIndex::c_1};
    const InterleavedAddrGenFast<true> source[] = {
        {.bank_base_address = get_arg_val<uint32_t>(0),
         .page_size = (uint32_t)get_tile_size(cb[0]),
         .data_format = DataFormat::Float16_b},
        {.bank_base_address = get_arg_val<uint32_t>(1),
         .page_size = (uint32_t)get_tile_size(cb[1]),
         .data_format = DataFormat::Float16_b}};

    for (uint32_t tile = 0; tile < count; tile++) {
        for (int side = 0; side < 2; side++) {
            cb_reserve_back(cb[side], 1);
            noc_async_read_tile(tile, source[side], get_write_ptr(cb[side]));
        }
        noc_async_read_barrier();
        cb_push_back(cb[0], 1);
        cb_push_back(cb[1], 1);
    }
}
