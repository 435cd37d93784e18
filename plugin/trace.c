/* SPDX-License-Identifier: MIT */
/* TT_TRACE: what ran when, for ui.perfetto.dev and chrome://tracing. Each
 * device is three processes of the trace: its streams, its commands and its
 * cores. */
#include "plugin/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "plugin/run.h"
#include "plugin/stream.h"
#include "pool/tt_log.h"
#include "pool/tt_signal.h"

#define MAX_NAMED    4096u /* tracks whose names have been written */
#define MAX_NAME     64u
#define MAX_LANES    64u  /* commands of a device side by side */
#define PID_CORES    1000 /* beyond the numbers of the devices */
#define PID_COMMANDS 2000
#define CORE_TRACK   8 /* tracks of a core, one for each RISC index */

struct tt_trace {
    pthread_mutex_t lock;
    FILE *file;
    bool some; /* events have been written */
    uint64_t lane_end_ns[MAX_LANES];
    uint64_t named[MAX_NAMED]; /* pid << 32 | tid */
    size_t n_named;
};

/** struct track - a line of the picture */
struct track {
    int pid, tid;
};

/* Not among the first three, which others write to, even if those are closed.
 * A pipe is not waited for until somebody reads it. */
static int open_above_standard(const char *path)
{
    int low = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;

    if (low >= 0)
        close(low);
    if (fd >= 0)
        (void)fcntl(fd, F_SETFL, 0);
    errno = error;
    return fd;
}

/* The file, emptied, unless another process is writing it: processes that
 * inherit one environment would spoil it for each other. */
static FILE *open_alone(const char *path)
{
    int fd = open_above_standard(path);
    FILE *file = NULL;

    if (fd < 0)
        return NULL;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        close(fd);
        errno = ETXTBSY;
        return NULL;
    }
    /* A pipe or a terminal cannot be cut off, and need not be. */
    (void)!ftruncate(fd, 0);
    file = fdopen(fd, "w");
    if (!file)
        close(fd);
    return file;
}

struct tt_trace *tt_trace_open(const char *path)
{
    struct tt_trace *trace;

    if (!path || !*path)
        return NULL;
    trace = calloc(1, sizeof *trace);
    if (!trace)
        return NULL;
    trace->file = open_alone(path);
    if (!trace->file) {
        tt_log(TT_LOG_ERROR, "TT_TRACE=%s: %s", path,
               errno == ETXTBSY ? "another process writes it"
                                : strerror(errno));
        free(trace);
        return NULL;
    }
    fputs("[\n", trace->file);
    pthread_mutex_init(&trace->lock, NULL);
    return trace;
}

void tt_trace_close(struct tt_trace *trace)
{
    struct tt_signal_hold hold;
    bool lost;

    if (!trace)
        return;
    tt_signal_hold(&hold);
    fputs("\n]\n", trace->file);
    lost = fflush(trace->file) != 0 || ferror(trace->file);
    if (fclose(trace->file) != 0 || lost)
        tt_log(TT_LOG_ERROR, "TT_TRACE: not all of it could be written: %s",
               strerror(errno));
    tt_signal_release(&hold);
    pthread_mutex_destroy(&trace->lock);
    free(trace);
}

static void flush(struct tt_trace *trace)
{
    struct tt_signal_hold hold;

    tt_signal_hold(&hold);
    (void)fflush(trace->file);
    tt_signal_release(&hold);
}

void tt_trace_flush(struct tt_trace *trace)
{
    if (!trace)
        return;
    pthread_mutex_lock(&trace->lock);
    flush(trace);
    pthread_mutex_unlock(&trace->lock);
}

/* ---- events; the lock is held ---- */

/* Takes the reference. A trace that lacks an event is better than no run. */
static void put_event(struct tt_trace *trace, json_t *event)
{
    struct tt_signal_hold hold;

    if (!event)
        return;
    tt_signal_hold(&hold);
    if (trace->some)
        fputs(",\n", trace->file);
    trace->some = true;
    (void)json_dumpf(event, trace->file,
                     JSON_COMPACT | JSON_REAL_PRECISION(15));
    tt_signal_release(&hold);
    json_decref(event);
}

static void name_something(struct tt_trace *trace, struct track at,
                           const char *what, const char *name)
{
    put_event(trace, json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "ph", "M",
                               "name", what, "pid", at.pid, "tid", at.tid,
                               "args", "name", name));
}

/* Whether a track still needs its name. */
static bool is_new(struct tt_trace *trace, struct track at)
{
    uint64_t key = (uint64_t)(uint32_t)at.pid << 32 | (uint32_t)at.tid;

    for (size_t i = trace->n_named; i-- > 0;)
        if (trace->named[i] == key)
            return false;
    if (trace->n_named < MAX_NAMED)
        trace->named[trace->n_named++] = key;
    return true;
}

static void put_span(struct tt_trace *trace, struct track at, const char *name,
                     const char *kind, double begin_ns, double end_ns,
                     json_t *args)
{
    put_event(trace, json_pack("{s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:o}", "ph",
                               "X", "name", name, "cat", kind, "pid", at.pid,
                               "tid", at.tid, "ts", begin_ns / 1e3, "dur",
                               (end_ns - begin_ns) / 1e3, "args", args));
}

/* ---- streams ---- */

static struct track stream_track(struct tt_trace *trace,
                                 const struct tt_run *run)
{
    struct track at = {run->npu->index, run->stream->object.id};
    char name[MAX_NAME];

    if (!is_new(trace, at))
        return at;
    snprintf(name, sizeof name, "device %d: streams", run->npu->index);
    name_something(trace, at, "process_name", name);
    if (at.tid)
        snprintf(name, sizeof name, "stream %d", at.tid);
    else
        snprintf(name, sizeof name, "default stream");
    name_something(trace, at, "thread_name", name);
    return at;
}

void tt_trace_run(struct tt_trace *trace, const struct tt_run *run,
                  uint64_t start_ns, uint64_t end_ns)
{
    char name[MAX_NAME];

    if (!trace)
        return;
    snprintf(name, sizeof name, "run of schedule %d", run->schedule->object.id);
    pthread_mutex_lock(&trace->lock);
    put_span(trace, stream_track(trace, run), name, "run", (double)start_ns,
             (double)end_ns,
             json_pack("{s:i, s:I, s:i}", "stream", run->stream->object.id,
                       "ticket", (json_int_t)run->ticket, "status",
                       (int)run->status));
    flush(trace);
    pthread_mutex_unlock(&trace->lock);
}

/* Spans of a track must not overlap: each command takes the first lane that is
 * free again. */
static struct track command_track(struct tt_trace *trace,
                                  const struct tt_run *run,
                                  const struct tt_flight *flight)
{
    struct track at = {PID_COMMANDS + run->npu->index, 0};
    char name[MAX_NAME];

    while (at.tid < (int)MAX_LANES - 1 &&
           trace->lane_end_ns[at.tid] > flight->start_ns)
        at.tid++;
    trace->lane_end_ns[at.tid] = flight->end_ns;
    if (!is_new(trace, at))
        return at;
    snprintf(name, sizeof name, "device %d: commands", run->npu->index);
    name_something(trace, at, "process_name", name);
    snprintf(name, sizeof name, "commands %d", at.tid);
    name_something(trace, at, "thread_name", name);
    return at;
}

/* ---- cores ---- */

/** struct scale - from cycles to host time */
struct scale {
    uint64_t first;
    double start_ns, per_cycle;
};

static struct scale make_scale(const struct tt_active *active)
{
    const struct tt_work *w = &active->piece.work;
    struct scale s = {UINT64_MAX, (double)active->flight.start_ns, 0};
    uint64_t last = 0;

    for (uint32_t i = 0; i < w->n_cores; i++)
        for (unsigned r = 0; r < TT_N_RISC; r++) {
            if (!w->image[r].size)
                continue;
            if (w->time[i].begin[r] < s.first)
                s.first = w->time[i].begin[r];
            if (w->time[i].end[r] > last)
                last = w->time[i].end[r];
        }
    if (last > s.first)
        s.per_cycle =
            (double)(active->flight.end_ns - active->flight.start_ns) /
            (double)(last - s.first);
    return s;
}

static double host_ns(const struct scale *s, uint64_t cycle)
{
    return s->start_ns + (double)(cycle - s->first) * s->per_cycle;
}

static struct track core_track(struct tt_trace *trace, const struct tt_run *run,
                               const struct tt_launch_core *core, unsigned risc)
{
    int width = (int)run->npu->dev->info.grid_x;
    struct track at = {PID_CORES + run->npu->index,
                       (core->y * width + core->x) * CORE_TRACK + (int)risc};
    char name[MAX_NAME];

    if (!is_new(trace, at))
        return at;
    snprintf(name, sizeof name, "device %d: cores", run->npu->index);
    name_something(trace, at, "process_name", name);
    snprintf(name, sizeof name, "(%u,%u) %s", core->x, core->y,
             tt_risc_name(risc));
    name_something(trace, at, "thread_name", name);
    return at;
}

static const uint32_t slot_of[TT_N_RISC] = {TT_L1_KERNEL_B, TT_L1_KERNEL_T0,
                                            TT_L1_KERNEL_T1, TT_L1_KERNEL_T2,
                                            TT_L1_KERNEL_NC};

/* A name is a string in the image; the guest might say anything. */
static void copy_name(const struct tt_work *w, unsigned risc, uint32_t addr,
                      char out[MAX_NAME])
{
    uint32_t offset = addr - slot_of[risc];
    const char *image = w->image[risc].data;
    size_t n = 0;

    for (; n < MAX_NAME - 1 && offset < w->image[risc].size && image[offset];
         n++, offset++)
        out[n] =
            image[offset] >= ' ' && image[offset] < 127 ? image[offset] : '?';
    out[n] = '\0';
}

/* Zones have low words only; they lie within their kernel. */
static void put_zones(struct tt_trace *trace, struct track at,
                      const struct tt_work *w, uint32_t core, unsigned risc,
                      const struct scale *s)
{
    const struct tt_zone_log *log = w->time[core].zones;
    uint64_t begin = w->time[core].begin[risc];
    uint32_t n;

    if (!log)
        return;
    log += risc;
    n = log->n < TT_ZONE_MAX ? log->n : TT_ZONE_MAX;
    for (uint32_t i = 0; i < n; i++) {
        const struct tt_zone *z = &log->zone[i];
        uint64_t from = begin + (z->begin - (uint32_t)begin);
        uint64_t to = from + (z->end - z->begin);
        char name[MAX_NAME];

        copy_name(w, risc, z->name, name);
        put_span(trace, at, name, "zone", host_ns(s, from), host_ns(s, to),
                 json_pack("{s:I}", "cycles", (json_int_t)(to - from)));
    }
    if (log->n > n)
        tt_log(TT_LOG_WARN,
               "%s: %u passes through zones found no room in the "
               "trace",
               w->name, log->n - n);
}

static void put_core(struct tt_trace *trace, const struct tt_run *run,
                     const struct tt_work *w, uint32_t core,
                     const struct scale *s)
{
    for (unsigned r = 0; r < TT_N_RISC; r++) {
        uint64_t begin = w->time[core].begin[r], end = w->time[core].end[r];
        struct track at;

        if (!w->image[r].size)
            continue;
        at = core_track(trace, run, &w->cores[core], r);
        put_span(trace, at, w->name, "kernel", host_ns(s, begin),
                 host_ns(s, end),
                 json_pack("{s:i, s:I, s:I}", "stream", run->stream->object.id,
                           "begin", (json_int_t)begin, "end", (json_int_t)end));
        put_zones(trace, at, w, core, r, s);
    }
}

void tt_trace_job(struct tt_trace *trace, const struct tt_run *run,
                  const struct tt_active *active)
{
    const struct tt_work *w = &active->piece.work;
    const struct tt_cores *c = &active->cores;
    struct scale s;

    if (!trace || !w->time)
        return;
    s = make_scale(active);
    pthread_mutex_lock(&trace->lock);
    put_span(
        trace, command_track(trace, run, &active->flight), w->name, "command",
        (double)active->flight.start_ns, (double)active->flight.end_ns,
        json_pack("{s:i, s:[i,i], s:[i,i]}", "stream", run->stream->object.id,
                  "first core", c->x, c->y, "cores", c->width, c->height));
    for (uint32_t i = 0; i < w->n_cores; i++)
        put_core(trace, run, w, i, &s);
    pthread_mutex_unlock(&trace->lock);
}
