/* SPDX-License-Identifier: MIT */
/* Worker processes that share the scripts of a campaign among them. */
#include "tests/diff/campaign.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/diff/file.h"
#include "tests/diff/minimise.h"

#define MINIMISE_MS   60000u
#define MAX_WORKERS   64u
#define PROGRESS_STEP 5000u /* scripts */

/* In memory that the workers share. */
struct shared {
    struct coverage coverage;
    _Atomic unsigned next;      /* script to be run */
    _Atomic unsigned minimised; /* differences that were */
    struct campaign_result result[];
};

struct worker {
    const struct campaign *c;
    struct shared *shared;
    struct pair_report *report;
    FILE *output;
};

void campaign_build(struct script *s, const struct diff_case *which,
                    uint64_t seed)
{
    script_init(s, seed);
    if (!s->failed)
        which->build(s);
}

/* ---- differences ---- */

/* One write, so that workers do not mix their lines. */
static void print_at_once(const char *text, size_t len)
{
    if (write(STDOUT_FILENO, text, len) < 0)
        perror("write");
}

static void save(const struct worker *w, const struct script *s,
                 const char *name, FILE *to)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s.txt", w->c->folder, name);
    file = fopen(path, "w");
    if (!file) {
        (void)fprintf(to, "    cannot write %s\n", path);
        return;
    }
    file_write(s, name, file);
    (void)fclose(file);
    (void)fprintf(to, "    run it again: build/diff/tensix --replay %s\n",
                  path);
}

static void tell_difference(struct worker *w, struct script *s,
                            const struct diff_case *which, uint64_t seed)
{
    char name[64], *text = NULL;
    size_t len = 0, before = s->len;
    FILE *to = open_memstream(&text, &len);

    if (!to)
        return;
    (void)snprintf(name, sizeof(name), "%s-%llu", which->name,
                   (unsigned long long)seed);
    (void)fprintf(to, "%s seed %llu: ", which->name, (unsigned long long)seed);
    pair_explain(w->c->pair, w->report, w->output, to);
    if (w->shared->minimised++ < w->c->n_minimised) {
        unsigned runs =
            minimise(w->c->pair, s, MINIMISE_MS, w->report, w->output);

        (void)fprintf(to, "    %zu of %zu entries show it (%u runs): ", s->len,
                      before, runs);
        pair_explain(w->c->pair, w->report, w->output, to);
        file_write(s, name, to);
        save(w, s, name, to);
    }
    (void)fclose(to);
    print_at_once(text, len);
    free(text);
}

/* ---- workers ---- */

static void run_one(struct worker *w, unsigned index)
{
    const struct diff_case *which = &w->c->cases[index / w->c->n_each];
    uint64_t seed = w->c->first_seed + index % w->c->n_each;
    struct campaign_result *result = &w->shared->result[index];
    enum pair_verdict verdict;
    struct script s;

    campaign_build(&s, which, seed);
    if (pair_run(w->c->pair, &s, w->report, w->output)) {
        verdict = pair_judge(w->report);
        if (verdict == PAIR_EQUAL) {
            result->hash = w->report->hash;
            coverage_add(&w->shared->coverage, &s);
        } else if (verdict != PAIR_BOTH_REFUSE) {
            tell_difference(w, &s, which, seed);
        } else if (getenv("DIFF_VERBOSE")) {
            printf("%s seed %llu: ", which->name, (unsigned long long)seed);
            pair_explain(w->c->pair, w->report, w->output, stdout);
        }
        result->verdict = (uint8_t)verdict;
        result->done = true;
    }
    script_fini(&s);
}

/* A line now and then, of campaigns that take long. */
static void tell_progress(unsigned index, unsigned total)
{
    char line[64];
    int len = snprintf(line, sizeof(line), "%u of %u scripts\n", index, total);

    if (index && index % PROGRESS_STEP == 0)
        print_at_once(line, (size_t)len);
}

static void work(const struct campaign *c, struct shared *shared)
{
    struct worker w = {.c = c,
                       .shared = shared,
                       .report = pair_report_new(),
                       .output = tmpfile()};
    unsigned total = c->n_cases * c->n_each, index;

    if (!w.report || !w.output)
        _exit(EXIT_FAILURE);
    while ((index = shared->next++) < total) {
        run_one(&w, index);
        tell_progress(index, total);
    }
    (void)fflush(stdout);
    _exit(EXIT_SUCCESS);
}

static void run_workers(const struct campaign *c, struct shared *shared)
{
    pid_t pid[MAX_WORKERS];
    unsigned n = c->n_workers < MAX_WORKERS ? c->n_workers : MAX_WORKERS;

    (void)fflush(stdout);
    for (unsigned i = 0; i < n; i++) {
        pid[i] = fork();
        if (pid[i] == 0)
            work(c, shared);
    }
    for (unsigned i = 0; i < n; i++)
        if (pid[i] > 0)
            (void)waitpid(pid[i], NULL, 0);
}

/* ---- the campaign ---- */

static unsigned sum_up(const struct campaign *c, unsigned which)
{
    unsigned equal = 0, refused = 0;

    for (unsigned i = 0; i < c->n_each; i++) {
        const struct campaign_result *r = &c->result[which * c->n_each + i];

        equal += r->done && r->verdict == PAIR_EQUAL;
        refused += r->done && r->verdict == PAIR_BOTH_REFUSE;
    }
    printf("%-8s %6u equal, %6u refused by both, %4u failed\n",
           c->cases[which].name, equal, refused, c->n_each - equal - refused);
    return c->n_each - equal - refused;
}

unsigned campaign_run(struct campaign *c)
{
    size_t total = (size_t)c->n_cases * c->n_each;
    struct shared *shared =
        mmap(NULL, sizeof(*shared) + total * sizeof(shared->result[0]),
             PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned failed = 0;

    if (shared == MAP_FAILED)
        return c->n_cases * c->n_each;
    c->result = shared->result;
    c->coverage = &shared->coverage;
    run_workers(c, shared);
    for (unsigned i = 0; i < c->n_cases; i++)
        failed += sum_up(c, i);
    return failed;
}
