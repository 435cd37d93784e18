/* SPDX-License-Identifier: MIT */
/* Writes that fail do not end the process. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "pool/tt_signal.h"

static void a_file_that_is_too_large_is_an_error(void **state)
{
    const struct rlimit small = {1, RLIM_INFINITY};
    char name[] = "/tmp/tt_signal-XXXXXX";
    struct tt_signal_hold hold;
    struct rlimit before;
    int fd = mkstemp(name), error;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    tt_signal_hold(&hold);
    assert_int_equal(write(fd, "ab", 2), 1);
    assert_int_equal(write(fd, "c", 1), -1);
    tt_signal_release(&hold);
    error = errno;
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(error, EFBIG);
    close(fd);
    unlink(name);
}

static void a_pipe_without_a_reader_is_an_error(void **state)
{
    struct tt_signal_hold hold;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    tt_signal_hold(&hold);
    assert_int_equal(write(ends[1], "a", 1), -1);
    tt_signal_release(&hold);
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

static void what_the_host_has_pending_stays(void **state)
{
    struct tt_signal_hold hold;
    sigset_t mine, pending;

    (void)state;
    sigemptyset(&mine);
    sigaddset(&mine, SIGPIPE);
    sigprocmask(SIG_BLOCK, &mine, NULL);
    raise(SIGPIPE);
    tt_signal_hold(&hold);
    tt_signal_release(&hold);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 1);
    signal(SIGPIPE, SIG_IGN); /* takes it away */
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &mine, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_too_large_is_an_error),
        cmocka_unit_test(a_pipe_without_a_reader_is_an_error),
        cmocka_unit_test(what_the_host_has_pending_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
