/* SPDX-License-Identifier: MIT */
/* The simulator's process: what it serves, and how the host survives it, with
 * a fake library; the real one is tested in tests/seam. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device/arch.h"
#include "device/tt_device.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

#define MIB 0x100000u

struct fixture {
    char fake[4096];
    unsigned n_open; /* descriptors before the test */
};

static struct tt_noc_addr worker(unsigned x, unsigned y, uint64_t addr)
{
    return tt_arch_worker(&tt_arch_wormhole, x, y, addr);
}

static struct tt_noc_addr dram(unsigned bank, uint64_t offset)
{
    return tt_arch_dram(&tt_arch_wormhole, bank, offset);
}

/* Descriptors of this process; *out_kept counts those that a program it
 * starts would keep. */
static unsigned count_open(unsigned *out_kept)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    unsigned n = 0;

    assert_non_null(dir);
    *out_kept = 0;
    while ((entry = readdir(dir)) != NULL) {
        int flags = fcntl(atoi(entry->d_name), F_GETFD);

        if (entry->d_name[0] == '.')
            continue;
        n++;
        *out_kept += flags >= 0 && !(flags & FD_CLOEXEC);
    }
    closedir(dir);
    return n;
}

static int set_up(void **state)
{
    struct fixture *f = *state;
    unsigned kept;

    setenv("TTSIM_LIB", f->fake, 1);
    unsetenv("FAKE_TTSIM");
    unsetenv("TT_TTSIM_TIMEOUT_MS");
    f->n_open = count_open(&kept);
    return 0;
}

/* No test leaves a descriptor or a process, dead or alive. */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    unsigned kept;

    if (count_open(&kept) != f->n_open)
        return -1;
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static struct tt_device *open_fake(const char *behaviour)
{
    struct tt_device *dev = NULL;

    setenv("FAKE_TTSIM", behaviour, 1);
    assert_int_equal(tt_ttsim_open(&dev), NXS_Success);
    return dev;
}

static void assert_error_says(const char *what)
{
    if (!strstr(tt_log_last_error(), what))
        fail_msg("\"%s\" is not in: %s", what, tt_log_last_error());
}

static void fill(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
}

/* ---- what it serves ---- */

static void tiles_have_memories_of_their_own(void **state)
{
    struct tt_device *dev = open_fake("");
    uint32_t v;

    (void)state;
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(
            tt_device_write(dev, worker(i % 3, i / 3, 0x100), &i, 4), 0);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(
            tt_device_read(dev, worker(i % 3, i / 3, 0x100), &v, 4), 0);
        assert_int_equal(v, i);
    }
    tt_device_close(dev);
}

static void bulk_crosses_slots_and_windows(void **state)
{
    size_t len = 3 * MIB + 4321;
    uint8_t *out = malloc(len), *in = calloc(1, len);
    struct tt_device *dev = open_fake("");

    (void)state;
    assert_non_null(out);
    assert_non_null(in);
    fill(out, len);
    assert_int_equal(tt_device_write(dev, dram(3, MIB - 77), out, len), 0);
    assert_int_equal(tt_device_read(dev, dram(3, MIB - 77), in, len), 0);
    assert_memory_equal(out, in, len);
    /* Each byte is where it belongs, not only where reads look for it. */
    for (size_t i = 0; i < len; i += 99991) {
        assert_int_equal(tt_device_read(dev, dram(3, MIB - 77 + i), in, 1), 0);
        assert_int_equal(in[0], out[i]);
    }
    tt_device_close(dev);
    free(out);
    free(in);
}

static void visit(void *ctx, const struct tt_view *view)
{
    uint8_t *data = ctx;

    for (unsigned i = 0; i < view->n; i++)
        memcpy(view->page[i], data + (view->first + i) * 4096, 4096);
}

static void visit_back(void *ctx, const struct tt_view *view)
{
    uint8_t *data = ctx;

    for (unsigned i = 0; i < view->n; i++)
        memcpy(data + (view->first + i) * 4096, view->page[i], 4096);
}

static void pages_are_moved_in_parts_of_several_banks(void **state)
{
    const size_t n = 500, len = n * 4096;
    uint8_t *out = malloc(len), *in = calloc(1, len);
    struct tt_device *dev = open_fake("");
    struct tt_pages pages = {.stride = 4096,
                             .size = 4096,
                             .n = n,
                             .write = true,
                             .visit = visit,
                             .ctx = out};

    (void)state;
    assert_non_null(out);
    assert_non_null(in);
    fill(out, len);
    assert_int_equal(tt_device_pages(dev, &pages), 0);
    for (unsigned i = 0; i < n; i += 7) {
        assert_int_equal(
            tt_device_read(dev, dram(i % 12, i / 12 * 4096), in, 4096), 0);
        assert_memory_equal(in, out + i * 4096, 4096);
    }
    pages.write = false;
    pages.visit = visit_back;
    pages.ctx = in;
    assert_int_equal(tt_device_pages(dev, &pages), 0);
    assert_memory_equal(out, in, len);
    tt_device_close(dev);
    free(out);
    free(in);
}

static void two_simulators_are_independent(void **state)
{
    struct tt_device *dev[2];
    uint32_t v;

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        dev[i] = open_fake("");
        assert_int_equal(tt_device_write(dev[i], worker(0, 0, 0), &i, 4), 0);
    }
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(tt_device_read(dev[i], worker(0, 0, 0), &v, 4), 0);
        assert_int_equal(v, i);
        tt_device_close(dev[i]);
    }
}

struct user {
    struct tt_device *dev;
    unsigned x;
    bool good;
};

static void *use(void *arg)
{
    struct user *u = arg;
    uint32_t v = 0;

    u->good = true;
    for (uint32_t i = 0; i < 200; i++) {
        struct tt_noc_addr at = worker(u->x, 0, 4 * i);

        u->good &= tt_device_write(u->dev, at, &i, 4) == 0 &&
                   tt_device_read(u->dev, at, &v, 4) == 0 && v == i;
    }
    return NULL;
}

static void threads_share_a_simulator(void **state)
{
    struct user user[4];
    pthread_t thread[4];
    struct tt_device *dev = open_fake("");

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        user[i] = (struct user){.dev = dev, .x = i};
        assert_int_equal(pthread_create(&thread[i], NULL, use, &user[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_true(user[i].good);
    }
    tt_device_close(dev);
}

static void *open_in_thread(void *arg)
{
    (void)arg;
    return open_fake("");
}

/* Which a process tied to its parent by PR_SET_PDEATHSIG would not. */
static void simulator_outlives_the_thread_that_opened_it(void **state)
{
    struct tt_device *dev;
    pthread_t thread;
    void *result;
    uint32_t v;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, open_in_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    dev = result;
    usleep(50000);
    assert_int_equal(tt_device_read(dev, worker(0, 0, 0), &v, 4), 0);
    tt_device_close(dev);
}

static void its_descriptors_are_not_passed_on(void **state)
{
    unsigned before, after;
    struct tt_device *dev;

    (void)state;
    count_open(&before);
    dev = open_fake("");
    count_open(&after);
    assert_int_equal(before, after);
    tt_device_close(dev);
}

/* ---- what it prints ---- */

/* Puts a file in place of a descriptor; returns what to put back. */
static int divert(int fd, int file)
{
    int saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);

    fflush(NULL);
    assert_int_equal(dup2(file, fd), fd);
    return saved;
}

static void restore(int fd, int saved)
{
    fflush(NULL);
    assert_int_equal(dup2(saved, fd), fd);
    close(saved);
}

static void output_goes_to_the_log_and_not_to_stdout(void **state)
{
    int file[2], saved[2];
    char text[256] = "";

    (void)state;
    setenv("TT_LOG", "debug", 1);
    for (int i = 0; i < 2; i++) {
        file[i] = memfd_create("output", MFD_CLOEXEC);
        saved[i] = divert(1 + i, file[i]);
    }
    tt_device_close(open_fake(""));
    for (int i = 0; i < 2; i++)
        restore(1 + i, saved[i]);
    unsetenv("TT_LOG");
    assert_int_equal(lseek(file[0], 0, SEEK_END), 0);
    assert_true(pread(file[1], text, sizeof(text) - 1, 0) > 0);
    assert_non_null(strstr(text, "debug: ttsim: the fake starts\n"));
    assert_non_null(strstr(text, "debug: ttsim: the fake ends\n"));
    close(file[0]);
    close(file[1]);
}

static void much_output_does_not_block(void **state)
{
    struct tt_device *dev = open_fake("chatter");
    enum tt_progress progress;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(tt_device_progress(dev, &progress), 0);
    tt_device_close(dev);
}

/* ---- when it ends ---- */

/* It fails, and goes on failing, with the same reason. */
static void assert_stays_broken(struct tt_device *dev, const char *reason)
{
    static uint8_t data[MIB];
    enum tt_progress progress;
    uint32_t v = 0;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(tt_device_progress(dev, &progress),
                         NXS_DeviceNotAvailable);
        assert_error_says(reason);
        assert_int_equal(tt_device_read(dev, worker(0, 0, 0), &v, 4),
                         NXS_DeviceNotAvailable);
        assert_int_equal(tt_device_write(dev, dram(0, 0), data, sizeof(data)),
                         NXS_DeviceNotAvailable);
        assert_error_says(reason);
    }
    tt_device_close(dev);
}

static void fatal_error_is_a_status_with_its_text(void **state)
{
    struct tt_device *dev = open_fake("exit");
    enum tt_progress progress;

    (void)state;
    assert_int_equal(tt_device_progress(dev, &progress),
                     NXS_DeviceNotAvailable);
    assert_error_says("exit status 1");
    assert_stays_broken(dev, "[7] ERROR: UndefinedBehavior: of a kernel");
}

static void end_in_a_bulk_transfer_is_a_status(void **state)
{
    uint8_t *data = calloc(4, MIB);
    struct tt_device *dev = open_fake("exit-in-write");

    (void)state;
    assert_non_null(data);
    assert_int_equal(tt_device_write(dev, dram(0, 0), data, 4 * MIB),
                     NXS_DeviceNotAvailable);
    assert_stays_broken(dev, "writes are refused");
    free(data);
}

static void crash_is_a_status(void **state)
{
    (void)state;
    assert_stays_broken(open_fake("crash"), "signal 6");
}

static void hang_is_a_status_after_the_limit(void **state)
{
    uint64_t start = tt_clock_ns();

    (void)state;
    setenv("TT_TTSIM_TIMEOUT_MS", "1000", 1);
    assert_stays_broken(open_fake("hang"), "does not answer");
    assert_in_range((tt_clock_ns() - start) / 1000000, 1000, 60000);
}

static void hang_at_the_end_does_not_hold_up_close(void **state)
{
    uint64_t start = tt_clock_ns();

    (void)state;
    setenv("TT_TTSIM_TIMEOUT_MS", "300", 1);
    tt_device_close(open_fake("hang-in-exit"));
    assert_in_range((tt_clock_ns() - start) / 1000000, 300, 60000);
}

static void host_that_ignores_its_children_is_served(void **state)
{
    struct tt_device *dev;
    enum tt_progress progress;

    (void)state;
    signal(SIGCHLD, SIG_IGN);
    tt_device_close(open_fake(""));
    dev = open_fake("exit");
    assert_int_equal(tt_device_progress(dev, &progress),
                     NXS_DeviceNotAvailable);
    assert_error_says("exit status unknown");
    tt_device_close(dev);
    signal(SIGCHLD, SIG_DFL);
}

/* ---- forks of the host, and its end ---- */

static int exit_status(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void fork_of_the_host_is_refused_and_harmless(void **state)
{
    struct tt_device *dev = open_fake("");
    uint32_t v = 0;
    pid_t pid = fork();

    (void)state;
    if (!pid) {
        nxs_status status = tt_device_read(dev, worker(0, 0, 0), &v, 4);

        tt_device_close(dev);
        _exit(status == NXS_DeviceNotAvailable ? 0 : 1);
    }
    assert_int_equal(exit_status(pid), 0);
    assert_int_equal(tt_device_read(dev, worker(0, 0, 0), &v, 4), 0);
    tt_device_close(dev);
}

/* Process id of the simulator that @pid has started, or 0. */
static pid_t simulator_of(pid_t pid)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    assert_non_null(dir);
    while (!found && (entry = readdir(dir)) != NULL) {
        char path[300], name[16];
        int id, parent;
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
        f = fopen(path, "r");
        if (f && fscanf(f, "%d (%15[^)]) %*c %d", &id, name, &parent) == 3 &&
            parent == pid && !strcmp(name, "ttsim"))
            found = id;
        if (f)
            (void)fclose(f);
    }
    closedir(dir);
    return found;
}

/* Gone, or dead with nobody to wait for it. */
static bool is_dead(pid_t pid)
{
    char path[64], what = 'Z';
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    f = fopen(path, "r");
    if (!f)
        return true;
    if (fscanf(f, "%*d (%*[^)]) %c", &what) != 1)
        what = 'Z';
    (void)fclose(f);
    return what == 'Z' || what == 'X';
}

/* The host of a simulator that hangs is killed; while a fork of the host still
 * holds every descriptor of it. */
static void simulator_ends_with_its_host(void **state)
{
    int ready[2], hold[2];
    pid_t host, sim;
    char c;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(hold), 0);
    host = fork();
    if (!host) {
        enum tt_progress progress;
        struct tt_device *dev = open_fake("hang");

        close(hold[1]);
        close(ready[0]);
        if (!fork()) {
            close(ready[1]);
            _exit(read(hold[0], &c, 1) == 0 ? 0 : 1);
        }
        (void)write(ready[1], dev ? "+" : "-", 1);
        (void)tt_device_progress(dev, &progress);
        _exit(1);
    }
    close(ready[1]);
    close(hold[0]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    usleep(100000); /* time to hang; the claim holds without */
    sim = simulator_of(host);
    assert_true(sim > 0);
    assert_int_equal(kill(host, SIGKILL), 0);
    assert_int_equal(exit_status(host), SIGKILL);
    for (int i = 0; i < 500 && !is_dead(sim); i++)
        usleep(10000);
    assert_true(is_dead(sim));
    close(hold[1]);
    close(ready[0]);
}

/* ---- what cannot be opened ---- */

static void assert_refused(const char *library, const char *reason)
{
    struct tt_device *dev;

    if (library)
        setenv("TTSIM_LIB", library, 1);
    assert_int_equal(tt_ttsim_open(&dev), NXS_DeviceNotAvailable);
    assert_error_says(reason);
}

static void wrong_libraries_are_refused(void **state)
{
    (void)state;
    assert_refused("", "needs TTSIM_LIB");
    assert_refused("/nonexistent/libttsim.so", "No such file");
    assert_refused("/etc/passwd", "/etc/passwd: ");
    assert_refused("libm.so.6", "libm.so.6 is no libttsim: it lacks libttsim_");
}

static void wrong_chips_are_refused(void **state)
{
    (void)state;
    setenv("FAKE_TTSIM", "wrong-id", 1);
    assert_refused(NULL, "5678:1234, not a Wormhole");
    setenv("FAKE_TTSIM", "exit-in-init", 1);
    assert_refused(NULL, "does not want to start");
}

/* It may have more at another time. */
static void want_of_descriptors_is_told_from_a_bad_simulator(void **state)
{
    struct rlimit old, few;
    struct tt_device *dev;
    nxs_status status = NXS_OutOfResources;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = (struct rlimit){0, old.rlim_max};
    for (unsigned n = 0; status < 0; n++, few.rlim_cur++) {
        assert_int_equal(status, NXS_OutOfResources);
        assert_in_range(n, 0, 100);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        status = tt_ttsim_open(&dev);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
        if (status < 0)
            assert_error_says("Too many open files");
    }
    tt_device_close(dev);
}

static void path_without_end_is_refused(void **state)
{
    static char path[10000];

    (void)state;
    memset(path, 'x', sizeof(path) - 1);
    assert_refused(path, "File name too long");
}

static void limits_that_are_not_understood_are_the_default(void **state)
{
    static const char *const text[] = {"-1", "x", "5s", "0"};

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
        setenv("TT_TTSIM_TIMEOUT_MS", text[i], 1);
        tt_device_close(open_fake(""));
    }
}

/* The fake lies beside the tests: build/unit/test_ttsim,
 * build/double/fake_ttsim.so. */
static int find_libraries(struct fixture *f)
{
    char self[3000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return -1;
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    (void)snprintf(f->fake, sizeof(f->fake), "%s/../double/fake_ttsim.so",
                   self);
    return access(f->fake, R_OK);
}

#define TEST(f)                                                                \
    cmocka_unit_test_prestate_setup_teardown(f, set_up, tear_down, &fixture)

int main(void)
{
    static struct fixture fixture;
    const struct CMUnitTest tests[] = {
        TEST(tiles_have_memories_of_their_own),
        TEST(bulk_crosses_slots_and_windows),
        TEST(pages_are_moved_in_parts_of_several_banks),
        TEST(two_simulators_are_independent),
        TEST(threads_share_a_simulator),
        TEST(simulator_outlives_the_thread_that_opened_it),
        TEST(its_descriptors_are_not_passed_on),
        TEST(output_goes_to_the_log_and_not_to_stdout),
        TEST(much_output_does_not_block),
        TEST(fatal_error_is_a_status_with_its_text),
        TEST(end_in_a_bulk_transfer_is_a_status),
        TEST(crash_is_a_status),
        TEST(hang_is_a_status_after_the_limit),
        TEST(hang_at_the_end_does_not_hold_up_close),
        TEST(host_that_ignores_its_children_is_served),
        TEST(fork_of_the_host_is_refused_and_harmless),
        TEST(simulator_ends_with_its_host),
        TEST(wrong_libraries_are_refused),
        TEST(wrong_chips_are_refused),
        TEST(want_of_descriptors_is_told_from_a_bad_simulator),
        TEST(path_without_end_is_refused),
        TEST(limits_that_are_not_understood_are_the_default),
    };

    if (find_libraries(&fixture)) {
        (void)fprintf(stderr, "the fake library has not been built\n");
        return EXIT_FAILURE;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
