// SPDX-License-Identifier: MIT
// target = source, each core the shards of source that are its own. All ways
// of finding a page have to agree. Arguments of the writer: WRITER_L1 0, one
// page; WRITER_ARG 1, 2: source, target. WRITER_CTA: source, target.

#if defined(WRITER_KERNEL)

#include <array>
#include <cstdint>

#include "api/debug/assert.h"

constexpr auto source_args = TensorAccessorArgs<0>();
constexpr auto target_args =
    TensorAccessorArgs<source_args.next_compile_time_args_offset()>();

template <typename Accessor>
static void check(const Accessor &source, uint32_t shard, uint32_t page,
                  uint64_t place)
{
    const auto spec = source.dspec();
    const uint32_t columns = spec.tensor_shape()[1];
    const std::array<uint32_t, 2> at{page / columns, page % columns};
    const std::array<uint32_t, 2> shard_at{at[0] / spec.shard_shape()[0],
                                           at[1] / spec.shard_shape()[1]};
    const auto found = source.get_bank_and_offset(page);

    ASSERT(page < spec.tensor_volume());
    ASSERT(place == source.get_noc_addr(page));
    ASSERT(place == source.get_noc_addr(at));
    ASSERT(place == source.get_shard_noc_addr(
                        shard_at, found.bank_page_offset *
                                      source.get_aligned_page_size()));
    ASSERT(found.bank_id == shard);
    ASSERT(found.bank_page_offset < spec.shard_volume());
    ASSERT(source.is_local_page(page));
    ASSERT(source.is_local_addr(place));
}

void kernel_main()
{
    const auto source = TensorAccessor(source_args, get_arg_val<uint32_t>(1));
    const auto target = TensorAccessor(target_args, get_arg_val<uint32_t>(2));
    const uint32_t between = get_arg_val<uint32_t>(0);
    const uint32_t bytes = source.get_aligned_page_size();

    for (uint32_t shard = 0; shard < source.dspec().num_shards(); shard++) {
        if (!source.is_local_shard(shard))
            continue;
        for (const auto &page : source.shard_pages(shard)) {
            check(source, shard, page.page_id(), page.noc_addr());
            noc_async_read(page.noc_addr(), between, bytes);
            noc_async_read_barrier();
            noc_async_write_page(page.page_id(), target, between);
            noc_async_write_barrier();
        }
    }
}

#else

void kernel_main() {}

#endif
