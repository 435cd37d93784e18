/* SPDX-License-Identifier: MIT */
/* Which bank holds which page of a sharded buffer, from its compile-time
 * words. */
#ifndef TT_SHARDS_H
#define TT_SHARDS_H

#include <array>
#include <cstdint>

#include "tt/banks.h"

/* Compile-time words per interleaved accessor: 2, or 1 for kernels written
 * for the older encoding without a page size. */
#ifndef TT_ACCESSOR_WORDS
#define TT_ACCESSOR_WORDS 2
#endif

namespace ttk
{

/** coordinates - something with an index for each dimension */
template <typename T>
concept coordinates = requires(const T &c)
{
    static_cast<uint32_t>(c[0]);
};

/** struct shard_place - a bank, and pages from the buffer's base in it */
struct shard_place {
    uint32_t bank_id;
    uint32_t bank_page_offset;
};

/**
 * struct shard_map - the distribution whose words begin at At
 *
 * Rank r, number of banks, r extents of the tensor in pages, r of a shard,
 * then the banks' coordinates, two to a word: x2 y2 x1 y1 from the top byte
 * (of DRAM, x is the bank's number). Shards are numbered in row order and dealt
 * out to the banks in turn; pages are in row order inside a shard, which keeps
 * its full shape at the tensor's edges.
 */
template <uint32_t At> struct shard_map {
    static constexpr uint32_t word(uint32_t i)
    {
        return compile_time_arg_or(At + i, 0);
    }

    static constexpr uint32_t max_rank = 8;
    static constexpr uint32_t rank_word = word(0);
    static constexpr uint32_t n_banks = word(1);
    static constexpr uint32_t n_words = 2 + 2 * rank_word + (n_banks + 1) / 2;

    static constexpr bool check()
    {
        if (rank_word == 0 || rank_word > max_rank || n_banks == 0 ||
            n_banks > 1024 ||
            At + n_words > word_array<KERNEL_COMPILE_TIME_ARGS>.size())
            return false;
        for (uint32_t i = 0; i < 2 * rank_word; i++)
            if (word(2 + i) == 0)
                return false;
        return true;
    }
    static constexpr bool is_valid = check();
    static constexpr uint32_t dims = is_valid ? rank_word : 1;
    using shape = std::array<uint32_t, dims>;

    static constexpr shape read(uint32_t at)
    {
        shape s{};

        for (uint32_t i = 0; i < dims; i++)
            s[i] = is_valid ? word(at + i) : 1;
        return s;
    }
    /* Distance of neighbours in each dimension; the volume comes first. */
    static constexpr std::array<uint32_t, dims + 1> steps(const shape &s)
    {
        std::array<uint32_t, dims + 1> out{};

        out[dims] = 1;
        for (uint32_t i = dims; i > 0; i--)
            out[i - 1] = out[i] * s[i - 1];
        return out;
    }
    static constexpr shape count_shards()
    {
        shape s{};

        for (uint32_t i = 0; i < dims; i++)
            s[i] = (tensor[i] - 1) / shard[i] + 1;
        return s;
    }

    static constexpr shape tensor = read(2);
    static constexpr shape shard = read(2 + dims);
    static constexpr shape grid = count_shards();
    static constexpr auto tensor_steps = steps(tensor);
    static constexpr auto shard_steps = steps(shard);
    static constexpr auto grid_steps = steps(grid);

    /* x << 8 | y of each bank. */
    static constexpr auto read_banks()
    {
        std::array<uint16_t, is_valid ? n_banks : 1> out{};

        for (uint32_t i = 0; is_valid && i < n_banks; i++)
            out[i] = static_cast<uint16_t>(word(2 + 2 * dims + i / 2) >>
                                           (i % 2 * 16));
        return out;
    }
    static constexpr auto banks = read_banks();

    /* ---- from page to place ---- */

    /* Unrolled over the dimensions, so that the divisors are constants. */
    template <uint32_t Dim>
    TT_INLINE static constexpr void add_dim(uint32_t page, uint32_t &out_shard,
                                            uint32_t &out_slot)
    {
        uint32_t at = Dim ? page % tensor[Dim] : page;

        out_shard += at / shard[Dim] * grid_steps[Dim + 1];
        out_slot += at % shard[Dim] * shard_steps[Dim + 1];
        if constexpr (Dim > 0)
            add_dim<Dim - 1>(page / tensor[Dim], out_shard, out_slot);
    }
    TT_INLINE static constexpr shard_place find_in_shard(uint32_t shard_index,
                                                         uint32_t slot)
    {
        return {shard_index % n_banks,
                shard_index / n_banks * shard_steps[0] + slot};
    }
    TT_INLINE static constexpr shard_place find(uint32_t page)
    {
        uint32_t shard_index = 0, slot = 0;

        add_dim<dims - 1>(page, shard_index, slot);
        return find_in_shard(shard_index, slot);
    }
    template <bool DRAM>
    TT_INLINE static uint64_t bank_place(uint32_t bank, uint32_t addr,
                                         uint32_t noc)
    {
        uint32_t x = banks[bank] >> 8, y = banks[bank] & 0xFF;

        if constexpr (DRAM)
            return ttk::bank_place<true>(x, addr, noc);
        else
            return noc_place(x, y, addr);
    }

    /* ---- from place to page ---- */

    static constexpr uint32_t no_page = 0xFFFFFFFF;

    /** page_at - the page in a place of a shard, or no_page */
    TT_INLINE static constexpr uint32_t page_at(uint32_t shard_index,
                                                uint32_t slot)
    {
        uint32_t page = 0;

#pragma GCC unroll 8
        for (uint32_t i = 0; i < dims; i++) {
            uint32_t at = shard_index / grid_steps[i + 1] % grid[i] * shard[i] +
                          slot / shard_steps[i + 1] % shard[i];

            if (at >= tensor[i])
                return no_page;
            page += at * tensor_steps[i + 1];
        }
        return page;
    }
    template <coordinates C>
    TT_INLINE static constexpr uint32_t page_id(const C &at)
    {
        return dot(at, tensor_steps);
    }
    template <coordinates C>
    TT_INLINE static constexpr uint32_t shard_id(const C &at)
    {
        return dot(at, grid_steps);
    }
    template <typename C>
    TT_INLINE static constexpr uint32_t
    dot(const C &at, const std::array<uint32_t, dims + 1> &step)
    {
        uint32_t sum = 0;

#pragma GCC unroll 8
        for (uint32_t i = 0; i < dims; i++)
            sum += static_cast<uint32_t>(at[i]) * step[i + 1];
        return sum;
    }

    /* ---- as kernels ask for it: accessor.dspec().rank() ... ---- */

    static constexpr uint32_t rank()
    {
        return dims;
    }
    static constexpr uint32_t num_banks()
    {
        return n_banks;
    }
    static constexpr const shape &tensor_shape()
    {
        return tensor;
    }
    static constexpr const shape &shard_shape()
    {
        return shard;
    }
    static constexpr const shape &shard_grid()
    {
        return grid;
    }
    static constexpr uint32_t tensor_volume()
    {
        return tensor_steps[0];
    }
    static constexpr uint32_t shard_volume()
    {
        return shard_steps[0];
    }
    static constexpr uint32_t num_shards()
    {
        return grid_steps[0];
    }
};

} /* namespace ttk */

#endif
