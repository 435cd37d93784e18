/* SPDX-License-Identifier: MIT */
/* The data-movement API; included before every kernel by tt/prelude.h. */
#pragma once

#include "tt/args.h"
#include "tt/circular_buffer.h"
#include "tt/print.h"
#include "tt/accessor.h"
#ifndef TT_IS_COMPUTE
#include "tt/dataflow.h"
#include "tt/noc_class.h"
#endif
