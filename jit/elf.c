/* SPDX-License-Identifier: MIT */
/* Reader of linked kernel images (System V gABI, "Object Files"). */
#include "jit/elf.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "jit/tt_jit.h"
#include "pool/tt_log.h"

#define MAX_SEGMENTS 16u
#define MAX_SECTIONS 4096u

/** struct view - the bytes of the file and the slot they must fit */
struct view {
    const uint8_t *data;
    size_t len;
    uint32_t slot_addr;
    uint32_t slot_size;
    Elf32_Ehdr head;
};

/* Whether size bytes at offset lie within limit bytes; cannot wrap. */
static bool fits(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

/* Structures are copied out: the file's offsets need not be aligned. */
static bool copy_out(const struct view *v, uint64_t offset, void *dst,
                     size_t size)
{
    if (!fits(offset, size, v->len))
        return false;
    memcpy(dst, v->data + offset, size);
    return true;
}

static nxs_status check_head(struct view *v)
{
    const Elf32_Ehdr *h = &v->head;

    if (!copy_out(v, 0, &v->head, sizeof(v->head)))
        return TT_FAIL(NXS_InvalidBinary, "%zu bytes are no ELF file", v->len);
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
        h->e_ident[EI_CLASS] != ELFCLASS32 ||
        h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_RISCV ||
        h->e_type != ET_EXEC)
        return TT_FAIL(NXS_InvalidBinary,
                       "not a 32-bit little-endian RISC-V executable");
    if (h->e_phentsize != sizeof(Elf32_Phdr) || h->e_phnum == 0 ||
        h->e_phnum > MAX_SEGMENTS)
        return TT_FAIL(NXS_InvalidBinary, "%u program headers of %u bytes",
                       h->e_phnum, h->e_phentsize);
    if (h->e_shnum > 0 &&
        (h->e_shentsize != sizeof(Elf32_Shdr) || h->e_shnum > MAX_SECTIONS ||
         h->e_shstrndx >= h->e_shnum))
        return TT_FAIL(NXS_InvalidBinary,
                       "%u section headers of %u bytes, names in %u",
                       h->e_shnum, h->e_shentsize, h->e_shstrndx);
    return NXS_Success;
}

static nxs_status check_segment(const struct view *v, const Elf32_Phdr *p)
{
    if (!fits(p->p_offset, p->p_filesz, v->len) || p->p_memsz < p->p_filesz)
        return TT_FAIL(NXS_InvalidBinary,
                       "segment of %u bytes at offset %u leaves the file",
                       p->p_filesz, p->p_offset);
    if (p->p_paddr < v->slot_addr ||
        !fits(p->p_paddr - v->slot_addr, p->p_filesz, v->slot_size))
        return TT_FAIL(NXS_InvalidBinary,
                       "segment of %u bytes at 0x%x does not fit the slot of "
                       "%u bytes at 0x%x",
                       p->p_filesz, p->p_paddr, v->slot_size, v->slot_addr);
    return NXS_Success;
}

static bool overlap(const Elf32_Phdr *a, const Elf32_Phdr *b)
{
    uint64_t a_end = (uint64_t)a->p_paddr + a->p_filesz;
    uint64_t b_end = (uint64_t)b->p_paddr + b->p_filesz;

    return a->p_paddr < b_end && b->p_paddr < a_end;
}

/* Collects the segments that have bytes; out_end is one past the last byte. */
static nxs_status read_segments(const struct view *v, Elf32_Phdr *seg,
                                unsigned *out_n, uint64_t *out_end)
{
    uint64_t end = v->slot_addr;
    unsigned n = 0;

    for (unsigned i = 0; i < v->head.e_phnum; i++) {
        Elf32_Phdr *p = &seg[n];
        uint64_t at = (uint64_t)v->head.e_phoff + (uint64_t)i * sizeof(*p);
        nxs_status status;

        if (!copy_out(v, at, p, sizeof(*p)))
            return TT_FAIL(NXS_InvalidBinary, "program header %u is outside",
                           i);
        if (p->p_type != PT_LOAD || p->p_filesz == 0)
            continue;
        status = check_segment(v, p);
        if (status)
            return status;
        for (unsigned k = 0; k < n; k++) {
            if (overlap(p, &seg[k]))
                return TT_FAIL(NXS_InvalidBinary,
                               "segments at 0x%x and 0x%x overlap", p->p_paddr,
                               seg[k].p_paddr);
        }
        if ((uint64_t)p->p_paddr + p->p_filesz > end)
            end = (uint64_t)p->p_paddr + p->p_filesz;
        n++;
    }
    *out_n = n;
    *out_end = end;
    return NXS_Success;
}

/* Whether the string at index of a string table is name; index and table may
 * be anything. */
static bool is_named(const struct view *v, const Elf32_Shdr *names,
                     uint32_t index, const char *name)
{
    size_t size = strlen(name) + 1;
    uint64_t at = (uint64_t)names->sh_offset + index;

    return fits(index, size, names->sh_size) && fits(at, size, v->len) &&
           memcmp(v->data + at, name, size) == 0;
}

static void read_marker(const struct view *v, const Elf32_Shdr *names,
                        const Elf32_Shdr *s, struct tt_elf_marks *marks)
{
    const uint8_t *p = v->data + s->sh_offset;

    if (is_named(v, names, s->sh_name, ".tt.uses")) {
        for (uint32_t i = 0; i < s->sh_size; i++)
            marks->uses |= p[i];
    } else if (is_named(v, names, s->sh_name, ".tt.accessor")) {
        for (uint32_t i = 0; i + 4 <= s->sh_size; i += 4) {
            uint32_t word = (uint32_t)p[i] | (uint32_t)p[i + 1] << 8 |
                            (uint32_t)p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;

            if (word < marks->accessor_base)
                marks->accessor_base = word;
        }
    }
}

static bool read_section(const struct view *v, unsigned i, Elf32_Shdr *out)
{
    uint64_t at = (uint64_t)v->head.e_shoff + (uint64_t)i * sizeof(*out);

    return copy_out(v, at, out, sizeof(*out));
}

/* The entry functions that jit/include/tt/start.h looks for. */
static bool is_kernel_name(const struct view *v, const Elf32_Shdr *names,
                           uint32_t index)
{
    static const char *const entry[] = {
        "_Z11kernel_mainv", "_ZN16tt_unpack_kernel11unpack_mainEv",
        "_ZN14tt_math_kernel9math_mainEv", "_ZN14tt_pack_kernel9pack_mainEv"};

    for (size_t i = 0; i < sizeof(entry) / sizeof(entry[0]); i++) {
        if (is_named(v, names, index, entry[i]))
            return true;
    }
    return false;
}

static void read_symbols(const struct view *v, const Elf32_Shdr *table,
                         struct tt_elf_marks *marks)
{
    Elf32_Shdr names;
    Elf32_Sym sym;

    if (table->sh_link >= v->head.e_shnum ||
        !read_section(v, table->sh_link, &names))
        return;
    for (uint32_t at = 0; fits(at, sizeof(sym), table->sh_size);
         at += (uint32_t)sizeof(sym)) {
        if (copy_out(v, (uint64_t)table->sh_offset + at, &sym, sizeof(sym)) &&
            sym.st_shndx != SHN_UNDEF && is_kernel_name(v, &names, sym.st_name))
            marks->has_kernel = true;
    }
}

static nxs_status read_marks(const struct view *v, struct tt_elf_marks *marks)
{
    Elf32_Shdr names;

    marks->uses = 0;
    marks->accessor_base = UINT32_MAX;
    marks->has_kernel = false;
    if (v->head.e_shnum == 0)
        return NXS_Success;
    if (!read_section(v, v->head.e_shstrndx, &names))
        return TT_FAIL(NXS_InvalidBinary, "section names are outside");
    for (unsigned i = 1; i < v->head.e_shnum; i++) {
        Elf32_Shdr s;

        if (!read_section(v, i, &s))
            return TT_FAIL(NXS_InvalidBinary, "section header %u is outside",
                           i);
        if (s.sh_type == SHT_NULL || s.sh_type == SHT_NOBITS)
            continue;
        if (!fits(s.sh_offset, s.sh_size, v->len))
            return TT_FAIL(NXS_InvalidBinary,
                           "section %u of %u bytes at offset %u leaves the "
                           "file",
                           i, s.sh_size, s.sh_offset);
        if (s.sh_type == SHT_SYMTAB)
            read_symbols(v, &s, marks);
        else
            read_marker(v, &names, &s, marks);
    }
    return NXS_Success;
}

nxs_status tt_elf_load(const void *elf, size_t len, uint32_t slot_addr,
                       uint32_t slot_size, struct tt_jit_image *image,
                       struct tt_elf_marks *marks)
{
    struct view v = {.data = elf,
                     .len = len,
                     .slot_addr = slot_addr,
                     .slot_size = slot_size};
    Elf32_Phdr seg[MAX_SEGMENTS];
    struct tt_elf_marks found;
    nxs_status status;
    unsigned n_seg = 0;
    uint64_t end = slot_addr;
    uint8_t *data;

    status = check_head(&v);
    if (!status)
        status = read_segments(&v, seg, &n_seg, &end);
    if (!status)
        status = read_marks(&v, &found);
    if (status)
        return status;
    /* Entry points are word aligned: there is no compressed extension. */
    if (v.head.e_entry < slot_addr || v.head.e_entry >= end ||
        v.head.e_entry % 4 != 0)
        return TT_FAIL(NXS_InvalidBinary,
                       "entry 0x%x is not in the image at 0x%x..0x%llx",
                       v.head.e_entry, slot_addr, (unsigned long long)end);

    data = calloc(1, (size_t)(end - slot_addr));
    if (!data)
        return TT_FAIL(NXS_OutOfHostMemory,
                       "no memory for an image of %llu bytes",
                       (unsigned long long)(end - slot_addr));
    for (unsigned i = 0; i < n_seg; i++)
        memcpy(data + (seg[i].p_paddr - slot_addr), v.data + seg[i].p_offset,
               seg[i].p_filesz);
    image->data = data;
    image->size = (uint32_t)(end - slot_addr);
    image->addr = slot_addr;
    image->entry = v.head.e_entry;
    *marks = found;
    return NXS_Success;
}
