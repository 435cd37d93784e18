/* SPDX-License-Identifier: MIT */
/*
 * One program through the cross compiler: five sources in, five images out.
 *
 * Every compilation has a fresh directory with one folder per image. Command
 * lines are constant: whatever the user says is in files or behind links. The
 * commands themselves are explained in jit/firmware/BUILD.md.
 *
 * A source may include any file by its absolute name, as in any compiler: it
 * can read what the user who runs the host can read, and its output goes only
 * to that user. What would never end (a device, a FIFO) ends with the limits
 * of jit/toolchain.c.
 */
#include "jit/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jit/source.h"
#include "jit/text.h"
#include "pool/tt_log.h"

#define TIME_LIMIT_MS 60000u
#define MAX_ELF       (8u << 20)
#define MAX_RULE      (1u << 20)

#define HEADERS  TT_COMPILE_TREE "/include"
#define FIRMWARE TT_COMPILE_TREE "/firmware"

/* -fno-move-loop-stores: GCC 12.2 repeats a volatile store behind its loop when
 * it moves a plain store there from further down ("lim" pass). */
static const char *const common_options[] = {
    "-std=gnu++20",
    "-march=rv32im",
    "-mabi=ilp32",
    "-mcmodel=medlow",
    "-mstrict-align",
    "-O2",
    "-ffreestanding",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-fno-use-cxa-atexit",
    "-fno-asynchronous-unwind-tables",
    "-fno-tree-loop-distribute-patterns",
    "-fno-strict-aliasing",
    "-fno-move-loop-stores",
    "-ffunction-sections",
    "-fdata-sections",
    "-nostdlib",
    "-Wl,--gc-sections",
    "-Wl,--build-id=none",
    "-Wl,-z,max-page-size=16",
    "-w",
    "-fmax-errors=20",
    "-fdiagnostics-color=never",
    "-fno-diagnostics-show-caret",
    "-fmessage-length=0",
    "-g1", /* lines and inlined calls, for reports */
    "-gno-column-info",
    "-pipe",
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one argument */
    "-iquote" HEADERS,
    "-isystem",
    HEADERS,
};

static const char *const kernel_options[] = {"-iquote" TT_COMPILE_USER,
                                             TT_COMPILE_SOURCE, "-T",
                                             FIRMWARE "/kernel.ld", "-lgcc"};

static const char *const firmware_options[] = {
    FIRMWARE "/firmware.cpp", "-T", FIRMWARE "/firmware.ld", "-lgcc"};

/** struct unit - what is particular to an image
 *  @folder: of its files, and its name in messages */
struct unit {
    const char *folder;
    const char *define;
    uint32_t kernel_addr, kernel_size;
    uint32_t firmware_addr, firmware_size;
    uint32_t local_size;
};

static const struct unit units[TT_N_RISC] = {
    [TT_RISC_B] = {"writer", "-DCOMPILE_FOR_BRISC=1", TT_L1_KERNEL_B,
                   TT_L1_KERNEL_DM_SIZE, TT_L1_FW_B, TT_L1_FW_B_SIZE,
                   TT_LOCAL_DM_SIZE},
    [TT_RISC_T0] = {"unpack", "-DCOMPILE_FOR_TRISC=0", TT_L1_KERNEL_T0,
                    TT_L1_KERNEL_T_SIZE, TT_L1_FW_T0, TT_L1_FW_SUB_SIZE,
                    TT_LOCAL_T_SIZE},
    [TT_RISC_T1] = {"math", "-DCOMPILE_FOR_TRISC=1", TT_L1_KERNEL_T1,
                    TT_L1_KERNEL_T_SIZE, TT_L1_FW_T1, TT_L1_FW_SUB_SIZE,
                    TT_LOCAL_T_SIZE},
    [TT_RISC_T2] = {"pack", "-DCOMPILE_FOR_TRISC=2", TT_L1_KERNEL_T2,
                    TT_L1_KERNEL_T_SIZE, TT_L1_FW_T2, TT_L1_FW_SUB_SIZE,
                    TT_LOCAL_T_SIZE},
    [TT_RISC_NC] = {"reader", "-DCOMPILE_FOR_NCRISC=1", TT_L1_KERNEL_NC,
                    TT_L1_KERNEL_DM_SIZE, TT_L1_FW_NC, TT_L1_FW_SUB_SIZE,
                    TT_LOCAL_DM_SIZE},
};

/** struct command - one image's command line, and the words made for it */
struct command {
    const char *argv[TT_TOOL_MAX_ARGV + 1];
    size_t n;
    char slot[64], slot_size[64], local_size[64];
    char config[64], elf[64], rule[64];
    char map[PATH_MAX + 32]; /* lines name no directory of ours */
};

/** struct session - a compilation under way */
struct session {
    const struct tt_compiler *compiler;
    const struct tt_jit_desc *desc; /* NULL for firmware */
    char dir[PATH_MAX];
    int64_t since_ns;
    struct command command[TT_N_RISC];
    struct tt_tool_job job[TT_N_RISC];
};

static void add(struct command *c, const char *word)
{
    if (c->n < TT_TOOL_MAX_ARGV)
        c->argv[c->n++] = word;
}

static void add_all(struct command *c, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(c, words[i]);
}

#define ADD_ALL(c, words) add_all(c, words, sizeof(words) / sizeof((words)[0]))

static void make_command(const struct session *s, const struct unit *unit,
                         struct command *c)
{
    bool kernel = s->desc != NULL;

    snprintf(c->slot, sizeof(c->slot), "-Wl,--defsym=TT_SLOT=0x%x",
             kernel ? unit->kernel_addr : unit->firmware_addr);
    snprintf(c->slot_size, sizeof(c->slot_size),
             "-Wl,--defsym=TT_SLOT_SIZE=0x%x",
             kernel ? unit->kernel_size : unit->firmware_size);
    snprintf(c->local_size, sizeof(c->local_size),
             "-Wl,--defsym=TT_LOCAL_SIZE=0x%x", unit->local_size);
    snprintf(c->config, sizeof(c->config), "%s/tt_kernel_config.h",
             unit->folder);
    snprintf(c->elf, sizeof(c->elf), "%s/image.elf", unit->folder);
    snprintf(c->rule, sizeof(c->rule), "%s/image.d", unit->folder);
    snprintf(c->map, sizeof(c->map), "-fdebug-prefix-map=%s=.", s->dir);

    c->n = 0;
    add(c, s->compiler->tool->path);
    ADD_ALL(c, common_options);
    add(c, c->map);
    add(c, c->slot);
    add(c, c->slot_size);
    add(c, c->local_size);
    add(c, "-o");
    add(c, c->elf);
    if (kernel) {
        add(c, "-include");
        add(c, c->config);
        add(c, "-MMD");
        add(c, "-MF");
        add(c, c->rule);
        ADD_ALL(c, kernel_options);
    } else {
        add(c, unit->define);
        ADD_ALL(c, firmware_options);
    }
    c->argv[c->n] = NULL;
}

/* ---- the directory ---- */

static bool path_in(const struct session *s, const char *folder,
                    const char *name, char *out)
{
    int n = snprintf(out, PATH_MAX, "%s/%s%s%s", s->dir, folder,
                     *name ? "/" : "", name);

    return n > 0 && n < PATH_MAX;
}

static nxs_status write_text(const struct session *s, const char *folder,
                             const char *name, struct tt_text *text)
{
    char path[PATH_MAX];
    nxs_status status;

    if (text->failed)
        status =
            TT_FAIL(NXS_OutOfHostMemory, "no memory for the text of %s", name);
    else if (!path_in(s, folder, name, path))
        status = TT_FAIL(NXS_OutOfResources, "name of %s is too long", name);
    else
        status =
            tt_cache_write_file(path, text->data ? text->data : "", text->len);
    tt_text_free(text);
    return status;
}

static nxs_status make_link(const struct session *s, const char *name,
                            const char *target)
{
    char path[PATH_MAX];

    if (!path_in(s, name, "", path) || symlink(target, path))
        return TT_FAIL(NXS_OutOfResources, "link %s to %s: %s", name, target,
                       strerror(errno));
    return NXS_Success;
}

static nxs_status write_unit(const struct session *s, unsigned risc)
{
    const char *folder = units[risc].folder;
    struct tt_text text = {0};
    char path[PATH_MAX];
    nxs_status status;

    if (!path_in(s, folder, "", path) || mkdir(path, 0700))
        return TT_FAIL(NXS_OutOfResources, "make a folder in %s: %s", s->dir,
                       strerror(errno));
    if (!s->desc)
        return NXS_Success;
    tt_source_config(s->desc, risc, &text);
    status = write_text(s, folder, "tt_kernel_config.h", &text);
    if (status)
        return status;
    tt_source_defines(s->desc, risc, &text);
    return write_text(s, folder, "tt_kernel_defines.h", &text);
}

static nxs_status write_inputs(const struct session *s)
{
    struct tt_text text = {0};
    nxs_status status = make_link(s, TT_COMPILE_TREE, s->compiler->tree);

    for (unsigned risc = 0; risc < TT_N_RISC && !status; risc++)
        status = write_unit(s, risc);
    if (status || !s->desc)
        return status;
    if (s->desc->source_dir)
        status = make_link(s, TT_COMPILE_USER, s->desc->source_dir);
    if (status)
        return status;
    tt_source_text(s->desc, &text);
    return write_text(s, TT_COMPILE_SOURCE, "", &text);
}

/* ---- messages ---- */

static void remove_all(char *text, const char *what)
{
    size_t len = strlen(what);

    for (char *at = strstr(text, what); at; at = strstr(at, what))
        memmove(at, at + len, strlen(at + len) + 1);
}

/* Our directories out of the messages: names of the user's files become
 * relative to his folder, others to the embedded headers. */
static void tidy(const struct session *s, char *log)
{
    char dir[PATH_MAX + 1];

    snprintf(dir, sizeof(dir), "%s/", s->dir);
    remove_all(log, dir);
    remove_all(log, TT_COMPILE_USER "/");
    remove_all(log, HEADERS "/");
}

static bool is_link_error(const char *log)
{
    return strstr(log, "/ld: ") || strstr(log, "collect2: ");
}

/* Roles that failed, each once: the three compute images share a source. */
static nxs_status report_failure(struct session *s, char *log)
{
    nxs_status status = NXS_LinkProgramFailure;
    bool compute_done = false;
    size_t len = 0;

    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        struct tt_tool_job *job = &s->job[risc];
        bool compute = tt_source_role(risc) == TT_ROLE_COMPUTE;

        if (job->ok || (compute && compute_done && s->desc))
            continue;
        compute_done = compute_done || compute;
        if (!is_link_error(job->log))
            status = NXS_CompileProgramFailure;
        tidy(s, job->log);
        if (len < TT_TOOL_LOG_SIZE)
            len += (size_t)snprintf(
                log + len, TT_TOOL_LOG_SIZE - len, "%s%s %s: %s%s%s",
                len && log[len - 1] != '\n' ? "\n" : "", units[risc].folder,
                s->desc ? "kernel" : "firmware", job->reason,
                *job->reason ? "\n" : "", job->log);
    }
    return TT_FAIL(status, "%s does not compile: %.600s",
                   s->desc && s->desc->source_name ? s->desc->source_name
                                                   : "program",
                   log);
}

/* ---- results ---- */

static nxs_status take_rule(const struct session *s, const char *folder,
                            struct tt_build *out)
{
    char path[PATH_MAX];
    nxs_status status;
    size_t len;
    void *rule;

    if (!path_in(s, folder, "image.d", path) ||
        !tt_cache_read_file(AT_FDCWD, path, MAX_RULE, &rule, &len))
        return TT_FAIL(NXS_InvalidBinary, "no dependencies of the %s kernel",
                       folder);
    status = tt_dep_scan(out, rule, s->desc->source_dir, s->since_ns);
    free(rule);
    return status;
}

/* Adds its role to @roles if the image has a kernel. */
static nxs_status take_unit(const struct session *s, unsigned risc,
                            struct tt_build *out, unsigned *roles)
{
    const struct unit *u = &units[risc];
    struct tt_elf_marks marks;
    char path[PATH_MAX];
    nxs_status status;
    size_t len;
    void *elf;

    if (!path_in(s, u->folder, "image.elf", path) ||
        !tt_cache_read_file(AT_FDCWD, path, MAX_ELF, &elf, &len))
        return TT_FAIL(NXS_InvalidBinary, "the compiler left no %s image",
                       u->folder);
    status = tt_elf_load(elf, len, s->desc ? u->kernel_addr : u->firmware_addr,
                         s->desc ? u->kernel_size : u->firmware_size,
                         &out->image[risc], &marks);
    if (status) {
        free(elf);
        return status;
    }
    out->elf[risc] = (struct tt_elf_file){elf, (uint32_t)len};
    out->marks.uses |= marks.uses;
    *roles |= (unsigned)marks.has_kernel << tt_source_role(risc);
    if (marks.accessor_base < out->marks.accessor_base)
        out->marks.accessor_base = marks.accessor_base;
    return s->desc ? take_rule(s, u->folder, out) : NXS_Success;
}

/* A role that is left out has no image: its cores are not even woken. The three
 * of compute go together, because one sets up the coprocessor for all. */
static void drop_idle(struct tt_build *out, unsigned roles)
{
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        if (roles & 1u << tt_source_role(risc))
            continue;
        free(out->image[risc].data);
        free(out->elf[risc].data);
        out->image[risc] = (struct tt_jit_image){.size = 0};
        out->elf[risc] = (struct tt_elf_file){.size = 0};
    }
}

static bool has_image(const struct session *s, unsigned risc)
{
    char path[PATH_MAX];

    return path_in(s, units[risc].folder, "image.elf", path) &&
           access(path, R_OK) == 0;
}

static nxs_status run(struct session *s, char *log, struct tt_build *out)
{
    nxs_status status = write_inputs(s);
    unsigned roles = 0;
    bool ok = true;

    if (status)
        return status;
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        make_command(s, &units[risc], &s->command[risc]);
        s->job[risc].argv = s->command[risc].argv;
        s->job[risc].dir = s->dir;
    }
    status = tt_tool_run(s->job, TT_N_RISC, TIME_LIMIT_MS);
    if (status)
        return status;
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        /* A host that collects our children leaves only this to tell. */
        if (s->job[risc].ok && !has_image(s, risc)) {
            s->job[risc].ok = false;
            s->job[risc].reason = "the compiler left no image";
        }
        ok = ok && s->job[risc].ok;
    }
    if (!ok)
        return report_failure(s, log);
    for (unsigned risc = 0; risc < TT_N_RISC && !status; risc++)
        status = take_unit(s, risc, out, &roles);
    if (status || !s->desc)
        return status;
    if (!roles)
        return TT_FAIL(NXS_LinkProgramFailure,
                       "%s: no role defines kernel_main()",
                       s->desc->source_name ? s->desc->source_name : "kernel");
    drop_idle(out, roles);
    return NXS_Success;
}

static nxs_status compile(const struct tt_compiler *compiler,
                          const struct tt_jit_desc *desc, char *log,
                          struct tt_build *out)
{
    struct session *s = calloc(1, sizeof(*s));
    struct timespec now;
    nxs_status status;

    *log = '\0';
    *out = (struct tt_build){.marks.accessor_base = UINT32_MAX};
    if (!s)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for %zu bytes",
                       sizeof(*s));
    s->compiler = compiler;
    s->desc = desc;
    clock_gettime(CLOCK_REALTIME, &now);
    s->since_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    status = tt_cache_make_temp(compiler->cache, s->dir);
    if (!status) {
        status = run(s, log, out);
        tt_cache_remove_tree(s->dir);
    }
    free(s);
    if (status)
        tt_build_free(out);
    return status;
}

nxs_status tt_compile_kernels(const struct tt_compiler *compiler,
                              const struct tt_jit_desc *desc, char *log,
                              struct tt_build *out)
{
    return compile(compiler, desc, log, out);
}

nxs_status tt_compile_firmware(const struct tt_compiler *compiler, char *log,
                               struct tt_build *out)
{
    return compile(compiler, NULL, log, out);
}

static void hash_words(struct tt_sha256 *ctx, const char *const *words,
                       size_t n)
{
    for (size_t i = 0; i < n; i++)
        tt_sha256_add(ctx, words[i], strlen(words[i]) + 1);
}

void tt_compile_hash_options(struct tt_sha256 *ctx)
{
    hash_words(ctx, common_options,
               sizeof(common_options) / sizeof(common_options[0]));
    hash_words(ctx, kernel_options,
               sizeof(kernel_options) / sizeof(kernel_options[0]));
    hash_words(ctx, firmware_options,
               sizeof(firmware_options) / sizeof(firmware_options[0]));
}

void tt_build_free(struct tt_build *build)
{
    for (unsigned risc = 0; risc < TT_N_RISC; risc++) {
        free(build->image[risc].data);
        free(build->elf[risc].data);
    }
    for (size_t i = 0; i < build->n_deps; i++)
        free(build->deps[i].path);
    free(build->deps);
    *build = (struct tt_build){.marks.accessor_base = UINT32_MAX};
}
