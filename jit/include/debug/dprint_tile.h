/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for printing, assertions and tracing. */
#pragma once

#include "tt/print.h"
