/* SPDX-License-Identifier: MIT */
/* Where the banks of DRAM and L1 are, and the interleaved pages in them: page p
 * lies in bank p % banks, at base + p / banks * aligned page. */
#ifndef TT_BANKS_H
#define TT_BANKS_H

#include <cstdint>

#include "tt/args.h"
#include "tt/format.h"

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
        return noc_place(
            worker_logical_col_to_virtual_col[bank % NUM_L1_BANK_COLS],
            worker_logical_row_to_virtual_row[bank / NUM_L1_BANK_COLS], addr);
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

#endif
