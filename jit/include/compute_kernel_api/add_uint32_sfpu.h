/* SPDX-License-Identifier: MIT */
/* Include path known to kernels; the prelude has brought everything already. */
#include "tt/compute.h"
