/* SPDX-License-Identifier: MIT */
/* Libraries, and kernels, which are built in. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/host_plugin.h"

#define MAX_SIZE (8u << 20)

/* ---- the kernels ---- */

/* Where the share of a grid point in n things begins. */
static size_t share(const struct host_call *call, size_t n, uint64_t point)
{
    size_t rest = n % call->n_points;

    return n / call->n_points * point + (point < rest ? point : rest);
}

static void add_f32(const struct host_call *call)
{
    const float *a = call->arg[0], *b = call->arg[1];
    float *sum = call->arg[2];
    size_t n = call->size[2] / sizeof *sum;
    size_t end = share(call, n, call->point + 1);

    for (size_t i = share(call, n, call->point); i < end; i++)
        sum[i] = a[i] + b[i];
}

static const struct host_builtin builtins[] = {{"add_f32", 3, add_f32}};

static const struct host_builtin *find_builtin(const char *name)
{
    for (size_t i = 0; i < HOST_COUNT(builtins); i++)
        if (strcmp(builtins[i].name, name) == 0)
            return &builtins[i];
    return NULL;
}

/* ---- libraries ---- */

static void destroy_library(struct host_object *object)
{
    struct host_library *library = (struct host_library *)object;
    struct host_kernel *next;

    for (struct host_kernel *k = library->kernels; k; k = next) {
        next = k->next;
        if (!k->object.released && !MUTANT(kernel_outlives_library))
            host_retire_locked(&k->object);
        host_unpin_locked(&k->object);
    }
    if (!MUTANT(library_not_copied))
        free(library->text);
    free(library);
}

/* Takes @text over. */
static nxs_int publish(nxs_int device, char *text, size_t size)
{
    struct host_library *library = calloc(1, sizeof *library);
    nxs_int id;

    if (!library) {
        free(text);
        return NXS_OutOfHostMemory;
    }
    library->object.destroy = destroy_library;
    library->text = text;
    library->size = size;
    host_lock();
    id = host_publish_locked(&library->object, HOST_LIBRARY, device);
    host_unlock();
    return id;
}

nxs_int nxsCreateLibrary(nxs_int device, void *data, nxs_uint size,
                         nxs_uint settings)
{
    char *text;

    (void)settings;
    if (!host_is_device(device))
        return NXS_InvalidDevice;
    if (!data || (!size && !MUTANT(empty_library)))
        return NXS_InvalidValue;
    if (size > MAX_SIZE)
        return NXS_MaxSizeRestrictionExceeded;
    if (MUTANT(library_not_copied))
        return publish(device, data, size);
    text = malloc((size_t)size + 1);
    if (!text)
        return NXS_OutOfHostMemory;
    memcpy(text, data, size);
    text[size] = '\0';
    return publish(device, text, strlen(text));
}

nxs_int nxsCreateLibraryFromFile(nxs_int device, const char *path,
                                 nxs_uint settings)
{
    nxs_int id = NXS_InvalidProgram;
    FILE *file;
    char *text;
    size_t size;

    if (!host_is_device(device))
        return NXS_InvalidDevice;
    if (!path || !*path)
        return NXS_InvalidValue;
    file = fopen(path, "rbe");
    if (!file && MUTANT(missing_file_later))
        return nxsCreateLibrary(device, (char[]){"later"}, 5, 0);
    if (!file)
        return NXS_InvalidProgram;
    text = malloc(MAX_SIZE + 1);
    size = text ? fread(text, 1, MAX_SIZE + 1, file) : 0;
    if (size && !ferror(file))
        id = nxsCreateLibrary(device, text, (nxs_uint)size, settings);
    free(text);
    fclose(file);
    return id;
}

nxs_status nxsReleaseLibrary(nxs_int library)
{
    return host_release(library, HOST_LIBRARY, NXS_InvalidLibrary);
}

nxs_status nxsGetLibraryProperty(nxs_int library_id, nxs_uint property_id,
                                 void *value, size_t *value_size)
{
    nxs_status status = NXS_InvalidLibrary;
    const struct host_library *library;

    host_lock();
    library = host_find_locked(library_id, HOST_LIBRARY);
    if (library) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, "library"), HOST_P_NUMBER(NP_ID, library_id),
            HOST_P_NUMBER(NP_Size, library->size)};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}

/* ---- kernels of libraries ---- */

static void destroy_kernel(struct host_object *object)
{
    free(object);
}

static bool is_identifier(const char *name)
{
    if (!name || (!isalpha((unsigned char)*name) && *name != '_'))
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

/* The same name is the same kernel. */
static struct host_kernel *find_kernel(const struct host_library *library,
                                       const struct host_builtin *builtin)
{
    for (struct host_kernel *k = library->kernels; k; k = k->next)
        if (k->builtin == builtin && !MUTANT(kernel_twice))
            return k;
    return NULL;
}

static nxs_int add_kernel_locked(struct host_library *library,
                                 const struct host_builtin *builtin)
{
    struct host_kernel *kernel = calloc(1, sizeof *kernel);
    nxs_int id;

    if (!kernel)
        return NXS_OutOfHostMemory;
    kernel->object.destroy = destroy_kernel;
    kernel->builtin = builtin;
    kernel->library = library;
    id = host_publish_locked(&kernel->object, HOST_KERNEL,
                             library->object.device);
    if (id >= 0) {
        host_pin_locked(&kernel->object);
        kernel->next = library->kernels;
        library->kernels = kernel;
    }
    return id;
}

static nxs_int get_kernel_locked(struct host_library *library, const char *name)
{
    const struct host_builtin *builtin;
    struct host_kernel *kernel;

    if (MUTANT(any_name) && (!name || !is_identifier(name)))
        name = builtins[0].name;
    if (!is_identifier(name) || !strstr(library->text, name))
        return NXS_InvalidKernelName;
    builtin = find_builtin(name);
    if (!builtin)
        return NXS_InvalidKernelName;
    kernel = find_kernel(library, builtin);
    return kernel ? kernel->object.id : add_kernel_locked(library, builtin);
}

nxs_int nxsGetKernel(nxs_int library_id, const char *name)
{
    nxs_int id = MUTANT(unknown_library_is_a_kernel) ? NXS_InvalidKernel
                                                     : NXS_InvalidLibrary;
    struct host_library *library;

    host_lock();
    library = host_find_locked(library_id, HOST_LIBRARY);
    if (library)
        id = get_kernel_locked(library, name);
    host_unlock();
    return id;
}

nxs_status nxsGetKernelProperty(nxs_int kernel_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    nxs_status status = MUTANT(unknown_kernel_is_a_library) ? NXS_InvalidLibrary
                                                            : NXS_InvalidKernel;
    const struct host_kernel *kernel;

    host_lock();
    kernel = host_find_locked(kernel_id, HOST_KERNEL);
    if (kernel) {
        const struct host_property all[] = {
            HOST_P_TEXT(NP_Name, kernel->builtin->name),
            HOST_P_NUMBER(NP_ID, kernel_id)};

        status =
            host_answer(all, HOST_COUNT(all), property_id, value, value_size);
    }
    host_unlock();
    return status;
}
