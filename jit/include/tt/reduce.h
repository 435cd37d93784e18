/* SPDX-License-Identifier: MIT */
/* Reductions. Row 0 of each face of the scaler tile is the scaler: sums are
 * multiplied by it (REDUCE_SCALAR: twice), for MAX it must be 1.0. The result
 * adds to what the Dst tile holds, or is its maximum with what was reduced to
 * it since tile_regs_acquire; elements that are no result are zero. */
#ifndef TT_REDUCE_H
#define TT_REDUCE_H

#include "tt/compute.h"
#if COMPILE_FOR_TRISC == 0
#include "tt/unpack_rows.h"
#elif COMPILE_FOR_TRISC == 1
#include "tt/math_reduce.h"
#endif

namespace ttk
{

#if COMPILE_FOR_TRISC == 0
template <ckernel::PoolType type, ckernel::ReduceDim dim>
TT_INLINE void unpack_reduce(uint32_t cb, uint32_t scaler, uint32_t tile,
                             uint32_t tile_scaler)
{
    constexpr bool max = type == ckernel::PoolType::MAX;

    if constexpr (dim == ckernel::REDUCE_ROW && !max) {
        unpack_first_rows<0>(scaler, tile_scaler);
        unpack_b(cb, tile);
        return;
    }
    if constexpr (dim == ckernel::REDUCE_ROW)
        unpack_a_faces<false>(cb, tile);
    else
        unpack_a(cb, tile, false);
    unpack_first_rows<1>(scaler, tile_scaler);
    if constexpr (dim == ckernel::REDUCE_SCALAR && !max) {
        unpack_first_rows<0>(scaler, tile_scaler);
        unpack_nothing<1>();
    }
}
#endif

} /* namespace ttk */

namespace ckernel
{

/** reduce_tile - reduce a tile of @cb onto tile @dst of Dst */
template <PoolType type, ReduceDim dim, auto... more>
ALWI void reduce_tile(uint32_t cb, uint32_t scaler, uint32_t tile,
                      uint32_t tile_scaler, uint32_t dst)
{
    static_assert(type != PoolType::MIN, "there is no minimum to reduce with");
    UNPACK((ttk::unpack_reduce<type, dim>(cb, scaler, tile, tile_scaler));)
    MATH((ttk::math_reduce<type, dim>(cb, dst));)
}

template <auto... kind>
ALWI void reduce_init(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
template <auto... kind>
ALWI void reduce_init_short(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
template <auto... kind>
ALWI void reduce_init_delta(uint32_t = 0, uint32_t = 0, uint32_t = 1)
{
}
template <auto... kind> ALWI void reduce_revert_delta(uint32_t = 16)
{
}
template <auto... kind> ALWI void reduce_uninit(uint32_t = 0)
{
}

} /* namespace ckernel */

/* The older form without template arguments takes them from macros, which the
 * kernel or the host defines: after this header, hence this. */
#define reduce_tile(...) reduce_tile<REDUCE_OP, REDUCE_DIM>(__VA_ARGS__)

#endif
