/* SPDX-License-Identifier: MIT */
/* Writing scripts as text, and reading them again. */
#include "tests/diff/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "device/emu/tensix_ops.h"
#include "device/tt_device.h"

#define ROW 32u /* bytes of input per line */

static const char *const verbs[SCRIPT_N_OPS] = {"store", "load", "call",
                                                "poke"};

/* ---- meaning ---- */

#define NAME(opcode, mnemonic)                  [opcode] = #mnemonic,
#define NAME_OP(opcode, mnemonic, name, unused) NAME(opcode, mnemonic)
static const char *const mnemonics[256] = {TT_TENSIX_OPS(NAME, NAME_OP, NAME)};

/* tt-isa-documentation, WormholeB0/TensixTile/BabyRISCV/README.md */
static const struct {
    uint32_t first, size;
    const char *name;
} regions[] = {
    {SCRIPT_RESULT, SCRIPT_DATA - SCRIPT_RESULT, "results"},
    {SCRIPT_DATA, SCRIPT_INPUT - SCRIPT_DATA, "data"},
    {SCRIPT_INPUT, SCRIPT_INPUT_SIZE, "input"},
    {SCRIPT_CODE, SCRIPT_CODE_SIZE, "code"},
    {0, 0x16E000, "L1"},
    {0xFFB00000, 0x1000, "local memory"},
    {0xFFB11000, 0x1000, "TDMA"},
    {0xFFB12000, 0x1000, "tile control"},
    {0xFFB20000, 0x10000, "NOC 0"},
    {0xFFB30000, 0x10000, "NOC 1"},
    {0xFFB40000, 0x40000, "stream"},
    {0xFFB80000, 0x10000, "MOP configuration"},
    {0xFFC00000, 0x4000, "instruction RAM"},
    {0xFFE00000, 0x10000, "GPR"},
    {0xFFE80000, 0x10000, "semaphores and sync"},
    {0xFFEC0000, 0x4000, "mailbox"},
    {0xFFEF0000, 0x10000, "Config"},
};

static void explain_insn(uint32_t insn, FILE *to)
{
    const char *name = mnemonics[insn >> 24];

    (void)fprintf(to, "%s 0x%06X", name ? name : "?", insn & 0xFFFFFFu);
}

static void explain(const struct script_entry *e, FILE *to)
{
    (void)fprintf(to, "  # %s: ", tt_risc_name(e->core));
    if (e->op == SCRIPT_STORE && e->addr >> 16 >= 0xFFE4 &&
        e->addr >> 16 <= 0xFFE6) {
        explain_insn(e->value, to);
        (void)fprintf(to, " to aperture %u", (e->addr >> 16) - 0xFFE4);
        return;
    }
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        if (e->addr - regions[i].first >= regions[i].size)
            continue;
        (void)fprintf(to, "%s +0x%X (word %u)", regions[i].name,
                      e->addr - regions[i].first,
                      (e->addr - regions[i].first) / 4);
        return;
    }
    (void)fprintf(to, "0x%08X", e->addr);
}

/* ---- writing ---- */

static bool all_zero(const uint8_t *bytes)
{
    static const uint8_t zeros[ROW];

    return !memcmp(bytes, zeros, ROW);
}

static void write_input(const struct script *s, FILE *to)
{
    for (uint32_t at = 0; at < SCRIPT_INPUT_SIZE; at += ROW) {
        if (all_zero(s->input + at))
            continue;
        (void)fprintf(to, "input 0x%05X ", at);
        for (uint32_t i = 0; i < ROW; i++)
            (void)fprintf(to, "%02X", s->input[at + i]);
        (void)fputc('\n', to);
    }
}

void file_write(const struct script *s, const char *name, FILE *to)
{
    (void)fprintf(to, "# %s\n", name);
    for (unsigned i = 1; i < s->n_tiles; i++)
        (void)fprintf(to, "tile %u %u\n", s->at[i].x, s->at[i].y);
    if (s->at[0].x || s->at[0].y)
        (void)fprintf(to, "first %u %u\n", s->at[0].x, s->at[0].y);
    for (unsigned i = 0; i < s->n_areas; i++)
        (void)fprintf(to, "area %u %u 0x%" PRIX64 " 0x%X 0x%X\n", s->area[i].x,
                      s->area[i].y, s->area[i].addr, s->area[i].len,
                      s->area[i].fill);
    for (size_t i = 0; i < s->len; i++) {
        const struct script_entry *e = &s->entry[i];

        (void)fprintf(to, "%-5s %u %u 0x%08X 0x%08X", verbs[e->op], e->tile,
                      e->core, e->addr, e->value);
        explain(e, to);
        (void)fputc('\n', to);
    }
    write_input(s, to);
}

/* ---- reading ---- */

static bool read_entry(struct script *s, unsigned op, const char *args)
{
    unsigned tile, core, addr, value;

    if (sscanf(args, "%u %u %x %x", &tile, &core, &addr, &value) != 4 ||
        tile >= s->n_tiles || core >= SCRIPT_CORES)
        return false;
    script_on_tile(s, tile, core);
    switch (op) {
    case SCRIPT_STORE:
        script_store(s, addr, value);
        break;
    case SCRIPT_LOAD:
        script_load(s, addr);
        break;
    case SCRIPT_CALL:
        script_call(s, addr);
        break;
    default:
        script_poke(s, addr, value);
    }
    return !s->failed;
}

static bool read_input(struct script *s, const char *args)
{
    unsigned at, byte;
    int used = 0;

    if (sscanf(args, "%x %n", &at, &used) != 1 || at % ROW ||
        at >= SCRIPT_INPUT_SIZE)
        return false;
    for (unsigned i = 0; i < ROW; i++) {
        if (sscanf(args + used + 2 * i, "%2x", &byte) != 1)
            return false;
        s->input[at + i] = (uint8_t)byte;
    }
    return true;
}

static bool read_place(struct script *s, bool first, const char *args)
{
    unsigned x, y;

    if (sscanf(args, "%u %u", &x, &y) != 2 || x > 7 || y > 9)
        return false;
    if (first) {
        s->at[0].x = (uint8_t)x;
        s->at[0].y = (uint8_t)y;
    } else {
        (void)script_add_tile(s, x, y);
    }
    return !s->failed;
}

static bool read_area(struct script *s, const char *args)
{
    struct script_area area;
    unsigned x, y;

    if (sscanf(args, "%u %u %" SCNx64 " %x %x", &x, &y, &area.addr, &area.len,
               &area.fill) != 5 ||
        x > 63 || y > 63)
        return false;
    area.x = (uint8_t)x;
    area.y = (uint8_t)y;
    script_add_area(s, area);
    return !s->failed;
}

static bool read_line(struct script *s, const char *line)
{
    char verb[8];
    int used = 0;

    if (*line == '#' || *line == '\n')
        return true;
    if (sscanf(line, "%7s%n", verb, &used) != 1)
        return false;
    for (unsigned op = 0; op < SCRIPT_N_OPS; op++)
        if (!strcmp(verb, verbs[op]))
            return read_entry(s, op, line + used);
    if (!strcmp(verb, "tile") || !strcmp(verb, "first"))
        return read_place(s, *verb == 'f', line + used);
    if (!strcmp(verb, "area"))
        return read_area(s, line + used);
    return !strcmp(verb, "input") && read_input(s, line + used);
}

unsigned file_read(struct script *s, FILE *from)
{
    unsigned n = 0;
    char line[256];

    script_init(s, 0);
    if (s->failed)
        return 1;
    memset(s->input, 0, SCRIPT_INPUT_SIZE);
    while (fgets(line, sizeof(line), from)) {
        n++;
        if (!read_line(s, line))
            return n;
    }
    return 0;
}
