/* SPDX-License-Identifier: MIT */
/* The compute half of the kernel API: names and meaning as Metalium kernels
 * know them, on top of tt/unpack.h, tt/math.h, tt/vector.h and tt/pack.h.
 *
 * A compute kernel is compiled three times; each core runs its part of every
 * call. Init calls set nothing up but flags: an operation that finds the
 * hardware programmed for something else reprograms it. */
#ifndef TT_COMPUTE_H
#define TT_COMPUTE_H

#include "tt/kinds.h"
#include "tt/names.h"

#if COMPILE_FOR_TRISC == 0
#include "tt/unpack_faces.h"
#define UNPACK(...) __VA_ARGS__
#define MATH(...)
#define PACK(...)
#elif COMPILE_FOR_TRISC == 1
#include "tt/cb.h"
#include "tt/vector.h"
#define UNPACK(...)
#define MATH(...) __VA_ARGS__
#define PACK(...)
#else
#include "tt/pack.h"
#define UNPACK(...)
#define MATH(...)
#define PACK(...) __VA_ARGS__
#endif

namespace ttk
{

ALWI void set_accumulate(bool onto)
{
    MATH(math.onto = onto;)
    (void)onto;
}

/* copy_tile transposes, as its last init call said; T0 and T1 must know. */
#if COMPILE_FOR_TRISC != 2
inline bool copy_transposes = false;
#endif

ALWI void set_copy_transpose(uint32_t transpose)
{
    UNPACK(copy_transposes = transpose != 0;)
    MATH(copy_transposes = transpose != 0;)
    (void)transpose;
}

} /* namespace ttk */

namespace ckernel
{

/* ---- circular buffers ---- */

ALWI void cb_wait_front(uint32_t cb, uint32_t pages)
{
    UNPACK(ttk::cb_wait(cb, pages);)
}
ALWI void cb_pop_front(uint32_t cb, uint32_t pages)
{
    UNPACK(ttk::unpack_drain(); ttk::cb_pop(cb, pages);)
}
ALWI void cb_reserve_back(uint32_t cb, uint32_t pages)
{
    PACK(ttk::cb_reserve(cb, pages);)
}
ALWI void cb_push_back(uint32_t cb, uint32_t pages)
{
    PACK(ttk::pack_drain(); ttk::cb_push(cb, pages);)
}

/* ---- Dst ---- */

/** tile_regs_acquire - math: wait for a free half of Dst and clear it */
ALWI void tile_regs_acquire()
{
    MATH(ttk::math_acquire();)
}
/** tile_regs_commit - math: hand the half to the packer */
ALWI void tile_regs_commit()
{
    UNPACK(ttk::unpack_next_half();)
    MATH(ttk::math_commit();)
}
/** tile_regs_wait - packer: wait for a half that math has committed */
ALWI void tile_regs_wait()
{
    PACK(ttk::pack_wait();)
}
/** tile_regs_release - packer: give the half back */
ALWI void tile_regs_release()
{
    PACK(ttk::pack_release();)
}
ALWI void acquire_dst(tt::DstMode = tt::DstMode::Half)
{
    tile_regs_acquire();
    tile_regs_wait();
}
ALWI void release_dst(tt::DstMode = tt::DstMode::Half)
{
    tile_regs_commit();
    tile_regs_release();
}

/* ---- tile operations ---- */

/** transpose_tile - transposed tile @tile from the front of @cb to tile @dst;
 *  32-bit floats lose what TF32 does not hold */
ALWI void transpose_tile(uint32_t cb, uint32_t tile, uint32_t dst)
{
    bool by_add = ttk::copy_by_add(cb);

    UNPACK(ttk::unpack_a_transposed(cb, tile, by_add);)
    MATH(ttk::math_run(by_add ? ttk::math_op::add : ttk::math_op::copy, cb,
                       dst);)
    (void)by_add;
}

/** copy_tile - tile @tile from the front of @cb to tile @dst of Dst; 32-bit
 *  formats arrive exactly when Dst is 32 bits wide */
ALWI void copy_tile(uint32_t cb, uint32_t tile, uint32_t dst)
{
#if COMPILE_FOR_TRISC != 2
    if (__builtin_expect(ttk::copy_transposes, false)) {
        transpose_tile(cb, tile, dst);
    } else if (ttk::to_dst(cb)) {
        UNPACK(ttk::unpack_dst(cb, tile, dst);)
        MATH(ttk::math_lend_dst();)
    } else {
        bool by_add = ttk::copy_by_add(cb);

        UNPACK(ttk::unpack_a(cb, tile, by_add);)
        MATH(ttk::math_run(by_add ? ttk::math_op::add : ttk::math_op::copy, cb,
                           dst);)
        (void)by_add;
    }
#endif
}
ALWI void add_tiles(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                    uint32_t dst)
{
    UNPACK(ttk::unpack_ab(a, tile_a, b, tile_b);)
    MATH(ttk::math_run(ttk::math.onto ? ttk::math_op::add_onto
                                      : ttk::math_op::add,
                       a, dst);)
}
ALWI void sub_tiles(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                    uint32_t dst)
{
    UNPACK(ttk::unpack_ab(a, tile_a, b, tile_b);)
    MATH(ttk::math_run(ttk::math.onto ? ttk::math_op::sub_onto
                                      : ttk::math_op::sub,
                       a, dst);)
}
ALWI void mul_tiles(uint32_t a, uint32_t b, uint32_t tile_a, uint32_t tile_b,
                    uint32_t dst)
{
    UNPACK(ttk::unpack_ab(a, tile_a, b, tile_b);)
    MATH(ttk::math_run(ttk::math_op::mul, a, dst);)
}

template <auto...>
ALWI void add_binary_tile(uint32_t a, uint32_t b, uint32_t out)
{
    MATH(ttk::vector_binary<ttk::vector_op::add>(a, b, out);)
}
template <auto...>
ALWI void sub_binary_tile(uint32_t a, uint32_t b, uint32_t out)
{
    MATH(ttk::vector_binary<ttk::vector_op::sub>(a, b, out);)
}
template <auto...>
ALWI void mul_binary_tile(uint32_t a, uint32_t b, uint32_t out)
{
    MATH(ttk::vector_binary<ttk::vector_op::mul>(a, b, out);)
}

/* ---- pack ---- */

/** pack_tile - Dst tile @dst to @cb: with @out_of_order to page @page of the
 *  reserved region, else to the page after the last one packed */
template <bool out_of_order = false>
ALWI void pack_tile(uint32_t dst, uint32_t cb, uint32_t page = 0)
{
#if COMPILE_FOR_TRISC == 2
    ttk::cb_end &end = ttk::cb_writer[ttk::cb_index(cb)];

    if constexpr (out_of_order) {
        ttk::pack_to(dst, cb, end.ptr + page * ttk::tile_bytes(cb));
    } else {
        ttk::pack_to(dst, cb, end.next);
        end.next += ttk::tile_bytes(cb);
    }
#endif
}
ALWI void pack_tile_block(uint32_t dst, uint32_t cb, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        pack_tile(dst + i, cb);
}

} /* namespace ckernel */

using namespace ckernel;

#include "tt/compute_init.h"
#include "tt/matmul.h"
#include "tt/reconfig.h"

#endif
