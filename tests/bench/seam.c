/* SPDX-License-Identifier: MIT */
/*
 * Times operations of the seam on the chip that TT_DEVICE names, and prints
 * the samples for bench.py.
 *
 *   seam register    us of a register read of 4 bytes
 *   seam dram        ms of 64 MiB written to DRAM
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/tt_device.h"
#include "pool/tt_clock.h"

#define N_REGISTER  20u
#define READS       500u
#define N_BULK      7u
#define BULK_SIZE   (64u << 20)
#define NOC_NODE_ID 0xFFB2002Cu

typedef nxs_status (*operation)(struct tt_device *dev, void *bulk);

static nxs_status read_registers(struct tt_device *dev, void *bulk)
{
    struct tt_noc_addr at = tt_arch_worker(dev->info.arch, 0, 0, NOC_NODE_ID);
    nxs_status status = NXS_Success;
    uint32_t value;

    (void)bulk;
    for (unsigned i = 0; status >= 0 && i < READS; i++)
        status = tt_device_read(dev, at, &value, sizeof(value));
    return status;
}

static nxs_status write_dram(struct tt_device *dev, void *bulk)
{
    return tt_device_write(dev, tt_arch_dram(dev->info.arch, 0, 0), bulk,
                           BULK_SIZE);
}

/* The first run warms up and is not counted. */
static int measure(struct tt_device *dev, operation run, unsigned n,
                   double unit_ns)
{
    void *bulk = malloc(BULK_SIZE);

    if (!bulk)
        return EXIT_FAILURE;
    memset(bulk, 0x5A, BULK_SIZE);
    (void)printf("\nsamples [");
    for (unsigned i = 0; i <= n; i++) {
        uint64_t start = tt_clock_ns();

        if (run(dev, bulk) < 0)
            break;
        if (i)
            (void)printf("%s%.6f", i > 1 ? ", " : "",
                         (double)(tt_clock_ns() - start) / unit_ns);
    }
    (void)printf("]\n");
    free(bulk);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct tt_device *dev[16];
    size_t n = 0;
    int result = 2;

    if (argc != 2 || tt_device_open_all(dev, 16, &n) < 0 || !n)
        return 2;
    if (!strcmp(argv[1], "register"))
        result = measure(dev[0], read_registers, N_REGISTER, 1e3 * READS);
    else if (!strcmp(argv[1], "dram"))
        result = measure(dev[0], write_dram, N_BULK, 1e6);
    while (n)
        tt_device_close(dev[--n]);
    return result;
}
