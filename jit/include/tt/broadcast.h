/* SPDX-License-Identifier: MIT */
/* Operations whose second operand is spread over the tile: its row 0 (ROW,
 * "rows"), its column 0 (COL, "cols") or its element 0 (SCALAR). */
#ifndef TT_BROADCAST_H
#define TT_BROADCAST_H

#include "tt/compute.h"
#if COMPILE_FOR_TRISC == 1
#include "tt/math_broadcast.h"
#endif

namespace ckernel
{

/** any_tiles_bcast - Dst tile @dst = A op B spread; products are added to what
 *  Dst holds, as in mul_tiles */
template <EltwiseBinaryType what, BroadcastType dim>
ALWI void any_tiles_bcast(uint32_t a, uint32_t b, uint32_t tile_a,
                          uint32_t tile_b, uint32_t dst)
{
    static_assert(what == ELWADD || what == ELWSUB || what == ELWMUL,
                  "the matrix unit adds, subtracts and multiplies");
    if constexpr (dim == BroadcastType::NONE) {
        if constexpr (what == ELWADD)
            add_tiles(a, b, tile_a, tile_b, dst);
        else if constexpr (what == ELWSUB)
            sub_tiles(a, b, tile_a, tile_b, dst);
        else
            mul_tiles(a, b, tile_a, tile_b, dst);
    } else {
        UNPACK(ttk::unpack_ab(a, tile_a, b, tile_b);)
        MATH((ttk::math_broadcast<what, dim>(a, dst));)
    }
}

template <BroadcastType dim>
ALWI void add_tiles_bcast(uint32_t a, uint32_t b, uint32_t tile_a,
                          uint32_t tile_b, uint32_t dst)
{
    any_tiles_bcast<ELWADD, dim>(a, b, tile_a, tile_b, dst);
}
template <BroadcastType dim>
ALWI void sub_tiles_bcast(uint32_t a, uint32_t b, uint32_t tile_a,
                          uint32_t tile_b, uint32_t dst)
{
    any_tiles_bcast<ELWSUB, dim>(a, b, tile_a, tile_b, dst);
}
template <BroadcastType dim>
ALWI void mul_tiles_bcast(uint32_t a, uint32_t b, uint32_t tile_a,
                          uint32_t tile_b, uint32_t dst)
{
    any_tiles_bcast<ELWMUL, dim>(a, b, tile_a, tile_b, dst);
}

template <EltwiseBinaryType what = ELWADD,
          BroadcastType dim = BroadcastType::NONE>
ALWI void init_bcast(uint32_t = 0, uint32_t = 1, uint32_t = 16)
{
}
template <EltwiseBinaryType what = ELWADD,
          BroadcastType dim = BroadcastType::NONE>
ALWI void any_tiles_bcast_init(uint32_t = 0, uint32_t = 1)
{
}

/* The names for one operation and one kind of spreading: add_tiles_bcast_rows,
 * add_bcast_rows_init_short, add_tiles_bcast_rows_init_short. */
#define TT_BCAST_NAMES(op, what, spread, dim)                                  \
    ALWI void op##_tiles_bcast_##spread(uint32_t a, uint32_t b,                \
                                        uint32_t tile_a, uint32_t tile_b,      \
                                        uint32_t dst)                          \
    {                                                                          \
        any_tiles_bcast<what, BroadcastType::dim>(a, b, tile_a, tile_b, dst);  \
    }                                                                          \
    ALWI void op##_bcast_##spread##_init_short(uint32_t = 0, uint32_t = 1)     \
    {                                                                          \
    }                                                                          \
    ALWI void op##_tiles_bcast_##spread##_init_short(uint32_t = 0,             \
                                                     uint32_t = 1)             \
    {                                                                          \
    }
TT_BCAST_NAMES(add, ELWADD, rows, ROW)
TT_BCAST_NAMES(add, ELWADD, cols, COL)
TT_BCAST_NAMES(add, ELWADD, scalar, SCALAR)
TT_BCAST_NAMES(sub, ELWSUB, rows, ROW)
TT_BCAST_NAMES(sub, ELWSUB, cols, COL)
TT_BCAST_NAMES(sub, ELWSUB, scalar, SCALAR)
TT_BCAST_NAMES(mul, ELWMUL, rows, ROW)
TT_BCAST_NAMES(mul, ELWMUL, cols, COL)
TT_BCAST_NAMES(mul, ELWMUL, scalar, SCALAR)
#undef TT_BCAST_NAMES

/** unary_bcast - Dst tile @dst = a tile of @cb spread; 32-bit floats lose what
 *  TF32 does not hold unless @dim is NONE */
template <BroadcastType dim>
ALWI void unary_bcast(uint32_t cb, uint32_t tile, uint32_t dst)
{
    if constexpr (dim == BroadcastType::NONE) {
        copy_tile(cb, tile, dst);
    } else if (ttk::copy_by_add(cb)) {
        UNPACK(ttk::unpack_nothing<0>(); ttk::unpack_b(cb, tile);)
        MATH((ttk::math_broadcast<ELWADD, dim>(cb, dst));)
    } else {
        UNPACK(ttk::unpack_b(cb, tile);)
        MATH(ttk::math_spread<dim>(cb, dst);)
    }
}
template <BroadcastType dim>
ALWI void unary_bcast_init(uint32_t = 0, uint32_t = 16)
{
}
template <BroadcastType old_dim, BroadcastType dim>
ALWI void reconfigure_unary_bcast(uint32_t, uint32_t, uint32_t, uint32_t)
{
}

} /* namespace ckernel */

#endif
