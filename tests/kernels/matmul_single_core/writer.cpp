// SPDX-License-Identifier: MIT
// Writes the tiles of C in order; its accessor has no page size at hand.

#include "api/dataflow/dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_c = 16;
    constexpr auto args_c = TensorAccessorArgs<0>();
    const auto c = TensorAccessor(args_c, get_arg_val<uint32_t>(0));
    const uint32_t count =
        get_arg_val<uint32_t>(1) * get_arg_val<uint32_t>(2);

    for (uint32_t tile = 0; tile < count; tile++) {
        cb_wait_front(cb_c, 1);
        noc_async_write_page(tile, c, get_read_ptr(cb_c));
        noc_async_writes_flushed();
        cb_pop_front(cb_c, 1);
    }
    noc_async_write_barrier();
}
