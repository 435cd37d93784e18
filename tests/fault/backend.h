/* SPDX-License-Identifier: MIT */
/* The chip of a sweep program: plain.c, or kmd.c over the double of the
 * driver. */
#ifndef TT_FAULT_BACKEND_H
#define TT_FAULT_BACKEND_H

#include <stdbool.h>

#include "nexus-api.h"

/** backend_start - what the processes of all trials are copies of; sets
 *  TT_DEVICE if it is not set; false if it cannot be */
bool backend_start(void);

/** backend_stop - the opposite, in the process that started it */
void backend_stop(void);

/** backend_is_lost - whether the device may be gone for good, or not have been
 *  taken in the first place; @status: of the first call that noticed */
bool backend_is_lost(nxs_status status);

/** backend_left - the chip ends; what was not given back to it, NULL if all
 *  was */
const char *backend_left(void);

#endif
