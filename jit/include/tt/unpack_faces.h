/* SPDX-License-Identifier: MIT */
/* T0: tiles that are not taken as they lie in L1: transposed here, by rows in
 * tt/unpack_rows.h.
 *
 * This goes face by face: counter Z of the input steps through the
 * faces of the tile, counter Z of the output through those of SrcA or SrcB
 * (UNPACR_Regular.md, ADCs.md). Modes of the unpacker are set before and taken
 * back after each tile, so no other unpack needs to know of them. */
#ifndef TT_UNPACK_FACES_H
#define TT_UNPACK_FACES_H

#include "tt/unpack.h"

namespace ttk
{

namespace op
{

/* UNPACR that then steps counter Z of input and output */
constexpr insn_t unpacr_step(uint32_t unpacker, uint32_t give, uint32_t in,
                             uint32_t out)
{
    return unpacr(unpacker, give) | (in | out << 4) << 15;
}
constexpr insn_t setadc_z_in(uint32_t which, uint32_t z)
{
    return make(0x54, which << 21 | z << 6 | 1u);
}

} /* namespace op */

/** struct face_state - what the hardware is programmed for
 *  @stride: bytes from face to face in the output, per unpacker
 *  @counted: the output counters of unpacker 0 are in use */
struct face_state {
    uint32_t stride[2];
    bool counted;
};

inline face_state faces = {{0, 0}, false};

/* Bytes of a datum as the output counters know it. */
constexpr uint32_t src_bytes(uint32_t hw)
{
    return hw == hw_fp32 || hw == hw_tf32 || hw == hw_int32   ? 4
           : hw == hw_fp16 || hw == hw_bf16 || hw == hw_int16 ? 2
                                                              : 1;
}

/** faces_start - let the output step by faces of the format of @cb */
TT_INLINE void faces_start(uint32_t which, uint32_t cb)
{
    uint32_t stride = 256 * src_bytes(src_format(cb));
    uint32_t at = word::unpack0_stride + 1 + 2 * which;

    if (!which && !faces.counted) {
        /* It cannot be read back, so not changed in the stream either; the
         * counters it adds are zero in every other unpack. */
        faces.counted = true;
        config(word::unpack_dest_counter) = 1u << 8;
        config_settled();
    }
    if (faces.stride[which] == stride)
        return;
    faces.stride[which] = stride;
    issue(op::rmwcib(0, at, 0xFF, stride));
    issue(op::rmwcib(1, at, 0x0F, stride >> 8));
}

template <uint32_t which> TT_INLINE void faces_end()
{
    emit<op::setadczw_clear(1u << which)>();
    emit<op::setadcxx(1u << which, 1023, 0)>();
}

/* "Haloize": each face is transposed on its way to SrcA. */
template <bool on> TT_INLINE void faces_transposed()
{
    emit<op::rmwcib(1, word::unpack0 + word::out_format, 1, on)>();
}

/** unpack_a_faces - a tile to SrcA, each face transposed; with @swap also the
 *  faces 1 and 2 exchanged, which transposes the tile */
template <bool swap>
TT_COLD inline void unpack_a_faces(uint32_t cb, uint32_t tile)
{
    constexpr uint32_t unp0 = op::adc_unpack0;

    unpack_check_src(cb);
    unpack_target(false);
    unpack_format(0, cb);
    unpack_address(0, unpack_tile_addr(cb, tile));
    faces_transposed<true>();
    if constexpr (swap) {
        faces_start(0, cb);
        emit<op::setadcxx(unp0, 255, 0)>();
        emit<op::unpacr_step(0, 0, 2, 1)>();
        emit<op::unpacr_step(0, 0, 0, 1)>();
        emit<op::setadc_z_in(unp0, 1)>();
        emit<op::unpacr_step(0, 0, 2, 1)>();
        emit<op::unpacr_step(0, 1, 0, 0)>();
        faces_end<0>();
    } else {
        emit<op::unpacr(0, 1)>();
    }
    unpack_end();
    faces_transposed<false>();
}

/** unpack_a_transposed - a transposed tile to SrcA; @zero_b as unpack_a() */
TT_INLINE void unpack_a_transposed(uint32_t cb, uint32_t tile, bool zero_b)
{
    unpack_a_faces<true>(cb, tile);
    if (zero_b) {
        emit<op::unpacr_zero(1)>();
        emit<op::unpacr_give(1)>();
    }
}

/** unpack_b - one tile to SrcB */
TT_INLINE void unpack_b(uint32_t cb, uint32_t tile)
{
    unpack_check_src(cb);
    unpack_target(false);
    unpack_format(1, cb);
    unpack_address(1, unpack_tile_addr(cb, tile));
    emit<op::unpacr(1, 1)>();
    unpack_end();
}

/** unpack_nothing - a source register of zeros for math to fill */
template <uint32_t which> TT_INLINE void unpack_nothing()
{
    emit<op::unpacr_zero(which)>();
    emit<op::unpacr_give(which)>();
}

} /* namespace ttk */

#endif
