// SPDX-License-Identifier: MIT
// c = a + b, each core on its own shards: circular buffers 0, 1 and 2 lie over
// the shards of a, b and c, so that no NOC is needed and nobody produces or
// consumes. The definition SHARD_TILES is the number of tiles of a shard.

#if defined(COMPUTE_KERNEL)

#include "compute_kernel_api/eltwise_binary.h"

void kernel_main()
{
    constexpr uint32_t cb_a = tt::CBIndex::c_0;
    constexpr uint32_t cb_b = tt::CBIndex::c_1;
    constexpr uint32_t cb_c = tt::CBIndex::c_2;

    binary_op_init_common(cb_a, cb_b, cb_c);
    add_tiles_init(cb_a, cb_b);
    for (uint32_t i = 0; i < SHARD_TILES; i++) {
        tile_regs_acquire();
        add_tiles(cb_a, cb_b, i, i, 0);
        tile_regs_commit();
        tile_regs_wait();
        pack_tile<true>(0, cb_c, i);
        tile_regs_release();
    }
}

#else

void kernel_main() {}

#endif
