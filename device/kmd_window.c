/* SPDX-License-Identifier: MIT */
/*
 * Windows of one card: which of them looks where, and in which order what is
 * written through them arrives.
 *
 * Ordering (tt-isa-documentation, PCIExpressTile/TLBs.md, "Ordering modes"):
 * writes through a "strict" window keep their order. Writes through a
 * "default" one may overtake each other on the NOC, also to the same address,
 * but no later read overtakes them, whatever it reads: so one read is a
 * barrier for all. "Posted" windows give up even that; they are not used,
 * because a kernel that is launched after a transfer must find its data.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "device/kmd_impl.h"
#include "pool/tt_log.h"

#define MIB 0x100000u

/* Translated coordinates are Tensix tiles (NoC/Coordinates.md), and this is
 * where their registers begin (TensixTile/README.md). */
#define FIRST_TENSIX   18u
#define TILE_REGISTERS 0xFFB00000u

/* Sizes to try in this order, and how many windows at most. The chip has 156
 * of 1 MiB, 10 of 2 MiB and 19 of 16 MiB (the 20th is the driver's). */
static const struct {
    uint32_t size[3];
    uint8_t limit, ordering;
    bool write_combined;
} classes[TT_KMD_N_CLASSES] = {
    [TT_KMD_ORDERED] = {{MIB, 2 * MIB, 16 * MIB},
                        96,
                        TT_KMD_ORDER_STRICT,
                        false},
    [TT_KMD_L1] = {{MIB, 2 * MIB, 16 * MIB}, 48, TT_KMD_ORDER_DEFAULT, true},
    [TT_KMD_DRAM] = {{16 * MIB, 2 * MIB, MIB}, 14, TT_KMD_ORDER_DEFAULT, true},
};

void tt_kmd_windows_init(struct tt_kmd *kmd)
{
    kmd->keep = UINT64_MAX;
    for (unsigned i = 0; i < TT_KMD_N_CLASSES; i++) {
        kmd->pool[i].n = 0;
        kmd->pool[i].limit = classes[i].limit;
    }
}

static void free_window(struct tt_kmd *kmd, uint32_t id)
{
    struct tt_kmd_free_tlb arg = {.id = id};

    (void)kmd->sys->ioctl(kmd->sys->ctx, kmd->fd, TT_KMD_FREE_TLB, &arg);
}

static void drop(struct tt_kmd *kmd, const struct tt_kmd_window *w)
{
    (void)kmd->sys->munmap(kmd->sys->ctx, w->ptr, w->size);
    free_window(kmd, w->id);
}

void tt_kmd_windows_fini(struct tt_kmd *kmd)
{
    for (unsigned i = 0; i < TT_KMD_N_CLASSES; i++)
        while (kmd->pool[i].n)
            drop(kmd, &kmd->pool[i].window[--kmd->pool[i].n]);
}

/* ---- getting windows ---- */

/* errno is ENOMEM when the driver has no window of this size left. */
static bool allocate(struct tt_kmd *kmd, enum tt_kmd_class cls, uint32_t size,
                     struct tt_kmd_window *w)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    struct tt_kmd_allocate_tlb arg = {.size = size};
    int error;

    if (sys->ioctl(sys->ctx, kmd->fd, TT_KMD_ALLOCATE_TLB, &arg))
        return false;
    w->id = arg.id;
    w->size = size;
    w->aimed = false;
    w->ptr =
        sys->mmap(sys->ctx, size, kmd->fd,
                  classes[cls].write_combined ? arg.offset_wc : arg.offset_uc);
    if (w->ptr != MAP_FAILED)
        return true;
    error = errno;
    free_window(kmd, arg.id);
    errno = error;
    return false;
}

/* A window more, if there may be one; false leaves errno. */
static bool grow(struct tt_kmd *kmd, enum tt_kmd_class cls)
{
    struct tt_kmd_pool *pool = &kmd->pool[cls];

    errno = ENOMEM;
    for (unsigned i = 0; i < 3 && errno == ENOMEM; i++)
        if (allocate(kmd, cls, classes[cls].size[i], &pool->window[pool->n])) {
            pool->n++;
            return true;
        }
    return false;
}

static struct tt_kmd_window *least_used(struct tt_kmd_pool *pool)
{
    struct tt_kmd_window *oldest = &pool->window[0];

    for (unsigned i = 1; i < pool->n; i++)
        if (pool->window[i].used < oldest->used)
            oldest = &pool->window[i];
    return oldest;
}

/* Take an ordered window away, down to the last: opening has given one to
 * every core, so nobody has more of them. */
static bool steal(struct tt_kmd *kmd)
{
    struct tt_kmd_pool *rich = &kmd->pool[TT_KMD_ORDERED];
    struct tt_kmd_window *w;

    if (rich->n < 2)
        return false;
    tt_kmd_flush(kmd);
    w = least_used(rich);
    drop(kmd, w);
    *w = rich->window[--rich->n];
    rich->limit = rich->n;
    return true;
}

static nxs_status pick(struct tt_kmd *kmd, enum tt_kmd_class cls,
                       struct tt_kmd_window **out)
{
    struct tt_kmd_pool *pool = &kmd->pool[cls];

    if (pool->n < pool->limit) {
        if (grow(kmd, cls) ||
            (errno == ENOMEM && !pool->n && steal(kmd) && grow(kmd, cls))) {
            *out = &pool->window[pool->n - 1];
            return NXS_Success;
        }
        if (errno != ENOMEM || !pool->n)
            return tt_kmd_fail(kmd, "allocating a window");
        tt_log(TT_LOG_INFO, "%s has no more windows: going on with %u",
               kmd->node, pool->n);
        pool->limit = pool->n;
    }
    *out = least_used(pool);
    return (*out)->used > kmd->keep ? NXS_MapFailure : NXS_Success;
}

/* ---- aiming them ---- */

/** struct target - what a window is to look at: its start is 0 for a tile */
struct target {
    struct tt_noc_addr at;
    uint8_t x_start, y_start;
};

static struct tt_kmd_window *find(struct tt_kmd_pool *pool,
                                  const struct target *t)
{
    for (unsigned i = 0; i < pool->n; i++) {
        struct tt_kmd_window *w = &pool->window[i];

        if (w->aimed && w->x == t->at.x && w->y == t->at.y &&
            w->x_start == t->x_start && w->y_start == t->y_start &&
            t->at.addr - w->base < w->size)
            return w;
    }
    return NULL;
}

/* What is still in the processor would go where the window looks when it
 * leaves it, so it leaves it first. What has left it is safe (TLBs.md). */
static nxs_status aim(struct tt_kmd *kmd, enum tt_kmd_class cls,
                      struct tt_kmd_window *w, const struct target *t)
{
    struct tt_kmd_configure_tlb arg = {
        .id = w->id,
        .config = {.addr = t->at.addr & ~(w->size - 1),
                   .x_end = t->at.x,
                   .y_end = t->at.y,
                   .x_start = t->x_start,
                   .y_start = t->y_start,
                   .mcast = t->x_start != 0,
                   .ordering = classes[cls].ordering},
    };

    if (w->aimed)
        tt_kmd_flush(kmd);
    w->aimed = false;
    if (kmd->sys->ioctl(kmd->sys->ctx, kmd->fd, TT_KMD_CONFIGURE_TLB, &arg))
        return tt_kmd_fail(kmd, "aiming a window");
    w->aimed = true;
    w->x = t->at.x;
    w->y = t->at.y;
    w->x_start = t->x_start;
    w->y_start = t->y_start;
    w->base = arg.config.addr;
    return NXS_Success;
}

static nxs_status aim_at(struct tt_kmd *kmd, enum tt_kmd_class cls,
                         const struct target *t, void **out_ptr,
                         size_t *out_len)
{
    struct tt_kmd_window *w = find(&kmd->pool[cls], t);
    nxs_status status = NXS_Success;
    uint64_t offset;

    if (!w) {
        status = pick(kmd, cls, &w);
        if (status >= 0)
            status = aim(kmd, cls, w, t);
    }
    if (status < 0)
        return status;
    offset = t->at.addr - w->base;
    w->used = ++kmd->stamp;
    *out_ptr = (unsigned char *)w->ptr + offset;
    *out_len = w->size - offset;
    return NXS_Success;
}

nxs_status tt_kmd_aim(struct tt_kmd *kmd, enum tt_kmd_class cls,
                      struct tt_noc_addr at, void **out_ptr, size_t *out_len)
{
    const struct target t = {.at = at};

    return aim_at(kmd, cls, &t, out_ptr, out_len);
}

nxs_status tt_kmd_aim_all(struct tt_kmd *kmd, enum tt_kmd_class cls,
                          struct tt_noc_addr first, struct tt_noc_addr last,
                          void **out_ptr, size_t *out_len)
{
    const struct target t = {last, first.x, first.y};

    return aim_at(kmd, cls, &t, out_ptr, out_len);
}

/* ---- order ---- */

void tt_kmd_flush(struct tt_kmd *kmd)
{
    if (kmd->unfenced)
        kmd->sys->fence(kmd->sys->ctx);
    kmd->unfenced = false;
}

/* The read goes to a tile that has just been written; from its registers it
 * takes one that can always be read. */
nxs_status tt_kmd_settle(struct tt_kmd *kmd)
{
    struct tt_noc_addr at;
    nxs_status status;
    uint32_t word;

    tt_kmd_flush(kmd);
    if (!kmd->n_extents)
        return NXS_Success;
    at.x = kmd->extent[0].x;
    at.y = kmd->extent[0].y;
    at.addr = kmd->extent[0].start & ~3ull;
    if (at.addr >= TILE_REGISTERS && at.x >= FIRST_TENSIX)
        at.addr = TT_KMD_SOFT_RESET;
    status = tt_kmd_read_words(kmd, at, &word, sizeof(word));
    if (status >= 0)
        kmd->n_extents = kmd->n_bulk = 0;
    return status;
}

static bool same_tile(const struct tt_kmd_extent *e, struct tt_noc_addr at)
{
    return e->x == at.x && e->y == at.y;
}

bool tt_kmd_must_wait(const struct tt_kmd *kmd, struct tt_noc_addr at,
                      size_t len, bool bulk)
{
    if (!bulk)
        return kmd->n_bulk || kmd->n_extents == TT_KMD_MAX_EXTENTS;
    for (unsigned i = 0; i < kmd->n_extents; i++) {
        const struct tt_kmd_extent *e = &kmd->extent[i];

        if (same_tile(e, at) && at.addr < e->end && e->start < at.addr + len)
            return true;
    }
    return kmd->n_extents == TT_KMD_MAX_EXTENTS;
}

/* Pages of a buffer follow each other in every bank: one extent per bank. */
static bool extend(struct tt_kmd *kmd, struct tt_noc_addr at, size_t len,
                   bool bulk)
{
    for (unsigned i = 0; i < kmd->n_extents; i++) {
        struct tt_kmd_extent *e = &kmd->extent[i];

        if (e->bulk == bulk && same_tile(e, at) && e->end == at.addr) {
            e->end += len;
            return true;
        }
    }
    return false;
}

nxs_status tt_kmd_before_write(struct tt_kmd *kmd, struct tt_noc_addr at,
                               size_t len, bool bulk)
{
    nxs_status status = NXS_Success;

    if (tt_kmd_must_wait(kmd, at, len, bulk))
        status = tt_kmd_settle(kmd);
    if (status < 0 || extend(kmd, at, len, bulk))
        return status;
    kmd->extent[kmd->n_extents++] = (struct tt_kmd_extent){
        .x = at.x,
        .y = at.y,
        .bulk = bulk,
        .start = at.addr,
        .end = at.addr + len,
    };
    kmd->n_bulk += bulk;
    return NXS_Success;
}

/* ---- single words ---- */

nxs_status tt_kmd_read_words(struct tt_kmd *kmd, struct tt_noc_addr at,
                             void *dst, size_t len)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    unsigned char *to = dst;

    for (size_t i = 0; i < len; i += 4, at.addr += 4) {
        uint32_t word;
        void *ptr;
        size_t room;
        nxs_status status = tt_kmd_aim(kmd, TT_KMD_ORDERED, at, &ptr, &room);

        if (status < 0)
            return status;
        word = sys->read32(sys->ctx, ptr);
        status = tt_kmd_check_word(kmd, word);
        if (status < 0)
            return status;
        memcpy(to + i, &word, sizeof(word));
    }
    return NXS_Success;
}

nxs_status tt_kmd_write_words(struct tt_kmd *kmd, struct tt_noc_addr at,
                              const void *src, size_t len)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    const unsigned char *from = src;
    nxs_status status = tt_kmd_before_write(kmd, at, len, false);

    for (size_t i = 0; i < len && status >= 0; i += 4, at.addr += 4) {
        uint32_t word;
        void *ptr;
        size_t room;

        status = tt_kmd_aim(kmd, TT_KMD_ORDERED, at, &ptr, &room);
        if (status < 0)
            break;
        memcpy(&word, from + i, sizeof(word));
        sys->write32(sys->ctx, ptr, word);
    }
    return status;
}
