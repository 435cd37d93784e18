/* SPDX-License-Identifier: MIT */
/* A growing byte buffer that remembers a failure until somebody asks. */
#include "jit/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for len more bytes and the NUL. */
static bool reserve(struct tt_text *text, size_t len)
{
    size_t room = text->room ? text->room : 256;
    char *data;

    if (text->failed || len >= SIZE_MAX / 2 - text->len) {
        text->failed = true;
        return false;
    }
    while (room < text->len + len + 1)
        room *= 2;
    if (room == text->room)
        return true;
    data = realloc(text->data, room);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->room = room;
    return true;
}

void tt_text_add(struct tt_text *text, const void *data, size_t len)
{
    if (!reserve(text, len))
        return;
    if (len > 0)
        memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void tt_text_printf(struct tt_text *text, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || !reserve(text, (size_t)n)) {
        text->failed = true;
        return;
    }
    va_start(args, fmt);
    (void)vsnprintf(text->data + text->len, (size_t)n + 1, fmt, args);
    va_end(args);
    text->len += (size_t)n;
}

void tt_text_free(struct tt_text *text)
{
    free(text->data);
    *text = (struct tt_text){0};
}
