/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for tensor accessors. */
#pragma once

#include "tt/accessor.h"
