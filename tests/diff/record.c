/* SPDX-License-Identifier: MIT */
/* Writing outcomes of ttsim, and comparing the embedded chip with them. */
#include "tests/diff/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/tt_log.h"

#define REFUSED "refused"

/* ---- writing ---- */

bool record_write(const struct campaign *c, const char *path)
{
    FILE *to = fopen(path, "w");

    if (!to) {
        perror(path);
        return false;
    }
    (void)fprintf(to, "# Outcomes of scripts on ttsim: tests/diff/record.c, "
                      "`make record-ttsim`.\n");
    for (unsigned i = 0; i < c->n_cases * c->n_each; i++) {
        const struct campaign_result *r = &c->result[i];

        if (i % c->n_each == 0)
            (void)fprintf(to, "case %s %" PRIu64 "\n",
                          c->cases[i / c->n_each].name, c->first_seed);
        if (r->verdict == PAIR_EQUAL)
            (void)fprintf(to, "%016" PRIx64 "\n", r->hash);
        else
            (void)fprintf(to, REFUSED "\n");
    }
    return fclose(to) == 0;
}

/* ---- checking ---- */

/* One recorded script. */
struct item {
    const struct diff_case *which;
    uint64_t seed;
    uint64_t hash; /* 0: refused */
};

struct items {
    struct item *item;
    size_t n, cap;
};

/* In memory that the workers share. */
struct shared {
    _Atomic size_t next, agreed;
};

static const struct diff_case *find(const struct diff_case *cases,
                                    const char *name)
{
    while (cases->name && strcmp(cases->name, name) != 0)
        cases++;
    return cases->name ? cases : NULL;
}

static bool add(struct items *items, struct item item)
{
    if (items->n == items->cap) {
        size_t cap = items->cap ? 2 * items->cap : 1024;
        struct item *more = realloc(items->item, cap * sizeof(*more));

        if (!more)
            return false;
        items->item = more;
        items->cap = cap;
    }
    items->item[items->n++] = item;
    return true;
}

static bool read_line(struct items *items, const char *line, struct item *next,
                      const struct diff_case *cases)
{
    char name[32];

    if (*line == '#')
        return true;
    if (sscanf(line, "case %31s %" SCNu64, name, &next->seed) == 2) {
        next->which = find(cases, name);
        return next->which;
    }
    if (!next->which || (strcmp(line, REFUSED "\n") != 0 &&
                         sscanf(line, "%" SCNx64, &next->hash) != 1))
        return false;
    if (*line == *REFUSED)
        next->hash = 0;
    if (!add(items, *next))
        return false;
    next->seed++;
    return true;
}

static bool read_items(struct items *items, const char *path,
                       const struct diff_case *cases)
{
    struct item next = {.which = NULL};
    FILE *from = fopen(path, "r");
    unsigned n = 0;
    char line[128];
    bool good = true;

    if (!from) {
        perror(path);
        return false;
    }
    while (good && fgets(line, sizeof(line), from)) {
        n++;
        good = read_line(items, line, &next, cases);
    }
    if (!good)
        (void)fprintf(stderr, "%s:%u: not a line of a record\n", path, n);
    (void)fclose(from);
    return good;
}

/* The outcome on the embedded chip; 0 if it refuses. */
static uint64_t outcome(const struct item *item)
{
    uint64_t hash = 0;
    struct tt_device *dev;
    struct script s;

    campaign_build(&s, item->which, item->seed);
    if (tt_emu_open(&dev) >= 0) {
        if (script_run(&s, dev) < 0 || script_outcome_hash(&s, dev, &hash) < 0)
            hash = 0;
        tt_device_close(dev);
    }
    script_fini(&s);
    return hash;
}

static void work(const struct items *items, struct shared *shared)
{
    size_t i;

    while ((i = shared->next++) < items->n) {
        const struct item *item = &items->item[i];
        uint64_t hash = outcome(item);

        if (hash == item->hash) {
            shared->agreed++;
            continue;
        }
        printf("%s seed %" PRIu64 ": %s; ttsim: %s\n", item->which->name,
               item->seed, hash ? "another outcome" : tt_log_last_error(),
               item->hash ? "recorded" : REFUSED);
    }
}

static void run_workers(const struct items *items, struct shared *shared,
                        unsigned n_workers)
{
    (void)fflush(stdout);
    for (unsigned i = 0; i < n_workers; i++) {
        if (fork() != 0)
            continue;
        work(items, shared);
        exit(EXIT_SUCCESS); /* not _exit(): coverage is counted at the end */
    }
    while (wait(NULL) > 0)
        continue;
}

bool record_check(const char *path, const struct diff_case *cases,
                  unsigned n_workers)
{
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct items items = {.item = NULL};
    bool good = false;

    if (shared != MAP_FAILED && read_items(&items, path, cases)) {
        run_workers(&items, shared, n_workers);
        good = items.n && shared->agreed == items.n;
        printf("%zu of %zu recorded outcomes of ttsim agree\n",
               (size_t)shared->agreed, items.n);
    }
    free(items.item);
    return good;
}
