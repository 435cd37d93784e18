/* SPDX-License-Identifier: MIT */
/* One writer for the properties of all objects, driven by tables. */
#ifndef TT_PROPERTY_H
#define TT_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

#define TT_N_PROPERTIES ((unsigned)NP_MemoryUtilization + 1u)

/** Longest string, with its terminator: a compiler's output and some words. */
#define TT_PROPERTY_TEXT 4608u

/** Longest vector: what hosts have room for. */
#define TT_PROPERTY_VECTOR 1024u

/** struct tt_property - a value on its way to the host; the property's type
 *  says which field counts
 *  @status: a getter that has no value now sets (and logs) why
 *  @vector, @n_vector: signed 64-bit values and how many
 *  @string: a text that outlives the call, instead of @text; else NULL */
struct tt_property {
    nxs_status status;
    const char *string;
    int64_t number;
    double real;
    size_t n_vector;
    int64_t vector[TT_PROPERTY_VECTOR];
    char text[TT_PROPERTY_TEXT];
};

/** struct tt_property_entry - where one property of one kind of object comes
 *  from: a fixed text, a fixed number, or a getter
 *  @constant: @number counts (0 is a number too) */
struct tt_property_entry {
    const char *text;
    int64_t number;
    void (*get)(void *object, struct tt_property *out);
    bool constant;
};

/**
 * tt_property_text - set a string value, printf style
 * @out: value; what does not fit TT_PROPERTY_TEXT is cut off
 */
void tt_property_text(struct tt_property *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * tt_property_get - answer a Get...Property call
 * @table: TT_N_PROPERTIES entries, indexed by property
 * @object: handed to the getters
 * @property_id: any value
 * @value: the host's storage, NULL to ask for the size only
 * @value_size: capacity in bytes on entry, size of the value on success
 *
 * NP_Keys is answered from the table itself.
 *
 * Return: NXS_Success; NXS_InvalidValue if @value_size is NULL;
 * NXS_InvalidProperty if the table has no such entry; NXS_InvalidArgSize if
 * the value does not fit (nothing is written); what the getter reports.
 */
nxs_status tt_property_get(const struct tt_property_entry *table, void *object,
                           nxs_uint property_id, void *value,
                           size_t *value_size);

#endif
