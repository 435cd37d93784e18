/* SPDX-License-Identifier: MIT */
/* T1: operations that own the modifier am_own, but not the MOP expander. */
#ifndef TT_MATH_MODIFIER_H
#define TT_MATH_MODIFIER_H

#include "tt/math.h"

namespace ttk
{

/** math_take_modifier - own modifier am_own, but not the MOP expander */
TT_COLD inline void math_take_modifier(math_op who, uint32_t ab, uint32_t dst)
{
    math.mode = static_cast<uint32_t>(who);
    math_select_set(false);
    math_own_modifier(ab, dst);
}

} /* namespace ttk */

#endif
