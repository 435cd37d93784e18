/* SPDX-License-Identifier: MIT */
/* Interleaved pages: who is shown what, and where it arrives. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "device/transfer.h"
#include "tests/seam/seam.h"

/** struct tracker - fills or checks pages, and sees what it is shown
 *  @next: page that has to come
 *  @wrong: something was not as promised */
struct tracker {
    struct tt_pages pages;
    uint64_t next;
    unsigned seed;
    bool wrong;
};

/* As a host does that knows no better than the contract. */
static void fill_page(const struct tt_view *view, void *page,
                      const unsigned char *src, size_t len)
{
#ifdef __SSE2__
    for (size_t i = 0; view->stream && i < len; i += 16)
        _mm_stream_si128((__m128i *)(void *)((char *)page + i),
                         _mm_loadu_si128((const void *)(src + i)));
    if (view->stream)
        return;
#endif
    memcpy(page, src, len);
}

static void track(void *ctx, const struct tt_view *view)
{
    struct tracker *t = ctx;
    uint32_t size = t->pages.size;
    unsigned char want[TT_PAGE_MAX], got[TT_PAGE_MAX];

    t->wrong |= view->first != t->next || !view->n;
    for (unsigned i = 0; i < view->n; i++) {
        seam_pattern(want, size, t->seed + (unsigned)view->first + i);
        t->wrong |= (uintptr_t)view->page[i] % 16 != 0;
        if (t->pages.write) {
            fill_page(view, view->page[i], want, size);
            continue;
        }
        if (view->fetch)
            view->fetch(view->ctx, got, view->page[i], size);
        else
            memcpy(got, view->page[i], size);
        t->wrong |= memcmp(want, got, size) != 0;
    }
#ifdef __SSE2__
    __builtin_ia32_sfence();
#endif
    t->next += view->n;
}

static struct tracker tracker_of(uint64_t base, uint32_t stride, uint32_t size,
                                 uint64_t n)
{
    return (struct tracker){.pages = {.base = base,
                                      .stride = stride,
                                      .size = size,
                                      .n = n,
                                      .visit = track},
                            .seed = size};
}

static void move(struct seam *s, struct tracker *t, bool write)
{
    t->pages.write = write;
    t->pages.ctx = t;
    t->next = 0;
    OK(s, tt_device_pages(s->dev, &t->pages));
    EQUAL(s, t->next, t->pages.n);
    CHECK(s, !t->wrong);
}

/* Each page as read() sees it, in its bank. */
static void check_places(struct seam *s, const struct tracker *t, uint64_t step)
{
    unsigned char want[TT_PAGE_MAX], got[TT_PAGE_MAX];
    uint32_t size = t->pages.size;

    for (uint64_t i = 0; i < t->pages.n; i += step) {
        struct tt_noc_addr at = seam_dram(
            (unsigned)(i % 12), t->pages.base + i / 12 * t->pages.stride);

        seam_pattern(want, size, t->seed + (unsigned)i);
        OK(s, tt_device_read(s->dev, at, got, size));
        CHECK(s, !memcmp(want, got, size));
    }
}

static const struct {
    uint32_t stride, size;
} shapes[] = {{32, 16},     {32, 32},     {1088, 1088}, {2048, 2048},
              {2080, 2048}, {4096, 4096}, {4128, 4096}};

#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void pages_are_shown_once_and_in_order(struct seam *s)
{
    for (size_t i = 0; i < N_SHAPES; i++)
        for (uint64_t n = 1; n <= 3000; n = n * 5 + 2) {
            struct tracker t =
                tracker_of(0x40000, shapes[i].stride, shapes[i].size, n);

            move(s, &t, true);
            move(s, &t, false);
        }
}

static void pages_arrive_in_their_banks(struct seam *s)
{
    for (size_t i = 0; i < N_SHAPES; i++) {
        struct tracker t =
            tracker_of(0x100020, shapes[i].stride, shapes[i].size, 800);

        move(s, &t, true);
        check_places(s, &t, 7);
    }
}

static void pages_show_what_was_written(struct seam *s)
{
    struct tracker t = tracker_of(0x200000, 2048, 2048, 300);
    unsigned char data[2048];

    for (uint64_t i = 0; i < t.pages.n; i++) {
        seam_pattern(data, sizeof(data), t.seed + (unsigned)i);
        OK(s, tt_device_write(s->dev, tt_pages_at(s->dev, &t.pages, i), data,
                              sizeof(data)));
    }
    move(s, &t, false);
}

static void what_lies_between_pages_is_left_alone(struct seam *s)
{
    struct tracker t = tracker_of(0x300000, 2080, 2048, 200);
    unsigned char gap[32], got[32];
    struct tt_noc_addr at;

    memset(gap, 0x77, sizeof(gap));
    for (uint64_t i = 0; i < t.pages.n; i++) {
        at = tt_pages_at(s->dev, &t.pages, i);
        at.addr += 2048;
        OK(s, tt_device_write(s->dev, at, gap, sizeof(gap)));
    }
    move(s, &t, true);
    for (uint64_t i = 0; i < t.pages.n; i++) {
        at = tt_pages_at(s->dev, &t.pages, i);
        at.addr += 2048;
        OK(s, tt_device_read(s->dev, at, got, sizeof(got)));
        CHECK(s, !memcmp(gap, got, sizeof(gap)));
    }
}

/* Windows of a card are 1, 2 or 16 MiB, and begin at multiples of that. */
static void pages_cross_the_ends_of_windows(struct seam *s)
{
    for (size_t i = 0; i < N_SHAPES; i++)
        for (uint64_t odd = 0; odd < 2; odd++) {
            uint64_t base = 16 * MIB - 3 * shapes[i].stride + odd * 32;
            struct tracker t =
                tracker_of(base, shapes[i].stride, shapes[i].size, 100);

            move(s, &t, true);
            check_places(s, &t, 1);
            move(s, &t, false);
        }
}

static void pages_reach_the_end_of_the_banks(struct seam *s)
{
    struct tracker t = tracker_of(0x40000000u - 8 * 4096, 4096, 4096, 96);

    move(s, &t, true);
    check_places(s, &t, 1);
    t.pages.n++;
    EQUAL(s, tt_device_pages(s->dev, &t.pages), NXS_InvalidValue);
}

static void overwrite(struct seam *s, const struct tracker *t, uint64_t page)
{
    struct tt_noc_addr at = tt_pages_at(s->dev, &t->pages, page);
    unsigned char data[4096], got[4096];

    memset(data, (int)page, sizeof(data));
    OK(s, tt_device_write(s->dev, at, data, sizeof(data)));
    OK(s, tt_device_read(s->dev, at, got, sizeof(got)));
    CHECK(s, !memcmp(data, got, sizeof(data)));
}

/* Of pages and plain writes, whichever bank they meet in. */
static void the_last_of_several_writes_counts(struct seam *s)
{
    struct tracker t = tracker_of(0x400000, 4096, 4096, 60);
    unsigned char data[4096];

    memset(data, 0x33, sizeof(data));
    for (unsigned i = 0; i < 3; i++) {
        OK(s, tt_device_write(s->dev, tt_pages_at(s->dev, &t.pages, 17), data,
                              sizeof(data)));
        t.seed++;
        move(s, &t, true);
        if (i == 1)
            check_places(s, &t, 1);
        overwrite(s, &t, i ? 17 : 0);
    }
    move(s, &t, true);
    t.seed++;
    move(s, &t, true);
    check_places(s, &t, 1);
}

static void pages_that_cannot_be_are_refused(struct seam *s)
{
    const struct tt_pages good = tracker_of(0, 2048, 2048, 12).pages;
    struct tt_pages bad[10];

    for (unsigned i = 0; i < 10; i++)
        bad[i] = good;
    bad[0].visit = NULL;
    bad[1].size = 0;
    bad[2].size = 2040;
    bad[3].size = 2064;
    bad[4].size = bad[4].stride = 8192;
    bad[5].stride = 2056;
    bad[6].base = 8;
    bad[7].base = UINT64_MAX - 31;
    bad[8].n = UINT64_MAX;
    bad[9].base = 0x40000000u - 1024;
    for (unsigned i = 0; i < 10; i++)
        EQUAL(s, tt_device_pages(s->dev, &bad[i]), NXS_InvalidValue);
    EQUAL(s, tt_device_pages(s->dev, NULL), NXS_InvalidValue);
    EQUAL(s, tt_device_pages(NULL, &good), NXS_InvalidDevice);
    bad[8].n = 0;
    OK(s, tt_device_pages(s->dev, &bad[8]));
}

/* ---- arrays ---- */

static const struct {
    enum tt_elem elem;
    unsigned rank;
    uint64_t dim[3];
} arrays[] = {
    {TT_ELEM_32, 1, {70001}},      {TT_ELEM_16, 1, {1}},
    {TT_ELEM_8, 1, {5000}},        {TT_ELEM_RAW, 1, {12345}},
    {TT_ELEM_32, 2, {700, 800}},   {TT_ELEM_16, 2, {33, 1000}},
    {TT_ELEM_8, 3, {3, 65, 70}},   {TT_ELEM_32, 3, {9, 1, 1}},
    {TT_ELEM_E4M3, 2, {100, 100}}, {TT_ELEM_E5M2, 2, {65, 33}},
};

/* The same pages that a plain conversion in memory makes, one by one. */
static bool as_converted_in_memory(struct seam *s, const struct tt_layout *l,
                                   uint64_t base, const void *host)
{
    const struct tt_pages pages = {
        .base = base, .stride = tt_transfer_page_stride(s->dev, l)};
    _Alignas(16) unsigned char want[TT_PAGE_MAX], got[TT_PAGE_MAX];
    void *page = want;
    bool same = true;

    for (uint64_t i = 0; i < l->n_pages && same; i++) {
        const struct tt_view view = {.first = i, .n = 1, .page = &page};

        tt_layout_store(l, &view, host);
        same = tt_device_read(s->dev, tt_pages_at(s->dev, &pages, i), got,
                              l->page_size) >= 0 &&
               !memcmp(want, got, l->page_size);
    }
    return same;
}

static bool check_array(struct seam *s, const struct tt_layout *l)
{
    const uint64_t base = 16 * MIB - 2 * 2048;
    unsigned char *host = malloc(l->host_size), *back = malloc(l->host_size);
    bool bfp = l->elem == TT_ELEM_E4M3 || l->elem == TT_ELEM_E5M2;
    bool good = host && back;

    if (good) {
        seam_pattern(host, l->host_size, l->elem);
        good = tt_transfer_upload(s->dev, l, base, host) >= 0 &&
               as_converted_in_memory(s, l, base, host) &&
               tt_transfer_download(s->dev, l, base, back) >= 0 &&
               (bfp || !memcmp(host, back, l->host_size));
    }
    free(host);
    free(back);
    return good;
}

static void arrays_of_every_kind_arrive_and_come_back(struct seam *s)
{
    struct tt_layout l;

    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        OK(s,
           tt_layout_init(&l, arrays[i].elem, arrays[i].rank, arrays[i].dim));
        CHECK(s, check_array(s, &l));
    }
}

/* ---- threads ---- */

struct mover {
    struct tt_device *dev;
    struct tracker tracker;
    bool good;
};

static void *move_pages(void *arg)
{
    struct mover *m = arg;

    m->good = true;
    m->tracker.pages.ctx = &m->tracker;
    for (unsigned i = 0; i < 20; i++) {
        m->tracker.pages.write = !(i % 2);
        m->tracker.next = 0;
        m->tracker.seed += !(i % 2);
        m->good = m->good && tt_device_pages(m->dev, &m->tracker.pages) >= 0 &&
                  !m->tracker.wrong;
    }
    return NULL;
}

static void threads_move_pages_at_the_same_time(struct seam *s)
{
    struct mover m[4];
    pthread_t id[4];
    bool good = true;

    for (unsigned i = 0; i < 4; i++) {
        m[i].dev = s->dev;
        m[i].tracker = tracker_of((15 + 16ull * i) * MIB, 4096, 4096, 700);
        EQUAL(s, pthread_create(&id[i], NULL, move_pages, &m[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(id[i], NULL);
        good &= m[i].good;
    }
    CHECK(s, good);
}

const struct seam_case seam_pages[] = {
    SEAM_CASE(pages_are_shown_once_and_in_order),
    SEAM_CASE(pages_arrive_in_their_banks),
    SEAM_CASE(pages_show_what_was_written),
    SEAM_CASE(what_lies_between_pages_is_left_alone),
    SEAM_CASE(pages_cross_the_ends_of_windows),
    SEAM_CASE(pages_reach_the_end_of_the_banks),
    SEAM_CASE(the_last_of_several_writes_counts),
    SEAM_CASE(pages_that_cannot_be_are_refused),
    SEAM_CASE(arrays_of_every_kind_arrive_and_come_back),
    SEAM_CASE(threads_move_pages_at_the_same_time),
    {NULL, NULL},
};
