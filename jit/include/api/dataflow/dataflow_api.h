/* SPDX-License-Identifier: MIT */
/* Path by which kernels ask for the data-movement API. */
#pragma once

#include "dataflow_api.h"
