// SPDX-License-Identifier: MIT
// expect TRISC1: Dst: math uses a half before it has acquired it (tile_regs_acquire)
#if defined(COMPUTE_KERNEL)
#include "compute_kernel_api/eltwise_unary/exp.h"

void kernel_main()
{
    init_sfpu(0, 1);
    exp_tile_init();
    tile_regs_acquire();
    exp_tile(0);
    tile_regs_commit();
    exp_tile(1); // HERE
    tile_regs_acquire();
    tile_regs_commit();
}
#else
void kernel_main() {}
#endif
