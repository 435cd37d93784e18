// SPDX-License-Identifier: MIT
// C = A x B on one core, from three files with lists of arguments of their own.
// READER_CTA: A, B; READER_ARG: A, B, Mt, Kt, Nt; WRITER_CTA: C;
// WRITER_ARG: C, Mt, Nt; COMPUTE_CTA: Mt, Kt, Nt. Constants: CB 0, 1, 16.

#if defined(READER_KERNEL)
#include "matmul_single_core/reader.cpp"
#elif defined(WRITER_KERNEL)
#include "matmul_single_core/writer.cpp"
#else
#include "matmul_single_core/compute.cpp"
#endif
