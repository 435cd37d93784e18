/* SPDX-License-Identifier: MIT */
/* Matrix products for processors with AVX-512. */
#include "device/emu/tensix_math.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define INLINE TARGET static inline __attribute__((always_inline))

/* Whatever the host program has set: round to nearest even, raise nothing. */
#define ROUNDING (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

typedef __m512i vec;
typedef __m512 vecf;
typedef __mmask16 lanes;

INLINE vec v_set(uint32_t v)
{
    return _mm512_set1_epi32((int32_t)v);
}

INLINE vec v_load(const void *p)
{
    return _mm512_loadu_si512(p);
}

INLINE void v_store(void *p, vec v)
{
    _mm512_storeu_si512(p, v);
}

INLINE void v_store_floats(float *p, vecf v)
{
    _mm512_storeu_ps(p, v);
}

INLINE vec v_load_columns(const uint32_t *p)
{
    return v_load(p);
}

/* 16 bytes to 16 lanes. */
INLINE vec v_load_bytes(const uint8_t *p)
{
    return _mm512_cvtepu8_epi32(
        _mm_loadu_si128((const __m128i *)(const void *)p));
}

INLINE vec v_and(vec a, vec b)
{
    return _mm512_and_si512(a, b);
}

INLINE vec v_or(vec a, vec b)
{
    return _mm512_or_si512(a, b);
}

INLINE vec v_add(vec a, vec b)
{
    return _mm512_add_epi32(a, b);
}

INLINE vec v_sub(vec a, vec b)
{
    return _mm512_sub_epi32(a, b);
}

INLINE vec v_max(vec a, vec b)
{
    return _mm512_max_epi32(a, b);
}

INLINE vec v_min(vec a, vec b)
{
    return _mm512_min_epi32(a, b);
}

INLINE vec v_min_unsigned(vec a, vec b)
{
    return _mm512_min_epu32(a, b);
}

INLINE vec v_abs(vec a)
{
    return _mm512_abs_epi32(a);
}

INLINE vec v_shl(vec a, unsigned by)
{
    return _mm512_slli_epi32(a, by);
}

INLINE vec v_shr(vec a, unsigned by)
{
    return _mm512_srli_epi32(a, by);
}

INLINE vec v_sar(vec a, unsigned by)
{
    return _mm512_srai_epi32(a, by);
}

INLINE vec v_sar_by(vec a, vec by)
{
    return _mm512_srav_epi32(a, by);
}

/* Sums of bytes end at 255. */
INLINE vec v_add_bytes(vec a, vec b)
{
    return _mm512_adds_epu8(a, b);
}

INLINE vec v_min_bytes(vec a, vec b)
{
    return _mm512_min_epu8(a, b);
}

/* Bits of @a where @mask has ones, else of @b. */
INLINE vec v_pick(uint32_t mask, vec a, vec b)
{
    return _mm512_ternarylogic_epi32(v_set(mask), a, b, 0xCA);
}

/* a | (b & mask) */
INLINE vec v_or_and(vec a, vec b, uint32_t mask)
{
    return _mm512_ternarylogic_epi32(a, b, v_set(mask), 0xF8);
}

/* v + w, or v - w where the highest bit of @sign is set. */
INLINE vec v_add_signed(vec v, vec w, vec sign)
{
    lanes negative = _mm512_test_epi32_mask(sign, v_set(0x80000000u));

    return _mm512_mask_sub_epi32(_mm512_add_epi32(v, w), negative, v, w);
}

INLINE vecf v_as_floats(vec v)
{
    return _mm512_castsi512_ps(v);
}

INLINE vec v_as_ints(vecf v)
{
    return _mm512_castps_si512(v);
}

INLINE vecf v_to_floats(vec v)
{
    return _mm512_cvt_roundepi32_ps(v, ROUNDING);
}

INLINE vecf v_sub_floats(vecf a, vecf b)
{
    return _mm512_sub_round_ps(a, b, ROUNDING);
}

INLINE vecf v_scale(vecf v, float by)
{
    return _mm512_mul_round_ps(v, _mm512_set1_ps(by), ROUNDING);
}

/* a * b + c, rounded once */
INLINE vecf v_multiply_add(const float *a, float b, vecf c)
{
    return _mm512_fmadd_round_ps(_mm512_loadu_ps(a), _mm512_set1_ps(b), c,
                                 ROUNDING);
}

INLINE lanes l_none(void)
{
    return 0;
}

INLINE lanes l_or(lanes a, lanes b)
{
    return a | b;
}

/* Signed comparison. */
INLINE lanes l_greater(vec a, vec b)
{
    return _mm512_cmpgt_epi32_mask(a, b);
}

INLINE lanes l_equal(vec a, uint32_t b)
{
    return _mm512_cmpeq_epi32_mask(a, v_set(b));
}

/* Of the lanes @some those where @a is above @b as an unsigned number. */
INLINE lanes l_above(lanes some, vec a, uint32_t b)
{
    return _mm512_mask_cmpgt_epu32_mask(some, a, v_set(b));
}

INLINE bool l_any(lanes l)
{
    return l;
}

/* @v in these lanes, 0 in the others. */
INLINE vec v_keep(lanes some, vec v)
{
    return _mm512_maskz_mov_epi32(some, v);
}

/* @w in these lanes, @v in the others. */
INLINE vec v_set_in(lanes some, vec v, uint32_t w)
{
    return _mm512_mask_mov_epi32(v, some, v_set(w));
}

/* @v, with 1 added in these lanes. */
INLINE vec v_add_one_in(lanes some, vec v)
{
    return _mm512_mask_add_epi32(v, some, v, v_set(1));
}

/* @v in these lanes, all ones in the others. */
INLINE vec v_or_ones(lanes some, vec v)
{
    return _mm512_mask_mov_epi32(v_set(0xFFFFFFFFu), some, v);
}

#include "device/emu/mvmul_cells.h"

/* A row of Dst. */
INLINE vec v_load_dst(const uint16_t *hi, const uint16_t *lo, enum tt_acc acc)
{
    __m256i w = words_of_cells(
        _mm256_loadu_si256((const __m256i *)(const void *)hi), acc);
    vec v = v_shl(_mm512_cvtepu16_epi32(w), 16);

    if (acc == TT_ACC_FP32)
        v = v_or(v, _mm512_cvtepu16_epi32(
                        _mm256_loadu_si256((const __m256i *)(const void *)lo)));
    return acc == TT_ACC_FP16 ? widen(v) : v;
}

INLINE void v_store_dst(vec v, uint16_t *hi, uint16_t *lo, enum tt_acc acc)
{
    if (acc == TT_ACC_FP16)
        v = narrow(v);
    _mm256_storeu_si256(
        (__m256i *)(void *)hi,
        cells_of_words(_mm512_cvtepi32_epi16(v_shr(v, 16)), acc));
    if (acc == TT_ACC_FP32)
        _mm256_storeu_si256((__m256i *)(void *)lo, _mm512_cvtepi32_epi16(v));
}

/* Lowest bytes. */
INLINE void v_store_bytes(uint8_t *p, vec v)
{
    _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8(v));
}

#include "device/emu/mvmul_lanes.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx512bw");
}

#else

static bool usable(void)
{
    return false;
}

static bool run_any(const struct tt_mvmul *m)
{
    (void)m;
    return false;
}

#endif

const struct tt_mvmul_form tt_mvmul_avx512 = {"AVX-512", usable, run_any};
