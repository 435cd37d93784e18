/* SPDX-License-Identifier: MIT */
/* Variables of the environment that hold a number or one of a few words: what
 * each accepts, what is used otherwise, and one message for what is neither. */
#ifndef TT_ENV_H
#define TT_ENV_H

#include <stdbool.h>
#include <stdint.h>

/* The most that is accepted, where others must agree. */
#define TT_ENV_MAX_DEVICES 16u
#define TT_ENV_MAX_THREADS 64u
#define TT_ENV_MAX_QUANTUM 1000000u
#define TT_ENV_QUANTUM     16000u /* the default */

/** enum tt_env - the variables that hold a number */
enum tt_env {
    TT_ENV_TIMEOUT_MS,
    TT_ENV_TTSIM_TIMEOUT_MS,
    TT_ENV_CACHE_MIB,
    TT_ENV_EMU_DEVICES,
    TT_ENV_EMU_THREADS,
    TT_ENV_EMU_QUANTUM,
    TT_ENV_EMU_CHECK,
    TT_ENV_EMU_DELAY,
    TT_N_ENV
};

/**
 * tt_env_number - what a variable says now
 * @which: variable
 *
 * Never logs; see tt_env_check(). Any thread.
 *
 * Return: its number; if it is unset, empty or not understood the default, 0
 * for TT_EMU_THREADS and TT_EMU_DELAY, which have none.
 */
uint64_t tt_env_number(enum tt_env which);

/**
 * tt_env_is_set - whether a variable holds a number that is accepted
 * @which: variable
 */
bool tt_env_is_set(enum tt_env which);

/**
 * tt_env_check - an error line for each variable that is not understood
 *
 * It names the variable, its value, what is accepted and what is used instead.
 * To be called once: whoever sets a variable waits for an effect. TT_LOG and
 * TT_EMU_ARCH are looked at, too; TT_DEVICE is not, which has no default that
 * would do (tt_device_discover()).
 */
void tt_env_check(void);

#endif
