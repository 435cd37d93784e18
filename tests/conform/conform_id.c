/* SPDX-License-Identifier: MIT */
/* Ids that name nothing, no more, something of another kind, or something of
 * another device. */
#include "tests/conform/conform.h"
#include "tests/conform/world.h"

/* Negative ones are results of failed calls, which hosts pass on. */
static const nxs_int foreign[] = {-1,        -80,           INT32_MIN, 31337,
                                  INT32_MAX, INT32_MAX - 1, 0x40000000};
#define N_FOREIGN (sizeof foreign / sizeof foreign[0])

static void devices_that_are_not_there(struct conform *c)
{
    const nxs_int bad[] = {-1, -83, INT32_MIN, INT32_MAX, world_n_devices(c)};
    char text[] = "text";
    int64_t value;
    size_t size = sizeof value;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        nxs_int d = bad[i];

        conform_detail(c, "device %d", d);
        REFUSED(c, NXS_InvalidDevice, GetDeviceProperty, d, NP_Size, &value,
                &size);
        REFUSED(c, NXS_InvalidDevice, CreateBuffer, d, world_bytes(4), NULL, 0);
        REFUSED(c, NXS_InvalidDevice, CreateLibrary, d, text, 4, 0);
        REFUSED(c, NXS_InvalidDevice, CreateLibraryFromFile, d, "/dev/null", 0);
        REFUSED(c, NXS_InvalidDevice, CreateStream, d, 0);
        REFUSED(c, NXS_InvalidDevice, CreateSchedule, d, 0);
    }
}

static void events_of_no_device(struct conform *c)
{
    REFUSED(c, NXS_InvalidDevice, CreateEvent, -1, NXS_EventType_Shared, 0);
    REFUSED(c, NXS_InvalidDevice, CreateEvent, world_n_devices(c),
            NXS_EventType_Shared, 0);
}

static void refuse_buffer(struct conform *c, nxs_int id)
{
    unsigned char byte = 1;

    REFUSED(c, NXS_InvalidBuffer, CopyBuffer, id, &byte, 0);
    REFUSED(c, NXS_InvalidBuffer, CopyBuffer, id, &byte, 1);
    REFUSED(c, NXS_InvalidBuffer, ReleaseBuffer, id);
}

static void refuse_buffer_more(struct conform *c, nxs_int id)
{
    unsigned char byte = 1;
    int64_t value;
    size_t size = sizeof value;

    REFUSED(c, NXS_InvalidBuffer, FillBuffer, id, &byte, 1);
    REFUSED(c, NXS_InvalidBuffer, GetBufferProperty, id, NP_Size, &value,
            &size);
}

static void refuse_library(struct conform *c, nxs_int id)
{
    REFUSED(c, NXS_InvalidLibrary, GetKernel, id, "name");
    REFUSED(c, NXS_InvalidLibrary, ReleaseLibrary, id);
}

static void refuse_event(struct conform *c, nxs_int id)
{
    REFUSED(c, NXS_InvalidEvent, SignalEvent, id, 1);
    REFUSED(c, NXS_InvalidEvent, WaitEvent, id, 1);
    REFUSED(c, NXS_InvalidEvent, ReleaseEvent, id);
}

static void refuse_schedule(struct conform *c, nxs_int id)
{
    REFUSED(c, NXS_InvalidSchedule, RunSchedule, id, WORLD_DEFAULT_STREAM, 0);
    REFUSED(c, NXS_InvalidSchedule, CreateCommand, id, id, 0);
    REFUSED(c, NXS_InvalidSchedule, ReleaseSchedule, id);
}

static void refuse_signals(struct conform *c, nxs_int id)
{
    REFUSED(c, NXS_InvalidSchedule, CreateSignalCommand, id, id, 1, 0);
    REFUSED(c, NXS_InvalidSchedule, CreateWaitCommand, id, id, 1, 0);
}

static void refuse_command(struct conform *c, nxs_int id)
{
    int value = 1;

    REFUSED(c, NXS_InvalidCommand, SetCommandArgument, id, 0, id, "", 0);
    REFUSED(c, NXS_InvalidCommand, FinalizeCommand, id, world_one, world_one,
            0);
    REFUSED(c, NXS_InvalidCommand, SetCommandScalar, id, 0, &value, "", 0);
}

static void refuse_stream(struct conform *c, nxs_int id)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);

    REFUSED(c, NXS_InvalidStream, ReleaseStream, id);
    if (id >= 0) /* negative: the default stream */
        REFUSED(c, NXS_InvalidStream, RunSchedule, schedule, id, 0);
}

/* Each foreign id in all calls of a kind. */
#define FOREIGN(kind)                                                          \
    static void foreign_##kind##_ids(struct conform *c)                        \
    {                                                                          \
        for (size_t i = 0; i < N_FOREIGN; i++) {                               \
            conform_detail(c, "id %d", foreign[i]);                            \
            refuse_##kind(c, foreign[i]);                                      \
        }                                                                      \
    }

FOREIGN(buffer)
FOREIGN(buffer_more)
FOREIGN(library)
FOREIGN(event)
FOREIGN(schedule)
FOREIGN(signals)
FOREIGN(command)
FOREIGN(stream)

static const struct {
    enum conform_entry entry;
    int status;
} getters[] = {{ENTRY_GetBufferProperty, NXS_InvalidBuffer},
               {ENTRY_GetLibraryProperty, NXS_InvalidLibrary},
               {ENTRY_GetKernelProperty, NXS_InvalidKernel},
               {ENTRY_GetEventProperty, NXS_InvalidEvent},
               {ENTRY_GetStreamProperty, NXS_InvalidStream},
               {ENTRY_GetScheduleProperty, NXS_InvalidSchedule},
               {ENTRY_GetCommandProperty, NXS_InvalidCommand}};

static void properties_of_foreign_ids(struct conform *c)
{
    int64_t value;
    size_t size = sizeof value;

    for (size_t g = 0; g < sizeof getters / sizeof getters[0]; g++)
        for (size_t i = 0; i < N_FOREIGN; i++) {
            const char *name = conform_entry_name(getters[g].entry);
            world_getter get;

            if (!conform_has(c, getters[g].entry))
                continue;
            conform_detail(c, "id %d", foreign[i]);
            get = (world_getter)conform_entry(c, getters[g].entry);
            conform_expect_status(c, getters[g].status,
                                  (int)get(foreign[i], NP_ID, &value, &size),
                                  name);
        }
}

/* ---- stale ids ---- */

static void released_buffer_is_stale(struct conform *c)
{
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);

    OK(c, ReleaseBuffer, id);
    refuse_buffer(c, id);
}

static void released_event_is_stale(struct conform *c)
{
    nxs_int id = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);

    OK(c, ReleaseEvent, id);
    refuse_event(c, id);
}

static void released_stream_is_stale(struct conform *c)
{
    nxs_int id = OK(c, CreateStream, 0, 0);

    OK(c, ReleaseStream, id);
    refuse_stream(c, id);
}

static void released_schedule_is_stale(struct conform *c)
{
    nxs_int id = OK(c, CreateSchedule, 0, 0);

    OK(c, ReleaseSchedule, id);
    refuse_schedule(c, id);
}

static void released_library_is_stale_with_its_kernels(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int library = world_library(c, 0), kernel = world_kernel(c, library);

    OK(c, ReleaseLibrary, library);
    refuse_library(c, library);
    REFUSED(c, NXS_InvalidKernel, CreateCommand, schedule, kernel, 0);
}

static void commands_are_stale_with_their_schedule(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    OK(c, ReleaseSchedule, w.schedule);
    refuse_command(c, w.command);
}

static void signal_commands_are_stale_with_their_schedule(struct conform *c)
{
    nxs_int event = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int command = OK(c, CreateSignalCommand, schedule, event, 1, 0);

    OK(c, ReleaseSchedule, schedule);
    refuse_command(c, command);
}

/* An id that comes back at once makes a stale one name the wrong object. */
static void stale_ids_do_not_come_back_soon(struct conform *c)
{
    nxs_int first = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);

    OK(c, ReleaseBuffer, first);
    for (int i = 0; i < 1000; i++) {
        nxs_int id = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);

        conform_detail(c, "buffer %d after it", i + 1);
        TRUE(c, id != first, "another id than the stale one");
        if (i % 2)
            OK(c, ReleaseBuffer, id);
    }
    refuse_buffer(c, first);
}

/* ---- ids of another kind ---- */

static void buffer_is_nothing_else(struct conform *c)
{
    nxs_int id = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);

    refuse_schedule(c, id);
    refuse_stream(c, id);
    refuse_command(c, id);
    refuse_library(c, id);
    refuse_event(c, id);
}

static void schedule_is_nothing_else(struct conform *c)
{
    nxs_int id = OK(c, CreateSchedule, 0, 0);

    refuse_buffer(c, id);
    refuse_stream(c, id);
    refuse_command(c, id);
    refuse_library(c, id);
    refuse_event(c, id);
}

static void stream_is_nothing_else(struct conform *c)
{
    nxs_int id = OK(c, CreateStream, 0, 0);

    refuse_buffer(c, id);
    refuse_schedule(c, id);
    refuse_command(c, id);
    refuse_library(c, id);
    refuse_event(c, id);
}

static void event_is_nothing_else(struct conform *c)
{
    nxs_int id = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);

    refuse_buffer(c, id);
    refuse_schedule(c, id);
    refuse_stream(c, id);
    refuse_command(c, id);
    REFUSED(c, NXS_InvalidKernel, CreateCommand, schedule, id, 0);
}

static void events_are_wanted_where_events_are_used(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int buffer = OK(c, CreateBuffer, 0, world_bytes(4), NULL, 0);
    nxs_int wrong[] = {-1, 31337, schedule, buffer};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        conform_detail(c, "id %d", wrong[i]);
        REFUSED(c, NXS_InvalidEvent, CreateSignalCommand, schedule, wrong[i], 1,
                0);
        REFUSED(c, NXS_InvalidEvent, CreateWaitCommand, schedule, wrong[i], 1,
                0);
    }
}

static void kernels_are_wanted_where_kernels_are_used(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int library = world_library(c, 0);
    nxs_int wrong[] = {-1, 31337, schedule, library};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        conform_detail(c, "id %d", wrong[i]);
        REFUSED(c, NXS_InvalidKernel, CreateCommand, schedule, wrong[i], 0);
    }
    refuse_library(c, world_kernel(c, library));
}

static void buffers_are_wanted_where_buffers_are_used(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int wrong[] = {-1,       -81,       31337,    w.schedule,
                       w.kernel, w.library, w.command};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        conform_detail(c, "id %d", wrong[i]);
        REFUSED(c, NXS_InvalidBuffer, SetCommandArgument, w.command, 0,
                wrong[i], "", 0);
    }
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

/* Hosts send the numbers of objects of their own where there is no buffer. */
static void small_ids_name_no_buffer(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    for (nxs_int id = 0; id < 16; id++) {
        if (id == w.a || id == w.b || id == w.sum)
            conform_skip(c, "buffers have ids as small as %d", id);
        conform_detail(c, "id %d", id);
        REFUSED(c, NXS_InvalidBuffer, SetCommandArgument, w.command, 0, id, "",
                0);
    }
}

/* ---- objects of another device ---- */

static void buffer_of_another_device_is_no_argument(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int other = world_vector(c, 1, 1);

    REFUSED(c, NXS_InvalidBuffer, SetCommandArgument, w.command, 0, other, "",
            0);
}

static void kernel_of_another_device_is_no_command(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int kernel = world_kernel(c, world_library(c, 1));

    REFUSED(c, NXS_InvalidKernel, CreateCommand, schedule, kernel, 0);
}

static void stream_of_another_device_is_refused(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int stream = OK(c, CreateStream, 1, 0);

    REFUSED(c, NXS_InvalidStream, RunSchedule, schedule, stream, 0);
}

static void every_device_computes(struct conform *c)
{
    for (nxs_int device = 0; device < 2; device++) {
        struct world_adder w = world_adder(c, device);

        conform_detail(c, "device %d", device);
        world_run(c, w.schedule);
        world_expect_sum(c, w.sum, 2, 3);
    }
}

static const struct conform_check checks[] = {
    CHECK(devices_that_are_not_there, 0, "NXS_InvalidDevice"),
    CHECK(events_of_no_device, 0, "NXS_InvalidDevice"),
    CHECK(foreign_buffer_ids, 0, "NXS_InvalidBuffer"),
    CHECK(foreign_buffer_more_ids, 0,
          "NXS_InvalidBuffer from fills and properties"),
    CHECK(foreign_library_ids, 0, "NXS_InvalidLibrary"),
    CHECK(foreign_event_ids, 0, "NXS_InvalidEvent"),
    CHECK(foreign_schedule_ids, 0, "NXS_InvalidSchedule"),
    CHECK(foreign_signals_ids, 0, "NXS_InvalidSchedule from signals and waits"),
    CHECK(foreign_command_ids, 0, "NXS_InvalidCommand"),
    CHECK(foreign_stream_ids, 0, "NXS_InvalidStream"),
    CHECK(properties_of_foreign_ids, 0, "the status of the kind"),
    CHECK(released_buffer_is_stale, 0, "NXS_InvalidBuffer"),
    CHECK(released_event_is_stale, 0, "NXS_InvalidEvent"),
    CHECK(released_stream_is_stale, 0, "NXS_InvalidStream"),
    CHECK(released_schedule_is_stale, 0, "NXS_InvalidSchedule"),
    CHECK(released_library_is_stale_with_its_kernels, NEEDS_KERNEL,
          "NXS_InvalidLibrary, NXS_InvalidKernel"),
    CHECK(commands_are_stale_with_their_schedule, NEEDS_KERNEL,
          "NXS_InvalidCommand"),
    CHECK(signal_commands_are_stale_with_their_schedule, 0,
          "NXS_InvalidCommand"),
    CHECK(stale_ids_do_not_come_back_soon, 0,
          "new objects have other ids than stale ones"),
    CHECK(buffer_is_nothing_else, 0, "the status of the wanted kind"),
    CHECK(schedule_is_nothing_else, 0, "the status of the wanted kind"),
    CHECK(stream_is_nothing_else, 0, "the status of the wanted kind"),
    CHECK(event_is_nothing_else, 0, "the status of the wanted kind"),
    CHECK(events_are_wanted_where_events_are_used, 0, "NXS_InvalidEvent"),
    CHECK(kernels_are_wanted_where_kernels_are_used, NEEDS_KERNEL,
          "NXS_InvalidKernel"),
    CHECK(buffers_are_wanted_where_buffers_are_used, NEEDS_KERNEL,
          "NXS_InvalidBuffer, and the old argument stays"),
    CHECK(small_ids_name_no_buffer, NEEDS_KERNEL, "NXS_InvalidBuffer"),
    CHECK(buffer_of_another_device_is_no_argument,
          NEEDS_KERNEL | NEEDS_TWO_DEVICES, "NXS_InvalidBuffer"),
    CHECK(kernel_of_another_device_is_no_command,
          NEEDS_KERNEL | NEEDS_TWO_DEVICES, "NXS_InvalidKernel"),
    CHECK(stream_of_another_device_is_refused, NEEDS_TWO_DEVICES,
          "NXS_InvalidStream"),
    CHECK(every_device_computes, NEEDS_KERNEL | NEEDS_TWO_DEVICES,
          "devices are equal"),
};

AREA(id);
