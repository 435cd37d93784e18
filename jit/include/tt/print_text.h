/* SPDX-License-Identifier: MIT */
/* Printing when somebody wants it: DPRINT << x, and texts with "{}". */
#ifndef TT_PRINT_TEXT_H
#define TT_PRINT_TEXT_H

#include "tt/cb.h"
#include "tt/print_format.h"
#include "tt/print_ring.h"
#include "tt/tile_slice.h"

namespace ttk
{

TT_INLINE void print_value(const char *text)
{
    print_text(TT_PRINT_TEXT, text);
}
TT_INLINE void print_value(char *text)
{
    print_text(TT_PRINT_TEXT, text);
}
TT_INLINE void print_value(char c)
{
    print_detail(TT_PRINT_CHAR, static_cast<uint8_t>(c));
}
TT_INLINE void print_value(bool value)
{
    print_word(TT_PRINT_U32, value);
}
TT_INLINE void print_value(float value)
{
    print_word(TT_PRINT_F32, __builtin_bit_cast(uint32_t, value));
}
TT_INLINE void print_value(double value)
{
    print_value(static_cast<float>(value));
}
TT_INLINE void print_value(long long value)
{
    print_long(TT_PRINT_I64, static_cast<uint64_t>(value));
}
TT_INLINE void print_value(unsigned long long value)
{
    print_long(TT_PRINT_U64, value);
}
TT_INLINE void print_value(print_setting setting)
{
    print_detail(setting.kind, setting.detail);
}
TT_INLINE void print_value(print_number number)
{
    print_word(number.kind, number.word);
}

/** print_value - integers of up to 32 bits, enumerations, pointers */
template <typename T> TT_INLINE void print_value(T value)
{
    if constexpr (__is_enum(T)) {
        print_word(TT_PRINT_U32, static_cast<uint32_t>(value));
    } else {
        static_assert(sizeof(T) <= 4, "no such value can be printed");
        constexpr bool is_signed = T(-1) < T(0);

        print_word(is_signed ? TT_PRINT_I32 : TT_PRINT_U32,
                   static_cast<uint32_t>(value));
    }
}
template <typename T> TT_INLINE void print_value(T *address)
{
    print_word(TT_PRINT_U32,
               static_cast<uint32_t>(reinterpret_cast<__UINTPTR_TYPE__>(
                   const_cast<const void *>(
                       static_cast<const volatile void *>(address)))));
}

/** print_datum - one datum of a circular buffer's format */
TT_COLD inline void print_datum(DataFormat format, uint32_t tile, uint32_t at)
{
    const volatile void *base = reinterpret_cast<const volatile void *>(tile);
    uint32_t word = static_cast<const volatile uint32_t *>(base)[at];
    uint32_t half = static_cast<const volatile uint16_t *>(base)[at];
    uint32_t byte = static_cast<const volatile uint8_t *>(base)[at];

    switch (format) {
    case DataFormat::Float32:
    case DataFormat::Tf32:
        return print_word(TT_PRINT_F32, word);
    case DataFormat::Float16_b:
        return print_word(TT_PRINT_F32, half << 16);
    case DataFormat::Float16:
        return print_word(TT_PRINT_F32, fp16_to_fp32(half));
    case DataFormat::Int32:
        return print_word(TT_PRINT_I32, word);
    case DataFormat::UInt32:
        return print_word(TT_PRINT_U32, word);
    case DataFormat::UInt16:
        return print_word(TT_PRINT_U32, half);
    case DataFormat::Int8:
    case DataFormat::UInt8:
        return print_word(TT_PRINT_U32, byte);
    default: /* block floats: their exponents are elsewhere */
        return print_text(TT_PRINT_TEXT, "?");
    }
}

TT_INLINE uint32_t slice_tile(uint32_t cb, int tile, bool from_write)
{
    uint32_t first = 0;

#ifdef TT_CB_PRODUCER
    if (from_write)
        first = cb_writer[cb_index(cb)].ptr;
#endif
#ifdef TT_CB_CONSUMER
    if (!from_write)
        first = cb_reader[cb_index(cb)].ptr;
#endif
    return first ? first + static_cast<uint32_t>(tile) * tile_bytes(cb) : 0;
}

template <int N> TT_COLD void print_value(const TileSlice<N> &s)
{
    const DataFormat format = static_cast<DataFormat>(cb_format(s.cb));
    const uint32_t tile = slice_tile(s.cb, s.tile, s.from_write);

    for (uint32_t h = s.range.h0; tile && h < s.range.h1 && h < 32;
         h += s.range.hs ? s.range.hs : 32) {
        for (uint32_t w = s.range.w0; w < s.range.w1 && w < 32;
             w += s.range.ws ? s.range.ws : 32) {
            uint32_t face = (h / 16 * 2 + w / 16) * 256 + h % 16 * 16 + w % 16;

            print_datum(format, tile, s.faces ? face : h * 32 + w);
            print_detail(TT_PRINT_CHAR, ' ');
        }
        if (s.rows)
            print_detail(TT_PRINT_NEWLINE, 0);
    }
}

/** struct print_output - DPRINT */
struct print_output {
    template <typename T> TT_INLINE const print_output &operator<<(T value) const
    {
        print_value(value);
        return *this;
    }
    template <typename... T>
    TT_INLINE void operator()(const char *format, T... value) const
    {
        print_text(TT_PRINT_FORMAT, format);
        (print_value(value), ...);
        print_detail(TT_PRINT_END, 0);
    }
};

inline constexpr print_output output{};

/** struct print_begin - what stands before the argument of DPRINT_MATH & co:
 *  a text and values, or an expression that prints by itself */
struct print_begin {
};

/** struct print_rest - values of a text, up to the end of the statement */
struct print_rest {
    TT_INLINE ~print_rest()
    {
        print_detail(TT_PRINT_END, 0);
    }
};

TT_INLINE print_rest operator,(print_begin, const char *format)
{
    print_text(TT_PRINT_FORMAT, format);
    return {};
}
TT_INLINE void operator,(print_begin, const print_output &)
{
}
template <typename T>
TT_INLINE print_rest &&operator,(print_rest &&rest, T value)
{
    print_value(value);
    return static_cast<print_rest &&>(rest);
}

} /* namespace ttk */

#define DPRINT            ttk::output
#define DEVICE_PRINT(...) ttk::output(__VA_ARGS__)
#define TT_PRINT_ON(...)  ttk::print_begin{}, __VA_ARGS__

#endif
