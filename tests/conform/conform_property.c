/* SPDX-License-Identifier: MIT */
/* Get...Property of every kind of object: sizes, types, capacities. */
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define N_PROPERTIES ((nxs_uint)NP_MemoryUtilization + 1u)
#define CAPACITY     8192u /* what hosts have for vectors */
#define GUARD        0xA5

enum kind {
    RUNTIME,
    DEVICE,
    BUFFER,
    EVENT,
    STREAM,
    SCHEDULE,
    COMMAND,
    LIBRARY,
    KERNEL
};

enum type { NUMBER, REAL, TEXT, VECTOR, ANY };

/** struct object - one whose properties are asked for */
struct object {
    enum kind kind;
    nxs_int id;
};

static enum type type_of(nxs_uint property)
{
    switch (property) {
    case NP_Name:
    case NP_Type:
    case NP_Description:
    case NP_SubUnitType:
    case NP_Vendor:
    case NP_Architecture:
    case NP_Version:
    case NP_Features:
    case NP_Location:
        return TEXT;
    case NP_ElapsedTime:
    case NP_MaxPower:
        return REAL;
    case NP_Shape:
    case NP_Keys:
        return VECTOR;
    case NP_SubUnits: /* hosts ask no plugin for these */
    case NP_CoreSubsystem:
    case NP_MemorySubsystem:
    case NP_Limits:
    case NP_DataTypes:
    case NP_ClockModes:
    case NP_PowerModes:
        return ANY;
    default:
        return NUMBER;
    }
}

static nxs_int make_command(struct conform *c)
{
    nxs_int event = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);

    return OK(c, CreateSignalCommand, schedule, event, 1, 0);
}

static struct object make(struct conform *c)
{
    struct object o = {(enum kind)c->arg, 0};

    switch (o.kind) {
    case BUFFER:
        o.id = OK(c, CreateBuffer, 0, world_bytes(60), NULL, 0);
        break;
    case EVENT:
        o.id = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
        break;
    case STREAM:
        o.id = OK(c, CreateStream, 0, 0);
        break;
    case SCHEDULE:
        o.id = OK(c, CreateSchedule, 0, 0);
        break;
    case COMMAND:
        o.id = make_command(c);
        break;
    case LIBRARY:
        o.id = world_library(c, 0);
        break;
    case KERNEL:
        o.id = world_kernel(c, world_library(c, 0));
        break;
    default:
        break;
    }
    return o;
}

static world_getter getter_of(struct conform *c, enum kind kind)
{
    switch (kind) {
    case DEVICE:
        return NXS(c, GetDeviceProperty);
    case BUFFER:
        return NXS(c, GetBufferProperty);
    case EVENT:
        return NXS(c, GetEventProperty);
    case STREAM:
        return NXS(c, GetStreamProperty);
    case SCHEDULE:
        return NXS(c, GetScheduleProperty);
    case COMMAND:
        return NXS(c, GetCommandProperty);
    case LIBRARY:
        return NXS(c, GetLibraryProperty);
    default:
        return NXS(c, GetKernelProperty);
    }
}

static int get(struct conform *c, const struct object *o, nxs_uint property,
               void *value, size_t *size)
{
    conform_detail(c, "property %u, capacity %zu", property, size ? *size : 0);
    if (o->kind == RUNTIME)
        return (int)NXS(c, GetRuntimeProperty)(property, value, size);
    return (int)getter_of(c, o->kind)(o->id, property, value, size);
}

/* Whether there is such a property now; its size, which may be 0. */
static bool has(struct conform *c, const struct object *o, nxs_uint property,
                size_t *out_size)
{
    unsigned char value[CAPACITY];
    int status;

    *out_size = sizeof value;
    status = get(c, o, property, value, out_size);
    if (status < 0 && status != NXS_ProfilingInfoNotAvailable)
        conform_expect_status(c, NXS_InvalidProperty, status,
                              "Get...Property of one that is not there");
    return status >= 0;
}

static bool is_untouched(const unsigned char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != GUARD)
            return false;
    return true;
}

static void sizes_follow_the_types(struct conform *c)
{
    struct object o = make(c);

    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        unsigned char value[CAPACITY];
        size_t size = sizeof value;

        memset(value, GUARD, sizeof value);
        if (get(c, &o, p, value, &size) < 0)
            continue;
        TRUE(c, size <= sizeof value, "a size within the capacity");
        if (type_of(p) == NUMBER || type_of(p) == REAL)
            EQUAL(c, 8, size);
        else if (type_of(p) == VECTOR)
            EQUAL(c, 0, size % 8);
        else if (type_of(p) == TEXT)
            EQUAL(c, strnlen((char *)value, sizeof value) + 1, size);
        TRUE(c, is_untouched(value + size, sizeof value - size),
             "what is behind the value is untouched");
    }
}

static void null_value_asks_for_the_size(struct conform *c)
{
    struct object o = make(c);

    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        size_t size, asked = 0;

        if (!has(c, &o, p, &size))
            continue;
        conform_expect_success(c, get(c, &o, p, NULL, &asked),
                               "Get...Property(..., NULL, &size)");
        EQUAL(c, size, asked);
    }
}

static void capacity_of_the_size_suffices(struct conform *c)
{
    struct object o = make(c);

    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        unsigned char value[CAPACITY + 1];
        size_t size, exact;

        if (!has(c, &o, p, &size))
            continue;
        exact = size;
        value[size] = GUARD;
        conform_expect_success(c, get(c, &o, p, value, &exact),
                               "Get...Property with just the capacity");
        EQUAL(c, size, exact);
        EQUAL(c, GUARD, value[size]);
        if (type_of(p) == TEXT)
            EQUAL(c, 0, value[size - 1]);
    }
}

static void refuse(struct conform *c, const struct object *o, nxs_uint property,
                   size_t capacity)
{
    unsigned char value[CAPACITY];
    size_t size = capacity;

    memset(value, GUARD, sizeof value);
    conform_expect_status(c, NXS_InvalidArgSize,
                          get(c, o, property, value, &size),
                          "Get...Property with too small a capacity");
    TRUE(c, is_untouched(value, sizeof value), "nothing is written");
}

static void smaller_capacity_is_refused(struct conform *c)
{
    struct object o = make(c);

    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        size_t size;

        if (!has(c, &o, p, &size) || !size)
            continue;
        refuse(c, &o, p, size - 1);
        refuse(c, &o, p, 0);
    }
}

static void other_properties_are_refused(struct conform *c)
{
    static const nxs_uint others[] = {N_PROPERTIES, 46,         255,
                                      1000,         0x7FFFFFFF, UINT32_MAX};
    struct object o = make(c);
    unsigned char value[CAPACITY];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        size_t size = sizeof value;

        conform_expect_status(c, NXS_InvalidProperty,
                              get(c, &o, others[i], value, &size),
                              "Get...Property");
        conform_expect_status(c, NXS_InvalidProperty,
                              get(c, &o, others[i], NULL, &size),
                              "Get...Property(..., NULL, &size)");
    }
    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        size_t size;

        has(c, &o, p, &size);
    }
}

static void size_pointer_is_needed(struct conform *c)
{
    struct object o = make(c);
    unsigned char value[CAPACITY];

    conform_expect_status(c, NXS_InvalidValue, get(c, &o, NP_Name, value, NULL),
                          "Get...Property(NP_Name, value, NULL)");
    conform_expect_status(c, NXS_InvalidValue, get(c, &o, NP_Name, NULL, NULL),
                          "Get...Property(NP_Name, NULL, NULL)");
}

static bool is_listed(const int64_t *keys, size_t n, nxs_uint property)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i] == (int64_t)property)
            return true;
    return false;
}

static void keys_list_what_the_object_has(struct conform *c)
{
    struct object o = make(c);
    int64_t keys[CAPACITY / 8];
    unsigned char value[CAPACITY];
    size_t size = sizeof keys, n;
    int status = get(c, &o, NP_Keys, keys, &size);

    if (status == NXS_InvalidProperty)
        conform_skip(c, "the object has no NP_Keys");
    conform_expect_success(c, status, "Get...Property(NP_Keys)");
    n = size / 8;
    for (size_t i = 0; i < n; i++)
        TRUE(c, !is_listed(keys, i, (nxs_uint)keys[i]), "no key twice");
    for (nxs_uint p = 0; p < N_PROPERTIES; p++) {
        size = sizeof value;
        status = get(c, &o, p, value, &size);
        conform_expect_true(
            c, is_listed(keys, n, p) == (status != NXS_InvalidProperty),
            "in NP_Keys if and only if it is there", "the property");
    }
}

static void id_is_the_id(struct conform *c)
{
    struct object o = make(c);
    int64_t id = -1;
    size_t size = sizeof id;

    if (get(c, &o, NP_ID, &id, &size) == NXS_InvalidProperty)
        conform_skip(c, "the object has no NP_ID");
    EQUAL(c, o.id, id);
}

#define OF_KIND(text, kind, needs)                                             \
    CHECK_OF(text "_sizes_follow_the_types", sizes_follow_the_types, needs,    \
             kind, "8 bytes, a terminated text, a vector of 8-byte numbers"),  \
        CHECK_OF(text "_null_value_asks_for_the_size",                         \
                 null_value_asks_for_the_size, needs, kind,                    \
                 "value == NULL answers with the size"),                       \
        CHECK_OF(text "_capacity_of_the_size_suffices",                        \
                 capacity_of_the_size_suffices, needs, kind,                   \
                 "a capacity of exactly the size suffices"),                   \
        CHECK_OF(text "_smaller_capacity_is_refused",                          \
                 smaller_capacity_is_refused, needs, kind,                     \
                 "too small: NXS_InvalidArgSize, nothing written"),            \
        CHECK_OF(text "_other_properties_are_refused",                         \
                 other_properties_are_refused, needs, kind,                    \
                 "what is not there: NXS_InvalidProperty"),                    \
        CHECK_OF(text "_size_pointer_is_needed", size_pointer_is_needed,       \
                 needs, kind, "value_size == NULL: NXS_InvalidValue"),         \
        CHECK_OF(text "_keys_list_what_there_is",                              \
                 keys_list_what_the_object_has, needs, kind,                   \
                 "NP_Keys has each property once, and no other")
#define OF_KIND_WITH_ID(text, kind, needs)                                     \
    OF_KIND(text, kind, needs),                                                \
        CHECK_OF(text "_id_is_the_id", id_is_the_id, needs, kind,              \
                 "NP_ID is the id of the object")

static const struct conform_check checks[] = {
    OF_KIND("runtime", RUNTIME, 0),
    OF_KIND_WITH_ID("device", DEVICE, 0),
    OF_KIND_WITH_ID("buffer", BUFFER, 0),
    OF_KIND_WITH_ID("event", EVENT, 0),
    OF_KIND_WITH_ID("stream", STREAM, 0),
    OF_KIND_WITH_ID("schedule", SCHEDULE, 0),
    OF_KIND_WITH_ID("command", COMMAND, 0),
    OF_KIND_WITH_ID("library", LIBRARY, NEEDS_KERNEL),
    OF_KIND_WITH_ID("kernel", KERNEL, NEEDS_KERNEL),
};

AREA(property);
