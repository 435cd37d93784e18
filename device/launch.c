/* SPDX-License-Identifier: MIT */
/*
 * Boot and launch of worker cores through the mailboxes of l1_map.h. Only the
 * seam is used, so this file is the same for every chip.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/launch.h"
#include "device/launch_load.h"
#include "device/launch_print.h"
#include "device/launch_report.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define BOOT_TIMEOUT_MS 10000u
/* Slices between two looks at the error words of cores that still run. */
#define ERROR_INTERVAL 64u

/** struct core_record - what the host knows of one worker core, beside what it
 *  holds
 *  @busy: in a flight */
struct core_record {
    bool booted;
    bool busy;
};

/** struct tt_launcher - @number: of the last launch, of whatever cores */
struct tt_launcher {
    struct tt_device *dev;
    struct tt_blob firmware[TT_N_RISC];
    struct core_record core[TT_MAX_GRID][TT_MAX_GRID]; /* [y][x] */
    struct tt_loader loader;
    struct tt_flight *flights;
    uint32_t number;
    unsigned n_polls;
};

_Static_assert(sizeof(struct tt_mailbox) == TT_L1_LAUNCH - TT_L1_MAILBOX,
               "mailbox");

static const uint32_t firmware_addr[TT_N_RISC] = {
    TT_L1_FW_B, TT_L1_FW_T0, TT_L1_FW_T1, TT_L1_FW_T2, TT_L1_FW_NC};

static uint32_t kernel_slot(unsigned risc)
{
    return risc == TT_RISC_B || risc == TT_RISC_NC ? TT_L1_KERNEL_DM_SIZE
                                                   : TT_L1_KERNEL_T_SIZE;
}

static uint32_t firmware_slot(unsigned risc)
{
    return risc == TT_RISC_B ? TT_L1_FW_B_SIZE : TT_L1_FW_SUB_SIZE;
}

static nxs_status get(struct tt_launcher *l, unsigned x, unsigned y,
                      uint32_t addr, void *dst, size_t len)
{
    return tt_device_read(l->dev, tt_arch_worker(l->dev->info.arch, x, y, addr),
                          dst, len);
}

nxs_status tt_launcher_new(struct tt_device *dev,
                           const struct tt_blob firmware[TT_N_RISC],
                           struct tt_launcher **out)
{
    struct tt_launcher *l;

    if (dev->info.grid_x > TT_MAX_GRID || dev->info.grid_y > TT_MAX_GRID)
        return TT_FAIL(NXS_InvalidDevice, "a grid of %u x %u cores",
                       dev->info.grid_x, dev->info.grid_y);
    for (unsigned i = 0; i < TT_N_RISC; i++)
        if (firmware[i].size > firmware_slot(i))
            return TT_FAIL(NXS_InvalidBinary,
                           "%s firmware of %u bytes, the slot has %u",
                           tt_risc_name(i), firmware[i].size, firmware_slot(i));
    l = calloc(1, sizeof(*l));
    if (!l)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a launcher");
    l->dev = l->loader.dev = dev;
    memcpy(l->firmware, firmware, sizeof(l->firmware));
    *out = l;
    return NXS_Success;
}

static void hold_core(struct tt_launcher *l, unsigned x, unsigned y)
{
    struct core_record *core = &l->core[y][x];
    const struct tt_arch *arch = l->dev->info.arch;

    if (core->booted)
        (void)tt_device_reset(l->dev, tt_arch_worker(arch, x, y, 0),
                              arch->soft_reset_all);
    memset(core, 0, sizeof(*core));
    tt_load_forget(&l->loader.held[y][x]);
}

/* Whoever failed may have written to any core that was not in use. */
static void hold_idle(struct tt_launcher *l)
{
    for (unsigned y = 0; y < TT_MAX_GRID; y++)
        for (unsigned x = 0; x < TT_MAX_GRID; x++)
            if (!l->core[y][x].busy)
                hold_core(l, x, y);
}

void tt_launcher_free(struct tt_launcher *launcher)
{
    if (!launcher)
        return;
    while (launcher->flights)
        tt_launch_cancel(launcher, launcher->flights, NXS_DeviceNotAvailable);
    hold_idle(launcher);
    free(launcher);
}

/* ---- ends of flights ---- */

static void set_busy(struct tt_launcher *l, const struct tt_work *w, bool busy)
{
    for (uint32_t i = 0; i < w->n_cores; i++)
        l->core[w->cores[i].y][w->cores[i].x].busy = busy;
}

/* The flight is over; for a failure the calling thread's last log line says
 * why. */
static void end_flight(struct tt_launcher *l, struct tt_flight *f,
                       nxs_status status)
{
    struct tt_flight **link = &l->flights;

    while (*link && *link != f)
        link = &(*link)->next;
    if (*link)
        *link = f->next;
    (void)tt_printer_poll(f->printer);
    tt_printer_free(f->printer);
    f->printer = NULL;
    free(f->waiting);
    f->waiting = NULL;
    f->end_ns = tt_clock_ns();
    f->status = status;
    f->over = true;
    set_busy(l, f->work, false);
    if (status >= 0)
        return;
    f->error = strdup(tt_log_last_error());
    hold_idle(l);
}

static unsigned end_all(struct tt_launcher *l, nxs_status status)
{
    unsigned n = 0;

    for (; l->flights; n++)
        end_flight(l, l->flights, status);
    return n;
}

/* Guest code did wrong: logs what, and ends the flights whose cores did. Where
 * nobody can tell whose they are, all flights end. What there was is in *out
 * if no flight has ended. */
static unsigned end_faulted(struct tt_launcher *l, nxs_status *out)
{
    struct tt_fault_list list = {.n = 0};
    struct tt_flight *next;
    nxs_status status;
    unsigned n = 0;

    while (list.n < TT_MAX_FAULTS &&
           tt_device_fault(l->dev, &list.fault[list.n]))
        list.n++;
    for (struct tt_flight *f = l->flights; f; f = next) {
        next = f->next;
        status = tt_launch_faults(l->dev, &list, f->work);
        if (status >= 0)
            continue;
        end_flight(l, f, status);
        n++;
    }
    status = tt_launch_faults(l->dev, &list, NULL);
    *out = status < 0 ? status : NXS_InvalidProgramExecutable;
    return n || status >= 0 ? n : end_all(l, status);
}

/* ---- boot ---- */

/* Logical column and row -> NOC coordinate, for kernels that address others. */
static nxs_status write_coords(struct tt_launcher *l, const struct tt_group *g)
{
    const struct tt_arch *arch = l->dev->info.arch;
    uint8_t table[2][TT_MAX_GRID] = {{0}};

    for (unsigned i = 0; i < l->dev->info.grid_x; i++)
        table[0][i] = tt_arch_worker(arch, i, 0, 0).x;
    for (unsigned i = 0; i < l->dev->info.grid_y; i++)
        table[1][i] = tt_arch_worker(arch, 0, i, 0).y;
    return tt_group_write(l->dev, g, TT_L1_COORDS, table, sizeof(table));
}

static nxs_status write_firmware(struct tt_launcher *l,
                                 const struct tt_group *g)
{
    static const uint8_t zero[TT_L1_LAUNCH - TT_L1_MAILBOX];
    nxs_status status = write_coords(l, g);

    for (unsigned i = 0; i < TT_N_RISC && status >= 0; i++)
        status = tt_group_write(l->dev, g, firmware_addr[i],
                                l->firmware[i].data, l->firmware[i].size);
    if (status >= 0)
        status = tt_group_write(l->dev, g, TT_L1_MAILBOX, zero, sizeof(zero));
    return status;
}

static nxs_status release_core(struct tt_launcher *l, unsigned x, unsigned y)
{
    const uint16_t place[2] = {(uint16_t)x, (uint16_t)y};
    const struct tt_arch *arch = l->dev->info.arch;
    nxs_status status = tt_device_write(
        l->dev,
        tt_arch_worker(arch, x, y,
                       TT_L1_MAILBOX + offsetof(struct tt_mailbox, logical_x)),
        place, sizeof(place));

    if (status >= 0)
        status = tt_device_reset(l->dev, tt_arch_worker(arch, x, y, 0),
                                 arch->soft_reset_subs);
    return status;
}

static nxs_status wait_boot(struct tt_launcher *l, unsigned x, unsigned y,
                            uint64_t deadline)
{
    enum tt_progress progress = TT_PROGRESS_RUNNING;
    uint32_t boot = 0;

    for (;;) {
        nxs_status status =
            get(l, x, y, TT_L1_MAILBOX + offsetof(struct tt_mailbox, boot),
                &boot, sizeof(boot));

        if (status < 0 || boot == TT_BOOT_READY)
            return status;
        if (progress == TT_PROGRESS_IDLE || tt_clock_ns() > deadline)
            return TT_FAIL(NXS_DeviceNotAvailable,
                           "core (%u, %u) did not boot: mailbox 0x%x", x, y,
                           boot);
        status = tt_device_progress(l->dev, &progress);
        if (status < 0 && !end_all(l, status))
            return status;
        if (status >= 0 && progress == TT_PROGRESS_FAULT &&
            !end_faulted(l, &status))
            return status;
    }
}

/* tt_group_of(): chooses the cores that are to boot. */
static bool is_held(void *arg, const struct tt_launch_core *core)
{
    const struct tt_launcher *l = arg;

    return !l->core[core->y][core->x].booted;
}

/* Firmware comes to all of them at once. */
static nxs_status start_boot(struct tt_launcher *l,
                             const struct tt_launch_core *cores, uint32_t n,
                             const struct tt_group *fresh)
{
    const struct tt_arch *arch = l->dev->info.arch;
    nxs_status status = NXS_Success;

    for (uint32_t i = 0; i < n && status >= 0; i++)
        if (is_held(l, &cores[i]))
            status = tt_device_reset(
                l->dev, tt_arch_worker(arch, cores[i].x, cores[i].y, 0),
                arch->soft_reset_all);
    if (status >= 0)
        status = write_firmware(l, fresh);
    for (uint32_t i = 0; i < n && status >= 0; i++) {
        if (!is_held(l, &cores[i]))
            continue;
        l->core[cores[i].y][cores[i].x].booted = true;
        status = release_core(l, cores[i].x, cores[i].y);
    }
    return status;
}

static nxs_status boot_cores(struct tt_launcher *l,
                             const struct tt_launch_core *cores, uint32_t n)
{
    uint64_t deadline = tt_clock_ns() + BOOT_TIMEOUT_MS * 1000000ull;
    nxs_status status;
    struct tt_group fresh;

    tt_group_of(cores, n, is_held, l, &fresh);
    if (!fresh.n)
        return NXS_Success;
    status = start_boot(l, cores, n, &fresh);
    for (unsigned i = 0; i < fresh.n && status >= 0; i++) {
        const struct tt_cores *c = &fresh.cores[i];

        for (unsigned k = 0; k < c->width * c->height && status >= 0; k++)
            status = wait_boot(l, c->x + k % c->width, c->y + k / c->width,
                               deadline);
    }
    return status;
}

/* ---- launch ---- */

static nxs_status check_args(const struct tt_work *w)
{
    if (w->n_common_args > TT_MAX_COMMON)
        return TT_FAIL(NXS_InvalidKernelArgs,
                       "%s: %u common arguments, the limit is %u", w->name,
                       w->n_common_args, TT_MAX_COMMON);
    for (uint32_t i = 0; i < w->n_cores; i++)
        for (unsigned r = 0; r < TT_N_ROLES; r++)
            if (w->cores[i].n_args[r] > TT_MAX_ARGS)
                return TT_FAIL(NXS_InvalidKernelArgs,
                               "%s: %u arguments per core, the limit is %u",
                               w->name, w->cores[i].n_args[r], TT_MAX_ARGS);
    return NXS_Success;
}

static nxs_status check_work(const struct tt_launcher *l,
                             const struct tt_work *w)
{
    for (unsigned r = 0; r < TT_N_RISC; r++)
        if (w->image[r].size > kernel_slot(r))
            return TT_FAIL(NXS_InvalidProgramExecutable,
                           "%s: the %s image has %u bytes, the slot %u",
                           w->name, tt_risc_name(r), w->image[r].size,
                           kernel_slot(r));
    if (!w->n_cores || w->n_cores > l->dev->info.grid_x * l->dev->info.grid_y)
        return TT_FAIL(NXS_InvalidWorkItemSize, "%s: %u cores", w->name,
                       w->n_cores);
    for (uint32_t i = 0; i < w->n_cores; i++)
        if (w->cores[i].x >= l->dev->info.grid_x ||
            w->cores[i].y >= l->dev->info.grid_y)
            return TT_FAIL(NXS_InvalidWorkItemSize,
                           "%s: core (%u, %u) is outside the grid", w->name,
                           w->cores[i].x, w->cores[i].y);
    if (w->n_semaphores > TT_N_SEMAPHORES)
        return TT_FAIL(NXS_InvalidKernelArgs, "%s: %u semaphores", w->name,
                       w->n_semaphores);
    return check_args(w);
}

static nxs_status load_work(struct tt_launcher *l, const struct tt_work *w,
                            const struct tt_group *group)
{
    nxs_status status = boot_cores(l, w->cores, w->n_cores);

    return status < 0 ? status : tt_load(&l->loader, w, group);
}

/* ---- completion ---- */

static nxs_status is_finished(struct tt_launcher *l, const struct tt_flight *f,
                              const struct tt_unfinished *core, bool *out)
{
    uint32_t done;
    nxs_status status =
        get(l, core->x, core->y,
            TT_L1_MAILBOX + offsetof(struct tt_mailbox, done), &done, 4);

    *out = done == f->number;
    return status;
}

/* One core that still works is enough to know that the flight goes on: so each
 * core is looked at once, and one of them again and again. */
static nxs_status drop_finished(struct tt_launcher *l, struct tt_flight *f)
{
    nxs_status status = NXS_Success;
    bool finished = true;

    while (f->n_waiting && finished && status >= 0) {
        status = is_finished(l, f, &f->waiting[f->n_waiting - 1], &finished);
        if (status >= 0)
            f->n_waiting -= finished;
    }
    return status;
}

/* For a report: all that have not finished, and no other. */
static nxs_status keep_unfinished(struct tt_launcher *l, struct tt_flight *f)
{
    nxs_status status = NXS_Success;
    uint32_t kept = 0;
    bool finished;

    for (uint32_t i = 0; i < f->n_waiting && status >= 0; i++) {
        status = is_finished(l, f, &f->waiting[i], &finished);
        if (!finished)
            f->waiting[kept++] = f->waiting[i];
    }
    if (status >= 0)
        f->n_waiting = kept;
    return status;
}

/* Whether a core has stopped itself (ASSERT, a wait that can never end). */
static nxs_status find_error(struct tt_launcher *l, const struct tt_flight *f,
                             bool *out)
{
    *out = false;
    for (uint32_t i = 0; i < f->n_waiting && !*out; i++) {
        uint32_t error[TT_N_RISC];
        nxs_status status =
            get(l, f->waiting[i].x, f->waiting[i].y,
                TT_L1_MAILBOX + offsetof(struct tt_mailbox, error), error,
                sizeof(error));

        if (status < 0)
            return status;
        for (unsigned r = 0; r < TT_N_RISC; r++)
            *out |= error[r] != 0;
    }
    return NXS_Success;
}

static uint64_t cycles(const volatile uint32_t *low_high)
{
    return (uint64_t)low_high[1] << 32 | low_high[0];
}

static nxs_status read_time(struct tt_launcher *l, const struct tt_work *w,
                            uint32_t i)
{
    const struct tt_launch_core *core = &w->cores[i];
    struct tt_core_time *out = &w->time[i];
    struct tt_mailbox m;
    nxs_status status = get(l, core->x, core->y, TT_L1_MAILBOX, &m, sizeof(m));

    for (unsigned r = 0; r < TT_N_RISC && status >= 0; r++) {
        out->begin[r] = w->image[r].size ? cycles(&m.time[r][0]) : 0;
        out->end[r] = w->image[r].size ? cycles(&m.time[r][2]) : 0;
    }
    if (status >= 0 && out->zones && w->zones)
        status = get(l, core->x, core->y, w->zones, out->zones,
                     TT_N_RISC * sizeof(*out->zones));
    return status;
}

static nxs_status read_times(struct tt_launcher *l, const struct tt_work *w)
{
    nxs_status status = NXS_Success;

    for (uint32_t i = 0; w->time && i < w->n_cores && status >= 0; i++)
        status = read_time(l, w, i);
    return status;
}

/* Return: 1 while it goes on, NXS_Success, or why it ends. */
static nxs_status look_at(struct tt_launcher *l, struct tt_flight *f, bool idle)
{
    bool printed = tt_printer_poll(f->printer);
    nxs_status status = drop_finished(l, f);
    const char *why = NULL;
    bool error = false;

    if (status >= 0 && f->n_waiting == 0)
        return read_times(l, f->work);
    if (status >= 0 && (idle || l->n_polls % ERROR_INTERVAL == 0))
        status = find_error(l, f, &error);
    if (status < 0)
        return status;
    if (error)
        why = "stopped";
    else if (idle && !printed) /* nobody waits for room to print any more */
        why = "deadlock";
    else if (f->deadline_ns && tt_clock_ns() > f->deadline_ns)
        why = "timeout";
    if (!why)
        return 1;
    (void)tt_printer_poll(f->printer); /* what was printed before the error */
    status = keep_unfinished(l, f);
    return status < 0 ? status
                      : tt_launch_report(l->dev, why, f->waiting, f->n_waiting);
}

unsigned tt_launch_poll(struct tt_launcher *launcher)
{
    enum tt_progress progress = TT_PROGRESS_RUNNING;
    nxs_status status = tt_device_progress(launcher->dev, &progress);
    struct tt_flight *next;
    unsigned n = 0;

    if (status < 0)
        return end_all(launcher, status);
    if (progress == TT_PROGRESS_FAULT)
        return end_faulted(launcher, &status);
    launcher->n_polls++;
    for (struct tt_flight *f = launcher->flights; f; f = next) {
        next = f->next;
        status = look_at(launcher, f, progress == TT_PROGRESS_IDLE);
        if (status > 0)
            continue;
        end_flight(launcher, f, status);
        n++;
    }
    return n;
}

void tt_launch_cancel(struct tt_launcher *launcher, struct tt_flight *flight,
                      nxs_status status)
{
    if (!flight->over)
        end_flight(launcher, flight, status);
}

/* ---- start ---- */

static nxs_status ring(struct tt_launcher *l, const struct tt_flight *f,
                       const struct tt_group *group)
{
    return tt_group_write(l->dev, group,
                          TT_L1_MAILBOX + offsetof(struct tt_mailbox, go),
                          &f->number, sizeof(f->number));
}

static nxs_status take_off(struct tt_launcher *l, struct tt_flight *f)
{
    const struct tt_work *w = f->work;
    struct tt_group group;
    nxs_status status;

    tt_group_of(w->cores, w->n_cores, NULL, NULL, &group);
    status = load_work(l, w, &group);
    if (status < 0)
        return status;
    /* The core that is looked at first is the last. */
    for (uint32_t i = 0; i < w->n_cores; i++)
        f->waiting[f->n_waiting++] =
            (struct tt_unfinished){w->cores[i].x, w->cores[i].y, w};
    if (w->print)
        f->printer = tt_printer_new(l->dev, w);
    f->number = ++l->number;
    f->start_ns = tt_clock_ns();
    return ring(l, f, &group);
}

nxs_status tt_launch_start(struct tt_launcher *launcher,
                           struct tt_flight *flight, const struct tt_work *work,
                           uint64_t deadline_ns)
{
    nxs_status status = check_work(launcher, work);

    *flight = (struct tt_flight){
        .work = work, .deadline_ns = deadline_ns, .over = true};
    if (status < 0) {
        flight->status = status;
        return status;
    }
    flight->waiting = calloc(work->n_cores + 1, sizeof(*flight->waiting));
    if (!flight->waiting)
        return flight->status =
                   TT_FAIL(NXS_OutOfHostMemory,
                           "no memory for a launch on %u cores", work->n_cores);
    flight->over = false;
    set_busy(launcher, work, true);
    status = take_off(launcher, flight);
    flight->next = launcher->flights;
    launcher->flights = flight;
    if (status < 0)
        end_flight(launcher, flight, status);
    return status;
}

void tt_flight_fini(struct tt_flight *flight)
{
    free(flight->error);
    flight->error = NULL;
}
