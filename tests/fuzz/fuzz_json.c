/* SPDX-License-Identifier: MIT */
/*
 * Foreign text on its way into JSON. The plugin reads none; it writes the cards
 * of the machine (NP_Location), from what sysfs says, and the trace (TT_TRACE),
 * from the host's kernel names and from what the guest has left of zones. All
 * of it must be JSON again, whatever was said.
 */
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device/pci.h"
#include "plugin/run.h"
#include "plugin/stream.h"
#include "plugin/trace.h"
#include "tests/double/sysfs.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT 80u

/* ---- cards ---- */

static const char *const attribute[] = {
    "vendor",
    "device",
    "class",
    "subsystem_vendor",
    "subsystem_device",
    "current_link_speed",
    "current_link_width",
    "numa_node",
    "tenstorrent/tenstorrent!3/tt_card_type",
    "tenstorrent/tenstorrent!3/tt_fw_bundle_ver",
    "irq",
    "resource",
};
#define N_ATTRIBUTES (sizeof(attribute) / sizeof(attribute[0]))

static void take_text(struct fuzz_input *in, char *out, size_t size)
{
    size_t len = fuzz_u8(in) % size;
    const uint8_t *from = fuzz_bytes(in, len);

    memset(out, 0, size);
    if (from)
        memcpy(out, from, len);
}

/* Return: how many cards had room. */
static size_t check_cards(const struct tt_cards *cards, size_t room)
{
    char *text = malloc(room);
    json_t *list;
    size_t n;

    FUZZ_CHECK(text);
    n = tt_pci_json(cards, text, room);
    FUZZ_CHECK(n <= cards->n && strlen(text) < room);
    list = json_loads(text, 0, NULL);
    FUZZ_CHECK(list && json_array_size(list) == n);
    json_decref(list);
    free(text);
    return n;
}

/* The least that makes a card: other files only if the input has them. */
static void add_card(struct fake_bus *bus, const char *address)
{
    fake_bus_write(bus, address, "", NULL);
    fake_bus_write(bus, address, "vendor", "0x1e52");
    fake_bus_write(bus, address, "device", "0x401e");
    fake_bus_write(bus, address, "class", "0x120000");
    fake_bus_write(bus, address, "tenstorrent", NULL);
    fake_bus_write(bus, address, "tenstorrent/tenstorrent!3", NULL);
}

static void fuzz_cards(struct fuzz_input *in)
{
    static struct tt_cards cards;
    struct fake_bus bus;
    size_t room = 3 + fuzz_u16(in) % 2000u;
    char address[16], text[MAX_TEXT];

    FUZZ_CHECK(fake_bus_init(&bus) == 0);
    for (unsigned i = 0; i < 3 && in->left; i++) {
        snprintf(address, sizeof(address), "0000:%02x:00.0", i);
        add_card(&bus, address);
        for (unsigned k = fuzz_u8(in) % 4u; k > 0; k--) {
            const char *name = attribute[fuzz_u8(in) % N_ATTRIBUTES];

            take_text(in, text, sizeof(text));
            fake_bus_write(&bus, address, name, text);
        }
    }
    tt_pci_scan(bus.root, &cards);
    check_cards(&cards, room);
    FUZZ_CHECK(check_cards(&cards, 1u << 14) == cards.n);
    fake_bus_fini(&bus);
}

/* ---- trace ---- */

/** struct job - a run with one command on a few cores, as a trace sees it */
struct job {
    struct tt_device dev;
    struct tt_npu npu;
    struct tt_stream stream;
    struct tt_schedule schedule;
    struct tt_run run;
    struct tt_active active;
    struct tt_launch_core core[3];
    struct tt_core_time time[3];
    struct tt_zone_log zones[TT_N_RISC];
    char name[MAX_TEXT];
    char image[64];
};

static void take_zones(struct job *job, struct fuzz_input *in)
{
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        struct tt_zone_log *log = &job->zones[risc];

        log->n = fuzz_u8(in) < 250 ? fuzz_u8(in) % 4u : fuzz_u32(in);
        for (unsigned i = 0; i < 4; i++)
            log->zone[i] =
                (struct tt_zone){fuzz_u32(in), fuzz_u32(in), fuzz_u32(in)};
    }
}

static void take_times(struct job *job, struct fuzz_input *in)
{
    struct tt_work *w = &job->active.piece.work;

    for (unsigned i = 0; i < w->n_cores; i++) {
        job->core[i].x = (uint8_t)(fuzz_u8(in) % 8u);
        job->core[i].y = (uint8_t)(fuzz_u8(in) % 9u);
        for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
            job->time[i].begin[risc] = fuzz_u64(in);
            job->time[i].end[risc] = fuzz_u64(in);
        }
    }
    job->time[0].zones = job->zones;
}

static void take_job(struct job *job, struct fuzz_input *in)
{
    struct tt_work *w = &job->active.piece.work;

    job->dev.info.grid_x = 8;
    job->npu.dev = &job->dev;
    job->npu.index = fuzz_u8(in) % 32u;
    job->stream.object.id = (nxs_int)fuzz_u32(in);
    job->schedule.object.id = (nxs_int)fuzz_u32(in);
    job->run.npu = &job->npu;
    job->run.stream = &job->stream;
    job->run.schedule = &job->schedule;
    job->run.ticket = fuzz_u64(in);
    job->run.status = (nxs_status)(int8_t)fuzz_u8(in);
    job->active.flight.start_ns = fuzz_u64(in);
    job->active.flight.end_ns = fuzz_u64(in);
    job->active.cores = (struct tt_cores){0, 0, 1, 1};
    take_text(in, job->name, sizeof(job->name));
    take_text(in, job->image, sizeof(job->image));
    w->name = job->name;
    w->n_cores = 1 + fuzz_u8(in) % 3u;
    w->cores = job->core;
    w->time = job->time;
    for (unsigned risc = 0; risc < TT_N_RISC; risc++)
        if (fuzz_u8(in) & 1)
            w->image[risc] = (struct tt_blob){job->image, sizeof(job->image)};
    take_zones(job, in);
    take_times(job, in);
}

static void check_trace(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = malloc((size_t)size);
    json_t *list;

    FUZZ_CHECK(text && pread(fd, text, (size_t)size, 0) == size);
    list = json_loadb(text, (size_t)size, 0, NULL);
    FUZZ_CHECK(json_is_array(list));
    json_decref(list);
    free(text);
}

static void fuzz_trace(struct fuzz_input *in)
{
    int fd = memfd_create("trace", MFD_CLOEXEC);
    struct job *job = calloc(1, sizeof(*job));
    char path[32];
    struct tt_trace *trace;

    FUZZ_CHECK(fd >= 0 && job);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    trace = tt_trace_open(path);
    FUZZ_CHECK(trace);
    for (unsigned i = 0; i < 3 && in->left; i++) {
        memset(job, 0, sizeof(*job));
        take_job(job, in);
        tt_trace_job(trace, &job->run, &job->active);
        tt_trace_run(trace, &job->run, fuzz_u64(in), fuzz_u64(in));
    }
    tt_trace_close(trace);
    check_trace(fd);
    free(job);
    close(fd);
}

/* The first byte chooses what is written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};

    if (fuzz_u8(&in) >= 0xF0) /* slow */
        fuzz_cards(&in);
    else
        fuzz_trace(&in);
    return 0;
}
