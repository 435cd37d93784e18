/* SPDX-License-Identifier: MIT */
/* Where the pages of a buffer are, told by its compile-time words. */
#ifndef TT_ACCESSOR_H
#define TT_ACCESSOR_H

#include <cstdint>

#include "tt/addrgen.h"
#include "tt/pages.h"
#include "tt/shards.h"

namespace ttk
{
TT_INLINE uint32_t noc_self(uint32_t noc); /* tt/noc.h */
}

/**
 * struct TensorAccessorArgs - a buffer's words among the compile-time ones
 *
 * Word 0 has bit 0 for a sharded and bit 1 for a DRAM buffer, word 1 is the
 * aligned page size; of a sharded one follows what tt/shards.h says (facts:
 * TensorAccessorArgs encoding). CTA and CRTA are where its compile-time words
 * and common arguments begin. Words that are no accessor compile, as an
 * interleaved one, because the host looks for CTA in what was compiled before
 * it knows whether semaphores come first; it refuses them in the end.
 */
template <uint32_t CTA, uint32_t CRTA = 0xFFFFFFFFu> struct TensorAccessorArgs {
    using shards = ttk::shard_map<CTA + TT_ACCESSOR_WORDS>;

    static constexpr uint32_t config = ttk::compile_time_arg_or(CTA, 2);
    static constexpr bool is_known =
        config <= 3 && (!(config & 1) || shards::is_valid);
    static constexpr bool is_sharded = is_known && config & 1;
    static constexpr bool is_dram = config & 2;
    static constexpr uint32_t AlignedPageSize =
        TT_ACCESSOR_WORDS > 1 ? ttk::compile_time_arg_or(CTA + 1, 0) : 0;

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

    static constexpr uint32_t num_compile_time_args()
    {
        return TT_ACCESSOR_WORDS + (is_sharded ? shards::n_words : 0);
    }
    static constexpr uint32_t next_compile_time_args_offset()
    {
        return CTA + num_compile_time_args();
    }
    /* No buffer has common arguments of its own. */
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
        if (!__builtin_is_constant_evaluated()) {
            TT_MARK_WORD(".tt.accessor", CTA);
            if constexpr (!is_known)
                TT_MARK_BYTE(".tt.uses", 8);
        }
    }
};

/** class TensorAccessor - the pages of a buffer; those of a sharded one also
 *  by coordinates, by shard, and by whether they are in this core */
template <typename Args> class TensorAccessor
{
  public:
    using shards = typename Args::shards;

    static constexpr bool is_dram = Args::is_dram;

    TT_INLINE TensorAccessor(const Args &, uint32_t base, uint32_t page = 0)
        : bank_base_address(base),
          page_size(page ? page : Args::AlignedPageSize)
    {
        Args::mark();
    }

    TT_INLINE uint32_t get_aligned_page_size() const
    {
        return ttk::align_page<is_dram>(page_size);
    }
    TT_INLINE uint32_t get_bank_base_address() const
    {
        return bank_base_address;
    }
    TT_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        if constexpr (Args::is_sharded)
            return place(shards::find(id), offset, noc);
        else
            return ttk::page_place<is_dram>(
                bank_base_address, id, get_aligned_page_size(), offset, noc);
    }

    /* ---- sharded only ---- */

    /** get_noc_addr - of the page at a coordinate, slowest dimension first */
    template <ttk::coordinates C>
    TT_INLINE uint64_t get_noc_addr(const C &page, uint32_t offset = 0,
                                    uint8_t noc = TT_DEFAULT_NOC) const
    {
        return get_noc_addr(shards::page_id(page), offset, noc);
    }
    /** get_shard_noc_addr - of the first page of a shard */
    TT_INLINE uint64_t get_shard_noc_addr(uint32_t shard, uint32_t offset = 0,
                                          uint8_t noc = TT_DEFAULT_NOC) const
    {
        return place(shards::find_in_shard(shard, 0), offset, noc);
    }
    template <ttk::coordinates C>
    TT_INLINE uint64_t get_shard_noc_addr(const C &shard, uint32_t offset = 0,
                                          uint8_t noc = TT_DEFAULT_NOC) const
    {
        return get_shard_noc_addr(shards::shard_id(shard), offset, noc);
    }
    template <typename Page>
    TT_INLINE auto get_bank_and_offset(const Page &page) const
    {
        if constexpr (ttk::coordinates<Page>)
            return shards::find(shards::page_id(page));
        else
            return shards::find(page);
    }
    TT_INLINE constexpr shards dspec() const
    {
        static_assert(Args::is_sharded, "an interleaved buffer has no shards");
        return {};
    }

    TT_INLINE bool is_local_addr(uint64_t place,
                                 uint8_t noc = TT_DEFAULT_NOC) const
    {
        return (place >> 32 & 0xFFFF) == ttk::noc_self(noc);
    }
    TT_INLINE bool is_local_bank(uint32_t x, uint32_t y,
                                 uint8_t noc = TT_DEFAULT_NOC) const
    {
        return is_local_addr(ttk::noc_place(x, y, 0), noc);
    }
    TT_INLINE bool is_local_page(uint32_t id,
                                 uint8_t noc = TT_DEFAULT_NOC) const
    {
        return is_local_addr(get_noc_addr(id, 0, noc), noc);
    }
    TT_INLINE bool is_local_shard(uint32_t shard,
                                  uint8_t noc = TT_DEFAULT_NOC) const
    {
        return is_local_addr(get_shard_noc_addr(shard, 0, noc), noc);
    }

    /** shard_pages - the pages of a shard, [first, end) of its places, for
     *  range loops; places without a page are passed over */
    TT_INLINE auto shard_pages(uint32_t shard, uint32_t first = 0,
                               uint32_t end = 0,
                               uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_range<TensorAccessor, true>{
            *this, shard, first, end ? end : shards::shard_volume(), noc};
    }
    /** pages - pages [first, end); an interleaved buffer has to be told both */
    TT_INLINE auto pages(uint32_t first, uint32_t end,
                         uint8_t noc = TT_DEFAULT_NOC) const
    {
        return ttk::page_range<TensorAccessor, false>{*this, 0, first, end,
                                                      noc};
    }
    TT_INLINE auto pages() const
    {
        return pages(0, dspec().tensor_volume());
    }

    TT_INLINE uint64_t place(const ttk::shard_place &at, uint32_t offset,
                             uint8_t noc) const
    {
        static_assert(Args::is_sharded, "an interleaved buffer has no shards");
        return shards::template bank_place<is_dram>(
            at.bank_id,
            bank_base_address + at.bank_page_offset * get_aligned_page_size() +
                offset,
            noc);
    }

    uint32_t bank_base_address;
    uint32_t page_size;
};

template <typename Args>
TensorAccessor(const Args &, uint32_t) -> TensorAccessor<Args>;
template <typename Args>
TensorAccessor(const Args &, uint32_t, uint32_t) -> TensorAccessor<Args>;

#endif
