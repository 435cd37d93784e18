/* SPDX-License-Identifier: MIT */
/* The log: one write(2) per line on stderr, and the thread's last error. */
#include "pool/tt_log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 2048u

static const char *const level_name[] = {"error", "warn", "info", "debug",
                                         "trace"};

/* Per thread and never shared, so no rule about shared mutable state is
 * touched: the price of "last error" without a handle to hang it on. */
static _Thread_local char last_error[LINE_SIZE];

/* -1: none. */
static int level_of(const char *text)
{
    for (int i = TT_LOG_ERROR; i <= TT_LOG_TRACE; i++)
        if (strcmp(text, level_name[i]) == 0)
            return i;
    return -1;
}

int tt_log_is_level(const char *text)
{
    return level_of(text) >= 0;
}

int tt_log_enabled(enum tt_log_level level)
{
    const char *limit;

    if (level == TT_LOG_ERROR)
        return 1;
    limit = getenv("TT_LOG");
    return limit && (int)level <= level_of(limit);
}

/* A message is one line whatever its arguments hold, and nothing in it speaks
 * to the terminal. */
static void flatten(char *text)
{
    for (; *text; text++)
        if (*text == '\n' || *text == '\r')
            *text = '|';
        else if ((*text > 0 && *text < ' ' && *text != '\t') || *text == 0x7F)
            *text = '?';
}

static void write_line(enum tt_log_level level, const char *text)
{
    char line[LINE_SIZE + 32];
    int len = snprintf(line, sizeof line, "tt_runtime: %s: %s\n",
                       level_name[level], text);
    ssize_t written;

    if (len < 0)
        return;
    do
        written = write(STDERR_FILENO, line, (size_t)len);
    while (written < 0 && errno == EINTR);
}

/* Entry points are known to whoever reads the log; the names of functions
 * inside are only of use to who looks inside. */
static int is_for_the_reader(const char *func)
{
    return strncmp(func, "nxs", 3) == 0 || tt_log_enabled(TT_LOG_DEBUG);
}

static void log_va(enum tt_log_level level, const char *func, const char *fmt,
                   va_list args) __attribute__((format(printf, 3, 0)));

static void log_va(enum tt_log_level level, const char *func, const char *fmt,
                   va_list args)
{
    char text[LINE_SIZE];
    int saved = errno;
    size_t used = 0;

    text[0] = '\0';
    if (func && is_for_the_reader(func))
        used = (size_t)snprintf(text, sizeof text, "%.200s: ", func);
    vsnprintf(text + used, sizeof text - used, fmt, args);
    flatten(text);
    if (level == TT_LOG_ERROR)
        memcpy(last_error, text, strlen(text) + 1);
    write_line(level, text);
    errno = saved;
}

void tt_log(enum tt_log_level level, const char *fmt, ...)
{
    va_list args;

    if (!tt_log_enabled(level))
        return;
    va_start(args, fmt);
    log_va(level, NULL, fmt, args);
    va_end(args);
}

nxs_status tt_fail(nxs_status status, const char *func, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    log_va(TT_LOG_ERROR, func, fmt, args);
    va_end(args);
    return status;
}

const char *tt_log_last_error(void)
{
    return last_error;
}

void tt_log_adopt_error(const char *text)
{
    if (!text)
        text = "the log says why: there was no memory to keep it";
    if (text != last_error)
        snprintf(last_error, sizeof last_error, "%s", text);
}

#define NAME(status)                                                           \
    case status:                                                               \
        return #status

/* One line per status: longer than a function should be, but only a table. */
const char *tt_status_name(nxs_status status)
{
    switch (status) {
        NAME(NXS_DeviceNotFound);
        NAME(NXS_DeviceNotAvailable);
        NAME(NXS_CompilerNotAvailable);
        NAME(NXS_MemObjectAllocationFailure);
        NAME(NXS_OutOfResources);
        NAME(NXS_OutOfHostMemory);
        NAME(NXS_ProfilingInfoNotAvailable);
        NAME(NXS_MemCopyOverlap);
        NAME(NXS_ImageFormatMismatch);
        NAME(NXS_ImageFormatNotSupported);
        NAME(NXS_BuildProgramFailure);
        NAME(NXS_MapFailure);
        NAME(NXS_MisalignedSubBufferOffset);
        NAME(NXS_ExecStatusErrorForEventsInWaitList);
        NAME(NXS_CompileProgramFailure);
        NAME(NXS_LinkerNotAvailable);
        NAME(NXS_LinkProgramFailure);
        NAME(NXS_DevicePartitionFailed);
        NAME(NXS_KernelArgInfoNotAvailable);
        NAME(NXS_InvalidValue);
        NAME(NXS_InvalidDeviceType);
        NAME(NXS_InvalidContext);
        NAME(NXS_InvalidQueueProperties);
        NAME(NXS_InvalidCommandQueue);
        NAME(NXS_InvalidHostPtr);
        NAME(NXS_InvalidMemObject);
        NAME(NXS_InvalidImageFormatDescriptor);
        NAME(NXS_InvalidImageSize);
        NAME(NXS_InvalidSampler);
        NAME(NXS_InvalidBinary);
        NAME(NXS_InvalidBuildOptions);
        NAME(NXS_InvalidProgram);
        NAME(NXS_InvalidProgramExecutable);
        NAME(NXS_InvalidKernelName);
        NAME(NXS_InvalidKernelDefinition);
        NAME(NXS_InvalidKernel);
        NAME(NXS_InvalidArgIndex);
        NAME(NXS_InvalidArgValue);
        NAME(NXS_InvalidArgSize);
        NAME(NXS_InvalidKernelArgs);
        NAME(NXS_InvalidWorkDimension);
        NAME(NXS_InvalidWorkGroupSize);
        NAME(NXS_InvalidWorkItemSize);
        NAME(NXS_InvalidGlobalOffset);
        NAME(NXS_InvalidEventWaitList);
        NAME(NXS_InvalidEvent);
        NAME(NXS_InvalidOperation);
        NAME(NXS_InvalidGlObject);
        NAME(NXS_InvalidBufferSize);
        NAME(NXS_InvalidMipLevel);
        NAME(NXS_InvalidGlobalWorkSize);
        NAME(NXS_InvalidProperty);
        NAME(NXS_InvalidImageDescriptor);
        NAME(NXS_InvalidCompilerOptions);
        NAME(NXS_InvalidDeviceQueue);
        NAME(NXS_InvalidSpecId);
        NAME(NXS_MaxSizeRestrictionExceeded);
        NAME(NXS_InvalidObject);
        NAME(NXS_InvalidBuffer);
        NAME(NXS_InvalidCommand);
        NAME(NXS_InvalidDevice);
        NAME(NXS_InvalidLibrary);
        NAME(NXS_InvalidRuntime);
        NAME(NXS_InvalidSchedule);
        NAME(NXS_InvalidStream);
        NAME(NXS_InvalidSystem);
    default:
        return (int)status >= 0 ? "NXS_Success" : "unknown status";
    }
}
