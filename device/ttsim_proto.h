/* SPDX-License-Identifier: MIT */
/* What the backend and the simulator's process say to each other. */
#ifndef TT_TTSIM_PROTO_H
#define TT_TTSIM_PROTO_H

#include <stdint.h>

/* Descriptors of the process when it starts; its output is collected from 1
 * and 2. */
#define TT_TTSIM_FD_SOCKET 3 /* SOCK_SEQPACKET: one message a packet */
#define TT_TTSIM_FD_SHARED 4 /* the shared memory */

/* Bulk data goes through shared memory, in slots so that one side fills or
 * empties one while the other works on the next. */
#define TT_TTSIM_SLOT_SIZE   0x40000u
#define TT_TTSIM_SLOTS       4u
#define TT_TTSIM_PIECES      128u /* of one slot */
#define TT_TTSIM_SHARED_SIZE (TT_TTSIM_SLOTS * sizeof(struct tt_ttsim_slot))

/* Room for the reason of a failed start, in the first slot. */
#define TT_TTSIM_REASON_SIZE 512u

/** struct tt_ttsim_piece - where bytes of a slot lie on the chip; the pieces
 *  follow each other in the slot
 *  @x, @y, @addr: struct tt_noc_addr
 *  @x_end, @y_end: of MULTICAST: the other corner of the rectangle */
struct tt_ttsim_piece {
    uint64_t addr;
    uint8_t x, y;
    uint8_t x_end, y_end;
    uint32_t len;
};

/** struct tt_ttsim_slot - one slot of shared memory */
struct tt_ttsim_slot {
    uint8_t data[TT_TTSIM_SLOT_SIZE];
    struct tt_ttsim_piece piece[TT_TTSIM_PIECES];
};

/** enum tt_ttsim_op - requests; each is answered, in order, by one reply */
enum tt_ttsim_op {
    TT_TTSIM_START, /* load the library and start the chip; no other before */
    TT_TTSIM_READ,
    TT_TTSIM_WRITE,
    TT_TTSIM_MULTICAST,
    TT_TTSIM_CLOCK,
    TT_TTSIM_QUIT /* stop the chip and end; no reply but the end of file */
};

/** struct tt_ttsim_request - from the backend
 *  @op: enum tt_ttsim_op
 *  @n: pieces of READ, WRITE and MULTICAST; cycles of CLOCK
 *  @slot: of READ, WRITE and MULTICAST */
struct tt_ttsim_request {
    uint32_t op;
    uint32_t n;
    uint32_t slot;
};

/** struct tt_ttsim_reply - from the simulator's process
 *  @op: of the request
 *  @failed: only of START: a reason is in the first slot
 *  @pci_id: of START: the first word of configuration space */
struct tt_ttsim_reply {
    uint32_t op;
    uint32_t failed;
    uint32_t pci_id;
};

#endif
