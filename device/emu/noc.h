/* SPDX-License-Identifier: MIT */
/* NOC requests, as noc.c performs them and delay_noc.c carries them out late.
 */
#ifndef TT_EMU_NOC_H
#define TT_EMU_NOC_H

#include "device/emu/chip.h"

/* NOC_CTRL bits (NoC/MemoryMap.md). */
#define TT_NOC_ATOMIC      (1u << 0)
#define TT_NOC_WRITE       (1u << 1)
#define TT_NOC_INLINE      (1u << 3)
#define TT_NOC_RESP        (1u << 4) /* not posted */
#define TT_NOC_MULTICAST   (1u << 5)
#define TT_NOC_LINKED      (1u << 6)
#define TT_NOC_STATIC      (1u << 7) /* the channel of TT_NOC_CHANNEL */
#define TT_NOC_PATH        (1u << 8) /* path reserve */
#define TT_NOC_CHANNEL     (7u << 13)
#define TT_NOC_SRC_INCLUDE (1u << 17)

/** struct tt_noc_request - one request, as the registers describe it
 *  @risc: who asks; TT_N_RISC: nobody on the tile
 *  @txn: transaction id
 *  @targ, @ret, @targ_addr, @ret_addr: its two ends; addresses have 36 bits */
struct tt_noc_request {
    struct tt_tile *tile;
    struct tt_niu *niu;
    unsigned risc, noc;
    uint32_t ctrl, len, data;
    unsigned txn;
    uint32_t targ_mid, ret_mid;
    struct tt_place targ, ret;
    uint64_t targ_addr, ret_addr;
};

/**
 * tt_noc_remote - move the bytes of a request to or from its far end
 * @r: request that tt_noc_legal() accepts
 * @at, @addr: where; r->len bytes, or one word of an inline write or atomic
 * @buf: the near end
 * @write: direction
 *
 * Return: TT_STEP_DONE, or TT_STEP_FAULT, recorded as the fault of r->risc (of
 * nobody's: in chip->refusal).
 */
enum tt_step tt_noc_remote(const struct tt_noc_request *r, struct tt_place at,
                           uint64_t addr, void *buf, uint32_t len, bool write);

/**
 * tt_noc_destinations - the tiles of a multicast's rectangle that take part
 * @r: a multicast that is legal
 * @out: room for TT_CHIP_TILES places
 *
 * Return: how many.
 */
unsigned tt_noc_destinations(const struct tt_noc_request *r,
                             struct tt_place *out);

#endif
