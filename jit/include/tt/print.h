/* SPDX-License-Identifier: MIT */
/* Printing, zones and assertions. What is printed costs nothing unless the host
 * wants it (TT_PRINT), and neither do zones (TT_ZONES). */
#ifndef TT_PRINT_H
#define TT_PRINT_H

#include "tt/core.h"
#include "tt/print_format.h"
#include "tt/tile_slice.h"
#include "tt/zone.h"
#ifdef TT_PRINT
#include "tt/print_text.h"
#else
#include "tt/print_none.h"
#endif

/* Those of one core only. */
#if defined(COMPILE_FOR_BRISC)
#define DPRINT_DATA0(...) TT_PRINT_ON(__VA_ARGS__)
#else
#define DPRINT_DATA0(...) static_cast<void>(0)
#endif
#if defined(COMPILE_FOR_NCRISC)
#define DPRINT_DATA1(...) TT_PRINT_ON(__VA_ARGS__)
#else
#define DPRINT_DATA1(...) static_cast<void>(0)
#endif
#if defined(TT_IS_COMPUTE) && COMPILE_FOR_TRISC == 0
#define DPRINT_UNPACK(...) TT_PRINT_ON(__VA_ARGS__)
#else
#define DPRINT_UNPACK(...) static_cast<void>(0)
#endif
#if defined(TT_IS_COMPUTE) && COMPILE_FOR_TRISC == 1
#define DPRINT_MATH(...) TT_PRINT_ON(__VA_ARGS__)
#else
#define DPRINT_MATH(...) static_cast<void>(0)
#endif
#if defined(TT_IS_COMPUTE) && COMPILE_FOR_TRISC == 2
#define DPRINT_PACK(...) TT_PRINT_ON(__VA_ARGS__)
#else
#define DPRINT_PACK(...) static_cast<void>(0)
#endif
#define DEVICE_PRINT_MATH(...)   DPRINT_MATH(__VA_ARGS__)
#define DEVICE_PRINT_UNPACK(...) DPRINT_UNPACK(__VA_ARGS__)
#define DEVICE_PRINT_PACK(...)   DPRINT_PACK(__VA_ARGS__)
#define DEVICE_PRINT_DATA0(...)  DPRINT_DATA0(__VA_ARGS__)
#define DEVICE_PRINT_DATA1(...)  DPRINT_DATA1(__VA_ARGS__)

#define ASSERT(condition, ...)                                                 \
    do {                                                                       \
        if (!(condition))                                                      \
            ttk::fail(TT_ERROR_ASSERT, __LINE__ & 0xFFFFFF);                   \
    } while (0)

#define WAYPOINT(name) static_cast<void>(0)

#endif
