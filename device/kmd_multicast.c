/* SPDX-License-Identifier: MIT */
/*
 * Writes to many cores of a card at once: windows that look at a rectangle of
 * Tensix tiles (tt-isa-documentation, PCIExpressTile/TLBs.md, "mcast"). Rows
 * that are harvested and columns of other tiles inside it take no part.
 *
 * What is on its way is known tile by tile (struct tt_kmd_extent). A multicast
 * is not: so everything before it has arrived when it begins, and it has
 * arrived when it ends. For that a read does, whatever it reads: the PCI
 * Express tile lets it go when all tiles have acknowledged the write.
 */
#include <string.h>

#include "device/kmd_impl.h"

static nxs_status write_word(struct tt_kmd *kmd, struct tt_noc_addr first,
                             struct tt_noc_addr last, const unsigned char *from)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    nxs_status status;
    uint32_t word;
    size_t room;
    void *ptr;

    status = tt_kmd_aim_all(kmd, TT_KMD_ORDERED, first, last, &ptr, &room);
    if (status < 0)
        return status;
    memcpy(&word, from, sizeof(word));
    sys->write32(sys->ctx, ptr, word);
    return NXS_Success;
}

static nxs_status write_bulk(struct tt_kmd *kmd, struct tt_noc_addr first,
                             struct tt_noc_addr last, const unsigned char *from,
                             size_t len)
{
    const struct tt_kmd_sys *sys = kmd->sys;
    nxs_status status = NXS_Success;

    for (size_t room; len; last.addr += room, from += room, len -= room) {
        void *ptr;

        status = tt_kmd_aim_all(kmd, TT_KMD_L1, first, last, &ptr, &room);
        if (status < 0)
            return status;
        if (room > len)
            room = len;
        kmd->unfenced = true;
        tt_kmd_copy_to(ptr, from, room);
        sys->stored(sys->ctx, ptr, room);
    }
    return status;
}

static nxs_status multicast_locked(struct tt_kmd *kmd, struct tt_noc_addr first,
                                   struct tt_noc_addr last,
                                   const unsigned char *from, size_t len)
{
    bool bulk = len > 4;
    nxs_status status = tt_kmd_check(kmd);

    if (status >= 0)
        status = tt_kmd_settle(kmd);
    if (status >= 0)
        status = tt_kmd_before_write(kmd, last, len, bulk);
    if (status >= 0)
        status = bulk ? write_bulk(kmd, first, last, from, len)
                      : write_word(kmd, first, last, from);
    return status < 0 ? status : tt_kmd_settle(kmd);
}

nxs_status tt_kmd_multicast(struct tt_device *dev, struct tt_noc_addr first,
                            unsigned width, unsigned height, const void *src,
                            size_t len)
{
    struct tt_kmd *kmd = tt_kmd_of(dev);
    struct tt_noc_addr last = {.x = (uint8_t)(first.x + width - 1),
                               .y = (uint8_t)(first.y + height - 1),
                               .addr = first.addr};
    nxs_status status;

    pthread_mutex_lock(&kmd->lock);
    status = multicast_locked(kmd, first, last, src, len);
    pthread_mutex_unlock(&kmd->lock);
    return status;
}
