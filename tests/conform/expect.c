/* SPDX-License-Identifier: MIT */
/* Expectations of checks. One that is not met ends the process. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/conform/conform.h"

#define STATUSES(X)                                                            \
    X(Success)                                                                 \
    X(DeviceNotFound)                                                          \
    X(DeviceNotAvailable)                                                      \
    X(CompilerNotAvailable)                                                    \
    X(MemObjectAllocationFailure)                                              \
    X(OutOfResources)                                                          \
    X(OutOfHostMemory)                                                         \
    X(ProfilingInfoNotAvailable)                                               \
    X(BuildProgramFailure)                                                     \
    X(ExecStatusErrorForEventsInWaitList)                                      \
    X(CompileProgramFailure)                                                   \
    X(LinkProgramFailure)                                                      \
    X(InvalidValue)                                                            \
    X(InvalidHostPtr)                                                          \
    X(InvalidBinary)                                                           \
    X(InvalidProgram)                                                          \
    X(InvalidProgramExecutable)                                                \
    X(InvalidKernelName)                                                       \
    X(InvalidKernel)                                                           \
    X(InvalidArgIndex)                                                         \
    X(InvalidArgValue)                                                         \
    X(InvalidArgSize)                                                          \
    X(InvalidKernelArgs)                                                       \
    X(InvalidWorkGroupSize)                                                    \
    X(InvalidEvent)                                                            \
    X(InvalidOperation)                                                        \
    X(InvalidBufferSize)                                                       \
    X(InvalidGlobalWorkSize)                                                   \
    X(InvalidProperty)                                                         \
    X(MaxSizeRestrictionExceeded)                                              \
    X(InvalidObject)                                                           \
    X(InvalidBuffer)                                                           \
    X(InvalidCommand)                                                          \
    X(InvalidDevice)                                                           \
    X(InvalidLibrary)                                                          \
    X(InvalidRuntime)                                                          \
    X(InvalidSchedule)                                                         \
    X(InvalidStream)                                                           \
    X(InvalidSystem)

static const char *name_of_status(int status)
{
    switch (status) {
#define X(name)                                                                \
    case NXS_##name:                                                           \
        return "NXS_" #name;
        STATUSES(X)
#undef X
    default:
        return NULL;
    }
}

const char *conform_status_text(int status, char *out, size_t size)
{
    const char *name = name_of_status(status);

    if (name)
        snprintf(out, size, "%s (%d)", name, status);
    else
        snprintf(out, size, "%d", status);
    return out;
}

/* The first thread that has something to say ends the process; the others wait
 * for that. */
static void claim(struct conform_result *result, enum conform_outcome outcome)
{
    int running = CONFORM_RUNNING;

    if (!atomic_compare_exchange_strong(&result->outcome, &running,
                                        (int)outcome))
        for (;;)
            pause();
}

_Noreturn void conform_fail(struct conform *c, const char *what,
                            const char *expected, const char *seen)
{
    struct conform_result *r = c->result;

    claim(r, CONFORM_FAILED);
    snprintf(r->what, sizeof r->what, "%s%s%s%s", what,
             c->detail[0] ? " [" : "", c->detail, c->detail[0] ? "]" : "");
    snprintf(r->expected, sizeof r->expected, "%s", expected);
    snprintf(r->seen, sizeof r->seen, "%s", seen);
    _exit(0);
}

_Noreturn void conform_skip(struct conform *c, const char *format, ...)
{
    va_list args;

    claim(c->result, CONFORM_SKIPPED);
    va_start(args, format);
    vsnprintf(c->result->what, sizeof c->result->what, format, args);
    va_end(args);
    _exit(0);
}

_Noreturn void conform_pass_by_exit(struct conform *c)
{
    claim(c->result, CONFORM_PASSED);
    exit(0);
}

void conform_detail(struct conform *c, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->detail, sizeof c->detail, format, args);
    va_end(args);
}

static void count(struct conform *c)
{
    atomic_fetch_add(&c->result->n_met, 1);
}

int conform_expect_success(struct conform *c, int seen, const char *call)
{
    char text[64];

    if (seen < 0)
        conform_fail(c, call, "success (0 or more)",
                     conform_status_text(seen, text, sizeof text));
    count(c);
    return seen;
}

void conform_expect_status(struct conform *c, int expected, int seen,
                           const char *call)
{
    char want[64], text[64];

    if (seen != expected)
        conform_fail(c, call, conform_status_text(expected, want, sizeof want),
                     conform_status_text(seen, text, sizeof text));
    count(c);
}

void conform_expect_true(struct conform *c, bool condition,
                         const char *expected, const char *what)
{
    if (!condition)
        conform_fail(c, what, expected, "not so");
    count(c);
}

void conform_expect_equal(struct conform *c, int64_t expected, int64_t seen,
                          const char *what)
{
    char want[32], text[32];

    if (seen != expected) {
        snprintf(want, sizeof want, "%lld", (long long)expected);
        snprintf(text, sizeof text, "%lld", (long long)seen);
        conform_fail(c, what, want, text);
    }
    count(c);
}

void conform_expect_bytes(struct conform *c, const void *expected,
                          const void *seen, size_t size, const char *what)
{
    const unsigned char *a = expected, *b = seen;
    char want[64], text[64];

    for (size_t i = 0; i < size; i++)
        if (a[i] != b[i]) {
            snprintf(want, sizeof want, "byte %zu of %zu is 0x%02x", i, size,
                     a[i]);
            snprintf(text, sizeof text, "0x%02x", b[i]);
            conform_fail(c, what, want, text);
        }
    count(c);
}
