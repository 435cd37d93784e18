/* SPDX-License-Identifier: MIT */
/* Any bytes as a linked image: the ELF reader. */
#include <string.h>

#include "device/l1_map.h"
#include "jit/elf.h"
#include "jit/tt_jit.h"
#include "tests/fuzz/fuzz.h"

static const struct {
    uint32_t addr, size;
} slot[] = {
    {TT_L1_KERNEL_B, TT_L1_KERNEL_DM_SIZE},
    {TT_L1_FW_B, TT_L1_FW_B_SIZE},
    {TT_L1_FW_NC, TT_L1_FW_SUB_SIZE},
    {0xFFFFF000u, 0xFFFu}, /* no slot of a chip; ends with the address space */
};
#define N_SLOTS (sizeof(slot) / sizeof(slot[0]))

/* What the launcher relies on. */
static void check_image(const struct tt_jit_image *image, unsigned i)
{
    uint8_t *copy = malloc(image->size);

    FUZZ_CHECK(image->addr == slot[i].addr);
    FUZZ_CHECK(image->size > 0 && image->size <= slot[i].size);
    FUZZ_CHECK(image->entry >= image->addr && image->entry % 4 == 0);
    FUZZ_CHECK(image->entry - image->addr < image->size);
    if (copy)
        memcpy(copy, image->data, image->size);
    free(copy);
}

/* The first byte chooses the slot. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tt_jit_image image = {0};
    struct tt_elf_marks marks;
    uint8_t *file;
    unsigned i;

    if (size == 0)
        return 0;
    i = data[0] % N_SLOTS;
    /* A block of its own, whose end AddressSanitizer watches. */
    file = malloc(size - 1);
    if (!file)
        return 0;
    memcpy(file, data + 1, size - 1);
    if (tt_elf_load(file, size - 1, slot[i].addr, slot[i].size, &image,
                    &marks) >= 0) {
        check_image(&image, i);
        free(image.data);
    }
    free(file);
    return 0;
}
