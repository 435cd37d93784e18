// SPDX-License-Identifier: MIT
// The old shape of a compute kernel: NAMESPACE and MAIN, compile-time extents.

#include <cstdint>
#include "compute_kernel_api/matmul.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "hostdevcommon/kernel_structs.h"

using std::uint32_t;

namespace NAMESPACE {
void MAIN {
    constexpr uint32_t rows = get_compile_time_arg_val(0);
    constexpr uint32_t inner = get_compile_time_arg_val(1);
    constexpr uint32_t columns = get_compile_time_arg_val(2);
    constexpr tt::CBIndex a = tt::CBIndex::c_0;
    constexpr tt::CBIndex b = tt::CBIndex::c_1;
    constexpr tt::CBIndex c = tt::CBIndex::c_16;

    mm_init(a, b, c);
    for (uint32_t tile = 0; tile < rows * columns; tile++) {
        tile_regs_acquire();
        for (uint32_t k = 0; k < inner; k++) {
            cb_wait_front(a, 1);
            cb_wait_front(b, 1);
            matmul_tiles(a, b, 0, 0, 0);
            cb_pop_front(a, 1);
            cb_pop_front(b, 1);
        }
        tile_regs_commit();
        tile_regs_wait();
        cb_reserve_back(c, 1);
        pack_tile(0, c);
        cb_push_back(c, 1);
        tile_regs_release();
    }
}
}  // namespace NAMESPACE
