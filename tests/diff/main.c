/* SPDX-License-Identifier: MIT */
/*
 * Differential test: random scripts on the embedded chip and on ttsim must
 * leave the same bytes, or must be refused by both.
 *
 *   diff [-n scripts per case] [-s first seed] [case ...]
 *
 * Every script runs in a process of its own, so that one which crashes or
 * hangs the embedded chip is a failure of that script alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/tt_log.h"
#include "tests/diff/cases.h"
#include "tests/diff/script.h"

#define EXIT_SKIP 77

static const struct diff_case cases[] = {
    {"sync", case_sync},     {"config", case_config}, {"front", case_front},
    {"unpack", case_unpack}, {"move", case_move},     {"matrix", case_matrix},
    {"sfpu", case_sfpu},     {"pack", case_pack},     {"refuse", case_refuse},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

/* What the child tells, in memory that it shares with its parent. */
struct report {
    bool emu_refused, emu_done, ttsim_refused, ttsim_done;
    uint32_t n_differ, first; /* byte offset in the outcome */
    uint8_t emu_byte, ttsim_byte;
    char emu_text[512];
};

struct totals {
    unsigned equal, both_refused, failed;
};

/* ---- child ---- */

static nxs_status run_on(nxs_status (*open)(struct tt_device **),
                         const struct script *s, uint8_t *outcome)
{
    struct tt_device *dev;
    nxs_status status = open(&dev);

    if (status >= 0) {
        status = script_run(s, dev, outcome);
        tt_device_close(dev);
    }
    return status;
}

static void compare(const uint8_t *emu, const uint8_t *ttsim, struct report *r)
{
    for (uint32_t i = 0; i < SCRIPT_OUTCOME_LEN; i++) {
        if (emu[i] == ttsim[i])
            continue;
        if (!r->n_differ++) {
            r->first = i;
            r->emu_byte = emu[i];
            r->ttsim_byte = ttsim[i];
        }
    }
}

static void child(const struct diff_case *c, uint64_t seed, struct report *r)
{
    static uint8_t emu[SCRIPT_OUTCOME_LEN], ttsim[SCRIPT_OUTCOME_LEN];
    struct script s;

    script_init(&s, seed);
    c->build(&s);
    r->emu_refused = run_on(tt_emu_open, &s, emu) < 0;
    r->emu_done = true;
    snprintf(r->emu_text, sizeof(r->emu_text), "%s",
             r->emu_refused ? tt_log_last_error() : "");
    r->ttsim_refused = run_on(tt_ttsim_open, &s, ttsim) < 0;
    r->ttsim_done = true;
    if (!r->emu_refused && !r->ttsim_refused)
        compare(emu, ttsim, r);
    script_fini(&s);
}

/* ---- parent ---- */

static void print_text(const char *chip, FILE *text)
{
    char line[512];

    rewind(text);
    while (fgets(line, sizeof(line), text))
        printf("    %s: %s%s", chip, line, strchr(line, '\n') ? "" : "\n");
}

static void judge(const char *name, uint64_t seed, const struct report *r,
                  FILE *text, struct totals *total)
{
    bool ttsim_refused = !r->ttsim_done || r->ttsim_refused;

    if (r->emu_done && r->emu_refused && ttsim_refused) {
        total->both_refused++;
        if (getenv("DIFF_VERBOSE")) {
            printf("%s seed %llu: refused by both: %s\n", name,
                   (unsigned long long)seed, r->emu_text);
            print_text("output", text);
        }
        return;
    }
    if (r->emu_done && !r->emu_refused && !ttsim_refused && !r->n_differ) {
        total->equal++;
        return;
    }
    total->failed++;
    printf("%s seed %llu: ", name, (unsigned long long)seed);
    if (!r->emu_done)
        printf("the embedded chip ended the process\n");
    else if (r->emu_refused)
        printf("only the embedded chip refuses: %s\n", r->emu_text);
    else if (ttsim_refused)
        printf("only ttsim refuses\n");
    else
        printf("%u bytes differ, first at L1 0x%05X: 0x%02X, ttsim 0x%02X\n",
               r->n_differ, SCRIPT_RESULT + r->first, r->emu_byte,
               r->ttsim_byte);
    print_text("output", text);
}

static bool run_one(const struct diff_case *c, uint64_t seed, struct report *r,
                    struct totals *total)
{
    FILE *text = tmpfile();
    pid_t pid;

    if (!text)
        return false;
    memset(r, 0, sizeof(*r));
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        dup2(fileno(text), STDOUT_FILENO);
        dup2(fileno(text), STDERR_FILENO);
        child(c, seed, r);
        _exit(0);
    }
    if (pid > 0 && waitpid(pid, NULL, 0) == pid)
        judge(c->name, seed, r, text, total);
    fclose(text);
    return pid > 0;
}

static bool wanted(const char *name, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++)
        if (!strcmp(*names, name))
            return true;
    return false;
}

static int run_all(unsigned n, uint64_t seed, char **names)
{
    struct report *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned failed = 0;

    if (r == MAP_FAILED)
        return EXIT_FAILURE;
    for (size_t i = 0; i < N_CASES; i++) {
        struct totals total = {0, 0, 0};

        if (!wanted(cases[i].name, names))
            continue;
        for (unsigned k = 0; k < n; k++)
            if (!run_one(&cases[i], seed + k, r, &total))
                return EXIT_FAILURE;
        printf("%-8s %5u equal, %5u refused by both, %5u failed\n",
               cases[i].name, total.equal, total.both_refused, total.failed);
        failed += total.failed;
    }
    munmap(r, sizeof(*r));
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    unsigned n = 100;
    uint64_t seed = 1;
    int opt;

    while ((opt = getopt(argc, argv, "n:s:")) != -1) {
        if (opt == 'n')
            n = (unsigned)strtoul(optarg, NULL, 0);
        else if (opt == 's')
            seed = strtoull(optarg, NULL, 0);
        else
            return EXIT_FAILURE;
    }
    if (!getenv("TTSIM_LIB")) {
        fprintf(stderr, "TTSIM_LIB is not set: nothing to compare with\n");
        return EXIT_SKIP;
    }
    return run_all(n, seed, argv + optind);
}
