// SPDX-License-Identifier: MIT
// y = x + s for 32-bit floats, exact. Arguments: buffers x, y, the float s.
// Constants: CB 0 (x), 1 (a tile full of s), 2 (y).

#if defined(READER_KERNEL)

#include "api/dataflow/dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_x = get_compile_time_arg_val(0);
    constexpr uint32_t cb_s = get_compile_time_arg_val(1);
    constexpr auto args_x = TensorAccessorArgs<3>();
    const auto x = TensorAccessor(args_x, get_common_arg_val<uint32_t>(0),
                                  get_tile_size(cb_x));
    const uint32_t s = get_common_arg_val<uint32_t>(2);
    const int32_t end = get_arg_val<int32_t>(1);

    cb_reserve_back(cb_s, 1);
    volatile tt_l1_ptr uint32_t *word =
        reinterpret_cast<volatile tt_l1_ptr uint32_t *>(get_write_ptr(cb_s));
    for (uint32_t i = 0; i < 1024; i++)
        word[i] = s;
    cb_push_back(cb_s, 1);

    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
        cb_reserve_back(cb_x, 1);
        noc_async_read_tile(i, x, get_write_ptr(cb_x));
        noc_async_read_barrier();
        cb_push_back(cb_x, 1);
    }
}

#elif defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_y = get_compile_time_arg_val(2);
    constexpr auto args_x = TensorAccessorArgs<3>();
    constexpr auto args_y =
        TensorAccessorArgs<args_x.next_compile_time_args_offset()>();
    const auto y = TensorAccessor(args_y, get_common_arg_val<uint32_t>(1),
                                  get_tile_size(cb_y));
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
        cb_wait_front(cb_y, 1);
        noc_async_write_tile(i, y, get_read_ptr(cb_y));
        noc_async_write_barrier();
        cb_pop_front(cb_y, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/tile_move_copy.h"

void kernel_main()
{
    constexpr uint32_t cb_x = get_compile_time_arg_val(0);
    constexpr uint32_t cb_s = get_compile_time_arg_val(1);
    constexpr uint32_t cb_y = get_compile_time_arg_val(2);
    const int32_t end = get_arg_val<int32_t>(1);

    init_sfpu(cb_x, cb_y);
    cb_wait_front(cb_s, 1);
    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
        cb_wait_front(cb_x, 1);
        tile_regs_acquire();
        copy_tile_init(cb_x);
        copy_tile(cb_x, 0, 0);
        copy_tile_init(cb_s);
        copy_tile(cb_s, 0, 1);
        add_binary_tile_init();
        add_binary_tile(0, 1, 0);
        tile_regs_commit();
        cb_pop_front(cb_x, 1);
        cb_reserve_back(cb_y, 1);
        tile_regs_wait();
        pack_tile(0, cb_y);
        tile_regs_release();
        cb_push_back(cb_y, 1);
    }
    cb_pop_front(cb_s, 1);
}

#endif
