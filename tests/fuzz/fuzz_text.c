/* SPDX-License-Identifier: MIT */
/*
 * Text and records that others have written and the plugin takes apart: what a
 * kernel prints, which is whatever guest code has put into its ring, the rules
 * and lines that the compiler's tools write, and names of arguments.
 */
#include <string.h>

#include "device/arch.h"
#include "device/launch_print.h"
#include "jit/lines.h"
#include "plugin/argname.h"
#include "tests/fuzz/chip.h"

#define RINGS  0x20000u
#define ROUNDS 4u

/* ---- what kernels print ---- */

static void write_ring(struct tt_device *dev, unsigned risc, uint32_t offset,
                       const void *data, size_t len)
{
    uint32_t at =
        RINGS + risc * (uint32_t)sizeof(struct tt_print_ring) + offset;

    FUZZ_CHECK(tt_device_write(dev, tt_arch_worker(dev->info.arch, 0, 0, at),
                               data, len) >= 0);
}

/* A head that is mostly one of a record that exists, or any word. */
static uint32_t take_word(struct fuzz_input *in)
{
    uint8_t how = fuzz_u8(in);

    if (how >= 0x80)
        return fuzz_u32(in);
    return (uint32_t)(how % (TT_PRINT_END + 2u)) << 24 |
           (fuzz_u8(in) % 5u) << 16 | fuzz_u8(in);
}

static void write_words(struct tt_device *dev, struct fuzz_input *in,
                        uint32_t *written)
{
    unsigned risc = fuzz_u8(in) % TT_N_RISC, n = fuzz_u8(in);

    for (unsigned i = 0; i < n && in->left; i++) {
        uint32_t word = take_word(in);
        uint32_t place = written[risc]++ % TT_PRINT_WORDS;

        write_ring(dev, risc,
                   offsetof(struct tt_print_ring, word[0]) + 4 * place, &word,
                   sizeof(word));
    }
    if (n == 0xFF)
        written[risc] = fuzz_u32(in);
    write_ring(dev, risc, offsetof(struct tt_print_ring, written),
               &written[risc], sizeof(written[risc]));
}

static void print(struct fuzz_input *in)
{
    struct tt_chip *chip = fuzz_chip_new(FUZZ_PLAIN, 0, 1);
    const struct tt_launch_core core = {.x = 0, .y = 0};
    const struct tt_work work = {.cores = &core, .n_cores = 1, .print = RINGS};
    struct tt_printer *printer = tt_printer_new(&chip->dev, &work);
    uint32_t written[TT_N_RISC] = {0};

    FUZZ_CHECK(printer);
    for (unsigned i = 0; i < ROUNDS && in->left; i++) {
        write_words(&chip->dev, in, written);
        tt_printer_poll(printer);
    }
    tt_printer_free(printer);
    fuzz_chip_free(chip);
}

/* ---- text ---- */

/* The rest of the input as a string in a block of its own. */
static char *take_rest(struct fuzz_input *in)
{
    size_t len = in->left;
    char *text = malloc(len + 1);

    FUZZ_CHECK(text);
    memcpy(text, fuzz_bytes(in, len), len);
    text[len] = '\0';
    return text;
}

static void choose_line(struct fuzz_input *in)
{
    size_t size = 1 + fuzz_u8(in) % 64u;
    char *out = malloc(size), *text = take_rest(in);

    FUZZ_CHECK(out);
    out[0] = '\0';
    (void)tt_lines_choose(text, out, size);
    FUZZ_CHECK(strlen(out) < size);
    free(text);
    free(out);
}

static void scan_rule(struct fuzz_input *in)
{
    const char *dir = fuzz_u8(in) & 1 ? "/nonexistent" : NULL;
    char *text = take_rest(in);
    struct tt_build build = {0};

    (void)tt_dep_scan(&build, text, dir, 0);
    for (size_t i = 0; i < build.n_deps; i++)
        FUZZ_CHECK(build.deps[i].path[0] == '/');
    tt_build_free(&build);
    free(text);
}

static void parse_name(struct fuzz_input *in)
{
    char *text = take_rest(in);

    (void)tt_argname_parse(text);
    free(text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return setenv("TT_LOG", "info", 1); /* what kernels print is logged */
}

/* The first byte chooses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};

    switch (fuzz_u8(&in) % 4u) {
    case 0:
        choose_line(&in);
        break;
    case 1:
        scan_rule(&in);
        break;
    case 2:
        parse_name(&in);
        break;
    default:
        print(&in);
    }
    return 0;
}
