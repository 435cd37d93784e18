/* SPDX-License-Identifier: MIT */
/* The older address generators: pages of interleaved buffers. */
#ifndef TT_ADDRGEN_H
#define TT_ADDRGEN_H

#include <cstdint>

#include "tt/banks.h"

#ifdef NOC_INDEX
#define TT_DEFAULT_NOC NOC_INDEX
#else
#define TT_DEFAULT_NOC 0
#endif

/** struct InterleavedAddrGen - pages of any size */
template <bool DRAM> struct InterleavedAddrGen {
    uint32_t bank_base_address;
    uint32_t page_size;

    TT_INLINE uint32_t get_aligned_page_size() const
    {
        return ttk::align_page<DRAM>(page_size);
    }
    TT_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_place<DRAM>(bank_base_address, id,
                                     get_aligned_page_size(), offset, noc);
    }
};

/** struct InterleavedAddrGenFast - pages that are tiles of a format */
template <bool DRAM, uint32_t tile_hw = 1024> struct InterleavedAddrGenFast {
    uint32_t bank_base_address;
    uint32_t page_size;
    DataFormat data_format;

    TT_INLINE uint32_t get_aligned_page_size() const
    {
        return ttk::align_page<DRAM>(ttk::format_bytes(data_format, tile_hw));
    }
    TT_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_place<DRAM>(bank_base_address, id,
                                     get_aligned_page_size(), offset, noc);
    }
};

/** struct InterleavedPow2AddrGen - pages of a power of two */
template <bool DRAM> struct InterleavedPow2AddrGen {
    uint32_t bank_base_address;
    uint32_t log_base_2_of_page_size;

    TT_INLINE uint32_t get_aligned_page_size() const
    {
        return ttk::align_page<DRAM>(1u << log_base_2_of_page_size);
    }
    TT_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_place<DRAM>(bank_base_address, id,
                                     get_aligned_page_size(), offset, noc);
    }
};

template <bool DRAM>
struct InterleavedPow2AddrGenFast : InterleavedPow2AddrGen<DRAM> {
};

#endif
