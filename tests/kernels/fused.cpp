// SPDX-License-Identifier: MIT
// D = A x B + C for blocks of 2 x 2 tiles: four products grow in DST, the four
// tiles of C are copied beside them, the vector unit adds, all in one acquire.
// Arguments: buffers A, B, C, D, then Nt, Kt (even). Constants: CB 0 .. 3 of at
// least four tiles. Work item t is block (t / (Nt / 2), t % (Nt / 2)) of D.

#if !defined(COMPUTE_KERNEL)

#include "api/dataflow/dataflow_api.h"

constexpr auto args_a = TensorAccessorArgs<4>();
constexpr auto args_b =
    TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
constexpr auto args_c =
    TensorAccessorArgs<args_b.next_compile_time_args_offset()>();
constexpr auto args_d =
    TensorAccessorArgs<args_c.next_compile_time_args_offset()>();

// Four tiles whose first is tile (row, column) of an array of @width tiles.
template <typename Source>
static void fetch(uint32_t cb, const Source &from, uint32_t row,
                  uint32_t column, uint32_t width)
{
    cb_reserve_back(cb, 4);
    for (uint32_t i = 0; i < 4; i++)
        noc_async_read_tile((row + i / 2) * width + column + i % 2, from,
                            get_write_ptr(cb) + i * get_tile_size(cb));
    noc_async_read_barrier();
    cb_push_back(cb, 4);
}

void kernel_main()
{
    const uint32_t nt = get_common_arg_val<uint32_t>(4);
    const uint32_t kt = get_common_arg_val<uint32_t>(5);
    const int32_t end = get_arg_val<int32_t>(1);

    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        const uint32_t m = (uint32_t)t / (nt / 2) * 2;
        const uint32_t n = (uint32_t)t % (nt / 2) * 2;

#if defined(READER_KERNEL)
        const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0));
        const auto b = TensorAccessor(args_b, get_common_arg_val<uint32_t>(1));
        const auto c = TensorAccessor(args_c, get_common_arg_val<uint32_t>(2));

        for (uint32_t k = 0; k < kt; k += 2) {
            fetch(0, a, m, k, kt);
            fetch(1, b, k, n, nt);
        }
        fetch(2, c, m, n, nt);
#else
        const auto d = TensorAccessor(args_d, get_common_arg_val<uint32_t>(3));

        (void)kt;
        cb_wait_front(3, 4);
        for (uint32_t i = 0; i < 4; i++)
            noc_async_write_tile((m + i / 2) * nt + n + i % 2, d,
                                 get_read_ptr(3) + i * get_tile_size(3));
        noc_async_write_barrier();
        cb_pop_front(3, 4);
#endif
    }
}

#else

#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/matmul.h"
#include "api/compute/tile_move_copy.h"

static void multiply()
{
    cb_wait_front(0, 4);
    cb_wait_front(1, 4);
    for (uint32_t row = 0; row < 2; row++)
        for (uint32_t column = 0; column < 2; column++)
            for (uint32_t k = 0; k < 2; k++)
                matmul_tiles(0, 1, row * 2 + k, k * 2 + column,
                             row * 2 + column);
    cb_pop_front(0, 4);
    cb_pop_front(1, 4);
}

static void add()
{
    cb_wait_front(2, 4);
    copy_tile_to_dst_init_short(2);
    for (uint32_t i = 0; i < 4; i++)
        copy_tile(2, i, 4 + i);
    cb_pop_front(2, 4);
    add_binary_tile_init();
    for (uint32_t i = 0; i < 4; i++)
        add_binary_tile(i, 4 + i, i);
}

void kernel_main()
{
    const uint32_t kt = get_common_arg_val<uint32_t>(5);
    const int32_t end = get_arg_val<int32_t>(1);

    mm_init(0, 1, 3);
    for (int32_t t = get_arg_val<int32_t>(0); t < end; t++) {
        mm_init_short(0, 1);
        tile_regs_acquire();
        for (uint32_t k = 0; k < kt; k += 2)
            multiply();
        add();
        tile_regs_commit();
        cb_reserve_back(3, 4);
        tile_regs_wait();
        // out of order on purpose: the third argument places a tile
        for (uint32_t i = 4; i-- > 0;)
            pack_tile<true>(i, 3, i);
        tile_regs_release();
        cb_push_back(3, 4);
    }
}

#endif
