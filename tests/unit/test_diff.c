/* SPDX-License-Identifier: MIT */
/* Tests of the differential tests: that a planted difference is found, cut
 * down and kept. The second chip is the embedded one with a defect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pool/tt_math.h"
#include "tests/diff/cases.h"
#include "tests/diff/coverage.h"
#include "tests/diff/file.h"
#include "tests/diff/minimise.h"
#include "tests/diff/tensix.h"

#define MULDMAREG 0x5Au
#define ADDDMAREG 0x58u
#define NO_OPCODE 0x14u /* TRNSPSRCA, which is not modelled */

/* ---- chips ---- */

#define TABLES_SIZE (SCRIPT_RESULT - SCRIPT_PROGRAM)

/* Hands everything on to an embedded chip, but takes one Tensix opcode for
 * another, and one for one that there is not: it changes the tables of a
 * script's program, though not what could be RISC-V instructions there, and
 * does not show that. */
struct mutant {
    struct tt_device dev;
    struct tt_device *chip;
    uint32_t from, to, refused; /* opcodes; 0: none */
    uint8_t tables[TABLES_SIZE];
};

static struct mutant *mutant_of(struct tt_device *dev)
{
    return TT_CONTAINER_OF(dev, struct mutant, dev);
}

static void mutant_close(struct tt_device *dev)
{
    tt_device_close(mutant_of(dev)->chip);
    free(mutant_of(dev));
}

static bool is_table(uint64_t addr)
{
    return addr >= SCRIPT_PROGRAM && addr < SCRIPT_RESULT;
}

static nxs_status mutant_read(struct tt_device *dev, struct tt_noc_addr src,
                              void *dst, size_t len)
{
    struct mutant *m = mutant_of(dev);
    nxs_status status = tt_device_read(m->chip, src, dst, len);

    for (size_t i = 0; i < len; i++)
        if (is_table(src.addr + i))
            ((uint8_t *)dst)[i] = m->tables[src.addr + i - SCRIPT_PROGRAM];
    return status;
}

static nxs_status mutant_write(struct tt_device *dev, struct tt_noc_addr dst,
                               const void *src, size_t len)
{
    struct mutant *m = mutant_of(dev);
    nxs_status status;
    uint32_t *copy;

    if (!is_table(dst.addr))
        return tt_device_write(m->chip, dst, src, len);
    memcpy(m->tables + dst.addr - SCRIPT_PROGRAM, src, len);
    copy = malloc(len);
    if (!copy)
        return NXS_OutOfHostMemory;
    memcpy(copy, src, len);
    for (size_t i = 0; i < len / 4; i++) {
        uint32_t opcode = copy[i] >> 24;

        if (!opcode || (copy[i] & 3u) == 3)
            continue;
        if (opcode == m->from)
            copy[i] = m->to << 24 | (copy[i] & 0xFFFFFFu);
        else if (opcode == m->refused)
            copy[i] = NO_OPCODE << 24;
    }
    status = tt_device_write(m->chip, dst, copy, len);
    free(copy);
    return status;
}

static nxs_status mutant_reset(struct tt_device *dev, struct tt_noc_addr core,
                               uint32_t soft_reset)
{
    return tt_device_reset(mutant_of(dev)->chip, core, soft_reset);
}

static nxs_status mutant_progress(struct tt_device *dev, enum tt_progress *out)
{
    return tt_device_progress(mutant_of(dev)->chip, out);
}

static bool mutant_fault(struct tt_device *dev, struct tt_fault *out)
{
    return tt_device_fault(mutant_of(dev)->chip, out);
}

static nxs_status mutant_core_state(struct tt_device *dev,
                                    struct tt_noc_addr core, unsigned risc,
                                    struct tt_core_state *out)
{
    return tt_device_core_state(mutant_of(dev)->chip, core, risc, out);
}

static const struct tt_device_ops mutant_ops = {
    .name = "mutant",
    .close = mutant_close,
    .read = mutant_read,
    .write = mutant_write,
    .multicast = pair_no_multicast,
    .pages = pair_no_pages,
    .reset = mutant_reset,
    .progress = mutant_progress,
    .fault = mutant_fault,
    .core_state = mutant_core_state,
};

static nxs_status open_mutant(struct tt_device **out, uint32_t from,
                              uint32_t to, uint32_t refused)
{
    struct mutant *m = calloc(1, sizeof(*m));
    nxs_status status = m ? tt_emu_open(&m->chip) : NXS_OutOfHostMemory;

    if (status < 0) {
        free(m);
        return status;
    }
    m->dev.ops = &mutant_ops;
    m->dev.info = m->chip->info;
    m->from = from;
    m->to = to;
    m->refused = refused;
    *out = &m->dev;
    return NXS_Success;
}

static nxs_status open_confused(struct tt_device **out)
{
    return open_mutant(out, MULDMAREG, ADDDMAREG, 0);
}

static nxs_status open_refusing(struct tt_device **out)
{
    return open_mutant(out, 0, 0, MULDMAREG);
}

static nxs_status open_doubly_wrong(struct tt_device **out)
{
    return open_mutant(out, MULDMAREG, ADDDMAREG, ADDDMAREG);
}

static nxs_status open_crashing(struct tt_device **out)
{
    (void)out;
    _exit(3);
}

static const struct pair same = {{"emu", "emu"}, {tt_emu_open, tt_emu_open}};
static const struct pair confused = {{"emu", "mutant"},
                                     {tt_emu_open, open_confused}};
static const struct pair refusing = {{"emu", "mutant"},
                                     {tt_emu_open, open_refusing}};
static const struct pair doubly_wrong = {{"emu", "mutant"},
                                         {tt_emu_open, open_doubly_wrong}};
static const struct pair crashing = {{"mutant", "emu"},
                                     {open_crashing, tt_emu_open}};

/* ---- fixture ---- */

struct fixture {
    struct script s;
    struct pair_report *report;
    FILE *output;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    script_init(&f->s, 7);
    case_config(&f->s);
    f->report = pair_report_new();
    f->output = tmpfile();
    *state = f;
    return f->s.failed || !f->report || !f->output ? -1 : 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    script_fini(&f->s);
    (void)fclose(f->output);
    free(f);
    return 0;
}

static enum pair_verdict verdict(struct fixture *f, const struct pair *pair,
                                 const struct script *s)
{
    assert_true(pair_run(pair, s, f->report, f->output));
    return pair_judge(f->report);
}

static unsigned count_pushes(const struct script *s, uint32_t opcode)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->len; i++)
        n += s->entry[i].op == SCRIPT_STORE &&
             s->entry[i].addr >> 16 >= 0xFFE4u &&
             s->entry[i].addr >> 16 <= 0xFFE6u &&
             s->entry[i].value >> 24 == opcode;
    return n;
}

/* ---- verdicts ---- */

static void same_chip_is_equal(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &same, &f->s), PAIR_EQUAL);
    assert_int_not_equal(f->report->hash, 0);
}

static void planted_defect_differs(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &confused, &f->s), PAIR_DIFFER);
}

static void refusal_of_one_chip_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &refusing, &f->s), PAIR_SECOND_REFUSES);
}

static void refusal_of_both_is_no_difference(void **state)
{
    struct fixture *f = *state;

    script_on(&f->s, 0);
    tx_insn(&f->s, T0, OP(NO_OPCODE, 0));
    assert_int_equal(verdict(f, &same, &f->s), PAIR_BOTH_REFUSE);
}

static void end_of_the_process_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &crashing, &f->s), PAIR_CRASH);
}

/* A difference in the last byte of all that is compared. */
static void every_byte_is_compared(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &same, &f->s), PAIR_EQUAL);
    /* What is stored comes from the tables that the mutant changes. */
    f->s.len = 0;
    script_store(&f->s, 0x16DFFC, MULDMAREG << 24);
    assert_int_equal(verdict(f, &confused, &f->s), PAIR_DIFFER);
    assert_int_equal(f->report->byte[0], MULDMAREG);
    assert_int_equal(f->report->byte[1], ADDDMAREG);
    assert_int_equal(f->report->n_differ, 1);
    assert_int_equal(f->report->at.addr, 0x16DFFF);
}

/* ---- reproducers ---- */

static void difference_is_cut_down_to_what_shows_it(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verdict(f, &confused, &f->s), PAIR_DIFFER);
    assert_true(f->s.len > 300);
    assert_true(minimise(&confused, &f->s, 60000, f->report, f->output) > 1);
    assert_int_equal(pair_judge(f->report), PAIR_DIFFER);
    /* A value into one operand, the instruction, a look at its result. */
    assert_int_equal(count_pushes(&f->s, MULDMAREG), 1);
    assert_int_equal(f->s.len, 3);
    for (size_t i = 0; i < SCRIPT_INPUT_SIZE; i++)
        assert_int_equal(f->s.input[i], 0);
}

/* Without its second half the script would show a difference of another
 * kind. */
static void kind_of_the_difference_stays(void **state)
{
    struct fixture *f = *state;

    f->s.len = 0;
    script_on(&f->s, 0);
    tx_insn(&f->s, T0, SETGPR_LO(1, 5));
    tx_insn(&f->s, T0, OP(MULDMAREG, 2u << 12 | 1u << 6));
    script_on(&f->s, 1);
    script_load(&f->s, 0xFFE00008u); /* GPR 2 */
    script_on(&f->s, 0);
    assert_int_equal(verdict(f, &doubly_wrong, &f->s), PAIR_DIFFER);
    tx_insn(&f->s, T0, OP(ADDDMAREG, 0));
    for (unsigned i = 0; i < 3; i++)
        script_load(&f->s, SCRIPT_FLAGS);
    assert_int_equal(verdict(f, &doubly_wrong, &f->s), PAIR_SECOND_REFUSES);
    (void)minimise(&doubly_wrong, &f->s, 60000, f->report, f->output);
    assert_int_equal(pair_judge(f->report), PAIR_SECOND_REFUSES);
    assert_int_equal(f->s.len, 1);
    assert_int_equal(count_pushes(&f->s, ADDDMAREG), 1);
}

static void reproducer_is_read_as_it_was_written(void **state)
{
    struct fixture *f = *state;
    FILE *file = tmpfile();
    struct script again;

    (void)script_add_tile(&f->s, 3, 4);
    script_add_area(&f->s, (struct script_area){5, 2, 0x12340, 256, 77});
    script_on_tile(&f->s, 1, 4);
    script_poke(&f->s, SCRIPT_CODE, 0x12345678);
    script_return(&f->s, SCRIPT_CODE + 4);
    script_call(&f->s, SCRIPT_CODE + 4);
    file_write(&f->s, "test", file);
    rewind(file);
    assert_int_equal(file_read(&again, file), 0);
    assert_int_equal(again.len, f->s.len);
    for (size_t i = 0; i < again.len; i++)
        assert_memory_equal(&again.entry[i].addr, &f->s.entry[i].addr, 8);
    assert_memory_equal(again.input, f->s.input, SCRIPT_INPUT_SIZE);
    assert_int_equal(again.area[0].addr, 0x12340);
    assert_int_equal(again.n_tiles, 2);
    assert_int_equal(verdict(f, &same, &again), PAIR_EQUAL);
    script_fini(&again);
    (void)fclose(file);
}

static void line_that_makes_no_sense_is_named(void **state)
{
    static const char *const bad[] = {"store 1 0 0x0 0x0", /* no such tile */
                                      "store 0 5 0x0 0x0", "jump 0 0 0x0 0x0",
                                      "input 0x40000 00",  "tile 8 0",
                                      "input 0x0 12",      "area 0 0 0x0"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        FILE *file = tmpfile();
        struct script s;

        (void)fprintf(file, "# a script\nload 0 0 0x0 0x0\n%s\n", bad[i]);
        rewind(file);
        assert_int_equal(file_read(&s, file), 3);
        script_fini(&s);
        (void)fclose(file);
    }
}

/* ---- coverage ---- */

static void instructions_are_counted_where_they_are_pushed(void **state)
{
    struct coverage c = {.tensix = {0}};
    struct fixture *f = *state;

    coverage_add(&c, &f->s);
    assert_int_equal(c.tensix[MULDMAREG], count_pushes(&f->s, MULDMAREG));
    assert_true(c.tensix[MULDMAREG] > 0);
    assert_true(coverage_print(&c, f->output) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_chip_is_equal),
        TEST(planted_defect_differs),
        TEST(refusal_of_one_chip_is_told),
        TEST(refusal_of_both_is_no_difference),
        TEST(end_of_the_process_is_told),
        TEST(every_byte_is_compared),
        TEST(difference_is_cut_down_to_what_shows_it),
        TEST(kind_of_the_difference_stays),
        TEST(reproducer_is_read_as_it_was_written),
        TEST(line_that_makes_no_sense_is_named),
        TEST(instructions_are_counted_where_they_are_pushed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
