/* SPDX-License-Identifier: MIT */
/* Start-up and init calls of the basic operations. They set up nothing but
 * flags: see tt/compute.h. */
#ifndef TT_COMPUTE_INIT_H
#define TT_COMPUTE_INIT_H

#include "tt/compute.h"

namespace ckernel
{

template <SrcOrder order = SrcOrder::Normal>
ALWI void compute_kernel_hw_startup(uint32_t, uint32_t, uint32_t)
{
}
template <SrcOrder order = SrcOrder::Normal>
ALWI void compute_kernel_hw_startup(uint32_t, uint32_t)
{
}
ALWI void unary_op_init_common(uint32_t = 0, uint32_t = 16)
{
    ttk::set_copy_transpose(0);
}
ALWI void init_sfpu(uint32_t = 0, uint32_t = 16)
{
    ttk::set_copy_transpose(0);
}
ALWI void binary_op_init_common(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
ALWI void copy_tile_to_dst_init_short(uint32_t = 0, uint32_t transpose = 0,
                                      uint32_t = 0)
{
    ttk::set_copy_transpose(transpose);
}
ALWI void copy_tile_to_dst_init_short_with_dt(uint32_t, uint32_t,
                                              uint32_t transpose = 0)
{
    ttk::set_copy_transpose(transpose);
}
ALWI void copy_tile_init(uint32_t = 0)
{
    ttk::set_copy_transpose(0);
}
ALWI void copy_init(uint32_t, uint32_t transpose = 0)
{
    ttk::set_copy_transpose(transpose);
}

ALWI void add_tiles_init(uint32_t = 0, uint32_t = 1, bool onto = false)
{
    ttk::set_accumulate(onto);
}
ALWI void sub_tiles_init(uint32_t = 0, uint32_t = 1, bool onto = false)
{
    ttk::set_accumulate(onto);
}
ALWI void mul_tiles_init(uint32_t = 0, uint32_t = 1, bool = true)
{
}
ALWI void add_init(uint32_t = 0, uint32_t = 1, bool onto = false)
{
    ttk::set_accumulate(onto);
}
ALWI void sub_init(uint32_t = 0, uint32_t = 1, bool onto = false)
{
    ttk::set_accumulate(onto);
}
ALWI void mul_init(uint32_t = 0, uint32_t = 1, bool = true)
{
}

template <bool full = true, EltwiseBinaryType what = ELWADD>
ALWI void binary_tiles_init(uint32_t = 0, uint32_t = 1, bool onto = false)
{
    ttk::set_accumulate(onto);
}

ALWI void add_binary_tile_init()
{
}
ALWI void sub_binary_tile_init()
{
}
ALWI void mul_binary_tile_init()
{
}

} /* namespace ckernel */

#endif
