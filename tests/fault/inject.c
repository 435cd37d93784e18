/* SPDX-License-Identifier: MIT */
/* Lets calls of the C library fail; see inject.h. */
#include "tests/fault/inject.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <pci/pci.h>

enum group { MEMORY, FILES, DISK, READING, THREADS, TALK, BUS, CARD, N_GROUPS };

static const char *const group_name[N_GROUPS] = {
    "MEMORY", "FILES", "DISK", "READING", "THREADS", "TALK", "BUS", "CARD"};

#define CALL(name, ...) CALL_##name,
#define DONE            CALL
#define OPEN            CALL
enum call {
#include "tests/fault/calls.h"
    N_CALLS
};
#undef CALL
#undef DONE
#undef OPEN

#define CALL(name, group, ...) OPEN(name, group)
#define DONE                   CALL
#define OPEN(name, group)      {#name, group},
static const struct {
    const char *name;
    enum group group;
} calls[N_CALLS] = {
#include "tests/fault/calls.h"
};
#undef CALL
#undef DONE
#undef OPEN

#define N_PLACES  65536u /* a power of two, for the list of places */
#define N_FRAMES  6u
#define MAX_FRAME 65536u

/* What fails; a wrapper has no other way to know. */
static struct {
    atomic_bool armed, listing;
    bool wanted[N_CALLS];
    bool lasting;
    uint32_t place; /* 0: any */
    unsigned nth;
    atomic_uint seen, failed;
    atomic_long blocks, maps;
    int list;
    _Atomic uint32_t known[N_PLACES];
} fault = {.list = -1};

/* ---- places ---- */

/* Where this program or library begins. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* The chain of return addresses, as far as frame pointers lead; the same in
 * every run of a program. */
static uint32_t place_of(enum call call, void *const *frame)
{
    uint32_t hash = 2166136261u ^ (uint32_t)call;

    for (unsigned i = 0; i < N_FRAMES; i++) {
        void *const *next = frame[0];
        uintptr_t at = (uintptr_t)frame[1] - (uintptr_t)__ehdr_start;

        if (at > UINT32_MAX) /* not of this program: the C library */
            break;
        hash = (hash ^ (uint32_t)at) * 16777619u;
        if (next <= frame || (uintptr_t)next - (uintptr_t)frame > MAX_FRAME ||
            (uintptr_t)next % sizeof(void *))
            break;
        frame = next;
    }
    return hash ? hash : 1;
}

static void list_place(enum call call, uint32_t place)
{
    for (uint32_t i = place;; i++) {
        _Atomic uint32_t *slot = &fault.known[i % N_PLACES];
        uint32_t free = 0;
        char line[64];
        int n;

        if (atomic_load(slot) == place)
            return;
        if (!atomic_compare_exchange_strong(slot, &free, place))
            continue;
        n = snprintf(line, sizeof(line), "%s@%x\n", calls[call].name, place);
        /* A test may allow only short files. */
        (void)!write(fault.list, line, (size_t)n);
        return;
    }
}

static bool fails(enum call call, void *const *frame)
{
    uint32_t place = 0;
    unsigned n;

    if (atomic_load(&fault.listing))
        list_place(call, place_of(call, frame));
    if (!atomic_load(&fault.armed) || !fault.wanted[call])
        return false;
    if (fault.place)
        place = place_of(call, frame);
    if (place != fault.place)
        return false;
    n = atomic_fetch_add(&fault.seen, 1) + 1;
    if (n < fault.nth || (n > fault.nth && !fault.lasting))
        return false;
    atomic_fetch_add(&fault.failed, 1);
    return true;
}

#define FAILS(name) fails(CALL_##name, __builtin_frame_address(0))

/* ---- wrappers ---- */

static bool is_block(enum call call)
{
    return call <= CALL_realpath;
}

/* What is freed must have been counted. */
#define COUNT(name, result)                                                    \
    (is_block(CALL_##name) && (uintptr_t)(result) != 0                         \
         ? (void)atomic_fetch_add(&fault.blocks, 1)                            \
         : (void)0)

#define CALL(name, group, type, params, args, failure, error)                  \
    type tt_fault_##name params;                                               \
    type tt_fault_##name params                                                \
    {                                                                          \
        type result;                                                           \
                                                                               \
        if (FAILS(name)) {                                                     \
            errno = error;                                                     \
            return failure;                                                    \
        }                                                                      \
        result = name args;                                                    \
        COUNT(name, result);                                                   \
        return result;                                                         \
    }
#define DONE(name, group, type, params, args, failure, error)                  \
    type tt_fault_##name params;                                               \
    type tt_fault_##name params                                                \
    {                                                                          \
        type result = name args;                                               \
                                                                               \
        if (!FAILS(name))                                                      \
            return result;                                                     \
        errno = error;                                                         \
        return failure;                                                        \
    }
#define OPEN(name, group)
#include "tests/fault/calls.h"

void tt_fault_free(void *ptr);
void *tt_fault_realloc(void *ptr, size_t size);
void *tt_fault_mmap(void *at, size_t size, int prot, int flags, int fd,
                    off_t offset);
int tt_fault_munmap(void *at, size_t size);
int tt_fault_open(const char *path, int flags, ...);
int tt_fault_openat(int dir, const char *path, int flags, ...);
int tt_fault_fcntl(int fd, int what, ...);
int tt_fault_ioctl(int fd, unsigned long request, void *arg);
long tt_fault_syscall(long number, long a, long b, long c, long d);
void tt_fault_pci_init(struct pci_access *bus);
void tt_fault_pci_scan_bus(struct pci_access *bus);
int tt_fault_pci_fill_info(struct pci_dev *dev, int flags);
void tt_fault_pci_cleanup(struct pci_access *bus);

void tt_fault_free(void *ptr)
{
    if (ptr)
        atomic_fetch_sub(&fault.blocks, 1);
    free(ptr);
}

void *tt_fault_realloc(void *ptr, size_t size)
{
    void *result = NULL;

    if (FAILS(realloc)) {
        errno = ENOMEM;
        return NULL;
    }
    if (!ptr)
        atomic_fetch_add(&fault.blocks, 1);
    result = realloc(ptr, size);
    return result;
}

void *tt_fault_mmap(void *at, size_t size, int prot, int flags, int fd,
                    off_t offset)
{
    void *result = MAP_FAILED;

    if (FAILS(mmap))
        errno = ENOMEM;
    else
        result = mmap(at, size, prot, flags, fd, offset);
    if (result != MAP_FAILED && !(flags & MAP_FIXED))
        atomic_fetch_add(&fault.maps, 1);
    return result;
}

int tt_fault_munmap(void *at, size_t size)
{
    atomic_fetch_sub(&fault.maps, 1);
    return munmap(at, size);
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int tt_fault_open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    if (!FAILS(open))
        return open(path, flags, mode);
    errno = flags & O_CREAT ? ENOSPC : EMFILE;
    return -1;
}

int tt_fault_openat(int dir, const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    if (!FAILS(openat))
        return openat(dir, path, flags, mode);
    errno = flags & O_CREAT ? ENOSPC : EMFILE;
    return -1;
}

int tt_fault_fcntl(int fd, int what, ...)
{
    va_list args;
    int value;

    va_start(args, what);
    value = va_arg(args, int);
    va_end(args);
    if (!FAILS(fcntl))
        return fcntl(fd, what, value);
    errno = EMFILE;
    return -1;
}

int tt_fault_ioctl(int fd, unsigned long request, void *arg)
{
    if (!FAILS(ioctl))
        return ioctl(fd, request, arg);
    errno = EIO;
    return -1;
}

long tt_fault_syscall(long number, long a, long b, long c, long d)
{
    if (!FAILS(syscall))
        return syscall(number, a, b, c, d);
    errno = EPERM;
    return -1;
}

/* libpci does not return when something fails, but calls back. */
void tt_fault_pci_init(struct pci_access *bus)
{
    if (FAILS(pci_init))
        bus->error((char *)(uintptr_t) "a fault");
    pci_init(bus);
}

void tt_fault_pci_scan_bus(struct pci_access *bus)
{
    if (FAILS(pci_scan_bus))
        bus->error((char *)(uintptr_t) "a fault");
    pci_scan_bus(bus);
}

int tt_fault_pci_fill_info(struct pci_dev *dev, int flags)
{
    if (FAILS(pci_fill_info))
        dev->access->error((char *)(uintptr_t) "a fault");
    return pci_fill_info(dev, flags);
}

/* Fails when it is done: what it would not free is libpci's. */
void tt_fault_pci_cleanup(struct pci_access *bus)
{
    void (*error)(char *, ...) = bus->error;

    pci_cleanup(bus);
    if (FAILS(pci_cleanup))
        error((char *)(uintptr_t) "a fault");
}

static void *json_block(size_t size)
{
    if (FAILS(json))
        return NULL;
    atomic_fetch_add(&fault.blocks, 1);
    return malloc(size);
}

/* ---- what fails ---- */

static bool want(const char *what, size_t len)
{
    bool any = false;

    for (unsigned i = 0; i < N_CALLS; i++) {
        const char *group = group_name[calls[i].group];

        fault.wanted[i] = (strlen(calls[i].name) == len &&
                           !strncmp(what, calls[i].name, len)) ||
                          (strlen(group) == len && !strncmp(what, group, len));
        any = any || fault.wanted[i];
    }
    return any;
}

void tt_fault_arm(const char *what, unsigned nth, bool lasting)
{
    size_t len = strcspn(what, "@:");

    if (!want(what, len)) {
        fprintf(stderr, "no call or group is named %s\n", what);
        _exit(2);
    }
    fault.place =
        what[len] == '@' ? (uint32_t)strtoul(what + len + 1, NULL, 16) : 0;
    fault.nth = nth;
    fault.lasting = lasting;
    atomic_store(&fault.seen, 0);
    atomic_store(&fault.failed, 0);
    atomic_store(&fault.armed, true);
}

unsigned tt_fault_disarm(void)
{
    atomic_store(&fault.armed, false);
    return atomic_load(&fault.failed);
}

size_t tt_fault_find(const char *name)
{
    size_t i = 0;

    while (strcmp(calls[i].name, name) != 0)
        i++;
    return i;
}

bool tt_fault_fails(size_t index)
{
    return fails((enum call)index, __builtin_frame_address(0));
}

void tt_fault_resume(void)
{
    atomic_store(&fault.armed, true);
}

const char *tt_fault_name(size_t index)
{
    if (index < N_CALLS)
        return calls[index].name;
    return index < N_CALLS + N_GROUPS ? group_name[index - N_CALLS] : NULL;
}

bool tt_fault_is_group(size_t index)
{
    return index >= N_CALLS;
}

long tt_fault_blocks(void)
{
    return atomic_load(&fault.blocks);
}

long tt_fault_maps(void)
{
    return atomic_load(&fault.maps);
}

__attribute__((constructor)) static void start(void)
{
    const char *list = getenv("TT_FAULT_LIST"), *what = getenv("TT_FAULT");

    json_set_alloc_funcs(json_block, tt_fault_free);
    if (list) {
        fault.list =
            open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        atomic_store(&fault.listing, fault.list >= 0);
    }
    if (what && strchr(what, ':'))
        tt_fault_arm(what, (unsigned)strtoul(strchr(what, ':') + 1, NULL, 10),
                     false);
}
