/* SPDX-License-Identifier: MIT */
/* Memory functions; tt/start.h defines the first four. */
#pragma once

#include <stddef.h>

extern "C" {
void *memcpy(void *dst, const void *src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
}

inline size_t strlen(const char *text)
{
    size_t n = 0;

    while (text[n])
        n++;
    return n;
}

inline int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
}
