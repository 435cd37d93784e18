/* SPDX-License-Identifier: MIT */
/*
 * Differential test: random scripts on the embedded chip and on ttsim must
 * leave the same bytes, or must be refused by both.
 *
 *   tensix [-n scripts per case] [-s first seed] [-j workers] [-d folder]
 *          [-m number] [--record file] [case ...]
 *       compare; that many differences are minimised and kept in the folder
 *   tensix --replay file       run a script that was kept
 *   tensix --print case seed   write a script
 *   tensix --recorded file     compare the embedded chip with recorded
 *                              outcomes of ttsim
 */
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/diff/campaign.h"
#include "tests/diff/file.h"
#include "tests/diff/record.h"
#include "tests/diff/sim.h"

#define EXIT_USAGE 2

/* Below this number of scripts per case, chance may leave an instruction
 * out. */
#define ENOUGH 150u

static const struct diff_case cases[] = {
    {"sync", case_sync},     {"config", case_config},
    {"front", case_front},   {"unpack", case_unpack},
    {"move", case_move},     {"matrix", case_matrix},
    {"wide", case_wide},     {"sfpu", case_sfpu},
    {"pack", case_pack},     {"adc", case_adc},
    {"noc", case_noc},       {"rv32", case_rv32},
    {"refuse", case_refuse}, {NULL, NULL},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]) - 1)

static const struct pair chips = {.name = {"the embedded chip", "ttsim"},
                                  .open = {tt_emu_open, sim_open}};

/** struct options - of the command line */
struct options {
    struct campaign campaign;
    const char *record, *recorded, *replay, *print;
};

static const struct diff_case *find_case(const char *name)
{
    for (size_t i = 0; i < N_CASES; i++)
        if (!strcmp(cases[i].name, name))
            return &cases[i];
    (void)fprintf(stderr, "no case is called %s\n", name);
    return NULL;
}

static unsigned count_processors(void)
{
    cpu_set_t cpus;

    return sched_getaffinity(0, sizeof(cpus), &cpus) == 0
               ? (unsigned)CPU_COUNT(&cpus)
               : 1;
}

/* ---- what can be asked for ---- */

static int compare(struct options *o)
{
    struct campaign *c = &o->campaign;
    unsigned failed, never;

    if (!sim_start())
        return EXIT_FAILURE;
    failed = campaign_run(c);
    if (!c->coverage)
        return EXIT_FAILURE;
    never = coverage_print(c->coverage, stdout);
    printf("%u scripts, %u failed\n", c->n_cases * c->n_each, failed);
    if (failed)
        return EXIT_FAILURE;
    if (o->record && !record_write(c, o->record))
        return EXIT_FAILURE;
    return never && c->n_cases == N_CASES && c->n_each >= ENOUGH ? EXIT_FAILURE
                                                                 : EXIT_SUCCESS;
}

static int replay(const char *path)
{
    struct pair_report *r = pair_report_new();
    FILE *from = fopen(path, "r"), *output = tmpfile();
    int status = EXIT_FAILURE;
    struct script s;
    unsigned line;

    if (!from || !output || !r) {
        perror(path);
        return EXIT_FAILURE;
    }
    line = file_read(&s, from);
    (void)fclose(from);
    if (line) {
        (void)fprintf(stderr, "%s:%u: not a line of a script\n", path, line);
    } else if (sim_start() && pair_run(&chips, &s, r, output)) {
        pair_explain(&chips, r, output, stdout);
        status =
            pair_judge(r) <= PAIR_BOTH_REFUSE ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    script_fini(&s);
    (void)fclose(output);
    return status;
}

static int print(const char *name, const char *seed)
{
    const struct diff_case *which = find_case(name);
    struct script s;

    if (!which || !seed)
        return EXIT_USAGE;
    campaign_build(&s, which, strtoull(seed, NULL, 0));
    file_write(&s, name, stdout);
    script_fini(&s);
    return EXIT_SUCCESS;
}

/* ---- the command line ---- */

static bool parse_options(struct options *o, int argc, char **argv)
{
    static const struct option longer[] = {
        {"record", required_argument, NULL, 'w'},
        {"recorded", required_argument, NULL, 'c'},
        {"replay", required_argument, NULL, 'r'},
        {"print", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0}};
    int opt;

    while ((opt = getopt_long(argc, argv, "n:s:j:m:d:", longer, NULL)) != -1) {
        switch (opt) {
        case 'n':
            o->campaign.n_each = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 's':
            o->campaign.first_seed = strtoull(optarg, NULL, 0);
            break;
        case 'j':
            o->campaign.n_workers = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 'm':
            o->campaign.n_minimised = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 'd':
            o->campaign.folder = optarg;
            break;
        case 'w':
            o->record = optarg;
            break;
        case 'c':
            o->recorded = optarg;
            break;
        case 'r':
            o->replay = optarg;
            break;
        case 'p':
            o->print = optarg;
            break;
        default:
            return false;
        }
    }
    return true;
}

/* Cases that are named, else all. */
static bool choose_cases(struct campaign *c, struct diff_case *chosen,
                         char **names)
{
    const struct diff_case *found;

    c->cases = chosen;
    for (size_t i = 0; !*names && i < N_CASES; i++)
        chosen[c->n_cases++] = cases[i];
    for (; *names && c->n_cases < N_CASES; names++) {
        found = find_case(*names);
        if (!found)
            return false;
        chosen[c->n_cases++] = *found;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options o = {.campaign = {.pair = &chips,
                                     .n_each = 200,
                                     .first_seed = 1,
                                     .n_workers = count_processors(),
                                     .n_minimised = 10,
                                     .folder = "."}};
    struct diff_case chosen[N_CASES];

    if (!parse_options(&o, argc, argv) || !o.campaign.n_each ||
        !o.campaign.n_workers)
        return EXIT_USAGE;
    /* Processes share the processors already. */
    if (setenv("TT_EMU_THREADS", "1", 1) != 0)
        return EXIT_FAILURE;
    if (o.recorded)
        return record_check(o.recorded, cases, o.campaign.n_workers)
                   ? EXIT_SUCCESS
                   : EXIT_FAILURE;
    if (o.replay)
        return replay(o.replay);
    if (o.print)
        return print(o.print, argv[optind]);
    if (!choose_cases(&o.campaign, chosen, argv + optind))
        return EXIT_USAGE;
    return compare(&o);
}
