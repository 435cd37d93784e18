/* SPDX-License-Identifier: MIT */
/* Data formats of the program's circular buffers, known at compile time. */
#ifndef TT_FORMAT_H
#define TT_FORMAT_H

#include "tt/core.h"

#ifndef DST_ACCUM_MODE
#define DST_ACCUM_MODE 0
#endif
#ifndef MATH_FIDELITY
#define MATH_FIDELITY 4
#endif

/** DataFormat - Tensix format codes with the names kernels use */
enum class DataFormat : uint8_t {
    Float32 = 0,
    Float16 = 1,
    Bfp8 = 2,
    Bfp4 = 3,
    Tf32 = 4,
    Float16_b = 5,
    Bfp8_b = 6,
    Bfp4_b = 7,
    Int32 = 8,
    UInt16 = 9,
    Lf8 = 10,
    Bfp2 = 11,
    Int8 = 14,
    Bfp2_b = 15,
    UInt32 = 24,
    UInt8 = 30,
    Invalid = 0xFF
};

namespace ttk
{

/* Host-given tables; one entry more, so that a run-time id out of range reads
 * as an absent buffer. */
constexpr uint8_t cb_format_table[TT_N_CB + 1] = {TT_CB_FORMATS, 255};
constexpr uint32_t cb_bytes_table[TT_N_CB + 1] = {TT_CB_TILE_BYTES, 0};

/** cb_slots - one more than the highest buffer present */
constexpr uint32_t cb_slots = [] {
    uint32_t n = TT_N_CB;

    while (n > 0 && cb_format_table[n - 1] == 255)
        n--;
    return n;
}();

constexpr uint32_t cb_index(uint32_t cb)
{
    return cb < cb_slots ? cb : cb_slots;
}

/** tile_bytes - bytes of one tile in a buffer's format */
TT_INLINE constexpr uint32_t tile_bytes(uint32_t cb)
{
    return cb_bytes_table[cb < TT_N_CB ? cb : TT_N_CB];
}

/** cb_format - a buffer's format code as the host gave it */
TT_INLINE constexpr uint32_t cb_format(uint32_t cb)
{
    return cb_format_table[cb < TT_N_CB ? cb : TT_N_CB];
}

/** wide_dst - Dst holds 32-bit datums */
constexpr bool wide_dst = DST_ACCUM_MODE != 0;

/* Hardware codes are the low four bits of the host's. */
constexpr uint32_t hw_fp32 = 0, hw_fp16 = 1, hw_bfp8a = 2, hw_tf32 = 4;
constexpr uint32_t hw_bf16 = 5, hw_bfp8 = 6, hw_int32 = 8, hw_int16 = 9;
constexpr uint32_t hw_int8 = 14;

TT_INLINE constexpr uint32_t hw_format(uint32_t cb)
{
    return cb_format(cb) & 15;
}

/** narrow_exponent - formats of the FP16 family (5-bit exponent); they share
 *  SrcA, SrcB and a 16-bit Dst only with each other (SrcASrcB.md) */
TT_INLINE constexpr bool narrow_exponent(uint32_t hw)
{
    return hw == 1 || hw == 2 || hw == 3 || hw == 10 || hw == 11;
}

TT_INLINE constexpr bool block_float(uint32_t hw)
{
    return hw == 2 || hw == 3 || hw == 6 || hw == 7 || hw == 11 || hw == 15;
}

constexpr bool any_cb(bool (*is)(uint32_t hw))
{
    for (uint32_t cb = 0; cb < cb_slots; cb++)
        if (cb_format(cb) != 255 && is(hw_format(cb)))
            return true;
    return false;
}

constexpr bool has_fp16 =
    any_cb([](uint32_t hw) { return narrow_exponent(hw); });
constexpr bool has_bf16 = any_cb(
    [](uint32_t hw) { return hw == 5 || hw == 6 || hw == 7 || hw == 15; });
constexpr bool has_32bit =
    any_cb([](uint32_t hw) { return hw == hw_fp32 || hw == hw_int32; });
constexpr bool has_int8 = any_cb([](uint32_t hw) { return hw == hw_int8; });

/** dst_is_fp16 - what a 16-bit Dst holds */
constexpr bool dst_is_fp16 = !wide_dst && has_fp16;

/** to_dst - copy_tile moves this format from L1 straight to Dst, exactly */
TT_INLINE constexpr bool to_dst(uint32_t cb)
{
    return wide_dst && (hw_format(cb) == hw_fp32 || hw_format(cb) == hw_int32);
}

/** src_format - what the unpacker makes of a buffer's datums; FP32 reaches
 *  SrcA and SrcB as TF32 and, under that name, Dst as it is */
TT_INLINE constexpr uint32_t src_format(uint32_t cb)
{
    uint32_t hw = hw_format(cb);

    if (hw != hw_fp32)
        return hw;
    return wide_dst ? hw_tf32 : dst_is_fp16 ? hw_fp16 : hw_bf16;
}

/** alu_format - what the matrix unit takes SrcA and SrcB for. All formats with
 *  an 8-bit exponent look like TF32 there; saying so makes MOVA2D write 32-bit
 *  datums (MOVA2D.md). */
TT_INLINE constexpr uint32_t alu_format(uint32_t cb)
{
    uint32_t hw = hw_format(cb);

    if (hw == hw_int8 || hw == hw_int16)
        return hw;
    if (narrow_exponent(hw) || dst_is_fp16)
        return hw_fp16;
    return wide_dst ? hw_tf32 : hw_bf16;
}

/** mixed_alu - the program's buffers need different settings of the matrix
 *  unit; @first_alu: the setting of the first that passes through it */
constexpr uint32_t first_alu = [] {
    for (uint32_t cb = 0; cb < cb_slots; cb++)
        if (cb_format(cb) != 255 && !to_dst(cb))
            return alu_format(cb);
    return wide_dst ? hw_tf32 : hw_bf16;
}();
constexpr bool mixed_alu = [] {
    for (uint32_t cb = 0; cb < cb_slots; cb++)
        if (cb_format(cb) != 255 && alu_format(cb) != first_alu)
            return true;
    return false;
}();

static_assert(wide_dst || !has_fp16 || !has_bf16,
              "Float16 and Float16_b (or block float) buffers together need a "
              "32-bit Dst: set FP32_DEST_ACC");

/** copy_by_add - formats that reach Dst only by adding zero: the FP16 family a
 *  32-bit Dst, 8-bit integers always (as 32-bit ones) */
TT_INLINE constexpr bool copy_by_add(uint32_t cb)
{
    return hw_format(cb) == hw_int8 ||
           (wide_dst && narrow_exponent(hw_format(cb)));
}

/** pack_source - what the packer takes Dst for when it fills a buffer; only
 *  some conversions exist (Packers/FormatConversion.md) */
TT_INLINE constexpr uint32_t pack_source(uint32_t cb)
{
    uint32_t hw = hw_format(cb);

    if (hw == hw_int32 || hw == hw_int16 || hw == hw_int8)
        return hw;
    if (wide_dst)
        return hw == hw_bf16 ? hw_bf16 : hw_fp32;
    if (dst_is_fp16)
        return hw == hw_bfp8 ? hw_bfp8a : hw_fp16;
    return hw_bf16;
}

} /* namespace ttk */

#endif
