/* SPDX-License-Identifier: MIT */
/* Variables of the environment: one table, one rule for what is not understood.
 */
#include "pool/tt_env.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/tt_log.h"

/** struct number - a variable that holds one */
struct number {
    const char *name;
    uint64_t least, most, otherwise;
    const char *default_name; /* NULL: the number @otherwise */
};

static const struct number numbers[TT_N_ENV] = {
    [TT_ENV_TIMEOUT_MS] = {"TT_TIMEOUT_MS", 0, UINT32_MAX, 60000, NULL},
    [TT_ENV_TTSIM_TIMEOUT_MS] = {"TT_TTSIM_TIMEOUT_MS", 0, INT32_MAX, 60000,
                                 NULL},
    [TT_ENV_CACHE_MIB] = {"TT_CACHE_MIB", 0, UINT32_MAX, 512, NULL},
    [TT_ENV_EMU_DEVICES] = {"TT_EMU_DEVICES", 1, TT_ENV_MAX_DEVICES, 1, NULL},
    [TT_ENV_EMU_THREADS] = {"TT_EMU_THREADS", 1, TT_ENV_MAX_THREADS, 0,
                            "the number of processors"},
    [TT_ENV_EMU_QUANTUM] = {"TT_EMU_QUANTUM", 1, TT_ENV_MAX_QUANTUM,
                            TT_ENV_QUANTUM, NULL},
    [TT_ENV_EMU_CHECK] = {"TT_EMU_CHECK", 0, 1, 0, NULL},
    [TT_ENV_EMU_DELAY] = {"TT_EMU_DELAY", 0, UINT64_MAX, 0, "no delay"},
};

static int is_arch(const char *text)
{
    return strcmp(text, "wormhole") == 0;
}

/** struct word - a variable that holds one of a few */
struct word {
    const char *name, *accepted, *otherwise;
    int (*is)(const char *text);
};

static const struct word words[] = {
    {"TT_LOG", "error, warn, info, debug or trace", "error", tt_log_is_level},
    {"TT_EMU_ARCH", "wormhole", "wormhole", is_arch},
};

/* An empty variable counts as absent. */
static const char *text_of(const char *name)
{
    const char *text = getenv(name);

    return text && *text ? text : NULL;
}

static bool parse(const struct number *number, const char *text, uint64_t *out)
{
    unsigned long long value;
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno || *end || value < number->least || value > number->most)
        return false;
    *out = value;
    return true;
}

uint64_t tt_env_number(enum tt_env which)
{
    const struct number *number = &numbers[which];
    const char *text = text_of(number->name);
    uint64_t value;

    return text && parse(number, text, &value) ? value : number->otherwise;
}

bool tt_env_is_set(enum tt_env which)
{
    const char *text = text_of(numbers[which].name);
    uint64_t value;

    return text && parse(&numbers[which], text, &value);
}

static void complain(const char *name, const char *text, const char *accepted,
                     const char *otherwise)
{
    tt_log(TT_LOG_ERROR,
           "%s=%.200s is not understood: %s is accepted, %s is "
           "used",
           name, text, accepted, otherwise);
}

static void check_number(const struct number *number)
{
    const char *text = text_of(number->name);
    char accepted[64], otherwise[32];
    uint64_t value;

    if (!text || parse(number, text, &value))
        return;
    (void)snprintf(accepted, sizeof accepted, "%" PRIu64 " to %" PRIu64,
                   number->least, number->most);
    (void)snprintf(otherwise, sizeof otherwise, "%" PRIu64, number->otherwise);
    complain(number->name, text, accepted,
             number->default_name ? number->default_name : otherwise);
}

void tt_env_check(void)
{
    for (unsigned i = 0; i < TT_N_ENV; i++)
        check_number(&numbers[i]);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *text = text_of(words[i].name);

        if (text && !words[i].is(text))
            complain(words[i].name, text, words[i].accepted,
                     words[i].otherwise);
    }
}
