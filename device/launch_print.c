/* SPDX-License-Identifier: MIT */
/* What kernels print: from the rings in L1 to lines of the log. Everything in
 * the rings comes from guest code and is checked. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "device/launch_print.h"
#include "pool/tt_log.h"

#define MAX_LINE   512u /* longer ones are broken */
#define MAX_FORMAT 256u
#define MAX_COLUMN 64
#define MAX_DIGITS 20

/** struct style - how numbers are printed */
struct style {
    unsigned base;
    bool fixed;
    int precision; /* -1: as many digits as it takes */
    int width;
    bool sticky, zeros;
};

static const struct style plain = {.base = 10, .precision = -1};

/** struct voice - one RISC-V core
 *  @format, @at: text with "{}" that values are still filled into, and how far
 *  @in_format: between TT_PRINT_FORMAT and TT_PRINT_END */
struct voice {
    uint8_t x, y, risc;
    uint32_t taken;
    struct style style;
    size_t len;
    size_t format_len, at;
    bool in_format;
    char line[MAX_LINE + 1];
    char format[MAX_FORMAT + 1];
};

struct tt_printer {
    struct tt_device *dev;
    uint32_t base;
    size_t n;
    struct voice voice[];
};

struct tt_printer *tt_printer_new(struct tt_device *dev,
                                  const struct tt_work *work)
{
    size_t n = (size_t)work->n_cores * TT_N_RISC;
    struct tt_printer *p = calloc(1, sizeof(*p) + n * sizeof(p->voice[0]));

    if (!p)
        return NULL;
    p->dev = dev;
    p->base = work->print;
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        struct voice *v = &p->voice[i];

        v->x = work->cores[i / TT_N_RISC].x;
        v->y = work->cores[i / TT_N_RISC].y;
        v->risc = (uint8_t)(i % TT_N_RISC);
        v->style = plain;
    }
    return p;
}

/* ---- lines ---- */

static void end_line(struct voice *v)
{
    v->line[v->len] = '\0';
    tt_log(TT_LOG_INFO, "(%u,%u) %s: %s", v->x, v->y, tt_risc_name(v->risc),
           v->line);
    v->len = 0;
}

static void add_char(struct voice *v, char c)
{
    if (c == '\n' || v->len == MAX_LINE)
        end_line(v);
    if (c != '\n')
        v->line[v->len++] = c;
}

static void add_text(struct voice *v, const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i]; i++)
        add_char(v, text[i]);
}

static void add_number(struct voice *v, const char *digits)
{
    size_t len = strlen(digits);
    size_t width = (size_t)v->style.width;

    for (; len < width; width--)
        add_char(v, v->style.zeros ? '0' : ' ');
    add_text(v, digits, len);
    if (!v->style.sticky)
        v->style.width = 0;
}

static void add_integer(struct voice *v, bool negative, uint64_t size)
{
    char text[32];

    if (v->style.base == 16)
        snprintf(text, sizeof(text), "%" PRIx64, size);
    else if (v->style.base == 8)
        snprintf(text, sizeof(text), "%" PRIo64, size);
    else
        snprintf(text, sizeof(text), "%s%" PRIu64, negative ? "-" : "", size);
    add_number(v, text);
}

/* Negative numbers in hexadecimal show their bits. */
static void add_signed(struct voice *v, int64_t value, uint64_t bits)
{
    bool negative = value < 0 && v->style.base == 10;

    add_integer(v, negative, negative ? 0 - (uint64_t)value : bits);
}

static void add_float(struct voice *v, uint32_t bits)
{
    int precision = v->style.precision;
    char text[80];
    float value;

    memcpy(&value, &bits, sizeof(value));
    if (v->style.fixed)
        snprintf(text, sizeof(text), "%.*f", precision < 0 ? 6 : precision,
                 (double)value);
    else
        snprintf(text, sizeof(text), "%.*g", precision < 0 ? 6 : precision,
                 (double)value);
    add_number(v, text);
}

/* ---- records ---- */

/** struct record - taken from a ring; @n words of @word are valid */
struct record {
    uint32_t kind, detail, n;
    uint32_t word[256];
};

static void add_value(struct voice *v, const struct record *r)
{
    uint32_t low = r->n > 0 ? r->word[0] : 0;
    uint64_t wide = (uint64_t)(r->n > 1 ? r->word[1] : 0) << 32 | low;

    switch (r->kind) {
    case TT_PRINT_TEXT:
        add_text(v, (const char *)r->word,
                 r->detail < r->n * 4 ? r->detail : r->n * 4);
        break;
    case TT_PRINT_I32:
        add_signed(v, (int32_t)low, low);
        break;
    case TT_PRINT_U32:
        add_integer(v, false, low);
        break;
    case TT_PRINT_I64:
        add_signed(v, (int64_t)wide, wide);
        break;
    case TT_PRINT_U64:
        add_integer(v, false, wide);
        break;
    case TT_PRINT_F32:
        add_float(v, low);
        break;
    case TT_PRINT_CHAR:
        add_char(v, (char)r->detail);
        break;
    default:
        break;
    }
}

static int at_most(uint32_t value, int most)
{
    return value < (uint32_t)most ? (int)value : most;
}

static void set_style(struct style *s, const struct record *r)
{
    switch (r->kind) {
    case TT_PRINT_BASE:
        s->base = r->detail;
        break;
    case TT_PRINT_FIXED:
        s->fixed = r->detail;
        break;
    case TT_PRINT_PRECISION:
        s->precision = at_most(r->detail, MAX_DIGITS);
        break;
    case TT_PRINT_WIDTH:
        s->width = at_most(r->detail & 0xFF, MAX_COLUMN);
        s->sticky = r->detail >> 8;
        break;
    default:
        break;
    }
}

/* ---- texts with "{}" ---- */

static char next_char(const struct voice *v)
{
    return v->at < v->format_len ? v->format[v->at] : '\0';
}

static int take_number(struct voice *v, int most)
{
    int n = 0;

    for (; next_char(v) >= '0' && next_char(v) <= '9'; v->at++)
        n = n < most ? n * 10 + (next_char(v) - '0') : most;
    return n < most ? n : most;
}

/* What stands between the braces: [index][:[#][0][width][.precision][type]];
 * values are taken in order, whatever the index. */
static struct style take_spec(struct voice *v)
{
    struct style s = plain;

    (void)take_number(v, MAX_COLUMN);
    if (next_char(v) == ':')
        v->at++;
    if (next_char(v) == '#')
        v->at++;
    if (next_char(v) == '0') {
        s.zeros = true;
        v->at++;
    }
    s.width = take_number(v, MAX_COLUMN);
    if (next_char(v) == '.') {
        v->at++;
        s.precision = take_number(v, MAX_DIGITS);
    }
    for (; next_char(v) && next_char(v) != '}'; v->at++) {
        s.base = next_char(v) == 'x' || next_char(v) == 'X' ? 16
                 : next_char(v) == 'o'                      ? 8
                                                            : s.base;
        s.fixed |= next_char(v) == 'f';
    }
    v->at++;
    return s;
}

/* Copy the text up to the next value's place, or to its end. */
static bool copy_format(struct voice *v)
{
    for (; v->at < v->format_len; v->at++) {
        char c = v->format[v->at];
        bool doubled = (c == '{' || c == '}') && v->at + 1 < v->format_len &&
                       v->format[v->at + 1] == c;

        if (doubled)
            v->at++;
        else if (c == '{')
            return v->at++, true;
        add_char(v, c);
    }
    return false;
}

static void fill_in(struct voice *v, const struct record *r)
{
    struct style outer = v->style;

    if (!copy_format(v))
        return; /* more values than places */
    v->style = take_spec(v);
    add_value(v, r);
    v->style = outer;
}

static void add_format(struct voice *v, const struct record *r)
{
    size_t len = r->detail < r->n * 4 ? r->detail : r->n * 4;

    if (!v->in_format)
        v->format_len = v->at = 0;
    v->in_format = true;
    if (len > MAX_FORMAT - v->format_len)
        len = MAX_FORMAT - v->format_len;
    memcpy(v->format + v->format_len, r->word, len);
    v->format_len += len;
}

static void end_format(struct voice *v)
{
    while (copy_format(v)) /* more places than values */
        (void)take_spec(v);
    v->in_format = false;
}

static void say(struct voice *v, const struct record *r)
{
    if (r->kind == TT_PRINT_NEWLINE)
        end_line(v);
    else if (r->kind == TT_PRINT_FORMAT)
        add_format(v, r);
    else if (r->kind == TT_PRINT_END)
        end_format(v);
    else if (r->kind > TT_PRINT_NEWLINE)
        set_style(&v->style, r);
    else if (v->in_format)
        fill_in(v, r);
    else
        add_value(v, r);
}

/* ---- rings ---- */

static struct tt_noc_addr ring_addr(const struct tt_printer *p,
                                    const struct voice *v, size_t offset)
{
    return tt_arch_worker(p->dev->info.arch, v->x, v->y,
                          p->base + v->risc * sizeof(struct tt_print_ring) +
                              offset);
}

static bool get(struct tt_printer *p, const struct voice *v, size_t offset,
                void *out, size_t len)
{
    return tt_device_read(p->dev, ring_addr(p, v, offset), out, len) >= 0;
}

/* The next record of @ring; false if it is not whole, which only a guest that
 * wrote there itself can bring about. */
static bool take_record(struct voice *v, const uint32_t *ring, uint32_t written,
                        struct record *out)
{
    uint32_t head = ring[v->taken % TT_PRINT_WORDS];

    out->kind = head >> 24;
    out->n = head >> 16 & 0xFF;
    out->detail = head & 0xFFFF;
    if (out->n + 1 > written - v->taken)
        return false;
    for (uint32_t i = 0; i < out->n; i++)
        out->word[i] = ring[(v->taken + 1 + i) % TT_PRINT_WORDS];
    v->taken += out->n + 1;
    return true;
}

static bool poll_voice(struct tt_printer *p, struct voice *v)
{
    uint32_t ring[TT_PRINT_WORDS], written;
    struct record r = {0};

    if (!get(p, v, offsetof(struct tt_print_ring, written), &written, 4) ||
        written == v->taken)
        return false;
    if (!get(p, v, offsetof(struct tt_print_ring, word), ring, sizeof(ring)))
        return false;
    if (written - v->taken > TT_PRINT_WORDS)
        v->taken = written; /* no ring of ours: nothing can be read */
    while (v->taken != written && take_record(v, ring, written, &r))
        say(v, &r);
    v->taken = written;
    return tt_device_write(
               p->dev, ring_addr(p, v, offsetof(struct tt_print_ring, taken)),
               &written, 4) >= 0;
}

bool tt_printer_poll(struct tt_printer *p)
{
    bool some = false;

    for (size_t i = 0; p && i < p->n; i++)
        some |= poll_voice(p, &p->voice[i]);
    return some;
}

void tt_printer_free(struct tt_printer *p)
{
    for (size_t i = 0; p && i < p->n; i++)
        if (p->voice[i].len)
            end_line(&p->voice[i]);
    free(p);
}
