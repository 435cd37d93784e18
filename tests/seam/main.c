/* SPDX-License-Identifier: MIT */
/*
 * Runs every case on every chip that is named:
 *     seam emu kmd ttsim
 * "kmd" is the backend over a test double of the driver, "ttsim" wants
 * TTSIM_LIB. A case that fails where a list below says so is no failure, and
 * one that passes in spite of it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/seam/seam.h"

#define CASE_SECONDS 240u

/** struct deviation - what a chip does not do, and why */
struct deviation {
    const char *chip, *name, *reason;
};

/* What a way to reach a chip does not offer. */
static const struct deviation unsupported[] = {
    {"kmd", "a_chip_without_work_is_idle",
     "silicon does not say whether it can move"},
    {"ttsim", "a_chip_without_work_is_idle",
     "the simulator does not say whether it can move"},
    {"kmd", "a_fault_of_guest_code_is_reported_once",
     "on silicon the core stands still and the launch times out"},
    {"ttsim", "a_fault_of_guest_code_is_reported_once",
     "the simulator ends its process: the device is lost"},
    {"ttsim", "a_core_in_reset_is_described_so",
     "the simulator tells nothing of its cores"},
    {"kmd", "a_core_that_waits_says_for_what",
     "program counters of silicon are not read"},
    {"ttsim", "a_core_that_waits_says_for_what",
     "the simulator tells nothing of its cores"},
    {"emu", "a_lost_device_is_a_status_and_the_other_works",
     "it is memory of this process and cannot go away"},
    {NULL, NULL, NULL},
};

/* What ought to work and does not, yet. */
static const struct deviation expected_failure[] = {
    {NULL, NULL, NULL},
};

static const struct deviation *find(const struct deviation *list,
                                    const struct seam_chip *chip,
                                    const struct seam_case *c)
{
    for (; list->chip; list++)
        if (!strcmp(list->chip, chip->name) && !strcmp(list->name, c->name))
            return list;
    return NULL;
}

_Noreturn void seam_fail(struct seam *s, const char *file, int line,
                         const char *what, long got, long want)
{
    (void)snprintf(s->why, sizeof(s->why), "%s:%d: %s is %ld, not %ld", file,
                   line, what, got, want);
    longjmp(s->out, 1);
}

/** enum outcome - of one case on one chip
 *  BROKEN: it could not be tried, or left something behind; no list excuses
 *          that */
enum outcome { PASSED, FAILED, BROKEN };

/* What is left open is closed here, whether the case has passed or not. */
static enum outcome run_opened(struct seam *s, const struct seam_case *c)
{
    volatile enum outcome outcome = BROKEN;

    if (!setjmp(s->out)) {
        OK(s, s->chip->open(s, &s->dev));
        outcome = FAILED;
        c->run(s);
        outcome = PASSED;
    }
    tt_device_close(s->dev);
    tt_device_close(s->second);
    return outcome;
}

static enum outcome run_case(const struct seam_chip *chip,
                             const struct seam_case *c, char *why, size_t size)
{
    struct seam *s = calloc(1, sizeof(*s));
    enum outcome outcome = BROKEN;

    (void)snprintf(why, size, "the chip cannot be started");
    if (!s)
        return BROKEN;
    s->chip = chip;
    if (chip->start(s)) {
        outcome = run_opened(s, c);
        if (!chip->finish(s))
            outcome = BROKEN;
        (void)snprintf(why, size, "%s", s->why);
    }
    free(s);
    return outcome;
}

/* Whether the outcome is the one that the lists say. */
static bool judge(const struct seam_chip *chip, const struct seam_case *c)
{
    const struct deviation *no = find(unsupported, chip, c);
    const struct deviation *bad = find(expected_failure, chip, c);
    enum outcome outcome;
    char why[256];

    printf("%s: %s\n", chip->name, c->name);
    fflush(stdout);
    (void)alarm(CASE_SECONDS);
    outcome = run_case(chip, c, why, sizeof(why));
    (void)alarm(0);
    if (outcome == BROKEN || (!no && !bad)) {
        printf("  %s%s\n", outcome ? "FAILED: " : "passed", why);
        return outcome == PASSED;
    }
    printf("  %s, %s\n", no ? "unsupported" : "expected to fail",
           no ? no->reason : bad->reason);
    if (outcome == PASSED)
        printf("  FAILED: it passes; take it off the list\n");
    return outcome == FAILED;
}

static const struct seam_chip *chip_of(const char *name)
{
    static const struct seam_chip *const chips[] = {&seam_emu, &seam_kmd,
                                                    &seam_ttsim};

    for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++)
        if (!strcmp(chips[i]->name, name))
            return chips[i];
    return NULL;
}

/* One case, if TT_SEAM_CASE names it, else all. */
static unsigned run_all(const struct seam_chip *chip)
{
    static const struct seam_case *const lists[] = {seam_memory, seam_pages,
                                                    seam_cores, seam_life};
    const char *only = getenv("TT_SEAM_CASE");
    unsigned n_failed = 0, n = 0;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (const struct seam_case *c = lists[i]; c->name; c++) {
            if (only && *only && strcmp(only, c->name))
                continue;
            n++;
            n_failed += !judge(chip, c);
        }
    printf("%s: %u of %u as they should be\n", chip->name, n - n_failed, n);
    return n_failed + !n;
}

int main(int argc, char **argv)
{
    unsigned n_failed = 0;

    for (int i = 1; i < argc; i++) {
        const struct seam_chip *chip = chip_of(argv[i]);

        if (!chip) {
            (void)fprintf(stderr, "%s: emu, kmd or ttsim\n", argv[i]);
            return 2;
        }
        n_failed += run_all(chip);
    }
    return argc < 2 || n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
