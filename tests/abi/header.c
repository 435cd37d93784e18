/* SPDX-License-Identifier: MIT */
/* nexus-api.h compiles alone in C11, and its numbers are the ABI's. */
#include "nexus-api.h"

#define SAME(a, b) _Static_assert((a) == (b), #a " is " #b)

#include "tests/abi/values.h"
