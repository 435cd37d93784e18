/* SPDX-License-Identifier: MIT */
/* Printing: records in a ring in L1, which the host takes and makes text of
 * (device/l1_map.h). */
#ifndef TT_PRINT_RING_H
#define TT_PRINT_RING_H

#include <cstdint>

#include "tt/args.h"
#include "tt/core.h"

namespace ttk
{

TT_INLINE tt_print_ring &print_ring()
{
    TT_MARK_BYTE(".tt.uses", 2);
    return reinterpret_cast<tt_print_ring *>(
        fixed_launch().print)[TT_THIS_RISC];
}

/** print_record - wait for room, write a record, publish it whole
 *  @head: kind and detail; @words: payload, @n of them */
TT_COLD inline void print_record(uint32_t head, const uint32_t *words,
                                 uint32_t n)
{
    tt_print_ring &ring = print_ring();
    uint32_t at = ring.written;

    waiting(TT_WAIT_PRINT, 0, TT_CALLER);
    while (at + n + 1 - ring.taken > TT_PRINT_WORDS)
        ;
    waited();
    ring.word[at++ % TT_PRINT_WORDS] = head | n << 16;
    for (uint32_t i = 0; i < n; i++)
        ring.word[at++ % TT_PRINT_WORDS] = words[i];
    memory_fence();
    ring.written = at;
}

TT_COLD inline void print_word(uint32_t kind, uint32_t word)
{
    print_record(kind << 24, &word, 1);
}

TT_COLD inline void print_long(uint32_t kind, uint64_t value)
{
    uint32_t words[2] = {static_cast<uint32_t>(value),
                         static_cast<uint32_t>(value >> 32)};

    print_record(kind << 24, words, 2);
}

TT_COLD inline void print_detail(uint32_t kind, uint32_t detail)
{
    print_record(kind << 24 | (detail & 0xFFFF), nullptr, 0);
}

/** print_text - as many records as it takes, each of little stack */
TT_COLD inline void print_text(uint32_t kind, const char *text)
{
    do {
        uint32_t words[16], n = 0;

        for (; n < sizeof(words) && *text; n++, text++)
            reinterpret_cast<char *>(words)[n] = *text;
        print_record(kind << 24 | n, words, (n + 3) / 4);
    } while (*text);
}

} /* namespace ttk */

#endif
