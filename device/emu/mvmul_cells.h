/* SPDX-License-Identifier: MIT */
/* Dst cells, whose exponent is lowest, as floats and back, for mvmul_avx2.c and
 * mvmul_avx512.c: 16 cells at a time. */
#ifndef TT_EMU_MVMUL_CELLS_H
#define TT_EMU_MVMUL_CELLS_H

INLINE __m256i and_each(__m256i v, int mask)
{
    return _mm256_and_si256(v, _mm256_set1_epi16((int16_t)mask));
}

/* A cell with its fields in the order of memory: sign, exponent, mantissa. */
INLINE __m256i words_of_cells(__m256i v, enum tt_acc acc)
{
    const bool small = acc == TT_ACC_FP16;
    __m256i exp = small ? and_each(_mm256_slli_epi16(v, 10), 0x7C00)
                        : and_each(_mm256_slli_epi16(v, 7), 0x7F80);
    __m256i man = small ? and_each(_mm256_srli_epi16(v, 5), 0x3FF)
                        : and_each(_mm256_srli_epi16(v, 8), 0x7F);

    return _mm256_or_si256(and_each(v, 0x8000), _mm256_or_si256(exp, man));
}

INLINE __m256i cells_of_words(__m256i v, enum tt_acc acc)
{
    const bool small = acc == TT_ACC_FP16;
    __m256i exp = small ? and_each(_mm256_srli_epi16(v, 10), 0x1F)
                        : and_each(_mm256_srli_epi16(v, 7), 0xFF);
    __m256i man = small ? and_each(_mm256_slli_epi16(v, 5), 0x7FE0)
                        : and_each(_mm256_slli_epi16(v, 8), 0x7F00);

    return _mm256_or_si256(and_each(v, 0x8000), _mm256_or_si256(exp, man));
}

/* From 5 exponent bits to 8, and back. */
INLINE vec widen(vec v)
{
    return v_or_and(v_and(v, v_set(0x80000000u)), v_shr(v, 3), 0x0FFFE000);
}

INLINE vec narrow(vec v)
{
    return v_or_and(v_and(v, v_set(0x80000000u)), v_shl(v, 3), 0x7FFF0000);
}

#endif
