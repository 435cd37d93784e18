// SPDX-License-Identifier: MIT
// D = A x B + C as generated code has it, for blocks of 2 x 2 tiles in one row
// of blocks: all cores need the same block of A, which the first core of the
// rectangle reads and sends to the others. Arguments: descriptors of ten words
// of A, B, D, C (buffer, rows, columns, strides, padding, and again), then M,
// N, K in elements. Constants: CB 0 .. 3 for A, B, C, D: not in the order of
// the arguments. Compile-time words: CBs, two semaphores, accessors.

#if !defined(COMPUTE_KERNEL)

#include "api/core_local_mem.h"
#include "api/dataflow/circular_buffer.h"
#include "api/dataflow/dataflow_api.h"
#include "api/dataflow/endpoints.h"
#include "api/dataflow/noc.h"
#include "api/tensor/noc_traits.h"
#include "tools/profiler/kernel_profiler.hpp"

namespace experimental
{
FORCE_INLINE
void semaphore_wait(volatile tt_l1_ptr uint32_t *word, uint32_t value)
{
    do
        invalidate_l1_cache();
    while (*word != value);
}

FORCE_INLINE
std::uint32_t convert_logical_x_to_translated(std::uint32_t x)
{
    return worker_logical_col_to_virtual_col[x];
}

FORCE_INLINE
std::uint32_t convert_logical_y_to_translated(std::uint32_t y)
{
    return worker_logical_row_to_virtual_row[y];
}
} // namespace experimental

// Four tiles from row @row and column @col (in tiles) of a matrix, row by row
// or, for the second factor, column by column.
template <typename Source>
static void fetch(const Noc &noc, const Source &from, CircularBuffer cb,
                  int32_t row, int32_t col, int32_t width, bool by_columns)
{
    for (int32_t i = 0; i < 4; i++) {
        int32_t down = by_columns ? i % 2 : i / 2;
        int32_t right = by_columns ? i / 2 : i % 2;

        noc.async_read(
            from,
            CoreLocalMem<uint32_t>((int32_t)((uint32_t)cb.get_write_ptr() +
                                             (uint32_t)(i * 2048))),
            from.get_aligned_page_size(),
            {.page_id =
                 static_cast<uint32_t>((row + down) * width + col + right)},
            {});
    }
    noc.async_read_barrier();
}

#if defined(READER_KERNEL)

void kernel_main()
{
    Noc noc1(1);
    DeviceZoneScopedN("reader");
    auto args_a = TensorAccessorArgs<6, 0>();
    auto args_b =
        TensorAccessorArgs<args_a.next_compile_time_args_offset(),
                           args_a.next_common_runtime_args_offset()>();
    auto args_d =
        TensorAccessorArgs<args_b.next_compile_time_args_offset(),
                           args_b.next_common_runtime_args_offset()>();
    auto args_c =
        TensorAccessorArgs<args_d.next_compile_time_args_offset(),
                           args_d.next_common_runtime_args_offset()>();
    int32_t width = get_common_arg_val<uint32_t>(12) / 32;
    int32_t depth = get_common_arg_val<uint32_t>(42) / 64;
    CircularBuffer cb_b(get_compile_time_arg_val(1));
    CircularBuffer cb_c(get_compile_time_arg_val(2));
    int32_t tile = get_tile_size(get_compile_time_arg_val(1));
    TensorAccessor b =
        TensorAccessor(args_b, get_common_arg_val<uint32_t>(10), tile);
    TensorAccessor c =
        TensorAccessor(args_c, get_common_arg_val<uint32_t>(30), tile);
    int32_t end = get_arg_val<uint32_t>(1);

    for (int32_t i = get_arg_val<uint32_t>(0); i < end; i++) {
        for (int32_t k = 0; k < depth; k++) {
            cb_b.reserve_back(4);
            fetch(noc1, b, cb_b, 2 * k, 2 * i, width, true);
            cb_b.push_back(4);
        }
        cb_c.reserve_back(4);
        fetch(noc1, c, cb_c, 0, 2 * i, width, false);
        cb_c.push_back(4);
    }
    return;
}

#else

void kernel_main()
{
    size_t none = 0, one = 1;
    int8_t on_noc0 = 0;
    UnicastEndpoint unicast_ep;
    MulticastEndpoint mcast_ep;
    Noc noc0(0);
    DeviceZoneScopedN("writer");
    auto args_a = TensorAccessorArgs<6, 0>();
    auto args_b =
        TensorAccessorArgs<args_a.next_compile_time_args_offset(),
                           args_a.next_common_runtime_args_offset()>();
    auto args_d =
        TensorAccessorArgs<args_b.next_compile_time_args_offset(),
                           args_b.next_common_runtime_args_offset()>();
    int32_t width = get_common_arg_val<uint32_t>(22) / 32;
    int32_t depth = get_common_arg_val<uint32_t>(42) / 64;
    CircularBuffer cb_a(get_compile_time_arg_val(0));
    CircularBuffer cb_d(get_compile_time_arg_val(3));
    int32_t tile = get_tile_size(get_compile_time_arg_val(0));
    TensorAccessor a =
        TensorAccessor(args_a, get_common_arg_val<uint32_t>(none), tile);
    TensorAccessor d =
        TensorAccessor(args_d, get_common_arg_val<uint32_t>(20), tile);
    int32_t first = get_arg_val<uint32_t>(3), last = get_arg_val<uint32_t>(4);
    int32_t others = (int32_t)(((uint32_t)last >> 16) + 1) *
                         ((last & 65535) + 1) - 1;
    int32_t ready = get_semaphore(get_compile_time_arg_val(4));
    int32_t sent = get_semaphore(get_compile_time_arg_val(5));
    tt_l1_ptr uint32_t *ready_word =
        reinterpret_cast<tt_l1_ptr uint32_t *>(ready);
    tt_l1_ptr uint32_t *sent_word =
        reinterpret_cast<tt_l1_ptr uint32_t *>(sent);
    size_t x0 =
        experimental::convert_logical_x_to_translated((uint32_t)first >> 16);
    size_t y0 = experimental::convert_logical_y_to_translated(first & 65535);
    size_t x1 =
        experimental::convert_logical_x_to_translated((uint32_t)last >> 16);
    size_t y1 = experimental::convert_logical_y_to_translated(last & 65535);
    bool sends =
        first >> 16 == (int32_t)((ptrdiff_t)get_absolute_logical_x()) &&
        (first & 65535) == (int32_t)((ptrdiff_t)get_absolute_logical_y());
    int32_t end = get_arg_val<uint32_t>(one);

    for (int32_t i = get_arg_val<uint32_t>(none); i < end; i++) {
        for (int32_t k = 0; k < depth; k++) {
            cb_a.reserve_back(4);
            if (sends) {
                fetch(noc0, a, cb_a, 0, 2 * k, 2 * depth, false);
                experimental::semaphore_wait(ready_word, others);
                noc_semaphore_set(ready_word, none);
                noc0.async_write_multicast(
                    CoreLocalMem<uint32_t>(cb_a.get_write_ptr()), mcast_ep,
                    8192, others, {},
                    noc_traits_t<MulticastEndpoint>::dst_args_mcast_type{
                        .noc_x_start = x0,
                        .noc_y_start = y0,
                        .noc_x_end = x1,
                        .noc_y_end = y1,
                        .addr = static_cast<uint32_t>(cb_a.get_write_ptr())},
                    false);
                noc0.async_write_barrier();
                noc_semaphore_set(sent_word, one);
                int64_t all =
                    get_noc_multicast_addr(x0, y0, x1, y1, sent, on_noc0);
                noc_semaphore_set_multicast(sent, all, others);
            } else {
                uint64_t to = unicast_ep.get_noc_unicast_addr(
                    static_cast<uint32_t>(x0), static_cast<uint32_t>(y0),
                    static_cast<uint32_t>(ready), noc0.get_noc_id());
                noc_semaphore_inc(to, one, on_noc0);
                experimental::semaphore_wait(sent_word, one);
                noc_semaphore_set(sent_word, none);
            }
            cb_a.push_back(4);
        }
        cb_d.wait_front(4);
        for (int32_t t = 0; t < 4; t++)
            noc0.async_write(
                CoreLocalMem<uint32_t>(cb_d.get_read_ptr() + t * 2048), d,
                d.get_aligned_page_size(), {},
                {.page_id =
                     static_cast<uint32_t>(t / 2 * width + 2 * i + t % 2)});
        noc0.async_write_barrier();
        cb_d.pop_front(4);
    }
    return;
}

#endif

#else

#include "api/compute/common.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/matmul.h"
#include "api/compute/pack.h"
#include "api/compute/reg_api.h"
#include "api/compute/tile_move_copy.h"
#include "api/dataflow/circular_buffer.h"

void kernel_main()
{
    constexpr uint32_t a = get_compile_time_arg_val(0);
    constexpr uint32_t b = get_compile_time_arg_val(1);
    constexpr uint32_t c = get_compile_time_arg_val(2);
    constexpr uint32_t d = get_compile_time_arg_val(3);
    CircularBuffer cb_a(a), cb_b(b), cb_c(c), cb_d(d);
    int32_t depth = get_common_arg_val<uint32_t>(42) / 64;
    int32_t end = get_arg_val<uint32_t>(1);

    compute_kernel_hw_startup<SrcOrder::Reverse>(a, b, d);
    matmul_init(a, b, 0);
    for (int32_t i = get_arg_val<uint32_t>(0); i < end; i++) {
        tile_regs_acquire();
        matmul_init(a, b, 0);
        for (int32_t k = 0; k < depth; k++) {
            cb_a.wait_front(4);
            cb_b.wait_front(4);
            // Eight products, in the order of the inner dimension.
            for (int32_t t = 0; t < 8; t++)
                matmul_tiles(a, b, t / 2 % 2 * 2 + t / 4, t % 2 * 2 + t / 4,
                             t % 4);
            cb_a.pop_front(4);
            cb_b.pop_front(4);
        }
        cb_c.wait_front(4);
        for (int32_t t = 0; t < 4; t++) {
            copy_tile_init(c);
            copy_tile(c, t, 4 + t);
        }
        cb_c.pop_front(4);
        for (int32_t t = 0; t < 4; t++) {
            add_binary_tile_init();
            add_binary_tile(t, 4 + t, t);
        }
        cb_d.reserve_back(4);
        tile_regs_commit();
        tile_regs_wait();
        for (int32_t t = 3; t >= 0; t--)
            pack_tile<true>(t, d, t);
        tile_regs_release();
        cb_d.push_back(4);
    }
    return;
}

#endif
