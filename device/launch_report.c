/* SPDX-License-Identifier: MIT */
/* The reports of a run that did not end as it should: who waits for what, who
 * did what wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "device/launch_report.h"
#include "pool/tt_log.h"

#define MAX_DESCRIBED 4u /* cores described in full: a line stays readable */

/** struct text - a line under construction; silently full at its end */
struct text {
    char buf[3072];
    size_t len;
};

static void add(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(t->buf + t->len, sizeof(t->buf) - t->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        t->len += (size_t)n < sizeof(t->buf) - t->len
                      ? (size_t)n
                      : sizeof(t->buf) - t->len - 1;
}

/* " at file:line" of the kernel, if need be of the place that called the
 * library; else the line of the library. */
static void add_line(struct text *t, const struct tt_work *work, unsigned risc,
                     uint32_t pc, const uint32_t *caller)
{
    char line[256], outer[256];
    enum tt_line kind;

    if (!work || !work->find_line)
        return;
    kind = work->find_line(work->images, risc, pc, line, sizeof(line));
    for (unsigned i = 0; i < TT_MAX_CALLERS && kind != TT_LINE_USER; i++) {
        /* The call is the instruction before the one that is returned to. */
        if (!caller[i] || work->find_line(work->images, risc, caller[i] - 4,
                                          outer, sizeof(outer)) != TT_LINE_USER)
            continue;
        add(t, " at %s", outer);
        return;
    }
    if (kind != TT_LINE_NONE)
        add(t, " at %s", line);
}

static void add_wait(struct text *t, uint32_t wait)
{
    uint32_t detail = wait & 0xFFFFFFu;
    unsigned cb = detail >> 16, pages = detail & 0xFFFFu;

    switch (wait >> 24) {
    case TT_WAIT_CB_FRONT:
        add(t, " waits for %u pages in circular buffer %u", pages, cb);
        break;
    case TT_WAIT_CB_BACK:
        add(t, " waits for room for %u pages in circular buffer %u", pages, cb);
        break;
    case TT_WAIT_SEMAPHORE:
        add(t, " waits for the semaphore at L1 0x%x", detail);
        break;
    case TT_WAIT_NOC_READ:
        add(t, " waits for NOC reads");
        break;
    case TT_WAIT_NOC_WRITE:
        add(t, " waits for NOC writes");
        break;
    case TT_WAIT_NOC_ATOMIC:
        add(t, " waits for NOC atomics");
        break;
    case TT_WAIT_TENSIX:
        add(t, " waits for the coprocessor");
        break;
    case TT_WAIT_DST:
        add(t, " waits for a half of DST");
        break;
    case TT_WAIT_PRINT:
        add(t, " waits for the host to take what it prints");
        break;
    default:
        break;
    }
}

static void add_error(struct text *t, uint32_t error)
{
    uint32_t detail = error & 0xFFFFFFu;

    if (error >> 24 == TT_ERROR_ASSERT)
        add(t, " failed ASSERT at line %u", detail);
    else if (error >> 24 == TT_ERROR_CB_SIZE)
        add(t, " asks for %u pages of circular buffer %u, which holds fewer",
            detail & 0xFFFFu, detail >> 16);
    else if (error)
        add(t, " error 0x%x", error);
}

static void add_risc(struct text *t, struct tt_device *dev,
                     struct tt_noc_addr at, const struct tt_mailbox *m,
                     const struct tt_work *work, unsigned risc)
{
    struct tt_core_state state = {0};
    uint32_t where = 0;

    if (tt_device_core_state(dev, at, risc, &state) < 0)
        memset(&state, 0, sizeof(state));
    add(t, " %s", tt_risc_name(risc));
    if (state.pc)
        add(t, " pc 0x%x", state.pc);
    if (m->error[risc] || m->wait[risc] >> 24 != TT_WAIT_NONE)
        where = m->where[risc];
    if (where)
        state.caller[0] = where;
    add_line(t, work, risc, state.pc, state.caller);
    add_error(t, m->error[risc]);
    add_wait(t, m->wait[risc]);
    if (state.what[0])
        add(t, " (%s)", state.what);
    add(t, ";");
}

static nxs_status add_core(struct text *t, struct tt_device *dev,
                           const struct tt_unfinished *core)
{
    struct tt_noc_addr at =
        tt_arch_worker(dev->info.arch, core->x, core->y, TT_L1_MAILBOX);
    struct tt_mailbox m;
    nxs_status status = tt_device_read(dev, at, &m, sizeof(m));

    if (status < 0)
        return status;
    add(t, " core (%u, %u) kernel %s:", core->x, core->y, core->work->name);
    for (unsigned r = 0; r < TT_N_RISC; r++)
        /* A sub core that is done waits in its firmware: not worth a word. */
        if (r == TT_RISC_B || m.sub_done[r] != m.sub_go[r])
            add_risc(t, dev, at, &m, core->work, r);
    return NXS_Success;
}

nxs_status tt_launch_report(struct tt_device *dev, const char *why,
                            const struct tt_unfinished *core, uint32_t n)
{
    struct text t = {.len = 0};
    uint32_t described = n < MAX_DESCRIBED ? n : MAX_DESCRIBED;

    add(&t, "%s: %u cores unfinished:", why, n);
    for (uint32_t i = 0; i < described; i++) {
        nxs_status status = add_core(&t, dev, &core[i]);

        if (status < 0)
            return status;
    }
    if (n > described)
        add(&t, " and %u more", n - described);
    return TT_FAIL(NXS_InvalidProgramExecutable, "%s", t.buf);
}

/* ---- faults ---- */

static bool is_on(const struct tt_work *work, const struct tt_fault_place *at)
{
    for (uint32_t i = 0; work && i < work->n_cores; i++)
        if (work->cores[i].x == at->x && work->cores[i].y == at->y)
            return true;
    return false;
}

static void add_place(struct text *t, struct tt_device *dev,
                      const struct tt_fault_place *at,
                      const struct tt_work *work)
{
    struct tt_noc_addr noc = tt_arch_worker(dev->info.arch, at->x, at->y, 0);

    add(t, "core (%u,%u) logical (%u,%u)", noc.x, noc.y, at->x, at->y);
    if (at->risc >= TT_N_RISC)
        return;
    add(t, " %s pc 0x%08x", tt_risc_name(at->risc), at->pc);
    if (is_on(work, at))
        add_line(t, work, at->risc, at->pc, at->caller);
}

static void add_fault(struct text *t, struct tt_device *dev,
                      struct tt_fault *fault, const struct tt_work *work)
{
    add_place(t, dev, &fault->at, work);
    add(t, ": %s", fault->text);
    fault->text[0] = '\0';
    if (!fault->has_other)
        return;
    add(t, " ");
    add_place(t, dev, &fault->other, work);
}

nxs_status tt_launch_faults(struct tt_device *dev, struct tt_fault_list *list,
                            const struct tt_work *work)
{
    nxs_status status = NXS_InvalidProgramExecutable;
    struct text first = {.len = 0};

    for (unsigned i = 0; i < list->n; i++) {
        struct tt_fault *fault = &list->fault[i];
        struct text t = {.len = 0};

        if (!fault->text[0] || (work && !is_on(work, &fault->at)))
            continue;
        if (!first.len && fault->no_memory)
            status = NXS_OutOfHostMemory;
        add_fault(first.len ? &t : &first, dev, fault, work);
        if (t.len)
            tt_log(TT_LOG_ERROR, "%s", t.buf);
    }
    if (!first.len)
        return NXS_Success;
    return TT_FAIL(status, "%s", first.buf);
}
