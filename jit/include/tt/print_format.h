/* SPDX-License-Identifier: MIT */
/* What stands between << in a DPRINT: manipulators, and numbers by format. */
#ifndef TT_PRINT_FORMAT_H
#define TT_PRINT_FORMAT_H

#include <cstdint>

#include "tt/core.h"

namespace ttk
{

/** struct print_setting - changes how what follows is printed */
struct print_setting {
    uint8_t kind;
    uint16_t detail;
};

/** struct print_number - a word and how to read it (TT_PRINT_*) */
struct print_number {
    uint8_t kind;
    uint32_t word;
};

/** fp16_to_fp32 - bits of a Float16, exponents 1..31 biased by 15 */
constexpr uint32_t fp16_to_fp32(uint32_t half)
{
    uint32_t sign = (half & 0x8000) << 16, rest = half & 0x7FFF;

    return sign | (rest < 0x400 ? 0 : (rest << 13) + (112u << 23));
}

} /* namespace ttk */

constexpr ttk::print_setting ENDL()
{
    return {TT_PRINT_NEWLINE, 0};
}
constexpr ttk::print_setting HEX()
{
    return {TT_PRINT_BASE, 16};
}
constexpr ttk::print_setting DEC()
{
    return {TT_PRINT_BASE, 10};
}
constexpr ttk::print_setting OCT()
{
    return {TT_PRINT_BASE, 8};
}
constexpr ttk::print_setting FIXED()
{
    return {TT_PRINT_FIXED, 1};
}
constexpr ttk::print_setting DEFAULTFLOAT()
{
    return {TT_PRINT_FIXED, 0};
}
constexpr ttk::print_setting SETW(int columns, bool sticky = true)
{
    return {TT_PRINT_WIDTH,
            static_cast<uint16_t>((columns & 0xFF) | (sticky ? 0x100 : 0))};
}
constexpr ttk::print_setting SETPRECISION(int digits)
{
    return {TT_PRINT_PRECISION, static_cast<uint16_t>(digits & 0xFF)};
}
template <typename T> constexpr ttk::print_number BF16(T bits)
{
    return {TT_PRINT_F32, static_cast<uint32_t>(bits) << 16};
}
template <typename T> constexpr ttk::print_number F32(T value)
{
    if constexpr (sizeof(T) == 4)
        return {TT_PRINT_F32, __builtin_bit_cast(uint32_t, value)};
    else
        return {TT_PRINT_F32,
                __builtin_bit_cast(uint32_t, static_cast<float>(value))};
}
template <typename T> constexpr ttk::print_number U32(T value)
{
    return {TT_PRINT_U32, static_cast<uint32_t>(value)};
}

#endif
