/* SPDX-License-Identifier: MIT */
/*
 * The calls of the C library that the sweep lets fail. No include guard: each
 * includer defines CALL and DONE. The Makefile takes the names from here, one
 * entry a line to begin with.
 *
 *   CALL(name, group, type, parameters, arguments, failure, errno)
 *   DONE(...)  the same, but what the call does is done before it fails
 *   OPEN(name, group) has parameters of its own, see inject.c; those of CARD,
 *                     which are not the C library's, see kmd.c
 *
 * Left out are calls that cannot fail with the arguments they get (clocks,
 * pthread_mutex_init() without attributes, munmap() of a mapping).
 */
/* clang-format off */
CALL(malloc, MEMORY, void *, (size_t size), (size), NULL, ENOMEM)
CALL(calloc, MEMORY, void *, (size_t n, size_t size), (n, size), NULL, ENOMEM)
CALL(aligned_alloc, MEMORY, void *, (size_t align, size_t size), (align, size), NULL, ENOMEM)
CALL(strdup, MEMORY, char *, (const char *text), (text), NULL, ENOMEM)
CALL(strndup, MEMORY, char *, (const char *text, size_t n), (text, n), NULL, ENOMEM)
CALL(realpath, MEMORY, char *, (const char *path, char *out), (path, out), NULL, ENOMEM)
OPEN(realloc, MEMORY)
OPEN(json, MEMORY)
OPEN(mmap, MEMORY)
CALL(madvise, MEMORY, int, (void *at, size_t size, int how), (at, size, how), -1, ENOMEM)

OPEN(open, FILES)
OPEN(openat, FILES)
CALL(fopen, FILES, FILE *, (const char *path, const char *how), (path, how), NULL, EMFILE)
CALL(opendir, FILES, DIR *, (const char *path), (path), NULL, EMFILE)
CALL(memfd_create, FILES, int, (const char *name, unsigned flags), (name, flags), -1, EMFILE)
CALL(pipe2, FILES, int, (int *ends, int flags), (ends, flags), -1, EMFILE)
CALL(socketpair, FILES, int, (int domain, int type, int protocol, int *ends), (domain, type, protocol, ends), -1, EMFILE)

CALL(write, DISK, ssize_t, (int fd, const void *from, size_t n), (fd, from, n), -1, ENOSPC)
CALL(fwrite, DISK, size_t, (const void *from, size_t size, size_t n, FILE *file), (from, size, n, file), 0, ENOSPC)
CALL(fflush, DISK, int, (FILE *file), (file), EOF, ENOSPC)
DONE(fclose, DISK, int, (FILE *file), (file), EOF, ENOSPC)
DONE(close, DISK, int, (int fd), (fd), -1, EIO)
CALL(ftruncate, DISK, int, (int fd, off_t size), (fd, size), -1, ENOSPC)
CALL(mkdir, DISK, int, (const char *path, mode_t mode), (path, mode), -1, ENOSPC)
CALL(mkdtemp, DISK, char *, (char *path), (path), NULL, ENOSPC)
CALL(rename, DISK, int, (const char *from, const char *to), (from, to), -1, ENOSPC)
CALL(renameat, DISK, int, (int a, const char *from, int b, const char *to), (a, from, b, to), -1, ENOSPC)
CALL(symlink, DISK, int, (const char *target, const char *path), (target, path), -1, ENOSPC)
CALL(unlinkat, DISK, int, (int dir, const char *path, int flags), (dir, path, flags), -1, EIO)
CALL(remove, DISK, int, (const char *path), (path), -1, EIO)
CALL(utimensat, DISK, int, (int dir, const char *path, const struct timespec *times, int flags), (dir, path, times, flags), -1, EROFS)
CALL(flock, FILES, int, (int fd, int how), (fd, how), -1, ENOLCK)
CALL(futimens, DISK, int, (int fd, const struct timespec *times), (fd, times), -1, EROFS)

CALL(read, READING, ssize_t, (int fd, void *to, size_t n), (fd, to, n), -1, EIO)
CALL(fgets, READING, char *, (char *to, int n, FILE *file), (to, n, file), NULL, EIO)
CALL(readdir, READING, struct dirent *, (DIR *dir), (dir), NULL, EIO)
CALL(fstat, READING, int, (int fd, struct stat *st), (fd, st), -1, EIO)
CALL(fstatat, READING, int, (int dir, const char *path, struct stat *st, int flags), (dir, path, st, flags), -1, EIO)
CALL(stat, READING, int, (const char *path, struct stat *st), (path, st), -1, EIO)
CALL(access, READING, int, (const char *path, int how), (path, how), -1, EACCES)
CALL(getcwd, READING, char *, (char *to, size_t n), (to, n), NULL, ENOENT)
CALL(nftw, READING, int, (const char *path, __nftw_func_t f, int n, int flags), (path, f, n, flags), -1, ENOMEM)

CALL(posix_spawn, THREADS, int, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr, char *const *argv, char *const *env), (pid, path, files, attr, argv, env), EAGAIN, 0)
CALL(posix_spawn_file_actions_init, THREADS, int, (posix_spawn_file_actions_t *f), (f), ENOMEM, 0)
CALL(posix_spawn_file_actions_addopen, THREADS, int, (posix_spawn_file_actions_t *f, int fd, const char *path, int flags, mode_t mode), (f, fd, path, flags, mode), ENOMEM, 0)
CALL(posix_spawn_file_actions_adddup2, THREADS, int, (posix_spawn_file_actions_t *f, int from, int to), (f, from, to), ENOMEM, 0)
CALL(posix_spawn_file_actions_addclosefrom_np, THREADS, int, (posix_spawn_file_actions_t *f, int from), (f, from), ENOMEM, 0)
CALL(posix_spawn_file_actions_addchdir_np, THREADS, int, (posix_spawn_file_actions_t *f, const char *path), (f, path), ENOMEM, 0)
CALL(posix_spawnattr_init, THREADS, int, (posix_spawnattr_t *a), (a), ENOMEM, 0)
CALL(posix_spawnattr_setflags, THREADS, int, (posix_spawnattr_t *a, short flags), (a, flags), EINVAL, 0)
CALL(pthread_create, THREADS, int, (pthread_t *thread, const pthread_attr_t *attr, void *(*f)(void *), void *arg), (thread, attr, f, arg), EAGAIN, 0)
CALL(pthread_cond_init, THREADS, int, (pthread_cond_t *cond, const pthread_condattr_t *attr), (cond, attr), EAGAIN, 0)
CALL(pthread_condattr_init, THREADS, int, (pthread_condattr_t *attr), (attr), ENOMEM, 0)
CALL(pthread_condattr_setclock, THREADS, int, (pthread_condattr_t *attr, clockid_t clock), (attr, clock), EINVAL, 0)
CALL(sched_getaffinity, THREADS, int, (pid_t pid, size_t size, cpu_set_t *set), (pid, size, set), -1, EINVAL)
CALL(prlimit, THREADS, int, (pid_t pid, enum __rlimit_resource what, const struct rlimit *set, struct rlimit *old), (pid, what, set, old), -1, EPERM)
CALL(waitpid, THREADS, pid_t, (pid_t pid, int *state, int flags), (pid, state, flags), -1, ECHILD)
CALL(waitid, THREADS, int, (idtype_t type, id_t id, siginfo_t *info, int flags), (type, id, info, flags), -1, ECHILD)
OPEN(syscall, THREADS)

CALL(poll, TALK, int, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1, ENOMEM)
CALL(send, TALK, ssize_t, (int fd, const void *from, size_t n, int flags), (fd, from, n, flags), -1, EPIPE)
CALL(recv, TALK, ssize_t, (int fd, void *to, size_t n, int flags), (fd, to, n, flags), -1, EIO)
CALL(setsockopt, TALK, int, (int fd, int level, int name, const void *value, socklen_t n), (fd, level, name, value, n), -1, ENOMEM)
OPEN(fcntl, TALK)
OPEN(ioctl, TALK)

CALL(pci_set_param, BUS, int, (struct pci_access *bus, char *name, char *value), (bus, name, value), -1, 0)
OPEN(pci_init, BUS)
OPEN(pci_scan_bus, BUS)
OPEN(pci_fill_info, BUS)
OPEN(pci_cleanup, BUS)

OPEN(card_open, CARD)
OPEN(card_close, CARD)
OPEN(card_ioctl, CARD)
OPEN(card_full, CARD)
OPEN(card_mmap, CARD)
OPEN(card_gone, CARD)
OPEN(card_dies, CARD)
/* clang-format on */
