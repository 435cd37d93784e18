/* SPDX-License-Identifier: MIT */
/*
 * Lets calls of the C library fail, where the library under test makes them.
 *
 * The Makefile makes one object of the library in which the calls of calls.h
 * go to tt_fault_..., so those of tests, cmocka and the C library itself are
 * not touched. Without a word nothing fails.
 */
#ifndef TT_FAULT_INJECT_H
#define TT_FAULT_INJECT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * tt_fault_arm - let a call fail
 * @what: name of a function or of a group (MEMORY, FILES, ...) of calls.h, with
 *        "@" and a hexadecimal number after it only calls from there; unknown
 *        names end the process
 * @nth: which of these calls, from now on, 1 for the next
 * @lasting: all after it too
 *
 * Environment variable TT_FAULT, "what:nth", does the same when the program
 * starts. TT_FAULT_LIST names a file to which each place that calls anything of
 * calls.h is written once, as "what" and how the call fails.
 */
void tt_fault_arm(const char *what, unsigned nth, bool lasting);

/** tt_fault_disarm - no call fails from now on; returns how many have failed */
unsigned tt_fault_disarm(void);

/** tt_fault_resume - after tt_fault_disarm(): go on as if nothing had been
 *  called since */
void tt_fault_resume(void);

/** tt_fault_find - the number of a function of calls.h, which it must be */
size_t tt_fault_find(const char *name);

/** tt_fault_fails - whether a call that others stand for, not a wrapper, fails
 *  this time; @index: tt_fault_find() */
bool tt_fault_fails(size_t index);

/** tt_fault_name - the function of that number, the groups after the
 *  functions, NULL after the last */
const char *tt_fault_name(size_t index);

/** tt_fault_is_group - whether the name of that number is a group's */
bool tt_fault_is_group(size_t index);

/** tt_fault_blocks - blocks of memory that the library has and has not freed */
long tt_fault_blocks(void);

/** tt_fault_maps - mappings that the library has */
long tt_fault_maps(void);

#endif
