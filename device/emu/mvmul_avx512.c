/* SPDX-License-Identifier: MIT */
/*
 * Matrix products for processors with AVX-512, on the host's floating-point
 * unit: same bits as tt_mvmul_sums() and the accumulation after it.
 *
 * A product of mantissa parts is an integer p < 2^12. Summed up, it is shifted
 * right by what its exponent is below the largest of its group, and rounded
 * half up in magnitude. A fused multiply-add does that when the sum starts
 * from 1.5 x 2^23 of the group's unit, so that its last bit is the unit; that
 * it rounds half to even never shows, because factors of SrcB are made larger
 * by 2^-14: too little to reach a tie (p x 2^-14 < 1/4), enough to leave one.
 */
#include "device/emu/tensix_math.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define INLINE AVX512 static inline __attribute__((always_inline))

/* Whatever the host program has set: round to nearest even, raise nothing. */
#define ROUNDING (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

/* Exponents that are handled here: products and their units stay normal. */
#define EXP_MAX  176u
#define N_EXP    100u
#define EXP_MASK 0x7F800000

/* Operands: SrcA row k as a vector of columns, SrcB row by row. Distances of
 * exponents below EXP_MAX have a byte each, of four k in a word; zeros have
 * 255, which saturating sums keep above all others. */
struct operands {
    __m512 a[16];
    __m512i a_below[4];
    float b[8][16];
    uint8_t b_below[8][16];
};

/* One group of eight products per column. */
struct term {
    __m512i man2; /* twice the mantissa, signed */
    __m512i exp;
};

static bool usable(void)
{
    return __builtin_cpu_supports("avx512bw");
}

INLINE __m512i word(uint32_t v)
{
    return _mm512_set1_epi32((int32_t)v);
}

/* EXP_MAX less the exponent in the top byte, 255 for zeros; *out_bad collects
 * lanes out of range. */
INLINE __m512i below(__m512i v, __mmask16 some, __mmask16 *out_bad)
{
    __m512i d = _mm512_mask_sub_epi32(word(0xFFFFFFFF), some,
                                      word(EXP_MAX << 24 | 0xFFFFFFu),
                                      _mm512_slli_epi32(v, 1));

    *out_bad |= _mm512_mask_cmpge_epu32_mask(some, d, word(N_EXP << 24));
    return d;
}

/* The part of the mantissa that a phase multiplies; with @low it has no hidden
 * bit. */
INLINE __m512 part(__m512i v, __mmask16 some, uint32_t mask, bool low)
{
    __m512 x = _mm512_castsi512_ps(_mm512_maskz_and_epi32(some, v, word(mask)));
    __m512 hidden;

    if (!low)
        return x;
    hidden =
        _mm512_castsi512_ps(_mm512_maskz_and_epi32(some, v, word(0xFF800000)));
    return _mm512_sub_round_ps(x, hidden, ROUNDING);
}

/* The top bytes of four words. */
INLINE __m512i top_bytes(const __m512i *v)
{
    const __m512i upper = word(0xFF000000), half = word(0xFFFF0000);
    /* select: upper from the first, else from the second */
    __m512i x = _mm512_ternarylogic_epi32(upper, v[1],
                                          _mm512_srli_epi32(v[0], 8), 0xCA);
    __m512i y = _mm512_ternarylogic_epi32(upper, v[3],
                                          _mm512_srli_epi32(v[2], 8), 0xCA);

    return _mm512_ternarylogic_epi32(half, y, _mm512_srli_epi32(x, 16), 0xCA);
}

INLINE __mmask16 take_a(const struct tt_mvmul *m, bool low,
                        struct operands *out)
{
    __mmask16 bad = 0;

    for (unsigned k = 0; k < 16; k += 4) {
        __m512i d[4];

        for (unsigned i = 0; i < 4; i++) {
            __m512i v = _mm512_loadu_si512(m->a[k + i]);
            __mmask16 some = _mm512_test_epi32_mask(v, word(EXP_MASK));

            d[i] = below(v, some, &bad);
            out->a[k + i] = part(v, some, m->part_a, low);
        }
        out->a_below[k / 4] = top_bytes(d);
    }
    return bad;
}

INLINE __mmask16 take_b(const struct tt_mvmul *m, bool low,
                        struct operands *out)
{
    const __m512 beyond_tie = _mm512_set1_ps(1.0f + 0x1p-14f);
    __mmask16 bad = 0;

    for (unsigned r = 0; r < m->rows; r++) {
        __m512i v = _mm512_loadu_si512(m->b[r]);
        __mmask16 some = _mm512_test_epi32_mask(v, word(EXP_MASK));
        __m512i d = below(v, some, &bad);

        _mm_storeu_si128((__m128i *)out->b_below[r],
                         _mm512_cvtepi32_epi8(_mm512_srli_epi32(d, 24)));
        _mm512_storeu_ps(out->b[r],
                         _mm512_mul_round_ps(part(v, some, m->part_b, low),
                                             beyond_tie, ROUNDING));
    }
    return bad;
}

INLINE __m512i broadcast_word(const uint8_t *bytes)
{
    int32_t w;

    __builtin_memcpy(&w, bytes, sizeof(w));
    return _mm512_set1_epi32(w);
}

/* Sums of one group, k from @first on, of result row @r. */
INLINE struct term group(const struct operands *o, unsigned r, unsigned first,
                         int32_t adjust)
{
    const __m512i one = word((uint32_t)(238 + adjust) << 23 | 0x400000u);
    const __m512i base = word((uint32_t)(2 * (int32_t)EXP_MAX - 127 + adjust));
    __m512i d = _mm512_min_epu8(
        _mm512_adds_epu8(o->a_below[first / 4],
                         broadcast_word(&o->b_below[r][first])),
        _mm512_adds_epu8(o->a_below[first / 4 + 1],
                         broadcast_word(&o->b_below[r][first + 4])));
    __m512 start, sum;
    __mmask16 keep;
    struct term t;

    /* least of the four bytes of a word */
    d = _mm512_min_epu8(d, _mm512_srli_epi32(d, 16));
    d = _mm512_min_epu8(d, _mm512_srli_epi32(d, 8));
    d = _mm512_and_si512(d, word(0xFF));
    /* some product is not zero, and the exponent is above 0 */
    keep = _mm512_cmplt_epi32_mask(d, _mm512_min_epi32(base, word(255)));
    t.exp = _mm512_maskz_sub_epi32(keep, base, d);

    start = _mm512_castsi512_ps(
        _mm512_maskz_sub_epi32(keep, one, _mm512_slli_epi32(d, 23)));
    sum = start;
    for (unsigned k = first; k < first + 8; k++)
        sum = _mm512_fmadd_round_ps(o->a[k], _mm512_set1_ps(o->b[r][k]), sum,
                                    ROUNDING);
    t.man2 = _mm512_maskz_slli_epi32(
        keep,
        _mm512_sub_epi32(_mm512_castps_si512(sum), _mm512_castps_si512(start)),
        14);
    return t;
}

INLINE __m512i halve_up(__m512i v)
{
    return _mm512_srai_epi32(_mm512_add_epi32(v, word(1)), 1);
}

/* Aligned to @exp; a 16-bit accumulator has 13 bits less. */
INLINE __m512i align(struct term t, __m512i exp, bool pairs)
{
    __m512i v =
        halve_up(_mm512_srav_epi32(t.man2, _mm512_sub_epi32(exp, t.exp)));

    return pairs ? v
                 : _mm512_and_si512(_mm512_add_epi32(v, word(0x1000)),
                                    word(0xFFFFE000));
}

/* A magnitude below 2^30 as a float, rounded half up to 24 bits (exact in a
 * 16-bit accumulator, whose magnitudes have 17), and then to 8. */
INLINE __m512i to_float(__m512i mag, bool pairs)
{
    __m512i twice = _mm512_add_epi32(mag, mag);

    if (pairs) /* leave ties upwards */
        twice = _mm512_mask_or_epi32(
            twice, _mm512_cmpge_epi32_mask(mag, word(1u << 24)), twice,
            word(1));
    mag = _mm512_castps_si512(_mm512_cvt_roundepi32_ps(twice, ROUNDING));
    return pairs ? mag : _mm512_add_epi32(mag, word(0x8000));
}

/* Add two groups to one row of Dst. */
INLINE void accumulate(struct term x, struct term y, uint16_t *hi, uint16_t *lo,
                       bool pairs)
{
    __m512i cell = _mm512_cvtepu16_epi32(_mm256_loadu_si256((__m256i *)hi));
    __m512i exp, sum, f, e, man, sign;
    __mmask16 negative = _mm512_test_epi32_mask(cell, word(0x8000)), keep;
    struct term d;

    d.exp = _mm512_and_si512(cell, word(0xFF));
    man = _mm512_and_si512(_mm512_slli_epi32(cell, 9), word(0x7F << 17));
    if (pairs)
        man = _mm512_or_si512(
            man,
            _mm512_slli_epi32(
                _mm512_cvtepu16_epi32(_mm256_loadu_si256((__m256i *)lo)), 1));
    d.man2 = _mm512_maskz_or_epi32(_mm512_test_epi32_mask(d.exp, d.exp), man,
                                   word(1u << 24));

    exp = _mm512_max_epi32(_mm512_max_epi32(x.exp, y.exp), d.exp);
    sum = _mm512_add_epi32(align(x, exp, pairs), align(y, exp, pairs));
    man = align(d, exp, pairs);
    sum = _mm512_mask_sub_epi32(_mm512_add_epi32(sum, man), negative, sum, man);

    f = to_float(_mm512_abs_epi32(sum), pairs);
    e = _mm512_add_epi32(_mm512_sub_epi32(_mm512_srli_epi32(f, 23), word(151)),
                         exp);
    if (pairs) /* as ttsim: -1 is all sign bits to the leading-bit count */
        e = _mm512_mask_add_epi32(
            e, _mm512_cmpeq_epi32_mask(sum, word(0xFFFFFFFF)), e, word(27));
    keep = _mm512_test_epi32_mask(sum, sum);
    keep = _mm512_mask_cmpgt_epi32_mask(keep, exp, _mm512_setzero_si512());
    keep = _mm512_mask_cmpgt_epi32_mask(keep, e, _mm512_setzero_si512());
    man = _mm512_maskz_mov_epi32(
        _mm512_mask_cmplt_epi32_mask(keep, e, word(255)), f);
    e = _mm512_maskz_min_epi32(keep, e, word(255));
    sign = _mm512_maskz_srli_epi32(keep, sum, 16);

    /* exponent | mantissa above it | sign */
    cell = _mm512_ternarylogic_epi32(e, _mm512_srli_epi32(man, 8), word(0x7F00),
                                     0xF8);
    cell = _mm512_ternarylogic_epi32(cell, sign, word(0x8000), 0xF8);
    _mm256_storeu_si256((__m256i *)hi, _mm512_cvtepi32_epi16(cell));
    if (pairs)
        _mm256_storeu_si256((__m256i *)lo, _mm512_cvtepi32_epi16(man));
}

INLINE bool run(const struct tt_mvmul *m, bool pairs)
{
    struct operands o;
    __mmask16 bad = m->low_a ? take_a(m, true, &o) : take_a(m, false, &o);

    bad |= m->low_b ? take_b(m, true, &o) : take_b(m, false, &o);
    if (bad)
        return false;
    for (unsigned r = 0; r < m->rows; r++)
        accumulate(group(&o, r, 0, m->exp_adjust),
                   group(&o, r, 8, m->exp_adjust), &m->hi[r * TT_ROW],
                   &m->lo[r * TT_ROW], pairs);
    return true;
}

AVX512 static bool run_pairs(const struct tt_mvmul *m)
{
    return run(m, true);
}

AVX512 static bool run_single(const struct tt_mvmul *m)
{
    return run(m, false);
}

bool tt_avx512_mvmul(const struct tt_mvmul *m, bool pairs)
{
    if (!usable())
        return false;
    return pairs ? run_pairs(m) : run_single(m);
}

#else

bool tt_avx512_mvmul(const struct tt_mvmul *m, bool pairs)
{
    (void)m;
    (void)pairs;
    return false;
}

#endif
