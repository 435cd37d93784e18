/* SPDX-License-Identifier: MIT */
/* Include path known to kernels. */
#include "tt/compute_vector.h"
