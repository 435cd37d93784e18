/* SPDX-License-Identifier: MIT */
/* Decoded RISC-V code by page content, shared by all cores of a chip. */
#ifndef TT_EMU_CODE_H
#define TT_EMU_CODE_H

#include <stdint.h>

#define TT_CODE_PAGE_SIZE 4096u
#define TT_CODE_WORDS     (TT_CODE_PAGE_SIZE / 4u)
#define TT_CODE_MAX_OPS   (2u * TT_CODE_WORDS + 1u)

/** struct tt_op - one decoded instruction (rv32_insns.h), or a run of them
 *  @kind: enum tt_rv32_kind
 *  @rd: register written; TT_RV32_SINK for x0 */
struct tt_op {
    uint8_t kind;
    uint8_t rd, rs1, rs2;
    int32_t imm;
};

/** struct tt_code_page - a decoded page; immutable while referenced */
struct tt_code_page {
    struct tt_code_page *next; /* of the same bucket */
    uint64_t hash;
    unsigned refs;
    uint8_t bytes[TT_CODE_PAGE_SIZE];
    struct tt_op op[]; /* TT_CODE_WORDS and what tt_rv32_decode() added */
};

struct tt_code_cache; /* made and freed as chip.h says */

/**
 * tt_code_page_get - the decoded form of a page of code
 * @cache: cache of the chip
 * @bytes: TT_CODE_PAGE_SIZE bytes, copied
 *
 * Takes the cache's lock; any thread may call it.
 *
 * Return: the page, with a reference for the caller; NULL without memory.
 */
struct tt_code_page *tt_code_page_get(struct tt_code_cache *cache,
                                      const uint8_t *bytes);

/** tt_code_page_put - give a reference back (NULL is fine); a page that nobody
 *  uses stays for the next launch until there are many such. Any thread. */
void tt_code_page_put(struct tt_code_cache *cache, struct tt_code_page *page);

#endif
