/* SPDX-License-Identifier: MIT */
/* libttsim in this process, so that its start is paid for once: scripts run
 * in forks. */
#ifndef TT_DIFF_SIM_H
#define TT_DIFF_SIM_H

#include <stdbool.h>

#include "device/tt_device.h"

/** sim_start - load the library named by TTSIM_LIB; says why it cannot */
bool sim_start(void);

/** sim_open - the chip of the library; to be called in a fork, once */
nxs_status sim_open(struct tt_device **out);

#endif
