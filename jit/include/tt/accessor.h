/* SPDX-License-Identifier: MIT */
/* Where the pages of an interleaved buffer are: address generators old and
 * new. Page p lives in bank p % banks, at base + p / banks * aligned page. */
#ifndef TT_ACCESSOR_H
#define TT_ACCESSOR_H

#include <cstdint>

#include "tt/args.h"
#include "tt/format.h"

#ifndef NUM_L1_BANKS
#define NUM_L1_BANKS 64
#endif

/* Compile-time words per interleaved accessor: 2, or 1 for kernels written
 * for the older encoding without a page size. */
#ifndef TT_ACCESSOR_WORDS
#define TT_ACCESSOR_WORDS 2
#endif

#ifdef NOC_INDEX
#define TT_DEFAULT_NOC NOC_INDEX
#else
#define TT_DEFAULT_NOC 0
#endif

namespace ttk
{

/* A NOC address: 36 bits of address, 6 of x, 6 of y (NoC/MemoryMap.md). */
TT_INLINE constexpr uint64_t noc_place(uint32_t x, uint32_t y, uint32_t addr)
{
    return static_cast<uint64_t>(x << 4 | y << 10) << 32 | addr;
}

/* DRAM tiles D0..D5 on NOC 0; NOC 1 counts from the other corner. Two banks
 * of 1 GiB each: bank b is half b / 6 of tile b % 6. */
constexpr uint32_t dram_tiles = 6;
constexpr uint32_t dram_half = 0x40000000u;

/** struct dram_ports - MID register word of each bank */
struct dram_ports {
    uint16_t mid[2][NUM_DRAM_BANKS];
};

constexpr dram_ports make_dram_ports()
{
    constexpr uint8_t x[dram_tiles] = {0, 0, 5, 5, 5, 5};
    constexpr uint8_t y[dram_tiles] = {0, 5, 0, 2, 3, 5};
    dram_ports ports{};

    for (uint32_t b = 0; b < NUM_DRAM_BANKS; b++) {
        uint32_t t = b % dram_tiles;

        ports.mid[0][b] = static_cast<uint16_t>(x[t] << 4 | y[t] << 10);
        ports.mid[1][b] =
            static_cast<uint16_t>((9 - x[t]) << 4 | (11 - y[t]) << 10);
    }
    return ports;
}

inline constexpr dram_ports dram_port = make_dram_ports();

template <bool DRAM> constexpr uint32_t n_banks = NUM_L1_BANKS;
template <> inline constexpr uint32_t n_banks<true> = NUM_DRAM_BANKS;

/** align_page - pages begin where a NOC read may: 32 bytes in DRAM, 16 in L1 */
template <bool DRAM> TT_INLINE constexpr uint32_t align_page(uint32_t size)
{
    constexpr uint32_t align = DRAM ? 32 : 16;

    return (size + align - 1) & ~(align - 1);
}

/** bank_place - NOC address of a byte of a bank */
template <bool DRAM>
TT_INLINE uint64_t bank_place(uint32_t bank, uint32_t addr, uint32_t noc)
{
    if constexpr (DRAM) {
        uint32_t half = bank < dram_tiles ? 0 : dram_half;

        return static_cast<uint64_t>(dram_port.mid[noc][bank]) << 32 |
               (addr + half);
    } else {
        return noc_place(worker_logical_col_to_virtual_col[bank % 8],
                         worker_logical_row_to_virtual_row[bank / 8], addr);
    }
}

/** page_place - NOC address of a byte of a page */
template <bool DRAM>
TT_INLINE uint64_t page_place(uint32_t base, uint32_t page,
                              uint32_t aligned_size, uint32_t offset,
                              uint32_t noc)
{
    uint32_t bank = page % n_banks<DRAM>;

    return bank_place<DRAM>(
        bank, base + page / n_banks<DRAM> * aligned_size + offset, noc);
}

/** format_bytes - bytes of a tile of hw elements in a format */
constexpr uint32_t format_bytes(DataFormat format, uint32_t hw)
{
    switch (format) {
    case DataFormat::Float32:
    case DataFormat::Tf32:
    case DataFormat::Int32:
    case DataFormat::UInt32:
        return 4 * hw;
    case DataFormat::Float16:
    case DataFormat::Float16_b:
    case DataFormat::UInt16:
        return 2 * hw;
    case DataFormat::Bfp8:
    case DataFormat::Bfp8_b:
        return hw + hw / 16;
    case DataFormat::Bfp4:
    case DataFormat::Bfp4_b:
        return hw / 2 + hw / 16;
    case DataFormat::Bfp2:
    case DataFormat::Bfp2_b:
        return hw / 4 + hw / 16;
    default:
        return hw;
    }
}

} /* namespace ttk */

/* ---- the older generators ---- */

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

/* ---- the newer form ---- */

/**
 * struct TensorAccessorArgs - a buffer's words among the compile-time ones
 *
 * Word 0 has bit 0 for a sharded and bit 1 for a DRAM buffer, word 1 is the
 * aligned page size (facts: TensorAccessorArgs encoding). CTA and CRTA are
 * where its compile-time words and common arguments begin.
 */
template <uint32_t CTA, uint32_t CRTA = 0xFFFFFFFFu> struct TensorAccessorArgs {
    static constexpr uint32_t config = ttk::compile_time_arg_or(CTA, 2);
    static constexpr bool is_sharded = config & 1;
    static constexpr bool is_dram = config & 2;
    static constexpr uint32_t AlignedPageSize =
        TT_ACCESSOR_WORDS > 1 ? ttk::compile_time_arg_or(CTA + 1, 0) : 0;

    static_assert(!is_sharded, "sharded tensors are not supported");

    uint32_t crta_offset = CRTA;

    TT_INLINE constexpr TensorAccessorArgs()
    {
        mark();
    }
    TT_INLINE constexpr explicit TensorAccessorArgs(uint32_t runtime_crta)
        : crta_offset(runtime_crta)
    {
        mark();
    }

    static constexpr uint32_t next_compile_time_args_offset()
    {
        return CTA + TT_ACCESSOR_WORDS;
    }
    /* Interleaved buffers have no common arguments of their own. */
    static constexpr uint32_t next_common_runtime_args_offset()
    {
        return CRTA;
    }
    static constexpr uint32_t get_aligned_page_size()
    {
        return AlignedPageSize;
    }

    /* Tells the host where accessors begin; not while the compiler itself
     * evaluates, which can emit nothing. */
    TT_INLINE static constexpr void mark()
    {
        if (!__builtin_is_constant_evaluated())
            TT_MARK_WORD(".tt.accessor", CTA);
    }
};

/** class TensorAccessor - the pages of a buffer */
template <typename Args> class TensorAccessor
{
  public:
    TT_INLINE TensorAccessor(const Args &, uint32_t base, uint32_t page = 0)
        : bank_base_address(base),
          page_size(page ? page : Args::AlignedPageSize)
    {
        Args::mark();
    }

    TT_INLINE uint32_t get_aligned_page_size() const
    {
        return ttk::align_page<Args::is_dram>(page_size);
    }
    TT_INLINE uint32_t get_bank_base_address() const
    {
        return bank_base_address;
    }
    TT_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_place<Args::is_dram>(
            bank_base_address, id, get_aligned_page_size(), offset, noc);
    }

    uint32_t bank_base_address;
    uint32_t page_size;
};

template <typename Args>
TensorAccessor(const Args &, uint32_t) -> TensorAccessor<Args>;
template <typename Args>
TensorAccessor(const Args &, uint32_t, uint32_t) -> TensorAccessor<Args>;

#endif
