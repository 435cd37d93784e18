/* SPDX-License-Identifier: MIT */
/* A PCI bus in sysfs, made of ordinary files in a temporary folder. */
#include "tests/double/sysfs.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void path_of(char *out, size_t size, const struct fake_bus *bus,
                    const char *address, const char *name)
{
    snprintf(out, size, "%s/devices/%s/%s", bus->root, address, name);
}

int fake_bus_init(struct fake_bus *bus)
{
    char path[96];

    /* In memory where there is such a place. */
    snprintf(bus->root, sizeof(bus->root), "/dev/shm/tt_fake_bus_XXXXXX");
    if (!mkdtemp(bus->root)) {
        snprintf(bus->root, sizeof(bus->root), "/tmp/tt_fake_bus_XXXXXX");
        if (!mkdtemp(bus->root))
            return -1;
    }
    snprintf(path, sizeof(path), "%s/devices", bus->root);
    return mkdir(path, 0700);
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fake_bus_fini(struct fake_bus *bus)
{
    (void)nftw(bus->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void fake_bus_write(struct fake_bus *bus, const char *address, const char *name,
                    const char *text)
{
    char path[256];
    FILE *file;

    path_of(path, sizeof(path), bus, address, name);
    if (!text) {
        (void)mkdir(path, 0700);
        return;
    }
    file = fopen(path, "we");
    if (!file)
        return;
    (void)fprintf(file, "%s\n", text);
    (void)fclose(file);
}

static void add_node(struct fake_bus *bus, const char *address, int node)
{
    char name[64];

    fake_bus_write(bus, address, "tenstorrent", NULL);
    snprintf(name, sizeof(name), "tenstorrent/tenstorrent!%d", node);
    fake_bus_write(bus, address, name, NULL);
    snprintf(name, sizeof(name), "tenstorrent/tenstorrent!%d/tt_card_type",
             node);
    fake_bus_write(bus, address, name, "n150");
    snprintf(name, sizeof(name), "tenstorrent/tenstorrent!%d/tt_fw_bundle_ver",
             node);
    fake_bus_write(bus, address, name, "18.7.0.0");
}

void fake_bus_add(struct fake_bus *bus, const char *address, uint16_t vendor,
                  uint16_t id, int node)
{
    char text[32];

    fake_bus_write(bus, address, "", NULL);
    snprintf(text, sizeof(text), "0x%04x", vendor);
    fake_bus_write(bus, address, "vendor", text);
    snprintf(text, sizeof(text), "0x%04x", id);
    fake_bus_write(bus, address, "device", text);
    fake_bus_write(bus, address, "class", "0x120000");
    fake_bus_write(bus, address, "subsystem_vendor", "0x1e52");
    fake_bus_write(bus, address, "subsystem_device", "0x0018");
    fake_bus_write(bus, address, "current_link_speed", "16.0 GT/s PCIe");
    fake_bus_write(bus, address, "current_link_width", "8");
    fake_bus_write(bus, address, "numa_node", "1");
    if (node >= 0)
        add_node(bus, address, node);
}
