/* SPDX-License-Identifier: MIT */
/* Copies to and from write-combined windows of a card. */
#include <string.h>

#include "device/kmd.h"

/* A window takes accesses of whole aligned words only: Wormhole has no byte
 * enables on the way in (tt-isa-documentation, PCIExpressTile/TLBs.md:
 * NOC_CMD_WR_BE is false), and memcpy() gives no promise. */

static void word_to(volatile uint32_t *to, const unsigned char *from)
{
    uint32_t word;

    memcpy(&word, from, sizeof(word));
    *to = word;
}

static void word_from(unsigned char *to, const volatile uint32_t *from)
{
    uint32_t word = *from;

    memcpy(to, &word, sizeof(word));
}

/* Bytes up to the next multiple of 16, at most @len. */
static size_t to_boundary(const volatile void *ptr, size_t len)
{
    size_t n = (size_t)(-(uintptr_t)ptr & 15u);

    return n < len ? n : len;
}

static void words_to(volatile void *window, const unsigned char *src,
                     size_t len)
{
    volatile uint32_t *to = window;

    for (size_t i = 0; i < len / 4; i++)
        word_to(&to[i], src + 4 * i);
}

static void words_from(unsigned char *dst, const volatile void *window,
                       size_t len)
{
    const volatile uint32_t *from = window;

    for (size_t i = 0; i < len / 4; i++)
        word_from(dst + 4 * i, &from[i]);
}

#if defined(__x86_64__)

#include <immintrin.h>

static size_t blocks_to(void *window, const unsigned char *src, size_t len)
{
    __m128i *to = window;
    size_t n = len / 16;

    for (size_t i = 0; i < n; i++)
        _mm_stream_si128(&to[i], _mm_loadu_si128((const void *)(src + 16 * i)));
    return n * 16;
}

/* Plain loads from such a window run at 0.1 GB/s, streaming ones at 1.6
 * (PCIExpressTile/README.md, "Host-initiated reads and writes"). */
__attribute__((target("sse4.1"))) static size_t
blocks_from(unsigned char *dst, const void *window, size_t len)
{
    __m128i *from = (__m128i *)(uintptr_t)window;
    size_t n = len / 16;

    for (size_t i = 0; i < n; i++)
        _mm_storeu_si128((void *)(dst + 16 * i),
                         _mm_stream_load_si128(&from[i]));
    return n * 16;
}

static size_t try_blocks_from(unsigned char *dst, const void *window,
                              size_t len)
{
    return __builtin_cpu_supports("sse4.1") ? blocks_from(dst, window, len) : 0;
}

#else

static size_t blocks_to(void *window, const unsigned char *src, size_t len)
{
    (void)window;
    (void)src;
    (void)len;
    return 0;
}

static size_t try_blocks_from(unsigned char *dst, const void *window,
                              size_t len)
{
    (void)dst;
    (void)window;
    (void)len;
    return 0;
}

#endif

void tt_kmd_copy_to(void *window, const void *src, size_t len)
{
    unsigned char *to = window;
    const unsigned char *from = src;
    size_t n = to_boundary(window, len);

    words_to(to, from, n);
    n += blocks_to(to + n, from + n, len - n);
    words_to(to + n, from + n, len - n);
}

void tt_kmd_copy_from(void *dst, const void *window, size_t len)
{
    unsigned char *to = dst;
    const unsigned char *from = window;
    size_t n = to_boundary(window, len);

    words_from(to, from, n);
    n += try_blocks_from(to + n, from + n, len - n);
    words_from(to + n, from + n, len - n);
}
