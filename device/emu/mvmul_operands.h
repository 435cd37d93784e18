/* SPDX-License-Identifier: MIT */
/* Operands of matrix products as mvmul_lanes.h wants them, made once and kept
 * until the datums are others. */
#ifndef TT_EMU_MVMUL_OPERANDS_H
#define TT_EMU_MVMUL_OPERANDS_H

#include <string.h>

/* Exponents that are handled here, 12 to 184: factors stay normal numbers, the
 * lower parts of the smallest as well, and so does 1.5 x 2^23 of any unit. The
 * products need not: a fused multiply-add does not round them. */
#define EXP_MAX  184u
#define N_EXP    173u
#define EXP_MASK 0x7F800000u

/* Exponents of 5 bits, in the scale of 8 bits. */
#define REBIAS 112

/* What multiplication takes of a datum: sign, exponent, and the upper or the
 * lower part of the mantissa (SrcASrcB.md, tt_fidelity()). */
static const uint32_t part_a[2] = {0xFFF80000u, 0xFF87C000u};
static const uint32_t part_b[2] = {0xFFFE0000u, 0xFF81E000u};

/* Datums as floats with 8 exponent bits, and which of them are not zero. */
INLINE vec datums(vec v, uint32_t mask, bool exp8, lanes *out_some)
{
    v = v_and(v, v_set(mask));
    *out_some = l_greater(v_and(v, v_set(EXP_MASK)), v_set(0));
    return exp8 ? v : v_add(v, v_set(REBIAS << 23));
}

/* EXP_MAX less the exponent in the top byte, 255 for zeros; *out_bad collects
 * lanes out of range. */
INLINE vec below(vec v, lanes some, lanes *out_bad)
{
    vec d = v_sub(v_set(EXP_MAX << 24 | 0xFFFFFFu), v_shl(v, 1));

    *out_bad = l_or(*out_bad, l_above(some, d, (N_EXP << 24) - 1u));
    return v_or_ones(some, d);
}

/* The upper or the lower part of the mantissa; the lower has no hidden bit. */
INLINE vecf part(vec v, lanes some, uint32_t mask, unsigned lower)
{
    vecf x = v_as_floats(v_keep(some, v_and(v, v_set(mask))));
    vecf hidden = v_as_floats(v_keep(some, v_and(v, v_set(0xFF800000u))));

    return lower ? v_sub_floats(x, hidden) : x;
}

/* The top bytes of four words. */
INLINE vec top_bytes(const vec *v)
{
    vec x = v_pick(0xFF000000u, v[1], v_shr(v[0], 8));
    vec y = v_pick(0xFF000000u, v[3], v_shr(v[2], 8));

    return v_pick(0xFFFF0000u, y, v_shr(x, 16));
}

TARGET static __attribute__((noinline)) void make_a(const struct tt_mvmul *m)
{
    struct tt_mvmul_cache *c = m->cache;
    const unsigned block = m->block_a;
    lanes bad = l_none();

    for (unsigned k = 0; k < 16; k += 4) {
        vec d[4];

        for (unsigned i = 0; i < 4; i++) {
            lanes some;
            vec v =
                datums(v_load_columns(m->a[k + i]), m->mask_a, m->exp8, &some);

            d[i] = below(v, some, &bad);
            for (unsigned p = 0; p < 2; p++)
                v_store_floats(c->a_part[block][p][k + i],
                               part(v, some, part_a[p], p));
        }
        v_store(c->a_below[block][k / 4], top_bytes(d));
    }
    c->a_key[block] =
        (struct tt_mvmul_key){m->source_a, ++c->serial, m->mask_a, l_any(bad)};
}

TARGET static __attribute__((noinline)) void make_b(const struct tt_mvmul *m)
{
    struct tt_mvmul_cache *c = m->cache;
    const unsigned block = m->block_b;
    lanes bad = l_none();

    for (unsigned r = 0; r < 8; r++) {
        lanes some;
        vec v = datums(v_load(m->b[r]), m->mask_b, m->exp8, &some);
        vec d = below(v, some, &bad);

        v_store_bytes(c->b_below[block][r], v_shr(d, 24));
        for (unsigned p = 0; p < 2; p++)
            v_store_floats(
                c->b_part[block][p][r],
                v_scale(part(v, some, part_b[p], p), 1.0f + 0x1p-14f));
    }
    c->b_key[block] =
        (struct tt_mvmul_key){m->source_b, ++c->serial, m->mask_b, l_any(bad)};
}

INLINE vec four_k(const uint8_t *bytes)
{
    uint32_t w;

    memcpy(&w, bytes, sizeof(w));
    return v_set(w);
}

/* Least distance of a group's products, a byte per column; 255 where all are
 * zero. It is the same in every phase. */
INLINE vec least_of(struct tt_mvmul_cache *c, unsigned a, unsigned b,
                    unsigned row, unsigned group)
{
    const uint8_t *of_b = &c->b_below[b][row][8 * group];
    vec x = v_load(c->a_below[a][2 * group]);
    vec y = v_load(c->a_below[a][2 * group + 1]);
    vec d = v_min_bytes(v_add_bytes(x, four_k(of_b)),
                        v_add_bytes(y, four_k(of_b + 4)));

    d = v_min_bytes(d, v_shr(d, 16));
    d = v_min_bytes(d, v_shr(d, 8));
    v_store_bytes(c->below[a][b][row][group], d);
    return v_and(d, v_set(0xFF));
}

TARGET static __attribute__((noinline)) void
make_below(struct tt_mvmul_cache *c, unsigned a, unsigned b)
{
    uint32_t each[TT_ROW], most = 0;
    vec all = v_set(0);

    for (unsigned r = 0; r < 8; r++) {
        all = v_max(all, least_of(c, a, b, r, 0));
        all = v_max(all, least_of(c, a, b, r, 1));
    }
    v_store(each, all);
    for (unsigned i = 0; i < TT_ROW; i++)
        most = each[i] > most ? each[i] : most;
    c->most[a][b] = (int32_t)most;
    c->serial_a[a][b] = c->a_key[a].serial;
    c->serial_b[a][b] = c->b_key[b].serial;
}

/* Bring the cache up to date; false where exponents are out of range. */
INLINE bool prepare(const struct tt_mvmul *m)
{
    struct tt_mvmul_cache *c = m->cache;
    const unsigned a = m->block_a, b = m->block_b;

    if (c->a_key[a].source != m->source_a || c->a_key[a].mask != m->mask_a)
        make_a(m);
    if (c->b_key[b].source != m->source_b || c->b_key[b].mask != m->mask_b)
        make_b(m);
    if (c->a_key[a].far || c->b_key[b].far)
        return false;
    if (c->serial_a[a][b] != c->a_key[a].serial ||
        c->serial_b[a][b] != c->b_key[b].serial)
        make_below(c, a, b);
    return true;
}

#endif
