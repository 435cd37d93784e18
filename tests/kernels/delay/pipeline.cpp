// SPDX-License-Identifier: MIT
// c = a + b, page by page, with every wait that this needs - but for the one
// that a definition WITHOUT_... takes out, which TT_EMU_DELAY must show.
// Arguments: buffers a, b, c. Constants: CB 0, 1, 2; PAGES for each work item.

#if !defined(COMPUTE_KERNEL)

#include "api/dataflow/dataflow_api.h"

constexpr auto args_a = TensorAccessorArgs<3>();
constexpr auto args_b =
    TensorAccessorArgs<args_a.next_compile_time_args_offset()>();
constexpr auto args_c =
    TensorAccessorArgs<args_b.next_compile_time_args_offset()>();

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * PAGES;

    for (int32_t i = get_arg_val<int32_t>(0) * PAGES; i < end; i++) {
#if defined(READER_KERNEL)
        const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0));
        const auto b = TensorAccessor(args_b, get_common_arg_val<uint32_t>(1));

#ifndef WITHOUT_RESERVE
        cb_reserve_back(0, 1);
#endif
        noc_async_read_tile(i, a, get_write_ptr(0));
#ifndef WITHOUT_READ_BARRIER
        noc_async_read_barrier();
#endif
        cb_push_back(0, 1);
#ifndef WITHOUT_RESERVE
        cb_reserve_back(1, 1);
#endif
        noc_async_read_tile(i, b, get_write_ptr(1));
#ifndef WITHOUT_READ_BARRIER
        noc_async_read_barrier();
#endif
        cb_push_back(1, 1);
#else
        const auto c = TensorAccessor(args_c, get_common_arg_val<uint32_t>(2));

#ifndef WITHOUT_WRITER_WAIT
        cb_wait_front(2, 1);
#endif
        noc_async_write_tile(i, c, get_read_ptr(2));
#ifdef WITHOUT_WRITER_WAIT
        cb_wait_front(2, 1); // too late
#endif
#ifndef WITHOUT_FLUSH
        noc_async_writes_flushed();
#endif
        cb_pop_front(2, 1);
#endif
    }
    noc_async_full_barrier();
}

#else

#include "compute_kernel_api/eltwise_binary.h"

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * PAGES;

    binary_op_init_common(0, 1, 2);
    add_tiles_init(0, 1);
    for (int32_t i = get_arg_val<int32_t>(0) * PAGES; i < end; i++) {
        cb_wait_front(0, 1);
#ifndef WITHOUT_WAIT
        cb_wait_front(1, 1);
#endif
#ifndef WITHOUT_ACQUIRE
        tile_regs_acquire();
#endif
        add_tiles(0, 1, 0, 0, 0);
        tile_regs_commit();
#ifdef WITHOUT_WAIT
        cb_wait_front(1, 1); // too late
#endif
#ifdef WITHOUT_UNPACK_DRAIN
        UNPACK(ttk::unpacker.busy = false;)
#endif
        cb_pop_front(0, 1);
        cb_pop_front(1, 1);
#ifndef WITHOUT_RESERVE_OUT
        cb_reserve_back(2, 1);
#endif
#ifndef WITHOUT_TILE_WAIT
        tile_regs_wait();
#endif
        pack_tile(0, 2);
#ifdef WITHOUT_TILE_WAIT
        tile_regs_wait(); // too late
#endif
        tile_regs_release();
#ifdef WITHOUT_PACK_DRAIN
        PACK(ttk::packer.busy = false;)
#endif
        cb_push_back(2, 1);
    }
}

#endif
