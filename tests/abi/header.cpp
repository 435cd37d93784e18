/* SPDX-License-Identifier: MIT */
/* nexus-api.h compiles alone in C++17, and its numbers are the ABI's. */
#include "nexus-api.h"

#include <type_traits>

#define SAME(a, b) static_assert((a) == (b), #a " is " #b)

#include "tests/abi/values.h"

/* Passed by value between C and C++: plain data only. */
static_assert(std::is_standard_layout<nxs_buffer_layout>::value, "layout");
static_assert(std::is_trivially_copyable<nxs_buffer_layout>::value, "copy");
static_assert(std::is_trivially_copyable<nxs_dim3>::value, "copy");

/* Prototypes of each shape, as hosts declare them. */
template <class Want, class Have> constexpr bool same(Have *)
{
    return std::is_same<Want, Have>::value;
}
static_assert(
    same<nxs_status(nxs_uint, void *, size_t *)>(nxsGetRuntimeProperty),
    "property");
static_assert(same<nxs_status(nxs_int, nxs_uint, void *, size_t *)>(
                  nxsGetCommandProperty),
              "object property");
static_assert(same<nxs_int(nxs_int, nxs_buffer_layout, void *, nxs_uint)>(
                  nxsCreateBuffer),
              "buffer");
static_assert(same<nxs_status(nxs_int, nxs_int, void *, const char *,
                              nxs_uint)>(nxsSetCommandScalar),
              "scalar");
static_assert(
    same<nxs_status(nxs_int, nxs_dim3, nxs_dim3, nxs_uint)>(nxsFinalizeCommand),
    "finalize");
static_assert(same<nxs_int(nxs_int, nxs_event_type, nxs_uint)>(nxsCreateEvent),
              "event");
