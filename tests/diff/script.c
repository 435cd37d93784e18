/* SPDX-License-Identifier: MIT */
/* Building scripts, and running them through the seam. */
#include "tests/diff/script.h"

#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/l1_map.h"
#include "pool/tt_log.h"

/* An entry is two words; the low bits of the first say what to do. */
#define DO_STORE 0u
#define DO_LOAD  1u /* the second word is where in L1 the value goes */
#define DO_WAIT  2u /* until the word has the value */

/* SOFT_RESET_0 with only NCRISC held (facts: bit 18). */
#define SOFT_RESET_NC 0x40000u

#define DONE_FLAG (SCRIPT_FLAGS + 0x40u)
#define RESULTS   ((SCRIPT_DATA - SCRIPT_RESULT) / 4)

/* Where code (default reset PCs) and lists of the cores lie. */
static const uint32_t code_at[SCRIPT_CORES] = {0, 0x6000, 0xA000, 0xE000};
static const uint32_t list_at[SCRIPT_CORES] = {0x20000, 0x40000, 0x50000,
                                               0x60000};
static const uint32_t list_size[SCRIPT_CORES] = {0x20000, 0x10000, 0x10000,
                                                 0x10000};

/* ---- building ---- */

void script_init(struct script *s, uint64_t seed)
{
    memset(s, 0, sizeof(*s));
    /* Not a multiple of the generator's step: streams must not overlap. */
    s->rng = (seed + 1) * 0xD1342543DE82EF95u;
    s->rng ^= s->rng >> 29;
    s->input = malloc(SCRIPT_INPUT_SIZE);
    if (!s->input) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < SCRIPT_INPUT_SIZE; i++)
        s->input[i] = (uint8_t)script_random(s);
}

void script_fini(struct script *s)
{
    for (unsigned i = 0; i < SCRIPT_CORES; i++)
        free(s->list[i].word);
    free(s->input);
}

/* splitmix64 */
uint32_t script_random(struct script *s)
{
    uint64_t z = s->rng += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)(z >> 32 ^ z);
}

uint32_t script_below(struct script *s, uint32_t n)
{
    return (uint32_t)((uint64_t)script_random(s) * n >> 32);
}

bool script_chance(struct script *s, unsigned percent)
{
    return script_below(s, 100) < percent;
}

static void append(struct script *s, unsigned core, uint32_t first,
                   uint32_t second)
{
    struct script_list *list = &s->list[core];

    /* Two words stay for the end mark. */
    if ((list->len + 4) * 4 > list_size[core])
        s->failed = true;
    if (s->failed)
        return;
    if (list->len + 2 > list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 256;
        uint32_t *word = realloc(list->word, cap * sizeof(*word));

        if (!word) {
            s->failed = true;
            return;
        }
        list->word = word;
        list->cap = cap;
    }
    list->word[list->len++] = first;
    list->word[list->len++] = second;
}

void script_on(struct script *s, unsigned core)
{
    uint32_t flag = SCRIPT_FLAGS + 4 * core;

    if (core == s->core)
        return;
    s->turn++;
    append(s, s->core, flag | DO_STORE, s->turn);
    append(s, core, flag | DO_WAIT, s->turn);
    s->core = core;
}

void script_store(struct script *s, uint32_t addr, uint32_t value)
{
    append(s, s->core, addr | DO_STORE, value);
}

void script_load(struct script *s, uint32_t addr)
{
    uint32_t to = SCRIPT_RESULT + 4 * (s->n_loads++ % RESULTS);

    append(s, s->core, addr | DO_LOAD, to);
}

/* ---- the interpreter ---- */

/* x5 walks the list; x6 and x7 are the entry. */
/* clang-format off */
static const uint32_t interpreter[] = {
    0x000002B7, /*        lui  x5, list (set in load_core) */
    0x0002A303, /* next:  lw   x6, 0(x5) */
    0x04030063, /*        beq  x6, x0, end */
    0x0042A383, /*        lw   x7, 4(x5) */
    0x00828293, /*        addi x5, x5, 8 */
    0x00337413, /*        andi x8, x6, 3 */
    0x40830333, /*        sub  x6, x6, x8 */
    0x00041663, /*        bne  x8, x0, other */
    0x00732023, /*        sw   x7, 0(x6) */
    0xFE1FF06F, /*        jal  x0, next */
    0xFFF40413, /* other: addi x8, x8, -1 */
    0x00041863, /*        bne  x8, x0, wait */
    0x00032483, /*        lw   x9, 0(x6) */
    0x0093A023, /*        sw   x9, 0(x7) */
    0xFCDFF06F, /*        jal  x0, next */
    0x00032483, /* wait:  lw   x9, 0(x6) */
    0xFE749EE3, /*        bne  x9, x7, wait */
    0xFC1FF06F, /*        jal  x0, next */
    0x0000006F, /* end:   jal  x0, end */
};
/* clang-format on */

static nxs_status put(struct tt_device *dev, uint32_t addr, const void *src,
                      size_t len)
{
    return tt_device_write(dev, tt_arch_worker(dev->info.arch, 0, 0, addr), src,
                           len);
}

static nxs_status load_core(const struct script *s, struct tt_device *dev,
                            unsigned core)
{
    const struct script_list *list = &s->list[core];
    uint32_t end[4] = {0, 0, 0, 0}, end_at;
    uint32_t code[sizeof(interpreter) / 4];
    nxs_status status;

    if (core == s->core) {
        end[0] = DONE_FLAG;
        end[1] = 1;
    }
    end_at = list_at[core] + (uint32_t)list->len * 4;
    memcpy(code, interpreter, sizeof(code));
    code[0] |= list_at[core];
    status = put(dev, code_at[core], code, sizeof(code));
    if (status >= 0 && list->len)
        status = put(dev, list_at[core], list->word, list->len * 4);
    return status < 0 ? status : put(dev, end_at, end, sizeof(end));
}

/* Slices of the chip's time in which the last flag must be set. */
#define MAX_SLICES 5000u

static nxs_status advance(struct tt_device *dev, enum tt_progress *out)
{
    nxs_status status = tt_device_progress(dev, out);
    struct tt_fault fault;

    if (status >= 0 && *out == TT_PROGRESS_FAULT &&
        tt_device_fault(dev, &fault))
        status = TT_FAIL(NXS_InvalidProgramExecutable, "%s", fault.text);
    return status;
}

static nxs_status wait_done(struct tt_device *dev)
{
    struct tt_noc_addr at = tt_arch_worker(dev->info.arch, 0, 0, DONE_FLAG);
    enum tt_progress progress = TT_PROGRESS_RUNNING;

    for (unsigned i = 0; i < MAX_SLICES; i++) {
        uint32_t flag = 0;
        nxs_status status = tt_device_read(dev, at, &flag, sizeof(flag));

        if (status < 0 || flag)
            return status < 0 ? status : NXS_Success;
        if (progress == TT_PROGRESS_IDLE)
            return TT_FAIL(NXS_InvalidProgram, "the script does not end");
        status = advance(dev, &progress);
        if (status < 0)
            return status;
    }
    return TT_FAIL(NXS_InvalidProgram, "the script takes too long");
}

nxs_status script_run(const struct script *s, struct tt_device *dev,
                      uint8_t *outcome)
{
    const struct tt_arch *arch = dev->info.arch;
    struct tt_noc_addr tile = tt_arch_worker(arch, 0, 0, 0);
    enum tt_progress progress;
    nxs_status status;

    if (s->failed)
        return TT_FAIL(NXS_InvalidProgram, "the script could not be built");
    status = tt_device_reset(dev, tile, arch->soft_reset_all);
    for (unsigned i = 0; status >= 0 && i < SCRIPT_CORES; i++)
        status = load_core(s, dev, i);
    if (status >= 0)
        status = put(dev, SCRIPT_INPUT, s->input, SCRIPT_INPUT_SIZE);
    /* All but the fifth core. */
    if (status >= 0)
        status = tt_device_reset(dev, tile, SOFT_RESET_NC);
    if (status >= 0)
        status = wait_done(dev);
    /* Another slice: a fault of the last instruction shows now. */
    if (status >= 0)
        status = advance(dev, &progress);
    if (status < 0)
        return status;
    return tt_device_read(dev, tt_arch_worker(arch, 0, 0, SCRIPT_RESULT),
                          outcome, SCRIPT_OUTCOME_LEN);
}
