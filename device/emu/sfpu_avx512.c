/* SPDX-License-Identifier: MIT */
/* Sums and products of the vector unit on the host's floating-point unit, for
 * processors with AVX-512, where that gives the same bits. */
#include "device/emu/tensix_sfpu.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq")))

/* Whatever the host program has set: round to nearest even, raise nothing. */
#define ROUNDING (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

/* Classes of VFPCLASSPS. */
#define CLASS_QNAN     0x01
#define CLASS_ZERO     0x06 /* of both signs */
#define CLASS_INF      0x18 /* of both signs */
#define CLASS_DENORMAL 0x20
#define CLASS_SNAN     0x80
#define CLASS_SPECIAL  (CLASS_QNAN | CLASS_INF | CLASS_SNAN)
#define CLASS_NOTHING  (CLASS_ZERO | CLASS_DENORMAL)

static bool usable(void)
{
    return __builtin_cpu_supports("avx512dq");
}

/* Zeros and denormals count as +0. */
AVX512 static inline __m512 flush(__m512 v)
{
    return _mm512_maskz_mov_ps(
        (__mmask16)~_mm512_fpclass_ps_mask(v, CLASS_NOTHING), v);
}

/*
 * A sum has three bits below its last one and a sticky bit in tt_sfp_fma(),
 * which is all that rounding to nearest needs; a sum of normal numbers that is
 * below the normal range is exact, and flushed.
 */
AVX512 static bool add(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    __mmask16 special = 0;

    for (unsigned i = 0; i < TT_LANES; i += 16) {
        __m512 a = _mm512_loadu_ps(&x[i]), b = _mm512_loadu_ps(&y[i]);

        special |= _mm512_fpclass_ps_mask(a, CLASS_SPECIAL);
        special |= _mm512_fpclass_ps_mask(b, CLASS_SPECIAL);
        a = _mm512_add_round_ps(flush(a), flush(b), ROUNDING);
        _mm512_storeu_ps(&out[i], flush(a));
    }
    return !special;
}

/*
 * A product has at least two bits below its last one and a sticky bit. Where
 * the result is the smallest normal number, the host may have rounded up what
 * is below the normal range before it is rounded.
 */
AVX512 static bool mul(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    const __m512i magnitude = _mm512_set1_epi32(0x7FFFFFFF);
    __mmask16 special = 0;

    for (unsigned i = 0; i < TT_LANES; i += 16) {
        __m512 a = _mm512_loadu_ps(&x[i]), b = _mm512_loadu_ps(&y[i]);

        special |= _mm512_fpclass_ps_mask(a, CLASS_SPECIAL);
        special |= _mm512_fpclass_ps_mask(b, CLASS_SPECIAL);
        a = _mm512_mul_round_ps(flush(a), flush(b), ROUNDING);
        special |= _mm512_cmpeq_epi32_mask(
            _mm512_and_si512(_mm512_castps_si512(a), magnitude),
            _mm512_set1_epi32(0x00800000));
        _mm512_storeu_ps(&out[i], flush(a));
    }
    return !special;
}

bool tt_avx512_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    return usable() && add(x, y, out);
}

bool tt_avx512_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    return usable() && mul(x, y, out);
}

#else

bool tt_avx512_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    (void)x;
    (void)y;
    (void)out;
    return false;
}

bool tt_avx512_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    (void)x;
    (void)y;
    (void)out;
    return false;
}

#endif
