/* SPDX-License-Identifier: MIT */
/* The embedded chip, or what else TT_DEVICE says; see backend.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/fault/backend.h"

bool backend_start(void)
{
    return !setenv("TT_DEVICE", "emu", 0);
}

void backend_stop(void)
{
}

/* A simulator's process can only be started again by another process. */
bool backend_is_lost(nxs_status status)
{
    return !strcmp(getenv("TT_DEVICE"), "ttsim") &&
           (status == NXS_DeviceNotFound || status == NXS_DeviceNotAvailable);
}

const char *backend_left(void)
{
    return NULL;
}
