/* SPDX-License-Identifier: MIT */
/* Kernels through the real compiler: caches, messages, limits, injection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jit/cache.h"
#include "jit/toolchain.h"
#include "jit/tt_jit.h"

struct bench {
    char root[64];
    char cache[80];
    char source[80]; /* folder for included files */
    struct tt_jit *jit;
    struct tt_jit_desc desc;
    struct tt_jit_report report;
    const struct tt_jit_program *program;
};

static const char empty_kernel[] = "void kernel_main() {}\n";

static void use_source(struct bench *b, const char *source)
{
    b->desc.source = source;
    b->desc.source_len = strlen(source);
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    strcpy(b->root, "/tmp/test_jit-XXXXXX");
    if (!mkdtemp(b->root))
        return -1;
    snprintf(b->cache, sizeof(b->cache), "%s/cache", b->root);
    snprintf(b->source, sizeof(b->source), "%s/source", b->root);
    setenv("TT_CACHE_DIR", b->cache, 1);
    if (mkdir(b->source, 0700) || tt_jit_new(&b->jit))
        return -1;
    use_source(b, empty_kernel);
    b->desc.source_name = "kernel.cpp";
    b->desc.dram_banks = 12;
    b->desc.grid_x = 8;
    b->desc.grid_y = 9;
    b->desc.fidelity = 4;
    b->desc.arch = "wormhole";
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;

    tt_jit_put(b->jit, b->program);
    tt_jit_free(b->jit);
    tt_cache_remove_tree(b->root);
    unsetenv("TT_CACHE_DIR");
    free(b);
    return 0;
}

static nxs_status build(struct bench *b)
{
    tt_jit_put(b->jit, b->program);
    b->program = NULL;
    return tt_jit_build(b->jit, &b->desc, &b->report, &b->program);
}

static void builds_from(struct bench *b, const char *from)
{
    assert_int_equal(build(b), NXS_Success);
    assert_string_equal(b->report.from, from);
    assert_non_null(b->program);
}

/* As a new process would: nothing in memory. */
static void forget(struct bench *b)
{
    tt_jit_put(b->jit, b->program);
    b->program = NULL;
    tt_jit_free(b->jit);
    assert_int_equal(tt_jit_new(&b->jit), NXS_Success);
}

static void write_source(struct bench *b, const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", b->source, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    /* A time that tells nothing. */
    assert_int_equal(
        utimensat(AT_FDCWD, path,
                  (struct timespec[2]){{.tv_sec = 1000}, {.tv_sec = 1000}}, 0),
        0);
}

/* ---- images ---- */

static void five_images_lie_in_their_slots(void **state)
{
    static const uint32_t slot[TT_N_RISC] = {
        [TT_RISC_B] = TT_L1_KERNEL_B,   [TT_RISC_T0] = TT_L1_KERNEL_T0,
        [TT_RISC_T1] = TT_L1_KERNEL_T1, [TT_RISC_T2] = TT_L1_KERNEL_T2,
        [TT_RISC_NC] = TT_L1_KERNEL_NC,
    };
    struct bench *b = *state;

    builds_from(b, "compiled");
    assert_true(b->report.ns > 0);
    for (unsigned i = 0; i < TT_N_RISC; i++) {
        const struct tt_jit_image *image = &b->program->image[i];

        assert_int_equal(image->addr, slot[i]);
        assert_true(image->size > 0 && image->entry - slot[i] < image->size);
    }
    assert_int_equal(b->program->uses, 0);
    assert_int_equal(b->program->accessor_base, UINT32_MAX);
}

/* ---- lines ---- */

/* The instruction that loads 0x12345000: lui. */
static uint32_t pc_of_lui(const struct tt_jit_image *image)
{
    for (uint32_t at = 0; at + 4 <= image->size; at += 4) {
        uint32_t word;

        memcpy(&word, (const char *)image->data + at, 4);
        if ((word & 0xFFFFF07F) == (0x12345000 | 0x37))
            return image->addr + at;
    }
    return 0;
}

static void an_instruction_has_a_source_line_from_memory_and_disk(void **state)
{
    struct bench *b = *state;
    char line[64] = "";
    uint32_t pc;

    write_source(b, "part.h",
                 "\ninline void put() { *(volatile int *)0x40 = 0x12345000; }");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"part.h\"\nvoid kernel_main() {\n"
                  "put(); }\n");
    for (unsigned round = 0; round < 2; round++) {
        builds_from(b, round ? "disk" : "compiled");
        pc = pc_of_lui(&b->program->image[TT_RISC_NC]);
        assert_true(pc > 0);
        assert_int_equal(
            tt_jit_line(b->jit, b->program, TT_RISC_NC, pc, line, sizeof(line)),
            TT_JIT_LINE_USER);
        assert_string_equal(line, "part.h:2");
        forget(b);
    }
}

static void a_pc_outside_the_images_has_no_line(void **state)
{
    struct bench *b = *state;
    char line[8] = "x";

    builds_from(b, "compiled");
    assert_int_equal(
        tt_jit_line(b->jit, b->program, TT_RISC_B, 0x40, line, sizeof(line)),
        TT_JIT_LINE_NONE);
    assert_int_equal(tt_jit_line(b->jit, b->program, TT_N_RISC, TT_L1_KERNEL_B,
                                 line, sizeof(line)),
                     TT_JIT_LINE_NONE);
    assert_string_equal(line, "x");
}

static void an_id_names_one_set_of_images(void **state)
{
    struct bench *b = *state;
    uint64_t first;

    builds_from(b, "compiled");
    first = b->program->id;
    assert_int_not_equal(first, 0);
    builds_from(b, "memory");
    assert_int_equal(b->program->id, first);
    b->desc.dst_fp32 = !b->desc.dst_fp32;
    builds_from(b, "compiled");
    assert_int_not_equal(b->program->id, 0);
    assert_int_not_equal(b->program->id, first);
}

static void the_firmware_is_compiled_once(void **state)
{
    struct bench *b = *state;
    const struct tt_jit_image *first;
    const struct tt_jit_image *again;

    assert_int_equal(tt_jit_firmware(b->jit, "wormhole", &b->report, &first),
                     NXS_Success);
    assert_string_equal(b->report.from, "compiled");
    assert_int_equal(first[TT_RISC_B].entry, TT_L1_FW_B);
    assert_int_equal(first[TT_RISC_NC].addr, TT_L1_FW_NC);
    assert_int_equal(tt_jit_firmware(b->jit, "wormhole", &b->report, &again),
                     NXS_Success);
    assert_ptr_equal(first, again);
    forget(b);
    assert_int_equal(tt_jit_firmware(b->jit, "wormhole", &b->report, &again),
                     NXS_Success);
    assert_string_equal(b->report.from, "disk");
    assert_int_equal(tt_jit_firmware(b->jit, "z80", &b->report, &again),
                     NXS_InvalidValue);
}

static void roles_see_their_own_section(void **state)
{
    struct bench *b = *state;

    use_source(b, "#ifdef READER_KERNEL\n"
                  "static_assert(NOC_INDEX == 1);\n"
                  "void kernel_main() {}\n"
                  "#elif defined(WRITER_KERNEL)\n"
                  "static_assert(NOC_INDEX == 0);\n"
                  "void kernel_main() {}\n"
                  "#elif defined(COMPUTE_KERNEL)\n"
                  "static_assert(COMPILE_FOR_TRISC >= 0);\n"
                  "void kernel_main() {}\n"
                  "#else\n"
                  "#error no role\n"
                  "#endif\n");
    builds_from(b, "compiled");
}

/* The three images of compute go together. */
static void a_role_that_is_left_out_has_no_image(void **state)
{
    struct bench *b = *state;

    use_source(b, "#if defined(WRITER_KERNEL) || defined(TRISC_MATH)\n"
                  "void kernel_main() {}\n"
                  "#endif\n");
    for (unsigned turn = 0; turn < 2; turn++) {
        builds_from(b, turn ? "disk" : "compiled");
        assert_int_equal(b->program->image[TT_RISC_NC].size, 0);
        assert_true(b->program->image[TT_RISC_B].size);
        assert_true(b->program->image[TT_RISC_T0].size);
        assert_true(b->program->image[TT_RISC_T2].size);
        forget(b);
    }
}

static void marks_tell_how_the_kernel_gets_its_arguments(void **state)
{
    static const uint32_t cta[8] = {0, 1, 2, 3, 4, 2, 2048, 7};
    struct bench *b = *state;

    for (unsigned r = 0; r < TT_N_ROLES; r++) {
        b->desc.cta[r] = cta;
        b->desc.n_cta[r] = 8;
    }
    use_source(b, "#ifdef READER_KERNEL\n"
                  "void kernel_main() {\n"
                  "    auto args = TensorAccessorArgs<5, 0>();\n"
                  "    auto at = TensorAccessor(args, "
                  "get_common_arg_val<uint32_t>(0));\n"
                  "    noc_async_read_tile(0, at, get_arg_val<uint32_t>(0));\n"
                  "    static_assert(get_compile_time_arg_val(7) == 7);\n"
                  "}\n"
                  "#else\n"
                  "void kernel_main() {}\n"
                  "#endif\n");
    builds_from(b, "compiled");
    assert_int_equal(b->program->uses, TT_JIT_USES_COMMON_ARGS);
    assert_int_equal(b->program->accessor_base, 5);
    forget(b);
    builds_from(b, "disk");
    assert_int_equal(b->program->uses, TT_JIT_USES_COMMON_ARGS);
    assert_int_equal(b->program->accessor_base, 5);
}

/* ---- caches ---- */

static void a_program_comes_from_compiler_memory_and_disk(void **state)
{
    struct bench *b = *state;
    uint32_t size;

    builds_from(b, "compiled");
    size = b->program->image[TT_RISC_T1].size;
    builds_from(b, "memory");
    forget(b);
    builds_from(b, "disk");
    assert_int_equal(b->program->image[TT_RISC_T1].size, size);
    builds_from(b, "memory");
}

static void everything_in_the_description_counts(void **state)
{
    static const uint32_t cta[1] = {1};
    static const struct tt_jit_define def = {"SOMETHING", "1"};
    struct bench *b = *state;

    builds_from(b, "compiled");
    b->desc.cta[TT_ROLE_WRITER] = cta;
    b->desc.n_cta[TT_ROLE_WRITER] = 1;
    builds_from(b, "compiled");
    b->desc.defines[TT_ROLE_COMPUTE] = &def;
    b->desc.n_defines[TT_ROLE_COMPUTE] = 1;
    builds_from(b, "compiled");
    b->desc.cb[3] =
        (struct tt_jit_cb){.present = true, .format = 5, .tile_bytes = 2048};
    builds_from(b, "compiled");
    b->desc.dst_fp32 = true;
    builds_from(b, "compiled");
    b->desc.fidelity = 0;
    builds_from(b, "compiled");
    builds_from(b, "memory");
}

static void a_damaged_entry_is_compiled_again(void **state)
{
    struct bench *b = *state;
    char command[160];

    builds_from(b, "compiled");
    forget(b);
    snprintf(command, sizeof(command), "truncate -s 1000 %s/e-*", b->cache);
    assert_int_equal(system(command), 0);
    builds_from(b, "compiled");
    forget(b);
    builds_from(b, "disk");
}

static void a_program_outlives_its_compiler(void **state)
{
    struct bench *b = *state;
    const struct tt_jit_program *kept;
    const uint8_t *code;

    builds_from(b, "compiled");
    kept = b->program;
    b->program = NULL;
    forget(b);
    code = kept->image[TT_RISC_B].data;
    assert_true(code[0] || code[1] || code[2] || code[3]);
    tt_jit_put(b->jit, kept);
}

static void without_any_cache_directory_it_still_compiles(void **state)
{
    struct bench *b = *state;

    assert_int_equal(mkdir(b->cache, 0700), 0);
    assert_int_equal(chmod(b->cache, 0755), 0);
    builds_from(b, "compiled");
    builds_from(b, "memory");
    forget(b);
    builds_from(b, "compiled");
}

static void wiping_the_cache_does_no_harm(void **state)
{
    struct bench *b = *state;

    builds_from(b, "compiled");
    tt_cache_remove_tree(b->cache);
    b->desc.fidelity = 2;
    assert_int_equal(build(b), NXS_Success);
}

/* ---- included files ---- */

static void an_included_file_is_found_and_watched(void **state)
{
    struct bench *b = *state;

    write_source(b, "n.h", "#define N 1\n");
    write_source(b, "with space.h", "#include \"n.h\"\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"with space.h\"\n"
                  "volatile int x = N;\n"
                  "void kernel_main() {}\n");
    builds_from(b, "compiled");
    builds_from(b, "memory");
    write_source(b, "n.h", "#define N 22\n");
    builds_from(b, "compiled");
    builds_from(b, "memory");
    write_source(b, "n.h", "#define N 333\n");
    forget(b);
    builds_from(b, "compiled");
    forget(b);
    builds_from(b, "disk");
}

static void a_change_that_keeps_size_and_time_is_seen(void **state)
{
    struct bench *b = *state;

    write_source(b, "n.h", "#define N 1\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"n.h\"\nvoid kernel_main() {}\n");
    builds_from(b, "compiled");
    write_source(b, "n.h", "#define N 2\n");
    builds_from(b, "compiled");
    write_source(b, "n.h", "#define N 3\n");
    forget(b);
    builds_from(b, "compiled");
}

static void touching_a_file_does_not_compile_again(void **state)
{
    struct bench *b = *state;
    char path[128];

    write_source(b, "n.h", "#define N 1\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"n.h\"\nvoid kernel_main() {}\n");
    builds_from(b, "compiled");
    snprintf(path, sizeof(path), "%s/n.h", b->source);
    assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
    builds_from(b, "memory");
    forget(b);
    builds_from(b, "disk");
}

static void a_file_that_vanished_is_an_error(void **state)
{
    struct bench *b = *state;
    char path[128];

    write_source(b, "n.h", "\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"n.h\"\nvoid kernel_main() {}\n");
    builds_from(b, "compiled");
    snprintf(path, sizeof(path), "%s/n.h", b->source);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "n.h: No such file"));
}

/* ---- messages ---- */

static void an_error_names_file_and_line(void **state)
{
    struct bench *b = *state;

    b->desc.source_name = "my kernel.cpp";
    use_source(b, "\n\nvoid kernel_main() { no_such_name(); }\n");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    assert_null(b->program);
    assert_non_null(strstr(b->report.log, "my kernel.cpp:3:"));
    assert_non_null(strstr(b->report.log, "no_such_name"));
    assert_null(strstr(b->report.log, "/tmp"));
}

static void an_error_in_an_included_file_names_that_file(void **state)
{
    struct bench *b = *state;

    write_source(b, "bad.h", "\nint x = ;\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"bad.h\"\nvoid kernel_main() {}\n");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "\nbad.h:2:"));
    assert_null(strstr(b->report.log, "tt_user"));
}

static void an_undefined_function_is_a_link_error(void **state)
{
    struct bench *b = *state;

    use_source(b, "void elsewhere();\nvoid kernel_main() { elsewhere(); }\n");
    assert_int_equal(build(b), NXS_LinkProgramFailure);
    assert_non_null(strstr(b->report.log, "elsewhere"));
}

static void a_source_without_any_kernel_is_a_link_error(void **state)
{
    struct bench *b = *state;

    use_source(b, "void kernel_mian() {}\n");
    assert_int_equal(build(b), NXS_LinkProgramFailure);
    assert_non_null(strstr(b->report.log, "kernel_main"));
    use_source(b, "#ifdef READER_KERNEL\nvoid kernel_main() {}\n#endif\n");
    builds_from(b, "compiled");
    use_source(b, "#if defined(COMPUTE_KERNEL)\n"
                  "namespace NAMESPACE { void MAIN {} }\n#endif\n");
    builds_from(b, "compiled");
}

static void code_beyond_its_slot_is_a_link_error(void **state)
{
    struct bench *b = *state;

    use_source(b, "__attribute__((used)) extern const int big[20000] = {1};\n"
                  "void kernel_main() { volatile int x = big[get_arg_val<int>"
                  "(0)]; }\n");
    assert_int_equal(build(b), NXS_LinkProgramFailure);
}

static void a_failure_is_not_cached(void **state)
{
    struct bench *b = *state;

    write_source(b, "n.h", "#error not yet\n");
    b->desc.source_dir = b->source;
    use_source(b, "#include \"n.h\"\nvoid kernel_main() {}\n");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    write_source(b, "n.h", "\n");
    builds_from(b, "compiled");
    assert_string_equal(b->report.log, "");
}

static void without_the_compiler_its_package_is_named(void **state)
{
    struct bench *b = *state;
    char *path = strdup(getenv("PATH"));

    setenv("PATH", "/nonexistent:relative:", 1);
    assert_int_equal(build(b), NXS_CompilerNotAvailable);
    setenv("PATH", path, 1);
    free(path);
    assert_non_null(strstr(b->report.log, "gcc-riscv64-unknown-elf"));
    builds_from(b, "compiled");
}

/* A compiler of one line, for one build. */
static nxs_status build_with(struct bench *b, const char *script)
{
    char bin[96], file[160], *path = strdup(getenv("PATH"));
    nxs_status status;

    snprintf(bin, sizeof(bin), "%s/bin", b->root);
    snprintf(file, sizeof(file), "%s/%s", bin, TT_TOOL_COMPILER);
    (void)mkdir(bin, 0700);
    (void)unlink(file);
    assert_int_equal(tt_cache_write_file(file, script, strlen(script)),
                     NXS_Success);
    assert_int_equal(chmod(file, 0700), 0);
    setenv("PATH", bin, 1);
    status = build(b);
    setenv("PATH", path, 1);
    free(path);
    return status;
}

static void a_compiler_that_fails_in_silence_leaves_its_status(void **state)
{
    struct bench *b = *state;

    assert_int_equal(build_with(b, "#!/bin/sh\nexit 7\n"),
                     NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "exit status 7"));
    assert_int_equal(build_with(b, "#!/bin/sh\nkill -SEGV $$\n"),
                     NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "Segmentation fault"));
    assert_int_equal(build_with(b, "#!/bin/sh\nexit 0\n"),
                     NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "left no image"));
    builds_from(b, "compiled");
}

/* ---- hostile descriptions ---- */

static void define(struct bench *b, struct tt_jit_define *def, const char *name,
                   const char *value)
{
    *def = (struct tt_jit_define){name, value};
    b->desc.defines[TT_ROLE_READER] = def;
    b->desc.n_defines[TT_ROLE_READER] = 1;
}

static void definitions_that_leave_their_line_are_refused(void **state)
{
    static const struct tt_jit_define bad[] = {
        {"A", "1\n#error"}, {"A", "1\r"},   {"A", "\\"},  {"A", "x \\ \t"},
        {"A", NULL},        {"", "1"},      {NULL, "1"},  {"A B", "1"},
        {"A(x)", "1"},      {"1A", "1"},    {"A\n", "1"}, {"-DA", "1"},
        {"A", "\x7f"},      {"A\xc3", "1"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct tt_jit_define def;

        define(b, &def, bad[i].name, bad[i].value);
        assert_int_equal(build(b), NXS_InvalidValue);
    }
}

static void definitions_are_only_text(void **state)
{
    struct bench *b = *state;
    struct tt_jit_define def;

    define(b, &def, "VALUE", "-o /tmp/x; `touch y` $(z) \"%s\\n\" '@'");
    use_source(b, "#define STR(x...) #x\n"
                  "#define TEXT(x...) STR(x)\n"
                  "#ifdef READER_KERNEL\n"
                  "constexpr char text[] = TEXT(VALUE);\n"
                  "static_assert(text[0] == '-' && text[1] == 'o');\n"
                  "#endif\n"
                  "void kernel_main() {}\n");
    builds_from(b, "compiled");
}

static void an_open_comment_in_a_definition_hides_nothing(void **state)
{
    struct bench *b = *state;
    struct tt_jit_define def;

    define(b, &def, "A", "/* open");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    define(b, &def, "A", "R\"(open");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
}

static void a_source_name_is_only_a_name(void **state)
{
    struct bench *b = *state;

    b->desc.source_name = "a\"\n#error injected\n\\";
    builds_from(b, "compiled");
    b->desc.source_name = NULL;
    builds_from(b, "compiled");
}

static void a_source_folder_is_only_a_folder(void **state)
{
    static const char *const bad[] = {"-o", "a b", "x\n#error", "$(exit)", "'"};
    struct bench *b = *state;
    char folder[96], file[128];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(folder, sizeof(folder), "%s/%s", b->root, bad[i]);
        snprintf(file, sizeof(file), "%s/-part.h", folder);
        assert_int_equal(mkdir(folder, 0700), 0);
        assert_int_equal(tt_cache_write_file(file, "#define PART 1\n", 15),
                         NXS_Success);
        b->desc.source_dir = folder;
        use_source(b, "#include \"-part.h\"\nstatic_assert(PART);\n"
                      "void kernel_main() {}\n");
        builds_from(b, "compiled");
    }
}

static void impossible_descriptions_are_refused(void **state)
{
    struct bench *b = *state;

    b->desc.arch = "grayskull";
    assert_int_equal(build(b), NXS_InvalidValue);
    b->desc.arch = "wormhole";
    b->desc.n_cta[0] = 1;
    assert_int_equal(build(b), NXS_InvalidValue);
    b->desc.n_cta[0] = 0;
    b->desc.dram_banks = 0;
    assert_int_equal(build(b), NXS_InvalidValue);
    b->desc.dram_banks = 12;
    b->desc.source = NULL;
    assert_int_equal(build(b), NXS_InvalidValue);
}

/* ---- running tools ---- */

static void run_shell(struct tt_tool_job *job, const char *script,
                      unsigned timeout_ms)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};

    job->argv = argv;
    job->dir = "/";
    assert_int_equal(tt_tool_run(job, 1, timeout_ms), NXS_Success);
}

static void a_tool_that_hangs_is_killed_with_its_children(void **state)
{
    static struct tt_tool_job job;

    (void)state;
    run_shell(&job, "sleep 100 & sleep 100", 100);
    assert_false(job.ok);
    assert_string_equal(job.reason, "time limit exceeded");
    run_shell(&job, "exec >&- 2>&-; sleep 100", 100);
    assert_false(job.ok);
    assert_string_equal(job.reason, "time limit exceeded");
}

static void only_who_hangs_is_said_to_hang(void **state)
{
    static struct tt_tool_job jobs[2];
    const char *ends[] = {"/bin/sh", "-c", "exit 3", NULL};
    const char *hangs[] = {"/bin/sh", "-c", "sleep 100", NULL};

    (void)state;
    jobs[0] = (struct tt_tool_job){.argv = ends, .dir = "/"};
    jobs[1] = (struct tt_tool_job){.argv = hangs, .dir = "/"};
    assert_int_equal(tt_tool_run(jobs, 2, 3000), NXS_Success);
    assert_string_equal(jobs[0].reason, "");
    assert_string_equal(jobs[0].log, "exit status 3, without a word");
    assert_string_equal(jobs[1].reason, "time limit exceeded");
    assert_string_equal(jobs[1].log, "");
}

static void output_is_cut_but_the_tool_goes_on(void **state)
{
    static struct tt_tool_job job;

    (void)state;
    run_shell(&job,
              "echo first; head -c 1000000 /dev/zero | tr '\\0' x; exit 0",
              10000);
    assert_true(job.ok);
    assert_int_equal(strncmp(job.log, "first\nxxx", 9), 0);
    assert_int_equal(strlen(job.log), TT_TOOL_LOG_SIZE - 1);
}

static void a_tool_gets_nothing_of_the_host(void **state)
{
    static struct tt_tool_job job;
    int leaked = fcntl(2, F_DUPFD, 50);

    (void)state;
    setenv("SECRET", "1", 1);
    run_shell(&job,
              "cat; [ -e /proc/self/fd/50 ] && echo leaked; "
              "echo ${SECRET-none} $LC_ALL $TMPDIR; pwd",
              10000);
    close(leaked);
    unsetenv("SECRET");
    assert_true(job.ok);
    assert_string_equal(job.log, "none C /\n/\n");
}

static void a_tool_is_limited_in_memory(void **state)
{
    static struct tt_tool_job job;

    (void)state;
    run_shell(&job, "ulimit -v; ulimit -c", 10000);
    assert_string_equal(job.log, "2097152\n0\n");
}

static void a_host_that_ignores_its_children_can_compile(void **state)
{
    struct bench *b = *state;

    signal(SIGCHLD, SIG_IGN);
    builds_from(b, "compiled");
    use_source(b, "nonsense");
    assert_int_equal(build(b), NXS_CompileProgramFailure);
    assert_non_null(strstr(b->report.log, "nonsense"));
    signal(SIGCHLD, SIG_DFL);
}

static void *build_in_thread(void *arg)
{
    struct bench *b = arg;
    struct tt_jit_report *report = calloc(1, sizeof(*report));
    const struct tt_jit_program *program = NULL;
    nxs_status status = tt_jit_build(b->jit, &b->desc, report, &program);

    tt_jit_put(b->jit, program);
    free(report);
    return status == NXS_Success && program ? b : NULL;
}

static void two_threads_may_build_the_same(void **state)
{
    struct bench *b = *state;
    pthread_t thread[2];
    void *result;

    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, build_in_thread, b),
                         0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(thread[i], &result), 0);
        assert_ptr_equal(result, b);
    }
    builds_from(b, "memory");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(five_images_lie_in_their_slots),
        TEST(an_instruction_has_a_source_line_from_memory_and_disk),
        TEST(a_pc_outside_the_images_has_no_line),
        TEST(an_id_names_one_set_of_images),
        TEST(the_firmware_is_compiled_once),
        TEST(roles_see_their_own_section),
        TEST(a_role_that_is_left_out_has_no_image),
        TEST(marks_tell_how_the_kernel_gets_its_arguments),
        TEST(a_program_comes_from_compiler_memory_and_disk),
        TEST(everything_in_the_description_counts),
        TEST(a_damaged_entry_is_compiled_again),
        TEST(a_program_outlives_its_compiler),
        TEST(without_any_cache_directory_it_still_compiles),
        TEST(wiping_the_cache_does_no_harm),
        TEST(an_included_file_is_found_and_watched),
        TEST(a_change_that_keeps_size_and_time_is_seen),
        TEST(touching_a_file_does_not_compile_again),
        TEST(a_file_that_vanished_is_an_error),
        TEST(an_error_names_file_and_line),
        TEST(an_error_in_an_included_file_names_that_file),
        TEST(an_undefined_function_is_a_link_error),
        TEST(a_source_without_any_kernel_is_a_link_error),
        TEST(code_beyond_its_slot_is_a_link_error),
        TEST(a_failure_is_not_cached),
        TEST(without_the_compiler_its_package_is_named),
        TEST(definitions_that_leave_their_line_are_refused),
        TEST(definitions_are_only_text),
        TEST(an_open_comment_in_a_definition_hides_nothing),
        TEST(a_source_name_is_only_a_name),
        TEST(a_compiler_that_fails_in_silence_leaves_its_status),
        TEST(a_source_folder_is_only_a_folder),
        TEST(impossible_descriptions_are_refused),
        cmocka_unit_test(a_tool_that_hangs_is_killed_with_its_children),
        cmocka_unit_test(only_who_hangs_is_said_to_hang),
        cmocka_unit_test(output_is_cut_but_the_tool_goes_on),
        cmocka_unit_test(a_tool_gets_nothing_of_the_host),
        cmocka_unit_test(a_tool_is_limited_in_memory),
        TEST(a_host_that_ignores_its_children_can_compile),
        TEST(two_threads_may_build_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
