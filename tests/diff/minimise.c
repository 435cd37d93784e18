/* SPDX-License-Identifier: MIT */
/* Delta debugging of scripts. */
#include "tests/diff/minimise.h"

#include <string.h>

#include "pool/tt_clock.h"

#define INPUT_GRAIN 32u /* bytes that become zero together at last */

struct search {
    const struct pair *pair;
    struct script *s;
    struct pair_report *r;
    FILE *output;
    enum pair_verdict verdict;
    uint64_t end_ns;
    unsigned n_runs;
};

/* Whether a smaller script shows the same. */
static bool still_shows(struct search *m, const struct script *s)
{
    if (tt_clock_ns() >= m->end_ns)
        return false;
    m->n_runs++;
    return pair_run(m->pair, s, m->r, m->output) &&
           pair_judge(m->r) == m->verdict;
}

/* ---- entries ---- */

/* Drops @n entries from @first on, if the rest shows the same. */
static bool try_drop(struct search *m, size_t first, size_t n)
{
    struct script smaller;
    bool dropped = false;

    script_copy(&smaller, m->s);
    if (!smaller.failed) {
        memmove(smaller.entry + first, smaller.entry + first + n,
                (smaller.len - first - n) * sizeof(*smaller.entry));
        smaller.len -= n;
        dropped = still_shows(m, &smaller);
    }
    if (dropped) {
        script_fini(m->s);
        *m->s = smaller;
    } else {
        script_fini(&smaller);
    }
    return dropped;
}

/* One pass with groups of @n; from the end, where dumps are. */
static bool drop_groups(struct search *m, size_t n)
{
    size_t end = m->s->len;
    bool any = false;

    while (end > 0) {
        size_t first = end > n ? end - n : 0;

        any |= try_drop(m, first, end - first);
        end = first;
    }
    return any;
}

static void drop_entries(struct search *m)
{
    for (size_t n = (m->s->len + 1) / 2; n > 1; n = (n + 1) / 2) {
        (void)drop_groups(m, n);
        if (n == 2)
            break;
    }
    while (drop_groups(m, 1))
        continue;
}

/* ---- input ---- */

static bool is_zero(const uint8_t *bytes, uint32_t len)
{
    return !bytes[0] && !memcmp(bytes, bytes + 1, len - 1);
}

static bool try_zero(struct search *m, uint32_t at, uint32_t len)
{
    static uint8_t old[SCRIPT_INPUT_SIZE]; /* a process, a thread */

    memcpy(old, m->s->input + at, len);
    memset(m->s->input + at, 0, len);
    if (still_shows(m, m->s))
        return true;
    memcpy(m->s->input + at, old, len);
    return false;
}

static void zero_input(struct search *m)
{
    for (uint32_t len = SCRIPT_INPUT_SIZE; len >= INPUT_GRAIN; len /= 2)
        for (uint32_t at = 0; at < SCRIPT_INPUT_SIZE; at += len)
            if (!is_zero(m->s->input + at, len))
                (void)try_zero(m, at, len);
}

static void drop_areas(struct search *m)
{
    for (unsigned i = m->s->n_areas; i-- > 0;) {
        struct script_area old = m->s->area[i];

        m->s->area[i] = m->s->area[m->s->n_areas - 1];
        m->s->n_areas--;
        if (still_shows(m, m->s))
            continue;
        m->s->area[m->s->n_areas++] = m->s->area[i];
        m->s->area[i] = old;
    }
}

unsigned minimise(const struct pair *pair, struct script *s, unsigned limit_ms,
                  struct pair_report *r, FILE *output)
{
    struct search m = {.pair = pair,
                       .s = s,
                       .r = r,
                       .output = output,
                       .verdict = pair_judge(r),
                       .end_ns = tt_clock_ns() + limit_ms * UINT64_C(1000000)};

    drop_entries(&m);
    drop_areas(&m);
    zero_input(&m);
    (void)pair_run(pair, s, r, output);
    return m.n_runs + 1;
}
