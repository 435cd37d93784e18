/* SPDX-License-Identifier: MIT */
/* Handle tables: ids, pins, reuse of slots, threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "pool/tt_math.h"
#include "pool/tt_pool.h"

#define KIND  3u
#define OTHER 4u

struct thing {
    struct tt_object object;
    int *n_finis;
};

static void thing_fini(struct tt_object *object)
{
    struct thing *thing = TT_CONTAINER_OF(object, struct thing, object);

    ++*thing->n_finis;
    free(thing);
}

static int set_up(void **state)
{
    struct tt_pool *pool = malloc(sizeof *pool);

    if (!pool)
        return -1;
    tt_pool_init(pool, KIND, thing_fini);
    *state = pool;
    return 0;
}

static int tear_down(void **state)
{
    size_t left = tt_pool_count(*state);

    tt_pool_fini(*state);
    free(*state);
    return left ? -1 : 0;
}

static nxs_int publish_thing(struct tt_pool *pool, int *n_finis)
{
    struct thing *thing = calloc(1, sizeof *thing);
    nxs_int id;

    assert_non_null(thing);
    thing->n_finis = n_finis;
    id = tt_pool_publish(pool, &thing->object);
    if (id < 0)
        free(thing);
    return id;
}

static void published_object_is_found_by_its_id(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int id = publish_thing(pool, &finis);
    struct tt_object *object = tt_pool_get(pool, id);

    assert_true(id >= TT_POOL_FIRST_ID);
    assert_non_null(object);
    assert_int_equal(object->id, id);
    tt_pool_put(pool, object);
    assert_int_equal(tt_pool_release(pool, id), NXS_Success);
    assert_int_equal(finis, 1);
}

static void release_keeps_pinned_object_alive(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int id = publish_thing(pool, &finis);
    struct tt_object *pinned = tt_pool_get(pool, id);

    assert_int_equal(tt_pool_release(pool, id), NXS_Success);
    assert_int_equal(finis, 0);
    assert_null(tt_pool_get(pool, id));
    tt_pool_pin(pool, pinned);
    tt_pool_put(pool, pinned);
    assert_int_equal(finis, 0);
    tt_pool_put(pool, pinned);
    assert_int_equal(finis, 1);
}

static void second_release_is_refused(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int id = publish_thing(pool, &finis);

    assert_int_equal(tt_pool_release(pool, id), NXS_Success);
    assert_int_equal(tt_pool_release(pool, id), NXS_InvalidObject);
    assert_int_equal(finis, 1);
}

static void made_up_ids_are_refused(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int id = publish_thing(pool, &finis);
    const nxs_int bad[] = {-1,     -80,          INT32_MIN, 0,
                           1,      65536,        id + 1,    id ^ 1 << 18,
                           id - 1, id | 1 << 27, INT32_MAX, id ^ 1 << 28};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(tt_pool_get(pool, bad[i]));
        assert_int_equal(tt_pool_release(pool, bad[i]), NXS_InvalidObject);
    }
    tt_pool_put(pool, NULL);
    assert_int_equal(tt_pool_release(pool, id), NXS_Success);
}

static void id_of_another_kind_is_refused(void **state)
{
    struct tt_pool *pool = *state;
    struct tt_pool other;
    static int finis;
    nxs_int id = publish_thing(pool, &finis);
    nxs_int foreign;

    tt_pool_init(&other, OTHER, thing_fini);
    foreign = publish_thing(&other, &finis);
    assert_int_not_equal(id, foreign);
    assert_null(tt_pool_get(pool, foreign));
    assert_null(tt_pool_get(&other, id));
    tt_pool_fini(&other);
    tt_pool_release(pool, id);
    assert_int_equal(finis, 2);
}

static void stale_id_stays_stale_for_the_promised_time(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int stale = publish_thing(pool, &finis);

    tt_pool_release(pool, stale);
    for (int i = 0; i < 65000; i++) {
        nxs_int id = publish_thing(pool, &finis);

        assert_true(id >= TT_POOL_FIRST_ID);
        assert_null(tt_pool_get(pool, stale));
        assert_int_equal(tt_pool_release(pool, id), NXS_Success);
    }
}

static void slots_are_reused_oldest_first(void **state)
{
    enum { N = 70 };
    struct tt_pool *pool = *state;
    static int finis;
    nxs_int first[N];

    for (int i = 0; i < N; i++)
        first[i] = publish_thing(pool, &finis);
    for (int i = N - 1; i >= 0; i--)
        tt_pool_release(pool, first[i]);
    for (int i = N - 1; i >= N - 7; i--)
        assert_int_equal(publish_thing(pool, &finis) & 0x3FFFF,
                         first[i] & 0x3FFFF);
    assert_in_range(publish_thing(pool, &finis) & 0x3FFFF, N, N);
    tt_pool_clear(pool);
}

static void slot_of_a_pinned_object_is_not_reused(void **state)
{
    struct tt_pool *pool = *state;
    int finis = 0, seen = 0;
    nxs_int id = publish_thing(pool, &finis);
    struct tt_object *pinned = tt_pool_get(pool, id);

    assert_int_equal(tt_pool_release(pool, id), NXS_Success);
    assert_int_equal(tt_pool_count(pool), 0);
    for (int i = 0; i < 300; i++) {
        nxs_int other = publish_thing(pool, &finis);

        assert_int_not_equal(other & 0x3FFFF, id & 0x3FFFF);
        tt_pool_release(pool, other);
    }
    assert_int_equal(finis, 300);
    tt_pool_put(pool, pinned);
    for (int i = 0; i < 300; i++) {
        nxs_int other = publish_thing(pool, &finis);

        seen += (other & 0x3FFFF) == (id & 0x3FFFF);
        tt_pool_release(pool, other);
    }
    assert_in_range(seen, 1, 300);
}

static void full_pool_refuses_and_recovers(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    struct thing extra = {.n_finis = &finis};
    nxs_int last = -1;

    for (uint32_t i = 0; i < TT_POOL_MAX_OBJECTS; i++)
        last = publish_thing(pool, &finis);
    assert_true(last > 0);
    assert_int_equal(tt_pool_publish(pool, &extra.object), NXS_OutOfResources);
    tt_pool_release(pool, last);
    assert_true(publish_thing(pool, &finis) > 0);
    tt_pool_clear(pool);
    assert_int_equal(finis, TT_POOL_MAX_OBJECTS + 1);
}

static void walk_sees_each_live_id_once(void **state)
{
    struct tt_pool *pool = *state;
    static int finis;
    int seen = 0;
    nxs_int ids[10], id = -1;

    for (int i = 0; i < 10; i++)
        ids[i] = publish_thing(pool, &finis);
    tt_pool_release(pool, ids[4]);
    assert_int_equal(tt_pool_count(pool), 9);
    while ((id = tt_pool_next(pool, id)) >= 0) {
        assert_int_not_equal(id, ids[4]);
        seen++;
    }
    assert_int_equal(seen, 9);
    tt_pool_clear(pool);
    assert_int_equal(finis, 10);
}

struct race {
    struct tt_pool *pool;
    nxs_int id;
    int n_released;
};

static void *get_and_release(void *arg)
{
    struct race *race = arg;

    for (int i = 0; i < 1000; i++)
        tt_pool_put(race->pool, tt_pool_get(race->pool, race->id));
    if (tt_pool_release(race->pool, race->id) == NXS_Success)
        __atomic_add_fetch(&race->n_released, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void exactly_one_of_two_releasing_threads_succeeds(void **state)
{
    struct race race = {.pool = *state};
    pthread_t threads[2];
    static int finis;

    for (int round = 0; round < 20; round++) {
        race.id = publish_thing(race.pool, &finis);
        race.n_released = 0;
        for (int i = 0; i < 2; i++)
            assert_int_equal(
                pthread_create(&threads[i], NULL, get_and_release, &race), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(race.n_released, 1);
        assert_int_equal(finis, round + 1);
    }
}

#define N_SHARED 4u

/** struct bustle - ids that come and go while others look them up */
struct bustle {
    struct tt_pool *pool;
    atomic_int id[N_SHARED];
    atomic_bool quit;
    atomic_uint n_found, n_wrong;
};

static void *look_up(void *arg)
{
    struct bustle *b = arg;

    for (unsigned i = 0; !atomic_load(&b->quit); i++) {
        nxs_int id = atomic_load(&b->id[i % N_SHARED]);
        struct tt_object *object = tt_pool_get(b->pool, id);

        if (object) {
            atomic_fetch_add(&b->n_found, 1);
            if (object->id != id)
                atomic_fetch_add(&b->n_wrong, 1);
        }
        tt_pool_put(b->pool, object);
    }
    return NULL;
}

static void free_thing(struct tt_object *object)
{
    object->id = -1;
    free(TT_CONTAINER_OF(object, struct thing, object));
}

static void lookups_never_find_another_object(void **state)
{
    static struct bustle b;
    struct tt_pool pool;
    pthread_t threads[2];

    (void)state;
    tt_pool_init(&pool, KIND, free_thing);
    b.pool = &pool;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, &b), 0);
    for (unsigned i = 0; i < 100000 || !atomic_load(&b.n_found); i++) {
        nxs_int id = publish_thing(&pool, NULL);
        nxs_int old = atomic_exchange(&b.id[i % N_SHARED], id);

        assert_true(id >= TT_POOL_FIRST_ID);
        if (old)
            assert_int_equal(tt_pool_release(&pool, old), NXS_Success);
    }
    atomic_store(&b.quit, true);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&b.n_wrong), 0);
    tt_pool_fini(&pool);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(published_object_is_found_by_its_id),
        TEST(release_keeps_pinned_object_alive),
        TEST(second_release_is_refused),
        TEST(made_up_ids_are_refused),
        TEST(id_of_another_kind_is_refused),
        TEST(stale_id_stays_stale_for_the_promised_time),
        TEST(slots_are_reused_oldest_first),
        TEST(slot_of_a_pinned_object_is_not_reused),
        TEST(full_pool_refuses_and_recovers),
        TEST(walk_sees_each_live_id_once),
        TEST(exactly_one_of_two_releasing_threads_succeeds),
        TEST(lookups_never_find_another_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
