// SPDX-License-Identifier: MIT
// c = a - b with the older convention of arguments: each core has one point of
// the grid, and get_arg_val() gives the arguments and then x, y and z. The
// arrays have as many tiles as the grid has points; a row has WIDTH tiles, a
// plane WIDTH x HEIGHT (definitions). Old compute style and DST protocol.

#if defined(COMPUTE_KERNEL)

#include "compute_kernel_api/eltwise_binary.h"
#include "compute_kernel_api/tile_move_copy.h"

namespace NAMESPACE {
void MAIN {
    binary_op_init_common(tt::CB::c_in0, tt::CB::c_in1, tt::CB::c_out0);
    sub_tiles_init(tt::CB::c_in0, tt::CB::c_in1);
    cb_wait_front(tt::CB::c_in0, 1);
    cb_wait_front(tt::CB::c_in1, 1);
    cb_reserve_back(tt::CB::c_out0, 1);
    acquire_dst();
    sub_tiles(tt::CB::c_in0, tt::CB::c_in1, 0, 0, 0);
    pack_tile(0, tt::CB::c_out0);
    release_dst();
    cb_pop_front(tt::CB::c_in0, 1);
    cb_pop_front(tt::CB::c_in1, 1);
    cb_push_back(tt::CB::c_out0, 1);
}
}  // namespace NAMESPACE

#else

#include "dataflow_api.h"

static uint32_t tile_of_point()
{
    const uint32_t x = get_arg_val<uint32_t>(3);
    const uint32_t y = get_arg_val<uint32_t>(4);
    const uint32_t z = get_arg_val<uint32_t>(5);

    return (z * HEIGHT + y) * WIDTH + x;
}

static InterleavedAddrGenFast<true> array(uint32_t index, uint32_t cb)
{
    return {.bank_base_address = get_arg_val<uint32_t>(index),
            .page_size = (uint32_t)get_tile_size(cb),
            .data_format = DataFormat::Float16_b};
}

void kernel_main()
{
#if defined(READER_KERNEL)
    for (uint32_t cb = 0; cb < 2; cb++) {
        cb_reserve_back(cb, 1);
        noc_async_read_tile(tile_of_point(), array(cb, cb), get_write_ptr(cb));
        noc_async_read_barrier();
        cb_push_back(cb, 1);
    }
#else
    cb_wait_front(16, 1);
    noc_async_write_tile(tile_of_point(), array(2, 16), get_read_ptr(16));
    noc_async_write_barrier();
    cb_pop_front(16, 1);
#endif
}

#endif
