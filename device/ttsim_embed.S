/* SPDX-License-Identifier: MIT */
/* Carries the program made from device/ttsim_child.c inside the library. */
    .section .rodata
    .balign 16
    .globl tt_ttsim_program
    .hidden tt_ttsim_program
    .type tt_ttsim_program, %object
tt_ttsim_program:
    .incbin TTSIM_PROGRAM
program_end:
    .size tt_ttsim_program, . - tt_ttsim_program
    .balign 8
    .globl tt_ttsim_program_size
    .hidden tt_ttsim_program_size
    .type tt_ttsim_program_size, %object
tt_ttsim_program_size:
    .quad program_end - tt_ttsim_program
    .size tt_ttsim_program_size, 8
    .section .note.GNU-stack, "", %progbits
