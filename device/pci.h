/* SPDX-License-Identifier: MIT */
/* Cards on the PCI bus, usable or not, and why not. */
#ifndef TT_PCI_H
#define TT_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexus-api.h"

#define TT_MAX_CARDS 32u

#define TT_PCI_VENDOR    0x1E52u
#define TT_PCI_WORMHOLE  0x401Eu
#define TT_PCI_BLACKHOLE 0xB140u
#define TT_PCI_GRAYSKULL 0xFACAu

/** struct tt_card - one card, as the bus and its driver describe it
 *  @address: "domain:bus:device.function"
 *  @chip: "Wormhole", "Blackhole", "Grayskull"
 *  @link_speed: for instance "16.0 GT/s PCIe", "" if unknown
 *  @link_width: lanes, 0 if unknown
 *  @numa_node: -1 if the machine has no such thing
 *  @node: "/dev/tenstorrent/N", "" without one
 *  @board, @firmware, @driver: what tt-kmd says of it, "" if nothing
 *  @device: number of the open device, -1 if it is not open
 *  @reason, @remedy: why it is not usable and what to do; "" if it is */
struct tt_card {
    char address[24];
    uint16_t domain;
    uint8_t bus, slot, function;
    uint16_t vendor, id;
    uint16_t subsystem_vendor, subsystem;
    const char *chip;
    char link_speed[32];
    unsigned link_width;
    int numa_node;
    char node[64];
    char board[20];
    char firmware[24];
    char driver[24];
    int device;
    char reason[160];
    char remedy[160];
};

/** struct tt_cards - all cards of the machine
 *  @lacking: something was not seen because this process could have no more
 *            memory or open files: worth another scan
 *  @none: why there are none, "" if there are some */
struct tt_cards {
    size_t n;
    bool lacking;
    char none[160];
    struct tt_card card[TT_MAX_CARDS];
};

/**
 * tt_pci_scan - list the cards of the vendor
 * @sysfs: root of the bus in sysfs; NULL for the machine's own
 *         "/sys/bus/pci"
 * @out: cards in the order of their addresses; @device is -1, and chips that
 *       are not supported have their @reason and @remedy already
 *
 * Never fails: a machine without PCI, or a bus that cannot be read, has no
 * cards, and @none says so. Cards beyond TT_MAX_CARDS are left out.
 */
void tt_pci_scan(const char *sysfs, struct tt_cards *out);

/**
 * tt_pci_refuse - record why a card is not usable; logged as a warning
 * @card: card
 * @remedy: what its owner can do
 * @fmt: the reason, printf style
 */
void tt_pci_refuse(struct tt_card *card, const char *remedy, const char *fmt,
                   ...) __attribute__((format(printf, 3, 4)));

/**
 * tt_pci_json - the cards as a JSON array, for a property of the runtime
 * @cards: cards
 * @buf, @size: where to, with a terminating NUL
 *
 * What does not fit is left out from the end of the list, whole cards at a
 * time, so that the text always parses.
 *
 * Return: how many cards are in the text.
 */
size_t tt_pci_json(const struct tt_cards *cards, char *buf, size_t size);

#endif
