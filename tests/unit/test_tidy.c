/* SPDX-License-Identifier: MIT */
/* What is thrown away from the cache, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jit/tidy.h"

#define HOUR 3600

/* The cache in folder "c" of a private one, which is also $TMPDIR. */
struct place {
    char root[64], dir[80];
    struct tt_cache cache;
};

static int set_up(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    strcpy(p->root, "/tmp/test_tidy-XXXXXX");
    if (!mkdtemp(p->root))
        return -1;
    snprintf(p->dir, sizeof(p->dir), "%s/c", p->root);
    setenv("TT_CACHE_DIR", p->dir, 1);
    setenv("TMPDIR", p->root, 1);
    tt_cache_open(&p->cache);
    *state = p;
    return p->cache.dir >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct place *p = *state;

    tt_cache_close(&p->cache);
    tt_cache_remove_tree(p->root);
    unsetenv("TT_CACHE_DIR");
    unsetenv("TT_CACHE_MIB");
    unsetenv("TMPDIR");
    free(p);
    return 0;
}

static void make_older(int dir, const char *name, time_t seconds)
{
    struct timespec when = {.tv_sec = time(NULL) - seconds};

    assert_int_equal(utimensat(dir, name, (struct timespec[2]){when, when},
                               AT_SYMLINK_NOFOLLOW),
                     0);
}

static bool is_there(const struct place *p, const char *name)
{
    return faccessat(p->cache.dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void make_file(const struct place *p, const char *name, off_t size)
{
    int fd = openat(p->cache.dir, name, O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void make_folder(const struct place *p, const char *name, time_t age)
{
    assert_int_equal(mkdirat(p->cache.dir, name, 0700), 0);
    make_older(p->cache.dir, name, age);
}

static void tidy_now(const struct place *p)
{
    (void)unlinkat(p->cache.dir, "tidied", 0);
    tt_tidy(&p->cache);
}

/* Three entries of 400 KiB, the first of which is the oldest. */
static void store_three(const struct place *p, char name[3][48])
{
    static char data[400 << 10];

    for (uint8_t i = 0; i < 3; i++) {
        const uint8_t key[TT_SHA256_SIZE] = {i};

        assert_true(tt_cache_store(&p->cache, key, data, sizeof(data)));
        snprintf(name[i], 48, "e-%02x%038x", i, 0);
        make_older(p->cache.dir, name[i], 30 - 10 * i);
    }
}

static void beyond_the_limit_the_oldest_goes(void **state)
{
    struct place *p = *state;
    char name[3][48];

    store_three(p, name);
    setenv("TT_CACHE_MIB", "2", 1);
    tidy_now(p);
    assert_true(is_there(p, name[0]));
    setenv("TT_CACHE_MIB", "1", 1);
    tidy_now(p);
    assert_false(is_there(p, name[0]));
    assert_true(is_there(p, name[1]) && is_there(p, name[2]));
}

static void what_was_loaded_counts_as_new(void **state)
{
    static const uint8_t first[TT_SHA256_SIZE];
    struct place *p = *state;
    char name[3][48];
    void *data;
    size_t len;

    store_three(p, name);
    assert_true(tt_cache_load(&p->cache, first, &data, &len));
    free(data);
    setenv("TT_CACHE_MIB", "1", 1);
    tidy_now(p);
    assert_true(is_there(p, name[0]) && is_there(p, name[2]));
    assert_false(is_there(p, name[1]));
}

static void there_are_ten_thousand_entries_at_most(void **state)
{
    struct place *p = *state;
    unsigned left = 0;
    char name[32];

    for (unsigned i = 0; i < 10005; i++) {
        snprintf(name, sizeof(name), "e-%u", i);
        make_file(p, name, 0);
        make_older(p->cache.dir, name, i < 5 ? 100 : 10);
    }
    tidy_now(p);
    for (unsigned i = 0; i < 10005; i++) {
        snprintf(name, sizeof(name), "e-%u", i);
        left += is_there(p, name);
        assert_true(i >= 5 || !is_there(p, name));
    }
    assert_int_equal(left, 10000);
}

static void it_looks_once_an_hour(void **state)
{
    struct place *p = *state;
    char name[3][48];

    setenv("TT_CACHE_MIB", "1", 1);
    tidy_now(p);
    store_three(p, name);
    make_older(p->cache.dir, "tidied", HOUR - 60);
    tt_tidy(&p->cache);
    assert_true(is_there(p, name[0]));
    make_older(p->cache.dir, "tidied", HOUR + 1);
    tt_tidy(&p->cache);
    assert_false(is_there(p, name[0]));
    make_file(p, "e-1", 2 << 20);
    tt_tidy(&p->cache);
    assert_true(is_there(p, "e-1"));
}

static void folders_go_when_nobody_has_used_them_for_a_day(void **state)
{
    struct place *p = *state;

    make_folder(p, "src-new", 20 * HOUR);
    make_folder(p, "src-old", 25 * HOUR);
    setenv("TT_CACHE_MIB", "0", 1);
    tidy_now(p);
    assert_true(is_there(p, "src-new"));
    assert_false(is_there(p, "src-old"));
}

static void what_is_not_of_the_cache_stays(void **state)
{
    struct place *p = *state;

    make_file(p, "notes.txt", 4 << 20);
    make_older(p->cache.dir, "notes.txt", 1000 * HOUR);
    make_folder(p, "pictures", 1000 * HOUR);
    assert_int_equal(symlinkat("notes.txt", p->cache.dir, "e-link"), 0);
    make_older(p->cache.dir, "e-link", 1000 * HOUR);
    setenv("TT_CACHE_MIB", "0", 1);
    tidy_now(p);
    assert_true(is_there(p, "notes.txt"));
    assert_true(is_there(p, "pictures"));
    assert_true(is_there(p, "e-link"));
}

static void leftovers_of_the_killed_go_after_an_hour(void **state)
{
    struct place *p = *state;

    make_folder(p, "tt_plugin-old123", HOUR + 10);
    make_folder(p, "tt_plugin-new123", HOUR - 60);
    make_folder(p, "../tt_plugin-old123", HOUR + 10);
    make_file(p, "t-1-0x1-0", 1);
    make_older(p->cache.dir, "t-1-0x1-0", HOUR + 10);
    make_file(p, "t-2-0x1-0", 1);
    tidy_now(p);
    assert_false(is_there(p, "tt_plugin-old123"));
    assert_true(is_there(p, "tt_plugin-new123"));
    assert_false(is_there(p, "../tt_plugin-old123"));
    assert_false(is_there(p, "t-1-0x1-0"));
    assert_true(is_there(p, "t-2-0x1-0"));
}

static void what_is_held_is_no_leftover(void **state)
{
    struct place *p = *state;
    char path[PATH_MAX];
    int hold;

    assert_int_equal(tt_cache_make_temp(&p->cache, path), NXS_Success);
    hold = tt_tidy_hold(path);
    assert_true(hold >= 0);
    make_older(AT_FDCWD, path, 2 * HOUR);
    tidy_now(p);
    assert_int_equal(access(path, F_OK), 0);
    close(hold);
    tidy_now(p);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_link_is_no_leftover(void **state)
{
    struct place *p = *state;

    make_folder(p, "victim", 2 * HOUR);
    assert_int_equal(symlinkat("victim", p->cache.dir, "tt_plugin-link12"), 0);
    make_older(p->cache.dir, "tt_plugin-link12", 2 * HOUR);
    tidy_now(p);
    assert_true(is_there(p, "victim"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(beyond_the_limit_the_oldest_goes),
        TEST(what_was_loaded_counts_as_new),
        TEST(there_are_ten_thousand_entries_at_most),
        TEST(it_looks_once_an_hour),
        TEST(folders_go_when_nobody_has_used_them_for_a_day),
        TEST(what_is_not_of_the_cache_stays),
        TEST(leftovers_of_the_killed_go_after_an_hour),
        TEST(what_is_held_is_no_leftover),
        TEST(a_link_is_no_leftover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
