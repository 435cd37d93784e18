// SPDX-License-Identifier: MIT
// Between rows and tiles: each work item is a strip of WIDTH tiles. Arguments:
// buffers a and c. Constants: CB 0 and 2 of WIDTH tiles, CB 1 unused.
// Definition MODE: 0 tilize, 1 untilize, 2 and 3 untilize by the packer.

#if defined(READER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr auto args_a = TensorAccessorArgs<3>();
    const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0),
                                  get_tile_size(cb_a));
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        cb_reserve_back(cb_a, WIDTH);
        for (uint32_t i = 0; i < WIDTH; i++)
            noc_async_read_tile(t * WIDTH + i, a,
                                get_write_ptr(cb_a) + i * get_tile_size(cb_a));
        noc_async_read_barrier();
        cb_push_back(cb_a, WIDTH);
    }
}

#elif defined(WRITER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    constexpr auto args_a = TensorAccessorArgs<3>();
    constexpr auto args_c =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    const auto c = TensorAccessor(args_c, get_common_arg_val<uint32_t>(1),
                                  get_tile_size(cb_c));
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        cb_wait_front(cb_c, WIDTH);
        for (uint32_t i = 0; i < WIDTH; i++)
            noc_async_write_tile(t * WIDTH + i, c,
                                 get_read_ptr(cb_c) + i * get_tile_size(cb_c));
        noc_async_write_barrier();
        cb_pop_front(cb_c, WIDTH);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "compute_kernel_api/pack_untilize.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "compute_kernel_api/tilize.h"
#include "compute_kernel_api/untilize.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    const int32_t end = get_arg_val<int32_t>(1);

    unary_op_init_common(cb_a, cb_c);
    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        cb_wait_front(cb_a, WIDTH);
        cb_reserve_back(cb_c, WIDTH);
#if MODE == 0
        tilize_init(cb_a, WIDTH, cb_c);
        tilize_block(cb_a, WIDTH, cb_c);
        tilize_uninit(cb_a, cb_c);
#elif MODE == 1
        untilize_init(cb_a);
        untilize_block(cb_a, WIDTH, cb_c);
        untilize_uninit(cb_a);
#elif MODE == 2
        pack_untilize_init<WIDTH>(cb_a, cb_c);
        pack_untilize_block<WIDTH>(cb_a, 1, cb_c);
        pack_untilize_uninit(cb_c);
#else
        for (uint32_t i = 0; i < WIDTH; i++) {
            tile_regs_acquire();
            copy_tile_init(cb_a);
            copy_tile(cb_a, i, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_untilize_dest_init<1, WIDTH>(cb_c);
            pack_untilize_dest<1, WIDTH>(cb_c, 1, i);
            pack_untilize_uninit(cb_c);
            tile_regs_release();
        }
#endif
        cb_push_back(cb_c, WIDTH);
        cb_pop_front(cb_a, WIDTH);
    }
}

#endif
