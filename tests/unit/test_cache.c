/* SPDX-License-Identifier: MIT */
/* The compiler's disk cache: sealed entries, hostile directories, hashing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jit/cache.h"

#define NOBODY 65534u

/* A private directory, with the cache in its folder "c". */
struct place {
    char root[64];
    char dir[80];
    struct tt_cache cache;
};

static const uint8_t key[TT_SHA256_SIZE] = {1, 2, 3};
static const char entry_file[] = "e-0102030000000000000000000000000000000000";
static const char contents[] = "five images";

static int set_up(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    strcpy(p->root, "/tmp/test_cache-XXXXXX");
    if (!mkdtemp(p->root))
        return -1;
    snprintf(p->dir, sizeof(p->dir), "%s/c", p->root);
    setenv("TT_CACHE_DIR", p->dir, 1);
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
    free(p);
    return 0;
}

static void reopen(struct place *p)
{
    tt_cache_close(&p->cache);
    tt_cache_open(&p->cache);
}

static bool is_loaded(struct place *p)
{
    void *data = NULL;
    size_t len = 0;
    bool same;

    if (!tt_cache_load(&p->cache, key, &data, &len))
        return false;
    same = len == sizeof(contents) && memcmp(data, contents, len) == 0;
    free(data);
    assert_true(same);
    return true;
}

static void store(struct place *p)
{
    assert_true(tt_cache_store(&p->cache, key, contents, sizeof(contents)));
}

static void read_entry(struct place *p, void **data, size_t *len)
{
    assert_true(tt_cache_read_file(p->cache.dir, entry_file, 4096, data, len));
}

static void write_entry(struct place *p, const void *data, size_t len)
{
    int fd =
        openat(p->cache.dir, entry_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    close(fd);
}

/* ---- hashing ---- */

static void check_hash(const char *text, size_t repeat, const char *expected)
{
    uint8_t digest[TT_SHA256_SIZE];
    char hex[2 * TT_SHA256_SIZE + 1];
    struct tt_sha256 ctx;

    tt_sha256_init(&ctx);
    for (size_t i = 0; i < repeat; i++)
        tt_sha256_add(&ctx, text, strlen(text));
    tt_sha256_end(&ctx, digest);
    tt_sha256_hex(digest, hex, TT_SHA256_SIZE);
    assert_string_equal(hex, expected);
}

/* The examples of FIPS 180-4 and of NIST's example values. */
static void sha256_gives_the_published_values(void **state)
{
    (void)state;
    check_hash("", 1,
               "e3b0c44298fc1c149afbf4c8996fb924"
               "27ae41e4649b934ca495991b7852b855");
    check_hash("abc", 1,
               "ba7816bf8f01cfea414140de5dae2223"
               "b00361a396177a9cb410ff61f20015ad");
    check_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
               "248d6a61d20638b8e5c026930c3e6039"
               "a33ce45964ff2167f6ecedd419db06c1");
    check_hash("a", 1000000,
               "cdc76e5c9914fb9281a1c7e284d73e67"
               "f1809a48a497200e046d39ccc7112cd0");
}

static void sha256_does_not_depend_on_how_bytes_are_cut(void **state)
{
    uint8_t data[300];
    uint8_t whole[TT_SHA256_SIZE];
    uint8_t parts[TT_SHA256_SIZE];
    struct tt_sha256 ctx;

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t len = 0; len <= sizeof(data); len++) {
        tt_sha256_init(&ctx);
        tt_sha256_add(&ctx, data, len);
        tt_sha256_end(&ctx, whole);
        tt_sha256_init(&ctx);
        tt_sha256_add(&ctx, data, len / 3);
        tt_sha256_add(&ctx, data + len / 3, len - len / 3);
        tt_sha256_end(&ctx, parts);
        assert_memory_equal(whole, parts, sizeof(whole));
    }
}

/* ---- entries ---- */

static void a_stored_entry_is_loaded(void **state)
{
    struct place *p = *state;

    assert_false(is_loaded(p));
    store(p);
    assert_true(is_loaded(p));
    reopen(p);
    assert_true(is_loaded(p));
}

static void an_entry_of_another_key_is_not_taken(void **state)
{
    static const char other[] = "e-0102040000000000000000000000000000000000";
    static const uint8_t other_key[TT_SHA256_SIZE] = {1, 2, 4};
    struct place *p = *state;
    void *data;
    size_t len;

    store(p);
    assert_int_equal(renameat(p->cache.dir, entry_file, p->cache.dir, other),
                     0);
    assert_false(is_loaded(p));
    assert_false(tt_cache_load(&p->cache, other_key, &data, &len));
}

static void an_entry_with_any_bit_flipped_is_refused(void **state)
{
    struct place *p = *state;
    uint8_t *bytes;
    void *data;
    size_t len;

    store(p);
    read_entry(p, &data, &len);
    bytes = data;
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x10;
        write_entry(p, data, len);
        assert_false(is_loaded(p));
        bytes[i] ^= 0x10;
    }
    write_entry(p, data, len);
    assert_true(is_loaded(p));
    free(data);
}

static void an_entry_of_any_other_length_is_refused(void **state)
{
    struct place *p = *state;
    uint8_t longer[512] = {0};
    void *data;
    size_t len;

    store(p);
    read_entry(p, &data, &len);
    for (size_t cut = 0; cut < len; cut++) {
        write_entry(p, data, cut);
        assert_false(is_loaded(p));
    }
    assert_true(len < sizeof(longer));
    memcpy(longer, data, len);
    write_entry(p, longer, len + 1);
    assert_false(is_loaded(p));
    free(data);
}

static void a_damaged_entry_can_be_stored_anew(void **state)
{
    struct place *p = *state;

    write_entry(p, "rubbish", 7);
    assert_false(is_loaded(p));
    store(p);
    assert_true(is_loaded(p));
}

static void an_entry_that_is_a_link_is_refused(void **state)
{
    struct place *p = *state;

    store(p);
    assert_int_equal(
        renameat(p->cache.dir, entry_file, p->cache.dir, "elsewhere"), 0);
    assert_int_equal(symlinkat("elsewhere", p->cache.dir, entry_file), 0);
    assert_false(is_loaded(p));
    store(p);
    assert_true(is_loaded(p));
}

static void an_entry_that_is_no_file_is_refused(void **state)
{
    struct place *p = *state;

    assert_int_equal(mkfifoat(p->cache.dir, entry_file, 0600), 0);
    assert_false(is_loaded(p)); /* and does not wait for a writer */
    assert_int_equal(unlinkat(p->cache.dir, entry_file, 0), 0);
    assert_int_equal(mkdirat(p->cache.dir, entry_file, 0700), 0);
    assert_false(is_loaded(p));
    assert_false(tt_cache_store(&p->cache, key, contents, 1));
}

/* ---- the directory ---- */

static void a_new_directory_is_for_its_owner_only(void **state)
{
    struct place *p = *state;
    char nested[128];
    struct stat st;

    snprintf(nested, sizeof(nested), "%s/a/b/c/", p->root);
    setenv("TT_CACHE_DIR", nested, 1);
    reopen(p);
    assert_true(p->cache.dir >= 0);
    assert_int_equal(stat(nested, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    store(p);
}

static void xdg_and_home_are_used_in_this_order(void **state)
{
    struct place *p = *state;
    char expected[96];

    unsetenv("TT_CACHE_DIR");
    setenv("XDG_CACHE_HOME", p->root, 1);
    reopen(p);
    snprintf(expected, sizeof(expected), "%s/tt_plugin", p->root);
    assert_string_equal(p->cache.path, expected);

    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", p->root, 1);
    reopen(p);
    snprintf(expected, sizeof(expected), "%s/.cache/tt_plugin", p->root);
    assert_string_equal(p->cache.path, expected);

    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
}

static void a_directory_that_others_may_enter_is_refused(void **state)
{
    struct place *p = *state;

    store(p);
    assert_int_equal(chmod(p->dir, 0750), 0);
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
    assert_false(is_loaded(p));
    assert_false(tt_cache_store(&p->cache, key, contents, sizeof(contents)));
    assert_int_equal(chmod(p->dir, 0705), 0);
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
}

static void a_link_to_a_directory_is_refused(void **state)
{
    struct place *p = *state;
    char link[96];

    snprintf(link, sizeof(link), "%s/link", p->root);
    assert_int_equal(symlink(p->dir, link), 0);
    setenv("TT_CACHE_DIR", link, 1);
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
    strcat(link, "/");
    setenv("TT_CACHE_DIR", link, 1);
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
}

static void a_directory_of_another_user_is_refused(void **state)
{
    struct place *p = *state;

    if (geteuid() != 0) {
        setenv("TT_CACHE_DIR", "/usr", 1); /* root's */
    } else {
        assert_int_equal(chown(p->dir, NOBODY, NOBODY), 0);
    }
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
}

static void a_file_in_place_of_the_directory_is_refused(void **state)
{
    struct place *p = *state;
    char file[96];

    snprintf(file, sizeof(file), "%s/file", p->root);
    assert_int_equal(tt_cache_write_file(file, "x", 1), NXS_Success);
    setenv("TT_CACHE_DIR", file, 1);
    reopen(p);
    assert_int_equal(p->cache.dir, -1);
}

/* Runs in a child that is not root, so that permissions count. */
static int use_read_only(struct place *p)
{
    static const uint8_t new_key[TT_SHA256_SIZE] = {9};

    if (geteuid() == 0 && (setgid(NOBODY) || setuid(NOBODY)))
        return 2;
    reopen(p);
    if (p->cache.dir < 0 || !is_loaded(p))
        return 3;
    return tt_cache_store(&p->cache, new_key, "x", 1) ? 4 : 0;
}

static void run_in_child(struct place *p, int (*use)(struct place *))
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(use(p));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_read_only_directory_still_serves_its_entries(void **state)
{
    struct place *p = *state;
    char entry[160];

    store(p);
    snprintf(entry, sizeof(entry), "%s/%s", p->dir, entry_file);
    assert_int_equal(chmod(p->dir, 0500), 0);
    if (geteuid() == 0) {
        assert_int_equal(chmod(p->root, 0711), 0);
        assert_int_equal(chown(p->dir, NOBODY, NOBODY), 0);
        assert_int_equal(chown(entry, NOBODY, NOBODY), 0);
    }
    run_in_child(p, use_read_only);
    if (geteuid() == 0)
        assert_int_equal(chown(p->dir, 0, 0), 0);
    assert_int_equal(chmod(p->dir, 0700), 0);
}

/* A limit on file sizes stands for a full disk: writes stop half-way. */
static int use_full_disk(struct place *p)
{
    const struct rlimit small = {95, 95};

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &small))
        return 2;
    if (tt_cache_store(&p->cache, key, contents, sizeof(contents)))
        return 3;
    return is_loaded(p) ? 4 : 0;
}

static void a_full_disk_leaves_no_entry_and_no_rubbish(void **state)
{
    struct place *p = *state;

    run_in_child(p, use_full_disk);
    assert_int_equal(rmdir(p->dir), 0); /* empty */
}

/* ---- embedded files and places to work in ---- */

static const struct tt_embed_file files[] = {
    {"include/a.h", (const unsigned char *)"first", 5},
    {"include/deep/down/b", (const unsigned char *)"", 0},
    {"firmware/c.ld", (const unsigned char *)"third", 5},
};

static void check_file(const char *dir, const char *name, const char *text)
{
    char path[PATH_MAX];
    void *data;
    size_t len;

    assert_true(snprintf(path, sizeof(path), "%s/%s", dir, name) < PATH_MAX);
    assert_true(tt_cache_read_file(AT_FDCWD, path, 100, &data, &len));
    assert_string_equal(data, text);
    free(data);
}

static void unpack(struct place *p, char *dir, bool *is_private)
{
    assert_int_equal(
        tt_cache_unpack(&p->cache, files, 3, "src-1", dir, is_private),
        NXS_Success);
    check_file(dir, "include/a.h", "first");
    check_file(dir, "include/deep/down/b", "");
    check_file(dir, "firmware/c.ld", "third");
}

static void embedded_files_are_unpacked_once(void **state)
{
    struct place *p = *state;
    char dir[PATH_MAX];
    bool is_private;
    struct stat first;
    struct stat again;

    unpack(p, dir, &is_private);
    assert_false(is_private);
    assert_int_equal(stat(dir, &first), 0);
    unpack(p, dir, &is_private);
    assert_int_equal(stat(dir, &again), 0);
    assert_int_equal(first.st_ino, again.st_ino);
}

static void a_damaged_folder_of_embedded_files_is_replaced(void **state)
{
    struct place *p = *state;
    char dir[PATH_MAX];
    char path[PATH_MAX + 16];
    bool is_private;

    unpack(p, dir, &is_private);
    snprintf(path, sizeof(path), "%s/firmware/c.ld", dir);
    assert_int_equal(unlink(path), 0);
    unpack(p, dir, &is_private);
    assert_int_equal(truncate(path, 2), 0);
    unpack(p, dir, &is_private);
    assert_false(is_private);
}

static void without_a_cache_embedded_files_get_a_private_folder(void **state)
{
    struct place *p = *state;
    char dir[PATH_MAX];
    bool is_private;
    struct stat st;

    tt_cache_close(&p->cache);
    setenv("TMPDIR", p->root, 1);
    unpack(p, dir, &is_private);
    unsetenv("TMPDIR");
    assert_true(is_private);
    assert_int_equal(strncmp(dir, p->root, strlen(p->root)), 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_useless_tmpdir_is_passed_over(void **state)
{
    struct place *p = *state;
    char dir[PATH_MAX];

    setenv("TMPDIR", "/nonexistent/folder", 1);
    assert_int_equal(tt_cache_make_temp(&p->cache, dir), NXS_Success);
    unsetenv("TMPDIR");
    assert_int_equal(rmdir(dir), 0);
}

static void removing_a_tree_does_not_follow_links(void **state)
{
    struct place *p = *state;
    char victim[96];
    char tree[96];
    char link[112];

    snprintf(victim, sizeof(victim), "%s/victim", p->root);
    snprintf(tree, sizeof(tree), "%s/tree", p->root);
    snprintf(link, sizeof(link), "%s/link", tree);
    assert_int_equal(mkdir(victim, 0700), 0);
    assert_int_equal(mkdir(tree, 0700), 0);
    assert_int_equal(symlink(victim, link), 0);
    tt_cache_remove_tree(tree);
    assert_int_equal(access(tree, F_OK), -1);
    assert_int_equal(access(victim, F_OK), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_values),
        cmocka_unit_test(sha256_does_not_depend_on_how_bytes_are_cut),
        TEST(a_stored_entry_is_loaded),
        TEST(an_entry_of_another_key_is_not_taken),
        TEST(an_entry_with_any_bit_flipped_is_refused),
        TEST(an_entry_of_any_other_length_is_refused),
        TEST(a_damaged_entry_can_be_stored_anew),
        TEST(an_entry_that_is_a_link_is_refused),
        TEST(an_entry_that_is_no_file_is_refused),
        TEST(a_new_directory_is_for_its_owner_only),
        TEST(xdg_and_home_are_used_in_this_order),
        TEST(a_directory_that_others_may_enter_is_refused),
        TEST(a_link_to_a_directory_is_refused),
        TEST(a_directory_of_another_user_is_refused),
        TEST(a_file_in_place_of_the_directory_is_refused),
        TEST(a_read_only_directory_still_serves_its_entries),
        TEST(a_full_disk_leaves_no_entry_and_no_rubbish),
        TEST(embedded_files_are_unpacked_once),
        TEST(a_damaged_folder_of_embedded_files_is_replaced),
        TEST(without_a_cache_embedded_files_get_a_private_folder),
        TEST(a_useless_tmpdir_is_passed_over),
        TEST(removing_a_tree_does_not_follow_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
