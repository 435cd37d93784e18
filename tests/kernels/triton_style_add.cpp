// SPDX-License-Identifier: MIT
// z = x + y the way a kernel generator writes it: class API, aggregate
// arguments, byte offsets divided by tile sizes, signed ids, circular buffers
// and accessors from compile-time words. Arguments: buffers x, y, z.
// Constants: CB 0, 1, 2; one work item is one tile. The definition BLOCK_BYTES
// is the size of one tile.

#ifdef READER_KERNEL
#include <cstdint>
#include "api/compile_time_args.h"
#include "api/core_local_mem.h"
#include "api/dataflow/circular_buffer.h"
#include "api/dataflow/dataflow_api.h"
#include "api/dataflow/noc.h"
#include "api/tensor/noc_traits.h"
#include "tools/profiler/kernel_profiler.hpp"
void kernel_main() {
  int32_t step = 1;
  size_t slot_end = 1;
  size_t slot_start = 0;
  Noc port(1);
  DeviceZoneScopedN("triton_style_add__reader");
  auto x_args = TensorAccessorArgs<3, 0>();
  auto y_args = TensorAccessorArgs<x_args.next_compile_time_args_offset(), x_args.next_common_runtime_args_offset()>();
  int32_t x_addr = get_common_arg_val<uint32_t>(slot_start);
  int32_t y_addr = get_common_arg_val<uint32_t>(slot_end);
  CircularBuffer x_cb(get_compile_time_arg_val(0));
  CircularBuffer y_cb(get_compile_time_arg_val(1));
  int32_t x_bytes = get_tile_size(get_compile_time_arg_val(0));
  int32_t y_bytes = get_tile_size(get_compile_time_arg_val(1));
  TensorAccessor x = TensorAccessor(x_args, x_addr, x_bytes);
  TensorAccessor y = TensorAccessor(y_args, y_addr, y_bytes);
  int32_t end = get_arg_val<uint32_t>(slot_end);
  int32_t start = get_arg_val<uint32_t>(slot_start);
  for (int32_t i = start; i < end; i += step) {
    int32_t at = (int32_t) ((uint32_t) i * (uint32_t) BLOCK_BYTES);
    x_cb.reserve_back(step);
    port.async_read(x, CoreLocalMem<uint32_t>(x_cb.get_write_ptr()), x.get_aligned_page_size(), {.page_id = static_cast<uint32_t>(at / x_bytes)}, {});
    port.async_read_barrier();
    x_cb.push_back(step);
    y_cb.reserve_back(step);
    port.async_read(y, CoreLocalMem<uint32_t>(y_cb.get_write_ptr()), y.get_aligned_page_size(), {.page_id = static_cast<uint32_t>(at / y_bytes)}, {});
    port.async_read_barrier();
    y_cb.push_back(step);
  }
  return;
}
#endif

#ifdef WRITER_KERNEL
#include <cstdint>
#include "api/core_local_mem.h"
#include "api/dataflow/circular_buffer.h"
#include "api/dataflow/noc.h"
#include "api/tensor/noc_traits.h"
void kernel_main() {
  int32_t step = 1;
  Noc port(0);
  auto x_args = TensorAccessorArgs<3, 0>();
  auto y_args = TensorAccessorArgs<x_args.next_compile_time_args_offset(), x_args.next_common_runtime_args_offset()>();
  auto z_args = TensorAccessorArgs<y_args.next_compile_time_args_offset(), y_args.next_common_runtime_args_offset()>();
  int32_t z_addr = get_common_arg_val<uint32_t>(2);
  CircularBuffer z_cb(get_compile_time_arg_val(2));
  int32_t z_bytes = get_tile_size(get_compile_time_arg_val(2));
  TensorAccessor z = TensorAccessor(z_args, z_addr, z_bytes);
  int32_t end = get_arg_val<uint32_t>(1);
  int32_t start = get_arg_val<uint32_t>(0);
  for (int32_t i = start; i < end; i += step) {
    z_cb.wait_front(step);
    port.async_write(CoreLocalMem<uint32_t>(z_cb.get_read_ptr()), z, z.get_aligned_page_size(), {} , {.page_id = static_cast<uint32_t>((int32_t) ((uint32_t) i * (uint32_t) BLOCK_BYTES) / z_bytes)});
    port.async_write_barrier();
    z_cb.pop_front(step);
  }
  return;
}
#endif

#ifdef COMPUTE_KERNEL
#include <cstdint>
#include "api/compute/common.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/pack.h"
#include "api/compute/reg_api.h"
#include "api/compute/tile_move_copy.h"
#include "api/dataflow/circular_buffer.h"
#include "tools/profiler/kernel_profiler.hpp"
void kernel_main() {
  int32_t zero = 0;
  int32_t step = 1;
  size_t second = 1;
  size_t first = 0;
  DeviceZoneScopedN("triton_style_add__compute");
  CircularBuffer z_cb(get_compile_time_arg_val(2));
  CircularBuffer y_cb(get_compile_time_arg_val(1));
  CircularBuffer x_cb(get_compile_time_arg_val(0));
  init_sfpu(get_compile_time_arg_val(0), get_compile_time_arg_val(2));
  int32_t end = get_arg_val<uint32_t>(second);
  int32_t start = get_arg_val<uint32_t>(first);
  for (int32_t i = start; i < end; i += step) {
    tile_regs_acquire();
    x_cb.wait_front(step);
    copy_tile_init(get_compile_time_arg_val(0));
    copy_tile(get_compile_time_arg_val(0), first, first);
    x_cb.pop_front(step);
    y_cb.wait_front(step);
    copy_tile_init(get_compile_time_arg_val(1));
    copy_tile(get_compile_time_arg_val(1), first, second);
    y_cb.pop_front(step);
    add_binary_tile_init();
    add_binary_tile(first, second, first);
    z_cb.reserve_back(step);
    tile_regs_commit();
    tile_regs_wait();
    pack_tile<true>(zero, get_compile_time_arg_val(2), zero);
    tile_regs_release();
    z_cb.push_back(step);
  }
  return;
}
#endif
