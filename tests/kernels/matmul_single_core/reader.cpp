// SPDX-License-Identifier: MIT
// For each tile of C, a row of tiles of A and a column of tiles of B.

#include <stdint.h>
#include "api/dataflow/dataflow_api.h"
#include "api/debug/dprint.h"

template <typename Source>
static void fetch(uint32_t cb, const Source &from, uint32_t tile)
{
    cb_reserve_back(cb, 1);
    noc_async_read_tile(tile, from, get_write_ptr(cb));
    noc_async_read_barrier();
    cb_push_back(cb, 1);
}

void kernel_main()
{
    constexpr uint32_t cb_a = 0, cb_b = 1;
    constexpr auto args_a = TensorAccessorArgs<0>();
    constexpr auto args_b =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(args_a, get_arg_val<uint32_t>(0),
                                  get_tile_size(cb_a));
    const auto b = TensorAccessor(args_b, get_arg_val<uint32_t>(1),
                                  get_tile_size(cb_b));
    const uint32_t rows = get_arg_val<uint32_t>(2);
    const uint32_t inner = get_arg_val<uint32_t>(3);
    const uint32_t columns = get_arg_val<uint32_t>(4);

    for (uint32_t c = 0; c < rows * columns; c++)
        for (uint32_t k = 0; k < inner; k++) {
            fetch(cb_a, a, c / columns * inner + k);
            fetch(cb_b, b, k * columns + c % columns);
        }
}
