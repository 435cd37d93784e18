// SPDX-License-Identifier: MIT
// c = one operation of the matrix unit on tiles of a and b. Arguments: buffers
// a, b, c of as many tiles as there are work items. Constants: CB 0, 1, 2.
// Definitions: KIND which operation (below), WHAT 0 add, 1 subtract, 2
// multiply (or as KIND says), DIM 0 none, 1 column, 2 row, 3 scalar.

#define KIND_BCAST       0 // a op spread b
#define KIND_BCAST_NAMED 1 // same by its older names
#define KIND_UNARY_BCAST 2 // spread a
#define KIND_TRANSPOSE   3 // transposed a
#define KIND_COPY_TURNED 4 // same, through copy_tile
#define KIND_REUSE_A     5 // (a op b), a arriving by way of Dst
#define KIND_REUSE_B     6 // (b op a), the same
#define KIND_MIXED       7 // transposed a + column of b, many owners in turn
#define KIND_RELU        8 // a with small values cut off by the packer
#define KIND_ROWS        9 // b, its first WHAT rows of 16 datums from a

#if defined(READER_KERNEL)

#include "dataflow_api.h"

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
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
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

#include "dataflow_api.h"

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
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
        cb_wait_front(cb_c, 1);
        noc_async_write_tile(i, c, get_read_ptr(cb_c));
        noc_async_write_barrier();
        cb_pop_front(cb_c, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "compute_kernel_api/bcast.h"
#include "compute_kernel_api/eltwise_binary.h"
#include "compute_kernel_api/reduce.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "compute_kernel_api/transpose_wh.h"

#define BCAST_LLKOP                                                            \
    static_cast<EltwiseBinaryType>(WHAT == 0   ? ELWADD                        \
                                   : WHAT == 1 ? ELWSUB                        \
                                               : ELWMUL)
#define BCAST_DIM static_cast<BroadcastType>(DIM)

constexpr uint32_t cb_a = get_compile_time_arg_val(0);
constexpr uint32_t cb_b = get_compile_time_arg_val(1);
constexpr uint32_t cb_c = get_compile_time_arg_val(2);

template <int what, int dim> void named_bcast()
{
    if constexpr (what == 0 && dim == 1) {
        add_bcast_cols_init_short(cb_a, cb_b);
        add_tiles_bcast_cols(cb_a, cb_b, 0, 0, 0);
    } else if constexpr (what == 0 && dim == 2) {
        add_bcast_rows_init_short();
        add_tiles_bcast_rows(cb_a, cb_b, 0, 0, 0);
    } else if constexpr (what == 1 && dim == 1) {
        sub_bcast_cols_init_short(cb_a, cb_b);
        sub_tiles_bcast_cols(cb_a, cb_b, 0, 0, 0);
    } else if constexpr (what == 1) {
        sub_tiles_bcast<BCAST_DIM>(cb_a, cb_b, 0, 0, 0);
    } else if constexpr (what == 2 && dim == 3) {
        mul_tiles_bcast_scalar_init_short(cb_a, cb_b);
        mul_tiles_bcast_scalar(cb_a, cb_b, 0, 0, 0);
    } else if constexpr (what == 2) {
        mul_tiles_bcast<BCAST_DIM>(cb_a, cb_b, 0, 0, 0);
    } else {
        add_tiles_bcast<BCAST_DIM>(cb_a, cb_b, 0, 0, 0);
    }
}

/* Many operations in one acquire, each finding the hardware set for another:
 * only the last two decide the result. */
void mixed()
{
    copy_tile(cb_b, 0, 1);
    sub_tiles(cb_a, cb_b, 0, 0, 2);
    matmul_tiles(cb_a, cb_b, 0, 0, 3);
    reduce_tile<PoolType::SUM, REDUCE_ROW>(cb_a, cb_b, 0, 0, 1);
    mul_tiles_bcast<BroadcastType::SCALAR>(cb_a, cb_b, 0, 0, 3);
    unary_bcast<BroadcastType::ROW>(cb_b, 0, 1);
    add_binary_tile(1, 2, 3);
    matmul_tiles(cb_a, cb_b, 0, 0, 3, 1);
    reduce_tile<PoolType::SUM, REDUCE_SCALAR>(cb_a, cb_b, 0, 0, 1);
    sub_tiles_bcast<BroadcastType::COL>(cb_a, cb_b, 0, 0, 2);
    add_tiles(cb_a, cb_b, 0, 0, 3);
    transpose_wh_tile(cb_a, 0, 0);
    unary_bcast<BroadcastType::COL>(cb_b, 0, 1);
    add_binary_tile(0, 1, 0);
}

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1);

    init_bcast<BCAST_LLKOP, BCAST_DIM>(cb_a, cb_b, cb_c);
    for (int32_t i = get_arg_val<int32_t>(0); i < end; i++) {
        cb_wait_front(cb_a, 1);
        cb_wait_front(cb_b, 1);
        tile_regs_acquire();
#if KIND == KIND_BCAST
        any_tiles_bcast<BCAST_LLKOP, BCAST_DIM>(cb_a, cb_b, 0, 0, 0);
#elif KIND == KIND_BCAST_NAMED
        named_bcast<WHAT, DIM>();
#elif KIND == KIND_UNARY_BCAST
        unary_bcast_init<BCAST_DIM>(cb_a, cb_c);
        unary_bcast<BCAST_DIM>(cb_a, 0, 0);
#elif KIND == KIND_TRANSPOSE
        transpose_wh_init_short(cb_a);
        transpose_wh_tile(cb_a, 0, 0);
#elif KIND == KIND_COPY_TURNED
        copy_tile_to_dst_init_short(cb_a, 1);
        copy_tile(cb_a, 0, 0);
#elif KIND == KIND_REUSE_A
        copy_tile_init(cb_a);
        copy_tile(cb_a, 0, 1);
        binary_dest_reuse_tiles_init<BCAST_LLKOP,
                                     EltwiseBinaryReuseDestType::DEST_TO_SRCA>(
            cb_b);
        binary_dest_reuse_tiles<BCAST_LLKOP,
                                EltwiseBinaryReuseDestType::DEST_TO_SRCA>(cb_b,
                                                                          0, 1);
#elif KIND == KIND_REUSE_B
        copy_tile_init(cb_a);
        copy_tile(cb_a, 0, 1);
        binary_dest_reuse_tiles_init<BCAST_LLKOP,
                                     EltwiseBinaryReuseDestType::DEST_TO_SRCB>(
            cb_b);
        binary_dest_reuse_tiles<BCAST_LLKOP,
                                EltwiseBinaryReuseDestType::DEST_TO_SRCB>(cb_b,
                                                                          0, 1);
#elif KIND == KIND_MIXED
        mixed();
#elif KIND == KIND_RELU
        copy_tile(cb_a, 0, 0);
        pack_relu_config(WHAT == 0
                             ? ReluType::ZERO_RELU
                             : ReluType::MIN_THRESHOLD_RELU | 0x3F80u << 16);
#elif KIND == KIND_ROWS
        copy_tile(cb_b, 0, 0);
        copy_tile(cb_a, 0, 1);
        pack_rows_init(WHAT);
#endif
        tile_regs_commit();
        cb_pop_front(cb_a, 1);
        cb_pop_front(cb_b, 1);
        cb_reserve_back(cb_c, 1);
        tile_regs_wait();
        pack_tile(KIND == KIND_REUSE_A || KIND == KIND_REUSE_B, cb_c);
#if KIND == KIND_ROWS
        pack_rows(1, cb_c);
#endif
        tile_regs_release();
        cb_push_back(cb_c, 1);
    }
}

#endif
