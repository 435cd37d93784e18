/* SPDX-License-Identifier: MIT */
/* What the compiler is given: a description checked, named and written out. */
#include "jit/source.h"

#include <string.h>

#include "pool/tt_log.h"

#define MAX_SOURCE  (8u << 20)
#define MAX_CTA     1024u
#define MAX_DEFINES 256u

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_identifier(const char *name)
{
    if (!name || !is_letter(*name))
        return false;
    while (is_letter(*name) || (*name >= '0' && *name <= '9'))
        name++;
    return *name == '\0';
}

/* One line that does not continue on the next: no control characters but tab,
 * and no backslash (with or without blanks behind it) at the end. */
static bool is_line(const char *value)
{
    char last = ' ';

    if (!value)
        return false;
    for (; *value; value++) {
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 127)
            return false;
        if (*value != ' ' && *value != '\t')
            last = *value;
    }
    return last != '\\';
}

static nxs_status check_role(const struct tt_jit_desc *desc, unsigned role)
{
    if (desc->n_cta[role] > MAX_CTA || desc->n_defines[role] > MAX_DEFINES ||
        (desc->n_cta[role] > 0 && !desc->cta[role]) ||
        (desc->n_defines[role] > 0 && !desc->defines[role]))
        return TT_FAIL(
            NXS_InvalidValue,
            "role %u: %zu compile-time arguments, %zu definitions; the "
            "limits are %u and %u",
            role, desc->n_cta[role], desc->n_defines[role], MAX_CTA,
            MAX_DEFINES);
    for (size_t i = 0; i < desc->n_defines[role]; i++) {
        const struct tt_jit_define *def = &desc->defines[role][i];

        if (!is_identifier(def->name) || !is_line(def->value))
            return TT_FAIL(NXS_InvalidValue,
                           "role %u: definition %zu is no identifier with a "
                           "value of one line",
                           role, i);
    }
    return NXS_Success;
}

nxs_status tt_source_check(const struct tt_jit_desc *desc)
{
    if (!desc->source || desc->source_len > MAX_SOURCE)
        return TT_FAIL(NXS_InvalidValue,
                       "kernel source of %zu bytes, the limit is %u",
                       desc->source_len, MAX_SOURCE);
    if (!desc->arch || strcmp(desc->arch, "wormhole") != 0)
        return TT_FAIL(NXS_InvalidValue, "no kernels for architecture \"%s\"",
                       desc->arch ? desc->arch : "");
    if (desc->dram_banks == 0 || desc->grid_x == 0 || desc->grid_y == 0 ||
        desc->fidelity > 4)
        return TT_FAIL(
            NXS_InvalidValue, "%u DRAM banks, %u x %u cores, fidelity %u",
            desc->dram_banks, desc->grid_x, desc->grid_y, desc->fidelity);
    for (unsigned role = 0; role < TT_N_ROLES; role++) {
        nxs_status status = check_role(desc, role);

        if (status)
            return status;
    }
    return NXS_Success;
}

static void add_word(struct tt_sha256 *ctx, uint64_t word)
{
    tt_sha256_add(ctx, &word, sizeof(word));
}

/* With its length, so that neighbours cannot trade bytes. */
static void add_bytes(struct tt_sha256 *ctx, const void *data, size_t len)
{
    add_word(ctx, len);
    tt_sha256_add(ctx, data, len);
}

static void add_string(struct tt_sha256 *ctx, const char *text)
{
    add_word(ctx, text != NULL);
    add_bytes(ctx, text, text ? strlen(text) : 0);
}

void tt_source_key(const struct tt_jit_desc *desc, uint8_t out[TT_SHA256_SIZE])
{
    struct tt_sha256 ctx;

    tt_sha256_init(&ctx);
    add_bytes(&ctx, desc->source, desc->source_len);
    add_string(&ctx, desc->source_dir);
    add_string(&ctx, desc->source_name);
    add_string(&ctx, desc->arch);
    for (unsigned role = 0; role < TT_N_ROLES; role++) {
        add_bytes(&ctx, desc->cta[role],
                  desc->n_cta[role] * sizeof(*desc->cta[role]));
        add_word(&ctx, desc->n_defines[role]);
        for (size_t i = 0; i < desc->n_defines[role]; i++) {
            add_string(&ctx, desc->defines[role][i].name);
            add_string(&ctx, desc->defines[role][i].value);
        }
    }
    for (unsigned i = 0; i < TT_N_CB; i++) {
        add_word(&ctx, desc->cb[i].present);
        add_word(&ctx, desc->cb[i].present ? desc->cb[i].format : 0);
        add_word(&ctx, desc->cb[i].present ? desc->cb[i].tile_bytes : 0);
    }
    add_word(&ctx, desc->dram_banks);
    add_word(&ctx, desc->grid_x);
    add_word(&ctx, desc->grid_y);
    add_word(&ctx, desc->dst_fp32);
    add_word(&ctx, desc->fidelity);
    tt_sha256_end(&ctx, out);
}

unsigned tt_source_role(unsigned risc)
{
    switch (risc) {
    case TT_RISC_B:
        return TT_ROLE_WRITER;
    case TT_RISC_NC:
        return TT_ROLE_READER;
    default:
        return TT_ROLE_COMPUTE;
    }
}

static void add_identity(unsigned risc, struct tt_text *out)
{
    static const char *const identity[TT_N_RISC] = {
        [TT_RISC_B] = "#define COMPILE_FOR_BRISC 1\n"
                      "#define WRITER_KERNEL 1\n"
                      "#define NOC_INDEX 0\n",
        [TT_RISC_NC] = "#define COMPILE_FOR_NCRISC 1\n"
                       "#define READER_KERNEL 1\n"
                       "#define NOC_INDEX 1\n",
        [TT_RISC_T0] = "#define COMPILE_FOR_TRISC 0\n"
                       "#define TRISC_UNPACK 1\n"
                       "#define COMPUTE_KERNEL 1\n",
        [TT_RISC_T1] = "#define COMPILE_FOR_TRISC 1\n"
                       "#define TRISC_MATH 1\n"
                       "#define COMPUTE_KERNEL 1\n",
        [TT_RISC_T2] = "#define COMPILE_FOR_TRISC 2\n"
                       "#define TRISC_PACK 1\n"
                       "#define COMPUTE_KERNEL 1\n",
    };

    tt_text_printf(out,
                   "#define ARCH_WORMHOLE 1\n"
                   "#define KERNEL_BUILD 1\n"
                   "#define NOC_MODE 0\n"
                   "%s",
                   identity[risc]);
}

static void add_buffers(const struct tt_jit_desc *desc, struct tt_text *out)
{
    tt_text_printf(out, "#define TT_CB_FORMATS");
    for (unsigned i = 0; i < TT_N_CB; i++)
        tt_text_printf(out, "%s%u", i ? "," : " ",
                       desc->cb[i].present ? desc->cb[i].format : 255u);
    tt_text_printf(out, "\n#define TT_CB_TILE_BYTES");
    for (unsigned i = 0; i < TT_N_CB; i++)
        tt_text_printf(out, "%s%u", i ? "," : " ",
                       desc->cb[i].present ? desc->cb[i].tile_bytes : 0u);
    tt_text_printf(out, "\n");
}

void tt_source_config(const struct tt_jit_desc *desc, unsigned risc,
                      struct tt_text *out)
{
    unsigned role = tt_source_role(risc);

    add_identity(risc, out);
    tt_text_printf(out, "#define KERNEL_COMPILE_TIME_ARGS");
    for (size_t i = 0; i < desc->n_cta[role]; i++)
        tt_text_printf(out, "%s%uu", i ? "," : " ", desc->cta[role][i]);
    tt_text_printf(out, "\n");
    add_buffers(desc, out);
    tt_text_printf(out,
                   "#define NUM_DRAM_BANKS %u\n"
                   "#define NUM_L1_BANKS %u\n"
                   "#define NUM_L1_BANK_COLS %u\n"
                   "#define DST_ACCUM_MODE %d\n"
                   "#define DST_SYNC_MODE DstSync::SyncHalf\n"
                   "#define MATH_FIDELITY %u\n"
                   "#define APPROX 0\n"
                   "#include \"tt_kernel_defines.h\"\n"
                   "#include \"tt/prelude.h\"\n",
                   desc->dram_banks, desc->grid_x * desc->grid_y, desc->grid_x,
                   desc->dst_fp32, desc->fidelity);
}

void tt_source_defines(const struct tt_jit_desc *desc, unsigned risc,
                       struct tt_text *out)
{
    unsigned role = tt_source_role(risc);

    for (size_t i = 0; i < desc->n_defines[role]; i++)
        tt_text_printf(out, "#define %s %s\n", desc->defines[role][i].name,
                       desc->defines[role][i].value);
}

void tt_source_text(const struct tt_jit_desc *desc, struct tt_text *out)
{
    const char *name = desc->source_name ? desc->source_name : "kernel";

    tt_text_printf(out, "#line 1 \"");
    for (; *name; name++) {
        if ((unsigned char)*name < ' ' || *name == 127)
            tt_text_printf(out, "?");
        else if (*name == '"' || *name == '\\')
            tt_text_printf(out, "\\%c", *name);
        else
            tt_text_add(out, name, 1);
    }
    tt_text_printf(out, "\"\n");
    tt_text_add(out, desc->source, desc->source_len);
    tt_text_printf(out, "\n");
}
