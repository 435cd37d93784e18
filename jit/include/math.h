/* SPDX-License-Identifier: MIT */
/* The part of the mathematics library that needs no library. */
#pragma once

#define INFINITY  __builtin_inff()
#define NAN       __builtin_nanf("")
#define HUGE_VALF __builtin_huge_valf()
#define M_PI      3.14159265358979323846

inline constexpr float fabsf(float x)
{
    return __builtin_fabsf(x);
}

inline float floorf(float x)
{
    /* From 2^23 on there are no fractions; below, int holds the whole part. */
    if (!(fabsf(x) < 8388608.0f))
        return x;
    float whole = static_cast<float>(static_cast<int>(x));

    return whole > x ? whole - 1.0f : whole;
}

inline float ceilf(float x)
{
    return -floorf(-x);
}

inline float truncf(float x)
{
    return x < 0 ? ceilf(x) : floorf(x);
}

inline float roundf(float x)
{
    return x < 0 ? ceilf(x - 0.5f) : floorf(x + 0.5f);
}

inline float sqrtf(float x)
{
    if (!(x > 0) || x == __builtin_inff())
        return x < 0 ? __builtin_nanf("") : x;
    /* Half the exponent is within a few percent; each step doubles the right
     * digits. */
    float root = __builtin_bit_cast(
        float, 0x1FBD1DF5u + (__builtin_bit_cast(unsigned, x) >> 1));

    for (int i = 0; i < 4; i++)
        root = 0.5f * (root + x / root);
    return root;
}
