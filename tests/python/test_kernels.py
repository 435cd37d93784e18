#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kernels on the embedded chip against NumPy."""

import unittest

import numpy as np
from support import DeviceTest, bf16, kernel_path

import bench
import nexus
from nexus import datatype



def tiles_of(shape):
    """Device pages of an array, as a grid."""
    if len(shape) < 2:
        return (-(-int(np.prod(shape)) // 1024), 1, 1)
    rows, cols = (-(-extent // 32) for extent in shape[-2:])
    return (cols, rows, int(np.prod(shape[:-2])))


class Kernels(DeviceTest):
    """One test per claim."""

    def add(self, kernel, shape, dtype):
        """Run an add; returns both operands and the result."""
        a, b = self.floats(*shape), self.floats(*shape)
        if dtype == "bf16":
            a, b = bf16(a), bf16(b)
        buffers = [self.device.create_buffer(x, dtype) for x in (a, b)]
        buffers.append(self.device.create_buffer(shape, dtype))
        self.run_kernel(kernel, buffers, dtype, tiles_of(shape))
        return a, b, buffers[2].copy_to_host()

    def test_f32_add_on_the_vector_unit_is_exact(self):
        for shape in ((5000,), (33, 65), (3, 40, 70)):
            a, b, c = self.add("add_f32", shape, "f32")
            np.testing.assert_array_equal(c, a + b)

    def test_bf16_add_is_within_one_ulp(self):
        a, b, c = self.add("add_tiles", (128, 96), "bf16")
        bound = 2.0 ** -7 * (np.abs(a) + np.abs(b))
        self.assertTrue(np.all(np.abs(c - (a + b)) <= bound))
        self.assertGreater(np.mean(c == bf16(a + b)), 0.8)

    def test_one_core_and_all_cores_agree_to_the_bit(self):
        a, b = bf16(self.floats(640, 192)), bf16(self.floats(640, 192))
        results = []
        for per_item in (120, 40, 1):
            buffers = [self.device.create_buffer(x, "bf16") for x in (a, b, a)]
            self.run_kernel("add_tiles", buffers, "bf16",
                            (120 // per_item, 1, 1),
                            [(50, per_item, "DEFINE:TILES_PER_ITEM", "i32")])
            results.append(buffers[2].copy_to_host())
        np.testing.assert_array_equal(results[0], results[1])
        np.testing.assert_array_equal(results[0], results[2])

    def test_matmul_is_within_the_bound_of_bf16(self):
        m, k, n = 96, 160, 64
        a, b = bf16(self.floats(m, k)), bf16(self.floats(k, n))
        buffers = [self.device.create_buffer(x, "bf16") for x in (a, b)]
        buffers.append(self.device.create_buffer((m, n), "bf16"))
        self.run_kernel("matmul", buffers + [n // 32, k // 32], "bf16",
                        (m // 32 * n // 32, 1, 1),
                        [(40, 1, "FP32_DEST_ACC", "i32")])
        product = a.astype(np.float64) @ b
        bound = 2.0 ** -8 * (np.abs(a) @ np.abs(b))
        error = np.abs(buffers[2].copy_to_host() - product)
        self.assertTrue(np.all(error <= bound))

    def test_integer_code_of_one_core_is_exact(self):
        source = self.rng.integers(0, 2 ** 32, 1024, np.uint32)
        target = self.device.create_buffer((1024,), "u32")
        self.run_kernel("integer", [self.device.create_buffer(source, "u32"),
                                    target, 5], "u32", (1, 1, 1))
        np.testing.assert_array_equal(target.copy_to_host(),
                                      bench.integer_results(source, 5))

    def test_a_scalar_argument_reaches_the_kernel(self):
        x = self.floats(32, 32)
        buffers = [self.device.create_buffer(x),
                   self.device.create_buffer(x.shape, datatype.F32)]
        self.run_kernel("add_scalar", buffers + [1.0], "f32", (1, 1, 1))
        np.testing.assert_array_equal(buffers[1].copy_to_host(),
                                      x + np.float32(1))

    def test_a_schedule_runs_again_on_new_data(self):
        a, b = self.floats(64, 64), self.floats(64, 64)
        buffers = [self.device.create_buffer(x) for x in (a, b, a)]
        schedule = self.run_kernel("add_f32", buffers, "f32", (4, 1, 1))
        buffers[0].copy_from_host(b)
        schedule.run()
        np.testing.assert_array_equal(buffers[2].copy_to_host(), b + b)
        self.assertGreater(schedule.get_property_float("ElapsedTime"), 0)

    def test_two_commands_of_one_schedule_both_run(self):
        a, b = self.floats(64, 64), self.floats(64, 64)
        ins = [self.device.create_buffer(x) for x in (a, b)]
        outs = [self.device.create_buffer(a.shape) for _ in range(2)]
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path("add_f32"))
        for out in outs:
            command = schedule.create_command(library.get_kernel("add"))
            for i, buffer in enumerate(ins + [out]):
                command.set_arg(i, buffer)
            for i in range(3):
                command.set_const(i, value=2, name="CB", dtype="f32")
            command.finalize((4, 1, 1))
        schedule.run()
        for out in outs:
            np.testing.assert_array_equal(out.copy_to_host(), a + b)

    def test_library_from_memory_equals_library_from_file(self):
        a = self.floats(32, 32)
        with open(kernel_path("add_f32"), "rb") as file:
            text = file.read()
        buffers = [self.device.create_buffer(x) for x in (a, a, a)]
        schedule = self.prepare(text, buffers,
                                [(i, 1, "CB", "f32") for i in range(3)],
                                (1, 1, 1))
        schedule.run()
        np.testing.assert_array_equal(buffers[2].copy_to_host(), a + a)


if __name__ == "__main__":
    unittest.main()
