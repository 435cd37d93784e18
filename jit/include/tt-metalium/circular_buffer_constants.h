/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for names that tt/names.h has. */
#pragma once

#include "tt/names.h"
