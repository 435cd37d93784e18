/* SPDX-License-Identifier: MIT */
/* Prints the resident size, in KiB, of a process with one idle device open. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nexus-api.h"

typedef nxs_status (*device_property)(nxs_int, nxs_uint, void *, size_t *);

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

int main(int argc, char **argv)
{
    void *lib = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
    device_property get;
    int64_t memory;
    size_t size = sizeof(memory);

    if (!lib) {
        (void)fprintf(stderr, "usage: idle PLUGIN.so\n");
        return 2;
    }
    *(void **)&get = dlsym(lib, "nxsGetDeviceProperty");
    if (!get || get(0, NP_GlobalMemorySize, &memory, &size) < 0)
        return 1;
    (void)printf("%ld\n", resident_kib());
    return 0;
}
