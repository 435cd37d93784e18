/* SPDX-License-Identifier: MIT */
/* The class form of the data-movement API: Noc, its endpoints, Semaphore. */
#ifndef TT_NOC_CLASS_H
#define TT_NOC_CLASS_H

#include "tt/circular_buffer.h"
#include "tt/dataflow.h"

/** enum NocOptions - first template argument of transfers, may be combined */
enum class NocOptions : uint32_t {
    DEFAULT = 0,
    TXN_ID = 1,
    POSTED = 2,
    CUSTOM_VC = 4,
    MCAST_INCL_SRC = 8,
    INLINE_L1 = 16,
    INLINE_REG = 32
};

constexpr NocOptions operator|(NocOptions a, NocOptions b)
{
    return static_cast<NocOptions>(static_cast<uint32_t>(a) |
                                   static_cast<uint32_t>(b));
}

constexpr bool has_flag(NocOptions options, NocOptions flag)
{
    return static_cast<uint32_t>(options) & static_cast<uint32_t>(flag);
}

/** struct NocOptVals - values for some options; virtual channels and
 *  transaction ids are hints, which are not followed here */
struct NocOptVals {
    uint32_t vc = NOC_UNICAST_WRITE_VC;
    uint32_t trid = 0;
};

/**
 * noc_traits_t - how a type is an end of a NOC transfer
 *
 * src_args_type and dst_args_type are what a transfer has to be told beside
 * the object. local() is an L1 address of this core, place() a NOC address;
 * a type has those that make sense.
 */
template <typename T> struct noc_traits_t {
    static_assert(sizeof(T) == 0, "no end of a NOC transfer");
};

namespace ttk
{

template <typename T> struct as_given {
    using type = T;
};
template <typename T> using src_args = typename noc_traits_t<T>::src_args_type;
template <typename T> using dst_args = typename noc_traits_t<T>::dst_args_type;
template <typename T>
using mcast_args = typename noc_traits_t<T>::dst_args_mcast_type;

/* Options among template arguments whose other values have no effect here. */
constexpr NocOptions options_of()
{
    return NocOptions::DEFAULT;
}
template <typename... Rest>
constexpr NocOptions options_of(NocOptions first, Rest...)
{
    return first;
}
template <typename First, typename... Rest>
constexpr NocOptions options_of(First, Rest... rest)
{
    return options_of(rest...);
}

template <typename T, typename A>
TT_INLINE uint64_t src_place(const T &src, uint8_t noc, const A &args)
{
    if constexpr (requires { noc_traits_t<T>::place(src, noc, args); })
        return noc_traits_t<T>::place(src, noc, args);
    else
        return ::get_noc_addr(noc_traits_t<T>::local_src(src, args), noc);
}

template <typename T, typename A>
TT_INLINE uint64_t dst_place(const T &dst, uint8_t noc, const A &args)
{
    if constexpr (requires { noc_traits_t<T>::place(dst, noc, args); })
        return noc_traits_t<T>::place(dst, noc, args);
    else
        return ::get_noc_addr(noc_traits_t<T>::local_dst(dst, args), noc);
}

} /* namespace ttk */

/** class Noc - one of the two NOCs, by default the one of this core's role */
class Noc
{
  public:
    enum class AddressType : uint8_t { NOC, LOCAL_L1 };
    static constexpr uint32_t INVALID_TXN_ID = 0xFFFFFFFF;

    TT_INLINE constexpr Noc() : noc_(noc_index)
    {
    }
    TT_INLINE constexpr explicit Noc(uint8_t noc) : noc_(noc)
    {
    }
    TT_INLINE constexpr uint8_t get_noc_id() const
    {
        return noc_;
    }

    TT_INLINE bool is_local_bank(uint32_t x, uint32_t y) const
    {
        return x == my_x[noc_] && y == my_y[noc_];
    }

    template <auto... options, typename Src, typename Dst>
    TT_INLINE void async_read(const Src &src, const Dst &dst, uint32_t size,
                              const ttk::src_args<Src> &src_args,
                              const ttk::dst_args<Dst> &dst_args,
                              const NocOptVals & = {}) const
    {
        ttk::noc_read(noc_, ttk::src_place(src, noc_, src_args),
                      noc_traits_t<Dst>::local_dst(dst, dst_args), size);
    }

    template <auto... options, typename Src, typename Dst>
    TT_INLINE void async_write(const Src &src, const Dst &dst, uint32_t size,
                               const ttk::src_args<Src> &src_args,
                               const ttk::dst_args<Dst> &dst_args,
                               const NocOptVals & = {}) const
    {
        constexpr NocOptions given = ttk::options_of(options...);

        noc_async_write<0, true, has_flag(given, NocOptions::POSTED)>(
            noc_traits_t<Src>::local_src(src, src_args),
            ttk::dst_place(dst, noc_, dst_args), size, noc_);
    }

    template <auto... options, typename Src, typename Dst>
    TT_INLINE void
    async_write_multicast(const Src &src, const Dst &dst, uint32_t size,
                          uint32_t n_dests, const ttk::src_args<Src> &src_args,
                          const ttk::mcast_args<Dst> &dst_args,
                          bool linked = false, const NocOptVals & = {}) const
    {
        constexpr NocOptions given = ttk::options_of(options...);
        uint32_t from = noc_traits_t<Src>::local_src(src, src_args);
        uint64_t to = noc_traits_t<Dst>::rectangle(dst, noc_, dst_args);

        if constexpr (has_flag(given, NocOptions::MCAST_INCL_SRC))
            noc_async_write_multicast_loopback_src(from, to, size, n_dests,
                                                   linked, noc_);
        else
            noc_async_write_multicast(from, to, size, n_dests, linked, noc_);
    }

    template <auto... options, typename Dst>
    TT_INLINE void inline_dw_write(const Dst &dst, uint32_t value,
                                   const ttk::dst_args<Dst> &dst_args,
                                   uint8_t be = 0xF,
                                   const NocOptVals & = {}) const
    {
        noc_inline_dw_write(ttk::dst_place(dst, noc_, dst_args), value, be,
                            noc_);
    }

    template <auto... options, typename Src>
    TT_INLINE void set_async_read_state(const Src &src, uint32_t size,
                                        const ttk::src_args<Src> &src_args,
                                        const NocOptVals & = {}) const
    {
        noc_async_read_one_packet_set_state(ttk::src_place(src, noc_, src_args),
                                            size, 0, noc_);
    }

    template <auto... options, typename Src, typename Dst>
    TT_INLINE void async_read_with_state(const Src &src, const Dst &dst,
                                         uint32_t size,
                                         const ttk::src_args<Src> &src_args,
                                         const ttk::dst_args<Dst> &dst_args,
                                         const NocOptVals & = {}) const
    {
        noc_async_read_with_state(
            static_cast<uint32_t>(ttk::src_place(src, noc_, src_args)),
            noc_traits_t<Dst>::local_dst(dst, dst_args), size, noc_);
    }

    template <auto... options, typename Dst>
    TT_INLINE void set_async_write_state(const Dst &dst, uint32_t size,
                                         const ttk::dst_args<Dst> &dst_args,
                                         const NocOptVals & = {}) const
    {
        noc_async_write_one_packet_set_state(
            ttk::dst_place(dst, noc_, dst_args), size, noc_);
    }

    /* All of the destination is at hand, so the state is not needed. */
    template <auto... options, typename Src, typename Dst>
    TT_INLINE void async_write_with_state(const Src &src, const Dst &dst,
                                          uint32_t size,
                                          const ttk::src_args<Src> &src_args,
                                          const ttk::dst_args<Dst> &dst_args,
                                          const NocOptVals & = {}) const
    {
        async_write(src, dst, size, src_args, dst_args);
    }

    template <auto... options>
    TT_INLINE void async_read_barrier(const NocOptVals & = {}) const
    {
        noc_async_read_barrier(noc_);
    }
    template <auto... options>
    TT_INLINE void async_write_barrier(const NocOptVals & = {}) const
    {
        noc_async_write_barrier(noc_);
    }
    template <auto... options>
    TT_INLINE void async_writes_flushed(const NocOptVals & = {}) const
    {
        if constexpr (has_flag(ttk::options_of(options...), NocOptions::POSTED))
            noc_async_posted_writes_flushed(noc_);
        else
            noc_async_writes_flushed(noc_);
    }
    TT_INLINE void async_atomic_barrier() const
    {
        noc_async_atomic_barrier(noc_);
    }
    TT_INLINE void async_full_barrier() const
    {
        noc_async_full_barrier(noc_);
    }

  private:
    uint8_t noc_;
};

/* ---- ends of transfers ---- */

/** struct UnicastEndpoint - an address in a tile */
struct UnicastEndpoint {
    TT_INLINE uint64_t get_noc_unicast_addr(uint32_t noc_x, uint32_t noc_y,
                                            uint32_t addr, uint8_t noc) const
    {
        return ::get_noc_addr(noc_x, noc_y, addr, noc);
    }
};

template <> struct noc_traits_t<UnicastEndpoint> {
    struct src_args_type {
        uint32_t noc_x{};
        uint32_t noc_y{};
        uint32_t addr{};
    };
    using dst_args_type = src_args_type;

    TT_INLINE static uint64_t place(const UnicastEndpoint &, uint8_t noc,
                                    const src_args_type &args)
    {
        return ::get_noc_addr(args.noc_x, args.noc_y, args.addr, noc);
    }
    TT_INLINE static uint32_t local_src(const UnicastEndpoint &,
                                        const src_args_type &args)
    {
        return args.addr;
    }
    TT_INLINE static uint32_t local_dst(const UnicastEndpoint &,
                                        const src_args_type &args)
    {
        return args.addr;
    }
};

/** struct MulticastEndpoint - an address in each tile of a rectangle */
struct MulticastEndpoint {
    TT_INLINE uint64_t get_noc_multicast_addr(uint32_t x_start,
                                              uint32_t y_start, uint32_t x_end,
                                              uint32_t y_end, uint32_t addr,
                                              uint8_t noc) const
    {
        return ::get_noc_multicast_addr(x_start, y_start, x_end, y_end, addr,
                                        noc);
    }
};

template <> struct noc_traits_t<MulticastEndpoint> {
    struct dst_args_mcast_type {
        uint32_t noc_x_start{};
        uint32_t noc_y_start{};
        uint32_t noc_x_end{};
        uint32_t noc_y_end{};
        uint32_t addr{};
    };

    TT_INLINE static uint64_t rectangle(const MulticastEndpoint &, uint8_t noc,
                                        const dst_args_mcast_type &args)
    {
        return ::get_noc_multicast_addr(args.noc_x_start, args.noc_y_start,
                                        args.noc_x_end, args.noc_y_end,
                                        args.addr, noc);
    }
};

enum class AllocatorBankType : uint8_t { L1, DRAM };

/** struct AllocatorBank - an address in a bank */
template <AllocatorBankType type> struct AllocatorBank {
    TT_INLINE uint64_t get_noc_addr_from_bank_id(uint32_t bank, uint32_t addr,
                                                 uint8_t noc) const
    {
        return ttk::bank_place<type == AllocatorBankType::DRAM>(bank, addr,
                                                                noc);
    }
};

template <AllocatorBankType type> struct noc_traits_t<AllocatorBank<type>> {
    struct src_args_type {
        uint32_t bank_id{};
        uint32_t addr{};
    };
    using dst_args_type = src_args_type;

    TT_INLINE static uint64_t place(const AllocatorBank<type> &bank,
                                    uint8_t noc, const src_args_type &args)
    {
        return bank.get_noc_addr_from_bank_id(args.bank_id, args.addr, noc);
    }
};

/* Accessors and address generators: pages. */
template <ttk::places Gen> struct noc_traits_t<Gen> {
    struct src_args_type {
        uint32_t page_id{};
        uint32_t offset_bytes{};
    };
    using dst_args_type = src_args_type;

    TT_INLINE static uint64_t place(const Gen &gen, uint8_t noc,
                                    const src_args_type &args)
    {
        return gen.get_noc_addr(args.page_id, args.offset_bytes, noc);
    }
};

template <typename T, typename Address>
struct noc_traits_t<CoreLocalMem<T, Address>> {
    struct src_args_type {
        uint32_t offset_bytes{};
    };
    using dst_args_type = src_args_type;

    TT_INLINE static uint32_t local_src(const CoreLocalMem<T, Address> &mem,
                                        const src_args_type &args)
    {
        return static_cast<uint32_t>(mem.get_address()) + args.offset_bytes;
    }
    TT_INLINE static uint32_t local_dst(const CoreLocalMem<T, Address> &mem,
                                        const src_args_type &args)
    {
        return local_src(mem, args);
    }
};

template <> struct noc_traits_t<CircularBuffer> {
    struct src_args_type {
        uint32_t offset_bytes{};
    };
    using dst_args_type = src_args_type;
    /** a rectangle of cores with the same buffers: this core's address */
    struct dst_args_mcast_type {
        uint32_t noc_x_start{};
        uint32_t noc_y_start{};
        uint32_t noc_x_end{};
        uint32_t noc_y_end{};
        uint32_t offset_bytes{};
    };

    TT_INLINE static uint32_t local_src(const CircularBuffer &cb,
                                        const src_args_type &args)
    {
        return cb.get_read_ptr() + args.offset_bytes;
    }
    TT_INLINE static uint32_t local_dst(const CircularBuffer &cb,
                                        const src_args_type &args)
    {
        return cb.get_write_ptr() + args.offset_bytes;
    }
    TT_INLINE static uint64_t rectangle(const CircularBuffer &cb, uint8_t noc,
                                        const dst_args_mcast_type &args)
    {
        return ::get_noc_multicast_addr(
            args.noc_x_start, args.noc_y_start, args.noc_x_end, args.noc_y_end,
            cb.get_write_ptr() + args.offset_bytes, noc);
    }
};

template <CircularBuffer::AddrSelector selector>
struct noc_traits_t<CircularBufferView<selector>> {
    using src_args_type = noc_traits_t<CircularBuffer>::src_args_type;
    using dst_args_type = src_args_type;

    TT_INLINE static uint32_t
    local_src(const CircularBufferView<selector> &view,
              const src_args_type &args)
    {
        if constexpr (selector == CircularBuffer::AddrSelector::READ_PTR)
            return view.cb.get_read_ptr() + args.offset_bytes;
        else
            return view.cb.get_write_ptr() + args.offset_bytes;
    }
    TT_INLINE static uint32_t
    local_dst(const CircularBufferView<selector> &view,
              const src_args_type &args)
    {
        return local_src(view, args);
    }
};

/* ---- semaphores ---- */

enum class ProgrammableCoreType : uint8_t { TENSIX, ACTIVE_ETH, IDLE_ETH };

/** class Semaphore - a semaphore's id with the calls on it */
template <ProgrammableCoreType core_type = ProgrammableCoreType::TENSIX>
class Semaphore
{
  public:
    TT_INLINE explicit Semaphore(uint32_t id) : addr_(get_semaphore(id))
    {
    }

    TT_INLINE uint32_t get_l1_addr() const
    {
        return addr_;
    }
    /** up - add to this core's semaphore; not atomic against other cores */
    TT_INLINE void up(uint32_t value) const
    {
        *word() = *word() + value;
    }
    /** up - add to another core's semaphore, atomically */
    TT_INLINE void up(const Noc &noc, uint32_t noc_x, uint32_t noc_y,
                      uint32_t value, uint8_t = 0) const
    {
        noc_semaphore_inc(get_noc_addr(noc_x, noc_y, addr_, noc.get_noc_id()),
                          value, noc.get_noc_id());
    }
    /** down - wait until the value is there, then take it away */
    TT_INLINE void down(uint32_t value) const
    {
        noc_semaphore_wait_min(word(), value);
        *word() = *word() - value;
    }
    TT_INLINE void wait(uint32_t value) const
    {
        noc_semaphore_wait(word(), value);
    }
    TT_INLINE void wait_min(uint32_t value) const
    {
        noc_semaphore_wait_min(word(), value);
    }
    TT_INLINE void set(uint32_t value) const
    {
        noc_semaphore_set(word(), value);
    }
    TT_INLINE uint32_t value() const
    {
        return *word();
    }

    /** set_multicast - copy this core's value to a rectangle of cores */
    template <NocOptions options = NocOptions::DEFAULT>
    TT_INLINE void set_multicast(const Noc &noc, uint32_t x_start,
                                 uint32_t y_start, uint32_t x_end,
                                 uint32_t y_end, uint32_t n_dests,
                                 bool linked = false) const
    {
        relay_multicast<options>(noc, *this, x_start, y_start, x_end, y_end,
                                 n_dests, linked);
    }
    TT_INLINE void set_multicast_loopback_src(const Noc &noc, uint32_t x_start,
                                              uint32_t y_start, uint32_t x_end,
                                              uint32_t y_end, uint32_t n_dests,
                                              bool linked = false) const
    {
        relay_multicast<NocOptions::MCAST_INCL_SRC>(
            noc, *this, x_start, y_start, x_end, y_end, n_dests, linked);
    }

    /** relay_unicast - copy this core's value to another semaphore there */
    TT_INLINE void relay_unicast(const Noc &noc, const Semaphore &to,
                                 uint32_t noc_x, uint32_t noc_y) const
    {
        noc_semaphore_set_remote(
            addr_, get_noc_addr(noc_x, noc_y, to.addr_, noc.get_noc_id()),
            noc.get_noc_id());
    }
    template <NocOptions options = NocOptions::DEFAULT>
    TT_INLINE void relay_multicast(const Noc &noc, const Semaphore &to,
                                   uint32_t x_start, uint32_t y_start,
                                   uint32_t x_end, uint32_t y_end,
                                   uint32_t n_dests, bool linked = false) const
    {
        uint64_t where = get_noc_multicast_addr(x_start, y_start, x_end, y_end,
                                                to.addr_, noc.get_noc_id());

        if constexpr (has_flag(options, NocOptions::MCAST_INCL_SRC))
            noc_semaphore_set_multicast_loopback_src(addr_, where, n_dests,
                                                     linked, noc.get_noc_id());
        else
            noc_semaphore_set_multicast(addr_, where, n_dests, linked,
                                        noc.get_noc_id());
    }

  private:
    TT_INLINE volatile uint32_t *word() const
    {
        return reinterpret_cast<volatile uint32_t *>(addr_);
    }

    uint32_t addr_;
};

namespace experimental
{
using ::AllocatorBank;
using ::AllocatorBankType;
using ::MulticastEndpoint;
using ::Noc;
using ::noc_traits_t;
using ::Semaphore;
using ::UnicastEndpoint;
} /* namespace experimental */

#endif
