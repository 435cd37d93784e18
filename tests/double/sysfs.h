/* SPDX-License-Identifier: MIT */
/* A PCI bus in sysfs, made of ordinary files in a temporary folder. */
#ifndef TT_DOUBLE_SYSFS_H
#define TT_DOUBLE_SYSFS_H

#include <stdint.h>

/** struct fake_bus - the folder, for tt_pci_scan() */
struct fake_bus {
    char root[64];
};

/** fake_bus_init - an empty bus; nonzero on failure */
int fake_bus_init(struct fake_bus *bus);

/** fake_bus_fini - remove it */
void fake_bus_fini(struct fake_bus *bus);

/** fake_bus_add - a device with link, NUMA node and subsystem
 *  @node: number below /dev/tenstorrent, -1 for none */
void fake_bus_add(struct fake_bus *bus, const char *address, uint16_t vendor,
                  uint16_t id, int node);

/** fake_bus_write - one file of a device, or folder if @text is NULL */
void fake_bus_write(struct fake_bus *bus, const char *address, const char *name,
                    const char *text);

#endif
