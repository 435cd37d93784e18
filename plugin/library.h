/* SPDX-License-Identifier: MIT */
/* Libraries (kernel source) and the kernels named from them. */
#ifndef TT_LIBRARY_H
#define TT_LIBRARY_H

#include "plugin/runtime.h"

/** TT_LIBRARY_MAX_SIZE - bytes of source that are accepted */
#define TT_LIBRARY_MAX_SIZE (8u << 20)

/**
 * struct tt_library - kernel source
 * @npu: device it was created for
 * @source: text, NUL-terminated, @size bytes before the terminator
 * @dir: directory of the file, NULL for a library from memory
 * @name: for messages: the file's path or "library"
 * @lock: guards all below it
 * @kernels: ids of the kernels that were asked for
 * @released: no more kernels
 */
struct tt_library {
    struct tt_object object;
    struct tt_npu *npu;
    char *source;
    size_t size;
    char *dir;
    char *name;
    pthread_mutex_t lock;
    nxs_int *kernels;
    size_t n_kernels;
    bool released;
};

/** struct tt_kernel - a name in a library, which it pins */
struct tt_kernel {
    struct tt_object object;
    struct tt_library *library;
    char *name;
};

/** tt_library_get - pin a library; NULL (not logged) if @id is not live */
struct tt_library *tt_library_get(nxs_int id);

/** tt_library_put - drop the pin; NULL is ignored */
void tt_library_put(struct tt_library *library);

/** tt_kernel_get - pin a kernel; NULL (not logged) if @id is not live */
struct tt_kernel *tt_kernel_get(nxs_int id);

/** tt_kernel_put - drop the pin; NULL is ignored */
void tt_kernel_put(struct tt_kernel *kernel);

/** tt_library_fini - destroy; for the pool */
void tt_library_fini(struct tt_object *object);

/** tt_kernel_fini - destroy; for the pool */
void tt_kernel_fini(struct tt_object *object);

#endif
