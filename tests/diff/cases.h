/* SPDX-License-Identifier: MIT */
/* The cases: each builds one random script from the seed of the script. */
#ifndef TT_DIFF_CASES_H
#define TT_DIFF_CASES_H

#include "tests/diff/script.h"

/** struct diff_case - one kind of script */
struct diff_case {
    const char *name;
    void (*build)(struct script *s);
};

/** case_sync - semaphores, mutexes and blocked streams */
void case_sync(struct script *s);
/** case_config - Config, ThreadConfig and GPR instructions */
void case_config(struct script *s);
/** case_front - MOP and REPLAY on a TRISC */
void case_front(struct script *s);
/** case_unpack - unpackers and address counters */
void case_unpack(struct script *s);
/** case_move - moves, clears and counters of the matrix unit */
void case_move(struct script *s);
/** case_matrix - arithmetic of the matrix unit */
void case_matrix(struct script *s);
/** case_sfpu - vector unit */
void case_sfpu(struct script *s);
/** case_pack - packers */
void case_pack(struct script *s);
/** case_noc - requests of both NOCs, between tiles and DRAM */
void case_noc(struct script *s);
/** case_rv32 - random RISC-V code on all cores */
void case_rv32(struct script *s);
/** case_adc - address counters of unpackers and packers */
void case_adc(struct script *s);
/** case_wide - rarely used forms of the matrix unit */
void case_wide(struct script *s);
/** case_refuse - one random instruction that may well be refused */
void case_refuse(struct script *s);

#endif
