/* SPDX-License-Identifier: MIT */
/*
 * A libttsim with memory, one TLB window and no chip, that fails on demand.
 * FAKE_TTSIM says how:
 *
 *   wrong-id       a chip of another vendor
 *   exit-in-init   ends the process when it is started
 *   exit           prints what a fatal error prints and ends, in clock()
 *   exit-in-write  the same when memory is written
 *   crash, hang    in clock()
 *   chatter        prints a megabyte in clock()
 *   hang-in-exit   does not come back from libttsim_exit()
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR0          0xE0000000u
#define WINDOW_SIZE   0x100000u
#define WINDOW_CONFIG 0x1FC00000u
#define N_PAGES       128u

/* What each configuration of the window shows: first come, first served. */
static struct {
    uint64_t config;
    uint8_t byte[WINDOW_SIZE];
} page[N_PAGES];
static unsigned n_pages;
static uint8_t *window;

void libttsim_init(void);
void libttsim_exit(void);
uint32_t libttsim_pci_config_rd32(uint32_t bus_device_function,
                                  uint32_t offset);
void libttsim_pci_mem_rd_bytes(uint64_t addr, void *p, uint32_t size);
void libttsim_pci_mem_wr_bytes(uint64_t addr, const void *p, uint32_t size);
void libttsim_clock(uint32_t n_clocks);

static int told_to(const char *what)
{
    const char *how = getenv("FAKE_TTSIM");

    return how && !strcmp(how, what);
}

/* As the simulator does it: no newline, no exit handlers. */
static void fatal(const char *what)
{
    (void)printf("[7] ERROR: %s", what);
    (void)fflush(stdout);
    _exit(1);
}

static void hang(void)
{
    for (;;)
        (void)pause();
}

static void select_page(uint64_t config)
{
    unsigned i = 0;

    while (i < n_pages && page[i].config != config)
        i++;
    if (i == N_PAGES)
        fatal("more pages than the fake has");
    if (i == n_pages)
        page[n_pages++].config = config;
    window = page[i].byte;
}

static uint8_t *at(uint64_t addr, uint32_t size)
{
    uint64_t offset = addr - BAR0;

    if (!window || offset > WINDOW_SIZE || size > WINDOW_SIZE - offset)
        fatal("outside of the window");
    return window + offset;
}

void libttsim_init(void)
{
    if (told_to("exit-in-init"))
        fatal("does not want to start");
    (void)printf("the fake starts\n");
}

void libttsim_exit(void)
{
    if (told_to("hang-in-exit"))
        hang();
    (void)printf("the fake ends\n");
}

uint32_t libttsim_pci_config_rd32(uint32_t bus_device_function, uint32_t offset)
{
    (void)bus_device_function;
    switch (offset) {
    case 0:
        return told_to("wrong-id") ? 0x12345678u : 0x401E1E52u;
    case 0x10:
        return BAR0 | 4;
    default:
        return 0;
    }
}

void libttsim_pci_mem_rd_bytes(uint64_t addr, void *p, uint32_t size)
{
    memcpy(p, at(addr, size), size);
}

void libttsim_pci_mem_wr_bytes(uint64_t addr, const void *p, uint32_t size)
{
    uint64_t config;

    if (addr == BAR0 + WINDOW_CONFIG && size == sizeof(config)) {
        memcpy(&config, p, size);
        select_page(config);
        return;
    }
    if (told_to("exit-in-write"))
        fatal("writes are refused");
    memcpy(at(addr, size), p, size);
}

void libttsim_clock(uint32_t n_clocks)
{
    (void)n_clocks;
    if (told_to("exit"))
        fatal("UndefinedBehavior: of a kernel");
    if (told_to("crash"))
        abort();
    if (told_to("hang"))
        hang();
    for (unsigned i = 0; told_to("chatter") && i < 1u << 15; i++)
        (void)printf("%031u\n", i);
}
