// SPDX-License-Identifier: MIT
// Every name of the kernel API, in every spelling and with every include path:
// a test of the compiler's kind, since none of it is run. Constants: CB 0, 1,
// 2; arguments: two buffers.

#if !defined(COMPUTE_KERNEL)

#include "spellings_dataflow.h"

void kernel_main() {}

#elif defined(OLD_MAIN)

#include "spellings_compute.h"

namespace NAMESPACE
{
void MAIN {}
} // namespace NAMESPACE

#else

#include "spellings_compute.h"

void kernel_main() {}

#endif
