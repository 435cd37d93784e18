// SPDX-License-Identifier: MIT
// Softmax over rows of 1024. Arguments: buffers x and y, n x 32 tiles; a work
// item is one row of tiles, or as many as the definition ROWS_PER_ITEM says.
// Constants: CB 0 input (32 tiles), 1 scaler, 2
// output, 3 maxima, 4 exponentials (32 tiles), 5 reciprocals of the sums.

#define WIDTH 32
#ifndef ROWS_PER_ITEM
#define ROWS_PER_ITEM 1
#endif

#if defined(READER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_x = get_compile_time_arg_val(0);
    constexpr uint32_t cb_one = get_compile_time_arg_val(1);
    constexpr auto args_x = TensorAccessorArgs<6>();
    const auto x = TensorAccessor(args_x, get_common_arg_val<uint32_t>(0),
                                  get_tile_size(cb_x));
    const int32_t end = get_arg_val<int32_t>(1) * ROWS_PER_ITEM;

    cb_reserve_back(cb_one, 1);
    auto ones =
        reinterpret_cast<volatile tt_l1_ptr uint32_t *>(get_write_ptr(cb_one));
    for (int32_t i = 0; i < get_tile_size(cb_one) / 4; i++)
        ones[i] = get_tile_size(cb_one) == 4096 ? 0x3F800000 : 0x3F803F80;
    cb_push_back(cb_one, 1);
    for (int32_t t = get_arg_val<int32_t>(0) * ROWS_PER_ITEM; t < end; t++) {
        cb_reserve_back(cb_x, WIDTH);
        for (uint32_t i = 0; i < WIDTH; i++)
            noc_async_read_tile(t * WIDTH + i, x,
                                get_write_ptr(cb_x) + i * get_tile_size(cb_x));
        noc_async_read_barrier();
        cb_push_back(cb_x, WIDTH);
    }
}

#elif defined(WRITER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_y = get_compile_time_arg_val(2);
    constexpr auto args_x = TensorAccessorArgs<6>();
    constexpr auto args_y =
        TensorAccessorArgs<args_x.next_compile_time_args_offset()>();
    const auto y = TensorAccessor(args_y, get_common_arg_val<uint32_t>(1),
                                  get_tile_size(cb_y));
    const int32_t end = get_arg_val<int32_t>(1) * ROWS_PER_ITEM * WIDTH;

    for (int32_t i = get_arg_val<int32_t>(0) * ROWS_PER_ITEM * WIDTH; i < end;
         i++) {
        cb_wait_front(cb_y, 1);
        noc_async_write_tile(i, y, get_read_ptr(cb_y));
        noc_async_write_barrier();
        cb_pop_front(cb_y, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#define REDUCE_DIM ReduceDim::REDUCE_ROW

#include "compute_kernel_api/bcast.h"
#include "compute_kernel_api/eltwise_unary/exp.h"
#include "compute_kernel_api/eltwise_unary/recip.h"
#include "compute_kernel_api/reduce.h"
#include "compute_kernel_api/softmax.h"

constexpr uint32_t cb_x = get_compile_time_arg_val(0);
constexpr uint32_t cb_one = get_compile_time_arg_val(1);
constexpr uint32_t cb_y = get_compile_time_arg_val(2);
constexpr uint32_t cb_max = get_compile_time_arg_val(3);
constexpr uint32_t cb_exp = get_compile_time_arg_val(4);
constexpr uint32_t cb_inv = get_compile_time_arg_val(5);

void put(uint32_t cb)
{
    tile_regs_commit();
    cb_reserve_back(cb, 1);
    tile_regs_wait();
    pack_tile(0, cb);
    tile_regs_release();
    cb_push_back(cb, 1);
}

void row()
{
    cb_wait_front(cb_x, WIDTH);
    tile_regs_acquire();
    reduce_init<PoolType::MAX, REDUCE_DIM>(cb_x, cb_one, cb_max);
    for (uint32_t i = 0; i < WIDTH; i++)
        reduce_tile<PoolType::MAX, REDUCE_DIM>(cb_x, cb_one, i, 0, 0);
    reduce_uninit();
    put(cb_max);

    cb_wait_front(cb_max, 1);
    for (uint32_t i = 0; i < WIDTH; i++) {
        tile_regs_acquire();
        sub_bcast_cols_init_short(cb_x, cb_max);
        sub_tiles_bcast_cols(cb_x, cb_max, i, 0, 0);
        exp_tile_init();
        exp_tile(0);
        put(cb_exp);
    }
    cb_pop_front(cb_max, 1);
    cb_pop_front(cb_x, WIDTH);

    cb_wait_front(cb_exp, WIDTH);
    tile_regs_acquire();
    reduce_init<PoolType::SUM, REDUCE_DIM>(cb_exp, cb_one, cb_inv);
    for (uint32_t i = 0; i < WIDTH; i++)
        reduce_tile<PoolType::SUM, REDUCE_DIM>(cb_exp, cb_one, i, 0, 0);
    reduce_uninit();
    recip_tile_init();
    recip_tile(0);
    put(cb_inv);

    cb_wait_front(cb_inv, 1);
    for (uint32_t i = 0; i < WIDTH; i++) {
        tile_regs_acquire();
        mul_bcast_cols_init_short(cb_exp, cb_inv);
        mul_tiles_bcast_cols(cb_exp, cb_inv, i, 0, 0);
        put(cb_y);
    }
    cb_pop_front(cb_inv, 1);
    cb_pop_front(cb_exp, WIDTH);
}

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * ROWS_PER_ITEM;

    binary_op_init_common(cb_x, cb_one, cb_y);
    cb_wait_front(cb_one, 1);
    for (int32_t t = get_arg_val<int32_t>(0) * ROWS_PER_ITEM; t < end; t++)
        row();
}

#endif
