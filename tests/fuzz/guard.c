/* SPDX-License-Identifier: MIT */
/*
 * mmap() and munmap() of what is fuzzed, by -Wl,--wrap: anonymous memory gets
 * 4 GiB on either side that nothing may touch. AddressSanitizer does not watch
 * mapped memory, and that is what a chip's L1, DRAM and tiles are: an offset of
 * 32 bits that leaves one of them now faults, whatever it is.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GUARD ((size_t)1 << 32)
#define PAGE  4096u

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

/* System calls: a sanitizer would note the whole range of each. */
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
                  off_t offset)
{
    char *at;

    if (addr || !(flags & MAP_ANONYMOUS))
        return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, offset);
    at = (char *)syscall(SYS_mmap, NULL, whole(len) + 2 * GUARD, PROT_NONE,
                         flags | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return MAP_FAILED;
    if (syscall(SYS_mprotect, at + GUARD, whole(len), prot) != 0) {
        (void)syscall(SYS_munmap, at, whole(len) + 2 * GUARD);
        return MAP_FAILED;
    }
    return at + GUARD;
}

int __wrap_munmap(void *addr, size_t len)
{
    return (int)syscall(SYS_munmap, (char *)addr - GUARD,
                        whole(len) + 2 * GUARD);
}
