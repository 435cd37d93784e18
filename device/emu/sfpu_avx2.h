/* SPDX-License-Identifier: MIT */
/*
 * The vector unit in AVX2 and FMA: eight lanes, a row of 16 cells, at a time;
 * bit-equal to the plain forms. For sfpu_avx2.c and sfpu_run.c, which include
 * this only for x86-64. Functions work on one group of lanes.
 */
#ifndef TT_EMU_SFPU_AVX2_H
#define TT_EMU_SFPU_AVX2_H

#include "device/emu/tensix_sfpu.h"

#include <immintrin.h>

#define AVX2  __attribute__((target("avx2,fma")))
#define GROUP AVX2 static inline __attribute__((always_inline))

#define N      8u /* lanes of a vector of the host */
#define ALL_ON 0xFFFFFFFFu

/* MXCSR as processes start with: round to nearest even, denormals are numbers,
 * nothing traps. */
#define CSR_CONTROL 0xFFC0u
#define CSR_DEFAULT 0x1F80u

static inline bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* A host program may have changed how its threads round. */
static inline bool has_float(void)
{
    return has_avx2() && (_mm_getcsr() & CSR_CONTROL) == CSR_DEFAULT;
}

GROUP __m256i load(const uint32_t *v)
{
    return _mm256_loadu_si256((const void *)v);
}

GROUP __m256i word(uint32_t v)
{
    return _mm256_set1_epi32((int)v);
}

GROUP __m256 as_float(__m256i v)
{
    return _mm256_castsi256_ps(v);
}

GROUP __m256i as_words(__m256 v)
{
    return _mm256_castps_si256(v);
}

GROUP bool any(__m256i mask)
{
    return !_mm256_testz_si256(mask, mask);
}

/* All ones in the lanes of a group that are on. */
GROUP __m256i lane_mask(uint32_t lanes)
{
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);

    return _mm256_cmpeq_epi32(_mm256_and_si256(word(lanes), bit), bit);
}

GROUP void put(uint32_t *out, __m256i v, uint32_t lanes, unsigned at)
{
    if (lanes != ALL_ON)
        v = _mm256_blendv_epi8(load(&out[at]), v, lane_mask(lanes >> at));
    _mm256_storeu_si256((void *)&out[at], v);
}

/* ---- multiply-add in integers: the steps of sfpu_fma.c ---- */

GROUP __m256i exponent(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi32(v, 23), word(255));
}

GROUP __m256i is_zero(__m256i v)
{
    return _mm256_cmpeq_epi32(v, _mm256_setzero_si256());
}

/* With the hidden bit; 0 where the exponent is. */
GROUP __m256i mantissa(__m256i v, __m256i exp)
{
    v = _mm256_or_si256(_mm256_and_si256(v, word(0x7FFFFF)), word(0x800000));
    return _mm256_andnot_si256(is_zero(exp), v);
}

/* Product of 24-bit mantissas without its low 20 bits, which leave a sticky
 * bit. */
GROUP __m256i product(__m256i x, __m256i y)
{
    __m256i a = _mm256_slli_epi32(x, 6), b = _mm256_slli_epi32(y, 6);
    __m256i even = _mm256_mul_epu32(a, b);
    __m256i odd =
        _mm256_mul_epu32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32));
    __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    __m256i low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);

    return _mm256_or_si256(high, _mm256_andnot_si256(is_zero(low), word(1)));
}

/* Bits that fall out stick to bit 0 as long as something is left. */
GROUP __m256i shift_sticky(__m256i v, __m256i by)
{
    __m256i r = _mm256_srlv_epi32(v, by);
    __m256i same = _mm256_cmpeq_epi32(_mm256_sllv_epi32(r, by), v);
    __m256i none = _mm256_or_si256(same, is_zero(r));

    return _mm256_or_si256(r, _mm256_andnot_si256(none, word(1)));
}

/* @v with the sign of @s. */
GROUP __m256i signed_like(__m256i v, __m256i s)
{
    __m256i m = _mm256_srai_epi32(s, 31);

    return _mm256_sub_epi32(_mm256_xor_si256(v, m), m);
}

/* A sum whose bit 3 counts 2^(@exp - 150), to a float. The conversion rounds to
 * nearest even. Two bits beyond the usual 27, sfpu_fma.c loses bit 1. */
GROUP __m256i round_pack(__m256i sum, __m256i exp)
{
    __m256i sign = _mm256_and_si256(sum, word(0x80000000u));
    __m256i m = _mm256_abs_epi32(sum), f, to;
    __m256i wide = _mm256_cmpgt_epi32(m, word(0xFFFFFFF));

    m = _mm256_andnot_si256(_mm256_and_si256(wide, word(2)), m);
    f = as_words(_mm256_cvtepi32_ps(m));
    exp = _mm256_sub_epi32(exp, word(153));
    to = _mm256_add_epi32(_mm256_srli_epi32(f, 23), exp);
    f = _mm256_add_epi32(f, _mm256_slli_epi32(exp, 23));
    f = _mm256_blendv_epi8(f, word(0x7F800000),
                           _mm256_cmpgt_epi32(to, word(254)));
    f = _mm256_or_si256(f, sign);
    f = _mm256_and_si256(f, _mm256_cmpgt_epi32(to, _mm256_setzero_si256()));
    return _mm256_andnot_si256(is_zero(sum), f);
}

/* Return: false where an operand, or the product, is infinite or not a
 * number. */
GROUP bool fma_integer(__m256i x, __m256i y, __m256i z, __m256i *out)
{
    __m256i ex = exponent(x), ey = exponent(y), ez = exponent(z);
    __m256i ep = _mm256_sub_epi32(_mm256_add_epi32(ex, ey), word(127)), e, no;
    __m256i largest =
        _mm256_max_epi32(_mm256_max_epi32(ex, ey), _mm256_max_epi32(ez, ep));
    __m256i mp = product(mantissa(x, ex), mantissa(y, ey));
    __m256i mz = _mm256_slli_epi32(mantissa(z, ez), 3);

    if (any(_mm256_cmpgt_epi32(largest, word(254))))
        return false;
    no = _mm256_or_si256(is_zero(mp),
                         _mm256_cmpgt_epi32(_mm256_setzero_si256(), ep));
    mp = _mm256_andnot_si256(no, mp);
    ep = _mm256_andnot_si256(no, ep);

    e = _mm256_max_epi32(ep, ez);
    mp = shift_sticky(mp, _mm256_sub_epi32(e, ep));
    mz = shift_sticky(mz, _mm256_sub_epi32(e, ez));
    mp = signed_like(mp, _mm256_xor_si256(x, y));
    *out = round_pack(_mm256_add_epi32(mp, signed_like(mz, z)), e);
    return true;
}

/* ---- the same on the host's floating-point unit, where it can be ---- */

GROUP __m256 magnitude(__m256 v)
{
    return _mm256_and_ps(v, as_float(word(0x7FFFFFFF)));
}

/* Zeros and denormals count as +0. */
GROUP __m256 flush(__m256i v)
{
    __m256i none = is_zero(_mm256_and_si256(v, word(0x7F800000)));

    return as_float(_mm256_andnot_si256(none, v));
}

GROUP __m256 less(__m256 x, uint32_t y)
{
    return _mm256_cmp_ps(x, as_float(word(y)), _CMP_LT_OQ);
}

/* Results that the host may not have rounded as the vector unit, or infinite,
 * or no numbers: all but zeros and from 2^-90 up. */
GROUP __m256 unclear(__m256 size)
{
    __m256 zero = _mm256_cmp_ps(size, _mm256_setzero_ps(), _CMP_EQ_OQ);
    __m256 fits =
        _mm256_andnot_ps(less(size, 0x12800000), less(size, 0x7F800000));

    return _mm256_andnot_ps(_mm256_or_ps(zero, fits), as_float(word(ALL_ON)));
}

/*
 * Where a fused multiply-add is what sfpu_fma.c computes, whose product has 27
 * bits, or 28 from 2 on, and a sticky bit:
 * - |z| is more than twice the rounded product: then at least twice the
 *   product, and the sum is at most one bit shorter than z, so that the sticky
 *   bit lies two below its last one, and only one operand has one;
 * - z is zero: a product alone has two bits below its last one, and a sticky
 *   one;
 * - the product is a float: then so are both operands of the sum. It must not
 *   grow beyond the product, for where that takes two more bits, one is lost.
 */
GROUP __m256 same_as_fused(__m256 x, __m256 y, __m256 z, __m256 sum)
{
    __m256 p = _mm256_mul_ps(x, y), rest = _mm256_fmsub_ps(x, y, p);
    __m256 size = magnitude(p), zero = _mm256_setzero_ps();
    __m256 small =
        _mm256_cmp_ps(_mm256_add_ps(size, size), magnitude(z), _CMP_LT_OQ);
    __m256 whole =
        _mm256_and_ps(_mm256_cmp_ps(rest, zero, _CMP_EQ_OQ),
                      _mm256_cmp_ps(magnitude(sum), size, _CMP_LE_OQ));

    return _mm256_or_ps(_mm256_or_ps(small, whole),
                        _mm256_cmp_ps(z, zero, _CMP_EQ_OQ));
}

/** tt_avx2_fma_exact - x * y + z of one group, whatever the operands are */
AVX2 __m256i tt_avx2_fma_exact(__m256i x, __m256i y, __m256i z);

GROUP __m256i mad_group(__m256i x, __m256i y, __m256i z)
{
    __m256 a = flush(x), b = flush(y), c = flush(z);
    __m256 r = _mm256_fmadd_ps(a, b, c);
    __m256 good =
        _mm256_andnot_ps(unclear(magnitude(r)), same_as_fused(a, b, c, r));

    if (_mm256_movemask_ps(good) != 0xFF)
        return tt_avx2_fma_exact(x, y, z);
    /* adding +0 makes a zero positive */
    return as_words(_mm256_add_ps(r, _mm256_setzero_ps()));
}

/* Results below the normal range become +0. */
GROUP __m256 flush_result(__m256 v)
{
    return _mm256_andnot_ps(less(magnitude(v), 0x00800000), v);
}

/*
 * A sum has three bits below its last one and a sticky bit in sfpu_fma.c, which
 * is all that rounding to nearest needs; a sum of normal numbers that is below
 * the normal range is exact.
 */
GROUP __m256i add_group(__m256i x, __m256i y)
{
    __m256 r = _mm256_add_ps(flush(x), flush(y));

    if (_mm256_movemask_ps(less(magnitude(r), 0x7F800000)) != 0xFF)
        return tt_avx2_fma_exact(x, word(0x3F800000), y);
    return as_words(flush_result(r));
}

/* A product has at least two bits below its last one and a sticky bit. */
GROUP __m256i mul_group(__m256i x, __m256i y)
{
    __m256 r = _mm256_mul_ps(flush(x), flush(y));

    if (_mm256_movemask_ps(unclear(magnitude(r))))
        return tt_avx2_fma_exact(x, y, _mm256_setzero_si256());
    return as_words(_mm256_add_ps(r, _mm256_setzero_ps()));
}

/* ---- comparison ---- */

/* Orders sign-magnitude patterns as signed integers. */
GROUP __m256i total_order(__m256i v)
{
    __m256i flip = _mm256_srli_epi32(_mm256_srai_epi32(v, 31), 1);

    return _mm256_xor_si256(v, flip);
}

/* ---- loads and stores: a row of 16 cells is a vector of eight pairs ---- */

GROUP __m256i load_cells(const uint16_t *cells)
{
    return _mm256_loadu_si256((const void *)cells);
}

/* Dst's order of the upper 16 bits (sign, mantissa, exponent) to IEEE's. */
GROUP __m256i unshuffle(__m256i v)
{
    __m256i exp = _mm256_and_si256(_mm256_slli_epi32(v, 7), word(0x7F800000));
    __m256i man = _mm256_and_si256(_mm256_srli_epi32(v, 8), word(0x007F0000));

    v = _mm256_and_si256(v, word(0x8000FFFFu));
    return _mm256_or_si256(v, _mm256_or_si256(exp, man));
}

GROUP __m256i shuffle(__m256i v)
{
    __m256i exp = _mm256_and_si256(_mm256_srli_epi32(v, 7), word(0x00FF0000));
    __m256i man = _mm256_and_si256(_mm256_slli_epi32(v, 8), word(0x7F000000));

    v = _mm256_and_si256(v, word(0x8000FFFFu));
    return _mm256_or_si256(v, _mm256_or_si256(exp, man));
}

GROUP void load_rows(const uint16_t *hi, const uint16_t *lo, bool odd,
                     uint32_t lanes, uint32_t *reg)
{
    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i v = load_cells(&hi[2 * i]), low = _mm256_setzero_si256();

        if (lo)
            low = load_cells(&lo[2 * i]);
        if (odd)
            low = _mm256_srli_epi32(low, 16);
        else
            v = _mm256_slli_epi32(v, 16);
        v = _mm256_blend_epi16(low, v, 0xAA);
        put(reg, unshuffle(v), lanes, i);
    }
}

/* Zeros and denormals lose all but their sign. */
GROUP __m256i flush_size(__m256i v)
{
    __m256i none = is_zero(_mm256_and_si256(v, word(0x7F800000)));

    return _mm256_andnot_si256(_mm256_and_si256(none, word(0x7FFFFFFF)), v);
}

/* Half @odd of the words in @cells, from the low half of @v. */
GROUP void put_cells(uint16_t *cells, __m256i v, bool odd, __m256i on)
{
    __m256i old = load_cells(cells), mixed;

    if (odd)
        mixed = _mm256_blend_epi16(old, _mm256_slli_epi32(v, 16), 0xAA);
    else
        mixed = _mm256_blend_epi16(old, v, 0x55);
    _mm256_storeu_si256((void *)cells, _mm256_blendv_epi8(old, mixed, on));
}

GROUP void store_rows(const uint32_t *reg, bool number, bool odd,
                      uint32_t lanes, uint16_t *hi, uint16_t *lo)
{
    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i v = load(&reg[i]), on = lane_mask(lanes >> i);

        if (number)
            v = flush_size(v);
        if (lo)
            put_cells(&lo[2 * i], v, odd, on);
        put_cells(&hi[2 * i], _mm256_srli_epi32(shuffle(v), 16), odd, on);
    }
}

#endif
