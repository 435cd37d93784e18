/* SPDX-License-Identifier: MIT */
/* Releasing objects in every order; what is left afterwards. */
#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define MAX_OBJECTS 5

/** struct pile - objects that know each other */
struct pile {
    nxs_int id[MAX_OBJECTS]; /* buffer, stream, schedule, event, library */
    int n;
};

static void release(struct conform *c, const struct pile *p, int which)
{
    switch (which) {
    case 0:
        OK(c, ReleaseBuffer, p->id[0]);
        break;
    case 1:
        OK(c, ReleaseStream, p->id[1]);
        break;
    case 2:
        OK(c, ReleaseSchedule, p->id[2]);
        break;
    case 3:
        OK(c, ReleaseEvent, p->id[3]);
        break;
    default:
        OK(c, ReleaseLibrary, p->id[4]);
    }
}

static void refuse(struct conform *c, const struct pile *p)
{
    REFUSED(c, NXS_InvalidBuffer, ReleaseBuffer, p->id[0]);
    REFUSED(c, NXS_InvalidStream, ReleaseStream, p->id[1]);
    REFUSED(c, NXS_InvalidSchedule, ReleaseSchedule, p->id[2]);
    REFUSED(c, NXS_InvalidEvent, ReleaseEvent, p->id[3]);
    if (p->n > 4)
        REFUSED(c, NXS_InvalidLibrary, ReleaseLibrary, p->id[4]);
}

static struct pile make(struct conform *c, int n)
{
    struct pile p = {{0}, n};

    p.id[0] = world_vector(c, 0, 1);
    p.id[1] = OK(c, CreateStream, 0, 0);
    p.id[2] = OK(c, CreateSchedule, 0, 0);
    p.id[3] = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);
    if (n > 4) {
        nxs_int command;

        p.id[4] = world_library(c, 0);
        command = world_command(c, p.id[2], world_kernel(c, p.id[4]));
        world_set_buffers(c, command, p.id[0], p.id[0], p.id[0]);
        world_finalize(c, command);
    }
    OK(c, CreateSignalCommand, p.id[2], p.id[3], 1, 0);
    OK(c, RunSchedule, p.id[2], p.id[1], NXS_ExecutionSettings_NonBlocking);
    return p;
}

/* The @k-th order of @n things. */
static void order_of(int k, int n, int *out)
{
    int left[MAX_OBJECTS] = {0, 1, 2, 3, 4};

    for (int i = 0; i < n; i++) {
        int m = n - i, at = k % m;

        k /= m;
        out[i] = left[at];
        for (int j = at; j + 1 < m; j++)
            left[j] = left[j + 1];
    }
}

static void release_in_every_order(struct conform *c, int n)
{
    int orders = 1;

    for (int i = 2; i <= n; i++)
        orders *= i;
    for (int k = 0; k < orders; k++) {
        struct pile p = make(c, n);
        int order[MAX_OBJECTS] = {0};

        order_of(k, n, order);
        conform_detail(c, "order %d %d %d %d ...", order[0], order[1], order[2],
                       order[3]);
        for (int i = 0; i < n; i++)
            release(c, &p, order[i]);
        refuse(c, &p);
    }
}

static void objects_go_in_any_order(struct conform *c)
{
    release_in_every_order(c, MAX_OBJECTS - 1);
}

static void objects_of_a_kernel_go_in_any_order(struct conform *c)
{
    release_in_every_order(c, MAX_OBJECTS);
}

static int64_t count_objects(struct conform *c)
{
    int64_t n = -1;
    size_t size = sizeof n;
    int status = (int)NXS(c, GetRuntimeProperty)(NP_Count, &n, &size);

    if (status == NXS_InvalidProperty)
        conform_skip(c, "the runtime has no NP_Count");
    conform_expect_success(c, status, "nxsGetRuntimeProperty(NP_Count)");
    return n;
}

static void count_of_live_objects_returns(struct conform *c)
{
    int64_t before = count_objects(c);
    struct pile p = make(c, MAX_OBJECTS - 1);

    TRUE(c, count_objects(c) >= before + 4, "live objects are counted");
    for (int i = 0; i < 4; i++)
        release(c, &p, i);
    EQUAL(c, before, count_objects(c));
}

static void count_returns_after_kernels(struct conform *c)
{
    int64_t before = count_objects(c);
    struct pile p = make(c, MAX_OBJECTS);

    for (int i = 0; i < MAX_OBJECTS; i++)
        release(c, &p, i);
    EQUAL(c, before, count_objects(c));
}

static void thousands_of_objects_come_and_go(struct conform *c)
{
    for (int i = 0; i < 5000; i++) {
        struct pile p = {{0}, 0};

        conform_detail(c, "round %d", i + 1);
        p.id[0] = OK(c, CreateBuffer, 0, world_bytes(64), NULL, 0);
        p.id[2] = OK(c, CreateSchedule, 0, 0);
        OK(c, ReleaseSchedule, p.id[2]);
        OK(c, ReleaseBuffer, p.id[0]);
    }
}

static const struct conform_check checks[] = {
    CHECK(objects_go_in_any_order, 0, "24 orders, each release once"),
    CHECK(objects_of_a_kernel_go_in_any_order, NEEDS_KERNEL,
          "120 orders with a run in flight"),
    CHECK(count_of_live_objects_returns, 0, "NP_Count of the runtime"),
    CHECK(count_returns_after_kernels, NEEDS_KERNEL,
          "kernels and commands go with library and schedule"),
    CHECK(thousands_of_objects_come_and_go, 0, "5000 times"),
};

AREA(release);
