/* SPDX-License-Identifier: MIT */
/*
 * Times operations of the seam, and what lies above it, on the chip that
 * TT_DEVICE names, and prints the samples for bench.py.
 *
 *   seam register    us of a register read of 4 bytes
 *   seam dram        ms of 64 MiB written to DRAM
 *   seam to, from    ms of nxsCopyBuffer of 64 MiB, and of the seam alone for
 *                    as many bytes, taken in turns
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "plugin/runtime.h"
#include "pool/tt_clock.h"

#define N_REGISTER  20u
#define READS       500u
#define N_BULK      7u
#define N_PAIRS     15u
#define BULK_SIZE   (64u << 20)
#define NOC_NODE_ID 0xFFB2002Cu

/* Of a DRAM bank, far from where buffers are put. */
#define RAW_OFFSET 0x20000000u

/** struct bench - what an operation works on
 *  @buffer: of the plugin, -1 if none
 *  @direction: of the copy */
struct bench {
    struct tt_device *dev;
    void *bulk;
    nxs_int buffer;
    nxs_uint direction;
};

typedef nxs_status (*operation)(const struct bench *b);

static nxs_status read_registers(const struct bench *b)
{
    struct tt_noc_addr at =
        tt_arch_worker(b->dev->info.arch, 0, 0, NOC_NODE_ID);
    nxs_status status = NXS_Success;
    uint32_t value;

    for (unsigned i = 0; status >= 0 && i < READS; i++)
        status = tt_device_read(b->dev, at, &value, sizeof(value));
    return status;
}

static struct tt_noc_addr raw_place(const struct bench *b)
{
    return tt_arch_dram(b->dev->info.arch, 0, RAW_OFFSET);
}

static nxs_status write_dram(const struct bench *b)
{
    return tt_device_write(b->dev, raw_place(b), b->bulk, BULK_SIZE);
}

/* A read pushes to the chip whatever is still on its way. */
static nxs_status arrive(const struct bench *b, nxs_status status)
{
    uint32_t word;

    return status < 0 ? status : tt_device_read(b->dev, raw_place(b), &word, 4);
}

static nxs_status copy_raw(const struct bench *b)
{
    return b->direction == NXS_BufferHostToDevice
               ? arrive(b, write_dram(b))
               : tt_device_read(b->dev, raw_place(b), b->bulk, BULK_SIZE);
}

static nxs_status copy_buffer(const struct bench *b)
{
    nxs_status status = nxsCopyBuffer(b->buffer, b->bulk, b->direction);

    return b->direction == NXS_BufferHostToDevice ? arrive(b, status) : status;
}

static double time_of(operation run, const struct bench *b)
{
    uint64_t start = tt_clock_ns();

    if (run(b) < 0)
        exit(EXIT_FAILURE);
    return (double)(tt_clock_ns() - start);
}

/* The first run warms up and is not counted. */
static void measure(const struct bench *b, operation run, unsigned n,
                    double unit_ns)
{
    (void)printf("\nsamples [");
    (void)time_of(run, b);
    for (unsigned i = 0; i < n; i++)
        (void)printf("%s%.6f", i ? ", " : "", time_of(run, b) / unit_ns);
    (void)printf("]\n");
}

/* Both in turns, each first as often as the other. */
static void measure_pairs(const struct bench *b)
{
    struct bench fill = *b;

    fill.direction = NXS_BufferHostToDevice;
    (void)printf("\nsamples [");
    (void)time_of(copy_raw, &fill);
    (void)time_of(copy_buffer, &fill);
    for (unsigned i = 0; i < N_PAIRS; i++) {
        double ns[2]; /* of the buffer, of the seam alone */
        unsigned first = i % 2;

        ns[first] = time_of(first ? copy_raw : copy_buffer, b);
        ns[!first] = time_of(first ? copy_buffer : copy_raw, b);
        (void)printf("%s[%.6f, %.6f]", i ? ", " : "", ns[0] / 1e6, ns[1] / 1e6);
    }
    (void)printf("]\n");
}

static nxs_int linear_buffer(void)
{
    nxs_buffer_layout layout = {
        .data_type = NXS_DataType_F32, .rank = 1, .dim = {BULK_SIZE / 4}};

    return nxsCreateBuffer(0, layout, NULL, 0);
}

int main(int argc, char **argv)
{
    const struct tt_npu *npu = tt_runtime_npu(0);
    struct bench b = {.bulk = malloc(BULK_SIZE), .buffer = linear_buffer()};
    const char *what = argc == 2 ? argv[1] : "";

    if (!npu || !b.bulk || b.buffer < 0)
        return EXIT_FAILURE;
    memset(b.bulk, 0x5A, BULK_SIZE);
    b.dev = npu->dev;
    b.direction =
        strcmp(what, "to") ? NXS_BufferDeviceToHost : NXS_BufferHostToDevice;
    if (!strcmp(what, "register"))
        measure(&b, read_registers, N_REGISTER, 1e3 * READS);
    else if (!strcmp(what, "dram"))
        measure(&b, write_dram, N_BULK, 1e6);
    else if (!strcmp(what, "to") || !strcmp(what, "from"))
        measure_pairs(&b);
    else
        return 2;
    return nxsReleaseBuffer(b.buffer) < 0;
}
