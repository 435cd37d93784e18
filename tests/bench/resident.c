/* SPDX-License-Identifier: MIT */
/* Prints the resident size of this process, in KiB: with one idle device open,
 * and after buffers of TOUCHED bytes have been written; then TOUCHED in KiB. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nexus-api.h"

#define N_BUFFERS 16
#define SIDE      4096 /* a buffer: SIDE x SIDE words of 4 bytes */
#define BYTES     ((size_t)SIDE * SIDE * 4)

typedef nxs_status (*device_property)(nxs_int, nxs_uint, void *, size_t *);
typedef nxs_int (*create_buffer)(nxs_int, nxs_buffer_layout, void *, nxs_uint);

static long resident_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f)
        (void)fclose(f);
    return kib;
}

/* Growth while buffers are filled with data other than zeros: the host's own
 * array is resident before. -1: a buffer could not be made. */
static long growth_kib(create_buffer create)
{
    nxs_buffer_layout layout = {NXS_DataType_F32, 2, {SIDE, SIDE}, {0}};
    char *data = malloc(BYTES);
    long before;
    int i;

    if (!data)
        return -1;
    memset(data, 0x3c, BYTES);
    before = resident_kib();
    for (i = 0; i < N_BUFFERS; i++)
        if (create(0, layout, data, 0) < 0)
            break;
    before = resident_kib() - before;
    free(data);
    return i == N_BUFFERS ? before : -1;
}

int main(int argc, char **argv)
{
    void *lib = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
    device_property get;
    create_buffer create;
    int64_t memory;
    size_t size = sizeof(memory);
    long idle, growth;

    if (!lib) {
        (void)fprintf(stderr, "usage: resident PLUGIN.so\n");
        return 2;
    }
    *(void **)&get = dlsym(lib, "nxsGetDeviceProperty");
    *(void **)&create = dlsym(lib, "nxsCreateBuffer");
    if (!get || !create || get(0, NP_GlobalMemorySize, &memory, &size) < 0)
        return 1;
    idle = resident_kib();
    growth = growth_kib(create);
    (void)printf("%ld %ld %zu\n", idle, idle + growth,
                 N_BUFFERS * BYTES / 1024);
    return growth < 0;
}
