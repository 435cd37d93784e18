/* SPDX-License-Identifier: MIT */
/* Vector unit: functions of two tiles with a number in the place of one. */
#ifndef TT_VECTOR_NUMBER_H
#define TT_VECTOR_NUMBER_H

#include "tt/vector_power.h"

#if COMPILE_FOR_TRISC == 1
namespace ttk
{

/** struct number_program - a program of tiles 2 and 3 to 4 as one in place, in
 *  which number @which (2 or 3) is a constant: instead of loading it from Dst,
 *  SFPLOADI gets it at run time. Its halves are "rows" of arguments 2 and 3. */
template <class program, uint32_t which> struct number_program {
    static constexpr uint32_t values = 0;

    static constexpr void setup(vector_code &c)
    {
        program::setup(c);
    }
    static constexpr void step(vector_code &c)
    {
        vector_code whole;

        program::step(whole);
        for (uint32_t i = 0; i < whole.n; i++) {
            if (whole.tile[i] == which) {
                uint32_t d = whole.word[i] >> 20 & 15;

                half(c, d, 10, 2);
                half(c, d, 8, 3);
            } else {
                c.put(whole.word[i]);
                c.tile[c.n - 1] = whole.tile[i] != 0;
            }
        }
    }
    static constexpr void half(vector_code &c, uint32_t d, uint32_t mode,
                               uint32_t argument)
    {
        c.put(op::sfploadi(d, mode, 0));
        c.tile[c.n - 1] = static_cast<uint8_t>(argument);
    }
};

template <class program, uint32_t which>
TT_INLINE void vector_number_tile(uint32_t dst, uint32_t bits)
{
    vector_tile<number_program<program, which>>(
        dst, {{bits & 0xFFFF, bits >> 16}}, 0, 0);
}

} /* namespace ttk */
#endif

namespace ckernel
{

TT_API power_tile_init()
{
}
/** power_tile - to a power: the bits of a float, or, as older kernels have it,
 * a whole number, which is below all normal floats */
TT_API power_tile(uint32_t dst, uint32_t exponent)
{
#if COMPILE_FOR_TRISC == 1
    if (exponent < 0x00800000)
        ttk::vector_power(dst, exponent);
    else
        ttk::vector_number_tile<ttk::power_binary_program, 3>(dst, exponent);
#endif
}

TT_API rpow_tile_init()
{
}
/** rpow_tile - @base to the power of x */
TT_API rpow_tile(uint32_t dst, uint32_t base, int = VectorMode::RC)
{
    MATH((ttk::vector_number_tile<ttk::power_binary_program, 2>(dst, base));)
}

} /* namespace ckernel */

#endif
