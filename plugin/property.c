/* SPDX-License-Identifier: MIT */
/* One writer for the properties of all objects, driven by tables. */
#include "plugin/property.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pool/tt_log.h"

enum property_type { TYPE_NUMBER, TYPE_TEXT, TYPE_REAL, TYPE_VECTOR };

/* All others are 64-bit integers. */
static const unsigned char property_type[TT_N_PROPERTIES] = {
    [NP_Name] = TYPE_TEXT,
    [NP_Type] = TYPE_TEXT,
    [NP_Description] = TYPE_TEXT,
    [NP_SubUnitType] = TYPE_TEXT,
    [NP_Vendor] = TYPE_TEXT,
    [NP_Architecture] = TYPE_TEXT,
    [NP_Version] = TYPE_TEXT,
    [NP_Features] = TYPE_TEXT,
    [NP_Location] = TYPE_TEXT,
    [NP_ElapsedTime] = TYPE_REAL,
    [NP_MaxPower] = TYPE_REAL,
    [NP_Shape] = TYPE_VECTOR,
    [NP_Keys] = TYPE_VECTOR,
    [NP_SubUnits] = TYPE_VECTOR,
    [NP_MemorySubsystem] = TYPE_TEXT,
};

void tt_property_text(struct tt_property *out, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(out->text, sizeof out->text, fmt, args);
    va_end(args);
}

static bool has(const struct tt_property_entry *entry)
{
    return entry->text || entry->get || entry->constant;
}

static void list_keys(const struct tt_property_entry *table,
                      struct tt_property *out)
{
    out->n_vector = 0;
    for (unsigned id = 0; id < TT_N_PROPERTIES; id++)
        if (id == NP_Keys || has(&table[id]))
            out->vector[out->n_vector++] = (int64_t)id;
}

static inline nxs_status write_bytes(nxs_uint id, const void *from, size_t size,
                                     void *value, size_t *value_size)
{
    if (value && *value_size < size)
        return TT_FAIL(NXS_InvalidArgSize,
                       "property %u takes %zu bytes, room for %zu", id, size,
                       *value_size);
    if (value)
        memcpy(value, from, size);
    *value_size = size;
    return NXS_Success;
}

static nxs_status write_text(nxs_uint id, const char *text, void *value,
                             size_t *value_size)
{
    return write_bytes(id, text, strlen(text) + 1, value, value_size);
}

static nxs_status write_number(nxs_uint id, int64_t number, void *value,
                               size_t *value_size)
{
    return write_bytes(id, &number, sizeof number, value, value_size);
}

/* Numbers need not be known to say how large they are; getting one may mean
 * to download a buffer. */
static bool is_settled_by_size(nxs_uint id, const void *value,
                               const size_t *value_size)
{
    bool number =
        property_type[id] == TYPE_NUMBER || property_type[id] == TYPE_REAL;

    return number && (!value || *value_size < sizeof(int64_t));
}

static nxs_status write_value(const struct tt_property *p, nxs_uint id,
                              void *value, size_t *value_size)
{
    switch (property_type[id]) {
    case TYPE_TEXT:
        return write_text(id, p->string ? p->string : p->text, value,
                          value_size);
    case TYPE_REAL:
        return write_bytes(id, &p->real, sizeof p->real, value, value_size);
    default:
        return write_bytes(id, p->vector, p->n_vector * sizeof p->vector[0],
                           value, value_size);
    }
}

nxs_status tt_property_get(const struct tt_property_entry *table, void *object,
                           nxs_uint property_id, void *value,
                           size_t *value_size)
{
    const struct tt_property_entry *entry;
    struct tt_property p;

    if (!value_size)
        return TT_FAIL(NXS_InvalidValue,
                       "property %u: the pointer to the size is NULL",
                       property_id);
    if (property_id >= TT_N_PROPERTIES ||
        (property_id != NP_Keys && !has(&table[property_id])))
        return TT_FAIL(NXS_InvalidProperty,
                       "an object of this kind has no property %u",
                       property_id);
    entry = &table[property_id];
    if (entry->text)
        return write_text(property_id, entry->text, value, value_size);
    if (entry->constant || is_settled_by_size(property_id, value, value_size))
        return write_number(property_id, entry->number, value, value_size);
    p.status = NXS_Success;
    p.string = NULL;
    p.number = 0;
    p.real = 0;
    p.text[0] = '\0';
    p.n_vector = 0;
    if (property_id == NP_Keys)
        list_keys(table, &p);
    else
        entry->get(object, &p);
    if (p.status < 0)
        return p.status;
    if (property_type[property_id] == TYPE_NUMBER)
        return write_number(property_id, p.number, value, value_size);
    return write_value(&p, property_id, value, value_size);
}
