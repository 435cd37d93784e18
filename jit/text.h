/* SPDX-License-Identifier: MIT */
/* A growing byte buffer that remembers a failure until somebody asks. */
#ifndef TT_TEXT_H
#define TT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** struct tt_text - bytes so far; begin with {0}
 *  @data: malloc'ed, followed by a NUL that does not count; NULL when empty
 *  @failed: memory ran out; @data is then incomplete and additions are lost */
struct tt_text {
    char *data;
    size_t len;
    size_t room;
    bool failed;
};

/** tt_text_add - append @len bytes of @data, borrowed for the call */
void tt_text_add(struct tt_text *text, const void *data, size_t len);

/**
 * tt_text_printf - append formatted text
 * @text: buffer
 * @fmt: printf format
 */
void tt_text_printf(struct tt_text *text, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** tt_text_free - release the bytes and make the buffer empty again */
void tt_text_free(struct tt_text *text);

#endif
