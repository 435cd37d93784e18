/* SPDX-License-Identifier: MIT */
/* Range loops over the pages of a buffer or of one of its shards. */
#ifndef TT_PAGES_H
#define TT_PAGES_H

#include <cstdint>

#include "tt/core.h"

namespace ttk
{

/** class page - what a step of the loop is given */
class page
{
  public:
    TT_INLINE constexpr page(uint64_t place, uint32_t id)
        : place_(place), id_(id)
    {
    }
    TT_INLINE uint64_t noc_addr() const
    {
        return place_;
    }
    TT_INLINE uint32_t page_id() const
    {
        return id_;
    }
    TT_INLINE bool is_padding() const
    {
        return false;
    }

  private:
    uint64_t place_;
    uint32_t id_;
};

/**
 * struct page_range - positions [first, end): of pages in the buffer, or
 * (Sharded) of places in a shard, of which those without a page are left out
 */
template <typename Accessor, bool Sharded> struct page_range {
    class iterator
    {
      public:
        TT_INLINE iterator(const page_range &range, uint32_t at)
            : range_(range), at_(at), page_(0, 0)
        {
            settle();
        }

        TT_INLINE const page &operator*() const
        {
            return page_;
        }
        TT_INLINE const page *operator->() const
        {
            return &page_;
        }
        TT_INLINE iterator &operator+=(uint32_t n)
        {
            at_ = n < range_.end_at - at_ ? at_ + n : range_.end_at;
            settle();
            return *this;
        }
        TT_INLINE iterator &operator++()
        {
            return *this += 1;
        }
        TT_INLINE iterator operator++(int)
        {
            iterator was = *this;

            ++*this;
            return was;
        }
        TT_INLINE iterator operator+(uint32_t n) const
        {
            iterator sum = *this;

            return sum += n;
        }
        TT_INLINE bool operator==(const iterator &other) const
        {
            return at_ == other.at_;
        }

      private:
        TT_INLINE void settle()
        {
            while (at_ < range_.end_at && !look())
                at_++;
        }
        TT_INLINE bool look()
        {
            const Accessor &accessor = range_.accessor;

            if constexpr (Sharded) {
                using shards = typename Accessor::shards;
                uint32_t id = shards::page_at(range_.shard, at_);

                if (id == shards::no_page)
                    return false;
                page_ = page(
                    accessor.place(shards::find_in_shard(range_.shard, at_), 0,
                                   range_.noc),
                    id);
            } else {
                page_ = page(accessor.get_noc_addr(at_, 0, range_.noc), at_);
            }
            return true;
        }

        page_range range_;
        uint32_t at_;
        page page_;
    };

    TT_INLINE iterator begin() const
    {
        return iterator(*this, first);
    }
    TT_INLINE iterator end() const
    {
        return iterator(*this, end_at);
    }

    Accessor accessor;
    uint32_t shard;
    uint32_t first;
    uint32_t end_at;
    uint8_t noc;
};

} /* namespace ttk */

#endif
