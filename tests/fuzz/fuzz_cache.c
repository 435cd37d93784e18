/* SPDX-License-Identifier: MIT */
/* A file in the cache directory that somebody else has written. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jit/cache.h"
#include "jit/entry.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t key[TT_SHA256_SIZE] = {1, 2, 3};
static const char entry_file[] = "e-0102030000000000000000000000000000000000";

/* In memory where there is such a place. */
static char in_memory[] = "/dev/shm/fuzz_cache-XXXXXX";
static char on_disk[] = "/tmp/fuzz_cache-XXXXXX";
static const char *dir;

static void clean_up(void)
{
    tt_cache_remove_tree(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    dir = mkdtemp(in_memory);
    if (!dir)
        dir = mkdtemp(on_disk);
    if (!dir || setenv("TT_CACHE_DIR", dir, 1) || atexit(clean_up))
        exit(77);
    return 0;
}

static void write_raw(const struct tt_cache *cache, const uint8_t *data,
                      size_t size)
{
    int fd = openat(cache->dir, entry_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

/* What a program's users do with it. */
static void use(struct tt_build *build)
{
    struct tt_entry *entry = tt_entry_new(build, key);
    uint64_t sum = 0;

    if (!entry) {
        tt_build_free(build);
        return;
    }
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        const struct tt_jit_image *image = &entry->program.image[risc];
        const uint8_t *bytes = image->data;

        for (uint32_t i = 0; i < image->size; i++)
            sum += bytes[i];
        FUZZ_CHECK(!image->size || image->entry - image->addr < image->size);
    }
    (void)tt_entry_fresh(entry);
    FUZZ_CHECK(sum < UINT64_MAX);
    tt_entry_put(entry);
}

/* What was read back and unpacked must say the same when it is packed. */
static void check_packing(const void *data, size_t len,
                          const struct tt_build *build)
{
    struct tt_text bytes = {0};

    tt_entry_pack(build, &bytes);
    FUZZ_CHECK(bytes.failed ||
               (bytes.len == len && memcmp(bytes.data, data, len) == 0));
    tt_text_free(&bytes);
}

static void unpack(const void *data, size_t len)
{
    struct tt_build build;

    if (!tt_entry_unpack(data, len, &build))
        return;
    check_packing(data, len, &build);
    use(&build);
}

/* Through a file: @sealed: with a seal that is right. */
static void load(const uint8_t *data, size_t size, bool sealed)
{
    struct tt_cache cache;
    void *read = NULL;
    size_t len = 0;
    bool found;

    tt_cache_open(&cache);
    FUZZ_CHECK(cache.dir >= 0);
    if (sealed)
        FUZZ_CHECK(tt_cache_store(&cache, key, data, size));
    else
        write_raw(&cache, data, size);
    found = tt_cache_load(&cache, key, &read, &len);
    FUZZ_CHECK(found || !sealed);
    if (found)
        unpack(read, len);
    free(read);
    tt_cache_close(&cache);
}

/* The first byte says whether the rest is the file, the contents of a file
 * whose seal is right, or the contents without a file, which is quicker. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] < 0xF0)
        unpack(data + 1, size - 1);
    else
        load(data + 1, size - 1, data[0] & 1);
    return 0;
}
