/* SPDX-License-Identifier: MIT */
/* The conformance runner: what its parts and its checks share. */
#ifndef CONFORM_H
#define CONFORM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

#define CONFORM_TEXT   512u  /* longest text of a result, with its NUL */
#define CONFORM_OUTPUT 4096u /* what is kept of a check's own output */

/* Every entry point, in the order in which hosts look them up. */
#define CONFORM_ENTRIES(X)                                                     \
    X(GetRuntimeProperty)                                                      \
    X(GetDeviceProperty)                                                       \
    X(CreateBuffer)                                                            \
    X(GetBufferProperty)                                                       \
    X(CopyBuffer)                                                              \
    X(FillBuffer)                                                              \
    X(ReleaseBuffer)                                                           \
    X(CreateLibrary)                                                           \
    X(CreateLibraryFromFile)                                                   \
    X(GetLibraryProperty)                                                      \
    X(ReleaseLibrary)                                                          \
    X(GetKernel)                                                               \
    X(GetKernelProperty)                                                       \
    X(CreateEvent)                                                             \
    X(GetEventProperty)                                                        \
    X(SignalEvent)                                                             \
    X(WaitEvent)                                                               \
    X(ReleaseEvent)                                                            \
    X(CreateStream)                                                            \
    X(GetStreamProperty)                                                       \
    X(ReleaseStream)                                                           \
    X(CreateSchedule)                                                          \
    X(GetScheduleProperty)                                                     \
    X(RunSchedule)                                                             \
    X(ReleaseSchedule)                                                         \
    X(CreateCommand)                                                           \
    X(CreateSignalCommand)                                                     \
    X(CreateWaitCommand)                                                       \
    X(GetCommandProperty)                                                      \
    X(SetCommandArgument)                                                      \
    X(SetCommandScalar)                                                        \
    X(FinalizeCommand)

/** enum conform_entry - an entry point of the plugin */
enum conform_entry {
#define X(name) ENTRY_##name,
    CONFORM_ENTRIES(X)
#undef X
        N_ENTRIES
};

/** enum conform_outcome - how a check ended; RUNNING also if it never did */
enum conform_outcome {
    CONFORM_RUNNING,
    CONFORM_PASSED,
    CONFORM_FAILED,
    CONFORM_SKIPPED
};

/** struct conform_result - what a check says; shared with its process */
struct conform_result {
    atomic_int outcome; /* enum conform_outcome; the first to set it wins */
    atomic_uint n_met;  /* answers that were as expected */
    char what[CONFORM_TEXT]; /* the call that failed; why a check is skipped */
    char expected[CONFORM_TEXT];
    char seen[CONFORM_TEXT];
    char output[CONFORM_OUTPUT]; /* the end of what the process wrote */
    double seconds;
};

/** struct conform_const - a constant of every command, from --const */
struct conform_const {
    char *name;
    nxs_int index;
    nxs_uint settings; /* as hosts make them: data type | constant */
    union {
        int64_t integer;
        float real;
    } value;
};

/** struct conform_options - the command line */
struct conform_options {
    const char *plugin;
    const char *kernel_file; /* NULL: no checks that run kernels */
    const char *kernel_name;
    struct conform_const consts[NXS_KERNEL_MAX_CONSTS];
    size_t n_consts;
    const char *area;  /* only this one; NULL: all */
    const char *check; /* only this one; NULL: all */
    const char *json, *junit;
    double timeout; /* of a check, in seconds */
    bool strict, list, verbose;
};

/** struct conform - what a check gets: the plugin, opened in a process that
 *  belongs to the check */
struct conform {
    const struct conform_options *options;
    struct conform_result *result;
    void *plugin; /* of dlopen(); NULL in checks that open it themselves */
    void (*entry[N_ENTRIES])(void); /* NULL: absent */
    int arg;                        /* the check's own */
    char detail[128]; /* what is tried just now, for the report of a failure */
};

/** enum conform_need - without it a check is skipped */
enum conform_need {
    NEEDS_KERNEL = 1,
    NEEDS_TWO_DEVICES = 2,
    OPENS_ITSELF = 4 /* not a need: the plugin is not opened for it */
};

/** struct conform_check - one rule of the contract */
struct conform_check {
    const char *name;
    const char *rule; /* what a plugin has to do, one line */
    void (*run)(struct conform *c);
    unsigned needs; /* bits of enum conform_need */
    int arg;
};

/** An entry of a table of checks, named as its function. */
#define CHECK(function, needs, rule)                                           \
    {                                                                          \
#function, rule, function, needs, 0                                    \
    }

/** One of several checks of a function, which tells them apart by c->arg. */
#define CHECK_OF(name, function, needs, arg, rule)                             \
    {                                                                          \
        name, rule, function, needs, arg                                       \
    }

/** The definition of an area, from its table "checks". */
#define AREA(name)                                                             \
    const struct conform_area conform_##name = {                               \
        #name, checks, sizeof checks / sizeof checks[0]}

/** struct conform_area - the checks of a file conform_<name>.c */
struct conform_area {
    const char *name;
    const struct conform_check *checks;
    size_t n_checks;
};

extern const struct conform_area conform_load, conform_property, conform_id,
    conform_buffer, conform_copy, conform_event, conform_stream,
    conform_library, conform_argument, conform_schedule, conform_flight,
    conform_release, conform_thread;

/* ---- expectations: they end the process of the check if not met ---- */

/** An entry point by its name without "nxs"; absent: the check is skipped. */
#define NXS(c, name) ((__typeof__(&nxs##name))conform_entry((c), ENTRY_##name))

/** The call succeeds; its result, which is the id if it creates something. */
#define OK(c, name, ...)                                                       \
    conform_expect_success((c), (int)NXS(c, name)(__VA_ARGS__),                \
                           "nxs" #name "(" #__VA_ARGS__ ")")

/** The call is answered with just this status. */
#define REFUSED(c, status, name, ...)                                          \
    conform_expect_status((c), (status), (int)NXS(c, name)(__VA_ARGS__),       \
                          "nxs" #name "(" #__VA_ARGS__ ")")

/** @condition holds; @expected says so in words. */
#define TRUE(c, condition, expected)                                           \
    conform_expect_true((c), (condition), (expected), #condition)

/** Two integers are equal. */
#define EQUAL(c, expected, seen)                                               \
    conform_expect_equal((c), (int64_t)(expected), (int64_t)(seen), #seen)

/** Two memories of @size bytes are equal. */
#define SAME_BYTES(c, expected, seen, size)                                    \
    conform_expect_bytes((c), (expected), (seen), (size), #seen)

/**
 * conform_entry - an entry point of the plugin
 * @c: the check
 * @entry: which
 *
 * Return: the function; does not return if the plugin lacks it.
 */
void (*conform_entry(struct conform *c, enum conform_entry entry))(void);

/**
 * conform_has - whether the plugin has an entry point
 * @c: the check
 * @entry: which
 */
bool conform_has(const struct conform *c, enum conform_entry entry);

/**
 * conform_entry_name - the symbol of an entry point
 * @entry: which
 *
 * Return: a static text, with "nxs".
 */
const char *conform_entry_name(enum conform_entry entry);

/**
 * conform_open - open the plugin as hosts do
 * @c: the check; its plugin and entries are set
 *
 * Fails the check if it cannot be opened.
 */
void conform_open(struct conform *c);

/**
 * conform_fail - end the check: a rule was broken
 * @c: the check
 * @what: the call or the place
 * @expected: what the rule wants
 * @seen: what there was instead
 *
 * Any thread; the first one counts.
 */
_Noreturn void conform_fail(struct conform *c, const char *what,
                            const char *expected, const char *seen);

/**
 * conform_skip - end the check: it cannot judge this plugin
 * @c: the check
 * @format: the reason, as of printf()
 */
__attribute__((format(printf, 2, 3))) _Noreturn void
conform_skip(struct conform *c, const char *format, ...);

/**
 * conform_pass_by_exit - end the check by exit(): passed if that goes well
 * @c: the check
 */
_Noreturn void conform_pass_by_exit(struct conform *c);

/**
 * conform_detail - say what is tried next, for the report of a failure
 * @c: the check
 * @format: as of printf()
 */
__attribute__((format(printf, 2, 3))) void
conform_detail(struct conform *c, const char *format, ...);

/** conform_expect_success - behind OK(); returns @seen */
int conform_expect_success(struct conform *c, int seen, const char *call);

/** conform_expect_status - behind REFUSED() */
void conform_expect_status(struct conform *c, int expected, int seen,
                           const char *call);

/** conform_expect_true - behind TRUE() */
void conform_expect_true(struct conform *c, bool condition,
                         const char *expected, const char *what);

/** conform_expect_equal - behind EQUAL() */
void conform_expect_equal(struct conform *c, int64_t expected, int64_t seen,
                          const char *what);

/** conform_expect_bytes - behind SAME_BYTES() */
void conform_expect_bytes(struct conform *c, const void *expected,
                          const void *seen, size_t size, const char *what);

/**
 * conform_status_text - a status in words
 * @status: any number
 * @out: its name and number
 * @size: bytes of @out
 *
 * Return: @out.
 */
const char *conform_status_text(int status, char *out, size_t size);

/* ---- the runner ---- */

/**
 * conform_run - run a check in a process of its own
 * @options: the command line
 * @check: which
 * @out: what came of it; texts are printable ASCII
 *
 * Blocks until the check has ended, at most the time limit.
 *
 * Return: 0; -1 if no process can be started (errno).
 */
int conform_run(const struct conform_options *options,
                const struct conform_check *check, struct conform_result *out);

/**
 * conform_clean - make a text fit into every kind of report
 * @text: storage of the caller; becomes printable ASCII
 * @size: its bytes, at most CONFORM_OUTPUT; what has no room is cut off
 */
void conform_clean(char *text, size_t size);

/** struct conform_report - where results go; see report.c */
struct conform_report;

/**
 * conform_report_new - begin a report
 * @options: the command line, borrowed until the end
 *
 * Return: the report; NULL without memory.
 */
struct conform_report *
conform_report_new(const struct conform_options *options);

/**
 * conform_report_add - print a line and note it
 * @report: of conform_report_new()
 * @area: the check's
 * @check: which
 * @result: what came of it
 */
void conform_report_add(struct conform_report *report,
                        const struct conform_area *area,
                        const struct conform_check *check,
                        const struct conform_result *result);

/**
 * conform_report_end - print the sum, write the files, give the report back
 * @report: of conform_report_new()
 *
 * Return: the exit status: 0, 1 if checks failed, 2 if a file cannot be
 * written.
 */
int conform_report_end(struct conform_report *report);

#endif
