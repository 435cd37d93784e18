/* SPDX-License-Identifier: MIT */
/* Cores: reset, running, waiting, faults, and a kernel from end to end. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"
#include "device/transfer.h"
#include "jit/tt_jit.h"
#include "pool/tt_clock.h"
#include "tests/seam/seam.h"

#define HELD      0x47800u /* all five cores */
#define BRISC     0x47000u /* only BRISC runs */
#define SELF_LOOP 0x0000006Fu

/* count at 0x600 */
static const uint32_t counter[] = {0x60002283, 0x00128293, 0x60502023,
                                   0xFF5FF06F};

static void start(struct seam *s, struct tt_noc_addr core, const uint32_t *code,
                  size_t n)
{
    const uint32_t zero = 0;

    OK(s, tt_device_write(s->dev, core, code, 4 * n));
    core.addr = 0x600;
    OK(s, tt_device_write(s->dev, core, &zero, 4));
    OK(s, tt_device_reset(s->dev, core, BRISC));
}

static uint32_t value_at(struct seam *s, struct tt_noc_addr core, uint64_t addr)
{
    uint32_t v = 0;

    core.addr = addr;
    OK(s, tt_device_read(s->dev, core, &v, 4));
    return v;
}

static enum tt_progress progress(struct seam *s)
{
    enum tt_progress p = TT_PROGRESS_RUNNING;

    OK(s, tt_device_progress(s->dev, &p));
    return p;
}

static void a_released_core_runs(struct seam *s)
{
    /* x5 = 42; store it at 0x600; stop */
    static const uint32_t code[] = {0x02A00293, 0x60502023, SELF_LOOP};
    const struct tt_noc_addr core = seam_worker(2, 2, 0);

    start(s, core, code, 3);
    for (int i = 0; i < 10000 && value_at(s, core, 0x600) != 42; i++)
        (void)progress(s);
    EQUAL(s, value_at(s, core, 0x600), 42);
}

static void a_core_put_back_into_reset_stands_still(struct seam *s)
{
    const struct tt_noc_addr core = seam_worker(5, 3, 0);
    uint32_t v;

    start(s, core, counter, 4);
    for (int i = 0; i < 10000 && value_at(s, core, 0x600) < 2; i++)
        (void)progress(s);
    CHECK(s, value_at(s, core, 0x600) >= 2);
    OK(s, tt_device_reset(s->dev, core, HELD));
    v = value_at(s, core, 0x600);
    for (int i = 0; i < 5; i++)
        (void)progress(s);
    EQUAL(s, value_at(s, core, 0x600), v);
}

static void reset_takes_only_cores_of_tensix_tiles(struct seam *s)
{
    EQUAL(s, tt_device_reset(s->dev, seam_worker(0, 0, 0), HELD | 1),
          NXS_InvalidValue);
    EQUAL(s, tt_device_reset(s->dev, seam_dram(0, 0), HELD), NXS_InvalidValue);
    EQUAL(s, tt_device_reset(NULL, seam_worker(0, 0, 0), HELD),
          NXS_InvalidDevice);
    OK(s, tt_device_reset(s->dev, seam_worker(0, 0, 0x123), HELD));
}

static void progress_and_states_refuse_bad_arguments(struct seam *s)
{
    struct tt_core_state core;
    enum tt_progress p;

    EQUAL(s, tt_device_progress(NULL, &p), NXS_InvalidValue);
    EQUAL(s, tt_device_progress(s->dev, NULL), NXS_InvalidValue);
    EQUAL(s, tt_device_core_state(s->dev, seam_worker(0, 0, 0), 5, &core),
          NXS_InvalidValue);
    EQUAL(s, tt_device_core_state(s->dev, seam_worker(0, 0, 0), 0, NULL),
          NXS_InvalidValue);
    EQUAL(s, tt_device_core_state(s->dev, seam_dram(0, 0), 0, &core),
          NXS_InvalidValue);
    OK(s, tt_device_core_state(s->dev, seam_worker(0, 0, 0), 4, &core));
}

static void a_chip_without_work_is_idle(struct seam *s)
{
    static const uint32_t stop[] = {SELF_LOOP};

    start(s, seam_worker(0, 0, 0), stop, 1);
    for (int i = 0; i < 100 && progress(s) != TT_PROGRESS_IDLE; i++)
        continue;
    EQUAL(s, progress(s), TT_PROGRESS_IDLE);
}

static void a_core_in_reset_is_described_so(struct seam *s)
{
    static const uint32_t stop[] = {SELF_LOOP};
    const struct tt_noc_addr core = seam_worker(0, 1, 0);
    struct tt_core_state state;

    OK(s, tt_device_core_state(s->dev, core, 4, &state));
    CHECK(s, !strcmp(state.what, "in reset"));
    start(s, core, stop, 1);
    OK(s, tt_device_core_state(s->dev, core, 0, &state));
    CHECK(s, strcmp(state.what, "in reset") != 0);
    OK(s, tt_device_core_state(s->dev, core, 4, &state));
    CHECK(s, !strcmp(state.what, "in reset"));
}

static void a_core_that_waits_says_for_what(struct seam *s)
{
    static const uint32_t poll[] = {0x60002283, 0xFE028EE3};
    const struct tt_noc_addr core = seam_worker(0, 1, 0);
    struct tt_core_state state;

    start(s, core, poll, 2);
    for (int i = 0; i < 100 && progress(s) != TT_PROGRESS_IDLE; i++)
        continue;
    OK(s, tt_device_core_state(s->dev, core, 0, &state));
    CHECK(s, !strcmp(state.what, "polls L1 0x600"));
    CHECK(s, state.pc < 8);
}

static void a_fault_of_guest_code_is_reported_once(struct seam *s)
{
    static const uint32_t code[] = {0xFFE802B7, 0x0202A303}; /* lui, lw */
    struct tt_core_state core;
    enum tt_progress p = TT_PROGRESS_RUNNING;
    struct tt_fault fault;

    start(s, seam_worker(1, 0, 0), code, 2);
    for (int i = 0; i < 10 && p != TT_PROGRESS_FAULT; i++)
        OK(s, tt_device_progress(s->dev, &p));
    EQUAL(s, p, TT_PROGRESS_FAULT);
    CHECK(s, tt_device_fault(s->dev, &fault));
    EQUAL(s, fault.at.x, 1);
    EQUAL(s, fault.at.risc, 0);
    EQUAL(s, fault.at.pc, 4);
    CHECK(s, strstr(fault.text, "0xffe80020") != NULL);
    CHECK(s, !tt_device_fault(s->dev, &fault));
    OK(s, tt_device_progress(s->dev, &p));
    CHECK(s, p != TT_PROGRESS_FAULT);
    OK(s, tt_device_core_state(s->dev, seam_worker(1, 0, 0), 0, &core));
    EQUAL(s, core.pc, 4);
    CHECK(s, !strcmp(core.what, "stopped by a fault"));
}

/* ---- two threads ---- */

struct runner {
    struct tt_device *dev;
    bool stop, failed;
};

static void *run(void *arg)
{
    struct runner *r = arg;
    enum tt_progress p;

    while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED))
        r->failed |= tt_device_progress(r->dev, &p) < 0;
    return NULL;
}

static void other_threads_get_at_a_running_chip(struct seam *s)
{
    struct runner r = {.dev = s->dev};
    const struct tt_noc_addr at = seam_worker(0, 0, 0x600);
    nxs_status status = NXS_Success;
    uint32_t last = 0, v = 0;
    pthread_t thread;

    start(s, seam_worker(0, 0, 0), counter, 4);
    EQUAL(s, pthread_create(&thread, NULL, run, &r), 0);
    for (int grown = 0; grown < 20 && status >= 0;) {
        status = tt_device_read(s->dev, at, &v, 4);
        grown += v != last;
        last = v;
    }
    __atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
    (void)pthread_join(thread, NULL);
    OK(s, status);
    CHECK(s, !r.failed);
}

/* ---- a kernel ---- */

/* target = source, tile by tile, through all five cores; nothing where the
 * firmware has not turned the ECC scrubber on (Config word 3). */
static const char copy_kernel[] =
    "#if defined(READER_KERNEL)\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "void kernel_main() {\n"
    "  constexpr auto args = TensorAccessorArgs<2>();\n"
    "  const auto in = TensorAccessor(args, get_common_arg_val<uint32_t>(0),\n"
    "                                 get_tile_size(0));\n"
    "  for (uint32_t i = get_arg_val<uint32_t>(0);\n"
    "       i < get_arg_val<uint32_t>(1); i++) {\n"
    "    cb_reserve_back(0, 1);\n"
    "    noc_async_read_tile(i, in, get_write_ptr(0));\n"
    "    noc_async_read_barrier();\n"
    "    cb_push_back(0, 1);\n"
    "  }\n"
    "}\n"
    "#elif defined(WRITER_KERNEL)\n"
    "#include \"api/dataflow/dataflow_api.h\"\n"
    "void kernel_main() {\n"
    "  constexpr auto args = TensorAccessorArgs<2>();\n"
    "  const auto out = TensorAccessor(args, get_common_arg_val<uint32_t>(1),\n"
    "                                  get_tile_size(1));\n"
    "  if (*(volatile uint32_t *)0xFFEF000C != 0x803) return;\n"
    "  for (uint32_t i = get_arg_val<uint32_t>(0);\n"
    "       i < get_arg_val<uint32_t>(1); i++) {\n"
    "    cb_wait_front(1, 1);\n"
    "    noc_async_write_tile(i, out, get_read_ptr(1));\n"
    "    noc_async_write_barrier();\n"
    "    cb_pop_front(1, 1);\n"
    "  }\n"
    "}\n"
    "#else\n"
    "#include \"compute_kernel_api/tile_move_copy.h\"\n"
    "void kernel_main() {\n"
    "  unary_op_init_common(0, 1);\n"
    "  copy_tile_init(0);\n"
    "  for (uint32_t i = get_arg_val<uint32_t>(0);\n"
    "       i < get_arg_val<uint32_t>(1); i++) {\n"
    "    cb_wait_front(0, 1);\n"
    "    tile_regs_acquire();\n"
    "    copy_tile(0, 0, 0);\n"
    "    tile_regs_commit();\n"
    "    cb_pop_front(0, 1);\n"
    "    cb_reserve_back(1, 1);\n"
    "    tile_regs_wait();\n"
    "    pack_tile(0, 1);\n"
    "    tile_regs_release();\n"
    "    cb_push_back(1, 1);\n"
    "  }\n"
    "}\n"
    "#endif\n";

#define TILE       2048u /* of bf16 */
#define N_CORES    4u
#define PER_CORE   3u
#define N_TILES    (N_CORES * PER_CORE)
#define TIMEOUT_NS 120000000000u
#define IN_BASE    0x100000u
#define OUT_BASE   0x200000u
#define BF16_CODE  5u

/** struct bench - a launcher with the copying kernel, and its data */
struct bench {
    struct tt_jit *jit;
    const struct tt_jit_program *program;
    struct tt_launcher *launcher;
    struct tt_layout layout;
    uint16_t data[N_TILES * 1024], back[N_TILES * 1024];
};

static nxs_status build(struct seam *s, struct bench *b)
{
    static const uint32_t cta[] = {0, 1, 2, TILE, 2, TILE};
    struct tt_jit_desc desc = {
        .source = copy_kernel,
        .source_len = sizeof(copy_kernel) - 1,
        .source_name = "copy.cpp",
        .cb = {{.format = BF16_CODE, .present = true, .tile_bytes = TILE},
               {.format = BF16_CODE, .present = true, .tile_bytes = TILE}},
        .dram_banks = 12,
        .grid_x = s->dev->info.grid_x,
        .grid_y = s->dev->info.grid_y,
        .fidelity = 4,
        .arch = "wormhole",
    };
    struct tt_blob firmware[TT_N_RISC];
    const struct tt_jit_image *image;
    struct tt_jit_report report;
    nxs_status status = tt_jit_new(&b->jit);

    for (unsigned i = 0; i < TT_N_ROLES; i++) {
        desc.cta[i] = cta;
        desc.n_cta[i] = sizeof(cta) / sizeof(cta[0]);
    }
    if (status >= 0)
        status = tt_jit_firmware(b->jit, "wormhole", &report, &image);
    if (status < 0)
        return status;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        firmware[i] = (struct tt_blob){image[i].data, image[i].size};
    status = tt_jit_build(b->jit, &desc, &report, &b->program);
    if (status < 0)
        return status;
    return tt_launcher_new(s->dev, firmware, &b->launcher);
}

static nxs_status launch(struct bench *b)
{
    static const uint32_t common[] = {IN_BASE, OUT_BASE};
    uint32_t share[N_CORES][2];
    struct tt_launch_core core[N_CORES];
    struct tt_work work = {
        .code_id = b->program->id,
        .cb = {{TT_L1_DATA, 2 * TILE, TILE, 2},
               {TT_L1_DATA + 2 * TILE, 2 * TILE, TILE, 2}},
        .common_args = common,
        .n_common_args = 2,
        .cores = core,
        .n_cores = N_CORES,
        .name = "copy",
    };
    struct tt_flight flight;
    nxs_status status;

    for (unsigned i = 0; i < TT_N_RISC; i++) {
        work.image[i] = (struct tt_blob){b->program->image[i].data,
                                         b->program->image[i].size};
        work.entry[i] = b->program->image[i].entry;
    }
    for (uint8_t i = 0; i < N_CORES; i++) {
        share[i][0] = i * PER_CORE;
        share[i][1] = (i + 1) * PER_CORE;
        core[i] = (struct tt_launch_core){.x = 2 * i, .y = i};
        for (unsigned role = 0; role < TT_N_ROLES; role++) {
            core[i].args[role] = share[i];
            core[i].n_args[role] = 2;
        }
    }
    status = tt_launch_start(b->launcher, &flight, &work,
                             tt_clock_ns() + TIMEOUT_NS);
    while (!flight.over)
        (void)tt_launch_poll(b->launcher);
    tt_flight_fini(&flight);
    return status < 0 ? status : flight.status;
}

/* Finite numbers, which unpacker and packer hand through as they are. */
static bool run_once(struct seam *s, struct bench *b, unsigned seed)
{
    for (unsigned i = 0; i < N_TILES * 1024; i++)
        b->data[i] = (uint16_t)(0x3C00u + (i * 31 + seed) % 0x800u);
    memset(b->back, 0, sizeof(b->back));
    return tt_transfer_upload(s->dev, &b->layout, IN_BASE, b->data) >= 0 &&
           launch(b) >= 0 &&
           tt_transfer_download(s->dev, &b->layout, OUT_BASE, b->back) >= 0 &&
           !memcmp(b->data, b->back, sizeof(b->data));
}

static void kernels_run_from_end_to_end(struct seam *s)
{
    static const uint64_t dim[2] = {32 * N_TILES, 32};
    struct bench *b = calloc(1, sizeof(*b));
    bool good;

    CHECK(s, b);
    good =
        tt_layout_init(&b->layout, TT_ELEM_16, 2, dim) >= 0 && build(s, b) >= 0;
    for (unsigned i = 0; i < 2 && good; i++)
        good = run_once(s, b, i);
    tt_launcher_free(b->launcher);
    tt_jit_put(b->jit, b->program);
    tt_jit_free(b->jit);
    free(b);
    CHECK(s, good);
}

const struct seam_case seam_cores[] = {
    SEAM_CASE(a_released_core_runs),
    SEAM_CASE(a_core_put_back_into_reset_stands_still),
    SEAM_CASE(reset_takes_only_cores_of_tensix_tiles),
    SEAM_CASE(progress_and_states_refuse_bad_arguments),
    SEAM_CASE(a_chip_without_work_is_idle),
    SEAM_CASE(a_core_in_reset_is_described_so),
    SEAM_CASE(a_core_that_waits_says_for_what),
    SEAM_CASE(a_fault_of_guest_code_is_reported_once),
    SEAM_CASE(other_threads_get_at_a_running_chip),
    SEAM_CASE(kernels_run_from_end_to_end),
    {NULL, NULL},
};
