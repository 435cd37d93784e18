/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for their arguments. */
#pragma once

#include "tt/args.h"
