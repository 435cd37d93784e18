// SPDX-License-Identifier: MIT
// b = 2 a, with instructions of the coprocessor instead of the kernel API where
// it waits by itself; WITHOUT_... takes one of the waits out.
// Arguments: buffers a, b. Constants: CB 0, 1.

#if !defined(COMPUTE_KERNEL)

#include "api/dataflow/dataflow_api.h"

constexpr auto args_a = TensorAccessorArgs<2>();
constexpr auto args_b =
    TensorAccessorArgs<args_a.next_compile_time_args_offset()>();

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * PAGES;

    for (int32_t i = get_arg_val<int32_t>(0) * PAGES; i < end; i++) {
#if defined(READER_KERNEL)
        const auto a = TensorAccessor(args_a, get_common_arg_val<uint32_t>(0));

        cb_reserve_back(0, 1);
        noc_async_read_tile(i, a, get_write_ptr(0));
        noc_async_read_barrier();
        cb_push_back(0, 1);
#else
        const auto b = TensorAccessor(args_b, get_common_arg_val<uint32_t>(1));

        cb_wait_front(1, 1);
        noc_async_write_tile(i, b, get_read_ptr(1));
        noc_async_write_barrier();
        cb_pop_front(1, 1);
#endif
    }
}

#else

#include "compute_kernel_api/eltwise_unary/eltwise_unary.h"
#include "compute_kernel_api/tile_move_copy.h"

using namespace ttk;

#if COMPILE_FOR_TRISC == 1
// Tile 0 of Dst is doubled. Rows of four, even and odd columns.
static void double_tile()
{
#ifndef WITHOUT_MATH_WAIT
    emit<op::stallwait(op::block_sfpu | op::block_cfg, op::busy_math)>();
#endif
    math_point_at(0);
    for (uint32_t row = 64; row > 0; row -= 2) {
        push(op::sfpload(0, dst_float, am_stay, row - 2));
        emit<op::sfpmad(0, 10, 0, 1)>();
#ifndef WITHOUT_SFPNOP
        emit<op::sfpnop>();
#endif
        push(op::sfpstore(1, dst_float, am_stay, row - 2));
    }
}
#endif

#if COMPILE_FOR_TRISC == 2
constexpr uint32_t packed = 3; // a semaphore of the coprocessor
constexpr uint32_t semaphores = 0xFFE80020; // as T2 sees them (SyncUnit.md)

// Tile 0 of Dst to the back of CB 1; T2 learns from a semaphore that the
// packers are done.
static void pack()
{
    constexpr uint32_t at = word::packer(0) + 1;
    const uint32_t value = (cb_writer[1].ptr >> 4) - 1;

    pack_format(1);
    push(op::setadc_w(op::adc_pack, 0));
    for (uint32_t byte = 0; byte < 3; byte++)
        push(op::make(0xB3 + byte,
                      0xFFu << 16 | (value >> 8 * byte & 0xFF) << 8 | at));
    emit<op::pacr(15, 0)>();
#ifndef WITHOUT_PACK_WAIT
    emit<op::stallwait(op::block_tdma | op::block_sync | op::block_cfg,
                       op::busy_pack)>();
#endif
    emit<op::sempost(packed)>();
    while (!reg(semaphores + 4 * packed))
        ;
    reg(semaphores + 4 * packed) = 1; // back to zero
}
#endif

void kernel_main()
{
    const int32_t end = get_arg_val<int32_t>(1) * PAGES;

    init_sfpu(0, 1);
    copy_tile_init(0);
    PACK(emit<op::seminit(packed, 1, 0)>(); drain();)
    for (int32_t i = get_arg_val<int32_t>(0) * PAGES; i < end; i++) {
        cb_wait_front(0, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        MATH(double_tile();)
        tile_regs_commit();
        cb_pop_front(0, 1);
        cb_reserve_back(1, 1);
        tile_regs_wait();
        PACK(pack();)
        tile_regs_release();
        PACK(cb_push(1, 1);)
    }
}

#endif
