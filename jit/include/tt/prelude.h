/* SPDX-License-Identifier: MIT */
/* Everything a kernel finds without asking; included by the generated
 * tt_kernel_config.h, which the compiler includes before each kernel. */
#ifndef TT_PRELUDE_H
#define TT_PRELUDE_H

#include <cstddef>
#include <cstdint>

#include "tt/core.h"
#include "tt/names.h"
#include "tt/format.h"
#include "tt/cb.h"
#include "tt/args.h"
#include "tt/print.h"

#ifdef TT_IS_COMPUTE
#include "tt/compute.h"
#else
#include "tt/noc_class.h"
#endif
#include "tt/circular_buffer.h"
#include "tt/start.h"

#endif
