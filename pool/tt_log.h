/* SPDX-License-Identifier: MIT */
/* One log line per event, and the TT_FAIL expression that every error uses. */
#ifndef TT_LOG_H
#define TT_LOG_H

#include "nexus-api.h"

enum tt_log_level {
    TT_LOG_ERROR,
    TT_LOG_WARN,
    TT_LOG_INFO,
    TT_LOG_DEBUG,
    TT_LOG_TRACE
};

/**
 * tt_log - write one line to the log (stderr), if TT_LOG admits the level
 * @level: severity; TT_LOG=error|warn|info|debug|trace names the most verbose
 *         level that is written, the default is "error"
 * @fmt: printf format without a trailing newline
 *
 * Any thread may call it; a line is written with one write(2), so lines never
 * mix. An error is also kept as the calling thread's last error.
 */
void tt_log(enum tt_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * tt_log_enabled - whether a line of this level would be written
 * @level: severity
 *
 * For callers that would otherwise format something expensive. Any thread.
 *
 * Return: nonzero if it would.
 */
int tt_log_enabled(enum tt_log_level level);

/**
 * tt_log_is_level - whether a text is a value of TT_LOG
 * @text: NUL-terminated
 */
int tt_log_is_level(const char *text);

/**
 * tt_fail - log an error and hand the status back; use it through TT_FAIL
 * @status: the negative status to return
 * @func: name of the function that found the error; stands before the message
 *        if it is an entry point (nxs...) or TT_LOG is debug or trace
 * @fmt: printf format: what failed, with the numbers that explain it
 *
 * Return: @status.
 */
nxs_status tt_fail(nxs_status status, const char *func, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** TT_FAIL - an expression: log the reason once, where first seen, and yield
 *  the status */
#define TT_FAIL(status, ...) tt_fail((status), __func__, __VA_ARGS__)
#ifdef __clang_analyzer__
/* It looks at one file at a time and cannot know what tt_fail() returns. */
#undef TT_FAIL
#define TT_FAIL(status, ...)                                                   \
    ((void)tt_fail((status), __func__, __VA_ARGS__), (nxs_status)(status))
#endif

/**
 * tt_log_last_error - the calling thread's most recent error line
 *
 * Return: NUL-terminated text, "" if there was none; valid until the thread's
 * next error.
 */
const char *tt_log_last_error(void);

/**
 * tt_log_adopt_error - make a line that another thread has logged this thread's
 * last error
 * @text: the line; copied, cut off where a line ends; NULL: it is lost
 */
void tt_log_adopt_error(const char *text);

/**
 * tt_status_name - the spelling of a status, for messages
 * @status: any value
 *
 * Return: for instance "NXS_InvalidBuffer"; "NXS_Success" for values >= 0;
 * "unknown status" for anything else.
 */
const char *tt_status_name(nxs_status status);

#endif
