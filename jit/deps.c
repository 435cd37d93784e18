/* SPDX-License-Identifier: MIT */
/* Files that a kernel includes: found, hashed, checked for changes. */
#include "jit/compile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "jit/text.h"
#include "pool/tt_log.h"

#define MAX_INCLUDED (16u << 20)

static int64_t time_of(const struct timespec *t)
{
    return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

/* The file as it is now; returns false if it cannot be read. */
static bool look(const char *path, struct tt_dep *now)
{
    struct tt_sha256 ctx;
    struct stat st;
    void *data;
    size_t len;

    if (stat(path, &st) ||
        !tt_cache_read_file(AT_FDCWD, path, MAX_INCLUDED, &data, &len))
        return false;
    tt_sha256_init(&ctx);
    tt_sha256_add(&ctx, data, len);
    tt_sha256_end(&ctx, now->hash);
    free(data);
    now->size = (uint64_t)st.st_size;
    now->ctime_ns = time_of(&st.st_ctim);
    now->inode = st.st_ino;
    return true;
}

bool tt_dep_fresh(struct tt_dep *dep)
{
    struct tt_dep now = {.path = dep->path};
    struct stat st;

    if (stat(dep->path, &st))
        return false;
    if ((uint64_t)st.st_size == dep->size && st.st_ino == dep->inode &&
        time_of(&st.st_ctim) == dep->ctime_ns)
        return true;
    if (!look(dep->path, &now) ||
        memcmp(now.hash, dep->hash, sizeof(now.hash)) != 0)
        return false;
    *dep = now;
    return true;
}

nxs_status tt_dep_add(struct tt_build *build, const char *path,
                      int64_t since_ns)
{
    struct tt_dep dep = {0};
    struct tt_dep *grown;

    for (size_t i = 0; i < build->n_deps; i++) {
        if (strcmp(build->deps[i].path, path) == 0)
            return NXS_Success;
    }
    if (!look(path, &dep) || dep.ctime_ns >= since_ns)
        build->racy = true;
    grown = realloc(build->deps, (build->n_deps + 1) * sizeof(*grown));
    if (grown)
        build->deps = grown;
    dep.path = strdup(path);
    if (!grown || !dep.path) {
        free(dep.path);
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for dependency %zu",
                       build->n_deps);
    }
    build->deps[build->n_deps++] = dep;
    return NXS_Success;
}

/* Adds the next name of a make rule to out, without its escapes ("\ ", "\#",
 * "$$" and line ends); returns where it ends, NULL at the end of the rule. */
static const char *next_name(const char *p, struct tt_text *out)
{
    for (;; p++) {
        if (p[0] == '\\' && p[1] == '\n')
            p++;
        else if (*p != ' ' && *p != '\n')
            break;
    }
    if (!*p)
        return NULL;
    for (; *p && *p != ' ' && *p != '\n'; p++) {
        if (p[0] == '\\' && p[1] == '\n')
            break;
        if ((p[0] == '\\' && (p[1] == ' ' || p[1] == '#')) ||
            (p[0] == '$' && p[1] == '$'))
            p++;
        tt_text_add(out, p, 1);
    }
    return p;
}

static nxs_status add_named(struct tt_build *build, const struct tt_text *name,
                            const char *source_dir, int64_t since_ns)
{
    static const char user[] = TT_COMPILE_USER "/";
    struct tt_text path = {0};
    nxs_status status = NXS_Success;

    if (name->failed)
        return TT_FAIL(NXS_OutOfHostMemory,
                       "no memory for the name of a dependency");
    if (!name->data)
        return NXS_Success;
    /* Other relative names are ours; the compiler runs in our directory. */
    if (name->data[0] == '/')
        return tt_dep_add(build, name->data, since_ns);
    if (!source_dir || strncmp(name->data, user, strlen(user)) != 0)
        return NXS_Success;
    tt_text_printf(&path, "%s/%s", source_dir, name->data + strlen(user));
    if (path.failed)
        status = TT_FAIL(NXS_OutOfHostMemory,
                         "no memory for the name of a dependency");
    else
        status = tt_dep_add(build, path.data, since_ns);
    tt_text_free(&path);
    return status;
}

nxs_status tt_dep_scan(struct tt_build *build, const char *rule,
                       const char *source_dir, int64_t since_ns)
{
    const char *p = strstr(rule, ": ");
    nxs_status status = NXS_Success;

    if (!p)
        return NXS_Success;
    for (p++; p && !status;) {
        struct tt_text name = {0};

        p = next_name(p, &name);
        if (p)
            status = add_named(build, &name, source_dir, since_ns);
        tt_text_free(&name);
    }
    return status;
}
