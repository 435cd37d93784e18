// SPDX-License-Identifier: MIT
// Each work item reduces some tiles to one. Arguments: buffers a, scaler (one
// tile), c; then the distances, in tiles of a, between the first tiles of items
// and between the tiles of one, and how many these are. Constants: CB 0, 1, 2.
// Definitions: POOL 0 sum, 1 average, 2 maximum; LEFT 0 a column, 1 a row, 2
// one element; OLD the older spelling; ONES a scaler of 1.0 instead of the
// buffer's.

#if defined(READER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_s = get_compile_time_arg_val(1);
    constexpr auto args_a = TensorAccessorArgs<3>();
    constexpr auto args_s =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0),
                                  get_tile_size(cb_a));
    const auto s = TensorAccessor(args_s, get_common_arg_val<uint32_t>(1),
                                  get_tile_size(cb_s));
    const uint32_t item = get_common_arg_val<uint32_t>(3);
    const uint32_t next = get_common_arg_val<uint32_t>(4);
    const uint32_t depth = get_common_arg_val<uint32_t>(5);
    const int32_t end = get_arg_val<int32_t>(1);

    cb_reserve_back(cb_s, 1);
    noc_async_read_tile(0, s, get_write_ptr(cb_s));
    noc_async_read_barrier();
#ifdef ONES
    auto words =
        reinterpret_cast<volatile tt_l1_ptr uint32_t *>(get_write_ptr(cb_s));
    for (int32_t i = 0; i < get_tile_size(cb_s) / 4; i++)
        words[i] = get_tile_size(cb_s) == 4096 ? 0x3F800000 : 0x3F803F80;
#endif
    cb_push_back(cb_s, 1);
    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++)
        for (uint32_t i = 0; i < depth; i++) {
            cb_reserve_back(cb_a, 1);
            noc_async_read_tile(t * item + i * next, a, get_write_ptr(cb_a));
            noc_async_read_barrier();
            cb_push_back(cb_a, 1);
        }
}

#elif defined(WRITER_KERNEL)

#include "dataflow_api.h"

void kernel_main()
{
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    constexpr auto args_a = TensorAccessorArgs<3>();
    constexpr auto args_s =
        TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
    constexpr auto args_c =
        TensorAccessorArgs<args_s.next_compile_time_args_offset()>();
    const auto c = TensorAccessor(args_c, get_common_arg_val<uint32_t>(2),
                                  get_tile_size(cb_c));
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        cb_wait_front(cb_c, 1);
        noc_async_write_tile(t, c, get_read_ptr(cb_c));
        noc_async_write_barrier();
        cb_pop_front(cb_c, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#define REDUCE_OP                                                              \
    (POOL == 0 ? PoolType::SUM : POOL == 1 ? PoolType::AVG : PoolType::MAX)
#define REDUCE_DIM                                                             \
    (LEFT == 0   ? ReduceDim::REDUCE_ROW                                       \
     : LEFT == 1 ? ReduceDim::REDUCE_COL                                       \
                 : ReduceDim::REDUCE_SCALAR)

#include "compute_kernel_api/reduce.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_s = get_compile_time_arg_val(1);
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    const uint32_t depth = get_common_arg_val<uint32_t>(5);
    const int32_t end = get_arg_val<int32_t>(1);

    binary_op_init_common(cb_a, cb_s, cb_c);
    cb_wait_front(cb_s, 1);
    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        tile_regs_acquire();
        for (uint32_t i = 0; i < depth; i++) {
            cb_wait_front(cb_a, 1);
#ifdef OLD
            reduce_init_delta<false>(cb_c, cb_a, cb_s);
            reduce_tile(cb_a, cb_s, 0, 0, 1);
            reduce_revert_delta(cb_c);
#else
            reduce_init<REDUCE_OP, REDUCE_DIM>(cb_a, cb_s, cb_c);
            reduce_tile<REDUCE_OP, REDUCE_DIM>(cb_a, cb_s, 0, 0, 1);
            reduce_uninit();
#endif
            cb_pop_front(cb_a, 1);
        }
        tile_regs_commit();
        cb_reserve_back(cb_c, 1);
        tile_regs_wait();
        pack_tile(1, cb_c);
        tile_regs_release();
        cb_push_back(cb_c, 1);
    }
}

#endif
