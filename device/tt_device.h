/* SPDX-License-Identifier: MIT */
/* The seam: what every chip offers, whichever way the host reaches it. */
#ifndef TT_DEVICE_H
#define TT_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

struct tt_arch;
struct tt_cards;
struct tt_device;

/** struct tt_noc_addr - a byte on the chip
 *  @x, @y: NOC 0 coordinates; Tensix tiles by their translated coordinate
 *          (Wormhole: 18.. in both axes), DRAM tiles by their raw one
 *  @addr: byte address inside the tile */
struct tt_noc_addr {
    uint8_t x, y;
    uint64_t addr;
};

/** struct tt_device_info - what a chip says of itself; filled when opened
 *  @grid_x, @grid_y: worker cores; logical core (x, y) is reached at the
 *                    translated coordinate of tt_arch_worker() */
struct tt_device_info {
    const struct tt_arch *arch;
    char name[64]; /* for instance "emulated Wormhole n150" */
    unsigned grid_x, grid_y;
    unsigned core_clock_mhz;
    unsigned memory_clock_mhz;
};

/** enum tt_progress - what tt_device_progress() saw */
enum tt_progress {
    TT_PROGRESS_RUNNING, /* something ran, or may be running */
    TT_PROGRESS_IDLE,    /* nothing can change until the host acts */
    TT_PROGRESS_FAULT    /* guest code did wrong: tt_device_fault() */
};

#define TT_MAX_CALLERS 6u

/** struct tt_fault_place - an instruction of a core
 *  @x, @y: logical coordinates
 *  @risc: index of l1_map.h; TT_N_RISC if it was none of them
 *  @pc: address of the instruction
 *  @caller: addresses to which it may return, innermost first; 0 = no more */
struct tt_fault_place {
    uint8_t x, y, risc;
    uint32_t pc, caller[TT_MAX_CALLERS];
};

/** struct tt_fault - something that guest code did wrong
 *  @text: what, without who
 *  @other: who else took part; @text ends with a preposition then
 *  @no_memory: the host had none; the guest code did nothing wrong */
struct tt_fault {
    struct tt_fault_place at, other;
    bool has_other, no_memory;
    char text[400];
};

/** struct tt_core_state - why a RISC-V core does not go on (for reports) */
struct tt_core_state {
    uint32_t pc;                     /* 0 if the backend cannot tell */
    uint32_t caller[TT_MAX_CALLERS]; /* as in struct tt_fault_place */
    char what[96]; /* "parked on L1 0x3010", "waits for semaphore 1", "" */
};

/** TT_PAGE_MAX - bytes of a page, at most */
#define TT_PAGE_MAX 4096u

/** struct tt_view - pages of DRAM as visit() sees them, while it runs
 *  @first, @n: pages @first .. @first + @n - 1 of their struct tt_pages
 *  @page: @n pointers, 16-byte aligned
 *  @stream: fill them with streaming stores of whole aligned blocks of 16
 *           bytes, each once, and load nothing: they are write-combined memory,
 *           or too many for the caches
 *  @fetch, @ctx: NULL where plain loads will do; else the only way to read:
 *                copies @len bytes, a multiple of 4, from within a page */
struct tt_view {
    uint64_t first;
    unsigned n;
    void *const *page;
    bool stream;
    void (*fetch)(void *ctx, void *dst, const void *src, size_t len);
    void *ctx;
};

/** struct tt_pages - interleaved pages, and who fills or empties them
 *  @base, @stride: page i lies in DRAM bank i mod n, at offset
 *                  @base + (i div n) * @stride, where n is the number of banks;
 *                  both multiples of the chip's alignment
 *  @size: bytes of a page: a multiple of 16, at most @stride and TT_PAGE_MAX
 *  @n: pages
 *  @write: visit() fills every page whole, else it reads them
 *  @visit: is shown every page once, in order, some at a time, by the calling
 *          thread; must not use the device
 *  @ctx: for visit() */
struct tt_pages {
    uint64_t base;
    uint32_t stride, size;
    uint64_t n;
    bool write;
    void (*visit)(void *ctx, const struct tt_view *view);
    void *ctx;
};

/** tt_risc_name - "BRISC", "TRISC0".., "NCRISC" by index of l1_map.h, "host"
 *  for anything else; for messages */
const char *tt_risc_name(unsigned risc);

/**
 * struct tt_device_ops - one backend: "emu", "ttsim" or "kmd"
 *
 * Contract for every slot:
 *  - none is NULL;
 *  - the caller holds no lock, and a slot may be entered by several threads at
 *    once, except close(), which runs alone;
 *  - the result is NXS_Success or a negative nxs_status the slot has logged.
 */
struct tt_device_ops {
    const char *name; /* static storage; also the value of TT_DEVICE= */

    /* Stop the chip, free everything including @dev. */
    void (*close)(struct tt_device *dev);

    /* Copy @len bytes; may block for the transfer. On failure the bytes
     * already copied stay copied. Writes from one thread land in order. */
    nxs_status (*read)(struct tt_device *dev, struct tt_noc_addr src, void *dst,
                       size_t len);
    nxs_status (*write)(struct tt_device *dev, struct tt_noc_addr dst,
                        const void *src, size_t len);

    /* Write the same bytes to the same place in L1 of all Tensix tiles of a
     * rectangle, @first having its lowest coordinates; one tile is a write()
     * and never comes here. Ordered like write. */
    nxs_status (*multicast)(struct tt_device *dev, struct tt_noc_addr first,
                            unsigned width, unsigned height, const void *src,
                            size_t len);

    /* Show all pages to visit(), where the chip has them or will take them
     * from: mapped memory if there is any, else a buffer that is copied. May
     * hold a lock meanwhile. Ordered like read and write; on failure the pages
     * shown stay done, and what was shown last may be lost. */
    nxs_status (*pages)(struct tt_device *dev, const struct tt_pages *pages);

    /* Write the soft-reset register of one Tensix tile: bits of the RISC-V
     * cores, 1 = held in reset (ISA documentation, SoftReset.md). */
    nxs_status (*reset)(struct tt_device *dev, struct tt_noc_addr core,
                        uint32_t soft_reset);

    /* Let the chip run for a slice (a simulator computes, silicon is given
     * time). A fault of guest code (bad access, unknown instruction) gives
     * TT_PROGRESS_FAULT, and the core stays stopped until reset; so does
     * what the chip only objects to, and the core goes on. */
    nxs_status (*progress)(struct tt_device *dev, enum tt_progress *out);

    /* Take the oldest fault that has not been taken; false if there is none.
     * Nothing is logged: the caller knows more of the program. */
    bool (*fault)(struct tt_device *dev, struct tt_fault *out);

    /* Describe one RISC-V core (0 B, 1-3 T0-T2, 4 NC) for a report. */
    nxs_status (*core_state)(struct tt_device *dev, struct tt_noc_addr core,
                             unsigned risc, struct tt_core_state *out);
};

/** struct tt_device - embedded first in a backend's own structure */
struct tt_device {
    const struct tt_device_ops *ops;
    struct tt_device_info info;
};

/**
 * tt_device_status - of a system call that failed while a device was opened
 * @error: errno
 *
 * Return: NXS_OutOfResources if the host had too little of something that may
 * be there at another time: memory, open files, processes; otherwise
 * NXS_DeviceNotAvailable.
 */
nxs_status tt_device_status(int error);

/**
 * tt_device_discover - find and open the chips of this process
 * @out: array of at least @max pointers; filled from 0
 * @max: capacity
 * @out_n: how many were opened (at least 1 on success)
 * @cards: the cards of this machine (pci.h), usable or not, and why not; empty
 *         if nobody looked for cards
 *
 * TT_DEVICE=emu|ttsim|kmd selects the backend. Without it all cards that can
 * be opened are, and if there is none the embedded chip, TT_EMU_DEVICES
 * (1..16, default 1) times. A card that cannot be opened is a warning in the
 * log, and a record in @cards.
 *
 * Return: NXS_Success; NXS_InvalidValue for an unknown TT_DEVICE (its
 * default might be a card that nobody meant), TT_EMU_CHECK beside TT_EMU_DELAY,
 * or if @max is too small; NXS_DeviceNotFound if cards were asked for by name
 * and none can be used; NXS_DeviceNotAvailable from a backend;
 * NXS_OutOfHostMemory or NXS_OutOfResources if there is no device for want of
 * something that may be there at another time.
 */
nxs_status tt_device_discover(struct tt_device **out, size_t max, size_t *out_n,
                              struct tt_cards *cards);

/** tt_device_open_all - tt_device_discover() for those who do not ask what
 *  became of the cards */
nxs_status tt_device_open_all(struct tt_device **out, size_t max,
                              size_t *out_n);

/* One wrapper per slot: checks the arguments once, then calls the slot. */

/** tt_device_close - stop a chip and free it; NULL is ignored */
void tt_device_close(struct tt_device *dev);

/**
 * tt_device_read - copy bytes from the chip to the host
 * @dev: open device
 * @src: where to read; no alignment needed in memory, 4 bytes in registers
 * @dst: host memory of at least @len bytes, owned by the caller
 * @len: bytes to copy; 0 succeeds without touching the chip
 *
 * Blocks until the bytes have arrived. Any thread may call it; two calls that
 * overlap in the chip's memory are not ordered against each other.
 *
 * Return: NXS_Success; NXS_InvalidValue if the range wraps or leaves the tile;
 * NXS_DeviceNotAvailable if the chip stopped answering.
 */
nxs_status tt_device_read(struct tt_device *dev, struct tt_noc_addr src,
                          void *dst, size_t len);

/** tt_device_write - copy bytes to the chip; mirrors tt_device_read() */
nxs_status tt_device_write(struct tt_device *dev, struct tt_noc_addr dst,
                           const void *src, size_t len);

/**
 * tt_device_multicast - copy the same bytes to a rectangle of worker cores
 * @dev: open device
 * @first: where to write in the core with the lowest coordinates; in L1, and a
 *         multiple of 4
 * @width, @height: of the rectangle, in cores
 * @src: host memory of @len bytes, owned by the caller
 * @len: bytes, a multiple of 4; 0 succeeds without touching the chip
 *
 * Blocks; any thread. What one thread writes later lands later.
 *
 * Return: NXS_Success; NXS_InvalidValue if the rectangle is empty or leaves the
 * grid, or the range L1; NXS_DeviceNotAvailable if the chip stopped answering.
 */
nxs_status tt_device_multicast(struct tt_device *dev, struct tt_noc_addr first,
                               unsigned width, unsigned height, const void *src,
                               size_t len);

/**
 * tt_device_pages - fill or read interleaved pages of DRAM, without a copy
 *                   where the chip can be reached directly
 * @dev: open device
 * @pages: which pages, and visit(); borrowed for the call
 *
 * Blocks. Any thread may call it, with the order of tt_device_read() and
 * tt_device_write().
 *
 * Return: NXS_Success; NXS_InvalidValue if the pages are not as struct
 * tt_pages says or leave a bank; NXS_DeviceNotAvailable if the chip stopped
 * answering; NXS_OutOfResources without any window.
 */
nxs_status tt_device_pages(struct tt_device *dev, const struct tt_pages *pages);

/** tt_pages_at - where page @i lies */
struct tt_noc_addr tt_pages_at(const struct tt_device *dev,
                               const struct tt_pages *pages, uint64_t i);

/** tt_device_reset - write a tile's soft reset; see struct tt_device_ops */
nxs_status tt_device_reset(struct tt_device *dev, struct tt_noc_addr core,
                           uint32_t soft_reset);

/** tt_device_progress - let the chip run; see struct tt_device_ops */
nxs_status tt_device_progress(struct tt_device *dev, enum tt_progress *out);

/** tt_device_fault - take a fault; see struct tt_device_ops */
bool tt_device_fault(struct tt_device *dev, struct tt_fault *out);

/** tt_device_no_fault - fault slot of backends that cannot tell */
bool tt_device_no_fault(struct tt_device *dev, struct tt_fault *out);

/** tt_device_core_state - describe a core; see struct tt_device_ops */
nxs_status tt_device_core_state(struct tt_device *dev, struct tt_noc_addr core,
                                unsigned risc, struct tt_core_state *out);

/**
 * tt_emu_open - open one embedded chip
 * @out: the new device; close it with tt_device_close()
 *
 * TT_EMU_THREADS host threads run it (1..64, default: all processors). With
 * TT_EMU_CHECK=1 it objects to what kernels do wrong without stopping on it;
 * with TT_EMU_DELAY everything is late.
 *
 * Return: NXS_Success; NXS_InvalidValue for TT_EMU_CHECK=1 beside TT_EMU_DELAY;
 * NXS_OutOfHostMemory.
 */
nxs_status tt_emu_open(struct tt_device **out);

/**
 * tt_ttsim_open - open the official simulator named by TTSIM_LIB
 * @out: the new device; close it with tt_device_close()
 *
 * libttsim runs in a process of its own, one for each device, because it ends
 * that process when guest code does something it refuses. From then on every
 * slot returns NXS_DeviceNotAvailable with what the simulator said last. A
 * request that takes longer than TT_TTSIM_TIMEOUT_MS (default 60000, 0 =
 * never) ends it too. A fork of the opening process cannot use the device.
 *
 * Return: NXS_Success; NXS_DeviceNotAvailable if TTSIM_LIB is unset, cannot be
 * loaded, lacks a symbol or is not a Wormhole; as tt_device_status() if its
 * process cannot start; NXS_OutOfHostMemory.
 */
nxs_status tt_ttsim_open(struct tt_device **out);

#endif
