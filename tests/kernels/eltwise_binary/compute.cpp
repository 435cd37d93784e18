// SPDX-License-Identifier: MIT
// One matrix-unit operation a tile, packed before the operands are given back.

#include "api/compute/common.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/tile_move_copy.h"

void kernel_main()
{
    constexpr auto left = tt::CBIndex::c_0;
    constexpr auto right = tt::CBIndex::c_1;
    constexpr auto result = tt::CBIndex::c_16;

    binary_op_init_common(left, right, result);
    OP_INIT(left, right);
    for (uint32_t left_over = get_arg_val<uint32_t>(0); left_over;
         left_over--) {
        cb_wait_front(left, 1);
        cb_wait_front(right, 1);
        tile_regs_acquire();
        OP(left, right, 0, 0, 0);
        tile_regs_commit();
        tile_regs_wait();
        cb_reserve_back(result, 1);
        pack_tile(0, result);
        cb_push_back(result, 1);
        cb_pop_front(left, 1);
        cb_pop_front(right, 1);
        tile_regs_release();
    }
}
