/* SPDX-License-Identifier: MIT */
/* Cards on the PCI bus, found by libpci and described by sysfs. */
#include "device/pci.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <pci/pci.h>

#include "device/tt_device.h"
#include "pool/tt_log.h"

#define SYSFS "/sys/bus/pci"

/* A device that vanishes ends a scan; the next one does not see it. */
#define MAX_TRIES 3u

/* ---- libpci, which would rather exit than return an error ---- */

/* libpci's error callback must not return and is handed no context: the way
 * back is per thread, and set only while tt_pci_scan() runs. */
static _Thread_local jmp_buf *way_back;

static void on_warning(char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void on_error(char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

static void on_warning(char *fmt, ...)
{
    char text[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    tt_log(TT_LOG_DEBUG, "libpci: %s", text);
}

static void on_error(char *fmt, ...)
{
    char text[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    tt_log(TT_LOG_DEBUG, "libpci: %s", text);
    longjmp(*way_back, 1);
}

/* ---- sysfs ---- */

/* The first line of a small file, "" if there is none; printable ASCII only,
 * because it goes into log lines and JSON. */
static void read_line(char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void read_line(char *out, size_t size, const char *fmt, ...)
{
    char path[PATH_MAX + 128];
    va_list args;
    FILE *file;

    out[0] = '\0';
    va_start(args, fmt);
    vsnprintf(path, sizeof(path), fmt, args);
    va_end(args);
    file = fopen(path, "re");
    if (!file)
        return;
    if (!fgets(out, (int)size, file))
        out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    for (char *c = out; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    (void)fclose(file);
}

static long read_number(const char *root, const char *address, const char *name,
                        int base, long missing)
{
    char text[32], *end;
    long value;

    read_line(text, sizeof(text), "%s/devices/%s/%s", root, address, name);
    value = strtol(text, &end, base);
    return end == text ? missing : value;
}

/* tt-kmd, docs/sysfs-attributes.md: the class device is a folder
 * "tenstorrent!N" below the PCI device. */
static bool is_node(const char *name, unsigned *out_n)
{
    static const char prefix[] = "tenstorrent!";
    unsigned long n;
    char *end;

    if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
        return false;
    name += sizeof(prefix) - 1;
    n = strtoul(name, &end, 10);
    *out_n = (unsigned)n;
    return end != name && n <= UINT_MAX;
}

/* False if this process may not look. */
static bool find_node(const char *root, struct tt_card *card)
{
    char path[PATH_MAX + 64];
    const struct dirent *entry;
    unsigned n;
    DIR *dir;

    snprintf(path, sizeof(path), "%s/devices/%s/tenstorrent", root,
             card->address);
    dir = opendir(path);
    if (!dir && tt_device_status(errno) == NXS_OutOfResources) {
        tt_pci_refuse(card, "free memory, or allow more open files (ulimit -n)",
                      "looking for its node: %s", strerror(errno));
        return false;
    }
    if (!dir)
        return true;
    while (!card->node[0] && (entry = readdir(dir))) {
        if (!is_node(entry->d_name, &n))
            continue;
        snprintf(card->node, sizeof(card->node), "/dev/tenstorrent/%u", n);
        read_line(card->board, sizeof(card->board), "%s/tenstorrent!%u/%s",
                  path, n, "tt_card_type");
        read_line(card->firmware, sizeof(card->firmware),
                  "%s/tenstorrent!%u/%s", path, n, "tt_fw_bundle_ver");
    }
    (void)closedir(dir);
    return true;
}

static bool describe(const char *root, struct tt_card *card)
{
    char width[16];

    read_line(card->link_speed, sizeof(card->link_speed), "%s/devices/%s/%s",
              root, card->address, "current_link_speed");
    read_line(width, sizeof(width), "%s/devices/%s/%s", root, card->address,
              "current_link_width");
    card->link_width = (unsigned)strtoul(width, NULL, 10);
    card->numa_node =
        (int)read_number(root, card->address, "numa_node", 10, -1);
    card->subsystem_vendor =
        (uint16_t)read_number(root, card->address, "subsystem_vendor", 16, 0);
    card->subsystem =
        (uint16_t)read_number(root, card->address, "subsystem_device", 16, 0);
    return find_node(root, card);
}

/* ---- cards ---- */

void tt_pci_refuse(struct tt_card *card, const char *remedy, const char *fmt,
                   ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(card->reason, sizeof(card->reason), fmt, args);
    va_end(args);
    snprintf(card->remedy, sizeof(card->remedy), "%s", remedy);
    tt_log(TT_LOG_WARN, "%s at %s is not usable: %s (%s)", card->chip,
           card->address, card->reason, card->remedy);
}

static const char *chip_name(uint16_t id)
{
    switch (id) {
    case TT_PCI_WORMHOLE:
        return "Wormhole";
    case TT_PCI_BLACKHOLE:
        return "Blackhole";
    case TT_PCI_GRAYSKULL:
        return "Grayskull";
    default:
        return "unknown chip";
    }
}

static void judge(struct tt_card *card)
{
    if (card->reason[0])
        return;
    if (card->id == TT_PCI_BLACKHOLE)
        tt_pci_refuse(card, "use a Wormhole card or the embedded chip",
                      "Blackhole is not supported yet");
    else if (card->id != TT_PCI_WORMHOLE)
        tt_pci_refuse(card, "use a Wormhole card or the embedded chip",
                      "%s (%04x:%04x) is not supported", card->chip,
                      card->vendor, card->id);
    else if (!card->node[0])
        tt_pci_refuse(card,
                      "install tt-kmd 2.0.0 or later and load it "
                      "(modprobe tenstorrent)",
                      "no driver: there is no /dev/tenstorrent node for it");
}

static void add(const char *root, const struct pci_dev *dev,
                struct tt_cards *out)
{
    struct tt_card *card;

    if (dev->vendor_id != TT_PCI_VENDOR)
        return;
    if (out->n == TT_MAX_CARDS) {
        tt_log(TT_LOG_WARN, "more than %u cards: the rest is left out",
               TT_MAX_CARDS);
        return;
    }
    card = &out->card[out->n++];
    *card = (struct tt_card){
        .domain = (uint16_t)dev->domain,
        .bus = dev->bus,
        .slot = dev->dev,
        .function = dev->func,
        .vendor = dev->vendor_id,
        .id = dev->device_id,
        .chip = chip_name(dev->device_id),
        .device = -1,
    };
    snprintf(card->address, sizeof(card->address), "%04x:%02x:%02x.%x",
             card->domain, card->bus, card->slot, card->function);
    if (!describe(root, card))
        out->lacking = true;
}

static int by_address(const void *a, const void *b)
{
    return strcmp(((const struct tt_card *)a)->address,
                  ((const struct tt_card *)b)->address);
}

static void find_devices(struct pci_access *access, char *root)
{
    access->method = PCI_ACCESS_SYS_BUS_PCI;
    access->error = on_error;
    access->warning = on_warning;
    access->debug = on_warning;
    (void)pci_set_param(access, "sysfs.path", root);
    pci_init(access);
    pci_scan_bus(access);
}

static void add_devices(const struct pci_access *access, const char *root,
                        struct tt_cards *out)
{
    unsigned n = 0;

    out->n = 0;
    out->lacking = false;
    for (struct pci_dev *dev = access->devices; dev; dev = dev->next, n++) {
        (void)pci_fill_info(dev, PCI_FILL_IDENT);
        add(root, dev, out);
    }
    snprintf(out->none, sizeof(out->none),
             "none of the %u devices on the PCI bus is one (vendor %04x)", n,
             TT_PCI_VENDOR);
}

/* Each step by itself, because libpci may give up any of them: then the device
 * and the folder that it held are lost, but not what it had found before. */
static bool try_scan(char *root, struct tt_cards *out)
{
    struct pci_access *const access = pci_alloc();
    volatile bool complete = false;
    jmp_buf here;

    way_back = &here;
    if (!setjmp(here)) {
        find_devices(access, root);
        complete = true;
    }
    if (!setjmp(here))
        add_devices(access, root, out);
    if (!setjmp(here))
        pci_cleanup(access);
    way_back = NULL;
    return complete;
}

void tt_pci_scan(const char *sysfs, struct tt_cards *out)
{
    char root[PATH_MAX];
    DIR *dir;

    out->n = 0;
    out->lacking = false;
    snprintf(out->none, sizeof(out->none), "the PCI bus cannot be read");
    snprintf(root, sizeof(root), "%s/devices", sysfs ? sysfs : SYSFS);
    dir = opendir(root);
    if (!dir) {
        out->lacking = tt_device_status(errno) == NXS_OutOfResources;
        snprintf(out->none, sizeof(out->none),
                 "there is no PCI bus to look at (%.80s: %s)", root,
                 strerror(errno));
        return;
    }
    (void)closedir(dir);
    snprintf(root, sizeof(root), "%s", sysfs ? sysfs : SYSFS);
    for (unsigned i = 0; i < MAX_TRIES && !try_scan(root, out); i++)
        tt_log(TT_LOG_DEBUG, "the PCI bus changed under the scan");
    if (out->n)
        out->none[0] = '\0';
    qsort(out->card, out->n, sizeof(out->card[0]), by_address);
    for (size_t i = 0; i < out->n; i++)
        judge(&out->card[i]);
}

/* ---- JSON ---- */

static json_t *card_json(const struct tt_card *card)
{
    char subsystem[16];

    snprintf(subsystem, sizeof(subsystem), "%04x:%04x", card->subsystem_vendor,
             card->subsystem);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:i, s:b, s:s, "
        "s:s}",
        "address", card->address, "chip", card->chip, "board", card->board,
        "firmware", card->firmware, "driver", card->driver, "subsystem",
        subsystem, "link_speed", card->link_speed, "link_width",
        (int)card->link_width, "numa_node", card->numa_node, "node", card->node,
        "device", card->device, "usable", !card->reason[0], "reason",
        card->reason, "remedy", card->remedy);
}

size_t tt_pci_json(const struct tt_cards *cards, char *buf, size_t size)
{
    json_t *list = json_array();
    size_t n = 0;

    snprintf(buf, size, "[]");
    for (size_t i = 0; list && i < cards->n; i++) {
        size_t len;

        if (json_array_append_new(list, card_json(&cards->card[i])))
            break;
        len = json_dumpb(list, NULL, 0, JSON_COMPACT);
        if (!len || len >= size)
            break;
        buf[json_dumpb(list, buf, size, JSON_COMPACT)] = '\0';
        n++;
    }
    json_decref(list);
    return n;
}
