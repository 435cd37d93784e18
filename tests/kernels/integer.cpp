// SPDX-License-Identifier: MIT
// Integer work of one data-movement core alone, as programs for such cores have
// it: table-driven CRC, heap sort, matrix product, words of a text turned round.
// Arguments: buffers source (1024 words), target, rounds. Constants: CB 0 .. 2,
// two pages of 4 KiB each, used as memory only. Round r works on source[i] +
// r * i and adds four results to target[4 * r ..] modulo 1024.

#if defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

namespace {

constexpr uint32_t WORDS = 1024, SORTED = 256, SIDE = 16, LETTERS = 1024;

void make_table(uint32_t *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
        table[i] = crc;
    }
}

__attribute__((noinline)) uint32_t
crc_of(const uint8_t *bytes, uint32_t len, const uint32_t *table)
{
    uint32_t crc = ~0u;

    for (uint32_t i = 0; i < len; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xFF];
    return ~crc;
}

void sink(uint32_t *heap, uint32_t at, uint32_t n)
{
    const uint32_t value = heap[at];
    uint32_t child;

    while ((child = 2 * at + 1) < n) {
        if (child + 1 < n && heap[child] < heap[child + 1])
            child++;
        if (heap[child] <= value)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

__attribute__((noinline)) void sort(uint32_t *heap, uint32_t n)
{
    for (uint32_t i = n / 2; i-- > 0;)
        sink(heap, i, n);
    while (n-- > 1) {
        const uint32_t most = heap[0];

        heap[0] = heap[n];
        heap[n] = most;
        sink(heap, 0, n);
    }
}

__attribute__((noinline)) void product(const uint32_t *a, const uint32_t *b,
                                       uint32_t *out)
{
    for (uint32_t row = 0; row < SIDE; row++) {
        for (uint32_t col = 0; col < SIDE; col++) {
            uint32_t sum = 0;

            for (uint32_t k = 0; k < SIDE; k++)
                sum += a[row * SIDE + k] * b[k * SIDE + col];
            out[row * SIDE + col] = sum;
        }
    }
}

// Letters and spaces of the low five bits of each byte.
void spell(char *text, const uint8_t *bytes)
{
    for (uint32_t i = 0; i < LETTERS; i++) {
        const uint32_t code = bytes[i] & 31u;

        text[i] = code < 26 ? (char)('a' + code) : ' ';
    }
    text[LETTERS] = 0;
}

__attribute__((noinline)) void turn_words(char *text)
{
    while (*text) {
        char *end = text;

        while (*end && *end != ' ')
            end++;
        for (char *left = text, *right = end; left < --right; left++) {
            const char letter = *left;

            *left = *right;
            *right = letter;
        }
        text = *end ? end + 1 : end;
    }
}

__attribute__((noinline)) uint32_t hash_of(const char *text)
{
    uint32_t hash = 0;

    while (*text)
        hash = hash * 31 + (uint8_t)*text++;
    return hash;
}

} // namespace

void kernel_main()
{
    constexpr auto source_args = TensorAccessorArgs<3>();
    constexpr auto target_args =
        TensorAccessorArgs<source_args.next_compile_time_args_offset()>();
    const auto source =
        TensorAccessor(source_args, get_common_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(target_args, get_common_arg_val<uint32_t>(1));
    const uint32_t rounds = get_common_arg_val<uint32_t>(2);
    uint32_t *given = (uint32_t *)get_write_ptr(get_compile_time_arg_val(0));
    uint32_t *work = (uint32_t *)get_write_ptr(get_compile_time_arg_val(1));
    uint32_t *area = (uint32_t *)get_write_ptr(get_compile_time_arg_val(2));
    uint32_t *result = given + WORDS, *table = work + WORDS;
    char *text = (char *)(area + WORDS);

    noc_async_read_page(0, source, (uint32_t)given);
    noc_async_read_barrier();
    make_table(table);
    for (uint32_t i = 0; i < WORDS; i++)
        result[i] = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t *out = result + 4 * round % WORDS;

        for (uint32_t i = 0; i < WORDS; i++)
            work[i] = given[i] + round * i;
        out[0] += crc_of((const uint8_t *)work, 4 * WORDS, table);
        product(work, work + SIDE * SIDE, area);
        out[1] += crc_of((const uint8_t *)area, 4 * SIDE * SIDE, table);
        spell(text, (const uint8_t *)work);
        turn_words(text);
        out[2] += hash_of(text);
        sort(work, SORTED);
        out[3] += crc_of((const uint8_t *)work, 4 * SORTED, table);
    }
    noc_async_write_page(0, target, (uint32_t)result);
    noc_async_write_barrier();
}

#else

void kernel_main() {}

#endif
