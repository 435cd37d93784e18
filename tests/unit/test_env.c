/* SPDX-License-Identifier: MIT */
/* Numbers of the environment: what is accepted, what is used otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "pool/tt_env.h"
#include "pool/tt_log.h"

static const char *const variable[TT_N_ENV] = {
    [TT_ENV_TIMEOUT_MS] = "TT_TIMEOUT_MS",
    [TT_ENV_TTSIM_TIMEOUT_MS] = "TT_TTSIM_TIMEOUT_MS",
    [TT_ENV_CACHE_MIB] = "TT_CACHE_MIB",
    [TT_ENV_EMU_DEVICES] = "TT_EMU_DEVICES",
    [TT_ENV_EMU_THREADS] = "TT_EMU_THREADS",
    [TT_ENV_EMU_QUANTUM] = "TT_EMU_QUANTUM",
    [TT_ENV_EMU_CHECK] = "TT_EMU_CHECK",
    [TT_ENV_EMU_DELAY] = "TT_EMU_DELAY"};

static const uint64_t otherwise[TT_N_ENV] = {[TT_ENV_TIMEOUT_MS] = 60000,
                                             [TT_ENV_TTSIM_TIMEOUT_MS] = 60000,
                                             [TT_ENV_CACHE_MIB] = 512,
                                             [TT_ENV_EMU_DEVICES] = 1,
                                             [TT_ENV_EMU_QUANTUM] = 16000};

static int clear_environment(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TT_N_ENV; i++)
        unsetenv(variable[i]);
    unsetenv("TT_LOG");
    unsetenv("TT_EMU_ARCH");
    return 0;
}

static void assert_default(unsigned which, const char *text)
{
    setenv(variable[which], text, 1);
    assert_false(tt_env_is_set(which));
    assert_int_equal(tt_env_number(which), otherwise[which]);
}

static void unset_and_empty_are_the_default(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TT_N_ENV; i++) {
        assert_false(tt_env_is_set(i));
        assert_int_equal(tt_env_number(i), otherwise[i]);
        assert_default(i, "");
    }
    tt_env_check();
    assert_string_equal(tt_log_last_error(), "");
}

static void what_is_no_number_is_the_default(void **state)
{
    static const char *const text[] = {"x",   "-1",  "+1",
                                       " 1",  "1 ",  "0x1",
                                       "1e3", "1.0", "99999999999999999999"};

    (void)state;
    for (unsigned i = 0; i < TT_N_ENV; i++)
        for (size_t k = 0; k < sizeof text / sizeof text[0]; k++)
            assert_default(i, text[k]);
}

static void assert_limits(enum tt_env which, const char *least,
                          const char *most, const char *beyond)
{
    setenv(variable[which], least, 1);
    assert_int_equal(tt_env_number(which), strtoull(least, NULL, 10));
    setenv(variable[which], most, 1);
    assert_true(tt_env_is_set(which));
    assert_int_equal(tt_env_number(which), strtoull(most, NULL, 10));
    assert_default(which, beyond);
}

static void limits_are_accepted_and_nothing_beyond(void **state)
{
    (void)state;
    assert_limits(TT_ENV_TIMEOUT_MS, "0", "4294967295", "4294967296");
    assert_limits(TT_ENV_TTSIM_TIMEOUT_MS, "0", "2147483647", "2147483648");
    assert_limits(TT_ENV_CACHE_MIB, "0", "4294967295", "4294967296");
    assert_limits(TT_ENV_EMU_DEVICES, "1", "16", "17");
    assert_limits(TT_ENV_EMU_THREADS, "1", "64", "65");
    assert_limits(TT_ENV_EMU_QUANTUM, "1", "1000000", "1000001");
    assert_limits(TT_ENV_EMU_CHECK, "0", "1", "2");
    assert_limits(TT_ENV_EMU_DELAY, "0", "18446744073709551615",
                  "18446744073709551616");
    assert_default(TT_ENV_EMU_DEVICES, "0");
    assert_default(TT_ENV_EMU_THREADS, "0");
    assert_default(TT_ENV_EMU_QUANTUM, "0");
}

static void message_names_variable_value_accepted_and_used(void **state)
{
    (void)state;
    setenv("TT_EMU_DEVICES", "many", 1);
    tt_env_check();
    assert_string_equal(tt_log_last_error(),
                        "TT_EMU_DEVICES=many is not understood: 1 to 16 is "
                        "accepted, 1 is used");
    setenv("TT_LOG", "loud", 1);
    tt_env_check();
    assert_string_equal(tt_log_last_error(),
                        "TT_LOG=loud is not understood: error, warn, info, "
                        "debug or trace is accepted, error is used");
}

#define TEST(f)                                                                \
    cmocka_unit_test_setup_teardown(f, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unset_and_empty_are_the_default),
        TEST(what_is_no_number_is_the_default),
        TEST(limits_are_accepted_and_nothing_beyond),
        TEST(message_names_variable_value_accepted_and_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
