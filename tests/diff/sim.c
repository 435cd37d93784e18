/* SPDX-License-Identifier: MIT */
/* The seam over libttsim in this process. */
#include "tests/diff/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "device/arch.h"
#include "device/ttsim_lib.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"
#include "tests/diff/pair.h"

#define SOFT_RESET_0 0xFFB121B0u
#define SLICE_CLOCKS 600u /* more than a FIFO is long */

/* One per process, as the library is. */
static struct sim {
    struct tt_device dev;
    struct tt_ttsim_lib lib;
    bool started;
} the_sim;

static void close_sim(struct tt_device *dev)
{
    (void)dev;
}

static nxs_status read_sim(struct tt_device *dev, struct tt_noc_addr src,
                           void *dst, size_t len)
{
    struct sim *sim = TT_CONTAINER_OF(dev, struct sim, dev);

    tt_ttsim_lib_read(&sim->lib, src.x, src.y, src.addr, dst, (uint32_t)len);
    return NXS_Success;
}

static nxs_status write_sim(struct tt_device *dev, struct tt_noc_addr dst,
                            const void *src, size_t len)
{
    struct sim *sim = TT_CONTAINER_OF(dev, struct sim, dev);

    tt_ttsim_lib_write(&sim->lib, dst.x, dst.y, dst.addr, src, (uint32_t)len);
    return NXS_Success;
}

static nxs_status reset_sim(struct tt_device *dev, struct tt_noc_addr core,
                            uint32_t soft_reset)
{
    core.addr = SOFT_RESET_0;
    return write_sim(dev, core, &soft_reset, sizeof(soft_reset));
}

static nxs_status progress_sim(struct tt_device *dev, enum tt_progress *out)
{
    TT_CONTAINER_OF(dev, struct sim, dev)->lib.clock(SLICE_CLOCKS);
    *out = TT_PROGRESS_RUNNING;
    return NXS_Success;
}

static nxs_status core_state_sim(struct tt_device *dev, struct tt_noc_addr core,
                                 unsigned risc, struct tt_core_state *out)
{
    (void)dev;
    (void)core;
    (void)risc;
    *out = (struct tt_core_state){.pc = 0};
    return NXS_Success;
}

static const struct tt_device_ops sim_ops = {
    .name = "ttsim",
    .close = close_sim,
    .read = read_sim,
    .write = write_sim,
    .multicast = pair_no_multicast,
    .pages = pair_no_pages,
    .reset = reset_sim,
    .progress = progress_sim,
    .fault = tt_device_no_fault,
    .core_state = core_state_sim,
};

bool sim_start(void)
{
    const char *path = getenv("TTSIM_LIB");
    char reason[512];

    if (!path || !*path) {
        (void)fprintf(stderr, "TTSIM_LIB is not set: nothing was compared\n");
        return false;
    }
    if (!tt_ttsim_lib_start(&the_sim.lib, path, reason, sizeof(reason))) {
        (void)fprintf(stderr, "TTSIM_LIB: %s: nothing was compared\n", reason);
        return false;
    }
    the_sim.dev.ops = &sim_ops;
    the_sim.dev.info = (struct tt_device_info){
        .arch = &tt_arch_wormhole,
        .name = "ttsim",
        .grid_x = tt_arch_wormhole.max_grid_x,
        .grid_y = tt_arch_wormhole.max_grid_y,
    };
    the_sim.started = true;
    return true;
}

nxs_status sim_open(struct tt_device **out)
{
    if (!the_sim.started)
        return TT_FAIL(NXS_DeviceNotAvailable, "libttsim is not loaded");
    *out = &the_sim.dev;
    return NXS_Success;
}
