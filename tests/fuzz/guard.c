/* SPDX-License-Identifier: MIT */
/*
 * mmap() and munmap() of what is fuzzed, by -Wl,--wrap: anonymous memory gets
 * 4 GiB on either side that nothing may touch. AddressSanitizer does not watch
 * mapped memory, and that is what a chip's L1, DRAM and tiles are: an offset of
 * 32 bits that leaves one of them now faults, whatever it is.
 *
 * What is given back is kept for the next chip, emptied: page faults and system
 * calls would be most of an execution.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GUARD  ((size_t)1 << 32)
#define PAGE   4096u
#define N_KEPT 32u
/* Up to this size zeros are written; beyond it pages are dropped. */
#define SMALL ((size_t)1 << 20)

/** struct kept - memory that nobody uses; @at is NULL in an empty place */
static struct kept {
    char *at;
    size_t len;
} kept[N_KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/** __wrap_mmap - see above; the size is rounded up to whole pages, and the
 *  memory ends where they end */
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
                  off_t offset);
/** __wrap_munmap - of what __wrap_mmap() gave, whole */
int __wrap_munmap(void *addr, size_t len);

static size_t whole(size_t len)
{
    return (len + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static char *take(size_t len)
{
    char *at = NULL;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < N_KEPT && !at; i++)
        if (kept[i].at && kept[i].len == len) {
            at = kept[i].at;
            kept[i].at = NULL;
        }
    pthread_mutex_unlock(&lock);
    return at;
}

static int keep(char *at, size_t len)
{
    int done = 0;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < N_KEPT && !done; i++)
        if (!kept[i].at) {
            kept[i] = (struct kept){at, len};
            done = 1;
        }
    pthread_mutex_unlock(&lock);
    return done;
}

/* System calls: a sanitizer would note the whole range of each. */
static char *map(size_t len, int prot, int flags)
{
    char *at = (char *)syscall(SYS_mmap, NULL, len + 2 * GUARD, PROT_NONE,
                               flags | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        return MAP_FAILED;
    if (syscall(SYS_mprotect, at + GUARD, len, prot) == 0)
        return at + GUARD;
    (void)syscall(SYS_munmap, at, len + 2 * GUARD);
    return MAP_FAILED;
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
                  off_t offset)
{
    char *at;

    if (addr || !(flags & MAP_ANONYMOUS))
        return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, offset);
    at = take(whole(len));
    return at ? at : map(whole(len), prot, flags);
}

int __wrap_munmap(void *addr, size_t len)
{
    if (whole(len) <= SMALL)
        memset(addr, 0, whole(len));
    else
        (void)syscall(SYS_madvise, addr, whole(len), MADV_DONTNEED);
    if (keep(addr, whole(len)))
        return 0;
    return (int)syscall(SYS_munmap, (char *)addr - GUARD,
                        whole(len) + 2 * GUARD);
}
