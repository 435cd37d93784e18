/* SPDX-License-Identifier: MIT */
/*
 * The two NOC interfaces of a tile, as its data-movement cores use them.
 *
 * tt-isa-documentation, WormholeB0/NoC/MemoryMap.md and Counters.md. Each core
 * has two of the four request initiators of either interface for itself: one
 * for requests whose answer comes here (reads, atomics, inline writes), one
 * for writes. What does not change from request to request is written once.
 */
#ifndef TT_NOC_H
#define TT_NOC_H

#include <cstdint>

#include "tt/core.h"

constexpr uint8_t noc_index = NOC_INDEX;
constexpr uint32_t NOC_MAX_BURST_SIZE = 8192;
constexpr uint32_t NUM_NOCS = 2;

namespace ttk
{

/* Registers of an initiator, relative to it. */
constexpr uint32_t targ_lo = 0x00, targ_mid = 0x04;
constexpr uint32_t ret_lo = 0x0C, ret_mid = 0x10;
constexpr uint32_t packet_tag = 0x18, noc_ctrl = 0x1C;
constexpr uint32_t noc_len = 0x20, noc_data = 0x24, noc_cmd = 0x28;

/* Relative to an interface. */
constexpr uint32_t noc_id_logical = 0x138;
constexpr uint32_t atomic_resp = 0x200, wr_ack = 0x204, rd_resp = 0x208;
constexpr uint32_t wr_sent = 0x228, posted_wr_sent = 0x22C;

/* NOC_CTRL. Writes and atomics name their virtual channel, as Metalium's do:
 * kernels write data, then raise a semaphore of the same tiles, and count on
 * the one to arrive before the other. That holds on the same channel of the
 * same NOC only (NoC/Ordering.md, two packets). Multicasts have channels of
 * their own (MemoryMap.md, NOC_CMD_STATIC_VC). */
constexpr uint32_t ctrl_channel(uint32_t channel)
{
    return 1u << 7 | channel << 13;
}
constexpr uint32_t ctrl_unicast = ctrl_channel(1);
constexpr uint32_t ctrl_read = 1u << 4;
constexpr uint32_t ctrl_posted = ctrl_unicast | 1u << 1;
constexpr uint32_t ctrl_write = ctrl_posted | 1u << 4;
constexpr uint32_t ctrl_inline = ctrl_write | 1u << 3;
constexpr uint32_t ctrl_posted_atomic = ctrl_unicast | 1u << 0;
constexpr uint32_t ctrl_atomic = ctrl_posted_atomic | 1u << 4;
constexpr uint32_t ctrl_multicast =
    ctrl_channel(4) | 1u << 1 | 1u << 4 | 1u << 5 | 1u << 8;
constexpr uint32_t ctrl_linked = 1u << 6;
constexpr uint32_t ctrl_with_self = 1u << 17;

/* Atomics.md: increment of 32 bits; the low bits are the word in 16 bytes. */
constexpr uint32_t atomic_increment = 1u << 12 | 31u << 2;

#ifdef COMPILE_FOR_NCRISC
constexpr uint32_t ask_offset = 0x800, write_offset = 0xC00;
#else
constexpr uint32_t ask_offset = 0x000, write_offset = 0x400;
#endif

/** struct noc_counts - what the counters of an interface will say when all
 *  that this core has asked for is done */
struct noc_counts {
    uint32_t reads, acks, sent, posted, atomics;
};

inline noc_counts issued[NUM_NOCS];

TT_INLINE constexpr uint32_t niu(uint32_t noc)
{
    return 0xFFB20000u + (noc << 16);
}

/** noc_self - own coordinate in the form of the MID registers; NOC_ID_LOGICAL
 *  has the translated one, which both interfaces understand */
TT_INLINE uint32_t noc_self(uint32_t noc)
{
    return (reg(niu(noc) + noc_id_logical) & 0xFFF) << 4;
}

/** noc_ready - wait until an initiator takes a request */
TT_INLINE void noc_ready(uint32_t at)
{
    while (reg(at + noc_cmd) & 1)
        ;
}

/** noc_start - before the kernel: constant registers, counters so far */
inline void noc_start()
{
    for (uint32_t noc = 0; noc < NUM_NOCS; noc++) {
        uint32_t ask = niu(noc) + ask_offset;
        uint32_t write = niu(noc) + write_offset;

        noc_ready(ask);
        noc_ready(write);
        reg(ask + ret_mid) = noc_self(noc);
        reg(ask + packet_tag) = 0;
        reg(ask + noc_ctrl) = ctrl_read;
        reg(write + targ_mid) = noc_self(noc);
        reg(write + packet_tag) = 0;
        reg(write + noc_ctrl) = ctrl_write;
        issued[noc].reads = reg(niu(noc) + rd_resp);
        issued[noc].acks = reg(niu(noc) + wr_ack);
        issued[noc].sent = reg(niu(noc) + wr_sent);
        issued[noc].posted = reg(niu(noc) + posted_wr_sent);
        issued[noc].atomics = reg(niu(noc) + atomic_resp);
    }
}

/* ---- requests of one packet ---- */

TT_INLINE void noc_read_packet(uint32_t noc, uint64_t from, uint32_t to,
                               uint32_t size)
{
    uint32_t at = niu(noc) + ask_offset;

    noc_ready(at);
    reg(at + targ_lo) = static_cast<uint32_t>(from);
    reg(at + targ_mid) = static_cast<uint32_t>(from >> 32);
    reg(at + ret_lo) = to;
    reg(at + noc_len) = size;
    reg(at + noc_cmd) = 1;
    issued[noc].reads++;
}

TT_INLINE void noc_write_packet(uint32_t noc, uint32_t from, uint64_t to,
                                uint32_t size)
{
    uint32_t at = niu(noc) + write_offset;

    noc_ready(at);
    reg(at + targ_lo) = from;
    reg(at + ret_lo) = static_cast<uint32_t>(to);
    reg(at + ret_mid) = static_cast<uint32_t>(to >> 32);
    reg(at + noc_len) = size;
    reg(at + noc_cmd) = 1;
    issued[noc].acks++;
    issued[noc].sent++;
}

/* ---- any size ---- */

TT_COLD inline void noc_read_long(uint32_t noc, uint64_t from, uint32_t to,
                                  uint32_t size)
{
    while (size > 0) {
        uint32_t n = size < NOC_MAX_BURST_SIZE ? size : NOC_MAX_BURST_SIZE;

        noc_read_packet(noc, from, to, n);
        from += n;
        to += n;
        size -= n;
    }
}

TT_COLD inline void noc_write_long(uint32_t noc, uint32_t from, uint64_t to,
                                   uint32_t size)
{
    while (size > 0) {
        uint32_t n = size < NOC_MAX_BURST_SIZE ? size : NOC_MAX_BURST_SIZE;

        noc_write_packet(noc, from, to, n);
        from += n;
        to += n;
        size -= n;
    }
}

/* Nothing to do is left to the long form, too. */
TT_INLINE bool is_one_packet(uint32_t size)
{
    return size - 1 < NOC_MAX_BURST_SIZE;
}

TT_INLINE void noc_read(uint32_t noc, uint64_t from, uint32_t to, uint32_t size)
{
    memory_fence();
    if (is_one_packet(size))
        noc_read_packet(noc, from, to, size);
    else
        noc_read_long(noc, from, to, size);
}

TT_INLINE void noc_write(uint32_t noc, uint32_t from, uint64_t to,
                         uint32_t size)
{
    memory_fence();
    if (is_one_packet(size))
        noc_write_packet(noc, from, to, size);
    else
        noc_write_long(noc, from, to, size);
}

/** noc_write_special - writes of another kind: multicast or posted
 *  @ctrl: for NOC_CTRL; put back afterwards
 *  @n_acks: acknowledgements that each packet brings, unless posted */
TT_COLD inline void noc_write_special(uint32_t noc, uint32_t from, uint64_t to,
                                      uint32_t size, uint32_t ctrl,
                                      uint32_t n_acks)
{
    uint32_t at = niu(noc) + write_offset;

    memory_fence();
    noc_ready(at);
    reg(at + noc_ctrl) = ctrl;
    while (size > 0) {
        uint32_t n = size < NOC_MAX_BURST_SIZE ? size : NOC_MAX_BURST_SIZE;

        noc_write_packet(noc, from, to, n);
        issued[noc].acks += n_acks - 1;
        if (ctrl == ctrl_posted) {
            issued[noc].acks -= n_acks;
            issued[noc].sent--;
            issued[noc].posted++;
        }
        from += n;
        to += n;
        size -= n;
    }
    noc_ready(at);
    reg(at + noc_ctrl) = ctrl_write;
}

/** noc_ask - an atomic or an inline write: no data but a register
 *  @len: operation or byte mask */
TT_COLD inline void noc_ask(uint32_t noc, uint64_t where, uint32_t data,
                            uint32_t ctrl, uint32_t len)
{
    uint32_t at = niu(noc) + ask_offset;

    memory_fence();
    noc_ready(at);
    reg(at + targ_lo) = static_cast<uint32_t>(where);
    reg(at + targ_mid) = static_cast<uint32_t>(where >> 32);
    reg(at + ret_lo) = TT_L1_ATOMIC_OLD + 16 * TT_THIS_RISC;
    reg(at + noc_ctrl) = ctrl;
    reg(at + noc_len) = len;
    reg(at + noc_data) = data;
    reg(at + noc_cmd) = 1;
    noc_ready(at);
    reg(at + noc_ctrl) = ctrl_read;
}

/* ---- waiting ---- */

TT_COLD inline void noc_wait_slow(uint32_t counter, uint32_t until,
                                  uint32_t kind)
{
    waiting(kind, 0, TT_CALLER);
    while (reg(counter) != until)
        ;
    waited();
}

TT_INLINE void noc_wait(uint32_t counter, uint32_t until, uint32_t kind)
{
    if (reg(counter) != until)
        noc_wait_slow(counter, until, kind);
    memory_fence();
}

TT_INLINE void noc_wait_reads(uint32_t noc)
{
    noc_wait(niu(noc) + rd_resp, issued[noc].reads, TT_WAIT_NOC_READ);
}
TT_INLINE void noc_wait_writes(uint32_t noc)
{
    noc_wait(niu(noc) + wr_ack, issued[noc].acks, TT_WAIT_NOC_WRITE);
}
TT_INLINE void noc_wait_sent(uint32_t noc)
{
    noc_wait(niu(noc) + wr_sent, issued[noc].sent, TT_WAIT_NOC_WRITE);
}
TT_INLINE void noc_wait_posted(uint32_t noc)
{
    noc_wait(niu(noc) + posted_wr_sent, issued[noc].posted, TT_WAIT_NOC_WRITE);
}
TT_INLINE void noc_wait_atomics(uint32_t noc)
{
    noc_wait(niu(noc) + atomic_resp, issued[noc].atomics, TT_WAIT_NOC_ATOMIC);
}

} /* namespace ttk */

#endif
