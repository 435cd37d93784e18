/* SPDX-License-Identifier: MIT */
/* Circular buffers on every core: credits in L1, own positions in local memory.
 *
 * Each buffer has one producer and one consumer, which may be any two cores of
 * the tile. The producer alone writes `received`, the consumer alone `acked`
 * (device/l1_map.h). Of the compute cores T0 consumes and T2 produces; for the
 * others, and for T1, the calls do nothing. */
#ifndef TT_CB_H
#define TT_CB_H

#include "tt/core.h"
#include "tt/format.h"

#if !defined(TT_IS_COMPUTE) || COMPILE_FOR_TRISC == 0
#define TT_CB_CONSUMER 1
#endif
#if !defined(TT_IS_COMPUTE) || COMPILE_FOR_TRISC == 2
#define TT_CB_PRODUCER 1
#endif

namespace ttk
{

/** struct cb_end - one core's side of one buffer
 *  @ptr: L1 address of the next page
 *  @count: pages ever pushed or popped; what this side publishes
 *  @next: where the next pack_tile goes, T2 only
 *  All in bytes and pages as in struct tt_cb_config. */
struct cb_end {
    uint32_t ptr;
    uint32_t count;
    uint32_t page;
    uint32_t limit;
    uint32_t size;
    uint32_t n_pages;
    uint32_t next;
};

#ifdef TT_CB_CONSUMER
inline cb_end cb_reader[cb_slots + 1];
#endif
#ifdef TT_CB_PRODUCER
inline cb_end cb_writer[cb_slots + 1];
#endif

TT_INLINE volatile tt_cb_credits &credits(uint32_t cb)
{
    return reinterpret_cast<volatile tt_cb_credits *>(TT_L1_CREDITS)[cb];
}

TT_INLINE void cb_open(cb_end &end, const volatile tt_cb_config &from)
{
    end.ptr = from.base;
    end.page = from.page_size;
    end.size = from.size;
    end.limit = end.ptr + end.size;
    end.n_pages = from.n_pages;
    end.next = end.ptr;
}

/** cb_start - read the buffers of this launch; .bss has been cleared */
inline void cb_start()
{
    uint32_t mask = launch().cb_mask;

    for (uint32_t cb = 0; cb < cb_slots && mask; cb++, mask >>= 1) {
        if (!(mask & 1))
            continue;
#ifdef TT_CB_CONSUMER
        cb_open(cb_reader[cb], launch().cb[cb]);
#endif
#ifdef TT_CB_PRODUCER
        cb_open(cb_writer[cb], launch().cb[cb]);
#endif
    }
}

TT_INLINE void cb_check_size(uint32_t cb, uint32_t pages, uint32_t where)
{
    uint32_t have = cb < TT_N_CB && (launch().cb_mask >> cb & 1)
                        ? launch().cb[cb].n_pages
                        : 0;

    if (pages > have)
        fail_at(TT_ERROR_CB_SIZE, (cb & 0xFF) << 16 | (pages & 0xFFFF), where);
}

TT_INLINE void cb_step(cb_end &end, uint32_t pages)
{
    end.count += pages;
    end.ptr += pages * end.page;
    if (end.ptr >= end.limit)
        end.ptr -= end.size;
}

#ifdef TT_CB_CONSUMER
TT_INLINE uint32_t cb_available(uint32_t cb)
{
    return (credits(cb).received - cb_reader[cb_index(cb)].count) & 0xFFFF;
}

/* The loops that follow are tight loads only: the embedded chip parks a core
 * that runs one until the word changes. */
TT_COLD inline void cb_wait_slow(uint32_t cb, uint32_t pages)
{
    const volatile uint32_t &received = credits(cb).received;
    uint32_t count = cb_reader[cb_index(cb)].count;

    cb_check_size(cb, pages, TT_CALLER);
    waiting(TT_WAIT_CB_FRONT, cb << 16 | pages, TT_CALLER);
    while (((received - count) & 0xFFFF) < pages)
        ;
    waited();
}

TT_INLINE void cb_wait(uint32_t cb, uint32_t pages)
{
    if (cb_available(cb) < pages)
        cb_wait_slow(cb, pages);
    memory_fence();
}

TT_INLINE void cb_pop(uint32_t cb, uint32_t pages)
{
    cb_end &end = cb_reader[cb_index(cb)];

    memory_fence();
    cb_step(end, pages);
    credits(cb).acked = end.count;
}
#endif

#ifdef TT_CB_PRODUCER
/* A consumer that pops more than was pushed (a buffer laid over data that is
 * already there) makes the difference negative: signed compare. */
TT_INLINE int32_t cb_free(uint32_t cb)
{
    const cb_end &end = cb_writer[cb_index(cb)];
    uint32_t used = (end.count - credits(cb).acked) & 0xFFFF;

    return static_cast<int32_t>(end.n_pages - used);
}

TT_COLD inline void cb_reserve_slow(uint32_t cb, uint32_t pages)
{
    const volatile uint32_t &acked = credits(cb).acked;
    const cb_end &end = cb_writer[cb_index(cb)];
    uint32_t count = end.count;
    int32_t need = static_cast<int32_t>(end.n_pages - pages);

    cb_check_size(cb, pages, TT_CALLER);
    waiting(TT_WAIT_CB_BACK, cb << 16 | pages, TT_CALLER);
    while (static_cast<int32_t>((count - acked) & 0xFFFF) > need)
        ;
    waited();
}

TT_INLINE void cb_reserve(uint32_t cb, uint32_t pages)
{
    if (cb_free(cb) < static_cast<int32_t>(pages))
        cb_reserve_slow(cb, pages);
    memory_fence();
}

TT_INLINE void cb_push(uint32_t cb, uint32_t pages)
{
    cb_end &end = cb_writer[cb_index(cb)];

    memory_fence();
    cb_step(end, pages);
    end.next = end.ptr;
    credits(cb).received = end.count;
}
#endif

} /* namespace ttk */

#ifndef TT_IS_COMPUTE
/* The data-movement spelling; compute has its own in tt/compute.h. */
TT_INLINE void cb_wait_front(uint32_t cb, uint32_t pages)
{
    ttk::cb_wait(cb, pages);
}
TT_INLINE void cb_pop_front(uint32_t cb, uint32_t pages)
{
    ttk::cb_pop(cb, pages);
}
TT_INLINE void cb_reserve_back(uint32_t cb, uint32_t pages)
{
    ttk::cb_reserve(cb, pages);
}
TT_INLINE void cb_push_back(uint32_t cb, uint32_t pages)
{
    ttk::cb_push(cb, pages);
}
TT_INLINE uint32_t get_read_ptr(uint32_t cb)
{
    return ttk::cb_reader[ttk::cb_index(cb)].ptr;
}
TT_INLINE uint32_t get_write_ptr(uint32_t cb)
{
    return ttk::cb_writer[ttk::cb_index(cb)].ptr;
}
TT_INLINE bool cb_pages_available_at_front(uint32_t cb, uint32_t pages)
{
    return ttk::cb_available(cb) >= pages;
}
TT_INLINE bool cb_pages_reservable_at_back(uint32_t cb, uint32_t pages)
{
    return ttk::cb_free(cb) >= static_cast<int32_t>(pages);
}
#endif

constexpr TT_INLINE int32_t get_tile_size(uint32_t cb)
{
    return static_cast<int32_t>(ttk::tile_bytes(cb));
}
constexpr TT_INLINE uint32_t get_tile_hw(uint32_t)
{
    return 1024;
}
constexpr TT_INLINE DataFormat get_dataformat(uint32_t cb)
{
    return static_cast<DataFormat>(ttk::cb_format(cb));
}

#endif
