/* SPDX-License-Identifier: MIT */
/* The nxs*Library calls. */
#include "plugin/library.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/property.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

void tt_library_fini(struct tt_object *object)
{
    struct tt_library *lib = TT_CONTAINER_OF(object, struct tt_library, object);

    pthread_mutex_destroy(&lib->lock);
    free(lib->kernels);
    free(lib->source);
    free(lib->dir);
    free(lib->name);
    free(lib);
}

struct tt_library *tt_library_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->libraries, id);

    return object ? TT_CONTAINER_OF(object, struct tt_library, object) : NULL;
}

void tt_library_put(struct tt_library *lib)
{
    if (lib)
        tt_pool_put(&tt_runtime_get()->libraries, &lib->object);
}

/* Text it has to be; an ELF file is the likeliest other thing to arrive. */
static nxs_status check_text(const char *name, const char *text, size_t size)
{
    if (size >= 4 && memcmp(text, "\177ELF", 4) == 0)
        return TT_FAIL(NXS_InvalidBinary,
                       "%s: an ELF file where kernel source is expected", name);
    if (memchr(text, '\0', size))
        return TT_FAIL(NXS_InvalidBinary,
                       "%s: a zero byte in %zu bytes of kernel source", name,
                       size);
    return NXS_Success;
}

/* Whether it is the file or the machine that is at fault. */
static nxs_status refuse_file(const char *path, int error)
{
    nxs_status status = NXS_InvalidProgram;

    if (error == ENOMEM)
        status = NXS_OutOfHostMemory;
    else if (error == EMFILE || error == ENFILE)
        status = NXS_OutOfResources;
    return TT_FAIL(status, "%s: %s", path, strerror(error));
}

static nxs_status name_library(struct tt_library *lib, const char *path)
{
    char *slash;

    lib->name = strdup(path ? path : "library");
    if (!lib->name)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a library's name");
    if (!path)
        return NXS_Success;
    lib->dir = realpath(path, NULL);
    if (!lib->dir)
        return refuse_file(path, errno);
    slash = strrchr(lib->dir, '/');
    slash[slash == lib->dir] = '\0';
    return NXS_Success;
}

/* Takes @source over, whatever happens. */
static nxs_int publish(struct tt_npu *npu, char *source, size_t size,
                       const char *path)
{
    struct tt_library *lib = calloc(1, sizeof *lib);
    nxs_int id;

    if (!lib) {
        free(source);
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a library");
    }
    pthread_mutex_init(&lib->lock, NULL);
    lib->npu = npu;
    lib->source = source;
    lib->size = size;
    id = name_library(lib, path);
    if (id >= 0)
        id = check_text(lib->name, source, size);
    if (id >= 0)
        id = tt_pool_publish(&tt_runtime_get()->libraries, &lib->object);
    if (id < 0)
        tt_library_fini(&lib->object);
    return id;
}

nxs_int nxsCreateLibrary(nxs_int device, void *data, nxs_uint size,
                         nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    const char *text = data;
    char *source;

    (void)settings;
    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    if (size > TT_LIBRARY_MAX_SIZE)
        return TT_FAIL(NXS_MaxSizeRestrictionExceeded,
                       "%u bytes of source, the limit is %u", size,
                       TT_LIBRARY_MAX_SIZE);
    /* a C string's terminator is not part of the text */
    while (text && size && !text[size - 1])
        size--;
    if (!text || !size)
        return TT_FAIL(NXS_InvalidValue, "the source is NULL or empty");
    source = malloc((size_t)size + 1);
    if (!source)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %u bytes", size);
    memcpy(source, text, size);
    source[size] = '\0';
    return publish(npu, source, size, NULL);
}

static nxs_status read_all(int fd, char *data, size_t size, const char *path)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = read(fd, data + done, size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return TT_FAIL(NXS_InvalidProgram, "%s: %s", path,
                           n ? strerror(errno) : "the file shrank");
        done += (size_t)n;
    }
    return NXS_Success;
}

static nxs_status read_open(int fd, const char *path, char **out_text,
                            size_t *out_size)
{
    struct stat st;
    nxs_status status;
    char *text;

    if (fstat(fd, &st) < 0)
        return refuse_file(path, errno);
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return TT_FAIL(NXS_InvalidProgram,
                       "%s: not a regular file, or an empty one", path);
    if (st.st_size > (off_t)TT_LIBRARY_MAX_SIZE)
        return TT_FAIL(NXS_MaxSizeRestrictionExceeded,
                       "%s: %lld bytes, the limit is %u", path,
                       (long long)st.st_size, TT_LIBRARY_MAX_SIZE);
    text = malloc((size_t)st.st_size + 1);
    if (!text)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %s", path);
    status = read_all(fd, text, (size_t)st.st_size, path);
    if (status < 0) {
        free(text);
        return status;
    }
    text[st.st_size] = '\0';
    *out_text = text;
    *out_size = (size_t)st.st_size;
    return NXS_Success;
}

static nxs_status read_file(const char *path, char **out_text, size_t *out_size)
{
    /* O_NONBLOCK: a FIFO in place of a file must not hang us */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    nxs_status status;

    if (fd < 0)
        return refuse_file(path, errno);
    status = read_open(fd, path, out_text, out_size);
    close(fd);
    return status;
}

nxs_int nxsCreateLibraryFromFile(nxs_int device, const char *path,
                                 nxs_uint settings)
{
    struct tt_npu *npu = tt_runtime_npu(device);
    nxs_status status;
    char *text = NULL;
    size_t size = 0;

    (void)settings;
    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    if (!path || !*path)
        return TT_FAIL(NXS_InvalidValue, "the path is NULL or empty");
    status = read_file(path, &text, &size);
    if (status < 0)
        return status;
    return publish(npu, text, size, path);
}

/* Kernels go with their library. */
nxs_status nxsReleaseLibrary(nxs_int library_id)
{
    struct tt_runtime *rt = tt_runtime_get();
    struct tt_library *lib = tt_library_get(library_id);

    if (!lib || tt_pool_release(&rt->libraries, library_id) < 0) {
        tt_library_put(lib);
        return TT_FAIL(NXS_InvalidLibrary, "library %d is not live",
                       library_id);
    }
    pthread_mutex_lock(&lib->lock);
    for (size_t i = 0; i < lib->n_kernels; i++)
        tt_pool_release(&rt->kernels, lib->kernels[i]);
    lib->n_kernels = 0;
    lib->released = true;
    pthread_mutex_unlock(&lib->lock);
    tt_library_put(lib);
    return NXS_Success;
}

static void get_name(void *object, struct tt_property *out)
{
    tt_property_text(out, "%s", ((const struct tt_library *)object)->name);
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_library *)object)->object.id;
}

static void get_size(void *object, struct tt_property *out)
{
    out->number = (int64_t)((const struct tt_library *)object)->size;
}

static void get_count(void *object, struct tt_property *out)
{
    struct tt_library *lib = object;

    pthread_mutex_lock(&lib->lock);
    out->number = (int64_t)lib->n_kernels;
    pthread_mutex_unlock(&lib->lock);
}

static void get_location(void *object, struct tt_property *out)
{
    const struct tt_library *lib = object;

    tt_property_text(out, "%s", lib->dir ? lib->dir : "memory");
}

static void get_architecture(void *object, struct tt_property *out)
{
    const struct tt_library *lib = object;

    tt_property_text(out, "%s", lib->npu->dev->info.arch->name);
}

static const struct tt_property_entry library_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.get = get_name},
    [NP_Type] = {.text = "library"},
    [NP_ID] = {.get = get_id},
    [NP_Count] = {.get = get_count},
    [NP_Size] = {.get = get_size},
    [NP_SubUnitType] = {.text = "kernel"},
    [NP_Architecture] = {.get = get_architecture},
    [NP_Location] = {.get = get_location},
};

nxs_status nxsGetLibraryProperty(nxs_int library_id, nxs_uint property_id,
                                 void *value, size_t *value_size)
{
    struct tt_library *lib = tt_library_get(library_id);
    nxs_status status;

    if (!lib)
        return TT_FAIL(NXS_InvalidLibrary, "library %d is not live",
                       library_id);
    status = tt_property_get(library_properties, lib, property_id, value,
                             value_size);
    tt_library_put(lib);
    return status;
}
