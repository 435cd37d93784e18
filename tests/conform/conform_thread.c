/* SPDX-License-Identifier: MIT */
/* Two threads at a time. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

#define ROUNDS 200
#define N_PREY 2000
#define SIZE   (1u << 18)

/** struct worker - one of two threads */
struct worker {
    struct conform *c;
    unsigned number;       /* 0 or 1 */
    nxs_int shared;        /* an object of both */
    void *common;          /* other things of both */
    atomic_int *announced; /* an id that the other thread is to use */
    atomic_bool *stop;
};

static void run_two(struct conform *c, void *(*work)(void *), nxs_int shared,
                    void *common)
{
    atomic_int announced = -1;
    atomic_bool stop = false;
    struct worker w[2] = {{c, 0, shared, common, &announced, &stop},
                          {c, 1, shared, common, &announced, &stop}};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, work, &w[i]))
            conform_skip(c, "no threads");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

static void *call_first(void *arg)
{
    struct worker *w = arg;

    conform_expect_true(w->c, world_n_devices(w->c) >= 1, "one device or more",
                        "NP_Size of the runtime");
    OK(w->c, CreateStream, 0, 0);
    return NULL;
}

static void first_call_may_come_from_two_threads(struct conform *c)
{
    run_two(c, call_first, -1, NULL);
}

static void *use_own_buffers(void *arg)
{
    struct worker *w = arg;
    unsigned char *out = world_alloc(3000);

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned char *in = world_pattern(2 * i + w->number, 3000);
        nxs_int id = OK(w->c, CreateBuffer, 0, world_bytes(3000), in, 0);

        OK(w->c, CopyBuffer, id, out, NXS_BufferDeviceToHost);
        SAME_BYTES(w->c, in, out, 3000);
        OK(w->c, ReleaseBuffer, id);
        free(in);
    }
    return NULL;
}

static void threads_have_buffers_of_their_own(struct conform *c)
{
    run_two(c, use_own_buffers, -1, NULL);
}

static void *copy_shared(void *arg)
{
    struct worker *w = arg;
    unsigned char *in = world_alloc(SIZE), *out = world_alloc(SIZE);

    memset(in, (int)w->number + 1, SIZE);
    for (unsigned i = 0; i < ROUNDS; i++) {
        OK(w->c, CopyBuffer, w->shared, in, NXS_BufferHostToDevice);
        OK(w->c, CopyBuffer, w->shared, out, NXS_BufferDeviceToHost);
        TRUE(w->c, memcmp(out, out + 1, SIZE - 1) == 0,
             "all of one copy, nothing of another");
    }
    return NULL;
}

static void copies_of_threads_do_not_mix(struct conform *c)
{
    run_two(c, copy_shared, OK(c, CreateBuffer, 0, world_bytes(SIZE), NULL, 0),
            NULL);
}

static void expect_either(struct conform *c, int status, int refusal,
                          const char *call)
{
    if (status < 0)
        conform_expect_status(c, refusal, status, call);
}

/* One makes and releases, the other uses whatever id is announced. */
static void *use_and_release(void *arg)
{
    struct worker *w = arg;
    unsigned char data[64] = {0};

    for (unsigned i = 0; w->number == 0 && i < 20 * ROUNDS; i++) {
        nxs_int id = OK(w->c, CreateBuffer, 0, world_bytes(64), data, 0);

        atomic_store(w->announced, id);
        OK(w->c, CopyBuffer, id, data, NXS_BufferHostToDevice);
        OK(w->c, ReleaseBuffer, id);
    }
    while (w->number == 1 && !atomic_load(w->stop)) {
        nxs_int id = atomic_load(w->announced);

        expect_either(w->c, (int)NXS(w->c, CopyBuffer)(id, data, 0),
                      NXS_InvalidBuffer, "nxsCopyBuffer of a stale buffer");
    }
    atomic_store(w->stop, true);
    return NULL;
}

static void buffer_is_released_while_another_thread_uses_it(struct conform *c)
{
    run_two(c, use_and_release, -1, NULL);
}

/** struct prey - what both threads release; only one may succeed */
struct prey {
    atomic_int id;
    atomic_uint n_released;
};

static void release_prey(struct worker *w, struct prey *prey)
{
    int status = (int)NXS(w->c, ReleaseSchedule)(atomic_load(&prey->id));

    expect_either(w->c, status, NXS_InvalidSchedule, "nxsReleaseSchedule");
    if (status >= 0)
        atomic_fetch_add(&prey->n_released, 1);
}

/* @announced is the number of the prey here. */
static void *release_shared(void *arg)
{
    struct worker *w = arg;
    struct prey *prey = w->common;

    for (int i = 0; w->number == 0 && i < N_PREY; i++) {
        atomic_store(&prey[i].id, OK(w->c, CreateSchedule, 0, 0));
        atomic_store(w->announced, i);
        release_prey(w, &prey[i]);
    }
    while (w->number == 1 && !atomic_load(w->stop)) {
        int i = atomic_load(w->announced);

        if (i < 0)
            continue;
        release_prey(w, &prey[i]);
        expect_either(w->c, (int)NXS(w->c, RunSchedule)(prey[i].id, -80, 0),
                      NXS_InvalidSchedule, "nxsRunSchedule");
    }
    atomic_store(w->stop, true);
    return NULL;
}

static void two_threads_release_the_same_object(struct conform *c)
{
    struct prey *prey = world_alloc(N_PREY * sizeof *prey);

    run_two(c, release_shared, -1, prey);
    for (int i = 0; i < N_PREY; i++)
        EQUAL(c, 1, prey[i].n_released);
    free(prey);
}

static void *play_ping_pong(void *arg)
{
    struct worker *w = arg;
    nxs_int number = (nxs_int)w->number;

    for (nxs_int i = 0; i < ROUNDS; i++) {
        OK(w->c, WaitEvent, w->shared, 2 * i + number);
        OK(w->c, SignalEvent, w->shared, 2 * i + number + 1);
    }
    return NULL;
}

static void threads_meet_through_an_event(struct conform *c)
{
    nxs_int event = OK(c, CreateEvent, 0, NXS_EventType_Shared, 0);

    run_two(c, play_ping_pong, event, NULL);
    OK(c, WaitEvent, event, 2 * ROUNDS);
}

static void *ask(void *arg)
{
    struct worker *w = arg;
    char text[256];

    for (unsigned i = 0; i < 20 * ROUNDS; i++) {
        size_t size = sizeof text;

        OK(w->c, GetDeviceProperty, 0, NP_Vendor, text, &size);
        EQUAL(w->c, strlen(text) + 1, size);
        size = sizeof text;
        OK(w->c, GetRuntimeProperty, NP_Name, text, &size);
    }
    return NULL;
}

static void properties_are_asked_by_two_threads(struct conform *c)
{
    run_two(c, ask, -1, NULL);
}

static void *compute(void *arg)
{
    struct worker *w = arg;
    struct world_adder a = world_adder(w->c, 0);
    nxs_int stream = OK(w->c, CreateStream, 0, 0);
    nxs_int other = world_vector(w->c, 0, 20 + w->number);

    for (int i = 0; i < 10; i++) {
        OK(w->c, SetCommandArgument, a.command, 0, i % 2 ? other : a.a, "", 0);
        OK(w->c, RunSchedule, a.schedule, stream, 0);
        world_expect_sum(w->c, a.sum, 2, i % 2 ? 22 + w->number : 3);
    }
    OK(w->c, ReleaseSchedule, a.schedule);
    OK(w->c, ReleaseLibrary, a.library);
    OK(w->c, ReleaseStream, stream);
    return NULL;
}

static void threads_compute_side_by_side(struct conform *c)
{
    run_two(c, compute, -1, NULL);
}

static const struct conform_check checks[] = {
    CHECK(first_call_may_come_from_two_threads, 0, "success"),
    CHECK(threads_have_buffers_of_their_own, 0, "own contents"),
    CHECK(copies_of_threads_do_not_mix, 0, "all of one copy"),
    CHECK(buffer_is_released_while_another_thread_uses_it, 0,
          "success or NXS_InvalidBuffer"),
    CHECK(two_threads_release_the_same_object, 0, "one of them succeeds"),
    CHECK(threads_meet_through_an_event, 0, "200 rounds"),
    CHECK(properties_are_asked_by_two_threads, 0, "success"),
    CHECK(threads_compute_side_by_side, NEEDS_KERNEL, "own results"),
};

AREA(thread);
