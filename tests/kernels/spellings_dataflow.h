// SPDX-License-Identifier: MIT
// Every name of the data-movement API once: checked by the compiler, never run.

#include "accessor/tensor_accessor.h"
#include "accessor/tensor_accessor_args.h"
#include "api/compile_time_args.h"
#include "api/core_local_mem.h"
#include "api/dataflow/circular_buffer.h"
#include "api/dataflow/dataflow_api.h"
#include "api/dataflow/endpoints.h"
#include "api/dataflow/noc.h"
#include "api/dataflow/noc_semaphore.h"
#include "api/debug/assert.h"
#include "api/debug/device_print.h"
#include "api/debug/dprint.h"
#include "api/debug/waypoint.h"
#include "api/tensor/noc_traits.h"
#include "api/tensor/tensor_accessor.h"
#include "api/tensor/tensor_accessor_args.h"
#include "compile_time_args.h"
#include "dataflow_api.h"
#include "debug/dprint.h"
#include "experimental/circular_buffer.h"
#include "experimental/core_local_mem.h"
#include "experimental/endpoints.h"
#include "experimental/noc.h"
#include "hostdevcommon/common_values.hpp"
#include "hostdevcommon/kernel_structs.h"
#include "tools/profiler/kernel_profiler.hpp"
#include "tt-metalium/constants.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

using std::uint32_t;

// Kernels define these in that namespace.
namespace experimental
{
FORCE_INLINE void semaphore_wait(volatile tt_l1_ptr uint32_t *, uint32_t)
{
}
FORCE_INLINE void semaphore_wait_min(volatile tt_l1_ptr uint32_t *, uint32_t)
{
}
FORCE_INLINE uint32_t convert_logical_x_to_translated(uint32_t x)
{
    return worker_logical_col_to_virtual_col[x];
}
FORCE_INLINE uint32_t convert_logical_y_to_translated(uint32_t y)
{
    return worker_logical_row_to_virtual_row[y];
}
} // namespace experimental

constexpr uint32_t first = get_compile_time_arg_val(0);
constexpr auto args_a = TensorAccessorArgs<3>();
constexpr auto args_b =
    TensorAccessorArgs<args_a.next_compile_time_args_offset(), 0>(0);

[[maybe_unused]] static void arguments()
{
    constexpr tt::CBIndex index = tt::CBIndex::c_31;
    constexpr uint32_t old = tt::CB::c_intermed7;
    constexpr uint32_t hw = tt::constants::TILE_HW +
                            tt::constants::TILE_HEIGHT +
                            tt::constants::TILE_WIDTH;
    volatile uint32_t word = get_arg_val<uint32_t>(341);
    volatile float number = get_common_arg_val<float>(42);
    uintptr_t at = get_arg_addr(0) + get_common_arg_addr(1);
    auto args = TensorAccessorArgs<3, 0>();
    auto more = TensorAccessorArgs<args.next_compile_time_args_offset(),
                                   args.next_common_runtime_args_offset()>();
    DataFormat format = get_dataformat(first);

    (void)index, (void)old, (void)hw, (void)word, (void)number, (void)at;
    (void)more, (void)format, (void)kernel_compile_time_args[1];
    (void)get_tile_size(first), (void)get_tile_hw(first);
    static_assert(uint32_t(DataFormat::Float32) == 0 &&
                  uint32_t(DataFormat::Float16_b) == 5 &&
                  uint32_t(DataFormat::Bfp8_b) == 6);
    static_assert(VALID == 1 && INVALID == 0);
    (void)get_absolute_logical_x(), (void)get_absolute_logical_y();
    (void)get_relative_logical_x(), (void)get_relative_logical_y();
    (void)(my_logical_x_ + my_logical_y_ + my_relative_x_ + my_relative_y_);
    (void)my_x[noc_index], (void)my_y[NOC_INDEX];
}

[[maybe_unused]] static void buffers()
{
    CircularBuffer cb(get_compile_time_arg_val(0));
    experimental::CircularBuffer older(1);

    cb_reserve_back(first, 1);
    cb_push_back(first, 1);
    cb_wait_front(first, 1);
    cb_pop_front(first, 1);
    (void)(get_write_ptr(first) + get_read_ptr(first));
    (void)cb_pages_reservable_at_back(first, 1);
    (void)cb_pages_available_at_front(first, 1);
    cb.reserve_back(1), cb.push_back(1), cb.wait_front(1), cb.pop_front(1);
    (void)(cb.get_write_ptr() + cb.get_read_ptr() + cb.get_cb_id());
    (void)(cb.get_tile_size() + cb.get_tile_hw()), (void)cb.get_dataformat();
    (void)cb.pages_reservable_at_back(1), (void)cb.pages_available_at_front(1);
    (void)older;
}

[[maybe_unused]] static void transfers()
{
    const auto a = TensorAccessor(args_a, get_arg_val<uint32_t>(0));
    TensorAccessor b = TensorAccessor(args_b, get_arg_val<uint32_t>(0), 2048);
    const InterleavedAddrGenFast<true> tiles = {.bank_base_address = 0,
                                                .page_size = 2048,
                                                .data_format =
                                                    DataFormat::Float16_b};
    const InterleavedAddrGen<false> pages = {.bank_base_address = 0,
                                             .page_size = 4};
    const InterleavedPow2AddrGen<true> powers = {.bank_base_address = 0,
                                                 .log_base_2_of_page_size = 5};
    uint64_t there = get_noc_addr(18, 18, 0), here = get_noc_addr(uint64_t(0));
    uint64_t all = get_noc_multicast_addr(18, 18, 25, 27, 0);
    uint32_t semaphore = get_semaphore(0);
    auto *word = reinterpret_cast<volatile tt_l1_ptr uint32_t *>(semaphore);
    auto *plain = reinterpret_cast<tt_l1_ptr uint32_t *>(semaphore);

    noc_async_read_tile(0, a, 0), noc_async_read_tile(0, tiles, 0, 32);
    noc_async_write_tile(0, b, 0);
    noc_async_read_page(0, pages, 0), noc_async_write_page(0, powers, 0);
    noc_async_read(there, 0, 32), noc_async_write(0, there, 32);
    (void)(get_noc_addr(0, a) + get_noc_addr(1, tiles, 32) + here);
    (void)(get_noc_addr_from_bank_id<true>(0, 0) + a.get_noc_addr(0));
    (void)b.get_aligned_page_size();
    noc_async_read_barrier(), noc_async_write_barrier();
    noc_async_writes_flushed(), noc_async_posted_writes_flushed();
    noc_async_atomic_barrier(), noc_async_full_barrier();
    noc_async_write_multicast(0, all, 32, 3);
    noc_async_write_multicast(0, all, 32, 3, true);
    noc_async_write_multicast_loopback_src(0, all, 32, 4);
    noc_semaphore_set(word, VALID), noc_semaphore_set(plain, 0);
    noc_semaphore_wait(word, 1), noc_semaphore_wait_min(word, 1);
    noc_semaphore_inc(there, 1), noc_semaphore_inc(there, 1, int8_t(0));
    noc_semaphore_inc<true>(there, 1, 0);
    noc_semaphore_set_multicast(semaphore, all, 3);
    noc_semaphore_set_multicast_loopback_src(semaphore, all, 4);
    noc_semaphore_set_remote(semaphore, there);
    noc_inline_dw_write(there, 5), noc_inline_dw_write(there, 5, 0xF);
    noc_async_read_one_packet_set_state(there, 64);
    noc_async_read_one_packet_with_state(uint32_t(there), 0);
    noc_async_read(get_noc_addr(MEM_ZEROS_BASE), 0, MEM_ZEROS_SIZE);
    invalidate_l1_cache();
    std::memcpy(plain, plain + 1, 4), memmove(plain, plain + 1, 4);
    memset(plain, 0, 4);
}

[[maybe_unused]] static void classes()
{
    Noc noc1(1), noc;
    UnicastEndpoint one;
    MulticastEndpoint many;
    CircularBuffer cb(0);
    CoreLocalMem<uint32_t> memory(int32_t(cb.get_write_ptr() + 2048));
    CoreLocalMem<volatile uint32_t> other(uintptr_t(0));
    AllocatorBank<AllocatorBankType::DRAM> bank;
    Semaphore<> semaphore(0);
    const auto a = TensorAccessor(args_a, 0, 2048);
    noc_traits_t<MulticastEndpoint>::dst_args_mcast_type rectangle{
        .noc_x_start = 18,
        .noc_y_start = 18,
        .noc_x_end = 25,
        .noc_y_end = 27,
        .addr = 0};

    noc1.async_read(a, memory, 2048, {.page_id = 1}, {});
    noc.async_read(a, cb, 2048, {.page_id = 0, .offset_bytes = 0},
                   {.offset_bytes = 32});
    noc.async_read(one, cb, 32, {.noc_x = 18, .noc_y = 18, .addr = 0}, {});
    noc.async_read(bank, memory, 32, {.bank_id = 0, .addr = 0}, {});
    noc.async_write(memory, a, 2048, {}, {.page_id = 1});
    noc.async_write(use<CircularBuffer::AddrSelector::WRITE_PTR>(cb), a, 2048,
                    {}, {.page_id = 1});
    noc.async_write_multicast(memory, many, 32, 3, {}, rectangle, false);
    noc.async_read_barrier(), noc.async_write_barrier();
    noc.async_writes_flushed(), noc.async_atomic_barrier();
    noc.async_full_barrier();
    noc.inline_dw_write(one, 5, {.noc_x = 18, .noc_y = 18, .addr = 0});
    (void)(one.get_noc_unicast_addr(18, 18, 0, noc.get_noc_id()));
    memory[0] = *memory + memory.get_address();
    ++memory, memory++, memory += 2, memory = memory - 1;
    semaphore.up(1), semaphore.up(noc, 18, 18, 1), semaphore.down(1);
    semaphore.wait(0), semaphore.wait_min(0), semaphore.set(1);
    semaphore.set_multicast(noc, 18, 18, 25, 27, 3);
    (void)(semaphore.value() + other.get_address());
}

[[maybe_unused]] static void debugging()
{
    float x = 1.0f / get_arg_val<uint32_t>(0);

    DeviceZoneScopedN("zone");
    DPRINT << "x " << HEX() << 5u << DEC() << SETW(4) << F32(x) << BF16(3)
           << SETPRECISION(3) << U32(3) << ENDL();
    DPRINT("x {} {}\n", x, 5);
    DEVICE_PRINT("x {}\n", 5);
    DPRINT_DATA0(DPRINT << 1 << ENDL());
    DPRINT_DATA1("one {}\n", 1);
    ASSERT(x > 0);
    WAYPOINT("ABCD");
    (void)INFINITY, (void)__builtin_inff();
}
