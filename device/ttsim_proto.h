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
#define TT_TTSIM_SLOT_SIZE   0x20000u
#define TT_TTSIM_SLOTS       4u
#define TT_TTSIM_SHARED_SIZE (TT_TTSIM_SLOTS * TT_TTSIM_SLOT_SIZE)

/* Room for the reason of a failed start, at the start of shared memory. */
#define TT_TTSIM_REASON_SIZE 512u

/** enum tt_ttsim_op - requests; each is answered, in order, by one reply */
enum tt_ttsim_op {
    TT_TTSIM_START, /* load the library and start the chip; no other before */
    TT_TTSIM_READ,
    TT_TTSIM_WRITE,
    TT_TTSIM_CLOCK,
    TT_TTSIM_QUIT /* stop the chip and end; no reply but the end of file */
};

/** struct tt_ttsim_request - from the backend
 *  @op: enum tt_ttsim_op
 *  @len: bytes of READ and WRITE, at most a slot; cycles of CLOCK
 *  @slot: where in shared memory the bytes are
 *  @x, @y, @addr: struct tt_noc_addr of READ and WRITE */
struct tt_ttsim_request {
    uint32_t op;
    uint32_t len;
    uint32_t slot;
    uint8_t x, y;
    uint16_t unused;
    uint64_t addr;
};

/** struct tt_ttsim_reply - from the simulator's process
 *  @op: of the request
 *  @failed: only of START: a reason is at the start of shared memory
 *  @pci_id: of START: the first word of configuration space */
struct tt_ttsim_reply {
    uint32_t op;
    uint32_t failed;
    uint32_t pci_id;
};

#endif
