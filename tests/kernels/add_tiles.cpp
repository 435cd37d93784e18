// SPDX-License-Identifier: MIT
// c = a + b on the matrix unit (16-bit formats; 32-bit ones pass through TF32).
// Arguments: buffers a, b, c. Constants: CB 0, 1, 2.
// The cores share the work items out: get_arg_val(0) .. get_arg_val(1); an item
// is one tile, or as many as the definition TILES_PER_ITEM says.

#ifndef TILES_PER_ITEM
#define TILES_PER_ITEM 1
#endif

#if defined(READER_KERNEL)

#include "api/dataflow/dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_b = get_compile_time_arg_val(1);
    constexpr auto args_a = TensorAccessorArgs<3>();
    constexpr auto args_b =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0),
                                  get_tile_size(cb_a));
    const auto b = TensorAccessor(args_b, get_common_arg_val<uint32_t>(1),
                                  get_tile_size(cb_b));
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++) {
        cb_reserve_back(cb_a, 1);
        cb_reserve_back(cb_b, 1);
        noc_async_read_tile(i, a, get_write_ptr(cb_a));
        noc_async_read_tile(i, b, get_write_ptr(cb_b));
        noc_async_read_barrier();
        cb_push_back(cb_a, 1);
        cb_push_back(cb_b, 1);
    }
}

#elif defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    constexpr auto args_a = TensorAccessorArgs<3>();
    constexpr auto args_b =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    constexpr auto args_c =
        TensorAccessorArgs<args_b.next_compile_time_args_offset()>();
    const auto c = TensorAccessor(args_c, get_common_arg_val<uint32_t>(2),
                                  get_tile_size(cb_c));
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++) {
        cb_wait_front(cb_c, 1);
        noc_async_write_tile(i, c, get_read_ptr(cb_c));
        noc_async_write_barrier();
        cb_pop_front(cb_c, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "compute_kernel_api/eltwise_binary.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_b = get_compile_time_arg_val(1);
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    binary_op_init_common(cb_a, cb_b, cb_c);
    add_tiles_init(cb_a, cb_b);
    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++) {
        cb_wait_front(cb_a, 1);
        cb_wait_front(cb_b, 1);
        tile_regs_acquire();
        add_tiles(cb_a, cb_b, 0, 0, 0);
        tile_regs_commit();
        cb_pop_front(cb_a, 1);
        cb_pop_front(cb_b, 1);
        cb_reserve_back(cb_c, 1);
        tile_regs_wait();
        pack_tile(0, cb_c);
        tile_regs_release();
        cb_push_back(cb_c, 1);
    }
}

#endif
