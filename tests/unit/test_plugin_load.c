/* SPDX-License-Identifier: MIT */
/* The built library opened as hosts do it; TT_PLUGIN_LIB names it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "nexus-api.h"

static const char *const entry_points[] = {"nxsGetRuntimeProperty",
                                           "nxsGetDeviceProperty",
                                           "nxsCreateBuffer",
                                           "nxsGetBufferProperty",
                                           "nxsCopyBuffer",
                                           "nxsFillBuffer",
                                           "nxsReleaseBuffer",
                                           "nxsCreateLibrary",
                                           "nxsCreateLibraryFromFile",
                                           "nxsGetLibraryProperty",
                                           "nxsReleaseLibrary",
                                           "nxsGetKernel",
                                           "nxsGetKernelProperty",
                                           "nxsCreateEvent",
                                           "nxsGetEventProperty",
                                           "nxsSignalEvent",
                                           "nxsWaitEvent",
                                           "nxsReleaseEvent",
                                           "nxsCreateStream",
                                           "nxsGetStreamProperty",
                                           "nxsReleaseStream",
                                           "nxsCreateSchedule",
                                           "nxsGetScheduleProperty",
                                           "nxsRunSchedule",
                                           "nxsReleaseSchedule",
                                           "nxsCreateCommand",
                                           "nxsCreateSignalCommand",
                                           "nxsCreateWaitCommand",
                                           "nxsGetCommandProperty",
                                           "nxsSetCommandArgument",
                                           "nxsSetCommandScalar",
                                           "nxsFinalizeCommand"};
#define N_ENTRY_POINTS (sizeof entry_points / sizeof entry_points[0])

static int open_library(void **state)
{
    dlerror();
    *state = dlopen(getenv("TT_PLUGIN_LIB"), RTLD_NOW | RTLD_GLOBAL);
    return *state ? 0 : -1;
}

static int close_library(void **state)
{
    return dlclose(*state);
}

static void opening_leaves_no_error_pending(void **state)
{
    assert_non_null(*state);
    assert_null(dlerror());
}

static void every_entry_point_is_there(void **state)
{
    assert_int_equal(N_ENTRY_POINTS, 32);
    for (size_t i = 0; i < N_ENTRY_POINTS; i++)
        assert_non_null(dlsym(*state, entry_points[i]));
    assert_null(dlerror());
}

static void nothing_else_is_visible(void **state)
{
    static const char *const hidden[] = {"tt_fail", "tt_log", "tt_pool_get",
                                         "tt_runtime_get", "tt_runtime"};

    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_null(dlsym(*state, hidden[i]));
    dlerror();
}

/* The calls a host makes while it loads a plugin, in its order. */
static void first_calls_of_a_host_succeed(void **state)
{
    nxs_status (*runtime)(nxs_uint, void *, size_t *);
    nxs_status (*device)(nxs_int, nxs_uint, void *, size_t *);
    static const nxs_uint asked[] = {NP_Vendor, NP_Type, NP_Architecture};
    int64_t n = 0;
    char text[256];
    size_t size = sizeof n;

    *(void **)&runtime = dlsym(*state, "nxsGetRuntimeProperty");
    *(void **)&device = dlsym(*state, "nxsGetDeviceProperty");
    assert_int_equal(runtime(NP_Size, &n, &size), NXS_Success);
    assert_true(n >= 1);
    for (size_t i = 0; i < 3; i++) {
        size = sizeof text;
        assert_int_equal(device(0, asked[i], text, &size), NXS_Success);
    }
    size = sizeof text;
    assert_int_equal(runtime(NP_Name, text, &size), NXS_Success);
    assert_string_equal(text, "tt-metal");
    assert_null(dlerror());
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_library, close_library)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opening_leaves_no_error_pending),
        TEST(every_entry_point_is_there),
        TEST(nothing_else_is_visible),
        TEST(first_calls_of_a_host_succeed),
    };

    if (!getenv("TT_PLUGIN_LIB")) {
        puts("TT_PLUGIN_LIB does not name the library");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
