/* SPDX-License-Identifier: MIT */
/* The log: one line per failure, levels, the thread's last error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool/tt_log.h"

/* stderr goes into a pipe while a test runs. */
struct capture {
    int saved, read_end;
    char text[8192];
};

static int set_up(void **state)
{
    struct capture *c = calloc(1, sizeof *c);
    int ends[2];

    if (!c || pipe(ends) < 0)
        return -1;
    c->saved = dup(STDERR_FILENO);
    c->read_end = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    unsetenv("TT_LOG");
    *state = c;
    return 0;
}

static const char *captured(struct capture *c)
{
    ssize_t n;

    dup2(c->saved, STDERR_FILENO);
    n = read(c->read_end, c->text, sizeof c->text - 1);
    c->text[n > 0 ? n : 0] = '\0';
    return c->text;
}

static int tear_down(void **state)
{
    struct capture *c = *state;

    dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    close(c->read_end);
    free(c);
    return 0;
}

static void failure_is_one_line_with_function_and_reason(void **state)
{
    nxs_status status = tt_fail(NXS_InvalidBuffer, "nxsCopyBuffer",
                                "buffer %d is not live", 65536);

    assert_int_equal(status, NXS_InvalidBuffer);
    assert_string_equal(
        captured(*state),
        "tt_runtime: error: nxsCopyBuffer: buffer 65536 is not live\n");
    assert_string_equal(tt_log_last_error(),
                        "nxsCopyBuffer: buffer 65536 is not live");
}

static void function_inside_is_named_only_to_who_looks_inside(void **state)
{
    (void)TT_FAIL(NXS_InvalidValue, "what");
    assert_string_equal(tt_log_last_error(), "what");
    setenv("TT_LOG", "debug", 1);
    (void)TT_FAIL(NXS_InvalidValue, "why");
    assert_string_equal(
        captured(*state),
        "tt_runtime: error: what\n"
        "tt_runtime: error: "
        "function_inside_is_named_only_to_who_looks_inside: why\n");
}

static void line_breaks_do_not_split_a_line(void **state)
{
    const char *text;

    tt_log(TT_LOG_ERROR, "one\ntwo\r\nthree");
    text = captured(*state);
    assert_string_equal(text, "tt_runtime: error: one|two||three\n");
}

static void a_line_does_not_speak_to_the_terminal(void **state)
{
    const char *text;

    tt_log(TT_LOG_ERROR, "\033[31mred\a\177\tGr\303\266\303\237e");
    text = captured(*state);
    assert_string_equal(text,
                        "tt_runtime: error: ?[31mred??\tGr\303\266\303\237e\n");
}

static void overlong_line_is_cut_but_ends(void **state)
{
    char longest[6000];
    const char *text;

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    tt_log(TT_LOG_ERROR, "%s", longest);
    text = captured(*state);
    assert_in_range(strlen(text), 2000, 2100);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void level_limits_what_is_written(void **state)
{
    setenv("TT_LOG", "info", 1);
    tt_log(TT_LOG_DEBUG, "no");
    tt_log(TT_LOG_INFO, "yes");
    assert_true(tt_log_enabled(TT_LOG_WARN));
    assert_false(tt_log_enabled(TT_LOG_TRACE));
    assert_string_equal(captured(*state), "tt_runtime: info: yes\n");
}

static void unknown_level_means_errors_only(void **state)
{
    setenv("TT_LOG", "loud", 1);
    assert_false(tt_log_enabled(TT_LOG_WARN));
    assert_true(tt_log_enabled(TT_LOG_ERROR));
    tt_log(TT_LOG_ERROR, "end");
    assert_string_equal(captured(*state), "tt_runtime: error: end\n");
}

static void errno_survives_logging(void **state)
{
    errno = ENOTTY;
    tt_log(TT_LOG_ERROR, "x");
    assert_int_equal(errno, ENOTTY);
    assert_string_equal(captured(*state), "tt_runtime: error: x\n");
}

static void *fail_elsewhere(void *arg)
{
    (void)tt_fail(NXS_InvalidValue, "elsewhere", "other");
    *(int *)arg = strcmp(tt_log_last_error(), "other");
    return NULL;
}

static void last_error_belongs_to_its_thread(void **state)
{
    pthread_t thread;
    int differs = -1;

    (void)state;
    (void)tt_fail(NXS_InvalidValue, "here", "mine");
    pthread_create(&thread, NULL, fail_elsewhere, &differs);
    pthread_join(thread, NULL);
    assert_int_equal(differs, 0);
    assert_string_equal(tt_log_last_error(), "mine");
}

static void every_status_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(tt_status_name(NXS_Success), "NXS_Success");
    assert_string_equal(tt_status_name((nxs_status)7), "NXS_Success");
    assert_string_equal(tt_status_name(NXS_InvalidBuffer), "NXS_InvalidBuffer");
    assert_string_equal(tt_status_name(NXS_InvalidSystem), "NXS_InvalidSystem");
    assert_string_equal(tt_status_name((nxs_status)-20), "unknown status");
    assert_string_equal(tt_status_name((nxs_status)-1000), "unknown status");
}

/* As many as nexus-api.h defines, each with a name of its own. */
static void no_two_statuses_share_a_name(void **state)
{
    unsigned n = 0;

    (void)state;
    for (int i = -1; i >= NXS_InvalidSystem; i--) {
        const char *name = tt_status_name((nxs_status)i);

        if (strcmp(name, "unknown status") == 0)
            continue;
        assert_memory_equal(name, "NXS_", 4);
        for (int j = -1; j > i; j--)
            assert_string_not_equal(name, tt_status_name((nxs_status)j));
        n++;
    }
    assert_int_equal(n, 66);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(failure_is_one_line_with_function_and_reason),
        TEST(function_inside_is_named_only_to_who_looks_inside),
        TEST(line_breaks_do_not_split_a_line),
        TEST(a_line_does_not_speak_to_the_terminal),
        TEST(overlong_line_is_cut_but_ends),
        TEST(level_limits_what_is_written),
        TEST(unknown_level_means_errors_only),
        TEST(errno_survives_logging),
        TEST(last_error_belongs_to_its_thread),
        TEST(every_status_has_its_name),
        TEST(no_two_statuses_share_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
