/* SPDX-License-Identifier: MIT */
/* Matrix products for processors with AVX2: a vector is two registers. */
#include "device/emu/tensix_math.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define INLINE TARGET static inline __attribute__((always_inline))

typedef struct {
    __m256i x, y;
} vec;
typedef struct {
    __m256 x, y;
} vecf;
typedef vec lanes; /* all ones, or 0 */

INLINE vec v_set(uint32_t v)
{
    __m256i all = _mm256_set1_epi32((int32_t)v);

    return (vec){all, all};
}

INLINE vec v_load(const void *p)
{
    const __m256i *q = p;

    return (vec){_mm256_loadu_si256(q), _mm256_loadu_si256(q + 1)};
}

INLINE void v_store(void *p, vec v)
{
    __m256i *q = p;

    _mm256_storeu_si256(q, v.x);
    _mm256_storeu_si256(q + 1, v.y);
}

INLINE void v_store_floats(float *p, vecf v)
{
    _mm256_storeu_ps(p, v.x);
    _mm256_storeu_ps(p + 8, v.y);
}

/* A row of datums, in the order in which cells are taken apart below. */
INLINE vec v_load_columns(const uint32_t *p)
{
    vec v = v_load(p);

    return (vec){_mm256_permute2x128_si256(v.x, v.y, 0x20),
                 _mm256_permute2x128_si256(v.x, v.y, 0x31)};
}

/* 16 bytes to 16 lanes. */
INLINE vec v_load_bytes(const uint8_t *p)
{
    const __m128i *x = (const __m128i *)(const void *)p;
    const __m128i *y = (const __m128i *)(const void *)(p + 8);

    return (vec){_mm256_cvtepu8_epi32(_mm_loadl_epi64(x)),
                 _mm256_cvtepu8_epi32(_mm_loadl_epi64(y))};
}

INLINE vec v_and(vec a, vec b)
{
    return (vec){_mm256_and_si256(a.x, b.x), _mm256_and_si256(a.y, b.y)};
}

INLINE vec v_or(vec a, vec b)
{
    return (vec){_mm256_or_si256(a.x, b.x), _mm256_or_si256(a.y, b.y)};
}

INLINE vec v_add(vec a, vec b)
{
    return (vec){_mm256_add_epi32(a.x, b.x), _mm256_add_epi32(a.y, b.y)};
}

INLINE vec v_sub(vec a, vec b)
{
    return (vec){_mm256_sub_epi32(a.x, b.x), _mm256_sub_epi32(a.y, b.y)};
}

INLINE vec v_max(vec a, vec b)
{
    return (vec){_mm256_max_epi32(a.x, b.x), _mm256_max_epi32(a.y, b.y)};
}

INLINE vec v_min(vec a, vec b)
{
    return (vec){_mm256_min_epi32(a.x, b.x), _mm256_min_epi32(a.y, b.y)};
}

INLINE vec v_min_unsigned(vec a, vec b)
{
    return (vec){_mm256_min_epu32(a.x, b.x), _mm256_min_epu32(a.y, b.y)};
}

INLINE vec v_abs(vec a)
{
    return (vec){_mm256_abs_epi32(a.x), _mm256_abs_epi32(a.y)};
}

INLINE vec v_shl(vec a, int by)
{
    return (vec){_mm256_slli_epi32(a.x, by), _mm256_slli_epi32(a.y, by)};
}

INLINE vec v_shr(vec a, int by)
{
    return (vec){_mm256_srli_epi32(a.x, by), _mm256_srli_epi32(a.y, by)};
}

INLINE vec v_sar(vec a, int by)
{
    return (vec){_mm256_srai_epi32(a.x, by), _mm256_srai_epi32(a.y, by)};
}

INLINE vec v_sar_by(vec a, vec by)
{
    return (vec){_mm256_srav_epi32(a.x, by.x), _mm256_srav_epi32(a.y, by.y)};
}

/* Sums of bytes end at 255. */
INLINE vec v_add_bytes(vec a, vec b)
{
    return (vec){_mm256_adds_epu8(a.x, b.x), _mm256_adds_epu8(a.y, b.y)};
}

INLINE vec v_min_bytes(vec a, vec b)
{
    return (vec){_mm256_min_epu8(a.x, b.x), _mm256_min_epu8(a.y, b.y)};
}

/* Bits of @a where @mask has ones, else of @b. */
INLINE vec v_pick(uint32_t mask, vec a, vec b)
{
    const vec m = v_set(mask);

    return (vec){_mm256_or_si256(_mm256_and_si256(m.x, a.x),
                                 _mm256_andnot_si256(m.x, b.x)),
                 _mm256_or_si256(_mm256_and_si256(m.y, a.y),
                                 _mm256_andnot_si256(m.y, b.y))};
}

/* a | (b & mask) */
INLINE vec v_or_and(vec a, vec b, uint32_t mask)
{
    return v_or(a, v_and(b, v_set(mask)));
}

/* v + w, or v - w where the highest bit of @sign is set. */
INLINE vec v_add_signed(vec v, vec w, vec sign)
{
    vec s = v_or(sign, v_set(1));

    return (vec){_mm256_add_epi32(v.x, _mm256_sign_epi32(w.x, s.x)),
                 _mm256_add_epi32(v.y, _mm256_sign_epi32(w.y, s.y))};
}

INLINE vecf v_as_floats(vec v)
{
    return (vecf){_mm256_castsi256_ps(v.x), _mm256_castsi256_ps(v.y)};
}

INLINE vec v_as_ints(vecf v)
{
    return (vec){_mm256_castps_si256(v.x), _mm256_castps_si256(v.y)};
}

INLINE vecf v_to_floats(vec v)
{
    return (vecf){_mm256_cvtepi32_ps(v.x), _mm256_cvtepi32_ps(v.y)};
}

INLINE vecf v_sub_floats(vecf a, vecf b)
{
    return (vecf){_mm256_sub_ps(a.x, b.x), _mm256_sub_ps(a.y, b.y)};
}

INLINE vecf v_scale(vecf v, float by)
{
    const __m256 f = _mm256_set1_ps(by);

    return (vecf){_mm256_mul_ps(v.x, f), _mm256_mul_ps(v.y, f)};
}

/* a * b + c, rounded once */
INLINE vecf v_multiply_add(const float *a, float b, vecf c)
{
    const __m256 f = _mm256_set1_ps(b);

    return (vecf){_mm256_fmadd_ps(_mm256_loadu_ps(a), f, c.x),
                  _mm256_fmadd_ps(_mm256_loadu_ps(a + 8), f, c.y)};
}

INLINE lanes l_none(void)
{
    return v_set(0);
}

INLINE lanes l_or(lanes a, lanes b)
{
    return v_or(a, b);
}

/* Signed comparisons. */
INLINE lanes l_greater(vec a, vec b)
{
    return (lanes){_mm256_cmpgt_epi32(a.x, b.x), _mm256_cmpgt_epi32(a.y, b.y)};
}

INLINE lanes l_equal(vec a, uint32_t b)
{
    const vec w = v_set(b);

    return (lanes){_mm256_cmpeq_epi32(a.x, w.x), _mm256_cmpeq_epi32(a.y, w.y)};
}

/* Of the lanes @some those where @a is above @b as an unsigned number. */
INLINE lanes l_above(lanes some, vec a, uint32_t b)
{
    const vec flip = v_set(0x80000000u);
    vec f = {_mm256_xor_si256(a.x, flip.x), _mm256_xor_si256(a.y, flip.y)};

    return v_and(some, l_greater(f, v_set(b ^ 0x80000000u)));
}

INLINE bool l_any(lanes l)
{
    __m256i all = _mm256_or_si256(l.x, l.y);

    return !_mm256_testz_si256(all, all);
}

/* @v in these lanes, 0 in the others. */
INLINE vec v_keep(lanes some, vec v)
{
    return v_and(some, v);
}

/* @w in these lanes, @v in the others. */
INLINE vec v_set_in(lanes some, vec v, uint32_t w)
{
    const vec to = v_set(w);

    return (vec){_mm256_blendv_epi8(v.x, to.x, some.x),
                 _mm256_blendv_epi8(v.y, to.y, some.y)};
}

/* @v, with 1 added in these lanes. */
INLINE vec v_add_one_in(lanes some, vec v)
{
    return v_sub(v, some);
}

/* @v in these lanes, all ones in the others. */
INLINE vec v_or_ones(lanes some, vec v)
{
    return (vec){
        _mm256_or_si256(v.x, _mm256_xor_si256(some.x, _mm256_set1_epi32(-1))),
        _mm256_or_si256(v.y, _mm256_xor_si256(some.y, _mm256_set1_epi32(-1)))};
}

#include "device/emu/mvmul_cells.h"

/* A row of Dst; every four cells of a half to a half of a register. */
INLINE vec v_load_dst(const uint16_t *hi, const uint16_t *lo, enum tt_acc acc)
{
    __m256i w = words_of_cells(
        _mm256_loadu_si256((const __m256i *)(const void *)hi), acc);
    __m256i l = acc == TT_ACC_FP32
                    ? _mm256_loadu_si256((const __m256i *)(const void *)lo)
                    : _mm256_setzero_si256();
    vec v = {_mm256_unpacklo_epi16(l, w), _mm256_unpackhi_epi16(l, w)};

    return acc == TT_ACC_FP16 ? widen(v) : v;
}

INLINE void v_store_dst(vec v, uint16_t *hi, uint16_t *lo, enum tt_acc acc)
{
    const __m256i halves =
        _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15,
                         0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
    __m256i x, y;

    if (acc == TT_ACC_FP16)
        v = narrow(v);
    x = _mm256_shuffle_epi8(v.x, halves);
    y = _mm256_shuffle_epi8(v.y, halves);
    _mm256_storeu_si256((__m256i *)(void *)hi,
                        cells_of_words(_mm256_unpackhi_epi64(x, y), acc));
    if (acc == TT_ACC_FP32)
        _mm256_storeu_si256((__m256i *)(void *)lo, _mm256_unpacklo_epi64(x, y));
}

/* Lowest bytes. */
INLINE void v_store_bytes(uint8_t *p, vec v)
{
    vec low = v_and(v, v_set(0xFF));
    __m256i w =
        _mm256_permute4x64_epi64(_mm256_packus_epi32(low.x, low.y), 0xD8);

    _mm_storeu_si128((__m128i *)(void *)p,
                     _mm_packus_epi16(_mm256_castsi256_si128(w),
                                      _mm256_extracti128_si256(w, 1)));
}

#include "device/emu/mvmul_lanes.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Control bits of MXCSR as a program finds them: round to nearest even, no
 * exception is delivered, denormals count. */
#define CONTROL  0x1F80u
#define CONTROLS 0xFFC0u

/* With the host program's rounding set aside. Out of line, so that no
 * arithmetic moves past the changes of MXCSR. Flags: that results were inexact
 * may show afterwards, as after any arithmetic. */
static __attribute__((noinline)) bool run_rounding(const struct tt_mvmul *m)
{
    const unsigned saved = _mm_getcsr();
    bool done;

    _mm_setcsr(CONTROL | (saved & ~CONTROLS));
    done = run_any(m);
    _mm_setcsr(saved);
    return done;
}

static bool multiply(const struct tt_mvmul *m)
{
    if ((_mm_getcsr() & CONTROLS) != CONTROL)
        return run_rounding(m);
    return run_any(m);
}

#else

static bool usable(void)
{
    return false;
}

static bool multiply(const struct tt_mvmul *m)
{
    (void)m;
    return false;
}

#endif

const struct tt_mvmul_form tt_mvmul_avx2 = {"AVX2", usable, multiply};
