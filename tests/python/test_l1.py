#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kernels on buffers in L1, interleaved and sharded, against NumPy."""

import unittest

import numpy as np
from support import DeviceTest, bf16, kernel_path

import nexus

# memory, cores: what the tests are run on
PLACES = [
    ("l1", None),
    ("l1_height", None),
    ("l1_height", (2, 1, 3, 2)),
    ("l1_width", (5, 3, 2, 1)),
    ("l1_width", (0, 0, 1, 9)),
    ("l1_block", (1, 1, 3, 4)),
]


# Each core writes its first argument and its grid point into its shard.
SIGN_SHARD = b"""
#if defined(WRITER_KERNEL)
void kernel_main()
{
    volatile uint32_t *shard =
        reinterpret_cast<volatile uint32_t *>(get_write_ptr(0));

    shard[0] = get_arg_val<uint32_t>(0);
    shard[1] = get_arg_val<uint32_t>(1);
}
#else
void kernel_main() {}
#endif
"""


class L1Buffers(DeviceTest):
    """One test per claim."""

    def l1_size(self):
        """Bytes of one core's L1 that buffers and commands share."""
        return self.device.get_property_int("MaxThreadgroupMemorySize")

    def run_writer(self, kernel, source, target, extra=(), cores=1):
        """A kernel whose writer has one page of L1, source and target."""
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path(kernel))
        command = schedule.create_command(library.get_kernel(kernel))
        command.set_arg(0, value=4096, name="WRITER_L1")
        for i, buffer in enumerate((source, target)):
            command.set_arg(i, buffer, "WRITER_CTA")
            command.set_arg(i + 1, buffer, "WRITER_ARG")
        for i, value in enumerate(extra):
            command.set_arg(i + 3, value=value, name="WRITER_ARG")
        command.finalize((cores, 1, 1))
        schedule.run()

    def add(self, kernel, shape, dtype, places, extra=()):
        """Operands and result of an add of buffers in three places."""
        values = [self.floats(*shape) for _ in range(2)]
        if dtype == "bf16":
            values = [bf16(v) for v in values]
        buffers = [self.device.create_buffer(v, dtype, *place)
                   for v, place in zip(values, places)]
        buffers.append(self.device.create_buffer(shape, dtype, *places[2]))
        tiles = -(-shape[-1] // 32) * -(-shape[-2] // 32)
        self.run_kernel(kernel, buffers, dtype, (tiles, 1, 1), extra)
        return (*values, buffers[2].copy_to_host())

    def test_kernels_read_and_write_every_kind_through_accessors(self):
        for i, place in enumerate(PLACES):
            other = PLACES[(i + 1) % len(PLACES)]
            a, b, c = self.add("add_f32", (200, 170), "f32",
                               (place, ("dram", None), other))
            np.testing.assert_array_equal(c, a + b)

    def test_generated_kernels_chain_accessors_of_any_length(self):
        a, b, c = self.add("triton_style_add", (100, 300), "f32", PLACES[1:4],
                           [(50, 4096, "DEFINE:BLOCK_BYTES", "i32")])
        np.testing.assert_array_equal(c, a + b)

    def test_semaphores_may_come_before_accessors_of_shards(self):
        for place in PLACES:
            data = self.floats(11, 32, 32)
            source = self.device.create_buffer(data, None, *place)
            target = self.device.create_buffer(data.shape, "f32", *place)
            self.prepare(kernel_path("multicast"), (source, target),
                         [(0, 1, "CB", "f32")], (11, 1, 1)).run()
            np.testing.assert_array_equal(target.copy_to_host(), data)

    def test_older_generators_reach_interleaved_pages(self):
        x = self.floats(320, 320)
        source = self.device.create_buffer(x, memory="l1")
        target = self.device.create_buffer(x.shape, memory="l1")
        self.run_writer("l1_generators", source, target, (100,))
        np.testing.assert_array_equal(target.copy_to_host(), x)

    def test_each_core_finds_its_own_shards(self):
        shapes = ((200, 170), (2, 70, 40), (64, 700), (3000,))
        for memory in ("l1_height", "l1_width", "l1_block"):
            for shape in shapes:
                x = self.floats(*shape)
                source = self.device.create_buffer(x, memory=memory)
                target = self.device.create_buffer(shape)
                self.run_writer("shard_copy", source, target, cores=72)
                np.testing.assert_array_equal(target.copy_to_host(), x,
                                              f"{memory} {shape}")

    def local_command(self, schedule, shape, memory, cores, grid, shard_tiles):
        """A command of local_shards: operands, buffer of the result."""
        values = [bf16(self.floats(*shape)) for _ in range(2)]
        buffers = [self.device.create_buffer(v, "bf16", memory, cores)
                   for v in values]
        buffers.append(self.device.create_buffer(shape, "bf16", memory, cores))
        library = self.device.create_library(kernel_path("local_shards"))
        command = schedule.create_command(library.get_kernel("local_shards"))
        for i, buffer in enumerate(buffers):
            command.set_arg(i, buffer, "CB")
        command.set_const(0, shard_tiles, "DEFINE:SHARD_TILES", "i32")
        command.finalize(grid)
        return (*values, buffers[2])

    def assert_bf16_sum(self, a, b, c):
        c = c.copy_to_host()
        bound = 2.0 ** -7 * (np.abs(a) + np.abs(b))
        self.assertTrue(np.all(np.abs(c - (a + b)) <= bound))

    def test_circular_buffers_lie_over_local_shards(self):
        for memory, shape, cores, n, shard_tiles in (
                ("l1_height", (72 * 32, 40), None, 72, 2),
                ("l1_width", (40, 70 * 32 + 5), None, 72, 2),
                ("l1_block", (9 * 64 - 5, 8 * 32), None, 72, 2),
                ("l1_height", (11 * 32, 64), (2, 3, 4, 3), 11, 2),
                ("l1_width", (32, 5 * 96), (3, 8, 5, 1), 5, 3),
                ("l1_block", (130, 200), (5, 4, 3, 2), 6, 9)):
            schedule = self.device.create_schedule()
            result = self.local_command(schedule, shape, memory, cores,
                                        (n, 1, 1), shard_tiles)
            schedule.run()
            self.assert_bf16_sum(*result)

    def test_circular_buffers_over_shards_change_no_arguments(self):
        cores = (1, 2, 3, 2)
        shards = self.device.create_buffer(np.zeros((160, 32), np.uint32),
                                           None, "l1_height", cores)
        schedule = self.device.create_schedule()
        library = self.device.create_library(SIGN_SHARD)
        command = schedule.create_command(library.get_kernel("sign"))
        command.set_arg(0, value=77)
        command.set_arg(0, shards, "CB")
        command.finalize((5, 1, 1))
        schedule.run()
        np.testing.assert_array_equal(
            shards.copy_to_host()[::32, :2], [[77, i] for i in range(5)])

    def test_commands_on_the_same_shards_take_turns(self):
        schedule = self.device.create_schedule()
        results = [self.local_command(schedule, (130, 64), "l1_height", cores,
                                      (5, 1, 1), 2)
                   for cores in ((0, 0, 5, 1), (3, 0, 5, 1), (0, 0, 5, 1))]
        schedule.run()
        for result in results:
            self.assert_bf16_sum(*result)

    def test_last_call_decides_what_a_circular_buffer_is(self):
        x = self.device.create_buffer((64, 32), "bf16", "l1_height",
                                      (0, 0, 2, 1))
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path("local_shards"))
        command = schedule.create_command(library.get_kernel("local_shards"))
        command.set_const(0, 1, "DEFINE:SHARD_TILES", "i32")
        for i in range(3):
            command.set_const(i, 1, "CB", "bf16")
        command.set_arg(0, x, "CB")
        command.set_const(0, 1, "CB", "bf16")
        command.finalize((2, 1, 1))
        x.release()
        schedule.run()  # nobody needs x any more
        y = self.device.create_buffer((64, 32), "bf16", "l1_height",
                                      (0, 0, 2, 1))
        command.set_arg(0, y, "CB")
        command.finalize((2, 1, 1))
        schedule.run()
        y.release()
        self.assert_status(nexus.status.InvalidKernelArgs, schedule.run)

    def test_wrong_buffers_are_no_circular_buffers(self):
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path("local_shards"))
        command = schedule.create_command(library.get_kernel("local_shards"))
        wrong = nexus.status.InvalidArgValue
        for memory in ("dram", "l1"):
            buffer = self.device.create_buffer((32, 32), memory=memory)
            self.assert_status(wrong, command.set_arg, 0, buffer, "CB")
        buffer = self.device.create_buffer((32, 32), "f64", "l1_width")
        self.assert_status(wrong, command.set_arg, 0, buffer, "CB")
        buffer = self.device.create_buffer((32, 32), memory="l1_width")
        self.assert_status(nexus.status.InvalidArgIndex, command.set_arg, 32,
                           buffer, "CB")
        here = self.device.create_buffer((64, 32), "f32", "l1_height",
                                         (0, 0, 2, 1))
        there = self.device.create_buffer((64, 32), "f32", "l1_height",
                                          (1, 0, 2, 1))
        command.set_arg(0, here, "CB")
        command.set_arg(1, there, "CB")
        command.set_arg(2, here, "CB")
        command.set_const(0, 1, "DEFINE:SHARD_TILES", "i32")
        self.assert_status(wrong, command.finalize, (2, 1, 1))

    def test_full_l1_is_a_status_and_nothing_is_lost(self):
        x = self.floats(64, 64)
        keep = self.device.create_buffer(x, memory="l1")
        per_core = self.l1_size() - 65536
        rest = self.device.create_buffer((per_core,), "u8", "l1_height",
                                         (0, 0, 1, 1))
        error = self.assert_status(
            nexus.status.OutOfResources, self.device.create_buffer,
            (65536,), "u8", "l1_height", (0, 0, 1, 1))
        self.assertRegex(error.log, "largest range [0-9]+")
        np.testing.assert_array_equal(keep.copy_to_host(), x)
        rest.release()

    def test_command_that_would_reach_into_a_buffer_is_refused(self):
        x = self.floats(32, 32)
        dram = [self.device.create_buffer(v) for v in (x, x, x)]
        schedule = self.prepare(kernel_path("add_f32"), dram,
                                [(i, 2, "CB", "f32") for i in range(3)], 1)
        # 24 KiB of circular buffers do not fit beside a buffer that leaves 20
        room = self.l1_size() - 20480
        data = self.rng.integers(0, 256, room, np.uint8)
        block = self.device.create_buffer(data, None, "l1_height",
                                          (0, 0, 1, 1))
        error = self.assert_status(nexus.status.OutOfResources, schedule.run)
        numbers = (0x28000 + 24576, 0x28000 + 20480)
        for number in numbers:
            self.assertIn(f"{number:#x}", error.log)
        np.testing.assert_array_equal(block.copy_to_host(), data)
        block.release()
        schedule.run()
        np.testing.assert_array_equal(dram[2].copy_to_host(), x + x)

    def test_buffer_that_would_reach_into_a_waiting_run_is_refused(self):
        x = self.floats(32, 32)
        dram = [self.device.create_buffer(v) for v in (x, x, x)]
        event = self.device.create_event()
        schedule = self.device.create_schedule()
        schedule.create_wait_command(event)
        library = self.device.create_library(kernel_path("add_f32"))
        command = schedule.create_command(library.get_kernel("add_f32"))
        for i, buffer in enumerate(dram):
            command.set_arg(i, buffer)
            command.set_const(i, 2, "CB", "f32")
        command.finalize(1)
        schedule.run(blocking=False)
        place = (self.l1_size() - 20480,), "u8", "l1_height", (0, 0, 1, 1)
        error = self.assert_status(nexus.status.OutOfResources,
                                   self.device.create_buffer, *place)
        self.assertIn(f"{0x28000 + 24576:#x}", error.log)
        event.signal()
        np.testing.assert_array_equal(dram[2].copy_to_host(), x + x)
        schedule.run()  # in the same stream: the first run is over
        self.device.create_buffer(*place).release()

    def test_accessor_words_may_be_given_by_hand(self):
        # the older form of DRAM sharded by single pages is interleaving
        x = self.floats(5 * 32, 5 * 32)
        source = self.device.create_buffer(x)
        target = self.device.create_buffer(x.shape)
        banks = [3, 4096, 1, 12, 25, 1] + [
            (2 * i + 1) << 24 | (2 * i) << 8 for i in range(6)]
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path("loopback"))
        command = schedule.create_command(library.get_kernel("loopback"))
        for i, word in enumerate(banks):
            command.set_arg(i, value=np.uint32(word), name="WRITER_CTA")
        command.set_arg(12, target, "WRITER_CTA")
        command.set_arg(0, value=4096, name="WRITER_L1")
        command.set_arg(1, source, "WRITER_ARG")
        command.set_arg(2, target, "WRITER_ARG")
        command.set_arg(3, value=25, name="WRITER_ARG")
        command.finalize(1)
        schedule.run()
        np.testing.assert_array_equal(target.copy_to_host(), x)
        command.set_arg(2, value=0, name="WRITER_CTA")  # rank 0
        error = self.assert_status(nexus.status.CompileProgramFailure,
                                   command.finalize, 1)
        self.assertIn("TensorAccessorArgs", error.log)


if __name__ == "__main__":
    unittest.main()
