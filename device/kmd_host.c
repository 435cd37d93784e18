/* SPDX-License-Identifier: MIT */
/* The real system below backend "kmd": system calls and mapped windows. */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "device/kmd.h"

static int host_open(void *ctx, const char *path, int flags)
{
    (void)ctx;
    return open(path, flags);
}

static int host_close(void *ctx, int fd)
{
    (void)ctx;
    return close(fd);
}

static int host_ioctl(void *ctx, int fd, uint32_t request, void *arg)
{
    (void)ctx;
    return ioctl(fd, (unsigned long)request, arg);
}

static void *host_mmap(void *ctx, size_t len, int fd, uint64_t offset)
{
    (void)ctx;
    return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                (off_t)offset);
}

static int host_munmap(void *ctx, void *ptr, size_t len)
{
    (void)ctx;
    return munmap(ptr, len);
}

static uint32_t host_read32(void *ctx, const volatile uint32_t *at)
{
    (void)ctx;
    return *at;
}

static void host_write32(void *ctx, volatile uint32_t *at, uint32_t value)
{
    (void)ctx;
    *at = value;
}

/* The processor does the rest by itself. */
static void host_stored(void *ctx, void *window, size_t len)
{
    (void)ctx;
    (void)window;
    (void)len;
}

static void host_copy_from(void *ctx, void *dst, const void *window, size_t len)
{
    (void)ctx;
    tt_kmd_copy_from(dst, window, len);
}

/* x86: a full fence, because streaming loads are not ordered by sfence. ARM:
 * dmb does not wait for device memory, dsb does. */
static void host_fence(void *ctx)
{
    (void)ctx;
#if defined(__x86_64__)
    __builtin_ia32_mfence();
#elif defined(__aarch64__)
    __asm__ volatile("dsb sy" ::: "memory");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* Short pauses do not sleep: a timer's slack alone is 50 us. */
static void host_pause(void *ctx, uint32_t us)
{
    struct timespec t = {.tv_nsec = (long)us * 1000};

    (void)ctx;
    if (us < 50)
        (void)sched_yield();
    else
        (void)nanosleep(&t, NULL);
}

const struct tt_kmd_sys *tt_kmd_host(void)
{
    static const struct tt_kmd_sys host = {
        .open = host_open,
        .close = host_close,
        .ioctl = host_ioctl,
        .mmap = host_mmap,
        .munmap = host_munmap,
        .read32 = host_read32,
        .write32 = host_write32,
        .stored = host_stored,
        .copy_from = host_copy_from,
        .fence = host_fence,
        .pause = host_pause,
    };

    return &host;
}
