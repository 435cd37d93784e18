/* SPDX-License-Identifier: MIT */
/* ELWADD and ELWSUB for processors with AVX2, on the host's floating-point
 * unit. */
#include "device/emu/tensix_math.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVX2   __attribute__((target("avx2,fma")))
#define INLINE AVX2 static inline __attribute__((always_inline))

/* Exponents of the larger operand that are handled here: no sum is below the
 * normal range or infinite, nor is 1.5 x 2^23 of a unit. */
#define EXP_MIN 12u
#define EXP_MAX 240u

/* MXCSR as a program finds it: round to nearest even, deliver no exception,
 * denormals count. Flags may be anything. */
static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           (_mm_getcsr() & 0xFFC0u) == 0x1F80u;
}

INLINE __m256i word(uint32_t v)
{
    return _mm256_set1_epi32((int32_t)v);
}

/* Exponents in place, and the datum or 0 if it counts as that. */
INLINE __m256i exp_of(__m256i v)
{
    return _mm256_and_si256(v, word(0x7F800000));
}

INLINE __m256i flush(__m256i v, __m256i exp)
{
    return _mm256_and_si256(v, _mm256_cmpgt_epi32(exp, word(0)));
}

/*
 * Rounded half up in magnitude to the unit whose 1.5 x 2^23 is @c: the factor
 * moves what is half a unit away from zero, and nothing else past a half, since
 * a datum has at most 11 bits.
 */
INLINE __m256 to_unit(__m256i v, __m256 c)
{
    const __m256 beyond_tie = _mm256_set1_ps(1.0f + 0x1p-14f);

    v = _mm256_castps_si256(
        _mm256_fmadd_ps(_mm256_castsi256_ps(v), beyond_tie, c));
    return _mm256_sub_ps(_mm256_castsi256_ps(v), c);
}

/* Sums of eight pairs; *bad collects lanes out of range. */
INLINE __m256i add(__m256i a, __m256i b, __m256i *bad)
{
    __m256i ea = exp_of(a), eb = exp_of(b), exp = _mm256_max_epi32(ea, eb);
    /* both have 11 bits of mantissa in the scale of the larger */
    __m256 c =
        _mm256_castsi256_ps(_mm256_add_epi32(exp, word(13u << 23 | 0x400000u)));
    __m256i some = _mm256_cmpgt_epi32(exp, word(0));
    __m256i low = _mm256_cmpgt_epi32(word(EXP_MIN << 23), exp);
    __m256i high = _mm256_cmpgt_epi32(exp, word(EXP_MAX << 23));

    *bad = _mm256_or_si256(*bad,
                           _mm256_or_si256(_mm256_and_si256(some, low), high));
    return _mm256_castps_si256(
        _mm256_add_ps(to_unit(flush(a, ea), c), to_unit(flush(b, eb), c)));
}

/* Upper halves of two vectors of sums as cells; zeros are positive. */
INLINE __m256i cells_of(__m256i x, __m256i y)
{
    __m256i some, w;

    x = _mm256_and_si256(x, _mm256_cmpgt_epi32(exp_of(x), word(0)));
    y = _mm256_and_si256(y, _mm256_cmpgt_epi32(exp_of(y), word(0)));
    w = _mm256_permute4x64_epi64(
        _mm256_packus_epi32(_mm256_srli_epi32(x, 16), _mm256_srli_epi32(y, 16)),
        0xD8);
    some = _mm256_and_si256(w, _mm256_set1_epi16((int16_t)0x8000));
    some = _mm256_or_si256(
        some, _mm256_and_si256(_mm256_slli_epi16(w, 8), word(0x7F007F00)));
    return _mm256_or_si256(
        some, _mm256_and_si256(_mm256_srli_epi16(w, 7), word(0x00FF00FF)));
}

INLINE __m256i lower_halves(__m256i x, __m256i y)
{
    x = _mm256_and_si256(x, word(0xFFFF));
    y = _mm256_and_si256(y, word(0xFFFF));
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(x, y), 0xD8);
}

INLINE __m256i load(const uint32_t *p, uint32_t flip, uint32_t mask)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);

    return _mm256_and_si256(_mm256_xor_si256(v, word(flip)), word(mask));
}

AVX2 static bool add_block(const struct tt_elw *m, bool pairs)
{
    const uint32_t flip = m->subtract ? 0x80000000u : 0;
    __m256i bad = word(0);

    for (unsigned i = 0; i < m->cells.n; i += 16) {
        __m256i x = add(load(&m->a[i], 0, m->mask_a),
                        load(&m->b[i], flip, m->mask_b), &bad);
        __m256i y = add(load(&m->a[i + 8], 0, m->mask_a),
                        load(&m->b[i + 8], flip, m->mask_b), &bad);

        if (pairs) {
            _mm256_storeu_si256((__m256i *)(void *)&m->cells.lo[i],
                                lower_halves(x, y));
        } else { /* eight bits of mantissa, rounded half up */
            x = _mm256_add_epi32(x, word(0x8000));
            y = _mm256_add_epi32(y, word(0x8000));
        }
        _mm256_storeu_si256((__m256i *)(void *)&m->cells.hi[i], cells_of(x, y));
    }
    return _mm256_testz_si256(bad, bad);
}

bool tt_avx2_add(const struct tt_elw *m)
{
    return usable() && add_block(m, m->acc == TT_ACC_FP32);
}

#else

bool tt_avx2_add(const struct tt_elw *m)
{
    (void)m;
    return false;
}

#endif
