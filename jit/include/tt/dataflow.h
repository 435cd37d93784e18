/* SPDX-License-Identifier: MIT */
/* The data-movement half of the kernel API: names and meaning as Metalium
 * kernels know them, on top of tt/noc.h. The class form is in tt/noc_class.h.
 */
#ifndef TT_DATAFLOW_H
#define TT_DATAFLOW_H

#include "tt/accessor.h"
#include "tt/names.h"
#include "tt/noc.h"

constexpr uint32_t NOC_UNICAST_WRITE_VC = 1;

#define MEM_ZEROS_BASE TT_L1_ZEROS
#define MEM_ZEROS_SIZE TT_L1_ZEROS_SIZE

/* ---- addresses ---- */

namespace ttk
{

/** places - something with get_noc_addr(): generators and accessors */
template <typename T>
concept places = requires(const T &gen)
{
    gen.get_noc_addr(0u, 0u, 0);
};

/* Untranslated coordinates are those of NOC 0 whatever the NOC in use; worker
 * coordinates are translated ones, from 16 on, and equal on both. */
TT_INLINE uint32_t noc_x(uint32_t x, uint32_t noc)
{
    return noc && x < 16 ? 9 - x : x;
}
TT_INLINE uint32_t noc_y(uint32_t y, uint32_t noc)
{
    return noc && y < 16 ? 11 - y : y;
}

/** struct own_coordinate - what my_x[noc] and my_y[noc] yield */
struct own_coordinate {
    uint32_t shift;

    TT_INLINE uint8_t operator[](uint32_t noc) const
    {
        return reg(niu(noc) + noc_id_logical) >> shift & 0x3F;
    }
};

} /* namespace ttk */

constexpr ttk::own_coordinate my_x{0};
constexpr ttk::own_coordinate my_y{6};

TT_INLINE uint64_t get_noc_addr(uint32_t x, uint32_t y, uint32_t addr,
                                uint8_t noc = noc_index)
{
    return ttk::noc_place(ttk::noc_x(x, noc), ttk::noc_y(y, noc), addr);
}
TT_INLINE uint64_t get_noc_addr(uint32_t addr, uint8_t noc = noc_index)
{
    return static_cast<uint64_t>(ttk::noc_self(noc)) << 32 | addr;
}
template <ttk::places Gen>
TT_INLINE uint64_t get_noc_addr(uint32_t id, const Gen &gen,
                                uint32_t offset = 0, uint8_t noc = noc_index)
{
    return gen.get_noc_addr(id, offset, noc);
}
template <bool DRAM>
TT_INLINE uint64_t get_noc_addr_from_bank_id(uint32_t bank, uint32_t addr,
                                             uint8_t noc = noc_index)
{
    return ttk::bank_place<DRAM>(bank, addr, noc);
}
TT_INLINE uint64_t get_dram_noc_addr(uint32_t id, uint32_t page_size,
                                     uint32_t base, uint32_t offset = 0,
                                     uint8_t noc = noc_index)
{
    return ttk::page_place<true>(base, id, ttk::align_page<true>(page_size),
                                 offset, noc);
}
TT_INLINE uint64_t get_noc_multicast_addr(uint32_t x_start, uint32_t y_start,
                                          uint32_t x_end, uint32_t y_end,
                                          uint32_t addr, uint8_t = noc_index)
{
    uint32_t mid = x_end << 4 | y_end << 10 | x_start << 16 | y_start << 22;

    return static_cast<uint64_t>(mid) << 32 | addr;
}

/* ---- reads ---- */

template <auto...>
TT_INLINE void noc_async_read(uint64_t from, uint32_t to, uint32_t size,
                              uint8_t noc = noc_index, uint32_t = 0)
{
    ttk::noc_read(noc, from, to, size);
}
TT_INLINE void noc_async_read_one_packet(uint64_t from, uint32_t to,
                                         uint32_t size, uint8_t noc = noc_index)
{
    ttk::memory_fence();
    ttk::noc_read_packet(noc, from, to, size);
}
template <auto..., ttk::places Gen>
TT_INLINE void noc_async_read_page(uint32_t id, const Gen &gen, uint32_t to,
                                   uint32_t offset = 0, uint8_t noc = noc_index)
{
    ttk::noc_read(noc, gen.get_noc_addr(id, offset, noc), to,
                  gen.get_aligned_page_size());
}
template <auto..., ttk::places Gen>
TT_INLINE void noc_async_read_tile(uint32_t id, const Gen &gen, uint32_t to,
                                   uint32_t offset = 0, uint8_t noc = noc_index)
{
    noc_async_read_page(id, gen, to, offset, noc);
}

/* State: the tile that is read and the size stay, addresses change. */
template <auto...>
TT_INLINE void noc_async_read_one_packet_set_state(uint64_t from, uint32_t size,
                                                   uint32_t = 0,
                                                   uint8_t noc = noc_index)
{
    uint32_t at = ttk::niu(noc) + ttk::ask_offset;

    ttk::noc_ready(at);
    ttk::reg(at + ttk::targ_mid) = static_cast<uint32_t>(from >> 32);
    ttk::reg(at + ttk::noc_len) = size;
}
template <auto...>
TT_INLINE void noc_async_read_one_packet_with_state(uint32_t from, uint32_t to,
                                                    uint32_t = 0,
                                                    uint8_t noc = noc_index)
{
    uint32_t at = ttk::niu(noc) + ttk::ask_offset;

    ttk::memory_fence();
    ttk::noc_ready(at);
    ttk::reg(at + ttk::targ_lo) = from;
    ttk::reg(at + ttk::ret_lo) = to;
    ttk::reg(at + ttk::noc_cmd) = 1;
    ttk::issued[noc].reads++;
}
TT_INLINE void noc_async_read_set_state(uint64_t from, uint8_t noc = noc_index)
{
    uint32_t at = ttk::niu(noc) + ttk::ask_offset;

    ttk::noc_ready(at);
    ttk::reg(at + ttk::targ_mid) = static_cast<uint32_t>(from >> 32);
}
template <auto...>
TT_INLINE void noc_async_read_with_state(uint32_t from, uint32_t to,
                                         uint32_t size, uint8_t noc = noc_index)
{
    uint32_t mid = ttk::reg(ttk::niu(noc) + ttk::ask_offset + ttk::targ_mid);

    ttk::noc_read(noc, static_cast<uint64_t>(mid) << 32 | from, to, size);
}
TT_INLINE void noc_async_read_barrier(uint8_t noc = noc_index)
{
    ttk::noc_wait_reads(noc);
}

/* ---- writes ---- */

template <uint32_t max_page = 0, bool trace = true, bool posted = false>
TT_INLINE void noc_async_write(uint32_t from, uint64_t to, uint32_t size,
                               uint8_t noc = noc_index, uint32_t = 0)
{
    if constexpr (posted)
        ttk::noc_write_special(noc, from, to, size, ttk::ctrl_posted, 0);
    else
        ttk::noc_write(noc, from, to, size);
}
template <auto...>
TT_INLINE void noc_async_write_one_packet(uint32_t from, uint64_t to,
                                          uint32_t size,
                                          uint8_t noc = noc_index)
{
    ttk::memory_fence();
    ttk::noc_write_packet(noc, from, to, size);
}
template <auto..., ttk::places Gen>
TT_INLINE void noc_async_write_page(uint32_t id, const Gen &gen, uint32_t from,
                                    uint32_t size = 0, uint32_t offset = 0,
                                    uint8_t noc = noc_index)
{
    ttk::noc_write(noc, from, gen.get_noc_addr(id, offset, noc),
                   size ? size : gen.get_aligned_page_size());
}
template <auto..., ttk::places Gen>
TT_INLINE void noc_async_write_tile(uint32_t id, const Gen &gen, uint32_t from,
                                    uint8_t noc = noc_index)
{
    noc_async_write_page(id, gen, from, 0, 0, noc);
}
template <auto...>
TT_INLINE void noc_async_write_one_packet_set_state(uint64_t to, uint32_t size,
                                                    uint8_t noc = noc_index,
                                                    uint8_t = 0)
{
    uint32_t at = ttk::niu(noc) + ttk::write_offset;

    ttk::noc_ready(at);
    ttk::reg(at + ttk::ret_mid) = static_cast<uint32_t>(to >> 32);
    ttk::reg(at + ttk::noc_len) = size;
}
template <auto...>
TT_INLINE void noc_async_write_one_packet_with_state(uint32_t from, uint32_t to,
                                                     uint8_t noc = noc_index)
{
    uint32_t at = ttk::niu(noc) + ttk::write_offset;

    ttk::memory_fence();
    ttk::noc_ready(at);
    ttk::reg(at + ttk::targ_lo) = from;
    ttk::reg(at + ttk::ret_lo) = to;
    ttk::reg(at + ttk::noc_cmd) = 1;
    ttk::issued[noc].acks++;
    ttk::issued[noc].sent++;
}

/** noc_async_write_multicast - to a rectangle of cores without this one
 *  @n_dests: how many acknowledge */
template <auto...>
TT_INLINE void noc_async_write_multicast(uint32_t from, uint64_t to,
                                         uint32_t size, uint32_t n_dests,
                                         bool linked = false,
                                         uint8_t noc = noc_index)
{
    ttk::noc_write_special(
        noc, from, to, size,
        ttk::ctrl_multicast | (linked ? ttk::ctrl_linked : 0), n_dests);
}
TT_INLINE void noc_async_write_multicast_one_packet(uint32_t from, uint64_t to,
                                                    uint32_t size,
                                                    uint32_t n_dests,
                                                    bool linked = false,
                                                    uint8_t noc = noc_index)
{
    noc_async_write_multicast(from, to, size, n_dests, linked, noc);
}
/** noc_async_write_multicast_loopback_src - the same with this core */
TT_INLINE void noc_async_write_multicast_loopback_src(
    uint32_t from, uint64_t to, uint32_t size, uint32_t n_dests,
    bool linked = false, uint8_t noc = noc_index)
{
    ttk::noc_write_special(noc, from, to, size,
                           ttk::ctrl_multicast | ttk::ctrl_with_self |
                               (linked ? ttk::ctrl_linked : 0),
                           n_dests);
}

/** noc_inline_dw_write - one word without a buffer; @be: 0xF */
template <auto...>
TT_INLINE void noc_inline_dw_write(uint64_t to, uint32_t value,
                                   uint8_t be = 0xF, uint8_t noc = noc_index,
                                   uint8_t = 0)
{
    ttk::noc_ask(noc, to, value, ttk::ctrl_inline,
                 static_cast<uint32_t>(be) << (to & 12));
    ttk::issued[noc].acks++;
    ttk::issued[noc].sent++;
}

TT_INLINE void noc_async_write_barrier(uint8_t noc = noc_index)
{
    ttk::noc_wait_writes(noc);
}
TT_INLINE void noc_async_writes_flushed(uint8_t noc = noc_index)
{
    ttk::noc_wait_sent(noc);
}
TT_INLINE void noc_async_posted_writes_flushed(uint8_t noc = noc_index)
{
    ttk::noc_wait_posted(noc);
}
TT_INLINE void noc_async_atomic_barrier(uint8_t noc = noc_index)
{
    ttk::noc_wait_atomics(noc);
}
TT_INLINE void noc_async_full_barrier(uint8_t noc = noc_index)
{
    ttk::noc_wait_reads(noc);
    ttk::noc_wait_writes(noc);
    ttk::noc_wait_posted(noc);
    ttk::noc_wait_atomics(noc);
}

/* ---- semaphores ---- */

/** get_semaphore - L1 address of a semaphore, the same on all cores */
template <auto...> TT_INLINE uint32_t get_semaphore(uint32_t id)
{
    return TT_L1_SEMAPHORES + 16 * id;
}

TT_INLINE void noc_semaphore_set(volatile uint32_t *sem, uint32_t value)
{
    ttk::memory_fence();
    *sem = value;
}

namespace ttk
{

TT_COLD inline void semaphore_wait_slow(const volatile uint32_t *sem,
                                        uint32_t value)
{
    waiting(TT_WAIT_SEMAPHORE, reinterpret_cast<uintptr_t>(sem) & 0xFFFFFF,
            TT_CALLER);
    while (*sem != value)
        ;
    waited();
}

TT_COLD inline void semaphore_wait_min_slow(const volatile uint32_t *sem,
                                            uint32_t value)
{
    waiting(TT_WAIT_SEMAPHORE, reinterpret_cast<uintptr_t>(sem) & 0xFFFFFF,
            TT_CALLER);
    while (*sem < value)
        ;
    waited();
}

} /* namespace ttk */

TT_INLINE void noc_semaphore_wait(const volatile uint32_t *sem, uint32_t value)
{
    if (*sem != value)
        ttk::semaphore_wait_slow(sem, value);
    ttk::memory_fence();
}
TT_INLINE void noc_semaphore_wait_min(const volatile uint32_t *sem,
                                      uint32_t value)
{
    if (*sem < value)
        ttk::semaphore_wait_min_slow(sem, value);
    ttk::memory_fence();
}

template <bool posted = false>
TT_INLINE void noc_semaphore_inc(uint64_t sem, uint32_t increment,
                                 uint8_t noc = noc_index, uint8_t = 0)
{
    uint32_t word = static_cast<uint32_t>(sem) >> 2 & 3;

    ttk::noc_ask(noc, sem, increment,
                 posted ? ttk::ctrl_posted_atomic : ttk::ctrl_atomic,
                 ttk::atomic_increment | word);
    if constexpr (!posted)
        ttk::issued[noc].atomics++;
}

/* The word that is sent may just have been stored: load it back, because
 * stores to L1 and to the NOC's registers are not ordered against each other
 * (BabyRISCV/MemoryOrdering.md). */
TT_INLINE void noc_semaphore_set_remote(uint32_t from, uint64_t to,
                                        uint8_t noc = noc_index)
{
    ttk::settled(from);
    ttk::noc_write(noc, from, to, 4);
}
TT_INLINE void noc_semaphore_set_multicast(uint32_t from, uint64_t to,
                                           uint32_t n_dests,
                                           bool linked = false,
                                           uint8_t noc = noc_index)
{
    ttk::settled(from);
    noc_async_write_multicast(from, to, 4, n_dests, linked, noc);
}
TT_INLINE void noc_semaphore_set_multicast_loopback_src(uint32_t from,
                                                        uint64_t to,
                                                        uint32_t n_dests,
                                                        bool linked = false,
                                                        uint8_t noc = noc_index)
{
    ttk::settled(from);
    noc_async_write_multicast_loopback_src(from, to, 4, n_dests, linked, noc);
}

/** invalidate_l1_cache - nothing to do on Wormhole: its cores have none */
TT_INLINE void invalidate_l1_cache()
{
    ttk::memory_fence();
}

#endif
