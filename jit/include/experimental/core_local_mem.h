/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for objects in L1. */
#pragma once

#include "tt/circular_buffer.h"
