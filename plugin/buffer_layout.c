/* SPDX-License-Identifier: MIT */
/* From a host's description of an array to the device's layout of it. */
#include "plugin/buffer_layout.h"

#include "plugin/datatype.h"
#include "pool/tt_log.h"
#include "pool/tt_math.h"

/* Whether the strides are those of a dense array whose dimension first + i *
 * step is the i-th fastest. */
static bool is_dense(const nxs_buffer_layout *shape, bool dim0_fastest)
{
    uint64_t expected = 1;

    for (unsigned i = 0; i < shape->rank; i++) {
        unsigned d = dim0_fastest ? i : shape->rank - 1 - i;

        /* the stride of an extent of 1 is never used */
        if (shape->dim[d] != 1 && shape->stride[d] != expected)
            return false;
        if (!tt_math_mul(expected, shape->dim[d], &expected))
            return false;
    }
    return true;
}

/* From dimension @first on. */
static bool has_strides(const nxs_buffer_layout *shape, unsigned first)
{
    for (unsigned i = first; i < shape->rank; i++)
        if (shape->stride[i])
            return true;
    return false;
}

/* Hosts in C++ may say no more than that the first dimension is the fastest. */
static bool is_first_fastest(const nxs_buffer_layout *shape)
{
    return shape->stride[0] == 1 &&
           (!has_strides(shape, 1) || is_dense(shape, true));
}

/* Dimensions slowest first, whichever way the host counts them. */
static nxs_status order_dims(const nxs_buffer_layout *shape,
                             uint64_t dim[NXS_MAX_DIMS])
{
    bool strided = has_strides(shape, 0);
    bool reverse = strided && is_first_fastest(shape);

    if (strided && !reverse && !is_dense(shape, false))
        return TT_FAIL(
            NXS_InvalidValue,
            "rank %u, strides %llu, %llu, ...: the array has gaps or "
            "overlaps",
            shape->rank, (unsigned long long)shape->stride[0],
            (unsigned long long)shape->stride[1]);
    for (unsigned i = 0; i < shape->rank; i++)
        dim[i] = shape->dim[reverse ? shape->rank - 1 - i : i];
    return NXS_Success;
}

static nxs_status raw_size(const nxs_buffer_layout *shape, unsigned bits,
                           uint64_t *out)
{
    uint64_t total = 1;
    bool fits = true;

    for (unsigned i = 0; i < shape->rank; i++)
        fits = fits && tt_math_mul(total, shape->dim[i], &total);
    fits = fits && tt_math_mul(total, bits, &total);
    if (!fits || total < 8)
        return TT_FAIL(NXS_InvalidBufferSize,
                       "rank %u, dim %llu, ...: less than a byte or too large",
                       shape->rank, (unsigned long long)shape->dim[0]);
    *out = total / 8;
    return NXS_Success;
}

nxs_status tt_buffer_layout(const nxs_buffer_layout *shape,
                            struct tt_layout *out)
{
    nxs_uint type = shape->data_type;
    uint64_t dim[NXS_MAX_DIMS] = {0};
    enum tt_elem elem;
    nxs_status status;

    if (!tt_datatype_is_valid(type))
        return TT_FAIL(NXS_InvalidValue, "there is no data type %u", type);
    if (shape->rank > NXS_MAX_DIMS)
        return TT_FAIL(NXS_InvalidValue, "rank %u, the highest is %d",
                       shape->rank, NXS_MAX_DIMS);
    status = order_dims(shape, dim);
    if (status < 0)
        return status;
    elem = tt_datatype_elem(type);
    if (elem != TT_ELEM_RAW)
        return tt_layout_init(out, elem, shape->rank, dim);
    status = raw_size(shape, tt_datatype_bits(type), &dim[0]);
    if (status < 0)
        return status;
    return tt_layout_init(out, elem, 1, dim);
}
