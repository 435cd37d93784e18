/* SPDX-License-Identifier: MIT */
/* Multiply-add of the vector unit, in integer arithmetic without branches. */
#include "device/emu/tensix_sfpu.h"

#include <string.h>

#define SIGN 0x80000000u
#define INF  0x7F800000u
#define NAN_ 0x7F800001u /* mantissa bits of the sum are ORed in */

#define INLINE static inline __attribute__((always_inline))

/* All ones if @yes: written out, because chains of conditional expressions
 * become jumps and keep the loop from being vectorised. */
INLINE uint32_t mask(bool yes)
{
    return 0u - (uint32_t)yes;
}

INLINE uint32_t choose(uint32_t mask_x, uint32_t x, uint32_t y)
{
    return (x & mask_x) | (y & ~mask_x);
}

/* Mantissa with the hidden bit; 0 for zero and denormals. */
INLINE uint32_t mantissa(uint32_t v)
{
    return ((v & 0x7FFFFFu) | 0x800000u) & mask((v & INF) != 0);
}

INLINE int32_t exponent(uint32_t v)
{
    return (int32_t)(v >> 23 & 255u);
}

/* Shift right; bits that fall out are remembered in bit 0, but only as long as
 * something is left. */
INLINE uint32_t shift_sticky(uint32_t v, int32_t by)
{
    uint32_t r;

    by = by > 31 ? 31 : by;
    r = v >> by;
    return r | ((uint32_t)(r << by != v) & mask(r != 0));
}

/* Position of the highest bit set of v < 2^31. */
INLINE int32_t top_bit(uint32_t v)
{
    float f = (float)(int32_t)(v & ~(v >> 1));
    uint32_t u;

    memcpy(&u, &f, sizeof(u));
    return (int32_t)(u >> 23) - 127;
}

/* What an infinite or NaN operand, or a product out of range, makes of the
 * result. */
struct special {
    uint32_t nan;   /* not 0: result is a NaN of this sign */
    uint32_t value; /* otherwise, where @done is all ones */
    uint32_t done;
};

INLINE struct special special_of(uint32_t x, uint32_t y, uint32_t z,
                                 int32_t exp_p)
{
    const uint32_t sign_p = (x ^ y) & SIGN;
    const uint32_t ax = x & ~SIGN, ay = y & ~SIGN, az = z & ~SIGN;
    const uint32_t big_x = mask(ax >= INF), big_y = mask(ay >= INF);
    const uint32_t big_z = mask(az >= INF);
    const uint32_t big_p = big_x | big_y | mask(exp_p >= 255);
    const uint32_t none_x = mask(ax < 0x800000u), none_y = mask(ay < 0x800000u);
    const uint32_t bad_p =
        (big_x & (mask(ax != INF) | none_y)) |
        (big_y & (mask(ay != INF) | none_x)) |
        (mask(az == INF) & big_p & mask((z & SIGN) != sign_p));
    const uint32_t bad_z = mask(az > INF);
    const uint32_t nan_z = ((z & SIGN) | NAN_) & bad_z;

    return (struct special){choose(bad_p, sign_p | NAN_, nan_z),
                            choose(big_z, z, sign_p | INF), big_p | big_z};
}

/* Significand of the sum with three extra bits, normalised, to a float;
 * results that are too small after rounding become +0. */
INLINE uint32_t round_pack(uint32_t sum, int32_t exp, uint32_t sign)
{
    int32_t n = top_bit(sum) - 26;
    uint32_t left = sum << (-n & 31);
    uint32_t right = sum >> (n & 31) | (sum & 1u);
    uint32_t m = choose(mask(n <= 0), left, right), r;

    exp += n;
    r = ((uint32_t)exp << 23) + (m >> 3 & 0x7FFFFFu);
    r += (uint32_t)((m & 7u) + (r & 1u) > 4);
    r = choose(mask(exp >= 255), INF, r);
    return (r | sign) & mask((r >> 23 != 0) & (exp >= 0) & (sum != 0));
}

INLINE uint32_t fma_lane(uint32_t x, uint32_t y, uint32_t z)
{
    uint32_t mx = mantissa(x), my = mantissa(y), mz = mantissa(z) << 3;
    uint32_t sign_p = (x ^ y) & SIGN, sign_z = z & SIGN;
    int32_t exp_p = exponent(x) + exponent(y) - 127, exp_z = exponent(z), exp;
    struct special s = special_of(x, y, z, exp_p);
    /* product without its low 20 bits, which leave a sticky bit */
    uint32_t mp = (uint32_t)((uint64_t)(mx << 6) * (my << 6) >> 32);
    uint32_t sum, r, no_p, larger, is_nan = mask(s.nan != 0);

    mp |= (uint32_t)((mx * my & 0xFFFFFu) != 0);
    no_p = mask((mp == 0) | (exp_p < 0));
    mp &= ~no_p;
    exp_p = exp_p > 255 ? 255 : exp_p;
    exp_p &= (int32_t)~no_p;

    exp = exp_p > exp_z ? exp_p : exp_z;
    mp = shift_sticky(mp, exp - exp_p);
    mz = shift_sticky(mz, exp - exp_z);
    larger = mask(mp >= mz);
    sum = choose(mask(sign_p == sign_z), mp + mz,
                 choose(larger, mp - mz, mz - mp));
    r = round_pack(sum, exp, choose(larger, sign_p, sign_z));

    /* a NaN keeps mantissa bits of the sum, if the sum is a finite number */
    r = choose(is_nan, s.nan | (r & 0x7FFFFFFFu), r);
    r = choose(no_p & ~is_nan, z & mask((z & INF) != 0), r);
    return choose(s.done & ~is_nan, s.value, r);
}

TT_SIMD void tt_sfp_fma(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                        uint32_t *restrict out)
{
    for (unsigned i = 0; i < TT_LANES; i++)
        out[i] = fma_lane(x[i], y[i], z[i]);
}

void tt_sfp_fma_some(const uint32_t *x, const uint32_t *y, const uint32_t *z,
                     uint32_t *out, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = fma_lane(x[i], y[i], z[i]);
}
