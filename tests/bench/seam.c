/* SPDX-License-Identifier: MIT */
/*
 * Times operations of the seam, and what lies above it, on the chip that
 * TT_DEVICE names, and prints the samples for bench.py.
 *
 *   seam register    us of a register read of 4 bytes
 *   seam dram        ms of 64 MiB written to DRAM
 *   seam to, from    ms of nxsCopyBuffer of 64 MiB, of the seam alone for the
 *                    same pages, and of the seam alone for as many bytes in one
 *                    range, taken in turns
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/kmd.h"
#include "plugin/runtime.h"
#include "pool/tt_clock.h"

#define N_REGISTER  20u
#define READS       500u
#define N_BULK      7u
#define N_TURNS     15u
#define BULK_SIZE   (64u << 20)
#define NOC_NODE_ID 0xFFB2002Cu
#define PAGE        4096u /* as large as any */

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

static void visit(void *ctx, const struct tt_view *view)
{
    const struct bench *b = ctx;
    bool write = b->direction == NXS_BufferHostToDevice;

    for (unsigned i = 0; i < view->n; i++) {
        char *host = (char *)b->bulk + (view->first + i) * PAGE;

        if (view->fetch)
            view->fetch(view->ctx, host, view->page[i], PAGE);
        else if (!write)
            memcpy(host, view->page[i], PAGE);
        else if (view->stream)
            tt_kmd_copy_to(view->page[i], host, PAGE);
        else
            memcpy(view->page[i], host, PAGE);
    }
}

static nxs_status copy_pages(const struct bench *b)
{
    struct bench ctx = *b;
    const struct tt_pages pages = {
        .base = RAW_OFFSET + BULK_SIZE,
        .stride = PAGE,
        .size = PAGE,
        .n = BULK_SIZE / PAGE,
        .write = b->direction == NXS_BufferHostToDevice,
        .visit = visit,
        .ctx = &ctx,
    };
    nxs_status status = tt_device_pages(b->dev, &pages);

    return pages.write ? arrive(b, status) : status;
}

static nxs_status copy_range(const struct bench *b)
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

/* In turns, each first as often as the others. */
static void measure_in_turns(const struct bench *b)
{
    static const operation run[3] = {copy_buffer, copy_pages, copy_range};
    struct bench fill = *b;
    double ms[3];

    fill.direction = NXS_BufferHostToDevice;
    for (unsigned k = 0; k < 3; k++)
        (void)time_of(run[k], &fill);
    (void)printf("\nsamples [");
    for (unsigned i = 0; i < N_TURNS; i++) {
        for (unsigned k = 0; k < 3; k++)
            ms[(i + k) % 3] = time_of(run[(i + k) % 3], b) / 1e6;
        (void)printf("%s[%.6f, %.6f, %.6f]", i ? ", " : "", ms[0], ms[1],
                     ms[2]);
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
        measure_in_turns(&b);
    else
        return 2;
    return nxsReleaseBuffer(b.buffer) < 0;
}
