/* SPDX-License-Identifier: MIT */
/* Include path known to kernels. */
#include "tt/reduce.h"
