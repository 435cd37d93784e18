/* SPDX-License-Identifier: MIT */
/* Printing, tracing and assertions. Nothing is printed or traced: the calls
 * are checked by the compiler and leave no code. */
#ifndef TT_PRINT_H
#define TT_PRINT_H

#include <cstdint>

#include "tt/core.h"

namespace ttk
{

/** struct no_output - takes whatever is printed */
struct no_output {
    template <typename T> constexpr const no_output &operator<<(T &&) const
    {
        return *this;
    }
    template <typename... T> constexpr void operator()(T &&...) const
    {
    }
};

/** struct no_format - what a manipulator yields */
struct no_format {
};

inline constexpr no_output output{};

} /* namespace ttk */

/* "while (false)" serves both DPRINT << x and DPRINT("{}", x), evaluates
 * nothing and does not take an else that belongs to an if around it. */
#define DPRINT                                                                 \
    while (false)                                                              \
    ttk::output
#define DEVICE_PRINT(...)                                                      \
    while (false)                                                              \
    ttk::output(__VA_ARGS__)

/* Their argument may be a statement or a format: it is dropped unread. */
#define DPRINT_MATH(...)         static_cast<void>(0)
#define DPRINT_UNPACK(...)       static_cast<void>(0)
#define DPRINT_PACK(...)         static_cast<void>(0)
#define DPRINT_DATA0(...)        static_cast<void>(0)
#define DPRINT_DATA1(...)        static_cast<void>(0)
#define DEVICE_PRINT_MATH(...)   static_cast<void>(0)
#define DEVICE_PRINT_UNPACK(...) static_cast<void>(0)
#define DEVICE_PRINT_PACK(...)   static_cast<void>(0)
#define DEVICE_PRINT_DATA0(...)  static_cast<void>(0)
#define DEVICE_PRINT_DATA1(...)  static_cast<void>(0)

constexpr ttk::no_format ENDL()
{
    return {};
}
constexpr ttk::no_format HEX()
{
    return {};
}
constexpr ttk::no_format DEC()
{
    return {};
}
constexpr ttk::no_format OCT()
{
    return {};
}
constexpr ttk::no_format FIXED()
{
    return {};
}
constexpr ttk::no_format DEFAULTFLOAT()
{
    return {};
}
constexpr ttk::no_format SETW(int, bool = true)
{
    return {};
}
constexpr ttk::no_format SETPRECISION(int)
{
    return {};
}
template <typename T> constexpr ttk::no_format BF16(T)
{
    return {};
}
template <typename T> constexpr ttk::no_format F32(T)
{
    return {};
}
template <typename T> constexpr ttk::no_format U32(T)
{
    return {};
}

/** struct SliceRange - rows and columns of a tile to print */
struct SliceRange {
    uint8_t h0, h1, hs, w0, w1, ws;

    static constexpr SliceRange hw0_32_16()
    {
        return {0, 32, 16, 0, 32, 16};
    }
    static constexpr SliceRange hw0_32_8()
    {
        return {0, 32, 8, 0, 32, 8};
    }
    static constexpr SliceRange hw0_32_4()
    {
        return {0, 32, 4, 0, 32, 4};
    }
    static constexpr SliceRange h0_w0_32()
    {
        return {0, 1, 1, 0, 32, 1};
    }
    static constexpr SliceRange h0_32_w0()
    {
        return {0, 32, 1, 0, 1, 1};
    }
};

enum dprint_tslice_cb_t : uint8_t { TSLICE_INPUT_CB, TSLICE_OUTPUT_CB };
enum dprint_tslice_ptr_t : uint8_t { TSLICE_RD_PTR, TSLICE_WR_PTR };

/** struct TileSlice - part of a tile to print */
template <int N = 64> struct TileSlice {
    template <typename... T>
    constexpr TileSlice(uint32_t, int, SliceRange, T...)
    {
    }
};

/* ---- assertions and profiling ---- */

#define ASSERT(condition, ...)                                                 \
    do {                                                                       \
        if (!(condition))                                                      \
            ttk::fail(TT_ERROR_ASSERT, __LINE__ & 0xFFFFFF);                   \
    } while (0)

#define WAYPOINT(name)                    static_cast<void>(0)
#define DeviceZoneScopedN(name)           static_cast<void>(0)
#define DeviceZoneScopedMainN(name)       static_cast<void>(0)
#define DeviceZoneScopedMainChildN(name)  static_cast<void>(0)
#define DeviceZoneScopedSumN1(name)       static_cast<void>(0)
#define DeviceZoneScopedSumN2(name)       static_cast<void>(0)
#define DeviceTimestampedData(name, data) static_cast<void>(0)
#define DeviceRecordEvent(id)             static_cast<void>(0)

#endif
