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
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define INLINE AVX512 static inline __attribute__((always_inline))

/* Whatever the host program has set: round to nearest even, raise nothing. */
#define ROUNDING (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

/* Exponents that are handled here: products and their units stay normal. */
#define EXP_MAX  176u
#define N_EXP    100u
#define EXP_MASK 0x7F800000

/* What multiplication takes of a datum: sign, exponent, and the upper or the
 * lower part of the mantissa (SrcASrcB.md, tt_fidelity()). */
static const uint32_t part_a[2] = {0xFFF80000u, 0xFF87C000u};
static const uint32_t part_b[2] = {0xFFFE0000u, 0xFF81E000u};

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

/* The upper or the lower part of the mantissa; the lower has no hidden bit. */
INLINE __m512 part(__m512i v, __mmask16 some, uint32_t mask, unsigned lower)
{
    __m512 x = _mm512_castsi512_ps(_mm512_maskz_and_epi32(some, v, word(mask)));
    __m512 hidden =
        _mm512_castsi512_ps(_mm512_maskz_and_epi32(some, v, word(0xFF800000)));

    return lower ? _mm512_sub_round_ps(x, hidden, ROUNDING) : x;
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

/* Whether an entry is what would be made now. */
INLINE bool is_made(const struct tt_mvmul_key *key, const uint32_t *from,
                    const uint32_t *datum, unsigned n, uint32_t mask)
{
    __m512i differ = word(mask ^ key->mask);

    for (unsigned i = 0; i < n; i += 16) /* differ | (x ^ y) */
        differ = _mm512_ternarylogic_epi32(differ, _mm512_loadu_si512(&from[i]),
                                           _mm512_loadu_si512(&datum[i]), 0xF6);
    return !_mm512_test_epi32_mask(differ, differ);
}

AVX512 static __attribute__((noinline)) void make_a(const struct tt_mvmul *m)
{
    struct tt_mvmul_cache *c = m->cache;
    const unsigned block = m->block_a;
    __mmask16 bad = 0;

    memcpy(c->a_datum[block], m->a, sizeof(c->a_datum[block]));
    for (unsigned k = 0; k < 16; k += 4) {
        __m512i d[4];

        for (unsigned i = 0; i < 4; i++) {
            __m512i v = _mm512_and_si512(_mm512_loadu_si512(m->a[k + i]),
                                         word(m->mask_a));
            __mmask16 some = _mm512_test_epi32_mask(v, word(EXP_MASK));

            d[i] = below(v, some, &bad);
            for (unsigned p = 0; p < 2; p++)
                _mm512_storeu_ps(c->a_part[block][p][k + i],
                                 part(v, some, part_a[p], p));
        }
        _mm512_storeu_si512(c->a_below[block][k / 4], top_bytes(d));
    }
    c->a_key[block] = (struct tt_mvmul_key){m->mask_a, bad, ++c->serial};
}

AVX512 static __attribute__((noinline)) void make_b(const struct tt_mvmul *m)
{
    const __m512 beyond_tie = _mm512_set1_ps(1.0f + 0x1p-14f);
    struct tt_mvmul_cache *c = m->cache;
    const unsigned block = m->block_b;
    __mmask16 bad = 0;

    memcpy(c->b_datum[block], m->b, sizeof(c->b_datum[block]));
    for (unsigned r = 0; r < 8; r++) {
        __m512i v =
            _mm512_and_si512(_mm512_loadu_si512(m->b[r]), word(m->mask_b));
        __mmask16 some = _mm512_test_epi32_mask(v, word(EXP_MASK));
        __m512i d = below(v, some, &bad);

        _mm_storeu_si128((__m128i *)(void *)c->b_below[block][r],
                         _mm512_cvtepi32_epi8(_mm512_srli_epi32(d, 24)));
        for (unsigned p = 0; p < 2; p++)
            _mm512_storeu_ps(c->b_part[block][p][r],
                             _mm512_mul_round_ps(part(v, some, part_b[p], p),
                                                 beyond_tie, ROUNDING));
    }
    c->b_key[block] = (struct tt_mvmul_key){m->mask_b, bad, ++c->serial};
}

INLINE __m512i four_k(const uint8_t *bytes)
{
    int32_t w;

    memcpy(&w, bytes, sizeof(w));
    return _mm512_set1_epi32(w);
}

/* Least distance of a group's products, a byte per column; 255 where all are
 * zero. It is the same in every phase. */
AVX512 static __attribute__((noinline)) void
make_below(struct tt_mvmul_cache *c, unsigned a, unsigned b)
{
    for (unsigned r = 0; r < 8; r++)
        for (unsigned g = 0; g < 2; g++) {
            const uint8_t *of_b = &c->b_below[b][r][8 * g];
            __m512i x = _mm512_loadu_si512(c->a_below[a][2 * g]);
            __m512i y = _mm512_loadu_si512(c->a_below[a][2 * g + 1]);
            __m512i d = _mm512_min_epu8(_mm512_adds_epu8(x, four_k(of_b)),
                                        _mm512_adds_epu8(y, four_k(of_b + 4)));

            d = _mm512_min_epu8(d, _mm512_srli_epi32(d, 16));
            d = _mm512_min_epu8(d, _mm512_srli_epi32(d, 8));
            _mm_storeu_si128((__m128i *)(void *)c->below[a][b][r][g],
                             _mm512_cvtepi32_epi8(d));
        }
    c->serial_a[a][b] = c->a_key[a].serial;
    c->serial_b[a][b] = c->b_key[b].serial;
}

/* Bring the cache up to date; false where exponents are out of range. */
INLINE bool prepare(const struct tt_mvmul *m)
{
    struct tt_mvmul_cache *c = m->cache;
    const unsigned a = m->block_a, b = m->block_b;

    if (!is_made(&c->a_key[a], c->a_datum[a][0], m->a[0], 16 * TT_ROW,
                 m->mask_a))
        make_a(m);
    if (!is_made(&c->b_key[b], c->b_datum[b][0], m->b[0], 8 * TT_ROW,
                 m->mask_b))
        make_b(m);
    if (c->a_key[a].far || c->b_key[b].far)
        return false;
    if (c->serial_a[a][b] != c->a_key[a].serial ||
        c->serial_b[a][b] != c->b_key[b].serial)
        make_below(c, a, b);
    return true;
}

/* Sums of one group: eight rows of SrcA times as many datums of SrcB. */
INLINE struct term group(const float (*a)[TT_ROW], const float *b,
                         const uint8_t *least, int32_t adjust)
{
    const __m512i one = word((uint32_t)(238 + adjust) << 23 | 0x400000u);
    const __m512i base = word((uint32_t)(2 * (int32_t)EXP_MAX - 127 + adjust));
    __m512i d = _mm512_cvtepu8_epi32(
        _mm_loadu_si128((const __m128i *)(const void *)least));
    /* some product is not zero, and the exponent is above 0 */
    __mmask16 keep =
        _mm512_cmplt_epi32_mask(d, _mm512_min_epi32(base, word(255)));
    __m512 start = _mm512_castsi512_ps(
        _mm512_maskz_sub_epi32(keep, one, _mm512_slli_epi32(d, 23)));
    __m512 sum = start;
    struct term t = {.exp = _mm512_maskz_sub_epi32(keep, base, d)};

    for (unsigned k = 0; k < 8; k++)
        sum = _mm512_fmadd_round_ps(_mm512_loadu_ps(a[k]), _mm512_set1_ps(b[k]),
                                    sum, ROUNDING);
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
    __m512i cell =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256((__m256i *)(void *)hi));
    __m512i exp, sum, f, e, man;
    __mmask16 negative = _mm512_test_epi32_mask(cell, word(0x8000));
    __mmask16 keep, finite;
    struct term d;

    d.exp = _mm512_and_si512(cell, word(0xFF));
    man = _mm512_and_si512(_mm512_slli_epi32(cell, 9), word(0x7F << 17));
    if (pairs)
        man = _mm512_or_si512(
            man, _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(
                                       (__m256i *)(void *)lo)),
                                   1));
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
    /* where exp is 0, so are all terms */
    keep = _mm512_mask_cmpgt_epi32_mask(_mm512_test_epi32_mask(sum, sum), e,
                                        _mm512_setzero_si512());
    finite = _mm512_mask_cmplt_epi32_mask(keep, e, word(255));

    /* exponent | mantissa above it | sign */
    cell = _mm512_ternarylogic_epi32(_mm512_min_epi32(e, word(255)),
                                     _mm512_maskz_srli_epi32(finite, f, 8),
                                     word(0x7F00), 0xF8);
    cell = _mm512_ternarylogic_epi32(cell, _mm512_srli_epi32(sum, 16),
                                     word(0x8000), 0xF8);
    _mm256_storeu_si256((__m256i *)(void *)hi,
                        _mm512_maskz_cvtepi32_epi16(keep, cell));
    if (pairs)
        _mm256_storeu_si256((__m256i *)(void *)lo,
                            _mm512_maskz_cvtepi32_epi16(finite, f));
}

INLINE bool run(const struct tt_mvmul *m, bool pairs)
{
    const unsigned low_a = m->phase & 1u, low_b = m->phase >> 1 & 1u;
    const int32_t adjust = -(low_a ? 5 : 0) - (low_b ? 7 : 0);
    const struct tt_mvmul_cache *c = m->cache;
    const float(*a)[TT_ROW] = c->a_part[m->block_a][low_a];
    const float(*b)[TT_ROW] = c->b_part[m->block_b][low_b];
    const uint8_t(*least)[2][TT_ROW] = c->below[m->block_a][m->block_b];

    if (!prepare(m))
        return false;
    for (unsigned r = 0; r < m->rows; r++)
        accumulate(group(a, b[r], least[r][0], adjust),
                   group(a + 8, b[r] + 8, least[r][1], adjust),
                   &m->hi[r * TT_ROW], &m->lo[r * TT_ROW], pairs);
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
