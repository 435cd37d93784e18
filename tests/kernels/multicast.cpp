// SPDX-License-Identifier: MIT
// Step j of each core: target[start + j] = source[j]. Only the first core of
// the rectangle reads the source; it waits until all others are ready, sends
// the page to all of them and raises their flags. Semaphores come before the
// accessors, as generated kernels have it. Arguments: buffers source, target.
// Constant: CB 0.

#if defined(WRITER_KERNEL)

#include "api/dataflow/dataflow_api.h"

constexpr uint32_t cb = get_compile_time_arg_val(0);
constexpr auto source_args = TensorAccessorArgs<3>();
constexpr auto target_args =
    TensorAccessorArgs<source_args.next_compile_time_args_offset()>();

struct Corner {
    uint32_t x, y;
};

static Corner corner(uint32_t packed)
{
    return {packed >> 16, packed & 0xFFFF};
}

static volatile tt_l1_ptr uint32_t *word(uint32_t address)
{
    return reinterpret_cast<volatile tt_l1_ptr uint32_t *>(address);
}

static void send(uint32_t page, Corner first, Corner last, uint32_t ready,
                 uint32_t sent)
{
    const uint32_t others =
        (last.x - first.x + 1) * (last.y - first.y + 1) - 1;
    const auto everyone = [&](uint32_t address) {
        return get_noc_multicast_addr(
            worker_logical_col_to_virtual_col[first.x],
            worker_logical_row_to_virtual_row[first.y],
            worker_logical_col_to_virtual_col[last.x],
            worker_logical_row_to_virtual_row[last.y], address);
    };

    noc_semaphore_wait(word(ready), others);
    noc_semaphore_set(word(ready), 0);
    if (!others)
        return;
    noc_async_write_multicast(page, everyone(page), get_tile_size(cb), others);
    noc_async_write_barrier();
    noc_semaphore_set(word(sent), VALID);
    noc_semaphore_set_multicast(sent, everyone(sent), others);
}

static void receive(Corner first, uint32_t ready, uint32_t sent)
{
    noc_semaphore_inc(
        get_noc_addr(worker_logical_col_to_virtual_col[first.x],
                     worker_logical_row_to_virtual_row[first.y], ready),
        1);
    noc_semaphore_wait(word(sent), VALID);
    noc_semaphore_set(word(sent), INVALID);
}

void kernel_main()
{
    const auto source =
        TensorAccessor(source_args, get_common_arg_val<uint32_t>(0));
    const auto target =
        TensorAccessor(target_args, get_common_arg_val<uint32_t>(1));
    const uint32_t ready = get_semaphore(get_compile_time_arg_val(1));
    const uint32_t sent = get_semaphore(get_compile_time_arg_val(2));
    const Corner first = corner(get_arg_val<uint32_t>(3));
    const Corner last = corner(get_arg_val<uint32_t>(4));
    const uint32_t page = get_write_ptr(cb);
    const int32_t start = get_arg_val<int32_t>(0);
    const int32_t end = get_arg_val<int32_t>(1);
    const bool sends = get_absolute_logical_x() == first.x &&
                       get_absolute_logical_y() == first.y;

    for (int32_t i = start; i < end; i++) {
        if (sends) {
            noc_async_read_page(i - start, source, page);
            noc_async_read_barrier();
            send(page, first, last, ready, sent);
        } else {
            receive(first, ready, sent);
        }
        noc_async_write_page(i, target, page);
        noc_async_write_barrier();
    }
}

#else

void kernel_main() {}

#endif
