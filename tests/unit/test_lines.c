/* SPDX-License-Identifier: MIT */
/* Which of the lines that addr2line names a report shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "jit/lines.h"

static char out[32];

static enum tt_jit_line choose(const char *text)
{
    char copy[256];

    snprintf(copy, sizeof(copy), "%s", text);
    snprintf(out, sizeof(out), "untouched");
    return tt_lines_choose(copy, out, sizeof(out));
}

static void the_kernel_is_preferred_to_the_library(void **state)
{
    (void)state;
    assert_int_equal(choose("./tt_tree/include/tt/cb.h:171\n"
                            "./tt_tree/include/tt/cb.h:199\n"
                            "././add.cpp:42\n./add.cpp:7\n"),
                     TT_JIT_LINE_USER);
    assert_string_equal(out, "add.cpp:42");
}

static void an_included_file_goes_by_its_own_name(void **state)
{
    (void)state;
    assert_int_equal(choose("./tt_user/part/reader.cpp:9 (discriminator 3)\n"),
                     TT_JIT_LINE_USER);
    assert_string_equal(out, "part/reader.cpp:9");
}

static void the_innermost_library_line_is_better_than_none(void **state)
{
    (void)state;
    assert_int_equal(choose("./tt_tree/include/tt/noc.h:197\n"
                            "./tt_tree/include/tt/dataflow.h:5\n"),
                     TT_JIT_LINE_LIBRARY);
    assert_string_equal(out, "tt/noc.h:197");
}

static void what_is_not_known_is_not_shown(void **state)
{
    static const char *const nothing[] = {"",
                                          "\n\n",
                                          "??:?\n",
                                          "??:0\n",
                                          "./add.cpp:?\n",
                                          "./tt_kernel.cpp:82\n",
                                          "addr2line: cannot\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
        assert_int_equal(choose(nothing[i]), TT_JIT_LINE_NONE);
        assert_string_equal(out, "untouched");
    }
}

static void a_long_name_is_cut(void **state)
{
    (void)state;
    assert_int_equal(choose("a/very/long/name/of/a/kernel/source.cpp:1\n"),
                     TT_JIT_LINE_USER);
    assert_int_equal(strlen(out), sizeof(out) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_is_preferred_to_the_library),
        cmocka_unit_test(an_included_file_goes_by_its_own_name),
        cmocka_unit_test(the_innermost_library_line_is_better_than_none),
        cmocka_unit_test(what_is_not_known_is_not_shown),
        cmocka_unit_test(a_long_name_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
