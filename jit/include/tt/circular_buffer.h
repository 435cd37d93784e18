/* SPDX-License-Identifier: MIT */
/* The class form of circular buffers and of memory in L1, for all cores. */
#ifndef TT_CIRCULAR_BUFFER_H
#define TT_CIRCULAR_BUFFER_H

#include <cstddef>
#include <cstdint>

#include "tt/cb.h"
#ifdef TT_IS_COMPUTE
#include "tt/compute.h"
#endif

/** class CircularBuffer - a circular buffer's id with the calls on it */
class CircularBuffer
{
  public:
    /** which pointer a NOC transfer uses, see use() */
    enum class AddrSelector : uint8_t { READ_PTR, WRITE_PTR };

    TT_INLINE constexpr explicit CircularBuffer(uint32_t id) : id_(id)
    {
    }

    TT_INLINE constexpr uint32_t get_cb_id() const
    {
        return id_;
    }
    TT_INLINE void reserve_back(int32_t pages) const
    {
        cb_reserve_back(id_, static_cast<uint32_t>(pages));
    }
    TT_INLINE void push_back(int32_t pages) const
    {
        cb_push_back(id_, static_cast<uint32_t>(pages));
    }
    TT_INLINE void wait_front(int32_t pages) const
    {
        cb_wait_front(id_, static_cast<uint32_t>(pages));
    }
    TT_INLINE void pop_front(int32_t pages) const
    {
        cb_pop_front(id_, static_cast<uint32_t>(pages));
    }
    TT_INLINE constexpr int32_t get_tile_size() const
    {
        return ::get_tile_size(id_);
    }
    TT_INLINE constexpr uint32_t get_tile_hw() const
    {
        return ::get_tile_hw(id_);
    }
    TT_INLINE constexpr DataFormat get_dataformat() const
    {
        return ::get_dataformat(id_);
    }
#ifndef TT_IS_COMPUTE
    TT_INLINE uint32_t get_write_ptr() const
    {
        return ::get_write_ptr(id_);
    }
    TT_INLINE uint32_t get_read_ptr() const
    {
        return ::get_read_ptr(id_);
    }
    TT_INLINE bool pages_reservable_at_back(int32_t pages) const
    {
        return cb_pages_reservable_at_back(id_, static_cast<uint32_t>(pages));
    }
    TT_INLINE bool pages_available_at_front(int32_t pages) const
    {
        return cb_pages_available_at_front(id_, static_cast<uint32_t>(pages));
    }
#endif

  private:
    uint32_t id_;
};

/** struct CircularBufferView - a buffer whose NOC transfers use one pointer */
template <CircularBuffer::AddrSelector selector> struct CircularBufferView {
    const CircularBuffer &cb;
};

/** use - choose the pointer for a NOC transfer; without it a source is read
 *  at the read pointer and a destination written at the write pointer */
template <CircularBuffer::AddrSelector selector>
TT_INLINE constexpr CircularBufferView<selector> use(const CircularBuffer &cb)
{
    return {cb};
}

/** class CoreLocalMem - objects in this core's L1, by address */
template <typename T, typename Address = uintptr_t> class CoreLocalMem
{
  public:
    TT_INLINE constexpr CoreLocalMem(Address address) : address_(address)
    {
    }
    TT_INLINE CoreLocalMem(T *ptr) : address_(reinterpret_cast<Address>(ptr))
    {
    }

    TT_INLINE T *get_unsafe_ptr() const
    {
        return reinterpret_cast<T *>(address_);
    }
    TT_INLINE constexpr Address get_address() const
    {
        return address_;
    }
    TT_INLINE T &operator[](uint32_t index) const
    {
        return get_unsafe_ptr()[index];
    }
    TT_INLINE T &operator*() const
    {
        return *get_unsafe_ptr();
    }
    TT_INLINE T *operator->() const
    {
        return get_unsafe_ptr();
    }
    TT_INLINE CoreLocalMem &operator+=(ptrdiff_t n)
    {
        address_ += n * sizeof(T);
        return *this;
    }
    TT_INLINE CoreLocalMem &operator-=(ptrdiff_t n)
    {
        address_ -= n * sizeof(T);
        return *this;
    }
    TT_INLINE CoreLocalMem &operator++()
    {
        return *this += 1;
    }
    TT_INLINE CoreLocalMem &operator--()
    {
        return *this -= 1;
    }
    TT_INLINE CoreLocalMem operator++(int)
    {
        CoreLocalMem before = *this;

        ++*this;
        return before;
    }
    TT_INLINE CoreLocalMem operator--(int)
    {
        CoreLocalMem before = *this;

        --*this;
        return before;
    }
    TT_INLINE CoreLocalMem operator+(ptrdiff_t n) const
    {
        return CoreLocalMem(static_cast<Address>(address_ + n * sizeof(T)));
    }
    TT_INLINE CoreLocalMem operator-(ptrdiff_t n) const
    {
        return CoreLocalMem(static_cast<Address>(address_ - n * sizeof(T)));
    }
    TT_INLINE ptrdiff_t operator-(const CoreLocalMem &other) const
    {
        return static_cast<ptrdiff_t>(address_ - other.address_) /
               static_cast<ptrdiff_t>(sizeof(T));
    }
    auto operator<=>(const CoreLocalMem &) const = default;
    TT_INLINE explicit operator bool() const
    {
        return address_ != 0;
    }

  private:
    Address address_;
};

/* The names these had before they left this namespace. Kernels define
 * functions of their own in it. */
namespace experimental
{
using ::CircularBuffer;
using ::CircularBufferView;
using ::CoreLocalMem;
using ::use;
} /* namespace experimental */

#endif
