/* SPDX-License-Identifier: MIT */
/* Descriptions to programs: memory cache, disk cache, compiler, in order. */
#include "jit/tt_jit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jit/cache.h"
#include "jit/compile.h"
#include "jit/embed.h"
#include "jit/entry.h"
#include "jit/lines.h"
#include "jit/source.h"
#include "jit/tidy.h"
#include "jit/toolchain.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define MAX_KEPT 256u

/**
 * struct tt_jit - a compiler with its caches
 *
 * @lock guards everything; it is not held while compiling. What set_up()
 * writes does not change afterwards, so that a compilation may read it
 * without the lock.
 */
struct tt_jit {
    pthread_mutex_t lock;
    bool is_open;
    struct tt_cache cache;
    uint8_t embed_hash[TT_SHA256_SIZE];
    char tree[PATH_MAX]; /* folder of the embedded files */
    bool tree_is_private;
    int tree_hold;                /* of a private one, see tt_tidy_hold() */
    atomic_uint_fast64_t next_id; /* of a program */
    struct tt_entry *kept;        /* most recently used first */
    unsigned n_kept;
    struct tt_entry *firmware;
};

nxs_status tt_jit_new(struct tt_jit **out)
{
    struct tt_jit *jit = calloc(1, sizeof(*jit));

    if (!jit)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a compiler");
    if (pthread_mutex_init(&jit->lock, NULL)) {
        free(jit);
        return TT_FAIL(NXS_OutOfHostMemory,
                       "no memory for the lock of the compiler");
    }
    atomic_init(&jit->next_id, 1);
    *out = jit;
    return NXS_Success;
}

void tt_jit_free(struct tt_jit *jit)
{
    if (!jit)
        return;
    while (jit->kept) {
        struct tt_entry *entry = jit->kept;

        jit->kept = entry->next;
        tt_entry_put(entry);
    }
    tt_entry_put(jit->firmware);
    if (jit->is_open)
        tt_cache_close(&jit->cache);
    if (jit->tree_is_private) {
        tt_cache_remove_tree(jit->tree);
        if (jit->tree_hold >= 0)
            close(jit->tree_hold);
    }
    pthread_mutex_destroy(&jit->lock);
    free(jit);
}

void tt_jit_put(struct tt_jit *jit, const struct tt_jit_program *program)
{
    (void)jit;
    /* The program is the first member of its entry, which was not const. */
    tt_entry_put((struct tt_entry *)(uintptr_t)program);
}

/* ---- memory cache, under the lock ---- */

static struct tt_entry *unlink_entry(struct tt_jit *jit, const uint8_t *key)
{
    for (struct tt_entry **at = &jit->kept; *at; at = &(*at)->next) {
        struct tt_entry *entry = *at;

        if (memcmp(entry->key, key, TT_SHA256_SIZE) != 0)
            continue;
        *at = entry->next;
        jit->n_kept--;
        return entry;
    }
    return NULL;
}

/* Takes over one reference. */
static void keep_locked(struct tt_jit *jit, struct tt_entry *entry)
{
    tt_entry_put(unlink_entry(jit, entry->key));
    entry->next = jit->kept;
    jit->kept = entry;
    if (++jit->n_kept <= MAX_KEPT)
        return;
    while (entry->next->next)
        entry = entry->next;
    tt_entry_put(entry->next);
    entry->next = NULL;
    jit->n_kept--;
}

/* A reference to the kept program, or NULL. */
static struct tt_entry *recall(struct tt_jit *jit, const uint8_t *key)
{
    struct tt_entry *entry;

    pthread_mutex_lock(&jit->lock);
    entry = unlink_entry(jit, key);
    if (entry && !tt_entry_fresh(entry)) {
        tt_entry_put(entry);
        entry = NULL;
    }
    if (entry) {
        tt_entry_ref(entry);
        keep_locked(jit, entry);
    }
    pthread_mutex_unlock(&jit->lock);
    return entry;
}

static void keep(struct tt_jit *jit, struct tt_entry *entry)
{
    if (entry->build.racy)
        return;
    tt_entry_ref(entry);
    pthread_mutex_lock(&jit->lock);
    keep_locked(jit, entry);
    pthread_mutex_unlock(&jit->lock);
}

/* ---- disk cache ---- */

static void hash_embedded(uint8_t *out)
{
    struct tt_sha256 ctx;

    tt_sha256_init(&ctx);
    for (size_t i = 0; i < tt_embed_count; i++) {
        const struct tt_embed_file *file = &tt_embed_files[i];
        uint64_t size = file->size;

        tt_sha256_add(&ctx, file->name, strlen(file->name) + 1);
        tt_sha256_add(&ctx, &size, sizeof(size));
        tt_sha256_add(&ctx, file->data, file->size);
    }
    tt_compile_hash_options(&ctx);
    tt_sha256_end(&ctx, out);
}

static void set_up(struct tt_jit *jit)
{
    pthread_mutex_lock(&jit->lock);
    if (!jit->is_open) {
        tt_cache_open(&jit->cache);
        hash_embedded(jit->embed_hash);
        jit->is_open = true;
    }
    pthread_mutex_unlock(&jit->lock);
}

/* What else shapes the code: our headers, firmware and options, and the
 * compiler, which is known well enough by its file. */
static void disk_key(const struct tt_jit *jit, const struct tt_tool *tool,
                     const uint8_t *key, uint8_t *out)
{
    struct tt_sha256 ctx;

    tt_sha256_init(&ctx);
    tt_sha256_add(&ctx, key, TT_SHA256_SIZE);
    tt_sha256_add(&ctx, jit->embed_hash, sizeof(jit->embed_hash));
    tt_sha256_add(&ctx, tool->path, strlen(tool->path) + 1);
    tt_sha256_add(&ctx, &tool->size, sizeof(tool->size));
    tt_sha256_add(&ctx, &tool->mtime_ns, sizeof(tool->mtime_ns));
    tt_sha256_end(&ctx, out);
}

static struct tt_entry *load(const struct tt_jit *jit, const uint8_t *on_disk,
                             const uint8_t *key)
{
    struct tt_entry *entry = NULL;
    struct tt_build build;
    void *data;
    size_t len;

    if (!tt_cache_load(&jit->cache, on_disk, &data, &len))
        return NULL;
    if (tt_entry_unpack(data, len, &build)) {
        entry = tt_entry_new(&build, key);
        if (!entry)
            tt_build_free(&build);
    }
    free(data);
    if (entry && !tt_entry_fresh(entry)) {
        tt_entry_put(entry);
        entry = NULL;
    }
    return entry;
}

static void store(const struct tt_jit *jit, const uint8_t *on_disk,
                  const struct tt_entry *entry)
{
    struct tt_text bytes = {0};

    if (entry->build.racy)
        return;
    tt_entry_pack(&entry->build, &bytes);
    if (!bytes.failed)
        (void)tt_cache_store(&jit->cache, on_disk, bytes.data, bytes.len);
    tt_text_free(&bytes);
}

/* ---- building ---- */

/* The folder of embedded files, checked or made anew each time (somebody may
 * have emptied the cache), as a copy: jit->tree may change. */
static nxs_status unpack_tree(struct tt_jit *jit, char *out)
{
    char name[4 + 2 * 16 + 1] = "src-";
    nxs_status status = NXS_Success;

    tt_sha256_hex(jit->embed_hash, name + 4, 16);
    pthread_mutex_lock(&jit->lock);
    if (!jit->tree_is_private) {
        status = tt_cache_unpack(&jit->cache, tt_embed_files, tt_embed_count,
                                 name, jit->tree, &jit->tree_is_private);
        if (jit->tree_is_private)
            jit->tree_hold = tt_tidy_hold(jit->tree);
    }
    memcpy(out, jit->tree, sizeof(jit->tree));
    pthread_mutex_unlock(&jit->lock);
    return status;
}

/* desc NULL: the firmware. */
static nxs_status compile(struct tt_jit *jit, const struct tt_tool *tool,
                          const struct tt_jit_desc *desc, const uint8_t *key,
                          struct tt_jit_report *report, struct tt_entry **out)
{
    char tree[PATH_MAX];
    const struct tt_compiler compiler = {tool, &jit->cache, tree};
    nxs_status status = unpack_tree(jit, tree);
    struct tt_build build;

    if (status)
        return status;
    status = desc ? tt_compile_kernels(&compiler, desc, report->log, &build)
                  : tt_compile_firmware(&compiler, report->log, &build);
    tt_tidy(&jit->cache);
    if (status)
        return status;
    *out = tt_entry_new(&build, key);
    if (*out)
        return NXS_Success;
    tt_build_free(&build);
    return TT_FAIL(NXS_OutOfHostMemory, "no memory for a program");
}

/* From disk or compiler; desc NULL: the firmware. */
static nxs_status fetch(struct tt_jit *jit, const struct tt_jit_desc *desc,
                        const uint8_t *key, struct tt_jit_report *report,
                        struct tt_entry **out)
{
    uint8_t on_disk[TT_SHA256_SIZE];
    struct tt_tool tool;
    nxs_status status;

    set_up(jit);
    status = tt_tool_find(&tool);
    if (status) {
        snprintf(report->log, sizeof(report->log), "%s", tt_log_last_error());
        return status;
    }
    disk_key(jit, &tool, key, on_disk);
    *out = load(jit, on_disk, key);
    report->from = *out ? "disk" : "compiled";
    if (!*out) {
        status = compile(jit, &tool, desc, key, report, out);
        if (!status)
            store(jit, on_disk, *out);
    }
    if (!status)
        (*out)->program.id = atomic_fetch_add(&jit->next_id, 1);
    return status;
}

static nxs_status build(struct tt_jit *jit, const struct tt_jit_desc *desc,
                        struct tt_jit_report *report, struct tt_entry **out)
{
    uint8_t key[TT_SHA256_SIZE];
    nxs_status status = tt_source_check(desc);

    if (status)
        return status;
    tt_source_key(desc, key);
    *out = recall(jit, key);
    if (*out) {
        report->from = "memory";
        return NXS_Success;
    }
    status = fetch(jit, desc, key, report, out);
    if (!status)
        keep(jit, *out);
    return status;
}

static void begin(struct tt_jit_report *report)
{
    report->from = "compiled";
    report->ns = tt_clock_ns();
    report->log[0] = '\0';
}

/* What the log says ends up in the report, whatever failed. */
static nxs_status finish(struct tt_jit_report *report, nxs_status status)
{
    report->ns = tt_clock_ns() - report->ns;
    if (status < 0 && !report->log[0])
        snprintf(report->log, sizeof(report->log), "%s", tt_log_last_error());
    return status;
}

nxs_status tt_jit_build(struct tt_jit *jit, const struct tt_jit_desc *desc,
                        struct tt_jit_report *report,
                        const struct tt_jit_program **out)
{
    struct tt_entry *entry = NULL;
    nxs_status status;

    begin(report);
    status = finish(report, build(jit, desc, report, &entry));
    if (status)
        return status;
    tt_log(TT_LOG_DEBUG, "program %s in %llu us", report->from,
           (unsigned long long)report->ns / 1000);
    *out = &entry->program;
    return NXS_Success;
}

/* The firmware if somebody has fetched it already. */
static struct tt_entry *known_firmware(struct tt_jit *jit)
{
    struct tt_entry *entry;

    pthread_mutex_lock(&jit->lock);
    entry = jit->firmware;
    pthread_mutex_unlock(&jit->lock);
    return entry;
}

/* Makes entry the firmware, unless another thread was first; then entry is
 * dropped: the other's images are in use. */
static struct tt_entry *keep_firmware(struct tt_jit *jit,
                                      struct tt_entry *entry)
{
    pthread_mutex_lock(&jit->lock);
    if (jit->firmware)
        tt_entry_put(entry);
    else
        jit->firmware = entry;
    entry = jit->firmware;
    pthread_mutex_unlock(&jit->lock);
    return entry;
}

nxs_status tt_jit_firmware(struct tt_jit *jit, const char *arch,
                           struct tt_jit_report *report,
                           const struct tt_jit_image **out)
{
    /* Not a hash: no description can have this key. */
    static const uint8_t key[TT_SHA256_SIZE] = "firmware";
    struct tt_entry *entry = known_firmware(jit);
    nxs_status status = NXS_Success;

    begin(report);
    if (!arch || strcmp(arch, "wormhole") != 0)
        return finish(report, TT_FAIL(NXS_InvalidValue,
                                      "no firmware for architecture \"%s\"",
                                      arch ? arch : ""));
    report->from = "memory";
    if (!entry) {
        status = fetch(jit, NULL, key, report, &entry);
        if (!status)
            entry = keep_firmware(jit, entry);
    }
    status = finish(report, status);
    if (!status)
        *out = entry->program.image;
    return status;
}

static bool has_code(const struct tt_entry *entry, unsigned risc, uint32_t pc)
{
    const struct tt_jit_image *image = &entry->program.image[risc];

    return pc >= image->addr && pc - image->addr < image->size;
}

enum tt_jit_line tt_jit_line(struct tt_jit *jit,
                             const struct tt_jit_program *program,
                             unsigned risc, uint32_t pc, char *out, size_t size)
{
    /* The program is the first member of its entry. */
    const struct tt_entry *entry = (const struct tt_entry *)program;

    if (risc >= TT_N_RISC)
        return TT_JIT_LINE_NONE;
    if (!has_code(entry, risc, pc))
        entry = known_firmware(jit);
    if (!entry || !has_code(entry, risc, pc))
        return TT_JIT_LINE_NONE;
    set_up(jit);
    return tt_lines_find(&jit->cache, &entry->build.elf[risc], pc, out, size);
}
