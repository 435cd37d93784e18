/* SPDX-License-Identifier: MIT */
/* A finished program in memory and as bytes of a cache entry. */
#include "jit/entry.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPS 4096u

/** struct cursor - unread bytes; once failed, it gives zeros */
struct cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
};

struct tt_entry *tt_entry_new(struct tt_build *build,
                              const uint8_t key[TT_SHA256_SIZE])
{
    struct tt_entry *entry = calloc(1, sizeof(*entry));

    if (!entry)
        return NULL;
    entry->build = *build;
    *build = (struct tt_build){.marks.accessor_base = UINT32_MAX};
    memcpy(entry->program.image, entry->build.image,
           sizeof(entry->program.image));
    entry->program.uses = entry->build.marks.uses;
    entry->program.accessor_base = entry->build.marks.accessor_base;
    memcpy(entry->key, key, TT_SHA256_SIZE);
    atomic_init(&entry->n_refs, 1);
    return entry;
}

void tt_entry_ref(struct tt_entry *entry)
{
    atomic_fetch_add_explicit(&entry->n_refs, 1, memory_order_relaxed);
}

void tt_entry_put(struct tt_entry *entry)
{
    /* acq_rel: every holder's reads come before the last one's free. */
    if (!entry ||
        atomic_fetch_sub_explicit(&entry->n_refs, 1, memory_order_acq_rel) != 1)
        return;
    tt_build_free(&entry->build);
    free(entry);
}

bool tt_entry_fresh(struct tt_entry *entry)
{
    for (size_t i = 0; i < entry->build.n_deps; i++) {
        if (!tt_dep_fresh(&entry->build.deps[i]))
            return false;
    }
    return true;
}

static void put_u32(struct tt_text *out, uint32_t v)
{
    tt_text_add(out, &v, sizeof(v));
}

static void put_u64(struct tt_text *out, uint64_t v)
{
    tt_text_add(out, &v, sizeof(v));
}

void tt_entry_pack(const struct tt_build *build, struct tt_text *out)
{
    put_u32(out, build->marks.uses);
    put_u32(out, build->marks.accessor_base);
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        const struct tt_jit_image *image = &build->image[risc];

        put_u32(out, image->size);
        put_u32(out, image->addr);
        put_u32(out, image->entry);
        tt_text_add(out, image->data, image->size);
        put_u32(out, build->elf[risc].size);
        tt_text_add(out, build->elf[risc].data, build->elf[risc].size);
    }
    put_u32(out, (uint32_t)build->n_deps);
    for (size_t i = 0; i < build->n_deps; i++) {
        const struct tt_dep *dep = &build->deps[i];
        size_t len = strlen(dep->path);

        put_u32(out, (uint32_t)len);
        tt_text_add(out, dep->path, len);
        tt_text_add(out, dep->hash, sizeof(dep->hash));
        put_u64(out, dep->size);
        put_u64(out, (uint64_t)dep->ctime_ns);
        put_u64(out, dep->inode);
    }
}

static const uint8_t *take(struct cursor *c, size_t len)
{
    const uint8_t *at = c->at;

    if (c->failed || len > c->left) {
        c->failed = true;
        return NULL;
    }
    c->at += len;
    c->left -= len;
    return at;
}

static void take_to(struct cursor *c, void *dst, size_t len)
{
    const uint8_t *from = take(c, len);

    if (from)
        memcpy(dst, from, len);
    else
        memset(dst, 0, len);
}

static uint32_t take_u32(struct cursor *c)
{
    uint32_t v;

    take_to(c, &v, sizeof(v));
    return v;
}

static uint64_t take_u64(struct cursor *c)
{
    uint64_t v;

    take_to(c, &v, sizeof(v));
    return v;
}

/* A copy of the next len bytes with a NUL behind them. */
static void *take_copy(struct cursor *c, size_t len)
{
    const uint8_t *from = take(c, len);
    char *copy = from ? malloc(len + 1) : NULL;

    if (!copy) {
        c->failed = true;
        return NULL;
    }
    memcpy(copy, from, len);
    copy[len] = '\0';
    return copy;
}

static void take_image(struct cursor *c, struct tt_jit_image *image,
                       struct tt_elf_file *elf)
{
    image->size = take_u32(c);
    image->addr = take_u32(c);
    image->entry = take_u32(c);
    image->data = take_copy(c, image->size);
    if (image->size && (image->entry < image->addr ||
                        image->entry - image->addr >= image->size))
        c->failed = true;
    elf->size = take_u32(c);
    elf->data = take_copy(c, elf->size);
}

static void take_dep(struct cursor *c, struct tt_dep *dep)
{
    size_t len = take_u32(c);

    dep->path = take_copy(c, len);
    if (dep->path && strlen(dep->path) != len)
        c->failed = true; /* no name: it ends before its end */
    take_to(c, dep->hash, sizeof(dep->hash));
    dep->size = take_u64(c);
    dep->ctime_ns = (int64_t)take_u64(c);
    dep->inode = take_u64(c);
}

bool tt_entry_unpack(const void *data, size_t len, struct tt_build *out)
{
    struct cursor c = {.at = data, .left = len};
    uint32_t n_deps;

    *out = (struct tt_build){0};
    out->marks.uses = take_u32(&c);
    out->marks.accessor_base = take_u32(&c);
    for (unsigned risc = 0; risc < TT_N_RISC; risc++)
        take_image(&c, &out->image[risc], &out->elf[risc]);
    n_deps = take_u32(&c);
    if (n_deps > MAX_DEPS)
        c.failed = true;
    if (!c.failed && n_deps > 0) {
        out->deps = calloc(n_deps, sizeof(*out->deps));
        if (!out->deps)
            c.failed = true;
    }
    while (!c.failed && out->n_deps < n_deps)
        take_dep(&c, &out->deps[out->n_deps++]);
    if (!c.failed && c.left == 0)
        return true;
    tt_build_free(out);
    return false;
}
