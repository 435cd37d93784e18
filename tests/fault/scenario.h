/* SPDX-License-Identifier: MIT */
/* A way through the whole interface, whatever fails on it. */
#ifndef TT_FAULT_SCENARIO_H
#define TT_FAULT_SCENARIO_H

#include <stdbool.h>

#include "nexus-api.h"

/** struct scenario_result - how it went
 *  @status: of the first call that failed, NXS_Success if none did
 *  @call: its name
 *  @error: its line in the log
 *  @wrong: what should not have been, whatever failed; "" if nothing */
struct scenario_result {
    nxs_status status;
    const char *call;
    char error[256];
    char wrong[160];
};

/**
 * scenario_run - use everything once and give it back
 * @name: "whole", "kernel", or "device" for a chip that runs none
 * @out: how it went
 *
 * Stops at the first call that fails, and gives back what there is by then. The
 * process is left without objects.
 *
 * Return: whether there is a scenario of that name.
 */
bool scenario_run(const char *name, struct scenario_result *out);

#endif
