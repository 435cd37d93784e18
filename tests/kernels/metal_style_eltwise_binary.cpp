// SPDX-License-Identifier: MIT
// c = a OP b on one core, from three files that know nothing of each other.
// READER_ARG: a, b, tiles; WRITER_ARG: c, tiles; COMPUTE_ARG: tiles.
// Constants: CB 0, 1, 16. The definitions OP and OP_INIT name the operation.

#if defined(READER_KERNEL)
#include "eltwise_binary/reader.cpp"
#elif defined(WRITER_KERNEL)
#include "eltwise_binary/writer.cpp"
#else
#include "eltwise_binary/compute.cpp"
#endif
