#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kernels in the styles that generators and Metalium programs write them."""

import unittest

import numpy as np
from support import DeviceTest, bf16, kernel_path

import nexus

ULP = 2.0 ** -7  # of bfloat16, relative


class Styles(DeviceTest):
    """One test per claim."""

    def bf16_buffer(self, *shape):
        """Random bfloat16 values and a buffer of them."""
        values = bf16(self.floats(*shape))
        return values, self.device.create_buffer(values, "bf16")

    def run_roles(self, kernel, words, consts):
        """One core; words: {name: values or buffers}, None: not this index;
        consts as prepare()."""
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path(kernel))
        command = schedule.create_command(library.get_kernel(kernel))
        for name, values in words.items():
            for i, value in enumerate(values):
                if isinstance(value, nexus.Buffer):
                    command.set_arg(i, value, name)
                elif value is not None:
                    command.set_arg(i, value=value, name=name)
        for index, value, name, dtype in consts:
            command.set_const(index, value=value, name=name, dtype=dtype)
        command.finalize((1, 1, 1))
        schedule.run()

    def triton_add(self, tiles, dtype):
        """Operands and result of a generated add."""
        values = [self.floats(tiles * 1024) for _ in range(2)]
        if dtype == "bf16":
            values = [bf16(v) for v in values]
        buffers = [self.device.create_buffer(v, dtype) for v in values]
        buffers.append(self.device.create_buffer((tiles * 1024,), dtype))
        size = 4096 if dtype == "f32" else 2048
        consts = [(i, 8, "CB", dtype) for i in range(3)]
        consts.append((50, size, "DEFINE:BLOCK_BYTES", "i32"))
        self.prepare(kernel_path("triton_style_add"),
                     buffers + [tiles * 1024], consts, (tiles, 1, 1)).run()
        return (*values, buffers[2].copy_to_host())

    def test_generated_f32_add_is_exact_on_one_core_and_on_all(self):
        for tiles in (1, 72, 100):
            x, y, z = self.triton_add(tiles, "f32")
            np.testing.assert_array_equal(z, x + y)

    def test_generated_bf16_add_is_within_one_ulp_of_the_sum(self):
        x, y, z = self.triton_add(75, "bf16")
        self.assertTrue(np.all(np.abs(z - (x + y)) <= ULP * np.abs(x + y)))

    def test_three_files_with_arguments_of_their_own_make_a_kernel(self):
        for op, function in (("add", np.add), ("sub", np.subtract),
                             ("mul", np.multiply)):
            (a, left), (b, right) = (self.bf16_buffer(64, 96)
                                     for _ in range(2))
            out = self.device.create_buffer(a.shape, "bf16")
            self.run_roles(
                "metal_style_eltwise_binary",
                {"READER_ARG": (left, right, 6), "WRITER_ARG": (out, 6),
                 "COMPUTE_ARG": (6,)},
                [(i, 2, "CB", "bf16") for i in (0, 1, 16)]
                + [(0, 0, f"COMPUTE_DEFINE:OP={op}_tiles", "i32"),
                   (1, 0, f"COMPUTE_DEFINE:OP_INIT={op}_tiles_init", "i32")])
            # a product grows in a 16-bit DST in four phases
            bound = ULP * (2 * np.abs(a * b) if op == "mul"
                           else np.abs(a) + np.abs(b))
            error = np.abs(out.copy_to_host() - function(a, b))
            self.assertTrue(np.all(error <= bound), op)

    def test_compile_time_arguments_are_per_role(self):
        rows, inner, columns = 3, 2, 5
        a, left = self.bf16_buffer(rows * 32, inner * 32)
        b, right = self.bf16_buffer(inner * 32, columns * 32)
        out = self.device.create_buffer((rows * 32, columns * 32), "bf16")
        self.run_roles(
            "matmul_single_core",
            {"READER_CTA": (left, right), "WRITER_CTA": (out,),
             "COMPUTE_CTA": (rows, inner, columns),
             "READER_ARG": (left, right, rows, inner, columns),
             "WRITER_ARG": (out, rows, columns)},
            [(i, 2, "CB", "bf16") for i in (0, 1, 16)])
        error = np.abs(out.copy_to_host() - a.astype(np.float64) @ b)
        self.assertTrue(np.all(error <= 2 * ULP * (np.abs(a) @ np.abs(b))))

    def test_a_data_movement_core_copies_through_l1_of_its_own(self):
        data = self.rng.integers(-1 << 31, 1 << 31, 5000, np.int32)
        source = self.device.create_buffer(data, "i32")
        target = self.device.create_buffer(data.shape, "i32")
        self.run_roles("loopback",
                       {"WRITER_L1": (4096,),
                        "WRITER_ARG": (None, source, target, 5),
                        "WRITER_CTA": (source, target)}, [])
        np.testing.assert_array_equal(target.copy_to_host(), data)

    def test_without_common_arguments_each_core_gets_one_point(self):
        planes, height, width = 6, 4, 5  # more points than cores
        (a, left), (b, right) = (
            self.bf16_buffer(planes, height * 32, width * 32)
            for _ in range(2))
        out = self.device.create_buffer(a.shape, "bf16")
        self.prepare(kernel_path("old_arguments"), (left, right, out),
                     [(i, 1, "CB", "bf16") for i in (0, 1, 16)]
                     + [(50, width, "DEFINE:WIDTH", "i32"),
                        (51, height, "DEFINE:HEIGHT", "i32")],
                     (width, height, planes)).run()
        bound = ULP * (np.abs(a) + np.abs(b))
        error = np.abs(out.copy_to_host() - (a - b))
        self.assertTrue(np.all(error <= bound))

    def test_products_and_copies_share_one_acquire(self):
        m, k, n = 128, 192, 256
        (a, a_buffer), (b, b_buffer), (c, c_buffer) = (
            self.bf16_buffer(*shape) for shape in ((m, k), (k, n), (m, n)))
        out = self.device.create_buffer((m, n), "bf16")
        self.prepare(kernel_path("fused"),
                     (a_buffer, b_buffer, c_buffer, out, n // 32, k // 32),
                     [(i, 8, "CB", "bf16") for i in range(4)],
                     (m // 64 * n // 64, 1, 1)).run()
        error = np.abs(out.copy_to_host() - (a.astype(np.float64) @ b + c))
        bound = 2 * ULP * (np.abs(a) @ np.abs(b) + np.abs(c))
        self.assertTrue(np.all(error <= bound))

    def test_cores_share_a_factor_by_multicast(self):
        for cores, depth in ((1, 2), (2, 1), (8, 2), (16, 1)):
            shape = (64, 64 * cores)
            (a, a_buffer), (b, b_buffer), (c, c_buffer) = (
                self.bf16_buffer(*s)
                for s in ((64, 64 * depth), (64 * depth, shape[1]), shape))
            out = self.device.create_buffer(shape, "bf16")
            words = []
            for buffer, (rows, cols) in ((a_buffer, a.shape),
                                         (b_buffer, b.shape), (out, shape),
                                         (c_buffer, shape)):
                words += [buffer] + [rows, cols, cols, 1, 0, rows, cols, cols,
                                     1]
            self.prepare(kernel_path("triton_style_matmul"),
                         words + [*shape, a.shape[1]],
                         [(i, 8, "CB", "bf16") for i in range(4)],
                         (cores, 1, 1)).run()
            error = np.abs(out.copy_to_host() - (a.astype(np.float64) @ b + c))
            bound = 2 * ULP * (np.abs(a) @ np.abs(b) + np.abs(c))
            with self.subTest(cores=cores):
                self.assertTrue(np.all(error <= bound))

    def test_reader_and_writer_take_turns_with_semaphores(self):
        data = self.floats(200, 32, 32)
        source = self.device.create_buffer(data)
        target = self.device.create_buffer(data.shape)
        schedule = self.prepare(kernel_path("semaphores"), (source, target),
                                [(0, 1, "CB", "f32")], (200, 1, 1))
        for _ in range(2):  # a second run finds the semaphores at 0 again
            target.fill(0.0)
            schedule.run()
            np.testing.assert_array_equal(target.copy_to_host(), data)

    def test_cores_that_multicast_to_each_other_have_equal_shares(self):
        for points, steps in ((8, 1), (9, 1), (11, 11), (40, 1), (80, 2)):
            data = self.floats(points, 32, 32)
            source = self.device.create_buffer(data)
            target = self.device.create_buffer(data.shape)
            self.prepare(kernel_path("multicast"), (source, target),
                         [(0, 1, "CB", "f32")], (points, 1, 1)).run()
            np.testing.assert_array_equal(
                target.copy_to_host(),
                np.tile(data[:steps], (points // steps, 1, 1)))


if __name__ == "__main__":
    unittest.main()
