/* SPDX-License-Identifier: MIT */
/* Loading, unloading, and the end of the process. */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

/* Hosts do without these: they answer NXS_InvalidDevice themselves. Some
 * public plugin lacks each of them. */
static bool is_optional(enum conform_entry entry)
{
    switch (entry) {
    case ENTRY_GetBufferProperty:
    case ENTRY_FillBuffer:
    case ENTRY_ReleaseLibrary:
    case ENTRY_CreateEvent:
    case ENTRY_GetEventProperty:
    case ENTRY_SignalEvent:
    case ENTRY_WaitEvent:
    case ENTRY_ReleaseEvent:
    case ENTRY_GetStreamProperty:
    case ENTRY_GetScheduleProperty:
    case ENTRY_CreateSignalCommand:
    case ENTRY_CreateWaitCommand:
    case ENTRY_GetCommandProperty:
    case ENTRY_SetCommandScalar:
        return true;
    default:
        return false;
    }
}

static void entry_point_is_there(struct conform *c)
{
    enum conform_entry entry = (enum conform_entry)c->arg;

    if (conform_has(c, entry))
        conform_expect_true(c, true, "", "");
    else if (is_optional(entry))
        conform_entry(c, entry); /* skips, or fails if strict */
    else
        conform_fail(c, conform_entry_name(entry), "there", "absent");
}

static void opening_leaves_no_error_pending(struct conform *c)
{
    const char *error;

    dlerror();
    c->plugin = dlopen(c->options->plugin, RTLD_NOW | RTLD_GLOBAL);
    error = dlerror();
    TRUE(c, c->plugin, "dlopen() opens the plugin");
    if (error)
        conform_fail(c, "dlerror() after dlopen()", "NULL", error);
}

static void expect_text(struct conform *c, nxs_int device, nxs_uint property)
{
    char text[256];
    size_t size = sizeof text;

    conform_detail(c, "property %u", property);
    if (device < 0)
        OK(c, GetRuntimeProperty, property, text, &size);
    else
        OK(c, GetDeviceProperty, device, property, text, &size);
    TRUE(c, memchr(text, 0, sizeof text), "a terminated text in 256 bytes");
    TRUE(c, text[0], "a text that is not empty");
}

/* In the order of hosts. */
static void first_calls_of_a_host_succeed(struct conform *c)
{
    int n = world_n_devices(c);

    TRUE(c, n >= 1, "one device or more");
    for (nxs_int device = 0; device < n; device++) {
        expect_text(c, device, NP_Vendor);
        expect_text(c, device, NP_Type);
        expect_text(c, device, NP_Architecture);
    }
    expect_text(c, -1, NP_Name);
}

static void make_objects(struct conform *c)
{
    unsigned char data[100] = {1};

    OK(c, CreateBuffer, 0, world_bytes(sizeof data), data, 0);
    OK(c, CreateStream, 0, 0);
    OK(c, CreateSchedule, 0, 0);
    if (conform_has(c, ENTRY_CreateEvent))
        OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
}

static void use_and_release(struct conform *c)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    unsigned char in[100] = {1, 2, 3}, out[100] = {0};
    nxs_int buffer = OK(c, CreateBuffer, 0, world_bytes(sizeof in), in, 0);

    OK(c, RunSchedule, schedule, WORLD_DEFAULT_STREAM, 0);
    OK(c, CopyBuffer, buffer, out, NXS_BufferDeviceToHost);
    SAME_BYTES(c, in, out, sizeof in);
    OK(c, ReleaseBuffer, buffer);
    OK(c, ReleaseSchedule, schedule);
}

static void close_plugin(struct conform *c)
{
    TRUE(c, dlclose(c->plugin) == 0, "dlclose() succeeds");
}

static void plugin_is_unloaded_and_loaded_again(struct conform *c)
{
    for (int i = 0; i < 3; i++) {
        conform_detail(c, "time %d", i + 1);
        conform_open(c);
        use_and_release(c);
        close_plugin(c);
    }
}

static void plugin_is_unloaded_before_any_call(struct conform *c)
{
    for (int i = 0; i < 3; i++) {
        conform_open(c);
        close_plugin(c);
    }
    conform_open(c);
    use_and_release(c);
}

static void live_objects_do_not_hinder_unloading(struct conform *c)
{
    for (int i = 0; i < 3; i++) {
        conform_detail(c, "time %d", i + 1);
        conform_open(c);
        make_objects(c);
        use_and_release(c);
        close_plugin(c);
    }
}

static void plugin_opened_twice_stays_until_closed_twice(struct conform *c)
{
    conform_open(c);
    conform_open(c);
    use_and_release(c);
    close_plugin(c);
    use_and_release(c);
}

static void process_exits_with_live_objects(struct conform *c)
{
    make_objects(c);
    conform_pass_by_exit(c);
}

static void process_exits_without_any_call(struct conform *c)
{
    conform_pass_by_exit(c);
}

struct waiter {
    struct conform *c;
    nxs_int event;
};

static void *wait_in_vain(void *arg)
{
    struct waiter *w = arg;

    NXS(w->c, WaitEvent)(w->event, 1);
    return NULL;
}

static void process_exits_while_a_thread_waits(struct conform *c)
{
    struct waiter w = {c, OK(c, CreateEvent, 0, NXS_EventType_Shared, 0)};
    pthread_t thread;

    NXS(c, WaitEvent);
    pthread_create(&thread, NULL, wait_in_vain, &w);
    pthread_detach(thread);
    world_sleep(0.1);
    conform_pass_by_exit(c);
}

struct caller {
    struct conform *c;
    nxs_int schedule, stream;
};

static void *run_behind(void *arg)
{
    struct caller *r = arg;

    NXS(r->c, RunSchedule)(r->schedule, r->stream, 0);
    return NULL;
}

/* The run in front waits for a signal that does not come. */
static void process_exits_while_runs_wait(struct conform *c)
{
    nxs_int event = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    nxs_int gate = OK(c, CreateSchedule, 0, 0);
    struct caller r = {c, OK(c, CreateSchedule, 0, 0),
                       OK(c, CreateStream, 0, 0)};
    pthread_t thread;

    OK(c, CreateWaitCommand, gate, event, 1, 0);
    OK(c, RunSchedule, gate, r.stream, NXS_ExecutionSettings_NonBlocking);
    pthread_create(&thread, NULL, run_behind, &r);
    pthread_detach(thread);
    world_sleep(0.1);
    conform_pass_by_exit(c);
}

static const struct conform_check checks[] = {
    CHECK(opening_leaves_no_error_pending, OPENS_ITSELF,
          "dlopen() succeeds and leaves no dlerror()"),
#define X(name)                                                                \
    CHECK_OF("nxs" #name, entry_point_is_there, 0, ENTRY_##name,               \
             "the entry point is there"),
    CONFORM_ENTRIES(X)
#undef X
        CHECK(first_calls_of_a_host_succeed, 0,
              "number of devices, vendor, type, architecture, runtime name"),
    CHECK(plugin_is_unloaded_and_loaded_again, OPENS_ITSELF,
          "it works each time that it is opened"),
    CHECK(plugin_is_unloaded_before_any_call, OPENS_ITSELF,
          "dlclose() right after dlopen()"),
    CHECK(live_objects_do_not_hinder_unloading, OPENS_ITSELF,
          "dlclose() while objects are alive, and it works again"),
    CHECK(plugin_opened_twice_stays_until_closed_twice, OPENS_ITSELF,
          "dlopen() twice, dlclose() once: still usable"),
    CHECK(process_exits_with_live_objects, 0,
          "the process can exit while objects are alive"),
    CHECK(process_exits_without_any_call, 0,
          "the process can exit without a call"),
    CHECK(process_exits_while_a_thread_waits, 0,
          "the process can exit while a thread is in nxsWaitEvent()"),
    CHECK(process_exits_while_runs_wait, 0,
          "the process can exit while a thread is in nxsRunSchedule()"),
};

AREA(load);
