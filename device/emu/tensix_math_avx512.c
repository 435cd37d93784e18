/* SPDX-License-Identifier: MIT */
/* The hottest loops of the matrix unit for processors with AVX-512: 16-bit
 * lanes, which plain C does not get from the compiler. */
#include "device/emu/tensix_math.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))

static bool usable(void)
{
    return __builtin_cpu_supports("avx512bw");
}

/* The upper halves of 32 words. */
AVX512 static inline __m512i upper_halves(__m512i first, __m512i second)
{
    static const uint16_t odd[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                     23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                     45, 47, 49, 51, 53, 55, 57, 59, 61, 63};

    return _mm512_permutex2var_epi16(first, _mm512_loadu_si512(odd), second);
}

/* Eight significant bits of integers, rounded half up, as the upper half of a
 * float. Integers below 2^24 convert exactly. */
AVX512 static inline __m512i leading_bits(__m512i v)
{
    const __m512i half = _mm512_set1_epi32(0x8000);
    __m512i lo = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(v));
    __m512i hi = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(v, 1));

    lo = _mm512_castps_si512(_mm512_cvtepi32_ps(lo));
    hi = _mm512_castps_si512(_mm512_cvtepi32_ps(hi));
    return upper_halves(_mm512_add_epi32(lo, half), _mm512_add_epi32(hi, half));
}

/* Sum of 32 pairs of bf16; Dst cells. As add_term() and normalise(), but on
 * operands sorted by magnitude, so that only one is shifted. */
AVX512 static inline __m512i add_bf16(__m512i a, __m512i b)
{
    const __m512i magnitude = _mm512_set1_epi16(0x7FFF);
    const __m512i man_mask = _mm512_set1_epi16(0x7F);
    const __m512i hidden = _mm512_set1_epi16(0x80);
    const __m512i sign_mask = _mm512_set1_epi16((int16_t)0x8000);
    const __m512i zero = _mm512_setzero_si512();
    __m512i abs_a = _mm512_and_si512(a, magnitude);
    __m512i abs_b = _mm512_and_si512(b, magnitude);
    __m512i big = _mm512_max_epu16(abs_a, abs_b);
    __m512i small = _mm512_min_epu16(abs_a, abs_b);
    __m512i shift = _mm512_sub_epi16(_mm512_srli_epi16(big, 7),
                                     _mm512_srli_epi16(small, 7));
    /* 11 bits of mantissa; (x & man_mask) | hidden */
    __m512i man = _mm512_slli_epi16(
        _mm512_ternarylogic_epi32(big, man_mask, hidden, 0xEA), 3);
    __m512i man_s = _mm512_slli_epi16(
        _mm512_ternarylogic_epi32(small, man_mask, hidden, 0xEA), 4);
    __mmask32 some = _mm512_cmpge_epu16_mask(small, hidden);
    __mmask32 differ = _mm512_movepi16_mask(_mm512_xor_si512(a, b));
    __mmask32 a_big = _mm512_cmpge_epu16_mask(abs_a, abs_b);
    __m512i sum, r, cell;
    __mmask32 keep;

    man_s = _mm512_srlv_epi16(man_s, shift);
    man_s = _mm512_maskz_avg_epu16(some, man_s, zero); /* half up */
    sum =
        _mm512_mask_sub_epi16(_mm512_add_epi16(man, man_s), differ, man, man_s);

    /* exponent << 7 | mantissa; saturates at 0 and is cut at infinity */
    r = _mm512_sub_epi16(leading_bits(sum), _mm512_set1_epi16(127 << 7));
    r = _mm512_add_epi16(r, _mm512_andnot_si512(man_mask, big));
    r = _mm512_subs_epu16(r, _mm512_set1_epi16(10 << 7));
    keep = _mm512_mask_cmpge_epu16_mask(_mm512_test_epi16_mask(sum, sum), r,
                                        hidden);
    r = _mm512_min_epu16(r, _mm512_set1_epi16(0x7F80));

    /* mantissa above the exponent, then the sign of the larger operand */
    cell = _mm512_or_si512(_mm512_srli_epi16(r, 7),
                           _mm512_slli_epi16(_mm512_and_si512(r, man_mask), 8));
    cell = _mm512_ternarylogic_epi32(cell, _mm512_mask_blend_epi16(a_big, b, a),
                                     sign_mask, 0xF8);
    return _mm512_maskz_mov_epi16(keep, cell);
}

AVX512 static void add_block_bf16(const uint32_t *a, const uint32_t *b,
                                  uint32_t flip_b, uint16_t *out)
{
    const __m512i flip = _mm512_set1_epi16((int16_t)(flip_b >> 16));

    for (unsigned i = 0; i < TT_BLOCK; i += 32) {
        __m512i va = upper_halves(_mm512_loadu_si512(&a[i]),
                                  _mm512_loadu_si512(&a[i + 16]));
        __m512i vb = upper_halves(_mm512_loadu_si512(&b[i]),
                                  _mm512_loadu_si512(&b[i + 16]));

        _mm512_storeu_si512(&out[i], add_bf16(va, _mm512_xor_si512(vb, flip)));
    }
}

bool tt_avx512_add_bf16(const uint32_t *a, const uint32_t *b, uint32_t flip_b,
                        uint16_t *out)
{
    if (!usable())
        return false;
    add_block_bf16(a, b, flip_b, out);
    return true;
}

#else

bool tt_avx512_add_bf16(const uint32_t *a, const uint32_t *b, uint32_t flip_b,
                        uint16_t *out)
{
    (void)a;
    (void)b;
    (void)flip_b;
    (void)out;
    return false;
}

#endif
