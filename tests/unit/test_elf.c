/* SPDX-License-Identifier: MIT */
/* The reader of kernel images against whole, broken and hostile files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jit/elf.h"
#include "jit/tt_jit.h"

#define SLOT      0x6000u
#define SLOT_SIZE 0x400u
#define LOCAL     0xFFB00000u

#define N_SECTIONS 6u

/* A file as the linker makes it: text at the slot, .data that is loaded
 * behind it but runs in local memory, .bss, two marker sections. */
struct file {
    Elf32_Ehdr head;
    Elf32_Phdr seg[3];
    uint8_t text[16];
    uint8_t data[8];
    uint8_t uses[2];
    uint8_t accessor[12];
    char names[64];
    Elf32_Sym symbol[2];
    char strings[32];
    Elf32_Shdr section[N_SECTIONS];
};

static void quiet(int *saved)
{
    int null = open("/dev/null", O_WRONLY);

    *saved = dup(2);
    assert_true(*saved >= 0 && dup2(null, 2) == 2);
    close(null);
}

static void loud(int saved)
{
    dup2(saved, 2);
    close(saved);
}

static Elf32_Shdr section(Elf32_Word name, Elf32_Word type, size_t offset,
                          size_t size)
{
    return (Elf32_Shdr){.sh_name = name,
                        .sh_type = type,
                        .sh_offset = (Elf32_Off)offset,
                        .sh_size = (Elf32_Word)size};
}

static void fill_sections(struct file *f)
{
    static const char names[] = "\0.tt.uses\0.tt.accessor\0.shstrtab";
    static const uint8_t accessor[12] = {7, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0};

    strcpy(f->strings + 1, "_Z11kernel_mainv");
    f->symbol[1] = (Elf32_Sym){.st_name = 1, .st_shndx = 1};
    f->section[4] = section(0, SHT_SYMTAB, offsetof(struct file, symbol),
                            sizeof(f->symbol));
    f->section[4].sh_link = 5;
    f->section[5] = section(0, SHT_STRTAB, offsetof(struct file, strings),
                            sizeof(f->strings));
    memcpy(f->names, names, sizeof(names));
    memcpy(f->accessor, accessor, sizeof(accessor));
    f->uses[1] = TT_JIT_USES_COMMON_ARGS;
    f->section[1] =
        section(1, SHT_PROGBITS, offsetof(struct file, uses), sizeof(f->uses));
    f->section[2] = section(10, SHT_PROGBITS, offsetof(struct file, accessor),
                            sizeof(f->accessor));
    f->section[3] =
        section(23, SHT_STRTAB, offsetof(struct file, names), sizeof(f->names));
}

static void make_file(struct file *f)
{
    memset(f, 0, sizeof(*f));
    memcpy(f->head.e_ident, ELFMAG, SELFMAG);
    f->head.e_ident[EI_CLASS] = ELFCLASS32;
    f->head.e_ident[EI_DATA] = ELFDATA2LSB;
    f->head.e_type = ET_EXEC;
    f->head.e_machine = EM_RISCV;
    f->head.e_entry = SLOT + 4;
    f->head.e_phoff = offsetof(struct file, seg);
    f->head.e_shoff = offsetof(struct file, section);
    f->head.e_phentsize = sizeof(Elf32_Phdr);
    f->head.e_phnum = 3;
    f->head.e_shentsize = sizeof(Elf32_Shdr);
    f->head.e_shnum = N_SECTIONS;
    f->head.e_shstrndx = 3;
    memset(f->text, 0x11, sizeof(f->text));
    memset(f->data, 0x22, sizeof(f->data));
    f->seg[0] = (Elf32_Phdr){
        PT_LOAD, offsetof(struct file, text), SLOT, SLOT, 16, 16, PF_X, 16};
    f->seg[1] = (Elf32_Phdr){
        PT_LOAD, offsetof(struct file, data), LOCAL, SLOT + 32, 8, 8, PF_W, 16};
    f->seg[2] = (Elf32_Phdr){PT_LOAD, 0, LOCAL + 8, LOCAL + 8, 0, 64, PF_W, 16};
    fill_sections(f);
}

static nxs_status load(const void *data, size_t len, struct tt_jit_image *image,
                       struct tt_elf_marks *marks)
{
    return tt_elf_load(data, len, SLOT, SLOT_SIZE, image, marks);
}

static nxs_status load_and_free(const struct file *f)
{
    struct tt_jit_image image = {0};
    struct tt_elf_marks marks;
    nxs_status status = load(f, sizeof(*f), &image, &marks);

    free(image.data);
    return status;
}

static void segments_are_placed_by_load_address(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;
    const uint8_t *data;

    (void)state;
    make_file(&f);
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    data = image.data;
    assert_int_equal(image.addr, SLOT);
    assert_int_equal(image.entry, SLOT + 4);
    assert_int_equal(image.size, 40);
    assert_int_equal(data[15], 0x11);
    assert_int_equal(data[16], 0); /* the gap */
    assert_int_equal(data[31], 0);
    assert_int_equal(data[32], 0x22);
    assert_int_equal(data[39], 0x22);
    free(image.data);
}

static void markers_are_ored_and_the_smallest_accessor_counts(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;

    (void)state;
    make_file(&f);
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_int_equal(marks.uses, TT_JIT_USES_COMMON_ARGS);
    assert_int_equal(marks.accessor_base, 5);
    free(image.data);
}

static void a_kernel_is_one_that_is_defined(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;

    (void)state;
    make_file(&f);
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_true(marks.has_kernel);
    free(image.data);
    f.symbol[1].st_shndx = SHN_UNDEF;
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_false(marks.has_kernel);
    free(image.data);
    f.symbol[1].st_shndx = 1;
    f.section[4].sh_link = UINT32_MAX;
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_false(marks.has_kernel);
    free(image.data);
}

static void without_sections_there_are_no_marks(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;

    (void)state;
    make_file(&f);
    f.head.e_shnum = 0;
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_int_equal(marks.uses, 0);
    assert_int_equal(marks.accessor_base, UINT32_MAX);
    free(image.data);
}

/* Changes one thing of a valid file and expects a refusal. */
#define REFUSED(change)                                                        \
    do {                                                                       \
        struct file f;                                                         \
        make_file(&f);                                                         \
        change;                                                                \
        assert_int_equal(load_and_free(&f), NXS_InvalidBinary);                \
    } while (0)

static void foreign_files_are_refused(void **state)
{
    int saved;

    (void)state;
    quiet(&saved);
    REFUSED(f.head.e_ident[0] = 0);
    REFUSED(f.head.e_ident[EI_CLASS] = ELFCLASS64);
    REFUSED(f.head.e_ident[EI_DATA] = ELFDATA2MSB);
    REFUSED(f.head.e_machine = EM_X86_64);
    REFUSED(f.head.e_type = ET_REL);
    REFUSED(f.head.e_phentsize = 1);
    REFUSED(f.head.e_phnum = 0);
    REFUSED(f.head.e_phnum = 0xFFFF);
    REFUSED(f.head.e_shentsize = 1);
    REFUSED(f.head.e_shnum = 0xFFFF);
    REFUSED(f.head.e_shstrndx = N_SECTIONS);
    loud(saved);
}

static void segments_outside_file_or_slot_are_refused(void **state)
{
    int saved;

    (void)state;
    quiet(&saved);
    REFUSED(f.head.e_phoff = sizeof(f));
    REFUSED(f.head.e_phoff = UINT32_MAX);
    REFUSED(f.seg[0].p_offset = UINT32_MAX - 7);
    REFUSED(f.seg[0].p_filesz = f.seg[0].p_memsz = UINT32_MAX);
    REFUSED(f.seg[0].p_memsz = 8);
    REFUSED(f.seg[1].p_paddr = SLOT - 4);
    REFUSED(f.seg[1].p_paddr = SLOT + SLOT_SIZE - 7);
    REFUSED(f.seg[1].p_paddr = UINT32_MAX - 3);
    REFUSED(f.seg[1].p_paddr = SLOT + 15); /* over the text */
    REFUSED(f.seg[1].p_paddr = SLOT);
    loud(saved);
}

static void entries_outside_the_image_are_refused(void **state)
{
    int saved;

    (void)state;
    quiet(&saved);
    REFUSED(f.head.e_entry = SLOT - 4);
    REFUSED(f.head.e_entry = SLOT + 40);
    REFUSED(f.head.e_entry = SLOT + 2);
    REFUSED(f.head.e_entry = UINT32_MAX & ~3u);
    REFUSED(f.head.e_phnum = 1; f.seg[0].p_type = PT_NOTE);
    loud(saved);
}

static void sections_outside_the_file_are_refused(void **state)
{
    int saved;

    (void)state;
    quiet(&saved);
    REFUSED(f.head.e_shoff = UINT32_MAX);
    REFUSED(f.head.e_shoff = sizeof(f) - sizeof(Elf32_Shdr));
    REFUSED(f.section[1].sh_offset = sizeof(f));
    REFUSED(f.section[2].sh_size = UINT32_MAX);
    loud(saved);
}

static void a_section_name_out_of_bounds_names_nothing(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;

    (void)state;
    make_file(&f);
    f.section[1].sh_name = UINT32_MAX;
    f.section[2].sh_name = sizeof(f.names) - 3;
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_int_equal(marks.uses, 0);
    assert_int_equal(marks.accessor_base, UINT32_MAX);
    free(image.data);
}

static void the_image_may_fill_its_slot_exactly(void **state)
{
    struct tt_jit_image image;
    struct tt_elf_marks marks;
    struct file f;

    (void)state;
    make_file(&f);
    f.seg[1].p_paddr = SLOT + SLOT_SIZE - 8;
    assert_int_equal(load(&f, sizeof(f), &image, &marks), NXS_Success);
    assert_int_equal(image.size, SLOT_SIZE);
    free(image.data);
}

/* Loads from memory of exactly that size, so that a sanitizer sees reads
 * beyond it; whatever is accepted must be sound. */
static void load_anything(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    struct tt_jit_image image = {0};
    struct tt_elf_marks marks;

    assert_non_null(copy);
    memcpy(copy, data, len);
    if (load(copy, len, &image, &marks) == NXS_Success) {
        assert_int_equal(image.addr, SLOT);
        assert_true(image.size > 0 && image.size <= SLOT_SIZE);
        assert_true(image.entry - SLOT < image.size);
    }
    free(image.data);
    free(copy);
}

static void no_truncation_is_accepted(void **state)
{
    struct file f;
    int saved;

    (void)state;
    make_file(&f);
    quiet(&saved);
    for (size_t len = 0; len < sizeof(f); len++) {
        struct tt_jit_image image;
        struct tt_elf_marks marks;
        uint8_t *copy = malloc(len ? len : 1);

        memcpy(copy, &f, len);
        assert_int_equal(load(copy, len, &image, &marks), NXS_InvalidBinary);
        free(copy);
    }
    loud(saved);
}

static void no_changed_byte_leads_out_of_bounds(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    struct file f;
    int saved;

    (void)state;
    quiet(&saved);
    for (size_t at = 0; at < sizeof(f); at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            make_file(&f);
            ((uint8_t *)&f)[at] ^= (uint8_t)(1u << bit);
            load_anything((const uint8_t *)&f, sizeof(f));
        }
        for (size_t i = 0; i < sizeof(values); i++) {
            make_file(&f);
            ((uint8_t *)&f)[at] = values[i];
            load_anything((const uint8_t *)&f, sizeof(f));
        }
    }
    loud(saved);
}

static void no_two_changed_words_lead_out_of_bounds(void **state)
{
    static const uint32_t values[] = {
        0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF, SLOT};
    uint32_t seed = 1;
    struct file f;
    int saved;

    (void)state;
    quiet(&saved);
    for (unsigned i = 0; i < 20000; i++) {
        make_file(&f);
        for (unsigned k = 0; k < 2; k++) {
            seed = seed * 1664525u + 1013904223u;
            memcpy((uint8_t *)&f + (seed >> 8) % (sizeof(f) / 4) * 4,
                   &values[(seed >> 4) % 7], 4);
        }
        load_anything((const uint8_t *)&f, sizeof(f));
    }
    loud(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_placed_by_load_address),
        cmocka_unit_test(markers_are_ored_and_the_smallest_accessor_counts),
        cmocka_unit_test(a_kernel_is_one_that_is_defined),
        cmocka_unit_test(without_sections_there_are_no_marks),
        cmocka_unit_test(foreign_files_are_refused),
        cmocka_unit_test(segments_outside_file_or_slot_are_refused),
        cmocka_unit_test(entries_outside_the_image_are_refused),
        cmocka_unit_test(sections_outside_the_file_are_refused),
        cmocka_unit_test(a_section_name_out_of_bounds_names_nothing),
        cmocka_unit_test(the_image_may_fill_its_slot_exactly),
        cmocka_unit_test(no_truncation_is_accepted),
        cmocka_unit_test(no_changed_byte_leads_out_of_bounds),
        cmocka_unit_test(no_two_changed_words_lead_out_of_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
