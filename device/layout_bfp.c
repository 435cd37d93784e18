/* SPDX-License-Identifier: MIT */
/*
 * OCP 8-bit floats of the host <-> block float tiles of the device. A tile is
 * 64 shared exponents, then 1024 bytes of sign and 7-bit magnitude with the
 * leading one explicit; 16 consecutive datums (one face row) share one
 * exponent. Source: tt-isa-documentation, WormholeB0/TensixTile/
 * TensixCoprocessor/FloatBitPatterns.md.
 */
#include <math.h>
#include <string.h>

#include "device/layout_impl.h"

#define EXPONENTS 64u
#define MAG_BITS  6 /* fraction bits below the explicit leading one */
#define MAX_MAG   127

/** struct fp8 - an OCP format: OCP 8-bit Floating Point Specification, 5 */
struct fp8 {
    int man_bits, bias, max_exp;
    float max;       /* largest finite value */
    bool has_inf;    /* E5M2 has infinities, E4M3 only NaN */
    int shared_bias; /* of the block float it travels as */
};

static const struct fp8 e4m3 = {3, 7, 15, 448.0f, false, 15};
static const struct fp8 e5m2 = {2, 15, 31, 57344.0f, true, 127};

static const struct fp8 *fp8_of(enum tt_elem elem)
{
    return elem == TT_ELEM_E4M3 ? &e4m3 : &e5m2;
}

static bool fp8_is_special(const struct fp8 *f, unsigned byte)
{
    int exp = (int)(byte & 0x7Fu) >> f->man_bits;

    return f->has_inf ? exp == f->max_exp : (byte & 0x7Fu) == 0x7Fu;
}

/* Block floats have neither infinity nor NaN: both become the largest. */
static float fp8_decode(const struct fp8 *f, unsigned byte)
{
    int man = (int)byte & ((1 << f->man_bits) - 1);
    int exp = (int)(byte & 0x7Fu) >> f->man_bits;
    float mag;

    if (fp8_is_special(f, byte))
        mag = f->max;
    else if (exp == 0)
        mag = ldexpf((float)man, 1 - f->bias - f->man_bits);
    else
        mag = ldexpf((float)(man | 1 << f->man_bits),
                     exp - f->bias - f->man_bits);
    return byte & 0x80u ? -mag : mag;
}

/* Round to nearest even, saturate; subnormals included. */
static uint8_t fp8_encode(const struct fp8 *f, float value)
{
    unsigned sign = signbit(value) ? 0x80u : 0;
    float mag = fabsf(value);
    int exp, units;

    if (mag >= f->max)
        mag = f->max;
    if (mag == 0)
        return (uint8_t)sign;
    (void)frexpf(mag, &exp);
    exp -= 1;
    if (exp < 1 - f->bias)
        exp = 1 - f->bias;
    /* Units of the last place; a carry moves into the exponent by itself. */
    units = (int)nearbyintf(ldexpf(mag, f->man_bits - exp));
    return (uint8_t)(sign |
                     (unsigned)(units + ((exp + f->bias - 1) << f->man_bits)));
}

static int block_exponent(const float *v)
{
    int max = -1000;

    for (unsigned i = 0; i < TT_FACE_DIM; i++) {
        int e;

        if (v[i] == 0)
            continue;
        (void)frexpf(v[i], &e);
        if (e - 1 > max)
            max = e - 1;
    }
    return max;
}

static void encode_block(const struct fp8 *f, const float *v, uint8_t *exp_out,
                         uint8_t *datum)
{
    int exp = block_exponent(v);

    memset(datum, 0, TT_FACE_DIM);
    *exp_out = 0;
    if (exp < -f->shared_bias)
        return;
    for (unsigned i = 0; i < TT_FACE_DIM; i++) {
        int mag = (int)nearbyintf(ldexpf(fabsf(v[i]), MAG_BITS - exp));

        if (mag > MAX_MAG)
            mag = MAX_MAG;
        datum[i] = (uint8_t)(mag | (mag && signbit(v[i]) ? 0x80 : 0));
    }
    *exp_out = (uint8_t)(exp + f->shared_bias);
}

/* Offset of the 16 datums at row @r, half @h of a tile, in datums. */
static size_t block_at(unsigned r, unsigned h)
{
    unsigned face = r / TT_FACE_DIM * 2 + h;

    return (size_t)(face * TT_FACE_DIM + r % TT_FACE_DIM) * TT_FACE_DIM;
}

static void store_block(const struct tt_strip *s, const uint8_t *host,
                        uint8_t *tile, unsigned r, size_t col)
{
    const struct fp8 *f = fp8_of(s->elem);
    size_t at = block_at(r, (unsigned)(col / TT_FACE_DIM % 2));
    float v[TT_FACE_DIM] = {0};

    for (size_t i = 0; r < s->rows && i < TT_FACE_DIM && col + i < s->cols; i++)
        v[i] = fp8_decode(f, host[r * s->pitch + col + i]);
    encode_block(f, v, &tile[at / TT_FACE_DIM], &tile[EXPONENTS + at]);
}

/* By way of a tile of our own: its bytes are not written in whole blocks. */
void tt_layout_store_bfp(const struct tt_strip *s, const uint8_t *host,
                         void *const *page)
{
    uint8_t tile[TT_BFP8_TILE];

    for (size_t i = 0; i < s->n_tiles; i++) {
        for (unsigned r = 0; r < TT_TILE_DIM; r++)
            for (size_t c = 0; c < TT_TILE_DIM; c += TT_FACE_DIM)
                store_block(s, host, tile, r, i * TT_TILE_DIM + c);
        tt_layout_copy(page[i], tile, sizeof(tile), s->stream);
    }
    tt_layout_end_copy(s->stream);
}

static void load_block(const struct tt_strip *s, uint8_t *host,
                       const uint8_t *tile, unsigned r, size_t col)
{
    const struct fp8 *f = fp8_of(s->elem);
    size_t at = block_at(r, (unsigned)(col / TT_FACE_DIM % 2));
    int exp = tile[at / TT_FACE_DIM] - f->shared_bias;

    for (size_t i = 0; i < TT_FACE_DIM && col + i < s->cols; i++) {
        uint8_t datum = tile[EXPONENTS + at + i];
        float mag = ldexpf((float)(datum & MAX_MAG), exp - MAG_BITS);

        host[r * s->pitch + col + i] = fp8_encode(f, datum & 0x80 ? -mag : mag);
    }
}

void tt_layout_load_bfp(const struct tt_strip *s, uint8_t *host,
                        void *const *page)
{
    for (unsigned r = 0; r < s->rows; r++)
        for (size_t col = 0; col < s->cols; col += TT_FACE_DIM)
            load_block(s, host, page[col / TT_TILE_DIM], r, col);
}
