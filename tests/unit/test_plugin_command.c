/* SPDX-License-Identifier: MIT */
/* Libraries, kernels and commands: what is refused, and what is passed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nexus-api.h"
#include "plugin/command.h"
#include "plugin/job.h"
#include "plugin/program.h"

struct fixture {
    nxs_int library, schedule, command;
};

static nxs_int make_library(const char *text)
{
    return nxsCreateLibrary(0, (void *)text, (nxs_uint)strlen(text), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    f->library = make_library("void kernel_main() {}\n");
    f->schedule = nxsCreateSchedule(0, 0);
    f->command =
        nxsCreateCommand(f->schedule, nxsGetKernel(f->library, "k"), 0);
    *state = f;
    return f->command >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int64_t left = -1;
    size_t size = sizeof left;

    nxsReleaseSchedule(f->schedule);
    nxsReleaseLibrary(f->library);
    free(f);
    nxsGetRuntimeProperty(NP_Count, &left, &size);
    return left ? -1 : 0;
}

static nxs_status set(const struct fixture *f, int index, int value,
                      const char *name, nxs_uint settings)
{
    return nxsSetCommandScalar(f->command, index, &value, name, settings);
}

static void libraries_must_be_text(void **state)
{
    static char elf[] = "\177ELF\2\1\1", zeros[8], holes[] = "a\0b";

    (void)state;
    assert_int_equal(nxsCreateLibrary(0, NULL, 4, 0), NXS_InvalidValue);
    assert_int_equal(nxsCreateLibrary(0, zeros, 0, 0), NXS_InvalidValue);
    assert_int_equal(nxsCreateLibrary(0, zeros, 8, 0), NXS_InvalidValue);
    assert_int_equal(nxsCreateLibrary(0, elf, 7, 0), NXS_InvalidBinary);
    assert_int_equal(nxsCreateLibrary(0, holes, 3, 0), NXS_InvalidBinary);
    assert_int_equal(nxsCreateLibrary(0, elf, UINT32_MAX, 0),
                     NXS_MaxSizeRestrictionExceeded);
}

static void files_that_cannot_be_read_fail_at_once(void **state)
{
    (void)state;
    assert_int_equal(nxsCreateLibraryFromFile(0, "/no/such/file.cpp", 0),
                     NXS_InvalidProgram);
    assert_int_equal(nxsCreateLibraryFromFile(0, "/tmp", 0),
                     NXS_InvalidProgram);
    assert_int_equal(nxsCreateLibraryFromFile(0, "/dev/null", 0),
                     NXS_InvalidProgram);
    assert_int_equal(nxsCreateLibraryFromFile(0, "", 0), NXS_InvalidValue);
    assert_int_equal(nxsCreateLibraryFromFile(0, NULL, 0), NXS_InvalidValue);
}

static void file_library_knows_its_directory(void **state)
{
    char path[] = "/tmp/tt_test_XXXXXX", text[256];
    size_t size = sizeof text;
    int fd = mkstemp(path);
    nxs_int lib;

    (void)state;
    assert_int_equal(write(fd, "// x\n", 5), 5);
    close(fd);
    lib = nxsCreateLibraryFromFile(0, path, 0);
    unlink(path);
    assert_true(lib >= 0);
    assert_int_equal(nxsGetLibraryProperty(lib, NP_Location, text, &size), 0);
    assert_string_equal(text, "/tmp");
    nxsReleaseLibrary(lib);
}

static void kernel_names_are_identifiers(void **state)
{
    const struct fixture *f = *state;
    nxs_int kernel = nxsGetKernel(f->library, "add_2");

    assert_true(kernel >= 0);
    assert_int_equal(nxsGetKernel(f->library, "add_2"), kernel);
    assert_int_not_equal(nxsGetKernel(f->library, "other"), kernel);
    assert_int_equal(nxsGetKernel(f->library, NULL), NXS_InvalidKernelName);
    assert_int_equal(nxsGetKernel(f->library, ""), NXS_InvalidKernelName);
    assert_int_equal(nxsGetKernel(f->library, "2a"), NXS_InvalidKernelName);
    assert_int_equal(nxsGetKernel(f->library, "a b"), NXS_InvalidKernelName);
    /* So that they are UTF-8 wherever they are written. */
    assert_int_equal(nxsGetKernel(f->library, "a\xFF"), NXS_InvalidKernelName);
    assert_int_equal(nxsGetKernel(f->library, "\xC3\xA4"),
                     NXS_InvalidKernelName);
}

static void argument_indices_end_at_64(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(set(f, 0, 1, "", 0), NXS_Success);
    assert_int_equal(set(f, 63, 1, "", 0), NXS_Success);
    assert_int_equal(set(f, 64, 1, "", 0), NXS_InvalidArgIndex);
    assert_int_equal(set(f, -1, 1, "", 0), NXS_InvalidArgIndex);
    assert_int_equal(nxsSetCommandScalar(f->command, 64, NULL, "", 0),
                     NXS_InvalidArgIndex);
    assert_int_equal(nxsSetCommandScalar(f->command, 0, NULL, "", 0),
                     NXS_InvalidArgValue);
    assert_int_equal(nxsSetCommandArgument(f->command, 64, 0, "", 0),
                     NXS_InvalidArgIndex);
}

static void dummy_buffers_of_the_host_are_no_buffers(void **state)
{
    const struct fixture *f = *state;

    for (nxs_int id = 0; id < 4; id++)
        assert_int_equal(nxsSetCommandArgument(f->command, 0, id, "", 0),
                         NXS_InvalidBuffer);
}

static void senseless_constants_are_refused(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(set(f, 0, 0, "CB", 3), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, -1, "CB", 3), NXS_InvalidArgValue);
    assert_int_equal(set(f, 32, 1, "CB", 3), NXS_InvalidArgIndex);
    assert_int_equal(set(f, 0, 1, "CB", 30), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "MATH_FIDELITY", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 5, "MATH_FIDELITY", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 0, "L1", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, -1, "L1", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "DEFINE:", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "DEFINE:2", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "DEFINE:A=\n#", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "DEFINE:A=b\\ ", 10), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 1, "not a name", 10), NXS_InvalidArgValue);
}

static void senseless_geometry_is_refused(void **state)
{
    const struct fixture *f = *state;
    nxs_dim3 one = {1, 1, 1}, none = {1, 0, 1};
    nxs_dim3 huge = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    nxs_dim3 large = {65536, 32768, 1};

    assert_int_equal(nxsFinalizeCommand(f->command, none, one, 0),
                     NXS_InvalidGlobalWorkSize);
    assert_int_equal(nxsFinalizeCommand(f->command, huge, one, 0),
                     NXS_InvalidGlobalWorkSize);
    assert_int_equal(nxsFinalizeCommand(f->command, large, one, 0),
                     NXS_InvalidGlobalWorkSize);
    assert_int_equal(nxsFinalizeCommand(f->command, one, none, 0),
                     NXS_InvalidWorkGroupSize);
    assert_int_equal(nxsFinalizeCommand(f->command, one, one, UINT32_MAX),
                     NXS_OutOfResources);
}

static void circular_buffers_beyond_l1_are_refused(void **state)
{
    const struct fixture *f = *state;
    nxs_dim3 one = {1, 1, 1};

    set(f, 0, 100, "CB", NXS_DataType_F32);
    set(f, 1, 300, "CB", NXS_DataType_F32);
    assert_int_equal(nxsFinalizeCommand(f->command, one, one, 0),
                     NXS_OutOfResources);
    set(f, 1, INT_MAX, "CB", NXS_DataType_F32);
    assert_int_equal(nxsFinalizeCommand(f->command, one, one, 0),
                     NXS_OutOfResources);
    set(f, 1, 1, "CB", NXS_DataType_F32);
    set(f, 0, 1000000, "L1", NXS_DataType_I32);
    assert_int_equal(nxsFinalizeCommand(f->command, one, one, 0),
                     NXS_OutOfResources);
}

static void command_that_is_not_finalized_does_not_run(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(nxsRunSchedule(f->schedule, -80, 0), NXS_InvalidCommand);
}

static void scalars_become_words_of_their_type(void **state)
{
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);
    unsigned char truth[4] = {1, 0xAA, 0xBB, 0xCC};
    int8_t small = -2;
    uint16_t half = 0xFFFE;
    float real = 1.0f;
    nxs_uint exact = TT_SETTINGS_EXACT;

    nxsSetCommandScalar(f->command, 0, truth, "", NXS_DataType_Bool);
    nxsSetCommandScalar(f->command, 1, &small, "", exact | NXS_DataType_I8);
    nxsSetCommandScalar(f->command, 2, &half, "", exact | NXS_DataType_BF16);
    nxsSetCommandScalar(f->command, 3, &half, "", exact | NXS_DataType_I16);
    nxsSetCommandScalar(f->command, 4, &real, "", NXS_DataType_BF16);
    assert_int_equal(cmd->args[0].word, 1);
    assert_int_equal(cmd->args[1].word, 0xFFFFFFFEu);
    assert_int_equal(cmd->args[2].word, 0xFFFE);
    assert_int_equal(cmd->args[3].word, 0xFFFFFFFEu);
    assert_int_equal(cmd->args[4].word, 0x3F800000);
    assert_int_equal(cmd->n_args, 5);
    tt_command_put(cmd);
}

static void plain_arguments_that_look_constant_stay_arguments(void **state)
{
    static const nxs_uint types[] = {NXS_DataType_F16, NXS_DataType_BF16,
                                     NXS_DataType_I16, NXS_DataType_U16,
                                     NXS_DataType_U64, NXS_DataType_Bool};
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);

    for (int i = 0; i < 6; i++)
        assert_int_equal(set(f, i, 1, i % 2 ? NULL : "", types[i]), 0);
    assert_int_equal(cmd->n_args, 6);
    assert_int_equal(cmd->n_texts, 0);
    tt_command_put(cmd);
}

static void named_constants_do_not_touch_arguments(void **state)
{
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);

    assert_int_equal(set(f, 0, 8, "CB", 3), NXS_Success);
    assert_int_equal(set(f, 0, 7, "READER_CTA", 10), NXS_Success);
    assert_int_equal(set(f, 0, 9, "COMPUTE_ARG", 0), NXS_Success);
    assert_int_equal(set(f, 0, 1, "BLOCK", 10), NXS_Success);
    assert_int_equal(set(f, 0, 1, "FP32_DEST_ACC", 2), NXS_Success);
    assert_int_equal(set(f, 0, 2, "FP32_DEST_ACC", 2), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, -1, "FP32_DEST_ACC", 2), NXS_InvalidArgValue);
    assert_int_equal(set(f, 0, 2, "MATH_FIDELITY", 10), NXS_Success);
    assert_int_equal(cmd->n_args, 0);
    assert_int_equal(cmd->cbs[0].n_tiles, 8);
    assert_int_equal(cmd->n_items, 2);
    assert_int_equal(cmd->dst_fp32, 1);
    assert_int_equal(cmd->fidelity, 2);
    tt_command_put(cmd);
}

static void role_items_stay_in_index_order(void **state)
{
    static const int order[] = {5, 0, 63, 1, 5};
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);

    for (int i = 0; i < 5; i++)
        set(f, order[i], i, "READER_ARG", 0);
    set(f, 1, 77, "ARG", 0);
    assert_int_equal(cmd->n_items, 5);
    for (size_t i = 1; i < cmd->n_items; i++)
        assert_true(cmd->items[i - 1].index <= cmd->items[i].index);
    assert_int_equal(cmd->items[1].arg.word, 77);
    assert_int_equal(cmd->items[3].arg.word, 4);
    tt_command_put(cmd);
}

static void definition_set_again_is_replaced(void **state)
{
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);
    set(f, 0, 0, "READER_DEFINE:OP=first", 10);
    set(f, 0, 0, "READER_DEFINE:OP=second", 10);
    set(f, 0, 42, "DEFINE:OP", 10);
    assert_int_equal(cmd->n_texts, 2);
    assert_string_equal(cmd->texts[0].value, "second");
    assert_string_equal(cmd->texts[1].value, "42");
    tt_command_put(cmd);
}

static void definition_keeps_the_exact_number(void **state)
{
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);
    static const struct {
        uint32_t bits;
        nxs_uint settings;
        const char *text;
    } cases[] = {
        {0x3F000000, 3, "__builtin_bit_cast(float, 0x3f000000u)"},
        {0x7FC00000, TT_SETTINGS_EXACT | NXS_DataType_F32,
         "__builtin_bit_cast(float, 0x7fc00000u)"},
        {0x3F80, TT_SETTINGS_EXACT | NXS_DataType_BF16,
         "__builtin_bit_cast(float, 0x3f800000u)"},
        {UINT32_MAX, TT_SETTINGS_EXACT | NXS_DataType_U32, "4294967295u"},
        {UINT32_MAX, TT_SETTINGS_EXACT | NXS_DataType_I32, "-1"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(nxsSetCommandScalar(f->command, 0,
                                             (void *)(uintptr_t)&cases[i].bits,
                                             "DEFINE:X", cases[i].settings),
                         NXS_Success);
        assert_string_equal(cmd->texts[0].value, cases[i].text);
    }
    tt_command_put(cmd);
}

static void definitions_end_at_their_limit(void **state)
{
    const struct fixture *f = *state;
    char name[32];

    for (unsigned i = 0; i < TT_MAX_TEXT_ITEMS; i++) {
        snprintf(name, sizeof name, "DEFINE:N%u", i);
        assert_int_equal(set(f, 0, 1, name, 10), NXS_Success);
    }
    assert_int_equal(set(f, 0, 1, "DEFINE:MORE", 10), NXS_OutOfResources);
    assert_int_equal(set(f, 0, 2, "DEFINE:N0", 10), NXS_Success);
}

static void arguments_of_64_bits_are_refused(void **state)
{
    const struct fixture *f = *state;
    double real = 1;

    assert_int_equal(nxsSetCommandScalar(f->command, 0, &real, "",
                                         TT_SETTINGS_EXACT | NXS_DataType_F64),
                     NXS_InvalidArgValue);
    assert_int_equal(
        nxsSetCommandScalar(f->command, 0, &real, "", NXS_DataType_F64), 0);
}

static void formats_follow_the_buffers_in_order(void **state)
{
    const struct fixture *f = *state;
    struct tt_command *cmd = tt_command_get(f->command);
    nxs_buffer_layout wide = {NXS_DataType_F32, 2, {32, 32}, {0}};
    nxs_buffer_layout half = {NXS_DataType_BF16, 2, {32, 32}, {0}};
    nxs_int a = nxsCreateBuffer(0, wide, NULL, 0);
    nxs_int b = nxsCreateBuffer(0, half, NULL, 0);
    struct tt_program_l1 l1;

    nxsSetCommandArgument(f->command, 0, a, "", 3);
    nxsSetCommandArgument(f->command, 1, b, "", 3);
    set(f, 0, 2, "CB", 3);
    set(f, 16, 2, "CB", 3);
    assert_int_equal(tt_program_place(cmd, &l1), NXS_Success);
    assert_int_equal(l1.cb[0].page_size, 4096);
    assert_int_equal(l1.cb[16].page_size, 2048);
    assert_int_equal(l1.cb[0].base, TT_L1_DATA);
    assert_int_equal(l1.cb[16].base, TT_L1_DATA + 2 * 4096);
    assert_int_equal(l1.cb[1].size, 0);
    tt_command_put(cmd);
    nxsReleaseBuffer(a);
    nxsReleaseBuffer(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(libraries_must_be_text),
        TEST(files_that_cannot_be_read_fail_at_once),
        TEST(file_library_knows_its_directory),
        TEST(kernel_names_are_identifiers),
        TEST(argument_indices_end_at_64),
        TEST(dummy_buffers_of_the_host_are_no_buffers),
        TEST(senseless_constants_are_refused),
        TEST(senseless_geometry_is_refused),
        TEST(circular_buffers_beyond_l1_are_refused),
        TEST(command_that_is_not_finalized_does_not_run),
        TEST(scalars_become_words_of_their_type),
        TEST(plain_arguments_that_look_constant_stay_arguments),
        TEST(named_constants_do_not_touch_arguments),
        TEST(role_items_stay_in_index_order),
        TEST(definition_set_again_is_replaced),
        TEST(definition_keeps_the_exact_number),
        TEST(definitions_end_at_their_limit),
        TEST(arguments_of_64_bits_are_refused),
        TEST(formats_follow_the_buffers_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
