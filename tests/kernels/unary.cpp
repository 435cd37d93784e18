// SPDX-License-Identifier: MIT
// y = op(x) for any operation of the vector unit. Definitions: TEST_INIT (may
// be absent) and TEST_CALL, the calls under test, on tiles 0 .. TEST_OPERANDS -
// 1 of DST; tile 0 is written back. Arguments: the operand buffers, the result,
// and a number that TEST_CALL may choose by, under the name "choice".
// Constants: CB 0 .. TEST_OPERANDS, and if TEST_THROUGH is defined, one more,
// through whose format the result passes. The cores share the work items out;
// an item is one tile, or as many as the definition TILES_PER_ITEM says.

#ifndef TILES_PER_ITEM
#define TILES_PER_ITEM 1
#endif
#ifndef TEST_OPERANDS
#define TEST_OPERANDS 1
#endif
#ifndef TEST_INIT
#define TEST_INIT
#endif
#ifdef TEST_THROUGH
#define TEST_BUFFERS (TEST_OPERANDS + 2)
#else
#define TEST_BUFFERS (TEST_OPERANDS + 1)
#endif

#if defined(READER_KERNEL)

#include "api/dataflow/dataflow_api.h"

template <uint32_t operand, uint32_t at> void read(int32_t tile)
{
    if constexpr (operand < TEST_OPERANDS) {
        constexpr auto args = TensorAccessorArgs<at>();
        const auto x =
            TensorAccessor(args, get_common_arg_val<uint32_t>(operand),
                           get_tile_size(operand));

        cb_reserve_back(operand, 1);
        noc_async_read_tile(tile, x, get_write_ptr(operand));
        noc_async_read_barrier();
        cb_push_back(operand, 1);
        read<operand + 1, args.next_compile_time_args_offset()>(tile);
    }
}

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++)
        read<0, TEST_BUFFERS>(i);
}

#elif defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

template <uint32_t operand, uint32_t at> constexpr uint32_t result_args()
{
    if constexpr (operand == TEST_OPERANDS)
        return at;
    else
        return result_args<
            operand + 1,
            TensorAccessorArgs<at>::next_compile_time_args_offset()>();
}

void kernel_main()
{
    constexpr uint32_t cb = TEST_OPERANDS;
    constexpr auto args = TensorAccessorArgs<result_args<0, TEST_BUFFERS>()>();
    const auto y = TensorAccessor(args, get_common_arg_val<uint32_t>(cb),
                                  get_tile_size(cb));
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++) {
        cb_wait_front(cb, 1);
        noc_async_write_tile(i, y, get_read_ptr(cb));
        noc_async_write_barrier();
        cb_pop_front(cb, 1);
    }
}

#elif defined(COMPUTE_KERNEL)

#include "api/compute/compute_kernel_api.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/tile_move_copy.h"
#define SFPU_OP_EXP_INCLUDE 1
#include "api/compute/eltwise_unary/sfpu_split_includes.h"

void pack_result(uint32_t cb)
{
    cb_reserve_back(cb, 1);
    tile_regs_wait();
    pack_reconfig_data_format(cb);
    pack_tile(0, cb);
    tile_regs_release();
    cb_push_back(cb, 1);
}

void kernel_main()
{
    constexpr uint32_t cb_y = TEST_OPERANDS;
    constexpr uint32_t through = TEST_BUFFERS - 1;
    const uint32_t choice = get_common_arg_val<uint32_t>(TEST_OPERANDS + 1);
    const int32_t end = get_arg_val<int32_t>(1) * TILES_PER_ITEM;

    init_sfpu(0, cb_y);
    for (int32_t i = get_arg_val<int32_t>(0) * TILES_PER_ITEM; i < end; i++) {
        tile_regs_acquire();
        for (uint32_t cb = 0; cb < TEST_OPERANDS; cb++) {
            cb_wait_front(cb, 1);
            reconfig_data_format_srca(cb);
            copy_tile_init(cb);
            copy_tile(cb, 0, cb);
        }
        TEST_INIT;
        TEST_CALL;
        tile_regs_commit();
        for (uint32_t cb = 0; cb < TEST_OPERANDS; cb++)
            cb_pop_front(cb, 1);
        pack_result(through);
        if (through != cb_y) {
            cb_wait_front(through, 1);
            tile_regs_acquire();
            reconfig_data_format_srca(through);
            copy_tile_init(through);
            copy_tile(through, 0, 0);
            tile_regs_commit();
            cb_pop_front(through, 1);
            pack_result(cb_y);
        }
    }
}

#endif
