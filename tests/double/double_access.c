/* SPDX-License-Identifier: MIT */
/* A test double of tt-kmd: what happens when windows are touched. */
#include <stdlib.h>
#include <string.h>

#include "device/arch.h"
#include "tests/double/double_impl.h"

#define RESET_UNIT     0x1FF30000u
#define ARC_NIU        0x1FF50000u
#define NOC_ID_LOGICAL 0xFFB20138u
#define DELAY          3u /* looks until the firmware has answered */

#define BLOCK 4096u /* bytes that are read at one go */

/* ---- chips ---- */

static void note_reset(struct tt_double *d, struct tt_double_card *card,
                       struct tt_noc_addr at, uint32_t value)
{
    struct tt_noc_addr first = tt_arch_worker(&tt_arch_wormhole, 0, 0, 0);
    unsigned core = (unsigned)(at.y - first.y) * 8u + (at.x - first.x);

    if (value == tt_arch_wormhole.soft_reset_all)
        card->held[core / 64] |= 1ull << core % 64;
    else if (!(card->messages[0xBA / 64] >> 0xBA % 64 & 1))
        double_violate(d, "core (%u,%u) released before message 0xBA", at.x,
                       at.y);
}

void double_chip_write(struct tt_double *d, struct tt_double_card *card,
                       struct tt_noc_addr at, const void *data, size_t len)
{
    uint32_t word;

    if (at.addr == TT_KMD_SOFT_RESET && len == 4) {
        memcpy(&word, data, 4);
        note_reset(d, card, at, word);
    }
    if (tt_device_write(card->chip, at, data, len) < 0)
        double_violate(d, "the chip refused %zu bytes for (%u,%u) 0x%llx", len,
                       at.x, at.y, (unsigned long long)at.addr);
}

static void count_read(struct tt_double_card *card)
{
    if (card->dies_after && !--card->dies_after)
        card->dead = true;
}

static void chip_read(struct tt_double *d, struct tt_double_card *card,
                      struct tt_noc_addr at, void *data, size_t len)
{
    if (len == 4)
        count_read(card);
    if (card->dead)
        memset(data, 0xFF, len);
    else if (tt_device_read(card->chip, at, data, len) < 0)
        double_violate(d, "the chip refused %zu bytes of (%u,%u) 0x%llx", len,
                       at.x, at.y, (unsigned long long)at.addr);
    if (card->misplaced && at.addr == NOC_ID_LOGICAL)
        *(unsigned char *)data ^= 1;
}

/* ---- the management firmware ---- */

static unsigned popcount(uint64_t value)
{
    return (unsigned)__builtin_popcountll(value);
}

static void answer(struct tt_double *d, struct tt_double_card *card)
{
    unsigned code = card->message & 0xFFu;
    unsigned workers = 8 * (10 - popcount(card->harvested));

    card->control &= ~(1u << 16);
    card->messages[code / 64] |= 1ull << code % 64;
    card->message = code;
    if (code == card->bad_message)
        card->message = card->bad_answer;
    else if (code == TT_ARC_GO_BUSY)
        card->aiclk = card->slow ? 500 : 1000;
    else if (code == TT_ARC_GO_LONG_IDLE)
        card->aiclk = 500;
    else if (code == TT_ARC_GET_AICLK)
        card->result = card->aiclk;
    else if (code == TT_ARC_GET_HARVESTING)
        card->result = card->harvested;
    else if (code == TT_ARC_DEASSERT_RISCV_RESET &&
             popcount(card->held[0]) + popcount(card->held[1]) < workers)
        double_violate(d, "message 0xBA while cores are not held");
    else if (code != TT_ARC_DEASSERT_RISCV_RESET)
        card->message = UINT32_MAX;
}

static uint32_t arc_read(struct tt_double *d, struct tt_double_card *card,
                         uint64_t addr)
{
    count_read(card);
    if (card->dead)
        return UINT32_MAX;
    if (card->delay && !--card->delay)
        answer(d, card);
    switch (addr) {
    case RESET_UNIT + 0x60:
        return card->stopped ? 0x12340000u : 0xC0DE0003u;
    case RESET_UNIT + 0x6C:
        return card->result;
    case RESET_UNIT + 0x74:
        return card->delay ? 0 : card->message;
    case RESET_UNIT + 0x78:
        return 0;
    case RESET_UNIT + 0x100:
        return card->control;
    case ARC_NIU + 0x100:
        return card->untranslated ? 0 : 1u << 14;
    default:
        double_violate(d, "read of BAR 0 0x%llx", (unsigned long long)addr);
        return 0;
    }
}

static void arc_write(struct tt_double *d, struct tt_double_card *card,
                      uint64_t addr, uint32_t value)
{
    switch (addr) {
    case RESET_UNIT + 0x6C:
        card->result = value;
        break;
    case RESET_UNIT + 0x74:
        card->message = value;
        break;
    case RESET_UNIT + 0x100:
        if (value & 1u << 16 && card->message >> 8 == 0xAA)
            card->delay = DELAY;
        card->control = value;
        break;
    default:
        double_violate(d, "write to BAR 0 0x%llx", (unsigned long long)addr);
    }
}

/* ---- windows ---- */

/* The mapping that @ptr lies in; a violation and NULL if it may not be
 * touched in this way. */
static struct double_map *find(struct tt_double *d, const volatile void *ptr,
                               size_t len, bool combined)
{
    uintptr_t at = (uintptr_t)ptr - (uintptr_t)d->arena;
    uintptr_t offset = at % DOUBLE_SLOT;
    struct double_map *m =
        at / DOUBLE_SLOT < DOUBLE_MAPS ? &d->map[at / DOUBLE_SLOT] : NULL;

    if (!m || offset >= m->len) {
        if (!d->killed)
            double_violate(d, "SIGSEGV: not mapped");
        return NULL;
    }
    if (len > m->len - offset || offset % 4 || len % 4)
        double_violate(d, "%zu bytes at 0x%zx of a window", len, offset);
    else if (d->card[m->card].gone)
        double_violate(d, "SIGBUS: the card is gone");
    else if (m->is_window && !d->card[m->card].window[m->window].aimed)
        double_violate(d, "window %u looks nowhere", m->window);
    else if (m->combined != combined)
        double_violate(d, "window %u is not mapped for this", m->window);
    else
        return m;
    return NULL;
}

static struct double_tiles look(const struct tt_double_card *card,
                                unsigned window, uint64_t offset)
{
    const struct tt_kmd_tlb_config *c = &card->window[window].config;
    struct double_tiles at = {.last = {.x = (uint8_t)c->x_end,
                                       .y = (uint8_t)c->y_end,
                                       .addr = c->addr + offset}};

    at.first = at.last;
    if (c->mcast) {
        at.first.x = (uint8_t)c->x_start;
        at.first.y = (uint8_t)c->y_start;
    }
    return at;
}

static void write_all(struct tt_double *d, struct tt_double_card *card,
                      const struct double_tiles *tiles, const void *src,
                      size_t len)
{
    struct tt_noc_addr at = tiles->first;

    for (; at.y <= tiles->last.y; at.y++)
        for (at.x = tiles->first.x; at.x <= tiles->last.x; at.x++)
            double_chip_write(d, card, at, src, len);
}

/* A multicast read ends nowhere. */
static struct tt_noc_addr look_to_read(struct tt_double *d,
                                       const struct tt_double_card *card,
                                       unsigned window, uint64_t offset)
{
    if (card->window[window].config.mcast)
        double_violate(d, "a read of many tiles");
    return look(card, window, offset).last;
}

static uint64_t offset_in(const struct double_map *m, const volatile void *ptr)
{
    return (uintptr_t)ptr - (uintptr_t)m->ptr;
}

/* ---- bulk writes on their way ---- */

/* A read pushes what has been sent; nothing says in which order it arrives,
 * so it is the one that nobody expects. */
static void push(struct tt_double *d)
{
    size_t kept = 0;

    for (size_t i = d->n_stores; i-- > 0;) {
        struct double_store *s = &d->store[i];

        if (!s->sent)
            continue;
        write_all(d, &d->card[s->card], &s->at, s->data, s->len);
        free(s->data);
        s->data = NULL;
    }
    for (size_t i = 0; i < d->n_stores; i++)
        if (d->store[i].data)
            d->store[kept++] = d->store[i];
    d->n_stores = kept;
}

static void send(struct tt_double *d)
{
    for (size_t i = 0; i < d->n_stores; i++) {
        struct double_store *s = &d->store[i];

        if (!s->sent)
            s->at = look(&d->card[s->card], s->window, s->offset);
        s->sent = true;
    }
}

static struct double_store *new_store(struct tt_double *d)
{
    if (d->n_stores == d->max_stores) {
        size_t max = d->max_stores ? 2 * d->max_stores : 64;
        struct double_store *grown = realloc(d->store, max * sizeof(*d->store));

        if (!grown)
            return NULL;
        d->store = grown;
        d->max_stores = max;
    }
    return &d->store[d->n_stores++];
}

/* Takes what was stored away from the window, and leaves something there that
 * nobody wants, to be seen where a store is missing. */
static void take(struct tt_double *d, const struct double_map *m,
                 uint64_t offset, void *window, size_t len)
{
    struct double_store *s = new_store(d);
    unsigned char *data = NULL;

    if (!s || posix_memalign((void **)&data, 64, len)) {
        double_violate(d, "out of memory");
        return;
    }
    memcpy(data, window, len);
    memset(window, 0xE5, len);
    *s = (struct double_store){.data = data,
                               .len = len,
                               .card = m->card,
                               .window = m->window,
                               .offset = offset};
}

/* ---- struct tt_kmd_sys ---- */

static uint32_t sys_read32(void *ctx, const volatile uint32_t *at)
{
    struct tt_double *d = ctx;
    struct double_map *m;
    uint32_t value = UINT32_MAX;

    pthread_mutex_lock(&d->lock);
    m = find(d, at, 4, false);
    if (m && m->is_window) {
        push(d);
        chip_read(
            d, &d->card[m->card],
            look_to_read(d, &d->card[m->card], m->window, offset_in(m, at)),
            &value, 4);
    } else if (m) {
        value = arc_read(d, &d->card[m->card], m->bar0 + offset_in(m, at));
    }
    pthread_mutex_unlock(&d->lock);
    return value;
}

static void sys_write32(void *ctx, volatile uint32_t *at, uint32_t value)
{
    struct tt_double *d = ctx;
    struct double_map *m;

    pthread_mutex_lock(&d->lock);
    m = find(d, at, 4, false);
    if (m && m->is_window) {
        struct tt_double_card *card = &d->card[m->card];
        struct double_tiles tiles = look(card, m->window, offset_in(m, at));

        if (card->window[m->window].config.ordering != TT_KMD_ORDER_STRICT)
            double_violate(d, "a word through an unordered window");
        write_all(d, card, &tiles, &value, 4);
    } else if (m) {
        arc_write(d, &d->card[m->card], m->bar0 + offset_in(m, at), value);
    }
    pthread_mutex_unlock(&d->lock);
}

static void sys_stored(void *ctx, void *window, size_t len)
{
    struct tt_double *d = ctx;
    struct double_map *m;

    pthread_mutex_lock(&d->lock);
    m = find(d, window, len, true);
    if (m)
        take(d, m, offset_in(m, window), window, len);
    pthread_mutex_unlock(&d->lock);
}

/* Every block by itself, as the bus has it; by way of the real copy, so that
 * its loads are exercised, too. */
static void copy_block(struct tt_double *d, unsigned char *dst,
                       const unsigned char *window, size_t len)
{
    _Alignas(64) unsigned char block[BLOCK];
    const struct double_map *m;

    memset(block, 0xFF, len);
    pthread_mutex_lock(&d->lock);
    m = find(d, window, len, true);
    if (m) {
        push(d);
        chip_read(
            d, &d->card[m->card],
            look_to_read(d, &d->card[m->card], m->window, offset_in(m, window)),
            block, len);
    }
    pthread_mutex_unlock(&d->lock);
    tt_kmd_copy_from(dst, block, len);
}

static void sys_copy_from(void *ctx, void *dst, const void *window, size_t len)
{
    const unsigned char *from = window;
    unsigned char *to = dst;

    for (size_t n; len; len -= n, from += n, to += n) {
        n = len < BLOCK ? len : BLOCK;
        copy_block(ctx, to, from, n);
    }
}

static void sys_fence(void *ctx)
{
    struct tt_double *d = ctx;

    pthread_mutex_lock(&d->lock);
    send(d);
    pthread_mutex_unlock(&d->lock);
}

/* Time passes: the chips run. A fault of guest code is theirs to log. */
static void sys_pause(void *ctx, uint32_t us)
{
    struct tt_double *d = ctx;
    enum tt_progress progress;

    (void)us;
    pthread_mutex_lock(&d->lock);
    for (unsigned i = 0; i < TT_DOUBLE_CARDS; i++)
        (void)tt_device_progress(d->card[i].chip, &progress);
    pthread_mutex_unlock(&d->lock);
}

void double_access_init(struct tt_double *d)
{
    d->sys.read32 = sys_read32;
    d->sys.write32 = sys_write32;
    d->sys.stored = sys_stored;
    d->sys.copy_from = sys_copy_from;
    d->sys.fence = sys_fence;
    d->sys.pause = sys_pause;
}

void double_access_fini(struct tt_double *d)
{
    for (size_t i = 0; i < d->n_stores; i++)
        free(d->store[i].data);
    free(d->store);
    d->store = NULL;
    d->n_stores = d->max_stores = 0;
}
