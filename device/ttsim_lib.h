/* SPDX-License-Identifier: MIT */
/* libttsim loaded into this process, which it ends when it refuses
 * something. */
#ifndef TT_TTSIM_LIB_H
#define TT_TTSIM_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct tt_ttsim_lib - the library and the chip in it; one per process
 *  @pci_id: first word of configuration space
 *  @bar0: where BAR0 lies
 *  @window: last configuration of the window that transfers go through */
struct tt_ttsim_lib {
    void (*init)(void);
    void (*exit)(void);
    uint32_t (*config_rd32)(uint32_t bus_device_function, uint32_t offset);
    void (*rd_bytes)(uint64_t addr, void *p, uint32_t size);
    void (*wr_bytes)(uint64_t addr, const void *p, uint32_t size);
    void (*clock)(uint32_t n_clocks);
    uint32_t pci_id;
    uint64_t bar0;
    uint64_t window;
};

/**
 * tt_ttsim_lib_start - load the library and start its chip
 * @lib: filled in
 * @path: of libttsim.so
 * @reason: why it cannot be started; cut off at @size
 *
 * The library stays loaded. A process forked from this one has a chip of its
 * own, in the state of that moment.
 *
 * Return: false with a reason.
 */
bool tt_ttsim_lib_start(struct tt_ttsim_lib *lib, const char *path,
                        char *reason, size_t size);

/** tt_ttsim_lib_read - copy @len bytes at @addr of the tile (@x, @y) of NOC 0
 */
void tt_ttsim_lib_read(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                       uint64_t addr, void *dst, uint32_t len);
/** tt_ttsim_lib_write - the other direction */
void tt_ttsim_lib_write(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                        uint64_t addr, const void *src, uint32_t len);
/** tt_ttsim_lib_multicast - the same to all Tensix tiles of a rectangle, of
 *  which (@x, @y) has the lowest coordinates and (@x_end, @y_end) the highest
 */
void tt_ttsim_lib_multicast(struct tt_ttsim_lib *lib, unsigned x, unsigned y,
                            unsigned x_end, unsigned y_end, uint64_t addr,
                            const void *src, uint32_t len);

#endif
