/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for circular buffers as a class. */
#pragma once

#include "tt/circular_buffer.h"
