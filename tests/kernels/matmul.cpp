// SPDX-License-Identifier: MIT
// C = A x B in tiles: A is Mt x Kt, B is Kt x Nt, C is Mt x Nt tiles.
// Arguments: buffers A, B, C, then Nt, Kt. Constants: CB 0 (A), 1 (B), 2 (C).
// Work item t is output tile (t / Nt, t % Nt).

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
    const uint32_t nt = get_common_arg_val<uint32_t>(3);
    const uint32_t kt = get_common_arg_val<uint32_t>(4);
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        const uint32_t m = (uint32_t)t / nt, n = (uint32_t)t % nt;

        for (uint32_t k = 0; k < kt; k++) {
            cb_reserve_back(cb_a, 1);
            noc_async_read_tile(m * kt + k, a, get_write_ptr(cb_a));
            cb_reserve_back(cb_b, 1);
            noc_async_read_tile(k * nt + n, b, get_write_ptr(cb_b));
            noc_async_read_barrier();
            cb_push_back(cb_a, 1);
            cb_push_back(cb_b, 1);
        }
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

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        cb_wait_front(cb_c, 1);
        noc_async_write_tile(t, c, get_read_ptr(cb_c));
        noc_async_write_barrier();
        cb_pop_front(cb_c, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "compute_kernel_api/matmul.h"
#include "compute_kernel_api/tile_move_copy.h"

void kernel_main()
{
    constexpr uint32_t cb_a = get_compile_time_arg_val(0);
    constexpr uint32_t cb_b = get_compile_time_arg_val(1);
    constexpr uint32_t cb_c = get_compile_time_arg_val(2);
    const uint32_t kt = get_common_arg_val<uint32_t>(4);
    const int32_t end = get_arg_val<int32_t>(1);

    mm_init(cb_a, cb_b, cb_c);
    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        tile_regs_acquire();
        for (uint32_t k = 0; k < kt; k++) {
            cb_wait_front(cb_a, 1);
            cb_wait_front(cb_b, 1);
            matmul_tiles(cb_a, cb_b, 0, 0, 0);
            cb_pop_front(cb_a, 1);
            cb_pop_front(cb_b, 1);
        }
        tile_regs_commit();
        cb_reserve_back(cb_c, 1);
        tile_regs_wait();
        pack_tile(0, cb_c);
        tile_regs_release();
        cb_push_back(cb_c, 1);
    }
}

#endif
