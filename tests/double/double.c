/* SPDX-License-Identifier: MIT */
/* A test double of tt-kmd: requests, descriptors, windows. */
#include "tests/double/double.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/double/double_impl.h"

#define TLB_UC       (6ull << 36)
#define TLB_WC       (7ull << 36)
#define BAR4         (4ull << 36)
#define BAR4_IN_BAR0 0x1E000000ull /* which repeats the end of BAR 0 */
#define FD_FIRST     1000000       /* no real descriptor is this high */

/* ---- windows by number: 156 of 1 MiB, 10 of 2 MiB, 19 of 16 MiB ---- */

static const struct {
    unsigned first, n;
    uint64_t size, base;
} kinds[3] = {
    {0, 156, 0x100000, 0},
    {156, 10, 0x200000, 0x9C00000},
    {166, 19, 0x1000000, 0xB000000},
};

static unsigned kind_of(unsigned id)
{
    return id < kinds[1].first ? 0 : id < kinds[2].first ? 1 : 2;
}

uint64_t double_window_size(unsigned id)
{
    return kinds[kind_of(id)].size;
}

static uint64_t window_offset(unsigned id)
{
    unsigned k = kind_of(id);

    return kinds[k].base + (id - kinds[k].first) * kinds[k].size;
}

void double_violate(struct tt_double *d, const char *fmt, ...)
{
    va_list args;

    if (d->violation[0])
        return;
    va_start(args, fmt);
    vsnprintf(d->violation, sizeof(d->violation), fmt, args);
    va_end(args);
    if (!d->fatal)
        return;
    fprintf(stderr, "test double: %s\n", d->violation);
    abort();
}

/* ---- descriptors ---- */

static int fail(int error)
{
    errno = error;
    return -1;
}

static int open_node(struct tt_double *d, const char *path, int flags)
{
    struct tt_double_card *card;
    unsigned n;

    if (sscanf(path, "/dev/tenstorrent/%u", &n) != 1 || n >= TT_DOUBLE_CARDS)
        return fail(ENOENT);
    card = &d->card[n];
    if (card->open_errno)
        return fail(card->open_errno);
    if (card->exclusive && flags & O_NONBLOCK)
        return fail(EAGAIN);
    for (unsigned i = 0; i < DOUBLE_FDS; i++)
        if (!d->fd[i].open) {
            d->fd[i] = (struct double_fd){.open = true, .card = n};
            return FD_FIRST + (int)i;
        }
    return fail(EMFILE);
}

static struct double_fd *find_fd(struct tt_double *d, int fd)
{
    unsigned i = (unsigned)(fd - FD_FIRST);

    if (fd < FD_FIRST || i >= DOUBLE_FDS || !d->fd[i].open)
        return NULL;
    return &d->fd[i];
}

static int close_fd(struct tt_double *d, int fd)
{
    struct double_fd *f = find_fd(d, fd);
    struct tt_double_card *card;

    if (!f)
        return fail(EBADF);
    card = &d->card[f->card];
    if (f->cleanup.enabled && !card->gone) {
        uint32_t data = (uint32_t)f->cleanup.data;

        card->n_cleanups++;
        double_chip_write(
            d, card,
            (struct tt_noc_addr){f->cleanup.x, f->cleanup.y, f->cleanup.addr},
            &data, 4);
    }
    for (unsigned i = 0; i < TT_DOUBLE_WINDOWS; i++)
        if (card->window[i].owner == fd)
            card->window[i].owner = -1;
    *f = (struct double_fd){.open = false};
    return 0;
}

/* ---- requests ---- */

static int get_device_info(struct tt_double_card *card,
                           struct tt_kmd_device_info *arg)
{
    arg->size = 20;
    arg->vendor = TT_PCI_VENDOR;
    arg->device = TT_PCI_WORMHOLE;
    arg->bus_dev_fn = (uint16_t)(card->bus << 8);
    arg->domain = 0;
    return arg->output_size == 20 ? 0 : fail(EINVAL);
}

static int get_driver_info(struct tt_double_card *card,
                           struct tt_kmd_driver_info *arg)
{
    arg->size = 12;
    arg->api_version = card->api;
    arg->major = card->major;
    arg->minor = card->minor;
    arg->patch = 1;
    return arg->output_size == 12 ? 0 : fail(EINVAL);
}

static int query_mappings(const struct tt_double_card *card,
                          struct tt_kmd_mappings *arg)
{
    const struct tt_kmd_mapping bars[] = {
        {1, 0, 0, (card->no_bar0 ? 64ull : 512ull) << 20},
        {3, 0, 2ull << 36, 1ull << 20},
        {5, 0, 4ull << 36, (card->no_bar4 ? 1ull : 32ull) << 20},
    };

    memset(arg->mapping, 0, arg->n * sizeof(arg->mapping[0]));
    for (unsigned i = 0; i < 3 && i < arg->n; i++)
        arg->mapping[i] = bars[i];
    return 0;
}

static int lock_ctl(struct tt_double *d, struct double_fd *f,
                    struct tt_kmd_lock *arg)
{
    bool taken = d->card[f->card].locked;

    if (arg->index >= 64 || arg->flags != TT_KMD_LOCK_ACQUIRE)
        return fail(EINVAL);
    for (unsigned i = 0; i < DOUBLE_FDS; i++)
        taken |= d->fd[i].open && d->fd[i].card == f->card &&
                 d->fd[i].locks >> arg->index & 1;
    arg->value = !taken;
    if (!taken)
        f->locks |= 1ull << arg->index;
    return 0;
}

static int allocate_tlb(struct tt_double_card *card, int fd,
                        struct tt_kmd_allocate_tlb *arg)
{
    for (unsigned k = 0; k < 3; k++) {
        unsigned limit =
            kinds[k].n < card->spare[k] ? kinds[k].n : card->spare[k];

        if (kinds[k].size != arg->size)
            continue;
        for (unsigned i = 0; i < limit; i++) {
            struct tt_double_window *w = &card->window[kinds[k].first + i];

            if (w->owner >= 0)
                continue;
            *w = (struct tt_double_window){.owner = fd};
            arg->id = kinds[k].first + i;
            arg->offset_uc = TLB_UC + window_offset(arg->id);
            arg->offset_wc = TLB_WC + window_offset(arg->id);
            return 0;
        }
        return fail(ENOMEM);
    }
    return fail(EINVAL);
}

static int configure_tlb(struct tt_double *d, struct tt_double_card *card,
                         int fd, const struct tt_kmd_configure_tlb *arg)
{
    const struct tt_kmd_tlb_config *c = &arg->config;

    if (arg->id >= TT_DOUBLE_WINDOWS)
        return fail(EINVAL);
    if (card->window[arg->id].owner != fd)
        return fail(EPERM);
    if (c->addr & (double_window_size(arg->id) - 1) || c->addr >> 36)
        return fail(EINVAL);
    if (c->linked || c->ordering > 1 ||
        (!c->mcast && (c->x_start || c->y_start)))
        double_violate(d, "window %u configured beyond one tile", arg->id);
    if (c->mcast && (c->x_start < 18 || c->x_end < c->x_start ||
                     c->y_start < 18 || c->y_end < c->y_start))
        double_violate(d, "window %u looks at no rectangle of cores", arg->id);
    card->window[arg->id].config = *c;
    card->window[arg->id].aimed = true;
    card->n_configured++;
    return 0;
}

static int free_tlb(struct tt_double *d, struct tt_double_card *card, int fd,
                    uint32_t id)
{
    if (id >= TT_DOUBLE_WINDOWS)
        return fail(EINVAL);
    if (card->window[id].owner != fd)
        return fail(EPERM);
    if (card->window[id].n_maps) {
        double_violate(d, "window %u freed while mapped", id);
        return fail(EBUSY);
    }
    card->window[id].owner = -1;
    return 0;
}

static int set_cleanup(struct double_fd *f,
                       const struct tt_kmd_noc_cleanup *arg)
{
    if (arg->size != sizeof(*arg) || arg->flags || arg->enabled > 1 ||
        arg->addr & 3 || arg->noc > 1 || arg->x > 64 || arg->y > 64)
        return fail(EINVAL);
    f->cleanup = *arg;
    return 0;
}

static int set_power(struct tt_double_card *card,
                     const struct tt_kmd_power_state *arg)
{
    if (arg->size != sizeof(*arg) || arg->flags || arg->reserved)
        return fail(EINVAL);
    card->power_flags = arg->power_flags;
    return 0;
}

/* The fault that a test wants, or 0. A card that is gone stays so. */
static int injected(struct tt_double_card *card, uint32_t request)
{
    if (card->gone)
        return ENODEV;
    if (!card->fail_errno || card->fail_ioctl != request)
        return 0;
    if (card->fail_after) {
        card->fail_after--;
        return 0;
    }
    card->gone = card->fail_errno == ENODEV;
    return card->fail_errno;
}

static int request_on(struct tt_double *d, int fd, uint32_t request, void *arg)
{
    struct double_fd *f = find_fd(d, fd);
    struct tt_double_card *card = f ? &d->card[f->card] : NULL;
    int error = card ? injected(card, request) : EBADF;

    if (error)
        return fail(error);
    switch (request) {
    case TT_KMD_GET_DEVICE_INFO:
        return get_device_info(card, arg);
    case TT_KMD_GET_DRIVER_INFO:
        return get_driver_info(card, arg);
    case TT_KMD_QUERY_MAPPINGS:
        return query_mappings(card, arg);
    case TT_KMD_LOCK_CTL:
        return lock_ctl(d, f, arg);
    case TT_KMD_ALLOCATE_TLB:
        return allocate_tlb(card, fd, arg);
    case TT_KMD_CONFIGURE_TLB:
        return configure_tlb(d, card, fd, arg);
    case TT_KMD_FREE_TLB:
        return free_tlb(d, card, fd, ((struct tt_kmd_free_tlb *)arg)->id);
    case TT_KMD_SET_NOC_CLEANUP:
        return set_cleanup(f, arg);
    case TT_KMD_SET_POWER_STATE:
        return set_power(card, arg);
    default:
        return fail(EINVAL);
    }
}

/* ---- mappings: names for places. Those for bulk can be stored to, the others
 * not be touched but through struct tt_kmd_sys ---- */

static bool resolve(struct tt_double *d, struct double_fd *f, int fd,
                    uint64_t offset, size_t len, struct double_map *out)
{
    struct tt_double_card *card = &d->card[f->card];
    uint64_t base = offset >= TLB_WC ? TLB_WC : TLB_UC;

    *out = (struct double_map){.card = f->card, .len = len};
    if (!card->no_bar0 && offset < 512ull << 20 && len == 0x1000) {
        out->bar0 = offset;
        return true;
    }
    if (!card->no_bar4 && offset - BAR4 < 32ull << 20 && len == 0x1000) {
        out->bar0 = offset - BAR4 + BAR4_IN_BAR0;
        return true;
    }
    for (unsigned i = 0; i < TT_DOUBLE_WINDOWS; i++)
        if (card->window[i].owner == fd && base + window_offset(i) == offset &&
            len == double_window_size(i)) {
            out->is_window = true;
            out->window = i;
            out->combined = base == TLB_WC;
            return true;
        }
    return false;
}

static struct double_map *free_slot(struct tt_double *d)
{
    for (unsigned i = 0; i < DOUBLE_MAPS; i++)
        if (!d->map[i].len)
            return &d->map[i];
    return NULL;
}

/* Fresh memory in the arena, with whatever was there forgotten. */
static bool protect(void *ptr, size_t len, int protection)
{
    return mmap(ptr, len, protection,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                0) != MAP_FAILED;
}

static void *map(struct tt_double *d, size_t len, int fd, uint64_t offset)
{
    struct double_fd *f = find_fd(d, fd);
    struct double_map *slot = free_slot(d);
    struct double_map m;

    if (!f || !slot || !resolve(d, f, fd, offset, len, &m)) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    if (injected(&d->card[f->card], TT_DOUBLE_MMAP)) {
        errno = d->card[f->card].fail_errno;
        return MAP_FAILED;
    }
    m.ptr = d->arena + (size_t)(slot - d->map) * DOUBLE_SLOT;
    if (!protect(m.ptr, len, m.combined ? PROT_READ | PROT_WRITE : PROT_NONE))
        return MAP_FAILED;
    if (m.is_window)
        d->card[m.card].window[m.window].n_maps++;
    *slot = m;
    return m.ptr;
}

static void unmap_slot(struct tt_double *d, struct double_map *m)
{
    if (m->is_window)
        d->card[m->card].window[m->window].n_maps--;
    (void)protect(m->ptr, m->len, PROT_NONE);
    m->len = 0;
}

static int unmap(struct tt_double *d, const void *ptr, size_t len)
{
    for (unsigned i = 0; i < DOUBLE_MAPS; i++)
        if (len && d->map[i].ptr == ptr && d->map[i].len == len) {
            unmap_slot(d, &d->map[i]);
            return 0;
        }
    if (!d->killed)
        double_violate(d, "unmapping what is not mapped");
    return fail(EINVAL);
}

static void unmap_all(struct tt_double *d)
{
    for (unsigned i = 0; i < DOUBLE_MAPS; i++)
        if (d->map[i].len)
            unmap_slot(d, &d->map[i]);
}

/* ---- struct tt_kmd_sys ---- */

static int sys_open(void *ctx, const char *path, int flags)
{
    struct tt_double *d = ctx;
    int fd;

    pthread_mutex_lock(&d->lock);
    fd = open_node(d, path, flags);
    pthread_mutex_unlock(&d->lock);
    return fd;
}

static int sys_close(void *ctx, int fd)
{
    struct tt_double *d = ctx;
    int result;

    pthread_mutex_lock(&d->lock);
    result = close_fd(d, fd);
    pthread_mutex_unlock(&d->lock);
    return result;
}

static int sys_ioctl(void *ctx, int fd, uint32_t request, void *arg)
{
    struct tt_double *d = ctx;
    int result;

    pthread_mutex_lock(&d->lock);
    result = request_on(d, fd, request, arg);
    pthread_mutex_unlock(&d->lock);
    return result;
}

static void *sys_mmap(void *ctx, size_t len, int fd, uint64_t offset)
{
    struct tt_double *d = ctx;
    void *ptr;

    pthread_mutex_lock(&d->lock);
    ptr = map(d, len, fd, offset);
    pthread_mutex_unlock(&d->lock);
    return ptr;
}

static int sys_munmap(void *ctx, void *ptr, size_t len)
{
    struct tt_double *d = ctx;
    int result;

    pthread_mutex_lock(&d->lock);
    result = unmap(d, ptr, len);
    pthread_mutex_unlock(&d->lock);
    return result;
}

/* ---- life ---- */

static bool start_card(struct tt_double_card *card, unsigned index)
{
    *card = (struct tt_double_card){
        .major = 2,
        .minor = 6,
        .api = TT_KMD_API_VERSION,
        .bus = (uint8_t)(index + 1),
        .harvested = 1u << 3,
        .spare = {156, 10, 19},
        .aiclk = 500,
    };
    for (unsigned i = 0; i < TT_DOUBLE_WINDOWS; i++)
        card->window[i].owner = -1;
    return tt_emu_open(&card->chip) >= 0;
}

struct tt_double *tt_double_new(void)
{
    struct tt_double *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    pthread_mutex_init(&d->lock, NULL);
    d->sys = (struct tt_kmd_sys){
        .ctx = d,
        .open = sys_open,
        .close = sys_close,
        .ioctl = sys_ioctl,
        .mmap = sys_mmap,
        .munmap = sys_munmap,
    };
    double_access_init(d);
    d->arena = mmap(NULL, DOUBLE_MAPS * DOUBLE_SLOT, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (d->arena == MAP_FAILED) {
        tt_double_free(d);
        return NULL;
    }
    for (unsigned i = 0; i < TT_DOUBLE_CARDS; i++)
        if (!start_card(&d->card[i], i)) {
            tt_double_free(d);
            return NULL;
        }
    return d;
}

void tt_double_free(struct tt_double *d)
{
    if (!d)
        return;
    double_access_fini(d);
    unmap_all(d);
    for (unsigned i = 0; i < TT_DOUBLE_CARDS; i++)
        tt_device_close(d->card[i].chip);
    if (d->arena != MAP_FAILED)
        (void)munmap(d->arena, DOUBLE_MAPS * DOUBLE_SLOT);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

void tt_double_kill(struct tt_double *d)
{
    d->killed = true;
    unmap_all(d);
    for (int i = 0; i < (int)DOUBLE_FDS; i++)
        if (d->fd[i].open)
            (void)close_fd(d, FD_FIRST + i);
}

struct tt_double_card *tt_double_card(struct tt_double *d, unsigned index)
{
    return &d->card[index];
}

void tt_double_be_fatal(struct tt_double *d)
{
    d->fatal = true;
}

struct tt_kmd_sys *tt_double_sys(struct tt_double *d)
{
    return &d->sys;
}

const char *tt_double_violation(const struct tt_double *d)
{
    return d->violation[0] ? d->violation : NULL;
}

unsigned tt_double_open_fds(const struct tt_double *d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < DOUBLE_FDS; i++)
        n += d->fd[i].open;
    return n;
}

unsigned tt_double_maps(const struct tt_double *d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < DOUBLE_MAPS; i++)
        n += d->map[i].len != 0;
    return n;
}
