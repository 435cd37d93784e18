/* SPDX-License-Identifier: MIT */
/* What the template options of exp_tile and exp_tile_init mean, which came in
 * another order in each age. */
#ifndef TT_EXP_OPTIONS_H
#define TT_EXP_OPTIONS_H

#include <type_traits>

#include "tt/kinds.h"

namespace ttk
{

/** exp_takes_scale - what the options behind the first of exp_tile say of the
 *  factor: now (scaled, clamping, ...), before (fast, scaled, unchecked, ...);
 *  a single one without a factor means the same either way */
template <typename First = bool, typename Second = bool, typename... More>
constexpr bool exp_takes_scale(First first = false, Second second = false,
                               More...)
{
    if constexpr (std::is_same_v<Second, ckernel::InputClamping>)
        return first;
    else
        return second;
}
constexpr bool exp_takes_scale(bool only)
{
    return only;
}

#if COMPILE_FOR_TRISC == 1
/* The factor of the last exp_tile_init: kernels name it there, or in exp_tile,
 * or in both. */
inline uint32_t exp_scale = 0x3F800000;
#endif

/** exp_scale_in - the factor, a float as bits, among the options of an init;
 *  smaller numbers are truth values */
template <typename... Options> constexpr uint32_t exp_scale_in(Options... given)
{
    uint32_t scale = 0x3F800000;

    ((scale = static_cast<uint32_t>(given) > 0xFFFF
                  ? static_cast<uint32_t>(given)
                  : scale),
     ...);
    return scale;
}

} /* namespace ttk */

#endif
