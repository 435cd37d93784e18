/* SPDX-License-Identifier: MIT */
/* Arithmetic, loads and stores of the vector unit for processors with AVX2 and
 * FMA: one instruction in 32 lanes. */
#include "device/emu/tensix_sfpu.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include "device/emu/sfpu_avx2.h"

__m256i tt_avx2_fma_exact(__m256i x, __m256i y, __m256i z)
{
    uint32_t a[N], b[N], c[N], r[N];
    __m256i out;

    if (fma_integer(x, y, z, &out))
        return out;
    _mm256_storeu_si256((void *)a, x);
    _mm256_storeu_si256((void *)b, y);
    _mm256_storeu_si256((void *)c, z);
    tt_sfp_fma_some(a, b, c, r, N);
    return load(r);
}

AVX2 static void mad(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t lanes, uint32_t *out)
{
    for (unsigned i = 0; i < TT_LANES; i += N)
        put(out, mad_group(load(&x[i]), load(&y[i]), load(&z[i])), lanes, i);
}

AVX2 static void add(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    for (unsigned i = 0; i < TT_LANES; i += N)
        put(out, add_group(load(&x[i]), load(&y[i])), lanes, i);
}

AVX2 static void mul(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    for (unsigned i = 0; i < TT_LANES; i += N)
        put(out, mul_group(load(&x[i]), load(&y[i])), lanes, i);
}

bool tt_avx2_sfp_mad(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t lanes, uint32_t *out)
{
    if (!has_float())
        return false;
    mad(x, y, z, lanes, out);
    return true;
}

bool tt_avx2_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    if (!has_float())
        return false;
    add(x, y, lanes, out);
    return true;
}

bool tt_avx2_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    if (!has_float())
        return false;
    mul(x, y, lanes, out);
    return true;
}

AVX2 static uint32_t less_bits(const uint32_t *x, const uint32_t *y)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < TT_LANES; i += N) {
        __m256i a = total_order(load(&x[i])), b = total_order(load(&y[i]));
        __m256i less = _mm256_cmpgt_epi32(b, a);

        bits |= (uint32_t)_mm256_movemask_ps(as_float(less)) << i;
    }
    return bits;
}

bool tt_avx2_sfp_less(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    if (!has_avx2())
        return false;
    *out = less_bits(x, y);
    return true;
}

AVX2 static void load_forms(const uint16_t *hi, const uint16_t *lo, bool odd,
                            uint32_t lanes, uint32_t *reg)
{
    if (lanes == ALL_ON && lo)
        odd ? load_rows(hi, lo, true, ALL_ON, reg)
            : load_rows(hi, lo, false, ALL_ON, reg);
    else if (lanes == ALL_ON)
        odd ? load_rows(hi, NULL, true, ALL_ON, reg)
            : load_rows(hi, NULL, false, ALL_ON, reg);
    else
        load_rows(hi, lo, odd, lanes, reg);
}

AVX2 static void store_forms(const uint32_t *reg, bool number, bool odd,
                             uint32_t lanes, uint16_t *hi, uint16_t *lo)
{
    if (lanes == ALL_ON && number && lo)
        odd ? store_rows(reg, true, true, ALL_ON, hi, lo)
            : store_rows(reg, true, false, ALL_ON, hi, lo);
    else if (lanes == ALL_ON && number)
        odd ? store_rows(reg, true, true, ALL_ON, hi, NULL)
            : store_rows(reg, true, false, ALL_ON, hi, NULL);
    else
        store_rows(reg, number, odd, lanes, hi, lo);
}

bool tt_avx2_sfp_load(const uint16_t *hi, const uint16_t *lo, bool odd,
                      uint32_t lanes, uint32_t *reg)
{
    if (!has_avx2())
        return false;
    load_forms(hi, lo, odd, lanes, reg);
    return true;
}

bool tt_avx2_sfp_store(const uint32_t *reg, bool number, bool odd,
                       uint32_t lanes, uint16_t *hi, uint16_t *lo)
{
    if (!has_avx2())
        return false;
    store_forms(reg, number, odd, lanes, hi, lo);
    return true;
}

#else

bool tt_avx2_sfp_mad(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t lanes, uint32_t *out)
{
    (void)x, (void)y, (void)z, (void)lanes, (void)out;
    return false;
}

bool tt_avx2_sfp_add(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    (void)x, (void)y, (void)lanes, (void)out;
    return false;
}

bool tt_avx2_sfp_mul(const uint32_t *x, const uint32_t *y, uint32_t lanes,
                     uint32_t *out)
{
    (void)x, (void)y, (void)lanes, (void)out;
    return false;
}

bool tt_avx2_sfp_less(const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    (void)x, (void)y, (void)out;
    return false;
}

bool tt_avx2_sfp_load(const uint16_t *hi, const uint16_t *lo, bool odd,
                      uint32_t lanes, uint32_t *reg)
{
    (void)hi, (void)lo, (void)odd, (void)lanes, (void)reg;
    return false;
}

bool tt_avx2_sfp_store(const uint32_t *reg, bool number, bool odd,
                       uint32_t lanes, uint16_t *hi, uint16_t *lo)
{
    (void)reg, (void)number, (void)odd, (void)lanes, (void)hi, (void)lo;
    return false;
}

#endif
