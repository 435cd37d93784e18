/* SPDX-License-Identifier: MIT */
/* Backend "emu": the seam's operations over an embedded chip. */
#include "device/arch.h"
#include "device/emu/check.h"
#include "device/emu/crew.h"
#include "device/emu/delay.h"
#include "pool/tt_clock.h"
#include "pool/tt_env.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Host time of one progress() call. */
#define SLICE_NS 200000u
/* And rounds, where the host's next look must not depend on its speed: each
 * completes what is late (tt_delay_settle()). */
#define DELAYED_ROUNDS 1000u

/* Pages shown at once: enough to amortise the set-up, and that few of them are
 * not read ahead, which the first of each view are not. */
#define VIEW 512u

/* From this size on, pages are filled past the caches: nobody reads them soon.
 */
#define STREAM_SIZE (2u << 20)

#define CORE_CLOCK_MHZ   1000u /* AICLK under load */
#define MEMORY_CLOCK_MHZ 6000u /* GDDR6, 12 GT/s */

static struct tt_chip *chip_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct tt_chip, dev);
}

static void lock(struct tt_chip *chip)
{
    pthread_mutex_lock(&chip->turn);
    pthread_mutex_lock(&chip->lock);
    pthread_mutex_unlock(&chip->turn);
}

static void unlock(struct tt_chip *chip)
{
    pthread_mutex_unlock(&chip->lock);
}

static void emu_close(struct tt_device *dev)
{
    tt_chip_free(chip_of(dev));
}

/* Tell the sanitizer what the host has written. */
static void note_write(struct tt_chip *chip, struct tt_noc_addr at, size_t len)
{
    struct tt_tile *tile = tt_chip_tile_at(chip, 0, at.x, at.y);

    if (tile && at.addr < TT_L1_SIZE)
        tt_check_host_wrote(tile, (uint32_t)at.addr, (uint32_t)len);
}

/* A tile is made when it is first used. */
static bool lacks_memory(struct tt_chip *chip, struct tt_noc_addr at)
{
    return tt_chip_place(0, at.x, at.y).kind == TT_PLACE_TENSIX &&
           !tt_chip_tile_at(chip, 0, at.x, at.y);
}

static nxs_status transfer(struct tt_device *dev, struct tt_noc_addr at,
                           void *buf, size_t len, bool write)
{
    struct tt_chip *chip = chip_of(dev);
    nxs_status status = NXS_Success;

    lock(chip);
    if (chip->delayed)
        tt_delay_settle(chip);
    if (lacks_memory(chip, at))
        status = TT_FAIL(NXS_OutOfHostMemory, "no memory for tile (%u,%u)",
                         at.x, at.y);
    else if (tt_chip_access(chip, 0, at.x, at.y, at.addr, buf, len, write) !=
             TT_STEP_DONE)
        status = TT_FAIL(NXS_InvalidValue, "%s of tile (%u,%u): %s",
                         write ? "write" : "read", at.x, at.y, chip->refusal);
    else if (chip->checker && write)
        note_write(chip, at, len);
    unlock(chip);
    return status;
}

static nxs_status emu_read(struct tt_device *dev, struct tt_noc_addr src,
                           void *dst, size_t len)
{
    return transfer(dev, src, dst, len, false);
}

static nxs_status emu_write(struct tt_device *dev, struct tt_noc_addr dst,
                            const void *src, size_t len)
{
    return transfer(dev, dst, (void *)(uintptr_t)src, len, true);
}

static nxs_status emu_multicast(struct tt_device *dev, struct tt_noc_addr first,
                                unsigned width, unsigned height,
                                const void *src, size_t len)
{
    struct tt_chip *chip = chip_of(dev);
    enum tt_step step = TT_STEP_DONE;
    nxs_status status = NXS_Success;

    lock(chip);
    if (chip->delayed)
        tt_delay_settle(chip);
    for (unsigned i = 0; i < width * height && step == TT_STEP_DONE; i++) {
        struct tt_noc_addr at = first;

        at.x = (uint8_t)(first.x + i % width);
        at.y = (uint8_t)(first.y + i / width);
        if (lacks_memory(chip, at)) {
            status = TT_FAIL(NXS_OutOfHostMemory, "no memory for tile (%u,%u)",
                             at.x, at.y);
            break;
        }
        step = tt_chip_access(chip, 0, at.x, at.y, at.addr,
                              (void *)(uintptr_t)src, len, true);
        if (chip->checker && step == TT_STEP_DONE)
            note_write(chip, at, len);
    }
    if (step != TT_STEP_DONE)
        status = TT_FAIL(NXS_InvalidValue, "write of tiles from (%u,%u) on: %s",
                         first.x, first.y, chip->refusal);
    unlock(chip);
    return status;
}

/* DRAM is one mapping per tile, there from the start: no lock, no copy. */
static nxs_status emu_pages(struct tt_device *dev, const struct tt_pages *pages)
{
    struct tt_chip *chip = chip_of(dev);
    void *page[VIEW];
    struct tt_view view = {
        .page = page,
        .stream = pages->n * pages->size >= STREAM_SIZE,
    };

    for (uint64_t i = 0; i < pages->n; i += view.n) {
        view.first = i;
        view.n = pages->n - i < VIEW ? (unsigned)(pages->n - i) : VIEW;
        for (unsigned k = 0; k < view.n; k++) {
            struct tt_noc_addr at = tt_pages_at(dev, pages, i + k);
            struct tt_place place = tt_chip_place(0, at.x, at.y);

            page[k] = chip->dram[place.index] + at.addr;
        }
        pages->visit(pages->ctx, &view);
    }
    return NXS_Success;
}

static nxs_status emu_reset(struct tt_device *dev, struct tt_noc_addr core,
                            uint32_t soft_reset)
{
    struct tt_chip *chip = chip_of(dev);
    nxs_status status = NXS_Success;
    struct tt_tile *tile;

    lock(chip);
    tile = tt_chip_tile_at(chip, 0, core.x, core.y);
    if (!tile)
        status = TT_FAIL(NXS_OutOfHostMemory, "no memory for tile (%u,%u)",
                         core.x, core.y);
    else if (tt_tile_set_reset(tile, TT_N_RISC, soft_reset) != TT_STEP_DONE)
        status = TT_FAIL(NXS_InvalidValue, "tile (%u,%u): %s", core.x, core.y,
                         chip->refusal);
    unlock(chip);
    return status;
}

/* Reports of the sanitizer are faults too; none goes on beyond its round. */
static bool is_faulted(const struct tt_chip *chip)
{
    return chip->faulted || (chip->checker && chip->checker->n_reports);
}

static nxs_status emu_progress(struct tt_device *dev, enum tt_progress *out)
{
    struct tt_chip *chip = chip_of(dev);
    uint64_t end = tt_clock_ns() + SLICE_NS;
    unsigned rounds = 0;

    lock(chip);
    while (!is_faulted(chip) && tt_chip_run(chip)) {
        rounds++;
        if (chip->delayed ? rounds >= DELAYED_ROUNDS : tt_clock_ns() >= end)
            break;
    }
    if (is_faulted(chip))
        *out = TT_PROGRESS_FAULT;
    else
        *out = rounds ? TT_PROGRESS_RUNNING : TT_PROGRESS_IDLE;
    unlock(chip);
    return NXS_Success;
}

static bool emu_fault(struct tt_device *dev, struct tt_fault *out)
{
    struct tt_chip *chip = chip_of(dev);
    bool any;

    lock(chip);
    if (chip->checker && tt_check_take(chip, out)) {
        unlock(chip);
        return true;
    }
    any = chip->faulted;
    chip->faulted = false;
    if (any) {
        *out =
            (struct tt_fault){.at = chip->fault_at, .no_memory = chip->starved};
        snprintf(out->text, sizeof(out->text), "%s", chip->fault);
    }
    unlock(chip);
    return any;
}

static void describe_parked(const struct tt_rv32 *core, char *buf, size_t size)
{
    if (core->n_watch && core->watch_mmio)
        snprintf(buf, size, "polls L1 0x%x and registers", core->watch[0]);
    else if (core->n_watch)
        snprintf(buf, size, "polls L1 0x%x", core->watch[0]);
    else if (core->watch_mmio)
        snprintf(buf, size, "polls a register");
    else
        snprintf(buf, size, "loops forever");
}

static void describe(const struct tt_tile *tile, unsigned risc, char *buf,
                     size_t size)
{
    const struct tt_rv32 *core = &tile->rv[risc];

    switch (core->state) {
    case TT_RV32_RESET:
        snprintf(buf, size, "in reset");
        break;
    case TT_RV32_PARKED:
        describe_parked(core, buf, size);
        break;
    case TT_RV32_STALLED:
        if (tile->blocked[risc])
            snprintf(buf, size, "blocked at register 0x%08x",
                     tile->blocked[risc]);
        else
            snprintf(buf, size, "blocked pushing an instruction");
        break;
    case TT_RV32_FAULT:
        snprintf(buf, size, "stopped by a fault");
        break;
    default:
        snprintf(buf, size, "running");
    }
}

static void describe_thread(const struct tt_tile *tile, unsigned risc,
                            char *buf, size_t size)
{
    char text[96] = "";
    size_t used = strlen(buf);

    if (risc < TT_RISC_T0 || risc > TT_RISC_T2 ||
        tt_tensix_idle(&tile->tensix, risc - TT_RISC_T0))
        return;
    tt_tensix_describe(&tile->tensix, risc - TT_RISC_T0, text);
    snprintf(buf + used, size - used, "; coprocessor: %s", text);
}

static nxs_status emu_core_state(struct tt_device *dev, struct tt_noc_addr core,
                                 unsigned risc, struct tt_core_state *out)
{
    struct tt_chip *chip = chip_of(dev);
    nxs_status status = NXS_Success;
    struct tt_tile *tile;

    lock(chip);
    tile = tt_chip_tile_at(chip, 0, core.x, core.y);
    if (tile) {
        out->pc = tile->rv[risc].pc;
        tt_rv32_callers(&tile->rv[risc], out->caller);
        describe(tile, risc, out->what, sizeof(out->what));
        describe_thread(tile, risc, out->what, sizeof(out->what));
    } else {
        status = TT_FAIL(NXS_OutOfHostMemory, "no memory for tile (%u,%u)",
                         core.x, core.y);
    }
    unlock(chip);
    return status;
}

static const struct tt_device_ops emu_ops = {
    .name = "emu",
    .close = emu_close,
    .read = emu_read,
    .write = emu_write,
    .multicast = emu_multicast,
    .pages = emu_pages,
    .reset = emu_reset,
    .progress = emu_progress,
    .fault = emu_fault,
    .core_state = emu_core_state,
};

/* TT_EMU_THREADS, else as many as this process may run on. */
static unsigned count_threads(void)
{
    uint64_t n = tt_env_number(TT_ENV_EMU_THREADS);
    cpu_set_t cpus;

    if (n)
        return (unsigned)n;
    n = 1;
    if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
        n = (unsigned)CPU_COUNT(&cpus);
    return n > TT_CREW_MAX ? TT_CREW_MAX : (unsigned)n;
}

static_assert(TT_ENV_MAX_THREADS == TT_CREW_MAX &&
                  TT_ENV_MAX_QUANTUM == TT_QUANTUM_MAX &&
                  TT_ENV_QUANTUM == TT_QUANTUM,
              "what the environment accepts is what the chip can do");

nxs_status tt_emu_open(struct tt_device **out)
{
    bool delayed = tt_env_is_set(TT_ENV_EMU_DELAY);
    bool check = tt_env_number(TT_ENV_EMU_CHECK);
    struct tt_chip *chip;

    /* The sanitizer takes NOC requests and instructions for done when they are
     * issued, which is not so with delays. */
    if (check && delayed)
        return TT_FAIL(NXS_InvalidValue,
                       "TT_EMU_CHECK and TT_EMU_DELAY exclude each other");
    chip = tt_chip_new(count_threads());
    if (chip && check && !tt_check_enable(chip)) {
        tt_chip_free(chip);
        chip = NULL;
    }
    if (!chip)
        return TT_FAIL(NXS_OutOfHostMemory,
                       "cannot reserve the memory of an embedded chip");
    chip->quantum = (unsigned)tt_env_number(TT_ENV_EMU_QUANTUM);
    chip->delayed = delayed;
    chip->delay_seed = tt_env_number(TT_ENV_EMU_DELAY);
    chip->dev.ops = &emu_ops;
    chip->dev.info = (struct tt_device_info){
        .arch = &tt_arch_wormhole,
        .name = "emulated Wormhole n150",
        .grid_x = tt_arch_wormhole.max_grid_x,
        .grid_y = chip->rows,
        .core_clock_mhz = CORE_CLOCK_MHZ,
        .memory_clock_mhz = MEMORY_CLOCK_MHZ,
    };
    *out = &chip->dev;
    return NXS_Success;
}
