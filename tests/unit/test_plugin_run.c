/* SPDX-License-Identifier: MIT */
/* Runs on the embedded chip: what kernels find in their arguments, order of
 * commands, and failures. Needs the cross compiler; 77 without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/l1_map.h"
#include "nexus-api.h"
#include "plugin/command.h"

#define PAGE_WORDS 1024u
#define N_PAGES    256u
#define WORDS      (PAGE_WORDS * N_PAGES)

/* Each source only has a writer; "out" gets page "page", from its words p. */
#define WRITER(decls, body)                                                    \
    "#ifdef WRITER_KERNEL\n"                                                   \
    "#include \"api/dataflow/dataflow_api.h\"\n"                               \
    "void kernel_main() {\n"                                                   \
    "volatile uint32_t *p = (volatile uint32_t *)get_write_ptr(0);\n" decls    \
    "\n" body "\n"                                                             \
    "noc_async_write(get_write_ptr(0), get_noc_addr(page, out), 64);\n"        \
    "noc_async_write_barrier();\n"                                             \
    "}\n#endif\n"
#define OUT(args, address)                                                     \
    "constexpr auto args = TensorAccessorArgs<" args ">();\n"                  \
    "const auto out = TensorAccessor(args, " address ", 4096);\n"
#define CORE_PAGE                                                              \
    "uint32_t page = get_absolute_logical_y() * 8 + "                          \
    "get_absolute_logical_x();\n"

static const char ranges_source[] =
    WRITER(OUT("1", "get_common_arg_val<uint32_t>(0)") CORE_PAGE,
           "p[0] = 1; for (int i = 0; i < 5; i++)"
           " p[1 + i] = get_arg_val<uint32_t>(i);"
           " p[6] = get_common_arg_val<uint32_t>(1);");

static const char points_source[] = WRITER(
    OUT("1",
        "get_arg_val<uint32_t>(0)") "uint32_t x = get_arg_val<uint32_t>(1),"
                                    " y = get_arg_val<uint32_t>(2), z = "
                                    "get_arg_val<uint32_t>(3);\n"
                                    "uint32_t page = x + 10 * (y + 5 * z);",
    "p[0] = 1; p[1] = x; p[2] = y; p[3] = z;");

static const char roles_source[] =
    WRITER(OUT("1", "get_arg_val<uint32_t>(0)") CORE_PAGE,
           "p[0] = 1; p[1] = get_arg_val<uint32_t>(1);"
           " p[2] = get_compile_time_arg_val(0); p[3] = SEVEN;"
           " p[4] = get_named_compile_time_arg_val(\"eight\");"
           " p[5] = get_arg_val<uint32_t>(2);");

static const char semaphores_source[] =
    WRITER(OUT("3", "get_common_arg_val<uint32_t>(0)") "uint32_t page = 0;",
           "p[0] = 1; p[1] = get_compile_time_arg_val(1);"
           " p[2] = get_compile_time_arg_val(2);");

static const char add_source[] =
    WRITER(OUT("1", "get_common_arg_val<uint32_t>(0)") "uint32_t page = 0;",
           "noc_async_read(get_noc_addr(page, out), get_write_ptr(0), 64);"
           " noc_async_read_barrier();"
           " for (volatile uint32_t i = 0;"
           " i < get_common_arg_val<uint32_t>(2); i = i + 1) {}"
           " p[0] = p[0] * 10 + get_common_arg_val<uint32_t>(1);");

/* 64 words each of WRITER_ARG, ARG and L1, interleaved by index */
static const char last_argument_source[] =
    WRITER(OUT("1", "get_arg_val<uint32_t>(2)") "uint32_t page = 0;",
           "p[0] = get_arg_val<uint32_t>(63 * 3 + 1);");

struct fixture {
    nxs_int library, schedule, command, buffer;
    uint32_t *words;
};

static const nxs_dim3 one = {1, 1, 1};

static nxs_int add_command(const struct fixture *f)
{
    nxs_int command =
        nxsCreateCommand(f->schedule, nxsGetKernel(f->library, "k"), 0);
    int tiles = 1;

    assert_true(command >= 0);
    assert_int_equal(
        nxsSetCommandScalar(command, 0, &tiles, "CB", NXS_DataType_U32), 0);
    return command;
}

static struct fixture make(const char *source)
{
    nxs_buffer_layout layout = {NXS_DataType_U32, 1, {WORDS}, {0}};
    struct fixture f;
    uint32_t zero = 0;

    f.library =
        nxsCreateLibrary(0, (void *)source, (nxs_uint)strlen(source), 0);
    f.schedule = nxsCreateSchedule(0, 0);
    f.command = add_command(&f);
    f.buffer = nxsCreateBuffer(0, layout, NULL, 0);
    f.words = calloc(WORDS, sizeof *f.words);
    assert_non_null(f.words);
    assert_int_equal(nxsFillBuffer(f.buffer, &zero, 4), NXS_Success);
    return f;
}

static void drop(struct fixture *f)
{
    int64_t left = -1;
    size_t size = sizeof left;

    free(f->words);
    nxsReleaseSchedule(f->schedule);
    nxsReleaseLibrary(f->library);
    nxsReleaseBuffer(f->buffer);
    assert_int_equal(nxsGetRuntimeProperty(NP_Count, &left, &size), 0);
    assert_int_equal(left, 0);
}

static void set_buffer(const struct fixture *f, nxs_int command,
                       const char *name)
{
    assert_int_equal(nxsSetCommandArgument(command, 0, f->buffer, name, 0),
                     NXS_Success);
}

static void set_number(nxs_int command, int index, int value, const char *name)
{
    nxs_uint settings =
        TT_SETTINGS_EXACT | TT_SETTINGS_CONSTANT | NXS_DataType_I32;

    if (!*name)
        settings = NXS_DataType_I32;
    assert_int_equal(
        nxsSetCommandScalar(command, index, &value, name, settings), 0);
}

static void run(const struct fixture *f)
{
    assert_int_equal(nxsRunSchedule(f->schedule, -80, 0), NXS_Success);
    assert_int_equal(nxsCopyBuffer(f->buffer, f->words, NXS_BufferDeviceToHost),
                     0);
}

static unsigned count_written(const struct fixture *f)
{
    unsigned n = 0;

    for (unsigned page = 0; page < N_PAGES; page++)
        n += f->words[page * PAGE_WORDS] != 0;
    return n;
}

static void ranges_reach_every_core_of_the_rectangle(void **state)
{
    struct fixture f = make(ranges_source);

    (void)state;
    set_buffer(&f, f.command, "");
    set_number(f.command, 1, 4711, "");
    assert_int_equal(nxsFinalizeCommand(f.command, (nxs_dim3){5, 4, 1}, one, 0),
                     NXS_Success);
    run(&f);
    assert_int_equal(count_written(&f), 24);
    for (unsigned core = 0; core < 24; core++) {
        const uint32_t *w = f.words + core * PAGE_WORDS;

        assert_int_equal(w[1], core < 20 ? core : 20);
        assert_int_equal(w[2], core < 20 ? core + 1 : 20);
        assert_int_equal(w[3], 20);
        assert_int_equal(w[4], 0);
        assert_int_equal(w[5], 7 << 16 | 2);
        assert_int_equal(w[6], 4711);
    }
    drop(&f);
}

static void grid_beyond_the_cores_is_shared_out(void **state)
{
    struct fixture f = make(ranges_source);

    (void)state;
    set_buffer(&f, f.command, "");
    set_number(f.command, 1, 0, "");
    assert_int_equal(
        nxsFinalizeCommand(f.command, (nxs_dim3){1000, 1, 1}, one, 0), 0);
    run(&f);
    assert_int_equal(count_written(&f), 72);
    assert_int_equal(f.words[71 * PAGE_WORDS + 1], 71 * 14);
    assert_int_equal(f.words[71 * PAGE_WORDS + 2], 1000);
    drop(&f);
}

static void kernels_without_common_arguments_get_one_point_each(void **state)
{
    struct fixture f = make(points_source);

    (void)state;
    set_buffer(&f, f.command, "");
    assert_int_equal(
        nxsFinalizeCommand(f.command, (nxs_dim3){10, 5, 4}, one, 0), 0);
    run(&f);
    assert_int_equal(count_written(&f), 200);
    for (unsigned page = 0; page < 200; page++) {
        const uint32_t *w = f.words + page * PAGE_WORDS;

        assert_int_equal(w[1] + 10 * (w[2] + 5 * w[3]), page);
    }
    drop(&f);
}

static void role_names_replace_the_usual_arguments(void **state)
{
    struct fixture f = make(roles_source);

    (void)state;
    set_number(f.command, 0, 99, "WRITER_CTA");
    assert_int_equal(
        nxsSetCommandArgument(f.command, 1, f.buffer, "WRITER_CTA", 0), 0);
    set_buffer(&f, f.command, "WRITER_ARG");
    set_number(f.command, 1, 55, "WRITER_ARG");
    set_number(f.command, 2, 100, "WRITER_L1");
    set_number(f.command, 0, 7, "WRITER_DEFINE:SEVEN");
    set_number(f.command, 0, 8, "eight");
    assert_int_equal(nxsFinalizeCommand(f.command, (nxs_dim3){3, 1, 1}, one, 0),
                     0);
    run(&f);
    assert_int_equal(count_written(&f), 3);
    assert_int_equal(f.words[1], 55);
    assert_int_equal(f.words[2], 99);
    assert_int_equal(f.words[3], 7);
    assert_int_equal(f.words[4], 8);
    assert_int_equal(f.words[5], TT_L1_DATA + 4096);
    drop(&f);
}

static void new_number_of_a_role_needs_no_build(void **state)
{
    struct fixture f = make(roles_source);
    struct tt_command *cmd = tt_command_get(f.command);
    const struct tt_program *program;

    (void)state;
    set_number(f.command, 0, 99, "WRITER_CTA");
    assert_int_equal(
        nxsSetCommandArgument(f.command, 1, f.buffer, "WRITER_CTA", 0), 0);
    set_buffer(&f, f.command, "WRITER_ARG");
    set_number(f.command, 1, 55, "WRITER_ARG");
    set_number(f.command, 0, 7, "WRITER_DEFINE:SEVEN");
    set_number(f.command, 0, 8, "eight");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    program = cmd->program;
    set_number(f.command, 1, 66, "WRITER_ARG");
    assert_ptr_equal(cmd->program, program);
    run(&f);
    assert_int_equal(f.words[1], 66);
    set_number(f.command, 0, 98, "WRITER_CTA");
    run(&f);
    assert_int_equal(f.words[2], 98);
    tt_command_put(cmd);
    drop(&f);
}

static void no_role_argument_is_dropped(void **state)
{
    struct fixture f = make(last_argument_source);

    (void)state;
    set_number(f.command, 0, 0, "WRITER_CTA");
    assert_int_equal(
        nxsSetCommandArgument(f.command, 1, f.buffer, "WRITER_CTA", 0), 0);
    set_buffer(&f, f.command, "WRITER_ARG");
    for (int i = 1; i < 64; i++)
        set_number(f.command, i, i, "WRITER_ARG");
    for (int i = 0; i < 64; i++)
        set_number(f.command, i, 1000 + i, "ARG");
    for (int i = 0; i < 64; i++)
        set_number(f.command, i, 64, "L1");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    run(&f);
    assert_int_equal(f.words[0], TT_L1_DATA + 4096 + 63 * 64);
    drop(&f);
}

static void formats_of_both_exponent_sizes_share_a_wide_dst(void **state)
{
    struct fixture f = make("#ifdef COMPUTE_KERNEL\n"
                            "static_assert(DST_ACCUM_MODE == 1);\n"
                            "void kernel_main() {}\n"
                            "#endif\n");
    static const nxs_uint mixes[][2] = {{NXS_DataType_F16, NXS_DataType_BF16},
                                        {NXS_DataType_F8, NXS_DataType_BF16},
                                        {NXS_DataType_F16, NXS_DataType_BF8}};
    int tiles = 1, off = 0;
    nxs_uint exact = TT_SETTINGS_EXACT | TT_SETTINGS_CONSTANT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (int cb = 0; cb < 2; cb++)
            nxsSetCommandScalar(f.command, cb, &tiles, "CB",
                                exact | mixes[i][cb]);
        assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    }
    nxsSetCommandScalar(f.command, 0, &off, "FP32_DEST_ACC", 0);
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0),
                     NXS_CompileProgramFailure);
    drop(&f);
}

static void semaphores_come_first_where_accessors_say_so(void **state)
{
    struct fixture f = make(semaphores_source);

    (void)state;
    set_buffer(&f, f.command, "");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    run(&f);
    assert_int_equal(f.words[0], 1);
    assert_int_equal(f.words[1], 0);
    assert_int_equal(f.words[2], 1);
    drop(&f);
}

static void commands_on_one_buffer_run_in_order(void **state)
{
    struct fixture f = make(add_source);
    nxs_int commands[3] = {f.command, add_command(&f), add_command(&f)};

    (void)state;
    for (int i = 0; i < 3; i++) {
        set_buffer(&f, commands[i], "");
        set_number(commands[i], 1, i + 1, "");
        /* the later, the faster: side by side the last would win */
        set_number(commands[i], 2, (2 - i) * 5000, "");
        assert_int_equal(nxsFinalizeCommand(commands[i], one, one, 0), 0);
    }
    run(&f);
    assert_int_equal(f.words[0], 123);
    set_number(commands[2], 1, 9, "");
    run(&f);
    assert_int_equal(f.words[0], 123129);
    drop(&f);
}

static void run_with_a_released_buffer_is_refused(void **state)
{
    struct fixture f = make(add_source);

    (void)state;
    set_buffer(&f, f.command, "");
    set_number(f.command, 1, 1, "");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    nxsReleaseBuffer(f.buffer);
    assert_int_equal(nxsRunSchedule(f.schedule, -80, 0), NXS_InvalidKernelArgs);
    drop(&f);
}

static void command_outlives_its_library(void **state)
{
    struct fixture f = make(add_source);

    (void)state;
    set_buffer(&f, f.command, "");
    set_number(f.command, 1, 6, "");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    nxsReleaseLibrary(f.library);
    run(&f);
    assert_int_equal(f.words[0], 6);
    drop(&f);
}

static void time_of_a_run_is_kept(void **state)
{
    struct fixture f = make(add_source);
    double run_ms = -1, command_ms = -1;
    size_t size = sizeof run_ms;

    (void)state;
    set_buffer(&f, f.command, "");
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    run(&f);
    assert_int_equal(
        nxsGetScheduleProperty(f.schedule, NP_ElapsedTime, &run_ms, &size), 0);
    assert_int_equal(
        nxsGetCommandProperty(f.command, NP_ElapsedTime, &command_ms, &size),
        0);
    assert_true(run_ms > 0 && run_ms < 10000);
    assert_true(run_ms == command_ms);
    drop(&f);
}

static void compile_error_names_the_line(void **state)
{
    struct fixture f = make("\n\n#ifdef COMPUTE_KERNEL\nnot C at all;\n#endif");
    char text[8192];
    size_t size = sizeof text;

    (void)state;
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0),
                     NXS_CompileProgramFailure);
    assert_int_equal(
        nxsGetCommandProperty(f.command, NP_Description, text, &size), 0);
    assert_non_null(strstr(text, ":4:"));
    assert_int_equal(nxsRunSchedule(f.schedule, -80, 0), NXS_InvalidCommand);
    drop(&f);
}

static void hanging_kernel_ends_with_the_timeout(void **state)
{
    struct fixture f = make("#ifdef READER_KERNEL\n"
                            "#include \"api/dataflow/dataflow_api.h\"\n"
                            "void kernel_main() { cb_wait_front(0, 1); }\n"
                            "#endif\n");

    (void)state;
    setenv("TT_TIMEOUT_MS", "2000", 1);
    assert_int_equal(nxsFinalizeCommand(f.command, one, one, 0), 0);
    assert_int_equal(nxsRunSchedule(f.schedule, -80, 0),
                     NXS_InvalidProgramExecutable);
    unsetenv("TT_TIMEOUT_MS");
    drop(&f);
}

/* Finalize once to learn whether there is a compiler at all. */
static int has_compiler(void)
{
    struct fixture f = make("// nothing\n");
    nxs_status status = nxsFinalizeCommand(f.command, one, one, 0);

    drop(&f);
    return status != NXS_CompilerNotAvailable;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_reach_every_core_of_the_rectangle),
        cmocka_unit_test(grid_beyond_the_cores_is_shared_out),
        cmocka_unit_test(kernels_without_common_arguments_get_one_point_each),
        cmocka_unit_test(role_names_replace_the_usual_arguments),
        cmocka_unit_test(new_number_of_a_role_needs_no_build),
        cmocka_unit_test(no_role_argument_is_dropped),
        cmocka_unit_test(formats_of_both_exponent_sizes_share_a_wide_dst),
        cmocka_unit_test(semaphores_come_first_where_accessors_say_so),
        cmocka_unit_test(commands_on_one_buffer_run_in_order),
        cmocka_unit_test(run_with_a_released_buffer_is_refused),
        cmocka_unit_test(command_outlives_its_library),
        cmocka_unit_test(time_of_a_run_is_kept),
        cmocka_unit_test(compile_error_names_the_line),
        cmocka_unit_test(hanging_kernel_ends_with_the_timeout),
    };

    if (!has_compiler()) {
        puts("there is no cross compiler");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
