/* SPDX-License-Identifier: MIT */
/* Programs for schedules without a compiler run for each. */
#include "tests/fuzz/fake_jit.h"

#include <stdio.h>
#include <string.h>

#include "jit/entry.h"
#include "jit/source.h"
#include "nexus-api.h"
#include "pool/tt_log.h"

#define WRITER(body)                                                           \
    "#ifdef WRITER_KERNEL\n"                                                   \
    "#include \"api/dataflow/dataflow_api.h\"\n"                               \
    "void kernel_main() {\n" body "}\n#endif\n"

/* All have circular buffer 0, and trust their arguments, which may be
 * anything. */
static const char *const source[] = {
    WRITER("constexpr auto args = TensorAccessorArgs<1>();\n"
           "const auto b = TensorAccessor(args,"
           " get_common_arg_val<uint32_t>(0), 4096);\n"
           "noc_async_read(get_noc_addr(0, b), get_write_ptr(0), 64);\n"
           "noc_async_read_barrier();\n"
           "*(volatile uint32_t *)get_write_ptr(0) +="
           " get_common_arg_val<uint32_t>(1);\n"
           "noc_async_write(get_write_ptr(0), get_noc_addr(0, b), 64);\n"
           "noc_async_write_barrier();\n"),
    WRITER("cb_wait_front(0, 1);\n"), /* deadlock */
    WRITER("for (;;) *(volatile uint32_t *)get_write_ptr(0) += 1;\n"),
    WRITER("*(volatile uint32_t *)(get_common_arg_val<uint32_t>(1) << 24) ="
           " get_common_arg_val<uint32_t>(0);\n"),
    WRITER("uint32_t n = get_arg_val<uint32_t>(0);\n"
           "if (n) *(volatile uint32_t *)n = get_arg_val<uint32_t>(1);\n"),
    WRITER(""),
};
#define N_KERNELS (sizeof(source) / sizeof(source[0]))

/* What was compiled; lives as long as the process. */
static const struct tt_jit_program *program[N_KERNELS];
static bool started;

/** __wrap_tt_jit_build - see fake_jit_start() */
nxs_status __wrap_tt_jit_build(struct tt_jit *jit,
                               const struct tt_jit_desc *desc,
                               struct tt_jit_report *report,
                               const struct tt_jit_program **out);
/** __real_tt_jit_build - the real one */
nxs_status __real_tt_jit_build(struct tt_jit *jit,
                               const struct tt_jit_desc *desc,
                               struct tt_jit_report *report,
                               const struct tt_jit_program **out);

static const struct tt_jit_program *ref(const struct tt_jit_program *p)
{
    /* The program is the first member of its entry, which was not const. */
    tt_entry_ref((struct tt_entry *)(uintptr_t)p);
    return p;
}

static nxs_status learn(struct tt_jit *jit, const struct tt_jit_desc *desc,
                        struct tt_jit_report *report,
                        const struct tt_jit_program **out)
{
    nxs_status status = __real_tt_jit_build(jit, desc, report, out);

    for (size_t i = 0; status >= 0 && i < N_KERNELS; i++)
        if (!program[i] && strcmp(desc->source, source[i]) == 0)
            program[i] = ref(*out);
    return status;
}

/* All that the compiler would read is read. */
static void read_all(const struct tt_jit_desc *desc)
{
    uint8_t key[TT_SHA256_SIZE];
    struct tt_text text = {0};

    tt_source_key(desc, key);
    tt_source_text(desc, &text);
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        tt_source_config(desc, risc, &text);
        tt_source_defines(desc, risc, &text);
    }
    tt_text_free(&text);
}

nxs_status __wrap_tt_jit_build(struct tt_jit *jit,
                               const struct tt_jit_desc *desc,
                               struct tt_jit_report *report,
                               const struct tt_jit_program **out)
{
    nxs_status status;
    size_t which;

    if (!started)
        return learn(jit, desc, report, out);
    *report = (struct tt_jit_report){.from = "memory"};
    status = tt_source_check(desc);
    if (status < 0)
        return status;
    read_all(desc);
    which = (unsigned char)desc->source[0] % (N_KERNELS + 2);
    if (which >= N_KERNELS) {
        snprintf(report->log, sizeof(report->log), "%s", desc->source);
        return TT_FAIL(which == N_KERNELS ? NXS_CompileProgramFailure
                                          : NXS_CompilerNotAvailable,
                       "%s: %s", desc->source_name, report->log);
    }
    *out = ref(program[which]);
    return NXS_Success;
}

/* @run: also run it, for which the firmware is compiled and loaded. */
static bool compile(nxs_int device, const char *text, bool run)
{
    static const nxs_dim3 one = {1, 1, 1};
    const nxs_buffer_layout page = {NXS_DataType_U32, 1, {1024}, {0}};
    nxs_int buffer = nxsCreateBuffer(device, page, NULL, 0);
    nxs_int library = nxsCreateLibrary(device, (void *)(uintptr_t)text,
                                       (nxs_uint)strlen(text), 0);
    nxs_int schedule = nxsCreateSchedule(device, 0);
    nxs_int command = nxsCreateCommand(schedule, nxsGetKernel(library, "k"), 0);
    int tiles = 1;
    bool ok;

    nxsSetCommandScalar(command, 0, &tiles, "CB", NXS_DataType_U32);
    nxsSetCommandArgument(command, 0, buffer, "", 0);
    nxsSetCommandScalar(command, 1, &tiles, "", NXS_DataType_I32);
    ok = nxsFinalizeCommand(command, one, one, 0) >= 0;
    if (run)
        ok = ok && nxsRunSchedule(schedule, -1, 0) >= 0;
    nxsReleaseSchedule(schedule);
    nxsReleaseLibrary(library);
    nxsReleaseBuffer(buffer);
    return ok;
}

bool fake_jit_start(void)
{
    size_t size = 0;

    for (size_t i = 0; i < N_KERNELS; i++)
        if (!compile(0, source[i], false) || !program[i])
            return false;
    for (nxs_int device = 0;
         nxsGetDeviceProperty(device, NP_Size, NULL, &size) >= 0; device++)
        if (!compile(device, source[N_KERNELS - 1], true))
            return false;
    started = true;
    return true;
}
