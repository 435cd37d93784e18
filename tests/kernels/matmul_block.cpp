// SPDX-License-Identifier: MIT
// C = A x B, or A x B transposed, block by block. Arguments: buffers A (Mt x Kt
// tiles), B (Kt x Nt, or Nt x Kt if TURNED), C (Mt x Nt). One work item is the
// whole product: Mt = ROWS, Nt = COLS, Kt = DEPTH by definition. With ADD_IN_L1
// each step of the inner dimension is packed onto the last.
// Constants: CB 0 (ROWS * DEPTH tiles), 1 (COLS * DEPTH), 2 (ROWS * COLS).

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

    cb_reserve_back(cb_a, ROWS * DEPTH);
    cb_reserve_back(cb_b, COLS * DEPTH);
    for (uint32_t i = 0; i < ROWS * DEPTH; i++)
        noc_async_read_tile(i, a,
                            get_write_ptr(cb_a) + i * get_tile_size(cb_a));
    for (uint32_t k = 0; k < DEPTH; k++)
        for (uint32_t n = 0; n < COLS; n++)
            noc_async_read_tile(TURNED ? n * DEPTH + k : k * COLS + n, b,
                                get_write_ptr(cb_b) +
                                    (k * COLS + n) * get_tile_size(cb_b));
    noc_async_read_barrier();
    cb_push_back(cb_a, ROWS * DEPTH);
    cb_push_back(cb_b, COLS * DEPTH);
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

    cb_wait_front(cb_c, ROWS * COLS);
    for (uint32_t i = 0; i < ROWS * COLS; i++)
        noc_async_write_tile(i, c,
                             get_read_ptr(cb_c) + i * get_tile_size(cb_c));
    noc_async_write_barrier();
    cb_pop_front(cb_c, ROWS * COLS);
}

#elif defined(COMPUTE_KERNEL)

#include "compute_kernel_api/matmul.h"

constexpr uint32_t cb_a = get_compile_time_arg_val(0);
constexpr uint32_t cb_b = get_compile_time_arg_val(1);
constexpr uint32_t cb_c = get_compile_time_arg_val(2);

void pack_all()
{
    tile_regs_commit();
    tile_regs_wait();
    for (uint32_t i = 0; i < ROWS * COLS; i++)
        pack_tile<true>(i, cb_c, i);
    tile_regs_release();
}

void kernel_main()
{
    mm_block_init(cb_a, cb_b, cb_c, TURNED, COLS, ROWS, DEPTH);
    cb_wait_front(cb_a, ROWS * DEPTH);
    cb_wait_front(cb_b, COLS * DEPTH);
    cb_reserve_back(cb_c, ROWS * COLS);
#ifndef ADD_IN_L1
    tile_regs_acquire();
#endif
    for (uint32_t k = 0; k < DEPTH; k++) {
#ifdef ADD_IN_L1
        tile_regs_acquire();
        pack_reconfig_l1_acc(k > 0);
#endif
        matmul_block(cb_a, cb_b, k, k * COLS, 0, TURNED, COLS, ROWS, DEPTH);
#ifdef ADD_IN_L1
        pack_all();
#endif
    }
#ifndef ADD_IN_L1
    pack_all();
#endif
    cb_push_back(cb_c, ROWS * COLS);
    cb_pop_front(cb_a, ROWS * DEPTH);
    cb_pop_front(cb_b, COLS * DEPTH);
}

#endif
