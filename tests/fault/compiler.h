/* SPDX-License-Identifier: MIT */
/* A compiler that remembers, see compiler.sh, for programs beside it. */
#ifndef TT_FAULT_COMPILER_H
#define TT_FAULT_COMPILER_H

/** choose_compiler - put the folder "bin" beside a program first in PATH
 *  @program: its argv[0] */
void choose_compiler(const char *program);

#endif
