/* SPDX-License-Identifier: MIT */
/* One writer for the properties of all objects. */
#include <string.h>

#include "tests/conform/host_plugin.h"

#define N_PROPERTIES ((nxs_uint)NP_MemoryUtilization + 1u)

/** struct bytes - a value as it is written */
struct bytes {
    const void *at;
    size_t size;
};

static struct bytes bytes_of(const struct host_property *p)
{
    switch (p->type) {
    case HOST_TEXT:
        return (struct bytes){p->text,
                              strlen(p->text) + !MUTANT(text_without_end)};
    case HOST_REAL:
        return (struct bytes){&p->real, sizeof p->real};
    case HOST_VECTOR:
        return (struct bytes){p->vector, p->n_vector * sizeof *p->vector};
    default:
        return (struct bytes){&p->number,
                              MUTANT(number_of_32_bits) ? 4 : sizeof p->number};
    }
}

/* NULL asks for the size; what does not fit is not written at all. */
static nxs_status write_value(struct bytes from, void *value,
                              size_t *value_size)
{
    if (!value && MUTANT(size_query_refused))
        return NXS_InvalidValue;
    if (value && *value_size == from.size && MUTANT(exact_capacity_refused))
        return NXS_InvalidArgSize;
    if (value && *value_size < from.size && MUTANT(text_cut_off))
        from.size = *value_size;
    if (value && *value_size < from.size) {
        if (MUTANT(value_before_refusal))
            memcpy(value, from.at, *value_size);
        return NXS_InvalidArgSize;
    }
    if (value)
        memcpy(value, from.at, from.size);
    *value_size = from.size;
    return NXS_Success;
}

static int find(const struct host_property *all, size_t n, nxs_uint id)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].id == id)
            return (int)i;
    return -1;
}

/* In ascending order, with NP_Keys itself. */
static nxs_status write_keys(const struct host_property *all, size_t n,
                             void *value, size_t *value_size)
{
    int64_t keys[N_PROPERTIES];
    size_t n_keys = 0;

    for (nxs_uint id = MUTANT(key_missing); id < N_PROPERTIES; id++)
        if (id == NP_Keys || find(all, n, id) >= 0)
            keys[n_keys++] = id;
    return write_value((struct bytes){keys, n_keys * sizeof *keys}, value,
                       value_size);
}

nxs_status host_answer(const struct host_property *all, size_t n,
                       nxs_uint property_id, void *value, size_t *value_size)
{
    const struct host_property nothing = HOST_P_NUMBER(property_id, 0);
    const struct host_property *found;
    int at;

    if (!value_size && !MUTANT(size_pointer_unchecked))
        return NXS_InvalidValue;
    if (property_id == NP_Keys)
        return write_keys(all, n, value, value_size);
    at = find(all, n, property_id);
    if (at < 0 && !MUTANT(unknown_property_is_zero))
        return NXS_InvalidProperty;
    found = at < 0 ? &nothing : &all[at];
    if (found->status < 0)
        return found->status;
    return write_value(bytes_of(found), value, value_size);
}
