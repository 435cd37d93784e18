/* SPDX-License-Identifier: MIT */
/* Arithmetic on sizes that come from outside: nothing wraps unseen. */
#ifndef TT_MATH_H
#define TT_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** TT_CONTAINER_OF - the structure that embeds a member
 *  @ptr: pointer to the member; @type, @member: where it is embedded */
#define TT_CONTAINER_OF(ptr, type, member)                                     \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/**
 * tt_math_add - sum that must fit
 * @a, @b: summands
 * @out: the sum; written only on success
 *
 * Return: whether the sum fits 64 bits.
 */
static inline bool tt_math_add(uint64_t a, uint64_t b, uint64_t *out)
{
    if (b > UINT64_MAX - a)
        return false;
    *out = a + b;
    return true;
}

/**
 * tt_math_mul - product that must fit
 * @a, @b: factors
 * @out: the product; written only on success
 *
 * Return: whether the product fits 64 bits.
 */
static inline bool tt_math_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    if (a && b > UINT64_MAX / a)
        return false;
    *out = a * b;
    return true;
}

/**
 * tt_math_round_up - next multiple that must fit
 * @value: any
 * @step: not 0; any number, not only powers of two
 * @out: smallest multiple of @step that is >= @value; written only on success
 *
 * Return: whether the multiple fits 64 bits.
 */
static inline bool tt_math_round_up(uint64_t value, uint64_t step,
                                    uint64_t *out)
{
    uint64_t rest = value % step;

    if (!rest) {
        *out = value;
        return true;
    }
    return tt_math_add(value, step - rest, out);
}

/** tt_math_div_up - quotient rounded up; @step is not 0; never wraps */
static inline uint64_t tt_math_div_up(uint64_t value, uint64_t step)
{
    return value / step + (value % step != 0);
}

#endif
