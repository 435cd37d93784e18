/* SPDX-License-Identifier: MIT */
/* nxsGetKernel and nxsGetKernelProperty. */
#include <stdlib.h>
#include <string.h>

#include "plugin/argname.h"
#include "plugin/library.h"
#include "plugin/property.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

struct tt_kernel *tt_kernel_get(nxs_int id)
{
    struct tt_object *object = tt_pool_get(&tt_runtime_get()->kernels, id);

    return object ? TT_CONTAINER_OF(object, struct tt_kernel, object) : NULL;
}

void tt_kernel_put(struct tt_kernel *kernel)
{
    if (kernel)
        tt_pool_put(&tt_runtime_get()->kernels, &kernel->object);
}

void tt_kernel_fini(struct tt_object *object)
{
    struct tt_kernel *kernel =
        TT_CONTAINER_OF(object, struct tt_kernel, object);

    tt_library_put(kernel->library);
    free(kernel->name);
    free(kernel);
}

static nxs_int find_locked(struct tt_library *lib, const char *name)
{
    for (size_t i = 0; i < lib->n_kernels; i++) {
        struct tt_kernel *kernel = tt_kernel_get(lib->kernels[i]);
        bool same = kernel && strcmp(kernel->name, name) == 0;

        tt_kernel_put(kernel);
        if (same)
            return lib->kernels[i];
    }
    return NXS_InvalidKernel;
}

static struct tt_kernel *new_kernel(struct tt_library *lib, const char *name)
{
    struct tt_kernel *kernel = calloc(1, sizeof *kernel);

    if (!kernel)
        return NULL;
    kernel->name = strdup(name);
    if (!kernel->name) {
        free(kernel);
        return NULL;
    }
    tt_pool_pin(&tt_runtime_get()->libraries, &lib->object);
    kernel->library = lib;
    return kernel;
}

static nxs_int add_locked(struct tt_library *lib, const char *name)
{
    size_t size = (lib->n_kernels + 1) * sizeof *lib->kernels;
    nxs_int *ids = realloc(lib->kernels, size);
    struct tt_kernel *kernel;
    nxs_int id;

    if (!ids)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a kernel");
    lib->kernels = ids;
    kernel = new_kernel(lib, name);
    if (!kernel)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a kernel");
    id = tt_pool_publish(&tt_runtime_get()->kernels, &kernel->object);
    if (id < 0) {
        tt_kernel_fini(&kernel->object);
        return id;
    }
    ids[lib->n_kernels++] = id;
    return id;
}

nxs_int nxsGetKernel(nxs_int library_id, const char *name)
{
    struct tt_library *lib = tt_library_get(library_id);
    nxs_int id;

    if (!lib)
        return TT_FAIL(NXS_InvalidLibrary, "library %d is not live",
                       library_id);
    if (!name || !tt_argname_is_identifier(name, strlen(name))) {
        tt_library_put(lib);
        return TT_FAIL(NXS_InvalidKernelName, "\"%.64s\" is no identifier",
                       name ? name : "");
    }
    pthread_mutex_lock(&lib->lock);
    if (lib->released)
        id = TT_FAIL(NXS_InvalidLibrary, "library %d was released", library_id);
    else
        id = find_locked(lib, name);
    if (id == NXS_InvalidKernel)
        id = add_locked(lib, name);
    pthread_mutex_unlock(&lib->lock);
    tt_library_put(lib);
    return id;
}

static void get_name(void *object, struct tt_property *out)
{
    tt_property_text(out, "%s", ((const struct tt_kernel *)object)->name);
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_kernel *)object)->object.id;
}

static void get_description(void *object, struct tt_property *out)
{
    const struct tt_kernel *kernel = object;

    tt_property_text(out, "%s of %s", kernel->name, kernel->library->name);
}

static void get_size(void *object, struct tt_property *out)
{
    out->number = (int64_t)((const struct tt_kernel *)object)->library->size;
}

static void get_core_memory(void *object, struct tt_property *out)
{
    const struct tt_kernel *kernel = object;

    out->number =
        (int64_t)kernel->library->npu->dev->info.arch->l1_size - TT_L1_DATA;
}

static const struct tt_property_entry kernel_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.get = get_name},
    [NP_Type] = {.text = "kernel"},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Size] = {.get = get_size},
    [NP_CoreMemorySize] = {.get = get_core_memory},
    [NP_SIMDSize] = {.number = 32, .constant = true},
    [NP_MaxThreadsPerBlock] = {.number = 1, .constant = true},
};

nxs_status nxsGetKernelProperty(nxs_int kernel_id, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    struct tt_kernel *kernel = tt_kernel_get(kernel_id);
    nxs_status status;

    if (!kernel)
        return TT_FAIL(NXS_InvalidKernel, "kernel %d is not live", kernel_id);
    status = tt_property_get(kernel_properties, kernel, property_id, value,
                             value_size);
    tt_kernel_put(kernel);
    return status;
}
