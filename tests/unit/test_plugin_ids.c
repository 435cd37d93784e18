/* SPDX-License-Identifier: MIT */
/* Every entry point with ids that name nothing, and in the wrong state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "nexus-api.h"

/* Negative ids come from failed calls, small ones from hosts' own objects. */
static const nxs_int bad_ids[] = {-1, -80, INT32_MIN, 0, 1, 65536, INT32_MAX};
#define N_BAD (sizeof bad_ids / sizeof bad_ids[0])

static const nxs_dim3 one = {1, 1, 1};
static const nxs_buffer_layout vector = {NXS_DataType_F32, 1, {4}, {0}};

static int64_t count_objects(void)
{
    int64_t count = -1;
    size_t size = sizeof count;

    assert_int_equal(nxsGetRuntimeProperty(NP_Count, &count, &size),
                     NXS_Success);
    return count;
}

static void bad_devices_are_refused(void **state)
{
    static const nxs_int bad[] = {-1, -83, 1, 65536, INT32_MAX, INT32_MIN};
    char text[] = "x";
    int64_t value;
    size_t size = sizeof value;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        nxs_int d = bad[i];

        assert_int_equal(nxsGetDeviceProperty(d, NP_Size, &value, &size),
                         NXS_InvalidDevice);
        assert_int_equal(nxsCreateBuffer(d, vector, NULL, 0),
                         NXS_InvalidDevice);
        assert_int_equal(nxsCreateLibrary(d, text, 1, 0), NXS_InvalidDevice);
        assert_int_equal(nxsCreateLibraryFromFile(d, "/dev/null", 0),
                         NXS_InvalidDevice);
        assert_int_equal(nxsCreateEvent(d, NXS_EventType_Shared, 0),
                         NXS_InvalidDevice);
        assert_int_equal(nxsCreateStream(d, 0), NXS_InvalidDevice);
        assert_int_equal(nxsCreateSchedule(d, 0), NXS_InvalidDevice);
    }
}

static void bad_ids_are_refused_by_properties(void **state)
{
    static const struct {
        nxs_status (*get)(nxs_int, nxs_uint, void *, size_t *);
        nxs_status status;
    } calls[] = {{nxsGetBufferProperty, NXS_InvalidBuffer},
                 {nxsGetLibraryProperty, NXS_InvalidLibrary},
                 {nxsGetKernelProperty, NXS_InvalidKernel},
                 {nxsGetEventProperty, NXS_InvalidEvent},
                 {nxsGetStreamProperty, NXS_InvalidStream},
                 {nxsGetScheduleProperty, NXS_InvalidSchedule},
                 {nxsGetCommandProperty, NXS_InvalidCommand}};
    int64_t value;
    size_t size = sizeof value;

    (void)state;
    for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++)
        for (size_t i = 0; i < N_BAD; i++)
            assert_int_equal(calls[c].get(bad_ids[i], NP_ID, &value, &size),
                             calls[c].status);
}

static void bad_ids_are_refused_by_releases(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_BAD; i++) {
        nxs_int id = bad_ids[i];

        assert_int_equal(nxsReleaseBuffer(id), NXS_InvalidBuffer);
        assert_int_equal(nxsReleaseLibrary(id), NXS_InvalidLibrary);
        assert_int_equal(nxsReleaseEvent(id), NXS_InvalidEvent);
        assert_int_equal(nxsReleaseStream(id), NXS_InvalidStream);
        assert_int_equal(nxsReleaseSchedule(id), NXS_InvalidSchedule);
    }
}

static void bad_ids_are_refused_by_the_other_calls(void **state)
{
    int value = 1;

    (void)state;
    for (size_t i = 0; i < N_BAD; i++) {
        nxs_int id = bad_ids[i];

        assert_int_equal(nxsCopyBuffer(id, &value, 0), NXS_InvalidBuffer);
        assert_int_equal(nxsFillBuffer(id, &value, 4), NXS_InvalidBuffer);
        assert_int_equal(nxsGetKernel(id, "k"), NXS_InvalidLibrary);
        assert_int_equal(nxsSignalEvent(id, 1), NXS_InvalidEvent);
        assert_int_equal(nxsWaitEvent(id, 1), NXS_InvalidEvent);
        assert_int_equal(nxsRunSchedule(id, -80, 0), NXS_InvalidSchedule);
        assert_int_equal(nxsCreateCommand(id, id, 0), NXS_InvalidSchedule);
        assert_int_equal(nxsCreateSignalCommand(id, id, 1, 0),
                         NXS_InvalidSchedule);
        assert_int_equal(nxsCreateWaitCommand(id, id, 1, 0),
                         NXS_InvalidSchedule);
        assert_int_equal(nxsSetCommandArgument(id, 0, id, "", 0),
                         NXS_InvalidCommand);
        assert_int_equal(nxsSetCommandScalar(id, 0, &value, "", 0),
                         NXS_InvalidCommand);
        assert_int_equal(nxsFinalizeCommand(id, one, one, 0),
                         NXS_InvalidCommand);
    }
}

/* One object of each kind, so that ids can be used for the wrong kind. */
struct world {
    nxs_int buffer, library, kernel, event, stream, schedule, command;
};

static struct world make_world(void)
{
    char text[] = "void kernel_main() {}";
    struct world w;

    w.buffer = nxsCreateBuffer(0, vector, NULL, 0);
    w.library = nxsCreateLibrary(0, text, sizeof text, 0);
    w.kernel = nxsGetKernel(w.library, "k");
    w.event = nxsCreateEvent(0, NXS_EventType_Shared, 0);
    w.stream = nxsCreateStream(0, 0);
    w.schedule = nxsCreateSchedule(0, 0);
    w.command = nxsCreateCommand(w.schedule, w.kernel, 0);
    assert_true(w.buffer >= 0x10000 && w.library >= 0x10000);
    assert_true(w.kernel >= 0x10000 && w.event >= 0x10000);
    assert_true(w.stream >= 0x10000 && w.schedule >= 0x10000);
    assert_true(w.command >= 0x10000);
    return w;
}

static void drop_world(const struct world *w)
{
    assert_int_equal(nxsReleaseSchedule(w->schedule), NXS_Success);
    assert_int_equal(nxsReleaseBuffer(w->buffer), NXS_Success);
    assert_int_equal(nxsReleaseLibrary(w->library), NXS_Success);
    assert_int_equal(nxsReleaseEvent(w->event), NXS_Success);
    assert_int_equal(nxsReleaseStream(w->stream), NXS_Success);
    assert_int_equal(count_objects(), 0);
}

static void ids_of_another_kind_are_refused(void **state)
{
    struct world w = make_world();
    int value = 1;

    (void)state;
    assert_int_equal(nxsReleaseBuffer(w.library), NXS_InvalidBuffer);
    assert_int_equal(nxsReleaseLibrary(w.kernel), NXS_InvalidLibrary);
    assert_int_equal(nxsReleaseEvent(w.buffer), NXS_InvalidEvent);
    assert_int_equal(nxsReleaseStream(w.schedule), NXS_InvalidStream);
    assert_int_equal(nxsReleaseSchedule(w.command), NXS_InvalidSchedule);
    assert_int_equal(nxsCopyBuffer(w.event, &value, 0), NXS_InvalidBuffer);
    assert_int_equal(nxsCreateCommand(w.schedule, w.library, 0),
                     NXS_InvalidKernel);
    assert_int_equal(nxsCreateSignalCommand(w.schedule, w.stream, 1, 0),
                     NXS_InvalidEvent);
    assert_int_equal(nxsSetCommandArgument(w.command, 0, w.kernel, "", 0),
                     NXS_InvalidBuffer);
    assert_int_equal(nxsRunSchedule(w.schedule, w.event, 0), NXS_InvalidStream);
    drop_world(&w);
}

static void objects_go_in_any_order_and_ids_become_stale(void **state)
{
    struct world w = make_world();

    (void)state;
    assert_int_equal(nxsReleaseLibrary(w.library), NXS_Success);
    assert_int_equal(nxsGetKernel(w.library, "k"), NXS_InvalidLibrary);
    assert_int_equal(nxsCreateCommand(w.schedule, w.kernel, 0),
                     NXS_InvalidKernel);
    assert_int_equal(nxsReleaseBuffer(w.buffer), NXS_Success);
    assert_int_equal(nxsReleaseBuffer(w.buffer), NXS_InvalidBuffer);
    assert_int_equal(nxsReleaseSchedule(w.schedule), NXS_Success);
    assert_int_equal(nxsFinalizeCommand(w.command, one, one, 0),
                     NXS_InvalidCommand);
    assert_int_equal(nxsReleaseEvent(w.event), NXS_Success);
    assert_int_equal(nxsReleaseStream(w.stream), NXS_Success);
    assert_int_equal(count_objects(), 0);
}

static void runtime_and_device_say_what_hosts_look_for(void **state)
{
    char text[256];
    size_t size = sizeof text;

    (void)state;
    assert_int_equal(nxsGetRuntimeProperty(NP_Name, text, &size), 0);
    assert_string_equal(text, "tt-metal");
    size = sizeof text;
    assert_int_equal(nxsGetDeviceProperty(0, NP_Vendor, text, &size), 0);
    assert_string_equal(text, "tenstorrent");
    size = sizeof text;
    assert_int_equal(nxsGetDeviceProperty(0, NP_Type, text, &size), 0);
    assert_string_equal(text, "npu");
    size = sizeof text;
    assert_int_equal(nxsGetDeviceProperty(0, NP_Architecture, text, &size), 0);
    assert_string_equal(text, "wormhole");
}

/* Asks for everything an object lists, at the sizes that hosts use. */
static void read_all(nxs_status (*get)(nxs_int, nxs_uint, void *, size_t *),
                     nxs_int id)
{
    int64_t keys[1024], value[1024];
    size_t size = sizeof keys;
    size_t n;

    assert_int_equal(get(id, NP_Keys, keys, &size), NXS_Success);
    n = size / 8;
    assert_true(n >= 2);
    for (size_t i = 0; i < n; i++) {
        nxs_status status;

        size = sizeof value;
        status = get(id, (nxs_uint)keys[i], value, &size);
        if ((keys[i] == NP_ElapsedTime || keys[i] == NP_SubUnits) && status < 0)
            assert_int_equal(status, NXS_ProfilingInfoNotAvailable);
        else
            assert_int_equal(status, NXS_Success);
    }
}

static void every_listed_property_can_be_read(void **state)
{
    struct world w = make_world();

    (void)state;
    read_all(nxsGetDeviceProperty, 0);
    read_all(nxsGetBufferProperty, w.buffer);
    read_all(nxsGetLibraryProperty, w.library);
    read_all(nxsGetKernelProperty, w.kernel);
    read_all(nxsGetEventProperty, w.event);
    read_all(nxsGetStreamProperty, w.stream);
    read_all(nxsGetScheduleProperty, w.schedule);
    read_all(nxsGetCommandProperty, w.command);
    drop_world(&w);
}

static void description_of_the_runtime_is_the_last_error(void **state)
{
    char text[1024];
    size_t size = sizeof text;

    (void)state;
    assert_int_equal(nxsReleaseBuffer(65536), NXS_InvalidBuffer);
    assert_int_equal(nxsGetRuntimeProperty(NP_Description, text, &size), 0);
    assert_string_equal(text, "nxsReleaseBuffer: buffer 65536 is not live");
}

/* Left to the plugin when the process ends; negative until it is made. */
static nxs_int left_behind = -1;

/* After the destructors without a priority: the plugin has stopped. */
__attribute__((destructor(101))) static void
calls_after_the_end_find_nothing(void)
{
    if (left_behind >= 0 &&
        (nxsReleaseStream(left_behind) != NXS_InvalidStream ||
         nxsCreateStream(0, 0) != NXS_InvalidDevice))
        _exit(1);
}

static void object_is_left_for_the_end(void **state)
{
    (void)state;
    left_behind = nxsCreateStream(0, 0);
    assert_true(left_behind >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_devices_are_refused),
        cmocka_unit_test(bad_ids_are_refused_by_properties),
        cmocka_unit_test(bad_ids_are_refused_by_releases),
        cmocka_unit_test(bad_ids_are_refused_by_the_other_calls),
        cmocka_unit_test(ids_of_another_kind_are_refused),
        cmocka_unit_test(objects_go_in_any_order_and_ids_become_stale),
        cmocka_unit_test(runtime_and_device_say_what_hosts_look_for),
        cmocka_unit_test(every_listed_property_can_be_read),
        cmocka_unit_test(description_of_the_runtime_is_the_last_error),
        cmocka_unit_test(object_is_left_for_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
