/* SPDX-License-Identifier: MIT */
/* From a command's arguments to compiled images. */
#include "plugin/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/datatype.h"
#include "plugin/trace.h"
#include "plugin/words.h"
#include "pool/tt_log.h"

struct tt_program *tt_program_pin(struct tt_program *program)
{
    atomic_fetch_add(&program->refs, 1);
    return program;
}

void tt_program_put(struct tt_program *program)
{
    if (!program || atomic_fetch_sub(&program->refs, 1) != 1)
        return;
    tt_jit_put(tt_runtime_get()->jit, program->images);
    free(program);
}

/* Buffers in the order in which circular buffers are matched with them. */
static size_t list_buffer_types(const struct tt_command *cmd,
                                nxs_uint out[NXS_KERNEL_MAX_ARGS])
{
    size_t n = 0;

    for (unsigned i = 0; i < cmd->n_args; i++)
        if (cmd->args[i].kind == TT_ARG_BUFFER)
            out[n++] = cmd->args[i].data_type;
    for (size_t i = 0; i < cmd->n_items && n < NXS_KERNEL_MAX_ARGS; i++)
        if (cmd->items[i].kind == TT_ARGNAME_ARG &&
            cmd->items[i].arg.kind == TT_ARG_BUFFER)
            out[n++] = cmd->items[i].arg.data_type;
    return n;
}

/* The type of the buffer that a circular buffer most likely serves: by index,
 * else by its place among the circular buffers, else the only type around. */
static nxs_uint guess_type(const nxs_uint *types, size_t n, size_t index,
                           size_t ordinal)
{
    if (index < n)
        return types[index];
    if (ordinal < n)
        return types[ordinal];
    for (size_t i = 1; i < n; i++)
        if (types[i] != types[0])
            return NXS_DataType_Undefined;
    return n ? types[0] : NXS_DataType_Undefined;
}

nxs_status tt_program_place_bytes(struct tt_program_l1 *l1, uint32_t size,
                                  uint32_t *out_addr)
{
    if (size > TT_L1_SIZE || l1->next > TT_L1_SIZE - size)
        return TT_FAIL(NXS_OutOfResources,
                       "%u bytes at %#" PRIx64 " end beyond L1 (%#x)", size,
                       l1->next, TT_L1_SIZE);
    *out_addr = (uint32_t)l1->next;
    l1->next = (l1->next + size + TT_L1_ALIGN - 1) / TT_L1_ALIGN * TT_L1_ALIGN;
    return NXS_Success;
}

static nxs_status place_cb(struct tt_program_l1 *l1, unsigned index,
                           uint32_t n_tiles, nxs_uint type)
{
    uint32_t tile_bytes, base = 0;
    uint64_t size;
    uint8_t format;

    if (!tt_datatype_format(type, &format, &tile_bytes))
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %u: no device format for %s", index,
                       tt_datatype_name(type));
    size = (uint64_t)n_tiles * tile_bytes;
    if (size > TT_L1_SIZE)
        return TT_FAIL(NXS_OutOfResources,
                       "circular buffer %u: %u tiles of %u bytes, L1 has %#x",
                       index, n_tiles, tile_bytes, TT_L1_SIZE);
    if (tt_program_place_bytes(l1, (uint32_t)size, &base) < 0)
        return NXS_OutOfResources;
    l1->cb[index] =
        (struct tt_cb_config){base, (uint32_t)size, tile_bytes, n_tiles};
    l1->cb_type[index] = type;
    return NXS_Success;
}

/* A circular buffer over the part of a buffer that is in the same core. */
static nxs_status place_shard(struct tt_program_l1 *l1, unsigned index,
                              const struct tt_arg *arg)
{
    const struct tt_spread *s = &arg->spread;
    struct tt_cores cores = tt_spread_used(s);
    uint32_t n_pages = s->shard_rows * s->shard_cols;

    if (l1->fixed && memcmp(&l1->cores, &cores, sizeof cores) != 0)
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %u lies over shards on %u x %u cores "
                       "at (%u, %u), another on %u x %u at (%u, %u)",
                       index, cores.width, cores.height, cores.x, cores.y,
                       l1->cores.width, l1->cores.height, l1->cores.x,
                       l1->cores.y);
    l1->fixed = true;
    l1->cores = cores;
    l1->cb[index] = (struct tt_cb_config){arg->word, n_pages * arg->page_stride,
                                          arg->page_stride, n_pages};
    l1->cb_type[index] = arg->data_type;
    return NXS_Success;
}

nxs_status tt_program_place(const struct tt_command *cmd,
                            struct tt_program_l1 *out)
{
    nxs_uint types[NXS_KERNEL_MAX_ARGS] = {0};
    size_t n_types = list_buffer_types(cmd, types);
    nxs_status status = NXS_Success;
    size_t ordinal = 0;

    *out = (struct tt_program_l1){.next = TT_L1_DATA};
    for (unsigned i = 0; i < TT_N_CB && status >= 0; i++) {
        const struct tt_cb_constant *constant = &cmd->cbs[i];
        const struct tt_arg *shard = tt_command_cb_buffer(cmd, i);
        nxs_uint type;

        if (shard)
            status = place_shard(out, i, shard);
        if (!constant->n_tiles)
            continue;
        type = tt_datatype_of_constant(
            constant->settings, guess_type(types, n_types, i, ordinal++));
        if (type == NXS_DataType_Undefined)
            type = NXS_DataType_BF16;
        status = place_cb(out, i, constant->n_tiles, type);
    }
    return status;
}

/* Whether the "..L1" entries fit; where they lie counts at run time. */
static nxs_status check_l1_items(const struct tt_command *cmd,
                                 struct tt_program_l1 *l1)
{
    nxs_status status = NXS_Success;
    uint32_t addr;

    for (size_t i = 0; i < cmd->n_items && status >= 0; i++)
        if (cmd->items[i].kind == TT_ARGNAME_L1)
            status = tt_program_place_bytes(l1, cmd->items[i].arg.word, &addr);
    return status;
}

static unsigned count_cbs(const struct tt_command *cmd)
{
    unsigned n = 0;

    for (unsigned i = 0; i < TT_N_CB; i++)
        n += tt_command_has_cb(cmd, i);
    return n;
}

/* What tt_jit_desc points into, while a build lasts. */
struct build {
    struct tt_jit_desc desc;
    struct tt_words ctas[TT_N_ROLES];
    struct tt_jit_define defines[TT_N_ROLES][TT_MAX_TEXT_ITEMS + 3];
    char *named; /* value of KERNEL_COMPILE_TIME_ARG_MAP */
    struct tt_jit_report report;
};

static nxs_status fill_ctas(struct build *b, const struct tt_command *cmd,
                            unsigned first_semaphores)
{
    nxs_status status = NXS_Success;

    for (unsigned role = 0; role < TT_N_ROLES && status >= 0; role++) {
        struct tt_words *w = &b->ctas[role];

        status = tt_words_fill(cmd, role, first_semaphores, w);
        b->desc.cta[role] = w->word;
        b->desc.n_cta[role] = w->n;
    }
    return status;
}

/* {"name", value}, ... as get_named_compile_time_arg_val() wants it. */
static nxs_status fill_named(struct build *b, const struct tt_command *cmd)
{
    size_t size = 1, used = 0;

    for (size_t i = 0; i < cmd->n_texts; i++)
        if (cmd->texts[i].named)
            size +=
                strlen(cmd->texts[i].name) + strlen(cmd->texts[i].value) + 8;
    if (size == 1)
        return NXS_Success;
    b->named = malloc(size);
    if (!b->named)
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for constants");
    for (size_t i = 0; i < cmd->n_texts; i++)
        if (cmd->texts[i].named)
            used +=
                (size_t)snprintf(b->named + used, size - used, "{\"%s\", %s}, ",
                                 cmd->texts[i].name, cmd->texts[i].value);
    return NXS_Success;
}

static void fill_defines(struct build *b, const struct tt_command *cmd)
{
    for (unsigned role = 0; role < TT_N_ROLES; role++) {
        struct tt_jit_define *defines = b->defines[role];
        size_t n = 0;

        if (b->named)
            defines[n++] =
                (struct tt_jit_define){"KERNEL_COMPILE_TIME_ARG_MAP", b->named};
        if (tt_log_enabled(TT_LOG_INFO))
            defines[n++] = (struct tt_jit_define){"TT_PRINT", ""};
        if (tt_trace_is_on(tt_runtime_get()->trace))
            defines[n++] = (struct tt_jit_define){"TT_ZONES", ""};
        for (size_t i = 0; i < cmd->n_texts; i++)
            if (!cmd->texts[i].named && (cmd->texts[i].roles & 1u << role))
                defines[n++] = (struct tt_jit_define){cmd->texts[i].name,
                                                      cmd->texts[i].value};
        b->desc.defines[role] = defines;
        b->desc.n_defines[role] = n;
    }
}

/* Whether the formats ask for a 32-bit Dst: one of 32 bits does, and so do
 * those with a 5-bit exponent (Float16, Bfp8) beside those with one of 8 bits,
 * which a 16-bit Dst cannot hold together (ISA documentation, SrcASrcB.md). */
static bool wants_wide_dst(const struct tt_program_l1 *l1)
{
    bool wide = false, narrow_exponent = false, broad_exponent = false;

    for (unsigned i = 0; i < TT_N_CB; i++) {
        nxs_uint type = l1->cb_type[i];

        if (!l1->cb[i].size)
            continue;
        wide |= tt_datatype_elem(type) == TT_ELEM_32;
        narrow_exponent |= type == NXS_DataType_F16 || type == NXS_DataType_F8;
        broad_exponent |= type == NXS_DataType_BF16 || type == NXS_DataType_BF8;
    }
    return wide || (narrow_exponent && broad_exponent);
}

static nxs_status fill_cbs(struct build *b, const struct tt_command *cmd)
{
    struct tt_program_l1 l1;
    nxs_status status = tt_program_place(cmd, &l1);

    if (status >= 0)
        status = check_l1_items(cmd, &l1);
    if (status < 0)
        return status;
    for (unsigned i = 0; i < TT_N_CB; i++) {
        struct tt_jit_cb *cb = &b->desc.cb[i];

        if (!l1.cb[i].size)
            continue;
        cb->present = true;
        tt_datatype_format(l1.cb_type[i], &cb->format, &cb->tile_bytes);
    }
    b->desc.dst_fp32 = cmd->dst_fp32 < 0 ? wants_wide_dst(&l1) : cmd->dst_fp32;
    return NXS_Success;
}

static nxs_status fill(struct build *b, const struct tt_command *cmd)
{
    const struct tt_library *lib = cmd->kernel->library;
    const struct tt_device_info *info = &cmd->npu->dev->info;
    const struct tt_arch *arch = info->arch;
    nxs_status status;

    b->desc.source = lib->source;
    b->desc.source_len = lib->size;
    b->desc.source_dir = lib->dir;
    b->desc.source_name = lib->name;
    b->desc.dram_banks = arch->n_dram_banks;
    b->desc.grid_x = info->grid_x;
    b->desc.grid_y = info->grid_y;
    b->desc.arch = arch->name;
    b->desc.fidelity = cmd->fidelity;
    status = fill_cbs(b, cmd);
    if (status >= 0)
        status = fill_named(b, cmd);
    if (status < 0)
        return status;
    fill_defines(b, cmd);
    return fill_ctas(b, cmd, 0);
}

/* How many semaphores come before the accessors, told by the smallest literal
 * offset of an accessor; 0 for the usual order. */
static unsigned semaphores_first(const struct tt_command *cmd,
                                 const struct tt_jit_program *images)
{
    unsigned n_cbs = count_cbs(cmd);
    uint32_t n;

    if (images->accessor_base == UINT32_MAX || images->accessor_base <= n_cbs ||
        tt_words_has_ctas(cmd, TT_ALL_ROLES))
        return 0;
    n = images->accessor_base - n_cbs;
    return n % 2 == 0 && n <= TT_N_SEMAPHORES ? n : 0;
}

/* The kernel API compiles such an accessor, because with semaphores first the
 * words of the first attempt may be none (jit/include/tt/accessor.h). */
static nxs_status check_accessors(struct build *b, struct tt_program *program)
{
    if (!(program->images->uses & TT_JIT_USES_NO_ACCESSOR))
        return NXS_Success;
    tt_jit_put(tt_runtime_get()->jit, program->images);
    program->images = NULL;
    snprintf(b->report.log, sizeof b->report.log,
             "a TensorAccessorArgs begins at compile-time arguments that are "
             "no buffer's");
    return TT_FAIL(NXS_CompileProgramFailure, "%s: %s", b->desc.source_name,
                   b->report.log);
}

static nxs_status compile(struct build *b, const struct tt_command *cmd,
                          struct tt_program *program)
{
    struct tt_jit *jit = tt_runtime_get()->jit;
    nxs_status status;
    unsigned n;

    status = tt_jit_build(jit, &b->desc, &b->report, &program->images);
    if (status < 0)
        return status;
    n = semaphores_first(cmd, program->images);
    if (n) {
        tt_jit_put(jit, program->images);
        program->images = NULL;
        status = fill_ctas(b, cmd, n);
        if (status >= 0)
            status = tt_jit_build(jit, &b->desc, &b->report, &program->images);
    }
    if (status >= 0)
        status = check_accessors(b, program);
    program->n_semaphores = n ? n : 2;
    program->multicasts = n != 0;
    return status;
}

static nxs_status build_new(struct build *b, struct tt_command *cmd,
                            struct tt_program *program)
{
    nxs_status status = fill(b, cmd);

    if (status < 0)
        return status;
    status = compile(b, cmd, program);
    if (status < 0) {
        cmd->log = strdup(b->report.log);
        return status;
    }
    tt_log(TT_LOG_INFO, "%s: %s in %.1f ms", cmd->kernel->name, b->report.from,
           (double)b->report.ns / 1e6);
    cmd->program = program;
    return NXS_Success;
}

static void free_build(struct build *b)
{
    if (!b)
        return;
    for (unsigned role = 0; role < TT_N_ROLES; role++)
        free(b->ctas[role].word);
    free(b->named);
    free(b);
}

nxs_status tt_program_build(struct tt_command *cmd)
{
    struct tt_program *program;
    struct build *b;
    nxs_status status;

    if (cmd->program)
        return NXS_Success;
    free(cmd->log);
    cmd->log = NULL;
    b = calloc(1, sizeof *b);
    program = calloc(1, sizeof *program);
    if (b && program) {
        atomic_init(&program->refs, 1);
        status = build_new(b, cmd, program);
    } else {
        status = TT_FAIL(NXS_OutOfHostMemory, "no memory to build with");
    }
    if (status < 0)
        free(program);
    free_build(b);
    return status;
}
